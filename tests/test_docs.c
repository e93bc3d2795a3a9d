/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is written about the tool says what the tool does: options, columns, classes, checks, records. */
#include "sink/sink.h"
#include "text.h"

/* Something that a test cannot do without: its absence is a failure where everything should be there. */
#define MISSING(what)                                                      \
	do {                                                               \
		if (!strcmp(env_or("CI", ""), "true"))                     \
			cr_assert_fail("%s is missing", what);             \
		cr_skip_test("%s is missing", what);                       \
	} while (0)

static const char *const completions[] = { "completions/swpdecode.bash", "completions/_swpdecode",
	"completions/swpdecode.fish" };
#define N_COMPLETIONS ((int)(sizeof(completions) / sizeof(completions[0])))

/* The manual page without the sign that takes a letter's special meaning away. */
static char *read_man(void)
{
	char *man = read_source("man/swpdecode.1"), *to = man;

	for (char *p = man; *p; p++)
		if (p[0] == '\\' && p[1] == '&')
			p++;
		else
			*to++ = *p;
	*to = 0;
	return man;
}

/* A subsection of the manual page; the caller frees it. */
static char *man_section(const char *title)
{
	char *man = read_man(), head[64], *start, *end, *section;

	snprintf(head, sizeof(head), "\n.Ss %s\n", title);
	start = strstr(man, head);
	cr_assert(start, "man page: no subsection '%s'", title);
	start += strlen(head);
	for (end = start; (end = strstr(end, "\n.S")) && strncmp(end, "\n.Ss ", 5) &&
		strncmp(end, "\n.Sh ", 5);)
		end++;
	section = strndup(start, end ? (size_t)(end - start) : strlen(start));
	free(man);
	return section;
}

/* ---- options ---- */

/* Take the next option off a help text: its long name without dashes, or "", and its letter, or 0. */
static bool next_option(char **help, char *name, size_t size, char *letter)
{
	char *line;

	while ((line = next_line(help))) {
		size_t blanks = strspn(line, " ");
		char *p = line + blanks;

		*letter = 0;
		*name = 0;
		if (blanks > 6 || *p != '-')
			continue;
		if (p[1] != '-') {
			*letter = p[1];
			p += strspn(p + 2, ", ") + 2;
		}
		if (p[0] == '-' && p[1] == '-')
			snprintf(name, size, "%.*s", (int)strcspn(p + 2, "=[ "), p + 2);
		return true;
	}
	return false;
}

static void expect_in(
	const char *where, const char *text, const char *what, const char *form, const char *name)
{
	char word[128];

	snprintf(word, sizeof(word), "%s%s", form, name);
	cr_expect(find_word(text, word, "-_"), "%s: %s %s is missing (looked for '%s')", where, what, name,
		word);
}

Test(docs, every_option_is_in_the_manual_and_in_completions)
{
	char *help = tool_says("--help"), *rest = help, *man = read_man(), *shell[N_COMPLETIONS];
	char name[64], letter[2] = "";
	int n = 0;

	for (int i = 0; i < N_COMPLETIONS; i++)
		shell[i] = read_source(completions[i]);
	while (next_option(&rest, name, sizeof(name), letter)) {
		n++;
		if (*letter)
			expect_in("man page", man, "option", "Fl ", letter);
		if (*name)
			expect_in("man page", man, "option", "Fl -", name);
		for (int i = 0; i < N_COMPLETIONS; i++) {
			bool fish = strstr(completions[i], ".fish");

			if (*letter && *letter != '?')
				expect_in(completions[i], shell[i], "option", fish ? "-s " : "-", letter);
			if (*name)
				expect_in(completions[i], shell[i], "option", fish ? "-l " : "--", name);
		}
	}
	cr_expect(n > 25, "only %d options found in --help: is the test blind?", n);
	for (int i = 0; i < N_COMPLETIONS; i++)
		free(shell[i]);
	free(help);
	free(man);
}

