/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is known about the target of a run, and what is said of it. */
#include "cli/job.h"

static void say_source(const char *name, const char *value, const struct provenance *from)
{
	if (from->source[0])
		complain("%s: %s (%s%s)", name, value, from->source, from->assumed ? ", assumed" : "");
	else
		complain("%s: not known", name);
}

static void say_facts(const struct job *j)
{
	const struct swpd_target *t = &j->facts.target;
	uint32_t wanted = swpd_knobs_wanted(t, j->source->form);
	char number[32];

	say_source("architecture", t->arch ? t->arch->name : "", &t->arch_from);
	if (t->arch && !t->arch->variants[1].page_shift)
		complain("variant: the only one");
	else if (t->variant && !t->variant->name[0])
		say_source("variant", t->arch->name, &t->variant_from);
	else
		say_source("variant", t->variant ? t->variant->name : "", &t->variant_from);
	say_source("kernel", t->release_text, &t->release_from);
	snprintf(number, sizeof(number), "%lu bytes", 1ul << t->page_shift);
	say_source("page size", number, &t->page_from);
	snprintf(number, sizeof(number), "%d", t->max_swapfiles);
	if (t->max_swapfiles)
		say_source("MAX_SWAPFILES", number, &t->max_swapfiles_from);
	for (int k = KNOB_NONE + 1; k < KNOB_N; k++) {
		snprintf(number, sizeof(number), "%d", t->knobs[k]);
		if (t->knobs[k] != KNOB_UNKNOWN || wanted & 1u << k)
			say_source(knob_name(k), number, &t->knob_from[k]);
	}
}

static bool big_endian_ptes(const struct job *j)
{
	struct swpd_decoder dec;

	swpd_decoder_init(&dec, &j->facts.target, FORM_PTE, SWPD_LEVEL_PTE);
	return image_about(j->image)->big_endian || (dec.n_packing && dec.packing[0].row->big_endian);
}

/* The kernel in the dump, as far as it can be found: where the user says where page tables are, none is
 * needed. */
static void open_kernel(struct job *j)
{
	const struct swpd_target *t = &j->facts.target;
	struct swpd_error *err = &j->no_kernel;

	j->spaces.va_bits = facts_va_bits(j->image);
	if (!t->arch) {
		fail(err, SWPD_E_NOT_HERE, 0, "the architecture is not known: -A says it");
		return;
	}
	j->kmem = kmem_open(
		j->image, t->arch, t->variant, t->page_shift, j->spaces.va_bits, big_endian_ptes(j),
		j->opts->vmlinux, err);
	if (j->kmem)
		facts_ask_kernel(&j->facts, j->kmem);
	if (j->kmem)
		j->kernel = kernel_open(j->kmem, t->release, err);
	if (j->kmem && !j->kernel && (j->memmap = memmap_open(j->kmem, NULL, t->release)))
		memmap_lookup(j->memmap, &j->lookup);
	if (j->kernel)
		kernel_lookup(j->kernel, &j->lookup);
	if (!j->opts->n_pgds)
		j->spaces.kernel = j->kernel;
}

/* What the user said, then what the machine says. Usage errors end the program. */
int job_gather_facts(struct job *j, enum swpd_form form, struct swpd_error *err)
{
	const struct opts *o = j->opts;
	struct facts *f = &j->facts;
	struct swpd_target *t = &f->target;

	facts_init(f, &j->root);
	/* an image or a configuration of another machine must not be completed with what this one is like */
	j->session.target_given = o->arch || o->kernel || o->config || o->n_sets || o->vmlinux;
	if (o->arch && facts_set_arch(f, o->arch, err) < 0)
		return -1;
	if (o->kernel && facts_set_release(f, o->kernel, err) < 0)
		return -1;
	for (int i = 0; i < o->n_sets; i++)
		if (facts_set_knobs(f, o->sets[i], err) < 0)
			return -1;
	if (o->max_swapfiles) {
		t->max_swapfiles = o->max_swapfiles;
		snprintf(t->max_swapfiles_from.source, sizeof(t->max_swapfiles_from.source),
			"--max-swapfiles");
	}
	if (o->config && facts_set_config(f, o->config, err) < 0)
		return -1;
	f->vmlinux = o->vmlinux;
	if (j->image) /* what it says of itself decides whether the image is its own */
		facts_ask_dump(f, j->image);
	if (o->vmlinux && facts_read_vmlinux(f, err) < 0)
		return -1;
	if (j->image) {
		open_kernel(j);
		facts_assume(f);
		return 0;
	}
	j->said = *t;
	/* Of a log nobody knows yet of which machine it is; of a captured tree it is likely its own. */
	if (j->input->kind == INPUT_KLOG && !(o->sysroot && !j->session.target_given))
		return 0;
	if (o->n_pids || !j->session.target_given) {
		facts_ask_machine(f);
		facts_ask_knobs(f, t->release ? swpd_knobs_wanted(t, form) : UINT32_MAX);
	}
	if (o->n_pids && !j->image)
		facts_ask_modules(f);
	facts_assume(f);
	return 0;
}

void job_tell_denied(const struct job *j)
{
	uint32_t relevant = swpd_knobs_relevant(&j->facts.target, j->session.form) |
		1u << KNOB_MAX_PHYSMEM_BITS; /* it decides between variants */

	for (int i = 0; i < j->facts.n_denied; i++)
		if (j->facts.denied[i].knob == KNOB_NONE || relevant >> j->facts.denied[i].knob & 1)
			job_warn(j, "%s", j->facts.denied[i].text);
}

void job_tell_target(const struct job *j)
{
	const struct swpd_target *t = &j->facts.target;

	if (t->release > KV_NEWEST)
		job_warn(j,
			"kernel %s is newer than " KV_NEWEST_TEXT
			", the newest one known: entries are read as there",
			t->release_text);
	else if (t->release && !j->session.dec->n_packing && t->arch)
		job_warn(j, "no layout is known for kernel %s on %s at level %s", t->release_text,
			t->arch->name, swpd_level_name(j->session.dec->level));
	else if (!t->release && !j->opts->n_pids)
		job_warn(j, "the kernel release is not known, and what an entry means depends on it: give -k "
			"RELEASE");
	job_tell_denied(j);
	if (!t->arch && !j->opts->n_pids && j->source->form == FORM_PTE)
		job_warn(j,
			"the architecture is not known, and what an entry means depends on it: give -A ARCH");
	if (t->max_swapfiles && !swpd_max_swapfiles_fits(t))
		job_warn(j,
			"MAX_SWAPFILES %d (%s) contradicts the release and configuration: special types stay "
			"unknown",
			t->max_swapfiles, t->max_swapfiles_from.source);
	if (j->opts->verbose)
		say_facts(j);
}
