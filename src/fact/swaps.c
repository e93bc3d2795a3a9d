/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Swap devices: /proc/swaps, and which of them can have which type. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "fact/fact.h"

/*
 * Lines of /proc/swaps are in the order of types, but a type freed by swapoff leaves no line (swap_start() in
 * mm/swapfile.c): so device i can be type t only if the types that were met, and the devices before and
 * after, leave room for it. possible[t] follows from these types. Returns false if they do not fit together.
 */
static bool match(struct swap_devices *s, uint32_t seen)
{
	int types[SWAP_DEVICES_MAX], n = 0;
	uint32_t low[SWAP_DEVICES_MAX], high[SWAP_DEVICES_MAX];
	bool fits = true;

	for (int t = 0; t < SWAP_DEVICES_MAX; t++) {
		s->possible[t] = 0;
		if (seen & 1u << t)
			types[n++] = t;
	}
	for (int k = 0; k < n; k++) { /* what the types below allow */
		low[k] = 0;
		for (int i = 0; i < s->n; i++) {
			bool ok = k == 0 && i <= types[k];

			for (int j = 0; k > 0 && j < i; j++)
				ok |= (low[k - 1] & 1u << j) && i - j <= types[k] - types[k - 1];
			if (ok)
				low[k] |= 1u << i;
		}
	}
	for (int k = n - 1; k >= 0; k--) { /* what the types above allow */
		high[k] = 0;
		for (int i = 0; i < s->n; i++) {
			bool ok = k == n - 1 && s->n - 1 - i <= s->max_type - types[k];

			for (int j = i + 1; k < n - 1 && j < s->n; j++)
				ok |= (high[k + 1] & low[k + 1] & 1u << j) &&
					j - i <= types[k + 1] - types[k];
			if (ok)
				high[k] |= 1u << i;
		}
		s->possible[types[k]] = low[k] & high[k];
		fits &= s->possible[types[k]] != 0;
	}
	return fits;
}

/* One type that no device can have, from a damaged table, must not make the others impossible: types are
 * believed from the lowest up, since the kernel takes the lowest that is free. */
void swaps_narrow(struct swap_devices *s, unsigned int type)
{
	uint32_t believed = 0;

	s->seen |= 1u << type;
	for (int t = 0; t < SWAP_DEVICES_MAX; t++)
		if (s->seen >> t & 1 && match(s, believed | 1u << t))
			believed |= 1u << t;
	match(s, believed);
}

const struct swap_device *swaps_device(const struct swap_devices *s, unsigned int type)
{
	uint32_t can = s->known && type < SWAP_DEVICES_MAX ? s->possible[type] : 0;

	return can && !(can & (can - 1)) ? &s->device[__builtin_ctz(can)] : NULL;
}

uint64_t swaps_last_slot(const struct swap_devices *s, uint32_t devices, bool *exact)
{
	uint64_t largest = 0;

	*exact = true;
	for (int i = 0; i < s->n; i++) {
		uint64_t last = s->device[i].last ? s->device[i].last : s->device[i].pages;

		if (!(devices & 1u << i))
			continue;
		*exact &= s->device[i].last != 0;
		if (last > largest)
			largest = last;
	}
	return largest;
}

const char *slot_state_name(enum slot_state s)
{
	static const char *const names[] = { [SLOT_FREE] = "is free", [SLOT_USED] = "is referred to",
		[SLOT_CACHED] = "is in use by the swap cache only", [SLOT_BAD] = "is marked bad",
		[SLOT_SHMEM] = "belongs to shared memory, which no page table refers to" };

	return names[s];
}

static void unescape(char *to, size_t size, const char *from, size_t len)
{
	size_t n = 0;

	for (size_t i = 0; i < len && n < size - 1; i++) {
		if (from[i] == '\\' && len - i > 3 && from[i + 1] >= '0' && from[i + 1] <= '3' &&
			from[i + 2] >= '0' && from[i + 2] <= '7' && from[i + 3] >= '0' &&
			from[i + 3] <= '7') {
			to[n++] = (from[i + 1] - '0') << 6 | (from[i + 2] - '0') << 3 | (from[i + 3] - '0');
			i += 3;
		} else {
			to[n++] = from[i];
		}
	}
	to[n] = 0;
}

