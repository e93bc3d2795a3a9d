/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A process whose mmap lock is held lets nobody read its page map, and who tries sleeps until it is killed:
 * so a child does the reading, and what it finds comes through a ring of shared memory. If nothing comes for
 * too long the child is killed, and another one goes on with the next process.
 */
#include <errno.h>
#include <linux/futex.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "source/source.h"

#define SLOTS 32
#define BUFFERS 4
#define POPULATE_WRITE 23 /* MADV_POPULATE_WRITE, 5.14 */
#define POPULATE_LEAST 2048 /* words */
#define TICK_MS 20 /* how long to wait for an event before the clock is looked at */

/* One event with all that it points to. */
struct slot {
	enum event event;
	int status;
	struct swpd_error err;
	struct batch batch;
	struct origin origin;
	struct process process;
	struct mapping mapping;
	uint64_t words[BATCH_WORDS]; /* those that do not lie in a buffer of the ring */
};

struct ring {
	uint32_t given, taken;           /* slots, since the beginning */
	uint32_t giver_waits, taker_waits;
	size_t current;                  /* which PID of the list is being looked at, … */
	const char *reading;             /* … and what of it: in the memory of both */
	uint32_t until[BUFFERS]; /* of the child: each buffer is in use until so many slots are taken */
	uint32_t buffer;                 /* of the child: the one in use */
	uint32_t populated[BUFFERS];     /* of the child: words at its beginning that have memory */
	struct slot slot[SLOTS];
	_Alignas(4096) uint64_t words[BUFFERS][READ_WORDS];
};

struct worker {
	struct source source;
	const struct root *root;
	struct space_options o;
	size_t first;                    /* in the list: where this child began */
	pid_t child;
	struct ring *ring;
	bool holding;                    /* the slot given out last is still in use */
	bool in_space;                   /* a process was begun and has not ended */
	bool synthetic;                  /* its end is to be made up: `gap` */
	struct gap gap;
	uint64_t waiting_since;          /* ms; 0: not waiting */
	uint64_t serial;
	struct origin origin;
	struct process process;
	struct mapping mapping;
};

static uint64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000ull + t.tv_nsec / 1000000;
}

static uint32_t load(const uint32_t *p)
{
	return __atomic_load_n(p, __ATOMIC_SEQ_CST);
}

static void store(uint32_t *p, uint32_t v)
{
	__atomic_store_n(p, v, __ATOMIC_SEQ_CST);
}

/* Sleep until *p is no longer `is`, or a tick has passed. */
static void sleep_on(uint32_t *p, uint32_t is, uint32_t *waits)
{
	struct timespec t = { .tv_nsec = TICK_MS * 1000000 };

	store(waits, 1);
	if (load(p) == is)
		syscall(SYS_futex, p, FUTEX_WAIT, is, &t, NULL, 0);
	store(waits, 0);
}

static void wake(uint32_t *p, uint32_t *waits)
{
	if (load(waits))
		syscall(SYS_futex, p, FUTEX_WAKE, 1, NULL, NULL, 0);
}

/* ---- the child ---- */

static void give_slot(struct ring *r, enum event event, int status, const struct swpd_error *err,
	const struct batch *b)
{
	struct slot *slot = &r->slot[r->given % SLOTS];

	slot->event = event;
	slot->status = status;
	if (status < 0)
		slot->err = *err;
	slot->batch = *b;
	if (b->origin) {
		slot->origin = *b->origin;
		slot->process = *b->origin->process;
		if (b->origin->mapping)
			slot->mapping = *b->origin->mapping;
	}
	if (event == EVENT_WORDS && b->n &&
		(b->words < r->words[0] || b->words >= r->words[BUFFERS - 1] + READ_WORDS)) {
		memcpy(slot->words, b->words, b->n * sizeof(slot->words[0]));
		slot->batch.words = slot->words;
	}
	store(&r->given, r->given + 1);
	/* one wake for several slots; what is left over is found at the next tick */
	if (event != EVENT_WORDS || r->given - load(&r->taken) >= SLOTS / 2)
		wake(&r->given, &r->taker_waits);
}

