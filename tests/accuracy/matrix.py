# SPDX-License-Identifier: MIT
"""Errors of the matrix unit's operations."""

import os

import numpy as np

import nexus
from measure import KERNELS, inputs

OPERATIONS = {"add_tiles": np.add, "sub_tiles": np.subtract,
              "mul_tiles": np.multiply}
MODES = (("bf16, 16-bit DST", "bf16", 0), ("bf16, 32-bit DST", "bf16", 1),
         ("f32", "f32", 1))
FIDELITY = {0: "LoFi", 2: "HiFi2", 3: "HiFi3", 4: "HiFi4"}


def bf16(x):
    """Float32 numbers that bfloat16 holds."""
    return nexus.dtypes.from_bf16(nexus.dtypes.to_bf16(x))


def tf32(x):
    """Float32 numbers that TF32 holds."""
    bits = np.ascontiguousarray(x).view(np.uint32)
    return (bits & np.uint32(0xFFFFE000)).view(np.float32)


KEEP = {"bf16": bf16, "f32": tf32}


def run(chip, kernel, operands, shape, dtype, tail=(), **consts):
    """The result of a kernel of tests/kernels with three circular buffers."""
    device = chip.device
    library = device.create_library(os.path.join(KERNELS, kernel + ".cpp"))
    schedule = device.create_schedule()
    command = schedule.create_command(library.get_kernel("k"))
    result = device.create_buffer(shape, dtype)
    buffers = [device.create_buffer(x, dtype) for x in operands] + [result]
    for i, buffer in enumerate(buffers):
        command.set_arg(i, buffer)
    for i, value in enumerate(tail, len(buffers)):
        command.set_arg(i, value=value)
    for i in range(3):
        command.set_const(i, value=2, name="CB", dtype=dtype)
    for i, (name, value) in enumerate(consts.items(), 3):
        name = name if name in ("FP32_DEST_ACC", "MATH_FIDELITY") \
            else "DEFINE:" + name
        command.set_const(i, value=value, name=name, dtype="i32")
    tiles = int(np.prod(shape)) // 1024
    command.finalize((tiles, 1, 1))
    schedule.run(blocking=True)
    return result.copy_to_host()


def elementwise(chip, count=1 << 20):
    """Rows for add, sub and mul, of numbers up to 2^40 in magnitude."""
    rng = np.random.default_rng(10)
    x = inputs(4 * count)
    x = x[(np.abs(x) < 2.0 ** 40) & (np.abs(x) > 2.0 ** -40)]
    pair = [rng.permutation(x)[:count].reshape(-1, 1024) for _ in range(2)]
    pair[1][::4] = pair[0][::4] * rng.uniform(-2, 2, pair[0][::4].shape)
    for what, (name, function) in enumerate(OPERATIONS.items()):
        for title, dtype, wide in MODES:
            a, b = (KEEP[dtype](v) for v in pair)
            got = run(chip, "tile_ops", [a, b], a.shape, dtype, KIND=0,
                      WHAT=what, DIM=0, FP32_DEST_ACC=wide)
            a, b = a.astype(float), b.astype(float)
            right = function(a, b)
            size = np.abs(right) if name == "mul_tiles" else \
                np.maximum(np.abs(a), np.abs(b))
            error = np.max(np.abs(got - right) / size)
            yield (f"`{name}`", title, f"{error:.2g}",
                   "the result" if name == "mul_tiles" else
                   "the larger operand")


def products(chip, size=512):
    """Rows for matmul."""
    rng = np.random.default_rng(11)
    a, b = (rng.standard_normal((size, size)).astype(np.float32)
            for _ in range(2))
    for title, dtype, wide in MODES:
        x, y = KEEP[dtype](a), KEEP[dtype](b)
        right = x.astype(float) @ y.astype(float)
        size_of = np.abs(x).astype(float) @ np.abs(y).astype(float)
        for fidelity, name in FIDELITY.items():
            got = run(chip, "matmul", [x, y], right.shape, dtype,
                      (size // 32, size // 32), FP32_DEST_ACC=wide,
                      MATH_FIDELITY=fidelity)
            error = np.max(np.abs(got - right) / size_of)
            yield (f"`matmul_tiles` {name}, depth {size}",
                   title, f"{error:.2g}",
                   "the sum of the magnitudes of the products")


def reductions(chip):
    """Rows for reduce."""
    rng = np.random.default_rng(12)
    a = bf16(rng.standard_normal((512, 32)).astype(np.float32))
    one = np.ones((32, 32), np.float32)
    for pool, name in ((0, "sum"), (2, "max")):
        for title, dtype, wide in MODES:
            got = run(chip, "reduce", [a, one], a.shape, dtype, (1, 1, 1),
                      POOL=pool, LEFT=0, ONES=1, FP32_DEST_ACC=wide)[:, 0]
            exact = a.astype(float)
            if pool == 0:
                error = np.max(np.abs(got - exact.sum(1)) /
                               np.abs(exact).sum(1))
            else:
                error = np.max(np.abs(got - exact.max(1)))
            yield (f"`reduce_tile` {name} of 32 columns", title,
                   f"{error:.2g}",
                   "the sum of the magnitudes" if pool == 0 else "absolute")


def rows(chip):
    """All rows of the table."""
    yield from elementwise(chip)
    yield from products(chip)
    yield from reductions(chip)
