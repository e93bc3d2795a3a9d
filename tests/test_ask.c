/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Questions: what --encode makes decodes to what was asked for, in every row; what
 * -i bin reads and --explain rules off is, for every word that real kernels' code decoded, what that code
 * said.
 */
#include <unistd.h>

#include "ask/ask.h"
#include "text.h"

/* ---- groups of vectors ---- */

struct group {
	const char *arch;
	char kernel[16], variant[32], level[16], knobs[200];
	size_t n, n_images;
	struct {
		char raw[24], cls[32], type[16], offset[24], image[40];
	} row[4096];
};

static struct group group;

static void target_of(const struct group *g, char *to, size_t size)
{
	snprintf(to, size, "-q -A %s%s%s -k %s -s %s --level %s", g->arch, strcmp(g->variant, "-") ? ":" : "",
		strcmp(g->variant, "-") ? g->variant : "", g->kernel, g->knobs, g->level);
}

static void each_group_of(const char *arch, void (*fn)(const struct group *g))
{
	char path[512], line[512];
	FILE *f;

	group.arch = arch;
	group.n = group.n_images = 0;
	snprintf(path, sizeof(path), "%s/vectors/%s.tsv", fixtures_dir(), arch);
	f = fopen(path, "r");
	if (!f)
		return; /* an architecture without vectors, of which vectors/NAME tells */
	while (fgets(line, sizeof(line), f)) {
		if (line[0] == '@') {
			if (group.n)
				fn(&group);
			group.n = group.n_images = 0;
			cr_assert(sscanf(line, "@ %15s %31s %15s %199s", group.kernel, group.variant,
					  group.level, group.knobs) == 4);
			continue;
		}
		cr_assert(group.n < sizeof(group.row) / sizeof(group.row[0]));
		group.row[group.n].image[0] = 0;
		cr_assert(sscanf(line + (*line == '+'), "%23s %31s %15s %23s %*s %*s %*s %*s %*s %39s",
				  group.row[group.n].raw, group.row[group.n].cls, group.row[group.n].type,
				  group.row[group.n].offset, group.row[group.n].image) >= 4);
		group.n_images += group.row[group.n++].image[0] != 0;
	}
	if (group.n)
		fn(&group);
	fclose(f);
}

static void each_group(void (*fn)(const struct group *g))
{
	for (int i = 0; arch_list[i]; i++)
		if (!arch_list[i]->pseudo)
			each_group_of(arch_list[i]->name, fn);
}

/* ---- -i bin ---- */

static int n_images;

/* A file that is gone when it is closed, and the name under which a child sees it. */
static FILE *open_scratch(char *name, size_t size)
{
	FILE *f = tmpfile();

	cr_assert(f);
	snprintf(name, size, "/proc/%d/fd/%d", getpid(), fileno(f));
	return f;
}

static void read_images(const struct group *g)
{
	char target[400], name[64], *p;
	struct ran r;
	FILE *f;

	if (!g->n_images)
		return;
	f = open_scratch(name, sizeof(name));
	for (size_t i = 0; i < g->n; i++)
		for (const char *hex = g->row[i].image; *hex; hex += 2) {
			unsigned int byte;

			cr_assert(sscanf(hex, "%2x", &byte) == 1);
			fputc(byte, f);
		}
	fflush(f);
	target_of(g, target, sizeof(target));
	run(&r, NULL,
		"swpdecode %s -i bin -f %s -F csv --no-headings -o "
		"raw,class,swap_type,swap_offset,file_offset",
		target, name);
	cr_expect(r.status == 0, "%s: status %d: %s", target, r.status, r.err);
	p = r.out;
	for (size_t i = 0, at = 0; i < g->n; i++) {
		char want[160], *line;
		uint64_t raw;

		if (!g->row[i].image[0])
			continue;
		raw = strtoull(g->row[i].raw, NULL, 16);
		snprintf(want, sizeof(want), "0x%llx,%s,%s,%s,0x%zx", (unsigned long long)raw, g->row[i].cls,
			strcmp(g->row[i].type, "-") ? g->row[i].type : "",
			strcmp(g->row[i].offset, "-") ? g->row[i].offset : "", at);
		line = next_line(&p);
		cr_expect(line && !strcmp(line, want), "%s: %s\n  expected %s\n  got      %s", target,
			g->row[i].image, want, line ? line : "nothing");
		at += strlen(g->row[i].image) / 2;
		n_images++;
	}
	cr_expect(!*p, "%s: more output: %s", target, p);
	ran_free(&r);
	fclose(f);
}

