/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where members of structures are, in the debugging information of a vmlinux. Few runs need libdw: it is
 * loaded by the first that does.
 */
#include <dwarf.h>
#include <elfutils/libdw.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "image/dump.h"

#define NAMES (1u << 16) /* a power of two */
#define UNITS_FOR_VALUES 16
#define DEPTH_MAX 8      /* anonymous structures in one another */

/* The functions of libdw that are used. */
#define FUNCTIONS(F)                                                                                         \
	F(dwarf_begin)                                                                                       \
	F(dwarf_end)                                                                                         \
	F(dwarf_next_unit)                                                                                   \
	F(dwarf_offdie)                                                                                      \
	F(dwarf_dieoffset)                                                                                   \
	F(dwarf_child)                                                                                       \
	F(dwarf_siblingof)                                                                                   \
	F(dwarf_tag)                                                                                         \
	F(dwarf_diename)                                                                                     \
	F(dwarf_attr)                                                                                        \
	F(dwarf_hasattr)                                                                                     \
	F(dwarf_formudata)                                                                                   \
	F(dwarf_formref_die)                                                                                 \
	F(dwarf_peel_type)

static struct {
#define F(name) __typeof__(&name) name;
	FUNCTIONS(F)
#undef F
} dw;

static const char *const functions[] = {
#define F(name) #name,
	FUNCTIONS(F)
#undef F
};

struct dwarf {
	int fd;
	Dwarf *file;
	Dwarf_Off unit; /* the next one to look at */
	bool done;      /* there is none */
	/* Structures that were met, by name: where. Open addressing; 0 is empty. */
	struct {
		const char *name;
		Dwarf_Off at;
	} met[NAMES];
	unsigned int n;
};

static bool load_library(struct swpd_error *err)
{
	if (dw.dwarf_begin ||
		library_functions("libdw.so.1", functions, (void **)&dw, ARRAY_SIZE(functions)))
		return true;
	fail(err, SWPD_E_NOT_HERE, 0, "debugging information (DWARF) needs libdw, which is not installed");
	return false;
}

struct dwarf *dwarf_load(const char *path, struct swpd_error *err)
{
	struct dwarf *d = load_library(err) ? calloc(1, sizeof(*d)) : NULL;

	if (!d)
		return NULL;
	d->fd = open(path, O_RDONLY | O_CLOEXEC);
	d->file = d->fd < 0 ? NULL : dw.dwarf_begin(d->fd, DWARF_C_READ);
	if (d->file)
		return d;
	fail(err, SWPD_E_NOT_HERE, 0, "%s: no type information (BTF or DWARF)", path);
	dwarf_free(d);
	return NULL;
}

void dwarf_free(struct dwarf *d)
{
	if (!d)
		return;
	if (d->file)
		dw.dwarf_end(d->file);
	if (d->fd >= 0)
		close(d->fd);
	free(d);
}

static unsigned int slot_of(const struct dwarf *d, const char *name)
{
	uint32_t h = 2166136261u;

	for (const char *p = name; *p; p++)
		h = (h ^ (uint8_t)*p) * 16777619u;
	for (h &= NAMES - 1; d->met[h].name && strcmp(d->met[h].name, name); h = (h + 1) & (NAMES - 1))
		;
	return h;
}

/* Note the structures that are defined in the next unit. */
static void read_unit(struct dwarf *d)
{
	Dwarf_Off next, at = d->unit;
	Dwarf_Die unit, die;
	size_t head;

	if (dw.dwarf_next_unit(d->file, at, &next, &head, NULL, NULL, NULL, NULL, NULL, NULL) || next <= at) {
		d->done = true;
		return;
	}
	d->unit = next;
	if (!dw.dwarf_offdie(d->file, at + head, &unit) || dw.dwarf_child(&unit, &die))
		return;
	do {
		const char *name;
		unsigned int i;

		if (dw.dwarf_tag(&die) != DW_TAG_structure_type ||
			dw.dwarf_hasattr(&die, DW_AT_declaration) || !(name = dw.dwarf_diename(&die)) ||
			d->n > NAMES / 2)
			continue;
		i = slot_of(d, name);
		d->n += !d->met[i].name;
		d->met[i].name = name;
		d->met[i].at = dw.dwarf_dieoffset(&die);
	} while (!dw.dwarf_siblingof(&die, &die));
}

static uint64_t offset_of(Dwarf_Die *member)
{
	Dwarf_Attribute attr;
	Dwarf_Word v;

	if (dw.dwarf_attr(member, DW_AT_data_member_location, &attr) && !dw.dwarf_formudata(&attr, &v))
		return v;
	if (dw.dwarf_attr(member, DW_AT_data_bit_offset, &attr) && !dw.dwarf_formudata(&attr, &v))
		return v / 8;
	return 0;
}

