/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <string.h>

#include "core/types.h"

#define TYPE_BITS 7 /* cls[] and its like have room for so many; no kernel keeps more */
#define ONES(n) ((n) >= 64 ? UINT64_MAX : (1ull << (n)) - 1)

/* Bits of the field, up to the highest one that a run reaches. */
static unsigned int runs_width(const struct run *runs)
{
	unsigned int n = 0;

	for (int i = 0; i < 3 && runs[i].width; i++)
		n = (runs[i].at ? runs[i].at : n) + runs[i].width;
	return n;
}

static uint64_t runs_mask(const struct run *runs)
{
	uint64_t mask = 0;

	for (int i = 0; i < 3 && runs[i].width; i++)
		mask |= ONES(runs[i].width) << runs[i].lsb;
	return mask;
}

#define FLATTEN(to, count, runs)                                                        \
	do {                                                                            \
		uint8_t at_ = 0;                                                        \
		for (count = 0; count < 3 && (runs)[count].width; count++) {            \
			(to)[count].mask = ONES((runs)[count].width) << (runs)[count].lsb; \
			(to)[count].lsb = (runs)[count].lsb;                            \
			(to)[count].at = (runs)[count].at ? (runs)[count].at : at_;     \
			at_ += (runs)[count].width;                                     \
		}                                                                       \
	} while (0)

#define GATHER(word, from, count)                                                              \
	({                                                                                     \
		uint64_t v_ = ((word) & (from)[0].mask) >> (from)[0].lsb;                      \
		for (int i_ = 1; i_ < (count); i_++)                                           \
			v_ |= ((word) & (from)[i_].mask) >> (from)[i_].lsb << (from)[i_].at;   \
		v_;                                                                            \
	})

/* v: the machine's variant, whose rules for frames hold; NULL for the words that are alike everywhere. */
static void pack(struct packing *p, const struct layout *row, const struct swpd_target *t,
	release_t release, const struct variant *v, unsigned int entry_shift, enum swpd_level level)
{
	const struct run *frame = row->pfn[0].width || !v ? row->pfn : v->pfn;
	unsigned int width = runs_width(row->offset),
		word_bits = t->arch ? arch_word_bits(t->arch, t->variant) : 64;

	memset(p, 0, sizeof(*p));
	p->row = row;
	p->none = row->none;
	p->present = row->present;
	if (level == SWPD_LEVEL_PTE && t->release && t->release < KV_NO_FILE_PTES)
		p->file = row->file;
	FLATTEN(p->type, p->n_type, row->type);
	FLATTEN(p->offset, p->n_offset, row->offset);
	FLATTEN(p->pfn, p->n_pfn, frame);
	p->offset_flip = row->invert ? runs_mask(row->offset) : 0;
	p->offset_bits = entry_shift && entry_shift < width ? entry_shift : width;
	p->offset_mask = ONES(p->offset_bits);
	p->offset_written = p->offset_bits;
	if (row->offset_written && row->offset_written < p->offset_bits)
		p->offset_written = row->offset_written;
	p->type_bits = runs_width(row->type);
	if (entry_shift && p->type_bits > word_bits - entry_shift)
		p->type_bits = word_bits - entry_shift;
	if (p->type_bits > TYPE_BITS) /* where it is not known how many the kernel keeps */
		p->type_bits = TYPE_BITS;
	p->type_mask = ONES(p->type_bits);
	p->known = runs_mask(row->type) | runs_mask(row->offset) | row->base | row->ignored;
	p->base = row->base;
	p->pfn_flip = row->pfn_flip;
	p->block = row->block;
	p->guard = t->release && release >= row->guard_since ? row->guard : 0;
	if (v) {
		unsigned int bits = 8 * arch_pte_bytes(t->arch, v, row) / arch_pte_copies(v, row);

		p->beyond = ~ONES(bits);
		p->pmd_leaf = row->leaf || level != SWPD_LEVEL_PMD ? row->leaf : v->pmd_leaf;
		p->pfn_low = ONES(v->pmd_order);
	}
	for (int i = 0; i < 8; i++) {
		const struct flag_bit *f = &row->flags[i];

		if (!f->levels || !(f->levels & 1u << level))
			continue;
		if (!t->release || release < f->since || (f->until && release >= f->until))
			continue;
		if (f->knob != KNOB_NONE && t->knobs[f->knob] == 0)
			continue;
		p->flags[p->n_flags].bit = 1ull << f->bit;
		p->flags[p->n_flags].flag = 1u << f->flag;
		p->flags[p->n_flags].certain = f->knob == KNOB_NONE || t->knobs[f->knob] == 1;
		p->flags[p->n_flags++].when_present = f->when_present;
		p->flag_bits |= 1ull << f->bit;
		p->flags_clear |= 1u << f->flag;
		p->known |= 1ull << f->bit;
	}
}

