#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Write fixtures/trees: captured trees that each hold ONE source of facts.

python3 tests/mktrees.py [DIR]; needs depmod. The trees are committed, so this runs only when one changes.
Process 42 of each has one entry per swap type, at address 0x1000 * (type + 1) with offset 1.
"""
import gzip
import os
import shutil
import struct
import subprocess
import sys
import tempfile

TOP = sys.argv[1] if len(sys.argv) > 1 else os.path.join(os.path.dirname(__file__), "../fixtures/trees")


def put(tree, path, data):
    path = os.path.join(TOP, tree, path)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as f:
        f.write(data if isinstance(data, bytes) else data.encode())


def process(tree):
    words = [0] + [1 << 62 | 1 << 5 | t for t in range(32)]
    put(tree, "proc/42/comm", "probe\n")
    put(tree, "proc/42/maps", "00001000-00021000 rw-p 00000000 00:00 0 \n")
    put(tree, "proc/42/pagemap", struct.pack("<%dQ" % len(words), *words))


def config(title, **options):
    lines = ["# Linux/x86 %s Kernel Configuration" % title] if title else []
    lines += ["CONFIG_X86_64=y", "CONFIG_SWAP=y"]
    for name, value in options.items():
        lines.append("CONFIG_%s=y" % name if value else "# CONFIG_%s is not set" % name)
    return "\n".join(lines) + "\n"


def elf(kind, sections, symbols):
    """A 64-bit ELF file: sections {name: bytes}, symbols [(name, section or None, value, size, type, bind)]."""
    names = list(sections)
    strtab, symtab = b"\0", struct.pack("<IBBHQQ", 0, 0, 0, 0, 0, 0)
    symbols = sorted(symbols, key=lambda s: s[5])
    for name, section, value, size, typ, bind in symbols:
        index = names.index(section) + 1 if section else 0
        symtab += struct.pack("<IBBHQQ", len(strtab), bind << 4 | typ, 0, index, value, size)
        strtab += name.encode() + b"\0"
    local = 1 + sum(s[5] == 0 for s in symbols)
    rows = [(n, 1, d, 0, 0, 0) for n, d in sections.items()]
    rows += [(".symtab", 2, symtab, len(rows) + 2, local, 24), (".strtab", 3, strtab, 0, 0, 0)]
    shstrtab = b"\0" + b"".join(r[0].encode() + b"\0" for r in rows) + b".shstrtab\0"
    rows.append((".shstrtab", 3, shstrtab, 0, 0, 0))
    body, headers, at = b"", struct.pack("<IIQQQQIIQQ", *[0] * 10), 64
    for name, typ, data, link, info, entsize in rows:
        where = shstrtab.index(b"\0" + name.encode() + b"\0") + 1
        headers += struct.pack("<IIQQQQIIQQ", where, typ, 2, 0, at, len(data), link, info, 8, entsize)
        data += b"\0" * (-len(data) % 8)
        body, at = body + data, at + len(data)
    ident = b"\x7fELF\x02\x01\x01" + b"\0" * 9
    head = struct.pack("<HHIQQQIHHHHHH", kind, 62, 1, 0, 0, at, 0, 64, 0, 0, 64, len(rows) + 1, len(rows))
    return ident + head + body + headers


def vmlinux(release, max_swapfiles, functions, static):
    banner = b"Linux version %s (nobody@nowhere) #1 SMP\n\0" % release.encode()
    symbols = [("linux_banner", ".rodata", 0, len(banner), 1, 1),
               ("swap_info", ".data", 0, max_swapfiles * 8, 1, 0)]
    symbols += [(f, ".text", 0, 1, 2, 1) for f in functions]
    symbols += [(f, ".text", 0, 1, 2, 0) for f in static]
    return elf(2, {".rodata": banner, ".data": b"\0" * 8, ".text": b"\xc3"}, symbols)


def module(release, imports=()):
    modinfo = b"license=GPL\0vermagic=%s SMP preempt mod_unload \0" % release.encode()
    return elf(1, {".modinfo": modinfo}, [(name, None, 0, 0, 0, 1) for name in imports])


def modules(tree, release, directory, files, builtin):
    """An index as depmod writes it, then moved to /lib/modules/DIRECTORY."""
    with tempfile.TemporaryDirectory() as base:
        lib = os.path.join(base, "lib/modules", release)
        for path, data in files.items():
            os.makedirs(os.path.dirname(os.path.join(lib, path)), exist_ok=True)
            with open(os.path.join(lib, path), "wb") as f:
                f.write(data)
        with open(os.path.join(lib, "modules.builtin"), "w") as f:
            f.write("".join(b + "\n" for b in builtin))
        with open(os.path.join(lib, "modules.order"), "w") as f:
            f.write("".join(p + "\n" for p in files))
        subprocess.run(["/sbin/depmod", "-b", base, release], check=True)
        for name in ["modules.dep.bin", "modules.alias.bin", "modules.symbols.bin", "modules.builtin.bin"]:
            with open(os.path.join(lib, name), "rb") as f:
                put(tree, "lib/modules/%s/%s" % (directory, name), f.read())
        for path, data in files.items():
            put(tree, "lib/modules/%s/%s" % (directory, path), data)


shutil.rmtree(TOP, ignore_errors=True)

put("config-gz", "proc/config.gz",
    gzip.compress(config("6.12.107", MIGRATION=1, MEMORY_FAILURE=1, DEVICE_PRIVATE=1).encode(), mtime=0))

put("config-boot", "proc/sys/kernel/osrelease", "6.1.0-18-amd64\n")
put("config-boot", "boot/config-6.1.0-18-amd64",
    config("6.1.76", MIGRATION=1, MEMORY_FAILURE=1, DEVICE_PRIVATE=1, PTE_MARKER=1))
put("config-boot", "boot/config-6.1.0-17-amd64", config("6.1.69", MIGRATION=0))

put("config-alone", "boot/config-5.10.0-8-amd64", config("", MIGRATION=1, MEMORY_FAILURE=1, DEVICE_PRIVATE=1))

put("config-modules", "proc/version", "Linux version 5.10.223 (nobody@nowhere) #1 SMP\n")
put("config-modules", "lib/modules/5.10.223/config", config("5.10.223", MIGRATION=0, MEMORY_FAILURE=0))

put("counters", "proc/version", "Linux version 6.12.0-1 (nobody@nowhere) #1 SMP\n")
put("counters", "proc/meminfo",
    "MemTotal: 1000 kB\nVmallocTotal:   34359738367 kB\nHardwareCorrupted:     0 kB\n")
put("counters", "proc/vmstat",
    "pgalloc_normal 1\npgalloc_movable 0\npgmigrate_success 0\nunevictable_pgs_culled 0\n")

put("counters-missing", "proc/sys/kernel/osrelease", "7.2.13\n")
put("counters-missing", "proc/meminfo", "MemTotal: 1000 kB\nVmallocTotal:   34359738367 kB\n")
put("counters-missing", "proc/vmstat", "pgalloc_normal 1\npgalloc_movable 0\nunevictable_pgs_culled 0\n")

put("vmlinux", "usr/lib/debug/boot/vmlinux-7.2.13",
    vmlinux("7.2.13", 24, ["memory_failure", "migrate_pages", "make_device_exclusive"], ["a_static_function"]))

# no static functions: a name that is missing may have been stripped, so the size has to say all
put("vmlinux-size", "usr/lib/debug/boot/vmlinux-6.1.0", vmlinux("6.1.0", 22, [], []))

# the directory does not say which release it is of: vermagic does
put("modules", "proc/modules", "zram 32768 1 - Live 0x0\n")
modules("modules", "6.12.0-mod", "mine", {
    "kernel/drivers/block/zram.ko": module("6.12.0-mod"),
    "kernel/mm/hwpoison-inject.ko": module("6.12.0-mod"),
}, ["kernel/lib/test_hmm.ko"])

put("imports", "proc/sys/kernel/osrelease", "6.12.0-mod\n")
modules("imports", "6.12.0-mod", "6.12.0-mod", {
    "kernel/drivers/gpu/nouveau.ko": module("6.12.0-mod", ["make_device_exclusive_range"]),
    "kernel/mm/hwpoison-inject.ko": module("6.12.0-mod"),
}, [])

for number in ("5.10.0", "6.1.0", "6.12.0", "7.2.0"):
    put("release-" + number, "proc/sys/kernel/osrelease", number + "\n")

put("nothing", "proc/uptime", "1.00 1.00\n")

for name in os.listdir(TOP):
    process(name)
