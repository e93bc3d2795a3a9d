/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One run: what the files of this room that carry it out share. */
#ifndef CLI_JOB_H
#define CLI_JOB_H

#include <signal.h>

#include "cli/cli.h"

/* A process that could not be looked at before there was anything to print. */
struct early {
	int pid;
	struct finding finding;
};

/* Dumps of one run, one after the other. */
struct series {
	unsigned int n, begun; /* begun: that there is output of */
	bool pipe;             /* one still comes through standard input */
	size_t n_failed;       /* those that there is none of */
	struct dump_failure failed[DUMP_FILES_MAX];
};

struct job {
	const struct opts *opts;
	struct root root;
	struct facts facts;
	struct swpd_target said; /* what the user said of the target in them */
	struct swpd_decoder dec;
	struct session session;
	const struct input *input;
	struct head head; /* of the input, where it was looked at to see what it is */
	int fd;
	const char *dumps[DUMP_FILES_MAX]; /* files of the dump that this is about */
	size_t n_dumps;
	struct series *series;
	struct image *image; /* -d */
	struct dump_spaces spaces; /* of it */
	struct kmem *kmem;
	struct kernel *kernel; /* in the dump */
	struct memmap *memmap; /* the kernel's, if that was not found */
	struct lookup lookup;
	struct swpd_error no_kernel; /* why there is none */
	const struct format *format;
	struct source *source;
	struct sink *sink;
	struct totals total, space;
	struct check_context checks;
	struct verdict verdict;
	struct frames frames;
	struct find finds[FINDS_MAX];
	int n_finds;
	struct range ranges[RANGES_MAX]; /* -r: whole pages, in order, none twice */
	size_t n_ranges;
	uint32_t shown; /* classes that are printed */
	bool begun, answered, matched, one_failed;
	const struct process *scanned; /* the process that `space` is about; NULL between them */
	struct early *early;
	size_t n_early, early_room;
	struct progress progress;
	size_t n_seen, n_refused; /* processes; refused: under -a, not looked at for want of rights */
	char refused[200];        /* why the first of these */
	size_t n_differ;          /* mappings that differ from smaps */
	char time[32];
	struct finding found[FINDINGS_MAX];
	struct swpd_entry entries[BATCH_WORDS];
};

extern volatile sig_atomic_t interrupted; /* a signal; 0: none came */

/* complain(), unless -q: not for what could not be looked at, which is told in any case. */
void job_warn(const struct job *j, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* What the user said, then what the machine, the tree or the dump says. Returns 0, or -1 with *err. */
int job_gather_facts(struct job *j, enum swpd_form form, struct swpd_error *err);

/* Warnings about what is not known of it; with -v, where each fact comes from. The decoder is made. */
void job_tell_target(const struct job *j);

/* Warn of facts that were stated, and hold, though something else denies them. */
void job_tell_denied(const struct job *j);

/* -r as whole pages in order, of which none comes twice. The page size is known. */
void job_settle_ranges(struct job *j);

/* Open what values, messages or memory are read from, and see what it is. Returns 0, or -1 with *err. */
int job_open_input(struct job *j, struct swpd_error *err);

/* Whose page tables of a dump are looked at; they may tell the variant. Returns 0, or -1 with *err. */
int job_choose_spaces(struct job *j, struct swpd_error *err);

/* The source of entries, and where they go. Facts are gathered. NULL with *err. */
struct source *job_open_source(struct job *j, struct swpd_error *err);
struct sink *job_open_sink(struct job *j, struct out *out, struct swpd_error *err);

/* The one that was chosen, or the usual one. */
const struct format *job_format(const struct opts *o);

/* Bit mask of the classes whose entries matter one by one; the others are counted only. */
uint32_t job_interest(const struct job *j);

/* --find. Swap devices are known. Returns 0, or -1 with *err. */
int job_parse_finds(struct job *j, struct swpd_error *err);

/* From the source's first batch to the sink's totals. */
void job_loop(struct job *j, struct out *out);

#endif
