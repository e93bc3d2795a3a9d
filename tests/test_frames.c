/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is known of page frames in a captured tree, who refers to a frame or a slot, and what is odd. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "tests.h"

/* 6.12 with MIGRATION and MEMORY_FAILURE: hwpoison 27, migration 28 to 30, markers 31. */
static const uint64_t frame_words[7] = { SLOT(27, 0x10), SLOT(27, 0x11), SLOT(28, 0x12), SLOT(30, 0x13),
	SLOT(28, 0x14), SLOT(28, 0x100000), 1ull << 63 | 0x15 };

#define PRESENT(pfn) (1ull << 63 | (pfn))

/* A line of -l stands for entries of which all its columns are true. */
Test(frames, frames_of_a_run)
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

Test(frames, frames)
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

Test(frames, find)
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
Test(frames, find_by_disk_error)
{
	static const char *const page = "7,0x1000\n", *const errors[] = {
		"blk_update_request: I/O error, dev cciss/c0d0, sector 2058 op 0x0:(READ) flags 0x0",
		"end_request: critical medium error, dev cciss/c0d0, sector 2063", "sector:8:0:2056",
		"sector:8:2:10", "Read-error on swap-device (8:0:2056)" };
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
	/* before 5.16 it may be the sector behind that of the page */
	expect_found(&t, "--find='Read-error on swap-device (8:0:2064)'", 0, "7,0x2000\n");
	tree_text(&t, "proc/sys/kernel/osrelease", "5.10.0-30-amd64\n");
	expect_found(&t, "--find='Read-error on swap-device (8:0:2064)'", 0, "7,0x1000\n7,0x2000\n");
	expect_found(&t, "--find=sector:8:0:2064", 0, "7,0x2000\n");
	expect_run(&t, "-a --find='Write-error on swap-device (8:0:2064)'", 0, &r);
	expect_err("both", &r, "kernels before 5.16 name the sector behind the page");
	ran_free(&r);
	tree_drop(&t);
}

#define LOG(lines)                                                                            \
	"printf 'Linux version 6.12.0 (x@y) #1\\n" lines "\\n' | swpdecode -i klog -A x86_64 " \
	"-s MIGRATION=y,MEMORY_FAILURE=y,DEVICE_PRIVATE=n -F ndjson"

/* Every check that --list-checks names is seen to fire here; a new one needs a row. */
Test(frames, every_check_fires)
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
