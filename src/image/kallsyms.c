/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The symbols that a running kernel keeps of itself: scripts/kallsyms.c writes them, kernel/kallsyms.c reads
 * them. VMCOREINFO names the tables since 6.0.
 */
#include "image/dump.h"

#define SYMBOLS_MAX (1u << 22)
#define NAME_MAX_BYTES 512
#define READ 4096u

struct tables {
	struct kmem *k;
	uint64_t names, offsets, base, addresses;
	uint32_t n;
	uint16_t index[256];
	char tokens[8192];
	size_t tokens_len;
	/* a window on the names */
	uint64_t at;
	size_t have, next;
	uint8_t window[READ];
};

static bool load_tables(struct tables *t, const struct image *im, struct swpd_error *err)
{
	uint64_t num, table, index, n;

	if (!image_vmcoreinfo_symbol(im, "kallsyms_names", &t->names) ||
		!image_vmcoreinfo_symbol(im, "kallsyms_num_syms", &num) ||
		!image_vmcoreinfo_symbol(im, "kallsyms_token_table", &table) ||
		!image_vmcoreinfo_symbol(im, "kallsyms_token_index", &index)) {
		fail(err, SWPD_E_NOT_HERE, 0,
			"VMCOREINFO does not say where the kernel's symbols are (since 6.0 it does)");
		return false;
	}
	image_vmcoreinfo_symbol(im, "kallsyms_offsets", &t->offsets);
	image_vmcoreinfo_symbol(im, "kallsyms_addresses", &t->addresses);
	if (image_vmcoreinfo_symbol(im, "kallsyms_relative_base", &t->base) &&
		!kmem_pointer(t->k, t->base, &t->base))
		t->base = 0;
	if (!kmem_uint(t->k, num, 4, &n) || !n || n > SYMBOLS_MAX || !(t->offsets || t->addresses))
		goto failed;
	t->n = n;
	t->tokens_len =
		index > table && index - table < sizeof(t->tokens) ? index - table : sizeof(t->tokens);
	if (!kmem_read(t->k, table, t->tokens, t->tokens_len))
		goto failed;
	for (int i = 0; i < 256; i++) {
		if (!kmem_uint(t->k, index + 2 * i, 2, &n) || n >= t->tokens_len)
			goto failed;
		t->index[i] = n;
	}
	t->at = t->names;
	return true;
failed:
	fail(err, SWPD_E_FORMAT, 0, "the kernel's table of symbols cannot be read");
	return false;
}

static int next_byte(struct tables *t)
{
	if (t->next == t->have) {
		t->at += t->have;
		t->have = READ - t->at % READ;
		t->next = 0;
		if (!kmem_read(t->k, t->at, t->window, t->have)) {
			t->have = 0;
			return -1;
		}
	}
	return t->window[t->next++];
}

/* The next name, its type letter in front; false if the table makes no sense. */
static bool next_name(struct tables *t, char name[NAME_MAX_BYTES])
{
	int len = next_byte(t), n = 0;

	if (len < 0)
		return false;
	if (len & 0x80) { /* since 6.1 a long one has two bytes of length */
		int more = next_byte(t);

		if (more < 0)
			return false;
		len = (len & 0x7f) | more << 7;
	}
	while (len--) {
		int token = next_byte(t);

		if (token < 0)
			return false;
		for (size_t i = t->index[token]; i < t->tokens_len && t->tokens[i]; i++)
			if (n < NAME_MAX_BYTES - 1)
				name[n++] = t->tokens[i];
	}
	name[n] = 0;
	return true;
}

/* The ways in which addresses were kept: which one it is shows at a symbol that VMCOREINFO has too. */
enum way {
	WAY_PERCPU,   /* of the base, downwards where negative: CONFIG_KALLSYMS_ABSOLUTE_PERCPU, up to 6.14 */
	WAY_BASE,     /* of the base */
	WAY_PLACE,    /* of the place where the number stands: later than that */
	WAY_ABSOLUTE, /* no offsets: kallsyms_addresses */
	WAY_N
};

static bool address_of(struct tables *t, enum way way, uint32_t i, uint64_t *address)
{
	uint64_t v;
	int32_t offset;

	if (way == WAY_ABSOLUTE)
		return t->addresses &&
		       kmem_pointer(t->k, t->addresses + (uint64_t)i * kmem_word_bytes(t->k), address);
	if (!t->offsets || !kmem_uint(t->k, t->offsets + 4ull * i, 4, &v))
		return false;
	offset = (int32_t)v;
	if (way == WAY_PLACE)
		*address = t->offsets + 4ull * i + offset;
	else if (way == WAY_BASE)
		*address = t->base + (uint32_t)offset;
	else
		*address = offset >= 0 ? (uint64_t)offset : t->base - 1 - offset;
	if (kmem_word_bytes(t->k) == 4)
		*address = (uint32_t)*address;
	return true;
}

