/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Page frames of a dump: struct page, to which mem_section (SPARSEMEM) or the only node (FLATMEM) leads. What
 * is told of a frame is what /proc/kpageflags and kpagecount of that kernel would tell: fs/proc/page.c of 6.1
 * and 6.12. VMCOREINFO names most of what is needed, the kernel's types the rest.
 */
#include <errno.h>
#include <stdlib.h>

#include "fact/fact.h"

#define PAGE_BYTES_MAX 512u /* of a struct page; 64 on most */
#define RANGES_MAX 64       /* of a dev_pagemap */
#define ORDER_MAX 10        /* of a free block, MAX_ORDER of 6.1 and 6.12 */
#define LIST_MAX 512        /* raw errors of a huge page that are followed */
#define SEARCH_MAX (4u << 20) /* frames looked at for errors, in all */
#define ABSENT UINT32_MAX

enum {
	/* include/linux/mmzone.h, since 4.13: what the low bits of section_mem_map say */
	SECTION_HAS_MEM_MAP = 1 << 1,
	SECTION_IS_ONLINE = 1 << 2,
	/* include/linux/page-flags.h: low bits of page.mapping */
	MAPPING_ANON = 1,
	MAPPING_KSM = 2,
	/* include/linux/memremap.h, enum memory_type */
	MEMORY_DEVICE_PRIVATE = 1,
};

struct offsets {
#define MEMBER(id, structure, member) uint32_t id;
#define FLAG(name, bit)
#include "fact/page.def"
#undef MEMBER
#undef FLAG
};

/* Numbers of page flags, then others that the kernel's types tell. */
enum {
#define MEMBER(id, structure, member)
#define FLAG(name, bit) PG_##name,
#include "fact/page.def"
#undef MEMBER
#undef FLAG
	N_FLAGS,
	PG_slab = N_FLAGS,
	PG_head,
	PG_swapcache,
	PG_double_map,
	PG_large_rmappable,
	PG_hugetlb,
	PGTY_table,
	SUBPAGE_INDEX_HWPOISON,
	N_NUMBERS
};

/* What is known of page types: a value that page_type is, or, if only its highest byte is set, has there. */
enum {
	TYPE_BUDDY,
	TYPE_OFFLINE,
	TYPE_SLAB,
	TYPE_HUGETLB,
	TYPE_TABLE,
	N_TYPES
};

struct memmap {
	struct kmem *k;
	struct offsets at;
	uint32_t page_size;
	unsigned int page_shift;
	bool big_endian;
	bool of_folio;   /* flags are those of the folio: since 6.10 */
	uint64_t known;  /* bits of struct frame's flags */
	struct btf_value number[N_NUMBERS];
	uint32_t type[N_TYPES]; /* 0: not known */
	uint32_t hugetlb_dtor;  /* 0: not known */

	/* SPARSEMEM: an array of pointers to arrays of mem_section, or, unless `extreme`, of those arrays */
	uint64_t sections;
	uint32_t n_roots, per_root, section_size, section_map;
	unsigned int section_shift; /* log2 of the pages of a section */
	bool extreme;

	/* FLATMEM */
	uint64_t flat, first_pfn, n_pfns;

	uint64_t searched; /* frames */
	uint64_t zero, huge_zero; /* frames; 0: not known */
	uint64_t zeros_more;      /* that follow zero */
	uint64_t n_pages; /* of sections that could exist; 0: not known */
};

/* One struct page. */
struct page {
	uint64_t va, flags, mapping, head, private; /* head: its address if this is a tail, else 0 */
	uint32_t mapcount, refcount;
	uint8_t dtor;
	uint8_t mem[PAGE_BYTES_MAX];
};

static bool number(struct kmem *k, const char *what, const char *name, uint64_t *v)
{
	char key[80];

	snprintf(key, sizeof(key), "%s(%s)", what, name);
	return vmcoreinfo_number(kmem_image(k), key, strcmp(what, "SYMBOL") ? 0 : 16, v);
}

