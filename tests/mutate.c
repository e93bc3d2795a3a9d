/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Plant one wrong bit in one row: linked into a copy of the tool, which begins with the one that SWPD_MUTANT
 * names, and into tests/mutants.c, which runs the tests on some.
 *
 * A row is picked, each as likely as every other, then one of its fields, then one of the field's bits. Rows
 * are all those of arch/ and of the type map that decide what a word is: layouts, variants, architectures,
 * page tables, distributions, groups of special types, bits of markers. What is left out, since no decode can
 * see it:
 *  - bits of a mask beyond the widest word of the row;
 *  - fields that a row does not have: an optional mask or run that is empty, flags that are not there; a mask
 *    that means always, of which one bit less means the same;
 *  - what is said of knowledge and not of entries: ids, sources, `sure`, doubts, areas, rarity;
 *  - releases before the oldest one that is promised. A release is moved to the one before or after it.
 */
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "core/types.h"
#include "mutate.h"

/* An integer of so many bytes that becomes `value`. */
struct site {
	void *at;
	uint8_t size;
	uint64_t was, value;
	const struct arch *arch; /* whose row it is; NULL: one that all have */
	char row[48], field[28], change[28];
};

static struct site *sites;
static size_t n_sites, room;
static const struct arch *row_arch;
static char row_name[48];

static void add(const char *field, const void *at, size_t size, uint64_t value, const char *change)
{
	struct site *s;

	if (n_sites == room) {
		room = room ? 2 * room : 4096;
		sites = realloc(sites, room * sizeof(*sites));
		if (!sites)
			abort();
	}
	s = &sites[n_sites++];
	*s = (struct site){ .at = (void *)(uintptr_t)at, .size = size, .value = value,
		.arch = row_arch };
	memcpy(&s->was, at, size);
	snprintf(s->row, sizeof(s->row), "%s", row_name);
	snprintf(s->field, sizeof(s->field), "%s", field);
	snprintf(s->change, sizeof(s->change), "%s", change);
}

static void flip(const char *field, const void *at, size_t size, unsigned int bit)
{
	uint64_t value = 0;
	char change[28];

	memcpy(&value, at, size);
	snprintf(change, sizeof(change), "bit %u", bit);
	add(field, at, size, value ^ 1ull << bit, change);
}

static void bits(const char *field, const void *at, size_t size, unsigned int n)
{
	for (unsigned int bit = 0; bit < n; bit++)
		flip(field, at, size, bit);
}

/* The bits of an integer, of which the lowest n matter. */
#define BITS(name, what, n) bits(name, &(what), sizeof(what), n)
/* A position or a width in a word of 64 bits. */
#define NUMBER(name, what) BITS(name, what, 6)

/*
 * The release before or after: of 5.0, 4.20 and 5.1. Of a stable update, the update; of none in sight, the
 * newest.
 */
static release_t neighbour(release_t r, bool later)
{
	static const struct {
		release_t first, last_before;
	} series[] = {
		{ KV(3, 0, 0), KV(2, 6, 39) }, { KV(4, 0, 0), KV(3, 19, 0) }, { KV(5, 0, 0), KV(4, 20, 0) },
		{ KV(6, 0, 0), KV(5, 19, 0) }, { KV(7, 0, 0), KV(6, 19, 0) },
	};

	if (r == KV_MAX)
		return KV_NEWEST & ~0xffff;
	if (r > KV_MAX || r & 0xffff || r < KV(3, 0, 0))
		return later ? r + 1 : r - 1;
	for (size_t i = 0; i < sizeof(series) / sizeof(series[0]); i++) {
		if (r == series[i].first && !later)
			return series[i].last_before;
		if (r == series[i].last_before && later)
			return series[i].first;
	}
	return later ? r + KV(0, 1, 0) : r - KV(0, 1, 0);
}

static void move(const char *field, const release_t *at, release_t to)
{
	add(field, at, sizeof(*at), to, to < *at ? "earlier" : "later");
}

static void release(const char *field, const release_t *at)
{
	if (*at < KV_OLDEST || *at > KV_MAX)
		return;
	if (*at > KV_OLDEST)
		move(field, at, neighbour(*at, false));
	if (*at < KV_MAX)
		move(field, at, neighbour(*at, true));
}

