/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * --explain: a ruler of the bits of each entry. Every bit belongs to one field; what it belongs to follows
 * from the same rows and masks that decode, and what the kernel's functions say is the same predicates.
 */
#include <stdlib.h>

#include "ask/tools.h"

enum owner_kind {
	OWN_RESERVED,
	OWN_TYPE,
	OWN_OFFSET,
	OWN_FLAG,     /* in force */
	OWN_OFF_FLAG, /* this release or configuration gives it no meaning */
	OWN_BASE,
	OWN_IGNORED,
	OWN_PRESENT,
	OWN_FRAME,
	OWN_OTHER, /* of an entry that is none or present */
	OWN_FILE,
};

static const char *const owner_names[] = { "reserved", "type", "offset", "", "", "always set", "ignored",
	"present test", "frame", "not decoded", "file test" };

/* What a bit is. Equal neighbours make one field, unless what they hold is not consecutive. */
struct owner {
	enum owner_kind kind;
	uint8_t which; /* type, offset, frame: bit of the field; flags: index */
	bool lost;     /* type, offset: swp_entry_t has no room for it */
	char letter;
};

struct view {
	const struct record *r;
	const struct packing *p;
	const struct swpd_target *t;
	unsigned int bits;
	bool none, present, file; /* what the predicates say, each for itself */
	struct owner own[64];
};

static const char flag_letters[] = "swxydfm"; /* in the order of SWPD_FLAGS */

static void claim(struct view *v, unsigned int bit, enum owner_kind kind, unsigned int which, char letter)
{
	if (bit < 64 && v->own[bit].kind == OWN_RESERVED) {
		v->own[bit].kind = kind;
		v->own[bit].which = which;
		v->own[bit].letter = letter;
	}
}

static void claim_mask(struct view *v, uint64_t mask, enum owner_kind kind, char letter)
{
	for (int bit = 0; bit < 64; bit++)
		if (mask >> bit & 1)
			claim(v, bit, kind, 0, letter);
}

static void claim_runs(
	struct view *v, const struct run *runs, enum owner_kind kind, char letter, unsigned int kept)
{
	unsigned int at = 0;

	for (int i = 0; i < 3 && runs[i].width; i++) {
		unsigned int from = runs[i].at ? runs[i].at : at;

		for (unsigned int k = 0; k < runs[i].width; k++) {
			claim(v, runs[i].lsb + k, kind, from + k, letter);
			if (from + k >= kept && v->own[runs[i].lsb + k].kind == kind)
				v->own[runs[i].lsb + k].lost = true;
		}
		at += runs[i].width;
	}
}

/* Bits that a predicate looks at, where it does not look at nearly all. */
static uint64_t pred_bits(const struct pred *p)
{
	uint64_t bits = p->any;

	for (int i = 0; i < 4 && p->eq[i].mask; i++)
		if (__builtin_popcountll(p->eq[i].mask) <= 16)
			bits |= p->eq[i].mask;
	return bits;
}

static void claim_flags(struct view *v, bool swap)
{
	const struct packing *p = v->p;

	for (int i = 0; i < p->n_flags; i++)
		if (swap || p->flags[i].when_present)
			claim(v, __builtin_ctzll(p->flags[i].bit), OWN_FLAG, i,
				flag_letters[__builtin_ctz(p->flags[i].flag)]);
	for (int i = 0; swap && i < 8 && p->row->flags[i].levels; i++)
		if (p->row->flags[i].levels & 1u << v->r->dec->level)
			claim(v, p->row->flags[i].bit, OWN_OFF_FLAG, i, '.');
}

static void own_bits(struct view *v)
{
	const struct layout *row = v->p->row;
	const struct run *frame = row->pfn[0].width || !v->t->variant ? row->pfn : v->t->variant->pfn;

	memset(v->own, 0, sizeof(v->own));
	for (int bit = 0; bit < 64; bit++)
		v->own[bit].letter = '.';
	if (v->none || v->present) {
		if (v->present && !v->none && v->p->n_pfn)
			claim_runs(v, frame, OWN_FRAME, 'F', 64);
		claim_flags(v, false);
		claim_mask(v, pred_bits(&row->present), OWN_PRESENT, 'P');
		claim_mask(v, UINT64_MAX, OWN_OTHER, '-');
		return;
	}
	if (v->file) {
		claim_mask(v, pred_bits(&row->file), OWN_FILE, 'N');
		claim_mask(v, pred_bits(&row->present), OWN_PRESENT, 'P');
		claim_mask(v, UINT64_MAX, OWN_OTHER, '-');
		return;
	}
	claim_runs(v, row->type, OWN_TYPE, 'T', v->p->type_bits);
	claim_runs(v, row->offset, OWN_OFFSET, 'O', v->p->offset_bits);
	claim_flags(v, true);
	claim_mask(v, row->base, OWN_BASE, 'B');
	claim_mask(v, row->ignored, OWN_IGNORED, 'i');
	claim_mask(v, pred_bits(&row->present) | pred_bits(&row->none), OWN_PRESENT, 'P');
}

