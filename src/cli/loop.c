/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The loop of a run: what the source gives is decoded, checked, counted and printed. */
#include <errno.h>
#include <stdlib.h>

#include "cli/job.h"

#define EARLY_MAX (1u << 18)
#define DIFFER_TOLD 10 /* mappings that differ from smaps, on standard error */

static bool wanted_by_find(struct job *j, const struct swpd_entry *e, unsigned long pages)
{
	bool any = !j->n_finds;

	for (int i = 0; i < j->n_finds; i++)
		if (find_match(&j->finds[i], &j->facts, e, pages)) {
			j->finds[i].matches++;
			any = true;
		}
	return any;
}

int job_parse_finds(struct job *j, struct swpd_error *err)
{
	for (int i = 0; i < j->opts->n_finds; i++) {
		if (find_parse(&j->finds[j->n_finds++], &j->facts, j->image ? &j->lookup : NULL,
			    j->opts->finds[i], err) < 0)
			return -1;
		if (j->finds[i].n_slots > 1)
			job_warn(j,
				"--find=%.80s: kernels before 5.16 name the sector behind the page where "
				"it is on a disk: the slots on both sides are looked for",
				j->opts->finds[i]);
	}
	return 0;
}

/*
 * A slot that no page table refers to may hold shared memory, whose slots the kernel tells nobody: but not
 * that of processes of this machine of which no page of shared memory was found to be swapped.
 */
static void note_not_found(struct job *j)
{
	bool seen = j->root.live && !j->image && !j->opts->saved && j->total.complete &&
		    !j->total.by_via[VIA_SHMEM].entries;
	char why[sizeof(j->total.why)], reason[100];

	for (int i = 0; i < j->n_finds; i++) {
		bool certain;

		if (!j->finds[i].n_slots || j->finds[i].matches)
			continue;
		certain = find_nobody(&j->finds[i], &j->facts, j->image ? &j->lookup : NULL, reason);
		if (!certain && seen) {
			certain = true;
			snprintf(reason, sizeof(reason),
				"nor is shared memory of these processes swapped: it is free, or others'");
		}
		snprintf(why, sizeof(why), "no page table refers to the slot of --find=%.80s, %s",
			j->opts->finds[i], reason);
		if (certain) {
			job_warn(j, "%s", why);
			continue;
		}
		complain("%s", why);
		totals_incomplete(&j->total, "%s", why);
	}
}

static void begin(struct job *j)
{
	if (j->begun)
		return;
	j->begun = true;
	j->session.nth = j->series->begun++;
	if (j->sink->begin)
		j->sink->begin(j->sink);
	for (size_t i = 0; i < j->n_early && j->sink->finding; i++)
		j->sink->finding(j->sink, j->early[i].pid, &j->early[i].finding);
}

static void note_check(struct job *j, struct totals *t, const struct finding *f)
{
	t->by_check[f->check]++;
	if (j->opts->match_checks & 1u << f->check)
		j->matched = true;
}

static void no_space(struct job *j, const struct batch *b)
{
	struct finding f = { .check = CHECK_PARTIAL_INPUT };
	char who[24] = "";

	j->n_seen++;
	if (j->opts->all && b->gone) {
		j->total.gone++;
		return;
	}
	progress_clear(&j->progress);
	if (b->pid) /* else its file is named */
		snprintf(who, sizeof(who), "pid %d: ", b->pid);
	if (!j->opts->all)
		complain("%s%s", who, b->error.text);
	else if (!j->n_refused++)
		snprintf(j->refused, sizeof(j->refused), "%.199s", b->error.text);
	snprintf(f.text, sizeof(f.text), "%s%.180s", who, b->error.text);
	j->one_failed = true;
	totals_incomplete(&j->total, "%s", f.text);
	note_check(j, &j->total, &f);
	if (j->begun) {
		if (j->sink->finding)
			j->sink->finding(j->sink, b->pid, &f);
		return;
	}
	if (j->n_early == j->early_room && j->early_room < EARLY_MAX) {
		size_t room = j->early_room ? 2 * j->early_room : 16;
		struct early *more = realloc(j->early, room * sizeof(*more));

		if (more) {
			j->early = more;
			j->early_room = room;
		}
	}
	if (j->n_early < j->early_room) /* standard error has them all */
		j->early[j->n_early++] = (struct early){ b->pid, f };
}

static void note_hidden(struct job *j, struct totals *t)
{
	struct finding f = { .check = CHECK_PARTIAL_INPUT };

	if (!t->hidden)
		return;
	totals_incomplete(t,
		"the kernel hides types, offsets and frames from users without CAP_SYS_ADMIN: %llu entries",
		(unsigned long long)t->hidden);
	note_check(j, t, &f);
}

