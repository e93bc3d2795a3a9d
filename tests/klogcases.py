#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Pack cases from bug reports for test_klog.c: klogcases.py cases.jsonl >fixtures/klog/cases.txt

A case of the output:
    case ID
    args ARGUMENTS              the target, as options
    value KEY VALUE CLASS TYPE OFFSET   "-": not stated
    check ID...                 what must be found
    differs WHY                 fields are not compared, and why
    |TEXT                       lines of the report
The truth is in the cases, each with its source; nothing here comes from swpdecode.
"""
import json
import re
import sys

ARCHES = {"arm": "arm", "arm64": "arm64", "i386": "i386:2level", "ia64": "ia64", "mips32": "mips",
          "parisc64": "parisc64", "powerpc": "ppc32:book3s32", "ppc64le": "ppc64le", "riscv64": "riscv64",
          "sparc64": "sparc64:sun4u", "x86_64": "x86_64", "x86_64/ppc": "x86_64", "s390": "s390", "s390x": "s390x",
          "mips64": "mips64", "loongarch64": "loongarch64", "ppc64": "ppc64"}
KERNELS = {"linux-next Feb 2012": "3.3", "6.x": "6.1", "2016 (4.x)": "4.7"}
DIFFERS = {
    "linux24-hi": "2.4 is older than all rows",
    "x64-ia32-crash-help-58bc00": "2.2 is older than all rows",
}


def arguments(case):
    arch = case["arch"].split(" ")[0]
    args = []
    if "PAE" in case["arch"]:
        args += ["-A", "i386:pae"]
    elif arch in ARCHES:
        args += ["-A", ARCHES[arch]]
    kernel = KERNELS.get(case["kernel"])
    if not kernel:
        found = re.search(r"\d+\.\d+(\.\d+)?[^\s()]*", case["kernel"])
        kernel = found.group(0) if found else None
    return args + (["-k", kernel] if kernel else [])


for line in open(sys.argv[1], encoding="utf-8"):
    case = json.loads(line)
    decode = case["decode"]
    print("case", case["id"])
    print("args", *arguments(case))
    for key, value in case["input"].items():
        print("value", {"pte": "raw"}.get(key, key), value, decode["class"], decode.get("type", "-"),
              decode.get("offset", "-"), decode.get("swp_entry", "-"))
    if case["diagnosis"]:
        print("check", *case["diagnosis"])
    if case["id"] in DIFFERS:
        print("differs", DIFFERS[case["id"]])
    for text in case["text"].split("\n"):
        print("|" + text)