static bool same_field(const struct view *v, int low, int high)
{
	const struct owner *a = &v->own[low], *b = &v->own[high];

	if (a->kind != b->kind || a->lost != b->lost)
		return false;
	if (a->kind == OWN_TYPE || a->kind == OWN_OFFSET || a->kind == OWN_FRAME)
		return b->which == a->which + 1;
	return (a->kind != OWN_FLAG && a->kind != OWN_OFF_FLAG) || a->which == b->which;
}

static void put_ruler(struct out *o, const struct view *v)
{
	char line[80];
	int n = v->bits;

	line[n] = 0;
	for (int i = 0; i < n; i++)
		line[i] = (n - 1 - i) % 10 ? ' ' : '0' + (n - 1 - i) / 10;
	out_printf(o, "  %s\n", line);
	for (int i = 0; i < n; i++)
		line[i] = '0' + (n - 1 - i) % 10;
	out_printf(o, "  %s\n", line);
	for (int i = 0; i < n; i++)
		line[i] = '0' + (v->r->entry->word >> (n - 1 - i) & 1);
	out_printf(o, "  %s\n", line);
	for (int i = 0; i < n; i++)
		line[i] = v->own[n - 1 - i].letter;
	out_printf(o, "  %s\n", line);
}

static void say_number(struct phrase *p, uint64_t value, unsigned int width)
{
	if (width <= 8) {
		say(p, "0b");
		for (int bit = width - 1; bit >= 0; bit--)
			say(p, "%c", (char)('0' + (value >> bit & 1)));
	} else {
		say(p, "0x%llx", (unsigned long long)value);
	}
}

/* The option that gives a flag's bit its meaning. */
static enum knob flag_knob(const struct view *v, uint64_t bit)
{
	for (int i = 0; i < 8 && v->p->row->flags[i].levels; i++)
		if (1ull << v->p->row->flags[i].bit == bit && v->p->row->flags[i].knob != KNOB_NONE)
			return v->p->row->flags[i].knob;
	return KNOB_NONE;
}

static void say_meaning(struct phrase *p, const struct view *v, int low, int high, uint64_t value)
{
	const struct owner *a = &v->own[low];
	const struct layout *row = v->p->row;

	switch (a->kind) {
	case OWN_TYPE:
	case OWN_OFFSET:
	case OWN_FRAME:
		if (high > low)
			say(p, "%s bits %u-%u", owner_names[a->kind], a->which + high - low, a->which);
		else
			say(p, "%s bit %u", owner_names[a->kind], a->which);
		if (a->kind == OWN_OFFSET && row->invert)
			say(p, ", inverted");
		if (a->kind == OWN_FRAME && v->p->pfn_flip && !(v->r->entry->word & v->p->pfn_flip))
			say(p, ", inverted");
		if (a->lost)
			say(p, ", lost in swp_entry_t");
		break;
	case OWN_FLAG:
		if (!v->p->flags[a->which].certain)
			say(p, "only if %s=y", knob_name(flag_knob(v, v->p->flags[a->which].bit)));
		else
			say(p, value ? "yes" : "no");
		break;
	case OWN_OFF_FLAG:
		say(p, "not in this kernel%s", value ? ": set, and means nothing" : "");
		break;
	case OWN_BASE:
		say(p, value == ONES(high - low + 1) ? "as it must be" : "not all of it is");
		break;
	case OWN_IGNORED:
		say(p, "may be set, means nothing here");
		break;
	case OWN_PRESENT:
		say(p, "what makes an entry present or none");
		break;
	case OWN_RESERVED:
		say(p, value ? "SET, and means nothing in this layout" : "zero, as it should be");
		break;
	case OWN_OTHER:
		say(p, v->file ? "offset in the file, which is not decoded" :
			v->none ? "the entry is none" : "protection and state of a present entry");
		break;
	case OWN_FILE:
		say(p, "what makes it a nonlinear file mapping's");
		break;
	}
}