/* /sys/block/zramN/mm_stat: its third number is mem_used_total, the sixth same_pages. */
static void ask_zram(const struct root *root, struct swap_device *d)
{
	char path[64], text[256];
	unsigned int id;
	int end = 0;

	d->same_pages = d->memory = -1;
	d->zram = sscanf(d->name, "/dev/zram%u%n", &id, &end) == 1 && !d->name[end];
	if (!d->zram)
		return;
	snprintf(path, sizeof(path), "/sys/block/zram%u/mm_stat", id);
	if (root_read(root, path, text, sizeof(text)) > 0 &&
		sscanf(text, "%*u %*u %ld %*u %*u %ld", &d->memory, &d->same_pages) != 2)
		d->same_pages = d->memory = -1;
}

/* The number after a name that begins a line; -1: there is none. */
static int64_t number_after(const struct root *root, const char *path, const char *name)
{
	char text[1 << 15], *at;

	if (root_read(root, path, text, sizeof(text)) <= 0)
		return -1;
	at = strstr(text, name);
	return at ? strtoll(at + strlen(name), NULL, 10) : -1;
}

int facts_ask_swaps(struct facts *f, struct swpd_error *err)
{
	static const char path[] = "/proc/swaps";
	struct swap_devices *s = &f->swaps;
	unsigned int kib_shift = f->target.page_shift - 10;
	struct lines in;
	struct line line;
	int fd = root_openat(f->root, path, O_RDONLY | O_NONBLOCK);
	int status = 0, got;
	bool any = false;
	unsigned int max = swpd_max_swapfiles(&f->target);

	if (fd < 0)
		return fail(err, SWPD_E_SYSTEM, errno, "%s: cannot open: %s", path, sys_text(errno));
	s->zswapped = number_after(f->root, "/proc/meminfo", "\nZswapped:"); /* 5.19 */
	if (s->zswapped >= 0)
		s->zswapped >>= kib_shift;
	s->counted = true;
	s->zeros = number_after(f->root, "/proc/vmstat", "\nswpout_zero "); /* 6.12 */
	lines_init(&in, fd);
	s->n = 0;
	s->max_type = (max ? (int)max : SWAP_DEVICES_MAX) - 1;
	for (int row = 0; !status && (got = lines_next(&in, &line)) > 0; row++) {
		size_t name = strcspn(line.text, " \t");
		char *rest = line.text + name;
		uint64_t size, used;
		char type[16];

		any = true;
		if (row == 0 && !strncmp(line.text, "Filename", 8))
			continue;
		/* a deleted swap file is listed as NAME\040(deleted), which stays one word */
		if (sscanf(rest, " %15s %lu %lu", type, &size, &used) != 3 || s->n == SWAP_DEVICES_MAX) {
			status = fail(err, SWPD_E_FORMAT, 0, "%s: line %d: not a line of this file", path,
				row + 1);
			break;
		}
		unescape(s->device[s->n].name, sizeof(s->device[0].name), line.text, name);
		ask_zram(f->root, &s->device[s->n]);
		s->device[s->n].pages = size >> kib_shift;
		s->device[s->n++].used = used >> kib_shift;
	}
	if (!status && !in.error && !any)
		status = fail(err, SWPD_E_FORMAT, 0, "%s: empty, without even its heading", path);
	if (!status && in.error)
		status = fail_read(err, in.error, path);
	close(fd);
	s->known = !status;
	if (status)
		s->n = 0;
	return status;
}

bool swaps_changed(const struct facts *f)
{
	struct facts now = { .root = f->root, .target = f->target };
	struct swpd_error ignored;

	facts_ask_swaps(&now, &ignored);
	if (now.swaps.known != f->swaps.known || now.swaps.n != f->swaps.n)
		return true;
	for (int i = 0; i < now.swaps.n; i++)
		if (strcmp(now.swaps.device[i].name, f->swaps.device[i].name) ||
			now.swaps.device[i].pages != f->swaps.device[i].pages)
			return true;
	return false;
}
