# SPDX-License-Identifier: MIT
"""How errors are measured: inputs, units of the last place, and running calls
of the kernel API on the chip."""

import dataclasses
import os

import numpy as np

import nexus

KERNELS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..",
                       "kernels")
CHUNK = 1 << 20


@dataclasses.dataclass(frozen=True)
class Format:
    """A number format as a kernel uses it. dtype: of the buffers; wide: 32-bit
    DST; bits: of the significand; least, most: exponents of normal numbers."""

    dtype: str
    wide: bool
    bits: int
    least: int = -126
    most: int = 127

    @property
    def tiny(self):
        """The smallest normal number."""
        return 2.0 ** self.least

    @property
    def overflow(self):
        """From here on results round to infinity."""
        return (2 - 2.0 ** -self.bits) * 2.0 ** self.most


FORMATS = {
    "bf16": Format("bf16", False, 8),
    "bf16, 32-bit DST": Format("bf16", True, 8),
    "f16": Format("f16", False, 11, -14, 15),
    "f32": Format("f32", True, 24),
}

# Numbers that units treat specially, as float32 bit patterns.
SPECIAL = np.uint32([
    0x00000000, 0x80000000, 0x7F800000, 0xFF800000, 0x7FC00000, 0xFFC00001,
    0x00000001, 0x807FFFFF, 0x00800000, 0x80800000, 0x7F7FFFFF, 0xFF7FFFFF,
    0x3F800000, 0xBF800000, 0x3F7FFFFF, 0x33800000, 0x4B000000, 0x7F000000,
    0x7E800000, 0x7F800001, 0xFF812345]).view(np.float32)

# ------------------------------------------------------------------
# Inputs, always the same ones


def every_number(form):
    """All 65,536 numbers of a 16-bit format."""
    bits = np.arange(65536, dtype=np.uint32)
    if form.dtype == "f16":
        return bits.astype(np.uint16).view(np.float16)
    return (bits << 16).view(np.float32)


def _around(points, reach):
    """Float32 numbers and as many neighbours on either side."""
    bits = np.asarray(points, np.float32).view(np.int32)
    near = bits[:, None] + np.arange(-reach, reach + 1, dtype=np.int32)
    return near.ravel().view(np.float32)


def _hard_points():
    """Where functions have zeros, poles, steps or borders between methods."""
    whole = np.arange(1, 400, dtype=float)
    quarter_turns = np.concatenate([np.arange(1, 2000),
                                    np.arange(2000, 400000, 37)]) * (np.pi / 2)
    points = np.concatenate([
        _around(quarter_turns, 2), _around(whole / 2, 8),
        _around(whole * (np.log(2) / 2), 8), _around([1.0], 4096),
        _around(np.exp2(np.arange(-125.0, 128.0)), 8),
        _around(np.exp2(np.arange(-125.0, 127.0)) * 2 ** 0.5, 8),
        _around(10.0 ** np.arange(-37, 38), 8)])
    return np.concatenate([points, -points])


def _every_exponent(rng, count):
    """Float32 with each exponent and sign equally often."""
    bits = rng.integers(0, 1 << 23, count, np.uint32)
    return (bits | np.arange(count, dtype=np.uint32) % 512 << 23).view(
        np.float32)


def _ranges(rng, count):
    """Float32 where functions have most of their shape."""
    each = count // 6
    near = [rng.uniform(-size, size, each) for size in (1, 10, 100, 1000)]
    near += [rng.standard_normal(each) * np.exp2(rng.uniform(-30, 30, each)),
             rng.standard_normal(each)]
    return np.concatenate(near).astype(np.float32)


