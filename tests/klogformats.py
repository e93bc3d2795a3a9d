#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Write messages as kernels print them: klogformats.py fixtures/vectors >fixtures/klog/formats.txt

Format strings are those of mm/memory.c, mm/swapfile.c, arch/*/mm/fault.c, arch/*/include/asm/pgtable*.h and
arch/arm/kernel/traps.c in 5.10, 6.1, 6.12 and 7.2. The entries and what they mean come from the vectors: decoded by
the kernels' own code. Cases are as klogcases.py says.
"""
import os
import sys

KERNELS = ["5.10", "6.1", "6.12", "7.2"]

# pte_ERROR() by architecture: %p before the value or not, a full stop or not, digits
ERRORS = {
    "x86_64": "mm/pgtable-generic.c:52: bad pte %p(%016x)",
    "i386:2level": "mm/memory.c:704: bad pte %08x",
    "i386:pae": "mm/memory.c:704: bad pte %p(%016x)",
    "arm64": "mm/memory.c:704: bad pte %016x.",
    "s390": "mm/memory.c:704: bad pte %016x.",
    "arm": "mm/memory.c:704: bad pte %08x.",
    "mips": "mm/memory.c:704: bad pte %08x.",
    "mips64": "mm/memory.c:704: bad pte %016x.",
    "alpha": "mm/memory.c:704: bad pte %016x.",
    "parisc": "mm/memory.c:704: bad pte %08x.",
    "parisc64": "mm/memory.c:704: bad pte %08x.",
    "m68k": "mm/memory.c:704: bad pte %08x.",
    "sh": "mm/memory.c:704: bad pte %08x.",
    "xtensa": "mm/memory.c:704: bad pte %08x.",
    "csky": "mm/memory.c:704: bad pte %08x.",
    "nios2": "mm/memory.c:704: bad pte %08x.",
    "arc": "mm/memory.c:704: bad pte %08x.",
    "openrisc": "mm/memory.c:704: bad pte %p(%08x).",
    "um": "mm/memory.c:704: bad pte %p(%016x).",
    "loongarch64": "mm/memory.c:704: bad pte %016x.",
    "microblaze": "mm/memory.c:704: bad pte %08x.",
    "ia64": "mm/memory.c:704: bad pte %016x.",
    "ppc32": "mm/memory.c:704: bad pte %08x.",
    "ppc64": "mm/memory.c:704: bad pte %08x.",
}
ERRORS_UNTIL = {"ppc32": "6.1", "ppc64": "6.1"}
# pmd_ERROR(), where a PMD can hold an entry that is not present
PMD_ERRORS = {
    "x86_64": "mm/pgtable-generic.c:54: bad pmd %p(%016x)",
    "i386:pae": "mm/pgtable-generic.c:54: bad pmd %p(%016x)",
    "arm64": "mm/pgtable-generic.c:54: bad pmd %016x.",
    "s390": "mm/pgtable-generic.c:54: bad pmd %016x.",
    "riscv64": "mm/pgtable-generic.c:54: bad pmd %016x.",
    "loongarch64": "mm/pgtable-generic.c:54: bad pmd %016x.",
    "mips64": "mm/pgtable-generic.c:54: bad pmd %016x.",
    "ppc64": "mm/pgtable-generic.c:54: bad pmd %08x.",
    "sparc64": "mm/pgtable-generic.c:54: bad pmd %p(%016x) seen at (pmd_none_or_clear_bad+0x10/0x40)",
}

ARM64 = ["user pgtable: 4k pages, 48-bit VAs, pgdp=0000000041a5c000",
         "[0000aaaac9e81000] pgd=0800000041a5d003, p4d=0800000041a5d003, pud=0800000041a5e003, "
         "pmd=0800000041a5f003, pte=%016x"]
X86 = ["PGD 10a5f6067 P4D 10a5f6067 PUD 10b37a067 PMD 7b3c2a067 PTE %x"]
# what a fault prints: {architecture: (first release, lines)}
WALKS = {
    "x86_64": ("5.10", X86),
    "i386:2level": ("5.10", ["*pde = 0583f067 *pte = %08x "]),
    "i386:pae": ("5.10", ["*pdpt = 000000002c8e9001 *pde = 0000000030e5c067 *pte = %016x "]),
    "arm64": ("5.10", ARM64),
    "arm": ("5.10", ["[b6a00000] *pgd=4dfc8831, *pte=%08x, *ppte=4a44e100"]),
    "sh": ("5.10", ["pgd = 8c5f3000", "[29556000] *pgd=0fdfe000, *pte=%08x"]),
    "s390": ("5.10", ["AS:00000000023a4007 R3:000000007f2f4007 S:000000007f2f8801 P:%016x "]),
    "riscv64": ("7.2", ["Current demo pgtable: 4K pagesize, 39-bit VAs, pgdp=0x0000000082fd5000",
                        "[0000003fa0bfd000] pgd=0000000020a3f401, p4d=0000000020a3f401, pud=0000000020a3f401, "
                        "pmd=0000000020bf6c01, pte=%016x"]),
}
# the same where the walk ends at a PMD
PMD_WALKS = {
    "x86_64": ("5.10", ["PGD 10a5f6067 P4D 10a5f6067 PUD 10b37a067 PMD %x"]),
    "arm64": ("5.10", [ARM64[0], ARM64[1].replace("0800000041a5f003, pte=%016x", "%016x")]),
    "s390": ("5.10", ["AS:00000000023a4007 R3:000000007f2f4007 S:%016x "]),
}


def bad_pmd(raw):
    return ["BUG: Bad page map in process (sd-close)  pmd:%08x" % raw,
            "pgd:10a5f6067 p4d:10a5f6067 pud:10b37a067",
            "addr:00007f0e95fa8000 vm_flags:00100073 anon_vma:ffff880217665550 mapping:0000000000000000 index:1a42"]


def bad_map(kernel, raw):
    if kernel == "7.2":
        return ["BUG: Bad page map in process (sd-close)  pte:%08x" % raw,
                "pgd:10a5f6067 p4d:10a5f6067 pud:10b37a067 pmd:7b3c2a067",
                "addr:00007f0e95fa8000 vm_flags:00100073 anon_vma:ffff880217665550 mapping:0000000000000000 index:1a42",
                "file:(null) fault:0x0 mmap:0x0 mmap_prepare: 0x0 read_folio:0x0"]
    last = "readpage" if kernel == "5.10" else "read_folio"
    return ["BUG: Bad page map in process (sd-close)  pte:%08x pmd:22c01f067" % raw,
            "addr:00007f0e95fa8000 vm_flags:00100073 anon_vma:ffff880217665550 mapping:0000000000000000 index:1a42",
            "file:(null) fault:0x0 mmap:0x0 %s:0x0" % last]


def case(name, spec, kernel, knobs, vector, text):
    raw, cls, kind, offset = vector
    print("case", name)
    print("args -A", spec, "-k", kernel, *(["-s", knobs] if knobs else []))
    print("value raw", raw, cls, kind, offset, "-")
    for line in text:
        print(("|" + line).rstrip())


def walk_case(walks, name, spec, kernel, knobs, vector):
    walk = walks.get(spec) or walks.get(spec.split(":")[0])
    if walk and KERNELS.index(kernel) >= KERNELS.index(walk[0]):
        case(name, spec, kernel, knobs, vector, walk[1][:-1] + [walk[1][-1] % int(vector[0], 16)])


def pte_cases(spec, kernel, vector):
    raw, arch = int(vector[0], 16), spec.split(":")[0]
    case("map-%s-%s" % (spec, kernel), spec, kernel, "", vector, bad_map(kernel, raw))
    error = ERRORS.get(spec) or ERRORS.get(arch)
    if error and KERNELS.index(kernel) <= KERNELS.index(ERRORS_UNTIL.get(arch, "7.2")):
        text = error.replace("%p", "00000000c5163f1c") % raw
        case("error-%s-%s" % (spec, kernel), spec, kernel, "", vector, [text])
    walk_case(WALKS, "walk-%s-%s" % (spec, kernel), spec, kernel, "", vector)
    if arch == "ppc64":
        text = ["mm: Hashing failure ! EA=0x7fff12345678 access=0x8000000000000002 current=(sd-close)",
                "    trap=0x300 vsid=0x13d349c ssize=1 base psize=2 psize 2 pte=0x%x" % raw]
        case("hash-%s-%s" % (spec, kernel), spec, kernel, "", vector, text)


def pmd_cases(spec, kernel, knobs, vector):
    raw = int(vector[0], 16)
    if kernel == "7.2":
        case("pmd-map-%s-%s" % (spec, kernel), spec, kernel, knobs, vector, bad_pmd(raw))
    error = PMD_ERRORS.get(spec) or PMD_ERRORS.get(spec.split(":")[0])
    if error:
        text = error.replace("%p", "00000000c5163f1c") % raw
        case("pmd-error-%s-%s" % (spec, kernel), spec, kernel, knobs, vector, [text])
    walk_case(PMD_WALKS, "pmd-walk-%s-%s" % (spec, kernel), spec, kernel, knobs, vector)


for file in sorted(os.listdir(sys.argv[1])):
    arch = file.split(".")[0]
    done = set()
    kernel = variant = level = knobs = None
    for line in open(os.path.join(sys.argv[1], file), encoding="utf-8"):
        words = line.split()
        if words[0] == "@":
            kernel, variant, level = words[1:4]
            knobs = words[4] if len(words) > 4 else ""
            continue
        spec = arch if variant == "-" else arch + ":" + variant
        # a type that is a swap file's whatever the configuration, and an offset that no other layout gives; of
        # PMDs the migration entries that there are, read with the vector's configuration
        if kernel not in KERNELS or (spec, kernel, level) in done:
            continue
        if level == "pte" and words[1] == "swap" and int(words[2]) <= 20 and int(words[3], 16) >= 0x1000:
            pte_cases(spec, kernel, words[:4])
        elif level == "pmd" and words[1].startswith("migration"):
            pmd_cases(spec, kernel, knobs, words[:4])
        else:
            continue
        done.add((spec, kernel, level))
