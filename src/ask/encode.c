/* SPDX-License-Identifier: GPL-2.0-or-later */
/* --encode: from words to an entry. */
#include "ask/tools.h"

#define NONE_GIVEN (-1)

struct spec {
	const char *text;
	int cls; /* enum swpd_class */
	int type;
	bool has_offset, has_pfn, has_marker;
	uint64_t offset, pfn;
	unsigned int marker;
	unsigned int flags, flags_said; /* bit n: enum swpd_flag n */
};

static int parse_marker(struct spec *s, const char *names, struct swpd_error *err)
{
	const char *p = names;

	s->has_marker = true;
	while (*p) {
		size_t n = strcspn(p, "+");
		int i = 0;

		while (marker_names[i] && (strlen(marker_names[i]) != n || memcmp(marker_names[i], p, n)))
			i++;
		if (!marker_names[i])
			return fail(err, SWPD_E_USAGE, 0,
				"--encode %s: no marker '%.*s' (uffd-wp poisoned guard, joined by +)",
				s->text, (int)n, p);
		s->marker |= 1u << i;
		p += n;
		p += *p == '+';
	}
	if (!s->marker)
		return fail(err, SWPD_E_USAGE, 0, "--encode %s: marker= names no marker", s->text);
	return 0;
}

static int parse_flag(struct spec *s, int flag, const char *value, struct swpd_error *err)
{
	bool on = !value || !strcmp(value, "true") || !strcmp(value, "y") || !strcmp(value, "1");

	if (!on && strcmp(value, "false") && strcmp(value, "n") && strcmp(value, "0"))
		return fail(err, SWPD_E_USAGE, 0, "--encode %s: %s is true or false", s->text,
			swpd_flag_name(flag));
	s->flags_said |= 1u << flag;
	if (on)
		s->flags |= 1u << flag;
	return 0;
}

static int parse_class(struct spec *s, const char *name, struct swpd_error *err)
{
	for (s->cls = 0; s->cls < SWPD_CLASS_N && strcmp(swpd_class_name(s->cls), name);)
		s->cls++;
	if (s->cls == SWPD_CLASS_N)
		return fail(err, SWPD_E_USAGE, 0, "--encode %s: no class '%s' (--list-classes has them)",
			s->text, name);
	if (s->cls == SWPD_NONE || s->cls == SWPD_PRESENT || s->cls == SWPD_UNKNOWN)
		return fail(err, SWPD_E_USAGE, 0, "--encode %s: class %s has no entry that could be made",
			s->text, name);
	return 0;
}

static bool parse_count(const char *value, uint64_t max, uint64_t *n)
{
	return value && parse_number(value, 0, max, n);
}

/* One key, with its value or NULL. */
static int parse_key(struct spec *s, const char *key, const char *value, struct swpd_error *err)
{
	uint64_t n = 0;

	if (!strcmp(key, "class") && value)
		return parse_class(s, value, err);
	if (!strcmp(key, "marker") && value)
		return parse_marker(s, value, err);
	if (!strcmp(key, "type") && parse_count(value, INT32_MAX, &n)) {
		s->type = n;
		return 0;
	}
	if (!strcmp(key, "offset") && parse_count(value, UINT64_MAX, &n)) {
		s->has_offset = true;
		s->offset = n;
		return 0;
	}
	if (!strcmp(key, "pfn") && parse_count(value, UINT64_MAX, &n)) {
		s->has_pfn = true;
		s->pfn = n;
		return 0;
	}
	for (int flag = 0; flag < SWPD_FLAG_N; flag++)
		if (!strcmp(key, swpd_flag_name(flag)))
			return parse_flag(s, flag, value, err);
	if (!strcmp(key, "type") || !strcmp(key, "offset") || !strcmp(key, "pfn"))
		return fail(
			err, SWPD_E_USAGE, 0, "--encode %s: %s takes a number, as 10 or 0xa", s->text, key);
	return fail(err, SWPD_E_USAGE, 0,
		"--encode %s: '%s' is no key (class type offset pfn marker, or a flag)", s->text, key);
}

