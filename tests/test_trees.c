/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Captured trees (--sysroot). Those of fixtures/trees hold one source of facts each; what their entries are
 * is taken from fixtures/types.tsv, numbers that were printed by code of the kernels named there. Damaged and
 * hostile trees are made here, next to what must come of them.
 */
#include <criterion/criterion.h>
#include <elf.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <zlib.h>

#include "tests.h"

#define TYPES 32
#define SLOT(type, offset) (1ull << 62 | (uint64_t)(offset) << 5 | (type))

static const char maps_line[] = "00001000-00008000 rw-p 00000000 00:00 0 \n";

/* ---- one source of facts each ---- */

/* Classes of the types, from rows of types.tsv. */
struct numbers {
	int rows;
	const char *name[TYPES][16]; /* distinct ones, as the rows have them */
	int n[TYPES];
};

static const char *const group_names[] = { "hwpoison", "migration-read", "migration-read-exclusive",
	"migration-write", "device-private-write", "device-private-read", "device-exclusive-write",
	"device-exclusive-read", "device-exclusive", "pte-marker", "swapin-error" };

static void add_class(struct numbers *to, int type, const char *name)
{
	for (int i = 0; i < to->n[type]; i++)
		if (!strcmp(to->name[type][i], name))
			return;
	to->name[type][to->n[type]++] = name;
}

/* Read the row of a kernel and its options; options NULL: all rows of that kernel. */
static void read_numbers(struct numbers *to, const char *kernel, const char *options)
{
	char path[512], line[512];
	FILE *f;

	memset(to, 0, sizeof(*to));
	snprintf(path, sizeof(path), "%s/types.tsv", fixtures_dir());
	f = fopen(path, "r");
	cr_assert(f, "%s: cannot open", path);
	while (fgets(line, sizeof(line), f)) {
		const char *is[TYPES];
		char *field[14], *rest = line;
		int n = 0;

		while (n < 14 && (field[n] = strsep(&rest, "\t\n")))
			n++;
		if (*line == '#' || strcmp(field[0], kernel) || (options && strcmp(field[1], options)))
			continue;
		cr_assert(n == 14, "%s: a row of %d fields", path, n);
		to->rows++;
		for (int t = 0; t < TYPES; t++)
			is[t] = "swap";
		for (int i = 0; i < 11; i++)
			if (*field[3 + i] != '-')
				is[atoi(field[3 + i])] = group_names[i];
		for (int t = 0; t < TYPES; t++)
			add_class(to, t, is[t]);
	}
	fclose(f);
	cr_assert(to->rows, "%s: no row for %s %s", path, kernel, options ? options : "");
}

static void expect_class(const char *tree, const char *out, int type, const struct numbers *numbers)
{
	char wanted[100], line[2048];
	bool certain = numbers->n[type] == 1;

	snprintf(wanted, sizeof(wanted), "\"vaddr\":\"0x%x\"", 0x1000 * (type + 1));
	cr_assert(find_line(out, wanted, line, sizeof(line)), "%s: no entry for type %d", tree, type);
	if (certain) {
		snprintf(wanted, sizeof(wanted), "\"class\":\"%s\",\"unknown_why\":null,\"candidates\":[]",
			numbers->name[type][0]);
		cr_expect(
			strstr(line, wanted), "%s: type %d: expected %s\n  got %s", tree, type, wanted, line);
		return;
	}
	cr_expect(strstr(line, "\"class\":\"unknown\",\"unknown_why\":\"knob\""),
		"%s: type %d: certain of what it cannot know\n  %s", tree, type, line);
	for (int i = 0; i < numbers->n[type]; i++) {
		snprintf(wanted, sizeof(wanted), "\"%s\"", numbers->name[type][i]);
		cr_expect(
			strstr(line, "\"candidates\":[") && strstr(strstr(line, "\"candidates\":["), wanted),
			"%s: type %d: %s is not among the candidates\n  %s", tree, type, wanted, line);
	}
}

/* says: fragments of the meta record. options NULL: nothing but the release is known. */
static void expect_tree(
	const char *tree, const char *more, const char *kernel, const char *options, const char *const *says)
{
	struct numbers numbers;
	char meta[4096];
	struct ran r;

	read_numbers(&numbers, kernel, options);
	run(&r, NULL, "swpdecode --sysroot trees/%s %s -p 42 -q -F ndjson", tree, more);
	cr_assert(find_line(r.out, "\"record\":\"meta\"", meta, sizeof(meta)), "%s: no meta record: %s", tree,
		r.err);
	for (; *says; says++)
		cr_expect(strstr(meta, *says), "%s: meta does not say %s\n  %s", tree, *says, meta);
	for (int t = 0; t < TYPES; t++)
		expect_class(tree, r.out, t, &numbers);
	cr_expect(r.status == 0, "%s: status %d: %s", tree, r.status, r.err);
	ran_free(&r);
}

#define TREE(tree, more, kernel, options, ...)                                                               \
	expect_tree(tree, more, kernel, options, (const char *const[]) { __VA_ARGS__, NULL })
#define KERNEL(text, from) "\"kernel\":{\"value\":\"" text "\",\"source\":\"" from "\",\"assumed\":false}"
#define KNOB(name, value, from) "\"" name "\":{\"value\":" value ",\"source\":\"" from "\",\"assumed\":false}"
#define ALL_THREE(from)                                                                                      \
	KNOB("MIGRATION", "1", from), KNOB("MEMORY_FAILURE", "1", from), KNOB("DEVICE_PRIVATE", "1", from)

Test(trees, config)
{
	TREE("config-gz", "", "6.12", "MIG+MF+DP", KERNEL("6.12.107", "/proc/config.gz"),
		ALL_THREE("/proc/config.gz"),
		"\"arch\":{\"value\":\"x86_64\",\"source\":\"/proc/config.gz\"");
	TREE("config-boot", "", "6.1", "MIG+MF+DP+PTE_MARKER",
		KERNEL("6.1.0-18-amd64", "/proc/sys/kernel/osrelease"),
		ALL_THREE("/boot/config-6.1.0-18-amd64"),
		KNOB("PTE_MARKER", "1", "/boot/config-6.1.0-18-amd64"));
	TREE("config-alone", "", "5.10", "MIG+MF+DP", KERNEL("5.10.0-8-amd64", "/boot/config-5.10.0-8-amd64"),
		ALL_THREE("/boot/config-5.10.0-8-amd64"));
	TREE("config-modules", "", "5.10", "none", KERNEL("5.10.223", "/proc/version"),
		KNOB("MIGRATION", "0", "/lib/modules/5.10.223/config"),
		KNOB("DEVICE_PRIVATE", "0", "/lib/modules/5.10.223/config"));
	TREE("nothing", "-c trees/config-gz/proc/config.gz", "6.12", "MIG+MF+DP",
		KERNEL("6.12.107", "trees/config-gz/proc/config.gz"),
		ALL_THREE("trees/config-gz/proc/config.gz"));
}

Test(trees, counters)
{
	TREE("counters", "", "6.12", "MIG+MF", KERNEL("6.12.0-1", "/proc/version"),
		KNOB("MIGRATION", "1", "/proc/vmstat"), KNOB("MEMORY_FAILURE", "1", "/proc/meminfo"),
		KNOB("DEVICE_PRIVATE", "0", "/proc/vmstat"));
	TREE("counters-missing", "", "7.2", "none", KERNEL("7.2.13", "/proc/sys/kernel/osrelease"),
		KNOB("MIGRATION", "0", "/proc/vmstat"), KNOB("MEMORY_FAILURE", "0", "/proc/meminfo"));
}

Test(trees, symbols)
{
	static const char image[] = "usr/lib/debug/boot/vmlinux-7.2.13";
	char option[128];

	TREE("vmlinux", "", "7.2", "MIG+MF+DP", KERNEL("7.2.13", "/usr/lib/debug/boot/vmlinux-7.2.13"),
		ALL_THREE("/usr/lib/debug/boot/vmlinux-7.2.13"),
		KNOB("max_swapfiles", "24", "/usr/lib/debug/boot/vmlinux-7.2.13"));
	/* 22 special types leave one kernel of 6.1 only, the one with all options */
	TREE("vmlinux-size", "", "6.1", "MIG+MF+DP+PTE_MARKER",
		KNOB("max_swapfiles", "22", "/usr/lib/debug/boot/vmlinux-6.1.0"));
	snprintf(option, sizeof(option), "--vmlinux trees/vmlinux/%s", image);
	TREE("nothing", option, "7.2", "MIG+MF+DP",
		KERNEL("7.2.13", "trees/vmlinux/usr/lib/debug/boot/vmlinux-7.2.13"),
		ALL_THREE("trees/vmlinux/usr/lib/debug/boot/vmlinux-7.2.13"));
}

/* An image says for which machine it is, and none is believed that is for another one. */
Test(trees, image_of_another_machine)
{
	static const char image[] = "trees/vmlinux/usr/lib/debug/boot/vmlinux-7.2.13";
	static const char *const others[] = { "arm64", "i386", "s390" };
	struct ran r;

	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		run(&r, NULL, "swpdecode -A %s -k 7.2 --vmlinux %s 0x1f00", others[i], image);
		cr_expect(r.status == 1 && !*r.out && strstr(r.err, "of a kernel for x86_64, not for ") &&
			strstr(r.err, others[i]), "%s: %d %s%s", others[i], r.status, r.out, r.err);
		ran_free(&r);
	}
	run(&r, NULL, "swpdecode -F ndjson --vmlinux %s 0x1f00", image);
	cr_expect(!r.status && strstr(r.out, "\"arch\":{\"value\":\"x86_64\",\"source\":\"trees/vmlinux/"),
		"%s%s", r.out, r.err);
	ran_free(&r);
}

Test(trees, modules)
{
	/* DEVICE_PRIVATE needs MIGRATION, so that nobody has to say so */
	TREE("modules", "", "6.12", "MIG+MF+DP", KERNEL("6.12.0-mod", "/lib/modules/mine"),
		KNOB("DEVICE_PRIVATE", "1", "/lib/modules/mine"),
		KNOB("MEMORY_FAILURE", "1", "/lib/modules/mine"),
		"\"modules\":{\"zram\":\"loaded\",\"zswap\":\"absent\",\"nouveau\":\"absent\",\"amdgpu\":"
		"\"absent\","
		"\"test_hmm\":\"built-in\",\"hwpoison_inject\":\"loadable\"");
	TREE("imports", "", "6.12", "MIG+MF+DP", KERNEL("6.12.0-mod", "/proc/sys/kernel/osrelease"),
		KNOB("DEVICE_PRIVATE", "1", "/lib/modules/6.12.0-mod"), "\"nouveau\":\"loadable\"",
		"\"test_hmm\":\"absent\"");
}

Test(trees, user)
{
	TREE("nothing", "-k 6.12 -s MIGRATION=y,MEMORY_FAILURE=n,DEVICE_PRIVATE=y", "6.12", "MIG+DP",
		KERNEL("6.12", "-k"), KNOB("DEVICE_PRIVATE", "1", "-s"));
	TREE("config-gz", "-k 7.2 -s DEVICE_PRIVATE=n", "7.2", "MIG+MF", KERNEL("7.2", "-k"),
		KNOB("DEVICE_PRIVATE", "0", "-s"), KNOB("MIGRATION", "1", "/proc/config.gz"));
	/* MAX_SWAPFILES 27 of 6.12: hwpoison and migration and nothing else */
	TREE("release-6.12.0", "--max-swapfiles 27", "6.12", "MIG+MF",
		KNOB("max_swapfiles", "27", "--max-swapfiles"));
}

Test(trees, release_only)
{
	TREE("release-5.10.0", "", "5.10", NULL, KERNEL("5.10.0", "/proc/sys/kernel/osrelease"));
	TREE("release-6.1.0", "", "6.1", NULL, KERNEL("6.1.0", "/proc/sys/kernel/osrelease"));
	TREE("release-6.12.0", "", "6.12", NULL, KERNEL("6.12.0", "/proc/sys/kernel/osrelease"));
	TREE("release-7.2.0", "", "7.2", NULL, KERNEL("7.2.0", "/proc/sys/kernel/osrelease"));
}

/* ---- shared by what follows ---- */

static void expect_run(const struct tree *t, const char *options, int status, struct ran *r)
{
	run(r, t->dir, "swpdecode --sysroot . %s", options);
	cr_expect(r->status == status, "%s: status %d, expected %d\n%s", options, r->status, status, r->err);
}

static void expect_out(const char *what, const struct ran *r, const char *text)
{
	cr_expect(strstr(r->out, text), "%s: no %s in\n%.4000s", what, text, r->out);
}

static void expect_err(const char *what, const struct ran *r, const char *text)
{
	cr_expect(strstr(r->err, text), "%s: no %s on standard error:\n%s", what, text, r->err);
}

/* ---- types of the kernel ---- */

struct btf_text {
	unsigned char bytes[1024];
	size_t n;
	bool big_endian;
};

static void put(struct btf_text *b, uint32_t v, unsigned int bytes)
{
	for (unsigned int i = 0; i < bytes; i++)
		b->bytes[b->n++] = v >> 8 * (b->big_endian ? bytes - 1 - i : i);
}

/* As Documentation/bpf/btf.rst has it: one enumeration of these constants, and functions ("name()"). */
static void make_btf(struct btf_text *b, bool big_endian, const char *const *names)
{
	uint32_t constants = 0, functions = 0, at = 1, strings = 1;

	for (int i = 0; names[i]; i++) {
		*(strchr(names[i], '(') ? &functions : &constants) += 1;
		strings += strlen(names[i]) + 1;
	}
	memset(b, 0, sizeof(*b));
	b->big_endian = big_endian;
	put(b, 0xeb9f, 2);
	put(b, 0x0001, 2);
	b->bytes[2] = 1; /* version, flags: a byte each */
	b->bytes[3] = 0;
	put(b, 24, 4);
	put(b, 0, 4);
	put(b, 12 + 8 * constants + 12 * functions, 4);
	put(b, 12 + 8 * constants + 12 * functions, 4);
	put(b, strings, 4);
	put(b, 0, 4);
	put(b, 6u << 24 | constants, 4);
	put(b, 4, 4);
	for (int i = 0; names[i]; at += strlen(names[i++]) + 1)
		if (!strchr(names[i], '(')) {
			put(b, at, 4);
			put(b, i, 4);
		}
	at = 1;
	for (int i = 0; names[i]; at += strlen(names[i++]) + 1)
		if (strchr(names[i], '(')) {
			put(b, at, 4);
			put(b, 12u << 24, 4);
			put(b, 0, 4);
		}
	put(b, 0, 1);
	for (int i = 0; names[i]; i++)
		for (size_t k = 0; k <= strlen(names[i]); k++)
			put(b, names[i][k] == '(' || names[i][k] == ')' ? 0 : names[i][k], 1);
}

