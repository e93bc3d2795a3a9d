/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * hold: a process whose non-present page-table entries are known, so that what the tool says about it
 * can be compared with what was made. Each kind of entry has a mapping of its own and a row in kinds[].
 * Standard output, a line each:
 *	pid PID
 *	made KIND COUNT START END	COUNT pages in START..END are such entries, says our own pagemap
 *	word PAGEMAP-WORD VADDR		a migration entry seen (before its `made` line), gone by now
 *	unavailable KIND REASON
 *	device PATH PAGES TYPE		an active swap device; TYPE is ? where it cannot be told
 *	note TEXT			something that makes the counts less than exact
 *	child PID			a child that shares it all
 *	ready				now it waits for the end of standard input or a signal
 */
#include <argp.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <inttypes.h>
#include <linux/userfaultfd.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/swap.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { /* the kernel's names and numbers, which older headers do not have */
	uffd_user_mode_only = 1, /* 5.11 */
	pr_set_vma = 0x53564d41, /* 5.17 */
	uffd_feature_wp_hugetlbfs_shmem = 1 << 12, /* 5.19 */
	madv_collapse = 25, /* 6.1 */
	uffd_feature_poison = 1 << 14, /* 6.6 */
	madv_guard_install = 102, /* 6.13 */
};
#define uffdio_poison _IOWR(UFFDIO, 0x08, uint64_t[4]) /* struct uffdio_poison */

#define PM_UFFD_WP (1ULL << 57)
#define PM_SWAP (1ULL << 62)
#define PM_PRESENT (1ULL << 63)
#define PM_TYPE(word) ((unsigned int)(word) & 0x1f)
#define PM_ENTRY(word) ((word) & ((1ULL << 55) - 1)) /* zero: hidden from us */

#define CHUNK 512 /* pagemap words read at a time */
#define SAMPLES 64 /* migration entries kept of each type */
#define FIRST_SPECIAL 20 /* no kernel has fewer types for real swap */
#define TRIES 500 /* 20 ms each, for pages that do not go out and devices that are busy */
#define SEARCH_LIMIT (1UL << 36) /* a larger mapping is the shadow of a sanitizer */
#define SWAP_FIRST (SWAP_FLAG_PREFER | SWAP_FLAG_PRIO_MASK) /* before any other that is active */
#define ZRAM_CONTROL "/sys/class/zram-control"

struct kind {
	const char *name, *unit, *doc;
	const char *(*make)(struct kind *k); /* NULL, or why it could not be made */
	uint64_t mask; /* pagemap bits of what was made; 0: the maker maps and counts by itself */
	bool shared;
	unsigned int memfd; /* flags of memfd_create(), if shared */
	const char *tmpfs;  /* a file there instead, if shared */
	bool sysv;          /* or segment 0 of a new IPC namespace: its inode is 0 too */
	unsigned long want, made;
	unsigned long start, end;
};

static char reason[256], swap_type[8] = "?";
static unsigned long page;
static uid_t uid;
static pid_t guardian, child;
static int pagemap_fd, guardian_fd = -1;
static bool use_thp, use_child;
#define why(...) (snprintf(reason, sizeof(reason), __VA_ARGS__), reason)

/* The size of hugetlb pages if nobody says another one */
static unsigned long huge_page(void)
{
	FILE *f = fopen("/proc/meminfo", "re");
	unsigned long kb = 0;
	char line[128];

	while (f && fgets(line, sizeof(line), f))
		sscanf(line, "Hugepagesize: %lu", &kb);
	if (f)
		fclose(f);
	return kb ? kb * 1024 : page;
}

