/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The structure of every row of every architecture: what must hold whatever the bits are. These tests cannot
 * see a wrong bit that is free; that is what the vectors are for.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "core/types.h"

#define ONES(n) ((n) >= 64 ? UINT64_MAX : (1ull << (n)) - 1)

static uint64_t runs_mask(const struct run *runs, const char *id, unsigned int width)
{
	uint64_t mask = 0;

	for (int i = 0; i < 3 && runs[i].width; i++) {
		uint64_t one = ONES(runs[i].width) << runs[i].lsb;

		cr_expect(runs[i].lsb + runs[i].width <= width, "%s: a run leaves the word", id);
		cr_expect(!(mask & one), "%s: runs of one field overlap", id);
		mask |= one;
	}
	return mask;
}

/* The bits that hold the n low bits of a field. */
static uint64_t low_bits(const struct run *runs, unsigned int n)
{
	uint64_t mask = 0;

	for (int i = 0; i < 3 && runs[i].width && n; i++) {
		unsigned int width = runs[i].width < n ? runs[i].width : n;

		mask |= ONES(width) << runs[i].lsb;
		n -= width;
	}
	return mask;
}

/* Call fn for each row of each architecture. */
static void each_row(void (*fn)(const struct arch *a, const struct layout *row))
{
	int n = 0;

	for (int i = 0; arch_list[i]; i++)
		for (const struct layout *row = arch_list[i]->layouts; row->id; row++, n++)
			fn(arch_list[i], row);
	cr_expect(n > 20, "only %d rows", n);
}

static void named(const struct arch *a, const struct layout *row)
{
	int same = 0;

	for (int i = 0; arch_list[i]; i++)
		for (const struct layout *other = arch_list[i]->layouts; other->id; other++)
			same += !strcmp(other->id, row->id);
	cr_expect(same == 1, "%s: %d rows of this name", row->id, same);
	cr_expect(row->source && strpbrk(row->source, "0123456789") && strchr(row->source, '/'),
		"%s: the source names no file and release", row->id);
	cr_expect(row->levels, "%s: no level", row->id);
	cr_expect(row->spans[0].until, "%s: no release", row->id);
	for (int i = 0; i < 8 && row->spans[i].until; i++) {
		cr_expect(row->spans[i].since < row->spans[i].until, "%s: span %d is empty", row->id, i);
		cr_expect(!i || row->spans[i - 1].until <= row->spans[i].since,
			"%s: span %d begins before the one before ends", row->id, i);
	}
	if (row->variants) {
		int n = 0;

		for (const struct variant *v = a->variants; v->page_shift; v++)
			n += layout_has_variant(row, v);
		cr_expect(n > 0, "%s: no variant '%s'", row->id, row->variants);
	}
}

Test(rows, names_spans_and_sources)
{
	each_row(named);
}

/* Bits of the widest word of the row. */
static unsigned int width_of(const struct arch *a, const struct layout *row)
{
	unsigned int width = 0, n;

	for (const struct variant *v = a->variants; v->page_shift; v++) {
		n = a->pseudo ? (strcmp(v->name, "32") ? 64 : 32) :
				8 * arch_pte_bytes(a, v, row) / arch_pte_copies(v, row);
		if (layout_has_variant(row, v) && n > width)
			width = n;
	}
	return width;
}

