/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "arch/arch.h"

#define COMMON .levels = LEVELS_PTE, .none = PRED_ONLY(0), .present = PRED_ANY(1ull | 1ull << 63)

static const struct layout layouts[] = {
	/* Bit 1 said that a page of a file mapping is at an offset, until 4.0 took that away. */
	{
		.id = "ia64-2.6",
		COMMON,
		.spans = { { KV(2, 6, 0), KV(2, 6, 32), BRACKETED }, { KV(2, 6, 32), KV(3, 19, 0), PROVED },
			{ KV(3, 19, 0), KV(4, 0, 0), BRACKETED } },
		.file = PRED_ANY(1 << 1),
		.type = { { 2, 7 } },
		.offset = { { 9, 54 } },
		.source = "include/asm-ia64/pgtable.h, 2.6.16, by a log of commit d8117ce5a679; "
			"arch/ia64/include/asm/pgtable.h, 2.6.32 or 2.6.33, 3.18 read",
	},
	{
		.id = "ia64-4.0",
		COMMON,
		.spans = { { KV(4, 0, 0), KV(4, 1, 0), BRACKETED }, { KV(4, 1, 0), KV(6, 3, 0), PROVED } },
		.offset = { { 8, 55 } },
		.type = { { 1, 7 } },
		.source = "arch/ia64/include/asm/pgtable.h, evaluated in 5.10, 6.1; 4.1.15, 4.9.227, "
			"6.2.1 read",
	},
	{
		.id = "ia64-6.3",
		COMMON,
		.spans = { { KV(6, 3, 0), KV(6, 7, 0), PROVED } }, /* 6.7 has no ia64 */
		.type = { { 1, 6 } },
		.offset = { { 8, 55 } },
		.flags = { FLAG_EXCLUSIVE(7) },
		.source = "arch/ia64/include/asm/pgtable.h, 6.3.8 and a tree that goes on after 6.6 read",
	},
	{ .id = NULL },
};

static const struct variant variants[] = {
	{ .name = "", .page_shift = 14, .physmem_bits = 50, .pmd_order = 11, .pud_order = 22,
		.is_default = true },
	{ .page_shift = 0 },
};

const struct arch arch_ia64 = {
	.name = "ia64",
	.aliases = (const char *const[]){ "itanium", NULL },
	.config = "IA64",
	ONLY_MIGRATION,
	.word_bits = 64,
	.variants = variants,
	.layouts = layouts,
	.rarity = 9,
};
