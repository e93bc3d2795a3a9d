/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * sink: outputs. Each format is one file here and one line in list.def; all get the same events and none
 * decodes anything. What a record has to say is one table, columns.c, whatever the format.
 */
#ifndef SINK_SINK_H
#define SINK_SINK_H

#include "check/check.h"

#define SCHEMA_VERSION 1

/* What a run is about: valid as long as the sink. */
struct session {
	const struct facts *facts;
	const struct swpd_decoder *dec; /* its row is the layout; may change between records */
	const char *time;               /* when the run began, UTC, ISO 8601 */
	bool log;                       /* entries of messages */
	bool all;                       /* every process that there is: -a */
	bool spaces;                    /* address spaces, not loose values */
	bool target_given;              /* some of -A -k -c -s --vmlinux: nothing was taken from the host */
	enum swpd_form form;
	const char *dump;               /* NULL: it is about none */
	const struct range *ranges;     /* -r: nothing else was looked at */
	size_t n_ranges;                /* 0: everything was */
	unsigned int dumps, nth;        /* if of several: how many, and how many had output before it */
};

/* One entry as a sink gets it. */
struct record {
	const struct session *session;
	const struct origin *origin;
	const struct swpd_decoder *dec;
	const struct swpd_entry *entry; /* NULL: a value that could not be read */
	uint64_t vaddr;                 /* if origin->mapping */
	uint64_t line, column;          /* if origin->positions */
	uint64_t file_offset;           /* if origin->offsets */
	/* What the entry refers to; NULL: nothing of this kind, not known or not asked. */
	const struct frame *frame;
	const struct swap_slot *slot;
	const struct raw_errors *errors;
	const struct finding *findings;
	int n_findings;
};

/* ---- columns ---- */

enum value_kind {
	VALUE_NULL,
	VALUE_HEX,
	VALUE_DEC,
	VALUE_TEXT,
	VALUE_BOOL,
	VALUE_LIST,     /* n texts */
	VALUE_FINDINGS, /* n findings */
};

#define LIST_MAX 32

struct value {
	enum value_kind kind;
	uint64_t number; /* HEX, DEC, BOOL */
	const char *text;
	int n;
	const char *list[LIST_MAX];
	const struct finding *findings;
	char composed[512]; /* room for a text that a column puts together */
};

#define ENTRY_FIELD 0x8000

struct column {
	const char *name; /* JSON key and name for -o */
	const char *text; /* for --list-columns */
	void (*get)(const struct record *r, struct value *v); /* v->kind is VALUE_NULL before */
	uint8_t width;    /* in tables */
	bool right;       /* aligned, in tables */
	/* A number that differs between records of the same shape: where it stands in struct record, or, from
	 * ENTRY_FIELD on, in the struct swpd_entry that this points to. 0: the same for all of a shape. */
	uint16_t varies;
	bool extra;       /* only on request: not in JSON and CSV by default */
	bool refers;      /* it is of the frame or the slot, not of the entry */
};

extern const struct column columns[];
extern const size_t n_columns;

#define COLUMNS_MAX 48

/* The columns of an output, in order. */
struct selection {
	int n;
	const struct column *column[COLUMNS_MAX];
};

/* All columns that are not extra. */
void selection_default(struct selection *s);
/*
 * Apply a list "name,name" or "+name,name" (added to what is there, where it is not there yet). Returns 0, or
 * -1 with *err for a name that does not exist or is listed twice.
 */
int selection_parse(struct selection *s, const char *list, struct swpd_error *err);

/* ---- formats ---- */

struct sink_options {
	struct selection selection;
	bool each;      /* -L: one line per entry; else per run */
	bool headings;
	bool colour;
};

struct sink {
	const struct session *session;
	struct out *out;
	struct sink_options options;
	bool special_only; /* of address spaces, rows of swapped pages and guards without findings may be left
			      out */
	/* Its columns if the user says nothing; NULL: selection_default(). */
	const char *(*columns)(const struct sink *s);
	/* Events; each may be NULL. Errors of the output stick in out. */
	void (*begin)(struct sink *s);
	void (*space_begin)(struct sink *s, const struct process *p);
	void (*row)(struct sink *s, const struct record *r);
	void (*space_end)(struct sink *s, const struct process *p, const struct totals *t,
		const struct gap *gap);
	void (*finding)(struct sink *s, int pid, const struct finding *f); /* of no entry; pid 0: of none */
	void (*end)(struct sink *s, const struct totals *t);
	void (*close)(struct sink *s);
};

/* One of several dumps of which nothing can be told. */
struct dump_failure {
	const char *dump;
	char why[200];
};

struct format {
	const char *name, *text;
	struct sink *(*make)(void); /* calloc()ed, events set; NULL if memory is out */
	bool needs_spaces;          /* makes no sense for loose values */
	enum {
		NONE_EACH,
		NONE_RUNS,          /* without options.each, rows of address spaces may stand for many */
		NONE_COUNTED,       /* rows are of no use */
	} none;                     /* what it makes of entries that are none, where they are asked for */
	/* After the last of several dumps, of which some failed; may be NULL. */
	void (*dumps_end)(struct out *out, const struct dump_failure *failed, size_t n);
};

extern const struct format formats[];
extern const size_t n_formats;

/* The format of that name; NULL if there is none. */
const struct format *format_find(const char *name);

/* ---- shared by formats of this room ---- */

/*
 * Rows for machines. Most records differ from the one before in an address and an offset only, so the text of
 * a row is kept with holes where a column varies, one text for each shape of record seen lately.
 */
enum row_style {
	ROW_JSON,
	ROW_CSV,
	ROW_TABLE, /* with its end of line */
};

#define ROW_TEMPLATES 16

#define ROW_SLACK 64 /* bytes that may be read and written beyond the end of a text */

struct row_template {
	bool valid;
	uint64_t serial;         /* of the origin */
	const struct swpd_decoder *dec;
	uint32_t devices_seen;
	struct swpd_entry shape;
	int n_holes;
	struct row_hole {
		uint16_t at;     /* byte in text before which the number goes */
		uint16_t field;  /* as struct column's varies */
		bool hex;        /* else decimal */
		uint8_t width;   /* blanks before it make it so wide */
		uint8_t len;     /* of digits[] */
		uint64_t last;   /* the number put here before, and its text: often all but the last four */
		char digits[32]; /* digits are still right */
	} hole[COLUMNS_MAX];
	uint16_t len;
	char text[4096 + ROW_SLACK];
};

struct rows {
	enum row_style style;
	struct selection selection;
	uint64_t built; /* templates built, for tests */
	struct row_template template[ROW_TEMPLATES];
};

/* Write one row without its end of line. */
void rows_put(struct rows *rows, struct out *out, const struct record *r);

/* The same, if there is a text for rows of its shape or one can be made; else false, and nothing is written.
 */
bool rows_put_like(struct rows *rows, struct out *out, const struct record *r);

/* How wide a column is in a table. */
int column_width(const struct column *c);

/* The meta and total records, and a finding of no entry, as JSON objects without end of line. */
void json_meta(struct out *out, const struct session *session);
void json_total(struct out *out, const struct session *session, const struct totals *t);
void json_finding(struct out *out, int pid, const struct finding *f);

/* The line that says which architecture, release and configuration the words were read for. */
void text_target(struct out *out, const struct session *session);

/* If it is one of several dumps: the line that says which. */
void text_dump(struct out *out, const struct session *session);

/* One cell for people; "-" for what is not known. A list that does not fit ends with "…". */
void text_value(const struct value *v, char *to, size_t size);

#endif
