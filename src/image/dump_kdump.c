/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * kdump-compressed: makedumpfile's diskdump_mod.h, struct disk_dump_header, kdump_sub_header, page_desc;
 * QEMU's include/sysemu/dump.h. Pages are packed one by one; a bitmap says which frames are there, and the
 * n-th bit that is set in it has the n-th descriptor.
 */
#include <errno.h>
#include <stdlib.h>
#include <zlib.h>

#include "image/dump.h"

#define CHUNK 4096u /* bytes of bitmap that are looked at together */
#define CHUNK_BITS (CHUNK * 8)
#define SUB_BLOCKS_TRIED 32
#define DESC_BYTES 24u /* of a page_desc */
#define DESCS_AT_ONCE 512u
#define BLOCK_MAX (1u << 18)  /* pages of 256 KiB are the largest that Linux has had */
#define PFNS_MAX (1ull << 36) /* 256 TiB of 4 KiB pages: what a header says beyond that is not believed */

/* page_desc.flags, and disk_dump_header.status where its writer set that */
enum {
	PACKED_ZLIB = 0x1,
	PACKED_LZO = 0x2,
	PACKED_SNAPPY = 0x4,
	PACKED_INCOMPLETE = 0x8,
	PACKED_ZSTD = 0x20,
};

/* One file: all of it, or one of a split set. */
struct part {
	uint64_t first, last; /* frames [first, last) have their descriptors here */
	uint64_t descs;       /* place of the first descriptor */
	uint64_t bitmap;      /* place of the bitmap of frames that are here */
	uint64_t skip;        /* bits that are set before frame `first` */
	uint64_t n_chunks;
	uint64_t *before;      /* by chunk of the bitmap: bits that are set before it */
	uint64_t valid_bitmap; /* place of the bitmap of frames that exist; 0: there is none */
	uint64_t valid_bytes;  /* length of either */
	uint64_t pages;        /* how many are here */
	bool and_valid;        /* the bitmap has frames that do not exist, which are not meant */
};

struct kdump {
	uint32_t block;
	struct part *parts;
	struct {
		const struct part *part;
		uint64_t chunk;
		uint8_t bits[CHUNK];
	} window;      /* the piece of a bitmap that was looked at last */
	uint64_t page; /* the page that was unpacked last: its number, or UINT64_MAX */
	enum mem_state page_state;
	uint8_t *unpacked, *packed;
};

/* ---- unpacking ---- */

/*
 * Libraries that few dumps need are loaded when one does: to link them costs every run their start-up. Their
 * functions have the types that lzo/lzo1x.h, snappy-c.h and zstd.h have had since their first releases.
 */
static struct codec {
	unsigned int flag;
	const char *name, *library, *symbol;
	void *function;
	bool tried;
} codecs[] = {
	{ PACKED_LZO, "lzo", "liblzo2.so.2", "lzo1x_decompress_safe", NULL, false },
	{ PACKED_SNAPPY, "snappy", "libsnappy.so.1", "snappy_uncompress", NULL, false },
	{ PACKED_ZSTD, "zstd", "libzstd.so.1", "ZSTD_decompress", NULL, false },
};

static struct codec *find_codec(struct image *im, unsigned int flags)
{
	for (size_t i = 0; i < ARRAY_SIZE(codecs); i++) {
		struct codec *c = &codecs[i];

		if (!(flags & c->flag))
			continue;
		if (!c->tried) {
			c->tried = true;
			library_functions(c->library, &c->symbol, &c->function, 1);
		}
		if (c->function)
			return c;
		dump_damaged(
			im, "pages are compressed with %s, and %s is not installed", c->name, c->library);
	}
	return NULL;
}

static bool unpack(
	struct image *im, unsigned int flags, const uint8_t *from, size_t n, uint8_t *to, size_t size)
{
	struct codec *c;
	size_t len = size;

	if (flags & PACKED_ZLIB) {
		uLongf got = size;

		return uncompress(to, &got, from, n) == Z_OK && got == size;
	}
	if (!(flags & (PACKED_LZO | PACKED_SNAPPY | PACKED_ZSTD))) {
		if (n != size)
			return false;
		memcpy(to, from, n);
		return true;
	}
	c = find_codec(im, flags);
	if (!c)
		return false;
	if (c->flag == PACKED_LZO)
		return !((int (*)(const uint8_t *, size_t, uint8_t *, size_t *, void *))c->function)(
			       from, n, to, &len, NULL) &&
		       len == size;
	if (c->flag == PACKED_SNAPPY)
		return !((int (*)(const char *, size_t, char *, size_t *))c->function)(
			       (const char *)from, n, (char *)to, &len) &&
		       len == size;
	return ((size_t(*)(void *, size_t, const void *, size_t))c->function)(to, size, from, n) == size;
}

