/* SPDX-License-Identifier: GPL-2.0-or-later */
/* --find: which entries refer to a slot, a frame or a sector. */
#include <stdlib.h>

#include "cli/cli.h"

static int wrong(struct swpd_error *err, const char *text)
{
	return fail(err, SWPD_E_USAGE, 0,
		"--find=%s: swap:TYPE:OFFSET, swap:DEVICE:OFFSET, pfn:N or sector:MAJOR:MINOR:N", text);
}

/* swap:TYPE:OFFSET or swap:DEVICE:OFFSET; a device's name may hold colons. */
static int parse_swap(struct find *to, const struct facts *f, const char *text, struct swpd_error *err)
{
	const char *what = text + strlen("swap:"), *colon = strrchr(what, ':');
	struct find_slot *slot = &to->slot[to->n_slots++];
	char name[256];
	uint64_t type;

	if (!colon || colon == what || !parse_number(colon + 1, 0, UINT64_MAX, &slot->offset))
		return wrong(err, text);
	snprintf(name, sizeof(name), "%.*s", (int)(colon - what), what);
	slot->type = slot->device = -1;
	if (parse_number(name, 0, 31, &type)) {
		slot->type = type;
		return 0;
	}
	for (int i = 0; i < f->swaps.n; i++)
		if (!strcmp(f->swaps.device[i].name, name))
			slot->device = i;
	if (slot->device < 0)
		return fail(err, SWPD_E_NOT_HERE, 0, "--find=%s: no active swap device of that name", text);
	return 0;
}

/* The slot in which a sector of 512 bytes lies, if it is in one. */
static void add_sector(struct find *to, const struct facts *f, const struct lookup *dump, unsigned int major,
	unsigned int minor, uint64_t sector)
{
	struct find_slot *slot = &to->slot[to->n_slots];
	unsigned int type;

	slot->type = slot->device = -1;
	if (!dump) {
		to->n_slots += swaps_sector(f, major, minor, sector, &slot->device, &slot->offset) == 0;
	} else if (dump->sector && dump->sector(dump->slots, major, minor, sector, &type, &slot->offset)) {
		slot->type = type;
		to->n_slots++;
	}
}

/* What comes after the words of mm/memory-failure.c for a frame; NULL: they are not in the text. */
static const char *frame_in_message(const char *text)
{
	static const char *const words[] = { "Memory failure: ", "MCE 0x", "oft offline: 0x" };

	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		const char *at = strstr(text, words[i]);

		if (at)
			return at + strcspn(at, "0123456789");
	}
	return NULL;
}

bool find_names_frame(const char *text)
{
	return !strncmp(text, "pfn:", 4) || frame_in_message(text);
}

/* The disk of an error that names it, by its number. */
static int from_disk_error(const struct root *root, const char *text, unsigned long long sector, char *to,
	size_t size, struct swpd_error *err)
{
	const char *name = strstr(text, " error, dev ") + strlen(" error, dev ");
	int n = strcspn(name, ",");
	unsigned int major, minor;
	char path[128], dev[32];

	snprintf(path, sizeof(path), "/sys/class/block/%.64s", name);
	path[strcspn(path, ",")] = 0;
	for (char *p = path + strlen("/sys/class/block/"); *p; p++)
		if (*p == '/') /* as in sysfs */
			*p = '!';
	strcat(path, "/dev");
	if (!root || root_read(root, path, dev, sizeof(dev)) <= 0 ||
		sscanf(dev, "%u:%u", &major, &minor) != 2)
		return fail(err, SWPD_E_NOT_HERE, 0,
			"--find: the number of device %.*s is not known%s: sector:MAJOR:MINOR:%llu", n, name,
			root ? " (no such device here)" : " in a dump", sector);
	snprintf(to, size, "sector:%u:%u:%llu", major, minor, sector);
	return 0;
}

/* The kernel's own words for a frame or a sector, as a log has them: what --find would be told. 0, and *to is
 * empty, if the text is something else. root is NULL of a dump. */
static int from_message(const struct root *root, const char *text, char *to, size_t size,
	struct swpd_error *err)
{
	const char *sector = strstr(text, "-error on swap-device ("), *frame = frame_in_message(text);
	unsigned int major, minor;
	unsigned long long n;

