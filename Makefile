# SPDX-License-Identifier: MIT
# tt_plugin: `make help` lists the targets.

CC       ?= gcc
CXX      ?= g++
# Debian's interpreter: that is where `deps` puts NumPy.
PYTHON   ?= /usr/bin/python3
prefix   ?= /usr/local
FUZZ_TIME ?= 60
STRESS_TIME ?= 60
SOAK_TIME ?= 60
# libFuzzer is clang's.
FUZZ_CC  ?= clang
SAN      ?=
V        ?= 0

# An interpreter that opens a sanitized library must have its runtime, has
# blocks of its own at the end, and a test forks one with threads.
RUNTIME := $(if $(findstring address,$(SAN)),libasan.so)$(if \
	$(findstring thread,$(SAN)),libtsan.so)
ifneq ($(RUNTIME),)
PYTHON := env LD_PRELOAD=$(shell $(CC) -print-file-name=$(RUNTIME)) \
	ASAN_OPTIONS=detect_leaks=0 \
	TSAN_OPTIONS=die_after_fork=0 $(PYTHON)
export TEST_TIMEOUT ?= 3000
endif

# As many jobs as processors, unless -j says how many.
ifeq ($(MAKELEVEL)$(findstring -j,$(MAKEFLAGS)),0)
MAKEFLAGS += -j$(shell nproc)
endif

ifeq ($(V),0)
Q := @
say = @printf '  %-7s %s\n'
else
Q :=
say = @:
endif

# One build directory per compiler and sanitizer, so that they do not mix.
B := build$(if $(SAN),/$(SAN))

WARN := -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wstrict-prototypes \
	-Wmissing-prototypes -Wcast-align -Wundef -Werror
# Texts that are cut off at the end of their buffer are cut off on purpose.
WARN += -Wno-unknown-warning-option -Wno-format-truncation
OPT  ?= -O3
CFLAGS_ALL := -std=gnu11 -D_GNU_SOURCE $(OPT) -g -fPIC -fvisibility=hidden \
	-pthread -I. -MMD -MP $(WARN) $(if $(SAN),-fsanitize=$(SAN) \
	-fno-omit-frame-pointer -fno-sanitize-recover=all) $(CFLAGS)
LIBS := -ldl -lm -lpthread -lpci -ljansson

# A program of its own, which the library carries.
PROGRAM := device/ttsim_child.c device/ttsim_lib.c

