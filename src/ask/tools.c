/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ask/tools.h"

#define COLUMNS_WIDE 80
#define LABEL_WIDE 13

const char *const marker_names[] = { "uffd-wp", "poisoned", "guard", NULL };

void say(struct phrase *p, const char *fmt, ...)
{
	size_t room = sizeof(p->text) - p->len;
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(p->text + p->len, room, fmt, ap);
	va_end(ap);
	if (n > 0)
		p->len += (size_t)n < room ? (size_t)n : room - 1;
}

void put_paragraph(struct out *o, const char *label, const char *text)
{
	int at = LABEL_WIDE;
	char plain[sizeof(((struct phrase *)0)->text)];

	snprintf(plain, sizeof(plain), "%s", text);
	clean_text(plain);
	text = plain;
	out_printf(o, "  %-*s", LABEL_WIDE - 2, label);
	while (*text) {
		size_t n = strcspn(text, " "), blanks = strspn(text + n, " ");

		if (at > LABEL_WIDE && at + 1 + (int)n > COLUMNS_WIDE) {
			out_printf(o, "\n%*s", LABEL_WIDE, "");
			at = LABEL_WIDE;
		}
		if (at > LABEL_WIDE) {
			out_text(o, " ");
			at++;
		}
		out_bytes(o, text, n);
		at += n;
		text += n + blanks;
	}
	out_text(o, "\n");
}

char *put_release(char *to, release_t r)
{
	unsigned int major = r >> 24, minor = r >> 16 & 0xff, patch = r & 0xffff;

	if (patch || major < 3)
		sprintf(to, "%u.%u.%u", major, minor, patch);
	else
		sprintf(to, "%u.%u", major, minor);
	return to;
}

const struct backport *own_backport(release_t own, int n)
{
	for (size_t i = 0; i < n_backports; i++)
		if (backports[i].as[SUBJECT_LAYOUT] == own && !n--)
			return &backports[i];
	return NULL;
}

int say_own(struct phrase *p, release_t own, const char *sep)
{
	const struct backport *b, *last = NULL;
	int n = 0;

	for (int i = 0; (b = own_backport(own, i)); i++) {
		if (last && !strcmp(last->name, b->name))
			continue;
		say(p, "%s%s", last ? sep : "", b->name);
		last = b;
		n++;
	}
	return n;
}

void say_run(struct phrase *p, const struct run *run)
{
	if (run->width == 1)
		say(p, "%u", run->lsb);
	else
		say(p, "%u-%u", run->lsb, run->lsb + run->width - 1);
}

uint64_t runs_bits(const struct run *runs)
{
	uint64_t bits = 0;

	for (int i = 0; i < 3 && runs[i].width; i++)
		bits |= ONES(runs[i].width) << runs[i].lsb;
	return bits;
}

static void say_mask(struct phrase *p, uint64_t mask)
{
	if (__builtin_popcountll(mask) > 32)
		say(p, "~0x%llx", (unsigned long long)~mask);
	else
		say(p, "0x%llx", (unsigned long long)mask);
}

void say_pred(struct phrase *p, const struct pred *pred)
{
	bool first = true;

	if (pred->negate && !pred->any && !pred->eq[0].mask) {
		say(p, "always");
		return;
	}
	if (!pred->any && !pred->eq[0].mask) {
		say(p, "never");
		return;
	}
	if (pred->negate)
		say(p, "not: ");
	if (pred->any) {
		say(p, "any bit of 0x%llx", (unsigned long long)pred->any);
		first = false;
	}
	for (int i = 0; i < 4 && pred->eq[i].mask; i++) {
		if (!first)
			say(p, " or ");
		first = false;
		if (pred->eq[i].mask == UINT64_MAX) {
			say(p, "word == 0x%llx", (unsigned long long)pred->eq[i].value);
			continue;
		}
		say(p, "(word & ");
		say_mask(p, pred->eq[i].mask);
		say(p, ") == 0x%llx", (unsigned long long)pred->eq[i].value);
	}
}

void put_json_text(struct out *o, const char *text)
{
	if (text)
		out_json_string(o, text);
	else
		out_text(o, "null");
}

unsigned int entry_bits(const struct swpd_target *t, const struct layout *row)
{
	if (!t->arch || !t->variant)
		return 64;
	return arch_pte_bytes(t->arch, t->variant, row) * 8 / arch_pte_copies(t->variant, row);
}
