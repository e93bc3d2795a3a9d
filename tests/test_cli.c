/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The command line, from outside. tests/golden/FILE.golden holds cases:
 *
 *	$ COMMAND            run by sh in the fixtures directory; swpdecode is the tool under test
 *	expected output      as it is; a line `\` after it says that it does not end with a newline
 *	! expected line      of standard error
 *	? STATUS
 *
 * What stands between a status and the next command is remarks. These files pin the FORM of the output; that
 * what they say is right comes from test_vectors.c, whose words were decoded by real kernels' code. The time
 * and the version of the tool come out as dots. With GOLDEN_REBASE=1 the files are written anew.
 */
#include <criterion/criterion.h>
#include <fcntl.h>
#include <glob.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests.h"

struct text {
	char *p;
	size_t len;
};

static void put(struct text *t, const char *bytes, size_t n)
{
	t->p = realloc(t->p, t->len + n + 1);
	cr_assert(t->p);
	memcpy(t->p + t->len, bytes, n);
	t->len += n;
	t->p[t->len] = 0;
}

static void put_lines(struct text *t, const char *prefix, const char *bytes, size_t n)
{
	while (n) {
		const char *nl = memchr(bytes, '\n', n);
		size_t len = nl ? (size_t)(nl - bytes) : n;

		put(t, prefix, strlen(prefix));
		put(t, bytes, len);
		put(t, nl ? "\n" : "\n\\\n", nl ? 1 : 3);
		bytes += len + !!nl;
		n -= len + !!nl;
	}
}

/* Dots over what follows `"key":"`, and over the version that follows the tool's name. */
static void blank(char *text, const char *lead, char end)
{
	for (char *p = text; (p = strstr(p, lead));)
		for (p += strlen(lead); *p && *p != end; p++)
			*p = '.';
}

/* What a case came to, in the form of the file, without its command. */
static void perform(const char *command, struct text *t)
{
	char status[16];
	struct ran r;

	run(&r, NULL, "%s", command);
	blank(r.out, "\"time\":\"", '"');
	blank(r.out, "\"version\":\"", '"');
	if (strstr(command, "-V") || strstr(command, "--version"))
		blank(r.out, "swpdecode ", '\n');
	put_lines(t, "", r.out, r.out_len);
	put_lines(t, "! ", r.err, r.err_len);
	snprintf(status, sizeof(status), "? %d\n", r.status);
	put(t, status, strlen(status));
	ran_free(&r);
}

static void show_difference(const char *file, int line, const char *want, const char *got)
{
	int n = 0;

	while (*want || *got) {
		size_t w = strcspn(want, "\n"), g = strcspn(got, "\n");

		n++;
		if (w != g || memcmp(want, got, w)) {
			cr_log_error("%s:%d: differs\n  expected: %.*s\n  got:      %.*s", file, line + n,
				(int)w, want, (int)g, got);
			return;
		}
		want += w + !!want[w];
		got += g + !!got[g];
	}
}

/* Returns the number of cases that differ; *cases counts all. */
static unsigned int run_file(const char *path, bool rebase, unsigned int *cases)
{
	const char *file = strrchr(path, '/') + 1;
	struct text whole = { 0 }, want = { 0 };
	char *line = NULL, *command = NULL;
	unsigned int wrong = 0;
	size_t room = 0;
	int number = 0, at = 0;
	ssize_t n;
	FILE *f = fopen(path, "r");

	cr_assert(f, "%s: cannot open", path);
	while ((n = getline(&line, &room, f)) > 0) {
		number++;
		if (!command) {
			put(&whole, line, n);
			if (strncmp(line, "$ ", 2))
				continue;
			line[strcspn(line, "\n")] = 0;
			command = strdup(line + 2);
			at = number;
			want.len = 0;
			put(&want, "", 0);
			continue;
		}
		cr_assert(strncmp(line, "$ ", 2), "%s:%d: the case before has no status", file, number);
		put(&want, line, n);
		if (strncmp(line, "? ", 2))
			continue;
		struct text got = { 0 };

		perform(command, &got);
		put(&whole, got.p, got.len);
		++*cases;
		if (got.len != want.len || memcmp(got.p, want.p, got.len)) {
			wrong++;
			if (!rebase) {
				cr_log_error("%s:%d: $ %s", file, at, command);
				show_difference(file, at, want.p, got.p);
			}
		}
		free(got.p);
		free(command);
		command = NULL;
	}
	fclose(f);
	cr_assert(!command, "%s:%d: a case without its status", file, at);
	if (rebase && wrong) {
		f = fopen(path, "w");
		cr_assert(f && fwrite(whole.p, 1, whole.len, f) == whole.len && !fclose(f),
			"%s: cannot write", path);
	}
	free(line);
	free(whole.p);
	free(want.p);
	return wrong;
}

