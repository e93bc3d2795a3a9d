/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <argp.h>
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/cli.h"

const struct input inputs[] = {
#define INPUT(name, kind, form, text) { name, text, kind, form },
#include "cli/inputs.def"
#undef INPUT
	{ NULL, NULL, 0, 0 },
};

enum key {
	KEY_VMLINUX = 0x100,
	KEY_SYSROOT,
	KEY_MAX_SWAPFILES,
	KEY_PGD,
	KEY_PHYS_BASE,
	KEY_LEVEL,
	KEY_ALL_ENTRIES,
	KEY_COLOR,
	KEY_NO_HEADINGS,
	KEY_NO_PROGRESS,
	KEY_TIMEOUT,
	KEY_SMAPS,
	KEY_CALIBRATE,
	KEY_MAPS,
	KEY_FIND,
	KEY_LIST_ARCH,
	KEY_LIST_CLASSES,
	KEY_LIST_COLUMNS,
	KEY_LIST_CHECKS,
	KEY_LIST_LAYOUTS,
	KEY_LIST_PAGE_FLAGS,
	KEY_PAGE_FLAGS,
	KEY_ENCODE,
	KEY_GUESS,
	KEY_ENDIAN,
};

static const struct argp_option options[] = {
	{ NULL, 0, NULL, 0, "Input (one kind a run; values from standard input if there is no other):", 1 },
	{ "pid", 'p', "LIST", 0, "processes: PIDs separated by comma or blank, or self; repeatable", 1 },
	{ "all", 'a', NULL, 0, "every live process; with -d, every process in the dump", 1 },
	{ "timeout", KEY_TIMEOUT, "SECONDS", 0,
		"give up on a process whose reads block for so long (10); 0: never", 1 },
	{ "smaps", KEY_SMAPS, "WHEN", 0,
		"compare with what smaps counts as swapped: auto (default: -p, up to 256 MiB) always never",
		1 },
	{ "file", 'f', "FILE", 0, "read values from FILE, or a dump; - is standard input", 1 },
	{ "dump", 'd', "FILE", 0,
		"crash dump; - is standard input; repeatable, also for the parts of a split one", 1 },
	{ "pgd", KEY_PGD, "ADDR", 0, "page tables of the dump at this physical address; repeatable", 1 },
	{ "phys-base", KEY_PHYS_BASE, "ADDR", 0,
		"the dump is memory and nothing else, from this physical address on", 1 },
	{ "input", 'i', "KIND", 0, "what the values are: auto hex bin klog pagemap pme swp-entry text", 1 },
	{ "maps", KEY_MAPS, "FILE", 0, "the maps file that goes with a saved page map (-i pagemap)", 1 },
	{ "endian", KEY_ENDIAN, "ORDER", 0,
		"byte order of the CPU, for -i bin: big little (default: that of -A)", 1 },
	{ "sysroot", KEY_SYSROOT, "DIR", 0, "take /proc, /sys, /boot and /lib/modules from a captured tree",
		1 },

	{ NULL, 0, NULL, 0,
		"Target (default: this machine, for values only if none of -A -k -c -s is given):", 2 },
	{ "arch", 'A', "ARCH[:VARIANT]", 0, "architecture, see --list-arch; uname -m names are understood",
		2 },
	{ "kernel", 'k', "RELEASE", 0, "kernel release: 6.12, or as uname -r prints it", 2 },
	{ "config", 'c', "FILE", 0, "kernel configuration, plain or gzip", 2 },
	{ "set", 's', "KNOB=VALUE[,...]", 0, "one configuration option: y, n or a number; repeatable", 2 },
	{ "max-swapfiles", KEY_MAX_SWAPFILES, "N", 0, "MAX_SWAPFILES, where the special swap types begin",
		2 },
	{ "vmlinux", KEY_VMLINUX, "FILE", 0, "kernel image with symbols", 2 },
	{ "calibrate", KEY_CALIBRATE, "WHEN", 0,
		"hold entries of our own against these facts: auto (default: markers, if processes of this "
		"machine "
		"are looked at) full never",
		2 },
	{ "level", KEY_LEVEL, "LEVEL", 0, "of raw values: pte (default) pmd pud hugetlb", 2 },

	{ NULL, 0, NULL, 0, "Choice of entries:", 3 },
	{ "range", 'r', "START[-END]", 0,
		"only these virtual addresses (hexadecimal, END exclusive; START alone: that page); "
		"repeatable",
		3 },
	{ "class", 'C', "LIST", 0, "only these classes and groups, see --list-classes", 3 },
	{ "find", KEY_FIND, "WHAT", 0,
		"only entries that refer to this, as a table: swap:TYPE:OFFSET swap:DEVICE:OFFSET "
		"pfn:N sector:MAJOR:MINOR:N; repeatable",
		3 },
	{ "page-flags", KEY_PAGE_FLAGS, "LIST", 0,
		"present pages too, if their frame has one of these flags: hwpoison ksm huge zero_page "
		"locked "
		"...; see --list-page-flags",
		3 },
	{ "all-entries", KEY_ALL_ENTRIES, NULL, 0, "none and present entries of an address space too", 3 },

	{ NULL, 0, NULL, 0, "Output:", 4 },
	{ "list", 'l', NULL, 0, "a table with one line per run of like entries", 4 },
	{ "list-each", 'L', NULL, 0, "a table with one line per entry", 4 },
	{ "format", 'F', "FORMAT", 0,
		"summary (default for processes) table (default for values) ndjson json csv prom", 4 },
	{ "json", 'J', NULL, 0, "same as -F json", 4 },
	{ "output", 'o', "[+]COLUMN[,...]", 0, "these columns, or with + these too; see --list-columns", 4 },
	{ "explain", 'x', NULL, 0, "for each entry a ruler of its bits: what each means, and why", 4 },
	{ "error-on", 'E', "CHECK|CLASS[,...]", 0, "exit with status 4 if one of these occurs; repeatable",
		4 },
	{ "check", 'W', "[no-]CHECK", 0, "ask this check of entries, or do not; repeatable", 4 },
	{ "no-headings", KEY_NO_HEADINGS, NULL, 0, "no heading and no line about the target", 4 },
	{ "no-progress", KEY_NO_PROGRESS, NULL, 0, "no line on a terminal that says how far it is", 4 },
	{ "color", KEY_COLOR, "WHEN", OPTION_ARG_OPTIONAL, "auto (default) always never", 4 },
	{ "quiet", 'q', NULL, 0, "no warnings on standard error", 4 },
	{ "verbose", 'v', NULL, 0, "say on standard error where each fact about the target comes from", 4 },

	{ NULL, 0, NULL, 0, "Questions:", 5 },
	{ "guess", KEY_GUESS, NULL, 0,
		"for which architectures, releases and levels a value is a plausible entry", 5 },
	{ "encode", KEY_ENCODE, "SPEC", 0,
		"the raw value of class=swap,type=0,offset=0x1234,exclusive; repeatable", 5 },
	{ "list-arch", KEY_LIST_ARCH, NULL, 0, "architectures and variants", 5 },
	{ "list-classes", KEY_LIST_CLASSES, NULL, 0, "classes of entries", 5 },
	{ "list-columns", KEY_LIST_COLUMNS, NULL, 0, "columns for -o", 5 },
	{ "list-checks", KEY_LIST_CHECKS, NULL, 0, "checks for -E and -W", 5 },
	{ "list-page-flags", KEY_LIST_PAGE_FLAGS, NULL, 0, "flags of frames, for --page-flags", 5 },
	{ "list-layouts", KEY_LIST_LAYOUTS, NULL, 0, "how entries are packed: every row, of -A or of all",
		5 },
	{ NULL, 'h', NULL, OPTION_HIDDEN, NULL, -1 },
	{ NULL, 0, NULL, 0, NULL, 0 },
};

