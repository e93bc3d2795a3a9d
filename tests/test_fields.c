/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Each bit of a word, and each two: tests/fields.tsv says what they are, out of the kernel's functions and
 * headers, for releases that vectors do not reach too; here it is read by a decoder that is as plain as can
 * be.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "fact/fact.h"
#include "tests.h"

/* One line of the table. */
struct truth {
	const char *where;
	const char *present, *empty, *type, *offset;
	bool empty_known, all_known;
	bool old; /* before 4.0: file_ptes.tsv says which words hold offsets in files */
	uint64_t zero;
	uint64_t known; /* bits that mean something, or that the kernel writes and does not read */
	struct {
		uint64_t bit;
		unsigned int flag;
	} flags[8];
	int n_flags;
};

/* "0-3,9": bits, as a mask; *end is what stands behind them. */
static uint64_t bits_of(const char *text, const char **end)
{
	unsigned int first, last;
	uint64_t mask = 0;
	int n;

	while (*text >= '0' && *text <= '9' && sscanf(text, "%u%n", &first, &n) == 1) {
		last = first;
		text += n;
		if (sscanf(text, "-%u%n", &last, &n) == 1)
			text += n;
		cr_assert(first <= last && last < 64);
		for (; first <= last; first++)
			mask |= 1ull << first;
		if (*text != ',')
			break;
		text++;
	}
	*end = text;
	return mask;
}

/* "any:BITS VALUE/BITS", each with a blank before the next: one of these bits is set, or this word, whatever
 * these bits are. */
static bool is_empty(const struct truth *l, uint64_t word)
{
	for (const char *p = l->empty; l->empty_known && strcmp(p, "-") && *p; p += strspn(p, " ")) {
		uint64_t value;
		char *slash;

		if (!strncmp(p, "any:", 4)) {
			if (word & bits_of(p + 4, &p))
				return true;
			continue;
		}
		value = strtoull(p, &slash, 16);
		cr_assert(*slash == '/', "%s: empty", l->where);
		if (!((word ^ value) & ~bits_of(slash + 1, &p)))
			return true;
	}
	return false;
}

static bool is_present(const struct truth *l, uint64_t word)
{
	const char *p = l->present;

	if (!strcmp(p, "else"))
		return !is_empty(l, word);
	for (; *p; p += strspn(p, " ")) {
		if (!strncmp(p, "any:", 4)) {
			if (word & bits_of(p + 4, &p))
				return true;
			p += strcspn(p, " ");
		} else {
			uint64_t mask = bits_of(p, &p);

			for (char *next; *p == ':' || *p == ','; p = next)
				if ((word & mask) == strtoull(p + 1, &next, 16))
					return true;
		}
	}
	return false;
}

/* "0-4<2-6": bits of the field out of bits of the word. */
static uint64_t field(const char *ranges, uint64_t word)
{
	unsigned int to, to_last, from, from_last;
	uint64_t value = 0;
	int n;

	for (; sscanf(ranges, " %u-%u<%u-%u%n", &to, &to_last, &from, &from_last, &n) == 4; ranges += n) {
		cr_assert(to_last - to == from_last - from, "%s", ranges);
		for (; from <= from_last; from++, to++)
			value |= (word >> from & 1) << to;
	}
	return value;
}

/* The bits of the word in which the field is. */
static uint64_t field_bits(const char *ranges)
{
	unsigned int from, from_last;
	uint64_t bits = 0;
	int n;

	for (; sscanf(ranges, " %*u-%*u<%u-%u%n", &from, &from_last, &n) == 2; ranges += n)
		for (; from <= from_last; from++)
			bits |= 1ull << from;
	return bits;
}

static unsigned int flags_of(const struct truth *l, uint64_t word)
{
	unsigned int flags = 0;

	for (int i = 0; i < l->n_flags; i++)
		if (word & l->flags[i].bit)
			flags |= l->flags[i].flag;
	return flags;
}

#define FLAGS_OF_ENTRIES \
	(1u << SWPD_FLAG_SOFT_DIRTY | 1u << SWPD_FLAG_UFFD_WP | 1u << SWPD_FLAG_EXCLUSIVE)

static int wrong;