static void runs(const char *name, const struct run *run, int n)
{
	for (int i = 0; i < n && run[i].width; i++) {
		char field[28];

		snprintf(field, sizeof(field), "%s[%d].lsb", name, i);
		NUMBER(field, run[i].lsb);
		snprintf(field, sizeof(field), "%s[%d].width", name, i);
		NUMBER(field, run[i].width);
		if (i || run[i].at) {
			snprintf(field, sizeof(field), "%s[%d].at", name, i);
			NUMBER(field, run[i].at);
		}
	}
}

static void predicate(const char *name, const struct pred *p, unsigned int width)
{
	char field[28];

	snprintf(field, sizeof(field), "%s.any", name);
	BITS(field, p->any, width);
	for (int i = 0; i < 4 && p->eq[i].mask; i++) {
		snprintf(field, sizeof(field), "%s.eq[%d].mask", name, i);
		BITS(field, p->eq[i].mask, width);
		snprintf(field, sizeof(field), "%s.eq[%d].value", name, i);
		BITS(field, p->eq[i].value, width);
	}
	snprintf(field, sizeof(field), "%s.negate", name);
	BITS(field, p->negate, 1);
}

#define GIVEN(name, what, n)                  \
	do {                                  \
		if (what)                     \
			BITS(name, what, n);  \
	} while (0)

static void flag(const struct flag_bit *f, int i, const struct layout *row, unsigned int width)
{
	char field[28];

	snprintf(field, sizeof(field), "flags[%d].flag", i);
	bits(field, &f->flag, sizeof(f->flag), 1);
	snprintf(field, sizeof(field), "flags[%d].bit", i);
	bits(field, &f->bit, sizeof(f->bit), width > 32 ? 6 : 5);
	snprintf(field, sizeof(field), "flags[%d].levels", i);
	for (int level = 0; level < SWPD_LEVEL_N; level++)
		if (row->levels & 1u << level)
			flip(field, &f->levels, sizeof(f->levels), level);
	snprintf(field, sizeof(field), "flags[%d].since", i);
	release(field, &f->since);
	snprintf(field, sizeof(field), "flags[%d].until", i);
	release(field, &f->until);
	snprintf(field, sizeof(field), "flags[%d].when_present", i);
	bits(field, &f->when_present, sizeof(f->when_present), 1);
}

/* Bits that are in a field are known anyway; those that make a word present are in no entry. */
static void ignored(const struct layout *row, unsigned int width)
{
	uint64_t fields = row->base | (row->present.negate ? 0 : row->present.any);

	for (int i = 0; i < 3 && row->type[i].width; i++)
		fields |= ((1ull << row->type[i].width) - 1) << row->type[i].lsb;
	for (int i = 0; i < 3 && row->offset[i].width; i++)
		fields |= ((1ull << row->offset[i].width) - 1) << row->offset[i].lsb;
	for (int i = 0; i < 8 && row->flags[i].levels; i++)
		fields |= 1ull << row->flags[i].bit;
	for (unsigned int bit = 0; row->ignored && bit < width; bit++)
		if (!(fields >> bit & 1))
			flip("ignored", &row->ignored, sizeof(row->ignored), bit);
}

