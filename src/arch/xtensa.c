/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "arch/arch.h"

#define INVALID 0x1cull /* _PAGE_CA_INVALID | _PAGE_USER: what an empty entry is too */

/* Attribute bits 2 and 3 not both set, or the whole attribute PROT_NONE. */
#define NOT_INVALID { .eq = { { 0xc, 0 }, { 0xc, 4 }, { 0xc, 8 }, { 0xf, 0xf } } }
#define QUIRK "arch/xtensa/include/asm/pgtable.h: type 0 offset 0 reads as empty, and the value 0 as present"

static const struct layout layouts[] = {
	{
		.id = "xtensa-5.10",
		.levels = LEVELS_PTE,
		SPANS_5_10,
		.none = { .eq = { { UINT64_MAX, INVALID } } },
		.present = NOT_INVALID,
		.type = { { 6, 5 } },
		.offset = { { 11, 21 } },
		.base = INVALID,
		.quirk = QUIRK,
		.quirk_if = PRED_ONLY(0),
		.source = "arch/xtensa/include/asm/pgtable.h, evaluated in 5.10, 6.1; 6.2.1 read",
	},
	{
		.id = "xtensa-6.3",
		.levels = LEVELS_PTE,
		SPANS_6_3,
		.none = { .eq = { { UINT64_MAX, INVALID } } },
		.present = NOT_INVALID,
		.type = { { 6, 5 } },
		.offset = { { 11, 21 } },
		.flags = { FLAG_EXCLUSIVE(1) },
		.base = INVALID,
		.quirk = QUIRK,
		.quirk_if = PRED_ONLY(0),
		.source = "arch/xtensa/include/asm/pgtable.h, evaluated in 6.12, 7.2; 6.3.8 read",
	},
	{ .id = NULL },
};

static const struct variant variants[] = {
	{ .name = "", .page_shift = 12, .pfn_bits = 20, .pmd_order = 10, .is_default = true,
		.big_endian = true },
	{ .page_shift = 0 },
};

const struct arch arch_xtensa = {
	.name = "xtensa",
	.aliases = (const char *const[]){ NULL },
	.config_symbol = "XTENSA",
	ONLY_MIGRATION,
	.word_bits = 32,
	.variants = variants,
	.layouts = layouts,
	.rarity = 9,
};
