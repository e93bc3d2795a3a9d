/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "arch/arch.h"

#define ZERO { .eq = { { UINT64_MAX, 0 } } }
#define PRESENT 0x01ull
#define PROT_NONE_5_0 0x02ull
#define PROT_NONE 0x20ull
#define NAPOT (1ull << 63)
#define RWX 0x0eull /* a huge page that is being split has lost PRESENT, but one of these is still set */

#define EXCLUSIVE { .flag = SWPD_FLAG_EXCLUSIVE, .bit = 6, .levels = LEVELS_PTE }

#define ROW_4_15 .levels = LEVELS_PTE, .none = ZERO, .type = { { 2, 5 } }, .offset = { { 7, 57 } }, \
	.pfn = { { 10, 54 } }
#define ROW_6_3 .levels = LEVELS_PTE, .none = ZERO, .present = { .any = PRESENT | PROT_NONE }, \
	.type = { { 7, 5 } }, .offset = { { 12, 52 } }
#define ROW_6_3_PMD .levels = LEVEL(PMD), .none = ZERO, .present = { .any = PRESENT | PROT_NONE | RWX }, \
	.type = { { 7, 5 } }, .offset = { { 12, 52 } }

#define SVRSW(lv)                                                                             \
	{ .flag = SWPD_FLAG_SOFT_DIRTY, .bit = 3, .levels = lv, .knob = KNOB_MEM_SOFT_DIRTY }, \
		{ .flag = SWPD_FLAG_UFFD_WP, .bit = 4, .levels = lv, .knob = KNOB_HAVE_ARCH_USERFAULTFD_WP }

static const struct layout layouts[] = {
	/*
	 * 4.19 and 4.20 got the PROT_NONE bit in some update. Reading it where it was not yet written harms
	 * nothing, so the next row takes all of these but 4.20.0, which was seen without.
	 */
	{
		ROW_4_15,
		.id = "riscv64-4.15",
		.spans = { { KV(4, 15, 0), KV(4, 19, 0), PROVED }, { KV(4, 20, 0), KV(4, 20, 1), PROVED } },
		.present = { .any = PRESENT },
		.source = "arch/riscv/include/asm/pgtable.h, pgtable-bits.h, 4.15 to 4.18, 4.20.0",
	},
	{
		ROW_4_15,
		.id = "riscv64-5.0",
		.spans = { { KV(4, 19, 0), KV(4, 20, 0), BRACKETED },
			{ KV(4, 20, 1), KV(5, 0, 0), BRACKETED },
			{ KV(5, 0, 0), KV(5, 17, 0), PROVED } },
		.present = { .any = PRESENT | PROT_NONE_5_0 },
		.source = "arch/riscv/include/asm/pgtable.h, pgtable-bits.h, 4.19.40 to 5.16, run in 5.10",
	},
	{
		.id = "riscv64-5.17",
		.levels = LEVELS_PTE,
		.spans = { { KV(5, 17, 0), KV(6, 3, 0), PROVED } },
		.none = ZERO,
		.present = { .any = PRESENT | PROT_NONE },
		.type = { { 6, 5 } },
		.offset = { { 11, 53 } },
		.source = "arch/riscv/include/asm/pgtable.h, 5.17 to 6.2, run in 6.1",
	},
	{
		.id = "riscv64-5.17-pmd",
		.levels = LEVEL(PMD),
		.spans = { { KV(5, 17, 0), KV(6, 3, 0), PROVED } },
		.none = ZERO,
		.present = { .any = PRESENT | PROT_NONE | RWX },
		.type = { { 6, 5 } },
		.offset = { { 11, 53 } },
		.source = "arch/riscv/include/asm/pgtable.h, 5.17 to 6.2, run in 6.1",
	},
	{
		ROW_6_3,
		.id = "riscv64-6.3",
		.spans = { { KV(6, 3, 0), KV(6, 19, 0), PROVED } },
		.flags = { EXCLUSIVE },
		.source = "arch/riscv/include/asm/pgtable.h, 6.3 to 6.18, run in 6.12",
	},
	{
		ROW_6_3_PMD,
		.id = "riscv64-6.3-pmd",
		.spans = { { KV(6, 3, 0), KV(6, 19, 0), PROVED } },
		.source = "arch/riscv/include/asm/pgtable.h, 6.3 to 6.18, run in 6.12",
	},
	{
		ROW_6_3,
		.id = "riscv64-6.19",
		.variants = "",
		.spans = { { KV(6, 19, 0), KV_MAX, PROVED } },
		.flags = { EXCLUSIVE },
		.source = "arch/riscv/include/asm/pgtable.h, 6.19, run in 7.2",
	},
	{
		ROW_6_3_PMD,
		.id = "riscv64-6.19-pmd",
		.variants = "",
		.spans = { { KV(6, 19, 0), KV_MAX, PROVED } },
		.source = "arch/riscv/include/asm/pgtable.h, 6.19, run in 7.2",
	},
	{
		ROW_6_3,
		.id = "riscv64-6.19-svrsw60t59b",
		.variants = "svrsw60t59b",
		.spans = { { KV(6, 19, 0), KV_MAX, PROVED } },
		.flags = { EXCLUSIVE, SVRSW(LEVELS_PTE) },
		.block = NAPOT, /* CPUs with Svrsw60t59b have Svnapot too */
		.source = "arch/riscv/include/asm/pgtable.h, pgtable-bits.h, 6.19, run in 7.2",
	},
	{
		ROW_6_3_PMD,
		.id = "riscv64-6.19-svrsw60t59b-pmd",
		.variants = "svrsw60t59b",
		.spans = { { KV(6, 19, 0), KV_MAX, PROVED } },
		.flags = { SVRSW(LEVEL(PMD)) },
		.quirk = "soft-dirty is bit 3, which pmd_present() in arch/riscv/include/asm/pgtable.h "
			 "counts as present",
		.quirk_if = { .eq = { { 0x2f, 0x8 } } },
		.source = "arch/riscv/include/asm/pgtable.h, pgtable-bits.h, 6.19, run in 7.2",
	},
	{ .id = NULL },
};

