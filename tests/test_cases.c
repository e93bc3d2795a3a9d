/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Entries of real machines: out of public bug reports (fixtures/cases.tsv, which tests/cases.py makes), on
 * both sides of each release that changed something (tests/boundaries.tsv), and of kernels of distributions.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "fact/fact.h"
#include "tests.h"

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

static void expect_field(const char *where, const char *name, const char *wanted, bool has, uint64_t got,
	bool hex)
{
	char text[24];

	snprintf(text, sizeof(text), hex ? "0x%llx" : "%llu", (unsigned long long)got);
	cr_expect(!given(wanted) || (has && !strcmp(wanted, text)), "%s: %s: expected %s, got %s", where,
		name, wanted, has ? text : "nothing");
}

static void expect_fields(const char *where, const struct swpd_entry *e, char *const *wanted)
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
	expect_fields(where, &e, &column[6]);
	expect_field(where, "swp_entry", column[10], e.has & SWPD_HAS_SWP_ENTRY, e.swp_entry, true);
}

Test(cases, of_bug_reports)
{
	cr_expect(table_rows("fixtures/cases.tsv", NULL, 12, check_case) >= 33);
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
	snprintf(to, size, "%s %s %s %s %s %s", swpd_class_name(e->cls), type, offset, pfn,
		*flags ? flags : "-", *marker ? marker : "-");
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
		cr_expect(!strcmp(got, column[i + 2]), "%s: %s in %s:\n  expected %s\n  got      %s", where,
			column[i + 1], column[i], column[i + 2], got);
	}
}

Test(boundaries, each_change_on_both_sides)
{
	cr_expect(table_rows("tests/boundaries.tsv", NULL, 12, check_boundary) > 100);
}

/* ---- what the tool says of a distribution's kernel ---- */

/* The first word of the output has this class, or these candidates, and meta holds these fragments. */
static void expect_says(const char *arguments, const char *entry, const char *const *meta)
{
	char line[4096];
	struct ran r;

	run(&r, NULL, "swpdecode -q -F ndjson %s", arguments);
	cr_assert(find_line(r.out, "\"record\":\"meta\"", line, sizeof(line)), "%s: %s", arguments, r.err);
	for (; *meta; meta++)
		cr_expect(strstr(line, *meta), "%s: meta does not say %s\n  %s", arguments, *meta, line);
	cr_assert(find_line(r.out, "\"record\":\"entry\"", line, sizeof(line)), "%s: %s", arguments, r.err);
	cr_expect(strstr(line, entry), "%s: expected %s\n  got %s", arguments, entry, line);
	ran_free(&r);
}

#define SAYS(arguments, entry, ...) expect_says(arguments, entry, (const char *const[]){ __VA_ARGS__, NULL })
#define TYPE_31 "-i pme 0x400000000000247f"
#define IS(name) "\"class\":\"" name "\""
#define CAN_BE(...) "\"class\":\"unknown\",\"unknown_why\":\"knob\",\"candidates\":[" __VA_ARGS__ "]"
#define USUAL(knob, value, whose) \
	"\"" knob "\":{\"value\":" value ",\"source\":\"usual for " whose "\",\"assumed\":true}"

Test(distributions, release_string_is_enough)
{
	SAYS("-k 5.14.0-427.13.1.el9_4.x86_64 " TYPE_31, IS("device-exclusive-read"),
		"\"arch\":{\"value\":\"x86_64\",\"source\":\"-k\",\"assumed\":false}",
		"\"value\":\"RHEL 9.4\"", "\"used\":true", "\"confidence\":\"proved\"",
		USUAL("MIGRATION", "1", "RHEL 9 x86_64"), USUAL("PTE_MARKER", "0", "RHEL 9 x86_64"),
		"\"MIGRATION\",\"MEMORY_FAILURE\",\"DEVICE_PRIVATE\",\"PTE_MARKER\"]");
	SAYS("-k 5.14.0-427.el9 " TYPE_31, IS("device-exclusive-read"),
		"\"arch\":{\"value\":\"x86_64\",\"source\":\"usual for RHEL 9\",\"assumed\":true}");
	SAYS("-k 5.14.0-427.el9.aarch64+64k " TYPE_31, IS("device-exclusive-read"),
		"\"value\":\"arm64\",\"source\":\"-k\"", "\"value\":\"64k\",\"source\":\"-k\"");
	SAYS("-A arm64 -k 5.14.0-284.el9_2.x86_64 " TYPE_31, IS("migration-write"), "\"source\":\"-A\"");
	SAYS("-k 4.18.0-147.el8.aarch64 " TYPE_31, IS("migration-write"),
		USUAL("DEVICE_PRIVATE", "0", "RHEL 8.1 to 8.10 arm64"));
	SAYS("-k 6.1.0-18-amd64 " TYPE_31, IS("swapin-error"), "\"value\":26,\"source\":\"computed\"");
	SAYS("-k 6.1.0-18-cloud-amd64 " TYPE_31, IS("swapin-error"), "\"value\":27,\"source\":\"computed\"");
	SAYS("-k 5.14.0-300.el9.x86_64 " TYPE_31, IS("swapin-error"), "\"confidence\":\"bracketed\"");
	SAYS("-k 6.12 -A x86_64 " TYPE_31, IS("pte-marker"), "\"distribution\":null");
}

