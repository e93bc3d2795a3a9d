/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the lines of /proc/meminfo and /proc/vmstat say by being there. */
#include "fact/fact.h"

void fact_from_meminfo(struct facts *f);
void fact_from_vmstat(struct facts *f);

/* True if a line begins with this name. That a name is missing says something only if one is there that every
 * kernel prints after it. */
static bool has_line(const char *text, const char *name)
{
	size_t n = strlen(name);

	for (const char *p = text; p && *p; p = strchr(p, '\n'), p = p ? p + 1 : NULL)
		if (!strncmp(p, name, n))
			return true;
	return false;
}

/* fs/proc/meminfo.c: "HardwareCorrupted:" only with MEMORY_FAILURE, after the Vmalloc lines (2.6.32 on). */
void fact_from_meminfo(struct facts *f)
{
	static const char path[] = "/proc/meminfo";
	char buf[1 << 14];
	ssize_t n = root_read(f->root, path, buf, sizeof(buf));

	if (n <= 0)
		return;
	if (has_line(buf, "HardwareCorrupted:"))
		fact_knob(f, KNOB_MEMORY_FAILURE, 1, path);
	else if (has_line(buf, "VmallocTotal:") && buf[n - 1] == '\n')
		fact_knob(f, KNOB_MEMORY_FAILURE, 0, path);
}

/*
 * mm/vmstat.c: "pgmigrate_success" only with MIGRATION (3.8 on); "pgalloc_device" (6.1 on) only with
 * ZONE_DEVICE, without which there is no DEVICE_PRIVATE.
 */
void fact_from_vmstat(struct facts *f)
{
	static const char path[] = "/proc/vmstat";
	release_t r = f->target.release;
	char buf[1 << 15];

	if (root_read(f->root, path, buf, sizeof(buf)) <= 0)
		return;
	if (has_line(buf, "pgmigrate_success "))
		fact_knob(f, KNOB_MIGRATION, 1, path);
	else if (has_line(buf, "unevictable_pgs_culled ") && r >= KV(3, 8, 0))
		fact_knob(f, KNOB_MIGRATION, 0, path);
	if (r >= KV(6, 1, 0) && has_line(buf, "pgalloc_movable ") && !has_line(buf, "pgalloc_device "))
		fact_knob(f, KNOB_DEVICE_PRIVATE, 0, path);
}
