/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sink/sink.h"

#define GET(name) static void get_##name(const struct record *r, struct value *v)

static void set_text(struct value *v, const char *text)
{
	if (text) {
		v->kind = VALUE_TEXT;
		v->text = text;
	}
}

static void set_number(struct value *v, enum value_kind kind, uint64_t number)
{
	v->kind = kind;
	v->number = number;
}

GET(record)
{
	(void)r;
	set_text(v, "entry");
}

GET(pid)
{
	if (r->origin->process && r->origin->process->pid)
		set_number(v, VALUE_DEC, r->origin->process->pid);
}

GET(comm)
{
	if (r->origin->process && r->origin->process->pid && r->origin->process->comm[0])
		set_text(v, r->origin->process->comm);
	else if (r->origin->clue && r->origin->clue->comm[0])
		set_text(v, r->origin->clue->comm);
}

GET(vaddr)
{
	if (r->origin->mapping || (r->origin->clue && r->origin->clue->has_vaddr))
		set_number(v, VALUE_HEX, r->vaddr);
}

GET(pages)
{
	set_number(v, VALUE_DEC, r->origin->pages);
}

GET(vma)
{
	if (r->origin->mapping && r->origin->mapping->name[0])
		set_text(v, r->origin->mapping->name);
}

GET(level)
{
	set_text(v, swpd_level_name(r->origin->level));
}

GET(raw)
{
	if (r->entry && r->origin->form == FORM_PTE)
		set_number(v, VALUE_HEX, r->entry->word);
}

GET(pagemap)
{
	if (r->entry && r->origin->form == FORM_PAGEMAP && r->origin->via == VIA_PTE)
		set_number(v, VALUE_HEX, r->entry->word);
}

GET(class)
{
	if (r->entry)
		set_text(v, swpd_class_name(r->entry->cls));
}

GET(unknown_why)
{
	if (r->entry)
		set_text(v, swpd_why_name(r->entry->why));
}

GET(candidates)
{
	v->kind = VALUE_LIST;
	for (int c = 0; r->entry && c < SWPD_CLASS_N; c++)
		if (r->entry->candidates & 1u << c)
			v->list[v->n++] = swpd_class_name(c);
}

GET(swap_type)
{
	if (r->entry && r->entry->has & SWPD_HAS_TYPE)
		set_number(v, VALUE_DEC, r->entry->type);
}

GET(swap_offset)
{
	if (r->entry && r->entry->has & SWPD_HAS_OFFSET)
		set_number(v, VALUE_HEX, r->entry->offset);
}

GET(swp_entry)
{
	if (r->entry && r->entry->has & SWPD_HAS_SWP_ENTRY)
		set_number(v, VALUE_HEX, r->entry->swp_entry);
}

/* Without a type, a device is certain if there is no other one. */
static const struct swap_device *entry_device(const struct record *r)
{
	const struct swap_devices *s = &r->session->facts->swaps;

	if (r->entry->has & SWPD_HAS_TYPE)
		return swaps_device(s, r->entry->type);
	return s->n == 1 ? &s->device[0] : NULL;
}

GET(device)
{
	const struct swap_device *d;

	if (!r->entry || r->entry->cls != SWPD_SWAP)
		return;
	if (r->origin->device) {
		if (*r->origin->device)
			set_text(v, r->origin->device);
		return;
	}
	d = entry_device(r);
	if (d)
		set_text(v, d->name);
}

GET(device_candidates)
{
	const struct swap_devices *s = &r->session->facts->swaps;

	v->kind = VALUE_LIST;
	if (!r->entry || r->entry->cls != SWPD_SWAP || r->entry->type >= SWAP_DEVICES_MAX ||
		entry_device(r) || r->origin->device)
		return;
	for (int i = 0; i < s->n; i++)
		if (!(r->entry->has & SWPD_HAS_TYPE) || s->possible[r->entry->type] & 1u << i)
			v->list[v->n++] = s->device[i].name;
}

GET(pfn)
{
	if (r->entry && r->entry->has & SWPD_HAS_PFN)
		set_number(v, VALUE_HEX, r->entry->pfn);
}

GET(page_flags)
{
	if (!r->frame || r->frame->beyond)
		return;
	v->kind = VALUE_LIST;
	v->n = frame_flags(r->frame, v->list, LIST_MAX);
}

GET(mapcount)
{
	if (r->frame && r->frame->mapcount >= 0)
		set_number(v, VALUE_DEC, r->frame->mapcount);
}

GET(raw_hwp_pfns)
{
	size_t n = 0;

	if (!r->errors)
		return;
	v->kind = VALUE_LIST;
	for (int i = 0; i < r->errors->n; i++) {
		v->list[v->n++] = v->composed + n;
		n += snprintf(v->composed + n, sizeof(v->composed) - n, "0x%llx",
			     (unsigned long long)r->errors->pfn[i]) + 1;
	}
	if (r->errors->more)
		v->list[v->n++] = "...";
}

