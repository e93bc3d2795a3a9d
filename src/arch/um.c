/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "arch/arch.h"

/* Bit 1 is _PAGE_NEWPAGE: it may be set in any entry, and is dropped when one is read. Bit 4 is PROT_NONE. */
#define COMMON(variant, width)                                                                              \
	.variants = variant, .levels = LEVELS_PTE, .none = PRED_ONLY(2), .present = PRED_ANY(0x11),         \
	.offset = { { 11, width } }, .ignored = 2
#define NEW .type = { { 5, 5 } }
#define FILE_PTE .file = PRED_ANY(1 << 3)

/*
 * The type began at bit 4 until some release of 3.5 to 3.12, or of 3.4.y: seen in 3.4.0, moved in 3.4.65,
 * 3.10.108 and 3.12.9. Up to 3.18, bit 3 said that a page of a file mapping is at an offset.
 */
#define OLD .type = { { 4, 6 } }, \
	.spans = { \
		{ KV(2, 6, 32), KV(3, 4, 1), PROVED }, \
		{ KV(3, 4, 1), KV(3, 4, 65), BRACKETED }, \
		{ KV(3, 5, 0), KV(3, 10, 0), BRACKETED }, \
	}, \
	.quirk = "arch/um/include/asm/pgtable.h: the lowest bit of the type is also PROT_NONE, so " \
	"odd types read " \
		"as present", \
	.quirk_if = PRED_ANY(0x10)
#define SPANS_3_10 \
	.spans = { \
		{ KV(3, 4, 65), KV(3, 5, 0), PROVED }, \
		{ KV(3, 10, 0), KV(3, 12, 0), BRACKETED }, \
		{ KV(3, 12, 0), KV(6, 3, 0), PROVED }, \
	}
#define ROWS(variant, width)                                                                                \
	{                                                                                                   \
		.id = "um-2.6.32-" variant, COMMON(variant, width), OLD, FILE_PTE,                          \
		.source = "arch/um/include/asm/pgtable.h, 2.6.32.70, 3.0.31, 3.4 read",                     \
	},                                                                                                  \
	{                                                                                                   \
		.id = "um-3.10-" variant, COMMON(variant, width), NEW, SPANS_3_10, FILE_PTE,                \
		.source = "arch/um/include/asm/pgtable.h, evaluated in 5.10, 6.1; 3.4.65, 3.4.79, "         \
			"3.10.108, 3.12.9, 3.18, 4.9.227, 6.2.1 read",                                      \
	},                                                                                                  \
	{                                                                                                   \
		.id = "um-6.3-" variant, COMMON(variant, width), NEW, SPANS_6_3,                            \
		.flags = { FLAG_EXCLUSIVE(10) },                                                            \
		.source = "arch/um/include/asm/pgtable.h, evaluated in 6.12, 7.2; 6.3.8 read",              \
	}

static const struct layout layouts[] = {
	ROWS("x86_64-3level", 53),
	ROWS("i386-2level", 21),
	{ .id = NULL },
};

static const struct variant variants[] = {
	{
		.name = "x86_64-3level",
		.config = "64BIT",
		.page_shift = 12,
		.pfn_bits = 52,
		.pmd_order = 9,
		.pud_order = 18,
		.is_default = true,
	},
	{ .name = "i386-2level",
		.config = "!64BIT",
		.page_shift = 12,
		.pfn_bits = 20,
		.pmd_order = 10,
		.word_bits = 32 },
	{ .page_shift = 0 },
};

const struct arch arch_um = {
	.name = "um",
	.aliases = (const char *const[]){ "uml", NULL },
	.config = "UML",
	ONLY_MIGRATION,
	.word_bits = 64,
	.variants = variants,
	.layouts = layouts,
	.rarity = 9,
};
