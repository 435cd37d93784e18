# SPDX-License-Identifier: MIT
# The embedded chip beside ttsim, instruction by instruction.

DIFF := $B/diff/tensix

# All of the differential tests but their main(); see its first lines.
DIFF_SRC := $(wildcard tests/diff/*.c)
DIFF_OBJ := $(DIFF_SRC:%.c=$B/%.o) $B/device/ttsim_lib.o
%/unit/test_diff: EXTRA := $(filter-out %/main.o,$(DIFF_OBJ))
$B/unit/test_diff: $(DIFF_OBJ)

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
