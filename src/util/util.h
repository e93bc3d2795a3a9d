/* SPDX-License-Identifier: GPL-2.0-or-later */
/* util: errors, numbers, text output, files below --sysroot. Knows nothing of page tables. */
#ifndef UTIL_UTIL_H
#define UTIL_UTIL_H

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "swpdecode.h"

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

/* ---- libraries that few runs need ---- */

/*
 * Load a shared library, which stays, and fill functions[i] with the address of what names[i] names in it,
 * for n of them. Returns false, and all are NULL, if it is not installed or has not all of them.
 */
bool library_functions(const char *library, const char *const *names, void **functions, size_t n);

/* ---- errors ---- */

/* Fill *err with a formatted text; returns -1, so that a caller can `return fail(...)`. sys is errno or 0. */
int fail(struct swpd_error *err, enum swpd_code code, int sys, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));

/* What to call an input in a message: "standard input" for "-". */
const char *input_name(const char *file);

/* fail(): this input could not be read, for the reason `sys`, an errno. */
int fail_read(struct swpd_error *err, int sys, const char *file);

/* Put "context: " before the text that is already there (text that no longer fits is cut). Returns -1. */
int fail_context(struct swpd_error *err, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Like strerror(), but never in another thread's buffer, and ESPIPE says what such an input is not. Static
 * string. */
const char *sys_text(int sys);

/* ---- numbers ---- */

/* Parse all of text[0..len) as hexadecimal, with or without 0x, at most 64 bits. False if it is not one. */
bool parse_hex(const char *text, size_t len, uint64_t *value);

/* Parse a whole string as hexadecimal (0x…), decimal, or as base says. False if it is none or too large. */
bool parse_number(const char *text, int base, uint64_t max, uint64_t *value);

/* ---- output: one buffer, written when full; errors stick ---- */

struct out {
	int fd;
	int error;   /* errno of the first failed write; nothing is written after it */
	size_t len;
	uint64_t total; /* bytes that left the buffer */
	char buf[1 << 16];
};

/* Room that out_need() can promise at once. */
#define OUT_ROOM 16384

/* Begin with an empty buffer in front of fd, which stays the caller's. */
void out_init(struct out *o, int fd);
/* Write what is buffered. Returns 0, or -1 with o->error set. */
int out_flush(struct out *o);

/* A pointer to at least OUT_ROOM free bytes; the caller writes there and then sets o->len with out_done(). */
static inline char *out_need(struct out *o)
{
	if (sizeof(o->buf) - o->len < OUT_ROOM)
		out_flush(o);
	return o->buf + o->len;
}

/* What was written into out_need()'s room ends here. */
static inline void out_done(struct out *o, const char *end)
{
	o->len = end - o->buf;
}

/* Append bytes, a string, or formatted text (cut at OUT_ROOM bytes). */
void out_bytes(struct out *o, const void *bytes, size_t n);
void out_text(struct out *o, const char *text);
void out_printf(struct out *o, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* A JSON string with its quotes. Bytes that are not UTF-8 come out as \u00XX escapes of their value. */
void out_json_string(struct out *o, const char *text);

/* "000102…ff" */
extern const char hex_pairs[513];

/* Bytes of the UTF-8 character at text, 0 if there is none (RFC 3629: no surrogates, nothing overlong). */
int utf8_len(const char *text);

/* The same if a terminal may get it: 0 too for control characters, those that turn the direction of writing
 * (U+202E …) and others that nobody sees. */
int utf8_plain(const char *text);

/* What a terminal must not get becomes '?', each byte of it. */
void clean_text(char *text);

/* Append a number at p; return the new end. Hexadecimal is lower case, without leading zeros, with 0x; the
 * byte behind the end may be written too. */
static inline char *put_hex(char *p, uint64_t v)
{
	int n = v ? 16 - __builtin_clzll(v) / 4 : 1;

	/* The first digit goes to the top, two digits a step; of an odd number the last step writes one too
	 * many. */
	v <<= 64 - 4 * n;
	*p++ = '0';
	*p++ = 'x';
	for (int i = 0; i < n; i += 2, v <<= 8)
		memcpy(p + i, hex_pairs + (v >> 56) * 2, 2);
	return p + n;
}
/* The same in decimal; nothing behind the end is written. */
char *put_dec(char *p, uint64_t v);

/* Append text of known length, or a string. */
static inline char *put_bytes(char *p, const char *text, size_t n)
{
	memcpy(p, text, n);
	return p + n;
}
char *put_text(char *p, const char *text);
/* Append a JSON string with quotes, cut so that it takes at most `room` bytes. */
char *put_json_string(char *p, const char *text, size_t room);

/* ---- files ---- */

/*
 * A root under which /proc, /sys, /boot and /lib/modules are looked for: "/" or a captured tree. Symbolic
 * links inside a captured tree stay inside it.
 */
struct root {
	int fd;       /* O_PATH directory */
	bool live;    /* the running machine */
	char path[256]; /* "/" or what --sysroot said, for messages */
};

/* Open a root; dir NULL: the running machine. */
int root_open(struct root *root, const char *dir, struct swpd_error *err);
void root_close(struct root *root);

/* Open path (absolute, as on the machine) below the root. Returns a descriptor, or -1 with errno set: with
 * O_NONBLOCK, ESPIPE where a captured tree has a FIFO or a device. */
int root_openat(const struct root *root, const char *path, int flags);

/*
 * Read a whole small file into buf (size bytes with the final NUL). Returns its length, cut to what fits,
 * or -1 with errno set.
 */
ssize_t root_read(const struct root *root, const char *path, char *buf, size_t size);
/* The same of a descriptor, closed here; -1 if it is negative. */
ssize_t read_and_close(int fd, char *buf, size_t size);

/*
 * The name of the only entry of a directory that begins with prefix, for trees that do not say which of
 * several they mean. False if there is none, or more than one, or its name does not fit or holds more than
 * printable ASCII.
 */
bool root_only_entry(const struct root *root, const char *dir, const char *prefix, char *name, size_t size);

/*
 * For libraries that open by name and follow links: is path, below a directory, a regular file that no link
 * leads to; and are all entries of the directory that begin with prefix?
 */
bool dir_has_file(int dirfd, const char *path);
bool dir_all_files(int dirfd, const char *prefix);

/* Reads lines of any descriptor through a fixed buffer; lines longer than the buffer are cut and marked. */
struct lines {
	int fd;
	bool eof, skipping;
	int error;
	size_t start, end;
	char buf[1 << 16];
};

struct line {
	char *text;    /* NUL-terminated, without the newline; valid until the next call */
	size_t len;
	bool cut;      /* the line was longer than the buffer: this is its beginning */
};

/* Begin to read at the position of fd, which stays the caller's. */
void lines_init(struct lines *in, int fd);
/* Returns 1 and a line, 0 at the end, -1 on a read error (in->error; EINTR: a signal came). */
int lines_next(struct lines *in, struct line *line);

/* True if the next line is there already, so that lines_next() need not wait for it. */
static inline bool lines_ready(const struct lines *in)
{
	return in->eof || memchr(in->buf + in->start, '\n', in->end - in->start);
}

/*
 * From here on this process can open files for reading only, start no program, make no TCP connection, and
 * neither read the memory of other processes nor send them signals (Landlock: Linux 5.13, connections 6.7,
 * signals 6.12). What is open stays open. Returns false where the kernel has nothing of this; then nothing
 * changes.
 */
bool confine(void);

#endif
