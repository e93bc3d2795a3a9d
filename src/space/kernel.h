/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is known of the kernel in a dump. Private to space. */
#ifndef SPACE_KERNEL_H
#define SPACE_KERNEL_H

#include "space/space.h"

#define MAPLE_DEPTH 12
#define ABSENT UINT32_MAX

/* Offsets of members, and sizes of structures; ABSENT: there is none. */
struct offsets {
#define MEMBER(id, structure, member, needed) uint32_t id;
#define SIZE(id, structure) uint32_t id;
#include "space/members.def"
#undef MEMBER
#undef SIZE
};

#define SYMBOLS                                                                                              \
	SYMBOL(INIT_TASK, "init_task")                                                                       \
	SYMBOL(START_BTF, "__start_BTF")                                                                     \
	SYMBOL(STOP_BTF, "__stop_BTF")                                                                       \
	SYMBOL(SWAP_INFO, "swap_info")                                                                       \
	SYMBOL(NR_SWAPFILES, "nr_swapfiles")                                                                 \
	SYMBOL(PER_CPU, "__per_cpu_offset")                                                                  \
	SYMBOL(POSSIBLE, "__cpu_possible_mask")                                                              \
	SYMBOL(NR_CPUS, "nr_cpu_ids")                                                                        \
	SYMBOL(ZERO_PFN, "zero_pfn")                                                                         \
	SYMBOL(ZERO_PAGE_PFN, "zero_page_pfn")                                                               \
	SYMBOL(ZERO_PAGE_MASK, "zero_page_mask")                                                             \
	SYMBOL(HUGE_ZERO_PFN, "huge_zero_pfn")

enum {
#define SYMBOL(id, name) SYMBOL_##id,
	SYMBOLS
#undef SYMBOL
	N_SYMBOLS
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
	release_t release;
	struct offsets at;
	struct memmap *memmap; /* NULL: not found */
	uint64_t symbol[N_SYMBOLS]; /* addresses; 0: there is none */
	uint64_t mm_swapents;  /* index of a counter; UINT64_MAX: not known */

	/* where the walk through the tasks is; `mark` is one that was passed, to notice a loop */
	uint64_t task, mark, mm;
	uint32_t n_tasks, lost; /* lost: those that cannot be read */
	bool back;              /* the list was broken: it is followed the other way round */

	/* and the one through the mappings of a process */
	uint64_t brk, stack, vma, last_end;
	struct maple maple[MAPLE_DEPTH];
	int depth;
	uint32_t n_mappings;

	/* swap devices, by type */
	struct {
		uint64_t info;  /* address of its swap_info_struct */
		uint64_t slots; /* from 0 on; 0: there is no such device */
	} swap[SWAP_DEVICES_MAX];
};

/* The path of an open file in its filesystem; where that is mounted is not looked at. False if unknown. */
bool kernel_file_name(struct kernel *kn, uint64_t file, char *to, size_t size);

/* Find the address of init_task in the memory of im without any symbol; kn->at is known. */
bool kernel_find_init_task(struct kernel *kn, struct image *im, uint64_t *address);

#endif
