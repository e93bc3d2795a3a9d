/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * prom: the text exposition format of Prometheus, for node_exporter's textfile collector. All at the end:
 * what is there is whole, and all samples of a metric stand together.
 */
#include <stdlib.h>

#include "sink/who.h"

struct sink *sink_prom(void);

struct prom {
	struct sink sink;
	struct whos whos;
};

static void metric(struct out *o, const char *name, const char *help)
{
	out_printf(o, "# HELP swpdecode_%s %s\n# TYPE swpdecode_%s gauge\n", name, help, name);
}

/* A brace or comma and NAME="VALUE", escaped; what a terminal must not get comes out as '?'. */
static void label(struct out *o, char before, const char *name, const char *value)
{
	out_printf(o, "%c%s=\"", before, name);
	for (int n; *value; value += n) {
		n = utf8_plain(value);
		if (*value == '\\' || *value == '"')
			out_printf(o, "\\%c", *value);
		else if (*value == '\n')
			out_text(o, "\\n");
		else
			out_bytes(o, n ? value : "?", n ? n : 1);
		n = n ? n : utf8_len(value) ? utf8_len(value) : 1;
	}
	out_text(o, "\"");
}

static void sample(struct out *o, const char *name, uint64_t value)
{
	out_printf(o, "swpdecode_%s %llu\n", name, (unsigned long long)value);
}

static void labelled(struct out *o, const char *name, const char *key, const char *text, uint64_t value)
{
	out_printf(o, "swpdecode_%s", name);
	label(o, '{', key, text);
	out_printf(o, "} %llu\n", (unsigned long long)value);
}

static void single(struct out *o, const char *name, const char *help, uint64_t value)
{
	metric(o, name, help);
	sample(o, name, value);
}

static void put_info(struct out *o, const struct session *session)
{
	const struct swpd_target *t = &session->facts->target;

	metric(o, "info", "What was run, and for which kernel entries were read; always 1.");
	out_text(o, "swpdecode_info");
	label(o, '{', "version", SWPD_VERSION);
	label(o, ',', "arch", t->arch ? t->arch->name : "");
	label(o, ',', "kernel", t->release_text);
	out_text(o, "} 1\n");
}

static void put_classes(struct out *o, const struct totals *t, unsigned int shift)
{
	static const char *const markers[] = { "uffd-wp", "poisoned", "guard" };

	metric(o, "entries", "Page-table entries of all address spaces looked at.");
	for (int c = 0; c < SWPD_CLASS_N; c++)
		labelled(o, "entries", "class", swpd_class_name(c), t->by_class[c].entries);
	metric(o, "entries_bytes", "The memory that these entries stand for.");
	for (int c = 0; c < SWPD_CLASS_N; c++)
		labelled(o, "entries_bytes", "class", swpd_class_name(c), t->by_class[c].pages << shift);
	metric(o, "marker_entries", "Entries of class pte-marker that have this bit.");
	for (int bit = 0; bit < 3; bit++) {
		uint64_t n = 0;

		for (int m = 0; m < 8; m++)
			n += m >> bit & 1 ? t->by_marker[m].entries : 0;
		labelled(o, "marker_entries", "marker", markers[bit], n);
	}
	single(o, "shmem_swap_bytes",
		"Swapped shared memory, whose slots the kernel does not tell, once for each "
		"process that maps it.",
		t->by_via[VIA_SHMEM].pages << shift);
}

