/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The rules of the house that a compiler does not know: CONTRIBUTING.md says what they are for. */
#include "arch/arch.h"
#include "text.h"

#define COLUMNS_MAX 110 /* a tab goes to the next multiple of 8, as .editorconfig says */

static const char *const rooms[] = { "util", "arch", "core", "image", "fact", "space", "walk", "source",
	"check", "sink", "ask", "cli" };
#define N_ROOMS ((int)(sizeof(rooms) / sizeof(rooms[0])))

/* Height of a room by the first n bytes of a path; -1 if there is none of that name. */
static int height(const char *name, size_t n)
{
	for (int i = 0; i < N_ROOMS; i++)
		if (strlen(rooms[i]) == n && !memcmp(rooms[i], name, n))
			return i;
	return -1;
}

static int room_of(const char *path)
{
	const char *name = path + strlen("src/");

	return height(name, strcspn(name, "/"));
}

/* ---- rooms ---- */

static void check_room(const char *path)
{
	char file[128];
	FILE *header;

	cr_expect(room_of(path) >= 0, "%s: no such room: the order stands at the top of this test", path);
	if (room_of(path) < 0 || !strcmp(path, "src/cli"))
		return;
	snprintf(file, sizeof(file), "%s/%s/%s.h", env_or("SRCDIR", "."), path, path + strlen("src/"));
	header = fopen(file, "r");
	cr_expect(header, "%s: has no header of its own name, which is its interface", path);
	if (header)
		fclose(header);
}

Test(house, rooms_are_known_and_have_a_header)
{
	cr_assert(each_file("src/*", check_room) > 5);
}

static int n_includes;

static void check_includes(const char *path)
{
	char *text = read_source(path), *rest = text, *line;
	int here = room_of(path), number = 0;

	blank_comments(text);
	while ((line = next_line(&rest))) {
		char name[128], expected[128];
		int there;

		number++;
		line += strspn(line, " \t");
		if (sscanf(line, "#%*[ \t]include \"%127[^\"]\"", name) != 1 &&
			sscanf(line, "#include \"%127[^\"]\"", name) != 1)
			continue;
		if (!strcmp(name, "swpdecode.h"))
			continue;
		n_includes++;
		there = height(name, strcspn(name, "/"));
		cr_expect(
			strchr(name, '/') && there >= 0, "%s:%d: \"%s\": say ROOM/FILE", path, number, name);
		if (!strchr(name, '/') || there < 0)
			continue;
		cr_expect(there <= here, "%s:%d: room %s may not include room %s, which stands above it",
			path, number, rooms[here], rooms[there]);
		snprintf(expected, sizeof(expected), "%s/%s.h", rooms[there], rooms[there]);
		cr_expect(there == here || !strcmp(name, expected),
			"%s:%d: %s is private to its room: include %s", path, number, name, expected);
	}
	free(text);
}

Test(house, rooms_include_only_rooms_below)
{
	n_includes = 0;
	each_file("src/*/*.[ch]", check_includes);
	each_file("src/*/*.def", check_includes);
	cr_expect(n_includes > 40, "only %d includes found: is the test blind?", n_includes);
}

/* ---- lists of plug-ins ---- */

/* A row MACRO(…) of ROOM/list.def stands for a definition in that room: `head` and then the name. */
static const struct plug {
	const char *room, *macro, *head;
	int word; /* which argument of the row is the name */
} plugs[] = {
	{ "arch", "ARCH(", "const struct arch arch_", 0 },
	{ "fact", "FACT(", "void fact_from_", 0 },
	{ "check", "ENTRY_CHECK(", "bool check_", 1 },
	{ "sink", "FORMAT(", "struct sink *sink_", 0 },
};

#define NAMES_MAX 200

struct names {
	int n;
	char name[NAMES_MAX][40];
};

static const struct plug *plug;
static struct names defined, listed;

