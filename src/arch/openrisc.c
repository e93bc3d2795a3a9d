/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "arch/arch.h"

static const struct layout layouts[] = {
	/* From its birth on. Up to 3.18, bit 2 said that a page of a file mapping is at an offset. */
	{
		.id = "openrisc-3.1",
		.levels = LEVELS_PTE,
		.spans = { { KV(3, 1, 0), KV(3, 4, 0), BRACKETED }, { KV(3, 4, 0), KV(6, 3, 0), PROVED } },
		.none = PRED_ONLY(0),
		.present = PRED_ANY(1ull << 0),
		.file = PRED_ANY(1 << 2),
		.type = { { 5, 7 } },
		.offset = { { 12, 20 } },
		.source = "arch/openrisc/include/asm/pgtable.h, run in 5.10, 6.1; 3.4, 3.18, "
			"4.9.227, 6.2.1 read",
	},
	{
		.id = "openrisc-6.3",
		.levels = LEVELS_PTE,
		SPANS_6_3,
		.none = PRED_ONLY(0),
		.present = PRED_ANY(1ull << 0),
		.type = { { 5, 6 } },
		.offset = { { 12, 20 } },
		.flags = { FLAG_EXCLUSIVE(11) },
		.source = "arch/openrisc/include/asm/pgtable.h, run in 6.12, 7.2; 6.3.8 read",
	},
	{ .id = NULL },
};

static const struct variant variants[] = {
	{ .name = "or1k", .page_shift = 13, .pfn_bits = 19, .pmd_order = 11,
		.is_default = true, .big_endian = true },
	{ .page_shift = 0 },
};

const struct arch arch_openrisc = {
	.name = "openrisc",
	.aliases = (const char *const[]){ "or1k", NULL },
	.config = "OPENRISC",
	ONLY_MIGRATION,
	.word_bits = 32,
	.variants = variants,
	.layouts = layouts,
	.rarity = 9,
};
