/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Entries in any text, line by line. What a line is decides what is taken from it, in this order:
 *
 *	bf8e3000  SWAP: /dev/sda8  OFFSET: 22716   crash, vm -p: a slot, in decimal, of a device
 *	PTE   SWAP   OFFSET / 58bc00 ...           crash, pte and vtop: a table; first word of the line
 *	                                           after its heading. Other tables are passed over
 *	PTE: c6bbe410 => 58bc00                    crash, vtop: what the entry at an address holds
 *	pte = 0x58bc00, {.pmd = 0x...}             gdb, drgn, and people: what is called an entry
 *	>>> hex(pte.pte)                           drgn, gdb: so is the answer, which stands in the next line
 *	ffff88003a1f2000:  58bc00 0 ...            crash, rd; gdb, x: a dump of words
 *	00001000  00 bc 58 00 ...                  hexdump -C, xxd, od: a dump of bytes
 *	... 0x8000000012345067 ...                 else: numbers that say that they are, or are long enough,
 *	                                           but not after what shows that entries are called so here
 */
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "source/source.h"

#define LINE_VALUES 64

struct value {
	uint64_t word;
	uint32_t line, column;
	enum swpd_form form;
	enum swpd_level level;
	bool slot; /* on the device of its line */
};

struct text {
	struct source source;
	struct origin origin;
	struct facts *facts;
	const struct swpd_target *target; /* that of the facts */
	struct swpd_target said;          /* what the user said of it */
	bool host;                        /* the facts are those of this machine */
	char release[72], machine[24];    /* what the text says; empty: nothing yet */
	enum swpd_level level; /* where nothing says which */
	int fd;
	struct lines in;
	uint32_t line;
	enum {
		TABLE_NONE,
		TABLE_PTE,   /* the line before was the heading of a table, whose first column is entries … */
		TABLE_SWAP,  /* … and the second a swap device */
		TABLE_OTHER, /* this line may belong to a table of something else */
	} table;
	struct value value[LINE_VALUES + 1];
	struct value held; /* what a walk found last, of which the next lines may say more; line 0: none */
	bool walk;         /* this line is a step of one */
	bool named;       /* entries are called so here, or it is a transcript: no loose number is one */
	bool frames;      /* this line may belong to a frame of a backtrace */
	bool braces;      /* it may be in the braces of a C value, where what has no 0x is decimal */
	bool dumped;      /* the line before was of a dump */
	const struct label *asked; /* what the command in the line before asked for; NULL: nothing known */
	char device[128]; /* of the slot in this line; empty: not known */
	int n, given;
	struct swpd_decoder dec;
	const struct layout *row; /* of entries in the dumps of the target's memory; NULL: not known */
	uint64_t word;
	uint32_t word_line, word_column;
};

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_word(char c)
{
	return is_digit(c) || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') || c == '_';
}

static void add(struct text *s, const char *line, const char *at, uint64_t word, enum swpd_form form,
	enum swpd_level level)
{
	if (s->n == LINE_VALUES)
		return;
	s->value[s->n].word = word;
	s->value[s->n].line = s->line;
	s->value[s->n].column = at - line + 1;
	s->value[s->n].slot = false;
	s->value[s->n].form = form;
	s->value[s->n++].level = level;
}

/* A hexadecimal number that is a word by itself; returns its end, NULL if there is none. */
static const char *hex_word(const char *p, uint64_t *value)
{
	size_t n = 0;

	while (is_word(p[n]))
		n++;
	return n && parse_hex(p, n, value) ? p + n : NULL;
}

static const char *blanks(const char *p)
{
	return p + strspn(p, " \t");
}

/* ---- what a line can be ---- */