/* No neighbour can merge with it: an inaccessible page stands on either side */
static const char *map(struct kind *k, size_t bytes)
{
	int fd = !k->shared ? -1 :
		 k->tmpfs   ? open(k->tmpfs, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600) :
			      memfd_create(k->name, MFD_CLOEXEC | k->memfd);
	int flags = MAP_FIXED | MAP_NORESERVE | (k->shared ? MAP_SHARED : MAP_PRIVATE | MAP_ANONYMOUS);
	unsigned long edge = k->memfd & MFD_HUGETLB ? huge_page() : page;
	char *p = mmap(NULL, bytes + 3 * edge, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (k->shared && (fd == -1 || ftruncate(fd, bytes)))
		return why("%s: %m", k->tmpfs ?: "memfd_create");
	p += -(unsigned long)p % edge + edge - page;
	if (p == MAP_FAILED || mmap(p + page, bytes, PROT_READ | PROT_WRITE, flags, fd, 0) == MAP_FAILED)
		return why("mmap: %m");
	if (k->sysv) {
		int id = unshare(CLONE_NEWIPC) ? -1 : shmget(IPC_PRIVATE, bytes, IPC_CREAT | 0600);

		if (id == -1 || shmat(id, p + page, SHM_REMAP) == (void *)-1)
			return why("System V shared memory: %m");
	}
	madvise(p + page, bytes, use_thp && k->mask == PM_PRESENT ? MADV_HUGEPAGE : MADV_NOHUGEPAGE);
	prctl(pr_set_vma, 0 /* PR_SET_VMA_ANON_NAME */, p + page, bytes, k->name);
	k->start = (unsigned long)p + page;
	k->end = k->start + bytes;
	return NULL;
}

static int advise(const struct kind *k, int advice)
{
	return madvise((void *)k->start, k->end - k->start, advice);
}

/* With something that does not compress and is different in every page */
static const char *fill(struct kind *k)
{
	uint64_t x = k->start;

	for (uint64_t *p = (uint64_t *)k->start; p < (uint64_t *)k->end; p++)
		*p = x = x * 6364136223846793005ULL + 1442695040888963407ULL;
	return NULL;
}

/* At most CHUNK words; 0: nothing to read there */
static size_t read_words(unsigned long start, unsigned long end, uint64_t *words)
{
	size_t n = (end - start) / page < CHUNK ? (end - start) / page : CHUNK;
	ssize_t len = pread(pagemap_fd, words, n * sizeof(*words), start / page * sizeof(*words));

	return len > 0 ? len / sizeof(*words) : 0;
}

static unsigned long count(unsigned long start, unsigned long end, uint64_t mask)
{
	uint64_t words[CHUNK];
	unsigned long sum = 0;
	size_t n;

	for (; start < end && (n = read_words(start, end, words)); start += n * page)
		for (size_t i = 0; i < n; i++)
			sum += (words[i] & mask) == mask;
	return sum;
}

/* How many swap devices are active, and a line on each, if asked for; so is *left: KiB free on all. */
static int swaps(const char *heading, unsigned long *left)
{
	FILE *f = fopen("/proc/swaps", "re");
	char line[4096], path[4096];
	unsigned long kb, used;
	int n = 0;

	if (left)
		*left = 0;
	while (f && fgets(line, sizeof(line), f)) {
		if (sscanf(line, "%s %*s %lu %lu", path, &kb, &used) != 3)
			continue; /* the title */
		n++;
		if (left)
			*left += kb - used;
		if (heading)
			printf("%s %s %lu %s\n", heading, path, kb * 1024 / page, swap_type);
	}
	if (f)
		fclose(f);
	return n;
}

static int put(const char *path, const void *data, size_t len, off_t at)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	int rc = fd != -1 && pwrite(fd, data, len, at) == (ssize_t)len ? 0 : -1;

	if (fd != -1)
		close(fd);
	return rc;
}

static int put_swap_header(const char *dev, unsigned long bytes)
{
	struct { /* union swap_header of include/linux/swap.h, from byte 1024 on */
		uint32_t version, last_page, nr_badpages;
		uint8_t uuid[16];
		char label[16];
	} h = { .version = 1, .last_page = bytes / page - 1, .label = "hold" };

	return getentropy(h.uuid, sizeof(h.uuid)) || put(dev, &h, sizeof(h), 1024) ||
		put(dev, "SWAPSPACE2", 10, page - 10);
}