static void check_word(const struct truth *l, const struct swpd_decoder *dec, uint64_t word)
{
	const unsigned int bits = 1u << SWPD_FLAG_SOFT_DIRTY | 1u << SWPD_FLAG_UFFD_WP |
				  1u << SWPD_FLAG_EXCLUSIVE | 1u << SWPD_FLAG_MMAP_EXCLUSIVE |
				  1u << SWPD_FLAG_FILE_PAGE;
	bool empty = is_empty(l, word), present = !empty && is_present(l, word), same;
	struct swpd_entry e;

	swpd_decode(dec, word, &e);
	if (l->old && e.why == SWPD_WHY_FILE_PTE)
		return;
	if (e.why == SWPD_WHY_HIDDEN || (!l->empty_known && (e.cls == SWPD_NONE || is_empty(l, word))))
		return;
	same = empty == (e.cls == SWPD_NONE) && present == (e.cls == SWPD_PRESENT);
	if (same && !empty && !present && *l->type != '-')
		same = e.type == field(l->type, word ^ l->zero) &&
			e.offset == field(l->offset, word ^ l->zero) &&
			(e.flags & bits) == flags_of(l, word) &&
			(!l->all_known || e.stray == (word & ~l->known));
	if (!same && wrong++ < 20)
		cr_log_error("%s: 0x%llx is %s, type %llu, offset 0x%llx, flags 0x%x, not %s, type %u, "
			     "offset 0x%llx, "
			     "flags 0x%x, stray 0x%llx, known 0x%llx",
			l->where, (unsigned long long)word,
			empty     ? "none"
			: present ? "present"
				  : "an entry",
			(unsigned long long)field(l->type, word ^ l->zero),
			(unsigned long long)field(l->offset, word ^ l->zero), flags_of(l, word),
			swpd_class_name(e.cls), e.type, (unsigned long long)e.offset, e.flags & bits,
			(unsigned long long)e.stray, (unsigned long long)l->known);
}

/* The word, and with each bit and each two turned round. */
static void check_around(
	const struct truth *l, const struct swpd_decoder *dec, uint64_t word, unsigned int width)
{
	check_word(l, dec, word);
	for (unsigned int i = 0; i < width; i++)
		for (unsigned int k = i; k < width; k++)
			check_word(l, dec, word ^ 1ull << i ^ (k > i ? 1ull << k : 0));
}

/* What is made of a field is that field's bits, turned round, and no other. */
static void check_encoder(const struct truth *l, const struct swpd_decoder *dec, unsigned int width)
{
	struct swpd_error err = { 0 };
	uint64_t word, made;

	for (unsigned int bit = 0; bit < width && *l->type != '-'; bit++) {
		uint64_t type = field(l->type, 1ull << bit), offset = field(l->offset, 1ull << bit);

		word = l->zero ^ 1ull << bit;
		if ((!type && !offset) || type > 31 || (offset >> dec->packing[0].offset_written) ||
			is_empty(l, word) || is_present(l, word) || !l->empty_known)
			continue;
		if (!swpd_encode(dec, type, offset, 0, &made, &err) || made != word)
			cr_expect(wrong++ > 20, "%s: type %llu, offset 0x%llx become 0x%llx, not 0x%llx %s",
				l->where, (unsigned long long)type, (unsigned long long)offset,
				(unsigned long long)made, (unsigned long long)word, err.text);
	}
	/* Flags too; a word that reads as none or present may be refused, but not for want of the flag. */
	for (int i = 0; i < l->n_flags && *l->type != '-' && l->empty_known; i++) {
		unsigned int f = l->flags[i].flag;

		word = (l->zero | l->flags[i].bit) ^ (field_bits(l->type) & -field_bits(l->type));
		if (!(f & FLAGS_OF_ENTRIES))
			continue;
		if (swpd_encode(dec, field(l->type, word ^ l->zero), 0, f, &made, &err)
				? made != word
				: strstr(err.text, "carry") || (!is_empty(l, word) && !is_present(l, word)))
			cr_expect(wrong++ > 20, "%s: flag 0x%x becomes 0x%llx, not 0x%llx %s", l->where, f,
				(unsigned long long)made, (unsigned long long)word, err.text);
	}
}

static void read_line(struct truth *l, char **column, const char *where)
{
	static const char letters[] = "suxydfm";
	const char *end;

	memset(l, 0, sizeof(*l));
	l->where = where;
	l->present = column[4];
	l->type = column[6];
	l->offset = column[7];
	l->zero = strtoull(column[8], NULL, 16);
	l->empty = column[5];
	l->empty_known = strcmp(column[5], "?");
	l->known = l->zero | field_bits(l->type) | field_bits(l->offset);
	for (char *flag, *rest = column[9]; (flag = strsep(&rest, " ")) && *flag != '-';) {
		const char *letter = strchr(letters, *flag);

		l->known |= bits_of(flag + 1, &end);
		if (*flag == 'q') {
			l->all_known = true;
			continue;
		}
		cr_assert(letter && l->n_flags < 8, "%s: flag %s", where, flag);
		l->flags[l->n_flags].flag = 1u << (letter - letters);
		l->flags[l->n_flags++].bit = 1ull << atoi(flag + 1);
	}
}

