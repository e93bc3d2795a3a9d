/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "arch/arch.h"

/*
 * The generic swp_entry_t that kernels print ("Bad swap file entry"): include/linux/swapops.h. Its type
 * sits in the topmost bits of an unsigned long, of which radix trees and then xarrays took one or two.
 */

#define NEVER { .any = 0 }

#define ROW(bits, shift, name, from, to, how, where)                                              \
	{                                                                                         \
		.id = "swp_entry_t-" #bits "-" name, .variants = #bits,                           \
		.levels = LEVEL(PTE),                                                             \
		.spans = { { from, to, how } }, .none = NEVER, .present = NEVER,                  \
		.type = { { shift, (bits) - (shift) } }, .offset = { { 0, shift } },              \
		.source = "include/linux/swapops.h, " where                                       \
	}

static const struct layout layouts[] = {
	ROW(64, 59, "2.6", KV(2, 6, 0), KV(3, 1, 0), BRACKETED, "2.6.18 to 3.0"),
	ROW(64, 57, "3.1", KV(3, 1, 0), KV(4, 20, 0), BRACKETED, "3.5 to 4.19"),
	ROW(64, 58, "4.20", KV(4, 20, 0), KV_MAX, PROVED, "4.20 to 7.2, run in 5.10, 6.1, 6.12, 7.2"),
	ROW(32, 27, "2.6", KV(2, 6, 0), KV(3, 1, 0), BRACKETED, "2.6.18 to 3.0"),
	ROW(32, 25, "3.1", KV(3, 1, 0), KV(4, 20, 0), BRACKETED, "3.5 to 4.19"),
	ROW(32, 26, "4.20", KV(4, 20, 0), KV_MAX, PROVED, "4.20 to 7.2, run in 5.10, 6.1, 6.12, 7.2"),
	{ .id = NULL },
};

static const struct variant variants[] = {
	{ .name = "64", .page_shift = 12, .is_default = true },
	{ .name = "32", .page_shift = 12 },
	{ .page_shift = 0 },
};

const struct arch arch_swp_entry = {
	.name = "swp_entry_t",
	.aliases = (const char *const[]){ "swp-entry", NULL },
	.word_bits = 64,
	.pseudo = true,
	.variants = variants,
	.layouts = layouts,
};
