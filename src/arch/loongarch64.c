/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "arch/arch.h"

#define BIT64(n) (1ull << (n))
#define HUGE_PMD BIT64(6)
#define PRESENT_OR_PROTNONE (BIT64(7) | BIT64(10))
#define NOTHING_BUT_GLOBAL { .eq = { { ~BIT64(6), 0 } } }

/*
 * Without the HUGE bit a PMD is present unless it is the address of invalid_pte_table, which stands for none
 * but cannot be known here.
 */
#define PMD_TESTS .levels = LEVEL(PMD), .none = { .any = 0 }, .base = HUGE_PMD, \
	.present = { .any = PRESENT_OR_PROTNONE | BIT64(60), .eq = { { HUGE_PMD, 0 } } }
#define QUIRK                                                                                     \
	"an empty PMD is the address of invalid_pte_table, which reads as present here, and with 4K " \
	"pages the young bit of a migration entry is bit 60, which pmd_present() in "                 \
	"arch/loongarch/include/asm/pgtable.h counts as present"

#define YOUNG (HUGE_PMD | BIT64(60))
#define QUIRK_IF { .eq = { { UINT64_MAX, 0 }, { PRESENT_OR_PROTNONE | YOUNG, YOUNG } } }

static const struct layout layouts[] = {
	{
		.id = "loongarch64-5.19",
		.levels = LEVELS_PTE,
		.spans = { { KV(5, 19, 0), KV(6, 3, 0), PROVED } },
		.none = NOTHING_BUT_GLOBAL,
		.present = { .any = PRESENT_OR_PROTNONE },
		.type = { { 16, 8 } },
		.offset = { { 24, 40 } },
		.source = "arch/loongarch/include/asm/pgtable.h, 5.19 to 6.2, run in 6.1",
	},
	{
		PMD_TESTS,
		.id = "loongarch64-5.19-pmd",
		.spans = { { KV(5, 19, 0), KV(6, 1, 0), BRACKETED }, { KV(6, 1, 0), KV(6, 3, 0), PROVED } },
		.type = { { 16, 8 } },
		.offset = { { 24, 40 } },
		.quirk = QUIRK,
		.quirk_if = QUIRK_IF,
		.source = "arch/loongarch/include/asm/pgtable.h, run in 6.1",
	},
	{
		.id = "loongarch64-6.3",
		.levels = LEVELS_PTE,
		.spans = { { KV(6, 3, 0), KV_MAX, PROVED } },
		.none = NOTHING_BUT_GLOBAL,
		.present = { .any = PRESENT_OR_PROTNONE },
		.type = { { 16, 7 } },
		.offset = { { 24, 40 } },
		.flags = { { .flag = SWPD_FLAG_EXCLUSIVE, .bit = 23, .levels = LEVELS_PTE } },
		.source = "arch/loongarch/include/asm/pgtable.h, 6.3 to 6.19, run in 6.12, 7.2",
	},
	{
		PMD_TESTS,
		.id = "loongarch64-6.3-pmd",
		.spans = { { KV(6, 3, 0), KV_MAX, PROVED } },
		.type = { { 16, 7 } },
		.offset = { { 24, 40 } },
		.quirk = QUIRK,
		.quirk_if = QUIRK_IF,
		.source = "arch/loongarch/include/asm/pgtable.h, 6.3 to 6.19, run in 6.12, 7.2",
	},
	{ .id = NULL },
};

#define FRAME(shift) .physmem_bits = 48, .pfn = { { shift, 48 - (shift) } }

static const struct variant variants[] = {
	{ .name = "4k",
		.config = "PAGE_SIZE_4KB",
		.page_shift = 12,
		.pmd_order = 9,
		.pud_order = 18,
		FRAME(12) },
	{ .name = "16k",
		.config = "PAGE_SIZE_16KB",
		.page_shift = 14,
		.pmd_order = 11,
		.pud_order = 22,
		FRAME(14),
		.is_default = true },
	{ .name = "64k",
		.config = "PAGE_SIZE_64KB",
		.page_shift = 16,
		.pmd_order = 13,
		.pud_order = 26,
		FRAME(16) },
	{ .page_shift = 0 },
};

static const struct pgtable pgtables[] = {
	/* Pointers of the direct mapping; empty ones to invalid_pte_table and its like. */
#define TREE(low) .table = { [1] = { 0xf000000000000000 | (low), 0x9000000000000000 } }, \
	.addr = { { 12, 36, 12 } }, .empty_shared = true, \
	.maps = { PRED_ANY(1), { .eq = { { HUGE_PMD | 1, HUGE_PMD | 1 } } } }, /* _PAGE_VALID */ \
	.source = "arch/loongarch/include/asm/pgtable.h, pgalloc.h, 6.1 to 7.2"
	{ .id = "loongarch64-4k-3level", .variants = "4k", .bits = { 9, 9, 9 }, TREE(0xfff) },
	{ .id = "loongarch64-4k-4level", .variants = "4k", .bits = { 9, 9, 9, 9 }, TREE(0xfff) },
	{ .id = "loongarch64-16k-3level", .variants = "16k", .bits = { 11, 11, 11 }, TREE(0xfff) },
	{ .id = "loongarch64-16k-2level", .variants = "16k", .bits = { 11, 11 }, TREE(0xfff) },
	{ .id = "loongarch64-64k-2level", .variants = "64k", .bits = { 13, 13 }, TREE(0xfff) },
	{ .id = "loongarch64-64k-3level", .variants = "64k", .bits = { 13, 13, 13 }, TREE(0xfff) },
#undef TREE
	{ .id = NULL },
};

static const struct area areas[] = {
	{ 0x9000000000000000, 0x9000ffffffffffff, "kernel: direct map of memory" },
	{ 0xffff800000000000, 0xffff800fffffffff, "kernel: modules, vmalloc area" },
	{ .last = 0 },
};

const struct arch arch_loongarch64 = {
	.name = "loongarch64",
	.aliases = (const char *const[]){ "loongarch", "loong64", NULL },
	.config = "LOONGARCH",
	.off = { { KNOB_DEVICE_PRIVATE, KV(6, 2, 0) }, NO_MEMORY_FAILURE, NO_PTE_MARKER },
	.word_bits = 64,
	.variants = variants,
	.layouts = layouts,
	.pgtables = pgtables,
	/* addrspace.h, CACHE_BASE, TO_PHYS_MASK */
	.kernel_map = { { 0x9000000000000000, .linear = true, .mask = 0xf000000000000000, .bits = 48 } },
	.root = { 12, 36, 12 }, /* the address in the direct mapping */
	.elf_machine = 258 /* EM_LOONGARCH */,
	.elf_bytes = 8,
	.rarity = 4,
	.areas = areas,
};
