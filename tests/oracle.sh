#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Compare the rows with a kernel source tree: make oracle KSRC=DIR
#
# For each line of the table below the tree's own headers are preprocessed, without what they include, and a program
# made of their macros says into which bit of type and offset each bit of an entry goes, and which bit is the
# exclusive one. tests/oracle.c compares that with the row for the tree's release. What a tree lacks, and what cannot
# be compiled on its own, is counted and printed: not compared is not the same as right.
#
# tests/oracle.sums has a checksum of the lines that matter, by release: where they differ from those of the release
# before and the row does not, it is listed, to be looked at even if its bits agree (what makes an entry none or present
# is not compared). RECORD=1 adds the tree's checksums.
set -eu

ksrc=$1
compare=$2
here=$(cd "$(dirname "$0")" && pwd)
sums=$here/oracle.sums
cc=${CC:-cc}
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

get() { sed -n "s/^$1 *= *//p" "$ksrc/Makefile" | head -n 1; }
[ -r "$ksrc/Makefile" ] || { echo "oracle: $ksrc: no kernel source tree (KSRC=DIR)" >&2; exit 2; }
release=$(get VERSION).$(get PATCHLEVEL)
case $release in
[0-9]*.[0-9]*) ;;
*) echo "oracle: $ksrc/Makefile names no release" >&2; exit 2 ;;
esac

