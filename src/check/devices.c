/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Checks of swap entries against /proc/swaps: only where the machine was looked at, and its entries are its
 * own. */
#include "check/check.h"

bool check_no_device(struct check_context *c, const struct swpd_entry *e, char *text, size_t size);
bool check_beyond_device(struct check_context *c, const struct swpd_entry *e, char *text, size_t size);

bool check_no_device(struct check_context *c, const struct swpd_entry *e, char *text, size_t size)
{
	const struct swap_devices *s = &c->facts->swaps;

	if (!s->known)
		return c->origin->process && checks_skip(c, CHECK_NO_DEVICE);
	if (e->type >= SWAP_DEVICES_MAX || s->possible[e->type])
		return false;
	if (!s->n)
		snprintf(text, size, "swap type %u, but no swap is active", e->type);
	else
		snprintf(text, size, "swap type %u: none of the %d active devices can have it", e->type,
			s->n);
	return true;
}

bool check_beyond_device(struct check_context *c, const struct swpd_entry *e, char *text, size_t size)
{
	const struct swap_devices *s = &c->facts->swaps;
	uint64_t largest = 0;

	if (!s->known)
		return c->origin->process && checks_skip(c, CHECK_BEYOND_DEVICE);
	if (e->type >= SWAP_DEVICES_MAX || !s->possible[e->type])
		return false;
	for (int i = 0; i < s->n; i++)
		if (s->possible[e->type] & 1u << i && s->device[i].pages > largest)
			largest = s->device[i].pages;
	if (e->offset <= largest)
		return false;
	snprintf(text, size, "slot 0x%llx, but the last slot of the %s, bad pages not counted, is 0x%llx",
		(unsigned long long)e->offset,
		s->possible[e->type] & (s->possible[e->type] - 1) ?
			"largest device that can have this type" : "device",
		(unsigned long long)largest);
	return true;
}