/* Sleep until the parent has taken so many slots since the beginning. */
static void wait_until_taken(struct ring *r, uint32_t slots)
{
	uint32_t taken;

	while ((int32_t)(slots - (taken = load(&r->taken))) > 0) {
		wake(&r->given, &r->taker_waits);
		sleep_on(&r->taken, taken, &r->giver_waits);
	}
}

/* For source_pagemap(): read into memory that the parent sees. */
static uint64_t *next_buffer(void *arg, size_t words)
{
	struct ring *r = arg;
	uint32_t *populated;

	r->until[r->buffer] = r->given;
	r->buffer = (r->buffer + 1) % BUFFERS;
	wait_until_taken(r, r->until[r->buffer]);
	populated = &r->populated[r->buffer];
	if (words >= POPULATE_LEAST && words > *populated) { /* cheaper than a fault for each page */
		madvise(r->words[r->buffer], words * 8, POPULATE_WRITE);
		*populated = words;
	}
	return r->words[r->buffer];
}

static void work(const struct worker *w, pid_t parent)
{
	struct space_options o = w->o;
	struct ring *r = w->ring;
	struct batch b = { 0 };
	struct swpd_error err;
	enum event event;
	struct source *s;
	int status;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	signal(SIGINT, SIG_IGN); /* the parent decides */
	if (getppid() != parent)
		_exit(1);
	close(STDOUT_FILENO);
	o.pids += w->first;
	o.n_pids -= w->first;
	o.current = &r->current;
	o.reading = &r->reading;
	o.buffer = next_buffer;
	o.buffer_arg = r;
	s = source_pagemap(w->root, &o, &err);
	if (!s)
		_exit(1);
	do {
		event = s->next(s, &b, &err, &status);
		wait_until_taken(r, r->given - SLOTS + 1);
		give_slot(r, event, status, &err, &b);
	} while (event != EVENT_END);
	_exit(0);
}

/* ---- the parent ---- */

static int start(struct worker *w, struct swpd_error *err)
{
	pid_t self = getpid();

	memset(w->ring, 0, offsetof(struct ring, slot));
	w->holding = false;
	w->waiting_since = 0;
	w->child = fork();
	if (!w->child)
		work(w, self);
	if (w->child < 0)
		return fail(err, SWPD_E_SYSTEM, errno, "cannot start a process that reads: %s",
			sys_text(errno));
	return 0;
}

/* Returns its wait status. One that not even SIGKILL ends at once is left to the kernel: status 0. */
static int stop(struct worker *w)
{
	int status = 0;

	if (w->child <= 0)
		return 0;
	kill(w->child, SIGKILL);
	for (int i = 0; i < 100 && !waitpid(w->child, &status, WNOHANG); i++)
		usleep(i < 10 ? 100 : 2000);
	w->child = 0;
	return status;
}

static enum event take_slot(struct worker *w, struct batch *b, struct swpd_error *err, int *status)
{
	struct slot *slot = &w->ring->slot[w->ring->taken % SLOTS];

	*b = slot->batch;
	*status = slot->status;
	if (slot->status < 0)
		*err = slot->err;
	if (b->origin) {
		if (slot->origin.serial != w->serial) {
			w->process = slot->process;
			w->mapping = slot->mapping;
			w->serial = slot->origin.serial;
		}
		slot->origin.serial += (uint64_t)w->first << 40; /* another child counts from the beginning */
		slot->origin.process = &w->process;
		slot->origin.mapping = slot->origin.mapping ? &w->mapping : NULL;
		w->origin = slot->origin;
		b->origin = &w->origin;
	}
	w->holding = true;
	w->waiting_since = 0;
	if (slot->event == EVENT_SPACE_BEGIN || slot->event == EVENT_SPACE_END)
		w->in_space = slot->event == EVENT_SPACE_BEGIN;
	return slot->event;
}

/* Make up the end of a process that could not be read to its end, and its beginning if that is missing. */
static enum event synthesize(struct worker *w, struct batch *b)
{
	memset(b, 0, sizeof(*b));
	b->origin = &w->origin;
	w->origin.mapping = NULL;
	w->origin.process = &w->process;
	w->origin.serial++;
	if (!w->in_space) {
		w->in_space = true;
		return EVENT_SPACE_BEGIN;
	}
	w->in_space = w->synthetic = false;
	b->gap = w->gap;
	return EVENT_SPACE_END;
}

