/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <endian.h>

#include "walk/walk.h"

#include "walk/table.h"

/* Words of 4 or 8 bytes in either byte order; step is the distance from one to the next. */
static void words_of(
	const uint8_t *mem, size_t n, unsigned int bytes, unsigned int step, bool big_endian, uint64_t *words)
{
	for (size_t i = 0; i < n; i++, mem += step) {
		uint64_t wide;
		uint32_t narrow;

		if (bytes == 8) {
			memcpy(&wide, mem, 8);
			words[i] = big_endian ? be64toh(wide) : le64toh(wide);
		} else {
			memcpy(&narrow, mem, 4);
			words[i] = big_endian ? be32toh(narrow) : le32toh(narrow);
		}
	}
}

size_t table_read(const struct page_tree *tree, struct image *im, unsigned int level, uint64_t table,
	uint64_t first, uint64_t words[WALK_WORDS], enum mem_state *state)
{
	unsigned int step = table_entry_bytes(tree, level);
	uint64_t at = table + first * step, left = ((1ull << tree->row->bits[level]) - first) * step;
	uint64_t room = WALK_PAGE - at % WALK_PAGE, size = left < room ? left : room;
	uint8_t mem[WALK_PAGE];
	enum mem_state s = image_read(im, at, mem, size);

	if (state)
		*state = s;
	if (s != MEM_OK)
		return 0;
	words_of(mem, size / step, tree->pte_bytes < 8 ? 4 : 8, step, tree->big_endian, words);
	return size / step;
}

/* ---- what is missing ---- */

