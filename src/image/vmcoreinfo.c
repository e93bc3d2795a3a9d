/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * VMCOREINFO, what a kernel says of itself: Documentation/admin-guide/kdump/vmcoreinfo.rst. Lines KEY=VALUE,
 * the last one too with a newline. What a line that is not there means depends on whether all are as they
 * were.
 */
#include <ctype.h>

#include "image/dump.h"

/* Those whose loss says something wrong. */
static const char *const keys[] = { "OSRELEASE", "PAGESIZE", "KERNELOFFSET", "NUMBER(PG_hwpoison)",
	"NUMBER(MAX_PHYSMEM_BITS)", "NUMBER(phys_base)", "NUMBER(pgtable_l5_enabled)", "NUMBER(VA_BITS)",
	"NUMBER(TCR_EL1_T1SZ)", "NUMBER(kimage_voffset)", "CONFIG_X86_PAE", "CONFIG_ARM_LPAE",
	"SYMBOL(swapper_pg_dir)", "SYMBOL(kallsyms_names)", "SYMBOL(kallsyms_num_syms)",
	"SYMBOL(kallsyms_token_table)", "SYMBOL(kallsyms_token_index)", "SYMBOL(kallsyms_offsets)",
	"SYMBOL(kallsyms_relative_base)" };

static const char *next_line(const char *p)
{
	p = strchr(p, '\n');
	return p ? p + 1 : "";
}

const char *image_vmcoreinfo(const struct image *im, const char *key, size_t *len)
{
	size_t n = strlen(key);

	for (const char *p = im->vmcoreinfo; *p; p = next_line(p)) {
		if (strncmp(p, key, n) || p[n] != '=')
			continue;
		*len = strcspn(p + n + 1, "\n");
		return p + n + 1;
	}
	return NULL;
}

static unsigned int bits_between(const char *a, const char *b, size_t n)
{
	unsigned int bits = 0;

	while (n--)
		bits += __builtin_popcount((uint8_t)(a[n] ^ b[n]));
	return bits;
}

/* A key that is not there, but with one bit wrong in it or in the newline before. */
static bool mend_key(char *text, const char *key)
{
	char with[64];
	size_t n = snprintf(with, sizeof(with), "\n%s=", key);

	for (char *p = text; strlen(p) >= n; p++)
		if (bits_between(p, with, n) == 1) {
			memcpy(p, with, n);
			return true;
		}
	return false;
}

/* kernel/printk/printk.c, log_buf_vmcoreinfo_setup(): the buffer of messages was made anew in 5.10. */
static bool fits_release(const char *text, const char *release)
{
	release_t r = swpd_release_parse(release);

	return r && !(r < KV(5, 10, 0) && strstr(text, "\nSYMBOL(prb)=")) &&
		!(r >= KV(5, 10, 0) && strstr(text, "\nSYMBOL(log_first_idx)="));
}

/* "NUMBER(PG_lru)=5", "KERNELOFFSET=1c600000", "OSRELEASE=6.1.0-18-amd64" */
static bool is_line(const char *text, const char *p, size_t n)
{
	const char *value = memchr(p, '=', n), *end = p + n;
	size_t key = value ? value++ - p : 0;

	for (size_t i = 0; i < n; i++)
		if (!isprint((uint8_t)p[i]))
			return false;
	if (!key || value == end)
		return false;
	if (memchr(p, '(', key)) {
		if (p[key - 1] != ')')
			return false;
		value += *value == '-';
		value += end - value > 2 && !memcmp(value, "0x", 2) ? 2 : 0;
		while (value < end && isxdigit((uint8_t)*value))
			value++;
		return value == end;
	}
	return key != 9 || memcmp(p, "OSRELEASE", 9) || fits_release(text, value);
}

static bool is_whole(const char *text)
{
	size_t n;

	for (const char *p = text; *p; p += n + 1) {
		n = strcspn(p, "\n");
		if (!p[n] || !is_line(text, p, n))
			return false;
	}
	return true;
}

/* True if a newline ends the text; else it is cut. */
static bool has_end(const char *text)
{
	size_t n = strlen(text);

	return n && text[n - 1] == '\n';
}

void dump_vmcoreinfo(struct image *im, uint64_t at, uint64_t size)
{
	size_t n = size < IMAGE_VMCOREINFO_MAX ? size : IMAGE_VMCOREINFO_MAX, len;

	n = dump_file_read(&im->files[0], at, im->vmcoreinfo, n);
	im->vmcoreinfo[n] = 0;
	if (n < size)
		dump_damaged(im, "the VMCOREINFO note is cut");
	else if (n && !has_end(im->vmcoreinfo)) { /* is its size wrong? */
		len = dump_file_read(&im->files[0], at, im->vmcoreinfo, IMAGE_VMCOREINFO_MAX);
		for (n = 0; n < len && (isprint((uint8_t)im->vmcoreinfo[n]) || im->vmcoreinfo[n] == '\n');)
			n++;
		im->vmcoreinfo[n] = 0;
		dump_damaged(im, "the size of the VMCOREINFO note is wrong");
	}
	vmcoreinfo_check(im);
}

void vmcoreinfo_check(struct image *im)
{
	/* a newline before the first line, as there is one before each other */
	char text[IMAGE_VMCOREINFO_MAX + 2];
	const char *release;
	size_t len;

	im->about.vmcoreinfo_whole = is_whole(im->vmcoreinfo);
	snprintf(text, sizeof(text), "\n%s", im->vmcoreinfo);
	for (size_t i = 0; i < ARRAY_SIZE(keys); i++)
		if (!image_vmcoreinfo(im, keys[i], &len) && mend_key(text, keys[i]))
			im->about.vmcoreinfo_whole = false;
	if (im->vmcoreinfo[0] && !im->about.vmcoreinfo_whole) {
		strcpy(im->vmcoreinfo, text + 1);
		release = image_vmcoreinfo(im, "OSRELEASE", &len);
		if (release && !fits_release(text, release)) /* nobody shall read it */
			im->vmcoreinfo[release - im->vmcoreinfo - 2] = '?';
		dump_damaged(im, "VMCOREINFO is damaged: what it does not say is not known");
	}
}
