/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * arch: what each architecture's page-table entries look like. Rows only, one file per architecture.
 *
 * How to add an architecture, from "recognise" to "full":
 *  1. a file src/arch/NAME.c with one `const struct arch arch_NAME` and a line ARCH(NAME) in list.def;
 *  2. at least one row in .variants: the page size and how wide physical addresses are;
 *  3. one row in .layouts for each span of releases in which an entry is packed one way. Take the bits from
 *     the macros of the kernel's own header, run with one bit at a time, and name that header in .source;
 *  4. vectors in fixtures/vectors/NAME.tsv: truth that does not come from these rows.
 * The structure tests (tests/test_rows.c) find the new rows by themselves.
 *
 * Also here, as rows of pseudo-architectures, are the two words that are the same everywhere: what
 * /proc/PID/pagemap shows and the generic swp_entry_t that kernel logs print.
 */
#ifndef ARCH_ARCH_H
#define ARCH_ARCH_H

#include "swpdecode.h"

struct arch;

/* A kernel release as one number that sorts: KV(6, 12, 3). Three-part numbers before 3.0: KV(2, 6, 32). */
typedef uint32_t release_t;
#define KV(major, minor, patch) ((release_t)(major) << 24 | (release_t)(minor) << 16 | (release_t)(patch))
#define KV_MAX KV(255, 0, 0)       /* after all of them */
#define KV_NEWEST KV(7, 3, 0xffff) /* the newest release that the rows were checked against */
#define KV_OLDEST KV(2, 6, 32)     /* the oldest one that the type map was checked against */
#define KV_NEWEST_TEXT "7.3"
#define KV_NO_FILE_PTES KV(4, 0, 0) /* from here on, remap_file_pages() makes mappings like any other */

/*
 * Layouts and special types that no upstream release has stand in "releases" beyond all real ones, one each,
 * which only rows of backports.def name.
 */
#define KV_OWN(n) KV(255, 0, (n) + 1)
#define OWN(n) { KV_OWN(n), KV_OWN((n) + 1), PROVED }
enum own {
	OWN_RHEL_5,
	OWN_RHEL_7_3,
	OWN_RHEL_7_4,
	OWN_RHEL_7_5, /* 7.5 and 7.6: of either the layout of 7.3 or that of 7.7 */
	OWN_RHEL_7_7,
	OWN_OPENEULER_22_03,
};

/* Kernel configuration on which rows depend: see knobs.def. */
enum knob {
	KNOB_NONE, /* the row depends on none */
#define KNOB(name, text) KNOB_##name,
#include "arch/knobs.def"
#undef KNOB
	KNOB_N
};

/* How well a boundary is known: seen on both sides of it in neighbouring releases, or not quite. */
enum sure {
	PROVED,    /* seen without in release N and with in N+1 */
	BRACKETED, /* seen on both sides, with releases in between that nobody looked at */
};

/* Releases [since, until). */
struct span {
	release_t since, until;
	enum sure sure;
};

/* `width` bits from bit `lsb` up; they become the bits of the field that follow those of the run before, or,
 * where the kernel ORs one range over another, the bits from `at` up. */
struct run {
	uint8_t lsb, width, at;
};

/*
 * A test on a word: true if any bit of `any` is set, or (word & mask) == value for one of eq[] (a mask of
 * 0 ends the list); `negate` turns the answer round.
 */
struct pred {
	uint64_t any;
	struct {
		uint64_t mask, value;
	} eq[4];
	bool negate;
};

/* Usual tests: no bit is set but perhaps some of these; at least one of these is. */
#define PRED_ONLY(bits) { .eq = { { ~(uint64_t)(bits), 0 } } }
#define PRED_ANY(bits) { .any = (bits) }

#define LEVEL(name) (1u << SWPD_LEVEL_##name)
#define LEVELS_PTE (LEVEL(PTE) | LEVEL(HUGETLB)) /* the usual case: hugetlb entries are packed like PTEs */

/* One flag bit, at some levels, in some releases, perhaps only with some configuration. until 0: for ever. */
struct flag_bit {
	enum swpd_flag flag;
	uint8_t bit;
	uint8_t levels;
	enum knob knob;
	release_t since, until;
	bool when_present; /* also valid in present (and none) words */
};

