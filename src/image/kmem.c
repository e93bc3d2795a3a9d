/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The kernel's virtual memory: through its own page tables, from swapper_pg_dir down. */
#include <errno.h>
#include <stdlib.h>

#include "image/dump.h"

#define TLB 1024
#define PIECES_MAX (1u << 20)

struct kmem {
	struct image *im;
	const struct arch *arch;
	const struct pgtable *row;
	const struct variant *variant;
	const char *vmlinux; /* NULL: none */
	struct window {
		uint64_t base, to, mask, bits; /* mask: the bits that tell, 0: all from the base on */
		bool linear, direct;
	} window[2];  /* one without memory has base UINT64_MAX */
	bool symbols; /* the variables that windows begin at were looked at */
	uint64_t root;
	/* Memory of struct pages that no table leads to, by address; all of 1 << piece_shift bytes. */
	struct piece {
		uint64_t va, phys;
	} *pieces;
	size_t n_pieces;
	unsigned int piece_shift;
	unsigned int levels, page_shift, word_bytes, pte_bytes, entry_bytes;
	bool big_endian, pte_big_endian;
	struct {
		uint64_t page, phys; /* page: number, and 1 more, so that 0 is none */
	} tlb[TLB];
};

static bool number(const struct image *im, const char *key, int base, uint64_t *v)
{
	size_t len;
	const char *text = key ? image_vmcoreinfo(im, key, &len) : NULL;
	char copy[32];
	bool minus;

	if (!text || len >= sizeof(copy))
		return false;
	minus = *text == '-';
	snprintf(copy, sizeof(copy), "%.*s", (int)(len - minus), text + minus);
	if (!parse_number(copy, base, UINT64_MAX, v))
		return false;
	if (minus)
		*v = -*v;
	return true;
}

bool image_vmcoreinfo_symbol(const struct image *im, const char *name, uint64_t *address)
{
	char key[80];

	snprintf(key, sizeof(key), "SYMBOL(%s)", name);
	return number(im, key, 16, address);
}

static bool choose_row(struct kmem *k, const struct arch *arch, const struct variant *only,
	unsigned int page_shift, unsigned int va_bits)
{
	for (const struct variant *v = arch->variants; v->page_shift; v++)
		for (const struct pgtable *row = arch->pgtables; row && row->id; row++) {
			bool bits =
				va_bits && pgtable_shift(row, v->page_shift, pgtable_levels(row)) == va_bits;

			if ((only && v != only) || (page_shift && v->page_shift != page_shift) ||
				!variants_have(row->variants, v) || (k->row && !bits))
				continue;
			k->row = row;
			k->variant = v;
			if (bits)
				return true;
		}
	return k->row;
}

/* Names that are of numbers in hexadecimal say so themselves, but for those of s390. */
static bool map_number(const struct image *im, const char *key, uint64_t *v)
{
	return number(im, key, strchr(key, '(') ? 0 : 16, v);
}

/*
 * Fill the windows. Where there is no VMCOREINFO at all, a kernel that was not moved is assumed: its banner
 * will tell.
 */
static bool find_windows(struct kmem *k)
{
	const struct kernel_map *m = k->arch->kernel_map;
	bool any = false, none = !k->im->vmcoreinfo[0];

	for (size_t i = 0; i < ARRAY_SIZE(k->window); i++) {
		struct window *w = &k->window[i];
		uint64_t base = 0, to = 0, start, end;

		w->base = UINT64_MAX;
		if (!m[i].base && !m[i].base_name) /* nothing, or a variable: later */
			continue;
		if ((m[i].base_name && !map_number(k->im, m[i].base_name, &base) &&
			    (m[i].to_name || !m[i].linear)) ||
			(m[i].to_name && !map_number(k->im, m[i].to_name, &to) && (!none || m[i].base_name)))
			continue;
		if (m[i].from_ram && image_next_range(k->im, 0, &start, &end))
			to += start & ~0xfffffffull;
		w->base = base + m[i].base;
		w->to = to;
		w->linear = m[i].linear;
		w->direct = m[i].direct;
		w->mask = m[i].mask;
		w->bits = m[i].bits;
		any = true;
	}
	return any;
}

