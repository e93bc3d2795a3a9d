/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The file that a dump is in. A flattened one (makedumpfile -F, QEMU's dump-guest-memory -z) is a list of
 * pieces, each with its place in the file that is meant: makedumpfile's makedumpfile.h, struct
 * makedumpfile_header.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "image/dump.h"

#define FLAT_MAGIC "makedumpfile"
#define FLAT_HEADER 4096 /* bytes of the first header, most of them empty */

static size_t read_at(int fd, uint64_t at, void *buf, size_t n)
{
	size_t done = 0;

	while (done < n && at + done <= INT64_MAX) {
		ssize_t got = pread(fd, (char *)buf + done, n - done, at + done);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			break;
		done += got;
	}
	return done;
}

/* What comes through a pipe goes to a file without a name. */
static int spool(int from, struct swpd_error *err)
{
	static char buf[1 << 18];
	const char *dir = getenv("TMPDIR");
	int fd = open(dir && *dir ? dir : "/var/tmp", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	uint64_t total = 0;
	ssize_t n;

	if (fd < 0)
		return fail(err, SWPD_E_SYSTEM, errno,
			"a dump through a pipe is kept in an unlinked file in TMPDIR: %s", sys_text(errno));
	while ((n = read(from, buf, sizeof(buf))) != 0) {
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			fail(err, SWPD_E_SYSTEM, errno, "cannot read: %s", sys_text(errno));
			goto failed;
		}
		if ((total += n) > IMAGE_SPOOL_MAX) {
			fail(err, SWPD_E_RANGE, 0, "more than %llu GiB through a pipe: give the file itself",
				IMAGE_SPOOL_MAX >> 30);
			goto failed;
		}
		for (ssize_t done = 0; done < n;) {
			ssize_t put = write(fd, buf + done, n - done);

			if (put < 0 && errno != EINTR) {
				fail(err, SWPD_E_SYSTEM, errno,
					"cannot keep the dump in an unlinked file in TMPDIR: %s",
					sys_text(errno));
				goto failed;
			}
			done += put > 0 ? put : 0;
		}
	}
	return fd;
failed:
	close(fd);
	return -1;
}

static int read_pieces(struct dump_file *f, struct swpd_error *err)
{
	uint64_t at = FLAT_HEADER, file_size = f->size;
	uint32_t rank = 0;

	f->flat = true;
	f->size = 0;
	for (;; rank++) {
		uint64_t place, size;
		uint8_t head[16];

		if (read_at(f->fd, at, head, sizeof(head)) < sizeof(head)) {
			snprintf(f->damage, sizeof(f->damage), "the flattened file ends before its end mark");
			break;
		}
		place = get_uint(head, 8, true);
		size = get_uint(head + 8, 8, true);
		at += sizeof(head);
		if (place == UINT64_MAX && size == UINT64_MAX)
			break;
		if (place > INT64_MAX || size > INT64_MAX || place + size > INT64_MAX) {
			snprintf(f->damage, sizeof(f->damage),
				"a piece of the flattened file has no possible size or place");
			break;
		}
		if (extents_add(&f->parts, place, size, at, rank, err) < 0)
			return -1;
		if (place + size > f->size)
			f->size = place + size;
		if (size > file_size - at) {
			snprintf(f->damage, sizeof(f->damage), "the flattened file ends within a piece");
			break;
		}
		at += size;
	}
	return extents_settle(&f->parts, err);
}

int dump_file_open(struct dump_file *f, int fd, struct swpd_error *err)
{
	uint8_t head[32] = { 0 };
	struct stat st;
	size_t like = 0;
	off_t end;

	memset(f, 0, sizeof(*f));
	f->fd = fd;
	if (fstat(fd, &st) < 0)
		return fail(err, SWPD_E_SYSTEM, errno, "%s", sys_text(errno));
	if (lseek(fd, 0, SEEK_CUR) < 0) { /* a pipe, whatever stat says it is */
		f->fd = spool(fd, err);
		close(fd);
		if (f->fd < 0)
			return -1;
	}
	end = lseek(f->fd, 0, SEEK_END);
	/* /proc/kcore and /proc/vmcore do not say, or not the truth */
	f->live = S_ISREG(st.st_mode) && st.st_size == 0;
	f->size = f->live ? INT64_MAX : end < 0 ? 0 : end;
	if (read_at(f->fd, 0, head, sizeof(head)) < sizeof(head))
		return 0;
	for (size_t i = 0; i < sizeof(FLAT_MAGIC); i++)
		like += head[i] == (uint8_t)FLAT_MAGIC[i];
	if (like < sizeof(FLAT_MAGIC) - 2)
		return 0;
	if (like < sizeof(FLAT_MAGIC) || get_uint(head + 16, 8, true) != 1 ||
		get_uint(head + 24, 8, true) != 1)
		snprintf(f->damage, sizeof(f->damage), "the header of the flattened file is damaged");
	return read_pieces(f, err);
}

void dump_file_close(struct dump_file *f)
{
	if (f->fd >= 0)
		close(f->fd);
	extents_free(&f->parts);
	f->fd = -1;
}

size_t dump_file_read(const struct dump_file *f, uint64_t at, void *buf, size_t n)
{
	size_t done = 0;

	if (!f->flat)
		return read_at(f->fd, at, buf, n);
	while (done < n) {
		const struct extent *e = extents_find(&f->parts, at + done);
		size_t piece = n - done, got;

		if (!e || e->start > at + done) {
			uint64_t hole = e ? e->start - (at + done) : 0;

			/* Nothing was written there: a hole in the file that is meant. */
			if (!e)
				break;
			piece = hole < piece ? hole : piece;
			memset((char *)buf + done, 0, piece);
			done += piece;
			continue;
		}
		if (e->end - (at + done) < piece)
			piece = e->end - (at + done);
		got = read_at(f->fd, e->at + (at + done - e->start), (char *)buf + done, piece);
		done += got;
		if (got < piece)
			break;
	}
	return done;
}

bool dump_file_data(const struct dump_file *f, uint64_t at, uint64_t end, uint64_t *from, uint64_t *to)
{
	off_t data = f->flat || at > INT64_MAX ? -1 : lseek(f->fd, at, SEEK_DATA), hole;

	*from = at;
	*to = end;
	if (f->flat || (data < 0 && errno != ENXIO)) /* nobody can tell */
		return at < end;
	if (data < 0 || (uint64_t)data >= end)
		return false;
	hole = lseek(f->fd, data, SEEK_HOLE);
	*from = data;
	if (hole >= 0 && (uint64_t)hole < end)
		*to = hole;
	return true;
}
