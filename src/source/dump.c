/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Page tables of a dump, whole pages of them at a time. */
#include <errno.h>
#include <stdlib.h>

#include "source/source.h"

struct dump {
	struct source source;
	struct image *im;
	const struct swpd_target *target;
	const uint64_t *roots;
	size_t n_roots, next_root;
	unsigned int va_bits;
	const struct range *ranges;
	size_t n_ranges, range; /* range: the one to walk next */

	struct swpd_decoder dec[SWPD_LEVEL_N];
	const struct pred *none[PGTABLE_LEVELS];
	struct page_tree tree;
	struct walk walk;
	bool open, walking;
	struct entries entries; /* given out up to `given` */
	size_t given;
	struct process process;
	struct mapping mapping;
	struct origin origin;
	struct gap gap;
};

/*
 * The decoder of a word that stands above the PTEs. A huge page of hugetlb is packed like a PTE; where the
 * kernel puts nothing else there, or the row for that level only knows present and empty words, it is what is
 * left.
 */
static const struct swpd_decoder *decoder_above(const struct dump *s, unsigned int level, uint64_t word)
{
	const struct swpd_decoder *pmd = &s->dec[SWPD_LEVEL_PMD];

	if (level == 1 && pmd->n_packing &&
		(pmd->packing[0].n_type || pred_test(&pmd->packing[0].present, word)))
		return pmd;
	return &s->dec[SWPD_LEVEL_HUGETLB];
}

static void set_origin(struct dump *s, unsigned int level, const struct swpd_decoder *dec)
{
	struct origin *o = &s->origin;

	if (o->dec == dec && o->pages == 1ul << (tree_shift(&s->tree, level) - s->tree.page_shift))
		return;
	o->serial++;
	o->dec = dec;
	o->level = !level ? SWPD_LEVEL_PTE : level == 1 ? SWPD_LEVEL_PMD : SWPD_LEVEL_PUD;
	o->pages = 1ul << (tree_shift(&s->tree, level) - s->tree.page_shift);
}

static enum event give(struct dump *s, struct batch *b)
{
	const struct entries *e = &s->entries;
	const struct swpd_decoder *dec = &s->dec[SWPD_LEVEL_PTE];
	size_t n = e->n - s->given;

	b->words = e->words + s->given;
	if (e->level) {
		dec = decoder_above(s, e->level, b->words[0]);
		for (size_t i = 1; i < n; i++)
			if (decoder_above(s, e->level, b->words[i]) != dec)
				n = i;
	}
	set_origin(s, e->level, dec);
	b->n = n < BATCH_WORDS ? n : BATCH_WORDS;
	b->step = 1ull << tree_shift(&s->tree, e->level);
	b->vaddr = e->vaddr + s->given * b->step;
	s->given += b->n;
	return EVENT_WORDS;
}

static void note_gap(struct dump *s)
{
	s->gap.unreadable += s->walk.gap.words;
	if (!s->gap.why[0])
		memcpy(s->gap.why, s->walk.gap.why, sizeof(s->gap.why));
}

static bool next_walk(struct dump *s)
{
	struct range all = { 0, UINT64_MAX };
	const struct range *r = s->n_ranges ? &s->ranges[s->range] : &all;

	if (s->range == (s->n_ranges ? s->n_ranges : 1))
		return false;
	s->range++;
	walk_begin(&s->walk, s->im, &s->tree, s->none, r->start, r->end);
	s->walking = true;
	return true;
}

static int open_space(struct dump *s, struct batch *b)
{
	uint64_t root = s->roots[s->next_root++];

	if (tree_choose(&s->tree, s->im, s->target, root, s->va_bits, &b->error) < 0)
		return -1;
	memset(&s->process, 0, sizeof(s->process));
	memset(&s->gap, 0, sizeof(s->gap));
	s->process.pgd = root;
	s->gap.vmswap = -1;
	s->mapping.end = UINT64_MAX;
	s->range = 0;
	s->open = true;
	s->entries.n = s->given = 0;
	s->origin.dec = NULL;
	return 0;
}

static enum event next(struct source *source, struct batch *b, struct swpd_error *err, int *status)
{
	struct dump *s = (struct dump *)source;

	(void)err;
	*status = 0;
	b->origin = &s->origin;
	if (!s->open) {
		if (s->next_root == s->n_roots)
			return EVENT_END;
		b->pid = 0;
		return open_space(s, b) < 0 ? EVENT_NO_SPACE : EVENT_SPACE_BEGIN;
	}
	for (;;) {
		if (s->given < s->entries.n)
			return give(s, b);
		s->given = s->entries.n = 0;
		if (s->walking && walk_next(&s->walk, &s->entries))
			continue;
		if (s->walking)
			note_gap(s);
		s->walking = false;
		if (!next_walk(s))
			break;
	}
	s->open = false;
	b->gap = s->gap;
	return EVENT_SPACE_END;
}

static void close_source(struct source *source)
{
	free(source);
}

struct source *source_dump(struct image *im, const struct swpd_target *t, const uint64_t *roots,
	size_t n_roots, unsigned int va_bits, const struct range *ranges, size_t n_ranges,
	struct swpd_error *err)
{
	struct dump *s = calloc(1, sizeof(*s));

	if (!s) {
		fail(err, SWPD_E_SYSTEM, errno, "%s", sys_text(errno));
		return NULL;
	}
	s->source.next = next;
	s->source.close = close_source;
	s->source.form = FORM_PTE;
	s->source.spaces = true;
	s->im = im;
	s->target = t;
	s->roots = roots;
	s->n_roots = n_roots;
	s->va_bits = va_bits;
	s->ranges = ranges;
	s->n_ranges = n_ranges;
	for (int level = 0; level < SWPD_LEVEL_N; level++)
		swpd_decoder_init(&s->dec[level], t, FORM_PTE, level);
	for (int level = 0; level < PGTABLE_LEVELS; level++) {
		const struct swpd_decoder *dec = &s->dec[level == 0   ? SWPD_LEVEL_PTE
							 : level == 1 ? SWPD_LEVEL_PMD
								      : SWPD_LEVEL_HUGETLB];

		s->none[level] = dec->n_packing ? &dec->packing[0].none : NULL;
	}
	s->origin.form = FORM_PTE;
	s->origin.process = &s->process;
	s->origin.mapping = &s->mapping;
	s->origin.via = "pte";
	return &s->source;
}
