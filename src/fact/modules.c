/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Kernel modules, through libkmod: vermagic, what is built in, loadable or loaded, and what that implies. */
#include <fcntl.h>
#include <libkmod.h>
#include <stdlib.h>
#include <unistd.h>

#include "fact/fact.h"

void fact_from_modules(struct facts *f);

/* implies: the option without which the module cannot be built (lib/Kconfig.debug, mm/Kconfig); imports: its
 * use of a function that exists only with DEVICE_PRIVATE is looked at. */
static const struct {
	const char *name;
	enum knob implies;
	bool imports;
} rows[FACT_MODULES] = {
	{ "zram", KNOB_NONE, false },
	{ "zswap", KNOB_NONE, false },
	{ "nouveau", KNOB_NONE, true },
	{ "amdgpu", KNOB_NONE, true },
	{ "test_hmm", KNOB_DEVICE_PRIVATE, true },
	{ "hwpoison_inject", KNOB_MEMORY_FAILURE, false },
};

const char *module_state_name(enum module_state s)
{
	static const char *const names[] = { NULL, "absent", "loadable", "loaded", "built-in" };

	return (unsigned int)s < ARRAY_SIZE(names) ? names[s] : NULL;
}

static void silent(void *data, int priority, const char *file, int line, const char *fn, const char *format, va_list args)
{
	(void)data, (void)priority, (void)file, (void)line, (void)fn, (void)format, (void)args;
}

/* "6.1.0-18-amd64 SMP preempt mod_unload modversions" */
static void read_vermagic(struct facts *f, struct kmod_module *mod, const char *source)
{
	struct kmod_list *info = NULL, *item;

	if (f->target.release || kmod_module_get_info(mod, &info) < 0)
		return;
	kmod_list_foreach(item, info)
		if (!strcmp(kmod_module_info_get_key(item), "vermagic"))
			fact_release(f, kmod_module_info_get_value(item), source);
	kmod_module_info_free_list(info);
}

static void read_imports(struct facts *f, struct kmod_module *mod, const char *source)
{
	struct kmod_list *symbols = NULL, *item;

	if (kmod_module_get_dependency_symbols(mod, &symbols) < 0)
		return;
	kmod_list_foreach(item, symbols)
		if (!strncmp(kmod_module_dependency_symbol_get_symbol(item), "make_device_exclusive", 21))
			fact_knob(f, KNOB_DEVICE_PRIVATE, 1, source);
	kmod_module_dependency_symbols_free_list(symbols);
}

/* /proc/modules of the same tree, never the running kernel's idea of it. */
static bool is_loaded(const char *loaded, const char *name)
{
	size_t n = strlen(name);

	for (const char *p = loaded; p && *p; p = strchr(p, '\n'), p = p ? p + 1 : NULL)
		if (!strncmp(p, name, n) && p[n] == ' ')
			return true;
	return false;
}

static void ask_one(struct facts *f, struct kmod_ctx *ctx, int i, const char *loaded, const char *source)
{
	struct kmod_module *mod = NULL;
	enum module_state *state = &f->modules[i].state;

	if (kmod_module_new_from_name_lookup(ctx, rows[i].name, &mod) < 0 || !mod) {
		*state = MODULE_ABSENT;
		return;
	}
	if (is_loaded(loaded, rows[i].name))
		*state = MODULE_LOADED;
	else
		*state = kmod_module_get_path(mod) ? MODULE_LOADABLE : MODULE_BUILTIN;
	if (kmod_module_get_path(mod)) {
		read_vermagic(f, mod, source);
		if (rows[i].imports)
			read_imports(f, mod, source);
	}
	if (rows[i].implies != KNOB_NONE)
		fact_knob(f, rows[i].implies, 1, source);
	kmod_module_unref(mod);
}

void facts_ask_modules(struct facts *f)
{
	char release[72] = "", dir[512], *loaded = NULL;
	const size_t room = 1 << 18;
	struct kmod_ctx *ctx;
	int fd;

	if (f->modules_from[0])
		return;
	if (root_read(f->root, "/sys/module/zswap/parameters/enabled", f->zswap, sizeof(f->zswap)) > 0)
		f->zswap[strcspn(f->zswap, "\n")] = 0;
	snprintf(release, sizeof(release), "%s", f->target.release_text);
	if (!release[0] && !root_only_entry(f->root, "/lib/modules", "", release, sizeof(release)))
		return;
	if (strchr(release, '/'))
		return;
	snprintf(dir, sizeof(dir), "/lib/modules/%s", release);
	fd = root_openat(f->root, dir, O_PATH | O_DIRECTORY);
	if (fd < 0)
		return;
	/* libkmod wants a name: the descriptor's own, so that links in a captured tree cannot lead out of it. */
	snprintf(f->modules_from, sizeof(f->modules_from), "%.*s", (int)sizeof(f->modules_from) - 1, dir);
	snprintf(dir, sizeof(dir), "/proc/self/fd/%d", fd);
	ctx = kmod_new(dir, NULL);
	if (ctx) {
		kmod_set_log_fn(ctx, silent, NULL);
		kmod_load_resources(ctx);
		loaded = malloc(room);
		if (loaded && root_read(f->root, "/proc/modules", loaded, room) < 0)
			loaded[0] = 0;
		for (int i = 0; loaded && i < FACT_MODULES; i++) {
			f->modules[i].name = rows[i].name;
			ask_one(f, ctx, i, loaded, f->modules_from);
		}
		free(loaded);
		kmod_unref(ctx);
	}
	close(fd);
}

void fact_from_modules(struct facts *f)
{
	facts_ask_modules(f);
	/* Modules say most of what they say by the directory that they lie in. */
	if (!f->target.release && f->modules_from[0])
		fact_release(f, strrchr(f->modules_from, '/') + 1, f->modules_from);
}
