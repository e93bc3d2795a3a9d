/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Values given one by one: as arguments, or one a line. */
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "source/source.h"

struct values {
	struct source source;
	struct origin origin;
	struct value_options options;
	char *const *argv;
	size_t n_args, next_arg;
	int fd;
	struct lines in;
	uint32_t line;
	bool pending; /* the bad value in `bad` comes after the words before it */
	struct finding bad;
	uint32_t bad_line, bad_column;
	uint64_t words[BATCH_WORDS];
	uint32_t lines[BATCH_WORDS], columns[BATCH_WORDS];
};

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\f' || c == '\v';
}

/* A value of which the log holds any bytes: show what can be shown. */
static void quote(char *to, size_t size, const char *text, size_t len)
{
	size_t n = 0;

	for (size_t i = 0; i < len && n + 8 < size; i++) {
		unsigned char c = text[i];

		if (c >= 0x20 && c < 0x7f)
			to[n++] = c;
		else
			n += snprintf(to + n, size - n, "\\x%02x", c);
		if (i == 39 && len > 40) {
			n += snprintf(to + n, size - n, "...");
			break;
		}
	}
	to[n] = 0;
}

/* Returns 1 for a value, 0 for an empty text, -1 with *bad filled and *column where the trouble begins. */
static int parse_value(const char *text, size_t len, uint64_t *value, uint32_t *column, struct finding *bad)
{
	const char *p = text, *end = text + len, *stop;
	char shown[64];
	size_t n;

	bad->check = CHECK_BAD_VALUE;
	while (p < end && is_blank(*p))
		p++;
	*column = p - text + 1;
	for (stop = p; stop < end && !is_blank(*stop) && *stop != '#'; stop++)
		;
	n = stop - p;
	if (!n)
		return 0;
	while (stop < end && is_blank(*stop))
		stop++;
	if (stop < end && *stop != '#') {
		*column = stop - text + 1;
		quote(shown, sizeof(shown), stop, end - stop);
		snprintf(bad->text, sizeof(bad->text), "more than one value: '%s' is left over", shown);
		return -1;
	}
	if (n > 2 && n < 24 && p[0] == '0' && (p[1] | 0x20) == 'd') {
		char digits[24] = "";

		/* 0d123 is decimal, although it could be read as hexadecimal */
		memcpy(digits, p + 2, n - 2);
		if (parse_number(digits, 10, UINT64_MAX, value))
			return 1;
	}
	if (parse_hex(p, n, value))
		return 1;
	quote(shown, sizeof(shown), p, n);
	snprintf(bad->text, sizeof(bad->text),
		"'%s' is not a hexadecimal value of at most 64 bits (0d for decimal)", shown);
	return -1;
}

/* The next text: 1, 0 at the end (or, if something is there to give out, for now), -1 on an error. */
static int next_text(struct values *s, bool have, const char **text, size_t *len, bool *cut)
{
	struct line line;
	int got;

	if (s->argv) {
		if (s->next_arg == s->n_args)
			return 0;
		*text = s->argv[s->next_arg++];
		*len = strlen(*text);
		*cut = false;
		return 1;
	}
	/* Somebody may be waiting for the answer to what was said so far. */
	if (have && !lines_ready(&s->in))
		return 0;
	got = lines_next(&s->in, &line);
	if (got <= 0)
		return got;
	s->line++;
	*text = line.text;
	*len = line.len;
	*cut = line.cut;
	return 1;
}

static enum event give_bad(struct values *s, struct batch *b)
{
	s->pending = false;
	s->lines[0] = s->bad_line;
	s->columns[0] = s->bad_column;
	b->finding = s->bad;
	b->n = 0;
	return EVENT_BAD;
}

static enum event next(struct source *source, struct batch *b, struct swpd_error *err, int *status)
{
	struct values *s = (struct values *)source;
	size_t n = 0, len;
	const char *text;
	int got = 0;
	bool cut;

	*status = 0;
	b->origin = &s->origin;
	b->words = s->words;
	b->lines = s->lines;
	b->columns = s->columns;
	if (s->pending)
		return give_bad(s, b);
	while (n < BATCH_WORDS && (got = next_text(s, n, &text, &len, &cut)) > 0) {
		uint32_t column = 1;
		int kind = parse_value(text, len, &s->words[n], &column, &s->bad);

		if (s->argv && !kind) {
			snprintf(s->bad.text, sizeof(s->bad.text), "an empty argument");
			kind = -1;
		}
		if (cut && kind >= 0) {
			snprintf(s->bad.text, sizeof(s->bad.text), "a line of more than 65534 bytes");
			kind = -1;
		}
		if (!kind)
			continue;
		if (kind < 0) {
			s->pending = true;
			s->bad_line = s->line;
			s->bad_column = column;
			break;
		}
		s->lines[n] = s->line;
		s->columns[n++] = column;
	}
	s->source.idle = !s->argv && !lines_ready(&s->in);
	if (n) {
		b->n = n;
		return EVENT_WORDS;
	}
	if (s->pending)
		return give_bad(s, b);
	if (got < 0 && s->in.error != EINTR)
		*status = fail_read(err, s->in.error, s->origin.file);
	return EVENT_END;
}

static void close_source(struct source *source)
{
	struct values *s = (struct values *)source;

	if (s->fd > 0)
		close(s->fd);
	free(s);
}

static struct values *make(const struct value_options *options, struct swpd_error *err)
{
	struct values *s = calloc(1, sizeof(*s));

	if (!s) {
		fail(err, SWPD_E_SYSTEM, errno, "%s", sys_text(errno));
		return NULL;
	}
	s->source.next = next;
	s->source.close = close_source;
	s->source.form = options->form;
	s->options = *options;
	s->fd = -1;
	s->origin.form = options->form;
	s->origin.level = options->level;
	s->origin.pages = options->pages;
	return s;
}

struct source *source_arguments(char *const *argv, size_t n, const struct value_options *options,
	struct swpd_error *err)
{
	struct values *s = make(options, err);

	if (!s)
		return NULL;
	s->argv = argv;
	s->n_args = n;
	return &s->source;
}

struct source *source_lines(int fd, const char *file, const struct head *head,
	const struct value_options *options, struct swpd_error *err)
{
	struct values *s = make(options, err);

	if (!s)
		return NULL;
	s->fd = fd;
	s->origin.file = file;
	s->origin.positions = true;
	lines_init(&s->in, fd);
	if (head) {
		memcpy(s->in.buf, head->text, head->n);
		s->in.end = head->n;
	}
	return &s->source;
}
