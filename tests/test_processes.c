/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Processes of captured trees (--sysroot): their page maps, mappings, names, and sums over all of them.
 * Damaged and hostile trees are made here, next to what must come of them.
 */
#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "tests.h"

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

Test(processes, maps_damaged)
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

Test(processes, maps_junk)
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

Test(processes, pagemap_truncated)
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

Test(processes, missing)
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

Test(processes, ranges)
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

/* A page map and its maps file, of whatever machine. */
Test(processes, saved_page_map)
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
	run(&r, t.dir, "cat proc/7/pagemap | swpdecode -q -i pagemap -f /dev/stdin --maps=proc/7/maps");
	cr_expect(r.status == 3, "a pipe: status %d", r.status);
	expect_err("a pipe", &r, "swpdecode: /dev/stdin: cannot read: not a regular file\n");
	ran_free(&r);
	run(&r, t.dir, "swpdecode %s", "-i pagemap -f proc/7/pagemap --maps=nowhere");
	cr_expect(r.status == 1);
	expect_err("no maps", &r, "swpdecode: nowhere: cannot open: No such file or directory\n");
	ran_free(&r);
	tree_drop(&t);
}

/* What a user without rights captured on 6.15 or later: guard markers are told, all else is hidden. */
Test(processes, guard_markers_are_not_hidden)
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

/* A thread stands for its process where the tree has that. */
Test(processes, threads)
{
	const uint64_t words[7] = { SLOT(0, 1) };
	struct tree t;
	struct ran r;

	usual_tree(&t, words, 7);
	tree_process(&t, 9, maps_line, 0x1000, words, 7);
	tree_text(&t, "proc/9/status", "Name:\tx\nTgid:\t8\n");
	expect_run(&t, "-p 9", 0, &r);
	expect_out("alone", &r, "process 9 ");
	ran_free(&r);
	tree_text(&t, "proc/9/status", "Name:\tx\nTgid:\t7\n");
	expect_run(&t, "-p 7,9", 0, &r);
	cr_expect(count_text(r.out, "\nprocess 7 ") == 1 && !strstr(r.out, "process 9"), "%s", r.out);
	ran_free(&r);
	expect_run(&t, "-p 9", 0, &r);
	expect_out("its process", &r, "\nprocess 7 ");
	expect_err("its process", &r, "swpdecode: pid 9: a thread of process 7, which is looked at\n");
	ran_free(&r);
	tree_drop(&t);
}

/* Without mappings nothing is said about what is not present. */
Test(processes, empty_maps)
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
Test(processes, holes, .timeout = 20)
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

/* ---- names and links ---- */

/* A name of the longest path does not look whole. */
Test(processes, a_name_that_is_cut_says_so)
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

Test(processes, names)
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
Test(processes, names_that_mislead)
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
Test(processes, names_without_stat)
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

Test(processes, links_stay_inside)
{
	expect_inside(true);
}

/* Before 5.6, and in sandboxes, no system call keeps a path within a directory. */
Test(processes, links_stay_inside_without_openat2)
{
	without_call(SYS_openat2);
	without_call(SYS_landlock_create_ruleset);
	expect_inside(false);
}

/* ---- what blocks, and who stops ---- */

Test(processes, fifo)
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
Test(processes, a_process_whose_reads_block)
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

/* The line that says how far it is: on a terminal, after a second, gone at the end. */
Test(processes, progress)
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

/* Nobody reads on: the status that -E asks for is still the right one. */
Test(processes, a_closed_pipe, .timeout = 60)
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
Test(processes, an_interrupt, .timeout = 30)
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
Test(processes, an_ignored_interrupt, .timeout = 30)
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
Test(processes, a_live_process_captured)
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
Test(processes, shared_memory_is_not_shown)
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
Test(processes, smaps_share)
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
Test(processes, many_differ_from_smaps)
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
Test(processes, sosreport)
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
	/* -q takes warnings away, not what an answer lacks */
	tree_process(&t, 78, maps_line, 0x1000, (const uint64_t[7]){ SLOT(0, 1) }, 7);
	expect_run(&t, "-q -a -l", 3, &r);
	cr_expect(!strncmp(r.err, "swpdecode: 1 process could not be looked at; the first one: ", 59) &&
			count_text(r.err, "\n") == 1, "%s", r.err);
	ran_free(&r);
	run(&r, t.dir, "printf 'Bad swap file entry 1000\\n' | swpdecode --sysroot . -q -i klog -F ndjson");
	expect_out("a log of it", &r, "\"arch\":{\"value\":\"arm64\"");
	ran_free(&r);
	tree_drop(&t);
}

/* The machine, by the name that kernels have for it since 6.1; and the flags of its CPU tell the variant,
 * whoever named the architecture. */
Test(processes, machine)
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
Test(processes, summary_of_all)
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
	expect_out("counted", &r, "\n3 processes, 2 of them with entries to tell of\n    PID COMM ");
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
	expect_out("of many", &r, "/dev/a: 5 pages, 20 KiB of the 10 pages in use there\n");
	expect_out("verdict", &r, "\nverdict: 20 KiB swapped; nothing wrong was found\ncomplete: yes\n");
	ran_free(&r);
	expect_run(&t, "-q -a --no-headings", 0, &r);
	expect_out("no headings", &r, "3 processes, 2 of them with entries to tell of\n      9 large ");
	expect_out("no headings", &r, "       1        0\n  pte-marker ");
	cr_expect(!strstr(r.out, "CLASS"), "%s", r.out);
	ran_free(&r);
	tree_drop(&t);
}

/* Numbers go with their nouns, and what is said of several processes is not said of one. */
Test(processes, summary_of_few)
{
	const uint64_t words[7] = { SLOT(0, 5), SLOT(0, 6) };
	static const char swaps[] = SWAPS "/dev/a partition 4096 4 -2\n";
	struct tree t;
	struct ran r;

	usual_tree(&t, words, 7);
	tree_text(&t, "proc/7/comm", "one\n");
	tree_text(&t, "proc/swaps", swaps);
	expect_run(&t, "-q -a", 0, &r);
	expect_out("one", &r, "\n1 process, with entries to tell of\n    PID COMM ");
	expect_out("one", &r, "  type 0, /dev/a: 2 pages, 8 KiB; in use there: 1 page: one (7) 2\n");
	ran_free(&r);
	tree_process(&t, 8, maps_line, 0x1000, words, 7);
	tree_text(&t, "proc/8/comm", "two\n");
	expect_run(&t, "-q -a", 0, &r);
	expect_out("two", &r, "\n2 processes, all with entries to tell of\n");
	expect_out("two", &r, "/dev/a: 4 pages, 16 KiB; in use there: 1 page, some by several processes: ");
	ran_free(&r);
	expect_run(&t, "-q -p 7,8", 0, &r);
	cr_expect(count_text(r.out, "2 pages, 8 KiB; in use there: 1 page\n") == 2, "%s", r.out);
	ran_free(&r);
	tree_process(&t, 7, maps_line, 0x1000, (const uint64_t[7]){ 0 }, 7);
	tree_process(&t, 8, maps_line, 0x1000, (const uint64_t[7]){ 0 }, 7);
	expect_run(&t, "-q -a", 0, &r);
	expect_out("none", &r, "\n2 processes, without entries to tell of\n");
	ran_free(&r);
	tree_drop(&t);
}

/* Samples of a metric stand together, after its help and type; what is in a label is escaped. */
Test(processes, metrics)
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
