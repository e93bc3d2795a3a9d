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
#define PADDING_MAX 65536
#define NOTES_MAX (1u << 22) /* bytes before the first piece of memory; for 65,000 of them */
#define COMPARED 4096   /* bytes of memory that is there twice */

struct elf_dump {
	struct extents memory;
	size_t pieces, without_address; /* those at a virtual address and the physical address 0 */
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
			  p_offset = { 4, 4, 8, 8 }, p_vaddr = { 8, 4, 16, 8 }, p_paddr = { 12, 4, 24, 8 },
			  p_filesz = { 16, 4, 32, 8 }, p_memsz = { 20, 4, 40, 8 };

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

/* ---- program headers ---- */

struct segment {
	uint64_t type, at, start, vaddr, in_file, in_memory;
};

/* Program headers on their way: those that contradict their neighbours are mended. */
struct segments {
	struct elf_dump *d;
	struct segment last; /* the one that waits for its successor */
	bool waiting;
	/* Of the one before it that has something in the file: where that ends there, 0: there is none; where
	 * memory began. */
	uint64_t last_end, last_at, last_start, last_vaddr;
};

static bool is_known(const struct segment *s)
{
	return s->type == PT_LOAD || s->type == PT_NOTE || !s->in_file;
}

static void mended(struct image *im, const struct segment *s, const char *what)
{
	dump_damaged(im, "the program header of the memory from 0x%llx on is damaged: its %s is wrong",
		(unsigned long long)s->start, what);
}

/* Does a note begin there? A core's first program header is that of its notes. */
static bool is_note(const struct image *im, uint64_t at)
{
	uint8_t head[12 + 16];
	uint64_t n;

	if (dump_file_read(&im->files[0], at, head, sizeof(head)) < sizeof(head))
		return false;
	n = get_uint(head, 4, im->about.big_endian);
	return n && n <= 16 && strnlen((char *)head + 12, n) == n - 1;
}

/*
 * Pieces usually follow one another in the file, in the order of addresses, with no more than what aligns
 * them between. The room between the end of those before and the next one is then this piece's: a field that
 * says something else is wrong. next: the one behind it, NULL if there is none.
 */
static void mend(struct image *im, const struct segments *all, struct segment *s, const struct segment *next)
{
	uint64_t limit = next ? next->at : im->files[0].size, end = all->last_end;
	uint64_t to_limit = limit > s->at ? limit - s->at : 0, room = limit > end ? limit - end : 0;
	bool in_order = s->start >= all->last_start && (!next || s->start < next->start);
	/* a piece of the one before, which is there twice */
	bool again = s->at < end && s->at - s->start == all->last_at - all->last_start;

	if (im->files[0].live) /* /proc/kcore: in any order */
		return;
	if (!is_known(s) && s->in_file <= to_limit && s->at - end < PADDING_MAX) {
		s->type = !end && is_note(im, s->at) ? PT_NOTE : PT_LOAD;
		mended(im, s, "type");
	} else if (s->type == PT_LOAD && s->in_file > s->in_memory) { /* no writer does that */
		s->in_file = s->in_file > to_limit ? s->in_memory : s->in_file;
		mended(im, s, "size");
	} else if (s->type == PT_LOAD && s->in_file < s->in_memory && s->in_memory == to_limit && in_order) {
		s->in_file = s->in_memory;
		mended(im, s, "size");
	} else if (s->type == PT_LOAD && s->in_file < s->in_memory && in_order && s->in_file == to_limit &&
		(s->in_memory % COMPARED || (next && s->in_memory > next->start - s->start))) {
		s->in_memory = s->in_file; /* what was left out reaches into what follows */
		mended(im, s, "size in memory");
	} else if (end && s->in_file && in_order && !again && room >= s->in_file &&
		room - s->in_file < PADDING_MAX && (s->at < end || s->in_file > to_limit)) {
		s->at = limit - s->in_file;
		mended(im, s, "place in the file");
	}
}

/*
 * Where the memory of a piece may be instead: its virtual address is another one than its physical address,
 * by a bit or two, and around it they are the same. 0: nowhere.
 */
static uint64_t other_start(struct image *im, const struct segments *all, const struct segment *s,
	const struct segment *next)
{
	uint64_t behind = next ? next->at : im->files[0].size;

	if (im->files[0].live || s->type != PT_LOAD || !s->in_file || all->last_vaddr != all->last_start ||
		(all->d->pieces < 2 && !next) || (next && next->vaddr != next->start) ||
		s->at - all->last_end >= PADDING_MAX ||
		behind != s->at + s->in_file || s->vaddr % COMPARED || s->vaddr == s->start ||
		__builtin_popcountll(s->vaddr ^ s->start) > 2)
		return 0;
	mended(im, s, "address");
	return s->vaddr;
}

/* Does memory from there on lie between that before and that behind? */
static bool fits(const struct segments *all, const struct segment *s, const struct segment *next,
	uint64_t start)
{
	return start >= all->last_start + (all->last_end - all->last_at) &&
		(!next || start + s->in_file <= next->start);
}

static int add_segment(struct image *im, struct elf_dump *d, const struct segment *s, struct swpd_error *err)
{
	if (s->type == PT_NOTE)
		dump_notes(im, s->at, s->in_file);
	if (s->type != PT_LOAD || s->start == UINT64_MAX) /* /proc/kcore: not in the direct mapping */
		return 0;
	if (s->at + s->in_file < s->at) {
		dump_damaged(im, "memory from 0x%llx on has no possible place in the file",
			(unsigned long long)s->start);
		return 0;
	}
	if (s->in_file && s->at + s->in_file > im->files[0].size)
		dump_damaged(im, "the file ends before all of the memory from 0x%llx on",
			(unsigned long long)s->start);
	if (s->in_memory > s->in_file) {
		/* QEMU's dump/dump.c: the rest of a mapping that goes on in another block of memory, or in
		 * none */
		im->about.zeros_excluded |= !im->by_qemu;
		if (extents_add(&d->memory, s->start + s->in_file, s->in_memory - s->in_file,
			EXTENT_LEFT_OUT, 0, err) < 0)
			return -1;
	}
	return extents_add(&d->memory, s->start, s->in_file, s->at, 1, err);
}

/* The one that waits has its neighbours now. */
static int settle(struct image *im, struct segments *all, const struct segment *next, struct swpd_error *err)
{
	struct segment *s = &all->last;
	uint64_t other;

	if (!all->waiting)
		return 0;
	all->waiting = false;
	all->d->pieces += s->type == PT_LOAD && s->in_file;
	all->d->without_address += s->type == PT_LOAD && s->in_file && !s->start && s->vaddr;
	mend(im, all, s, next);
	other = other_start(im, all, s, next);
	/* which of the two is right is not known, but where it cannot be */
	if (other && extents_add(&all->d->memory, other, s->in_file, s->at, 0, err) < 0)
		return -1;
	if (other && (s->start % COMPARED || !fits(all, s, next, s->start)) && fits(all, s, next, other))
		s->start = other;
	if (s->in_file)
		all->last_end = s->at + s->in_file;
	if (s->in_file && s->type == PT_LOAD) {
		all->last_at = s->at;
		all->last_start = other ? other : s->start;
		all->last_vaddr = s->vaddr;
	}
	return add_segment(im, all->d, s, err);
}

static struct segment get_segment(const struct image *im, const uint8_t *ph)
{
	return (struct segment){ .type = get(im, ph, p_type), .at = get(im, ph, p_offset),
		.start = get(im, ph, p_paddr), .vaddr = get(im, ph, p_vaddr),
		.in_file = get(im, ph, p_filesz), .in_memory = get(im, ph, p_memsz) };
}

/* Behind all that are counted: one more, of memory that follows that of the last one in the file? */
static bool is_one_more(struct image *im, const struct segments *all, uint64_t at, size_t size)
{
	const struct segment *last = &all->last;
	uint8_t ph[64];
	struct segment s;

	if (!all->waiting || dump_file_read(&im->files[0], at, ph, size) < size)
		return false;
	s = get_segment(im, ph);
	if (s.type != PT_LOAD || !s.in_file || s.at - (last->at + last->in_file) >= PADDING_MAX ||
		s.at + s.in_file > im->files[0].size)
		return false;
	dump_damaged(im, "the ELF header is damaged: there are more program headers than it says");
	return true;
}

/* n of them, or UINT64_MAX: as long as they look like some. */
static int read_segments(struct image *im, struct elf_dump *d, uint64_t at, size_t size, uint64_t n,
	struct swpd_error *err)
{
	struct segments all = { .d = d };
	uint8_t buf[READ_AT_ONCE * 64];
	bool counted = n != UINT64_MAX;