/* ---- opening ---- */

#define SIGNATURE "KDUMP   "

static bool is(const struct image *im, const uint8_t *head, size_t n)
{
	size_t like = 0;

	for (int i = 0; i < 8 && n >= 464; i++)
		like += head[i] == (uint8_t)SIGNATURE[i];
	return !im->options.raw && like >= sizeof(SIGNATURE) - 1 - 2;
}

/* Where things are in the headers, which depends on the word size and on how a 32-bit CPU aligns 64 bits. */
struct shape {
	uint8_t word_bytes;
	uint16_t status; /* of disk_dump_header; the fields that follow it have 4 bytes each */
	uint8_t split, first, vmcoreinfo, notes, first64; /* of kdump_sub_header */
};

static const struct shape shapes[] = {
	{ 8, 424, 12, 16, 32, 48, 80 }, { 4, 412, 8, 12, 20, 32, 56 }, /* i386 */
	{ 4, 412, 8, 12, 24, 40, 72 },                                 /* arm and most others */
};

struct header {
	const struct shape *shape;
	uint32_t version, status, block, sub_blocks, bitmap_blocks, max_pfn;
};

static bool is_block_size(uint32_t n)
{
	return n >= 512 && n <= BLOCK_MAX && !(n & (n - 1));
}

/* Returns how much of it makes sense, up to 5. */
static unsigned int parse_header(const struct shape *s, const uint8_t *p, bool big_endian, struct header *h)
{
	h->shape = s;
	h->version = get_uint(p + 8, 4, big_endian);
	h->status = get_uint(p + s->status, 4, big_endian);
	h->block = get_uint(p + s->status + 4, 4, big_endian);
	h->sub_blocks = get_uint(p + s->status + 8, 4, big_endian);
	h->bitmap_blocks = get_uint(p + s->status + 12, 4, big_endian);
	h->max_pfn = get_uint(p + s->status + 16, 4, big_endian);
	return (h->version && h->version < 256) + 2 * is_block_size(h->block) +
	       (h->sub_blocks && h->sub_blocks < 1u << 20) +
	       (h->bitmap_blocks && h->bitmap_blocks < 1u << 24);
}

static bool find_shape(const uint8_t *head, bool *big_endian, struct header *h)
{
	unsigned int best = 2, score;
	struct header try;

	for (int be = 0; be < 2; be++)
		for (size_t i = 0; i < 2; i++) {
			const char *machine = (const char *)head + 12 + 4 * 65;

			score = parse_header(&shapes[i], head, be, &try);
			if (score <= best)
				continue;
			best = score;
			*h = try;
			*big_endian = be;
			/* i386 alone aligns 64 bits to 4 bytes */
			if (i == 1 && !(machine[0] == 'i' && !strncmp(machine + 2, "86", 2)))
				h->shape = &shapes[2];
		}
	return best > 2;
}

/* Does a descriptor of a page stand where the header says? True if the file ends before. */
static bool leads_to_pages(struct image *im, const struct dump_file *f, const struct header *h, bool strictly)
{
	uint64_t descs = (1 + (uint64_t)h->sub_blocks + h->bitmap_blocks) * h->block, at;
	bool be = im->about.big_endian;
	uint32_t size, flags;
	uint8_t desc[24];

	if (dump_file_read(f, descs, desc, sizeof(desc)) < sizeof(desc))
		return !strictly;
	at = get_uint(desc, 8, be);
	size = get_uint(desc + 8, 4, be);
	flags = get_uint(desc + 12, 4, be);
	/* the first page follows all descriptors */
	return at > descs && size && size <= 2 * h->block && !(flags & ~0xffu) &&
	       (!strictly || (at < f->size && (at - descs) % sizeof(desc) == 0));
}

