/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "arch/arch.h"

#define ARCH(name) extern const struct arch arch_##name;
#include "arch/list.def"
#undef ARCH

const struct arch *const arch_list[] = {
#define ARCH(name) &arch_##name,
#include "arch/list.def"
#undef ARCH
	NULL
};

static const struct {
	const char *name, *text;
} knobs[KNOB_N] = {
#define KNOB(id, about) [KNOB_##id] = { #id, about },
#include "arch/knobs.def"
#undef KNOB
};

const struct arch *arch_find(const char *name)
{
	for (int i = 0; arch_list[i]; i++) {
		if (!strcmp(arch_list[i]->name, name))
			return arch_list[i];
		for (const char *const *a = arch_list[i]->aliases; a && *a; a++)
			if (!strcmp(*a, name))
				return arch_list[i];
	}
	return NULL;
}

const struct variant *arch_variant(const struct arch *arch, const char *name)
{
	for (const struct variant *v = arch->variants; v->page_shift; v++)
		if (name ? !strcmp(v->name, name) : v->is_default)
			return v;
	return NULL;
}

bool layout_has_variant(const struct layout *row, const struct variant *variant)
{
	size_t n = strlen(variant->name);
	const char *p = row->variants;

	if (!p)
		return true;
	do {
		size_t len = strcspn(p, " ");

		if (len == n && !memcmp(p, variant->name, n))
			return true;
		p += len;
		p += strspn(p, " ");
	} while (*p);
	return false;
}

bool layout_covers(const struct layout *row, release_t r, enum sure *sure)
{
	for (const struct span *s = row->spans; s < row->spans + 8 && s->until; s++) {
		if (r < s->since || r >= s->until)
			continue;
		if (sure)
			*sure = s->sure;
		return true;
	}
	return false;
}

const char *knob_name(enum knob knob)
{
	return knob > KNOB_NONE && knob < KNOB_N ? knobs[knob].name : "?";
}

const char *knob_text(enum knob knob)
{
	return knob > KNOB_NONE && knob < KNOB_N ? knobs[knob].text : "?";
}

enum knob knob_find(const char *name)
{
	if (!strncmp(name, "CONFIG_", 7))
		name += 7;
	for (int k = KNOB_NONE + 1; k < KNOB_N; k++)
		if (!strcmp(knobs[k].name, name))
			return k;
	return KNOB_NONE;
}
