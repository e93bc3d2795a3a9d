/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the types of the running kernel tell: those that are there only with an option. */
#include <fcntl.h>
#include <unistd.h>

#include "fact/fact.h"
#include "image/image.h"

void fact_from_btf(struct facts *f);

enum { YES = 1, NO = 2 };

/* A member of a structure; without a member the structure; without a structure a constant of an enumeration.
 * Of a function, only that it is there says something. */
struct thing {
	const char *structure, *name;
	bool function;
};

/*
 * What says it, if the thing is there that always stands next to it: include/linux/page-flags.h, mmzone.h,
 * vm_event_item.h, mm_types.h; mm/rmap.c, mm/Kconfig, of 6.1 and 6.12. DEVICE_PRIVATE needs ZONE_DEVICE; and
 * all that have HAVE_ARCH_USERFAULTFD_WP select it only with USERFAULTFD.
 */
static const struct {
	enum knob knob;
	int says;
	release_t since;
	struct thing tell, always;
} tells[] = {
	{ KNOB_MIGRATION, YES | NO, 0, { NULL, "PGMIGRATE_SUCCESS" }, { NULL, "UNEVICTABLE_PGCULLED" } },
	{ KNOB_MEMORY_FAILURE, YES | NO, 0, { NULL, "PG_hwpoison" }, { NULL, "PG_locked" } },
	{ KNOB_DEVICE_PRIVATE, NO, 0, { NULL, "ZONE_DEVICE" }, { NULL, "ZONE_MOVABLE" } },
	{ KNOB_DEVICE_PRIVATE, YES, 0, { .name = "make_device_exclusive_range", .function = true } },
	{ KNOB_DEVICE_PRIVATE, YES, 0, { .name = "make_device_exclusive", .function = true } },
	{ KNOB_HAVE_ARCH_USERFAULTFD_WP, NO, 0, { "vm_userfaultfd_ctx", "ctx" },
		{ "vm_area_struct", "vm_userfaultfd_ctx" } },
	{ KNOB_SWAP, YES | NO, KV(6, 1, 0), { NULL, "SWAP_RA" }, { NULL, "UNEVICTABLE_PGCULLED" } },
	{ KNOB_SPARSEMEM, YES | NO, KV(6, 1, 0), { "mem_section" }, { "pglist_data", "node_zones" } },
	{ KNOB_FLATMEM, YES | NO, KV(6, 1, 0), { "pglist_data", "node_mem_map" },
		{ "pglist_data", "node_zones" } },
};

static bool is_there(const struct btf *b, const struct thing *t)
{
	struct btf_value v = { .name = t->name };
	uint32_t ignored;

	if (t->function)
		return btf_function(b, t->name);
	if (t->structure)
		return t->name ? btf_member(b, t->structure, t->name, &ignored) :
				 btf_size(b, t->structure, &ignored);
	btf_values(b, &v, 1);
	return v.found;
}

void fact_from_btf(struct facts *f)
{
	static const char path[] = "/sys/kernel/btf/vmlinux";
	int fd = root_openat(f->root, path, O_RDONLY | O_NONBLOCK);
	struct swpd_error ignored;
	struct btf *b;

	if (fd < 0)
		return;
	b = btf_read(fd, &ignored);
	close(fd);
	for (size_t i = 0; b && i < ARRAY_SIZE(tells); i++) {
		const struct thing *always = &tells[i].always;
		bool there;

		if (f->target.knobs[tells[i].knob] != KNOB_UNKNOWN || f->target.release < tells[i].since ||
			(always->name && !is_there(b, always)))
			continue;
		there = is_there(b, &tells[i].tell);
		if (tells[i].says & (there ? YES : NO))
			fact_knob(f, tells[i].knob, there, path);
	}
	btf_free(b);
}
