/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Plant one wrong bit in one row: linked into a copy of the tool and of the test runner, which then start with
 * it when SWPD_MUTANT says which. "pick SEED COUNT" prints that many of them, one a line: a number for
 * SWPD_MUTANT, the row, the field, what is changed. tests/mutate.sh runs the tests on each.
 *
 * A row is picked, each as likely as every other, then one of its fields, then one of the field's bits. Rows
 * are all those of arch/ and of the type map that decide what a word is: layouts, variants, architectures, page
 * tables, distributions, groups of special types, bits of markers. What is left out, since no decode can see it:
 *  - bits of a mask beyond the widest word of the row;
 *  - fields that a row does not have: an optional mask or run that is empty, flags that are not there;
 *  - what is said of knowledge and not of entries: ids, sources, `sure`, doubts, areas, rarity;
 *  - releases before the oldest one that is promised; a release is moved to the one before or after it.
 */
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "core/types.h"

enum kind {
	BIT,     /* at `bit` of an integer of `size` bytes: flipped */
	EARLIER, /* a release or build: the one before */
	LATER,
};

struct site {
	const void *at;
	uint8_t size, bit;
	enum kind kind;
	char row[48], field[28];
};

static struct site *sites;
static size_t n_sites, room;
static char row_name[48];

static void add(const char *field, const void *at, size_t size, unsigned int bit, enum kind kind)
{
	struct site *s;

	if (n_sites == room) {
		room = room ? 2 * room : 4096;
		sites = realloc(sites, room * sizeof(*sites));
		if (!sites)
			abort();
	}
	s = &sites[n_sites++];
	*s = (struct site){ .at = at, .size = size, .bit = bit, .kind = kind };
	snprintf(s->row, sizeof(s->row), "%s", row_name);
	snprintf(s->field, sizeof(s->field), "%s", field);
}

static void bits(const char *field, const void *at, size_t size, unsigned int n)
{
	for (unsigned int bit = 0; bit < n; bit++)
		add(field, at, size, bit, BIT);
}

/* The bits of an integer, of which the lowest n matter. */
#define BITS(name, what, n) bits(name, &(what), sizeof(what), n)
/* A position or a width in a word of 64 bits. */
#define NUMBER(name, what) BITS(name, what, 6)

static void release(const char *field, const release_t *at)
{
	if (*at < KV_OLDEST || *at > KV_MAX)
		return;
	if (*at > KV_OLDEST)
		add(field, at, sizeof(*at), 0, EARLIER);
	if (*at < KV_MAX)
		add(field, at, sizeof(*at), 0, LATER);
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
			add(field, &f->levels, sizeof(f->levels), level, BIT);
	snprintf(field, sizeof(field), "flags[%d].since", i);
	release(field, &f->since);
	snprintf(field, sizeof(field), "flags[%d].until", i);
	release(field, &f->until);
	snprintf(field, sizeof(field), "flags[%d].when_present", i);
	bits(field, &f->when_present, sizeof(f->when_present), 1);
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
	runs("type", row->type, 3);
	runs("offset", row->offset, 3);
	if (row->type[0].width) {
		BITS("invert", row->invert, 1);
		BITS("base", row->base, width);
		BITS("no_young", row->no_young, 1);
		BITS("wide_types", row->wide_types, 1);
		GIVEN("ignored", row->ignored, width);
		GIVEN("offset_written", row->offset_written, 6);
	}
	for (int i = 0; i < 8 && row->flags[i].levels; i++)
		flag(&row->flags[i], i, row, width);
	runs("pfn", row->pfn, 3);
	GIVEN("pfn_flip", row->pfn_flip, width);
	GIVEN("leaf", row->leaf, width);
	GIVEN("block", row->block, width);
	GIVEN("hidden", row->hidden, width);
	GIVEN("pte_bytes", row->pte_bytes, 5);
	if (!a->pseudo)
		BITS("big_endian", row->big_endian, 1);
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
	GIVEN("pmd_leaf", v->pmd_leaf, width);
	GIVEN("pfn_bits", v->pfn_bits, 6);
	GIVEN("word_bits", v->word_bits, 7);
	GIVEN("pte_bytes", v->pte_bytes, 5);
	GIVEN("pte_copies", v->pte_copies, 3);
	BITS("words_swapped", v->words_swapped, 1);
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
	}
	GIVEN("entry_bytes", row->entry_bytes, 5);
	runs("addr", row->addr, 2);
	GIVEN("user_end", row->user_end, 64);
	BITS("pte_passes", row->pte_passes, 1);
	BITS("empty_shared", row->empty_shared, 1);
}

static void architecture(const struct arch *a)
{
	snprintf(row_name, sizeof(row_name), "%s", a->name);
	if (!a->pseudo) {
		BITS("word_bits", a->word_bits, 7);
		BITS("no_swap", a->no_swap, 1);
		GIVEN("elf_machine", a->elf_machine, 16);
		GIVEN("elf_bytes", a->elf_bytes, 4);
		GIVEN("image_map.base", a->image_map.base, 64);
		for (int i = 0; i < 4 && a->off[i].until; i++)
			release("off.until", &a->off[i].until);
	}
	for (const struct variant *v = a->variants; v->page_shift && !a->pseudo; v++)
		variant(a, v);
	for (const struct layout *row = a->layouts; row->id; row++)
		layout(a, row);
	for (const struct pgtable *row = a->pgtables; row && row->id; row++)
		pgtable(row);
}

