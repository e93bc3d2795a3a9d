/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Logs and texts of any bytes, through both sources, decoding and the checks; for libFuzzer, by hand:
 *
 *	clang -O1 -g -D_GNU_SOURCE -Isrc -Iinclude -fsanitize=fuzzer,address,undefined -o build/fuzz_klog \
 *		tests/fuzz_klog.c $(ls src/[a-z]*[a-z]/[a-z]*.c | grep -v 'src/cli\|src/ask\|src/sink') \
 *		-lelf -lz
 *	build/fuzz_klog -max_total_time=300 -dict=fixtures/fuzz/klog.dict corpus/
 *
 * What it finds is kept in fixtures/fuzz/ and replayed by the tests.
 */
#include <sys/mman.h>
#include <unistd.h>

#include "check/check.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct root root = { .fd = -1, .path = "/" };

static void run(struct source *s, struct facts *facts)
{
	struct check_context c = { .facts = facts };
	struct finding found[FINDINGS_MAX], f;
	struct batch b = { 0 };
	struct swpd_error err;
	struct verdict v;
	enum event event;
	int status;

	verdict_init(&v);
	while ((event = s->next(s, &b, &err, &status)) != EVENT_END) {
		if (event != EVENT_WORDS)
			continue;
		for (size_t i = 0; i < b.n; i++) {
			struct swpd_entry e;

			c.origin = b.origin;
			c.dec = b.origin->dec;
			swpd_decode(c.dec, b.words[i], &e);
			swpd_possible(c.dec, &facts->target, e.word);
			if (b.origin->clue)
				verdict_see(&v, &c, &e, found, check_entry(&c, &e, found));
		}
	}
	while (verdict_next(&v, &f))
		;
	s->close(s);
}

static int memory_file(const uint8_t *data, size_t size)
{
	int fd = memfd_create("log", 0);

	if (fd >= 0 && write(fd, data, size) == (ssize_t)size)
		lseek(fd, 0, SEEK_SET);
	return fd;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct facts facts;
	static struct head head;
	struct swpd_error err;
	struct source *s;

	facts_init(&facts, &root);
	if (size && data[0] & 1)
		facts_set_arch(&facts, data[0] & 2 ? "i386" : "amd64", &err);
	if (size && data[0] & 4)
		facts_set_release(&facts, data[0] & 8 ? "6.12" : "4.14.63", &err);
	s = source_klog(memory_file(data, size), "log", &head, &facts, false, &err);
	if (s)
		run(s, &facts);
	facts_assume(&facts);
	s = source_text(memory_file(data, size), "text", &head, &facts, &facts.target, false,
		SWPD_LEVEL_PTE, &err);
	if (s)
		run(s, &facts);
	return 0;
}