#define BTF_PATH "/sys/kernel/btf/vmlinux"

/* A structure whose members are all itself, without a name: there is no end of looking into it. */
Test(trees, btf_in_itself, .timeout = 60)
{
	static const char names[] = "\0pglist_data";
	enum { MEMBERS = 200, TYPES_LEN = 12 + 12 * MEMBERS };
	unsigned char bytes[24 + TYPES_LEN + sizeof(names)];
	uint32_t words[6 + TYPES_LEN / 4] = { 0x0001eb9f, 24, 0, TYPES_LEN, TYPES_LEN, sizeof(names),
		1, 4u << 24 | MEMBERS, 4 };
	struct tree t;
	struct ran r;

	for (int i = 0; i < MEMBERS; i++)
		words[9 + 3 * i + 1] = 1;
	for (size_t i = 0; i < sizeof(words); i++)
		bytes[i] = words[i / 4] >> 8 * (i % 4);
	memcpy(bytes + sizeof(words), names, sizeof(names));
	tree_make(&t);
	tree_text(&t, "proc/sys/kernel/osrelease", "6.12.0-55.9.1.el10_0.x86_64\n");
	tree_bytes(&t, BTF_PATH, bytes, sizeof(bytes));
	expect_run(&t, "-q -F ndjson 0xfeffffffffffbc00", 0, &r);
	expect_out("BTF in itself", &r, "\"source\":\"usual for");
	ran_free(&r);
	tree_drop(&t);
}

/* What the user states holds, but he hears of it where the tree says otherwise. */
Test(trees, what_is_stated_and_denied_is_told)
{
	static const char config[] = "# Linux/x86 6.12.0 Kernel Configuration\n"
				     "CONFIG_MIGRATION=y\nCONFIG_MEMORY_FAILURE=y\n";
	struct tree t;
	struct ran r;

	tree_make(&t);
	tree_text(&t, "proc/sys/kernel/osrelease", "6.12.0\n");
	tree_text(&t, "boot/config-6.12.0", config);
	tree_text(&t, "proc/42/pagemap", "");
	tree_text(&t, "proc/42/maps", "1000-2000 rw-p 00000000 00:00 0\n");
	tree_text(&t, "proc/42/status", "Name:\tx\n");
	expect_run(&t, "-A amd64 -s MIGRATION=n,MEMORY_FAILURE=y,DEVICE_PRIVATE=n,PTE_MARKER=y -p 42", 3, &r);
	cr_expect(strstr(r.err, "MIGRATION is taken as n (-s), but it is y by /boot/config-6.12.0\n") &&
			count_text(r.err, "is taken as") == 1, "%s", r.err);
	cr_expect(strstr(r.out, "MIGRATION=n (-s)"), "%s", r.out);
	ran_free(&r);
	/* what the next source says, where there is no configuration; and another release */
	tree_text(&t, "boot/config-6.12.0", "");
	tree_text(&t, "proc/vmstat", "nr_free_pages 1\npgalloc_movable 1\npgmigrate_success 1\n");
	expect_run(&t, "-A amd64 -s MIGRATION=n,MEMORY_FAILURE=y,DEVICE_PRIVATE=n,PTE_MARKER=y -p 42", 3, &r);
	cr_expect(strstr(r.err, "MIGRATION is taken as n (-s), but it is y by /proc/vmstat\n") &&
			count_text(r.err, "is taken as") == 1, "%s", r.err);
	ran_free(&r);
	expect_run(&t, "-A amd64 -k 6.1 -p 42", 3, &r);
	expect_err("release", &r, "entries are read as those of kernel 6.1 (-k), but this one is 6.12.0 by "
		"/proc/sys/kernel/osrelease\n");
	ran_free(&r);
	expect_run(&t, "-A amd64 -k 6.12.3 -p 42", 3, &r);
	cr_expect(!strstr(r.err, "entries are read as"), "%s", r.err);
	ran_free(&r);
	tree_drop(&t);
}

/* Types of the kernel itself stand before what its distribution usually has. */
Test(trees, btf)
{
	static const char *const all[] = { "PG_locked", "PG_hwpoison", "UNEVICTABLE_PGCULLED", "ZONE_MOVABLE",
		"ZONE_DEVICE", "PGMIGRATE_SUCCESS", "make_device_exclusive_range()", NULL };
	static const char *const none[] = { "PG_locked", "UNEVICTABLE_PGCULLED", "ZONE_MOVABLE", NULL };
	static const char *const other[] = { "ZONE_DEVICE", "memory_failure()", NULL };
	static const char *const told[] = { "MIGRATION", "MEMORY_FAILURE", "DEVICE_PRIVATE" };
	const char *const *const has[] = { all, none, other };
	static const char ask[] = "-q -F ndjson 0xfeffffffffffbc00"; /* type 31 */
	struct btf_text b;
	char wanted[128];
	struct tree t;
	struct ran r;

	tree_make(&t);
	tree_text(&t, "proc/sys/kernel/osrelease", "6.12.0-55.9.1.el10_0.x86_64\n");
	for (int i = 0; i < 6; i++) {
		make_btf(&b, i & 1, has[i / 2]);
		tree_bytes(&t, BTF_PATH, b.bytes, b.n);
		expect_run(&t, ask, 0, &r);
		for (int k = 0; k < 3; k++) {
			if (i / 2 == 2)
				snprintf(wanted, sizeof(wanted),
					"\"%s\":{\"value\":1,\"source\":\"usual for", told[k]);
			else
				snprintf(wanted, sizeof(wanted), KNOB("%s", "%d", BTF_PATH), told[k],
					i < 2);
			expect_out("BTF", &r, wanted);
		}
		ran_free(&r);
	}
	/* of one that is not whole, nothing is said */
	make_btf(&b, false, none);
	for (size_t n = 0; n < b.n; n += 1 + n / 16) {
		tree_bytes(&t, BTF_PATH, b.bytes, n);
		expect_run(&t, ask, 0, &r);
		cr_expect(!strstr(r.out, BTF_PATH), "%zu of %zu bytes: %.2000s", n, b.n, r.out);
		ran_free(&r);
	}
	/* one type more in the enumeration than there is room for */
	make_btf(&b, false, none);
	b.bytes[24 + 4]++;
	tree_bytes(&t, BTF_PATH, b.bytes, b.n);
	expect_run(&t, ask, 0, &r);
	cr_expect(!strstr(r.out, BTF_PATH), "a constant too many: %.2000s", r.out);
	ran_free(&r);
	/* a configuration tells: types are not asked */
	make_btf(&b, false, none);
	tree_bytes(&t, BTF_PATH, b.bytes, b.n);
	tree_text(&t, "boot/config-6.12.0-55.9.1.el10_0.x86_64",
		"# Automatically generated file; DO NOT EDIT.\n"
		"# Linux/x86 6.12.0 Kernel Configuration\n"
		"CONFIG_MIGRATION=y\nCONFIG_MEMORY_FAILURE=y\n");
	expect_run(&t, ask, 0, &r);
	expect_out("configuration", &r,
		KNOB("MEMORY_FAILURE", "1", "/boot/config-6.12.0-55.9.1.el10_0.x86_64"));
	cr_expect(!strstr(r.out, BTF_PATH), "BTF asked although the configuration tells");
	ran_free(&r);
	tree_drop(&t);
}

/* The entry at an address has this fragment. */
static void expect_entry(const struct ran *r, const char *vaddr, const char *text)
{
	char key[64], line[4096];

	snprintf(key, sizeof(key), "\"vaddr\":\"%s\"", vaddr);
	cr_assert(find_line(r->out, key, line, sizeof(line)), "no entry at %s\n%.2000s", vaddr, r->out);
	cr_expect(strstr(line, text), "%s: no %s in\n%s", vaddr, text, line);
}

static bool have_python(void)
{
	const char *python = getenv("PYTHON");

	return python && !access(python, X_OK);
}

static void expect_json(const struct tree *t, const char *options)
{
	struct ran r;

	if (!have_python())
		return;
	run(&r, t->dir, "{ swpdecode --sysroot . -q -F ndjson %s; echo '{}'; } | %s -c '%s'", options,
		getenv("PYTHON"),
		"import json, sys\nfor line in sys.stdin.buffer: json.loads(line.decode())");
	cr_expect(!r.status, "%s: not JSON: %s", options, r.err);
	ran_free(&r);
	run(&r, t->dir, "swpdecode --sysroot . -q -F json %s | %s -m json.tool", options, getenv("PYTHON"));
	cr_expect(!r.status, "%s: not a JSON document: %s", options, r.err);
	ran_free(&r);
}

/* A kernel that is known and one process, 7, with eight pages from 0x1000 on. */
static void usual_tree(struct tree *t, const uint64_t *words, size_t n)
{
	tree_make(t);
	tree_kernel(t);
	tree_process(t, 7, maps_line, 0x1000, words, n);
}

/* ---- /proc/swaps ---- */

#define SWAPS "Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n"

/* Two devices, entries of these types: what the devices of type a and b are, or could be. */
static void expect_devices(const char *swaps, int a, int b, const char *is_a, const char *is_b)
{
	const uint64_t words[7] = { SLOT(a, 1), SLOT(b, 2) };
	struct tree t;
	struct ran r;

	usual_tree(&t, words, 7);
	tree_text(&t, "proc/swaps", swaps);
	expect_run(&t, "-p 7 -F ndjson", 0, &r);
	/* what one entry shows, the next ones narrow down: look at the totals, which have seen all */
	expect_out(swaps, &r, is_a);
	expect_out(swaps, &r, is_b);
	ran_free(&r);
	tree_drop(&t);
}

Test(trees, swaps_by_type)
{
	static const char two[] =
		SWAPS "/dev/sda2 partition\t4194300\t100\t-2\n/swapfile file\t8388604\t0\t-3\n";

	expect_devices(two, 0, 1, "{\"swap_type\":0,\"device\":\"/dev/sda2\"",
		"{\"swap_type\":1,\"device\":\"/swapfile\"");
	/* a hole between the two: only one order fits */
	expect_devices(two, 0, 3, "{\"swap_type\":0,\"device\":\"/dev/sda2\"",
		"{\"swap_type\":3,\"device\":\"/swapfile\"");
	/* 26 is the last type of a real device here, so device 0 can be 25 at most */
	expect_devices(two, 26, 25, "{\"swap_type\":26,\"device\":\"/swapfile\"",
		"{\"swap_type\":25,\"device\":\"/dev/sda2\"");
	/* type 1 alone: the second device, or the first one after a hole */
	expect_devices(two, 1, 1, "{\"swap_type\":1,\"device\":null",
		"\"device_candidates\":[\"/dev/sda2\",\"/swapfile\"]");
	/* no device before type 0 */
	expect_devices(two, 0, 0, "{\"swap_type\":0,\"device\":\"/dev/sda2\"", "\"device_candidates\":[]");
}

Test(trees, swaps_names)
{
	static const char odd[] = SWAPS "/my\\040swap\\134file\\011x\\012\\377\\033[31m file 4194300 0 -2\n"
					"/gone\\040(deleted) file 4194300 0 -3\n";
	const uint64_t words[7] = { SLOT(0, 1), SLOT(1, 2) };
	struct tree t;
	struct ran r;

	usual_tree(&t, words, 7);
	tree_text(&t, "proc/swaps", odd);
	expect_run(&t, "-p 7 -F ndjson", 0, &r);
	expect_out("names", &r, "\"/my swap\\\\file\\u0009x\\u000a\\u00ff\\u001b[31m\"");
	expect_out("names", &r, "{\"swap_type\":1,\"device\":\"/gone (deleted)\"");
	ran_free(&r);
	expect_json(&t, "-p 7");
	for (int i = 0; i < 2; i++) {
		expect_run(&t, i ? "-p 7 -L" : "-p 7", 0, &r);
		expect_out("people", &r, i ? "/my swap\\file?x??" : "/my swap\\file?x???[31m");
		cr_expect(!strpbrk(r.out, "\033\377\t"), "control characters for a terminal:\n%s", r.out);
		ran_free(&r);
	}
	tree_drop(&t);
}

Test(trees, swaps_checks)
{
	/* 4096 KiB: slots 1 to 1024 */
	static const char one[] = SWAPS "/dev/sda2 partition 4096 100 -2\n";
	const uint64_t words[7] = { SLOT(0, 1), SLOT(0, 1024), SLOT(0, 1025), SLOT(2, 0), SLOT(2, 5) };
	struct tree t;
	struct ran r;

	usual_tree(&t, words, 7);
	tree_text(&t, "proc/swaps", one);
	expect_run(&t, "-p 7 -F ndjson", 0, &r);
	expect_entry(&r, "0x1000", "\"findings\":[]");
	expect_entry(&r, "0x2000", "\"findings\":[]");
	expect_entry(&r, "0x3000", "\"check\":\"beyond-device\"");
	expect_entry(&r, "0x4000", "\"check\":\"offset-zero\"");
	expect_entry(&r, "0x5000", "\"check\":\"no-device\"");
	ran_free(&r);
	expect_run(&t, "-p 7 -E beyond-device", 4, &r);
	ran_free(&r);
	tree_text(&t, "proc/swaps", SWAPS);
	expect_run(&t, "-p 7 -F ndjson -E no-device", 4, &r);
	expect_entry(&r, "0x1000",
		"\"check\":\"no-device\",\"severity\":\"error\",\"text\":\"swap type 0, but no swap is "
		"active\"");
	ran_free(&r);
	tree_drop(&t);
}

