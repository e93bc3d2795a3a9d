/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests.h"
#include "text.h"

#ifdef __SANITIZE_ADDRESS__
const bool sanitized = true;
#else
const bool sanitized = false;
#endif

/* A file that has no name, for output of any size: a pipe would need somebody to read it meanwhile. */
static FILE *nameless(void)
{
	FILE *f = tmpfile();

	cr_assert(f, "cannot make a temporary file");
	return f;
}

static char *slurp(FILE *f, size_t *len)
{
	char *text;

	fseek(f, 0, SEEK_END);
	*len = ftell(f);
	rewind(f);
	text = malloc(*len + 1);
	cr_assert(text);
	cr_assert(fread(text, 1, *len, f) == *len);
	text[*len] = 0;
	fclose(f);
	return text;
}

static void become(const char *dir, const char *script, int out, int err)
{
	int in = open("/dev/null", O_RDONLY);

	/* dup2() of a descriptor onto itself would keep it close-on-exec; none of these is below 3 */
	dup2(in, 0);
	dup2(out, 1);
	dup2(err, 2);
	setenv("LC_ALL", "C", 1);
	unsetenv("ARGP_HELP_FMT");
	unsetenv("NO_COLOR");
	if (!chdir(dir))
		execl("/bin/sh", "sh", "-c", script, (char *)NULL);
	_exit(127);
}

void run(struct ran *r, const char *dir, const char *fmt, ...)
{
	static const char prelude[] = "swpdecode() { \"$SWPDECODE\" \"$@\"; }\n";
	FILE *out = nameless(), *err = nameless();
	struct rusage usage;
	char *script;
	va_list ap;
	size_t n;
	int wait_status;
	pid_t pid;

	cr_assert(getenv("SWPDECODE"), "the variable SWPDECODE does not say where the tool is");
	va_start(ap, fmt);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	script = malloc(sizeof(prelude) + n);
	cr_assert(script);
	memcpy(script, prelude, sizeof(prelude));
	va_start(ap, fmt);
	vsnprintf(script + sizeof(prelude) - 1, n + 1, fmt, ap);
	va_end(ap);
	fflush(NULL);
	pid = fork();
	cr_assert(pid >= 0);
	if (!pid)
		become(dir ? dir : fixtures_dir(), script, fileno(out), fileno(err));
	cr_assert(wait4(pid, &wait_status, 0, &usage) == pid);
	r->status = WIFSIGNALED(wait_status) ? 128 + WTERMSIG(wait_status) : WEXITSTATUS(wait_status);
	r->max_rss = usage.ru_maxrss;
	r->out = slurp(out, &r->out_len);
	r->err = slurp(err, &r->err_len);
	free(script);
}

void ran_free(struct ran *r)
{
	free(r->out);
	free(r->err);
}

bool find_line(const char *text, const char *holds, char *to, size_t size)
{
	const char *at = strstr(text, holds);

	if (!at)
		return false;
	while (at > text && at[-1] != '\n')
		at--;
	snprintf(to, size, "%.*s", (int)strcspn(at, "\n"), at);
	return true;
}

size_t count_text(const char *text, const char *what)
{
	size_t n = 0;

	for (const char *p = text; (p = strstr(p, what)); p += strlen(what))
		n++;
	return n;
}

#define COLUMNS_MAX 16

int table_rows(const char *path, const char *first, int n, void (*fn)(char **column, const char *where))
{
	char line[1024], where[600];
	int rows = 0, number = 0;
	FILE *f;

	snprintf(line, sizeof(line), "%s/%s", env_or("SRCDIR", "."), path);
	f = fopen(line, "r");
	cr_assert(f, "%s: cannot open", line);
	while (fgets(line, sizeof(line), f)) {
		char *column[COLUMNS_MAX], *rest = line;
		int got = 0;

		number++;
		if (*line == '#' ||
			(first && (strncmp(line, first, strlen(first)) ||
				!strchr(":\t", line[strlen(first)]))))
			continue;
		line[strcspn(line, "\n")] = 0;
		while (got < COLUMNS_MAX && (column[got] = strsep(&rest, "\t")))
			got++;
		snprintf(where, sizeof(where), "%s:%d: %s", path, number, column[0]);
		cr_assert(got == n, "%s: %d columns", where, got);
		fn(column, where);
		rows++;
	}
	fclose(f);
	return rows;
}

void tree_make(struct tree *t)
{
	snprintf(t->dir, sizeof(t->dir), "%s/swpdecode-tree-XXXXXX", env_or("TMPDIR", "/tmp"));
	cr_assert(mkdtemp(t->dir), "%s: cannot make it", t->dir);
}

static int drop_one(const char *path, const struct stat *st, int kind, struct FTW *ftw)
{
	(void)st, (void)kind, (void)ftw;
	return remove(path);
}

