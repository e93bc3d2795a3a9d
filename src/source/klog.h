/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A kernel log that is read: what its parts share. klog.c goes through the text and gives what stands in it;
 * klog_target.c knows what the log says of its machine; klog_pair.c fits numbers of different lines together.
 * Private to these.
 */
#ifndef SOURCE_KLOG_H
#define SOURCE_KLOG_H

#include "source/message.h"
#include "source/source.h"

#define BUFFER (256 * 1024)
#define SLACK 16        /* message_find() reads beyond the end */
#define HELD_MAX 16     /* entries that wait for their address, or for a line that names the kernel */
#define REPEATS 1024    /* a power of two */
#define POISON_MAX 256
#define FORMS (FORM_SWP_ENTRY + 1)

struct held {
	enum message_kind kind;
	enum swpd_form form;
	enum swpd_level level;
	uint64_t word, at; /* at: byte of the log */
	uint32_t line, column;
	uint64_t near_entry; /* the swp_entry_t that was printed last, and where; line 0: none */
	uint32_t near_line;
	bool wants_address;
	bool freed;     /* a swp_entry_t of which the next line may complain as an entry … */
	bool near_next; /* … and near_entry is such a one, in the line before */
	struct clue clue;
};

struct repeat {
	uint64_t word, vaddr, count;
	uint32_t first, last; /* lines */
	uint8_t form, level;
	char comm[32];
};

/* What the log said about its machine, and in which line. */
struct evidence {
	char release[72];
	const struct arch *arch;
	const struct variant *variant;
	unsigned int page_shift, word_bits;
	uint32_t release_line, arch_line, variant_line, page_line, machine_line;
	bool arch_named; /* in the name of the kernel or of its compiler */
	bool arch_inferred; /* from two numbers that only fit together there */
	bool booted;     /* seen from its beginning */
	bool complained; /* about an entry */
	uint32_t taint;  /* 1 << letter - 'A' */
	char hardware[88];
};

struct klog {
	struct source source;
	struct origin origin;
	struct clue clue;
	struct facts *facts;
	struct swpd_target given; /* what the user said */
	bool host;
	char host_release[72];
	struct evidence evidence;
	uint32_t boot; /* kernels that came before this one */
	struct swpd_decoder decoder[FORMS][SWPD_LEVEL_N];
	uint8_t decoder_made[FORMS];
	bool unsettled; /* the log said something that the target does not show yet */

	int fd;
	bool eof;
	bool binary; /* it does not begin like a text … */
	bool any;    /* … and has a message all the same */
	int error;
	uint64_t base;    /* byte of the log at buffer[0] */
	size_t at, have;  /* searched up to here; bytes in the buffer */
	size_t counted;   /* lines are counted up to here … */
	uint32_t line;    /* … where this line begins or goes on */
	uint64_t line_at; /* byte at which it begins */
	bool quoted;      /* … with what JSON begins with: quotation marks have a backslash */
	uint64_t ripe;    /* entries before this byte wait for nothing more */
	bool idle;        /* nothing more comes for now: look at all there is, and wait for nothing */

	struct held held[HELD_MAX];
	unsigned int n_held, inferences;
	struct held swap_entry; /* the last swp_entry_t, if no entry was matched with it yet: line is not 0 */
	struct {
		uint64_t at, addr;
		unsigned int n; /* since the last walk: if more than one, they belong to several CPUs */
		bool corrupt;
	} fault;
	struct finding findings[4];
	unsigned int n_findings, findings_given;

	struct repeat repeat[REPEATS];
	unsigned int telling;
	bool overflow;
	uint64_t suppressed, swap_errors, bad_entries;
	char first_swap_error[96];
	uint64_t poison[POISON_MAX];
	uint32_t poison_line[POISON_MAX];
	unsigned int n_poison, tell_last;

	uint64_t word;
	uint32_t word_line, word_column;
	char buffer[BUFFER + SLACK];
};

/* A finding of no entry. Few wait at a time: they are given before the log is read on. */
void klog_tell(struct klog *s, enum check_id check, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* ---- klog_target.c ---- */

/* Make the target anew of what the user said and what the log said. Dear: only when an entry asks for it. */
void klog_settle(struct klog *s);

/* The same, if the log said something since. */
void klog_settled(struct klog *s);

/* What decodes such words for the target as it was settled last. It stays the log's. */
const struct swpd_decoder *klog_decoder(struct klog *s, enum swpd_form form, enum swpd_level level);

/* The log names this architecture, and perhaps one of its variants (NULL: not), in this line. */
void klog_learn_arch(struct klog *s, const struct arch *arch, const struct variant *variant, uint32_t line);

/* MESSAGE_BOOT and MESSAGE_RELEASE. Another release than before is another kernel. */
void klog_learn_release(struct klog *s, const struct match *m, uint32_t line);

/* MESSAGE_HARDWARE. */
void klog_learn_hardware(struct klog *s, const struct match *m, uint32_t line);

/* An address was printed with so many digits: as many as a word has. */
void klog_learn_word_bits(struct klog *s, unsigned int digits);

/* Addresses have so many bits: one variant alone may. */
void klog_learn_va_bits(struct klog *s, unsigned int bits, uint32_t line);

/* The entries of a walk: a level that the machine does not have is printed as the one above it. */
void klog_learn_levels(struct klog *s, const struct match *m, uint32_t line);

/* ARCH or ARCH:VARIANT alone prints this message. A hint, which does not stand against the kernel's name. */
void klog_learn_machine(struct klog *s, const char *spec, uint32_t line);

/* MESSAGE_SWAP_ON. */
void klog_learn_device(struct klog *s, const struct match *m);

/* Tells, of a kernel that complained about entries, its hardware and how it was tainted. */
void klog_tell_machine(struct klog *s);

/* ---- klog_pair.c ---- */

/* Where nothing names the architecture, a held PTE and its swp_entry_t may: few pairs fit on several. */
void klog_infer_arch(struct klog *s);

/*
 * Is it the entry for which the kernel printed a swp_entry_t some lines before? Only if it gives that value,
 * here or in the layout of other releases, or all but few bits of it: kernels have printed wrong ones. Fills
 * h->clue.
 */
void klog_pair(struct klog *s, struct held *h);

#endif
