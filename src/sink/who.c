/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>

#include "sink/who.h"

uint64_t special_entries(const struct totals *t)
{
	uint64_t n = 0;

	for (int c = 0; c < SWPD_CLASS_N; c++)
		if (c != SWPD_NONE && c != SWPD_PRESENT && c != SWPD_SWAP)
			n += t->by_class[c].entries;
	return n - t->by_marker[SWPD_MARKER_GUARD].entries;
}

void whos_add(struct whos *w, const struct process *p, const struct totals *t)
{
	struct who one = { .pid = p->pid, .shmem = t->by_via[VIA_SHMEM].pages, .partial = !t->complete };

	w->seen++;
	one.swap = t->by_class[SWPD_SWAP].pages - one.shmem;
	one.special = special_entries(t);
	for (int c = 0; c < CHECK_N; c++)
		one.findings += t->by_check[c];
	if (!one.swap && !one.shmem && !one.special && !one.findings && !one.partial)
		return;
	memcpy(one.comm, p->comm, sizeof(one.comm));
	for (int type = 0; type < 32; type++)
		one.by_type[type] = t->by_type[type].pages;
	if (w->n == w->room && w->room < WHO_MAX) {
		size_t room = w->room ? w->room * 2 : 64;
		struct who *list = reallocarray(w->list, room, sizeof(*list));

		if (list) {
			w->list = list;
			w->room = room;
		}
	}
	if (w->n == w->room)
		w->dropped++;
	else
		w->list[w->n++] = one;
}

static int larger_first(const void *a, const void *b)
{
	const struct who *x = a, *y = b;
	uint64_t p = x->swap + x->shmem, q = y->swap + y->shmem;

	if (p != q)
		return p < q ? 1 : -1;
	if (x->special + x->findings != y->special + y->findings)
		return x->special + x->findings < y->special + y->findings ? 1 : -1;
	return x->pid < y->pid ? -1 : x->pid > y->pid;
}

void whos_sort(struct whos *w)
{
	if (w->n)
		qsort(w->list, w->n, sizeof(*w->list), larger_first);
}

int whos_top(const struct whos *w, unsigned int type, const struct who *top[WHO_TOP])
{
	int n = 0;

	for (const struct who *p = w->list; p < w->list + w->n; p++) {
		int at = n;

		while (at > 0 && top[at - 1]->by_type[type] < p->by_type[type])
			at--;
		if (!p->by_type[type] || at == WHO_TOP)
			continue;
		if (n < WHO_TOP)
			n++;
		memmove(top + at + 1, top + at, (n - at - 1) * sizeof(*top));
		top[at] = p;
	}
	return n;
}

void whos_free(struct whos *w)
{
	free(w->list);
	memset(w, 0, sizeof(*w));
}
