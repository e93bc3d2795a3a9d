/* SPDX-License-Identifier: GPL-2.0-or-later */
/* 64-bit kernels only; the 31-bit ones (up to 4.0) are not here. Bit 0 is the lowest one, not IBM's. */
#include "arch/arch.h"

#define INVALID 0x400ull
#define PROTECT 0x200ull
#define SEGMENT_INVALID 0x20ull
#define SEGMENT_COMMON 0x10ull
#define REGION_TYPE 0xcull
#define REGION3 0x4ull
#define REGION2 0x8ull
#define REGION1 0xcull
#define EQ(value) { UINT64_MAX, value }
#define ALL_ELSE { .negate = true }
#define ZERO_IS_SWAP(file) "no test in " file " asks for the bits that every swap entry has, " \
	"so that even 0 reads as one"

#define SOFT_DIRTY(level, from)                                                                        \
	{ .flag = SWPD_FLAG_SOFT_DIRTY, .bit = 1, .levels = LEVEL(level), .knob = KNOB_MEM_SOFT_DIRTY, \
		.since = from }

/* Offset bit 0 on one side of the type, the others on the other: a PTE must not have bits 8 and 11 set. */
#define SPLIT_FIELDS .type = { { 2, 5 } }, .offset = { { 7, 1 }, { 12, 52 } }
#define RSTE_FIELDS .type = { { 6, 5 } }, .offset = { { 12, 52 } }, .base = SEGMENT_INVALID | SEGMENT_COMMON

static const struct layout layouts[] = {
	{
		.id = "s390-2.6",
		.levels = LEVEL(PTE),
		.spans = { { KV(2, 6, 32), KV(3, 12, 0), PROVED } },
		.none = { .eq = { { INVALID | 1, INVALID } } },
		.present = { .eq = { { INVALID | PROTECT | 3, INVALID | 1 }, { INVALID | 1, 0 } } },
		.file = { .eq = { { INVALID | PROTECT | 1, INVALID | PROTECT | 1 } } },
		SPLIT_FIELDS,
		.base = INVALID | 3,
		.source = "arch/s390/include/asm/pgtable.h, 2.6.32, 3.0 to 3.11",
	},
	{
		.id = "s390-3.12",
		.levels = LEVEL(PTE),
		.spans = { { KV(3, 12, 0), KV(3, 13, 0), BRACKETED }, { KV(3, 13, 0), KV(4, 0, 0), PROVED } },
		.none = { .eq = { EQ(INVALID) } },
		.present = { .any = 1 },
		.file = { .eq = { { INVALID | PROTECT | 1, INVALID | PROTECT } } },
		SPLIT_FIELDS,
		.base = INVALID | 2,
		.source = "arch/s390/include/asm/pgtable.h, 3.13 to 3.19",
	},
	{
		.id = "s390-4.0",
		.levels = LEVEL(PTE),
		.spans = { { KV(4, 0, 0), KV(4, 1, 0), BRACKETED }, { KV(4, 1, 0), KV_MAX, PROVED } },
		.none = { .eq = { EQ(INVALID) } },
		.present = { .any = 1 },
		.type = { { 2, 5 } },
		.offset = { { 12, 52 } },
		.base = INVALID | PROTECT,
		.flags = { SOFT_DIRTY(PTE, KV(4, 4, 0)),
			{ .flag = SWPD_FLAG_EXCLUSIVE, .bit = 11, .levels = LEVEL(PTE),
				.since = KV(5, 19, 0) } },
		.quirk = ZERO_IS_SWAP("arch/s390/include/asm/pgtable.h"),
		.quirk_if = { .eq = { EQ(0) } },
		.source = "arch/s390/include/asm/pgtable.h, 4.1 to 6.19, run in 5.10, 6.1, 6.12, 7.2",
	},
	/* Up to 6.12 there are no swap entries above the PTE level: what is not empty is present. */
	{
		.id = "s390-5.10-hugetlb",
		.levels = LEVEL(HUGETLB),
		.spans = { { KV(5, 10, 0), KV(6, 13, 0), PROVED } },
		.none = { .eq = { EQ(SEGMENT_INVALID), { ~0xfffull | REGION_TYPE, REGION3 } } },
		.present = ALL_ELSE,
		.leaf = UINT64_MAX,
		.source = "arch/s390/mm/hugetlbpage.c, run in 5.10, 6.1, 6.12",
	},
	{
		.id = "s390-5.10-pmd",
		.levels = LEVEL(PMD),
		.spans = { { KV(5, 10, 0), KV(6, 13, 0), PROVED } },
		.none = { .eq = { EQ(SEGMENT_INVALID) } },
		.present = ALL_ELSE,
		.source = "arch/s390/include/asm/pgtable.h, 5.10, 6.1, 6.12",
	},
	{
		.id = "s390-6.13-hugetlb",
		.levels = LEVEL(HUGETLB),
		.spans = { { KV(6, 13, 0), KV_MAX, PROVED } },
		.none = { .eq = { EQ(SEGMENT_INVALID), EQ(SEGMENT_INVALID | REGION3) } },
		.present = { .any = 1 },
		RSTE_FIELDS,
		.ignored = REGION_TYPE,
		.leaf = UINT64_MAX,
		.quirk = ZERO_IS_SWAP("arch/s390/mm/hugetlbpage.c"),
		.quirk_if = { .eq = { EQ(0) } },
		.source = "arch/s390/mm/hugetlbpage.c, include/asm/pgtable.h, 6.13 to 6.19, run in 7.2",
	},
	{
		.id = "s390-6.13-pmd",
		.levels = LEVEL(PMD),
		/* Migration uses it since 6.15, 6.16 or 6.17. */
		.spans = { { KV(6, 13, 0), KV(6, 17, 0), BRACKETED }, { KV(6, 17, 0), KV_MAX, PROVED } },
		.none = { .eq = { EQ(SEGMENT_INVALID) } },
		.present = { .any = 1 },
		RSTE_FIELDS,
		.flags = { SOFT_DIRTY(PMD, 0) },
		.quirk = ZERO_IS_SWAP("arch/s390/include/asm/pgtable.h"),
		.quirk_if = { .eq = { EQ(0) } },
		.source = "arch/s390/include/asm/pgtable.h, 6.13 to 6.19, run in 7.2",
	},
	{ .id = NULL },
};

