/* SPDX-License-Identifier: GPL-2.0-or-later */
/* cli: the door. Options in, exit status out; the only room that prints errors and exits. */
#ifndef CLI_CLI_H
#define CLI_CLI_H

#include "ask/ask.h"

enum exit_status {
	EXIT_COMPLETE = 0,
	EXIT_ERROR = 1,   /* no answer at all */
	EXIT_USAGE = 2,
	EXIT_PARTIAL = 3, /* something that exists was asked for and not seen */
	EXIT_MATCH = 4,   /* -E */
};

#define RANGES_MAX 64
#define DUMP_FILES_MAX 256
#define PGDS_MAX 64
#define FINDS_MAX 64

struct opts {
	int *pids;
	size_t n_pids, pids_room;
	const char *dumps[DUMP_FILES_MAX]; /* files of one dump or of several */
	size_t n_dumps;
	uint64_t pgds[PGDS_MAX];
	size_t n_pgds;
	bool raw_dump;      /* --phys-base was given */
	uint64_t phys_base;
	bool spaces;        /* address spaces are looked at: -p, -a, -d or a saved page map */
	bool self, all;
	unsigned int timeout; /* seconds; 0: none */
	enum smaps_when smaps;
	enum { CALIBRATE_AUTO, CALIBRATE_FULL, CALIBRATE_NEVER } calibrate;
	char **values;
	size_t n_values;
	const char *file;
	const struct input *input; /* -i; NULL: auto */
	const char *maps, *vmlinux, *sysroot, *arch, *kernel, *config;
	const char *sets[16];
	int n_sets;
	int max_swapfiles;
	enum swpd_level level;
	bool level_given;
	struct range ranges[RANGES_MAX];
	size_t n_ranges;
	uint32_t classes; /* -C; 0: default */
	uint64_t page_flags; /* --page-flags: mask of frame flags; 0: all are alike */
	bool all_entries, list, each, quiet, no_headings, no_progress;
	bool saved;  /* -i pagemap: the one of a page map in a file */
	int verbose;
	const struct format *format;
	const char *columns[16];
	int n_columns;
	uint32_t match_classes, match_checks; /* -E */
	uint32_t checks_off; /* -W */
	const char *finds[FINDS_MAX]; /* --find */
	int n_finds;
	enum { COLOR_AUTO, COLOR_ALWAYS, COLOR_NEVER } color;
	void (*ask)(struct out *out, const struct question *q);
	bool explain, guess;
	enum { ENDIAN_DEFAULT, ENDIAN_LITTLE, ENDIAN_BIG } endian; /* of the CPU, for -i bin */
	char *encode[64];
	size_t n_encode;
};

/* A row of inputs.def: a kind of input for -i. */
struct input {
	const char *name, *text;
	enum { INPUT_AUTO, INPUT_VALUES, INPUT_KLOG, INPUT_TEXT, INPUT_BINARY, INPUT_SAVED } kind;
	enum swpd_form form;
};

extern const struct input inputs[];

/* Parse the command line into *o. Exits with EXIT_USAGE after one line if it makes no sense, and with
 * EXIT_COMPLETE after --help and its like. What it points to stays argv's or is never freed. */
void parse_options(int argc, char **argv, struct opts *o);

/* Print "swpdecode: …" on standard error. */
void complain(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* What complain() speaks of from now on, put before its text; NULL: nothing. It stays the caller's. */
void complain_about(const char *what);

/* complain() and exit with EXIT_USAGE. */
void usage_error(const char *fmt, ...) __attribute__((format(printf, 1, 2), noreturn));

/* Do what the options say. */
enum exit_status run(struct opts *o);

/* Answer a question that needs no run, o->ask or o->guess. */
enum exit_status answer(const struct opts *o, struct out *out);

/* Write out what is buffered. Returns status, or EXIT_ERROR with a message if it cannot be written; a closed
 * pipe is not an error. */
enum exit_status finish(struct out *out, enum exit_status status);

/* ---- --find ---- */

struct find_slot {
	int type, device; /* one of them, the other is -1 */
	uint64_t offset;
};

/* A frame, or slots of which an entry may name any. */
struct find {
	int n_slots; /* 0: it is a frame */
	struct find_slot slot[2];
	uint64_t pfn;
	uint64_t matches;
};

/* Does --find=TEXT name a page frame? */
bool find_names_frame(const char *text);

/* What --find=TEXT means on the machine that the facts are about; dump is NULL unless it is that of a dump.
 * Returns 0, or -1 with *err. */
int find_parse(struct find *to, const struct facts *f, const struct lookup *dump, const char *text,
	struct swpd_error *err);

/* Does this entry, of so many base pages, refer to it? */
bool find_match(const struct find *what, const struct facts *f, const struct swpd_entry *e,
	unsigned long pages);

/*
 * Why nothing that was seen refers to a slot, as the end of a sentence, given the swap types that were met
 * and what dump (or NULL) tells of the slot. Returns true if nobody does; false if shared memory does or may.
 */
bool find_nobody(const struct find *what, const struct facts *f, const struct lookup *dump,
	char why[100]);

/* ---- the line that says how far it is: on a terminal only, after a second ---- */

struct progress {
	bool on, shown;
	uint64_t begin, last; /* ms */
};

/* Begin to count time, if standard error is a terminal. */
void progress_begin(struct progress *p, bool wanted);

/* Show that so many of so many processes are done and so many pages were looked at, if it is time to. */
void progress_step(struct progress *p, size_t done, size_t of, uint64_t pages);

/* Take the line away, because something else is to be printed or all is done. */
void progress_clear(struct progress *p);

#endif
