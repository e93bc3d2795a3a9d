/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Kernel logs and other texts, through the command line. What the numbers in them mean was said by others: in
 * fixtures/klog/cases.txt by those who looked into bug reports, in formats.txt by kernels' own code; see
 * klogcases.py and klogformats.py, which packed them.
 */
#include "text.h"

struct expected {
	char key[16], value[24], cls[32], type[8], offset[24], entry[24];
};

struct klog_case {
	char name[80], args[128], checks[160];
	bool differs;
	struct expected value[4];
	int n;
	char text[4096];
};

static bool read_case(FILE *f, struct klog_case *c)
{
	char line[1024];
	long at = ftell(f);

	memset(c, 0, sizeof(*c));
	for (; fgets(line, sizeof(line), f); at = ftell(f)) {
		struct expected *v = &c->value[c->n];

		if (!strncmp(line, "case ", 5)) {
			if (c->name[0]) {
				fseek(f, at, SEEK_SET);
				return true;
			}
			sscanf(line + 5, "%79[^\n]", c->name);
		} else if (!strncmp(line, "args ", 5)) {
			sscanf(line + 5, "%127[^\n]", c->args);
		} else if (!strncmp(line, "check ", 6)) {
			sscanf(line + 6, "%159[^\n]", c->checks);
		} else if (!strncmp(line, "differs ", 8)) {
			c->differs = true;
		} else if (line[0] == '|') {
			strncat(c->text, line + 1, sizeof(c->text) - strlen(c->text) - 1);
		} else if (sscanf(line, "value %15s %23s %31s %7s %23s %23s", v->key, v->value, v->cls, v->type,
				   v->offset, v->entry) == 6) {
			c->n++;
		}
	}
	return c->name[0];
}

static bool holds(const char *record, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

static bool holds(const char *record, const char *fmt, ...)
{
	char text[128];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	return strstr(record, text);
}

/* A value that no record shows as the page table held it may have been printed as a swp_entry_t only. */
static void check_value(const struct klog_case *c, const struct expected *v, const char *out)
{
	char key[64], line[4096];

	snprintf(key, sizeof(key), "\"%s\":\"%s\"", v->key, v->value);
	if (!find_line(out, key, line, sizeof(line))) {
		snprintf(key, sizeof(key), "\"swp_entry\":\"%s\"", v->entry);
		if (!find_line(out, key, line, sizeof(line))) {
			cr_expect(false, "%s: no record of %s\n%s", c->name, v->value, out);
			return;
		}
	}
	if (holds(line, "\"class\":\"unknown\"") &&
		(holds(line, "\"unknown_why\":\"no-row\"") || holds(line, "\"%s\"", v->cls)))
		return;
	cr_expect(holds(line, "\"class\":\"%s\"", v->cls), "%s: class is not %s\n%s", c->name, v->cls, line);
	if (c->differs || v->type[0] == '-')
		return;
	cr_expect(holds(line, "\"swap_type\":%s,\"swap_offset\":\"%s\"", v->type, v->offset),
		"%s: not type %s, offset %s\n%s", c->name, v->type, v->offset, line);
}

static void check_case(const struct klog_case *c, const char *text)
{
	struct tree t;
	struct ran r;
	char checks[160], *rest = checks, *check;

	tree_make(&t);
	tree_text(&t, "log", text);
	run(&r, t.dir, "swpdecode -q -i klog -f log -F ndjson %s", c->args);
	cr_expect(r.status == 0, "%s: status %d: %s", c->name, r.status, r.err);
	for (int i = 0; i < c->n; i++)
		check_value(c, &c->value[i], r.out);
	snprintf(checks, sizeof(checks), "%s", c->checks);
	while ((check = strsep(&rest, " ")))
		cr_expect(!*check || holds(r.out, "\"check\":\"%s\"", check), "%s: no finding %s\n%s", c->name,
			check, r.out);
	ran_free(&r);
	tree_drop(&t);
}

static int check_file(const char *name)
{
	static struct klog_case c;
	char path[512];
	int n = 0;
	FILE *f;

	snprintf(path, sizeof(path), "%s/klog/%s", fixtures_dir(), name);
	f = fopen(path, "r");
	cr_assert(f, "%s: cannot open", path);
	for (; read_case(f, &c); n++)
		check_case(&c, c.text);
	fclose(f);
	return n;
}

Test(klog, bug_reports)
{
	cr_expect(check_file("cases.txt") >= 33);
}

Test(klog, formats_of_four_kernels, .timeout = 120)
{
	cr_expect(check_file("formats.txt") > 300);
}
