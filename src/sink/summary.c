/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a person wants to know of a process: what is special first, then how much is where. */
#include <stdlib.h>

#include "sink/sink.h"

struct sink *sink_summary(void);

#define FIRST_ENTRIES 20
#define KINDS_MAX 40
#define TOP_PROCESSES 5

/* A class, and for markers their bits: what gets a line of its own. */
struct kind {
	uint8_t cls, marker;
	int n;
	char line[FIRST_ENTRIES][200];
};

struct summary {
	struct sink sink;
	bool target_shown;
	int n_kinds;
	struct kind kinds[KINDS_MAX];
	uint64_t by_kind[KINDS_MAX];
	int n_findings;
	char finding[FIRST_ENTRIES][240];
	/* of several dumps: each gets one summary of all its processes */
	uint64_t n_spaces, n_counted, n_agree;
	struct {
		int pid;
		char name[64];
		uint64_t pages; /* neither none nor present */
	} top[TOP_PROCESSES + 1];
};

static bool of_dump(const struct summary *s)
{
	return s->sink.session->dumps > 1;
}

static const char *marker_text(unsigned int marker)
{
	static const char *const names[8] = { "(no bit)", "uffd-wp", "poisoned", "uffd-wp+poisoned", "guard",
		"uffd-wp+guard", "poisoned+guard", "uffd-wp+poisoned+guard" };

	return names[marker & 7];
}

/* Swapped pages and guards are ordinary; where fields are hidden, everything is of this kind. */
static bool ordinary(unsigned int cls, unsigned int marker)
{
	return cls == SWPD_NONE || cls == SWPD_PRESENT || cls == SWPD_SWAP ||
		(cls == SWPD_PTE_MARKER && marker == SWPD_MARKER_GUARD);
}

static void size_text(const struct summary *s, uint64_t pages, char *to, size_t size)
{
	static const char *const units[] = { "KiB", "MiB", "GiB", "TiB", "PiB" };
	double v = (double)pages * (1u << (s->sink.session->facts->target.page_shift - 10));
	int u = 0;

	for (; v >= 1024 && u < 4; u++)
		v /= 1024;
	snprintf(to, size, "%.*f %s", v < 10 && u, v, units[u]);
}

static struct kind *find_kind(struct summary *s, const struct swpd_entry *e)
{
	struct kind *k = s->kinds;

	for (; k < s->kinds + s->n_kinds; k++)
		if (k->cls == e->cls && k->marker == e->marker)
			return k;
	if (s->n_kinds == KINDS_MAX)
		return NULL;
	k->cls = e->cls;
	k->marker = e->marker;
	k->n = 0;
	s->by_kind[s->n_kinds++] = 0;
	return k;
}

static void describe(const struct record *r, char *to, size_t size)
{
	static const char *const cells[] = { "swap_type", "swap_offset", "pfn", "raw_hwp_pfns", "page_flags",
		"pgmap_range", "flags", "candidates", "unknown_why" };
	size_t n = 0;

	if (r->session->dumps > 1 && r->origin->process->pid)
		n = snprintf(to, size, "pid %d ", r->origin->process->pid);
	n += snprintf(to + n, size - n, "0x%-14llx", (unsigned long long)r->vaddr);
	for (size_t i = 0; i < n_columns; i++)
		for (size_t c = 0; c < ARRAY_SIZE(cells); c++) {
			struct value v = { .kind = VALUE_NULL };
			char cell[100];

			if (strcmp(columns[i].name, cells[c]))
				continue;
			columns[i].get(r, &v);
			if (v.kind == VALUE_NULL || (v.kind == VALUE_LIST && !v.n))
				continue;
			text_value(&v, cell, sizeof(cell));
			if (n < size)
				n += snprintf(to + n, size - n, " %s %s", cells[c], cell);
		}
	if (n < size && r->origin->mapping->name[0]) {
		struct value v = { .kind = VALUE_TEXT, .text = r->origin->mapping->name };
		char cell[100];

		text_value(&v, cell, sizeof(cell));
		snprintf(to + n, size - n, " in %s", cell);
	}
}

static void row(struct sink *sink, const struct record *r)
{
	struct summary *s = (struct summary *)sink;
	struct kind *k;

	for (int i = 0; i < r->n_findings && s->n_findings < FIRST_ENTRIES; i++)
		snprintf(s->finding[s->n_findings++], sizeof(s->finding[0]), "0x%llx: %s: %.190s",
			(unsigned long long)r->vaddr, check_name(r->findings[i].check), r->findings[i].text);
	if (!r->entry || ordinary(r->entry->cls, r->entry->marker))
		return;
	k = find_kind(s, r->entry);
	if (!k)
		return;
	s->by_kind[k - s->kinds]++;
	if (k->n < FIRST_ENTRIES)
		describe(r, k->line[k->n++], sizeof(k->line[0]));
}