Test(cli, golden)
{
	const char *dir = getenv("SRCDIR"), *say = getenv("GOLDEN_REBASE");
	bool rebase = say && *say == '1';
	unsigned int cases = 0, wrong = 0;
	char pattern[512];
	glob_t found;

	snprintf(pattern, sizeof(pattern), "%s/tests/golden/*.golden", dir ? dir : ".");
	cr_assert(!glob(pattern, 0, NULL, &found), "%s: no such file", pattern);
	for (size_t i = 0; i < found.gl_pathc; i++) {
		unsigned int before = cases;

		wrong += run_file(found.gl_pathv[i], rebase, &cases);
		cr_expect(cases > before, "%s: no case", found.gl_pathv[i]);
	}
	globfree(&found);
	cr_expect(rebase || !wrong, "%u of %u cases differ (GOLDEN_REBASE=1 writes the files anew)", wrong,
		cases);
}

/* ---- what no golden file can hold ---- */

static const char *python(void)
{
	const char *path = getenv("PYTHON");

	return path && !access(path, X_OK) ? path : NULL;
}

/* Memory does not grow with the input, nor does a document lose a record. */
static void million(const char *format, const char *record, const char *check)
{
	const char *limit = sanitized ? "" : "ulimit -v 100000;";
	struct ran r;

	run(&r, NULL, "%s seq 1000000 | swpdecode -k 6.12 -i pme -F %s | grep -c '%s'",
		limit, format, record);
	cr_expect(atoi(r.out) == 1000000, "%s: %s records of 1000000: %s", format, r.out, r.err);
	ran_free(&r);
	if (!python())
		return;
	run(&r, NULL, "seq 1000000 | swpdecode -k 6.12 -i pme -F %s -o record,class | %s -c '%s'", format,
		python(), check);
	cr_expect(!r.status && !strcmp(r.out, "1000000\n"), "%s: %s %s", format, r.out, r.err);
	ran_free(&r);
}

Test(cli, million_values_ndjson)
{
	million("ndjson", "\"record\":\"entry\"",
		"import json, sys\nprint(sum(json.loads(l)[\"record\"] == \"entry\" for l in sys.stdin))");
}

Test(cli, million_values_json)
{
	million("json", "\"record\":\"entry\"",
		"import json, sys\nd = json.load(sys.stdin)\nassert d[\"total\"][\"complete\"]\n"
		"print(len(d[\"entries\"]))");
}

Test(cli, json_is_one_document)
{
	static const char *const commands[] = {
		"-k 6.12 -i pme 0 1 2 4000000000000020",
		"-k 6.12 -i pme x '' 'a\"b\\c'",
		"-k 6.12 -i pme </dev/null",
		"--sysroot trees/config-gz -p 42",
		"--sysroot trees/config-gz -p 43,42,44",
		"-A x86_64 -k 6.12 -o class,candidates,findings 0xc7fffffffffffc00",
	};

	if (!python())
		cr_skip_test("no PYTHON");
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
		struct ran r;

		run(&r, NULL, "swpdecode -q -J %s 2>/dev/null | %s -m json.tool", commands[i], python());
		cr_expect(!r.status && r.out_len, "%s: %s", commands[i], r.err);
		ran_free(&r);
	}
}

/* Nothing to read but a terminal: say so instead of waiting. */
Test(cli, terminal)
{
	int master = posix_openpt(O_RDWR | O_NOCTTY), slave;
	struct ran r;

	if (master < 0 || grantpt(master) || unlockpt(master))
		cr_skip_test("no pseudo-terminal");
	run(&r, NULL, "swpdecode <%s", ptsname(master));
	cr_expect(r.status == 2 && !r.out_len, "status %d", r.status);
	cr_expect(count_text(r.err, "\n") == 1, "not one line: %s", r.err);
	cr_expect(strstr(r.err, "nothing to decode"), "%s", r.err);
	ran_free(&r);
	/* colour where a terminal shows it, unless NO_COLOR is set */
	slave = open(ptsname(master), O_RDWR | O_NOCTTY);
	fcntl(master, F_SETFL, O_NONBLOCK);
	for (int no = 0; no < 2; no++) {
		char shown[4096] = "";

		run(&r, NULL, "%s swpdecode -q --sysroot trees/config-gz -p 42 -r 20000 >%s",
			no ? "export NO_COLOR=1;" : "", ptsname(master));
		cr_expect(!r.status, "%s", r.err);
		ran_free(&r);
		cr_expect(read(master, shown, sizeof(shown) - 1) > 0);
		cr_expect(strstr(shown, "CLASS"), "got '%s'", shown);
		cr_expect((strchr(shown, '\033') != NULL) == !no, "NO_COLOR %d: %s", no, shown);
	}
	close(slave);
	close(master);
}