	*to = 0;
	if (sector && sscanf(strchr(sector, '('), "(%u:%u:%llu)", &major, &minor, &n) == 3)
		snprintf(to, size, "sector:%u:%u:%llu", major, minor, n);
	else if (frame && !strncmp(frame, "0x", 2) && sscanf(frame, "%llx", &n) == 1)
		snprintf(to, size, "pfn:0x%llx", n);
	else if (frame)
		return fail(err, SWPD_E_USAGE, 0,
			"--find: kernels print the frame of a memory failure with 0x, and this has none: "
			"pfn:0xN or pfn:N says which number is meant");
	else if (sscanf(text, "%*[^,], dev %*[^,], sector %llu", &n) == 1 && strstr(text, " error, dev "))
		return from_disk_error(root, text, n, to, size, err);
	return 0;
}

int find_parse(struct find *to, const struct facts *f, const struct lookup *dump, const char *text,
	struct swpd_error *err)
{
	bool of_swap = strstr(text, "-error on swap-device (");
	unsigned int major, minor;
	uint64_t sector;
	char told[64];
	int end = 0;

	memset(to, 0, sizeof(*to));
	if (from_message(dump ? NULL : f->root, text, told, sizeof(told), err) < 0)
		return -1;
	if (*told)
		text = told;
	if (!strncmp(text, "swap:", 5))
		return parse_swap(to, f, text, err);
	if (!strncmp(text, "pfn:", 4))
		return parse_number(text + 4, 0, UINT64_MAX, &to->pfn) ? 0 : wrong(err, text);
	if (sscanf(text, "sector:%u:%u:%n", &major, &minor, &end) != 2 || !end ||
		!parse_number(text + end, 0, UINT64_MAX >> 9, &sector))
		return wrong(err, text);
	/*
	 * Of a page that could not be read, kernels before 5.16 print the sector after it where the device
	 * takes requests (disks), its own where not (zram, dm): block/blk-mq.c, bio_advance(). Seen in 5.10;
	 * and in 6.1 and 6.12 that they print its own.
	 */
	if (of_swap && sector && f->target.release < KV(5, 16, 0))
		add_sector(to, f, dump, major, minor, sector - 1);
	add_sector(to, f, dump, major, minor, sector);
	if (!to->n_slots)
		return fail(err, SWPD_E_NOT_HERE, 0, "--find=%s: that sector is in %s", text, dump ?
			"no swap device or file that the dump tells of" :
			"none of the active swap devices and files");
	return 0;
}

bool find_match(const struct find *what, const struct facts *f, const struct swpd_entry *e,
	unsigned long pages)
{
	if (!what->n_slots)
		return e->has & SWPD_HAS_PFN && what->pfn >= e->pfn && what->pfn - e->pfn < pages;
	if (e->cls != SWPD_SWAP || !(e->has & SWPD_HAS_OFFSET))
		return false;
	for (const struct find_slot *s = what->slot; s < what->slot + what->n_slots; s++)
		if (e->offset == s->offset && (s->type >= 0 ? e->type == s->type :
			e->type < SWAP_DEVICES_MAX && f->swaps.possible[e->type] >> s->device & 1))
			return true;
	return false;
}

static bool nobody_has(const struct find_slot *what, const struct facts *f, const struct lookup *dump,
	char why[100])
{
	struct swap_devices s = f->swaps;
	struct swap_slot slot;
	int type = what->type;
	uint32_t devices;
	uint64_t last;
	bool exact;

	if (type >= 0)
		swaps_see(&s, type);
	for (int t = 0; type < 0 && t < SWAP_DEVICES_MAX; t++)
		if (swaps_device(&s, t) == &s.device[what->device])
			type = t;
	devices = what->type >= 0 ? s.possible[type] : 1u << what->device;
	last = swaps_last_slot(&s, devices, &exact);
	if (s.known && !devices && !(s.unread >> type & 1)) {
		snprintf(why, 100, "no active swap device has this type");
	} else if (!what->offset) {
		snprintf(why, 100, "slot 0 is the header of a swap device");
	} else if (s.known && devices && what->offset > last) {
		snprintf(why, 100, "the last slot there%s is 0x%llx", exact ? "" : ", bad pages not counted,",
			(unsigned long long)last);
	} else if (dump && type >= 0 && lookup_slot(dump, type, what->offset, &slot) &&
		   slot.state != SLOT_USED) {
		snprintf(why, 100, "it %s", slot_state_name(slot.state));
		return slot.state != SLOT_SHMEM;
	} else {
		snprintf(why, 100, "but slots of swapped shared memory cannot be seen");
		return false;
	}
	return true;
}

bool find_nobody(const struct find *what, const struct facts *f, const struct lookup *dump, char why[100])
{
	for (int i = 0; i < what->n_slots; i++)
		if (!nobody_has(&what->slot[i], f, dump, why))
			return false;
	return true;
}
