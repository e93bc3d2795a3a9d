/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The tool on a running kernel: what tests/hold.c made is known, so the truth does not come from the tool.
 * A test that cannot run says why and is skipped; where live tests are required, a skip is a failure.
 */
#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tests.h"

#define NOBODY 65534

static const char *env(const char *name)
{
	const char *value = getenv(name);

	cr_assert(value, "%s is not set: run this through make check", name);
	return value;
}

/* ---- the process that holds known entries ---- */

struct made {
	unsigned long n, start, end;
};

struct hold {
	pid_t pid, child;
	int input, lock;
	bool borrowed; /* swap was active already: the device is not its own */
	bool others;   /* and there are others */
	FILE *output;
	struct made swap, guard, uffd_wp, poison, populate;
	char device[256], unavailable[512];
	int n_words;
	unsigned long words[256];
};

static void read_made(struct hold *h, const char *line)
{
	struct made m, *to;
	char kind[16];

	if (sscanf(line, "made %15s %lu %lx %lx", kind, &m.n, &m.start, &m.end) != 4)
		return;
	to = !strcmp(kind, "swap")	? &h->swap :
	     !strcmp(kind, "guard")	? &h->guard :
	     !strcmp(kind, "populate")	? &h->populate :
	     !strcmp(kind, "uffd-wp")	? &h->uffd_wp :
	     !strcmp(kind, "poison")	? &h->poison :
					  NULL;
	if (to)
		*to = m;
}

/* Start hold with these options and wait until it is ready. */
static void hold_start(struct hold *h, const char *const *options)
{
	int in[2], out[2];
	char line[512];

	memset(h, 0, sizeof(*h));
	/* Tests run side by side, but one that ends takes its swap device away from the others. */
	h->lock = open(env("HOLD"), O_RDONLY | O_CLOEXEC);
	cr_assert(h->lock >= 0 && !flock(h->lock, LOCK_EX));
	cr_assert(!pipe(in) && !pipe(out));
	fcntl(in[1], F_SETFD, FD_CLOEXEC);
	fcntl(out[0], F_SETFD, FD_CLOEXEC);
	h->pid = fork();
	if (!h->pid) {
		dup2(in[0], 0);
		dup2(out[1], 1);
		close(in[0]);
		close(out[1]);
		execv(env("HOLD"), (char *const *)options);
		_exit(127);
	}
	close(in[0]);
	close(out[1]);
	h->input = in[1];
	h->output = fdopen(out[0], "r");
	while (fgets(line, sizeof(line), h->output) && strcmp(line, "ready\n")) {
		if (!strncmp(line, "unavailable ", 12))
			snprintf(h->unavailable + strlen(h->unavailable),
				sizeof(h->unavailable) - strlen(h->unavailable), "%s", line + 12);
		h->borrowed |= !strncmp(line, "note swap already active", 24);
		h->others |= *h->device && !strncmp(line, "device ", 7);
		sscanf(line, "device %255s", h->device);
		sscanf(line, "child %d", &h->child);
		if (h->n_words < 256)
			h->n_words += sscanf(line, "word %lx", &h->words[h->n_words]) == 1;
		read_made(h, line);
	}
	cr_assert(!strcmp(line, "ready\n"), "hold did not get ready");
}