/* Where all was seen and understood, there are as many swapped pages as the kernel counts. */
static void note_counter(struct job *j, const struct batch *b)
{
	const struct totals *t = &j->space;
	struct finding f = { .check = CHECK_RSS_COUNTER };
	int pid = b->origin->process->pid;

	if (!b->gap.counted || !t->complete || t->by_class[SWPD_UNKNOWN].entries ||
		(int64_t)t->by_class[SWPD_SWAP].pages == b->gap.swapents)
		return;
	snprintf(f.text, sizeof(f.text), "pid %d: the counter MM_SWAPENTS is %lld, swapped pages found: %llu",
		pid, (long long)b->gap.swapents, (unsigned long long)t->by_class[SWPD_SWAP].pages);
	progress_clear(&j->progress);
	job_warn(j, "%s", f.text);
	note_check(j, &j->space, &f);
	if (j->sink->finding)
		j->sink->finding(j->sink, pid, &f);
}

enum { NO_PROCESSES, DAMAGED, MISSING_N };

/* What is missing of the dump as a whole; false if it is not this. */
static bool missing_of_dump(const struct job *j, int what, char why[256])
{
	const char *damage = j->image ? image_about(j->image)->damage : "";

	if (what == NO_PROCESSES)
		snprintf(why, 256,
			"only what processors were using, since the processes cannot be found: %.160s",
			j->no_kernel.text);
	else
		snprintf(why, 256, "%.250s", damage);
	return what == NO_PROCESSES ? j->image && !j->opts->n_pgds && !j->spaces.kernel : *damage;
}

/* Of a process, if it has entries of that type. */
static void note_lost_types(struct job *j, const struct process *p)
{
	struct finding f;

	for (int type; (type = check_lost_type(&j->checks, &f)) >= 0;) {
		bool own = p && j->space.by_type[type].entries;

		note_check(j, own ? &j->space : &j->total, &f);
		progress_clear(&j->progress);
		job_warn(j, "%s", f.text);
		if (j->sink->finding)
			j->sink->finding(j->sink, own ? p->pid : 0, &f);
	}
}

static void end_space(struct job *j, const struct batch *b)
{
	struct totals *t = &j->space;
	char why[256];

	j->n_seen++;
	totals_mapping_end(t);
	t->unreadable += b->gap.unreadable;
	t->gone += b->gap.gone;
	t->compared = b->gap.smaps;
	if (b->gap.why[0]) {
		struct finding f = { .check = CHECK_PARTIAL_INPUT };

		if (b->origin->process->pid && !j->opts->saved)
			snprintf(f.text, sizeof(f.text), "pid %d: %.180s", b->origin->process->pid,
				b->gap.why);
		else
			snprintf(f.text, sizeof(f.text), "%.190s", b->gap.why);
		totals_incomplete(t, "%s", f.text);
		progress_clear(&j->progress);
		complain("%s", f.text);
		note_check(j, t, &f);
		if (j->sink->finding)
			j->sink->finding(j->sink, b->origin->process->pid, &f);
	}
	note_hidden(j, t);
	note_counter(j, b);
	/* known before the end, and an answer about one address space may be all that is read */
	for (int what = 0; what < MISSING_N; what++)
		if (missing_of_dump(j, what, why))
			totals_incomplete(t, "%s", why);
	note_lost_types(j, b->origin->process);
	t->skipped = j->checks.skipped;
	progress_clear(&j->progress);
	if (j->sink->space_end)
		j->sink->space_end(j->sink, b->origin->process, t, &b->gap);
	totals_add(&j->total, t);
	j->scanned = NULL;
}

static void bad_value(struct job *j, const struct batch *b)
{
	struct record r = { .session = &j->session, .origin = b->origin, .dec = &j->dec,
		.findings = &b->finding, .n_findings = 1, .file_offset = b->file_offset };
	char where[256] = "";

	if (b->origin->positions) {
		r.line = b->lines[0];
		r.column = b->columns[0];
	}
	begin(j);
	j->answered = true;
	j->total.bad++;
	note_check(j, &j->total, &b->finding);
	if (b->origin->positions)
		snprintf(where, sizeof(where), "%.180s: line %u, column %u: ", input_name(b->origin->file),
			b->lines[0], b->columns[0]);
	totals_incomplete(&j->total, "%s%s", where, b->finding.text);
	job_warn(j, "%s%s", where, b->finding.text);
	if (j->sink->row)
		j->sink->row(j->sink, &r);
}

