/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Page tables of a dump, whole pages of them at a time. */
#include <errno.h>
#include <stdlib.h>

#include "source/source.h"

struct dump {
	struct source source;
	struct image *im;
	const struct swpd_target *target;
	const struct dump_spaces *spaces;
	size_t next_root;
	bool tasks_done;
	struct swpd_error broken; /* why there are not all; no text: there are */
	bool root_seen[IMAGE_ROOTS_MAX]; /* of those that processors were using */
	bool *pid_seen;
	size_t next_lost; /* of the PIDs that were asked for: the next one to complain about */
	const struct range *ranges;
	size_t n_ranges, range; /* range: the one to walk next */

	struct swpd_decoder dec[SWPD_LEVEL_N];
	const struct pred *none[PGTABLE_LEVELS];
	struct page_tree tree;
	struct walk walk;
	bool open, walking;
	struct entries entries; /* given out up to `given` */
	size_t given;
	bool by_process; /* else by root: then mappings are not known */
	struct process process;
	struct mapping mapping; /* that is being given out */
	struct mapping ahead;   /* the one of the process that comes next, or is the same */
	bool have_mappings;     /* `ahead` holds one */
	bool outside;           /* the mapping that is given out is none: a hole between them */
	struct origin origin;
	struct gap gap;
};

/*
 * The decoder of a word that stands above the PTEs. A huge page of hugetlb is packed like a PTE; where the
 * kernel puts nothing else there, or the row for that level only knows present and empty words, or the word
 * lacks what entries of that row have and, packed like a PTE, is not present, it is what is left.
 */
static const struct swpd_decoder *decoder_above(const struct dump *s, unsigned int level, uint64_t word)
{
	const struct swpd_decoder *pmd = &s->dec[SWPD_LEVEL_PMD], *huge = &s->dec[SWPD_LEVEL_HUGETLB];

	if (level != 1 || !pmd->n_packing)
		return huge;
	if ((word & pmd->packing[0].base) != pmd->packing[0].base && huge->n_packing &&
		!pred_test(&huge->packing[0].present, word))
		return huge;
	return pmd->packing[0].n_type || pred_test(&pmd->packing[0].present, word) ? pmd : huge;
}

/* Are these words of huge pages? False where mappings are not known and the tree does not say. */
static bool in_hugetlb(const struct dump *s)
{
	return s->entries.hugepd || (s->by_process && !s->outside && s->mapping.hugetlb);
}

static void set_origin(
	struct dump *s, unsigned int level, unsigned long pages, const struct swpd_decoder *dec)
{
	struct origin *o = &s->origin;
	enum swpd_level name = in_hugetlb(s) ? SWPD_LEVEL_HUGETLB :
		!level                       ? SWPD_LEVEL_PTE :
		level == 1                   ? SWPD_LEVEL_PMD :
					       SWPD_LEVEL_PUD;

	if (o->dec == dec && o->pages == pages && o->level == name)
		return;
	o->serial++;
	o->dec = dec;
	o->level = name;
	o->pages = pages;
}

/* Let `ahead` be the mapping that ends above this address. */
static void seek_mapping(struct dump *s, uint64_t vaddr)
{
	struct swpd_error err;
	int got;

	while (s->have_mappings && s->ahead.end <= vaddr) {
		got = kernel_next_mapping(s->spaces->kernel, &s->ahead, &err);
		if (got < 0 && !s->gap.why[0])
			snprintf(s->gap.why, sizeof(s->gap.why), "%.190s", err.text);
		s->have_mappings = got > 0;
	}
}

/* Set the mapping of the words from vaddr on; returns how many of n, `step` apart, lie in it. */
static size_t set_mapping(struct dump *s, uint64_t vaddr, uint64_t step, size_t n)
{
	uint64_t end = UINT64_MAX, room;
	bool outside;

	seek_mapping(s, vaddr);
	outside = !s->have_mappings || s->ahead.start > vaddr;
	if (s->have_mappings)
		end = outside ? s->ahead.start : s->ahead.end;
	if (outside != s->outside || (!outside && s->ahead.start != s->mapping.start)) {
		s->origin.serial++;
		s->outside = outside;
		if (!outside)
			s->mapping = s->ahead;
		else
			s->mapping = (struct mapping) { .start = 0, .end = UINT64_MAX };
	}
	room = (end - vaddr + step - 1) / step;
	return n < room ? n : room;
}

/* Between mappings only what is there is worth telling. */
static bool all_empty(const struct dump *s, unsigned int level, const uint64_t *words, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (words[i] && !(s->none[level] && pred_test(s->none[level], words[i])))
			return false;
	return true;
}

/*
 * A huge page may take several entries, all alike if it is not present: how many from here on, `step` bytes
 * apart, are one. 1: none, or they do not agree.
 */
static size_t alike(const struct dump *s, const uint64_t *words, size_t n, uint64_t vaddr, uint64_t step)
{
	uint64_t size = 1ull << s->mapping.order << s->tree.page_shift;
	size_t want = in_hugetlb(s) && s->mapping.order && size > step ? size / step : 1;

	if (want > n || vaddr & (size - 1))
		return 1;
	for (size_t i = 1; i < want; i++)
		if (words[i] != words[0])
			return 1;
	return want;
}

