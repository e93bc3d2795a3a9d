/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "space/space.h"

#define PF_KTHREAD 0x00200000u /* include/linux/sched.h */

/* "PID (comm) S ppid …": comm may hold blanks and parentheses, so the last one counts. Field 9 is flags, 22
 * start. */
static bool parse_stat(struct process *p, char *text)
{
	char *open = strchr(text, '('), *close = strrchr(text, ')'), *at;
	uint64_t flags = 0;

	if (!open || !close || close < open || !close[1] || !close[2])
		return false;
	*close = 0;
	snprintf(p->comm, sizeof(p->comm), "%.*s", (int)sizeof(p->comm) - 1, open + 1);
	p->state = close[2];
	at = close + 3;
	for (int field = 4; field <= 22; field++) {
		uint64_t v = strtoull(at, &at, 10);

		if (field == 9)
			flags = v;
		if (field == 22)
			p->start = v;
	}
	p->kernel_thread = flags & PF_KTHREAD;
	return true;
}

static int open_file(const struct process *p, const char *file, int flags)
{
	char path[64];

	if (p->root->live)
		return openat(p->dirfd, file, flags);
	snprintf(path, sizeof(path), "/proc/%d/%s", p->pid, file);
	return root_openat(p->root, path, flags);
}

int process_openat(const struct process *p, const char *file)
{
	return open_file(p, file, O_RDONLY | O_CLOEXEC | O_NONBLOCK); /* a captured tree may hold a FIFO */
}

int process_open_waiting(const struct process *p, const char *file)
{
	return open_file(p, file, O_RDONLY | O_CLOEXEC);
}

static int by_number(const void *a, const void *b)
{
	const int *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

int processes_list(const struct root *root, int **pids, size_t *n, struct swpd_error *err)
{
	int fd = root_openat(root, "/proc", O_RDONLY | O_DIRECTORY);
	DIR *d = fd >= 0 ? fdopendir(fd) : NULL;
	size_t room = 0;
	struct dirent *entry;
	uint64_t pid;

	*pids = NULL;
	*n = 0;
	if (!d) {
		fail(err, SWPD_E_SYSTEM, errno, "cannot list /proc: %s", sys_text(errno));
		if (fd >= 0)
			close(fd);
		return -1;
	}
	while ((entry = readdir(d))) {
		if (!isdigit((unsigned char)entry->d_name[0]) ||
			!parse_number(entry->d_name, 10, INT32_MAX, &pid) || !pid)
			continue;
		if (*n == room) {
			room = room ? room * 2 : 256;
			*pids = reallocarray(*pids, room, sizeof(**pids));
			if (!*pids)
				break;
		}
		(*pids)[(*n)++] = pid;
	}
	closedir(d);
	if (!*pids)
		return fail(err, SWPD_E_NOT_HERE, 0, "no process in /proc");
	qsort(*pids, *n, sizeof(**pids), by_number);
	return 0;
}

static ssize_t process_read(const struct process *p, const char *file, char *buf, size_t size)
{
	return read_and_close(process_openat(p, file), buf, size);
}

/* A process whose first thread has ended keeps its address space as long as another lives: what is under its
 * own /proc/PID is empty then, what is under task/TID is not. */
static void take_living_thread(struct process *p)
{
	int fd = openat(p->dirfd, "task", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *d = fd >= 0 ? fdopendir(fd) : NULL;
	struct process thread = *p;
	struct dirent *entry;
	char text[1024];

	if (!d && fd >= 0)
		close(fd);
	while (d && thread.dirfd == p->dirfd && (entry = readdir(d))) {
		thread.dirfd = openat(fd, entry->d_name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		if (thread.dirfd >= 0 && isdigit((unsigned char)entry->d_name[0]) &&
			process_read(&thread, "stat", text, sizeof(text)) > 0 && parse_stat(&thread, text) &&
			thread.state != 'Z' && thread.state != 'X')
			break;
		process_close(&thread);
		thread.dirfd = p->dirfd;
	}
	if (thread.dirfd != p->dirfd) {
		memcpy(thread.comm, p->comm, sizeof(p->comm));
		process_close(p);
		*p = thread;
	}
	if (d)
		closedir(d);
}

int process_open(struct process *p, const struct root *root, int pid, struct swpd_error *err)
{
	char path[32], text[1024];
	ssize_t n;

	memset(p, 0, sizeof(*p));
	p->pid = pid;
	p->root = root;
	snprintf(path, sizeof(path), "/proc/%d", pid);
	p->dirfd = root_openat(root, path, O_RDONLY | O_DIRECTORY);
	if (p->dirfd < 0 && errno == ENOENT)
		return fail(err, SWPD_E_NOT_HERE, 0, "no such process");
	if (p->dirfd < 0)
		return fail(err, SWPD_E_SYSTEM, errno, "cannot open %s: %s", path, sys_text(errno));
	if (process_read(p, "stat", text, sizeof(text)) > 0) {
		parse_stat(p, text);
		if (root->live && p->state == 'Z')
			take_living_thread(p);
	} else if (root->live) {
		process_close(p);
		return fail(err, SWPD_E_NOT_HERE, 0, "no such process");
	} else if ((n = process_read(p, "comm", text, sizeof(text))) > 0) {
		/* the last newline is the file's, others are the name's */
		snprintf(p->comm, sizeof(p->comm), "%.*s", (int)n - (text[n - 1] == '\n'), text);
	}
	return 0;
}

void process_close(struct process *p)
{
	if (p->dirfd >= 0)
		close(p->dirfd);
	p->dirfd = -1;
}

int process_of_thread(const struct root *root, int pid)
{
	char path[32], text[8192], *at;
	int leader, fd;

	snprintf(path, sizeof(path), "/proc/%d/status", pid);
	if (root_read(root, path, text, sizeof(text)) <= 0)
		return pid;
	at = strstr(text, "\nTgid:");
	leader = at ? atoi(at + 6) : 0;
	if (leader <= 0 || leader == pid)
		return pid;
	snprintf(path, sizeof(path), "/proc/%d", leader);
	fd = root_openat(root, path, O_PATH | O_DIRECTORY);
	if (fd < 0) /* a captured tree may have the thread only */
		return pid;
	close(fd);
	return leader;
}

bool process_alive(const struct process *p)
{
	struct process now = *p;
	char text[1024];
	ssize_t n;

	if (!p->state)
		return true;
	n = process_read(p, "stat", text, sizeof(text));
	if (n < 0 && errno != ENOENT && errno != ESRCH) /* of a process that ended nothing else is said */
		return true;
	if (n <= 0 || !parse_stat(&now, text))
		return false;
	return now.start == p->start && now.state != 'Z' && now.state != 'X';
}

int64_t process_kib(const struct process *p, const char *name)
{
	char text[8192], label[32], *at;

	if (process_read(p, "status", text, sizeof(text)) <= 0)
		return -1;
	snprintf(label, sizeof(label), "\n%s:", name);
	at = strstr(text, label);
	return at ? strtoll(at + strlen(label), NULL, 10) : -1;
}