/* A finding of no entry. */
static void finding(struct job *j, const struct finding *f)
{
	begin(j);
	note_check(j, &j->total, f);
	if (j->sink->finding)
		j->sink->finding(j->sink, 0, f);
}

/* Devices that came or went meanwhile: the type of a swapped page may be another one's now. */
static void note_swaps(struct job *j)
{
	struct finding f = {
		.check = CHECK_PARTIAL_INPUT,
		.text = "the swap devices changed during the scan: which of them has which type is in doubt"
	};

	if (j->image || !j->opts->n_pids || !j->total.by_class[SWPD_SWAP].entries ||
		!swaps_changed(&j->facts))
		return;
	totals_incomplete(&j->total, "%s", f.text);
	complain("%s", f.text);
	finding(j, &f);
}

/* What an entry refers to, as far as the machine tells. */
struct referred {
	struct frame frame;
	struct swap_slot slot;
	struct raw_errors errors;
};

static void look_up(struct job *j, const struct swpd_entry *e, unsigned long pages, struct referred *to,
	struct record *r)
{
	const struct lookup *l = &j->lookup;

	r->frame = e->has & SWPD_HAS_PFN && lookup_frame(l, e->pfn, &to->frame) ? &to->frame : NULL;
	r->slot = e->cls == SWPD_SWAP && e->has & SWPD_HAS_TYPE &&
			lookup_slot(l, e->type, e->offset, &to->slot) ? &to->slot : NULL;
	r->errors = e->cls == SWPD_HWPOISON && pages > 1 && r->frame &&
			lookup_errors(l, e->pfn, pages, &to->errors) ? &to->errors : NULL;
	j->checks.frame = r->frame;
	j->checks.slot = r->slot;
	j->checks.errors = r->errors;
}

/* A mapping is done, and smaps says how much of it is swapped. */
static void mapping_end(struct job *j, const struct batch *b)
{
	unsigned int shift = j->facts.target.page_shift - 10;
	struct finding f;
	int pid = b->origin->process->pid;
	uint64_t missed = j->space.smaps - j->space.smaps_found;
	char text[sizeof(f.text)];

	if (totals_smaps(&j->space, b->origin, b->smaps >> shift, b->smaps_pss, &f))
		return;
	snprintf(text, sizeof(text), "pid %d: %.180s", pid, f.text);
	memcpy(f.text, text, sizeof(text));
	if ((int64_t)(j->space.smaps - j->space.smaps_found - missed) > 0)
		totals_incomplete(&j->space, "%s", f.text);
	note_check(j, &j->space, &f);
	if (j->n_differ++ < DIFFER_TOLD) {
		progress_clear(&j->progress);
		job_warn(j, "%s", f.text);
	}
	if (j->sink->finding)
		j->sink->finding(j->sink, pid, &f);
}

/* Entries of pages that were seen otherwise than by their entries. */
static size_t away_entries(const struct job *j, const struct batch *b, struct swpd_entry *to)
{
	size_t n = 0;

	for (size_t i = 0; i < b->n; i++)
		if (b->words[i] & AWAY) {
			swpd_entry_away(&j->dec, b->origin->via,
				b->words[i] & AWAY_UFFD_WP ? 1u << SWPD_FLAG_UFFD_WP : 0,
				1u << SWPD_FLAG_UFFD_WP, &to[n]);
			to[n++].index = i;
		}
	return n;
}

/* Entries of a batch from word `first` on, each by itself. */
static void each_entry(struct job *j, const struct batch *b, size_t first, size_t n, struct record *r)
{
	struct totals *t = b->origin->process ? &j->space : &j->total;
	struct finding *found = j->found;
	struct referred referred;

	for (size_t i = 0; i < n; i++) {
		struct swpd_entry *e = &j->entries[i];
		size_t at = first + e->index;

		if (b->origin->device && r->dec->form != FORM_PTE)
			e->has &= ~(SWPD_HAS_TYPE | SWPD_HAS_SWP_ENTRY);
		if (e->why == SWPD_WHY_NO_ROW && !b->origin->process)
			e->candidates = swpd_possible(r->dec, &j->facts.target, e->word);
		if (e->cls == SWPD_SWAP && !b->origin->clue && e->has & SWPD_HAS_TYPE)
			swaps_see(&j->facts.swaps, e->type);
		totals_entries(t, b->origin, e, 1);
		look_up(j, e, b->origin->pages, &referred, r);
		r->n_findings = b->origin->via == VIA_PTE ? check_entry(&j->checks, e, found) : 0;
		if (b->found && r->n_findings < FINDINGS_MAX)
			found[r->n_findings++] = b->finding;
		r->file_offset = b->file_offset + at * b->file_step;
		for (int k = 0; k < r->n_findings; k++)
			note_check(j, t, &found[k]);
		if (b->origin->clue)
			verdict_see(&j->verdict, &j->checks, e, found, r->n_findings);
		if (j->opts->match_classes & 1u << e->cls)
			j->matched = true;
		if (e->cls == SWPD_PRESENT && j->opts->page_flags &&
			!(r->frame && r->frame->flags & j->opts->page_flags))
			continue;
		if (!(j->shown & 1u << e->cls) || !wanted_by_find(j, e, b->origin->pages) || !j->sink->row)
			continue;
		r->entry = e;
		r->vaddr = b->vaddr + at * b->step;
		if (b->origin->positions) {
			r->line = b->lines[at];
			r->column = b->columns[at];
		}
		j->sink->row(j->sink, r);
	}
}