/* A header that leads nowhere: what it should say, by what is usual and what its other fields tell. */
static void mend_header(struct image *im, const struct dump_file *f, struct header *h)
{
	const uint32_t blocks[] = { h->block, 4096, 16384, 65536 };

	if (is_block_size(h->block) && leads_to_pages(im, f, h, false))
		return;
	dump_damaged(im, "the header is damaged");
	for (size_t b = 0; b < ARRAY_SIZE(blocks); b++) {
		uint64_t n = is_block_size(blocks[b]) ? h->max_pfn / 8 / blocks[b] + 1 : 0;
		const uint32_t bitmaps[] = { h->bitmap_blocks, 2 * n, 2 * (n - 1), n };

		for (size_t m = 0; n && m < ARRAY_SIZE(bitmaps); m++)
			for (uint32_t sub = 0; sub <= SUB_BLOCKS_TRIED; sub++) {
				struct header try = *h;

				try.block = blocks[b];
				try.bitmap_blocks = bitmaps[m];
				try.sub_blocks = sub ? sub : h->sub_blocks;
				if (bitmaps[m] && leads_to_pages(im, f, &try, true)) {
					*h = try;
					return;
				}
			}
	}
	if (!is_block_size(h->block))
		h->block = 4096;
}

static unsigned int ones(const uint8_t *p, size_t bits)
{
	unsigned int n = 0;

	for (; bits >= 64; bits -= 64, p += 8) {
		uint64_t w;

		memcpy(&w, p, 8);
		n += __builtin_popcountll(w);
	}
	for (; bits >= 8; bits -= 8)
		n += __builtin_popcount(*p++);
	return bits ? n + __builtin_popcount(*p & ((1u << bits) - 1)) : n;
}

/* A chunk of the bitmap, zero where the file has ended. */
static const uint8_t *chunk_at(struct image *im, const struct part *p, uint64_t chunk)
{
	struct kdump *k = im->data;
	uint64_t at = chunk * CHUNK;
	size_t n = at < p->valid_bytes ? (p->valid_bytes - at < CHUNK ? p->valid_bytes - at : CHUNK) : 0, got;

	if (k->window.part == p && k->window.chunk == chunk)
		return k->window.bits;
	got = dump_file_read(&im->files[p - k->parts], p->bitmap + at, k->window.bits, n);
	memset(k->window.bits + got, 0, CHUNK - got);
	if (got < n)
		dump_damaged(im, "the file ends within the bitmap of pages");
	if (p->and_valid) {
		uint8_t valid[CHUNK];

		got = dump_file_read(&im->files[p - k->parts], p->valid_bitmap + at, valid, n);
		for (size_t i = 0; i < got; i++)
			k->window.bits[i] &= valid[i];
	}
	k->window.part = p;
	k->window.chunk = chunk;
	return k->window.bits;
}

static bool has_bit(const uint8_t *bits, uint64_t i)
{
	return bits[i / 8] >> i % 8 & 1;
}

/* How many frames below pfn are in the dump. */
static uint64_t rank_of(struct image *im, const struct part *p, uint64_t pfn)
{
	uint64_t chunk = pfn / CHUNK_BITS;

	if (chunk >= p->n_chunks)
		return p->n_chunks ? p->before[p->n_chunks] : 0;
	return p->before[chunk] + ones(chunk_at(im, p, chunk), pfn % CHUNK_BITS);
}

/*
 * Where the last byte of all pages has its place. They stand in the order of frames, but for one of zeros: it
 * is the first one, and many descriptors name it. So the last ones that name another tell. UINT64_MAX where
 * the descriptors are cut, or were never written.
 */
static uint64_t end_of_pages(struct image *im, const struct part *p, uint64_t n)
{
	const struct dump_file *f = &im->files[p - ((struct kdump *)im->data)->parts];
	uint64_t start = p->descs + n * DESC_BYTES, end = 0;
	uint8_t descs[DESC_BYTES * DESCS_AT_ONCE];

	while (n && end <= start) {
		size_t some = n < DESCS_AT_ONCE ? n : DESCS_AT_ONCE;

		n -= some;
		if (dump_file_read(f, p->descs + n * DESC_BYTES, descs, some * DESC_BYTES) <
			some * DESC_BYTES)
			return UINT64_MAX;
		for (size_t i = 0; i < some; i++) {
			const uint8_t *d = descs + i * DESC_BYTES;
			uint64_t at = get_uint(d, 8, im->about.big_endian);
			uint64_t last = at + get_uint(d + 8, 4, im->about.big_endian);

			if (at < start)
				return UINT64_MAX;
			if ((at > start || (!n && !i)) && last > end)
				end = last;
		}
	}
	return end;
}

