/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * For `make bench`, and to see by hand that 1 GB of ordinary logs gives no record:
 *
 *	build/tests/bench_klog make 1000000000 | build/swpdecode -i klog -F ndjson
 *
 *	bench_klog make BYTES      ordinary lines
 *	bench_klog text BYTES      lines in which nothing looks like a message at all
 *	bench_klog getline <LOG    looks for the letters that messages begin with by getline() and strstr()
 */
#include <stdlib.h>

#include "ordinary.h"

struct pattern {
	const char *format;
};

static const struct pattern patterns[] = {
#define MESSAGE(kind, level, arch, since, until, format, source) { format },
#include "../src/source/messages.def"
};

#define N_PATTERNS (sizeof(patterns) / sizeof(patterns[0]))

/* What comes first in a format and is always the same. */
static void literal(const char *f, char *to)
{
	if (!strncmp(f, "{<", 2))
		f = strchr(f, '}') + 1;
	while (*f && !strchr("{|", *f))
		*to++ = *f++;
	*to = 0;
}

static int scan(void)
{
	static char text[N_PATTERNS][128];
	size_t size = 0, found = 0, n = 0;
	char *line = NULL;

	for (size_t i = 0; i < N_PATTERNS; i++) {
		literal(patterns[i].format, text[n]);
		n++;
		for (size_t k = 0; k + 1 < n; k++)
			if (!strcmp(text[k], text[n - 1])) {
				n--;
				break;
			}
	}
	while (getline(&line, &size, stdin) > 0)
		for (size_t i = 0; i < n; i++)
			found += strstr(line, text[i]) != NULL;
	printf("%zu patterns, %zu lines hold one\n", n, found);
	free(line);
	return 0;
}

int main(int argc, char **argv)
{
	uint64_t bytes = argc > 2 ? strtoull(argv[2], NULL, 10) : 20000000;

	if (argc > 1 && !strcmp(argv[1], "make")) {
		ordinary_write(stdout, bytes);
		return 0;
	}
	if (argc > 1 && !strcmp(argv[1], "text")) {
		for (uint64_t done = 0; done < bytes; done += 81)
			puts("systemd-journald: Time spent on flushing to /var is #.###ms for ### entries, "
			     "level 2");
		return 0;
	}
	if (argc > 1 && !strcmp(argv[1], "getline"))
		return scan();
	fprintf(stderr, "usage: bench_klog make|text BYTES, bench_klog getline <LOG\n");
	return 2;
}
