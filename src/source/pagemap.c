/* SPDX-License-Identifier: GPL-2.0-or-later */
/* /proc/PID/maps says where, /proc/PID/pagemap what: fs/proc/task_mmu.c. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "source/source.h"

#define READ_WORDS (128 * 1024 / 8) /* reads of 16 to 128 KiB cost least per word */

struct pagemap {
	struct source source;
	const struct root *root;
	const int *pids;
	size_t n_pids, next_pid;
	const struct range *ranges;
	size_t n_ranges, range; /* range: index in ranges[], the one to look at next */
	unsigned int shift;

	struct process process;
	bool open, mapped;
	int maps_fd, fd;
	struct mappings mappings;
	struct mapping mapping;
	struct origin origin;
	struct gap gap;
	uint64_t at, end;       /* the part of the mapping that is still to be read */
	size_t have, given;     /* words in the buffer; given out already */
	uint64_t buffer_vaddr;
	uint64_t words[READ_WORDS];
};

static void close_process(struct pagemap *s)
{
	if (!s->open)
		return;
	close(s->maps_fd);
	close(s->fd);
	process_close(&s->process);
	s->open = s->mapped = false;
}

static int open_failure(struct process *p, const char *file, struct swpd_error *err)
{
	int sys = errno;

	if (sys == EACCES || sys == EPERM)
		return fail(err, SWPD_E_SYSTEM, sys,
			"may not read /proc/%d/%s: %s (needs ptrace access: same user, or root)", p->pid,
			file, sys_text(sys));
	return fail(err, SWPD_E_SYSTEM, sys, "cannot open /proc/%d/%s: %s", p->pid, file, sys_text(sys));
}

static int open_process(struct pagemap *s, int pid, struct swpd_error *err)
{
	struct process *p = &s->process;
	int status = -1;

	if (process_open(p, s->root, pid, err) < 0)
		return -1;
	s->maps_fd = s->fd = -1;
	if (p->kernel_thread)
		fail(err, SWPD_E_NOT_HERE, 0, "%s is a kernel thread: it has no address space of its own",
			p->comm);
	else if (p->state == 'Z' || p->state == 'X')
		fail(err, SWPD_E_NOT_HERE, 0, "%s is a zombie: its address space is gone", p->comm);
	else if ((s->maps_fd = process_openat(p, "maps")) < 0)
		open_failure(p, "maps", err);
	else if ((s->fd = process_openat(p, "pagemap")) < 0)
		open_failure(p, "pagemap", err);
	else
		status = 0;
	if (status < 0) {
		if (s->maps_fd >= 0)
			close(s->maps_fd);
		process_close(p);
		return -1;
	}
	mappings_init(&s->mappings, s->maps_fd);
	memset(&s->gap, 0, sizeof(s->gap));
	memset(&s->mapping, 0, sizeof(s->mapping));
	s->open = true;
	s->mapped = false;
	s->at = s->end = 0;
	s->have = s->given = 0;
	return 0;
}

/* The next part of the current mapping that lies in a range; false if there is none. */
static bool next_part(struct pagemap *s)
{
	if (!s->n_ranges) {
		s->at = s->range++ ? s->mapping.end : s->mapping.start;
		s->end = s->mapping.end;
		return s->at < s->end;
	}
	while (s->range < s->n_ranges) {
		const struct range *r = &s->ranges[s->range++];

		s->at = r->start > s->mapping.start ? r->start : s->mapping.start;
		s->end = r->end < s->mapping.end ? r->end : s->mapping.end;
		if (s->at < s->end)
			return true;
	}
	return false;
}

static void missing(struct pagemap *s, uint64_t words, const char *why)
{
	s->gap.unreadable += words;
	if (!s->gap.why[0])
		snprintf(s->gap.why, sizeof(s->gap.why), "%.*s", (int)sizeof(s->gap.why) - 1, why);
}