static void expect_option(
	const char *where, const char *help, const char *dashes, const char *name, size_t len)
{
	char word[80];

	if (len == 1 && *name == 'h') /* not shown, since --help is, but understood: see below */
		return;
	snprintf(word, sizeof(word), "%s%.*s", dashes, (int)len, name);
	cr_expect(find_word(help, word, "-_"), "%s: the tool has no option %s", where, word);
}

Test(docs, every_option_in_the_manual_exists)
{
	char *help = tool_says("--help"), *man = read_man();
	int n = 0;

	free(tool_says("-h"));
	for (const char *p = man; (p = find_word(p, "Fl", "")); n++) {
		size_t len;

		p += strlen("Fl");
		p += *p == ' ';
		len = strcspn(p, " \n");
		expect_option("man page", help, "-", p, len); /* of a long one the name begins with a dash */
	}
	cr_expect(n > 40, "only %d options found in the man page", n);
	free(help);
	free(man);
}

/* Long options on lines that call the tool. */
static void check_examples(const char *path)
{
	char *help = tool_says("--help"), *text = read_source(path), *rest = text, *line;

	while ((line = next_line(&rest)))
		for (char *p = find_word(line, "swpdecode", "-_") ? line : NULL; p && (p = strstr(p, " --"));
			p++)
			expect_option(path, help, "--", p + 3, strspn(p + 3, "abcdefghijklmnopqrstuvwxyz-"));
	free(help);
	free(text);
}

Test(docs, every_option_in_the_texts_exists)
{
	cr_expect(each_file("*.md", check_examples) >= 3);
}

static void check_targets(const char *path)
{
	char *makefile = read_source("Makefile"), *text = read_source(path);

	for (const char *p = text; (p = strstr(p, "make ")); p++) {
		char name[40], target[48];

		if ((p > text && !strchr("`$& \n", p[-1])) || !islower((unsigned char)p[5]))
			continue;
		if (p > text && p[-1] == ' ' && (p == text + 1 || !strchr("$&", p[-2])))
			continue; /* the verb */
		snprintf(
			name, sizeof(name), "%.*s", (int)strspn(p + 5, "abcdefghijklmnopqrstuvwxyz-"), p + 5);
		snprintf(target, sizeof(target), "\n%s", name);
		cr_expect(find_word(makefile, target, "-"), "%s: make has no target %s", path, name);
	}
	free(makefile);
	free(text);
}

Test(docs, every_make_target_in_the_texts_exists)
{
	cr_expect(each_file("*.md", check_targets) >= 3);
}

/* ---- what the tool lists ---- */

/* First words of lines and entries of the section agree, both ways. */
static void compare_list(const char *option, const char *title)
{
	char *list = tool_says(option), *rest = list, *section = man_section(title), *items, *line;
	char *names = strdup("\n");
	int n = 0;

	while ((line = next_line(&rest))) {
		char *more;

		line[strcspn(line, " ")] = 0;
		expect_in("man page", section, title, "", line);
		cr_assert(asprintf(&more, "%s%s\n", names, line) > 0);
		free(names);
		names = more;
		n++;
	}
	for (items = section; (items = strstr(items, ".It Cm ")); items++) {
		char name[48];

		snprintf(name, sizeof(name), "%.*s", (int)strcspn(items + 7, " \n"), items + 7);
		cr_expect(find_word(names, name, "-_"), "man page, %s: the tool has no %s", title, name);
	}
	cr_expect(n > 5, "%s lists %d", option, n);
	free(names);
	free(section);
	free(list);
}

Test(docs, columns_are_in_the_manual)
{
	compare_list("--list-columns", "Columns");
}

Test(docs, classes_are_in_the_manual)
{
	compare_list("--list-classes", "Classes");
}

Test(docs, checks_are_in_the_manual)
{
	compare_list("--list-checks", "Checks");
}

Test(docs, knobs_are_in_the_manual)
{
	char *section = man_section("Configuration options");

	for (int k = KNOB_NONE + 1; k < KNOB_N; k++)
		expect_in("man page", section, "configuration option", "", knob_name(k));
	free(section);
}

