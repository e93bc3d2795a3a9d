/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where members of structures are: Documentation/bpf/btf.rst. Nothing in it is trusted. */
#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "image/dump.h"

#define BTF_MAX (64u << 20) /* the largest that was seen has 7 MiB */
#define READ 4096u
#define MAGIC 0xeb9f
#define DEPTH_MAX 8         /* anonymous structures in one another */
#define STEPS_MAX 100000    /* members looked at for one question; structures have some hundreds */

enum {
	KIND_INT = 1,
	KIND_ARRAY = 3,
	KIND_STRUCT = 4,
	KIND_UNION = 5,
	KIND_ENUM = 6,
	KIND_FUNC = 12,
	KIND_FUNC_PROTO = 13,
	KIND_VAR = 14,
	KIND_DATASEC = 15,
	KIND_DECL_TAG = 17,
	KIND_ENUM64 = 19,
};

struct btf {
	struct dwarf *dwarf; /* if there is one, all is in it */
	bool big_endian, whole;
	uint8_t *data;
	uint32_t size;
	const char *strings;
	uint32_t strings_len;
	uint32_t *type; /* by id, from 1 on: where in data */
	uint32_t n;
};

static uint32_t u32(const struct btf *b, uint32_t at)
{
	return at + 4 <= b->size ? get_uint(b->data + at, 4, b->big_endian) : 0;
}

/* Bytes that follow the 12 of a type. */
static uint32_t tail(uint32_t info)
{
	uint32_t n = info & 0xffff;

	switch (info >> 24 & 0x1f) {
	case KIND_INT:
	case KIND_VAR:
	case KIND_DECL_TAG:
		return 4;
	case KIND_ARRAY:
		return 12;
	case KIND_ENUM:
	case KIND_FUNC_PROTO:
		return 8 * n;
	case KIND_STRUCT:
	case KIND_UNION:
	case KIND_DATASEC:
	case KIND_ENUM64:
		return 12 * n;
	default:
		return 0;
	}
}

static bool index_types(struct btf *b, uint32_t at, uint32_t end)
{
	uint32_t n = 0, p;

	for (p = at; p + 12 <= end; p += 12 + tail(u32(b, p + 4)))
		n++;
	b->type = calloc(n + 1, sizeof(*b->type));
	if (!b->type)
		return false;
	for (p = at; p + 12 <= end && b->n < n; p += 12 + tail(u32(b, p + 4)))
		if (p + 12 + tail(u32(b, p + 4)) <= end)
			b->type[++b->n] = p;
	b->whole &= p == end;
	return b->n;
}

/* Memory for it is there, and filled: make sense of it. */
static bool parse(struct btf *b)
{
	uint32_t header, types, types_len, strings;

	if (b->size < 24 || get_uint(b->data, 2, b->big_endian) != MAGIC)
		return false;
	header = u32(b, 4);
	types = u32(b, 8);
	types_len = u32(b, 12);
	strings = u32(b, 16);
	b->strings_len = u32(b, 20);
	if (header > b->size || types > b->size - header || types_len > b->size - header - types ||
		strings > b->size - header || b->strings_len > b->size - header - strings || !b->strings_len)
		return false;
	b->strings = (const char *)b->data + header + strings;
	b->data[header + strings + b->strings_len - 1] = 0;
	return index_types(b, header + types, header + types + types_len);
}

static struct btf *make(uint64_t size, bool big_endian, struct swpd_error *err)
{
	struct btf *b = calloc(1, sizeof(*b));

	if (b && size && size <= BTF_MAX)
		b->data = malloc(size);
	if (!b || !b->data) {
		fail(err, SWPD_E_FORMAT, 0, "the kernel's type information (BTF) has no possible size");
		free(b);
		return NULL;
	}
	b->size = size;
	b->big_endian = big_endian;
	b->whole = true;
	return b;
}

static struct btf *parsed(struct btf *b, struct swpd_error *err)
{
	if (parse(b))
		return b;
	fail(err, SWPD_E_FORMAT, 0, "the kernel's type information (BTF) cannot be read");
	btf_free(b);
	return NULL;
}

struct btf *btf_load(struct kmem *k, uint64_t start, uint64_t end, struct swpd_error *err)
{
	struct btf *b = make(start < end ? end - start : 0, kmem_big_endian(k), err);

