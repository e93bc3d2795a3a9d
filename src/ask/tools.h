/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the questions share. Private to ask. */
#ifndef ASK_TOOLS_H
#define ASK_TOOLS_H

#include "ask/ask.h"

#define ONES(n) ((n) >= 64 ? UINT64_MAX : (1ull << (n)) - 1)

/* A text that grows in a fixed room; what no longer fits is cut. */
struct phrase {
	size_t len;
	char text[2000];
};

/* Append to a phrase. */
void say(struct phrase *p, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* A paragraph of at most 80 columns: two blanks, the label, then the text; further lines stand below the text. */
void put_paragraph(struct out *o, const char *label, const char *text);

/* A release as people write it, "6.12" or "4.19.3"; at least 16 bytes of room. Returns to. */
char *put_release(char *to, release_t r);

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
