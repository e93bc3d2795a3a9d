/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Dumps of real guests, cut down to their page tables, against what an independent page walk found there:
 * fixtures/dumps, or for some guests what they read in their own /proc/PID/pagemap: then there is an offset
 * in place of the raw entry. And the same memory in every other kind of file, written by mkdump.py.
 */
#include <endian.h>
#include <inttypes.h>
#include <sys/stat.h>
#include <unistd.h>

#include "text.h"

#define ROWS_MAX 40000

/* What the tool said about a range of addresses. */
struct answer {
	uint64_t vaddr, pages, raw;
	char class[32], type[8], offset[24];
};

static struct answer answers[ROWS_MAX];
static int n_answers;

static int by_vaddr(const void *a, const void *b)
{
	const struct answer *x = a, *y = b;

	return x->vaddr < y->vaddr ? -1 : x->vaddr > y->vaddr;
}

static void ask(const char *guest, const char *dump, const char *root, const char *arguments)
{
	int status;
	char *text = output_of(&status,
		     "gzip -dc 'fixtures/dumps/%s/%s.elf.gz' | '%s' -q -d - --pgd=%s -c "
		     "'fixtures/dumps/%s/config' %s"
		     " --all-entries -F csv -o vaddr,pages,raw,class,swap_type,swap_offset 2>/dev/null",
		     guest, dump, env_or("SWPDECODE", "build/swpdecode"), root, guest, arguments),
	     *rest = text, *line;

	n_answers = 0;
	cr_expect(status == 0 || status == 3, "%s/%s: status %d", guest, dump, status);
	while ((line = next_line(&rest))) {
		struct answer *a = &answers[n_answers];

		strcpy(a->type, "-");
		strcpy(a->offset, "-");
		if (sscanf(line, "%" SCNx64 ",%" SCNu64 ",%" SCNx64 ",%31[^,],%7[^,],%23s", &a->vaddr,
			    &a->pages, &a->raw, a->class, a->type, a->offset) < 4)
			continue;
		cr_assert(++n_answers < ROWS_MAX);
	}
	qsort(answers, n_answers, sizeof(answers[0]), by_vaddr);
	free(text);
}

static unsigned int page_size(const char *guest)
{
	return strstr(guest, "-16k") ? 16384 : strstr(guest, "-64k") ? 65536 : 4096;
}

static const struct answer *answer_for(uint64_t vaddr, unsigned int page)
{
	int low = 0, high = n_answers;

	while (low < high) {
		int mid = (low + high) / 2;

		if (answers[mid].vaddr <= vaddr)
			low = mid + 1;
		else
			high = mid;
	}
	if (!low || vaddr - answers[low - 1].vaddr >= answers[low - 1].pages * page)
		return NULL;
	return &answers[low - 1];
}

/* Returns how many rows of the truth were compared. */
static int compare(const char *guest, const char *dump, const char *who)
{
	char path[64], *rest, *text, *line;
	int status, n = 0, wrong = 0;

	snprintf(path, sizeof(path), "fixtures/dumps/%s/truth.tsv.gz", guest);
	rest = text = output_of(&status, "gzip -dc '%s'", path);
	while ((line = next_line(&rest))) {
		char name[32], process[16], raw[24], class[32], type[8], offset[24] = "";
		const struct answer *a;
		uint64_t vaddr;

		cr_assert(sscanf(line, "%31s %15s %" SCNx64 " %23s %31s %7s %23s", name, process, &vaddr, raw,
				  class, type, offset) >= 6);
		if (strcmp(name, dump) || strcmp(process, who))
			continue;
		n++;
		a = answer_for(vaddr, page_size(guest));
		if (!a && !strcmp(class, "none"))
			continue;
		if (a && !strcmp(a->class, class) &&
			(!strcmp(class, "none") ||
				((*raw == '-' || a->raw == strtoull(raw, NULL, 16)) &&
					(!*offset || !strcmp(a->offset, offset)) && !strcmp(a->type, type))))
			continue;
		if (wrong++ < 5)
			cr_expect(false, "%s/%s: %s, not %s", guest, dump, line, a ? a->class : "missing");
	}
	cr_expect(!wrong, "%s/%s, %s: %d of %d wrong", guest, dump, who, wrong, n);
	free(text);
	return n;
}

/* Call each() for every guest: its name, the roots of its two processes, and what else the tool must be told.
 */
static void each_guest(
	void (*each)(const char *guest, const char *victim, const char *kid, const char *arguments))
{
	char *text = read_source("fixtures/dumps/guests.tsv"), *rest = text, *line;

	while ((line = next_line(&rest))) {
		char guest[32], victim[32], kid[32];
		int at = 0;

		if (*line == '#')
			continue;
		cr_assert(sscanf(line, "%31s %31s %31s%n", guest, victim, kid, &at) == 3);
		each(guest, victim, kid, line + at);
	}
	free(text);
}

static int compared;

static void check_guest(const char *guest, const char *victim, const char *kid, const char *arguments)
{
	char pattern[64];
	glob_t found;

	snprintf(pattern, sizeof(pattern), "%s/fixtures/dumps/%s/*.elf.gz", env_or("SRCDIR", "."), guest);
	cr_assert(!glob(pattern, 0, NULL, &found), "%s: no dumps", guest);
	for (size_t i = 0; i < found.gl_pathc; i++) {
		char dump[32];
		int n;

		snprintf(dump, sizeof(dump), "%s", strrchr(found.gl_pathv[i], '/') + 1);
		*strchr(dump, '.') = 0;
		ask(guest, dump, victim, arguments);
		n = compare(guest, dump, "victim");
		ask(guest, dump, kid, arguments);
		n += compare(guest, dump, "kid");
		cr_expect(n, "%s/%s: no truth", guest, dump);
		compared += n;
	}
	globfree(&found);
}

Test(dumps, guests_are_read_as_they_were, .timeout = 300)
{
	compared = 0;
	each_guest(check_guest);
	cr_expect(compared == 69468, "%d rows compared", compared);
}

