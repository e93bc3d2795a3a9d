/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "arch/arch.h"

#define COMMON(variant, bits) .variants = variant, .levels = LEVELS_PTE, .none = PRED_ONLY(0), \
	.present = PRED_ANY(bits)
#define MOTOROLA COMMON("motorola", 0x5), .offset = { { 12, 20 } }
#define COLDFIRE COMMON("coldfire", 1ull << 10), .offset = { { 11, 21 } }

/* Bit 31 is the valid bit, and __swp_offset() reads it as well. */
#define SUN3 COMMON("sun3", 1ull << 31), .offset = { { 7, 25 } }
#define HEADER(name, where) "arch/m68k/include/asm/" name "_pgtable.h, " where
#define OLD(where) "run in 5.10, 6.1; " where ", 6.2.1 read"
#define NEW "run in 6.12, 7.2; 6.3.8 read"

/* Before 4.0, bits 3, 9 and 25 of theirs said that a page of a file mapping is at an offset. Bit
 * 25 is in the offset of a sun3's swap entries too: there no test tells them apart. */
#define SPANS_2_6_32 .spans = { { KV(2, 6, 32), KV(6, 3, 0), PROVED } }
#define SPANS_3_3 .spans = { { KV(3, 3, 0), KV(3, 4, 0), BRACKETED }, { KV(3, 4, 0), KV(6, 3, 0), PROVED } }

static const struct layout layouts[] = {
	{
		.id = "m68k-2.6.32-motorola",
		MOTOROLA,
		SPANS_2_6_32,
		.file = PRED_ANY(1 << 3),
		.type = { { 4, 8 } },
		.source = HEADER("motorola", OLD("2.6.18, 3.0.31, 3.4.65, 3.18, 4.9.227")),
	},
	{
		.id = "m68k-6.3-motorola",
		MOTOROLA,
		SPANS_6_3,
		.type = { { 4, 7 } },
		.flags = { FLAG_EXCLUSIVE(11) },
		.source = HEADER("motorola", NEW),
	},
	{ .id = "m68k-3.3-coldfire", COLDFIRE, SPANS_3_3, .type = { { 0, 8 } },
		.file = PRED_ANY(1 << 9), .source = HEADER("mcf", OLD("3.4, 3.18, 4.9.227")) },
	{
		.id = "m68k-6.3-coldfire",
		COLDFIRE,
		SPANS_6_3,
		.type = { { 0, 7 } },
		.flags = { FLAG_EXCLUSIVE(7) },
		.source = HEADER("mcf", NEW),
	},
	{
		.id = "m68k-2.6.32-sun3",
		SUN3,
		SPANS_2_6_32,
		.type = { { 0, 7 } },
		.quirk = "arch/m68k/include/asm/sun3_pgtable.h: an offset of 2^24 or more becomes a present "
			"entry",
		.source = HEADER("sun3", OLD("2.6.18, 3.4, 3.18, 4.9.227")),
	},
	{
		.id = "m68k-6.3-sun3",
		SUN3,
		SPANS_6_3,
		.type = { { 0, 6 } },
		.offset_written = 24,
		.flags = { FLAG_EXCLUSIVE(6) },
		.source = HEADER("sun3", NEW),
	},
	{ .id = NULL },
};

static const struct variant variants[] = {
	{
		.name = "motorola",
		.config = "MMU_MOTOROLA",
		.page_shift = 12,
		.pfn_bits = 20,
		.pmd_order = 6,
		.pud_order = 13,
		.big_endian = true,
		.is_default = true,
	},
	{ .name = "coldfire",
		.config = "MMU_COLDFIRE",
		.page_shift = 13,
		.pfn_bits = 19,
		.pmd_order = 9,
		.big_endian = true },
	{ .name = "sun3",
		.config = "MMU_SUN3",
		.page_shift = 13,
		.pfn_bits = 19,
		.pmd_order = 4,
		.big_endian = true },
	{ .page_shift = 0 },
};

const struct arch arch_m68k = {
	.name = "m68k",
	.aliases = (const char *const[]){ "68k", "m68000", NULL },
	.config = "M68K",
	ONLY_MIGRATION,
	.word_bits = 32,
	.variants = variants,
	.layouts = layouts,
	.rarity = 9,
};
