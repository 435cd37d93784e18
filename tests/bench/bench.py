#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Measures, prints a table and writes JSON: medians, peers in the same run.

    bench.py --json build/bench.json             the embedded chip
    bench.py --json F --ttsim --seam PROGRAM --double PROGRAM
                                                 beside ttsim (TTSIM_LIB)

Every row is measured in child processes, so that each starts from nothing.
"""

import argparse
import ctypes
import json
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
import zlib

import numpy as np

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.join(HERE, "..", "..")
KERNELS = os.path.join(ROOT, "tests", "kernels")
sys.path.insert(0, os.path.join(ROOT, "python"))
sys.path.insert(0, os.path.join(ROOT, "tests", "python"))

import nexus  # noqa: E402
from fake_bus import add_card  # noqa: E402

SAMPLES = "samples "


def device():
    """The first device of the plugin."""
    return nexus.get_runtimes()[0].get_device(0)


def schedule_of(dev, kernel, buffers, dtype, grid, tail=(), consts=(),
                pages=(2, 2, 2)):
    """A finalized schedule that runs one kernel of tests/kernels; pages: sizes
    of its circular buffers."""
    library = dev.create_library(os.path.join(KERNELS, kernel + ".cpp"))
    schedule = dev.create_schedule()
    command = schedule.create_command(library.get_kernel(kernel))
    for i, argument in enumerate(list(buffers) + list(tail)):
        if isinstance(argument, nexus.Buffer):
            command.set_arg(i, argument)
        else:
            command.set_arg(i, value=argument)
    for i, n_pages in enumerate(pages):
        command.set_const(i, value=n_pages, name="CB", dtype=dtype)
    for i, (name, value) in enumerate(consts):
        command.set_const(32 + i, value=value, name=name, dtype="i32")
    start = time.perf_counter()
    command.finalize(grid)
    schedule.finalize_ms = (time.perf_counter() - start) * 1e3
    return schedule


def run_ms(schedule, repeats):
    """Durations of runs, in ms, after one that warms up."""
    times = []
    for _ in range(repeats + 1):
        schedule.run(blocking=True)
        times.append(schedule.get_property_float("ElapsedTime"))
    return times[1:]


# ---- rows: each returns a list of samples ----

def row_add(dtype, kernel, cores, tiles_per_core, repeats):
    """us per tile of a streaming add."""
    dev = device()
    rows = cores * tiles_per_core
    kind = nexus.dtypes.parse(dtype)
    rng = np.random.default_rng(1)
    data = [rng.standard_normal((rows * 32, 32), np.float32) for _ in range(2)]
    buffers = [dev.create_buffer(x, kind) for x in data]
    buffers.append(dev.create_buffer(data[0].shape, kind))
    # One work item per core.
    schedule = schedule_of(dev, kernel, buffers, dtype, (cores, 1, 1), consts=[
        ("DEFINE:TILES_PER_ITEM", tiles_per_core)])
    return [t * 1e3 / rows for t in run_ms(schedule, repeats)]


def row_matmul(cores, kt, repeats, fidelity=4):
    """us per pair of tiles of a product with 32-bit Dst, by MATH_FIDELITY."""
    dev = device()
    rng = np.random.default_rng(1)
    a = rng.standard_normal((cores * 32, kt * 32), np.float32)
    b = rng.standard_normal((kt * 32, 32), np.float32)
    buffers = [dev.create_buffer(x, "bf16") for x in (a, b)]
    buffers.append(dev.create_buffer((cores * 32, 32), "bf16"))
    schedule = schedule_of(dev, "matmul", buffers, "bf16", (cores, 1, 1),
                           tail=[1, kt],
                           consts=[("FP32_DEST_ACC", 1),
                                   ("MATH_FIDELITY", fidelity)])
    return [t * 1e3 / (cores * kt) for t in run_ms(schedule, repeats)]


def integer_results(source, rounds):
    """What tests/kernels/integer.cpp computes."""
    result = np.zeros(1024, np.uint32)
    powers = np.cumprod(np.concatenate([[1], np.full(1023, 31)]),
                        dtype=np.uint32)[::-1]
    for r in range(rounds):
        work = source + np.uint32(r) * np.arange(1024, dtype=np.uint32)
        a, b = work[:512].reshape(2, 16, 16)
        codes = work.view(np.uint8)[:1024] & 31
        text = np.where(codes < 26, codes + 97, 32).astype(np.uint8).tobytes()
        turned = b" ".join(word[::-1] for word in text.split(b" "))
        out = [zlib.crc32(work), zlib.crc32(np.ascontiguousarray(a @ b)),
               (np.frombuffer(turned, np.uint8) * powers).sum(dtype=np.uint32),
               zlib.crc32(np.sort(work[:256]))]
        at = 4 * r % 1024
        result[at:at + 4] += np.array(out, np.uint32)
    return result


def row_integer(rounds, repeats):
    """us per round of integer work on one data-movement core."""
    dev = device()
    source = np.random.default_rng(1).integers(0, 2 ** 32, 1024, np.uint32)
    target = dev.create_buffer((1024,), "u32")
    schedule = schedule_of(dev, "integer", [dev.create_buffer(source, "u32"),
                                            target], "u32", (1, 1, 1),
                           tail=[rounds])
    times = run_ms(schedule, repeats)
    if (target.copy_to_host() != integer_results(source, rounds)).any():
        sys.exit("integer work: wrong results")
    return [t * 1e3 / rounds for t in times]


def row_exp(cores, tiles_per_core, repeats):
    """us per tile of the exponential function of bfloat16."""
    dev = device()
    rows = cores * tiles_per_core
    rng = np.random.default_rng(1)
    x = rng.standard_normal((rows * 32, 32), np.float32)
    buffers = [dev.create_buffer(x, "bf16"),
               dev.create_buffer(x.shape, "bf16")]
    schedule = schedule_of(
        dev, "unary", buffers, "bf16", (cores, 1, 1), tail=[0], pages=(2, 2),
        consts=[("DEFINE:TILES_PER_ITEM", tiles_per_core),
                ("COMPUTE_DEFINE:TEST_INIT=exp_tile_init()", 0),
                ("COMPUTE_DEFINE:TEST_CALL=exp_tile(0)", 0)])
    return [t * 1e3 / rows for t in run_ms(schedule, repeats)]


def row_softmax(cores, rows_per_core, repeats):
    """us per tile of a softmax over rows of 1024, 32 rows to a core at once."""
    dev = device()
    rows = cores * rows_per_core
    rng = np.random.default_rng(1)
    x = rng.standard_normal((rows * 32, 1024), np.float32)
    buffers = [dev.create_buffer(x, "bf16"),
               dev.create_buffer(x.shape, "bf16")]
    schedule = schedule_of(dev, "softmax", buffers, "bf16", (cores, 1, 1),
                           pages=(32, 1, 2, 1, 32, 1),
                           consts=[("DEFINE:ROWS_PER_ITEM", rows_per_core)])
    return [t * 1e3 / (rows * 32) for t in run_ms(schedule, repeats)]


def row_compile():
    """ms of finalize() with an empty cache directory."""
    dev = device()
    buffers = [dev.create_buffer((32, 32), "bf16") for _ in range(3)]
    return [schedule_of(dev, "add_tiles", buffers, "bf16", 1).finalize_ms]


def row_compile_memory():
    """ms of finalize() of a program this process has built before; of the
    library, without the thread that lets Ctrl-C end the wait for it."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    dev = device()
    buffers = [dev.create_buffer((32, 32), "bf16") for _ in range(3)]
    return [schedule_of(dev, "add_tiles", buffers, "bf16", 1).finalize_ms
            for _ in range(22)][1:]