static void distribution(const struct backport *row)
{
	snprintf(row_name, sizeof(row_name), "backports.def:%s:%zu", row->name, (size_t)(row - backports));
	if (row->since) {
		add("since", &row->since, sizeof(row->since), 0, EARLIER);
		add("since", &row->since, sizeof(row->since), 0, LATER);
	}
	if (row->until != BUILD_MAX) {
		add("until", &row->until, sizeof(row->until), 0, EARLIER);
		add("until", &row->until, sizeof(row->until), 0, LATER);
	}
	for (int i = 0; i < SUBJECT_N; i++)
		if (row->as[i]) {
			char field[28];

			snprintf(field, sizeof(field), "as[%d]", i);
			add(field, &row->as[i], sizeof(row->as[i]), 0, EARLIER);
			add(field, &row->as[i], sizeof(row->as[i]), 0, LATER);
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
	for (int i = 0; arch_list[i]; i++)
		architecture(arch_list[i]);
	for (size_t i = 0; i < n_backports; i++)
		distribution(&backports[i]);
	type_map_rows();
}

/* ---- one of them ---- */

/* The release before or after: of 5.0, 4.20 and 5.1. Of a stable update, the update. */
static release_t neighbour(release_t r, bool later)
{
	static const struct {
		release_t first, last_before;
	} series[] = {
		{ KV(3, 0, 0), KV(2, 6, 39) }, { KV(4, 0, 0), KV(3, 19, 0) }, { KV(5, 0, 0), KV(4, 20, 0) },
		{ KV(6, 0, 0), KV(5, 19, 0) }, { KV(7, 0, 0), KV(6, 19, 0) },
	};

	if (r == KV_MAX)
		return KV_NEWEST;
	if (r > KV_MAX)
		return later ? r + 1 : r - 1;
	if (r & 0xffff)
		return later ? r + 1 : r - 1;
	for (size_t i = 0; i < sizeof(series) / sizeof(series[0]); i++) {
		if (r == series[i].first && !later)
			return series[i].last_before;
		if (r == series[i].last_before && later)
			return series[i].first;
	}
	return later ? r + KV(0, 1, 0) : r - KV(0, 1, 0);
}

static void plant(const struct site *s)
{
	size_t page = sysconf(_SC_PAGESIZE);
	uintptr_t start = (uintptr_t)s->at & ~(page - 1);
	uint64_t value = 0;

	if (mprotect((void *)start, 2 * page, PROT_READ | PROT_WRITE) &&
		mprotect((void *)start, page, PROT_READ | PROT_WRITE)) {
		perror("SWPD_MUTANT: mprotect");
		abort();
	}
	memcpy(&value, s->at, s->size);
	if (s->kind == BIT)
		value ^= 1ull << s->bit;
	else if (s->size == sizeof(release_t))
		value = neighbour(value, s->kind == LATER);
	else
		value += s->kind == LATER ? BUILD(1, 0, 0) : -BUILD(1, 0, 0);
	memcpy((void *)(uintptr_t)s->at, &value, s->size);
}

/* ---- which ones ---- */

static uint64_t state;

static uint64_t chance(uint64_t n)
{
	uint64_t z = state += 0x9e3779b97f4a7c15;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return (z ^ z >> 31) % n;
}

/* The number of runs of equal texts, and where the wanted one begins and ends. */
static size_t runs_of(size_t from, size_t to, size_t text, size_t wanted, size_t *start, size_t *end)
{
	size_t n = 0;

	for (size_t i = from; i < to; i++) {
		bool first = i == from || strcmp((char *)&sites[i] + text, (char *)&sites[i - 1] + text);

		if (first && n++ == wanted)
			*start = i;
		if (n == wanted + 1)
			*end = i + 1;
	}
	return n;
}

static void pick(unsigned long long seed, unsigned int count)
{
	static const char *const how[] = { "bit", "earlier", "later" };
	size_t row = offsetof(struct site, row), field = offsetof(struct site, field);

	state = seed;
	for (unsigned int i = 0; i < count; i++) {
		size_t r = 0, r_end = 0, f = 0, f_end = 0, s;

		runs_of(0, n_sites, row, chance(runs_of(0, n_sites, row, n_sites, &r, &r_end)), &r, &r_end);
		runs_of(r, r_end, field, chance(runs_of(r, r_end, field, n_sites, &f, &f_end)), &f, &f_end);
		s = f + chance(f_end - f);
		printf("%zu\t%s\t%s\t%s", s, sites[s].row, sites[s].field, how[sites[s].kind]);
		if (sites[s].kind == BIT)
			printf(" %u", sites[s].bit);
		putchar('\n');
	}
}

__attribute__((constructor)) static void mutate(void)
{
	const char *said = getenv("SWPD_MUTANT");
	unsigned long long seed;
	unsigned int count;

	if (!said)
		return;
	find_sites();
	if (sscanf(said, "pick %llu %u", &seed, &count) == 2) {
		pick(seed, count);
		exit(0);
	}
	if (strtoull(said, NULL, 10) >= n_sites)
		abort();
	plant(&sites[strtoull(said, NULL, 10)]);
}