# ARCH[:VARIANT] | folder in arch/ | headers, those that others build upon first | options | the exclusive bit
table='
x86_64|x86|pgtable_types.h pgtable_64_types.h pgtable_64.h pgtable.h|-DCONFIG_X86_64|_PAGE_SWP_EXCLUSIVE
i386:2level|x86|pgtable_types.h pgtable-2level.h pgtable.h|-DCONFIG_X86_32|_PAGE_SWP_EXCLUSIVE
i386:pae|x86|pgtable_types.h pgtable-3level.h pgtable.h|-DCONFIG_X86_32 -DCONFIG_X86_PAE|_PAGE_SWP_EXCLUSIVE
arm64:4k|arm64|pgtable-hwdef.h pgtable-prot.h pgtable.h||PTE_SWP_EXCLUSIVE
arm64:4k-lpa2|arm64|pgtable-hwdef.h pgtable-prot.h pgtable.h||PTE_SWP_EXCLUSIVE
arm64:16k|arm64|pgtable-hwdef.h pgtable-prot.h pgtable.h||PTE_SWP_EXCLUSIVE
arm64:64k|arm64|pgtable-hwdef.h pgtable-prot.h pgtable.h||PTE_SWP_EXCLUSIVE
arm64:64k-pa52|arm64|pgtable-hwdef.h pgtable-prot.h pgtable.h||PTE_SWP_EXCLUSIVE
riscv64|riscv|pgtable-bits.h pgtable-64.h pgtable.h|-DCONFIG_64BIT -DCONFIG_MMU|_PAGE_SWP_EXCLUSIVE
riscv32|riscv|pgtable-bits.h pgtable-32.h pgtable.h|-DCONFIG_MMU|_PAGE_SWP_EXCLUSIVE
s390|s390|pgtable.h||_PAGE_SWP_EXCLUSIVE
loongarch64:16k|loongarch|pgtable-bits.h pgtable.h|-DCONFIG_64BIT|_PAGE_SWP_EXCLUSIVE
ppc64:radix-64k-le|powerpc|book3s/64/pgtable.h|-DCONFIG_PPC64 -DPAGE_SHIFT=16|_PAGE_SWP_EXCLUSIVE
ppc64:radix-4k-le|powerpc|book3s/64/pgtable.h|-DCONFIG_PPC64 -DPAGE_SHIFT=12|_PAGE_SWP_EXCLUSIVE
ppc64:hash-64k-le|powerpc|book3s/64/pgtable.h|-DCONFIG_PPC64 -DPAGE_SHIFT=16|_PAGE_SWP_EXCLUSIVE
ppc64:hash-4k-le|powerpc|book3s/64/pgtable.h|-DCONFIG_PPC64 -DPAGE_SHIFT=12|_PAGE_SWP_EXCLUSIVE
ppc64:nohash64-e500|powerpc|nohash/pte-book3e.h nohash/pte-e500.h nohash/64/pgtable.h|-DCONFIG_PPC64 -DPAGE_SHIFT=12|_PAGE_SWP_EXCLUSIVE
ppc32:book3s32|powerpc|book3s/32/pgtable.h|-DCONFIG_PPC32|_PAGE_SWP_EXCLUSIVE
ppc32:book3s32-pte64|powerpc|book3s/32/pgtable.h|-DCONFIG_PPC32 -DCONFIG_PTE_64BIT|_PAGE_SWP_EXCLUSIVE
ppc32:nohash32-44x|powerpc|nohash/32/pte-44x.h nohash/32/pgtable.h|-DCONFIG_PPC32 -DCONFIG_44x -DCONFIG_PTE_64BIT|_PAGE_SWP_EXCLUSIVE
ppc32:nohash32-e500-32|powerpc|nohash/32/pte-85xx.h nohash/32/pgtable.h|-DCONFIG_PPC32 -DCONFIG_PPC_85xx|_PAGE_SWP_EXCLUSIVE
ppc32:nohash32-8xx-4k|powerpc|nohash/32/pte-8xx.h nohash/32/pgtable.h|-DCONFIG_PPC32 -DCONFIG_PPC_8xx|_PAGE_SWP_EXCLUSIVE
ppc32:nohash32-8xx-16k|powerpc|nohash/32/pte-8xx.h nohash/32/pgtable.h|-DCONFIG_PPC32 -DCONFIG_PPC_8xx -DCONFIG_PPC_16K_PAGES|_PAGE_SWP_EXCLUSIVE
ppc32:nohash32-40x|powerpc|nohash/32/pte-40x.h nohash/32/pgtable.h|-DCONFIG_PPC32 -DCONFIG_40x|_PAGE_SWP_EXCLUSIVE
ppc32:nohash32-e500-pte64|powerpc|nohash/pte-e500.h nohash/32/pgtable.h|-DCONFIG_PPC32 -DCONFIG_PPC_85xx -DCONFIG_PTE_64BIT|_PAGE_SWP_EXCLUSIVE
arm:2level|arm|pgtable-2level.h pgtable.h|-DCONFIG_MMU|L_PTE_SWP_EXCLUSIVE
arm:lpae|arm|pgtable-3level.h pgtable.h|-DCONFIG_MMU -DCONFIG_ARM_LPAE|L_PTE_SWP_EXCLUSIVE
mips:32-r2|mips|pgtable-bits.h pgtable-32.h|-DCONFIG_32BIT -DCONFIG_CPU_MIPSR2|_PAGE_SWP_EXCLUSIVE
mips:32-r3000|mips|pgtable-bits.h pgtable-32.h|-DCONFIG_32BIT -DCONFIG_CPU_R3K_TLB -DCONFIG_CPU_R3000|_PAGE_SWP_EXCLUSIVE
mips:32-xpa-16k|mips|pgtable-bits.h pgtable-32.h|-DCONFIG_32BIT -DCONFIG_CPU_MIPSR2 -DCONFIG_XPA -DCONFIG_PHYS_ADDR_T_64BIT -DCONFIG_CPU_MIPS32|_PAGE_SWP_EXCLUSIVE
mips:32-phys64-alchemy|mips|pgtable-bits.h pgtable-32.h|-DCONFIG_32BIT -DCONFIG_PHYS_ADDR_T_64BIT -DCONFIG_CPU_MIPS32|_PAGE_SWP_EXCLUSIVE
mips64:r4k-4k|mips|pgtable-bits.h pgtable-64.h|-DCONFIG_64BIT|_PAGE_SWP_EXCLUSIVE
mips64:r2-4k|mips|pgtable-bits.h pgtable-64.h|-DCONFIG_64BIT -DCONFIG_CPU_MIPSR2|_PAGE_SWP_EXCLUSIVE
sparc64:sun4u|sparc|pgtable_64.h|-DPAGE_SHIFT=13|_PAGE_SWP_EXCLUSIVE
sparc64:sun4v|sparc|pgtable_64.h|-DPAGE_SHIFT=13|_PAGE_SWP_EXCLUSIVE
sparc32|sparc|pgtsrmmu.h pgtable_32.h|-DPAGE_SHIFT=12|SRMMU_SWP_EXCLUSIVE
alpha|alpha|pgtable.h||_PAGE_SWP_EXCLUSIVE
parisc:32-4k|parisc|pgtable.h|-DPAGE_SHIFT=12|_PAGE_SWP_EXCLUSIVE
parisc64:64-4k|parisc|pgtable.h|-DPAGE_SHIFT=12 -DCONFIG_64BIT|_PAGE_SWP_EXCLUSIVE
m68k:motorola|m68k|motorola_pgtable.h|-DCONFIG_MMU|_PAGE_SWP_EXCLUSIVE
m68k:sun3|m68k|sun3_pgtable.h|-DCONFIG_MMU|_PAGE_SWP_EXCLUSIVE
m68k:coldfire|m68k|mcfmmu.h mcf_pgtable.h|-DCONFIG_MMU|_PAGE_SWP_EXCLUSIVE
sh:sh4-29bit|sh|pgtable_32.h|-DCONFIG_MMU|_PAGE_SWP_EXCLUSIVE
sh:sh4a-x2tlb|sh|pgtable_32.h|-DCONFIG_MMU -DCONFIG_X2TLB|_PAGE_SWP_EXCLUSIVE
xtensa|xtensa|pgtable.h|-DCONFIG_MMU|_PAGE_SWP_EXCLUSIVE
openrisc:or1k|openrisc|pgtable.h||_PAGE_SWP_EXCLUSIVE
nios2|nios2|pgtable-bits.h pgtable.h||_PAGE_SWP_EXCLUSIVE
microblaze|microblaze|pgtable.h|-DCONFIG_MMU|_PAGE_SWP_EXCLUSIVE
csky:abiv1|csky|../../abiv1/inc/abi/pgtable-bits.h pgtable.h||_PAGE_SWP_EXCLUSIVE
csky:abiv2|csky|../../abiv2/inc/abi/pgtable-bits.h pgtable.h||_PAGE_SWP_EXCLUSIVE
hexagon|hexagon|pgtable.h||_PAGE_SWP_EXCLUSIVE
arc:arcv2|arc|pgtable-bits-arcv2.h pgtable.h|-DCONFIG_ISA_ARCV2|_PAGE_SWP_EXCLUSIVE
um:i386-2level|um|pgtable.h||_PAGE_SWP_EXCLUSIVE
um:x86_64-3level|um|pgtable.h|-DCONFIG_64BIT|_PAGE_SWP_EXCLUSIVE
ia64|ia64|pgtable.h||_PAGE_SWP_EXCLUSIVE
'

