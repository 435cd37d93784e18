#!/bin/sh
# SPDX-License-Identifier: MIT
# Runs test programs one after the other: a line each, output only of failures.
#     tests/run.sh PROGRAM...
# Exit status of a program: 0 passed, 77 skipped (its last line says why).
set -u
limit=${TEST_TIMEOUT:-300}
passed=0 failed=0 skipped=0
log=$(mktemp) || exit 2
trap 'rm -f "$log"' EXIT

for program in "$@"; do
    # shellcheck disable=SC2086 # a program may come with arguments
    timeout "$limit" $program >"$log" 2>&1 </dev/null
    status=$?
    case $status in
    0)
        passed=$((passed + 1))
        printf 'ok      %s\n' "$program"
        ;;
    77)
        skipped=$((skipped + 1))
        printf 'skipped %s: %s\n' "$program" "$(tail -n 1 "$log")"
        ;;
    *)
        failed=$((failed + 1))
        cat "$log"
        printf 'FAILED  %s (exit status %s)\n' "$program" "$status"
        ;;
    esac
done
printf '%d passed, %d failed, %d skipped\n' "$passed" "$failed" "$skipped"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