/* The child is stuck, or dead: give up the process that it was at, and go on with the next one. */
static int give_up(struct worker *w, bool dead, struct swpd_error *err)
{
	size_t at = w->first + w->ring->current;
	int pid = w->o.pids[at < w->o.n_pids ? at : w->o.n_pids - 1], status = stop(w);

	memset(&w->gap, 0, sizeof(w->gap));
	w->gap.vmswap = -1;
	w->synthetic = true;
	if (dead)
		snprintf(w->gap.why, sizeof(w->gap.why),
			"the process that reads ended too early (status 0x%x)", status);
	else
		snprintf(w->gap.why, sizeof(w->gap.why),
			"%s%s could not be read for %u s: %s", w->o.saved ? "" : "its ",
			w->ring->reading ? w->ring->reading : "address space", w->o.timeout,
			w->root->live && !w->o.saved ? "something holds its memory map" :
						       "nothing comes from this file");
	if (!w->in_space) {
		struct swpd_error ignored;

		memset(&w->process, 0, sizeof(w->process));
		if (w->o.saved)
			snprintf(w->process.comm, sizeof(w->process.comm), "%.63s", w->o.saved);
		else if (process_open(&w->process, w->root, pid, &ignored) == 0)
			process_close(&w->process);
		w->process.pid = pid;
		w->origin = (struct origin){ .form = FORM_PAGEMAP, .pages = 1 };
	}
	w->first = at + 1;
	w->serial = 0;
	if (w->first >= w->o.n_pids)
		return 0;
	return start(w, err);
}

static enum event next(struct source *source, struct batch *b, struct swpd_error *err, int *status)
{
	struct worker *w = (struct worker *)source;
	struct ring *r = w->ring;
	siginfo_t info = { 0 };
	bool dead;

	*status = 0;
	if (w->synthetic)
		return synthesize(w, b);
	if (!w->child)
		return EVENT_END;
	if (w->holding) {
		w->holding = false;
		store(&r->taken, r->taken + 1);
		if (load(&r->given) - r->taken <= SLOTS / 2)
			wake(&r->taken, &r->giver_waits);
	}
	if (load(&r->given) != r->taken)
		return take_slot(w, b, err, status);
	sleep_on(&r->given, r->taken, &r->taker_waits);
	if (load(&r->given) != r->taken)
		return take_slot(w, b, err, status);
	if (!w->waiting_since)
		w->waiting_since = now_ms();
	waitid(P_PID, w->child, &info, WEXITED | WNOHANG | WNOWAIT);
	dead = info.si_pid && load(&r->given) == r->taken;
	if (dead || now_ms() - w->waiting_since >= w->o.timeout * 1000ull) {
		*status = give_up(w, dead, err);
		if (*status < 0)
			return EVENT_END;
	}
	return EVENT_WAIT;
}

static void close_source(struct source *source)
{
	struct worker *w = (struct worker *)source;

	stop(w);
	munmap(w->ring, sizeof(*w->ring));
	free(w);
}

struct source *source_spaces(const struct root *root, const struct space_options *options,
	struct swpd_error *err)
{
	static const int nobody = 0;
	struct space_options o = *options;
	struct worker *w;

	if (o.saved) {
		o.pids = &nobody;
		o.n_pids = 1;
	}
	if (!o.timeout)
		return source_pagemap(root, &o, err);
	w = calloc(1, sizeof(*w));
	if (!w) {
		fail(err, SWPD_E_SYSTEM, errno, "%s", sys_text(errno));
		return NULL;
	}
	w->source.next = next;
	w->source.close = close_source;
	w->source.form = FORM_PAGEMAP;
	w->source.spaces = true;
	w->root = root;
	w->o = o;
	w->ring = mmap(NULL, sizeof(*w->ring), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (w->ring == MAP_FAILED || start(w, err) < 0) {
		if (w->ring == MAP_FAILED)
			fail(err, SWPD_E_SYSTEM, errno, "%s", sys_text(errno));
		else
			munmap(w->ring, sizeof(*w->ring));
		free(w);
		return NULL;
	}
	return &w->source;
}
