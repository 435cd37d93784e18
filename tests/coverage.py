#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Line coverage from what gcc --coverage left beside the objects:

    coverage.py FOLDER [LEAST]

Sums per folder of the sources, lists what no test has run, and fails if a
folder is below LEAST per cent. A line of several objects counts once. Files of
instructions that this processor lacks are listed, but not in the sums.
"""
import collections
import gzip
import json
import os
import subprocess
import sys
import tempfile

FOLDERS = ("plugin", "pool", "jit", "device", "device/emu")


def counts_of(data):
    """{file: {line: count}} of one .gcda file."""
    with tempfile.TemporaryDirectory() as out:
        subprocess.run(["gcov", "--json-format", os.path.abspath(data)],
                       cwd=out, check=True, stdout=subprocess.DEVNULL,
                       stderr=subprocess.DEVNULL)
        for name in os.listdir(out):
            with gzip.open(os.path.join(out, name), "rt") as file:
                report = json.load(file)
            for entry in report["files"]:
                yield os.path.normpath(entry["file"]), {
                    line["line_number"]: line["count"]
                    for line in entry["lines"]}


def ranges(lines):
    """Line numbers as text, neighbours joined."""
    found = []
    for line in sorted(lines):
        if found and line - found[-1][1] <= 1:
            found[-1][1] = line
        else:
            found.append([line, line])
    return ", ".join(str(a) if a == b else f"{a}-{b}" for a, b in found)


def can_run(source):
    """Whether this processor has the instructions of a file."""
    if not source.endswith("_avx512.c"):
        return True
    with open("/proc/cpuinfo") as file:
        return " avx512f " in file.read()


def main():
    total = collections.defaultdict(collections.Counter)
    for folder, _, names in os.walk(sys.argv[1]):
        for name in names:
            if name.endswith(".gcda"):
                for source, lines in counts_of(os.path.join(folder, name)):
                    if os.path.dirname(source) in FOLDERS:
                        total[source].update(lines)
    least = float(sys.argv[2]) if len(sys.argv) > 2 else 0.0
    low = not total
    for source, lines in sorted(total.items()):
        missed = [line for line, count in lines.items() if not count]
        print(f"{source}: {100 - 100 * len(missed) / len(lines):.1f} %"
              + ("; left out, the processor has no AVX-512"
                 if not can_run(source) else
                 f"; not run: {ranges(missed)}" if missed else ""))
    for folder in FOLDERS:
        lines = [count for source, found in total.items()
                 if os.path.dirname(source) == folder and can_run(source)
                 for count in found.values()]
        if not lines:
            continue
        rate = 100 * sum(count > 0 for count in lines) / len(lines)
        low = low or rate < least
        print(f"{folder:12} {len(lines):6} lines {rate:6.1f} %")
    sys.exit(bool(low))


main()
