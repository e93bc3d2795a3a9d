/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * image: bytes of a machine. The kernel as a file (its ELF symbols, through libelf), and crash dumps:
 * physical memory behind image_read(), whatever the format. A format is one file here and one line in
 * list.def.
 */
#ifndef IMAGE_IMAGE_H
#define IMAGE_IMAGE_H

#include "core/core.h"
#include "util/util.h"

/* A symbol that somebody wants to know about. */
struct image_symbol {
	const char *name;
	bool found;
	uint64_t address, size; /* bytes; 0 if the symbol table does not say */
};

struct image_info {
	unsigned int word_bytes; /* 4 or 8 */
	uint16_t machine;        /* its e_machine; 0: not known */
	size_t symbols;          /* in its symbol table; 0: stripped */
	bool locals;             /* static symbols are there too, so a missing one does not exist */
	char release[72];        /* from its linux_banner; empty if there is none */
	char banner[512];        /* what follows "Linux version " there, which differs from build to build */
};

/*
 * Look up n symbols in the .symtab of an ELF file open at fd (read at any position; not closed) and fill
 * *info. The file is not trusted. Returns 0, or -1 with *err filled if it is not an ELF file or is damaged.
 */
int image_symbols(int fd, struct image_symbol *wanted, size_t n, struct image_info *info,
	struct swpd_error *err);

/* ---- crash dumps ---- */

/* What is known of a piece of memory. */
enum mem_state {
	MEM_OK,         /* it was read */
	MEM_EXCLUDED,   /* whoever wrote the dump left it out; the buffer is zero */
	MEM_ABSENT,     /* the dump says nothing about this address; the buffer is zero */
	MEM_UNREADABLE, /* it should be in the file, but the file ends before or is damaged; the buffer is
			   zero */
};

#define IMAGE_SPOOL_MAX                                                                                      \
	(16ull << 30) /* bytes that a dump through a pipe may have: it goes to an unlinked file */
#define IMAGE_VMCOREINFO_MAX 65536 /* bytes of the note that are looked at; real ones have 3 to 8 thousand   \
				    */

#define IMAGE_ROOTS_MAX 64

struct image_about {
	const char *format;     /* "ELF core", "flattened ELF core", … */
	uint16_t machine;       /* ELF's e_machine; 0: the format has none */
	uint8_t word_bytes;     /* 4 or 8; 0: not known */
	bool big_endian;        /* byte order of the file's headers, which is usually the machine's */
	bool order_known;
	bool zeros_excluded; /* what is MEM_EXCLUDED may have been zero: makedumpfile -d 1, or memsz > filesz
			      */
	char release[66];       /* of the header, as uname -r prints it; empty: not there */
	char machine_name[66];  /* as uname -m prints it; empty: not there */
	const char *vmcoreinfo; /* NUL-terminated lines KEY=VALUE; "" if there is no such note */
	bool vmcoreinfo_searched; /* it is no note: image_search() found it in memory */
	bool vmcoreinfo_whole;    /* it is not damaged: a line that is not there was never there */
	char banner[66];          /* release in the kernel's banner, if image_search() found one */
	uint64_t roots[IMAGE_ROOTS_MAX]; /* top-level page tables that processors used, x86 dumps by QEMU */
	unsigned int n_roots;
	char damage[160];       /* what is wrong with the file as a whole; empty: nothing */
};

struct image_options {
	bool raw;           /* no headers: the bytes of memory from phys_base on */
	uint64_t phys_base;
};

struct image;

/* Are these n bytes how a dump with headers begins? False too if they are too few to tell. */
bool image_begins(const void *bytes, size_t n);

/* Does this regular file, or "-" if standard input is one, begin like one? False too if it cannot be read. */
bool image_is_dump(const char *path);

/*
 * Which of n files belong to one dump with the first: all parts of a split set. same[0] is true; files are
 * opened and closed, and one that cannot be read belongs to no other.
 */
void image_set(const char *const *paths, size_t n, bool *same);

/*
 * Open a dump: one file, the parts of a split set, a directory as kdump leaves it, or "-" for standard input.
 * Nothing in it is trusted. Returns NULL with *err saying what is wrong, or which format it is if that is not
 * read here. The caller closes it.
 */
struct image *image_open(const char *const *paths, size_t n, const struct image_options *options,
	struct swpd_error *err);
void image_close(struct image *im);

/* What it is and says of itself. As long as the image. */
const struct image_about *image_about(const struct image *im);

/*
 * Read n bytes at a physical address. The buffer is always filled; where the answer is not MEM_OK it is that
 * of the first byte that could not be read.
 */
enum mem_state image_read(struct image *im, uint64_t phys, void *buf, size_t n);

/*
 * The first range of memory at or after `from` that the dump has bytes of. False if there is none. Ranges
 * that meet may come as one or as several; holes of a sparse file, which are zero, may be left out.
 */
bool image_next_range(struct image *im, uint64_t from, uint64_t *start, uint64_t *end);

