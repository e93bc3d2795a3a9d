/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One table of a tree. Private to this room. */
#ifndef WALK_TABLE_H
#define WALK_TABLE_H

#include "walk/walk.h"

/* Bytes of one entry, and of a table, of this level. */
static inline unsigned int table_entry_bytes(const struct page_tree *tree, unsigned int level)
{
	return level ? tree->entry_bytes : tree->pte_bytes;
}

/* Of the whole table. */
static inline uint64_t table_bytes(const struct page_tree *tree, unsigned int level)
{
	return (uint64_t)table_entry_bytes(tree, level) << tree->row->bits[level];
}

/* As pgtable_leads(). */
static inline bool table_leads(const struct page_tree *tree, unsigned int level, uint64_t word)
{
	return pgtable_leads(tree->row, level, word);
}

/* Is there no entry in this word? none: what the level's layout says of it, or NULL. */
static inline bool table_word_empty(
	const struct page_tree *tree, const struct pred *none, unsigned int level, uint64_t word)
{
	uint64_t mask = tree->row->empty[level].mask;

	return !word || (mask && (word & mask) == tree->row->empty[level].value) ||
	       (none && pred_test(none, word));
}

/* Where it leads: level is that of the table there. Tables are aligned to their size. */
static inline uint64_t table_address(const struct page_tree *tree, unsigned int level, uint64_t word)
{
	uint64_t bytes = table_bytes(tree, level);

	return pgtable_address(tree->row, word) & ~((bytes < WALK_PAGE ? bytes : WALK_PAGE) - 1);
}

/*
 * Read the entries of a table from number `first` on, as many as are in one WALK_PAGE or to the table's end.
 * Returns how many words there are now: 0 if that page cannot be read. *state (may be NULL) says what it is.
 */
size_t table_read(const struct page_tree *tree, struct image *im, unsigned int level, uint64_t table,
	uint64_t first, uint64_t words[WALK_WORDS], enum mem_state *state);

#endif
