/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Numbers of a kernel log that belong together: a page-table entry, and the swp_entry_t that the kernel
 * printed for it in another line. Which architecture, variant and era they fit together on.
 */
#include "source/klog.h"

#define INFERENCES_MAX 64
#define SLOT_SMALL (1ull << 32) /* 16 TiB of swap */
#define TYPE_SMALL 8 /* few machines have more swap devices */

/* What the kernel would print for this word. */
static bool entry_of(struct klog *s, const struct held *h, uint64_t *entry)
{
	struct swpd_entry e;

	swpd_decode(klog_decoder(s, FORM_PTE, h->level), h->word, &e);
	*entry = e.swp_entry;
	return e.has & SWPD_HAS_SWP_ENTRY;
}

static bool fits_era(const struct swpd_entry *e, const uint64_t *printed)
{
	if (printed)
		return e->has & SWPD_HAS_SWP_ENTRY && e->swp_entry == *printed;
	return e->cls == SWPD_SWAP && !e->stray && e->offset && e->offset < SLOT_SMALL &&
	       e->type < TYPE_SMALL;
}

const char *other_era(const struct swpd_target *target, enum swpd_level level, uint64_t word,
	const uint64_t *printed, struct swpd_entry *fitting)
{
	struct swpd_target t = *target;
	release_t known = t.release, best = KV_MAX;
	const char *found = NULL;
	struct swpd_decoder dec;
	struct swpd_entry e;

	for (const struct layout *row = t.arch->layouts; row->id; row++) {
		if (layout_covers(row, known, NULL) || !layout_has_variant(row, t.variant))
			continue;
		for (const struct span *span = row->spans; span->until; span++) {
			release_t last = span->until > KV_NEWEST ? KV_NEWEST : span->until - 1;
			release_t away = known < span->since ? span->since - known : known - last;

			/* what a swp_entry_t looks like changed within some spans */
			for (int end = 0; end < 2 && away < best; end++) {
				t.release = end ? last : span->since;
				swpd_decoder_init(&dec, &t, FORM_PTE, level);
				swpd_decode(&dec, word, &e);
				if (dec.n_packing != 1 || layout_covers(dec.packing[0].row, known, NULL) ||
					!fits_era(&e, printed))
					continue;
				best = away;
				found = dec.packing[0].row->id;
				*fitting = e;
			}
		}
	}
	return found;
}

/* Where the variant of the architecture was only assumed: the first one for which the two differ in no more
 * bits. */
static bool other_variant(struct klog *s, const struct held *h, int bits)
{
	struct evidence before = s->evidence;
	const struct arch *arch = s->facts->target.arch;
	uint64_t entry;

	for (const struct variant *v = arch->variants; v->page_shift; v++) {
		s->evidence.arch = arch;
		s->evidence.variant = v;
		s->evidence.variant_line = h->line;
		klog_settle(s);
		if (entry_of(s, h, &entry) && __builtin_popcountll(entry ^ h->near_entry) <= bits)
			return true;
	}
	s->evidence = before;
	klog_settle(s);
	return false;
}

/* The first release, of those that are possible, in which the word is the entry that was printed; 0: none. */
static release_t fitting_release(const struct klog *s, struct swpd_target *t, const struct held *h)
{
	struct swpd_decoder dec;
	struct swpd_entry e;

	for (const struct layout *row = t->arch->layouts; row->id; row++) {
		if (!layout_has_variant(row, t->variant))
			continue;
		t->release = s->facts->target.release ? s->facts->target.release : row->spans[0].since;
		swpd_decoder_init(&dec, t, FORM_PTE, h->level);
		swpd_decode(&dec, h->word, &e);
		if (e.has & SWPD_HAS_SWP_ENTRY && e.swp_entry == h->near_entry)
			return t->release;
		if (s->facts->target.release)
			break;
	}
	return 0;
}

/* The only architecture on which the word is the entry that was printed, if there is just one. */
static const struct arch *fitting_arch(
	const struct klog *s, const struct held *h, const struct variant **variant)
{
	const struct arch *found = NULL;

	for (int i = 0; arch_list[i]; i++) {
		struct swpd_target t = s->facts->target;
		const struct variant *v = arch_list[i]->variants;

		t.arch = arch_list[i];
		if (t.arch->pseudo)
			continue;
		for (; v->page_shift; v++) {
			t.variant = v;
			if ((!s->evidence.word_bits || arch_word_bits(t.arch, v) == s->evidence.word_bits) &&
				fitting_release(s, &t, h))
				break;
		}
		if (!v->page_shift)
			continue;
		if (found)
			return NULL;
		found = t.arch;
		*variant = v;
	}
	return found;
}

void klog_infer_arch(struct klog *s)
{
	const struct variant *v;
	const struct arch *arch;

	for (unsigned int i = 0; i < s->n_held && !s->facts->target.arch; i++) {
		struct held *h = &s->held[i];

		if (!h->near_line || s->inferences == INFERENCES_MAX)
			continue;
		s->inferences++;
		arch = fitting_arch(s, h, &v);
		if (!arch)
			continue;
		klog_learn_arch(s, arch, v == arch_variant(arch, NULL) ? NULL : v, h->line);
		s->evidence.arch_inferred = true;
		klog_settled(s);
	}
}

#define MISPRINT_BITS 2

void klog_pair(struct klog *s, struct held *h)
{
	const struct swpd_target *t = &s->facts->target;
	struct swpd_entry other;
	uint64_t entry;
	bool swap; /* else it reads as present, or as empty */

	if (!h->near_line || !t->arch || !t->release)
		return;
	swap = entry_of(s, h, &entry);
	if (!(swap && entry == h->near_entry) &&
		!(t->variant_from.assumed && (other_variant(s, h, 0) || other_variant(s, h, 1)))) {
		h->clue.other_row = other_era(t, h->level, h->word, &h->near_entry, &other);
		if (!h->clue.other_row &&
			(!swap || __builtin_popcountll(entry ^ h->near_entry) > MISPRINT_BITS)) {
			h->clue.unlike = swap && h->near_next;
			h->clue.printed = h->near_entry;
			h->clue.printed_line = h->near_line;
			return;
		}
	}
	h->clue.has_printed = true;
	h->clue.printed = h->near_entry;
	h->clue.printed_line = h->near_line;
	if (s->swap_entry.line == h->near_line)
		s->swap_entry.line = 0;
}