static void fields(const struct arch *a, const struct layout *row)
{
	unsigned int width = width_of(a, row);
	uint64_t type = runs_mask(row->type, row->id, width), offset = runs_mask(row->offset, row->id, width),
		 flags = 0;

	cr_expect(!type == !offset, "%s: a type without an offset", row->id);
	if (!type) /* this level has no swap entries: nothing to overlap */
		return;
	cr_expect(!(type & offset), "%s: type and offset overlap", row->id);
	for (int i = 0; i < 8 && row->flags[i].levels; i++)
		for (int k = 0; k < i; k++) {
			const struct flag_bit *f = &row->flags[i], *g = &row->flags[k];
			bool together = f->levels & g->levels && (!f->until || f->until > g->since) &&
				(!g->until || g->until > f->since);

			cr_expect(!together || (f->bit != g->bit && f->flag != g->flag),
				"%s: two flags share a bit or a name", row->id);
		}
	for (int i = 0; i < 8 && row->flags[i].levels; i++)
		flags |= 1ull << row->flags[i].bit;
	cr_expect(!(flags & (type | offset)), "%s: a flag lies in the type or the offset", row->id);
	cr_expect(!(row->base & (type | offset | flags)), "%s: the base lies in a field", row->id);
	/* A field may reach over the present bit with bits that no kernel writes: types above 31, large
	 * offsets. */
	type = low_bits(row->type, 5);
	offset = low_bits(row->offset, row->offset_written ? row->offset_written : 64);
	cr_expect(row->quirk || !(row->present.any & (type | offset | flags)) || row->present.negate,
		"%s: a present bit lies in a field", row->id);
	for (int i = 0; i < 4 && row->none.eq[i].mask; i++) {
		cr_expect(!(row->none.eq[i].value & ~row->none.eq[i].mask), "%s: none can never be", row->id);
		cr_expect(row->quirk || row->none.negate || !pred_test(&row->present, row->none.eq[i].value),
			"%s: 0x%llx is both none and present", row->id,
			(unsigned long long)row->none.eq[i].value);
	}
}

Test(rows, fields_do_not_overlap)
{
	each_row(fields);
}

/* The target of a row: every option on, so that all flags are in force. */
static struct swpd_target target_of(const struct arch *a, const struct variant *v, const struct layout *row,
	release_t r)
{
	struct swpd_target t;

	swpd_target_init(&t);
	for (int k = 0; k < KNOB_N; k++)
		if (k != KNOB_MAX_PHYSMEM_BITS && k != KNOB_FLATMEM)
			t.knobs[k] = 1;
	if (row->knob != KNOB_NONE)
		t.knobs[row->knob] = row->knob_is;
	t.arch = a;
	t.variant = v;
	t.release = r;
	t.page_shift = v->page_shift;
	return t;
}

static enum swpd_form form_of(const struct arch *a)
{
	return !strcmp(a->name, "pagemap") ? FORM_PAGEMAP : a->pseudo ? FORM_SWP_ENTRY : FORM_PTE;
}

static void identity(const struct swpd_decoder *dec, const char *where, unsigned int type, uint64_t offset,
	unsigned int flags)
{
	struct swpd_error err = { 0 };
	struct swpd_entry e;
	uint64_t word;

	if (!swpd_encode(dec, type, offset, flags, &word, &err)) {
		/* A layout may have words that read as none: they are slots that cannot be. */
		cr_expect(strstr(err.text, "read as none"), "%s: type %u, offset 0x%llx: %s", where, type,
			(unsigned long long)offset, err.text);
		return;
	}
	swpd_decode(dec, word, &e);
	cr_expect(e.has & SWPD_HAS_TYPE && e.type == type && e.offset == offset &&
		(e.flags & flags) == flags && !e.stray,
		"%s: type %u, offset 0x%llx, flags 0x%x become 0x%llx: %s, type %u, offset 0x%llx, flags "
		"0x%x, stray 0x%llx", where, type,
		(unsigned long long)offset, flags, (unsigned long long)word, swpd_class_name(e.cls), e.type,
		(unsigned long long)e.offset, e.flags, (unsigned long long)e.stray);
}

/* Does this word show that the kernel breaks an identity: none and present at once, or not what it was made
 * from? */
static bool breaks(const struct swpd_decoder *dec, uint64_t word)
{
	const struct packing *p = &dec->packing[0];
	struct swpd_error err = { 0 };
	struct swpd_entry e;
	uint64_t again;

	if (pred_test(&p->none, word) && pred_test(&p->present, word))
		return true;
	swpd_decode(dec, word, &e);
	if (!(e.has & SWPD_HAS_TYPE) || e.stray)
		return false;
	return !swpd_encode(dec, e.type, e.offset, e.flags, &again, &err) || again != word;
}

