/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Symbols of the file that a kernel in a dump was started from, at the addresses that they have there. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "image/dump.h"

/* What VMCOREINFO and every vmlinux have: the distance of the two is how far the kernel was moved (KASLR). */
static const char *const common[] = { "swapper_pg_dir", "_stext", "init_uts_ns" };

static uint64_t moved(const struct image *im, const struct image_symbol *linked)
{
	const char *text;
	uint64_t address;
	char copy[32];
	size_t len;

	for (size_t i = 0; i < ARRAY_SIZE(common); i++)
		if (linked[i].found && image_vmcoreinfo_symbol(im, common[i], &address))
			return address - linked[i].address;
	text = image_vmcoreinfo(im, "KERNELOFFSET", &len);
	if (!text || len >= sizeof(copy))
		return 0;
	snprintf(copy, sizeof(copy), "%.*s", (int)len, text);
	return parse_number(copy, 16, UINT64_MAX, &address) ? address : 0;
}

int vmlinux_symbols(const char *path, const struct image *im, struct image_symbol *wanted, size_t n,
	struct image_info *info, struct swpd_error *err)
{
	struct image_symbol *all = calloc(n + ARRAY_SIZE(common), sizeof(*all));
	int fd = open(path, O_RDONLY | O_CLOEXEC), status;
	uint64_t by;

	if (fd < 0 || !all) {
		status = fail(err, SWPD_E_SYSTEM, errno, "%s: %s", path, sys_text(errno));
	} else {
		memcpy(all, wanted, n * sizeof(*all));
		for (size_t i = 0; i < ARRAY_SIZE(common); i++)
			all[n + i].name = common[i];
		status = image_symbols(fd, all, n + ARRAY_SIZE(common), info, err);
		if (status < 0)
			fail_context(err, "%s", path);
	}
	by = status < 0 ? 0 : moved(im, all + n);
	for (size_t i = 0; !status && i < n; i++)
		if (!wanted[i].found && all[i].found) {
			wanted[i] = all[i];
			wanted[i].address += by;
			if (info->word_bytes == 4)
				wanted[i].address = (uint32_t)wanted[i].address;
		}
	if (fd >= 0)
		close(fd);
	free(all);
	return status;
}
