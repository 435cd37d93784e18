#!/bin/sh
# SPDX-License-Identifier: MIT
# Runs test programs, TEST_JOBS at once (default: one for each processor): a
# line each, output only of failures.
#     tests/run.sh PROGRAM...
# Exit status of a program: 0 passed, 77 skipped (its last line says why).
set -u

# run.sh --one FOLDER PROGRAM: one of them; leaves a file named for its outcome.
if [ "${1-}" = --one ]; then
    folder=$2 program=$3
    log=$(mktemp "$folder/log.XXXXXX") || exit 2
    start=$(date +%s)
    # shellcheck disable=SC2086 # a program may come with arguments
    timeout "${TEST_TIMEOUT:-900}" $program >"$log" 2>&1 </dev/null
    status=$?
    seconds=$(($(date +%s) - start))
    case $status in
    0)
        outcome=passed
        line="ok      $program ($seconds s)"
        ;;
    77)
        outcome=skipped
        line="skipped $program: $(tail -n 1 "$log")"
        ;;
    *)
        outcome=failed
        line="FAILED  $program (exit status $status)"
        ;;
    esac
    mv "$log" "$log.$outcome"
    # One write, so that lines of programs that end together do not mix.
    if [ $outcome = failed ]; then
        printf '%s\n%s\n' "$(cat "$log.$outcome")" "$line"
    else
        printf '%s\n' "$line"
    fi
    exit 0
fi

count() {
    find "$folder" -name "log.*.$1" | wc -l
}

folder=$(mktemp -d) || exit 2
trap 'rm -rf "$folder"' EXIT
for program in "$@"; do
    printf '%s\0' "$program"
done | xargs -0 -P "${TEST_JOBS:-$(nproc)}" -n 1 sh "$0" --one "$folder"
passed=$(count passed) failed=$(count failed) skipped=$(count skipped)
printf '%d passed, %d failed, %d skipped\n' "$passed" "$failed" "$skipped"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ] &&
    [ $((passed + skipped)) -eq $# ]
