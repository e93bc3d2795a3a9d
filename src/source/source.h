/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * source: where words come from. Each kind of input is one file here; all give the same thing, a batch of
 * words that share a decoder and an address space. Memory does not grow with the input.
 */
#ifndef SOURCE_SOURCE_H
#define SOURCE_SOURCE_H

#include "core/core.h"
#include "fact/fact.h"
#include "space/space.h"
#include "walk/walk.h"
#include "util/util.h"

#define BATCH_WORDS 4096
#define READ_WORDS (128 * 1024 / 8) /* of a page map: reads of 16 to 128 KiB cost least per word */

/* What the message of a kernel says about the entry in it. */
struct clue {
	bool bad;              /* it says that the entry makes no sense */
	bool has_vaddr, has_table, has_printed;
	uint64_t vaddr;        /* the entry's address */
	uint64_t table;        /* the entry one level up, which tells one page table from another */
	uint32_t boot;         /* how many kernels the log had before: page tables of two are never one */
	uint64_t printed;      /* the swp_entry_t that the kernel printed for it in another line … */
	uint32_t printed_line; /* … of this number */
	bool unlike;           /* … or, without has_printed, in the line before, but hardly the same */
	const char *other_row; /* the layout of other releases in which the entry is that one; NULL: none was
				  needed */
	char comm[32];         /* "" if no process is named */
};

/*
 * The layout of other releases, the nearest to the target's, in which this word of a page table is the
 * swp_entry_t *printed, or, if that is NULL, a slot that a swap device of usual size has: its id, with the
 * entry in *fitting; NULL: none. The target has an architecture and a release.
 */
const char *other_era(const struct swpd_target *target, enum swpd_level level, uint64_t word,
	const uint64_t *printed, struct swpd_entry *fitting);

/* Words of a batch that was not seen via PTE: zero for a page of which nothing was seen. The entry that the
 * page table has there is in another batch. */
#define AWAY 1ull
#define AWAY_UFFD_WP (1ull << 57) /* as in a pagemap word */

/* What all words of a batch share. Its address stays, its serial changes when anything in it does. */
struct origin {
	uint64_t serial;
	enum swpd_form form;
	enum swpd_level level;
	const struct swpd_decoder *dec; /* what decodes these words; NULL: the run's */
	unsigned long pages;        /* base pages that one word stands for */
	const struct process *process; /* NULL for values */
	const struct mapping *mapping; /* NULL for values */
	const char *file;           /* NULL for arguments and live processes; "-" is standard input */
	enum via via;
	const char *device;         /* the words are slots of this swap device ("": name not known), of which
				       the type is not known unless they are PTEs; else NULL */
	const struct clue *clue;    /* what else the message of a kernel says; NULL: it is not from one */
	bool positions;             /* words have a line and a column */
	bool offsets;               /* words have a place in the file */
};

/* What a source reports. */
enum event {
	EVENT_END,         /* nothing more */
	EVENT_WORDS,       /* decode words[0..n), and count the skipped ones; n may be 0 */
	EVENT_BAD,         /* not a value: `finding` says why; it stands at lines[0], columns[0] */
	EVENT_SPACE_BEGIN, /* a process begins: origin->process */
	EVENT_SPACE_END,   /* it is done: `gap` says what was not seen of it */
	EVENT_FINDING,     /* `finding` is about no entry */
	EVENT_NO_SPACE,    /* a process could not be looked at: pid and err say which and why */
	EVENT_MAPPING_END, /* the mapping is done: `smaps` is what the kernel counts in it */
	EVENT_WAIT,        /* nothing yet, and no end: look at the clock and come again */
};

/* The end of a process: what is missing, and what the kernel says that there is. */
struct gap {
	uint64_t unreadable; /* words that exist and could not be read */
	bool gone;           /* it ended while it was read */
	char why[200];       /* one line; empty if nothing is missing */
	bool smaps;          /* smaps was read: each mapping that differs from it would have been told */
	int64_t vmswap;      /* KiB, VmSwap of /proc/PID/status; -1: not known */
	bool counted;        /* a dump: it has that counter itself … */
	int64_t swapents;    /* … in pages; wrong ones may be below 0 */
};

struct batch {
	const struct origin *origin;
	size_t n;
	const uint64_t *words;
	uint64_t vaddr, step;    /* bytes: of the first word, and from word to word; for mappings only */
	uint64_t none, present;  /* entries seen to be so and not read: SWPD_NONE and SWPD_PRESENT */
	bool run;                /* the only word stands for origin->pages entries, all none */
	const uint32_t *lines, *columns; /* if origin->positions; both count from 1 */
	uint64_t file_offset, file_step; /* if origin->offsets: of the first word, and from word to word */
	struct finding finding;  /* EVENT_BAD, EVENT_FINDING; EVENT_WORDS if found */
	bool found;              /* EVENT_WORDS: there is a finding, about the only word of the batch */
	struct gap gap;          /* EVENT_SPACE_END */
	uint64_t smaps;          /* EVENT_MAPPING_END: KiB, Swap of that mapping in /proc/PID/smaps … */
	int64_t smaps_pss;       /* … and SwapPss; -1: not known */
	int pid;                 /* EVENT_NO_SPACE */
	bool gone;               /* EVENT_NO_SPACE: it existed when the list was made */
	bool spaceless;          /* EVENT_NO_SPACE: it is a kernel thread or a zombie */
	struct swpd_error error; /* EVENT_NO_SPACE */
};