static const char *field_name(const struct view *v, const struct owner *a)
{
	if (a->kind == OWN_FLAG)
		return swpd_flag_name(__builtin_ctz(v->p->flags[a->which].flag));
	if (a->kind == OWN_OFF_FLAG)
		return swpd_flag_name(v->p->row->flags[a->which].flag);
	return owner_names[a->kind];
}

/* "  63-59  type  …": one line for each field, highest first; together they name each bit once. */
static void put_fields(struct out *o, const struct view *v)
{
	for (int high = v->bits - 1, low; high >= 0; high = low - 1) {
		struct phrase number = { 0 }, meaning = { 0 };
		char place[16], lead[80];
		uint64_t value;

		for (low = high; low > 0 && same_field(v, low - 1, low);)
			low--;
		value = v->r->entry->word >> low & ONES(high - low + 1);
		snprintf(place, sizeof(place), high > low ? "%d-%d" : "%d", high, low);
		say_number(&number, value, high - low + 1);
		say_meaning(&meaning, v, low, high, value);
		snprintf(lead, sizeof(lead), "%-6s %c %-14s %-12.22s", place, v->own[low].letter,
			field_name(v, &v->own[low]), number.text);
		if (2 + strlen(lead) + 1 + meaning.len <= 80)
			out_printf(o, "  %s %s\n", lead, meaning.text);
		else
			out_printf(o, "  %s\n%26s%s\n", lead, "", meaning.text);
	}
}

/* ---- the row, and the facts that led to it ---- */

static void say_source(struct phrase *p, const struct provenance *from)
{
	if (from->source[0] || from->assumed)
		say(p, " (%s%s%s)", from->source, from->source[0] && from->assumed ? ", " : "",
			from->assumed ? "assumed" : "");
}

/* The release that decides which row it is: of a distribution's kernel not always its own. */
static release_t row_release(const struct view *v)
{
	static const enum subject subjects[] = { [FORM_PTE] = SUBJECT_LAYOUT,
		[FORM_PAGEMAP] = SUBJECT_PAGEMAP,
		[FORM_SWP_ENTRY] = SUBJECT_SWP_ENTRY };

	return target_as(v->t, subjects[v->r->origin->form]);
}

static void put_row(struct out *o, const struct view *v)
{
	release_t release = row_release(v);
	const struct layout *row = v->p->row;
	struct phrase p = { 0 };
	char a[16];

	say(&p, "%s, for ", row->id);
	for (int i = 0; i < 8 && row->spans[i].until; i++) {
		const struct span *s = &row->spans[i];

		if (release < s->since || release >= s->until)
			continue;
		if (release >= KV_MAX) {
			say(&p, "kernels of ");
			say_own(&p, release, ", ");
			continue;
		}
		say(&p, "releases from %s", put_release(a, s->since));
		if (s->until != KV_MAX)
			say(&p, " to before %s", put_release(a, s->until));
		if (s->sure != PROVED)
			say(&p, " (the exact boundaries are not certain)");
	}
	if (!v->t->release)
		say(&p, "all releases: type and offset never moved");
	if (release != v->t->release && release < KV_MAX)
		say(&p, ", since this kernel is like %s in that", put_release(a, release));
	if (row->variants && *row->variants)
		say(&p, ", variants %s", row->variants);
	if (row->knob != KNOB_NONE)
		say(&p, ", if %s=%s", knob_name(row->knob), row->knob_is ? "y" : "n");
	put_paragraph(o, "row", p.text);
	put_paragraph(o, "evidence", row->source);
	if (row->quirk)
		put_paragraph(o, "quirk", row->quirk);
}