static const char doc[] =
	"Decode page-table entries that are not present: swap slots, migration and device entries, hardware "
	"poison, markers."
	"\vPTE: raw entries, hexadecimal with or without 0x, decimal after 0d.\n\n"
	"Exit status: 0 complete, 1 error without any answer, 2 usage, 3 partial answer, 4 a match of -E.\n\n"
	"Examples:\n"
	"  swpdecode -p 4242                    what is not present there, and why\n"
	"  swpdecode -l -C special -a           runs of special entries, every process\n"
	"  swpdecode -A arm64 -k 6.12 0x27c0    one raw entry of another machine\n";

static bool name_is(const char *p, size_t n, const char *name)
{
	return strlen(name) == n && !memcmp(p, name, n);
}

static void add_pid(struct opts *o, int pid)
{
	if (o->n_pids == o->pids_room) {
		o->pids_room = o->pids_room ? o->pids_room * 2 : 16;
		o->pids = realloc(o->pids, o->pids_room * sizeof(*o->pids));
		if (!o->pids) {
			complain("%s", sys_text(ENOMEM));
			exit(EXIT_ERROR);
		}
	}
	o->pids[o->n_pids++] = pid;
}

static void parse_pids(struct opts *o, const char *list)
{
	static const char separators[] = ", \t\n";
	const char *p = list + strspn(list, separators);

	if (!*p)
		usage_error("-p: no PID in '%s'", list);
	while (*p) {
		size_t n = strcspn(p, separators);
		char word[16];
		uint64_t pid;

		snprintf(word, sizeof(word), "%.*s", n < sizeof(word) ? (int)n : 0, p);
		if (name_is(p, n, "self")) {
			o->self = true;
			add_pid(o, getpid());
		} else if (parse_number(word, 10, INT32_MAX, &pid) && pid) {
			add_pid(o, pid);
		} else {
			usage_error("-p: '%.*s' is not a PID", (int)n, p);
		}
		p += n;
		p += strspn(p, separators);
	}
}

