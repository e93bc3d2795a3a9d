/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ask: questions that need no stream of entries: what the tables hold, and what they say about one value. */
#ifndef ASK_ASK_H
#define ASK_ASK_H

#include "sink/sink.h"

/* How a question is meant. */
struct question {
	const struct arch *arch;       /* -A; NULL: all */
	const struct variant *variant; /* its variant; NULL: all */
	uint32_t levels;               /* --level, as a mask; 0: all */
	bool json, headings, verbose;
};

/* Each writes one line per row to out: a name, then what it means; the name is the first word of the line. */
void ask_list_arch(struct out *out, const struct question *q);
void ask_list_classes(struct out *out, const struct question *q);
void ask_list_columns(struct out *out, const struct question *q);
void ask_list_checks(struct out *out, const struct question *q);
void ask_list_page_flags(struct out *out, const struct question *q);

/* Every row of every architecture: a line that begins with its id, and below it indented ones; or JSON. */
void ask_list_layouts(struct out *out, const struct question *q);

/*
 * The raw word, in the form that was asked for, of an entry given as
 * "class=swap,type=0,offset=0x1234,exclusive". dec is that of the session. Returns 0; else -1 and *err says
 * why: SWPD_E_USAGE for a spec that makes no sense, another code for what this target cannot hold, or for
 * what depends on something unknown.
 */
int ask_encode(const struct session *session, const char *spec, uint64_t *word, struct swpd_error *err);
/* A JSON document of n specs and their words. */
void ask_encoded_json(
	struct out *out, const struct session *session, char *const *specs, const uint64_t *words, size_t n);

/*
 * A sink that explains each entry: a ruler of its bits, what each means, the row and the facts that were
 * used. Events as of any sink; NULL if memory is out.
 */
struct sink *ask_explain_sink(void);

/*
 * The architectures, releases and levels for which a value is a plausible entry, best first. ask_guess() is
 * called for each value; in JSON, ask_guess_begin() and ask_guess_end() frame them.
 */
void ask_guess_begin(struct out *out, const struct question *q);
void ask_guess(struct out *out, const struct question *q, uint64_t value, bool first);
void ask_guess_end(struct out *out, const struct question *q);

#endif