enum reach {
	REACH_IMAGE,  /* any window */
	REACH_LINEAR, /* those for which there need be no page tables */
	REACH_DIRECT, /* those for which there are some, if these are lost */
};

static bool through_window(const struct kmem *k, uint64_t va, enum reach reach, uint64_t *phys)
{
	const struct window *best = NULL;

	for (size_t i = 0; i < ARRAY_SIZE(k->window); i++) {
		const struct window *w = &k->window[i];

		if (w->base != UINT64_MAX && (w->mask ? (va & w->mask) == w->base : va >= w->base) &&
			(reach == REACH_IMAGE || (reach == REACH_LINEAR ? w->linear : w->direct)) &&
			(!best || w->base > best->base))
			best = w;
	}
	if (best)
		*phys = (best->mask ? va & ((1ull << best->bits) - 1) : va - best->base) + best->to;
	return best && (reach == REACH_IMAGE || best->mask || *phys < 1ull << k->variant->physmem_bits);
}

/* The windows that begin at what a variable holds, which can be asked once the image can be read. */
static void ask_variables(struct kmem *k)
{
	k->symbols = true;
	for (size_t i = 0; i < ARRAY_SIZE(k->window); i++) {
		const struct kernel_map *m = &k->arch->kernel_map[i];
		struct image_symbol wanted = { .name = m->base_symbol };
		struct image_info info;
		struct swpd_error ignored;
		uint64_t base;

		if (!m->base_symbol || kmem_symbols(k, &wanted, 1, &info, &ignored) < 0 || !wanted.found ||
			!kmem_pointer(k, wanted.address, &base))
			continue;
		k->window[i] = (struct window){ .base = m->base + base, .direct = m->direct };
	}
}

/*
 * The order of the kernel's numbers, which is not always that of the headers: QEMU writes big-endian ones for
 * a POWER machine whatever runs there. The number of symbols has a zero byte at one end.
 */
static bool find_order(struct kmem *k, const char *vmlinux)
{
	uint64_t address, phys;
	uint8_t mem[4], in_file;

	if (vmlinux && image_order(vmlinux, &in_file))
		return in_file;
	if (!image_vmcoreinfo_symbol(k->im, "kallsyms_num_syms", &address) ||
		!through_window(k, address, REACH_IMAGE, &phys) ||
		image_read(k->im, phys, mem, 4) != MEM_OK || !mem[0] == !mem[3])
		return k->im->about.big_endian;
	return !mem[0];
}

static int by_va(const void *a, const void *b)
{
	const struct piece *x = a, *y = b;

	return x->va < y->va ? -1 : x->va > y->va;
}

/*
 * Where a processor looks into a hash table of its own, the kernel notes in a list what memory it gave to
 * which struct pages: vmemmap_list_populate(). VMCOREINFO has what is needed. What cannot be read of the list
 * is not known.
 */
static void find_pieces(struct kmem *k)
{
	enum { LIST, NEXT, PHYS, VA, PSIZE, DEFS, DEF_SIZE, DEF_SHIFT, N };
	static const char *const keys[N] = { "SYMBOL(vmemmap_list)", "OFFSET(vmemmap_backing.list)",
		"OFFSET(vmemmap_backing.phys)", "OFFSET(vmemmap_backing.virt_addr)",
		"SYMBOL(mmu_vmemmap_psize)", "SYMBOL(mmu_psize_defs)", "SIZE(mmu_psize_def)",
		"OFFSET(mmu_psize_def.shift)" };
	uint64_t v[N], index, shift, at;

	for (int i = 0; i < N; i++)
		if (!number(k->im, keys[i], keys[i][1] == 'Y' ? 16 : 0, &v[i]))
			return;
	if (!kmem_uint(k, v[PSIZE], 4, &index) || index > 64 ||
		!kmem_uint(k, v[DEFS] + index * v[DEF_SIZE] + v[DEF_SHIFT], 4, &shift) ||
		shift < k->page_shift || shift > 40)
		return;
	k->piece_shift = shift;
	for (at = v[LIST]; k->n_pieces < PIECES_MAX && kmem_pointer(k, at, &at) && at; at += v[NEXT]) {
		struct piece piece, *more;

		if (!(k->n_pieces & (k->n_pieces + 1))) {
			more = realloc(k->pieces, 2 * (k->n_pieces + 1) * sizeof(*more));
			if (!more)
				break;
			k->pieces = more;
		}
		if (kmem_pointer(k, at + v[PHYS], &piece.phys) && kmem_pointer(k, at + v[VA], &piece.va))
			k->pieces[k->n_pieces++] = piece;
	}
	qsort(k->pieces, k->n_pieces, sizeof(*k->pieces), by_va);
}

