/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "arch/arch.h"

static const struct layout layouts[] = {
	{
		/* As on parisc, which says what bit 10 is. */
		.id = "parisc64-2.6.32",
		.levels = LEVELS_PTE,
		.spans = { { KV(2, 6, 32), KV(2, 6, 33), PROVED },
			{ KV(2, 6, 33), KV(2, 6, 38), BRACKETED } },
		.none = { .any = 1ull << 10, .eq = { { ~0ull, 0 } } },
		.present = PRED_ANY(1ull << 9),
		.file = PRED_ANY(1 << 5),
		.type = { { 0, 5 } },
		.offset = { { 6, 3 }, { 11, 53 } },
		.source = "arch/parisc/include/asm/pgtable.h, 2.6.32 read",
	},
	{
		.id = "parisc64-2.6.38",
		.levels = LEVELS_PTE,
		.spans = { { KV(2, 6, 38), KV(3, 0, 0), BRACKETED }, { KV(3, 0, 0), KV(6, 3, 0), PROVED } },
		.none = PRED_ONLY(0),
		.present = PRED_ANY(1ull << 9),
		.file = PRED_ANY(1 << 5),
		.type = { { 0, 5 } },
		.offset = { { 6, 3 }, { 11, 53 } },
		.source = "arch/parisc/include/asm/pgtable.h, 3.0, 3.4, 3.10, 4.4, 4.19 read, evaluated with "
			"sparsemem.h in 5.10, 6.1; 6.2.1 read",
	},
	{
		/*
		 * The exclusive bit was put into the offset: it is cleared before the entry is read, and with
		 * it bit 2 of the offset. The repair, for 6.6, went to the stable releases of 6.5 too.
		 */
		.id = "parisc64-6.3",
		.levels = LEVELS_PTE,
		.spans = { { KV(6, 3, 0), KV(6, 5, 0), BRACKETED } },
		.none = PRED_ONLY(0),
		.present = PRED_ANY(1ull << 9),
		.type = { { 0, 5 } },
		.offset = { { 6, 2 }, { 11, 53, 3 } },
		.flags = { FLAG_EXCLUSIVE(8) },
		.quirk = "arch/parisc/include/asm/pgtable.h: the exclusive bit is bit 2 of the "
			"offset, which is lost",
		.quirk_if = PRED_ANY(1ull << 8),
		.source = "arch/parisc/include/asm/pgtable.h, 6.3, as a report of 6.3-rc and the "
			"repair for 6.6 have it",
	},
	{
		.id = "parisc64-6.6",
		.levels = LEVELS_PTE,
		.spans = { { KV(6, 5, 0), KV(6, 6, 0), BRACKETED }, { KV(6, 6, 0), KV_MAX, PROVED } },
		.none = PRED_ONLY(0),
		.present = PRED_ANY(1ull << 9),
		.type = { { 0, 5 } },
		.offset = { { 5, 3 }, { 10, 54 } },
		.flags = { FLAG_EXCLUSIVE(8) },
		.source = "arch/parisc/include/asm/pgtable.h, sparsemem.h, evaluated in 6.12, 7.2; 6.3.8 "
			"read",
	},
	{ .id = NULL },
};

static const struct variant variants[] = {
	{ .name = "64-4k", .page_shift = 12, .physmem_bits = 39, .pmd_order = 9, .pud_order = 19,
		.is_default = true, .big_endian = true },
	{ .page_shift = 0 },
};

const struct arch arch_parisc64 = {
	.name = "parisc64",
	.aliases = (const char *const[]){ "hppa64", NULL },
	.config = "PARISC 64BIT",
	.off = { NO_DEVICE_PRIVATE, NO_PTE_MARKER },
	.word_bits = 64,
	.variants = variants,
	.layouts = layouts,
	.rarity = 9,
};
