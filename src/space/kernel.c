/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Processes, mappings and swap devices in the memory of a kernel. Lists and trees are followed only so far:
 * what is damaged may lead anywhere.
 */
#include <errno.h>
#include <stdlib.h>

#include "space/kernel.h"

#define TASKS_MAX (4u << 20) /* include/linux/threads.h, PID_MAX_LIMIT */
#define MAPPINGS_MAX (64u << 20)
#define THREADS_MAX (1u << 16)
#define PROCESSORS_MAX 8192u /* the largest NR_CPUS that can be configured */
#define PATH_PARTS 32

static bool find_members(struct kernel *kn, const struct btf *b, struct swpd_error *err)
{
	static const struct {
		const char *structure, *member; /* member NULL: the size of the structure */
		size_t to;
		bool needed;
	} members[] = {
#define MEMBER(id, structure, member, needed) { structure, member, offsetof(struct offsets, id), needed },
#define SIZE(id, structure) { structure, NULL, offsetof(struct offsets, id), false },
#include "space/members.def"
#undef MEMBER
#undef SIZE
	};
	struct btf_value swapents = { .name = "MM_SWAPENTS" };

	for (size_t i = 0; i < ARRAY_SIZE(members); i++) {
		uint32_t *to = (uint32_t *)((char *)&kn->at + members[i].to);

		if (members[i].member ? btf_member(b, members[i].structure, members[i].member, to) :
					btf_size(b, members[i].structure, to))
			continue;
		*to = ABSENT;
		if (members[i].needed) {
			fail(err, SWPD_E_NOT_HERE, 0, "the kernel's type information has no %s.%s",
				members[i].structure, members[i].member);
			return false;
		}
	}
	btf_values(b, &swapents, 1);
	/* 2 in every release that has it, 2.6.34 on */
	kn->mm_swapents = !swapents.found ? 2 : swapents.value < 16 ? swapents.value : UINT64_MAX;
	return true;
}

/* A variable as wide as a pointer; 0 if it is not there. */
static uint64_t read_symbol(struct kernel *kn, int id)
{
	uint64_t v;

	return kn->symbol[id] && kmem_pointer(kn->k, kn->symbol[id], &v) ? v : 0;
}

struct kernel *kernel_open(struct kmem *k, release_t release, struct swpd_error *err)
{
	static const char *const names[N_SYMBOLS] = {
#define SYMBOL(id, name) [SYMBOL_##id] = name,
		SYMBOLS
#undef SYMBOL
	};
	struct image_symbol wanted[N_SYMBOLS] = { { .found = false } };
	struct image_symbol *init = &wanted[SYMBOL_INIT_TASK], *start = &wanted[SYMBOL_START_BTF],
			    *stop = &wanted[SYMBOL_STOP_BTF];
	struct kernel *kn = calloc(1, sizeof(*kn));
	struct swpd_error ignored;
	struct image_info info;
	struct btf *b = NULL;
	bool ok = false;

	if (!kn) {
		fail(err, SWPD_E_SYSTEM, ENOMEM, "%s", sys_text(ENOMEM));
		return NULL;
	}
	kn->k = k;
	kn->release = release;
	for (int i = 0; i < N_SYMBOLS; i++)
		wanted[i].name = names[i];
	kmem_symbols(k, wanted, N_SYMBOLS, &info, err);
	/* what the user names is not damaged */
	if (kmem_vmlinux(k) && (b = btf_find(k, &ignored)))
		ok = find_members(kn, b, err);
	if (!ok && start->found && stop->found) {
		btf_free(b);
		if ((b = btf_load(k, start->address, stop->address, err)))
			ok = find_members(kn, b, err);
	}
	if (!ok && !kmem_vmlinux(k)) { /* no symbols, or wrong ones */
		struct btf *other = btf_find(k, b ? &ignored : err);

		btf_free(b);
		b = other;
		ok = b && find_members(kn, b, err);
	}
	if (ok && !init->found && !kernel_find_init_task(kn, kmem_image(k), &init->address))
		ok = !fail(err, SWPD_E_NOT_HERE, 0, "there is no init_task in the dump");
	init->found = ok;
	if (ok)
		kn->memmap = memmap_open(k, b, release);
	btf_free(b);
	if (!ok) {
		free(kn);
		return NULL;
	}
	for (int i = 0; i < N_SYMBOLS; i++)
		kn->symbol[i] = wanted[i].found ? wanted[i].address : 0;
	if (kn->memmap)
		memmap_zero(kn->memmap,
			read_symbol(kn, kn->symbol[SYMBOL_ZERO_PFN] ? SYMBOL_ZERO_PFN : SYMBOL_ZERO_PAGE_PFN),
			read_symbol(kn, SYMBOL_ZERO_PAGE_MASK) >> kmem_page_shift(k),
			read_symbol(kn, SYMBOL_HUGE_ZERO_PFN));
	kernel_first_task(kn);
	return kn;
}