Test(distributions, evidence_beats_rows)
{
	/* of 9.4 no configuration leaves 26 types, of 5.14 one does: migration and device memory */
	SAYS("-k 5.14.0-427.el9.x86_64 --max-swapfiles 26 " TYPE_31, IS("device-exclusive-read"),
		"\"value\":\"RHEL 9.4\"", "\"used\":false", "\"DEVICE_PRIVATE\":{\"value\":null");
	/* the row fits, the usual configuration does not: all but device memory */
	SAYS("-k 5.14.0-427.el9.x86_64 --max-swapfiles 27 " TYPE_31, IS("pte-marker"), "\"used\":true",
		"\"PTE_MARKER\":{\"value\":null");
	SAYS("-k 5.14.0-427.el9.x86_64 -s DEVICE_PRIVATE=n " TYPE_31, IS("migration-write"),
		"\"DEVICE_PRIVATE\":{\"value\":0,\"source\":\"-s\",\"assumed\":false}",
		USUAL("MIGRATION", "1", "RHEL 9 x86_64"));
	/* offset 0x123 as RHEL 7.4 or with L1TF as RHEL 7.7 has it */
	SAYS("-k 3.10.0-957.el7.x86_64 0x918000", "\"swap_offset\":\"0x3ffffffffb73f\"",
		USUAL("L1TF", "1", "RHEL 7.6 x86_64"), "\"confidence\":\"bracketed\"");
	SAYS("-k 3.10.0-957.el7.x86_64 -s L1TF=n 0x918000", "\"swap_offset\":\"0x123\"",
		"\"L1TF\":{\"value\":0");
}

/* What MAX_SWAPFILES alone cannot tell, and what resolves it. */
/* Not an option but the release is missing: of a swp_entry_t it says where the type is. */
Test(distributions, swp_entry_without_release)
{
	SAYS("-A x86_64 -i swp-entry 0x200000000001234",
		"\"class\":\"unknown\",\"unknown_why\":\"no-row\",\"candidates\":[\"swap\"]", "");
	SAYS("-A x86_64 -k 6.12 -i swp-entry 0x200000000001234", IS("swap"), "");
	SAYS("-A x86_64 -k 6.12 -i swp-entry 0x6000000000001234", CAN_BE("\"swap\",\"migration-read\""), "");
}

Test(distributions, collisions)
{
	SAYS("-A x86_64 --max-swapfiles 23 " TYPE_31, CAN_BE("\"swapin-error\",\"pte-marker\""), "");
	SAYS("-A x86_64 --max-swapfiles 24 " TYPE_31,
		CAN_BE("\"device-exclusive-read\",\"swapin-error\",\"pte-marker\""), "");
	SAYS("-A x86_64 --max-swapfiles 26 " TYPE_31,
		CAN_BE("\"device-exclusive-read\",\"swapin-error\",\"userswap\""), "");
	SAYS("-A x86_64 --max-swapfiles 28 " TYPE_31, CAN_BE("\"migration-write\",\"device-private-read\","
		"\"swapin-error\",\"pte-marker\",\"hmm\",\"userswap\""), "");
	SAYS("-A x86_64 -k 5.14.0-427.el9 --max-swapfiles 24 " TYPE_31, IS("device-exclusive-read"), "");
	SAYS("-A x86_64 -k 5.14.0-362.el9 --max-swapfiles 23 " TYPE_31, IS("swapin-error"), "");
	SAYS("-A x86_64 -k 6.17 --max-swapfiles 24 " TYPE_31, IS("pte-marker"), "");
	SAYS("-A x86_64 -k 3.10.0-514.el7 --max-swapfiles 28 " TYPE_31, IS("hmm"), "");
	SAYS("-A arm64 -k 5.10.0-1.oe2203sp2 --max-swapfiles 28 " TYPE_31, IS("userswap"), "");
	SAYS("-A arm64 -k 5.14.0-284.el9_2 --max-swapfiles 28 " TYPE_31, IS("migration-write"), "");
}
