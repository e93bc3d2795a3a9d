/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fact: what is known about the target, each fact with its source. A source of facts is one file here and
 * one line in list.def, in the order of belief: the first to state a fact wins, and what the user said
 * stands before all of them. A source is asked only while something that it can tell is still unknown.
 */
#ifndef FACT_FACT_H
#define FACT_FACT_H

#include "core/core.h"
#include "image/image.h"
#include "util/util.h"

#define SWAP_DEVICES_MAX 32 /* types of real swap never reach 32: include/linux/swap.h, MAX_SWAPFILES_SHIFT */

struct swap_device {
	char name[256];   /* as /proc/swaps says, its \ooo escapes undone */
	uint64_t pages;   /* usable pages; slots run from 1 to this, bad pages not counted */
	uint64_t used;    /* pages */
	uint64_t last;    /* the last slot; 0: not known, bad pages may lie below it */
	bool zram;        /* compressed memory: what follows is about it */
	int64_t same_pages; /* pages of one repeated word, zero mostly, that take no room; -1: not known */
	int64_t memory;   /* bytes that all others take; -1: not known */
};

/* Devices in the order of /proc/swaps, which is the order of their types; but types that were freed leave
 * holes that it does not show. */
struct swap_devices {
	bool known;      /* asked: n may be 0 */
	uint32_t unread; /* bit t: but not whether type t is a device's, and which; in a damaged dump */
	int n;
	uint32_t seen;   /* bit t: an entry of type t was met */
	int max_type;    /* highest possible type of a real device */
	struct swap_device device[SWAP_DEVICES_MAX];
	uint32_t possible[SWAP_DEVICES_MAX]; /* by type: bit i: device i can be it */
	bool counted;     /* these two were asked: */
	int64_t zswapped; /* pages that zswap keeps in memory instead, now, of all devices; -1: not known */
	int64_t zeros;    /* pages that went out as zeros since boot, and were not written; -1: not counted */
};

/* A page frame, as the kernel tells it. */
struct frame {
	bool beyond;      /* the machine has no such frame */
	bool locked;      /* it, or the compound page that it is part of */
	uint64_t flags;   /* bits of /proc/kpageflags */
	uint64_t known;   /* those of them that are known; one that is set always is */
	int64_t mapcount; /* -1: not known */
	/* Device memory (ZONE_DEVICE) that it is in: physical addresses [device_start, device_end], the range
	 * of the dev_pagemap; device_end 0: in none. */
	bool device_known, device_private;
	uint64_t device_start, device_end;
};

/* Bits of `flags`. */
enum {
	FRAME_LOCKED = 0,
	FRAME_SLAB = 7,
	FRAME_BUDDY = 10,
	FRAME_MMAP = 11,
	FRAME_ANON = 12,
	FRAME_SWAPCACHE = 13,
	FRAME_COMPOUND_HEAD = 15,
	FRAME_COMPOUND_TAIL = 16,
	FRAME_HUGE = 17,
	FRAME_HWPOISON = 19,
	FRAME_NOPAGE = 20,
	FRAME_KSM = 21,
	FRAME_THP = 22,
	FRAME_OFFLINE = 23,
	FRAME_ZERO_PAGE = 24,
	FRAME_PGTABLE = 26,
};

#define RAW_ERRORS_MAX 16

/* Frames of a huge page that have a hardware error. */
struct raw_errors {
	int n;
	bool more; /* there are others */
	uint64_t pfn[RAW_ERRORS_MAX];
};

/* A swap slot, as the kernel tells it. */
struct swap_slot {
	enum slot_state {
		SLOT_FREE,
		SLOT_USED,
		SLOT_CACHED, /* in the swap cache only: nobody refers to it */
		SLOT_BAD,    /* the swap header, or a bad page of the device */
		SLOT_SHMEM,  /* shared memory's: no page table refers to it */
	} state;
	int64_t count; /* SLOT_USED: how many refer to it; -1: more than the kernel has room for there */
};

/*
 * What can be asked of a machine about that which entries refer to. A function may be NULL, and each returns
 * false for what is not known.
 */
struct lookup {
	void *frames, *slots; /* passed to the functions */
	bool (*frame)(void *frames, uint64_t pfn, struct frame *to);
	/* Of the frames [pfn, pfn + pages). */
	bool (*errors)(void *frames, uint64_t pfn, uint64_t pages, struct raw_errors *to);
	bool (*slot)(void *slots, unsigned int type, uint64_t offset, struct swap_slot *to);
	/* The slot in which a sector of 512 bytes of a block device lies. */
	bool (*sector)(void *slots, unsigned int major, unsigned int minor, uint64_t sector,
		unsigned int *type, uint64_t *slot);
};

