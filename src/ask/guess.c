/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * --guess: for which machines a value is a plausible entry. Every row is tried for every release, in the
 * usual configuration. What reads as none or present, has reserved bits set, a type that no kernel has, or a
 * slot or frame beyond any machine is no candidate. The others are ranked by how much chance would have to
 * help: a slot of 40 bits where machines have 20 is a coincidence that costs 20 bits, so the reading that
 * needs the fewest coincidences stands first. How rare an architecture is, and how old a kernel, counts a
 * little.
 */
#include <stdlib.h>

#include "ask/tools.h"

#define LINES_MAX 20u
#define READINGS_MAX 512
#define ERAS_MAX 192
#define SMALL_BITS 12
#define SIZE_BITS_MAX 46 /* 64 TiB: what no machine has as swap or memory */

/* Releases in which an architecture's rows are tried: all up to 7.2, and those in which one of its rows
 * begins. */
struct eras {
	int n;
	release_t at[ERAS_MAX + 1]; /* an era lasts up to the next one */
};

/* One way to read the value: on one architecture, one type, offset and set of flags. */
struct reading {
	const struct arch *arch;
	unsigned int type;
	uint64_t offset;
	bool special;
	uint32_t flags, classes, variants, levels;
	uint8_t eras[ERAS_MAX];
	unsigned int cost; /* in tenths of a bit */
	/* of the cheapest way */
	const struct layout *row;
	uint64_t pfn;
	bool has_pfn;
	unsigned int page_shift;
};

struct guess {
	uint64_t value;
	size_t n;
	uint64_t dropped;
	struct eras eras; /* of the architecture that is being tried */
	struct reading reading[READINGS_MAX];
	struct eras all[64]; /* by place in arch_list */
};

/* ---- releases ---- */

static void add_era(struct eras *e, release_t r)
{
	int i = 0;

	while (i < e->n && e->at[i] < r)
		i++;
	if (e->n == ERAS_MAX || (i < e->n && e->at[i] == r))
		return;
	memmove(&e->at[i + 1], &e->at[i], (e->n - i) * sizeof(e->at[0]));
	e->at[i] = r;
	e->n++;
}

static void find_eras(struct eras *e, const struct arch *a)
{
	static const struct {
		uint8_t major, minors;
	} series[] = { { 3, 20 }, { 4, 21 }, { 5, 20 }, { 6, 20 },
		{ KV_NEWEST >> 24, (KV_NEWEST >> 16 & 0xff) + 1 } };

	e->n = 0;
	for (const struct layout *row = a->layouts; row->id; row++)
		for (int i = 0; i < 8 && row->spans[i].until; i++) {
			if (row->spans[i].since >= KV_OLDEST)
				add_era(e, row->spans[i].since);
			if (row->spans[i].until < KV_NEWEST && row->spans[i].until > KV_OLDEST)
				add_era(e, row->spans[i].until);
		}
	add_era(e, KV_OLDEST);
	for (size_t i = 0; i < ARRAY_SIZE(series); i++)
		for (int minor = 0; minor < series[i].minors; minor++)
			add_era(e, KV(series[i].major, minor, 0));
	e->at[e->n] = KV_MAX;
}

/* ---- what a reading costs ---- */

static unsigned int length(uint64_t v)
{
	return v ? 64 - __builtin_clzll(v) : 0;
}

/* Small numbers are as likely as another; above, each bit halves what is left. */
static unsigned int number_cost(uint64_t v, unsigned int usual)
{
	unsigned int n = length(v);

	if (n <= SMALL_BITS)
		return 10 * SMALL_BITS;
	return 10 * n + (n > usual ? 30 * (n - usual) : 0);
}