/* The first row for this target, or, from row `after` on, the next one. Rows whose knob is unknown count. */
static const struct layout *next_row(const struct layout *row, const struct swpd_target *t,
	const struct variant *variant, enum swpd_level level, release_t release, enum sure *sure)
{
	for (; row->id; row++) {
		if (!(row->levels & 1u << level) || !layout_has_variant(row, variant))
			continue;
		if (!layout_covers(row, release, sure))
			continue;
		if (row->knob == KNOB_NONE || t->knobs[row->knob] == KNOB_UNKNOWN ||
			t->knobs[row->knob] == row->knob_is)
			return row;
	}
	return NULL;
}

static unsigned int word_bits(const struct swpd_target *t)
{
	return t->arch ? arch_word_bits(t->arch, t->variant) : t->word_bits;
}

/* The row of swp_entry_t for this word size; NULL if the release is not known. */
static const struct layout *entry_row(const struct swpd_target *t, unsigned int bits, enum sure *sure)
{
	const struct arch *a = arch_find("swp_entry_t");

	return next_row(a->layouts, t, arch_variant(a, bits == 32 ? "32" : "64"), SWPD_LEVEL_PTE,
		target_as(t, SUBJECT_SWP_ENTRY), sure);
}

/* All that it may be where release or word size are not known. */
static void choose_entry_rows(struct swpd_decoder *dec, const struct swpd_target *t)
{
	const struct arch *a = arch_find("swp_entry_t");
	unsigned int bits = word_bits(t);

	for (const struct layout *row = a->layouts; row->id; row++)
		if ((!bits || layout_has_variant(row, arch_variant(a, bits == 32 ? "32" : "64"))) &&
			(!t->release || layout_covers(row, target_as(t, SUBJECT_SWP_ENTRY), &dec->sure)))
			pack(&dec->packing[dec->n_packing++], row, t, t->release, NULL, 0, dec->level);
}

static void choose_rows(struct swpd_decoder *dec, const struct swpd_target *t, enum swpd_form form)
{
	const struct layout *entry = entry_row(t, word_bits(t), NULL), *row;
	const struct arch *a = t->arch;
	const struct variant *v = t->variant;
	release_t release = target_as(t, form == FORM_PAGEMAP ? SUBJECT_PAGEMAP : SUBJECT_LAYOUT);

	dec->entry_shift = entry ? entry->offset[0].width : 0;
	if (form == FORM_SWP_ENTRY) {
		choose_entry_rows(dec, t);
		return;
	}
	if (form == FORM_PAGEMAP) {
		a = arch_find("pagemap");
		v = arch_variant(a, NULL);
		if (!release)
			release = KV_NEWEST; /* type and offset never moved; flags are left out, see pack() */
	}
	if (!a || !v || !release)
		return;
	row = next_row(a->layouts, t, v, dec->level, release, &dec->sure);
	while (row && dec->n_packing < 2) {
		pack(&dec->packing[dec->n_packing++], row, t, release, form == FORM_PTE ? v : NULL,
			form == FORM_PTE ? dec->entry_shift : 0, dec->level);
		row = next_row(row + 1, t, v, dec->level, release, NULL);
	}
	if (release != t->release)
		dec->sure = PROVED; /* that it is like that release is for the distribution's row to say */
}

