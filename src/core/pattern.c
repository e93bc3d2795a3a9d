/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What stands in page tables that were overwritten: words that are no entries, but look like something else.
 */
#include <stdio.h>

#include "core/core.h"

static const struct {
	uint8_t byte;
	const char *text;
} fills[] = {
	{ 0x5a, "slab poison of memory in use (POISON_INUSE), or of another allocator" },
	{ 0x6b, "slab poison of freed memory (POISON_FREE)" },
	{ 0xa5, "end of slab poison (POISON_END)" },
	{ 0xaa, "poison of freed pages (PAGE_POISON), or a test pattern" },
	{ 0x55, "a memory test pattern" },
	{ 0xcc, "freed init memory (POISON_FREE_INITMEM), or breakpoint instructions" },
	{ 0xdb, "DMA pool poison (POOL_POISON_ALLOCATED)" },
	{ 0xfd, "a debugging allocator's fill" },
	{ 0xff, "erased or unreadable memory, or all ones" },
};

static bool one_bit(uint64_t word, char *text, size_t size)
{
	if (!word || word & (word - 1))
		return false;
	snprintf(text, size, "a single bit is set, bit %d: an empty entry with a flipped bit looks like this",
		__builtin_ctzll(word));
	return true;
}

/* The byte that all bytes of the word are, of which there are four at least, or all but the lowest, where
 * flags are; 0: there is none. Many ones above are a small negative number. */
static uint8_t filler(uint64_t word)
{
	uint8_t byte = word >> 8;
	uint64_t all = byte * (word >> 32 ? 0x0101010101010101ull : 0x01010101ull);

	return word == all || (word >> 8 == all >> 8 && byte != 0xff) ? byte : 0;
}

static bool fill(uint64_t word, char *text, size_t size)
{
	uint8_t byte = filler(word);
	const char *about = "as memory that was filled";

	if (!byte)
		return false;
	for (size_t i = 0; i < sizeof(fills) / sizeof(fills[0]); i++)
		if (fills[i].byte == byte)
			about = fills[i].text;
	snprintf(text, size, "every byte%s is 0x%02x: %s", (uint8_t)word == byte ? "" : " but the lowest",
		byte, about);
	return true;
}

/* Printable from end to end, or up to NULs; or two strings with the end of one between them. */
static bool ascii(uint64_t word, char *text, size_t size)
{
	int n = (64 - (word ? __builtin_clzll(word) : 64) + 7) / 8, ends = 0;
	char low[9] = "", high[9] = "";

	if (n < 4 || filler(word))
		return false;
	for (int i = 0; i < n; i++) {
		uint8_t byte = word >> 8 * i;

		ends += !byte;
		if (!byte && (!i || n < 8 || ends > 1))
			return false;
		if (byte && (byte < 0x20 || byte > 0x7e) && byte != '\n' && byte != '\t')
			return false;
		low[i] = high[n - 1 - i] = byte < 0x20 ? '.' : byte;
	}
	snprintf(text, size, "ASCII text: \"%s\" in little-endian memory, \"%s\" in big-endian memory", low,
		high);
	return true;
}

int swpd_patterns(uint64_t word, struct swpd_pattern *found, int room)
{
	static const struct {
		enum swpd_pattern_kind kind;
		bool (*test)(uint64_t word, char *text, size_t size);
	} tests[] = { { PATTERN_ONE_BIT, one_bit }, { PATTERN_FILL, fill }, { PATTERN_ASCII, ascii } };
	int n = 0;

	for (size_t i = 0; i < sizeof(tests) / sizeof(tests[0]) && n < room; i++)
		if (tests[i].test(word, found[n].text, sizeof(found[n].text)))
			found[n++].kind = tests[i].kind;
	for (int i = 0; arch_list[i]; i++)
		for (const struct area *a = arch_list[i]->areas; a && a->last && n < room; a++) {
			if (word < a->start || word > a->last)
				continue;
			snprintf(found[n].text, sizeof(found[n].text), "looks like a pointer of %s, %s",
				arch_list[i]->name, a->what);
			found[n++].kind = PATTERN_POINTER;
		}
	return n;
}
