/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "arch/arch.h"

/* Bit 1 is _PAGE_NEWPAGE: it may be set in any entry, and is dropped when one is read. Bit 4 is PROT_NONE. */
#define COMMON(variant, width)                                                                              \
	.variants = variant, .levels = LEVELS_PTE, .none = PRED_ONLY(2), .present = PRED_ANY(0x11),         \
	.type = { { 5, 5 } }, .offset = { { 11, width } }, .ignored = 2
#define ROWS(variant, width)                                                                                \
	{                                                                                                   \
		.id = "um-5.10-" variant, COMMON(variant, width), SPANS_5_10,                               \
		.source = "arch/um/include/asm/pgtable.h, evaluated in 5.10, 6.1; 6.2.1 read",              \
	},                                                                                                  \
	{                                                                                                   \
		.id = "um-6.3-" variant, COMMON(variant, width), SPANS_6_3, .flags = { FLAG_EXCLUSIVE(10) }, \
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
		.page_shift = 12,
		.pfn_bits = 52,
		.pmd_order = 9,
		.pud_order = 18,
		.is_default = true,
	},
	{ .name = "i386-2level", .page_shift = 12, .pfn_bits = 20, .pmd_order = 10, .word_bits = 32 },
	{ .page_shift = 0 },
};

const struct arch arch_um = {
	.name = "um",
	.aliases = (const char *const[]){ "uml", NULL },
	.config_symbol = "UML",
	ONLY_MIGRATION,
	.word_bits = 64,
	.variants = variants,
	.layouts = layouts,
	.rarity = 9,
};
