# SPDX-License-Identifier: GPL-2.0-or-later
#
#   make           the tool: build/swpdecode      make check   all tests; some: T=PATTERN
#   make demo      the main job, shown            make install DESTDIR= prefix=/usr/local, and uninstall
#   make bench     how fast, as ratios to other ways; some: T=PATTERN
#   make oracle KSRC=DIR      compare the rows with the headers of a kernel source tree
#   make mutate    plant wrong bits in rows, and see which test catches each; SEED=1 COUNT=200
#   make deps      install what the build needs; deps-check: and what the tests need. DRY=1 prints the command
#   make lint      scripts and man pages          make clean
#
#   SAN=address,undefined  build and test with sanitizers, aside in build/san-address-undefined/
#   DEV=0 or 1             is a warning an error? (in a git checkout: yes)
#   LIVE=required          a live test that cannot run is a failure (with CI=true: always)
#   V=1                    show the commands
#
# Capitals and the folders below are for the caller to set, small letters are this file's own.

VERSION     = 0.1.0

prefix      = /usr/local
exec_prefix = $(prefix)
bindir      = $(exec_prefix)/bin
datarootdir = $(prefix)/share
mandir      = $(datarootdir)/man
bashcompdir = $(datarootdir)/bash-completion/completions
zshcompdir  = $(datarootdir)/zsh/site-functions
fishcompdir = $(datarootdir)/fish/vendor_completions.d

CFLAGS     ?= -O2 -g
PKG_CONFIG ?= pkg-config
INSTALL    ?= install
# The distribution's own: another python3 in PATH would not see the packages that deps installs.
PYTHON     ?= /usr/bin/python3
DEV        ?= $(if $(wildcard .git),1,0)

MAKEFLAGS  += -r
.SUFFIXES:
.DELETE_ON_ERROR:
.PHONY: all check demo bench fuzz oracle mutate deps deps-check install uninstall lint clean

# --- what there is --------------------------------------------------------------------------------

comma   := ,
b       := build$(if $(SAN),/san-$(subst $(comma),-,$(SAN)))
tool    := $(b)/swpdecode
library := $(b)/libswpdecode.a
runner  := $(b)/tests/check
hold    := $(b)/tests/hold

