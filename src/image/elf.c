/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <fcntl.h>
#include <gelf.h>
#include <libelf.h>
#include <stdlib.h>
#include <unistd.h>

#include "image/dump.h"

#define SECTION_MAX (64u << 20) /* bytes of one that is taken as a whole */

/* "Linux version 6.1.0-18-amd64 (builder@…) …": init/version.c */
static void read_banner(Elf *elf, uint64_t address, uint16_t section, struct image_info *info)
{
	static const char prefix[] = "Linux version ";
	Elf_Scn *scn = elf_getscn(elf, section);
	GElf_Shdr sh;
	Elf_Data *data;
	const char *text;
	size_t at, room, len;

	if (!scn || !gelf_getshdr(scn, &sh) || sh.sh_type == SHT_NOBITS || address < sh.sh_addr)
		return;
	data = elf_rawdata(scn, NULL);
	at = address - sh.sh_addr;
	if (!data || !data->d_buf || at >= data->d_size)
		return;
	text = (const char *)data->d_buf + at;
	room = data->d_size - at;
	if (room <= sizeof(prefix) || memcmp(text, prefix, sizeof(prefix) - 1))
		return;
	text += sizeof(prefix) - 1;
	room -= sizeof(prefix) - 1;
	for (len = 0; len < room && len < sizeof(info->release) - 1 && text[len] > ' ' &&
		text[len] < 0x7f; len++)
		info->release[len] = text[len];
	info->release[len] = 0;
	len = strnlen(text, room < sizeof(info->banner) ? room : sizeof(info->banner) - 1);
	memcpy(info->banner, text, len);
	info->banner[len] = 0;
}

static void scan_symtab(Elf *elf, Elf_Scn *scn, const GElf_Shdr *sh, struct image_symbol *wanted, size_t n,
	struct image_info *info)
{
	Elf_Data *data = elf_getdata(scn, NULL);
	size_t count = data && sh->sh_entsize ? data->d_size / sh->sh_entsize : 0;

	for (size_t i = 0; i < count; i++) {
		const char *name;
		GElf_Sym sym;

		if (!gelf_getsym(data, i, &sym) || !(name = elf_strptr(elf, sh->sh_link, sym.st_name)))
			continue;
		if (sym.st_shndx == SHN_UNDEF) /* it is only asked for here */
			continue;
		info->symbols++;
		info->locals |= GELF_ST_BIND(sym.st_info) == STB_LOCAL &&
			GELF_ST_TYPE(sym.st_info) == STT_FUNC;
		if (same_name(name, "linux_banner"))
			read_banner(elf, sym.st_value, sym.st_shndx, info);
		for (size_t w = 0; w < n; w++) {
			if (!same_name(name, wanted[w].name))
				continue;
			wanted[w].found = true;
			wanted[w].address = sym.st_value;
			wanted[w].size = sym.st_size;
		}
	}
}

int image_symbols(int fd, struct image_symbol *wanted, size_t n, struct image_info *info,
	struct swpd_error *err)
{
	Elf_Scn *scn = NULL;
	GElf_Ehdr head;
	Elf *elf;

	memset(info, 0, sizeof(*info));
	for (size_t i = 0; i < n; i++)
		wanted[i].found = false;
	elf_version(EV_CURRENT);
	elf = elf_begin(fd, ELF_C_READ, NULL);
	if (!elf || elf_kind(elf) != ELF_K_ELF) {
		elf_end(elf);
		return fail(err, SWPD_E_FORMAT, 0, "not an ELF file");
	}
	info->word_bytes = gelf_getclass(elf) == ELFCLASS32 ? 4 : 8;
	if (gelf_getehdr(elf, &head))
		info->machine = head.e_machine;
	while ((scn = elf_nextscn(elf, scn))) {
		GElf_Shdr sh;

		if (gelf_getshdr(scn, &sh) && sh.sh_type == SHT_SYMTAB)
			scan_symtab(elf, scn, &sh, wanted, n, info);
	}
	elf_end(elf);
	if (!info->symbols)
		return fail(err, SWPD_E_NOT_HERE, 0, "no symbol table in this ELF file");
	return 0;
}

void *image_section(const char *path, const char *name, uint64_t *size, bool *big_endian)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	Elf *elf = fd < 0 || elf_version(EV_CURRENT) == EV_NONE ? NULL : elf_begin(fd, ELF_C_READ, NULL);
	Elf_Scn *scn = NULL;
	size_t names = 0;
	GElf_Ehdr head;
	void *copy = NULL;

	if (elf && gelf_getehdr(elf, &head) && !elf_getshdrstrndx(elf, &names))
		while (!copy && (scn = elf_nextscn(elf, scn))) {
			GElf_Shdr sh;
			const char *is = gelf_getshdr(scn, &sh) ? elf_strptr(elf, names, sh.sh_name) : NULL;
			Elf_Data *data = is && !strcmp(is, name) ? elf_rawdata(scn, NULL) : NULL;

			if (!data || !data->d_buf || !data->d_size || data->d_size > SECTION_MAX ||
				!(copy = malloc(data->d_size)))
				continue;
			memcpy(copy, data->d_buf, data->d_size);
			*size = data->d_size;
			*big_endian = head.e_ident[EI_DATA] == ELFDATA2MSB;
		}
	elf_end(elf);
	if (fd >= 0)
		close(fd);
	return copy;
}

bool image_order(const char *path, uint8_t *big_endian)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	uint8_t head[EI_NIDENT];
	bool ok =
		fd >= 0 && pread(fd, head, sizeof(head), 0) == sizeof(head) && !memcmp(head, ELFMAG, SELFMAG);

	if (fd >= 0)
		close(fd);
	if (ok)
		*big_endian = head[EI_DATA] == ELFDATA2MSB;
	return ok;
}
