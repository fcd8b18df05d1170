# SPDX-License-Identifier: EUPL-1.2
#
# make            build            make check    test (installs what it needs)
# make demo       the main job     make asan     test under the sanitizers
# make fuzz       fuzz a minute each             make soak  the long tests
# make ppp        a serial line, in a virtual machine with Debian's kernel
# make bench      figures beside peers           make format
# make install    DESTDIR=, PREFIX=              make clean
#
# Sources are found by folder: src/X/*.c is part of the tree, a src/X with a
# main.c is the program X, tests/*/*.c are tests, fuzz/*.c fuzzers and
# bench/*.c benchmarks: adding one edits nothing here.

.DEFAULT_GOAL := all
SHELL := /bin/sh

B ?= obj
PREFIX ?= /usr/local
CC := $(if $(filter default,$(origin CC)),gcc,$(CC))
FUZZ_SECONDS ?= 60

# ---- what people ask for: the set-up first, then a make that sees it -------

again = @$(MAKE) --no-print-directory
.PHONY: all check demo asan fuzz soak ppp bench install format clean
all:
	@tools/setup build
	$(again) build
check:
	@tools/setup build check
	$(again) check-run
demo:
	@tools/setup build demo
	$(again) build
	@tools/demo $(B)/bin/antin
asan:
	@tools/setup build check dev
	$(again) B=obj/asan CC=clang SAN=1 check-run
fuzz:
	@tools/setup build check dev
	$(again) B=obj/fuzz CC=clang SAN=1 FUZZ=1 fuzz-run
soak:
	@tools/setup build check dev vm
	$(again) soak-run
ppp:
	@tools/setup build check vm
	$(again) ppp-run
bench:
	@tools/setup build bench
	$(again) bench-run
install:
	@tools/setup build
	$(again) build
	$(again) install-run
format:
	@tools/setup dev
	clang-format -i $(shell git ls-files -co --exclude-standard '*.c' '*.h')
clean:
	rm -rf obj

# ---- flags ------------------------------------------------------------------

OPENSSL_DIR := $(shell tools/openssl-dir)
PKGS := libzstd jansson libutf8proc libqrencode sqlite3 libevent_core \
    libseccomp
# by dlopen(): when a form is printed; where there are pages
OPENED := pangocairo libmicrohttpd
ifneq ($(OPENSSL_DIR),)
OPENSSL_CFLAGS := -isystem $(OPENSSL_DIR)/include
OPENSSL_LIBS := -L$(OPENSSL_DIR)/lib \
    -Wl,--disable-new-dtags,-rpath,'$$ORIGIN/../lib/antin':$(OPENSSL_DIR)/lib \
    -lssl -lcrypto
else
OPENSSL_LIBS := -lssl -lcrypto
endif

WARN := -Wall -Wextra -Wconversion -Wsign-conversion -Wshadow -Wvla -Wundef \
    -Wstrict-prototypes -Wmissing-prototypes -Wpointer-arith -Wcast-qual \
    -Wwrite-strings -Wformat=2 -Wswitch-enum -Wdouble-promotion \
    -Wmissing-field-initializers -Werror
HARD := -fPIE -fstack-protector-strong -fstack-clash-protection \
    -fcf-protection -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3
HARD_LD := -pie -Wl,-z,relro,-z,now,-z,noexecstack,--as-needed
OPT := -O2 -g
ifeq ($(SAN),1)
# gcc 12 warns falsely under UBSan: sanitized builds are clang's
HARD := -fPIE -fsanitize=address,undefined -fno-sanitize-recover=all \
    -fno-omit-frame-pointer
HARD_LD := -pie -fsanitize=address,undefined
OPT := -O1 -g
endif
ifeq ($(FUZZ),1)
HARD += -fsanitize=fuzzer-no-link
endif
VERSION := $(shell sed -n 's/^\#\# \([0-9][^ ]*\).*/\1/p' CHANGES.md | head -1)
ALL_CFLAGS := -std=c17 -D_GNU_SOURCE -DANTIN_VERSION='"$(VERSION)"' -Isrc \
    $(WARN) $(HARD) $(OPT) -pthread $(OPENSSL_CFLAGS) \
    $(patsubst -I%,-isystem %,$(shell pkg-config --cflags $(PKGS) $(OPENED) \
    2>/dev/null)) \
    $(CFLAGS)
