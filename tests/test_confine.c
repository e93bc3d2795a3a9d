/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a process that parses what it was given cannot do any more. */
#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests.h"
#include "util/util.h"

/* The number of the first promise that is not kept. */
static int try_all(pid_t other)
{
	char path[64];

	if (open("/proc/self/maps", O_RDONLY) < 0)
		return 1;
	if (open("/dev/null", O_WRONLY) >= 0)
		return 2;
	if (open("/tmp", O_TMPFILE | O_RDWR, 0600) >= 0)
		return 3;
	execl("/bin/true", "true", (char *)NULL);
	snprintf(path, sizeof(path), "/proc/%d/mem", other);
	return open(path, O_RDONLY) >= 0 ? 4 : 0;
}

Test(confine, promises)
{
	int status;
	pid_t parent = getpid(), pid = fork();

	if (!pid)
		_exit(confine() ? 100 + try_all(parent) : 1);
	cr_assert(waitpid(pid, &status, 0) == pid && WIFEXITED(status));
	if (WEXITSTATUS(status) == 1)
		cr_skip_test("this kernel has no Landlock");
	cr_expect(WEXITSTATUS(status) == 100, "%d", WEXITSTATUS(status));
}