static void expect_choice(const char *what, const char *section, const char *name)
{
	expect_in("man page", section, what, "Cm ", name);
	for (int i = 0; i < N_COMPLETIONS; i++) {
		char *text = read_source(completions[i]);

		expect_in(completions[i], text, what, "", name);
		free(text);
	}
}

Test(docs, formats_are_in_the_manual_and_in_completions)
{
	char *section = man_section("Output");

	for (size_t i = 0; i < n_formats; i++)
		expect_choice("format", section, formats[i].name);
	free(section);
}

Test(docs, kinds_of_input_are_in_the_manual_and_in_completions)
{
	char *section = man_section("Input"), *rows = read_source("src/cli/inputs.def");
	int n = 0;

	for (const char *p = rows; (p = strstr(p, "\nINPUT(\"")); n++) {
		char name[32];

		p += strlen("\nINPUT(\"");
		snprintf(name, sizeof(name), "%.*s", (int)strcspn(p, "\""), p);
		expect_choice("kind of input", section, name);
	}
	cr_expect(n > 2);
	free(section);
	free(rows);
}

/* ---- the schema ---- */

Test(docs, schema_has_every_key_and_class)
{
	char *schema = read_source("fixtures/schema.json"), *classes = strstr(schema, "\"class\": {"),
		quoted[64];

	for (size_t i = 0; i < n_columns; i++) {
		snprintf(quoted, sizeof(quoted), "\"%s\": {", columns[i].name);
		cr_expect(columns[i].extra || strstr(schema, quoted), "schema: no key %s", columns[i].name);
	}
	cr_assert(classes);
	classes = strndup(classes, strcspn(classes, "]"));
	for (int c = 0; c < SWPD_CLASS_N; c++) {
		snprintf(quoted, sizeof(quoted), "\"%s\"", swpd_class_name(c));
		cr_expect(strstr(classes, quoted), "schema: no class %s", quoted);
	}
	free(classes);
	free(schema);
}

#define PTES                                                                                                 \
	"0 1 8000000000000867 0x7c00000000000000 e7fffffdb97fe600 f7fffffdb97fe600 fffffffffffff000 0d4096"
#define LOG "'Bad swap file entry 58025a5a5a5a5a5a' 'Bad page map in process a  pte:5a5a5a5a5a5a5a5a pmd:0'"
#define WORDS "4000000000000000 4000000000000020 440000000000009f a180000000001234 42000000000005e0"
#define BAD "zz 11112222333344445 1 0d '#' 'a b'"

/* What is run, and how many entry records it gives (-1: any number). */
static const struct {
	const char *values, *arguments;
	int entries;
} runs[] = {
	{ PTES, "", 8 },
	{ PTES, "-A x86_64 -k 6.12", 8 },
	{ PTES, "-A x86_64:la57 -k 6.1 -s MIGRATION=y,MEMORY_FAILURE=y,DEVICE_PRIVATE=y,SWAP=y", 8 },
	{ PTES, "-A arm64 -k 9.9 --level pmd", 8 },
	{ PTES, "-A x86_64 -k 2.6.20", 8 },
	{ PTES, "-k 6.12", 8 },
	{ PTES, "-C special -A x86_64 -k 6.12 --max-swapfiles=27", -1 },
	{ LOG, "-i klog", 2 },
	{ LOG, "-i klog -A arm64 -k 5.8", 2 },
	{ LOG, "-i text -A i386 -k 5.8", 3 },
	{ WORDS, "-i pme", 5 },
	{ WORDS, "-i pme -k 5.10", 5 },
	{ WORDS, "-i swp-entry -k 6.1", 5 },
	{ BAD, "-A x86_64 -k 6.12", 5 },
	{ "", "-A x86_64 -k 6.12", 0 },
	/* The shell, not the tool itself: with sanitizers that one has terabytes of shadow memory. */
	{ "", "-p $$ --all-entries", -1 },
	{ "", "-p $$", -1 },
	{ "", "-p 2147483647,$$", -1 },
	{ "", "-p $$ -C none -E swap -v", -1 },
};

