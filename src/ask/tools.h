/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the questions share. Private to ask. */
#ifndef ASK_TOOLS_H
#define ASK_TOOLS_H

#include "ask/ask.h"

#define ONES(n) ((n) >= 64 ? UINT64_MAX : (1ull << (n)) - 1)

/* Options that say nothing about the numbers of swap types. */
#define NO_TYPE_KNOBS                                                                                        \
	(1u << KNOB_MAX_PHYSMEM_BITS | 1u << KNOB_SPARSEMEM | 1u << KNOB_FLATMEM | 1u << KNOB_SWAP |         \
		1u << KNOB_MEM_SOFT_DIRTY | 1u << KNOB_HAVE_ARCH_USERFAULTFD_WP)

/* A text that grows in a fixed room; what no longer fits is cut. */
struct phrase {
	size_t len;
	char text[2000];
};

/* Append to a phrase. */
void say(struct phrase *p, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* A paragraph of at most 80 columns: two blanks, the label, then the text; further lines stand below the
 * text. */
void put_paragraph(struct out *o, const char *label, const char *text);

/* A release as people write it, "6.12" or "4.19.3"; at least 16 bytes of room. Returns to. */
char *put_release(char *to, release_t r);

/*
 * Distributions whose layout is this release beyond all real ones, separated by sep. Returns how many.
 */
int say_own(struct phrase *p, release_t own, const char *sep);

/* The row of backports.def, of those that name this release as their layout, that is number n; or NULL. */
const struct backport *own_backport(release_t own, int n);

/* "LOW-HIGH" of a run, or one number. */
void say_run(struct phrase *p, const struct run *run);

/* Bits of a field, lowest run first. */
uint64_t runs_bits(const struct run *runs);

/* A predicate in words: "any of 0x101", "word & 0x3 == 0x2". */
void say_pred(struct phrase *p, const struct pred *pred);

/* A JSON string, or null for NULL. */
void put_json_text(struct out *o, const char *text);

/* Width of an entry in bits: at least a word of the CPU. */
unsigned int entry_bits(const struct swpd_target *t, const struct layout *row);

/* Names of the marker bits, lowest first; NULL ends them. */
extern const char *const marker_names[];

#endif
