/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check: what is odd about an entry, and the totals. Every entry passes here, whatever is printed. A check
 * is one file and one line in list.def.
 */
#ifndef CHECK_CHECK_H
#define CHECK_CHECK_H

#include "source/source.h"

#define FINDINGS_MAX 8 /* of one entry */

/* What checks may ask. */
struct check_context {
	const struct facts *facts;
	const struct swpd_decoder *dec;
	const struct origin *origin;
	/* What the entry refers to; NULL: it does not refer to such a thing, or it is not known. */
	const struct frame *frame;
	const struct swap_slot *slot;
	const struct raw_errors *errors; /* of a huge page */
	uint32_t off;              /* 1 << enum check_id: not to be asked */
	uint32_t skipped;          /* could not be asked for want of facts */
	uint32_t passed;           /* swap types met while a device could have them */

	/* How page tables hold what a swp_entry_t is: dear to make, and most entries are of one target. */
	struct swpd_decoder in_table;
	struct swpd_target in_table_of;
	bool in_table_made;
};

/* The checks that are asked about single entries. */
extern const uint32_t entry_checks;

/* For checks: say that this one could not be asked. Returns false. */
bool checks_skip(struct check_context *c, enum check_id id);

/*
 * Apply all checks to an entry of the batch. found[] has room for FINDINGS_MAX. Returns how many were filled.
 */
int check_entry(struct check_context *c, const struct swpd_entry *e, struct finding *found);

/*
 * Entries of a swap type may come before those that show that no device can have it: the next such type whose
 * entries passed, each told once. Returns it with *f filled, or -1.
 */
int check_lost_type(struct check_context *c, struct finding *f);

/* ---- what the entries of a log point to, taken together ---- */

#define VERDICT_SPACES 32 /* processes and page tables that are told apart */

struct verdict {
	uint64_t bad, flips, fills, poisoned, pairs, no_swap;
	uint64_t bits;              /* that were flipped, in the word that page tables hold */
	uint64_t bit_count[64];
	struct {
		uint64_t where;     /* hash of process and address */
		uint64_t table;     /* of an entry whose bits are wrong; else 0 */
		uint32_t boot;
		uint64_t word;
		uint64_t entry;     /* swp_entry_t of a message that shows nothing else; else 0 */
		int bit;            /* that was flipped; -1: none */
	} seen[VERDICT_SPACES];
	unsigned int n_seen;
	bool overflow;
	unsigned int told;
};

/* Nothing seen yet. */
void verdict_init(struct verdict *v);

/* Note an entry that a message of a kernel held, and what the checks found. */
void verdict_see(struct verdict *v, struct check_context *c, const struct swpd_entry *e,
	const struct finding *found, int n);

/* At the end: the next sentence. False when there is none. */
bool verdict_next(struct verdict *v, struct finding *f);

/* ---- totals ---- */

struct count {
	uint64_t entries, pages;
};

#define TOP_MAPPINGS 5

/* A mapping with entries that are neither none nor present. */
struct top_mapping {
	uint64_t start, end, pages; /* pages: base pages of those entries */
	char name[256];
};

struct totals {
	uint64_t entries, pages;       /* all words decoded; base pages they stand for */
	struct count by_class[SWPD_CLASS_N];
	struct count by_marker[8];     /* of by_class[SWPD_PTE_MARKER], by marker bits */
	struct count by_type[32];      /* of by_class[SWPD_SWAP], by swap type, where that is known */
	struct count by_via[VIA_N];    /* of all */
	uint64_t by_why[SWPD_WHY_N];   /* entries of by_class[SWPD_UNKNOWN] */
	uint64_t smaps, smaps_found;   /* pages swapped in all mappings: as smaps says, as found */
	int64_t smaps_pss;             /* KiB of these: the share (SwapPss); -1: not known of all */
	bool compared;                 /* smaps was read */
	uint64_t by_check[CHECK_N];
	uint32_t skipped;              /* 1 << enum check_id: could not be asked */
	uint64_t unreadable, hidden, gone, bad;
	bool complete;
	char why[256];                 /* first reason for which it is not; empty if it is */
	struct top_mapping top[TOP_MAPPINGS];
	struct top_mapping current;    /* being counted */
	bool counting;                 /* current is one */
	uint64_t swap_before, doubt_before; /* pages counted when the mapping began that is compared next */
};

/* All counts zero, and complete. */
void totals_init(struct totals *t);

/* Count n entries that were decoded alike. */
void totals_entries(struct totals *t, const struct origin *o, const struct swpd_entry *e, uint64_t n);

/*
 * A mapping has been looked at, and smaps counts so many pages as swapped, pss KiB its share. Returns false
 * with *f filled if others were found. What is hidden or unknown is not compared.
 */
bool totals_smaps(struct totals *t, const struct origin *o, uint64_t pages, int64_t pss, struct finding *f);

/* Count words that were skipped as none and present. */
void totals_skipped(struct totals *t, const struct origin *o, const struct swpd_skip *skip);

/* Something is missing; the first reason is kept. */
void totals_incomplete(struct totals *t, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* No more entries of the current mapping will come: rank it. */
void totals_mapping_end(struct totals *t);

/* Add all counts of one process to the totals of the run. */
void totals_add(struct totals *to, const struct totals *from);

#endif
