/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Checks that need nothing but the layout and the kernel's release. */
#include "check/check.h"

bool check_quirk(struct check_context *c, const struct swpd_entry *e, char *text, size_t size);
bool check_reserved_bits(struct check_context *c, const struct swpd_entry *e, char *text, size_t size);
bool check_offset_zero(struct check_context *c, const struct swpd_entry *e, char *text, size_t size);
bool check_unknown_marker(struct check_context *c, const struct swpd_entry *e, char *text, size_t size);

bool check_quirk(struct check_context *c, const struct swpd_entry *e, char *text, size_t size)
{
	const struct layout *row = c->dec->packing[0].row;

	if (!row || !row->quirk || !pred_test(&row->quirk_if, e->word))
		return false;
	snprintf(text, size, "%s", row->quirk);
	return true;
}

bool check_reserved_bits(struct check_context *c, const struct swpd_entry *e, char *text, size_t size)
{
	const struct packing *p = &c->dec->packing[0];

	if (!e->stray && !e->missing)
		return false;
	if (!e->stray)
		snprintf(text, size, "0x%llx: bits that are set in every entry of layout %s, and not in this",
			(unsigned long long)e->missing, p->row->id);
	else if (e->stray & p->beyond)
		snprintf(text, size, "0x%llx: bits beyond the %d of an entry in layout %s",
			(unsigned long long)(e->stray & p->beyond), __builtin_ctzll(p->beyond), p->row->id);
	else
		snprintf(text, size, "0x%llx: bits that mean nothing in layout %s",
			(unsigned long long)e->stray, p->row->id);
	return true;
}

bool check_offset_zero(struct check_context *c, const struct swpd_entry *e, char *text, size_t size)
{
	(void)c;
	if (e->offset)
		return false;
	if (e->has & SWPD_HAS_TYPE)
		snprintf(text, size,
			"swap type %u, offset 0: that slot is the swap header and never holds a page",
			e->type);
	else
		snprintf(text, size, "offset 0: that slot is the swap header and never holds a page");
	return true;
}

bool check_unknown_marker(struct check_context *c, const struct swpd_entry *e, char *text, size_t size)
{
	if (!e->marker_extra && e->offset)
		return false;
	if (!e->offset)
		snprintf(text, size, "a marker without any bit");
	else
		snprintf(text, size, "marker 0x%llx: this kernel knows bits 0x%x only",
			(unsigned long long)e->offset, c->dec->marker_mask);
	return true;
}