static int parse_spec(struct spec *s, const char *text, struct swpd_error *err)
{
	char one[80], seen[8][16];
	int n_seen = 0;

	memset(s, 0, sizeof(*s));
	s->text = text;
	s->cls = s->type = NONE_GIVEN;
	for (const char *p = text; *p;) {
		size_t n = strcspn(p, ","), eq;

		snprintf(one, sizeof(one), "%.*s", (int)n, p);
		eq = strcspn(one, "=");
		if (n >= sizeof(one) || !eq)
			return fail(err, SWPD_E_USAGE, 0, "--encode %s: '%.*s' is not KEY=VALUE or a flag",
				text, (int)n, p);
		if (one[eq])
			one[eq++] = 0;
		for (int i = 0; i < n_seen; i++)
			if (!strcmp(seen[i], one))
				return fail(err, SWPD_E_USAGE, 0, "--encode %s: %s twice", text, one);
		if (n_seen < 8)
			snprintf(seen[n_seen++], sizeof(seen[0]), "%.15s", one);
		if (parse_key(s, one, eq > strlen(one) ? one + eq : NULL, err) < 0)
			return -1;
		p += n;
		p += *p == ',';
	}
	if (s->cls == NONE_GIVEN && s->type == NONE_GIVEN)
		return fail(err, SWPD_E_USAGE, 0, "--encode %s: neither a class nor a type", text);
	if (s->has_offset + s->has_pfn + s->has_marker > 1)
		return fail(err, SWPD_E_USAGE, 0, "--encode %s: only one of offset, pfn and marker", text);
	return 0;
}

/* Names of the options of a mask, for people. */
static void say_knobs(struct phrase *p, uint32_t knobs)
{
	bool first = true;

	for (int k = KNOB_NONE + 1; k < KNOB_N; k++)
		if (knobs & 1u << k) {
			say(p, "%s%s", first ? "" : ", ", knob_name(k));
			first = false;
		}
}

static int unknown_types(
	const struct session *session, const struct spec *s, const char *what, struct swpd_error *err)
{
	uint32_t wanted = swpd_knobs_wanted(&session->facts->target, session->form) & ~NO_TYPE_KNOBS;
	struct phrase p = { 0 };

	say_knobs(&p, wanted);
	if (!wanted)
		return fail(err, SWPD_E_NOT_HERE, 0, "--encode %s: %s", s->text, what);
	return fail(err, SWPD_E_NOT_HERE, 0,
		"--encode %s: %s depends on what is not known: %s (-s says, -c, or --max-swapfiles)", s->text,
		what, p.text);
}

/* The type that the class has here, or, with both, whether they fit. */
static int settle_type(const struct session *session, struct spec *s, struct swpd_error *err)
{
	const struct swpd_decoder *dec = session->dec;
	int certain = NONE_GIVEN, possible = 0, number = 0;
	char what[96];

	if (s->type != NONE_GIVEN) {
		if ((unsigned int)s->type > dec->packing[0].type_mask)
			return fail(err, SWPD_E_RANGE, 0,
				"--encode %s: type %d is too large: it has %u bits, at most %llu", s->text,
				s->type, dec->packing[0].type_bits,
				(unsigned long long)dec->packing[0].type_mask);
		if (s->cls == NONE_GIVEN) {
			s->cls = dec->cls[s->type];
			return 0;
		}
		if (dec->cls[s->type] == s->cls)
			return 0;
		if (dec->cls[s->type] == SWPD_UNKNOWN && dec->candidates[s->type] & 1u << s->cls) {
			snprintf(what, sizeof(what), "whether type %d is %s", s->type,
				swpd_class_name(s->cls));
			return unknown_types(session, s, what, err);
		}
		return fail(err, SWPD_E_USAGE, 0, "--encode %s: type %d is %s here, not %s", s->text, s->type,
			swpd_class_name(dec->cls[s->type]), swpd_class_name(s->cls));
	}
	if (s->cls == SWPD_SWAP)
		return fail(err, SWPD_E_USAGE, 0,
			"--encode %s: a swap entry needs type=N, the number of the swap device", s->text);
	for (int i = 0; i < 32; i++) {
		if (dec->cls[i] == s->cls) {
			certain = i;
			number++;
		} else if (dec->cls[i] == SWPD_UNKNOWN && dec->candidates[i] & 1u << s->cls) {
			possible++;
		}
	}
	if (number == 1 && !possible) {
		s->type = certain;
		return 0;
	}
	if (possible) {
		snprintf(what, sizeof(what), "the type of %s", swpd_class_name(s->cls));
		return unknown_types(session, s, what, err);
	}
	return fail(err, SWPD_E_NOT_HERE, 0, "--encode %s: this kernel has no entries of class %s", s->text,
		swpd_class_name(s->cls));
}

