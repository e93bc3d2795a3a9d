/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <dlfcn.h>

#include "util/util.h"

bool library_functions(const char *library, const char *const *names, void **functions, size_t n)
{
	void *handle = dlopen(library, RTLD_NOW | RTLD_LOCAL);
	bool all = handle;

	for (size_t i = 0; i < n; i++) {
		functions[i] = handle ? dlsym(handle, names[i]) : NULL;
		all &= functions[i] != NULL;
	}
	for (size_t i = 0; i < n && !all; i++)
		functions[i] = NULL;
	return all;
}
