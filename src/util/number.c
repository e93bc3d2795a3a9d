/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdlib.h>

#include "util/util.h"

/* Value of a hexadecimal digit plus one; 0: not a digit. */
static const uint8_t digit[256] = {
	['0'] = 1, 2, 3, 4, 5, 6, 7, 8, 9, 10,
	['A'] = 11, 12, 13, 14, 15, 16,
	['a'] = 11, 12, 13, 14, 15, 16,
};

bool parse_hex(const char *text, size_t len, uint64_t *value)
{
	uint64_t v = 0;

	if (len > 2 && text[0] == '0' && (text[1] | 0x20) == 'x') {
		text += 2;
		len -= 2;
	}
	while (len > 16 && *text == '0') {
		text++;
		len--;
	}
	if (!len || len > 16)
		return false;
	for (size_t i = 0; i < len; i++) {
		uint8_t d = digit[(uint8_t)text[i]];

		if (!d)
			return false;
		v = v << 4 | (d - 1);
	}
	*value = v;
	return true;
}

bool parse_number(const char *text, int base, uint64_t max, uint64_t *value)
{
	char *end;

	if (!digit[(uint8_t)*text])
		return false;
	errno = 0;
	*value = strtoull(text, &end, base);
	return !errno && !*end && end != text && *value <= max;
}

#define PAIRS(h) \
	h "0" h "1" h "2" h "3" h "4" h "5" h "6" h "7" h "8" h "9" h "a" h "b" h "c" h "d" h "e" h "f"

const char hex_pairs[513] = PAIRS("0") PAIRS("1") PAIRS("2") PAIRS("3") PAIRS("4") PAIRS("5") PAIRS("6")
	PAIRS("7") PAIRS("8") PAIRS("9") PAIRS("a") PAIRS("b") PAIRS("c") PAIRS("d") PAIRS("e") PAIRS("f");

char *put_dec(char *p, uint64_t v)
{
	char tmp[20];
	int n = 0;

	do
		tmp[n++] = '0' + v % 10;
	while (v /= 10);
	while (n)
		*p++ = tmp[--n];
	return p;
}
