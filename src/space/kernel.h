/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is known of the kernel in a dump. Private to space. */
#ifndef SPACE_KERNEL_H
#define SPACE_KERNEL_H

#include "space/space.h"

#define MAPLE_DEPTH 12
#define ABSENT UINT32_MAX

struct offsets {
#define MEMBER(id, structure, member, needed) uint32_t id;
#include "space/members.def"
#undef MEMBER
};

/* A node of a maple tree that is being looked at: lib/maple_tree.c. */
struct maple {
	uint64_t slots, pivots; /* addresses */
	unsigned int n, next;
	bool leaf;
	uint64_t max; /* the last index that it covers */
};

struct kernel {
	struct kmem *k;
	struct offsets at;
	uint64_t init_task, swap_info, nr_swapfiles;

	/* where the walk through the tasks is; `mark` is one that was passed, to notice a loop */
	uint64_t task, mark;
	uint32_t n_tasks, lost; /* lost: those that cannot be read */
	bool back;              /* the list was broken: it is followed the other way round */

	/* and the one through the mappings of a process */
	uint64_t brk, stack, vma, last_end;
	struct maple maple[MAPLE_DEPTH];
	int depth;
	uint32_t n_mappings;
};

/* Find the address of init_task in the memory of im without any symbol; kn->at is known. */
bool kernel_find_init_task(struct kernel *kn, struct image *im, uint64_t *address);

#endif
