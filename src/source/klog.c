/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Kernel logs: finds messages (messages.def), takes the target from the log's own lines, and brings together
 * what belongs together. The text is looked at in one buffer, whatever its lines are like.
 */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <unistd.h>

#include "source/klog.h"

#define AHEAD 8192      /* bytes of text that are there for a message that begins before them */
#define WAIT_BYTES 8192 /* … so far an entry waits */
#define IDLE_MS 300     /* … or so long, if nothing more comes */

/* ---- where ---- */

static void count_lines(struct klog *s, size_t to)
{
	const char *p = s->buffer + s->counted, *end = s->buffer + to, *nl;

	while (p < end && (nl = memchr(p, '\n', end - p))) {
		s->line += s->line < UINT32_MAX;
		p = nl + 1;
		s->line_at = s->base + (p - s->buffer);
	}
	if (to > s->counted)
		s->counted = to;
}

/* While the beginning of the line is there. */
static void look_at_line(struct klog *s)
{
	if (s->line_at >= s->base && s->line_at - s->base < s->have) {
		const char *p = s->buffer + (s->line_at - s->base), *end = s->buffer + s->have;

		while (p < end && (*p == ' ' || *p == '\t'))
			p++;
		s->quoted = p < end && (*p == '{' || *p == '"');
	}
}

static void place(struct klog *s, const char *at, uint32_t *line, uint32_t *column)
{
	uint64_t here = s->base + (at - s->buffer), from;

	count_lines(s, at - s->buffer);
	from = s->line_at <= here ? s->line_at : here;
	*line = s->line;
	*column = here - from < UINT32_MAX ? here - from + 1 : UINT32_MAX;
}

/* ---- what is told besides entries ---- */

void klog_tell(struct klog *s, enum check_id check, const char *fmt, ...)
{
	struct finding *f = &s->findings[s->n_findings < ARRAY_SIZE(s->findings) ? s->n_findings++ : 0];
	va_list ap;

	f->check = check;
	va_start(ap, fmt);
	vsnprintf(f->text, sizeof(f->text), fmt, ap);
	va_end(ap);
}

/* ---- entries ---- */

static uint32_t hash(const struct held *h)
{
	uint64_t x = (h->word + h->clue.vaddr) * 0x9e3779b97f4a7c15ull + h->form;

	for (const char *c = h->clue.comm; *c; c++)
		x = (x ^ *c) * 0x100000001b3ull;
	return x >> 32;
}

/* Was it there before? Counts it. */
static bool repeats(struct klog *s, const struct held *h)
{
	uint32_t at = hash(h);
	struct repeat *r;

	for (unsigned int i = 0; i < 16; i++) {
		r = &s->repeat[(at + i) % REPEATS];
		if (!r->count)
			goto new;
		if (r->word == h->word && r->vaddr == h->clue.vaddr && r->form == h->form &&
			r->level == h->level && !strcmp(r->comm, h->clue.comm)) {
			r->count++;
			r->last = h->line;
			return true;
		}
	}
	s->overflow = true;
	return false;
new:
	r->word = h->word;
	r->vaddr = h->clue.vaddr;
	r->form = h->form;
	r->level = h->level;
	r->count = 1;
	r->first = r->last = h->line;
	memcpy(r->comm, h->clue.comm, sizeof(r->comm));
	return false;
}

static void hold(struct klog *s, const struct held *h)
{
	if (s->n_held == HELD_MAX)
		return; /* next() gives before this can happen */
	s->held[s->n_held++] = *h;
}

static const enum field level_field[] = { FIELD_PTE, FIELD_PMD, FIELD_PUD };

static void copy_comm(struct klog *s, char *to, size_t size, const struct match *m)
{
	const char *p = m->at[FIELD_COMM], *end = m->has & 1u << FIELD_COMM ? p + m->len[FIELD_COMM] : p;
	size_t n = 0;

	look_at_line(s);
	for (; p < end && n < size - 1; p++) {
		p += s->quoted && *p == '\\' && end - p > 1 && (p[1] == '"' || p[1] == '\\');
		to[n++] = *p < ' ' ? '?' : *p;
	}
	to[n] = 0;
}

