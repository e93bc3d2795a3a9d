/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "arch/arch.h"

static const struct layout layouts[] = {
	{
		.id = "nds32-5.10",
		.levels = LEVELS_PTE,
		.spans = { { KV(5, 10, 0), KV(5, 18, 0), BRACKETED } }, /* gone between 5.10 and 6.1 */
		.none = PRED_ONLY(0),
		.present = PRED_ANY(1),
		.type = { { 2, 7 } },
		.offset = { { 9, 23 } },
		.source = "arch/nds32/include/asm/pgtable.h, evaluated in 5.10",
	},
	{ .id = NULL },
};

static const struct variant variants[] = {
	{ .name = "", .page_shift = 12, .pfn_bits = 20, .pmd_order = 10, .is_default = true },
	{ .page_shift = 0 },
};

const struct arch arch_nds32 = {
	.name = "nds32",
	.aliases = (const char *const[]){ "nds32le", NULL },
	.config_symbol = "NDS32",
	ONLY_MIGRATION,
	.word_bits = 32,
	.variants = variants,
	.layouts = layouts,
	.rarity = 9,
};