static void layout(const struct arch *a, const struct layout *row)
{
	unsigned int width = 0;
	char field[28];

	for (const struct variant *v = a->variants; v->page_shift; v++)
		if (layout_has_variant(row, v)) {
			unsigned int n = arch_pte_bytes(a, v, row) * 8 / arch_pte_copies(v, row);

			if (a->pseudo && !strcmp(v->name, "32"))
				n = 32;
			width = n > width ? n : width;
		}
	snprintf(row_name, sizeof(row_name), "%s", row->id);
	if (!a->pseudo) /* which are asked at one level only */
		BITS("levels", row->levels, SWPD_LEVEL_N);
	for (int i = 0; i < 8 && row->spans[i].until; i++) {
		snprintf(field, sizeof(field), "spans[%d].since", i);
		release(field, &row->spans[i].since);
		snprintf(field, sizeof(field), "spans[%d].until", i);
		release(field, &row->spans[i].until);
	}
	if (row->knob != KNOB_NONE)
		BITS("knob_is", row->knob_is, 1);
	predicate("none", &row->none, width);
	predicate("present", &row->present, width);
	if (row->file.any || row->file.eq[0].mask)
		predicate("file", &row->file, width);
	runs("type", row->type, 3);
	runs("offset", row->offset, 3);
	if (row->type[0].width) {
		BITS("invert", row->invert, 1);
		BITS("base", row->base, width);
		GIVEN("no_young", row->no_young, 1);
		GIVEN("wide_types", row->wide_types, 1);
		ignored(row, width);
		GIVEN("offset_written", row->offset_written, 6);
	}
	for (int i = 0; i < 8 && row->flags[i].levels; i++)
		flag(&row->flags[i], i, row, width);
	runs("pfn", row->pfn, 3);
	GIVEN("pfn_flip", row->pfn_flip, width);
	if (row->leaf != UINT64_MAX)
		GIVEN("leaf", row->leaf, width);
	GIVEN("block", row->block, width);
	GIVEN("hidden", row->hidden, width);
	GIVEN("guard", row->guard, width);
	release("guard_since", &row->guard_since);
	GIVEN("pte_bytes", row->pte_bytes, 5);
	GIVEN("big_endian", row->big_endian, 1);
	if (row->quirk)
		predicate("quirk_if", &row->quirk_if, width);
}

static void variant(const struct arch *a, const struct variant *v)
{
	unsigned int width = arch_pte_bytes(a, v, NULL) * 8 / arch_pte_copies(v, NULL);

	snprintf(row_name, sizeof(row_name), "%s:%s", a->name, v->name);
	NUMBER("page_shift", v->page_shift);
	GIVEN("physmem_bits", v->physmem_bits, 6);
	GIVEN("pmd_order", v->pmd_order, 5);
	GIVEN("pud_order", v->pud_order, 6);
	BITS("is_default", v->is_default, 1);
	runs("pfn", v->pfn, 3);
	if (v->pmd_leaf != UINT64_MAX)
		GIVEN("pmd_leaf", v->pmd_leaf, width);
	GIVEN("pfn_bits", v->pfn_bits, 6);
	GIVEN("word_bits", v->word_bits, 7);
	GIVEN("pte_bytes", v->pte_bytes, 5);
	GIVEN("pte_copies", v->pte_copies, 3);
	GIVEN("words_swapped", v->words_swapped, 1);
	BITS("big_endian", v->big_endian, 1);
}

static void pgtable(const struct pgtable *row)
{
	char field[28];

	snprintf(row_name, sizeof(row_name), "%s", row->id);
	for (unsigned int i = 0; i < pgtable_levels(row); i++) {
		snprintf(field, sizeof(field), "bits[%u]", i);
		BITS(field, row->bits[i], 5);
		if (!row->table[i].mask)
			continue;
		snprintf(field, sizeof(field), "table[%u].mask", i);
		BITS(field, row->table[i].mask, 64);
		snprintf(field, sizeof(field), "table[%u].value", i);
		BITS(field, row->table[i].value, 64);
		snprintf(field, sizeof(field), "empty[%u].mask", i);
		GIVEN(field, row->empty[i].mask, 64);
		snprintf(field, sizeof(field), "empty[%u].value", i);
		GIVEN(field, row->empty[i].value, 64);
	}
	for (unsigned int i = 0; i < 2 && row->hugepd[i].shift; i++) {
		snprintf(field, sizeof(field), "hugepd[%u].mask", i);
		BITS(field, row->hugepd[i].mask, 64);
		snprintf(field, sizeof(field), "hugepd[%u].value", i);
		BITS(field, row->hugepd[i].value, 64);
		snprintf(field, sizeof(field), "hugepd[%u].shift", i);
		BITS(field, row->hugepd[i].shift, 6);
	}
	GIVEN("hugepd_addr", row->hugepd_addr, 64);
	GIVEN("entry_bytes", row->entry_bytes, 5);
	runs("addr", row->addr, 2);
	GIVEN("user_end", row->user_end, 64);
	GIVEN("pte_passes", row->pte_passes, 1);
	GIVEN("empty_shared", row->empty_shared, 1);
}

