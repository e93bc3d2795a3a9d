/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <unistd.h>

#include "util/util.h"

void out_init(struct out *o, int fd)
{
	o->fd = fd;
	o->error = 0;
	o->len = 0;
	o->total = 0;
}

int out_flush(struct out *o)
{
	const char *p = o->buf;

	while (o->len && !o->error) {
		ssize_t n = write(o->fd, p, o->len);

		if (n >= 0) {
			p += n;
			o->len -= n;
			o->total += n;
		} else if (errno != EINTR) {
			o->error = errno;
		}
	}
	o->len = 0;
	return o->error ? -1 : 0;
}

void out_bytes(struct out *o, const void *bytes, size_t n)
{
	const char *p = bytes;

	while (n) {
		size_t room = sizeof(o->buf) - o->len, part = n < room ? n : room;

		memcpy(o->buf + o->len, p, part);
		o->len += part;
		p += part;
		n -= part;
		if (o->len == sizeof(o->buf))
			out_flush(o);
	}
}

void out_text(struct out *o, const char *text)
{
	out_bytes(o, text, strlen(text));
}

void out_printf(struct out *o, const char *fmt, ...)
{
	char *p = out_need(o);
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(p, OUT_ROOM, fmt, ap);
	va_end(ap);
	if (n > 0)
		out_done(o, p + (n < OUT_ROOM ? n : OUT_ROOM - 1));
}

char *put_text(char *p, const char *text)
{
	return put_bytes(p, text, strlen(text));
}

int utf8_len(const char *text)
{
	const unsigned char *p = (const unsigned char *)text;
	int n = p[0] < 0x80 ? 1 : p[0] < 0xc2 ? 0 : p[0] < 0xe0 ? 2 : p[0] < 0xf0 ? 3 : p[0] < 0xf5 ? 4 : 0;

	for (int i = 1; i < n; i++)
		if ((p[i] & 0xc0) != 0x80)
			return 0;
	if ((p[0] == 0xe0 && p[1] < 0xa0) || (p[0] == 0xed && p[1] > 0x9f) || (p[0] == 0xf0 && p[1] < 0x90) ||
		(p[0] == 0xf4 && p[1] > 0x8f))
		return 0;
	return n;
}

int utf8_plain(const char *text)
{
	static const struct {
		uint32_t first, last;
	} hidden[] = { { 0, 0x1f }, { 0x7f, 0x9f }, { 0x61c, 0x61c }, { 0x200b, 0x200b }, { 0x200e, 0x200f },
		{ 0x2028, 0x202e }, { 0x2060, 0x206f }, { 0xfeff, 0xfeff }, { 0xfff9, 0xfffb },
		{ 0xe0000, 0xe007f } };
	int n = utf8_len(text);
	uint32_t c = (unsigned char)text[0] & (n > 1 ? 0x7f >> n : 0x7f);

	for (int i = 1; i < n; i++)
		c = c << 6 | (text[i] & 0x3f);
	for (size_t i = 0; i < ARRAY_SIZE(hidden); i++)
		if (c >= hidden[i].first && c <= hidden[i].last)
			return 0;
	return n;
}

void clean_text(char *text)
{
	int n;

	for (char *p = text; *p; p += n) {
		n = utf8_plain(p);
		if (!n) {
			n = utf8_len(p) ? utf8_len(p) : 1;
			memset(p, '?', n);
		}
	}
}

char *put_json_string(char *p, const char *text, size_t room)
{
	static const char hex[] = "0123456789abcdef";
	const unsigned char *s = (const unsigned char *)text;
	char *limit = p + room - 1;

	*p++ = '"';
	while (*s && limit - p >= 6) {
		int n = utf8_len((const char *)s);

		if (*s == '"' || *s == '\\') {
			*p++ = '\\';
			*p++ = *s++;
		} else if (*s < 0x20 || *s == 0x7f || !n) {
			p = put_text(p, "\\u00");
			*p++ = hex[*s >> 4];
			*p++ = hex[*s++ & 15];
		} else {
			memcpy(p, s, n);
			p += n;
			s += n;
		}
	}
	*p++ = '"';
	return p;
}

void out_json_string(struct out *o, const char *text)
{
	char *p = out_need(o);

	out_done(o, put_json_string(p, text, OUT_ROOM));
}
