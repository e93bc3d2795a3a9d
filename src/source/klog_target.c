/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a kernel log says of its machine, and the target that follows from it. */
#include "source/klog.h"

#define FIVE_LEVELS_BITS 57 /* x86 with five levels, where they are printed */

static void from_line(struct provenance *p, uint32_t line)
{
	snprintf(p->source, sizeof(p->source), "line %u", line);
	p->assumed = false;
}

void klog_settle(struct klog *s)
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

void klog_settled(struct klog *s)
{
	if (s->unsettled)
		klog_settle(s);
	s->unsettled = false;
}

const struct swpd_decoder *klog_decoder(struct klog *s, enum swpd_form form, enum swpd_level level)
{
	struct swpd_decoder *dec = &s->decoder[form][level];

	if (!(s->decoder_made[form] & 1u << level)) {
		swpd_decoder_init(dec, &s->facts->target, form, level);
		s->decoder_made[form] |= 1u << level;
	}
	return dec;
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

void klog_tell_machine(struct klog *s)
{
	const struct evidence *e = &s->evidence;
	char text[140] = "";
	size_t n = 0;

	for (size_t i = 0; e->complained && i < ARRAY_SIZE(taints); i++)
		if (e->taint & 1u << (taints[i].letter - 'A') && n < sizeof(text))
			n += snprintf(text + n, sizeof(text) - n, "%s%c, %s", n ? "; " : "kernel tainted: ",
				taints[i].letter, taints[i].text);
	if (e->complained && (n || e->hardware[0]))
		klog_tell(s, CHECK_MACHINE, "line %u: %s%s%s", e->machine_line, e->hardware,
			n && e->hardware[0] ? "; " : "", text);
}

/* Another kernel than before: nothing that was known of the machine holds. */
static void new_kernel(struct klog *s)
{
	klog_tell_machine(s);
	memset(&s->evidence, 0, sizeof(s->evidence));
	memset(&s->facts->swaps, 0, sizeof(s->facts->swaps));
	s->n_poison = s->fault.n = 0;
	s->swap_entry.line = 0;
	s->boot++;
}

void klog_learn_arch(struct klog *s, const struct arch *arch, const struct variant *variant, uint32_t line)
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

				klog_learn_arch(s, arch, v == arch_variant(arch, NULL) ? NULL : v, line);
				s->evidence.arch_named = true;
				return;
			}
		}
		p += n + 1;
	}
}

void klog_learn_release(struct klog *s, const struct match *m, uint32_t line)
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

void klog_learn_hardware(struct klog *s, const struct match *m, uint32_t line)
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

void klog_learn_word_bits(struct klog *s, unsigned int digits)
{
	unsigned int bits = digits == 16 ? 64 : digits == 8 ? 32 : 0;

	if (bits && bits != s->evidence.word_bits) {
		s->evidence.word_bits = bits;
		s->unsettled = true;
	}
}

void klog_learn_va_bits(struct klog *s, unsigned int bits, uint32_t line)
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
		klog_learn_arch(s, e->arch, only, line);
}

void klog_learn_levels(struct klog *s, const struct match *m, uint32_t line)
{
	if (m->has & 1u << FIELD_PGD && m->has & 1u << FIELD_P4D && m->number[FIELD_P4D] &&
		m->number[FIELD_PGD] != m->number[FIELD_P4D])
		klog_learn_va_bits(s, FIVE_LEVELS_BITS, line);
}

void klog_learn_machine(struct klog *s, const char *spec, uint32_t line)
{
	size_t n = strcspn(spec, ":");
	const struct arch *arch;
	char name[24];

	snprintf(name, sizeof(name), "%.*s", (int)n, spec);
	arch = arch_find(name);
	if (arch && (!s->evidence.arch_named || arch == s->evidence.arch))
		klog_learn_arch(s, arch, spec[n] ? arch_variant(arch, spec + n + 1) : NULL, line);
}

void klog_learn_device(struct klog *s, const struct match *m)
{
	struct swap_devices *d = &s->facts->swaps;
	unsigned int shift;

	klog_settled(s);
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