/* ---- what the kernel says of its structures ---- */

static void find_members(struct memmap *m, const struct btf *b)
{
	static const struct {
		const char *structure, *member;
		size_t to;
	} members[] = {
#define MEMBER(id, structure, member) { structure, member, offsetof(struct offsets, id) },
#define FLAG(name, bit)
#include "fact/page.def"
#undef MEMBER
#undef FLAG
	};

	for (size_t i = 0; i < ARRAY_SIZE(members); i++) {
		uint32_t *to = (uint32_t *)((char *)&m->at + members[i].to);
		char name[80];
		uint64_t v;

		snprintf(name, sizeof(name), "%s.%s", members[i].structure, members[i].member);
		if (number(m->k, "OFFSET", name, &v) && v < PAGE_BYTES_MAX)
			*to = v;
		else if (!b || !btf_member(b, members[i].structure, members[i].member, to))
			*to = ABSENT;
	}
}

static void find_numbers(struct memmap *m, const struct btf *b)
{
	static const char *const names[N_NUMBERS] = {
#define MEMBER(id, structure, member)
#define FLAG(name, bit) [PG_##name] = "PG_" #name,
#include "fact/page.def"
#undef MEMBER
#undef FLAG
		[PG_slab] = "PG_slab", [PG_head] = "PG_head", [PG_swapcache] = "PG_swapcache",
		[PG_double_map] = "PG_double_map", [PG_large_rmappable] = "PG_large_rmappable",
		[PG_hugetlb] = "PG_hugetlb", [PGTY_table] = "PGTY_table",
		[SUBPAGE_INDEX_HWPOISON] = "SUBPAGE_INDEX_HWPOISON",
	};
	static const char *const types[N_TYPES] = {
		[TYPE_BUDDY] = "PAGE_BUDDY_MAPCOUNT_VALUE", [TYPE_OFFLINE] = "PAGE_OFFLINE_MAPCOUNT_VALUE",
		[TYPE_SLAB] = "PAGE_SLAB_MAPCOUNT_VALUE", [TYPE_HUGETLB] = "PAGE_HUGETLB_MAPCOUNT_VALUE",
		[TYPE_TABLE] = "",
	};
	uint64_t v;

	for (int i = 0; i < N_NUMBERS; i++)
		m->number[i].name = names[i];
	if (b)
		btf_values(b, m->number, N_NUMBERS);
	for (int i = 0; i < N_NUMBERS; i++)
		if (number(m->k, "NUMBER", names[i], &v)) {
			m->number[i].found = true;
			m->number[i].value = v;
		}
	if (!m->number[PG_head].found && number(m->k, "NUMBER", "PG_head_mask", &v) && v) {
		m->number[PG_head].found = true;
		m->number[PG_head].value = __builtin_ctzll(v);
	}
	/* the first of its enumeration in every release */
	m->number[PG_locked].found = true;
	for (int i = 0; i < N_TYPES; i++)
		if (number(m->k, "NUMBER", types[i], &v))
			m->type[i] = v;
	if (m->number[PGTY_table].found)
		m->type[TYPE_TABLE] = m->number[PGTY_table].value << 24;
	if (number(m->k, "NUMBER", "HUGETLB_PAGE_DTOR", &v))
		m->hugetlb_dtor = v;
}

static const struct {
	int id;
	uint8_t bit;
} flag_bits[] = {
#define MEMBER(id, structure, member)
#define FLAG(name, bit) { PG_##name, bit },
#include "fact/page.def"
#undef MEMBER
#undef FLAG
};