static void add_name(struct names *to, const char *from)
{
	cr_assert(to->n < NAMES_MAX);
	snprintf(to->name[to->n++], sizeof(to->name[0]), "%.*s",
		(int)strspn(from, "abcdefghijklmnopqrstuvwxyz0123456789_"), from);
}

static bool has_name(const struct names *in, const char *name)
{
	for (int i = 0; i < in->n; i++)
		if (!strcmp(in->name[i], name))
			return true;
	return false;
}

/* A definition goes on to a brace, a declaration to a semicolon. */
static void find_definitions(const char *path)
{
	char *text = read_source(path);

	blank_comments(text);
	for (const char *p = text; (p = strstr(p, plug->head)); p++)
		if ((p == text || p[-1] == '\n') && p[strcspn(p, "{;")] == '{')
			add_name(&defined, p + strlen(plug->head));
	free(text);
}

static void find_rows(const char *path)
{
	char *text = read_source(path), *rest = text, *line;

	blank_comments(text);
	while ((line = next_line(&rest))) {
		if (strncmp(line, plug->macro, strlen(plug->macro)))
			continue;
		line += strlen(plug->macro);
		for (int i = 0; i < plug->word; i++)
			line = strchr(line, ',') + 2;
		add_name(&listed, line);
	}
	free(text);
}

Test(house, lists_name_what_exists_and_all_of_it)
{
	for (plug = plugs; plug < plugs + sizeof(plugs) / sizeof(plugs[0]); plug++) {
		char pattern[64];

		defined.n = listed.n = 0;
		snprintf(pattern, sizeof(pattern), "src/%s/*.c", plug->room);
		each_file(pattern, find_definitions);
		snprintf(pattern, sizeof(pattern), "src/%s/list.def", plug->room);
		each_file(pattern, find_rows);
		cr_expect(listed.n > 1, "src/%s/list.def: no rows", plug->room);
		for (int i = 0; i < defined.n; i++)
			cr_expect(has_name(&listed, defined.name[i]), "src/%s: %s%s is not in list.def",
				plug->room, plug->head, defined.name[i]);
		for (int i = 0; i < listed.n; i++)
			cr_expect(has_name(&defined, listed.name[i]), "src/%s/list.def: %s: there is no %s%s",
				plug->room, listed.name[i], plug->head, listed.name[i]);
	}
}

static void check_arch_file(const char *path)
{
	char head[128], *text;

	if (!strcmp(path, "src/arch/arch.c"))
		return;
	snprintf(head, sizeof(head),
		"\nconst struct arch arch_%.*s =", (int)strcspn(path + strlen("src/arch/"), "."),
		path + strlen("src/arch/"));
	text = read_source(path);
	cr_expect(strstr(text, head), "%s: does not define%s", path, head);
	free(text);
}

Test(house, an_architecture_is_one_file_of_its_name)
{
	cr_expect(each_file("src/arch/*.c", check_arch_file) > 2);
}

/* ---- architectures stay in their room ---- */

/* Where an architecture may be named all the same, and why. */
static const struct {
	const char *file, *name;
} may_name[] = {
	{ "src/cli/options.c", "arm64" }, /* an example in --help */
	{ "src/source/messages.def", NULL }, /* rows too: who prints what, any of them */
};

/* Names of machines that no row has as its name or alias. */
static const char *const other_names[] = { "x86", "powerpc", "ppc", "s390x", "aarch32", "amd64", "ia32",
	"itanium", NULL };

static char *lowered;
static const char *code_path;

static bool allowed(const char *name)
{
	for (size_t i = 0; i < sizeof(may_name) / sizeof(may_name[0]); i++)
		if (!strcmp(may_name[i].file, code_path) &&
			(!may_name[i].name || !strcmp(may_name[i].name, name)))
			return true;
	return false;
}

/* Short names are words of other meanings too (arc, um), so there only the whole identifier counts, and of
 * two letters only the quoted name. */
