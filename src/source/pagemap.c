/* SPDX-License-Identifier: GPL-2.0-or-later */
/* /proc/PID/maps says where, /proc/PID/pagemap what: fs/proc/task_mmu.c. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "source/shared.h"

#define PARTS 64                    /* mappings looked at together */
#define GAP_PAGES 64                /* to read so many words costs less than another system call */
#define SCAN_LEAST 32               /* pages: a smaller window is read at once */
#define SCAN_FIRST 1024             /* pages that a first scan may meet; twice as many each time it pays */
#define SCAN_MOST (1 << 18)

/* What is to be looked at of a mapping. */
struct part {
	uint64_t start, end;
	bool first; /* of its mapping */
	struct mapping mapping;
};

struct pagemap {
	struct source source;
	const struct root *root;
	struct space_options o;
	size_t next_pid;
	uint64_t wanted;        /* PAGE_IS_*: must be read */

	bool live;              /* else the page map is a file that somebody made */
	struct process process;
	bool open, maps_end;
	int maps_fd, fd;
	struct mappings mappings;
	struct mapping mapping; /* the last one of maps; its parts from ranges[range] on are to come */
	bool mapped;
	size_t range;
	struct part parts[PARTS];
	size_t n_parts, part;   /* part: the one being looked at */
	struct origin origin;
	struct gap gap;
	struct shared shared;   /* of the part being looked at */
	struct smaps smaps;
	bool unasked;           /* whether that is shared memory, and swapped, could not be asked */
	bool layered;           /* it is shared, of overlayfs, and could be swapped */
	bool given;             /* words of the mapping being looked at */
	bool blind;             /* a captured page map may not show all that is swapped of this mapping, */
	bool empty;             /* and of this part it shows a page as none */
	size_t n_blind;         /* mappings of which that is so, and smaps does not tell; */
	uint64_t last_blind;    /* where the last of them begins */

	uint64_t at;            /* in that part: all below is done */
	uint64_t none, present; /* seen and not read, to be told with the next batch */
	uint64_t run, run_vaddr; /* pages that are none, to be given as one word: see batch.run */
	struct scan scan;
	uint64_t scan_pages;    /* how many the next scan may meet; 0: read */
	bool dense;             /* most pages of that part that were seen are present */
	bool done;              /* that part is, and its end was told */
	size_t have;            /* words in the buffer */
	uint64_t buffer_vaddr;
	uint64_t *words;        /* the buffer */
	size_t n_away;          /* what is to be given next, from away_vaddr on: see AWAY */
	uint64_t away_vaddr, away[BATCH_WORDS];
	uint64_t own[READ_WORDS];
};

static void close_process(struct pagemap *s)
{
	if (!s->open)
		return;
	shared_leave(&s->shared);
	smaps_close(&s->smaps);
	close(s->maps_fd);
	close(s->fd);
	process_close(&s->process);
	s->open = false;
}

static void missing(struct pagemap *s, uint64_t words, const char *why)
{
	s->gap.unreadable += words;
	if (!s->gap.why[0])
		snprintf(s->gap.why, sizeof(s->gap.why), "%.*s", (int)sizeof(s->gap.why) - 1, why);
}

static int open_failure(struct process *p, const char *file, struct swpd_error *err)
{
	int sys = errno;

	if (sys == EACCES || sys == EPERM)
		return fail(err, SWPD_E_SYSTEM, sys, "may not read /proc/%d/%s: %s%s", p->pid, file,
			sys_text(sys), !p->root->live ? "" :
			geteuid() ? " (needs ptrace access: same user, or root)" :
				    " (even as root: a container or a security module forbids it)");
	if (sys == ENOENT && !p->root->live && process_kib(p, "VmSwap") >= 0)
		return fail(err, SWPD_E_SYSTEM, sys,
			"/proc/%d/%s is not in this tree; its status counts VmSwap: %lld kB, and no more is "
			"known",
			p->pid, file, (long long)process_kib(p, "VmSwap"));
	return fail(err, SWPD_E_SYSTEM, sys, "cannot open /proc/%d/%s: %s", p->pid, file, sys_text(sys));
}

static void begin_space(struct pagemap *s)
{
	mappings_init(&s->mappings, s->maps_fd);
	memset(&s->gap, 0, sizeof(s->gap));
	s->open = true;
	s->mapped = s->maps_end = false;
	s->n_parts = s->part = 0;
	s->none = s->present = s->run = 0;
	s->n_away = s->have = 0;
	s->given = false;
	s->n_blind = 0;
	s->last_blind = UINT64_MAX;
	s->scan.from = s->scan.to = 0;
	s->scan.useless = s->o.none && !s->o.none_runs;
	s->scan_pages = SCAN_FIRST;
}