static unsigned int class_cost(uint32_t classes)
{
	static const struct {
		uint32_t cls;
		unsigned int cost;
	} costs[] = {
		{ 1u << SWPD_PTE_MARKER, 40 },
		{ 1u << SWPD_MIGRATION_READ | 1u << SWPD_MIGRATION_WRITE |
				1u << SWPD_MIGRATION_READ_EXCLUSIVE,
			50 },
		{ 1u << SWPD_HWPOISON, 60 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(costs); i++)
		if (classes & costs[i].cls)
			return costs[i].cost;
	return 70;
}

static unsigned int type_cost(unsigned int type)
{
	return type == 0 ? 3 : type == 1 ? 30 : type < 4 ? 50 : 70 + type * 3;
}

static unsigned int flag_cost(const struct swpd_entry *e)
{
	unsigned int cost = 0;

	if (e->flags & 1u << SWPD_FLAG_EXCLUSIVE)
		cost += e->cls == SWPD_SWAP ? 3 : 60;
	if (e->flags & 1u << SWPD_FLAG_UFFD_WP)
		cost += 50;
	if (e->flags & 1u << SWPD_FLAG_SOFT_DIRTY)
		cost += 20;
	return cost;
}

static unsigned int era_cost(release_t r)
{
	return r >= KV(5, 4, 0) ? 0 : r >= KV(4, 0, 0) ? 20 : r >= KV(3, 0, 0) ? 40 : 50;
}

/* ---- is it plausible at all? ---- */

static bool sensible(uint64_t pages, unsigned int page_shift)
{
	return length(pages) + page_shift <= SIZE_BITS_MAX;
}

/* Classes that the entry can be, or 0 if it is nothing that a kernel writes; *cost is increased. */
static uint32_t judge(const struct swpd_decoder *dec, const struct swpd_entry *e, unsigned int page_shift,
	unsigned int *cost)
{
	uint32_t classes = e->why == SWPD_WHY_KNOB ? e->candidates : 1u << e->cls;
	unsigned int usual = 38 - page_shift; /* 256 GiB */
	uint64_t frame_bits = dec->pfn_mask | dec->young | dec->dirty;

	if (e->stray || !(e->has & SWPD_HAS_TYPE) || e->type > 31)
		return 0;
	classes &= ~(1u << SWPD_UNKNOWN);
	if (classes & 1u << SWPD_SWAP) {
		if (!e->offset || !sensible(e->offset, page_shift))
			return 0;
		*cost += type_cost(e->type) + number_cost(e->offset, usual) + flag_cost(e);
		return 1u << SWPD_SWAP;
	}
	if (classes & 1u << SWPD_PTE_MARKER && (!e->offset || e->offset & ~(uint64_t)dec->marker_mask))
		classes &= ~(1u << SWPD_PTE_MARKER);
	if (classes & ~(1u << SWPD_PTE_MARKER) && (!(e->offset & dec->pfn_mask) || e->offset & ~frame_bits ||
							  !sensible(e->offset & dec->pfn_mask, page_shift)))
		classes &= 1u << SWPD_PTE_MARKER;
	if (!classes)
		return 0;
	*cost += class_cost(classes) + flag_cost(e);
	*cost += classes & 1u << SWPD_PTE_MARKER ? 10 : number_cost(e->offset & dec->pfn_mask, usual);
	return classes;
}

/* ---- trying ---- */

static struct reading *find_reading(
	struct guess *g, const struct arch *a, const struct swpd_entry *e, bool special)
{
	struct reading *r = g->reading;

	for (; r < g->reading + g->n; r++)
		if (r->arch == a && r->type == e->type && r->offset == e->offset && r->special == special &&
			r->flags == e->flags)
			return r;
	if (g->n == READINGS_MAX) {
		g->dropped++;
		return NULL;
	}
	memset(r, 0, sizeof(*r));
	r->arch = a;
	r->type = e->type;
	r->offset = e->offset;
	r->special = special;
	r->flags = e->flags;
	r->cost = UINT32_MAX;
	g->n++;
	return r;
}

static void usual_knobs(struct swpd_target *t, const struct layout *row)
{
	swpd_target_init(t);
	t->knobs[KNOB_MIGRATION] = t->knobs[KNOB_SWAP] = t->knobs[KNOB_SPARSEMEM] =
		t->knobs[KNOB_PTE_MARKER] = 1;
	t->knobs[KNOB_HAVE_ARCH_USERFAULTFD_WP] = t->knobs[KNOB_MEM_SOFT_DIRTY] = 1;
	if (row->knob != KNOB_NONE)
		t->knobs[row->knob] = row->knob_is;
}

/* A release, or, beyond all of them, the kernel of a distribution that has a layout of its own. */
static void era_release(struct swpd_target *t, release_t at)
{
	const struct backport *b = own_backport(at, 0);

	t->release = at;
	if (b) {
		t->release = swpd_release_parse(b->patterns);
		memcpy(t->as, b->as, sizeof(t->as));
	}
}

static void try_era(struct guess *g, int place, const struct layout *row, const struct variant *v, int era,
	enum swpd_level level)
{
	const struct arch *a = arch_list[place];
	unsigned int cost = 10 * a->rarity + (v->is_default ? 0 : 10) + (level == SWPD_LEVEL_PTE ? 0 : 30);
	struct swpd_decoder dec;
	struct swpd_target t;
	struct swpd_entry e;
	struct reading *r;
	uint32_t classes;

	usual_knobs(&t, row);
	t.arch = a;
	t.variant = v;
	t.page_shift = v->page_shift;
	era_release(&t, g->eras.at[era]);
	swpd_decoder_init(&dec, &t, FORM_PTE, level);
	if (dec.n_packing != 1 || dec.packing[0].row != row)
		return;
	swpd_decode(&dec, g->value, &e);
	cost += era_cost(t.release);
	classes = judge(&dec, &e, v->page_shift, &cost);
	if (!classes)
		return;
	/* young and dirty are where they are in one reading of the offset only; they do not make it another
	 * one */
	e.flags &= ~(1u << SWPD_FLAG_YOUNG | 1u << SWPD_FLAG_DIRTY);
	r = find_reading(g, a, &e, !(classes & 1u << SWPD_SWAP));
	if (!r)
		return;
	r->classes |= classes;
	r->levels |= 1u << level;
	r->variants |= 1u << (v - a->variants);
	r->eras[era] = 1;
	if (cost < r->cost) {
		r->cost = cost;
		r->row = row;
		r->page_shift = v->page_shift;
		r->has_pfn = e.has & SWPD_HAS_PFN ||
			     (e.why == SWPD_WHY_KNOB && !(classes & 1u << SWPD_PTE_MARKER));
		r->pfn = e.offset & dec.pfn_mask;
	}
}

static void try_row(struct guess *g, const struct question *q, int place, const struct layout *row)
{
	const struct arch *a = arch_list[place];

	if (!row->type[0].width || (g->value & row->base) != row->base || pred_test(&row->none, g->value) ||
		pred_test(&row->present, g->value))
		return;
	for (const struct variant *v = a->variants; v->page_shift; v++) {
		struct swpd_target t = { .arch = a, .variant = v };

		if ((q->variant && v != q->variant) || !layout_has_variant(row, v) ||
			(entry_bits(&t, row) < 64 && g->value >> entry_bits(&t, row)))
			continue;
		for (int era = 0; era < g->eras.n; era++)
			for (int level = 0; level < SWPD_LEVEL_N && layout_covers(row, g->eras.at[era], NULL);
				level++)
				if (row->levels & (q->levels ? q->levels : ~0u) & 1u << level)
					try_era(g, place, row, v, era, level);
	}
}

static int by_cost(const void *a, const void *b)
{
	const struct reading *x = a, *y = b;

	if (x->cost != y->cost)
		return x->cost < y->cost ? -1 : 1;
	return x->offset < y->offset ? -1 : x->offset > y->offset;
}

static void guess(struct guess *g, const struct question *q, uint64_t value)
{
	g->value = value;
	g->n = 0;
	g->dropped = 0;
	for (int i = 0; arch_list[i] && i < (int)ARRAY_SIZE(g->all); i++) {
		if (arch_list[i]->pseudo || (q->arch && q->arch != arch_list[i]))
			continue;
		find_eras(&g->eras, arch_list[i]);
		g->all[i] = g->eras;
		for (const struct layout *row = arch_list[i]->layouts; row->id; row++)
			try_row(g, q, i, row);
	}
	qsort(g->reading, g->n, sizeof(g->reading[0]), by_cost);
}

/* ---- telling ---- */

static const struct eras *eras_of(const struct guess *g, const struct reading *r)
{
	int i = 0;

	while (arch_list[i] != r->arch)
		i++;
	return &g->all[i];
}

/* The next stretch of eras from *era on: its first era and the one behind its last. */
static bool next_stretch(const struct reading *r, const struct eras *e, int *first, int *behind)
{
	int i = *behind;

	while (i < e->n && !r->eras[i])
		i++;
	*first = i;
	do
		i += i < e->n;
	while (i < e->n && r->eras[i] && e->at[i] < KV_MAX);
	*behind = i;
	return i > *first;
}

static void say_stretch(struct phrase *p, const struct eras *e, int first, int behind)
{
	char text[16];

	if (e->at[first] >= KV_MAX) {
		say_own(p, e->at[first], ", ");
		return;
	}
	say(p, "%s", put_release(text, e->at[first]));
	if (e->at[behind] >= KV_MAX)
		say(p, " on");
	else
		say(p, " to before %s", put_release(text, e->at[behind]));
}

/* The newest stretch; the others too if all are asked for. */
static void say_releases(struct phrase *p, const struct guess *g, const struct reading *r, bool all)
{
	const struct eras *e = eras_of(g, r);
	int first = 0, behind = 0, n = 0, last_first = 0, last_behind = 0;

	while (next_stretch(r, e, &first, &behind)) {
		if (all) {
			say(p, n ? ", " : "");
			say_stretch(p, e, first, behind);
		}
		if (!n || e->at[first] < KV_MAX) {
			last_first = first;
			last_behind = behind;
		}
		n++;
	}
	if (all)
		return;
	say_stretch(p, e, last_first, last_behind);
	if (n > 1)
		say(p, ", others");
}

static void say_set(struct phrase *p, uint32_t set, const char *(*name)(int), const char *sep)
{
	bool first = true;

	for (int i = 0; i < 32; i++)
		if (set & 1u << i) {
			say(p, "%s%s", first ? "" : sep, name(i));
			first = false;
		}
}

static const char *class_of(int i)
{
	return swpd_class_name(i);
}

static const char *flag_of(int i)
{
	return swpd_flag_name(i);
}

static const char *level_of(int i)
{
	return swpd_level_name(i);
}

static void say_size(struct phrase *p, uint64_t pages, unsigned int page_shift)
{
	static const char *const units[] = { "KiB", "MiB", "GiB", "TiB" };
	uint64_t size = pages << (page_shift - 10);
	int unit = 0;

	while (size >= 10240 && unit < 3) {
		size >>= 10;
		unit++;
	}
	say(p, "%llu %s", (unsigned long long)size, units[unit]);
}

static void say_why(struct phrase *p, const struct reading *r)
{
	if (!r->special) {
		say(p, "swap type %u, slot 0x%llx: at least ", r->type, (unsigned long long)r->offset);
		say_size(p, r->offset, r->page_shift);
		say(p, " of swap");
	} else if (r->classes & 1u << SWPD_PTE_MARKER && !r->has_pfn) {
		say(p, "special type %u, marker bits 0x%llx", r->type, (unsigned long long)r->offset);
	} else {
		say(p, "special type %u, frame 0x%llx: at least ", r->type, (unsigned long long)r->pfn);
		say_size(p, r->pfn, r->page_shift);
		say(p, " of memory");
	}
	if (r->flags) {
		say(p, ", ");
		say_set(p, r->flags, flag_of, ", ");
	}
	say(p, ", no reserved bit set");
}

/* "arch" for all variants or the default one, else "arch:variant" and how many more. */
static void say_arch(struct phrase *p, const struct reading *r)
{
	const struct variant *v = r->arch->variants;
	int n = 0, first = -1;
	bool usual = false;

	for (int i = 0; v[i].page_shift; i++)
		if (r->variants & 1u << i) {
			first = first < 0 ? i : first;
			usual |= v[i].is_default;
			n++;
		}
	say(p, "%s", r->arch->name);
	if (!usual && first >= 0 && v[first].name[0])
		say(p, ":%s%s", v[first].name, n > 1 ? ",..." : "");
}

static void put_line(struct out *o, const struct guess *g, size_t i, const struct question *q)
{
	const struct reading *r = &g->reading[i];
	struct phrase arch = { 0 }, releases = { 0 }, levels = { 0 }, classes = { 0 }, why = { 0 };

	say_arch(&arch, r);
	say_releases(&releases, g, r, q->verbose);
	say_set(&levels, r->levels, level_of, ",");
	say_set(&classes, r->classes, class_of, "/");
	say_why(&why, r);
	out_printf(o, "%4zu %3u.%u %-16s %-25s %-15s %s: %s\n", i + 1, r->cost / 10, r->cost % 10, arch.text,
		releases.text, levels.text, classes.text, why.text);
}

static void put_table(struct out *o, const struct guess *g, const struct question *q)
{
	struct swpd_pattern found[6];
	int n = swpd_patterns(g->value, found, ARRAY_SIZE(found));
	size_t lines = q->verbose ? g->n : LINES_MAX - 3 - n, shown = g->n < lines ? g->n : lines;

	out_printf(o, "0x%llx\n", (unsigned long long)g->value);
	for (int i = 0; i < n; i++)
		out_printf(o, "  %s\n", found[i].text);
	if (!g->n) {
		out_printf(o, "  no plausible entry that is not present, of %s\n", q->arch || q->levels ?
			"what -A and --level leave" : "any architecture and release known");
		return;
	}
	if (q->headings)
		out_printf(o, "%4s %5s %-16s %-25s %-15s %s\n", "RANK", "BITS", "ARCH", "RELEASES", "LEVELS",
			"PLAUSIBLE AS (BITS: HOW MUCH CHANCE THAT TAKES)");
	for (size_t i = 0; i < shown; i++)
		put_line(o, g, i, q);
	if (shown < g->n)
		out_printf(o, "     %zu more, less plausible ones (-v shows them)\n", g->n - shown);
}

static void json_names(struct out *o, const char *key, uint32_t set, const char *(*name)(int))
{
	struct phrase p = { 0 };

	say_set(&p, set, name, "\",\"");
	out_printf(o, ",\"%s\":[%s%s%s]", key, p.len ? "\"" : "", p.text, p.len ? "\"" : "");
}

static void json_releases(struct out *o, const struct guess *g, const struct reading *r)
{
	const struct eras *e = eras_of(g, r);
	struct phrase own = { 0 };
	int first = 0, behind = 0;
	bool any = false;
	char text[16];

	out_text(o, ",\"releases\":[");
	while (next_stretch(r, e, &first, &behind)) {
		if (e->at[first] >= KV_MAX) {
			say(&own, "%s", own.len ? "\",\"" : "");
			say_own(&own, e->at[first], "\",\"");
			continue;
		}
		out_printf(
			o, "%s{\"since\":\"%s\",\"until\":", any ? "," : "", put_release(text, e->at[first]));
		if (e->at[behind] >= KV_MAX)
			out_text(o, "null}");
		else
			out_printf(o, "\"%s\"}", put_release(text, e->at[behind]));
		any = true;
	}
	out_printf(o, "],\"distributions\":[%s%s%s]", own.len ? "\"" : "", own.text, own.len ? "\"" : "");
}

static void json_reading(struct out *o, const struct guess *g, size_t i)
{
	const struct reading *r = &g->reading[i];
	struct phrase why = { 0 };
	bool any = false;

	say_why(&why, r);
	out_printf(
		o, "%s\n  {\"rank\":%zu,\"arch\":\"%s\",\"variants\":[", i ? "," : "", i + 1, r->arch->name);
	for (int k = 0; r->arch->variants[k].page_shift; k++)
		if (r->variants & 1u << k) {
			out_text(o, any ? "," : "");
			out_json_string(o, r->arch->variants[k].name);
			any = true;
		}
	out_text(o, "]");
	json_releases(o, g, r);
	json_names(o, "levels", r->levels, level_of);
	json_names(o, "classes", r->classes, class_of);
	out_printf(o, ",\"swap_type\":%u,\"swap_offset\":\"0x%llx\",\"pfn\":", r->type,
		(unsigned long long)r->offset);
	if (r->special && r->has_pfn)
		out_printf(o, "\"0x%llx\"", (unsigned long long)r->pfn);
	else
		out_text(o, "null");
	json_names(o, "flags", r->flags, flag_of);
	out_text(o, ",\"layout\":");
	out_json_string(o, r->row->id);
	out_printf(o, ",\"cost\":%u.%u,\"why\":", r->cost / 10, r->cost % 10);
	out_json_string(o, why.text);
	out_text(o, "}");
}

static void put_json_guess(struct out *o, const struct guess *g, bool first)
{
	static const char *const kinds[] = { "bit-flip", "fill-byte", "ascii", "pointer" };
	struct swpd_pattern found[6];
	int n = swpd_patterns(g->value, found, ARRAY_SIZE(found));

	out_printf(o, "%s\n{\"value\":\"0x%llx\",\"patterns\":[", first ? "" : ",",
		(unsigned long long)g->value);
	for (int i = 0; i < n; i++) {
		out_printf(o, "%s{\"pattern\":\"%s\",\"text\":", i ? "," : "", kinds[found[i].kind]);
		out_json_string(o, found[i].text);
		out_text(o, "}");
	}
	out_text(o, "],\"plausible\":[");
	for (size_t i = 0; i < g->n; i++)
		json_reading(o, g, i);
	out_printf(o, "],\"dropped\":%llu}", (unsigned long long)g->dropped);
}

void ask_guess_begin(struct out *out, const struct question *q)
{
	if (q->json)
		out_printf(out, "{\"schema_version\":%d,\"guesses\":[", SCHEMA_VERSION);
}

void ask_guess(struct out *out, const struct question *q, uint64_t value, bool first)
{
	static struct guess g;

	guess(&g, q, value);
	if (q->json) {
		put_json_guess(out, &g, first);
		return;
	}
	if (!first)
		out_text(out, "\n");
	put_table(out, &g, q);
}

void ask_guess_end(struct out *out, const struct question *q)
{
	if (q->json)
		out_text(out, "\n]}\n");
}
