/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "check/check.h"

#define ALL UINT32_MAX

typedef bool check_fn(const struct check_context *c, const struct swpd_entry *e, char *text, size_t size);

#define ENTRY_CHECK(id, name, classes) check_fn check_##name;
#include "check/list.def"
#undef ENTRY_CHECK

static const struct {
	enum check_id id;
	uint32_t classes;
	check_fn *check;
} rows[] = {
#define ENTRY_CHECK(id, name, classes) { CHECK_##id, classes, check_##name },
#include "check/list.def"
#undef ENTRY_CHECK
};

int check_entry(const struct check_context *c, const struct swpd_entry *e, struct finding *found)
{
	uint32_t cls = 1u << e->cls;
	int n = 0;

	for (size_t i = 0; i < ARRAY_SIZE(rows) && n < FINDINGS_MAX; i++) {
		if (!(rows[i].classes & cls))
			continue;
		if (!rows[i].check(c, e, found[n].text, sizeof(found[n].text)))
			continue;
		found[n++].check = rows[i].id;
	}
	return n;
}
