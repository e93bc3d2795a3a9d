/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdlib.h>
#include <sys/personality.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "fact/fact.h"

#define ANY UINT32_MAX

#define FACT(name, knobs) void fact_from_##name(struct facts *f);
#include "fact/list.def"
#undef FACT

static const struct {
	void (*ask)(struct facts *f);
	uint32_t knobs;
} sources[] = {
#define FACT(name, knobs) { fact_from_##name, knobs },
#include "fact/list.def"
#undef FACT
};

static void note(struct provenance *p, const char *source)
{
	snprintf(p->source, sizeof(p->source), "%s", source);
	p->assumed = false;
}

void facts_init(struct facts *f, const struct root *root)
{
	memset(f, 0, sizeof(*f));
	swpd_target_init(&f->target);
	f->root = root;
}

void fact_deny(struct facts *f, enum knob knob, const char *fmt, ...)
{
	struct denied d = { .knob = knob };
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(d.text, sizeof(d.text), fmt, ap);
	va_end(ap);
	for (int i = 0; i < f->n_denied; i++)
		if (!strcmp(f->denied[i].text, d.text))
			return;
	if (f->n_denied < FACTS_DENIED_MAX)
		f->denied[f->n_denied++] = d;
}

/* A value of it as -s has it. */
static const char *knob_value(enum knob knob, int value, char to[16])
{
	if (knob == KNOB_MAX_PHYSMEM_BITS)
		snprintf(to, 16, "%d", value);
	else
		snprintf(to, 16, "%s", value ? "y" : "n");
	return to;
}

bool fact_knob(struct facts *f, enum knob knob, int value, const char *source)
{
	struct swpd_target *t = &f->target;
	char held[16], other[16];

	if (t->knobs[knob] != KNOB_UNKNOWN) {
		if (t->knobs[knob] != value && strcmp(t->knob_from[knob].source, source))
			fact_deny(f, knob, "%s is taken as %s (%s), but it is %s by %s", knob_name(knob),
				knob_value(knob, t->knobs[knob], held), t->knob_from[knob].source,
				knob_value(knob, value, other), source);
		return false;
	}
	t->knobs[knob] = value;
	note(&t->knob_from[knob], source);
	return true;
}

/*
 * "5.14.0-427.el9.x86_64", "6.1.0-18-amd64", "5.14.0-427.el9.aarch64+64k", "6.1.0-9-sparc64-smp": the last
 * word that is an architecture.
 */
static void arch_of_release(struct facts *f, const char *source)
{
	const struct arch *arch = NULL;
	const char *variant = NULL;
	char name[32];

	for (const char *p = f->target.release_text; p && !f->target.arch; p = strpbrk(p, "-.")) {
		p += strspn(p, "-.");
		snprintf(name, sizeof(name), "%.*s", (int)strcspn(p, "-.+"), p);
		if (!arch_find(name) || arch_find(name)->pseudo)
			continue;
		arch = arch_find(name);
		fact_named(f, arch, name);
		variant = p[strlen(name)] == '+' ? p + strlen(name) + 1 : NULL;
	}
	if (arch)
		fact_arch(f, arch, variant ? arch_variant(arch, variant) : NULL, source);
}

bool fact_release(struct facts *f, const char *text, const char *source)
{
	struct swpd_target *t = &f->target;
	release_t r = swpd_release_parse(text);
	int n = 0;

	if (t->release || !r)
		return false;
	t->release = r;
	while (text[n] > ' ' && text[n] < 0x7f) /* it is shown to people: nothing for their terminal in it */
		n++;
	snprintf(t->release_text, sizeof(t->release_text), "%.*s", n, text);
	note(&t->release_from, source);
	arch_of_release(f, source);
	swpd_target_match(t);
	return true;
}

bool fact_page_shift(struct facts *f, unsigned int shift, const char *source)
{
	if (f->target.page_shift || shift < 10 || shift > 20)
		return false;
	f->target.page_shift = shift;
	note(&f->target.page_from, source);
	return true;
}

