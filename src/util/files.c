/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "util/util.h"

int root_open(struct root *root, const char *dir, struct swpd_error *err)
{
	root->live = !dir;
	snprintf(root->path, sizeof(root->path), "%s", dir ? dir : "/");
	root->fd = open(dir ? dir : "/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (root->fd < 0)
		return fail(err, SWPD_E_SYSTEM, errno, "%s: cannot open this directory: %s", root->path,
			sys_text(errno));
	return 0;
}

void root_close(struct root *root)
{
	if (root->fd >= 0)
		close(root->fd);
	root->fd = -1;
}

/* A name at a time: no link is followed, and nothing leads upwards. */
static int open_by_names(int dirfd, const char *path, int flags)
{
	int at = dirfd, next;

	for (;;) {
		size_t n = strcspn(path, "/");
		bool last = !path[n + strspn(path + n, "/")];
		char name[256];

		next = -1;
		if (n >= sizeof(name)) {
			errno = ENAMETOOLONG;
		} else if (n == 2 && !memcmp(path, "..", 2)) {
			errno = EXDEV;
		} else {
			snprintf(name, sizeof(name), "%.*s", (int)n, n ? path : ".");
			next = openat(at, name,
				(last ? flags : O_PATH | O_DIRECTORY) | O_CLOEXEC | O_NOFOLLOW);
		}
		if (at != dirfd) {
			int error = errno;

			close(at);
			errno = error;
		}
		if (next < 0 || last)
			return next;
		at = next;
		path += n + strspn(path + n, "/");
	}
}

/* `resolve` as in openat2(); kernels before 5.6, and sandboxes, do not have it: then no link is followed. */
static int open_within(int dirfd, const char *path, int flags, uint64_t resolve)
{
	struct open_how how = { .flags = flags | O_CLOEXEC, .resolve = resolve };
	int fd = syscall(SYS_openat2, dirfd, path, &how, sizeof(how));

	if (fd < 0 && (errno == ENOSYS || errno == EPERM))
		fd = open_by_names(dirfd, path, flags);
	return fd;
}

/* Who reads without waiting wants no FIFO, which would look like an empty file. */
static bool is_special(int fd, int flags)
{
	struct stat st;

	return fd >= 0 && flags & O_NONBLOCK && !fstat(fd, &st) && !S_ISREG(st.st_mode) &&
	       !S_ISDIR(st.st_mode);
}

int root_openat(const struct root *root, const char *path, int flags)
{
	int fd;

	if (root->live)
		return open(path, flags | O_CLOEXEC);
	while (*path == '/')
		path++;
	fd = open_within(root->fd, path, flags, RESOLVE_IN_ROOT);
	if (!is_special(fd, flags))
		return fd;
	close(fd);
	errno = ESPIPE;
	return -1;
}

ssize_t read_and_close(int fd, char *buf, size_t size)
{
	size_t len = 0;
	int error = 0;

	if (fd < 0)
		return -1;
	while (len < size - 1) {
		ssize_t n = read(fd, buf + len, size - 1 - len);

		if (n > 0) {
			len += n;
		} else if (!n) {
			break;
		} else if (errno != EINTR) {
			error = errno;
			break;
		}
	}
	buf[len] = 0;
	close(fd);
	if (error)
		errno = error;
	return error ? -1 : (ssize_t)len;
}

ssize_t root_read(const struct root *root, const char *path, char *buf, size_t size)
{
	return read_and_close(root_openat(root, path, O_RDONLY | O_NONBLOCK), buf, size);
}

bool root_only_entry(const struct root *root, const char *dir, const char *prefix, char *name, size_t size)
{
	int fd = root_openat(root, dir, O_RDONLY | O_DIRECTORY), n = 0;
	DIR *d = fd >= 0 ? fdopendir(fd) : NULL;
	struct dirent *entry;

	if (!d) {
		if (fd >= 0)
			close(fd);
		return false;
	}
	while ((entry = readdir(d))) {
		size_t len = strlen(entry->d_name);

		for (const unsigned char *p = (unsigned char *)entry->d_name; *p; p++)
			if (*p <= ' ' || *p >= 0x7f)
				len = size;
		if (entry->d_name[0] == '.' || strncmp(entry->d_name, prefix, strlen(prefix)))
			continue;
		n += len < size ? 1 : 2;
		if (n == 1)
			memcpy(name, entry->d_name, len + 1);
	}
	closedir(d);
	return n == 1;
}

bool dir_has_file(int dirfd, const char *path)
{
	int fd = open_within(dirfd, path, O_PATH, RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS);
	struct stat st;
	bool is;

	if (fd < 0)
		return false;
	is = !fstat(fd, &st) && S_ISREG(st.st_mode);
	close(fd);
	return is;
}

bool dir_all_files(int dirfd, const char *prefix)
{
	int fd = openat(dirfd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *d = fd >= 0 ? fdopendir(fd) : NULL;
	struct dirent *entry;
	bool all = true;

	if (!d) {
		if (fd >= 0)
			close(fd);
		return false;
	}
	while ((entry = readdir(d)))
		if (!strncmp(entry->d_name, prefix, strlen(prefix)))
			all &= dir_has_file(dirfd, entry->d_name);
	closedir(d);
	return all;
}

void lines_init(struct lines *in, int fd)
{
	in->fd = fd;
	in->eof = in->skipping = false;
	in->error = 0;
	in->start = in->end = 0;
}

static int lines_fill(struct lines *in)
{
	ssize_t n;

	if (in->start) {
		memmove(in->buf, in->buf + in->start, in->end - in->start);
		in->end -= in->start;
		in->start = 0;
	}
	n = read(in->fd, in->buf + in->end, sizeof(in->buf) - 1 - in->end);
	if (n < 0) {
		in->error = errno;
		return -1;
	}
	in->eof = !n;
	in->end += n;
	return 0;
}

int lines_next(struct lines *in, struct line *line)
{
	size_t scanned = 0;

	for (;;) {
		char *from = in->buf + in->start,
			*nl = memchr(from + scanned, '\n', in->end - in->start - scanned);
		size_t have = in->end - in->start;
		bool full = have == sizeof(in->buf) - 1;

		if (!nl && !full && !in->eof) {
			scanned = have;
			if (lines_fill(in) < 0)
				return -1;
			continue;
		}
		if (!nl && !have)
			return 0;
		line->text = from;
		line->len = nl ? (size_t)(nl - from) : have;
		line->cut = !nl && full && !in->eof;
		in->start += line->len + (nl ? 1 : 0);
		from[line->len] = 0;
		scanned = 0;
		if (in->skipping) { /* the rest of a line whose beginning was given out before */
			in->skipping = line->cut;
			continue;
		}
		in->skipping = line->cut;
		return 1;
	}
}
