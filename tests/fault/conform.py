#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The checks of the conformance runner with calls of the library failing:

    conform.py RUNNER PLUGIN OPTION...

PLUGIN is the library with its calls redirected (see inject.h), the rest what
the runner takes. Each place that calls something fails once in each of up to
PER_PLACE checks that come by. A check may fail, since it demands success, but
it must come to its end: nothing may crash, hang or be objected to by a
sanitizer.
"""
import collections
import concurrent.futures
import json
import os
import subprocess
import sys
import tempfile

import unit

PER_PLACE = 2
LIMIT = 120  # seconds, of a check

# How the runner calls what it says of a check that did not come to its end.
UNENDED = ("time limit", "crash", "exit")


def run(command, check, extra):
    """Exit status, and what the runner reports of the check."""
    with tempfile.TemporaryDirectory(prefix="tt_fault-") as folder:
        report = os.path.join(folder, "report.json")
        env = dict(os.environ, **unit.OPTIONS, **extra, TMPDIR=folder)
        status = subprocess.run(
            [*command, "--timeout", str(LIMIT), "--check", check,
             "--json", report], env=env, stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, check=False).returncode
        try:
            with open(report, encoding="utf-8") as file:
                return status, json.load(file)["checks"][0]
        except (OSError, ValueError, LookupError):
            return status, {}


def places(command, check):
    """Those that a check comes by, the first time of each."""
    with tempfile.NamedTemporaryFile("r", prefix="tt_fault_list-") as listing:
        status, report = run(command, check, {"TT_FAULT_LIST": listing.name})
        if status != 0:
            sys.exit(f"{check} fails without a fault: {report}")
        return list(dict.fromkeys(listing.read().split()))


def choose(checks, found):
    """(check, place) pairs: each place in the first checks that have it."""
    taken = collections.Counter()
    pairs = []
    for check, there in zip(checks, found):
        for place in there:
            if taken[place] < PER_PLACE:
                taken[place] += 1
                pairs.append((check, place))
    return pairs


def objection(status, report):
    """What is wrong with the outcome, None if nothing is."""
    if status not in (0, 1) or not report:
        return f"the runner ends with {status}"
    if report["outcome"] == "failed" and report["what"] in UNENDED:
        return f"{report['what']}: {report['seen']}"
    if "runtime error:" in report.get("output", ""):
        return "a sanitizer objects"
    return None


def main():
    command = sys.argv[1:]
    listing = subprocess.run([*command[:2], "--list"], check=True, text=True,
                             stdout=subprocess.PIPE).stdout
    checks = [line.partition(":")[0] for line in listing.splitlines()]
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        found = list(pool.map(lambda check: places(command, check), checks))
        pairs = choose(checks, found)
        jobs = pool.map(lambda pair: run(command, pair[0],
                                         {"TT_FAULT": pair[1] + ":1"}), pairs)
        n_bad = n_failed = 0
        for (check, place), (status, report) in zip(pairs, jobs):
            why = objection(status, report)
            n_failed += status == 1
            if why:
                n_bad += 1
                print(f"FAILED {check} with {place}: {why}\n"
                      f"    {report.get('output', '')}", flush=True)
    print(f"{len(checks)} checks, {len({p for _, p in pairs})} places, "
          f"{len(pairs)} faults, {n_failed} seen by a check, {n_bad} went wrong")
    return 1 if n_bad or not pairs else 0


if __name__ == "__main__":
    sys.exit(main())