/* The word of an entry reads as something else. */
static bool lost(
	const struct swpd_decoder *dec, unsigned int type, uint64_t offset, unsigned int flags, bool *sound)
{
	const struct pred *quirk_if = &dec->packing[0].row->quirk_if;
	struct swpd_error err = { 0 };
	struct swpd_entry e;
	uint64_t word;
	bool broken;

	if (!swpd_encode(dec, type, offset, flags, &word, &err))
		return false;
	swpd_decode(dec, word, &e);
	broken = !(e.has & SWPD_HAS_TYPE) || e.type != type || e.offset != offset ||
		 (e.flags & flags) != flags;
	/* The test of the quirk picks out what reads as present, and not all that is sound.
	 */
	if (quirk_if->any || quirk_if->eq[0].mask)
		cr_expect(e.cls != SWPD_PRESENT || pred_test(quirk_if, word),
			"%s: 0x%llx is lost unseen", dec->packing[0].row->id, (unsigned long long)word);
	*sound |= !broken && !pred_test(quirk_if, word);
	return broken;
}

/*
 * A row that claims a quirk must show the breach, in a word that its test picks out; where the kernel's own
 * reader is what is wrong, whatever stands in the word (then the test picks all), all the rest must hold as
 * elsewhere.
 */
static void quirk(const struct layout *row, const struct swpd_decoder *dec, const char *where, int bits)
{
	bool shown = false, sound = false;

	for (int i = 0; i < 4 && row->quirk_if.eq[i].mask; i++) {
		uint64_t mask = row->quirk_if.eq[i].mask, value = row->quirk_if.eq[i].value;

		cr_expect(!(value & ~mask), "%s: its quirk is in no word", where);
		/* The one word that any row picks out is the empty one; what is none and present at once is
		 * picked by all bits that make it so. */
		cr_expect((mask == UINT64_MAX) == !value, "%s: 0x%llx", where, (unsigned long long)value);
		for (int bit = 0; bit < 64 && pred_test(&row->none, value) && pred_test(&row->present, value);
			bit++) {
			uint64_t near = value ^ 1ull << bit;
			bool both = pred_test(&row->none, near) && pred_test(&row->present, near);

			cr_expect(pred_test(&row->quirk_if, near) == both, "%s: 0x%llx", where,
				(unsigned long long)near);
			near = 1ull << bit;
			both = pred_test(&row->none, near) && pred_test(&row->present, near);
			cr_expect(pred_test(&row->quirk_if, near) == both, "%s: 0x%llx", where,
				(unsigned long long)near);
		}
		shown |= breaks(dec, row->quirk_if.eq[i].value);
		shown |= breaks(dec, row->quirk_if.eq[i].value | row->base);
	}
	shown |= breaks(dec, 0);
	for (int bit = 0; bit < 64; bit++)
		if (row->quirk_if.any >> bit & 1)
			shown |= breaks(dec, row->base | 1ull << bit);
	for (unsigned int type = 0; type < 32; type++)
		for (int bit = -1; bit < bits; bit++)
			shown |= lost(dec, type, bit < 0 ? 0 : 1ull << bit, 0, &sound);
	for (int f = 0; f < dec->packing[0].n_flags; f++)
		for (int bit = -1; bit < bits; bit++)
			shown |= lost(
				dec, 3, bit < 0 ? 0 : 1ull << bit, dec->packing[0].flags[f].flag, &sound);
	cr_expect(sound, "%s: all words are said to be odd", where);
	cr_expect(shown, "%s: claims a quirk, and nothing shows it", where);
}

