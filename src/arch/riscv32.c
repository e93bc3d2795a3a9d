/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "arch/arch.h"

#define ZERO { .eq = { { UINT64_MAX, 0 } } }
#define PRESENT 0x01ull
#define PROT_NONE_5_0 0x02ull
#define PROT_NONE 0x20ull

#define ROW_4_15 .levels = LEVELS_PTE, .none = ZERO, .type = { { 2, 5 } }, .offset = { { 7, 25 } }

static const struct layout layouts[] = {
	{
		ROW_4_15,
		.id = "riscv32-4.15",
		.spans = { { KV(4, 15, 0), KV(4, 19, 0), PROVED }, { KV(4, 20, 0), KV(4, 20, 1), PROVED } },
		.present = { .any = PRESENT },
		.source = "arch/riscv/include/asm/pgtable.h, pgtable-bits.h, 4.15 to 4.18, 4.20.0",
	},
	{
		ROW_4_15,
		.id = "riscv32-5.0",
		.spans = { { KV(4, 19, 0), KV(4, 20, 0), BRACKETED }, /* see riscv64 */
			{ KV(4, 20, 1), KV(5, 0, 0), BRACKETED },
			{ KV(5, 0, 0), KV(5, 17, 0), PROVED } },
		.present = { .any = PRESENT | PROT_NONE_5_0 },
		.source = "arch/riscv/include/asm/pgtable.h, pgtable-bits.h, 4.19.40 to 5.16, run in 5.10",
	},
	{
		.id = "riscv32-5.17",
		.levels = LEVELS_PTE,
		.spans = { { KV(5, 17, 0), KV(6, 3, 0), PROVED } },
		.none = ZERO,
		.present = { .any = PRESENT | PROT_NONE },
		.type = { { 6, 5 } },
		.offset = { { 11, 21 } },
		.source = "arch/riscv/include/asm/pgtable.h, 5.17 to 6.2, run in 6.1",
	},
	{
		.id = "riscv32-6.3",
		.levels = LEVELS_PTE,
		.spans = { { KV(6, 3, 0), KV_MAX, PROVED } },
		.none = ZERO,
		.present = { .any = PRESENT | PROT_NONE },
		.type = { { 7, 5 } },
		.offset = { { 12, 20 } },
		.flags = { { .flag = SWPD_FLAG_EXCLUSIVE, .bit = 6, .levels = LEVELS_PTE } },
		.source = "arch/riscv/include/asm/pgtable.h, 6.3 to 6.19, run in 6.12, 7.2",
	},
	{ .id = NULL },
};

static const struct variant variants[] = {
	{ .name = "", .is_default = true, .page_shift = 12, .physmem_bits = 32, .pmd_order = 10,
		.pud_order = 10, .pfn = { { 10, 22 } } },
	{ .page_shift = 0 },
};

const struct arch arch_riscv32 = {
	.name = "riscv32",
	.aliases = (const char *const[]){ "rv32", NULL },
	.config = "ARCH_RV32I",
	ONLY_MIGRATION,
	.word_bits = 32,
	.variants = variants,
	.layouts = layouts,
	.rarity = 8,
};
