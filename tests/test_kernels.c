/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Kernels that somebody looked into, by their release strings: tests/kernels.tsv. What their headers define
 * is what the tool must make of the string, whether a row of backports.def says so or there is none.
 */
#include <criterion/criterion.h>
#include <fnmatch.h>
#include <stdio.h>
#include <string.h>

#include "core/types.h"
#include "fact/fact.h"
#include "tests.h"

#define FLAG(name) (1u << SWPD_FLAG_##name)

static void prepare(struct facts *facts, const char *arch, const char *release, const char *knobs)
{
	struct swpd_error err = { 0 };

	facts_init(facts, NULL);
	cr_assert(!facts_set_arch(facts, arch, &err), "%s", err.text);
	cr_assert(!facts_set_release(facts, release, &err), "%s: %s", release, err.text);
	cr_assert(!facts_set_knobs(facts, knobs, &err), "%s", err.text);
	facts_assume(facts);
}

#define ALL_ON "MIGRATION=y,MEMORY_FAILURE=y,DEVICE_PRIVATE=y,PTE_MARKER=y,HMM=y,HMM_MIGRATE=y,USERSWAP=y," \
	"HAVE_ARCH_USERFAULTFD_WP=y,NUMA_BALANCING=y,SWAP=y"
/* RHEL 6 has L1TF's layout, but not this option. */
#define WITH_SOFT_DIRTY ALL_ON ",MEM_SOFT_DIRTY=y"

/* "1,2,4,1?,-" and perhaps "HMM1": the classes of the highest types, upwards. */
static int classes_of(const char *groups, uint8_t cls[32])
{
	static const struct {
		char n;
		uint8_t cls[4];
	} sizes[5][4] = {
		{ { '1', { SWPD_HWPOISON } } },
		{ { '2', { SWPD_MIGRATION_READ, SWPD_MIGRATION_WRITE } },
			{ '3', { SWPD_MIGRATION_READ, SWPD_MIGRATION_READ_EXCLUSIVE,
				       SWPD_MIGRATION_WRITE } } },
		{ { '2', { SWPD_DEVICE_PRIVATE_WRITE, SWPD_DEVICE_PRIVATE_READ } },
			{ '4', { SWPD_DEVICE_PRIVATE_WRITE, SWPD_DEVICE_PRIVATE_READ,
				       SWPD_DEVICE_EXCLUSIVE_WRITE, SWPD_DEVICE_EXCLUSIVE_READ } },
			{ '3', { SWPD_DEVICE_PRIVATE_WRITE, SWPD_DEVICE_PRIVATE_READ,
				       SWPD_DEVICE_EXCLUSIVE } } },
		{ { '1', { SWPD_PTE_MARKER } } },
		{ { '1', { SWPD_SWAPIN_ERROR } } },
	};
	int n = 0;

	for (int g = 0; g < 5; g++) {
		for (int i = 0; *groups != '-' && i < 4; i++)
			for (int k = 0; sizes[g][i].n == *groups && k < *groups - '0'; k++)
				cls[n++] = sizes[g][i].cls[k];
		groups += strcspn(groups, ",");
		groups += *groups == ',';
	}
	if (!strcmp(groups, "HMM1")) {
		cls[n++] = SWPD_HMM;
	} else if (!strcmp(groups, "HMM2")) {
		cls[n++] = SWPD_DEVICE_PRIVATE_WRITE;
		cls[n++] = SWPD_DEVICE_PRIVATE_READ;
	} else if (!strcmp(groups, "USERSWAP1")) {
		cls[n++] = SWPD_USERSWAP;
	} else {
		cr_assert(!*groups, "group %s", groups);
	}
	return n;
}

static void check_types_of(const char *arch, const char *release, const uint8_t *cls, int n)
{
	struct swpd_decoder dec;
	struct facts facts;

	prepare(&facts, arch, release, ALL_ON);
	swpd_decoder_init(&dec, &facts.target, FORM_PTE, SWPD_LEVEL_PTE);
	for (int type = 0; type < 32; type++) {
		unsigned int want = type < 32 - n ? SWPD_SWAP : cls[type - (32 - n)];

		cr_expect(dec.cls[type] == want, "%s %s: type %d: %s, not %s", arch, release, type,
			swpd_class_name(want), swpd_class_name(dec.cls[type]));
	}
}

static void check_types(const char *release, const char *groups)
{
	static const char *const arches[] = { "x86_64", "arm64", "ppc64", "i386" };
	uint8_t cls[32];
	int n = classes_of(groups, cls);

	for (size_t i = 0; i < sizeof(arches) / sizeof(arches[0]); i++)
		check_types_of(arches[i], release, cls, n);
}

