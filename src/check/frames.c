/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Checks of an entry against the frame that it refers to. */
#include "check/check.h"

bool check_pfn_beyond_memory(struct check_context *c, const struct swpd_entry *e, char *text, size_t size);
bool check_flag_mismatch(struct check_context *c, const struct swpd_entry *e, char *text, size_t size);

bool check_poisoned_page(struct check_context *c, const struct swpd_entry *e, char *text, size_t size);

/* Frames of a device need not be memory that the kernel counts; entries of its private memory are in that. */
bool check_pfn_beyond_memory(struct check_context *c, const struct swpd_entry *e, char *text, size_t size)
{
	const struct frame *f = c->frame;
	bool device = e->cls == SWPD_DEVICE_PRIVATE_READ || e->cls == SWPD_DEVICE_PRIVATE_WRITE;

	if (!f)
		return checks_skip(c, CHECK_PFN_BEYOND_MEMORY);
	if (device ? f->device_private : !f->beyond && !(f->flags & 1ull << FRAME_NOPAGE))
		return false;
	snprintf(text, size, "frame 0x%llx: %s", (unsigned long long)e->pfn,
		device && f->device_end ? "the device memory that it is in is not private to it" :
		device                  ? "it is in no memory of a device" :
		f->beyond               ? "the last frame of this machine is below it" :
					  "there is no memory");
	return true;
}

/* A page that is being migrated is locked (mm/migrate.c), one with an error marked (mm/memory-failure.c), be
 * it a part of a huge page. */
bool check_flag_mismatch(struct check_context *c, const struct swpd_entry *e, char *text, size_t size)
{
	const struct frame *f = c->frame;
	bool poison = e->cls == SWPD_HWPOISON;

	if (!f || !(f->known & 1ull << (poison ? FRAME_HWPOISON : FRAME_LOCKED)))
		return checks_skip(c, CHECK_FLAG_MISMATCH);
	if (f->beyond || f->flags & 1ull << FRAME_NOPAGE)
		return false;
	if (poison ? f->flags & 1ull << FRAME_HWPOISON || (c->errors && c->errors->n) : f->locked)
		return false;
	snprintf(text, size, poison ? "frame 0x%llx is not marked hwpoison" :
				      "frame 0x%llx is not locked, or the migration ended meanwhile",
		(unsigned long long)e->pfn);
	return true;
}

/* Of a huge page, each base page tells for itself. Present pages are looked at on request only: no facts, no
 * check. */
bool check_poisoned_page(struct check_context *c, const struct swpd_entry *e, char *text, size_t size)
{
	if (!(c->frame->flags & 1ull << FRAME_HWPOISON))
		return false;
	snprintf(text, size, "frame 0x%llx is marked hwpoison, and mapped all the same",
		(unsigned long long)e->pfn);
	return true;
}