static int settle_pfn(const struct session *session, struct spec *s, struct swpd_error *err)
{
	const struct swpd_decoder *dec = session->dec;
	uint64_t mask = dec->pfn_mask & dec->packing[0].offset_mask;

	if (!swpd_class_holds_pfn(s->cls))
		return fail(err, SWPD_E_USAGE, 0, "--encode %s: class %s holds no page frame", s->text,
			swpd_class_name(s->cls));
	if (s->pfn & ~mask)
		return fail(err, SWPD_E_RANGE, 0,
			"--encode %s: pfn 0x%llx does not fit: a frame has %d bits here, at most 0x%llx",
			s->text, (unsigned long long)s->pfn, __builtin_popcountll(mask),
			(unsigned long long)mask);
	if (s->pfn & dec->pfn_doubt)
		return fail(err, SWPD_E_NOT_HERE, 0,
			"--encode %s: whether a frame is that wide depends on what is not known: "
			"SPARSEMEM or FLATMEM (-s says)",
			s->text);
	s->offset = s->pfn;
	return 0;
}

static int settle_marker(const struct session *session, struct spec *s, struct swpd_error *err)
{
	if (s->cls != SWPD_PTE_MARKER)
		return fail(err, SWPD_E_USAGE, 0, "--encode %s: class %s is no marker", s->text,
			swpd_class_name(s->cls));
	for (int i = 0; marker_names[i]; i++)
		if (s->marker & ~session->dec->marker_mask & 1u << i)
			return fail(err, SWPD_E_NOT_HERE, 0, "--encode %s: this kernel has no marker %s",
				s->text, marker_names[i]);
	s->offset = s->marker;
	return 0;
}

/* young and dirty are bits of the offset. */
static int settle_age(const struct session *session, struct spec *s, struct swpd_error *err)
{
	const struct swpd_decoder *dec = session->dec;
	static const unsigned int age = 1u << SWPD_FLAG_YOUNG | 1u << SWPD_FLAG_DIRTY;
	uint64_t bits = (s->flags & 1u << SWPD_FLAG_YOUNG ? dec->young : 0) |
			(s->flags & 1u << SWPD_FLAG_DIRTY ? dec->dirty : 0);

	if (!(s->flags & age))
		goto done;
	if (s->cls < SWPD_MIGRATION_READ || s->cls > SWPD_MIGRATION_WRITE)
		return fail(err, SWPD_E_USAGE, 0,
			"--encode %s: young and dirty are of migration entries, not of %s", s->text,
			swpd_class_name(s->cls));
	if (dec->pfn_doubt)
		return fail(err, SWPD_E_NOT_HERE, 0,
			"--encode %s: where young and dirty are depends on what is not known: "
			"SPARSEMEM or FLATMEM (-s says)",
			s->text);
	if (!dec->young)
		return fail(err, SWPD_E_NOT_HERE, 0,
			"--encode %s: this kernel does not record young and dirty in migration entries",
			s->text);
	s->offset |= bits;
done:
	s->flags &= ~age;
	return 0;
}

/* Flags that this layout has no bit for, or one that means something only with an option that is not known.
 */
static int settle_flags(const struct session *session, const struct spec *s, struct swpd_error *err)
{
	const struct swpd_target *t = &session->facts->target;
	const struct packing *p = &session->dec->packing[0];
	release_t release = target_as(t, session->form == FORM_PAGEMAP ? SUBJECT_PAGEMAP : SUBJECT_LAYOUT);

	for (int flag = 0; flag < SWPD_FLAG_N; flag++) {
		const struct flag_bit *f = p->row->flags;
		bool has = false, certain = false;
		enum knob knob = KNOB_NONE;

		if (!(s->flags & 1u << flag))
			continue;
		for (int i = 0; i < p->n_flags; i++)
			if (p->flags[i].flag == 1u << flag) {
				has = true;
				certain |= p->flags[i].certain;
			}
		for (; f < p->row->flags + 8 && f->levels; f++)
			if (f->flag == (enum swpd_flag)flag && release >= f->since &&
				(!f->until || release < f->until))
				knob = f->knob;
		if (!has)
			return fail(err, SWPD_E_NOT_HERE, 0,
				"--encode %s: no entry of layout %s carries %s with this kernel%s%s", s->text,
				p->row->id, swpd_flag_name(flag), knob == KNOB_NONE ? "" : ": needs ",
				knob == KNOB_NONE ? "" : knob_name(knob));
		if (!certain)
			return fail(err, SWPD_E_NOT_HERE, 0,
				"--encode %s: %s depends on what is not known: %s (-s says)", s->text,
				swpd_flag_name(flag), knob_name(knob));
	}
	return 0;
}

