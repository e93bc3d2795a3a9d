/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "arch/arch.h"

#define V1 .variants = "abiv1", .levels = LEVELS_PTE, .none = PRED_ONLY(1ull << 6), .present = PRED_ANY(1)
#define V2 .variants = "abiv2", .levels = LEVELS_PTE, .none = PRED_ONLY(1), .present = PRED_ANY(1ull << 10)
#define HEADER(abi, where) "arch/csky/" abi "/inc/abi/pgtable-bits.h, " where

/*
 * __swp_type() moved to pgtable-bits.h and to bit 2 by "csky: Fixup swapon", which the pull request for
 * 5.12-rc1
 * lists on top of 5.11-rc3.
 */
#define SPANS_OLD .spans = { { KV(4, 20, 0), KV(5, 4, 0), BRACKETED }, \
	{ KV(5, 4, 0), KV(5, 11, 0), PROVED }, \
	{ KV(5, 11, 0), KV(5, 12, 0), BRACKETED } }
#define SPANS_MOVED .spans = { { KV(5, 12, 0), KV(6, 1, 0), BRACKETED }, \
	{ KV(6, 1, 0), KV(6, 3, 0), PROVED } }
#define OLD "arch/csky/include/asm/pgtable.h, evaluated in 5.10; 5.4 read"
#define MOVED "evaluated in 6.1; 6.2.1 read, as are the changes of 5.12-rc1"
#define NEW "evaluated in 6.12, 7.2; 6.3.8 read"

static const struct layout layouts[] = {
	{ .id = "csky-4.20-abiv1", V1, SPANS_OLD, .type = { { 4, 8 } }, .offset = { { 12, 20 } },
		.source = OLD },
	{
		.id = "csky-5.12-abiv1",
		V1,
		SPANS_MOVED,
		.type = { { 2, 4 }, { 8, 1 } },
		.offset = { { 9, 23 } },
		.source = HEADER("abiv1", MOVED),
	},
	{
		.id = "csky-6.3-abiv1",
		V1,
		SPANS_6_3,
		.type = { { 2, 4 }, { 8, 1 } },
		.offset = { { 10, 22 } },
		.flags = { FLAG_EXCLUSIVE(9) },
		.source = HEADER("abiv1", NEW),
	},
	{ .id = "csky-4.20-abiv2", V2, SPANS_OLD, .type = { { 4, 8 } }, .offset = { { 12, 20 } },
		.source = OLD },
	{
		.id = "csky-5.12-abiv2",
		V2,
		SPANS_MOVED,
		.type = { { 2, 5 } },
		.offset = { { 7, 2 }, { 11, 21 } },
		.source = HEADER("abiv2", MOVED),
	},
	{
		.id = "csky-6.3-abiv2",
		V2,
		SPANS_6_3,
		.type = { { 2, 5 } },
		.offset = { { 8, 1 }, { 11, 21 } },
		.flags = { FLAG_EXCLUSIVE(7) },
		.source = HEADER("abiv2", NEW),
	},
	{ .id = NULL },
};

#define K4 .page_shift = 12, .pfn_bits = 20, .pmd_order = 10

static const struct variant variants[] = {
	{ .name = "abiv2", .config = "!CPU_CK610", K4, .is_default = true },
	{ .name = "abiv1", .config = "CPU_CK610", K4 },
	{ .page_shift = 0 },
};

const struct arch arch_csky = {
	.name = "csky",
	.aliases = (const char *const[]){ NULL },
	.config = "CSKY",
	ONLY_MIGRATION,
	.word_bits = 32,
	.variants = variants,
	.layouts = layouts,
	.rarity = 9,
};