ALL_LIBS := $(OPENSSL_LIBS) $(shell pkg-config --libs $(PKGS) 2>/dev/null) \
    -pthread
LINK = $(CC) $(HARD_LD) $(LDFLAGS)

# ---- what there is ------------------------------------------------------------

PROGRAMS := $(patsubst src/%/main.c,%,$(wildcard src/*/main.c))
# the processes of the daemon belong to it
PROC_SRC := $(wildcard src/proc_*/*.c)
PROGRAM_SRC := $(foreach p,$(PROGRAMS),$(wildcard src/$(p)/*.c)) $(PROC_SRC)
LIB_SRC := $(filter-out $(PROGRAM_SRC),$(wildcard src/*/*.c))
TEST_SRC := $(filter-out tests/tap.c,$(wildcard tests/*/*.c))
FUZZ_SRC := $(filter-out fuzz/replay.c,$(wildcard fuzz/*.c))
BENCH_SRC := $(wildcard bench/*.c)

obj = $(patsubst %.c,$(B)/%.o,$(1))
LIB := $(B)/libantin.a
ANTIND := $(call obj,$(filter-out %/main.c,$(wildcard src/antind/*.c)) \
    $(PROC_SRC))
BINS := $(PROGRAMS:%=$(B)/bin/%)
TESTS := $(TEST_SRC:%.c=$(B)/%.t)
FUZZERS := $(FUZZ_SRC:%.c=$(B)/%)
REPLAYS := $(FUZZ_SRC:%.c=$(B)/%.replay)
BENCHES := $(BENCH_SRC:%.c=$(B)/%)

.PHONY: build check-run fuzz-run soak-run ppp-run bench-run install-run tests
build: $(BINS)
tests: $(TESTS)

# the law's files, where the programs look for them
RULES := $(B)/share/antin/rules
$(BINS): | $(RULES)/.made
build: $(RULES)/.made
$(RULES)/.made: rules $(wildcard rules/*.rules)
	@rm -rf $(RULES)
	@install -d $(RULES)
	@install -m 644 rules/*.rules $(RULES)/
	@touch $@

$(B)/%.o: %.c
	@mkdir -p $(@D)
	$(if $(V),,@echo "  cc  $<")
	$(if $(V),,@)$(CC) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

$(B)/po/vi.c: po/vi.po tools/catalogue
	@mkdir -p $(@D)
	@tools/catalogue po/vi.po >$@.new && mv $@.new $@
$(B)/po/vi.o: $(B)/po/vi.c
	@$(CC) $(ALL_CFLAGS) -c -o $@ $<

# the pages: made by esbuild, and part of the library
PAGES := $(B)/web/assets.c
$(PAGES): web/build.mjs web/package-lock.json $(shell find web/src -type f)
	@echo "  web $@"
	@node web/build.mjs $(shell tools/pages-dir) $(B)/web
$(B)/web/assets.o: $(PAGES) src/web/asset.h
	@$(CC) $(ALL_CFLAGS) -c -o $@ $<
$(B)/web/.checked: $(PAGES)
	@echo "  tsc web"
	@node $(shell tools/pages-dir)/node_modules/typescript/lib/tsc.js \
	    -p $(B)/web
	@touch $@

$(LIB): $(call obj,$(LIB_SRC)) $(B)/po/vi.o $(B)/web/assets.o
	@rm -f $@
	@ar rcs $@ $^

define program
$(B)/bin/$(1): $(call obj,$(wildcard src/$(1)/*.c) $(2)) $(LIB)
	@mkdir -p $$(@D)
	@echo "  ld  $$@"
	@$$(LINK) -o $$@ $$^ $$(ALL_LIBS)
endef
$(foreach p,$(PROGRAMS),$(eval $(call program,$(p),\
    $(if $(filter antind,$(p)),$(PROC_SRC)))))

$(B)/tests/%.t: $(B)/tests/%.o $(B)/tests/tap.o $(LIB)
	@$(LINK) -o $@ $^ $(ALL_LIBS)
$(B)/tests/antind/%.t: $(B)/tests/antind/%.o $(B)/tests/tap.o $(ANTIND) $(LIB)
	@$(LINK) -o $@ $^ $(ALL_LIBS)
# the daemon with a clock that can be set
$(B)/tests/station/clocks.t $(B)/tests/station/drafts.t \
    $(B)/tests/station/duty.t \
    $(B)/tests/station/outage.t $(B)/tests/station/thin_days.t \
    $(B)/tests/station/thin_contact.t: \
    $(B)/tests/station/%.t: $(B)/tests/station/%.o $(B)/tests/tap.o \
    $(ANTIND) $(LIB)
	@$(LINK) -Wl,--wrap=time_now $(WRAP) -o $@ $^ $(ALL_LIBS)
$(B)/tests/station/thin_contact.t: WRAP := -Wl,--wrap=process_ms
# it chooses what passphrases cost
$(B)/bench/office: WRAP := -Wl,--wrap=argon2_default
# they make stations as tests do
$(B)/bench/%: $(B)/bench/%.o $(B)/tests/tap.o $(LIB)
	@$(LINK) $(WRAP) -o $@ $^ $(ALL_LIBS)
$(B)/fuzz/%.replay: $(B)/fuzz/%.o $(B)/fuzz/replay.o $(LIB)
	@$(LINK) -o $@ $^ $(ALL_LIBS)
$(B)/fuzz/%: $(B)/fuzz/%.o $(LIB)
	@$(LINK) -fsanitize=fuzzer -o $@ $^ $(ALL_LIBS)

# ---- what runs ------------------------------------------------------------------

SCRIPTS := $(wildcard tests/*.t tests/*/*.t)
LSAN := suppressions=$(CURDIR)/tests/lsan.supp:print_suppressions=0
check-run: $(TESTS) $(REPLAYS) $(BINS) $(B)/web/.checked
	@ANTIN_B=$(B) ANTIN_SAN=$(SAN) LSAN_OPTIONS=$(LSAN) prove -j3 --timer --exec '' \
	    $(sort $(TESTS)) $(SCRIPTS)

fuzz-run: $(FUZZERS)
	@tools/fuzz $(B) $(FUZZ_SECONDS) $(FUZZERS)

soak-run:
	@ANTIN_SOAK=1 $(MAKE) --no-print-directory check-run
	@ANTIN_SOAK=1 $(MAKE) --no-print-directory ppp-run
	@$(MAKE) --no-print-directory FUZZ_SECONDS=900 fuzz

ppp-run: $(B)/tests/station/thin_ppp.t $(BINS)
	@ANTIN_B=$(B) ANTIN_PPP=1 tools/in-vm -t 7200 prove --timer --exec '' \
	    $(B)/tests/station/thin_ppp.t

bench-run: $(BENCHES) $(BINS)
	@bench/run $(B)

install-run:
	install -d $(DESTDIR)$(PREFIX)/bin
	install -m 755 $(BINS) $(DESTDIR)$(PREFIX)/bin/
	if [ -n "$(OPENSSL_DIR)" ]; then \
	    install -d $(DESTDIR)$(PREFIX)/lib/antin; \
	    install -m 644 $(OPENSSL_DIR)/lib/libcrypto.so.3 \
	        $(OPENSSL_DIR)/lib/libssl.so.3 \
	        $(DESTDIR)$(PREFIX)/lib/antin/; \
	fi
	install -d $(DESTDIR)$(PREFIX)/lib/systemd/system
	sed 's|^ExecStart=|&$(PREFIX)/bin/|' etc/antind.service \
	    >$(DESTDIR)$(PREFIX)/lib/systemd/system/antind.service
	chmod 644 $(DESTDIR)$(PREFIX)/lib/systemd/system/antind.service
	install -D -m 644 etc/antin.sysusers \
	    $(DESTDIR)$(PREFIX)/lib/sysusers.d/antin.conf
	install -d $(DESTDIR)$(PREFIX)/share/antin/rules
	rm -f $(DESTDIR)$(PREFIX)/share/antin/rules/*.rules
	install -m 644 rules/*.rules $(DESTDIR)$(PREFIX)/share/antin/rules/
	install -D -m 644 etc/antind.conf \
	    $(DESTDIR)$(PREFIX)/share/doc/antin/antind.conf
	for m in $$(cd man && ls *.[1-8] vi/*.[1-8]); do \
	    l=$${m%/*}; [ "$$l" = "$$m" ] && l=; \
	    install -D -m 644 man/$$m \
	    $(DESTDIR)$(PREFIX)/share/man/$$l/man$${m##*.}/$${m##*/}; \
	done

.SECONDARY:
-include $(shell find $(B) -name '*.d' -type f 2>/dev/null)
