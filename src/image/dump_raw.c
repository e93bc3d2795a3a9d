/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Memory and nothing else: what QEMU's pmemsave and many probes give. */
#include "image/dump.h"

static bool is(const struct image *im, const uint8_t *head, size_t n)
{
	(void)head, (void)n;
	return im->options.raw;
}

static int open_raw(struct image *im, struct swpd_error *err)
{
	if (!im->files[0].size)
		return fail(err, SWPD_E_FORMAT, 0, "an empty file");
	return 0;
}

static void close_raw(struct image *im)
{
	(void)im;
}

static enum mem_state read_raw(struct image *im, uint64_t phys, uint8_t *buf, size_t n)
{
	uint64_t base = im->options.phys_base;
	size_t skip = phys < base ? (base - phys < n ? base - phys : n) : 0;
	size_t got = 0;

	memset(buf, 0, skip);
	if (skip < n)
		got = dump_file_read(&im->files[0], phys + skip - base, buf + skip, n - skip);
	memset(buf + skip + got, 0, n - skip - got);
	return !skip && got == n ? MEM_OK : MEM_ABSENT;
}

static bool next_raw_range(struct image *im, uint64_t from, uint64_t *start, uint64_t *end)
{
	uint64_t base = im->options.phys_base, at = from > base ? from - base : 0, to;

	if (!dump_file_data(&im->files[0], at, im->files[0].size, &at, &to))
		return false;
	*start = base + at;
	*end = base + to;
	return true;
}

const struct dump_format dump_raw = {
	.name = "raw memory",
	.is = is,
	.open = open_raw,
	.close = close_raw,
	.read = read_raw,
	.next_range = next_raw_range,
};