/*
 * Words from `first` on that are alike and have nothing wrong: counted at once. Returns how many; 0: they
 * must be looked at one by one.
 */
static size_t alike_entries(struct job *j, const struct batch *b, size_t first, const struct swpd_skip *skip,
	struct record *r)
{
	const uint64_t *words = b->words + first;
	struct swpd_entry e, end;
	struct swpd_alike a;

	if (!swpd_alike(r->dec, words, b->n - first, &a))
		return 0;
	swpd_decode(r->dec, a.lowest, &e);
	if (e.cls == SWPD_NONE || e.cls == SWPD_PRESENT) {
		struct swpd_skip counts = { .n_none = e.cls == SWPD_NONE ? a.n : 0,
			.n_present = e.cls == SWPD_PRESENT ? a.n : 0 };

		if (!(e.cls == SWPD_NONE ? skip->none : skip->present))
			return 0;
		totals_skipped(&j->space, b->origin, &counts);
		return a.n;
	}
	if (e.cls == SWPD_SWAP)
		swaps_see(&j->facts.swaps, e.type);
	if (e.has & SWPD_HAS_PFN || j->n_finds)
		return 0;
	while (check_entry(&j->checks, &e, j->found) || (swpd_decode(r->dec, a.highest, &end),
		       check_entry(&j->checks, &end, j->found))) {
		if (a.exact)
			return 0;
		swpd_alike_bounds(words, &a);
		swpd_decode(r->dec, a.lowest, &e);
	}
	totals_entries(&j->space, b->origin, &e, a.n);
	if (j->opts->match_classes & 1u << e.cls)
		j->matched = true;
	if (!(j->shown & 1u << e.cls) || !j->sink->row || (j->sink->special_only &&
		(e.cls == SWPD_SWAP || (e.cls == SWPD_PTE_MARKER && e.marker == SWPD_MARKER_GUARD))))
		return a.n;
	r->entry = &e;
	r->frame = NULL;
	r->n_findings = 0;
	for (size_t i = 0; i < a.n; i++) {
		swpd_alike_next(&e, words[i]);
		e.index = first + i;
		r->vaddr = b->vaddr + e.index * b->step;
		j->sink->row(j->sink, r);
	}
	return a.n;
}

/* One word for many entries that are none. */
static void none_run(struct job *j, const struct batch *b, struct record *r)
{
	struct swpd_skip skip = { .n_none = b->origin->pages, .n_present = b->present };
	struct origin each = *b->origin;

	each.pages = 1;
	totals_skipped(&j->space, &each, &skip);
	j->matched |= j->opts->match_classes >> SWPD_NONE & 1;
	if (!(j->shown & 1u << SWPD_NONE) || j->n_finds || !j->sink->row)
		return;
	swpd_decode(r->dec, b->words[0], &j->entries[0]);
	r->entry = &j->entries[0];
	r->vaddr = b->vaddr;
	j->sink->row(j->sink, r);
}

#define CHUNK 64 /* words between two looks for such that are alike */

