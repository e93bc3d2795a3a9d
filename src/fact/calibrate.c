/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Entries of our own, made harmlessly and read back: whether this kernel numbers its special types as the
 * facts say. They are always the top ones, so that they tell nothing that is not known: a cross-check.
 */
#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "fact/fact.h"

enum { /* the kernel's names and numbers, which older headers do not have */
	uffd_user_mode_only = 1,                /* 5.11 */
	uffd_feature_wp_hugetlbfs_shmem = 1 << 12, /* 5.19 */
	madv_collapse = 25,                     /* 6.1 */
	uffd_feature_poison = 1 << 14,          /* 6.6 */
	madv_guard_install = 102,               /* 6.13 */
};
#define UFFD_POISON _IOWR(UFFDIO, 0x08, uint64_t[4]) /* struct uffdio_poison */

#define TYPE(word) ((unsigned int)(word) & 31)
#define FIRST_SPECIAL 20 /* no kernel has fewer types for real swap */
#define MIGRATION_MS 1000

struct calibration {
	int pagemap_fd;
	size_t page;
};

static uint64_t own_word(const struct calibration *c, const void *at)
{
	uint64_t word;

	return pread(c->pagemap_fd, &word, 8, (uintptr_t)at / c->page * 8) == 8 ? word : 0;
}

static uint64_t guard(const struct calibration *c)
{
	void *p = mmap(NULL, c->page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	uint64_t word = 0;

	if (p == MAP_FAILED)
		return 0;
	if (!madvise(p, c->page, madv_guard_install))
		word = own_word(c, p);
	munmap(p, c->page);
	return word;
}

static uint64_t by_userfault(const struct calibration *c, int flags, uint64_t feature, uint64_t mode,
	unsigned long request, uint64_t argument)
{
	int fd = syscall(SYS_userfaultfd, O_CLOEXEC | uffd_user_mode_only);
	void *p = mmap(NULL, c->page, PROT_READ | PROT_WRITE, flags | MAP_ANONYMOUS, -1, 0);
	struct uffdio_api api = { UFFD_API, feature, 0 };
	struct uffdio_register reg = { .range = { (uintptr_t)p, c->page }, .mode = mode };
	uint64_t arg[4] = { (uintptr_t)p, c->page, argument }, word = 0;

	if (fd >= 0 && p != MAP_FAILED && !ioctl(fd, UFFDIO_API, &api) && !ioctl(fd, UFFDIO_REGISTER, &reg) &&
		!ioctl(fd, request, arg))
		word = own_word(c, p);
	if (p != MAP_FAILED)
		munmap(p, c->page);
	if (fd >= 0)
		close(fd);
	return word;
}

static uint64_t uffd_wp(const struct calibration *c)
{
	return by_userfault(c, MAP_SHARED, uffd_feature_wp_hugetlbfs_shmem, UFFDIO_REGISTER_MODE_WP,
		UFFDIO_WRITEPROTECT, UFFDIO_WRITEPROTECT_MODE_WP);
}

static uint64_t poison(const struct calibration *c)
{
	return by_userfault(
		c, MAP_PRIVATE, uffd_feature_poison, UFFDIO_REGISTER_MODE_MISSING, UFFD_POISON, 0);
}

/* ---- a huge page is split and put together again, and another thread looks ---- */

struct look {
	const struct calibration *c;
	const char *start;
	size_t size;
	atomic_bool stop;
	uint64_t word; /* of a migration entry that was met; 0: none yet */
};

static void *look_for_migration(void *arg)
{
	struct look *l = arg;
	uint64_t words[64];

	for (size_t at = 0; !l->stop; at = (at + sizeof(words) / 8 * l->c->page) % l->size) {
		ssize_t n = pread(l->c->pagemap_fd, words, sizeof(words),
			(uintptr_t)(l->start + at) / l->c->page * 8);

		for (ssize_t i = 0; i < n / 8; i++)
			if (words[i] >> 62 == 1 && TYPE(words[i]) >= FIRST_SPECIAL) {
				l->word = words[i];
				return NULL;
			}
	}
	return NULL;
}

static uint64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000ull + t.tv_nsec / 1000000;
}

static uint64_t migration(const struct calibration *c)
{
	size_t size = c->page / 8 * c->page; /* of a huge page, where an entry has 8 bytes */
	char *p = mmap(NULL, 2 * size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	struct look l = { .c = c, .size = size };
	uint64_t end = now_ms() + MIGRATION_MS;
	pthread_t thread;
	char *start;

	if (p == MAP_FAILED)
		return 0;
	start = p + (-(uintptr_t)p & (size - 1));
	l.start = start;
	memset(start, 1, size);
	if (!madvise(start, size, MADV_HUGEPAGE) && !madvise(start, size, madv_collapse) &&
		!pthread_create(&thread, NULL, look_for_migration, &l)) {
		while (now_ms() < end && !*(volatile uint64_t *)&l.word)
			if (madvise(start, size / 2, MADV_COLD) || madvise(start, size, madv_collapse))
				usleep(1000);
		l.stop = true;
		pthread_join(thread, NULL);
	}
	munmap(p, 2 * size);
	return l.word;
}

static const struct {
	const char *name;
	uint64_t (*make)(
		const struct calibration *c); /* the pagemap word; 0: this kernel does not make one */
	uint32_t classes;
	uint8_t marker;
	bool slow;
} entries[] = {
	{ "a guard marker", guard, 1u << SWPD_PTE_MARKER, SWPD_MARKER_GUARD, false },
	{ "a uffd-wp marker", uffd_wp, 1u << SWPD_PTE_MARKER, SWPD_MARKER_UFFD_WP, false },
	{ "a poison marker", poison, 1u << SWPD_PTE_MARKER, SWPD_MARKER_POISONED, false },
	{ "a migration entry", migration, 1u << SWPD_MIGRATION_READ | 1u << SWPD_MIGRATION_READ_EXCLUSIVE |
		1u << SWPD_MIGRATION_WRITE, 0, true },
};

int facts_calibrate(const struct facts *f, const struct swpd_decoder *dec, bool slow, struct swpd_error *err)
{
	const struct swpd_target *t = &f->target;
	struct calibration c = { .page = 1ul << t->page_shift };
	struct swpd_entry e;
	int agree = 0;

	c.pagemap_fd = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
	if (c.pagemap_fd < 0)
		return 0;
	for (size_t i = 0; i < ARRAY_SIZE(entries); i++) {
		uint64_t word = entries[i].slow && !slow ? 0 : entries[i].make(&c);

		if (word >> 62 != 1)
			continue;
		swpd_decode(dec, word, &e);
		if (e.why == SWPD_WHY_HIDDEN)
			break;
		if (e.cls == SWPD_UNKNOWN ? e.candidates & entries[i].classes
					  : entries[i].classes >> e.cls & 1 &&
						    (e.marker & entries[i].marker) == entries[i].marker) {
			agree++;
			continue;
		}
		close(c.pagemap_fd);
		return fail(err, SWPD_E_FORMAT, 0,
			"%s, made in our own memory, has swap type %u (/proc/self/pagemap), but kernel %.40s "
			"(%s) "
			"has %s of that type: -k, -s or -c must say what is right",
			entries[i].name, e.type, t->release_text, t->release_from.source,
			swpd_class_name(e.cls));
	}
	close(c.pagemap_fd);
	return agree;
}