/* PG_anon_exclusive of the page, for rows that have it in all their releases. */
#define FLAG_EXCLUSIVE(at) { .flag = SWPD_FLAG_EXCLUSIVE, .bit = (at), .levels = LEVELS_PTE }

/*
 * Most architectures got an exclusive bit in 6.3, some at the cost of a bit of the type or of the offset:
 * seen without in 6.0.1 and 6.2.1, with in 6.3.8. 5.10 is the oldest release whose headers were run.
 */
#define SPANS_5_10 .spans = { { KV(5, 10, 0), KV(6, 3, 0), PROVED } }
#define SPANS_6_3 .spans = { { KV(6, 3, 0), KV_MAX, PROVED } }

/* One row: how one range of releases of one architecture packs an entry that is not present. */
struct layout {
	const char *id;        /* unique name of the row, printed as `layout` */
	const char *variants;  /* variants of the architecture that it is for, separated by blanks; NULL: all,
				* "": the nameless one */
	uint8_t levels;        /* LEVEL() bits */
	struct span spans[8];  /* releases; until 0 ends the list, KV_MAX: still so */
	enum knob knob;        /* this row holds only if the knob has the value knob_is */
	int knob_is;
	struct pred none;      /* tested first */
	struct pred present;   /* tested second */
	struct pred file;      /* tested third, at level pte and before 4.0: pte_file(), offset in a nonlinear
				* file mapping; none: that test was not read. What is left is a swap entry */
	struct run type[3];    /* low run first; width 0 ends the list; none: no swap entries here */
	struct run offset[3];
	bool invert;           /* the offset field is stored inverted */
	uint64_t base;         /* bits that every entry has */
	uint64_t ignored;      /* bits that may be set and mean nothing */
	struct flag_bit flags[8];
	struct run pfn[3];     /* frame of a present entry, where it differs from the variant's */
	uint64_t pfn_flip;     /* present entry with all of these bits clear: its frame is stored inverted */
	uint64_t leaf;         /* like the variant's pmd_leaf, but at every level of this row */
	uint64_t block;        /* present entry with any of these bits set: the lowest bit that is set in its
				* frame says how large a block it is in, and is no part of the frame */
	bool no_young;         /* this word never carries a migration entry's young and dirty bits */
	uint8_t offset_written; /* bits of the offset that the kernel's own encoder keeps; 0: all */
	bool wide_types;       /* without special types, types above 31 are swap files' and not stray bits */
	bool big_endian;       /* PTEs are big-endian in memory whatever the byte order of the CPU */
	uint8_t pte_bytes;     /* size of pte_t, where it is not the variant's, and has no copies; 0: it is */
	uint64_t hidden;       /* all clear in a swap entry: the kernel hides them from this reader … */
	uint64_t guard;        /* … but sets this bit where it is a guard marker … */
	release_t guard_since; /* … from this release on */
	const char *quirk;     /* the kernel itself breaks an identity here: which, and in what file */
	struct pred quirk_if;  /* words that show it; none do where the trace is lost */
	const char *source;    /* evidence: kernel file, and the releases in which it was seen */
};

#define PGTABLE_LEVELS 5

/*
 * One row: how the tables of a tree fit together, for walking. Level 0 holds PTEs; its words are as struct
 * layout says, and those of the other levels too where they do not lead to a table. Words are in the byte
 * order of PTEs.
 */
struct pgtable {
	const char *id;       /* unique name of the row */
	const char *variants; /* as in struct layout */
	uint8_t bits[PGTABLE_LEVELS]; /* log2 of the entries of a table, lowest level first; 0 ends it */
	uint8_t entry_bytes;  /* above the PTEs, if not that of a PTE: the word comes first */
	/* From level 1 on: (word & mask) == value leads to a table; mask 0: as for the level below. */
	struct {
		uint64_t mask, value;
	} table[PGTABLE_LEVELS];
	/* (word & mask) == value is no entry there, besides 0 and what layouts say; mask 0: nothing is. */
	struct {
		uint64_t mask, value;
	} empty[PGTABLE_LEVELS];
	/* Where it leads: bits of the word, and in `at` where they go. Tables are aligned to their size. */
	struct run addr[2];
	/*
	 * A hugepd: where (word & mask) == value, the entry leads to a table of huge pages of 1 << shift
	 * bytes, and only to as many as lie under it. shift 0 ends the list.
	 */
	struct hugepd {
		uint64_t mask, value;
		uint8_t shift;
	} hugepd[2];
	uint64_t hugepd_addr; /* bits of the word that are the address of such a table */
	uint64_t user_end;    /* addresses from here on are the kernel's; 0: all are the process's */
	/* Words that map memory in the kernel's own tables, of PTEs and above; none: those with bit 0 set. */
	struct pred maps[2];
	bool pte_passes;      /* a PTE may pass the test too: the tree does not tell its levels */
	bool empty_shared;    /* empty ones lead to tables that all share: those alike in a table are none */
	const char *source;   /* kernel file, and the releases in which it was seen */
};

