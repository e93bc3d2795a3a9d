# SPDX-License-Identifier: GPL-2.0-or-later
"""Side by side with crash and drgn on one dump, by hand.

  peers.py VMLINUX DUMP [SWPDECODE]

VMLINUX is the kernel of the dump with debug information (Debian: linux-image-...-dbg). Of crash and drgn, what is not
installed is left out. For each class of entries that are not present: how many there are, and what each program says
of their addresses (crash: of the first three). Then facts that drgn reads from the same structures by itself: counters of address spaces, use
counts of swap slots, flags and map counts of frames; each must be what swpdecode says. Last, the time each takes
(processor time, the least of three runs for swpdecode). Exit status 1 if a fact differs.
"""
import collections
import json
import os
import re
import resource
import shutil
import subprocess
import sys
import tempfile

DRGN = '''
import json, sys
from drgn import FaultError, Object
from drgn.helpers.linux import *

want = json.load(open(sys.argv[1]))
tasks = {t.pid.value_(): t for t in for_each_task(prog) if t.mm and t.tgid == t.pid}
out = {"counters": {}, "slots": {}, "frames": {}, "said": {}}
for pid, t in tasks.items():
    rss = t.mm.rss_stat
    try:  # up to 6.1, with what threads hold back
        n = rss.count[2].counter.value_() + sum(x.rss_stat.count[2].value_() for x in
            list_for_each_entry("struct task_struct", t.signal.thread_head.address_of_(), "thread_node"))
    except (AttributeError, LookupError):
        n = percpu_counter_sum(rss[2].address_of_())
    out["counters"][pid] = n
for kind, offset in want["slots"]:
    out["slots"][f"{kind}:{offset}"] = prog["swap_info"][kind].swap_map[offset].value_() & 0x3f
for pfn in want["frames"]:
    page = pfn_to_page(prog, pfn)
    flags = {x[3:] for x in decode_page_flags(page).split("|")}
    out["frames"][str(pfn)] = sorted(flags)
for pid, addr in want["addresses"]:
    try:
        access_process_vm(tasks[pid], addr, 8)
        said = "bytes"
    except FaultError as e:
        said = str(e).split(":")[0]
    out["said"][f"{pid}:{addr}"] = said
json.dump(out, open(sys.argv[2], "w"))
'''

# Flags that drgn names as the kernel's enumeration does, and that mean the same there and in /proc/kpageflags.
SAMPLE = 3  # of each class, that crash is asked about: it takes seconds to say that it cannot tell
FLAGS = {'locked', 'referenced', 'uptodate', 'dirty', 'lru', 'active', 'writeback', 'unevictable', 'hwpoison', 'reserved',
         'swapbacked'}


def run(*command, stdin=None, timeout=1800):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    p = subprocess.run(command, input=stdin, capture_output=True, text=True, timeout=timeout)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return p, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def version(command):
    said = subprocess.run(command, capture_output=True, text=True).stdout
    return re.search(r'\d+\.\d+(\.\d+)?', said)[0]


def crash_says(vmlinux, dump, entries):
    """What crash answers to vtop of some addresses of each class; and how long it takes to list all processes."""
    script, some = [], collections.Counter()
    for e in entries:
        some[e['class']] += 1
        if some[e['class']] <= SAMPLE:
            script += [f"set {e['pid']}", f"p/x {int(e['vaddr'], 16):#x}", f"vtop -u {e['vaddr'][2:]}"]
    p, _ = run('crash', '-s', vmlinux, dump, stdin='\n'.join(script + ['exit']) + '\n')
    parts = re.split(r'^\$\d+ = (0x[0-9a-f]+)$', p.stdout + p.stderr, flags=re.M)
    said = {}
    for addr, text in zip(parts[1::2], parts[2::2]):
        error = re.search(r'^(?:vtop|set): (.*)', text, re.M)
        swap = re.search(r'SWAP: (\S+)', text)
        here = re.search(r'^ +(?:PTE|PMD)\b.*\n.*?(\(.*?\)|unknown swap location|no page)', text, re.M)
        said[int(addr, 16)] = error[1] if error else f'swap {swap[1]}' if swap else here[1] if here else 'no answer'
    listing = [x for pid in sorted({e['pid'] for e in entries}) for x in (f'set {pid}', 'vm -p')]
    _, seconds = run('crash', '-s', vmlinux, dump, stdin='\n'.join(listing + ['exit']) + '\n')
    return said, seconds


