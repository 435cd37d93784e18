#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The demonstration: four kernels, compiled at run time, against NumPy.

Exits with 1 if any result is wrong.
"""

import os
import shutil
import sys
import tempfile
import time

# A directory of its own shows a cold compilation, whatever ran before.
CACHE = tempfile.mkdtemp(prefix="tt_plugin_demo_")
os.environ["TT_CACHE_DIR"] = CACHE

import numpy as np  # noqa: E402

import nexus  # noqa: E402

KERNELS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..",
                       "tests", "kernels")
BF16_EPS = 2.0 ** -8  # half a unit in the last place, relative


class Case:
    """One kernel with its buffers, the expected result and the error bound.

    bound: largest admissible |error|, an array or 0 for exact. grid: work
    items (tiles of the result), which the cores share.
    """

    def __init__(self, title, kernel, buffers, tail, dtype, expected, bound,
                 grid, consts=()):
        self.title, self.kernel = title, kernel
        self.buffers, self.tail, self.dtype = buffers, tail, dtype
        self.expected, self.bound, self.grid = expected, bound, grid
        self.consts = consts


def build(device, case):
    """A finalized schedule for a case, and how long finalize() took in ms."""
    library = device.create_library(os.path.join(KERNELS,
                                                 case.kernel + ".cpp"))
    schedule = device.create_schedule()
    command = schedule.create_command(library.get_kernel(case.kernel))
    for i, argument in enumerate(case.buffers + case.tail):
        if isinstance(argument, nexus.Buffer):
            command.set_arg(i, argument)
        else:
            command.set_arg(i, value=argument)
    for i in range(3):
        command.set_const(i, value=2, name="CB", dtype=case.dtype)
    for i, (name, value) in enumerate(case.consts):
        command.set_const(32 + i, value=value, name=name, dtype="i32")
    start = time.perf_counter()
    command.finalize(case.grid, (1, 1, 1))
    return schedule, (time.perf_counter() - start) * 1e3


def run(device, case):
    """Run a case, print its line; returns whether the result is right."""
    _, cold = build(device, case)
    schedule, cached = build(device, case)
    schedule.run(blocking=True)
    elapsed = schedule.get_property_float("ElapsedTime")
    result = case.buffers[-1].copy_to_host().astype(np.float64)
    error = np.abs(result - case.expected)
    good = bool(np.all(error <= case.bound))
    cores = min(case.grid[0] * case.grid[1], device.get_property_int("Count"))
    print(f"{case.title:34} {cores:3} cores  compile {cold:6.0f} ms, "
          f"cached {cached:6.3f} ms  run {elapsed:8.2f} ms  "
          f"largest error {error.max():.3g}  {'ok' if good else 'WRONG'}",
          flush=True)
    return good


def bf16(values):
    """float32 values that bfloat16 holds exactly."""
    return nexus.dtypes.from_bf16(nexus.dtypes.to_bf16(values))


def add_f32(device, rng):
    """(1) exact sum of 1,000,003 floats."""
    a, b = (rng.standard_normal(1000003, np.float32) for _ in range(2))
    buffers = [device.create_buffer(a), device.create_buffer(b),
               device.create_buffer(a.shape, nexus.datatype.F32)]
    return Case("f32 add, 1,000,003 elements", "add_f32", buffers, [], "f32",
                (a + b).astype(np.float64), 0.0, (-(-a.size // 1024), 1, 1))


def add_bf16(device, rng):
    """(2) bf16 sum; the matrix unit rounds to within one ulp."""
    a, b = (bf16(rng.standard_normal((1024, 1024), np.float32))
            for _ in range(2))
    buffers = [device.create_buffer(x, nexus.datatype.BF16) for x in (a, b)]
    buffers.append(device.create_buffer(a.shape, nexus.datatype.BF16))
    total = a.astype(np.float64) + b
    bound = 2 * BF16_EPS * (np.abs(a) + np.abs(b)).astype(np.float64)
    return Case("bf16 add, 1024 x 1024", "add_tiles", buffers, [], "bf16",
                total, bound, (32, 32, 1))


def matmul(device, rng):
    """(3) bf16 product, 256 output tiles; 32-bit accumulation."""
    n = 512
    a, b = (bf16(rng.uniform(-1, 1, (n, n)).astype(np.float32))
            for _ in range(2))
    buffers = [device.create_buffer(x, nexus.datatype.BF16) for x in (a, b)]
    buffers.append(device.create_buffer((n, n), nexus.datatype.BF16))
    product = a.astype(np.float64) @ b.astype(np.float64)
    bound = BF16_EPS * (np.abs(a).astype(np.float64) @ np.abs(b))
    return Case("bf16 matmul, 512 x 512 x 512", "matmul", buffers,
                [n // 32, n // 32], "bf16", product, bound, (16, 16, 1),
                [("FP32_DEST_ACC", 1)])


def add_one(device, rng):
    """(4) x + 1.0 on one tile."""
    x = rng.standard_normal((32, 32), np.float32)
    buffers = [device.create_buffer(x),
               device.create_buffer(x.shape, nexus.datatype.F32)]
    return Case("x + 1.0, one 32 x 32 f32 tile", "add_scalar", buffers, [1.0],
                "f32", (x + np.float32(1)).astype(np.float64), 0.0, (1, 1, 1))


def main():
    """Run all cases; returns the exit status."""
    device = nexus.get_runtimes()[0].get_device(0)
    print(device.get_property_str("Name"))
    rng = np.random.default_rng(2026)
    cases = [make(device, rng) for make in (add_f32, add_bf16, matmul, add_one)]
    results = [run(device, case) for case in cases]
    return 0 if all(results) else 1


if __name__ == "__main__":
    try:
        sys.exit(main())
    finally:
        shutil.rmtree(CACHE, ignore_errors=True)
