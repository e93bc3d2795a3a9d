/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "arch/arch.h"

static const struct layout layouts[] = {
	{
		.id = "nds32-4.17",
		.levels = LEVELS_PTE,
		/* born in 4.17, gone between 5.10 and 6.1; bit 1 marks a file, which it never used */
		.spans = { { KV(4, 17, 0), KV(4, 19, 0), BRACKETED }, { KV(4, 19, 0), KV(5, 10, 0), PROVED },
			{ KV(5, 10, 0), KV(5, 18, 0), BRACKETED } },
		.none = PRED_ONLY(0),
		.present = PRED_ANY(1),
		.type = { { 2, 7 } },
		.offset = { { 9, 23 } },
		.source = "arch/nds32/include/asm/pgtable.h, evaluated in 5.10; 4.19.322 read",
	},
	{ .id = NULL },
};

static const struct variant variants[] = {
	{ .name = "", .page_shift = 12, .pmd_order = 10, .is_default = true },
	{ .page_shift = 0 },
};

const struct arch arch_nds32 = {
	.name = "nds32",
	.aliases = (const char *const[]){ "nds32le", NULL },
	.config = "NDS32",
	ONLY_MIGRATION,
	.word_bits = 32,
	.variants = variants,
	.layouts = layouts,
	.rarity = 9,
};
