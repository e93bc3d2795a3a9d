/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "core/core.h"

static const char *const class_names[] = {
#define X(id, name, text) name,
	SWPD_CLASSES(X)
#undef X
};

static const char *const class_texts[] = {
#define X(id, name, text) text,
	SWPD_CLASSES(X)
#undef X
};

static const char *const flag_names[] = {
#define X(id, name, text) name,
	SWPD_FLAGS(X)
#undef X
};

static const char *const level_names[] = { "pte", "pmd", "pud", "hugetlb" };
static const char *const why_names[] = { NULL, "hidden", "knob", "stray", "no-row", "no-slot",
	"not-shown", "file-pte" };
static const char *const via_names[] = { "pte", "shmem", "scan" };
static const char *const severity_names[] = { "info", "warning", "error" };

static const struct {
	const char *name, *text;
	enum severity severity;
} checks[] = {
#define CHECK(id, id_name, sev, about) { id_name, about, sev },
#include "core/checks.def"
#undef CHECK
};

#define NAME(table, i) ((size_t)(i) < sizeof(table) / sizeof(table[0]) ? table[i] : "?")

const char *swpd_class_name(enum swpd_class cls)
{
	return NAME(class_names, cls);
}

const char *swpd_class_text(enum swpd_class cls)
{
	return NAME(class_texts, cls);
}

const char *swpd_flag_name(enum swpd_flag flag)
{
	return NAME(flag_names, flag);
}

const char *swpd_level_name(enum swpd_level level)
{
	return NAME(level_names, level);
}

const char *via_name(enum via via)
{
	return NAME(via_names, via);
}

const char *swpd_why_name(enum swpd_why why)
{
	return NAME(why_names, why);
}

const char *severity_name(enum severity sev)
{
	return NAME(severity_names, sev);
}

const char *check_name(enum check_id id)
{
	return id < CHECK_N ? checks[id].name : "?";
}

const char *check_text(enum check_id id)
{
	return id < CHECK_N ? checks[id].text : "?";
}

_Static_assert(CHECK_N <= 32, "sets of checks are bits of 32");

enum severity check_severity(enum check_id id)
{
	return id < CHECK_N ? checks[id].severity : SEV_ERROR;
}

enum check_id check_find(const char *name)
{
	enum check_id id = 0;

	while (id < CHECK_N && strcmp(checks[id].name, name))
		id++;
	return id;
}

uint32_t swpd_class_mask(const char *name)
{
	static const uint32_t ordinary = 1u << SWPD_NONE | 1u << SWPD_PRESENT | 1u << SWPD_SWAP;
	static const uint32_t all = (1u << SWPD_CLASS_N) - 1;
	uint32_t mask = 0;

	if (!strcmp(name, "special"))
		return all & ~ordinary;
	for (int c = 0; c < SWPD_CLASS_N; c++) {
		size_t n = strlen(name);
		bool group = !strcmp(name, "migration") || !strcmp(name, "device");

		if (!strcmp(class_names[c], name) ||
			(group && !strncmp(class_names[c], name, n) && class_names[c][n] == '-'))
			mask |= 1u << c;
	}
	return mask;
}
