/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "arch/arch.h"

#define HEADER "arch/arc/include/asm/pgtable-bits-arcv2.h (up to 5.14 pgtable.h), "
#define ROW .levels = LEVELS_PTE, .none = PRED_ONLY(0), .present = PRED_ANY(1ull << 9), \
	.type = { { 0, 5 } }, .offset = { { 13, 19 } }

static const struct layout layouts[] = {
	{ .id = "arc-5.10", ROW, SPANS_5_10, .source = HEADER "evaluated in 5.10, 6.1; 6.2.1 read" },
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
	{ .name = "arcv2", K8, .pfn_bits = 19, .is_default = true },
	{ .name = "arcv2-pae40", K8, .pfn_bits = 26, .pte_bytes = 8 },
	{ .name = "arcompact", K8, .pfn_bits = 19 },
	{ .page_shift = 0 },
};

const struct arch arch_arc = {
	.name = "arc",
	.aliases = (const char *const[]){ "arcv2", "arcompact:arcompact", NULL },
	.config_symbol = "ARC",
	ONLY_MIGRATION,
	.word_bits = 32,
	.variants = variants,
	.layouts = layouts,
	.rarity = 9,
};
