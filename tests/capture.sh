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
	echo "usage: [FRAMES=1] sh $0 DIR PID..." >&2
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
	/proc/modules /proc/iomem /sys/module/zswap/parameters/enabled /sys/kernel/btf/vmlinux "/boot/config-$(uname -r)" \
	/sys/block/zram*/mm_stat; do
	take "$file" || status=1
done

for file in /proc/kpageflags /proc/kpagecount; do
	[ -z "${FRAMES-}" ] || dd if=$file of="$to$file" bs=64K conv=sparse 2>/dev/null || status=1
done

# Of a large mapping only what is not none is copied, where perl and PAGEMAP_SCAN (6.7) tell: START END lines.
# The request is _IOWR('f', 16, struct pm_scan_arg) as most architectures number it; else all is copied.
# shellcheck disable=SC2016 # perl's variables
scan='
	my ($file, $at, $end) = @ARGV;
	($at, $end) = (hex $at, hex $end);
	open my $map, "<", $file or exit 1;
	my $regions = "\0" x (512 * 24);
	my ($from, $to);
	while ($at < $end) {
		my $arg = pack "Q12", 96, 0, $at, $end, 0, unpack("Q", pack "P", $regions), 512, 0, 0, 0, 24, 24;
		my $n = ioctl $map, 0xc0606610, $arg;
		defined $n or exit 1;
		for my $i (0 .. $n - 1) {
			my ($start, $stop) = unpack "Q2", substr $regions, $i * 24, 16;
			if (defined $to && $start - $to <= 1 << 24) { $to = $stop; next }
			printf "%x %x\n", $from, $to if defined $to;
			($from, $to) = ($start, $stop);
		}
		my $next = (unpack "Q12", $arg)[4];
		last if $next <= $at;
		$at = $next;
	}
	printf "%x %x\n", $from, $to if defined $to;
'

parts()
{
	if [ $((0x$3 - 0x$2)) -lt 1073741824 ] || ! perl -e "$scan" "/proc/$1/pagemap" "$2" "$3" 2>/dev/null; then
		echo "$2 $3"
	fi
}

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
	# what is behind the last entry of a mapping is none too: the copy must reach to its end
	while IFS='- ' read -r start end _; do
		case $start in
		ffffffff*) continue ;; # [vsyscall]: in no page table of the process
		esac
		truncate -s ">$((0x$end * 8 / page))" "$to/proc/$pid/pagemap" || status=1
		parts "$pid" "$start" "$end"
	done <"$to/proc/$pid/maps" >"$to/parts"
	while read -r start end; do
		from=$((0x$start * 8 / page))
		dd if="/proc/$pid/pagemap" of="$to/proc/$pid/pagemap" bs=64K iflag=skip_bytes,count_bytes \
			oflag=seek_bytes conv=sparse,notrunc skip=$from seek=$from \
			count=$((0x$end * 8 / page - from)) 2>/dev/null || status=1
	done <"$to/parts"
	rm -f "$to/parts"
done
exit $status
