/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Pages that are not present although their page-table entry does not say so: those of shared memory (shmem:
 * memfd, tmpfs, shared anonymous memory), which swap takes away from the file and not from the process, and
 * those of hugetlb, whose entries the page map does not show. Private to source.
 */
#ifndef SOURCE_SHARED_H
#define SOURCE_SHARED_H

#include "source/scan.h"

#define BACKINGS_KEPT 64

/* What lies behind mappings of a device number. */
struct backing {
	enum { BACKING_OTHER, BACKING_SHMEM, BACKING_HUGETLB,
		BACKING_OVERLAY, /* the file itself is one of another file system, which is not told */
	} kind;
	unsigned int major, minor;
	uint64_t huge_page; /* bytes, of hugetlb */
};

/* The one mapping that is being looked at, and what was learned of device numbers before. */
struct shared {
	struct backing known[BACKINGS_KEPT];
	size_t n_known;

	struct backing is;     /* of this mapping */
	int fd;                /* its file; -1: none, or it need not be looked at */
	int pagemap_fd;
	bool no_cachestat;     /* this kernel has none */
	uint64_t start, offset; /* bytes: address, and place in the file, where the mapping begins */
	unsigned int shift;
	uint64_t from, to;     /* the next run of pages that are away; from == UINT64_MAX: no more */
	uint64_t step;         /* pages asked about at once */
	struct scan scan;      /* of hugetlb */
};

/* Nothing is known and nothing open. */
void shared_init(struct shared *s, unsigned int page_shift);

/*
 * Begin with a mapping of a live process, at an address in it. If anything of it can be away, from and to are
 * the first run, up to end; no_swap: nothing of shmem can. No file is opened but of shmem and hugetlb,
 * whatever its name says. Returns false if it is a file and what lies behind may not be asked.
 */
bool shared_enter(struct shared *s, const struct process *p, const struct mapping *m, int pagemap_fd,
	uint64_t at, uint64_t end, bool no_swap);

/* The next run from address `at` up to end. */
void shared_advance(struct shared *s, uint64_t at, uint64_t end);

/* Done with that mapping. */
void shared_leave(struct shared *s);

/* Is there a run now, and does it hold this address? */
static inline bool shared_covers(const struct shared *s, uint64_t at)
{
	return at >= s->from && at < s->to;
}

#endif
