# SPDX-License-Identifier: GPL-2.0-or-later
"""Write the dump of a small guest, of x86_64 if not said otherwise, that is described as text.

  mkguest.py CASES NAME TO    the case NAME of the file CASES, as an ELF core

Its kernel has what the tool looks for in a real one: symbols, types (BTF), tasks, mappings, page tables, struct
pages, swap devices; its structures hold nothing else, so their offsets are those of no real kernel. Lines of a case:

  kernel RELEASE           first. Up to 6.1 counters are kept by thread, later by processor; from 7.1 on use counts
                           of swap slots stand in tables of words, before in bytes
  machine NAME             loongarch64 or mips64, with pages of 4 KiB and four levels; use counts of slots are where
                           vmalloc() puts them
  novmcoreinfo KEY         leave out this line of the note
  notype STRUCT.MEMBER     leave it out of the types
  swap TYPE NAME SLOTS [COUNT...]   a device; use counts of its slots from 0 on, the others are 0; "cN": cached too,
                           "bad", "shmem", "more"; above 14 in tables they stand in an array of the cluster
  zero PFN [MORE]          the frame that is all zeros, and how many follow it
  mm NAME [swapents=N] [pending=N,...] [users=N]   address space; pending: by thread or processor
  task PID NAME MM
  vma MM START-END [hugetlb=ORDER] [file=NAME]     hexadecimal
  pte MM ADDR TYPE:OFFSET  a PTE that is not present, or 0xWORD; pmd: an entry one level up
  page PFN [FLAG...] [map=N] [tail=PFN] [huge=ORDER] [pgmap=NAME] [raw=PFN,...]
  device NAME PFN PFN TYPE device memory of these frames (inclusive), of a type of enum memory_type; whole sections
  vmlinux KIND [BANNER...] its kernel as a file named vmlinux beside TO, with types as BTF or as DWARF (KIND: btf,
                           dwarf); with a BANNER that of another one. The dump itself then has neither types nor
                           symbols
  poke OBJECT[.MEMBER] VALUE   last: damage; VALUE is a number, or the address OBJECT or OBJECT+MEMBER. OBJECT: taskPID
                           mmNAME vmaADDR swapTYPE swap_infoTYPE pagePFN deviceNAME sectionNR rawPFN
"""
import os
import struct
import subprocess
import sys

BASE = 0xffffffff80000000      # where the kernel's image is mapped, from physical address 0 on
# e_machine, that address, what points to a table, a PTE of the kernel, the swap PTE, where vmalloc() begins
MACHINES = {
    'x86_64': (62, BASE, 0x67, 0x163, lambda kind, offset: kind << 59 | (~offset & (1 << 50) - 1) << 9, None),
    'loongarch64': (258, 0x9000000000000000, 0x9000000000000000, 0x83, lambda kind, offset: kind << 16 | offset << 24,
                    0xffff800000000000),
    'mips64': (8, BASE, 0x9800000000000000, 0x601, lambda kind, offset: kind << 16 | offset << 24, 0xc000000000008000),
}
SIZE = 12 << 20
SECTION_BITS, PHYS_BITS = 27, 36
PAGE = 64                      # bytes of a struct page
FLAGS = ('locked referenced uptodate dirty lru active workingset error slab owner_priv_1 reserved private private_2 '
         'writeback head mappedtodisk reclaim swapbacked unevictable mlocked hwpoison').split()
ALIASES = {'swapcache': 'owner_priv_1', 'double_map': 'workingset', 'large_rmappable': 'workingset'}