/* One row's fields as "type first, offset first, present, flags" must be. */
static void check_layout(const char *arch, const char *release, unsigned int type, unsigned int offset,
	uint64_t present, bool inverted, uint64_t base, const uint64_t flags[3])
{
	uint64_t found[SWPD_FLAG_N] = { 0 };
	struct swpd_decoder dec;
	const struct packing *p = &dec.packing[0];
	struct facts facts;

	prepare(&facts, arch, release, flags[0] || !strstr(release, ".el6") ? WITH_SOFT_DIRTY : ALL_ON);
	swpd_decoder_init(&dec, &facts.target, FORM_PTE, SWPD_LEVEL_PTE);
	cr_expect(dec.n_packing == 1, "%s %s: no row", arch, release);
	if (dec.n_packing != 1)
		return;
	for (int i = 0; i < p->n_flags; i++)
		found[__builtin_ctz(p->flags[i].flag)] = p->flags[i].bit;
	cr_expect(p->type[0].lsb == type && p->offset[0].lsb == offset,
		"%s %s: type at %u, offset at %u, not %u, %u", arch, release, type, offset, p->type[0].lsb,
		p->offset[0].lsb);
	cr_expect(!present || p->present.any == present, "%s %s: present 0x%llx", arch, release,
		(unsigned long long)p->present.any);
	cr_expect(p->row->invert == inverted, "%s %s: inverted", arch, release);
	cr_expect(!base || p->row->base == base, "%s %s: base", arch, release);
	for (int i = 0; i < 3; i++) /* soft_dirty, uffd_wp, exclusive */
		cr_expect(found[i] == flags[i], "%s %s: %s at 0x%llx, not 0x%llx", arch, release,
			swpd_flag_name(i), (unsigned long long)flags[i], (unsigned long long)found[i]);
}

static bool has(const char *text, const char *word)
{
	const char *p = strstr(text, word);
	size_t n = strlen(word);

	return p && (p == text || p[-1] == ' ') && (!p[n] || p[n] == ' ');
}

static void check_layouts(const char *release, char **column)
{
	const char *x = column[2], *arm = column[3], *rv = column[4], *s = column[5], *lo = column[6];
	uint64_t flags[3] = { 0 };
	unsigned int a, b, c;

	if (*x != '-') {
		const char *letter = "s\0u\0e";
		bool inverted = *x == 'D';
		unsigned int type = inverted ? 59 : *x == 'C' ? 9 : 1,
			offset = *x == 'B' ? 10 : !strncmp(x, "C15", 3) ? 15 : *x == 'C' ? 14 : 9;

		for (int i = 0; i < 3; i++)
			for (const char *p = x; (p = strstr(p, letter + 2 * i)); p++)
				flags[i] = 1ull << atoi(p + 1);
		check_layout("x86_64", release, type, offset, *x == 'B' ? 0x301 : 0x101, inverted, 0, flags);
	}
	memset(flags, 0, sizeof(flags));
	if (sscanf(arm, "T%u-%u O%u P", &a, &b, &c) == 3) {
		const char *none = strchr(arm, 'P') + 1;

		/* exclusive since the type has room for it, uffd-wp since bit 11 */
		flags[2] = (a == 3 && b == 7) || a == 6 ? 4 : 0;
		flags[1] = a == 6 ? 8 : 0;
		check_layout("arm64:4k", release, a, c, 1 | 1ull << (*none == 'n' ? 11 : atoi(none)), false,
			0, flags);
	}
	memset(flags, 0, sizeof(flags));
	if (sscanf(rv, "T%u", &a) == 1) {
		flags[2] = has(rv, "e6") ? 1 << 6 : 0;
		check_layout("riscv64", release, a, a + 5,
			has(rv, "noPN") ? 1
			: a == 2        ? 3
					: 0x21,
			false, 0, flags);
	}
	memset(flags, 0, sizeof(flags));
	if (*s == 'S') {
		bool split = !strncmp(s, "S0", 2);

		flags[0] = s[1] >= '2' ? 2 : 0;
		flags[2] = s[1] >= '3' ? 1 << 11 : 0;
		check_layout("s390", release, 2, split ? 7 : 12, 0, false,
			!strcmp(s, "S0") ? 0x403
			: split          ? 0x402
					 : 0x600,
			flags);
	}
	if (*s == 'S' && s[1] >= '3') { /* entries in segment tables, or what is not empty is present */
		struct swpd_decoder dec;
		struct swpd_entry e;
		struct facts facts;

		prepare(&facts, "s390", release, ALL_ON);
		swpd_decoder_init(&dec, &facts.target, FORM_PTE, SWPD_LEVEL_HUGETLB);
		swpd_decode(&dec, 0x40f0, &e);
		cr_expect((e.cls == SWPD_PRESENT) == (s[1] == '3'), "s390 %s: segment tables: %s", release,
			swpd_class_name(e.cls));
	}
	memset(flags, 0, sizeof(flags));
	if (*lo == 'L' && swpd_release_parse(release) >= KV(5, 19, 0)) {
		flags[2] = lo[1] == '0' ? 0 : 1 << 23;
		check_layout("loongarch64:4k", release, 16, 24, 0x480, false, 0, flags);
	}
}

