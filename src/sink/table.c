/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tables for people: values one by one, address spaces by run (-l) or by entry (-L). */
#include <stdlib.h>

#include "sink/sink.h"

struct sink *sink_table(void);

struct table {
	struct sink sink;
	struct selection columns;
	struct rows rows;
	/* The run being collected: address spaces without -L. */
	bool pending;
	struct record first;
	struct swpd_entry entry;
	struct origin origin;
	struct mapping mapping;
	struct frame frame;
	struct swap_slot slot;
	struct raw_errors errors;
	struct finding findings[FINDINGS_MAX];
	uint64_t next_vaddr;
	bool refers; /* some column tells of the frame or the slot: a run has only such as are alike */
};

static void heading(struct table *t)
{
	char *p = out_need(t->sink.out);

	for (int i = 0; i < t->columns.n; i++) {
		const struct column *c = t->columns.column[i];
		int width = column_width(c);
		bool last = i == t->columns.n - 1;
		char name[32];

		for (int k = 0; k < 32; k++) {
			name[k] = c->name[k] >= 'a' && c->name[k] <= 'z' ? c->name[k] - 32 : c->name[k];
			if (!c->name[k])
				break;
		}
		p += sprintf(p, "%*s%s", c->right ? width : last ? 0 : -width, name, last ? "\n" : " ");
	}
	out_done(t->sink.out, p);
}

static void line(struct table *t, const struct record *r)
{
	char *p = out_need(t->sink.out);

	for (int i = 0; i < t->columns.n; i++) {
		const struct column *c = t->columns.column[i];
		int width = column_width(c);
		bool last = i == t->columns.n - 1;
		struct value v;
		char cell[512];
		size_t n;

		v.kind = VALUE_NULL;
		v.n = 0;
		c->get(r, &v);
		text_value(&v, cell, sizeof(cell));
		n = strlen(cell);
		if (c->right)
			for (size_t k = n; k < (size_t)width; k++)
				*p++ = ' ';
		p = put_bytes(p, cell, n);
		if (!c->right && !last)
			for (size_t k = n; k < (size_t)width; k++)
				*p++ = ' ';
		*p++ = last ? '\n' : ' ';
		if (p - (t->sink.out->buf + t->sink.out->len) > OUT_ROOM - 600) {
			out_done(t->sink.out, p);
			p = out_need(t->sink.out);
		}
	}
	out_done(t->sink.out, p);
}

static void end_run(struct table *t)
{
	if (!t->pending)
		return;
	line(t, &t->first);
	t->pending = false;
}

/* Is the same told of what the two refer to? */
static bool refer_alike(const struct record *a, const struct record *b)
{
	const struct frame *f = a->frame, *g = b->frame;
	const struct swap_slot *s = a->slot, *z = b->slot;

	if (!f != !g || !s != !z || a->errors || b->errors)
		return false;
	if (s && (s->state != z->state || s->count != z->count))
		return false;
	return !f || (f->beyond == g->beyond && f->flags == g->flags && f->known == g->known &&
			     f->mapcount == g->mapcount && f->device_start == g->device_start &&
			     f->device_end == g->device_end);
}

/* Are both of one mapping, seen in the same way? Then they may differ in how many pages there are. */
static bool same_origin(const struct origin *a, const struct origin *b)
{
	return a->serial == b->serial || (a->level == SWPD_LEVEL_PTE && b->level == SWPD_LEVEL_PTE &&
		a->via == b->via && a->process == b->process && a->mapping && b->mapping &&
		a->mapping->start == b->mapping->start && a->mapping->end == b->mapping->end);
}

/* Consecutive addresses of one mapping, alike in all but offset and PFN, and those going up by one or, in
 * markers, staying the same. */
