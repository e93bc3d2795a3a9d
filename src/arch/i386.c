/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "arch/arch.h"
#include "arch/l1tf.h"

#define PROTNONE_OR_PRESENT 0x101ull
#define NOTHING { .eq = { { UINT64_MAX, 0 } } }
/* An erratum lets the CPU set A and D in empty entries: 4.8. */
#define NOTHING_BUT_AD { .eq = { { ~0x60ull, 0 } } }

#define TWO_LEVEL "2level 2level-flatmem"
#define PAE "pae pae-flatmem"

/* 3.16 made soft-dirty tracking x86_64-only. */
#define SOFT_DIRTY                                                                           \
	{ .flag = SWPD_FLAG_SOFT_DIRTY, .bit = 7, .levels = LEVELS_PTE, .knob = KNOB_MEM_SOFT_DIRTY, \
		.since = KV(3, 11, 0), .until = KV(3, 16, 0) }
#define EXCLUSIVE { .flag = SWPD_FLAG_EXCLUSIVE, .bit = 7, .levels = LEVELS_PTE, .since = KV(6, 3, 0) }

/* Up to L1TF the entry of a PAE page table is the upper half of the word. */
#define UPPER_HALF .type = { { 32, 5 } }, .offset = { { 37, 27 } }

static const struct layout layouts[] = {
	{
		.id = "i386-2level",
		.variants = TWO_LEVEL,
		.levels = LEVELS_PTE,
		.spans = { { KV(2, 6, 28), KV(2, 6, 32), BRACKETED }, { KV(2, 6, 32), KV_MAX, PROVED } },
		.none = NOTHING,
		.present = { .any = PROTNONE_OR_PRESENT },
		.type = { { 1, 5 } },
		.offset = { { 9, 23 } },
		.file = PRED_ANY(1 << 6),
		.flags = { SOFT_DIRTY, EXCLUSIVE },
		.source = "arch/x86/include/asm/pgtable-2level.h, 2.6.32 on, run in 5.10, 6.1, 6.12, 7.2; "
			"pgtable_types.h, 2.6.32, 3.4, 3.18",
	},
	{
		.id = "i386-pae-2.6.28",
		.variants = PAE,
		.levels = LEVELS_PTE,
		.spans = { { KV(2, 6, 28), KV(2, 6, 32), BRACKETED },
			{ KV(2, 6, 32), KV(4, 0, 0), PROVED }, SPANS_4_0_L1TF },
		.none = NOTHING,
		.present = { .any = PROTNONE_OR_PRESENT },
		UPPER_HALF,
		.file = PRED_ANY(1 << 6),
		.flags = { SOFT_DIRTY },
		.source = "arch/x86/include/asm/pgtable-3level.h, 2.6.32 to 4.7; pgtable_types.h, "
			"2.6.32, 3.4, 3.18",
	},
	{
		.id = "i386-pae-4.8",
		.variants = PAE,
		.levels = LEVELS_PTE,
		.spans = { SPANS_4_8_L1TF },
		.none = NOTHING_BUT_AD,
		.present = { .any = PROTNONE_OR_PRESENT },
		UPPER_HALF,
		.source = "arch/x86/include/asm/pgtable-3level.h, pgtable_types.h, 4.8 to 4.17",
	},
	{
		.id = "i386-pae-l1tf",
		.variants = PAE,
		.levels = LEVELS_PTE,
		.spans = { SPANS_L1TF },
		.none = NOTHING_BUT_AD,
		.present = { .any = PROTNONE_OR_PRESENT },
		.type = { { 59, 5 } },
		.offset = { { 9, 50 } }, /* swp_entry_t has room for the lower 26 only */
		.invert = true,
		.pfn_flip = 1,
		.flags = { EXCLUSIVE },
		.source = "arch/x86/include/asm/pgtable-3level.h, run in 5.10, 6.1, 6.12, 7.2",
	},
	/* No entries for migration above the PTE level: huge pages and empty words. */
	{
		.id = "i386-2level-pmd",
		.variants = TWO_LEVEL,
		.levels = LEVEL(PMD),
		.spans = { { KV(5, 10, 0), KV_MAX, BRACKETED } },
		.none = NOTHING,
		.present = { .any = PROTNONE_OR_PRESENT | 0x80 },
		.source = "arch/x86/include/asm/pgtable.h, pgtable-2level.h, 6.1, 6.12",
	},
	{
		.id = "i386-pae-l1tf-pmd",
		.variants = PAE,
		.levels = LEVEL(PMD),
		.spans = { SPANS_L1TF },
		.none = NOTHING_BUT_AD,
		.present = { .any = PROTNONE_OR_PRESENT | 0x80 },
		.pfn_flip = 1,
		.source = "arch/x86/include/asm/pgtable.h, pgtable-invert.h, 6.1, 6.12, seen at work in 5.10",
	},
	{ .id = NULL },
};