static void validate(const char *format, const char *values, const char *arguments, int entries)
{
	int status, got = -1;
	const char *last;
	char *text = output_of(&status,
		"{ set -- %s; [ $# -eq 0 ] || printf '%%s\\n' \"$@\"; } | '%s' %s -F %s 2>/dev/null |"
		" '%s' tests/validate.py %s fixtures/schema.json 2>&1",
		values, env_or("SWPDECODE", "build/swpdecode"), arguments, format,
		env_or("PYTHON", "/usr/bin/python3"), format);

	if (status == 77)
		MISSING("the Python module jsonschema");
	cr_expect(status == 0, "%s -F %s: does not meet fixtures/schema.json:\n%.2000s", arguments, format,
		text);
	last = strrchr(text, '\n');
	while (last && last > text && last[-1] != '\n')
		last--;
	if (last)
		got = atoi(last);
	cr_expect(entries < 0 || got == entries, "%s -F %s: %d entry records, not %d", arguments, format, got,
		entries);
	free(text);
}

Test(docs, output_meets_the_schema, .timeout = 120)
{
	for (size_t i = 0; i < sizeof(runs) / sizeof(runs[0]); i++) {
		validate("ndjson", runs[i].values, runs[i].arguments, runs[i].entries);
		validate("json", runs[i].values, runs[i].arguments, runs[i].entries);
	}
}

Test(docs, documents_of_questions_meet_the_schema)
{
	static const struct {
		const char *arguments, *kind;
	} questions[] = {
		{ "--list-layouts", "layouts" },
		{ "--list-layouts -A ppc64:radix-4k-le", "layouts" },
		{ "--guess 0 400 1234004 5a5a5a5a5a5a5a5a 41424344 ffff888012345678 07fffffffffbfe00",
			"guesses" },
		{ "-A arm64 -k 6.12 --encode class=pte-marker,marker=poisoned --encode type=3,offset=4",
			"encoded" },
		{ "-i pme -k 6.12 --encode type=3,offset=4", "encoded" },
	};

	for (size_t i = 0; i < sizeof(questions) / sizeof(questions[0]); i++) {
		int status;
		char *text =
			output_of(&status, "'%s' -J %s | '%s' tests/validate.py %s fixtures/schema.json 2>&1",
				env_or("SWPDECODE", "build/swpdecode"), questions[i].arguments,
				env_or("PYTHON", "/usr/bin/python3"), questions[i].kind);

		if (status == 77)
			MISSING("the Python module jsonschema");
		cr_expect(status == 0 && atoi(text) > 0, "%s: status %d: %.2000s", questions[i].arguments,
			status, text);
		free(text);
	}
}

/* A schema that accepts everything would prove nothing. */
Test(docs, schema_refuses_what_is_wrong)
{
	static const char *const edits[] = { "s/\"class\":\"swap\"/\"class\":\"swop\"/",
		"s/\"raw\":\"0x/\"raw\":\"0X/", "s/\"pid\":null,//", "s/\"entries\":1,/\"entries\":\"1\",/",
		"s/\"complete\":true/\"complete\":false/", "s/\"record\":\"total\"/\"record\":\"sum\"/",
		"s/\"young\":null/\"young\":0/", "1d", "$d" };

	for (size_t i = 0; i < sizeof(edits) / sizeof(edits[0]); i++) {
		int status;
		char *text = output_of(&status,
			"'%s' -A x86_64 -k 6.12 -F ndjson 7c00000000000000 2>/dev/null | sed '%s' |"
			" '%s' tests/validate.py ndjson fixtures/schema.json 2>&1",
			env_or("SWPDECODE", "build/swpdecode"), edits[i],
			env_or("PYTHON", "/usr/bin/python3"));

		if (status == 77)
			MISSING("the Python module jsonschema");
		cr_expect(status == 1, "after %s the output still meets the schema (%d):\n%s", edits[i],
			status, text);
		free(text);
	}
}

/* ---- comments ---- */

static int n_functions;

/*
 * A function declared in a header has a comment before it, or stands, with no blank line between, among
 * functions of which the first has one.
 */
