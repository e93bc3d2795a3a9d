/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "arch/arch.h"

#define ZERO { .eq = { { UINT64_MAX, 0 } } }
#define BIT64(n) (1ull << (n))
#define ANY_LEVEL (LEVELS_PTE | LEVEL(PMD))
#define EXCLUSIVE { .flag = SWPD_FLAG_EXCLUSIVE, .bit = 2, .levels = LEVELS_PTE }

#define ROW_6_10                                                                                       \
	.levels = ANY_LEVEL, .spans = { { KV(6, 10, 0), KV_MAX, PROVED } }, .none = ZERO,              \
	.present = { .any = BIT64(0) | BIT64(11) }, .type = { { 6, 5 } }, .offset = { { 12, 50 } },    \
	.flags = { EXCLUSIVE,                                                                          \
		{ .flag = SWPD_FLAG_UFFD_WP, .bit = 3, .levels = ANY_LEVEL,                            \
			.knob = KNOB_HAVE_ARCH_USERFAULTFD_WP } },                                     \
	.source = "arch/arm64/include/asm/pgtable.h, run in 6.12, 7.2; 6.10 read"

/* 16K pages came in 4.4, physical addresses of more than 48 bits in 4.16. */
#define OLD .variants = "4k 64k", .levels = LEVELS_PTE, .none = ZERO

static const struct layout layouts[] = {
	{
		OLD,
		.id = "arm64-3.7",
		.spans = { { KV(3, 7, 0), KV(3, 8, 0), BRACKETED }, { KV(3, 8, 0), KV(3, 11, 0), PROVED } },
		.present = { .any = BIT64(0) | BIT64(1) },
		.file = PRED_ANY(BIT64(2)),
		.type = { { 3, 6 } },
		.offset = { { 9, 55 } },
		.source = "arch/arm64/include/asm/pgtable.h, 3.8 to 3.10; PTE_FILE as a patch of 3.11 has "
			"what was before",
	},
	{
		OLD,
		.id = "arm64-3.11",
		.spans = { { KV(3, 11, 0), KV(3, 12, 0), PROVED },
			{ KV(3, 12, 0), KV(3, 13, 0), BRACKETED } },
		.present = { .any = BIT64(0) | BIT64(2) },
		/* PTE_FILE must be bit 1 or 3: which was not read. */
		.type = { { 4, 6 } },
		.offset = { { 10, 54 } },
		.source = "arch/arm64/include/asm/pgtable.h, 3.11.0",
	},
	{
		OLD,
		.id = "arm64-3.13",
		.spans = { { KV(3, 13, 0), KV(4, 0, 0), PROVED } },
		.present = { .any = BIT64(0) | BIT64(58) },
		.file = PRED_ANY(BIT64(2)),
		.type = { { 3, 6 } },
		.offset = { { 9, 49 } },
		.source = "arch/arm64/include/asm/pgtable.h, 3.13 to 3.19",
	},
	{
		.id = "arm64-4.0",
		.levels = LEVELS_PTE,
		.spans = { { KV(4, 0, 0), KV(4, 1, 0), BRACKETED }, { KV(4, 1, 0), KV(5, 19, 0), PROVED } },
		.none = ZERO,
		.present = { .any = BIT64(0) | BIT64(58) },
		.type = { { 2, 6 } },
		.wide_types = true,
		.offset = { { 8, 50 } },
		.source = "arch/arm64/include/asm/pgtable.h, 4.1 to 5.18, run in 5.10",
	},
	{
		.id = "arm64-5.10-pmd",
		.levels = LEVEL(PMD),
		.spans = { { KV(5, 10, 0), KV(5, 19, 0), BRACKETED } },
		.none = ZERO,
		.present = { .any = BIT64(0) | BIT64(58) | BIT64(59) },
		.type = { { 2, 6 } },
		.wide_types = true,
		.offset = { { 8, 50 } },
		.source = "arch/arm64/include/asm/pgtable.h, run in 5.10",
	},
	{
		.id = "arm64-5.19",
		.levels = LEVELS_PTE,
		.spans = { { KV(5, 19, 0), KV(6, 10, 0), PROVED } },
		.none = ZERO,
		.present = { .any = BIT64(0) | BIT64(58) },
		.type = { { 3, 5 } },
		.offset = { { 8, 50 } },
		.flags = { EXCLUSIVE },
		.source = "arch/arm64/include/asm/pgtable.h, run in 6.1; 5.19 and 6.9 read",
	},
	{
		.id = "arm64-5.19-pmd",
		.levels = LEVEL(PMD),
		.spans = { { KV(5, 19, 0), KV(6, 10, 0), PROVED } },
		.none = ZERO,
		.present = { .any = BIT64(0) | BIT64(58) | BIT64(59) },
		.type = { { 3, 5 } },
		.offset = { { 8, 50 } },
		.source = "arch/arm64/include/asm/pgtable.h, run in 6.1",
	},
	{ ROW_6_10, .id = "arm64-6.10", .variants = "4k-lpa2 16k-lpa2" },
	/* PTE_ADDR_LOW has bits 48 and 49 whatever the page size: without LPA2 they are still read. */
	{ ROW_6_10, .id = "arm64-6.10-4k", .variants = "4k", .pfn = { { 12, 38 } } },
	{ ROW_6_10, .id = "arm64-6.10-16k", .variants = "16k", .pfn = { { 14, 36 } } },
	{ ROW_6_10, .id = "arm64-6.10-64k", .variants = "64k", .pfn = { { 16, 34 } } },
	{ ROW_6_10, .id = "arm64-6.10-64k-pa52", .variants = "64k-pa52",
		.pfn = { { 16, 32 }, { 12, 4 }, { 48, 2, 32 } } },
	{ .id = NULL },
};