	/* What cannot be read of it is zero: what is looked for may stand elsewhere. */
	for (uint32_t at = 0, n; b && at < b->size; at += n) {
		n = READ - (start + at) % READ < b->size - at ? READ - (start + at) % READ : b->size - at;
		if (!kmem_read(k, start + at, b->data + at, n)) {
			memset(b->data + at, 0, n);
			b->whole = false;
		}
	}
	return b ? parsed(b, err) : NULL;
}

struct btf *btf_read(int fd, struct swpd_error *err)
{
	struct stat st;
	struct btf *b;
	ssize_t n = 1;

	if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode) || st.st_size < 2) {
		fail(err, SWPD_E_FORMAT, 0, "no type information of a kernel (BTF)");
		return NULL;
	}
	b = make(st.st_size, false, err);
	for (uint32_t at = 0; b && at < b->size && n > 0; at += n) {
		n = read(fd, b->data + at, b->size - at);
		b->whole = n > 0;
	}
	if (b && b->whole) {
		b->big_endian = b->data[0] == MAGIC >> 8;
		b->whole = parse(b) && b->whole;
	}
	if (b && b->whole)
		return b;
	if (b)
		fail(err, SWPD_E_FORMAT, 0, "the kernel's type information (BTF) is damaged");
	btf_free(b);
	return NULL;
}

/* ---- where no symbol says where it is ---- */

/* Modules have some of their own, which build upon the kernel's: the kernel's has the largest number of
 * types. */
#define KERNEL_BTF_MIN (1u << 18)

struct found {
	bool big_endian;
	uint64_t size;
};

static bool is_kernel_btf(struct image *im, uint64_t phys, void *arg)
{
	struct found *f = arg;
	uint8_t head[24];

	if (image_read(im, phys, head, sizeof(head)) != MEM_OK)
		return false;
	f->size = 24 + get_uint(head + 16, 4, f->big_endian) + get_uint(head + 20, 4, f->big_endian);
	return get_uint(head + 4, 4, f->big_endian) == 24 && !get_uint(head + 8, 4, f->big_endian) &&
	       get_uint(head + 12, 4, f->big_endian) <= get_uint(head + 16, 4, f->big_endian) &&
	       f->size >= KERNEL_BTF_MIN && f->size <= BTF_MAX;
}

/* The kernel's image lies in one piece. */
static struct btf *in_memory(struct kmem *k, struct swpd_error *err)
{
	struct found f = { .big_endian = kmem_big_endian(k) };
	struct image_pattern p = { .bytes = f.big_endian ? "\xeb\x9f\1" : "\x9f\xeb\1", .len = 3, .align = 4,
		.accept = is_kernel_btf, .arg = &f };
	struct btf *b;

	image_scan(kmem_image(k), &p, 1);
	if (!p.found) {
		fail(err, SWPD_E_NOT_HERE, 0, "no type information of the kernel (BTF) in the dump");
		return NULL;
	}
	b = make(f.size, f.big_endian, err);
	for (uint64_t at = 0, n; b && at < f.size; at += n) {
		n = READ - (p.at + at) % READ < f.size - at ? READ - (p.at + at) % READ : f.size - at;
		b->whole &= image_read(kmem_image(k), p.at + at, b->data + at, n) == MEM_OK;
	}
	return b ? parsed(b, err) : NULL;
}

static struct btf *in_file(const char *path, struct swpd_error *err)
{
	uint64_t size;
	bool big_endian;
	uint8_t *data = image_section(path, ".BTF", &size, &big_endian);
	struct btf *b;

	if (data) {
		b = make(size, big_endian, err);
		if (b)
			memcpy(b->data, data, size);
		free(data);
		return b ? parsed(b, err) : NULL;
	}
	b = calloc(1, sizeof(*b));
	if (b && !(b->dwarf = dwarf_load(path, err))) {
		free(b);
		b = NULL;
	}
	if (b)
		b->whole = true;
	return b;
}

struct btf *btf_find(struct kmem *k, struct swpd_error *err)
{
	struct btf *b = kmem_vmlinux(k) ? in_file(kmem_vmlinux(k), err) : NULL;

	return b ? b : in_memory(k, err);
}

bool btf_whole(const struct btf *b)
{
	return b->whole;
}

