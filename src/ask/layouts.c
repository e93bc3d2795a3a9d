/* SPDX-License-Identifier: GPL-2.0-or-later */
/* --list-layouts: every row, for people and for programs. */
#include "ask/tools.h"

static void each_row(const struct question *q,
	void (*fn)(struct out *out, const struct arch *a, const struct layout *row, bool first),
	struct out *out)
{
	bool first = true;

	for (int i = 0; arch_list[i]; i++) {
		const struct arch *a = arch_list[i];

		if (q->arch && q->arch != a)
			continue;
		for (const struct layout *row = a->layouts; row->id; row++) {
			if (q->variant && !layout_has_variant(row, q->variant))
				continue;
			fn(out, a, row, first);
			first = false;
		}
	}
}

static void say_levels(struct phrase *p, unsigned int levels, const char *sep)
{
	bool first = true;

	for (int level = 0; level < SWPD_LEVEL_N; level++)
		if (levels & 1u << level) {
			say(p, "%s%s", first ? "" : sep, swpd_level_name(level));
			first = false;
		}
}

/* "4.19 on", "~4.8 to before 4.9.112"; the tilde: there are releases next to the boundary that nobody looked
 * at. */
static void say_spans(struct phrase *p, const struct layout *row)
{
	char a[16], b[16];

	for (int i = 0; i < 8 && row->spans[i].until; i++) {
		const struct span *s = &row->spans[i];

		if (s->since >= KV_MAX) {
			say(p, "%s", i ? ", " : "");
			say_own(p, s->since, ", ");
			continue;
		}
		say(p, "%s%s%s", i ? ", " : "", s->sure == PROVED ? "" : "~", put_release(a, s->since));
		if (s->until == KV_MAX)
			say(p, " on");
		else
			say(p, " to before %s", put_release(b, s->until));
	}
}

static void say_field(struct phrase *p, const struct run *runs)
{
	if (!runs[0].width)
		say(p, "-");
	for (int i = 0; i < 3 && runs[i].width; i++) {
		say(p, i ? "," : "");
		say_run(p, &runs[i]);
	}
}

static void say_flag(struct phrase *p, const struct layout *row, const struct flag_bit *f)
{
	char release[16];

	say(p, "bit %u %s", f->bit, swpd_flag_name(f->flag));
	if (f->since)
		say(p, " since %s", put_release(release, f->since));
	if (f->until)
		say(p, " before %s", put_release(release, f->until));
	if (f->knob != KNOB_NONE)
		say(p, " if %s", knob_name(f->knob));
	if ((f->levels & row->levels) != row->levels) {
		say(p, " at ");
		say_levels(p, f->levels & row->levels, " ");
	}
}

static void line(struct out *out, const char *label, void (*fn)(struct phrase *, const struct pred *),
	const struct pred *pred)
{
	struct phrase p = { 0 };

	fn(&p, pred);
	put_paragraph(out, label, p.text);
}

static void people(struct out *out, const struct arch *a, const struct layout *row, bool first)
{
	struct phrase levels = { 0 }, spans = { 0 }, type = { 0 }, offset = { 0 }, more = { 0 }, file = { 0 };

	(void)first;
	say_levels(&levels, row->levels, ",");
	say_spans(&spans, row);
	say_field(&type, row->type);
	say_field(&offset, row->offset);
	if (row->invert)
		say(&offset, " inverted");
	out_printf(
		out, "%-26s %-12s %-9s %-16s %s\n", row->id, levels.text, type.text, offset.text, spans.text);
	say(&more, "%s", a->name);
	if (row->variants && *row->variants)
		say(&more, ": %s", row->variants);
	put_paragraph(out, "for", more.text);
	if (row->knob != KNOB_NONE)
		out_printf(out, "  %-11sonly with %s=%s\n", "option", knob_name(row->knob),
			row->knob_is ? "y" : "n");
	line(out, "none", say_pred, &row->none);
	line(out, "present", say_pred, &row->present);
	if (row->file.any || row->file.eq[0].mask) {
		say_pred(&file, &row->file);
		say(&file, ", at level pte, before 4.0");
		put_paragraph(out, "file", file.text);
	}
	if (row->base)
		out_printf(out, "  %-11s0x%llx\n", "base", (unsigned long long)row->base);
	if (row->ignored)
		out_printf(out, "  %-11s0x%llx\n", "ignored", (unsigned long long)row->ignored);
	for (int i = 0; i < 8 && row->flags[i].levels; i++) {
		struct phrase p = { 0 };

		if (!(row->flags[i].levels & row->levels))
			continue;
		say_flag(&p, row, &row->flags[i]);
		put_paragraph(out, i ? "" : "flags", p.text);
	}
	if (row->offset_written)
		out_printf(out, "  %-11sthe kernel writes %u bits of the offset\n", "narrow",
			row->offset_written);
	if (row->big_endian)
		out_printf(out, "  %-11sbig-endian in memory, whatever the CPU is\n", "memory");
	if (row->quirk)
		put_paragraph(out, "quirk", row->quirk);
	put_paragraph(out, "evidence", row->source);
}

static void json_release(struct out *out, const char *name, release_t r, bool open)
{
	char text[16];

	if (open)
		out_printf(out, "\"%s\":null", name);
	else
		out_printf(out, "\"%s\":\"%s\"", name, put_release(text, r));
}

static void json_runs(struct out *out, const char *name, const struct run *runs)
{
	unsigned int at = 0;

	out_printf(out, ",\"%s\":[", name);
	for (int i = 0; i < 3 && runs[i].width; i++) {
		out_printf(out, "%s{\"bit\":%u,\"width\":%u,\"at\":%u}", i ? "," : "", runs[i].lsb,
			runs[i].width, runs[i].at ? runs[i].at : at);
		at += runs[i].width;
	}
	out_text(out, "]");
}

