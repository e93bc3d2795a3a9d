/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "arch/arch.h"

#define ROW(name, only, bits, empty, width) \
	.id = "ppc32-" name, .variants = only, .levels = LEVELS_PTE, .none = PRED_ONLY(empty), \
	.present = PRED_ANY(bits), .type = { { 3, 5 } }, .offset = { { 8, width } }

/* The value is shifted down by 3 into a 32-bit swp_entry_t. The way back loses what is above bit 31. */
#define WIDE(name, only, empty) ROW(name, only, 1, HIGH_HALF | (empty), 27), .offset_written = 24
#define NARROW(name, only, bits, empty) ROW(name, only, bits, empty, 24)
#define HIGH_HALF 0xffffffff00000000ull
#define HASHPTE 2ull

#define BOOK3S(where) .source = "arch/powerpc/include/asm/book3s/32/pgtable.h, " where
#define NOHASH(where) .source = "arch/powerpc/include/asm/nohash/32/pgtable.h, pte-*.h, ../pte-e500.h, " where
#define OLD "run in 5.10, 6.1; 6.2.1 read"
#define NEW "run in 6.12, 7.2; 6.3.8 read"
#define EXCLUSIVE .flags = { FLAG_EXCLUSIVE(2) }

/* e500 with 32-bit PTEs: bit 0 became _PAGE_READ after 6.1, and 7.2 has 64-bit PTEs only. */
#define E500_READ KV(6, 7, 0)
#define E500_WIDE KV(6, 16, 0)

static const struct layout layouts[] = {
	{ NARROW("5.10-book3s32", "book3s32", 1, HASHPTE), SPANS_5_10, BOOK3S(OLD) },
	{ NARROW("6.3-book3s32", "book3s32", 1, HASHPTE), SPANS_6_3, EXCLUSIVE, BOOK3S(NEW) },
	{ WIDE("5.10-book3s32-pte64", "book3s32-pte64", HASHPTE), SPANS_5_10, BOOK3S(OLD) },
	{ WIDE("6.3-book3s32-pte64", "book3s32-pte64", HASHPTE), SPANS_6_3, EXCLUSIVE, BOOK3S(NEW) },

	{ WIDE("5.10-pte64", "nohash32-44x nohash32-e500-pte64", 0), SPANS_5_10, NOHASH(OLD) },
	{ WIDE("6.3-pte64", "nohash32-44x nohash32-e500-pte64", 0), SPANS_6_3, EXCLUSIVE, NOHASH(NEW) },
	{ NARROW("5.10-8xx", "nohash32-8xx-4k nohash32-8xx-16k", 1, 0), SPANS_5_10, NOHASH(OLD) },
	{ NARROW("6.3-8xx", "nohash32-8xx-4k nohash32-8xx-16k", 1, 0), SPANS_6_3, EXCLUSIVE, NOHASH(NEW) },

	{ NARROW("5.10-40x", "nohash32-40x", 2, 0), SPANS_5_10, NOHASH(OLD) },
	{
		NARROW("6.3-40x", "nohash32-40x", 2, 0),
		.spans = { { KV(6, 3, 0), KV(6, 12, 0), BRACKETED } }, /* 6.12 has no 40x */
		EXCLUSIVE,
		NOHASH("6.3.8 read"),
	},

	{ NARROW("5.10-e500", "nohash32-e500-32", 1, 0), SPANS_5_10, NOHASH(OLD) },
	{
		NARROW("6.3-e500", "nohash32-e500-32", 1, 0),
		.spans = { { KV(6, 3, 0), E500_READ, BRACKETED } },
		EXCLUSIVE,
		NOHASH("6.3.8 read"),
	},
	{
		NARROW("6.7-e500", "nohash32-e500-32", 2, 0),
		.spans = { { E500_READ, E500_WIDE, BRACKETED } },
		EXCLUSIVE,
		NOHASH("run in 6.12"),
	},
	{
		WIDE("6.16-e500", "nohash32-e500-32", 0),
		.spans = { { E500_WIDE, KV_MAX, BRACKETED } },
		.pte_bytes = 8,
		EXCLUSIVE,
		NOHASH("run in 7.2"),
	},
	{ .id = NULL },
};

#define K4 .page_shift = 12, .pmd_order = 10, .big_endian = true
#define K4_PTE64 .page_shift = 12, .pmd_order = 9, .big_endian = true, .pfn_bits = 26, .pte_bytes = 8

static const struct variant variants[] = {
	{ .name = "book3s32", K4, .pfn_bits = 20, .is_default = true },
	{ .name = "book3s32-pte64", K4_PTE64 },
	{ .name = "nohash32-44x", K4_PTE64 },
	{ .name = "nohash32-40x", K4, .pfn_bits = 20 },
	{ .name = "nohash32-8xx-4k", K4, .pfn_bits = 20 },
	{
		.name = "nohash32-8xx-16k",
		.page_shift = 14,
		.pmd_order = 8,
		.big_endian = true,
		.pfn_bits = 18,
		.pte_bytes = 16,
		.pte_copies = 4,
	},
	{ .name = "nohash32-e500-32", K4, .pfn_bits = 20 },
	{ .name = "nohash32-e500-pte64", K4_PTE64 },
	{ .page_shift = 0 },
};

const struct arch arch_ppc32 = {
	.name = "ppc32",
	.aliases = (const char *const[]){ "ppc", "powerpc", "powerpcspe:nohash32-e500-pte64", NULL },
	.config_symbol = "PPC32",
	ONLY_MIGRATION,
	.word_bits = 32,
	.variants = variants,
	.layouts = layouts,
	.rarity = 5,
};