def inputs(count):
    """@count float32: special values, hard points, every exponent, the usual
    ranges, and random bit patterns."""
    rng = np.random.default_rng(7)
    hard = _hard_points()
    if hard.size > count // 4:
        hard = rng.permutation(hard)[:count // 4]
    rest = count - SPECIAL.size - hard.size
    parts = [SPECIAL, hard, _every_exponent(rng, rest // 3),
             _ranges(rng, rest // 3)]
    missing = count - sum(part.size for part in parts)
    parts.append(rng.integers(0, 1 << 32, missing, np.uint32).view(np.float32))
    return np.concatenate(parts)


def _powers(rng, count):
    """Bases and exponents whose powers are mostly finite; some are whole."""
    base = np.exp(rng.uniform(-40, 40, count)).astype(np.float32)
    base[::4] = rng.uniform(0, 4, base[::4].size)
    exponent = rng.uniform(-88, 88, count) / np.log(base.astype(float))
    exponent[1::4] = np.round(exponent[1::4])
    base[1::8] *= -1
    return base, exponent.astype(np.float32)


def pairs(count):
    """Two times @count float32: special values crossed, pairs of like size,
    powers, and pairs of anything."""
    rng = np.random.default_rng(8)
    crossed = np.repeat(SPECIAL, SPECIAL.size), np.tile(SPECIAL, SPECIAL.size)
    quarter = (count - crossed[0].size) // 4
    near = _every_exponent(rng, quarter)
    with np.errstate(all="ignore"):
        like = near * rng.uniform(-2, 2, quarter).astype(np.float32)
    usual = [_ranges(rng, quarter + 6)[:quarter] for _ in range(2)]
    powers = _powers(rng, quarter)
    missing = count - crossed[0].size - 3 * quarter
    bits = [rng.integers(0, 1 << 32, missing, np.uint32).view(np.float32)
            for _ in range(2)]
    return tuple(np.concatenate(parts) for parts in zip(
        crossed, (near, like), [rng.permutation(x) for x in usual], powers,
        bits))


def triples(count):
    """Three times @count float32, all positive and of like size."""
    rng = np.random.default_rng(13)
    return [rng.uniform(.5 * scale, 2 * scale, count).astype(np.float32)
            for scale in (1, 1, .5)]


def as_stored(x, form):
    """Float32 numbers as a format holds them, cut off."""
    if form.dtype == "bf16":
        return (x.view(np.uint32) & 0xFFFF0000).view(np.float32)
    with np.errstate(all="ignore"):
        return x.astype(np.float16) if form.dtype == "f16" else x


def patterns(x, form):
    """What a buffer is filled from, so that NaNs stay as they are."""
    if form.dtype == "bf16":
        return (x.view(np.uint32) >> 16).astype(np.uint16)
    return x


# ------------------------------------------------------------------
# Errors


@dataclasses.dataclass
class Error:
    """What a comparison found. ulp: largest error in units of the last place,
    at element @worst, where the operands are @at and the result is @got; steps:
    largest distance from the correctly rounded result in the same unit; mean:
    average error; wrong: elements where one of result and reference is a NaN,
    or infinite, and the other is not."""

    ulp: float = 0.0
    worst: int = 0
    steps: float = 0.0
    mean: float = 0.0
    wrong: int = 0
    at: list = dataclasses.field(default_factory=list)
    got: float = 0.0


def flushed(x, form):
    """Denormals as zeros."""
    x = x.astype(np.float64)
    return np.where(np.abs(x) < form.tiny, np.copysign(0, x), x)


def distances(got, right, form):
    """Per element, the distance of @got from @right and from @right rounded to
    the format, in units of the last place; infinite where one is a NaN or an
    infinity and the other is not."""
    right = np.where(np.abs(right) >= form.overflow,
                     np.copysign(np.inf, right), right)
    got = got.astype(np.float64)
    same = (got == right) | (np.isnan(got) & np.isnan(right))
    if np.all(same):
        return np.zeros(got.size), np.zeros(got.size)
    finite = np.isfinite(right) & np.isfinite(got)
    size = np.where(finite, np.maximum(np.abs(right), form.tiny), 1)
    unit = np.ldexp(1.0, np.frexp(size)[1] - form.bits)
    exact = np.where(finite, right, 0) / unit
    ours = np.where(finite, got, 0) / unit
    # a result that is as good as too small may be zero, and the other way round
    small = (np.abs(right) < form.tiny * 1.01) & \
        (np.abs(got) < form.tiny * 1.02)
    same |= small
    if form.dtype != "f32":  # packing makes infinities of NaNs
        same |= np.isnan(right) & ~np.isfinite(got)
    return tuple(np.where(same, 0, np.where(finite, np.abs(ours - at), np.inf))
                 for at in (exact, np.rint(exact)))


def outside(operands, right, form, limit):
    """Which elements do not count: those whose first operand is larger than
    @limit; with float16, which has no infinities and NaNs on the chip, those
    that have or give one."""
    out = np.abs(operands[0]) > limit
    if form.dtype == "f16":
        out |= ~(np.abs(right) < form.overflow)
        for x in operands:
            out |= ~np.isfinite(x)
    return out


def compare(got, function, operands, form, limit=np.inf):
    """The Error of results against a reference that is computed from the
    operands."""
    found = Error()
    total = 0.0
    for at in range(0, got.size, CHUNK):
        part = slice(at, at + CHUNK)
        with np.errstate(all="ignore"):
            x = [flushed(v[part], form) for v in operands]
            if form.dtype != "f32":  # copying to DST makes +0 of -0
                x = [v + 0 for v in x]
            right = function(*x)
            ulp, steps = distances(got[part], right, form)
            out = outside(x, right, form, limit)
        ulp[out], steps[out] = 0, 0
        worst = int(np.argmax(ulp))
        if ulp[worst] > found.ulp:
            found.ulp, found.worst = float(ulp[worst]), at + worst
        finite = np.isfinite(ulp)
        found.steps = max(found.steps, float(np.max(steps)))
        found.wrong += int(ulp.size - finite.sum())
        total += float(ulp[finite].sum())
    found.mean = total / got.size
    return found


def block_inputs(operands):
    """Float32 numbers for a block format, in ranges that suit most functions:
    64 K each of [-10, 10], [0.1, 10] and [-1, 1]."""
    rng = np.random.default_rng(9)
    return [np.concatenate([rng.uniform(low, high, 1 << 16) for low, high in
                            ((-10, 10), (0.1, 10), (-1, 1))]).astype(np.float32)
            for _ in range(operands)]


def block_error(got, right):
    """Largest error of a block format, relative to the largest magnitude of
    its block of 16; blocks that hold infinities or NaNs do not count, nor do
    those of zeros."""
    with np.errstate(all="ignore"):
        got, right = got.reshape(-1, 16).astype(float), right.reshape(-1, 16)
    size = np.max(np.abs(right), axis=1)
    use = np.isfinite(size) & (size > 0)
    error = np.max(np.abs(got[use] - right[use]), axis=1) / size[use]
    return np.max(error, initial=0)


# ------------------------------------------------------------------
# Calls


class Chip:
    """Runs calls of the kernel API, each on whole buffers. What takes time is
    compiling: so a group of calls makes one kernel, which gets told which of
    them to make."""

    def __init__(self, device):
        self.device = device
        self.groups = []

    def group(self, calls):
        """Let calls share kernels, 16 each."""
        calls = list(calls)
        self.groups = [calls[i:i + 16] for i in range(0, len(calls), 16)]

    def run(self, call, operands, dtypes, wide, through=None):
        """The result of a call on tiles 0, 1, ... of DST. operands: arrays or
        buffers; dtypes: theirs, then the result's; through: a type the result
        is stored in on the way."""
        group = next((g for g in self.groups if call in g), [call])
        text = "switch (choice) {" + " ".join(
            f"case {i}: {c}; break;" for i, c in enumerate(group)) + "}"
        buffers = [x if isinstance(x, nexus.Buffer)
                   else self.device.create_buffer(x, d)
                   for x, d in zip(operands, dtypes)]
        shape = tuple(operands[0].shape)
        result = self.device.create_buffer(shape, dtypes[-1])
        library = self.device.create_library(
            os.path.join(KERNELS, "unary.cpp"))
        schedule = self.device.create_schedule()
        command = schedule.create_command(library.get_kernel("k"))
        for i, buffer in enumerate(buffers + [result]):
            command.set_arg(i, buffer)
        command.set_arg(len(buffers) + 1, value=group.index(call))
        consts = [(2, "CB", d) for d in dtypes + [through] * bool(through)]
        consts += [(1, "DEFINE:TEST_THROUGH", "i32")] * bool(through)
        consts += [(len(operands), "DEFINE:TEST_OPERANDS", "i32"),
                   (0, "DEFINE:TEST_CALL=" + text, "i32"),
                   (int(wide), "FP32_DEST_ACC", "i32")]
        for i, (value, name, dtype) in enumerate(consts):
            command.set_const(i, value=value, name=name, dtype=dtype)
        command.finalize((-(-int(np.prod(shape)) // 1024), 1, 1))
        schedule.run(blocking=True)
        return result.copy_to_host()