/* A type that no device can have, from a damaged table, is wrong by itself, whenever it comes. */
Test(trees, swaps_stray_types)
{
	const uint64_t words[2][7] = { { SLOT(9, 1), SLOT(0, 1), SLOT(0, 2), SLOT(9, 3) },
		{ SLOT(0, 1), SLOT(9, 1), SLOT(0, 2), SLOT(9, 3) } };
	struct tree t;
	struct ran r;

	for (int i = 0; i < 2; i++) {
		usual_tree(&t, words[i], 7);
		tree_text(&t, "proc/swaps", SWAPS "/dev/sda2 partition 4096 100 -2\n");
		expect_run(&t, "-p 7 -F ndjson", 0, &r);
		expect_entry(&r, "0x3000", "\"device\":\"/dev/sda2\"");
		expect_entry(&r, "0x3000", "\"findings\":[]");
		expect_entry(&r, "0x4000", "\"check\":\"no-device\"");
		cr_expect(count_text(r.out, "\"record\":\"finding\",\"pid\":7,\"check\":\"no-device\"") == !i,
			"at the end, if an entry came too soon: %s", r.out);
		cr_expect(!!strstr(r.err, "swap type 9: none of the 1 active devices") == !i, "%s", r.err);
		ran_free(&r);
		tree_drop(&t);
	}
}

/* The highest type may be met once and first, in the same process as the others or in another one. */
Test(trees, swaps_stray_type_alone)
{
	static const char *const how[] = { "-p 7", "-a", "-r 1000 -r 2000 -p 7", "-p 7 -L", "-p 7 -F prom" };
	const uint64_t words[7] = { SLOT(7, 1), SLOT(0, 1), SLOT(0, 2) };
	struct tree t;
	struct ran r;

	usual_tree(&t, words, 7);
	tree_text(&t, "proc/swaps", SWAPS "/dev/sda2 partition 4096 100 -2\n");
	for (size_t i = 0; i < sizeof(how) / sizeof(how[0]); i++) {
		char options[100];

		snprintf(options, sizeof(options), "%s -E no-device", how[i]);
		expect_run(&t, options, 4, &r);
		expect_err(options, &r, "swap type 7: none of the 1 active devices can have it beside");
		if (i < 2)
			expect_out(options, &r, "no-device: swap type 7: none of the 1 active");
		ran_free(&r);
	}
	expect_run(&t, "-p 7 -W no-no-device -F ndjson", 0, &r);
	cr_expect(!strstr(r.out, "\"no-device\",\"severity"), "%s", r.out);
	ran_free(&r);
	tree_drop(&t);
	usual_tree(&t, words, 1);
	tree_process(&t, 8, maps_line, 0x1000, words + 1, 6);
	tree_text(&t, "proc/swaps", SWAPS "/dev/sda2 partition 4096 100 -2\n");
	expect_run(&t, "-p 7,8 -F ndjson -E no-device", 4, &r);
	expect_out("of no process", &r, "{\"record\":\"finding\",\"pid\":null,\"check\":\"no-device\"");
	ran_free(&r);
	tree_drop(&t);
}

/* Devices that come and go while processes are read: the names that were given are in doubt. */
Test(trees, swaps_changed, .timeout = 30)
{
	const uint64_t words[7] = { SLOT(0, 1) };
	struct tree t;
	struct ran r;

	usual_tree(&t, words, 7);
	tree_text(&t, "proc/swaps", SWAPS "/dev/sda2 partition 4096 100 -2\n");
	tree_text(&t, "proc/8/maps", maps_line);
	run(&r, t.dir, "mkfifo proc/8/pagemap; (sleep 1; echo Filename >proc/swaps) & "
		"swpdecode --sysroot . -a --timeout=3 -F ndjson");
	cr_expect(r.status == 3, "status %d: %s", r.status, r.err);
	expect_entry(&r, "0x1000", "\"device\":\"/dev/sda2\"");
	expect_out("finding", &r, "\"text\":\"the swap devices changed during the scan");
	ran_free(&r);
	tree_drop(&t);
}

/* Pages that have a slot and are not there: counted, where the kernel counts them. */
Test(trees, swaps_in_memory)
{
	const uint64_t words[7] = { SLOT(0, 5) };
	struct tree t;
	struct ran r;

	usual_tree(&t, words, 7);
	tree_text(&t, "proc/swaps", SWAPS "/dev/zram3 partition 4096 100 -2\n/dev/zram3x file 4096 100 -2\n");
	expect_run(&t, "-q -p 7 -F ndjson", 0, &r);
	expect_out("zram, no numbers", &r, "\"zram\":{\"same_pages\":null,\"memory_bytes\":null}},");
	expect_out("no zram", &r, "\"/dev/zram3x\",\"pages\":1024,\"used\":25,\"zram\":null}],"
		"\"zswapped_pages\":null,\"zero_pages_out\":null");
	ran_free(&r);
	tree_text(&t, "sys/block/zram3/mm_stat",
		"  409600    12288    20480        0    20480       77        0\n");
	tree_text(&t, "proc/meminfo", "MemTotal: 1 kB\nZswap: 8 kB\nZswapped: 36 kB\n");
	tree_text(&t, "proc/vmstat", "swpin_zero 3\nswpout_zero 5\n");
	expect_run(&t, "-q -p 7 -F ndjson", 0, &r);
	expect_out("zram", &r, "\"zram\":{\"same_pages\":77,\"memory_bytes\":20480}},");
	expect_out("counts", &r, "\"zswapped_pages\":9,\"zero_pages_out\":5");
	ran_free(&r);
	expect_run(&t, "-q -p 7", 0, &r);
	expect_out("summary", &r,
		"/dev/zram3 is compressed memory (zram): it takes 20 KiB, and 77 of its pages");
	expect_out("summary", &r, "  zswap keeps 36 KiB of all that is swapped in memory");
	expect_out("summary", &r, "  5 pages were swapped out as zeros since boot, and not written\n");
	ran_free(&r);
	expect_json(&t, "-p 7");
	tree_drop(&t);
}

Test(trees, swaps_hostile)
{
	const uint64_t words[7] = { SLOT(0, 1) };
	const size_t lines = 200000;
	char *huge = malloc(lines * 40), *p = huge;
	struct tree t;
	struct ran r;

	cr_assert(huge);
	p += sprintf(p, "%s", SWAPS);
	for (size_t i = 0; i < lines; i++)
		p += sprintf(p, "/swap%zu file 4096 0 -2\n", i);
	usual_tree(&t, words, 7);
	tree_text(&t, "proc/swaps", huge);
	expect_run(&t, "-p 7 -F ndjson", 0, &r);
	expect_err("too many devices", &r, "/proc/swaps: line 34");
	/* nothing is made of half a file */
	expect_out("too many devices", &r, "\"swap_devices\":null");
	expect_entry(&r, "0x1000", "\"device\":null,\"device_candidates\":[]");
	ran_free(&r);
	tree_text(&t, "proc/swaps", "");
	expect_run(&t, "-p 7 -F ndjson", 0, &r);
	expect_err("empty", &r, "/proc/swaps: empty, without even its heading");
	expect_out("empty is not none", &r, "\"swap_devices\":null");
	expect_entry(&r, "0x1000", "\"findings\":[]");
	ran_free(&r);
	tree_text(&t, "proc/swaps", SWAPS "/dev/sda2 partition 4096 100 -2\nrubbish\n");
	expect_run(&t, "-p 7 -F ndjson", 0, &r);
	expect_err("rubbish", &r, "/proc/swaps: line 3");
	expect_out("rubbish", &r, "\"swap_devices\":null");
	expect_entry(&r, "0x1000", "\"device\":null,\"device_candidates\":[]");
	ran_free(&r);
	memset(huge, 'x', lines * 40);
	tree_bytes(&t, "proc/swaps", huge, lines * 40);
	expect_run(&t, "-p 7 -F ndjson", 0, &r);
	expect_out("one long line", &r, "\"swap_devices\":null");
	cr_expect(sanitized || r.max_rss < 64 << 10, "%ld KiB of memory", r.max_rss);
	ran_free(&r);
	tree_drop(&t);
	free(huge);
}

/* ---- page maps and mappings ---- */

static void expect_maps(const char *maps, int status, const char *says, size_t entries)
{
	const uint64_t words[7] = { SLOT(0, 1), SLOT(0, 2), SLOT(0, 3), SLOT(0, 4), SLOT(0, 5), SLOT(0, 6),
		SLOT(0, 7) };
	struct tree t;
	struct ran r;

	usual_tree(&t, words, 7);
	tree_text(&t, "proc/7/maps", maps);
	expect_run(&t, "-p 7 -F ndjson", status, &r);
	if (status) {
		expect_out(maps, &r, says);
		expect_out(maps, &r, "\"complete\":false");
		expect_err(maps, &r, says);
	} else {
		expect_out(maps, &r, "\"complete\":true");
	}
	cr_expect(count_text(r.out, "\"record\":\"entry\"") == entries, "%s: not %zu entries\n%s", maps,
		entries, r.out);
	ran_free(&r);
	expect_json(&t, "-p 7");
	tree_drop(&t);
}

Test(trees, maps_damaged)
{
	expect_maps("", 3, "its maps file is empty", 0);
	expect_maps("00001000-00003000 rw-p 00000000 00:00 0\n", 0, NULL, 2);
	expect_maps("00001000-00003000 rw-p 00000000 00:00 0 ", 0, NULL, 2);
	expect_maps("00001000-00003000 rw-p 0 00:00 0 \nrubbish\n00004000-00008000 rw-p 0 00:00 0 \n", 3,
		"maps line 2: not a mapping", 2);
	expect_maps("00001000-00003000 rw-p 0 00:00\n", 3, "maps line 1: not a mapping", 0);
	expect_maps("00001000-00003000 r 0 00:00 0\n", 3, "maps line 1: not a mapping", 0);
	expect_maps("1000-12345678123456781 rw-p 0 00:00 0\n", 3, "maps line 1: not a mapping", 0);
	/* overlapping, backwards, empty, not of pages */
	expect_maps(
		"1000-3000 rw-p 0 00:00 0\n2000-4000 rw-p 0 00:00 0\n", 3, "maps line 2: 0x2000-0x4000", 2);
	expect_maps(
		"4000-5000 rw-p 0 00:00 0\n1000-2000 rw-p 0 00:00 0\n", 3, "maps line 2: 0x1000-0x2000", 1);
	expect_maps("3000-1000 rw-p 0 00:00 0\n", 3, "maps line 1: 0x3000-0x1000", 0);
	expect_maps("1000-1000 rw-p 0 00:00 0\n", 3, "maps line 1: 0x1000-0x1000", 0);
	expect_maps("1000-2800 rw-p 0 00:00 0\n", 3, "maps line 1: 0x1000-0x2800", 0);
	/* far more than the page map holds: read nothing of it, and do not take for ever */
	expect_maps("1000-fffffffffffff000 rw-p 0 00:00 0\n", 3, "page map ends before the mapping", 7);
}

Test(trees, maps_junk)
{
	const uint64_t words[7] = { SLOT(0, 1) };
	unsigned char junk[100000];
	struct tree t;
	struct ran r;

	srandom(1);
	for (size_t i = 0; i < sizeof(junk); i++)
		junk[i] = random();
	usual_tree(&t, words, 7);
	tree_bytes(&t, "proc/7/maps", junk, sizeof(junk));
	expect_run(&t, "-p 7", 3, &r);
	expect_err("junk", &r, "maps line 1: not a mapping");
	ran_free(&r);
	memset(junk, 0, sizeof(junk));
	tree_bytes(&t, "proc/7/maps", junk, sizeof(junk));
	expect_run(&t, "-p 7", 3, &r);
	expect_err("zeros", &r, "maps line 1: not a mapping");
	ran_free(&r);
	tree_drop(&t);
}

Test(trees, pagemap_truncated)
{
	const uint64_t words[3] = { SLOT(0, 1), SLOT(0, 2), SLOT(0, 3) };
	struct tree t;
	struct ran r;

	usual_tree(&t, words, 3);
	expect_run(&t, "-p 7 -F ndjson", 3, &r);
	expect_out("truncated", &r, "\"unreadable\":4");
	expect_out("truncated", &r, "\"check\":\"partial-input\"");
	expect_out("truncated", &r, "\"complete\":false");
	cr_expect(count_text(r.out, "\"record\":\"entry\"") == 3);
	ran_free(&r);
	/* what was not asked for is not missing */
	expect_run(&t, "-p 7 -r 1000-4000", 0, &r);
	ran_free(&r);
	tree_bytes(&t, "proc/7/pagemap", "", 0);
	expect_run(&t, "-p 7 -J", 3, &r);
	expect_out("empty", &r, "\"unreadable\":7");
	ran_free(&r);
	tree_drop(&t);
}

Test(trees, missing)
{
	const uint64_t words[7] = { SLOT(0, 1) };
	struct tree t;
	struct ran r;
	char path[128];

	usual_tree(&t, words, 7);
	for (int i = 0; i < 3; i++) {
		static const char *const formats[] = { "summary", "ndjson", "json" };
		char options[64];

		snprintf(options, sizeof(options), "-p 8 -F %s", formats[i]);
		expect_run(&t, options, 1, &r);
		cr_expect(!r.out_len, "%s: something was printed: %s", options, r.out);
		expect_err(options, &r, "swpdecode: pid 8: no such process\n");
		ran_free(&r);
		snprintf(options, sizeof(options), "-p 8,7 -F %s", formats[i]);
		expect_run(&t, options, 3, &r);
		expect_out(options, &r, i ? "\"vaddr\":\"0x1000\"" : "process 7");
		ran_free(&r);
		snprintf(options, sizeof(options), "-p 7 -p 8 -F %s", formats[i]);
		expect_run(&t, options, 3, &r);
		expect_out(options, &r, i ? "\"pid 8: no such process\"" : "process 7");
		ran_free(&r);
	}
	expect_json(&t, "-p 8,7");
	snprintf(path, sizeof(path), "%s/proc/7/pagemap", t.dir);
	cr_assert(!remove(path));
	expect_run(&t, "-p 7", 1, &r);
	expect_err("no page map", &r, "cannot open /proc/7/pagemap");
	ran_free(&r);
	tree_drop(&t);
	run(&r, NULL, "swpdecode --sysroot /nonexistent -p 7");
	cr_expect(r.status == 1 && !r.out_len);
	ran_free(&r);
}

