/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "check/check.h"

void totals_init(struct totals *t)
{
	memset(t, 0, sizeof(*t));
	t->complete = true;
}

static void add(struct count *c, uint64_t entries, uint64_t pages)
{
	c->entries += entries;
	c->pages += pages;
}

void totals_entries(struct totals *t, const struct origin *o, const struct swpd_entry *e, uint64_t n)
{
	uint64_t pages = n * o->pages;

	t->entries += n;
	t->pages += pages;
	add(&t->by_class[e->cls], n, pages);
	add(&t->by_via[o->via], n, pages);
	if (e->cls == SWPD_SWAP && e->has & SWPD_HAS_TYPE && e->type < 32)
		add(&t->by_type[e->type], n, pages);
	if (e->cls == SWPD_PTE_MARKER)
		add(&t->by_marker[e->marker], n, pages);
	if (e->cls == SWPD_UNKNOWN)
		t->by_why[e->why] += n;
	if (e->why == SWPD_WHY_HIDDEN ||
		(e->cls == SWPD_PRESENT && !(e->has & SWPD_HAS_PFN) && o->form == FORM_PAGEMAP))
		t->hidden += n;
	/* all addresses: where mappings are not known, or between them */
	if (!o->mapping || (!o->mapping->start && o->mapping->end == UINT64_MAX) ||
		e->cls == SWPD_NONE || e->cls == SWPD_PRESENT)
		return;
	if (!t->counting || t->current.start != o->mapping->start) {
		totals_mapping_end(t);
		t->counting = true;
		t->current.start = o->mapping->start;
		t->current.end = o->mapping->end;
		t->current.pages = 0;
		memcpy(t->current.name, o->mapping->name, sizeof(t->current.name));
	}
	t->current.pages += pages;
}

static int64_t known_sum(int64_t a, int64_t b)
{
	return a < 0 || b < 0 ? -1 : a + b;
}

bool totals_smaps(struct totals *t, const struct origin *o, uint64_t pages, int64_t pss, struct finding *f)
{
	uint64_t found = t->by_class[SWPD_SWAP].pages - t->swap_before;
	uint64_t doubt = t->by_class[SWPD_UNKNOWN].pages - t->doubt_before;

	t->swap_before += found;
	t->doubt_before += doubt;
	if (doubt)
		return true;
	t->smaps += pages;
	t->smaps_pss = known_sum(t->smaps_pss, pss);
	t->smaps_found += found;
	if (found == pages)
		return true;
	f->check = CHECK_SMAPS_DIFFERS;
	snprintf(f->text, sizeof(f->text),
		"0x%llx-0x%llx %.60s: smaps counts %llu swapped pages, %llu were found%s",
		(unsigned long long)o->mapping->start, (unsigned long long)o->mapping->end, o->mapping->name,
		(unsigned long long)pages, (unsigned long long)found,
		o->process->root->live ? ", or they came and went meanwhile" :
		pages > found && o->mapping->inode ? ": of shared memory, a capture does not show them" : "");
	return false;
}

void totals_skipped(struct totals *t, const struct origin *o, const struct swpd_skip *skip)
{
	t->entries += skip->n_none + skip->n_present;
	t->pages += (skip->n_none + skip->n_present) * o->pages;
	add(&t->by_via[VIA_PTE], skip->n_none + skip->n_present, (skip->n_none + skip->n_present) * o->pages);
	add(&t->by_class[SWPD_NONE], skip->n_none, skip->n_none * o->pages);
	add(&t->by_class[SWPD_PRESENT], skip->n_present, skip->n_present * o->pages);
}

void totals_incomplete(struct totals *t, const char *fmt, ...)
{
	va_list ap;

	if (t->complete || !t->why[0]) {
		va_start(ap, fmt);
		vsnprintf(t->why, sizeof(t->why), fmt, ap);
		va_end(ap);
	}
	t->complete = false;
}

static void rank(struct totals *t, const struct top_mapping *m)
{
	int at = TOP_MAPPINGS;

	while (at > 0 && t->top[at - 1].pages < m->pages)
		at--;
	if (at == TOP_MAPPINGS)
		return;
	memmove(&t->top[at + 1], &t->top[at], (TOP_MAPPINGS - 1 - at) * sizeof(t->top[0]));
	t->top[at] = *m;
}

void totals_mapping_end(struct totals *t)
{
	if (t->current.pages)
		rank(t, &t->current);
	t->current.pages = 0;
	t->counting = false;
}

void totals_add(struct totals *to, const struct totals *from)
{
	to->entries += from->entries;
	to->pages += from->pages;
	for (int i = 0; i < SWPD_CLASS_N; i++)
		add(&to->by_class[i], from->by_class[i].entries, from->by_class[i].pages);
	for (int i = 0; i < 8; i++)
		add(&to->by_marker[i], from->by_marker[i].entries, from->by_marker[i].pages);
	for (int i = 0; i < 32; i++)
		add(&to->by_type[i], from->by_type[i].entries, from->by_type[i].pages);
	for (int i = 0; i < VIA_N; i++)
		add(&to->by_via[i], from->by_via[i].entries, from->by_via[i].pages);
	for (int i = 0; i < SWPD_WHY_N; i++)
		to->by_why[i] += from->by_why[i];
	to->smaps += from->smaps;
	to->smaps_pss = known_sum(to->smaps_pss, from->smaps_pss);
	to->smaps_found += from->smaps_found;
	to->compared |= from->compared;
	for (int i = 0; i < CHECK_N; i++)
		to->by_check[i] += from->by_check[i];
	to->skipped |= from->skipped;
	to->unreadable += from->unreadable;
	to->hidden += from->hidden;
	to->gone += from->gone;
	to->bad += from->bad;
	if (!from->complete)
		totals_incomplete(to, "%s", from->why);
}
