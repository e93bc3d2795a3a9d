/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * L1TF reached stable kernels in August 2018: the first releases of each that store x86 frames and offsets
 * inverted. Private to arch.
 */
#ifndef ARCH_L1TF_H
#define ARCH_L1TF_H

#define UNTIL_4_4_L1TF KV(4, 4, 148)
#define UNTIL_4_9_L1TF KV(4, 9, 120)
#define UNTIL_4_14_L1TF KV(4, 14, 63)
#define UNTIL_4_17_L1TF KV(4, 17, 15)
#define UNTIL_4_18_L1TF KV(4, 18, 1)

#endif