/* SWP_PFN_BITS by either memory model: equal if it does not depend on it, or if the model is known. */
static void pfn_bits(const struct swpd_target *t, unsigned int *sparse, unsigned int *flat)
{
	const struct variant *v = t->variant;

	*sparse = v->physmem_bits - v->page_shift;
	*flat = v->pfn_bits;
	if (t->knobs[KNOB_MAX_PHYSMEM_BITS] != KNOB_UNKNOWN)
		*flat = *sparse = t->knobs[KNOB_MAX_PHYSMEM_BITS] - v->page_shift;
	else if (!v->physmem_bits || (v->pfn_bits &&
		(t->knobs[KNOB_SPARSEMEM] == 0 || t->knobs[KNOB_FLATMEM] == 1)))
		*sparse = *flat;
	else if (!v->pfn_bits || t->knobs[KNOB_SPARSEMEM] == 1 || t->knobs[KNOB_FLATMEM] == 0)
		*flat = *sparse;
}

/* include/linux/swapops.h, SWP_PFN_BITS and migration_entry_supports_ad(), 6.1 on. */
static void place_pfn(struct swpd_decoder *dec, const struct swpd_target *t, enum swpd_form form)
{
	struct swpd_decoder pte;
	unsigned int width = dec->n_packing ? dec->packing[0].offset_written : 0, bits, other;

	dec->pfn_mask = UINT64_MAX;
	if (target_as(t, SUBJECT_PFN) < KV(6, 1, 0) || !dec->n_packing || !t->variant ||
		dec->packing[0].row->no_young)
		return;
	if (form == FORM_SWP_ENTRY && t->arch) {
		memset(&pte, 0, sizeof(pte));
		choose_rows(&pte, t, FORM_PTE);
		if (pte.n_packing)
			width = pte.packing[0].offset_written;
	}
	pfn_bits(t, &bits, &other);
	if (!bits || bits >= 64 || other >= 64)
		return;
	dec->pfn_mask = ONES(bits) | ONES(other);
	dec->pfn_doubt = ONES(bits) ^ ONES(other);
	if (dec->pfn_doubt || t->knobs[KNOB_SWAP] == 0 || (t->arch && t->arch->no_swap) || width < bits + 2)
		return;
	dec->young = 1ull << bits;
	dec->dirty = 2ull << bits;
	dec->young_known = true;
}

void swpd_decoder_init(struct swpd_decoder *dec, const struct swpd_target *t, enum swpd_form form,
	enum swpd_level level)
{
	uint32_t seen[32];

	memset(dec, 0, sizeof(*dec));
	dec->form = form;
	dec->level = level;
	choose_rows(dec, t, form);
	place_pfn(dec, t, form);
	dec->marker_mask = marker_mask(t->release ? target_as(t, SUBJECT_MARKER_BITS) : KV_NEWEST);
	dec->max_swapfiles = type_survey(t, seen);
	for (int i = 0; i < 128; i++) {
		if (i >= 32 && dec->max_swapfiles == 32 && dec->n_packing &&
			dec->packing[0].row->wide_types) {
			/* swapops.h, up to 5.18: with no special type non_swap_entry() is always 0 */
			dec->cls[i] = SWPD_SWAP;
		} else if (i >= 32) {
			dec->cls[i] = SWPD_UNKNOWN;
			dec->why[i] = SWPD_WHY_STRAY;
		} else if (!seen[i] || seen[i] & (seen[i] - 1)) {
			dec->cls[i] = SWPD_UNKNOWN;
			dec->why[i] = SWPD_WHY_KNOB;
			dec->candidates[i] = seen[i];
		} else {
			dec->cls[i] = __builtin_ctz(seen[i]);
		}
	}
	if (dec->n_packing == 1 && !dec->packing[0].n_type) {
		dec->cls[0] = SWPD_UNKNOWN;
		dec->why[0] = SWPD_WHY_NO_ROW;
	}
}

const char *swpd_decoder_row(const struct swpd_decoder *dec)
{
	return dec->n_packing == 1 ? dec->packing[0].row->id : NULL;
}

