#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Pack cases (JSON, one object a line) into fixtures/cases.tsv.

usage: cases.py FILE.jsonl >fixtures/cases.tsv

Cases are entries out of public bug reports, each with what it is and why. The packed form keeps the number,
the machine that it is from and what it is; "-" is nothing. The reports name machines and kernels in words of
their own: what the tool is told is derived below, and written out where no rule says it. In the last column
are "ambiguous" (two answers are right, and so is one that names this class as possible) and "ancient" (older
than the rows need to go: no answer is right too).
"""
import json
import re
import sys

COLUMNS = ("id", "form", "value", "arch", "kernel", "knobs", "class", "type", "offset", "pfn", "swp_entry", "note")

# Their first word, without what is in brackets, and what that is called here.
ARCHES = {"i386 (2-level)": "i386:2level", "i386 PAE": "i386:pae", "i386": "i386:2level", "mips32": "mips",
          "powerpc": "ppc32", "unknown": "-", "x86_64/ppc": "x86_64"}
KERNELS = {"6.x": "6.1", "2016 (4.x)": "4.4", "linux-next Feb 2012": "3.3"}
ANCIENT = {"linux24-hi", "x64-ia32-crash-help-58bc00", "x64-2.6.13-stackptrs"}


def arch(case):
    name = case["arch"]
    for start, here in ARCHES.items():
        if name.startswith(start):
            return here
    return name.split()[0]


def kernel(case):
    if case["kernel"] in KERNELS:
        return KERNELS[case["kernel"]]
    return re.search(r"\d+\.\d+(\.\d+)?(-rc\d+)?\+?", case["kernel"]).group()


def swp_entry(case):
    """As the kernel would print it, unless the case contradicts itself."""
    is_ = case["decode"]
    if "swp_entry" not in is_:
        return "-"
    if is_["type"] << is_["swp_entry_shift"] | int(is_["offset"], 16) != int(is_["swp_entry"], 16):
        print(f"{case['id']}: swp_entry is not its type and offset: left out", file=sys.stderr)
        return "-"
    return is_["swp_entry"]


def row(case):
    (form, value), = case["input"].items()
    is_ = case["decode"]
    knobs = re.findall(r"[A-Z_]+=[yn]", case["config_assumed"] or "")
    if is_["class"].startswith("migration") and not any(k.startswith("MIGRATION=") for k in knobs):
        knobs.append("MIGRATION=y")  # a case of this class says so
    note = "ancient" if case["id"] in ANCIENT else "ambiguous" if case.get("ambiguous") else "-"
    fields = (case["id"], form, value, arch(case), kernel(case), ",".join(knobs) or "-", is_["class"],
              is_.get("type", "-"), is_.get("offset", "-"), is_.get("pfn", "-"), swp_entry(case), note)
    return "\t".join(map(str, fields))


def main(argv):
    if len(argv) != 1:
        sys.exit(__doc__)
    print("# Entries out of public bug reports, made by tests/cases.py:", *COLUMNS, sep="\t")
    with open(argv[0], encoding="utf-8") as f:
        for line in f:
            print(row(json.loads(line)))


if __name__ == "__main__":
    main(sys.argv[1:])