static void look_for(const char *name)
{
	const char *at;
	char quoted[8];

	snprintf(quoted, sizeof(quoted), "\"%.2s\"", name);
	at = strlen(name) < 3 ? strstr(lowered, quoted) :
				find_word(lowered, name, strlen(name) < 4 ? "_" : "");
	cr_expect(!at || allowed(name),
		"%s:%d: names the architecture %s: that belongs into a row of room arch", code_path,
		at ? line_of(lowered, at) : 0, name);
}

static void check_architectures(const char *path)
{
	if (room_of(path) == height("arch", 4))
		return;
	code_path = path;
	lowered = read_source(path);
	blank_comments(lowered);
	for (char *p = lowered; *p; p++)
		*p = tolower((unsigned char)*p);
	for (int i = 0; arch_list[i]; i++) {
		if (arch_list[i]->pseudo)
			continue;
		look_for(arch_list[i]->name);
		for (const char *const *alias = arch_list[i]->aliases; alias && *alias; alias++)
			look_for(*alias);
	}
	for (int i = 0; other_names[i]; i++)
		look_for(other_names[i]);
	free(lowered);
}

Test(house, only_room_arch_names_architectures)
{
	cr_expect(each_file("src/*/*.[ch]", check_architectures) > 20);
	each_file("src/*/*.def", check_architectures);
}

/* ---- texts ---- */

static const char *const sources[] = { "src/*/*.[ch]", "src/*/*.def", "include/*.h", "tests/*.[ch]", NULL };
static const char *const scripts[] = { "tests/*.sh", "tests/*.py", "fuzz/*.[ch]", ".ci/*", "Makefile",
	"completions/*", "man/*.1", NULL };
static const char *const texts[] = { "*.md", ".editorconfig", ".clang-format", ".gitignore",
	"fixtures/*.json", NULL };

static int each_of(const char *const *patterns, void (*each)(const char *path))
{
	int n = 0;

	for (; *patterns; patterns++)
		n += each_file(*patterns, each);
	return n;
}

static void check_licence(const char *path)
{
	char *text = read_source(path), *rest = text, *line;
	bool found = false;

	for (int i = 0; i < 3 && (line = next_line(&rest)); i++)
		found |= strstr(line, "SPDX-License-Identifier: GPL-2.0-or-later") != NULL;
	cr_expect(found, "%s: no SPDX-License-Identifier in its first lines", path);
	free(text);
}

Test(house, every_source_names_its_licence)
{
	cr_expect(each_of(sources, check_licence) > 40);
	cr_expect(each_of(scripts, check_licence) > 3);
}

static void check_width(const char *path)
{
	char *text = read_source(path), *rest = text, *line;
	int number = 0;

	while ((line = next_line(&rest))) {
		int column = 0;

		number++;
		for (const char *p = line; *p; p++)
			if (*p == '\t')
				column += 8 - column % 8;
			else
				column += (*p & 0xc0) != 0x80; /* UTF-8: a character counts once */
		cr_expect(column <= COLUMNS_MAX, "%s:%d: %d columns, more than %d", path, number, column,
			COLUMNS_MAX);
	}
	free(text);
}

Test(house, lines_are_not_too_long)
{
	cr_expect(each_of(sources, check_width) > 40);
}

static void check_blanks(const char *path)
{
	char *text = read_source(path), *rest, *line;
	size_t n = strlen(text);
	int number = 0;

	cr_expect(n && text[n - 1] == '\n' && (n == 1 || text[n - 2] != '\n'),
		"%s: must end with one newline", path);
	for (rest = text; (line = next_line(&rest));) {
		number++;
		n = strlen(line);
		cr_expect(!n || !strchr(" \t\r", line[n - 1]), "%s:%d: blanks at the end", path, number);
	}
	free(text);
}

Test(house, no_blanks_at_the_end_of_lines)
{
	cr_expect(each_of(sources, check_blanks) + each_of(scripts, check_blanks) +
	                  each_of(texts, check_blanks) >
	          50);
}
