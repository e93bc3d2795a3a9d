/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Open a dump, whatever it is, and read memory from it. */
#include <dirent.h>
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "image/dump.h"

#define BLOCK 4096u
#define FILES_MAX 256        /* of a split set */
#define NOTES_MAX (1u << 24) /* bytes of notes that are looked through */

static const struct dump_format *const formats[] = {
#define DUMP(name) &dump_##name,
#include "image/list.def"
#undef DUMP
};

/* Formats that are known by sight only. */
#define NOT_READ ", which is not read here"
static const struct {
	uint16_t at;
	uint8_t len;
	const char *bytes, *says;
} strangers[] = {
	{ 0, 8, "DISKDUMP", "a diskdump file" NOT_READ },
	{ 0, 8, "\xed\x23\x8f\x61\x73\x01\x19\xa8", "an LKCD dump" NOT_READ },
	{ 0, 8, "\xa8\x19\x01\x73\x61\x8f\x23\xed", "an LKCD dump" NOT_READ },
	{ 0, 4, "EMiL", "a LiME memory dump" NOT_READ },
	{ 0, 4, "LiME", "a LiME memory dump" NOT_READ },
	{ 0, 8, "PAGEDU64", "a Windows crash dump" NOT_READ },
	{ 0, 8, "PAGEDUMP", "a Windows crash dump" NOT_READ },
	{ 0, 4, "\xd0\xbe\xd2\xbe", "a VMware suspend file" NOT_READ },
	{ 0, 4, "\xd1\xba\xd1\xba", "a VMware suspend file" NOT_READ },
	{ 0, 4, "\xd2\xbe\xd2\xbe", "a VMware suspend file" NOT_READ },
	{ 0, 4, "QFI\xfb", "a qcow2 disk image" NOT_READ },
	{ 0, 4, "QEVM", "a saved QEMU machine" NOT_READ },
	{ 0, 21, "LibvirtQemudSave\0\0\0\0\0", "a machine saved by libvirt" NOT_READ },
	{ 0, 8, "\xa8\x19\x01\x0d\x61\x8f\x23\xed", "a mainframe dump" NOT_READ },
	{ 0, 2, "\x1f\x8b", "packed: pipe what gzip -dc makes of it into -d -" },
	{ 0, 6,
		"\xfd"
		"7zXZ\0",
		"packed: pipe what xz -dc makes of it into -d -" },
	{ 0, 4, "\x28\xb5\x2f\xfd", "packed: pipe what zstd -dc makes of it into -d -" },
	{ 0, 3, "BZh", "packed: pipe what bzip2 -dc makes of it into -d -" },
	{ 4, 4, "sadu", "an sadump file" NOT_READ },
	{ 4086, 10, "SWAPSPACE2", "a swap device" NOT_READ },
	{ 4086, 9, "S1SUSPEND", "a hibernation image" NOT_READ },
};

void dump_damaged(struct image *im, const char *fmt, ...)
{
	va_list ap;

	if (im->about.damage[0])
		return;
	va_start(ap, fmt);
	vsnprintf(im->about.damage, sizeof(im->about.damage), fmt, ap);
	va_end(ap);
}

/* ---- notes ---- */

/* QEMU's target/i386/arch_dump.c, struct QEMUCPUState: 18 registers, 10 segments of 24 bytes, cr[5]. */
static void qemu_note(struct image *im, uint64_t at, uint64_t size)
{
	struct image_about *a = &im->about;
	uint8_t cr3[8];
	uint64_t root;
	bool pae;

	im->by_qemu = true;
	if (size < 432 || a->n_roots == ARRAY_SIZE(a->roots) ||
		dump_file_read(&im->files[0], at + 416, cr3, sizeof(cr3)) < sizeof(cr3))
		return;
	/* flags are in the low bits; the table of PAE has 32 bytes */
	pae = a->machine == EM_386 || (!a->machine && a->word_bytes == 4); /* kdump: no e_machine */
	root = get_uint(cr3, 8, false) & ~(pae ? 0x1full : 0xfffull);
	for (unsigned int i = 0; i < a->n_roots; i++)
		if (a->roots[i] == root)
			return;
	if (root)
		a->roots[a->n_roots++] = root;
}

void dump_notes(struct image *im, uint64_t at, uint64_t size)
{
	uint64_t end = at + (size < NOTES_MAX ? size : NOTES_MAX);

	while (at + 12 <= end) {
		uint8_t head[12 + 12] = { 0 };
		uint64_t name, desc;
		size_t got = dump_file_read(&im->files[0], at, head, sizeof(head));

		if (got < 12) {
			dump_damaged(im, "the notes are cut");
			return;
		}
		name = get_uint(head, 4, im->about.big_endian);
		desc = get_uint(head + 4, 4, im->about.big_endian);
		at += 12 + ((name + 3) & ~3ull);
		if (at + desc > end)
			return;
		if (name == 11 && !memcmp(head + 12, "VMCOREINFO", 11))
			dump_vmcoreinfo(im, at, desc);
		else if (name == 5 && !memcmp(head + 12, "QEMU", 5))
			qemu_note(im, at, desc);
		at += (desc + 3) & ~3ull;
	}
}

/* ---- opening ---- */