/* Entries that are only on the way, and empty ones, say nothing. */
static bool worth(struct klog *s, const struct held *h)
{
	struct swpd_entry e;

	if (h->level == SWPD_LEVEL_PTE)
		return true;
	swpd_decode(klog_decoder(s, FORM_PTE, h->level), h->word, &e);
	return e.cls != SWPD_PRESENT && e.cls != SWPD_NONE && e.why != SWPD_WHY_NO_ROW;
}

/* A walk without an address of its own is for the fault before it, unless there were several. */
static void add_fault(struct klog *s, struct held *h)
{
	if (s->fault.n == 1 && h->at - s->fault.at < WAIT_BYTES) {
		if (!h->clue.has_vaddr) {
			h->clue.has_vaddr = true;
			h->clue.vaddr = s->fault.addr;
		}
		h->clue.bad |= s->fault.corrupt;
	}
	s->fault.n = 0;
}

/* Of a level that no record has: what is known is told without one. */
static void tell_upper(struct klog *s, const struct match *m, enum field f)
{
	uint32_t line, column;

	place(s, m->at[f], &line, &column);
	s->bad_entries++;
	s->evidence.complained = true;
	klog_tell(s, CHECK_UPPER_LEVEL,
		"line %u: %s 0x%llx makes no sense to the kernel; it should lead to a page table", line,
		f == FIELD_P4D ? "p4d" : "pgd", (unsigned long long)m->number[f]);
}

/* What x86 says after the entry at which its walk ended because it leads nowhere, and arm and sh. */
static bool says_bad(const struct klog *s, const struct match *m)
{
	const char *end = s->buffer + s->have, *p = m->end;

	while (p < end && *p == ' ')
		p++;
	return (end - p >= 3 && !memcmp(p, "BAD", 3)) || (end - p >= 5 && !memcmp(p, "(bad)", 5));
}

/* Digits that are missing change what a number means. True if it is not the number. */
static bool incomplete(struct klog *s, const struct match *m, enum field f)
{
	enum message_kind kind = m->message->kind;
	bool broken = m->broken & 1u << f;
	uint32_t line, column;

	if (!broken && (!(m->brief & 1u << f) || (kind != MESSAGE_SWAP_ENTRY && kind != MESSAGE_BAD_MAP)))
		return false;
	place(s, m->at[f], &line, &column);
	if (broken)
		klog_tell(s, CHECK_BAD_VALUE,
			"line %u: the line ends in or after 0x%llx, which may be the beginning of a number",
			line, (unsigned long long)m->number[f]);
	else
		klog_tell(s, CHECK_PARTIAL_INPUT,
			"line %u: the line ends with 0x%llx, where a kernel prints more: some may be gone",
			line, (unsigned long long)m->number[f]);
	return broken;
}

/* Who complains of a slot while a page table is torn down; the next line is then about the entry. */
#define FREES "swap_info_get: "

