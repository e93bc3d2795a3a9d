/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Entries of real machines: out of public bug reports (fixtures/cases.tsv, which tests/cases.py makes), and on
 * both sides of each release that changed something (tests/boundaries.tsv).
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "fact/fact.h"
#include "tests.h"

#define COLUMNS_MAX 16

/* Call fn for each row of a table, with its columns, of which there must be n. Returns how many rows. */
static int each_line(const char *path, int n, void (*fn)(char **column, const char *where))
{
	char line[1024], where[600];
	int rows = 0, number = 0;
	FILE *f = fopen(path, "r");

	cr_assert(f, "%s: cannot open", path);
	while (fgets(line, sizeof(line), f)) {
		char *column[COLUMNS_MAX], *rest = line;
		int got = 0;

		number++;
		if (*line == '#')
			continue;
		line[strcspn(line, "\n")] = 0;
		while (got < COLUMNS_MAX && (column[got] = strsep(&rest, "\t")))
			got++;
		snprintf(where, sizeof(where), "%s:%d: %s", path, number, column[0]);
		cr_assert(got == n, "%s: %d columns", where, got);
		fn(column, where);
		rows++;
	}
	fclose(f);
	return rows;
}

static bool given(const char *text)
{
	return strcmp(text, "-");
}

/* Decode as the tool does when it is told no more than this; "-" is nothing. */
static void decode_as(const char *arch, const char *kernel, const char *knobs, const char *form,
	enum swpd_level level, const char *value, struct swpd_entry *e)
{
	enum swpd_form what = !strcmp(form, "pagemap") ? FORM_PAGEMAP :
		!strcmp(form, "swp_entry") ? FORM_SWP_ENTRY : FORM_PTE;
	struct swpd_error err = { 0 };
	struct swpd_decoder dec;
	struct facts facts;
	uint64_t word;

	facts_init(&facts, NULL);
	cr_assert(!given(arch) || !facts_set_arch(&facts, arch, &err), "%s", err.text);
	cr_assert(!facts_set_release(&facts, kernel, &err), "%s", err.text);
	cr_assert(!given(knobs) || !facts_set_knobs(&facts, knobs, &err), "%s", err.text);
	facts_assume(&facts);
	cr_assert(parse_hex(value, strlen(value), &word), "%s: not a number", value);
	swpd_decoder_init(&dec, &facts.target, what, level);
	swpd_decode(&dec, word, e);
}

static void expect_field(const char *where, const char *name, const char *wanted, bool has, uint64_t got, bool hex)
{
	char text[24];

	snprintf(text, sizeof(text), hex ? "0x%llx" : "%llu", (unsigned long long)got);
	cr_expect(!given(wanted) || (has && !strcmp(wanted, text)), "%s: %s: expected %s, got %s", where, name, wanted,
		has ? text : "nothing");
}

static void expect_entry(const char *where, const struct swpd_entry *e, char *const *wanted)
{
	cr_expect(!strcmp(swpd_class_name(e->cls), wanted[0]), "%s: expected %s, got %s", where, wanted[0],
		swpd_class_name(e->cls));
	expect_field(where, "type", wanted[1], e->has & SWPD_HAS_TYPE, e->type, false);
	expect_field(where, "offset", wanted[2], e->has & SWPD_HAS_OFFSET, e->offset, true);
	expect_field(where, "PFN", wanted[3], e->has & SWPD_HAS_PFN, e->pfn, true);
}

/* id form value arch kernel knobs class type offset pfn swp_entry note */
static void check_case(char **column, const char *where)
{
	bool ancient = !strcmp(column[11], "ancient"), ambiguous = !strcmp(column[11], "ambiguous");
	struct swpd_entry e;

	decode_as(column[3], column[4], column[5], column[1], SWPD_LEVEL_PTE, column[2], &e);
	if (ancient && e.cls == SWPD_UNKNOWN && e.why == SWPD_WHY_NO_ROW)
		return;
	if (ambiguous && e.cls == SWPD_UNKNOWN && e.candidates & swpd_class_mask(column[6]))
		return;
	expect_entry(where, &e, &column[6]);
	expect_field(where, "swp_entry", column[10], e.has & SWPD_HAS_SWP_ENTRY, e.swp_entry, true);
}

Test(cases, of_bug_reports)
{
	char path[512];

	snprintf(path, sizeof(path), "%s/cases.tsv", fixtures_dir());
	cr_expect(each_line(path, 12, check_case) >= 33);
}

/* "class type offset pfn flags marker", as boundaries.tsv has it; what follows "present" is not looked at. */
static void describe(const struct swpd_entry *e, char *to, size_t size)
{
	static const char *const markers[] = { "uffd-wp", "poisoned", "guard" };
	char type[8] = "-", offset[24] = "-", pfn[24] = "-", flags[8] = "", marker[40] = "";

	if (e->cls == SWPD_PRESENT) {
		snprintf(to, size, "present - - * - -");
		return;
	}
	if (e->has & SWPD_HAS_TYPE)
		snprintf(type, sizeof(type), "%u", e->type);
	if (e->has & SWPD_HAS_OFFSET)
		snprintf(offset, sizeof(offset), "0x%llx", (unsigned long long)e->offset);
	if (e->has & SWPD_HAS_PFN)
		snprintf(pfn, sizeof(pfn), "0x%llx", (unsigned long long)e->pfn);
	for (int i = 0; i < SWPD_FLAG_N; i++)
		if (e->flags & 1u << i)
			strncat(flags, &"s\0u\0x\0y\0d\0f\0m"[2 * i], 1);
	for (int i = 0; i < 3; i++)
		if (e->marker & 1u << i)
			snprintf(marker + strlen(marker), sizeof(marker) - strlen(marker), "%s%s",
				*marker ? "+" : "", markers[i]);
	snprintf(to, size, "%s %s %s %s %s %s", swpd_class_name(e->cls), type, offset, pfn, *flags ? flags : "-",
		*marker ? marker : "-");
}

/* change arch level form knobs before word entry after word entry witnesses */
static void check_boundary(char **column, const char *where)
{
	enum swpd_level level = 0;

	cr_expect(strpbrk(column[11], "/.;"), "%s: names no witness", where);
	while (level < SWPD_LEVEL_N && strcmp(swpd_level_name(level), column[2]))
		level++;
	cr_assert(level < SWPD_LEVEL_N, "%s: no level %s", where, column[2]);
	for (int i = 5; i <= 8; i += 3) {
		struct swpd_entry e;
		char got[200];

		decode_as(column[1], column[i], column[4], column[3], level, column[i + 1], &e);
		describe(&e, got, sizeof(got));
		cr_expect(!strcmp(got, column[i + 2]), "%s: %s in %s:\n  expected %s\n  got      %s", where, column[i + 1],
			column[i], column[i + 2], got);
	}
}

Test(boundaries, each_change_on_both_sides)
{
	char path[512];

	snprintf(path, sizeof(path), "%s/tests/boundaries.tsv", getenv("SRCDIR") ? getenv("SRCDIR") : ".");
	cr_expect(each_line(path, 12, check_boundary) > 100);
}
