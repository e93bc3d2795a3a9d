/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sink/sink.h"

/* Bytes of one string, enough for a mapping's name with every byte escaped. No column occurs twice, so that a
 * row of all columns, lists and findings included, stays below OUT_ROOM. */
#define STRING_ROOM 1700
#define ITEM_ROOM (STRING_ROOM / 16)

/* Data, so control characters stay; but UTF-8. */
static char *csv_text(char *p, const char *text, size_t room)
{
	const char *limit = p + room - 6;
	bool quoted = text[strcspn(text, ",\"\r\n")];
	int n;

	if (quoted)
		*p++ = '"';
	for (; *text && p < limit; text += n ? n : 1) {
		n = utf8_len(text);
		if (*text == '"')
			*p++ = '"';
		p = put_bytes(p, n ? text : "?", n ? n : 1);
	}
	if (quoted)
		*p++ = '"';
	return p;
}

static char *put_findings(char *p, const struct finding *f, int n)
{
	*p++ = '[';
	for (int i = 0; i < n; i++) {
		p = put_text(p, i ? ",{\"check\":\"" : "{\"check\":\"");
		p = put_text(p, check_name(f[i].check));
		p = put_text(p, "\",\"severity\":\"");
		p = put_text(p, severity_name(check_severity(f[i].check)));
		p = put_text(p, "\",\"text\":");
		p = put_json_string(p, f[i].text, 400);
		*p++ = '}';
	}
	*p++ = ']';
	return p;
}

static char *put_json(char *p, const struct value *v)
{
	switch (v->kind) {
	case VALUE_NULL:
		return put_bytes(p, "null", 4);
	case VALUE_HEX:
		*p++ = '"';
		p = put_hex(p, v->number);
		*p++ = '"';
		return p;
	case VALUE_DEC:
		return put_dec(p, v->number);
	case VALUE_BOOL:
		return v->number ? put_bytes(p, "true", 4) : put_bytes(p, "false", 5);
	case VALUE_TEXT:
		return put_json_string(p, v->text, STRING_ROOM);
	case VALUE_LIST:
		*p++ = '[';
		for (int i = 0; i < v->n; i++) {
			if (i)
				*p++ = ',';
			p = put_json_string(p, v->list[i], ITEM_ROOM);
		}
		*p++ = ']';
		return p;
	case VALUE_FINDINGS:
		return put_findings(p, v->findings, v->n);
	}
	return p;
}

static char *put_csv(char *p, const struct value *v)
{
	char joined[LIST_MAX * (ITEM_ROOM + 1) + 1], *to = joined;

	switch (v->kind) {
	case VALUE_NULL:
		return p;
	case VALUE_HEX:
		return put_hex(p, v->number);
	case VALUE_DEC:
		return put_dec(p, v->number);
	case VALUE_BOOL:
		return put_text(p, v->number ? "true" : "false");
	case VALUE_TEXT:
		return csv_text(p, v->text, STRING_ROOM);
	case VALUE_LIST:
		for (int i = 0; i < v->n; i++) {
			if (i)
				*to++ = ' ';
			to = put_bytes(to, v->list[i], strnlen(v->list[i], ITEM_ROOM));
		}
		*to = 0;
		return csv_text(p, joined, 2 * sizeof(joined));
	case VALUE_FINDINGS:
		for (int i = 0; i < v->n; i++) {
			if (i)
				*p++ = ' ';
			p = put_text(p, check_name(v->findings[i].check));
		}
		return p;
	}
	return p;
}

int column_width(const struct column *c)
{
	int n = strlen(c->name);

	return c->width > n ? c->width : n;
}

static char *put_blanks(char *p, int n)
{
	while (n-- > 0)
		*p++ = ' ';
	return p;
}

static char *put_cell(char *p, const struct column *c, const struct value *v, bool last)
{
	char cell[512];
	int n, blanks;

	text_value(v, cell, sizeof(cell));
	n = strlen(cell);
	blanks = column_width(c) - n;
	if (c->right)
		p = put_blanks(p, blanks);
	p = put_bytes(p, cell, n);
	return c->right || last ? p : put_blanks(p, blanks);
}

static inline char *put_column(char *p, enum row_style style, const struct column *c, const struct record *r)
{
	struct value v;

	v.kind = VALUE_NULL;
	v.n = 0;
	c->get(r, &v);
	return style == ROW_JSON ? put_json(p, &v) : put_csv(p, &v);
}

/* What comes before column i of a row. */
static char *put_lead(char *p, const struct rows *rows, int i)
{
	if (rows->style != ROW_JSON) {
		if (i)
			*p++ = rows->style == ROW_CSV ? ',' : ' ';
		return p;
	}
	*p++ = i ? ',' : '{';
	*p++ = '"';
	p = put_text(p, rows->selection.column[i]->name);
	return put_bytes(p, "\":", 2);
}

static char *put_whole(char *p, const struct rows *rows, const struct record *r)
{
	for (int i = 0; i < rows->selection.n; i++) {
		p = put_lead(p, rows, i);
		p = put_column(p, rows->style, rows->selection.column[i], r);
	}
	if (rows->style == ROW_JSON)
		*p++ = '}';
	return p;
}

