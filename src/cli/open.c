/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a run reads and what it writes. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "cli/job.h"

static int by_start(const void *a, const void *b)
{
	const struct range *x = a, *y = b;

	return x->start < y->start ? -1 : x->start > y->start;
}

/* The pages in which an address of -r lies. Ranges that meet become one: no entry is looked at twice. */
void job_settle_ranges(struct job *j)
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
int job_choose_spaces(struct job *j, struct swpd_error *err)
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
		if (t->variant_from.assumed && tree.row->variants) /* else all are built alike */
			facts_variant_seen(&j->facts, tree.variant, "page tables", tree.sure);
		break;
	}
	if (s->kernel)
		kernel_first_task(s->kernel);
	return 0;
}

const struct format *job_format(const struct opts *o)
{
	bool rows = !o->spaces || o->list || o->each || o->n_columns || o->n_finds;

	return o->format ? o->format : format_find(rows ? "table" : "summary");
}

uint32_t job_interest(const struct job *j)
{
	bool counted = j->format->none == NONE_COUNTED;

	return (j->shown & ~(counted ? 1u << SWPD_NONE : 0)) | j->opts->match_classes;
}

static struct space_options space_options(const struct job *j)
{
	uint32_t interest = job_interest(j);

	return (struct space_options){ .pids = j->opts->pids, .n_pids = j->opts->n_pids, .ranges = j->ranges,
		.n_ranges = j->n_ranges, .page_shift = j->facts.target.page_shift,
		.all = j->opts->all, .timeout = j->opts->timeout, .smaps = j->opts->smaps,
		.saved = j->opts->saved ? j->opts->file : NULL, .maps = j->opts->maps,
		.no_swap = j->facts.swaps.known && !j->facts.swaps.n,
		.none = interest & 1u << SWPD_NONE, .present = interest & 1u << SWPD_PRESENT,
		.none_runs = j->format->none != NONE_EACH && !j->opts->each && !j->opts->explain };
}

static struct source *open_spaces(struct job *j, struct swpd_error *err)
{
	struct space_options so = space_options(j);

	return source_spaces(&j->root, &so, err);
}

/* Bytes are words only where it is known of what machine they are. */
static struct source *open_binary(struct job *j, const struct value_options *v, struct swpd_error *err)
{
	const struct opts *o = j->opts;
	const struct swpd_target *t = &j->facts.target;
	const struct layout *row = j->dec.n_packing ? j->dec.packing[0].row : NULL;
	bool big = facts_big_endian(&j->facts);

	if (!t->variant) {
		fail(err, SWPD_E_USAGE, 0,
			"-i bin: the architecture is not known, and with it the size of an entry: give -A "
			"ARCH");
		return NULL;
	}
	if (!t->release)
		job_warn(j, "the kernel release is not known: the byte order of entries is assumed to be "
			"that of the CPU");
	if (o->endian)
		big = o->endian == ENDIAN_BIG;
	return source_binary(j->fd, j->fd == STDIN_FILENO ? "-" : o->file, t, row, big, v, err);
}

/* Open what values or messages are read from, and see which of the two it is. */
int job_open_input(struct job *j, struct swpd_error *err)
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
	if (image_begins(head->text, head->n))
		return fail(err, SWPD_E_USAGE, 0, "%s: this is a crash dump: -d %s reads it",
			input_name(j->fd == STDIN_FILENO ? "-" : o->file),
			j->fd == STDIN_FILENO ? "-" : o->file);
	kind = source_is_transcript(head) ? INPUT_TEXT : source_is_log(head) ? INPUT_KLOG : INPUT_AUTO;
	while (j->input->kind != kind)
		j->input++;
	return 0;
}

struct source *job_open_source(struct job *j, struct swpd_error *err)
{
	const struct opts *o = j->opts;
	struct value_options v = { .form = j->input->form, .level = o->level };
	const char *name = j->fd == STDIN_FILENO ? "-" : o->file;

	if (j->image)
		return source_dump(j->image, &j->facts.target, &j->spaces, j->ranges, j->n_ranges, err);
	if (o->n_pids || o->saved)
		return open_spaces(j, err);
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

struct sink *job_open_sink(struct job *j, struct out *out, struct swpd_error *err)
{
	const struct opts *o = j->opts;
	struct sink *s = o->explain ? ask_explain_sink() : j->format->make();

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
