/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Kernel configurations: -c, /proc/config.gz, /boot/config-RELEASE, /lib/modules/RELEASE/config. */
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>
#include <zlib.h>

#include "fact/fact.h"

#define CONFIG_BYTES_MAX (16 << 20) /* a real one has 300 KiB */

void fact_from_config(struct facts *f);

#define OPTIONS_BY_HAND 300     /* fewer than kconfig writes: tinyconfig of m68k has more */

#define SYMBOLS_MAX 128

/* A symbol that rows ask for, as it stands in them. */
struct symbol {
	const char *name;
	uint8_t length;
	int8_t on; /* -1: the configuration does not name it */
};

struct parse {
	struct facts *f;
	const char *source;
	bool complete; /* has the header of a whole .config: an option that it does not name is off */
	bool end; /* has what stands behind all that we ask for, in each that kconfig wrote */
	uint32_t named;
	int options;
	struct symbol symbols[SYMBOLS_MAX];
	int n_symbols;
	uint32_t first[64]; /* by length of a symbol or knob: 1 << low bits of its first letter */
};

static struct symbol *find_symbol(struct parse *p, const char *name, size_t n)
{
	for (int i = 0; i < p->n_symbols; i++)
		if (p->symbols[i].length == n && !memcmp(p->symbols[i].name, name, n))
			return &p->symbols[i];
	return NULL;
}

/* Most lines of a configuration are about nothing that anybody asks for. */
static void expect(struct parse *p, const char *name, size_t n)
{
	p->first[n % ARRAY_SIZE(p->first)] |= 1u << (*name & 31);
}

static bool expected(const struct parse *p, const char *name, size_t n)
{
	return p->first[n % ARRAY_SIZE(p->first)] >> (*name & 31) & 1;
}

/* The symbols of a row's list, without what stands between them. */
static void want_symbols(struct parse *p, const char *list)
{
	for (; list && *(list += strspn(list, " |!")); list += strcspn(list, " |")) {
		size_t n = strcspn(list, " |");

		if (!find_symbol(p, list, n) && p->n_symbols < SYMBOLS_MAX)
			p->symbols[p->n_symbols++] = (struct symbol){ list, n, -1 };
		expect(p, list, n);
	}
}

/*
 * Can a kernel with this list of symbols have this configuration? Not if one is otherwise; and one at least
 * must speak for it, since many say nothing of what was not yet an option.
 */
static bool fits(struct parse *p, const char *list)
{
	bool support = false;

	while (list && *list) {
		bool negated = *list == '!', any = false, known = true;
		size_t n = strcspn(list, " ");
		const char *end = list + n;

		for (list += negated; list < end; list += strspn(list, "|")) {
			size_t length = strcspn(list, " |");
			const struct symbol *s = find_symbol(p, list, length);
			int on = s ? s->on : -1;

			if (on < 0 && p->complete)
				on = 0;
			any |= on > 0;
			known &= on >= 0;
			list += length;
		}
		if (any == negated && (any || known))
			return false;
		support |= any ? !negated : known && negated;
		list += strspn(list, " ");
	}
	return support;
}

/* The architecture, and the variant if only one fits; if several do, one of them is as good a guess as any.
 */
static void tell_machine(struct parse *p)
{
	struct facts *f = p->f;
	const struct variant *only = NULL, *usual = NULL;
	int n = 0;
	bool same_pages = true;

	for (int i = 0; !f->target.arch && arch_list[i]; i++)
		if (fits(p, arch_list[i]->config))
			fact_arch(f, arch_list[i], NULL, p->source);
	if (!f->target.arch)
		return;
	for (const struct variant *v = f->target.arch->variants; v->page_shift; v++) {
		if (!fits(p, v->config))
			continue;
		same_pages &= !n || v->page_shift == only->page_shift;
		only = n++ ? only : v;
		if (v == (f->usual ? f->usual : arch_variant(f->target.arch, NULL)))
			usual = v;
	}
	if (!n)
		return;
	if (same_pages)
		fact_page_shift(f, only->page_shift, p->source);
	if (n == 1)
		fact_arch(f, f->target.arch, only, p->source);
	else
		f->usual = usual ? usual : only;
}

/* "# Linux/x86 6.1.0 Kernel Configuration" */
static void parse_title(struct parse *p, char *line)
{
	char *at = strstr(line, " Kernel Configuration"), *release;

	if (!at)
		return;
	*at = 0;
	release = strrchr(line, ' ');
	p->complete = true;
	if (release)
		fact_release(p->f, release + 1, p->source);
}