static void count_ones(struct image *im, struct part *p)
{
	((struct kdump *)im->data)->window.part = NULL;
	for (uint64_t i = 0; i < p->n_chunks; i++)
		p->before[i + 1] = p->before[i] + ones(chunk_at(im, p, i), CHUNK_BITS);
	p->skip = rank_of(im, p, p->first);
}

/*
 * There are two bitmaps, of frames that exist and of those that are here, and `pages` descriptors. Where the
 * second has another number, the first may tell: no frame is here that does not exist, and perhaps all that
 * exist are.
 */
static bool mend_bitmap(struct image *im, struct part *p, uint64_t pages)
{
	struct part as_found = *p;

	if (p->bitmap == p->valid_bitmap)
		return false;
	p->and_valid = true;
	count_ones(im, p);
	if (rank_of(im, p, p->last) - p->skip == pages)
		return true;
	p->and_valid = false;
	p->bitmap = p->valid_bitmap;
	count_ones(im, p);
	if (rank_of(im, p, p->last) - p->skip == pages)
		return true;
	*p = as_found;
	count_ones(im, p);
	return false;
}

/*
 * The first page follows the descriptors, and tells how many there are: where the bitmap has another number,
 * all that lies behind the damage is taken for the wrong page.
 */
static void look_at_pages(struct image *im, struct part *p)
{
	const struct dump_file *f = &im->files[p - ((struct kdump *)im->data)->parts];
	uint64_t n = rank_of(im, p, p->last) - p->skip, first, pages;
	uint8_t desc[DESC_BYTES];

	if (!n || dump_file_read(f, p->descs, desc, sizeof(desc)) < sizeof(desc))
		return;
	first = get_uint(desc, 8, im->about.big_endian) - p->descs;
	pages = first / sizeof(desc);
	if (pages != n && pages && pages < PFNS_MAX && first % sizeof(desc) == 0) {
		if (mend_bitmap(im, p, pages))
			dump_damaged(im, "the bitmap of pages is damaged");
		else
			dump_damaged(im, "the bitmap has %llu pages, and there are %llu: pages may be taken "
				"for others", (unsigned long long)n, (unsigned long long)pages);
	}
	if (end_of_pages(im, p, rank_of(im, p, p->last) - p->skip) > f->size)
		dump_damaged(im, "the file ends before all of its pages, or was not written to its end");
}

static int count_pages(struct image *im, struct part *p, struct swpd_error *err)
{
	uint64_t in_file = im->files[p - ((struct kdump *)im->data)->parts].size;
	uint64_t bytes = p->bitmap < in_file ? in_file - p->bitmap : 0;

	p->n_chunks = ((bytes < p->valid_bytes ? bytes : p->valid_bytes) + CHUNK - 1) / CHUNK;
	p->before = calloc(p->n_chunks + 1, sizeof(*p->before));
	if (!p->before)
		return fail(err, SWPD_E_SYSTEM, ENOMEM, "%s", sys_text(ENOMEM));
	count_ones(im, p);
	look_at_pages(im, p);
	p->pages = rank_of(im, p, p->last) - p->skip;
	return 0;
}

static void take_name(char *to, size_t size, const uint8_t *from)
{
	size_t n = 0;

	for (; n < 64 && n < size - 1 && from[n] > ' ' && from[n] < 0x7f; n++)
		to[n] = from[n];
	to[n] = 0;
}

/* The frames that this part of a split set has; false if it is none. */
static bool split_range(const struct header *h, const uint8_t *sub, bool be, uint64_t *first, uint64_t *last)
{
	const struct shape *s = h->shape;
	unsigned int word = s->word_bytes;

	if (h->version < 2 || !get_uint(sub + s->split, 4, be))
		return false;
	*first = h->version >= 6 ? get_uint(sub + s->first64, 8, be) : get_uint(sub + s->first, word, be);
	*last = h->version >= 6 ? get_uint(sub + s->first64 + 8, 8, be)
				: get_uint(sub + s->first + word, word, be);
	return true;
}

