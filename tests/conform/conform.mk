# SPDX-License-Identifier: MIT
# The contract of nexus-api.h; docs/conformance.md.

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
CONFORM_KERNEL := --kernel tests/kernels/add_f32.cpp add_f32 \
	--const CB@0=2:f32 --const CB@1=2:f32 --const CB@2=2:f32
CONFORM_RUN := $(CONFORM_ENV) $(CONFORM) $(LIB) --strict $(CONFORM_KERNEL)
HOST_RUN    := $(CONFORM_ENV) $(CONFORM) $(HOST_PLUGIN) --strict \
	--kernel tests/conform/host_kernels.txt add_f32
CONFORM_CHECKS := '$(CONFORM_RUN)' '$(HOST_RUN)' \
	'$(PYTHON) tests/conform/mutants.py $(CONFORM)' \
	'$(PYTHON) tests/conform/test_runner.py $(CONFORM) $(HOST_PLUGIN)' \
	'$(PYTHON) tests/conform/test_docs.py'

conform: all $(CONFORM) $(HOST_PLUGIN)
	$(Q)$(TEST_ENV) $(CONFORM_RUN)
	$(Q)$(TEST_ENV) $(HOST_RUN)
