/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "arch/arch.h"

static const struct layout layouts[] = {
	{
		.id = "hexagon-5.10",
		.levels = LEVELS_PTE,
		SPANS_5_10,
		.none = PRED_ONLY(0),
		.present = PRED_ANY(1ull << 0),
		.type = { { 1, 5 } },
		.offset = { { 6, 4 }, { 13, 19 } },
		.source = "arch/hexagon/include/asm/pgtable.h, evaluated in 5.10, 6.1; 6.2.1 read",
	},
	{
		.id = "hexagon-6.3",
		.levels = LEVELS_PTE,
		SPANS_6_3,
		.none = PRED_ONLY(0),
		.present = PRED_ANY(1ull << 0),
		.type = { { 1, 5 } },
		.offset = { { 7, 3 }, { 13, 19 } },
		.flags = { FLAG_EXCLUSIVE(6) },
		.source = "arch/hexagon/include/asm/pgtable.h, evaluated in 6.12, 7.2; 6.3.8 read",
	},
	{ .id = NULL },
};

static const struct variant variants[] = {
	{ .name = "", .page_shift = 12, .pfn_bits = 20, .pmd_order = 10, .is_default = true },
	{ .page_shift = 0 },
};

const struct arch arch_hexagon = {
	.name = "hexagon",
	.aliases = (const char *const[]){ "qdsp6", NULL },
	.config_symbol = "HEXAGON",
	ONLY_MIGRATION,
	.word_bits = 32,
	.variants = variants,
	.layouts = layouts,
	.rarity = 9,
};
