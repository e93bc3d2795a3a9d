/* SPDX-License-Identifier: GPL-2.0-or-later */
/* space: processes and their mappings, from /proc of the running machine or of a captured tree. */
#ifndef SPACE_SPACE_H
#define SPACE_SPACE_H

#include "core/core.h"
#include "fact/fact.h"
#include "util/util.h"

struct process {
	int pid;         /* 0: not known: of a dump, known by its page tables only, or saved */
	uint64_t pgd;    /* physical address of those; 0: not known */
	const struct root *root;
	int dirfd;       /* /proc/PID, opened once: all below it is of one process, PID reused or not */
	char comm[64];
	uint64_t start;  /* start time, clock ticks since boot */
	char state;      /* as in /proc/PID/stat; 0: there is no stat file (a captured tree) */
	bool kernel_thread;
};

/* One line of /proc/PID/maps. */
struct mapping {
	uint64_t start, end; /* bytes, end exclusive, multiples of the page size */
	char perms[5];
	unsigned int major, minor; /* device of the file; 0 and 0 if there is none, or it is not known */
	uint64_t offset;     /* bytes: where in that file it begins */
	uint64_t inode;      /* 0: no file */
	char name[256];      /* path or [name], as the kernel wrote it, … at the end if cut; "": none */
	bool hugetlb;        /* of a dump: VM_HUGETLB … */
	unsigned int order;  /* … and log2 of the base pages of a huge page; 0: not known */
};

/*
 * Open /proc/PID below the root. Returns 0, or -1 with *err saying that there is no such process. The caller
 * closes it with process_close().
 */
int process_open(struct process *p, const struct root *root, int pid, struct swpd_error *err);
void process_close(struct process *p);

/* Open a file of /proc/PID for reading. In a captured tree its links stay inside the tree. -1 with errno
 * set. */
int process_openat(const struct process *p, const char *file);

/* The same of a file that may let its reader wait, be it a FIFO: only where that can be ended. */
int process_open_waiting(const struct process *p, const char *file);

/*
 * PIDs of all processes (not of their threads) below the root, upwards. Returns 0, or -1 with *err filled;
 * the caller frees *pids.
 */
int processes_list(const struct root *root, int **pids, size_t *n, struct swpd_error *err);

/* The process of which pid is a thread; pid itself if it is none, or that is not known. */
int process_of_thread(const struct root *root, int pid);

/* Is it still the same process, and not a zombie? True where that cannot be told. */
bool process_alive(const struct process *p);

/* A line of /proc/PID/status that is in KiB, such as VmSwap; -1 if it is not there. */
int64_t process_kib(const struct process *p, const char *name);

/* Read mappings one after the other; never all at once, there may be millions. */
struct mappings {
	struct lines in;
	unsigned int line;
	uint64_t last_end;
};

/* fd of a maps file; it stays the caller's. */
void mappings_init(struct mappings *m, int fd);

/*
 * The next mapping whose bounds are multiples of page_size and that lies above the one before. Returns 1, 0
 * at the end, -1 with *err (line number, what is wrong) for a line that is no mapping, or if reading failed.
 */
int mappings_next(struct mappings *m, uint64_t page_size, struct mapping *to, struct swpd_error *err);

/* /proc/PID/smaps, read along with the mappings: what the kernel counts in each. */
struct smaps {
	int fd;               /* -1: not read */
	bool ahead;           /* [start, end) is a mapping that was not asked about yet */
	uint64_t start, end;
	struct lines in;
};

/* Not open. */
void smaps_init(struct smaps *s);
/* Open it, if the process has one that may be read; close it, if it is open. */
void smaps_open(struct smaps *s, const struct process *p);
void smaps_close(struct smaps *s);

/* KiB that are swapped of this mapping, which lies above those asked about before, and its share of these
 * (SwapPss; -1: this kernel does not tell); false if not known. */
bool smaps_find(struct smaps *s, const struct mapping *m, uint64_t *kib, int64_t *pss);

/* ---- processes of a dump ---- */

/* The kernel in a dump: its structures, with the help of its symbols and of its type information. */
struct kernel;

/* release is the kernel's. k must outlive it. NULL with *err saying what is missing. */
struct kernel *kernel_open(struct kmem *k, release_t release, struct swpd_error *err);
void kernel_close(struct kernel *kn);

/* Begin anew with the first task. */
void kernel_first_task(struct kernel *kn);
/*
 * The next process that has an address space, whose mappings come next. Fills *p. Returns 1, 0 at the end, -1
 * with *err if the list of tasks breaks off.
 */
int kernel_next_task(struct kernel *kn, struct process *p, struct swpd_error *err);

/* The next mapping of that process, in the order of addresses. Returns as mappings_next(). */
int kernel_next_mapping(struct kernel *kn, struct mapping *to, struct swpd_error *err);

/*
 * Swapped pages of the process that kernel_next_task() gave, as the kernel counts them (MM_SWAPENTS). False
 * if the dump does not tell, or somebody else may hold a part of the count.
 */
bool kernel_swapents(struct kernel *kn, int64_t *pages);

/* Let l ask for frames and, once kernel_swaps() was called, for swap slots. */
void kernel_lookup(struct kernel *kn, struct lookup *l);

/* Swap devices and their types; f->swaps is filled, and says what is not known. Returns 0, or -1: *err. */
int kernel_swaps(struct kernel *kn, struct facts *f, struct swpd_error *err);

#endif