/* Whether a column that varies is known at all, and whether it is hexadecimal, is a matter of the shape. */
static void build(struct rows *rows, struct row_template *t, const struct record *r,
	const struct swpd_entry *shape)
{
	char text[OUT_ROOM], *p = text;

	rows->built++;
	t->n_holes = 0;
	for (int i = 0; i < rows->selection.n; i++) {
		const struct column *c = rows->selection.column[i];
		struct value v = { .kind = VALUE_NULL };
		bool quoted;

		p = put_lead(p, rows, i);
		if (c->varies)
			c->get(r, &v);
		if (v.kind != VALUE_HEX && v.kind != VALUE_DEC) {
			if (rows->style == ROW_TABLE) {
				c->get(r, &v);
				p = put_cell(p, c, &v, i == rows->selection.n - 1);
			} else {
				p = put_column(p, rows->style, c, r);
			}
			continue;
		}
		quoted = v.kind == VALUE_HEX && rows->style == ROW_JSON;
		if (quoted)
			*p++ = '"';
		t->hole[t->n_holes].field = c->varies;
		t->hole[t->n_holes].hex = v.kind == VALUE_HEX;
		t->hole[t->n_holes].last = 0;
		t->hole[t->n_holes].width = rows->style == ROW_TABLE ? column_width(c) : 0;
		t->hole[t->n_holes++].at = p - text;
		if (quoted)
			*p++ = '"';
	}
	if (rows->style != ROW_CSV)
		*p++ = rows->style == ROW_JSON ? '}' : '\n';
	t->len = p - text;
	t->valid = t->len <= sizeof(t->text) - ROW_SLACK;
	if (!t->valid)
		return;
	memcpy(t->text, text, t->len);
	t->serial = r->origin->serial;
	t->dec = r->dec;
	t->devices_seen = r->session->facts->swaps.seen;
	t->shape = *shape;
}

/* Short texts are copied in steps of a fixed size, up to ROW_SLACK bytes too many. */
static inline char *copy(char *to, const char *from, size_t n)
{
	if (n > 128)
		return put_bytes(to, from, n);
	for (size_t i = 0; i < n; i += 32)
		memcpy(to + i, from + i, 32);
	return to + n;
}

static inline char *put_hole(char *p, struct row_hole *h, uint64_t number)
{
	static const char blanks[] = "                                                               ";

	if (!h->hex) {
		h->len = put_dec(h->digits, number) - h->digits;
		if (h->width > h->len)
			p = put_bytes(p, blanks, h->width - h->len);
		return put_bytes(p, h->digits, h->len);
	}
	if (number >> 16 != h->last >> 16 || number >> 16 == 0) {
		h->len = put_hex(h->digits, number) - h->digits;
		h->last = number;
	}
	if (h->width > h->len) {
		memcpy(p, blanks, sizeof(h->digits));
		p += h->width - h->len;
	}
	memcpy(p, h->digits, sizeof(h->digits));
	p += h->len;
	if (number >> 16) {
		memcpy(p - 4, hex_pairs + (number >> 8 & 255) * 2, 2);
		memcpy(p - 2, hex_pairs + (number & 255) * 2, 2);
	}
	return p;
}

static char *put_template(char *p, struct row_template *t, const struct record *r)
{
	size_t from = 0;

	for (int i = 0; i < t->n_holes; i++) {
		uint16_t field = t->hole[i].field;
		const char *base = field & ENTRY_FIELD ? (const char *)r->entry : (const char *)r;
		uint64_t number;

		p = copy(p, t->text + from, t->hole[i].at - from);
		from = t->hole[i].at;
		memcpy(&number, base + (field & ~ENTRY_FIELD), sizeof(number));
		p = put_hole(p, &t->hole[i], number);
	}
	return copy(p, t->text + from, t->len - from);
}

static inline bool same_shape(const struct swpd_entry *a, const struct swpd_entry *b)
{
	return !memcmp(&a->candidates, &b->candidates,
		offsetof(struct swpd_entry, index) - offsetof(struct swpd_entry, candidates));
}

bool rows_put_like(struct rows *rows, struct out *out, const struct record *r)
{
	const struct swpd_entry *e = r->entry;
	struct row_template *t;

	if (!e || r->n_findings || r->frame || r->slot)
		return false;
	t = &rows->template[(e->cls * 5 + e->type + e->flags * 3 + e->marker) % ROW_TEMPLATES];
	if (!t->valid || t->serial != r->origin->serial || t->dec != r->dec ||
		t->devices_seen != r->session->facts->swaps.seen || !same_shape(e, &t->shape))
		build(rows, t, r, e);
	if (t->valid)
		out_done(out, put_template(out_need(out), t, r));
	return t->valid;
}

void rows_put(struct rows *rows, struct out *out, const struct record *r)
{
	if (!rows_put_like(rows, out, r))
		out_done(out, put_whole(out_need(out), rows, r));
}