static bool has_pfn(unsigned int cls)
{
	switch (cls) {
	case SWPD_MIGRATION_READ:
	case SWPD_MIGRATION_READ_EXCLUSIVE:
	case SWPD_MIGRATION_WRITE:
	case SWPD_HWPOISON:
	case SWPD_DEVICE_PRIVATE_READ:
	case SWPD_DEVICE_PRIVATE_WRITE:
	case SWPD_DEVICE_EXCLUSIVE_READ:
	case SWPD_DEVICE_EXCLUSIVE_WRITE:
	case SWPD_DEVICE_EXCLUSIVE:
		return true;
	default:
		return false;
	}
}

bool swpd_class_holds_pfn(enum swpd_class cls)
{
	return has_pfn(cls);
}

static inline void decode_flags(const struct packing *p, uint64_t word, bool present, struct swpd_entry *e)
{
	if (!present && !(word & p->flag_bits)) {
		e->flags_known = p->flags_clear;
		return;
	}
	for (int i = 0; i < p->n_flags; i++) {
		bool set = word & p->flags[i].bit;

		if (present && !p->flags[i].when_present)
			continue;
		if (set && p->flags[i].certain)
			e->flags |= p->flags[i].flag;
		if (!set || p->flags[i].certain)
			e->flags_known |= p->flags[i].flag;
	}
}

static void decode_present(const struct packing *p, uint64_t word, struct swpd_entry *e)
{
	uint64_t w = p->pfn_flip && !(word & p->pfn_flip) ? ~word : word;

	e->cls = SWPD_PRESENT;
	if (p->n_pfn) {
		e->pfn = GATHER(w, p->pfn, p->n_pfn);
		if (word & p->block)
			e->pfn &= e->pfn - 1;
		if (word & p->pmd_leaf)
			e->pfn &= ~p->pfn_low;
		/* A frame that this reader may not see reads as 0, and frame 0 is never mapped. */
		if (!p->row->hidden || e->pfn)
			e->has = SWPD_HAS_PFN;
	}
	decode_flags(p, word, true, e);
}

static inline void decode_swap(const struct swpd_decoder *dec, const struct packing *p, uint64_t word,
	struct swpd_entry *e)
{
	if (p->row->hidden && !(word & p->row->hidden)) {
		if (word & p->guard) {
			e->cls = SWPD_PTE_MARKER;
			e->marker = SWPD_MARKER_GUARD;
		} else {
			e->cls = SWPD_UNKNOWN;
			e->why = SWPD_WHY_HIDDEN;
		}
		decode_flags(p, word, false, e);
		return;
	}
	e->type = GATHER(word, p->type, p->n_type) & p->type_mask;
	e->offset = GATHER(word ^ p->offset_flip, p->offset, p->n_offset) & p->offset_mask;
	e->stray = word & ~p->known;
	e->missing = p->base & ~word;
	e->has = SWPD_HAS_TYPE | SWPD_HAS_OFFSET;
	if (dec->entry_shift) {
		e->swp_entry = (uint64_t)e->type << dec->entry_shift | (e->offset & ONES(dec->entry_shift));
		e->has |= SWPD_HAS_SWP_ENTRY;
	}
	e->cls = dec->cls[e->type];
	e->why = dec->why[e->type];
	e->candidates = dec->candidates[e->type];
	decode_flags(p, word, false, e);
	if (e->cls == SWPD_SWAP)
		return;
	if (has_pfn(e->cls)) {
		if (!(e->offset & dec->pfn_doubt)) {
			e->pfn = e->offset & dec->pfn_mask;
			e->has |= SWPD_HAS_PFN;
		}
		if (e->cls >= SWPD_MIGRATION_READ && e->cls <= SWPD_MIGRATION_WRITE && dec->young_known) {
			e->flags_known |= 1u << SWPD_FLAG_YOUNG | 1u << SWPD_FLAG_DIRTY;
			e->flags |= (e->offset & dec->young ? 1u << SWPD_FLAG_YOUNG : 0) |
				(e->offset & dec->dirty ? 1u << SWPD_FLAG_DIRTY : 0);
		}
	} else if (e->cls == SWPD_PTE_MARKER) {
		e->marker = e->offset & dec->marker_mask;
		e->marker_extra = (e->offset & ~(uint64_t)dec->marker_mask) != 0;
	}
}