/* Read on; returns false when this part of the mapping is done. */
static bool fill(struct pagemap *s)
{
	uint64_t left = (s->end - s->at) >> s->shift;
	size_t want = left < READ_WORDS ? left : READ_WORDS;
	ssize_t n;

	do
		n = pread(s->fd, s->words, want * 8, s->at >> s->shift << 3);
	while (n < 0 && errno == EINTR);
	if (n >= 8) {
		s->buffer_vaddr = s->at;
		s->have = n / 8;
		s->given = 0;
		s->at += (uint64_t)s->have << s->shift;
		return true;
	}
	if (n < 0)
		missing(s, left, sys_text(errno));
	else if (!process_alive(&s->process))
		s->gap.gone = true;
	else if (strcmp(s->mapping.name, "[vsyscall]")) /* beyond TASK_SIZE: no page table of the process */
		missing(s, left, s->process.state ? "the page map ends before the mapping" :
						     "the captured page map ends before the mapping");
	s->at = s->end;
	return false;
}

static enum event end_space(struct pagemap *s, struct batch *b)
{
	if (!process_alive(&s->process))
		s->gap.gone = true;
	if (s->gap.gone)
		snprintf(s->gap.why, sizeof(s->gap.why), "the process ended while it was read");
	s->gap.vmswap = s->n_ranges || s->gap.gone ? -1 : process_vmswap(&s->process);
	b->gap = s->gap;
	s->mapped = false;
	s->origin.mapping = NULL;
	return EVENT_SPACE_END;
}

static enum event give_words(struct pagemap *s, struct batch *b)
{
	size_t n = s->have - s->given;

	b->n = n < BATCH_WORDS ? n : BATCH_WORDS;
	b->words = s->words + s->given;
	b->vaddr = s->buffer_vaddr + ((uint64_t)s->given << s->shift);
	b->step = 1ull << s->shift;
	s->given += b->n;
	return EVENT_WORDS;
}

static enum event next(struct source *source, struct batch *b, struct swpd_error *err, int *status)
{
	struct pagemap *s = (struct pagemap *)source;
	int got;

	*status = 0;
	b->origin = &s->origin;
	if (!s->open) {
		if (s->next_pid == s->n_pids)
			return EVENT_END;
		b->pid = s->pids[s->next_pid++];
		if (open_process(s, b->pid, &b->error) < 0)
			return EVENT_NO_SPACE;
		s->origin.serial++;
		s->origin.mapping = NULL;
		return EVENT_SPACE_BEGIN;
	}
	for (;;) {
		if (s->given < s->have)
			return give_words(s, b);
		if (s->mapped && s->at < s->end) {
			fill(s);
			continue;
		}
		if (s->gap.gone)
			break;
		if (s->mapped && next_part(s))
			continue;
		got = mappings_next(&s->mappings, 1ull << s->shift, &s->mapping, err);
		if (got < 0)
			missing(s, 0, err->text);
		if (got <= 0)
			break;
		s->mapped = true;
		s->range = 0;
		s->at = s->end = 0;
		s->origin.mapping = &s->mapping;
		s->origin.serial++;
	}
	end_space(s, b);
	close_process(s);
	return EVENT_SPACE_END;
}

static void close_source(struct source *source)
{
	close_process((struct pagemap *)source);
	free(source);
}

struct source *source_pagemap(const struct root *root, const int *pids, size_t n_pids,
	const struct range *ranges, size_t n_ranges, unsigned int page_shift, struct swpd_error *err)
{
	struct pagemap *s = calloc(1, sizeof(*s));

	if (!s) {
		fail(err, SWPD_E_SYSTEM, errno, "%s", sys_text(errno));
		return NULL;
	}
	s->source.next = next;
	s->source.close = close_source;
	s->source.form = FORM_PAGEMAP;
	s->source.spaces = true;
	s->root = root;
	s->pids = pids;
	s->n_pids = n_pids;
	s->ranges = ranges;
	s->n_ranges = n_ranges;
	s->shift = page_shift;
	s->origin.form = FORM_PAGEMAP;
	s->origin.level = SWPD_LEVEL_PTE;
	s->origin.pages = 1;
	s->origin.process = &s->process;
	s->origin.via = "pte";
	return &s->source;
}
