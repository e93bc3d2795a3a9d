/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Kernel modules, through libkmod: vermagic, what is built in, loadable or loaded, and what that implies.
 * libkmod brings libcrypto, which takes as long to load as all the rest: only a run that finds modules does.
 */
#include <errno.h>
#include <fcntl.h>
#include <libkmod.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fact/fact.h"

/* The functions of libkmod that are used. */
#define FUNCTIONS(F)                                                                                         \
	F(kmod_new)                                                                                          \
	F(kmod_unref)                                                                                        \
	F(kmod_set_log_fn)                                                                                   \
	F(kmod_load_resources)                                                                               \
	F(kmod_list_next)                                                                                    \
	F(kmod_module_new_from_name_lookup)                                                                  \
	F(kmod_module_unref)                                                                                 \
	F(kmod_module_get_path)                                                                              \
	F(kmod_module_get_info)                                                                              \
	F(kmod_module_info_get_key)                                                                          \
	F(kmod_module_info_get_value)                                                                        \
	F(kmod_module_info_free_list)                                                                        \
	F(kmod_module_get_dependency_symbols)                                                                \
	F(kmod_module_dependency_symbol_get_symbol)                                                          \
	F(kmod_module_dependency_symbols_free_list)

static struct {
#define F(name) __typeof__(&name) name;
	FUNCTIONS(F)
#undef F
} lib;

static const char *const functions[] = {
#define F(name) #name,
	FUNCTIONS(F)
#undef F
};

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

static void silent(void *data, int priority, const char *file, int line, const char *fn, const char *format,
	va_list args)
{
	(void)data, (void)priority, (void)file, (void)line, (void)fn, (void)format, (void)args;
}

/* "6.1.0-18-amd64 SMP preempt mod_unload modversions" */
static void read_vermagic(struct facts *f, struct kmod_module *mod, const char *source)
{
	struct kmod_list *info = NULL, *item;

	if (f->target.release || lib.kmod_module_get_info(mod, &info) < 0)
		return;
	for (item = info; item; item = lib.kmod_list_next(info, item))
		if (!strcmp(lib.kmod_module_info_get_key(item), "vermagic"))
			fact_release(f, lib.kmod_module_info_get_value(item), source);
	lib.kmod_module_info_free_list(info);
}