void fact_named(struct facts *f, const struct arch *arch, const char *name)
{
	f->usual = arch ? arch_usual_variant(arch, name) : NULL;
	f->order = arch ? arch_order(arch, name) : ORDER_NOT_TOLD;
}

bool facts_big_endian(const struct facts *f)
{
	const struct variant *v = f->target.variant;

	return f->order ? f->order == ORDER_BIG : v && v->big_endian;
}

bool fact_arch(struct facts *f, const struct arch *arch, const struct variant *variant, const char *source)
{
	struct swpd_target *t = &f->target;

	if (arch && !t->arch) {
		t->arch = arch;
		note(&t->arch_from, source);
		swpd_target_match(t);
	} else if (arch && arch != t->arch) {
		fact_deny(f, KNOB_NONE, "entries are read as those of %s (%s), but the machine is %s by %s",
			t->arch->name, t->arch_from.source, arch->name, source);
	}
	if (variant && t->variant && variant != t->variant && arch == t->arch)
		fact_deny(f, KNOB_NONE, "entries are read as those of %s:%s (%s), but it is %s by %s",
			arch->name, t->variant->name, t->variant_from.source,
			variant->name[0] ? variant->name : "the default", source);
	if (!variant || t->variant || arch != t->arch)
		return false;
	t->variant = variant;
	note(&t->variant_from, source);
	return true;
}

int facts_set_arch(struct facts *f, const char *spec, struct swpd_error *err)
{
	size_t n = strcspn(spec, ":");
	const struct arch *arch;
	char name[32];

	snprintf(name, sizeof(name), "%.*s", (int)n, spec);
	arch = n < sizeof(name) ? arch_find(name) : NULL;
	if (!arch || arch->pseudo)
		return fail(err, SWPD_E_USAGE, 0, "-A %s: no such architecture (--list-arch has them)", spec);
	fact_arch(f, arch, NULL, "-A");
	fact_named(f, arch, name);
	if (!spec[n])
		return 0;
	if (!arch_variant(arch, spec + n + 1))
		return fail(err, SWPD_E_USAGE, 0, "-A %s: %s has no variant '%s' (--list-arch has them)",
			spec, arch->name, spec + n + 1);
	fact_arch(f, arch, arch_variant(arch, spec + n + 1), "-A");
	return 0;
}

int facts_set_release(struct facts *f, const char *release, struct swpd_error *err)
{
	if (!swpd_release_parse(release))
		return fail(err, SWPD_E_USAGE, 0,
			"-k %s: not a kernel release (6.12, or what uname -r prints)", release);
	fact_release(f, release, "-k");
	return 0;
}

int facts_set_knobs(struct facts *f, const char *assignments, struct swpd_error *err)
{
	char one[64];
	uint64_t v;

	do {
		size_t n = strcspn(assignments, ","), eq;
		enum knob knob;
		bool number;

		snprintf(one, sizeof(one), "%.*s", (int)n, assignments);
		eq = strcspn(one, "=");
		if (n >= sizeof(one) || !one[eq])
			return fail(err, SWPD_E_USAGE, 0, "-s %.*s: not of the form KNOB=VALUE", (int)n,
				assignments);
		one[eq] = 0;
		knob = knob_find(one);
		if (knob == KNOB_NONE)
			return fail(err, SWPD_E_USAGE, 0,
				"-s %s: nothing depends on this configuration option", one);
		number = knob == KNOB_MAX_PHYSMEM_BITS;
		if (!number && (!strcmp(one + eq + 1, "y") || !strcmp(one + eq + 1, "n")))
			v = one[eq + 1] == 'y';
		else if (!parse_number(one + eq + 1, 0, number ? 64 : 1, &v) || (number && v < 32))
			return fail(err, SWPD_E_USAGE, 0,
				"-s %s=%s: the value is y or n; of MAX_PHYSMEM_BITS, 32 to 64", one,
				one + eq + 1);
		f->target.knobs[knob] = KNOB_UNKNOWN; /* the last word of the user counts */
		fact_knob(f, knob, v, "-s");
		assignments += n;
		assignments += *assignments == ',';
	} while (*assignments);
	return 0;
}