/* Entries of s390's region tables that are empty are not zero: no pages of 16 PiB, and no damage. */
Test(dumps, empty_regions_are_empty)
{
	static const char *const guests[][4] = {
		{ "s390x-5level-6.12", "0x2d60000", "6.12.107", "1,none\n1,present\n1,swap\n" },
		{ "s390x-7.2", "0x3b8c000", "7.2.13", "1,none\n1,present\n1,pte-marker\n1,swap\n" },
		/* of this release no packing is known up there */
		{ "s390x-7.2", "0x3b8c000", "4.19", "1,none\n1,present\n1,swap\n1,unknown\n" },
	};

	for (size_t i = 0; i < sizeof(guests) / sizeof(guests[0]); i++) {
		int status;
		char *text = output_of(&status,
			"gzip -dc 'fixtures/dumps/%s/hold.elf.gz' | '%s' -q -d - --pgd=%s -A s390x -k %s "
			"--all-entries -F csv -o pages,class 2>&1 | sort -u",
			guests[i][0], env_or("SWPDECODE", "build/swpdecode"), guests[i][1], guests[i][2]);

		cr_expect(!strncmp(text, guests[i][3], strlen(guests[i][3])) &&
				!strcmp(text + strlen(guests[i][3]), "pages,class\n"),
			"%s: %s", guests[i][0], text);
		free(text);
	}
}

/* hugepd: a part of a table of huge pages, and a table that is not in the dump. The pages are of 16 MiB. */
Test(dumps, tables_of_huge_pages)
{
	static const char tool[] = "'%s' -q -d - --pgd=12fc000 -A ppc64le -k 6.1.192 -c %s -F csv "
		"--no-headings --all-entries -o vaddr,pages,level,class,pfn %s 2>&1";
	static const struct {
		const char *edit, *range;
		int status;
		const char *says;
	} is[] = {
		{ "cat", "-r 5001000000-5004000000", 0,
			"0x5001000000,4096,hugetlb,hwpoison,0x9000\n0x5002000000,4096,hugetlb,none,\n"
			"0x5003000000,4096,hugetlb,present,0x8000\n" },
		{ "cat", "-r 5003400000-5003401000", 0, "0x5003000000,4096,hugetlb,present,0x8000\n" },
		{ "LC_ALL=C sed 's/\\x01\\x2f\\x60\\x28/\\x71\\x2f\\x60\\x28/'",
			"-r 5003000000-5004000000", 3,
			"the table of huge pages at 0x712f6000 is not in the dump" },
	};
	char command[512];
	int status;

	for (size_t i = 0; i < sizeof(is) / sizeof(is[0]); i++) {
		char *text;

		snprintf(command, sizeof(command), tool, env_or("SWPDECODE", "build/swpdecode"),
			"fixtures/dumps/ppc64le-hash-6.1/config", is[i].range);
		text = output_of(&status, "gzip -dc fixtures/dumps/ppc64le-hash-6.1/hold.elf.gz | %s | %s",
			is[i].edit, command);
		cr_expect(status == is[i].status, "%zu: status %d", i, status);
		cr_expect(is[i].status ? !!strstr(text, is[i].says) : !strcmp(text, is[i].says), "%zu: %s", i,
			text);
		free(text);
	}
}

/* ---- the same memory in other files ---- */

/*
 * The memory of a guest, below the tree: `elf`, the core as it is, and what mkdump.py makes of that, in files
 * of these names. Returns what mkdump.py said; the caller frees it.
 */
static char *make_dump(const struct tree *t, const char *guest, const char *kind, const char *names)
{
	int status;
	char *said = output_of(&status,
		"top=$PWD && cd %s && gzip -dc $top/fixtures/dumps/%s/hold.elf.gz >elf && '%s' "
		"$top/tests/mkdump.py %s elf %s 2>&1", t->dir, guest, env_or("PYTHON", "/usr/bin/python3"),
		kind, names);

	cr_assert(status == 0, "mkdump.py %s: %s", kind, said);
	return said;
}

static const struct {
	const char *guest, *kind;
	int files;
} forms[] = {
	{ "amd64-6.1", "elf64", 1 },
	{ "amd64-6.1", "elf32", 1 },
	{ "ppc64le-6.12", "elf64.xnum.memsz", 1 },
	{ "amd64-6.1", "elf64.xnum", 1 },
	{ "amd64-6.1", "elf64.memsz", 1 },
	{ "amd64-6.1", "elf64.flat", 1 },
	{ "amd64-6.1", "none.v3", 1 },
	{ "amd64-6.1", "zlib.v4", 1 },
	{ "amd64-6.1", "zlib.v6", 1 },
	{ "amd64-6.1", "lzo.v5", 1 },
	{ "amd64-6.1", "snappy.v6", 1 },
	{ "amd64-6.1", "zstd.v6", 1 },
	{ "amd64-6.1", "zlib.v6.flat", 1 },
	{ "amd64-6.1", "zlib.v6.split", 3 },
	{ "amd64-6.1", "zlib.v1", 1 },
	{ "amd64-6.1", "zlib.v2.split", 2 },
	{ "s390x-6.12", "zlib.v6", 1 },
	{ "i386pae-5.10", "zlib.v6.i386", 1 },
	{ "armhf-6.12", "zlib.v6.arm", 1 },
	{ "amd64-6.1", "raw", 1 },
	{ "amd64-6.1", "kcore", 1 },
	{ "amd64-6.1", "sparse", 1 },
};

/* Nothing is left for a note to tell that some kinds of file do not have. */
#define KERNEL                                                                                               \
	"-k 6.12 -s "                                                                                        \
	"MIGRATION=y,MEMORY_FAILURE=y,DEVICE_PRIVATE=n,MEM_SOFT_DIRTY=y,HAVE_ARCH_USERFAULTFD_WP=y,"         \
	"MAX_PHYSMEM_BITS=46"

Test(dumps, memory_is_the_same_in_every_kind_of_file, .timeout = 300)
{
	struct tree tree;
	int status;

	tree_make(&tree);
	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		const char *arch = forms[i].guest[0] == 'p'   ? "ppc64le"
				   : forms[i].guest[0] == 's' ? "s390x"
				   : forms[i].guest[0] == 'i' ? "i386"
				   : forms[i].guest[1] == 'r' ? "armhf"
							      : "x86_64";
		const char *root = forms[i].guest[0] == 'p'   ? "4420000"
				   : forms[i].guest[0] == 's' ? "3434000"
				   : forms[i].guest[0] == 'i' ? "21f80a0"
				   : forms[i].guest[1] == 'r' ? "4254c000"
							      : "7072000";
		char base[64] = "", files[256] = "", options[512] = "";
		char *plain, *other, *said;

		for (int f = 0; f < forms[i].files; f++) {
			snprintf(files + strlen(files), sizeof(files) - strlen(files), " %d", f);
			snprintf(options + strlen(options), sizeof(options) - strlen(options), " -d %s/%d",
				tree.dir, f);
		}
		said = make_dump(&tree, forms[i].guest, forms[i].kind, files);
		if (!strcmp(forms[i].kind, "raw"))
			snprintf(base, sizeof(base), "--phys-base=%s", said);
		base[strcspn(base, "\n")] = 0;
		plain = output_of(&status, "'%s' -q -d %s/elf --pgd=%s -A %s " KERNEL " -F csv 2>/dev/null",
			env_or("SWPDECODE", "build/swpdecode"), tree.dir, root, arch);
		other = output_of(&status, "'%s' -q %s --pgd=%s -A %s " KERNEL " -F csv %s 2>%s/err",
			env_or("SWPDECODE", "build/swpdecode"), options, root, arch, base, tree.dir);
		cr_expect(count_text(plain, "\n") > 1000);
		cr_expect(!strcmp(plain, other), "%s of %s: not the same entries: %zu lines, not %zu",
			forms[i].kind, forms[i].guest, count_text(other, "\n"), count_text(plain, "\n"));
		free(said);
		free(plain);
		free(other);
	}
	tree_drop(&tree);
}

