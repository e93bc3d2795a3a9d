/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Ordinary logs: lines of kernels and daemons that hold numbers and words like those of bad entries, but
 * none. */
#ifndef TESTS_ORDINARY_H
#define TESTS_ORDINARY_H

#include <stdint.h>
#include <stdio.h>
#include <string.h>

/* In a line @ is a hexadecimal digit, # a decimal one, and $ a symbol. */
static const char *const ordinary_lines[] = {
	"RIP: 0010:$+0x@@/0x@@@",
	"Code: @@ @@ @@ 48 89 c7 @@ @@ 0f 1f 44 00 00 55 48 89 e5 @@ @@ <0f> 0b @@ @@",
	"RAX: @@@@@@@@@@@@@@@@ RBX: ffff88@@@@@@@@@@ RCX: 0000000000000000",
	"RDX: 0000000000000000 RSI: 5a5a5a5a5a5a5a5a RDI: dead000000000122",
	"CR2: 0000@@@@@@@@@@@@ CR3: 00000001@@@@@@@@ CR4: 00000000003706e0",
	"BUG: unable to handle page fault for address: 0000@@@@@@@@@@@@",
	"#PF: error_code(0x0000) - not-present page",
	"PGD 0 P4D 0",
	"PGD 10@@@@@067 P4D 10@@@@@067 PUD 0",
	"PGD 80000001@@@@@067 P4D 80000001@@@@@067 PUD 1@@@@@067 PMD 0",
	"*pde = 00000000 ",
	"[0000000000000008] pgd=0000000000000000, p4d=0000000000000000",
	"[00000000] *pgd=00000000",
	"user pgtable: 4k pages, 48-bit VAs, pgdp=0000000@@@@@@000",
	"Call Trace: $+0x@@/0x@@@ $+0x@/0x@@ ? $+0x@@/0x@@",
	" handle_pte_fault+0x@@@/0x@@@",
	" ? __pte_alloc+0x@@/0x@@0 [inlined]",
	" do_swap_page+0x@@@/0x8@0",
	" zap_pte_range.isra.#+0x@@@/0xa@0",
	" swap_readpage+0x@@/0x1@0",
	" bad_page+0x@@/0x@@",
	"pte_alloc_one: page allocation failure: order:0, mode:0xdc0(GFP_KERNEL|__GFP_ZERO)",
	"Mem-Info: active_anon:###### inactive_anon:#### pagetables:#### bounce:0",
	"Free swap  = ######kB",
	"Total swap = ######kB",
	"###### pages in swap cache",
	"Swap cache stats: add ####, delete ####, find ####/####",
	"[  pid  ]   uid  tgid total_vm      rss pgtables_bytes swapents oom_score_adj name",
	"[   ####]     0   ####   ######     ####    ######        0             0 systemd",
	"Out of memory: Killed process #### (java) total-vm:#######kB, anon-rss:######kB, pgtables:####kB",
	"mce: [Hardware Error]: CPU #: Machine Check: 0 Bank #: @@@@@@@@@@@@@@@@",
	"mce: [Hardware Error]: TSC @@@@@@@@@@@@ ADDR 1@@@@@@@@ MISC @@@@@@@@@@@@@@@@",
	"EDAC MC0: 1 CE memory read error on CPU_SrcID#0_Ha#0_Chan#1_DIMM#0 (page:0x@@@@@@ offset:0x@@@)",
	"{#}[Hardware Error]:   physical_address: 0x0000000@@@@@@@@@",
	"00000000: @@@@@@@@ @@@@@@@@ @@@@@@@@ @@@@@@@@  ................",
	"00000010: @@ @@ @@ @@ @@ @@ @@ @@ @@ @@ @@ @@ @@ @@ @@ @@  .ELF............",
	"ffff88@@@@@@@@@@: 6b 6b 6b 6b 6b 6b 6b 6b 6b 6b 6b a5  kkkkkkkkkkk.",
	"BUG kmalloc-64 (Not tainted): Poison overwritten",
	"page:@@@@@@@@ refcount:0 mapcount:-1 mapping:00000000 index:0x1 pfn:0x@@@@@",
	"BUG: Bad page state in process $  pfn:@@@@@",
	"raw: @@@@@@@@@@@@@@@@ dead000000000100 dead000000000122 @@@@@@@@@@@@@@@@",
	"audit: type=1400 audit(##########.###:####): avc: denied { read } for pid=#### comm=\"$\" ino=#### "
	"dev=\"vda1\"",
	"audit: type=1326 auid=#### uid=#### ses=# comm=\"$\" sig=0 arch=c000003e syscall=### "
	"ip=0x7f@@@@@@@@@@ code=0x50000",
	"EXT4-fs error (device sda#): ext4_lookup:####: inode #######: comm $: bad entry in directory: "
	"rec_len is smaller",
	"XFS (dm-#): Metadata corruption detected at $+0x@@/0x@@, xfs_agf block 0x@@@@@@",
	"BTRFS error (device sdb): bad tree block start, mirror 1 want ######## have @@@@@@@@",
	"blk_update_request: I/O error, dev sda, sector ######## op 0x0:(READ) flags 0x0 phys_seg 1 prio "
	"class 0",
	"usb #-#: new high-speed USB device number # using xhci_hcd",
	"IPv6: ADDRCONF(NETDEV_CHANGE): eth#: link becomes ready, addr:@@@@:@@@@::@",
	"$[####]: segfault at @@ ip 00007f@@@@@@@@@@ sp 00007ff@@@@@@@@@ error 4 in "
	"libc.so.6[7f@@@@@@@000+15a000]",
	"traps: $[####] general protection fault ip:7f@@@@@@@@@@ sp:7ff@@@@@@@@@ error:0",
	"NMI watchdog: BUG: soft lockup - CPU## stuck for ##s! [$:####]",
	"Memory cgroup out of memory: Killed process #### ($)",
	"vm_flags: 0x08100073 anon_vma:ffff88@@@@@@@@@@ vma ffff88@@@@@@@@@@ start 00007f@@@@@@@@@@",
	"sshd[####]: Failed password for invalid user swap from 10.#.#.## port ##### ssh2",
	"systemd[1]: dev-zram0.swap: Deactivated successfully. Unused swap file removed: entry @@@@@@@@",
	"CRON[####]: (root) CMD (test -x /usr/sbin/anacron || run-parts --report "
	"/etc/cron.daily/pte:@@@@@@@@)",
	"app[####]: Bad swap of pages in process table: pte:@@@@@@@@ pmd:@@@@@@@@",
	"app[####]: Bad page map requested: pte:@@@@@@@@@@@@@@@@",
	"crash-report[####]: bad pte @@@@@@@@ was found by a script",
};