static void put_facts(struct out *o, const struct view *v)
{
	const struct swpd_target *t = v->t;
	uint32_t relevant = swpd_knobs_relevant(t, v->r->origin->form);
	unsigned int max = swpd_max_swapfiles(t);
	struct phrase p = { 0 };

	say(&p, "%s", t->arch ? t->arch->name : "no architecture");
	say_source(&p, &t->arch_from);
	if (t->variant && t->variant->name[0]) {
		say(&p, ", variant %s", t->variant->name);
		say_source(&p, &t->variant_from);
	}
	say(&p, ", kernel %s", t->release ? t->release_text : "not known");
	say_source(&p, &t->release_from);
	if (t->distribution)
		say(&p, ", read as that of %s (%s)%s", t->distribution->name, t->distribution->source,
			t->numbering_dropped ? " but for special swap types, which do not fit" : "");
	for (int k = KNOB_NONE + 1; k < KNOB_N; k++) {
		if (!(relevant & 1u << k))
			continue;
		if (t->knobs[k] == KNOB_UNKNOWN)
			say(&p, ", %s not known", knob_name(k));
		else if (t->knobs[k] > 1)
			say(&p, ", %s=%d", knob_name(k), t->knobs[k]);
		else
			say(&p, ", %s=%s", knob_name(k), t->knobs[k] ? "y" : "n");
		say_source(&p, &t->knob_from[k]);
	}
	if (max)
		say(&p, ", MAX_SWAPFILES %u", max);
	else
		say(&p, ", MAX_SWAPFILES not known");
	if (t->max_swapfiles_from.source[0])
		say_source(&p, &t->max_swapfiles_from);
	else if (max)
		say(&p, " (computed)");
	if (swpd_sure(t, v->r->dec) == BRACKETED)
		say(&p, "; not certain: only releases before and after this one were looked at");
	put_paragraph(o, "facts", p.text);
}

/* ---- what the kernel would say ---- */

static void put_kernel(struct out *o, const struct view *v)
{
	static const char *const none[] = { "pte_none", "pmd_none", "pud_none", "huge_pte_none" };
	static const char *const present[] = { "pte_present", "pmd_present", "pud_present", "pte_present" };
	static const char *const swap[] = { "is_swap_pte", "is_swap_pmd", "is_swap_pud", "is_swap_pte" };
	const struct swpd_entry *e = v->r->entry;
	enum swpd_level level = v->r->dec->level;
	struct phrase p = { 0 };

	if (v->r->origin->form == FORM_PTE)
		say(&p, "%s() %d, %s() %d, %s%s() %d", none[level], v->none, present[level], v->present,
			v->file ? "pte_file() 1, " : "", swap[level], !v->none && !v->present && !v->file);
	if (e->has & SWPD_HAS_TYPE)
		say(&p, "%sswp_type() %u, swp_offset() 0x%llx", p.len ? ", " : "", e->type,
			(unsigned long long)e->offset);
	if (e->has & SWPD_HAS_SWP_ENTRY)
		say(&p, ", swp_entry_t 0x%llx", (unsigned long long)e->swp_entry);
	if (p.len)
		put_paragraph(o, "kernel", p.text);
}

/* ---- the offset, by class ---- */

static void put_slot(struct out *o, const struct view *v)
{
	const struct swpd_entry *e = v->r->entry;
	struct phrase p = { 0 };

	say(&p, "slot 0x%llx of swap device %u", (unsigned long long)e->offset, e->type);
	if (v->t->page_shift && e->offset < 1ull << 44)
		say(&p, ", %llu KiB into it", (unsigned long long)e->offset << (v->t->page_shift - 10));
	put_paragraph(o, "offset", p.text);
}

static void put_frame(struct out *o, const struct view *v)
{
	const struct swpd_decoder *dec = v->r->dec;
	const struct swpd_entry *e = v->r->entry;
	struct phrase p = { 0 };

	if (!(e->has & SWPD_HAS_PFN)) {
		say(&p, "holds a page frame, and whether its upper bits are of it depends on the memory "
			"model, which is not known");
		put_paragraph(o, "offset", p.text);
		return;
	}
	if (dec->pfn_mask == UINT64_MAX)
		say(&p, "page frame 0x%llx, all of it", (unsigned long long)e->pfn);
	else
		say(&p, "bits 0-%d page frame 0x%llx", 63 - __builtin_clzll(dec->pfn_mask),
			(unsigned long long)e->pfn);
	if (e->flags_known & 1u << SWPD_FLAG_YOUNG && dec->young)
		say(&p, ", bit %d young %s, bit %d dirty %s", __builtin_ctzll(dec->young),
			e->flags & 1u << SWPD_FLAG_YOUNG ? "yes" : "no", __builtin_ctzll(dec->dirty),
			e->flags & 1u << SWPD_FLAG_DIRTY ? "yes" : "no");
	put_paragraph(o, "offset", p.text);
}

