# SPDX-License-Identifier: GPL-2.0-or-later
#
# What zsh offers at the end of a line, each on a line of its own: zsh -f complete.zsh FOLDER LINE
# Completion needs a terminal and the line editor: another zsh has them here, and says what it adds.
zmodload zsh/zpty
init=$(mktemp)
trap 'rm -f $init' EXIT
cat >$init <<'END'
compadd() {
	local -a hits
	[[ ${@[1,(i)(-|--)]} == *-(O|A|D)\ * ]] || builtin compadd -A hits "$@"
	print -rl -- "<@"$^hits"@>"
	builtin compadd "$@"
}
ended() { print -r -- "<@end@>"; exit }
PS1=
autoload -Uz compinit
compinit -u -D
bindkey '^I' complete-word
comppostfuncs=(ended)
print -r -- "<@""ready@>"
END
zpty shell "zsh -f -i"
zpty -w shell "stty -echo; fpath=(${(q)1} \$fpath); source $init"
while zpty -r shell out && [[ $out != *'<@ready@>'* ]]; do; done
zpty -n -w shell "$2"$'\t'
while zpty -r shell out && [[ $out != *'<@end@>'* ]]; do
	[[ $out == *'<@'*'@>'* ]] && print -r -- "${${out##*<@}%%@>*}"
done
zpty -d shell
