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
	tsan format format-check lint lint-clang scanned clang programs check-layers \
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
#:                 build/clang
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

$B/unit/%: tests/unit/%.c $(OBJ)
	@mkdir -p $(@D)
	$(say) TEST $@
	$(Q)$(CC) $(CFLAGS_ALL) -MF $@.d $< $(EXTRA) $(OBJ) -o $@ $(LIBS) -lcmocka

# Stand in for the kernel driver and for the PCI bus; see their first lines.
DOUBLE := tests/double/double.c tests/double/double_access.c
%/unit/test_kmd: EXTRA := $(DOUBLE) tests/double/sysfs.c
%/unit/test_pci: EXTRA := tests/double/sysfs.c
$B/unit/test_kmd $B/unit/test_pci: $(wildcard tests/double/*.[ch])

# The contract of the seam, on every chip behind it.
SEAM := $B/seam/seam
$(SEAM): $(wildcard tests/seam/*.[ch]) $(DOUBLE) $(wildcard tests/double/*.h) \
		$(OBJ)
	@mkdir -p $(@D)
	$(say) TEST $@
	$(Q)$(CC) $(CFLAGS_ALL) -MF $@.d $(wildcard tests/seam/*.c) $(DOUBLE) \
		$(OBJ) -o $@ $(LIBS)

DIFF := $B/diff/tensix

# All of the differential tests but their main(); see its first lines.
DIFF_SRC := $(wildcard tests/diff/*.c)
DIFF_OBJ := $(DIFF_SRC:%.c=$B/%.o) $B/device/ttsim_lib.o
%/unit/test_diff: EXTRA := $(filter-out %/main.o,$(DIFF_OBJ))
$B/unit/test_diff: $(DIFF_OBJ)

# The library over that driver, for tests that need all of it.
$B/double/libtt_plugin.so: $(DOUBLE) tests/double/double_host.c \
		$(wildcard tests/double/*.h) $(OBJ)
	@mkdir -p $(@D)
	$(say) LINK $@
	$(Q)$(CC) $(CFLAGS_ALL) -MF $@.d -shared -o $@ $(DOUBLE) \
		tests/double/double_host.c \
		$(filter-out $B/device/kmd_host.o,$(OBJ)) \
		-Wl,--version-script=plugin/tt_plugin.map -Wl,-Bsymbolic \
		-Wl,-z,nodelete $(LIBS)

# Stands in for libttsim; see its first lines.
$B/double/fake_ttsim.so: tests/double/fake_ttsim.c
	@mkdir -p $(@D)
	$(Q)$(CC) -std=gnu11 -D_GNU_SOURCE -O2 -fPIC -shared -I. $(WARN) $< -o $@

$B/unit/test_ttsim: | $B/double/fake_ttsim.so

$B/stress: tests/stress/stress.c $(OBJ)
	@mkdir -p $(@D)
	$(say) TEST $@
	$(Q)$(CC) $(CFLAGS_ALL) -MF $@.d $< $(OBJ) -o $@ $(LIBS)

# ---- fuzzing ----

# A target is tests/fuzz/fuzz_NAME.c and what it adds here. In $F it is linked
# with libFuzzer, in $B with replay.c, which runs the corpus for `check`.
FUZZERS := elf text json cache api rv32 tensix
CORPUS  := tests/fuzz/corpus
F       := build/fuzz
FUZZ_FLAGS := -fsanitize=fuzzer-no-link,address,undefined \
	-fno-omit-frame-pointer -fno-sanitize-recover=all
# Scripts of the differential tests, but not how they are run and compared.
FUZZ_SCRIPTS := $(filter-out $(patsubst %,tests/diff/%.c,main sim campaign pair \
	record minimise coverage file run),$(wildcard tests/diff/*.c))
GUARDED := -Wl,--wrap=mmap,--wrap=munmap

FUZZ_text   := tests/fuzz/chip.c tests/fuzz/guard.c
FUZZ_json   := tests/double/sysfs.c
FUZZ_api    := tests/fuzz/fake_jit.c tests/fuzz/fast_clock.c tests/fuzz/guard.c
FUZZ_rv32   := tests/fuzz/chip.c tests/fuzz/guard.c
FUZZ_tensix := tests/fuzz/chip.c tests/fuzz/guard.c $(FUZZ_SCRIPTS)
FUZZ_LINK_api    := $(GUARDED) -Wl,--wrap=tt_jit_build,--wrap=clock_gettime \
	-Wl,--wrap=pthread_cond_timedwait
FUZZ_LINK_text   := $(GUARDED)
FUZZ_LINK_rv32   := $(GUARDED)
FUZZ_LINK_tensix := $(GUARDED)

# libFuzzer has a main() of its own.
FUZZ_MAIN_SRC := $(if $(FUZZ_MAIN),,tests/fuzz/replay.c)

ifneq ($(FUZZ_MAIN),)
# Comparisons that say little of an input, and are half the time of a run.
$(patsubst %.c,$B/%.o,$(wildcard $(patsubst %,device/emu/%*.c,check code delay \
	rv32 tensix_int8 tensix_m tensix_pack tensix_sfpu tensix_unpack))): \
	CFLAGS_ALL += -fno-sanitize-coverage=trace-cmp
endif

define fuzzer
$$B/fuzz_$1: tests/fuzz/fuzz_$1.c $(FUZZ_MAIN_SRC) $(FUZZ_$1) \
		$$(wildcard tests/fuzz/*.h) $$(OBJ)
	@mkdir -p $$(@D)
	$$(say) TEST $$@
	$$(Q)$$(CC) $$(CFLAGS_ALL) -MF $$@.d $$(filter %.c,$$^) $$(OBJ) \
		$(FUZZ_LINK_$1) $(FUZZ_MAIN) -o $$@ $$(LIBS)
endef
$(foreach f,$(FUZZERS),$(eval $(call fuzzer,$f)))

fuzz: deps-fuzz
	$(Q)$(MAKE) --no-print-directory run-fuzz

run-fuzz:
	$(Q)$(MAKE) --no-print-directory B=$F CC=$(FUZZ_CC) OPT=-O1 \
		CFLAGS='$(FUZZ_FLAGS)' FUZZ_MAIN=-fsanitize=fuzzer fuzzers
	$(Q)$(PYTHON) tests/fuzz/run.py --time $(FUZZ_TIME) --build $F \
		--corpus $(CORPUS) $(FUZZERS)

fuzzers: $(FUZZERS:%=$B/fuzz_%)
	@:

# ---- conformance; docs/conformance.md ----

# A program for any plugin, and a plugin of host memory that it is tried on.
CONFORM     := $B/nxs-conform
HOST_PLUGIN := $B/conform/libhost_plugin.so
HOST_SRC    := $(wildcard tests/conform/host_plugin*.c)
CONFORM_SRC := $(filter-out $(HOST_SRC),\
	$(wildcard tests/conform/*.c))

$(CONFORM): $(CONFORM_SRC:%.c=$B/%.o)
	$(say) LINK $@
	$(Q)$(CC) $(CFLAGS_ALL) $^ -o $@ -ldl -ljansson

$(HOST_PLUGIN): $(HOST_SRC:%.c=$B/%.o)
	@mkdir -p $(@D)
	$(say) LINK $@
	$(Q)$(CC) $(CFLAGS_ALL) -shared -Wl,-Bsymbolic $^ -o $@

# The library with two devices.
CONFORM_ENV := env TT_EMU_DEVICES=2
CONFORM_RUN := $(CONFORM_ENV) $(CONFORM) $(LIB) --strict \
	--kernel tests/kernels/add_f32.cpp add_f32 \
	--const CB@0=2:f32 --const CB@1=2:f32 --const CB@2=2:f32
HOST_RUN    := $(CONFORM_ENV) $(CONFORM) $(HOST_PLUGIN) --strict \
	--kernel tests/conform/host_kernels.txt add_f32
CONFORM_CHECKS := '$(CONFORM_RUN)' '$(HOST_RUN)' \
	'$(PYTHON) tests/conform/mutants.py $(CONFORM)' \
	'$(PYTHON) tests/conform/test_runner.py $(CONFORM) $(HOST_PLUGIN)' \
	'$(PYTHON) tests/conform/test_docs.py'

conform: all $(CONFORM) $(HOST_PLUGIN)
	$(Q)$(TEST_ENV) $(CONFORM_RUN)
	$(Q)$(TEST_ENV) $(HOST_RUN)

$B/bench/seam: tests/bench/seam.c $(OBJ)
	@mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS_ALL) -MF $@.d $< $(OBJ) -o $@ $(LIBS)

$B/bench/seam_double: tests/bench/seam.c $(DOUBLE) tests/double/double_host.c \
		$(wildcard tests/double/*.h) $(OBJ)
	@mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS_ALL) -MF $@.d $< $(DOUBLE) tests/double/double_host.c \
		$(filter-out $B/device/kmd_host.o,$(OBJ)) -o $@ $(LIBS)

$B/abi/header_c: tests/abi/header.c tests/abi/values.h nexus-api.h
	@mkdir -p $(@D)
	$(Q)$(CC) -std=c11 -I. $(WARN) -c $< -o $@

$B/abi/header_cxx: tests/abi/header.cpp tests/abi/values.h nexus-api.h
	@mkdir -p $(@D)
	$(Q)$(CXX) -std=c++17 -I. -Wall -Wextra -Wpedantic -Werror -c $< -o $@

$B/bench/resident $B/bench/dispatch: $B/bench/%: tests/bench/%.c nexus-api.h
	@mkdir -p $(@D)
	$(Q)$(CC) -std=gnu11 -O2 -I. $< -o $@ -ldl

# A cache of its own, so that a test run neither uses nor leaves anything, and
# no real card unless it is asked for.
TEST_ENV = TT_DEVICE=$${TT_DEVICE:-emu} TT_CACHE_DIR=$(abspath $B)/cache TT_PLUGIN_LIB=$(abspath $(LIB)) \
	PYTHONPATH=$(abspath python) PYTHONDONTWRITEBYTECODE=1

check: deps
	$(Q)$(MAKE) --no-print-directory run-check

run-check: all check-layers $(UNIT) $(ABI) $(SEAM) $B/double/libtt_plugin.so \
		$B/stress $(DIFF) $(FUZZERS:%=$B/fuzz_%) $(CONFORM) \
		$(HOST_PLUGIN) $(FAULT)/sweep $(FAULT)/kills
	$(Q)$(TEST_ENV) sh tests/run.sh $(UNIT) '$(SEAM) emu kmd' '$B/stress 3' \
		$(foreach f,$(FUZZERS),'$B/fuzz_$f $(CORPUS)/$f.pack') \
		'$(FAULT)/sweep -e 60' '$(FAULT)/sweep -c -s kernel -o FILES -e 9' \
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

accuracy: deps
	$(Q)$(MAKE) --no-print-directory run-accuracy

run-accuracy: all
	$(Q)$(TEST_ENV) $(PYTHON) tests/accuracy/accuracy.py --write docs/accuracy.md

bench: deps
	$(Q)$(MAKE) --no-print-directory run-bench

run-bench: all $B/bench/resident $B/bench/dispatch
	$(Q)$(TEST_ENV) $(PYTHON) tests/bench/bench.py --json build/bench.json \
		--resident $B/bench/resident --dispatch $B/bench/dispatch

$(DIFF): $(DIFF_OBJ) $(OBJ)
	@mkdir -p $(@D)
	$(say) LINK $@
	$(Q)$(CC) $(CFLAGS_ALL) $(DIFF_OBJ) $(OBJ) -o $@ $(LIBS)

# Scripts per case: 13 cases.
DIFF_N := $(if $(NIGHTLY),7700,200)

check-ttsim: all $(DIFF) $(SEAM)
	$(Q)test -n "$(TTSIM_LIB)" || { echo "set TTSIM_LIB=path of libttsim.so: nothing was compared"; exit 1; }
	$(Q)mkdir -p $B/diff/found
	$(Q)$(TEST_ENV) TTSIM_LIB=$(TTSIM_LIB) $(SEAM) emu kmd ttsim
	$(Q)TTSIM_LIB=$(TTSIM_LIB) $(DIFF) -n $(DIFF_N) -d $B/diff/found
	$(Q)$(TEST_ENV) TTSIM_LIB=$(TTSIM_LIB) $(PYTHON) tests/diff/kernels.py

# Outcomes of ttsim that `check` compares with, where there is no ttsim.
RECORD := tests/data/ttsim-scripts.txt tests/data/ttsim-kernels.txt

record-ttsim: all $(DIFF)
	$(Q)test -n "$(TTSIM_LIB)" || { echo "set TTSIM_LIB=path of libttsim.so: nothing was recorded"; exit 1; }
	$(Q)mkdir -p $B/diff/found tests/data
	$(Q)TTSIM_LIB=$(TTSIM_LIB) $(DIFF) -d $B/diff/found \
		--record $(word 1,$(RECORD))
	$(Q)$(TEST_ENV) TTSIM_LIB=$(TTSIM_LIB) $(PYTHON) tests/diff/kernels.py \
		--every 19 --record $(word 2,$(RECORD))

bench-ttsim: all $B/bench/seam $B/bench/seam_double
	$(Q)test -n "$(TTSIM_LIB)" || { echo "set TTSIM_LIB=path of libttsim.so: nothing was compared"; exit 1; }
	$(Q)$(TEST_ENV) TTSIM_LIB=$(TTSIM_LIB) $(PYTHON) tests/bench/bench.py \
		--json build/bench-ttsim.json --ttsim --seam $B/bench/seam \
		--double $B/bench/seam_double

# The same for longer, on three devices, and what it uses at the end.
soak: $B/stress
	$(Q)$(TEST_ENV) TT_EMU_DEVICES=3 $B/stress $(SOAK_TIME) 6 $$(date +%s) \
		2>/dev/null

stress: $B/stress
	$(Q)$(TEST_ENV) $B/stress $(STRESS_TIME) 2>$B/stress.log

asan:
	$(Q)$(MAKE) --no-print-directory run-check SAN=address,undefined

tsan:
	$(Q)$(MAKE) --no-print-directory run-check SAN=thread

# What the tests run of each line; those that end by a signal leave no counts.
COVERED := $(UNIT) '$(SEAM) emu kmd' '$B/stress 3' \
	'$(DIFF) --recorded $(word 1,$(RECORD))' \
	$(foreach t,$(PYTHON_TESTS),'$(PYTHON) $t')

coverage:
	$(Q)$(MAKE) --no-print-directory run-coverage B=build/cov OPT=-O1 \
		LIBS='$(LIBS) -lgcov' \
		CFLAGS='--coverage -fprofile-update=atomic -Wno-maybe-uninitialized'

run-coverage: all $(UNIT) $(SEAM) $(DIFF) $B/stress $B/double/libtt_plugin.so
	$(Q)find $B -name '*.gcda' -delete
	-$(Q)$(TEST_ENV) sh tests/run.sh $(COVERED)
	$(Q)$(PYTHON) tests/coverage.py $B 90

check-layers:
	$(Q)sh tests/check_layers.sh

# ---- faults ----

# The library with the calls of tests/fault/calls.h redirected; see inject.h.
$(FAULT)/symbols: tests/fault/calls.h
	@mkdir -p $(@D)
	$(Q)sed -n 's/^[A-Z]*(\([a-z_0-9]*\),.*/\1 tt_fault_\1/p' $< > $@.tmp && \
		printf '%s tt_fault_%s\n' free free munmap munmap >> $@.tmp && \
		mv $@.tmp $@

$(FAULT)/library.o: $(OBJ) $(FAULT)/symbols
	@mkdir -p $(@D)
	$(say) REDIR $@
	$(Q)ld -r $(OBJ) -o $@.tmp && \
		objcopy --redefine-syms=$(FAULT)/symbols $@.tmp $@ && rm $@.tmp

FAULT_PARTS := $(FAULT)/library.o $B/tests/fault/inject.o

SCENARIO := $B/tests/fault/scenario.o $B/tests/fault/compiler.o

$(FAULT)/sweep: $B/tests/fault/sweep.o $(SCENARIO) $(FAULT_PARTS)
	$(say) LINK $@
	$(Q)$(CC) $(CFLAGS_ALL) $^ -o $@ $(LIBS)

$(FAULT)/kills: $B/tests/fault/kills.o $(SCENARIO) $(OBJ)
	@mkdir -p $(@D)
	$(say) LINK $@
	$(Q)$(CC) $(CFLAGS_ALL) $^ -o $@ $(LIBS)

$(FAULT)/bin/riscv64-unknown-elf-g++: tests/fault/compiler.sh
	@mkdir -p $(@D)
	$(Q)install -m 755 $< $@

$(FAULT)/unit/%: tests/unit/%.c $(FAULT_PARTS)
	@mkdir -p $(@D)
	$(say) TEST $@
	$(Q)$(CC) $(CFLAGS_ALL) -MF $@.d $< $(EXTRA) $(FAULT_PARTS) -o $@ $(LIBS) \
		-lcmocka

$(FAULT)/unit/test_diff: $(DIFF_OBJ)
$(FAULT)/unit/test_ttsim: | $B/double/fake_ttsim.so

FAULT_UNIT := $(UNIT:$B/unit/%=$(FAULT)/unit/%)

# Every call of a way through the interface, with caches full and empty; then
# every place in the tests of the parts that calls something.
fault:
	$(Q)$(MAKE) --no-print-directory run-fault SAN=address,undefined

$(FAULT)/sweep $(FAULT)/kills: | $(FAULT)/bin/riscv64-unknown-elf-g++

run-fault: $(FAULT)/sweep $(FAULT_UNIT)
	$(Q)$(TEST_ENV) $(FAULT)/sweep
	$(Q)$(TEST_ENV) $(FAULT)/sweep -c -s kernel
	$(Q)$(TEST_ENV) $(PYTHON) tests/fault/unit.py $(FAULT)/unit

# ---- the source text ----

C_FILES := $(shell find pool device jit/*.c jit/*.h plugin tests -name '*.[ch]') nexus-api.h

format:
	$(Q)clang-format -i $(C_FILES)

format-check:
	$(Q)clang-format --dry-run -Werror $(C_FILES)

# Not errors: realloc(3) that shrinks (memleak), a bound that a function checks
# (arrayIndexOutOfBoundsCond), label addresses (assignBoolToPointer), and the
# arithmetic right shifts that gcc and clang define (shift...).
lint:
	$(Q)cppcheck --quiet --std=c11 --enable=warning,portability --inline-suppr \
		--suppress=memleak:device/emu/code.c \
		--suppress=arrayIndexOutOfBoundsCond:device/emu/noc.c \
		--suppress=assignBoolToPointer:device/emu/rv32_run.c \
		--suppress=shiftTooManyBitsSigned --suppress=shiftNegativeLHS \
		--error-exitcode=1 -I. -D_GNU_SOURCE $(SRC) $(PROGRAM)

# All that is compiled from C.
programs: all $(UNIT) $(ABI) $(SEAM) $B/double/libtt_plugin.so $B/stress \
		$(DIFF) $(FUZZERS:%=$B/fuzz_%) $(CONFORM) $(HOST_PLUGIN) \
		$(FAULT)/sweep $(FAULT)/kills $B/bench/seam $B/bench/seam_double \
		$B/bench/resident $B/bench/dispatch
	@:

clang:
	$(Q)$(MAKE) --no-print-directory CC=clang B=build/clang programs

# What scan-build looks at it has to compile: from nothing. ttsim_child is a
# part of the library.
SCAN := build/scan

# One file a process: with several, clang-tidy 14 sees an uninitialised va_list
# in each but the first.
lint-clang:
	$(Q)rm -rf $(SCAN)
	$(Q)scan-build --status-bugs -o $(SCAN)/report \
		$(MAKE) --no-print-directory B=$(SCAN) scanned
	$(Q)printf '%s\n' $(SRC) $(PROGRAM) | xargs -P $(shell nproc) -I{} \
		clang-tidy --quiet {} -- -std=gnu11 -D_GNU_SOURCE -I.

scanned: all $(SEAM) $B/stress $(DIFF) $(CONFORM) $(HOST_PLUGIN) $(FAULT)/sweep \
		$(FAULT)/kills $(FUZZERS:%=$B/fuzz_%) $B/double/libtt_plugin.so
	@:

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
	$(wildcard $B/tests/fault/*.d)
