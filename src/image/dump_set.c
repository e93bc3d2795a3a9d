/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which of several files are parts of one dump: makedumpfile --split. */
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "image/dump.h"

/* Parts of one dump have a disk_dump_header that differs from here on at most, in what was written. */
#define HEAD 440

struct part {
	uint8_t head[HEAD];
	uint64_t first, last; /* frames */
};

/* False for all that is no part of a split dump, and for what cannot be opened: that shows later. */
static bool read_part(const char *path, struct part *p)
{
	int fd = strcmp(path, "-") ? open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK) : -1;
	struct dump_file f;
	struct swpd_error err;
	struct stat st;
	bool is;

	if (fd < 0)
		return false;
	if (fstat(fd, &st) || !S_ISREG(st.st_mode)) {
		close(fd);
		return false;
	}
	is = dump_file_open(&f, fd, &err) == 0 && dump_file_read(&f, 0, p->head, HEAD) == HEAD &&
		kdump_part(&f, &p->first, &p->last);
	dump_file_close(&f);
	return is;
}

void image_set(const char *const *paths, size_t n, bool *same)
{
	struct part first, other;

	for (size_t i = 0; i < n; i++)
		same[i] = !i;
	if (n < 2 || !read_part(paths[0], &first))
		return;
	for (size_t i = 1; i < n; i++)
		same[i] = read_part(paths[i], &other) && !memcmp(first.head, other.head, HEAD) &&
			(other.first >= first.last || other.last <= first.first);
}
