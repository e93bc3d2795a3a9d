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

static void run_case(const struct guest_case *c, const char *in)
{
	int status;
	char *said, *output;

	said = output_of(&status, "'%s' tests/mkguest.py fixtures/dumps/kernels.txt %s %s/dump 2>&1",
		env_or("PYTHON", "/usr/bin/python3"), c->name, in);
	cr_assert(status == 0, "%s: mkguest.py: %s", c->name, said);
	free(said);
	output = output_of(&status, "cd %s; timeout 20 '%s' -d dump %s 2>&1", in,
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
	struct tree in;
	char *text = read_source("fixtures/dumps/kernels.txt"), *rest = text, *line;
	struct guest_case c = { .n = 0 };

	tree_make(&in);
	n_cases = 0;
	while ((line = next_line(&rest))) {
		if (!strncmp(line, "case ", 5)) {
			if (c.name[0])
				run_case(&c, in.dir);
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
	run_case(&c, in.dir);
	cr_expect(n_cases >= 9, "%d cases", n_cases);
	free(text);
	tree_drop(&in);
}

/* ---- several dumps ---- */

static struct tree in;

static char *tool(int *status, const char *arguments)
{
	return output_of(
		status, "cd %s; '%s' %s 2>&1", in.dir, env_or("SWPDECODE", "build/swpdecode"), arguments);
}

static void make_dumps(void)
{
	const char *python = env_or("PYTHON", "/usr/bin/python3");
	int status;

	tree_make(&in);
	free(output_of(&status,
		"set -e; '%1$s' tests/mkguest.py fixtures/dumps/kernels.txt slots-of-6.1 %2$s/a;"
		" '%1$s' tests/mkguest.py fixtures/dumps/kernels.txt counters-of-6.12 %2$s/b;"
		" '%1$s' tests/mkdump.py zlib.v6.split %2$s/a %2$s/a.1 %2$s/a.2 %2$s/a.3;"
		" '%1$s' tests/mkdump.py zlib.v6.split %2$s/b %2$s/b.1 %2$s/b.2",
		python, in.dir));
	cr_assert(status == 0);
}

Test(guests, several_dumps_get_a_summary_each, .timeout = 60)
{
	int status;
	char *text, *one;

	make_dumps();
	text = tool(&status, "-d a -d b");
	cr_expect(status == 0, "%d: %s", status, text);
	cr_expect(count_text(text, "dump a\n") == 1 && count_text(text, "dump b\n") == 1, "%s", text);
	cr_expect(count_text(text, "complete: yes") == 2 && strstr(text, "kernel 6.1.0") &&
			strstr(text, "kernel 6.12.0"), "%s", text);
	cr_expect(strstr(text, "MM_SWAPENTS: as many were found in 1 of 2 processes"), "%s", text);
	free(text);
	/* one dump, with and without -a */
	one = tool(&status, "-d a");
	cr_expect(!strstr(one, "dump a") && count_text(one, "process 85") == 1, "%s", one);
	free(one);
	one = tool(&status, "-a -d b");
	cr_expect(status == 0 && strstr(one, "2 processes") && count_text(one, "complete:") == 1, "%s",
		one);
	free(one);
	tree_drop(&in);
}

/* A dump is read as one however it comes, or refused; its bytes are no log in which there is nothing. */
Test(guests, dumps_are_known_wherever_values_come_from, .timeout = 60)
{
	static const char *const inputs[] = { "<a", "-f - <a", "-f a", "-i auto <k", "-f - <k" };
	int status;
	char *text;

	make_dumps();
	free(output_of(&status, "'%s' tests/mkdump.py zlib.v6 %s/a %s/k",
		env_or("PYTHON", "/usr/bin/python3"), in.dir, in.dir));
	cr_assert(status == 0);
	for (size_t i = 0; i < sizeof(inputs) / sizeof(inputs[0]); i++) {
		char arguments[32];

		snprintf(arguments, sizeof(arguments), "-A x86_64 %s", inputs[i]);
		text = tool(&status, arguments);
		cr_expect(status == 0 && count_text(text, "process 85") == 1, "%s: %d: %s", inputs[i], status,
			text);
		free(text);
	}
	text = tool(&status, "<k -i klog -k 6.1 -F csv"); /* who says so means it */
	cr_expect(status == 0, "%d: %s", status, text);
	free(text);
	for (int i = 0; i < 2; i++) {
		text = output_of(&status, "cat %s/%c | '%s' 2>&1", in.dir, "ak"[i],
			env_or("SWPDECODE", "build/swpdecode"));
		cr_expect(status == 2 && strstr(text, "this is a crash dump: -d - reads it\n"),
			"%d: %s", status, text);
		free(text);
	}
	text = tool(&status, "--guess -f a </dev/null");
	cr_expect(status != 0 && strstr(text, "is not a hexadecimal value"), "%d: %.300s", status, text);
	free(text);
	tree_drop(&in);
}

Test(guests, what_cannot_be_written_is_told_once, .timeout = 60)
{
	static const char *const runs[] = { "-d a", "-d a -F csv", "-d a -d b -F json" };
	char *text, command[64];
	int status;

	make_dumps();
	for (size_t i = 0; i < sizeof(runs) / sizeof(runs[0]); i++) {
		snprintf(command, sizeof(command), "-q %s 2>&1 >/dev/full", runs[i]);
		text = output_of(&status, "cd %s; '%s' %s", in.dir, env_or("SWPDECODE", "build/swpdecode"),
			command);
		cr_expect(status == 1 && count_text(text, "standard output: ") == 1, "%s: %d: %s", runs[i],
			status, text);
		free(text);
	}
	text = tool(&status, "-d /dev/null");
	cr_expect(status == 1 && strstr(text, "/dev/null: not a dump: there is nothing in it\n"), "%s", text);
	free(text);
	tree_drop(&in);
}

Test(guests, parts_of_a_dump_are_one, .timeout = 60)
{
	static const char *const same[][2] = {
		{ "-q -A x86_64 -d a -F csv", "-q -A x86_64 -d a.3 -d a.1 -d a.2 -F csv" },
		{ "-q -A x86_64 -d a -d b -F csv -o pid,vaddr,raw",
			"-q -A x86_64 -d a.1 -d b.1 -d b.2 -d a.2 -d a.3 -F csv -o pid,vaddr,raw" },
		{ "-q -A x86_64 -d a -F csv", "-q -A x86_64 -f a -F csv" },
		{ "-q -A x86_64 -d a -F csv", "-q -A x86_64 -d - -F csv <a" },
		{ "-q -A x86_64 -d a -d b -F csv -o pid,vaddr",
			"-q -A x86_64 -d a -d - -F csv -o pid,vaddr <b" },
		{ "-q -A x86_64 -d b -p 86 -F csv", "-q -A x86_64 -d b.2 -d b.1 -p 86 -F csv" },
	};
	int status;

	make_dumps();
	for (size_t i = 0; i < sizeof(same) / sizeof(same[0]); i++) {
		char *a = tool(&status, same[i][0]), *b = tool(&status, same[i][1]);

		cr_expect(count_text(a, "\n") > 1 && !strcmp(a, b), "%s: %s\n%s", same[i][1], b, a);
		free(a);
		free(b);
	}
	tree_drop(&in);
}

Test(guests, outputs_of_several_dumps, .timeout = 60)
{
	/* of the partition, of its disk */
	static const char *const sectors[] = { "sector:254:1:8", "sector:253:1:2063",
		"[ 1.2] Read-error on swap-device (253:1:2056)" };
	char command[128];
	int status;
	char *text;

	make_dumps();
	text = tool(&status, "-q -d a -d b -F csv -o file,pid,vaddr");
	cr_expect(status == 0 && count_text(text, "file,pid") == 1 && count_text(text, "a,85,") == 9 &&
			count_text(text, "b,85,") == 2 && count_text(text, "b,86,") == 1, "%s", text);
	free(text);
	text = tool(&status, "-q -d a -d /nowhere -d b -F ndjson");
	cr_expect(status == 3 && count_text(text, "\"record\":\"meta\"") == 2 &&
		count_text(text, "\"record\":\"total\"") == 2 && strstr(text, "/nowhere: cannot open"));
	free(text);
	text = tool(&status, "-q -d a -d b -p 86 -F table -L --no-headings");
	cr_expect(status == 3 && strstr(text, "a: pid 86: no such process") &&
			count_text(text, " 86 0x") == 1, "%s", text);
	free(text);
	text = tool(&status, "-q -E unused-slot -d a -d b -J");
	cr_expect(status == 4);
	free(text);
	text = tool(&status, "-d a -d b -F prom");
	cr_expect(status == 2 && count_text(text, "\n") == 1, "%s", text);
	free(text);
	text = tool(&status, "-q -d /nowhere -d /nothing -J");
	cr_expect(status == 1 && !strchr(text, '{'), "%s", text);
	free(text);
	text = tool(&status, "-q -d a -d b --find=swap:0:3 -F csv -o file,pid,vaddr");
	cr_expect(status == 0 && strstr(text, "\na,85,0x7f0000002000\nb,86,0x7f0000001000\n"), "%s", text);
	free(text);
	for (size_t i = 0; i < sizeof(sectors) / sizeof(sectors[0]); i++) {
		snprintf(command, sizeof(command), "-q -d a --find='%s' -F csv -o swap_type,vaddr",
			sectors[i]);
		text = tool(&status, command);
		cr_expect(status == 0 && !strcmp(text, "swap_type,vaddr\n1,0x7f0000007000\n"), "%s", text);
		free(text);
	}
	text = tool(&status, "-q -d a --find=sector:253:1:8 -F csv");
	cr_expect(status == 1 && strstr(text, "in no swap device"), "%s", text);
	free(text);
	text = tool(&status, "-q -d a --find=sector:254:1:1000 -F csv");
	cr_expect(status == 1 && strstr(text, "in no swap device"), "%s", text);
	free(text);
	for (int failed = 0; failed < 2; failed++) {
		text = output_of(&status,
			"'%s' -q -d %s/a -d %s/b %s -J 2>/dev/null | '%s' tests/validate.py dumps "
			"fixtures/schema.json 2>&1", env_or("SWPDECODE", "build/swpdecode"), in.dir, in.dir,
			failed ? "-d /nowhere" : "", env_or("PYTHON", "/usr/bin/python3"));
		cr_expect(status == 77 || (status == 0 && !strcmp(text, "2\n")), "%s", text);
		free(text);
	}
	tree_drop(&in);
}
