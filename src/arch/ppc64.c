/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "arch/arch.h"

#define BIT64(n) (1ull << (n))
#define HASH_4K "hash-4k-le hash-4k-be hash-4k-be-noradix"
#define HASH_64K "hash-64k-le hash-64k-be"

/* _PAGE_PTE with _PAGE_PRESENT, or with _PAGE_INVALID: a PTE that the kernel took away for a moment. */
#define PTE_PRESENT { .eq = { { 3ull << 62, 3ull << 62 }, { 3ull << 61, 3ull << 61 } } }

/* What pte_none() lets pass: dirty and accessed; the bits in which hash PTEs keep where their HPTE is. */
#define RADIX_EMPTY (BIT64(7) | BIT64(8))
#define HASH_4K_EMPTY (BIT64(6) | 0xfull << 53 | BIT64(60))
#define HASH_64K_EMPTY (BIT64(6) | BIT64(12) | BIT64(55))

#define SOFT_DIRTY(at, from, to) \
	{ .flag = SWPD_FLAG_SOFT_DIRTY, .bit = at, .levels = LEVELS_PTE | LEVEL(PMD), \
		.knob = KNOB_MEM_SOFT_DIRTY, .since = from, .until = to }
#define BOOK3S .base = BIT64(62), .type = { { 0, 5 } }, .big_endian = true, \
	.spans = { { KV(4, 7, 0), KV(5, 10, 0), BRACKETED }, { KV(5, 10, 0), KV_MAX, PROVED } }, \
	.source = "arch/powerpc/include/asm/book3s/64/pgtable.h, 4.7.4 to 5.18.12, run in 5.10, 6.1, 6.12, " \
		"7.2"
#define FLAGS .flags = { SOFT_DIRTY(5, 0, KV(5, 19, 0)), SOFT_DIRTY(9, KV(5, 19, 0), 0), \
	{ .flag = SWPD_FLAG_EXCLUSIVE, .bit = 5, .levels = LEVELS_PTE, .since = KV(5, 19, 0) } }
/* PTE_RPN_MASK and a swap entry's offset: from the page shift to _PAGE_PA_MAX. */
#define K4 .offset = { { 12, 41 } }, .pfn = { { 12, 41 } }
#define K64 .offset = { { 16, 37 } }, .pfn = { { 16, 37 } }
#define PTE(empty) .levels = LEVELS_PTE, .none = PRED_ONLY(empty), .present = PTE_PRESENT

/* pmd_none() and pmd_present() are plainer than those of PTEs. */
#define PMD .levels = LEVEL(PMD), .none = PRED_ONLY(0), .present = PRED_ANY(BIT64(63) | BIT64(61))

/*
 * Before that PTEs were words of the CPU, and up to 4.1 an entry was all of the swp_entry_t, above the place
 * of the page number. HPTE bits are never in an entry, but pte_none() lets them pass. There was no radix MMU:
 * the name of a variant that has one stands for the page size.
 */
#define ERA(name, only, rpn, ...) \
	{ .id = "ppc64-" name, .variants = only, .levels = LEVELS_PTE, .offset = { rpn }, __VA_ARGS__ }
#define AT(lsb, width) { lsb, width }
#define FILE_PTE .file = PRED_ANY(2)
#define ALL_4K "radix-4k-le " HASH_4K
#define ALL_64K "radix-64k-le " HASH_64K
#define SPAN_2_6 .spans = { { KV(2, 6, 32), KV(4, 2, 0), PROVED } }, .present = PRED_ANY(1), FILE_PTE, \
	.source = "arch/powerpc/include/asm/pgtable-ppc64.h, pte-hash64-*.h, 2.6.32 to 4.1.3; " \
		"pte-hash64.h, pte-book3e.h, 3.4"
#define SPAN_4_2 .spans = { { KV(4, 2, 0), KV(4, 5, 0), PROVED } }, .present = PRED_ANY(1), FILE_PTE, \
	.type = { { 2, 5 } }, \
	.source = "arch/powerpc/include/asm/pgtable-ppc64.h, 4.2.8 to 4.4.155; pte-hash64.h, RHEL 7 3.10.0"
#define SPAN_4_5 .spans = { { KV(4, 5, 0), KV(4, 6, 0), PROVED }, { KV(4, 6, 0), KV(4, 7, 0), BRACKETED } }, \
	.present = PRED_ANY(2), .base = 1, .type = { { 2, 5 } }, \
	.source = "arch/powerpc/include/asm/book3s/64/hash.h, 4.5.0"
#define OLD_4K_EMPTY 0xfc00ull
#define OLD_64K_EMPTY 0x1ffff800ull

