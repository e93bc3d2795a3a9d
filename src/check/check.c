/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "check/check.h"

#define ALL UINT32_MAX
#define LOOSE (1u << 31)
#define MIGRATION (1u << SWPD_MIGRATION_READ | 1u << SWPD_MIGRATION_READ_EXCLUSIVE | \
	1u << SWPD_MIGRATION_WRITE)
#define IN_MEMORY (MIGRATION | 1u << SWPD_HWPOISON | 1u << SWPD_DEVICE_EXCLUSIVE_READ | \
	1u << SWPD_DEVICE_EXCLUSIVE_WRITE | 1u << SWPD_DEVICE_EXCLUSIVE)
#define DEVICE_PRIVATE (1u << SWPD_DEVICE_PRIVATE_READ | 1u << SWPD_DEVICE_PRIVATE_WRITE)

typedef bool check_fn(struct check_context *c, const struct swpd_entry *e, char *text, size_t size);

#define ENTRY_CHECK(id, name, classes) check_fn check_##name;
#include "check/list.def"
#undef ENTRY_CHECK

bool checks_skip(struct check_context *c, enum check_id id)
{
	c->skipped |= 1u << id;
	return false;
}

const uint32_t entry_checks =
#define ENTRY_CHECK(id, name, classes) 1u << CHECK_##id |
#include "check/list.def"
#undef ENTRY_CHECK
	0;

int check_entry(struct check_context *c, const struct swpd_entry *e, struct finding *found)
{
	uint32_t cls = 1u << e->cls | (c->origin->process ? 0 : LOOSE);
	int n = 0;

	/* Calls spelt out, not through a table: this runs for every entry. */
#define ENTRY_CHECK(id, name, classes)                                                                       \
	if (cls & (classes) && n < FINDINGS_MAX && !(c->off & 1u << CHECK_##id) &&                           \
		check_##name(c, e, found[n].text, sizeof(found[n].text)))                                    \
		found[n++].check = CHECK_##id;
#include "check/list.def"
#undef ENTRY_CHECK
	return n;
}
