/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sink/sink.h"

#define FORMAT(name, spaces, none, dumps_end, text) struct sink *sink_##name(void);
#include "sink/list.def"
#undef FORMAT

void sink_json_dumps_end(struct out *out, const struct dump_failure *failed, size_t n);
void sink_ndjson_dumps_end(struct out *out, const struct dump_failure *failed, size_t n);

const struct format formats[] = {
#define FORMAT(name, spaces, none, dumps_end, text) { #name, text, sink_##name, spaces, none, dumps_end },
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
