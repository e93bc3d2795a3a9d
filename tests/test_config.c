/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which variant a kernel configuration tells: symbols as Kconfig of 5.10 to 7.2 has them. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "fact/fact.h"
#include "tests.h"

#define WHOLE "# Automatically generated file; DO NOT EDIT.\n# Linux/any 6.12.0 Kernel Configuration\n"
#define Y(name) "CONFIG_" name "=y\n"
#define N(name) "# CONFIG_" name " is not set\n"

/* Read as -c does; arch may be NULL. */
static void read_config(struct facts *f, const char *arch, const char *text)
{
	struct swpd_error err = { 0 };
	struct tree tree;
	char path[sizeof(tree.dir) + 8];

	tree_make(&tree);
	tree_text(&tree, "config", text);
	snprintf(path, sizeof(path), "%s/config", tree.dir);
	facts_init(f, NULL);
	cr_assert(!arch || !facts_set_arch(f, arch, &err), "%s", err.text);
	cr_expect(!facts_set_config(f, path, &err), "%s", err.text);
	tree_drop(&tree);
	facts_assume(f);
}

Test(config, variants)
{
	static const struct {
		const char *arch, *text, *wanted; /* ARCH:VARIANT; with "?" the variant is assumed */
		unsigned int page_shift;
	} rows[] = {
		{ NULL, WHOLE Y("X86") Y("X86_64") Y("SPARSEMEM"), "x86_64:?", 12 },
		{ NULL, WHOLE Y("X86") Y("X86_32") Y("X86_PAE") Y("SPARSEMEM"), "i386:pae", 12 },
		{ NULL, WHOLE Y("X86_32") Y("X86_PAE") Y("FLATMEM"), "i386:pae-flatmem", 12 },
		{ NULL, WHOLE Y("X86_32") Y("HIGHMEM4G") Y("SPARSEMEM"), "i386:2level", 12 },
		{ NULL, WHOLE Y("X86_32") N("X86_PAE") Y("FLATMEM"), "i386:2level-flatmem", 12 },
		{ "i386", Y("X86_PAE") N("FLATMEM"), "i386:pae", 12 },
		{ "i386", Y("X86_PAE"), "i386:pae?", 12 },
		{ NULL, WHOLE Y("ARM64") Y("ARM64_64K_PAGES") Y("ARM64_PA_BITS_52"), "arm64:64k-pa52", 16 },
		{ NULL, WHOLE Y("ARM64") Y("ARM64_64K_PAGES") Y("ARM64_PA_BITS_48"), "arm64:64k", 16 },
		{ NULL, WHOLE Y("ARM64") Y("ARM64_16K_PAGES") Y("ARM64_VA_BITS_47"), "arm64:16k", 14 },
		/* LPA2 is decided when the kernel boots */
		{ NULL, WHOLE Y("ARM64") Y("ARM64_16K_PAGES") Y("ARM64_PA_BITS_52"), "arm64:16k?", 14 },
		{ NULL, WHOLE Y("ARM64") Y("ARM64_4K_PAGES") Y("ARM64_PA_BITS_52"), "arm64:4k?", 12 },
		{ NULL, WHOLE Y("ARM64") Y("ARM64_4K_PAGES"), "arm64:4k", 12 },
		{ NULL, WHOLE Y("ARM") Y("ARM_LPAE"), "arm:lpae", 12 },
		{ NULL, WHOLE Y("ARM") Y("CPU_32v7"), "arm:2level", 12 },
		{ NULL, WHOLE Y("ARM") Y("CPU_32v5"), "arm:2level-v5", 12 },
		/* radix or hash is decided when the kernel boots, if it knows both */
		{ NULL,
			WHOLE Y("PPC64") Y("PPC_BOOK3S_64") Y("PPC_64K_PAGES") Y("PPC_RADIX_MMU")
				Y("CPU_LITTLE_ENDIAN"),
			"ppc64:radix-64k-le?", 16 },
		{ NULL, WHOLE Y("PPC64") Y("PPC_BOOK3S_64") Y("PPC_4K_PAGES") Y("CPU_LITTLE_ENDIAN"),
			"ppc64:hash-4k-le", 12 },
		{ NULL, WHOLE Y("PPC64") Y("PPC_BOOK3S_64") Y("PPC_64K_PAGES") Y("CPU_BIG_ENDIAN"),
			"ppc64:hash-64k-be", 16 },
		{ NULL, WHOLE Y("PPC64") Y("PPC_BOOK3S_64") Y("PPC_4K_PAGES") Y("CPU_BIG_ENDIAN"),
			"ppc64:hash-4k-be-noradix", 12 },
		{ NULL, WHOLE Y("PPC64") Y("PPC_BOOK3E_64") Y("PPC_4K_PAGES") Y("CPU_BIG_ENDIAN"),
			"ppc64:nohash64-e500", 12 },
		{ NULL, WHOLE Y("PPC32") Y("PPC_BOOK3S_32"), "ppc32:book3s32", 12 },
		{ NULL, WHOLE Y("PPC32") Y("PPC_8xx") Y("PPC_16K_PAGES"), "ppc32:nohash32-8xx-16k", 14 },
		{ NULL, WHOLE Y("PPC32") Y("E500") Y("PTE_64BIT"), "ppc32:nohash32-e500-pte64", 12 },
		{ NULL, WHOLE Y("PPC32") Y("44x") Y("PTE_64BIT"), "ppc32:nohash32-44x", 12 },
		{ NULL, WHOLE Y("MIPS") Y("32BIT") Y("CPU_MIPSR2"), "mips:32-r2", 12 },
		{ NULL, WHOLE Y("MIPS") Y("32BIT") Y("CPU_MIPSR2") Y("XPA") Y("PAGE_SIZE_16KB"),
			"mips:32-xpa-16k", 14 },
		{ NULL, WHOLE Y("MIPS") Y("32BIT") Y("CPU_MIPSR1") Y("MIPS_ALCHEMY"),
			"mips:32-phys64-alchemy", 12 },
		{ NULL, WHOLE Y("MIPS") Y("64BIT") Y("CPU_MIPSR2") Y("CPU_CAVIUM_OCTEON") Y("PAGE_SIZE_4KB"),
			"mips64:octeon-4k", 12 },
		{ NULL, WHOLE Y("MIPS") Y("64BIT") Y("CPU_LOONGSON64") Y("CPU_MIPSR2") Y("PAGE_SIZE_16KB"),
			"mips64:loongson3-16k", 14 },
		{ NULL, WHOLE Y("LOONGARCH") Y("64BIT") Y("PAGE_SIZE_64KB"), "loongarch64:64k", 16 },
		{ NULL, WHOLE Y("M68K") Y("MMU_SUN3"), "m68k:sun3", 13 },
		{ NULL, WHOLE Y("SUPERH") Y("X2TLB"), "sh:sh4a-x2tlb", 12 },
		{ NULL, WHOLE Y("CSKY") Y("CPU_CK610"), "csky:abiv1", 12 },
		{ NULL, WHOLE Y("ARC") Y("ISA_ARCV2") Y("ARC_HAS_PAE40"), "arc:arcv2-pae40", 13 },
		{ NULL, WHOLE Y("UML") Y("X86_32") Y("X86"), "um:i386-2level", 12 },
		{ NULL, WHOLE Y("PARISC") Y("64BIT"), "parisc64:64-4k", 12 },
		/* the user's word stands */
		{ "i386:2level", WHOLE Y("X86_32") Y("X86_PAE"), "i386:2level", 12 },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct facts f;
		char got[64];

		read_config(&f, rows[i].arch, rows[i].text);
		cr_expect(f.target.arch && f.target.variant, "row %zu: nothing", i);
		if (!f.target.variant)
			continue;
		snprintf(got, sizeof(got), "%s:%s%s", f.target.arch->name, f.target.variant->name,
			f.target.variant_from.assumed ? "?" : "");
		cr_expect(!strcmp(got, rows[i].wanted) || (!f.target.arch->variants[1].page_shift &&
								  !strncmp(got, rows[i].wanted, strlen(got))),
			"row %zu: %s, not %s", i, got, rows[i].wanted);
		cr_expect(f.target.page_shift == rows[i].page_shift, "row %zu: pages of 2^%u", i,
			f.target.page_shift);
	}
}

