/* SPDX-License-Identifier: GPL-2.0-or-later */
/* For libFuzzer: a file of any bytes is opened as a dump, its memory read and its trees walked. `make fuzz`.
 */
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "walk/walk.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void walk_from(struct image *im, uint64_t root)
{
	static struct walk w;
	const struct pred *none[PGTABLE_LEVELS] = { NULL };
	struct swpd_target t;
	struct page_tree tree;
	struct swpd_error err;
	struct entries e;

	swpd_target_init(&t);
	t.release = KV(6, 12, 0);
	t.arch = arch_of_elf(image_about(im)->machine, image_about(im)->word_bytes);
	if (!t.arch)
		t.arch = arch_find("x86_64");
	if (tree_choose(&tree, im, &t, root, 0, &err) < 0)
		return;
	walk_begin(&w, im, &tree, none, 0, UINT64_MAX);
	for (int i = 0; i < 2000 && walk_next(&w, &e); i++)
		if (!e.n || e.n > WALK_WORDS)
			abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct image_options options = { 0 };
	int fd = memfd_create("dump", MFD_CLOEXEC);
	uint64_t from = 0, start, end;
	const char *paths[1];
	struct swpd_error err;
	struct image *im;
	uint8_t page[4096];
	char path[32];

	if (fd < 0 || write(fd, data, size) != (ssize_t)size)
		abort();
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	paths[0] = path;
	im = image_open(paths, 1, &options, &err);
	for (int i = 0; im && i < 16 && image_next_range(im, from, &start, &end); i++) {
		if (start < from || end <= start)
			abort();
		image_read(im, start, page, sizeof(page));
		image_read(im, end - 100, page, 200);
		walk_from(im, start);
		from = end;
	}
	image_close(im);
	close(fd);
	return 0;
}
