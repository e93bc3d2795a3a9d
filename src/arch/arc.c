/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "arch/arch.h"

#define HEADER "arch/arc/include/asm/pgtable-bits-arcv2.h (up to 5.14 pgtable.h), "
#define ROW .levels = LEVELS_PTE, .none = PRED_ONLY(0), .present = PRED_ANY(1ull << 9), \
	.type = { { 0, 5 } }, .offset = { { 13, 19 } }

/*
 * At first __swp_offset() shifted up like __swp_entry() does. "ARC: Fix CONFIG_SWAP" came with 4.18 and with
 * stable releases of July 2018, which those below may be: seen without in 4.1.15, with in 4.9.280 and 4.19.
 *
 * Up to 3.18 a bit above the type said that a page of a file mapping is at an offset. The present bit is the
 * one of MMU v3 and later; on MMU v1 and v2, which 5.15 gave up, it was bit 11, then 10.
 */
#define SPANS_3_9 \
	.spans = { \
		{ KV(3, 9, 0), KV(4, 2, 0), PROVED }, \
		{ KV(4, 2, 0), KV(4, 4, 144), BRACKETED }, \
		{ KV(4, 5, 0), KV(4, 9, 115), BRACKETED }, \
		{ KV(4, 10, 0), KV(4, 14, 58), BRACKETED }, \
		{ KV(4, 15, 0), KV(4, 18, 0), BRACKETED }, \
	}
#define SPANS_4_18 \
	.spans = { \
		{ KV(4, 4, 144), KV(4, 5, 0), BRACKETED }, \
		{ KV(4, 9, 115), KV(4, 10, 0), BRACKETED }, \
		{ KV(4, 14, 58), KV(4, 15, 0), BRACKETED }, \
		{ KV(4, 18, 0), KV(4, 19, 0), BRACKETED }, \
		{ KV(4, 19, 0), KV(6, 3, 0), PROVED }, \
	}

static const struct layout layouts[] = {
	{
		.id = "arc-3.9",
		ROW,
		SPANS_3_9,
		.file = PRED_ANY(1 << 12),
		.quirk = "arch/arc/include/asm/pgtable.h: __swp_offset() shifts the wrong way: "
			"this kernel does "
			"not get back the offset that it wrote",
		.quirk_if = PRED_ANY(UINT64_MAX),
		.source = "arch/arc/include/asm/pgtable.h, 3.10.108, 4.1.15 read",
	},
	{
		.id = "arc-4.18",
		ROW,
		SPANS_4_18,
		.source = HEADER "evaluated in 5.10, 6.1; 4.9.280, 4.19.322, 6.2.1 read",
	},
	{
		.id = "arc-6.3",
		ROW,
		SPANS_6_3,
		.flags = { FLAG_EXCLUSIVE(5) },
		.source = HEADER "evaluated in 6.12, 7.2; 6.3.8 read",
	},
	{ .id = NULL },
};

#define K8 .page_shift = 13, .pmd_order = 8

static const struct variant variants[] = {
	{ .name = "arcv2", .config = "ISA_ARCV2 !ARC_HAS_PAE40", K8, .pfn_bits = 19, .is_default = true },
	{ .name = "arcv2-pae40", .config = "ARC_HAS_PAE40", K8, .pfn_bits = 26, .pte_bytes = 8 },
	{ .name = "arcompact", .config = "ISA_ARCOMPACT", K8, .pfn_bits = 19 },
	{ .page_shift = 0 },
};

const struct arch arch_arc = {
	.name = "arc",
	.aliases = (const char *const[]){ "arcv2", "arcompact:arcompact", NULL },
	.config = "ARC",
	ONLY_MIGRATION,
	.word_bits = 32,
	.variants = variants,
	.layouts = layouts,
	.rarity = 9,
};