/* Symbols that VMCOREINFO has too: early and late in the table, of which a part may be missing. */
static bool is_known(const char *name)
{
	static const char *const names[] = { "_stext", "init_uts_ns", "swapper_pg_dir", "node_online_map" };

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (!strcmp(name, names[i]))
			return true;
	return false;
}

static enum way find_way(struct tables *t, uint32_t i, uint64_t known)
{
	uint64_t address;
	enum way way;

	for (way = 0; way < WAY_N; way++)
		if (address_of(t, way, i, &address) && address == known)
			break;
	return way;
}

static int kallsyms(struct kmem *k, struct image_symbol *wanted, size_t n, struct image_info *info,
	struct swpd_error *err)
{
	static struct tables t;
	struct image *im = kmem_image(k);
	uint64_t known;
	enum way way = WAY_N;
	char name[NAME_MAX_BYTES];
	size_t found = 0;

	memset(&t, 0, sizeof(t));
	t.k = k;
	memset(info, 0, sizeof(*info));
	info->word_bytes = kmem_word_bytes(k);
	for (size_t i = 0; i < n; i++)
		wanted[i].found = false;
	if (!load_tables(&t, im, err))
		return -1;
	/* `address` holds the index until the way is known */
	for (uint32_t i = 0; i < t.n; i++) {
		if (!next_name(&t, name)) {
			info->locals = false; /* what was not found may well be there */
			dump_damaged(kmem_image(k), "the kernel's table of symbols breaks off after %u of %u",
				i, t.n);
			break;
		}
		info->symbols++;
		info->locals |= name[0] == 't';
		if (way == WAY_N && is_known(name + 1) && image_vmcoreinfo_symbol(im, name + 1, &known))
			way = find_way(&t, i, known);
		for (size_t w = 0; w < n; w++) {
			if (wanted[w].found || wanted[w].name[0] != name[1] ||
				strcmp(wanted[w].name, name + 1))
				continue;
			wanted[w].found = true;
			wanted[w].address = i;
			found++;
		}
	}
	if (way == WAY_N)
		return fail(err, SWPD_E_FORMAT, 0,
			"the kernel's table of symbols is of a kind that is not known");
	for (size_t w = 0; w < n; w++) {
		uint32_t i = wanted[w].address;
		uint64_t next;

		if (!wanted[w].found)
			continue;
		wanted[w].found = address_of(&t, way, i, &wanted[w].address);
		wanted[w].size =
			i + 1 < t.n && address_of(&t, way, i + 1, &next) ? next - wanted[w].address : 0;
	}
	return 0;
}

/* Does the file hold the kernel that is in memory? What cannot be read contradicts nobody. */
bool vmlinux_is_of(struct kmem *k, const char *path, struct swpd_error *err)
{
	static const char prefix[] = "Linux version ";
	struct image_symbol banner = { .name = "linux_banner" };
	struct image_info info;
	char text[sizeof(prefix) - 1 + sizeof(info.banner)] = "";
	const char *in_dump = text + sizeof(prefix) - 1;
	size_t len;

	if (vmlinux_symbols(path, kmem_image(k), &banner, 1, &info, err) < 0)
		return false;
	len = strlen(info.banner);
	if (!len || !banner.found || !kmem_read(k, banner.address, text, sizeof(prefix) - 1 + len) ||
		(!memcmp(text, prefix, sizeof(prefix) - 1) && !memcmp(in_dump, info.banner, len)))
		return true;
	fail(err, SWPD_E_FORMAT, 0, "%s: the image of %s, and the kernel in the dump is %s", path,
		info.release,
		strncmp(in_dump, info.release, strlen(info.release)) ? "not that one" :
								       "another build of it");
	return false;
}

int kmem_symbols(struct kmem *k, struct image_symbol *wanted, size_t n, struct image_info *info,
	struct swpd_error *err)
{
	const char *path = kmem_vmlinux(k);

	for (size_t i = 0; i < n; i++)
		wanted[i].found = false;
	if (path && !vmlinux_symbols(path, kmem_image(k), wanted, n, info, err) && info->locals)
		return 0;
	return kallsyms(k, wanted, n, info, err);
}