static void parse_range(struct opts *o, const char *text)
{
	const char *dash = strchr(text, '-');
	struct range r = { 0 };

	if (o->n_ranges == RANGES_MAX)
		usage_error("-r: more than %d ranges", RANGES_MAX);
	if (!parse_hex(text, dash ? (size_t)(dash - text) : strlen(text), &r.start) ||
		(dash && !parse_hex(dash + 1, strlen(dash + 1), &r.end)))
		usage_error("-r %s: not START or START-END in hexadecimal", text);
	if (dash && r.end <= r.start)
		usage_error("-r %s: an empty range: END is exclusive and must lie above START", text);
	o->ranges[o->n_ranges++] = r;
}

static uint32_t parse_classes(const char *option, const char *list, uint32_t *checks)
{
	uint32_t classes = 0;

	for (const char *p = list; *p;) {
		size_t n = strcspn(p, ",");
		char word[40];
		uint32_t mask;

		snprintf(word, sizeof(word), "%.*s", n < sizeof(word) ? (int)n : 0, p);
		mask = swpd_class_mask(word);
		if (mask)
			classes |= mask;
		else if (checks && check_find(word) < CHECK_N)
			*checks |= 1u << check_find(word);
		else
			usage_error("%s %s: no class%s '%.*s' (--list-classes%s)", option, list,
				checks ? " or check" : "", (int)n, p, checks ? ", --list-checks" : "");
		p += n;
		p += *p == ',';
	}
	if (!classes && !(checks && *checks))
		usage_error("%s: nothing named", option);
	return classes;
}

static void parse_check(struct opts *o, const char *text)
{
	bool off = !strncmp(text, "no-", 3) && check_find(text) == CHECK_N;
	enum check_id id = check_find(text + (off ? 3 : 0));

	if (id == CHECK_N || !(entry_checks & 1u << id))
		usage_error("-W %s: no check of entries of that name (--list-checks)", text);
	if (off)
		o->checks_off |= 1u << id;
	else
		o->checks_off &= ~(1u << id);
}

