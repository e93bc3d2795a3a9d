/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * swpdecode: decode page-table entries that are not present.
 *
 * A target (architecture, variant, kernel release, configuration) is resolved once into a struct
 * swpd_decoder; after that decoding is pure: a word in, a struct swpd_entry out, no allocation, no I/O,
 * no globals. A decoder is never changed by decoding, so threads may share one.
 *
 * Ownership: every structure belongs to the caller; nothing here needs freeing.
 */
#ifndef SWPDECODE_H
#define SWPDECODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What an entry is. The names are those of the kernel (include/linux/leafops.h, enum softleaf_type, 7.2). */
#define SWPD_CLASSES(X)                                                                                    \
	X(NONE, "none", "nothing is mapped here")                                                          \
	X(PRESENT, "present", "a page is mapped")                                                          \
	X(SWAP, "swap", "the page is in a swap slot")                                                      \
	X(MIGRATION_READ, "migration-read", "being migrated, was readable")                                \
	X(MIGRATION_READ_EXCLUSIVE, "migration-read-exclusive",                                            \
		"being migrated, was readable and exclusive")                                              \
	X(MIGRATION_WRITE, "migration-write", "being migrated, was writable")                              \
	X(HWPOISON, "hwpoison", "the frame has a hardware memory error")                                   \
	X(DEVICE_PRIVATE_READ, "device-private-read", "the page is in device memory, readable")            \
	X(DEVICE_PRIVATE_WRITE, "device-private-write", "the page is in device memory, writable")          \
	X(DEVICE_EXCLUSIVE_READ, "device-exclusive-read", "a device has exclusive access, was readable")   \
	X(DEVICE_EXCLUSIVE_WRITE, "device-exclusive-write", "a device has exclusive access, was writable") \
	X(DEVICE_EXCLUSIVE, "device-exclusive", "a device has exclusive access")                           \
	X(SWAPIN_ERROR, "swapin-error", "reading the page back from swap failed")                          \
	X(PTE_MARKER, "pte-marker", "no page: information about the address only")                         \
	X(HMM, "hmm", "the page is in device memory (RHEL 7.3)")                                           \
	X(USERSWAP, "userswap", "user space swaps this page (openEuler 22.03)")                            \
	X(UNKNOWN, "unknown", "see unknown_why and candidates")

enum swpd_class {
#define X(id, name, text) SWPD_##id,
	SWPD_CLASSES(X)
#undef X
	SWPD_CLASS_N
};

/* Why an entry is SWPD_UNKNOWN, or, with NO_SLOT, its slot. */
enum swpd_why {
	SWPD_WHY_NONE,      /* it is known */
	SWPD_WHY_HIDDEN,    /* the kernel hides the fields from this reader */
	SWPD_WHY_KNOB,      /* the meaning depends on configuration that is not known; see candidates */
	SWPD_WHY_STRAY,     /* a swap type above 31: no kernel writes one */
	SWPD_WHY_NO_ROW,    /* no layout is known for this release, level or architecture */
	SWPD_WHY_NO_SLOT,   /* class swap: shared memory, whose slots the kernel does not tell */
	SWPD_WHY_NOT_SHOWN, /* hugetlb: the page map shows nothing where PAGEMAP_SCAN says that there is
			       something */
	SWPD_WHY_FILE_PTE,  /* before 4.0: a PTE that holds an offset in a nonlinear file mapping */
	SWPD_WHY_N
};

/* Flags of an entry; each is true, false, or not carried by this layout or input. */
#define SWPD_FLAGS(X)                                                                                      \
	X(SOFT_DIRTY, "soft_dirty", "written since soft-dirty was last cleared")                           \
	X(UFFD_WP, "uffd_wp", "write-protected through userfaultfd")                                       \
	X(EXCLUSIVE, "exclusive", "the swapped anonymous page belongs to one process alone")               \
	X(YOUNG, "young", "was young when migration began")                                                \
	X(DIRTY, "dirty", "was dirty when migration began")                                                \
	X(FILE_PAGE, "file_page", "file-backed or shared-anonymous page (pagemap bit 61)")                 \
	X(MMAP_EXCLUSIVE, "mmap_exclusive", "mapped by one page table only (pagemap bit 56)")

enum swpd_flag {
#define X(id, name, text) SWPD_FLAG_##id,
	SWPD_FLAGS(X)
#undef X
	SWPD_FLAG_N
};

/* Bits of a PTE marker (include/linux/swapops.h, PTE_MARKER_*). */
enum {
	SWPD_MARKER_UFFD_WP = 1,
	SWPD_MARKER_POISONED = 2, /* 6.2-6.5 call it a swapin error */
	SWPD_MARKER_GUARD = 4,
};