#define FRAMES_AHEAD 512

/* Frames of the machine below a root, with those read last. */
struct frames {
	int flags_fd, count_fd; /* 0 or less: cannot be read */
	uint64_t first;
	size_t n, n_counts;
	uint64_t flags[FRAMES_AHEAD], counts[FRAMES_AHEAD];
};

/* Drivers that say something about swap or device memory. */
enum module_state {
	MODULE_UNKNOWN,
	MODULE_ABSENT,
	MODULE_LOADABLE,
	MODULE_LOADED,
	MODULE_BUILTIN,
};

struct module_fact {
	const char *name;
	enum module_state state;
};

#define FACT_MODULES 6
#define FACTS_DENIED_MAX 8

struct facts {
	struct swpd_target target;
	const struct root *root;
	const char *vmlinux; /* --vmlinux, or NULL: looked for in the usual places */
	struct swap_devices swaps;
	struct module_fact modules[FACT_MODULES];
	char modules_from[72]; /* empty: not asked, or nothing there */
	char zswap[8];         /* /sys/module/zswap/parameters/enabled; empty: not known */
	char host[72], boot_id[40];
	struct denied {
		enum knob knob; /* that this is about; KNOB_NONE: none */
		char text[200];
	} denied[FACTS_DENIED_MAX]; /* what was stated, and holds, though something else denies it */
	int n_denied;
	const struct variant *usual; /* what the name given for the architecture usually means; or NULL */
	enum cpu_order order;        /* what that name tells */
};

/* ---- for the door ---- */

/* An empty set of facts about the machine below root. Both pointers must outlive *f. */
void facts_init(struct facts *f, const struct root *root);

/*
 * The user's word. Each returns 0, or -1 with *err filled. spec is ARCH[:VARIANT]; assignment is
 * KNOB=VALUE[,KNOB=VALUE…]; path is a kernel configuration, plain or gzip.
 */
int facts_set_arch(struct facts *f, const char *spec, struct swpd_error *err);
int facts_set_release(struct facts *f, const char *release, struct swpd_error *err);
int facts_set_knobs(struct facts *f, const char *assignments, struct swpd_error *err);
int facts_set_config(struct facts *f, const char *path, struct swpd_error *err);

/* Is the CPU big-endian, by the name that was given for its architecture, or else by its variant? */
bool facts_big_endian(const struct facts *f);

/* Architecture, release and page size of the machine below the root, as far as it tells. */
void facts_ask_machine(struct facts *f);

/* The same, and what of the configuration it tells, from a dump: its headers and its VMCOREINFO. */
void facts_ask_dump(struct facts *f, const struct image *im);

/* What the symbols of the kernel in a dump tell of its configuration. */
void facts_ask_kernel(struct facts *f, struct kmem *k);

/* Virtual address bits that the kernel of a dump says that it uses; 0 if it does not say. */
unsigned int facts_va_bits(const struct image *im);

/* The page tables themselves are of this variant, which was only assumed so far; unless sure, others fit too.
 */
void facts_variant_seen(struct facts *f, const struct variant *variant, const char *source, bool sure);

/* Ask for the knobs in the mask (1 << enum knob), and stop asking when they are all known. */
void facts_ask_knobs(struct facts *f, uint32_t wanted);

/* State of the modules that matter (through libkmod), whatever else is known. */
void facts_ask_modules(struct facts *f);

/* Read a --vmlinux that the user named: an error here is the user's to know. */
int facts_read_vmlinux(struct facts *f, struct swpd_error *err);

/*
 * Weigh what is known, and fill in what is still missing from what is usual and from defaults, marked as
 * assumed. Once, after everything that was to be asked was asked.
 */
void facts_assume(struct facts *f);

/*
 * Make special entries in our own memory, read them back, and see if dec, a decoder of pagemap words of this
 * machine, takes them for what they are. slow: a migration entry too, which takes up to a second. Returns how
 * many agreed (0 too where the kernel makes or shows none); -1 with *err naming both sources if one did not.
 */
int facts_calibrate(const struct facts *f, const struct swpd_decoder *dec, bool slow, struct swpd_error *err);

/* Read /proc/swaps below the root, and what counts pages that are not on those devices. Returns 0; -1 with
 * *err filled if it cannot be read or makes no sense. */
