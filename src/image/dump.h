/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the formats of dumps share. Private to this room. */
#ifndef IMAGE_DUMP_H
#define IMAGE_DUMP_H

#include "image/image.h"

/* ---- extents: which bytes of an address space stand where ---- */

/* Bytes [start, end) stand at `at` of the file; EXTENT_LEFT_OUT: nowhere. */
struct extent {
	uint64_t start, end, at;
	uint32_t rank; /* where two overlap the higher one wins */
};

#define EXTENT_LEFT_OUT UINT64_MAX
#define EXTENTS_MAX (1u << 24)

/* Add them all, settle, then find. All fields 0 is an empty set. */
struct extents {
	struct extent *v;
	size_t n, room;
};

/* Returns 0, or -1 with *err if there are too many, or memory is out. Empty ones and such as wrap are left
 * out. */
int extents_add(
	struct extents *x, uint64_t start, uint64_t len, uint64_t at, uint32_t rank, struct swpd_error *err);
/* Sort, and cut them so that none overlap. */
int extents_settle(struct extents *x, struct swpd_error *err);
/* The extent that holds addr, or the first one behind it; NULL if there is neither. */
const struct extent *extents_find(const struct extents *x, uint64_t addr);
void extents_free(struct extents *x);

/* ---- a file, flattened or not ---- */

struct dump_file {
	int fd;
	uint64_t size; /* of the file as it was meant: of a flattened one, where its last byte goes */
	bool flat;
	bool live; /* of /proc: its size is unknown, and it changes */
	struct extents parts; /* flattened: where the bytes are */
	char damage[160];
};

/* Takes over fd. */
int dump_file_open(struct dump_file *f, int fd, struct swpd_error *err);
void dump_file_close(struct dump_file *f);
/* Read up to n bytes; returns how many could be read, fewer where the file ends or is damaged. */
size_t dump_file_read(const struct dump_file *f, uint64_t at, void *buf, size_t n);
/*
 * The first piece of the file at or behind `at`, and before `end`, that is no hole of a sparse file: false if
 * there is none, else its bounds.
 */
bool dump_file_data(const struct dump_file *f, uint64_t at, uint64_t end, uint64_t *from, uint64_t *to);

/* ---- formats ---- */

struct image {
	const struct dump_format *format;
	struct image_about about;
	char format_name[64];
	char vmcoreinfo[IMAGE_VMCOREINFO_MAX + 1];
	struct dump_file *files;
	size_t n_files;
	struct image_options options;
	bool by_qemu;  /* a note says so */
	void *data; /* the format's own */
	struct {    /* recently read blocks, for many small reads */
		uint64_t block[64];
		uint8_t state[64];
		uint8_t bytes[64][4096];
	} cache;
};

struct dump_format {
	const char *name;
	/* Do these first bytes of a file look like it? n may be small. */
	bool (*is)(const struct image *im, const uint8_t *head, size_t n);
	int (*open)(struct image *im, struct swpd_error *err);
	void (*close)(struct image *im);
	enum mem_state (*read)(struct image *im, uint64_t phys, uint8_t *buf, size_t n);
	bool (*next_range)(struct image *im, uint64_t from, uint64_t *start, uint64_t *end);
	bool split; /* it may come in several files */
};

#define DUMP(name) extern const struct dump_format dump_##name;
#include "image/list.def"
#undef DUMP

/* Is this file a part of a split kdump-compressed dump? Then it has frames [*first, *last), and *note is a
 * hash of its VMCOREINFO. */
bool kdump_part(const struct dump_file *f, uint64_t *first, uint64_t *last, uint64_t *note);

/* Numbers of either byte order. */
static inline uint64_t get_uint(const uint8_t *p, unsigned int bytes, bool big_endian)
{
	uint64_t v = 0;

	for (unsigned int i = 0; i < bytes; i++)
		v = v << 8 | p[big_endian ? i : bytes - 1 - i];
	return v;
}

/* Names by the hundred thousand are compared: most differ in the first letter. */
static inline bool same_name(const char *a, const char *b)
{
	return *a == *b && !strcmp(a, b);
}

/* Look through the notes of an ELF file or of a kdump file for what image_about tells. */
void dump_notes(struct image *im, uint64_t at, uint64_t size);
/* Take over the text of the VMCOREINFO note. */
void dump_vmcoreinfo(struct image *im, uint64_t at, uint64_t size);
/* Is the text that was taken over damaged? What can be is mended. */
void vmcoreinfo_check(struct image *im);
/* Note that something is wrong with the file; the first text stays. */
void dump_damaged(struct image *im, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* SYMBOL(name) of VMCOREINFO. */
bool image_vmcoreinfo_symbol(const struct image *im, const char *name, uint64_t *address);

/*
 * As image_symbols(), of the file of this name, for those that are not yet found; addresses are those of the
 * kernel in the dump, wherever it was moved to.
 */
int vmlinux_symbols(const char *path, const struct image *im, struct image_symbol *wanted, size_t n,
	struct image_info *info, struct swpd_error *err);

/* Are the numbers in the ELF file of this name big-endian? False, and *big_endian as it was, if it is none.
 */
bool image_order(const char *path, uint8_t *big_endian);
/* Is this the file that the kernel was started from? False with *err if its banner is another one. */
bool vmlinux_is_of(struct kmem *k, const char *path, struct swpd_error *err);
/* The bytes of a section of the ELF file of this name; NULL if it has none. The caller frees them. */
void *image_section(const char *path, const char *name, uint64_t *size, bool *big_endian);

/* Type information of a file. */
struct dwarf;

/* NULL with *err if there is none, or no libdw. path is that of an ELF file. */
struct dwarf *dwarf_load(const char *path, struct swpd_error *err);
void dwarf_free(struct dwarf *d);
/* As btf_member(). */
bool dwarf_member(struct dwarf *d, const char *structure, const char *member, uint32_t *offset);
/* As btf_size(). */
bool dwarf_size(struct dwarf *d, const char *structure, uint32_t *size);
/* As btf_values(), but only the first units are asked; `found` must be false. */
void dwarf_values(struct dwarf *d, struct btf_value *wanted, size_t n);

#endif