static void parse_line(struct parse *p, char *line)
{
	bool off = !strncmp(line, "# CONFIG_", 9);
	char *name = line + (off ? 9 : 7), *end;
	const char *value;
	struct symbol *symbol;
	enum knob knob;
	uint64_t v;

	if (!off && strncmp(line, "CONFIG_", 7)) {
		if (!strncmp(line, "# Linux", 7))
			parse_title(p, line);
		return;
	}
	end = strchr(name, off ? ' ' : '=');
	if (!end || (off && strncmp(end, " is not set", 11)))
		return;
	p->options++;
	/* lib/Kconfig.debug, in the last menu of every architecture; without a condition: always named */
	p->end |= end - name == 12 && !memcmp(name, "DEBUG_KERNEL", 12);
	if (!expected(p, name, end - name))
		return;
	*end = 0;
	value = off ? "n" : end + 1;
	symbol = find_symbol(p, name, end - name);
	if (symbol)
		symbol->on = *value == 'y';
	knob = knob_find(name);
	if (knob == KNOB_NONE)
		return;
	if (!strcmp(value, "y") || !strcmp(value, "m"))
		v = 1;
	else if (!strcmp(value, "n"))
		v = 0;
	else if (!parse_number(value, 0, 64, &v))
		return;
	p->named |= 1u << knob;
	fact_knob(p->f, knob, v, p->source);
}

/* What a whole configuration does not name is off, if it is an option that this kernel has at all. */
static void options_off(struct facts *f, uint32_t named, const char *source)
{
	const uint32_t rare = 1u << KNOB_HMM | 1u << KNOB_HMM_MIGRATE | 1u << KNOB_USERSWAP;
	const uint32_t says_nothing = 1u << KNOB_MAX_PHYSMEM_BITS | 1u << KNOB_L1TF;
	uint32_t skip = named | says_nothing | (rare & ~swpd_knobs_relevant(&f->target, FORM_PTE));

	for (int k = KNOB_NONE + 1; k < KNOB_N; k++)
		if (!(skip & 1u << k))
			fact_knob(f, k, 0, source);
}

int config_read(struct facts *f, int fd, const char *source)
{
	struct parse p = { .f = f, .source = source };
	gzFile in = gzdopen(fd, "r");
	int code = Z_OK;
	bool newline = false;
	char line[4096];

	if (!in) {
		close(fd);
		return -1;
	}
	for (int i = 0; arch_list[i]; i++) {
		want_symbols(&p, arch_list[i]->config);
		for (const struct variant *v = arch_list[i]->variants; v->page_shift; v++)
			want_symbols(&p, v->config);
	}
	for (int k = KNOB_NONE + 1; k < KNOB_N; k++)
		expect(&p, knob_name(k), strlen(knob_name(k)));
	while (gzgets(in, line, sizeof(line))) {
		size_t n = strlen(line);

		newline = n && line[n - 1] == '\n';

		if (gztell(in) > CONFIG_BYTES_MAX) {
			p.complete = false;
			break;
		}
		while (n && (line[n - 1] == '\n' || line[n - 1] == '\r'))
			line[--n] = 0;
		parse_line(&p, line);
	}
	gzerror(in, &code);
	if (gzclose(in) != Z_OK)
		code = Z_DATA_ERROR;
	if (!p.options)
		return -1;
	/* One that was cut says nothing of what it does not name. */
	p.complete &= code == Z_OK && (p.end || (newline && p.options < OPTIONS_BY_HAND));
	tell_machine(&p);
	if (p.complete)
		options_off(f, p.named, source);
	return 0;
}

int facts_set_config(struct facts *f, const char *path, struct swpd_error *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return fail(err, SWPD_E_SYSTEM, errno, "-c %s: cannot open: %s", path, sys_text(errno));
	if (config_read(f, fd, path) < 0)
		return fail(err, SWPD_E_FORMAT, 0,
			"-c %s: not a kernel configuration: no line begins with CONFIG_", path);
	return 0;
}

static bool try_config(struct facts *f, const char *path)
{
	int fd = root_openat(f->root, path, O_RDONLY | O_NONBLOCK);

	return fd >= 0 && !config_read(f, fd, path);
}

/* With no release to go by, a captured tree with one configuration in /boot still says which kernel it is. */
static void only_config_in_boot(struct facts *f)
{
	char name[72], path[96];

	if (!root_only_entry(f->root, "/boot", "config-", name, sizeof(name)))
		return;
	snprintf(path, sizeof(path), "/boot/%s", name);
	if (try_config(f, path))
		fact_release(f, name + strlen("config-"), path);
}

void fact_from_config(struct facts *f)
{
	static const struct {
		const char *before, *after;
	} places[] = { { "/boot/config-", "" }, { "/lib/modules/", "/config" },
		{ "/usr/lib/modules/", "/config" } };
	char path[160];

	if (try_config(f, "/proc/config.gz"))
		return;
	for (size_t i = 0; f->target.release && i < ARRAY_SIZE(places); i++) {
		if (strchr(f->target.release_text, '/'))
			return;
		snprintf(path, sizeof(path), "%s%s%s", places[i].before, f->target.release_text,
			places[i].after);
		if (try_config(f, path))
			return;
	}
	if (!f->target.release)
		only_config_in_boot(f);
}
