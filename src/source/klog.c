/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Kernel logs: finds messages (messages.def), takes the target from the log's own lines, and brings together
 * what belongs together. The text is looked at in one buffer, whatever its lines are like.
 */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <unistd.h>

#include "source/message.h"
#include "source/source.h"

#define BUFFER (256 * 1024)
#define AHEAD 8192      /* bytes of text that are there for a message that begins before them */
#define SLACK 16        /* message_find() reads beyond the end */
#define HELD_MAX 16     /* entries that wait for their address, or for a line that names the kernel */
#define WAIT_BYTES 8192 /* … so far */
#define IDLE_MS 300     /* … or so long, if nothing more comes */
#define INFERENCES_MAX 64
#define REPEATS 1024    /* a power of two */
#define POISON_MAX 256
#define SLOT_SMALL (1ull << 32) /* 16 TiB of swap */
#define TYPE_SMALL 8 /* few machines have more swap devices */
#define FIVE_LEVELS_BITS 57 /* x86 with five levels, where they are printed */
#define FORMS (FORM_SWP_ENTRY + 1)

struct held {
	enum message_kind kind;
	enum swpd_form form;
	enum swpd_level level;
	uint64_t word, at; /* at: byte of the log */
	uint32_t line, column;
	uint64_t near_entry; /* the swp_entry_t that was printed last, and where; line 0: none */
	uint32_t near_line;
	bool wants_address;
	bool freed;     /* a swp_entry_t of which the next line may complain as an entry … */
	bool near_next; /* … and near_entry is such a one, in the line before */
	struct clue clue;
};

struct repeat {
	uint64_t word, vaddr, count;
	uint32_t first, last; /* lines */
	uint8_t form, level;
	char comm[32];
};

/* What the log said about its machine, and in which line. */
struct evidence {
	char release[72];
	const struct arch *arch;
	const struct variant *variant;
	unsigned int page_shift, word_bits;
	uint32_t release_line, arch_line, variant_line, page_line, machine_line;
	bool arch_named; /* in the name of the kernel or of its compiler */
	bool arch_inferred; /* from two numbers that only fit together there */
	bool booted;     /* seen from its beginning */
	bool complained; /* about an entry */
	uint32_t taint;  /* 1 << letter - 'A' */
	char hardware[88];
};

struct klog {
	struct source source;
	struct origin origin;
	struct clue clue;
	struct facts *facts;
	struct swpd_target given; /* what the user said */
	bool host;
	char host_release[72];
	struct evidence evidence;
	uint32_t boot; /* kernels that came before this one */
	struct swpd_decoder decoder[FORMS][SWPD_LEVEL_N];
	uint8_t decoder_made[FORMS];
	bool unsettled; /* the log said something that the target does not show yet */

	int fd;
	bool eof;
	int error;
	uint64_t base;    /* byte of the log at buffer[0] */
	size_t at, have;  /* searched up to here; bytes in the buffer */
	size_t counted;   /* lines are counted up to here … */
	uint32_t line;    /* … where this line begins or goes on */
	uint64_t line_at; /* byte at which it begins */
	bool quoted;      /* … with what JSON begins with: quotation marks have a backslash */
	uint64_t ripe;    /* entries before this byte wait for nothing more */
	bool idle;        /* nothing more comes for now: look at all there is, and wait for nothing */

	struct held held[HELD_MAX];
	unsigned int n_held, inferences;
	struct held swap_entry; /* the last swp_entry_t, if no entry was matched with it yet: line is not 0 */
	struct {
		uint64_t at, addr;
		unsigned int n; /* since the last walk: if more than one, they belong to several CPUs */
		bool corrupt;
	} fault;
	struct finding findings[4];
	unsigned int n_findings, findings_given;

	struct repeat repeat[REPEATS];
	unsigned int telling;
	bool overflow;
	uint64_t suppressed, swap_errors, bad_entries;
	char first_swap_error[96];
	uint64_t poison[POISON_MAX];
	uint32_t poison_line[POISON_MAX];
	unsigned int n_poison, tell_last;

	uint64_t word;
	uint32_t word_line, word_column;
	char buffer[BUFFER + SLACK];
};

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

