/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include <unistd.h>

#include "space/space.h"

void smaps_init(struct smaps *s)
{
	s->fd = -1;
}

void smaps_open(struct smaps *s, const struct process *p)
{
	s->fd = process_openat(p, "smaps");
	s->ahead = false;
	if (s->fd >= 0)
		lines_init(&s->in, s->fd);
}

void smaps_close(struct smaps *s)
{
	if (s->fd >= 0)
		close(s->fd);
	s->fd = -1;
}

/* "START-END perms …" begins a mapping; all other lines are "Name: …". */
static bool begins(const struct line *line, uint64_t *start, uint64_t *end)
{
	size_t n = strcspn(line->text, " "), dash = strcspn(line->text, "-");

	return dash < n && parse_hex(line->text, dash, start) &&
	       parse_hex(line->text + dash + 1, n - dash - 1, end);
}

/* SwapPss comes right after Swap, since 4.3. */
static int64_t next_pss(struct smaps *s)
{
	struct line line;

	if (lines_next(&s->in, &line) <= 0)
		return -1;
	if (!strncmp(line.text, "SwapPss:", 8))
		return strtoll(line.text + 8, NULL, 10);
	s->ahead = begins(&line, &s->start, &s->end);
	return -1;
}

bool smaps_find(struct smaps *s, const struct mapping *m, uint64_t *kib, int64_t *pss)
{
	struct line line;

	if (s->fd < 0)
		return false;
	while (!s->ahead || s->start < m->start) {
		if (lines_next(&s->in, &line) <= 0) {
			smaps_close(s);
			return false;
		}
		s->ahead |= begins(&line, &s->start, &s->end);
	}
	if (s->start != m->start || s->end != m->end)
		return false;
	s->ahead = false;
	while (lines_next(&s->in, &line) > 0) {
		if (!strncmp(line.text, "Swap:", 5)) {
			*kib = strtoull(line.text + 5, NULL, 10);
			*pss = next_pss(s);
			return true;
		}
		if (begins(&line, &s->start, &s->end)) {
			s->ahead = true;
			return false;
		}
	}
	smaps_close(s);
	return false;
}