/* arch:variant level releases odd source: which words the row says are odd, and no others. */
static void check_quirk(char **column, const char *where)
{
	struct truth truth = { .where = where, .present = column[3], .empty = "-" };
	enum swpd_level level = SWPD_LEVEL_PTE;

	for (int i = 0; i < SWPD_LEVEL_N; i++)
		if (!strcmp(swpd_level_name(i), column[1]))
			level = i;
	for (char *release, *rest = column[2]; (release = strsep(&rest, " "));) {
		struct swpd_error err = { 0 };
		const struct layout *row;
		struct swpd_decoder dec;
		struct facts facts;

		facts_init(&facts, NULL);
		cr_assert(!facts_set_arch(&facts, column[0], &err), "%s", err.text);
		cr_assert(!facts_set_release(&facts, release, &err), "%s", err.text);
		facts_assume(&facts);
		swpd_decoder_init(&dec, &facts.target, FORM_PTE, level);
		row = dec.packing[0].row;
		cr_assert(dec.n_packing == 1 && row->quirk, "%s %s %s: no quirk", where, column[1],
			release);
		for (const char *p = truth.present - 1; p; p = strpbrk(p + 1, ":,")) {
			uint64_t base = *p == ':' || *p == ',' ? strtoull(p + 1, NULL, 16) : 0;

			for (unsigned int i = 0; i < 64; i++)
				for (unsigned int k = 0; k < 64; k++) {
					uint64_t word = base ^ (i < k ? 1ull << i : 0) ^ 1ull << k;

					word &= ~dec.packing[0].beyond;
					cr_expect(pred_test(&row->quirk_if, word) == is_present(&truth, word),
						"%s %s %s: 0x%llx", where, column[1], release,
						(unsigned long long)word);
				}
			cr_expect(pred_test(&row->quirk_if, base) == is_present(&truth, base), "%s: 0x%llx",
				where, (unsigned long long)base);
		}
	}
}

/* arch:variant level releases options present empty type offset zero flags limit source */
static void check_line(char **column, const char *where)
{
	enum swpd_form form = !strcmp(column[1], "pagemap") ? FORM_PAGEMAP :
		!strcmp(column[1], "swp_entry") ? FORM_SWP_ENTRY : FORM_PTE;
	enum swpd_level level = SWPD_LEVEL_PTE;

	for (int i = 0; i < SWPD_LEVEL_N; i++)
		if (!strcmp(swpd_level_name(i), column[1]))
			level = i;
	cr_assert(strpbrk(column[11], "/.:,"), "%s: no source", where);
	for (char *release, *rest = column[2]; (release = strsep(&rest, " "));) {
		struct swpd_error err = { 0 };
		struct swpd_decoder dec;
		struct facts facts;
		struct truth truth;
		char what[700], knobs[120], flags[40];
		char *copy[12];
		unsigned int width;

		memcpy(copy, column, sizeof(copy));
		copy[9] = strcpy(flags, column[9]);
		snprintf(what, sizeof(what), "%s %s %s", where, column[1], release);
		snprintf(knobs, sizeof(knobs), "MEM_SOFT_DIRTY=y,HAVE_ARCH_USERFAULTFD_WP=y%s%s",
			*column[3] == '-' ? "" : ",", *column[3] == '-' ? "" : column[3]);
		read_line(&truth, copy, what);
		truth.old = atoi(release) < 4;
		facts_init(&facts, NULL);
		cr_assert(!facts_set_arch(&facts, column[0], &err), "%s", err.text);
		cr_assert(!facts_set_release(&facts, release, &err), "%s", err.text);
		cr_assert(!facts_set_knobs(&facts, knobs, &err), "%s", err.text);
		facts_assume(&facts);
		swpd_decoder_init(&dec, &facts.target, form, level);
		cr_expect(dec.n_packing == 1, "%s: %d rows", what, dec.n_packing);
		if (dec.n_packing != 1)
			continue;
		width = form == FORM_PAGEMAP ? 64 :
			form == FORM_SWP_ENTRY ? arch_word_bits(facts.target.arch, facts.target.variant) :
			8 * arch_pte_bytes(facts.target.arch, facts.target.variant, dec.packing[0].row) /
				arch_pte_copies(facts.target.variant, dec.packing[0].row);
		if (*column[10] != '-')
			cr_expect(1ull << dec.packing[0].offset_written == strtoull(column[10], NULL, 16),
				"%s: room for %u bits", what, dec.packing[0].offset_written);
		check_encoder(&truth, &dec, width);
		check_around(&truth, &dec, truth.zero, width);
		for (const char *p = truth.empty; (p = strstr(p, "0x")); p++)
			check_around(&truth, &dec, strtoull(p, NULL, 16), width);
		check_around(&truth, &dec, truth.zero | 0x5555555555555555 >> (64 - width), width);
		for (unsigned int bit = 0; bit < width; bit++)
			if (is_present(&truth, truth.zero ^ 1ull << bit)) {
				check_around(&truth, &dec, truth.zero ^ 1ull << bit, width);
				break;
			}
	}
}