static void json_pred(struct out *out, const char *name, const struct pred *pred)
{
	struct phrase p = { 0 };

	say_pred(&p, pred);
	out_printf(out, ",\"%s\":{\"any\":\"0x%llx\",\"equal\":[", name, (unsigned long long)pred->any);
	for (int i = 0; i < 4 && pred->eq[i].mask; i++)
		out_printf(out, "%s{\"mask\":\"0x%llx\",\"value\":\"0x%llx\"}", i ? "," : "",
			(unsigned long long)pred->eq[i].mask, (unsigned long long)pred->eq[i].value);
	out_printf(out, "],\"negated\":%s,\"text\":", pred->negate ? "true" : "false");
	out_json_string(out, p.text);
	out_text(out, "}");
}

static void json_levels(struct out *out, unsigned int levels)
{
	struct phrase p = { 0 };

	say_levels(&p, levels, "\",\"");
	out_printf(out, ",\"levels\":[%s%s%s]", p.len ? "\"" : "", p.text, p.len ? "\"" : "");
}

static void json_flags(struct out *out, const struct layout *row)
{
	bool any = false;

	out_text(out, ",\"flags\":[");
	for (int i = 0; i < 8 && row->flags[i].levels; i++) {
		const struct flag_bit *f = &row->flags[i];

		if (!(f->levels & row->levels))
			continue;
		out_printf(out, "%s{\"flag\":\"%s\",\"bit\":%u", any ? "," : "", swpd_flag_name(f->flag),
			f->bit);
		any = true;
		json_levels(out, f->levels & row->levels);
		out_text(out, ",");
		json_release(out, "since", f->since, !f->since);
		out_text(out, ",");
		json_release(out, "until", f->until, !f->until);
		out_text(out, ",\"knob\":");
		put_json_text(out, f->knob == KNOB_NONE ? NULL : knob_name(f->knob));
		out_text(out, "}");
	}
	out_text(out, "]");
}

/* Names of the variants, also where the row says "all". */
static void json_variants(struct out *out, const struct arch *a, const struct layout *row)
{
	bool first = true;

	out_text(out, ",\"variants\":[");
	for (const struct variant *v = a->variants; v->page_shift; v++) {
		if (!layout_has_variant(row, v))
			continue;
		out_text(out, first ? "" : ",");
		out_json_string(out, v->name);
		first = false;
	}
	out_text(out, "]");
}

static void json_releases(struct out *out, const struct layout *row)
{
	struct phrase own = { 0 };
	bool any = false;

	out_text(out, ",\"releases\":[");
	for (int i = 0; i < 8 && row->spans[i].until; i++) {
		const struct span *s = &row->spans[i];

		if (s->since >= KV_MAX) {
			say(&own, "%s", own.len ? "\",\"" : "");
			say_own(&own, s->since, "\",\"");
			continue;
		}
		out_text(out, any ? ",{" : "{");
		json_release(out, "since", s->since, false);
		out_text(out, ",");
		json_release(out, "until", s->until, s->until == KV_MAX);
		out_printf(out, ",\"sure\":\"%s\"}", s->sure == PROVED ? "proved" : "bracketed");
		any = true;
	}
	out_printf(out, "],\"distributions\":[%s%s%s]", own.len ? "\"" : "", own.text, own.len ? "\"" : "");
}

static void json(struct out *out, const struct arch *a, const struct layout *row, bool first)
{
	out_text(out, first ? "\n{\"id\":" : ",\n{\"id\":");
	out_json_string(out, row->id);
	out_text(out, ",\"arch\":");
	out_json_string(out, a->name);
	json_variants(out, a, row);
	json_levels(out, row->levels);
	json_releases(out, row);
	out_text(out, ",\"knob\":");
	put_json_text(out, row->knob == KNOB_NONE ? NULL : knob_name(row->knob));
	if (row->knob == KNOB_NONE)
		out_text(out, ",\"knob_is\":null");
	else
		out_printf(out, ",\"knob_is\":%d", row->knob_is);
	json_pred(out, "none", &row->none);
	json_pred(out, "present", &row->present);
	if (row->file.any || row->file.eq[0].mask)
		json_pred(out, "file", &row->file);
	else
		out_text(out, ",\"file\":null");
	json_runs(out, "type", row->type);
	json_runs(out, "offset", row->offset);
	out_printf(out, ",\"inverted\":%s,\"offset_written\":", row->invert ? "true" : "false");
	if (row->offset_written)
		out_printf(out, "%u", row->offset_written);
	else
		out_text(out, "null");
	out_printf(out, ",\"base\":\"0x%llx\",\"ignored\":\"0x%llx\"", (unsigned long long)row->base,
		(unsigned long long)row->ignored);
	json_flags(out, row);
	out_printf(out, ",\"big_endian\":%s,\"quirk\":", row->big_endian ? "true" : "false");
	put_json_text(out, row->quirk);
	out_text(out, ",\"evidence\":");
	put_json_text(out, row->source);
	out_text(out, "}");
}

void ask_list_layouts(struct out *out, const struct question *q)
{
	if (q->json) {
		out_printf(out, "{\"schema_version\":%d,\"layouts\":[", SCHEMA_VERSION);
		each_row(q, json, out);
		out_text(out, "\n]}\n");
		return;
	}
	if (q->headings)
		out_printf(out, "%-26s %-12s %-9s %-16s %s\n", "LAYOUT", "LEVELS", "TYPE", "OFFSET",
			"RELEASES (~: the exact release of the change is not certain)");
	each_row(q, people, out);
}
