#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Test programs once for each place of the library that calls something that
can fail, with that call failing:

    unit.py FOLDER [PROGRAM...]

FOLDER holds test programs whose library is redirected (see inject.h) and built
with sanitizers. An assertion of a test may fail, since tests demand success, and
so may those of later tests, which find what a test left that ended there (that
a call which failed does not spoil the next is what sweep.c looks at). Nothing
may crash, hang, leak or be objected to by a sanitizer. Leaks are looked at if no
test failed, those of blocks that the library made: a test may be handed memory.
"""
import collections
import concurrent.futures
import os
import re
import subprocess
import sys
import tempfile

LIMIT = float(os.environ.get("FAULT_LIMIT", "300"))

OPTIONS = {
    "ASAN_OPTIONS": "exitcode=99:handle_segv=2:handle_sigbus=2:handle_sigfpe=2:"
                    "handle_sigill=2:handle_abort=2:allocator_may_return_null=1",
    "UBSAN_OPTIONS": "print_stacktrace=1:exitcode=99",
    "LSAN_OPTIONS": "exitcode=98",
}


def run(program, extra):
    """Exit status and output; "hangs" if it does."""
    with tempfile.TemporaryDirectory(prefix="tt_fault-") as folder:
        env = dict(os.environ, **OPTIONS, **extra,
                   TT_CACHE_DIR=os.path.join(folder, "cache"), TMPDIR=folder)
        process = subprocess.Popen(
            program.split(), env=env, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            start_new_session=True)
        try:
            output = process.communicate(timeout=LIMIT)[0]
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, 9)
            return "hangs", process.communicate()[0].decode(errors="replace")
    return process.returncode, output.decode(errors="replace")


def places(program):
    """Every place that calls something, once."""
    with tempfile.NamedTemporaryFile("r", prefix="tt_fault_list-") as listing:
        status, output = run(program, {"TT_FAULT_LIST": listing.name})
        if status == 77:
            return []
        if status != 0:
            sys.exit(f"{program} fails without a fault: {status}\n{output}")
        return list(dict.fromkeys(listing.read().split()))


def failed_tests(output):
    return len(set(re.findall(r"\[  (?:FAILED|ERROR)  +\] (\w+)$", output, re.M)))


def is_of_test(output):
    """Whether all that leaked was made by tests themselves."""
    leaks = re.findall(r"leak of .*\n(?: +#\d.*\n)+", output)
    return leaks and all(
        "/unit/test_" in re.sub(r" *#\d.*(__interceptor|/inject\.c|libcmocka).*\n",
                               "", leak).splitlines()[1] for leak in leaks)


def objection(program, status, output):
    """What is wrong with the outcome, None if nothing is."""
    if status == "hangs":
        return "hangs"
    if status == 98 and (failed_tests(output) or is_of_test(output)):
        return None
    if status in (98, 99) or "runtime error:" in output:
        return "a sanitizer objects"
    if status < 0 or "Test failed with exception" in output:
        return "crashes"
    return None


def sweep(program, pool):
    name = os.path.basename(program)
    found = places(program)
    jobs = {pool.submit(run, program, {"TT_FAULT": place + ":1"}): place
            for place in found}
    n_bad = n_failed = 0
    for job in concurrent.futures.as_completed(jobs):
        status, output = job.result()
        why = objection(program, status, output)
        n_failed += status != 0
        if why:
            n_bad += 1
            print(f"FAILED {name} with {jobs[job]}: {why} ({status})")
            print("    " + "\n    ".join(output.splitlines()[-60:]), flush=True)
    print(f"{name}: {len(found)} faults, {n_failed} seen by a test, {n_bad} bad",
          flush=True)
    return collections.Counter(place.split("@")[0] for place in found), n_bad


def main():
    folder, programs = sys.argv[1], sys.argv[2:]
    # A compiler that remembers: see compiler.sh.
    os.environ["PATH"] = ":".join([os.path.abspath(
        os.path.join(folder, "../bin")), os.environ["PATH"]])
    if not programs:
        programs = sorted(f for f in os.listdir(folder) if "." not in f)
    total, bad = collections.Counter(), 0
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for program in programs:
            counts, n_bad = sweep(os.path.join(folder, program), pool)
            total += counts
            bad += n_bad
    for name, n in sorted(total.items()):
        print(f"{name:34} {n:5}")
    print(f"{sum(total.values())} faults, {bad} went wrong")
    sys.exit(bool(bad or not total))


if __name__ == "__main__":
    main()
