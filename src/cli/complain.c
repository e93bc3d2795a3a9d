/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>

#include "cli/cli.h"

static void say(const char *fmt, va_list ap) __attribute__((format(printf, 1, 0)));

static const char *about; /* NULL: nothing in particular */

void complain_about(const char *what)
{
	about = what;
}

static void say(const char *fmt, va_list ap)
{
	char text[1024];
	size_t n = about ? snprintf(text, sizeof(text) / 2, "%s: ", about) : 0;

	/* Names of files and processes are anybody's: a terminal must not obey them. */
	if (n > sizeof(text) / 2)
		n = sizeof(text) / 2 - 1;
	vsnprintf(text + n, sizeof(text) - n, fmt, ap);
	clean_text(text);
	fprintf(stderr, "swpdecode: %s\n", text);
}

void complain(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say(fmt, ap);
	va_end(ap);
}

void usage_error(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say(fmt, ap);
	va_end(ap);
	exit(EXIT_USAGE);
}
