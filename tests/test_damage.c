/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Damaged dumps, thousands of them: cut off anywhere, with bits flipped anywhere, or within one table of page
 * tables. What must then still be told is found by a page walk of this file's own.
 *
 * SWPD_DAMAGE=COUNT or COUNT,SEED: how many; a failure tells the seed that makes it alone:
 * SWPD_DAMAGE=1,SEED.
 */
#include <elf.h>
#include <inttypes.h>
#include <signal.h>
#include <sys/mman.h>
#include <unistd.h>

#include "text.h"

#define RECORDS_MAX 8000
#define DUMPS_MAX 60
#define USUAL_COUNT 400
#define SECONDS_MAX "20"

/* How the page tables of a guest are built: by the kernel headers named in src/arch, said again here. */
static const struct geometry {
	const char *guest; /* how its name begins */
	bool big_endian;
	uint8_t levels, bits[5]; /* lowest level first; levels 0: they are counted */
	uint8_t pte_bytes, entry_bytes;
	uint64_t table_mask, table_value, address;
} geometries[] = {
	{ "amd64-", false, 0, { 9, 9, 9, 9, 9 }, 8, 8, 0x81, 0x01, 0xffffffffff000 },
	{ "arm64-6.12", false, 4, { 9, 9, 9, 9 }, 8, 8, 0x3, 0x3, 0xfffffffff000 },
	{ "armhf-6.12", false, 2, { 9, 11 }, 4, 8, 0x3, 0x1, 0xfffff000 },
	{ "i386pae-", false, 3, { 9, 9, 2 }, 8, 8, 0x81, 0x01, 0xffffff000 },
	{ "ppc64le-6.12", true, 4, { 9, 9, 9, 13 }, 8, 8, 3ull << 62, 1ull << 63, 0xfffffffffff000 },
	{ "riscv64-", false, 0, { 9, 9, 9, 9, 9 }, 8, 8, 0xf, 0x1, 0 },
	{ "s390x-", true, 0, { 8, 11, 11, 11, 11 }, 8, 8, 0x42c, 0, ~0x7ffull },
};

struct record {
	uint64_t vaddr, end;
	const char *line;
};

struct records {
	int n;
	char *text;
	struct record v[RECORDS_MAX];
};

static struct dump {
	char guest[32], name[32], root_text[24], arguments[100];
	uint64_t root;
	const struct geometry *g;
	uint8_t levels;
	char *bytes;
	size_t size;
	bool plain; /* an ELF file as the guest left it: a walk of our own knows where everything is */
	struct records whole;
} dumps[DUMPS_MAX];
static int n_dumps;

static struct tree tree;

/* ---- chance ---- */

static uint64_t state;

static uint64_t chance(uint64_t below)
{
	uint64_t z = state += 0x9e3779b97f4a7c15ull;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ull;
	z = (z ^ z >> 27) * 0x94d049bb133111ebull;
	return (z ^ z >> 31) % below;
}

/* ---- the tool ---- */

static char *contents(int fd)
{
	off_t n = lseek(fd, 0, SEEK_END);
	char *text = calloc(n + 1, 1);

	cr_assert(text && pread(fd, text, n, 0) == n);
	close(fd);
	return text;
}

/* Exit status, or -signal. */
static int ask(const struct dump *d, char **out, char **err)
{
	int fd_out = memfd_create("out", 0), fd_err = memfd_create("err", 0), status;
	char command[1024];
	pid_t pid;

	snprintf(command, sizeof(command),
		"exec '%s' -q -d %s/dump --pgd=%s -c 'fixtures/dumps/%s/config' %s -F csv -o "
		"vaddr,pages,raw,swap_type,class",
		env_or("SWPDECODE", "build/swpdecode"), tree.dir, d->root_text, d->guest, d->arguments);
	fflush(NULL);
	pid = fork();
	cr_assert(pid >= 0);
	if (!pid) {
		dup2(fd_out, 1);
		dup2(fd_err, 2);
		alarm(atoi(SECONDS_MAX));
		if (!chdir(env_or("SRCDIR", ".")))
			execl("/bin/sh", "sh", "-c", command, NULL);
		_exit(127);
	}
	cr_assert(waitpid(pid, &status, 0) == pid);
	*out = contents(fd_out);
	*err = contents(fd_err);
	return WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
}

