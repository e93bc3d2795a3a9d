/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What real kernels' code says of raw words: one test per architecture, rows looped inside. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "fact/fact.h"
#include "tests.h"

/* Those that are bits of the entry; the others of migration entries are bits of the offset. */
#define KERNELS_FLAGS (1u << SWPD_FLAG_SOFT_DIRTY | 1u << SWPD_FLAG_UFFD_WP | 1u << SWPD_FLAG_EXCLUSIVE)

static void put_value(char *to, size_t size, bool has, bool hex, uint64_t v)
{
	if (!has)
		snprintf(to, size, "-");
	else if (hex)
		snprintf(to, size, "0x%llx", (unsigned long long)v);
	else
		snprintf(to, size, "%llu", (unsigned long long)v);
}

static char tri(const struct swpd_entry *e, enum swpd_flag flag)
{
	return !(e->flags_known & 1u << flag) ? '-' : e->flags & 1u << flag ? 'y' : 'n';
}

static void describe(const struct swpd_entry *e, char *to, size_t size)
{
	char type[24], offset[24], pfn[24], flags[8] = "", marker[40] = "";
	static const char *const names[] = { "uffd-wp", "poisoned", "guard" };

	put_value(type, sizeof(type), e->has & SWPD_HAS_TYPE, false, e->type);
	put_value(offset, sizeof(offset), e->has & SWPD_HAS_OFFSET, true, e->offset);
	put_value(pfn, sizeof(pfn), e->has & SWPD_HAS_PFN, true, e->pfn);
	for (int i = 0; i < 3; i++) /* soft_dirty, uffd_wp, exclusive */
		if (e->flags & 1u << i)
			strncat(flags, &"s\0u\0x"[2 * i], 1);
	for (int i = 0; i < 3; i++)
		if (e->marker & 1u << i)
			snprintf(marker + strlen(marker), sizeof(marker) - strlen(marker), "%s%s",
				*marker ? "+" : "", names[i]);
	snprintf(to, size, "%s %s %s %s %s %c %c %s", swpd_class_name(e->cls), type, offset, pfn,
		*flags ? flags : "-", tri(e, SWPD_FLAG_YOUNG), tri(e, SWPD_FLAG_DIRTY),
		*marker ? marker : "-");
}

/* True if this byte image (NULL: it is nothing special) reads as the word. */
static bool image_reads(const struct swpd_target *t, const struct layout *row, const char *hex, uint64_t word)
{
	bool big = t->variant->big_endian;
	uint8_t mem[16] = { 0 };
	unsigned int n = arch_pte_bytes(t->arch, t->variant, row);

	if (!hex)
		return true;
	for (unsigned int i = 0; i < n; i++)
		if (sscanf(hex + 2 * i, "%2hhx", &mem[i]) != 1)
			return false;
	return strlen(hex) == 2 * n && arch_pte_word(t->arch, t->variant, row, big, mem) == word;
}

/* What the kernel's own code made has no bit too many or too few, and is what swpd_encode() makes of it. */
static void check_made(const struct swpd_decoder *dec, const struct swpd_entry *e, const char *where)
{
	struct swpd_error err = { 0 };
	uint64_t again = 0;

	if (e->cls == SWPD_PRESENT ||
		e->cls == SWPD_NONE) /* a quirk: what is said of it is not this test's */
		return;
	cr_expect(!e->stray, "%s: 0x%llx: of bits that mean something these are said to mean nothing: 0x%llx",
		where, (unsigned long long)e->word, (unsigned long long)e->stray);
	cr_expect(!e->missing, "%s: 0x%llx: not every entry has these bits: 0x%llx", where,
		(unsigned long long)e->word, (unsigned long long)e->missing);
	cr_expect(swpd_encode(dec, e->type, e->offset, e->flags & KERNELS_FLAGS, &again, &err) &&
		!((again ^ e->word) & ~dec->packing[0].row->ignored),
		"%s: 0x%llx is encoded as 0x%llx %s", where, (unsigned long long)e->word,
		(unsigned long long)again, err.text);
}

static void run_vectors(const char *arch)
{
	struct swpd_decoder dec;
	struct facts facts;
	char path[512], line[512], where[512] = "", got[256];
	enum swpd_level level = 0;
	unsigned int wrong = 0, rows = 0;
	/* set_pte() of arch/um sets _PAGE_NEWPAGE in whatever is written */
	uint64_t used = strcmp(arch, "um") ? 0 : 2, ignored = 0;
	FILE *f;

	if (!arch_find(arch) || arch_find(arch)->pseudo)
		return; /* pagemap and swp_entry_t are no machine's own */
	snprintf(path, sizeof(path), "%s/vectors/%s.tsv", fixtures_dir(), arch);
	f = fopen(path, "r");
	if (!f)
		cr_skip("no %s: nothing but its author says that these rows are right", path);
	while (fgets(line, sizeof(line), f)) {
		struct swpd_error err = { 0 };
		struct swpd_entry e;
		char raw[24], *image = NULL, *p = line, *said;
		uint64_t word;
		bool made;

		line[strcspn(line, "\n")] = 0;
		if (line[0] == '@') {
			char kernel[16], variant[32], name[16], knobs[200], spec[64];

			cr_assert(sscanf(line, "@ %15s %31s %15s %199s", kernel, variant, name, knobs) == 4);
			snprintf(where, sizeof(where), "%s", line);
			snprintf(spec, sizeof(spec), "%s:%s", arch, strcmp(variant, "-") ? variant : "");
			facts_init(&facts, NULL);
			cr_assert(!facts_set_arch(&facts, spec, &err), "%s", err.text);
			cr_assert(!facts_set_release(&facts, kernel, &err), "%s", err.text);
			cr_assert(!facts_set_knobs(&facts, knobs, &err), "%s", err.text);
			facts_assume(&facts);
			for (level = 0; strcmp(swpd_level_name(level), name); level++)
				cr_assert(level < SWPD_LEVEL_N);
			swpd_decoder_init(&dec, &facts.target, FORM_PTE, level);
			continue;
		}
		made = *p == '+';
		p += made;
		cr_assert(sscanf(p, "%23s", raw) == 1 && parse_hex(raw, strlen(raw), &word));
		said = p + strlen(raw) + 1;
		for (int column = 0; p && column < 9; column++)
			p = strchr(p + 1, ' ');
		if (p) {
			*p = 0;
			image = p + 1;
		}
		swpd_decode(&dec, word, &e);
		describe(&e, got, sizeof(got));
		rows++;
		cr_expect(image_reads(&facts.target, dec.packing[0].row, image, word),
			"%s %s: %s does not read as %s", arch, where, image, raw);
		if (strcmp(got, said) && wrong++ < 20)
			cr_log_error("%s %s:\n  %s: expected %s\n  %*s  got      %s", arch, where, raw, said,
				(int)strlen(raw), "", got);
		if (made) {
			check_made(&dec, &e, where);
			used |= word;
			ignored |= dec.packing[0].row->ignored;
		}
	}
	fclose(f);
	cr_expect(!(ignored & ~used), "%s: no kernel sets 0x%llx, which rows ignore", arch,
		(unsigned long long)(ignored & ~used));
	cr_expect(rows > 0, "%s: no rows", path);
	cr_expect(wrong == 0, "%s: %u of %u words decoded differently", arch, wrong, rows);
}

#define ARCH(name)                  \
	Test(vectors, name)         \
	{                           \
		run_vectors(#name); \
	}
#include "arch/list.def"
#undef ARCH