void kernel_close(struct kernel *kn)
{
	if (kn)
		memmap_close(kn->memmap);
	free(kn);
}

/* ---- names of files ---- */

/* Text up to a NUL; false if there is none. */
static bool read_text(struct kernel *kn, uint64_t va, char *to, size_t size)
{
	size_t n = 0;

	for (; n < size - 1; n++) {
		char c;

		if (!kmem_read(kn->k, va + n, &c, 1))
			return false;
		if (!c)
			break;
		to[n] = c;
	}
	to[n] = 0;
	return n;
}

bool kernel_file_name(struct kernel *kn, uint64_t file, char *to, size_t size)
{
	const struct offsets *o = &kn->at;
	uint64_t dentry, parent, name;
	char part[128];
	size_t at = size - 1;

	if (!file || o->file_path == ABSENT || o->path_dentry == ABSENT || o->dentry_name == ABSENT ||
		o->dentry_parent == ABSENT || o->qstr_name == ABSENT ||
		!kmem_pointer(kn->k, file + o->file_path + o->path_dentry, &dentry))
		return false;
	to[at] = 0;
	for (int i = 0; i < PATH_PARTS; i++, dentry = parent) {
		size_t n;

		if (!kmem_pointer(kn->k, dentry + o->dentry_parent, &parent) ||
			!kmem_pointer(kn->k, dentry + o->dentry_name + o->qstr_name, &name) ||
			!read_text(kn, name, part, sizeof(part)))
			return false;
		n = strlen(part);
		if (n + 1 > at || (parent == dentry && !strcmp(part, "/")))
			break;
		at -= n + 1;
		to[at] = '/';
		memcpy(to + at + 1, part, n);
		if (parent == dentry) /* memfd:... and others that lie in no directory */
			break;
	}
	memmove(to, to + at, size - at);
	return *to;
}

/* ---- mappings ---- */

/* lib/maple_tree.c: the type of a node stands in bits 3 to 6 of what points to it, its address in the others.
 */
enum {
	MAPLE_LEAF_64 = 1,
	MAPLE_RANGE_64 = 2,
	MAPLE_ARANGE_64 = 3,
};

static bool maple_enter(struct kernel *kn, uint64_t entry, uint64_t max)
{
	unsigned int type = entry >> 3 & 0xf, word = kmem_word_bytes(kn->k);
	struct maple *m = &kn->maple[kn->depth + 1];

	if (kn->depth + 1 == MAPLE_DEPTH || type < MAPLE_LEAF_64 || type > MAPLE_ARANGE_64)
		return false;
	/* include/linux/maple_tree.h: nodes of 256 bytes, MAPLE_RANGE64_SLOTS, MAPLE_ARANGE64_SLOTS */
	m->n = type == MAPLE_ARANGE_64 ? (word == 8 ? 10 : 21) : 128 / word;
	m->leaf = type == MAPLE_LEAF_64;
	m->pivots = (entry & ~0xffull) + word;
	m->slots = (entry & ~0xffull) + (uint64_t)word * m->n;
	m->next = 0;
	m->max = max;
	kn->depth++;
	return true;
}

/* The root may be an entry itself. If it is a node, it is marked as in include/linux/xarray.h, xa_is_node().
 */
static bool maple_is_node(uint64_t entry)
{
	return (entry & 3) == 2 && entry > 4096;
}