/*
 * arch:variant releases options test source: the words which pte_file() tells from swap entries, in a form
 * like that of `present`, and no others; "-": none. It is not asked of present entries and of huge pages.
 */
static void check_file(char **column, const char *where)
{
	static const uint64_t around[] = { 0, UINT64_MAX, 0x5555555555555555, 0xc, 0x1c, 0x400, 0x402,
		0x600 };
	const struct truth test = { .where = where, .present = column[3], .empty = "-" };

	for (char *release, *rest = column[1]; (release = strsep(&rest, " "));) {
		struct swpd_decoder dec, huge;
		struct swpd_error err = { 0 };
		struct facts facts;
		int found = 0;

		facts_init(&facts, NULL);
		cr_assert(!facts_set_arch(&facts, column[0], &err), "%s", err.text);
		cr_assert(!facts_set_release(&facts, release, &err), "%s", err.text);
		if (*column[2] != '-')
			cr_assert(!facts_set_knobs(&facts, column[2], &err), "%s", err.text);
		facts_assume(&facts);
		swpd_decoder_init(&dec, &facts.target, FORM_PTE, SWPD_LEVEL_PTE);
		swpd_decoder_init(&huge, &facts.target, FORM_PTE, SWPD_LEVEL_HUGETLB);
		cr_expect(dec.n_packing == 1, "%s %s: %d rows", where, release, dec.n_packing);
		for (unsigned int n = 0; n < sizeof(around) / sizeof(*around) * 64 * 64; n++) {
			uint64_t word = around[n / 4096] ^ 1ull << n / 64 % 64;
			struct swpd_entry e;
			bool file;

			word = (word ^ (n % 64 ? 1ull << n % 64 : 0)) & ~dec.packing[0].beyond;
			swpd_decode(&dec, word, &e);
			file = *column[3] != '-' && e.cls != SWPD_NONE && e.cls != SWPD_PRESENT &&
				is_present(&test, word);
			found += file;
			if (file != (e.why == SWPD_WHY_FILE_PTE) ||
				(file && (e.cls != SWPD_UNKNOWN || e.has || e.flags || e.candidates)))
				cr_expect(wrong++ > 20, "%s %s: 0x%llx is %s", where, release,
					(unsigned long long)word, swpd_class_name(e.cls));
			swpd_decode(&huge, word, &e);
			cr_expect(e.why != SWPD_WHY_FILE_PTE, "%s %s: 0x%llx, huge", where, release,
				(unsigned long long)word);
		}
		cr_expect(!found == (*column[3] == '-'), "%s %s: %d words", where, release, found);
	}
}

static void check_arch(const char *arch)
{
	char path[512];

	if (!arch_find(arch) || arch_find(arch)->pseudo)
		return; /* their lines are those of the machines that read them */
	snprintf(path, sizeof(path), "%s/vectors/%s.tsv", fixtures_dir(), arch);
	if (!table_rows("tests/fields.tsv", arch, 12, check_line)) {
		cr_expect(access(path, F_OK), "%s: no line", arch);
		cr_skip("no line and no %s: nothing but its author says that these rows are right", path);
	}
	table_rows("tests/quirks.tsv", arch, 5, check_quirk);
	table_rows("tests/file_ptes.tsv", arch, 5, check_file);
	cr_expect(!wrong, "%d words are something else", wrong);
}

#define ARCH(name)                                                                             \
	Test(fields, name)                                                                     \
	{                                                                                      \
		check_arch(#name);                                                              \
	}
#include "arch/list.def"
#undef ARCH