objects  = $(patsubst %.c,$(b)/%.o,$(sort $(wildcard $1)))
in_lib  := $(filter-out $(b)/src/cli/%,$(call objects,src/*/*.c))
in_tool := $(call objects,src/cli/*.c $(if $(SAN),tests/sanitizer.c))
in_test := $(call objects,tests/test_*.c)

all: $(tool)

# --- what the compiler is told --------------------------------------------------------------------

# Rows leave out what is zero, so a missing initializer is no mistake here.
warn    := -Wall -Wextra -Wno-missing-field-initializers -Wshadow -Wstrict-prototypes -Wmissing-prototypes \
	   -Wold-style-definition -Wpointer-arith -Wvla -Wundef -Wwrite-strings -Wformat=2 \
	   -Wimplicit-fallthrough -Wdate-time $(if $(filter 1,$(DEV)),-Werror)
san     := $(if $(SAN),-fsanitize=$(SAN) -fno-sanitize-recover=all -fno-omit-frame-pointer)

# pkg-config's answer, or the bare flag where there is no .pc file.
pc       = $(or $(shell $(PKG_CONFIG) --cflags --libs $1 2>/dev/null),$2)
# libkmod is loaded by the run that needs it.
found   := $(call pc,libelf,-lelf) $(filter-out -l%,$(call pc,libkmod)) $(call pc,zlib,-lz)
# glibc before 2.34 has threads in a library of their own.
libs    := $(filter -l% -L% -Wl%,$(found)) -lpthread
# musl has no argp: there it is a library of its own.
libs    += $(if $(wildcard /usr/lib/libargp.a /usr/lib/libargp.so),-largp)
incs    := $(filter-out $(libs),$(found))
# Only the tests want it: asked when they are made.
criterion = $(call pc,criterion,-lcriterion)

# _GNU_SOURCE has the value that a plain #define in a source gives it, so that both may stand.
cpp     := -D_GNU_SOURCE= -D_FILE_OFFSET_BITS=64 -DSWPD_VERSION='"$(VERSION)"' -Isrc -Iinclude $(incs)
compile  = $(CC) -std=gnu11 $(warn) $(san) '-ffile-prefix-map=$(CURDIR)=.' -MMD -MP \
	   $(cpp) $(CPPFLAGS) $(CFLAGS)
link     = $(CC) $(san) $(CFLAGS) -Wl,--as-needed $(LDFLAGS)

# A stamp holds a text and counts as new when the text has changed: other flags rebuild everything, a source
# that came or went makes the archive and the programs anew.
flags   := $(compile) | $(link) $(libs) $(LDLIBS) | $(AR)
members := $(in_tool) $(in_lib) $(in_test)

define stamp
ifneq ($$(file <$(b)/$1),$$($1))
.PHONY: $(b)/$1
endif
$(b)/$1: private export TEXT = $$($1)
endef
$(foreach s,flags members,$(eval $(call stamp,$s)))

extra =
say   = $(if $(V),,@printf '  %-4s %s\n' $1 $@;)

# Everything waits for the flags, and they, where a goal asks for it, for what is missing to be installed.
$(b)/flags: | $(or $(if $(filter check,$(MAKECMDGOALS)),deps-check),$(if $(filter demo,$(MAKECMDGOALS)),deps))
	@sh .ci/deps look must && mkdir -p $(@D) && printf '%s\n' "$$TEXT" >$@

$(b)/members: | $(b)/flags
	@printf '%s\n' "$$TEXT" >$@

$(b)/%.o: %.c $(b)/flags
	@mkdir -p $(@D)
	$(call say,CC)$(compile) $(extra) -c -o $@ $<

# Made anew, or members of deleted sources would stay; q, since two rooms may have files of the same name.
$(library): $(in_lib) $(b)/members
	@rm -f $@
	$(call say,AR)$(AR) qcDs $@ $(in_lib)

$(tool): $(in_tool) $(library) $(b)/members
	$(call say,LD)$(link) -o $@ $(in_tool) $(library) $(libs) $(LDLIBS)

-include $(members:.o=.d) $(hold).d $(mutant:.o=.d)

# --- tests ----------------------------------------------------------------------------------------

$(in_test): private extra = $(filter-out -l%,$(criterion))
$(runner): $(in_test) $(library) $(b)/members
	$(call say,LD)$(link) -o $@ $(in_test) $(library) $(criterion) $(libs) $(LDLIBS)

# A kernel's own headers as the judge of its row: only a compiler is needed, and the tree.
$(b)/tests/oracle: tests/oracle.c $(library)
	@mkdir -p $(@D)
	$(call say,LD)$(compile) $(LDFLAGS) -o $@ $< $(library) $(libs)

oracle: export CC := $(CC)
oracle: $(b)/tests/oracle
	@sh tests/oracle.sh '$(KSRC)' $(CURDIR)/$(b)/tests/oracle

# How many wrong bits in rows do the tests see? Copies of the tool and of the tests that begin with one.
SEED  = 1
COUNT = 200
NEED  = 0
# types.c is compiled anew: what reads its own tables may have been optimized into numbers.
mutant := $(b)/tests/mutate.o $(b)/tests/mutate_types.o
$(b)/tests/mutate_types.o: src/core/types.c $(b)/flags
	@mkdir -p $(@D)
	$(call say,CC)$(compile) -O0 -c -o $@ $<

$(b)/tests/mutant: $(mutant) $(in_tool) $(library)
	$(call say,LD)$(link) -o $@ $(mutant) $(in_tool) $(library) $(libs) $(LDLIBS)

$(b)/tests/mutants.o: private extra = $(filter-out -l%,$(criterion))
$(b)/tests/mutants: $(b)/tests/mutants.o $(mutant) $(in_test) $(library)
	$(call say,LD)$(link) -o $@ $^ $(libs) $(LDLIBS)

mutate: export SWPDECODE := $(CURDIR)/$(b)/tests/mutant
mutate: export FIXTURES  := $(CURDIR)/fixtures
mutate: export SRCDIR    := $(CURDIR)
mutate: $(b)/tests/mutant $(b)/tests/mutants
	@$(b)/tests/mutants $(SEED) $(COUNT) $(NEED)

# Never with sanitizers: it is looked at from outside, and their shadow memory would be all there is to see.
$(hold): private san =
$(hold): tests/hold.c $(b)/flags
	@mkdir -p $(@D)
	$(call say,LD)$(compile) -pthread $(LDFLAGS) -o $@ $<

check: export SWPDECODE := $(CURDIR)/$(tool)
check: export HOLD      := $(CURDIR)/$(hold)
check: export FIXTURES  := $(CURDIR)/fixtures
check: export SRCDIR    := $(CURDIR)
check: export SWPD_LIVE := $(or $(LIVE),$(if $(filter true,$(CI)),required))
check: $(tool) $(runner) $(hold)
	@sh tests/check.sh $(runner) '$(T)'

# clang's libFuzzer: what it is fed is a dump.
FUZZ_CC = clang

fuzz: tests/fuzz_dump.c
	@mkdir -p build
	$(FUZZ_CC) -std=gnu11 -g -O1 -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=all $(cpp) $(CPPFLAGS) \
		-o build/fuzz $< $(wildcard src/util/*.c src/arch/*.c src/core/*.c src/image/*.c src/walk/*.c) $(libs)

$(b)/tests/bench_%: tests/bench_%.c $(b)/flags
	@mkdir -p $(@D)
	$(call say,LD)$(compile) $(LDFLAGS) -o $@ $<

$(b)/tests/bench_klog: tests/ordinary.h src/source/messages.def

bench: $(tool) $(b)/tests/bench_klog $(b)/tests/bench_live
	@sh tests/bench.sh $(tool) $(b)/tests '$(T)'

demo: $(tool) $(hold)
	@sh tests/demo.sh $(tool) $(hold)

lint:
	shellcheck .ci/deps .ci/run $(wildcard tests/*.sh completions/*.bash)
	$(if $(wildcard man/*.1),mandoc -Tlint -Wwarning $(wildcard man/*.1))

# --- what is needed -------------------------------------------------------------------------------

export PYTHON PM SWPD_DUMPS SWPD_DAMAGE
compiler = $(CC) $(incs) $(filter-out -l%,$(criterion)) $(CPPFLAGS) $(CFLAGS)
deps deps-check $(b)/flags: private export COMPILER = $(compiler)
deps:       ; @sh .ci/deps $(if $(DRY),print,install) build
deps-check: ; @sh .ci/deps $(if $(DRY),print,install) check

# --- where it goes --------------------------------------------------------------------------------

# FILE:PLACE:MODE of what exists; install and uninstall read the same rows.
to      = $(foreach f,$(wildcard $1),$f:$2/$(or $3,$(notdir $f)):644)
places  = $(tool):$(bindir)/swpdecode:755 \
	  $(call to,man/*.1,$(mandir)/man1) \
	  $(call to,completions/swpdecode.bash,$(bashcompdir),swpdecode) \
	  $(call to,completions/_swpdecode,$(zshcompdir)) \
	  $(call to,completions/swpdecode.fish,$(fishcompdir))
put     = $(INSTALL) -D -m $(word 3,$1) $(word 1,$1) '$(DESTDIR)$(word 2,$1)'
drop    = rm -f '$(DESTDIR)$(word 2,$1)'
define newline


endef

install: $(tool)
	$(foreach p,$(places),$(call put,$(subst :, ,$p))$(newline))

uninstall:
	$(foreach p,$(places),$(call drop,$(subst :, ,$p))$(newline))

clean:
	rm -rf build
