/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "arch/arch.h"

static const struct layout layouts[] = {
	/* Up to 3.18, bit 0 said that a page of a file mapping is at an offset. */
	{
		.id = "microblaze-2.6.32",
		.levels = LEVELS_PTE,
		.spans = { { KV(2, 6, 32), KV(6, 3, 0), PROVED } },
		.none = PRED_ONLY(0),
		.present = PRED_ANY(1ull << 1),
		.file = PRED_ANY(1 << 0),
		.type = { { 2, 6 } },
		.offset = { { 8, 24 } },
		.source = "arch/microblaze/include/asm/pgtable.h, evaluated in 5.10, 6.1; 2.6.32 or "
			"2.6.33, 3.18, 4.9.227, 6.2.1 read",
	},
	{
		.id = "microblaze-6.3",
		.levels = LEVELS_PTE,
		SPANS_6_3,
		.none = PRED_ONLY(0),
		.present = PRED_ANY(1ull << 1),
		.type = { { 2, 5 } },
		.offset = { { 8, 24 } },
		.flags = { FLAG_EXCLUSIVE(7) },
		.source = "arch/microblaze/include/asm/pgtable.h, evaluated in 6.12, 7.2; 6.3.8 read",
	},
	{ .id = NULL },
};

static const struct variant variants[] = {
	{ .name = "", .page_shift = 12, .pfn_bits = 20, .pmd_order = 10, .is_default = true,
		.big_endian = true },
	{ .page_shift = 0 },
};

const struct arch arch_microblaze = {
	.name = "microblaze",
	.aliases = (const char *const[]){ "microblazeel", "mb", NULL },
	.little_names = "microblazeel",
	.config = "MICROBLAZE",
	ONLY_MIGRATION,
	.word_bits = 32,
	.no_swap = true,
	.variants = variants,
	.layouts = layouts,
	.rarity = 9,
};
