/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What tests share. The Makefile hands over places through the environment. */
#ifndef TESTS_TESTS_H
#define TESTS_TESTS_H

#include <stdlib.h>

static inline const char *fixtures_dir(void)
{
	const char *dir = getenv("FIXTURES");

	return dir ? dir : "fixtures";
}

#endif