def row_copy(direction, dtype):
    """(seconds of nxsCopyBuffer, seconds of memcpy), interleaved, 64 MiB."""
    bits = {"f32": np.uint32, "bf16": np.uint16}[dtype]
    host = np.random.default_rng(1).integers(
        0, 256, (4096, 16384), np.uint8).view(bits)
    other = np.zeros_like(host)
    buffer = device().create_buffer(host.shape, dtype)
    call, lib = buffer._lib.call, []
    call("nxsCopyBuffer", buffer.id, host.ctypes.data, 1)
    target = host if direction else other
    for _ in range(23):
        start = time.perf_counter()
        call("nxsCopyBuffer", buffer.id, target.ctypes.data, direction)
        middle = time.perf_counter()
        ctypes.memmove(other.ctypes.data, host.ctypes.data, host.nbytes)
        lib.append((middle - start, time.perf_counter() - middle))
    other.fill(0)
    call("nxsCopyBuffer", buffer.id, other.ctypes.data, 0)
    if not np.array_equal(other, host):
        sys.exit("other bytes came back")
    return lib[2:]


ROWS = {
    "add": row_add, "exp": row_exp, "softmax": row_softmax,
    "matmul": row_matmul, "integer": row_integer, "compile": row_compile,
    "compile_memory": row_compile_memory, "copy": row_copy,
}


