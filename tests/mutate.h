/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One wrong bit in one row: what tests/mutate.c lets tests/mutants.c do. */
#ifndef TESTS_MUTATE_H
#define TESTS_MUTATE_H

#include <stddef.h>

struct mutant {
	size_t number;    /* what SWPD_MUTANT is to be */
	const char *arch; /* whose row it is; NULL: a row that is no architecture's */
	const char *row, *field, *change;
};

/*
 * Pick so many, or one bit of every field of every row (count 0): *list of *n, for ever the program's.
 */
void mutants_pick(unsigned long long seed, size_t count, struct mutant **list, size_t *n);

/* Plant one in this process, and in all that it starts of the tool. */
void mutant_plant(size_t number);

#endif
