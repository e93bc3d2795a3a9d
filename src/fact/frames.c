/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Page frames: /proc/kpageflags and /proc/kpagecount, a word for each frame (fs/proc/page.c). */
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "fact/fact.h"

/* include/uapi/linux/kernel-page-flags.h, and those that only kernel hackers are promised. */
static const char *const names[64] = { "locked", "error", "referenced", "uptodate", "dirty", "lru", "active",
	"slab", "writeback", "reclaim", "buddy", "mmap", "anon", "swapcache", "swapbacked", "compound_head",
	"compound_tail", "huge", "unevictable", "hwpoison", "nopage", "ksm", "thp", "offline", "zero_page",
	"idle", "pgtable", [32] = "reserved", "mlocked", "owner_2", "private", "private_2", "owner_private",
	"arch", "uncached", "softdirty", "arch_2" };

int frame_flags(const struct frame *f, const char **list, int max)
{
	int n = 0;

	for (int i = 0; i < 64 && n < max; i++)
		if (f->flags >> i & 1 && names[i])
			list[n++] = names[i];
	return n;
}

uint64_t frame_flags_parse(const char *list, struct swpd_error *err)
{
	uint64_t mask = 0;

	for (const char *p = list; *p; p += *p == ',') {
		size_t n = strcspn(p, ",");
		int i = 0;

		while (i < 64 && !(names[i] && strlen(names[i]) == n && !memcmp(names[i], p, n)))
			i++;
		if (i == 64) {
			fail(err, SWPD_E_USAGE, 0, "no page flag '%.*s' (--list-page-flags)", (int)n, p);
			return 0;
		}
		mask |= 1ull << i;
		p += n;
	}
	if (!mask)
		fail(err, SWPD_E_USAGE, 0, "no page flag named");
	return mask;
}

void frames_close(struct frames *f)
{
	if (f->flags_fd > 0)
		close(f->flags_fd);
	if (f->count_fd > 0)
		close(f->count_fd);
	f->flags_fd = f->count_fd = -1;
}

static ssize_t read_frames(int fd, uint64_t pfn, uint64_t *to, size_t n)
{
	ssize_t got;

	if (pfn > INT64_MAX / 8 - n)
		return 0;
	do
		got = pread(fd, to, n * 8, pfn * 8);
	while (got < 0 && errno == EINTR);
	return got < 0 ? -1 : got / 8;
}

static bool look(void *frames, uint64_t pfn, struct frame *to)
{
	struct frames *f = frames;
	/* one by one where they lie apart, many where they follow each other */
	size_t want = f->n && pfn == f->first + f->n ? FRAMES_AHEAD : FRAMES_AHEAD / 64;
	ssize_t n, counts;

	if (pfn < f->first || pfn - f->first >= f->n) {
		n = read_frames(f->flags_fd, pfn, f->flags, want);
		if (n < 0)
			return false;
		f->first = pfn;
		f->n = n;
		counts = f->count_fd > 0 ? read_frames(f->count_fd, pfn, f->counts, want) : 0;
		f->n_counts = counts > 0 ? counts : 0;
	}
	memset(to, 0, sizeof(*to));
	to->known = UINT64_MAX;
	to->beyond = !f->n;
	to->flags = f->n ? f->flags[pfn - f->first] : 0;
	to->mapcount = pfn - f->first < f->n_counts ? (int64_t)f->counts[pfn - f->first] : -1;
	to->locked = to->flags & 1ull << FRAME_LOCKED;
	/* up to 6.9 the lock of a compound page shows in its first page only */
	if (to->flags & 1ull << FRAME_COMPOUND_TAIL && !to->locked)
		to->known &= ~(1ull << FRAME_LOCKED);
	return true;
}

void frames_init(struct frames *f, const struct root *root, struct lookup *l)
{
	f->flags_fd = root_openat(root, "/proc/kpageflags", O_RDONLY | O_NONBLOCK);
	f->count_fd = root_openat(root, "/proc/kpagecount", O_RDONLY | O_NONBLOCK);
	f->n = 0;
	l->frames = f;
	l->frame = f->flags_fd > 0 ? look : NULL;
}
