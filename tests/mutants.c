/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How many wrong bits do the tests see? mutants SEED COUNT|each NEED
 *
 * tests/mutate.c picks bits of rows; each is planted in a process of its own, and the tests run there until
 * one fails, which has caught it. Only tests count whose truth comes from elsewhere than this tool: suites
 * that compare with tests/golden are not run. It fails if fewer than NEED are caught.
 *
 * This is linked instead of Criterion, which needs half a second to start: here a test is a function in a
 * process, and a failed assertion ends it. SWPDECODE is a copy of the tool that plants what SWPD_MUTANT says.
 */
#include <criterion/criterion.h>
#include <criterion/options.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "mutate.h"

#define SECONDS 60 /* for a test, which a wrong bit may have made endless */

/* In this order: what starts the tool takes longest. */
static const struct {
	const char *suite;
	enum {
		WHOLE,
		OWN,     /* the test of the row's architecture, which sees most of what is wrong in it */
		SHARED,  /* all of them, if the row is no architecture's */
	} which;
} order[] = {
	{ "vectors", OWN }, { "fields", OWN }, { "kernels" }, { "machines" }, { "boundaries" }, { "cases" },
	{ "rows" }, { "types" }, { "vectors", SHARED }, { "fields", SHARED }, { "bin" }, { "encode" },
	{ "distributions" }, { "dumps" },
};

/* ---- what tests want of Criterion ---- */

struct criterion_options criterion_options;

void criterion_send_assert(struct criterion_assert_stats *stats)
{
	(void)stats; /* those that pass are only counted */
	_exit(1);
}

void criterion_abort_test(void)
{
	_exit(1);
}

void criterion_continue_test(void) {}

void criterion_skip_test(const char *format, ...)
{
	(void)format;
	_exit(0);
}

void cri_asserts_passed_incr(void) {}
void criterion_internal_test_setup(void) {}
void criterion_internal_test_teardown(void) {}

void criterion_internal_test_main(void (*fn)(void))
{
	fn();
}

void cr_log(enum criterion_severity severity, const char *msg, ...)
{
	(void)severity, (void)msg;
}

char *cr_translate_assert_msg(int msg_index, ...)
{
	(void)msg_index;
	return NULL;
}

int cr_asprintf(char **to, const char *fmt, ...)
{
	(void)fmt;
	*to = NULL;
	return 0;
}

void cr_asprintf_free(char *text)
{
	(void)text;
}

/* ---- one mutant ---- */

extern struct criterion_test *__start_cr_tst[], *__stop_cr_tst[];

/* True if the test fails, or dies. */
static bool fails(const struct criterion_test *test)
{
	int status;
	pid_t pid = fork();

	if (!pid) {
		struct rlimit limit = { SECONDS, SECONDS };
		int null = open("/dev/null", O_RDWR);

		for (int fd = 0; fd < 3; fd++)
			dup2(null, fd);
		setrlimit(RLIMIT_CPU, &limit); /* for the tool too */
		alarm(2 * SECONDS);
		test->test();
		_exit(0);
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid) {
		perror("mutants: fork");
		exit(2);
	}
	return status;
}

static const struct criterion_test *caught_by(const struct mutant *m)
{
	for (size_t i = 0; i < sizeof(order) / sizeof(order[0]); i++)
		for (struct criterion_test **test = __start_cr_tst; test < __stop_cr_tst; test++) {
			if (!*test || strcmp((*test)->category, order[i].suite))
				continue;
			if (order[i].which == OWN && (!m->arch || strcmp((*test)->name, m->arch)))
				continue;
			if (order[i].which == SHARED && m->arch)
				continue;
			if (fails(*test))
				return *test;
		}
	return NULL;
}

/* Status 0: caught. */
static void try_one(const struct mutant *m)
{
	const struct criterion_test *by;
	char line[256];
	int n;

	mutant_plant(m->number);
	by = caught_by(m);
	n = snprintf(line, sizeof(line), "%s: %s, %s: %s%s%s%s\n", m->row, m->field, m->change,
		by ? "caught by " : "SURVIVED", by ? by->category : "", by ? "::" : "", by ? by->name : "");
	_exit(write(STDOUT_FILENO, line, n) == n ? !by : 2);
}

int main(int argc, char **argv)
{
	size_t count = argc == 4 && strcmp(argv[2], "each") ? strtoul(argv[2], NULL, 10) : 0, n, caught = 0,
	       next = 0;
	long running = 0, jobs = sysconf(_SC_NPROCESSORS_ONLN);
	static const struct mutant nothing;
	const struct criterion_test *broken = caught_by(&nothing);
	struct mutant *list;
	int status;

	if (argc != 4 || (!count && strcmp(argv[2], "each"))) {
		fprintf(stderr, "Usage: mutants SEED COUNT|each NEED\n");
		return 2;
	}
	if (broken) {
		fprintf(stderr, "mutants: %s::%s fails without any\n", broken->category, broken->name);
		return 2;
	}
	mutants_pick(strtoull(argv[1], NULL, 10), count, &list, &n);
	while (next < n || running) {
		if (next < n && running < jobs) {
			pid_t pid = fork();

			if (pid < 0)
				perror("mutants: fork");
			if (!pid)
				try_one(&list[next]);
			next++;
			running += pid > 0;
			continue;
		}
		if (wait(&status) < 0)
			break;
		running--;
		caught += !status;
		if (status && (!WIFEXITED(status) || WEXITSTATUS(status) != 1))
			fprintf(stderr, "mutants: one could not be tried\n");
	}
	printf("seed %s: %zu of %zu caught\n", argv[1], caught, n);
	return caught < strtoul(argv[3], NULL, 10);
}