Test(bin, every_image_of_the_vectors)
{
	each_group(read_images);
	cr_expect(n_images > 2000, "only %d images", n_images);
}

/* Words of the CPU's size and order, where nothing is odd: sizes and orders that the kernels' code was run
 * with. */
Test(bin, plain_words)
{
	static const struct {
		const char *target, *bytes, *raw;
	} rows[] = {
		{ "-A x86_64 -k 6.12", "\\0\\376\\373\\377\\377\\377\\377\\007", "0x7fffffffffbfe00" },
		{ "-A i386:pae -k 5.10", "\\0\\376\\373\\377\\377\\377\\377\\007", "0x7fffffffffbfe00" },
		{ "-A i386:2level -k 5.10", "\\0\\002\\0\\0", "0x200" },
		{ "-A s390 -k 6.12", "\\0\\0\\0\\0\\0\\0\\026\\0", "0x1600" },
		{ "-A arm:lpae -k 6.12", "\\200\\001\\0\\0\\0\\0\\0\\0", "0x180" },
		{ "-A ppc32:nohash32-e500-32 -k 6.12", "\\0\\0\\022\\0", "0x1200" },
		{ "-A ppc32:nohash32-e500-32 -k 7.2", "\\0\\0\\0\\0\\0\\0\\022\\0", "0x1200" },
		/* pgtable-types.h: four alike since 5.0 only */
		{ "-A ppc32:nohash32-8xx-16k -k 3.18", "\\0\\0\\022\\0", "0x1200" },
		{ "-A ppc32:nohash32-8xx-16k -k 4.1", "\\0\\0\\022\\0", "0x1200" },
		{ "-A ppc32:nohash32-8xx-16k -k 4.19", "\\0\\0\\022\\0", "0x1200" },
		/* asm/page.h: pte_low comes first in either byte order */
		{ "-A mips:32-phys64-alchemy -k 6.12", "\\100\\0\\0\\0\\002\\001\\0\\0", "0x10200000040" },
		{ "-A mips:32-phys64-alchemy -k 6.12 --endian=big", "\\0\\0\\0\\100\\0\\0\\001\\002",
			"0x10200000040" },
		{ "-A sh:sh4a-x2tlb -k 6.12 --endian=big", "\\0\\0\\001\\0\\0\\0\\001\\002",
			"0x10200000100" },
		{ "-A arm -k 6.12 --endian=big", "\\0\\0\\022\\0", "0x1200" },
		{ "-A arm:lpae -k 6.12 --endian=big", "\\0\\0\\0\\0\\0\\0\\001\\200", "0x180" },
		{ "-A arm64 -k 6.12 --endian=big", "\\0\\0\\0\\0\\001\\043\\100\\004", "0x1234004" },
		/* names that say the byte order, which --endian overrules, and others of the same */
		{ "-A aarch64_be -k 6.12", "\\0\\0\\0\\0\\001\\043\\100\\004", "0x1234004" },
		{ "-A aarch64 -k 6.12", "\\004\\100\\043\\001\\0\\0\\0\\0", "0x1234004" },
		{ "-A armv7b -k 6.12", "\\0\\0\\022\\0", "0x1200" },
		{ "-A armv8b -k 6.12 --endian=little", "\\0\\022\\0\\0", "0x1200" },
		{ "-A sh4eb -k 6.12", "\\0\\0\\022\\0", "0x1200" },
		{ "-A sh4 -k 6.12", "\\0\\022\\0\\0", "0x1200" },
		{ "-A mipsel -k 6.12", "\\0\\022\\0\\0", "0x1200" },
		{ "-A mipsel:32-r1 -k 6.12", "\\0\\022\\0\\0", "0x1200" },
		{ "-A mipsr6el -k 6.12", "\\0\\022\\0\\0", "0x1200" },
		{ "-A mips -k 6.12", "\\0\\0\\022\\0", "0x1200" },
		{ "-A mips64el -k 6.12", "\\0\\0\\022\\0\\0\\0\\0\\0", "0x120000" },
		{ "-A microblazeel -k 6.12", "\\0\\022\\0\\0", "0x1200" },
		{ "-A mb -k 6.12", "\\0\\0\\022\\0", "0x1200" },
		{ "-A ppc64 -k 6.12 --endian=big", "\\100\\0\\0\\0\\001\\043\\0\\0", "0x4000000001230000" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct ran r;

		run(&r, NULL, "printf '%s' | swpdecode -q %s -i bin -F csv --no-headings -o raw",
			rows[i].bytes, rows[i].target);
		r.out[strcspn(r.out, "\n")] = 0;
		cr_expect(r.status == 0 && !strcmp(r.out, rows[i].raw), "%s: status %d, %s, expected %s",
			rows[i].target, r.status, r.out, rows[i].raw);
		ran_free(&r);
	}
}

/* ---- --explain ---- */

static size_t n_explained;

/* One value's lines, up to the empty one. Every bit of the ruler has one field line. */
static void check_ruler(const struct group *g, size_t i, char **text)
{
	unsigned int width = 0, named[64] = { 0 }, fields = 0, none = 2, present = 2;
	char *line = next_line(text), want[64], *p;

	snprintf(want, sizeof(want), "0x%llx: %s", strtoull(g->row[i].raw, NULL, 16), g->row[i].cls);
	cr_assert(line, "%s %s: no output for %s", g->arch, g->level, g->row[i].raw);
	p = strstr(line, want);
	cr_expect(p, "%s: '%s' says nothing of '%s'", g->arch, line, want);
	while ((line = next_line(text)) && *line) {
		unsigned int high, low;
		int used = 0;
		char letter;

		cr_expect(strlen(line) <= 80, "more than 80 columns: %s", line);
		if (strspn(line, " ") == 2 && strspn(line + 2, "01") >= 32)
			width = strspn(line + 2, "01");
		if (sscanf(line, "  kernel %*[^(]() %u, %*[^(]() %u", &none, &present) == 2)
			continue;
		if (strspn(line, " ") != 2 || !isdigit((unsigned char)line[2]) ||
			strspn(line + 2, "0123456789") > 2)
			continue;
		if (sscanf(line, "  %u-%u %c%n", &high, &low, &letter, &used) != 3) {
			if (sscanf(line, "  %u %c%n", &high, &letter, &used) != 2)
				continue;
			low = high;
		}
		cr_assert(used && high < 64 && low <= high, "%s: %s", g->row[i].raw, line);
		for (unsigned int bit = low; bit <= high; bit++)
			named[bit]++;
		fields++;
	}
	cr_expect(width && fields, "%s %s: no ruler", g->arch, g->row[i].raw);
	for (unsigned int bit = 0; bit < width; bit++)
		cr_expect(named[bit] == 1, "%s %s %s %s: bit %u is named %u times", g->arch, g->kernel,
			g->level, g->row[i].raw, bit, named[bit]);
	cr_expect(none == !strcmp(g->row[i].cls, "none") &&
			  (none || present == !strcmp(g->row[i].cls, "present")),
		"%s %s: none() %u, present() %u, but it is %s", g->arch, g->row[i].raw, none, present,
		g->row[i].cls);
	n_explained++;
}

static void explain_group(const struct group *g)
{
	char target[400], name[64], *p;
	struct ran r;
	FILE *f = open_scratch(name, sizeof(name));

	for (size_t i = 0; i < g->n; i++)
		fprintf(f, "%s\n", g->row[i].raw);
	fflush(f);
	target_of(g, target, sizeof(target));
	run(&r, NULL, "swpdecode %s -x -f %s", target, name);
	cr_expect(r.status == 0, "%s: status %d: %s", target, r.status, r.err);
	p = r.out;
	for (size_t i = 0; i < g->n; i++)
		check_ruler(g, i, &p);
	ran_free(&r);
	fclose(f);
}

Test(explain, names_every_bit_of_every_vector_once, .timeout = 300)
{
	each_group(explain_group);
	cr_expect(n_explained > 20000, "only %zu words", n_explained);
}

/* ---- --encode ---- */

static unsigned int n_encoded;

/* The kernel with every option that the row allows, in one of the row's spans. */
static void facts_of(struct facts *f, const struct arch *a, const struct variant *v, const struct layout *row,
	release_t at)
{
	static const char knobs[] = "MIGRATION=y,MEMORY_FAILURE=y,DEVICE_PRIVATE=y,PTE_MARKER=y,"
				    "HAVE_ARCH_USERFAULTFD_WP=y,MEM_SOFT_DIRTY=y,SWAP=y,SPARSEMEM=y";
	struct swpd_error err = { 0 };
	char text[64];

	facts_init(f, NULL);
	snprintf(text, sizeof(text), "%s:%s", a->name, v->name);
	cr_assert(!facts_set_arch(f, text, &err), "%s", err.text);
	snprintf(text, sizeof(text), "%u.%u.%u", at >> 24, at >> 16 & 255, at & 0xffff);
	cr_assert(!facts_set_release(f, at < KV_MAX ? text : "3.10.0", &err), "%s", err.text);
	cr_assert(!facts_set_knobs(f, knobs, &err), "%s", err.text);
	facts_assume(f);
	if (row->knob != KNOB_NONE)
		f->target.knobs[row->knob] = row->knob_is;
	if (at >= KV_MAX)
		f->target.as[SUBJECT_LAYOUT] = at;
}

static void one_spec(
	const struct session *s, const char *spec, int cls, int type, uint64_t offset, unsigned int flags)
{
	const char *id = swpd_decoder_row(s->dec);
	struct swpd_error err = { 0 };
	struct swpd_entry e;
	uint64_t word;

	if (ask_encode(s, spec, &word, &err) < 0) {
		bool lacks = strstr(err.text, "has no entries of class") || strstr(err.text, "carries") ||
			     strstr(err.text, "does not fit") || strstr(err.text, "read as none") ||
			     strstr(err.text, "does not record");

		cr_expect(lacks && err.code != SWPD_E_USAGE, "%s: %s", id, err.text);
		return;
	}
	swpd_decode(s->dec, word, &e);
	cr_expect(e.cls == cls && (type < 0 || e.type == type) && e.offset == offset && e.flags == flags &&
			  !e.stray,
		"%s: %s becomes 0x%llx: %s, type %u, offset 0x%llx, flags 0x%x", id, spec,
		(unsigned long long)word, swpd_class_name(e.cls), e.type, (unsigned long long)e.offset,
		e.flags);
	n_encoded++;
}

static void round_trip(
	const struct arch *a, const struct variant *v, const struct layout *row, int level, release_t at)
{
	struct swpd_decoder dec;
	struct facts facts;
	struct session s = { .facts = &facts, .dec = &dec, .form = FORM_PTE };
	uint64_t ad;

	facts_of(&facts, a, v, row, at);
	swpd_decoder_init(&dec, &facts.target, FORM_PTE, level);
	cr_assert(swpd_decoder_row(&dec) && !strcmp(swpd_decoder_row(&dec), row->id), "%s: row %s is used",
		row->id, swpd_decoder_row(&dec));
	ad = dec.young | dec.dirty;
	one_spec(&s, "type=0,offset=1", SWPD_SWAP, 0, 1, 0);
	one_spec(&s, "class=swap,type=1,offset=0x155", SWPD_SWAP, 1, 0x155, 0);
	one_spec(&s, "class=swap,type=0,offset=0x1234,exclusive", SWPD_SWAP, 0, 0x1234,
		1u << SWPD_FLAG_EXCLUSIVE);
	one_spec(&s, "type=2,offset=9,soft_dirty", SWPD_SWAP, 2, 9, 1u << SWPD_FLAG_SOFT_DIRTY);
	one_spec(&s, "type=2,offset=9,uffd_wp", SWPD_SWAP, 2, 9, 1u << SWPD_FLAG_UFFD_WP);
	one_spec(&s, "class=migration-write,pfn=0x321", SWPD_MIGRATION_WRITE, -1, 0x321, 0);
	one_spec(&s, "class=migration-read,pfn=0x321,young,dirty", SWPD_MIGRATION_READ, -1, 0x321 | ad,
		1u << SWPD_FLAG_YOUNG | 1u << SWPD_FLAG_DIRTY);
	one_spec(&s, "class=hwpoison,pfn=0x77", SWPD_HWPOISON, -1, 0x77, 0);
	one_spec(&s, "class=device-private-read,offset=0x77", SWPD_DEVICE_PRIVATE_READ, -1, 0x77, 0);
	if (dec.marker_mask)
		one_spec(&s, "class=pte-marker,marker=uffd-wp", SWPD_PTE_MARKER, -1, 1, 0);
}

/* Every row, for each of its variants, at each of its levels, in the last release of each span. */
Test(encode, decodes_to_what_was_asked_for_in_every_row)
{
	for (int i = 0; arch_list[i]; i++)
		for (const struct layout *row = arch_list[i]->layouts; row->id && !arch_list[i]->pseudo;
			row++)
			for (const struct variant *v = arch_list[i]->variants; v->page_shift; v++)
				for (int n = 0; n < 4 * SWPD_LEVEL_N * 2; n++) {
					const struct span *s = &row->spans[n / SWPD_LEVEL_N];
					int level = n % SWPD_LEVEL_N;

					if (!row->type[0].width || row->quirk || !s->until ||
						!(row->levels & 1u << level) || !layout_has_variant(row, v))
						continue;
					round_trip(arch_list[i], v, row, level,
						s->since >= KV_MAX   ? s->since
						: s->until == KV_MAX ? KV_NEWEST
								     : s->until - 1);
				}
	cr_expect(n_encoded > 3000, "only %u entries", n_encoded);
}

/* Only a type that is certain to be of the class asked for. */
Test(encode, says_what_a_type_depends_on)
{
	static const struct {
		const char *options, *out, *err;
	} rows[] = {
		{ "--encode class=swap,type=23,offset=1", "",
			"whether type 23 is swap depends on what is not known: MIGRATION, MEMORY_FAILURE" },
		{ "--encode class=hwpoison,type=31,offset=1", "",
			"type 31 is pte-marker here, not hwpoison" },
		{ "--encode class=swap,type=22,offset=1", "0x", "" },
		{ "-s MIGRATION=y,MEMORY_FAILURE=n --encode class=swap,type=23,offset=1", "0x", "" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct ran r;

		run(&r, NULL, "swpdecode -A x86_64 -k 6.12 %s", rows[i].options);
		cr_expect((r.status == 0) == !*rows[i].err && strstr(r.err, rows[i].err) &&
				  (*rows[i].out ? strstr(r.out, rows[i].out) != NULL : !*r.out),
			"%s: status %d: %s%s", rows[i].options, r.status, r.out, r.err);
		ran_free(&r);
	}
}

/* ---- --list-layouts ---- */

Test(layouts, every_row_is_listed)
{
	char *table = tool_says("--list-layouts"), *json = tool_says("--list-layouts -J"), word[80];

	for (int i = 0; arch_list[i]; i++)
		for (const struct layout *row = arch_list[i]->layouts; row->id; row++) {
			snprintf(word, sizeof(word), "\n%s ", row->id);
			cr_expect(strstr(table, word), "%s is not in the table", row->id);
			snprintf(word, sizeof(word), "\n{\"id\":\"%s\",", row->id);
			cr_expect(strstr(json, word), "%s is not in the JSON", row->id);
		}
	free(table);
	free(json);
}

/* ---- --guess ---- */

/* Entries of real guests: the architecture and release that they are of is among the first three. */
Test(guess, real_entries)
{
	static const struct {
		const char *value, *arch, *since; /* since: how the release's range begins */
	} rows[] = {
		{ "0x7fffffffffbfe00", "x86_64", "4.18.1" }, /* 6.1, swap */
		{ "0x27980", "arm", "6.3" },                 /* 6.12 LPAE, swap, exclusive */
		{ "0x4000000001230020", "ppc64", "5.19" },   /* 6.12, 64K pages, swap, exclusive */
		{ "0x1235e00", "s390", "5.19" },             /* 6.12, swap, exclusive */
		{ "0x1234004", "arm64", "6.10" },            /* 6.12, swap, exclusive */
		{ "0x1234040", "riscv64", "6.3" },           /* 6.12, swap, exclusive */
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct ran r;
		char *p, *line;
		bool found = false;

		run(&r, NULL, "swpdecode --no-headings --guess %s", rows[i].value);
		cr_expect(r.status == 0);
		cr_expect(count_text(r.out, "\n") <= 20, "%s: more than 20 lines", rows[i].value);
		p = r.out;
		while ((line = next_line(&p))) {
			char arch[32], since[32];
			unsigned int rank;

			if (sscanf(line, " %u %*s %31s %31s", &rank, arch, since) == 3 && rank <= 3) {
				arch[strcspn(arch, ":")] = 0;
				found |= !strcmp(arch, rows[i].arch) && !strcmp(since, rows[i].since);
			}
		}
		cr_expect(found, "%s: %s is not among the first three", rows[i].value, rows[i].arch);
		ran_free(&r);
	}
}

Test(guess, says_what_else_it_looks_like)
{
	static const struct {
		const char *value, *text;
	} rows[] = {
		{ "0x5a5a5a5a5a5a5a5a", "POISON_INUSE" },
		{ "0x6b6b6b6b", "POISON_FREE" },
		{ "0xcccccccc", "0xcc" },
		{ "0x400000", "single bit is set, bit 22" },
		{ "0x4c4c4548", "\"HELL\"" },
		{ "0x5555555555555554", "but the lowest is 0x55: a memory test pattern" },
		{ "0x6b6b6b2b", "but the lowest is 0x6b: slab poison" },
		{ "0x676b700029736c6f", "\"ols).pkg\"" },
		{ "0xffff888012345678", "x86_64, kernel: direct map" },
		{ "0xffffffff81234567", "x86_64, kernel: text" },
		{ "0x7f1234567000", "x86_64, user" },
		{ "0xffff000012345678", "arm64, kernel: linear map" },
		{ "0x3ffa1234000", "s390, user" },
		{ "0xc000000001234567", "ppc64, kernel" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct ran r;

		run(&r, NULL, "swpdecode --guess %s", rows[i].value);
		cr_expect(r.status == 0 && strstr(r.out, rows[i].text), "%s: no '%s' in\n%s", rows[i].value,
			rows[i].text, r.out);
		ran_free(&r);
	}
}
