/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "arch/arch.h"

static const struct layout layouts[] = {
	{
		.id = "sparc32-5.10",
		.levels = LEVELS_PTE,
		SPANS_5_10,
		.none = PRED_ONLY(0),
		.present = { .eq = { { 3, 2 } } },
		.type = { { 7, 5 } },
		.offset = { { 12, 20 } },
		.source = "arch/sparc/include/asm/pgtable_32.h, pgtsrmmu.h, run in 5.10, 6.1; 6.2.1 read",
	},
	{
		.id = "sparc32-6.3",
		.levels = LEVELS_PTE,
		SPANS_6_3,
		.none = PRED_ONLY(0),
		.present = { .eq = { { 3, 2 } } },
		.type = { { 7, 5 } },
		.offset = { { 12, 20 } },
		.flags = { FLAG_EXCLUSIVE(6) },
		.source = "arch/sparc/include/asm/pgtable_32.h, pgtsrmmu.h, run in 6.12, 7.2; 6.3.8 read",
	},
	{ .id = NULL },
};

static const struct variant variants[] = {
	{ .name = "srmmu", .page_shift = 12, .pfn_bits = 20, .pmd_order = 6, .pud_order = 12,
		.is_default = true, .big_endian = true },
	{ .page_shift = 0 },
};

const struct arch arch_sparc32 = {
	.name = "sparc32",
	.aliases = (const char *const[]){ "sparc", NULL },
	.config_symbol = "SPARC32",
	ONLY_MIGRATION,
	.word_bits = 32,
	.variants = variants,
	.layouts = layouts,
	.rarity = 9,
};
