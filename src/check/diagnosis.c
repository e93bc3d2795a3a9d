/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What an entry that makes no sense looks like, and what that says about how it came to be. Only of entries
 * that the kernel complained about, and of loose values that no machine can hold: of others, all this is
 * chance.
 */
#include "check/check.h"

typedef bool check_fn(struct check_context *c, const struct swpd_entry *e, char *text, size_t size);
check_fn check_kernel_misprint, check_wrong_era, check_freed_table, check_torn_pte, check_fill_byte,
	check_bit_flip, check_ascii, check_machine_code, check_kernel_pointer, check_user_pointer,
	check_empty_offset, check_no_swap;

#define OFFSET_ABSURD (1ull << 40) /* pages: 4 PiB of swap */

/* The word as the page table held it, and how to read it. */
struct word {
	uint64_t raw;
	bool sure; /* false: the layout is not known, and this is the swp_entry_t itself */
	bool one;  /* dec has one layout, so that it can tell */
	unsigned int bytes;
	const struct swpd_decoder *dec;
};

static bool suspect(struct check_context *c, const struct swpd_entry *e)
{
	const struct origin *o = c->origin;

	if (o->clue)
		return o->clue->bad;
	return !o->process && o->form != FORM_PAGEMAP && e->cls == SWPD_SWAP && e->offset >= OFFSET_ABSURD;
}

static const struct swpd_decoder *table_decoder(struct check_context *c)
{
	const struct swpd_target *t = &c->facts->target;

	if (!c->in_table_made || c->in_table.level != c->origin->level ||
		memcmp(&c->in_table_of, t, sizeof(*t))) {
		c->in_table_made = true;
		c->in_table_of = *t;
		swpd_decoder_init(&c->in_table, t, FORM_PTE, c->origin->level);
	}
	return &c->in_table;
}

/* False if there is nothing to look at. */
static bool get_word(struct check_context *c, const struct swpd_entry *e, struct word *w)
{
	const struct swpd_target *t = &c->facts->target;
	const struct swpd_decoder *dec;
	struct swpd_error err;

	if (!suspect(c, e))
		return false;
	w->raw = e->word;
	w->sure = true;
	w->one = c->dec->n_packing == 1;
	w->dec = c->dec;
	w->bytes = e->word >> 32 || !t->arch || c->dec->packing[0].known >> 32 ? 8 : 4;
	if (c->origin->form != FORM_SWP_ENTRY)
		return true;
	dec = table_decoder(c);
	w->sure = e->has & SWPD_HAS_TYPE && swpd_encode(dec, e->type, e->offset, 0, &w->raw, &err);
	w->one = w->sure;
	if (w->sure) {
		w->dec = dec;
		w->bytes = dec->packing[0].known >> 32 ? 8 : 4;
	}
	if (!w->sure)
		w->raw = e->word;
	return true;
}

/* ---- what the message says ---- */

bool check_kernel_misprint(struct check_context *c, const struct swpd_entry *e, char *text, size_t size)
{
	const struct clue *clue = c->origin->clue;

	if (clue && clue->unlike && e->has & SWPD_HAS_SWP_ENTRY) {
		snprintf(text, size,
			"low confidence: line %u, just before, prints 0x%llx where this is 0x%llx: one of "
			"the two is wrong, or they are not one entry",
			clue->printed_line, (unsigned long long)clue->printed,
			(unsigned long long)e->swp_entry);
		return true;
	}
	if (!clue || !clue->has_printed || clue->other_row || !(e->has & SWPD_HAS_SWP_ENTRY) ||
		clue->printed == e->swp_entry)
		return false;
	snprintf(text, size, "high confidence: line %u prints it as 0x%llx, but it is 0x%llx: 0x%llx differs",
		clue->printed_line, (unsigned long long)clue->printed, (unsigned long long)e->swp_entry,
		(unsigned long long)(clue->printed ^ e->swp_entry));
	return true;
}

bool check_freed_table(struct check_context *c, const struct swpd_entry *e, char *text, size_t size)
{
	const struct clue *clue = c->origin->clue;

	(void)e;
	if (!clue || !clue->has_table || clue->table)
		return false;
	snprintf(text, size,
		"high confidence: nothing leads to this page table any more (pmd 0): the value means "
		"nothing");
	return true;
}

/* ---- what the word looks like ---- */

