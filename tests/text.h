/* SPDX-License-Identifier: GPL-2.0-or-later */
/* For tests that read the project's own files, and what programs print, as text. */
#ifndef TESTS_TEXT_H
#define TESTS_TEXT_H

#include <criterion/criterion.h>
#include <ctype.h>
#include <glob.h>
#include <limits.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

#include "tests.h"

static inline const char *env_or(const char *name, const char *otherwise)
{
	const char *value = getenv(name);

	return value && *value ? value : otherwise;
}

/* All of a stream as one string; the caller frees it. */
static inline char *read_stream(FILE *f)
{
	size_t size = 0;
	char *text = NULL;

	if (getdelim(&text, &size, 0, f) < 0) { /* text holds no NUL */
		free(text);
		text = strdup("");
	}
	cr_assert(text);
	return text;
}

/* A file below the top of the tree; the caller frees it. */
static inline char *read_source(const char *path)
{
	char full[PATH_MAX];
	char *text;
	FILE *f;

	snprintf(full, sizeof(full), "%s/%s", env_or("SRCDIR", "."), path);
	f = fopen(full, "r");
	cr_assert(f, "%s: cannot open", full);
	text = read_stream(f);
	fclose(f);
	return text;
}

/* Standard output of a shell command, run at the top of the tree; *status is its exit status. */
__attribute__((format(printf, 2, 3))) static inline char *output_of(int *status, const char *fmt, ...)
{
	char what[4096], command[8192], *text;
	va_list ap;
	FILE *f;

	va_start(ap, fmt);
	vsnprintf(what, sizeof(what), fmt, ap);
	va_end(ap);
	snprintf(command, sizeof(command), "cd '%s' && %s", env_or("SRCDIR", "."), what);
	f = popen(command, "re");
	cr_assert(f, "cannot run: %s", command);
	text = read_stream(f);
	*status = pclose(f);
	*status = WIFEXITED(*status) ? WEXITSTATUS(*status) : -1;
	return text;
}

/* What the tool prints for these arguments, which it must accept. */
static inline char *tool_says(const char *arguments)
{
	int status;
	char *text = output_of(&status, "'%s' %s", env_or("SWPDECODE", "build/swpdecode"), arguments);

	cr_assert(status == 0 && *text, "swpdecode %s: status %d", arguments, status);
	return text;
}

/* Call each() for every file below the top that a pattern matches, with its path from the top. */
static inline int each_file(const char *pattern, void (*each)(const char *path))
{
	const char *top = env_or("SRCDIR", ".");
	char full[PATH_MAX];
	glob_t found;
	int n;

	snprintf(full, sizeof(full), "%s/%s", top, pattern);
	if (glob(full, 0, NULL, &found))
		return 0;
	n = found.gl_pathc;
	for (int i = 0; i < n; i++)
		each(found.gl_pathv[i] + strlen(top) + 1);
	globfree(&found);
	return n;
}

/* Overwrite comments of C with blanks; lines stay where they are. */
static inline void blank_comments(char *text)
{
	char quote = 0;

	for (char *p = text; *p; p++) {
		if (quote) {
			if (*p == '\\' && p[1])
				p++;
			else if (*p == quote)
				quote = 0;
		} else if (*p == '"' || *p == '\'') {
			quote = *p;
		} else if (p[0] == '/' && p[1] == '*') {
			for (bool end = false; *p && !end; p++) {
				end = p[0] == '*' && p[1] == '/';
				if (end)
					p[1] = ' ';
				if (*p != '\n')
					*p = ' ';
			}
			p--;
		} else if (p[0] == '/' && p[1] == '/') {
			while (p[1] && p[1] != '\n')
				*p++ = ' ';
			*p = ' ';
		}
	}
}

/* Is it a letter, a digit, or one of the others? */
static inline bool is_part_of_word(char c, const char *others)
{
	return c && (isalnum((unsigned char)c) || strchr(others, c));
}

/* Where a word stands by itself; `others` are the signs that, next to letters and digits, words are made of.
 */
static inline const char *find_word(const char *text, const char *word, const char *others)
{
	size_t n = strlen(word);

	for (const char *p = text; (p = strstr(p, word)); p++)
		if (!(p > text && is_part_of_word(p[-1], others)) && !is_part_of_word(p[n], others))
			return p;
	return NULL;
}

/* A place in a text as a line number. */
static inline int line_of(const char *text, const char *at)
{
	int line = 1;

	for (; text < at; text++)
		line += *text == '\n';
	return line;
}

/* Take the next line off a text, in place; NULL at its end. */
static inline char *next_line(char **text)
{
	char *line = *text, *end;

	if (!*line)
		return NULL;
	end = strchrnul(line, '\n');
	*text = *end ? end + 1 : end;
	*end = 0;
	return line;
}

#endif
