/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "cli/cli.h"

static volatile sig_atomic_t interrupted;

static void on_interrupt(int sig)
{
	interrupted = sig;
}

#define EARLY_MAX (1u << 18)

/* A process that could not be looked at before there was anything to print. */
struct early {
	int pid;
	struct finding finding;
};

/* Dumps of one run, one after the other. */
struct series {
	unsigned int n, begun; /* begun: that there is output of */
	bool pipe;             /* one still comes through standard input */
	size_t n_failed;       /* those that there is none of */
	struct dump_failure failed[DUMP_FILES_MAX];
};

struct job {
	const struct opts *opts;
	struct root root;
	struct facts facts;
	struct swpd_target said; /* what the user said of the target in them */
	struct swpd_decoder dec;
	struct session session;
	const struct input *input;
	struct head head; /* of the input, where it was looked at to see what it is */
	int fd;
	const char *dumps[DUMP_FILES_MAX]; /* files of the dump that this is about */
	size_t n_dumps;
	struct series *series;
	struct image *image; /* -d */
	struct dump_spaces spaces; /* of it */
	struct kmem *kmem;
	struct kernel *kernel; /* in the dump */
	struct memmap *memmap; /* the kernel's, if that was not found */
	struct lookup lookup;
	struct swpd_error no_kernel; /* why there is none */
	struct source *source;
	struct sink *sink;
	struct totals total, space;
	struct check_context checks;
	struct verdict verdict;
	struct frames frames;
	struct find finds[FINDS_MAX];
	int n_finds;
	struct range ranges[RANGES_MAX]; /* -r: whole pages, in order, none twice */
	size_t n_ranges;
	uint32_t shown; /* classes that are printed */
	bool begun, answered, matched, one_failed;
	const struct process *scanned; /* the process that `space` is about; NULL between them */
	struct early *early;
	size_t n_early, early_room;
	struct progress progress;
	size_t n_seen, n_refused; /* processes; refused: under -a, not looked at for want of rights */
	char refused[200];        /* why the first of these */
	char time[32];
	struct finding found[FINDINGS_MAX];
	struct swpd_entry entries[BATCH_WORDS];
};

