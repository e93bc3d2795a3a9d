/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Swap devices of a dump and their slots: struct swap_info_struct, mm/swapfile.c. */
#include <sys/stat.h>

#include "space/kernel.h"

/* include/linux/swap.h: swap_info_struct.flags; a byte of swap_map, whose low six bits count. */
#define SWP_USED 1
#define SWAP_HAS_CACHE 0x40
#define SWAP_COUNT_CONTINUED 0x80
#define SWAP_MAP_BAD 0x3f
#define SWAP_MAP_SHMEM 0xbf

/* Slots in use. In 6.13 the counter became an atomic_long_t, whose bit 30 is a flag: mm/swapfile.c. */
static uint64_t pages_used(struct kernel *kn, uint64_t info)
{
	uint32_t at = kn->at.swap_used;
	uint64_t used = 0;

	if (at == ABSENT)
		return 0;
	if (kn->release < KV(6, 13, 0))
		kmem_uint(kn->k, info + at, 4, &used);
	else if (kmem_pointer(kn->k, info + at, &used))
		used &= ~(1ull << 30);
	return used;
}

int kernel_swaps(struct kernel *kn, struct facts *f, struct swpd_error *err)
{
	const struct offsets *o = &kn->at;
	struct swap_devices *s = &f->swaps;
	unsigned int word = kmem_word_bytes(kn->k);
	uint64_t n = SWAP_DEVICES_MAX, max = swpd_max_swapfiles(&f->target);

	if (!kn->symbol[SYMBOL_SWAP_INFO] || o->swap_flags == ABSENT || o->swap_pages == ABSENT ||
		o->swap_file == ABSENT)
		return fail(err, SWPD_E_NOT_HERE, 0,
			"the kernel's swap_info is not where its symbols and types say");
	if (kn->symbol[SYMBOL_NR_SWAPFILES] && !kmem_uint(kn->k, kn->symbol[SYMBOL_NR_SWAPFILES], 4, &n))
		return fail(err, SWPD_E_FORMAT, 0, "the kernel's nr_swapfiles cannot be read");
	if (n > SWAP_DEVICES_MAX)
		return fail(
			err, SWPD_E_FORMAT, 0, "the kernel's nr_swapfiles is %llu", (unsigned long long)n);
	memset(s, 0, sizeof(*s));
	memset(kn->swap, 0, sizeof(kn->swap));
	s->max_type = (max ? (int)max : SWAP_DEVICES_MAX) - 1;
	s->seen = UINT32_MAX; /* which device has which type is certain: nothing to narrow down */
	for (uint64_t type = 0; type < n; type++) {
		struct swap_device *d = &s->device[s->n];
		uint64_t info, flags, pages, max_slots = 0, file, inode, mode = 0;
		char path[200] = "";

		if (!kmem_pointer(kn->k, kn->symbol[SYMBOL_SWAP_INFO] + type * word, &info) ||
			(info && !kmem_pointer(kn->k, info + o->swap_flags, &flags))) {
			s->unread |= 1u << type;
			continue;
		}
		if (!info || !(flags & SWP_USED))
			continue;
		if (!kmem_uint(kn->k, info + o->swap_pages, 4, &pages) ||
			!kmem_pointer(kn->k, info + o->swap_file, &file)) {
			s->unread |= 1u << type;
			continue;
		}
		if (o->swap_max != ABSENT && kmem_uint(kn->k, info + o->swap_max, 4, &max_slots) && max_slots)
			d->last = max_slots - 1;
		d->used = pages_used(kn, info);
		kn->swap[type].info = info;
		kn->swap[type].slots = max_slots;
		if (o->file_inode != ABSENT && o->inode_mode != ABSENT &&
			kmem_pointer(kn->k, file + o->file_inode, &inode))
			kmem_uint(kn->k, inode + o->inode_mode, 2, &mode);
		kernel_file_name(kn, file, path, sizeof(path));
		/* devices lie in devtmpfs, which is mounted there */
		snprintf(d->name, sizeof(d->name), "%s%s", S_ISBLK(mode) ? "/dev" : "",
			path[0] ? path : "(swap)");
		d->pages = pages;
		s->possible[type] = 1u << s->n++;
	}
	s->known = true;
	if (s->unread)
		return fail(err, SWPD_E_FORMAT, 0, "the kernel's swap_info of type %d cannot be read",
			__builtin_ctz(s->unread));
	return 0;
}

