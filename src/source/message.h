/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Messages of kernels: the rows of messages.def, how to find them in a text, what stands in them. Private. */
#ifndef SOURCE_MESSAGE_H
#define SOURCE_MESSAGE_H

#include "core/core.h"

enum message_kind {
	MESSAGE_SWAP_ENTRY, /* a swp_entry_t that makes no sense */
	MESSAGE_BAD_MAP,    /* an entry of a process that makes no sense */
	MESSAGE_BAD_LEVEL,  /* an entry that should be empty or lead to a table */
	MESSAGE_UPPER,      /* an entry above the levels at which pages are swapped */
	MESSAGE_FAULT,      /* the address for which the next WALK is */
	MESSAGE_CORRUPT,    /* the same, and an entry there makes no sense */
	MESSAGE_WALK,       /* the entries for one address */
	MESSAGE_TOOL,       /* an entry that a debugger shows */
	MESSAGE_PAGEMAP,    /* a word of /proc/PID/pagemap */
	MESSAGE_ADDRESS,    /* the address of the last BAD_MAP */
	MESSAGE_SUPPRESSED, /* that many of them were not printed */
	MESSAGE_RSS,        /* a process ended, and counts are left over */
	MESSAGE_POISON,     /* a frame was taken out of use */
	MESSAGE_SWAP_ERROR, /* a swap device failed */
	MESSAGE_SWAP_ON,    /* a swap device was added */
	MESSAGE_NO_SWAP,    /* there is no swap */
	MESSAGE_BYTES,      /* a text as an array of its bytes */
	MESSAGE_BOOT,       /* a kernel began: release */
	MESSAGE_RELEASE,    /* the kernel that runs */
	MESSAGE_HARDWARE,   /* the name of the machine */
	MESSAGE_PAGE_SIZE,
	MESSAGE_MACHINE,    /* the architecture that alone prints this */
};

#define LEVEL_LOWEST (-1)

struct message {
	enum message_kind kind;
	int level; /* enum swpd_level, or LEVEL_LOWEST */
	const char *arch;
	release_t since, until;
	const char *format, *source;
};

extern const struct message messages[];
extern const size_t n_messages;

/* What can stand in a message: numbers, then texts. */
enum field {
	FIELD_ANY, /* a number that says nothing, or something that is no number */
	FIELD_ENTRY, FIELD_PTE, FIELD_PMD, FIELD_PUD, FIELD_P4D, FIELD_PGD, FIELD_ADDR, FIELD_PFN,
	FIELD_COUNT, FIELD_INDEX, FIELD_KB, FIELD_BITS, FIELD_MAJOR, FIELD_MINOR, FIELD_SECTOR,
	FIELD_COMM, FIELD_WORD, FIELD_RELEASE, FIELD_REST,
	FIELD_N
};

struct match {
	const struct message *message;
	const char *start, *end;    /* what was searched for begins there; behind the message */
	uint32_t has;               /* bits of enum field */
	uint64_t number[FIELD_N];
	const char *at[FIELD_N];    /* where it stands */
	uint16_t len[FIELD_N];
	uint32_t broken;            /* bits of enum field: there may be more digits than the line shows … */
	uint32_t brief;             /* … or there were, as a kernel prints more, or something behind it */
};

#define ANCHOR_MAX 8   /* letters of a message that are searched for */
#define MESSAGE_MAX 1024 /* bytes of text that a message may take from there on */
#define BEFORE_MAX 64  /* bytes before it that belong to it */

/* Make the tables for message_find(). Call once before; harmless again. */
void message_init(void);

/*
 * The next message in [from, end): true with *m filled, or false if there is none. Text from `begin` up to
 * `from` may be looked back at, text from `end` up to `limit` belongs to messages that begin before `end`. 8
 * bytes behind `limit` may be read, but do not count.
 */
bool message_find(const char *begin, const char *from, const char *end, const char *limit, struct match *m);

/* The letters of a row that are searched for; returns how many. */
size_t message_anchor(const struct message *row, char anchor[ANCHOR_MAX + 1]);

#endif