/* Both halves of the word belong to the entry, and the CPU writes them one after the other. */
bool check_torn_pte(struct check_context *c, const struct swpd_entry *e, char *text, size_t size)
{
	const struct swpd_target *t = &c->facts->target;
	const struct packing *p = &c->dec->packing[0];
	uint64_t mask = 0;

	if (!suspect(c, e) || !t->arch || c->origin->form != FORM_PTE || c->dec->n_packing != 1 ||
		arch_word_bits(t->arch, t->variant) == 64)
		return false;
	for (int i = 0; i < p->n_offset; i++)
		mask |= p->offset[i].mask;
	if (!(mask >> 32) || !(uint32_t)mask || !!(e->word >> 32) == !!(uint32_t)e->word)
		return false;
	snprintf(text, size,
		"medium confidence: the %s 32 bits are zero, as if only the other half had been written",
		e->word >> 32 ? "lower" : "upper");
	return true;
}

/* What addresses begin with, whatever the machine; on those of 32 bits nothing tells them apart. */
static const struct {
	uint64_t first, last;
	bool kernel;
} addresses[] = {
	{ 0xffff000000000000, 0xfffffffffffff000, true },  /* the upper end */
	{ 0xc000000000000000, 0xc00fffffffffffff, true },  /* linear mapping by region */
	{ 0x00007f0000000000, 0x00007fffffffffff, false }, /* stacks and libraries */
	{ 0x0000550000000000, 0x000056ffffffffff, false }, /* programs */
	{ 0x00002aaaaaaa0000, 0x00002affffffffff, false }, /* libraries before 2.6.2x, and of small stacks */
};

/* Does a kernel for this architecture hand out such addresses? Of 32 bits, nearly all words are some. */
static bool in_area(const struct arch *arch, uint64_t word, bool kernel)
{
	for (const struct area *a = arch && word >> 32 ? arch->areas : NULL; a && a->last; a++)
		if (word >= a->start && word <= a->last && !strncmp(a->what, kernel ? "kernel" : "user", 4))
			return true;
	return false;
}

static bool is_address(const struct arch *arch, uint64_t word, bool kernel)
{
	for (size_t i = 0; i < ARRAY_SIZE(addresses); i++)
		if (addresses[i].kernel == kernel && word >= addresses[i].first && word <= addresses[i].last)
			return true;
	return in_area(arch, word, kernel);
}

/* Two times the same four bytes, all of them empty or full, as those of simple colours are. */
static bool pixels(uint64_t word)
{
	uint32_t half = word, ones = half & 0x01010101;

	return half == word >> 32 && half == ones * 0xff && ones && ones != 0x01010101;
}

/* Bits that are equal to those eight further on, at any alignment: a byte that repeats. */
bool check_fill_byte(struct check_context *c, const struct swpd_entry *e, char *text, size_t size)
{
	unsigned int best = 0, at = 0, run = 0;
	uint64_t differs;
	struct word w;

	if (!get_word(c, e, &w))
		return false;
	if (w.sure && w.bytes == 8 && pixels(w.raw)) {
		snprintf(text, size,
			"medium confidence: the halves of 0x%llx are equal, 0x%08x: pixels, or memory that "
			"was filled",
			(unsigned long long)w.raw, (uint32_t)w.raw);
		return true;
	}
	differs = w.raw ^ w.raw >> 8;
	for (unsigned int i = 0; i < w.bytes * 8 - 8; i++) {
		uint8_t byte = w.raw >> i;

		run = differs >> i & 1 || byte == 0 || byte == 0xff ? 0 : run + 1;
		if (run > best) {
			best = run;
			at = i - run + 1;
		}
	}
	if (best < 16 || is_address(c->facts->target.arch, w.raw, false))
		return false;
	at = (at + 7) / 8 * 8 < 56 && w.sure ? (at + 7) / 8 * 8 : at;
	snprintf(text, size,
		"%s confidence: byte 0x%02x stands %u times in 0x%llx: memory that was filled or poisoned",
		best >= 24 ? "high" : "medium", (uint8_t)(w.raw >> at), (best + 8) / 8,
		(unsigned long long)w.raw);
	return true;
}

static bool fills(struct check_context *c, const struct swpd_entry *e)
{
	char text[200];

	return check_fill_byte(c, e, text, sizeof(text));
}

/* An entry that the swap devices of the machine can hold. */
static bool valid(const struct swap_devices *s, const struct swpd_entry *e)
{
	return s->known && e->cls == SWPD_SWAP && e->type < (unsigned int)s->n && e->offset &&
	       e->offset <= s->device[e->type].pages;
}

/* The bit that is wrong if only one is: -1 if that is not so. *device: else it were an entry of this device.
 */