bool kdump_part(const struct dump_file *f, uint64_t *first, uint64_t *last, uint64_t *note)
{
	uint8_t head[512] = { 0 }, sub[128] = { 0 }, text[4096];
	uint64_t at, left;
	struct header h;
	bool be;

	if (dump_file_read(f, 0, head, sizeof(head)) < 464 || memcmp(head, "KDUMP   ", 8) ||
		!find_shape(head, &be, &h) || dump_file_read(f, h.block, sub, sizeof(sub)) < sizeof(sub) ||
		!split_range(&h, sub, be, first, last))
		return false;
	*note = 0xcbf29ce484222325;
	at = h.version >= 3 ? get_uint(sub + h.shape->vmcoreinfo, 8, be) : 0;
	left = h.version >= 3 ? get_uint(sub + h.shape->vmcoreinfo + 8, h.shape->word_bytes, be) : 0;
	if (left > IMAGE_VMCOREINFO_MAX)
		left = IMAGE_VMCOREINFO_MAX;
	for (size_t n = sizeof(text); left && n == sizeof(text); left -= n, at += n) {
		n = dump_file_read(f, at, text, left < n ? left : n);
		for (size_t i = 0; i < n; i++)
			*note = (*note ^ text[i]) * 0x100000001b3;
	}
	return true;
}

/* The sub-header has grown with the versions; what an older one does not have yet reads as zero. */
static void parse_sub_header(struct image *im, struct part *p, const struct header *h, const uint8_t *sub)
{
	const struct shape *s = h->shape;
	bool be = im->about.big_endian;
	unsigned int word = s->word_bytes;

	p->first = 0;
	p->last = h->max_pfn;
	if (h->version >= 6 && get_uint(sub + s->first64 + 16, 8, be))
		p->last = get_uint(sub + s->first64 + 16, 8, be); /* max_mapnr_64 */
	split_range(h, sub, be, &p->first, &p->last);
	if (h->version >= 3 && !im->vmcoreinfo[0])
		dump_vmcoreinfo(im, get_uint(sub + s->vmcoreinfo, 8, be),
			get_uint(sub + s->vmcoreinfo + 8, word, be));
	if (h->version >= 4 && p == ((struct kdump *)im->data)->parts)
		dump_notes(im, get_uint(sub + s->notes, 8, be), get_uint(sub + s->notes + 8, word, be));
}

static int open_part(struct image *im, size_t i, struct swpd_error *err)
{
	struct kdump *k = im->data;
	struct part *p = &k->parts[i];
	const struct dump_file *f = &im->files[i];
	uint8_t head[512] = { 0 }, sub[128] = { 0 };
	uint64_t bitmap_bytes;
	struct header h;
	bool be;

	if (dump_file_read(f, 0, head, sizeof(head)) < 464 || !is(im, head, sizeof(head)) ||
		!find_shape(head, &be, &h))
		return fail(
			err, SWPD_E_FORMAT, 0, "file %zu: not a header of a kdump-compressed dump", i + 1);
	im->about.big_endian = i ? im->about.big_endian : be;
	mend_header(im, f, &h);
	if (memcmp(head, SIGNATURE, 8))
		dump_damaged(im, "the header is damaged");
	if (i && (h.block != k->block || be != im->about.big_endian))
		return fail(
			err, SWPD_E_FORMAT, 0, "file %zu is not of the same dump as the first one", i + 1);
	k->block = h.block;
	im->about.order_known = true;
	im->about.word_bytes = h.shape->word_bytes;
	take_name(im->about.release, sizeof(im->about.release), head + 12 + 2 * 65);
	take_name(im->about.machine_name, sizeof(im->about.machine_name), head + 12 + 4 * 65);
	if (h.status & PACKED_INCOMPLETE)
		dump_damaged(
			im, "the header says that the dump is incomplete: there was no room for all of it");
	if (dump_file_read(f, h.block, sub, sizeof(sub)) < sizeof(sub))
		dump_damaged(im, "the file ends within its headers");
	parse_sub_header(im, p, &h, sub);
	/* dump_level: bit 0 says that pages of zeros were left out; where nothing is said it is likely */
	im->about.zeros_excluded = true;
	bitmap_bytes = (uint64_t)h.bitmap_blocks * h.block;
	p->valid_bitmap = (1 + (uint64_t)h.sub_blocks) * h.block;
	p->valid_bytes = bitmap_bytes / 2;
	p->bitmap = p->valid_bitmap + p->valid_bytes;
	p->descs = p->valid_bitmap + bitmap_bytes;
	if (p->valid_bytes * 8 < p->last && i == 0 && !p->first && p->last == h.max_pfn) {
		/* one bitmap only: all that is there is dumped */
		p->bitmap = p->valid_bitmap;
		p->valid_bytes = bitmap_bytes;
	}
	if (p->last > PFNS_MAX)
		p->last = PFNS_MAX;
	return count_pages(im, p, err);
}

