/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ndjson: one object a line. json: the same objects in one document, streamed. csv: entries only. */
#include <stdlib.h>

#include "sink/sink.h"

struct sink *sink_ndjson(void);
struct sink *sink_json(void);
struct sink *sink_csv(void);
void sink_json_dumps_end(struct out *out, const struct dump_failure *failed, size_t n);
void sink_ndjson_dumps_end(struct out *out, const struct dump_failure *failed, size_t n);

#define FINDINGS_KEPT 1000

struct machine {
	struct sink sink;
	struct rows rows;
	bool any;
	/* json: findings of no entry have their own array, after the entries */
	int n_findings;
	uint64_t dropped;
	struct {
		int pid;
		struct finding finding;
	} *findings;
};

static void begin_rows(struct machine *m, enum row_style style)
{
	const struct selection *chosen = &m->sink.options.selection;
	bool named = style != ROW_JSON;

	m->rows.style = style;
	m->rows.selection = *chosen;
	for (int i = 0; i < chosen->n; i++)
		named |= chosen->column[i] == &columns[0];
	if (named || chosen->n == COLUMNS_MAX)
		return;
	/* Every JSON record says what kind of record it is, whatever columns were chosen. */
	m->rows.selection.column[0] = &columns[0];
	memcpy(&m->rows.selection.column[1], chosen->column, chosen->n * sizeof(chosen->column[0]));
	m->rows.selection.n++;
}

static void ndjson_begin(struct sink *s)
{
	begin_rows((struct machine *)s, ROW_JSON);
	json_meta(s->out, s->session);
	out_text(s->out, "\n");
}

static void ndjson_row(struct sink *s, const struct record *r)
{
	rows_put(&((struct machine *)s)->rows, s->out, r);
	s->out->buf[s->out->len++] = '\n';
}

static void ndjson_finding(struct sink *s, int pid, const struct finding *f)
{
	json_finding(s->out, pid, f);
	out_text(s->out, "\n");
}

static void ndjson_end(struct sink *s, const struct totals *t)
{
	json_total(s->out, s->session, t);
	out_text(s->out, "\n");
}

static void json_begin(struct sink *s)
{
	begin_rows((struct machine *)s, ROW_JSON);
	/* of several dumps: one document each, in one that holds them all */
	if (s->session->dumps > 1 && !s->session->nth)
		out_printf(s->out, "{\"schema_version\":%d,\n\"dumps\":[\n", SCHEMA_VERSION);
	else if (s->session->dumps > 1)
		out_text(s->out, ",\n");
	out_printf(s->out, "{\"schema_version\":%d,\n\"meta\":", SCHEMA_VERSION);
	json_meta(s->out, s->session);
	out_text(s->out, ",\n\"entries\":[");
}

static void json_row(struct sink *s, const struct record *r)
{
	struct machine *m = (struct machine *)s;

	out_text(s->out, m->any ? ",\n" : "\n");
	m->any = true;
	rows_put(&m->rows, s->out, r);
}

static void json_keep(struct sink *s, int pid, const struct finding *f)
{
	struct machine *m = (struct machine *)s;

	if (!m->findings)
		m->findings = calloc(FINDINGS_KEPT, sizeof(*m->findings));
	if (!m->findings || m->n_findings == FINDINGS_KEPT) {
		m->dropped++;
		return;
	}
	m->findings[m->n_findings].pid = pid;
	m->findings[m->n_findings++].finding = *f;
}

static void json_end(struct sink *s, const struct totals *t)
{
	struct machine *m = (struct machine *)s;

	out_text(s->out, "\n],\n\"findings\":[");
	for (int i = 0; i < m->n_findings; i++) {
		out_text(s->out, i ? ",\n" : "\n");
		json_finding(s->out, m->findings[i].pid, &m->findings[i].finding);
	}
	if (m->dropped) {
		struct finding f = { .check = CHECK_PARTIAL_INPUT };

		snprintf(f.text, sizeof(f.text), "%llu more findings are not listed (ndjson has them all)",
			(unsigned long long)m->dropped);
		out_text(s->out, ",\n");
		json_finding(s->out, 0, &f);
	}
	out_text(s->out, "\n],\n\"total\":");
	json_total(s->out, s->session, t);
	out_text(s->out, "}\n");
}

void sink_json_dumps_end(struct out *out, const struct dump_failure *failed, size_t n)
{
	out_text(out, "],\n\"failed\":[");
	for (size_t i = 0; i < n; i++) {
		out_text(out, i ? ",\n{\"dump\":" : "\n{\"dump\":");
		out_json_string(out, failed[i].dump);
		out_text(out, ",\"why\":");
		out_json_string(out, failed[i].why);
		out_text(out, "}");
	}
	out_text(out, "]}\n");
}

void sink_ndjson_dumps_end(struct out *out, const struct dump_failure *failed, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct finding f = { .check = CHECK_PARTIAL_INPUT };

		snprintf(f.text, sizeof(f.text), "%s", failed[i].why);
		json_finding(out, 0, &f);
		out_text(out, "\n");
	}
}

static void json_close(struct sink *s)
{
	free(((struct machine *)s)->findings);
}

static void csv_begin(struct sink *s)
{
	struct machine *m = (struct machine *)s;

	begin_rows(m, ROW_CSV);
	if (!s->options.headings || s->session->nth)
		return;
	for (int i = 0; i < m->rows.selection.n; i++)
		out_printf(s->out, "%s%s", i ? "," : "", m->rows.selection.column[i]->name);
	out_text(s->out, "\n");
}

static struct machine *make(void)
{
	return calloc(1, sizeof(struct machine));
}

struct sink *sink_ndjson(void)
{
	struct machine *m = make();

	if (!m)
		return NULL;
	m->sink.begin = ndjson_begin;
	m->sink.row = ndjson_row;
	m->sink.finding = ndjson_finding;
	m->sink.end = ndjson_end;
	return &m->sink;
}

struct sink *sink_json(void)
{
	struct machine *m = make();

	if (!m)
		return NULL;
	m->sink.begin = json_begin;
	m->sink.row = json_row;
	m->sink.finding = json_keep;
	m->sink.end = json_end;
	m->sink.close = json_close;
	return &m->sink;
}

struct sink *sink_csv(void)
{
	struct machine *m = make();

	if (!m)
		return NULL;
	m->sink.begin = csv_begin;
	m->sink.row = ndjson_row;
	return &m->sink;
}