/* What kconfig wrote has hundreds of options, and CONFIG_DEBUG_KERNEL behind those that matter. */
Test(config, one_that_was_cut)
{
	static const struct {
		int options;
		const char *tail;
		int knob;
	} rows[] = {
		{ 2000, Y("DEBUG_KERNEL"), 0 },
		{ 2000, N("DEBUG_KERNEL"), 0 },
		{ 2000, N("DEBUG_KERNEL") "CONFIG_DEBUG_M", 0 },
		{ 2000, "", KNOB_UNKNOWN },
		{ 2000, "# CONFIG_DEBUG_KERNEL is not s", KNOB_UNKNOWN },
		{ 20, "", 0 }, /* written by hand */
		{ 20, "CONFIG_SW", KNOB_UNKNOWN },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char text[65536] = WHOLE Y("MIGRATION");
		struct facts f;
		size_t n = strlen(text);

		for (int k = 0; k < rows[i].options; k++)
			n += snprintf(text + n, sizeof(text) - n, N("NR_%d"), k);
		snprintf(text + n, sizeof(text) - n, "%s", rows[i].tail);
		read_config(&f, "x86_64", text);
		cr_expect(f.target.knobs[KNOB_MIGRATION] == 1, "row %zu", i);
		cr_expect(f.target.knobs[KNOB_MEMORY_FAILURE] == rows[i].knob, "row %zu: %d", i,
			f.target.knobs[KNOB_MEMORY_FAILURE]);
	}
}

/* Where it comes from is said, and it is asked of a captured machine too, whatever else is known. */
Test(config, variant_of_a_tree)
{
	struct tree t;
	struct ran r;

	tree_make(&t);
	tree_text(&t, "/proc/sys/kernel/osrelease", "6.12.0\n");
	tree_text(&t, "/boot/config-6.12.0", WHOLE Y("ARM") Y("ARM_LPAE") Y("MIGRATION"));
	run(&r, NULL, "swpdecode -q --sysroot %s -F ndjson 0x4012345600", t.dir);
	cr_expect(strstr(r.out, "\"variant\":{\"value\":\"lpae\",\"source\":\"/boot/"
				"config-6.12.0\",\"assumed\":false}"),
		"%s%s", r.out, r.err);
	ran_free(&r);
	tree_drop(&t);
}
