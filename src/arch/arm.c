/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "arch/arch.h"

/* All three have the same fields; LPAE has a second bit that makes an entry present. */
#define PAIR(name, ...)                                                                                     \
	{ .id = "arm-" name, .variants = "2level 2level-v5", .present = PRED_ANY(1), __VA_ARGS__ },         \
	{ .id = "arm-" name "-lpae", .variants = "lpae", .present = PRED_ANY(3), __VA_ARGS__ }
#define COMMON .levels = LEVELS_PTE, .none = PRED_ONLY(0)
#define L_PTE_FILE .file = PRED_ANY(1 << 2) /* pgtable-2level.h, pgtable-3level.h: 2.6.32, 3.18 */
#define HEADER "arch/arm/include/asm/pgtable.h, "

static const struct layout layouts[] = {
	PAIR("2.6.32", COMMON, .spans = { { KV(2, 6, 32), KV(3, 6, 0), PROVED } }, .type = { { 3, 6 } },
		.offset = { { 9, 23 } }, L_PTE_FILE, .source = HEADER "2.6.32, 3.0.1, 3.5.0"),
	PAIR("3.6", COMMON, .spans = { { KV(3, 6, 0), KV(4, 0, 0), PROVED } }, .type = { { 3, 5 } },
		.offset = { { 8, 24 } }, L_PTE_FILE, .source = HEADER "3.6.0 to 3.19.8"),
	PAIR("4.0", COMMON, .type = { { 2, 5 } }, .offset = { { 7, 25 } },
		.spans = { { KV(4, 0, 0), KV(4, 1, 0), BRACKETED }, { KV(4, 1, 0), KV(6, 3, 0), PROVED } },
		.source = HEADER "4.1.3 to 6.2.1, run in 5.10, 6.1"),
	PAIR("6.3", COMMON, SPANS_6_3, .type = { { 2, 5 } }, .offset = { { 8, 24 } },
		.flags = { FLAG_EXCLUSIVE(7) }, .source = HEADER "run in 6.12, 7.2; 6.3.8 read"),
	{ .id = NULL },
};

#define K4 .page_shift = 12, .physmem_bits = 36

static const struct variant variants[] = {
	{ .name = "2level",
		.config = "!ARM_LPAE !CPU_32v5",
		K4,
		.pfn_bits = 20,
		.pmd_order = 9,
		.is_default = true },
	{ .name = "2level-v5", .config = "!ARM_LPAE CPU_32v5", K4, .pfn_bits = 20, .pmd_order = 9 },
	{ .name = "lpae",
		K4,
		.pfn_bits = 26,
		.pmd_order = 9,
		.pud_order = 18,
		.pte_bytes = 8,
		.config = "ARM_LPAE",
		.vmcoreinfo = "CONFIG_ARM_LPAE=y" },
	{ .page_shift = 0 },
};

static const struct pgtable pgtables[] = {
	/*
	 * Two hardware entries of 1 MiB for each of 2 MiB here: both tables lie in the second half of a page,
	 * after Linux's own.
	 */
	{ .id = "arm-2level",
		.variants = "2level 2level-v5",
		.bits = { 9, 11 },
		.entry_bytes = 8,
		.table = { [1] = { 3, 1 } },
		.maps = { PRED_ANY(1), PRED_ANY(1) }, /* not sections: memory from base on is found without */
		.pte_passes = true,
		.addr = { { 12, 20, 12 } },
		.user_end = 0xbf000000,
		.source = "arch/arm/include/asm/pgtable-2level.h, pgalloc.h, 5.10 to 7.2" },
	{ .id = "arm-lpae",
		.variants = "lpae",
		.bits = { 9, 9, 2 },
		.table = { [1] = { 3, 3 } },
		.maps = { PRED_ANY(1), PRED_ANY(1) },
		.pte_passes = true,
		.addr = { { 12, 28, 12 } },
		.user_end = 0xbf000000,
		.source = "arch/arm/include/asm/pgtable-3level-hwdef.h, 5.10 to 7.2" },
	{ .id = NULL },
};

static const struct area areas[] = {
	{ 0xc0000000, 0xefffffff, "kernel: direct map of memory" },
	{ 0xb6000000, 0xbeffffff, "user: libraries and stack" },
	{ .last = 0 },
};

const struct arch arch_arm = {
	.name = "arm",
	.aliases = (const char *const[]){ "arm32", "armhf", "armhfp", "armv7", "armv7l", "armv7hl", "armv7b",
		"armv8l", "armv8b", "armv6", "armv6l", "armel:2level-v5", "armv5tel:2level-v5",
		"armv5tejl:2level-v5", NULL },
	.big_names = "armv7b armv8b",
	.config = "ARM",
	ONLY_MIGRATION,
	.word_bits = 32,
	.variants = variants,
	.layouts = layouts,
	.pgtables = pgtables,
	.kernel_map = { { .base = 0xc0000000, .linear = true, .from_ram = true } },
	.root = { 4, 36, 4 }, /* TTBR0 of LPAE: ASID */
	.elf_machine = 40 /* EM_ARM */,
	.rarity = 2,
	.areas = areas,
};