static void architecture(const struct arch *a)
{
	snprintf(row_name, sizeof(row_name), "%s", a->name);
	if (!a->pseudo) {
		BITS("word_bits", a->word_bits, 7);
		BITS("no_swap", a->no_swap, 1);
		GIVEN("elf_machine", a->elf_machine, 16);
		GIVEN("elf_bytes", a->elf_bytes, 4);
		GIVEN("kernel_map.base", a->kernel_map[0].base, 64);
		/* That of PTE_MARKER says nothing that matters but in two releases. */
		for (int i = 0; i < 4 && a->off[i].until; i++)
			if (a->off[i].knob != KNOB_PTE_MARKER)
				release("off.until", &a->off[i].until);
	}
	for (const struct variant *v = a->variants; v->page_shift && !a->pseudo; v++)
		variant(a, v);
	for (const struct layout *row = a->layouts; row->id; row++)
		layout(a, row);
	for (const struct pgtable *row = a->pgtables; row && row->id; row++)
		pgtable(row);
}

/*
 * The release that a row names stands for all that are like it, so it is moved to one that is not: the last
 * before what it is like began, or the first after it ended.
 */
struct like {
	release_t r, before, after;
};

static void began(struct like *l, release_t r)
{
	if (r >= KV_OLDEST && r < KV_MAX && r <= l->r && (!l->before || neighbour(r, false) > l->before))
		l->before = neighbour(r, false);
	if (r >= KV_OLDEST && r < KV_MAX && r > l->r && (!l->after || r < l->after))
		l->after = r;
}

static void began_rows(struct like *l, const struct layout *row)
{
	for (; row->id; row++) {
		for (int i = 0; i < 8 && row->spans[i].until; i++) {
			if (i && row->spans[i].since == row->spans[i - 1].until)
				continue;
			began(l, row->spans[i].since);
		}
		for (int i = 0; i < 8 && row->flags[i].levels; i++)
			began(l, row->flags[i].since);
		began(l, row->guard_since);
	}
}

static void distribution(const struct backport *row)
{
	char field[28], arch[24] = "x86_64";

	snprintf(row_name, sizeof(row_name), "backports.def:%s:%zu", row->name, (size_t)(row - backports));
	/* Between the last build of a release and the first of the next there are numbers that none has. */
	if (row->since)
		add("since", &row->since, sizeof(row->since), row->since + BUILD(1, 0, 0), "later");
	if (row->arches)
		snprintf(arch, sizeof(arch), "%.*s", (int)strcspn(row->arches, " "), row->arches);
	for (int i = 0; i < SUBJECT_N; i++) {
		struct like like = { .r = row->as[i] };

		if (!like.r)
			continue;
		if (like.r > KV_MAX) {
			like.before = like.r - 1;
			like.after = like.r + 1;
		} else if (i == SUBJECT_LAYOUT) {
			began_rows(&like, arch_find(arch)->layouts);
		} else if (i == SUBJECT_PAGEMAP) {
			began_rows(&like, arch_find("pagemap")->layouts);
		} else if (i == SUBJECT_SWP_ENTRY) {
			began_rows(&like, arch_find("swp_entry_t")->layouts);
		} else if (i == SUBJECT_PFN) {
			began(&like, KV(6, 1, 0));
		} else if (i == SUBJECT_MARKER_BITS) {
			for (size_t k = 0; k < n_marker_masks; k++)
				began(&like, marker_masks[k].since);
		} else {
			for (size_t k = 0; k < n_type_groups; k++)
				if (type_groups[k].subject == (enum subject)i) {
					began(&like, type_groups[k].since);
					began(&like, type_groups[k].until);
				}
		}
		snprintf(field, sizeof(field), "as[%d]", i);
		if (like.before)
			move(field, &row->as[i], like.before);
		if (like.after)
			move(field, &row->as[i], like.after);
	}
}