/* ---- what is missing ---- */

/* Cut at every page: what lies before the cut is still told, and the rest is said to be missing. */
Test(dumps, a_cut_dump_is_partial, .timeout = 300)
{
	struct tree tree;
	size_t whole = 0;
	int status;

	tree_make(&tree);
	free(output_of(&status, "gzip -dc fixtures/dumps/amd64-6.1/hold.elf.gz >%s/elf", tree.dir));
	for (int cut = 31; cut >= 3; cut -= 4) {
		char *text = output_of(&status,
			"{ head -c %d %s/elf >%s/cut; '%s' -q -d %s/cut --pgd=7072000 -F csv -o vaddr,raw; } "
			"2>%s/err",
			cut * 4096 - (cut == 31 ? 0 : 7), tree.dir, tree.dir,
			env_or("SWPDECODE", "build/swpdecode"), tree.dir, tree.dir);
		size_t n = count_text(text, "\n");

		free(text);
		if (cut == 31) {
			whole = n;
			cr_expect(status == 0 && n > 1900, "whole: status %d, %zu lines", status, n);
			continue;
		}
		text = output_of(
			&status, "grep -c 'the dump ends before\\|the file ends before' %s/err", tree.dir);
		cr_expect(n <= whole && atoi(text) > 0, "cut to %d pages: %zu lines, complaints %s", cut, n,
			text);
		free(text);
	}
	tree_drop(&tree);
}

/* Where the last frames are zeros, their descriptors lead to the first page, not to the end of the file. */
Test(dumps, a_cut_compressed_dump_is_told, .timeout = 60)
{
	static const char *const kinds[] = { "zlib.v6.zeros", "lzo.v6.zeros", "zlib.v6.zeros.split",
		"zlib.v6" };

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		bool split = strstr(kinds[i], "split");
		struct tree tree;

		tree_make(&tree);
		free(make_dump(&tree, "amd64-6.1", kinds[i], split ? "1 2" : "1"));
		for (int less = 0; less < 2; less++) {
			int status;
			char *text = output_of(&status,
				"cd %s; truncate -s -%d 1 && '%s' -d 1 %s --pgd=7072000 -F csv -o vaddr 2>&1 "
				">/dev/null", tree.dir, less * 100, env_or("SWPDECODE", "build/swpdecode"),
				split ? "-d 2" : "");

			cr_expect(status == (less ? 3 : 0) &&
					!strstr(text, "the file ends before all of its pages") == !less,
				"%s less %d: status %d: %s", kinds[i], less * 100, status, text);
			free(text);
		}
		tree_drop(&tree);
	}
}

/* The page tables of PAE begin within a page, and registers say where. */
Test(dumps, registers_tell_the_table_of_pae)
{
	int status;
	char *text = output_of(&status,
		"gzip -dc fixtures/dumps/i386pae-5.10/hold.elf.gz | '%s' -q -d - 2>&1",
		env_or("SWPDECODE", "build/swpdecode"));

	cr_expect(strstr(text, "page tables at 0x21f80a0\n") && strstr(text, "hwpoison  "), "%s", text);
	free(text);
}

/* Nothing but the release and the machine: which build of page tables it is, these tell, and who said so. */
Test(dumps, page_tables_tell_their_variant, .timeout = 60)
{
	static const char *const guests[][4] = {
		{ "ppc64le-hash-6.12", "38f54000", "ppc64le", "hash-4k-le (variant assumed: page tables)" },
		{ "ppc64le-64k-hash-6.12", "519e000", "ppc64le",
			"hash-64k-le (variant assumed: page tables)" },
		{ "ppc64le-6.12", "4420000", "ppc64le", "ppc64:radix-4k-le, kernel" },
		{ "ppc64le-64k-6.12", "2280000", "ppc64le", "ppc64:radix-64k-le, kernel" },
		{ "armhf-lpae-6.12", "425ca200", "armhf", "arm:lpae (variant assumed: page tables)" },
		{ "arm64-16k-6.12", "48658000", "arm64", "arm64:16k, kernel" },
		{ "riscv64-6.12", "895d8000", "riscv64", "riscv64 (default variant assumed), kernel" },
		{ "mips64el-6.1", "3538000", "mips64el", "mips64:r2-4k (variant assumed: page tables)" },
		{ "mips64el-16k-6.1", "aa18000", "mips64el", "mips64:r2-16k (variant assumed: page tables)" },
		{ "loongarch64-16k-7.2", "7628000", "loong64", "loongarch64:16k, kernel" },
	};
	static const char *const more[] = { "-F csv -o vaddr,pages,raw",
		"-F csv -o vaddr,pages,raw -c config",
		"" };
	char *text[3];
	int status;

	for (size_t i = 0; i < sizeof(guests) / sizeof(guests[0]); i++) {
		for (int k = 0; k < 3; k++)
			text[k] = output_of(&status,
				"cd fixtures/dumps/%s && gzip -dc hold.elf.gz | '%s' -q -d - --pgd=%s -A %s "
				"-k 6.12.107 %s 2>/dev/null", guests[i][0],
				env_or("SWPDECODE", "build/swpdecode"), guests[i][1], guests[i][2], more[k]);
		cr_expect(count_text(text[0], "\n") > 600 && !strcmp(text[0], text[1]),
			"%s: not as with its configuration", guests[i][0]);
		cr_expect(strstr(text[2], guests[i][3]), "%s: %.200s", guests[i][0], text[2]);
		for (int k = 0; k < 3; k++)
			free(text[k]);
	}
}

