/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which row fits a tree: many are made differently from kernel to kernel, and say so themselves. */
#include "walk/walk.h"

#include "walk/table.h"

#define TRIES 256 /* table pages that are looked at for one row */

unsigned int tree_shift(const struct page_tree *tree, unsigned int level)
{
	return pgtable_shift(tree->row, tree->page_shift, level);
}

static void make(struct page_tree *tree, const struct swpd_target *t, const struct variant *v,
	const struct pgtable *row, bool image_be)
{
	struct swpd_target copy = *t;
	struct swpd_decoder dec;

	copy.variant = v;
	swpd_decoder_init(&dec, &copy, FORM_PTE, SWPD_LEVEL_PTE);
	tree->row = row;
	tree->variant = v;
	tree->levels = pgtable_levels(row);
	tree->page_shift = v->page_shift;
	tree->pte_bytes = arch_pte_bytes(t->arch, v, dec.n_packing ? dec.packing[0].row : NULL);
	tree->entry_bytes = row->entry_bytes ? row->entry_bytes : tree->pte_bytes;
	tree->big_endian = image_be || (dec.n_packing && dec.packing[0].row->big_endian);
	tree->sure = false;
}

/* Entries of a table page that lead on. */
static unsigned int leading(const struct page_tree *tree, unsigned int level, const uint64_t *words, size_t n)
{
	unsigned int count = 0;

	for (size_t i = 0; i < n; i++)
		count += table_leads(tree, level, words[i]);
	return count;
}

/* A table that is being looked at, page by page. */
struct view {
	uint64_t table;
	size_t page, have, next; /* entries: the first of words[], how many, the next one to look at */
	uint64_t words[WALK_WORDS];
};

/* Go on to the next entry; false at the end of the table. Pages that are missing are passed over. */
static bool advance(const struct page_tree *tree, struct image *im, unsigned int level, struct view *v)
{
	size_t n = 1ul << tree->row->bits[level], step = table_entry_bytes(tree, level);

	while (v->next >= v->page + v->have && v->next < n) {
		v->page = v->next;
		v->have = table_read(tree, im, level, v->table, v->page, v->words, NULL);
		if (!v->have)
			v->next += (WALK_PAGE - (v->table + v->page * step) % WALK_PAGE) / step ?: 1;
	}
	return v->next < n;
}

enum fit {
	FITS_NOT,
	FITS_PERHAPS, /* pointers lead down to tables of the lowest level that can be read */
	FITS,         /* and what is there is no pointer, which differs from a PTE */
};

/* Follow pointers from the root down, with a stack, and only so often. */
static enum fit fits(const struct page_tree *tree, struct image *im)
{
	static struct view views[PGTABLE_LEVELS];
	unsigned int top = tree->levels - 1, level = top, tries = TRIES;
	enum fit fit = FITS_NOT;

	memset(&views[top], 0, sizeof(views[0]));
	views[top].table = tree->root;
	while (level <= top) {
		struct view *v = &views[level];
		uint64_t word;

		if (!advance(tree, im, level, v) || !tries) {
			level++;
			continue;
		}
		if (!level) {
			fit = FITS_PERHAPS;
			if (!tree->row->pte_passes && !leading(tree, 1, v->words, v->have))
				return FITS;
			level++;
			continue;
		}
		word = v->words[v->next++ - v->page];
		if (!table_leads(tree, level, word))
			continue;
		tries--;
		level--;
		memset(&views[level], 0, sizeof(views[0]));
		views[level].table = table_address(tree, level, word);
	}
	return fit;
}

/* Is the row that of one variant alone? */
static bool only_one(const struct arch *arch, const struct pgtable *row)
{
	int n = 0;

	for (const struct variant *v = arch->variants; v->page_shift; v++)
		n += variants_have(row->variants, v);
	return n == 1;
}

static bool has_bits(const struct page_tree *tree, unsigned int va_bits)
{
	return tree_shift(tree, tree->levels) == va_bits;
}

int tree_choose(struct page_tree *tree, struct image *im, const struct swpd_target *t, uint64_t root,
	unsigned int va_bits, struct swpd_error *err)
{
	const struct variant *only = t->variant_from.assumed ? NULL : t->variant;
	struct page_tree first = { .row = NULL }, best = { .row = NULL };
	enum fit fit, best_fit = FITS_NOT;
	bool choice = !only;
	int n = 0;

	if (!t->arch || !t->arch->pgtables)
		return fail(err, SWPD_E_NOT_HERE, 0, "how page tables of %s are built is not known",
			t->arch ? t->arch->name : "an unknown architecture");
	for (const struct pgtable *row = t->arch->pgtables; only && row->id; row++)
		choice |= variants_have(row->variants, only) && n++;
	n = 0;
	/* The usual variant first, then the others as they come. */
	for (int usual = 1; usual >= 0; usual--)
		for (const struct variant *v = t->arch->variants; v->page_shift; v++) {
			if (only ? v != only || !usual : v->is_default != usual)
				continue;
			if (!only && t->page_shift && !t->page_from.assumed && v->page_shift != t->page_shift)
				continue;
			for (const struct pgtable *row = t->arch->pgtables; row->id; row++) {
				struct page_tree try = { .root = root };

				if (!variants_have(row->variants, v))
					continue;
				make(&try, t, v, row, image_about(im)->big_endian);
				try.root &= ~((table_bytes(&try, try.levels - 1) < WALK_PAGE
							      ? table_bytes(&try, try.levels - 1)
							      : WALK_PAGE) -
					      1);
				n++;
				if (!first.row)
					first = try;
				if (!choice)
					continue;
				fit = fits(&try, im);
				try.fits = fit != FITS_NOT;
				try.sure = fit == FITS && only_one(t->arch, row);
				if (fit > best_fit || (fit && fit == best_fit && has_bits(&try, va_bits) &&
							      !has_bits(&best, va_bits)))
					best = try, best_fit = fit;
			}
		}
	if (!n)
		return fail(err, SWPD_E_NOT_HERE, 0, "how page tables of %s%s%s are built is not known",
			t->arch->name, only && only->name[0] ? ":" : "", only ? only->name : "");
	*tree = best.row ? best : first;
	return 0;
}