	while (n || is_one_more(im, &all, at, size)) {
		uint64_t want = n && n < READ_AT_ONCE ? n : READ_AT_ONCE;
		uint64_t got = dump_file_read(&im->files[0], at, buf, want * size) / size;

		if (!n) {
			counted = false;
			n = UINT64_MAX;
		}
		for (uint64_t i = 0; i < got; i++) {
			struct segment s = get_segment(im, buf + i * size);

			if (!counted &&
				((s.type != PT_LOAD && s.type != PT_NOTE) || s.at > im->files[0].size))
				return settle(im, &all, NULL, err);
			if (settle(im, &all, &s, err) < 0)
				return -1;
			all.last = s;
			all.waiting = true;
		}
		if (got < want) {
			if (counted)
				dump_damaged(im, "the program headers are cut: %llu are missing",
					(unsigned long long)(n - got));
			break;
		}
		at += want * size;
		n -= counted ? want : 0;
	}
	return settle(im, &all, NULL, err);
}

/* ---- contradictions ---- */

static int by_start(const void *a, const void *b)
{
	const struct extent *x = a, *y = b;

	return x->start < y->start ? -1 : x->start > y->start;
}

/*
 * Memory may be there twice, as the kernel maps it twice. If it then is not the same, one of the two is not
 * where its header says.
 */
static void compare_copies(struct image *im, struct elf_dump *d)
{
	const struct extent *over = NULL; /* the one that reaches farthest */

	if (!d->memory.n)
		return;
	qsort(d->memory.v, d->memory.n, sizeof(d->memory.v[0]), by_start);
	for (size_t i = 0; i < d->memory.n; i++) {
		const struct extent *e = &d->memory.v[i];
		uint8_t a[COMPARED], b[COMPARED];
		uint64_t end, n;

		if (e->at == EXTENT_LEFT_OUT)
			continue;
		end = over && over->end < e->end ? over->end : e->end;
		n = over && end > e->start ? end - e->start : 0;
		n = n < COMPARED ? n : COMPARED;
		if (n && e->at - e->start != over->at - over->start &&
			dump_file_read(&im->files[0], e->at, a, n) == n &&
			dump_file_read(&im->files[0], over->at + (e->start - over->start), b, n) == n &&
			memcmp(a, b, n)) {
			dump_damaged(im, "a program header is damaged: memory at 0x%llx is there twice, and "
					 "not the same", (unsigned long long)e->start);
			return;
		}
		if (!over || e->end > over->end)
			over = e;
	}
}

/* Where no program header leads to the note VMCOREINFO it may still stand behind them, before all memory. */
static void find_note(struct image *im, uint64_t from)
{
	static const char name[] = "VMCOREINFO";
	struct elf_dump *d = im->data;
	uint64_t end = from + NOTES_MAX;
	uint8_t *buf, *hit = NULL;
	size_t n = 0;

	for (size_t i = 0; i < d->memory.n; i++)
		if (d->memory.v[i].at < end)
			end = d->memory.v[i].at;
	if (from >= end || !(buf = malloc(end - from)))
		return;
	n = dump_file_read(&im->files[0], from, buf, end - from);
	if (n > 8)
		hit = memmem(buf + 8, n - 8, name, sizeof(name));
	if (hit) {
		dump_damaged(im, "no program header leads to the notes, which are there");
		dump_vmcoreinfo(im, from + (hit - buf) + 12,
			get_uint(hit - 8, 4, im->about.big_endian));
	}
	free(buf);
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
		if (read_segments(im, d, get(im, head, e_phoff), size, UINT64_MAX, err) < 0 ||
			(!d->memory.n && read_segments(im, d, size == sizeof(Elf32_Phdr) ?
					sizeof(Elf32_Ehdr) : sizeof(Elf64_Ehdr), size, UINT64_MAX, err) < 0))
			return -1;
	}
	if (d->pieces > 1 && d->without_address == d->pieces)
		return fail(err, SWPD_E_FORMAT, 0,
			"an ELF core without physical addresses, as /proc/kcore is before Linux 4.11");
	if (!im->files[0].live)
		compare_copies(im, d);
	if (!im->vmcoreinfo[0])
		find_note(im, size);
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