static void round_trip(const struct arch *a, const struct layout *row)
{
	for (const struct variant *v = a->variants; v->page_shift; v++)
		for (int level = 0; level < SWPD_LEVEL_N; level++)
			for (int s = 0; s < 8 && row->spans[s].until; s++) {
				release_t last =
					row->spans[s].until == KV_MAX ? KV_NEWEST : row->spans[s].until - 1;
				struct swpd_target t = target_of(a, v, row, last);
				struct swpd_decoder dec;
				char where[128];
				int bits;

				if (!layout_has_variant(row, v) || !(row->levels & 1u << level))
					continue;
				/* the machine decides between 32 and 64 bits, and is not this row's */
				if (a->pseudo)
					t.arch = a->word_bits == 64 &&
						strcmp(v->name, "32") ? arch_find("x86_64") : NULL;
				snprintf(where, sizeof(where), "%s %s:%s %s span %d", row->id, a->name,
					v->name, swpd_level_name(level), s);
				swpd_decoder_init(&dec, &t, form_of(a), level);
				if (a->pseudo &&
					(!swpd_decoder_row(&dec) || strcmp(swpd_decoder_row(&dec), row->id)))
					continue;
				cr_assert(swpd_decoder_row(&dec) && !strcmp(swpd_decoder_row(&dec), row->id),
					"%s: another row is used: %s", where,
					swpd_decoder_row(&dec) ? swpd_decoder_row(&dec) : "none");
				if (!row->type[0].width)
					continue;
				bits = row->offset_written ? row->offset_written : dec.packing[0].offset_bits;
				cr_expect(!row->quirk || !row->quirk_if.negate, "%s: no word is odd", where);
				if (row->quirk && row->quirk_if.any != UINT64_MAX) {
					quirk(row, &dec, where, bits);
					continue;
				}
				for (unsigned int type = 0; type < 32; type++)
					for (int bit = -1; bit < bits; bit++)
						identity(&dec, where, type, bit < 0 ? 1 : 1ull << bit, 0);
				for (int f = 0; f < dec.packing[0].n_flags; f++)
					identity(&dec, where, 3, 0x15, dec.packing[0].flags[f].flag);
			}
}

Test(rows, encode_and_decode_are_inverse)
{
	each_row(round_trip);
}

/*
 * Huge pages of hugetlb are PTEs to every kernel but s390's (arch/s390/mm/hugetlbpage.c). Entries for
 * migration in PMDs are where ARCH_ENABLE_THP_MIGRATION is selected: 5.10, 6.1, 6.12 read, and s390
 * since 6.15 to 6.17. There are rows for others, where a PMD is empty or present. No PMD has the exclusive
 * bit.
 */
static void levels(const struct arch *a, const struct layout *row)
{
	static const char *const migrate[] = { "x86_64", "arm64", "riscv64", "loongarch64", "ppc64", "s390" };
	bool own = !strcmp(a->name, "s390"), pmd = false;

	if (a->pseudo)
		return;
	for (size_t i = 0; i < sizeof(migrate) / sizeof(migrate[0]); i++)
		pmd |= !strcmp(a->name, migrate[i]);
	cr_expect(!(row->levels & LEVEL(PUD)), "%s: no PUD is an entry", row->id);
	cr_expect(own ? !(row->levels & LEVEL(PTE)) || row->levels == LEVEL(PTE)
		      : !(row->levels & LEVEL(PTE)) == !(row->levels & LEVEL(HUGETLB)),
		"%s: hugetlb", row->id);
	cr_expect(!(row->levels & LEVEL(PMD)) || pmd || !row->type[0].width, "%s: entries in PMDs", row->id);
	/* since 6.10 both tests are the same on arm64; elsewhere PMDs have their own */
	cr_expect(!(row->levels & LEVEL(PMD)) || !(row->levels & LEVEL(PTE)) ||
		(!strcmp(a->name, "arm64") && row->spans[0].since >= KV(6, 10, 0)),
		"%s: PTEs and PMDs", row->id);
	cr_expect(!strstr(row->id, "pmd") || row->levels == LEVEL(PMD), "%s: levels", row->id);
	for (int i = 0; i < 8 && row->flags[i].levels; i++) {
		const struct flag_bit *f = &row->flags[i];

		cr_expect(own || !(f->levels & LEVEL(PTE)) == !(f->levels & LEVEL(HUGETLB)),
			"%s: flag of hugetlb", row->id);
		cr_expect(f->flag != SWPD_FLAG_EXCLUSIVE || !(f->levels & LEVEL(PMD)), "%s: exclusive PMD",
			row->id);
		cr_expect(f->flag == SWPD_FLAG_EXCLUSIVE || !(row->levels & LEVEL(PMD)) ||
				  f->levels & LEVEL(PMD),
			"%s: PMDs carry soft-dirty and uffd-wp too", row->id);
		cr_expect(!f->when_present, "%s: a flag of present entries", row->id);
	}
}

