/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Linked into a tool with sanitizers only. Once it is confined it can open no file for what a sanitizer has
 * to say, so that file is opened before: $SANITIZER_LOG, which tests/check.sh shows. */
#include <fcntl.h>
#include <sanitizer/common_interface_defs.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

__attribute__((constructor)) static void open_report(void)
{
	const char *path = getenv("SANITIZER_LOG");
	int any = path ? open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600) : -1;
	int fd = fcntl(any, F_DUPFD_CLOEXEC, 100); /* the tool may be started without standard output */

	close(any);
	if (fd >= 0)
		__sanitizer_set_report_fd((void *)(intptr_t)fd);
}