static void first_mapping(struct kernel *kn, uint64_t mm)
{
	const struct offsets *o = &kn->at;
	uint64_t root;

	kn->depth = -1;
	kn->vma = 0;
	kn->last_end = 0;
	kn->n_mappings = 0;
	kn->brk = kn->stack = 0;
	if (o->mm_brk != ABSENT)
		kmem_pointer(kn->k, mm + o->mm_brk, &kn->brk);
	if (o->mm_stack != ABSENT)
		kmem_pointer(kn->k, mm + o->mm_stack, &kn->stack);
	if (o->mm_mt != ABSENT && o->mt_root != ABSENT) {
		if (kmem_pointer(kn->k, mm + o->mm_mt + o->mt_root, &root) && maple_is_node(root))
			maple_enter(kn, root, UINT64_MAX);
		else
			kn->vma = root;
	} else if (o->mm_mmap != ABSENT) {
		kmem_pointer(kn->k, mm + o->mm_mmap, &kn->vma);
	}
}

/* The next VMA of the tree: 1, 0 at the end, -1 if it is damaged. */
static int maple_next(struct kernel *kn, uint64_t *vma)
{
	unsigned int word = kmem_word_bytes(kn->k);

	while (kn->depth >= 0) {
		struct maple *m = &kn->maple[kn->depth];
		uint64_t entry, pivot = m->max;
		unsigned int i = m->next++;

		if (++kn->n_mappings > MAPPINGS_MAX)
			return -1;
		if (i >= m->n) {
			kn->depth--;
			continue;
		}
		if (i + 1 < m->n && !kmem_uint(kn->k, m->pivots + (uint64_t)i * word, word, &pivot))
			return -1;
		if (i && !pivot) /* the rest of the node is not used */
			pivot = m->max;
		if (!kmem_pointer(kn->k, m->slots + (uint64_t)i * word, &entry))
			return -1;
		if (pivot >= m->max)
			m->next = m->n;
		if (m->leaf && entry && !(entry & 3)) {
			*vma = entry;
			return 1;
		}
		if (!m->leaf && entry && !maple_enter(kn, entry, pivot))
			return -1;
	}
	return 0;
}

static int next_vma(struct kernel *kn, uint64_t *vma)
{
	if (kn->at.mm_mt != ABSENT) {
		*vma = kn->vma;
		kn->vma = 0;
		return *vma ? 1 : maple_next(kn, vma);
	}
	*vma = kn->vma;
	if (!*vma)
		return 0;
	if (++kn->n_mappings > MAPPINGS_MAX || kn->at.vma_next == ABSENT ||
		!kmem_pointer(kn->k, *vma + kn->at.vma_next, &kn->vma))
		return -1;
	return 1;
}

#define VM_HUGETLB 0x400000u /* include/linux/mm.h */

/* The kernel's hstate_vma(): log2 of the pages of a huge page of this mapping; 0 if that cannot be read. */
static unsigned int huge_order(struct kernel *kn, uint64_t file)
{
	const struct offsets *o = &kn->at;
	const uint32_t path[] = { o->file_inode, o->inode_sb, o->sb_info, o->hugetlbfs_hstate };
	uint64_t at = file, order;

	for (size_t i = 0; i < ARRAY_SIZE(path); i++)
		if (path[i] == ABSENT || !kmem_pointer(kn->k, at + path[i], &at))
			return 0;
	if (o->hstate_order == ABSENT || !kmem_uint(kn->k, at + o->hstate_order, 4, &order))
		return 0;
	return order < 40 ? order : 0;
}