static inline void decode_with(const struct swpd_decoder *dec, const struct packing *p, uint64_t word,
	struct swpd_entry *e)
{
	memset(e, 0, sizeof(*e));
	e->word = word;
	if (pred_test(&p->none, word)) {
		e->cls = SWPD_NONE;
		decode_flags(p, word, true, e);
	} else if (pred_test(&p->present, word)) {
		decode_present(p, word, e);
	} else if (pred_test(&p->file, word)) {
		e->cls = SWPD_UNKNOWN;
		e->why = SWPD_WHY_FILE_PTE;
	} else {
		decode_swap(dec, p, word, e);
	}
	e->stray |= word & p->beyond;
}

static uint32_t candidates_of(const struct swpd_entry *e)
{
	return e->why == SWPD_WHY_KNOB ? e->candidates : 1u << e->cls;
}

/* What all rows agree on; none is known: nothing. A swp_entry_t has no bits that it does not use. */
static void decode_several(const struct swpd_decoder *dec, uint64_t word, struct swpd_entry *entry)
{
	uint32_t candidates = 0;
	bool same = dec->n_packing, first = true;

	for (int i = 0; i < dec->n_packing; i++) {
		struct swpd_entry other;

		if (dec->form == FORM_SWP_ENTRY && word & ~dec->packing[i].known)
			continue;
		decode_with(dec, &dec->packing[i], word, &other);
		if (first)
			*entry = other;
		first = false;
		same &= !memcmp(entry, &other, sizeof(other));
		candidates |= candidates_of(&other);
	}
	if (same && !first)
		return;
	memset(entry, 0, sizeof(*entry));
	entry->word = word;
	entry->cls = SWPD_UNKNOWN;
	/* Only the release or the word size makes several rows of a swp_entry_t. */
	entry->why = first || dec->form == FORM_SWP_ENTRY ? SWPD_WHY_NO_ROW : SWPD_WHY_KNOB;
	entry->candidates = candidates & ~(1u << SWPD_UNKNOWN);
}

void swpd_decode(const struct swpd_decoder *dec, uint64_t word, struct swpd_entry *entry)
{
	if (dec->n_packing == 1) {
		decode_with(dec, &dec->packing[0], word, entry);
		return;
	}
	decode_several(dec, word, entry);
	if (dec->form == FORM_SWP_ENTRY) {
		entry->swp_entry = word;
		entry->has |= SWPD_HAS_SWP_ENTRY;
	}
}

/* As some row of an architecture reads it, in some release unless one is known. */
static uint32_t arch_possible(const struct swpd_decoder *dec, const struct swpd_target *t,
	const struct arch *a, uint64_t word)
{
	release_t release = target_as(t, SUBJECT_LAYOUT);
	uint32_t classes = 0;

	for (const struct layout *row = a->layouts; row->id; row++) {
		struct packing p;
		struct swpd_entry e;

		if (!(row->levels & 1u << dec->level) || (release && !layout_covers(row, release, NULL)) ||
			(t->arch && !t->variant_from.assumed && !layout_has_variant(row, t->variant)))
			continue;
		pack(&p, row, t, release, NULL, 0, dec->level);
		if (word >> 32 && !(p.known >> 32) && arch_word_bits(a, NULL) == 32)
			continue;
		decode_with(dec, &p, word, &e);
		classes |= candidates_of(&e);
	}
	return classes & ~(1u << SWPD_UNKNOWN);
}