static void put_devices(struct out *o, const struct session *session, const struct totals *t,
	unsigned int shift)
{
	const struct swap_devices *s = &session->facts->swaps;

	if (s->known && s->n) {
		metric(o, "device_size_bytes", "Size of a swap device.");
		for (int i = 0; i < s->n; i++)
			labelled(o, "device_size_bytes", "device", s->device[i].name,
				s->device[i].pages << shift);
		metric(o, "device_used_bytes", "In use on a swap device before the scan.");
		for (int i = 0; i < s->n; i++)
			labelled(o, "device_used_bytes", "device", s->device[i].name,
				s->device[i].used << shift);
	}
	metric(o, "swap_bytes",
		"Swapped memory that page tables refer to, by swap type; device is empty where it "
		"is not certain.");
	for (int type = 0; type < 32; type++) {
		const struct swap_device *d = swaps_device(s, type);

		if (!t->by_type[type].pages)
			continue;
		out_printf(o, "swpdecode_swap_bytes{swap_type=\"%d\"", type);
		label(o, ',', "device", d ? d->name : "");
		out_printf(o, "} %llu\n", (unsigned long long)t->by_type[type].pages << shift);
	}
}

static void put_checks(struct out *o, const struct totals *t)
{
	metric(o, "findings", "What the checks found wrong.");
	for (int c = 0; c < CHECK_N; c++) {
		if (t->skipped & 1u << c || (!(entry_checks & 1u << c) && !t->by_check[c]))
			continue;
		out_printf(o, "swpdecode_findings{check=\"%s\",severity=\"%s\"} %llu\n", check_name(c),
			severity_name(check_severity(c)), (unsigned long long)t->by_check[c]);
	}
}

static void put_process(struct out *o, const char *name, const struct who *w, uint64_t value)
{
	char pid[16];

	if (!value)
		return;
	snprintf(pid, sizeof(pid), "%d", w->pid);
	out_printf(o, "swpdecode_%s", name);
	label(o, '{', "pid", pid);
	label(o, ',', "comm", w->comm);
	out_printf(o, "} %llu\n", (unsigned long long)value);
}

static void put_processes(struct out *o, struct whos *w, unsigned int shift)
{
	whos_sort(w);
	metric(o, "process_swap_bytes", "Swapped memory that a process refers to, largest first, "
		"none left out but zeros.");
	for (size_t i = 0; i < w->n; i++)
		put_process(o, "process_swap_bytes", &w->list[i], w->list[i].swap << shift);
	metric(o, "process_shmem_swap_bytes", "Swapped shared memory that a process maps.");
	for (size_t i = 0; i < w->n; i++)
		put_process(o, "process_shmem_swap_bytes", &w->list[i], w->list[i].shmem << shift);
	metric(o, "process_special_entries", "Entries that are neither none, present, swap nor a "
		"guard.");
	for (size_t i = 0; i < w->n; i++)
		put_process(o, "process_special_entries", &w->list[i], w->list[i].special);
	single(o, "processes", "Address spaces looked at.", w->seen);
	single(o, "processes_not_listed", "Those for which there was no room above.", w->dropped);
}

static void space_end(struct sink *s, const struct process *p, const struct totals *t, const struct gap *gap)
{
	(void)gap;
	whos_add(&((struct prom *)s)->whos, p, t);
}

static void end(struct sink *s, const struct totals *t)
{
	unsigned int shift = s->session->facts->target.page_shift;
	struct out *o = s->out;

	put_info(o, s->session);
	put_classes(o, t, shift);
	put_devices(o, s->session, t, shift);
	put_checks(o, t);
	put_processes(o, &((struct prom *)s)->whos, shift);
	single(o, "gone_processes", "Processes that ended meanwhile.", t->gone);
	single(o, "unreadable_entries", "Entries that exist and could not be read.", t->unreadable);
	single(o, "hidden_entries", "Entries of which the kernel hides what they are.", t->hidden);
	single(o, "complete", "1 if everything that was asked for was seen.", t->complete);
}

static void close_sink(struct sink *s)
{
	whos_free(&((struct prom *)s)->whos);
}

struct sink *sink_prom(void)
{
	struct prom *p = calloc(1, sizeof(*p));

	if (!p)
		return NULL;
	p->sink.special_only = true;
	p->sink.space_end = space_end;
	p->sink.end = end;
	p->sink.close = close_sink;
	return &p->sink;
}