static void take_entry(struct klog *s, const struct match *m)
{
	enum message_kind kind = m->message->kind;
	struct held h = { .kind = kind, .form = FORM_PTE, .level = m->message->level };
	enum field f = FIELD_ENTRY;

	if (kind == MESSAGE_SWAP_ENTRY || kind == MESSAGE_PAGEMAP) {
		h.form = kind == MESSAGE_PAGEMAP ? FORM_PAGEMAP : FORM_SWP_ENTRY;
		klog_settled(s);
		if (s->facts->target.release && s->facts->target.release < KV(2, 5, 0))
			h.form = FORM_PTE; /* 2.4 had no other form */
	} else if (m->message->level == LEVEL_LOWEST) {
		static const enum field above[] = { FIELD_PTE, FIELD_PMD, FIELD_PUD, FIELD_P4D, FIELD_PGD };
		int lowest = 0;

		while (lowest < (int)ARRAY_SIZE(above) && !(m->has & 1u << above[lowest]))
			lowest++;
		if (lowest > SWPD_LEVEL_PUD) {
			if (lowest < (int)ARRAY_SIZE(above) && says_bad(s, m))
				tell_upper(s, m, above[lowest]);
			return;
		}
		h.level = lowest;
		f = level_field[lowest];
	} else {
		f = level_field[h.level];
	}
	h.word = m->number[f];
	if (h.form == FORM_SWP_ENTRY && h.word >> 32)
		klog_learn_word_bits(s, 16);
	if (kind == MESSAGE_WALK && !h.word) {
		s->fault.n = 0;
		return; /* nothing is mapped there, as most oopses say */
	}
	if (incomplete(s, m, f))
		return;
	klog_settled(s);
	h.at = s->base + (m->at[f] - s->buffer);
	place(s, m->at[f], &h.line, &h.column);
	h.clue.bad = kind == MESSAGE_SWAP_ENTRY || kind == MESSAGE_BAD_MAP || kind == MESSAGE_BAD_LEVEL;
	h.wants_address = kind == MESSAGE_BAD_MAP;
	if (m->has & 1u << FIELD_ADDR) {
		h.clue.has_vaddr = true;
		h.clue.vaddr = m->number[FIELD_ADDR];
	}
	if (h.form == FORM_PTE && h.level == SWPD_LEVEL_PTE && m->has & 1u << FIELD_PMD) {
		h.clue.has_table = true;
		h.clue.table = m->number[FIELD_PMD];
	}
	if (kind == MESSAGE_WALK) {
		h.clue.bad |= says_bad(s, m);
		add_fault(s, &h);
	}
	h.clue.boot = s->boot;
	copy_comm(s, h.clue.comm, sizeof(h.clue.comm), m);
	s->bad_entries += h.clue.bad;
	if (m->message->level == LEVEL_LOWEST && !h.clue.bad && !worth(s, &h))
		return;
	if (h.clue.bad && h.form == FORM_PTE && s->swap_entry.line && h.at - s->swap_entry.at < WAIT_BYTES) {
		h.near_entry = s->swap_entry.word;
		h.near_line = s->swap_entry.line;
		h.near_next = s->swap_entry.freed && h.line == h.near_line + 1 && kind == MESSAGE_BAD_MAP;
	}
	if (kind == MESSAGE_SWAP_ENTRY) {
		h.freed = (size_t)(m->start - s->buffer) >= sizeof(FREES) &&
			  !memcmp(m->start - (sizeof(FREES) - 1), FREES, sizeof(FREES) - 1);
		s->swap_entry = h;
	}
	s->evidence.complained |= h.clue.bad;
	if (h.wants_address || !repeats(s, &h))
		hold(s, &h);
}

static void take_fault(struct klog *s, const struct match *m)
{
	uint64_t at = s->base + (m->start - s->buffer);

	if (at - s->fault.at >= WAIT_BYTES)
		s->fault.n = 0;
	if (!s->fault.n || s->fault.addr != m->number[FIELD_ADDR])
		s->fault.n++;
	s->fault.at = at;
	s->fault.addr = m->number[FIELD_ADDR];
	s->fault.corrupt = m->message->kind == MESSAGE_CORRUPT;
}

static void take_address(struct klog *s, const struct match *m)
{
	klog_learn_word_bits(s, m->len[FIELD_ADDR]);
	for (unsigned int i = s->n_held; i-- > 0;) {
		struct held *h = &s->held[i];

		if (!h->wants_address)
			continue;
		h->wants_address = false;
		h->clue.has_vaddr = true;
		h->clue.vaddr = m->number[FIELD_ADDR];
		return;
	}
}

static void take_rss(struct klog *s, const struct match *m, uint32_t line)
{
	int64_t count = m->number[FIELD_COUNT];
	bool swap = m->has & 1u << FIELD_INDEX
			    ? m->number[FIELD_INDEX] == 2
			    : m->len[FIELD_WORD] == 11 && !memcmp(m->at[FIELD_WORD], "MM_SWAPENTS", 11);

	if (!swap)
		return;
	klog_tell(s, CHECK_RSS_COUNTER,
		"line %u: a process ended with %lld swap entries left over; %llu messages about bad entries "
		"stand before it",
		line, (long long)count, (unsigned long long)s->bad_entries);
	s->bad_entries = 0;
}

/*
 * The text that an array of bytes is, in the place of the array; line breaks in that come after it. Looked at
 * again from there.
 */