/* Flags that are not set in what is told of a frame are clear only if they are known. */
static void find_known(struct memmap *m)
{
	bool head = m->number[PG_head].found && m->at.page_head != ABSENT;

	m->known = 1ull << FRAME_NOPAGE;
	for (size_t i = 0; i < ARRAY_SIZE(flag_bits); i++)
		if (m->number[flag_bits[i].id].found && (head || !m->of_folio))
			m->known |= 1ull << flag_bits[i].bit;
	if (head && m->at.page_mapping != ABSENT)
		m->known |= 1ull << FRAME_ANON | 1ull << FRAME_KSM;
	if (!head) /* where the lock would be is not known either */
		m->known &= ~(1ull << FRAME_LOCKED);
}

static bool find_sections(struct memmap *m)
{
	uint64_t roots, size, map, bits, physmem;

	if (!number(m->k, "SYMBOL", "mem_section", &m->sections) ||
		!number(m->k, "LENGTH", "mem_section", &roots) ||
		!number(m->k, "SIZE", "mem_section", &size) ||
		!number(m->k, "OFFSET", "mem_section.section_mem_map", &map) ||
		!number(m->k, "NUMBER", "SECTION_SIZE_BITS", &bits) ||
		!number(m->k, "NUMBER", "MAX_PHYSMEM_BITS", &physmem))
		return false;
	if (!roots || roots > 1u << 24 || !size || size > 1u << m->page_shift || map > size ||
		bits >= physmem || physmem > 64 || bits < m->page_shift)
		return false;
	m->n_roots = roots;
	m->section_size = size;
	m->section_map = map;
	m->section_shift = bits - m->page_shift;
	/* mm/sparse.c: with SPARSEMEM_EXTREME a root has a page of them */
	m->per_root = (1u << m->page_shift) / size;
	m->extreme = roots == ((1ull << (physmem - bits)) + m->per_root - 1) / m->per_root;
	if (!m->extreme)
		m->per_root = 1;
	m->n_pages = 1ull << (physmem - m->page_shift);
	return true;
}

static bool find_node(struct memmap *m)
{
	uint64_t node, map, start, spanned;

	return number(m->k, "SYMBOL", "contig_page_data", &node) &&
		number(m->k, "OFFSET", "pglist_data.node_mem_map", &map) &&
		number(m->k, "OFFSET", "pglist_data.node_start_pfn", &start) &&
		number(m->k, "OFFSET", "pglist_data.node_spanned_pages", &spanned) &&
		kmem_pointer(m->k, node + map, &m->flat) &&
		kmem_pointer(m->k, node + start, &m->first_pfn) &&
		kmem_pointer(m->k, node + spanned, &m->n_pfns) && m->flat;
}

struct memmap *memmap_open(struct kmem *k, const struct btf *b, release_t release)
{
	struct memmap *m = calloc(1, sizeof(*m));
	uint64_t size;

	if (!m)
		return NULL;
	m->k = k;
	m->big_endian = kmem_big_endian(k);
	m->page_shift = kmem_page_shift(k);
	m->of_folio = release >= KV(6, 10, 0);
	find_members(m, b);
	if (m->at.page_head == ABSENT)
		m->at.page_head = m->at.page_info;
	find_numbers(m, b);
	find_known(m);
	if (number(k, "SIZE", "page", &size) && size >= 16 && size <= PAGE_BYTES_MAX)
		m->page_size = size;
	if (m->page_size && m->at.page_flags < m->page_size && (find_sections(m) || find_node(m)))
		return m;
	free(m);
	return NULL;
}

void memmap_close(struct memmap *m)
{
	free(m);
}

void memmap_zero(struct memmap *m, uint64_t zero, uint64_t more, uint64_t huge)
{
	m->zero = zero;
	m->zeros_more = more;
	m->huge_zero = huge + 1 ? huge : 0;
}

/* ---- from a frame to its struct page ---- */

enum place {
	PLACE_UNKNOWN, /* the dump does not tell */
	PLACE_NONE,    /* no memory */
	PLACE_DEVICE,  /* memory that is not online */
	PLACE_MEMORY,
};