#define FRAME_2LEVEL .page_shift = 12, .pmd_order = 10, .pud_order = 10, .pfn = { { 12, 20 } }, \
	.pmd_leaf = 0x80
/* __PHYSICAL_MASK_SHIFT says 44, later 52, but a PFN is an unsigned long. */
#define FRAME_PAE .page_shift = 12, .pmd_order = 9, .pud_order = 18, .pfn = { { 12, 32 } }, \
	.pmd_leaf = 0x80, .pte_bytes = 8

static const struct variant variants[] = {
	{ .name = "2level", .config = "!X86_PAE !FLATMEM", FRAME_2LEVEL, .physmem_bits = 32 },
	{ .name = "2level-flatmem", .config = "!X86_PAE FLATMEM", FRAME_2LEVEL, .physmem_bits = 32 },
	{ .name = "pae",
		FRAME_PAE,
		.physmem_bits = 36,
		.is_default = true,
		.config = "X86_PAE !FLATMEM", .vmcoreinfo = "CONFIG_X86_PAE=y" },
	{ .name = "pae-flatmem", .config = "X86_PAE FLATMEM", FRAME_PAE, .physmem_bits = 64 },
	{ .page_shift = 0 },
};

static const struct pgtable pgtables[] = {
	/* Without CONFIG_VMSPLIT_* the kernel has the last GiB. */
#define TREE .table = { [1] = { 0x81, 0x01 } }, .pte_passes = true, .user_end = 0xc0000000
	{ .id = "i386-2level", .variants = TWO_LEVEL, .bits = { 10, 10 }, .addr = { { 12, 20, 12 } }, TREE,
		.source = "arch/x86/include/asm/pgtable-2level_types.h, 5.10 to 7.2" },
	{ .id = "i386-pae", .variants = PAE, .bits = { 9, 9, 2 }, .addr = { { 12, 40, 12 } }, TREE,
		.source = "arch/x86/include/asm/pgtable-3level_types.h, 5.10 to 7.2" },
#undef TREE
	{ .id = NULL },
};

static const struct area areas[] = {
	{ 0xc0000000, 0xf7ffffff, "kernel: direct map of memory" },
	{ 0xb7000000, 0xbfffffff, "user: libraries and stack" },
	{ .last = 0 },
};

const struct arch arch_i386 = {
	.name = "i386",
	.aliases = (const char *const[]){ "i686", "i586", "i486", "x86", "x86_32", "ia32", NULL },
	.config = "X86_32 !UML",
	.off = { NO_DEVICE_PRIVATE, NO_PTE_MARKER },
	.word_bits = 32,
	.variants = variants,
	.layouts = layouts,
	.pgtables = pgtables,
	.kernel_map = { { .base = 0xc0000000, .direct = true } },
	.elf_machine = 3 /* EM_386 */,
	.rarity = 2,
	.areas = areas,
};