uint32_t swpd_possible(const struct swpd_decoder *dec, const struct swpd_target *t, uint64_t word)
{
	uint32_t classes = 0;
	struct swpd_entry e;

	if (dec->form == FORM_SWP_ENTRY && dec->n_packing > 1) {
		decode_several(dec, word, &e);
		return e.candidates;
	}
	if (dec->form != FORM_PTE || dec->n_packing || (t->arch && t->release))
		return 0;
	for (int i = 0; arch_list[i]; i++)
		if (t->arch ? t->arch == arch_list[i]
			    : !arch_list[i]->pseudo &&
				      (!t->word_bits || t->word_bits == arch_word_bits(arch_list[i], NULL)))
			classes |= arch_possible(dec, t, arch_list[i], word);
	return classes;
}

size_t swpd_decode_batch(const struct swpd_decoder *dec, const uint64_t *words, size_t n,
	struct swpd_entry *out, struct swpd_skip *skip)
{
	const struct packing *p = &dec->packing[0];
	struct swpd_entry *e = out;

	if (dec->n_packing != 1 || !skip || (!skip->none && !skip->present)) {
		for (size_t i = 0; i < n; i++) {
			swpd_decode(dec, words[i], e);
			if (skip && ((skip->none && e->cls == SWPD_NONE) ||
				(skip->present && e->cls == SWPD_PRESENT))) {
				*(e->cls == SWPD_NONE ? &skip->n_none : &skip->n_present) += 1;
				continue;
			}
			e++->index = i;
		}
		return e - out;
	}
	for (size_t i = 0; i < n; i++) {
		uint64_t word = words[i];
		bool none = pred_test(&p->none, word);

		if (none && skip->none) {
			skip->n_none++;
			continue;
		}
		if (!none && skip->present && pred_test(&p->present, word)) {
			skip->n_present++;
			continue;
		}
		decode_with(dec, p, word, e);
		e++->index = i;
	}
	return e - out;
}

#define ALIKE_LEAST 8
/* In every release: see arch/pagemap.c. */
#define PM_OFFSET_LSB 5
#define PM_OFFSET (ONES(50) << PM_OFFSET_LSB)

typedef uint64_t two_words __attribute__((vector_size(16), aligned(8), may_alias));
#define BLOCK 16 /* words */

size_t swpd_plain(const struct swpd_decoder *dec, const uint64_t *words, size_t n, struct swpd_skip *skip)
{
	uint64_t n_present = 0;
	size_t i = 0;

	if (dec->form != FORM_PAGEMAP || dec->n_packing != 1 || !skip->none || !skip->present)
		return 0;
	for (; i + BLOCK <= n; i += BLOCK) {
		two_words other = { 0 }, present = { 0 };

#pragma GCC unroll 8
		for (int k = 0; k < BLOCK; k += 2) {
			two_words w = *(const two_words *)(words + i + k);

			present += w >> 63;
			other |= ~w & w << 1;
		}
		if ((other[0] | other[1]) >> 63)
			break;
		n_present += present[0] + present[1];
	}
	skip->n_present += n_present;
	skip->n_none += i - n_present;
	return i;
}

/* Words with the bits of mask as in the first; many at a time, since this is where time goes. */
static size_t same_bits(const uint64_t *words, size_t n, uint64_t mask)
{
	uint64_t first = words[0];
	two_words same = { first, first };
	size_t i = 0;

	for (; i + BLOCK <= n; i += BLOCK) {
		two_words differ = { 0 };

#pragma GCC unroll 8
		for (int k = 0; k < BLOCK; k += 2)
			differ |= *(const two_words *)(words + i + k) ^ same;
		if ((differ[0] | differ[1]) & mask)
			break;
	}
	while (i < n && !((words[i] ^ first) & mask))
		i++;
	return i;
}

/* What all words have and what any of them has: no word is lower or higher. Half the time of exact bounds. */
static void wide_bounds(const uint64_t *words, struct swpd_alike *a)
{
	two_words all = { words[0], words[0] }, any = all;
	size_t i = 0;

	for (; i + 2 <= a->n; i += 2) {
		two_words w = *(const two_words *)(words + i);

		all &= w;
		any |= w;
	}
	a->lowest = all[0] & all[1] & words[a->n - 1];
	a->highest = any[0] | any[1] | words[a->n - 1];
}

