/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <string.h>

#include "util/util.h"

int fail(struct swpd_error *err, enum swpd_code code, int sys, const char *fmt, ...)
{
	va_list ap;

	err->code = code;
	err->sys = sys;
	va_start(ap, fmt);
	vsnprintf(err->text, sizeof(err->text), fmt, ap);
	va_end(ap);
	return -1;
}

const char *input_name(const char *file)
{
	return strcmp(file, "-") ? file : "standard input";
}

int fail_read(struct swpd_error *err, int sys, const char *file)
{
	return fail(err, SWPD_E_SYSTEM, sys, "%s: cannot read: %s", input_name(file), sys_text(sys));
}

int fail_context(struct swpd_error *err, const char *fmt, ...)
{
	char rest[sizeof(err->text)];
	va_list ap;
	size_t n;

	memcpy(rest, err->text, sizeof(rest));
	va_start(ap, fmt);
	vsnprintf(err->text, sizeof(err->text), fmt, ap);
	va_end(ap);
	n = strlen(err->text);
	snprintf(err->text + n, sizeof(err->text) - n, ": %.200s", rest);
	return -1;
}

const char *sys_text(int sys)
{
	const char *text = sys == ESPIPE ? "not a regular file" : strerrordesc_np(sys);

	return text ? text : "unknown error";
}