void tree_drop(struct tree *t)
{
	nftw(t->dir, drop_one, 16, FTW_DEPTH | FTW_PHYS);
}

/* The whole path of a file below the tree, with its directories made. */
static void place(const struct tree *t, const char *path, char *whole, size_t size)
{
	snprintf(whole, size, "%s/%s", t->dir, path);
	for (char *p = whole + strlen(t->dir) + 1; (p = strchr(p, '/')); p++) {
		*p = 0;
		mkdir(whole, 0755);
		*p = '/';
	}
}

void tree_bytes(const struct tree *t, const char *path, const void *bytes, size_t n)
{
	char whole[512];
	FILE *f;

	place(t, path, whole, sizeof(whole));
	f = fopen(whole, "w");
	cr_assert(f, "%s: cannot write", whole);
	cr_assert(fwrite(bytes, 1, n, f) == n);
	cr_assert(!fclose(f));
}

void tree_text(const struct tree *t, const char *path, const char *text)
{
	tree_bytes(t, path, text, strlen(text));
}

void tree_link(const struct tree *t, const char *path, const char *target)
{
	char whole[512];

	place(t, path, whole, sizeof(whole));
	cr_assert(!symlink(target, whole), "%s: cannot link", whole);
}

void tree_process(
	const struct tree *t, int pid, const char *maps, uint64_t start, const uint64_t *words, size_t n)
{
	char path[64], whole[512];
	int fd;

	snprintf(path, sizeof(path), "proc/%d/maps", pid);
	tree_text(t, path, maps);
	snprintf(path, sizeof(path), "proc/%d/pagemap", pid);
	place(t, path, whole, sizeof(whole));
	fd = open(whole, O_WRONLY | O_CREAT | O_TRUNC, 0644);
	cr_assert(fd >= 0, "%s: cannot write", whole);
	cr_assert(pwrite(fd, words, n * 8, start >> 12 << 3) == (ssize_t)(n * 8));
	close(fd);
}

void tree_kernel(const struct tree *t)
{
	tree_text(t, "proc/sys/kernel/osrelease", "6.12.0\n");
	tree_text(t, "boot/config-6.12.0",
		"# Linux/x86 6.12.0 Kernel Configuration\nCONFIG_X86_64=y\nCONFIG_MIGRATION=y\n"
		"CONFIG_MEMORY_FAILURE=y\nCONFIG_SWAP=y\n");
}

const char maps_line[] = "00001000-00008000 rw-p 00000000 00:00 0 \n";

void expect_run(const struct tree *t, const char *options, int status, struct ran *r)
{
	run(r, t->dir, "swpdecode --sysroot . %s", options);
	cr_expect(r->status == status, "%s: status %d, expected %d\n%s", options, r->status, status, r->err);
}

void expect_out(const char *what, const struct ran *r, const char *text)
{
	cr_expect(strstr(r->out, text), "%s: no %s in\n%.4000s", what, text, r->out);
}

void expect_err(const char *what, const struct ran *r, const char *text)
{
	cr_expect(strstr(r->err, text), "%s: no %s on standard error:\n%s", what, text, r->err);
}

void expect_entry(const struct ran *r, const char *vaddr, const char *text)
{
	char key[64], line[4096];

	snprintf(key, sizeof(key), "\"vaddr\":\"%s\"", vaddr);
	cr_assert(find_line(r->out, key, line, sizeof(line)), "no entry at %s\n%.2000s", vaddr, r->out);
	cr_expect(strstr(line, text), "%s: no %s in\n%s", vaddr, text, line);
}

bool have_python(void)
{
	const char *python = getenv("PYTHON");

	return python && !access(python, X_OK);
}

void expect_json(const struct tree *t, const char *options)
{
	struct ran r;

	if (!have_python())
		return;
	run(&r, t->dir, "{ swpdecode --sysroot . -q -F ndjson %s; echo '{}'; } | %s -c '%s'", options,
		getenv("PYTHON"),
		"import json, sys\nfor line in sys.stdin.buffer: json.loads(line.decode())");
	cr_expect(!r.status, "%s: not JSON: %s", options, r.err);
	ran_free(&r);
	run(&r, t->dir, "swpdecode --sysroot . -q -F json %s | %s -m json.tool", options, getenv("PYTHON"));
	cr_expect(!r.status, "%s: not a JSON document: %s", options, r.err);
	ran_free(&r);
}

void usual_tree(struct tree *t, const uint64_t *words, size_t n)
{
	tree_make(t);
	tree_kernel(t);
	tree_process(t, 7, maps_line, 0x1000, words, n);
}

void without_call(int number)
{
	struct sock_filter filter[] = { BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, number, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW) };
	struct sock_fprog program = { 4, filter };

	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program))
		_exit(99); /* a test that does that is a failure too */
}