/* Addresses that a kernel hands out, [start, last], so that a pointer in place of an entry can be named. */
struct area {
	uint64_t start, last; /* last 0 ends the list */
	const char *what;
};

/*
 * What a kernel has is asked by subject, since distributions take things from newer releases one at a time.
 */
enum subject {
	SUBJECT_LAYOUT,       /* rows of an architecture, with their flags */
	SUBJECT_PAGEMAP,      /* the words of /proc/PID/pagemap */
	SUBJECT_SWP_ENTRY,    /* swp_entry_t */
	SUBJECT_PFN,          /* what else than a PFN is in the offset of entries that have one */
	SUBJECT_MARKER_BITS,  /* bits that a PTE marker may have */
	SUBJECT_TYPES,        /* special swap types upstream has, but one */
	SUBJECT_SWAPIN_ERROR, /* that one */
	SUBJECT_VENDOR,       /* special swap types that upstream does not have */
	SUBJECT_N
};

/* Those that say which numbers special swap types have. */
#define SUBJECTS_NUMBERING (1u << SUBJECT_TYPES | 1u << SUBJECT_SWAPIN_ERROR | 1u << SUBJECT_VENDOR)

/* The number that a distribution gives its builds of a release: 3.10.0-862.11.6.el7 is BUILD(862, 11, 6). */
#define BUILD(a, b, c) ((uint64_t)(a) << 32 | (uint64_t)(b) << 16 | (c))
#define BUILD_MAX UINT64_MAX

/*
 * One row of backports.def: in what the kernels of a distribution differ from the release that they are named
 * after, and how they are usually configured. Where several rows match, the first to say a thing is right.
 */
struct backport {
	const char *name;       /* of the distribution, as people know it */
	const char *patterns;   /* of the release string, as in glob(7), separated by blanks */
	uint64_t since, until;  /* builds [since, until) */
	const char *arches;     /* names, separated by blanks; NULL: all */
	enum sure sure;
	release_t as[SUBJECT_N]; /* the release that a subject is as in; 0: not said here */
	const char *usual;      /* KNOB=VALUE, separated by commas; NULL: not known */
	const char *source;     /* evidence: repository and commit of the tree or configuration */
};

extern const struct backport backports[];
extern const size_t n_backports;

/* True if the row is for this release string and architecture (NULL: not known). */
bool backport_matches(const struct backport *row, const char *release, const struct arch *arch);

/* One way to build or boot an architecture: geometry. */
struct variant {
	const char *name;     /* "" if the architecture's name says it all */
	uint8_t page_shift;
	uint8_t physmem_bits; /* MAX_PHYSMEM_BITS, or the width of phys_addr_t where that is not defined; the
			       * kernel keeps PFNs of this many bits less page_shift */
	uint8_t pmd_order;    /* log2 of base pages under a PMD entry */
	uint8_t pud_order;
	bool is_default;      /* what the bare name of the architecture means */
	const char *cpu_flag; /* it is this one if /proc/cpuinfo lists this flag; NULL: nothing tells */
	/*
	 * CONFIG_ symbols, separated by blanks, that kernels set which are built like this: all of them, but
	 * none with a "!", and of A|B one. Where a configuration leaves several, they differ by the machine
	 * that the kernel runs on. NULL: none tells.
	 */
	const char *config;
	const char *vmcoreinfo; /* a dump is of this one if its VMCOREINFO has this line */
	struct run pfn[3];    /* frame of a present entry; low run first */
	uint64_t pmd_leaf;    /* a PMD with one of these bits: its low pmd_order bits are no frame */