/* A name of the longest path does not look whole. */
Test(trees, a_name_that_is_cut_says_so)
{
	const uint64_t word = SLOT(0, 1);
	char maps[600], wanted[300];
	struct tree t;
	struct ran r;

	usual_tree(&t, &word, 1);
	for (int len = 255; len <= 256; len++) {
		snprintf(maps, sizeof(maps), "1000-2000 rw-p 0 00:00 0 /%0*d\n", len - 1, 1);
		tree_text(&t, "proc/7/maps", maps);
		snprintf(wanted, sizeof(wanted), len == 255 ? "\"vma\":\"/%0*d\"" : "\"vma\":\"/%0*d…\"",
			len == 255 ? 254 : 251, len == 255);
		expect_run(&t, "-p 7 -F ndjson", 0, &r);
		expect_entry(&r, "0x1000", wanted);
		ran_free(&r);
	}
	tree_drop(&t);
}

static void expect_range(const struct tree *t, const char *options, const char *pages)
{
	char got[256] = "", whole[128];
	struct ran r;

	snprintf(whole, sizeof(whole), "-p 7 -q --no-headings -L -o vaddr %s", options);
	expect_run(t, whole, 0, &r);
	for (char *p = r.out, *word; (word = strsep(&p, " \n"));)
		if (*word)
			snprintf(got + strlen(got), sizeof(got) - strlen(got), "%s%s", *got ? " " : "", word);
	cr_expect(!strcmp(got, pages), "%s: expected %s, got %s", options, pages, got);
	ran_free(&r);
}

Test(trees, ranges)
{
	const uint64_t words[15] = { SLOT(0, 1), SLOT(0, 2), SLOT(0, 3), SLOT(0, 4), SLOT(0, 5), SLOT(0, 6),
		SLOT(0, 7) };
	struct tree t;

	usual_tree(&t, words, 15);
	tree_text(&t, "proc/7/maps",
		"1000-3000 rw-p 0 00:00 0\n3000-5000 rw-p 0 00:00 0\n7000-8000 rw-p 0 00:00 0\n");
	expect_range(&t, "", "0x1000 0x2000 0x3000 0x4000 0x7000");
	expect_range(&t, "-r 2000", "0x2000");
	expect_range(&t, "-r 0x2fff", "0x2000");
	expect_range(&t, "-r 2000-4000", "0x2000 0x3000");
	expect_range(&t, "-r 0-ffffffffffffffff", "0x1000 0x2000 0x3000 0x4000 0x7000");
	expect_range(&t, "-r 4000-7001", "0x4000 0x7000");
	expect_range(&t, "-r 5000-7000", "");
	expect_range(&t, "-r ffffffffffffffff", "");
	expect_range(&t, "-r 7000 -r 1000", "0x1000 0x7000");
	expect_range(&t, "-r 1000-4000 -r 2000-5000 -r 2000-3000 -r 2000", "0x1000 0x2000 0x3000 0x4000");
	tree_drop(&t);
}

/* ---- links, names, things that unpack ---- */

static void expect_inside(bool links_are_followed)
{
	const uint64_t words[7] = { SLOT(0, 1) };
	struct tree base, t;
	char path[128];
	struct ran r;

	/* the tree lies in BASE/tree; what lies beside it must not be reached, be it by .. or by the whole
	 * path */
	tree_make(&base);
	tree_text(&base, "outside/swaps", SWAPS "/secret file 4096 0 -2\n");
	tree_process(&base, 7, "1000-2000 rw-p 0 00:00 0 /secret\n", 0x1000, words, 7);
	snprintf(t.dir, sizeof(t.dir), "%.60s/tree", base.dir);
	mkdir(t.dir, 0755);
	tree_kernel(&t);
	tree_link(&t, "proc/swaps", "../../../../../../../../outside/swaps");
	snprintf(path, sizeof(path), "../../../..%s/outside/swaps", base.dir);
	tree_process(&t, 7, maps_line, 0x1000, words, 7);
	expect_run(&t, "-p 7 -F ndjson", 0, &r);
	expect_out("..", &r, "\"swap_devices\":null");
	ran_free(&r);
	snprintf(path, sizeof(path), "rm proc/swaps; ln -s %s/outside/swaps proc/swaps", base.dir);
	run(&r, t.dir, "%s; swpdecode --sysroot . -p 7 -F ndjson", path);
	expect_out("whole path", &r, "\"swap_devices\":null");
	ran_free(&r);
	/* a process as a whole, and one file of it */
	snprintf(path, sizeof(path), "%s/proc/7", base.dir);
	tree_link(&t, "proc/8", path);
	tree_link(&t, "proc/9", "../../../proc/7");
	snprintf(path, sizeof(path), "%s/proc/7/maps", base.dir);
	tree_link(&t, "proc/10/maps", path);
	tree_link(&t, "proc/10/pagemap", "../7/pagemap");
	tree_link(&t, "proc/11/maps", "../../../proc/7/maps");
	tree_link(&t, "proc/11/pagemap", "../7/pagemap");
	run(&r, t.dir, "for p in 8 9 10 11; do swpdecode --sysroot . -p $p -F ndjson; done");
	cr_expect(!strstr(r.out, "secret"), "read outside of the tree:\n%s\n%s", r.out, r.err);
	ran_free(&r);
	/* a directory on the way to a file */
	tree_text(&base, "proc/sys/kernel/osrelease", "6.12.0-secret\n");
	run(&r, t.dir,
		"rm -r proc/sys; for to in %s/proc/sys ../../proc/sys; do ln -sfn $to proc/sys; "
		"swpdecode --sysroot . -p 7 -F ndjson; done", base.dir);
	cr_expect(!strstr(r.out, "secret"), "read outside of the tree:\n%s\n%s", r.out, r.err);
	ran_free(&r);
	tree_link(&t, "proc/12", "/proc/7");
	run(&r, t.dir, "swpdecode --sysroot . -p 12 -F ndjson");
	cr_expect(r.status == (links_are_followed ? 0 : 1), "status %d\n%s", r.status, r.err);
	if (links_are_followed)
		expect_entry(&r, "0x1000", "\"class\":\"swap\"");
	ran_free(&r);
	tree_drop(&base);
}

Test(trees, links_stay_inside)
{
	expect_inside(true);
}

/* Before 5.6, and in sandboxes, no system call keeps a path within a directory. */
Test(trees, links_stay_inside_without_openat2)
{
	without_call(SYS_openat2);
	without_call(SYS_landlock_create_ruleset);
	expect_inside(false);
}

Test(trees, links_of_modules)
{
	struct tree t;
	struct ran r;

	/* the index of another tree, by a link: it is not asked */
	tree_make(&t);
	run(&r, t.dir,
		"mkdir -p lib/modules/6.12.0-mod && cp -r \"$FIXTURES\"/trees/release-6.12.0/proc . && "
		"ln -s \"$(cd \"$FIXTURES\" && pwd)\"/trees/imports/lib/modules/6.12.0-mod/modules.* "
		"\"$(cd \"$FIXTURES\" && pwd)\"/trees/imports/lib/modules/6.12.0-mod/kernel "
		"lib/modules/6.12.0-mod && "
		"echo 6.12.0-mod >proc/sys/kernel/osrelease && swpdecode --sysroot . -q -p 42 -F ndjson");
	expect_out("modules", &r, "\"modules\":null");
	expect_out("modules", &r, "\"DEVICE_PRIVATE\":{\"value\":null");
	ran_free(&r);
	/* the index itself, with a module that is a link */
	run(&r, t.dir,
		"cd lib/modules/6.12.0-mod && rm modules.* && cp "
		"\"$FIXTURES\"/trees/imports/lib/modules/6.12.0-mod/modules.* . && "
		"cd ../../.. && swpdecode --sysroot . -q -p 42 -F ndjson");
	expect_out("modules", &r, "\"nouveau\":\"loadable\"");
	expect_out("modules", &r, "\"DEVICE_PRIVATE\":{\"value\":null");
	ran_free(&r);
	tree_drop(&t);
}

/* libkmod trusts its files. What it makes of damaged ones must not end more than its own part of the answer.
 */
Test(trees, modules_damaged)
{
	static const char *const files[] = { "modules.dep.bin", "modules.builtin.bin",
		"kernel/mm/hwpoison-inject.ko", "kernel/drivers/block/zram.ko" };
	struct tree t;
	struct ran r;

	if (sanitized)
		cr_skip_test("a sanitizer would report what libkmod does");
	tree_make(&t);
	run(&r, t.dir, "cp -r \"$FIXTURES\"/trees/modules/. .");
	ran_free(&r);
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++)
		for (int offset = 8; offset < 80; offset += 6) {
			run(&r, t.dir,
				"f=lib/modules/mine/%s; cp $f keep; printf '\\177\\177\\177' | "
				"dd of=$f bs=1 seek=%d conv=notrunc 2>/dev/null; swpdecode -q --sysroot . -p "
				"42 -J; s=$?; "
				"cp keep $f; exit $s",
				files[i], offset);
			cr_expect(r.status == 0, "%s, byte %d: status %d\n%s", files[i], offset, r.status,
				r.err);
			cr_expect(strstr(r.out, "\"vaddr\":\"0x20000\""), "%s, byte %d: no entry", files[i],
				offset);
			cr_expect(!r.err_len, "%s, byte %d: %s", files[i], offset, r.err);
			ran_free(&r);
		}
	tree_drop(&t);
}

Test(trees, fifo)
{
	const uint64_t words[7] = { SLOT(0, 1) };
	struct tree t;
	struct ran r;

	usual_tree(&t, words, 7);
	run(&r, t.dir,
		"mkfifo proc/swaps proc/config.gz proc/meminfo proc/7/stat proc/7/status && rm proc/7/maps "
		"&& "
		"mkfifo proc/7/maps && swpdecode --sysroot . --timeout=1 -p 7");
	cr_expect(r.status == 3, "status %d: %s", r.status, r.err);
	expect_err("the file that blocks", &r, "pid 7: its maps could not be read for 1 s: nothing comes");
	expect_err("one that need not", &r, "/proc/swaps: cannot open: not a regular file\n");
	ran_free(&r);
	tree_drop(&t);
}

/* A page map that lets its reader wait for ever: it is named, and the others are read. */
Test(trees, a_process_whose_reads_block)
{
	const uint64_t words[7] = { SLOT(0, 1), SLOT(0, 2) };
	static const char *const lists[] = { "-p 6,7,8", "-a", "-p 7" };
	struct tree t;
	struct ran r;

	usual_tree(&t, words, 7);
	tree_process(&t, 6, maps_line, 0x1000, words, 7);
	tree_process(&t, 8, maps_line, 0x1000, words, 7);
	tree_text(&t, "proc/7/comm", "stuck\n");
	tree_text(&t, "proc/self/comm", "no number\n");
	run(&r, t.dir, "rm proc/7/pagemap && mkfifo proc/7/pagemap");
	ran_free(&r);
	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
		char options[64];

		snprintf(options, sizeof(options), "-q %s --timeout=1 -F ndjson", lists[i]);
		expect_run(&t, options, 3, &r);
		expect_out(options, &r, "{\"record\":\"finding\",\"pid\":7,\"check\":\"partial-input\"");
		expect_out(options, &r, "pid 7: its pagemap could not be read for 1 s");
		cr_expect(count_text(r.out, "\"record\":\"entry\"") == (i == 2 ? 0 : 4), "%s", r.out);
		cr_expect(count_text(r.err, "\n") == 1, "%s", r.err);
		cr_expect(count_text(r.out, "\"pid\":8") == (i == 2 ? 0 : 2), "%s", r.out);
		ran_free(&r);
	}
	expect_run(&t, "-a --timeout=1", 3, &r);
	expect_out("summary", &r,
		"\n      7 stuck                0 KiB      0 KiB        0        1  not all was seen\n");
	expect_out("summary", &r, "complete: no: pid 7: its pagemap could not be read");
	ran_free(&r);
	expect_run(&t, "-p 7 --timeout=1", 3, &r);
	cr_expect(!strstr(r.out, "CLASS") && !strstr(r.out, "nothing swapped"), "%s", r.out);
	expect_out("not known", &r, "verdict: not known what is swapped; not everything was seen");
	ran_free(&r);
	tree_drop(&t);
}

/* ---- a live process, captured ---- */

struct captured {
	char kind[16];
	unsigned long n, start, end;
};

/* Make the tree that a fixture of captures/ describes. Returns how many kinds of entries its process had
 * made. */
static int expand_capture(const char *name, struct tree *t, struct captured *made, int room)
{
	static char files[8][1 << 16], paths[8][64];
	char path[512], line[1024], word[64] = "";
	unsigned long vaddr, value;
	int n = 0, n_files = 0, fd, len;
	FILE *f;

	tree_make(t);
	tree_text(t, "proc/7/pagemap", "");
	snprintf(path, sizeof(path), "%s/proc/7/pagemap", t->dir);
	fd = open(path, O_WRONLY);
	snprintf(path, sizeof(path), "%s/captures/%s", fixtures_dir(), name);
	f = fopen(path, "r");
	cr_assert(fd >= 0 && f, "%s: cannot open", path);
	while (fgets(line, sizeof(line), f)) {
		if (n < room && sscanf(line, "made %15s %lu %lx %lx", made[n].kind, &made[n].n,
					&made[n].start, &made[n].end) == 4)
			n++;
		if (sscanf(line, "word %lx %lx", &vaddr, &value) == 2)
			cr_assert(pwrite(fd, &value, 8, vaddr / 4096 * 8) == 8);
		if (sscanf(line, "file /%63s%n", word, &len) != 1)
			continue;
		if (!n_files || strcmp(paths[n_files - 1], word))
			snprintf(paths[n_files++], sizeof(paths[0]), "%s", word);
		cr_assert(n_files < 8 && strlen(files[n_files - 1]) + strlen(line) < sizeof(files[0]));
		strcat(files[n_files - 1], line + len + 1);
		/* the page map reaches to the end of each mapping, as the original does */
		if (!strcmp(word, "proc/7/maps") && sscanf(line + len, " %lx-%lx", &value, &vaddr) == 2 &&
			vaddr < 1ul << 47)
			cr_assert(!ftruncate(fd, vaddr / 4096 * 8));
	}
	fclose(f);
	close(fd);
	for (int i = 0; i < n_files; i++)
		tree_text(t, paths[i], files[i]);
	return n;
}

