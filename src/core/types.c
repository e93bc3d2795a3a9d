/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "core/types.h"

#define C(name) SWPD_##name

/*
 * The special swap types are a stack on top of the real ones: include/linux/swap.h. Every group that a
 * kernel has takes its numbers above the group before it, and the last number is always 31.
 */
const struct type_group type_groups[] = {
	{ KNOB_MEMORY_FAILURE, KV(2, 6, 32), KV_MAX, 1, { C(HWPOISON) },
		"RHEL 6 2.6.32, 3.0.1 on; run in 5.10 to 7.2" },
	{ KNOB_MIGRATION, KV(2, 6, 18), KV(5, 19, 0), 2, { C(MIGRATION_READ), C(MIGRATION_WRITE) },
		"2.6.18 to 5.18; run in 5.10" },
	{ KNOB_MIGRATION, KV(5, 19, 0), KV_MAX, 3,
		{ C(MIGRATION_READ), C(MIGRATION_READ_EXCLUSIVE), C(MIGRATION_WRITE) },
		"5.19.0; run in 6.1, 6.12, 7.2" },
	{ KNOB_DEVICE_PRIVATE, KV(4, 14, 0), KV(5, 14, 0), 2,
		{ C(DEVICE_PRIVATE_WRITE), C(DEVICE_PRIVATE_READ) },
		"4.14.105 to 5.12; run in 5.10" },
	{ KNOB_DEVICE_PRIVATE, KV(5, 14, 0), KV(6, 15, 0), 4,
		{ C(DEVICE_PRIVATE_WRITE), C(DEVICE_PRIVATE_READ), C(DEVICE_EXCLUSIVE_WRITE),
		C(DEVICE_EXCLUSIVE_READ) },
		"5.14.2 to 6.14; run in 6.1, 6.12" },
	{ KNOB_DEVICE_PRIVATE, KV(6, 15, 0), KV_MAX, 3,
		{ C(DEVICE_PRIVATE_WRITE), C(DEVICE_PRIVATE_READ), C(DEVICE_EXCLUSIVE) },
		"6.17.0; run in 7.2" },
	{ KNOB_PTE_MARKER, KV(5, 19, 0), KV(6, 2, 0), 1, { C(PTE_MARKER) }, "5.19.0, 6.0.1; run in 6.1" },
	{ KNOB_NONE, KV(6, 2, 0), KV_MAX, 1, { C(PTE_MARKER) }, "6.2.1 on; run in 6.12, 7.2" },
	{ KNOB_NONE, KV(5, 19, 0), KV(6, 2, 0), 1, { C(SWAPIN_ERROR) }, "5.19.0, 6.0.1; run in 6.1" },
};
const size_t n_type_groups = sizeof(type_groups) / sizeof(type_groups[0]);

static const struct {
	release_t since;
	uint8_t mask;
} marker_masks[] = {
	/* include/linux/swapops.h, PTE_MARKER_MASK: 6.13.2; 6.2.1; 5.19.0 */
	{ KV(6, 13, 0), SWPD_MARKER_UFFD_WP | SWPD_MARKER_POISONED | SWPD_MARKER_GUARD },
	{ KV(6, 2, 0), SWPD_MARKER_UFFD_WP | SWPD_MARKER_POISONED },
	{ KV(5, 19, 0), SWPD_MARKER_UFFD_WP },
};

uint8_t marker_mask(release_t r)
{
	for (size_t i = 0; i < sizeof(marker_masks) / sizeof(marker_masks[0]); i++)
		if (r >= marker_masks[i].since)
			return marker_masks[i].mask;
	return 0;
}

static bool group_exists(const struct type_group *g, release_t r)
{
	return r >= g->since && r < g->until;
}

unsigned int type_map(release_t r, uint32_t knobs_on, uint8_t cls[32])
{
	unsigned int n = 0, next;

	for (size_t i = 0; i < n_type_groups; i++)
		if (group_exists(&type_groups[i], r) &&
			(type_groups[i].knob == KNOB_NONE || knobs_on & 1u << type_groups[i].knob))
			n += type_groups[i].n;
	memset(cls, SWPD_SWAP, 32);
	next = 32 - n;
	for (size_t i = 0; i < n_type_groups; i++) {
		const struct type_group *g = &type_groups[i];

		if (!group_exists(g, r) || !(g->knob == KNOB_NONE || knobs_on & 1u << g->knob))
			continue;
		memcpy(cls + next, g->cls, g->n);
		next += g->n;
	}
	return 32 - n;
}

uint32_t type_knobs(release_t r)
{
	uint32_t mask = 0;

	for (size_t i = 0; i < n_type_groups; i++)
		if (type_groups[i].knob != KNOB_NONE && group_exists(&type_groups[i], r))
			mask |= 1u << type_groups[i].knob;
	return mask;
}

/* Device memory needs ZONE_DEVICE, that MEMORY_HOTREMOVE, and that MIGRATION: mm/Kconfig, 4.14 to 6.12. */
static bool possible(uint32_t on)
{
	return !(on & 1u << KNOB_DEVICE_PRIVATE) || on & 1u << KNOB_MIGRATION;
}

struct survey {
	const struct swpd_target *t;
	uint32_t seen[32]; /* classes that each type can be */
	unsigned int max;  /* MAX_SWAPFILES; 0: differs */
	unsigned int n;    /* kernels that fit */
};

static void survey_release(struct survey *s, release_t r, bool believe_max)
{
	uint32_t relevant = type_knobs(r), unknown = 0, on = 0, pick = 0;

	for (int k = 0; k < KNOB_N; k++) {
		if (!(relevant & 1u << k))
			continue;
		if (s->t->knobs[k] == KNOB_UNKNOWN)
			unknown |= 1u << k;
		else if (s->t->knobs[k])
			on |= 1u << k;
	}
	do {
		uint8_t cls[32];
		unsigned int max = type_map(r, on | pick, cls);
		bool fits = !believe_max || !s->t->max_swapfiles || max == (unsigned int)s->t->max_swapfiles;

		if (fits && (!unknown || possible(on | pick))) {
			for (int i = 0; i < 32; i++)
				s->seen[i] |= 1u << cls[i];
			s->max = s->n && s->max != max ? 0 : max;
			s->n++;
		}
		pick = (pick - unknown) & unknown;
	} while (pick);
}

static void survey_all(struct survey *s, bool believe_max)
{
	if (s->t->release) {
		survey_release(s, s->t->release, believe_max);
		return;
	}
	for (size_t i = 0; i < n_type_groups; i++)
		if (type_groups[i].since >= KV_OLDEST)
			survey_release(s, type_groups[i].since, believe_max);
}

unsigned int type_survey(const struct swpd_target *t, uint32_t seen[32])
{
	struct survey s = { .t = t };

	survey_all(&s, true);
	if (!s.n) {
		/* MAX_SWAPFILES contradicts all else that is known: all that is certain is where the real
		 * types end. */
		survey_all(&s, false);
		for (int i = 0; i < 32; i++)
			s.seen[i] = i < t->max_swapfiles ? 1u << SWPD_SWAP : s.seen[i] & ~(1u << SWPD_SWAP);
		s.max = t->max_swapfiles;
	}
	memcpy(seen, s.seen, sizeof(s.seen));
	return s.max;
}