def structures(release):
    s = {
        'task_struct': 'tasks:16 tgid:4 comm:16 mm signal thread_node:16',
        'signal_struct': 'thread_head:16',
        'mm_struct': 'pgd mm_mt start_brk start_stack mm_users:4',
        'maple_tree': 'ma_root',
        'vm_area_struct': 'vm_start vm_end vm_file vm_flags',
        'file': 'f_path f_inode', 'path': 'dentry', 'dentry': 'd_name:16 d_parent', 'qstr': 'hash name',
        'inode': 'i_mode:8 i_sb', 'super_block': 's_fs_info', 'hugetlbfs_sb_info': 'hstate', 'hstate': 'order:4',
        'swap_info_struct': 'flags max:4 pages:4 inuse_pages cluster_info swap_file bdev swap_extent_root',
        'block_device': 'bd_dev:4 bd_disk bd_start_sect', 'gendisk': 'major:4 first_minor:4', 'rb_root': 'rb_node', 'rb_node': 'parent rb_right rb_left',
        'swap_extent': 'rb:24 start_page nr_pages start_block',
        'mem_section': 'section_mem_map usage', 'mem_section_usage': 'rcu:16 subsection_map:128',
        'dev_pagemap': 'type:4 nr_range:4 ranges:32', 'raw_hwp_page': 'node page', 'page': '',
    }
    if release < (6, 2):
        s['task_struct'] += ' rss_stat:20'
        s['task_rss_stat'] = 'events:4 count:16'
        s['mm_struct'] += ' rss_stat:32'
        s['mm_rss_stat'] = 'count:32'
    else:
        s['mm_struct'] += ' rss_stat:160'
        s['percpu_counter'] = 'lock:8 count list:16 counters'
    if release < (6, 1):  # VMAs are a list
        s['mm_struct'] = s['mm_struct'].replace('mm_mt', 'mmap')
        s['vm_area_struct'] += ' vm_next vm_prev'
        del s['maple_tree']
    if release < (7, 1):
        s['swap_info_struct'] += ' swap_map'
    else:
        s['swap_cluster_info'] = 'lock:8 table extend_table list:16'
        s['swap_table'] = 'entries:2048'
    out = {}
    for name, members in s.items():
        at, out[name] = 8, {}
        for m in members.split():
            m, _, n = m.partition(':')
            out[name][m] = (at, int(n or 8))
            at += (int(n or 8) + 7) & ~7
        out[name]['.size'] = at
    out['swap_extent']['rb_node'] = out['swap_extent'].pop('rb')
    out['path']['dentry'] = (0, 8)
    out['rb_root']['rb_node'] = (0, 8)
    if 'maple_tree' in out:
        out['maple_tree']['ma_root'] = (0, 8)
    out['qstr']['name'] = (8, 8)
    for m in ('mm_rss_stat', 'task_rss_stat', 'mem_section', 'mem_section_usage', 'raw_hwp_page', 'dev_pagemap'):
        if m in out:
            out[m] = {k: (v - 8 if k == '.size' else (v[0] - 8, v[1])) for k, v in out[m].items()}
    out['page'] = {'flags': (0, 8), 'compound_head': (8, 8), 'pgmap': (8, 8), 'mapping': (24, 8), 'private': (40, 8),
                   '_mapcount': (48, 4), '_refcount': (52, 4), '.size': PAGE}
    if release >= (7, 2):
        out['page']['compound_info'] = out['page'].pop('compound_head')
    if release < (6, 2):
        out['page'].update(compound_dtor=(16, 1), compound_mapcount=(20, 4))
    else:
        out['folio'] = {'_large_mapcount': (80, 4), '_entire_mapcount': (84, 4), '_hugetlb_hwpoison': (240, 8),
                        '.size': 256}
    return out


