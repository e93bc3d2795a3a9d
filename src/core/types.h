/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The type map: which swap type means what, by release and configuration. Private to core. */
#ifndef CORE_TYPES_H
#define CORE_TYPES_H

#include "core/core.h"

struct type_group {
	enum subject subject;
	enum knob knob;
	release_t since, until;
	uint8_t n;
	uint8_t cls[4]; /* enum swpd_class, upwards */
	const char *source; /* include/linux/swap.h, swapops.h in these releases */
};

/* In stacking order, lowest group first. */
extern const struct type_group type_groups[];
extern const size_t n_type_groups;

/* PTE_MARKER_MASK from a release on, the newest first. */
struct marker_mask {
	release_t since;
	uint8_t mask;
};

extern const struct marker_mask marker_masks[];
extern const size_t n_marker_masks;

/* PTE_MARKER_MASK of a release. */
uint8_t marker_mask(release_t r);

/* Fill cls[] for one kernel (knobs_on: bits 1 << enum knob). Returns MAX_SWAPFILES. */
unsigned int type_map(const struct swpd_target *t, uint32_t knobs_on, uint8_t cls[32]);

/* Knobs that decide the map of a target's release, as bits. */
uint32_t type_knobs(const struct swpd_target *t);

/* True if some kernel that this target can be has the MAX_SWAPFILES that is known, or if none is known. */
bool type_fits(const struct swpd_target *t);

/* True if the numbers depend on a boundary that lies in releases nobody looked at, of which this is one. */
bool type_doubt(const struct swpd_target *t);

/*
 * What each type can be for this target: seen[] are bits of enum swpd_class, one bit only where it is
 * certain. Returns MAX_SWAPFILES, 0 if it is not certain.
 */
unsigned int type_survey(const struct swpd_target *t, uint32_t seen[32]);

#endif