def samples_in(text):
    """The samples among the lines of a process, or None."""
    for line in text.splitlines():
        if line.startswith(SAMPLES):
            return json.loads(line[len(SAMPLES):])
    return None


def worker(name, arguments, **environment):
    """Samples of a row, measured in a process of its own."""
    command = [sys.executable, os.path.abspath(__file__), "--row", name,
               json.dumps(arguments)]
    done = subprocess.run(command, env={**os.environ, **environment},
                          capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"row {name} {arguments}: {done.stderr.strip()}")
    samples = samples_in(done.stdout)
    if samples is None:
        sys.exit(f"row {name} {arguments}: no samples in {done.stdout[-400:]}")
    return samples


# ---- the two tables ----

def entry(name, value, unit, baseline=None, limit=None):
    """One result; ratio = baseline / value, so more is better."""
    result = {"name": name, "value": value, "unit": unit}
    if baseline is not None:
        result.update(baseline=baseline, ratio=baseline / value)
    if limit is not None:
        result["limit"] = limit
    return result


def compile_entries():
    """Cold, disk and memory, each cold one with a fresh cache directory."""
    cold, disk = [], []
    for _ in range(3):
        with tempfile.TemporaryDirectory() as cache:
            cold += worker("compile", [], TT_CACHE_DIR=cache)
            disk += worker("compile", [], TT_CACHE_DIR=cache)
    memory = worker("compile_memory", [])
    return [
        entry("compile five images, cold", statistics.median(cold), "ms",
              limit=800),
        entry("compile, disk cache", statistics.median(disk), "ms", limit=8),
        entry("compile, memory cache", statistics.median(memory), "ms",
              limit=0.05),
    ]


def copy_entries():
    """nxsCopyBuffer of 64 MiB, 2-D, against memcpy in the same run."""
    entries = []
    for dtype in ("f32", "bf16"):
        for direction, title in ((1, "host to device"), (0, "device to host")):
            pairs = worker("copy", [direction, dtype])
            value = statistics.median(p[0] for p in pairs) * 1e3
            baseline = statistics.median(p[1] for p in pairs) * 1e3
            entries.append(entry(f"copy 64 MiB {dtype}, {title}", value, "ms",
                                 baseline, "ratio >= 0.85"))
    return entries


def resident_entries(program, library):
    """Resident memory of a C process with one device, idle and after buffers
    of 1 GiB have been written."""
    done = subprocess.run([program, library], capture_output=True, text=True,
                          check=True)
    idle, working, touched = map(int, done.stdout.split())
    return [
        entry("resident, one idle device", idle / 1024, "MiB", limit=48),
        entry("resident at work, of what was touched",
              working * 100 / touched, "%", limit=125),
    ]


def dispatch_samples(program, library, row):
    """Samples of a row of tests/bench/dispatch.c."""
    done = subprocess.run([program, library, row], capture_output=True,
                          text=True, check=True)
    return samples_in(done.stdout)


