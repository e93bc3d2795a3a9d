/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Checks of swap entries against the swap devices of their machine, where that was looked at. */
#include "check/check.h"

bool check_no_device(struct check_context *c, const struct swpd_entry *e, char *text, size_t size);
bool check_beyond_device(struct check_context *c, const struct swpd_entry *e, char *text, size_t size);
bool check_unused_slot(struct check_context *c, const struct swpd_entry *e, char *text, size_t size);

bool check_no_device(struct check_context *c, const struct swpd_entry *e, char *text, size_t size)
{
	const struct swap_devices *s = &c->facts->swaps;

	if (!s->known || (e->type < SWAP_DEVICES_MAX && s->unread >> e->type & 1))
		return c->origin->process && checks_skip(c, CHECK_NO_DEVICE);
	if (e->type >= SWAP_DEVICES_MAX)
		return false;
	if (s->possible[e->type]) {
		c->passed |= 1u << e->type;
		return false;
	}
	if (!s->n)
		snprintf(text, size, "swap type %u, but no swap is active", e->type);
	else
		snprintf(text, size, "swap type %u: none of the %d active devices can have it", e->type,
			s->n);
	return true;
}

int check_lost_type(struct check_context *c, struct finding *f)
{
	const struct swap_devices *s = &c->facts->swaps;

	for (int t = 0; t < SWAP_DEVICES_MAX; t++) {
		if (!(c->passed >> t & 1) || s->possible[t])
			continue;
		c->passed &= ~(1u << t);
		f->check = CHECK_NO_DEVICE;
		snprintf(f->text, sizeof(f->text),
			"swap type %d: none of the %d active devices can have it beside the types met later: "
			"a device named before is wrong", t, s->n);
		return t;
	}
	return -1;
}

bool check_beyond_device(struct check_context *c, const struct swpd_entry *e, char *text, size_t size)
{
	const struct swap_devices *s = &c->facts->swaps;
	uint64_t largest;
	bool exact;

	if (!s->known)
		return c->origin->process && checks_skip(c, CHECK_BEYOND_DEVICE);
	if (e->type >= SWAP_DEVICES_MAX || !s->possible[e->type])
		return false;
	largest = swaps_last_slot(s, s->possible[e->type], &exact);
	if (e->offset <= largest)
		return false;
	snprintf(text, size, "slot 0x%llx, but the last slot of the %s%s is 0x%llx",
		(unsigned long long)e->offset,
		s->possible[e->type] & (s->possible[e->type] - 1) ?
			"largest device that can have this type" : "device",
		exact ? "" : ", bad pages not counted,", (unsigned long long)largest);
	return true;
}

/* The kernel's word for a slot without a use count is "Unused swap offset entry": mm/swapfile.c. */
bool check_unused_slot(struct check_context *c, const struct swpd_entry *e, char *text, size_t size)
{
	if (c->slot->state == SLOT_USED)
		return false;
	snprintf(text, size, "slot 0x%llx of swap type %u %s", (unsigned long long)e->offset, e->type,
		slot_state_name(c->slot->state));
	return true;
}
