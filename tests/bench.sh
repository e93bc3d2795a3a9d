#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Speed as ratios, both times of the same run on the same machine: bench.sh TOOL FOLDER [PATTERN]
#
# A row is what is measured, how many megabytes it is about, what it is compared with, and the tool's way; of five
# tries the fastest counts. More rows: one call of row each. FOLDER has what `make bench` built, and takes the data.
set -eu

tool=$1 built=$2 pattern=${3:-}
data=$(mktemp -d "$built/bench.XXXXXX")
trap 'rm -rf "$data"' EXIT
trap 'exit 1' HUP INT TERM

wanted() {
	case $1 in
	*"$pattern"*) ;;
	*) return 1 ;;
	esac
}

# Nanoseconds that a command takes.
taken() {
	best=
	for _ in 1 2 3 4 5; do
		from=$(date +%s%N)
		sh -c "$1" >/dev/null
		took=$(($(date +%s%N) - from))
		if [ -z "$best" ] || [ "$took" -lt "$best" ]; then
			best=$took
		fi
	done
	echo "$best"
}

# row NAME MEGABYTES WHAT_IT_IS_COMPARED_WITH COMMAND TOOLS_COMMAND
row() {
	wanted "$1" || return 0
	base=$(taken "$4")
	ours=$(taken "$5")
	echo "$1 $2 $3 $base $ours" | awk '{
		printf "%-16s %7.0f MB/s   %-16s %7.0f MB/s   %6.2f times as fast\n", $1, $2 * 1e9 / $5, $3, $2 * 1e9 / $4,
			$4 / $5
	}'
}

if wanted klog-ordinary || wanted klog-nothing; then
	"$built/bench_klog" make 200000000 >"$data/ordinary"
	"$built/bench_klog" text 200000000 >"$data/nothing"
fi
row klog-ordinary 200 getline+strstr "'$built/bench_klog' getline <'$data/ordinary'" \
	"'$tool' -q -i klog -F ndjson <'$data/ordinary'"
row klog-nothing 200 getline+strstr "'$built/bench_klog' getline <'$data/nothing'" \
	"'$tool' -q -i klog -F ndjson <'$data/nothing'"

# processor time, against a plain reader of page maps: as root
if wanted live; then
	"$built/bench_live" "$tool"
fi
