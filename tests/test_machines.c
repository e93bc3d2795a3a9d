/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Facts about machines that no entry shows, as kernel headers have them: tests/machines.tsv, tests/trees.tsv.
 */
#include <criterion/criterion.h>
#include <elf.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "fact/fact.h"
#include "tests.h"

static const struct variant *find(const char *spec, const struct arch **arch)
{
	char name[40];
	size_t n = strcspn(spec, ":");
	const struct variant *v;

	snprintf(name, sizeof(name), "%.*s", (int)n, spec);
	*arch = arch_find(name);
	cr_assert(*arch, "%s: no architecture", spec);
	v = arch_variant(*arch, spec[n] ? spec + n + 1 : "");
	cr_assert(v, "%s: no variant", spec);
	return v;
}

/* Bits that no pte_t has room for are said to be so, whatever else is in the word. */
static void check_room(const char *spec, const struct arch *a, const struct variant *v, unsigned int bytes)
{
	static const release_t releases[] = { KV(6, 12, 0), KV(6, 1, 0), KV(5, 10, 0) };
	bool any = false;

	for (size_t i = 0; i < sizeof(releases) / sizeof(releases[0]); i++) {
		struct swpd_decoder dec;
		struct swpd_target t;
		struct swpd_entry e;

		swpd_target_init(&t);
		t.arch = a;
		t.variant = v;
		t.release = releases[i];
		swpd_decoder_init(&dec, &t, FORM_PTE, SWPD_LEVEL_PTE);
		any |= dec.n_packing;
		for (unsigned int bit = 8 * bytes; dec.n_packing && bit < 64; bit++)
			for (unsigned int low = 0; low < 8 * bytes; low++) {
				swpd_decode(&dec, 1ull << bit | 1ull << low, &e);
				cr_expect(e.stray >> bit & 1, "%s: 0x%llx", spec, (unsigned long long)e.word);
			}
	}
	cr_expect(any, "%s: no release", spec);
}

/* arch:variant PAGE_SHIFT PMD_SHIFT PUD_SHIFT BITS_PER_LONG sizeof(pte_t) order physical header */
static void check_machine(char **column, const char *where)
{
	const struct arch *a;
	const struct variant *v = find(column[0], &a);
	int page = atoi(column[1]);

	cr_expect(v->page_shift == page, "%s: pages", where);
	cr_expect(v->pmd_order == atoi(column[2]) - page, "%s: PMD_SHIFT", where);
	cr_expect(!strcmp(column[3], "-") ? !v->pud_order : v->pud_order == atoi(column[3]) - page,
		"%s: PUD_SHIFT", where);
	cr_expect(arch_word_bits(a, v) == (unsigned int)atoi(column[4]), "%s: BITS_PER_LONG", where);
	cr_expect(arch_pte_bytes(a, v, NULL) == (unsigned int)atoi(column[5]), "%s: pte_t", where);
	/* the four of 8xx with 16K are alike */
	check_room(column[0], a, v, atoi(column[5]) / (atoi(column[5]) > 8 ? 4 : 1));
	cr_expect(v->big_endian == !strcmp(column[6], "be"), "%s: byte order", where);
	/* SWP_PFN_BITS without MAX_PHYSMEM_BITS: sizeof(phys_addr_t), but no more than SWP_TYPE_SHIFT */
	if (v->pfn_bits) {
		int phys = atoi(column[7]) - page, shift = atoi(column[4]) - 6;

		cr_expect(v->pfn_bits == (phys < shift ? phys : shift), "%s: PFN of %u bits", where,
			v->pfn_bits);
	}
	cr_expect(!v->words_swapped || arch_pte_bytes(a, v, NULL) > arch_word_bits(a, v) / 8, "%s: words",
		where);
}