static void type_map_rows(void)
{
	for (size_t i = 0; i < n_type_groups; i++) {
		const struct type_group *g = &type_groups[i];

		snprintf(row_name, sizeof(row_name), "type group %s", g->source);
		release("since", &g->since);
		release("until", &g->until);
		BITS("n", g->n, 3);
		for (int k = 0; k < g->n; k++)
			BITS("cls", g->cls[k], 4);
	}
	for (size_t i = 0; i < n_marker_masks; i++) {
		snprintf(row_name, sizeof(row_name), "marker mask %zu", i);
		release("since", &marker_masks[i].since);
		BITS("mask", marker_masks[i].mask, 3);
	}
}

static void find_sites(void)
{
	for (int i = 0; arch_list[i]; i++) {
		row_arch = arch_list[i]->pseudo ? NULL : arch_list[i];
		architecture(arch_list[i]);
	}
	row_arch = NULL;
	for (size_t i = 0; i < n_backports; i++)
		distribution(&backports[i]);
	type_map_rows();
}

/* ---- one of them ---- */

static void plant(const struct site *s)
{
	size_t page = sysconf(_SC_PAGESIZE);
	uintptr_t start = (uintptr_t)s->at & ~(page - 1);

	if (mprotect((void *)start, 2 * page, PROT_READ | PROT_WRITE) &&
		mprotect((void *)start, page, PROT_READ | PROT_WRITE)) {
		perror("SWPD_MUTANT: mprotect");
		abort();
	}
	memcpy(s->at, &s->value, s->size);
}

/* ---- those that mean the same ---- */

/*
 * Some wrong bits change no answer: a width beyond the end of the word, bits that what is tested before has
 * decided. mutant_equivalent() proves it for rows of layouts, frames of variants and page tables: it asks the
 * row before and after about every variant, level and release at which any row of the architecture begins or
 * ends, with all options on, off and unknown; each time for all words that differ from a telling one (0, all
 * bits, what any test of the rows compares with) in up to two bits, for thousands at random, and for the
 * encoder. What these do not show to be the same is not equivalent; fields of other rows never are.
 */
#define RELEASES_MAX 400
#define WORDS_MAX 60000

static uint64_t state;

static uint64_t chance(uint64_t n)
{
	uint64_t z = state += 0x9e3779b97f4a7c15;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return (z ^ z >> 31) % n;
}

static release_t releases[RELEASES_MAX];
static size_t n_releases;

static void ask_around(release_t r)
{
	for (release_t at = r ? r - 1 : 0; r && at <= r; at++) {
		size_t i = 0;

		while (i < n_releases && releases[i] != at)
			i++;
		if (i == n_releases && i < RELEASES_MAX)
			releases[n_releases++] = at;
	}
}

static void ask_around_rows(const struct layout *row)
{
	for (; row->id; row++) {
		for (int i = 0; i < 8 && row->spans[i].until; i++) {
			ask_around(row->spans[i].since);
			ask_around(row->spans[i].until);
		}
		for (int i = 0; i < 8 && row->flags[i].levels; i++) {
			ask_around(row->flags[i].since);
			ask_around(row->flags[i].until);
		}
		if (row->guard)
			ask_around(row->guard_since);
	}
}

static uint64_t words[WORDS_MAX];
static size_t n_words;

static void word_around(uint64_t base)
{
	for (unsigned int i = 0; i < 64; i++)
		for (unsigned int k = i; k < 64 && n_words < WORDS_MAX; k++)
			words[n_words++] = base ^ 1ull << i ^ (k > i ? 1ull << k : 0);
	if (n_words < WORDS_MAX)
		words[n_words++] = base;
}

static void words_of(const struct pred *p)
{
	for (int i = 0; i < 4 && p->eq[i].mask; i++)
		word_around(p->eq[i].value);
}

/* All that can be said of one row: a checksum. */
static uint64_t mix(uint64_t sum, uint64_t v)
{
	return (sum ^ v) * 0x100000001b3 + (sum >> 29);
}