static void parse_color(struct opts *o, const char *when)
{
	if (!when || !strcmp(when, "always"))
		o->color = COLOR_ALWAYS;
	else if (!strcmp(when, "never"))
		o->color = COLOR_NEVER;
	else if (strcmp(when, "auto"))
		usage_error("--color %s: auto, always or never", when);
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct opts *o = state->input;
	struct swpd_error err;
	uint64_t n;

	switch (key) {
	case ARGP_KEY_INIT:
		/* getopt has said what is wrong, in one line; argp would add another */
		state->err_stream = NULL;
		break;
	case 'h':
		argp_state_help(state, stdout, ARGP_HELP_STD_HELP);
		break;
	case 'p':
		parse_pids(o, arg);
		break;
	case 'a':
		o->all = true;
		break;
	case KEY_TIMEOUT:
		if (!parse_number(arg, 10, 86400, &n))
			usage_error("--timeout %s: not a number of seconds up to a day", arg);
		o->timeout = n;
		break;
	case KEY_CALIBRATE:
		o->calibrate = !strcmp(arg, "full") ? CALIBRATE_FULL :
			!strcmp(arg, "never")	    ? CALIBRATE_NEVER : CALIBRATE_AUTO;
		if (!o->calibrate && strcmp(arg, "auto"))
			usage_error("--calibrate %s: auto, full or never", arg);
		break;
	case KEY_SMAPS:
		o->smaps = !strcmp(arg, "always")  ? SMAPS_ALWAYS
			   : !strcmp(arg, "never") ? SMAPS_NEVER
						   : SMAPS_AUTO;
		if (!o->smaps && strcmp(arg, "auto"))
			usage_error("--smaps %s: auto, always or never", arg);
		break;
	case 'f':
		if (o->file)
			usage_error("-f: only one file a run");
		o->file = arg;
		break;
	case 'i':
		for (o->input = inputs; o->input->name && strcmp(o->input->name, arg);)
			o->input++;
		if (!o->input->name)
			usage_error("-i %s: no such kind of input ("
				    "auto hex bin klog pagemap pme swp-entry text)",
				arg);
		break;
	case 'd':
		if (o->n_dumps == DUMP_FILES_MAX)
			usage_error("-d: more than %d files", DUMP_FILES_MAX);
		o->dumps[o->n_dumps++] = arg;
		break;
	case KEY_PGD:
		if (o->n_pgds == PGDS_MAX)
			usage_error("--pgd: more than %d", PGDS_MAX);
		if (!parse_hex(arg, strlen(arg), &o->pgds[o->n_pgds++]))
			usage_error("--pgd %s: not a physical address in hexadecimal", arg);
		break;
	case KEY_PHYS_BASE:
		o->raw_dump = true;
		if (!parse_hex(arg, strlen(arg), &o->phys_base))
			usage_error("--phys-base %s: not a physical address in hexadecimal", arg);
		break;
	case KEY_FIND:
		if (o->n_finds == FINDS_MAX)
			usage_error("--find: more than %d", FINDS_MAX);
		o->finds[o->n_finds++] = arg;
		break;
	case KEY_MAPS:
		o->maps = arg;
		break;
	case KEY_SYSROOT:
		o->sysroot = arg;
		break;
	case KEY_VMLINUX:
		o->vmlinux = arg;
		break;
	case 'A':
		o->arch = arg;
		break;
	case 'k':
		o->kernel = arg;
		break;
	case 'c':
		o->config = arg;
		break;
	case 's':
		if (o->n_sets == (int)ARRAY_SIZE(o->sets))
			usage_error("-s: too many; several settings fit in one, separated by commas");
		o->sets[o->n_sets++] = arg;
		break;
	case KEY_MAX_SWAPFILES:
		if (!parse_number(arg, 10, 32, &n) || !n)
			usage_error("--max-swapfiles %s: not a number from 1 to 32", arg);
		o->max_swapfiles = n;
		break;
	case KEY_LEVEL:
		for (o->level = 0; o->level < SWPD_LEVEL_N && strcmp(swpd_level_name(o->level), arg);)
			o->level++;
		if (o->level == SWPD_LEVEL_N)
			usage_error("--level %s: not one of pte pmd pud hugetlb", arg);
		o->level_given = true;
		break;
	case 'r':
		parse_range(o, arg);
		break;
	case 'C':
		o->classes |= parse_classes("-C", arg, NULL);
		break;
	case KEY_ALL_ENTRIES:
		o->all_entries = true;
		break;
	case 'l':
		o->list = true;
		break;
	case 'L':
		o->each = true;
		break;
	case 'J':
	case 'F':
		o->format = format_find(key == 'J' ? "json" : arg);
		if (!o->format)
			usage_error("-F %s: no such format (summary table ndjson json csv prom)", arg);
		break;
	case 'o':
		if (o->n_columns == (int)ARRAY_SIZE(o->columns))
			usage_error("-o: too many; several columns fit in one, separated by commas");
		o->columns[o->n_columns++] = arg;
		break;
	case 'E':
		o->match_classes |= parse_classes("-E", arg, &o->match_checks);
		break;
	case 'W':
		parse_check(o, arg);
		break;
	case KEY_NO_HEADINGS:
		o->no_headings = true;
		break;
	case KEY_NO_PROGRESS:
		o->no_progress = true;
		break;
	case KEY_COLOR:
		parse_color(o, arg);
		break;
	case 'q':
		o->quiet = true;
		break;
	case 'v':
		o->verbose++;
		break;
	case KEY_LIST_ARCH:
		o->ask = ask_list_arch;
		break;
	case KEY_LIST_CLASSES:
		o->ask = ask_list_classes;
		break;
	case KEY_LIST_COLUMNS:
		o->ask = ask_list_columns;
		break;
	case KEY_LIST_CHECKS:
		o->ask = ask_list_checks;
		break;
	case KEY_LIST_PAGE_FLAGS:
		o->ask = ask_list_page_flags;
		break;
	case KEY_PAGE_FLAGS:
		o->page_flags |= frame_flags_parse(arg, &err);
		if (!o->page_flags)
			usage_error("--page-flags=%s: %s", arg, err.text);
		break;
	case KEY_LIST_LAYOUTS:
		o->ask = ask_list_layouts;
		break;
	case 'x':
		o->explain = true;
		break;
	case KEY_GUESS:
		o->guess = true;
		break;
	case KEY_ENCODE:
		if (o->n_encode == ARRAY_SIZE(o->encode))
			usage_error("--encode: more than %zu specs", ARRAY_SIZE(o->encode));
		o->encode[o->n_encode++] = arg;
		break;
	case KEY_ENDIAN:
		if (strcmp(arg, "big") && strcmp(arg, "little"))
			usage_error("--endian %s: big or little", arg);
		o->endian = *arg == 'b' ? ENDIAN_BIG : ENDIAN_LITTLE;
		break;
	case ARGP_KEY_ARGS:
		o->values = state->argv + state->next;
		o->n_values = state->argc - state->next;
		break;
	default:
		return ARGP_ERR_UNKNOWN;
	}
	return 0;
}

