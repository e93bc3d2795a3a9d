# SPDX-License-Identifier: GPL-2.0-or-later
"""Write the memory of an ELF core again as another kind of dump.

  mkdump.py KIND FROM TO...   KIND is a list of words joined by dots:
    elf64 elf32      ELF core of that class        be        big-endian headers
    xnum             its number of headers in a section header, each page a header of its own
    memsz            a page of zeros behind each piece of memory, not in the file
    kcore            as /proc/kcore is: text and memory at virtual addresses, what vmalloc() gave at none
    kcore4-10        as it was before: no physical addresses
    sparse           one piece of 64 GiB, nearly all of which is a hole of the file
    none zlib lzo snappy zstd    kdump-compressed, pages packed that way
    v1 ... v6        header version                split     in as many files as are named
    zeros            pages of zeros are there too, the last two frames among them: one for all, the first
    unwritten        the last descriptor of a page is all zero
    i386 arm         a 32-bit header as that CPU lays it out
    flat             flattened, pieces out of order and one written twice
    raw              memory only, from the first address on
    hidden           no notes: VMCOREINFO stands in a page of memory only
    pageADDR=BYTE    the page at this address is full of this byte (both hexadecimal)
    banner           no notes: a page of memory has the banner "Linux version 6.1.0-test-amd64 (...)"
"""
import ctypes
import struct
import sys
import zlib

PAGE = 4096


def read_elf(path):
    b = open(path, 'rb').read()
    e = '<' if b[5] == 1 else '>'
    memory, notes = {}, b''
    if b[4] == 2:
        off, = struct.unpack_from(e + 'Q', b, 32)
        n, = struct.unpack_from(e + 'H', b, 56)
        heads = [struct.unpack_from(e + 'IIQQQQQQ', b, off + 56 * i) for i in range(n)]
        heads = [(h[0], h[2], h[4], h[5]) for h in heads]
    else:
        off, = struct.unpack_from(e + 'I', b, 28)
        n, = struct.unpack_from(e + 'H', b, 44)
        heads = [struct.unpack_from(e + '8I', b, off + 32 * i) for i in range(n)]
        heads = [(h[0], h[1], h[3], h[4]) for h in heads]
    for kind, at, where, size in heads:
        if kind == 4:
            notes = b[at:at + size]
        if kind == 1:
            for i in range(0, size, PAGE):
                memory[where + i] = b[at + i:at + i + PAGE]
    machine, = struct.unpack_from(e + 'H', b, 18)
    return memory, notes, machine, e


def pieces(memory):
    out = []
    for at in sorted(memory):
        if out and out[-1][0] + len(out[-1][1]) == at:
            out[-1] = (out[-1][0], out[-1][1] + memory[at])
        else:
            out.append((at, memory[at]))
    return out


def make_elf(words, memory, notes, machine, order):
    e = '>' if 'be' in words else order
    wide = 'elf32' not in words
    parts = sorted(memory.items()) if 'xnum' in words else pieces(memory)
    head, size = (64, 56) if wide else (52, 32)
    at = head + size * (len(parts) + 1)
    table, body = [], b''
    more = PAGE if 'memsz' in words else 0
    for kind, where, data, extra in [(4, 0, notes, 0)] + [(1, w, d, more) for w, d in parts]:
        if wide:
            table.append(struct.pack(e + 'IIQQQQQQ', kind, 0, at, where, where, len(data), len(data) + extra, 0))
        else:
            table.append(struct.pack(e + '8I', kind, at, where, where, len(data), len(data) + extra, 0, 0))
        body += data
        at += len(data)
    n = len(table)
    shoff, section = 0, b''
    if 'xnum' in words:
        shoff, n = at, 0xffff
        section = struct.pack(e + 'IIQQQQIIQQ', 0, 0, 0, 0, 0, 0, 0, len(table), 0, 0)
    ident = b'\x7fELF' + bytes([2 if wide else 1, 1 if e == '<' else 2, 1]) + bytes(9)
    out = ident + struct.pack(e + ('HHIQQQIHHHHHH' if wide else 'HHIIIIIHHHHHH'), 4, machine, 1, 0, head, shoff, 0, head,
                              size, n, 64 if shoff else 0, 1 if shoff else 0, 0)
    return out + b''.join(table) + body + section