static const struct label {
	const char *name;
	int level; /* SWPD_LEVEL_N: a swp_entry_t; -1: of a level without entries of interest */
} labels[] = {
	{ "PGD", -1 },
	{ "pgd", -1 },
	{ "P4D", -1 },
	{ "p4d", -1 },
	{ "PAGE", -1 },
	{ "DIRECTORY", -1 },
	{ "PHYSICAL", -1 },
	{ "pte", SWPD_LEVEL_PTE },
	{ "PTE", SWPD_LEVEL_PTE },
	{ "pmd", SWPD_LEVEL_PMD },
	{ "PMD", SWPD_LEVEL_PMD },
	{ "pud", SWPD_LEVEL_PUD },
	{ "PUD", SWPD_LEVEL_PUD },
	{ "pte_val", SWPD_LEVEL_PTE },
	{ "pmd_val", SWPD_LEVEL_PMD },
	{ "pteval_t", SWPD_LEVEL_PTE },
	{ "pmdval_t", SWPD_LEVEL_PMD },
	{ "swp_entry", SWPD_LEVEL_N },
	{ "swp_entry_t", SWPD_LEVEL_N },
	{ "val", SWPD_LEVEL_N },
};

static const struct label *label_of(const char *word, size_t n)
{
	for (size_t i = 0; n && i < ARRAY_SIZE(labels); i++)
		if (strlen(labels[i].name) == n && !memcmp(word, labels[i].name, n))
			return &labels[i];
	return NULL;
}

static void add_labelled(
	struct text *s, const char *line, const char *at, uint64_t word, const struct label *l)
{
	bool entry = l->level == SWPD_LEVEL_N;

	if (l->level >= 0)
		add(s, line, at, word, entry ? FORM_SWP_ENTRY : FORM_PTE, entry ? SWPD_LEVEL_PTE : l->level);
}

/* A number as debuggers print a value of C: decimal unless it begins with 0x. Like hex_word(). */
static const char *c_word(const char *p, uint64_t *value)
{
	size_t n = strspn(p, "0123456789");
	char digits[24];

	if (!n || n >= sizeof(digits) || is_word(p[n]))
		return p[0] == '0' && p[1] == 'x' ? hex_word(p, value) : NULL;
	snprintf(digits, sizeof(digits), "%.*s", (int)n, p);
	return parse_number(digits, 10, UINT64_MAX, value) ? p + n : NULL;
}

/* A number that begins with 0x, or has at least eight digits of which one is not a letter. */
static const char *loose_word(const char *p, uint64_t *value)
{
	const char *end = hex_word(p, value);
	size_t n = end ? end - p : 0;

	return (n >= 8 || (n > 4 && p[1] == 'x')) && strcspn(p, "0123456789") < n ? end : NULL;
}

/* Behind a cast such as (unsigned long), or where it would be. */
static const char *past_cast(const char *p)
{
	const char *q = *p == '(' ? p + 1 + strspn(p + 1, "abcdefghijklmnopqrstuvwxyz0123456789_ *") : p;

	return q > p && *q == ')' ? blanks(q + 1) : p;
}

/* Behind words that people write between a name and its value. */
static const char *past_verbs(const char *p)
{
	static const char *const verbs[] = { "is ", "was ", "value ", "entry " };

	for (size_t i = 0; i < ARRAY_SIZE(verbs); i++)
		if (!strncmp(p, verbs[i], strlen(verbs[i]))) {
			p = blanks(p + strlen(verbs[i]));
			i = -1;
		}
	return p;
}

/*
 * NAME: ADDRESS => VALUE, NAME = VALUE, NAME: VALUE, NAME=(type)VALUE, (NAME)VALUE, NAME is VALUE;
 * a swp_entry_t is { val = VALUE }.
 */