/* Registers have more than an address: PCID, ASID, mode, size. */
Test(dumps, registers_lead_to_page_tables, .timeout = 60)
{
	static const char *const roots[][4] = {
		{ "amd64-6.1", "0x8000000007072807", "7072000", "" },
		{ "arm64-6.12", "0x12340000447aa001", "0x447aa000", "" },
		{ "riscv64-6.12", "0x90012000000895d8", "0x895d8000", "-A riscv64 -k 6.12" },
		{ "riscv64-sv57-6.12", "a000100000082fe5", "0x82fe5000", "-A riscv64 -k 6.12" },
		{ "ppc64le-6.12", "0x40000000044200ad", "0x4420000", "-A ppc64le -k 6.12" },
		{ "ppc64le-hash-6.12", "0xc000000038f54000", "0x38f54000", "-A ppc64le -k 6.12" },
		{ "s390x-6.12", "0x34341c7", "0x3434000", "-A s390x -k 6.12" },
		{ "armhf-6.12", "0x4254c06a", "0x4254c000", "-A armhf -k 6.12" },
		{ "armhf-lpae-6.12", "0x0042000425ca200", "0x425ca200", "-A armhf -k 6.12" },
		{ "i386pae-5.10", "0x21f80b8", "0x21f80a0", "" },
	};

	for (size_t i = 0; i < sizeof(roots) / sizeof(roots[0]); i++) {
		char *text[2];
		int status;

		for (int k = 0; k < 2; k++)
			text[k] = output_of(&status,
				"gzip -dc fixtures/dumps/%s/hold.elf.gz | '%s' -q -d - --pgd=%s %s -F csv "
				"2>/dev/null", roots[i][0], env_or("SWPDECODE", "build/swpdecode"),
				roots[i][1 + k], roots[i][3]);
		cr_expect(count_text(text[1], "\n") > 600 && !strcmp(text[0], text[1]),
			"%s %s: %zu lines, not %zu", roots[i][0], roots[i][1], count_text(text[0], "\n"),
			count_text(text[1], "\n"));
		free(text[0]);
		free(text[1]);
	}
}

/* Flips in one page of page tables change nothing elsewhere. The first PTE table of the victim lies at 5
 * pages. */
Test(dumps, damage_stays_where_it_is, .timeout = 300)
{
	struct tree tree;
	int status;
	char *text;

	tree_make(&tree);
	text = output_of(&status,
		"set -e; gzip -dc fixtures/dumps/amd64-6.1/hold.elf.gz >%1$s/elf; cp %1$s/elf %1$s/bad;"
		" head -c 4096 /dev/zero | tr '\\000' '\\125' |"
		" dd of=%1$s/bad bs=4096 seek=20 conv=notrunc 2>/dev/null;"
		" for d in elf bad; do '%2$s' -q -d %1$s/$d --pgd=7072000 --all-entries -F csv -o vaddr,raw "
		">%1$s/$d.csv"
		" 2>/dev/null || [ $? -eq 3 ]; done;"
		" sort %1$s/elf.csv >%1$s/a; sort %1$s/bad.csv >%1$s/b; comm -3 %1$s/a %1$s/b |"
		" tr -d '\\t' | cut -c1-9 | sort -u | wc -l; comm -3 %1$s/a %1$s/b | wc -l",
		tree.dir, env_or("SWPDECODE", "build/swpdecode"));
	cr_expect(status == 0, "status %d", status);
	/* one table of 512 entries, before and after, in at most 2 MiB */
	cr_expect(atoi(text) <= 2 && atoi(strchr(text, '\n') + 1) <= 1024, "%s", text);
	free(text);
	tree_drop(&tree);
}

/* A loop, a pointer to nowhere, and a table whose every entry is itself. */
Test(dumps, loops_end, .timeout = 60)
{
	struct tree tree;
	int status;
	char *text;

	tree_make(&tree);
	for (int i = 0; i < 3; i++) {
		static const char *const words[] = { "0x1067", "0x7fff0067",
			"0x2067 if i == 0 and p == 0 else 0x1067" };

		text = output_of(&status,
			"'%s' -c 'import struct, sys; sys.stdout.buffer.write(b\"\".join(struct.pack(\"<Q\", "
			"%s)"
			" for p in range(8) for i in range(512)))' >%s/raw && '%s' -d %s/raw --phys-base=1000"
			" --pgd=1000 -A x86_64 -k 6.12 2>&1",
			env_or("PYTHON", "/usr/bin/python3"), words[i], tree.dir,
			env_or("SWPDECODE", "build/swpdecode"), tree.dir);
		cr_expect(status == 3 && strstr(text, "page table at 0x"), "%s: status %d: %s", words[i],
			status, text);
		free(text);
	}
	tree_drop(&tree);
}

Test(dumps, other_formats_are_named)
{
	static const char *const heads[][2] = { { "EMiL", "LiME" }, { "PAGEDU64", "Windows" },
		{ "QFI\\373", "qcow2" },
		{ "\\037\\213", "what gzip -dc makes of it into -d -\n" }, { "hello", "not a dump" } };
	int status;

	for (size_t i = 0; i < sizeof(heads) / sizeof(heads[0]); i++) {
		char *text = output_of(&status, "printf '%s' | '%s' -d - --pgd=0 2>&1", heads[i][0],
			env_or("SWPDECODE", "build/swpdecode"));

		cr_expect(status == 1 && strstr(text, heads[i][1]), "%s: status %d: %s", heads[i][1], status,
			text);
		free(text);
	}
}

/* Output of the tool, both streams, for a dump that mkdump.py makes of amd64-6.1. */
static char *of_kind(const char *kind, const char *arguments, int *status)
{
	struct tree tree;
	char *text;

	tree_make(&tree);
	free(make_dump(&tree, "amd64-6.1", kind, "made"));
	text = output_of(status, "cd %s; '%s' -d made %s 2>&1", tree.dir,
		env_or("SWPDECODE", "build/swpdecode"), arguments);
	tree_drop(&tree);
	return text;
}

static void expect_kind(const char *kind, const char *arguments, int expected, const char *says)
{
	int status;
	char *text = of_kind(kind, arguments, &status);

	cr_expect(status == expected && strstr(text, says),
		"%s %s: status %d, not %d, or not \"%s\":\n%.1500s", kind, arguments, status, expected, says,
		text);
	free(text);
}

/* 64 GiB, and 5 TiB as /proc/kcore is; with and without VMCOREINFO, which is looked for then. */
Test(dumps, what_is_a_hole_costs_nothing, .timeout = 120)
{
	static const char *const kinds[] = { "sparse", "kcore", "sparse.hidden" };

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		struct tree tree;
		struct ran r;

		tree_make(&tree);
		free(make_dump(&tree, "amd64-6.1", kinds[i], "dump"));
		run(&r, tree.dir, "exec \"$SWPDECODE\" -q -d dump --pgd=7072000 -A x86_64 -F csv");
		cr_expect(r.status == 0 && count_text(r.out, "\n") == 1977, "%s: status %d, %zu lines: %s",
			kinds[i], r.status, count_text(r.out, "\n"), r.err);
		cr_expect(sanitized || r.max_rss < 64 << 10, "%s: %ld KiB", kinds[i], r.max_rss);
		ran_free(&r);
		tree_drop(&tree);
	}
	expect_kind("kcore4-10", "--pgd=7072000", 1, "without physical addresses");
}