static int flipped(
	struct check_context *c, const struct swpd_entry *e, const struct word *w, int *device)
{
	const struct swap_devices *s = &c->facts->swaps;
	int found = -1, n = 0;

	*device = -1;
	if (!(w->raw & (w->raw - 1)))
		return w->raw ? __builtin_ctzll(w->raw) : -1;
	if (!w->one || e->cls == SWPD_NONE || e->cls == SWPD_PRESENT || valid(s, e))
		return -1;
	for (unsigned int bit = 0; bit < w->bytes * 8; bit++) {
		struct swpd_entry other;

		swpd_decode(w->dec, w->raw ^ 1ull << bit, &other);
		if (other.cls == SWPD_NONE)
			return bit;
		if (!valid(s, &other))
			continue;
		found = bit;
		*device = other.type;
		n++;
	}
	return n == 1 ? found : -1;
}

bool check_bit_flip(struct check_context *c, const struct swpd_entry *e, char *text, size_t size)
{
	struct word w;
	int device, bit;

	if (!c->origin->clue || !get_word(c, e, &w))
		return false;
	bit = flipped(c, e, &w, &device);
	if (bit < 0)
		return false;
	if (device >= 0)
		snprintf(text, size, "medium confidence: without bit %d of 0x%llx it is a slot of %.60s", bit,
			(unsigned long long)w.raw, c->facts->swaps.device[device].name);
	else
		snprintf(text, size, "%s confidence: but for bit %d, %s0x%llx is empty",
			!w.sure ? "low" : w.one ? "high" : "medium", bit, w.sure ? "" : "swp_entry_t ",
			(unsigned long long)w.raw);
	return true;
}

/* An entry larger than any device may be one of another release, if it is nothing else. Dear: not of files of
 * words, which are many. */
bool check_wrong_era(struct check_context *c, const struct swpd_entry *e, char *text, size_t size)
{
	const struct swpd_target *t = &c->facts->target;
	const struct clue *clue = c->origin->clue;
	struct swpd_entry other;
	const char *row;

	if (clue && clue->other_row) {
		snprintf(text, size,
			"medium confidence: line %u prints it as 0x%llx, which layout %s gives: the release "
			"is probably another one",
			clue->printed_line, (unsigned long long)clue->printed, clue->other_row);
		return true;
	}
	if (!suspect(c, e) || e->cls != SWPD_SWAP || e->offset < OFFSET_ABSURD ||
		(clue && clue->has_printed))
		return false;
	if (c->origin->form != FORM_PTE || c->origin->offsets || !t->arch || !t->release ||
		c->dec->n_packing != 1 || !(e->word & (e->word - 1)) || fills(c, e))
		return false;
	row = other_era(t, c->origin->level, e->word, NULL, &other);
	if (!row)
		return false;
	snprintf(text, size,
		"low confidence: slot 0x%llx is larger than any device, but layout %s reads slot 0x%llx of "
		"type %u: the release may be another one",
		(unsigned long long)e->offset, row, (unsigned long long)other.offset, other.type);
	return true;
}

bool check_ascii(struct check_context *c, const struct swpd_entry *e, char *text, size_t size)
{
	unsigned int printable = 0, letters = 0, digits = 0, nul = 0;
	struct word w;
	char shown[9] = "";

	if (!get_word(c, e, &w) || !w.sure || fills(c, e))
		return false;
	for (unsigned int i = 0; i < w.bytes; i++) {
		unsigned char b = w.raw >> 8 * i;

		printable += b >= 0x20 && b < 0x7f;
		letters += (b | 0x20) >= 'a' && (b | 0x20) <= 'z';
		digits += b >= '0' && b <= '9';
		nul += !b;
		shown[i] = b >= 0x20 && b < 0x7f ? b : '.';
	}
	/* eight bytes of digits are hardly chance, four are */
	if (w.bytes == 8)
		letters += digits;
	if (printable + nul < w.bytes || nul > w.bytes / 4 || letters < w.bytes / 2 || w.bytes < 4)
		return false;
	snprintf(text, size, "%s confidence: the bytes are text: '%s'", w.bytes == 8 ? "high" : "medium",
		shown);
	return true;
}

/* Pairs of bytes that are frequent in instructions of 64 bits: a prefix and what it is put before. */
static const uint16_t pairs[] = { 0x4889, 0x488b, 0x488d, 0x4883, 0x4885, 0x48c7, 0x4c89, 0x4c8b, 0x4881,
	0x0f1f, 0x5548, 0x89e5, 0x4989, 0x498b, 0xff48 };

