#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Run the Criterion tests and close with what they came to: sh tests/check.sh RUNNER [PATTERN]
#
# Criterion alone is too kind: it exits 0 when it selected no test, and when a sanitizer spoke in a test or in
# the tool that a test ran. Here both are failures. A live test (the name of its suite begins with "live") may
# not be skipped when SWPD_LIVE=required.
set -eu

runner=$1
pattern=${2-}
dir=$(cd "$(dirname "$runner")" && pwd)
tap=$dir/check.tap
log=$dir/sanitizer
rm -f "$tap" "$log".* "$dir/summary"

# What a test that fails leaves behind goes with this.
TMPDIR=$(mktemp -d)
export TMPDIR
trap 'rm -rf "$TMPDIR"' EXIT
trap 'exit 129' HUP INT TERM

# libasan of gcc 12 takes a thread's data of a library that was loaded late, libdw, for memory at 0x2f, and its
# search for leaks dies there: it depends on where in a page malloc() put them.
export ASAN_OPTIONS="${ASAN_OPTIONS:+$ASAN_OPTIONS:}intercept_tls_get_addr=0:log_path='$log'"
# Next to the address sanitizer, gcc's undefined behaviour sanitizer takes no log_path and exits with 1, which
# a test may expect of the tool: nothing expects an abort.
supp=$(cd "$(dirname "$0")" && pwd)/lsan.supp
export LSAN_OPTIONS="${LSAN_OPTIONS:+$LSAN_OPTIONS:}log_path='$log':suppressions='$supp':print_suppressions=0"
export TSAN_OPTIONS="${TSAN_OPTIONS:+$TSAN_OPTIONS:}log_path='$log'"
export UBSAN_OPTIONS="${UBSAN_OPTIONS:+$UBSAN_OPTIONS:}print_stacktrace=1:abort_on_error=1:log_path='$log'"
export SANITIZER_LOG="$log.tool"

# A hundred thousand damaged dumps take an hour.
limit=300
[ -z "${SWPD_DAMAGE-}" ] || limit=20000

status=0
"$runner" --timeout "$limit" --tap="$tap" ${pattern:+--filter "*$pattern*"} || status=$?
[ -e "$tap" ] || : >"$tap"

reports=0
for f in "$log".*; do
	[ -s "$f" ] || continue
	cat "$f" >&2
	reports=$((reports + 1))
done

rc=0
awk -v status="$status" -v reports="$reports" -v pattern="$pattern" -v live="${SWPD_LIVE-}" '
	!/^(not )?ok - [^ ]+::/ { next }
	/^not / { failed++; next }
	!/ # SKIP / { passed++; next }
	pattern != "" && / # SKIP test was skipped$/ { next }	# not selected
	{
		required = live == "required" && /^ok - live/
		if (required) failed++; else skipped++
		sub(/^ok - /, required ? "FAILED, may not be skipped: " : "skipped: ")
		sub(/ +# SKIP /, ": ")
		print
	}
	END {
		if (passed + failed == 0)
			print "FAILED: no test ran"
		if (reports)
			print "FAILED: sanitizer reports, see above: " reports
		if (status && !failed)
			print "FAILED: the test runner ended with status " status
		if (!failed && (reports || status))
			failed = 1
		print passed + 0 " passed, " failed + 0 " failed, " skipped + 0 " skipped"
		exit failed || !passed
	}' "$tap" >"$dir/summary" || rc=$?
cat "$dir/summary"
exit "$rc"