static bool take_labelled(struct text *s, const char *line)
{
	bool any = false;

	for (const char *p = line; *p; p++) {
		const struct label *l;
		const char *q, *end, *arrow;
		uint64_t value;
		size_t n = 0;
		bool c = s->braces || (p > line && (p[-1] == '.' || p[-1] == '{')) ||
			(p > line + 1 && p[-1] == ' ' && strchr("{,", p[-2]) && strchr(line, '{'));

		while (is_word(p[n]))
			n++;
		l = label_of(p, n);
		q = blanks(p + n);
		p += n ? n - 1 : 0;
		if (!l)
			continue;
		if (*q == ':' || *q == '=') {
			const char *cast = blanks(q + 1);

			q = past_cast(cast);
			end = c || q > cast ? c_word(q, &value) : hex_word(q, &value);
		} else if (*q == ')') {
			q = blanks(q + 1);
			end = c_word(q, &value);
		} else {
			q = past_verbs(q);
			end = loose_word(q, &value);
		}
		if (!end)
			continue;
		arrow = blanks(end);
		if (!strncmp(arrow, "=>", 2)) {
			q = blanks(arrow + 2);
			end = hex_word(q, &value);
			if (!end)
				continue;
			s->walk = l->level >= 0;
		}
		any = true;
		add_labelled(s, line, q, value, l);
		p = end - 1;
	}
	return any;
}

/* $1 = VALUE, (type)VALUE, 'VALUE', and nothing else. */
static bool take_answer(struct text *s, const char *line, const struct label *asked)
{
	const char *p = blanks(line), *end;
	uint64_t value;

	if (*p == '$') {
		p = blanks(p + 1 + strspn(p + 1, "0123456789"));
		p = *p == '=' ? blanks(p + 1) : p;
	}
	p = past_cast(p);
	p += *p == '\'';
	end = asked ? c_word(p, &value) : NULL;
	if (!end || end[strspn(end, "' \t\r")])
		return false;
	add_labelled(s, line, p, value, asked);
	return true;
}

/* Two words or more of capitals. */
static bool is_heading(const char *line)
{
	size_t n;
	int words = 0;

	for (line = blanks(line); (n = strspn(line, "ABCDEFGHIJKLMNOPQRSTUVWXYZ_%")); words++)
		line = blanks(line + n);
	return words > 1 && (!*line || *line == '\r');
}

/* The value added last is a slot of the device named at p. */
static void set_device(struct text *s, const char *p)
{
	s->value[s->n - 1].slot = true;
	snprintf(s->device, sizeof(s->device), "%.*s", *p == '(' ? 0 : (int)strcspn(p, " \t\r"), p);
}

static bool take_table(struct text *s, const char *line)
{
	const char *p = blanks(line), *end;
	uint64_t value;

	if (is_heading(line)) {
		s->table = strncmp(p, "PTE ", 4) ? TABLE_OTHER :
			strstr(p, "SWAP")        ? TABLE_SWAP :
			strstr(p, "PHYSICAL")    ? TABLE_PTE :
						   TABLE_OTHER;
		return true;
	}
	end = s->table ? hex_word(p, &value) : NULL;
	if (end && s->table != TABLE_OTHER)
		add(s, line, p, value, FORM_PTE, SWPD_LEVEL_PTE);
	if (end && s->table == TABLE_SWAP && *blanks(end) == '/')
		set_device(s, blanks(end));
	if (!end || s->table != TABLE_OTHER)
		s->table = TABLE_NONE;
	return end;
}

/* The type is not printed, only the name of the device. */
static bool take_slot(struct text *s, const char *line)
{
	const char *swap = strstr(line, "SWAP: "), *offset = swap ? strstr(swap, "OFFSET: ") : NULL;
	char digits[24];
	uint64_t value;

	if (!offset)
		return false;
	offset = blanks(offset + strlen("OFFSET: "));
	snprintf(
		digits, sizeof(digits), "%.*s", (int)(strspn(offset, "0123456789") % sizeof(digits)), offset);
	if (!parse_number(digits, 10, UINT32_MAX, &value))
		return true;
	add(s, line, offset, value, FORM_SWP_ENTRY, SWPD_LEVEL_PTE);
	set_device(s, blanks(swap + strlen("SWAP: ")));
	return true;
}

/* Bytes of a hex dump as the machine's words. */
static void take_bytes(struct text *s, const char *line, const uint8_t *byte, const char *const *at, int n)
{
	const struct swpd_target *t = s->target;
	int size = t->variant ? (int)arch_pte_bytes(t->arch, t->variant, s->row) : 0;

	for (int i = 0; size && i + size <= n; i += size)
		add(s, line, at[i],
			arch_pte_word(t->arch, t->variant, s->row, facts_big_endian(s->facts), byte + i),
			FORM_PTE, s->level);
}