static void put_marker(struct out *o, const struct view *v)
{
	const struct swpd_entry *e = v->r->entry;
	uint64_t extra = e->offset & ~(uint64_t)v->r->dec->marker_mask;
	struct phrase p = { 0 };

	for (int i = 0; marker_names[i]; i++)
		if (v->r->dec->marker_mask & 1u << i)
			say(&p, "%sbit %d %s %s", p.len ? ", " : "", i, marker_names[i],
				e->marker & 1u << i ? "yes" : "no");
	if (extra)
		say(&p, ", 0x%llx is of no marker that this kernel knows", (unsigned long long)extra);
	put_paragraph(o, "offset", p.text);
}

static void put_offset(struct out *o, const struct view *v)
{
	const struct swpd_entry *e = v->r->entry;

	if (e->cls == SWPD_SWAP)
		put_slot(o, v);
	else if (swpd_class_holds_pfn(e->cls))
		put_frame(o, v);
	else if (e->cls == SWPD_PTE_MARKER)
		put_marker(o, v);
	else if (e->cls == SWPD_PRESENT && e->has & SWPD_HAS_PFN) {
		struct phrase p = { 0 };

		say(&p, "0x%llx", (unsigned long long)e->pfn);
		put_paragraph(o, "page frame", p.text);
	}
}

/* ---- why it is not known ---- */

#define CUBES_MAX 64

/* Options with values: a condition. */
struct cube {
	uint32_t knobs, values;
};

static bool within(const struct cube *small, const struct cube *large)
{
	return (large->knobs & small->knobs) == small->knobs &&
	       ((large->values ^ small->values) & small->knobs) == 0;
}

static void try_cube(const struct view *v, const struct cube *c, struct swpd_entry *e)
{
	struct swpd_target t = *v->t;
	struct swpd_decoder dec;

	for (int k = 0; k < KNOB_N; k++)
		if (c->knobs & 1u << k)
			t.knobs[k] = c->values >> k & 1;
	swpd_decoder_init(&dec, &t, v->r->origin->form, v->r->dec->level);
	swpd_decode(&dec, v->r->entry->word, e);
}

/* The smallest conditions under which the word is of one class: fewest options first, none that holds another
 * one. */
static int find_cubes(const struct view *v, struct cube *cubes, uint8_t *classes)
{
	uint32_t wanted =
		swpd_knobs_wanted(v->t, v->r->origin->form) & ~NO_TYPE_KNOBS;
	int n = 0;

	for (int size = 1; size <= __builtin_popcount(wanted); size++)
		for (uint32_t knobs = wanted; knobs; knobs = (knobs - 1) & wanted) {
			uint32_t values = knobs;

			if (__builtin_popcount(knobs) != size)
				continue;
			for (bool more = true; more; more = values != knobs) {
				struct cube c = { knobs, values };
				struct swpd_entry e;
				bool known = false;

				values = (values - 1) & knobs;
				for (int i = 0; i < n; i++)
					known |= within(&cubes[i], &c);
				if (known || n == CUBES_MAX)
					continue;
				try_cube(v, &c, &e);
				if (e.cls == SWPD_UNKNOWN || !(v->r->entry->candidates & 1u << e.cls))
					continue;
				classes[n] = e.cls;
				cubes[n++] = c;
			}
		}
	return n;
}

static void put_candidates(struct out *o, const struct view *v)
{
	struct cube cubes[CUBES_MAX];
	uint8_t classes[CUBES_MAX];
	int n = find_cubes(v, cubes, classes);

	for (int cls = 0; cls < SWPD_CLASS_N; cls++) {
		struct phrase p = { 0 };
		bool any = false;

		if (!(v->r->entry->candidates & 1u << cls))
			continue;
		say(&p, "%s", swpd_class_name(cls));
		for (int i = 0; i < n; i++) {
			const char *sep = any ? "; or " : " if ";

			if (classes[i] != cls)
				continue;
			for (int k = KNOB_NONE + 1; k < KNOB_N; k++)
				if (cubes[i].knobs & 1u << k) {
					say(&p, "%s%s=%s", sep, knob_name(k),
						cubes[i].values >> k & 1 ? "y" : "n");
					sep = ", ";
				}
			any = true;
		}
		if (!any)
			say(&p, ", which the release or the architecture decides");
		put_paragraph(o, "candidate", p.text);
	}
}