/* A directory as kdump leaves it: vmcore (Red Hat, SUSE, Ubuntu), or the only file dump.DATE (Debian). */
static int open_below(int dir, struct swpd_error *err)
{
	static const char *const names[] = { "vmcore", "vmcore.flat", "vmcore.kdump" };
	char found[256] = "";
	struct dirent *d;
	DIR *list;
	int fd = -1;

	for (size_t i = 0; fd < 0 && i < ARRAY_SIZE(names); i++)
		fd = openat(dir, names[i], O_RDONLY | O_CLOEXEC);
	list = fd < 0 ? fdopendir(dup(dir)) : NULL;
	while (list && (d = readdir(list))) {
		if (strncmp(d->d_name, "dump.", 5))
			continue;
		if (found[0]) {
			closedir(list);
			return fail(err, SWPD_E_USAGE, 0, "more than one dump in this directory: name one");
		}
		snprintf(found, sizeof(found), "%s", d->d_name);
	}
	if (list)
		closedir(list);
	if (found[0])
		fd = openat(dir, found, O_RDONLY | O_CLOEXEC);
	return fd < 0 ? fail(err, SWPD_E_NOT_HERE, 0, "no vmcore in this directory") : fd;
}

static int open_path(const char *path, struct swpd_error *err)
{
	struct stat st;
	int fd, dir;

	if (!strcmp(path, "-"))
		fd = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3);
	else
		fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return fail(err, SWPD_E_SYSTEM, errno, "cannot open: %s", sys_text(errno));
	if (!fstat(fd, &st) && S_ISDIR(st.st_mode)) {
		dir = fd;
		fd = open_below(dir, err);
		close(dir);
	}
	return fd;
}

static int strange(const uint8_t *head, size_t n, struct swpd_error *err)
{
	if (!n)
		return fail(err, SWPD_E_FORMAT, 0, "not a dump: there is nothing in it");
	for (size_t i = 0; i < ARRAY_SIZE(strangers); i++)
		if (n >= (size_t)strangers[i].at + strangers[i].len &&
			!memcmp(head + strangers[i].at, strangers[i].bytes, strangers[i].len))
			return fail(err, SWPD_E_FORMAT, 0, "%s", strangers[i].says);
	return fail(err, SWPD_E_FORMAT, 0,
		"not a dump that is known (ELF core, kdump-compressed, flattened); raw memory needs "
		"--phys-base");
}

static int recognise(struct image *im, struct swpd_error *err)
{
	uint8_t head[BLOCK] = { 0 };
	size_t n = dump_file_read(&im->files[0], 0, head, sizeof(head));

	for (size_t i = 0; i < ARRAY_SIZE(formats); i++) {
		if (!formats[i]->is(im, head, n))
			continue;
		im->format = formats[i];
		snprintf(im->format_name, sizeof(im->format_name), "%s%s",
			im->files[0].flat ? "flattened " : "", im->format->name);
		im->about.format = im->format_name;
		if (im->n_files > 1 && !im->format->split)
			return fail(
				err, SWPD_E_USAGE, 0, "only a split kdump-compressed dump has several files");
		return im->format->open(im, err);
	}
	return strange(head, n, err);
}

struct image *image_open(
	const char *const *paths, size_t n, const struct image_options *options, struct swpd_error *err)
{
	struct image *im = calloc(1, sizeof(*im));
	int fd, status = 0;

	if (!im || n > FILES_MAX || !(im->files = calloc(n, sizeof(*im->files)))) {
		fail(err, SWPD_E_SYSTEM, ENOMEM, "%s", n > FILES_MAX ? "too many files" : sys_text(ENOMEM));
		free(im);
		return NULL;
	}
	memset(im->cache.block, 0xff, sizeof(im->cache.block));
	im->about.vmcoreinfo = im->vmcoreinfo;
	im->options = *options;
	for (size_t i = 0; !status && i < n; i++) {
		fd = open_path(paths[i], err);
		status = fd < 0 ? -1 : dump_file_open(&im->files[im->n_files++], fd, err);
		if (status < 0)
			fail_context(err, "%s", paths[i]);
		else if (im->files[i].damage[0])
			dump_damaged(im, "%.150s", im->files[i].damage);
	}
	if (!status && (status = recognise(im, err)) < 0)
		fail_context(err, "%s", paths[0]);
	if (!status)
		return im;
	image_close(im);
	return NULL;
}

void image_close(struct image *im)
{
	if (!im)
		return;
	if (im->format)
		im->format->close(im);
	for (size_t i = 0; i < im->n_files; i++)
		dump_file_close(&im->files[i]);
	free(im->files);
	free(im);
}

const struct image_about *image_about(const struct image *im)
{
	return &im->about;
}

/* ---- reading ---- */

static enum mem_state read_small(struct image *im, uint64_t phys, uint8_t *buf, size_t n)
{
	uint64_t block = phys / BLOCK;
	size_t slot = block % ARRAY_SIZE(im->cache.block);

	if (im->cache.block[slot] != block) {
		im->cache.state[slot] = im->format->read(im, block * BLOCK, im->cache.bytes[slot], BLOCK);
		im->cache.block[slot] = block;
	}
	if (im->cache.state[slot] != MEM_OK) /* of part of the block perhaps */
		return im->format->read(im, phys, buf, n);
	memcpy(buf, im->cache.bytes[slot] + phys % BLOCK, n);
	return MEM_OK;
}

enum mem_state image_read(struct image *im, uint64_t phys, void *buf, size_t n)
{
	enum mem_state state = MEM_OK;
	uint8_t *to = buf;

	if (phys + n < phys) {
		memset(buf, 0, n);
		return MEM_ABSENT;
	}
	while (n) {
		size_t piece = BLOCK - phys % BLOCK;
		enum mem_state s;

		if (piece > n)
			piece = n;
		s = piece == BLOCK ? im->format->read(im, phys, to, piece) : read_small(im, phys, to, piece);
		if (state == MEM_OK)
			state = s;
		phys += piece;
		to += piece;
		n -= piece;
	}
	return state;
}

bool image_next_range(struct image *im, uint64_t from, uint64_t *start, uint64_t *end)
{
	return im->format->next_range(im, from, start, end);
}
