# SPDX-License-Identifier: MIT
# The source text, what compilers and analysers say of it, and how much of it
# the tests run.

check-layers:
	$(Q)sh tests/check_layers.sh

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
programs: all $(UNIT) $(ABI) $(TEST_PROGRAMS) $B/bench/seam \
		$B/bench/seam_double $B/bench/resident $B/bench/dispatch
	@:

clang:
	$(Q)$(MAKE) --no-print-directory CC=clang B=build/clang run-clang

run-clang: programs
	$(Q)$(TEST_ENV) sh tests/run.sh $(UNIT)

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

scanned: all $(TEST_PROGRAMS)
	@:

# What the tests run of each line, several times slower; those that end by a
# signal leave no counts.
COVERED := $(UNIT) '$(SEAM) emu kmd' '$B/stress 3' \
	'$(DIFF) --recorded $(word 1,$(RECORD))' \
	$(foreach t,$(PYTHON_TESTS),'$(PYTHON) $t')

coverage:
	$(Q)$(MAKE) --no-print-directory run-coverage B=build/cov OPT=-O1 \
		LIBS='$(LIBS) -lgcov' \
		CFLAGS='--coverage -fprofile-update=atomic -Wno-maybe-uninitialized'

run-coverage: all $(UNIT) $(SEAM) $(DIFF) $B/stress $B/double/libtt_plugin.so
	$(Q)find $B -name '*.gcda' -delete
	-$(Q)$(TEST_ENV) TEST_TIMEOUT=$${TEST_TIMEOUT:-3000} sh tests/run.sh $(COVERED)
	$(Q)$(PYTHON) tests/coverage.py $B 90