static void space_begin(struct sink *sink, const struct process *p)
{
	struct summary *s = (struct summary *)sink;

	(void)p;
	if (of_dump(s))
		return;
	s->n_kinds = 0;
	s->n_findings = 0;
	if (!s->target_shown && sink->options.headings)
		text_target(sink->out, sink->session);
	s->target_shown = true;
}

static void count_line(struct summary *s, const char *name, const char *more, uint64_t entries,
	uint64_t pages)
{
	char label[64], size[32];

	snprintf(label, sizeof(label), "%s%s%s", name, *more ? " " : "", more);
	size_text(s, pages, size, sizeof(size));
	out_printf(s->sink.out, "  %-36s %12llu %10s\n", label, (unsigned long long)entries, size);
}

static void put_counts(struct summary *s, const struct totals *t)
{
	const char *on = s->sink.options.colour ? "\033[1m" : "",
		*off = s->sink.options.colour ? "\033[0m" : "";

	out_printf(s->sink.out, "%s  %-36s %12s %10s%s\n", on, "CLASS", "ENTRIES", "SIZE", off);
	for (int special = 1; special >= 0; special--)
		for (int c = 0; c < SWPD_CLASS_N; c++) {
			for (int m = 0; c == SWPD_PTE_MARKER && m < 8; m++)
				if (t->by_marker[m].entries && ordinary(c, m) != special)
					count_line(s, swpd_class_name(c), marker_text(m),
						t->by_marker[m].entries, t->by_marker[m].pages);
			if (c != SWPD_PTE_MARKER && t->by_class[c].entries && ordinary(c, 0) != special)
				count_line(s, swpd_class_name(c), "", t->by_class[c].entries,
					t->by_class[c].pages);
		}
}

static void put_entries(struct summary *s)
{
	for (int k = 0; k < s->n_kinds; k++) {
		const struct kind *kind = &s->kinds[k];
		bool marker = kind->cls == SWPD_PTE_MARKER;

		out_printf(s->sink.out, "%s%s%s:\n", swpd_class_name(kind->cls), marker ? " " : "",
			marker ? marker_text(kind->marker) : "");
		for (int i = 0; i < kind->n; i++)
			out_printf(s->sink.out, "  %s\n", kind->line[i]);
		if (s->by_kind[k] > FIRST_ENTRIES)
			out_printf(s->sink.out, "  and %llu more (-L lists all)\n",
				(unsigned long long)(s->by_kind[k] - FIRST_ENTRIES));
	}
	if (s->n_findings)
		out_text(s->sink.out, "findings:\n");
	for (int i = 0; i < s->n_findings; i++)
		out_printf(s->sink.out, "  %s\n", s->finding[i]);
}

/* A name from the machine that was looked at, fit for a terminal. */
static void put_name(struct summary *s, const char *before, const char *name)
{
	struct value v = { .kind = VALUE_TEXT, .text = name };
	char shown[256];

	text_value(&v, shown, sizeof(shown));
	out_printf(s->sink.out, "%s%s", before, shown);
}

static void put_devices(struct summary *s, const struct totals *t)
{
	const struct swap_devices *devices = &s->sink.session->facts->swaps;
	bool any = false;

	for (int type = 0; type < 32; type++) {
		const struct swap_device *d = swaps_device(devices, type);
		char size[32];

		if (!t->by_type[type].entries)
			continue;
		if (!any)
			out_text(s->sink.out, "swap:\n");
		any = true;
		size_text(s, t->by_type[type].pages, size, sizeof(size));
		out_printf(s->sink.out, "  type %d, ", type);
		if (d) {
			put_name(s, "", d->name);
		} else if (!devices->known) {
			out_text(s->sink.out, "device not known (no /proc/swaps)");
		} else {
			const char *sep = "one of ";

			for (int i = 0; i < devices->n; i++)
				if (devices->possible[type] & 1u << i) {
					put_name(s, sep, devices->device[i].name);
					sep = ", ";
				}
			if (*sep == 'o')
				out_text(s->sink.out, "no active device");
		}
		out_printf(s->sink.out, ": %llu pages, %s", (unsigned long long)t->by_type[type].pages, size);
		if (d && d->used)
			out_printf(s->sink.out, " of the %llu pages in use there",
				(unsigned long long)d->used);
		out_text(s->sink.out, "\n");
	}
}

static void put_mappings(struct summary *s, const struct totals *t)
{
	if (t->top[0].pages)
		out_text(s->sink.out, "mappings with most entries that are not present:\n");
	for (int i = 0; i < TOP_MAPPINGS && t->top[i].pages; i++) {
		struct value v = { .kind = VALUE_TEXT,
			.text = t->top[i].name[0] ? t->top[i].name : "(anonymous)" };
		char name[128], size[32];

		text_value(&v, name, sizeof(name));
		size_text(s, t->top[i].pages, size, sizeof(size));
		out_printf(s->sink.out, "  0x%llx-0x%llx %s: %llu pages, %s\n",
			(unsigned long long)t->top[i].start, (unsigned long long)t->top[i].end, name,
			(unsigned long long)t->top[i].pages, size);
	}
}