#define PMD_LEAF .pmd_leaf = UINT64_MAX /* pmd_pfn() drops the low bits whatever the entry is */
#define K4 .page_shift = 12, .pmd_order = 9, .pud_order = 18, PMD_LEAF
#define K16 .page_shift = 14, .pmd_order = 11, .pud_order = 22, PMD_LEAF
#define K64 .page_shift = 16, .pmd_order = 13, .pud_order = 26, PMD_LEAF

static const struct variant variants[] = {
	{ .name = "4k",
		.config = "ARM64_4K_PAGES",
		K4,
		.physmem_bits = 48,
		.pfn = { { 12, 36 } },
		.is_default = true },
	{ .name = "4k-lpa2",
		.config = "ARM64_4K_PAGES ARM64_PA_BITS_52",
		K4,
		.physmem_bits = 52,
		.pfn = { { 12, 38 }, { 8, 2 } } },
	{ .name = "16k", .config = "ARM64_16K_PAGES", K16, .physmem_bits = 48, .pfn = { { 14, 34 } } },
	{ .name = "16k-lpa2",
		.config = "ARM64_16K_PAGES ARM64_PA_BITS_52",
		K16,
		.physmem_bits = 52,
		.pfn = { { 14, 36 }, { 8, 2 } } },
	{ .name = "64k",
		.config = "ARM64_64K_PAGES !ARM64_PA_BITS_52",
		K64,
		.physmem_bits = 48,
		.pfn = { { 16, 32 } } },
	{ .name = "64k-pa52",
		.config = "ARM64_64K_PAGES ARM64_PA_BITS_52",
		K64,
		.physmem_bits = 52,
		.pfn = { { 16, 32 }, { 12, 4 } } },
	{ .page_shift = 0 },
};

