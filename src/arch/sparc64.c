/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "arch/arch.h"

/* The same kernel runs on both and patches its tests at boot: only the machine tells. */
#define ROWS(variant, present_bit, file_bit)                                                                \
	{                                                                                                   \
		.id = "sparc64-2.6.32-" variant, .variants = variant, .levels = LEVELS_PTE,                 \
		.spans = { { KV(2, 6, 32), KV(6, 3, 0), PROVED } },                                         \
		.none = PRED_ONLY(0), .present = PRED_ANY(1ull << present_bit), .type = { { 13, 8 } },      \
		.offset = { { 21, 43 } }, .file = PRED_ANY(1ull << file_bit),                               \
		.source = "arch/sparc/include/asm/pgtable_64.h, 2.6.32, 3.4, 3.6, 4.4, 5.4 read, run in "    \
			"5.10, 6.1; 6.2.1 read",                                                            \
	},                                                                                                  \
	{                                                                                                   \
		.id = "sparc64-6.3-" variant, .variants = variant, .levels = LEVELS_PTE, SPANS_6_3,         \
		.none = PRED_ONLY(0), .present = PRED_ANY(1ull << present_bit), .type = { { 13, 7 } },      \
		.offset = { { 21, 43 } }, .flags = { FLAG_EXCLUSIVE(20) },                                  \
		.source = "arch/sparc/include/asm/pgtable_64.h, run in 6.12, 7.2; 6.3.8 read",              \
	}

static const struct layout layouts[] = {
	ROWS("sun4u", 7, 11),
	ROWS("sun4v", 4, 5),
	{ .id = NULL },
};

#define GEOMETRY .page_shift = 13, .physmem_bits = 53, .pmd_order = 10, .pud_order = 20, .big_endian = true

static const struct variant variants[] = {
	{ .name = "sun4u", GEOMETRY },
	{ .name = "sun4v", GEOMETRY, .is_default = true }, /* everything since the T1 of 2005 */
	{ .page_shift = 0 },
};

static const struct area areas[] = {
	{ 0xfffff80000000000, 0xfffff8ffffffffff, "kernel: direct map of memory" },
	{ .last = 0 },
};

const struct arch arch_sparc64 = {
	.name = "sparc64",
	.aliases = (const char *const[]){ "sparcv9", NULL },
	.config = "SPARC64",
	ONLY_MIGRATION,
	.word_bits = 64,
	.variants = variants,
	.layouts = layouts,
	.rarity = 7,
	.areas = areas,
};
