/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * core: from a target to a decoder, from a word to an entry. Pure: no I/O, no allocation, no globals that
 * change. The public half is include/swpdecode.h; what follows is for the rooms above.
 */
#ifndef CORE_CORE_H
#define CORE_CORE_H

#include "arch/arch.h"

/* In which form words come: as page tables hold them, or as one of the two words that are alike everywhere */
enum swpd_form {
	FORM_PTE,
	FORM_PAGEMAP,
	FORM_SWP_ENTRY,
};

/* Where a fact about the target comes from. */
struct provenance {
	char source[72]; /* "-k", "/proc/config.gz", …; empty: nobody said */
	bool assumed;    /* taken for want of anything better */
};

/* A machine and its kernel, as far as they are known. */
struct swpd_target {
	const struct arch *arch; /* NULL: not known */
	const struct variant *variant;
	release_t release; /* 0: not known */
	char release_text[72];
	int knobs[KNOB_N];  /* 0, 1 or a number; KNOB_UNKNOWN */
	int max_swapfiles;  /* MAX_SWAPFILES if known from evidence or the user; 0: not known */
	unsigned int page_shift; /* log2 bytes; 0: not known */
	unsigned int word_bits;  /* BITS_PER_LONG, where the architecture is not known; 0: neither is this */
	struct provenance arch_from, variant_from, release_from, knob_from[KNOB_N], max_swapfiles_from,
		page_from;

	/* A distribution's kernel: swpd_target_match() fills these. */
	const struct backport *distribution; /* the row that says most; NULL: as upstream, for all we know */
	release_t as[SUBJECT_N];             /* 0: as the kernel's own release */
	enum sure as_sure;
	bool numbering_dropped; /* its special types contradict what is known of MAX_SWAPFILES */
};

struct swpd_decoder;

#define KNOB_UNKNOWN (-1)

/* A target that nothing is known of. */
void swpd_target_init(struct swpd_target *t);

/*
 * Parse a release as `uname -r` prints it: up to three numbers, then anything. "-rcN" counts as its release,
 * and "6.5.0+", which a build between 6.5 and 6.6-rc1 calls itself, as 6.6. Returns 0 if it does not begin
 * with at least two numbers.
 */
release_t swpd_release_parse(const char *text);

/* Find the distribution's rows for release_text and arch, and forget what was found before. */
void swpd_target_match(struct swpd_target *t);

/* Read the special types as upstream numbers them in this release. */
void swpd_target_drop_numbering(struct swpd_target *t);

/* The release that this kernel is like in a subject. */
static inline release_t target_as(const struct swpd_target *t, enum subject subject)
{
	return t->as[subject] ? t->as[subject] : t->release;
}

/* The value of a knob; 0 where the architecture or another knob rules it out, although nobody said so. */
int swpd_target_knob(const struct swpd_target *t, enum knob knob);

/* True if some configuration of this kernel, as far as it is known, has the MAX_SWAPFILES that is known. */
bool swpd_max_swapfiles_fits(const struct swpd_target *t);

/* Whether an answer rests on a boundary that nobody saw both sides of in neighbouring releases. */
enum sure swpd_sure(const struct swpd_target *t, const struct swpd_decoder *dec);

/* MAX_SWAPFILES (include/linux/swap.h) as release and knobs give it; 0 if a knob that matters is unknown. */
unsigned int swpd_max_swapfiles(const struct swpd_target *t);

/* Bit mask (1 << enum knob) of the knobs on which some word's meaning depends for this target and form. */
uint32_t swpd_knobs_relevant(const struct swpd_target *t, enum swpd_form form);

/* Those of them that are unknown. 0: nothing more to ask. */
uint32_t swpd_knobs_wanted(const struct swpd_target *t, enum swpd_form form);

/* One row flattened to masks: see struct layout. */
struct packing {
	const struct layout *row;
	struct pred none, present, file;
	uint64_t offset_flip, offset_mask;
	uint64_t type_mask;
	struct {
		uint64_t mask;
		uint8_t lsb, at;
	} type[3], offset[3], pfn[3];
	uint64_t pfn_flip, pmd_leaf, pfn_low, block;
	uint64_t guard; /* as in struct layout; 0: not in this release */
	struct {
		uint64_t bit;
		uint8_t flag; /* as a bit */
		bool certain; /* false: set, it may mean nothing (a knob is unknown) */
		bool when_present;
	} flags[8];
	uint8_t n_type, n_offset, n_pfn, n_flags;
	uint64_t flag_bits;   /* all of flags[].bit */
	uint8_t flags_clear;  /* flags that are known to be false in a word with none of these bits */
	uint8_t offset_bits; /* width of the offset field that the kernel keeps */
	uint8_t offset_written; /* width that the kernel itself can write */
	uint8_t type_bits;
	uint64_t known; /* bits that mean something */
	uint64_t base;  /* those of them that every entry has */
	uint64_t beyond; /* bits that no PTE has room for; 0 where that is not known */
};