/* Where in the page table a word stood. */
enum swpd_level {
	SWPD_LEVEL_PTE,
	SWPD_LEVEL_PMD,
	SWPD_LEVEL_PUD,
	SWPD_LEVEL_HUGETLB,
	SWPD_LEVEL_N
};

/* Which fields of struct swpd_entry hold something. */
enum {
	SWPD_HAS_TYPE = 1,
	SWPD_HAS_OFFSET = 2,
	SWPD_HAS_PFN = 4,
	SWPD_HAS_SWP_ENTRY = 8,
};

/* One decoded entry: plain and of fixed size. */
struct swpd_entry {
	uint64_t word;      /* as it was read */
	uint64_t offset;    /* offset field of the kernel's swp_entry_t (for swap: the slot, in pages) */
	uint64_t pfn;       /* page frame number; present entries and classes that hold one */
	uint64_t swp_entry; /* the generic swp_entry_t that kernel logs print */
	uint64_t stray;     /* bits that are set and mean nothing in this layout */
	uint64_t missing;   /* bits that the kernel sets in every entry of this layout, and are not set */
	/* What follows is the entry's shape: equal for all entries of one kind. */
	uint32_t candidates;  /* of SWPD_UNKNOWN, where they are known: bit mask of enum swpd_class */
	uint8_t cls;          /* enum swpd_class */
	uint8_t type;         /* swp_type field, 0-127 */
	uint8_t why;          /* enum swpd_why */
	uint8_t marker;       /* SWPD_MARKER_* bits that this kernel knows */
	uint8_t marker_extra; /* 1 if the marker has bits set that this kernel does not know */
	uint8_t has;          /* SWPD_HAS_* */
	uint8_t flags;        /* bit n: enum swpd_flag n is true */
	uint8_t flags_known;  /* bit n: enum swpd_flag n is true or false, not unknown */
	uint32_t index;       /* position in the batch that it was decoded from */
};

/* An error: fixed size, so that it can always be reported. Text is one line without a full stop. */
enum swpd_code {
	SWPD_OK,
	SWPD_E_SYSTEM,   /* a system call failed: see sys */
	SWPD_E_USAGE,    /* the request makes no sense: say it differently */
	SWPD_E_FORMAT,   /* the input is not what it should be: use another input */
	SWPD_E_NOT_HERE, /* the thing asked for does not exist on this system or in this table */
	SWPD_E_RANGE,    /* a number does not fit the field it is meant for */
};

struct swpd_error {
	enum swpd_code code;
	int sys; /* errno for SWPD_E_SYSTEM, else 0 */
	char text[256];
};

struct swpd_target;
struct swpd_decoder;

/* Name of a class, flag, level or reason, as printed; "?" if out of range. Static strings. */
const char *swpd_class_name(enum swpd_class cls);
const char *swpd_flag_name(enum swpd_flag flag);
const char *swpd_level_name(enum swpd_level level);
const char *swpd_why_name(enum swpd_why why); /* NULL for SWPD_WHY_NONE */

/* One sentence on what a class means. Static string. */
const char *swpd_class_text(enum swpd_class cls);

/*
 * Decode one word. Takes the word as an integer in the layout's own bit numbering (byte order already
 * undone) and fills *entry; index is set to 0. Never fails: what cannot be told is SWPD_UNKNOWN.
 */
void swpd_decode(const struct swpd_decoder *dec, uint64_t word, struct swpd_entry *entry);

/* Decides what swpd_decode_batch() leaves out: counted, but no entry is made. */
struct swpd_skip {
	bool none, present;         /* in: leave these out */
	uint64_t n_none, n_present; /* out: increased by the number left out */
};

/*
 * Decode n words (at most 4096 in one call is best for caches; any n works) into out[], which has room
 * for n entries; each entry's index is its position in words[]. skip may be NULL: then nothing is left
 * out. Returns the number of entries written.
 */
size_t swpd_decode_batch(const struct swpd_decoder *dec, const uint64_t *words, size_t n,
	struct swpd_entry *out, struct swpd_skip *skip);

/*
 * The inverse of swpd_decode(): the word for a swap type, an offset (with young and dirty for migration
 * entries already in it) and true flags (bit n: enum swpd_flag n). On success stores *word and returns
 * true. If the layout cannot hold a value, or the word would read as none or present, returns false and
 * says in *err what and how wide the field is.
 */
bool swpd_encode(const struct swpd_decoder *dec, unsigned int type, uint64_t offset, unsigned int flags,
	uint64_t *word, struct swpd_error *err);

#endif
