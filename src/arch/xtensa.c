/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "arch/arch.h"

#define INVALID 0x1cull /* _PAGE_CA_INVALID | _PAGE_USER: what an empty entry is too */

/* Before 3.11, the same without the user bit. Up to 3.18, bit 1 marked the offset of a page in its file. */
#define OLD_INVALID 0xcull

/* Attribute bits 2 and 3 not both set, or the whole attribute PROT_NONE. */
#define NOT_INVALID { .eq = { { 0xc, 0 }, { 0xc, 4 }, { 0xc, 8 }, { 0xf, 0xf } } }
#define QUIRK "arch/xtensa/include/asm/pgtable.h: type 0 offset 0 reads as empty, and the value 0 as present"

/* "xtensa: fix TLB multihit exceptions" is of April 2013: seen without in 3.10.108, with in 3.12.9. */
#define SPANS_2_6_32 .spans = { { KV(2, 6, 32), KV(3, 11, 0), PROVED } }
#define SPANS_3_11 .spans = { { KV(3, 11, 0), KV(3, 12, 0), BRACKETED }, \
	{ KV(3, 12, 0), KV(6, 3, 0), PROVED } }

static const struct layout layouts[] = {
	{
		.id = "xtensa-2.6.32",
		.levels = LEVELS_PTE,
		SPANS_2_6_32,
		.none = { .eq = { { UINT64_MAX, OLD_INVALID } } },
		.present = { .eq = { { 0xc, 0 }, { 0xc, 4 }, { 0xc, 8 }, { 3, 3 } } },
		.file = PRED_ANY(1 << 1),
		.type = { { 6, 5 } },
		.offset = { { 11, 21 } },
		.base = OLD_INVALID,
		.quirk = QUIRK,
		.quirk_if = PRED_ONLY(0),
		.source = "arch/xtensa/include/asm/pgtable.h, 2.6.32 or 2.6.33, 3.4, 3.10.108 read",
	},
	{
		.id = "xtensa-3.11",
		.levels = LEVELS_PTE,
		SPANS_3_11,
		.file = PRED_ANY(1 << 1),
		.none = { .eq = { { UINT64_MAX, INVALID } } },
		.present = NOT_INVALID,
		.type = { { 6, 5 } },
		.offset = { { 11, 21 } },
		.base = INVALID,
		.quirk = QUIRK,
		.quirk_if = PRED_ONLY(0),
		.source = "arch/xtensa/include/asm/pgtable.h, evaluated in 5.10, 6.1; 3.12.9, 3.18, "
			"4.9.280, 6.2.1 read",
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
	.config = "XTENSA",
	ONLY_MIGRATION,
	.word_bits = 32,
	.variants = variants,
	.layouts = layouts,
	.rarity = 9,
};
