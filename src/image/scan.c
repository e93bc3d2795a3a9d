/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a dump does not say of itself stands in its memory: the text of VMCOREINFO in a page of its own, and
 * the kernel's banner. Not every writer of dumps asks the guest for the note.
 */
#include <ctype.h>
#include <stdlib.h>

#include "image/dump.h"

#define CHUNK (1u << 18)

/* The first place at or behind `from` of n bytes that stand for memory from phys on; n if there is none. */
static size_t find(const struct image_pattern *p, uint64_t phys, const uint8_t *buf, size_t from, size_t n)
{
	if (p->align == 1) {
		const uint8_t *hit = memmem(buf + from, n - from, p->bytes, p->len);

		return hit ? (size_t)(hit - buf) : n;
	}
	for (from += -(phys + from) & (p->align - 1); from + p->len <= n; from += p->align)
		if (buf[from] == (uint8_t)p->bytes[0] && !memcmp(buf + from, p->bytes, p->len))
			return from;
	return n;
}

static bool look_in(struct image *im, struct image_pattern *p, uint64_t phys, const uint8_t *buf, size_t n)
{
	for (size_t at = 0; (at = find(p, phys, buf, at, n)) < n; at++)
		if (!p->accept || p->accept(im, phys + at, p->arg)) {
			p->found = true;
			p->at = phys + at;
			break;
		}
	return p->found;
}

bool image_scan(struct image *im, struct image_pattern *patterns, size_t n)
{
	uint64_t from = 0, start, end, left = IMAGE_SCAN_MAX;
	uint8_t *buf = malloc(CHUNK + IMAGE_PATTERN_MAX);
	size_t open = 0, kept = 0; /* kept: bytes of the chunk before, as a hit may lie across */

	for (size_t i = 0; i < n; i++)
		open += !patterns[i].found;
	while (buf && open && left && image_next_range(im, from, &start, &end)) {
		uint64_t size = end - start < CHUNK ? end - start : CHUNK;

		if (start != from)
			kept = 0;
		image_read(im, start, buf + kept, size);
		for (size_t i = 0; i < n; i++)
			if (!patterns[i].found &&
				look_in(im, &patterns[i], start - kept, buf, kept + size))
				open--;
		from = start + size;
		left -= size < left ? size : left;
		size += kept;
		kept = size < IMAGE_PATTERN_MAX ? size : IMAGE_PATTERN_MAX;
		memmove(buf, buf + size - kept, kept);
	}
	free(buf);
	return left;
}

/* ---- VMCOREINFO ---- */

/* Documentation/admin-guide/kdump/vmcoreinfo.rst: text, in pages that are zero where it ends. */
static bool take_vmcoreinfo(struct image *im, uint64_t phys, void *arg)
{
	size_t n = 0;

	(void)arg;
	image_read(im, phys, im->vmcoreinfo, IMAGE_VMCOREINFO_MAX);
	while (n < IMAGE_VMCOREINFO_MAX && (isprint((uint8_t)im->vmcoreinfo[n]) || im->vmcoreinfo[n] == '\n'))
		n++;
	if (!im->vmcoreinfo[n] && strstr(im->vmcoreinfo, "\nPAGESIZE=") &&
		strstr(im->vmcoreinfo, "\nSYMBOL("))
		return true;
	memset(im->vmcoreinfo, 0, n);
	im->vmcoreinfo[0] = 0;
	return false;
}

/* init/version-timestamp.c: "Linux version 6.1.0-18-amd64 (builder@host) …" */
static bool take_banner(struct image *im, uint64_t phys, void *arg)
{
	char text[14 + sizeof(im->about.banner)];
	size_t n = 14;

	(void)arg;
	image_read(im, phys, text, sizeof(text));
	while (n < sizeof(text) - 2 && text[n] > ' ' && text[n] < 0x7f)
		n++;
	if (!isdigit((uint8_t)text[14]) || memcmp(text + n, " (", 2) || !memchr(text + 14, '.', n - 14))
		return false;
	snprintf(im->about.banner, sizeof(im->about.banner), "%.*s", (int)(n - 14), text + 14);
	return true;
}

void image_search(struct image *im)
{
	bool note = im->vmcoreinfo[0];
	struct image_pattern patterns[] = {
		/* a note without the release is damaged: the banner has it too */
		{ .bytes = "OSRELEASE=", .len = 10, .align = 4096, .accept = take_vmcoreinfo, .found = note },
		{ .bytes = "Linux version ", .len = 14, .align = 1, .accept = take_banner },
	};
	size_t len;

	if (image_vmcoreinfo(im, "OSRELEASE", &len))
		return;
	image_scan(im, patterns, ARRAY_SIZE(patterns));
	if (note || !im->vmcoreinfo[0])
		return;
	im->about.vmcoreinfo_searched = true;
	vmcoreinfo_check(im);
}