static int open_kdump(struct image *im, struct swpd_error *err)
{
	struct kdump *k = calloc(1, sizeof(*k));

	im->data = k;
	if (!k || !(k->parts = calloc(im->n_files, sizeof(*k->parts))))
		return fail(err, SWPD_E_SYSTEM, ENOMEM, "%s", sys_text(ENOMEM));
	k->page = UINT64_MAX;
	for (size_t i = 0; i < im->n_files; i++)
		if (open_part(im, i, err) < 0)
			return -1;
	k->unpacked = malloc(k->block);
	k->packed = malloc(2 * k->block);
	if (!k->unpacked || !k->packed)
		return fail(err, SWPD_E_SYSTEM, ENOMEM, "%s", sys_text(ENOMEM));
	return 0;
}

static void close_kdump(struct image *im)
{
	struct kdump *k = im->data;

	for (size_t i = 0; k && k->parts && i < im->n_files; i++)
		free(k->parts[i].before);
	if (k) {
		free(k->parts);
		free(k->unpacked);
		free(k->packed);
	}
	free(k);
}

/* ---- reading ---- */

static const struct part *part_of(const struct image *im, uint64_t pfn)
{
	const struct kdump *k = im->data;

	for (size_t i = 0; i < im->n_files; i++)
		if (pfn >= k->parts[i].first && pfn < k->parts[i].last)
			return &k->parts[i];
	return NULL;
}

/* Is there such memory at all? Asked of frames that are not in the dump. */
static bool exists(struct image *im, const struct part *p, uint64_t pfn)
{
	uint8_t byte = 0;

	if (p->bitmap == p->valid_bitmap || pfn / 8 >= p->valid_bytes)
		return false;
	dump_file_read(
		&im->files[p - ((struct kdump *)im->data)->parts], p->valid_bitmap + pfn / 8, &byte, 1);
	return byte >> pfn % 8 & 1;
}

struct desc {
	uint64_t at;
	uint32_t size, flags;
};

static struct desc get_desc(const struct image *im, const uint8_t *p)
{
	bool be = im->about.big_endian;

	return (struct desc){ get_uint(p, 8, be), get_uint(p + 8, 4, be), get_uint(p + 12, 4, be) };
}

static bool load(struct image *im, const struct dump_file *f, struct desc d)
{
	struct kdump *k = im->data;

	return d.at && d.size && d.size <= 2 * k->block &&
		dump_file_read(f, d.at, k->packed, d.size) == d.size &&
		unpack(im, d.flags, k->packed, d.size, k->unpacked, k->block);
}

/*
 * Pages stand in the order of their descriptors, one behind the other: those before and behind say where this
 * one is too. False if they do not, as where one of them is the page of zeros, which is the first and stands
 * for many.
 */
static bool between(const struct kdump *k, const struct part *p, uint64_t rank, uint64_t size,
	struct desc d[3], struct desc *mended)
{
	uint64_t first = p->descs + p->pages * DESC_BYTES, end;

	if (rank && (d[0].at == first || d[1].at == first) && rank != 1)
		return false;
	if (!rank)
		d[0] = (struct desc){ first, 0, d[1].flags };
	if (rank + 1 == p->pages)
		d[2].at = size;
	end = d[0].at + d[0].size;
	*mended = (struct desc){ end, d[2].at - end, d[0].flags };
	return d[0].at && d[2].at > end && d[2].at - end <= 2 * k->block;
}

static enum mem_state load_page(struct image *im, uint64_t pfn)
{
	struct kdump *k = im->data;
	const struct part *p = part_of(im, pfn);
	const struct dump_file *f;
	uint64_t chunk = pfn / CHUNK_BITS, rank, at;
	uint8_t mem[3 * DESC_BYTES] = { 0 };
	struct desc d[3], mended;
	bool told;

