/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include <sys/resource.h>

#include "cli/cli.h"

/* The libraries that read kernel images and modules take as much memory as these say. The tool itself needs
 * little; 2 GiB are enough for the debug information of a kernel. Read-only maps of files do not count. */
#define MEMORY_MAX (2ull << 30)

static void limit_memory(void)
{
#ifndef __SANITIZE_ADDRESS__ /* its shadow would count */
	struct rlimit limit;

	if (getrlimit(RLIMIT_DATA, &limit) || limit.rlim_cur <= MEMORY_MAX)
		return;
	limit.rlim_cur = MEMORY_MAX;
	setrlimit(RLIMIT_DATA, &limit);
#endif
}

/* argp prints help and version through stdio and exits: a full disk must not go unnoticed. */
static void check_stdout(void)
{
	if (fflush(stdout) || ferror(stdout)) {
		complain("standard output: cannot write");
		_Exit(EXIT_ERROR);
	}
}

int main(int argc, char **argv)
{
	struct opts o;
	enum exit_status status;

	atexit(check_stdout);
	parse_options(argc, argv, &o);
	limit_memory();
	status = run(&o);
	free(o.pids);
	return status;
}