def main():
    vmlinux, dump = sys.argv[1:3]
    tool = sys.argv[3] if len(sys.argv) > 3 else os.environ.get('SWPDECODE', 'build/swpdecode')
    runs = [run(tool, '-q', '-d', dump, '-F', 'ndjson') for _ in range(3)]
    ours = min(seconds for _, seconds in runs)
    records = [json.loads(line) for line in runs[0][0].stdout.splitlines()]
    entries = [r for r in records if r['record'] == 'entry']
    lines = run(tool, '-q', '-d', dump, '-F', 'ndjson', '-C', 'present')[0].stdout.splitlines()
    present = [json.loads(line) for line in lines]
    framed = [r for r in entries + present if r.get('pfn') and r.get('page_flags') is not None and r['pages'] == 1]
    summary = run(tool, '-d', dump)[0].stdout
    counters = dict(zip(map(int, re.findall(r'^process (\d+)', summary, re.M)),
                        map(int, re.findall(r'^MM_SWAPENTS: (-?\d+)', summary, re.M))))
    table = collections.defaultdict(lambda: collections.defaultdict(collections.Counter))
    times, wrong = {'swpdecode': ours}, 0
    if shutil.which('drgn'):
        name = 'drgn ' + version(['drgn', '--version'])
        with tempfile.TemporaryDirectory() as d:
            want = {'slots': [[r['swap_type'], int(r['swap_offset'], 16)] for r in entries if r['class'] == 'swap'],
                    'frames': sorted({int(r['pfn'], 16) for r in framed}),
                    'addresses': [[r['pid'], int(r['vaddr'], 16)] for r in entries]}
            json.dump(want, open(f'{d}/want', 'w'))
            open(f'{d}/script.py', 'w').write(DRGN)
            p, times[name] = run('drgn', '-q', '-s', vmlinux, '-c', dump, f'{d}/script.py', f'{d}/want', f'{d}/got')
            if not os.path.exists(f'{d}/got'):
                sys.exit('drgn: ' + p.stderr[-2000:])
            got = json.load(open(f'{d}/got'))
        for r in entries:
            table[r['class']][name][got['said'][f"{r['pid']}:{int(r['vaddr'], 16)}"]] += 1
        checks = [(f'MM_SWAPENTS of {pid}', n, got['counters'][str(pid)]) for pid, n in counters.items()]
        checks += [(f"slot {r['swap_type']}:{r['swap_offset']}", r['swap_count'],
                    got['slots'][f"{r['swap_type']}:{int(r['swap_offset'], 16)}"]) for r in entries if r['class'] == 'swap']
        checks += [(f"frame {r['pfn']}", sorted(FLAGS & set(r['page_flags'])),
                    sorted(FLAGS & set(got['frames'][str(int(r['pfn'], 16))]))) for r in framed]
        for what, mine, theirs in checks:
            if mine != theirs:
                print(f'{what}: swpdecode {mine}, drgn {theirs}')
                wrong += 1
        print(f'{len(counters)} counters, {len(want["slots"])} slots and {len(want["frames"])} frames compared with {name}:',
              f'{wrong} differ\n')
    if shutil.which('crash'):
        name = 'crash ' + version(['crash', '--version'])
        said, times[name] = crash_says(vmlinux, dump, entries)
        for r in entries:
            if int(r['vaddr'], 16) in said:
                table[r['class']][name][said[int(r['vaddr'], 16)]] += 1
    peers = [t for t in times if t != 'swpdecode']
    print('| class | entries | ' + ' | '.join(peers) + ' |\n|---|---|' + '---|' * len(peers))
    for cls in sorted({r['class'] for r in entries}):
        row = [', '.join(f'{what} ({n})' for what, n in table[cls][p].most_common(3)) for p in peers]
        print(f"| {cls} | {sum(r['class'] == cls for r in entries)} | " + ' | '.join(row) + ' |')
    print()
    for name, seconds in times.items():
        print(f'{name}: {seconds:.2f} s of processor time' + ('' if name == 'swpdecode' else f', {seconds / ours:.0f} times ours'))
    return wrong > 0


sys.exit(main())