	if (!p)
		return MEM_ABSENT;
	if (chunk >= p->n_chunks)
		return chunk * CHUNK < p->valid_bytes ? MEM_UNREADABLE : MEM_ABSENT;
	if (!has_bit(chunk_at(im, p, chunk), pfn % CHUNK_BITS))
		return exists(im, p, pfn) ? MEM_EXCLUDED : MEM_ABSENT;
	f = &im->files[p - k->parts];
	rank = rank_of(im, p, pfn) - p->skip;
	at = p->descs + rank * DESC_BYTES;
	/* its neighbours too; of the first one none is before */
	if (dump_file_read(f, rank ? at - DESC_BYTES : at, mem + (rank ? 0 : DESC_BYTES),
		rank ? 3 * DESC_BYTES : 2 * DESC_BYTES) < (rank ? 2 : 1) * DESC_BYTES)
		return MEM_UNREADABLE;
	for (int i = 0; i < 3; i++)
		d[i] = get_desc(im, mem + i * DESC_BYTES);
	told = between(k, p, rank, f->size, d, &mended);
	if ((!told || d[1].at == mended.at || d[1].at + d[1].size == d[2].at) && load(im, f, d[1]))
		return MEM_OK;
	if (told) {
		dump_damaged(im, "the descriptor of the page at 0x%llx is damaged",
			(unsigned long long)(pfn * k->block));
		if (load(im, f, mended))
			return MEM_OK;
		mended.flags = d[1].flags;
		if (load(im, f, mended))
			return MEM_OK;
		mended.flags = 0;
	}
	return (told && load(im, f, mended)) || load(im, f, d[1]) ? MEM_OK : MEM_UNREADABLE;
}

static enum mem_state read_kdump(struct image *im, uint64_t phys, uint8_t *buf, size_t n)
{
	struct kdump *k = im->data;
	enum mem_state state = MEM_OK;

	while (n) {
		uint64_t pfn = phys / k->block;
		size_t in_page = phys % k->block, piece = k->block - in_page < n ? k->block - in_page : n;

		if (k->page != pfn) {
			k->page = pfn;
			k->page_state = load_page(im, pfn);
			if (k->page_state == MEM_UNREADABLE) /* whoever asks may do without */
				dump_damaged(im, "memory at 0x%llx is damaged",
					(unsigned long long)(pfn * k->block));
			if (k->page_state != MEM_OK)
				memset(k->unpacked, 0, k->block);
		}
		if (state == MEM_OK)
			state = k->page_state;
		memcpy(buf, k->unpacked + in_page, piece);
		phys += piece;
		buf += piece;
		n -= piece;
	}
	return state;
}

/* The first run of frames at or after pfn whose bit is `set`. */
static uint64_t seek_bit(struct image *im, const struct part *p, uint64_t pfn, bool set)
{
	uint64_t end = p->n_chunks * CHUNK_BITS < p->last ? p->n_chunks * CHUNK_BITS : p->last;

	while (pfn < end) {
		const uint8_t *bits = chunk_at(im, p, pfn / CHUNK_BITS);
		uint64_t i = pfn % CHUNK_BITS;

		if (!(i % 8) && bits[i / 8] == (set ? 0 : 0xff))
			pfn += 8;
		else if (has_bit(bits, i) == set)
			return pfn;
		else
			pfn++;
	}
	return end;
}

static bool next_kdump_range(struct image *im, uint64_t from, uint64_t *start, uint64_t *end)
{
	const struct kdump *k = im->data;
	uint64_t best = UINT64_MAX, pfn = from / k->block;

	for (size_t i = 0; i < im->n_files; i++) {
		const struct part *p = &k->parts[i];
		uint64_t s = seek_bit(im, p, pfn > p->first ? pfn : p->first, true), e;

		if (s >= p->last || s >= p->n_chunks * CHUNK_BITS || s >= best)
			continue;
		e = seek_bit(im, p, s, false);
		best = s;
		*start = s * k->block > from ? s * k->block : from;
		*end = e * k->block;
	}
	return best != UINT64_MAX;
}

const struct dump_format dump_kdump = {
	.name = "kdump-compressed dump",
	.is = is,
	.open = open_kdump,
	.close = close_kdump,
	.read = read_kdump,
	.next_range = next_kdump_range,
	.split = true,
};