#define NOHASH .variants = "nohash64-e500", .levels = LEVELS_PTE, .none = PRED_ONLY(0), \
	.present = PRED_ANY(1), .type = { { 2, 5 } }, .offset = { { 24, 40 } }

static const struct layout layouts[] = {
	{ .id = "ppc64-4.7-radix-4k", .variants = "radix-4k-le", PTE(RADIX_EMPTY), K4, BOOK3S, FLAGS },
	{ .id = "ppc64-4.7-radix-64k", .variants = "radix-64k-le", PTE(RADIX_EMPTY), K64, BOOK3S, FLAGS },
	{ .id = "ppc64-4.7-hash-4k", .variants = HASH_4K, PTE(HASH_4K_EMPTY), K4, BOOK3S, FLAGS },
	{ .id = "ppc64-4.7-hash-64k", .variants = HASH_64K, PTE(HASH_64K_EMPTY), K64, BOOK3S, FLAGS },
	{ .id = "ppc64-4.7-pmd-4k", .variants = ALL_4K, PMD, K4, BOOK3S, FLAGS },
	{ .id = "ppc64-4.7-pmd-64k", .variants = ALL_64K, PMD, K64, BOOK3S, FLAGS },

	ERA("2.6.32-4k", ALL_4K, AT(25, 39), SPAN_2_6, .type = { { 18, 6 } },
		.none = PRED_ONLY(OLD_4K_EMPTY)),
	ERA("2.6.32-64k", ALL_64K, AT(38, 26), SPAN_2_6, .type = { { 31, 6 } },
		.none = PRED_ONLY(OLD_64K_EMPTY)),
	ERA("2.6.32-e500", "nohash64-e500", AT(32, 32), SPAN_2_6, .type = { { 25, 6 } },
		.none = PRED_ONLY(0)),
	ERA("4.2-4k", ALL_4K, AT(17, 47), SPAN_4_2, .none = PRED_ONLY(OLD_4K_EMPTY)),
	ERA("4.2-64k", ALL_64K, AT(30, 34), SPAN_4_2, .none = PRED_ONLY(OLD_64K_EMPTY)),
	ERA("4.5-4k", ALL_4K, AT(17, 47), SPAN_4_5, .none = PRED_ONLY(OLD_4K_EMPTY)),
	ERA("4.5-64k", ALL_64K, AT(30, 34), SPAN_4_5, .none = PRED_ONLY(OLD_64K_EMPTY)),

	{
		NOHASH,
		.id = "ppc64-4.2-e500",
		.spans = { { KV(4, 2, 0), KV(6, 3, 0), PROVED } },
		.source = "arch/powerpc/include/asm/nohash/64/pgtable.h, one of 4.7 to 4.18 read, run in "
			"5.10, 6.1; 6.2.1 read; ../../pgtable-ppc64.h, pte-book3e.h, 4.2.8 to 4.4.155",
	},
	{
		NOHASH,
		.id = "ppc64-6.3-e500",
		SPANS_6_3,
		.flags = { FLAG_EXCLUSIVE(7) },
		.source = "arch/powerpc/include/asm/nohash/64/pgtable.h, run in 6.12, 7.2; 6.3.8 read",
	},
	{ .id = NULL },
};

#define LE .physmem_bits = 51
#define BE LE, .big_endian = true
#define RADIX_4K_GEOMETRY .page_shift = 12, .pmd_order = 9, .pud_order = 18
#define RADIX_64K_GEOMETRY .page_shift = 16, .pmd_order = 5, .pud_order = 14
#define HASH_4K_GEOMETRY .page_shift = 12, .pmd_order = 9, .pud_order = 16
#define HASH_64K_GEOMETRY .page_shift = 16, .pmd_order = 8, .pud_order = 18

