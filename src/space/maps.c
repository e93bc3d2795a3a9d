/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>

#include "space/space.h"

void mappings_init(struct mappings *m, int fd)
{
	lines_init(&m->in, fd);
	m->line = 0;
	m->last_end = 0;
}

/* Advance over a blank-separated word; returns its length. */
static size_t word(char **p, char **start)
{
	while (**p == ' ')
		++*p;
	*start = *p;
	while (**p && **p != ' ')
		++*p;
	return *p - *start;
}

/* MAJOR:MINOR, in hexadecimal */
static bool parse_device(char *text, struct mapping *to)
{
	char *end;

	to->major = strtoul(text, &end, 16);
	if (*end != ':')
		return false;
	to->minor = strtoul(end + 1, &end, 16);
	return *end == ' ';
}

static bool parse(char *text, struct mapping *to)
{
	char *p = text, *w, *dash;
	size_t n = word(&p, &w);

	dash = memchr(w, '-', n);
	if (!dash || !parse_hex(w, dash - w, &to->start) || !parse_hex(dash + 1, w + n - dash - 1, &to->end))
		return false;
	n = word(&p, &w);
	if (n != 4)
		return false;
	memcpy(to->perms, w, 4);
	to->perms[4] = 0;
	to->offset = to->inode = 0;
	to->major = to->minor = 0;
	n = word(&p, &w);
	if (!n || !parse_hex(w, n, &to->offset) || !word(&p, &w) || !parse_device(w, to) || !word(&p, &w))
		return false;
	to->inode = strtoull(w, NULL, 10);
	while (*p == ' ')
		p++;
	if ((size_t)snprintf(to->name, sizeof(to->name), "%s", p) >= sizeof(to->name))
		strcpy(to->name + sizeof(to->name) - sizeof("…"), "…");
	return true;
}

int mappings_next(struct mappings *m, uint64_t page_size, struct mapping *to, struct swpd_error *err)
{
	struct line line;
	int got = lines_next(&m->in, &line);

	if (got < 0)
		return fail(err, SWPD_E_SYSTEM, m->in.error, "cannot read the mappings: %s",
			sys_text(m->in.error));
	if (!got)
		return 0;
	m->line++;
	if (line.cut || memchr(line.text, 0, line.len) || !parse(line.text, to))
		return fail(err, SWPD_E_FORMAT, 0, "maps line %u: not a mapping", m->line);
	if (to->start >= to->end || (to->start | to->end) & (page_size - 1) || to->start < m->last_end)
		return fail(err, SWPD_E_FORMAT, 0,
			"maps line %u: 0x%llx-0x%llx is not a range of pages above the one before", m->line,
			(unsigned long long)to->start, (unsigned long long)to->end);
	m->last_end = to->end;
	return 1;
}
