/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which pages of a window are present, swapped or neither, without a word for each: PAGEMAP_SCAN (6.7 on,
 * fs/proc/task_mmu.c), and in a captured page map the holes of the file. Private to source.
 */
#ifndef SOURCE_SCAN_H
#define SOURCE_SCAN_H

#include "source/source.h"

/* The kernel's names for what it tells of a page. */
enum {
	PAGE_IS_PRESENT = 1 << 3,
	PAGE_IS_SWAPPED = 1 << 4, /* anything that is neither none nor present */
	PAGE_IS_HUGE = 1 << 6,
};

/* Pages of one kind, as the kernel fills it. */
struct scan_region {
	uint64_t start, end, categories;
};

/* More in one call, and the kernel can forget where it stopped: the last batch comes again. */
#define SCAN_REGIONS 512

/* What is known of [from, to): the regions, in order. */
struct scan {
	bool useless; /* this page map cannot be scanned: do not try again */
	bool inverted; /* pages between regions are present, and what is not swapped in them none; else the
			* other way round */
	uint64_t from, to;
	size_t n, next; /* next: the first region that may end above the address looked at */
	struct scan_region region[SCAN_REGIONS];
};

/*
 * Scan from start on, to end or until max_pages pages were met that belong into regions: those that are not
 * none, or, inverted, not present. Returns false if this window cannot be scanned; then it must be read.
 *
 * To leave a page out costs the kernel half of what it costs to tell it. An inverted scan must be of one live
 * mapping in which pages were seen to be present: what is not mapped, and what the kernel leaves out
 * (VM_PFNMAP), it would tell as present.
 */
bool scan_window(struct scan *s, int fd, bool live, unsigned int shift, uint64_t start, uint64_t end,
	uint64_t max_pages, bool inverted);

/* Is it known what lies at this address? */
static inline bool scan_covers(const struct scan *s, uint64_t at)
{
	return at >= s->from && at < s->to;
}

/* Are most of the pages present? */
bool scan_dense(const struct scan *s, unsigned int shift);

/* Is what this scan told cheaper than the words? Not if most pages must be read all the same, or if there is
 * another region every few pages. wanted: categories that must be read. */
bool scan_pays(const struct scan *s, unsigned int shift, uint64_t wanted);

/* The same asked of words that were read: would a scan have been cheaper? */
bool scan_would_pay(const uint64_t *words, size_t n, bool present_wanted);

#endif
