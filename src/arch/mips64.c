/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "arch/arch.h"

#define BIT64(n) (1ull << (n))
#define PTE .levels = LEVELS_PTE, .present = PRED_ANY(1)
#define COMMON PTE, .offset = { { 24, 40 } }

/*
 * The global bit, which pte_none() leaves out, is one lower where the kernel is built for CPUs without RI and
 * XI, and another one lower without MIPS_HUGE_TLB_SUPPORT. No entry has only that bit and is not empty.
 */
#define R4K .variants = "r4k-4k", COMMON, .none = PRED_ONLY(BIT64(6) | BIT64(7))
#define RIXI .variants = "r2-4k r2-16k r2-64k r2-4k-va48 r6-4k octeon-4k loongson3-16k", COMMON, \
	.none = PRED_ONLY(BIT64(7) | BIT64(8))

/* In older releases it was in more places yet, always below the type. */
#define ANYWHERE .none = PRED_ONLY(BIT64(5) | BIT64(6) | BIT64(7) | BIT64(8))

#define HEADER "arch/mips/include/asm/pgtable-64.h, pgtable-bits.h, "
#define OLD SPANS_5_10, .type = { { 16, 8 } }, .source = HEADER "run in 5.10, 6.1; 6.2.1 read"
#define NEW SPANS_6_3, .type = { { 16, 7 } }, .flags = { FLAG_EXCLUSIVE(23) }, \
	.source = HEADER "run in 6.12, 7.2; 6.3.8 read"

static const struct layout layouts[] = {
	{
		/* 3.10 kernels that the makers of Octeon and Loongson boards give out have the newer form. */
		.id = "mips64-2.6.32",
		PTE,
		ANYWHERE,
		.file = PRED_ANY(BIT64(3) | BIT64(4)), /* as on mips, which says why */
		.spans = { { KV(2, 6, 32), KV(3, 19, 0), PROVED }, { KV(3, 19, 0), KV(4, 1, 0), BRACKETED } },
		.type = { { 32, 8 } },
		.offset = { { 40, 24 } },
		.source = HEADER "2.6.32, 3.4, 3.18 read",
	},
	{
		.id = "mips64-4.1",
		COMMON,
		ANYWHERE,
		.spans = { { KV(4, 1, 0), KV(5, 10, 0), PROVED } },
		.type = { { 16, 8 } },
		.source = HEADER "4.1, 4.4, 4.9, 4.19 read",
	},
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
	{ .name = "r2-4k",
		.config = "PAGE_SIZE_4KB CPU_MIPSR2 !MIPS_VA_BITS_48 !CPU_CAVIUM_OCTEON",
		K4,
		.pfn_bits = 52,
		.big_endian = true,
		.is_default = true },
	{ .name = "r2-16k",
		.config = "PAGE_SIZE_16KB CPU_MIPSR2 !CPU_LOONGSON64",
		K16,
		.pfn_bits = 50,
		.big_endian = true },
	{ .name = "r2-64k", .config = "PAGE_SIZE_64KB CPU_MIPSR2", K64, .pfn_bits = 48, .big_endian = true },
	{ .name = "r2-4k-va48",
		.config = "PAGE_SIZE_4KB CPU_MIPSR2 MIPS_VA_BITS_48",
		K4,
		.pfn_bits = 52,
		.big_endian = true },
	{ .name = "r6-4k", .config = "PAGE_SIZE_4KB CPU_MIPSR6", K4, .pfn_bits = 52, .big_endian = true },
	{ .name = "r4k-4k",
		.config = "PAGE_SIZE_4KB !CPU_MIPSR2 !CPU_MIPSR6",
		K4,
		.pfn_bits = 52,
		.big_endian = true },
	{ .name = "octeon-4k",
		.config = "PAGE_SIZE_4KB CPU_CAVIUM_OCTEON",
		K4,
		.physmem_bits = 48,
		.big_endian = true },
	{ .name = "loongson3-16k",
		.config = "PAGE_SIZE_16KB CPU_LOONGSON64|CPU_LOONGSON3",
		K16,
		.physmem_bits = 48 },
	{ .page_shift = 0 },
};

static const struct pgtable pgtables[] = {
/*
 * Pointers, to XKPHYS; empty ones to invalid_pte_table and its like, in CKSEG0 with the kernel's image, or in
 * XKPHYS too where that lies there, which is without KBUILD_64BIT_SYM32.
 */
#define CKSEG0 { 0xffffffffe0000fff, 0xffffffff80000000 }
#define TREE .table = { [1] = { 0xc000000000000fff, 0x8000000000000000 } }, .addr = { { 12, 47, 12 } }, \
	.empty_shared = true, .empty = { [1] = CKSEG0, CKSEG0, CKSEG0 }, \
	.source = "arch/mips/include/asm/pgtable-64.h, addrspace.h, 5.10 to 7.2"
	{ .id = "mips64-4k", .variants = "r2-4k r6-4k r4k-4k octeon-4k", .bits = { 9, 9, 10 }, TREE },
	{ .id = "mips64-4k-va48", .variants = "r2-4k-va48", .bits = { 9, 9, 9, 9 }, TREE },
	{ .id = "mips64-16k", .variants = "r2-16k loongson3-16k", .bits = { 11, 11, 11 }, TREE },
	{ .id = "mips64-64k", .variants = "r2-64k", .bits = { 13, 13 }, TREE },
#undef TREE
#undef CKSEG0
	{ .id = NULL },
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
	.little_names = "mips64el mips64r6el",
	.config = "MIPS 64BIT",
	ONLY_MIGRATION,
	.word_bits = 64,
	.variants = variants,
	.layouts = layouts,
	.pgtables = pgtables,
	/* CKSEG0, XKPHYS: addrspace.h */
	.kernel_map = { { 0xffffffff80000000, .linear = true, .mask = 0xffffffffe0000000, .bits = 29 },
		{ 0x8000000000000000, .linear = true, .mask = 0xc000000000000000, .bits = 59 } },
	.root = { 12, 36, 12 }, /* the address in XKPHYS */
	.elf_machine = 8 /* EM_MIPS */,
	.elf_bytes = 8,
	.rarity = 5,
	.areas = areas,
};