/* Four at a time, so that no comparison has to wait for the one before. */
void swpd_alike_bounds(const uint64_t *words, struct swpd_alike *a)
{
	uint64_t low[4], high[4];
	size_t i = 0;

	a->lowest = a->highest = words[0];
	a->exact = true;
	for (int k = 0; k < 4; k++)
		low[k] = high[k] = words[k];
	for (; i + 4 <= a->n; i += 4)
		for (int k = 0; k < 4; k++) {
			low[k] = words[i + k] < low[k] ? words[i + k] : low[k];
			high[k] = words[i + k] > high[k] ? words[i + k] : high[k];
		}
	for (; i < a->n; i++) {
		low[0] = words[i] < low[0] ? words[i] : low[0];
		high[0] = words[i] > high[0] ? words[i] : high[0];
	}
	for (int k = 0; k < 4; k++) {
		a->lowest = low[k] < a->lowest ? low[k] : a->lowest;
		a->highest = high[k] > a->highest ? high[k] : a->highest;
	}
}

size_t swpd_alike(const struct swpd_decoder *dec, const uint64_t *words, size_t n, struct swpd_alike *a)
{
	uint64_t first = words[0], mask = UINT64_MAX;

	a->n = 0;
	a->lowest = a->highest = first;
	a->exact = true;
	if (dec->form != FORM_PAGEMAP || dec->n_packing != 1 || n < ALIKE_LEAST)
		return 0;
	if (first >> 63)
		a->n = same_bits(words, n, 1ull << 63);
	else if (!(first >> 62))
		a->n = same_bits(words, n, 3ull << 62);
	else if (dec->cls[first & 31] != SWPD_SWAP || !(first & PM_OFFSET))
		a->n = same_bits(words, n, UINT64_MAX);
	else
		a->n = same_bits(words, n, mask = ~PM_OFFSET);
	if (a->n < ALIKE_LEAST)
		a->n = 0;
	if (!a->n || mask == UINT64_MAX)
		return a->n;
	wide_bounds(words, a);
	a->exact = false;
	if (!(a->lowest & PM_OFFSET)) /* would mean something else */
		swpd_alike_bounds(words, a);
	if (!(a->lowest & PM_OFFSET))
		a->n = 0;
	return a->n;
}

void swpd_alike_next(struct swpd_entry *e, uint64_t word)
{
	uint64_t more = ((word & PM_OFFSET) >> PM_OFFSET_LSB) - ((e->word & PM_OFFSET) >> PM_OFFSET_LSB);

	e->word = word;
	e->offset += more;
	if (e->has & SWPD_HAS_SWP_ENTRY)
		e->swp_entry += more; /* the offset is its low part */
}

/* hugetlb: fs/proc/task_mmu.c, pagemap_hugetlb_category(); no page of it is swapped. */
void swpd_entry_away(const struct swpd_decoder *dec, enum via via, unsigned int flags,
	unsigned int flags_known, struct swpd_entry *e)
{
	memset(e, 0, sizeof(*e));
	e->flags = flags;
	e->flags_known = flags_known;
	if (via == VIA_SHMEM) {
		e->cls = SWPD_SWAP;
		e->why = SWPD_WHY_NO_SLOT;
		return;
	}
	e->cls = SWPD_UNKNOWN;
	e->why = SWPD_WHY_NOT_SHOWN;
	for (int i = 0; i < 32; i++)
		e->candidates |= dec->why[i] == SWPD_WHY_KNOB ? dec->candidates[i] : 1u << dec->cls[i];
	e->candidates &= 1u << SWPD_HWPOISON | 1u << SWPD_MIGRATION_READ | 1u << SWPD_MIGRATION_WRITE |
		1u << SWPD_MIGRATION_READ_EXCLUSIVE | 1u << SWPD_PTE_MARKER;
}

static uint64_t scatter(uint64_t value, const struct run *runs)
{
	uint64_t word = 0;
	unsigned int next = 0;

	for (int i = 0; i < 3 && runs[i].width; i++) {
		word |= (value >> (runs[i].at ? runs[i].at : next) & ONES(runs[i].width)) << runs[i].lsb;
		next += runs[i].width;
	}
	return word;
}