/*
 * How many words from the first one on no kernel can have written there: no huge page is above the PUDs, and
 * none as large as those is ever swapped. So a table is damaged, or it is none.
 */
static size_t impossible(const struct dump *s, unsigned int level, const uint64_t *words, size_t n)
{
	const struct swpd_decoder *dec = &s->dec[SWPD_LEVEL_HUGETLB];
	struct swpd_entry e;
	size_t i = 0;

	for (; dec->n_packing && level > 1 && i < n; i++) {
		swpd_decode(dec, words[i], &e);
		if (e.cls == SWPD_NONE || (level == 2 && e.cls != SWPD_SWAP))
			break;
	}
	return i;
}

static const struct swpd_decoder *decoder_for(const struct dump *s, unsigned int level, uint64_t word)
{
	if (in_hugetlb(s) && s->dec[SWPD_LEVEL_HUGETLB].n_packing)
		return &s->dec[SWPD_LEVEL_HUGETLB];
	return level ? decoder_above(s, level, word) : &s->dec[SWPD_LEVEL_PTE];
}

/* True if there is something to give. */
static bool give(struct dump *s, struct batch *b)
{
	const struct entries *e = &s->entries;
	const struct swpd_decoder *dec;
	unsigned long pages = 1ul << (e->shift - s->tree.page_shift);
	size_t n = e->n - s->given, one, bad;

	b->words = e->words + s->given;
	b->step = 1ull << e->shift;
	b->vaddr = e->vaddr + s->given * b->step;
	bad = impossible(s, e->level, b->words, n);
	if (bad) {
		s->gap.unreadable += bad;
		if (!s->gap.why[0])
			snprintf(s->gap.why, sizeof(s->gap.why),
				"a page table of level %u is damaged: no entry for 0x%llx can be 0x%llx",
				e->level + 1, (unsigned long long)b->vaddr, (unsigned long long)b->words[0]);
		s->given += bad;
		return false;
	}
	for (size_t i = 1; i < n && e->level > 1; i++)
		if (impossible(s, e->level, b->words + i, 1))
			n = i;
	if (s->by_process)
		n = set_mapping(s, b->vaddr, b->step, n);
	dec = decoder_for(s, e->level, b->words[0]);
	one = alike(s, b->words, n, b->vaddr, b->step);
	for (size_t i = 1; i < n && one == 1 && (e->level || in_hugetlb(s)); i++)
		if (decoder_for(s, e->level, b->words[i]) != dec ||
			alike(s, b->words + i, n - i, b->vaddr + i * b->step, b->step) > 1)
			n = i;
	b->n = one > 1 ? 1 : n < BATCH_WORDS ? n : BATCH_WORDS;
	s->given += one > 1 ? one : b->n;
	if (s->by_process && s->outside && all_empty(s, e->level, b->words, b->n))
		return false;
	set_origin(s, e->level, pages * one, dec);
	return true;
}

static void note_gap(struct dump *s)
{
	s->gap.unreadable += s->walk.gap.words;
	if (!s->gap.why[0])
		memcpy(s->gap.why, s->walk.gap.why, sizeof(s->gap.why));
}

/* No entry at all, of a process that has mappings, or of what somebody says to be page tables. */
static void note_empty_root(struct dump *s)
{
	if (s->by_process)
		seek_mapping(s, 0);
	if (s->gap.why[0] || (s->by_process && !s->have_mappings) || !tree_is_empty(&s->tree, s->im, s->none))
		return;
	snprintf(s->gap.why, sizeof(s->gap.why), "the page table at 0x%llx has not a single entry",
		(unsigned long long)s->tree.root);
}

static bool next_walk(struct dump *s)
{
	struct range all = { 0, UINT64_MAX };
	const struct range *r = s->n_ranges ? &s->ranges[s->range] : &all;

	if (s->range == (s->n_ranges ? s->n_ranges : 1))
		return false;
	s->range++;
	walk_begin(&s->walk, s->im, &s->tree, s->none, r->start, r->end);
	s->walking = true;
	return true;
}

static void begin_space(struct dump *s)
{
	memset(&s->gap, 0, sizeof(s->gap));
	memset(&s->mapping, 0, sizeof(s->mapping));
	memset(&s->ahead, 0, sizeof(s->ahead));
	s->gap.vmswap = -1;
	s->mapping.end = UINT64_MAX;
	s->have_mappings = s->by_process; /* `ahead` ends at 0: the first one is still to come */
	s->outside = true;
	s->range = 0;
	s->open = true;
	s->entries.n = s->given = 0;
	s->origin.dec = NULL;
	s->origin.serial++;
}

static bool wanted(struct dump *s, int pid)
{
	for (size_t i = 0; i < s->spaces->n_pids; i++)
		if (s->spaces->pids[i] == pid) {
			s->pid_seen[i] = true;
			return true;
		}
	return !s->spaces->n_pids;
}

