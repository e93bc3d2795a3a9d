/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The records that frame a machine-readable output: meta, total, and findings of no entry. */
#include "sink/sink.h"

static void string_or_null(struct out *o, const char *text)
{
	if (text && *text)
		out_json_string(o, text);
	else
		out_text(o, "null");
}

static void put_ranges(struct out *o, const struct session *session)
{
	out_text(o, session->n_ranges ? ",\"ranges\":[" : ",\"ranges\":null");
	for (size_t i = 0; i < session->n_ranges; i++)
		out_printf(o, "%s{\"start\":\"0x%llx\",\"end\":\"0x%llx\"}", i ? "," : "",
			(unsigned long long)session->ranges[i].start,
			(unsigned long long)session->ranges[i].end);
	out_text(o, session->n_ranges ? "]," : ",");
}

/* "name":{"value":…,"source":…,"assumed":…} */
static void fact(struct out *o, const char *name, const char *text, const struct provenance *from)
{
	out_printf(o, "\"%s\":{\"value\":", name);
	string_or_null(o, text);
	out_text(o, ",\"source\":");
	string_or_null(o, from->source);
	out_printf(o, ",\"assumed\":%s}", from->assumed ? "true" : "false");
}

static void number_fact(struct out *o, const char *name, long value, bool known,
	const struct provenance *from)
{
	out_printf(o, "\"%s\":{\"value\":", name);
	if (known)
		out_printf(o, "%ld", value);
	else
		out_text(o, "null");
	out_text(o, ",\"source\":");
	string_or_null(o, from->source);
	out_printf(o, ",\"assumed\":%s}", from->assumed ? "true" : "false");
}

/* Which row of backports.def was taken; used: its numbering of special types too. */
static void put_distribution(struct out *o, const struct swpd_target *t)
{
	if (!t->distribution) {
		out_text(o, "null");
		return;
	}
	out_text(o, "{\"value\":");
	out_json_string(o, t->distribution->name);
	out_text(o, ",\"source\":");
	out_json_string(o, t->distribution->source);
	out_printf(o, ",\"assumed\":false,\"used\":%s}", t->numbering_dropped ? "false" : "true");
}

static void put_target(struct out *o, const struct session *session)
{
	const struct swpd_target *t = &session->facts->target;
	struct provenance derived = { .source = "computed" };
	unsigned int max = swpd_max_swapfiles(t);
	uint32_t relevant = swpd_knobs_relevant(t, session->form);
	bool first = true;

	out_text(o, "\"target\":{");
	fact(o, "arch", t->arch ? t->arch->name : NULL, &t->arch_from);
	out_text(o, ",");
	fact(o, "variant", t->variant ? t->variant->name : NULL, &t->variant_from);
	out_text(o, ",");
	fact(o, "kernel", t->release_text, &t->release_from);
	out_text(o, ",");
	number_fact(o, "page_size", 1l << t->page_shift, t->page_shift, &t->page_from);
	out_text(o, ",");
	number_fact(o, "max_swapfiles", max, max, t->max_swapfiles_from.source[0] ||
		!max ? &t->max_swapfiles_from : &derived);
	out_text(o, ",\"knobs\":{");
	for (int k = KNOB_NONE + 1; k < KNOB_N; k++) {
		if (t->knobs[k] == KNOB_UNKNOWN && !(relevant & 1u << k))
			continue;
		out_text(o, first ? "" : ",");
		number_fact(o, knob_name(k), t->knobs[k], t->knobs[k] != KNOB_UNKNOWN, &t->knob_from[k]);
		first = false;
	}
	out_text(o, "},\"layout\":");
	string_or_null(o, swpd_decoder_row(session->dec));
	out_printf(o, ",\"confidence\":\"%s\",\"distribution\":",
		swpd_sure(t, session->dec) == BRACKETED ? "bracketed" : "proved");
	put_distribution(o, t);
	out_text(o, "}");
}

/* -1 stands for null. */
static void number_or_null(struct out *o, const char *before, int64_t number)
{
	out_text(o, before);
	if (number < 0)
		out_text(o, "null");
	else
		out_printf(o, "%lld", (long long)number);
}

static void put_swaps(struct out *o, const struct swap_devices *s)
{
	out_text(o, "\"swap_devices\":");
	if (!s->known || s->unread) {
		out_text(o, "null,\"zswapped_pages\":null,\"zero_pages_out\":null");
		return;
	}
	out_text(o, "[");
	for (int i = 0; i < s->n; i++) {
		out_text(o, i ? ",{\"name\":" : "{\"name\":");
		out_json_string(o, s->device[i].name);
		out_printf(o,
			",\"pages\":%llu,\"used\":%llu,\"zram\":", (unsigned long long)s->device[i].pages,
			(unsigned long long)s->device[i].used);
		if (s->device[i].zram) {
			number_or_null(o, "{\"same_pages\":", s->device[i].same_pages);
			number_or_null(o, ",\"memory_bytes\":", s->device[i].memory);
			out_text(o, "}}");
		} else {
			out_text(o, "null}");
		}
	}
	out_text(o, "]");
	number_or_null(o, ",\"zswapped_pages\":", s->counted ? s->zswapped : -1);
	number_or_null(o, ",\"zero_pages_out\":", s->counted ? s->zeros : -1);
}

