/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The file that a dump is in. A flattened one (makedumpfile -F, QEMU's dump-guest-memory -z) is a list of
 * pieces, each with its place in the file that is meant: makedumpfile's makedumpfile.h, struct
 * makedumpfile_header.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <linux/magic.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "image/dump.h"

#define FLAT_MAGIC "makedumpfile"
#define FLAT_PIECE 16    /* bytes of the header of a piece */
#define FLAT_PLACE_MAX (1ull << 48)
#define FLAT_MOVED_MIN 65536
#define FLAT_CHAIN 64
#define FLAT_TRIES 4096 /* of what looks like what is sought */
#define FLAT_WINDOW 65536
#define FLAT_LOST_MAX (64u << 20) /* bytes that are looked through for the next one */
#define FLAT_REPAIRS 16
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

struct piece {
	uint64_t place, size;
};

static struct piece get_piece(const uint8_t *p)
{
	return (struct piece){ get_uint(p, 8, true), get_uint(p + 8, 8, true) };
}

/* False at the end of the file. */
static bool read_piece(const struct dump_file *f, uint64_t at, struct piece *p)
{
	uint8_t head[FLAT_PIECE];

	if (read_at(f->fd, at, head, sizeof(head)) < sizeof(head))
		return false;
	*p = get_piece(head);
	return true;
}

static bool is_end(const struct piece *p)
{
	return p->place == UINT64_MAX && p->size == UINT64_MAX;
}

/* Can a piece with this header stand there, in a file of this size? */
static bool is_piece(const struct piece *p, uint64_t at, uint64_t file_size)
{
	return is_end(p) || (p->size && p->size <= file_size - at - FLAT_PIECE);
}

/* So many headers that lead from one to the next, or to the end mark, are no accident. */
static bool is_chain(const struct dump_file *f, uint64_t at, struct piece p, uint64_t file_size)
{
	for (int i = 0; i < FLAT_CHAIN && !is_end(&p); i++) {
		if (!is_piece(&p, at, file_size) || p.place > FLAT_PLACE_MAX)
			return false;
		at += FLAT_PIECE + p.size;
		if (at == file_size) /* cut there */
			return true;
		if (!read_piece(f, at, &p))
			return false;
	}
	return true;
}

/* Where the piece after the one at `at` begins, whose header is damaged: 0 if that cannot be told. */
static uint64_t find_next(const struct dump_file *f, uint64_t at, uint64_t file_size)
{
	uint64_t end = file_size - at < FLAT_LOST_MAX ? file_size : at + FLAT_LOST_MAX;
	uint8_t buf[FLAT_WINDOW + FLAT_PIECE];
	unsigned int tries = 0;

	for (uint64_t from = at + FLAT_PIECE; from < end; from += FLAT_WINDOW) {
		size_t n = read_at(f->fd, from, buf, sizeof(buf));

		for (size_t i = 0; i < FLAT_WINDOW && i + FLAT_PIECE <= n; i++) {
			struct piece p = get_piece(buf + i);

			if ((p.place > FLAT_PLACE_MAX && !is_end(&p)) || !is_piece(&p, from + i, file_size))
				continue;
			if (is_chain(f, from + i, p, file_size))
				return from + i;
			if (++tries == FLAT_TRIES)
				return 0;
		}
	}
	return 0;
}

/*
 * Where the piece after this one begins. If its size leads to no other, either it is wrong or what it leads
 * to: whichever differs in fewer bits from the size with which the chain goes on. 0: nowhere.
 */
static uint64_t next_of(const struct dump_file *f, uint64_t at, const struct piece *p, uint64_t file_size,
	unsigned int *repairs)
{
	uint64_t next = is_piece(p, at, file_size) ? at + FLAT_PIECE + p->size : 0, found;
	struct piece q;

	if (next && (!read_piece(f, next, &q) || is_piece(&q, next, file_size)))
		return next;
	if (*repairs == FLAT_REPAIRS)
		return 0;
	++*repairs;
	found = find_next(f, at, file_size);
	if (next && found > next &&
		__builtin_popcountll((found - next - FLAT_PIECE) ^ q.size) <
			__builtin_popcountll((found - at - FLAT_PIECE) ^ p->size))
		return next;
	return found;
}

/* Is it not needed where it is: all of its bytes are written by other pieces too, or it is far behind all? */
static bool is_stray(const struct extents *x, const struct extents *settled, const struct extent *e)
{
	const struct extent *last = &settled->v[settled->n - 1];
	uint64_t by_others = 0;

	if (e->start == last->start && settled->n > 1 && last->start - last[-1].end >= FLAT_MOVED_MIN)
		return true;
	for (size_t i = 0; i < x->n; i++) {
		const struct extent *o = &x->v[i];
		uint64_t from = o->start > e->start ? o->start : e->start;
		uint64_t to = o->end < e->end ? o->end : e->end;

		by_others += o != e && to > from ? to - from : 0;
	}
	return by_others >= e->end - e->start;
}

/*
 * A hole that one piece fills, if one or two bits of its place are others, and where it stands it is not
 * needed: there it goes. A part of the hole may be written by another piece too, and behind the last one no
 * hole has an end. Where the writer left a hole there is no such piece.
 */
static void mend_place(struct dump_file *f, const struct extents *settled)
{
	unsigned int tries = 0;

	for (size_t i = 0, holes = 0; i < settled->n && holes < FLAT_REPAIRS; i++) {
		uint64_t from = i ? settled->v[i - 1].end : 0, to = settled->v[i].start, place = 0;
		struct extent *only = NULL;
		int n = 0;

		holes += to > from;
		for (size_t k = 0; to > from && k < f->parts.n; k++) {
			struct extent *e = &f->parts.v[k];
			uint64_t size = e->end - e->start;
			bool last = i + 1 == settled->n && e->start == to;
			uint64_t at = size > to - from && !last ? to - size : from;

			if (!last && (size < to - from || size > to))
				continue;
			if (__builtin_popcountll(e->start ^ at) > (last ? 1 : 2) || tries++ > FLAT_TRIES ||
				!is_stray(&f->parts, settled, e))
				continue;
			only = e;
			place = at;
			n++;
		}
		if (n != 1)
			continue;
		only->end = place + (only->end - only->start);
		only->start = place;
		snprintf(f->damage, sizeof(f->damage),
			"the header of a piece of the flattened file is damaged");
		return;
	}
}

/* Which bytes of the file that is meant stand where. */
static int settle_pieces(struct dump_file *f, struct swpd_error *err)
{
	struct extents copy = { 0 };
	int status = 0;

	for (size_t i = 0; !status && i < f->parts.n; i++) {
		const struct extent *e = &f->parts.v[i];

		status = extents_add(&copy, e->start, e->end - e->start, e->at, e->rank, err);
	}
	if (!status && !(status = extents_settle(&copy, err)))
		mend_place(f, &copy);
	extents_free(&copy);
	status = status ? status : extents_settle(&f->parts, err);
	f->size = f->parts.n ? f->parts.v[f->parts.n - 1].end : 0;
	return status;
}

static int read_pieces(struct dump_file *f, struct swpd_error *err)
{
	uint64_t at = FLAT_HEADER, file_size = f->size, next;
	unsigned int repairs = 0;
	struct piece p;
	uint32_t rank = 0;

	f->flat = true;
	f->size = 0;
	for (;; rank++) {
		if (!read_piece(f, at, &p)) {
			snprintf(f->damage, sizeof(f->damage), "the flattened file ends before its end mark");
			break;
		}
		if (is_end(&p))
			break;
		next = next_of(f, at, &p, file_size, &repairs);
		if (next && next != at + FLAT_PIECE + p.size) {
			snprintf(f->damage, sizeof(f->damage),
				"the header of a piece of the flattened file is damaged");
			p.size = next - at - FLAT_PIECE;
		}
		at += FLAT_PIECE;
		if (!next && (p.place > FLAT_PLACE_MAX || p.size > INT64_MAX)) {
			snprintf(f->damage, sizeof(f->damage),
				"a piece of the flattened file has no possible size or place");
			break;
		}
		if (extents_add(&f->parts, p.place, p.size, at, rank, err) < 0)
			return -1;
		if (p.place > FLAT_PLACE_MAX)
			snprintf(f->damage, sizeof(f->damage),
				"a piece of the flattened file has no possible place");
		if (p.size > file_size - at) {
			snprintf(f->damage, sizeof(f->damage), "the flattened file ends within a piece");
			break;
		}
		at += p.size;
	}
	return settle_pieces(f, err);
}

int dump_file_open(struct dump_file *f, int fd, struct swpd_error *err)
{
	uint8_t head[32] = { 0 };
	struct piece first;
	struct statfs fs;
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
	f->live = (S_ISREG(st.st_mode) && st.st_size == 0) ||
		(!fstatfs(f->fd, &fs) && fs.f_type == PROC_SUPER_MAGIC);
	f->size = S_ISREG(st.st_mode) && !st.st_size ? INT64_MAX : end < 0 ? 0 : end;
	if (read_at(f->fd, 0, head, sizeof(head)) < sizeof(head))
		return 0;
	for (size_t i = 0; i < sizeof(FLAT_MAGIC); i++)
		like += head[i] == (uint8_t)FLAT_MAGIC[i];
	if (like < sizeof(FLAT_MAGIC) - 2 &&
		(like < sizeof(FLAT_MAGIC) / 2 || !read_piece(f, FLAT_HEADER, &first) ||
			!is_chain(f, FLAT_HEADER, first, f->size)))
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
