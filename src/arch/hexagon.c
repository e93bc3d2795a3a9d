/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "arch/arch.h"

static const struct layout layouts[] = {
	/* Bit 1 said that a page of a file mapping is at an offset, until 4.0 took that away. */
	{
		.id = "hexagon-3.2",
		.levels = LEVELS_PTE,
		.spans = { { KV(3, 2, 0), KV(3, 4, 0), BRACKETED }, { KV(3, 4, 0), KV(3, 19, 0), PROVED },
			{ KV(3, 19, 0), KV(4, 0, 0), BRACKETED } },
		.none = PRED_ONLY(0),
		.present = PRED_ANY(1ull << 0),
		.file = PRED_ANY(1 << 1),
		.type = { { 2, 5 } },
		.offset = { { 7, 3 }, { 13, 19 } },
		.source = "arch/hexagon/include/asm/pgtable.h, 3.4, 3.18 read",
	},
	{
		.id = "hexagon-4.0",
		.levels = LEVELS_PTE,
		.spans = { { KV(4, 0, 0), KV(4, 1, 0), BRACKETED }, { KV(4, 1, 0), KV(6, 3, 0), PROVED } },
		.none = PRED_ONLY(0),
		.present = PRED_ANY(1ull << 0),
		.type = { { 1, 5 } },
		.offset = { { 6, 4 }, { 13, 19 } },
		.source = "arch/hexagon/include/asm/pgtable.h, evaluated in 5.10, 6.1; 4.1.15, 4.9.227, "
			"6.2.1 read",
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
	.config = "HEXAGON",
	ONLY_MIGRATION,
	.word_bits = 32,
	.variants = variants,
	.layouts = layouts,
	.rarity = 9,
};