/* Run a shell command; its standard output goes to text. Returns the exit status. */
static int shell(const char *command, char *text, size_t size)
{
	FILE *p = popen(command, "r");
	size_t n;
	int status;

	cr_assert(p);
	n = fread(text, 1, size - 1, p);
	text[n] = 0;
	while (fgetc(p) != EOF)
		;
	status = pclose(p);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static void hold_stop(struct hold *h)
{
	int status = -1;

	close(h->input);
	waitpid(h->pid, &status, 0);
	fclose(h->output);
	/* its device is gone; /proc/swaps does not tell it from the next one of the same name */
	cr_expect(!status, "hold ended with status %x", status);
	close(h->lock);
}

/* The same for tests that need all that was asked for. */
static void hold_start_all(struct hold *h, const char *const *options)
{
	hold_start(h, options);
	if (!*h->unavailable)
		return;
	hold_stop(h);
	cr_skip_test("%s", h->unavailable);
}

/* Without root there is no swap device to make and nothing to see. */
static bool not_root(void)
{
	if (!geteuid())
		return false;
	cr_skip_test("not root");
	return true;
}

static bool kernel_since(int major, int minor)
{
	int is[2] = { 0 };
	struct utsname u;

	uname(&u);
	sscanf(u.release, "%d.%d", &is[0], &is[1]);
	return is[0] > major || (is[0] == major && is[1] >= minor);
}

/* ---- what the tool says ---- */

/* How many NDJSON entries hold all of the given texts; -1 ends the run if the tool fails. */
static long count(pid_t pid, const char *range, const char *class, const char *more)
{
	char command[1024], text[64];

	snprintf(command, sizeof(command),
		"\"$SWPDECODE\" -p %d %s -F ndjson | grep '\"record\":\"entry\"' | grep '\"class\":\"%s\"' "
		"| grep -c '%s'", pid, range, class, more);
	shell(command, text, sizeof(text));
	return strtol(text, NULL, 10);
}

Test(live, every_known_entry_and_no_other, .timeout = 120)
{
	const char *const options[] = { "hold", "--make-swap=64", "--swap=777", "--guard=23", "--uffd-wp=31",
		"--poison=13", NULL };
	char device[300], command[256], text[4096];
	struct hold h;

	if (not_root())
		return;
	hold_start_all(&h, options);
	/* beside others it may be a candidate only */
	snprintf(device, sizeof(device), "\"device%s\"%s\"", h.others ? "[^]]*" : "\":", h.device);
	cr_expect(count(h.pid, "", "swap", device) == 777, "%ld swapped pages on %s",
		count(h.pid, "", "swap", device), h.device);
	cr_expect(count(h.pid, "", "swap", "") == 777);
	cr_expect(count(h.pid, "", "pte-marker", "\"marker\":\\[\"guard\"\\]") == 23);
	cr_expect(count(h.pid, "", "pte-marker", "\"marker\":\\[\"uffd-wp\"\\]") == 31);
	cr_expect(count(h.pid, "", "pte-marker", "\"marker\":\\[\"poisoned\"\\]") == 13);
	cr_expect(count(h.pid, "", "pte-marker", "") == 23 + 31 + 13);
	cr_expect(count(h.pid, "", "unknown", "") == 0);

	/* Each where it was made, and none beside it. */
	snprintf(command, sizeof(command), "-r %lx-%lx", h.guard.start, h.guard.end);
	cr_expect(count(h.pid, command, "pte-marker", "guard") == 23);
	snprintf(command, sizeof(command), "-r %lx-%lx -r %lx-%lx", h.poison.start, h.poison.end,
		h.uffd_wp.start, h.uffd_wp.end);
	cr_expect(count(h.pid, command, "pte-marker", "") == 31 + 13);

	/* The kernel's own count of that mapping. */
	snprintf(command, sizeof(command),
		"awk '/^[0-9a-f]+-/{on=index($1,\"%lx-\")==1} on && /^Swap:/{print $2}' /proc/%d/smaps",
		h.swap.start, h.pid);
	shell(command, text, sizeof(text));
	cr_expect(strtol(text, NULL, 10) == 777 * (sysconf(_SC_PAGESIZE) / 1024), "smaps says %s kB", text);

	snprintf(command, sizeof(command), "\"$SWPDECODE\" -p %d", h.pid);
	cr_expect(shell(command, text, sizeof(text)) == 0);
	cr_expect(strstr(text, "pte-marker guard                               23"), "%s", text);
	cr_expect(strstr(text, "found as many") && strstr(text, "complete: yes"), "%s", text);
	snprintf(command, sizeof(command), "\"$SWPDECODE\" -q -E swap -p %d >/dev/null", h.pid);
	cr_expect(shell(command, text, sizeof(text)) == 4);
	snprintf(command, sizeof(command),
		"\"$SWPDECODE\" -q -E migration,no-device,beyond-device,reserved-bits -p %d >/dev/null",
		h.pid);
	cr_expect(shell(command, text, sizeof(text)) == 0);
	hold_stop(&h);
}

/* Everything that a process can have: each page once where it was made, and as many as the kernel counts. */
static const char *const everything[] = { "hold", "--make-swap=64", "--swap=777", "--shmem=300", "--tmpfs=70",
	"--sysv=19", "--wp-shmem=17", "--guard=23", "--uffd-wp=31", "--poison=13", "--hugetlb=3",
	"--populate=16", "--thp", NULL };
#define SHMEM_PAGES (300 + 70 + 19 + 17)

/* KiB that smaps counts as swapped in all mappings of a process. */
static unsigned long smaps_swap(pid_t pid)
{
	char command[128], text[64];

	snprintf(command, sizeof(command), "awk '/^Swap:/{s+=$2} END{print s}' /proc/%d/smaps", pid);
	shell(command, text, sizeof(text));
	return strtoul(text, NULL, 10);
}

Test(live, nothing_is_lost, .timeout = 120)
{
	char command[512], text[1 << 14], wanted[200];
	unsigned long kib = sysconf(_SC_PAGESIZE) / 1024, pages[3];
	struct hold h;

	if (not_root())
		return;
	hold_start_all(&h, everything);
	cr_expect(smaps_swap(h.pid) == (777 + SHMEM_PAGES) * kib, "smaps: %lu kB", smaps_swap(h.pid));
	cr_expect(count(h.pid, "", "swap", "\"via\":\"pte\"") == 777);
	cr_expect(count(h.pid, "", "swap", "\"via\":\"shmem\"") == SHMEM_PAGES);
	cr_expect(count(h.pid, "", "swap", "memfd:shmem.*no-slot.*\"swap_type\":null") == 300);
	cr_expect(count(h.pid, "", "swap", "/dev/shm/.*shmem") == 70);
	cr_expect(count(h.pid, "", "swap", "SYSV.*shmem") == 19);
	cr_expect(count(h.pid, "", "swap", "memfd:wp-shmem.*\"uffd_wp\":true.*shmem") == 17);
	cr_expect(count(h.pid, "", "pte-marker", "memfd:wp-shmem.*\"uffd_wp\":true.*\"via\":\"pte\"") == 17);
	cr_expect(count(h.pid, "", "pte-marker", "") == 23 + 31 + 13 + 17);
	cr_expect(count(h.pid, "", "unknown", "\"level\":\"hugetlb\".*not-shown.*\"via\":\"scan\"") == 3);
	cr_expect(count(h.pid, "", "unknown", "") == 3);

	snprintf(command, sizeof(command), "\"$SWPDECODE\" -p %d -F ndjson | tail -n 1", h.pid);
	cr_expect(shell(command, text, sizeof(text)) == 0);
	snprintf(wanted, sizeof(wanted), "\"swap_pages\":%d,\"found_pages\":%d,", 777 + SHMEM_PAGES,
		777 + SHMEM_PAGES);
	cr_expect(strstr(text, wanted) && strstr(text, "\"complete\":true"), "%s", text);

	/* every page of every mapping is one entry of the page map, scanned or read */
	snprintf(command, sizeof(command),
		"awk -F'[- ]' '$0 !~ /vsyscall/ { print \"0x\" $1, \"0x\" $2 }' /proc/%d/maps | "
		"while read a b; do echo $(((b - a) / 4096)); done | awk '{ s += $1 } END { print s }'; "
		"for o in '' --all-entries; do \"$SWPDECODE\" -p %d $o -F ndjson | "
		"sed -n 's/.*\"by_via\":{\"pte\":{\"entries\":[0-9]*,\"pages\":\\([0-9]*\\).*/\\1/p'; done",
		h.pid, h.pid);
	shell(command, text, sizeof(text));
	cr_expect(sscanf(text, "%lu %lu %lu", &pages[0], &pages[1], &pages[2]) == 3 && pages[0] == pages[1] &&
		pages[0] == pages[2], "%s", text);
	hold_stop(&h);
}

/* Before 6.5 there was no cachestat(). */
Test(live, shared_memory_without_cachestat, .timeout = 120)
{
	struct hold h;
	int status;
	pid_t pid;

	if (not_root())
		return;
	hold_start_all(&h, everything);
	pid = fork();
	if (!pid) {
		without_call(451);
		_exit(count(h.pid, "", "swap", "\"via\":\"shmem\"") == SHMEM_PAGES ? 0 : 1);
	}
	waitpid(pid, &status, 0);
	cr_expect(WIFEXITED(status) && !WEXITSTATUS(status), "status 0x%x", status);
	hold_stop(&h);
}

/* What another user id sees: that something is there, not what. */
/* What the kernel shows of a file on overlayfs does not say where it lies; smaps does count it. */
Test(live, shared_file_on_overlayfs, .timeout = 120)
{
	static const char mapper[] =
		"mount -t tmpfs none $d && cd $d && mkdir lower upper work all && mount -t overlay none "
		"-o lowerdir=lower,upperdir=upper,workdir=work all && truncate -s 1M all/file && "
		"exec \"$PYTHON\" -c \""
		"import mmap, os, sys\n"
		"m = mmap.mmap(os.open('all/file', os.O_RDWR), 1 << 20)\n"
		"m[0] = 1\n"
		"os.close(1)\n"
		"sys.stdin.read()\"";
	static const char *const options[] = { "hold", "--make-swap=64", "--swap=9", NULL };
	char text[4096];
	struct hold h;

	if (not_root())
		return;
	if (system("unshare -m true 2>/dev/null"))
		cr_skip_test("no mount namespace can be made");
	hold_start_all(&h, options);
	setenv("MAPPER", mapper, 1);
	shell("export d=$(mktemp -d); f=$d.fifo; mkfifo $f $f.in; exec 3<>$f.in; "
		"unshare -m sh -c \"$MAPPER\" <$f.in 3>&- >$f & cat $f >/dev/null; "
		"for o in never always; do \"$SWPDECODE\" -q -p $! --smaps=$o 2>&1; echo $o $?; done; "
		"kill $!; wait; rm -r $f $f.in $d", text, sizeof(text));
	cr_expect(strstr(text, "files on overlayfs that it shares may lie on tmpfs") &&
		strstr(text, "never 3\n") && strstr(text, "always 0\n"), "%s", text);
	hold_stop(&h);
}

Test(live_unprivileged, types_are_hidden_not_zero, .timeout = 120)
{
	const char *const options[] = { "hold", "--make-swap=64", "--swap=50", "--guard=7", "--shmem=30",
		"--uid=65534", NULL };
	char command[512], text[1 << 16];
	struct hold h;

	if (not_root())
		return;
	hold_start_all(&h, options);
	snprintf(command, sizeof(command),
		"cp \"$SWPDECODE\" /dev/shm/swpdecode.$$ && chmod 755 /dev/shm/swpdecode.$$ && "
		"setpriv --reuid=%d --regid=%d --clear-groups /dev/shm/swpdecode.$$ -p %d -F ndjson; s=$?; "
			"rm -f /dev/shm/swpdecode.$$; exit $s",
		NOBODY, NOBODY, h.pid);
	cr_expect(shell(command, text, sizeof(text)) == 3, "a partial answer");
	cr_expect(strstr(text,
		"\"unknown_why\":\"hidden\",\"candidates\":[],\"swap_type\":null,\"swap_offset\":null"), "%s",
		text);
	/* guard markers are shown to everybody since 6.15 */
	cr_expect(count_text(text, "\"class\":\"pte-marker\"") == (kernel_since(6, 15) ? 7 : 0), "%s", text);
	cr_expect(strstr(text, kernel_since(6, 15) ? "\"hidden\":50" : "\"hidden\":57"), "%s",
		strstr(text, "\"record\":\"total\""));
	cr_expect(strstr(text, "\"complete\":false"));
	cr_expect(!strstr(text, "\"class\":\"swap\""));
	/* what smaps counts there is not missing: it could not be asked for */
	cr_expect(!strstr(text, "smaps-differs"), "%s", strstr(text, "smaps-differs"));
	hold_stop(&h);
}

/*
 * Migration entries are met by chance, so this may be skipped where live tests may not. What is met must
 * decode as migration, of the same type.
 */
Test(chance, migration_entries, .timeout = 120)
{
	const char *const options[] = { "hold", "--migrate=30", NULL };
	struct hold h;

	if (not_root())
		return;
	hold_start(&h, options);
	hold_stop(&h);
	if (!h.n_words)
		cr_skip_test("no migration entry was met: %s", h.unavailable);
	for (int i = 0; i < h.n_words; i++) {
		char command[128], text[4096], type[32];

		snprintf(command, sizeof(command), "\"$SWPDECODE\" -i pme -F ndjson 0x%lx", h.words[i]);
		cr_expect(shell(command, text, sizeof(text)) == 0);
		snprintf(type, sizeof(type), "\"swap_type\":%lu,", h.words[i] & 31);
		cr_expect(strstr(text, "\"class\":\"migration-") && strstr(text, type), "0x%lx: %s",
			h.words[i], text);
	}
}

/* A child that calls make(a, b), says so, and lives until it is killed. */
static pid_t child_with(void (*make)(size_t a, size_t b), size_t a, size_t b)
{
	int ready[2];
	char c = 0;
	pid_t pid;

	cr_assert(!pipe(ready));
	pid = fork();
	if (!pid) {
		make(a, b);
		if (write(ready[1], &c, 1) == 1)
			pause();
		_exit(0);
	}
	cr_assert(read(ready[0], &c, 1) == 1);
	close(ready[0]);
	close(ready[1]);
	return pid;
}

static char *map_private(size_t bytes, int prot)
{
	char *p = mmap(NULL, bytes, prot, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (p == MAP_FAILED)
		_exit(1);
	madvise(p, bytes, MADV_NOHUGEPAGE);
	return p;
}

/* One page in each step is there. */
static void touched(size_t bytes, size_t step)
{
	char *p = map_private(bytes, PROT_READ | PROT_WRITE);

	for (size_t i = 0; i < bytes; i += step)
		p[i] = 1;
}

/* The same, and after each such page a guard. */
static void touched_and_guarded(size_t bytes, size_t step)
{
	char *p = map_private(bytes, PROT_READ | PROT_WRITE);

	for (size_t i = 0; i < bytes; i += step) {
		p[i] = 1;
		madvise(p + i + 4096, 4096, 102 /* MADV_GUARD_INSTALL */);
	}
}

/*
 * A process that ends while it is read: the tool waits with a full pipe until it has. Its map is larger than
 * what is read ahead.
 */
static void expect_ended(bool all)
{
	char command[256], line[1024], last[1024] = "", says[64];
	unsigned long start = 0, end = 0;
	pid_t pid = child_with(touched, 4ul << 30, 1 << 30);
	bool told = false, reached = false;
	char own[32];
	int status;
	FILE *p;

	snprintf(says, sizeof(says), "pid %d: the process ended while it was read", pid);
	snprintf(line, sizeof(line), "/proc/%d/maps", pid);
	cr_assert((p = fopen(line, "r")));
	while (end - start < 4ul << 30 && fgets(line, sizeof(line), p))
		sscanf(line, "%lx-%lx", &start, &end);
	fclose(p);
	snprintf(command, sizeof(command),
		"exec \"$SWPDECODE\" -q --all-entries -F ndjson -r %lx-%lx -%c %.0d 2>/dev/null", start, end,
		all ? 'a' : 'p', all ? 0 : pid);
	p = popen(command, "r");
	snprintf(own, sizeof(own), "\"pid\":%d,", pid);
	while (p && !(reached = strstr(line, own)) && fgets(line, sizeof(line), p))
		; /* of other tests' processes, some may have memory there too */
	cr_assert(reached, "%s", line);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	while (fgets(line, sizeof(line), p)) {
		memcpy(last, line, sizeof(last));
		told |= strstr(line, "\"record\":\"finding\"") && strstr(line, says);
	}
	status = pclose(p);
	cr_expect(told, "not told that it ended: %s", last);
	cr_expect(WIFEXITED(status) && WEXITSTATUS(status) == 3, "status %d", status);
	/* others may have ended too */
	cr_expect(strstr(last, "\"record\":\"total\"") && strstr(last, all ? "\"gone\":" : "\"gone\":1,") &&
			!strstr(last, "\"gone\":0,") && strstr(last, "\"complete\":false"), "%s", last);
}

Test(live, process_ends_while_it_is_read, .timeout = 120)
{
	if (not_root())
		return;
	expect_ended(false);
	expect_ended(true);
}

static void *stay(void *unused)
{
	pause();
	return unused;
}

/* Its first thread has ended, another has not. */
Test(live, a_zombie_with_a_living_thread, .timeout = 60)
{
	char command[512], text[8192] = "";
	pthread_t thread;
	int status = 1;
	pid_t pid;

	if (not_root())
		return;
	pid = fork();
	if (!pid) {
		pthread_create(&thread, NULL, stay, NULL);
		syscall(SYS_exit, 0); /* of this thread alone */
	}
	snprintf(command, sizeof(command),
		"grep -q zombie /proc/%d/status && \"$SWPDECODE\" -C present -F csv -o vma -p %d 2>&1 | "
		"grep -m1 stack", pid, pid);
	for (int i = 0; i < 100 && status; i++, usleep(10000))
		status = shell(command, text, sizeof(text));
	cr_expect(!strcmp(text, "[stack]\n"), "%s", text);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

/* What cannot be looked at: one line that says why, and the others go on. */
Test(live, processes_without_an_address_space, .timeout = 60)
{
	char command[512], text[8192];
	pid_t zombie;
	int ready[2];
	char c;

	if (not_root())
		return;
	cr_expect(shell("\"$SWPDECODE\" -p 2 2>&1", text, sizeof(text)) == 1);
	cr_expect(strstr(text, "swpdecode: pid 2: kthreadd is a kernel thread") &&
		strchr(text, '\n') == text + strlen(text) - 1, "%s", text);

	cr_assert(!pipe(ready));
	zombie = fork();
	if (!zombie)
		_exit(0);
	close(ready[1]);
	cr_assert(read(ready[0], &c, 1) == 0);
	close(ready[0]);
	snprintf(command, sizeof(command), "\"$SWPDECODE\" -p %d 2>&1", zombie);
	for (int i = 0; i < 100 && shell(command, text, sizeof(text)) != 1; i++)
		usleep(10000);
	cr_expect(strstr(text, "is a zombie"), "%s", text);
	waitpid(zombie, NULL, 0);

	snprintf(command, sizeof(command), "\"$SWPDECODE\" -p %d 2>&1", zombie);
	cr_expect(shell(command, text, sizeof(text)) == 1);
	cr_expect(strstr(text, "no such process"), "%s", text);

	snprintf(command, sizeof(command), "\"$SWPDECODE\" -F ndjson -p %d,$$,2 2>&1 >/dev/null", zombie);
	cr_expect(shell(command, text, sizeof(text)) == 3, "one of three can be read");
	cr_expect(strstr(text, "no such process") && strstr(text, "kernel thread"), "%s", text);
}

Test(live_unprivileged, another_users_process, .timeout = 60)
{
	char command[512], text[4096];

	if (not_root())
		return;
	snprintf(command, sizeof(command),
		"cp \"$SWPDECODE\" /dev/shm/swpdecode.$$ && chmod 755 /dev/shm/swpdecode.$$ && "
		"setpriv --reuid=%d --regid=%d --clear-groups /dev/shm/swpdecode.$$ -p 1 2>&1; s=$?; rm -f "
			"/dev/shm/swpdecode.$$; exit $s",
		NOBODY, NOBODY);
	cr_expect(shell(command, text, sizeof(text)) == 1);
	cr_expect(strstr(text, "pid 1: may not read") && strchr(text, '\n') == text + strlen(text) - 1, "%s",
		text);
}

/* ---- scanning and reading see the same ---- */

/* Below --sysroot / the same process is read word by word: both must find everything, and nothing twice. That
 * it is not complete, since shared memory is not looked into there, is another matter.
 * Flags of frames change all the time, and pages may come and go between the two: a few tries are fair. */
static void expect_scan_like_read(pid_t pid, const char *options)
{
	char command[1024], text[4096];

	snprintf(command, sizeof(command),
		"for root in '' '--sysroot /'; do \"$SWPDECODE\" -q --smaps=never $root %s -F ndjson -p %d "
		"-o vaddr,vma,pagemap,class | grep -v '\"record\":\"meta\"\\|\"partial-input\"' | "
		"sed 's/\"complete\":.*\"checks_skipped\"//' | cksum; done | sort | uniq -c",
		options, pid);
	for (int i = 0; i < 5 && (!i || strtol(text, NULL, 10) != 2); i++)
		shell(command, text, sizeof(text));
	cr_expect(strtol(text, NULL, 10) == 2 && !strstr(text, " 4294967295 0\n"),
		"%s: a scan and a read differ, or nothing was printed: %s", options, text);
}

/* The same of runs, in which what a scan found to be none is not read: lines are no shorter for that. */
static void expect_runs_like_read(pid_t pid, const char *options)
{
	char command[1024], text[4096];

	snprintf(command, sizeof(command),
		"for root in '' '--sysroot /'; do \"$SWPDECODE\" -q --smaps=never --no-headings $root -l %s "
		"-p %d -o vaddr,pages,class,flags,vma 2>/dev/null | cksum; done | sort | uniq -c", options,
		pid);
	for (int i = 0; i < 5 && (!i || strtol(text, NULL, 10) != 2); i++)
		shell(command, text, sizeof(text));
	cr_expect(strtol(text, NULL, 10) == 2 && !strstr(text, " 4294967295 0\n"), "%s: %s", options,
		text);
}

Test(live, a_scan_loses_nothing, .timeout = 120)
{
	const char *const options[] = { "hold", "--make-swap=64", "--swap=777", "--guard=2300",
		"--uffd-wp=31", "--poison=13", "--populate=64", NULL };
	struct hold h;

	if (not_root())
		return;
	hold_start(&h, options);
	expect_scan_like_read(h.pid, "");
	expect_scan_like_read(h.pid, "-C present");
	expect_scan_like_read(h.pid, "-C swap");
	expect_scan_like_read(h.pid, "--all-entries -r 0-7f0000000000");
	hold_stop(&h);
}

Test(live, a_scan_loses_nothing_of_patterns, .timeout = 120)
{
	static const struct {
		void (*make)(size_t, size_t);
		size_t bytes, step;
	} patterns[] = { { touched_and_guarded, 64 << 20, 8192 }, { touched, 64 << 20, 8192 },
		{ touched_and_guarded, 256 << 20, 300 * 4096 }, { touched_and_guarded, 1ul << 40, 1ul << 34 },
		{ touched_and_guarded, 512 << 20, 17 * 4096 } };

	/* a child of a sanitized test has terabytes of shadow memory, and a plain reader reads all of it */
	if (not_root() || sanitized)
		return;
	for (size_t i = 0; i < sizeof(patterns) / sizeof(patterns[0]); i++) {
		pid_t pid = child_with(patterns[i].make, patterns[i].bytes, patterns[i].step);

		expect_scan_like_read(pid, "");
		expect_scan_like_read(pid, "-C present");
		if (patterns[i].bytes < 1ul << 40) {
			expect_runs_like_read(pid, "--all-entries");
			expect_runs_like_read(pid, "-C none");
			expect_runs_like_read(pid, "-C none,present,pte-marker -r 1000-7fff00000000");
		}
		kill(pid, SIGKILL);
		waitpid(pid, NULL, 0);
	}
}

#define GUARD_INSTALL 102 /* MADV_GUARD_INSTALL, 6.13 */
#define DENSE_MIB 640ul

/* Nearly all of it present, where a scan asks for what is not: single guards, a few words to read, a hole
 * that is larger than what one scan may meet, and holes again. */
static void make_dense(char *p, size_t page)
{
	size_t n = (DENSE_MIB << 20) / page, hole = n * 5 / 8;

	madvise(p, n * page, MADV_NOHUGEPAGE);
	for (size_t i = 0; i < n; i++)
		if ((i < n / 4 || i > hole) && i % 4999 && (i < n * 7 / 8 || i % 3))
			p[i * page] = 1;
	for (size_t i = 0; i < n / 8; i += 4999)
		madvise(p + i * page, page, GUARD_INSTALL);
	madvise(p + n / 16 * page, 700 * page, GUARD_INSTALL);
}

Test(live, a_scan_of_dense_memory, .timeout = 120)
{
	size_t page = sysconf(_SC_PAGESIZE);
	int ready[2];
	pid_t pid;
	char c = 0;

	if (not_root() || sanitized)
		return;
	cr_assert(!pipe(ready));
	pid = fork();
	if (!pid) {
		char *p = mmap(NULL, DENSE_MIB << 20, PROT_READ | PROT_WRITE,
			MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

		make_dense(p, page);
		if (write(ready[1], &c, 1) == 1)
			pause();
		_exit(0);
	}
	close(ready[1]);
	cr_assert(read(ready[0], &c, 1) == 1);
	close(ready[0]);
	expect_scan_like_read(pid, "");
	expect_scan_like_read(pid, "-C present");
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

/* Reserved and never touched, as sanitizers and virtual machines do: no word for each page of it. 32 TiB is
 * what the address space has room for wherever the program lies. */
Test(live, a_reservation_costs_nothing, .timeout = 60)
{
	pid_t pid;
	char command[256], text[4096], *entries;

	if (not_root())
		return;
	shell("uname -r", text, sizeof(text));
	if (strtod(text, NULL) < 6 || (!strncmp(text, "6.", 2) && atoi(text + 2) < 7))
		cr_skip_test("no PAGEMAP_SCAN before 6.7");
	pid = child_with(touched, 32ul << 40, 4ul << 40);
	snprintf(command, sizeof(command), "timeout 20 \"$SWPDECODE\" -q -F ndjson -p %d", pid);
	cr_expect(shell(command, text, sizeof(text)) == 0);
	/* 32 TiB are 8,589,934,592 pages; a sanitizer has reservations of its own */
	entries = strstr(text, "\"record\":\"total\",\"entries\":");
	cr_expect(entries && strtoull(entries + 27, NULL, 10) >= 8589934592ull, "%s", text);
	/* nor for each entry that is none, where they come out as runs, or only their number does */
	snprintf(command, sizeof(command), "timeout 20 \"$SWPDECODE\" -q -p %d --all-entries", pid);
	cr_expect(shell(command, text, sizeof(text)) == 0 && strstr(text, "complete: yes"), "%s", text);
	snprintf(command, sizeof(command), "timeout 20 \"$SWPDECODE\" -q -p %d --all-entries -l "
		"--no-headings -o pages,class | awk '$2 == \"none\" {s += $1} END {print s}'", pid);
	cr_expect(shell(command, text, sizeof(text)) == 0 && strtod(text, NULL) >= 8589934592. - 8, "%s",
		text);
	snprintf(command, sizeof(command), "timeout 20 \"$SWPDECODE\" -q -p %d -E none >/dev/null", pid);
	cr_expect(shell(command, text, sizeof(text)) == 4, "-E none");
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

#define FLAT_KIB (24 << 10)

/* So many mappings; the kernel's limit is 65,530. A page of every other one is there. */
static void many_mappings(size_t n, __attribute__((unused)) size_t unused)
{
	char *p = map_private(n * 4096, PROT_NONE);

	for (size_t i = 0; i < n; i += 2)
		if (mprotect(p + i * 4096, 4096, PROT_READ | PROT_WRITE) == 0)
			p[i * 4096] = 1;
}

/* From a small address space to a very large one, and to very many mappings, whatever is written. */
Test(live, memory_is_flat, .timeout = 120)
{
	static const char *const outputs[] = { "", "-F ndjson --all-entries -r 0-7f0000000000", "-l", "-J",
		"-F prom", "--smaps=always" };
	pid_t pids[3];

	if (not_root() || sanitized)
		return;
	pids[0] = child_with(touched, 1 << 20, 4096);
	pids[1] = child_with(touched_and_guarded, 1ul << 40, 1ul << 32);
	pids[2] = child_with(many_mappings, 65000, 0);
	for (int i = 0; i < 3; i++) {
		for (size_t k = 0; k < sizeof(outputs) / sizeof(outputs[0]); k++) {
			struct ran r;

			run(&r, NULL, "swpdecode -q -p %d %s >/dev/null", pids[i],
				k == 1 && i == 1 ? "" : outputs[k]);
			cr_expect(r.status == 0, "%s: status %d: %s", outputs[k], r.status, r.err);
			cr_expect(r.max_rss < FLAT_KIB, "process %d: %s: %ld KiB", i, outputs[k], r.max_rss);
			ran_free(&r);
		}
		kill(pids[i], SIGKILL);
		waitpid(pids[i], NULL, 0);
	}
}

/* ---- every process ---- */

Test(live, all_processes, .timeout = 120)
{
	const char *const options[] = { "hold", "--guard=23", NULL };
	char command[512], text[1 << 14], what[64];
	struct hold h;
	pid_t zombie;

	if (not_root())
		return;
	hold_start_all(&h, options);
	zombie = fork();
	if (!zombie)
		_exit(0);
	snprintf(command, sizeof(command), "\"$SWPDECODE\" -a -F csv -o pid,marker -C pte-marker "
		"2>/dev/null | grep -c '^%d,guard$'", h.pid);
	shell(command, text, sizeof(text));
	cr_expect(atoi(text) == 23, "%s", text);
	/* no word of kernel threads and zombies */
	shell("\"$SWPDECODE\" -a -F ndjson -C migration 2>&1", text, sizeof(text));
	cr_expect(!strstr(text, "kernel thread") && !strstr(text, "zombie"), "%s", text);
	snprintf(what, sizeof(what), "\"pid\":%d,", zombie);
	cr_expect(!strstr(text, what), "%s", text);
	waitpid(zombie, NULL, 0);
	hold_stop(&h);
}

static void *idle(void *tid)
{
	*(volatile pid_t *)tid = syscall(SYS_gettid);
	pause();
	return NULL;
}

static int tid_pipe[2];

static void with_a_thread(__attribute__((unused)) size_t a, __attribute__((unused)) size_t b)
{
	volatile pid_t tid = 0;
	pthread_t t;

	pthread_create(&t, NULL, idle, (void *)&tid);
	while (!tid)
		usleep(100);
	if (write(tid_pipe[1], (void *)&tid, sizeof(tid)) != sizeof(tid))
		_exit(1);
}

/* The ID of a thread means its process, which is looked at once. */
Test(live, a_thread_is_its_process, .timeout = 60)
{
	char command[256], text[1 << 14], wanted[100];
	pid_t pid, tid;

	if (not_root())
		return;
	cr_assert(!pipe(tid_pipe));
	pid = child_with(with_a_thread, 0, 0);
	cr_assert(read(tid_pipe[0], &tid, sizeof(tid)) == sizeof(tid) && tid != pid);
	snprintf(command, sizeof(command), "\"$SWPDECODE\" -p %d,%d,%d 2>&1 >/dev/null", tid, pid, tid);
	cr_expect(shell(command, text, sizeof(text)) == 0);
	snprintf(wanted, sizeof(wanted), "swpdecode: pid %d: a thread of process %d, which is looked at\n",
		tid, pid);
	cr_expect(!strcmp(text, wanted), "%s", text);
	snprintf(command, sizeof(command), "\"$SWPDECODE\" -q -p %d; \"$SWPDECODE\" -q -p %d,%d", tid, tid,
		pid);
	shell(command, text, sizeof(text));
	snprintf(wanted, sizeof(wanted), "process %d ", pid);
	cr_expect(count_text(text, wanted) == 2 && count_text(text, "\nprocess ") == 2, "%s", text);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	close(tid_pipe[0]);
	close(tid_pipe[1]);
}

/* A process that maps, unmaps, forks, executes and ends while it is looked at. */
static pid_t restless(void)
{
	pid_t pid = fork();

	if (pid)
		return pid;
	prctl(PR_SET_PDEATHSIG, SIGKILL); /* not even a test that is ended from outside leaves it behind */
	setpgid(0, 0);
	for (unsigned int i = 0;; i++) {
		char *p = mmap(NULL, 4 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		pid_t child;

		memset(p, 1, 1 << 20);
		munmap(p, 2 << 20);
		child = fork();
		if (!child && i % 2)
			_exit(0);
		if (!child) {
			execl("/bin/true", "true", (char *)NULL);
			_exit(1);
		}
		munmap(p + (2 << 20), 2 << 20);
		waitpid(child, NULL, 0);
	}
}

Test(live, rounds_of_unrest, .timeout = 280)
{
	const char *said = getenv("SWPD_ROUNDS"); /* 1,000 take some minutes */
	int bad = 0, rounds = said ? atoi(said) : 300;
	time_t enough = time(NULL) + 150; /* on a busy machine a tenth of them must do, if nobody said */
	pid_t pids[3];

	if (not_root())
		return;
	for (int i = 0; i < 3; i++)
		pids[i] = restless();
	for (int round = 0; round < rounds && bad < 5; round++) {
		static const char *const formats[] = { "ndjson", "summary", "csv" };
		char command[256], text[1 << 12], pid_text[16];
		int status;

		if (!said && round >= rounds / 10 && time(NULL) > enough)
			break;
		snprintf(pid_text, sizeof(pid_text), "%d", pids[round % 3]);
		snprintf(command, sizeof(command),
			"f=/dev/shm/unrest.$$; timeout 60 \"$SWPDECODE\" -q -F %s -%c %s >$f 2>/dev/null; "
			"s=$?; tail -n 1 $f; rm $f; exit $s",
			formats[round % 3], round % 2 ? 'a' : 'p', round % 2 ? "" : pid_text);
		status = shell(command, text, sizeof(text));
		bad += status != 0 && status != 3;
		cr_expect(status == 0 || status == 3, "round %d: status %d: %s", round, status, text);
		if (round % 3 == 0)
			cr_expect(strstr(text, status ? "\"complete\":false" : "\"complete\":true"),
				"round %d: status %d: %s", round, status, text);
	}
	for (int i = 0; i < 3; i++) {
		kill(-pids[i], SIGKILL);
		kill(pids[i], SIGKILL);
		waitpid(pids[i], NULL, 0);
	}
}

/* setarch makes uname() lie to what it starts: the kernel is the same. */
Test(live, setarch_changes_nothing, .timeout = 60)
{
	static const char *const lies[] = { "linux32", "linux64 --uname-2.6", "linux32 --uname-2.6" };
	struct ran r, wrong;
	char *end;

	run(&r, NULL, "swpdecode -q -F ndjson 0");
	end = strstr(r.out, "\"page_size\"");
	cr_assert(end, "%s%s", r.out, r.err);
	for (size_t i = 0; i < sizeof(lies) / sizeof(lies[0]); i++) {
		run(&wrong, NULL, "setarch %s true", lies[i]);
		if (wrong.status)
			cr_skip("setarch: %s", wrong.err);
		ran_free(&wrong);
		run(&wrong, NULL, "setarch %s \"$SWPDECODE\" -q -F ndjson 0", lies[i]);
		cr_expect(strstr(wrong.out, "\"arch\"") && strstr(r.out, "\"arch\"") &&
			!strncmp(strstr(wrong.out, "\"arch\""), strstr(r.out, "\"arch\""),
				end - strstr(r.out, "\"arch\"")),
			"%s: %.400s%s, not %.400s", lies[i], wrong.out, wrong.err, r.out);
		ran_free(&wrong);
	}
	ran_free(&r);
}

/* Root of a user namespace is not told to be root. */
Test(live, root_may_not_read)
{
	char text[512];

	if (geteuid() || system("unshare -Ur true 2>/dev/null"))
		cr_skip_test("not root, or no user namespace can be made");
	shell("unshare -Ur \"$SWPDECODE\" -p 1 2>&1", text, sizeof(text));
	cr_expect(strstr(text, "(even as root: a container or a security module forbids it)"), "%s", text);
}

/* ---- --find ---- */

/* The slot and the sector of a page that is swapped name the process that has it, and no other. */
Test(live, find, .timeout = 120)
{
	const char *const options[] = { "hold", "--make-swap=64", "--swap=9", NULL };
	char command[1024], text[4096], wanted[96];
	unsigned long page;
	struct hold h;

	if (not_root())
		return;
	hold_start_all(&h, options);
	snprintf(command, sizeof(command),
		"slot=$(\"$SWPDECODE\" -q -p %d -C swap -F csv --no-headings -o swap_offset | sed -n 4p); "
		"dev=$(stat -c '%%Hr:%%Lr' %s); for f in swap:%s:$slot sector:$dev:$((slot * 8 + 3)) "
		"\"I/O error, dev %s, sector $((slot * 8 + 7)) op 0x0:(READ)\"; do "
		"\"$SWPDECODE\" -q -a -F csv --no-headings -o pid,vaddr --find=\"$f\"; done", h.pid, h.device,
		h.device, strrchr(h.device, '/') + 1);
	shell(command, text, sizeof(text));
	page = h.swap.start + 3 * 4096;
	snprintf(wanted, sizeof(wanted), "%d,0x%lx\n%d,0x%lx\n%d,0x%lx\n", h.pid, page, h.pid, page, h.pid,
		page);
	cr_expect(!strcmp(text, wanted), "expected %s got %s", wanted, text);
	hold_stop(&h);
}

/* That nobody refers to a slot is certain only where no swapped shared memory could be what has it. */
static void expect_nobody(const char *memory, int status, const char *why)
{
	const char *const options[] = { "hold", "--make-swap=64", "--swap=9", memory, NULL };
	char command[1024], text[4096];
	struct hold h;

	hold_start_all(&h, options);
	snprintf(command, sizeof(command),
		"\"$SWPDECODE\" -p %d -F csv --no-headings --find=swap:%s:16380 2>&1", h.pid, h.device);
	cr_expect(shell(command, text, sizeof(text)) == status, "%s: %s", memory, text);
	cr_expect(strstr(text, "no page table refers to the slot") && strstr(text, why), "%s: %s", memory,
		text);
	/* the slot of shared memory is not known: it is not 0 */
	snprintf(command, sizeof(command),
		"\"$SWPDECODE\" -p %d -F csv --no-headings --find=swap:%s:0 2>/dev/null | wc -l", h.pid,
		h.device);
	cr_expect(shell(command, text, sizeof(text)) == 0 && !strcmp(text, "0\n"), "%s: %s", memory, text);
	hold_stop(&h);
}

Test(live, find_nobody, .timeout = 120)
{
	if (not_root())
		return;
	expect_nobody("--guard=1", 0, "nor is shared memory of these processes swapped");
	expect_nobody("--shmem=7", 3, "slots of swapped shared memory cannot be seen");
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* What --find names, as lines "pid,vaddr" in order, must be the page at this address of both processes. */
static void expect_both(const struct hold *h, const char *find, unsigned long vaddr)
{
	char command[256], text[4096], wanted[2][64], *got[8], *want[2] = { wanted[0], wanted[1] },
							       *rest = text;
	int n = 0;

	snprintf(command, sizeof(command), "\"$SWPDECODE\" -q -a -F csv --no-headings -o pid,vaddr --find=%s",
		find);
	shell(command, text, sizeof(text));
	while (n < 8 && (got[n] = strsep(&rest, "\n")) && *got[n])
		n++;
	qsort(got, n, sizeof(got[0]), by_text);
	snprintf(wanted[0], sizeof(wanted[0]), "%d,0x%lx", h->pid, vaddr);
	snprintf(wanted[1], sizeof(wanted[1]), "%d,0x%lx", h->child, vaddr);
	qsort(want, 2, sizeof(want[0]), by_text);
	cr_expect(n == 2 && !strcmp(got[0], want[0]) && !strcmp(got[1], want[1]),
		"%s: expected %s %s, got %d: %s", find, want[0], want[1], n, n ? got[0] : "");
}

static uint64_t pagemap_word(pid_t pid, unsigned long vaddr)
{
	uint64_t word = 0;
	char path[64];
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/pagemap", pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	cr_assert(fd >= 0 && pread(fd, &word, 8, vaddr / 4096 * 8) == 8);
	close(fd);
	return word;
}

/* A slot and a frame that two processes share name both of them, and no other. */
/* As smaps tells it: less than what is swapped, since the child has the other half. */
static void expect_share(pid_t pid)
{
	char command[512], text[4096];
	long swap, pss, told = -1;

	snprintf(command, sizeof(command),
		"awk '/^Swap:/{s+=$2} /^SwapPss:/{p+=$2} END{print s, p}' /proc/%d/smaps; "
		"\"$SWPDECODE\" -p %d --smaps=always -F ndjson | "
		"sed -n 's/.*\"swap_pss_kib\":\\([0-9]*\\).*/\\1/p'; "
		"\"$SWPDECODE\" -q -p %d --smaps=always", pid, pid, pid);
	shell(command, text, sizeof(text));
	cr_expect(sscanf(text, "%ld %ld %ld", &swap, &pss, &told) == 3 && told == pss && pss < swap, "%s",
		text);
	snprintf(command, sizeof(command),
		"smaps: %ld kB swapped, %ld kB its share (SwapPss); found as many", swap, pss);
	cr_expect(strstr(text, command), "%s", text);
}

Test(live, find_names_all_who_share, .timeout = 120)
{
	const char *const options[] = { "hold", "--make-swap=64", "--swap=9", "--populate=1", "--child",
		NULL };
	unsigned long page;
	struct hold h;
	char find[64];
	uint64_t word;

	if (not_root())
		return;
	hold_start_all(&h, options);
	page = h.swap.start + 5 * 4096;
	word = pagemap_word(h.pid, page);
	cr_assert(word >> 62 == 1 && word == pagemap_word(h.child, page));
	snprintf(find, sizeof(find), "swap:%lu:0x%lx", word & 31, (word & ((1ul << 55) - 1)) >> 5);
	expect_both(&h, find, page);
	expect_share(h.pid);
	page = h.populate.start + 7 * 4096;
	word = pagemap_word(h.pid, page);
	cr_assert(word >> 63 && word << 9 == pagemap_word(h.child, page) << 9);
	snprintf(find, sizeof(find), "pfn:0x%lx", word & ((1ul << 55) - 1));
	expect_both(&h, find, page);
	hold_stop(&h);
}

/*
 * A sector of a swap file, by its extents. The truth is FIBMAP, which asks the file system in another way.
 * Not every file system can hold a swap file.
 */
Test(swapfile, find_by_sector, .timeout = 120)
{
	static const char script[] =
		"f=$SRCDIR/build/swapfile.$$; h=; end() { exec 3>&-; [ -z \"$h\" ] || wait $h; swapoff $f "
		"2>/dev/null; "
		"rm -f $f $f.*; }; trap end EXIT; trap 'exit 1' INT TERM HUP; mkdir -p $SRCDIR/build; "
		"[ $(wc -l </proc/swaps) -lt 2 ] || { echo skip swap is active already; exit 0; }; "
		"{ head -c 16M /dev/zero >$f && chmod 600 $f && sync $f && mkswap $f >/dev/null && swapon "
		"$f; } "
		"2>$f.err || { echo \"skip $(head -n 1 $f.err)\"; exit 0; }; "
		"mkfifo $f.in; \"$HOLD\" --swap=9 <$f.in >$f.out & h=$!; exec 3>$f.in; "
		"for i in $(seq 200); do grep -q ready $f.out && break; sleep 0.05; done; "
		"set -- $(\"$SWPDECODE\" -q -p $h -C swap -F csv --no-headings -o vaddr,swap_offset,device | "
		"grep \"$f\" | sed -n 4p | tr , ' '); "
		"s=$(${PYTHON:-python3} -c 'import fcntl,os,struct,sys; p=sys.argv[1]; "
		"n=int(sys.argv[2],16)*4096; "
		"b=os.statvfs(p).f_bsize; "
		"k=struct.unpack(\"I\",fcntl.ioctl(os.open(p,0),1,struct.pack(\"I\",n//b)))[0]; "
		"d=os.stat(p).st_dev; "
		"print(\"%d:%d:%d\"%(os.major(d),os.minor(d),(k*b+n%b)//512+5))' $f $2); "
		"\"$SWPDECODE\" -q -a -F csv --no-headings -o pid,vaddr --find=sector:$s; echo $h,$1";
	char text[4096], *second;
	struct hold lock;

	if (not_root())
		return;
	lock.lock = open(env("HOLD"), O_RDONLY | O_CLOEXEC);
	cr_assert(lock.lock >= 0 && !flock(lock.lock, LOCK_EX)); /* as hold_start() does */
	shell(script, text, sizeof(text));
	close(lock.lock);
	if (!strncmp(text, "skip ", 5))
		cr_skip_test("%s", text + 5);
	second = strchr(text, '\n');
	cr_assert(second, "%s", text);
	*second++ = 0;
	cr_expect(strlen(text) > 8 && !strncmp(second, text, strlen(text)), "found %s, not %s", text, second);
}

/* ---- calibration ---- */

/* What is stated of this machine holds, and what says otherwise is told. */
Test(live, stated_against_the_machine, .timeout = 60)
{
	bool has = !system("grep -q HardwareCorrupted /proc/meminfo");
	char text[4096], wanted[100];

	if (not_root())
		return;
	shell(has ? "\"$SWPDECODE\" --calibrate=never -s MEMORY_FAILURE=n -p self 2>&1" :
		    "\"$SWPDECODE\" --calibrate=never -s MEMORY_FAILURE=y -p self 2>&1", text, sizeof(text));
	snprintf(wanted, sizeof(wanted), "swpdecode: MEMORY_FAILURE is taken as %c (-s), but it is %c by /",
		has ? 'n' : 'y', has ? 'y' : 'n');
	cr_expect(count_text(text, wanted) == 1, "%s", text);
	cr_expect(strstr(text, has ? "MEMORY_FAILURE=n (-s)" : "MEMORY_FAILURE=y (-s)"), "%s", text);
	shell(has ? "\"$SWPDECODE\" -s MEMORY_FAILURE=y -p self 2>&1" :
		    "\"$SWPDECODE\" -s MEMORY_FAILURE=n -p self 2>&1", text, sizeof(text));
	cr_expect(!strstr(text, "is taken as"), "%s", text);
	shell("\"$SWPDECODE\" --calibrate=never -k 4.4 -p self 2>&1", text, sizeof(text));
	cr_expect(strstr(text, "entries are read as those of kernel 4.4 (-k), but this one is "), "%s", text);
}

/* This kernel agrees with its own facts, and contradicts those of another one. */
Test(live, calibration, .timeout = 60)
{
	char text[4096], *agree;

	if (not_root())
		return;
	cr_expect(shell("\"$SWPDECODE\" -v -p self 2>&1 >/dev/null", text, sizeof(text)) == 0, "%s", text);
	agree = strstr(text, "special types: ");
	cr_expect(agree, "%s", text);
	if (agree && atoi(agree + 15) == 0)
		cr_skip_test("this kernel makes no markers");
	cr_expect(
		shell("\"$SWPDECODE\" -v --calibrate=full -p self 2>&1 >/dev/null", text, sizeof(text)) == 0,
		"%s", text);
	cr_expect(
		shell("\"$SWPDECODE\" -k 5.15 -s MIGRATION=y,MEMORY_FAILURE=n,DEVICE_PRIVATE=n -p self 2>&1",
			text, sizeof(text)) == 1);
	cr_expect(
		strstr(text,
			"made in our own memory, has swap type 31 (/proc/self/pagemap), but kernel 5.15 (-k) "
			"has migration-write of that type"),
		"%s", text);
	cr_expect(shell("\"$SWPDECODE\" --calibrate=never -k 5.15 -s MIGRATION=y,MEMORY_FAILURE=n,"
		"DEVICE_PRIVATE=n -p self >/dev/null 2>&1", text, sizeof(text)) == 0);
}

/* ---- captures ---- */

/* What tests/capture.sh copies says the same as the machine did, as a tree and as two files. */
Test(live, captures, .timeout = 120)
{
	const char *const options[] = { "hold", "--make-swap=64", "--swap=77", "--guard=23", "--poison=5",
		NULL };
	char command[1024], text[4096], *counts;
	struct hold h;

	if (not_root())
		return;
	hold_start(&h, options);
	snprintf(command, sizeof(command),
		"d=$(mktemp -d /dev/shm/capture.XXXXXX) && sh \"$SRCDIR/tests/capture.sh\" $d %d; s=$?; "
		"for how in \"-p %d\" \"--sysroot $d -p %d\"; do \"$SWPDECODE\" -q -F ndjson $how | "
		"grep -v '\"record\":\"meta\"' | cksum; done | sort | uniq -c; "
		"\"$SWPDECODE\" -q -F csv -o class -i pagemap -f $d/proc/%d/pagemap --maps=$d/proc/%d/maps | "
		"sort | uniq -c; rm -r $d; exit $s", h.pid, h.pid, h.pid, h.pid, h.pid);
	cr_expect(shell(command, text, sizeof(text)) == 0, "%s", text);
	cr_expect(strtol(text, NULL, 10) == 2, "the capture differs: %s", text);
	counts = strchr(text, '\n');
	cr_expect(counts && strstr(counts, " 28 pte-marker"), "%s", text);
	cr_expect(h.unavailable[0] || strstr(counts, " 77 swap"), "%s", text);
	/* of what machine it is stands in it, configuration or not */
	snprintf(command, sizeof(command),
		"d=$(mktemp -d /dev/shm/capture.XXXXXX) && sh \"$SRCDIR/tests/capture.sh\" $d %d; "
		"\"$SWPDECODE\" --sysroot $d -p %d | head -n 1; rm -rf $d/proc/config.gz $d/boot; for f in "
		"$d/proc/sys/kernel/arch $d/sos_commands; do \"$SWPDECODE\" -q --sysroot $d -F ndjson "
		"0x27c0 | grep -o '\"arch\".*\"kernel\"'; rm -rf $f; done; rm -r $d", h.pid, h.pid);
	cr_expect(shell(command, text, sizeof(text)) == 0, "%s", text);
	cr_expect(!strstr(text, "assumed)") && count_text(text, "\"assumed\":true") == 0, "%s", text);
	cr_expect(count_text(text, "\"arch\":{\"value\":\"") == 2 &&
		strstr(text, "/sos_commands/kernel/uname_-a"), "%s", text);
	hold_stop(&h);
}

/* Tens of thousands of mappings are copied in one pass, by perl or, where there is none, by dd. */
Test(live, captures_of_many_mappings, .timeout = 100)
{
	static const char *const paths[] = { "$PATH", "$d/bin" };
	char command[1024], text[4096];
	pid_t pid;

	if (not_root())
		return;
	pid = child_with(many_mappings, 60000, 0);
	for (int i = 0; i < 2; i++) {
		snprintf(command, sizeof(command),
			"d=$(mktemp -d /dev/shm/capture.XXXXXX); mkdir $d/bin; for t in awk cat dd getconf "
			"mkdir sh timeout truncate uname; do ln -s $(command -v $t) $d/bin/; done; "
			"PATH=%s timeout 15 sh \"$SRCDIR/tests/capture.sh\" $d %d || echo failed; "
			"for how in '' \"--sysroot $d\"; do \"$SWPDECODE\" $how -p %d -F csv "
			"-o vaddr,pagemap -C present | cksum; done | uniq | wc -l; rm -r $d", paths[i], pid,
			pid);
		shell(command, text, sizeof(text));
		cr_expect(!strcmp(text, "1\n"), "%s: %s", paths[i], text);
	}
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}
