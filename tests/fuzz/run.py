#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Runs fuzzing targets and prints what came of it:

    run.py --time SECONDS --build DIR --corpus DIR [--jobs N] [--keep] NAME...

NAME is that of a target, DIR/fuzz_NAME of --build. Its corpus is one file,
NAME.pack of --corpus, in which each input follows its size in four bytes. What
a run adds stays in the build directory for the next run; with --keep the packed
file becomes the smallest part of it all that reaches every edge. Inputs that
fail are kept in DIR/found, with what the target said of them. Exit status 1 if
there are any.
"""
import argparse
import collections
import concurrent.futures
import hashlib
import os
import pathlib
import re
import shutil
import struct
import subprocess
import sys

MAX_LEN = 1024       # bytes of an input; enough for what any target reads
TIMEOUT = 60         # seconds after which an execution counts as a hang: much, as
                     # busy machines let a process stand for long
SLOW_MS = 10000      # of an input alone, which is then a finding
MAX_PACKED = 300 << 10

Result = collections.namedtuple(
    "Result", "name seconds executions rate edges corpus found")


def unpack(data):
    inputs = []
    while data:
        (size,) = struct.unpack_from("<I", data)
        inputs.append(data[4:4 + size])
        if len(inputs[-1]) != size:
            raise ValueError("an input is cut off")
        data = data[4 + size:]
    return inputs


def pack(inputs):
    return b"".join(struct.pack("<I", len(i)) + i for i in inputs)


def environment(build):
    """Of a target: a small quarantine, since chips come and go."""
    cache = build.resolve() / "cache"
    return dict(os.environ, TT_CACHE_DIR=str(cache),
                ASAN_OPTIONS="quarantine_size_mb=16:allocator_may_return_null=1",
                UBSAN_OPTIONS="print_stacktrace=1")


class Target:
    """One target with its folders."""

    def __init__(self, name, arguments):
        self.name = name
        self.build = pathlib.Path(arguments.build)
        self.program = self.build / f"fuzz_{name}"
        self.packed = pathlib.Path(arguments.corpus) / f"{name}.pack"
        self.folder = self.build / "corpus" / name
        self.found = self.build / "found"
        self.time = arguments.time
        self.folder.mkdir(parents=True, exist_ok=True)
        self.found.mkdir(parents=True, exist_ok=True)
        if self.packed.exists():
            for data in unpack(self.packed.read_bytes()):
                name = hashlib.sha1(data).hexdigest()
                (self.folder / name).write_bytes(data)

    def call(self, *arguments):
        return subprocess.run(
            [str(self.program), *arguments], env=environment(self.build),
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE, text=True, errors="replace", check=False)

    def artifacts(self):
        return set(self.found.glob(f"{self.name}-*[0-9a-f]"))

    def explain(self, artifact):
        """Once more, with all that the target says. False if it was the machine
        that stood still."""
        said = self.call(f"-timeout={TIMEOUT}", str(artifact))
        artifact.with_name(artifact.name + ".txt").write_text(said.stderr)
        took = re.findall(r"in (\d+) ms$", said.stderr, re.M)
        return (said.returncode != 0 or not took or int(took[-1]) > SLOW_MS or
                not artifact.name.startswith((f"{self.name}-slow-unit",
                                              f"{self.name}-timeout")))

    def run(self):
        before = self.artifacts()
        # 2: what the plugin logs is left out.
        said = self.call(
            f"-max_total_time={self.time}", f"-max_len={MAX_LEN}",
            f"-timeout={TIMEOUT}", "-len_control=10", "-close_fd_mask=2",
            "-print_final_stats=1", f"-artifact_prefix={self.found}/{self.name}-",
            str(self.folder))
        (self.build / f"{self.name}.log").write_text(said.stderr)
        found = [a for a in sorted(self.artifacts() - before) if self.explain(a)]
        return self.result(said, found)

    def result(self, said, found):
        def last(pattern):
            values = re.findall(pattern, said.stderr, re.M)
            return int(values[-1]) if values else 0

        executions = last(r"^stat::number_of_executed_units:\s+(\d+)")
        seconds = last(r"^Done \d+ runs in (\d+) second") or self.time
        timed_out = "libFuzzer: timeout" in said.stderr
        if said.returncode and not found and not timed_out:
            found = [f"exit status {said.returncode}, see {self.name}.log"]
        return Result(self.name, seconds, executions, executions // max(seconds, 1),
                      last(r" cov: (\d+)"), last(r" corp: (\d+)/"), found)

    def keep(self):
        """The packed corpus anew; by edges alone, however often they are taken."""
        small = self.build / "corpus" / f"{self.name}.small"
        shutil.rmtree(small, ignore_errors=True)
        small.mkdir()
        said = self.call("-set_cover_merge=1", "-use_counters=0",
                         f"-max_len={MAX_LEN}", "-close_fd_mask=2", str(small),
                         str(self.folder))
        if said.returncode:
            raise RuntimeError(said.stderr)
        inputs = sorted((f.read_bytes() for f in small.iterdir()),
                        key=lambda i: (len(i), i))
        packed = pack(inputs)
        print(f"{self.packed}: {len(inputs)} inputs, {len(packed)} bytes")
        if len(packed) > MAX_PACKED:
            raise RuntimeError("too large to keep")
        self.packed.parent.mkdir(parents=True, exist_ok=True)
        self.packed.write_bytes(packed)


def report(results):
    print(f"{'target':8} {'seconds':>8} {'executions':>11} {'per second':>11} "
          f"{'edges':>7} {'corpus':>7} {'found':>6}")
    for r in results:
        print(f"{r.name:8} {r.seconds:8} {r.executions:11} {r.rate:11} "
              f"{r.edges:7} {r.corpus:7} {len(r.found):6}")
    for r in results:
        for what in r.found:
            print(f"{r.name}: {what}")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--time", type=int, default=60)
    parser.add_argument("--build", required=True)
    parser.add_argument("--corpus", required=True)
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    parser.add_argument("--keep", action="store_true")
    parser.add_argument("names", nargs="+")
    arguments = parser.parse_args()
    targets = [Target(name, arguments) for name in arguments.names]
    with concurrent.futures.ThreadPoolExecutor(arguments.jobs) as pool:
        results = list(pool.map(Target.run, targets))
    report(results)
    if arguments.keep:
        for target in targets:
            target.keep()
    return 1 if any(r.found for r in results) else 0


if __name__ == "__main__":
    sys.exit(main())
