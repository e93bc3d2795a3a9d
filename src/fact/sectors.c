/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From a sector that a disk error names to the swap slot that lies there. */
#include <errno.h>
#include <fcntl.h>
#include <linux/fiemap.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "fact/fact.h"

#define EXTENTS 64 /* asked for at a time */

/*
 * Slots of a file are counted along the file in whole pages (setup_swap_extents(), mm/page_io.c); a sector is
 * one of the device below its file system. Returns false if it is not in the file.
 */
static bool slot_in_file(int fd, uint64_t byte, unsigned int page_shift, uint64_t *slot)
{
	struct {
		struct fiemap map;
		struct fiemap_extent extents[EXTENTS];
	} f;
	uint64_t at = 0;

	do {
		memset(&f, 0, sizeof(f));
		f.map.fm_start = at;
		f.map.fm_length = UINT64_MAX - at;
		f.map.fm_extent_count = EXTENTS;
		if (ioctl(fd, FS_IOC_FIEMAP, &f.map) < 0 || !f.map.fm_mapped_extents)
			return false;
		for (unsigned int i = 0; i < f.map.fm_mapped_extents; i++) {
			const struct fiemap_extent *e = &f.extents[i];

			if (byte >= e->fe_physical && byte - e->fe_physical < e->fe_length &&
				!(e->fe_flags & FIEMAP_EXTENT_UNKNOWN)) {
				*slot = (e->fe_logical + byte - e->fe_physical) >> page_shift;
				return true;
			}
			at = e->fe_logical + e->fe_length;
			if (e->fe_flags & FIEMAP_EXTENT_LAST)
				return false;
		}
	} while (at);
	return false;
}

/* The same sector, counted on the device `of`, which is that device or a partition of it. False if it is not
 * there. */
static bool same_sector(const struct facts *f, dev_t dev, dev_t of, uint64_t *sector)
{
	char path[80], text[32];
	uint64_t start, size;
	unsigned int major, minor;
	int n = snprintf(path, sizeof(path), "/sys/dev/block/%u:%u", major(of), minor(of));

	if (dev == of)
		return true;
	strcpy(path + n, "/partition");
	if (root_read(f->root, path, text, sizeof(text)) <= 0)
		return false;
	strcpy(path + n, "/../dev");
	if (root_read(f->root, path, text, sizeof(text)) <= 0 || sscanf(text, "%u:%u", &major, &minor) != 2 ||
		makedev(major, minor) != dev)
		return false;
	strcpy(path + n, "/start");
	if (root_read(f->root, path, text, sizeof(text)) <= 0 || sscanf(text, "%lu", &start) != 1)
		return false;
	strcpy(path + n, "/size");
	if (root_read(f->root, path, text, sizeof(text)) <= 0 || sscanf(text, "%lu", &size) != 1)
		return false;
	if (*sector < start || *sector - start >= size)
		return false;
	*sector -= start;
	return true;
}

int swaps_sector(const struct facts *f, unsigned int major, unsigned int minor, uint64_t sector, int *device,
	uint64_t *slot)
{
	const struct swap_devices *s = &f->swaps;
	dev_t dev = makedev(major, minor);

	for (int i = 0; i < s->n; i++) {
		/* a terminal or a FIFO of that name must not hold us: look before it is opened */
		int fd = root_openat(f->root, s->device[i].name, O_PATH);
		struct stat st;
		bool is_file = fd >= 0 && !fstat(fd, &st) && S_ISREG(st.st_mode);
		bool is_device = fd >= 0 && !is_file && !fstat(fd, &st) && S_ISBLK(st.st_mode);
		bool found = false;
		uint64_t at = sector;

		if (fd >= 0)
			close(fd);
		if (is_device && same_sector(f, dev, st.st_rdev, &at)) {
			*slot = at >> (f->target.page_shift - 9);
			found = true;
		} else if (is_file && same_sector(f, dev, st.st_dev, &at)) {
			fd = root_openat(f->root, s->device[i].name, O_RDONLY | O_NONBLOCK);
			found = fd >= 0 && slot_in_file(fd, at << 9, f->target.page_shift, slot);
			if (fd >= 0)
				close(fd);
		}
		if (found) {
			*device = i;
			return 0;
		}
	}
	return -1;
}
