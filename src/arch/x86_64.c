/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "arch/arch.h"
#include "arch/l1tf.h"

#define PROTNONE_OR_PRESENT 0x101ull
#define NOTHING { .eq = { { UINT64_MAX, 0 } } }
/* Since 4.8: an erratum lets the CPU set A and D in empty entries. */
#define NOTHING_BUT_AD { .eq = { { ~0x60ull, 0 } } }

/* _PAGE_FILE was the dirty bit, until RHEL 7 took one that the erratum leaves alone. */
#define FILE_PTE .file = PRED_ANY(1 << 6)

#define SOFT_DIRTY(at, from, to) \
	{ .flag = SWPD_FLAG_SOFT_DIRTY, .bit = at, .levels = LEVELS_PTE, .knob = KNOB_MEM_SOFT_DIRTY, \
		.since = from, .until = to }

#define L1TF_FIELDS                                             \
	.type = { { 59, 5 } }, .offset = { { 9, 50 } }, .invert = true, \
	.none = NOTHING_BUT_AD, .pfn_flip = 1

#define L1TF_FLAG(name, at, lv, cfg, from) \
	{ .flag = SWPD_FLAG_##name, .bit = at, .levels = lv, .knob = cfg, .since = from }

#define EL7_3                                                                          \
	.levels = LEVELS_PTE, .none = NOTHING_BUT_AD, .present = { .any = PROTNONE_OR_PRESENT }, \
	.type = { { 9, 5 } }, .offset = { { 15, 49 } }, .flags = { SOFT_DIRTY(7, 0, 0) }, \
	.source = "arch/x86/include/asm/pgtable_64.h, pgtable.h, RHEL 7.3 and 7.4 3.10.0"
#define EL7_7                                                                          \
	L1TF_FIELDS, .levels = LEVELS_PTE, .present = { .any = PROTNONE_OR_PRESENT },  \
	.flags = { SOFT_DIRTY(7, 0, 0) },                                              \
	.file = PRED_ANY(1 << 4),                                                      \
	.source = "arch/x86/include/asm/pgtable_64.h, RHEL 7.7 and 7.9 3.10.0; pgtable_types.h, a tree " \
		"made of RHEL 7"

static const struct layout layouts[] = {
	{
		.id = "x86_64-2.6.28",
		.levels = LEVELS_PTE,
		.spans = { { KV(2, 6, 28), KV(3, 16, 0), PROVED }, SPANS_4_0_L1TF },
		.none = NOTHING,
		.present = { .any = PROTNONE_OR_PRESENT },
		.type = { { 1, 5 } },
		.offset = { { 9, 55 } },
		.flags = { SOFT_DIRTY(7, KV(3, 11, 0), 0) },
		FILE_PTE,
		.source = "arch/x86/include/asm/pgtable_64.h, 2.6.32, 3.0 to 3.15, 4.0 to 4.7; "
			"pgtable_types.h, 2.6.32, 3.4, 3.18",
	},
	{
		.id = "x86_64-3.16",
		.levels = LEVELS_PTE,
		.spans = { { KV(3, 16, 0), KV(4, 0, 0), PROVED } },
		.knob = KNOB_NUMA_BALANCING,
		.knob_is = 0,
		.none = NOTHING,
		.present = { .any = PROTNONE_OR_PRESENT },
		.type = { { 1, 5 } },
		.offset = { { 9, 55 } },
		.flags = { SOFT_DIRTY(7, 0, 0) },
		FILE_PTE,
		.source = "arch/x86/include/asm/pgtable_64.h, 3.16 to 3.19; pgtable_types.h, 3.18",
	},
	{
		.id = "x86_64-3.16-numa",
		.levels = LEVELS_PTE,
		.spans = { { KV(3, 16, 0), KV(4, 0, 0), PROVED } },
		.knob = KNOB_NUMA_BALANCING,
		.knob_is = 1,
		.none = NOTHING,
		.present = { .any = PROTNONE_OR_PRESENT | 0x200 /* _PAGE_NUMA */ },
		.type = { { 1, 5 } },
		.offset = { { 10, 54 } },
		.flags = { SOFT_DIRTY(7, 0, 0) },
		FILE_PTE,
		.source = "arch/x86/include/asm/pgtable_64.h, pgtable_types.h, 3.16 to 3.19",
	},
	{
		.id = "x86_64-4.8",
		.levels = LEVELS_PTE,
		.spans = { SPANS_4_8_L1TF },
		.none = NOTHING_BUT_AD,
		.present = { .any = PROTNONE_OR_PRESENT },
		.type = { { 9, 5 } },
		.offset = { { 14, 50 } },
		.flags = { SOFT_DIRTY(7, 0, KV(4, 14, 0)), SOFT_DIRTY(1, KV(4, 14, 0), 0) },
		.source = "arch/x86/include/asm/pgtable_64.h, 4.8 to 4.17",
	},
	{
		.id = "x86_64-4.14-pmd",
		.levels = LEVEL(PMD),
		.spans = { SPANS_4_14_L1TF },
		.none = NOTHING_BUT_AD,
		.present = { .any = PROTNONE_OR_PRESENT | 0x80 },
		.type = { { 9, 5 } },
		.offset = { { 14, 50 } },
		.flags = { L1TF_FLAG(SOFT_DIRTY, 1, LEVEL(PMD), KNOB_MEM_SOFT_DIRTY, 0) },
		.source = "arch/x86/include/asm/pgtable_64.h, pgtable.h, 4.15 to 4.17",
	},
	{
		.id = "x86_64-l1tf",
		.levels = LEVELS_PTE,
		.spans = { SPANS_L1TF },
		L1TF_FIELDS,
		.present = { .any = PROTNONE_OR_PRESENT },
		.flags = { L1TF_FLAG(SOFT_DIRTY, 1, LEVELS_PTE, KNOB_MEM_SOFT_DIRTY, 0),
			L1TF_FLAG(UFFD_WP, 2, LEVELS_PTE, KNOB_HAVE_ARCH_USERFAULTFD_WP, KV(5, 7, 0)),
			L1TF_FLAG(EXCLUSIVE, 3, LEVELS_PTE, KNOB_NONE, KV(5, 19, 0)) },
		.source = "arch/x86/include/asm/pgtable_64.h, pgtable.h, run in 5.10, 6.1, 6.12, 7.2",
	},
	{
		.id = "x86_64-l1tf-pmd",
		.levels = LEVEL(PMD),
		.spans = { SPANS_L1TF_4_14 },
		L1TF_FIELDS,
		.present = { .any = PROTNONE_OR_PRESENT | 0x80 },
		.flags = { L1TF_FLAG(SOFT_DIRTY, 1, LEVEL(PMD), KNOB_MEM_SOFT_DIRTY, 0),
			L1TF_FLAG(UFFD_WP, 2, LEVEL(PMD), KNOB_HAVE_ARCH_USERFAULTFD_WP, KV(5, 7, 0)) },
		.source = "arch/x86/include/asm/pgtable_64.h, pgtable.h, run in 5.10, 6.1, 6.12, 7.2",
	},
	/*
	 * Distributions. In RHEL 7.3 a comment says that offsets begin at 14, and the macros 15. __swp_type()
	 * of RHEL 5 takes six bits, but the sixth is _PAGE_FILE, which no swap entry has.
	 */
	{
		.id = "x86_64-el5",
		.levels = LEVELS_PTE,
		.spans = { { KV(2, 6, 0), KV(2, 6, 28), BRACKETED }, OWN(OWN_RHEL_5) },
		.none = NOTHING,
		.present = { .any = 0x81 },
		.type = { { 1, 5 } },
		.offset = { { 8, 56 } },
		FILE_PTE,
		.source = "include/asm-x86_64/pgtable.h, RHEL 5 2.6.18",
	},
	{
		EL7_3,
		.id = "x86_64-el7.3",
		.spans = { OWN(OWN_RHEL_7_3) },
	},
	{
		EL7_3,
		.id = "x86_64-el7.5",
		.spans = { { KV_OWN(OWN_RHEL_7_5), KV_OWN(OWN_RHEL_7_5 + 1), BRACKETED } },
		.knob = KNOB_L1TF,
		.knob_is = 0,
	},
	{
		EL7_7,
		.id = "x86_64-el7.5-l1tf",
		.spans = { { KV_OWN(OWN_RHEL_7_5), KV_OWN(OWN_RHEL_7_5 + 1), BRACKETED } },
		.knob = KNOB_L1TF,
		.knob_is = 1,
	},
	{
		EL7_7,
		.id = "x86_64-el7.7",
		.spans = { OWN(OWN_RHEL_7_7) },
	},
	{ .id = NULL },
};

#define FRAME .pmd_order = 9, .pud_order = 18, .pfn = { { 12, 40 } }, .pmd_leaf = 0x80

static const struct variant variants[] = {
	{ .name = "", .page_shift = 12, .physmem_bits = 46, .is_default = true, FRAME },
	{ .name = "la57", .page_shift = 12, .physmem_bits = 52, .cpu_flag = "la57",
		.vmcoreinfo = "NUMBER(pgtable_l5_enabled)=1", FRAME },
	{ .page_shift = 0 },
};

static const struct pgtable pgtables[] = {
/* Present, and no huge page. The upper half of the top level is the kernel's. */
#define TREE .table = { [1] = { 0x81, 0x01 } }, .pte_passes = true, .addr = { { 12, 40, 12 } }, \
	.source = "arch/x86/include/asm/pgtable_64_types.h, pgtable_types.h, 5.10 to 7.2"
	{ .id = "x86_64-4level", .variants = "", .bits = { 9, 9, 9, 9 }, .user_end = 1ull << 47, TREE },
	{ .id = "x86_64-5level",
		.variants = "la57",
		.bits = { 9, 9, 9, 9, 9 },
		.user_end = 1ull << 56,
		TREE },
#undef TREE
	{ .id = NULL },
};

static const struct area areas[] = {
	{ 0xffff880000000000, 0xffffc87fffffffff, "kernel: direct map of memory" },
	{ 0xffffc90000000000, 0xffffe8ffffffffff, "kernel: vmalloc area, with stacks" },
	{ 0xffffea0000000000, 0xffffeaffffffffff, "kernel: struct page" },
	{ 0xffffffff80000000, 0xffffffffbfffffff, "kernel: text and data" },
	{ 0xffffffffc0000000, 0xfffffffffeffffff, "kernel: modules" },
	{ 0x0000550000000000, 0x000056ffffffffff, "user: program and heap" },
	{ 0x00007f0000000000, 0x00007fffffffffff, "user: libraries, mappings, stack" },
	{ .last = 0 },
};

const struct arch arch_x86_64 = {
	.name = "x86_64",
	.aliases = (const char *const[]){ "amd64", "x86-64", "x64", NULL },
	.config = "X86_64 !UML",
	.word_bits = 64,
	.variants = variants,
	.layouts = layouts,
	.pgtables = pgtables,
	.kernel_map = { { .base = 0xffffffff80000000, .to_name = "NUMBER(phys_base)" },
		{ .base_symbol = "page_offset_base", .direct = true } },
	.root = { 12, 40, 12 }, /* CR3: PCID, LAM_U48, LAM_U57, no flush */
	.elf_machine = 62 /* EM_X86_64 */,
	.areas = areas,
};
