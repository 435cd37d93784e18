#!/bin/sh
# SPDX-License-Identifier: MIT
# No layer includes one above it (or beside it): pool <- device, jit <- plugin.
# One exception: device/l1_map.h is plain C that the firmware shares.
set -u
bad=0

forbid() { # folder, pattern of includes it may not have
    # shellcheck disable=SC2086
    found=$(grep -rnE "^[[:space:]]*#[[:space:]]*include[[:space:]]+\"($2)/" \
        --include='*.c' --include='*.h' "$1" | grep -v '"device/l1_map.h"')
    if [ -n "$found" ]; then
        printf '%s\n' "$found"
        bad=1
    fi
}

forbid pool 'device|jit|plugin|tests'
forbid device 'jit|plugin|tests'
forbid jit 'device|plugin|tests'
forbid plugin 'tests|device/emu'
[ "$bad" -eq 0 ] && echo 'layers: no include goes up or sideways'
exit "$bad"