static void first_word_after(const char *text, const char *prefix, char *to, size_t size)
{
	const char *p = strstr(text, prefix);

	if (p)
		snprintf(to, size, "%.*s", (int)strcspn(p + strlen(prefix), " \n"), p + strlen(prefix));
}

static void ask_release(struct facts *f)
{
	static const char path[] = "/proc/sys/kernel/osrelease";
	char buf[512], word[72] = "";
	release_t r;

	if (root_read(f->root, path, buf, sizeof(buf)) > 0 && !fact_release(f, buf, path)) {
		r = swpd_release_parse(buf);
		if (r && r >> 16 != f->target.release >> 16)
			fact_deny(f, KNOB_NONE,
				"entries are read as those of kernel %s (%s), but this one is %.*s by %s",
				f->target.release_text, f->target.release_from.source,
				(int)strcspn(buf, " \n"), buf, path);
	}
	if (!f->target.release && root_read(f->root, "/proc/version", buf, sizeof(buf)) > 0) {
		first_word_after(buf, "Linux version ", word, sizeof(word));
		fact_release(f, word, "/proc/version");
	}
}

/* A variant that a CPU flag tells; else the default one. */
static void ask_variant(struct facts *f)
{
	const struct arch *arch = f->target.arch;
	char buf[1 << 14], *flags, *end;

	if (!arch || f->target.variant || root_read(f->root, "/proc/cpuinfo", buf, sizeof(buf)) <= 0)
		return;
	flags = strstr(buf, "\nflags");
	end = flags ? strchr(flags + 1, '\n') : NULL;
	if (!end)
		return;
	*end = ' ';
	end[1] = 0;
	for (const struct variant *v = arch->variants; v->page_shift; v++) {
		char word[32];

		if (!v->cpu_flag)
			continue;
		snprintf(word, sizeof(word), " %s ", v->cpu_flag);
		if (strstr(flags, word))
			fact_arch(f, arch, v, "/proc/cpuinfo");
		else
			fact_arch(f, arch, arch_variant(arch, NULL), "/proc/cpuinfo");
	}
}

static void take_machine(struct facts *f, const char *machine, const char *source)
{
	const struct arch *arch = arch_find(machine);

	if (arch && !f->target.arch)
		fact_named(f, arch, machine);
	fact_arch(f, arch, NULL, source);
}

/* What uname -a printed, as a sosreport keeps it: the release is the third word, the machine the last one but
 * for the name of the system. */
static void ask_uname_text(struct facts *f)
{
	static const char path[] = "/sos_commands/kernel/uname_-a", system[] = " GNU/Linux";
	char text[512], release[72], *end;
	ssize_t n = root_read(f->root, path, text, sizeof(text));

	if (n <= 0 || sscanf(text, "Linux %*s %71s", release) != 1)
		return;
	text[strcspn(text, "\n")] = 0;
	end = strstr(text, system);
	if (!f->target.release)
		fact_release(f, release, path);
	if (!end)
		return;
	*end = 0;
	if (strrchr(text, ' '))
		take_machine(f, strrchr(text, ' ') + 1, path);
}

/* What uname() says where no setarch makes it say another machine, or 2.6, to a process and its children. */
static int real_uname(struct utsname *u)
{
	int persona = personality(0xffffffff), status;

	if (persona > 0)
		personality(persona & ~(PER_MASK | UNAME26));
	status = uname(u);
	if (persona > 0)
		personality(persona);
	return status;
}