/* What hold had made is found without root, each where it was; what a capture cannot show is said. */
Test(trees, a_live_process_captured)
{
	static const struct {
		const char *kind, *says;
	} kinds[] = { { "swap", "\"class\":\"swap\"" }, { "guard", "\"marker\":[\"guard\"]" },
		{ "uffd-wp", "\"marker\":[\"uffd-wp\"]" }, { "poison", "\"marker\":[\"poisoned\"]" } };
	struct captured made[8];
	struct tree t;
	struct ran r;
	int n = expand_capture("hold.txt", &t, made, 8), compared = 0;

	expect_run(&t, "-p 7 -F ndjson", 3, &r);
	for (int i = 0; i < n; i++)
		for (size_t k = 0; k < sizeof(kinds) / sizeof(kinds[0]); k++) {
			char options[128];
			struct ran there;

			if (strcmp(made[i].kind, kinds[k].kind))
				continue;
			compared++;
			cr_expect(count_text(r.out, kinds[k].says) == made[i].n, "%s: %zu", made[i].kind,
				count_text(r.out, kinds[k].says));
			snprintf(options, sizeof(options), "-q -p 7 -F csv -o vaddr --no-headings -r %lx-%lx",
				made[i].start, made[i].end);
			expect_run(&t, options, 0, &there);
			cr_expect(
				count_text(there.out, "\n") == made[i].n, "%s: %s", made[i].kind, there.out);
			ran_free(&there);
		}
	cr_expect(compared == 4);
	expect_out("device", &r, "\"device\":\"/dev/zram1\"");
	expect_out("shared memory", &r,
		"/memfd:shmem (deleted): smaps counts 4 swapped pages, 0 were found: of shared "
		"memory, a capture does not show them");
	expect_out("counted", &r, "\"smaps\":{\"swap_pages\":44,\"found_pages\":40,\"swap_pss_kib\":");
	ran_free(&r);
	tree_drop(&t);
}

/* A page map has none where shared memory is swapped; a capture cannot be asked otherwise. */
Test(trees, shared_memory_is_not_shown)
{
	static const char could[] = "of 1 mapping could be swapped: a captured page map does not show it";
	static const char swaps[] = SWAPS "/dev/sda2 partition 4096 100 -2\n";
	static const struct {
		const char *dev, *name, *swaps, *smaps; /* smaps: kB, NULL: there is none */
		uint64_t last;
		int status;
	} is[] = {
		{ "00:01 2", "/memfd:x (deleted)", swaps, NULL, 0, 3 },
		{ "00:01 0", "/SYSV00000000 (deleted)", swaps, NULL, 0, 3 },
		{ "00:01 2", "/dev/zero (deleted)", swaps, NULL, 0, 3 },
		{ "00:19 2", "/dev/shm/x", swaps, NULL, 0, 3 },
		{ "00:0f 2", "/anon_hugepage (deleted)", SWAPS, NULL, 0, 3 },
		{ "00:01 2", "/memfd:x (deleted)", swaps, NULL, 1ull << 63, 0 },
		{ "00:01 2", "/memfd:x (deleted)", swaps, "4", 0, 0 },
		{ "00:01 2", "/memfd:x (deleted)", swaps, "8", 0, 3 },
		{ "00:01 2", "/memfd:x (deleted)", SWAPS, NULL, 0, 0 },
		{ "00:23 2", "/usr/lib/x", swaps, NULL, 0, 0 },
		{ "08:01 2", "/dev/shm/x", swaps, NULL, 0, 0 },
	};
	struct ran r;

	for (size_t i = 0; i < sizeof(is) / sizeof(is[0]); i++) {
		const uint64_t first = strcmp(is[i].swaps, SWAPS) ? SLOT(0, 1) : 1ull << 63;
		const uint64_t words[2] = { first, is[i].last };
		char line[128], smaps[256];
		struct tree t;

		usual_tree(&t, words, 2);
		snprintf(line, sizeof(line), "00001000-00003000 rw-s 00000000 %s %s\n", is[i].dev,
			is[i].name);
		tree_text(&t, "proc/7/maps", line);
		tree_text(&t, "proc/swaps", is[i].swaps);
		snprintf(smaps, sizeof(smaps), "%sSwap: %s kB\n", line, is[i].smaps);
		if (is[i].smaps)
			tree_text(&t, "proc/7/smaps", smaps);
		expect_run(&t, "-p 7 -F ndjson", is[i].status, &r);
		cr_expect(!!strstr(r.out, could) == (is[i].status && !is[i].smaps), "%zu: %s", i, r.out);
		ran_free(&r);
		run(&r, t.dir, "swpdecode -A x86_64 -i pagemap -f proc/7/pagemap --maps=proc/7/maps");
		cr_expect(r.status == (!is[i].last && i < 9 ? 3 : 0), "%zu: status %d: %s", i, r.status,
			r.err);
		ran_free(&r);
		tree_drop(&t);
	}
}

/* SwapPss is told if it stands in all of smaps, and what comes instead of it is not lost. */
Test(trees, smaps_share)
{
	static const struct {
		const char *first, *second, *says;
	} is[] = {
		{ "Swap: 4 kB\nSwapPss: 2 kB\nLocked: 0 kB\n", "Swap: 4 kB\nSwapPss: 3 kB\n", "5}" },
		{ "Swap: 4 kB\nSwapPss: 2 kB\n", "Swap: 4 kB\n", "null}" },
		{ "Swap: 4 kB\n", "Swap: 4 kB\nSwapPss: 3 kB\n", "null}" },
		{ "Swap: 4 kB\nLocked: 0 kB\n", "Swap: 4 kB\nLocked: 0 kB\n", "null}" },
	};
	const uint64_t words[2] = { SLOT(0, 5), SLOT(0, 6) };
	static const char *const line[] = { "00001000-00002000 rw-p 00000000 00:00 0\n",
		"00002000-00003000 r--p 00000000 00:00 0\n" };
	char text[512];
	struct tree t;
	struct ran r;

	for (size_t i = 0; i < sizeof(is) / sizeof(is[0]); i++) {
		usual_tree(&t, words, 2);
		snprintf(text, sizeof(text), "%s%s", line[0], line[1]);
		tree_text(&t, "proc/7/maps", text);
		snprintf(text, sizeof(text), "%s%s%s%s", line[0], is[i].first, line[1], is[i].second);
		tree_text(&t, "proc/7/smaps", text);
		tree_text(&t, "proc/swaps", SWAPS "/dev/sda2 partition 4096 100 -2\n");
		expect_run(&t, "-p 7 -F ndjson", 0, &r);
		snprintf(text, sizeof(text), "{\"swap_pages\":2,\"found_pages\":2,\"swap_pss_kib\":%s",
			is[i].says);
		expect_out(is[i].first, &r, text);
		ran_free(&r);
		tree_drop(&t);
	}
}

/* However many mappings differ from smaps: standard error has the first of them and a count, machines all. */
Test(trees, many_differ_from_smaps)
{
	static char maps[4096], smaps[8192];
	const uint64_t words[42] = { 0 };
	size_t n = 0, k = 0;
	struct tree t;
	struct ran r;

	for (int i = 0; i < 40; i++) {
		n += snprintf(maps + n, sizeof(maps) - n, "%x000-%x000 rw-p 0 00:00 0\n", i + 1, i + 2);
		k += snprintf(smaps + k, sizeof(smaps) - k, "%x000-%x000 rw-p 0 00:00 0\nSwap: 4 kB\n", i + 1,
			i + 2);
	}
	usual_tree(&t, words, 42);
	for (int pid = 7; pid < 10; pid++) {
		char path[32];

		tree_process(&t, pid, maps, 0x1000, words, 42);
		snprintf(path, sizeof(path), "proc/%d/smaps", pid);
		tree_text(&t, path, smaps);
	}
	expect_run(&t, "-a -F ndjson", 3, &r);
	cr_expect(count_text(r.err, ": smaps counts 1 swapped pages, 0 were found") == 10, "%s", r.err);
	expect_err("the rest", &r, "swpdecode: … and 110 more mappings differ from smaps");
	cr_expect(count_text(r.out, "{\"record\":\"finding\"") == 120, "%s", r.err);
	ran_free(&r);
	expect_run(&t, "-q -a", 3, &r);
	cr_expect(!strstr(r.err, "smaps"), "%s", r.err);
	expect_out("summary", &r, "smaps-differs: pid 7: 0x1000-0x2000");
	ran_free(&r);
	tree_drop(&t);
}

/* ---- sosreports ---- */

/* What it holds is used, what it lacks is said: no page maps, but the release, the machine, counters, logs.
 */
Test(trees, sosreport)
{
	struct tree t;
	struct ran r;

	tree_make(&t);
	tree_text(&t, "sos_commands/kernel/uname_-a",
		"Linux host 6.12.0-x #1 SMP PREEMPT_DYNAMIC Mon Jan 1 00:00:00 "
		"UTC 2026 aarch64 aarch64 aarch64 GNU/Linux\n");
	tree_text(&t, "proc/meminfo", "MemTotal: 1 kB\nVmallocTotal: 1 kB\nHardwareCorrupted: 0 kB\n");
	tree_text(&t, "proc/vmstat", "nr_free_pages 1\npgalloc_movable 1\npgmigrate_success 1\n");
	tree_text(&t, "proc/swaps", SWAPS "/dev/dm-1 partition 4096 100 -2\n");
	tree_text(&t, "proc/77/maps", maps_line);
	tree_text(&t, "proc/77/status", "Name:\tx\nVmSwap:\t  36 kB\n");
	run(&r, t.dir, "swpdecode --sysroot . -q -F ndjson 0x27c0");
	expect_out("release", &r,
		"\"kernel\":{\"value\":\"6.12.0-x\",\"source\":\"/sos_commands/kernel/uname_-a\"");
	expect_out(
		"machine", &r, "\"arch\":{\"value\":\"arm64\",\"source\":\"/sos_commands/kernel/uname_-a\"");
	expect_out("counters", &r, "\"MEMORY_FAILURE\":{\"value\":1,\"source\":\"/proc/meminfo\"");
	expect_out("decoded", &r, "\"class\":\"pte-marker\"");
	ran_free(&r);
	expect_run(&t, "-a", 1, &r);
	expect_err("no page map", &r,
		"/proc/77/pagemap is not in this tree; its status counts VmSwap: 36 kB, and no");
	ran_free(&r);
	run(&r, t.dir, "printf 'Bad swap file entry 1000\\n' | swpdecode --sysroot . -q -i klog -F ndjson");
	expect_out("a log of it", &r, "\"arch\":{\"value\":\"arm64\"");
	ran_free(&r);
	tree_drop(&t);
}

/* The machine, by the name that kernels have for it since 6.1; and the flags of its CPU tell the variant,
 * whoever named the architecture. */
Test(trees, machine)
{
	const uint64_t words[7] = { SLOT(0, 1) };
	struct tree t;
	struct ran r;

	for (int i = 0; i < 2; i++) {
		usual_tree(&t, words, 7); /* its configuration names x86_64 */
		tree_text(&t, "proc/cpuinfo", "processor: 0\nflags : fpu la57 vme\n");
		if (i)
			tree_text(&t, "proc/sys/kernel/arch", "x86_64\n");
		expect_run(&t, "-p 7 -F ndjson", 0, &r);
		expect_out("arch", &r, i ? "\"source\":\"/proc/sys/kernel/arch\",\"assumed\":false}" :
			"\"arch\":{\"value\":\"x86_64\",\"source\":\"/boot/config-6.12.0\"");
		expect_out("variant", &r,
			"\"variant\":{\"value\":\"la57\",\"source\":\"/proc/cpuinfo\",\"assumed\":false}");
		ran_free(&r);
		tree_drop(&t);
	}
}

/* ---- sums over processes ---- */

/* -a: who has most comes first, and it says how much of a device is explained, by whom. */
Test(trees, summary_of_all)
{
	const uint64_t words[7] = { SLOT(0, 5), SLOT(0, 6), SLOT(31, 2), SLOT(1, 7) };
	struct tree t;
	struct ran r;

	usual_tree(&t, words, 7);
	tree_text(&t, "proc/7/comm", "small\n");
	tree_text(&t, "proc/7/status", "Name:\tsmall\nVmSwap:\t12 kB\n");
	tree_process(&t, 9, "1000-8000 rw-p 0 00:00 0\n9000-a000 rw-p 0 00:00 0\n", 0x1000,
		(const uint64_t[]) { SLOT(0, 1), SLOT(0, 2), SLOT(0, 3), SLOT(0, 4), 0, 0, 0, 0, SLOT(0, 8) },
		9);
	tree_text(&t, "proc/9/comm", "large\n");
	tree_process(&t, 8, maps_line, 0x1000, (const uint64_t[7]){ 1ull << 63 | 5 }, 7);
	tree_text(&t, "proc/swaps", SWAPS "/dev/a partition 4096 40 -2\n/dev/c partition 4096 400 -2\n");
	expect_run(&t, "-q -a", 0, &r);
	expect_out("counted", &r, "\n3 processes, 2 of them with\n");
	expect_out("order", &r, "\n      9 large               20 KiB      0 KiB        0        0\n"
		"      7 small               12 KiB      0 KiB        1        0\n  CLASS");
	expect_out("whose", &r, "pte-marker poisoned:\n  pid 7       0x3000");
	expect_out("devices", &r,
		"  type 0, /dev/a: 7 pages, 28 KiB of the 10 pages in use there: large (9) 5, "
		"small (7) 2\n  type 1, /dev/c: 1 page, 4 KiB of the 100 pages in use there: small (7) 1\n");
	expect_out("the rest", &r, "not referred to by what was seen: at least 102 pages, 408 KiB");
	expect_out("verdict", &r, "\nverdict: 1 special entry; 32 KiB swapped; nothing wrong was found\n");
	ran_free(&r);
	expect_run(&t, "-q -p 9", 0, &r);
	expect_out("one", &r, "process 9 (large)\n");
	expect_out("verdict", &r, "\nverdict: 20 KiB swapped; nothing wrong was found\ncomplete: yes\n");
	ran_free(&r);
	tree_drop(&t);
}