/* pmd_pfn() drops the low bits whatever the entry is. */
#define FRAME .page_shift = 12, .physmem_bits = 56, .pmd_order = 9, .pud_order = 18, \
	.pfn = { { 10, 44 } }, .pmd_leaf = UINT64_MAX

static const struct variant variants[] = {
	{ .name = "", .is_default = true, FRAME },
	{ .name = "svrsw60t59b", .cpu_flag = "svrsw60t59b", FRAME },
	{ .page_shift = 0 },
};

static const struct pgtable pgtables[] = {
	/* Valid, but neither readable, writable nor executable. Which of the three it is, the tree tells. */
#define TREE .table = { [1] = { 0xf, 0x1 } }, .addr = { { 10, 44, 12 } }, \
	.source = "arch/riscv/include/asm/pgtable-64.h, 5.10 to 7.2"
	{ .id = "riscv64-sv39", .bits = { 9, 9, 9 }, .user_end = 1ull << 38, TREE },
	{ .id = "riscv64-sv48", .bits = { 9, 9, 9, 9 }, .user_end = 1ull << 47, TREE },
	{ .id = "riscv64-sv57", .bits = { 9, 9, 9, 9, 9 }, .user_end = 1ull << 56, TREE },
#undef TREE
	{ .id = NULL },
};

static const struct area areas[] = {
	{ 0xffffffc600000000, 0xffffffff7fffffff, "kernel: linear map, vmalloc area (Sv39)" },
	{ 0xffffffff80000000, 0xfffffffffeffffff, "kernel: image" },
	{ 0x0000003f00000000, 0x0000003fffffffff, "user: libraries, mappings, stack (Sv39)" },
	{ .last = 0 },
};

const struct arch arch_riscv64 = {
	.name = "riscv64",
	.aliases = (const char *const[]){ "riscv", "rv64", NULL },
	.config = "ARCH_RV64I",
	.off = { { KNOB_DEVICE_PRIVATE, KV(6, 2, 0) }, NO_MEMORY_FAILURE, NO_PTE_MARKER },
	.word_bits = 64,
	.variants = variants,
	.layouts = layouts,
	.pgtables = pgtables,
	.kernel_map = { { .base_name = "NUMBER(va_kernel_pa_offset)" },
		{ .base_name = "NUMBER(PAGE_OFFSET)", .to_name = "NUMBER(phys_ram_base)", .direct = true } },
	.root = { 0, 44, 12 }, /* satp: mode, ASID, PPN */
	.elf_machine = 243 /* EM_RISCV */,
	.elf_bytes = 8,
	.rarity = 3,
	.areas = areas,
};