/* The kernel's pfn_section_valid(): pieces of 2 MiB of a section may be missing. */
static bool in_section(struct memmap *m, uint64_t section, uint64_t pfn)
{
	unsigned int word = kmem_word_bytes(m->k);
	uint64_t usage, bits;
	uint32_t piece;

	if (m->at.section_usage == ABSENT || m->at.usage_map == ABSENT || m->page_shift > 21 ||
		m->section_shift < 21 - m->page_shift)
		return true;
	if (!kmem_pointer(m->k, section + m->at.section_usage, &usage) || !usage)
		return true;
	piece = (pfn & ((1ull << m->section_shift) - 1)) >> (21 - m->page_shift);
	if (!kmem_pointer(m->k, usage + m->at.usage_map + piece / (word * 8) * word, &bits))
		return true;
	return bits >> piece % (word * 8) & 1;
}

static enum place find_page(struct memmap *m, uint64_t pfn, uint64_t *va)
{
	uint64_t nr = pfn >> m->section_shift, root, section, map;
	unsigned int word = kmem_word_bytes(m->k);

	if (m->flat) {
		*va = m->flat + (pfn - m->first_pfn) * m->page_size;
		return pfn >= m->first_pfn && pfn - m->first_pfn < m->n_pfns ? PLACE_MEMORY : PLACE_NONE;
	}
	if (pfn >= m->n_pages || nr / m->per_root >= m->n_roots)
		return PLACE_NONE;
	root = m->sections + nr / m->per_root * (m->extreme ? word : m->section_size);
	if (m->extreme && !kmem_pointer(m->k, root, &root))
		return PLACE_UNKNOWN;
	if (!root)
		return PLACE_NONE;
	section = root + nr % m->per_root * m->section_size;
	if (!kmem_pointer(m->k, section + m->section_map, &map))
		return PLACE_UNKNOWN;
	if (!(map & SECTION_HAS_MEM_MAP) || !in_section(m, section, pfn))
		return PLACE_NONE;
	*va = (map & ~((1ull << m->page_shift) - 1)) + pfn * m->page_size;
	if (word == 4)
		*va = (uint32_t)*va;
	return map & SECTION_IS_ONLINE ? PLACE_MEMORY : PLACE_DEVICE;
}

static uint64_t field(const struct memmap *m, const struct page *p, uint32_t at, unsigned int bytes)
{
	uint64_t v = 0;

	if (at == ABSENT || at + bytes > m->page_size)
		return 0;
	for (unsigned int i = 0; i < bytes; i++)
		v = v << 8 | p->mem[at + (m->big_endian ? i : bytes - 1 - i)];
	return v;
}

#define HEAD_MASK_MAX (1ull << 40) /* more bytes of struct page than the largest folio has */

/*
 * The first page of the large folio that this one is a tail of, or 0. include/linux/page-flags.h, 7.2,
 * compound_info_has_mask(): where memory of struct page is shared between huge pages, a mask for the address
 * of the tail takes the place of the pointer. At the end of all addresses no memmap is.
 */
static uint64_t head_of(const struct memmap *m, const struct page *p)
{
	uint64_t info = field(m, p, m->at.page_head, kmem_word_bytes(m->k)), size;

	if (!(info & 1))
		return 0;
	info--;
	size = -info;
	if (m->at.page_info != ABSENT && size < HEAD_MASK_MAX && !(size & (size - 1)))
		return p->va & info;
	return info;
}

static bool read_page(struct memmap *m, uint64_t va, struct page *p)
{
	unsigned int word = kmem_word_bytes(m->k);

	if (!kmem_read(m->k, va, p->mem, m->page_size))
		return false;
	p->va = va;
	p->flags = field(m, p, m->at.page_flags, word);
	p->mapping = field(m, p, m->at.page_mapping, word);
	p->head = head_of(m, p);
	p->private = field(m, p, m->at.page_private, word);
	p->mapcount = m->at.page_mapcount == ABSENT ? UINT32_MAX : field(m, p, m->at.page_mapcount, 4);
	p->refcount = m->at.page_refcount == ABSENT ? 1 : field(m, p, m->at.page_refcount, 4);
	p->dtor = m->at.page_dtor == ABSENT ? 0 : field(m, p, m->at.page_dtor, 1);
	return true;
}

