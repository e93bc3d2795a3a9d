/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <fnmatch.h>
#include <stdlib.h>
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

#define AS(subject, release) [SUBJECT_##subject] = (release),
#define NOTHING
#define BACKPORT(distribution, globs, from, to, only, how, config, where, ...)           \
	{ .name = (distribution), .patterns = (globs), .since = (from), .until = (to),   \
		.arches = (only), .sure = (how), .as = { __VA_ARGS__ }, .usual = config, \
		.source = (where) },
const struct backport backports[] = {
#include "arch/backports.def"
};
#undef BACKPORT
#undef NOTHING
#undef AS
const size_t n_backports = sizeof(backports) / sizeof(backports[0]);

static const char *find_alias(const struct arch *arch, const char *name)
{
	size_t n = strlen(name);

	for (const char *const *a = arch->aliases; a && *a; a++)
		if (strcspn(*a, ":") == n && !memcmp(*a, name, n))
			return *a;
	return NULL;
}

const struct arch *arch_find(const char *name)
{
	for (int i = 0; arch_list[i]; i++) {
		if (!strcmp(arch_list[i]->name, name))
			return arch_list[i];
		if (find_alias(arch_list[i], name))
			return arch_list[i];
	}
	return NULL;
}

const struct variant *arch_variant(const struct arch *arch, const char *name)
{
	if (name && !strcmp(name, arch->name))
		name = "";
	for (const struct variant *v = arch->variants; v->page_shift; v++)
		if (name ? !strcmp(v->name, name) : v->is_default)
			return v;
	return NULL;
}

const struct variant *arch_usual_variant(const struct arch *arch, const char *name)
{
	const char *alias = find_alias(arch, name), *colon = alias ? strchr(alias, ':') : NULL;

	return arch_variant(arch, colon ? colon + 1 : NULL);
}

/* True if the word is one of the list, which is separated by blanks and where "" is a word too. */
static bool has_word(const char *list, const char *word)
{
	size_t n = strlen(word);

	do {
		size_t len = strcspn(list, " ");

		if (len == n && !memcmp(list, word, n))
			return true;
		list += len;
		list += strspn(list, " ");
	} while (*list);
	return false;
}

enum cpu_order arch_order(const struct arch *arch, const char *name)
{
	if (arch->big_names && has_word(arch->big_names, name))
		return ORDER_BIG;
	return arch->little_names && has_word(arch->little_names, name) ? ORDER_LITTLE : ORDER_NOT_TOLD;
}

unsigned int arch_word_bits(const struct arch *arch, const struct variant *variant)
{
	return variant && variant->word_bits ? variant->word_bits : arch->word_bits;
}

unsigned int arch_pte_bytes(const struct arch *arch, const struct variant *variant, const struct layout *row)
{
	if (row && row->pte_bytes)
		return row->pte_bytes;
	return variant->pte_bytes ? variant->pte_bytes : arch_word_bits(arch, variant) / 8;
}

unsigned int arch_pte_copies(const struct variant *variant, const struct layout *row)
{
	return variant->pte_copies && !(row && row->pte_bytes) ? variant->pte_copies : 1;
}

uint64_t arch_pte_word(const struct arch *arch, const struct variant *variant, const struct layout *row,
	bool big_endian, const uint8_t *mem)
{
	unsigned int n = arch_pte_bytes(arch, variant, row) / arch_pte_copies(variant, row);
	uint64_t word = 0;

	big_endian |= row && row->big_endian;
	for (unsigned int i = 0; i < n; i++)
		word = word << 8 | mem[big_endian ? i : n - 1 - i];
	return variant->words_swapped && big_endian ? word >> 32 | word << 32 : word;
}

bool layout_has_variant(const struct layout *row, const struct variant *variant)
{
	return variants_have(row->variants, variant);
}

const struct arch *arch_of_elf(uint16_t machine, unsigned int bytes)
{
	for (int i = 0; machine && arch_list[i]; i++)
		if (arch_list[i]->elf_machine == machine &&
			(!arch_list[i]->elf_bytes || arch_list[i]->elf_bytes == bytes))
			return arch_list[i];
	return NULL;
}

unsigned int pgtable_levels(const struct pgtable *row)
{
	unsigned int n = 0;

	while (n < PGTABLE_LEVELS && row->bits[n])
		n++;
	return n;
}

bool arch_has_va_bits(const struct arch *arch, const struct variant *variant, unsigned int bits)
{
	for (const struct pgtable *row = arch->pgtables; row && row->id; row++)
		if (variants_have(row->variants, variant) &&
			pgtable_shift(row, variant->page_shift, pgtable_levels(row)) == bits)
			return true;
	return false;
}

unsigned int pgtable_shift(const struct pgtable *row, unsigned int page_shift, unsigned int level)
{
	for (unsigned int i = 0; i < level; i++)
		page_shift += row->bits[i];
	return page_shift;
}

bool variants_have(const char *variants, const struct variant *variant)
{
	return !variants || has_word(variants, variant->name);
}

/* The number after the first hyphen: of "3.10.0-862.11.6.el7.x86_64", BUILD(862, 11, 6). */
static uint64_t build_of(const char *release)
{
	const char *p = strchr(release, '-');
	uint64_t build = 0;

	for (int i = 0; i < 3; i++) {
		unsigned long part = 0;

		if (p && p[1] >= '0' && p[1] <= '9') {
			part = strtoul(p + 1, (char **)&p, 10);
			p = *p == '.' ? p : NULL;
		} else {
			p = NULL;
		}
		build = build << 16 | (part < 0xffff ? part : 0xffff);
	}
	return build;
}

static bool matches_one(const char *patterns, const char *text)
{
	char pattern[64];

	for (; *patterns; patterns += strspn(patterns, " ")) {
		size_t n = strcspn(patterns, " ");

		if (n < sizeof(pattern)) {
			memcpy(pattern, patterns, n);
			pattern[n] = 0;
			if (!fnmatch(pattern, text, 0))
				return true;
		}
		patterns += n;
	}
	return false;
}

bool backport_matches(const struct backport *row, const char *release, const struct arch *arch)
{
	uint64_t build = build_of(release);

	if (build < row->since || build >= row->until)
		return false;
	if (row->arches && !(arch && has_word(row->arches, arch->name)))
		return false;
	return matches_one(row->patterns, release);
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