/* An address or offset, and then groups of digits that are all alike. */
static bool take_dump(struct text *s, const char *line)
{
	const char *p = blanks(line), *at[64];
	uint64_t address, value;
	const char *end = hex_word(p, &address);
	uint8_t byte[64];
	size_t width = 0;
	int n = 0;

	if (!end || end - p < 6)
		return false;
	p = blanks(end);
	if (*p == '<') /* gdb: <symbol+offset> */
		p = strchr(p, '>') ? blanks(strchr(p, '>') + 1) : p;
	if (*p == ':')
		p++;
	else if (p == end || (p == end + 1 && end[1] == '0' && end[2] == 'x'))
		return false;
	for (;;) {
		const char *start;
		size_t len;

		start = blanks(p);
		/* the letters that the bytes are stand behind more blanks than the groups, or a bar */
		if ((n && start - p > 2) || !(end = hex_word(start, &value)))
			break;
		len = end - start;
		if (len > 2 && start[0] == '0' && start[1] == 'x')
			len -= 2;
		if (width && len != width && width < 8)
			break;
		width = len;
		if (width >= 8) {
			add(s, line, start, value, FORM_PTE, s->level);
			n++;
		} else if (width == 2 || width == 4) { /* xxd prints bytes in pairs, in their order */
			for (int k = width / 2; k-- > 0 && n < 64; n++) {
				byte[n] = value >> 8 * k;
				at[n] = start;
			}
		} else {
			break;
		}
		p = end;
	}
	if (width < 8)
		take_bytes(s, line, byte, at, n);
	return n > 0;
}

/* What such a word stands before is something else: an address, or no number of the memory management. */
static const char *const others[] = { "at",
	"addr", "address", "vaddr", "task", "pid", "tgid", "commit", "flags",
	"vm_flags", "page", "pfn", "mapping", "index", "anon_vma", "mm", "vma", "inode" };

/* Is the number at p, a word of the line, called something that is no entry? */
static bool is_other(const char *line, const char *p)
{
	const char *end = p, *start;
	bool colon = false;
	size_t n;

	while (end > line && strchr(" \t=:[('\"", end[-1]))
		colon |= *--end == ':';
	for (start = end; start > line && is_word(start[-1]); start--)
		;
	n = end - start;
	for (size_t i = 0; i < ARRAY_SIZE(others); i++)
		if (strlen(others[i]) == n && !memcmp(start, others[i], n))
			return true;
	/* registers, and what crash prints: TASK: RSP: 0018: */
	return colon && n && strspn(start, "ABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789") >= n;
}

static void take_numbers(struct text *s, const char *line)
{
	for (const char *p = line; *p; p++) {
		uint64_t value;
		size_t n = 0;

		while (is_word(p[n]))
			n++;
		if (n && loose_word(p, &value) && p[n] != ':' && p[n] != '-' && !is_other(line, p))
			add(s, line, p, value, FORM_PTE, s->level);
		p += n ? n - 1 : 0;
	}
}

static const char *const prompts[] = { "crash> ", "crash64> ", "(gdb) ", ">>> " };

static bool is_command(const char *line)
{
	for (size_t i = 0; i < ARRAY_SIZE(prompts); i++)
		if (!strncmp(line, prompts[i], strlen(prompts[i])))
			return true;
	return false;
}

/* What somebody typed. The last name in it says what the answer is. */
static bool take_command(struct text *s, const char *line)
{
	bool is = is_command(line);

	for (const char *p = line; is && *p; p++) {
		const struct label *l;
		size_t n = 0;

		while (is_word(p[n]))
			n++;
		l = label_of(p, n);
		s->asked = l ? l : s->asked;
		p += n ? n - 1 : 0;
	}
	return is;
}

/* The word at p, as the value of what crash says about the machine. True if it is news. */
static bool learn(char *to, size_t size, const char *p)
{
	int n = strcspn(p, " \t\r");

	if (!n || (size_t)n >= size || (strlen(to) == (size_t)n && !memcmp(to, p, n)))
		return false;
	snprintf(to, size, "%.*s", n, p);
	return true;
}