/* Whole instructions of 32 bits that most functions have. */
static const uint32_t instructions[] = {
	0xd65f03c0, 0xd503201f, 0xa9bf7bfd, 0x910003fd, 0xd503233f, 0xd50323bf, /* A64 */
	0xe12fff1e, 0xe1a00000, 0xe92d4010, 0xe8bd8010,                         /* A32 */
	0x4e800020, 0x7c0802a6, 0x7c0803a6,                                     /* Power */
	0x03e00008,                                                             /* MIPS */
};

bool check_machine_code(struct check_context *c, const struct swpd_entry *e, char *text, size_t size)
{
	unsigned int n = 0;
	struct word w;

	if (!get_word(c, e, &w) || !w.sure)
		return false;
	for (size_t k = 0; k < ARRAY_SIZE(instructions); k++)
		n += 2 * (instructions[k] == (uint32_t)w.raw || instructions[k] == w.raw >> 32);
	for (unsigned int i = 0; w.bytes == 8 && i < 7; i++)
		for (size_t k = 0; k < ARRAY_SIZE(pairs); k++)
			n += (uint8_t)(w.raw >> 8 * i) == pairs[k] >> 8 &&
			     (uint8_t)(w.raw >> (8 * i + 8)) == (pairs[k] & 0xff);
	if (n < 2)
		return false;
	snprintf(text, size,
		"medium confidence: bytes of 0x%llx look like instructions: code was written over the page "
		"table",
		(unsigned long long)w.raw);
	return true;
}

static bool pointer(
	struct check_context *c, const struct swpd_entry *e, bool kernel, char *text, size_t size)
{
	const struct arch *arch = c->facts->target.arch;
	struct word w;

	if (!get_word(c, e, &w) || !w.sure || !is_address(arch, w.raw, kernel) || fills(c, e))
		return false;
	/* entries that are stored inverted begin with ones too: these are small numbers then */
	if (kernel && e->has & SWPD_HAS_OFFSET && e->offset < 1ull << 32)
		return false;
	snprintf(text, size,
		"%s confidence: 0x%llx looks like an address of %s: it was written over the page table",
		kernel && in_area(arch, w.raw, true) ? "high" : "medium", (unsigned long long)w.raw,
		kernel ? "the kernel" : "a process");
	return true;
}

bool check_kernel_pointer(struct check_context *c, const struct swpd_entry *e, char *text, size_t size)
{
	return pointer(c, e, true, text, size);
}

bool check_user_pointer(struct check_context *c, const struct swpd_entry *e, char *text, size_t size)
{
	return pointer(c, e, false, text, size);
}

bool check_empty_offset(struct check_context *c, const struct swpd_entry *e, char *text, size_t size)
{
	const struct packing *p;
	struct word w;

	if (!get_word(c, e, &w) || !w.one || !(e->has & SWPD_HAS_OFFSET))
		return false;
	p = &w.dec->packing[0];
	if (!p->offset_flip || (w.raw & p->offset_flip && e->offset != p->offset_mask))
		return false;
	snprintf(text, size,
		"high confidence: no bit of the offset field is set, which this layout reads as 0x%llx",
		(unsigned long long)e->offset);
	return true;
}

bool check_no_swap(struct check_context *c, const struct swpd_entry *e, char *text, size_t size)
{
	const struct facts *f = c->facts;

	if (f->target.knobs[KNOB_SWAP] == 0) {
		snprintf(text, size, "swap type %u, but this kernel is configured without SWAP", e->type);
		return true;
	}
	if (!c->origin->clue || !f->swaps.known || f->swaps.n)
		return false;
	snprintf(text, size, "high confidence: there is no swap on this machine: it never was a swap entry");
	return true;
}

/* ---- all together ---- */

void verdict_init(struct verdict *v)
{
	memset(v, 0, sizeof(*v));
}

/* Two messages about one entry are one entry: drop the first, which knows less. */
static void forget(struct verdict *v, uint64_t entry)
{
	for (unsigned int i = v->n_seen; i-- > 0;) {
		int bit = v->seen[i].bit;

		if (!v->seen[i].entry || v->seen[i].entry != entry)
			continue;
		v->bad--;
		if (bit >= 0) {
			v->flips--;
			v->bit_count[bit]--;
		}
		v->seen[i] = v->seen[--v->n_seen];
		return;
	}
}

#define BITS_WRONG (1ull << CHECK_BIT_FLIP | 1ull << CHECK_FILL_BYTE | 1ull << CHECK_ASCII | \
	1ull << CHECK_MACHINE_CODE | 1ull << CHECK_KERNEL_POINTER | 1ull << CHECK_USER_POINTER | \
	1ull << CHECK_TORN_PTE)

