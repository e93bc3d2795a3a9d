/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What bash, fish and zsh offer: the lists of the tool, and of whatever tool is in its place. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "tests.h"

static const struct {
	const char *line;
	const char *list, *begin; /* what of that list begins so, list NULL: this alone */
} rows[] = {
	{ "-C sw", "classes", "sw" },
	{ "--class=swap,mig", "classes", "mig" },
	{ "-o +pf", "columns", "pf" },
	{ "-o vaddr,swap", "columns", "swap" },
	{ "-A arm6", "arch", "arm6" },
	{ "--arch=s39", "arch", "s39" },
	{ "--page-flags=hw", "page-flags", "hw" },
	{ "-E beyo", "checks", "beyo" },
	{ "-E swapin", "classes", "swapin" },
	{ "-W no-dev", "checks", "no-dev" },
	{ "-W no-asc", NULL, "no-ascii" },
	{ "--check=r", NULL, "reserved-bits" }, /* repeated and rss-counter are none of entries */
	{ "-F nd", NULL, "ndjson" },
	{ "--list-che", NULL, "--list-checks" },
	{ "-p sel", NULL, "self" },
};

/* In PATH stands what $tool is. */
static void offered(struct ran *r, const char *shell, const char *tool, const char *line)
{
	run(r, NULL, "d=$(mktemp -d); trap 'rm -rf \"$d\"' EXIT; export HOME=\"$d\"; tool=\"%s\"; "
		"case $tool in /*) ln -s \"$tool\" \"$d/swpdecode\" ;; "
		"*) printf '#!/bin/sh\\necho %%s\\n' \"$tool\" >\"$d/swpdecode\"; "
		"chmod +x \"$d/swpdecode\" ;; esac; "
		"cd \"$SRCDIR\"; PATH=\"$d:$PATH\" timeout 20 sh tests/complete.sh %s \"$PWD/completions\" "
		"'swpdecode %s'", tool, shell, line);
}

static void expect_offered(const char *shell, size_t row)
{
	const char *begin = rows[row].begin;
	char wanted[4096];
	struct ran r;

	if (rows[row].list) {
		run(&r, NULL,
			"swpdecode --list-%s | awk '{ print $1 }' | grep '^%s' | sort -u | tr '\\n' ' '",
			rows[row].list, begin);
		snprintf(wanted, sizeof(wanted), "%s", r.out);
		ran_free(&r);
	} else {
		snprintf(wanted, sizeof(wanted), "%s ", begin);
	}
	cr_assert(!strncmp(wanted, begin, strlen(begin)), "%s: nothing to offer", rows[row].line);
	offered(&r, shell, "$SWPDECODE", rows[row].line);
	if (r.status == 77)
		cr_skip_test("%s, or what its completion needs, is not installed", shell);
	cr_expect(!strcmp(r.out, wanted), "%s: %s: expected '%s' got '%s' %s", shell, rows[row].line, wanted,
		r.out, r.err);
	ran_free(&r);
}

static void expect_all(const char *shell)
{
	struct ran r;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		expect_offered(shell, i);
	/* a class that is in no list but that of this other tool */
	offered(&r, shell, "swallow  a bird", "-C swa");
	cr_expect(!strcmp(r.out, "swallow "), "%s: '%s' %s", shell, r.out, r.err);
	ran_free(&r);
}

Test(completions, bash, .timeout = 120)
{
	expect_all("bash");
}

Test(completions, fish, .timeout = 120)
{
	expect_all("fish");
}

Test(completions, zsh, .timeout = 120)
{
	expect_all("zsh");
}