	/*
	 * SWP_PFN_BITS of a kernel that does not define MAX_PHYSMEM_BITS: min(bits of phys_addr_t -
	 * PAGE_SHIFT, SWP_TYPE_SHIFT). 0: derive it from physmem_bits. Where both are set the memory model
	 * decides, since MAX_PHYSMEM_BITS comes with SPARSEMEM: a PFN that depends on an unknown model is not
	 * given.
	 */
	uint8_t pfn_bits;

	uint8_t word_bits;    /* BITS_PER_LONG, if not the architecture's */

	/*
	 * How a PTE lies in memory, if not as one word of word_bits in the byte order of the CPU. Words are
	 * then what pte_val() returns: arch_pte_word() makes them.
	 */
	uint8_t pte_bytes;    /* size of pte_t; 0: word_bits / 8 */
	uint8_t pte_copies;   /* pte_t is this many times the same value, one after the other; 0: once */
	bool words_swapped;   /* pte_t is two 32-bit words, the low one first in either byte order */
	bool big_endian;      /* what the byte order of the CPU is where nothing tells */
};

/* An option that no kernel of an architecture before a release could have on. */
struct knob_off {
	enum knob knob;
	release_t until;
};

/* mm/Kconfig: ARCH_HAS_PTE_DEVMAP, ARCH_SUPPORTS_MEMORY_FAILURE, HAVE_ARCH_USERFAULTFD_WP: 6.1, 6.12 read. */
#define NO_DEVICE_PRIVATE { KNOB_DEVICE_PRIVATE, KV_MAX }
#define NO_MEMORY_FAILURE { KNOB_MEMORY_FAILURE, KV_MAX }
#define NO_PTE_MARKER { KNOB_PTE_MARKER, KV_MAX }
#define ONLY_MIGRATION .off = { NO_DEVICE_PRIVATE, NO_MEMORY_FAILURE, NO_PTE_MARKER }

struct arch {
	const char *name;
	/*
	 * NULL-terminated: uname -m and distribution spellings. "NAME:VARIANT" stands for a variant other
	 * than the default one, unless more is known of the machine.
	 */
	const char *const *aliases;
	/* Those of them, separated by blanks, that tell the byte order of the CPU, whatever the variant;
	 * NULL: none. */
	const char *big_names, *little_names;
	const char *config;           /* as in struct variant: what kernels for it set; NULL if none tells */
	uint8_t word_bits;            /* BITS_PER_LONG */
	bool pseudo;                  /* not a machine: pagemap or swp_entry_t */
	bool no_swap;                 /* ARCH_NO_SWAP: kernels for it never have CONFIG_SWAP */
	struct knob_off off[4];
	const struct variant *variants; /* ends with a row whose page_shift is 0 */
	const struct layout *layouts;   /* ends with a row whose id is NULL */
	const struct pgtable *pgtables; /* the same; NULL: trees of this architecture are not walked */
	/*
	 * Where the kernel's own memory lies: virtual address - base + to. Names are of numbers in
	 * VMCOREINFO, and come on top; without them a row does not hold. The first that holds has the
	 * kernel's image.
	 */
	struct kernel_map {
		uint64_t base;
		const char *base_name, *to_name;
		bool linear;   /* all memory from base on: no page tables are needed to find it */
		bool direct;   /* the same, but there are page tables; where they are lost this helps */
		const char *base_symbol; /* what this variable of the kernel holds comes on top of the base */
		bool from_ram; /* add the first address of memory */
		/*
		 * Not from the base on: addresses with these bits as the base has them, of which so many low
		 * bits are where they lie; others say how the CPU caches them. No page tables lead there.
		 */
		uint64_t mask;
		uint8_t bits;
	} kernel_map[2];
	/*
	 * Where the address of a process's top-level table stands in what leads to it: a register, or a
	 * pointer of the kernel, with other bits around. width 0: they stand below the address, if at all.
	 */
	struct run root;
	uint16_t elf_machine;           /* e_machine of its cores */
	uint8_t elf_bytes;              /* 4 or 8: only of this class; 0: either */
	uint8_t rarity;                 /* log2 of how many times fewer machines there are than of the most
					 * frequent architecture, roughly: for guesses */
	const struct area *areas;       /* ends with a row whose last is 0; NULL: none told */
};

/* All architectures, NULL-terminated, in the order of list.def. */
extern const struct arch *const arch_list[];