static void check_pagemap(const char *arch, const char *release, const char *said)
{
	static const struct {
		const char *bit;
		unsigned int flag;
	} bits[] = { { "55", FLAG(SOFT_DIRTY) }, { "56", FLAG(MMAP_EXCLUSIVE) }, { "57", FLAG(UFFD_WP) } };
	struct swpd_decoder dec;
	struct facts facts;

	prepare(&facts, arch, release, ALL_ON);
	swpd_decoder_init(&dec, &facts.target, FORM_PAGEMAP, SWPD_LEVEL_PTE);
	cr_assert(dec.n_packing == 1, "%s", release);
	for (size_t i = 0; i < sizeof(bits) / sizeof(bits[0]); i++) {
		unsigned int flags = 0;

		for (int f = 0; f < dec.packing[0].n_flags; f++)
			if (dec.packing[0].flags[f].bit == 1ull << atoi(bits[i].bit))
				flags |= dec.packing[0].flags[f].flag;
		cr_expect(flags == (strstr(said, bits[i].bit) ? bits[i].flag : 0), "%s: pagemap bit %s: 0x%x",
			release, bits[i].bit, flags);
	}
}

/* release groups x86_64 arm64 riscv64 s390 loongarch64 shift mask markers pagemap witness */
static void check_kernel(char **column, const char *where)
{
	static const char *const wide[] = { "x86_64", "ppc64", "s390", "arm64" };
	const char *release = column[0];
	struct swpd_decoder dec;
	struct facts facts;

	cr_expect(strpbrk(column[11], "/-:("), "%s: no witness", where);
	if (*column[1] != '-')
		check_types(release, column[1]);
	check_layouts(release, column);
	prepare(&facts, "x86_64", release, ALL_ON);
	swpd_decoder_init(&dec, &facts.target, FORM_PTE, SWPD_LEVEL_PTE);
	for (size_t i = 0; *column[7] != '-' && i < sizeof(wide) / sizeof(wide[0]); i++) {
		struct swpd_decoder other;

		prepare(&facts, wide[i], release, ALL_ON);
		swpd_decoder_init(&other, &facts.target, FORM_PTE, SWPD_LEVEL_PTE);
		cr_expect(other.entry_shift == atoi(column[7]), "%s %s: SWP_TYPE_SHIFT %u", wide[i], release,
			other.entry_shift);
	}
	if (*column[7] != '-')
		cr_expect(dec.young_known == (*column[8] == 'M'), "%s: young and dirty", release);
	if (*column[9] != '-')
		cr_expect(dec.marker_mask == atoi(column[9]), "%s: markers 0x%x", release, dec.marker_mask);
	for (size_t i = 0; *column[10] != '-' && i < sizeof(wide) / sizeof(wide[0]); i++)
		check_pagemap(wide[i], release, column[10]);
}

Test(kernels, as_their_headers_say)
{
	int rows = table_rows("tests/kernels.tsv", NULL, 12, check_kernel);

	cr_expect(rows > 100, "only %d kernels", rows);
}

/* "5.14.0-*.el9*" and "284" make "5.14.0-284.el9". */
static void release_of(const struct backport *row, const char *build, char *to, size_t size)
{
	size_t n = strcspn(row->patterns, " "), star = strcspn(row->patterns, "*");

	snprintf(to, size, "%.*s%s%.*s", (int)star, row->patterns, build, (int)(n - star - 1),
		row->patterns + star + 1);
	to[strcspn(to, "*")] = 0;
}

/* A row that says it is like another build is: whatever is asked, the same release answers. */
Test(kernels, like_others)
{
	int n = 0;

	for (size_t i = 0; i < n_backports; i++) {
		const struct backport *row = &backports[i];
		const char *like = strstr(row->source, "like ");
		char build[40], here[80], there[80];
		struct facts a, b;

		if (!like || !strpbrk(like, "0123456789"))
			continue;
		like += strlen("like ") + strspn(like + strlen("like "), "-");
		snprintf(build, sizeof(build), "%.*s", (int)strspn(like, "0123456789."), like);
		build[strlen(build) - (build[strlen(build) - 1] == '.')] = 0;
		release_of(row, build, there, sizeof(there));
		snprintf(build, sizeof(build), "%u.%u.%u", (unsigned int)(row->since >> 32),
			(unsigned int)(row->since >> 16 & 0xffff), (unsigned int)(row->since & 0xffff));
		release_of(row, build, here, sizeof(here));
		for (int k = 0; arch_list[k]; k++) {
			if (arch_list[k]->pseudo || !backport_matches(row, here, arch_list[k]))
				continue;
			prepare(&a, arch_list[k]->name, here, ALL_ON);
			prepare(&b, arch_list[k]->name, there, ALL_ON);
			/* like one or the other: this the one thing in which they differ says */
			for (int s = 0; s < SUBJECT_N; s++)
				cr_expect(a.target.as[s] == b.target.as[s] ||
						(strstr(row->source, " or ") && s == SUBJECT_LAYOUT),
					"%s: %s is not like %s", arch_list[k]->name, here, there);
			n++;
		}
	}
	cr_expect(n > 20, "only %d", n);
}
