/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Raw page-table entries as bytes, as they lie in the memory of a machine. */
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "source/source.h"

#define PTE_BYTES_MAX 16

struct binary {
	struct source source;
	struct origin origin;
	const struct swpd_target *target;
	const struct layout *row;
	bool big_endian;
	int fd;
	unsigned int size, copies; /* bytes of one entry, and how often its value stands in it */
	uint64_t at;               /* place in the file of what stands at `start` */
	size_t start, end;
	bool eof;
	int error;
	uint64_t words[BATCH_WORDS];
	uint8_t buf[BATCH_WORDS * PTE_BYTES_MAX];
};

/* More bytes behind those that are there; false at the end. */
static bool fill(struct binary *s)
{
	ssize_t n;

	memmove(s->buf, s->buf + s->start, s->end - s->start);
	s->end -= s->start;
	s->start = 0;
	do
		n = read(s->fd, s->buf + s->end, (size_t)BATCH_WORDS * s->size - s->end);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		s->error = errno;
	if (n <= 0)
		s->eof = true;
	else
		s->end += n;
	return n > 0;
}

/* Every copy of the value must be the same one. */
static bool torn(const struct binary *s, const uint8_t *mem)
{
	unsigned int one = s->size / s->copies;

	for (unsigned int i = 1; i < s->copies; i++)
		if (memcmp(mem, mem + i * one, one))
			return true;
	return false;
}

static void say_torn(const struct binary *s, struct batch *b, const uint8_t *mem)
{
	size_t n;

	b->found = true;
	b->finding.check = CHECK_TORN_PTE;
	n = snprintf(
		b->finding.text, sizeof(b->finding.text), "the %u copies of the entry differ:", s->copies);
	for (unsigned int i = 0; i < s->size && n < sizeof(b->finding.text); i++)
		n += snprintf(b->finding.text + n, sizeof(b->finding.text) - n, "%s%02x",
			i % (s->size / s->copies) ? "" : " ", mem[i]);
}

static enum event partial(struct binary *s, struct batch *b)
{
	b->n = 0;
	b->file_offset = s->at;
	b->finding.check = CHECK_PARTIAL_INPUT;
	snprintf(b->finding.text, sizeof(b->finding.text),
		"the last %zu bytes, from 0x%llx on, are not a whole entry of %u bytes", s->end - s->start,
		(unsigned long long)s->at, s->size);
	s->start = s->end;
	return EVENT_BAD;
}

static enum event next(struct source *source, struct batch *b, struct swpd_error *err, int *status)
{
	struct binary *s = (struct binary *)source;
	size_t n = 0;

	*status = 0;
	b->origin = &s->origin;
	b->words = s->words;
	b->found = false;
	while (s->end - s->start < s->size && !s->eof)
		fill(s);
	b->file_offset = s->at;
	b->file_step = s->size;
	for (; n < BATCH_WORDS && s->end - s->start >= s->size; n++) {
		const uint8_t *mem = s->buf + s->start;

		if (torn(s, mem)) {
			if (n)
				break;
			say_torn(s, b, mem);
		}
		s->words[n] = arch_pte_word(s->target->arch, s->target->variant, s->row, s->big_endian, mem);
		s->start += s->size;
		s->at += s->size;
		if (b->found) {
			n++;
			break;
		}
	}
	b->n = n;
	if (n)
		return EVENT_WORDS;
	if (s->error)
		*status = fail_read(err, s->error, s->origin.file);
	else if (s->end > s->start)
		return partial(s, b);
	return EVENT_END;
}

static void close_source(struct source *source)
{
	struct binary *s = (struct binary *)source;

	if (s->fd > 0)
		close(s->fd);
	free(s);
}

struct source *source_binary(int fd, const char *file, const struct swpd_target *target,
	const struct layout *row, bool big_endian, const struct value_options *options,
	struct swpd_error *err)
{
	struct binary *s = calloc(1, sizeof(*s));

	if (!s) {
		fail(err, SWPD_E_SYSTEM, errno, "%s", sys_text(errno));
		return NULL;
	}
	s->source.next = next;
	s->source.close = close_source;
	s->source.form = options->form;
	s->target = target;
	s->row = row;
	s->big_endian = big_endian;
	s->fd = fd;
	s->size = arch_pte_bytes(target->arch, target->variant, row);
	s->copies = arch_pte_copies(target->variant, row);
	s->origin.form = options->form;
	s->origin.level = options->level;
	s->origin.pages = options->pages;
	s->origin.file = file;
	s->origin.offsets = true;
	return &s->source;
}
