/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "source/scan.h"

/* struct pm_scan_arg of include/uapi/linux/fs.h, which older headers do not have. */
struct scan_arg {
	uint64_t size, flags, start, end, walk_end, vec, vec_len, max_pages, category_inverted, category_mask,
		category_anyof_mask, return_mask;
};
#define SCAN_REQUEST _IOWR('f', 16, struct scan_arg)

static bool scan_kernel(struct scan *s, int fd, uint64_t start, uint64_t end, uint64_t max_pages)
{
	struct scan_arg arg = { .size = sizeof(arg), .start = start, .end = end,
		.vec = (uintptr_t)s->region, .vec_len = SCAN_REGIONS, .max_pages = max_pages,
		.return_mask = PAGE_IS_PRESENT | PAGE_IS_SWAPPED };
	int n;

	if (s->inverted)
		arg.category_inverted = arg.category_mask = PAGE_IS_PRESENT;
	else
		arg.category_anyof_mask = PAGE_IS_PRESENT | PAGE_IS_SWAPPED;

	do
		n = ioctl(fd, SCAN_REQUEST, &arg);
	while (n < 0 && errno == EINTR);
	if (n < 0) {
		s->useless = errno == ENOTTY || errno == EINVAL;
		return false;
	}
	s->n = n;
	s->to = arg.walk_end;
	if (n && s->region[n - 1].end > s->to)
		s->to = s->region[n - 1].end;
	return s->to > start;
}

/* A hole in the file is nothing but zeros: none. */
static bool scan_holes(struct scan *s, int fd, unsigned int shift, uint64_t start, uint64_t end)
{
	uint64_t words = 1ull << (shift - 3);
	off_t data = lseek(fd, start / words, SEEK_DATA);

	if (data < 0 && errno == ENXIO) {
		off_t size = lseek(fd, 0, SEEK_END);

		/* what is not in the file is missing, not none: leave that to a read */
		s->to = size < 0 ? start : (uint64_t)size / 8 * 8 * words;
	} else if (data < 0) {
		s->useless = true;
		return false;
	} else {
		s->to = (uint64_t)data / 8 * 8 * words;
	}
	s->n = 0;
	if (s->to > end)
		s->to = end;
	return s->to > start;
}

bool scan_window(struct scan *s, int fd, bool live, unsigned int shift, uint64_t start, uint64_t end,
	uint64_t max_pages, bool inverted)
{
	s->from = start;
	s->next = 0;
	s->inverted = inverted;
	if (live ? scan_kernel(s, fd, start, end, max_pages) : scan_holes(s, fd, shift, start, end))
		return true;
	s->from = s->to = 0;
	return false;
}

bool scan_dense(const struct scan *s, unsigned int shift)
{
	uint64_t pages = (s->to - s->from) >> shift, other = 0;
	unsigned int counted = s->inverted ? 0 : PAGE_IS_PRESENT;

	for (size_t i = 0; i < s->n; i++)
		if ((s->region[i].categories & PAGE_IS_PRESENT) == counted)
			other += (s->region[i].end - s->region[i].start) >> shift;
	return s->inverted ? other * 2 <= pages : other * 2 >= pages;
}

bool scan_pays(const struct scan *s, unsigned int shift, uint64_t wanted)
{
	uint64_t pages = (s->to - s->from) >> shift, read = 0;

	for (size_t i = 0; i < s->n; i++)
		if (s->region[i].categories & wanted)
			read += (s->region[i].end - s->region[i].start) >> shift;
	return read * 4 <= pages && s->n * 4 <= pages;
}

#define SAMPLE 16

bool scan_would_pay(const uint64_t *words, size_t n, bool present_wanted)
{
	size_t sampled = 0, read = 0, changes = 0;

	for (size_t i = 0; i + 1 < n; i += SAMPLE, sampled++) {
		unsigned int kind = words[i] >> 62;

		read += (kind & 1) | (present_wanted && kind);
		changes += kind != words[i + 1] >> 62;
	}
	return read * 8 <= sampled && changes * 4 <= sampled;
}