static void put_unknown(struct out *o, const struct view *v)
{
	static const char *const why[] = {
		[SWPD_WHY_HIDDEN] = "the kernel hides type and offset from readers without CAP_SYS_ADMIN",
		[SWPD_WHY_KNOB] = "the meaning depends on configuration that is not known",
		[SWPD_WHY_STRAY] = "a swap type above 31: no kernel writes one",
		[SWPD_WHY_NO_SLOT] = "the kernel does not tell the slots of shared memory",
		[SWPD_WHY_NOT_SHOWN] = "the page map does not show it",
		[SWPD_WHY_FILE_PTE] = "no swap entry, but an offset in a nonlinear file mapping",
		[SWPD_WHY_NO_ROW] = "no layout is known for this release, level or architecture",
	};
	const struct swpd_entry *e = v->r->entry;

	if (e->why == SWPD_WHY_NONE)
		return;
	put_paragraph(o, "not known", e->why < ARRAY_SIZE(why) && why[e->why] ? why[e->why] : "");
	if (e->candidates)
		put_candidates(o, v);
}

/* ---- the whole ---- */

static void put_head(struct out *o, const struct record *r)
{
	const struct swpd_entry *e = r->entry;
	struct phrase p = { 0 };

	if (r->origin->positions)
		out_printf(o,
			"%s:%llu: ", strcmp(r->origin->file, "-") ? r->origin->file : "(standard input)",
			(unsigned long long)r->line);
	if (r->origin->offsets)
		out_printf(o, "0x%llx: ", (unsigned long long)r->file_offset);
	if (r->origin->mapping)
		out_printf(o, "pid %d, 0x%llx: ", r->origin->process->pid, (unsigned long long)r->vaddr);
	if (!e) {
		out_text(o, "not a value\n");
		return;
	}
	if (r->origin->via == VIA_PTE)
		out_printf(o, "0x%llx: ", (unsigned long long)e->word);
	out_printf(o, "%s%s%s\n", swpd_class_name(e->cls),
		r->origin->level == SWPD_LEVEL_PTE ? "" : ", level ",
		r->origin->level == SWPD_LEVEL_PTE ? "" : swpd_level_name(r->origin->level));
	say(&p, "%s", swpd_class_text(e->cls));
	if (e->cls != SWPD_UNKNOWN)
		put_paragraph(o, "that is", p.text);
}

static void put_findings(struct out *o, const struct record *r)
{
	for (int i = 0; i < r->n_findings; i++) {
		struct phrase p = { 0 };

		say(&p, "%s: %s", check_name(r->findings[i].check), r->findings[i].text);
		put_paragraph(o, "finding", p.text);
	}
}

static void row(struct sink *s, const struct record *r)
{
	struct view v = { .r = r, .t = &r->session->facts->target };

	put_head(s->out, r);
	if (r->origin->via != VIA_PTE) {
		put_paragraph(s->out, "seen via", via_name(r->origin->via));
		put_unknown(s->out, &v);
		out_text(s->out, "\n");
		return;
	}
	for (int i = 0; r->entry && i < r->dec->n_packing; i++) {
		v.p = &r->dec->packing[i];
		v.bits = r->origin->form == FORM_PTE ? entry_bits(v.t, v.p->row)
			 : r->origin->form == FORM_SWP_ENTRY && v.t->arch
				 ? arch_word_bits(v.t->arch, v.t->variant)
				 : 64;
		if (v.bits < 64 && r->entry->word >> v.bits)
			v.bits = 64;
		v.none = pred_test(&v.p->row->none, r->entry->word);
		v.present = pred_test(&v.p->row->present, r->entry->word);
		v.file = !v.none && !v.present && pred_test(&v.p->file, r->entry->word);
		own_bits(&v);
		put_ruler(s->out, &v);
		put_fields(s->out, &v);
		put_row(s->out, &v);
		put_kernel(s->out, &v);
	}
	if (r->entry) {
		if (r->dec->n_packing == 1)
			put_offset(s->out, &v);
		put_unknown(s->out, &v);
		put_facts(s->out, &v);
	}
	put_findings(s->out, r);
	out_text(s->out, "\n");
}

struct sink *ask_explain_sink(void)
{
	struct sink *s = calloc(1, sizeof(*s));

	if (s)
		s->row = row;
	return s;
}
