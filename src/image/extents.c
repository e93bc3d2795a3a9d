/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which bytes stand where: program headers of ELF files, pieces of flattened ones. They may overlap. */
#include <errno.h>
#include <stdlib.h>

#include "image/dump.h"

static int grow(struct extents *x, struct swpd_error *err)
{
	size_t room = x->room ? x->room * 2 : 64;
	struct extent *v;

	if (x->n >= EXTENTS_MAX)
		return fail(err, SWPD_E_FORMAT, 0, "more than %u pieces", EXTENTS_MAX);
	v = realloc(x->v, room * sizeof(*v));
	if (!v)
		return fail(err, SWPD_E_SYSTEM, ENOMEM, "%s", sys_text(ENOMEM));
	x->v = v;
	x->room = room;
	return 0;
}

int extents_add(
	struct extents *x, uint64_t start, uint64_t len, uint64_t at, uint32_t rank, struct swpd_error *err)
{
	if (!len || start + len < start || (at != EXTENT_LEFT_OUT && at + len < at))
		return 0;
	if (x->n == x->room && grow(x, err) < 0)
		return -1;
	x->v[x->n++] = (struct extent) { start, start + len, at, rank };
	return 0;
}

static int by_start(const void *a, const void *b)
{
	const struct extent *x = a, *y = b;

	if (x->start != y->start)
		return x->start < y->start ? -1 : 1;
	return x->rank > y->rank ? -1 : x->rank < y->rank;
}

static void cut_front(struct extent *e, uint64_t start)
{
	if (e->at != EXTENT_LEFT_OUT)
		e->at += start - e->start;
	e->start = start;
}

/* Those that begin at or before the current place, highest rank first: a heap. */
struct heap {
	struct extent *v;
	size_t n;
};

static void swap(struct extent *a, struct extent *b)
{
	struct extent t = *a;

	*a = *b;
	*b = t;
}

static void heap_push(struct heap *h, struct extent e)
{
	size_t i = h->n++;

	h->v[i] = e;
	for (; i && h->v[(i - 1) / 2].rank < h->v[i].rank; i = (i - 1) / 2)
		swap(&h->v[i], &h->v[(i - 1) / 2]);
}

static void heap_pop(struct heap *h)
{
	size_t i = 0, child;

	h->v[0] = h->v[--h->n];
	while ((child = 2 * i + 1) < h->n) {
		if (child + 1 < h->n && h->v[child + 1].rank > h->v[child].rank)
			child++;
		if (h->v[child].rank <= h->v[i].rank)
			break;
		swap(&h->v[i], &h->v[child]);
		i = child;
	}
}

static bool overlap(const struct extents *x)
{
	for (size_t i = 1; i < x->n; i++)
		if (x->v[i].start < x->v[i - 1].end)
			return true;
	return false;
}

/* Append a piece, or make the last one longer. */
static int put(struct extents *to, struct extent e, struct swpd_error *err)
{
	struct extent *last = to->n ? &to->v[to->n - 1] : NULL;

	if (last && last->end == e.start &&
		(last->at == EXTENT_LEFT_OUT
				? e.at == EXTENT_LEFT_OUT
				: e.at != EXTENT_LEFT_OUT && last->at + (last->end - last->start) == e.at)) {
		last->end = e.end;
		return 0;
	}
	return extents_add(to, e.start, e.end - e.start, e.at, e.rank, err);
}

/* Go up the addresses: between one begin or end and the next, the highest rank has the bytes. */
static int flatten(struct extents *x, struct extents *to, struct heap *h, struct swpd_error *err)
{
	uint64_t here = 0;
	size_t next = 0;

	while (h->n || next < x->n) {
		if (!h->n)
			here = x->v[next].start;
		while (next < x->n && x->v[next].start <= here)
			heap_push(h, x->v[next++]);
		while (h->n && h->v[0].end <= here)
			heap_pop(h);
		if (h->n) {
			struct extent e = h->v[0];

			cut_front(&e, here);
			if (next < x->n && x->v[next].start < e.end)
				e.end = x->v[next].start;
			if (put(to, e, err) < 0)
				return -1;
			here = e.end;
		}
	}
	return 0;
}

int extents_settle(struct extents *x, struct swpd_error *err)
{
	struct extents to = { 0 };
	struct heap h = { 0 };
	int status;

	if (!x->n)
		return 0;
	qsort(x->v, x->n, sizeof(x->v[0]), by_start);
	if (!overlap(x))
		return 0;
	h.v = malloc(x->n * sizeof(*h.v));
	if (!h.v)
		return fail(err, SWPD_E_SYSTEM, ENOMEM, "%s", sys_text(ENOMEM));
	status = flatten(x, &to, &h, err);
	free(h.v);
	extents_free(x);
	*x = to;
	return status;
}

const struct extent *extents_find(const struct extents *x, uint64_t addr)
{
	size_t low = 0, high = x->n;

	while (low < high) {
		size_t mid = (low + high) / 2;

		if (x->v[mid].end <= addr)
			low = mid + 1;
		else
			high = mid;
	}
	return low < x->n ? &x->v[low] : NULL;
}

void extents_free(struct extents *x)
{
	free(x->v);
	memset(x, 0, sizeof(*x));
}