/* ---- flags ---- */

static bool has(const struct memmap *m, const struct page *p, int id)
{
	return m->number[id].found && m->number[id].value < 64 && p->flags >> m->number[id].value & 1;
}

static bool is_type(const struct memmap *m, const struct page *p, int type)
{
	uint32_t t = m->type[type];

	return t && (t & 0xffffff ? p->mapcount == t : p->mapcount >> 24 == t >> 24);
}

/* What is in the union with the map count is a type. */
static bool has_type(const struct page *p)
{
	return (int32_t)p->mapcount < -128;
}

/* A large folio: its first page, and its second, in which there is more about it. */
struct large {
	struct page head, second;
	bool huge;
	uint64_t entire, mapped; /* how often it is mapped as a whole; and in all, if that is counted */
};

static bool read_large(struct memmap *m, const struct page *p, struct large *l)
{
	uint64_t head = p->head ? p->head : p->va;
	uint32_t count = UINT32_MAX;

	if (!read_page(m, head, &l->head) || !read_page(m, head + m->page_size, &l->second))
		return false;
	if (m->hugetlb_dtor && m->at.page_dtor != ABSENT)
		l->huge = l->second.dtor == m->hugetlb_dtor;
	else if (m->type[TYPE_HUGETLB])
		l->huge = is_type(m, &l->head, TYPE_HUGETLB);
	else
		l->huge = has(m, &l->second, PG_hugetlb);
	if (m->at.folio_entire != ABSENT && m->at.folio_entire >= m->page_size)
		count = field(m, &l->second, m->at.folio_entire - m->page_size, 4);
	else if (m->at.page_compound_mapcount != ABSENT)
		count = field(m, &l->second, m->at.page_compound_mapcount, 4);
	l->entire = (uint32_t)(count + 1);
	l->mapped = 0;
	if (m->at.folio_mapcount != ABSENT && m->at.folio_mapcount >= m->page_size)
		l->mapped = (uint32_t)(field(m, &l->second, m->at.folio_mapcount - m->page_size, 4) + 1);
	return true;
}

/* The kernel's page_mapcount(), folio_precise_page_mapcount(). */
static uint32_t own_mapcount(const struct page *p)
{
	return has_type(p) ? 0 : p->mapcount + 1;
}

static uint64_t large_flags(struct memmap *m, const struct page *p, const struct large *l, struct frame *to)
{
	uint64_t flags = p->head ? 1ull << FRAME_COMPOUND_TAIL : 1ull << FRAME_COMPOUND_HEAD;
	bool anon = l->head.mapping & MAPPING_ANON;

	if (l->huge)
		flags |= 1ull << FRAME_HUGE;
	else if (m->of_folio ? has(m, &l->second, PG_large_rmappable) : anon || has(m, &l->head, PG_lru))
		flags |= 1ull << FRAME_THP;
	to->mapcount = own_mapcount(p);
	/* __page_mapcount() of 6.1: with files the count of the whole is in that of each page */
	if (anon || l->huge || m->at.folio_entire != ABSENT)
		to->mapcount += l->entire;
	if (m->at.folio_entire == ABSENT && anon && has(m, &l->second, PG_double_map))
		to->mapcount--;
	if (to->mapcount > 0 || l->entire || l->mapped)
		flags |= 1ull << FRAME_MMAP;
	return flags;
}

/* The kernel's is_free_buddy_page(): the first page of a free block says how large that is. */
static bool in_free_block(struct memmap *m, uint64_t pfn, const struct page *p)
{
	struct page head;
	uint64_t va;

	if (is_type(m, p, TYPE_BUDDY))
		return true;
	if (p->refcount)
		return false;
	for (unsigned int order = 1; order <= ORDER_MAX; order++) {
		uint64_t first = pfn & ~((1ull << order) - 1);

		if (first == pfn)
			continue;
		if (find_page(m, first, &va) == PLACE_MEMORY && read_page(m, va, &head) &&
			is_type(m, &head, TYPE_BUDDY) && head.private >= order)
			return true;
	}
	return false;
}

