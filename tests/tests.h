/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What tests share. The Makefile hands over places through the environment. */
#ifndef TESTS_TESTS_H
#define TESTS_TESTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

static inline const char *fixtures_dir(void)
{
	const char *dir = getenv("FIXTURES");

	return dir ? dir : "fixtures";
}

/* ---- the tool, from outside ---- */

/* What a command left behind. Both texts end with a NUL that their length does not count. */
struct ran {
	int status; /* exit status; 128 + signal if it died of one */
	char *out, *err;
	size_t out_len, err_len;
	long max_rss; /* KiB, of the largest process of the command */
};

/*
 * Run a command by `sh -c` in directory dir (NULL: the fixtures), where `swpdecode` is the tool under test
 * and standard input is empty. Fails the test if it cannot be run. ran_free() frees what it left.
 */
void run(struct ran *r, const char *dir, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
void ran_free(struct ran *r);

/* Built with the address sanitizer, whose shadow memory makes limits on address space meaningless. */
extern const bool sanitized;

/* ---- lines of JSON, read as text ---- */

/* The first line of text that holds this, copied into to[] (size bytes); false if there is none. */
bool find_line(const char *text, const char *holds, char *to, size_t size);

/* How often it occurs. */
size_t count_text(const char *text, const char *what);

/* ---- tables ---- */

/*
 * Call fn for each line of a file below the top of the tree whose lines are n columns (16 at most) with tabs
 * between, with these and where they stand, for complaints; of those alone that begin with `first` and a tab
 * or a colon, unless it is NULL. A line that begins with '#' is none. Returns how many there were.
 */
int table_rows(const char *path, const char *first, int n, void (*fn)(char **column, const char *where));

/* ---- trees for --sysroot, made on the spot ---- */

struct tree {
	char dir[80];
};

void tree_make(struct tree *t);
void tree_drop(struct tree *t);

/* A file below the tree and the directories above it. */
void tree_bytes(const struct tree *t, const char *path, const void *bytes, size_t n);
void tree_text(const struct tree *t, const char *path, const char *text);
void tree_link(const struct tree *t, const char *path, const char *target);

/* Process pid: its maps, and a page map that holds these words from address start (pages of 4 KiB) on. */
void tree_process(
	const struct tree *t, int pid, const char *maps, uint64_t start, const uint64_t *words, size_t n);

/* From here on this process, and what it starts, has no such system call, as on kernels before that. */
void without_call(int number);

/* Kernel 6.12 with MIGRATION and MEMORY_FAILURE and nothing else, so that types from 27 on are special. */
void tree_kernel(const struct tree *t);

/* A new tree with that kernel and one process, 7, with eight pages from 0x1000 on: the line of its maps. */
void usual_tree(struct tree *t, const uint64_t *words, size_t n);
extern const char maps_line[];

/* A word of a page map: a page in this slot. */
#define SLOT(type, offset) (1ull << 62 | (uint64_t)(offset) << 5 | (type))

/* The heading of /proc/swaps. */
#define SWAPS "Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n"

/* ---- what the tool says of a tree ---- */

/* Run the tool with it as --sysroot, in it, and these options; it must end with this status. */
void expect_run(const struct tree *t, const char *options, int status, struct ran *r);

/* This text is somewhere in standard output, in standard error; `what` is for the complaint. */
void expect_out(const char *what, const struct ran *r, const char *text);
void expect_err(const char *what, const struct ran *r, const char *text);

/* The entry at an address, of NDJSON, has this fragment. */
void expect_entry(const struct ran *r, const char *vaddr, const char *text);

/* Is there a Python, $PYTHON, to judge by? Without one the next says nothing. */
bool have_python(void);

/* What it prints with these options as JSON is JSON, as a document and line by line. */
void expect_json(const struct tree *t, const char *options);

#endif