class Guest:
    def __init__(self, lines):
        self.memory = bytearray(SIZE)
        self.top = 0x1000
        self.objects, self.symbols, self.mms, self.tables, self.names = {}, {}, {}, {}, {}
        self.lines = [line.split() for line in lines]
        assert self.lines[0][0] == 'kernel'
        self.text = self.lines[0][1]
        self.machine = next((w[1] for w in self.lines if w[0] == 'machine'), 'x86_64')
        global BASE
        self.elf_machine, BASE, self.pointer, self.pte, self.swap_pte, self.vmalloc_at = MACHINES[self.machine]
        self.release = tuple(int(x) for x in self.text.split('-')[0].split('.')[:2])
        self.types = structures(self.release)
        self.vmlinux = next((w[1:] for w in self.lines if w[0] == 'vmlinux'), None)
        self.left_out = {w[1] for w in self.lines if w[0] == 'novmcoreinfo'}
        for w in self.lines:
            if w[0] == 'notype':
                kind, member = w[1].split('.')
                del self.types[kind][member]

    def alloc(self, n, align=64):
        at = (self.top + align - 1) & -align
        self.top = at + n
        assert self.top <= SIZE, 'the guest is full'
        return BASE + at

    def put(self, va, value, n=8):
        at = va - BASE
        self.memory[at:at + n] = (value & ((1 << 8 * n) - 1)).to_bytes(n, 'little')

    def get(self, va, n=8):
        return int.from_bytes(self.memory[va - BASE:va - BASE + n], 'little')

    def new(self, kind, name=None, **members):
        va = self.alloc(self.types[kind]['.size'])
        if name:
            self.objects[name] = (kind, va)
        for m, v in members.items():
            self.set(kind, va, m, v)
        return va

    def set(self, kind, va, member, value):
        if member in self.types[kind]:
            at, n = self.types[kind][member]
            self.put(va + at, value, min(n, 8))

    def symbol(self, name, va):
        self.symbols[name] = va

    # ---- files
    def file(self, path, mode, order=None):
        root = self.new('dentry')
        parent = root
        for part in path.strip('/').split('/'):
            text = self.alloc(len(part) + 1)
            self.memory[text - BASE:text - BASE + len(part)] = part.encode()
            d = self.new('dentry', d_parent=parent)
            self.put(d + self.types['dentry']['d_name'][0] + 8, text)
            parent = d
        slash = self.alloc(2)
        self.put(slash, ord('/'), 2)
        self.set('dentry', root, 'd_parent', root)
        self.put(root + self.types['dentry']['d_name'][0] + 8, slash)
        inode = self.new('inode', i_mode=mode)
        if order is not None:
            hstate = self.new('hstate', order=order)
            info = self.new('hugetlbfs_sb_info', hstate=hstate)
            self.set('inode', inode, 'i_sb', self.new('super_block', s_fs_info=info))
        return self.new('file', f_path=parent, f_inode=inode)

    # ---- memory map
    def section(self, nr):
        if f'section{nr}' not in self.objects:
            usage = self.new('mem_section_usage')
            at = self.types['mem_section_usage']['subsection_map'][0] if \
                'subsection_map' in self.types['mem_section_usage'] else 16
            self.put(usage + at, -1)
            va = self.roots_va + nr * self.types['mem_section']['.size']
            self.objects[f'section{nr}'] = ('mem_section', va)
            self.set('mem_section', va, 'usage', usage)
        return self.objects[f'section{nr}'][1]

    def page(self, pfn):
        name = f'page{pfn:#x}'
        if name not in self.objects:
            nr = pfn >> (SECTION_BITS - 12)
            first = pfn & ~511
            if first not in self.tables:
                va = self.section(nr)
                base = self.get(va) & ~0xfff
                # the map of a section is one array: room for 4096 frames of it
                if not base:
                    start = nr << (SECTION_BITS - 12)
                    array = self.alloc(4096 * PAGE, 512 * PAGE)
                    for i in range(4096):
                        self.put(array + i * PAGE + 20, -1, 4)
                        if 'folio' in self.types:
                            self.put(array + i * PAGE + 16, -1, 4)
                        self.put(array + i * PAGE + 48, -1, 4)
                        self.put(array + i * PAGE + 52, 1, 4)
                    base = array - start * PAGE & (1 << 64) - 1
                    self.put(va, base | 0xf)
                self.tables[first] = base
            self.objects[name] = ('page', self.tables[first] + pfn * PAGE & (1 << 64) - 1)
        return self.objects[name][1]

    def memory_map(self):
        roots = ((1 << (PHYS_BITS - SECTION_BITS)) + 4096 // 16 - 1) // (4096 // 16)
        array = self.alloc(8 * roots, 4096)
        self.roots_va = self.alloc(4096, 4096)
        self.put(array, self.roots_va)
        self.n_roots, self.symbols['mem_section'] = roots, array

    # ---- page tables
    def table(self):
        return self.alloc(4096, 4096)

    def entry(self, mm, va, level):
        table = mm['pgd']
        for depth in range(3, level, -1):
            at = table + (va >> 12 + 9 * depth & 511) * 8
            if not self.get(at):
                self.put(at, self.table() - BASE | self.pointer)
            table = BASE + (self.get(at) & (1 << 40) - 4096)
        return table + (va >> 12 + 9 * level & 511) * 8

    def word(self, text):
        if text.startswith('0x'):
            return int(text, 16)
        return self.swap_pte(*(int(x, 0) for x in text.split(':')))

    def vmalloc(self, va):
        """Give one page a second address, by the kernel's page tables."""
        if not self.vmalloc_at:
            return va
        at, self.vmalloc_at = self.vmalloc_at, self.vmalloc_at + 4096
        self.put(self.entry({'pgd': self.symbols['swapper_pg_dir']}, at, 0), va - BASE | self.pte)
        return at

    # ---- lines
    def swap(self, kind, name, slots, *counts):
        slots, t = int(slots), self.types['swap_info_struct']
        info = self.new('swap_info_struct', f'swap{kind}', flags=0x1853, max=slots, pages=slots - 1,
                        swap_file=self.file(name[4:] if name.startswith('/dev/') else name,
                                            0o60660 if name.startswith('/dev/') else 0o100600),
                        bdev=self.new('block_device', bd_dev=254 << 20 | int(kind), bd_start_sect=2048,
                                      bd_disk=self.new('gendisk', major=253, first_minor=int(kind))))
        extent = self.new('swap_extent', f'extent{kind}', nr_pages=slots)
        self.put(info + t['swap_extent_root'][0], extent + self.types['swap_extent']['rb_node'][0])
        used = 0
        if 'swap_map' in t:
            bytes_ = self.alloc(max(slots, 4096), 4096)
            self.set('swap_info_struct', info, 'swap_map', self.vmalloc(bytes_))
        elif 'swap_cluster_info' in self.types:
            size = self.types['swap_cluster_info']['.size']
            clusters = self.alloc((slots + 255) // 256 * size)
            self.set('swap_info_struct', info, 'cluster_info', clusters)
            for i in range((slots + 255) // 256):
                self.put(clusters + i * size + self.types['swap_cluster_info']['table'][0], self.alloc(2048))
        for i, c in enumerate(counts):
            cached, n = c[0] == 'c', c.lstrip('c')
            if 'swap_map' in t:
                byte = {'bad': 0x3f, 'shmem': 0xbf, 'more': 0xbe}.get(n)
                self.put(bytes_ + i, (int(n) if byte is None else byte) | 0x40 * cached, 1)
            else:
                cluster = clusters + i // 256 * size
                table = self.get(cluster + self.types['swap_cluster_info']['table'][0])
                count = {'bad': 0, 'shmem': 1, 'more': 15}.get(n)
                if count is None and int(n) > 14:
                    more = cluster + self.types['swap_cluster_info']['extend_table'][0]
                    if not self.get(more):
                        self.put(more, self.alloc(4 * 256))
                    self.put(self.get(more) + i % 256 * 4, int(n), 4)
                    count = 15
                count = int(n) if count is None else count
                word = count << 60 | (0x12345 << 2 | 2 if cached else 0x1d if count else 0)
                self.put(table + i % 256 * 8, word if n != 'bad' else -8)
            used += n not in ('0', 'bad')
        self.set('swap_info_struct', info, 'inuse_pages', used)
        self.objects[f'swap_info{kind}'] = ('', self.symbols['swap_info'] + 8 * int(kind))
        self.put(self.symbols['swap_info'] + 8 * int(kind), info)
        n = max(self.get(self.symbols['nr_swapfiles'], 4), int(kind) + 1)
        self.put(self.symbols['nr_swapfiles'], n, 4)

    def mm(self, name, *options):
        o = dict(x.split('=') for x in options)
        mm = {'pgd': self.table(), 'vmas': [], 'pending': [int(x) for x in o.get('pending', '0').split(',')]}
        mm['va'] = self.new('mm_struct', f'mm{name}', pgd=mm['pgd'], mm_users=int(o.get('users', len(mm['pending']))))
        at = mm['va'] + self.types['mm_struct'].get('rss_stat', (0,))[0]
        if 'percpu_counter' in self.types:
            at += 2 * self.types['percpu_counter']['.size']
            mm['pending'] = mm['pending'] + [0] * (4 - len(mm['pending']))
            cells = self.alloc(4 * 64)
            self.put(at + self.types['percpu_counter']['count'][0], int(o.get('swapents', '0'), 0))
            self.put(at + self.types['percpu_counter']['counters'][0], cells)
            for cpu, n in enumerate(mm['pending']):
                self.put(cells + 64 * cpu, n, 4)
        elif 'mm_rss_stat' in self.types:
            self.put(at + 2 * 8, int(o.get('swapents', '0'), 0))
        self.mms[name] = mm

    def task(self, pid, name, mm):
        mm, t = self.mms[mm], self.types['task_struct']
        signal = self.new('signal_struct', f'signal{pid}')
        head = signal + self.types['signal_struct']['thread_head'][0]
        threads = []
        for i, n in enumerate(mm['pending'] if 'task_rss_stat' in self.types else [0]):
            va = self.new('task_struct', f'task{pid}' if not i else f'thread{pid}.{i}', tgid=int(pid), mm=mm['va'],
                          signal=signal)
            self.memory[va - BASE + t['comm'][0]:va - BASE + t['comm'][0] + len(name)] = name.encode()
            if 'task_rss_stat' in self.types:
                self.put(va + t['rss_stat'][0] + self.types['task_rss_stat']['count'][0] + 8, n, 4)
            threads.append(va)
        nodes = [head] + [va + t['thread_node'][0] for va in threads]
        self.link(nodes)
        self.tasks.append(threads[0])
        self.link([va + t['tasks'][0] for va in self.tasks])

    def link(self, nodes):
        for a, b in zip(nodes, nodes[1:] + nodes[:1]):
            self.put(a, b)
            self.put(b + 8, a)

    def vma(self, mm, span, *options):
        o = dict(x.split('=') for x in options)
        start, end = (int(x, 16) for x in span.split('-'))
        order = int(o['hugetlb']) if 'hugetlb' in o else None
        va = self.new('vm_area_struct', f'vma{start:#x}', vm_start=start, vm_end=end,
                      vm_flags=3 | (0x400000 if order is not None else 0))
        if 'file' in o or order is not None:
            self.set('vm_area_struct', va, 'vm_file', self.file(o.get('file', '/anon_hugepage'), 0o100600, order))
        self.mms[mm]['vmas'].append((start, end, va))

    def zero(self, pfn, more='0'):
        for name, v in (('zero_page_pfn' if self.release >= (7, 2) else 'zero_pfn', int(pfn, 16)),
                        ('zero_page_mask', int(more) << 12)):
            self.symbol(name, self.alloc(8))
            self.put(self.symbols[name], v)

    def tail(self, va, head):
        """compound_info: from 7.2 on a mask for the address of the tail, as large as the folio must be."""
        t = self.types['page']
        if 'compound_info' not in t:
            self.put(va + t['compound_head'][0], head | 1)
            return
        mask = -PAGE
        while va & mask != head:
            mask <<= 1
            assert mask > -1 << 40, 'the first page of the folio is not aligned'
        self.put(va + t['compound_info'][0], (mask & (1 << 64) - 1) | 1)

    def page_line(self, pfn, *words):
        pfn = int(pfn, 16)
        va = self.page(pfn)
        t = self.types['page']
        flags = 0
        for w in words:
            key, _, value = w.partition('=')
            if key == 'map':
                self.put(va + t['_mapcount'][0], int(value) - 1, 4)
            elif key == 'anon':
                self.put(va + t['mapping'][0], 0xffff888000001001)
            elif key == 'tail':
                self.tail(va, self.page(int(value, 16)))
            elif key == 'huge':
                second = self.page(pfn + 1)
                if 'compound_dtor' in t:
                    self.put(second + t['compound_dtor'][0], 2, 1)
                else:
                    self.put(va + t['_mapcount'][0], 0xf4000000, 4)
                for i in range(1, 1 << int(value)):
                    self.tail(self.page(pfn + i), va)
                flags |= 1 << FLAGS.index('head')
            elif key == 'pgmap':
                self.put(va + t['pgmap'][0], self.objects['device' + value][1])
            elif key == 'raw':
                link = 0
                for p in reversed(value.split(',')):
                    link = self.new('raw_hwp_page', f'raw{p}', node=link, page=self.page(int(p, 16)))
                at = va + 4 * PAGE + t['private'][0] if 'compound_dtor' in t else va + 240
                self.put(at, link)
            else:
                flags |= 1 << FLAGS.index(ALIASES.get(key, key))
        self.put(va, flags)

    def device(self, name, first, last, kind):
        first, last = int(first, 16), int(last, 16)
        va = self.new('dev_pagemap', f'device{name}', type=int(kind), nr_range=1)
        at = va + self.types['dev_pagemap']['ranges'][0]
        self.put(at, first << 12)
        self.put(at + 8, (last + 1 << 12) - 1)
        self.page(first)
        nr = first >> (SECTION_BITS - 12)
        section = self.objects[f'section{nr}'][1]
        self.put(section, self.get(section) & ~0xfff | 0x3)  # present, with a map, but not online

    def poke(self, what, value):
        name, _, member = what.partition('.')
        kind, va = self.objects[name]
        at, n = self.types[kind][member] if member else (0, 8)
        to, _, inside = value.partition('+')
        if to in self.objects:
            to_kind, to = self.objects[to]
            value = to + (self.types[to_kind][inside][0] if inside else 0)
        else:
            value = int(value, 0)
        self.put(va + at, value, min(n, 8))

    # ---- all of it
    def mappings(self):
        for mm in self.mms.values():
            vmas = sorted(mm['vmas'])
            if 'mmap' in self.types['mm_struct']:
                for i, (_, _, va) in enumerate(vmas):
                    self.set('vm_area_struct', va, 'vm_next', vmas[i + 1][2] if i + 1 < len(vmas) else 0)
                self.set('mm_struct', mm['va'], 'mmap', vmas[0][2] if vmas else 0)
                continue
            node = self.alloc(256, 256)
            slots, pivots, at = [], [], 0
            for start, end, va in vmas:
                if start > at:
                    slots.append(0)
                    pivots.append(start - 1)
                slots.append(va)
                pivots.append(end - 1)
                at = end
            slots.append(0)
            assert len(slots) <= 16, 'more mappings than fit in a node'
            for i, p in enumerate(pivots):
                self.put(node + 8 + 8 * i, p)
            for i, s in enumerate(slots):
                self.put(node + 128 + 8 * i, s)
            self.put(mm['va'] + self.types['mm_struct']['mm_mt'][0], node | 1 << 3 | 2)

    def values(self):
        values = [('PG_' + f, i) for i, f in enumerate(FLAGS)]
        values += [('PG_' + a, FLAGS.index(f)) for a, f in ALIASES.items()]
        return values + [('MM_SWAPENTS', 2), ('SUBPAGE_INDEX_HWPOISON', 4)]

    def btf(self):
        strings = b'\0'
        types = b''

        def name(s):
            nonlocal strings
            at = len(strings)
            strings += s.encode() + b'\0'
            return at

        types += struct.pack('<IIII', name('long'), 1 << 24, 8, 64)
        for kind, members in self.types.items():
            real = [(m, v[0]) for m, v in members.items() if m != '.size']
            types += struct.pack('<III', name(kind), 4 << 24 | len(real), members['.size'])
            for m, at in real:
                types += struct.pack('<III', name(m), 1, at * 8)
        values = self.values()
        types += struct.pack('<III', 0, 6 << 24 | len(values), 4)
        for v, n in values:
            types += struct.pack('<Ii', name(v), n)
        return struct.pack('<HBBIIIII', 0xeb9f, 1, 0, 24, 0, len(types), len(types), len(strings)) + types + strings

    def put_btf(self):
        data = self.btf()
        va = self.alloc(len(data), 4096)
        self.memory[va - BASE:va - BASE + len(data)] = data
        self.symbol('__start_BTF', va)
        self.symbol('__stop_BTF', va + len(data))

    def kallsyms(self):
        tokens = b''
        index = b''
        for i in range(256):
            index += struct.pack('<H', len(tokens))
            tokens += (bytes([i]) if 32 < i < 127 else b'') + b'\0'
        names, offsets = b'', b''
        for name in sorted(self.symbols, key=self.symbols.get):
            names += bytes([len(name) + 1]) + b'D' + name.encode()
            offsets += struct.pack('<I', self.symbols[name] - BASE)
        out = {}
        parts = [('names', names), ('num_syms', struct.pack('<I', len(self.symbols))), ('offsets', offsets),
                 ('relative_base', struct.pack('<Q', BASE)), ('token_table', tokens + index)]
        for part, data in parts:
            va = self.alloc(len(data) + 16)
            self.memory[va - BASE:va - BASE + len(data)] = data
            out['kallsyms_' + part] = va
        out['kallsyms_token_index'] = out['kallsyms_token_table'] + len(tokens)
        return out

    def vmcoreinfo(self, kallsyms):
        t = self.types
        lines = {'OSRELEASE': self.text, 'PAGESIZE': 4096, 'SYMBOL(_stext)': f'{self.symbols["_stext"]:x}',
                 'SYMBOL(swapper_pg_dir)': f'{self.symbols["swapper_pg_dir"]:x}',
                 'SYMBOL(mem_section)': f'{self.symbols["mem_section"]:x}', 'LENGTH(mem_section)': self.n_roots,
                 'SIZE(mem_section)': t['mem_section']['.size'], 'OFFSET(mem_section.section_mem_map)': 0,
                 'NUMBER(SECTION_SIZE_BITS)': SECTION_BITS, 'NUMBER(MAX_PHYSMEM_BITS)': PHYS_BITS, 'SIZE(page)': PAGE,
                 'NUMBER(PG_hwpoison)': FLAGS.index('hwpoison'), 'NUMBER(HUGETLB_PAGE_DTOR)': 2,
                 'NUMBER(PAGE_BUDDY_MAPCOUNT_VALUE)': -129, 'NUMBER(phys_base)': 0, 'NUMBER(pgtable_l5_enabled)': 0,
                 'NUMBER(sme_mask)': 0}
        if self.release >= (6, 2):
            lines['NUMBER(PAGE_HUGETLB_MAPCOUNT_VALUE)'] = 0xf4000000
            lines['NUMBER(PAGE_BUDDY_MAPCOUNT_VALUE)'] = 0xf0000000
            del lines['NUMBER(HUGETLB_PAGE_DTOR)']
        lines.update({f'SYMBOL({k})': f'{v:x}' for k, v in kallsyms.items()})
        for m in 'flags _refcount mapping _mapcount private compound_head compound_info'.split():
            if m in t['page']:
                lines[f'OFFSET(page.{m})'] = t['page'][m][0]
        return ''.join(f'{k}={v}\n' for k, v in lines.items() if k not in self.left_out).encode()

    def build(self):
        self.symbol('_stext', BASE + 0x100)
        pgd = self.table()
        self.symbol('swapper_pg_dir', pgd)
        for i in range(SIZE >> 21 if self.machine == 'x86_64' else 0):
            self.put(self.entry({'pgd': pgd}, BASE + (i << 21), 1), i << 21 | 0xe7)
        self.tasks = [self.new('task_struct', 'task0')]
        self.symbol('init_task', self.tasks[0])
        self.link([self.tasks[0] + self.types['task_struct']['tasks'][0]])
        self.symbol('swap_info', self.alloc(32 * 8))
        self.symbol('nr_swapfiles', self.alloc(4))
        self.symbol('__per_cpu_offset', self.alloc(4 * 8))
        for cpu in range(4):
            self.put(self.symbols['__per_cpu_offset'] + 8 * cpu, 64 * cpu)
        self.symbol('__cpu_possible_mask', self.alloc(8))
        self.put(self.symbols['__cpu_possible_mask'], 0xf)
        self.symbol('nr_cpu_ids', self.alloc(4))
        self.put(self.symbols['nr_cpu_ids'], 4, 4)
        self.memory_map()
        for w in self.lines[1:]:
            if w[0] in ('pte', 'pmd'):
                self.put(self.entry(self.mms[w[1]], int(w[2], 16), w[0] == 'pmd'), self.word(w[3]))
            elif w[0] not in ('poke', 'machine', 'novmcoreinfo', 'notype', 'vmlinux'):
                getattr(self, 'page_line' if w[0] == 'page' else w[0])(*w[1:])
        self.mappings()
        self.banner()
        if self.vmlinux:
            note = self.vmcoreinfo({})
        else:
            self.put_btf()
            note = self.vmcoreinfo(self.kallsyms())
        for w in self.lines:
            if w[0] == 'poke':
                self.poke(*w[1:])
        return self.elf(note)

    def banner(self):
        text = f'Linux version {self.text} (someone@somewhere) #1 SMP\n'.encode()
        self.symbol('linux_banner', self.alloc(len(text) + 1))
        at = self.symbols['linux_banner'] - BASE
        self.memory[at:at + len(text)] = text

    def write_vmlinux(self, path):
        """A compiler makes it, of the same types, so what it writes of them is what is read of a real one."""
        banner = ' '.join(self.vmlinux[1:]) or f'{self.text} (someone@somewhere) #1 SMP'
        out = []
        for kind, members in self.types.items():
            out.append(f'struct {kind} {{ union {{ char all[{members[".size"]}];')
            for i, (m, (at, n)) in enumerate((m, v) for m, v in members.items() if m != '.size'):
                out.append(f'struct {{ char before{i}[{at}], {m}[{n}]; }};')
            out.append(f'}}; }} the_{kind};')
        out.append('enum { ' + ', '.join(f'{v} = {n}' for v, n in self.values()) + ' } value;')
        out.append(f'__attribute__((section("banner"))) const char linux_banner[] = "Linux version {banner}\\n";')
        out.append('__attribute__((used)) static int local(void) { return 0; }')
        cc = os.environ.get('CC', 'cc').split()
        symbols = [f'-Wl,--defsym={s}={v:#x}' for s, v in self.symbols.items() if s != 'linux_banner']
        subprocess.run(cc + ['-w', '-g' if self.vmlinux[0] == 'dwarf' else '-g0', '-nostdlib', '-static', '-no-pie',
                             '-Wl,--build-id=none', '-Wl,-e0', f'-Wl,--section-start=banner={self.symbols["linux_banner"]:#x}',
                             *symbols, '-x', 'c', '-', '-o', path], input='\n'.join(out).encode(), check=True)
        if self.vmlinux[0] == 'btf':
            open(path + '.btf', 'wb').write(self.btf())
            subprocess.run(['objcopy', '--add-section', f'.BTF={path}.btf', path], check=True)
            os.unlink(path + '.btf')

    def elf(self, note):
        note = struct.pack('<III', 11, len(note), 0) + b'VMCOREINFO\0\0' + note + bytes(-len(note) % 4)
        body = bytes(self.memory[:(self.top + 4095) & ~4095])
        at = 64 + 2 * 56
        data = (at + len(note) + 4095) & ~4095
        head = b'\x7fELF\2\1\1' + bytes(9) + struct.pack('<HHIQQQIHHHHHH', 4, self.elf_machine, 1, 0, 64, 0, 0, 64, 56, 2, 0, 0, 0)
        head += struct.pack('<IIQQQQQQ', 4, 0, at, 0, 0, len(note), len(note), 0)
        head += struct.pack('<IIQQQQQQ', 1, 0, data, BASE, 0, len(body), len(body), 0)
        return (head + note).ljust(data, b'\0') + body


def case(path, name):
    lines, inside = [], False
    for line in open(path):
        if line.startswith('case '):
            inside = line.split()[1] == name
        elif inside and line.strip() and not line.startswith(('#', 'args', 'status', '|', '!', '=')):
            lines.append(line)
    return lines


def main():
    cases, name, target = sys.argv[1:]
    guest = Guest(case(cases, name))
    open(target, 'wb').write(guest.build())
    if guest.vmlinux:
        guest.write_vmlinux(os.path.join(os.path.dirname(target), 'vmlinux'))


main()