Test(dumps, a_dump_that_was_not_written_to_its_end_is_told)
{
	expect_kind("zlib.v6.zeros.unwritten", "--pgd=7072000", 3, "or was not written to its end\n");
	expect_kind("lzo.v6.unwritten", "--pgd=7072000", 3, "or was not written to its end\n");
}

Test(dumps, what_no_note_says_stands_in_memory)
{
	expect_kind("elf64.hidden", "--pgd=7072000", 0, "kernel 6.1.0-56-amd64 (VMCOREINFO in memory)");
	expect_kind("zlib.v6.hidden", "--pgd=7072000 -A amd64", 0,
		"kernel 6.1.0-56-amd64 (VMCOREINFO in memory)");
	expect_kind("elf64.banner", "--pgd=7072000", 0, "kernel 6.1.0-test-amd64 (banner in memory)");
	expect_kind("elf64.banner", "--pgd=7072000 -k 6.12", 0, "kernel 6.12 (-k)");
	expect_kind("elf64.hidden", "--pgd=7072000 -k 6.12", 0, "kernel 6.12 (-k)");
}

Test(dumps, another_release_than_the_one_of_the_dump_is_told)
{
	int status;
	char *text;

	expect_kind("elf64", "--pgd=7072000 -k 5.10", 0,
		"entries are read as those of kernel 5.10 (-k), and the dump is of 6.1.0-56-amd64\n");
	expect_kind("elf64.banner", "--pgd=7072000 -k 6.12", 0, "and the dump is of 6.1.0-test-amd64\n");
	text = of_kind("elf64", "--pgd=7072000 -k 6.1.99 -A x86_64 -s MEMORY_FAILURE=y", &status);
	cr_expect(!strstr(text, "and the dump is of") && !strstr(text, "is taken as") &&
			!strstr(text, "the machine is"), "%s", text);
	free(text);
}

Test(dumps, what_the_dump_denies_is_told)
{
	static const char machine[] =
		"entries are read as those of arm64 (-A), but the machine is x86_64 by ELF core\n";
	char *text;
	int status;

	expect_kind("elf64", "--pgd=7072000 -A arm64", 0, machine);
	expect_kind("elf64", "-A arm64", 3, machine);
	expect_kind("elf64", "--pgd=7072000 -A x86_64:la57", 3,
		"entries are read as those of x86_64:la57 (-A), but it is the default by VMCOREINFO\n");
	text = output_of(&status, "gzip -dc fixtures/dumps/armhf-6.12/hold.elf.gz | '%s' -A x86_64 -d - 2>&1",
		env_or("SWPDECODE", "build/swpdecode"));
	cr_expect(status == 1 && strstr(text, "those of x86_64 (-A), but the machine is arm by ELF core\n") &&
			strstr(text, "cannot find the processes"), "%d: %s", status, text);
	free(text);
	expect_kind("elf64", "--pgd=7072000 -s MEMORY_FAILURE=n", 0,
		"MEMORY_FAILURE is taken as n (-s), but it is y by VMCOREINFO\n");
}

/* ---- damage ---- */

/* The memory of amd64-6.1 in a file that is damaged byte by byte, and what the tool says of it. */
struct damaged {
	struct tree tree;
	const char *file, *options;
	char *bytes, *whole; /* the file, and the records when nothing is damaged */
	size_t n, length;    /* of both */
	/* of the bytes as they were when it was last asked */
	int status;
	char *said;       /* the records, and behind them standard error */
	const char *rest; /* what comes after the records; if those are others, all of it */
	bool same;        /* they are not */
};

/* Have the tool read the file as its bytes are now. */
static void ask_damaged(struct damaged *d)
{
	free(d->said);
	tree_bytes(&d->tree, d->file, d->bytes, d->n);
	d->said = output_of(&d->status,
		"cd %s; '%s' -d %s --pgd=7072000 %s -F csv -o vaddr,raw,class,swap_type 2>err; s=$?; "
		"cat err; exit $s", d->tree.dir, env_or("SWPDECODE", "build/swpdecode"), d->file,
		d->options);
	d->same = d->whole && !strncmp(d->said, d->whole, d->length);
	d->rest = d->said + (d->same ? d->length : 0);
}

/* The same with one bit flipped, for that long. */
static void ask_with_bit(struct damaged *d, size_t bit)
{
	d->bytes[bit / 8] ^= 1 << bit % 8;
	ask_damaged(d);
	d->bytes[bit / 8] ^= 1 << bit % 8;
}

/* Of this kind, or NULL: the core as it is. */
static void damaged_make(struct damaged *d, const char *kind, const char *options)
{
	char path[96];
	FILE *f;

	memset(d, 0, sizeof(*d));
	d->options = options;
	d->file = kind ? "made" : "elf";
	tree_make(&d->tree);
	free(make_dump(&d->tree, "amd64-6.1", kind ? kind : "elf64", "made"));
	snprintf(path, sizeof(path), "%s/%s", d->tree.dir, d->file);
	cr_assert((d->bytes = malloc(1 << 20)) && (f = fopen(path, "r")));
	d->n = fread(d->bytes, 1, 1 << 20, f);
	fclose(f);
	cr_assert(d->n < 1 << 20);
	ask_damaged(d);
	d->length = strlen(d->said);
	cr_assert(d->status == 0 && d->length > 50000, "%s: status %d: %.300s", d->file, d->status,
		d->said);
	d->whole = d->said;
	d->said = NULL;
}

static void damaged_drop(struct damaged *d)
{
	tree_drop(&d->tree);
	free(d->bytes);
	free(d->whole);
	free(d->said);
}

/* Fields of the header that are damaged: magic number, block size, length of the bitmaps; of an ELF core:
 * class. */
Test(dumps, damaged_headers_are_read_around)
{
	static const struct {
		const char *kind;
		int at, value;
	} damage[] = { { "zlib.v6", 0, 'k' }, { "zlib.v6", 429, 0 }, { "none.v3", 436, 9 },
		{ "elf64", 0, 0x7e }, { "elf64", 4, 3 }, { "elf64", 33, 0x10 }, { "elf64.flat", 3, 'E' } };
	struct damaged d;

	for (size_t i = 0; i < sizeof(damage) / sizeof(damage[0]); i++) {
		damaged_make(&d, damage[i].kind, "-q -A x86_64");
		d.bytes[damage[i].at] = damage[i].value;
		ask_damaged(&d);
		cr_expect(d.same && strstr(d.rest, "header"), "%s, byte %d: %.300s", damage[i].kind,
			damage[i].at, d.rest);
		damaged_drop(&d);
	}
}

