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

struct opts {
	int *pids;
	size_t n_pids, pids_room;
	bool self;
	const char *dumps[DUMP_FILES_MAX]; /* files of one dump */
	size_t n_dumps;
	uint64_t pgds[PGDS_MAX];
	size_t n_pgds;
	bool raw_dump;      /* --phys-base was given */
	uint64_t phys_base;
	bool spaces;        /* address spaces are looked at: -p or -d */
	char **values;
	size_t n_values;
	const char *file;
	const struct input *input; /* -i; NULL: auto */
	const char *maps, *vmlinux, *sysroot, *arch, *kernel, *config;
	const char *sets[16];
	int n_sets;
	int max_swapfiles;
	enum swpd_level level;
	struct range ranges[RANGES_MAX];
	size_t n_ranges;
	uint32_t classes; /* -C; 0: default */
	bool all_entries, list, each, quiet, no_headings;
	int verbose;
	const struct format *format;
	const char *columns[16];
	int n_columns;
	uint32_t match_classes, match_checks; /* -E */
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
	enum { INPUT_AUTO, INPUT_VALUES, INPUT_KLOG, INPUT_TEXT, INPUT_BINARY } kind;
	enum swpd_form form;
};

extern const struct input inputs[];


/* Parse the command line into *o. Exits with EXIT_USAGE after one line if it makes no sense, and with
 * EXIT_COMPLETE after --help and its like. What it points to stays argv's or is never freed. */
void parse_options(int argc, char **argv, struct opts *o);

/* Print "swpdecode: …" on standard error. */
void complain(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* complain() and exit with EXIT_USAGE. */
void usage_error(const char *fmt, ...) __attribute__((format(printf, 1, 2), noreturn));

/* Do what the options say. */
enum exit_status run(const struct opts *o);

#endif
