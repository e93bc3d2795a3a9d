/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the symbols of a vmlinux tell: --vmlinux, or one found where distributions put it. */
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "fact/fact.h"
#include "image/image.h"

void fact_from_symbols(struct facts *f);

/* What exists only with the option: mm/memory-failure.c, migrate.c, rmap.c; arch/x86/kernel/cpu/bugs.c. */
static const struct {
	const char *name;
	enum knob knob;
	release_t since, until;
	bool inlined; /* its absence says nothing */
} tells[] = {
	{ "memory_failure", KNOB_MEMORY_FAILURE, KV(2, 6, 32), KV_MAX },
	{ "migrate_pages", KNOB_MIGRATION, KV(2, 6, 18), KV_MAX },
	{ "make_device_exclusive_range", KNOB_DEVICE_PRIVATE, KV(5, 14, 0), KV(6, 15, 0) },
	{ "make_device_exclusive", KNOB_DEVICE_PRIVATE, KV(6, 15, 0), KV_MAX },
	{ "pte_marker_handle_uffd_wp", KNOB_PTE_MARKER, KV(5, 19, 0), KV(6, 2, 0), true },
	{ "l1tf_mitigation", KNOB_L1TF, KV(2, 6, 32), KV_MAX },
};

/* wanted[] are the symbols of tells[]. */
static void tell(
	struct facts *f, const struct image_symbol *wanted, const struct image_info *info, const char *source)
{
	for (size_t i = 0; i < ARRAY_SIZE(tells); i++)
		if (f->target.release >= tells[i].since && f->target.release < tells[i].until &&
			(wanted[i].found || (info->locals && !tells[i].inlined)))
			fact_knob(f, tells[i].knob, wanted[i].found, source);
}

/* An image of another machine than the target tells nothing of it, and without one says which it is. */
static int check_machine(
	struct facts *f, const struct image_info *info, const char *source, struct swpd_error *err)
{
	const struct arch *is = arch_of_elf(info->machine, info->word_bytes), *a = f->target.arch;

	if (is && !a)
		fact_arch(f, is, NULL, source);
	if (!a || !a->elf_machine || !info->machine || is == a)
		return 0;
	if (is)
		return fail(err, SWPD_E_FORMAT, 0, "this is the image of a kernel for %s, not for %s (%s)",
			is->name, a->name, f->target.arch_from.source);
	return fail(err, SWPD_E_FORMAT, 0,
		"this image is for another machine than %s (%s): e_machine %u, %u bits", a->name,
		f->target.arch_from.source, info->machine, 8 * info->word_bytes);
}

static int read_symbols(struct facts *f, int fd, const char *source, struct swpd_error *err)
{
	struct image_symbol wanted[ARRAY_SIZE(tells) + 1] = { { .name = "swap_info" } };
	struct image_info info;
	int status;

	for (size_t i = 0; i < ARRAY_SIZE(tells); i++)
		wanted[i + 1].name = tells[i].name;
	status = image_symbols(fd, wanted, ARRAY_SIZE(wanted), &info, err);
	close(fd);
	if (status < 0)
		return -1;
	if (check_machine(f, &info, source, err) < 0)
		return -1;
	if (info.release[0])
		fact_release(f, info.release, source);
	if (f->target.release && info.release[0] && swpd_release_parse(info.release) != f->target.release)
		return fail(err, SWPD_E_FORMAT, 0, "this is the image of %s, not of %s", info.release,
			f->target.release_text);
	/* mm/swapfile.c: struct swap_info_struct *swap_info[MAX_SWAPFILES] */
	if (wanted[0].found && wanted[0].size >= info.word_bytes && !f->target.max_swapfiles) {
		f->target.max_swapfiles = wanted[0].size / info.word_bytes;
		snprintf(f->target.max_swapfiles_from.source, sizeof(f->target.max_swapfiles_from.source),
			"%s", source);
		if (f->target.max_swapfiles > 32)
			f->target.max_swapfiles = 0;
	}
	tell(f, wanted + 1, &info, source);
	return 0;
}

void facts_ask_kernel(struct facts *f, struct kmem *k)
{
	struct image_symbol wanted[ARRAY_SIZE(tells)];
	struct image_info info;
	struct swpd_error ignored;

	for (size_t i = 0; i < ARRAY_SIZE(tells); i++)
		wanted[i].name = tells[i].name;
	if (!kmem_symbols(k, wanted, ARRAY_SIZE(wanted), &info, &ignored))
		tell(f, wanted, &info, "kallsyms in the dump");
}

int facts_read_vmlinux(struct facts *f, struct swpd_error *err)
{
	int fd = open(f->vmlinux, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return fail(err, SWPD_E_SYSTEM, errno, "--vmlinux %s: cannot open: %s", f->vmlinux,
			sys_text(errno));
	if (read_symbols(f, fd, f->vmlinux, err) < 0)
		return fail_context(err, "--vmlinux %s", f->vmlinux);
	return 0;
}

void fact_from_symbols(struct facts *f)
{
	static const struct {
		const char *dir, *prefix, *rest;
	} places[] = {
		{ "/usr/lib/debug/boot", "vmlinux-", "" },
		{ "/usr/lib/debug/lib/modules", "", "/vmlinux" },
		{ "/lib/modules", "", "/build/vmlinux" },
		{ "/lib/modules", "", "/vmlinux" },
		{ "/boot", "vmlinux-", "" },
	};
	struct swpd_error ignored;
	char name[96], path[256];

	if (f->vmlinux || strchr(f->target.release_text, '/'))
		return;
	for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
		int fd;

		if (f->target.release)
			snprintf(name, sizeof(name), "%s%s", places[i].prefix, f->target.release_text);
		else if (!root_only_entry(f->root, places[i].dir, places[i].prefix, name, sizeof(name)))
			continue;
		snprintf(path, sizeof(path), "%s/%s%s", places[i].dir, name, places[i].rest);
		fd = root_openat(f->root, path, O_RDONLY | O_NONBLOCK);
		if (fd >= 0 && !read_symbols(f, fd, path, &ignored))
			return;
	}
}
