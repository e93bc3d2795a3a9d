#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# What a shell offers at the end of a line, sorted, without what of the word stands there already, in one line:
# complete.sh bash|fish|zsh FOLDER_OF_COMPLETIONS LINE. The tool is found in PATH. Exit status 77: no such shell.
set -eu
shell=$1 folder=$2 line=$3
here=$(dirname "$0")
bash_completion=/usr/share/bash-completion/bash_completion

command -v "$shell" >/dev/null || exit 77
case $shell in
bash)
	[ -r $bash_completion ] || exit 77
	# shellcheck disable=SC2016 # it is for bash to expand
	bash --norc -c '. "$1"; . "$2/swpdecode.bash"
		COMP_LINE=$3 COMP_POINT=${#3}
		read -ra COMP_WORDS <<<"${3//=/ = }"
		COMP_CWORD=$((${#COMP_WORDS[@]} - 1)) COMP_TYPE=9
		_swpdecode swpdecode "" ""
		printf "%s\n" "${COMPREPLY[@]}"' - $bash_completion "$folder" "$line" 2>/dev/null
	;;
fish)
	fish --no-config -c "source $folder/swpdecode.fish; complete -C \"\$argv\"" "$line" | cut -f 1
	;;
zsh)
	zsh -f "$here/complete.zsh" "$folder" "$line"
	;;
esac | sed 's/.*[,+]//; s/^--*[a-z-]*=//; s/^-[A-Z]//' | sort -u | tr '\n' ' '
