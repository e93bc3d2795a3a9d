/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ask: questions that need no stream of entries: what the tables hold. */
#ifndef ASK_ASK_H
#define ASK_ASK_H

#include "sink/sink.h"

/* Each writes one line per row to out: a name, then what it means; the name is the first word of the line. */
void ask_list_arch(struct out *out);
void ask_list_classes(struct out *out);
void ask_list_columns(struct out *out);
void ask_list_checks(struct out *out);

#endif
