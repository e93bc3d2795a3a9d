/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "arch/arch.h"

#define EMPTY PRED_ONLY(1ull << 20 | 0xf) /* the global bit, and whatever is in the low bits */

#define ALIAS(type) { 7ull << 25, (type) << 26 }
#define LOST(bit) { ~(1ull << 20 | 0xf) | 1ull << (bit), 1ull << (bit) }

static const struct layout layouts[] = {
	/* From its birth on. */
	{
		.id = "nios2-3.19",
		.levels = LEVELS_PTE,
		.spans = { { KV(3, 19, 0), KV(4, 1, 0), BRACKETED }, { KV(4, 1, 0), KV(6, 3, 0), PROVED } },
		.none = EMPTY,
		.present = PRED_ANY(1ull << 25),
		.type = { { 26, 2 } },
		.offset = { { 0, 20 } },
		.quirk = "arch/nios2/include/asm/pgtable.h: two bits of the type are kept, so special types "
			"read as swap",
		.quirk_if = { .eq = { ALIAS(1), ALIAS(2), ALIAS(3) } },
		.source = "arch/nios2/include/asm/pgtable.h, evaluated in 5.10, 6.1; 4.1.15, 6.2.1 read",
	},
	{
		.id = "nios2-6.3",
		.levels = LEVELS_PTE,
		SPANS_6_3,
		.none = EMPTY,
		.present = PRED_ANY(1ull << 25),
		.type = { { 26, 5 } },
		.offset = { { 0, 20 } },
		.flags = { FLAG_EXCLUSIVE(31) },
		.quirk = "arch/nios2/include/asm/pgtable.h: offsets 0 to 15 of type 0 read as empty",
		.quirk_if = { .eq = { LOST(0), LOST(1), LOST(2), LOST(3) } },
		.source = "arch/nios2/include/asm/pgtable.h, evaluated in 6.12, 7.2; 6.3.8 read",
	},
	{ .id = NULL },
};

static const struct variant variants[] = {
	{ .name = "", .page_shift = 12, .pfn_bits = 20, .pmd_order = 10, .is_default = true },
	{ .page_shift = 0 },
};

const struct arch arch_nios2 = {
	.name = "nios2",
	.aliases = (const char *const[]){ "nios2el", NULL },
	.config = "NIOS2",
	ONLY_MIGRATION,
	.word_bits = 32,
	.no_swap = true,
	.variants = variants,
	.layouts = layouts,
	.rarity = 9,
};
