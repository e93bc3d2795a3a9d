/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "arch/arch.h"

#define BIT64(n) (1ull << (n))
#define COMMON .levels = LEVELS_PTE, .present = PRED_ANY(1), .offset = { { 24, 40 } }

/*
 * The global bit, which pte_none() leaves out, is one lower where the kernel is built for CPUs without RI and
 * XI, and another one lower without MIPS_HUGE_TLB_SUPPORT. No entry has only that bit and is not empty.
 */
#define R4K .variants = "r4k-4k", COMMON, .none = PRED_ONLY(BIT64(6) | BIT64(7))
#define RIXI .variants = "r2-4k r2-16k r2-64k r2-4k-va48 r6-4k octeon-4k loongson3-16k", COMMON, \
	.none = PRED_ONLY(BIT64(7) | BIT64(8))

#define HEADER "arch/mips/include/asm/pgtable-64.h, pgtable-bits.h, "
#define OLD SPANS_5_10, .type = { { 16, 8 } }, .source = HEADER "run in 5.10, 6.1; 6.2.1 read"
#define NEW SPANS_6_3, .type = { { 16, 7 } }, .flags = { FLAG_EXCLUSIVE(23) }, \
	.source = HEADER "run in 6.12, 7.2; 6.3.8 read"

static const struct layout layouts[] = {
	{ .id = "mips64-5.10", RIXI, OLD },
	{ .id = "mips64-6.3", RIXI, NEW },
	{ .id = "mips64-5.10-r4k", R4K, OLD },
	{ .id = "mips64-6.3-r4k", R4K, NEW },
	{ .id = NULL },
};

#define K4 .page_shift = 12, .pmd_order = 9, .pud_order = 18
#define K16 .page_shift = 14, .pmd_order = 11, .pud_order = 22
#define K64 .page_shift = 16, .pmd_order = 13, .pud_order = 26

/* Octeon and Loongson kernels are SPARSEMEM ones; the others are FLATMEM unless they are told otherwise. */
static const struct variant variants[] = {
	{ .name = "r2-4k", K4, .pfn_bits = 52, .big_endian = true, .is_default = true },
	{ .name = "r2-16k", K16, .pfn_bits = 50, .big_endian = true },
	{ .name = "r2-64k", K64, .pfn_bits = 48, .big_endian = true },
	{ .name = "r2-4k-va48", K4, .pfn_bits = 52, .big_endian = true },
	{ .name = "r6-4k", K4, .pfn_bits = 52, .big_endian = true },
	{ .name = "r4k-4k", K4, .pfn_bits = 52, .big_endian = true },
	{ .name = "octeon-4k", K4, .physmem_bits = 48, .big_endian = true },
	{ .name = "loongson3-16k", K16, .physmem_bits = 48 },
	{ .page_shift = 0 },
};

static const struct area areas[] = {
	{ 0x9800000000000000, 0x9800ffffffffffff, "kernel: direct map of memory" },
	{ 0xa800000000000000, 0xa800ffffffffffff, "kernel: direct map of memory" },
	{ 0xffffffff80000000, 0xffffffff9fffffff, "kernel: image" },
	{ .last = 0 },
};

const struct arch arch_mips64 = {
	.name = "mips64",
	.aliases = (const char *const[]){ "mips64el", "mips64r6:r6-4k", "mips64r6el:r6-4k",
		"octeon:octeon-4k", "loongson3:loongson3-16k", NULL },
	.config_symbol = NULL,
	ONLY_MIGRATION,
	.word_bits = 64,
	.variants = variants,
	.layouts = layouts,
	.rarity = 5,
	.areas = areas,
};
