/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "util/util.h"

/* include/uapi/linux/landlock.h of 6.12, by number: headers may be older than the kernel that runs. Kernels
 * take a struct that is larger than theirs, if the rest is zero. */
struct ruleset {
	uint64_t fs, net, scoped;
};

enum {
	CREATE_RULESET_VERSION = 1,
	FS_READ_FILE = 2,
	FS_READ_DIR = 3,
};

/* How many rights of each kind an ABI knows. */
static const struct {
	unsigned int fs, net, scoped;
} known[] = {
	[1] = { 13, 0, 0 }, /* 5.13 */
	[2] = { 14, 0, 0 }, /* 5.19 */
	[3] = { 15, 0, 0 }, /* 6.2 */
	[4] = { 15, 2, 0 }, /* 6.7 */
	[5] = { 16, 2, 0 }, /* 6.10 */
	[6] = { 16, 2, 2 }, /* 6.12 */
};

bool confine(void)
{
	bool done = false;
#ifdef SYS_landlock_restrict_self
	long abi = syscall(SYS_landlock_create_ruleset, NULL, 0, CREATE_RULESET_VERSION);
	struct ruleset r;
	int fd;

	if (abi < 1)
		return false;
	if (abi >= (long)ARRAY_SIZE(known))
		abi = ARRAY_SIZE(known) - 1;
	r.fs = ((1u << known[abi].fs) - 1) & ~(1u << FS_READ_FILE | 1u << FS_READ_DIR);
	r.net = (1u << known[abi].net) - 1;
	r.scoped = (1u << known[abi].scoped) - 1;
	fd = syscall(SYS_landlock_create_ruleset, &r, sizeof(r), 0);
	if (fd < 0)
		return false;
	done = !prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) && !syscall(SYS_landlock_restrict_self, fd, 0);
	close(fd);
#endif
	return done;
}