/* A value that is something else: say which option was meant. */
static void refuse_lookalike(const struct opts *o, const char *text)
{
	size_t len = strlen(text), digits = strspn(text, "0123456789");
	bool bare = !o->arch && !o->kernel && !o->config && !o->n_sets && !o->input && !o->guess;
	struct stat st;
	uint64_t value;
	char path[32];

	if (bare && o->n_values == 1 && digits == len && len && len < 8 && text[0] != '0') {
		snprintf(path, sizeof(path), "/proc/%s", text);
		if (!stat(path, &st))
			usage_error("%s: this is the PID of a process: -p %s decodes it (0x%s is the value)",
				text, text, text);
	}
	if (parse_hex(text, len, &value) || !strncmp(text, "0d", 2))
		return;
	if (!stat(text, &st))
		usage_error("%s: this is a file: -f %s reads values from it", text, text);
	if (strchr(text, '/'))
		usage_error("%s: no such file, and not a value; -f FILE reads values from a file", text);
	if (strpbrk(text, " =:"))
		usage_error("'%.60s': this is text, not a value: give the number in it alone", text);
}

/* Options that make no sense with a question. */
static void check_question(const struct opts *o)
{
	const char *name = o->ask ? "a list" : o->n_encode ? "--encode" : "--guess";
	bool inputs_given = o->n_pids || o->file || o->n_values;

	if (o->format && o->ask && o->ask != ask_list_layouts)
		usage_error("a list is text, and --list-layouts alone also JSON: not with -F %s",
			o->format->name);
	if (o->format && strcmp(o->format->name, "json"))
		usage_error("%s is text or, with -J, JSON: not with -F %s", name, o->format->name);
	if (o->explain || o->n_columns || o->list || o->each || o->classes || o->match_classes ||
		o->match_checks)
		usage_error("%s is no output of entries: not with -x, -o, -l, -L, -C or -E", name);
	if (o->ask)
		return;
	if (o->n_encode && (o->guess || inputs_given))
		usage_error("--encode makes values: not with --guess, -p, -f or values");
	if (o->guess && (o->n_pids || o->all || o->n_dumps))
		usage_error("--guess is for values, not for -p, -a and -d");
	if (o->guess && (o->kernel || o->config || o->n_sets || o->max_swapfiles))
		usage_error("--guess looks for the kernel: only -A and --level may restrict it");
	if (o->guess && o->input && strcmp(o->input->name, "auto") && strcmp(o->input->name, "hex"))
		usage_error("--guess takes page-table entries as text, not -i %s", o->input->name);
	if (o->n_encode && o->input && o->input->kind == INPUT_BINARY)
		usage_error("--encode gives a word: not with -i %s", o->input->name);
}