/*
 * Each bit of type, place, address and size in every program header of an ELF core, of the number of headers,
 * and of what leads to the notes: no record is other than before, and the damage is told.
 */
Test(dumps, damaged_program_headers_are_mended, .timeout = 120)
{
	static const struct {
		uint8_t at, bits;
	} fields[] = { { 0, 32 }, { 8, 40 }, { 24, 40 }, { 32, 40 } }; /* elf.h: all but virtual ones */
	size_t tried = 0, doubtful = 0;
	struct damaged d;

	damaged_make(&d, NULL, "");
	cr_assert(d.bytes[32] == 64 && d.bytes[56] == 12); /* e_phoff, e_phnum */
	for (int header = 0; header < 12; header++)
		for (size_t k = 0; k < sizeof(fields) / sizeof(fields[0]); k++)
			for (int bit = header % 3; bit < fields[k].bits; bit += 3, tried++) {
				ask_with_bit(&d, 8 * (64 + 56 * header + fields[k].at) + bit);
				/* between two others both addresses are possible */
				if (fields[k].at == 24 && d.status == 3 && !d.same) {
					doubtful++;
					continue;
				}
				/* of the notes only what leads to VMCOREINFO matters */
				cr_expect(d.same && ((d.status == 3 && strstr(d.rest, "swpdecode: ")) ||
						(!header && !d.status)),
					"header %d, byte %d, bit %d: status %d, %.300s", header, fields[k].at,
					bit, d.status, d.rest);
			}
	for (int less = 1; less < 12; less++) {
		d.bytes[56] = 12 - less;
		ask_damaged(&d);
		cr_expect(d.same && d.status == 3 && strstr(d.rest, "more program headers"),
			"%d less: status %d", less, d.status);
	}
	cr_expect(tried > 500 && doubtful <= 1, "%zu of %zu", doubtful, tried);
	damaged_drop(&d);
}

/*
 * A kdump file: bits of descriptors of pages, which their neighbours contradict; of the second bitmap, which
 * the first one does.
 */
Test(dumps, damaged_descriptors_and_bitmaps_are_mended, .timeout = 120)
{
	static const struct {
		const char *kind;
		long from, to; /* bytes */
		int step;      /* bits */
	} damage[] = { { "none.v3", 0x4000, 0x4280, 23 }, { "zlib.v6", 0x4000, 0x4280, 23 },
		{ "lzo.v5", 0x4018, 0x4280, 41 }, { "zlib.v6", 0x3000, 0x3e00, 997 } };
	int tried = 0, told = 0;
	struct damaged d;

	for (size_t i = 0; i < sizeof(damage) / sizeof(damage[0]); i++) {
		damaged_make(&d, damage[i].kind, "");
		for (long bit = 8 * damage[i].from; bit < 8 * damage[i].to; bit += damage[i].step, tried++) {
			ask_with_bit(&d, bit);
			/* not all pages are read, nor all bits of a descriptor */
			cr_expect(d.same && (d.status == 3 || !d.status), "%s, bit %ld: status %d, %.300s",
				damage[i].kind, bit, d.status, d.rest);
			told += d.status == 3;
		}
		damaged_drop(&d);
	}
	cr_expect(tried > 500 && told > 250, "%d of %d told", told, tried);
}

/* The headers of pieces of a flattened file: size, and place but where it moves by less than the piece. */
Test(dumps, damaged_pieces_are_mended, .timeout = 120)
{
	int tried = 0, told = 0;
	struct damaged d;

	damaged_make(&d, "zlib.v6.flat", "");
	for (size_t at = 4096, size; at + 16 < d.n; at += 16 + size) {
		const uint8_t *head = (uint8_t *)d.bytes + at;

		size = head[14] << 8 | head[15];
		for (int bit = 0; bit < 128; bit += 7) {
			if (bit / 8 > 5 && bit / 8 < 8) /* moved by less than its size */
				continue;
			ask_with_bit(&d, 8 * at + bit);
			/* the first piece is written again by a later one */
			cr_expect(d.same && (d.status == 3 || (at == 4096 && !d.status)),
				"piece at %zu, bit %d: status %d, %.300s", at, bit, d.status, d.rest);
			tried++;
			told += d.status == 3;
		}
	}
	cr_expect(tried > 100 && told > tried * 4 / 5, "%d of %d told", told, tried);
	damaged_drop(&d);
}

/* One line of VMCOREINFO is damaged: nothing is certain of what it said, and what was mended is said. */
Test(dumps, damaged_vmcoreinfo_says_nothing_wrong)
{
	static const struct {
		const char *from, *to;
		size_t n; /* bytes of each */
		const char *says, *not;
	} damage[] = {
#define DAMAGE(from, to) from, to, sizeof(from) - 1
		/* the key, with one bit wrong and with more */
		{ DAMAGE("NUMBER(PG_hwpoison)", "NUMBER(PG_hwpokson)"), "VMCOREINFO is damaged",
			",unknown," },
		{ DAMAGE("NUMBER(PG_hwpoison)=", "NUMBER(PG_hwpoison]\x01"), "VMCOREINFO is damaged",
			",swap,26" },
		{ DAMAGE("\nNUMBER(PG_hwpoison)", "*NUMBER(PG_hwpoison)"), "VMCOREINFO is damaged",
			",unknown," },
		{ DAMAGE("OSRELEASE=6.1", "OSRELEASE=4.1"), "the kernel release is not known", ",swap," },
		{ DAMAGE("OSRELEASE=6.1", "OSRELEASE=6*1"), "the kernel release is not known", ",swap," },
		{ DAMAGE("OSRELEASE=6.1", "OSRDLEASE=6.1"), "VMCOREINFO is damaged", ",unknown," },
		{ DAMAGE("VMCOREINFO\0\0O", "WMCOREINFO\0\0O"), "the kernel release is not known",
			",swap," },
#undef DAMAGE
	};
	struct damaged d;

	for (size_t i = 0; i < sizeof(damage) / sizeof(damage[0]); i++) {
		int found = 0;

		damaged_make(&d, NULL, "");
		for (char *at; (at = memmem(d.bytes, d.n, damage[i].from, damage[i].n)); found++)
			memcpy(at, damage[i].to, damage[i].n);
		cr_assert(found, "%s is not there", damage[i].from);
		ask_damaged(&d);
		cr_expect(strstr(d.said, damage[i].says) && !strstr(d.said, damage[i].not ) &&
				  count_text(d.said, "\n") > 1900,
			"%s: status %d: %.600s", damage[i].to, d.status, d.said);
		damaged_drop(&d);
	}
}

