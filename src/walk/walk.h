/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * walk: page tables and nothing else. A tree is gone through in the order of addresses, whole table pages at
 * once, with a stack of its own; what is not an entry, or leads nowhere, is counted and told, and the walk
 * goes on.
 */
#ifndef WALK_WALK_H
#define WALK_WALK_H

#include "core/core.h"
#include "image/image.h"
#include "util/util.h"

#define WALK_PAGE 4096u /* bytes of a table that are read together; pages of it may be missing */
#define WALK_WORDS (WALK_PAGE / 4)
#define WALK_HUGE 64 /* entries of a table of huge pages */
#define WALK_SEEN 65536     /* tables that are remembered, to notice that one comes again */
#define WALK_AGAIN_MAX 1024 /* how many may come again; two mappings may share one */
#define WALK_TABLES (1u << 17) /* so many are followed without asking how many there can be */

/* A tree of page tables: where, and how to read it. */
struct page_tree {
	uint64_t root; /* physical address */
	const struct pgtable *row;
	const struct variant *variant;
	unsigned int levels;
	unsigned int page_shift;
	unsigned int pte_bytes, entry_bytes;
	bool big_endian; /* words, whatever the CPU is */
	bool fits;       /* its pointers lead where those of this row do */
	bool sure;       /* and those of no other variant could */
};

/*
 * Find the row that fits the tree at root, which may be the register or pointer that leads there too. t says
 * what is known: its architecture must be known, its variant may be, and then only rows for that one are
 * tried; va_bits are the virtual address bits that the kernel says that it has, 0 if it does not, and decide
 * between rows that fit alike. Returns 0, or -1 with *err filled if there is no row. The tree holds no
 * reference to the image.
 */
int tree_choose(struct page_tree *tree, struct image *im, const struct swpd_target *t, uint64_t root,
	unsigned int va_bits, struct swpd_error *err);

/*
 * Is there no entry in the table at the root, the kernel's included, as far as it can be read? none[] as in
 * struct walk.
 */
bool tree_is_empty(const struct page_tree *tree, struct image *im,
	const struct pred *const none[PGTABLE_LEVELS]);

/* log2 of the bytes of address space under one entry of this level. */
unsigned int tree_shift(const struct page_tree *tree, unsigned int level);

/* Some entries that follow one another. Those above level 0 lead to no table and are not empty. */
struct entries {
	unsigned int level; /* 0: PTEs */
	unsigned int shift; /* log2 of the bytes of address space under each */
	bool hugepd;        /* PTEs of huge pages, in a table that an entry of the level above led to */
	uint64_t vaddr;     /* of the first one */
	size_t n;
	const uint64_t *words; /* valid until the next call */
};

/* What was not seen, and why: the first reason is kept. */
struct walk_gap {
	uint64_t words; /* entries of tables that could not be read */
	uint64_t zeros; /* tables that the writer of the dump left out as they were all zero */
	char why[200];
};

struct walk {
	struct image *im;
	const struct page_tree *tree;
	const struct pred *none[PGTABLE_LEVELS]; /* what else the layouts say is empty, by level; or NULL */
	uint64_t start, end;                     /* addresses [start, end) */
	struct walk_gap gap;
	/* the rest is the walk's own */
	struct {
		uint64_t table;      /* physical address */
		uint64_t vaddr;      /* that its first entry stands for */
		uint64_t next, n;    /* entries: the next one to look at, how many there are */
		uint64_t page, have; /* entries [page, page + have) are in words[] */
		uint64_t words[WALK_WORDS];
	} at[PGTABLE_LEVELS];
	int level; /* being looked at; -1: done */
	unsigned int again;
	uint64_t tables, tables_max; /* entered; that the dump has room for, 0: not yet asked */
	uint64_t huge[WALK_HUGE];
	uint64_t seen[WALK_SEEN];
};

/*
 * Begin to walk the addresses [start, end) of a tree; none[] as in the structure. All pointers must outlive
 * it. *w is large: not for the stack.
 */
void walk_begin(struct walk *w, struct image *im, const struct page_tree *tree,
	const struct pred *const none[PGTABLE_LEVELS], uint64_t start, uint64_t end);

/* The next entries: true, or false at the end. */
bool walk_next(struct walk *w, struct entries *e);

#endif