/* A target, a form and a level resolved. Immutable once made. */
struct swpd_decoder {
	uint8_t n_packing; /* 0: no row; more than 1: a knob, or of a swp_entry_t the release or word size, is
			    * not known */
	struct packing packing[6];
	uint8_t cls[128];         /* enum swpd_class by swap type */
	uint32_t candidates[128]; /* of SWPD_UNKNOWN ones */
	uint8_t why[128];
	uint8_t max_swapfiles;    /* lowest special type; 0: not known */
	uint8_t entry_shift;      /* SWP_TYPE_SHIFT of swp_entry_t; 0: not known */
	uint8_t marker_mask;      /* PTE_MARKER_MASK */
	uint64_t pfn_mask;        /* offset bits that are the PFN */
	uint64_t pfn_doubt;       /* offset bits that are PFN in one memory model only, if it is not known */
	uint64_t young, dirty;    /* offset bits of migration entries; 0: not recorded by this kernel */
	bool young_known;         /* this kernel records them, so a clear bit means false */
	bool older;               /* no row because the release is older than the oldest one */
	enum swpd_form form;
	enum swpd_level level;
	enum sure sure;           /* of the row's span; PROVED where a distribution's row chose it */
};

/*
 * Resolve. Always succeeds: where there is no row, entries come out as SWPD_UNKNOWN. level is that of the
 * words; FORM_PAGEMAP has only SWPD_LEVEL_PTE.
 */
void swpd_decoder_init(struct swpd_decoder *dec, const struct swpd_target *t, enum swpd_form form,
	enum swpd_level level);

/*
 * Of pagemap words, if both none and present are skipped: count into *skip those at the beginning that are
 * one or the other. Returns how many; the next ones must be looked at, though more of both may be among them.
 */
size_t swpd_plain(const struct swpd_decoder *dec, const uint64_t *words, size_t n, struct swpd_skip *skip);

/* What words that are alike have in common. */
struct swpd_alike {
	size_t n;
	uint64_t lowest, highest; /* words; the offset of a swapped page is all that can differ */
	bool exact;               /* they are two of the words, not only below and above them */
};

/*
 * How many words from the first of n on are alike: all none, all present, or decoded as the first one but for
 * an offset that lies between those of *lowest and *highest. For pagemap words only; too few to be worth it:
 * 0.
 */
size_t swpd_alike(const struct swpd_decoder *dec, const uint64_t *words, size_t n, struct swpd_alike *a);

/* Make the bounds exact; words are those of which swpd_alike() told. */
void swpd_alike_bounds(const uint64_t *words, struct swpd_alike *a);

/* Make *e, decoded from one of such words, the entry of another of them. */
void swpd_alike_next(struct swpd_entry *e, uint64_t word);

/*
 * Classes that a word can have for which there is no row because architecture or release of the target are
 * not known: as the rows of all that it can be read it. dec is the one made for the target. Bit mask of enum
 * swpd_class; 0 where both are known.
 */
uint32_t swpd_possible(const struct swpd_decoder *dec, const struct swpd_target *t, uint64_t word);

/* Id of the row in use; NULL if there is none or a knob leaves two. */
const char *swpd_decoder_row(const struct swpd_decoder *dec);

/* Base pages (of the target's variant) that one entry stands for at this level. Huge pages of hugetlb: the
 * default size. */
unsigned long swpd_level_pages(const struct swpd_target *t, enum swpd_level level);

/* Classes of a name: one class, or a group (migration, device, special: all that are neither none, present
 * nor swap). Bit mask of enum swpd_class; 0 if there is no such name. */
uint32_t swpd_class_mask(const char *name);

/* Does the offset of such an entry hold a page frame number? */
bool swpd_class_holds_pfn(enum swpd_class cls);

/* What a word looks like that may be no entry at all. */
enum swpd_pattern_kind {
	PATTERN_ONE_BIT,
	PATTERN_FILL,
	PATTERN_ASCII,
	PATTERN_POINTER,
};

struct swpd_pattern {
	enum swpd_pattern_kind kind;
	char text[160];
};

/* What the word looks like, at most room of it. Returns how many were filled; it may still be an entry. */
int swpd_patterns(uint64_t word, struct swpd_pattern *found, int room);

/* Where it was seen that a page is not present. */
enum via {
	VIA_PTE,   /* in its page-table entry */
	VIA_SHMEM, /* in the shared memory that is mapped there: the entry itself may well be none */
	VIA_SCAN,  /* by PAGEMAP_SCAN, while the page map shows nothing: hugetlb */
	VIA_N
};

/* As printed: "pte", "shmem", "scan". Static string. */
const char *via_name(enum via via);

/*
 * The entry of a page that was seen via something else than its entry. Via shared memory: it is swapped, in a
 * slot that the kernel tells nobody. Via a scan: it is neither none nor present, and the decoder's types say
 * what it can be. flags: bit mask of those that are true, of flags_known.
 */
void swpd_entry_away(const struct swpd_decoder *dec, enum via via, unsigned int flags,
	unsigned int flags_known, struct swpd_entry *e);

/* What is wrong with an input or an entry: one finding. The check ids are rows of checks.def. */
enum severity {
	SEV_INFO,
	SEV_WARNING,
	SEV_ERROR,
};

enum check_id {
#define CHECK(id, name, severity, text) CHECK_##id,
#include "core/checks.def"
#undef CHECK
	CHECK_N
};

/* A bit for each check. */
_Static_assert(CHECK_N <= 32, "masks of checks have 32 bits");

struct finding {
	enum check_id check;
	char text[200];
};

/* Name, severity and one line on what a check is about: rows of checks.def. Static strings. */
const char *check_name(enum check_id id);
enum severity check_severity(enum check_id id);
const char *check_text(enum check_id id);
const char *severity_name(enum severity sev);
/* The check of that name; CHECK_N if there is none. */
enum check_id check_find(const char *name);

#endif