static void take_bytes(struct klog *s, const struct match *m)
{
	char *to = s->buffer + (m->at[FIELD_INDEX] - s->buffer), *end = s->buffer + s->have, *p = to;
	size_t breaks = 0;

	s->at = to - s->buffer;
	for (unsigned int byte = 0; p < end && strchr("0123456789, \t\r\n", *p) && *p; p++) {
		breaks += *p == '\n';
		if (*p >= '0' && *p <= '9') {
			byte = byte * 10 + (*p - '0');
			if (byte > 255)
				break;
			if (end - p < 2 || p[1] < '0' || p[1] > '9') {
				*to++ = byte < ' ' ? ' ' : (char)byte;
				byte = 0;
			}
		}
	}
	memset(to, ' ', p - to);
	memset(p - breaks, '\n', breaks);
}

static void take(struct klog *s, const struct match *m)
{
	uint32_t line, column;

	s->any = true;
	place(s, m->start, &line, &column);
	if (m->message->arch)
		klog_learn_machine(s, m->message->arch, line);
	switch (m->message->kind) {
	case MESSAGE_SWAP_ENTRY:
	case MESSAGE_BAD_MAP:
	case MESSAGE_BAD_LEVEL:
	case MESSAGE_WALK:
	case MESSAGE_TOOL:
	case MESSAGE_PAGEMAP:
		klog_learn_levels(s, m, line);
		take_entry(s, m);
		break;
	case MESSAGE_UPPER:
		tell_upper(s, m, m->has & 1u << FIELD_P4D ? FIELD_P4D : FIELD_PGD);
		break;
	case MESSAGE_FAULT:
	case MESSAGE_CORRUPT:
		take_fault(s, m);
		break;
	case MESSAGE_HARDWARE:
		klog_learn_hardware(s, m, line);
		break;
	case MESSAGE_ADDRESS:
		take_address(s, m);
		break;
	case MESSAGE_SUPPRESSED:
		s->suppressed += m->number[FIELD_COUNT];
		break;
	case MESSAGE_RSS:
		take_rss(s, m, line);
		break;
	case MESSAGE_POISON:
		if (s->n_poison < POISON_MAX) {
			s->poison[s->n_poison] = m->number[FIELD_PFN];
			s->poison_line[s->n_poison++] = line;
		}
		break;
	case MESSAGE_SWAP_ERROR:
		if (!s->swap_errors++)
			snprintf(s->first_swap_error, sizeof(s->first_swap_error),
				"line %u, a %s at sector %llu of device %llu:%llu", line,
				*m->start == 'R' ? "read" : "write",
				(unsigned long long)m->number[FIELD_SECTOR],
				(unsigned long long)m->number[FIELD_MAJOR],
				(unsigned long long)m->number[FIELD_MINOR]);
		break;
	case MESSAGE_SWAP_ON:
		klog_learn_device(s, m);
		break;
	case MESSAGE_NO_SWAP:
		if (!s->facts->swaps.n)
			s->facts->swaps.known = true;
		break;
	case MESSAGE_BYTES:
		take_bytes(s, m);
		break;
	case MESSAGE_BOOT:
	case MESSAGE_RELEASE:
		klog_learn_release(s, m, line);
		break;
	case MESSAGE_PAGE_SIZE:
		if (m->number[FIELD_KB] >= 4 && m->number[FIELD_KB] <= 64) {
			s->evidence.page_shift = 10 + __builtin_ctzll(m->number[FIELD_KB]);
			s->evidence.page_line = line;
			s->unsettled = true;
			klog_learn_va_bits(s, m->number[FIELD_BITS], line);
		}
		break;
	case MESSAGE_MACHINE:
		break;
	}
}

/* ---- the stream ---- */

/* What waits is of the kernel before this line. */
static bool another_kernel(const struct klog *s, const struct match *m)
{
	const char *known = s->evidence.release;

	return m->message->kind == MESSAGE_BOOT ||
	       (m->message->kind == MESSAGE_RELEASE && known[0] &&
		       (strlen(known) != m->len[FIELD_RELEASE] ||
			       memcmp(known, m->at[FIELD_RELEASE], m->len[FIELD_RELEASE])));
}

