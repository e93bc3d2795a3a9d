/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "arch/arch.h"

static const struct layout layouts[] = {
	{
		/* Bit 10 says that there is no page, but a frame that the cache is to be flushed of. */
		.id = "parisc-2.6.32",
		.levels = LEVELS_PTE,
		.spans = { { KV(2, 6, 32), KV(2, 6, 33), PROVED },
			{ KV(2, 6, 33), KV(2, 6, 38), BRACKETED } },
		.none = { .any = 1ull << 10, .eq = { { ~0ull, 0 } } },
		.present = PRED_ANY(1ull << 9),
		.file = PRED_ANY(1 << 5),
		.type = { { 0, 5 } },
		.offset = { { 6, 3 }, { 11, 21 } },
		.source = "arch/parisc/include/asm/pgtable.h, 2.6.32 read",
	},
	{
		.id = "parisc-2.6.38",
		.levels = LEVELS_PTE,
		.spans = { { KV(2, 6, 38), KV(3, 0, 0), BRACKETED }, { KV(3, 0, 0), KV(6, 3, 0), PROVED } },
		.none = PRED_ONLY(0),
		.present = PRED_ANY(1ull << 9),
		.file = PRED_ANY(1 << 5),
		.type = { { 0, 5 } },
		.offset = { { 6, 3 }, { 11, 21 } },
		.source = "arch/parisc/include/asm/pgtable.h, 3.0, 3.4, 3.10, 4.4, 4.19 read, run in 5.10, "
			"6.1; 6.2.1 read",
	},
	{
		/* As on parisc64, which says why. */
		.id = "parisc-6.3",
		.levels = LEVELS_PTE,
		.spans = { { KV(6, 3, 0), KV(6, 5, 0), BRACKETED } },
		.none = PRED_ONLY(0),
		.present = PRED_ANY(1ull << 9),
		.type = { { 0, 5 } },
		.offset = { { 6, 2 }, { 11, 21, 3 } },
		.flags = { FLAG_EXCLUSIVE(8) },
		.quirk = "arch/parisc/include/asm/pgtable.h: the exclusive bit is bit 2 of the "
			"offset, which is lost",
		.quirk_if = PRED_ANY(1ull << 8),
		.source = "arch/parisc/include/asm/pgtable.h, 6.3, as a report of 6.3-rc and the "
			"repair for 6.6 have it",
	},
	{
		.id = "parisc-6.6",
		.levels = LEVELS_PTE,
		.spans = { { KV(6, 5, 0), KV(6, 6, 0), BRACKETED }, { KV(6, 6, 0), KV_MAX, PROVED } },
		.none = PRED_ONLY(0),
		.present = PRED_ANY(1ull << 9),
		.type = { { 0, 5 } },
		.offset = { { 5, 3 }, { 10, 22 } },
		.flags = { FLAG_EXCLUSIVE(8) },
		.source = "arch/parisc/include/asm/pgtable.h, run in 6.12, 7.2",
	},
	{ .id = NULL },
};

static const struct variant variants[] = {
	{ .name = "32-4k", .page_shift = 12, .pfn_bits = 20, .pmd_order = 10,
		.is_default = true, .big_endian = true },
	{ .page_shift = 0 },
};

const struct arch arch_parisc = {
	.name = "parisc",
	.aliases = (const char *const[]){ "hppa", "parisc32", NULL },
	.config = "PARISC !64BIT",
	.off = { NO_DEVICE_PRIVATE, NO_PTE_MARKER },
	.word_bits = 32,
	.variants = variants,
	.layouts = layouts,
	.rarity = 9,
};