static const struct variant variants[] = {
	{ .name = "",
		.is_default = true,
		.big_endian = true,
		.page_shift = 12,
		.physmem_bits = 46,
		.pmd_order = 8,
		.pud_order = 19,
		.pfn = { { 12, 52 } },
		.pmd_leaf = 0x400 },
	{ .page_shift = 0 },
};

static const struct pgtable pgtables[] = {
	/* Entries say what table they stand in (bits 2 and 3), if they are valid and no huge page. */
#define EMPTY(type) { UINT64_MAX, SEGMENT_INVALID | (type) }
#define TREE                                                                                                 \
	.addr = { { 11, 53, 11 } }, .pte_passes = true,                                                      \
	.empty = { [1] = EMPTY(0), EMPTY(REGION3), EMPTY(REGION2), EMPTY(REGION1) },                         \
	.maps = { { .eq = { { 0x400, 0 } } }, { .eq = { { 0x420, 0x400 } } } },                              \
	.source = "arch/s390/include/asm/pgtable.h, 5.10 to 7.3"
#define SEGMENTS [1] = { 0x42c, 0x0 }
#define REGIONS_3 [2] = { 0x42c, 0x4 }
#define REGIONS_2 [3] = { 0x2c, 0x8 }
#define REGIONS_1 [4] = { 0x2c, 0xc }
	{ .id = "s390-3level", .bits = { 8, 11, 11 }, .table = { SEGMENTS, REGIONS_3 }, TREE },
	{ .id = "s390-4level", .bits = { 8, 11, 11, 11 }, .table = { SEGMENTS, REGIONS_3, REGIONS_2 }, TREE },
	{ .id = "s390-2level", .bits = { 8, 11 }, .table = { SEGMENTS }, TREE },
	{ .id = "s390-5level", .bits = { 8, 11, 11, 11, 11 },
		.table = { SEGMENTS, REGIONS_3, REGIONS_2, REGIONS_1 }, TREE },
#undef TREE
#undef EMPTY
	{ .id = NULL },
};

static const struct area areas[] = {
	{ 0x000003ff00000000, 0x000003ffffffffff, "user: libraries, mappings, stack" },
	{ 0x000002aa00000000, 0x000002aaffffffff, "user: program and heap" },
	{ .last = 0 },
};

const struct arch arch_s390 = {
	.name = "s390",
	.aliases = (const char *const[]){ "s390x", "systemz", NULL },
	.config = "S390",
	.off = { { KNOB_DEVICE_PRIVATE, KV(6, 13, 0) }, NO_MEMORY_FAILURE, NO_PTE_MARKER },
	.word_bits = 64,
	.variants = variants,
	.layouts = layouts,
	.pgtables = pgtables,
	/* arch/s390/kernel/vmcore_info.c; before 6.10 virtual addresses are physical ones */
	.kernel_map = { { .base_name = "KERNELOFFSET", .to_name = "KERNELOFFPHYS", .linear = true },
		{ .base_name = "IDENTITYBASE", .linear = true } },
	.elf_machine = 22 /* EM_S390 */,
	.elf_bytes = 8,
	.rarity = 3,
	.areas = areas,
};