void btf_free(struct btf *b)
{
	if (!b)
		return;
	dwarf_free(b->dwarf);
	free(b->type);
	free(b->data);
	free(b);
}

static const char *name_at(const struct btf *b, uint32_t at)
{
	return at < b->strings_len ? b->strings + at : "";
}

static bool is_structure(const struct btf *b, uint32_t at)
{
	uint32_t kind = u32(b, at + 4) >> 24 & 0x1f;

	return kind == KIND_STRUCT || kind == KIND_UNION;
}

/* Look in a structure, and with a stack in those without a name inside it. */
static bool find_member(const struct btf *b, uint32_t at, const char *member, uint32_t *offset,
	int *steps)
{
	struct {
		uint32_t at, next, offset;
	} stack[DEPTH_MAX] = { { at, 0, 0 } };
	int depth = 0;

	for (; depth >= 0 && *steps < STEPS_MAX; ++*steps) {
		uint32_t here = stack[depth].at, info = u32(b, here + 4), i = stack[depth].next++;
		uint32_t m = here + 12 + 12 * i, type, bits;
		const char *name;

		if (i >= (info & 0xffff)) {
			depth--;
			continue;
		}
		name = name_at(b, u32(b, m));
		type = u32(b, m + 4);
		bits = u32(b, m + 8);
		if (info >> 31)
			bits &= 0xffffff;
		if (!strcmp(name, member)) {
			*offset = stack[depth].offset + bits / 8;
			return true;
		}
		if (*name || type > b->n || !type || !is_structure(b, b->type[type]) ||
			depth + 1 == DEPTH_MAX)
			continue;
		stack[depth + 1].at = b->type[type];
		stack[depth + 1].next = 0;
		stack[depth + 1].offset = stack[depth].offset + bits / 8;
		depth++;
	}
	return false;
}

bool btf_member(const struct btf *b, const char *structure, const char *member, uint32_t *offset)
{
	int steps = 0;

	if (b->dwarf)
		return dwarf_member(b->dwarf, structure, member, offset);
	for (uint32_t id = 1; id <= b->n; id++) {
		uint32_t at = b->type[id];

		if (is_structure(b, at) && (u32(b, at + 4) & 0xffff) &&
			same_name(name_at(b, u32(b, at)), structure) &&
			find_member(b, at, member, offset, &steps))
			return true;
	}
	return false;
}

bool btf_size(const struct btf *b, const char *structure, uint32_t *size)
{
	if (b->dwarf)
		return dwarf_size(b->dwarf, structure, size);
	for (uint32_t id = 1; id <= b->n; id++) {
		uint32_t at = b->type[id];

		if (!is_structure(b, at) || !(u32(b, at + 4) & 0xffff) ||
			!same_name(name_at(b, u32(b, at)), structure))
			continue;
		*size = u32(b, at + 8);
		return true;
	}
	return false;
}

bool btf_function(const struct btf *b, const char *function)
{
	for (uint32_t id = 1; id <= b->n; id++) {
		uint32_t at = b->type[id];

		if ((u32(b, at + 4) >> 24 & 0x1f) == KIND_FUNC && same_name(name_at(b, u32(b, at)), function))
			return true;
	}
	return false;
}

void btf_values(const struct btf *b, struct btf_value *wanted, size_t n)
{
	for (size_t i = 0; i < n; i++)
		wanted[i].found = false;
	if (b->dwarf)
		dwarf_values(b->dwarf, wanted, n);
	for (uint32_t id = 1; id <= b->n; id++) {
		uint32_t at = b->type[id], info = u32(b, at + 4), kind = info >> 24 & 0x1f;
		uint32_t step = kind == KIND_ENUM64 ? 12 : 8;

		if (kind != KIND_ENUM && kind != KIND_ENUM64)
			continue;
		for (uint32_t k = 0, m = at + 12; k < (info & 0xffff); k++, m += step) {
			const char *name = name_at(b, u32(b, m));

			for (size_t i = 0; i < n; i++) {
				if (wanted[i].found || !same_name(name, wanted[i].name))
					continue;
				wanted[i].found = true;
				wanted[i].value = u32(b, m + 4);
				if (kind == KIND_ENUM64)
					wanted[i].value |= (uint64_t)u32(b, m + 8) << 32;
			}
		}
	}
}