int facts_ask_swaps(struct facts *f, struct swpd_error *err);

/* Are these other devices than facts_ask_swaps() found? Then which device has which type is in doubt. */
bool swaps_changed(const struct facts *f);

/* The swap device or file, as an index, and the slot in which a sector of 512 bytes of a block device lies,
 * be it on a partition of that: 0, or -1 if it is in none. */
int swaps_sector(const struct facts *f, unsigned int major, unsigned int minor, uint64_t sector, int *device,
	uint64_t *slot);

/* Open what tells of frames of the machine below root, as far as it may be read, for l; close it. */
void frames_init(struct frames *f, const struct root *root, struct lookup *l);
void frames_close(struct frames *f);

/* The same for those of a dump. */
struct memmap;

/*
 * Find the memory map of a kernel. b are its types, or NULL: then less is known of a frame; b is needed only
 * here, k must outlive the map. NULL if the dump does not tell.
 */
struct memmap *memmap_open(struct kmem *k, const struct btf *b, release_t release);
void memmap_close(struct memmap *m);
/*
 * The frames of the page and the huge page that are all zeros; 0, or all bits set: not known, or none. `more`
 * such pages follow the first one: s390 and mips have some.
 */
void memmap_zero(struct memmap *m, uint64_t zero, uint64_t more, uint64_t huge);
/* Let l ask it. */
void memmap_lookup(struct memmap *m, struct lookup *l);

/* Ask; false if it cannot be asked. */
static inline bool lookup_frame(const struct lookup *l, uint64_t pfn, struct frame *to)
{
	return l->frame && l->frame(l->frames, pfn, to);
}

/* The same. */
static inline bool lookup_errors(const struct lookup *l, uint64_t pfn, uint64_t pages, struct raw_errors *to)
{
	return l->errors && l->errors(l->frames, pfn, pages, to);
}

/* The same. */
static inline bool lookup_slot(
	const struct lookup *l, unsigned int type, uint64_t offset, struct swap_slot *to)
{
	return l->slot && l->slot(l->slots, type, offset, to);
}

/* What is said of such a slot: "is free", and so on. */
const char *slot_state_name(enum slot_state s);

/* Names of the flags that are set (at most max of them); returns how many. Static strings. */
int frame_flags(const struct frame *f, const char **list, int max);

/* The flags named in a list, as a mask; 0 with *err if one of them is none. */
uint64_t frame_flags_parse(const char *list, struct swpd_error *err);

/* An entry of a swap type (below SWAP_DEVICES_MAX) that was not met before: it narrows down which device
 * has which. */
void swaps_narrow(struct swap_devices *s, unsigned int type);

/* Note that an entry of this swap type was met. */
static inline void swaps_see(struct swap_devices *s, unsigned int type)
{
	if (type < SWAP_DEVICES_MAX && !(s->seen & 1u << type))
		swaps_narrow(s, type);
}

/* The device that certainly has this type; NULL if none or several can have it (s->possible[type]). */
const struct swap_device *swaps_device(const struct swap_devices *s, unsigned int type);

/* The last slot of the largest of these devices (bit i: device i). *exact: bad pages are counted. */
uint64_t swaps_last_slot(const struct swap_devices *s, uint32_t devices, bool *exact);

/* As printed: "absent", "loadable", "loaded", "built-in"; NULL if not known. */
const char *module_state_name(enum module_state s);

/* ---- for the sources of facts in this room ---- */

/* Note, once, that something denies a fact: of a knob, or KNOB_NONE. */
void fact_deny(struct facts *f, enum knob knob, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

/* State a fact, unless it is known already; then, what is known holds. Returns true if it was news. */
bool fact_knob(struct facts *f, enum knob knob, int value, const char *source);
bool fact_release(struct facts *f, const char *text, const char *source);
bool fact_page_shift(struct facts *f, unsigned int shift, const char *source);
bool fact_arch(struct facts *f, const struct arch *arch, const struct variant *variant, const char *source);

/* What this name of an architecture usually means, instead of what another name did; arch NULL: nothing. */
void fact_named(struct facts *f, const struct arch *arch, const char *name);

/* A number that VMCOREINFO has: the value of KEY, in decimal, or with base 16. False if it has none. */
bool vmcoreinfo_number(const struct image *im, const char *key, int base, uint64_t *v);

/* Read a configuration from fd (closed). source names it. Returns -1 if it is not one. */
int config_read(struct facts *f, int fd, const char *source);

#endif
