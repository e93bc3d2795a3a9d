/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "core/types.h"

void swpd_target_init(struct swpd_target *t)
{
	memset(t, 0, sizeof(*t));
	for (int k = 0; k < KNOB_N; k++)
		t->knobs[k] = KNOB_UNKNOWN;
}

release_t swpd_release_parse(const char *text)
{
	unsigned int part[3] = { 0 };
	int n = 0;

	for (; n < 3; n++) {
		if (*text < '0' || *text > '9')
			break;
		while (*text >= '0' && *text <= '9' && part[n] < 100000)
			part[n] = part[n] * 10 + (*text++ - '0');
		if (*text != '.') {
			n++;
			break;
		}
		text++;
	}
	if (n < 2 || part[0] > 254 || part[1] > 255 || part[2] > 0xffff)
		return 0;
	return KV(part[0], part[1], part[2]);
}

unsigned int swpd_max_swapfiles(const struct swpd_target *t)
{
	uint32_t seen[32];

	return type_survey(t, seen);
}

unsigned long swpd_level_pages(const struct swpd_target *t, enum swpd_level level)
{
	if (!t->variant)
		return 1;
	switch (level) {
	case SWPD_LEVEL_PMD:
	case SWPD_LEVEL_HUGETLB:
		return 1ul << t->variant->pmd_order;
	case SWPD_LEVEL_PUD:
		return 1ul << t->variant->pud_order;
	default:
		return 1;
	}
}