static bool refuse(struct swpd_error *err, enum swpd_code code, const char *text)
{
	err->code = code;
	err->sys = 0;
	snprintf(err->text, sizeof(err->text), "%s", text);
	return false;
}

bool swpd_encode(const struct swpd_decoder *dec, unsigned int type, uint64_t offset, unsigned int flags,
	uint64_t *word, struct swpd_error *err)
{
	const struct packing *p = &dec->packing[0];
	uint64_t w;

	if (dec->n_packing != 1)
		return refuse(err, SWPD_E_NOT_HERE, "no single layout is known for this target");
	if (type > ONES(p->type_bits)) {
		refuse(err, SWPD_E_RANGE, "");
		snprintf(err->text, sizeof(err->text), "swap type %u does not fit: the field has %u bits",
			type, p->type_bits);
		return false;
	}
	if (offset & ~ONES(p->offset_written)) {
		refuse(err, SWPD_E_RANGE, "");
		snprintf(err->text, sizeof(err->text), "offset 0x%llx does not fit: the field has %u bits",
			(unsigned long long)offset, p->offset_written);
		return false;
	}
	/* Bits above those that the kernel keeps are what it would write: zeros, stored inverted or not. */
	w = scatter(type, p->row->type) | (scatter(offset, p->row->offset) ^ p->offset_flip) | p->row->base;
	for (int i = 0; i < p->n_flags; i++)
		if (flags & p->flags[i].flag) {
			w |= p->flags[i].bit;
			flags &= ~p->flags[i].flag;
		}
	if (flags)
		return refuse(err, SWPD_E_RANGE, "this layout does not carry one of the flags");
	if (!p->row->quirk && pred_test(&p->none, w))
		return refuse(err, SWPD_E_RANGE, "this entry would read as none");
	if (!p->row->quirk && pred_test(&p->present, w))
		return refuse(err, SWPD_E_RANGE, "this entry would read as present");
	if (pred_test(&p->file, w))
		return refuse(err, SWPD_E_RANGE, "this entry would read as a nonlinear file mapping");
	*word = w;
	return true;
}

uint32_t swpd_knobs_relevant(const struct swpd_target *t, enum swpd_form form)
{
	release_t release = target_as(t, form == FORM_PAGEMAP ? SUBJECT_PAGEMAP : SUBJECT_LAYOUT);
	uint32_t relevant = t->release ? type_knobs(t) : 0;
	struct swpd_decoder dec;

	for (int level = 0; level < SWPD_LEVEL_N; level++) {
		memset(&dec, 0, sizeof(dec));
		dec.level = level;
		choose_rows(&dec, t, form);
		for (int i = 0; i < dec.n_packing; i++) {
			const struct layout *row = dec.packing[i].row;

			relevant |= 1u << row->knob;
			for (int f = 0; f < 8 && row->flags[f].levels; f++)
				if (release >= row->flags[f].since &&
					(!row->flags[f].until || release < row->flags[f].until))
					relevant |= 1u << row->flags[f].knob;
		}
	}
	if (target_as(t, SUBJECT_PFN) >= KV(6, 1, 0) && t->variant && t->variant->pfn_bits &&
		t->variant->physmem_bits)
		relevant |= 1u << KNOB_FLATMEM;
	for (int k = KNOB_NONE + 1; k < KNOB_N; k++)
		if (t->knobs[k] == KNOB_UNKNOWN && swpd_target_knob(t, k) != KNOB_UNKNOWN)
			relevant &= ~(1u << k);
	return relevant & ~(1u << KNOB_NONE);
}

uint32_t swpd_knobs_wanted(const struct swpd_target *t, enum swpd_form form)
{
	uint32_t wanted = swpd_knobs_relevant(t, form);

	for (int k = KNOB_NONE + 1; k < KNOB_N; k++)
		if (t->knobs[k] != KNOB_UNKNOWN)
			wanted &= ~(1u << k);
	return wanted;
}
