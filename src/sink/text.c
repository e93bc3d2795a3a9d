/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the outputs for people share. */
#include "sink/sink.h"

void text_value(const struct value *v, char *to, size_t size)
{
	size_t n = 0;
	char *end;

	switch (v->kind) {
	case VALUE_NULL:
		snprintf(to, size, "-");
		return;
	case VALUE_HEX:
		end = put_hex(to, v->number);
		*end = 0;
		return;
	case VALUE_DEC:
		end = put_dec(to, v->number);
		*end = 0;
		return;
	case VALUE_BOOL:
		snprintf(to, size, "%s", v->number ? "yes" : "no");
		return;
	case VALUE_TEXT:
		snprintf(to, size, "%s", v->text);
		clean_text(to);
		return;
	case VALUE_LIST:
		to[0] = 0;
		for (int i = 0; i < v->n; i++) {
			bool last = i == v->n - 1;

			if (n + !!i + strlen(v->list[i]) + (last ? 0 : strlen(",…")) >= size) {
				snprintf(to + n, size - n, "%s…", i ? "," : "");
				break;
			}
			n += snprintf(to + n, size - n, "%s%s", i ? "," : "", v->list[i]);
		}
		break;
	case VALUE_FINDINGS:
		to[0] = 0;
		for (int i = 0; i < v->n && n < size; i++)
			n += snprintf(to + n, size - n, "%s%s: %s", i ? "; " : "",
				check_name(v->findings[i].check), v->findings[i].text);
		break;
	}
	clean_text(to);
	if (!n)
		snprintf(to, size, "-");
}

static const char *or_unknown(const char *text)
{
	return text && *text ? text : "unknown";
}

void text_dump(struct out *out, const struct session *session)
{
	struct value v = { .kind = VALUE_TEXT, .text = session->dump };
	char name[512];

	if (session->dumps < 2)
		return;
	text_value(&v, name, sizeof(name));
	out_printf(out, "%sdump %s\n", session->nth ? "\n" : "", name);
}

void text_target(struct out *o, const struct session *session)
{
	const struct swpd_target *t = &session->facts->target;
	unsigned int max = swpd_max_swapfiles(t);
	const char *sep = "; special swap types from ";
	uint32_t relevant = swpd_knobs_relevant(t, session->form);
	char variant[96] = "";

	if (t->variant_from.assumed && !strcmp(t->variant_from.source, "default"))
		strcpy(variant, t->arch_from.assumed ? " (architecture and variant assumed)" :
			" (default variant assumed)");
	else if (t->variant_from.assumed)
		snprintf(variant, sizeof(variant), " (variant assumed: %s)", t->variant_from.source);
	out_printf(o, "target: %s%s%s%s%s, kernel %s", or_unknown(t->arch ? t->arch->name : NULL),
		t->variant && t->variant->name[0] ? ":" : "", t->variant ? t->variant->name : "",
		t->arch_from.assumed && !variant[0] ? " (assumed)" : "",
		variant, or_unknown(t->release_text));
	if (t->release_from.source[0])
		out_printf(o, " (%s%s)", t->release_from.source,
			t->release_from.assumed ? ", newer than the newest known: read as " KV_NEWEST_TEXT
						: "");
	if (t->distribution)
		out_printf(o, ", read as that of %s%s", t->distribution->name,
			t->numbering_dropped ? " but for special swap types, which do not fit" : "");
	if (session->form == FORM_SWP_ENTRY && !t->arch)
		out_text(o, ", of 64 bits (assumed)");
	if (swpd_decoder_row(session->dec))
		out_printf(o, ", layout %s", swpd_decoder_row(session->dec));
	if (max == 32)
		out_text(o, "; no special swap types");
	else if (max)
		out_printf(o, "%s%u on", sep, max);
	else
		out_text(o, "; where special swap types begin is not known");
	if (max && t->max_swapfiles_from.source[0])
		out_printf(o, " (%s)", t->max_swapfiles_from.source);
	sep = ": ";
	for (int k = KNOB_NONE + 1; k < KNOB_N; k++) {
		if (!(relevant & 1u << k))
			continue;
		if (t->knobs[k] == KNOB_UNKNOWN)
			out_printf(o, "%s%s unknown", sep, knob_name(k));
		else
			out_printf(o, "%s%s=%s (%s%s)", sep, knob_name(k), t->knobs[k] ? "y" : "n",
				t->knob_from[k].source, t->knob_from[k].assumed ? ", assumed" : "");
		sep = ", ";
	}
	if (swpd_sure(t, session->dec) == BRACKETED)
		out_text(o, "; not certain: only releases before and after this one were looked at");
	out_text(o, "\n");
}
