/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <time.h>

#include "cli/job.h"

volatile sig_atomic_t interrupted;

static void on_interrupt(int sig)
{
	interrupted = sig;
}

void job_warn(const struct job *j, const char *fmt, ...)
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

static enum exit_status outcome(const struct job *j)
{
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

	for (size_t i = 0; i < o->n_encode; i++) {
		struct swpd_entry e;

		if (ask_encode(&j->session, o->encode[i], &words[i], &err) < 0) {
			complain("%s", err.text);
			return err.code == SWPD_E_USAGE ? EXIT_USAGE : EXIT_ERROR;
		}
		swpd_decode(&j->dec, words[i], &e); /* a quirk of that kernel */
		if (e.cls == SWPD_NONE || e.cls == SWPD_PRESENT)
			complain("--encode %s: the kernel itself reads this value as %s", o->encode[i],
				swpd_class_name(e.cls));
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

/* Threads have one address space, that of their process; whoever names several of them means it once. */
static void settle_pids(struct job *j, struct opts *o)
{
	bool threads = false;
	size_t n = 0, k;

	for (size_t i = 0; i < o->n_pids; i++) {
		int pid = process_of_thread(&j->root, o->pids[i]);

		threads |= pid != o->pids[i];
		for (k = threads ? 0 : n; k < n && o->pids[k] != pid;)
			k++;
		if (k < n)
			continue;
		if (pid != o->pids[i])
			job_warn(j, "pid %d: a thread of process %d, which is looked at", o->pids[i], pid);
		o->pids[n++] = pid;
	}
	o->n_pids = n;
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
	if (o->n_pids && !o->all && !o->n_dumps)
		settle_pids(j, o);
	if (job_open_input(j, &err) < 0)
		goto failed;
	complain_about(j->series->n > 1 ? j->dumps[0] : NULL);
	for (size_t i = 0; i < j->n_dumps; i++)
		j->series->pipe &= strcmp(j->dumps[i], "-") != 0;
	/* Files come from anywhere. Into a live process nobody can look from within a Landlock domain; what
	 * still comes through a pipe is kept in a file first. */
	if ((!o->n_pids || o->n_dumps || o->sysroot) && !j->series->pipe)
		confine();
	form = o->n_dumps ? FORM_PTE : o->spaces ? FORM_PAGEMAP : j->input->form;
	if (job_gather_facts(j, form, &err) < 0)
		goto failed;
	if (j->image && job_choose_spaces(j, &err) < 0) {
		if (j->series->n == 1)
			fail_context(&err, "%s", j->dumps[0]);
		goto failed;
	}
	job_settle_ranges(j);
	j->format = job_format(o);
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
	j->session.ranges = j->ranges;
	j->session.n_ranges = j->n_ranges;
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
		job_warn(j, "%s", err.text);
	j->source = job_open_source(j, &err);
	if (!j->source)
		goto failed;
	if (j->kernel && kernel_swaps(j->kernel, &j->facts, &err) < 0 && j->spaces.kernel)
		job_warn(j, "%s", err.text);
	if (job_parse_finds(j, &err) < 0)
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
	j->sink = job_open_sink(j, out, &err);
	if (!j->sink)
		goto failed;
	if (!j->source->tells)
		job_tell_target(j);
	job_loop(j, out);
	out_flush(out);
	return outcome(j);
failed:
	job_tell_denied(j);
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
	return status;
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
	status = finish(&out, o->n_dumps ? run_dumps(o, &out) : run_one(o, &alone, NULL, 0, &out));
	if (interrupted) {
		signal(SIGINT, SIG_DFL);
		raise(SIGINT);
	}
	return status;
}