/*
 * The guardian makes the swap device and takes it away, so that no end of the holder can leave it behind.
 * It tells the holder why there is no device, or an empty string, and waits until the holder hangs up.
 */
static int guard_swap(int holder, unsigned long bytes)
{
	FILE *add = fopen(ZRAM_CONTROL "/hot_add", "re");
	int id;
	char dev[32], buf[32];
	const char *step;

	prctl(PR_SET_NAME, "hold-guardian");
	setsid();
	dup2(holder, 1); /* who reads the holder's output must see its end */
	if (!add || fscanf(add, "%d", &id) != 1) {
		dprintf(holder, ZRAM_CONTROL "/hot_add: %m");
		return 0;
	}
	snprintf(dev, sizeof(dev), "/dev/zram%d", id);
	snprintf(buf, sizeof(buf), "%lu", bytes);
	step = chdir("/sys/block") || chdir(dev + 5) || put("disksize", buf, strlen(buf), 0) ? "disksize" :
		put_swap_header(dev, bytes) ? "swap header" : swapon(dev, SWAP_FIRST) ? "swapon" : NULL;
	if (step) {
		dprintf(holder, "%s: %s: %m", dev, step);
	} else {
		dprintf(2, "hold: swap on %s (%lu MiB) until this process ends\n", dev, bytes >> 20);
		send(holder, "", 1, 0);
		recv(holder, buf, 1, 0);
	}
	for (int i = 0; i < TRIES; i++, usleep(20000)) {
		swapoff(dev); /* if it fails, so does the reset */
		step = put("reset", "1", 1, 0) ? "reset" :
			put(ZRAM_CONTROL "/hot_remove", dev + 9, strlen(dev + 9), 0) ? "hot_remove" : NULL;
		if (!step)
			return 0;
	}
	dprintf(2, "hold: %s is left behind: %s: %m\n", dev, step);
	return 1;
}

static const char *make_device(struct kind *k)
{
	sigset_t all, old;
	unsigned long left;
	int fd[2], lock = open(ZRAM_CONTROL, O_RDONLY | O_CLOEXEC);

	/* the end of another holder would take its device from us: wait for that, if it comes soon */
	for (int i = 0; i < TRIES && flock(lock, LOCK_EX | LOCK_NB) && errno == EWOULDBLOCK; i++)
		usleep(20000);
	if (swaps(NULL, &left) && left >= k->want << 9) { /* half of that will do */
		swaps("note swap already active:", NULL);
		close(lock);
		return NULL;
	}
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fd))
		return why("socketpair: %m");
	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, &old); /* for good in the guardian */
	guardian = fork();
	if (!guardian) {
		close(fd[0]);
		_exit(guard_swap(fd[1], k->want << 20));
	}
	guardian_fd = fd[0];
	sigprocmask(SIG_SETMASK, &old, NULL);
	close(fd[1]);
	return read(guardian_fd, reason, sizeof(reason) - 1) < 1 ? "no guardian" : *reason ? reason : NULL;
}

/* Migration entries live for microseconds, while a THP is split: one thread splits, another one looks */

static atomic_bool stop_sampling;
static struct sample {
	uint64_t word;
	unsigned long vaddr;
} samples[32 * SAMPLES];

static void *sample(void *kind)
{
	const struct kind *k = kind;
	uint64_t w[CHUNK];

	for (unsigned long at = k->start; !stop_sampling; at = at < k->end ? at : k->start)
		for (size_t n = read_words(at, k->end, w), i = 0, j = 0; i < n; i++, j = 0, at += page) {
			struct sample *seen = samples + PM_TYPE(w[i]) * SAMPLES;

			if (!(w[i] & PM_SWAP) || (PM_ENTRY(w[i]) && PM_TYPE(w[i]) < FIRST_SPECIAL))
				continue;
			while (j < SAMPLES && seen[j].word && seen[j].word != w[i])
				j++;
			if (j < SAMPLES)
				seen[j] = (struct sample){ w[i], at };
		}
	return NULL;
}

