/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Questions that need no run: what the tables hold, and --guess. */
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "cli/cli.h"

enum exit_status finish(struct out *out, enum exit_status status)
{
	if (!out_flush(out) || out->error == EPIPE)
		return status;
	complain("standard output: %s", sys_text(out->error));
	return EXIT_ERROR;
}

/* -A restricts a question; pseudo-architectures have layouts too. */
static int restrict_question(const struct opts *o, struct question *q, struct swpd_error *err)
{
	struct facts f;
	char name[40];
	size_t n;

	if (!o->arch)
		return 0;
	n = strcspn(o->arch, ":");
	snprintf(name, sizeof(name), "%.*s", (int)n, o->arch);
	q->arch = arch_find(name);
	if (!q->arch || !q->arch->pseudo) {
		facts_init(&f, NULL);
		if (facts_set_arch(&f, o->arch, err) < 0)
			return -1;
	}
	if (o->arch[n])
		q->variant = arch_variant(q->arch, o->arch + n + 1);
	return 0;
}

static enum exit_status guess(const struct opts *o, const struct question *q, struct out *out)
{
	struct value_options v = { .pages = 1 };
	struct batch b = { 0 };
	struct swpd_error err;
	enum exit_status status = EXIT_COMPLETE;
	struct source *s;
	enum event event;
	int failed = 0, fd = STDIN_FILENO;
	bool first = true;

	if (o->file && strcmp(o->file, "-"))
		fd = open(o->file, O_RDONLY | O_CLOEXEC);
	if (fd < 0) {
		complain("%s: cannot open: %s", o->file, sys_text(errno));
		return EXIT_ERROR;
	}
	s = o->n_values ? source_arguments(o->values, o->n_values, &v, &err) :
		source_lines(fd, fd == STDIN_FILENO ? "-" : o->file, NULL, &v, &err);
	if (!s) {
		complain("%s", err.text);
		return EXIT_ERROR;
	}
	ask_guess_begin(out, q);
	while ((event = s->next(s, &b, &err, &failed)) != EVENT_END) {
		if (event == EVENT_BAD) {
			complain("%s", b.finding.text);
			status = EXIT_PARTIAL;
			continue;
		}
		for (size_t i = 0; i < b.n; i++) {
			ask_guess(out, q, b.words[i], first);
			first = false;
		}
	}
	ask_guess_end(out, q);
	if (failed < 0) {
		complain("%s", err.text);
		status = first ? EXIT_ERROR : EXIT_PARTIAL;
	}
	s->close(s);
	return finish(out, status == EXIT_PARTIAL && first ? EXIT_ERROR : status);
}

enum exit_status answer(const struct opts *o, struct out *out)
{
	struct question q = { .json = o->format && !strcmp(o->format->name, "json"),
		.headings = !o->no_headings,
		.levels = o->level_given ? 1u << o->level : 0,
		.verbose = o->verbose };
	struct swpd_error err;

	if (restrict_question(o, &q, &err) < 0) {
		complain("%s", err.text);
		return EXIT_USAGE;
	}
	if (o->guess)
		return guess(o, &q, out);
	o->ask(out, &q);
	return finish(out, EXIT_COMPLETE);
}