static void read_imports(struct facts *f, struct kmod_module *mod, const char *source)
{
	struct kmod_list *symbols = NULL, *item;

	if (lib.kmod_module_get_dependency_symbols(mod, &symbols) < 0)
		return;
	for (item = symbols; item; item = lib.kmod_list_next(symbols, item))
		if (!strncmp(lib.kmod_module_dependency_symbol_get_symbol(item), "make_device_exclusive", 21))
			fact_knob(f, KNOB_DEVICE_PRIVATE, 1, source);
	lib.kmod_module_dependency_symbols_free_list(symbols);
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

/* The modules of one release. */
struct index {
	struct facts *f;
	struct kmod_ctx *ctx;
	int fd;         /* the directory */
	char dir[32];   /* its name for libkmod, which wants one: no link of a captured tree on its way */
	char *loaded;   /* /proc/modules */
	bool complete;  /* says of every module whether it exists */
};

/* The file of a module, unless libkmod would leave a captured tree to open it. */
static const char *module_file(const struct index *x, const struct kmod_module *mod)
{
	const char *path = lib.kmod_module_get_path(mod);
	size_t n = strlen(x->dir);

	if (!path || x->f->root->live)
		return path;
	return !strncmp(path, x->dir, n) && path[n] == '/' && dir_has_file(x->fd, path + n + 1) ? path : NULL;
}

static void ask_one(const struct index *x, int i)
{
	struct facts *f = x->f;
	struct kmod_module *mod = NULL;
	enum module_state *state = &f->modules[i].state;

	f->modules[i].name = rows[i].name;
	if (lib.kmod_module_new_from_name_lookup(x->ctx, rows[i].name, &mod) < 0 || !mod) {
		*state = x->complete ? MODULE_ABSENT : MODULE_UNKNOWN;
		return;
	}
	if (is_loaded(x->loaded, rows[i].name))
		*state = MODULE_LOADED;
	else
		*state = lib.kmod_module_get_path(mod) ? MODULE_LOADABLE : MODULE_BUILTIN;
	if (module_file(x, mod)) {
		read_vermagic(f, mod, f->modules_from);
		if (rows[i].imports)
			read_imports(f, mod, f->modules_from);
	}
	if (rows[i].implies != KNOB_NONE)
		fact_knob(f, rows[i].implies, 1, f->modules_from);
	lib.kmod_module_unref(mod);
}

static void ask_all(struct index *x)
{
	/* of the machine's own modprobe.d and command line nothing: they may be another machine's */
	static const char *const no_config[] = { NULL };
	const size_t room = 1 << 18;

	x->ctx = lib.kmod_new(x->dir, no_config);
	x->loaded = malloc(room);
	if (x->ctx && x->loaded) {
		lib.kmod_set_log_fn(x->ctx, silent, NULL);
		lib.kmod_load_resources(x->ctx);
		if (root_read(x->f->root, "/proc/modules", x->loaded, room) < 0)
			x->loaded[0] = 0;
		for (int i = 0; i < FACT_MODULES; i++)
			ask_one(x, i);
	}
	free(x->loaded);
	lib.kmod_unref(x->ctx);
}

/*
 * libkmod trusts its index and its modules: damaged ones make it read beyond them, or abort. Those of a
 * captured tree are looked at by a child, which hands back the facts as a whole or, if it dies, none.
 */
static bool ask_aside(struct index *x)
{
	static const struct rlimit no_core = { 0, 0 }, seconds = { 10, 10 };
	struct facts *told = malloc(sizeof(*told));
	size_t have = 0;
	ssize_t n = 1;
	int ends[2];
	pid_t child;

	if (!told || pipe2(ends, O_CLOEXEC) < 0) {
		free(told);
		return false;
	}
	child = fork();
	if (!child) {
		setrlimit(RLIMIT_CORE, &no_core);
		setrlimit(RLIMIT_CPU, &seconds);
		dup2(open("/dev/null", O_RDONLY), STDERR_FILENO); /* its last words are nobody's business */
		ask_all(x);
		_exit(write(ends[1], x->f, sizeof(*x->f)) != (ssize_t)sizeof(*x->f));
	}
	close(ends[1]);
	while (child > 0 && have < sizeof(*told) && (n > 0 || errno == EINTR))
		if ((n = read(ends[0], (char *)told + have, sizeof(*told) - have)) > 0)
			have += n;
		else if (!n)
			break;
	close(ends[0]);
	while (child > 0 && waitpid(child, NULL, 0) < 0 && errno == EINTR)
		;
	if (have == sizeof(*told))
		*x->f = *told;
	free(told);
	return have == sizeof(*x->f);
}

void facts_ask_modules(struct facts *f)
{
	char release[72] = "", dir[96];
	struct index x = { .f = f };

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
	x.fd = root_openat(f->root, dir, O_PATH | O_DIRECTORY);
	if (x.fd < 0)
		return;
	if (!lib.kmod_new &&
		!library_functions("libkmod.so.2", functions, (void **)&lib, ARRAY_SIZE(functions))) {
		close(x.fd);
		return;
	}
	snprintf(x.dir, sizeof(x.dir), "/proc/self/fd/%d", x.fd);
	x.complete = !faccessat(x.fd, "modules.dep.bin", R_OK, 0) &&
		!faccessat(x.fd, "modules.builtin.bin", R_OK, 0);
	if (f->root->live || dir_all_files(x.fd, "modules.")) {
		snprintf(f->modules_from, sizeof(f->modules_from), "%.*s", (int)sizeof(f->modules_from) - 1,
			dir);
		if (f->root->live)
			ask_all(&x);
		else if (!ask_aside(&x))
			f->modules_from[0] = 0;
	}
	close(x.fd);
}

void fact_from_modules(struct facts *f)
{
	facts_ask_modules(f);
	/* Modules say most of what they say by the directory that they lie in. */
	if (!f->target.release && f->modules_from[0])
		fact_release(f, strrchr(f->modules_from, '/') + 1, f->modules_from);
}