static uint64_t answers(const struct swpd_target *t, enum swpd_form form, enum swpd_level level)
{
	struct swpd_error err = { 0 };
	struct swpd_decoder dec;
	const struct packing *p = &dec.packing[0];
	uint64_t sum, word;

	swpd_decoder_init(&dec, t, form, level);
	sum = mix(dec.n_packing, dec.n_packing ? p->beyond : 0);
	for (size_t i = 0; dec.n_packing && i < n_words; i++) {
		struct swpd_entry e;

		if (words[i] & p->beyond)
			continue;
		swpd_decode(&dec, words[i], &e);
		for (size_t k = 0; k < sizeof(e) / 8; k++)
			sum = mix(sum, ((uint64_t *)&e)[k]);
		sum = mix(sum, p->row->quirk && pred_test(&p->row->quirk_if, words[i]));
	}
	for (unsigned int type = 0; dec.n_packing && type < 128; type++)
		for (unsigned int n = 0; n < 64 * 8; n++) {
			word = 0;
			sum = mix(sum, swpd_encode(&dec, type, 1ull << n / 8, 1u << n % 8 >> 1, &word, &err));
			sum = mix(sum, word);
		}
	for (unsigned int n = 0; dec.n_packing && t->variant && n < 65; n++) {
		uint8_t mem[16] = { 0 };

		if (n)
			mem[(n - 1) / 8] = mem[(n - 1) / 8 + 8] = 1u << (n - 1) % 8;
		sum = mix(sum, arch_pte_bytes(t->arch, t->variant, p->row));
		sum = mix(sum, arch_pte_word(t->arch, t->variant, p->row, n & 1, mem));
		sum = mix(sum, arch_pte_word(t->arch, t->variant, p->row, !(n & 1), mem));
	}
	return sum;
}

static void put(const struct site *s, uint64_t value)
{
	memcpy(s->at, &value, s->size);
}

static bool inside(const struct site *s, const void *from, const void *to)
{
	return (char *)s->at >= (char *)from && (char *)s->at < (char *)to;
}

/* One row of page tables. */
static uint64_t tree_answers(const struct pgtable *row)
{
	uint64_t sum = row->user_end + pgtable_levels(row) + row->entry_bytes + 64 * row->pte_passes +
		       128 * row->empty_shared;

	for (unsigned int level = 0; level < pgtable_levels(row); level++)
		sum = mix(mix(sum, pgtable_shift(row, 12, level) + 64 * row->empty[level].mask),
			row->empty[level].value);
	for (int i = 0; i < 2; i++)
		sum = mix(mix(mix(sum, row->hugepd[i].mask), row->hugepd[i].value), row->hugepd[i].shift);
	sum = mix(sum, row->hugepd_addr);
	for (size_t i = 0; i < n_words; i++) {
		sum = mix(sum, pgtable_address(row, words[i]));
		for (unsigned int level = 1; level < pgtable_levels(row); level++)
			sum = mix(sum, pgtable_leads(row, level, words[i]));
	}
	return sum;
}

/* knobs: off, on, unknown. */
static bool same_answers(const struct site *s, const struct arch *a, const struct variant *v,
	release_t release, int knobs)
{
	enum swpd_form form = !a->pseudo ? FORM_PTE
		: strcmp(a->name, "pagemap") ? FORM_SWP_ENTRY : FORM_PAGEMAP;
	struct swpd_target t;

	swpd_target_init(&t);
	t.arch = !a->pseudo ? a : arch_find(strcmp(v->name, "32") ? "x86_64" : "i386");
	t.variant = a->pseudo ? arch_variant(t.arch, NULL) : v;
	t.release = release;
	if (release > KV_MAX) { /* a distribution's own layout */
		t.release = KV(3, 10, 0);
		t.as[SUBJECT_LAYOUT] = release;
	}
	for (int k = KNOB_NONE + 1; k < KNOB_N; k++)
		t.knobs[k] = k == KNOB_MAX_PHYSMEM_BITS || knobs == 2 ? KNOB_UNKNOWN : knobs;
	for (int level = 0; level < SWPD_LEVEL_N; level++) {
		uint64_t wrong;

		put(s, s->value);
		wrong = answers(&t, form, level);
		put(s, s->was);
		if (answers(&t, form, level) != wrong)
			return false;
	}
	return true;
}