GET(pgmap_range)
{
	if (!r->frame || !r->frame->device_end)
		return;
	snprintf(v->composed, sizeof(v->composed), "0x%llx-0x%llx",
		(unsigned long long)r->frame->device_start, (unsigned long long)r->frame->device_end);
	set_text(v, v->composed);
}

GET(swap_count)
{
	static const bool counted[] = { [SLOT_FREE] = true, [SLOT_CACHED] = true, [SLOT_USED] = true,
		[SLOT_SHMEM] = false };

	if (r->slot && counted[r->slot->state] && r->slot->count >= 0)
		set_number(v, VALUE_DEC, r->slot->count);
}

GET(marker)
{
	static const char *const names[] = { "uffd-wp", "poisoned", "guard" };

	v->kind = VALUE_LIST;
	for (int i = 0; r->entry && i < 3; i++)
		if (r->entry->marker & 1u << i)
			v->list[v->n++] = names[i];
}

static void get_flag(const struct record *r, struct value *v, enum swpd_flag flag)
{
	if (r->entry && r->entry->flags_known & 1u << flag)
		set_number(v, VALUE_BOOL, r->entry->flags >> flag & 1);
}

#define GET_FLAG(name, id)                                             \
	GET(name)                                                      \
	{                                                              \
		get_flag(r, v, SWPD_FLAG_##id);                        \
	}
GET_FLAG(soft_dirty, SOFT_DIRTY)
GET_FLAG(uffd_wp, UFFD_WP)
GET_FLAG(exclusive, EXCLUSIVE)
GET_FLAG(young, YOUNG)
GET_FLAG(dirty, DIRTY)
GET_FLAG(file_page, FILE_PAGE)
GET_FLAG(mmap_exclusive, MMAP_EXCLUSIVE)

GET(flags)
{
	v->kind = VALUE_LIST;
	for (int f = 0; r->entry && f < SWPD_FLAG_N; f++)
		if (r->entry->flags & 1u << f)
			v->list[v->n++] = swpd_flag_name(f);
}

GET(via)
{
	set_text(v, via_name(r->origin->via));
}

GET(layout)
{
	if (r->origin->via == VIA_PTE)
		set_text(v, swpd_decoder_row(r->dec));
}

GET(file)
{
	set_text(v, r->origin->file);
}

GET(line)
{
	if (r->origin->positions)
		set_number(v, VALUE_DEC, r->line);
}

GET(column)
{
	if (r->origin->positions)
		set_number(v, VALUE_DEC, r->column);
}

GET(file_offset)
{
	if (r->origin->offsets)
		set_number(v, VALUE_HEX, r->file_offset);
}

GET(findings)
{
	v->kind = VALUE_FINDINGS;
	v->findings = r->findings;
	v->n = r->n_findings;
}

#define DETAIL_CANDIDATES 6 /* more than these are no help */

/* For people: why it is unknown and what it could be, then what is wrong with it. */
GET(detail)
{
	const struct swpd_entry *e = r->entry;
	size_t n = 0, room = sizeof(v->composed);
	const char *sep = ": ";

	if (e && e->why != SWPD_WHY_NONE)
		n = snprintf(v->composed, room, "%s", swpd_why_name(e->why));
	if (e && __builtin_popcount(e->candidates) > DETAIL_CANDIDATES)
		n += snprintf(v->composed + n, room - n, ": any of %d classes",
			__builtin_popcount(e->candidates));
	for (int c = 0; e && c < SWPD_CLASS_N && __builtin_popcount(e->candidates) <= DETAIL_CANDIDATES; c++)
		if (e->candidates & 1u << c && n < room) {
			n += snprintf(v->composed + n, room - n, "%s%s", sep, swpd_class_name(c));
			sep = " or ";
		}
	for (int i = 0; i < r->n_findings && n < room; i++)
		n += snprintf(v->composed + n, room - n, "%s%s: %s", n ? "; " : "",
			check_name(r->findings[i].check), r->findings[i].text);
	if (n)
		set_text(v, v->composed);
}

#define IN_RECORD(field) .varies = offsetof(struct record, field)
#define IN_ENTRY(field) .varies = ENTRY_FIELD + offsetof(struct swpd_entry, field)
#define RIGHT .right = true

const struct column columns[] = {
	{ "record", "kind of record: entry", get_record, 6 },
	{ "pid", "process", get_pid, 7, RIGHT },
	{ "comm", "its name", get_comm, 15 },
	{ "vaddr", "virtual address", get_vaddr, 14, RIGHT, IN_RECORD(vaddr) },
	{ "pages", "base pages that the entry stands for", get_pages, 5, RIGHT },
	{ "vma", "name of the mapping", get_vma, 20 },
	{ "level", "level of the page table: pte pmd pud hugetlb", get_level, 7 },
	{ "raw", "the entry as the page table holds it", get_raw, 18, RIGHT, IN_ENTRY(word) },
	{ "pagemap", "the pagemap word", get_pagemap, 18, RIGHT, IN_ENTRY(word) },
	{ "class", "what it is: see --list-classes", get_class, 24 },
	{ "unknown_why", "why it is not known: hidden knob stray no-row no-slot not-shown file-pte",
		get_unknown_why, 8 },
	{ "candidates", "classes it could be while configuration, release or architecture are unknown",
		get_candidates, 12 },
	{ "swap_type", "type field (swp_type)", get_swap_type, 4, RIGHT },
	{ "swap_offset", "offset field (swp_offset), in pages for swap", get_swap_offset, 15, RIGHT,
		IN_ENTRY(offset) },
	{ "swp_entry", "the generic swp_entry_t that kernel logs print", get_swp_entry, 18, RIGHT,
		IN_ENTRY(swp_entry) },
	{ "device", "swap device, where it is certain", get_device, 14 },
	{ "device_candidates", "swap devices that it could be", get_device_candidates, 17 },
	{ "swap_count", "use count of the swap slot", get_swap_count, 10, RIGHT, .refers = true },
	{ "pfn", "page frame number", get_pfn, 12, RIGHT, IN_ENTRY(pfn) },
	{ "page_flags", "flags of that frame", get_page_flags, 10, .refers = true },
	{ "mapcount", "how often that frame is mapped", get_mapcount, 8, RIGHT, .refers = true },
	{ "raw_hwp_pfns", "frames of a poisoned huge page that have the error", get_raw_hwp_pfns, 12,
		.refers = true },
	{ "pgmap_range", "physical addresses of the device memory of the frame", get_pgmap_range, 11,
		.refers = true },
	{ "marker", "marker bits: uffd-wp poisoned guard", get_marker, 8 },
	{ "soft_dirty", "soft-dirty flag", get_soft_dirty, 10 },
	{ "uffd_wp", "userfaultfd write-protect flag", get_uffd_wp, 7 },
	{ "exclusive", "exclusive flag of a swap PTE", get_exclusive, 9 },
	{ "young", "young, kept in a migration entry", get_young, 5 },
	{ "dirty", "dirty, kept in a migration entry", get_dirty, 5 },
	{ "file_page", "file-backed or shared-anonymous (pagemap bit 61)", get_file_page, 9 },
	{ "mmap_exclusive", "mapped by one page table only (pagemap bit 56)", get_mmap_exclusive, 14 },
	{ "via", "where it was seen: pte shmem scan", get_via, 5 },
	{ "layout", "the row used: see --list-layouts", get_layout, 16 },
	{ "file", "file in which a value stood", get_file, 12 },
	{ "line", "its line, from 1", get_line, 6, RIGHT, IN_RECORD(line) },
	{ "column", "its column, from 1", get_column, 6, RIGHT, IN_RECORD(column) },
	{ "file_offset", "its place in a file of raw words, in bytes", get_file_offset, 12, RIGHT,
		IN_RECORD(file_offset) },
	{ "findings", "what is wrong with it", get_findings, 8 },
	{ "flags", "all flags that are set, in one column", get_flags, 10, .extra = true },
	{ "detail", "why it is unknown, what it could be, and the findings", get_detail, 20, .extra = true },
};
const size_t n_columns = ARRAY_SIZE(columns);

void selection_default(struct selection *s)
{
	s->n = 0;
	for (size_t i = 0; i < n_columns; i++)
		if (!columns[i].extra)
			s->column[s->n++] = &columns[i];
}

int selection_parse(struct selection *s, const char *list, struct swpd_error *err)
{
	const char *p = list;
	int before = 0; /* columns that may be named again */

	if (*p == '+') {
		before = s->n;
		p++;
	} else {
		s->n = 0;
	}
	while (*p) {
		size_t n = strcspn(p, ","), i;
		int k = 0;

		for (i = 0; i < n_columns; i++)
			if (strlen(columns[i].name) == n && !memcmp(columns[i].name, p, n))
				break;
		if (i == n_columns)
			return fail(err, SWPD_E_USAGE, 0, "-o %s: no column '%.*s' (--list-columns has them)",
				list, (int)n, p);
		while (k < s->n && s->column[k] != &columns[i])
			k++;
		if (k < s->n && k >= before)
			return fail(err, SWPD_E_USAGE, 0, "-o %s: column '%s' twice", list, columns[i].name);
		if (k == s->n)
			s->column[s->n++] = &columns[i];
		p += n;
		p += *p == ',';
	}
	if (!s->n)
		return fail(err, SWPD_E_USAGE, 0, "-o: no column named");
	return 0;
}
