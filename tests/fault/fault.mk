# SPDX-License-Identifier: MIT
# Calls that fail.

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

SWEEP := $B/tests/fault/sweep.o $B/tests/fault/trial.o $B/tests/fault/inject.o \
	$(SCENARIO)

$(FAULT)/sweep: $(SWEEP) $B/tests/fault/plain.o $(FAULT)/library.o
	$(say) LINK $@
	$(Q)$(CC) $(CFLAGS_ALL) $^ -o $@ $(LIBS)

# The simulator's process is talked to, but the fake in it runs no kernels.
SWEEP_TTSIM = env TT_DEVICE=ttsim \
	TTSIM_LIB=$(abspath $B)/double/fake_ttsim.so $(FAULT)/sweep -s device
TALK := poll send recv fcntl pipe2 socketpair memfd_create posix_spawn*
$(FAULT)/sweep: | $B/double/fake_ttsim.so

# Cards behind the double of the driver, with chips of its own: their calls are
# not the library's.
CARDS := $(patsubst %.c,$B/%.o,$(DOUBLE) tests/double/double_host.c) \
	$(filter-out $B/jit/% $B/plugin/% $B/embed.o %/kmd_host.o,$(OBJ))

$(FAULT)/cards.o: $(CARDS)
	@mkdir -p $(@D)
	$(Q)ld -r --force-group-allocation $^ -o $@.tmp && \
		objcopy --redefine-sym tt_kmd_host=tt_double_host \
		-G tt_double_host -G tt_double_card -G tt_double_open_fds \
		-G tt_double_maps -G tt_double_free $@.tmp $@ && rm $@.tmp

$(FAULT)/library_kmd.o: $(filter-out %/kmd_host.o,$(OBJ)) $(FAULT)/symbols
	$(say) REDIR $@
	$(Q)ld -r $(filter %.o,$^) -o $@.tmp && \
		objcopy --redefine-syms=$(FAULT)/symbols $@.tmp $@ && rm $@.tmp

$(FAULT)/sweep_kmd: $(SWEEP) $B/tests/fault/kmd.o $B/tests/double/sysfs.o \
		$(FAULT)/library_kmd.o $(FAULT)/cards.o
	$(say) LINK $@
	$(Q)$(CC) $(CFLAGS_ALL) $^ -o $@ $(LIBS)

# For the checks of the conformance runner.
$(FAULT)/libtt_plugin.so: $(FAULT_PARTS)
	$(say) LINK $@
	$(Q)$(CC) $(CFLAGS_ALL) -shared -o $@ $^ \
		-Wl,--version-script=plugin/tt_plugin.map -Wl,-Bsymbolic \
		-Wl,-z,nodelete $(LIBS)

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

$(FAULT)/unit/test_ttsim: | $B/double/fake_ttsim.so

# Not test_diff: it is about the differential tests, and starts a process for
# each script, in which the first call of a place fails anew.
FAULT_UNIT := $(patsubst $B/unit/%,$(FAULT)/unit/%,\
	$(filter-out %/test_diff,$(UNIT)))

# Every call of a way through the interface, with caches full and empty; then
# every place in the tests of the parts that calls something.
fault:
	$(Q)$(MAKE) --no-print-directory run-fault SAN=address,undefined

$(FAULT)/sweep $(FAULT)/sweep_kmd $(FAULT)/kills: | \
		$(FAULT)/bin/riscv64-unknown-elf-g++

run-fault: $(FAULT)/sweep $(FAULT)/sweep_kmd $(FAULT_UNIT) \
		$(FAULT)/libtt_plugin.so $(CONFORM)
	$(Q)$(TEST_ENV) $(FAULT)/sweep
	$(Q)$(TEST_ENV) $(FAULT)/sweep -c -s kernel
	$(Q)$(TEST_ENV) $(FAULT)/sweep_kmd
	$(Q)$(TEST_ENV) $(SWEEP_TTSIM)
	$(Q)$(TEST_ENV) $(PYTHON) tests/fault/unit.py $(FAULT)/unit
	$(Q)$(TEST_ENV) $(CONFORM_ENV) $(PYTHON) tests/fault/conform.py \
		$(CONFORM) $(FAULT)/libtt_plugin.so $(CONFORM_KERNEL)