def make_holes(words, memory, notes, machine, order, target):
    """Nearly all of the file is a hole: fs/proc/kcore.c puts virtual addresses at places that are as far apart."""
    direct, text, data, size = 0xffff888000000000, 0xffffffff81000000, 0x10000, 64 << 30
    none = (1 << 64) - 1
    start, end = min(memory), max(memory) + PAGE
    if 'sparse' in words:
        loads = [(0, 0, size, data)]
    else:
        # (virtual, physical, bytes, place): the kernel's text again, what vmalloc() gave, memory
        loads = [(text, start, PAGE, 5 << 40), (0xffffc90000000000, none, 1 << 30, 4 << 40),
                 (direct + start, start, end - start, 2 << 40)]
        if 'kcore4-10' in words:
            loads = [(v, 0, n, at) for v, p, n, at in loads]
    table = struct.pack(order + 'IIQQQQQQ', 4, 0, 0x1000, 0, 0, len(notes), len(notes), 0)
    for virtual, where, n, at in loads:
        table += struct.pack(order + 'IIQQQQQQ', 1, 7, at, virtual, where, n, n, PAGE)
    ident = b'\x7fELF' + bytes([2, 1 if order == '<' else 2, 1]) + bytes(9)
    with open(target, 'wb') as f:
        f.write(ident + struct.pack(order + 'HHIQQQIHHHHHH', 4, machine, 1, 0, 64, 0, 0, 64, 56, 1 + len(loads), 0, 0, 0))
        f.write(table)
        f.seek(0x1000)
        f.write(notes)
        for where, page in sorted(memory.items()):
            f.seek(data + where if 'sparse' in words else (2 << 40) + where - start)
            f.write(page)
        if 'sparse' not in words:
            f.seek(5 << 40)
            f.write(memory[start])
        f.truncate(data + size if 'sparse' in words else (5 << 40) + PAGE)


def packers():
    def lzo(data):
        lib = ctypes.CDLL('liblzo2.so.2')
        out, n = ctypes.create_string_buffer(2 * PAGE), ctypes.c_size_t()
        work = ctypes.create_string_buffer(1 << 20)
        lib.lzo1x_1_compress(data, ctypes.c_size_t(len(data)), out, ctypes.byref(n), work)
        return out.raw[:n.value]

    def snappy(data):
        lib = ctypes.CDLL('libsnappy.so.1')
        out, n = ctypes.create_string_buffer(2 * PAGE), ctypes.c_size_t(2 * PAGE)
        lib.snappy_compress(data, ctypes.c_size_t(len(data)), out, ctypes.byref(n))
        return out.raw[:n.value]

    def zstd(data):
        lib = ctypes.CDLL('libzstd.so.1')
        lib.ZSTD_compress.restype = ctypes.c_size_t
        out = ctypes.create_string_buffer(2 * PAGE)
        n = lib.ZSTD_compress(out, ctypes.c_size_t(2 * PAGE), data, ctypes.c_size_t(len(data)), 1)
        return out.raw[:n]

    return {'none': (0, bytes), 'zlib': (1, zlib.compress), 'lzo': (2, lzo), 'snappy': (4, snappy), 'zstd': (0x20, zstd)}


