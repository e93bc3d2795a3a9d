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

/* _PAGE_FILE shares a bit with another, not the same on all CPUs: pte-*.h of 3.4, and for 8xx of 2.6.32. */
#define FILE_PTE(bit) .file = PRED_ANY(bit)

#define BOOK3S(where) .source = "arch/powerpc/include/asm/book3s/32/pgtable.h, " where
#define NOHASH(where) .source = "arch/powerpc/include/asm/nohash/32/pgtable.h, pte-*.h, ../pte-e500.h, " where
#define BEFORE_4_5 "; ../../pgtable-ppc32.h, pte-*.h, 2.6.32, 2.6.36, 4.4 read"
#define OLD_BOOK3S "5.8 read, run in 5.10, 6.1; 6.2.1 read" BEFORE_4_5
#define OLD "4.12, 4.20 read, run in 5.10, 6.1; 6.2.1 read" BEFORE_4_5
#define SPANS_2_6 .spans = { { KV(2, 6, 32), KV(6, 3, 0), PROVED } }
#define READ_8XX(where) .source = "arch/powerpc/include/asm/pgtable-ppc32.h, pte-8xx.h, " where " read"
#define NEW "run in 6.12, 7.2; 6.3.8 read"
#define EXCLUSIVE .flags = { FLAG_EXCLUSIVE(2) }

/*
 * e500 with 32-bit PTEs: bit 0 became _PAGE_READ by a series of September 2023 that is in the pull request
 * for 6.7. "powerpc/e500: Always use 64 bits PTE" is of January 2026, before 6.19 was out, and was among
 * the fixes for 7.0 in March.
 */
#define E500_READ KV(6, 7, 0)
#define E500_WIDE KV(7, 0, 0)

static const struct layout layouts[] = {
	{ NARROW("2.6.32-book3s32", "book3s32", 1, HASHPTE), SPANS_2_6, FILE_PTE(4), BOOK3S(OLD_BOOK3S) },
	{ NARROW("6.3-book3s32", "book3s32", 1, HASHPTE), SPANS_6_3, EXCLUSIVE, BOOK3S(NEW) },
	{ WIDE("2.6.32-book3s32-pte64", "book3s32-pte64", HASHPTE), SPANS_2_6, FILE_PTE(4),
		BOOK3S(OLD_BOOK3S) },
	{ WIDE("6.3-book3s32-pte64", "book3s32-pte64", HASHPTE), SPANS_6_3, EXCLUSIVE, BOOK3S(NEW) },

	{ WIDE("2.6.32-44x", "nohash32-44x", 0), SPANS_2_6, FILE_PTE(4), NOHASH(OLD) },
	{
		/* What pte_none() of 2.6.32 left out here was not found. */
		WIDE("2.6.32-e500-pte64", "nohash32-e500-pte64", 0),
		FILE_PTE(2),
		.spans = { { KV(2, 6, 32), KV(2, 6, 36), BRACKETED }, { KV(2, 6, 36), KV(6, 3, 0), PROVED } },
		NOHASH(OLD),
	},
	{ WIDE("6.3-pte64", "nohash32-44x nohash32-e500-pte64", 0), SPANS_6_3, EXCLUSIVE, NOHASH(NEW) },

	/*
	 * Here the bit that pte_none() leaves out has been in the type and in the offset: the kernel itself
	 * takes the slot that has only that bit for an empty entry.
	 */
	{
		NARROW("2.6.32-8xx", "nohash32-8xx-4k", 1, 1 << 7),
		FILE_PTE(2),
		.spans = { { KV(2, 6, 32), KV(2, 6, 33), PROVED },
			{ KV(2, 6, 33), KV(2, 6, 34), BRACKETED } },
		READ_8XX("2.6.32"),
	},
	{
		NARROW("2.6.34-8xx", "nohash32-8xx-4k", 1, 1 << 5),
		FILE_PTE(2),
		.spans = { { KV(2, 6, 34), KV(4, 0, 0), BRACKETED } },
		READ_8XX("3.4"),
	},
	{
		NARROW("4.0-8xx", "nohash32-8xx-4k", 1, 1 << 9),
		.spans = { { KV(4, 0, 0), KV(4, 1, 0), BRACKETED }, { KV(4, 1, 0), KV(4, 2, 0), PROVED } },
		READ_8XX("4.1"),
	},
	{
		NARROW("4.2-8xx", "nohash32-8xx-4k", 1, 0),
		.spans = { { KV(4, 2, 0), KV(4, 4, 0), BRACKETED }, { KV(4, 4, 0), KV(6, 3, 0), PROVED } },
		NOHASH(OLD),
	},

	/* With pages of 16K a PTE was one word at first. */
	{
		NARROW("3.18-8xx-16k", "nohash32-8xx-16k", 1, 1 << 5),
		FILE_PTE(2),
		.spans = { { KV(3, 18, 0), KV(4, 0, 0), BRACKETED } },
		.pte_bytes = 4,
		READ_8XX("3.4"),
	},
	{
		NARROW("4.0-8xx-16k", "nohash32-8xx-16k", 1, 1 << 9),
		.spans = { { KV(4, 0, 0), KV(4, 1, 0), BRACKETED }, { KV(4, 1, 0), KV(4, 2, 0), PROVED } },
		.pte_bytes = 4,
		READ_8XX("4.1"),
	},
	{
		NARROW("4.2-8xx-16k", "nohash32-8xx-16k", 1, 0),
		.spans = { { KV(4, 2, 0), KV(4, 4, 0), BRACKETED }, { KV(4, 4, 0), KV(4, 13, 0), PROVED },
			{ KV(4, 13, 0), KV(5, 0, 0), BRACKETED } },
		.pte_bytes = 4,
		READ_8XX("4.4, pgtable-types.h, 4.12"),
	},
	{
		NARROW("5.0-8xx-16k", "nohash32-8xx-16k", 1, 0),
		.spans = { { KV(5, 0, 0), KV(5, 10, 0), BRACKETED }, { KV(5, 10, 0), KV(6, 3, 0), PROVED } },
		NOHASH("run in 5.10, 6.1; 6.2.1 read"),
	},
	{ NARROW("6.3-8xx", "nohash32-8xx-4k nohash32-8xx-16k", 1, 0), SPANS_6_3, EXCLUSIVE, NOHASH(NEW) },

	{ NARROW("2.6.32-40x", "nohash32-40x", 2, 0), SPANS_2_6, FILE_PTE(1), NOHASH(OLD) },
	{
		NARROW("6.3-40x", "nohash32-40x", 2, 0),
		.spans = { { KV(6, 3, 0), KV(6, 12, 0), BRACKETED } }, /* 6.12 has no 40x */
		EXCLUSIVE,
		NOHASH("6.3.8 read"),
	},

	{ NARROW("2.6.32-e500", "nohash32-e500-32", 1, 0), SPANS_2_6, FILE_PTE(2), NOHASH(OLD) },
	{
		NARROW("6.3-e500", "nohash32-e500-32", 1, 0),
		.spans = { { KV(6, 3, 0), KV(6, 4, 0), PROVED }, { KV(6, 4, 0), E500_READ, BRACKETED } },
		EXCLUSIVE,
		NOHASH("6.3.8 read"),
	},
	{
		NARROW("6.7-e500", "nohash32-e500-32", 2, 0),
		.spans = { { E500_READ, KV(6, 12, 0), BRACKETED }, { KV(6, 12, 0), KV(6, 19, 0), PROVED },
			{ KV(6, 19, 0), E500_WIDE, BRACKETED } },
		EXCLUSIVE,
		NOHASH("run in 6.12; lines that the patch of 7.0 takes away read"),
	},
	{
		WIDE("7.0-e500", "nohash32-e500-32", 0),
		.spans = { { E500_WIDE, KV(7, 2, 0), BRACKETED }, { KV(7, 2, 0), KV_MAX, PROVED } },
		.pte_bytes = 8,
		EXCLUSIVE,
		NOHASH("run in 7.2"),
	},
	{ .id = NULL },
};

