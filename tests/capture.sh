#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Copy what swpdecode reads of a running machine into a tree for --sysroot: sh tests/capture.sh DIR PID...
#
# FRAMES=1 copies the flags and map counts of all page frames too.
# As root, or types and frames are hidden. Page maps keep their offsets and become sparse files: to copy the
# tree use cp --sparse=always, rsync -S or tar -S. A process goes on meanwhile; stop it if that matters.
set -u

if [ $# -lt 2 ]; then
	echo "usage: sh $0 DIR PID..." >&2
	exit 2
fi
to=$1
shift
status=0
page=$(getconf PAGESIZE)

# Files of /proc and /sys have no size, so they are read, not copied.
take()
{
	[ -r "$1" ] || return 0
	mkdir -p "$to/${1%/*}" && cat "$1" >"$to/$1"
}

for file in /proc/version /proc/sys/kernel/osrelease /proc/sys/kernel/hostname \
	/proc/sys/kernel/random/boot_id /proc/cpuinfo /proc/config.gz /proc/meminfo /proc/vmstat /proc/swaps \
	/proc/modules /proc/iomem /sys/module/zswap/parameters/enabled "/boot/config-$(uname -r)" \
	/sys/block/zram*/mm_stat; do
	take "$file" || status=1
done

for file in /proc/kpageflags /proc/kpagecount; do
	[ -z "${FRAMES-}" ] || dd if=$file of="$to$file" bs=64K conv=sparse 2>/dev/null || status=1
done

for pid; do
	for file in stat status comm maps smaps; do
		take "/proc/$pid/$file" 2>/dev/null
	done
	if ! [ -s "$to/proc/$pid/maps" ]; then
		echo "$0: pid $pid: its mappings cannot be read, or it has none" >&2
		status=1
		continue
	fi
	: >"$to/proc/$pid/pagemap"
	while IFS='- ' read -r start end _; do
		case $start in
		ffffffff*) continue ;; # [vsyscall]: in no page table of the process
		esac
		from=$((0x$start * 8 / page))
		dd if="/proc/$pid/pagemap" of="$to/proc/$pid/pagemap" bs=64K iflag=skip_bytes,count_bytes \
			oflag=seek_bytes conv=sparse,notrunc skip=$from seek=$from \
			count=$((0x$end * 8 / page - from)) 2>/dev/null || status=1
	done <"$to/proc/$pid/maps"
done
exit $status
