/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a person wants to know of a process: what is special first, then how much is where. */
#include <stdlib.h>

#include "sink/who.h"

struct sink *sink_summary(void);

#define FIRST_ENTRIES 20
#define KINDS_MAX 40
#define LARGEST 20 /* processes */

/* A class, and for markers their bits: what gets a line of its own. */
struct kind {
	uint8_t cls, marker;
	int n;
	char line[FIRST_ENTRIES][320];
};

struct summary {
	struct sink sink;
	bool target_shown;
	int n_kinds;
	struct kind kinds[KINDS_MAX];
	uint64_t by_kind[KINDS_MAX];
	int n_findings;
	uint64_t more_findings;
	char finding[FIRST_ENTRIES][240];
	struct whos whos; /* of every process: -a */
	int64_t vmswap;   /* KiB, of all of them */
	bool vmswap_known;
	uint64_t counted, agree; /* of a dump: processes with a counter, and those where it is right */
	int pid;          /* being looked at; 0: none or not known */
	bool all_complete; /* every address space that was told of */
};

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

/* "1 page, 4 KiB" */
static void pages_text(const struct summary *s, uint64_t pages, char to[64])
{
	char size[32];

	size_text(s, pages, size, sizeof(size));
	snprintf(to, 64, "%llu page%s, %s", (unsigned long long)pages, pages == 1 ? "" : "s", size);
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

	if (r->session->all)
		n = snprintf(to, size, "pid %-7d ", r->origin->process->pid);
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

static void keep_finding(struct summary *s, uint64_t vaddr, const struct finding *f)
{
	char where[48] = "";
	int n = 0;

	if (s->n_findings == FIRST_ENTRIES) {
		s->more_findings++;
		return;
	}
	if (s->sink.session->all && s->pid)
		n = snprintf(where, sizeof(where), "pid %d, ", s->pid);
	if (vaddr)
		snprintf(where + n, sizeof(where) - n, "0x%llx: ", (unsigned long long)vaddr);
	snprintf(s->finding[s->n_findings], sizeof(s->finding[0]), "%s%s: %.190s", where,
		check_name(f->check), f->text);
	clean_text(s->finding[s->n_findings++]);
}

static void row(struct sink *sink, const struct record *r)
{
	struct summary *s = (struct summary *)sink;
	struct kind *k;

	for (int i = 0; i < r->n_findings; i++)
		keep_finding(s, r->vaddr, &r->findings[i]);
	if (!r->entry || ordinary(r->entry->cls, r->entry->marker))
		return;
	k = find_kind(s, r->entry);
	if (!k)
		return;
	s->by_kind[k - s->kinds]++;
	if (k->n < FIRST_ENTRIES)
		describe(r, k->line[k->n++], sizeof(k->line[0]));
}

static void put_heading(struct summary *s)
{
	const struct range *ranges = s->sink.session->ranges;
	size_t n = s->sink.session->n_ranges;

	if (s->target_shown)
		return;
	text_dump(s->sink.out, s->sink.session);
	if (s->sink.options.headings)
		text_target(s->sink.out, s->sink.session);
	for (size_t i = 0; i < n; i++)
		out_printf(s->sink.out, "%s0x%llx-0x%llx%s", i ? ", " : "only: ",
			(unsigned long long)ranges[i].start, (unsigned long long)ranges[i].end,
			i == n - 1 ? "\n" : "");
	s->target_shown = true;
}

static void space_begin(struct sink *sink, const struct process *p)
{
	struct summary *s = (struct summary *)sink;

	s->pid = p->pid;
	if (!sink->session->all) {
		s->n_kinds = s->n_findings = 0;
		s->more_findings = 0;
	}
	put_heading(s);
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

	if (!t->entries)
		return;
	if (s->sink.options.headings)
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
	if (s->more_findings)
		out_printf(s->sink.out, "  and %llu more (-F ndjson has all)\n",
			(unsigned long long)s->more_findings);
}

/* A name from the machine that was looked at, fit for a terminal. */
static void put_name(struct summary *s, const char *before, const char *name)
{
	struct value v = { .kind = VALUE_TEXT, .text = name };
	char shown[256];

	text_value(&v, shown, sizeof(shown));
	out_printf(s->sink.out, "%s%s", before, shown);
}

static bool put_shared(struct summary *s, const struct totals *t, bool headed)
{
	char pages[64];

	if (!t->by_via[VIA_SHMEM].pages)
		return false;
	pages_text(s, t->by_via[VIA_SHMEM].pages, pages);
	out_printf(s->sink.out, "%s  shared memory, in slots that the kernel does not tell: %s\n",
		headed ? "" : "swap:\n", pages);
	return true;
}

/* What is known of pages that have a slot and are not there; of no single page. */
static void put_held(struct summary *s, const struct swap_devices *devices)
{
	char size[32];

	for (int i = 0; i < devices->n; i++) {
		const struct swap_device *d = &devices->device[i];

		if (!d->zram)
			continue;
		put_name(s, "  ", d->name);
		out_text(s->sink.out, " is compressed memory (zram)");
		if (d->memory >= 0) {
			size_text(s, d->memory >> s->sink.session->facts->target.page_shift, size,
				sizeof(size));
			out_printf(s->sink.out, ": it takes %s, and %lld of its pages repeat one word", size,
				(long long)d->same_pages);
		}
		out_text(s->sink.out, "\n");
	}
	if (devices->zswapped > 0) {
		size_text(s, devices->zswapped, size, sizeof(size));
		out_printf(s->sink.out,
			"  zswap keeps %s of all that is swapped in memory: the kernel does not "
			"tell which pages\n",
			size);
	}
	if (devices->zeros > 0)
		out_printf(s->sink.out,
			"  %lld page%s swapped out as zeros since boot, and not written\n",
			(long long)devices->zeros, devices->zeros == 1 ? " was" : "s were");
}

/* The processes with most of a swap type. */
static void put_whom(struct summary *s, int type)
{
	const struct who *top[WHO_TOP];
	int n = whos_top(&s->whos, type, top);

	for (int i = 0; i < n; i++) {
		put_name(s, i ? ", " : ": ", top[i]->comm);
		out_printf(s->sink.out, " (%d) %llu", top[i]->pid, (unsigned long long)top[i]->by_type[type]);
	}
	out_text(s->sink.out, n == WHO_TOP ? ", …" : "");
}

/* Pages in use on all devices that nobody seen refers to: of files on tmpfs, of those that may not be seen.
 */
static void put_unexplained(struct summary *s, const struct totals *t)
{
	const struct swap_devices *devices = &s->sink.session->facts->swaps;
	uint64_t used = 0, found = t->by_class[SWPD_SWAP].pages;
	char pages[64];

	for (int i = 0; i < devices->n; i++)
		used += devices->device[i].used;
	if (!devices->known || devices->unread || used <= found)
		return;
	pages_text(s, used - found, pages);
	out_printf(s->sink.out,
		"  in use and not referred to by what was seen: at least %s (files on "
		"tmpfs that nobody maps, the swap cache, others' processes)\n",
		pages);
}

/* A slot may be seen more than once: in several processes, or as what had it came and went. */
static void put_used(struct summary *s, uint64_t used, bool fewer)
{
	const char *plural = used == 1 ? "" : "s";

	if (!fewer)
		out_printf(s->sink.out, " of the %llu page%s in use there", (unsigned long long)used, plural);
	else
		out_printf(s->sink.out, "; in use there: %llu page%s%s", (unsigned long long)used, plural,
			s->whos.seen > 1 ? ", some by several processes" : "");
}

static void put_devices(struct summary *s, const struct totals *t)
{
	const struct swap_devices *devices = &s->sink.session->facts->swaps;
	bool any = false;

	for (int type = 0; type < 32; type++) {
		const struct swap_device *d = swaps_device(devices, type);
		char pages[64];

		if (!t->by_type[type].entries)
			continue;
		if (!any)
			out_text(s->sink.out, "swap:\n");
		any = true;
		pages_text(s, t->by_type[type].pages, pages);
		out_printf(s->sink.out, "  type %d, ", type);
		if (d) {
			put_name(s, "", d->name);
		} else if (!devices->known || devices->unread >> type & 1) {
			out_text(s->sink.out, "device not known");
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
		out_printf(s->sink.out, ": %s", pages);
		if (d && d->used)
			put_used(s, d->used, t->by_type[type].pages > d->used);
		put_whom(s, type);
		out_text(s->sink.out, "\n");
	}
	any |= put_shared(s, t, any);
	if (any)
		put_held(s, devices);
}

static void put_mappings(struct summary *s, const struct totals *t)
{
	if (t->top[0].pages)
		out_text(s->sink.out, "mappings with most entries that are not present:\n");
	for (int i = 0; i < TOP_MAPPINGS && t->top[i].pages; i++) {
		struct value v = { .kind = VALUE_TEXT,
			.text = t->top[i].name[0] ? t->top[i].name : "(anonymous)" };
		char name[128], pages[64];

		text_value(&v, name, sizeof(name));
		pages_text(s, t->top[i].pages, pages);
		out_printf(s->sink.out, "  0x%llx-0x%llx %s: %s\n", (unsigned long long)t->top[i].start,
			(unsigned long long)t->top[i].end, name, pages);
	}
}

static bool counter_agrees(const struct totals *t, const struct gap *gap)
{
	return (int64_t)t->by_class[SWPD_SWAP].pages == gap->swapents;
}

static void put_agreement(struct summary *s, const struct totals *t, const struct gap *gap)
{
	unsigned int shift = s->sink.session->facts->target.page_shift - 10;
	uint64_t found = (t->by_class[SWPD_SWAP].pages - t->by_via[VIA_SHMEM].pages) << shift;

	if (s->counted)
		out_printf(s->sink.out, "MM_SWAPENTS: as many were found in %llu of %llu process%s\n",
			(unsigned long long)s->agree, (unsigned long long)s->counted,
			s->counted == 1 ? "" : "es");
	if (gap->counted) {
		out_printf(s->sink.out, "MM_SWAPENTS: %lld page%s; found ", (long long)gap->swapents,
			gap->swapents == 1 ? "" : "s");
		if (counter_agrees(t, gap))
			out_text(s->sink.out, "as many\n");
		else
			out_printf(s->sink.out, "%llu\n",
				(unsigned long long)t->by_class[SWPD_SWAP].pages);
	}
	if (t->compared)
		out_printf(s->sink.out, "smaps: %llu kB swapped", (unsigned long long)t->smaps << shift);
	if (t->compared && t->smaps_pss >= 0 && (uint64_t)t->smaps_pss != t->smaps << shift)
		out_printf(s->sink.out, ", %lld kB its share (SwapPss)", (long long)t->smaps_pss);
	if (t->compared)
		out_text(s->sink.out, "; ");
	if (t->compared && t->smaps == t->smaps_found)
		out_text(s->sink.out, "found as many\n");
	else if (t->compared)
		out_printf(s->sink.out, "found %llu kB\n", (unsigned long long)t->smaps_found << shift);
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

/* Entries that nothing can be said of, and what helps. Returns how many; hidden ones are told elsewhere. */
static uint64_t put_unknown(struct summary *s, const struct totals *t)
{
	static const char *const help[SWPD_WHY_N] = {
		[SWPD_WHY_KNOB] = "it depends on the configuration: give -c or -s",
		[SWPD_WHY_STRAY] = "no kernel writes them",
		[SWPD_WHY_NO_ROW] = "no layout is known for this kernel",
		[SWPD_WHY_NOT_SHOWN] = "the page map does not show them",
		[SWPD_WHY_FILE_PTE] = "offsets in nonlinear file mappings, not in swap",
	};
	bool released = s->sink.session->facts->target.release;
	uint64_t n = 0;

	for (int w = 0; w < SWPD_WHY_N; w++) {
		if (!help[w] || !t->by_why[w])
			continue;
		n += t->by_why[w];
		out_printf(s->sink.out, "%llu entr%s unknown (%s: %s); ", (unsigned long long)t->by_why[w],
			t->by_why[w] == 1 ? "y" : "ies", swpd_why_name(w), w == SWPD_WHY_NO_ROW && !released ?
			"the kernel release is not known: give -k" : help[w]);
	}
	return n;
}

/* The one line that is left if there is no time for the rest. */
static void put_verdict(struct summary *s, const struct totals *t)
{
	struct out *o = s->sink.out;
	uint64_t errors = t->by_class[SWPD_HWPOISON].entries + t->by_check[CHECK_POISONED_PAGE];
	uint64_t special = special_entries(t), unknown, wrong = 0, info = 0;
	char size[32];

	for (int c = 0; c < CHECK_N; c++)
		if (check_severity(c) == SEV_INFO)
			info += t->by_check[c];
		else if (c != CHECK_PARTIAL_INPUT)
			wrong += t->by_check[c];
	out_text(o, "verdict: ");
	if (s->sink.session->n_ranges)
		out_text(o, "of these ranges alone: ");
	if (errors)
		out_printf(o, "%llu %s to memory with a hardware error; ", (unsigned long long)errors,
			errors == 1 ? "entry refers" : "entries refer");
	if (wrong)
		out_printf(o, "%llu finding%s; ", (unsigned long long)wrong, wrong == 1 ? "" : "s");
	if (info)
		out_printf(o, "%llu finding%s of severity info; ", (unsigned long long)info,
			info == 1 ? "" : "s");
	if (special)
		out_printf(
			o, "%llu special entr%s; ", (unsigned long long)special, special == 1 ? "y" : "ies");
	unknown = put_unknown(s, t);
	size_text(s, t->by_class[SWPD_SWAP].pages, size, sizeof(size));
	if (t->hidden)
		out_text(o, "what is swapped is hidden; ");
	else
		out_printf(o, "%s swapped; ", t->by_class[SWPD_SWAP].pages ? size :
			t->entries || t->complete ? "nothing" : "not known what is");
	out_printf(o, "%s\n", !t->complete ? "not everything was seen" :
		wrong + errors ? "complete" :
		unknown ? "nothing wrong was found in the others" : "nothing wrong was found");
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

static void put_complete(struct out *o, const char *of, const struct totals *t)
{
	struct value why = { .kind = VALUE_TEXT, .text = t->why };
	char text[sizeof(t->why)] = "";

	if (!t->complete)
		text_value(&why, text, sizeof(text));
	out_printf(o, "%scomplete: %s%s\n", of, t->complete ? "yes" : "no: ", text);
}

static void put_end(struct summary *s, const struct totals *t)
{
	struct out *o = s->sink.out;

	put_verdict(s, t);
	put_complete(o, "", t);
	out_flush(o);
}

static void space_end(struct sink *sink, const struct process *p, const struct totals *t,
	const struct gap *gap)
{
	struct summary *s = (struct summary *)sink;
	struct value comm = { .kind = VALUE_TEXT, .text = p->comm };
	char name[64];

	if (sink->session->all) {
		whos_add(&s->whos, p, t);
		s->counted += gap->counted;
		s->agree += gap->counted && counter_agrees(t, gap);
		s->vmswap_known |= gap->vmswap >= 0;
		s->vmswap += gap->vmswap > 0 ? gap->vmswap : 0;
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
	s->all_complete &= t->complete;
	put_counts(s, t);
	put_entries(s);
	put_devices(s, t);
	put_mappings(s, t);
	put_agreement(s, t, gap);
	put_skipped(s, t);
	put_end(s, t);
}

/* A run of -l for processes: the largest, each with what is not ordinary about it. */
static void put_processes(struct summary *s)
{
	struct whos *w = &s->whos;
	uint64_t rest = 0;

	whos_sort(w);
	out_printf(s->sink.out, "%llu process%s", (unsigned long long)w->seen, w->seen == 1 ? "" : "es");
	if (w->n && w->n < w->seen)
		out_printf(s->sink.out, ", %zu of them with entries to tell of\n", w->n);
	else
		out_printf(s->sink.out, ", %s entries to tell of\n", !w->n ? "without" :
			w->n > 1 ? "all with" : "with");
	if (w->n && s->sink.options.headings)
		out_printf(s->sink.out, "%7s %-15s %10s %10s %8s %8s\n", "PID", "COMM", "SWAP", "SHMEM",
			"SPECIAL", "FINDINGS");
	for (size_t i = 0; i < w->n; i++) {
		const struct who *p = &w->list[i];
		struct value comm = { .kind = VALUE_TEXT, .text = p->comm };
		char name[64], swap[32], shmem[32];

		if (i >= LARGEST && !p->special && !p->findings && !p->partial) {
			rest++;
			continue;
		}
		text_value(&comm, name, sizeof(name));
		size_text(s, p->swap, swap, sizeof(swap));
		size_text(s, p->shmem, shmem, sizeof(shmem));
		out_printf(s->sink.out, "%7d %-15s %10s %10s %8llu %8llu%s\n", p->pid, name, swap, shmem,
			(unsigned long long)p->special, (unsigned long long)p->findings,
			p->partial ? "  not all was seen" : "");
	}
	if (rest)
		out_printf(s->sink.out, "and %llu smaller one%s with swapped pages only\n",
			(unsigned long long)rest, rest == 1 ? "" : "s");
	if (w->dropped)
		out_printf(s->sink.out, "and %llu for which there was no room\n",
			(unsigned long long)w->dropped);
}

static void end(struct sink *sink, const struct totals *t)
{
	static const struct gap nothing = { .vmswap = -1 };
	struct summary *s = (struct summary *)sink;

	if (!sink->session->all) {
		/* what came up later, or is of no address space */
		if (s->all_complete && !t->complete)
			put_complete(sink->out, "all together ", t);
		return;
	}
	put_heading(s);
	put_processes(s);
	put_counts(s, t);
	put_entries(s);
	put_devices(s, t);
	put_unexplained(s, t);
	put_agreement(s, t, s->vmswap_known ? &(struct gap){ .vmswap = s->vmswap } : &nothing);
	put_skipped(s, t);
	put_end(s, t);
}

static void finding(struct sink *sink, int pid, const struct finding *f)
{
	struct summary *s = (struct summary *)sink;

	(void)pid; /* its text has it */
	if (f->check != CHECK_PARTIAL_INPUT)
		keep_finding(s, 0, f);
}

static void close_sink(struct sink *sink)
{
	whos_free(&((struct summary *)sink)->whos);
}

struct sink *sink_summary(void)
{
	struct summary *s = calloc(1, sizeof(*s));

	if (!s)
		return NULL;
	s->all_complete = true;
	s->sink.space_begin = space_begin;
	s->sink.row = row;
	s->sink.special_only = true;
	s->sink.space_end = space_end;
	s->sink.finding = finding;
	s->sink.end = end;
	s->sink.close = close_sink;
	return &s->sink;
}