static bool continues(const struct table *t, const struct record *r)
{
	const struct swpd_entry *a = &t->entry, *b = r->entry;
	uint64_t step = a->cls == SWPD_PTE_MARKER ? 0 : t->origin.pages;

	if (!t->pending || r->n_findings || t->first.n_findings || !same_origin(&t->origin, r->origin) ||
		r->vaddr != t->next_vaddr || (t->refers && !refer_alike(&t->first, r)))
		return false;
	if (memcmp(&a->candidates, &b->candidates,
		offsetof(struct swpd_entry, index) - offsetof(struct swpd_entry, candidates)))
		return false;
	if (b->has & SWPD_HAS_PFN && b->pfn - a->pfn != step)
		return false;
	return !(b->has & SWPD_HAS_OFFSET) || b->has & SWPD_HAS_PFN || b->offset - a->offset == step;
}

static void row(struct sink *s, const struct record *r)
{
	struct table *t = (struct table *)s;

	if (!s->session->spaces || s->options.each || !r->entry) {
		if (!rows_put_like(&t->rows, s->out, r))
			line(t, r);
		return;
	}
	if (!continues(t, r)) {
		end_run(t);
		t->pending = true;
		t->first = *r;
		t->entry = *r->entry;
		t->origin = *r->origin;
		t->origin.pages = 0;
		t->mapping = *r->origin->mapping;
		t->origin.mapping = &t->mapping;
		memcpy(t->findings, r->findings, r->n_findings * sizeof(t->findings[0]));
		if (r->frame)
			t->first.frame = memcpy(&t->frame, r->frame, sizeof(t->frame));
		if (r->slot)
			t->first.slot = memcpy(&t->slot, r->slot, sizeof(t->slot));
		if (r->errors)
			t->first.errors = memcpy(&t->errors, r->errors, sizeof(t->errors));
		t->first.entry = &t->entry;
		t->first.origin = &t->origin;
		t->first.findings = t->findings;
	}
	t->origin.pages += r->origin->pages;
	t->next_vaddr = r->vaddr + (r->origin->pages << s->session->facts->target.page_shift);
}

static const char *default_columns(const struct sink *s)
{
	if (s->session->spaces)
		return "pid,vaddr,pages,class,swap_type,swap_offset,device,pfn,marker,flags,vma,detail";
	if (s->session->log)
		return "line,comm,level,raw,swp_entry,class,swap_type,swap_offset,pfn,flags,detail";
	switch (s->session->form) {
	case FORM_PAGEMAP:
		return "pagemap,class,swap_type,swap_offset,pfn,marker,flags,detail";
	case FORM_SWP_ENTRY:
		return "swp_entry,class,swap_type,swap_offset,pfn,marker,flags,detail";
	default:
		return "raw,class,swap_type,swap_offset,pfn,marker,flags,detail";
	}
}

static void begin(struct sink *s)
{
	struct table *t = (struct table *)s;

	t->columns = t->rows.selection = s->options.selection;
	t->rows.style = ROW_TABLE;
	for (int i = 0; i < t->columns.n; i++)
		t->refers |= t->columns.column[i]->refers;
	if (!s->options.headings)
		return;
	text_dump(s->out, s->session);
	text_target(s->out, s->session);
	heading(t);
}

/* What a log says as a whole; of processes, standard error has it. */
static void finding(struct sink *s, int pid, const struct finding *f)
{
	struct value v = { .kind = VALUE_TEXT, .text = f->text };
	char text[sizeof(f->text)];

	(void)pid;
	text_value(&v, text, sizeof(text));
	if (s->session->log)
		out_printf(s->out, "%s: %s\n", check_name(f->check), text);
}

static void mapping_end(struct sink *s, const struct process *p, const struct totals *totals,
	const struct gap *gap)
{
	(void)p, (void)totals, (void)gap;
	end_run((struct table *)s);
}

static void end(struct sink *s, const struct totals *totals)
{
	(void)totals;
	end_run((struct table *)s);
}

struct sink *sink_table(void)
{
	struct table *t = calloc(1, sizeof(*t));

	if (!t)
		return NULL;
	t->sink.columns = default_columns;
	t->sink.begin = begin;
	t->sink.row = row;
	t->sink.finding = finding;
	t->sink.space_end = mapping_end;
	t->sink.end = end;
	return &t->sink;
}