static void set_flags(struct memmap *m, uint64_t pfn, const struct page *p, struct frame *to)
{
	bool compound = p->head || has(m, p, PG_head), slab;
	struct large l = { .huge = false };
	const struct page *head = p, *of;

	to->mapcount = own_mapcount(p);
	if (compound && read_large(m, p, &l)) {
		head = &l.head;
		to->flags |= large_flags(m, p, &l, to);
	} else if (to->mapcount) {
		to->flags |= 1ull << FRAME_MMAP;
	}
	if (m->zero && pfn - m->zero <= m->zeros_more)
		to->flags |= 1ull << FRAME_ZERO_PAGE;
	if (m->huge_zero && pfn >= m->huge_zero && pfn - m->huge_zero < 1ull << (m->page_shift - 3))
		to->flags |= 1ull << FRAME_ZERO_PAGE | 1ull << FRAME_THP;
	slab = m->number[PG_slab].found && !m->type[TYPE_SLAB] ? has(m, head, PG_slab) :
								      is_type(m, head, TYPE_SLAB);
	of = m->of_folio ? head : p;
	for (size_t i = 0; i < ARRAY_SIZE(flag_bits); i++) {
		const struct page *q = flag_bits[i].id == PG_hwpoison && !l.huge ? p : of;

		if (has(m, q, flag_bits[i].id))
			to->flags |= 1ull << flag_bits[i].bit;
	}
	if (slab) {
		to->flags |= 1ull << FRAME_SLAB;
		to->flags &= ~(1ull << FRAME_MMAP);
		to->mapcount = 0;
	} else if (head->mapping & MAPPING_ANON) {
		to->flags |= 1ull << FRAME_ANON;
		if (head->mapping & MAPPING_KSM)
			to->flags |= 1ull << FRAME_KSM;
	}
	if (has(m, head, PG_swapbacked) && has(m, head, PG_swapcache))
		to->flags |= 1ull << FRAME_SWAPCACHE;
	if (in_free_block(m, pfn, p))
		to->flags |= 1ull << FRAME_BUDDY;
	if (is_type(m, p, TYPE_OFFLINE))
		to->flags |= 1ull << FRAME_OFFLINE;
	if (is_type(m, p, TYPE_TABLE))
		to->flags |= 1ull << FRAME_PGTABLE;
	to->locked = has(m, head, PG_locked);
}

/* ---- memory of devices ---- */

/* The dev_pagemap that the page names, if it makes sense: the frame is in one of its ranges. */
static void set_device(struct memmap *m, uint64_t pfn, const struct page *p, struct frame *to)
{
	const struct offsets *o = &m->at;
	uint32_t at = o->page_pgmap != ABSENT ? o->page_pgmap : o->folio_pgmap;
	struct page head;
	uint64_t pgmap, type, n = 1, address = pfn << m->page_shift, start, end;

	if (at == ABSENT || o->pgmap_type == ABSENT || o->pgmap_ranges == ABSENT)
		return;
	if (o->page_pgmap == ABSENT && p->head && read_page(m, p->head, &head))
		p = &head;
	pgmap = field(m, p, at, kmem_word_bytes(m->k));
	if (!kmem_uint(m->k, pgmap + o->pgmap_type, 4, &type))
		return;
	if (o->pgmap_n != ABSENT && (!kmem_uint(m->k, pgmap + o->pgmap_n, 4, &n) || n > RANGES_MAX))
		return;
	for (uint64_t i = 0; i < n; i++) {
		uint64_t range = pgmap + o->pgmap_ranges + 16 * i; /* include/linux/range.h */

		if (!kmem_uint(m->k, range, 8, &start) || !kmem_uint(m->k, range + 8, 8, &end))
			return;
		if (address < start || address > end)
			continue;
		to->device_start = start;
		to->device_end = end;
		to->device_private = type == MEMORY_DEVICE_PRIVATE;
		return;
	}
}

