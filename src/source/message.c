/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <endian.h>

#include "source/message.h"
#include "util/util.h"

const struct message messages[] = {
#define LEVEL_OF_PTE SWPD_LEVEL_PTE
#define LEVEL_OF_PMD SWPD_LEVEL_PMD
#define LEVEL_OF_PUD SWPD_LEVEL_PUD
#define LEVEL_OF_LOWEST LEVEL_LOWEST
#define MESSAGE(kind, level, arch, since, until, format, source)                                             \
	{ MESSAGE_##kind, LEVEL_OF_##level, arch, since, until, format, source },
#include "source/messages.def"
#undef MESSAGE
};
const size_t n_messages = ARRAY_SIZE(messages);
_Static_assert(ARRAY_SIZE(messages) < 128, "rows[] and links[] have room");

enum field_kind {
	HEX,  /* up to 16 digits, with or without 0x */
	DEC,  /* may be negative */
	WORD, /* up to a blank */
	TEXT, /* as little as leaves the rest of the format to match */
	REST, /* up to the end of the line */
	SKIP, /* letters, digits and the like, or something in parentheses */
};

static const struct {
	const char *name;
	enum field_kind kind;
} fields[FIELD_N] = {
	[FIELD_ANY] = { "any", SKIP },
	[FIELD_ENTRY] = { "entry", HEX },
	[FIELD_PTE] = { "pte", HEX },
	[FIELD_PMD] = { "pmd", HEX },
	[FIELD_PUD] = { "pud", HEX },
	[FIELD_P4D] = { "p4d", HEX },
	[FIELD_PGD] = { "pgd", HEX },
	[FIELD_ADDR] = { "addr", HEX },
	[FIELD_PFN] = { "pfn", HEX },
	[FIELD_COUNT] = { "count", DEC },
	[FIELD_INDEX] = { "index", DEC },
	[FIELD_KB] = { "kb", DEC },
	[FIELD_BITS] = { "bits", DEC },
	[FIELD_MAJOR] = { "major", DEC },
	[FIELD_MINOR] = { "minor", DEC },
	[FIELD_SECTOR] = { "sector", DEC },
	[FIELD_COMM] = { "comm", TEXT },
	[FIELD_WORD] = { "word", WORD },
	[FIELD_RELEASE] = { "release", WORD },
	[FIELD_REST] = { "rest", REST },
};

#define COMM_MAX 48 /* TASK_COMM_LEN is 16, but %s of a name may have been escaped */
#define WRAPS_MAX 2

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_hex(char c)
{
	return is_digit(c) || ((c | 0x20) >= 'a' && (c | 0x20) <= 'f');
}

static bool is_word(char c)
{
	return is_digit(c) || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') || c == '_';
}

/* "kern  :alert : ", as dmesg -x prints; NULL: it is not that. */
static const char *skip_level(const char *p, const char *stop)
{
	for (int i = 0; i < 2; i++) {
		const char *word = p;

		while (p < stop && *p >= 'a' && *p <= 'z')
			p++;
		if (p == word)
			return NULL;
		while (p < stop && *p == ' ')
			p++;
		if (p == stop || *p++ != ':')
			return NULL;
	}
	return p < stop && *p == ' ' ? p : NULL;
}

/* [ 123.456] and [ T12], <4>, quote marks, a level, and all of a syslog line up to "kernel: ". */
static const char *skip_prefix(const char *p, const char *end)
{
	const char *stop = end - p > 120 ? p + 120 : end, *nl = memchr(p, '\n', stop - p), *kernel;

	stop = nl ? nl : stop;
	kernel = memmem(p, stop - p, " kernel: ", 9);
	if (kernel)
		p = kernel + 9;
	for (;;) {
		const char *close = NULL;

		while (p < stop && strchr(" \t>|#", *p) && *p)
			p++;
		if (p < stop && *p == '[')
			close = memchr(p, ']', stop - p < 32 ? stop - p : 32);
		else if (p < stop && *p == '<')
			close = memchr(p, '>', stop - p < 80 ? stop - p : 80);
		else if (p < stop && *p == '\x1b') /* a colour */
			close = memchr(p, 'm', stop - p < 16 ? stop - p : 16);
		if (!close)
			close = skip_level(p, stop);
		if (!close)
			return p;
		p = close + 1;
	}
}

static const char *blanks(const char *p, const char *end)
{
	while (p < end && (*p == ' ' || *p == '\t'))
		p++;
	return p;
}

/* "=" at the end of a line: quoted-printable mail breaks lines so, in the middle of words and numbers too. */
static const char *joined(const char *p, const char *end)
{
	while (end - p > 2 && p[0] == '=' && (p[1] == '\n' || (p[1] == '\r' && p[2] == '\n')))
		p += p[1] == '\n' ? 2 : 3;
	return p;
}

/* Blanks; noise of a test bench in angle brackets; a line break. */
static const char *gap(const char *p, const char *end)
{
	for (int wraps = 0;;) {
		const char *close;

		p = blanks(joined(blanks(p, end), end), end);
		if (p < end && *p == '\r')
			p++;
		if (p < end && *p == '\n' && wraps++ < WRAPS_MAX) {
			p = skip_prefix(p + 1, end);
			continue;
		}
		if (p == end || *p != '<')
			return p;
		close = memchr(p, '>', end - p < 80 ? end - p : 80);
		if (!close || memchr(p, '\n', close - p))
			return p;
		p = close + 1;
	}
}

/* Some people write 100_0000_0000. */
static const char *number(const char *p, const char *end, bool hex, uint64_t *value)
{
	bool negative = !hex && p < end && *p == '-';
	uint64_t v = 0;
	int digits = 0;

	if (negative)
		p++;
	else if (hex && end - p > 2 && p[0] == '0' && (p[1] | 0x20) == 'x')
		p += 2;
	for (; digits < 20; p = joined(p, end)) {
		if (hex && digits && end - p > 1 && *p == '_' && is_hex(p[1]))
			p++;
		if (p == end || !(hex ? is_hex(*p) : is_digit(*p)))
			break;
		v = hex ? v << 4 | ((*p & 15) + (is_digit(*p) ? 0 : 9)) : v * 10 + (*p & 15);
		digits++;
		p++;
	}
	*value = negative ? -v : v;
	return !digits || digits > (hex ? 16 : 18) ? NULL : p;
}

/*
 * A release: of the words up to here the first one that begins with two numbers. It may stand in the next
 * line, if a mailer broke this one among the letters that say what tainted the kernel.
 */
static const char *release(const char *p, const char *end, const char **start)
{
	bool letters = true, wrapped = false;

	for (int words = 0; words < 16; words++) {
		char text[72];
		int n = 0;

		p = blanks(p, end);
		for (*start = p; p<end && * p> ' ' && *p < 0x7f; p++)
			if (n < (int)sizeof(text) - 1)
				text[n++] = *p;
		text[n] = 0;
		if (swpd_release_parse(text))
			return p;
		if (p > *start && strcmp(text, "=")) {
			letters &= strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ-") == (size_t)n;
			continue;
		}
		if (!letters || wrapped)
			break;
		wrapped = true;
		p = gap(*start, end);
	}
	return NULL;
}

static const char *match_format(
	const char *f, const char *f_end, const char *p, const char *end, struct match *m);

/* Where the line ends at p and the next one begins with a hexadecimal digit, without a prefix: there. */
static const char *next_digit(const char *p, const char *end)
{
	while (p < end && *p == '\r')
		p++;
	if (p == end || *p++ != '\n')
		return NULL;
	while (p < end && (*p == '>' || *p == '|')) /* quoted */
		p += end - p > 1 && p[1] == ' ' ? 2 : 1;
	return p < end && is_hex(*p) && skip_prefix(p, end) == p ? p : NULL;
}

static bool ends_line(const char *p, const char *end)
{
	return p == end || *p == '\r' || *p == '\n';
}

/* Does one of the texts that may follow in the format stand at p? */
static bool goes_on(const char *f, const char *p, const char *end)
{
	for (f += strspn(f, "|"); *f; f += strcspn(f, "|"), f += strspn(f, "|")) {
		const char *stop = f + strcspn(f, "|{");
		struct match none = { 0 };

		if (stop > f && match_format(f, stop, p, end, &none))
			return true;
	}
	return false;
}

#define DIGITS_MIN 8 /* of %08llx */

/*
 * A hexadecimal number ended at p, before `rest` of the whole format. Somebody may have broken the line in
 * it: it goes on in the next line if what follows it in the format stands behind those digits, or if it is
 * too short and they stand alone. Returns its end.
 */
static const char *number_broken(enum field id, const char *rest, const char *start, const char *p,
	const char *end, struct match *m)
{
	bool last = !rest[strspn(rest, "|")];
	bool prefixed = p - start > 2 && (start[1] | 0x20) == 'x';
	bool brief = p - start < DIGITS_MIN && !prefixed;
	const char *next = next_digit(p, end), *tail;
	uint64_t low;

	if (!ends_line(p, end) || goes_on(rest, p, end))
		return p;
	tail = next ? number(next, end, true, &low) : NULL;
	if (tail && (tail == end || *tail <= ' ' || goes_on(rest, tail, end))) {
		int digits = (p - start) + (tail - next) - 2 * prefixed;

		if (digits <= 16 && (goes_on(rest, tail, end) ||
					    (last && brief && ends_line(tail, end)))) {
			m->number[id] = m->number[id] << 4 * (tail - next) | low;
			return tail;
		}
		if (!last || ends_line(tail, end))
			m->broken |= 1u << id;
	}
	if (p == end && !last)
		m->broken |= 1u << id;
	if (brief || !last)
		m->brief |= 1u << id;
	return p;
}

/* " pte", " pmd", " pud", " p4d", " pgd" */
static bool is_entry_name(const char *p)
{
	static const char names[][5] = { " pte", " pmd", " pud", " p4d", " pgd" };

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (!memcmp(p, names[i], 4))
			return true;
	return false;
}

/* One field, and of TEXT all that follows it. NULL: it does not fit. */
static const char *match_field(
	enum field id, const char *f, const char *f_end, const char *p, const char *end, struct match *m)
{
	const char *start = p, *stop;

	switch (fields[id].kind) {
	case HEX:
	case DEC:
		p = number(p, end, fields[id].kind == HEX, &m->number[id]);
		if (p && p < end && is_word(*p) && fields[id].kind == HEX)
			return NULL;
		if (p && fields[id].kind == HEX)
			p = number_broken(id, f, start, p, end, m);
		break;
	case WORD:
		if (id == FIELD_RELEASE) {
			p = release(p, end, &start);
			break;
		}
		while (p<end && * p> ' ' && *p < 0x7f)
			p++;
		while (p > start && (p[-1] == '.' || p[-1] == ','))
			p--;
		p = p > start ? p : NULL;
		break;
	case REST:
		stop = memchr(p, '\n', end - p);
		p = stop ? stop : end;
		break;
	case SKIP:
		if (p < end && *p == '(') {
			stop = memchr(p, ')', end - p < 16 ? end - p : 16);
			p = stop ? stop + 1 : p;
		}
		while (p < end && is_word(*p))
			p++;
		p = p > start ? p : NULL;
		break;
	case TEXT:
		for (stop = p + 1; stop < end && stop - p < COMM_MAX && stop[-1] != '\n'; stop++) {
			if (stop - p > 4 && *stop == ':' && is_entry_name(stop - 4))
				return NULL; /* its number fits nothing: no other one is the entry */
			const char *done = *stop > ' ' ? NULL : match_format(f, f_end, stop, end, m);

			if (!done)
				continue;
			m->has |= 1u << id;
			m->at[id] = p;
			m->len[id] = stop - p;
			return done;
		}
		return NULL;
	}
	if (!p)
		return NULL;
	m->has |= 1u << id;
	m->at[id] = start;
	m->len[id] = p - start;
	return p;
}

static enum field field_of(const char *name, size_t n)
{
	enum field id = 0;

	while (id < FIELD_N - 1 && (strlen(fields[id].name) != n || memcmp(fields[id].name, name, n)))
		id++;
	return id;
}

/* Returns the end of what fits format [f, f_end), or NULL. */
static const char *match_format(
	const char *f, const char *f_end, const char *p, const char *end, struct match *m)
{
	while (f < f_end && p) {
		const char *close;
		struct match before;
		enum field id;

		switch (*f) {
		case ' ':
			p = gap(p, end);
			f++;
			break;
		case '|':
			close = memchr(f + 1, '|', f_end - f - 1);
			before = *m;
			m->end = match_format(f + 1, close, p, end, m);
			if (m->end)
				p = m->end;
			else
				*m = before;
			f = close + 1;
			break;
		case '{':
			close = memchr(f, '}', f_end - f);
			id = field_of(f + 1, close - f - 1);
			f = close + 1;
			p = match_field(id, f, f_end, p, end, m);
			if (fields[id].kind == TEXT)
				return p;
			break;
		default:
			if (p < end && *p == '=' && *f != '=')
				p = joined(p, end);
			if (p == end || *p != *f)
				return NULL;
			p++;
			if (*f++ == '=' && end - p > 2 && p[0] == '3' && p[1] == 'D') /* it is quoted */
				p += 2;
		}
	}
	return p;
}

/* What ends before p: an address, or the line of a source file. */
static bool match_before(const char *begin, const char *p, bool address, struct match *m)
{
	const char *start = p;

	if (!address) {
		while (start > begin && p - start < 6 && is_digit(start[-1]))
			start--;
		return start < p && start - begin > 3 && start[-1] == ':' && start[-3] == '.' &&
			(start[-2] == 'c' || start[-2] == 'h');
	}
	while (start > begin && p - start < 17 && is_hex(start[-1]))
		start--;
	if (start == p || p - start > 16)
		return false;
	number(start, p, true, &m->number[FIELD_ADDR]);
	m->has |= 1u << FIELD_ADDR;
	m->at[FIELD_ADDR] = start;
	m->len[FIELD_ADDR] = p - start;
	return true;
}

/* ---- searching ---- */

/*
 * Every message begins with at least four letters that are always the same, its anchor. Of any four bytes,
 * three begin at an even place, so it is enough to look at three bytes at every second place: is there an
 * anchor that has these three at its beginning or one further on?
 */
#define GRAMS 4096
#define LINKS 256

static uint8_t gram_first[GRAMS]; /* index into links[] */
static struct {
	uint8_t row, shift, next;
} links[LINKS];

/* What message_find() needs to know of a row, made once. */
static struct row {
	const char *format, *format_end; /* without what stands before the anchor */
	char anchor[ANCHOR_MAX + 1];
	uint8_t anchor_len;
	uint8_t next;   /* row with the same anchor; 0: none */
	uint8_t before; /* what stands before the anchor; FIELD_N: nothing */
} rows[128];

static inline uint32_t gram(const char *p)
{
	uint32_t g;

	memcpy(&g, p, sizeof(g));
	return ((le32toh(g) << 8) * 0x9e3779b1u) >> 20;
}

size_t message_anchor(const struct message *row, char anchor[ANCHOR_MAX + 1])
{
	const char *f = row->format;
	size_t n = 0;

	if (!strncmp(f, "{<", 2))
		f = strchr(f, '}') + 1;
	while (n < ANCHOR_MAX && f[n] && !strchr("{|=", f[n])) {
		anchor[n] = f[n];
		n++;
	}
	anchor[n] = 0;
	return n;
}

void message_init(void)
{
	unsigned int n = 1;

	if (rows[0].format)
		return;
	for (size_t i = 0; i < n_messages; i++) {
		const char *f = messages[i].format;
		struct row *r = &rows[i];
		size_t same = 0, last;

		r->before = strncmp(f, "{<", 2) ? FIELD_N : f[2] == 'a' ? FIELD_ADDR : FIELD_INDEX;
		r->format = r->before == FIELD_N ? f : strchr(f, '}') + 1;
		r->format_end = f + strlen(f);
		r->anchor_len = message_anchor(&messages[i], r->anchor);
		while (strcmp(rows[same].anchor, r->anchor))
			same++;
		for (last = same; rows[last].next;)
			last = rows[last].next;
		if (same < i) { /* found with the other row */
			rows[last].next = i;
			continue;
		}
		for (unsigned int shift = 0; shift < 2; shift++) {
			uint32_t g = gram(r->anchor + shift);

			links[n].row = i;
			links[n].shift = shift;
			links[n].next = gram_first[g];
			gram_first[g] = n++;
		}
	}
}

/* Does a message begin at p? Rows with the same anchor are tried in their order. */
static bool match_at(const char *begin, const char *p, const char *limit, size_t row, struct match *m)
{
	const char *end = limit - p > MESSAGE_MAX ? p + MESSAGE_MAX : limit;

	do {
		const struct row *r = &rows[row];

		m->has = m->broken = m->brief = 0;
		m->start = p;
		m->message = &messages[row];
		if (r->before == FIELD_N || match_before(begin, p, r->before == FIELD_ADDR, m)) {
			m->end = match_format(
				r->format + r->anchor_len, r->format_end, p + r->anchor_len, end, m);
			if (m->end)
				return true;
		}
		row = r->next;
	} while (row);
	return false;
}

bool message_find(const char *begin, const char *from, const char *end, const char *limit, struct match *m)
{
	for (const char *p = from; p <= end;) {
		while (end - p > 8 && !(gram_first[gram(p)] | gram_first[gram(p + 2)] |
					      gram_first[gram(p + 4)] | gram_first[gram(p + 6)]))
			p += 8;
		for (int i = 0; i < 4 && p <= end; i++, p += 2)
			for (unsigned int k = gram_first[gram(p)]; k; k = links[k].next) {
				const char *at = p - links[k].shift;
				unsigned int row = links[k].row;

				if (at < from || at >= end || limit - at < rows[row].anchor_len ||
					memcmp(at, rows[row].anchor, rows[row].anchor_len))
					continue;
				if (match_at(begin, at, limit, row, m))
					return true;
			}
	}
	return false;
}