/* To read the smaps of a large process costs as much again, or five times as much if it is swapped: its page
 * tables say how large, since each of their KiB can hold so many entries that are not none. */
#define SMAPS_KIB 512

static void begin_smaps(struct pagemap *s)
{
	int64_t kib;

	if (s->o.saved || s->o.n_ranges || s->o.smaps == SMAPS_NEVER)
		return;
	if (s->live && s->o.smaps == SMAPS_AUTO) {
		kib = s->o.all ? -1 : process_kib(&s->process, "VmPTE");
		if (kib < 0 || kib > SMAPS_KIB)
			return;
	}
	smaps_open(&s->smaps, &s->process);
}

/* Any of these may take for ever: a lock that is held, a FIFO. */
static void reading(const struct pagemap *s, const char *what)
{
	if (s->o.reading)
		*s->o.reading = what;
}

static int open_named(struct pagemap *s, const char *file, struct swpd_error *err)
{
	int fd;

	reading(s, file);
	fd = open(file, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		fail(err, SWPD_E_SYSTEM, errno, "%s: cannot open: %s", file, sys_text(errno));
	return fd;
}

static int open_saved(struct pagemap *s, struct swpd_error *err)
{
	struct process *p = &s->process;

	memset(p, 0, sizeof(*p));
	p->root = s->root;
	p->dirfd = -1;
	snprintf(p->comm, sizeof(p->comm), "%.63s", s->o.saved);
	s->fd = open_named(s, s->o.saved, err);
	if (s->fd < 0)
		return -1;
	s->maps_fd = open_named(s, s->o.maps, err);
	if (s->maps_fd < 0) {
		close(s->fd);
		return -1;
	}
	begin_space(s);
	return 0;
}

static int open_waiting(struct pagemap *s, const char *file, struct swpd_error *err)
{
	int fd;

	reading(s, file);
	fd = process_open_waiting(&s->process, file);
	if (fd < 0)
		open_failure(&s->process, file, err);
	return fd;
}

static int open_process(struct pagemap *s, int pid, struct batch *b)
{
	struct swpd_error *err = &b->error;
	struct process *p = &s->process;
	int status = -1;

	b->gone = b->spaceless = false;
	if (s->o.saved)
		return open_saved(s, err);
	reading(s, "stat");
	if (process_open(p, s->root, pid, err) < 0) {
		b->gone = err->code == SWPD_E_NOT_HERE;
		return -1;
	}
	s->maps_fd = s->fd = -1;
	if (p->kernel_thread)
		fail(err, SWPD_E_NOT_HERE, 0, "%s is a kernel thread: it has no address space of its own",
			p->comm);
	else if (p->state == 'Z' || p->state == 'X')
		fail(err, SWPD_E_NOT_HERE, 0, "%s is a zombie: its address space is gone", p->comm);
	else if ((s->maps_fd = open_waiting(s, "maps", err)) >= 0 &&
		(s->fd = open_waiting(s, "pagemap", err)) >= 0)
		status = 0;
	if (status < 0) {
		b->spaceless = err->code == SWPD_E_NOT_HERE;
		b->gone = !b->spaceless && !process_alive(p);
		if (s->maps_fd >= 0)
			close(s->maps_fd);
		process_close(p);
		return -1;
	}
	begin_space(s);
	begin_smaps(s);
	return 0;
}

/* The next part of the current mapping that lies in a range; false if there is none. */
static bool next_part(struct pagemap *s, struct part *to)
{
	const struct mapping *m = &s->mapping;

	if (!strcmp(m->name, "[vsyscall]")) /* beyond TASK_SIZE: no page table of the process */
		return false;
	to->first = !s->range;
	if (!s->o.n_ranges) {
		to->start = m->start;
		to->end = m->end;
		return !s->range++;
	}
	while (s->range < s->o.n_ranges) {
		const struct range *r = &s->o.ranges[s->range++];

		to->start = r->start > m->start ? r->start : m->start;
		to->end = r->end < m->end ? r->end : m->end;
		if (to->start < to->end)
			return true;
	}
	return false;
}

/* The next parts from the maps file; none left: n_parts is 0. */
static void next_parts(struct pagemap *s)
{
	struct swpd_error err;

	reading(s, s->o.saved ? s->o.maps : "maps");
	s->n_parts = s->part = 0;
	while (s->n_parts < PARTS && !s->maps_end) {
		struct part *p = &s->parts[s->n_parts];

		if (s->mapped && next_part(s, p)) {
			p->mapping = s->mapping;
			s->n_parts++;
			continue;
		}
		s->range = 0;
		switch (mappings_next(&s->mappings, 1ull << s->o.page_shift, &s->mapping, &err)) {
		case 1:
			s->mapped = true;
			break;
		case -1:
			missing(s, 0, err.text);
			/* fall through */
		default:
			s->maps_end = true;
		}
	}
}

/* Shared memory and huge pages, by the names that the kernel, C libraries and systemd give them: nothing else
 * is left to tell in a capture. Where no swap is active, only huge pages may be away. */
static bool may_hide(const struct mapping *m, bool no_swap)
{
	static const char *const names[] = { "/anon_hugepage", "/dev/hugepages/", "/memfd:", "/SYSV",
		"/dev/shm/", "/dev/zero (deleted)" };

	for (size_t i = 0; i < (no_swap ? 2 : ARRAY_SIZE(names)); i++)
		if (!m->major && !strncmp(m->name, names[i], strlen(names[i])))
			return true;
	return false;
}

static void enter_part(struct pagemap *s)
{
	const struct part *p = &s->parts[s->part];

	s->at = p->start;
	s->dense = s->done = false;
	s->origin.mapping = &p->mapping;
	s->origin.serial += p->first;
	reading(s, "map_files");
	s->blind = !s->live && may_hide(&p->mapping, s->o.no_swap);
	s->empty = false;
	s->unasked = s->live && !shared_enter(&s->shared, &s->process, &p->mapping, s->fd,
		p->start, p->end, s->o.no_swap);
	s->layered = s->shared.is.kind == BACKING_OVERLAY && p->mapping.perms[3] == 's' && !s->o.no_swap;
}

/* From the address being looked at on: the end of what lies so close together that one call does for it. */
static uint64_t window_end(const struct pagemap *s, uint64_t most)
{
	uint64_t gap = (uint64_t)GAP_PAGES << s->o.page_shift, limit = s->at + most;
	const struct part *p = &s->parts[s->part], *end = s->parts + s->n_parts;

	if (limit < s->at)
		limit = UINT64_MAX;
	if (s->shared.from != UINT64_MAX) /* what is away must be read */
		return s->shared.from < limit ? s->shared.from : limit;
	while (p + 1 < end && p[1].start - p->end <= gap && p->end < limit)
		p++;
	return p->end < limit ? p->end : limit;
}

/* Fill the buffer with the words from s->at to end, or give up this part. */
static void read_words(struct pagemap *s, uint64_t end)
{
	unsigned int shift = s->o.page_shift;
	const struct part *p = &s->parts[s->part];
	char why[sizeof(s->gap.why)];
	ssize_t n;

	reading(s, s->o.saved ? s->o.saved : "pagemap");

	s->words = s->o.buffer ? s->o.buffer(s->o.buffer_arg, (end - s->at) >> shift) : s->own;
	do
		n = pread(s->fd, s->words, (end - s->at) >> shift << 3, s->at >> shift << 3);
	while (n < 0 && errno == EINTR);
	if (n >= 8) {
		s->buffer_vaddr = s->at;
		s->have = n / 8;
		return;
	}
	s->have = 0;
	snprintf(why, sizeof(why), "%.100s: cannot read: %s", s->o.saved ? s->o.saved : "pagemap",
		sys_text(errno));
	if (n < 0)
		missing(s, (p->end - s->at) >> shift, why);
	else if (!process_alive(&s->process))
		s->gap.gone = true;
	else
		missing(s, (p->end - s->at) >> shift,
			s->live ? "the page map ends before the mapping" :
					   "the captured page map ends before the mapping");
	s->at = p->end;
}

/* The part that is done is a whole mapping, and there is something to compare. */
static bool mapping_done(struct pagemap *s, struct batch *b)
{
	bool found;

	reading(s, "smaps");
	found = smaps_find(&s->smaps, &s->parts[s->part].mapping, &b->smaps, &b->smaps_pss);

	if (found && s->unasked && b->smaps)
		found = false; /* it counts what may not be asked */
	if (found) /* smaps tells of both */
		s->unasked = s->empty = false;
	if (s->unasked && !s->o.no_swap)
		missing(s, 0, "what some of its mappings map may not be asked (needs root), and swapped "
			"shared memory is seen in no other way");
	if (s->layered && !found)
		missing(s, 0, "files on overlayfs that it shares may lie on tmpfs, and swapped pages of "
			"these are seen in smaps only: --smaps=always");
	if (s->blind && s->empty && s->last_blind != s->origin.mapping->start) {
		s->last_blind = s->origin.mapping->start;
		s->n_blind++;
	}
	b->n = 0;
	found &= s->given || b->smaps;
	s->given = false;
	return found;
}

/* Learn what lies at s->at, by a scan if that is likely to be cheaper. */
static void look(struct pagemap *s)
{
	unsigned int shift = s->o.page_shift;
	uint64_t part_end = s->parts[s->part].end, all = window_end(s, UINT64_MAX);

	reading(s, s->o.saved ? s->o.saved : "pagemap");
	if (s->dense && all > part_end)
		all = part_end;
	if (s->dense && (all - s->at) >> shift > SCAN_MOST) /* who maps and unmaps must wait for it */
		all = s->at + ((uint64_t)SCAN_MOST << shift);
	if (s->scan_pages && !s->scan.useless && (all - s->at) >> shift >= SCAN_LEAST &&
		scan_window(&s->scan, s->fd, s->live, shift, s->at, all, s->scan_pages, s->dense)) {
		if (s->scan_pages < SCAN_MOST)
			s->scan_pages *= 2;
		s->dense = s->live && !s->o.present && s->scan.to <= part_end && scan_dense(&s->scan, shift);
		if (!scan_pays(&s->scan, shift, s->wanted))
			s->scan_pages = 0;
		return;
	}
	read_words(s, window_end(s, (uint64_t)READ_WORDS << shift));
	if (!s->scan_pages && s->have >= SCAN_LEAST &&
		scan_would_pay(s->words, s->have, s->wanted & PAGE_IS_PRESENT))
		s->scan_pages = SCAN_FIRST;
	if (!s->live)
		s->scan_pages = SCAN_FIRST; /* to look for a hole costs next to nothing */
}

static void skip(struct pagemap *s, uint64_t to, bool present)
{
	uint64_t pages = (to - s->at) >> s->o.page_shift;

	s->empty |= pages && !present;
	if (!present && s->o.none) {
		s->run = pages;
		s->run_vaddr = s->at;
	} else {
		*(present ? &s->present : &s->none) += pages;
	}
	s->at = to;
}

/* Count what need not be read, and read at the first page that must be. */
static void follow_scan(struct pagemap *s)
{
	unsigned int shift = s->o.page_shift;
	uint64_t part_end = s->parts[s->part].end, limit = part_end < s->scan.to ? part_end : s->scan.to;
	uint64_t most = s->at + ((uint64_t)READ_WORDS << shift), end;
	const struct scan_region *r, *last = s->scan.region + s->scan.n;
	bool inverted = s->scan.inverted;

	if (s->shared.from < limit)
		limit = s->shared.from;

	for (; s->scan.next < s->scan.n; s->scan.next++) {
		r = &s->scan.region[s->scan.next];
		if (r->end <= s->at)
			continue;
		if (r->start >= limit)
			break;
		if (r->start > s->at)
			skip(s, r->start, inverted);
		if (s->run)
			return;
		if (r->categories & s->wanted) {
			most = s->at + ((uint64_t)READ_WORDS << shift);
			for (end = r->end; end < most && ++r < last && r->start < most &&
				(r->start - end) >> shift <= GAP_PAGES / 4;)
				if (r->categories & s->wanted)
					end = r->end;
				else if ((r->end - end) >> shift > GAP_PAGES / 4)
					break;
			read_words(s, end < most ? end : most);
			return;
		}
		skip(s, r->end < limit ? r->end : limit, !inverted);
		if (r->end > limit || s->run)
			return;
	}
	skip(s, limit, inverted);
}

static bool buffered(const struct pagemap *s)
{
	return s->at >= s->buffer_vaddr && (s->at - s->buffer_vaddr) >> s->o.page_shift < s->have;
}

/* Words that show nothing of what the scan found there: hugetlb. */
static void away_by_scan(struct pagemap *s)
{
	uint64_t huge = s->shared.is.huge_page, word;
	unsigned int shift = s->o.page_shift;

	s->away_vaddr = s->at;
	for (s->n_away = 0; s->at < s->shared.to && s->n_away < BATCH_WORDS; s->at += huge) {
		if (pread(s->fd, &word, sizeof(word), s->at >> shift << 3) != sizeof(word) || word >> 62)
			break;
		s->away[s->n_away++] = AWAY | (word & AWAY_UFFD_WP);
		s->none += huge >> shift;
	}
	if (!s->n_away || s->at == s->shared.to) /* of a page that the page map does show, or is done */
		shared_advance(&s->shared, s->n_away ? s->at : s->at + huge, s->parts[s->part].end);
	else
		s->shared.from = s->at;
}

/* Words for the pages from here on of which some are away; what is away is given after them. */
static void away_in_buffer(struct pagemap *s, struct batch *b)
{
	uint64_t page = 1ull << s->o.page_shift, limit = s->at + (b->n << s->o.page_shift), to = s->at;
	bool shared = s->origin.mapping->perms[3] == 's';

	memset(s->away, 0, b->n * sizeof(s->away[0]));
	while (s->shared.from < limit && s->shared.from - to <= GAP_PAGES * page) {
		to = s->shared.to < limit ? s->shared.to : limit;
		for (uint64_t at = s->shared.from; at < to; at += page) {
			size_t i = (at - s->at) / page;
			uint64_t word = b->words[i];

			/* a page of a private mapping may be its own; one that is present came back */
			if (!(word >> 62) || (shared && !(word >> 63)))
				s->away[i] = AWAY | (word & AWAY_UFFD_WP);
		}
		if (to < s->shared.to)
			s->shared.from = to;
		else
			shared_advance(&s->shared, to, s->parts[s->part].end);
	}
	s->away_vaddr = s->at;
	s->n_away = b->n = (to - s->at) / page;
}

/* What is away of the words given just before. */
static enum event give_away(struct pagemap *s, struct batch *b)
{
	bool huge = s->shared.is.kind == BACKING_HUGETLB;

	b->none = b->present = 0; /* what was skipped is counted in base pages */
	b->n = s->n_away;
	b->words = s->away;
	b->vaddr = s->away_vaddr;
	b->step = huge ? s->shared.is.huge_page : 1ull << s->o.page_shift;
	s->n_away = 0;
	s->origin.serial++;
	s->origin.via = huge ? VIA_SCAN : VIA_SHMEM;
	s->origin.level = huge ? SWPD_LEVEL_HUGETLB : SWPD_LEVEL_PTE;
	s->origin.pages = b->step >> s->o.page_shift;
	return EVENT_WORDS;
}

/* All of a mapping that are none have the same word: but for the flags of the mapping it is 0. */
static enum event give_run(struct pagemap *s, struct batch *b)
{
	if (pread(s->fd, s->away, sizeof(s->away[0]), s->run_vaddr >> s->o.page_shift << 3) !=
			(ssize_t)sizeof(s->away[0]) || s->away[0] >> 62)
		s->away[0] = 0;
	b->none = 0;
	b->present = s->present;
	b->run = true;
	b->n = 1;
	b->words = s->away;
	b->vaddr = s->run_vaddr;
	b->step = s->run << s->o.page_shift;
	s->origin.serial++;
	s->origin.via = VIA_PTE;
	s->origin.level = SWPD_LEVEL_PTE;
	s->origin.pages = s->run;
	s->present = s->run = 0;
	return EVENT_WORDS;
}

static uint64_t away_end(const struct pagemap *s)
{
	uint64_t end = s->parts[s->part].end, most = (uint64_t)BATCH_WORDS << s->o.page_shift;

	return end - s->at < most ? end : s->at + most;
}

/* The words of the buffer that lie in this part; and what was counted before. */
static enum event give(struct pagemap *s, struct batch *b)
{
	if (s->origin.via != VIA_PTE || s->origin.pages != 1) {
		s->origin.serial++;
		s->origin.via = VIA_PTE;
		s->origin.level = SWPD_LEVEL_PTE;
		s->origin.pages = 1;
	}
	b->none = s->none;
	b->present = s->present;
	s->none = s->present = 0;
	b->n = 0;
	if (s->part < s->n_parts && buffered(s)) {
		unsigned int shift = s->o.page_shift;
		size_t first = (s->at - s->buffer_vaddr) >> shift;
		uint64_t left = (s->parts[s->part].end - s->at) >> shift;

		b->n = s->have - first;
		if (s->shared.from > s->at && (s->shared.from - s->at) >> shift < left)
			left = (s->shared.from - s->at) >> shift;
		if (b->n > left)
			b->n = left;
		if (b->n > BATCH_WORDS)
			b->n = BATCH_WORDS;
		b->words = s->words + first;
		b->vaddr = s->at;
		b->step = 1ull << shift;
		for (size_t i = 0; s->blind && !s->empty && i < b->n; i++)
			s->empty = !(b->words[i] >> 62);
		if (shared_covers(&s->shared, s->at))
			away_in_buffer(s, b);
		s->at += (uint64_t)b->n << shift;
		s->given = true;
	}
	return EVENT_WORDS;
}

/* A page map that was opened before is that of the old address space, which has ended; so have its mappings,
 * without an error. */
static bool other_program(struct pagemap *s)
{
	uint64_t word;

	return s->live && s->process.state && pread(s->fd, &word, sizeof(word), 0) == 0;
}

static enum event end_space(struct pagemap *s, struct batch *b)
{
	char blind[sizeof(s->gap.why)];

	if (!process_alive(&s->process))
		s->gap.gone = true;
	if (!s->live && !s->mappings.line)
		missing(s, 0, s->o.saved ? "the maps file is empty" :
			"its maps file is empty: it was not copied whole, or this is a kernel thread");
	if (s->gap.gone)
		snprintf(s->gap.why, sizeof(s->gap.why), "the process ended while it was read");
	else if (other_program(s))
		missing(s, 0, "its address space is gone: it ended, or executed another program");
	snprintf(blind, sizeof(blind),
		"shared memory or huge pages of %zu mapping%s could be swapped: a captured page map does not "
		"show it", s->n_blind, s->n_blind == 1 ? "" : "s");
	if (s->n_blind)
		missing(s, 0, blind);
	s->gap.vmswap = s->o.n_ranges || s->o.saved || s->gap.gone ? -1 : process_kib(&s->process, "VmSwap");
	s->gap.smaps = s->smaps.fd >= 0;
	b->gap = s->gap;
	s->origin.mapping = NULL;
	close_process(s);
	return EVENT_SPACE_END;
}

static enum event next(struct source *source, struct batch *b, struct swpd_error *err, int *status)
{
	struct pagemap *s = (struct pagemap *)source;

	(void)err;
	*status = 0;
	b->origin = &s->origin;
	b->run = false;
	if (!s->open) {
		if (s->next_pid == s->o.n_pids)
			return EVENT_END;
		if (s->o.current)
			*s->o.current = s->next_pid;
		b->pid = s->o.pids[s->next_pid++];
		if (open_process(s, b->pid, b) < 0)
			return b->spaceless && s->o.all ? EVENT_WAIT : EVENT_NO_SPACE;
		s->origin.serial++;
		s->origin.mapping = NULL;
		return EVENT_SPACE_BEGIN;
	}
	while (!s->gap.gone) {
		if (s->n_away)
			return give_away(s, b);
		if (s->run)
			return give_run(s, b);
		if (s->part == s->n_parts) {
			next_parts(s);
			if (!s->n_parts)
				break;
			enter_part(s);
		}
		if (s->at >= s->parts[s->part].end) {
			if (!s->done) {
				s->done = true;
				if (mapping_done(s, b))
					return EVENT_MAPPING_END;
			}
			if (++s->part < s->n_parts)
				enter_part(s);
		} else if (shared_covers(&s->shared, s->at) && s->shared.is.kind == BACKING_HUGETLB) {
			away_by_scan(s);
		} else if (buffered(s)) {
			return give(s, b);
		} else if (shared_covers(&s->shared, s->at)) {
			read_words(s, away_end(s));
		} else if (scan_covers(&s->scan, s->at)) {
			follow_scan(s);
		} else if (s->none | s->present) {
			return give(s, b);
		} else {
			look(s);
		}
	}
	if (s->none | s->present)
		return give(s, b);
	return end_space(s, b);
}

static void close_source(struct source *source)
{
	close_process((struct pagemap *)source);
	free(source);
}

struct source *source_pagemap(const struct root *root, const struct space_options *options,
	struct swpd_error *err)
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
	s->live = root->live && !options->saved;
	s->o = *options;
	s->wanted = PAGE_IS_SWAPPED | (options->present ? PAGE_IS_PRESENT : 0);
	s->origin.form = FORM_PAGEMAP;
	s->origin.level = SWPD_LEVEL_PTE;
	s->origin.pages = 1;
	shared_init(&s->shared, options->page_shift);
	smaps_init(&s->smaps);
	s->origin.process = &s->process;
	return &s->source;
}
