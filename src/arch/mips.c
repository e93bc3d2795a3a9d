/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "arch/arch.h"

#define BIT64(n) (1ull << (n))
#define ROW(name, only, bits, empty, type_at, offset_at, width) \
	.id = "mips-" name, .variants = only, .levels = LEVELS_PTE, .none = PRED_ONLY(empty), \
	.present = PRED_ANY(BIT64(bits)), .type = { { type_at, 5 } }, .offset = { { offset_at, width } }
#define ALL_R4K "32-r1 32-r2 32-r6-rixi"
#define R4K(name) ROW(name, ALL_R4K, 0, BIT64(6), 8, 13, 19)
#define R3000(name) ROW(name, "32-r3000", 0, BIT64(8), 10, 15, 17)

/* Swap entries are in the high word, presence is in the low one; pte_none() leaves out the global bits. */
#define XPA(name) ROW(name, "32-xpa-16k", 24, 0xffffffffull | BIT64(34), 36, 41, 23)
#define ALCHEMY(name) ROW(name, "32-phys64-alchemy", 6, BIT64(0) | BIT64(32), 34, 39, 25)

/* For some time all 64-bit PTEs of MIPS32 kernels were those of XPA. */
#define LIKE_XPA(name, only) ROW(name, only, 24, 0xffffffffull | BIT64(34), 36, 41, 23)

#define XPA_QUIRK .quirk = "arch/mips/include/asm/pgtable.h: pte_none() of XPA looks at the high word " \
	"only, so an entry can be none and present at once", \
	.quirk_if = { .eq = { { ~(0xffffffffull | BIT64(34)) | BIT64(24), BIT64(24) } } }
#define HEADER "arch/mips/include/asm/pgtable-32.h, pgtable-bits.h, "
#define OLD SPANS_5_10, .source = HEADER "run in 5.10, 6.1; 6.2.1 read"
#define NEW(at) SPANS_6_3, .flags = { FLAG_EXCLUSIVE(at) }, .source = HEADER "run in 6.12, 7.2; 6.3.8 read"

/*
 * In older releases CPU and configuration decide where the global bit is, which pte_none() leaves out:
 * at 5 or 6, and with netlogic at 7. No entry has a bit below those of its type.
 */
#define G_MOVES (BIT64(5) | BIT64(6))
#define SPANS_2_6 .spans = { { KV(2, 6, 32), KV(5, 10, 0), PROVED } }
/* _PAGE_FILE is bit 4, or bit 3 where the CPU has RI and XI. No swap entry has either. */
#define FILE_PTE .file = PRED_ANY(BIT64(3) | BIT64(4))
#define READ "2.6.32, 3.10, 3.18, 4.1, 4.4, 4.19 read"

static const struct layout layouts[] = {
	{ ROW("2.6.32", ALL_R4K, 0, G_MOVES, 8, 13, 19), SPANS_2_6, FILE_PTE, .source = HEADER READ },
	{ R3000("2.6.32-r3000"), SPANS_2_6, .file = PRED_ANY(BIT64(4)), .source = HEADER READ },
	{
		XPA("4.1-xpa"),
		XPA_QUIRK,
		.spans = { { KV(4, 1, 0), KV(5, 10, 0), PROVED } }, /* 4.0 has no XPA */
		.source = HEADER "4.1, 4.4, 4.19 read",
	},
	{
		ALCHEMY("2.6.32-alchemy"),
		.file = PRED_ANY(BIT64(10)),
		.spans = { { KV(2, 6, 32), KV(3, 19, 0), PROVED }, { KV(3, 19, 0), KV(4, 1, 0), BRACKETED } },
		.source = HEADER "2.6.32, 3.10, 3.18 read",
	},
	{
		/* The repair, for 4.7, went to the stable releases of 4.4 too. */
		LIKE_XPA("4.1-alchemy", "32-phys64-alchemy"),
		XPA_QUIRK,
		.spans = { { KV(4, 1, 0), KV(4, 2, 0), PROVED }, { KV(4, 2, 0), KV(4, 4, 14), BRACKETED },
			{ KV(4, 5, 0), KV(4, 7, 0), BRACKETED } },
		.source = HEADER "4.1 read",
	},
	{
		ALCHEMY("4.7-alchemy"),
		.spans = { { KV(4, 4, 14), KV(4, 5, 0), BRACKETED }, { KV(4, 7, 0), KV(4, 19, 0), BRACKETED },
			{ KV(4, 19, 0), KV(5, 10, 0), PROVED } },
		.source = HEADER "4.4.94, 4.19 read",
	},
	{
		ROW("3.0-netlogic", "32-phys64-netlogic", 0, G_MOVES | BIT64(7), 8, 13, 19),
		FILE_PTE,
		.spans = { { KV(3, 0, 0), KV(3, 10, 0), BRACKETED }, { KV(3, 10, 0), KV(5, 10, 0), PROVED } },
		.source = HEADER "3.10, 3.18, 4.1, 4.4, 4.19 read",
	},

	{ R4K("5.10"), OLD },
	{ R4K("6.3"), NEW(1) },
	{ R3000("5.10-r3000"), OLD },
	{ R3000("6.3-r3000"), NEW(7) },
	{ XPA("5.10-xpa"), XPA_QUIRK, OLD },
	{ XPA("6.3-xpa"), XPA_QUIRK, NEW(25) },
	{ ALCHEMY("5.10-alchemy"), OLD },
	{ ALCHEMY("6.3-alchemy"), NEW(7) },
	{
		ROW("5.10-netlogic", "32-phys64-netlogic", 0, BIT64(7), 8, 13, 19),
		.spans = { { KV(5, 10, 0), KV(6, 1, 0), BRACKETED } }, /* 6.1 has no netlogic */
		.source = HEADER "run in 5.10",
	},
	{ .id = NULL },
};

#define K4 .page_shift = 12, .pmd_order = 10, .pfn_bits = 20
#define WIDE .pfn_bits = 26, .pte_bytes = 8

static const struct variant variants[] = {
	{ .name = "32-r2", .config = "CPU_MIPSR2 !XPA", K4, .big_endian = true, .is_default = true },
	{ .name = "32-r1", .config = "CPU_MIPSR1 !MIPS_ALCHEMY", K4, .big_endian = true },
	{ .name = "32-r6-rixi", .config = "CPU_MIPSR6", K4, .big_endian = true },
	{ .name = "32-r3000", .config = "CPU_R3000", K4 },
	{
		.name = "32-xpa-16k",
		.config = "XPA",
		WIDE,
		.page_shift = 14,
		.pmd_order = 11,
		.big_endian = true,
		.words_swapped = true,
	},
	{ .name = "32-phys64-alchemy",
		.config = "MIPS_ALCHEMY",
		WIDE,
		.page_shift = 12,
		.pmd_order = 9,
		.words_swapped = true },
	{ .name = "32-phys64-netlogic", WIDE, .page_shift = 12, .pmd_order = 9, .big_endian = true },
	{ .page_shift = 0 },
};

const struct arch arch_mips = {
	.name = "mips",
	.aliases = (const char *const[]){ "mipsel", "mips32", "mips32el", "mipsr6:32-r6-rixi",
		"mipsr6el:32-r6-rixi", NULL },
	.little_names = "mipsel mips32el mipsr6el",
	.config = "MIPS 32BIT",
	ONLY_MIGRATION,
	.word_bits = 32,
	.variants = variants,
	.layouts = layouts,
	.rarity = 5,
};