static void read_records(struct records *r, char *text, unsigned int page)
{
	char *line;

	r->n = 0;
	r->text = text;
	while ((line = next_line(&text))) {
		struct record *to = &r->v[r->n];
		uint64_t pages;

		if (sscanf(line, "%" SCNx64 ",%" SCNu64, &to->vaddr, &pages) != 2)
			continue;
		to->end = to->vaddr + pages * page;
		to->line = line;
		cr_assert(++r->n < RECORDS_MAX);
	}
}

static unsigned int page_size(const struct dump *d)
{
	return strstr(d->guest, "-16k") ? 16384 : strstr(d->guest, "-64k") ? 65536 : 4096;
}

static const struct record *record_at(const struct records *r, uint64_t vaddr)
{
	int low = 0, high = r->n;

	while (low < high) {
		int mid = (low + high) / 2;

		if (r->v[mid].vaddr < vaddr)
			low = mid + 1;
		else
			high = mid;
	}
	return low < r->n && r->v[low].vaddr == vaddr ? &r->v[low] : NULL;
}

static bool same(const struct records *r, const struct record *as)
{
	const struct record *other = record_at(r, as->vaddr);

	return other && !strcmp(other->line, as->line);
}

/* ---- a walk of our own, in an ELF file that is whole ---- */

static uint64_t number(const char *p, unsigned int bytes, bool big_endian)
{
	uint64_t v = 0;

	for (unsigned int i = 0; i < bytes; i++)
		v = v << 8 | (uint8_t)p[big_endian ? i : bytes - 1 - i];
	return v;
}

/* Where in the file a physical address stands; 0: nowhere. */
static size_t place_of(const struct dump *d, uint64_t phys)
{
	bool wide = d->bytes[EI_CLASS] == ELFCLASS64, be = d->bytes[EI_DATA] == ELFDATA2MSB;
	size_t at = number(d->bytes + (wide ? 32 : 28), wide ? 8 : 4, be);
	unsigned int n = number(d->bytes + (wide ? 56 : 44), 2, be), size = wide ? 56 : 32,
		     word = wide ? 8 : 4;

	for (; n--; at += size) {
		uint64_t place = number(d->bytes + at + (wide ? 8 : 4), word, be);
		uint64_t start = number(d->bytes + at + (wide ? 24 : 12), word, be);
		uint64_t len = number(d->bytes + at + (wide ? 32 : 16), word, be);

		if (number(d->bytes + at, 4, be) == PT_LOAD && phys >= start && phys - start < len)
			return place + (phys - start);
	}
	return 0;
}

/* A piece of a table within one page: bytes [at, at + len) of the file stand for addresses [start, end). */
struct piece {
	size_t at, len;
	uint64_t start, end;
};

/* The pieces on the way to an address, top level first; how many there are. */
static int way_to(const struct dump *d, uint64_t vaddr, struct piece way[6])
{
	const struct geometry *g = d->g;
	uint64_t table = d->root;
	int n = 0;

	for (int level = d->levels - 1; level >= 0; level--) {
		unsigned int shift = 12, bytes = level ? g->entry_bytes : g->pte_bytes;
		uint64_t index, first, in_page, word, span;
		size_t at;

		for (int i = 0; i < level; i++)
			shift += g->bits[i];
		span = 1ull << g->bits[level];
		index = vaddr >> shift & (span - 1);
		in_page = 4096 / bytes < span ? 4096 / bytes : span;
		first = index & ~(in_page - 1);
		at = place_of(d, table + first * bytes);
		if (!at)
			return 0;
		way[n].at = at;
		way[n].len = in_page * bytes;
		way[n].start = vaddr >> shift << shift;
		way[n].start -= (index - first) << shift;
		way[n].end = way[n].start + (in_page << shift) - 1;
		n++;
		word = number(d->bytes + at + (index - first) * bytes, g->pte_bytes, g->big_endian);
		/* s390: an entry says in bits 2 and 3 what table it stands in */
		if (!level || !word || (word & g->table_mask) !=
				g->table_value + (g->guest[0] == 's' ? 4 * (level - 1) : 0))
			break;
		table = g->guest[0] == 'r' ? (word >> 10 & 0xfffffffffff) << 12 : word & g->address;
		if (g->guest[0] == 's' && level > 1)
			table &= ~0xfffull;
	}
	return n;
}

/* Where the number of levels is the guest's choice: that with which PTEs are reached. */
static void count_levels(struct dump *d)
{
	struct piece way[6];

	if ((d->levels = d->g->levels))
		return;
	for (d->levels = 5; d->levels > 2; d->levels--)
		for (int i = 0; i < d->whole.n; i++)
			if (way_to(d, d->whole.v[i].vaddr, way) == d->levels)
				return;
	cr_assert(false, "%s: no number of levels", d->guest);
}