Test(machines, addresses)
{
	char path[512];
	int n = 0;

	for (int i = 0; arch_list[i]; i++) {
		/* one without vectors is known to its author only: vectors/NAME tells of that */
		snprintf(path, sizeof(path), "%s/vectors/%s.tsv", fixtures_dir(), arch_list[i]->name);
		for (const struct variant *v = arch_list[i]->variants; !access(path, F_OK) && v->page_shift;
			v++)
			n++;
	}
	cr_expect(table_rows("tests/machines.tsv", NULL, 9, check_machine) == n, "a variant is missing");
}

/* Of both: another architecture has cores of the other class, so that this one must not take them. */
static void of_elf(const char *name, unsigned int machine, unsigned int bytes, bool of_both)
{
	const struct arch *a = arch_find(name);

	cr_expect(arch_of_elf(machine, bytes) == a, "%s: its own cores", name);
	cr_expect(!of_both || arch_of_elf(machine, 12 - bytes) != a, "%s: cores of another", name);
}

/* Which e_machine and class their cores have; those of the others are not read. */
Test(machines, cores)
{
	static const char *const read[] = { "x86_64", "i386", "arm64", "arm", "riscv64", "s390",
		"loongarch64", "ppc64", "mips64" };
	unsigned int known = 0;

	of_elf("x86_64", EM_X86_64, 8, false);
	of_elf("i386", EM_386, 4, false);
	of_elf("arm64", EM_AARCH64, 8, false);
	of_elf("arm", EM_ARM, 4, false);
	of_elf("riscv64", EM_RISCV, 8, true);
	of_elf("s390", EM_S390, 8, true);
	of_elf("loongarch64", 258 /* EM_LOONGARCH */, 8, true);
	of_elf("ppc64", EM_PPC64, 8, false);
	of_elf("mips64", EM_MIPS, 8, true);
	for (int i = 0; arch_list[i]; i++)
		known += arch_list[i]->elf_machine != 0;
	cr_expect(known == sizeof(read) / sizeof(read[0]));
	/* __START_KERNEL_map, arch/x86/include/asm/page_64_types.h; PAGE_OFFSET in arch/powerpc/Kconfig, and,
	 * as it is by default, in arch/x86/Kconfig and arch/arm/Kconfig */
	cr_expect(arch_find("x86_64")->kernel_map[0].base == 0xffffffff80000000);
	cr_expect(arch_find("ppc64")->kernel_map[0].base == 0xc000000000000000);
	cr_expect(arch_find("i386")->kernel_map[0].base == 0xc0000000);
	cr_expect(arch_find("arm")->kernel_map[0].base == 0xc0000000);
}

/* What a release string says of the machine, alone. */
Test(machines, release_strings)
{
	static const char *const rows[][2] = {
		{ "6.1.0-56-amd64", "x86_64" },
		{ "6.1.0-18-rt-amd64", "x86_64" },
		{ "6.6.30-amd64-desktop-hwe", "x86_64" },
		{ "5.14.0-427.el9.x86_64", "x86_64" },
		{ "6.9.5-200.fc40.aarch64", "arm64" },
		{ "5.14.0-427.el9.s390x", "s390" },
		{ "6.1.0-18-powerpc64le", "ppc64" },
		{ "6.12.107+deb13-powerpc64le-64k", "ppc64" },
		{ "6.1.0-9-alpha-smp", "alpha" },
		{ "6.1.0-9-sparc64-smp", "sparc64" },
		{ "6.8.0-45-generic", NULL },
		{ "6.6.1-arch1-1", NULL },
		{ "6.12", NULL },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct swpd_error err = { 0 };
		struct facts f;

		facts_init(&f, NULL);
		cr_assert(!facts_set_release(&f, rows[i][0], &err));
		cr_expect(f.target.arch == (rows[i][1] ? arch_find(rows[i][1]) : NULL), "%s", rows[i][0]);
	}
}

static bool among(const char *name, const char *const *list)
{
	while (*list && strcmp(*list, name))
		list++;
	return *list;
}

static int option(const struct arch *a, release_t r, enum knob knob)
{
	struct swpd_target t;

	swpd_target_init(&t);
	t.arch = a;
	t.release = r;
	return swpd_target_knob(&t, knob);
}