static void check_comments(const char *path)
{
	char *text = read_source(path), *rest = text, *line;
	bool told = false, in_comment = false;
	int number = 0, depth = 0;

	while ((line = next_line(&rest))) {
		size_t n = strlen(line);
		bool top = depth == 0 && !in_comment;

		number++;
		if (in_comment || (top && !strncmp(line, "/*", 2))) {
			in_comment = !strstr(line, "*/");
			told = true;
			continue;
		}
		if (top && (!n || line[0] == '#'))
			told = false;
		if (top && (isalpha((unsigned char)line[0]) || line[0] == '_') && strchr(line, '(')) {
			n_functions++;
			cr_expect(told, "%s:%d: no comment before this function: %s", path, number, line);
		}
		for (const char *p = line; *p && line[0] != '#'; p++)
			depth += (*p == '{') - (*p == '}');
	}
	cr_expect(depth == 0, "%s: braces do not match: %d", path, depth);
	free(text);
}

Test(docs, every_function_in_a_header_has_a_comment)
{
	n_functions = 0;
	cr_expect(each_file("include/*.h", check_comments) == 1);
	cr_expect(n_functions >= 8, "only %d public functions found", n_functions);
	cr_expect(each_file("src/*/*.h", check_comments) > 8);
	cr_expect(n_functions > 80, "only %d functions found", n_functions);
}

/* ---- the rest ---- */

Test(docs, versions_agree)
{
	char *makefile = read_source("Makefile"), *changelog = read_source("CHANGELOG.md"),
	     *said = tool_says("--version");
	char in_makefile[32] = "", in_changelog[32] = "", expected[64];
	const char *p = strstr(makefile, "\nVERSION");

	cr_assert(p && sscanf(p, "\nVERSION = %31s", in_makefile) == 1);
	for (p = changelog; (p = strstr(p, "\n## [")) && !strncasecmp(p + 5, "unreleased", 10);)
		p++;
	cr_assert(p && sscanf(p, "\n## [%31[^]]", in_changelog) == 1, "CHANGELOG.md: no line ## [VERSION]");
	snprintf(expected, sizeof(expected), "swpdecode %s\n", in_makefile);
	cr_expect_str_eq(said, expected);
	cr_expect_str_eq(in_changelog, in_makefile);
	free(makefile);
	free(changelog);
	free(said);
}

Test(docs, manual_is_clean)
{
	int status;
	char *text = output_of(
		&status, "command -v mandoc >/dev/null || exit 77; mandoc -Tlint -Wwarning man/*.1 2>&1");

	if (status == 77)
		MISSING("mandoc");
	cr_expect(status == 0 && !*text, "mandoc -Tlint: status %d\n%s", status, text);
	free(text);
}

static long entries;

static void count_vectors(const char *path)
{
	char *text = read_source(path), *rest = text, *line;

	while ((line = next_line(&rest)))
		entries += *line && *line != '@';
	free(text);
}

static void expect_number(const char *readme, long number, const char *of)
{
	char text[80];

	if (number < 1000)
		snprintf(text, sizeof(text), "%ld%s", number, of);
	else
		snprintf(text, sizeof(text), "%ld,%03ld%s", number / 1000, number % 1000, of);
	cr_expect(find_word(readme, text, ""), "README.md does not say '%s'", text);
}

Test(docs, numbers_in_the_readme_are_right)
{
	char *readme = read_source("README.md");

	each_file("fixtures/vectors/*.tsv", count_vectors);
	expect_number(readme, entries, " raw entries");
	entries = 0;
	each_file("fixtures/vectors/x86_64.tsv", count_vectors);
	each_file("fixtures/vectors/arm64.tsv", count_vectors);
	expect_number(readme, entries, " of them for x86_64 and arm64");
	free(readme);
}

static char *contributing;

static void check_room_is_told(const char *path)
{
	char row[64];

	snprintf(row, sizeof(row), "`%s`", path + strlen("src/"));
	cr_expect(strstr(contributing, row), "CONTRIBUTING.md: room %s is missing from the map", row);
}

Test(docs, the_map_shows_every_room)
{
	contributing = read_source("CONTRIBUTING.md");
	cr_expect(each_file("src/*", check_room_is_told) > 8);
	free(contributing);
}
