/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Small guests that are described as text, with structures of a kernel: fixtures/dumps/kernels.txt. */
#include <unistd.h>

#include "text.h"

#define LINES_MAX 100

struct guest_case {
	char name[64], args[512];
	int status, n;
	char *line[LINES_MAX]; /* as in the file */
};

static int n_cases;

static bool whole_line(const char *text, const char *line)
{
	size_t n = strlen(line);

	for (const char *p = text; (p = strstr(p, line)); p++)
		if ((p == text || p[-1] == '\n') && (p[n] == '\n' || !p[n]))
			return true;
	return false;
}

static void run_case(const struct guest_case *c, const char *dir)
{
	int status;
	char *said, *output;

	said = output_of(&status, "'%s' tests/mkguest.py fixtures/dumps/kernels.txt %s %s/dump 2>&1",
		env_or("PYTHON", "/usr/bin/python3"), c->name, dir);
	cr_assert(status == 0, "%s: mkguest.py: %s", c->name, said);
	free(said);
	output = output_of(&status, "cd %s; timeout 20 '%s' -d dump %s 2>&1", dir,
		env_or("SWPDECODE", "build/swpdecode"), c->args);
	cr_expect(status == c->status, "%s: status %d, not %d\n%s", c->name, status, c->status, output);
	cr_expect(c->n, "%s: nothing is expected", c->name);
	for (int i = 0; i < c->n; i++) {
		const char *text = c->line[i] + 2;
		bool there = c->line[i][0] == '=' ? whole_line(output, text) : strstr(output, text) != NULL;

		cr_expect(there == (c->line[i][0] != '!'), "%s: %s\n%s", c->name, c->line[i], output);
	}
	free(output);
	n_cases++;
}

Test(guests, are_read_as_they_are_described, .timeout = 300)
{
	char dir[] = "/tmp/swpdecode-guests-XXXXXX";
	char *text = read_source("fixtures/dumps/kernels.txt"), *rest = text, *line;
	struct guest_case c = { .n = 0 };
	int status;

	cr_assert(mkdtemp(dir));
	n_cases = 0;
	while ((line = next_line(&rest))) {
		if (!strncmp(line, "case ", 5)) {
			if (c.name[0])
				run_case(&c, dir);
			memset(&c, 0, sizeof(c));
			snprintf(c.name, sizeof(c.name), "%s", line + 5);
		} else if (!strncmp(line, "args ", 5)) {
			snprintf(c.args, sizeof(c.args), "%s", line + 5);
		} else if (!strncmp(line, "status ", 7)) {
			c.status = atoi(line + 7);
		} else if (*line == '|' || *line == '!' || *line == '=') {
			cr_assert(c.n < LINES_MAX);
			c.line[c.n++] = line;
		}
	}
	run_case(&c, dir);
	cr_expect(n_cases >= 9, "%d cases", n_cases);
	free(text);
	free(output_of(&status, "rm -rf %s", dir));
}