void facts_ask_machine(struct facts *f)
{
	static const char arch_path[] = "/proc/sys/kernel/arch"; /* 6.1 */
	struct swpd_target *t = &f->target;
	char buf[64];

	if (root_read(f->root, "/proc/sys/kernel/hostname", buf, sizeof(buf)) > 0)
		snprintf(f->host, sizeof(f->host), "%.*s", (int)strcspn(buf, "\n"), buf);
	if (root_read(f->root, "/proc/sys/kernel/random/boot_id", buf, sizeof(buf)) > 0)
		snprintf(f->boot_id, sizeof(f->boot_id), "%.*s", (int)strcspn(buf, "\n"), buf);
	ask_release(f);
	if (f->root->live) {
		struct utsname u;

		t->page_shift = __builtin_ctzl(sysconf(_SC_PAGESIZE));
		note(&t->page_from, "sysconf");
		if (!real_uname(&u)) {
			fact_release(f, u.release, "uname");
			take_machine(f, u.machine, "uname");
		}
	} else {
		if (root_read(f->root, arch_path, buf, sizeof(buf)) > 0) {
			buf[strcspn(buf, "\n")] = 0;
			take_machine(f, buf, arch_path);
		}
		ask_uname_text(f);
	}
	ask_variant(f);
}

static uint32_t unknown_knobs(const struct swpd_target *t)
{
	uint32_t unknown = 0;

	for (int k = KNOB_NONE + 1; k < KNOB_N; k++)
		if (t->knobs[k] == KNOB_UNKNOWN)
			unknown |= 1u << k;
	return unknown;
}

/* What the machine would say of knobs that the user stated: that may deny them. */
static void ask_stated(struct facts *f)
{
	struct facts own = { .root = f->root, .target = f->target, .vmlinux = f->vmlinux };
	uint32_t stated = 0;

	for (int k = KNOB_NONE + 1; k < KNOB_N; k++)
		if (f->target.knobs[k] != KNOB_UNKNOWN && !strcmp(f->target.knob_from[k].source, "-s")) {
			own.target.knobs[k] = KNOB_UNKNOWN;
			stated |= 1u << k;
		}
	if (stated)
		facts_ask_knobs(&own, stated);
	for (int k = KNOB_NONE + 1; k < KNOB_N; k++)
		if (stated & 1u << k && own.target.knobs[k] != KNOB_UNKNOWN)
			fact_knob(f, k, own.target.knobs[k], own.target.knob_from[k].source);
}

/* True if the variant is not known and a configuration may tell it. */
static bool wants_variant(const struct facts *f)
{
	const struct variant *v = f->target.arch && !f->target.variant ? f->target.arch->variants : NULL;

	while (v && v->page_shift && !v->config)
		v++;
	return v && v->page_shift;
}

void facts_ask_knobs(struct facts *f, uint32_t wanted)
{
	bool nameless = !f->target.release;

	for (size_t i = 0; i < ARRAY_SIZE(sources); i++)
		if ((wanted & unknown_knobs(&f->target) & sources[i].knobs) || !f->target.release ||
			(sources[i].knobs == ANY && wants_variant(f)))
			sources[i].ask(f);
	ask_stated(f);
	ask_variant(f); /* a source may have told the architecture */
	/* What some sources say depends on the release, which a later one may have told. */
	if (nameless && f->target.release)
		facts_ask_knobs(f, wanted);
}

/*
 * What machines of this name usually are; if they have another page size than that, the first variant that
 * has it, rather one of the same byte order.
 */
static const struct variant *usual_variant(const struct facts *f)
{
	const struct swpd_target *t = &f->target;
	const struct variant *usual = f->usual ? f->usual : arch_variant(t->arch, NULL), *fits = NULL;

	if (!t->page_shift || usual->page_shift == t->page_shift)
		return usual;
	for (const struct variant *v = t->arch->variants; v->page_shift; v++)
		if (v->page_shift == t->page_shift && (!fits || (fits->big_endian ^ usual->big_endian) >
			(v->big_endian ^ usual->big_endian)))
			fits = v;
	return fits ? fits : usual;
}

