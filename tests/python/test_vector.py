#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The vector unit's functions against NumPy in double precision: every bfloat16
there is, and 100 thousand float32. Bounds are in units of the last place of the
right result; numbers too small for a normal float may be zero.

What no function can do, because operands and results pass other units: packing
to bfloat16 makes infinities of NaNs, and copying a bfloat16 tile to DST makes
+0 of -0 (as ttsim does)."""

import math
import unittest

import numpy as np
from support import DeviceTest, kernel_path

TINY = 2.0 ** -126
SPECIAL = np.uint32([
    0x00000000, 0x80000000, 0x7F800000, 0xFF800000, 0x7FC00000, 0xFFC00001,
    0x00000001, 0x807FFFFF, 0x00800000, 0x80800000, 0x7F7FFFFF, 0xFF7FFFFF,
    0x3F800000, 0xBF800000, 0x3F7FFFFF, 0x33800000, 0x4B000000, 0x7F000000,
    0x7E800000, 0x7F800001, 0xFF812345]).view(np.float32)
ALL_BF16 = (np.arange(65536, dtype=np.uint32) << 16).view(np.float32)


def lifted(function):
    """A function of math on arrays; NaNs stay."""
    return np.vectorize(lambda x: x if math.isnan(x) else function(x),
                        otypes=[float])


def keep_nan(function):
    """NaN where any operand is one."""
    return lambda *x: np.where(np.isnan(sum(np.abs(v) for v in x)), np.nan,
                               function(*x))


def truth(function):
    """A comparison as 1.0 and 0.0."""
    return lambda *x: function(*x).astype(float)


erf, erfc = lifted(math.erf), lifted(math.erfc)
PI = float(np.float32(np.pi))

# call, right result, bound for float32, for bfloat16
UNARY = [
    ("exp_tile(0)", np.exp, 1.1, 0.51),
    ("exp_tile<true>(0)", np.exp, 2000, 0.53),
    ("exp_tile<false, true, true>(0, 0, 0x4000)", lambda x: np.exp(2 * x),
     1.1, 0.51),
    ("exp2_tile(0)", np.exp2, 1.0, 0.51),
    ("expm1_tile(0)", np.expm1, 2, 0.51),
    ("log_tile(0)", np.log, 1.0, 0.51),
    ("log_with_base_tile(0, 0x3DC5)", np.log2, 2, 0.51),
    ("log_with_base_tile(0, 0x36F3)", np.log10, 2, 0.51),
    ("log1p_tile(0)", np.log1p, 3, 0.51),
    ("recip_tile(0)", lambda x: 1 / x, 1, 0.51),
    ("sqrt_tile(0)", np.sqrt, 1.5, 0.51),
    ("rsqrt_tile(0)", lambda x: 1 / np.sqrt(x), 1.2, 0.51),
    ("sigmoid_tile(0)", lambda x: 1 / (1 + np.exp(-x)), 2.7, 0.51),
    ("tanh_tile(0)", np.tanh, 3, 0.51),
    ("erf_tile(0)", erf, 2.5, 0.51),
    ("erfc_tile(0)", erfc, 5.5, 0.51),
    ("floor_tile(0)", np.floor, 0, 0),
    ("ceil_tile(0)", np.ceil, 0, 0),
    ("trunc_tile(0)", np.trunc, 0, 0),
    ("round_tile(0, 0)", np.round, 0, 0),
    ("abs_tile(0)", np.abs, 0, 0),
    ("negative_tile(0)", np.negative, 0, 0),
    ("square_tile(0)", np.square, 0.5, 0.5),
    ("sign_tile(0)", np.sign, 0, 0),
    ("relu_tile(0)", lambda x: np.where(x < 0, 0, x), 0, 0),
    ("relu_max_tile(0, 0x40C00000)",
     keep_nan(lambda x: np.clip(x, 0, 6)), 0, 0),
    ("relu_min_tile(0, 0x40C00000)", lambda x: np.maximum(x, 6), 0, 0),
    ("leaky_relu_tile(0, 0x3E000000)",
     lambda x: np.where(x < 0, x / 8, x), 0, 0),
    ("unary_max_tile(0, 0x40C00000)", lambda x: np.maximum(x, 6), 0, 0),
    ("unary_min_tile(0, 0x40C00000)", lambda x: np.minimum(x, 6), 0, 0),
    ("clamp_tile(0, 0xC0000000, 0x40C00000)", lambda x: np.clip(x, -2, 6),
     0, 0),
    ("add_unary_tile(0, 0x40490FDB)", lambda x: x + PI, 0.5, 0.5),
    ("sub_unary_tile(0, 0x40490FDB)", lambda x: x - PI, 0.5, 0.5),
    ("mul_unary_tile(0, 0x40490FDB)", lambda x: x * PI, 0.5, 0.5),
    ("div_unary_tile(0, 0x40490FDB)", lambda x: x * PI, 0.5, 0.5),
    ("rsub_unary_tile(0, 0x40490FDB)", lambda x: PI - x, 0.5, 0.5),
    ("heaviside_tile(0, 0x40400000)",
     keep_nan(lambda x: np.heaviside(x, 3)), 0, 0),
    ("power_tile(0, 3)", lambda x: x ** 3, 1.5, 0.51),
    ("power_tile(0, 0)", keep_nan(lambda x: x ** 0), 0, 0),
    ("fill_tile(0, 1.5f)", lambda x: np.full(x.shape, 1.5), 0, 0),
    ("fill_tile_bitcast(0, 0x40490000)", lambda x: np.full(x.shape, 3.140625),
     0, 0),
    ("logical_not_tile(0)", truth(lambda x: x == 0), 0, 0),
    ("identity_tile(0)", lambda x: x, 0, 0),
]
# ... of arguments up to a limit
BOUNDED = [
    ("sin_tile(0)", np.sin, 2.2, 0.51, 200000),
    ("cos_tile(0)", np.cos, 2.2, 0.51, 200000),
    ("tan_tile(0)", np.tan, 3, 0.51, 200000),
    ("gelu_tile(0)", lambda x: x / 2 * erfc(-x / math.sqrt(2)), 5, 0.51, 12.9),
    ("silu_tile(0)", lambda x: x / (1 + np.exp(-x)), 4, 0.51, 87),
]
BINARY = [
    ("div_binary_tile(0, 1, 0)", lambda a, b: a / b, 0.7, 0.51),
    ("rsub_binary_tile(0, 1, 0)", lambda a, b: b - a, 0.5, 0.5),
    ("binary_max_tile(0, 1, 0)", np.maximum, 0, 0),
    ("binary_min_tile(0, 1, 0)", np.minimum, 0, 0),
    ("power_binary_tile(0, 1, 0)", keep_nan(np.power), 200, 0.51, 1e30),
    ("copy_dest_values(1, 0)", lambda a, b: b, 0, 0),
]
RELATIONS = {"eq": np.equal, "ne": np.not_equal, "lt": np.less,
             "gt": np.greater, "le": np.less_equal, "ge": np.greater_equal}
for _name, _relation in RELATIONS.items():
    UNARY += [(f"{_name}z_tile(0)",
               truth(lambda x, r=_relation: r(x, 0)), 0, 0),
              (f"unary_{_name}_tile(0, 0x3F800000)",
               truth(lambda x, r=_relation: r(x, 1)), 0, 0)]
    BINARY.append((f"{_name}_binary_tile(0, 1, 0)", truth(_relation), 0, 0))


def flushed(x):
    """Denormals as zeros."""
    return np.where(np.abs(x) < TINY, np.copysign(0, x), x)


def errors(got, right, dtype):
    """Per element, the distance in units of the last place; infinite where one
    is a NaN or an infinity and the other is not."""
    bits = 8 if dtype == "bf16" else 24
    largest = (2 - 2.0 ** (1 - bits)) * 2.0 ** 127
    right = np.where(np.abs(right) >= largest + 2.0 ** (127 - bits),
                     np.copysign(np.inf, right), right)
    got = got.astype(np.float64)
    finite = np.isfinite(right) & np.isfinite(got)
    size = np.maximum(np.abs(np.where(finite, right, 1)), TINY)
    distance = np.abs(np.where(finite, got - right, 0))
    unit = np.exp2(np.floor(np.log2(size)) + 1 - bits)
    small = (np.abs(right) < TINY * 1.01) & (np.abs(got) < TINY * 1.02)
    same = (got == right) | (np.isnan(got) & np.isnan(right))
    if dtype == "bf16":
        same |= np.isnan(right) & ~np.isfinite(got)
    return np.where(small | same, 0, np.where(finite, distance / unit, np.inf))


class Vector(DeviceTest):
    """One test per kind of function; a subtest per function."""

    groups = []

    def group(self, calls):
        """Let calls share kernels, 16 each."""
        calls = list(calls)
        self.groups = [calls[i:i + 16] for i in range(0, len(calls), 16)]

    def run_call(self, call, operands, dtypes, wide):
        """The result of a call on tiles 0, 1, ... of DST. What takes time is
        compiling: so a group of calls makes one kernel, which gets told which
        of them to make."""
        group = next((g for g in self.groups if call in g), [call])
        text = "switch (choice) {" + " ".join(
            f"case {i}: {c}; break;" for i, c in enumerate(group)) + "}"
        buffers = [self.device.create_buffer(x, d)
                   for x, d in zip(operands, dtypes)]
        buffers.append(self.device.create_buffer(operands[0].shape,
                                                 dtypes[-1]))
        consts = [(i, 2, "CB", d) for i, d in enumerate(dtypes)]
        consts += [(40, len(operands), "DEFINE:TEST_OPERANDS", "i32"),
                   (41, 0, "DEFINE:TEST_CALL=" + text, "i32"),
                   (42, int(wide), "FP32_DEST_ACC", "i32")]
        schedule = self.prepare(kernel_path("unary"),
                                buffers + [group.index(call)], consts,
                                (-(-operands[0].size // 1024), 1, 1))
        schedule.run(blocking=True)
        return buffers[-1].copy_to_host()

    def samples(self, count):
        """Float32 of every size, and specials."""
        quarter = count // 4
        normal = self.rng.standard_normal(2 * quarter)
        normal[quarter:] *= np.exp2(self.rng.integers(-20, 20, quarter))
        bits = self.rng.integers(0, 2 ** 32, quarter).astype(np.uint32)
        x = np.concatenate([normal.astype(np.float32),
                            self.rng.uniform(-100, 100, quarter),
                            bits.view(np.float32)]).astype(np.float32)
        x[:SPECIAL.size] = SPECIAL
        return x

    def check(self, call, function, operands, dtype, bound, limit=np.inf):
        """One function on one format."""
        n = len(operands)
        got = self.run_call(call, operands, [dtype] * (n + 1), dtype == "f32")
        with np.errstate(all="ignore"):
            x = [flushed(v.astype(np.float64)) for v in operands]
            if dtype == "bf16":
                x = [v + 0 for v in x]
            error = errors(got, function(*x), dtype)
        error = np.where(np.abs(x[0]) > limit, 0, error)
        worst = int(np.argmax(error))
        self.assertLessEqual(
            error[worst], bound,
            f"{call} {dtype}: {[float(v[worst]) for v in operands]} gave "
            f"{got[worst]}")

    def check_all(self, table, operands_of):
        """A table of functions, both formats."""
        self.group(entry[0] for entry in table)
        for call, function, f32_bound, bf16_bound, *limit in table:
            for dtype, bound in (("f32", f32_bound), ("bf16", bf16_bound)):
                with self.subTest(call, dtype=dtype), \
                        np.errstate(all="ignore"):
                    self.check(call, function, operands_of(dtype), dtype,
                               bound, *limit)

    def test_functions_of_one_number_are_within_their_bounds(self):
        x = self.samples(100 * 1024)
        self.check_all(UNARY + BOUNDED,
                       lambda dtype: [x if dtype == "f32" else ALL_BF16])

    def test_functions_of_two_numbers_are_within_their_bounds(self):
        n = SPECIAL.size
        a, b = self.samples(32 * 1024), self.rng.permutation(
            self.samples(32 * 1024))
        a[:n * n], b[:n * n] = np.repeat(SPECIAL, n), np.tile(SPECIAL, n)

        def operands(dtype):
            if dtype == "f32":
                return [a, b]
            return [(v.view(np.uint32) & 0xFFFF0000).view(np.float32)
                    for v in (a, b)]
        self.check_all(BINARY, operands)

    def test_every_init_and_chain_compiles_and_changes_nothing(self):
        plain = ("exp2 recip negative abs square sign signbit relu floor ceil "
                 "trunc frac round sin cos tan silu bitwise_not fill identity "
                 "leaky_relu relu_max relu_min unary_max unary_min clamp power "
                 "heaviside logical_not eqz nez ltz gtz lez gez unary_eq "
                 "unary_ne unary_lt unary_gt unary_le unary_ge rounding_op "
                 "binop_with_scalar where binary_shift binary_bitwise typecast "
                 "div_binary rsub_binary power_binary binary_max binary_min "
                 "eq_binary ne_binary lt_binary gt_binary le_binary ge_binary "
                 "add_int sub_int mul_int").split()
        either = ("exp sqrt rsqrt log log_with_base log1p expm1 tanh sigmoid "
                  "erf erfc gelu").split()
        calls = [f"{name}_tile_init()" for name in plain + either]
        calls += [f"{name}_tile_init<{flag}>()" for name in either
                  for flag in ("true", "false", "1u")]
        calls += ["typecast_tile_init<0, 5>()", "copy_dest_values_init()",
                  "exp_tile_init(); exp_tile(0); log_tile_init(); log_tile(0)"]
        x = self.rng.uniform(1, 8, 1024).astype(np.float32)
        got = self.run_call("; ".join(calls), [x], ["f32", "f32"], True)
        np.testing.assert_allclose(got, x, rtol=1e-6)

    def test_rounding_to_decimals_is_within_half_of_the_last(self):
        x = self.rng.uniform(-1000, 1000, 1024).astype(np.float32)
        got = self.run_call("round_tile(0, 2)", [x], ["f32", "f32"], True)
        self.assertLess(np.max(np.abs(got - x.astype(np.float64))), 0.00505)
        self.assertLess(np.max(np.abs(got * 100.0 - np.round(got * 100.0))),
                        0.01)


class Integers(Vector):
    """32-bit integers."""

    EDGES = np.int32([0, 1, -1, 2 ** 31 - 1, -2 ** 31, 5, -5, 32, 31, 33,
                      2 ** 24, 2 ** 24 + 1, -2 ** 24 - 1])

    # Vector's tests run once
    test_every_init_and_chain_compiles_and_changes_nothing = None
    test_functions_of_one_number_are_within_their_bounds = None
    test_functions_of_two_numbers_are_within_their_bounds = None
    test_rounding_to_decimals_is_within_half_of_the_last = None

    def pair(self):
        """Two operands that meet in every way."""
        a, b = (self.rng.integers(-2 ** 31, 2 ** 31, 4096).astype(np.int32)
                for _ in range(2))
        n = self.EDGES.size
        a[:n * n], b[:n * n] = np.repeat(self.EDGES, n), np.tile(self.EDGES, n)
        b[200:1000] = self.rng.integers(-3, 40, 800)
        a[1000:2000] = b[1000:2000]
        return a, b

    def test_integer_functions_are_exact(self):
        a, b = self.pair()
        x, y = a.astype(np.int64), b.astype(np.int64)
        fits = (y >= 0) & (y < 32)
        by = np.where(fits, y, 0)
        table = {
            "add_int_tile<DataFormat::Int32>(0, 1, 0)": x + y,
            "sub_int_tile<DataFormat::Int32>(0, 1, 0)": x - y,
            "mul_int_tile<DataFormat::Int32>(0, 1, 0)": x * y,
            "bitwise_and_binary_tile(0, 1, 0)": x & y,
            "bitwise_or_binary_tile(0, 1, 0)": x | y,
            "bitwise_xor_binary_tile(0, 1, 0)": x ^ y,
            "binary_left_shift_tile(0, 1, 0)": np.where(fits, x << by, 0),
            "binary_right_shift_tile(0, 1, 0)": np.where(fits, x >> by, 0),
            "binary_logical_right_shift_tile(0, 1, 0)":
                np.where(fits, (x & 0xFFFFFFFF) >> by, 0),
            "binary_max_int32_tile(0, 1, 0)": np.maximum(x, y),
            "binary_min_int32_tile(0, 1, 0)": np.minimum(x, y),
            "bitwise_not_tile(0)": ~x,
            "fill_tile_int(0, 123456789)": np.full(x.shape, 123456789),
            "copy_dest_values<DataFormat::Int32>(1, 0)": y,
            "where_tile<DataFormat::Int32>(0, 1, 0, 0)":
                np.where(x != 0, y, x),
        }
        for name, relation in RELATIONS.items():
            table[f"{name}_int32_tile(0, 1, 0)"] = relation(x, y)
            table[f"{name}z_tile_int32(0)"] = relation(x, 0)
            table[f"unary_{name}_tile_int32(0, 5)"] = relation(x, 5)
        self.group(table)
        for call, right in table.items():
            with self.subTest(call):
                got = self.run_call(call, [a, b], ["i32"] * 3, True)
                np.testing.assert_array_equal(
                    got, right.astype(np.int64).astype(np.int32))

    def test_typecasts_are_right_and_saturate(self):
        a, _ = self.pair()
        x = self.samples(4096)
        x[1000:2000] *= np.float32(1e6)
        x = x[~np.isnan(x)][:3072]
        whole = np.trunc(x.astype(np.float64))
        for code, operand, dtypes, right in (
                ("0, 8", x, ["f32", "i32"],
                 np.clip(whole, -2.0 ** 31, 2.0 ** 31 - 1)),
                ("0, 24", x, ["f32", "u32"], np.clip(whole, 0, 2.0 ** 32 - 1)),
                ("8, 0", a, ["i32", "f32"], a.astype(np.float32)),
                ("0, 9", x, ["f32", "u16"], np.clip(whole, 0, 65535)),
                ("9, 0", a.view(np.uint16), ["u16", "f32"],
                 a.view(np.uint16)),
                ("24, 0", a.view(np.uint32), ["u32", "f32"],
                 a.view(np.uint32).astype(np.float32))):
            with self.subTest(code):
                got = self.run_call(f"typecast_tile<{code}>(0)", [operand],
                                    dtypes, True)
                np.testing.assert_array_equal(got.astype(np.float64), right)


if __name__ == "__main__":
    unittest.main()
