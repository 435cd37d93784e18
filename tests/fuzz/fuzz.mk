# SPDX-License-Identifier: MIT
# Random input.

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