#define N_ORDINARY (sizeof(ordinary_lines) / sizeof(ordinary_lines[0]))

static inline uint32_t ordinary_random(uint64_t *state)
{
	*state = *state * 6364136223846793005ull + 1442695040888963407ull;
	return *state >> 33;
}

/* Write lines with their prefixes until there are this many bytes. */
static inline void ordinary_write(FILE *f, uint64_t bytes)
{
	static const char *const symbols[] = { "set_pte_at", "swap_info_get", "kthread", "vfs_read",
		"pmd_none_or_clear_bad", "__get_free_pages", "schedule", "ext4_da_write_begin" };
	uint64_t state = 1, done = 0;
	unsigned long t = 0;

	while (done < bytes) {
		const char *from = ordinary_lines[ordinary_random(&state) % N_ORDINARY];
		char line[512];
		int n, style = ordinary_random(&state) % 4;

		t += ordinary_random(&state) % 100000;
		n = snprintf(line, sizeof(line),
			style == 0   ? "[%5lu.%06lu] "
			: style == 1 ? "[%5lu.%06lu][ T123] "
			: style == 2 ? "<4>[%5lu.%06lu] "
				     : "Jan  1 00:00:%02lu host kernel: [%06lu] ",
			t / 1000000 % 60, t % 1000000);
		for (; *from; from++)
			if (*from == '@')
				line[n++] = "0123456789abcdef"[ordinary_random(&state) % 16];
			else if (*from == '#')
				line[n++] = '0' + ordinary_random(&state) % 10;
			else if (*from == '$')
				n += sprintf(line + n, "%s", symbols[ordinary_random(&state) % 8]);
			else
				line[n++] = *from;
		line[n++] = '\n';
		fwrite(line, 1, n, f);
		done += n;
	}
}

#endif