#define K4 .page_shift = 12, .pmd_order = 10, .big_endian = true
#define K4_PTE64 .page_shift = 12, .pmd_order = 9, .big_endian = true, .pfn_bits = 26, .pte_bytes = 8

static const struct variant variants[] = {
	{ .name = "book3s32", .config = "PPC_BOOK3S_32 !PTE_64BIT", K4, .pfn_bits = 20, .is_default = true },
	{ .name = "book3s32-pte64", .config = "PPC_BOOK3S_32 PTE_64BIT", K4_PTE64 },
	{ .name = "nohash32-44x", .config = "44x", K4_PTE64 },
	{ .name = "nohash32-40x", .config = "40x", K4, .pfn_bits = 20 },
	{ .name = "nohash32-8xx-4k", .config = "PPC_8xx PPC_4K_PAGES", K4, .pfn_bits = 20 },
	{
		.name = "nohash32-8xx-16k",
		.config = "PPC_8xx PPC_16K_PAGES",
		.page_shift = 14,
		.pmd_order = 8,
		.big_endian = true,
		.pfn_bits = 18,
		.pte_bytes = 16,
		.pte_copies = 4,
	},
	{ .name = "nohash32-e500-32", .config = "PPC_E500|E500 !PTE_64BIT", K4, .pfn_bits = 20 },
	{ .name = "nohash32-e500-pte64", .config = "PPC_E500|E500 PTE_64BIT", K4_PTE64 },
	{ .page_shift = 0 },
};

const struct arch arch_ppc32 = {
	.name = "ppc32",
	.aliases = (const char *const[]){ "ppc", "powerpc", "powerpcspe:nohash32-e500-pte64", NULL },
	.config = "PPC32",
	ONLY_MIGRATION,
	.word_bits = 32,
	.variants = variants,
	.layouts = layouts,
	.rarity = 5,
};