bool mutant_equivalent(size_t number)
{
	const struct site *s = &sites[number];
	const struct arch *a = NULL;
	const struct pgtable *tree = NULL;

	for (int i = 0; arch_list[i] && !a; i++) {
		const struct layout *row = arch_list[i]->layouts;
		const struct variant *v = arch_list[i]->variants;

		for (; row->id; row++)
			a = inside(s, row, row + 1) ? arch_list[i] : a;
		for (; v->page_shift; v++)
			a = inside(s, v->pfn, v->pfn + 3) ? arch_list[i] : a;
		for (const struct pgtable *t = arch_list[i]->pgtables; t && t->id; t++)
			tree = inside(s, t, t + 1) ? t : tree;
	}
	if (!a && !tree)
		return false;
	n_words = n_releases = 0;
	state = 1;
	word_around(0);
	word_around(UINT64_MAX);
	while (n_words < WORDS_MAX / 8)
		words[n_words++] = chance(UINT64_MAX);
	if (tree) {
		uint64_t wrong;

		for (unsigned int i = 1; i < pgtable_levels(tree); i++)
			word_around(tree->table[i].value);
		wrong = tree_answers(tree);
		put(s, s->was);
		return tree_answers(tree) == wrong;
	}
	for (int after = 0; after < 2; after++, put(s, after == 1 ? s->was : s->value)) {
		ask_around_rows(a->layouts);
		for (const struct layout *row = a->layouts; row->id; row++)
			if (inside(s, row, row + 1) || !row[1].id) {
				words_of(&row->none);
				words_of(&row->present);
				words_of(&row->file);
				words_of(&row->quirk_if);
				word_around(row->base);
			}
	}
	for (const release_t *r = (const release_t[]){ KV(3, 5, 0), KV(4, 20, 0), KV(5, 19, 0), KV(6, 1, 0),
		KV(6, 2, 0), KV(6, 13, 0), KV_NEWEST & ~0xffff, 0 }; *r; r++)
		ask_around(*r);
	for (size_t i = 0; i < n_releases; i++)
		for (const struct variant *v = a->variants; v->page_shift; v++)
			for (int knobs = 0; knobs < 3; knobs++)
				if (!same_answers(s, a, v, releases[i], knobs))
					return false;
	return true;
}

/* ---- which ones ---- */

/* starts[]: where sites from `from` to `to` begin with another row, or another field of it; and the end. */
static size_t runs_of(size_t from, size_t to, bool rows, size_t *starts)
{
	size_t n = 0;

	for (size_t i = from; i < to; i++)
		if (i == from || strcmp(sites[i].row, sites[i - 1].row) ||
			(!rows && strcmp(sites[i].field, sites[i - 1].field)))
			starts[n++] = i;
	starts[n] = to;
	return n;
}

static struct mutant mutant(size_t s)
{
	return (struct mutant){ s, sites[s].arch ? sites[s].arch->name : NULL, sites[s].row, sites[s].field,
		sites[s].change };
}

void mutants_pick(unsigned long long seed, size_t count, struct mutant **list, size_t *n)
{
	size_t *row, *field, n_rows, n_fields;

	find_sites();
	state = seed;
	row = calloc(2 * (n_sites + 1), sizeof(*row));
	*list = calloc(count ? count : n_sites, sizeof(**list));
	if (!row || !*list)
		abort();
	field = row + n_sites + 1;
	n_rows = runs_of(0, n_sites, true, row);
	n_fields = runs_of(0, n_sites, false, field);
	for (*n = 0; *n < (count ? count : n_fields); *n += 1) {
		size_t f = *n;

		if (count) {
			size_t r = chance(n_rows);

			f = chance(runs_of(row[r], row[r + 1], false, field));
		}
		(*list)[*n] = mutant(field[f] + chance(field[f + 1] - field[f]));
	}
	free(row);
}

void mutant_plant(size_t number)
{
	char text[24];

	if (number >= n_sites)
		abort();
	snprintf(text, sizeof(text), "%zu", number);
	setenv("SWPD_MUTANT", text, 1);
	plant(&sites[number]);
}

/* The tool begins with one; the runner of tests is not started with it. */
__attribute__((constructor)) static void mutate(void)
{
	const char *said = getenv("SWPD_MUTANT");

	if (!said)
		return;
	find_sites();
	mutant_plant(strtoull(said, NULL, 10));
}
