/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How much more than a plain reader of the page map the tool takes: make bench. As root, on a machine with
 * nothing else to do. Processor time of whole programs, both started by a shell, the least of several runs.
 * Swapped memory needs swap for it.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#define RUNS 5
#define PROCESSES 500
#define GUARD_INSTALL 102 /* MADV_GUARD_INSTALL, 6.13 */

static const struct {
	const char *name;
	size_t mib, step; /* step: bytes from page to page that is touched; 0: none is */
	int advice;       /* of all of it; 0: none */
	const char *options;
	double target;
} rows[] = {
	{ "guard markers, summary", 16384, 0, GUARD_INSTALL, "", 1.2 },
	{ "guard markers, -L", 4096, 0, GUARD_INSTALL, "-L", 6.5 },
	{ "guard markers, ndjson", 4096, 0, GUARD_INSTALL, "-F ndjson", 0 },
	{ "swapped, summary", 8192, 4096, MADV_PAGEOUT, "", 1.2 },
	{ "populated, summary", 8192, 4096, 0, "", 0.2 },
	{ "alternating, summary", 4096, 8192, 0, "", 0 },
	{ "1 TiB sparse, summary", 1 << 20, 1ul << 34, 0, "", 0.02 },
};

static double cpu(void)
{
	struct rusage u;

	getrusage(RUSAGE_CHILDREN, &u);
	return u.ru_utime.tv_sec + u.ru_stime.tv_sec + (u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1e6;
}

/* A process with such memory; it says so by a byte. */
static pid_t hold(size_t bytes, size_t step, int advice)
{
	int ready[2];
	pid_t pid;
	char c = 0;

	if (pipe(ready))
		exit(1);
	pid = fork();
	if (!pid) {
		char *p = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
			MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

		madvise(p, bytes, MADV_NOHUGEPAGE);
		for (size_t i = 0; step && i < bytes; i += step)
			p[i] = 1 | i >> 12;
		for (int i = 0; advice && i < 20; i++)
			madvise(p, bytes, advice);
		if (write(ready[1], &c, 1) == 1)
			pause();
		_exit(0);
	}
	if (read(ready[0], &c, 1) != 1)
		exit(1);
	close(ready[0]);
	close(ready[1]);
	return pid;
}

/* All words of a process, 128 KiB at a time, present and swapped ones counted. */
static void read_plainly(pid_t pid)
{
	static uint64_t words[16384];
	unsigned long start, end, sum[2] = { 0 };
	char path[64], line[4096];
	FILE *maps;
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/maps", pid);
	maps = fopen(path, "re");
	snprintf(path, sizeof(path), "/proc/%d/pagemap", pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	while (maps && fd >= 0 && fgets(line, sizeof(line), maps)) {
		if (sscanf(line, "%lx-%lx", &start, &end) != 2 || strstr(line, "[vsyscall]"))
			continue;
		while (start < end) {
			size_t n = (end - start) / 4096 < 16384 ? (end - start) / 4096 : 16384;
			ssize_t got = pread(fd, words, n * 8, start / 4096 * 8);

			if (got <= 0)
				break;
			for (ssize_t i = 0; i < got / 8; i++) {
				sum[0] += words[i] >> 63;
				sum[1] += words[i] >> 62 & 1;
			}
			start += got / 8 * 4096;
		}
	}
	if (maps)
		fclose(maps);
	close(fd);
	__asm__ volatile("" : : "r"(sum[0]), "r"(sum[1]));
}

static double command(const char *text)
{
	double least = 1e9, before;

	for (int run = 0; run < RUNS; run++) {
		before = cpu();
		if (system(text) < 0)
			exit(1);
		least = cpu() - before < least ? cpu() - before : least;
	}
	return least;
}

static void report(const char *name, double base, double tool, double target)
{
	printf("%-28s %9.2f ms %9.2f ms %7.3f", name, base * 1e3, tool * 1e3, tool / base);
	if (target)
		printf("   (at most %g)", target);
	puts("");
	fflush(stdout);
}

/* So many processes of a few megabytes each, as -a looks at them; but not at others, which the plain reader
 * does not read. */
static void all_processes(const char *reader, const char *tool)
{
	static pid_t pids[PROCESSES];
	static char text[512 + PROCESSES * 12], plain[512 + PROCESSES * 8];
	int n = snprintf(
		text, sizeof(text), "exec %.400s -q --smaps=never -C swap -F ndjson >/dev/null 2>&1", tool);
	int m = snprintf(plain, sizeof(plain), "exec %.400s read", reader);

	for (int i = 0; i < PROCESSES; i++) {
		pids[i] = hold(4 << 20, 4096, 0);
		n += snprintf(text + n, sizeof(text) - n, " -p %d", pids[i]);
		m += snprintf(plain + m, sizeof(plain) - m, " %d", pids[i]);
	}
	report("500 processes", command(plain), command(text), 1.3);
	for (int i = 0; i < PROCESSES; i++) {
		kill(pids[i], SIGKILL);
		waitpid(pids[i], NULL, 0);
	}
}

int main(int argc, char **argv)
{
	const char *tool = argc > 1 ? argv[1] : "build/swpdecode", *page_types = getenv("PAGE_TYPES");
	char text[512];

	for (int i = 2; argc > 2 && !strcmp(argv[1], "read"); i++) {
		if (i == argc)
			return 0;
		read_plainly(atoi(argv[i]));
	}
	printf("%-28s %12s %12s %7s\n", "", "plain reader", "swpdecode", "ratio");
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		double base, own;
		pid_t pid;

		if (rows[i].advice == MADV_PAGEOUT && system("test $(wc -l </proc/swaps) -gt 1")) {
			printf("%-28s no swap is active\n", rows[i].name);
			continue;
		}
		pid = hold(rows[i].mib << 20, rows[i].step, rows[i].advice);
		snprintf(text, sizeof(text), "exec %s read %d", argv[0], pid);
		base = command(text);
		snprintf(text, sizeof(text), "exec %s -q -p %d %s >/dev/null", tool, pid, rows[i].options);
		own = command(text);
		report(rows[i].name, base, own, rows[i].target);
		if (page_types && strstr(rows[i].options, "-L")) {
			snprintf(text, sizeof(text), "exec %s -L -p %d >/dev/null", page_types, pid);
			report("  against page-types -L", command(text), own, 0.25);
		}
		kill(pid, SIGKILL);
		waitpid(pid, NULL, 0);
	}
	all_processes(argv[0], tool);
	return 0;
}