Test(rows, levels_are_those_of_the_kernel)
{
	each_row(levels);
}

/* True if some row for PTEs begins or ends there, or it is where somebody began to look. */
static bool is_boundary(const struct arch *a, release_t r)
{
	bool found = r == KV(5, 10, 0) || r == KV_MAX;

	for (const struct layout *row = a->layouts; row->id; row++)
		for (int s = 0; row->levels & LEVEL(PTE) && s < 8 && row->spans[s].until; s++)
			found |= row->spans[s].since == r || row->spans[s].until == r;
	return found;
}

static void together(const struct arch *a, const struct layout *row)
{
	bool own =
		!strcmp(a->name, "s390"); /* whose segment tables had their own days: tests/boundaries.tsv */

	/* the oldest release whose headers were run, or one of those days */
	cr_expect(!own || row->levels & LEVEL(PTE) || row->spans[0].since == KV(5, 10, 0) ||
		row->spans[0].since == KV(6, 13, 0), "%s begins alone", row->id);
	for (int s = 1; own && s < 8 && row->spans[s].until; s++)
		cr_expect(row->spans[s - 1].until == row->spans[s].since, "%s: span %d", row->id, s);
	for (int s = 0; !own && !(row->levels & LEVEL(PTE)) && s < 8 && row->spans[s].until; s++) {
		bool joined = s && row->spans[s - 1].until == row->spans[s].since;

		cr_expect(joined || is_boundary(a, row->spans[s].since) || row->spans[s].since == KV(6, 1, 0),
			"%s: span %d begins alone", row->id, s);
		joined = s + 1 < 8 && row->spans[s + 1].since == row->spans[s].until;
		cr_expect(joined || is_boundary(a, row->spans[s].until), "%s: span %d ends alone", row->id,
			s);
	}
}

Test(rows, levels_change_together)
{
	each_row(together);
}

/* Which machines came after 2.6.32, and which went: the first and last releases whose trees know them. */
Test(rows, births_and_deaths)
{
	static const struct {
		const char *arch, *variants; /* NULL: all */
		release_t first, last;
	} lives[] = {
		/* rows hold for pages of 16K before they came, in 4.4, and for long addresses before 4.16 */
		{ "arm64", "16k 16k-lpa2 64k-pa52 4k-lpa2", KV(4, 0, 0), 0 },
		{ "arm64", NULL, KV(3, 7, 0), 0 },
		{ "riscv64", NULL, KV(4, 15, 0), 0 },
		{ "riscv32", NULL, KV(4, 15, 0), 0 },
		{ "loongarch64", NULL, KV(5, 19, 0), 0 },
		{ "openrisc", NULL, KV(3, 1, 0), 0 },
		{ "nios2", NULL, KV(3, 19, 0), 0 },
		{ "csky", NULL, KV(4, 20, 0), 0 },
		{ "hexagon", NULL, KV(3, 2, 0), 0 },
		{ "arc", NULL, KV(3, 9, 0), 0 },
		{ "ia64", NULL, 0, KV(6, 6, 0) },
		{ "nds32", NULL, KV(4, 17, 0), KV(5, 17, 0) },
		{ "mips", "32-xpa-16k", KV(4, 1, 0), 0 },
		{ "mips", "32-phys64-netlogic", KV(3, 0, 0), KV(6, 0, 0) },
		{ "m68k", "coldfire", KV(3, 3, 0), 0 },
		{ "ppc32", "nohash32-8xx-16k", KV(3, 18, 0), 0 },
		{ "ppc32", "nohash32-40x", 0, KV(6, 11, 0) },
	};

	for (int i = 0; arch_list[i]; i++)
		for (const struct variant *v = arch_list[i]->variants; v->page_shift; v++) {
			const struct arch *a = arch_list[i];
			release_t first = KV_OLDEST, last = KV_NEWEST;
			bool at_first = false, at_last = false, outside = false;

			for (size_t k = sizeof(lives) / sizeof(lives[0]); k--;)
				if (!strcmp(lives[k].arch, a->name) && variants_have(lives[k].variants, v)) {
					first = lives[k].first ? lives[k].first : first;
					last = lives[k].last ? lives[k].last : last;
				}
			for (const struct layout *row = a->layouts; row->id; row++) {
				if (!layout_has_variant(row, v))
					continue;
				at_first |= layout_covers(row, first, NULL);
				at_last |= layout_covers(row, last, NULL);
				outside |= first != KV_OLDEST && layout_covers(row, first - 1, NULL);
				outside |= last != KV_NEWEST && layout_covers(row, last + KV(0, 1, 0), NULL);
			}
			cr_expect(at_first && at_last && !outside, "%s:%s: %d %d %d", a->name, v->name,
				at_first, at_last, outside);
		}
}

