/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "core/types.h"

#define C(name) SWPD_##name

#define TYPES SUBJECT_TYPES
#define VENDOR(knob, own) SUBJECT_VENDOR, KNOB_##knob, KV_OWN(own), KV_OWN(own + 1)

/*
 * The special swap types are a stack on top of the real ones: include/linux/swap.h. Every group that a
 * kernel has takes its numbers above the group before it, and the last number is always 31.
 */
const struct type_group type_groups[] = {
	{ TYPES, KNOB_MEMORY_FAILURE, KV(2, 6, 32), KV_MAX, 1, { C(HWPOISON) },
		"RHEL 6 2.6.32, 3.0.1 on; run in 5.10 to 7.2" },
	{ TYPES, KNOB_MIGRATION, KV(2, 6, 18), KV(5, 19, 0), 2, { C(MIGRATION_READ), C(MIGRATION_WRITE) },
		"2.6.18 to 5.18; run in 5.10" },
	{ TYPES, KNOB_MIGRATION, KV(5, 19, 0), KV_MAX, 3,
		{ C(MIGRATION_READ), C(MIGRATION_READ_EXCLUSIVE), C(MIGRATION_WRITE) },
		"5.19.0; run in 6.1, 6.12, 7.2" },
	{ TYPES, KNOB_DEVICE_PRIVATE, KV(4, 14, 0), KV(5, 14, 0), 2,
		{ C(DEVICE_PRIVATE_WRITE), C(DEVICE_PRIVATE_READ) },
		"4.14.105 to 5.12; run in 5.10" },
	{ TYPES, KNOB_DEVICE_PRIVATE, KV(5, 14, 0), KV(6, 15, 0), 4,
		{ C(DEVICE_PRIVATE_WRITE), C(DEVICE_PRIVATE_READ), C(DEVICE_EXCLUSIVE_WRITE),
		C(DEVICE_EXCLUSIVE_READ) },
		"5.14.2 to 6.14; run in 6.1, 6.12" },
	{ TYPES, KNOB_DEVICE_PRIVATE, KV(6, 15, 0), KV_MAX, 3,
		{ C(DEVICE_PRIVATE_WRITE), C(DEVICE_PRIVATE_READ), C(DEVICE_EXCLUSIVE) },
		"6.17.0; run in 7.2" },
	{ TYPES, KNOB_PTE_MARKER, KV(5, 19, 0), KV(6, 2, 0), 1,
		{ C(PTE_MARKER) }, "5.19.0, 6.0.1; run in 6.1" },
	{ TYPES, KNOB_NONE, KV(6, 2, 0), KV_MAX, 1, { C(PTE_MARKER) }, "6.2.1 on; run in 6.12, 7.2" },
	{ SUBJECT_SWAPIN_ERROR, KNOB_NONE, KV(5, 19, 0), KV(6, 2, 0), 1, { C(SWAPIN_ERROR) },
		"5.19.0, 6.0.1; run in 6.1" },
	{ VENDOR(HMM_MIGRATE, OWN_RHEL_7_3), 1, { C(HMM) }, "RHEL 7.3 3.10.0-514" },
	{ VENDOR(HMM, OWN_RHEL_7_4), 2, { C(DEVICE_PRIVATE_WRITE), C(DEVICE_PRIVATE_READ) },
		"RHEL 7.4 3.10.0-693.21.1, 7.7, 7.9" },
	{ VENDOR(USERSWAP, OWN_OPENEULER_22_03), 1, { C(USERSWAP) }, "openEuler 22.03 LTS SP2 5.10.0" },
};
const size_t n_type_groups = sizeof(type_groups) / sizeof(type_groups[0]);

const struct marker_mask marker_masks[] = {
	/* include/linux/swapops.h, PTE_MARKER_MASK: 6.13.2; 6.2.1; 5.19.0 */
	{ KV(6, 13, 0), SWPD_MARKER_UFFD_WP | SWPD_MARKER_POISONED | SWPD_MARKER_GUARD },
	{ KV(6, 2, 0), SWPD_MARKER_UFFD_WP | SWPD_MARKER_POISONED },
	{ KV(5, 19, 0), SWPD_MARKER_UFFD_WP },
};
const size_t n_marker_masks = sizeof(marker_masks) / sizeof(marker_masks[0]);

uint8_t marker_mask(release_t r)
{
	for (size_t i = 0; i < n_marker_masks; i++)
		if (r >= marker_masks[i].since)
			return marker_masks[i].mask;
	return 0;
}

/* A group whose boundary fell into one of these releases: nobody looked at them. */
static const struct {
	enum knob knob;
	release_t since, until;
} doubts[] = {
	{ KNOB_DEVICE_PRIVATE, KV(5, 13, 0), KV(5, 14, 0) }, /* 5.12.9 has two, 5.14-rc5 four */
	{ KNOB_DEVICE_PRIVATE, KV(6, 15, 0), KV(6, 17, 0) }, /* 6.14.0 has four, 6.17.0 three */
};