static const struct pgtable pgtables[] = {
/*
 * A descriptor of a table; pages of a process have the nG bit, 11, too. How many levels there are, and how
 * much of the top one, depends on the virtual address bits of the kernel and of the CPU.
 */
#define TREE .table = { [1] = { 0x803, 0x003 } }, \
	.source = "arch/arm64/include/asm/pgtable-hwdef.h, 5.10 to 7.2"
	{ .id = "arm64-4k-va48", .variants = "4k", .bits = { 9, 9, 9, 9 }, .addr = { { 12, 36, 12 } }, TREE },
	{ .id = "arm64-4k-va39", .variants = "4k", .bits = { 9, 9, 9 }, .addr = { { 12, 36, 12 } }, TREE },
	{ .id = "arm64-4k-lpa2-va52",
		.variants = "4k-lpa2",
		.bits = { 9, 9, 9, 9, 4 },
		.addr = { { 12, 38, 12 }, { 8, 2, 50 } },
		TREE },
	{ .id = "arm64-4k-lpa2-va48",
		.variants = "4k-lpa2",
		.bits = { 9, 9, 9, 9 },
		.addr = { { 12, 38, 12 }, { 8, 2, 50 } },
		TREE },
	{ .id = "arm64-16k-va47",
		.variants = "16k",
		.bits = { 11, 11, 11 },
		.addr = { { 14, 34, 14 } },
		TREE },
	{ .id = "arm64-16k-va48",
		.variants = "16k",
		.bits = { 11, 11, 11, 1 },
		.addr = { { 14, 34, 14 } },
		TREE },
	{ .id = "arm64-16k-va36", .variants = "16k", .bits = { 11, 11 }, .addr = { { 14, 34, 14 } }, TREE },
	{ .id = "arm64-16k-lpa2-va52",
		.variants = "16k-lpa2",
		.bits = { 11, 11, 11, 5 },
		.addr = { { 14, 36, 14 }, { 8, 2, 50 } },
		TREE },
	{ .id = "arm64-16k-lpa2-va47",
		.variants = "16k-lpa2",
		.bits = { 11, 11, 11 },
		.addr = { { 14, 36, 14 }, { 8, 2, 50 } },
		TREE },
	{ .id = "arm64-64k-va48",
		.variants = "64k 64k-pa52",
		.bits = { 13, 13, 6 },
		.addr = { { 16, 32, 16 }, { 12, 4, 48 } },
		TREE },
	{ .id = "arm64-64k-va52",
		.variants = "64k 64k-pa52",
		.bits = { 13, 13, 10 },
		.addr = { { 16, 32, 16 }, { 12, 4, 48 } },
		TREE },
	{ .id = "arm64-64k-va42", .variants = "64k", .bits = { 13, 13 }, .addr = { { 16, 32, 16 } }, TREE },
#undef TREE
	{ .id = NULL },
};

static const struct area areas[] = {
	{ 0xffff000000000000, 0xffff7fffffffffff, "kernel: linear map of memory" },
	{ 0xffff800000000000, 0xffffbfffffffffff, "kernel: image, modules, vmalloc area" },
	{ 0xfffffc0000000000, 0xffffffffefffffff, "kernel: struct page" },
	{ 0x0000aaaa00000000, 0x0000aaafffffffff, "user: program and heap" },
	{ 0x0000ffff00000000, 0x0000ffffffffffff, "user: libraries, mappings, stack" },
	{ .last = 0 },
};

const struct arch arch_arm64 = {
	.name = "arm64",
	.aliases = (const char *const[]){ "aarch64", "aarch64_be", NULL },
	.big_names = "aarch64_be",
	.config = "ARM64",
	.off = { NO_PTE_MARKER },
	.word_bits = 64,
	.variants = variants,
	.layouts = layouts,
	.pgtables = pgtables,
	.kernel_map = { { .base_name = "NUMBER(kimage_voffset)" } },
	.root = { 1, 47, 1 }, /* TTBR0_EL1: ASID, CnP */
	.elf_machine = 183 /* EM_AARCH64 */,
	.rarity = 1,
	.areas = areas,
};