/* Addresses [start, end) to which a scan is restricted. */
struct range {
	uint64_t start, end;
};

/* One input. `next` fills the batch, which stays valid until the next call; a failure of the whole input is
 * an error (-1 with *err). `close` frees everything. */
struct source {
	enum event (*next)(struct source *s, struct batch *b, struct swpd_error *err, int *status);
	void (*close)(struct source *s);
	enum swpd_form form;
	bool spaces; /* it looks at address spaces, not at loose values */
	bool idle;   /* nothing more comes for now: what was given should be seen */
	bool log;    /* its entries stood in messages */
	bool tells;  /* it tells of its machine: the target is known when the first entry comes */
};

/* Which address spaces, and what of them. What it points to stays the caller's. */
struct space_options {
	const int *pids;
	size_t n_pids;
	const struct range *ranges; /* whole pages, in order */
	size_t n_ranges;            /* 0: everything */
	unsigned int page_shift;    /* as in struct swpd_target */
	bool none, present;         /* words of such entries are wanted; else they may come as counts only */
	bool none_runs;             /* none: one may stand for many: batch.run */
	bool no_swap;               /* no swap is active: shared memory need not be looked at */
	enum smaps_when {
		SMAPS_AUTO,         /* of processes that are not large, if they were named */
		SMAPS_ALWAYS,
		SMAPS_NEVER,
	} smaps;                    /* when to read it: EVENT_MAPPING_END */
	bool all;                   /* pids are all there were: one without an address space is no news */
	unsigned int timeout;       /* seconds to wait for a process whose reads block; 0: for ever */
	uint64_t *(*buffer)(void *arg, size_t words); /* NULL, or gives room for READ_WORDS, of which so many
					 * are about to be read and batches give out parts until it is called
					 * again, and longer if it gives another room */
	void *buffer_arg;
	size_t *current;            /* NULL, or where to note which of pids is being looked at … */
	const char **reading;       /* … and what is being read of it: text that stays */
	const char *saved, *maps;   /* NULL, or instead of pids: a page map in a file, with the offsets of the
				     * original, and the maps file that goes with it */
};

/* Live processes, or those of a captured tree: /proc/PID/pagemap of each PID in the list. Or a saved page
 * map, whose process has PID 0. */
struct source *source_spaces(const struct root *root, const struct space_options *options,
	struct swpd_error *err);

/* Like source_spaces(), without a timeout: a process whose reads block holds the caller. */
struct source *source_pagemap(const struct root *root, const struct space_options *options,
	struct swpd_error *err);

/* What was read of an input to see what it is; sources begin with it. NULL will do for source_lines(). */
struct head {
	size_t n;
	char text[4096];
};

/*
 * A kernel log from fd (closed at the end): the entries in its messages. What the log says about its kernel
 * goes into *facts, which stays the caller's and holds what the user said: that stands before the log. host:
 * facts about this machine may be asked if the log turns out to be of its kernel. file names it in records.
 */
struct source *source_klog(int fd, const char *file, const struct head *head, struct facts *facts, bool host,
	struct swpd_error *err);

/*
 * Any text: transcripts of crash, drgn and gdb, hex dumps, mails. Takes the values that a person would mean:
 * what is said to be an entry; else the words of a dump; else numbers that are long enough. What the text
 * says about its kernel goes into *facts, which stays the caller's; if that is another one than theirs, only
 * what the user said (*said) stays in them. host: they are those of this machine.
 */
struct source *source_text(int fd, const char *file, const struct head *head,
	struct facts *facts, const struct swpd_target *said, bool host, enum swpd_level level,
	struct swpd_error *err);

/* Does a text that begins like this look like a log, not like values one a line? */
bool source_is_log(const struct head *head);

/* Does it begin as what a debugger prints, a command after the prompt of crash or gdb, or a task? */
bool source_is_transcript(const struct head *head);

/* Whose page tables of a dump: trees at these addresses, or, if there are none, processes of its kernel. */
struct dump_spaces {
	const uint64_t *roots;
	size_t n_roots;
	struct kernel *kernel;
	const int *pids; /* only these; n_pids 0: all */
	size_t n_pids;
	unsigned int va_bits; /* as for tree_choose() */
	const char *file; /* names the dump in records; NULL: there is only one */
};

/*
 * Address spaces of a dump. t is what is known of its machine, with its variant; ranges as for
 * source_pagemap(). All stay the caller's.
 */
struct source *source_dump(struct image *im, const struct swpd_target *t, const struct dump_spaces *spaces,
	const struct range *ranges, size_t n_ranges, struct swpd_error *err);

/* How values are meant. */
struct value_options {
	enum swpd_form form;
	enum swpd_level level;
	unsigned long pages;
};

/* The values given as arguments, each one a value. argv stays the caller's. */
struct source *source_arguments(char *const *argv, size_t n, const struct value_options *options,
	struct swpd_error *err);

/* One value a line from fd (closed at the end): hexadecimal with or without 0x, decimal after 0d; blank lines
 * and what follows # is skipped. file names it in records. */
struct source *source_lines(int fd, const char *file, const struct head *head,
	const struct value_options *options, struct swpd_error *err);

/*
 * Raw page-table entries from fd (closed at the end), one after the other, as they lie in the memory of the
 * target, which must have a variant. big_endian is the byte order of its CPU. row may be NULL.
 */
struct source *source_binary(int fd, const char *file, const struct swpd_target *target,
	const struct layout *row, bool big_endian, const struct value_options *options,
	struct swpd_error *err);

#endif