static void missing(struct walk *w, uint64_t words, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

static void missing(struct walk *w, uint64_t words, const char *fmt, ...)
{
	va_list ap;

	w->gap.words += words;
	if (w->gap.why[0])
		return;
	va_start(ap, fmt);
	vsnprintf(w->gap.why, sizeof(w->gap.why), fmt, ap);
	va_end(ap);
}

static const char *const state_text[] = { "", "was left out of the dump", "is not in the dump",
	"cannot be read: the dump ends before, or is damaged there" };

/* ---- the walk ---- */

static uint64_t entry_vaddr(const struct walk *w, int level, uint64_t i)
{
	return w->at[level].vaddr + (i << tree_shift(w->tree, level));
}

static void enter(struct walk *w, int level, uint64_t table, uint64_t vaddr)
{
	unsigned int shift = tree_shift(w->tree, level);

	w->level = level;
	w->at[level].table = table;
	w->at[level].vaddr = vaddr;
	w->at[level].n = 1ull << w->tree->row->bits[level];
	w->at[level].next = w->start > vaddr ? (w->start - vaddr) >> shift : 0;
	w->at[level].page = w->at[level].have = 0;
}

void walk_begin(struct walk *w, struct image *im, const struct page_tree *tree,
	const struct pred *const none[PGTABLE_LEVELS], uint64_t start, uint64_t end)
{
	unsigned int bits = tree_shift(tree, tree->levels);
	uint64_t limit = tree->row->user_end;

	if (!limit && bits < 64)
		limit = 1ull << bits;
	memset(w, 0, sizeof(*w));
	memcpy(w->none, none, sizeof(w->none));
	w->im = im;
	w->tree = tree;
	w->start = start;
	w->end = limit && limit < end ? limit : end;
	w->level = -1;
	if (w->start < w->end)
		enter(w, tree->levels - 1, tree->root, 0);
}

/* Make entry `next` of this level present in words[]; false if what is left of the table is out of range or
 * done. */
static bool load(struct walk *w, int level)
{
	while (w->at[level].next < w->at[level].n && entry_vaddr(w, level, w->at[level].next) < w->end) {
		uint64_t i = w->at[level].next, page = w->at[level].page;
		unsigned int step = table_entry_bytes(w->tree, level);
		uint64_t addr = w->at[level].table + i * step, left = (WALK_PAGE - addr % WALK_PAGE) / step;
		enum mem_state state;

		if (i >= page && i - page < w->at[level].have)
			return true;
		w->at[level].page = i;
		w->at[level].have =
			table_read(w->tree, w->im, level, w->at[level].table, i, w->at[level].words, &state);
		if (w->at[level].have)
			return true;
		if (left > w->at[level].n - i)
			left = w->at[level].n - i;
		if (state == MEM_EXCLUDED && image_about(w->im)->zeros_excluded)
			w->gap.zeros++;
		else
			missing(w, left, "the page table at 0x%llx %s", (unsigned long long)addr,
				state_text[state]);
		w->at[level].next += left ? left : 1;
	}
	return false;
}

/* Tables that the memory in the dump has room for. */
static uint64_t room_for_tables(const struct walk *w)
{
	uint64_t start, end = 0, bytes = 0;

	while (image_next_range(w->im, end, &start, &end))
		bytes += end - start;
	return bytes / table_bytes(w->tree, 0) + WALK_TABLES;
}

/* A table that is one of those above it: a loop. One that came before: perhaps shared, perhaps damage. A tree
 * with more tables than there is memory for is damaged, and would have no end if it branches. */
static bool follow(struct walk *w, int level, uint64_t table)
{
	uint64_t *slot = &w->seen[(table >> 8) * 0x9e3779b97f4a7c15ull >> 48];

	for (unsigned int i = level; i < w->tree->levels; i++)
		if (w->at[i].table == table) {
			missing(w, 0, "the page table at 0x%llx leads back to itself",
				(unsigned long long)table);
			return false;
		}
	if (++w->tables > WALK_TABLES && !w->tables_max)
		w->tables_max = room_for_tables(w);
	if (w->tables_max && w->tables > w->tables_max) {
		missing(w, 0, "the page table at 0x%llx is one of more than there is memory for",
			(unsigned long long)table);
		return false;
	}
	if (*slot == table && ++w->again > WALK_AGAIN_MAX) {
		missing(w, 0, "the page table at 0x%llx and others are led to again and again",
			(unsigned long long)table);
		return false;
	}
	*slot = table;
	return true;
}

static bool empty(const struct walk *w, int level, uint64_t i)
{
	return table_word_empty(w->tree, w->none[level], level, w->at[level].words[i]);
}

/* Many entries of one table that lead to the same place: what the kernel calls invalid_pte_table. */
static bool shared(const struct walk *w, int level, uint64_t i)
{
	const uint64_t *words = w->at[level].words;

	return w->tree->row->empty_shared &&
	       ((i && words[i - 1] == words[i]) || (i + 1 < w->at[level].have && words[i + 1] == words[i]));
}

/* Does the entry lead to a table of huge pages, smaller than what is under it? */
static const struct hugepd *hugepd(const struct walk *w, int level, uint64_t word)
{
	const struct hugepd *h = pgtable_hugepd(w->tree->row, word);
	unsigned int shift = tree_shift(w->tree, level);

	return h && h->shift < shift && 1ull << (shift - h->shift) <= WALK_HUGE ? h : NULL;
}

/* Those of them that are in range; false if there are none, or they cannot be read. */
static bool give_huge(struct walk *w, int level, uint64_t word, uint64_t vaddr, unsigned int shift,
	struct entries *e)
{
	uint64_t table = word & w->tree->row->hugepd_addr, first, n;
	uint8_t mem[WALK_HUGE * 8];
	enum mem_state state;

	n = 1ull << (tree_shift(w->tree, level) - shift);
	first = w->start > vaddr ? (w->start - vaddr) >> shift : 0;
	if (w->end - vaddr < n << shift)
		n = ((w->end - vaddr - 1) >> shift) + 1;
	state = image_read(w->im, table, mem, n * w->tree->pte_bytes);
	if (state != MEM_OK) {
		missing(w, n - first, "the table of huge pages at 0x%llx %s", (unsigned long long)table,
			state_text[state]);
		return false;
	}
	words_of(mem, n, w->tree->pte_bytes, w->tree->pte_bytes, w->tree->big_endian, w->huge);
	*e = (struct entries){ .level = level - 1, .shift = shift, .hugepd = true,
		.vaddr = vaddr + (first << shift), .n = n - first, .words = w->huge + first };
	return n > first;
}

/* Go on in a table above the PTEs: true if there are entries to give out. */
static bool look_above(struct walk *w, struct entries *e)
{
	int level = w->level;
	uint64_t first = w->at[level].next - w->at[level].page, i = first;

	for (; i < w->at[level].have; i++) {
		uint64_t word = w->at[level].words[i], vaddr = entry_vaddr(w, level, w->at[level].page + i);

		if (vaddr >= w->end || empty(w, level, i) || table_leads(w->tree, level, word) ||
			hugepd(w, level, word))
			break;
	}
	if (i > first) {
		e->level = level;
		e->shift = tree_shift(w->tree, level);
		e->hugepd = false;
		e->vaddr = entry_vaddr(w, level, w->at[level].next);
		e->n = i - first;
		e->words = w->at[level].words + first;
		w->at[level].next += e->n;
		return true;
	}
	w->at[level].next++;
	if (!empty(w, level, i) && !shared(w, level, i)) {
		uint64_t word = w->at[level].words[i];
		uint64_t table = table_address(w->tree, level - 1, word);
		uint64_t vaddr = entry_vaddr(w, level, w->at[level].page + i);
		const struct hugepd *huge = hugepd(w, level, word);

		if (huge)
			return give_huge(w, level, word, vaddr, huge->shift, e);
		if (follow(w, level, table))
			enter(w, level - 1, table, vaddr);
	}
	return false;
}

static void give_ptes(struct walk *w, struct entries *e)
{
	uint64_t i = w->at[0].next, n = w->at[0].page + w->at[0].have - i;
	uint64_t room = ((w->end - 1 - entry_vaddr(w, 0, i)) >> w->tree->page_shift) + 1;

	e->level = 0;
	e->shift = w->tree->page_shift;
	e->hugepd = false;
	e->vaddr = entry_vaddr(w, 0, i);
	e->n = n < room ? n : room;
	e->words = w->at[0].words + (i - w->at[0].page);
	w->at[0].next += e->n;
}

bool walk_next(struct walk *w, struct entries *e)
{
	while (w->level >= 0) {
		if (!load(w, w->level)) {
			w->level = w->level + 1 < (int)w->tree->levels ? w->level + 1 : -1;
		} else if (!w->level) {
			give_ptes(w, e);
			return true;
		} else if (look_above(w, e)) {
			return true;
		}
	}
	return false;
}
