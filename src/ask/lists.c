/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ask/ask.h"

void ask_list_arch(struct out *out, const struct question *q)
{
	(void)q;
	for (int i = 0; arch_list[i]; i++) {
		const struct arch *a = arch_list[i];

		for (const struct variant *v = a->pseudo ? NULL : a->variants; v && v->page_shift; v++) {
			char name[64];

			snprintf(name, sizeof(name), "%s%s%s", a->name, v->name[0] ? ":" : "", v->name);
			out_printf(out, "%-28s pages of %lu KiB", name, 1ul << (v->page_shift - 10));
			if (v->physmem_bits)
				out_printf(out, ", physical addresses of %u bits", v->physmem_bits);
			out_text(out, v->is_default ? "; default" : "");
			for (const char *const *alias = v->is_default ? a->aliases : NULL; alias && *alias;
				alias++)
				out_printf(
					out, "%s%s", alias == a->aliases ? "; also called " : ", ", *alias);
			out_text(out, "\n");
		}
	}
}

void ask_list_classes(struct out *out, const struct question *q)
{
	(void)q;
	for (int c = 0; c < SWPD_CLASS_N; c++)
		out_printf(out, "%-28s %s\n", swpd_class_name(c), swpd_class_text(c));
	out_printf(out, "%-28s %s\n", "migration", "group: all migration entries");
	out_printf(out, "%-28s %s\n", "device", "group: all device entries");
	out_printf(out, "%-28s %s\n", "special", "group: all that are neither none, present nor swap");
}

void ask_list_columns(struct out *out, const struct question *q)
{
	(void)q;
	for (size_t i = 0; i < n_columns; i++)
		out_printf(out, "%-28s %s\n", columns[i].name, columns[i].text);
}

void ask_list_checks(struct out *out, const struct question *q)
{
	(void)q;
	for (int i = 0; i < CHECK_N; i++)
		out_printf(out, "%-28s %s: %s%s\n", check_name(i), severity_name(check_severity(i)),
			check_text(i), entry_checks & 1u << i ? " (-W)" : "");
}

void ask_list_page_flags(struct out *out, const struct question *q)
{
	struct frame all = { .flags = UINT64_MAX };
	const char *names[64];
	int n = frame_flags(&all, names, 64);

	(void)q;
	for (int i = 0; i < n; i++)
		out_printf(out, "%s\n", names[i]);
}