/* ---- what is tried ---- */

static void write_dump(const char *bytes, size_t size)
{
	char path[100];
	FILE *f;

	snprintf(path, sizeof(path), "%s/dump", tree.dir);
	f = fopen(path, "w");
	cr_assert(f && fwrite(bytes, 1, size, f) == size && !fclose(f));
}

static struct count {
	int cut, flipped, in_table, refused;
} count;

static struct records now;

static bool failed(const struct dump *d, uint64_t seed, const char *what, int status, const char *err)
{
	cr_expect(false, "SWPD_DAMAGE=1,%" PRIu64 ": %s/%s: %s (status %d)\n%.300s", seed, d->guest, d->name,
		what, status, err);
	return true;
}

/* Records of `a` outside [start, end] that b has not. */
static int lost(const struct records *a, const struct records *b, uint64_t start, uint64_t end)
{
	int n = 0;

	for (int i = 0; i < a->n; i++)
		if (a->v[i].end <= start || a->v[i].vaddr > end)
			n += !same(b, &a->v[i]);
	return n;
}

static void flip(char *bytes, size_t at, size_t len)
{
	int n = chance(4) ? 1 + chance(3) : 1 + chance(64);

	while (n--) {
		uint64_t bit = chance(len * 8);

		bytes[at + bit / 8] ^= 1 << bit % 8;
	}
}

static bool try_cut(const struct dump *d, uint64_t seed)
{
	size_t cut = chance(d->size);
	char *out, *err, what[100];
	int status, missing = 0, reachable = 0;
	struct piece way[6];
	bool bad = false;

	write_dump(d->bytes, cut);
	status = ask(d, &out, &err);
	read_records(&now, out, page_size(d));
	count.cut++;
	count.refused += status == 1;
	for (int i = 0; d->plain && i < d->whole.n; i++) {
		int n = way_to(d, d->whole.v[i].vaddr, way);
		bool before = n;

		for (int k = 0; k < n; k++)
			before &= way[k].at + way[k].len <= cut;
		reachable += before;
		missing += before && !same(&now, &d->whole.v[i]);
	}
	snprintf(what, sizeof(what), "cut at %zu of %zu", cut, d->size);
	if (status != 3 && (status != 1 || reachable))
		bad = failed(d, seed, what, status, err);
	else if (!*err)
		bad = failed(d, seed, "silence", status, what);
	else if (missing || lost(&now, &d->whole, 1, 0))
		bad = failed(d, seed, "cut: records are missing or new", missing, what);
	free(out);
	free(err);
	return bad;
}

static bool try_table(const struct dump *d, uint64_t seed)
{
	const struct record *r = &d->whole.v[chance(d->whole.n)];
	struct piece way[6], *p;
	int n = way_to(d, r->vaddr, way), status;
	char *bytes = malloc(d->size), *out, *err;
	bool bad = false;

	cr_assert(bytes && n, "%s: no way to %" PRIx64, d->guest, r->vaddr);
	p = &way[chance(n)];
	memcpy(bytes, d->bytes, d->size);
	flip(bytes, p->at, p->len);
	write_dump(bytes, d->size);
	status = ask(d, &out, &err);
	read_records(&now, out, page_size(d));
	count.in_table++;
	if (status != 0 && status != 3)
		bad = failed(d, seed, "flips in a table", status, err);
	else if (lost(&d->whole, &now, p->start, p->end) || lost(&now, &d->whole, p->start, p->end))
		bad = failed(d, seed, "flips in a table change records elsewhere", status, err);
	free(bytes);
	free(out);
	free(err);
	return bad;
}

static bool try_anywhere(const struct dump *d, uint64_t seed)
{
	/* often in the headers: there is little of them */
	size_t first = chance(3) ? d->size : d->size < 8192 ? d->size : 8192;
	char *bytes = malloc(d->size), *out, *err;
	bool bad = false;
	int status;

	cr_assert(bytes);
	memcpy(bytes, d->bytes, d->size);
	flip(bytes, 0, first);
	write_dump(bytes, d->size);
	status = ask(d, &out, &err);
	count.flipped++;
	count.refused += status == 1;
	if (getenv("SWPD_DAMAGE_LOG") && status == 1)
		fprintf(stderr, "%" PRIu64 " %s/%s: %s", seed, d->guest, d->name, err);
	if (status != 0 && status != 1 && status != 3)
		bad = failed(d, seed, "flips anywhere", status, err);
	else if (status && !*err)
		bad = failed(d, seed, "silence", status, "");
	free(bytes);
	free(out);
	free(err);
	return bad;
}

