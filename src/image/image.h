/* SPDX-License-Identifier: GPL-2.0-or-later */
/* image: the kernel as a file. Today its ELF symbols, through libelf. */
#ifndef IMAGE_IMAGE_H
#define IMAGE_IMAGE_H

#include "util/util.h"

/* A symbol that somebody wants to know about. */
struct image_symbol {
	const char *name;
	bool found;
	uint64_t address, size; /* bytes; 0 if the symbol table does not say */
};

struct image_info {
	unsigned int word_bytes; /* 4 or 8 */
	size_t symbols;          /* in its symbol table; 0: stripped */
	bool locals;             /* static symbols are there too, so a missing one does not exist */
	char release[72];        /* from its linux_banner; empty if there is none */
};

/*
 * Look up n symbols in the .symtab of an ELF file open at fd (read at any position; not closed) and fill
 * *info. The file is not trusted. Returns 0, or -1 with *err filled if it is not an ELF file or is damaged.
 */
int image_symbols(int fd, struct image_symbol *wanted, size_t n, struct image_info *info,
	struct swpd_error *err);

#endif