def make_kdump(words, memory, notes, order, part, parts):
    e = '>' if 'be' in words else order
    version = next((int(w[1:]) for w in words if w[0] == 'v' and w[1:].isdigit()), 6)
    flag, pack = next(v for k, v in packers().items() if k in words)
    cpu = 'i386' if 'i386' in words else 'arm' if 'arm' in words else ''
    zeros = 'zeros' in words
    if zeros:
        memory = dict(memory)
        memory.update({max(memory) + PAGE * i: bytes(PAGE) for i in (1, 2)})
    pfns = sorted(a // PAGE for a in memory)
    top = pfns[-1] + 1
    blocks = -(-top // (8 * PAGE))
    valid, dumped = bytearray(blocks * PAGE), bytearray(blocks * PAGE)
    for p in pfns:
        valid[p // 8] |= 1 << p % 8
        if zeros or any(memory[p * PAGE]):
            dumped[p // 8] |= 1 << p % 8
    pfns = [p for p in pfns if zeros or any(memory[p * PAGE])]
    edges = [0] + [pfns[len(pfns) * i // parts] for i in range(1, parts)] + [top]
    first, last = edges[part], edges[part + 1]
    uts = b''.join(s.ljust(65, b'\0') for s in (b'Linux', b'guest', b'', b'#1', cpu.encode().replace(b'i386', b'i686'), b''))
    head = b'KDUMP   ' + struct.pack(e + 'i', version) + uts
    head = head.ljust(424 - (12 if cpu else 0), b'\0')
    head += struct.pack(e + 'IiiIIIIII', flag, PAGE, 1, 2 * blocks, top & 0xffffffff, 0, 0, 0, 0) + struct.pack(e + 'i', 1)
    info_at, vmcoreinfo = PAGE + 256, vmcoreinfo_of(notes, order)
    if not cpu:
        sub = struct.pack(e + 'QiiQQQQQQQQQQQ', 0, 31, parts > 1, first, last, info_at, len(vmcoreinfo), 0, 0, 0, 0, first,
                          last, top)
    elif cpu == 'i386':
        sub = struct.pack(e + 'IiiIIQIQIQIQQQ', 0, 31, parts > 1, first, last, info_at, len(vmcoreinfo), 0, 0, 0, 0, first,
                          last, top)
    else:
        sub = struct.pack(e + 'IiiIIxxxxQIxxxxQIxxxxQIxxxxQQQ', 0, 31, parts > 1, first, last, info_at, len(vmcoreinfo), 0,
                          0, 0, 0, first, last, top)
    keep = {1: 12, 2: 32, 3: 48, 4: 64, 5: 80}.get(version, len(sub)) if not cpu else len(sub)
    out = (head.ljust(PAGE, b'\0') + sub[:keep]).ljust(info_at, b'\0') + vmcoreinfo[:PAGE - 256]
    out = out.ljust(2 * PAGE, b'\0') + bytes(valid) + bytes(dumped)
    mine = [p for p in pfns if first <= p < last]
    at = len(out) + 24 * len(mine)
    descs, body = b'', pack(bytes(PAGE)) if zeros else b''
    for p in mine:
        data = pack(memory[p * PAGE])
        zero = zeros and not any(memory[p * PAGE])
        descs += struct.pack(e + 'QIIQ', at + (0 if zero else len(body)), len(data), flag, 0)
        body += b'' if zero else data
    if 'unwritten' in words:
        descs = descs[:-24] + bytes(24)
    return out + descs + body


def flatten(data):
    size = 3000
    cuts = [(i, data[i:i + size]) for i in range(0, len(data), size)]
    order = [(0, bytes(500))] + cuts[1::2] + cuts[0::2]  # odd ones first; the beginning twice, the first time wrong
    out = b'makedumpfile'.ljust(16, b'\0') + struct.pack('>QQ', 1, 1)
    out = out.ljust(PAGE, b'\0')
    for at, piece in order:
        out += struct.pack('>QQ', at, len(piece)) + piece
    return out + b'\xff' * 16


def vmcoreinfo_of(notes, order):
    at = notes.find(b'VMCOREINFO\0')
    if at < 0:
        return b''
    size, = struct.unpack_from(order + 'I', notes, at - 8)
    return notes[at + 12:at + 12 + size]


def other_notes(words, memory, notes, order):
    more = max(memory) + PAGE
    if 'hidden' in words:
        memory[more] = vmcoreinfo_of(notes, order).ljust(PAGE, b'\0')[:PAGE]
        notes = b''
    if 'banner' in words:
        # not at its beginning, and after what only looks like one
        text = b'Linux version %s\0Linux version 6.1.0-test-amd64 (someone@somewhere) (gcc) #1 SMP\n'
        memory[more] = text.rjust(1000, b'.').ljust(PAGE, b'\0')
        notes = b''
    return notes


def main():
    words, source, targets = sys.argv[1].split('.'), sys.argv[2], sys.argv[3:]
    memory, notes, machine, order = read_elf(source)
    for at, byte in (w[4:].split('=') for w in words if w.startswith('page')):
        memory[int(at, 16)] = bytes([int(byte, 16)]) * PAGE
    notes = other_notes(words, memory, notes, order)
    for i, target in enumerate(targets):
        if any(w.startswith('kcore') or w == 'sparse' for w in words):
            make_holes(words, memory, notes, machine, order, target)
            continue
        if 'raw' in words:
            base = min(memory)
            out = b''.join(memory.get(a, bytes(PAGE)) for a in range(base, max(memory) + PAGE, PAGE))
            print(hex(base))
        elif any(w.startswith('elf') for w in words):
            out = make_elf(words, memory, notes, machine, order)
        else:
            out = make_kdump(words, memory, notes, order, i, len(targets))
        open(target, 'wb').write(flatten(out) if 'flat' in words else out)


main()