static const struct variant variants[] = {
	{ .name = "radix-64k-le",
		.config = "PPC_64K_PAGES PPC_RADIX_MMU !CPU_BIG_ENDIAN",
		RADIX_64K_GEOMETRY,
		LE,
		.is_default = true },
	{ .name = "radix-4k-le",
		.config = "PPC_4K_PAGES PPC_RADIX_MMU !CPU_BIG_ENDIAN",
		RADIX_4K_GEOMETRY,
		LE },
	{ .name = "hash-64k-le",
		.config = "PPC_64K_PAGES PPC_BOOK3S_64 !CPU_BIG_ENDIAN",
		HASH_64K_GEOMETRY,
		LE },
	{ .name = "hash-4k-le",
		.config = "PPC_4K_PAGES PPC_BOOK3S_64 !CPU_BIG_ENDIAN",
		HASH_4K_GEOMETRY,
		LE },
	{ .name = "hash-64k-be",
		.config = "PPC_64K_PAGES PPC_BOOK3S_64 CPU_BIG_ENDIAN",
		HASH_64K_GEOMETRY,
		BE },
	{ .name = "hash-4k-be",
		.config = "PPC_4K_PAGES PPC_BOOK3S_64 CPU_BIG_ENDIAN PPC_RADIX_MMU",
		HASH_4K_GEOMETRY,
		BE },
	{ .name = "hash-4k-be-noradix",
		.config = "PPC_4K_PAGES PPC_BOOK3S_64 CPU_BIG_ENDIAN !PPC_RADIX_MMU",
		HASH_4K_GEOMETRY,
		BE },
	{
		.name = "nohash64-e500",
		.config = "PPC_BOOK3E_64",
		.page_shift = 12,
		.pmd_order = 9,
		.pud_order = 16,
		.physmem_bits = 44,
		.big_endian = true,
	},
	{ .page_shift = 0 },
};

static const struct pgtable pgtables[] = {
/*
 * No leaf (bit 62). A radix entry says how large the table is that it leads to. The hash MMU never sees these
 * tables: the kernel leaves that out.
 */
#define NEXT(bits) { 3ull << 62 | 0x1f, 2ull << 62 | (bits) }
#define ADDR .addr = { { 8, 48, 8 } }, .maps = { PRED_ANY(1ull << 63), PRED_ANY(1ull << 63) }
#define RADIX                                                                                                \
	ADDR, .source = "arch/powerpc/include/asm/book3s/64/radix-4k.h, radix-64k.h, radix.h, 4.7 to 7.2"
#define HASH .table = { [1] = { 1ull << 62 | 0x1f, 0 } }, ADDR, \
	.source = "arch/powerpc/include/asm/book3s/64/hash-4k.h, hash-64k.h, hash.h, 4.17 to 7.2"
	{ .id = "ppc64-radix-64k",
		.variants = "radix-64k-le",
		.bits = { 5, 9, 9, 13 },
		.table = { [1] = NEXT(5), NEXT(9) },
		RADIX },
	{ .id = "ppc64-radix-4k",
		.variants = "radix-4k-le",
		.bits = { 9, 9, 9, 13 },
		.table = { [1] = NEXT(9) },
		RADIX },
	{ .id = "ppc64-hash-64k", .variants = HASH_64K, .bits = { 8, 10, 10, 8 }, HASH },
/*
 * hugepd_populate(), hash__hugepd_ok(): the number of a page size, MMU_PAGE_* of mmu.h, stands where pointers
 * to tables have none. With pages of 64K huge ones are entries of the other tables.
 */
#define HUGEPD(psize, shift) { 3ull << 62 | 0x3f, 1ull << 63 | (psize) << 2, shift }
	{ .id = "ppc64-hash-4k",
		.variants = HASH_4K,
		.bits = { 9, 7, 9, 9 },
		.hugepd = { HUGEPD(10, 24), HUGEPD(14, 34) }, /* 16M, 16G */
		.hugepd_addr = 0x0fffffffffffffc0,
		HASH "; hugepd: hugetlb.h, hash-4k.h, ../../mmu.h, 6.1; in 6.12 there is none" },
	{ .id = NULL },
};

static const struct area areas[] = {
	{ 0xc000000000000000, 0xc007ffffffffffff, "kernel: direct map of memory" },
	{ 0xc008000000000000, 0xc00fffffffffffff, "kernel: vmalloc area, struct page" },
	{ 0xd000000000000000, 0xd000ffffffffffff, "kernel: vmalloc area, modules (hash, before 4.16)" },
	{ 0x00007fff00000000, 0x00007fffffffffff, "user: libraries, mappings, stack" },
	{ .last = 0 },
};

const struct arch arch_ppc64 = {
	.name = "ppc64",
	.aliases = (const char *const[]){ "ppc64le", "powerpc64le", "ppc64el", "powerpc64:hash-64k-be",
		"ppc64be:hash-64k-be", NULL },
	.config = "PPC64",
	.off = { NO_PTE_MARKER },
	.word_bits = 64,
	.variants = variants,
	.layouts = layouts,
	.pgtables = pgtables,
	.kernel_map = { { .base = 0xc000000000000000, .linear = true } },
	.root = { 8, 48, 8 }, /* process table entry, radix; or the address in the direct map */
	.elf_machine = 21 /* EM_PPC64 */,
	.rarity = 3,
	.areas = areas,
};
