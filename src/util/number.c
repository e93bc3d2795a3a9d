/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <endian.h>
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

/* The eight hexadecimal digits of v as text, first digit in the lowest byte: all nibbles at once. */
static inline uint64_t hex_digits(uint32_t v)
{
	uint64_t x = v, letters;

	x = (x | x << 16) & 0x0000ffff0000ffff;
	x = (x | x << 8) & 0x00ff00ff00ff00ff;
	x = (x | x << 4) & 0x0f0f0f0f0f0f0f0f;
	letters = (x + 0x0606060606060606) >> 4 & 0x0101010101010101;
	x += 0x3030303030303030 + letters * ('a' - '9' - 1);
	return htobe64(x);
}

char *put_hex(char *p, uint64_t v)
{
	int n = v ? 16 - __builtin_clzll(v) / 4 : 1;
	uint64_t digits;

	/* The first digit goes to the top, so that what is written beyond the last one is never looked at. */
	v <<= 64 - 4 * n;
	*p++ = '0';
	*p++ = 'x';
	digits = hex_digits(v >> 32);
	memcpy(p, &digits, 8);
	if (n > 8) {
		digits = hex_digits(v);
		memcpy(p + 8, &digits, 8);
	}
	return p + n;
}

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
