/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which process has how much, for outputs that sum up. Private to sink. */
#ifndef SINK_WHO_H
#define SINK_WHO_H

#include "sink/sink.h"

#define WHO_MAX 32768 /* processes */
#define WHO_TOP 3     /* processes that are named for each swap type */

struct who {
	int pid;
	char comm[64];
	uint64_t swap, shmem; /* pages; swap: those whose slots are known */
	uint64_t special;     /* entries that are neither none, present, swap nor a guard */
	uint64_t findings;    /* of its entries, its mappings and itself */
	uint64_t by_type[32]; /* pages, of swap */
	bool partial;
};

struct whos {
	struct who *list; /* those with anything of the above */
	size_t n, room;
	uint64_t seen;    /* processes */
	uint64_t dropped; /* of the list, for want of room */
};

/* Note a process and what was counted of it. Starts from all zero. */
void whos_add(struct whos *w, const struct process *p, const struct totals *t);

/* Largest first. */
void whos_sort(struct whos *w);

/* The processes with most pages of a swap type, largest first; returns how many, at most WHO_TOP. */
int whos_top(const struct whos *w, unsigned int type, const struct who *top[WHO_TOP]);

/* Free what it holds. */
void whos_free(struct whos *w);

/* Entries that are neither none, present, swap nor a guard. */
uint64_t special_entries(const struct totals *t);

#endif