bool type_doubt(const struct swpd_target *t)
{
	release_t r = target_as(t, SUBJECT_TYPES);

	for (size_t i = 0; i < sizeof(doubts) / sizeof(doubts[0]); i++)
		if (r >= doubts[i].since && r < doubts[i].until && swpd_target_knob(t, doubts[i].knob))
			return true;
	return false;
}

static bool group_exists(const struct type_group *g, const struct swpd_target *t)
{
	release_t r = target_as(t, g->subject);

	return r >= g->since && r < g->until;
}

unsigned int type_map(const struct swpd_target *t, uint32_t knobs_on, uint8_t cls[32])
{
	unsigned int n = 0, next;

	for (size_t i = 0; i < n_type_groups; i++)
		if (group_exists(&type_groups[i], t) &&
			(type_groups[i].knob == KNOB_NONE || knobs_on & 1u << type_groups[i].knob))
			n += type_groups[i].n;
	memset(cls, SWPD_SWAP, 32);
	next = 32 - n;
	for (size_t i = 0; i < n_type_groups; i++) {
		const struct type_group *g = &type_groups[i];

		if (!group_exists(g, t) || !(g->knob == KNOB_NONE || knobs_on & 1u << g->knob))
			continue;
		memcpy(cls + next, g->cls, g->n);
		next += g->n;
	}
	return 32 - n;
}

uint32_t type_knobs(const struct swpd_target *t)
{
	uint32_t mask = 0;

	for (size_t i = 0; i < n_type_groups; i++)
		if (type_groups[i].knob != KNOB_NONE && group_exists(&type_groups[i], t))
			mask |= 1u << type_groups[i].knob;
	return mask;
}

/* Device memory needs ZONE_DEVICE, that MEMORY_HOTREMOVE, and that MIGRATION: mm/Kconfig, 4.14 to 6.12. */
#define DEVICE_AND_MIGRATION (1u << KNOB_DEVICE_PRIVATE | 1u << KNOB_MIGRATION)

static bool possible(uint32_t on)
{
	return !(on & 1u << KNOB_DEVICE_PRIVATE) || on & 1u << KNOB_MIGRATION;
}

struct survey {
	uint32_t seen[32]; /* classes that each type can be */
	unsigned int max;  /* MAX_SWAPFILES; 0: differs */
	unsigned int n;    /* kernels that fit */
};

static void survey_kernel(struct survey *s, const struct swpd_target *t, bool believe_max)
{
	uint32_t relevant = type_knobs(t), unknown = 0, on = 0, pick = 0;

	for (int k = 0; k < KNOB_N; k++) {
		if (!(relevant & 1u << k))
			continue;
		if (swpd_target_knob(t, k) == KNOB_UNKNOWN)
			unknown |= 1u << k;
		else if (swpd_target_knob(t, k))
			on |= 1u << k;
	}
	do {
		uint8_t cls[32];
		unsigned int max = type_map(t, on | pick, cls);
		bool fits = !believe_max || !t->max_swapfiles || max == (unsigned int)t->max_swapfiles;

		/* What is known of both is believed, even if no kernel can be so. */
		if (fits && (possible(on | pick) || !(unknown & DEVICE_AND_MIGRATION))) {
			for (int i = 0; i < 32; i++)
				s->seen[i] |= 1u << cls[i];
			s->max = s->n && s->max != max ? 0 : max;
			s->n++;
		}
		pick = (pick - unknown) & unknown;
	} while (pick);
}

static void survey_all(struct survey *s, const struct swpd_target *t, bool believe_max)
{
	struct swpd_target one = *t;

	if (t->release) {
		survey_kernel(s, t, believe_max);
		return;
	}
	for (size_t i = 0; i < n_type_groups; i++) {
		one.release = type_groups[i].since;
		if (one.release >= KV_OLDEST && one.release < KV_MAX)
			survey_kernel(s, &one, believe_max);
	}
	for (size_t i = 0; i < n_backports; i++) { /* it may be a distribution's, too */
		one.release = swpd_release_parse(backports[i].patterns);
		memcpy(one.as, backports[i].as, sizeof(one.as));
		if (one.as[SUBJECT_TYPES] || one.as[SUBJECT_VENDOR])
			survey_kernel(s, &one, believe_max);
	}
}

bool type_fits(const struct swpd_target *t)
{
	struct survey s = { .n = 0 };

	survey_all(&s, t, true);
	return s.n;
}

unsigned int type_survey(const struct swpd_target *t, uint32_t seen[32])
{
	struct survey s = { .n = 0 };

	survey_all(&s, t, true);
	if (!s.n) {
		/* MAX_SWAPFILES contradicts all else that is known: certain is where real types end. */
		uint32_t special = 0;

		survey_all(&s, t, false);
		for (int i = 0; i < 32; i++)
			special |= s.seen[i] & ~(1u << SWPD_SWAP);
		for (int i = 0; i < 32; i++)
			s.seen[i] = i < t->max_swapfiles ? 1u << SWPD_SWAP : special;
		s.max = t->max_swapfiles;
	}
	memcpy(seen, s.seen, sizeof(s.seen));
	return s.max;
}
