/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Words that are counted at once are what they are one by one. */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "core/core.h"

#define WORDS 20000

/* Runs of words as page maps have them, with offsets that go up, down, far, and through 0. */
static void make_words(uint64_t *words)
{
	static const uint64_t top[] = { 1ull << 62, 3ull << 61, 1ull << 63, 0, 1ull << 62 | 1ull << 55 };
	static const uint64_t types[] = { 0, 1, 5, 28, 31 };
	size_t n = 0;

	while (n < WORDS) {
		uint64_t kind = top[random() % 5] | types[random() % 5], offset = (uint64_t)random() << 18;
		size_t run = 1 + random() % (random() % 4 ? 40 : 400);
		int step = random() % 5 - 2;

		if (random() % 3 == 0)
			offset = random() % 64;
		for (size_t i = 0; i < run && n < WORDS; i++, offset += step)
			words[n++] = kind | (offset & ((1ull << 50) - 1)) << 5;
	}
}

static void check_run(const struct swpd_decoder *dec, const uint64_t *words, const struct swpd_alike *a)
{
	struct swpd_entry e, each;
	struct swpd_alike exact = *a;
	uint64_t low = UINT64_MAX, high = 0;

	swpd_decode(dec, words[0], &e);
	for (size_t i = 0; i < a->n; i++) {
		swpd_decode(dec, words[i], &each);
		cr_assert(each.cls == e.cls, "0x%llx", (unsigned long long)words[i]);
		if (e.cls == SWPD_NONE || e.cls == SWPD_PRESENT)
			continue;
		swpd_alike_next(&e, words[i]);
		cr_assert(words[i] >= a->lowest && words[i] <= a->highest);
		cr_assert(!memcmp(&e, &each, offsetof(struct swpd_entry, index)), "0x%llx: offset 0x%llx",
			(unsigned long long)words[i], (unsigned long long)e.offset);
		low = words[i] < low ? words[i] : low;
		high = words[i] > high ? words[i] : high;
	}
	if (!high)
		return;
	cr_assert(!a->exact || (a->lowest == low && a->highest == high));
	swpd_alike_bounds(words, &exact);
	cr_assert(exact.exact && exact.lowest == low && exact.highest == high);
}

/* None and present are counted as they are one by one, and nothing else with them. */
static size_t check_plain(const struct swpd_decoder *dec, const uint64_t *words, size_t n)
{
	struct swpd_skip skip = { .none = true, .present = true }, half = { .none = true };
	size_t plain = swpd_plain(dec, words, n, &skip), none = 0, present = 0;
	struct swpd_entry e;

	for (size_t i = 0; i < plain; i++) {
		swpd_decode(dec, words[i], &e);
		none += e.cls == SWPD_NONE;
		present += e.cls == SWPD_PRESENT;
	}
	cr_assert(none + present == plain && skip.n_none == none && skip.n_present == present);
	cr_assert(swpd_plain(dec, words, n, &half) == 0 && !half.n_none);
	return plain;
}

Test(alike, as_one_by_one)
{
	static uint64_t words[WORDS];
	struct swpd_decoder dec;
	struct swpd_target t;
	size_t together = 0, plain = 0;

	srandom(1);
	make_words(words);
	swpd_target_init(&t);
	t.arch = arch_find("x86_64");
	t.variant = arch_usual_variant(t.arch, "x86_64");
	t.release = KV(6, 12, 0);
	for (int k = KNOB_NONE + 1; k < KNOB_N; k++)
		t.knobs[k] = 1;
	swpd_decoder_init(&dec, &t, FORM_PAGEMAP, SWPD_LEVEL_PTE);
	for (size_t i = 0, n; i < WORDS; i += n ? n : 1) {
		struct swpd_alike a;

		n = swpd_alike(&dec, words + i, WORDS - i, &a);
		check_run(&dec, words + i, &a);
		together += n;
		plain += check_plain(&dec, words + i, WORDS - i);
	}
	cr_expect(together > WORDS / 2, "%zu", together);
	cr_expect(plain > WORDS / 4, "%zu", plain);
}