SRC := $(filter-out $(PROGRAM),\
	$(wildcard pool/*.c device/*.c device/emu/*.c jit/*.c plugin/*.c))
OBJ := $(SRC:%.c=$B/%.o) $B/embed.o $B/device/ttsim_embed.o
LIB := $B/libtt_plugin.so

EMBEDDED := $(shell find jit/include jit/firmware -type f) device/l1_map.h

# The sanitizer's test runs kernels of the others, which are compiled by then.
PYTHON_LAST  := tests/python/test_check.py
PYTHON_TESTS := $(filter-out $(PYTHON_LAST),$(wildcard tests/python/test_*.py)) \
	$(PYTHON_LAST)
UNIT     := $(patsubst tests/unit/%.c,$B/unit/%,$(wildcard tests/unit/test_*.c))
ABI      := $B/abi/header_c $B/abi/header_cxx
FAULT    := $B/fault

.PHONY: all demo check accuracy bench check-ttsim record-ttsim bench-ttsim asan \
	tsan format format-check lint lint-clang scanned clang run-clang programs check-layers \
	deps deps-fuzz deps-lint install \
	help clean run-check run-demo run-bench run-accuracy run-fuzz \
	stress soak fuzz fuzzers conform fault run-fault coverage \
	run-coverage
.DEFAULT_GOAL := all

all: $(LIB)

help:
	@sed -n 's/^#: //p' Makefile

#: all             build build/libtt_plugin.so
#: demo            install what is missing, build, run the demonstration
#: check           install what is missing, build, run every test
#: accuracy        measure the errors of all operations; writes docs/accuracy.md
#: bench           measure; table and build/bench.json
#: check-ttsim     the tests of the seam on all chips, and the differential
#:                 tests (TTSIM_LIB=path of libttsim.so); with NIGHTLY=1 100100
#:                 scripts instead of 2600
#: record-ttsim    write what ttsim does to tests/data, for `check` (TTSIM_LIB=)
#: bench-ttsim     embedded chip beside ttsim in one run (TTSIM_LIB=)
#: stress          threads that use everything at random (STRESS_TIME= seconds;
#:                 SAN=thread: under ThreadSanitizer)
#: fuzz            random inputs for FUZZ_TIME seconds each: ELF images, cache
#:                 files, calls of the interface, RISC-V and Tensix code, JSON;
#:                 installs clang. What is found is in build/fuzz/found
#: conform         judge the library, and a plugin of host memory, by the
#:                 contract of nexus-api.h; build/nxs-conform judges any plugin
#: soak            threads on three devices for SOAK_TIME= seconds; memory and
#:                 handles every ten seconds, growth is a failure
#: fault           every call that can fail fails once, in every place (an hour)
#: coverage        lines that the tests run, per file and folder; at least 90 %
#: asan, tsan      the tests under sanitizers (asan includes UBSan)
#: lint            cppcheck; lint-clang: scan-build and clang-tidy, which takes
#:                 minutes (deps-lint installs all three)
#: clang           the library and every test program, compiled by clang in
#:                 build/clang; runs the unit tests
#: format          clang-format in place; format-check only looks
#: check-layers    no layer includes one above it
#: deps            install the Debian packages that are missing (deps-fuzz:
#:                 those of fuzz)
#: install         library, header and Python package (DESTDIR=, prefix=)
#: clean           remove build/

# ---- library ----

$B/%.o: %.c
	@mkdir -p $(@D)
	$(say) CC $<
	$(Q)$(CC) $(CFLAGS_ALL) -c $< -o $@

$B/embed.S: jit/embed.sh $(EMBEDDED)
	@mkdir -p $(@D)
	$(say) EMBED $@
	$(Q)sh jit/embed.sh > $@.tmp && mv $@.tmp $@

$B/embed.o: $B/embed.S
	$(Q)$(CC) -c $< -o $@

# Without sanitizers: it runs in a process where a foreign library says when
# and how it ends.
$B/ttsim_child: $(PROGRAM) device/ttsim_lib.h device/ttsim_proto.h
	@mkdir -p $(@D)
	$(say) LINK $@
	$(Q)$(CC) -std=gnu11 -D_GNU_SOURCE -O2 -fPIE -pie -pthread -I. $(WARN) \
		$(PROGRAM) -s -Wl,-z,relro,-z,now,-z,noexecstack -o $@ -ldl

$B/device/ttsim_embed.o: device/ttsim_embed.S $B/ttsim_child
	@mkdir -p $(@D)
	$(Q)$(CC) -DTTSIM_PROGRAM='"$B/ttsim_child"' -c $< -o $@

# -Bsymbolic and the export map: the host opens plugins with RTLD_GLOBAL.
# -z nodelete: a library that has had threads must stay mapped.
$(LIB): $(OBJ) plugin/tt_plugin.map
	$(say) LINK $@
	$(Q)$(CC) -shared $(if $(SAN),-fsanitize=$(SAN)) -o $@.tmp $(OBJ) \
		-Wl,--version-script=plugin/tt_plugin.map -Wl,-Bsymbolic \
		-Wl,-z,nodelete -Wl,-z,relro,-z,now,-z,noexecstack \
		$(if $(SAN),,-Wl,-z,defs) $(LIBS) && mv $@.tmp $@

# ---- tests ----

# Each file: programs, and the targets that run them.
include tests/programs.mk tests/diff/diff.mk tests/fuzz/fuzz.mk \
	tests/conform/conform.mk tests/fault/fault.mk tests/bench/bench.mk

# A cache of its own, so that a test run neither uses nor leaves anything, and
# no real card unless it is asked for.
TEST_ENV = TT_DEVICE=$${TT_DEVICE:-emu} TT_CACHE_DIR=$(abspath $B)/cache TT_PLUGIN_LIB=$(abspath $(LIB)) \
	PYTHONPATH=$(abspath python) PYTHONDONTWRITEBYTECODE=1

check: deps
	$(Q)$(MAKE) --no-print-directory run-check

# All that is compiled for the tests, but the unit tests.
TEST_PROGRAMS := $(SEAM) $B/double/libtt_plugin.so $B/stress $(DIFF) \
	$(FUZZERS:%=$B/fuzz_%) $(CONFORM) $(HOST_PLUGIN) $(FAULT)/sweep \
	$(FAULT)/sweep_kmd $(FAULT)/kills

run-check: all check-layers $(UNIT) $(ABI) $(TEST_PROGRAMS)
	$(Q)$(TEST_ENV) sh tests/run.sh $(UNIT) '$(SEAM) emu kmd' '$B/stress 3' \
		$(foreach f,$(FUZZERS),'$B/fuzz_$f $(CORPUS)/$f.pack') \
		'$(FAULT)/sweep -j 1 -e 60' \
		'$(FAULT)/sweep -j 1 -c -s kernel -o FILES -b 2 -e 60' \
		'$(FAULT)/sweep_kmd -j 1 -o card_* -o pci_* -o opendir -e 40' \
		'$(SWEEP_TTSIM) -j 1 -b 1 -e 100 $(TALK:%=-o %)' \
		'$(FAULT)/kills' \
		'$(DIFF) --recorded $(word 1,$(RECORD))' \
		'$(PYTHON) tests/diff/kernels.py --recorded $(word 2,$(RECORD))' \
		'sh tests/abi/exports.sh $(LIB)' \
		'$(PYTHON) tests/check_instructions.py' $(CONFORM_CHECKS) \
		$(foreach t,$(PYTHON_TESTS),'$(PYTHON) $t')

demo: deps
	$(Q)$(MAKE) --no-print-directory run-demo

run-demo: all
	$(Q)TT_PLUGIN_LIB=$(abspath $(LIB)) PYTHONPATH=python $(PYTHON) python/demo.py

asan:
	$(Q)$(MAKE) --no-print-directory run-check SAN=address,undefined

tsan:
	$(Q)$(MAKE) --no-print-directory run-check SAN=thread

include tests/source.mk

# ---- machine ----

DEPS := gcc g++ libc6-dev libcmocka-dev libpci-dev libjansson-dev \
	gcc-riscv64-unknown-elf python3 python3-numpy

deps-fuzz: DEPS += clang libclang-rt-14-dev

deps-lint: DEPS := cppcheck clang clang-tools clang-tidy clang-format

deps deps-fuzz deps-lint:
	@missing=$$(for p in $(DEPS); do \
		dpkg-query -W -f='$${Status}' $$p 2>/dev/null | \
		grep -q 'ok installed' || printf '%s ' $$p; done); \
	test -z "$$missing" && exit 0; \
	sudo=; test "$$(id -u)" = 0 || sudo=sudo; \
	echo "installing: $$missing"; \
	$$sudo apt-get update -qq && $$sudo env DEBIAN_FRONTEND=noninteractive \
		apt-get install -y -qq --no-install-recommends $$missing >/dev/null

# Where Debian's interpreter looks: without a version only below /usr.
PY_DIR = $(DESTDIR)$(prefix)/lib/python3$(if $(filter-out /usr,$(prefix)),$(shell \
	$(PYTHON) -c 'import sys; print(".%d" % sys.version_info[1])'))/dist-packages/nexus

install: all
	install -d $(DESTDIR)$(prefix)/lib $(DESTDIR)$(prefix)/include $(PY_DIR)
	install -m 755 $(LIB) $(DESTDIR)$(prefix)/lib/
	install -m 644 nexus-api.h $(DESTDIR)$(prefix)/include/
	install -m 644 python/nexus/*.py $(PY_DIR)/
	$(if $(DESTDIR),,ldconfig)

clean:
	$(Q)rm -rf build

-include $(OBJ:.o=.d) $(DIFF_OBJ:.o=.d) $(CONFORM_SRC:%.c=$B/%.d) \
	$(HOST_SRC:%.c=$B/%.d) $(wildcard $B/unit/*.d) \
	$(wildcard $B/tests/fault/*.d) $(wildcard $B/tests/double/*.d)