static void put_modules(struct out *o, const struct facts *f)
{
	out_text(o, "\"modules\":");
	if (!f->modules_from[0] && !f->zswap[0]) {
		out_text(o, "null");
		return;
	}
	out_text(o, "{");
	for (int i = 0; f->modules_from[0] && i < FACT_MODULES; i++) {
		if (!f->modules[i].name)
			continue;
		out_printf(o, "\"%s\":", f->modules[i].name);
		string_or_null(o, module_state_name(f->modules[i].state));
		out_text(o, ",");
	}
	out_text(o, "\"zswap_enabled\":");
	string_or_null(o, f->zswap);
	out_text(o, ",\"source\":");
	string_or_null(o, f->modules_from);
	out_text(o, "}");
}

void json_meta(struct out *o, const struct session *session)
{
	const struct facts *f = session->facts;
	const struct swpd_target *t = &f->target;
	const struct {
		const char *name;
		const struct provenance *from;
	} facts[] = { { "arch", &t->arch_from }, { "variant", &t->variant_from },
		{ "kernel", &t->release_from },
		{ "page_size", &t->page_from } };
	bool first = true;

	out_printf(o, "{\"record\":\"meta\",\"tool\":\"swpdecode\",\"version\":\"%s\"", SWPD_VERSION);
	out_printf(o, ",\"schema_version\":%d,\"host\":", SCHEMA_VERSION);
	string_or_null(o, f->host);
	out_text(o, ",\"boot_id\":");
	string_or_null(o, f->boot_id);
	out_text(o, ",\"time\":");
	string_or_null(o, session->time);
	out_text(o, ",\"dump\":");
	string_or_null(o, session->dump);
	put_ranges(o, session);
	put_target(o, session);
	out_text(o, ",\"assumed\":[");
	for (size_t i = 0; i < ARRAY_SIZE(facts); i++) {
		if (!facts[i].from->assumed)
			continue;
		out_printf(o, "%s\"%s\"", first ? "" : ",", facts[i].name);
		first = false;
	}
	if (session->form == FORM_SWP_ENTRY && !t->arch) {
		out_printf(o, "%s\"word_bits\"", first ? "" : ",");
		first = false;
	}
	for (int k = KNOB_NONE + 1; k < KNOB_N; k++) {
		if (!t->knob_from[k].assumed)
			continue;
		out_printf(o, "%s\"%s\"", first ? "" : ",", knob_name(k));
		first = false;
	}
	out_text(o, "],");
	put_swaps(o, &f->swaps);
	out_text(o, ",");
	put_modules(o, f);
	out_text(o, "}");
}

void json_total(struct out *o, const struct session *session, const struct totals *t)
{
	const struct swap_devices *s = &session->facts->swaps;
	bool first = true;

	out_printf(o, "{\"record\":\"total\",\"entries\":%llu,\"pages\":%llu,\"by_class\":{",
		(unsigned long long)t->entries, (unsigned long long)t->pages);
	for (int c = 0; c < SWPD_CLASS_N; c++) {
		if (!t->by_class[c].entries)
			continue;
		out_printf(o, "%s\"%s\":{\"entries\":%llu,\"pages\":%llu}", first ? "" : ",",
			swpd_class_name(c), (unsigned long long)t->by_class[c].entries,
			(unsigned long long)t->by_class[c].pages);
		first = false;
	}
	out_text(o, "},\"by_device\":[");
	first = true;
	for (int type = 0; type < 32; type++) {
		const struct swap_device *d = swaps_device(s, type);

		if (!t->by_type[type].entries)
			continue;
		out_printf(o, "%s{\"swap_type\":%d,\"device\":", first ? "" : ",", type);
		string_or_null(o, d ? d->name : NULL);
		out_printf(o, ",\"entries\":%llu,\"pages\":%llu}",
			(unsigned long long)t->by_type[type].entries,
			(unsigned long long)t->by_type[type].pages);
		first = false;
	}
	out_text(o, "],\"by_via\":{");
	first = true;
	for (int v = 0; v < VIA_N; v++) {
		if (!t->by_via[v].entries)
			continue;
		out_printf(o, "%s\"%s\":{\"entries\":%llu,\"pages\":%llu}", first ? "" : ",", via_name(v),
			(unsigned long long)t->by_via[v].entries, (unsigned long long)t->by_via[v].pages);
		first = false;
	}
	out_text(o, "},\"smaps\":");
	if (t->compared) {
		out_printf(o, "{\"swap_pages\":%llu,\"found_pages\":%llu", (unsigned long long)t->smaps,
			(unsigned long long)t->smaps_found);
		number_or_null(o, ",\"swap_pss_kib\":", t->smaps_pss);
		out_text(o, "}");
	} else {
		out_text(o, "null");
	}
	out_printf(o,
		",\"unreadable\":%llu,\"hidden\":%llu,\"gone\":%llu,\"bad\":%llu,\"complete\":%s,\"why\":",
		(unsigned long long)t->unreadable, (unsigned long long)t->hidden, (unsigned long long)t->gone,
		(unsigned long long)t->bad, t->complete ? "true" : "false");
	string_or_null(o, t->why);
	out_text(o, ",\"checks_skipped\":[");
	first = true;
	for (int c = 0; c < CHECK_N; c++)
		if (t->skipped & 1u << c) {
			out_printf(o, "%s\"%s\"", first ? "" : ",", check_name(c));
			first = false;
		}
	out_text(o, "]}");
}

void json_finding(struct out *o, int pid, const struct finding *f)
{
	out_text(o, "{\"record\":\"finding\",\"pid\":");
	if (pid)
		out_printf(o, "%d", pid);
	else
		out_text(o, "null");
	out_printf(o, ",\"check\":\"%s\",\"severity\":\"%s\",\"text\":", check_name(f->check),
		severity_name(check_severity(f->check)));
	out_json_string(o, f->text);
	out_text(o, "}");
}