/*
 * Find an architecture by name or alias (case matters only as in `uname -m`). Returns NULL if there is
 * none. Pseudo-architectures are found too.
 */
const struct arch *arch_find(const char *name);

/*
 * The variant of that name ("" or the architecture's own name for the nameless one), or NULL. name NULL: the
 * default.
 */
const struct variant *arch_variant(const struct arch *arch, const char *name);

/* The variant that this name or alias of the architecture usually stands for; the default if none. */
const struct variant *arch_usual_variant(const struct arch *arch, const char *name);

/* The byte order of a CPU. */
enum cpu_order { ORDER_NOT_TOLD, ORDER_LITTLE, ORDER_BIG };

/* The one that this name or alias of the architecture tells. */
enum cpu_order arch_order(const struct arch *arch, const char *name);

/* BITS_PER_LONG. variant may be NULL. */
unsigned int arch_word_bits(const struct arch *arch, const struct variant *variant);

/* Bytes that a PTE takes in memory. row may be NULL. */
unsigned int arch_pte_bytes(const struct arch *arch, const struct variant *variant, const struct layout *row);

/* How many times the same value is in a PTE. row may be NULL. */
unsigned int arch_pte_copies(const struct variant *variant, const struct layout *row);

/*
 * The word, as pte_val() returns it, of the PTE at mem, arch_pte_bytes() long, in the memory of a machine
 * whose CPU has this byte order. row is the one that holds for the machine's release, NULL if none does.
 */
uint64_t arch_pte_word(const struct arch *arch, const struct variant *variant, const struct layout *row,
	bool big_endian, const uint8_t *mem);

/* True if the row is for this variant. */
bool layout_has_variant(const struct layout *row, const struct variant *variant);

/* The same of a list of names: NULL is all of them. */
bool variants_have(const char *variants, const struct variant *variant);

/* The architecture of an ELF file with this e_machine and class (4 or 8 bytes); NULL if there is none. */
const struct arch *arch_of_elf(uint16_t machine, unsigned int bytes);

/* log2 of the bytes of address space under one entry of this level; and how many levels the row has. */
unsigned int pgtable_shift(const struct pgtable *row, unsigned int page_shift, unsigned int level);
unsigned int pgtable_levels(const struct pgtable *row);

/* Is there a tree of this variant that spans so many bits of address? */
bool arch_has_va_bits(const struct arch *arch, const struct variant *variant, unsigned int bits);

/* Does this word of a table of a level above 0 lead to another table? */
static inline bool pgtable_leads(const struct pgtable *row, unsigned int level, uint64_t word)
{
	while (level > 1 && !row->table[level].mask)
		level--;
	return word && (word & row->table[level].mask) == row->table[level].value;
}

/* If the word leads to a table of huge pages: to which; NULL: it does not. */
static inline const struct hugepd *pgtable_hugepd(const struct pgtable *row, uint64_t word)
{
	for (int i = 0; i < 2 && row->hugepd[i].shift; i++)
		if ((word & row->hugepd[i].mask) == row->hugepd[i].value)
			return &row->hugepd[i];
	return NULL;
}

/* The physical address in a word, as far as its bits go: lower ones may be there that mean something else. */
static inline uint64_t pgtable_address(const struct pgtable *row, uint64_t word)
{
	uint64_t addr = 0;

	for (int i = 0; i < 2 && row->addr[i].width; i++)
		addr |= (word >> row->addr[i].lsb & ((1ull << row->addr[i].width) - 1)) << row->addr[i].at;
	return addr;
}

/* True if release r lies in one of the row's spans; *sure (may be NULL) says how well that is known. */
bool layout_covers(const struct layout *row, release_t r, enum sure *sure);

/* True if the word passes the test. */
static inline bool pred_test(const struct pred *p, uint64_t word)
{
	bool hit = word & p->any;

	for (int i = 0; i < 4 && p->eq[i].mask && !hit; i++)
		hit = (word & p->eq[i].mask) == p->eq[i].value;
	return hit != p->negate;
}

/* Name of a knob without CONFIG_, and what it is about; static strings. */
const char *knob_name(enum knob knob);
const char *knob_text(enum knob knob);

/* The knob of that name, with or without CONFIG_; KNOB_NONE if no row depends on it. */
enum knob knob_find(const char *name);

#endif