/* A byte for each slot: up to 7.0. */
static bool look_map(struct kernel *kn, uint64_t map, uint64_t offset, struct swap_slot *to)
{
	uint64_t byte;

	if (!kmem_uint(kn->k, map + offset, 1, &byte))
		return false;
	to->count = byte & 0x3f;
	if ((byte & ~SWAP_HAS_CACHE) == SWAP_MAP_SHMEM)
		to->state = SLOT_SHMEM;
	else if ((byte & ~SWAP_HAS_CACHE) == SWAP_MAP_BAD)
		to->state = SLOT_BAD;
	else if (byte & SWAP_COUNT_CONTINUED)
		to->state = SLOT_USED, to->count = -1;
	else if (to->count)
		to->state = SLOT_USED;
	else
		to->state = byte ? SLOT_CACHED : SLOT_FREE;
	return true;
}

/*
 * mm/swap_table.h, after 7.0: a word for each slot in a table for each cluster. The low bits say what it is,
 * the four highest count, where words have 64 bits; what does not fit is in an array of int of the cluster.
 */
static bool look_table(struct kernel *kn, uint64_t clusters, uint64_t offset, struct swap_slot *to)
{
	const struct offsets *o = &kn->at;
	unsigned int word = kmem_word_bytes(kn->k);
	uint64_t n, cluster, table, entry;

	if (word != 8 || o->cluster_table == ABSENT || o->cluster_more == ABSENT ||
		o->cluster_size == ABSENT || o->table_size == ABSENT || o->table_size < word)
		return false;
	n = o->table_size / word;
	cluster = clusters + offset / n * o->cluster_size;
	if (!kmem_pointer(kn->k, cluster + o->cluster_table, &table))
		return false;
	if (!table) {
		to->state = SLOT_FREE;
		return true;
	}
	if (!kmem_pointer(kn->k, table + offset % n * word, &entry))
		return false;
	to->count = entry >> 60;
	if (!entry)
		to->state = SLOT_FREE;
	else if ((entry & 0xf) == 8)
		to->state = SLOT_BAD;
	else if ((entry & 7) == 4) /* of a virtual device */
		return false;
	else
		to->state = to->count ? SLOT_USED : SLOT_CACHED;
	if (to->count == 15)
		to->count = kmem_pointer(kn->k, cluster + o->cluster_more, &table) && table &&
				kmem_uint(kn->k, table + offset % n * 4, 4, &entry) && entry >= 15 ?
			(int)entry : -1;
	return true;
}

static bool look(void *kernel, unsigned int type, uint64_t offset, struct swap_slot *to)
{
	struct kernel *kn = kernel;
	const struct offsets *o = &kn->at;
	uint64_t at;

	memset(to, 0, sizeof(*to));
	if (type >= SWAP_DEVICES_MAX || offset >= kn->swap[type].slots)
		return false;
	if (o->swap_map != ABSENT)
		return kmem_pointer(kn->k, kn->swap[type].info + o->swap_map, &at) && at &&
			look_map(kn, at, offset, to);
	return o->swap_clusters != ABSENT &&
		kmem_pointer(kn->k, kn->swap[type].info + o->swap_clusters, &at) && at &&
		look_table(kn, at, offset, to);
}

#define EXTENTS_MAX (1u << 20)
#define TREE_DEPTH 64
#define MINOR_BITS 20 /* include/linux/kdev_t.h */