static void words(struct job *j, const struct batch *b)
{
	struct totals *t = b->origin->process ? &j->space : &j->total;
	uint32_t interest = job_interest(j);
	struct swpd_skip skip = { .none = !(interest & 1u << SWPD_NONE),
		.present = !(interest & 1u << SWPD_PRESENT), .n_none = b->none, .n_present = b->present };
	const struct swpd_decoder *dec = b->origin->dec ? b->origin->dec : &j->dec;
	struct record r = { .session = &j->session, .origin = b->origin, .dec = dec, .findings = j->found };
	bool pages = b->origin->process && b->origin->form == FORM_PAGEMAP && b->origin->via == VIA_PTE;

	j->session.dec = j->checks.dec = dec;
	if (j->source->tells && !j->begun)
		job_tell_target(j); /* now the source has told about it */
	begin(j);
	j->answered = true;
	j->checks.origin = b->origin;
	j->checks.dec = dec;
	j->checks.frame = NULL;
	if (b->run) {
		none_run(j, b, &r);
		return;
	}
	if (b->origin->via != VIA_PTE)
		each_entry(j, b, 0, away_entries(j, b, j->entries), &r);
	for (size_t i = 0, n; i < b->n && b->origin->via == VIA_PTE; i += n) {
		n = pages ? swpd_plain(dec, b->words + i, b->n - i, &skip) : 0;
		if (!n && pages)
			n = alike_entries(j, b, i, &skip, &r);
		if (n)
			continue;
		n = pages && b->n - i > CHUNK ? CHUNK : b->n - i;
		each_entry(j, b, i, swpd_decode_batch(dec, b->words + i, n, j->entries, &skip), &r);
	}
	totals_skipped(t, b->origin, &skip);
}

/* Nobody reads on, but what -E asks is not answered yet. */
static bool status_wanted(const struct job *j, const struct out *out)
{
	return out->error == EPIPE && !j->matched && (j->opts->match_classes || j->opts->match_checks);
}

void job_loop(struct job *j, struct out *out)
{
	struct batch b = { 0 };
	struct finding f;
	struct swpd_error err;
	enum event event = EVENT_WORDS;
	char why[256];
	int status;

	progress_begin(&j->progress, j->source->spaces && !j->opts->no_progress && !j->opts->quiet);
	while (!interrupted && event != EVENT_END && (!out->error || status_wanted(j, out))) {
		event = j->source->next(j->source, &b, &err, &status);
		progress_step(&j->progress, j->n_seen, j->opts->n_pids,
			j->total.pages + (j->scanned ? j->space.pages : 0));
		switch (event) {
		case EVENT_WORDS:
			words(j, &b);
			if (j->source->idle)
				out_flush(out);
			break;
		case EVENT_BAD:
			bad_value(j, &b);
			break;
		case EVENT_SPACE_BEGIN:
			begin(j);
			j->answered = true;
			totals_init(&j->space);
			j->scanned = b.origin->process;
			if (j->sink->space_begin)
				j->sink->space_begin(j->sink, b.origin->process);
			break;
		case EVENT_SPACE_END:
			end_space(j, &b);
			break;
		case EVENT_MAPPING_END:
			mapping_end(j, &b);
			break;
		case EVENT_FINDING:
			finding(j, &b.finding);
			break;
		case EVENT_NO_SPACE:
			no_space(j, &b);
			break;
		case EVENT_WAIT:
			break;
		case EVENT_END:
			if (status < 0) {
				complain("%s", err.text);
				j->one_failed = true;
				totals_incomplete(&j->total, "%s", err.text);
			} else if (!j->one_failed) {
				j->answered = true; /* an input without any entry is an answer too */
			}
			note_hidden(j, &j->total);
		}
	}
	while (j->source->log && verdict_next(&j->verdict, &f))
		finding(j, &f);
	progress_clear(&j->progress);
	if (j->n_differ > DIFFER_TOLD)
		job_warn(j, "… and %zu more mappings differ from smaps: -F ndjson tells each",
			j->n_differ - DIFFER_TOLD);
	if (j->n_refused)
		complain("%zu process%s could not be looked at; the first one: %s", j->n_refused,
			j->n_refused == 1 ? "" : "es", j->refused);
	if (interrupted && j->scanned) {
		struct gap cut = { .vmswap = -1 };

		totals_mapping_end(&j->space);
		note_lost_types(j, j->scanned);
		totals_incomplete(&j->space, "interrupted");
		if (j->sink->space_end)
			j->sink->space_end(j->sink, j->scanned, &j->space, &cut);
		totals_add(&j->total, &j->space);
	}
	note_not_found(j);
	note_swaps(j);
	if (interrupted) {
		complain("interrupted");
		totals_incomplete(&j->total, "interrupted");
	}
	for (int what = 0; what < MISSING_N; what++) {
		if (!missing_of_dump(j, what, why))
			continue;
		totals_incomplete(&j->total, "%s", why);
		complain("%s%s%s", j->series->n > 1 ? "" : j->dumps[0], j->series->n > 1 ? "" : ": ", why);
	}
	if (j->answered)
		begin(j);
	if (j->begun && j->sink->end)
		j->sink->end(j->sink, &j->total);
}
