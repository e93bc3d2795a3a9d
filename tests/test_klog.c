/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Kernel logs and other texts, through the command line. What the numbers in them mean was said by others: in
 * fixtures/klog/cases.txt by those who looked into bug reports, in formats.txt by kernels' own code; see
 * klogcases.py and klogformats.py, which packed them.
 */
#include <unistd.h>

#include "ordinary.h"
#include "text.h"

struct expected {
	char key[16], value[24], cls[32], type[8], offset[24], entry[24];
};

struct klog_case {
	char name[80], args[256], checks[160];
	bool differs;
	struct expected value[4];
	int n;
	char text[4096];
};

static bool read_case(FILE *f, struct klog_case *c)
{
	char line[1024];
	long at = ftell(f);

	memset(c, 0, sizeof(*c));
	for (; fgets(line, sizeof(line), f); at = ftell(f)) {
		struct expected *v = &c->value[c->n];

		if (!strncmp(line, "case ", 5)) {
			if (c->name[0]) {
				fseek(f, at, SEEK_SET);
				return true;
			}
			sscanf(line + 5, "%79[^\n]", c->name);
		} else if (!strncmp(line, "args ", 5)) {
			sscanf(line + 5, "%255[^\n]", c->args);
		} else if (!strncmp(line, "check ", 6)) {
			sscanf(line + 6, "%159[^\n]", c->checks);
		} else if (!strncmp(line, "differs ", 8)) {
			c->differs = true;
		} else if (line[0] == '|') {
			strncat(c->text, line + 1, sizeof(c->text) - strlen(c->text) - 1);
		} else if (sscanf(line, "value %15s %23s %31s %7s %23s %23s", v->key, v->value, v->cls,
				   v->type, v->offset, v->entry) == 6) {
			c->n++;
		}
	}
	return c->name[0];
}