/* Nothing leads to processes here, but a processor was running one. */
Test(dumps, address_spaces_of_processors_are_better_than_none)
{
	expect_kind("elf64", "-q", 3, "address space of the page tables at 0x7072000");
	expect_kind("elf64", "-q", 3, "  swap                                         1789 ");
	expect_kind("elf64", "-q", 3, "since the processes cannot be found: ");
	expect_kind("elf64", "-q -p 85", 1, "cannot find the processes");
	expect_kind("elf64.hidden", "-q", 1, "cannot find the processes");
}

/* What the exit status says, the summary says too: also of damage that is not in these page tables. */
Test(dumps, what_is_missing_is_in_the_summary, .timeout = 60)
{
	static const char *const kinds[][2] = { { "elf64", "" }, { "elf64.flat", "--pgd=7072000" } };
	struct tree tree;
	int status;
	char *text;

	for (int i = 0; i < 2; i++) {
		tree_make(&tree);
		free(make_dump(&tree, "amd64-6.1", kinds[i][0], "made"));
		text = output_of(&status, "cd %s; truncate -s -%d made; '%s' -d made %s 2>/dev/null",
			tree.dir, i ? 20 : 0, env_or("SWPDECODE", "build/swpdecode"), kinds[i][1]);
		tree_drop(&tree);
		cr_expect(status == 3 && strstr(text, "complete: no: ") && !strstr(text, "complete: yes") &&
				strstr(text, "not everything was seen"),
			"%s: status %d: %s", kinds[i][0], status, text);
		cr_expect(!strstr(text, "0xffffffffffffffff"), "%s", text);
		free(text);
	}
	/* nothing is understood: then nothing is found to be right either */
	text = output_of(&status,
		"gzip -dc fixtures/dumps/riscv64-6.12/hold.elf.gz | "
		"'%s' -q -d - --pgd=895d8000 -A riscv64 2>&1", env_or("SWPDECODE", "build/swpdecode"));
	cr_expect(strstr(text, " entries unknown (no-row: ") && strstr(text, "-k") &&
			!strstr(text, "nothing wrong was found\n"), "%s", text);
	free(text);
}

/* No entry of such a table is a page that was swapped, and no process is without any. */
Test(dumps, a_root_that_is_none_is_told)
{
	int status;
	char *text = of_kind("elf64.page7072000=5a", "-q --pgd=7072000 -F csv", &status);

	cr_expect(status == 3 && strstr(text, "a page table of level 4 is damaged") &&
			!strstr(text, "swap,"), "%s", text);
	free(text);
	expect_kind("elf64.page7072000=5a", "-q --pgd=7072000", 3,
		"not known what is swapped; not everything was seen\n");
	expect_kind("elf64.page7072000=0", "-q --pgd=7072000", 3,
		"complete: no: the page table at 0x7072000 has not a single entry\n");
	expect_kind("elf64.memsz", "-q --pgd=777072000", 3,
		"complete: no: the page table at 0x777072000 is not in the dump\n");
	expect_kind("zlib.v6.page7072000=0", "-q --pgd=7072000", 3, "has not a single entry\n");
}

/* A note that is damaged elsewhere still tells by its own line that there are four levels. */
Test(dumps, a_damaged_note_tells_what_it_has)
{
	int status;
	char *text = output_of(&status,
		"gzip -dc fixtures/dumps/amd64-7.2/hold.elf.gz | LC_ALL=C sed 's/SIZE(zone)=1856/"
		"SIZE(zone)=185\\&/' | '%s' -d - --pgd=0x3a28000 2>&1",
		env_or("SWPDECODE", "build/swpdecode"));

	cr_expect(strstr(text, "VMCOREINFO is damaged") && strstr(text, "target: x86_64, kernel 7.2.13"),
		"%d: %.600s", status, text);
	free(text);
}

/* No huge page stands in a top-level table: bit 7 there, in an entry that leads to a table. */
Test(dumps, a_huge_page_too_high_is_damage)
{
	static uint64_t memory[0x6000 / 8];
	struct tree t;
	int status;
	char *text;

	memory[0x1000 / 8] = htole64(0x20e7);
	memory[0x1008 / 8] = htole64(0x3067);
	memory[0x3000 / 8] = htole64(0x4067);
	memory[0x4000 / 8] = htole64(0x5067);
	memory[0x5000 / 8] = htole64(0x5067);
	tree_make(&t);
	tree_bytes(&t, "memory", memory, sizeof(memory));
	text = output_of(&status,
		"cd %s; '%s' -q -d memory --phys-base=0 -A x86_64: -k 6.12 --pgd=1000 -C present "
		"-F csv -o vaddr,pages,pfn 2>&1", t.dir, env_or("SWPDECODE", "build/swpdecode"));
	cr_expect(status == 3 && strstr(text, "a page table of level 4 is damaged: no entry for 0x0 can be"),
		"%d: %s", status, text);
	cr_expect(strstr(text, "\n0x8000000000,1,0x5\n") && !strstr(text, "\n0x0,"), "%s", text);
	free(text);
	tree_drop(&t);
}

/* A page table at address 0 of an address space of 64 bits, all of which is the process's. */
Test(dumps, a_table_at_address_0_ends)
{
	/* tables of s390 that lead to one another, each with its type, and a PTE */
	static const uint64_t words[] = { 0x800f, 0xc00b, 0x10007, 0x14000, 0x1234 };
	static uint64_t memory[0x18000 / 8];
	struct tree t;
	int status;
	char *text;

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		memory[0x4000 / 8 * (i + 1)] = htobe64(words[i]);
	tree_make(&t);
	tree_bytes(&t, "memory", memory, sizeof(memory));
	text = output_of(&status,
		"cd %s; timeout 10 '%s' -q -d memory --phys-base=0 -A s390x -k 6.12 --pgd=400f "
		"--all-entries -F csv -o vaddr,raw 2>&1", t.dir, env_or("SWPDECODE", "build/swpdecode"));
	cr_expect(status == 0 && strstr(text, "\n0x0,0x1234\n0x1000,0x0\n"), "%d: %.300s", status, text);
	free(text);
	tree_drop(&t);
}

/* Memory that a segment has and the file has not: zeros, says the format; what QEMU did not look up, in its.
 */
