/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Compare what a kernel's macros say of each bit of a PTE with the row for its release: oracle ARCH[:VARIANT]
 * RELEASE. Standard input is what the program of tests/oracle.sh printed. Exit status 1 if they differ.
 */
#include <stdio.h>
#include <string.h>

#include "core/core.h"

/* To which bit of a field a bit of the entry goes, as the mask of that bit; 0: to none. */
static uint64_t goes_to(const struct run *runs, unsigned int bit, unsigned int kept)
{
	unsigned int at = 0;

	for (int i = 0; i < 3 && runs[i].width; i++) {
		unsigned int from = runs[i].at ? runs[i].at : at, to = from + bit - runs[i].lsb;

		if (bit >= runs[i].lsb && bit < (unsigned int)runs[i].lsb + runs[i].width)
			return to < kept ? 1ull << to : 0;
		at += runs[i].width;
	}
	return 0;
}

static bool find(struct swpd_target *t, const char *spec, const char *release)
{
	char name[40];
	size_t n = strcspn(spec, ":");

	swpd_target_init(t);
	for (int k = KNOB_NONE + 1; k < KNOB_N; k++)
		if (k != KNOB_MAX_PHYSMEM_BITS)
			t->knobs[k] = 1;
	snprintf(name, sizeof(name), "%.*s", (int)n, spec);
	t->arch = arch_find(name);
	t->variant = t->arch ? arch_variant(t->arch, spec[n] ? spec + n + 1 : NULL) : NULL;
	t->release = swpd_release_parse(release);
	return t->variant && t->release;
}

/* Rows of PTEs that hold in a release, a name a line: what the comparison should have reached. */
static int list_rows(const char *release)
{
	release_t r = swpd_release_parse(release);

	for (int i = 0; arch_list[i]; i++)
		for (const struct layout *row = arch_list[i]->layouts; row->id; row++)
			if (!arch_list[i]->pseudo && row->levels & LEVEL(PTE) && layout_covers(row, r, NULL))
				puts(row->id);
	return 0;
}

/* What the row of a release says of PTEs: its fields and flags, so that two releases can be compared. */
static int print_row(const char *spec, const char *release)
{
	struct swpd_target t;
	struct swpd_decoder dec;

	if (!find(&t, spec, release))
		return 2;
	swpd_decoder_init(&dec, &t, FORM_PTE, SWPD_LEVEL_PTE);
	for (int p = 0; p < dec.n_packing; p++) {
		printf("%s", dec.packing[p].row->id);
		for (int i = 0; i < dec.packing[p].n_flags; i++)
			printf(" %x:%llx", dec.packing[p].flags[i].flag,
				(unsigned long long)dec.packing[p].flags[i].bit);
		putchar('\n');
	}
	return 0;
}

int main(int argc, char **argv)
{
	struct swpd_target t;
	struct swpd_decoder dec;
	const struct packing *p = &dec.packing[0];
	unsigned long long type, offset, exclusive = 0, known = 0;
	unsigned int bit, wrong = 0, seen = 0, width;
	char line[128];

	if (argc == 3 && !strcmp(argv[1], "rows"))
		return list_rows(argv[2]);
	if (argc == 4 && !strcmp(argv[1], "row"))
		return print_row(argv[2], argv[3]);
	if (argc != 3 || !find(&t, argv[1], argv[2])) {
		fprintf(stderr, "oracle: no such architecture, variant or release\n");
		return 2;
	}
	swpd_decoder_init(&dec, &t, FORM_PTE, SWPD_LEVEL_PTE);
	if (dec.n_packing != 1 || !p->n_type) {
		printf("DIFFERS: %s %s: there is no row\n", argv[1], argv[2]);
		return 1;
	}
	width = arch_pte_bytes(t.arch, t.variant, p->row) * 8;
	for (int i = 0; i < p->n_flags; i++)
		if (p->flags[i].flag == 1u << SWPD_FLAG_EXCLUSIVE)
			known = p->flags[i].bit;
	while (fgets(line, sizeof(line), stdin)) {
		uint64_t want_type, want_offset;

		if (sscanf(line, "exclusive %llx", &exclusive) == 1 ||
			sscanf(line, "bit %u %llx %llx", &bit, &type, &offset) != 3 || bit >= width)
			continue;
		want_type = goes_to(p->row->type, bit, 64);
		want_offset = goes_to(p->row->offset, bit, 64);
		seen++;
		/* The row says which bits are neither: what macros that do not mask make of them matters
		 * little. */
		if (1ull << bit & (known | p->row->base | p->row->present.any))
			continue;
		if ((want_type || want_offset) && (type != want_type || offset != want_offset)) {
			printf("DIFFERS: %s: bit %u: type 0x%llx, offset 0x%llx in the headers, 0x%llx and "
			       "0x%llx in the row\n",
				p->row->id, bit, type, offset, (unsigned long long)want_type,
				(unsigned long long)want_offset);
			wrong++;
		} else if (!want_type && !want_offset && (type || offset) &&
			   bit < arch_word_bits(t.arch, t.variant)) {
			printf("note: %s: bit %u reaches type 0x%llx, offset 0x%llx in the headers; no field "
			       "in the row\n",
				p->row->id, bit, type, offset);
		}
	}
	if (width < 64)
		exclusive &= (1ull << width) - 1;
	if (exclusive && !known && p->row->quirk && p->row->ignored & exclusive) {
		printf("quirk: %s: %s\n", p->row->id, p->row->quirk);
	} else if (exclusive != known) {
		printf("DIFFERS: %s: exclusive bit 0x%llx in the headers, 0x%llx in the row\n", p->row->id,
			exclusive, known);
		wrong++;
	}
	if (!wrong)
		printf("agrees: %s %s: row %s, %u bits\n", argv[1], argv[2], p->row->id, seen);
	return wrong || !seen;
}