/* From the first release of an architecture to its last, each has exactly one row at PTE level. */
Test(rows, releases_are_contiguous)
{
	for (int i = 0; arch_list[i]; i++)
		for (const struct variant *v = arch_list[i]->variants; v->page_shift; v++) {
			const struct arch *a = arch_list[i];
			release_t at = KV_MAX, end = 0, last = 0;

			for (const struct layout *row = a->layouts; row->id; row++)
				for (int s = 0; row->levels & LEVEL(PTE) && layout_has_variant(row, v) &&
					s < 8 && row->spans[s].until; s++) {
					at = row->spans[s].since < at ? row->spans[s].since : at;
					last = row->spans[s].until > last ? row->spans[s].until : last;
				}
			last = last > KV_MAX ? KV_MAX : last; /* beyond it: what only distributions have */
			cr_expect(at < KV_MAX, "%s:%s: no row at all", a->name, v->name);
			for (bool more = true; more && at < last;) {
				int n = 0;

				more = false;
				for (const struct layout *row = a->layouts; row->id; row++)
					for (int s = 0; s < 8 && row->spans[s].until; s++) {
						if (!(row->levels & LEVEL(PTE)) ||
							!layout_has_variant(row, v) ||
							at < row->spans[s].since || at >= row->spans[s].until)
							continue;
						n += row->knob == KNOB_NONE || row->knob_is == 0;
						end = row->spans[s].until;
						more = true;
					}
				cr_expect(n == 1, "%s:%s: %d rows for release %u.%u.%u", a->name, v->name, n,
					at >> 24, at >> 16 & 255, at & 0xffff);
				at = more ? end : at;
			}
		}
}

/* What uname -m prints: on arm the CPU's name and the byte order (arch/arm/kernel/setup.c). */
Test(rows, machines_as_uname_names_them)
{
	static const char *const names[][2] = { { "armv7l", "arm" }, { "armv7b", "arm" },
		{ "armv8l", "arm" }, { "armv8b", "arm" }, { "aarch64", "arm64" },
		{ "aarch64_be", "arm64" } };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		const struct arch *a = arch_find(names[i][0]);

		cr_expect(a && !strcmp(a->name, names[i][1]), "%s is not %s", names[i][0], names[i][1]);
	}
}

/* An alias that ends like the name of a CPU of this byte order leads to it. */
static void expect_order(const struct arch *a, const char *name)
{
	static const struct {
		const char *end;
		bool big;
	} ends[] = { { "el", false }, { "le", false }, { "be", true }, { "eb", true }, { "7b", true },
		{ "8b", true } };
	enum cpu_order order = arch_order(a, name);
	bool big = order ? order == ORDER_BIG : arch_usual_variant(a, name)->big_endian;
	size_t n = strlen(name);

	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++)
		cr_expect(n < 4 || strcmp(name + n - 2, ends[i].end) || big == ends[i].big,
			"%s is taken for %s-endian", name, big ? "big" : "little");
}

static void expect_aliases(const struct arch *a, const char *names)
{
	char list[128], *rest = list, *name;

	snprintf(list, sizeof(list), "%s", names ? names : "");
	while (names && (name = strsep(&rest, " ")))
		cr_expect(arch_find(name) == a && strcmp(name, a->name), "%s: '%s' is no alias", a->name,
			name);
}

