/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "source/shared.h"

#if !defined(SYS_cachestat) && defined(SYS_futex_waitv)
#define SYS_cachestat (SYS_futex_waitv + 2) /* 6.5; new calls have the same order everywhere */
#endif

#define CORE_PAGES 4096 /* asked of mincore() at once */

/* include/uapi/linux/mman.h */
struct cache_range {
	uint64_t offset, length;
};

struct cache_state {
	uint64_t cached, dirty, writeback, evicted, recently_evicted;
};

void shared_init(struct shared *s, unsigned int page_shift)
{
	memset(s, 0, sizeof(*s));
	s->fd = -1;
	s->shift = page_shift;
	s->from = s->to = UINT64_MAX;
}

/* Through O_PATH: to open a device can do something, to look at its file system does not. */
static int open_path(const struct process *p, const struct mapping *m)
{
	char name[64];

	snprintf(name, sizeof(name), "map_files/%llx-%llx", (unsigned long long)m->start,
		(unsigned long long)m->end);
	return openat(p->dirfd, name, O_PATH | O_CLOEXEC);
}

static bool look_behind(int fd, struct backing *to)
{
	struct statfs fs;

	if (fstatfs(fd, &fs))
		return false;
	to->kind = fs.f_type == TMPFS_MAGIC			? BACKING_SHMEM :
		   (unsigned int)fs.f_type == HUGETLBFS_MAGIC	? BACKING_HUGETLB : BACKING_OTHER;
	to->huge_page = fs.f_bsize;
	return true;
}

