#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# How many wrong bits do the tests see? make mutate [SEED=N] [COUNT=200]
#
# tests/mutate.c picks rows and bits and plants one of them in a copy of the test runner and of the tool; here the
# tests run on each such copy and the first that fails has caught it. Only tests count whose truth comes from
# elsewhere than this tool: suites that compare with tests/golden are not run. NEED: fail if fewer are caught.
set -eu

runner=$1
seed=$2
count=$3
need=${NEED:-0}
dir=$(dirname "$runner")/mutants
jobs=$(nproc)
rm -rf "$dir"
mkdir -p "$dir"

# Truth that runs in the runner itself, and then what needs the tool.
inside='@(vectors|fields|kernels|machines|boundaries|cases|rows|types)/*'
outside='@(bin|encode|distributions|dumps)/*'

SWPD_MUTANT="pick $seed $count" "$runner" >"$dir/list"

# shellcheck disable=SC2016 # for the sh of each mutant to expand
one='
	IFS="	" read -r number row field change <<EOF
$1
EOF
	export SWPD_MUTANT=$number
	by=
	for suites in "$inside" "$outside"; do
		tap=$dir/$number.$$ status=0
		"$runner" --fail-fast --timeout 60 --filter "$suites" --tap="$tap" >"$tap.out" 2>&1 || status=$?
		by=$(sed -n "s/^not ok - \([^ ]*\).*/\1/p" "$tap" | head -n 1)
		[ -n "$by" ] || [ "$status" -eq 0 ] || by="the runner, which died"
		rm -f "$tap" "$tap.out"
		[ -z "$by" ] || break
	done
	if [ -n "$by" ]; then verdict="caught by $by"; else verdict=SURVIVED; fi
	printf "%s: %s, %s: %s\n" "$row" "$field" "$change" "$verdict"
'
export runner dir inside outside
tr '\n' '\0' <"$dir/list" | xargs -0 -n 1 -P "$jobs" sh -c "$one" mutant >"$dir/said"
cat "$dir/said"
caught=$(grep -c 'caught by' "$dir/said" || :)
echo "seed $seed: $caught of $count caught"
[ "$caught" -ge "$need" ]
