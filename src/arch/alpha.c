/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "arch/arch.h"

/* pte_swp_exclusive() returns bool: run without in 6.12, with in 7.2; the log of 6.16-rc2 has the change. */
#define ALPHA_BOOL KV(6, 16, 0)
#define COMMON .levels = LEVELS_PTE, .none = PRED_ONLY(0), .present = PRED_ANY(1)

static const struct layout layouts[] = {
	{
		.id = "alpha-2.6.32",
		COMMON,
		.spans = { { KV(2, 6, 32), KV(6, 3, 0), PROVED } },
		.file = PRED_ANY(1ull << 19),
		.type = { { 32, 8 } },
		.offset = { { 40, 24 } },
		.source = "arch/alpha/include/asm/pgtable.h, 2.6.32, 3.4, 4.1 read, run in 5.10, 6.1; 6.2.1 "
			"read",
	},
	{
		.id = "alpha-6.3",
		COMMON,
		.spans = { { KV(6, 3, 0), ALPHA_BOOL, BRACKETED } },
		.type = { { 32, 7 } },
		.offset = { { 40, 24 } },
		.ignored = 1ull << 39, /* the exclusive bit */
		.quirk = "arch/alpha/include/asm/pgtable.h: pte_swp_exclusive() returns an int and loses "
			"bit 39",
		.quirk_if = PRED_ANY(1ull << 39),
		.source = "arch/alpha/include/asm/pgtable.h, run in 6.12; 6.3.8 read",
	},
	{
		.id = "alpha-6.16",
		COMMON,
		.spans = { { ALPHA_BOOL, KV_MAX, BRACKETED } },
		.type = { { 32, 7 } },
		.offset = { { 40, 24 } },
		.flags = { FLAG_EXCLUSIVE(39) },
		.source = "arch/alpha/include/asm/pgtable.h, run in 7.2",
	},
	{ .id = NULL },
};

static const struct variant variants[] = {
	{ .name = "", .page_shift = 13, .pfn_bits = 51, .pmd_order = 10, .pud_order = 20,
		.is_default = true },
	{ .page_shift = 0 },
};

const struct arch arch_alpha = {
	.name = "alpha",
	.aliases = (const char *const[]){ "axp", NULL },
	.config = "ALPHA",
	ONLY_MIGRATION,
	.word_bits = 64,
	.variants = variants,
	.layouts = layouts,
	.rarity = 9,
};