/* The file of a mapping for reading: the very one that was looked at; -1 and 0 in errno: none to read. */
static int open_again(int path_fd)
{
	struct stat st;
	char name[40];

	if (fstat(path_fd, &st))
		return -1;
	errno = 0;
	if (!S_ISREG(st.st_mode))
		return -1;
	snprintf(name, sizeof(name), "/proc/self/fd/%d", path_fd);
	return open(name, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
}

/* Is it a file system, by its mounts, that is neither tmpfs nor hugetlbfs? To ask it itself can take for
 * ever: one in the network, or in user space. What the kernel mounts for itself is not listed. */
static bool another_filesystem(const struct process *p, const struct mapping *m, struct backing *to)
{
	int fd = process_openat(p, "mountinfo");
	unsigned int major, minor;
	bool another = false;
	struct lines in;
	struct line line;
	char *type;

	if (fd < 0)
		return false;
	lines_init(&in, fd);
	while (lines_next(&in, &line) > 0) {
		if (sscanf(line.text, "%*u %*u %u:%u", &major, &minor) != 2 || major != m->major ||
			minor != m->minor)
			continue;
		type = strstr(line.text, " - ");
		another = type && strncmp(type + 3, "tmpfs ", 6) && strncmp(type + 3, "devtmpfs ", 9) &&
			strncmp(type + 3, "hugetlbfs ", 10);
		if (another && !strncmp(type + 3, "overlay ", 8))
			to->kind = BACKING_OVERLAY;
		break;
	}
	close(fd);
	return another;
}

/* By device number, so that one look does for all mappings of a file system. */
static bool find_backing(struct shared *s, const struct process *p, const struct mapping *m, int *path_fd)
{
	size_t i = 0;

	*path_fd = -1;
	s->is = (struct backing){ .major = m->major, .minor = m->minor };
	if (m->major) /* on a block device */
		return true;
	while (i < s->n_known && (s->known[i].major != m->major || s->known[i].minor != m->minor))
		i++;
	if (i < s->n_known) {
		s->is = s->known[i];
		return true;
	}
	if (!another_filesystem(p, m, &s->is)) {
		*path_fd = open_path(p, m);
		if (*path_fd < 0 || !look_behind(*path_fd, &s->is))
			return false;
	}
	if (s->n_known < BACKINGS_KEPT)
		s->known[s->n_known++] = s->is;
	return true;
}

bool shared_enter(struct shared *s, const struct process *p, const struct mapping *m, int pagemap_fd,
	uint64_t at, uint64_t end, bool no_swap)
{
	int path_fd;
	bool told;

	shared_leave(s);
	if (m->name[0] != '/') /* its inode may be 0: System V segment 0 */
		return true;
	errno = 0;
	told = find_backing(s, p, m, &path_fd);
	if (told && s->is.kind == BACKING_SHMEM && !no_swap) {
		if (path_fd < 0)
			path_fd = open_path(p, m);
		/* look again: what was mapped there when maps was read may be something else by now */
		if (path_fd >= 0 && look_behind(path_fd, &s->is) && s->is.kind == BACKING_SHMEM)
			s->fd = open_again(path_fd);
		told = s->fd >= 0 || s->is.kind != BACKING_SHMEM;
	}
	told |= !errno || errno == ENOENT || errno == ESRCH; /* unmapped meanwhile */
	if (path_fd >= 0)
		close(path_fd);
	s->pagemap_fd = pagemap_fd;
	s->start = m->start;
	s->offset = m->offset;
	s->step = UINT64_MAX;
	s->scan.useless = false;
	s->scan.from = s->scan.to = 0;
	shared_advance(s, at, end);
	return told;
}

void shared_leave(struct shared *s)
{
	if (s->fd >= 0)
		close(s->fd);
	s->fd = -1;
	s->is.kind = BACKING_OTHER;
	s->from = s->to = UINT64_MAX;
}

/* How many of n pages of the file are swapped; -1: this cannot be asked. */
static int64_t evicted(struct shared *s, uint64_t at, uint64_t n)
{
	struct cache_range range = { s->offset + (at - s->start), n << s->shift };
	struct cache_state state = { 0 };

#ifdef SYS_cachestat
	if (!s->no_cachestat && syscall(SYS_cachestat, s->fd, &range, &state, 0) == 0)
		return state.evicted;
#endif
	s->no_cachestat = true;
	return -1;
}

/* The run grows by n pages from `at` on. Returns false if it ended before. */
static bool grow(struct shared *s, uint64_t at, uint64_t n, bool away)
{
	if (!away)
		return s->from == UINT64_MAX;
	if (s->from == UINT64_MAX)
		s->from = at;
	s->to = at + (n << s->shift);
	return true;
}

/* Ask about half as many pages when some are away and some are not, about twice as many when they are alike.
 */
static bool run_by_cachestat(struct shared *s, uint64_t at, uint64_t end)
{
	while (at < end) {
		uint64_t n = (end - at) >> s->shift;
		int64_t away;

		if (s->step < n)
			n = s->step;
		away = evicted(s, at, n);
		if (away < 0)
			return false;
		if (away && (uint64_t)away < n) {
			s->step = n / 2;
			continue;
		}
		if (!grow(s, at, n, away))
			break;
		at += n << s->shift;
		s->step = n * 2;
	}
	return true;
}

/* What the file has that is not in memory, one after the other: a page in the swap cache looks as if it were
 * in memory. Holes have no pages. */
static void run_by_mincore(struct shared *s, uint64_t at, uint64_t end)
{
	unsigned char core[CORE_PAGES];
	uint64_t page = 1ull << s->shift;

	while (at < end) {
		uint64_t place = s->offset + (at - s->start);
		off_t data = lseek(s->fd, place, SEEK_DATA),
		      hole = data < 0 ? -1 : lseek(s->fd, data, SEEK_HOLE);
		uint64_t n, i;
		void *mapped;

		if (hole < 0 || (uint64_t)data - place >= end - at)
			return;
		if ((uint64_t)data > place) {
			if (s->from != UINT64_MAX)
				return;
			at += (data - place) & -page;
			place = s->offset + (at - s->start);
		}
		n = ((uint64_t)hole - place + page - 1) >> s->shift;
		if (n > (end - at) >> s->shift)
			n = (end - at) >> s->shift;
		if (n > CORE_PAGES)
			n = CORE_PAGES;
		mapped = mmap(NULL, n << s->shift, PROT_READ, MAP_SHARED, s->fd, place);
		if (mapped == MAP_FAILED)
			return;
		if (mincore(mapped, n << s->shift, core))
			n = 0;
		munmap(mapped, n << s->shift);
		if (!n)
			return;
		for (i = 0; i < n; i++)
			if (!grow(s, at + (i << s->shift), 1, !(core[i] & 1)))
				return;
		at += n << s->shift;
	}
}

/* Whole huge pages that are neither none nor present. */
static void run_by_scan(struct shared *s, uint64_t at, uint64_t end)
{
	uint64_t huge = s->is.huge_page;

	if (huge < 1ull << s->shift || huge & (huge - 1))
		return;
	while (at < end && s->from == UINT64_MAX) {
		struct scan *scan = &s->scan;

		if (!scan_covers(scan, at) &&
			!scan_window(scan, s->pagemap_fd, true, s->shift, at, end, UINT64_MAX, false))
			return;
		for (; scan->next < scan->n && s->from == UINT64_MAX; scan->next++) {
			const struct scan_region *r = &scan->region[scan->next];

			if (!(r->categories & PAGE_IS_SWAPPED) || r->end <= at)
				continue;
			s->from = r->start > at ? r->start : at;
			s->to = r->end < end ? r->end : end;
			if ((s->from | s->to) & (huge - 1))
				s->from = s->to = UINT64_MAX;
		}
		at = scan->to;
	}
}

void shared_advance(struct shared *s, uint64_t at, uint64_t end)
{
	s->from = s->to = UINT64_MAX;
	if (s->is.kind == BACKING_HUGETLB)
		run_by_scan(s, at, end);
	else if (s->fd >= 0 && !run_by_cachestat(s, at, end))
		run_by_mincore(s, at, end);
}