static const char *make_migrate(struct kind *k)
{
	size_t size = page / 8 * page; /* of a THP, where an entry has 8 bytes */
	const char *failed = map(k, 2 * size);
	time_t end = time(NULL) + k->want;
	pthread_t thread;

	if (failed)
		return failed;
	k->start = (k->start + size - 1) & -size;
	k->end = k->start + size;
	fill(k);
	if (advise(k, MADV_HUGEPAGE) || advise(k, madv_collapse))
		return why("MADV_COLLAPSE: %m");
	if ((errno = pthread_create(&thread, NULL, sample, k)))
		return why("pthread_create: %m");
	for (int round = 0; time(NULL) <= end; round++) {
		if (round % 2) /* for migration-read-exclusive instead of migration-write */
			mprotect((void *)k->start, size, PROT_READ);
		madvise((void *)k->start, size / 2, MADV_COLD);
		mprotect((void *)k->start, size, PROT_READ | PROT_WRITE);
		advise(k, madv_collapse);
	}
	stop_sampling = true;
	pthread_join(thread, NULL);
	advise(k, MADV_DONTNEED);
	for (struct sample *s = samples; s < samples + 32 * SAMPLES; s++)
		if (s->word)
			k->made += printf("word %016" PRIx64 " 0x%lx\n", s->word, s->vaddr) > 0;
	return k->made ? NULL : "none was seen";
}

static const char *make_swap(struct kind *k)
{
	int devices = swaps(NULL, NULL);
	uint64_t word;

	if (!devices)
		return "no swap is active";
	fill(k);
	for (int i = 0; i < TRIES && count(k->start, k->end, k->mask) < k->want; i++, usleep(20000))
		if (advise(k, MADV_PAGEOUT))
			return why("MADV_PAGEOUT: %m");
	/* where there is only one device, the type is that one's, if pagemap does not hide it */
	if (devices == 1 && read_words(k->start, k->start + page, &word) && word & PM_SWAP && PM_ENTRY(word))
		snprintf(swap_type, sizeof(swap_type), "%u", PM_TYPE(word));
	return NULL;
}

/* The page map shows nothing of shared memory that is swapped: what is not in memory, then, that was filled.
 */
static unsigned long count_away(const struct kind *k)
{
	unsigned char core[CHUNK];
	unsigned long sum = 0;

	for (unsigned long at = k->start; at < k->end; at += CHUNK * page) {
		size_t n = (k->end - at) / page < CHUNK ? (k->end - at) / page : CHUNK;

		if (mincore((void *)at, n * page, core))
			return 0;
		for (size_t i = 0; i < n; i++)
			sum += !(core[i] & 1);
	}
	return sum;
}

static const char *make_guard(struct kind *k)
{
	return advise(k, madv_guard_install) ? why("MADV_GUARD_INSTALL: %m") : NULL;
}

/* The descriptor stays open: closing it would take uffd-wp markers away */
static const char *make_uffd(struct kind *k)
{
	bool wp = k->mask & PM_UFFD_WP;
	int fd = syscall(SYS_userfaultfd, O_CLOEXEC | uffd_user_mode_only);
	struct uffdio_api api = { UFFD_API, wp ? uffd_feature_wp_hugetlbfs_shmem : uffd_feature_poison, 0 };
	struct uffdio_register reg = { .range = { k->start, k->end - k->start } };
	uint64_t arg[4] = { k->start, k->end - k->start, wp ? UFFDIO_WRITEPROTECT_MODE_WP : 0 };

	reg.mode = wp ? UFFDIO_REGISTER_MODE_WP : UFFDIO_REGISTER_MODE_MISSING;
	if (fd == -1)
		return why("userfaultfd: %m");
	if (ioctl(fd, UFFDIO_API, &api))
		return why("userfaultfd feature 0x%llx: %m", (unsigned long long)api.features);
	return ioctl(fd, UFFDIO_REGISTER, &reg) || ioctl(fd, wp ? UFFDIO_WRITEPROTECT : uffdio_poison, arg) ?
		why("userfaultfd request: %m") : NULL;
}