/* ---- the dumps ---- */

static void load(struct dump *d, const char *path)
{
	FILE *f = fopen(path, "r");
	char *out, *err;
	int status;

	cr_assert(f && n_dumps < DUMPS_MAX);
	fseek(f, 0, SEEK_END);
	d->size = ftell(f);
	rewind(f);
	d->bytes = malloc(d->size);
	cr_assert(d->bytes && fread(d->bytes, 1, d->size, f) == d->size);
	fclose(f);
	write_dump(d->bytes, d->size);
	status = ask(d, &out, &err);
	cr_assert(status == 0 || status == 3, "%s/%s: status %d: %s", d->guest, d->name, status, err);
	read_records(&d->whole, out, page_size(d));
	cr_assert(d->whole.n > 100);
	free(err);
	if (d->plain)
		count_levels(d);
	n_dumps++;
}

static void load_forms(const struct dump *of, const char *path)
{
	static const char *const kinds[] = { "elf32", "elf64.xnum", "elf64.memsz", "elf64.flat", "none.v3",
		"zlib.v6", "lzo.v5", "snappy.v6", "zstd.v6", "zlib.v6.flat" };
	int status;

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		struct dump *d = &dumps[n_dumps];
		char made[100];

		*d = *of;
		d->plain = false;
		snprintf(d->name, sizeof(d->name), "%s", kinds[i]);
		snprintf(d->arguments, sizeof(d->arguments), "-A x86_64 -k 6.1");
		snprintf(made, sizeof(made), "%s/form", tree.dir);
		free(output_of(&status, "'%s' tests/mkdump.py %s %s %s", env_or("PYTHON", "/usr/bin/python3"),
			kinds[i], path, made));
		cr_assert(status == 0, "mkdump.py %s", kinds[i]);
		load(d, made);
	}
}

static void load_all(void)
{
	char *text = read_source("fixtures/dumps/guests.tsv"), *rest = text, *line, path[100];
	int status;

	while ((line = next_line(&rest))) {
		struct dump *d = &dumps[n_dumps];
		int at = 0;

		if (*line == '#')
			continue;
		cr_assert(sscanf(line, "%31s %23s %*s%n", d->guest, d->root_text, &at) == 2);
		d->root = strtoull(d->root_text, NULL, 16);
		snprintf(d->arguments, sizeof(d->arguments), "%s", line + at);
		snprintf(d->name, sizeof(d->name), "hold");
		for (size_t i = 0; i < sizeof(geometries) / sizeof(geometries[0]); i++)
			if (!strncmp(d->guest, geometries[i].guest, strlen(geometries[i].guest)))
				d->g = &geometries[i];
		d->plain = d->g;
		snprintf(path, sizeof(path), "%s/elf", tree.dir);
		free(output_of(&status, "gzip -dc fixtures/dumps/%s/hold.elf.gz >%s", d->guest, path));
		load(d, path);
		if (!strcmp(d->guest, "amd64-6.1"))
			load_forms(&dumps[n_dumps - 1], path);
	}
	free(text);
}

Test(damage, dumps, .timeout = 7200)
{
	const char *asked = env_or("SWPD_DAMAGE", "");
	uint64_t n = *asked ? strtoull(asked, NULL, 10) : USUAL_COUNT;
	uint64_t seed = strchr(asked, ',') ? strtoull(strchr(asked, ',') + 1, NULL, 10) : 1;
	int bad = 0;

	tree_make(&tree);
	load_all();
	for (uint64_t i = 0; i < n && bad < 20; i++, seed++) {
		const struct dump *d;

		state = seed * 0x2545f4914f6cdd1dull;
		d = &dumps[chance(n_dumps)];
		switch (chance(3)) {
		case 0:
			bad += try_cut(d, seed);
			break;
		case 1:
			bad += d->plain ? try_table(d, seed) : try_anywhere(d, seed);
			break;
		default:
			bad += try_anywhere(d, seed);
		}
	}
	cr_expect(!bad);
	if (*asked)
		fprintf(stderr, "%d cut, %d with flips in one table, %d with flips anywhere; %d refused\n",
			count.cut, count.in_table, count.flipped, count.refused);
	tree_drop(&tree);
}
