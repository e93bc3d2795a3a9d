/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ELF cores: QEMU's, the kernel's /proc/vmcore and /proc/kcore, makedumpfile -E. Only program headers are
 * believed: QEMU wrote section headers in the wrong byte order, and an e_ehsize of 8.
 */
#include <elf.h>
#include <errno.h>
#include <stdlib.h>

#include "image/dump.h"

#define PHDRS_MAX EXTENTS_MAX
#define READ_AT_ONCE 64 /* program headers */

struct elf_dump {
	struct extents memory;
};

/* How many of the bytes that all cores have alike are there, if it is of this class and order. */
static unsigned int likeness(const uint8_t *head, uint8_t class, uint8_t data)
{
	static const uint8_t magic[] = ELFMAG;
	const size_t phentsize = class == ELFCLASS64 ? 54 : 42;
	bool be = data == ELFDATA2MSB;
	unsigned int n = 0;

	for (int i = 0; i < SELFMAG; i++)
		n += head[i] == magic[i];
	n += head[EI_CLASS] == class;
	n += head[EI_DATA] == data;
	n += head[EI_VERSION] == EV_CURRENT;
	n += get_uint(head + 16, 2, be) == ET_CORE;
	n += get_uint(head + 20, 4, be) == EV_CURRENT;
	n += get_uint(head + phentsize, 2, be) ==
		(class == ELFCLASS64 ? sizeof(Elf64_Phdr) : sizeof(Elf32_Phdr));
	return n;
}

#define LIKENESS_ENOUGH 8 /* of 10: some may be damaged */

static bool is(const struct image *im, const uint8_t *head, size_t n)
{
	if (im->options.raw || n < 64)
		return false;
	if (!memcmp(head, ELFMAG, SELFMAG) &&
		(head[EI_CLASS] == ELFCLASS32 || head[EI_CLASS] == ELFCLASS64) &&
		(head[EI_DATA] == ELFDATA2LSB || head[EI_DATA] == ELFDATA2MSB))
		return true;
	for (uint8_t kind = 0; kind < 4; kind++)
		if (likeness(head, 1 + kind / 2, 1 + kind % 2) >= LIKENESS_ENOUGH)
			return true;
	return false;
}

/* Class and byte order: what most of the header agrees with. */
static void find_kind(struct image *im, const uint8_t *head)
{
	unsigned int best = 0, like;

	for (uint8_t kind = 0; kind < 4; kind++) {
		like = 2 * likeness(head, 1 + kind / 2, 1 + kind % 2) +
			(head[EI_CLASS] == 1 + kind / 2 && head[EI_DATA] == 1 + kind % 2);
		if (like <= best)
			continue;
		best = like;
		im->about.word_bytes = kind / 2 ? 8 : 4;
		im->about.big_endian = kind % 2;
	}
	im->about.order_known = true;
	if (memcmp(head, ELFMAG, SELFMAG) || head[EI_CLASS] != (im->about.word_bytes == 8 ? 2 : 1) ||
		head[EI_DATA] != (im->about.big_endian ? 2 : 1))
		dump_damaged(im, "the ELF header is damaged");
}

/* A field of a header: where it is in either class, and its size there. */
struct field {
	uint8_t at32, len32, at64, len64;
};

static uint64_t get(const struct image *im, const uint8_t *p, struct field f)
{
	bool wide = im->about.word_bytes == 8;

	return get_uint(p + (wide ? f.at64 : f.at32), wide ? f.len64 : f.len32, im->about.big_endian);
}

/* elf.h: struct Elf32_Ehdr, Elf64_Ehdr, Elf32_Shdr, Elf64_Shdr, Elf32_Phdr, Elf64_Phdr */
static const struct field e_machine = { 18, 2, 18, 2 }, e_phoff = { 28, 4, 32, 8 },
			  e_shoff = { 32, 4, 40, 8 }, e_phentsize = { 42, 2, 54, 2 },
			  e_phnum = { 44, 2, 56, 2 }, sh_info = { 28, 4, 44, 4 }, p_type = { 0, 4, 0, 4 },
			  p_offset = { 4, 4, 8, 8 }, p_paddr = { 12, 4, 24, 8 }, p_filesz = { 16, 4, 32, 8 },
			  p_memsz = { 20, 4, 40, 8 };

static uint64_t count_headers(struct image *im, const uint8_t *head)
{
	uint64_t n = get(im, head, e_phnum), at = get(im, head, e_shoff);
	uint8_t section[sizeof(Elf64_Shdr)];
	size_t size = im->about.word_bytes == 8 ? sizeof(Elf64_Shdr) : sizeof(Elf32_Shdr), got;

	if (n != PN_XNUM)
		return n;
	/* The real number is in the first section header, perhaps in the wrong byte order. */
	got = dump_file_read(&im->files[0], at, section, size);
	if (got < size)
		dump_damaged(im, "the file ends before its number of program headers");
	if (got < sh_info.at64 + sh_info.len64)
		return 0; /* as many as there are */
	n = get(im, section, sh_info);
	return n > PHDRS_MAX ? __builtin_bswap32(n) : n;
}

static int add_segment(struct image *im, struct elf_dump *d, const uint8_t *ph, struct swpd_error *err)
{
	uint64_t type = get(im, ph, p_type), at = get(im, ph, p_offset), start = get(im, ph, p_paddr);
	uint64_t in_file = get(im, ph, p_filesz), in_memory = get(im, ph, p_memsz);

	if (type == PT_NOTE)
		dump_notes(im, at, in_file);
	if (type != PT_LOAD || start == UINT64_MAX) /* /proc/kcore: not in the direct mapping */
		return 0;
	if (at + in_file < at) {
		dump_damaged(im, "memory from 0x%llx on has no possible place in the file",
			(unsigned long long)start);
		return 0;
	}
	if (in_file && at + in_file > im->files[0].size)
		dump_damaged(im, "the file ends before all of the memory from 0x%llx on",
			(unsigned long long)start);
	if (in_memory > in_file) {
		im->about.zeros_excluded = true;
		if (extents_add(&d->memory, start + in_file, in_memory - in_file, EXTENT_LEFT_OUT, 0, err) <
			0)
			return -1;
	}
	return extents_add(&d->memory, start, in_file, at, 1, err);
}