Test(rows, architectures_and_aliases_are_unique)
{
	for (int i = 0; arch_list[i]; i++) {
		int defaults = 0;

		cr_expect(arch_find(arch_list[i]->name) == arch_list[i], "%s is found under another name",
			arch_list[i]->name);
		for (const char *const *alias = arch_list[i]->aliases; alias && *alias; alias++)
			if (strchr(*alias, ':'))
				cr_expect(arch_variant(arch_list[i], strchr(*alias, ':') + 1),
					"alias %s: no such variant", *alias);
		for (const char *const *alias = arch_list[i]->aliases; alias && *alias; alias++) {
			char name[64];

			snprintf(name, sizeof(name), "%.*s", (int)strcspn(*alias, ":"), *alias);
			cr_expect(arch_find(name) == arch_list[i], "alias %s belongs to another architecture",
				*alias);
			expect_order(arch_list[i], name);
		}
		expect_aliases(arch_list[i], arch_list[i]->big_names);
		expect_aliases(arch_list[i], arch_list[i]->little_names);
		for (const struct variant *v = arch_list[i]->variants; v->page_shift; v++) {
			defaults += v->is_default;
			cr_expect(arch_variant(arch_list[i], v->name) == v, "%s has two variants '%s'",
				arch_list[i]->name, v->name);
		}
		cr_expect(defaults == 1, "%s has %d default variants", arch_list[i]->name, defaults);
	}
}

static struct swpd_target target_like(release_t r, release_t vendor)
{
	struct swpd_target t;

	swpd_target_init(&t);
	t.release = r;
	t.as[SUBJECT_VENDOR] = vendor;
	return t;
}

/* Rows of backports.def name what exists, and no row is hidden by those before it. */
Test(rows, distributions)
{
	for (size_t i = 0; i < n_backports; i++) {
		const struct backport *row = &backports[i];
		char word[64];

		cr_expect(swpd_release_parse(row->patterns), "%s: '%s' begins with no release", row->name,
			row->patterns);
		cr_expect(row->since < row->until, "%s, row %zu: no build", row->name, i);
		cr_expect(*row->name && *row->source, "row %zu: no name or no source", i);
		for (const char *p = row->arches ? row->arches : ""; *p; p += strspn(p, " ")) {
			snprintf(word, sizeof(word), "%.*s", (int)strcspn(p, " "), p);
			cr_expect(arch_find(word) && !strcmp(arch_find(word)->name, word),
				"%s: no architecture %s", row->name, word);
			p += strlen(word);
		}
		for (const char *p = row->usual ? row->usual : ""; *p; p += strspn(p, ",")) {
			size_t n = strcspn(p, ","), name = strcspn(p, "=");

			snprintf(word, sizeof(word), "%.*s", (int)name, p);
			cr_expect(knob_find(word) != KNOB_NONE && name + 2 == n && strchr("yn", p[n - 1]),
				"%s: '%.*s'", row->name, (int)n, p);
			p += n;
		}
		for (size_t k = 0; k < i; k++) {
			const struct backport *other = &backports[k];

			cr_expect(strcmp(other->patterns, row->patterns) || other->since != row->since ||
				other->until != row->until || !other->arches != !row->arches ||
				(row->arches && strcmp(row->arches, other->arches)),
				"%s: rows %zu and %zu are for the same kernels", row->name, k, i);
		}
	}
}

/* Where rows for the same kernels follow each other, no build falls between two of them. */
Test(rows, builds_are_contiguous)
{
	for (size_t i = 0; i < n_backports; i++) {
		const struct backport *row = &backports[i], *before = NULL;

		for (size_t k = 0; k < n_backports; k++) {
			const struct backport *other = &backports[k];

			if (k == i || strcmp(other->patterns, row->patterns) || other->until > row->since ||
				!other->arches != !row->arches ||
				(row->arches && strcmp(row->arches, other->arches)))
				continue;
			before = !before || other->until > before->until ? other : before;
		}
		cr_expect(!before || before->until == row->since,
			"%s, row %zu: no row says anything of the builds "
			"before",
			row->name, i);
	}
}