# What every kernel has in headers that are left out here.
basics='
#define _AC(X, Y) X##Y
#define _AT(T, X) ((T)(X))
#define _ULCAST_ (unsigned long)
#define UL(x) (x##UL)
#define _UL(x) (x##UL)
#define ULL(x) (x##ULL)
#define BIT(n) (1UL << (n))
#define _BITUL(n) (1UL << (n))
#define _BITULL(n) (1ULL << (n))
#define GENMASK(h, l) ((~0UL << (l)) & (~0UL >> (63 - (h))))
#define __pgprot(x) (x)
#define BITS_PER_LONG 64
#define WHERE_IT_IS_1 0,
#define SECOND(first, second, ...) second
#define IS_1(x) SECOND(x 1, 0, 0)
#define PASTED(x) IS_1(WHERE_IT_IS_##x)
#define IS_ENABLED(option) PASTED(option)
#define __bf_shf(x) (__builtin_ffsll(x) - 1)
#define FIELD_GET(m, v) (((v) & (m)) >> __bf_shf(m))
typedef unsigned long pteval_t, pmdval_t, pudval_t, p4dval_t, pgdval_t, phys_addr_t, u64;
typedef unsigned int u32;
typedef struct { unsigned long val; } swp_entry_t;
'

# The functions (not macros) of the headers that take an entry apart, and what they call.
functions()
{
	awk '
		/^(static|extern) .*inline/ { text = ""; on = 1 }
		on { text = text $0 "\n" }
		on && /^}/ {
			on = 0
			if (text ~ /(__swp_type|__swp_offset|__pte_to_swp_entry|pte_to_swp_entry)\(/ &&
				text !~ /(unused|pte_t) (__swp_entry|mk_swap_pte)\(/ &&
				text !~ /p[mu]d_t/)
				printf "%s", text
		}' "$@"
}

compared=0 skipped=0 differ=0 changed=0 followed=0
echo "tree $ksrc: release $release"
while IFS='|' read -r target folder headers options exclusive; do
	[ -n "$target" ] || continue
	asm=$ksrc/arch/$folder/include/asm
	files=
	for h in $headers; do
		[ ! -r "$asm/$h" ] || files="$files $asm/$h"
	done
	if [ ! -r "$asm/${headers##* }" ]; then
		echo "not compared: $target: the tree has no arch/$folder/include/asm/${headers##* }"
		skipped=$((skipped + 1))
		continue
	fi
	now=$("$compare" row "$target" "$release")
	if [ -z "$now" ]; then
		echo "not compared: $target: no row holds in this release"
		skipped=$((skipped + 1))
		continue
	fi
	# shellcheck disable=SC2086 # lists of words
	{
		cat $files | sed '/^[ \t]*#[ \t]*include/d; /^[ \t]*#[ \t]*error/d' |
			$cc -E -dM -nostdinc -undef -D__KERNEL__ -x c $options - 2>/dev/null | grep -v '__STDC\|define pte_val\|define __pte(' |
			sort >"$dir/macros" || :
		functions $files >"$dir/functions"
		cat "$dir/macros" "$dir/functions" | grep -i 'swp\|SWAP' | cksum >"$dir/sum"
		printf '%s\n' "$basics"
		sed '/define \(_AC\|_AT\|UL\|ULL\|BIT\|_BITUL\|GENMASK\|__pgprot\|BITS_PER_LONG\)\b/d' "$dir/macros"
		cat <<'EOF'
typedef union { unsigned long pte, pte_low; struct { unsigned int low, pte_high; }; } pte_t;
#if defined(PAGE_SHIFT) && !defined(PAGE_MASK)
#define PAGE_MASK (~((1UL << PAGE_SHIFT) - 1))
#endif
#undef pte_val
#define pte_val(x) ((x).pte)
#define pte_mkuptodate(x) (x)
#undef __pte
#define __pte(x) ((pte_t) { (x) })
EOF
		cat "$dir/functions"
		cat <<EOF
extern int printf(const char *, ...);
int main(void)
{
	unsigned long type0 = __swp_type(__pte_to_swp_entry(__pte(0UL)));
	unsigned long offset0 = __swp_offset(__pte_to_swp_entry(__pte(0UL)));
	for (int bit = 0; bit < 64; bit++) {
		swp_entry_t e = __pte_to_swp_entry(__pte(1UL << bit));
		printf("bit %d %lx %lx\n", bit, (unsigned long)__swp_type(e) ^ type0, (unsigned long)__swp_offset(e) ^ offset0);
	}
EOF
		cat <<EOF
#ifdef $exclusive
	printf("exclusive %lx\n", (unsigned long)($exclusive));
#endif
	return 0;
}
EOF
	} >"$dir/probe.c"
	if ! $cc -w -O2 -o "$dir/probe" "$dir/probe.c" 2>"$dir/errors" || ! "$dir/probe" >"$dir/bits"; then
		echo "not compared: $target: $(grep -m 1 'error' "$dir/errors" | sed 's/.*error: //')"
		skipped=$((skipped + 1))
		continue
	fi
	compared=$((compared + 1))
	row=$("$compare" "$target" "$release" <"$dir/bits") || differ=$((differ + 1))
	echo "$row" | tee -a "$dir/said"
	sum=$(cut -d ' ' -f 1 "$dir/sum")
	before=$(awk -v t="$target" -v r="$release" '
		function key(v, p) { split(v, p, "."); return p[1] * 1000 + p[2] }
		$1 == t && key($2) < key(r) && key($2) > key(best) { best = $2; sum = $3 }
		END { print best, sum }' "$sums")
	if [ "${before#* }" ] && [ "${before#* }" != "$sum" ]; then
		was=$("$compare" row "$target" "${before% *}")
		if [ "$was" = "$now" ]; then
			echo "changed since ${before% *}: $target: its header says something else of swap entries," \
				"the row does not: look at it"
			changed=$((changed + 1))
		else
			echo "changed since ${before% *}, and so is the row: $target: ${was%% *} is ${now%% *}"
			followed=$((followed + 1))
		fi
	fi
	if [ "${RECORD-}" ] && ! grep -q "^$target $release " "$sums"; then
		echo "$target $release $sum" >>"$sums"
	fi
done <<EOF
$table
EOF
for id in $("$compare" rows "$release"); do
	grep -qF -e "row $id," -e ": $id:" "$dir/said" || {
		echo "not compared: row $id: no line of the table reaches it"
		skipped=$((skipped + 1))
	}
done
echo "$compared compared, $differ differ, $skipped not compared; of headers that changed since the release before," \
	"$followed with their row, $changed without"
[ "$differ" -eq 0 ] && [ "$compared" -gt 0 ]