static void check_forms(const struct opts *o)
{
	if (o->explain && o->format && strcmp(o->format->name, "table"))
		usage_error("-x is text for people: not with -F %s", o->format->name);
	if (o->explain && (o->n_columns || o->list || o->each))
		usage_error("-x has no columns and is no list: not with -o, -l or -L");
	if (o->n_values && o->input && o->input->kind == INPUT_BINARY)
		usage_error("-i %s: bytes come from -f FILE or from standard input, not as arguments",
			o->input->name);
	if (o->endian && !(o->input && o->input->kind == INPUT_BINARY))
		usage_error("--endian is for -i bin");
}

/* Several files may be several dumps: what is said of one cannot hold for all. */
static void check_dumps(const struct opts *o)
{
	size_t pipes = 0;

	for (size_t i = 0; i < o->n_dumps; i++)
		pipes += !strcmp(o->dumps[i], "-");
	if (pipes > 1)
		usage_error("-d -: standard input is one dump only");
}

void parse_options(int argc, char **argv, struct opts *o)
{
	static const struct argp argp = { options, parse, "[PTE...]", doc, NULL, NULL, NULL };
	static char name[] = "swpdecode";

	memset(o, 0, sizeof(*o));
	o->timeout = 10;
	argp_program_version = "swpdecode " SWPD_VERSION;
	if (argc)
		argv[0] = name; /* getopt's messages begin with it */
	if (argp_parse(&argp, argc, argv, 0, NULL, o))
		exit(EXIT_USAGE);

	if (o->ask || o->n_encode || o->guess)
		check_question(o);
	if (o->ask || o->n_encode)
		return;
	/* what values would be read from may be a dump, and is read as by -d then */
	if (!o->guess && !o->n_dumps && (!o->input || o->input == inputs) &&
		(o->file || (!o->n_pids && !o->all && !o->n_values)) &&
		image_is_dump(o->file ? o->file : "-")) {
		o->dumps[o->n_dumps++] = o->file ? o->file : "-";
		o->file = NULL;
	}
	if ((o->n_pids || o->n_dumps) + (o->all && !o->n_dumps) + !!o->file + !!o->n_values > 1)
		usage_error("only one kind of input a run: -p, -a, -d, -f, or values");
	if (o->all && o->n_pids)
		usage_error("-p and -a both say which processes");
	check_dumps(o);
	o->saved = o->input && o->input->kind == INPUT_SAVED;
	if (o->saved && (!o->maps || !o->file || !strcmp(o->file, "-")))
		usage_error("-i pagemap: -f FILE names the page map, --maps=FILE its maps file");
	if (o->maps && !o->saved)
		usage_error("--maps is for a saved page map: -i pagemap -f FILE --maps=FILE");
	o->spaces = o->n_pids || o->all || o->saved || o->n_dumps;
	if (!o->n_dumps && (o->n_pgds || o->raw_dump))
		usage_error("%s is for dumps: -d", o->n_pgds ? "--pgd" : "--phys-base");
	if ((o->n_pids || o->all) && o->n_pgds)
		usage_error("%s and --pgd both say whose page tables", o->all ? "-a" : "-p");
	if (o->self && o->n_dumps)
		usage_error("-p self is not in a dump");
	if (o->n_dumps && o->sysroot)
		usage_error("a dump is of another machine than a captured tree: not -d and --sysroot");
	if (o->spaces && !o->saved && o->input && strcmp(o->input->name, "auto"))
		usage_error("-i %s is for values, not for -p, -a and -d", o->input->name);
	if (o->n_values && o->input && (o->input->kind == INPUT_KLOG || o->input->kind == INPUT_TEXT))
		usage_error("-i %s reads text from -f or standard input, not arguments", o->input->name);
	if (o->spaces && !o->saved && o->level != SWPD_LEVEL_PTE)
		usage_error("--level is for raw values, not for -p, -a and -d");
	if (o->input && o->input->form == FORM_PAGEMAP && o->level != SWPD_LEVEL_PTE)
		usage_error("--level is for page-table entries, not for -i %s", o->input->name);
	if (o->self && o->sysroot)
		usage_error("-p self is not in a captured tree");
	if (!o->spaces && (o->n_ranges || o->list || o->each || o->all_entries))
		usage_error("%s is for address spaces: -p, -a or -d",
			o->n_ranges ? "-r" : o->list ? "-l" : o->each ? "-L" : "--all-entries");
	if ((o->list || o->each) && o->format && strcmp(o->format->name, "table"))
		usage_error("-l and -L are tables: not with -F %s", o->format->name);
	if (o->format && o->format->needs_spaces && !o->spaces)
		usage_error("-F %s is for address spaces: -p, -a or -d", o->format->name);
	if (o->format && !strcmp(o->format->name, "summary") && o->n_columns)
		usage_error("-o: the summary has no columns (-l, -L, or another -F has)");
	check_forms(o);
	if (o->page_flags && !o->n_pids && !o->all && !o->n_dumps)
		usage_error("--page-flags is for address spaces: -p, -a or -d");
	if (o->n_finds && !o->spaces)
		usage_error("--find is for address spaces: -p, -a or -d");
	if (o->classes && o->all_entries)
		usage_error("-C and --all-entries contradict each other");
	for (size_t i = 0; i < o->n_values; i++)
		refuse_lookalike(o, o->values[i]);
	if (!o->spaces && !o->file && !o->n_values && isatty(STDIN_FILENO))
		usage_error("nothing to decode: give values, -f FILE or -p PID (--help says more)");
}
