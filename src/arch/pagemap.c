/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "arch/arch.h"

/* What /proc/PID/pagemap shows: the same on every architecture, so the geometry comes from the target. */

#define SWAP_OR_PRESENT (3ull << 62)
#define NEITHER { .eq = { { SWAP_OR_PRESENT, 0 } } }
#define PRESENT { .any = 1ull << 63 }
#define FLAG(name, at, from) \
	{ .flag = SWPD_FLAG_##name, .bit = at, .levels = LEVEL(PTE), .since = from, .when_present = true }

static const struct layout layouts[] = {
	{
		.id = "pagemap-2.6.25",
		.levels = LEVEL(PTE),
		.spans = { { KV(2, 6, 25), KV(4, 3, 0), PROVED } },
		.none = NEITHER,
		.present = PRESENT,
		.type = { { 0, 5 } },
		.offset = { { 5, 50 } },
		.base = 1ull << 62,
		.ignored = 0x3full << 55, /* the page shift; in 3.11-4.2 bit 55 may be soft-dirty instead */
		.hidden = (1ull << 55) - 1,
		.flags = { FLAG(FILE_PAGE, 61, KV(3, 5, 0)) },
		.pfn = { { 0, 55 } },
		.source = "fs/proc/task_mmu.c, 2.6.32 to 4.2",
	},
	{
		.id = "pagemap-4.3",
		.levels = LEVEL(PTE),
		.spans = { { KV(4, 3, 0), KV_MAX, PROVED } },
		.none = NEITHER,
		.present = PRESENT,
		.type = { { 0, 5 } },
		.offset = { { 5, 50 } },
		.base = 1ull << 62,
		.ignored = 1ull << 58, /* PM_GUARD_REGION: says what the marker says */
		.hidden = (1ull << 55) - 1,
		.guard = 1ull << 58,
		.guard_since = KV(6, 15, 0), /* pagemap.rst; not in 6.14, in 6.17 */
		.flags = { FLAG(SOFT_DIRTY, 55, 0), FLAG(MMAP_EXCLUSIVE, 56, 0),
			FLAG(UFFD_WP, 57, KV(5, 14, 0)), FLAG(FILE_PAGE, 61, 0) },
		.pfn = { { 0, 55 } },
		.no_young = true,
		.source = "fs/proc/task_mmu.c, 4.3 to 7.2, read on 6.18",
	},
	{ .id = NULL },
};

static const struct variant variants[] = {
	{ .name = "", .page_shift = 12, .is_default = true, .pfn = { { 0, 55 } } },
	{ .page_shift = 0 },
};

const struct arch arch_pagemap = {
	.name = "pagemap",
	.word_bits = 64,
	.pseudo = true,
	.variants = variants,
	.layouts = layouts,
};