/* The type of a member that has no name, if it is a structure or union. */
static bool anonymous(Dwarf_Die *member, Dwarf_Die *type)
{
	Dwarf_Attribute attr;

	return !dw.dwarf_diename(member) && dw.dwarf_attr(member, DW_AT_type, &attr) &&
	       dw.dwarf_formref_die(&attr, type) && !dw.dwarf_peel_type(type, type) &&
	       (dw.dwarf_tag(type) == DW_TAG_structure_type || dw.dwarf_tag(type) == DW_TAG_union_type);
}

static bool find_member(Dwarf_Die *structure, const char *member, uint32_t *offset)
{
	struct {
		Dwarf_Die die;
		uint64_t base;
		bool more;
	} stack[DEPTH_MAX];
	int depth = 0;

	stack[0].base = 0;
	stack[0].more = !dw.dwarf_child(structure, &stack[0].die);
	while (depth >= 0) {
		Dwarf_Die die = stack[depth].die, type;
		uint64_t at = stack[depth].base;
		const char *name;

		if (!stack[depth].more) {
			depth--;
			continue;
		}
		stack[depth].more = !dw.dwarf_siblingof(&die, &stack[depth].die);
		if (dw.dwarf_tag(&die) != DW_TAG_member)
			continue;
		at += offset_of(&die);
		name = dw.dwarf_diename(&die);
		if (name && !strcmp(name, member)) {
			*offset = at;
			return true;
		}
		if (depth + 1 < DEPTH_MAX && anonymous(&die, &type)) {
			depth++;
			stack[depth].base = at;
			stack[depth].more = !dw.dwarf_child(&type, &stack[depth].die);
		}
	}
	return false;
}

/* The definition of a structure. */
static bool find_structure(struct dwarf *d, const char *structure, Dwarf_Die *die)
{
	unsigned int i = slot_of(d, structure);

	/* Units are read until one has it. */
	while (!d->met[i].name && !d->done) {
		read_unit(d);
		i = slot_of(d, structure);
	}
	return d->met[i].name && dw.dwarf_offdie(d->file, d->met[i].at, die);
}

bool dwarf_member(struct dwarf *d, const char *structure, const char *member, uint32_t *offset)
{
	Dwarf_Die die;

	return find_structure(d, structure, &die) && find_member(&die, member, offset);
}

bool dwarf_size(struct dwarf *d, const char *structure, uint32_t *size)
{
	Dwarf_Attribute attr;
	Dwarf_Word v;
	Dwarf_Die die;

	if (!find_structure(d, structure, &die) || !dw.dwarf_attr(&die, DW_AT_byte_size, &attr) ||
		dw.dwarf_formudata(&attr, &v))
		return false;
	*size = v;
	return true;
}

/* Take over those that the enumeration has. */
static void take_values(Dwarf_Die *enumeration, struct btf_value *wanted, size_t n)
{
	Dwarf_Attribute attr;
	Dwarf_Die die;
	Dwarf_Word v;

	if (dw.dwarf_child(enumeration, &die))
		return;
	do {
		const char *name = dw.dwarf_diename(&die);

		for (size_t i = 0; name && i < n; i++) {
			if (wanted[i].found || !same_name(name, wanted[i].name) ||
				!dw.dwarf_attr(&die, DW_AT_const_value, &attr) ||
				dw.dwarf_formudata(&attr, &v))
				continue;
			wanted[i].found = true;
			wanted[i].value = v;
		}
	} while (!dw.dwarf_siblingof(&die, &die));
}

void dwarf_values(struct dwarf *d, struct btf_value *wanted, size_t n)
{
	Dwarf_Off at = 0, next;
	Dwarf_Die unit, die;
	size_t head;

	/* what is asked for is in headers that nearly all include, or not in this kernel */
	for (int i = 0; i < UNITS_FOR_VALUES; i++, at = next) {
		if (dw.dwarf_next_unit(d->file, at, &next, &head, NULL, NULL, NULL, NULL, NULL, NULL) ||
			next <= at)
			break;
		if (!dw.dwarf_offdie(d->file, at + head, &unit) || dw.dwarf_child(&unit, &die))
			continue;
		do {
			if (dw.dwarf_tag(&die) == DW_TAG_enumeration_type)
				take_values(&die, wanted, n);
		} while (!dw.dwarf_siblingof(&die, &die));
	}
}