static bool counter_agrees(const struct totals *t, const struct gap *gap)
{
	return (int64_t)t->by_class[SWPD_SWAP].pages == gap->swapents;
}

static void put_agreement(struct summary *s, const struct totals *t, const struct gap *gap)
{
	unsigned int shift = s->sink.session->facts->target.page_shift - 10;
	uint64_t found = t->by_class[SWPD_SWAP].pages << shift;

	if (gap->counted) {
		out_printf(s->sink.out, "MM_SWAPENTS: %lld pages; found ", (long long)gap->swapents);
		if (counter_agrees(t, gap))
			out_text(s->sink.out, "as many\n");
		else
			out_printf(s->sink.out, "%llu\n",
				(unsigned long long)t->by_class[SWPD_SWAP].pages);
	}
	if (gap->vmswap < 0)
		return;
	out_printf(s->sink.out, "VmSwap: %llu kB; ", (unsigned long long)gap->vmswap);
	if (t->hidden)
		out_text(s->sink.out, "which entries are swapped pages is hidden\n");
	else if (found == (uint64_t)gap->vmswap)
		out_text(s->sink.out, "found as many\n");
	else
		out_printf(s->sink.out, "found %llu kB\n", (unsigned long long)found);
}

static void put_skipped(struct summary *s, const struct totals *t)
{
	const char *sep = "checks skipped, for want of facts: ";

	for (int c = 0; c < CHECK_N; c++)
		if (t->skipped & 1u << c) {
			out_printf(s->sink.out, "%s%s", sep, check_name(c));
			sep = ", ";
		}
	if (t->skipped)
		out_text(s->sink.out, "\n");
}

static void put_complete(struct summary *s, const struct totals *t)
{
	out_printf(s->sink.out, "complete: %s%s\n", t->complete ? "yes" : "no: ",
		t->complete ? "" : t->why);
	out_flush(s->sink.out);
}

static void note_space(struct summary *s, const struct process *p, const struct totals *t,
	const struct gap *gap)
{
	struct value comm = { .kind = VALUE_TEXT, .text = p->comm };
	uint64_t pages = t->pages - t->by_class[SWPD_NONE].pages - t->by_class[SWPD_PRESENT].pages;
	int at = TOP_PROCESSES;

	s->n_spaces++;
	s->n_counted += gap->counted;
	s->n_agree += gap->counted && counter_agrees(t, gap);
	while (at && s->top[at - 1].pages < pages) {
		s->top[at] = s->top[at - 1];
		at--;
	}
	s->top[at].pid = p->pid;
	s->top[at].pages = pages;
	text_value(&comm, s->top[at].name, sizeof(s->top[at].name));
}

/* All that there was in one of several dumps. */
static void end(struct sink *sink, const struct totals *t)
{
	struct summary *s = (struct summary *)sink;

	if (!of_dump(s))
		return;
	text_dump(sink->out, sink->session);
	if (sink->options.headings)
		text_target(sink->out, sink->session);
	out_printf(sink->out, "%llu address spaces\n", (unsigned long long)s->n_spaces);
	put_counts(s, t);
	put_entries(s);
	put_devices(s, t);
	for (int i = 0; i < TOP_PROCESSES && s->top[i].pages; i++) {
		char size[32];

		size_text(s, s->top[i].pages, size, sizeof(size));
		out_printf(sink->out, "%s  %d (%s): %llu pages, %s\n",
			i ? "" : "processes with most entries that are not present:\n", s->top[i].pid,
			s->top[i].name, (unsigned long long)s->top[i].pages, size);
	}
	if (s->n_counted)
		out_printf(sink->out, "MM_SWAPENTS: as many were found in %llu of %llu processes\n",
			(unsigned long long)s->n_agree, (unsigned long long)s->n_counted);
	put_skipped(s, t);
	put_complete(s, t);
}

static void space_end(struct sink *sink, const struct process *p, const struct totals *t,
	const struct gap *gap)
{
	struct summary *s = (struct summary *)sink;
	struct value comm = { .kind = VALUE_TEXT, .text = p->comm };
	char name[64];

	if (of_dump(s)) {
		note_space(s, p, t, gap);
		return;
	}
	text_value(&comm, name, sizeof(name));
	if (p->pid)
		out_printf(sink->out, "process %d (%s)\n", p->pid, name);
	else if (p->pgd)
		out_printf(sink->out, "address space of the page tables at 0x%llx\n",
			(unsigned long long)p->pgd);
	else
		out_printf(sink->out, "page map %s\n", name);
	put_counts(s, t);
	put_entries(s);
	put_devices(s, t);
	put_mappings(s, t);
	put_agreement(s, t, gap);
	put_skipped(s, t);
	put_complete(s, t);
}

struct sink *sink_summary(void)
{
	struct summary *s = calloc(1, sizeof(*s));

	if (!s)
		return NULL;
	s->sink.space_begin = space_begin;
	s->sink.row = row;
	s->sink.space_end = space_end;
	s->sink.end = end;
	return &s->sink;
}
