# SPDX-License-Identifier: MIT
# Figures: speed, memory, and how close operations come.

$B/bench/seam: tests/bench/seam.c $(OBJ)
	@mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS_ALL) -MF $@.d $< $(OBJ) -o $@ $(LIBS)

$B/bench/seam_double: tests/bench/seam.c $(DOUBLE) tests/double/double_host.c \
		$(wildcard tests/double/*.h) $(OBJ)
	@mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS_ALL) -MF $@.d $< $(DOUBLE) tests/double/double_host.c \
		$(filter-out $B/device/kmd_host.o,$(OBJ)) -o $@ $(LIBS)

$B/bench/resident $B/bench/dispatch: $B/bench/%: tests/bench/%.c nexus-api.h
	@mkdir -p $(@D)
	$(Q)$(CC) -std=gnu11 -O2 -I. $< -o $@ -ldl

bench: deps
	$(Q)$(MAKE) --no-print-directory run-bench

run-bench: all $B/bench/resident $B/bench/dispatch
	$(Q)$(TEST_ENV) $(PYTHON) tests/bench/bench.py --json build/bench.json \
		--resident $B/bench/resident --dispatch $B/bench/dispatch

bench-ttsim: all $B/bench/seam $B/bench/seam_double
	$(Q)test -n "$(TTSIM_LIB)" || { echo "set TTSIM_LIB=path of libttsim.so: nothing was compared"; exit 1; }
	$(Q)$(TEST_ENV) TTSIM_LIB=$(TTSIM_LIB) $(PYTHON) tests/bench/bench.py \
		--json build/bench-ttsim.json --ttsim --seam $B/bench/seam \
		--double $B/bench/seam_double

accuracy: deps
	$(Q)$(MAKE) --no-print-directory run-accuracy

run-accuracy: all
	$(Q)$(TEST_ENV) $(PYTHON) tests/accuracy/accuracy.py --write docs/accuracy.md
