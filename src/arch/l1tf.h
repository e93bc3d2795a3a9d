/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * L1TF reached stable kernels in August 2018, from when on x86 frames and offsets are stored inverted. Which
 * release of each series was the first is known from memory; trees of it are: without, 4.4.121, 4.9.115,
 * 4.13.4, 4.17.0; with, 4.4.155, 4.9.154, 4.14.105, 4.18.8 (by a bug report), 4.19.40. Private to arch.
 */
#ifndef ARCH_L1TF_H
#define ARCH_L1TF_H

#define UNTIL_4_4_L1TF KV(4, 4, 148)
#define UNTIL_4_9_L1TF KV(4, 9, 120)
#define UNTIL_4_14_L1TF KV(4, 14, 63)
#define UNTIL_4_17_L1TF KV(4, 17, 15)
#define UNTIL_4_18_L1TF KV(4, 18, 1)

#define SPANS_4_0_L1TF { KV(4, 0, 0), KV(4, 4, 122), PROVED }, { KV(4, 4, 122), UNTIL_4_4_L1TF, BRACKETED }, \
	{ KV(4, 5, 0), KV(4, 8, 0), PROVED }
#define SPANS_4_8_L1TF { KV(4, 8, 0), KV(4, 9, 116), PROVED }, { KV(4, 9, 116), UNTIL_4_9_L1TF, BRACKETED }, \
	{ KV(4, 10, 0), KV(4, 14, 0), PROVED }, SPANS_4_14_L1TF
#define SPANS_4_14_L1TF { KV(4, 14, 0), UNTIL_4_14_L1TF, BRACKETED }, \
	{ KV(4, 15, 0), KV(4, 17, 1), PROVED }, { KV(4, 17, 1), UNTIL_4_17_L1TF, BRACKETED }, \
	{ KV(4, 18, 0), UNTIL_4_18_L1TF, BRACKETED }
#define SPANS_L1TF { UNTIL_4_4_L1TF, KV(4, 4, 155), BRACKETED }, { KV(4, 4, 155), KV(4, 5, 0), PROVED }, \
	{ UNTIL_4_9_L1TF, KV(4, 9, 154), BRACKETED }, { KV(4, 9, 154), KV(4, 10, 0), PROVED }, SPANS_L1TF_4_14
#define SPANS_L1TF_4_14 { UNTIL_4_14_L1TF, KV(4, 14, 105), BRACKETED }, \
	{ KV(4, 14, 105), KV(4, 15, 0), PROVED }, { UNTIL_4_17_L1TF, KV(4, 18, 0), BRACKETED }, \
	{ UNTIL_4_18_L1TF, KV_MAX, PROVED }

#endif
