#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Pack vectors (JSON, one object a line) into fixtures/vectors/ARCH.tsv.

usage: vectors.py [--arch NAME]... OUTDIR FILE.jsonl...

The vectors are raw entries decoded by the kernels' own code, compiled and run or evaluated; the packed form
keeps what that code said and nothing else. A line that begins with @ says for which kernel, variant, level
and configuration the lines below it hold; the columns are: raw class type offset pfn flags young dirty
marker [mem]. A "+" before raw says that the kernel's own encoder made the word, so that every bit of it
means something. "-" is null, flags are letters (s soft_dirty, u uffd_wp, x exclusive), young and dirty are y, n
or -, markers are joined by "+". mem is the byte image of the entry in memory, in hex; it is there only if it
is not the raw value as one word in the byte order of the CPU.
"""
import collections
import json
import os
import sys

KNOBS = {"uffd_wp": "HAVE_ARCH_USERFAULTFD_WP", "soft_dirty": "MEM_SOFT_DIRTY"}


def group(v):
    knobs = ",".join(f"{KNOBS.get(k, k.upper())}={'y' if on else 'n'}" for k, on in sorted(v["config"].items()))
    variant = "" if v["variant"] == v["arch"] else v["variant"]
    return f"@ {v['kernel']} {variant or '-'} {v['level']} {knobs}"


def odd_image(v):
    mem = v.get("mem")
    if not mem:
        return []
    raw = int(v["raw"], 16)
    size = len(mem) // 2
    if raw < 1 << 8 * size and bytes.fromhex(mem) == raw.to_bytes(size, v["endian"]):
        return []
    return [mem]


# What is not in b.jsonl's list of words that the kernel's own functions made.
FOUND = ("random", "zero", "present", "still-none", "other none", "sparse", "pfn_p", "huge pmd")


def made(v):
    """True if the kernel's own encoder made the word, not chance or a loop over all bits."""
    if v["class"] in ("none", "present"):
        return False
    if "origin" in v:
        return v["origin"].startswith("made:")
    return not v["note"].startswith(FOUND)


def row(v):
    def text(x):
        return "-" if x is None else str(x)

    flags = "".join(c for c, k in (("s", "soft_dirty"), ("u", "uffd_wp"), ("x", "exclusive")) if v[k])
    tri = {True: "y", False: "n", None: "-"}
    return " ".join([("+" if made(v) else "") + v["raw"], v["class"], text(v["type"]), text(v["offset"]), text(v["pfn"]), flags or "-",
                     tri[v["young"]], tri[v["dirty"]], "+".join(v["marker"]) or "-"] + odd_image(v))


def main(argv):
    only = set()
    while len(argv) > 1 and argv[0] == "--arch":
        only.add(argv[1])
        argv = argv[2:]
    if len(argv) < 2:
        sys.exit(__doc__)
    arches = collections.defaultdict(lambda: collections.defaultdict(list))
    for name in argv[1:]:
        with open(name, encoding="utf-8") as f:
            for line in f:
                v = json.loads(line)
                if not only or v["arch"] in only:
                    arches[v["arch"]][group(v)].append(row(v))
    for arch, groups in arches.items():
        with open(os.path.join(argv[0], arch + ".tsv"), "w", encoding="utf-8") as f:
            for head, rows in groups.items():
                f.write(head + "\n")
                f.writelines(r + "\n" for r in rows)


if __name__ == "__main__":
    main(sys.argv[1:])
