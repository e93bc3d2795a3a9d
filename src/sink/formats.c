/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sink/sink.h"

#define FORMAT(name, spaces, text) struct sink *sink_##name(void);
#include "sink/list.def"
#undef FORMAT

const struct format formats[] = {
#define FORMAT(name, spaces, text) { #name, text, sink_##name, spaces },
#include "sink/list.def"
#undef FORMAT
};
const size_t n_formats = ARRAY_SIZE(formats);

const struct format *format_find(const char *name)
{
	for (size_t i = 0; i < n_formats; i++)
		if (!strcmp(formats[i].name, name))
			return &formats[i];
	return NULL;
}
