# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
# bash completion for swpdecode; needs the package bash-completion. What the tool knows it is asked for.

# Names that a list of the tool begins its lines with.
_swpdecode_names()
{
	"${COMP_WORDS[0]}" "--list-$1" 2>/dev/null | awk '{ print $1 }'
}

# Complete the last of several words separated by commas, which a + may stand before.
_swpdecode_list()
{
	local done='' last=$cur

	case $cur in
	*,*) done=${cur%,*}, last=${cur##*,} ;;
	+*) done=+ last=${cur#+} ;;
	esac
	mapfile -t COMPREPLY < <(compgen -P "$done" -W "$1" -- "$last")
	compopt -o nospace
}

_swpdecode()
{
	# shellcheck disable=SC2034 # what _init_completion sets
	local cur prev words cword split

	_init_completion -s -n : || return
	case $prev in
	-A | --arch)
		mapfile -t COMPREPLY < <(compgen -W "$(_swpdecode_names arch)" -- "$cur")
		__ltrim_colon_completions "$cur"
		return ;;
	-C | --class)
		_swpdecode_list "$(_swpdecode_names classes)"
		return ;;
	--page-flags)
		_swpdecode_list "$(_swpdecode_names page-flags)"
		return ;;
	-W | --check)
		mapfile -t COMPREPLY < <(compgen -W "$("${COMP_WORDS[0]}" --list-checks 2>/dev/null |
			awk '/\(-W\)$/ { print $1, "no-" $1 }')" -- "$cur")
		return ;;
	-E | --error-on)
		_swpdecode_list "$(_swpdecode_names checks) $(_swpdecode_names classes)"
		return ;;
	-o | --output)
		_swpdecode_list "$(_swpdecode_names columns)"
		return ;;
	-p | --pid)
		_swpdecode_list "self $(cd /proc && compgen -G '[0-9]*')"
		return ;;
	-F | --format)
		mapfile -t COMPREPLY < <(compgen -W 'summary table ndjson json csv prom' -- "$cur")
		return ;;
	-i | --input)
		mapfile -t COMPREPLY < <(compgen -W 'auto hex bin klog pagemap pme swp-entry text' -- "$cur")
		return ;;
	--level)
		mapfile -t COMPREPLY < <(compgen -W 'pte pmd pud hugetlb' -- "$cur")
		return ;;
	--endian)
		mapfile -t COMPREPLY < <(compgen -W 'big little' -- "$cur")
		return ;;
	--calibrate)
		mapfile -t COMPREPLY < <(compgen -W 'auto full never' -- "$cur")
		return ;;
	--smaps)
		mapfile -t COMPREPLY < <(compgen -W 'auto always never' -- "$cur")
		return ;;
	--color)
		mapfile -t COMPREPLY < <(compgen -W 'auto always never' -- "$cur")
		return ;;
	-d | --dump | -f | --file | -c | --config | --vmlinux | --maps)
		_filedir
		return ;;
	--sysroot)
		_filedir -d
		return ;;
	--pgd | --phys-base | --timeout | --find | -k | --kernel | -s | --set | --max-swapfiles | -r | --range | \
		--encode)
		return ;;
	esac
	case $cur in
	-*)
		mapfile -t COMPREPLY < <(compgen -W '
			-p --pid= -a --all --timeout= --smaps= --calibrate= -d --dump= --pgd= --phys-base= -f --file= -i --input= --endian=
			--maps= --sysroot=
			-A --arch= -k --kernel= -c --config= -s --set= --max-swapfiles= --vmlinux= --level=
			-r --range= -C --class= --find= --page-flags= --all-entries
			-l --list -L --list-each -F --format= -J --json -o --output= -x --explain
			-E --error-on= -W --check= --no-headings --no-progress --color -q --quiet -v --verbose
			--guess --encode= --list-layouts --list-arch --list-classes --list-columns --list-checks --list-page-flags
			-? --help --usage -V --version
			' -- "$cur")
		[[ ${COMPREPLY[0]-} == *= ]] && compopt -o nospace ;;
	esac
} &&
	complete -F _swpdecode swpdecode