static const char *make_shmem(struct kind *k)
{
	const char *failed = !swaps(NULL, NULL) ? "no swap is active"
			     : k->mask          ? NULL
						: map(k, k->want * page);

	if (failed)
		return failed;
	fill(k);
	if (k->mask & PM_UFFD_WP)
		failed = make_uffd(k);
	if (failed)
		return failed;
	for (int i = 0; i < TRIES && count_away(k) < k->want; i++, usleep(20000))
		if (advise(k, MADV_PAGEOUT))
			return why("MADV_PAGEOUT: %m");
	k->made = count_away(k);
	if (k->mask && count(k->start, k->end, k->mask) != k->made)
		return "not every marker has a swapped page";
	return k->made ? NULL : "no page became one";
}

/* Page map words of all of it stay zero. */
static const char *make_hugetlb(struct kind *k)
{
	const char *failed = map(k, k->want * huge_page());

	failed = failed ?: make_uffd(k);
	k->made = failed ? 0 : k->want;
	return failed;
}

/* In the order in which they are made: swap early, since others may fill a device that is new */
static struct kind kinds[] = {
	{ "make-swap", "MB", "a zram swap device, unless swap is active with room", make_device, .mask = 0 },
	{ "swap", "PAGES", "swapped pages", make_swap, .mask = PM_SWAP },
	{ "shmem", "PAGES", "swapped pages of shared memory", make_shmem, .shared = true },
	{ "tmpfs", "PAGES", "swapped pages of a file on tmpfs", make_shmem, .shared = true,
		.tmpfs = "/dev/shm" },
	{ "sysv", "PAGES", "swapped pages of a System V segment", make_shmem, .shared = true, .sysv = true },
	{ "wp-shmem", "PAGES", "uffd-wp markers over swapped pages of shared memory", make_shmem,
		.mask = PM_SWAP | PM_UFFD_WP, .shared = true },
	{ "guard", "PAGES", "guard markers", make_guard, .mask = PM_SWAP },
	{ "uffd-wp", "PAGES", "uffd-wp markers", make_uffd, .mask = PM_SWAP | PM_UFFD_WP, .shared = true },
	{ "poison", "PAGES", "poison markers", make_uffd, .mask = PM_SWAP },
	{ "hugetlb", "PAGES", "poison markers in memory of huge pages", make_hugetlb, .shared = true,
		.memfd = MFD_HUGETLB },
	{ "migrate", "SECONDS", "make migration entries for so long", make_migrate, .mask = 0 },
	{ "populate", "MB", "present memory", fill, .mask = PM_PRESENT },
	{ .name = NULL },
};

#define KINDS (sizeof(kinds) / sizeof(kinds[0]) - 1)

static void make(struct kind *k)
{
	const char *failed = k->mask ? map(k, k->want * (strcmp(k->unit, "MB") ? page : 1 << 20)) : NULL;

	failed = failed ?: k->make(k);
	if (!failed && k->mask && !(k->made = count(k->start, k->end, k->mask)))
		failed = "no page became one";
	if (failed)
		printf("unavailable %s %s\n", k->name, failed);
	else if (k->made)
		printf("made %s %lu 0x%lx 0x%lx\n", k->name, k->made, k->start, k->end);
}

/* Is it a mapping that was made on purpose? */
static bool holds(unsigned long start)
{
	for (struct kind *k = kinds; k->name; k++)
		if (k->made && k->start == start)
			return true;
	return false;
}

