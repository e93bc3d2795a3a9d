/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a dump says of the machine: the note VMCOREINFO (kernel/crash_core.c, vmcore_info.c), and its headers.
 */
#include <stdlib.h>

#include "fact/fact.h"

bool vmcoreinfo_number(const struct image *im, const char *key, int base, uint64_t *v)
{
	size_t len;
	const char *text = image_vmcoreinfo(im, key, &len);
	bool minus = text && *text == '-';
	char copy[32];

	if (!text || len >= sizeof(copy))
		return false;
	snprintf(copy, sizeof(copy), "%.*s", (int)(len - minus), text + minus);
	if (!parse_number(copy, base, UINT64_MAX, v))
		return false;
	if (minus)
		*v = -*v;
	return true;
}

static bool has_line(const struct image *im, const char *line)
{
	size_t n = strlen(line);

	for (const char *p = image_about(im)->vmcoreinfo; p && *p; p = strchr(p, '\n'), p = p ? p + 1 : NULL)
		if (!strncmp(p, line, n) && (p[n] == '\n' || !p[n]))
			return true;
	return false;
}

/* Is there a line of the same key, whatever its value? */
static bool has_key(const struct image *im, const char *line)
{
	char key[64];
	size_t len;

	snprintf(key, sizeof(key), "%.*s", (int)strcspn(line, "="), line);
	return image_vmcoreinfo(im, key, &len);
}

/*
 * The variant that the note tells: one that has a line of its own there; else the only one, or the usual one,
 * of those of this page size and this MAX_PHYSMEM_BITS that have none.
 */
static void ask_variant(struct facts *f, const struct image *im, const char *from)
{
	const struct swpd_target *t = &f->target;
	const struct variant *found = NULL;
	bool told = false, lost = false;

	if (!t->arch || !image_about(im)->vmcoreinfo[0])
		return;
	for (const struct variant *v = t->arch->variants; v->page_shift; v++) {
		told |= v->vmcoreinfo != NULL;
		lost |= v->vmcoreinfo && !has_key(im, v->vmcoreinfo);
		if (v->vmcoreinfo && has_line(im, v->vmcoreinfo)) {
			fact_arch(f, t->arch, v, from);
			return;
		}
	}
	for (const struct variant *v = t->arch->variants; v->page_shift; v++) {
		if (lost && !image_about(im)->vmcoreinfo_whole)
			return;
		if (v->vmcoreinfo || (t->page_shift && v->page_shift != t->page_shift))
			continue;
		if (t->knobs[KNOB_MAX_PHYSMEM_BITS] != KNOB_UNKNOWN && v->physmem_bits &&
			t->knobs[KNOB_MAX_PHYSMEM_BITS] != v->physmem_bits)
			continue;
		if (found && !told) /* several fit: the tree of page tables may tell */
			return;
		if (!found)
			found = v;
	}
	fact_arch(f, t->arch, found, from);
}

/* The user's word holds, but he should know of it where it is another minor release. */
static void take_release(struct facts *f, const char *text, const char *from)
{
	release_t r = swpd_release_parse(text);
	int n = 0;

	if (fact_release(f, text, from) || !r || r >> 16 == f->target.release >> 16)
		return;
	while (text[n] > ' ' && text[n] < 0x7f)
		n++;
	fact_deny(f, KNOB_NONE, "entries are read as those of kernel %s (%s), and the dump is of %.*s",
		f->target.release_text, f->target.release_from.source, n, text);
}

void facts_ask_dump(struct facts *f, const struct image *im)
{
	const struct image_about *about = image_about(im);
	const char *from = about->vmcoreinfo_searched ? "VMCOREINFO in memory" : "VMCOREINFO", *release;
	bool hwpoison;
	uint64_t v;
	size_t len;

	fact_arch(f, arch_of_elf(about->machine, about->word_bytes), NULL, about->format);
	if (about->machine_name[0])
		fact_arch(f, arch_find(about->machine_name), NULL, about->format);
	release = image_vmcoreinfo(im, "OSRELEASE", &len);
	if (release)
		take_release(f, release, from);
	take_release(f, about->release, about->format);
	if (about->banner[0])
		take_release(f, about->banner, "banner in memory");
	if (vmcoreinfo_number(im, "PAGESIZE", 0, &v) && v && !(v & (v - 1)))
		fact_page_shift(f, __builtin_ctzll(v), from);
	if (vmcoreinfo_number(im, "NUMBER(MAX_PHYSMEM_BITS)", 0, &v) && v < 64)
		fact_knob(f, KNOB_MAX_PHYSMEM_BITS, v, from);
	/* mm/memory-failure.c: only then has the page flag a number. */
	hwpoison = vmcoreinfo_number(im, "NUMBER(PG_hwpoison)", 0, &v);
	if (hwpoison || (about->vmcoreinfo_whole && f->target.release >= KV(3, 9, 0)))
		fact_knob(f, KNOB_MEMORY_FAILURE, hwpoison, from);
	ask_variant(f, im, from);
}

/* arch/arm64/kernel/vmcore_info.c: TCR_EL1_T1SZ, 64 less the bits. riscv and arm64 say VA_BITS, built for or
 * in use. */
unsigned int facts_va_bits(const struct image *im)
{
	uint64_t v;

	if (vmcoreinfo_number(im, "NUMBER(TCR_EL1_T1SZ)", 0, &v) && v < 64)
		return 64 - v;
	return vmcoreinfo_number(im, "NUMBER(VA_BITS)", 0, &v) && v < 64 ? v : 0;
}