/* Samples of a metric stand together, after its help and type; what is in a label is escaped. */
Test(trees, metrics)
{
	static const char judge[] =
		"swpdecode --sysroot . -q -a -F prom >m; s=$?; cat m; awk '"
		"/^# HELP /{if (seen[$3]++ || NF < 4) exit 1; h=$3; next} "
		"/^# TYPE /{if ($3 != h || $4 != \"gauge\" || NF != 4) exit 2; m=$3; next} "
		"{n=$0; sub(/[{ ].*/, \"\", n); if (n != m || n !~ /^swpdecode_[a-z_]+$/) exit 3; "
		"if ($0 !~ "
		"/^[a-z_]+([{][a-z_]+=\"([^\"\\\\]|\\\\[\\\\\"n])*\"(,[a-z_]+=\"([^\"\\\\]|\\\\[\\\\\"n])*\")"
		"*[}])? [0-9]+$/) "
		"exit 4}' m || exit 9; exit $s";
	const uint64_t words[7] = { SLOT(0, 5), SLOT(0, 6), SLOT(31, 2), SLOT(1, 7), SLOT(27, 0x15) };
	struct tree t;
	struct ran r;

	usual_tree(&t, words, 7);
	tree_text(&t, "proc/7/comm", "a\"b\\c\nd\xff\xc3\xa4\033\n");
	tree_text(&t, "proc/swaps",
		SWAPS "/dev/a partition 4096 40 -2\n/dev/\\134\\040x partition 4096 400 -2\n");
	run(&r, t.dir, "%s", judge);
	cr_expect(r.status == 0, "status %d: %s", r.status, r.out);
	expect_out("escaped", &r,
		"\nswpdecode_process_swap_bytes{pid=\"7\",comm=\"a\\\"b\\\\c\\nd?\xc3\xa4?\"} 12288\n");
	expect_out("class", &r, "\nswpdecode_entries{class=\"hwpoison\"} 1\n");
	expect_out("class", &r, "\nswpdecode_entries_bytes{class=\"swap\"} 12288\n");
	expect_out("marker", &r, "\nswpdecode_marker_entries{marker=\"poisoned\"} 1\n");
	expect_out("device", &r, "\nswpdecode_device_used_bytes{device=\"/dev/\\\\ x\"} 409600\n");
	expect_out("swap", &r, "\nswpdecode_swap_bytes{swap_type=\"0\",device=\"/dev/a\"} 8192\n");
	expect_out("complete", &r, "\nswpdecode_complete 1\n");
	cr_expect(!strstr(r.out, "check=\"flag-mismatch\""), "skipped, not zero: %s", r.out);
	ran_free(&r);
	run(&r, t.dir, "rm proc/7/pagemap; %s", judge);
	cr_expect(r.status == 1, "status %d: %s", r.status, r.out);
	ran_free(&r);
	tree_drop(&t);
}

/* Nobody reads on: the status that -E asks for is still the right one. */
Test(trees, a_closed_pipe, .timeout = 60)
{
	static uint64_t words[100000];
	struct tree t;
	struct ran r;

	for (size_t i = 0; i < sizeof(words) / 8; i++)
		words[i] = SLOT(0, i + 1);
	words[98000] = SLOT(27, 0x15);
	usual_tree(&t, words, 7);
	tree_process(&t, 9, "1000-18000000 rw-p 0 00:00 0\n", 0x1000, words, sizeof(words) / 8);
	run(&r, t.dir,
		"truncate -s 1M proc/9/pagemap; { swpdecode --sysroot . -q -p 9 -E hwpoison -F ndjson; "
		"echo $? >status; } | head -n 1 >/dev/null; cat status");
	cr_expect(!strcmp(r.out, "4\n"), "%s%s", r.out, r.err);
	ran_free(&r);
	run(&r, t.dir,
		"{ swpdecode --sysroot . -q -p 9 -F ndjson; echo $? >status; } | head -n 1 >/dev/null; "
		"cat status");
	/* dies of the signal, unless whoever started the tests ignores that */
	cr_expect((!strcmp(r.out, "141\n") || !strcmp(r.out, "0\n")) && !*r.err, "%s%s", r.out, r.err);
	ran_free(&r);
	tree_drop(&t);
}

/* What was printed is not all: where the output has no room for it, standard error says so. */
Test(trees, an_interrupt, .timeout = 30)
{
	static const char *const how[] = { "-l", "-L", "-F csv", "" };
	const uint64_t words[7] = { SLOT(0, 1) };
	struct tree t;
	struct ran r;

	usual_tree(&t, words, 7);
	tree_text(&t, "proc/8/maps", maps_line);
	run(&r, t.dir, "mkfifo proc/8/pagemap");
	ran_free(&r);
	for (size_t i = 0; i < sizeof(how) / sizeof(how[0]); i++) {
		run(&r, t.dir, "timeout -s INT 0.5 \"$SWPDECODE\" --sysroot . -a --timeout=9 %s", how[i]);
		expect_err(how[i], &r, "swpdecode: interrupted\n");
		ran_free(&r);
	}
	tree_drop(&t);
}

/* SIGINT that was ignored before, as in the background of a shell without job control, stays so. */
Test(trees, an_ignored_interrupt, .timeout = 30)
{
	const uint64_t words[7] = { SLOT(0, 1) };
	struct tree t;
	struct ran r;

	usual_tree(&t, words, 7);
	tree_text(&t, "proc/8/maps", maps_line);
	run(&r, t.dir, "mkfifo proc/8/pagemap; trap '' INT; swpdecode --sysroot . -a --timeout=2 -F ndjson & "
		"sleep 0.5; kill -INT $!; wait $!; echo status $?");
	expect_out("it went on", &r, "status 3\n");
	ran_free(&r);
	tree_drop(&t);
}

/* ---- page frames ---- */

/* 6.12 with MIGRATION and MEMORY_FAILURE: hwpoison 27, migration 28 to 30, markers 31. */
static const uint64_t frame_words[7] = { SLOT(27, 0x10), SLOT(27, 0x11), SLOT(28, 0x12), SLOT(30, 0x13),
	SLOT(28, 0x14), SLOT(28, 0x100000), 1ull << 63 | 0x15 };

#define PRESENT(pfn) (1ull << 63 | (pfn))

/* A line of -l stands for entries of which all its columns are true. */
Test(trees, frames_of_a_run)
{
	const uint64_t words[7] = { PRESENT(0x10), PRESENT(0x11), PRESENT(0x12), PRESENT(0x13),
		PRESENT(0x14) };
	uint64_t sparse[0x15] = { 0 };
	struct tree t;
	struct ran r;

	usual_tree(&t, words, 7);
	for (int i = 0; i < 5; i++)
		sparse[0x10 + i] = 1ull << (i < 4 ? 12 : 2);
	tree_bytes(&t, "proc/kpageflags", sparse, sizeof(sparse));
	for (int i = 0; i < 5; i++)
		sparse[0x10 + i] = i < 2 ? 3 : 4;
	tree_bytes(&t, "proc/kpagecount", sparse, sizeof(sparse));
	expect_run(&t, "-q -p 7 -l -C present --no-headings -o vaddr,pages,page_flags,mapcount", 0, &r);
	cr_expect(!strcmp(r.out,
		"        0x1000     2 anon              3\n"
		"        0x3000     2 anon              4\n"
		"        0x5000     1 referenced        4\n"), "%s", r.out);
	ran_free(&r);
	expect_run(&t, "-q -p 7 -l -C present --no-headings -o vaddr,pages", 0, &r);
	cr_expect(count_text(r.out, "\n") == 1, "%s", r.out);
	ran_free(&r);
	tree_drop(&t);
}

static void frame_tree(struct tree *t)
{
	const uint64_t flags[6] = { 1 << 19, 1 << 2, 1 << 0 | 1 << 12, 1 << 12, 1 << 20, 1 << 12 | 1 << 21 };
	const uint64_t counts[6] = { 0, 1, 0, 2, 0, 7 };
	uint64_t sparse[0x16] = { 0 };

	usual_tree(t, frame_words, 7);
	memcpy(&sparse[0x10], flags, sizeof(flags));
	tree_bytes(t, "proc/kpageflags", sparse, sizeof(sparse));
	memcpy(&sparse[0x10], counts, sizeof(counts));
	tree_bytes(t, "proc/kpagecount", sparse, sizeof(sparse));
}

Test(trees, frames)
{
	struct tree t;
	struct ran r;

	frame_tree(&t);
	expect_run(&t, "-q -p 7 -F ndjson", 0, &r);
	expect_entry(&r, "0x1000", "\"page_flags\":[\"hwpoison\"],\"mapcount\":0,");
	expect_entry(&r, "0x1000", "\"findings\":[]");
	expect_entry(&r, "0x2000", "\"check\":\"flag-mismatch\",\"severity\":\"warning\","
		"\"text\":\"frame 0x11 is not marked hwpoison\"");
	expect_entry(&r, "0x3000", "\"page_flags\":[\"locked\",\"anon\"],\"mapcount\":0,");
	expect_entry(&r, "0x3000", "\"findings\":[]");
	expect_entry(&r, "0x4000", "\"check\":\"flag-mismatch\"");
	expect_entry(&r, "0x4000", "\"mapcount\":2,");
	expect_entry(&r, "0x5000", "\"check\":\"pfn-beyond-memory\",\"severity\":\"error\","
		"\"text\":\"frame 0x14: there is no memory\"");
	expect_entry(&r, "0x6000", "\"page_flags\":null,\"mapcount\":null,");
	expect_entry(&r, "0x6000", "\"text\":\"frame 0x100000: the last frame of this machine is below it\"");
	expect_out("nothing skipped", &r, "\"checks_skipped\":[]");
	ran_free(&r);
	expect_run(
		&t, "-q -p 7 -F csv --no-headings -o vaddr,class --page-flags=ksm,hwpoison -C none", 0, &r);
	cr_expect(!strcmp(r.out, "0x7000,present\n"), "%s", r.out);
	ran_free(&r);
	expect_run(&t, "-q -p 7 -F csv --no-headings -o vaddr,class --page-flags=locked -C none", 0, &r);
	cr_expect(!strcmp(r.out, ""), "%s", r.out);
	ran_free(&r);
	expect_run(&t, "-p 7 --page-flags=ksm,nonsense", 2, &r);
	expect_err("no such flag", &r, "--page-flags=ksm,nonsense: no page flag 'nonsense'");
	ran_free(&r);
	expect_run(&t, "-q -p 7 -F ndjson -C present", 0, &r);
	expect_entry(&r, "0x7000", "\"page_flags\":[\"anon\",\"ksm\"],\"mapcount\":7,");
	ran_free(&r);
	expect_json(&t, "-p 7 --all-entries");

	/* switched off, and on again */
	expect_run(&t, "-q -p 7 -F ndjson -W no-flag-mismatch -E flag-mismatch", 0, &r);
	cr_expect(!strstr(r.out, "flag-mismatch") && strstr(r.out, "pfn-beyond-memory"), "%s", r.out);
	ran_free(&r);
	expect_run(&t, "-q -p 7 -W no-flag-mismatch -W flag-mismatch -E flag-mismatch", 4, &r);
	ran_free(&r);
	expect_run(&t, "-p 7 -W no-such", 2, &r);
	expect_err("no such check", &r, "-W no-such: no check of entries of that name");
	ran_free(&r);

	/* no facts: skipped, and said so */
	run(&r, t.dir, "rm proc/kpageflags; swpdecode --sysroot . -q -p 7 -F ndjson");
	cr_expect(r.status == 0);
	expect_out("skipped", &r, "\"checks_skipped\":[\"pfn-beyond-memory\",\"flag-mismatch\"]");
	expect_entry(&r, "0x2000", "\"page_flags\":null,\"mapcount\":null,");
	ran_free(&r);
	expect_run(&t, "-q -p 7", 0, &r);
	expect_out("summary", &r, "checks skipped, for want of facts: pfn-beyond-memory, "
		"flag-mismatch\n");
	ran_free(&r);
	tree_drop(&t);
}

static void expect_found(const struct tree *t, const char *find, int status, const char *pages)
{
	char options[256];
	struct ran r;

	snprintf(options, sizeof(options), "-q -a --no-headings -F csv -o pid,vaddr %s", find);
	expect_run(t, options, status, &r);
	cr_expect(!strcmp(r.out, pages), "%s: expected\n%s got\n%s%s", find, pages, r.out, r.err);
	ran_free(&r);
}

Test(trees, find)
{
	const uint64_t words[7] = { SLOT(0, 5), SLOT(1, 5), SLOT(0, 6), 0, SLOT(27, 0x15) };
	struct tree t;
	struct ran r;

	frame_tree(&t);
	tree_process(&t, 8, maps_line, 0x1000, words, 7);
	tree_process(&t, 9, maps_line, 0x1000, words, 2);
	tree_text(&t, "proc/swaps", SWAPS "/dev/a:b partition 4096 100 -2\n/dev/c partition 4096 100 -2\n");
	expect_found(&t, "--find=swap:0:5", 3, "8,0x1000\n9,0x1000\n");
	expect_found(&t, "--find=swap:0:0x6 -p 8", 2, "");
	expect_found(&t, "--find=swap:/dev/c:5", 3, "8,0x2000\n9,0x2000\n");
	expect_found(&t, "--find=swap:/dev/a:b:6 --find=swap:1:5", 3, "8,0x2000\n8,0x3000\n9,0x2000\n");
	expect_found(&t, "--find=pfn:0x15", 3, "7,0x7000\n8,0x5000\n");
	expect_found(&t, "--find='[ 1.2] Memory failure: 0x15: recovery action for LRU page: Recovered'", 3,
		"7,0x7000\n8,0x5000\n");
	expect_found(&t, "--find='[ 1.2] MCE 0x15: dirty LRU page recovery: Recovered'", 3,
		"7,0x7000\n8,0x5000\n");
	expect_found(&t, "--find='Memory failure: 15: recovery action for LRU page: Recovered'", 2, "");
	expect_found(&t, "--find='Read-error on swap-device (8:0:7)'", 1, "");
	expect_found(&t, "--find='I/O error, dev sda, sector 7 op 0x0:(READ)'", 1, "");
	expect_found(&t, "--find=pfn:77", 3, "");
	tree_process(&t, 9, maps_line, 0x1000, words, 7);
	expect_found(&t, "--find=swap:0:5", 0, "8,0x1000\n9,0x1000\n");
	/* shared memory may have it */
	expect_found(&t, "--find=swap:0:7", 3, "");
	expect_found(&t, "--find=swap:/dev/b:7", 1, "");
	expect_found(&t, "--find=sector:8:0:7", 1, "");
	expect_found(&t, "--find=swap:0", 2, "");
	expect_found(&t, "--find=pfn:x", 2, "");
	/* without a format: the entries, not the summary; and why there are none */
	expect_run(&t, "-q -a --no-headings --find=pfn:0x15", 0, &r);
	cr_expect(strstr(r.out, "0x7000") && !strstr(r.out, "verdict:"), "%s", r.out);
	ran_free(&r);
	expect_run(&t, "-q -a --find=swap:0:7", 3, &r);
	expect_err("not found", &r, "no page table refers to the slot of --find=swap:0:7, but slots");
	ran_free(&r);
	run(&r, t.dir, "swpdecode --find=pfn:1 0x1000");
	cr_expect(r.status == 2);
	ran_free(&r);
	tree_drop(&t);
}