/* The type map: for each release and configuration the special types fill the top, and 31 is special. */
Test(types, stack_is_full)
{
	static const release_t releases[][2] = { { KV(2, 6, 32) }, { KV(3, 10, 0), KV_OWN(OWN_RHEL_7_3) },
		{ KV(3, 10, 0), KV_OWN(OWN_RHEL_7_4) }, { KV(4, 14, 0) },
		{ KV(5, 10, 0), KV_OWN(OWN_OPENEULER_22_03) }, { KV(5, 14, 0) }, { KV(5, 19, 0) },
		{ KV(6, 2, 0) }, { KV(6, 15, 0) }, { KV(7, 2, 0) } };

	for (size_t i = 0; i < sizeof(releases) / sizeof(releases[0]); i++) {
		struct swpd_target target = target_like(releases[i][0], releases[i][1]);
		uint32_t knobs = type_knobs(&target), on = 0;

		do {
			uint8_t cls[32];
			unsigned int max = type_map(&target, on, cls);

			for (unsigned int t = 0; t < 32; t++)
				cr_expect((cls[t] == SWPD_SWAP) == (t < max),
					"release %zu, options 0x%x: type %u", i, on, t);
			on = (on - knobs) & knobs;
		} while (on);
	}
}

/* Rows printed by the kernels' own code: see the table "rows printed by executed code" that they were taken
 * from. */
Test(types, numbers_of_real_kernels)
{
	static const struct {
		release_t r;
		const char *on; /* m MIGRATION f MEMORY_FAILURE d DEVICE_PRIVATE p PTE_MARKER */
		unsigned int max, hwpoison, migration_read, device_write, marker, swapin_error;
	} rows[] = {
		{ KV(5, 10, 0), "", 32, 0, 0, 0, 0, 0 },
		{ KV(5, 10, 0), "m", 30, 0, 30, 0, 0, 0 },
		{ KV(5, 10, 0), "mf", 29, 29, 30, 0, 0, 0 },
		{ KV(5, 10, 0), "mfd", 27, 27, 28, 30, 0, 0 },
		{ KV(6, 1, 0), "m", 28, 0, 28, 0, 0, 31 },
		{ KV(6, 1, 0), "mfd", 23, 23, 24, 27, 0, 31 },
		{ KV(6, 1, 0), "mfdp", 22, 22, 23, 26, 30, 31 },
		{ KV(6, 1, 0), "mfp", 26, 26, 27, 0, 30, 31 },
		{ KV(6, 12, 0), "", 31, 0, 0, 0, 31, 0 },
		{ KV(6, 12, 0), "md", 24, 0, 24, 27, 31, 0 },
		{ KV(6, 12, 0), "mfd", 23, 23, 24, 27, 31, 0 },
		{ KV(7, 2, 0), "md", 25, 0, 25, 28, 31, 0 },
		{ KV(7, 2, 0), "mfd", 24, 24, 25, 28, 31, 0 },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct swpd_target target = target_like(rows[i].r, 0);
		uint32_t on = 0;
		uint8_t cls[32];

		on |= strchr(rows[i].on, 'm') ? 1u << KNOB_MIGRATION : 0;
		on |= strchr(rows[i].on, 'f') ? 1u << KNOB_MEMORY_FAILURE : 0;
		on |= strchr(rows[i].on, 'd') ? 1u << KNOB_DEVICE_PRIVATE : 0;
		on |= strchr(rows[i].on, 'p') ? 1u << KNOB_PTE_MARKER : 0;
		cr_expect(type_map(&target, on, cls) == rows[i].max, "row %zu", i);
		cr_expect(!rows[i].hwpoison || cls[rows[i].hwpoison] == SWPD_HWPOISON, "row %zu", i);
		cr_expect(!rows[i].migration_read || cls[rows[i].migration_read] == SWPD_MIGRATION_READ,
			"row %zu", i);
		cr_expect(!rows[i].device_write || cls[rows[i].device_write] == SWPD_DEVICE_PRIVATE_WRITE,
			"row %zu", i);
		cr_expect(!rows[i].marker || cls[rows[i].marker] == SWPD_PTE_MARKER, "row %zu", i);
		cr_expect(!rows[i].swapin_error || cls[rows[i].swapin_error] == SWPD_SWAPIN_ERROR, "row %zu",
			i);
	}
}