static int need_row(const struct session *session, const struct spec *s, struct swpd_error *err)
{
	const struct swpd_decoder *dec = session->dec;
	const struct swpd_target *t = &session->facts->target;

	if (dec->n_packing == 1 && dec->packing[0].n_type)
		return 0;
	if (dec->n_packing == 1)
		return fail(err, SWPD_E_NOT_HERE, 0,
			"--encode %s: this kernel has no swap entries at level %s", s->text,
			swpd_level_name(dec->level));
	if (dec->n_packing)
		return fail(err, SWPD_E_NOT_HERE, 0,
			"--encode %s: where the fields are depends on what is not known: %s (-s says)",
			s->text, knob_name(dec->packing[0].row->knob));
	if (!t->release)
		return fail(err, SWPD_E_NOT_HERE, 0,
			"--encode %s: the kernel release is not known: give -k RELEASE", s->text);
	if (session->form == FORM_PTE && !t->arch)
		return fail(err, SWPD_E_NOT_HERE, 0,
			"--encode %s: the architecture is not known: give -A ARCH", s->text);
	return fail(err, SWPD_E_NOT_HERE, 0, "--encode %s: no layout is known for this release and level",
		s->text);
}

int ask_encode(const struct session *session, const char *text, uint64_t *word, struct swpd_error *err)
{
	const struct swpd_decoder *dec = session->dec;
	unsigned int bits;
	struct spec s;

	if (parse_spec(&s, text, err) < 0 || need_row(session, &s, err) < 0 ||
		settle_type(session, &s, err) < 0)
		return -1;
	if (s.has_pfn && settle_pfn(session, &s, err) < 0)
		return -1;
	if (s.has_marker && settle_marker(session, &s, err) < 0)
		return -1;
	if (!s.has_offset && !s.has_pfn && !s.has_marker)
		return fail(err, SWPD_E_USAGE, 0, "--encode %s: %s is missing", text,
			swpd_class_holds_pfn(s.cls) ? "pfn= or offset="
			: s.cls == SWPD_PTE_MARKER  ? "marker= or offset="
						    : "offset=");
	bits = dec->packing[0].offset_written;
	if (s.offset & ~ONES(bits))
		return fail(err, SWPD_E_RANGE, 0,
			"--encode %s: offset 0x%llx does not fit: it has %u bits here, at most 0x%llx", text,
			(unsigned long long)s.offset, bits, (unsigned long long)ONES(bits));
	if (settle_age(session, &s, err) < 0 || settle_flags(session, &s, err) < 0)
		return -1;
	if (!swpd_encode(dec, s.type, s.offset, s.flags, word, err))
		return fail_context(err, "--encode %s", text);
	return 0;
}

void ask_encoded_json(
	struct out *out, const struct session *session, char *const *specs, const uint64_t *words, size_t n)
{
	out_printf(out, "{\"schema_version\":%d,\n\"meta\":", SCHEMA_VERSION);
	json_meta(out, session);
	out_text(out, ",\n\"encoded\":[");
	for (size_t i = 0; i < n; i++) {
		struct swpd_entry e;

		swpd_decode(session->dec, words[i], &e);
		out_text(out, i ? ",\n{\"spec\":" : "\n{\"spec\":");
		out_json_string(out, specs[i]);
		out_printf(out, ",\"word\":\"0x%llx\",\"class\":", (unsigned long long)words[i]);
		out_json_string(out, swpd_class_name(e.cls));
		if (e.has & SWPD_HAS_TYPE)
			out_printf(out, ",\"swap_type\":%u,\"swap_offset\":\"0x%llx\"", e.type,
				(unsigned long long)e.offset);
		else
			out_text(out, ",\"swap_type\":null,\"swap_offset\":null");
		out_text(out, ",\"layout\":");
		put_json_text(out, swpd_decoder_row(session->dec));
		out_text(out, "}");
	}
	out_text(out, "\n]}\n");
}
