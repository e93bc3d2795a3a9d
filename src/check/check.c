/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "check/check.h"

#define ALL UINT32_MAX
#define LOOSE (1u << 31)

typedef bool check_fn(const struct check_context *c, const struct swpd_entry *e, char *text, size_t size);

#define ENTRY_CHECK(id, name, classes) check_fn check_##name;
#include "check/list.def"
#undef ENTRY_CHECK

int check_entry(const struct check_context *c, const struct swpd_entry *e, struct finding *found)
{
	uint32_t cls = 1u << e->cls | (c->origin->process ? 0 : LOOSE);
	int n = 0;

	/* Calls spelt out, not through a table: this runs for every entry. */
#define ENTRY_CHECK(id, name, classes)                                                                       \
	if (cls & (classes) && n < FINDINGS_MAX && check_##name(c, e, found[n].text, sizeof(found[n].text))) \
		found[n++].check = CHECK_##id;
#include "check/list.def"
#undef ENTRY_CHECK
	return n;
}