static bool holds(const char *record, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

static bool holds(const char *record, const char *fmt, ...)
{
	char text[128];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	return strstr(record, text);
}

/* A value that no record shows as the page table held it may have been printed as a swp_entry_t only. */
static void check_value(const struct klog_case *c, const struct expected *v, const char *out)
{
	char key[64], line[4096];

	snprintf(key, sizeof(key), "\"%s\":\"%s\"", v->key, v->value);
	if (!find_line(out, key, line, sizeof(line))) {
		snprintf(key, sizeof(key), "\"swp_entry\":\"%s\"", v->entry);
		if (!find_line(out, key, line, sizeof(line))) {
			cr_expect(false, "%s: no record of %s\n%s", c->name, v->value, out);
			return;
		}
	}
	if (holds(line, "\"class\":\"unknown\"") &&
		(holds(line, "\"unknown_why\":\"no-row\"") || holds(line, "\"%s\"", v->cls)))
		return;
	cr_expect(holds(line, "\"class\":\"%s\"", v->cls), "%s: class is not %s\n%s", c->name, v->cls, line);
	if (c->differs || v->type[0] == '-')
		return;
	cr_expect(holds(line, "\"swap_type\":%s,\"swap_offset\":\"%s\"", v->type, v->offset),
		"%s: not type %s, offset %s\n%s", c->name, v->type, v->offset, line);
}

static void check_case(const struct klog_case *c, const char *text)
{
	struct tree t;
	struct ran r;
	char checks[160], *rest = checks, *check;

	tree_make(&t);
	tree_text(&t, "log", text);
	run(&r, t.dir, "swpdecode -q -i klog -f log -F ndjson %s", c->args);
	cr_expect(r.status == 0, "%s: status %d: %s", c->name, r.status, r.err);
	for (int i = 0; i < c->n; i++)
		check_value(c, &c->value[i], r.out);
	snprintf(checks, sizeof(checks), "%s", c->checks);
	while ((check = strsep(&rest, " ")))
		cr_expect(!*check || holds(r.out, "\"check\":\"%s\"", check), "%s: no finding %s\n%s",
			c->name, check, r.out);
	ran_free(&r);
	tree_drop(&t);
}

static int check_file(const char *name)
{
	static struct klog_case c;
	char path[512];
	int n = 0;
	FILE *f;

	snprintf(path, sizeof(path), "%s/klog/%s", fixtures_dir(), name);
	f = fopen(path, "r");
	cr_assert(f, "%s: cannot open", path);
	for (; read_case(f, &c); n++)
		check_case(&c, c.text);
	fclose(f);
	return n;
}

Test(klog, bug_reports)
{
	cr_expect(check_file("cases.txt") >= 33);
}

Test(klog, more_reports)
{
	cr_expect(check_file("reports.txt") >= 28);
}

Test(klog, formats_of_four_kernels, .timeout = 120)
{
	cr_expect(check_file("formats.txt") > 600);
}

/* ---- whatever stands before a message, and wherever a line ends ---- */

/* Run the tool on a log; -q, and what else the arguments say. */
static void run_log(struct ran *r, const char *text, const char *args)
{
	struct tree t;

	tree_make(&t);
	tree_text(&t, "log", text);
	run(r, t.dir, "swpdecode -q -F ndjson %s -f log", args);
	tree_drop(&t);
}

static const char *const message[] = { "get_swap_device: Bad swap file entry 007e9058",
	"BUG: Bad page map in process celery [x]  pte:fd20b000 pmd:16d7b08067",
	"addr:00007fb3611a5000 vm_flags:08100073 anon_vma:ffff8801b4b13910 mapping: (null) index:7fb3611a5",
	"CPU: 3 PID: 17 Comm: celery Not tainted 4.1.0-7-amd64 #1" };

/* %s is the line. */
static const char *const prefixes[] = { "%s", "[  100.123456] %s", "[  100.123456][ T1234] %s",
	"[  100.123456][    C3] %s", "<1>[  100.123456] %s", "kern  :alert : [  100.123456] %s",
	"Jan  1 00:00:01 host kernel: [  100.123456] %s", "Jan 01 00:00:01 host kernel: %s",
	"2024-01-01T00:00:01.123456+01:00 host kernel: [  100.123456] %s", "> %s", "> > [  100.1] %s",
	"| %s\r", "MESSAGE=%s", "{ \"PRIORITY\" : \"1\", \"MESSAGE\" : \"%s\", \"_TRANSPORT\" : \"kernel\" }",
	"\x1b[31m[  100.123456] %s\x1b[0m", "\xff\xfe\x80 %s", "<LAVA_SIGNAL_TESTCASE TEST_CASE_ID=x> %s",
	"RIP: 0010:foo+0x1/0x2 %s" };

static void expect_message(const char *what, const char *text)
{
	char line[4096];
	struct ran r;

	run_log(&r, text, "");
	cr_expect(r.status == 0, "%s: status %d: %s", what, r.status, r.err);
	cr_expect(find_line(r.out, "\"swp_entry\":\"0x7e9058\"", line, sizeof(line)), "%s: no swp_entry\n%s",
		what, r.out);
	if (!find_line(r.out, "\"raw\":\"0xfd20b000\"", line, sizeof(line))) {
		cr_expect(false, "%s: no PTE\n%s", what, r.out);
	} else {
		cr_expect(holds(line, "\"layout\":\"x86_64-2.6.28\""), "%s: not for 4.1\n%s", what, line);
		cr_expect(holds(line, "\"swap_type\":0,\"swap_offset\":\"0x7e9058\""), "%s\n%s", what, line);
		cr_expect(holds(line, "\"comm\":\"celery [x]\""), "%s\n%s", what, line);
		cr_expect(holds(line, "\"vaddr\":\"0x7fb3611a5000\""), "%s\n%s", what, line);
	}
	cr_expect(count_text(r.out, "\"record\":\"entry\"") == 2, "%s: not two records\n%s", what, r.out);
	cr_expect(!holds(r.out, "kernel-misprint"), "%s: the two agree\n%s", what, r.out);
	ran_free(&r);
}

Test(klog, prefixes)
{
	for (size_t i = 0; i < sizeof(prefixes) / sizeof(prefixes[0]); i++) {
		char text[4096] = "", format[128];

		for (int k = 0; k < 4; k++) {
			const char *at = strstr(prefixes[i], "%s");

			snprintf(format, sizeof(format), "%.*s", (int)(at - prefixes[i]), prefixes[i]);
			strcat(text, format);
			strcat(text, message[k]);
			strcat(text, at + 2);
			strcat(text, "\n");
		}
		expect_message(prefixes[i], text);
	}
}

Test(klog, wrapped_and_interleaved_lines)
{
	expect_message("wrapped by a mailer",
		"> [ 1.0] get_swap_device: Bad swap file entry\n> 007e9058\n"
		"> [ 1.0] BUG: Bad page map in process celery [x]  pte:fd20b000\n> pmd:16d7b08067\n"
		"> [ 1.0] addr:00007fb3611a5000 vm_flags:08100073\n> CPU: 3 PID: 17 Not tainted "
		"4.1.0-7-amd64 #1\n");
	expect_message("between lines of another CPU",
		"[ 1.0] get_swap_device: Bad swap file entry 007e9058\n[ 1.0] BUG: unable to handle page "
		"fault\n"
		"[ 1.0] BUG: Bad page map in process celery [x]  pte:fd20b000 pmd:16d7b08067\n"
		"[ 1.0] #PF: error_code(0x0000) - not-present page\n[ 1.0] PGD 0 P4D 0 \n"
		"[ 1.0] addr:00007fb3611a5000 vm_flags:08100073\n[ 1.0] Oops: 0000 [#1] SMP\n"
		"[ 1.0] CPU: 3 PID: 17 Comm: celery Tainted: G    B   W  O    4.1.0-7-amd64 #1\n");
	expect_message("in one line",
		"x get_swap_device: Bad swap file entry 007e9058 y BUG: Bad page map in process "
		"celery [x]  pte:fd20b000 pmd:16d7b08067 z addr:00007fb3611a5000 vm_flags:08100073 "
		"Not tainted 4.1.0-7-amd64 #1\n");
}

/* Where a line was broken in a number, or cut off. */
Test(klog, numbers_in_two_lines)
{
	static const struct {
		const char *text, *found, *not;
	} rows[] = {
		{ "[ 1.0] BUG: Bad page map in process x  pte:7fffffff5\n4abc00 pmd:1067\n",
			"\"raw\":\"0x7fffffff54abc00\"", "bad-value" },
		{ "> [ 1.0] BUG: Bad page map in process x  pte:7fffffff5\n> 4abc00 pmd:1067\n",
			"\"raw\":\"0x7fffffff54abc00\"", "bad-value" },
		{ "[ 1.0] get_swap_device: Bad swap file entry 3000\n000000001234\n",
			"\"swp_entry\":\"0x3000000000001234\"", "partial-input" },
		{ "PGD 2d0c8067 P4D 2d0c9067 PUD 12\n3067 PMD 124067 PTE 8000000000000\n",
			"\"raw\":\"0x8000000000000\"", "bad-value" },
		{ "[ 1.0] get_swap_device: Bad swap file entry 30000000\n00001234\n",
			"\"check\":\"bad-value\"", "\"record\":\"entry\"" },
		{ "[ 1.0] BUG: Bad page map in process x  pte:7ffffff",
			"\"check\":\"bad-value\"", "\"record\":\"entry\"" },
		{ "[ 1.0] BUG: Bad page map in process x  pte:7fffffff5\n4abc00\n[ 1.0] addr:0\n",
			"\"check\":\"bad-value\"", "\"record\":\"entry\"" },
		{ "[ 1.0] BUG: Bad page map in process x  pte:7fffffff5\n[ 1.0] addr:00001234 vm_flags:0\n",
			"\"check\":\"partial-input\"", "bad-value" },
		{ "[ 1.0] get_swap_device: Bad swap file entry 3000\n[ 1.0] next\n",
			"\"check\":\"partial-input\"", "bad-value" },
		{ "[ 1.0] get_swap_device: Bad swap file entry 00003000\nDec  1 00:00:01 host kernel: x\n",
			"\"swp_entry\":\"0x3000\"", "\"check\"" },
		{ "[ 1.0] get_swap_device: Bad swap file entry 00003000\n[ 1.0] deadbeef is next\n",
			"\"swp_entry\":\"0x3000\"", "\"check\"" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct ran r;

		run_log(&r, rows[i].text, "-A x86_64 -k 6.1 -i klog");
		cr_expect(strstr(r.out, rows[i].found) && !strstr(r.out, rows[i].not), "%s\n%s", rows[i].text,
			r.out);
		ran_free(&r);
	}
}

/* What the records say, but for where they stood. */
static void records(const char *text, const char *args, char *to, size_t size)
{
	struct tree t;
	struct ran r;

	tree_make(&t);
	tree_text(&t, "log", text);
	run(&r, t.dir,
		"swpdecode -q -i klog -F csv --no-headings "
		"-o level,raw,class,swap_type,swap_offset,vaddr,comm %s -f log",
		args);
	snprintf(to, size, "%s", r.out);
	ran_free(&r);
	tree_drop(&t);
}

/* Lines of a case, each in a prefix, broken at a blank near a column (0: not at all), others between them. */
static void dress(const char *clean, const char *prefix, size_t width, bool noise, char *to, size_t size)
{
	static const char *const others[] = { "Modules linked in: a b c", "RAX: 0000000000000001",
		"  ? foo+0x1/0x2", "raw: 0017ffffc0000000 dead000000000040",
		"page dumped because: bad pte" };
	size_t before = strcspn(prefix, "%"), n = 0, k = 0;

	for (const char *end; *clean; clean = end + 1) {
		size_t len;

		end = strchrnul(clean, '\n');
		len = end - clean;
		if (noise)
			n += snprintf(
				to + n, size - n, "%.*s%s\n", (int)before, prefix, others[k++ % 5]);
		while (width && before + len > width) {
			size_t cut = width - before;

			while (cut > 34 && clean[cut] != ' ')
				cut--;
			if (cut <= 34)
				break;
			n += snprintf(to + n, size - n, "%.*s%.*s\n", (int)before, prefix, (int)cut, clean);
			clean += cut + 1;
			len = end - clean;
		}
		n += snprintf(to + n, size - n, "%.*s%.*s%s\n", (int)before, prefix, (int)len, clean,
			prefix + before + 2);
		if (!*end)
			break;
	}
}

/* Some of the texts that kernels print, with all that may stand around them, give the same records. */
Test(klog, the_same_whatever_stands_around, .timeout = 120)
{
	static struct klog_case c;
	static char clean[4096], other[4096], text[8192];
	char path[512];
	int n = 0, tried = 0;
	FILE *f;

	snprintf(path, sizeof(path), "%s/klog/formats.txt", fixtures_dir());
	f = fopen(path, "r");
	cr_assert(f, "%s: cannot open", path);
	while (read_case(f, &c)) {
		if (n++ % 61)
			continue;
		records(c.text, c.args, clean, sizeof(clean));
		cr_assert(*clean, "%s", c.name);
		for (size_t i = 0; i < sizeof(prefixes) / sizeof(prefixes[0]) - 2; i++)
			for (int how = 0; how < 3; how++) {
				if (how == 1 && strchr("{M\xff", prefixes[i][0])) /* what breaks no lines */
					continue;
				dress(c.text, prefixes[i], how == 1 ? 72 : 0, how == 2, text, sizeof(text));
				records(text, c.args, other, sizeof(other));
				cr_expect(!strcmp(clean, other), "%s: prefix %s\n%s%snot\n%s", c.name,
					prefixes[i], text, other, clean);
				tried++;
			}
	}
	fclose(f);
	cr_expect(tried > 300, "only %d", tried);
}

/* ---- which kernel ---- */

static void expect_layout(const char *what, const char *text, const char *args, const char *layout)
{
	char line[4096];
	struct ran r;

	run_log(&r, text, args);
	cr_expect(find_line(r.out, "\"record\":\"entry\"", line, sizeof(line)) &&
			  holds(line, "\"layout\":%s", layout),
		"%s: layout is not %s\n%s", what, layout, r.out);
	ran_free(&r);
}

#define PTE "BUG: Bad page map in process x  pte:00ab1234 pmd:00000abc\n"

Test(klog, the_log_names_its_kernel)
{
	expect_layout("none", PTE, "-i klog", "null");
	expect_layout(
		"boot", "Linux version 6.1.0-18-arm64 (debian) (gcc-12) #1 SMP\n" PTE, "", "\"arm64-5.19\"");
	expect_layout("compiler", "Linux version 5.10.1 (me@host) (x86_64-linux-gnu-gcc 10) #1\n" PTE, "",
		"\"x86_64-l1tf\"");
	expect_layout("what comes after", PTE "CPU: 0 PID: 1 Comm: x Not tainted 6.12.1-amd64 #1\n", "",
		"\"x86_64-l1tf\"");
	expect_layout("registers",
		PTE "CPU: 0 PID: 1 Comm: x Not tainted 6.2.0 #1\nepc : ffffffff80004000 ra : 0\n", "",
		"\"riscv64-5.17\"");
	expect_layout("option", "Linux version 6.1.0-18-arm64 (debian) (gcc-12) #1 SMP\n" PTE, "-k 4.1",
		"\"arm64-4.0\"");
	expect_layout("option", "Linux version 6.1.0-18-arm64 (debian) (gcc-12) #1 SMP\n" PTE, "-A x86_64",
		"\"x86_64-l1tf\"");
	/* a second boot: what waits belongs to the first */
	expect_layout("two kernels", "Linux version 4.1.0-1-amd64 (d) (gcc) #1\n" PTE
		"Linux version 6.1.0-18-arm64 (d) (gcc) #1\n", "", "\"x86_64-2.6.28\"");
}

/* ---- together ---- */

#define BOOT "Linux version 5.10.0-8-amd64 (debian) (gcc-10) #1 SMP\n"

static void expect_found(const char *what, const char *text, const char *args, const char *found, bool is)
{
	struct ran r;

	run_log(&r, text, args);
	cr_expect(!!strstr(r.out, found) == is, "%s: %s %s\n%s", what, is ? "no" : "there is", found, r.out);
	ran_free(&r);
}

Test(klog, messages_together)
{
	/* a swp_entry_t that has nothing to do with the PTE after it */
	expect_found("unrelated",
		BOOT "get_swap_device: Bad swap file entry 2003bb5b9c3b5bf5\n"
		     "BUG: Bad page map in process x  pte:8000000071c00227 pmd:74b30067\n",
		"", "kernel-misprint", false);
	expect_found("one that has much to do with it",
		BOOT "_swap_info_get: Bad swap file entry 1400000000009998\n"
		     "BUG: Bad page map in process x  pte:07ffffffeccccc00 pmd:74b30067\n",
		"", "low confidence: line 2, just before, prints 0x1400000000009998", true);
	expect_found("one line later",
		BOOT "_swap_info_get: Bad swap file entry 1400000000009998\nx\n"
		     "BUG: Bad page map in process x  pte:07ffffffeccccc00 pmd:74b30067\n",
		"", "kernel-misprint", false);
	expect_found("pixels",
		BOOT "BUG: Bad page map in process x  pte:00ff000000ff0000 pmd:74b30067\n", "",
		"the halves of 0xff000000ff0000 are equal, 0x00ff0000", true);
	expect_found("black pixels",
		BOOT "BUG: Bad page map in process x  pte:ff000000ff000000 pmd:74b30067\n", "",
		"the halves of 0xff000000ff000000 are equal", true);
	expect_found("a byte in half of a word",
		BOOT "BUG: Bad page map in process x  pte:aaaaaaaa pmd:74b30067\n", "",
		"byte 0xaa stands 4 times in 0xaaaaaaaa", true);
	expect_found("one entry twice",
		BOOT "swap_info_get: Bad swap offset entry 3fffffdffffff\n"
		     "BUG: Bad page map in process x  pte:400000000000 pmd:74b30067\n",
		"", "faulty memory", false);
	expect_found("one bit in two processes", BOOT
		"BUG: Bad page map in process x  pte:400000000000000 pmd:74b30067\n"
		"addr:00007fb3611a5000 vm_flags:08100073\n"
		"BUG: Bad page map in process y  pte:400000000000000 pmd:84b30067\n"
		"addr:00007fb3611a9000 vm_flags:08100073\n", "", "Bit 58 was flipped", true);
	expect_found("two words in one table",
		BOOT "BUG: Bad page map in process x  pte:48948c789481400 "
		     "pmd:74b30067\naddr:00007fb3611a5000 vm_flags:0\n"
		     "BUG: Bad page map in process x  pte:948934820394802 "
		     "pmd:74b30067\naddr:00007fb3611a6000 vm_flags:0\n",
		"", "wrote over that page", true);
	expect_found("slots of one table that were given back too often",
		BOOT "swap_info_get: Unused swap offset entry 00001001\n"
		     "BUG: Bad page map in process x  pte:7ffffffffdffe00 pmd:00001067\n"
		     "BUG: Bad page map in process x  pte:7ffffffffdffc00 pmd:00001067\n",
		"", "wrote over", false);
	expect_found("present entries of one table",
		BOOT "BUG: Bad page map in process x  pte:8000000071c00227 pmd:00001067\n"
		     "BUG: Bad page map in process y  pte:8000000071c01227 pmd:00001067\n",
		"", "wrote over", false);
	expect_found("tables of two boots",
		BOOT "BUG: Bad page map in process x  pte:48948c789481400 pmd:74b30067\n" BOOT
		     "BUG: Bad page map in process x  pte:948934820394802 pmd:74b30067\n",
		"", "wrote over", false);
	expect_found("another release",
		"Linux version 4.1.0-7-amd64 (d) (gcc) #1\n"
		"swap_info_get: Bad swap offset entry 00001234\n"
		"BUG: Bad page map in process x  pte:048d0000 pmd:74b30067\n",
		"", "layout x86_64-4.8 gives", true);
	expect_found("another release, in which it is not present",
		"swap_info_get: Unused swap offset entry 00012348\n"
		"BUG: Bad page map in process x  pte:01234800 pmd:74b30067\n",
		"-i klog -A arm64:4k -k 6.12", "layout arm64-5.19 gives", true);
	expect_found("another release, in which a swp_entry_t looks otherwise too",
		"get_swap_device: Bad swap file entry 80000000001a2b3\n"
		"BUG: Bad page map in process x  pte:17fffffffcba9800 pmd:1234567067\n",
		"-i klog -A x86_64 -k 4.9", "medium confidence: line 1 prints it as 0x80000000001a2b3, "
		"which layout x86_64-l1tf gives", true);
	expect_found("a later release, of one line",
		"BUG: Bad page map in process x  pte:7ffffffffdb9600 pmd:1234567067\n",
		"-i klog -A x86_64 -k 4.9.100", "layout x86_64-l1tf reads slot 0x1234 of type 0", true);
	expect_found("an earlier release, of one line",
		"BUG: Bad page map in process x  pte:048d0000 pmd:1234567067\n",
		"-i klog -A x86_64 -k 4.19", "layout x86_64-4.8 reads slot 0x1234 of type 0", true);
	expect_found("the release that is named, of one line",
		"BUG: Bad page map in process x  pte:048d0000 pmd:1234567067\n",
		"-i klog -A x86_64 -k 4.8", "wrong-era", false);
	expect_found("a swp_entry_t that says that the release is right",
		"get_swap_device: Bad swap file entry 3fffffffdb97f\n"
		"BUG: Bad page map in process x  pte:048d0000 pmd:1234567067\n",
		"-i klog -A x86_64 -k 4.19", "wrong-era", false);
	expect_found("the kernel comes last",
		"swap_info_get: Bad swap file entry 6c0373b6\n"
		"BUG: Bad page map in process x  pte:06e76c3e pmd:0583f067\n"
		"CPU: 0 PID: 1 Comm: x Not tainted 5.18.0-i686 #1\n",
		"", "\"check\":\"kernel-misprint\"", true);
	expect_found("repeats", BOOT "Bad swap file entry 00001000\nBad swap file entry 00001000\n", "",
		"0x1000: 2 times, from line 2 to line 3", true);
	expect_found("suppressed", BOOT "BUG: Bad page map: 31 messages suppressed\n", "", "31 more messages",
		true);
	expect_found("left over",
		BOOT "Bad swap file entry 00001000\n"
		     "BUG: Bad rss-counter state mm:00000000faa80a55 type:MM_SWAPENTS val:-1\n",
		"", "-1 swap entries", true);
	expect_found("device",
		BOOT "Adding 1048572k swap on /dev/sda2.  Priority:-2 extents:1 across:1048572k FS\n"
		     "Bad swap file entry 00001000\n",
		"", "\"device\":\"/dev/sda2\"", true);
	expect_found("beyond it",
		BOOT "Adding 1048572k swap on /dev/sda2.  Priority:-2 extents:1 across:1048572k\n"
		     "Bad swap file entry 00041000\n",
		"", "\"check\":\"beyond-device\"", true);
	expect_found("no swap", BOOT "Total swap = 0kB\nBad swap file entry 00001000\n", "",
		"\"check\":\"no-swap\"", true);
	expect_found("poisoned",
		BOOT "Memory failure: 0x12345: recovery action for dirty LRU page: Recovered\n"
		     "BUG: Bad page map in process x  pte:e7ffffffdb975400 pmd:74b30067\n",
		"-s MIGRATION=n,MEMORY_FAILURE=y,DEVICE_PRIVATE=n", "\"check\":\"kernel-pointer\"", false);
	expect_found("errors of the device", BOOT "Read-error on swap-device (254:0:8)\n", "",
		"1 errors of swap devices, the first in line 2, a read at sector 8 of device 254:0", true);
	expect_found("tables of five levels",
		"Linux version 6.1.0-18-amd64 (d) (gcc) #1\n"
		"PGD 2d0c8067 P4D 2d0c9067 PUD 123067 PMD 124067 PTE 8000000000000\n",
		"", "\"variant\":{\"value\":\"la57\"", true);
	expect_found("tables of four levels",
		"Linux version 6.1.0-18-amd64 (d) (gcc) #1\n"
		"PGD 2d0c8067 P4D 2d0c8067 PUD 123067 PMD 124067 PTE 8000000000000\n",
		"", "\"variant\":{\"value\":\"la57\"", false);
	expect_found("52 bits of address with pages of 4 KiB",
		"Linux version 6.12.0-18-arm64 (d) (gcc) #1\n"
		"user pgtable: 4k pages, 52-bit VAs, pgdp=0000000041a5c000\n" PTE,
		"", "\"variant\":{\"value\":\"4k-lpa2\"", true);
	expect_found("a level without records", BOOT "BUG: Bad page map in process x  pgd:123456\n", "",
		"line 2: pgd 0x123456 makes no sense", true);
	expect_found("two addresses of one word",
		BOOT "BUG: Bad page map in process x  pte:400000000000 pmd:74b30067\n"
		     "addr:00007fb3611a5000 vm_flags:0\n"
		     "BUG: Bad page map in process x  pte:400000000000 pmd:74b30067\n"
		     "addr:00007fb3611a6000 vm_flags:0\n",
		"", "\"check\":\"repeated\"", false);
	expect_found("the address of a walk",
		BOOT "BUG: unable to handle page fault for address: 00007f0012345678\n"
		     "PGD 2d0c8067 P4D 2d0c8067 PUD 123067 PMD 124067 PTE 8000000000000\n",
		"", "\"vaddr\":\"0x7f0012345678\"", true);
	expect_found("two faults before one walk",
		BOOT "BUG: unable to handle page fault for address: 00007f0012345678\n"
		     "BUG: unable to handle page fault for address: 00007f0012349999\n"
		     "PGD 2d0c8067 P4D 2d0c8067 PUD 123067 PMD 124067 PTE 8000000000000\n",
		"", "\"vaddr\":\"0x7f", false);
	expect_found("the address of a walk of s390",
		"Linux version 6.1.0-18-s390x (d) (gcc) #1\n"
		"Failing address: 000003ff8a5c1000 TEID: 000003ff8a5c1803\nFault in primary space mode\n"
		"AS:00000000a5c4c1c7 R3:00000000a5c4c007 S:00000000a5c4c000 P:0000000001234c00\n",
		"", "\"vaddr\":\"0x3ff8a5c1000\"", true);
	expect_found("a name in a journal",
		"{\"PRIORITY\":\"1\",\"MESSAGE\":\"BUG: Bad page map in process a\\\"b  pte:07fffffff54abc00 "
		"pmd:00001067\"}\n",
		"-i klog", "\"comm\":\"a\\\"b\"", true);
	expect_found("a name with a backslash in a log",
		"BUG: Bad page map in process a\\\"b  pte:07fffffff54abc00 pmd:00001067\n",
		"-i klog", "\"comm\":\"a\\\\\\\"b\"", true);
	expect_found("an entry of too many digits",
		BOOT "BUG: Bad page map in process x  pte:7fffffff54abc001234567890 pmd:00001067\n",
		"", "\"record\":\"entry\"", false);
	expect_found("an entry without digits",
		BOOT "BUG: Bad page map in process x  pte: pmd:00001067\n", "", "\"record\":\"entry\"",
		false);
	expect_found("taint and machine",
		"Bad swap file entry 00001000\n"
		"CPU: 1 PID: 2 Comm: x Tainted: P   M  B  O      5.10.0-8-amd64 #1\nHardware name: Box 1\n",
		"", "Box 1; kernel tainted: P, proprietary module; M, machine check; B, bad page before; O,",
		true);
	expect_found("a journal that prints bytes",
		"{\"MESSAGE\":[66,97,100,32,115,119,97,112,32,102,105,108,101,32,101,110,116,114,121,32,"
		"55,101,57,48,53,56,27],\"PRIORITY\":\"1\"}\n",
		"-i klog", "\"swp_entry\":\"0x7e9058\"", true);
	expect_found("a device that others may have come before",
		"Adding 1048572k swap on /dev/sda2.  Priority:-2 extents:1 across:1048572k FS\n"
		"Bad swap file entry 00001000\n",
		"-i klog", "\"device\":null,\"device_candidates\":[\"/dev/sda2\"]", true);
}

/* ---- what is no message ---- */

Test(klog, ordinary_logs_hold_no_entry, .timeout = 60)
{
	struct tree tree;
	char path[sizeof(tree.dir) + 8];
	struct ran r;
	FILE *f;

	tree_make(&tree);
	snprintf(path, sizeof(path), "%s/log", tree.dir);
	f = fopen(path, "w");
	cr_assert(f);
	ordinary_write(f, 20000000);
	fclose(f);
	run(&r, NULL, "swpdecode -q -F ndjson -f %s", path);
	cr_expect(r.status == 0 && count_text(r.out, "\"record\":\"") == 2, "status %d\n%.3000s", r.status,
		r.out);
	cr_expect(sanitized || r.max_rss < 16 * 1024, "%ld KiB for 20 MB of log", r.max_rss);
	ran_free(&r);
	tree_drop(&tree);
}

/* Each takes a second or so if the time is linear, hours if it is not. */
static const char *const hostile[] = {
	"yes 'Bad swap file entry 007e9058' | head -1000000",
	"yes 'BUG: Bad page map in process ' | tr -d '\\n' | head -c 10000000",
	"yes 'BUG: Bad page map in process x pte:1' | head -200000",
	"yes 'PGD ' | tr -d '\\n' | head -c 10000000",
	"yes '] pgd=1234, p4d=1234' | tr -d '\\n' | head -c 10000000",
	"yes 'Bad swap file entry <<<<<<<' | tr -d '\\n' | head -c 10000000",
	"head -c 10000000 /dev/zero",
	"head -c 10000000 /dev/zero | tr '\\0' '\\n'",
	"head -c 10000000 /dev/zero | tr '\\0' '\\377'",
	"head -c 10000000 /dev/zero | tr '\\0' 0",
	"head -c 10000000 /dev/urandom",
	"yes 'Tainted: a a a a a a a a a a a a a a a a a a' | head -200000",
	"yes 'Linux version 6.1.0 (' | head -100000",
	"seq -f 'Linux version 6.%g.0-amd64 (x) #1 Bad swap file entry 00012345' 1 20000",
	"seq -f 'Bad swap file entry %08.0f' 1 20000",
};

Test(klog, hostile_input, .timeout = 120)
{
	for (size_t i = 0; i < sizeof(hostile) / sizeof(hostile[0]); i++)
		for (int text = 0; text < 2; text++) {
			struct ran r;

			run(&r, NULL,
				"%s | timeout 20 \"$SWPDECODE\" -q -A x86_64 -i %s -F csv -o class | wc -l; "
				"exit 0",
				hostile[i], text ? "text" : "klog");
			cr_expect(*r.out && !*r.err, "%s: %s %s", hostile[i], r.out, r.err);
			cr_expect(sanitized || r.max_rss < 16 * 1024, "%s: %ld KiB", hostile[i], r.max_rss);
			ran_free(&r);
		}
}

/* What waits for the rest of a report is given when nothing more comes. */
Test(klog, streams)
{
	struct ran r;

	run(&r, NULL,
		"{ echo 'Linux version 6.1.0-18-amd64 (d) (gcc) #1'; echo 'Bad swap file entry 00012345'; "
		"sleep 3; } |"
		" timeout 2 \"$SWPDECODE\" -q -F csv -o line,swp_entry; exit 0");
	cr_expect(strstr(r.out, "2,0x12345"), "%s%s", r.out, r.err);
	ran_free(&r);
}

/* ---- any text ---- */

#define VTOP \
	"crash> vtop 7f5500003000\nVIRTUAL     PHYSICAL\n7f5500003000  (not mapped)\n\n" \
	"   PGD: 1ab3c47f0 => 80000001ab3c5067\n   PUD: 1ab3c5aa0 => 1ab3c6067\n" \
	"   PMD: 1ab3c6000 => 1ab3c7067\n   PTE: 1ab3c7018 => 7ffffffffdb9600\n\n" \
	"      PTE          SWAP    OFFSET\n7ffffffffdb9600  /dev/dm-1   4660\n"

static const struct {
	const char *line, *expected; /* level,raw,swp_entry,column of each value */
} texts[] = {
	{ "   PTE: c6bbe410 => 58bc00", "pte,0x58bc00,21" },
	{ "   PMD: ffff88010a5f6000 => 10a5f6067", "pmd,0x10a5f6067,29" },
	{ "    PTE      SWAP     OFFSET\n   58bc00  /dev/sda8   22716", "pte,0x58bc00,4" },
	{ "PAGE DIRECTORY: c37f0000\nVIRTUAL   PHYSICAL\nbf8e3000  (not mapped)\n\n"
	  "   VMA      START      END     FLAGS  FILE\nc773daa0   80f2000   bf8e6000    1873  /bin/foo",
		"" },
	{ "VIRTUAL   PHYSICAL\n8048000   7f8f0000\nbf8e3000  SWAP: /dev/sda8  OFFSET: 22716", "pte,,36" },
	{ "$1 = {pte = 0x8000000012345067}", "pte,0x8000000012345067,13" },
	{ "(pte_t){ .pte = (pteval_t)0x58bc00 }", "pte,0x58bc00,27" },
	{ "ffff88003a1f2000:  8000000012345067 e7fffffdb97fe600   gP4.............",
		"pte,0x8000000012345067,20\npte,0xe7fffffdb97fe600,37" },
	{ "0xffff88003a1f2000 <foo+16>: 0x8000000012345067\t0xe7fffffdb97fe600",
		"pte,0x8000000012345067,30\npte,0xe7fffffdb97fe600,49" },
	{ "00001000  67 50 34 12 00 00 00 80  00 e6 7f b9 fd ff ff e7  |gP4.............|",
		"pte,0x8000000012345067,11\npte,0xe7fffffdb97fe600,36" },
	{ "00001000: 6750 3412 0000 0080 00e6 7fb9 fdff ffe7  gP4.............",
		"pte,0x8000000012345067,11\npte,0xe7fffffdb97fe600,31" },
	{ "the value was 0xe7fffffdb97fe600, I think; see deadbeef and facade", "pte,0xe7fffffdb97fe600,15" },
	{ "crash> vtop c6bbe410", "" },
	{ "PID: 1234     TASK: ffff8f1b45d6e400  CPU: 1    COMMAND: \"java\"\n"
	  " #0 [ffffb2c9c0a3bd68] __schedule at ffffffff9a1d2e4b\n    ffffb2c9c0a3bd70: ffff8f1b45d6e400 1\n"
	  "    RIP: 00007f5500003000  RSP: 00007ffd12345678  RFLAGS: 00000246\n"
	  "   PID    PPID  CPU       TASK        ST  %MEM     VSZ    RSS  COMM\n"
	  ">     0      0   0  ffffffff9b21a940  RU   0.0       0      0  [swapper/0]\n"
	  "      1      0   2  ffff8f1b40298000  IN   0.1  167860  11544  systemd\n"
	  "struct page {\n  flags = 0x17ffffc0000000,\n  mapping = 0xffff8f1b40298000\n}\n"
	  "0xffff8f1b45d6e400",
		"" },
	{ "#0  0xffffffff9a1d2e4b in __schedule () at core.c:1", "" },
	{ "task ffff8f1b45d6e400 at ffffffff9a1d2e4b, RSP: 0018:ffffb2c9c0a3bd68 addr 0x7f5500003000", "" },
	{ ">>> pte\n(pte_t){\n\t.pte = (pteval_t)576460752301037056,\n}\n>>> entry.val\n"
	  "(unsigned long)288230376151716404\n>>> hex(pte.pte)\n'0x7ffffffffdb9600'\n>>> pte.pte\n"
	  "(pteval_t)576460752301037056\n>>> task.flags\n(unsigned int)4194560",
		"pte,0x7ffffffffdb9600,19\npte,,16\npte,0x7ffffffffdb9600,2\n"
		"pte,0x7ffffffffdb9600,11" },
	{ "$1 = {pte = 576460752301037056}\n$2 = {\n  val = 288230376151716404\n}\npte = 58000000",
		"pte,0x7ffffffffdb9600,13\npte,,9\npte,0x58000000,7" },
	{ ".val = (unsigned long)288230376151716404", "pte,,23" },
	{ "(gdb) p/x ptep->pte\n$1 = 0x7ffffffffdb9600\n(gdb) p/x task\n$2 = 0xffff8f1b45d6e400",
		"pte,0x7ffffffffdb9600,6" },
	{ "swp_entry_t 0x400000000001234 was printed\n0x12345678", "pte,,13" },
	{ "the PTE is 7ffffffffdb9600 there; address 7f5500003000, pid 1234567890, commit 1a2b3c4d5e6f",
		"pte,0x7ffffffffdb9600,12" },
	{ "00000000  00 96 db ff ff ff ff 07\n*\n00000010\nthen 0x12345678",
		"pte,0x7ffffffffdb9600,11\npte,0x12345678,6" },
	{ VTOP "\n      VMA           START       END     FLAGS FILE\nffff8f1b45d6e400 7f5500000000 1 2\n",
		"pte,0x7ffffffffdb9600,1" },
	{ "   PMD: 1ab3c6000 => 1ab3c7067\n  PAGE: 1ab3c6000  (2MB)", "pmd,0x1ab3c7067,22" },
	{ "   PTE: 1ab3c7018 => 7ffffffffdb9600\n\n   PTE: 1ab3c7018 => 7ffffffffdb9400",
		"pte,0x7ffffffffdb9600,22\npte,0x7ffffffffdb9400,22" },
	{ "nothing here: 12 of 400, at 12:30:45", "" },
};

Test(klog, any_text)
{
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		char expected[512];
		struct tree t;
		struct ran r;

		tree_make(&t);
		tree_text(&t, "text", texts[i].line);
		run(&r, t.dir,
			"swpdecode -q -A x86_64 -k 6.12 -i text -f text -F csv --no-headings -o "
			"level,raw,column");
		snprintf(expected, sizeof(expected), "%s%s", texts[i].expected,
			*texts[i].expected ? "\n" : "");
		cr_expect(!strcmp(r.out, expected), "%s:\n%snot\n%s", texts[i].line, r.out, expected);
		ran_free(&r);
		tree_drop(&t);
	}
	expect_found("decimal", ">>> entry.val\n(unsigned long)288230376151716404\n",
		"-i text -A x86_64 -k 6.1", "\"swp_entry\":\"0x400000000001234\"", true);
	expect_found("pretty", "$2 = {\n  val = 288230376151716404\n}\n", "-i text -A x86_64 -k 6.1",
		"\"swp_entry\":\"0x400000000001234\"", true);
	expect_found("form", "swp_entry_t 0x400000000001234 was printed\n", "-i text -A x86_64 -k 6.1",
		"\"swp_entry\":\"0x400000000001234\"", true);
	expect_found("another machine than this",
		"crash> sys\nRELEASE: 6.12.0\nMACHINE: aarch64\npte: 0x27c0\n",
		"-i text", "\"class\":\"pte-marker\"", true);
	expect_found("bytes of another machine",
		"RELEASE: 6.12.0\nMACHINE: aarch64_be\nffff0000: 00 00 00 00 01 23 40 04\n",
		"-i text", "\"raw\":\"0x1234004\"", true);
	expect_found("quoted log",
		">>> Linux version 6.1.0-18-amd64 (d) (gcc) #1\n>>> Bad swap file entry 00012345\n",
		"", "\"swp_entry\":\"0x12345\"", true);
	expect_found("device", VTOP, "-A x86_64 -k 6.1",
		"\"swap_type\":0,\"swap_offset\":\"0x1234\",\"swp_entry\":\"0x1234\","
		"\"device\":\"/dev/dm-1\"",
		true);
	/* what the banner of crash says, not this machine; options before that */
	for (int machine = 0; machine < 2; machine++) {
		static const char *const banners[] = {
			"     RELEASE: 5.14.0-427.13.1.el9_4.x86_64\n",
			"     RELEASE: 5.14.0-427.13.1.el9\n     MACHINE: x86_64  (2400 Mhz)\n",
		};
		static const char *const known[][3] = {
			{ "-i text", "\"kernel\":{\"value\":\"5.14.0-427", "\"arch\":{\"value\":\"x86_64\"" },
			{ "-i text -k 6.1", "\"kernel\":{\"value\":\"6.1\"", "\"value\":\"x86_64\"" },
			{ "-i text -A arm64", "\"value\":\"arm64\"", "\"value\":\"5.14.0-427" },
		};
		char text[256];

		snprintf(text, sizeof(text), "%s   PTE: c6bbe410 => 7ffffffffdb9600\n", banners[machine]);
		expect_found("banner", text, "-i text", "\"host\":null,\"boot_id\":null", true);
		expect_found("banner", text, "-i text", "\"swap_offset\":\"0x1234\"", true);
		for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
			expect_found("banner", text, known[i][0], known[i][1], true);
			expect_found("banner", text, known[i][0], known[i][2], true);
		}
	}
	/* crash prints offsets in decimal */
	expect_found("slot", "  SWAP: /dev/sda8  OFFSET: 22716\n", "-i text -A x86_64 -k 6.12",
		"\"swap_type\":null,\"swap_offset\":\"0x58bc\",\"swp_entry\":null,\"device\":\"/dev/sda8\"",
		true);
}

/* ---- what the fuzzer found ---- */

static void replay(const char *path)
{
	static const char *const kinds[] = { "klog", "text" };

	for (int i = 0; i < 2; i++)
		for (int spec = 0; spec < 2; spec++) {
			struct ran r;

			run(&r, NULL, "swpdecode -q -A %s -k 6.12 -i %s -F ndjson -f '%s/%s' >/dev/null",
				spec ? "i386" : "x86_64", kinds[i], env_or("SRCDIR", "."), path);
			cr_expect(r.status == 0 && !*r.err, "%s: -i %s: status %d: %s", path, kinds[i],
				r.status, r.err);
			ran_free(&r);
		}
}

Test(klog, what_the_fuzzer_found)
{
	cr_expect(each_file("fixtures/fuzz/klog-*", replay) > 0);
}
