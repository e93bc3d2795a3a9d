# SPDX-License-Identifier: GPL-2.0-or-later
# fish completion for swpdecode. What the tool knows it is asked for.

# Lines of a list of the tool, as name and description.
function __swpdecode_names
    set -l tool (commandline -opc)[1]
    $tool --list-$argv[1] 2>/dev/null | string replace -r '^(\S+)\s+' '$1\t'
end

# Checks that can be asked or not.
function __swpdecode_asked
    for line in (__swpdecode_names checks | string match -r '.*\(-W\)$')
        echo -- $line
        echo -- no-$line
    end
end

# The names of a list for an option that takes several words separated by commas.
function __swpdecode_list
    set -l word (commandline -ct | string replace -r '^(--[a-z-]+=|-[A-Za-z])' '')
    set -l done (string match -r '^(?:.*,|\+)' -- $word; or echo)
    for list in $argv
        for line in (__swpdecode_names $list)
            echo -- $done$line
        end
    end
end

complete -c swpdecode -f
complete -c swpdecode -s a -l all -d "every live process"
complete -c swpdecode -l timeout -x -d "give up on a process whose reads block for so long"
complete -c swpdecode -l calibrate -x -a "auto full never" -d "hold entries of our own against the facts"
complete -c swpdecode -l smaps -x -a "auto always never" -d "compare with what smaps counts as swapped"
complete -c swpdecode -s p -l pid -x -a "self (__fish_complete_pids)" -d "processes"
complete -c swpdecode -s f -l file -r -F -d "read values from FILE"
complete -c swpdecode -s i -l input -x -a "auto hex bin klog pagemap pme swp-entry text" -d "what the values are"
complete -c swpdecode -l endian -x -a "big little" -d "byte order of the CPU, for -i bin"
complete -c swpdecode -s d -l dump -r -F -d "crash dump"
complete -c swpdecode -l pgd -x -d "page tables of the dump at this physical address"
complete -c swpdecode -l phys-base -x -d "the dump is memory only, from this address on"
complete -c swpdecode -l sysroot -x -a "(__fish_complete_directories)" -d "take /proc and the rest from a captured tree"
complete -c swpdecode -s A -l arch -x -a "(__swpdecode_names arch)" -d "architecture"
complete -c swpdecode -s k -l kernel -x -d "kernel release"
complete -c swpdecode -s c -l config -r -F -d "kernel configuration, plain or gzip"
complete -c swpdecode -s s -l set -x -d "one configuration option"
complete -c swpdecode -l max-swapfiles -x -d "where the special swap types begin"
complete -c swpdecode -l vmlinux -r -F -d "kernel image with symbols"
complete -c swpdecode -l maps -r -F -d "maps file that goes with a saved page map"
complete -c swpdecode -l level -x -a "pte pmd pud hugetlb" -d "level of raw values"
complete -c swpdecode -s r -l range -x -d "only these virtual addresses"
complete -c swpdecode -s C -l class -x -a "(__swpdecode_list classes)" -d "only these classes and groups"
complete -c swpdecode -l page-flags -x -a "(__swpdecode_list page-flags)" -d "present pages too, with these flags"
complete -c swpdecode -l all-entries -d "none and present entries too"
complete -c swpdecode -s l -l list -d "a table with one line per run of like entries"
complete -c swpdecode -s L -l list-each -d "a table with one line per entry"
complete -c swpdecode -s F -l format -x -a "summary table ndjson json csv prom" -d "output format"
complete -c swpdecode -s J -l json -d "same as -F json"
complete -c swpdecode -s o -l output -x -a "(__swpdecode_list columns)" -d "these columns, or with + these too"
complete -c swpdecode -s x -l explain -d "for each entry a ruler of its bits"
complete -c swpdecode -s E -l error-on -x -a "(__swpdecode_list checks classes)" -d "exit with status 4 on these"
complete -c swpdecode -l find -x -d "only entries that refer to this slot, frame or sector"
complete -c swpdecode -s W -l check -x -a "(__swpdecode_asked)" -d "ask this check or, with no-, do not"
complete -c swpdecode -l no-progress -d "no line on a terminal that says how far it is"
complete -c swpdecode -l no-headings -d "no heading and no line about the target"
complete -c swpdecode -l color -a "auto always never" -d "colour"
complete -c swpdecode -s q -l quiet -d "no warnings"
complete -c swpdecode -s v -l verbose -d "say where each fact about the target comes from"
complete -c swpdecode -l guess -d "for which machines a value is a plausible entry"
complete -c swpdecode -l encode -x -d "the raw value of an entry"
complete -c swpdecode -l list-layouts -d "how entries are packed"
complete -c swpdecode -l list-arch -d "architectures and variants"
complete -c swpdecode -l list-classes -d "classes of entries"
complete -c swpdecode -l list-columns -d "columns for -o"
complete -c swpdecode -l list-page-flags -d "flags of frames"
complete -c swpdecode -l list-checks -d "checks for -E and -W"
complete -c swpdecode -s h -l help -d "list of options"
complete -c swpdecode -s '?' -d "list of options"
complete -c swpdecode -l usage -d "short list of options"
complete -c swpdecode -s V -l version -d "version"