/* Bytes that are looked for in memory, at most IMAGE_PATTERN_MAX of them. */
struct image_pattern {
	const char *bytes;
	size_t len;
	uint32_t align; /* only at multiples of this power of two */
	bool (*accept)(struct image *im, uint64_t phys, void *arg); /* is it what is meant? NULL: always */
	void *arg;
	bool found;     /* false before; one that is true is not looked for */
	uint64_t at;    /* physical address */
};

#define IMAGE_PATTERN_MAX 64
#define IMAGE_SCAN_MAX (8ull << 30) /* bytes of memory that are looked through */

/*
 * Look for all of them at once, upwards; the first place that is accepted is taken. False if it was given up
 * before the end of memory.
 */
bool image_scan(struct image *im, struct image_pattern *patterns, size_t n);

/*
 * If there is no VMCOREINFO, or no release in it, look for it, and for the kernel's banner, in memory. What
 * is found is then part of image_about().
 */
void image_search(struct image *im);

/*
 * The value of KEY in VMCOREINFO: NULL if it is not there, else text up to a newline, *len long. key is all
 * before the "=", "NUMBER(MAX_PHYSMEM_BITS)".
 */
const char *image_vmcoreinfo(const struct image *im, const char *key, size_t *len);

/* ---- the kernel in a dump ---- */

/* Virtual memory of the kernel that was dumped. */
struct kmem;

/*
 * Its page tables are found by VMCOREINFO, which must have swapper_pg_dir, or by vmlinux, the path of the
 * image with symbols that the kernel was started from (NULL: none), and by what the architecture's kernel_map
 * asks for; struct pages also by vmemmap_list, if VMCOREINFO has it. v may be NULL: then any variant with
 * this page_shift (0: any) and va_bits (0: any) is taken. big_endian: the byte order of page tables. Returns
 * NULL with *err saying what is missing. The image and the path must outlive it. A vmlinux whose banner is
 * not the one in memory is an error.
 */
struct kmem *kmem_open(struct image *im, const struct arch *arch, const struct variant *v,
	unsigned int page_shift, unsigned int va_bits, bool big_endian, const char *vmlinux,
	struct swpd_error *err);
void kmem_close(struct kmem *k);

/* The dump that it is in; the file that it was started from, NULL: none. */
struct image *kmem_image(struct kmem *k);
const char *kmem_vmlinux(struct kmem *k);

/* The physical address of a virtual one; false if it is not mapped, or the tables are not in the dump. */
bool kmem_translate(struct kmem *k, uint64_t va, uint64_t *phys);

/* Read n bytes; false if some of them cannot be read. */
bool kmem_read(struct kmem *k, uint64_t va, void *buf, size_t n);

/* Numbers in the kernel's byte order: of so many bytes, and as wide as a pointer. */
bool kmem_uint(struct kmem *k, uint64_t va, unsigned int bytes, uint64_t *v);
bool kmem_pointer(struct kmem *k, uint64_t va, uint64_t *v);
unsigned int kmem_word_bytes(const struct kmem *k);
/* log2 of its page size. */
unsigned int kmem_page_shift(const struct kmem *k);
bool kmem_big_endian(const struct kmem *k);

/*
 * As image_symbols(), of vmlinux, if there is one; else of the kallsyms tables in the dump, which VMCOREINFO
 * names since 6.0; `size` is then the distance to the next symbol.
 */
int kmem_symbols(struct kmem *k, struct image_symbol *wanted, size_t n, struct image_info *info,
	struct swpd_error *err);

/* Type information of the kernel: Documentation/bpf/btf.rst. */
struct btf;

/* Load it from [start, end) of the kernel's memory. NULL with *err if it makes no sense. */
struct btf *btf_load(struct kmem *k, uint64_t start, uint64_t end, struct swpd_error *err);
/* Read all of it from fd (not closed), a regular file. NULL with *err if it is not whole, or larger than any
 * is. */
struct btf *btf_read(int fd, struct swpd_error *err);
/*
 * Find it without a symbol that says where: in vmlinux, if there is one, as BTF or as DWARF, which is as good
 * as BTF to btf_member(); else in memory, wherever it is. NULL with *err if there is none.
 */
struct btf *btf_find(struct kmem *k, struct swpd_error *err);
/* False if pages of it could not be read: what is not found may well be there. */
bool btf_whole(const struct btf *b);
void btf_free(struct btf *b);

/* Offset in bytes of a member, also of anonymous structures inside; false if there is none. */
bool btf_member(const struct btf *b, const char *structure, const char *member, uint32_t *offset);

/* Size in bytes of a structure; false if there is none of that name. */
bool btf_size(const struct btf *b, const char *structure, uint32_t *size);

/* Is there a function of that name? Not all functions of a kernel are there; of DWARF none is found. */
bool btf_function(const struct btf *b, const char *function);

/* A constant of an enumeration. */
struct btf_value {
	const char *name;
	bool found;
	uint64_t value;
};

/* Look up n of them, in whichever enumerations they are. */
void btf_values(const struct btf *b, struct btf_value *wanted, size_t n);

#endif
