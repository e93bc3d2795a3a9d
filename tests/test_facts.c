/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is known about a captured tree (--sysroot), and from where. Those of fixtures/trees hold one source of
 * facts each; what their entries are is taken from fixtures/types.tsv, numbers that were printed by code of
 * the kernels named there. Damaged and hostile sources are made here, next to what must come of them.
 */
#include <criterion/criterion.h>
#include <elf.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "tests.h"

#define TYPES 32

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

Test(facts, config)
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

Test(facts, counters)
{
	TREE("counters", "", "6.12", "MIG+MF", KERNEL("6.12.0-1", "/proc/version"),
		KNOB("MIGRATION", "1", "/proc/vmstat"), KNOB("MEMORY_FAILURE", "1", "/proc/meminfo"),
		KNOB("DEVICE_PRIVATE", "0", "/proc/vmstat"));
	TREE("counters-missing", "", "7.2", "none", KERNEL("7.2.13", "/proc/sys/kernel/osrelease"),
		KNOB("MIGRATION", "0", "/proc/vmstat"), KNOB("MEMORY_FAILURE", "0", "/proc/meminfo"));
}

Test(facts, symbols)
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
Test(facts, image_of_another_machine)
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

Test(facts, modules)
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

Test(facts, user)
{
	TREE("nothing", "-k 6.12 -s MIGRATION=y,MEMORY_FAILURE=n,DEVICE_PRIVATE=y", "6.12", "MIG+DP",
		KERNEL("6.12", "-k"), KNOB("DEVICE_PRIVATE", "1", "-s"));
	TREE("config-gz", "-k 7.2 -s DEVICE_PRIVATE=n", "7.2", "MIG+MF", KERNEL("7.2", "-k"),
		KNOB("DEVICE_PRIVATE", "0", "-s"), KNOB("MIGRATION", "1", "/proc/config.gz"));
	/* MAX_SWAPFILES 27 of 6.12: hwpoison and migration and nothing else */
	TREE("release-6.12.0", "--max-swapfiles 27", "6.12", "MIG+MF",
		KNOB("max_swapfiles", "27", "--max-swapfiles"));
}

Test(facts, release_only)
{
	TREE("release-5.10.0", "", "5.10", NULL, KERNEL("5.10.0", "/proc/sys/kernel/osrelease"));
	TREE("release-6.1.0", "", "6.1", NULL, KERNEL("6.1.0", "/proc/sys/kernel/osrelease"));
	TREE("release-6.12.0", "", "6.12", NULL, KERNEL("6.12.0", "/proc/sys/kernel/osrelease"));
	TREE("release-7.2.0", "", "7.2", NULL, KERNEL("7.2.0", "/proc/sys/kernel/osrelease"));
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
Test(facts, btf_in_itself, .timeout = 60)
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
Test(facts, what_is_stated_and_denied_is_told)
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
Test(facts, btf)
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

/* ---- damaged and hostile ones ---- */

Test(facts, links_of_modules)
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
Test(facts, modules_damaged)
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

Test(facts, config_hostile, .timeout = 60)
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
Test(facts, vmlinux_hostile, .timeout = 60)
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

/* ---- all of them ---- */

/* Every line of every tree is JSON. */
Test(facts, json)
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