static void make_decoder(struct text *s, enum swpd_form form, enum swpd_level level)
{
	swpd_decoder_init(&s->dec, s->target, form, level);
	s->origin.serial++;
	s->origin.form = form;
	s->origin.level = level;
	s->origin.pages = swpd_level_pages(s->target, level);
}

/* Of another kernel than that of this machine nothing is known but what was said. */
static void learn_machine(struct text *s, const char *line)
{
	struct facts *f = s->facts;
	const struct arch *arch;
	const char *p = blanks(line), *name = s->machine;
	char where[32];
	bool news = false;

	if (!strncmp(p, "RELEASE: ", 9))
		news = learn(s->release, sizeof(s->release), blanks(p + 9));
	else if (!strncmp(p, "MACHINE: ", 9))
		news = learn(s->machine, sizeof(s->machine), blanks(p + 9));
	for (const char *c = s->release; !s->machine[0] && *c; c++)
		name = strchr(".-+", *c) ? c + 1 : name; /* the last part of most releases says it too */
	arch = arch_find(name);
	arch = arch && !arch->pseudo ? arch : NULL;
	if (!news || (s->host && !(s->release[0] && strcmp(s->release, s->target->release_text)) &&
			     !(arch && arch != s->target->arch)))
		return;
	f->target = s->said;
	s->host = false;
	memset(&f->swaps, 0, sizeof(f->swaps));
	f->host[0] = f->boot_id[0] = 0;
	snprintf(where, sizeof(where), "line %u", s->line);
	if (!s->said.arch)
		fact_named(f, arch, name);
	if (arch)
		fact_arch(f, arch, NULL, where);
	if (s->release[0])
		fact_release(f, s->release, where);
	facts_assume(f);
	make_decoder(s, FORM_PTE, s->level);
	s->row = s->dec.n_packing ? s->dec.packing[0].row : NULL;
}

/* How lines begin that only debuggers print. */
static const char *const marks[] = { "PID: ", "TASK: ", "COMMAND: ", "KERNEL: ", "RELEASE: ", "MACHINE: " };
static const char *const headings[] = { "VIRTUAL ", "PTE ", "VMA ", "MM ", "PID " };

static void see_transcript(struct text *s, const char *line)
{
	const char *p = blanks(line), *q = p + 1 + strspn(p + 1, "0123456789"), *end = p + strlen(p);

	for (size_t i = 0; i < ARRAY_SIZE(marks); i++)
		s->named |= !strncmp(p, marks[i], strlen(marks[i]));
	for (size_t i = 0; i < ARRAY_SIZE(headings); i++)
		s->named |= !strncmp(p, headings[i], strlen(headings[i])) && is_heading(p);
	s->frames = s->frames && line[0] == ' ';
	if (*p == '#' && q > p + 1 && (!strncmp(q, " [", 2) || !strncmp(blanks(q), "0x", 2)))
		s->named = s->frames = true;
	while (end > p && (unsigned char)end[-1] <= ' ')
		end--;
	if (*p == '}')
		s->braces = false;
	else if (end > p && end[-1] == '{')
		s->named = s->braces = true;
}

static void take_line(struct text *s, struct line *l)
{
	const struct label *asked = s->asked;
	bool dumped = s->dumped;
	const char *p;
	uint64_t value;

	for (size_t i = 0; i < l->len; i++) /* what is no text cannot end a line early */
		if (!l->text[i])
			l->text[i] = ' ';
	s->dumped = false;
	s->asked = NULL;
	if (take_command(s, l->text)) {
		s->named = true;
		s->frames = s->braces = false;
		return;
	}
	see_transcript(s, l->text);
	learn_machine(s, l->text);
	if (s->frames)
		return;
	if (take_slot(s, l->text) || take_table(s, l->text) || take_labelled(s, l->text) ||
		take_answer(s, l->text, asked)) {
		s->named |= s->n > 0;
		return;
	}
	s->dumped = take_dump(s, l->text);
	if (s->dumped || s->named)
		return;
	/* hexdump puts * for lines that are alike, and the offset of the end by itself */
	p = blanks(l->text);
	s->dumped = dumped && *p == '*';
	p = dumped ? hex_word(p, &value) : NULL;
	if (!p || p[strspn(p, " \t\r")])
		take_numbers(s, l->text);
}

