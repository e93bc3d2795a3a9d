/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What files are, before they are opened as dumps: parts of one, as makedumpfile --split writes them? */
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "image/dump.h"

/* Parts of one dump have a disk_dump_header that differs from here on at most, in what was written. */
#define HEAD 440

struct part {
	uint8_t head[HEAD];
	uint64_t first, last; /* frames */
	uint64_t note;        /* hash of VMCOREINFO, which has the time of the crash */
};

/* -1 for all but regular files, which alone can be looked at without harm. */
static int open_regular(const char *path)
{
	int fd = strcmp(path, "-") ? open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK) : -1;
	struct stat st;

	if (fd < 0 || (!fstat(fd, &st) && S_ISREG(st.st_mode)))
		return fd;
	close(fd);
	return -1;
}

bool image_begins(const void *bytes, size_t n)
{
	const uint8_t *head = bytes;

	return n >= 20 &&
		(!memcmp(head, "KDUMP   ", 8) || !memcmp(head, "makedumpfile\0\0\0\0", 16) ||
			(!memcmp(head, "\177ELF", 4) && head[16] + head[17] == 4)); /* ET_CORE */
}

bool image_is_dump(const char *path)
{
	uint8_t head[20];
	int fd = strcmp(path, "-") ? open_regular(path) : STDIN_FILENO;
	/* of standard input somebody may have read already; of a pipe nothing can be read twice */
	bool whole = fd != STDIN_FILENO || lseek(fd, 0, SEEK_CUR) == 0;
	ssize_t n = fd < 0 || !whole ? 0 : pread(fd, head, sizeof(head), 0);

	if (fd > STDIN_FILENO)
		close(fd);
	return n > 0 && image_begins(head, n);
}

/* False for all that is no part of a split dump, and for what cannot be opened: that shows later. */
static bool read_part(const char *path, struct part *p)
{
	int fd = open_regular(path);
	struct dump_file f;
	struct swpd_error err;
	bool is;

	if (fd < 0)
		return false;
	is = dump_file_open(&f, fd, &err) == 0 && dump_file_read(&f, 0, p->head, HEAD) == HEAD &&
		kdump_part(&f, &p->first, &p->last, &p->note);
	dump_file_close(&f);
	return is;
}

static bool disjoint(const struct part *a, const struct part *b)
{
	return a->first >= b->last || a->last <= b->first;
}

void image_set(const char *const *paths, size_t n, bool *same)
{
	struct part *parts = n ? calloc(n, sizeof(*parts)) : NULL;
	size_t found = 1;

	for (size_t i = 0; i < n; i++)
		same[i] = !i;
	if (n < 2 || !parts || !read_part(paths[0], parts))
		n = 0;
	for (size_t i = 1; i < n; i++) {
		struct part *p = &parts[found];

		same[i] = read_part(paths[i], p) && !memcmp(parts->head, p->head, HEAD) &&
			parts->note == p->note;
		for (size_t k = 0; k < found && same[i]; k++)
			same[i] = disjoint(p, &parts[k]);
		found += same[i];
	}
	free(parts);
}
