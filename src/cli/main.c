/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>

#include "cli/cli.h"

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
	status = run(&o);
	free(o.pids);
	return status;
}