/* mm/swapfile.c, swap_page_sector(): an extent begins at a page of the slots and at a page of the device. */
static bool in_extents(struct kernel *kn, uint64_t info, uint64_t sector, uint64_t *slot)
{
	const struct offsets *o = &kn->at;
	unsigned int word = kmem_word_bytes(kn->k);
	uint64_t stack[TREE_DEPTH], page = sector >> (kmem_page_shift(kn->k) - 9);
	int depth = 0;

	if (!kmem_pointer(kn->k, info + o->swap_extents, &stack[depth++]))
		return false;
	for (unsigned int n = 0; depth && n < EXTENTS_MAX; n++) {
		uint64_t node = stack[--depth], extent = node - o->extent_node, start, pages, block;

		if (!node)
			continue;
		/* start_block is a sector_t, of 64 bits everywhere since 5.3 */
		if (!kmem_uint(kn->k, extent + o->extent_page, word, &start) ||
			!kmem_uint(kn->k, extent + o->extent_pages, word, &pages) ||
			!kmem_uint(kn->k, extent + o->extent_block, 8, &block))
			return false;
		if (page >= block && page - block < pages) {
			*slot = start + page - block;
			return true;
		}
		if (depth + 2 > TREE_DEPTH || !kmem_pointer(kn->k, node + o->rb_left, &stack[depth]) ||
			!kmem_pointer(kn->k, node + o->rb_right, &stack[depth + 1]))
			return false;
		depth += 2;
	}
	return false;
}

/* The same sector, counted on the block device bdev, which is that device or a partition of it. */
static bool same_sector(struct kernel *kn, uint64_t bdev, unsigned int major, unsigned int minor,
	uint64_t *sector)
{
	const struct offsets *o = &kn->at;
	uint64_t dev, disk, part = bdev, at = o->bdev_start, start = 0;

	if (!kmem_uint(kn->k, bdev + o->bdev_dev, 4, &dev))
		return false;
	if (dev >> MINOR_BITS == major && (dev & ((1u << MINOR_BITS) - 1)) == minor)
		return true;
	if (o->bdev_disk == ABSENT || o->disk_major == ABSENT || o->disk_minor == ABSENT ||
		!kmem_pointer(kn->k, bdev + o->bdev_disk, &disk) ||
		!kmem_uint(kn->k, disk + o->disk_major, 4, &dev) || dev != major ||
		!kmem_uint(kn->k, disk + o->disk_minor, 4, &dev) || dev != minor)
		return false;
	if (at == ABSENT && o->bdev_part != ABSENT && kmem_pointer(kn->k, bdev + o->bdev_part, &part))
		at = o->part_start;
	if (at == ABSENT || !kmem_uint(kn->k, part + at, 8, &start) || *sector < start)
		return false;
	*sector -= start;
	return true;
}

static bool find_sector(void *kernel, unsigned int major, unsigned int minor, uint64_t sector,
	unsigned int *type, uint64_t *slot)
{
	struct kernel *kn = kernel;
	const struct offsets *o = &kn->at;
	uint64_t bdev;

	if (o->swap_bdev == ABSENT || o->swap_extents == ABSENT || o->bdev_dev == ABSENT ||
		o->extent_node == ABSENT || o->extent_page == ABSENT || o->extent_pages == ABSENT ||
		o->extent_block == ABSENT || o->rb_left == ABSENT || o->rb_right == ABSENT)
		return false;
	for (unsigned int t = 0; t < SWAP_DEVICES_MAX; t++) {
		uint64_t at = sector;

		if (!kn->swap[t].slots || !kmem_pointer(kn->k, kn->swap[t].info + o->swap_bdev, &bdev) ||
			!same_sector(kn, bdev, major, minor, &at))
			continue;
		*type = t;
		if (in_extents(kn, kn->swap[t].info, at, slot))
			return true;
	}
	return false;
}

void kernel_lookup(struct kernel *kn, struct lookup *l)
{
	if (kn->memmap)
		memmap_lookup(kn->memmap, l);
	l->slots = kn;
	l->slot = look;
	l->sector = find_sector;
}