/* Make room and read on. False at the end. */
static bool read_on(struct klog *s)
{
	size_t keep = s->at > BEFORE_MAX ? s->at - BEFORE_MAX : 0;
	struct pollfd wait = { .fd = s->fd, .events = POLLIN };
	ssize_t n;

	count_lines(s, keep);
	look_at_line(s);
	memmove(s->buffer, s->buffer + keep, s->have - keep);
	s->base += keep;
	s->at -= keep;
	s->have -= keep;
	s->counted -= keep;
	s->idle = !s->eof && (s->n_held || s->at < s->have) && !poll(&wait, 1, IDLE_MS);
	if (s->idle)
		return true;
	do
		n = read(s->fd, s->buffer + s->have, BUFFER - s->have);
	while (n < 0 && errno == EINTR);
	if (n > 0) {
		s->have += n;
		memset(s->buffer + s->have, 0, SLACK);
		return true;
	}
	s->error = n < 0 ? errno : 0;
	s->eof = s->idle = true;
	return false;
}

static bool ready(struct klog *s)
{
	const struct held *h = &s->held[0];
	const struct swpd_target *t = &s->facts->target;

	if (s->n_held)
		klog_settled(s);
	return s->n_held &&
	       ((s->idle && s->at == s->have) || s->n_held == HELD_MAX || h->at < s->ripe ||
		       (!h->wants_address && t->release && t->arch) || s->base + s->at - h->at > WAIT_BYTES);
}

static void tell_poison(struct klog *s, const struct swpd_decoder *dec, const struct held *h)
{
	struct swpd_entry e;

	if (!s->n_poison)
		return;
	swpd_decode(dec, h->word, &e);
	for (unsigned int i = 0; i < s->n_poison; i++)
		if (e.has & SWPD_HAS_PFN && e.pfn == s->poison[i]) {
			klog_tell(s, CHECK_POISONED_FRAME,
				"line %u: frame 0x%llx is one that failed, says line %u", h->line,
				(unsigned long long)e.pfn, s->poison_line[i]);
			return;
		}
}

/* The entry that waited longest; false if it was there before. */
static bool give(struct klog *s, struct batch *b)
{
	struct held h;

	klog_infer_arch(s);
	h = s->held[0];
	s->n_held--;
	memmove(&s->held[0], &s->held[1], s->n_held * sizeof(s->held[0]));
	if (h.kind == MESSAGE_BAD_MAP && repeats(s, &h))
		return false;
	klog_pair(s, &h);
	s->clue = h.clue;
	s->origin.serial++;
	s->origin.form = h.form;
	s->origin.level = h.level;
	s->origin.pages = swpd_level_pages(&s->facts->target, h.level);
	s->word = h.word;
	s->word_line = h.line;
	s->word_column = h.column;
	s->origin.dec = klog_decoder(s, h.form, h.level);
	b->n = 1;
	b->words = &s->word;
	b->lines = &s->word_line;
	b->columns = &s->word_column;
	b->vaddr = h.clue.vaddr;
	b->step = 0;
	tell_poison(s, s->origin.dec, &h);
	s->source.idle = s->idle;
	return true;
}

static enum event give_finding(struct klog *s, struct batch *b)
{
	b->finding = s->findings[s->findings_given++];
	if (s->findings_given == s->n_findings)
		s->findings_given = s->n_findings = 0;
	return EVENT_FINDING;
}

/* At the end: what was counted. Returns false when all is told. */
static bool tell_counts(struct klog *s)
{
	for (; s->telling < REPEATS; s->telling++) {
		const struct repeat *r = &s->repeat[s->telling];

		if (r->count < 2)
			continue;
		klog_tell(s, CHECK_REPEATED, "0x%llx%s%s: %llu times, from line %u to line %u",
			(unsigned long long)r->word, r->comm[0] ? " in " : "", r->comm,
			(unsigned long long)r->count, r->first, r->last);
		s->telling++;
		return true;
	}
	switch (s->tell_last++) {
	case 0:
		if (s->overflow)
			klog_tell(s, CHECK_REPEATED,
				"more than %d different entries: not all repetitions were counted together",
				REPEATS);
		return true;
	case 1:
		if (s->suppressed)
			klog_tell(s, CHECK_REPEATED,
				"the kernel says that it did not print %llu more messages",
				(unsigned long long)s->suppressed);
		return true;
	case 2:
		if (s->swap_errors)
			klog_tell(s, CHECK_SWAP_ERROR, "%llu errors of swap devices, the first in %s",
				(unsigned long long)s->swap_errors, s->first_swap_error);
		return true;
	case 3:
		klog_tell_machine(s);
		return true;
	default:
		return false;
	}
}

