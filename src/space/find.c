/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a damaged dump has lost the way to, found by what it looks like. */
#include "space/kernel.h"

struct idle {
	struct kernel *kn;
	uint64_t address;
};

/*
 * Is this the name of init_task? Its list of tasks leads on to another task, and that one back to where its
 * own address is.
 */
static bool is_init_task(struct image *im, uint64_t phys, void *arg)
{
	struct idle *idle = arg;
	struct kernel *kn = idle->kn;
	const struct offsets *o = &kn->at;
	uint64_t tasks = phys - o->task_comm + o->task_tasks, next, self, there;
	unsigned int word = kmem_word_bytes(kn->k);
	uint8_t mem[8] = { 0 };

	if (image_read(im, tasks, mem, word) != MEM_OK)
		return false;
	next = 0;
	for (unsigned int i = 0; i < word; i++)
		next = next << 8 | mem[kmem_big_endian(kn->k) ? i : word - 1 - i];
	if (!kmem_pointer(kn->k, next + word, &self) || !kmem_translate(kn->k, self, &there) ||
		there != tasks)
		return false;
	idle->address = self - o->task_tasks;
	return true;
}

bool kernel_find_init_task(struct kernel *kn, struct image *im, uint64_t *address)
{
	struct idle idle = { .kn = kn };
	struct image_pattern names[] = {
		{ .bytes = "swapper/0", .len = 10, .align = 1, .accept = is_init_task, .arg = &idle },
		{ .bytes = "swapper", .len = 8, .align = 1, .accept = is_init_task, .arg = &idle },
	};

	/* kernel/sched/core.c, init_idle(); with one processor only include/linux/init_task.h */
	image_scan(im, &names[0], 1);
	if (!names[0].found)
		image_scan(im, &names[1], 1);
	*address = idle.address;
	return names[0].found || names[1].found;
}