/*
 * Options that no kernel of an architecture can have on: what does not select ARCH_SUPPORTS_MEMORY_FAILURE,
 * and, for device memory, ARCH_HAS_PTE_DEVMAP (up to 6.12; in 7.2 what has ZONE_DEVICE). Kconfig
 * of 5.10, 6.1, 6.12, 7.2.
 */
Test(machines, options_that_cannot_be)
{
	static const char *const failure[] = { "x86_64", "i386", "arm64", "ppc64", "parisc", "parisc64",
		NULL },
				 *const device_5_10[] = { "x86_64", "arm64", "ppc64", NULL },
				 *const device_6_12[] = { "x86_64", "arm64", "ppc64", "riscv64",
					 "loongarch64", NULL },
				 *const device_7_2[] = { "x86_64", "arm64", "ppc64", "riscv64", "loongarch64",
					 "s390", NULL };
	static const struct {
		enum knob knob;
		release_t release;
		const char *const *can;
	} rows[] = {
		{ KNOB_MEMORY_FAILURE, KV(5, 10, 0), failure },
		{ KNOB_MEMORY_FAILURE, KV(7, 2, 0), failure },
		{ KNOB_DEVICE_PRIVATE, KV(5, 10, 0), device_5_10 },
		{ KNOB_DEVICE_PRIVATE, KV(6, 1, 0), device_5_10 },
		{ KNOB_DEVICE_PRIVATE, KV(6, 12, 0), device_6_12 },
		{ KNOB_DEVICE_PRIVATE, KV(7, 2, 0), device_7_2 },
		/* it may be on from the first release on that nobody looked at */
		{ KNOB_DEVICE_PRIVATE, KV(6, 2, 0), device_6_12 },
		{ KNOB_DEVICE_PRIVATE, KV(6, 13, 0), device_7_2 },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		for (int k = 0; arch_list[k]; k++) {
			const struct arch *a = arch_list[k];
			bool off = option(a, rows[i].release, rows[i].knob) == 0;

			if (!a->pseudo)
				cr_expect(off == !among(a->name, rows[i].can), "%s: %s, row %zu", a->name,
					knob_name(rows[i].knob), i);
		}
	/* "select ARCH_NO_SWAP" */
	for (int i = 0; arch_list[i]; i++)
		cr_expect(arch_list[i]->no_swap == (!strcmp(arch_list[i]->name, "nios2") ||
			!strcmp(arch_list[i]->name, "microblaze")), "%s", arch_list[i]->name);
}

/* ---- frames ---- */

static release_t frames_release = KV(7, 2, 0), frames_as;

static void expect_frame(
	const char *spec, enum swpd_form form, enum swpd_level level, uint64_t word, bool has, uint64_t pfn)
{
	struct swpd_decoder dec;
	struct swpd_target t;
	struct swpd_entry e;

	swpd_target_init(&t);
	t.variant = find(spec, &t.arch);
	t.release = frames_release;
	t.as[SUBJECT_LAYOUT] = frames_as;
	t.knobs[KNOB_MIGRATION] = t.knobs[KNOB_L1TF] = 1;
	swpd_decoder_init(&dec, &t, form, level);
	swpd_decode(&dec, word, &e);
	cr_expect(e.cls == SWPD_PRESENT && !(e.has & SWPD_HAS_PFN) == !has && (!has || e.pfn == pfn),
		"%s: 0x%llx: frame 0x%llx, not 0x%llx", spec, (unsigned long long)word,
		(unsigned long long)e.pfn, (unsigned long long)pfn);
}

/*
 * Frames of present entries, bit by bit. x86: pmd_pfn_mask() looks at _PAGE_PSE, protnone_mask() of
 * pgtable-invert.h at _PAGE_PRESENT; s390: pmd_deref() at _SEGMENT_ENTRY_LARGE; riscv: napot_cont_order() at
 * bit 63; ppc64: PTE_RPN_MASK of book3s/64/pgtable.h.
 */
Test(machines, frames)
{
	static const char *const x86[] = { "x86_64", "x86_64:la57", "i386:pae", "i386:pae-flatmem" };
	static const char *const ppc64[] = { "ppc64:radix-4k-le", "ppc64:hash-4k-be", "ppc64:radix-64k-le",
		"ppc64:hash-64k-le" };

	for (size_t i = 0; i < sizeof(ppc64) / sizeof(ppc64[0]); i++)
		for (int bit = 0; bit < 61; bit++) {
			int shift = i < 2 ? 12 : 16;
			bool frame = bit >= shift && bit < 53;

			expect_frame(ppc64[i], FORM_PTE, SWPD_LEVEL_PTE, 3ull << 62 | 1ull << bit, true,
				frame ? 1ull << (bit - shift) : 0);
		}
	for (size_t i = 0; i < sizeof(x86) / sizeof(x86[0]); i++) {
		expect_frame(x86[i], FORM_PTE, SWPD_LEVEL_PMD, 0x12345081, true, 0x12200);
		for (int bit = 0; bit < 63; bit++) {
			uint64_t word = 0x12345001 | 1ull << bit;

			if (bit != 7 && (bit < 12 || bit >= 52))
				expect_frame(x86[i], FORM_PTE, SWPD_LEVEL_PMD, word, true, 0x12345);
			if (bit && bit < 12) /* PROT_NONE, whose frame is stored inverted */
				expect_frame(x86[i], FORM_PTE, SWPD_LEVEL_PTE,
					(0xfffffffed7000 & ~0xfffull) | 0x100 | 1ull << bit, true,
					0x128);
			if (bit >= 12 && bit < 44 && bit != 7)
				expect_frame(x86[i], FORM_PTE, SWPD_LEVEL_PMD, word, true,
					0x12345 | 1ull << (bit - 12));
			if (bit >= 12 && bit < (!strncmp(x86[i], "i386:pae", 8) ? 44 : 52))
				expect_frame(x86[i], FORM_PTE, SWPD_LEVEL_PTE, 1 | 1ull << bit, true,
					1ull << (bit - 12));
		}
	}
	expect_frame("i386:2level", FORM_PTE, SWPD_LEVEL_PMD, 0x12745081, true, 0x12400);
	for (int bit = 0; bit < 32; bit++) {
		if (bit < 12 && bit != 7)
			expect_frame("i386:2level", FORM_PTE, SWPD_LEVEL_PMD, 0x12345001 | 1ull << bit, true,
				0x12345);
		if (bit >= 12)
			expect_frame("i386:2level", FORM_PTE, SWPD_LEVEL_PTE, 1 | 1ull << bit, true,
				1ull << (bit - 12));
	}
	for (int bit = 0; bit < 32; bit++)
		if (bit != 7)
			expect_frame("i386:2level-flatmem", FORM_PTE, SWPD_LEVEL_PMD,
				0x12345001 | 1ull << bit, true,
				0x12345 | (bit >= 12 ? 1ull << (bit - 12) : 0));
	expect_frame("s390", FORM_PTE, SWPD_LEVEL_PMD, 0x12345401, true, 0x12300);
	for (int bit = 0; bit < 64; bit++) {
		if (bit != 10 && bit < 12)
			expect_frame(
				"s390", FORM_PTE, SWPD_LEVEL_PMD, 0x12345001 | 1ull << bit, true, 0x12345);
		if (bit >= 12)
			expect_frame(
				"s390", FORM_PTE, SWPD_LEVEL_PTE, 1 | 1ull << bit, true, 1ull << (bit - 12));
		if (bit >= 10 && bit < 54)
			expect_frame("riscv64", FORM_PTE, SWPD_LEVEL_PTE, 1 | 1ull << bit, true,
				1ull << (bit - 10));
		if (bit >= 10 && bit < 32)
			expect_frame("riscv32", FORM_PTE, SWPD_LEVEL_PTE, 1 | 1ull << bit, true,
				1ull << (bit - 10));
		if (bit < 10 || bit > 53)
			expect_frame("riscv64:svrsw60t59b", FORM_PTE, SWPD_LEVEL_PTE, 0x2001 | 1ull << bit,
				true, bit == 63 ? 0 : 8);
	}
}

/* RHEL 7 took over L1TF's inversion of PROT_NONE entries together with its layout. */
Test(machines, frames_of_rhel)
{
	frames_release = KV(3, 10, 0);
	for (int own = 0; own < 2; own++)
		for (int bit = 1; bit < 12; bit++) {
			frames_as = KV_OWN(own ? OWN_RHEL_7_5 : OWN_RHEL_7_7);
			expect_frame("x86_64", FORM_PTE, SWPD_LEVEL_PTE,
				(0xfffffffed7000 & ~0xfffull) | 0x100 | 1ull << bit, true, 0x128);
			expect_frame("x86_64", FORM_PTE, SWPD_LEVEL_PTE, 0x128001 | 1ull << bit, true, 0x128);
		}
	for (int bit = 12; bit < 52; bit++)
		expect_frame("x86_64", FORM_PTE, SWPD_LEVEL_PTE, 1ull << bit | 1, true, 1ull << (bit - 12));
}

Test(machines, frames_of_old)
{
	static const release_t releases[] = { KV(4, 16, 0), KV(5, 0, 0), KV(5, 10, 0) };

	/* pte_pfn() was all above bit 10 */
	for (size_t i = 0; i < sizeof(releases) / sizeof(releases[0]); i++)
		for (int bit = 10; bit < 64; bit++) {
			frames_release = releases[i];
			expect_frame("riscv64", FORM_PTE, SWPD_LEVEL_PTE, 1 | 1ull << bit, true,
				1ull << (bit - 10));
		}
}

/*
 * What a reader without privilege sees of entries is no type and no offset; with any bit of them it is one.
 * Flags of present pages are where those of entries are: fs/proc/task_mmu.c,
 * pte_to_pagemap_entry(), 4.1, 6.12.
 */
Test(machines, hidden_entries)
{
	unsigned int flags;
	struct swpd_decoder dec;
	struct swpd_target t;
	struct swpd_entry e;

	for (int old = 0; old < 3; old++)
		for (int bit = 0; bit < 62; bit++) {
			bool guard = old == 2 && bit == 58;

			swpd_target_init(&t);
			t.variant = find("x86_64", &t.arch);
			t.release = !old ? KV(6, 12, 0) : old == 1 ? KV(4, 1, 0) : KV(7, 2, 0);
			swpd_decoder_init(&dec, &t, FORM_PAGEMAP, SWPD_LEVEL_PTE);
			swpd_decode(&dec, 1ull << 62 | 1ull << bit, &e);
			cr_expect((e.why == SWPD_WHY_HIDDEN) == (bit >= 55 && !guard), "bit %d", bit);
			cr_expect((e.cls == SWPD_PTE_MARKER && !e.has && e.marker == SWPD_MARKER_GUARD) ==
				guard, "bit %d", bit);
			swpd_decode(&dec, 1ull << 62 | 1 | 1ull << bit, &e);
			/* 58 says what a marker says; the others were the page shift up to 4.2 */
			cr_expect(old == 1 || !e.stray == !(bit == 59 || bit == 60), "bit %d", bit);
			swpd_decode(&dec, 1ull << 63 | 1ull << bit, &e);
			flags = old == 1 ? 0 : bit == 55 ? 1u << SWPD_FLAG_SOFT_DIRTY : bit == 56 ?
				1u << SWPD_FLAG_MMAP_EXCLUSIVE : bit == 57 ? 1u << SWPD_FLAG_UFFD_WP : 0;
			if (bit == 61)
				flags = 1u << SWPD_FLAG_FILE_PAGE;
			cr_expect(e.flags == flags, "bit %d: flags 0x%x, not 0x%x", bit, e.flags, flags);
			cr_expect(e.cls == SWPD_PRESENT && !(e.has & SWPD_HAS_PFN) == (bit >= 55) &&
				e.pfn == (bit < 55 ? 1ull << bit : 0), "bit %d", bit);
		}
}

/* SWP_PFN_BITS, and whether there is room for young and dirty: by the kernels' own code, 6.1, 6.12, 7.2. */
Test(machines, frames_in_entries)
{
	static const struct {
		const char *spec;
		unsigned int bits;
		bool young;
	} rows[] = {
		{ "x86_64", 34, true },
		{ "x86_64:la57", 40, true },
		{ "i386:2level", 20, true },
		{ "i386:2level-flatmem", 20, true },
		{ "i386:pae", 24, true },
		{ "i386:pae-flatmem", 26, false },
		{ "arm64:4k", 36, true },
		{ "arm64:4k-lpa2", 40, true },
		{ "arm64:16k", 34, true },
		{ "arm64:16k-lpa2", 38, true },
		{ "arm64:64k", 32, true },
		{ "arm64:64k-pa52", 36, true },
		{ "riscv64", 44, true },
		{ "riscv32", 20, false },
		{ "s390", 34, true },
		{ "loongarch64:4k", 36, true },
		{ "loongarch64:16k", 34, true },
		{ "loongarch64:64k", 32, true },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct swpd_decoder dec;
		struct swpd_target t;
		uint64_t mask;

		swpd_target_init(&t);
		t.variant = find(rows[i].spec, &t.arch);
		t.release = KV(6, 12, 0);
		t.knobs[KNOB_SWAP] = t.knobs[KNOB_MIGRATION] = 1;
		swpd_decoder_init(&dec, &t, FORM_PTE, SWPD_LEVEL_PTE);
		mask = dec.pfn_mask & dec.packing[0].offset_mask;
		cr_expect(mask == (1ull << rows[i].bits) - 1, "%s: PFN 0x%llx", rows[i].spec,
			(unsigned long long)mask);
		cr_expect(dec.young_known == rows[i].young, "%s: young", rows[i].spec);
		/* fs/proc/task_mmu.c: swp_offset_pfn(), which leaves them out */
		swpd_decoder_init(&dec, &t, FORM_PAGEMAP, SWPD_LEVEL_PTE);
		cr_expect(!dec.young_known && !dec.young && !dec.dirty, "%s: young in pagemap", rows[i].spec);
	}
}

/* ---- page tables ---- */

static const struct pgtable *find_tree(const char *spec, const char *id)
{
	const struct arch *a;
	const struct variant *v = find(spec, &a);
	const struct pgtable *row = a->pgtables;

	while (row->id && (strcmp(row->id, id) || !variants_have(row->variants, v)))
		row++;
	cr_assert(row->id, "%s: no row %s", spec, id);
	return row;
}

/* The address as the list of ranges of bits, "12-51>12 8-9>50", has it. */
static uint64_t address(const char *ranges, uint64_t word)
{
	unsigned int first, last, at;
	uint64_t addr = 0;
	int n;

	for (; sscanf(ranges, "%u-%u>%u%n", &first, &last, &at, &n) == 3; ranges += n)
		for (unsigned int bit = first; bit <= last; bit++)
			addr |= (word >> bit & 1) << (at + bit - first);
	return addr;
}

/* row arch:variant bits mask=value addr end PTEs empty header */
static void check_tree(char **column, const char *where)
{
	const struct pgtable *row = find_tree(column[1], column[0]);
	bool shared = !strncmp(column[7], "shared", 6);
	unsigned long long mask = 0, value = 0, none, none_mask;
	const char *bits = column[2], *test = column[3], *empty = column[7] + (shared ? 6 : 0);
	unsigned int levels = 0, n_bits;
	int n, skip;

	for (; sscanf(bits, "%u%n", &n_bits, &n) == 1; bits += n, levels++) {
		cr_assert(levels < PGTABLE_LEVELS);
		cr_expect(row->bits[levels] == n_bits, "%s: table of level %u", where, levels);
		if (!levels) {
			cr_expect(!row->empty[0].mask, "%s: what layouts say of PTEs", where);
			continue;
		}
		none = strtoull(empty, (char **)&empty, 16);
		none_mask = none ? UINT64_MAX : 0;
		if (*empty == '=') {
			none_mask = none;
			none = strtoull(empty + 1, (char **)&empty, 16);
		}
		cr_expect(row->empty[levels].mask == none_mask && row->empty[levels].value == none,
			"%s: level %u: the empty one", where, levels);
		if (sscanf(test, "%llx=%llx%n", &mask, &value, &skip) == 2)
			test += skip;
		for (int bit = 0; bit < 64; bit++) {
			uint64_t word =
				(value | (mask & 1 ? 0 : 1ull << 62 & ~mask) | (0x123456789000 & ~mask)) ^
				1ull << bit;

			cr_expect(pgtable_leads(row, levels, word) == ((word & mask) == value),
				"%s: level %u, 0x%llx", where, levels, (unsigned long long)word);
			cr_expect(pgtable_address(row, word) == address(column[4], word),
				"%s: address in 0x%llx", where, (unsigned long long)word);
		}
		cr_expect(!pgtable_leads(row, levels, 0), "%s: level %u: an empty one leads", where,
			levels);
	}
	cr_expect(pgtable_levels(row) == levels, "%s: %u levels", where, pgtable_levels(row));
	cr_expect(row->pte_passes == !strcmp(column[6], "like"), "%s: PTEs", where);
	cr_expect(row->empty_shared == shared, "%s: empty ones", where);
	cr_expect(row->user_end == (strcmp(column[5], "-") ? strtoull(column[5], NULL, 16) : 0), "%s: end",
		where);
}

Test(machines, trees)
{
	int n = 0;

	for (int i = 0; arch_list[i]; i++)
		for (const struct pgtable *row = arch_list[i]->pgtables; row && row->id; row++)
			n++;
	cr_expect(table_rows("tests/trees.tsv", NULL, 9, check_tree) == n, "a row is missing");
}

/*
 * book3s/64/hash-4k.h of 6.1: hash__hugepd_ok() wants _PAGE_PRESENT without _PAGE_PTE, and the low six bits
 * are four times a number of mmu.h: MMU_PAGE_16M is 10, MMU_PAGE_16G 14. page.h: HUGEPD_ADDR_MASK.
 */
Test(machines, directories_of_huge_pages)
{
	static const struct {
		unsigned int psize, shift;
	} pages[] = { { 10, 24 }, { 14, 34 } };
	const struct pgtable *row = find_tree("ppc64:hash-4k-le", "ppc64-hash-4k");

	cr_expect(row->hugepd_addr == (0x0fffffffffffffff & ~0x3full));
	for (size_t i = 0; i < sizeof(pages) / sizeof(pages[0]); i++) {
		uint64_t word = 1ull << 63 | 0x12f6100 | pages[i].psize << 2;

		for (int bit = 0; bit <= 64; bit++) {
			uint64_t other = bit < 64 ? word ^ 1ull << bit : word;
			const struct hugepd *h = pgtable_hugepd(row, other);
			unsigned int low = other & 0x3f, shift = 0;

			if (other >> 62 == 2)
				shift = low == 10 << 2 ? 24 : low == 14 << 2 ? 34 : 0;
			cr_expect((h ? h->shift : 0) == shift, "0x%llx", (unsigned long long)other);
			cr_expect(!shift || !pgtable_leads(row, 2, other), "0x%llx is of both kinds",
				(unsigned long long)other);
		}
	}
	row = find_tree("ppc64:hash-64k-le", "ppc64-hash-64k");
	cr_expect(!pgtable_hugepd(row, 1ull << 63 | 0x12f6028));
}
