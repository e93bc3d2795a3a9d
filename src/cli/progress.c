/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <time.h>
#include <unistd.h>

#include "cli/cli.h"

#define FIRST_MS 1000
#define STEP_MS 200

static uint64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000ull + t.tv_nsec / 1000000;
}

void progress_begin(struct progress *p, bool wanted)
{
	p->on = wanted && isatty(STDERR_FILENO);
	p->shown = false;
	p->begin = p->last = now_ms();
}

void progress_step(struct progress *p, size_t done, size_t of, uint64_t pages)
{
	uint64_t now;

	if (!p->on)
		return;
	now = now_ms();
	if (now - p->begin < FIRST_MS || now - p->last < STEP_MS)
		return;
	p->last = now;
	p->shown = true;
	fprintf(stderr, "\r\033[Kswpdecode: %zu of %zu processes, %llu pages", done, of,
		(unsigned long long)pages);
	fflush(stderr);
}

void progress_clear(struct progress *p)
{
	if (!p->shown)
		return;
	fputs("\r\033[K", stderr);
	fflush(stderr);
	p->shown = false;
}
