/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "arch/arch.h"

#define PRESENT PRED_ANY(3ull << 8) /* _PAGE_PRESENT, _PAGE_PROTNONE: in the low word of X2TLB */
#define HEADER "arch/sh/include/asm/pgtable_32.h, "
#define OLD HEADER "evaluated in 5.10, 6.1; 2.6.32, 3.18, 4.1.15, 4.9.227, 6.2.1 read"
#define NEW HEADER "evaluated in 6.12, 7.2; 6.3.8 read"
#define COMMON(variant) .variants = variant, .levels = LEVELS_PTE, .none = PRED_ONLY(0), .present = PRESENT
/* Before 4.0, bit 0 said that a page of a file mapping is at an offset; the rest was as it is today. */
#define SPANS_2_6_32 .spans = { { KV(2, 6, 32), KV(6, 3, 0), PROVED } }

#define SH4 COMMON("sh4-29bit"), .offset = { { 11, 21 } }
#define FILE_PTE .file = PRED_ANY(1 << 0)
#define X2TLB COMMON("sh4a-x2tlb"), .type = { { 32, 5 } }, .offset = { { 37, 27 } }

static const struct layout layouts[] = {
	{ .id = "sh-2.6.32-sh4", SH4, SPANS_2_6_32, FILE_PTE, .type = { { 1, 8 } }, .source = OLD },
	{ .id = "sh-6.3-sh4", SH4, SPANS_6_3, .type = { { 1, 5 } }, .flags = { FLAG_EXCLUSIVE(6) },
		.source = NEW },
	{ .id = "sh-2.6.32-x2tlb", X2TLB, SPANS_2_6_32, FILE_PTE, .source = OLD },
	{ .id = "sh-6.3-x2tlb", X2TLB, SPANS_6_3, .flags = { FLAG_EXCLUSIVE(6) }, .source = NEW },
	{ .id = NULL },
};

#define K4 .page_shift = 12, .physmem_bits = 32

static const struct variant variants[] = {
	{ .name = "sh4-29bit", .config = "!X2TLB", K4, .pmd_order = 10, .is_default = true },
	{ .name = "sh4a-x2tlb",
		.config = "X2TLB",
		K4,
		.pmd_order = 9,
		.pud_order = 18,
		.pte_bytes = 8,
		.words_swapped = true },
	{ .page_shift = 0 },
};

const struct arch arch_sh = {
	.name = "sh",
	.aliases = (const char *const[]){ "sh4", "sh4a", "superh", "sh4eb", "sh3", NULL },
	.big_names = "sh4eb",
	.config = "SUPERH",
	ONLY_MIGRATION,
	.word_bits = 32,
	.variants = variants,
	.layouts = layouts,
	.rarity = 9,
};