static void warn(const struct job *j, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

static void warn(const struct job *j, const char *fmt, ...)
{
	char text[512];
	va_list ap;

	if (j->opts->quiet)
		return;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	complain("%s", text);
}

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
static int gather_facts(struct job *j, enum swpd_form form, struct swpd_error *err)
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

static void tell_about_target(const struct job *j)
{
	const struct swpd_target *t = &j->facts.target;

	if (t->release > KV_NEWEST)
		warn(j,
			"kernel %s is newer than " KV_NEWEST_TEXT
			", the newest one known: entries are read as there",
			t->release_text);
	else if (t->release && !j->session.dec->n_packing && t->arch)
		warn(j, "no layout is known for kernel %s on %s at level %s", t->release_text, t->arch->name,
			swpd_level_name(j->session.dec->level));
	else if (!t->release && !j->opts->n_pids)
		warn(j, "the kernel release is not known, and what an entry means depends on it: give -k "
			"RELEASE");
	if (j->facts.other_release[0])
		warn(j, "entries are read as those of kernel %s (%s), and the dump is of %s", t->release_text,
			t->release_from.source, j->facts.other_release);
	if (!t->arch && !j->opts->n_pids && j->source->form == FORM_PTE)
		warn(j, "the architecture is not known, and what an entry means depends on it: give -A ARCH");
	if (t->max_swapfiles && !swpd_max_swapfiles_fits(t))
		warn(j,
			"MAX_SWAPFILES %d (%s) contradicts the release and configuration: special types stay "
			"unknown",
			t->max_swapfiles, t->max_swapfiles_from.source);
	if (j->opts->verbose)
		say_facts(j);
}

static int by_start(const void *a, const void *b)
{
	const struct range *x = a, *y = b;

	return x->start < y->start ? -1 : x->start > y->start;
}

/* The pages in which an address of -r lies. Ranges that meet become one: no entry is looked at twice. */
static void settle_ranges(struct job *j)
{
	const struct opts *o = j->opts;
	uint64_t in_page = (1ull << j->facts.target.page_shift) - 1;
	struct range *last = NULL;

	for (size_t i = 0; i < o->n_ranges; i++) {
		const struct range *r = &o->ranges[i];
		uint64_t end = (r->end ? r->end - 1 : r->start) | in_page;

		j->ranges[i].start = r->start & ~in_page;
		j->ranges[i].end = end == UINT64_MAX ? end : end + 1;
	}
	qsort(j->ranges, o->n_ranges, sizeof(j->ranges[0]), by_start);
	for (size_t i = 0; i < o->n_ranges; i++) {
		struct range r = j->ranges[i];

		if (!last || r.start > last->end) {
			last = &j->ranges[j->n_ranges++];
			*last = r;
		} else if (r.end > last->end) {
			last->end = r.end;
		}
	}
}

/* Open the dump, and look at its first tree of page tables: it may tell the variant. */
static int open_dump(struct job *j, struct swpd_error *err)
{
	const struct opts *o = j->opts;
	struct image_options options = { .raw = o->raw_dump, .phys_base = o->phys_base };

	j->image = image_open(j->dumps, j->n_dumps, &options, err);
	if (j->image)
		image_search(j->image);
	return j->image ? 0 : -1;
}

#define TREES_TRIED 16 /* the first ones may be damaged */

/* Whose page tables are looked at; the first tree that can be read may tell the variant. */
static int choose_spaces(struct job *j, struct swpd_error *err)
{
	const struct opts *o = j->opts;
	struct swpd_target *t = &j->facts.target;
	struct dump_spaces *s = &j->spaces;
	struct page_tree tree;
	struct process p;
	uint64_t root;
	int got;

	s->roots = o->pgds;
	s->n_roots = o->n_pgds;
	s->pids = o->pids;
	s->n_pids = o->n_pids;
	s->file = j->series->n > 1 ? j->dumps[0] : NULL;
	if (!s->n_roots && s->kernel) {
		got = kernel_next_task(s->kernel, &p, &j->no_kernel);
		kernel_first_task(s->kernel);
		if (!got)
			fail(&j->no_kernel, SWPD_E_NOT_HERE, 0, "no process");
		if (got <= 0)
			s->kernel = NULL;
	}
	/* better the address spaces that processors were using than none */
	if (!s->n_roots && !s->kernel && !s->n_pids && image_about(j->image)->n_roots) {
		s->roots = image_about(j->image)->roots;
		s->n_roots = image_about(j->image)->n_roots;
	}
	if (!s->n_roots && !s->kernel) {
		*err = j->no_kernel;
		fail_context(err, "cannot find the processes (--pgd=ADDR needs nothing of this)");
		return -1;
	}
	for (size_t i = 0; i < (s->n_roots ? s->n_roots : TREES_TRIED); i++) {
		if (!s->n_roots && kernel_next_task(s->kernel, &p, &j->no_kernel) <= 0)
			break;
		root = s->n_roots ? s->roots[i] : p.pgd;
		if (tree_choose(&tree, j->image, t, root, s->va_bits, err) < 0)
			return -1;
		if (!tree.fits)
			continue;
		if (t->variant_from.assumed)
			facts_variant_seen(&j->facts, tree.variant, "page tables", tree.sure);
		break;
	}
	if (s->kernel)
		kernel_first_task(s->kernel);
	return 0;
}

/* Classes whose entries matter one by one; the others are counted only. */
static bool wanted_by_find(struct job *j, const struct swpd_entry *e)
{
	bool any = !j->n_finds;

	for (int i = 0; i < j->n_finds; i++)
		if (find_match(&j->finds[i], &j->facts, e)) {
			j->finds[i].matches++;
			any = true;
		}
	return any;
}

static int parse_finds(struct job *j, struct swpd_error *err)
{
	for (int i = 0; i < j->opts->n_finds; i++)
		if (find_parse(&j->finds[j->n_finds++], &j->facts, j->image ? &j->lookup : NULL,
			    j->opts->finds[i], err) < 0)
			return -1;
	return 0;
}

/* A slot that no page table refers to may hold shared memory, whose slots the kernel tells nobody. */
static void note_not_found(struct job *j)
{
	char why[sizeof(j->total.why)];

	for (int i = 0; i < j->n_finds; i++)
		if (!j->finds[i].frame && !j->finds[i].matches) {
			snprintf(why, sizeof(why),
				"no page table refers to the slot of --find=%.80s, but slots of swapped "
				"shared memory cannot be seen", j->opts->finds[i]);
			complain("%s", why);
			totals_incomplete(&j->total, "%s", why);
		}
}

static uint32_t classes_of_interest(const struct job *j)
{
	return j->shown | j->opts->match_classes;
}

static struct space_options space_options(const struct job *j)
{
	uint32_t interest = classes_of_interest(j);

	return (struct space_options){ .pids = j->opts->pids, .n_pids = j->opts->n_pids, .ranges = j->ranges,
		.n_ranges = j->n_ranges, .page_shift = j->facts.target.page_shift,
		.all = j->opts->all, .timeout = j->opts->timeout, .smaps = j->opts->smaps,
		.no_swap = j->facts.swaps.known && !j->facts.swaps.n,
		.none = interest & 1u << SWPD_NONE, .present = interest & 1u << SWPD_PRESENT };
}

static struct source *open_spaces(struct job *j, struct swpd_error *err)
{
	struct space_options so = space_options(j);

	return source_spaces(&j->root, &so, err);
}

static int open_named(const char *file, struct swpd_error *err)
{
	int fd = open(file, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		fail(err, SWPD_E_SYSTEM, errno, "%s: cannot open: %s", file, sys_text(errno));
	return fd;
}

static struct source *open_saved(struct job *j, struct swpd_error *err)
{
	struct space_options so = space_options(j);
	int fd = open_named(j->opts->file, err), maps = fd < 0 ? -1 : open_named(j->opts->maps, err);

	if (maps >= 0)
		return source_saved(&j->root, &so, j->opts->file, fd, maps, err);
	if (fd >= 0)
		close(fd);
	return NULL;
}

/* Bytes are words only where it is known of what machine they are. */
static struct source *open_binary(struct job *j, const struct value_options *v, struct swpd_error *err)
{
	const struct opts *o = j->opts;
	const struct swpd_target *t = &j->facts.target;
	const struct layout *row = j->dec.n_packing ? j->dec.packing[0].row : NULL;
	bool big = t->variant && t->variant->big_endian;

	if (!t->variant) {
		fail(err, SWPD_E_USAGE, 0,
			"-i bin: the architecture is not known, and with it the size of an entry: give -A "
			"ARCH");
		return NULL;
	}
	if (!t->release)
		warn(j, "the kernel release is not known: the byte order of entries is assumed to be that of "
			"the CPU");
	if (o->endian)
		big = o->endian == ENDIAN_BIG;
	return source_binary(j->fd, j->fd == STDIN_FILENO ? "-" : o->file, t, row, big, v, err);
}

/* Open what values or messages are read from, and see which of the two it is. */
static int open_input(struct job *j, struct swpd_error *err)
{
	const struct opts *o = j->opts;
	struct head *head = &j->head;
	unsigned int kind;
	ssize_t n = 1;

	j->input = o->input ? o->input : inputs;
	j->fd = STDIN_FILENO;
	if (j->n_dumps)
		return open_dump(j, err);
	if (o->spaces || o->n_values || o->n_encode)
		return 0;
	if (o->file && strcmp(o->file, "-")) {
		j->fd = open(o->file, O_RDONLY | O_CLOEXEC);
		if (j->fd < 0)
			return fail(
				err, SWPD_E_SYSTEM, errno, "%s: cannot open: %s", o->file, sys_text(errno));
	}
	if (j->input->kind != INPUT_AUTO)
		return 0;
	/* An error shows again where the rest is read. */
	while (head->n < sizeof(head->text) && n > 0 && !memchr(head->text, '\n', head->n)) {
		n = read(j->fd, head->text + head->n, sizeof(head->text) - head->n);
		head->n += n > 0 ? n : 0;
	}
	kind = source_is_transcript(head) ? INPUT_TEXT : source_is_log(head) ? INPUT_KLOG : INPUT_AUTO;
	while (j->input->kind != kind)
		j->input++;
	return 0;
}

static struct source *open_source(struct job *j, struct swpd_error *err)
{
	const struct opts *o = j->opts;
	struct value_options v = { .form = j->input->form, .level = o->level };
	const char *name = j->fd == STDIN_FILENO ? "-" : o->file;

	if (j->image)
		return source_dump(j->image, &j->facts.target, &j->spaces, j->ranges, j->n_ranges, err);
	if (o->n_pids)
		return open_spaces(j, err);
	if (o->saved)
		return open_saved(j, err);
	v.pages = swpd_level_pages(&j->facts.target, v.level);
	if (o->n_values)
		return source_arguments(o->values, o->n_values, &v, err);
	if (j->input->kind == INPUT_KLOG)
		return source_klog(j->fd, name, &j->head, &j->facts, !j->session.target_given, err);
	if (j->input->kind == INPUT_TEXT)
		return source_text(j->fd, name, &j->head, &j->facts, &j->said, !j->session.target_given,
			o->level, err);
	if (j->input->kind == INPUT_BINARY)
		return open_binary(j, &v, err);
	return source_lines(j->fd, name, &j->head, &v, err);
}

static bool want_colour(const struct opts *o)
{
	const char *no = getenv("NO_COLOR");

	return o->color == COLOR_ALWAYS || (o->color == COLOR_AUTO && !(no && *no) && isatty(STDOUT_FILENO));
}

static struct sink *open_sink(struct job *j, struct out *out, struct swpd_error *err)
{
	const struct opts *o = j->opts;
	const struct format *f = o->format;
	bool rows = !o->spaces || o->list || o->each || o->n_columns || o->n_finds;
	struct sink *s;

	if (!f)
		f = format_find(rows ? "table" : "summary");
	s = o->explain ? ask_explain_sink() : f->make();
	if (!s) {
		fail(err, SWPD_E_SYSTEM, ENOMEM, "%s", sys_text(ENOMEM));
		return NULL;
	}
	s->session = &j->session;
	s->out = out;
	s->options.each = o->each;
	s->options.headings = !o->no_headings;
	s->options.colour = want_colour(o);
	selection_default(&s->options.selection);
	if (s->columns)
		selection_parse(&s->options.selection, s->columns(s), err);
	for (int i = 0; i < o->n_columns; i++)
		if (selection_parse(&s->options.selection, o->columns[i], err) < 0) {
			free(s);
			return NULL;
		}
	return s;
}

static void begin(struct job *j)
{
	if (j->begun)
		return;
	j->begun = true;
	j->session.nth = j->series->begun++;
	if (j->sink->begin)
		j->sink->begin(j->sink);
	for (size_t i = 0; i < j->n_early && j->sink->finding; i++)
		j->sink->finding(j->sink, j->early[i].pid, &j->early[i].finding);
}

static void note_check(struct job *j, struct totals *t, const struct finding *f)
{
	t->by_check[f->check]++;
	if (j->opts->match_checks & 1u << f->check)
		j->matched = true;
}

static void no_space(struct job *j, const struct batch *b)
{
	struct finding f = { .check = CHECK_PARTIAL_INPUT };

	j->n_seen++;
	if (j->opts->all && b->gone) {
		j->total.gone++;
		return;
	}
	progress_clear(&j->progress);
	if (!j->opts->all)
		complain("pid %d: %s", b->pid, b->error.text);
	else if (!j->n_refused++)
		snprintf(j->refused, sizeof(j->refused), "%.199s", b->error.text);
	snprintf(f.text, sizeof(f.text), "pid %d: %.180s", b->pid, b->error.text);
	j->one_failed = true;
	totals_incomplete(&j->total, "%s", f.text);
	note_check(j, &j->total, &f);
	if (j->begun) {
		if (j->sink->finding)
			j->sink->finding(j->sink, b->pid, &f);
		return;
	}
	if (j->n_early == j->early_room && j->early_room < EARLY_MAX) {
		size_t room = j->early_room ? 2 * j->early_room : 16;
		struct early *more = realloc(j->early, room * sizeof(*more));

		if (more) {
			j->early = more;
			j->early_room = room;
		}
	}
	if (j->n_early < j->early_room) /* standard error has them all */
		j->early[j->n_early++] = (struct early){ b->pid, f };
}

static void note_hidden(struct job *j, struct totals *t)
{
	struct finding f = { .check = CHECK_PARTIAL_INPUT };

	if (!t->hidden)
		return;
	totals_incomplete(t,
		"the kernel hides types, offsets and frames from users without CAP_SYS_ADMIN: %llu entries",
		(unsigned long long)t->hidden);
	note_check(j, t, &f);
}

/* Where all was seen and understood, there are as many swapped pages as the kernel counts. */
static void note_counter(struct job *j, const struct batch *b)
{
	const struct totals *t = &j->space;
	struct finding f = { .check = CHECK_RSS_COUNTER };
	int pid = b->origin->process->pid;

	if (!b->gap.counted || !t->complete || t->by_class[SWPD_UNKNOWN].entries ||
		(int64_t)t->by_class[SWPD_SWAP].pages == b->gap.swapents)
		return;
	snprintf(f.text, sizeof(f.text), "pid %d: the counter MM_SWAPENTS is %lld, swapped pages found: %llu",
		pid, (long long)b->gap.swapents, (unsigned long long)t->by_class[SWPD_SWAP].pages);
	progress_clear(&j->progress);
	warn(j, "%s", f.text);
	note_check(j, &j->space, &f);
	if (j->sink->finding)
		j->sink->finding(j->sink, pid, &f);
}

enum { NO_PROCESSES, DAMAGED, MISSING_N };

/* What is missing of the dump as a whole; false if it is not this. */
static bool missing_of_dump(const struct job *j, int what, char why[256])
{
	const char *damage = j->image ? image_about(j->image)->damage : "";

	if (what == NO_PROCESSES)
		snprintf(why, 256,
			"only what processors were using, since the processes cannot be found: %.160s",
			j->no_kernel.text);
	else
		snprintf(why, 256, "%.250s", damage);
	return what == NO_PROCESSES ? j->image && !j->opts->n_pgds && !j->spaces.kernel : *damage;
}

/* Of a process, if it has entries of that type. */
static void note_lost_types(struct job *j, const struct process *p)
{
	struct finding f;

	for (int type; (type = check_lost_type(&j->checks, &f)) >= 0;) {
		bool own = p && j->space.by_type[type].entries;

		note_check(j, own ? &j->space : &j->total, &f);
		progress_clear(&j->progress);
		warn(j, "%s", f.text);
		if (j->sink->finding)
			j->sink->finding(j->sink, own ? p->pid : 0, &f);
	}
}

static void end_space(struct job *j, const struct batch *b)
{
	struct totals *t = &j->space;
	char why[256];

	j->n_seen++;
	totals_mapping_end(t);
	t->unreadable += b->gap.unreadable;
	t->gone += b->gap.gone;
	t->compared = b->gap.smaps;
	if (b->gap.why[0]) {
		struct finding f = { .check = CHECK_PARTIAL_INPUT };

		if (b->origin->process->pid && !j->opts->saved)
			snprintf(f.text, sizeof(f.text), "pid %d: %.180s", b->origin->process->pid,
				b->gap.why);
		else
			snprintf(f.text, sizeof(f.text), "%.190s", b->gap.why);
		totals_incomplete(t, "%s", f.text);
		progress_clear(&j->progress);
		complain("%s", f.text);
		note_check(j, t, &f);
		if (j->sink->finding)
			j->sink->finding(j->sink, b->origin->process->pid, &f);
	}
	note_hidden(j, t);
	note_counter(j, b);
	/* known before the end, and an answer about one address space may be all that is read */
	for (int what = 0; what < MISSING_N; what++)
		if (missing_of_dump(j, what, why))
			totals_incomplete(t, "%s", why);
	note_lost_types(j, b->origin->process);
	t->skipped = j->checks.skipped;
	progress_clear(&j->progress);
	if (j->sink->space_end)
		j->sink->space_end(j->sink, b->origin->process, t, &b->gap);
	totals_add(&j->total, t);
	j->scanned = NULL;
}

static void bad_value(struct job *j, const struct batch *b)
{
	struct record r = { .session = &j->session, .origin = b->origin, .dec = &j->dec,
		.findings = &b->finding, .n_findings = 1, .file_offset = b->file_offset };
	char where[256] = "";

	if (b->origin->positions) {
		r.line = b->lines[0];
		r.column = b->columns[0];
	}
	begin(j);
	j->answered = true;
	j->total.bad++;
	note_check(j, &j->total, &b->finding);
	if (b->origin->positions)
		snprintf(where, sizeof(where), "%.180s: line %u, column %u: ",
			strcmp(b->origin->file, "-") ? b->origin->file : "standard input", b->lines[0],
			b->columns[0]);
	totals_incomplete(&j->total, "%s%s", where, b->finding.text);
	warn(j, "%s%s", where, b->finding.text);
	if (j->sink->row)
		j->sink->row(j->sink, &r);
}

/* A finding of no entry. */
static void finding(struct job *j, const struct finding *f)
{
	begin(j);
	note_check(j, &j->total, f);
	if (j->sink->finding)
		j->sink->finding(j->sink, 0, f);
}

/* Devices that came or went meanwhile: the type of a swapped page may be another one's now. */
static void note_swaps(struct job *j)
{
	struct finding f = {
		.check = CHECK_PARTIAL_INPUT,
		.text = "the swap devices changed during the scan: which of them has which type is in doubt"
	};

	if (j->image || !j->opts->n_pids || !j->total.by_class[SWPD_SWAP].entries ||
		!swaps_changed(&j->facts))
		return;
	totals_incomplete(&j->total, "%s", f.text);
	complain("%s", f.text);
	finding(j, &f);
}

/* What an entry refers to, as far as the machine tells. */
struct referred {
	struct frame frame;
	struct swap_slot slot;
	struct raw_errors errors;
};

static void look_up(struct job *j, const struct swpd_entry *e, unsigned long pages, struct referred *to,
	struct record *r)
{
	const struct lookup *l = &j->lookup;

	r->frame = e->has & SWPD_HAS_PFN && lookup_frame(l, e->pfn, &to->frame) ? &to->frame : NULL;
	r->slot = e->cls == SWPD_SWAP && e->has & SWPD_HAS_TYPE &&
			lookup_slot(l, e->type, e->offset, &to->slot) ? &to->slot : NULL;
	r->errors = e->cls == SWPD_HWPOISON && pages > 1 && r->frame &&
			lookup_errors(l, e->pfn, pages, &to->errors) ? &to->errors : NULL;
	j->checks.frame = r->frame;
	j->checks.slot = r->slot;
	j->checks.errors = r->errors;
}

/* A mapping is done, and smaps says how much of it is swapped. */
static void mapping_end(struct job *j, const struct batch *b)
{
	unsigned int shift = j->facts.target.page_shift - 10;
	struct finding f;
	int pid = b->origin->process->pid;
	uint64_t missed = j->space.smaps - j->space.smaps_found;
	char text[sizeof(f.text)];

	if (totals_smaps(&j->space, b->origin, b->smaps >> shift, &f))
		return;
	snprintf(text, sizeof(text), "pid %d: %.180s", pid, f.text);
	memcpy(f.text, text, sizeof(text));
	if ((int64_t)(j->space.smaps - j->space.smaps_found - missed) > 0)
		totals_incomplete(&j->space, "%s", f.text);
	note_check(j, &j->space, &f);
	progress_clear(&j->progress);
	warn(j, "%s", f.text);
	if (j->sink->finding)
		j->sink->finding(j->sink, pid, &f);
}

/* Entries of pages that were seen otherwise than by their entries. */
static size_t away_entries(const struct job *j, const struct batch *b, struct swpd_entry *to)
{
	size_t n = 0;

	for (size_t i = 0; i < b->n; i++)
		if (b->words[i] & AWAY) {
			swpd_entry_away(&j->dec, b->origin->via,
				b->words[i] & AWAY_UFFD_WP ? 1u << SWPD_FLAG_UFFD_WP : 0,
				1u << SWPD_FLAG_UFFD_WP, &to[n]);
			to[n++].index = i;
		}
	return n;
}

/* Entries of a batch from word `first` on, each by itself. */
static void each_entry(struct job *j, const struct batch *b, size_t first, size_t n, struct record *r)
{
	struct totals *t = b->origin->process ? &j->space : &j->total;
	struct finding *found = j->found;
	struct referred referred;

	for (size_t i = 0; i < n; i++) {
		struct swpd_entry *e = &j->entries[i];
		size_t at = first + e->index;

		if (b->origin->device && r->dec->form != FORM_PTE)
			e->has &= ~(SWPD_HAS_TYPE | SWPD_HAS_SWP_ENTRY);
		if (e->why == SWPD_WHY_NO_ROW && !b->origin->process)
			e->candidates = swpd_possible(r->dec, &j->facts.target, e->word);
		if (e->cls == SWPD_SWAP && !b->origin->clue && e->has & SWPD_HAS_TYPE)
			swaps_see(&j->facts.swaps, e->type);
		totals_entries(t, b->origin, e, 1);
		look_up(j, e, b->origin->pages, &referred, r);
		r->n_findings = b->origin->via == VIA_PTE ? check_entry(&j->checks, e, found) : 0;
		if (b->found && r->n_findings < FINDINGS_MAX)
			found[r->n_findings++] = b->finding;
		r->file_offset = b->file_offset + at * b->file_step;
		for (int k = 0; k < r->n_findings; k++)
			note_check(j, t, &found[k]);
		if (b->origin->clue)
			verdict_see(&j->verdict, &j->checks, e, found, r->n_findings);
		if (j->opts->match_classes & 1u << e->cls)
			j->matched = true;
		if (e->cls == SWPD_PRESENT && j->opts->page_flags &&
			!(r->frame && r->frame->flags & j->opts->page_flags))
			continue;
		if (!(j->shown & 1u << e->cls) || !wanted_by_find(j, e) || !j->sink->row)
			continue;
		r->entry = e;
		r->vaddr = b->vaddr + at * b->step;
		if (b->origin->positions) {
			r->line = b->lines[at];
			r->column = b->columns[at];
		}
		j->sink->row(j->sink, r);
	}
}

/*
 * Words from `first` on that are alike and have nothing wrong: counted at once. Returns how many; 0: they
 * must be looked at one by one.
 */
static size_t alike_entries(struct job *j, const struct batch *b, size_t first, const struct swpd_skip *skip,
	struct record *r)
{
	const uint64_t *words = b->words + first;
	struct swpd_entry e, end;
	struct swpd_alike a;

	if (!swpd_alike(r->dec, words, b->n - first, &a))
		return 0;
	swpd_decode(r->dec, a.lowest, &e);
	if (e.cls == SWPD_NONE || e.cls == SWPD_PRESENT) {
		struct swpd_skip counts = { .n_none = e.cls == SWPD_NONE ? a.n : 0,
			.n_present = e.cls == SWPD_PRESENT ? a.n : 0 };

		if (!(e.cls == SWPD_NONE ? skip->none : skip->present))
			return 0;
		totals_skipped(&j->space, b->origin, &counts);
		return a.n;
	}
	swpd_decode(r->dec, a.highest, &end);
	if (e.cls == SWPD_SWAP)
		swaps_see(&j->facts.swaps, e.type);
	if (e.has & SWPD_HAS_PFN || j->n_finds || check_entry(&j->checks, &e, j->found) ||
		check_entry(&j->checks, &end, j->found))
		return 0;
	totals_entries(&j->space, b->origin, &e, a.n);
	if (j->opts->match_classes & 1u << e.cls)
		j->matched = true;
	if (!(j->shown & 1u << e.cls) || !j->sink->row || (j->sink->special_only &&
		(e.cls == SWPD_SWAP || (e.cls == SWPD_PTE_MARKER && e.marker == SWPD_MARKER_GUARD))))
		return a.n;
	r->entry = &e;
	r->frame = NULL;
	r->n_findings = 0;
	for (size_t i = 0; i < a.n; i++) {
		swpd_alike_next(&e, words[i]);
		e.index = first + i;
		r->vaddr = b->vaddr + e.index * b->step;
		j->sink->row(j->sink, r);
	}
	return a.n;
}

#define CHUNK 64 /* words between two looks for such that are alike */

static void words(struct job *j, const struct batch *b)
{
	struct totals *t = b->origin->process ? &j->space : &j->total;
	uint32_t interest = classes_of_interest(j);
	struct swpd_skip skip = { .none = !(interest & 1u << SWPD_NONE),
		.present = !(interest & 1u << SWPD_PRESENT), .n_none = b->none, .n_present = b->present };
	const struct swpd_decoder *dec = b->origin->dec ? b->origin->dec : &j->dec;
	struct record r = { .session = &j->session, .origin = b->origin, .dec = dec, .findings = j->found };
	bool pages = b->origin->process && b->origin->form == FORM_PAGEMAP && b->origin->via == VIA_PTE;

	j->session.dec = j->checks.dec = dec;
	if (j->source->tells && !j->begun)
		tell_about_target(j); /* now the source has told about it */
	begin(j);
	j->answered = true;
	j->checks.origin = b->origin;
	j->checks.dec = dec;
	j->checks.frame = NULL;
	if (b->origin->via != VIA_PTE)
		each_entry(j, b, 0, away_entries(j, b, j->entries), &r);
	for (size_t i = 0, n; i < b->n && b->origin->via == VIA_PTE; i += n) {
		n = pages ? alike_entries(j, b, i, &skip, &r) : 0;
		if (n)
			continue;
		n = pages && b->n - i > CHUNK ? CHUNK : b->n - i;
		each_entry(j, b, i, swpd_decode_batch(dec, b->words + i, n, j->entries, &skip), &r);
	}
	totals_skipped(t, b->origin, &skip);
}

/* Nobody reads on, but what -E asks is not answered yet. */
static bool status_wanted(const struct job *j, const struct out *out)
{
	return out->error == EPIPE && !j->matched && (j->opts->match_classes || j->opts->match_checks);
}

static void loop(struct job *j, struct out *out)
{
	struct batch b = { 0 };
	struct finding f;
	struct swpd_error err;
	enum event event = EVENT_WORDS;
	char why[256];
	int status;

	progress_begin(&j->progress, j->source->spaces && !j->opts->no_progress && !j->opts->quiet);
	while (!interrupted && event != EVENT_END && (!out->error || status_wanted(j, out))) {
		event = j->source->next(j->source, &b, &err, &status);
		progress_step(&j->progress, j->n_seen, j->opts->n_pids,
			j->total.pages + (j->scanned ? j->space.pages : 0));
		switch (event) {
		case EVENT_WORDS:
			words(j, &b);
			if (j->source->idle)
				out_flush(out);
			break;
		case EVENT_BAD:
			bad_value(j, &b);
			break;
		case EVENT_SPACE_BEGIN:
			begin(j);
			j->answered = true;
			totals_init(&j->space);
			j->scanned = b.origin->process;
			if (j->sink->space_begin)
				j->sink->space_begin(j->sink, b.origin->process);
			break;
		case EVENT_SPACE_END:
			end_space(j, &b);
			break;
		case EVENT_MAPPING_END:
			mapping_end(j, &b);
			break;
		case EVENT_FINDING:
			finding(j, &b.finding);
			break;
		case EVENT_NO_SPACE:
			no_space(j, &b);
			break;
		case EVENT_WAIT:
			break;
		case EVENT_END:
			if (status < 0) {
				complain("%s", err.text);
				j->one_failed = true;
				totals_incomplete(&j->total, "%s", err.text);
			} else if (!j->one_failed) {
				j->answered = true; /* an input without any entry is an answer too */
			}
			note_hidden(j, &j->total);
		}
	}
	while (j->source->log && verdict_next(&j->verdict, &f))
		finding(j, &f);
	progress_clear(&j->progress);
	if (j->n_refused)
		warn(j, "%zu process%s could not be looked at; the first one: %s", j->n_refused,
			j->n_refused == 1 ? "" : "es", j->refused);
	if (interrupted && j->scanned) {
		struct gap cut = { .vmswap = -1 };

		totals_mapping_end(&j->space);
		note_lost_types(j, j->scanned);
		totals_incomplete(&j->space, "interrupted");
		if (j->sink->space_end)
			j->sink->space_end(j->sink, j->scanned, &j->space, &cut);
		totals_add(&j->total, &j->space);
	}
	note_not_found(j);
	note_swaps(j);
	if (interrupted) {
		complain("interrupted");
		totals_incomplete(&j->total, "interrupted");
	}
	for (int what = 0; what < MISSING_N; what++) {
		if (!missing_of_dump(j, what, why))
			continue;
		totals_incomplete(&j->total, "%s", why);
		complain("%s%s%s", j->series->n > 1 ? "" : j->dumps[0], j->series->n > 1 ? "" : ": ", why);
	}
	if (j->answered)
		begin(j);
	if (j->begun && j->sink->end)
		j->sink->end(j->sink, &j->total);
}

static enum exit_status outcome(const struct job *j, const struct out *out)
{
	if (out->error && out->error != EPIPE) {
		complain("standard output: %s", sys_text(out->error));
		return EXIT_ERROR;
	}
	if (!j->answered)
		return EXIT_ERROR;
	if (j->matched)
		return EXIT_MATCH;
	return j->total.complete ? EXIT_COMPLETE : EXIT_PARTIAL;
}

/* All or nothing, so that each line belongs to its spec. */
static enum exit_status encode(struct job *j, struct out *out)
{
	const struct opts *o = j->opts;
	uint64_t words[ARRAY_SIZE(o->encode)];
	struct swpd_error err = { 0 };

	for (size_t i = 0; i < o->n_encode; i++)
		if (ask_encode(&j->session, o->encode[i], &words[i], &err) < 0) {
			complain("%s", err.text);
			return err.code == SWPD_E_USAGE ? EXIT_USAGE : EXIT_ERROR;
		}
	if (o->format)
		ask_encoded_json(out, &j->session, o->encode, words, o->n_encode);
	for (size_t i = 0; !o->format && i < o->n_encode; i++)
		out_printf(out, "0x%llx\n", (unsigned long long)words[i]);
	return finish(out, EXIT_COMPLETE);
}

/* Facts that this very kernel contradicts are worse than none. */
static int calibrate(struct job *j, struct swpd_error *err)
{
	int agree;

	if (!j->root.live || j->opts->calibrate == CALIBRATE_NEVER)
		return 0;
	agree = facts_calibrate(&j->facts, &j->dec, j->opts->calibrate == CALIBRATE_FULL, err);
	if (agree >= 0 && j->opts->verbose)
		complain("special types: %d entries of our own agree with these facts", agree);
	return agree;
}

static void note_failure(struct job *j, const char *why)
{
	struct series *s = j->series;
	struct dump_failure *f = &s->failed[s->n_failed];

	if (s->n < 2)
		return;
	s->n_failed++;
	f->dump = j->dumps[0];
	/* what opens files names them */
	snprintf(f->why, sizeof(f->why), "%.80s%s%.110s", strstr(why, f->dump) ? "" : f->dump,
		strstr(why, f->dump) ? "" : ": ", why);
}

static enum exit_status run_job(struct job *j, struct opts *o, struct out *out)
{
	enum swpd_form form;
	struct swpd_error err = { 0 };
	time_t now = time(NULL);

	if (root_open(&j->root, o->sysroot, &err) < 0)
		goto failed;
	if (o->all && !o->n_dumps && processes_list(&j->root, &o->pids, &o->n_pids, &err) < 0)
		goto failed;
	if (open_input(j, &err) < 0)
		goto failed;
	complain_about(j->series->n > 1 ? j->dumps[0] : NULL);
	for (size_t i = 0; i < j->n_dumps; i++)
		j->series->pipe &= strcmp(j->dumps[i], "-") != 0;
	/* Files come from anywhere. Into a live process nobody can look from within a Landlock domain; what
	 * still comes through a pipe is kept in a file first. */
	if ((!o->n_pids || o->n_dumps || o->sysroot) && !j->series->pipe)
		confine();
	form = o->n_dumps ? FORM_PTE : o->spaces ? FORM_PAGEMAP : j->input->form;
	if (gather_facts(j, form, &err) < 0)
		goto failed;
	if (j->image && choose_spaces(j, &err) < 0) {
		if (j->series->n == 1)
			fail_context(&err, "%s", j->dumps[0]);
		goto failed;
	}
	settle_ranges(j);
	j->shown = o->classes ? o->classes : (1u << SWPD_CLASS_N) - 1;
	if (o->spaces && !o->classes && !o->all_entries)
		j->shown &= ~(1u << SWPD_NONE | 1u << SWPD_PRESENT);
	if (o->page_flags)
		j->shown |= 1u << SWPD_PRESENT;
	for (int i = 0; i < o->n_finds && !o->classes; i++)
		if (find_names_frame(o->finds[i]))
			j->shown |= 1u << SWPD_PRESENT; /* frames are in these too; none refers to nothing */
	swpd_decoder_init(&j->dec, &j->facts.target, form, o->level);
	strftime(j->time, sizeof(j->time), "%Y-%m-%dT%H:%M:%SZ", gmtime(&now));
	j->session.facts = &j->facts;
	j->session.dec = &j->dec;
	j->session.time = j->time;
	j->session.form = form;
	j->session.dump = j->n_dumps ? j->dumps[0] : NULL;
	j->session.dumps = j->series->n;
	if (o->n_encode)
		return encode(j, out);
	if (o->n_pids && !j->image && calibrate(j, &err) < 0)
		goto failed;
	/* A captured tree may well be without; every fact is optional. */
	if (!j->image && (o->n_pids || (o->saved && !j->session.target_given)) &&
		facts_ask_swaps(&j->facts, &err) < 0 &&
		(j->root.live || err.sys != ENOENT))
		warn(j, "%s", err.text);
	j->source = open_source(j, &err);
	if (!j->source)
		goto failed;
	if (j->kernel && kernel_swaps(j->kernel, &j->facts, &err) < 0 && j->spaces.kernel)
		warn(j, "%s", err.text);
	if (parse_finds(j, &err) < 0)
		goto failed;
	j->session.all = o->all || j->series->n > 1;
	j->session.spaces = j->source->spaces;
	j->session.log = j->source->log;
	verdict_init(&j->verdict);
	j->checks.facts = &j->facts;
	j->checks.dec = &j->dec;
	j->checks.off = o->checks_off;
	if (o->n_pids && !j->image)
		frames_init(&j->frames, &j->root, &j->lookup);
	totals_init(&j->total);
	j->sink = open_sink(j, out, &err);
	if (!j->sink)
		goto failed;
	if (!j->source->tells)
		tell_about_target(j);
	loop(j, out);
	out_flush(out);
	return outcome(j, out);
failed:
	complain("%s", err.text);
	note_failure(j, err.text);
	return err.code == SWPD_E_USAGE ? EXIT_USAGE : EXIT_ERROR;
}

static void close_job(struct job *j)
{
	if (j->sink && j->sink->close)
		j->sink->close(j->sink);
	free(j->sink);
	if (j->source)
		j->source->close(j->source);
	kernel_close(j->kernel);
	memmap_close(j->memmap);
	kmem_close(j->kmem);
	image_close(j->image);
	frames_close(&j->frames);
	free(j->early);
	root_close(&j->root);
}

static enum exit_status run_one(struct opts *o, struct series *series, const char *const *dumps, size_t n,
	struct out *out)
{
	struct job *j = calloc(1, sizeof(*j));
	enum exit_status status;

	if (!j) {
		complain("%s", sys_text(ENOMEM));
		return EXIT_ERROR;
	}
	j->opts = o;
	j->series = series;
	j->root.fd = -1;
	j->n_dumps = n;
	for (size_t i = 0; i < n; i++)
		j->dumps[i] = dumps[i];
	status = run_job(j, o, out);
	close_job(j);
	free(j);
	return status;
}

/* Of several dumps: an error is one only if there is no answer at all, else something is missing. */
static enum exit_status worse(enum exit_status a, enum exit_status b)
{
	bool answered = (a != EXIT_ERROR && a != EXIT_USAGE) || (b != EXIT_ERROR && b != EXIT_USAGE);

	if (!answered)
		return a;
	if (a == EXIT_MATCH || b == EXIT_MATCH)
		return EXIT_MATCH;
	return a == b ? a : EXIT_PARTIAL;
}

/* Each dump by itself, of however many files; the parts of a split one need not be neighbours. */
static enum exit_status run_dumps(struct opts *o, struct out *out)
{
	size_t set[DUMP_FILES_MAX] = { 0 }, left = 0; /* set: which dump a file belongs to, from 1 on */
	static struct series series;
	enum exit_status status = EXIT_COMPLETE;

	for (size_t i = 0; i < o->n_dumps; i++) {
		const char *rest[DUMP_FILES_MAX];
		bool same[DUMP_FILES_MAX];
		size_t at[DUMP_FILES_MAX];

		if (set[i])
			continue;
		left = 0;
		for (size_t k = i; k < o->n_dumps; k++)
			if (!set[k]) {
				at[left] = k;
				rest[left++] = o->dumps[k];
			}
		series.pipe |= !strcmp(o->dumps[i], "-");
		image_set(rest, left, same);
		series.n++;
		for (size_t k = 0; k < left; k++)
			if (same[k])
				set[at[k]] = series.n;
	}
	if (series.n > 1 && o->format && !strcmp(o->format->name, "prom"))
		usage_error("-F prom is about one machine: one dump a run");
	for (unsigned int d = 1; d <= series.n && !interrupted; d++) {
		const char *files[DUMP_FILES_MAX];
		enum exit_status one;
		size_t n = 0;

		for (size_t i = 0; i < o->n_dumps; i++)
			if (set[i] == d)
				files[n++] = o->dumps[i];
		complain_about(NULL);
		one = run_one(o, &series, files, n, out);
		status = d == 1 ? one : worse(status, one);
		if (one == EXIT_USAGE)
			break;
	}
	if (series.begun && series.n > 1 && o->format && o->format->dumps_end)
		o->format->dumps_end(out, series.failed, series.n_failed);
	return finish(out, status);
}

enum exit_status run(struct opts *o)
{
	struct sigaction action = { .sa_handler = on_interrupt, .sa_flags = SA_RESETHAND }, inherited;
	static struct series alone = { .n = 1 };
	static struct out out;
	enum exit_status status;

	out_init(&out, STDOUT_FILENO);
	if (o->ask || o->guess)
		return answer(o, &out);
	sigaction(SIGINT, NULL, &inherited);
	if (inherited.sa_handler != SIG_IGN)
		sigaction(SIGINT, &action, NULL);
	if (o->match_classes || o->match_checks)
		signal(SIGPIPE, SIG_IGN); /* the exit status is an answer that may still be wanted */
	status = o->n_dumps ? run_dumps(o, &out) : run_one(o, &alone, NULL, 0, &out);
	if (interrupted) {
		signal(SIGINT, SIG_DFL);
		raise(SIGINT);
	}
	return status;
}
