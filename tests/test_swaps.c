/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The swap devices of a captured tree, /proc/swaps: of which of them an entry can be. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "tests.h"

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

Test(swaps, by_type)
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

Test(swaps, names)
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

Test(swaps, checks)
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
Test(swaps, stray_types)
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
Test(swaps, stray_type_alone)
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
Test(swaps, changed, .timeout = 30)
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
Test(swaps, in_memory)
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

Test(swaps, hostile)
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
