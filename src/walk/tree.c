/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which row fits a tree: many are made differently from kernel to kernel, and say so themselves. */
#include "walk/walk.h"

#include "walk/table.h"

#define TRIES 256 /* table pages that are looked at for one row */

unsigned int tree_shift(const struct tree *tree, unsigned int level)
{
	return pgtable_shift(tree->row, tree->page_shift, level);
}

static void make(struct tree *tree, const struct swpd_target *t, const struct variant *v, const struct pgtable *row,
	bool image_be)
{
	struct swpd_target copy = *t;
	struct swpd_decoder dec;

	copy.variant = v;
	swpd_decoder_init(&dec, &copy, FORM_PTE, SWPD_LEVEL_PTE);
	tree->row = row;
	tree->variant = v;
	tree->levels = pgtable_levels(row);
	tree->page_shift = v->page_shift;
	tree->pte_bytes = arch_pte_bytes(t->arch, v);
	tree->entry_bytes = row->entry_bytes ? row->entry_bytes : tree->pte_bytes;
	tree->big_endian = image_be || (dec.n_packing && dec.packing[0].row->big_endian);
	tree->sure = false;
}

/* Entries of a table page that lead on. */
static unsigned int leading(const struct tree *tree, unsigned int level, const uint64_t *words, size_t n)
{
	unsigned int count = 0;

	for (size_t i = 0; i < n; i++)
		count += table_leads(tree, level, words[i]);
	return count;
}

/* Do all levels above 1 have the same test as level 1, so that a PTE that passes it is none? */
static bool alike(const struct pgtable *row)
{
	for (int i = 2; i < PGTABLE_LEVELS; i++)
		if (row->table[i].mask && (row->table[i].mask != row->table[1].mask ||
			row->table[i].value != row->table[1].value))
			return false;
	return true;
}

/*
 * Follow pointers from the root: true if they lead to a table of PTEs, and, where that can be told, to one that
 * really holds PTEs. A stack of indices, and so many tries.
 */
static bool fits(const struct tree *tree, struct image *im)
{
	static __thread uint64_t words[PGTABLE_LEVELS][WALK_WORDS];
	struct { uint64_t table; size_t next, n; } at[PGTABLE_LEVELS];
	unsigned int level = tree->levels - 1, top = level, tries = TRIES;

	at[level].table = tree->root;
	at[level].next = 0;
	at[level].n = table_read(tree, im, level, tree->root, 0, words[level], NULL);
	for (;;) {
		if (level == 0 || at[level].next == at[level].n) {
			if (level == 0 && at[0].n && (!alike(tree->row) || !leading(tree, 1, words[0], at[0].n)))
				return true;
			if (level == top || !tries)
				return false;
			level++;
			continue;
		}
		uint64_t word = words[level][at[level].next++];

		if (!table_leads(tree, level, word) || !tries)
			continue;
		tries--;
		level--;
		at[level].table = table_address(tree, level, word);
		at[level].next = 0;
		at[level].n = table_read(tree, im, level, at[level].table, 0, words[level], NULL);
	}
}

int tree_choose(struct tree *tree, struct image *im, const struct swpd_target *t, uint64_t root, unsigned int va_bits,
	struct swpd_error *err)
{
	const struct variant *only = t->variant_from.assumed ? NULL : t->variant;
	struct tree first = { .row = NULL }, best = { .row = NULL };
	int n = 0;

	if (!t->arch || !t->arch->pgtables)
		return fail(err, SWPD_E_NOT_HERE, 0, "how page tables of %s are built is not known",
			t->arch ? t->arch->name : "an unknown architecture");
	/* The usual variant first, then the others as they come. */
	for (int usual = 1; usual >= 0; usual--)
		for (const struct variant *v = t->arch->variants; v->page_shift; v++) {
			if (only ? v != only || !usual : v->is_default != usual)
				continue;
			if (!only && t->page_shift && !t->page_from.assumed && v->page_shift != t->page_shift)
				continue;
			for (const struct pgtable *row = t->arch->pgtables; row->id; row++) {
				struct tree try = { .root = root };

				if (!variants_have(row->variants, v))
					continue;
				make(&try, t, v, row, image_about(im)->big_endian);
				n++;
				if (!first.row)
					first = try;
				if (best.row && tree_shift(&best, best.levels) == va_bits)
					continue;
				if (!fits(&try, im))
					continue;
				try.sure = true;
				if (!best.row || tree_shift(&try, try.levels) == va_bits)
					best = try;
			}
		}
	if (!n)
		return fail(err, SWPD_E_NOT_HERE, 0, "how page tables of %s%s%s are built is not known", t->arch->name,
			only && only->name[0] ? ":" : "", only ? only->name : "");
	*tree = best.row ? best : first;
	return 0;
}