static void tell(struct klog *s, enum check_id check, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* A finding of no entry. Few wait at a time: next() gives them before it goes on. */
static void tell(struct klog *s, enum check_id check, const char *fmt, ...)
{
	struct finding *f = &s->findings[s->n_findings < ARRAY_SIZE(s->findings) ? s->n_findings++ : 0];
	va_list ap;

	f->check = check;
	va_start(ap, fmt);
	vsnprintf(f->text, sizeof(f->text), fmt, ap);
	va_end(ap);
}

/* kernel/panic.c, taint_flags[]: those that say who else may have written to memory, or that it is bad. */
static const struct {
	char letter;
	const char *text;
} taints[] = {
	{ 'P', "proprietary module" },
	{ 'F', "module loaded by force" },
	{ 'R', "module unloaded by force" },
	{ 'M', "machine check" },
	{ 'B', "bad page before" },
	{ 'D', "oops before" },
	{ 'C', "staging driver" },
	{ 'O', "module from outside the kernel tree" },
	{ 'E', "unsigned module" },
};

/* Of a kernel that complained about entries. */
static void tell_machine(struct klog *s)
{
	const struct evidence *e = &s->evidence;
	char text[140] = "";
	size_t n = 0;

	for (size_t i = 0; e->complained && i < ARRAY_SIZE(taints); i++)
		if (e->taint & 1u << (taints[i].letter - 'A') && n < sizeof(text))
			n += snprintf(text + n, sizeof(text) - n, "%s%c, %s", n ? "; " : "kernel tainted: ",
				taints[i].letter, taints[i].text);
	if (e->complained && (n || e->hardware[0]))
		tell(s, CHECK_MACHINE, "line %u: %s%s%s", e->machine_line, e->hardware,
			n && e->hardware[0] ? "; " : "", text);
}

/* ---- the target ---- */

static void from_line(struct provenance *p, uint32_t line)
{
	snprintf(p->source, sizeof(p->source), "line %u", line);
	p->assumed = false;
}

/* Make the target anew of what the user said and what the log said. Dear: only when an entry asks for it. */
static void settle(struct klog *s)
{
	struct facts *f = s->facts;
	struct swpd_target *t = &f->target;
	const struct evidence *e = &s->evidence;
	char where[32];

	*t = s->given;
	if (e->release[0]) {
		snprintf(where, sizeof(where), "line %u", e->release_line);
		fact_release(f, e->release, where);
	}
	if (e->arch) {
		snprintf(where, sizeof(where), "line %u", e->arch_line);
		fact_arch(f, e->arch, NULL, where);
	}
	if (e->variant && e->arch == t->arch) {
		snprintf(where, sizeof(where), "line %u", e->variant_line);
		fact_arch(f, e->arch, e->variant, where);
	}
	if (e->arch_inferred)
		t->arch_from.assumed |= e->arch == t->arch;
	if (!t->arch)
		t->word_bits = e->word_bits;
	if (e->page_shift && !t->page_shift) {
		t->page_shift = e->page_shift;
		from_line(&t->page_from, e->page_line);
	}
	if (s->host && t->release && !strcmp(t->release_text, s->host_release))
		facts_ask_knobs(f, swpd_knobs_wanted(t, FORM_PTE));
	facts_assume(f);
	memset(s->decoder_made, 0, sizeof(s->decoder_made));
	s->origin.serial++;
}

/* What the log said last counts from now on. */
static void settled(struct klog *s)
{
	if (s->unsettled)
		settle(s);
	s->unsettled = false;
}

static const struct swpd_decoder *decoder(struct klog *s, enum swpd_form form, enum swpd_level level)
{
	struct swpd_decoder *dec = &s->decoder[form][level];

	if (!(s->decoder_made[form] & 1u << level)) {
		swpd_decoder_init(dec, &s->facts->target, form, level);
		s->decoder_made[form] |= 1u << level;
	}
	return dec;
}

/* Another kernel than before: nothing that was known of the machine holds. */
static void new_kernel(struct klog *s)
{
	tell_machine(s);
	memset(&s->evidence, 0, sizeof(s->evidence));
	memset(&s->facts->swaps, 0, sizeof(s->facts->swaps));
	s->n_poison = s->fault.n = 0;
	s->swap_entry.line = 0;
	s->boot++;
}

static void learn_arch(struct klog *s, const struct arch *arch, const struct variant *variant, uint32_t line)
{
	struct evidence *e = &s->evidence;

	if (e->arch != arch || e->arch_inferred) {
		e->arch = arch;
		e->arch_inferred = false;
		e->arch_line = line;
		e->variant = NULL;
	} else if (!variant || e->variant == variant) {
		return;
	}
	if (variant) {
		e->variant = variant;
		e->variant_line = line;
	}
	s->unsettled = true;
}

/* Words like amd64 and aarch64 in a release or in the name of a compiler. */
static void learn_arch_word(struct klog *s, const char *text, size_t len, uint32_t line)
{
	const char *end = text + len, *p = text;

	while (p < end) {
		size_t n = 0;
		char word[24];

		while (p + n < end && (p[n] == '_' || (p[n] >= '0' && p[n] <= '9') ||
					      ((p[n] | 0x20) >= 'a' && (p[n] | 0x20) <= 'z')))
			n++;
		snprintf(word, sizeof(word), "%.*s", n < sizeof(word) ? (int)n : 0, p);
		if (n > 2) {
			const struct arch *arch = arch_find(word);

			if (arch && !arch->pseudo) {
				const struct variant *v = arch_usual_variant(arch, word);

				learn_arch(s, arch, v == arch_variant(arch, NULL) ? NULL : v, line);
				s->evidence.arch_named = true;
				return;
			}
		}
		p += n + 1;
	}
}

static void learn_release(struct klog *s, const struct match *m, uint32_t line)
{
	struct evidence *e = &s->evidence;
	const char *text = m->at[FIELD_RELEASE], *dash;
	char release[sizeof(e->release)];
	size_t len = m->len[FIELD_RELEASE];
	bool boot = m->message->kind == MESSAGE_BOOT;

	snprintf(release, sizeof(release), "%.*s", (int)len, text);
	if (boot || (e->release[0] && strcmp(e->release, release)))
		new_kernel(s);
	e->booted |= boot;
	if (strcmp(e->release, release)) {
		memcpy(e->release, release, sizeof(release));
		e->release_line = line;
		s->unsettled = true;
	}
	for (const char *p = m->start + ANCHOR_MAX; !boot && p < text; p++)
		if (*p >= 'A' && *p <= 'Z')
			e->taint |= 1u << (*p - 'A');
	if (e->taint || !e->machine_line)
		e->machine_line = line;
	dash = memchr(text, '-', len);
	if (!dash)
		dash = memchr(text, '.', len);
	if (dash)
		learn_arch_word(s, dash, text + len - dash, line);
	if (boot && !e->arch)
		learn_arch_word(s, m->at[FIELD_REST], m->len[FIELD_REST], line);
}

static void learn_hardware(struct klog *s, const struct match *m, uint32_t line)
{
	struct evidence *e = &s->evidence;
	const char *text = m->at[FIELD_REST];
	int n = m->len[FIELD_REST];

	while (n && (text[n - 1] == '\r' || text[n - 1] == ' '))
		n--;
	snprintf(e->hardware, sizeof(e->hardware), "%.*s", n, text);
	for (char *c = e->hardware; *c; c++)
		*c = *c < ' ' || *c > '~' ? '?' : *c;
	e->machine_line = e->taint ? e->machine_line : line;
}

/* Addresses are printed with as many digits as a word has. */
static void learn_word_bits(struct klog *s, unsigned int digits)
{
	unsigned int bits = digits == 16 ? 64 : digits == 8 ? 32 : 0;

	if (bits && bits != s->evidence.word_bits) {
		s->evidence.word_bits = bits;
		s->unsettled = true;
	}
}

/* Addresses of so many bits, which may be those of one variant alone. */
static void learn_va_bits(struct klog *s, unsigned int bits, uint32_t line)
{
	const struct evidence *e = &s->evidence;
	const struct variant *only = NULL;
	int n = 0;

	for (const struct variant *v = e->arch ? e->arch->variants : NULL; v && v->page_shift; v++)
		if ((!e->page_shift || e->page_shift == v->page_shift) &&
			arch_has_va_bits(e->arch, v, bits)) {
			only = v;
			n++;
		}
	if (n == 1)
		learn_arch(s, e->arch, only, line);
}

/* A level that the machine does not have is printed as the one above it. */
static void learn_levels(struct klog *s, const struct match *m, uint32_t line)
{
	if (m->has & 1u << FIELD_PGD && m->has & 1u << FIELD_P4D && m->number[FIELD_P4D] &&
		m->number[FIELD_PGD] != m->number[FIELD_P4D])
		learn_va_bits(s, FIVE_LEVELS_BITS, line);
}

/* A hint, which does not stand against what the name of the kernel says. */
static void learn_machine(struct klog *s, const char *spec, uint32_t line)
{
	size_t n = strcspn(spec, ":");
	const struct arch *arch;
	char name[24];

	snprintf(name, sizeof(name), "%.*s", (int)n, spec);
	arch = arch_find(name);
	if (arch && (!s->evidence.arch_named || arch == s->evidence.arch))
		learn_arch(s, arch, spec[n] ? arch_variant(arch, spec + n + 1) : NULL, line);
}

static void learn_device(struct klog *s, const struct match *m)
{
	struct swap_devices *d = &s->facts->swaps;
	unsigned int shift;

	settled(s);
	shift = s->facts->target.page_shift;
	if (d->n == SWAP_DEVICES_MAX || shift < 10)
		return;
	snprintf(d->device[d->n].name, sizeof(d->device[0].name), "%.*s", m->len[FIELD_WORD],
		m->at[FIELD_WORD]);
	d->device[d->n].pages = m->number[FIELD_COUNT] >> (shift - 10);
	d->n++;
	d->known = s->evidence.booted;
	/* if others may have come before the log begins, each of these can have any type */
	for (int i = 0; i < SWAP_DEVICES_MAX; i++)
		d->possible[i] = !d->known ? (1ull << d->n) - 1 : i < d->n ? 1u << i : 0;
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

/* What the kernel would print for this word. */
static bool entry_of(struct klog *s, const struct held *h, uint64_t *entry)
{
	struct swpd_entry e;

	swpd_decode(decoder(s, FORM_PTE, h->level), h->word, &e);
	*entry = e.swp_entry;
	return e.has & SWPD_HAS_SWP_ENTRY;
}

static bool fits_era(const struct swpd_entry *e, const uint64_t *printed)
{
	if (printed)
		return e->has & SWPD_HAS_SWP_ENTRY && e->swp_entry == *printed;
	return e->cls == SWPD_SWAP && !e->stray && e->offset && e->offset < SLOT_SMALL &&
	       e->type < TYPE_SMALL;
}

const char *other_era(const struct swpd_target *target, enum swpd_level level, uint64_t word,
	const uint64_t *printed, struct swpd_entry *fitting)
{
	struct swpd_target t = *target;
	release_t known = t.release, best = KV_MAX;
	const char *found = NULL;
	struct swpd_decoder dec;
	struct swpd_entry e;

	for (const struct layout *row = t.arch->layouts; row->id; row++) {
		if (layout_covers(row, known, NULL) || !layout_has_variant(row, t.variant))
			continue;
		for (const struct span *span = row->spans; span->until; span++) {
			release_t last = span->until > KV_NEWEST ? KV_NEWEST : span->until - 1;
			release_t away = known < span->since ? span->since - known : known - last;

			/* what a swp_entry_t looks like changed within some spans */
			for (int end = 0; end < 2 && away < best; end++) {
				t.release = end ? last : span->since;
				swpd_decoder_init(&dec, &t, FORM_PTE, level);
				swpd_decode(&dec, word, &e);
				if (dec.n_packing != 1 || layout_covers(dec.packing[0].row, known, NULL) ||
					!fits_era(&e, printed))
					continue;
				best = away;
				found = dec.packing[0].row->id;
				*fitting = e;
			}
		}
	}
	return found;
}

/* Where the variant of the architecture was only assumed: the first one for which the two differ in no more
 * bits. */
static bool other_variant(struct klog *s, const struct held *h, int bits)
{
	struct evidence before = s->evidence;
	const struct arch *arch = s->facts->target.arch;
	uint64_t entry;

	for (const struct variant *v = arch->variants; v->page_shift; v++) {
		s->evidence.arch = arch;
		s->evidence.variant = v;
		s->evidence.variant_line = h->line;
		settle(s);
		if (entry_of(s, h, &entry) && __builtin_popcountll(entry ^ h->near_entry) <= bits)
			return true;
	}
	s->evidence = before;
	settle(s);
	return false;
}

/* The first release, of those that are possible, in which the word is the entry that was printed; 0: none. */
static release_t fitting_release(const struct klog *s, struct swpd_target *t, const struct held *h)
{
	struct swpd_decoder dec;
	struct swpd_entry e;

	for (const struct layout *row = t->arch->layouts; row->id; row++) {
		if (!layout_has_variant(row, t->variant))
			continue;
		t->release = s->facts->target.release ? s->facts->target.release : row->spans[0].since;
		swpd_decoder_init(&dec, t, FORM_PTE, h->level);
		swpd_decode(&dec, h->word, &e);
		if (e.has & SWPD_HAS_SWP_ENTRY && e.swp_entry == h->near_entry)
			return t->release;
		if (s->facts->target.release)
			break;
	}
	return 0;
}

/* The only architecture on which the word is the entry that was printed, if there is just one. */
static const struct arch *fitting_arch(
	const struct klog *s, const struct held *h, const struct variant **variant)
{
	const struct arch *found = NULL;

	for (int i = 0; arch_list[i]; i++) {
		struct swpd_target t = s->facts->target;
		const struct variant *v = arch_list[i]->variants;

		t.arch = arch_list[i];
		if (t.arch->pseudo)
			continue;
		for (; v->page_shift; v++) {
			t.variant = v;
			if ((!s->evidence.word_bits || arch_word_bits(t.arch, v) == s->evidence.word_bits) &&
				fitting_release(s, &t, h))
				break;
		}
		if (!v->page_shift)
			continue;
		if (found)
			return NULL;
		found = t.arch;
		*variant = v;
	}
	return found;
}

/* Where nothing names the architecture, a PTE and its swp_entry_t may: few pairs fit together on several. */
static void infer_arch(struct klog *s)
{
	const struct variant *v;
	const struct arch *arch;

	for (unsigned int i = 0; i < s->n_held && !s->facts->target.arch; i++) {
		struct held *h = &s->held[i];

		if (!h->near_line || s->inferences == INFERENCES_MAX)
			continue;
		s->inferences++;
		arch = fitting_arch(s, h, &v);
		if (!arch)
			continue;
		learn_arch(s, arch, v == arch_variant(arch, NULL) ? NULL : v, h->line);
		s->evidence.arch_inferred = true;
		settled(s);
	}
}

#define MISPRINT_BITS 2

/*
 * Is it the entry for which the kernel printed a swp_entry_t some lines before? Only if it gives that value,
 * here or in the layout of other releases, or all but few bits of it: kernels have printed wrong ones.
 */
static void pair(struct klog *s, struct held *h)
{
	const struct swpd_target *t = &s->facts->target;
	struct swpd_entry other;
	uint64_t entry;
	bool swap; /* else it reads as present, or as empty */

	if (!h->near_line || !t->arch || !t->release)
		return;
	swap = entry_of(s, h, &entry);
	if (!(swap && entry == h->near_entry) &&
		!(t->variant_from.assumed && (other_variant(s, h, 0) || other_variant(s, h, 1)))) {
		h->clue.other_row = other_era(t, h->level, h->word, &h->near_entry, &other);
		if (!h->clue.other_row &&
			(!swap || __builtin_popcountll(entry ^ h->near_entry) > MISPRINT_BITS)) {
			h->clue.unlike = swap && h->near_next;
			h->clue.printed = h->near_entry;
			h->clue.printed_line = h->near_line;
			return;
		}
	}
	h->clue.has_printed = true;
	h->clue.printed = h->near_entry;
	h->clue.printed_line = h->near_line;
	if (s->swap_entry.line == h->near_line)
		s->swap_entry.line = 0;
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
	swpd_decode(decoder(s, FORM_PTE, h->level), h->word, &e);
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
	tell(s, CHECK_UPPER_LEVEL,
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
		tell(s, CHECK_BAD_VALUE,
			"line %u: the line ends in or after 0x%llx, which may be the beginning of a number",
			line, (unsigned long long)m->number[f]);
	else
		tell(s, CHECK_PARTIAL_INPUT,
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
		settled(s);
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
		learn_word_bits(s, 16);
	if (kind == MESSAGE_WALK && !h.word) {
		s->fault.n = 0;
		return; /* nothing is mapped there, as most oopses say */
	}
	if (incomplete(s, m, f))
		return;
	settled(s);
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
	learn_word_bits(s, m->len[FIELD_ADDR]);
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
	tell(s, CHECK_RSS_COUNTER,
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

	place(s, m->start, &line, &column);
	if (m->message->arch)
		learn_machine(s, m->message->arch, line);
	switch (m->message->kind) {
	case MESSAGE_SWAP_ENTRY:
	case MESSAGE_BAD_MAP:
	case MESSAGE_BAD_LEVEL:
	case MESSAGE_WALK:
	case MESSAGE_TOOL:
	case MESSAGE_PAGEMAP:
		learn_levels(s, m, line);
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
		learn_hardware(s, m, line);
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
		learn_device(s, m);
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
		learn_release(s, m, line);
		break;
	case MESSAGE_PAGE_SIZE:
		if (m->number[FIELD_KB] >= 4 && m->number[FIELD_KB] <= 64) {
			s->evidence.page_shift = 10 + __builtin_ctzll(m->number[FIELD_KB]);
			s->evidence.page_line = line;
			s->unsettled = true;
			learn_va_bits(s, m->number[FIELD_BITS], line);
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
		settled(s);
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
			tell(s, CHECK_POISONED_FRAME,
				"line %u: frame 0x%llx is one that failed, says line %u", h->line,
				(unsigned long long)e.pfn, s->poison_line[i]);
			return;
		}
}

/* The entry that waited longest; false if it was there before. */
static bool give(struct klog *s, struct batch *b)
{
	struct held h;

	infer_arch(s);
	h = s->held[0];
	s->n_held--;
	memmove(&s->held[0], &s->held[1], s->n_held * sizeof(s->held[0]));
	if (h.kind == MESSAGE_BAD_MAP && repeats(s, &h))
		return false;
	pair(s, &h);
	s->clue = h.clue;
	s->origin.serial++;
	s->origin.form = h.form;
	s->origin.level = h.level;
	s->origin.pages = swpd_level_pages(&s->facts->target, h.level);
	s->word = h.word;
	s->word_line = h.line;
	s->word_column = h.column;
	s->origin.dec = decoder(s, h.form, h.level);
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
		tell(s, CHECK_REPEATED, "0x%llx%s%s: %llu times, from line %u to line %u",
			(unsigned long long)r->word, r->comm[0] ? " in " : "", r->comm,
			(unsigned long long)r->count, r->first, r->last);
		s->telling++;
		return true;
	}
	switch (s->tell_last++) {
	case 0:
		if (s->overflow)
			tell(s, CHECK_REPEATED,
				"more than %d different entries: not all repetitions were counted together",
				REPEATS);
		return true;
	case 1:
		if (s->suppressed)
			tell(s, CHECK_REPEATED, "the kernel says that it did not print %llu more messages",
				(unsigned long long)s->suppressed);
		return true;
	case 2:
		if (s->swap_errors)
			tell(s, CHECK_SWAP_ERROR, "%llu errors of swap devices, the first in %s",
				(unsigned long long)s->swap_errors, s->first_swap_error);
		return true;
	case 3:
		tell_machine(s);
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
		settled(s);
		if (!tell_counts(s))
			break;
	}
	if (s->error)
		*status = fail_read(err, s->error, s->origin.file);
	return EVENT_END;
}

static void close_source(struct source *source)
{
	struct klog *s = (struct klog *)source;

	if (s->fd > 0)
		close(s->fd);
	free(s);
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
			for (word = p; p < stop && (unsigned char)*p > ' '; p++) {
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
	memcpy(s->buffer, head->text, head->n);
	s->have = head->n;
	if (host && root_read(facts->root, "/proc/sys/kernel/osrelease", s->host_release,
			    sizeof(s->host_release)) > 0)
		s->host_release[strcspn(s->host_release, "\n")] = 0;
	settle(s);
	return &s->source;
}