/* PIDs that were asked for and are not there. */
static enum event lost_pid(struct dump *s, struct batch *b)
{
	while (s->next_lost < s->spaces->n_pids) {
		size_t i = s->next_lost++;

		if (s->pid_seen[i])
			continue;
		b->pid = s->spaces->pids[i];
		fail(&b->error, SWPD_E_NOT_HERE, 0, "no such process with an address space in the dump");
		return EVENT_NO_SPACE;
	}
	return EVENT_END;
}

/* Where tasks are lost: what processors were using, if it was none of those that were found. */
static uint64_t lost_root(struct dump *s)
{
	const struct image_about *about = image_about(s->im);

	for (unsigned int i = 0; i < about->n_roots; i++)
		if (!s->root_seen[i]) {
			s->root_seen[i] = true;
			return about->roots[i];
		}
	return 0;
}

static void note_root(struct dump *s, uint64_t pgd)
{
	const struct image_about *about = image_about(s->im);

	/* with page table isolation a process has two, in a pair of pages */
	for (unsigned int i = 0; i < about->n_roots; i++)
		s->root_seen[i] |= about->roots[i] == pgd || about->roots[i] == (pgd | 0x1000);
}

static enum event next_space(struct dump *s, struct batch *b, struct swpd_error *err, int *status)
{
	const struct dump_spaces *from = s->spaces;

	memset(&s->process, 0, sizeof(s->process));
	if (s->next_root < from->n_roots) {
		s->process.pgd = from->roots[s->next_root++];
	} else if (from->kernel && !s->tasks_done) {
		int got;

		do {
			got = kernel_next_task(from->kernel, &s->process, err);
			if (got > 0)
				note_root(s, s->process.pgd);
		} while (got > 0 && !wanted(s, s->process.pid));
		s->tasks_done = got <= 0;
		if (got < 0)
			s->broken = *err;
		if (got <= 0)
			return next_space(s, b, err, status);
	} else if (s->broken.text[0] && !from->n_pids && (s->process.pgd = lost_root(s))) {
		s->process.pid = 0;
	} else if (s->broken.text[0]) {
		*err = s->broken;
		*status = -1;
		return EVENT_END;
	} else {
		return lost_pid(s, b);
	}
	b->pid = s->process.pid;
	if (!s->process.pgd && from->kernel)
		fail(&b->error, SWPD_E_FORMAT, 0, "its page tables are not where its structures say");
	else if (!tree_choose(&s->tree, s->im, s->target, s->process.pgd, from->va_bits, &b->error)) {
		begin_space(s);
		return EVENT_SPACE_BEGIN;
	}
	return EVENT_NO_SPACE;
}

static enum event next(struct source *source, struct batch *b, struct swpd_error *err, int *status)
{
	struct dump *s = (struct dump *)source;

	*status = 0;
	b->origin = &s->origin;
	if (!s->open)
		return next_space(s, b, err, status);
	for (;;) {
		if (s->given < s->entries.n) {
			if (give(s, b))
				return EVENT_WORDS;
			continue;
		}
		s->given = s->entries.n = 0;
		if (s->walking && walk_next(&s->walk, &s->entries))
			continue;
		if (s->walking)
			note_gap(s);
		s->walking = false;
		if (!next_walk(s))
			break;
	}
	s->open = false;
	note_empty_root(s);
	if (s->by_process && !s->n_ranges)
		s->gap.counted = kernel_swapents(s->spaces->kernel, &s->gap.swapents);
	b->gap = s->gap;
	return EVENT_SPACE_END;
}

static void close_source(struct source *source)
{
	free(((struct dump *)source)->pid_seen);
	free(source);
}

struct source *source_dump(struct image *im, const struct swpd_target *t, const struct dump_spaces *spaces,
	const struct range *ranges, size_t n_ranges, struct swpd_error *err)
{
	struct dump *s = calloc(1, sizeof(*s));

	if (!s || !(s->pid_seen = calloc(spaces->n_pids + 1, 1))) {
		fail(err, SWPD_E_SYSTEM, errno, "%s", sys_text(errno));
		free(s);
		return NULL;
	}
	s->source.next = next;
	s->source.close = close_source;
	s->source.form = FORM_PTE;
	s->source.spaces = true;
	s->im = im;
	s->target = t;
	s->spaces = spaces;
	s->by_process = spaces->kernel && !spaces->n_roots;
	s->ranges = ranges;
	s->n_ranges = n_ranges;
	for (int level = 0; level < SWPD_LEVEL_N; level++)
		swpd_decoder_init(&s->dec[level], t, FORM_PTE, level);
	for (int level = 0; level < PGTABLE_LEVELS; level++) {
		const struct swpd_decoder *dec = &s->dec[level == 0   ? SWPD_LEVEL_PTE
							 : level == 1 ? SWPD_LEVEL_PMD
								      : SWPD_LEVEL_HUGETLB];

		s->none[level] = dec->n_packing ? &dec->packing[0].none : NULL;
	}
	s->origin.form = FORM_PTE;
	s->origin.process = &s->process;
	s->origin.mapping = &s->mapping;
	s->origin.file = spaces->file;
	return &s->source;
}