def dispatch_entries(program, library):
    """Launches and streams, from a C program: no Python between."""
    entries = []
    for row, title, limit in (
            ("empty", "run of an empty schedule", 0.1),
            ("one_core", "run and wait, 1 core, no work", 25),
            ("all_cores", "run and wait, 72 cores, no work", 250),
            ("chain", "run that nobody waits for, of 1,000", 20),
            ("buffers", "create + release, 10,000 live", 0.3),
            ("device_property", "property of a device", 0.015),
            ("buffer_property", "property of a buffer", 0.015)):
        samples = dispatch_samples(program, library, row)
        entries.append(entry(title, statistics.median(samples), "us",
                             limit=limit))
    share = dispatch_samples(program, library, "share")
    entries.append(entry("two streams on halves, of one on all",
                         statistics.median(share[0::2]) * 100, "%",
                         limit=">= 95"))
    entries.append(entry("share of the first",
                         statistics.median(share[1::2]) * 100, "%",
                         limit="45 to 55"))
    held = dispatch_samples(program, library, "held_up")
    entries.append(entry(
        "short run beside a long one, longer by",
        statistics.median(held[1::2]) - statistics.median(held[0::2]), "us",
        limit=1000))
    return entries


# title, row, arguments on the embedded chip, arguments on ttsim. Enough samples
# that a row takes a second: machines change their speed within less.
STREAMS = [
    ("bf16 add, 64 cores, per tile", "add", ["bf16", "add_tiles", 64, 64, 61],
     ["bf16", "add_tiles", 64, 16, 1]),
    ("f32 add (SFPU), 64 cores, per tile", "add",
     ["f32", "add_f32", 64, 64, 61], ["f32", "add_f32", 64, 16, 1]),
    ("bf16 add, 1 core, per tile", "add", ["bf16", "add_tiles", 1, 512, 301],
     ["bf16", "add_tiles", 1, 256, 1]),
    ("bf16 matmul HiFi4, 64 cores, per tile", "matmul", [64, 16, 9],
     [64, 2, 1]),
    ("bf16 matmul LoFi, 64 cores, per tile", "matmul", [64, 16, 9, 0],
     [64, 2, 1, 0]),
    ("integer code, 1 core, per round", "integer", [256, 21], [32, 1]),
    ("bf16 exp of 4 Mi, 64 cores, per tile", "exp", [64, 64, 31], [64, 4, 1]),
    ("bf16 softmax, rows of 1024, 64 cores, per tile", "softmax",
     [64, 2, 11], [64, 1, 1]),
]


def flat_entries():
    """How the cost per tile of the streaming add changes with the number of
    cores and of tiles: that of the second case, in % of the first."""
    cases = [
        ("cost per tile, 72 cores, of 8 cores", (8, 512), (72, 57), 125),
        ("cost per tile, 65,536 tiles, of 64, 1 core", (1, 64), (1, 65536),
         115),
        ("cost per tile, 65,536 tiles, of 1,024, 64 cores", (64, 16),
         (64, 1024), 115),
        ("cost per tile, 64 tiles, of 65,536, 64 cores", (64, 1024), (64, 1),
         115),
    ]
    entries = []
    for title, first, second, limit in cases:
        cost = [statistics.median(
            worker("add", ["bf16", "add_tiles", *case, 11]))
            for case in (first, second)]
        entries.append(entry(title, cost[1] * 100 / cost[0], "%", limit=limit))
    return entries


def plain_table(arguments):
    """The embedded chip alone."""
    entries = [entry(title, statistics.median(worker(row, own)), "us",
                     limit=6 if "add" in title and "64" in title else None)
               for title, row, own, _ in STREAMS]
    entries += flat_entries() + compile_entries() + copy_entries()
    entries += dispatch_entries(arguments.dispatch, nexus.abi.find_library())
    entries += resident_entries(arguments.resident, nexus.abi.find_library())
    return entries


