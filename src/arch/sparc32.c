/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "arch/arch.h"

#define OLD .levels = LEVELS_PTE, .present = { .eq = { { 3, 2 } } }, .type = { { 8, 5 } }, \
	.offset = { { 13, 19 } }, .file = PRED_ANY(1 << 6)

static const struct layout layouts[] = {
	/* Bit 6 said that a page of a file mapping is at an offset, until 4.0 took that away. */
	{
		/* pte_none() leaves out the four highest bits. */
		.id = "sparc32-2.6.32",
		OLD,
		.spans = { { KV(2, 6, 32), KV(2, 6, 33), PROVED }, { KV(2, 6, 33), KV(3, 5, 0), BRACKETED } },
		.none = PRED_ONLY(0xf0000000),
		.source = "arch/sparc/include/asm/pgtsrmmu.h, arch/sparc/mm/srmmu.c, 2.6.32 read",
	},
	{
		.id = "sparc32-3.5",
		OLD,
		.spans = { { KV(3, 5, 0), KV(3, 6, 0), BRACKETED }, { KV(3, 6, 0), KV(3, 19, 0), PROVED },
			{ KV(3, 19, 0), KV(4, 0, 0), BRACKETED } },
		.none = PRED_ONLY(0),
		.source = "arch/sparc/include/asm/pgtable_32.h, pgtsrmmu.h, 3.6, 3.18 read",
	},
	{
		.id = "sparc32-4.0",
		.levels = LEVELS_PTE,
		.spans = { { KV(4, 0, 0), KV(4, 1, 0), BRACKETED }, { KV(4, 1, 0), KV(6, 3, 0), PROVED } },
		.none = PRED_ONLY(0),
		.present = { .eq = { { 3, 2 } } },
		.type = { { 7, 5 } },
		.offset = { { 12, 20 } },
		.source = "arch/sparc/include/asm/pgtable_32.h, pgtsrmmu.h, 4.1, 4.9 read, run in 5.10, "
			"6.1; 6.2.1 read",
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
	.config = "SPARC32",
	ONLY_MIGRATION,
	.word_bits = 32,
	.variants = variants,
	.layouts = layouts,
	.rarity = 9,
};