static int read_segments(
	struct image *im, struct elf_dump *d, uint64_t at, size_t size, uint64_t n, struct swpd_error *err)
{
	uint8_t buf[READ_AT_ONCE * 64];

	while (n) {
		uint64_t want = n < READ_AT_ONCE ? n : READ_AT_ONCE;
		uint64_t got = dump_file_read(&im->files[0], at, buf, want * size) / size;

		for (uint64_t i = 0; i < got; i++)
			if (add_segment(im, d, buf + i * size, err) < 0)
				return -1;
		if (got < want) {
			dump_damaged(im, "the program headers are cut: %llu are missing",
				(unsigned long long)(n - got));
			break;
		}
		at += want * size;
		n -= want;
	}
	return 0;
}

/* Program headers from there on, as long as they look like some. */
static int read_likely_segments(
	struct image *im, struct elf_dump *d, uint64_t at, size_t size, struct swpd_error *err)
{
	uint8_t ph[sizeof(Elf64_Phdr)];
	uint64_t type;

	for (; dump_file_read(&im->files[0], at, ph, size) == size; at += size) {
		type = get(im, ph, p_type);
		if ((type != PT_LOAD && type != PT_NOTE) || get(im, ph, p_offset) > im->files[0].size)
			break;
		if (add_segment(im, d, ph, err) < 0)
			return -1;
	}
	return 0;
}

static int open_elf(struct image *im, struct swpd_error *err)
{
	struct elf_dump *d = calloc(1, sizeof(*d));
	uint8_t head[64] = { 0 };
	size_t size;

	im->data = d;
	if (!d)
		return fail(err, SWPD_E_SYSTEM, ENOMEM, "%s", sys_text(ENOMEM));
	dump_file_read(&im->files[0], 0, head, sizeof(head));
	find_kind(im, head);
	im->about.machine = get(im, head, e_machine);
	size = im->about.word_bytes == 4 ? sizeof(Elf32_Phdr) : sizeof(Elf64_Phdr);
	if (get(im, head, e_phentsize) != size)
		dump_damaged(im, "e_phentsize is %llu, not %zu",
			(unsigned long long)get(im, head, e_phentsize), size);
	if (read_segments(im, d, get(im, head, e_phoff), size, count_headers(im, head), err) < 0)
		return -1;
	if (!d->memory.n) { /* e_phoff or e_phnum is damaged: they usually follow this header */
		dump_damaged(im, "the ELF header leads to no memory");
		if (read_likely_segments(im, d, get(im, head, e_phoff), size, err) < 0 ||
			(!d->memory.n && read_likely_segments(im, d, size == sizeof(Elf32_Phdr) ?
					sizeof(Elf32_Ehdr) : sizeof(Elf64_Ehdr), size, err) < 0))
			return -1;
	}
	if (extents_settle(&d->memory, err) < 0)
		return -1;
	if (!d->memory.n)
		return fail(err, SWPD_E_FORMAT, 0, "an ELF file without any memory in it (no PT_LOAD)");
	return 0;
}

static void close_elf(struct image *im)
{
	struct elf_dump *d = im->data;

	if (d)
		extents_free(&d->memory);
	free(d);
}

static enum mem_state read_elf(struct image *im, uint64_t phys, uint8_t *buf, size_t n)
{
	const struct elf_dump *d = im->data;
	enum mem_state state = MEM_OK;

	while (n) {
		const struct extent *e = extents_find(&d->memory, phys);
		enum mem_state s = MEM_OK;
		size_t piece = n, got;

		if (!e || e->start > phys) {
			if (e && e->start - phys < piece)
				piece = e->start - phys;
			s = MEM_ABSENT;
		} else {
			if (e->end - phys < piece)
				piece = e->end - phys;
			if (e->at == EXTENT_LEFT_OUT)
				s = MEM_EXCLUDED;
		}
		if (s == MEM_OK) {
			got = dump_file_read(&im->files[0], e->at + (phys - e->start), buf, piece);
			if (got < piece) {
				memset(buf + got, 0, piece - got);
				s = MEM_UNREADABLE;
			}
		} else {
			memset(buf, 0, piece);
		}
		if (state == MEM_OK)
			state = s;
		phys += piece;
		buf += piece;
		n -= piece;
	}
	return state;
}

static bool next_elf_range(struct image *im, uint64_t from, uint64_t *start, uint64_t *end)
{
	const struct elf_dump *d = im->data;
	const struct extent *e = extents_find(&d->memory, from);

	for (; e && e < d->memory.v + d->memory.n; e++) {
		uint64_t first = e->start > from ? e->start : from, at, to;

		if (e->at == EXTENT_LEFT_OUT ||
			!dump_file_data(&im->files[0], e->at + (first - e->start),
				e->at + (e->end - e->start), &at, &to))
			continue;
		*start = e->start + (at - e->at);
		*end = e->start + (to - e->at);
		return true;
	}
	return false;
}

const struct dump_format dump_elf = {
	.name = "ELF core",
	.is = is,
	.open = open_elf,
	.close = close_elf,
	.read = read_elf,
	.next_range = next_elf_range,
};