static enum event next(struct source *source, struct batch *b, struct swpd_error *err, int *status)
{
	struct klog *s = (struct klog *)source;
	struct match m;

	*status = 0;
	b->origin = &s->origin;
	for (;;) {
		size_t stop;

		if (s->n_findings)
			return give_finding(s, b);
		if (ready(s) && give(s, b))
			return EVENT_WORDS;
		/* A message may go on behind what is here; not if nothing more comes. */
		stop = s->idle ? s->have : s->have > AHEAD ? s->have - AHEAD : 0;
		if (s->at < stop && message_find(s->buffer, s->buffer + s->at, s->buffer + stop,
					    s->buffer + s->have, &m)) {
			s->ripe = another_kernel(s, &m) ? s->base + (m.start - s->buffer) : 0;
			if (ready(s))
				continue; /* and find this one again */
			s->at = m.end - s->buffer;
			take(s, &m);
			continue;
		}
		if (s->at < stop)
			s->at = stop;
		if (!s->eof) {
			read_on(s);
			continue;
		}
		klog_settled(s);
		if (!tell_counts(s))
			break;
	}
	if (s->error)
		*status = fail_read(err, s->error, s->origin.file);
	else if (s->binary && !s->any)
		*status = fail(err, SWPD_E_FORMAT, 0,
			"%s: neither text nor anything else that is known (-i bin reads entries as bytes)",
			input_name(s->origin.file));
	return EVENT_END;
}

static void close_source(struct source *source)
{
	struct klog *s = (struct klog *)source;

	if (s->fd > 0)
		close(s->fd);
	free(s);
}

/* It has bytes that no text has, and no line that is one: a log in which a crash left a hole has others. */
static bool is_binary(const struct head *head)
{
	size_t plain = 0;
	bool odd = false;

	for (size_t i = 0; i < head->n; i++) {
		unsigned char c = head->text[i];
		bool ends = c == '\n' || c == '\r';
		bool shown = (c >= ' ' && c < 0x7f) || c == '\t' || c == '\033';

		if (ends && plain >= 8)
			return false;
		odd |= !ends && !shown && c != '\f' && c != '\v' && c < 0x80;
		plain = shown ? plain + 1 : 0;
	}
	return odd;
}

bool source_is_log(const struct head *head)
{
	const char *p = head->text, *end = p + head->n;

	while (p < end) {
		const char *nl = memchr(p, '\n', end - p), *stop = nl ? nl : end;
		bool letters = false; /* that no number has */
		int words = 0;

		while (p < stop && *p != '#') {
			const char *word;

			while (p < stop && (unsigned char)*p <= ' ')
				p++;
			for (word = p; p < stop && (unsigned char)*p > ' ' && *p != '#'; p++) {
				if (strchr("=:{[<\"", *p))
					return true;
				letters |= (*p | 0x20) > 'f' && (*p | 0x20) <= 'z' && (*p | 0x20) != 'x';
			}
			words += p > word;
		}
		if (words)
			return words > 1 && letters;
		p = stop + 1;
	}
	return false;
}

struct source *source_klog(int fd, const char *file, const struct head *head, struct facts *facts, bool host,
	struct swpd_error *err)
{
	struct klog *s = calloc(1, sizeof(*s));

	if (!s) {
		fail(err, SWPD_E_SYSTEM, errno, "%s", sys_text(errno));
		return NULL;
	}
	message_init();
	s->source.next = next;
	s->source.close = close_source;
	s->source.form = FORM_PTE;
	s->source.log = s->source.tells = true;
	s->origin.file = file;
	s->origin.positions = true;
	s->origin.clue = &s->clue;
	s->facts = facts;
	s->given = facts->target;
	s->host = host;
	s->fd = fd;
	s->line = 1;
	s->binary = is_binary(head);
	memcpy(s->buffer, head->text, head->n);
	s->have = head->n;
	if (host && root_read(facts->root, "/proc/sys/kernel/osrelease", s->host_release,
			    sizeof(s->host_release)) > 0)
		s->host_release[strcspn(s->host_release, "\n")] = 0;
	klog_settle(s);
	return &s->source;
}