static bool in_piece(const struct kmem *k, uint64_t va, uint64_t *phys)
{
	size_t low = 0, high = k->n_pieces;

	while (low < high) {
		size_t mid = (low + high) / 2;

		if (k->pieces[mid].va <= va)
			low = mid + 1;
		else
			high = mid;
	}
	if (!low || (va - k->pieces[low - 1].va) >> k->piece_shift)
		return false;
	*phys = k->pieces[low - 1].phys + (va - k->pieces[low - 1].va);
	return true;
}

struct kmem *kmem_open(struct image *im, const struct arch *arch, const struct variant *v,
	unsigned int page_shift, unsigned int va_bits, bool big_endian, const char *vmlinux,
	struct swpd_error *err)
{
	struct kmem *k = calloc(1, sizeof(*k));
	struct image_symbol top = { .name = "swapper_pg_dir" };
	struct image_info info;
	struct swpd_error why = { .code = 0 };
	uint64_t root;

	if (!k) {
		fail(err, SWPD_E_SYSTEM, ENOMEM, "%s", sys_text(ENOMEM));
		return NULL;
	}
	k->im = im;
	k->arch = arch;
	k->vmlinux = vmlinux;
	k->pte_big_endian = big_endian;
	top.found = image_vmcoreinfo_symbol(im, top.name, &top.address);
	if (!top.found && vmlinux)
		vmlinux_symbols(vmlinux, im, &top, 1, &info, &why);
	if (!top.found)
		fail(err, SWPD_E_NOT_HERE, 0,
			"no VMCOREINFO in the dump that says where the kernel's page tables are%s%s",
			why.text[0] ? ", and " : "", why.text);
	else if (!choose_row(k, arch, v, page_shift, va_bits))
		fail(err, SWPD_E_NOT_HERE, 0, "how page tables of %s are built is not known", arch->name);
	else if (!find_windows(k) || !through_window(k, top.address, REACH_IMAGE, &root))
		fail(err, SWPD_E_NOT_HERE, 0, "where the kernel's image lies in memory is not known");
	else {
		k->root = root;
		k->levels = pgtable_levels(k->row);
		k->page_shift = k->variant->page_shift;
		k->word_bytes = arch_word_bits(arch, k->variant) / 8;
		k->pte_bytes = arch_pte_bytes(arch, k->variant, NULL);
		k->entry_bytes = k->row->entry_bytes ? k->row->entry_bytes : k->pte_bytes;
		k->big_endian = find_order(k, vmlinux);
		if (!vmlinux || vmlinux_is_of(k, vmlinux, err)) {
			find_pieces(k);
			return k;
		}
	}
	free(k);
	return NULL;
}

void kmem_close(struct kmem *k)
{
	if (k)
		free(k->pieces);
	free(k);
}

bool kmem_big_endian(const struct kmem *k)
{
	return k->big_endian;
}

unsigned int kmem_word_bytes(const struct kmem *k)
{
	return k->word_bytes;
}

unsigned int kmem_page_shift(const struct kmem *k)
{
	return k->page_shift;
}

