/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which row fits a tree: many are made differently from kernel to kernel, and say so themselves. */
#include "walk/walk.h"

#include "walk/table.h"

#define TRIES 256 /* table pages that are looked at for one row */

unsigned int tree_shift(const struct page_tree *tree, unsigned int level)
{
	return pgtable_shift(tree->row, tree->page_shift, level);
}

/* *dec becomes the decoder of its PTEs. */
static void make(struct page_tree *tree, const struct swpd_target *t, const struct variant *v,
	const struct pgtable *row, bool image_be, struct swpd_decoder *dec)
{
	struct swpd_target copy = *t;

	copy.variant = v;
	swpd_decoder_init(dec, &copy, FORM_PTE, SWPD_LEVEL_PTE);
	tree->row = row;
	tree->variant = v;
	tree->levels = pgtable_levels(row);
	tree->page_shift = v->page_shift;
	tree->pte_bytes = arch_pte_bytes(t->arch, v, dec->n_packing ? dec->packing[0].row : NULL);
	tree->entry_bytes = row->entry_bytes ? row->entry_bytes : tree->pte_bytes;
	tree->big_endian = image_be || (dec->n_packing && dec->packing[0].row->big_endian);
	tree->sure = false;
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

bool tree_is_empty(const struct page_tree *tree, struct image *im,
	const struct pred *const none[PGTABLE_LEVELS])
{
	unsigned int top = tree->levels - 1;
	struct view v = { .table = tree->root };

	for (; advance(tree, im, top, &v); v.next++)
		if (!table_word_empty(tree, none[top], top, v.words[v.next - v.page]))
			return false;
	return true;
}

/* How often pointers led somewhere, and what was there. */
struct fit {
	unsigned int led;   /* to memory, be it missing in the file */
	unsigned int good;  /* at the lowest level: pages that hold PTEs, as far as one can tell */
	unsigned int other; /* pages there that hold something else, and pointers to what is no memory */
};

#define OFFSET_BITS 36 /* 256 TiB of swap slots: what is larger is no offset */

/* Could it be a PTE? */
static bool is_pte(const struct page_tree *tree, const struct swpd_decoder *dec, uint64_t word)
{
	struct swpd_entry e;

	if (!tree->row->pte_passes && table_leads(tree, 1, word))
		return false;
	swpd_decode(dec, word, &e);
	if (e.cls == SWPD_PRESENT && e.has & SWPD_HAS_PFN && tree->variant->physmem_bits < 64)
		return !(e.pfn >> (tree->variant->physmem_bits - tree->page_shift));
	return e.cls != SWPD_SWAP || !(e.offset >> OFFSET_BITS);
}

static void look_at_ptes(const struct page_tree *tree, const struct swpd_decoder *dec, const struct view *v,
	struct fit *fit)
{
	unsigned int n = 0, bad = 0;

	for (size_t i = 0; i < v->have; i++) {
		n += v->words[i] != 0;
		bad += v->words[i] && !is_pte(tree, dec, v->words[i]);
	}
	fit->good += n && bad <= n / 4;
	fit->other += bad > n / 4;
}

/*
 * Follow pointers from the root down, with a stack, and only so often. Those of the kernel are left alone:
 * huge pages look like PTEs.
 */
static struct fit fits(const struct page_tree *tree, struct image *im, const struct swpd_decoder *dec)
{
	static struct view views[PGTABLE_LEVELS];
	unsigned int top = tree->levels - 1, level = top, tries = TRIES;
	uint64_t user = tree->row->user_end >> tree_shift(tree, top);
	struct fit fit = { 0, 0, 0 };

	memset(&views[top], 0, sizeof(views[0]));
	views[top].table = tree->root;
	while (level <= top) {
		struct view *v = &views[level];
		uint64_t word;
		uint8_t byte;

		if (!advance(tree, im, level, v) || !tries || (level == top && user && v->next >= user)) {
			level++;
			continue;
		}
		if (!level) {
			look_at_ptes(tree, dec, v, &fit);
			level++;
			continue;
		}
		word = v->words[v->next++ - v->page];
		if (!table_leads(tree, level, word))
			continue;
		tries--;
		/* tables lie at multiples of their size: this one is that of another row */
		if (pgtable_address(tree->row, word) & (table_bytes(tree, level - 1) - 1)) {
			fit.other++;
			continue;
		}
		level--;
		memset(&views[level], 0, sizeof(views[0]));
		views[level].table = table_address(tree, level, word);
		if (image_read(im, views[level].table, &byte, 1) == MEM_ABSENT)
			fit.other++;
		else
			fit.led++;
	}
	return fit;
}

#define ALIGNED_MIN 8 /* so many pointers to multiples of a larger page are no chance */

/* Smaller pages fit as well, but tables lie at multiples of larger ones only where pages are so large. */
static bool aligned(const struct fit *fit)
{
	return fit->good && !fit->other && fit->led >= ALIGNED_MIN;
}

static bool has_bits(const struct page_tree *tree, unsigned int va_bits)
{
	return tree_shift(tree, tree->levels) == va_bits;
}

/*
 * Does this row fit better than that one? A tree that is damaged, or of which a part is missing, still fits
 * its own row in most places. Where a PTE looks like a pointer, a row with too few levels fits too.
 */
static bool better(const struct page_tree *a, const struct fit *x, const struct page_tree *b,
	const struct fit *y, unsigned int va_bits)
{
	bool fits_a = x->good > x->other, fits_b = y->good > y->other;
	bool may_a = x->led > x->other, may_b = y->led > y->other;

	if (!b->row || may_a != may_b)
		return may_a;
	if (fits_a != fits_b) /* the root may be a table below the top */
		return fits_a;
	if (has_bits(a, va_bits) != has_bits(b, va_bits))
		return has_bits(a, va_bits);
	if (a->page_shift != b->page_shift && aligned(x) && aligned(y))
		return a->page_shift > b->page_shift;
	if (a->row->pte_passes && fits_a && a->variant->page_shift == b->variant->page_shift &&
		a->pte_bytes == b->pte_bytes)
		return a->levels > b->levels;
	/* three quarters of the one against a half of the other, or so */
	return (uint64_t)x->good * (y->good + y->other) > (uint64_t)y->good * (x->good + x->other) +
		(uint64_t)(x->good + x->other) * (y->good + y->other) / 4;
}

/* Is the row that of one variant alone? */
static bool only_one(const struct arch *arch, const struct pgtable *row)
{
	int n = 0;

	for (const struct variant *v = arch->variants; v->page_shift; v++)
		n += variants_have(row->variants, v);
	return n == 1;
}

/* A number at which there is no memory may be a register. */
static uint64_t root_address(const struct arch *arch, struct image *im, uint64_t root)
{
	const struct run *r = &arch->root;
	uint64_t in = (root >> r->lsb & ((1ull << r->width) - 1)) << r->at;
	uint8_t byte;

	return r->width && image_read(im, root, &byte, 1) == MEM_ABSENT &&
			image_read(im, in, &byte, 1) != MEM_ABSENT ? in : root;
}

int tree_choose(struct page_tree *tree, struct image *im, const struct swpd_target *t, uint64_t root,
	unsigned int va_bits, struct swpd_error *err)
{
	const struct variant *only = t->variant_from.assumed ? NULL : t->variant;
	struct page_tree first = { .row = NULL }, best = { .row = NULL };
	struct fit fit, best_fit = { 0, 0, 0 };
	struct swpd_decoder dec;
	bool choice = !only;
	int n = 0;

	if (!t->arch || !t->arch->pgtables)
		return fail(err, SWPD_E_NOT_HERE, 0, "how page tables of %s are built is not known",
			t->arch ? t->arch->name : "an unknown architecture");
	root = root_address(t->arch, im, root);
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
				make(&try, t, v, row, image_about(im)->order_known ?
					image_about(im)->big_endian : v->big_endian, &dec);
				try.root &= ~((table_bytes(&try, try.levels - 1) < WALK_PAGE
							      ? table_bytes(&try, try.levels - 1)
							      : WALK_PAGE) -
					      1);
				n++;
				if (!first.row)
					first = try;
				if (!choice)
					continue;
				fit = fits(&try, im, &dec);
				try.fits = fit.led > fit.other;
				try.sure = fit.good > fit.other && !row->pte_passes && only_one(t->arch, row);
				if (better(&try, &fit, &best, &best_fit, va_bits))
					best = try, best_fit = fit;
			}
		}
	if (!n)
		return fail(err, SWPD_E_NOT_HERE, 0, "how page tables of %s%s%s are built is not known",
			t->arch->name, only && only->name[0] ? ":" : "", only ? only->name : "");
	*tree = best.row ? best : first;
	return 0;
}