/* An error of a disk names the disk; swap may lie on a partition of it. Sector 8 of that is in slot 1. */
Test(trees, find_by_disk_error)
{
	static const char *const page = "7,0x1000\n", *const errors[] = {
		"blk_update_request: I/O error, dev cciss/c0d0, sector 2058 op 0x0:(READ) flags 0x0",
		"end_request: critical medium error, dev cciss/c0d0, sector 2063", "sector:8:0:2056",
		"sector:8:2:10" };
	static const char *const others[] = { "I/O error, dev cciss/c0d0, sector 10", "sector:8:0:6153",
		"sector:8:1:2056", "I/O error, dev nosuch, sector 2056" };
	const uint64_t words[7] = { SLOT(0, 1), SLOT(0, 2) };
	char option[160];
	struct tree t;
	struct ran r;

	usual_tree(&t, words, 7);
	run(&r, t.dir, "mkdir dev && mknod dev/c0d0p2 b 8 2");
	if (r.status) {
		ran_free(&r);
		tree_drop(&t);
		cr_skip_test("no device node can be made");
	}
	ran_free(&r);
	tree_text(&t, "proc/swaps", SWAPS "/dev/c0d0p2 partition 4096 100 -2\n");
	tree_text(&t, "sys/devices/d/cciss!c0d0/dev", "8:0\n");
	tree_text(&t, "sys/devices/d/cciss!c0d0/c0d0p2/partition", "2\n");
	tree_text(&t, "sys/devices/d/cciss!c0d0/c0d0p2/start", "2048\n");
	tree_text(&t, "sys/devices/d/cciss!c0d0/c0d0p2/size", "4096\n");
	tree_link(&t, "sys/class/block/cciss!c0d0", "../../devices/d/cciss!c0d0");
	tree_link(&t, "sys/dev/block/8:2", "../../devices/d/cciss!c0d0/c0d0p2");
	for (size_t i = 0; i < sizeof(errors) / sizeof(errors[0]); i++) {
		snprintf(option, sizeof(option), "--find='%s'", errors[i]);
		expect_found(&t, option, 0, page);
	}
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		snprintf(option, sizeof(option), "--find='%s'", others[i]);
		expect_found(&t, option, 1, "");
	}
	tree_drop(&t);
}

#define LOG(lines)                                                                            \
	"printf 'Linux version 6.12.0 (x@y) #1\\n" lines "\\n' | swpdecode -i klog -A x86_64 " \
	"-s MIGRATION=y,MEMORY_FAILURE=y,DEVICE_PRIVATE=n -F ndjson"

/* Every check that --list-checks names is seen to fire here; a new one needs a row. */
Test(trees, every_check_fires)
{
	static const struct {
		const char *check, *command;
	} rows[] = {
		{ "bad-value", "swpdecode -A x86_64 -k 6.12 -F ndjson zz" },
		{ "reserved-bits", "swpdecode -A riscv64 -k 6.1 -F ndjson 8" },
		{ "no-device", "echo >proc/swaps Filename; swpdecode --sysroot . -p 8 -F ndjson" },
		{ "beyond-device", "printf \"Filename\\n/x file 4096 0 -2\\n\" >proc/swaps; "
			"swpdecode --sysroot . -p 8 -F ndjson" },
		{ "unused-slot", "\"${PYTHON:-python3}\" \"$SRCDIR/tests/mkguest.py\" "
			"\"$FIXTURES/dumps/kernels.txt\" slots-of-6.1 d && swpdecode -d d -F ndjson" },
		{ "offset-zero", "swpdecode --sysroot . -p 8 -F ndjson" },
		{ "unknown-marker", "swpdecode --sysroot . -p 8 -F ndjson" },
		{ "no-swap", "swpdecode --sysroot . -s SWAP=n -p 8 -F ndjson" },
		{ "pfn-beyond-memory", "swpdecode --sysroot . -p 7 -F ndjson" },
		{ "poisoned-page", "printf '\\0\\0\\010\\0\\0\\0\\0\\0' | dd of=proc/kpageflags bs=8 "
			"seek=21 conv=notrunc 2>/dev/null; swpdecode --sysroot . -p 7 -C present -F ndjson" },
		{ "flag-mismatch", "swpdecode --sysroot . -p 7 -F ndjson" },
		{ "torn-pte", "for byte in 22 22 23 22; do printf \"\\\\0\\\\0\\\\$byte\\\\0\"; done | "
			"swpdecode -A ppc32:nohash32-8xx-16k -k 6.12 -i bin -F ndjson" },
		{ "quirk", "swpdecode -A riscv64:svrsw60t59b -k 7.2 --level pmd -F ndjson 8" },
		{ "partial-input", "rm proc/8/pagemap; swpdecode --sysroot . -p 7,8 -F ndjson" },
		{ "smaps-differs", "printf \"1000-8000 rw-p 0 00:00 0\\nSwap: 96 kB\\n\" >proc/8/smaps; "
			"swpdecode --sysroot . -p 8 -F ndjson" },
		{ "repeated", LOG("Bad swap file entry 1000\\nBad swap file entry 1000") },
		{ "rss-counter",
			LOG("Bad swap file entry 1000\\n"
			    "BUG: Bad rss-counter state mm:00000000faa80a55 type:MM_SWAPENTS val:-1") },
		{ "poisoned-frame",
			LOG("Memory failure: 0x12345: recovery action for dirty LRU page: Recovered\\n"
			    "BUG: Bad page map in process x  pte:dffffffffdb97400 pmd:12345067") },
		{ "swap-error", LOG("Read-error on swap-device (254:0:8)") },
		{ "empty-offset", LOG("BUG: Bad page map in process x  pte:c800000000000000 pmd:12345067") },
		{ "wrong-era", "printf 'Linux version 4.1.0-7-amd64 (d) (gcc) #1\\n"
			"swap_info_get: Bad swap offset entry 00001234\\n"
			"BUG: Bad page map in process x  pte:048d0000 pmd:74b30067\\n' | "
			"swpdecode -i klog -A x86_64 -F ndjson" },
		{ "upper-level", LOG("BUG: Bad page map in process x  pgd:123456") },
		{ "machine", LOG("Bad swap file entry 1000\\nHardware name: Box 1") },
		{ "verdict", LOG("BUG: Bad page map in process x  pte:400000000000000 pmd:a9ed2067") },
	};
	/* Those about wrong entries in logs: a bug report that has one is in the fixtures. */
	static const char report[] =
		"awk -v c='check %s' '/^case /{args=\"\"; hit=0} /^args /{args=substr($0, 6)} "
		"$0==c{hit=1} /^\\|/{if (hit) print (args ? \"#\" args \"\\n\" : \"\") substr($0, 2); "
		"args=\"\"}' "
		"\"$FIXTURES/klog/cases.txt\" >log; "
		"awk '/^#/{n++; print substr($0, 2) >(\"a\" n); next} {print >(\"l\" n)}' log; "
		"for a in a[0-9]*; do swpdecode -i klog $(cat $a) -F ndjson -f l${a#a}; done";
	const uint64_t words[7] = { SLOT(0, 5000), SLOT(1, 0), SLOT(31, 0x100) };
	struct tree t;
	struct ran list, r;
	int n = 0;

	frame_tree(&t);
	tree_process(&t, 8, maps_line, 0x1000, words, 7);
	run(&list, NULL, "swpdecode --list-checks");
	for (char *rest = list.out, *line; (line = strsep(&rest, "\n")) && *line; n++) {
		const char *command = NULL;
		char said[64];

		line[strcspn(line, " ")] = 0;
		for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
			if (!strcmp(rows[i].check, line))
				command = rows[i].command;
		if (command) {
			run(&r, t.dir, "%s", command);
		} else {
			char text[sizeof(report) + 64];

			snprintf(text, sizeof(text), report, line);
			run(&r, t.dir, "rm -f a* l*; %s", text);
		}
		snprintf(said, sizeof(said), "\"check\":\"%s\"", line);
		cr_expect(strstr(r.out, said), "%s: %s\n%s", line, command, r.out);
		ran_free(&r);
	}
	cr_expect(n >= 12, "only %d checks", n);
	ran_free(&list);
	tree_drop(&t);
}

/* A page map and its maps file, of whatever machine. */
Test(trees, saved_page_map)
{
	static const char saved[] = "-i pagemap -f proc/7/pagemap --maps=proc/7/maps";
	const uint64_t words[7] = { SLOT(0, 1), 0, SLOT(28, 0x123), 1ull << 63 };
	struct tree t;
	struct ran r;

	usual_tree(&t, words, 7);
	run(&r, t.dir, "swpdecode -k 6.12 -s MIGRATION=y,MEMORY_FAILURE=n,DEVICE_PRIVATE=n %s -F ndjson",
		saved);
	cr_expect(r.status == 0, "status %d: %s", r.status, r.err);
	expect_entry(&r, "0x1000", "\"class\":\"swap\"");
	expect_entry(&r, "0x3000", "\"class\":\"migration-read\"");
	expect_out("no process", &r, "\"pid\":null,\"comm\":null");
	expect_out("no devices of this machine", &r, "\"swap_devices\":null");
	ran_free(&r);
	run(&r, t.dir, "swpdecode -q -k 6.12 %s", saved);
	expect_out("summary", &r, "page map proc/7/pagemap\n");
	ran_free(&r);
	run(&r, t.dir, "swpdecode -q %s -l -r 3000 --no-headings", saved);
	cr_expect(r.status == 0 && count_text(r.out, "\n") == 1, "%s%s", r.out, r.err);
	ran_free(&r);
	for (int i = 0; i < 3; i++) {
		static const char *const names[] = { "-f proc/7/pagemap --maps=fifo",
			"-f fifo --maps=proc/7/maps", "-f proc/7/pagemap --maps=fifo" };

		/* without a writer; of the last one only a line comes */
		run(&r, t.dir, "%s timeout 8 \"$SWPDECODE\" -q --timeout=1 -i pagemap %s",
			i == 2 ? "{ cat proc/7/maps; sleep 3; } >fifo &" : "[ -p fifo ] || mkfifo fifo;",
			names[i]);
		cr_expect(r.status == 3, "%d: status %d", i, r.status);
		expect_err(names[i], &r, "swpdecode: fifo could not be read for 1 s: nothing comes");
		ran_free(&r);
	}
	run(&r, t.dir, "swpdecode %s", "-i pagemap -f proc/7/pagemap --maps=nowhere");
	cr_expect(r.status == 1);
	expect_err("no maps", &r, "swpdecode: nowhere: cannot open: No such file or directory\n");
	ran_free(&r);
	tree_drop(&t);
}

/* What a user without rights captured on 6.15 or later: guard markers are told, all else is hidden. */
Test(trees, guard_markers_are_not_hidden)
{
	const uint64_t words[7] = { 1ull << 62, 1ull << 62 | 1ull << 58, 1ull << 62 | 3ull << 57,
		1ull << 62 | 1ull << 57 };
	struct tree t;
	struct ran r;

	for (int i = 0; i < 2; i++) {
		tree_make(&t);
		tree_process(&t, 7, maps_line, 0x1000, words, 7);
		tree_text(&t, "proc/sys/kernel/osrelease", i ? "6.18.3\n" : "6.14.3\n");
		expect_run(&t, "-p 7 -F ndjson", 3, &r);
		expect_entry(&r, "0x1000", "\"class\":\"unknown\",\"unknown_why\":\"hidden\"");
		expect_entry(&r, "0x2000", i ? "\"class\":\"pte-marker\",\"unknown_why\":null,"
			"\"candidates\":[],\"swap_type\":null,\"swap_offset\":null" :
			"\"class\":\"unknown\",\"unknown_why\":\"hidden\"");
		expect_out("total", &r, i ? "\"hidden\":2," : "\"hidden\":4,");
		cr_expect(count_text(r.out, "\"marker\":[\"guard\"]") == (i ? 2 : 0), "%s", r.out);
		ran_free(&r);
		expect_run(&t, "-p 7", 3, &r);
		cr_expect(!strstr(r.out, "pte-marker guard                                2") == !i, "%s",
			r.out);
		ran_free(&r);
		tree_drop(&t);
	}
}

/* Without mappings nothing is said about what is not present. */
Test(trees, empty_maps)
{
	const uint64_t words[7] = { SLOT(0, 1) };
	struct tree t;
	struct ran r;

	usual_tree(&t, words, 7);
	tree_text(&t, "proc/7/maps", "");
	expect_run(&t, "-p 7", 3, &r);
	expect_out("tree", &r, "complete: no: pid 7: its maps file is empty");
	expect_err("tree", &r, "swpdecode: pid 7: its maps file is empty: it was not copied whole, or this "
		"is a kernel thread\n");
	ran_free(&r);
	run(&r, t.dir, "swpdecode -q -i pagemap -f proc/7/pagemap --maps=proc/7/maps");
	cr_expect(r.status == 3 && !strcmp(r.err, "swpdecode: the maps file is empty\n"), "status %d: %s",
		r.status, r.err);
	ran_free(&r);
	tree_text(&t, "proc/7/maps", "no\nmapping\n");
	run(&r, t.dir, "swpdecode -q -i pagemap -f proc/7/pagemap --maps=proc/7/maps");
	cr_expect(r.status == 3 && !strcmp(r.err, "swpdecode: maps line 1: not a mapping\n"), "status %d: %s",
		r.status, r.err);
	ran_free(&r);
	tree_drop(&t);
}