/* Through the tables, as this row has them. */
static bool walk_row(struct kmem *k, const struct pgtable *row, uint64_t va, uint64_t *phys)
{
	uint64_t table = k->root, memory = (1ull << k->variant->physmem_bits) - 1;

	for (unsigned int level = pgtable_levels(row); level--;) {
		const struct pred *maps = &row->maps[level > 0];
		unsigned int shift = pgtable_shift(row, k->page_shift, level);
		unsigned int bytes = level ? k->entry_bytes : k->pte_bytes;
		uint64_t index = va >> shift & ((1ull << row->bits[level]) - 1), word, in;
		uint8_t mem[8];

		if (image_read(k->im, table + index * bytes, mem, k->pte_bytes) != MEM_OK)
			return false;
		word = get_uint(mem, k->pte_bytes, k->pte_big_endian);
		if (level && pgtable_leads(row, level, word)) {
			in = (uint64_t)(level > 1 ? k->entry_bytes : k->pte_bytes) << row->bits[level - 1];
			table = pgtable_address(row, word) & ~((in < 4096 ? in : 4096) - 1);
			continue;
		}
		if (maps->any || maps->eq[0].mask ? !pred_test(maps, word) : !(word & 1))
			return false;
		in = (1ull << shift) - 1;
		*phys = (pgtable_address(row, word) & ~in & memory) | (va & in);
		return true;
	}
	return false;
}

/* Is there a variant with these pages that the row is for? */
static bool row_has_pages(const struct kmem *k, const struct pgtable *row)
{
	for (const struct variant *v = k->arch->variants; v->page_shift; v++)
		if (v->page_shift == k->page_shift && variants_have(row->variants, v))
			return true;
	return false;
}

static bool walk(struct kmem *k, uint64_t va, uint64_t *phys)
{
	const struct pgtable *row = k->row;

	if (!k->window[0].linear)
		return through_window(k, va, REACH_LINEAR, phys) || walk_row(k, row, va, phys);
	if (k->window[0].mask && through_window(k, va, REACH_LINEAR, phys))
		return true;
	/* All memory has its place in the window; struct pages and what vmalloc() gave have not. */
	if (row->maps[0].any || row->maps[0].eq[0].mask)
		for (row = k->arch->pgtables; row->id; row++) /* which one it is shows in the tables */
			if (row_has_pages(k, row) && walk_row(k, row, va, phys))
				return true;
	return in_piece(k, va, phys) || through_window(k, va, REACH_LINEAR, phys);
}

bool kmem_translate(struct kmem *k, uint64_t va, uint64_t *phys)
{
	uint64_t page = (va >> k->page_shift) + 1, in = (1ull << k->page_shift) - 1;
	size_t slot = page % TLB;

	if (k->word_bytes == 4)
		va = (uint32_t)va;
	if (k->tlb[slot].page != page) {
		bool found = walk(k, va & ~in, &k->tlb[slot].phys);

		if (!found && !k->symbols)
			ask_variables(k);
		if (!found && !through_window(k, va & ~in, REACH_DIRECT, &k->tlb[slot].phys)) {
			k->tlb[slot].page = 0;
			return false;
		}
		k->tlb[slot].page = page;
	}
	*phys = k->tlb[slot].phys | (va & in);
	return true;
}

bool kmem_read(struct kmem *k, uint64_t va, void *buf, size_t n)
{
	uint8_t *to = buf;

	while (n) {
		size_t room = (1ull << k->page_shift) - (va & ((1ull << k->page_shift) - 1));
		size_t piece = room < n ? room : n;
		uint64_t phys;
		enum mem_state state;

		if (!kmem_translate(k, va, &phys))
			return false;
		state = image_read(k->im, phys, to, piece);
		/* a page of zeros that was left out */
		if (state != MEM_OK && !(state == MEM_EXCLUDED && k->im->about.zeros_excluded))
			return false;
		va += piece;
		to += piece;
		n -= piece;
	}
	return true;
}

bool kmem_uint(struct kmem *k, uint64_t va, unsigned int bytes, uint64_t *v)
{
	uint8_t mem[8];

	if (bytes > sizeof(mem) || !kmem_read(k, va, mem, bytes))
		return false;
	*v = get_uint(mem, bytes, k->big_endian);
	return true;
}

bool kmem_pointer(struct kmem *k, uint64_t va, uint64_t *v)
{
	return kmem_uint(k, va, k->word_bytes, v);
}

struct image *kmem_image(struct kmem *k)
{
	return k->im;
}

const char *kmem_vmlinux(struct kmem *k)
{
	return k->vmlinux;
}
