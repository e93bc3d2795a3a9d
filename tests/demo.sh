#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# demo.sh TOOL HOLD: the main job, shown and checked. HOLD makes a process whose non-present entries are
# known, TOOL decodes them, and what was found is compared with what was made. Needs no privileges; root
# sees more. Exit status 1 if the two differ.
set -eu

tool=$1 hold=$2 dir=''

# HOLD ends when its standard input does (descriptor 3), even if we are killed, and its swap device with it.
cleanup()
{
	trap '' HUP INT PIPE TERM
	exec 3>&- 4>&-
	wait
	rm -rf "$dir"
}
trap cleanup EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 141' PIPE
trap 'exit 143' TERM

# decode OPTION...: a partial answer (3) is one, too
decode()
{
	status=0
	"$tool" "$@" 3>&- 4>&- || status=$?
	[ $status -eq 0 ] || [ $status -eq 3 ] || {
		echo "demo: $tool $*: exit status $status" >&2
		exit 1
	}
}

set -- --swap=777 --guard=23 --uffd-wp=31 --poison=13
if [ "$(id -u)" -eq 0 ] && [ -e /sys/class/zram-control/hot_add ]; then
	set -- "$@" --make-swap=64
fi
dir=$(mktemp -d)
mkfifo "$dir/in" "$dir/out"
exec 3<>"$dir/in" 4<>"$dir/out" # for both ways, so that no end waits for the other one
{ rm -r "$dir"; "$hold" "$@" || :; echo end; } <"$dir/in" >"$dir/out" 3>&- 4>&- &

line='' made='' pid=''
until [ "$line" = ready ]; do
	IFS= read -r line <&4
	made="$made$line
"
	case $line in
	pid*)
		pid=${line#pid }
		;;
	end)
		echo "demo: $hold ended too early" >&2
		exit 1
		;;
	esac
done

printf '$ %s -p %s\n' "$tool" "$pid"
decode -p "$pid"
echo

# An entry counts only where it was made, in the mapping of its kind. Migration entries come and go.
{ printf '%s' "$made"; decode -p "$pid" -F ndjson; echo complete; } | awk '
function hex(s,  i, n) {
	for (i = 3; i <= length(s); i++)
		n = 16 * n + index("0123456789abcdef", substr(s, i, 1)) - 1
	return n
}
function value(key,  s) {
	if (!match($0, "\"" key "\":(\"[^\"]*\"|[0-9]+|\\[[^]]*\\])"))
		return ""
	s = substr($0, RSTART + length(key) + 3, RLENGTH - length(key) - 3)
	gsub(/[]["]/, "", s)
	return s
}
function row(name, made, found, hidden, wrong,  ok) {
	ok = !wrong && found + hidden == made
	printf "%-10s %6d %6d %7d  %s\n", name, made, found, hidden, !ok ? "NO" : hidden ? "hidden" : "yes"
	bad += !ok
	all_hidden += hidden
}
$1 == "made" {
	name[++kinds] = $2
	made[kinds] = $3
	start[kinds] = hex($4)
	end[kinds] = hex($5)
}
$1 == "unavailable" {
	sub(/^unavailable [^ ]*/, $2 ":")
	remarks = remarks "not made: " $0 "\n"
}
$1 == "note" {
	remarks = remarks $0 "\n"
	if (/other pages/)
		strays = $2
}
value("record") == "entry" && (class = value("class")) !~ /^(none|present|migration.*)$/ {
	if (class == "pte-marker")
		class = value("marker")
	if (value("unknown_why") == "hidden")
		class = "hidden"
	at = hex(value("vaddr"))
	for (k = 1; k <= kinds && (at < start[k] || at >= end[k]); k++)
		;
	if (k > kinds)
		elsewhere += value("pages")
	else if (class == "hidden")
		hidden[k] += value("pages")
	else if (class == name[k] || class == name[k] "ed")
		found[k] += value("pages")
	else
		wrong[k] += value("pages")
}
$0 == "complete" { complete = 1 }
END {
	print "kind         made  found  hidden  ok"
	for (k = 1; k <= kinds; k++)
		row(name[k], made[k] + 0, found[k] + 0, hidden[k] + 0, wrong[k] + 0)
	row("elsewhere", strays + 0, elsewhere + 0, 0, 0)
	printf "%s", remarks
	if (remarks ~ /not made: swap:/)
		print "Swapped pages need an active swap device; root with zram gets one made here."
	if (all_hidden)
		print "Hidden: pagemap shows type and offset only to CAP_SYS_ADMIN. Run as root to see them."
	exit bad || !complete
}'