/* Could no kernel have stored it? Many that kernels complain about are fine: only their slot is free. */
static bool bits_wrong(const struct swpd_entry *e, uint64_t checks)
{
	if (checks & 1ull << CHECK_WRONG_ERA)
		return false;
	return checks & BITS_WRONG || (e->cls == SWPD_SWAP && e->offset >= OFFSET_ABSURD);
}

void verdict_see(struct verdict *v, struct check_context *c, const struct swpd_entry *e,
	const struct finding *found, int n)
{
	const struct clue *clue = c->origin->clue;
	uint64_t where = clue->vaddr * 0x9e3779b97f4a7c15ull;
	int device, bit = -1;
	uint64_t checks = 0;
	struct word w;

	if (!clue->bad || !get_word(c, e, &w))
		return;
	for (int i = 0; i < n; i++)
		checks |= 1ull << found[i].check;
	if (checks & 1ull << CHECK_BIT_FLIP)
		bit = flipped(c, e, &w, &device);
	if (clue->has_printed)
		forget(v, clue->printed);
	v->bad++;
	if (!w.sure) /* of the raw word nothing is known, so not which bit it is */
		bit = -1;
	if (bit >= 0) {
		v->flips++;
		v->bit_count[bit]++;
	}
	for (const char *p = clue->comm; *p; p++)
		where = (where ^ *p) * 0x100000001b3ull;
	if (v->n_seen == VERDICT_SPACES) {
		v->overflow = true;
		return;
	}
	v->seen[v->n_seen].where = where;
	v->seen[v->n_seen].table = clue->has_table && bits_wrong(e, checks) ? clue->table : 0;
	v->seen[v->n_seen].boot = clue->boot;
	v->seen[v->n_seen].word = w.raw;
	v->seen[v->n_seen].entry = c->origin->form == FORM_SWP_ENTRY ? e->word : 0;
	v->seen[v->n_seen++].bit = bit;
}

/* Places in which this bit was flipped. */
static unsigned int places(const struct verdict *v, int bit)
{
	unsigned int n = 0;

	for (unsigned int i = 0; i < v->n_seen; i++) {
		bool new = v->seen[i].bit == bit;

		for (unsigned int k = 0; k < i && new; k++)
			new = v->seen[k].bit != bit || v->seen[k].where != v->seen[i].where;
		n += new;
	}
	return n;
}

static bool same_table(const struct verdict *v, unsigned int a, unsigned int b)
{
	return v->seen[a].table == v->seen[b].table && v->seen[a].boot == v->seen[b].boot;
}

/* Different words in the page table of seen[first]. */
static unsigned int in_table(const struct verdict *v, unsigned int first)
{
	unsigned int n = 0;

	for (unsigned int i = first; i < v->n_seen && v->seen[first].table; i++) {
		bool new = same_table(v, i, first);

		for (unsigned int k = first; k < i && new; k++)
			new = !same_table(v, k, i) || v->seen[k].word != v->seen[i].word;
		n += new;
	}
	return n;
}

bool verdict_next(struct verdict *v, struct finding *f)
{
	if (v->told++)
		return false;
	f->check = CHECK_VERDICT;
	for (int bit = 0; bit < 64; bit++) {
		unsigned int n = v->bit_count[bit] > 1 ? places(v, bit) : 0;

		if (n < 2)
			continue;
		snprintf(f->text, sizeof(f->text),
			"Bit %d was flipped in page-table entries of %u%s processes or addresses, "
			"which points to a faulty memory module rather than to software (%s confidence).",
			bit, n, v->overflow ? " or more" : "", n > 2 ? "high" : "medium");
		return true;
	}
	for (unsigned int i = 0; i < v->n_seen; i++) {
		unsigned int n = in_table(v, i);

		if (n < 2)
			continue;
		snprintf(f->text, sizeof(f->text),
			"%u%s different wrong entries stand in one page table (pmd 0x%llx), which "
			"points to something that wrote over that page, not to single bits (medium "
			"confidence).",
			n, v->overflow ? " or more" : "", (unsigned long long)v->seen[i].table);
		return true;
	}
	if (v->flips != 1 || v->bad != 1)
		return false;
	snprintf(f->text, sizeof(f->text),
		"One page-table entry differs in a single bit from one that makes sense: a memory "
		"error is possible, one entry does not prove it (low confidence).");
	return true;
}
