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

for file in /proc/version /proc/sys/kernel/osrelease /proc/sys/kernel/arch /proc/sys/kernel/hostname \
	/proc/sys/kernel/random/boot_id /proc/cpuinfo /proc/config.gz /proc/meminfo /proc/vmstat /proc/swaps \
	/proc/modules /proc/iomem /sys/module/zswap/parameters/enabled /sys/kernel/btf/vmlinux "/boot/config-$(uname -r)" \
	/sys/block/zram*/mm_stat; do
	take "$file" || status=1
done

for file in /proc/kpageflags /proc/kpagecount; do
	[ -z "${FRAMES-}" ] || dd if=$file of="$to$file" bs=64K conv=sparse 2>/dev/null || status=1
done

# The machine: of kernels before 6.1 nothing in /proc has it, a sosreport has this.
mkdir -p "$to/sos_commands/kernel" && uname -a >"$to/sos_commands/kernel/uname_-a" || status=1

# MAPS PAGEMAP COPY PAGE-SIZE: all in one pass, mappings that lie close together at once. Of a large one only what
# is not none is read, where PAGEMAP_SCAN (6.7) tells: the request is _IOWR('f', 16, struct pm_scan_arg) as most
# architectures number it; else all is read.
# shellcheck disable=SC2016 # perl's variables
copy='
	use Fcntl;
	my ($maps, $from, $to, $page) = @ARGV;
	my ($at, $end, @parts);
	open my $lines, "<", $maps or exit 1;
	while (<$lines>) {
		/^([0-9a-f]+)-([0-9a-f]+) / or next;
		next if $1 =~ /^ffffffff/;	# [vsyscall]: in no page table of the process
		my ($start, $stop) = (hex $1, hex $2);
		if (defined $end && $start - $end <= 1 << 20) { $end = $stop; next }
		push @parts, [$at, $end] if defined $end;
		($at, $end) = ($start, $stop);
	}
	defined $end or exit 0;
	push @parts, [$at, $end];
	sysopen my $map, $from, O_RDONLY or exit 1;
	sysopen my $copy, $to, O_WRONLY | O_CREAT | O_TRUNC or exit 1;
	# what is behind the last entry of a mapping is none too: the copy must reach to its end
	truncate $copy, $end / $page * 8 or exit 1;
	my $regions = "\0" x (512 * 24);
	for (@parts) {
		($at, $end) = @$_;
		while ($end - $at >= 1 << 30) {
			my $arg = pack "Q12", 96, 0, $at, $end, 0, unpack("Q", pack "P", $regions), 512, 0, 0, 0, 24, 24;
			my $n = ioctl $map, 0xc0606610, $arg;
			defined $n or last;
			part(unpack "Q2", substr $regions, $_ * 24, 16) for 0 .. $n - 1;
			my $next = (unpack "Q12", $arg)[4];
			$at = $next <= $at ? $end : $next;
		}
		part($at, $end);
	}
	sub part
	{
		my ($at, $end) = map { $_ / $page * 8 } @_;
		while ($at < $end) {
			my $n = $end - $at < 1 << 17 ? $end - $at : 1 << 17;
			sysseek $map, $at, 0 or exit 1;
			$n = sysread $map, my $words, $n;
			defined $n or exit 1;
			$n or last;	# it has ended
			if ($words =~ /[^\0]/) {
				for (my $i = 0; $i < $n; $i += 4096) {
					my $block = substr $words, $i, 4096;
					next unless $block =~ /[^\0]/;
					sysseek $copy, $at + $i, 0 or exit 1;
					syswrite($copy, $block) == length $block or exit 1;
				}
			}
			$at += $n;
		}
	}
'

# The same without perl: START LENGTH END in bytes of the page map, a line for mappings that lie close together.
parts()
{
	awk -F '[- ]' -v page="$page" '
		function units(hex,  i, n)	# of 4 KiB: a number of awk holds no address
		{
			for (i = 1; i <= length(hex) - 3; i++)
				n = n * 16 + index("123456789abcdef", substr(hex, i, 1))
			return n + 0
		}
		function part()
		{
			if (end)
				printf "%.0f %.0f %.0f\n", at * scale, (end - at) * scale, end * scale
		}
		BEGIN { scale = 4096 * 8 / page }
		/^ffffffff/ { next }
		{
			start = units($1)
			if (!end || start - end > 4096) {
				part()
				at = start
			}
			end = units($2)
		}
		END { part() }' "$1"
}

copy_by_dd()
{
	: >"$3"
	parts "$1" | {
		last=0
		while read -r start length end; do
			dd if="$2" of="$3" bs=64K iflag=skip_bytes,count_bytes oflag=seek_bytes \
				conv=sparse,notrunc skip="$start" seek="$start" count="$length" 2>/dev/null ||
				exit 1
			last=$end
		done
		truncate -s ">$last" "$3"
	}
}

for pid; do
	for file in stat status comm maps smaps; do
		take "/proc/$pid/$file" 2>/dev/null
	done
	maps=$to/proc/$pid/maps
	if ! [ -s "$maps" ]; then
		echo "$0: pid $pid: its mappings cannot be read, or it has none" >&2
		status=1
		continue
	fi
	perl -e "$copy" "$maps" "/proc/$pid/pagemap" "$to/proc/$pid/pagemap" "$page" 2>/dev/null ||
		copy_by_dd "$maps" "/proc/$pid/pagemap" "$to/proc/$pid/pagemap" || status=1
done
exit $status