class Seam:
    """The C program that times the seam, on each of the chips."""

    def __init__(self, arguments, bus):
        add_card(bus, "0000:01:00.0", "0x401e", 0)
        self.chips = {
            "emu": (arguments.seam, {"TT_DEVICE": "emu"}),
            "ttsim": (arguments.seam, {"TT_DEVICE": "ttsim"}),
            "card (double)": (arguments.double, {
                "TT_DEVICE": "kmd", "TT_DOUBLE_BUS": bus}),
        }

    def samples(self, what):
        """{chip: samples} of three rounds, one process each."""
        found = {chip: [] for chip in self.chips}
        for _ in range(3):
            for chip, (program, environment) in self.chips.items():
                done = subprocess.run(
                    [program, what], env={**os.environ, **environment},
                    capture_output=True, text=True, check=True)
                found[chip] += samples_in(done.stdout)
        return found


def seam_entries(seam):
    """Single operations of the seam, from a C program: no Python between."""
    entries = []
    for what, title, unit in (("register", "register read, 4 B", "us"),
                              ("dram", "64 MiB to DRAM", "ms")):
        found = {chip: statistics.median(samples)
                 for chip, samples in seam.samples(what).items()}
        entries.append(entry(title, found.pop("emu"), unit, found["ttsim"]))
        entries += [entry(f"{title}, {chip}", value, unit)
                    for chip, value in found.items()]
    return entries


def above_entries(seam):
    """nxsCopyBuffer of 64 MiB, linear, against the seam alone: for the same
    pages, and for as many bytes in one range of one DRAM bank, in turns."""
    entries = []
    for what, title in (("to", "host to device"), ("from", "device to host")):
        for chip, turns in seam.samples(what).items():
            ours, pages, whole = (statistics.median(column)
                                  for column in zip(*turns))
            title_of = f"copy, {title}, {chip}"
            entries.append(entry(title_of + ", seam", ours, "ms", pages,
                                 "ratio >= 0.95"))
            entries.append(entry(title_of + ", one range", ours, "ms", whole))
    return entries


def ttsim_table(arguments):
    """Both chips, interleaved: three rounds of one process each."""
    with tempfile.TemporaryDirectory() as bus:
        seam = Seam(arguments, bus)
        entries = seam_entries(seam) + above_entries(seam)
    for title, row, own, theirs in STREAMS:
        ours, peer = [], []
        for _ in range(3):
            ours += worker(row, own, TT_DEVICE="emu")
            peer += worker(row, theirs, TT_DEVICE="ttsim",
                           TT_TIMEOUT_MS="600000")
        entries.append(entry(title, statistics.median(ours), "us",
                             statistics.median(peer)))
    return entries


def show(entries):
    """The table."""
    print(f"{'':52} {'value':>10} {'unit':5} {'peer':>10} {'ratio':>7}  limit")
    for e in entries:
        peer = f"{e['baseline']:10.3f} {e['ratio']:7.2f}" \
            if "baseline" in e else " " * 18
        print(f"{e['name']:52} {e['value']:10.3f} {e['unit']:5} {peer}  "
              f"{e.get('limit', '')}")


def main():
    """Entry point."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--json")
    parser.add_argument("--resident", help="program that prints its resident KiB")
    parser.add_argument("--dispatch", help="program that times launches")
    parser.add_argument("--seam", help="program that times the seam")
    parser.add_argument("--double", help="the same over the driver double")
    parser.add_argument("--ttsim", action="store_true")
    parser.add_argument("--row", nargs=2, metavar=("NAME", "ARGUMENTS"))
    arguments = parser.parse_args()
    if arguments.row:
        name, row_arguments = arguments.row
        samples = ROWS[name](*json.loads(row_arguments))
        print(f"\n{SAMPLES}{json.dumps(samples)}", flush=True)
        return
    table = ttsim_table if arguments.ttsim else plain_table
    entries = table(arguments)
    show(entries)
    if arguments.json:
        with open(arguments.json, "w", encoding="utf-8") as out:
            json.dump(entries, out, indent=2)
            out.write("\n")


if __name__ == "__main__":
    main()