int kernel_next_mapping(struct kernel *kn, struct mapping *to, struct swpd_error *err)
{
	const struct offsets *o = &kn->at;
	uint64_t vma, flags = 0, file = 0;
	int got = next_vma(kn, &vma);

	if (!got)
		return 0;
	if (got < 0 || !kmem_pointer(kn->k, vma + o->vma_start, &to->start) ||
		!kmem_pointer(kn->k, vma + o->vma_end, &to->end))
		return fail(err, SWPD_E_FORMAT, 0, "the mappings break off at 0x%llx",
			(unsigned long long)kn->last_end);
	if (to->start >= to->end || to->start < kn->last_end)
		return fail(err, SWPD_E_FORMAT, 0, "the mappings are damaged: 0x%llx-0x%llx after 0x%llx",
			(unsigned long long)to->start, (unsigned long long)to->end,
			(unsigned long long)kn->last_end);
	kn->last_end = to->end;
	to->major = to->minor = 0;
	to->offset = to->inode = 0;
	if (o->vma_flags != ABSENT)
		kmem_pointer(kn->k, vma + o->vma_flags, &flags);
	/* include/linux/mm.h: VM_READ, VM_WRITE, VM_EXEC, VM_SHARED */
	snprintf(to->perms, sizeof(to->perms), "%c%c%c%c", flags & 1 ? 'r' : '-', flags & 2 ? 'w' : '-',
		flags & 4 ? 'x' : '-', flags & 8 ? 's' : 'p');
	to->name[0] = 0;
	to->hugetlb = flags & VM_HUGETLB;
	to->order = 0;
	if (o->vma_file != ABSENT && kmem_pointer(kn->k, vma + o->vma_file, &file) && file) {
		if (!kernel_file_name(kn, file, to->name, sizeof(to->name)))
			snprintf(to->name, sizeof(to->name), "(a file)");
		if (to->hugetlb)
			to->order = huge_order(kn, file);
	} else if (kn->brk >= to->start && kn->brk < to->end) {
		snprintf(to->name, sizeof(to->name), "[heap]");
	} else if (kn->stack >= to->start && kn->stack < to->end) {
		snprintf(to->name, sizeof(to->name), "[stack]");
	}
	return 1;
}

/* ---- tasks ---- */

void kernel_first_task(struct kernel *kn)
{
	kn->task = kn->mark = kn->symbol[SYMBOL_INIT_TASK];
	kn->n_tasks = 0;
	kn->back = false;
	kn->lost = 0;
}

/* The neighbour of a list head, include/linux/list.h, which must point back. */
static bool neighbour(struct kernel *kn, uint64_t link, bool back, uint64_t *to)
{
	unsigned int word = kmem_word_bytes(kn->k);
	uint64_t self;

	return kmem_pointer(kn->k, link + (back ? word : 0), to) &&
	       kmem_pointer(kn->k, *to + (back ? 0 : word), &self) && self == link;
}

/* The next task of the list. Where it is broken, it is followed from its end. Returns as kernel_next_task().
 */
static int next_task(struct kernel *kn, struct swpd_error *err)
{
	uint64_t link = kn->task + kn->at.task_tasks, next;

	if (!kn->back && !neighbour(kn, link, false, &next)) {
		kn->back = true;
		kn->mark = kn->symbol[SYMBOL_INIT_TASK];
		link = kn->symbol[SYMBOL_INIT_TASK] + kn->at.task_tasks;
	}
	if (kn->back && !neighbour(kn, link, true, &next))
		return fail(err, SWPD_E_FORMAT, 0,
			"the list of tasks is broken: %u of them are found from its ends", kn->n_tasks);
	kn->task = next - kn->at.task_tasks;
	if (kn->task == kn->symbol[SYMBOL_INIT_TASK])
		return 0;
	if (kn->task == kn->mark || ++kn->n_tasks > TASKS_MAX)
		return fail(err, SWPD_E_FORMAT, 0,
			"the list of tasks leads back into itself after %u of them", kn->n_tasks);
	if (!(kn->n_tasks & (kn->n_tasks - 1)))
		kn->mark = kn->task;
	return 1;
}

int kernel_next_task(struct kernel *kn, struct process *p, struct swpd_error *err)
{
	const struct offsets *o = &kn->at;
	uint64_t mm, pid, pgd;

	for (;;) {
		int got = next_task(kn, err);

		if (!got && kn->lost)
			return fail(err, SWPD_E_FORMAT, 0, "%u tasks cannot be read", kn->lost);
		if (got <= 0)
			return got;
		if (!kmem_pointer(kn->k, kn->task + o->task_mm, &mm) ||
			!kmem_uint(kn->k, kn->task + o->task_tgid, 4, &pid)) {
			kn->lost++;
			continue;
		}
		if (!mm) /* a kernel thread, or a zombie */
			continue;
		memset(p, 0, sizeof(*p));
		p->pid = pid;
		p->dirfd = -1;
		kmem_read(kn->k, kn->task + o->task_comm, p->comm, 16);
		p->comm[15] = 0;
		if (!kmem_pointer(kn->k, mm + o->mm_pgd, &pgd) || !kmem_translate(kn->k, pgd, &p->pgd))
			p->pgd = 0;
		kn->mm = mm;
		first_mapping(kn, mm);
		return 1;
	}
}