/*
 * Of the steps of a walk the last counts, the others only lead there; and where the same entry is the next
 * one in a table, that tells more.
 */
static void take_step(struct text *s, const char *line)
{
	bool deeper = s->walk && s->held.line + 1 == s->line && s->held.level > s->value[s->n - 1].level;
	bool again = !s->walk && s->n && s->held.word == s->value[0].word &&
		s->held.form == s->value[0].form && s->held.level == s->value[0].level;

	if (!s->walk && !s->n && (is_heading(line) || !line[strspn(line, " \t\r")]))
		return;
	if (s->held.line && !deeper && !again) {
		memmove(s->value + 1, s->value, s->n++ * sizeof(*s->value));
		s->value[0] = s->held;
	}
	s->held.line = 0;
	if (s->walk)
		s->held = s->value[--s->n];
}

/* ---- the stream ---- */

static enum event next(struct source *source, struct batch *b, struct swpd_error *err, int *status)
{
	struct text *s = (struct text *)source;
	const struct value *v;
	struct line line;
	int got;

	*status = 0;
	while (s->given == s->n) {
		got = lines_next(&s->in, &line);
		if (got < 0)
			*status = fail_read(err, s->in.error, s->origin.file);
		if (got < 0 || (!got && !s->held.line))
			return EVENT_END;
		s->line += got;
		s->n = s->given = 0;
		s->walk = false;
		if (got)
			take_line(s, &line);
		take_step(s, got ? line.text : "the end");
	}
	v = &s->value[s->given++];
	if (v->form != s->origin.form || v->level != s->origin.level)
		make_decoder(s, v->form, v->level);
	if (v->slot || s->origin.device) {
		s->origin.device = v->slot ? s->device : NULL;
		s->origin.serial++;
	}
	s->word = v->word;
	s->word_line = v->line;
	s->word_column = v->column;
	b->origin = &s->origin;
	s->origin.dec = &s->dec;
	b->n = 1;
	b->words = &s->word;
	b->lines = &s->word_line;
	b->columns = &s->word_column;
	return EVENT_WORDS;
}

static void close_source(struct source *source)
{
	struct text *s = (struct text *)source;

	if (s->fd > 0)
		close(s->fd);
	free(s);
}

bool source_is_transcript(const struct head *head)
{
	char line[16];

	snprintf(line, sizeof(line), "%.*s", (int)(head->n < sizeof(line) ? head->n : sizeof(line) - 1),
		head->text);
	/* >>> may as well be a log in a mail that was quoted three times */
	return (line[0] != '>' && is_command(line)) || !strncmp(blanks(line), "PID: ", 5);
}

struct source *source_text(int fd, const char *file, const struct head *head,
	struct facts *facts, const struct swpd_target *said, bool host, enum swpd_level level,
	struct swpd_error *err)
{
	struct text *s = calloc(1, sizeof(*s));

	if (!s) {
		fail(err, SWPD_E_SYSTEM, errno, "%s", sys_text(errno));
		return NULL;
	}
	s->source.next = next;
	s->source.close = close_source;
	s->source.form = FORM_PTE;
	s->source.tells = true;
	s->facts = facts;
	s->target = &facts->target;
	s->said = *said;
	s->host = host;
	s->level = level;
	make_decoder(s, FORM_PTE, level);
	s->row = s->dec.n_packing ? s->dec.packing[0].row : NULL;
	s->fd = fd;
	s->origin.file = file;
	s->origin.positions = true;
	lines_init(&s->in, fd);
	memcpy(s->in.buf, head->text, head->n);
	s->in.end = head->n;
	return &s->source;
}