/* What a distribution's configuration usually says of knobs that nothing tells. */
static void assume_usual(struct facts *f)
{
	struct swpd_target *t = &f->target;
	struct swpd_target before = *t;

	for (size_t i = 0; t->release && i < n_backports; i++) {
		const struct backport *row = &backports[i];
		char source[sizeof(t->arch_from.source)];

		if (!row->usual || !backport_matches(row, t->release_text, t->arch))
			continue;
		snprintf(source, sizeof(source), "usual for %s%s%s", row->name, row->arches ? " " : "",
			row->arches ? t->arch->name : "");
		for (const char *p = row->usual; *p; p += *p == ',') {
			size_t n = strcspn(p, ",");
			enum knob knob;
			char one[64];

			snprintf(one, sizeof(one), "%.*s", (int)strcspn(p, "="), p);
			knob = knob_find(one);
			if (t->knobs[knob] == KNOB_UNKNOWN) {
				fact_knob(f, knob, p[n - 1] == 'y', source);
				t->knob_from[knob].assumed = true;
			}
			p += n;
		}
	}
	/* MAX_SWAPFILES is evidence, the usual is not. */
	if (!swpd_max_swapfiles_fits(t)) {
		memcpy(t->knobs, before.knobs, sizeof(t->knobs));
		memcpy(t->knob_from, before.knob_from, sizeof(t->knob_from));
	}
}

/* A distribution's release string that does not say for what: what most machines that it runs on are. */
static void assume_arch(struct facts *f)
{
	struct swpd_target *t = &f->target;

	for (size_t i = 0; t->release && !t->arch && i < n_backports; i++) {
		const struct backport *row = &backports[i];
		char name[32], source[sizeof(t->arch_from.source)];
		const struct arch *arch;

		if (!row->arches || !row->usual)
			continue;
		snprintf(name, sizeof(name), "%.*s", (int)strcspn(row->arches, " "), row->arches);
		arch = arch_find(name);
		if (!arch || !backport_matches(row, t->release_text, arch))
			continue;
		snprintf(source, sizeof(source), "usual for %s", row->name);
		fact_arch(f, arch, NULL, source);
		t->arch_from.assumed = true;
	}
}

void facts_assume(struct facts *f)
{
	struct swpd_target *t = &f->target;

	assume_arch(f);
	/* mm/Kconfig: DEVICE_PRIVATE needs ZONE_DEVICE, and that SPARSEMEM_VMEMMAP of 64-bit machines. */
	if (t->arch && t->arch->word_bits == 32)
		fact_knob(f, KNOB_DEVICE_PRIVATE, 0, "a 32-bit architecture");
	if (t->distribution && !swpd_max_swapfiles_fits(t))
		swpd_target_drop_numbering(t);
	assume_usual(f);

	if (t->arch && !t->variant) {
		t->variant = usual_variant(f);
		snprintf(t->variant_from.source, sizeof(t->variant_from.source), "default");
		t->variant_from.assumed = t->arch->variants[1].page_shift != 0;
	}
	if (!t->page_shift) {
		t->page_shift = t->variant ? t->variant->page_shift : 12;
		snprintf(t->page_from.source, sizeof(t->page_from.source), "%s",
			t->variant ? "variant" : "default");
		t->page_from.assumed = !t->variant || t->variant_from.assumed;
	}
	if (t->release > KV_NEWEST)
		t->release_from.assumed = true;
}

void facts_variant_seen(struct facts *f, const struct variant *variant, const char *source, bool sure)
{
	struct swpd_target *t = &f->target;

	t->variant = variant;
	note(&t->variant_from, source);
	t->variant_from.assumed = !sure;
	if (t->page_from.assumed) {
		t->page_shift = variant->page_shift;
		note(&t->page_from, source);
		t->page_from.assumed = !sure;
	}
}
