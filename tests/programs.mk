# SPDX-License-Identifier: MIT
# Test programs, and what stands in for others below them.

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

$B/abi/header_c: tests/abi/header.c tests/abi/values.h nexus-api.h
	@mkdir -p $(@D)
	$(Q)$(CC) -std=c11 -I. $(WARN) -c $< -o $@

$B/abi/header_cxx: tests/abi/header.cpp tests/abi/values.h nexus-api.h
	@mkdir -p $(@D)
	$(Q)$(CXX) -std=c++17 -I. -Wall -Wextra -Wpedantic -Werror -c $< -o $@

$B/stress: tests/stress/stress.c $(OBJ)
	@mkdir -p $(@D)
	$(say) TEST $@
	$(Q)$(CC) $(CFLAGS_ALL) -MF $@.d $< $(OBJ) -o $@ $(LIBS)

# The same for longer, on three devices, and what it uses at the end.
soak: $B/stress
	$(Q)$(TEST_ENV) TT_EMU_DEVICES=3 $B/stress $(SOAK_TIME) 6 $$(date +%s) \
		2>/dev/null

stress: $B/stress
	$(Q)$(TEST_ENV) $B/stress $(STRESS_TIME) 2>$B/stress.log