static bool look(void *memmap, uint64_t pfn, struct frame *to)
{
	struct memmap *m = memmap;
	struct page p;
	uint64_t va;
	enum place place = find_page(m, pfn, &va);

	memset(to, 0, sizeof(*to));
	to->mapcount = -1;
	if (place == PLACE_UNKNOWN)
		return false;
	to->device_known = m->at.pgmap_type != ABSENT;
	to->known = m->known;
	to->beyond = m->n_pages && pfn >= m->n_pages;
	if (place == PLACE_NONE || to->beyond) {
		to->flags = 1ull << FRAME_NOPAGE;
		return true;
	}
	if (!read_page(m, va, &p))
		return false;
	if (place == PLACE_DEVICE) {
		to->flags = 1ull << FRAME_NOPAGE;
		set_device(m, pfn, &p, to);
	} else {
		set_flags(m, pfn, &p, to);
	}
	return true;
}

/* ---- raw errors ---- */

/* False if it is there already. */
static bool add_error(struct raw_errors *to, uint64_t pfn)
{
	for (int i = 0; i < to->n; i++)
		if (to->pfn[i] == pfn)
			return false;
	if (to->n < RAW_ERRORS_MAX)
		to->pfn[to->n++] = pfn;
	else
		to->more = true;
	return true;
}

/* mm/memory-failure.c, raw_hwp_list_head(): a list of struct raw_hwp_page, whose node comes first. */
static void follow_list(struct memmap *m, uint64_t first, const struct page *head, uint64_t pages,
	struct raw_errors *to)
{
	const struct offsets *o = &m->at;
	uint64_t list = 0, page, at;

	if (o->raw_hwp_page == ABSENT)
		return;
	if (o->folio_hwpoison != ABSENT)
		at = head->va + o->folio_hwpoison;
	else if (m->number[SUBPAGE_INDEX_HWPOISON].found && o->page_private != ABSENT)
		at = head->va + m->number[SUBPAGE_INDEX_HWPOISON].value * m->page_size + o->page_private;
	else
		return;
	if (!kmem_pointer(m->k, at, &list))
		return;
	for (int i = 0; list && i < LIST_MAX; i++) {
		if (!kmem_pointer(m->k, list + o->raw_hwp_page, &page) || page < head->va ||
			(page - head->va) / m->page_size >= pages ||
			!add_error(to, first + (page - head->va) / m->page_size))
			return;
		if (!kmem_pointer(m->k, list, &list))
			return;
	}
}

static bool look_errors(void *memmap, uint64_t pfn, uint64_t pages, struct raw_errors *to)
{
	struct memmap *m = memmap;
	struct page p;
	struct large l;
	uint64_t va;

	memset(to, 0, sizeof(*to));
	if (!m->number[PG_hwpoison].found || find_page(m, pfn, &va) != PLACE_MEMORY || !read_page(m, va, &p))
		return false;
	if (!p.head && has(m, &p, PG_head) && read_large(m, &p, &l) && l.huge) {
		follow_list(m, pfn, &p, pages, to);
		return true;
	}
	/* it is no huge page any more: then its pages are marked one by one */
	if (pages > SEARCH_MAX - m->searched)
		return false;
	m->searched += pages;
	for (uint64_t i = 0; i < pages; i++) {
		if (find_page(m, pfn + i, &va) != PLACE_MEMORY || !read_page(m, va, &p))
			return to->n;
		if (has(m, &p, PG_hwpoison))
			add_error(to, pfn + i);
	}
	return true;
}

void memmap_lookup(struct memmap *m, struct lookup *l)
{
	l->frames = m;
	l->frame = look;
	l->errors = look_errors;
}