/* ---- counters ---- */

/* Up to 6.1 threads collect changes of the counters of their mm: include/linux/mm.h, SPLIT_RSS_COUNTING. */
static bool add_threads(struct kernel *kn, int64_t *sum)
{
	const struct offsets *o = &kn->at;
	uint64_t signal, head, node, n, users;

	if (!kmem_pointer(kn->k, kn->task + o->task_signal, &signal) ||
		!kmem_pointer(kn->k, head = signal + o->signal_threads, &node) ||
		!kmem_uint(kn->k, kn->mm + o->mm_users, 4, &users))
		return false;
	for (n = 0; node != head && n < THREADS_MAX; n++) {
		uint64_t task = node - o->task_thread, count;

		task += o->task_rss + o->task_rss_count;
		if (!kmem_uint(kn->k, task + 4 * kn->mm_swapents, 4, &count) ||
			!neighbour(kn, node, false, &node))
			return false;
		*sum += (int32_t)count;
	}
	/* another process shares the mm: then not all were seen */
	return node == head && users <= n;
}

/* include/linux/percpu_counter.h: a number, and what each processor has not added to it yet. */
static bool add_processors(struct kernel *kn, uint64_t counter, int64_t *sum)
{
	const struct offsets *o = &kn->at;
	unsigned int word = kmem_word_bytes(kn->k);
	uint64_t counters, n = PROCESSORS_MAX, mask = 0, offset, v;

	if (o->percpu_counters == ABSENT) /* a kernel for one processor */
		return true;
	if (!kn->symbol[SYMBOL_PER_CPU] || !kn->symbol[SYMBOL_POSSIBLE] ||
		!kmem_pointer(kn->k, counter + o->percpu_counters, &counters) ||
		(kn->symbol[SYMBOL_NR_CPUS] && !kmem_uint(kn->k, kn->symbol[SYMBOL_NR_CPUS], 4, &n)) ||
		n > PROCESSORS_MAX)
		return false;
	for (uint64_t cpu = 0; cpu < n; cpu++) {
		unsigned int bit = cpu % (word * 8);

		if (!bit && !kmem_pointer(kn->k, kn->symbol[SYMBOL_POSSIBLE] + cpu / 8, &mask))
			return false;
		if (!(mask >> bit & 1))
			continue;
		if (!kmem_pointer(kn->k, kn->symbol[SYMBOL_PER_CPU] + cpu * word, &offset))
			return false;
		offset += counters;
		if (!kmem_uint(kn->k, word == 4 ? (uint32_t)offset : offset, 4, &v))
			return false;
		*sum += (int32_t)v;
	}
	return true;
}

bool kernel_swapents(struct kernel *kn, int64_t *pages)
{
	const struct offsets *o = &kn->at;
	unsigned int word = kmem_word_bytes(kn->k);
	uint64_t at = kn->mm + o->mm_rss, v;

	if (o->mm_rss == ABSENT || kn->mm_swapents == UINT64_MAX)
		return false;
	if (o->rss_count != ABSENT) {
		if (!kmem_uint(kn->k, at + o->rss_count + kn->mm_swapents * word, word, &v))
			return false;
		*pages = word == 4 ? (int32_t)v : (int64_t)v;
		return o->task_rss == ABSENT || add_threads(kn, pages);
	}
	if (o->percpu_size == ABSENT || o->percpu_count == ABSENT)
		return false;
	at += kn->mm_swapents * o->percpu_size;
	if (!kmem_uint(kn->k, at + o->percpu_count, 8, &v))
		return false;
	*pages = v;
	return add_processors(kn, at, pages);
}