/* The holes of a captured page map are not read: a tebibyte of them costs nothing. */
Test(trees, holes, .timeout = 20)
{
	const uint64_t words[7] = { SLOT(0, 1) };
	struct tree t;
	struct ran r;

	usual_tree(&t, words, 7);
	tree_text(&t, "proc/7/maps", "1000-10000000000 rw-p 0 00:00 0\n");
	run(&r, t.dir, "truncate -s 2G proc/7/pagemap && swpdecode --sysroot . -p 7 -F ndjson");
	cr_expect(r.status == 0, "status %d", r.status);
	expect_out("holes", &r, "\"none\":{\"entries\":268435454");
	expect_entry(&r, "0x1000", "\"class\":\"swap\"");
	ran_free(&r);
	run(&r, t.dir, "truncate -s 1G proc/7/pagemap && swpdecode --sysroot . -p 7 -F ndjson");
	cr_expect(r.status == 3, "status %d", r.status);
	expect_out("a short file", &r, "\"unreadable\":134217728,");
	ran_free(&r);
	tree_drop(&t);
}

/* The line that says how far it is: on a terminal, after a second, gone at the end. */
Test(trees, progress)
{
	static const char script[] = "import os, pty, sys\n"
				     "master, slave = pty.openpty()\n"
				     "pid = os.fork()\n"
				     "if not pid:\n"
				     "\tos.dup2(slave, 2)\n"
				     "\ttool = os.environ[\"SWPDECODE\"]\n"
				     "\tos.execvp(tool, [tool] + sys.argv[1:])\n"
				     "os.close(slave)\n"
				     "said = b\"\"\n"
				     "try:\n"
				     "\twhile True: said += os.read(master, 4096)\n"
				     "except OSError: pass\n"
				     "os.waitpid(pid, 0)\n"
				     "sys.stderr.write(ascii(said))\n";
	const uint64_t words[7] = { SLOT(0, 1) };
	struct tree t;
	struct ran r;

	if (!have_python())
		cr_skip_test("no PYTHON");
	usual_tree(&t, words, 7);
	tree_process(&t, 6, maps_line, 0x1000, words, 7);
	run(&r, t.dir, "rm proc/7/pagemap && mkfifo proc/7/pagemap");
	ran_free(&r);
	for (int i = 0; i < 4; i++) {
		static const char *const options[] = { "--timeout=2 -p 6,7",
			"--timeout=2 -p 6,7 --no-progress", "--timeout=2 -p 6,7 -q", "-p 6" };

		run(&r, t.dir, "%s -c '%s' --sysroot . %s -F csv", getenv("PYTHON"), script, options[i]);
		cr_expect(!!strstr(r.err, "1 of 2 processes, 7 pages") == !i, "%s: %s", options[i], r.err);
		if (!i)
			cr_expect(strstr(r.err, "\\r\\x1b[Kswpdecode: pid 7:"), "it stays: %s", r.err);
		ran_free(&r);
	}
	tree_drop(&t);
}

Test(trees, names)
{
	static const char odd[] =
		"7 (a) R (b\\n\xff\"\x1b) S 1 7 7 0 -1 4194304 0 0 0 0 0 0 0 0 20 0 1 0 5 0 0\n";
	const uint64_t words[7] = { SLOT(0, 1), SLOT(0, 2), SLOT(0, 3), SLOT(0, 4), SLOT(0, 5) };
	struct tree t;
	struct ran r;

	usual_tree(&t, words, 7);
	tree_text(&t, "proc/7/stat", odd);
	tree_text(&t, "proc/7/maps",
		"1000-2000 rw-p 0 00:00 0      /a \"b\" c\\d\n2000-3000 rw-p 0 00:00 0 /new\\012line "
		"(deleted)\n"
		"3000-4000 rw-p 0 00:00 0 /\xff\xfe\xc3(\xf4\x90\x80\x80\n4000-5000 rw-p 0 00:00 0 "
		"/\xc3\xa4\xe2\x82\xac\n"
		"5000-6000 rw-p 0 00:00 0 /\033]0;x\007\xc2\x9b\x9b\n");
	expect_run(&t, "-p 7 -F ndjson", 0, &r);
	expect_entry(&r, "0x1000", "\"comm\":\"a) R (b\\\\n\\u00ff\\\"\\u001b\"");
	expect_entry(&r, "0x1000", "\"vma\":\"/a \\\"b\\\" c\\\\d\"");
	expect_entry(&r, "0x2000", "\"vma\":\"/new\\\\012line (deleted)\"");
	expect_entry(&r, "0x3000", "\"vma\":\"/\\u00ff\\u00fe\\u00c3(\\u00f4\\u0090\\u0080\\u0080\"");
	expect_entry(&r, "0x4000", "\"vma\":\"/\xc3\xa4\xe2\x82\xac\"");
	ran_free(&r);
	expect_json(&t, "-p 7");
	for (int i = 0; i < 3; i++) {
		static const char *const outputs[] = { "-p 7", "-p 7 -l", "-p 7 -L -o comm,vma" };

		expect_run(&t, outputs[i], 0, &r);
		cr_expect(!strpbrk(r.out, "\033\007\377\376") && !strstr(r.out, "\xc2\x9b"),
			"%s: a terminal would obey this:\n%s", outputs[i], r.out);
		ran_free(&r);
	}
	expect_run(&t, "-p 7 -F csv -o vma", 0, &r);
	expect_out("csv", &r, "\n\"/a \"\"b\"\" c\\d\"\n");
	expect_out("csv", &r, "\n/??\?(????\n/\xc3\xa4\xe2\x82\xac\n/\033]0;x\007\xc2\x9b?\n");
	ran_free(&r);
	expect_run(&t, "-p 7 -F csv -o comm", 0, &r);
	expect_out("csv", &r, "\n\"a) R (b\\n?\"\"\033\"\n");
	ran_free(&r);
	tree_drop(&t);
}

/* Text that turns the direction of writing makes a terminal show other names than there are; in findings too.
 * It is UTF-8, so machines get it. */
Test(trees, names_that_mislead)
{
	static const char *const outputs[] = { "", "-l", "-L -o comm,vma", "-F prom", "-L -o vma,detail" };
	static const char *const turns[] = { "\xe2\x80\xae", "\xe2\x81\xa6", "\xd8\x9c", "\xe2\x80\xa8",
		"\xef\xbb\xbf", "\xf3\xa0\x80\xa1", "\xc2\x85", "\033", "\377" };
	const uint64_t words[7] = { SLOT(0, 1), SLOT(0, 2), SLOT(0, 3), SLOT(0, 4), SLOT(0, 5) };

	for (size_t i = 0; i < sizeof(turns) / sizeof(turns[0]); i++) {
		char maps[200], stat[200];
		struct tree t;
		struct ran r;

		usual_tree(&t, words, 7);
		snprintf(stat, sizeof(stat),
			"7 (%sx) S 1 7 7 0 -1 4194304 0 0 0 0 0 0 0 0 20 0 1 0 5 0 0\n", turns[i]);
		tree_text(&t, "proc/7/stat", stat);
		snprintf(maps, sizeof(maps), "00001000-00008000 rw-p 00000000 00:00 0 /a%sb\n", turns[i]);
		tree_text(&t, "proc/7/maps", maps);
		strcat(maps, "Swap: 0 kB\n");
		tree_text(&t, "proc/7/smaps", maps);
		for (size_t k = 0; k < sizeof(outputs) / sizeof(outputs[0]); k++) {
			char options[64];

			snprintf(options, sizeof(options), "-p 7 %s", outputs[k]);
			expect_run(&t, options, 0, &r);
			cr_expect(!strstr(r.out, turns[i]) && !strstr(r.err, turns[i]), "%zu %s: %s%s", i,
				options, r.out, r.err);
			expect_err("finding", &r, "0x1000-0x8000 /a?");
			ran_free(&r);
		}
		expect_run(&t, "-q -p 7 -F csv -o vma", 0, &r);
		expect_out("csv", &r, i < 8 ? turns[i] : "/a?b\n");
		ran_free(&r);
		tree_drop(&t);
	}
}

/* A comm file is what trees without stat have; the kernel prints the name in it as it is. */
Test(trees, names_without_stat)
{
	const uint64_t words[7] = { SLOT(0, 1) };
	struct tree t;
	struct ran r;

	usual_tree(&t, words, 7);
	tree_text(&t, "proc/7/comm", "a\nb\n");
	expect_run(&t, "-p 7 -F ndjson", 0, &r);
	expect_entry(&r, "0x1000", "\"comm\":\"a\\u000ab\"");
	ran_free(&r);
	tree_drop(&t);
}

static void put_packed(const struct tree *t, const char *path, const char *head, size_t zeros)
{
	static char block[1 << 16];
	char whole[256];
	gzFile gz;

	snprintf(whole, sizeof(whole), "%s/%s", t->dir, path);
	gz = gzopen(whole, "w9");
	cr_assert(gz);
	gzwrite(gz, head, strlen(head));
	for (; zeros; zeros -= sizeof(block))
		gzwrite(gz, block, sizeof(block));
	cr_assert(gzclose(gz) == Z_OK);
}

Test(trees, config_hostile, .timeout = 60)
{
	static const char head[] =
		"# Linux/x86 6.12.0 Kernel Configuration\nCONFIG_MIGRATION=y\nCONFIG_MEMORY_FAILURE=y\n";
	const uint64_t words[7] = { SLOT(29, 1) };
	char path[128];
	struct tree t;
	struct ran r;

	tree_make(&t);
	tree_process(&t, 7, maps_line, 0x1000, words, 7);
	put_packed(&t, "proc/config.gz", head, 100 << 20);
	/* 200 ms are plenty for the 16 MiB at which it is enough; the whole takes more than a second with
	 * sanitizers */
	expect_run(&t, "-p 7 -F ndjson", 0, &r);
	cr_expect(sanitized || r.max_rss < 64 << 10, "%ld KiB of memory", r.max_rss);
	/* what was read counts; what was not seen is not "n" */
	expect_out("bomb", &r, KNOB("MIGRATION", "1", "/proc/config.gz"));
	expect_out("bomb", &r, "\"DEVICE_PRIVATE\":{\"value\":null");
	ran_free(&r);
	/* cut in the middle: the same */
	put_packed(&t, "proc/config.gz", head, 1 << 16);
	snprintf(path, sizeof(path), "%s/proc/config.gz", t.dir);
	struct stat st;
	cr_assert(!stat(path, &st) && !truncate(path, st.st_size - 12));
	expect_run(&t, "-p 7 -F ndjson", 0, &r);
	expect_out("truncated", &r, KNOB("MIGRATION", "1", "/proc/config.gz"));
	expect_out("truncated", &r, "\"DEVICE_PRIVATE\":{\"value\":null");
	ran_free(&r);
	/* whole: what it does not name is off */
	put_packed(&t, "proc/config.gz", head, 0);
	expect_run(&t, "-p 7 -F ndjson", 0, &r);
	expect_out("whole", &r, KNOB("DEVICE_PRIVATE", "0", "/proc/config.gz"));
	expect_entry(&r, "0x1000", "\"class\":\"migration-read-exclusive\"");
	ran_free(&r);
	tree_text(&t, "proc/config.gz", "\x1f\x8b rubbish");
	expect_run(&t, "-p 7 -F ndjson", 0, &r);
	expect_out("rubbish", &r, "\"kernel\":{\"value\":null");
	ran_free(&r);
	tree_drop(&t);
}

/* A kernel image, all holes, whose symbol table is said to be larger than what the tool may take. */
Test(trees, vmlinux_hostile, .timeout = 60)
{
	const off_t huge = (off_t)3 << 30;
	const Elf64_Ehdr head = { .e_ident = { ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS64, ELFDATA2LSB,
			EV_CURRENT }, .e_type = ET_EXEC, .e_machine = EM_X86_64, .e_version = EV_CURRENT,
		.e_shoff = sizeof(head), .e_ehsize = sizeof(head), .e_shentsize = sizeof(Elf64_Shdr),
		.e_shnum = 2 };
	const Elf64_Shdr sections[2] = { [1] = { .sh_type = SHT_SYMTAB, .sh_offset = 4096, .sh_size = huge,
		.sh_entsize = sizeof(Elf64_Sym), .sh_info = 1 } };
	char bytes[sizeof(head) + sizeof(sections)], path[128];
	struct tree t;
	struct ran r;

	memcpy(bytes, &head, sizeof(head));
	memcpy(bytes + sizeof(head), sections, sizeof(sections));
	tree_make(&t);
	tree_bytes(&t, "vmlinux", bytes, sizeof(bytes));
	snprintf(path, sizeof(path), "%s/vmlinux", t.dir);
	cr_assert(!truncate(path, huge + 4096));
	run(&r, t.dir, "swpdecode --vmlinux=vmlinux 0");
	cr_expect(r.status == 1, "status %d, %s", r.status, r.err);
	cr_expect(count_text(r.err, "\n") == 1, "%s", r.err);
	cr_expect(sanitized || r.max_rss < 64 << 10, "%ld KiB of memory", r.max_rss);
	ran_free(&r);
	tree_drop(&t);
}

/* Every line of every tree is JSON. */
Test(trees, json)
{
	char path[512];
	struct ran r;

	if (!have_python())
		cr_skip_test("no PYTHON");
	snprintf(path, sizeof(path), "%s", getenv("PYTHON"));
	run(&r, NULL,
		"for t in trees/*; do swpdecode --sysroot $t -p 42 -q -F ndjson --all-entries; done | %s -c "
		"'%s'",
		path,
		"import json, sys\nn = 0\nfor line in sys.stdin.buffer:\n"
		"\tassert json.loads(line.decode())[\"record\"] in (\"meta\", \"entry\", \"finding\", "
		"\"total\")\n\tn += 1\n"
		"print(n)");
	cr_expect(!r.status && atoi(r.out) > 500, "not JSON: %s%s", r.out, r.err);
	ran_free(&r);
}
