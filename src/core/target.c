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
	if (n == 3 && !part[2] && text[0] == '+' && (!text[1] || strchr(" -\n", text[1])))
		part[1]++;
	if (n < 2 || part[0] > 254 || part[1] > 255 || part[2] > 0xffff)
		return 0;
	return KV(part[0], part[1], part[2]);
}

void swpd_target_match(struct swpd_target *t)
{
	bool said = false;

	t->distribution = NULL;
	t->as_sure = PROVED;
	t->numbering_dropped = false;
	memset(t->as, 0, sizeof(t->as));
	for (size_t i = 0; i < n_backports; i++) {
		const struct backport *row = &backports[i];
		bool news = false;

		if (!backport_matches(row, t->release_text, t->arch))
			continue;
		for (int s = 0; s < SUBJECT_N; s++)
			if (row->as[s] && !t->as[s]) {
				t->as[s] = row->as[s];
				news = true;
			}
		/* A row that only has the usual configuration says the least. */
		if (!t->distribution || (news && !said))
			t->distribution = row;
		said |= news;
		if (row->sure == BRACKETED && (news || t->distribution == row))
			t->as_sure = BRACKETED;
	}
}

void swpd_target_drop_numbering(struct swpd_target *t)
{
	for (int s = 0; s < SUBJECT_N; s++)
		if (SUBJECTS_NUMBERING & 1u << s)
			t->as[s] = 0;
	t->numbering_dropped = true;
}

int swpd_target_knob(const struct swpd_target *t, enum knob knob)
{
	if (t->knobs[knob] != KNOB_UNKNOWN || !t->arch || !t->release)
		return t->knobs[knob];
	for (int i = 0; i < 4 && t->arch->off[i].until; i++)
		if (t->arch->off[i].knob == knob && t->release < t->arch->off[i].until)
			return 0;
	/* mm/Kconfig, 6.1: nothing else selects it, and that depends on this */
	if (knob == KNOB_PTE_MARKER && t->knobs[KNOB_HAVE_ARCH_USERFAULTFD_WP] == 0)
		return 0;
	return KNOB_UNKNOWN;
}

bool swpd_max_swapfiles_fits(const struct swpd_target *t)
{
	return type_fits(t);
}

enum sure swpd_sure(const struct swpd_target *t, const struct swpd_decoder *dec)
{
	return t->as_sure == BRACKETED || dec->sure == BRACKETED || type_doubt(t) ? BRACKETED : PROVED;
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