/* What was made must still be there, and nothing else may be swapped or hold a marker, now or later */
static void verify(void)
{
	FILE *f = fopen("/proc/self/maps", "re");
	unsigned long start, end, n, strays = 0;
	char line[8192];

	while (f && fgets(line, sizeof(line), f))
		if (sscanf(line, "%lx-%lx ", &start, &end) == 2 && end - start <= SEARCH_LIMIT) {
			strays += n = count(start, end, PM_SWAP);
			if (!n && !holds(start))
				mlock((void *)start, end - start);
		}
	if (f)
		fclose(f);
	for (struct kind *k = kinds; k->name; k++) {
		strays -= count(k->start, k->end, PM_SWAP);
		if (k->mask && k->made != count(k->start, k->end, k->mask))
			printf("note %s: no longer %lu\n", k->name, k->made);
	}
	if (strays)
		printf("note %lu other pages are swapped or hold a marker\n", strays);
}

/* Our swapped pages go first, so that swapoff has nothing to read back. Handles signals too. */
static void finish(__attribute__((unused)) int sig)
{
	int status = 0;

	if (child > 0) {
		kill(child, SIGKILL);
		waitpid(child, NULL, 0);
	}
	for (struct kind *k = kinds; k->name; k++)
		munmap((void *)k->start, k->end - k->start);
	close(guardian_fd);
	if (guardian > 0)
		waitpid(guardian, &status, 0);
	_exit(status != 0);
}

/* The guardian must not take it for the holder: it lives no longer, and holds nothing open. */
static void have_child(void)
{
	child = fork();
	if (!child) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		for (int fd = 0; fd < 100; fd++)
			close(fd);
		pause();
		_exit(0);
	}
	if (child > 0)
		printf("child %d\n", child);
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	unsigned long n = arg ? strtoul(arg, &arg, 10) : 0;

	if (arg && *arg)
		argp_error(state, "not a number: %s", arg);
	if (key == 't')
		use_thp = true;
	else if (key == 'c')
		use_child = true;
	else if (key == 'u')
		uid = n;
	else if (key > 0xff && key < 0x100 + (int)KINDS)
		kinds[key - 0x100].want = n;
	else
		return ARGP_ERR_UNKNOWN;
	return 0;
}

int main(int argc, char **argv)
{
	struct argp_option options[KINDS + 4] = {
		{ "thp", 't', NULL, 0, "populate with huge pages", 0 },
		{ "child", 'c', NULL, 0, "have a child that shares all that was made", 0 },
		{ "uid", 'u', "UID", 0, "become this user when all is made", 0 },
	};
	struct argp_option *o = options + 3;
	struct argp argp = { .options = options, .parser = parse, .doc = "Hold known non-present entries." };

	for (struct kind *k = kinds; k->name; k++)
		*o++ = (struct argp_option){ k->name, 0x100 + (k - kinds), k->unit, 0, k->doc, 0 };
	argp_parse(&argp, argc, argv, 0, NULL, NULL);
	page = sysconf(_SC_PAGESIZE);
	pagemap_fd = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
	if (pagemap_fd == -1)
		return perror("/proc/self/pagemap"), EXIT_FAILURE;
	setvbuf(stdout, NULL, _IOLBF, 0);
	for (const int *s = (const int[]){ SIGINT, SIGTERM, SIGHUP, SIGPIPE, 0 }; *s; s++)
		signal(*s, finish);

	printf("pid %d\n", getpid());
	for (struct kind *k = kinds; k->name; k++)
		if (k->want)
			make(k);
	swaps("device", NULL);
	verify();
	if (use_child)
		have_child();
	if (uid && (setgroups(0, NULL) || setresgid(uid, uid, uid) || setresuid(uid, uid, uid)))
		printf("unavailable uid %m\n");
	prctl(PR_SET_DUMPABLE, 1); /* another user could not open our files in /proc else */
	puts("ready");
	while (getchar() != EOF)
		;
	finish(0);
}