Test(dumps, what_qemu_leaves_out_is_not_zero)
{
	static const struct {
		const char *guest, *kind, *root, *says;
	} cases[] = { /* the second one has no note by QEMU */
		{ "i386pae-5.10", "elf32.memsz", "0x21f9000", "was left out of the dump\n" },
		{ "amd64-6.12", "elf64.memsz", "0x23e1000", "has not a single entry\n" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct tree t;
		int status;
		char *text;

		tree_make(&t);
		free(make_dump(&t, cases[i].guest, cases[i].kind, "made"));
		text = output_of(&status, "cd %s; '%s' -q -d made --pgd=%s 2>&1", t.dir,
			env_or("SWPDECODE", "build/swpdecode"), cases[i].root);
		cr_expect(status == 3 && strstr(text, cases[i].says), "%s: %s", cases[i].guest, text);
		free(text);
		tree_drop(&t);
	}
}

/* A whole guest is too large for this tree: SWPD_DUMPS names a directory with d31.zlib.kdump and
 * d31.lzo.kdump. */
Test(dumps, processes_are_found_in_a_whole_guest, .timeout = 120)
{
	const char *dir = getenv("SWPD_DUMPS");
	int status;

	if (!dir || !*dir)
		cr_skip_test("no whole dumps here: SWPD_DUMPS names a directory with them");
	for (int lzo = 0; lzo < 2; lzo++) {
		char *text = output_of(&status,
			"'%s' -q -d '%s/d31.%s.kdump' -F csv -o pid,comm,class,device 2>&1",
			env_or("SWPDECODE", "build/swpdecode"), dir, lzo ? "lzo" : "zlib");

		cr_expect(status == 0);
		cr_expect(count_text(text, "85,victim,") == 1976, "%zu", count_text(text, "85,victim,"));
		cr_expect(count_text(text, "85,victim,swap,/dev/zram0") == 1087);
		cr_expect(count_text(text, "85,victim,swap,/dev/zram1") == 702);
		cr_expect(count_text(text, "87,victimkid,swap,/dev/zram0") == 23);
		free(text);
		text = output_of(&status, "'%s' -q -d '%s/d31.%s.kdump' 2>&1",
			env_or("SWPDECODE", "build/swpdecode"), dir, lzo ? "lzo" : "zlib");
		/* what drgn finds in the same structures: mm->rss_stat, and the page that was poisoned */
		cr_expect(strstr(text, "MM_SWAPENTS: 1789 pages; found as many"), "%s", text);
		cr_expect(strstr(text, "MM_SWAPENTS: 23 pages; found as many"));
		cr_expect(strstr(text, "pfn 0x6400") && strstr(text, "raw_hwp_pfns 0x6403"));
		cr_expect(!strstr(text, "flag-mismatch") && !strstr(text, "checks skipped"));
		free(text);
	}
}

/* include/uapi/linux/kernel-page-flags.h, include/linux/kernel-page-flags.h. */
static void flag_names(uint64_t flags, char *to, size_t size)
{
	static const char *const names[64] = { "locked", "error", "referenced", "uptodate", "dirty", "lru",
		"active", "slab", "writeback", "reclaim", "buddy", "mmap", "anon", "swapcache", "swapbacked",
		"compound_head", "compound_tail", "huge", "unevictable", "hwpoison", "nopage", "ksm", "thp",
		"offline", "zero_page", "idle", "pgtable", [32] = "reserved", "mlocked", "owner_2",
		"private", "private_2", "owner_private", "arch", "uncached", "softdirty" };
	size_t n = 0;

	*to = 0;
	for (int i = 0; i < 64; i++)
		if (flags >> i & 1)
			n += snprintf(to + n, size - n, "%s%s", n ? " " : "", names[i]);
}

/* What was said of frames, as process, address, frame, flags, map count, is what the guest said of them; of
 * flags, those that are known alone. */
static void expect_frames(const char *guest, const char *said, uint64_t known, int expected)
{
	char path[64], *text, *rest, *line;
	int n = 0;

	snprintf(path, sizeof(path), "fixtures/dumps/%s/frames.tsv", guest);
	rest = text = read_source(path);
	while ((line = next_line(&rest))) {
		char pid[16], vaddr[32], pfn[32], names[512], want[640];
		uint64_t flags;
		int count;

		if (*line == '#')
			continue;
		cr_assert(
			sscanf(line, "%15s %31s %31s %" SCNx64 " %d", pid, vaddr, pfn, &flags, &count) == 5);
		flag_names(flags & known, names, sizeof(names));
		snprintf(want, sizeof(want), "\n%s,%s,%s,%s,%d\n", *pid == '-' ? "" : pid, vaddr, pfn, names,
			count);
		cr_expect(strstr(said, want), "%s: not there: %s", guest, want + 1);
		n++;
	}
	cr_expect(n == expected, "%s: %d frames", guest, n);
	free(text);
}

/* What struct page says in the dump of a guest against what its kernel said of the same frames. */
Test(dumps, frames_are_what_the_guest_said, .timeout = 120)
{
	const char *dir = getenv("SWPD_DUMPS");
	char *said;
	int status;

	if (!dir || !*dir)
		cr_skip_test("no whole dumps here: SWPD_DUMPS names a directory with them");
	said = output_of(&status,
		"'%s' -q -d '%s/d31.zlib.kdump' --all-entries -F csv -o pid,vaddr,pfn,page_flags,mapcount",
		env_or("SWPDECODE", "build/swpdecode"), dir);
	cr_expect(status == 0);
	expect_frames("amd64-6.1", said, UINT64_MAX, 51);
	free(said);
}

/*
 * No page table has the struct pages of a kernel whose processor reads a hash table. Without types only
 * those flags are known that VMCOREINFO numbers, and what shows elsewhere; and fs/proc/page.c of 6.12 says
 * ksm of every anonymous page.
 */
Test(dumps, frames_of_a_hash_mmu)
{
	static const struct {
		const char *guest, *root;
		int frames;
	} is[] = { { "ppc64le-hash-6.12", "38c98000", 77 }, { "ppc64le-64k-hash-6.12", "2596000", 79 } };
	const uint64_t known = 1 << 5 | 1 << 11 | 1 << 12 | 1 << 14 | 1 << 19;

	for (size_t i = 0; i < sizeof(is) / sizeof(is[0]); i++) {
		int status;
		char *said = output_of(&status,
			"gzip -dc fixtures/dumps/%s/frames.core.gz | '%s' -q -d - --pgd=%s -A ppc64le "
			"--all-entries -F csv -o pid,vaddr,pfn,page_flags,mapcount", is[i].guest,
			env_or("SWPDECODE", "build/swpdecode"), is[i].root);

		cr_expect(status == 0, "%s: status %d", is[i].guest, status);
		expect_frames(is[i].guest, said, known, is[i].frames);
		free(said);
	}
}
