#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The rest of the vector unit's functions against NumPy in double precision;
what bounds mean is said in test_vector.py."""

import unittest

import numpy as np
import test_vector
from support import bf16, from_bf8, to_bf8
from test_vector import ALL_BF16, SPECIAL, flushed, keep_nan, truth


def bits(value):
    """A float's bits, as kernels pass them."""
    return f"{int(np.float32(value).view(np.uint32)):#010x}"


def single(value):
    """A number as a float holds it."""
    return float(np.float32(value))


def elu(x):
    """e^x - 1 below zero."""
    return np.where(x < 0, np.expm1(np.minimum(x, 0)), x)


def softplus(x, beta, threshold):
    """ln(1 + e^(beta x)) / beta, or x above the threshold."""
    return np.where(beta * x > threshold, x, np.logaddexp(0, beta * x) / beta)


def mish(x):
    """x tanh(ln(1 + e^x)), without subtraction."""
    n = np.exp(np.minimum(x, 40)) * (np.exp(np.minimum(x, 40)) + 2)
    return np.where(x == -np.inf, -0.0, x * (n / (n + 2)))


ONE_SIXTH, MISH = single(1 / 6), single(2.8)
SCALE, ALPHA = single(1.0507009873554805), single(1.6732632423543772)

# call, right result, bound for float32, for bfloat16
UNARY = [
    ("isinf_tile(0)", truth(np.isinf), 0, 0),
    ("isposinf_tile(0)", truth(np.isposinf), 0, 0),
    ("isneginf_tile(0)", truth(np.isneginf), 0, 0),
    ("isnan_tile(0)", truth(np.isnan), 0, 0),
    ("isfinite_tile(0)", truth(np.isfinite), 0, 0),
    (f"hardtanh_tile(0, {bits(-1)}, {bits(2)})", lambda x: np.clip(x, -1, 2),
     0, 0),
    (f"threshold_tile(0, {bits(1.5)}, {bits(-3)})",
     keep_nan(lambda x: np.where(x > 1.5, x, -3)), 0, 0),
    (f"prelu_tile(0, {bits(.25)})", lambda x: np.where(x < 0, x / 4, x), 0, 0),
    (f"hardshrink_tile(0, {bits(.5)})",
     lambda x: np.where(np.abs(x) <= .5, 0, x), 0, 0),
    (f"softshrink_tile(0, {bits(.5)})", lambda x: x - np.clip(x, -.5, .5),
     .5, .5),
    ("hardsigmoid_tile(0)", lambda x: np.clip((x + 3) / 6, 0, 1), 1.5, .51),
    ("hardswish_tile(0)", lambda x: x * np.clip((x + 3) / 6, 0, 1), 2.5, .51),
    ("hardmish_tile(0)", lambda x: x * np.clip((x + MISH) / 5, 0, 1), 2.5, .51),
    (f"elu_tile(0, {bits(1.5)})",
     lambda x: np.where(x < 0, 1.5 * elu(x), x), 3, .51),
    (f"selu_tile(0, {bits(SCALE)}, {bits(ALPHA)})",
     lambda x: SCALE * np.where(x < 0, ALPHA * elu(x), x), 4, .51),
    (f"celu_tile(0, {bits(2)}, {bits(.5)})",
     lambda x: np.where(x < 0, 2 * elu(x / 2), x), 3, .51),
    (f"softplus_tile(0, {bits(1)}, {bits(1)}, {bits(20)})",
     lambda x: softplus(x, 1, 20), 4, .51),
    (f"softplus_tile(0, {bits(.5)}, {bits(2)}, {bits(2)})",
     lambda x: softplus(x, .5, 2), 4, .51, 174),
    ("mish_tile(0)", mish, 4, .51, 87),
    ("softsign_tile(0)", 
     lambda x: np.where(np.isinf(x), np.sign(x), x / (1 + np.abs(x))), 2.5, .51),
    ("asin_tile(0)", np.arcsin, 4, .51),
    ("acos_tile(0)", np.arccos, 4, .51),
    ("atan_tile(0)", np.arctan, 3, .51),
    ("sinh_tile(0)", np.sinh, 3, .51),
    ("cosh_tile(0)", np.cosh, 3, .51),
    ("asinh_tile(0)", np.arcsinh, 4, .51),
    ("acosh_tile(0)", np.arccosh, 4, .51),
    ("atanh_tile(0)", np.arctanh, 4, .51),
    (f"rdiv_tile(0, {bits(3)})", lambda x: 3 / x, 1, .51),
    ("cbrt_tile(0)", np.cbrt, 2, .51),
    ("tanh_derivative_tile(0)", lambda x: 1 / np.cosh(x) ** 2, 6, .51, 42),
    (f"power_tile(0, {bits(2.5)})", lambda x: x ** 2.5, 200, .51, 1e14),
    (f"power_tile(0, {bits(-2)})", lambda x: x ** -2.0, 200, .51),
    (f"rpow_tile(0, {bits(3)})", lambda x: 3.0 ** x, 200, .51),
    ("exp_tile_init<true, 0x40000000>(); exp_tile<true, true>(0); "
     "exp_tile_init()", lambda x: np.exp(2 * x), 2000, .53),
    ("exp_tile<false, true, InputClamping::None>(0, VectorMode::RC, 0x4000)",
     lambda x: np.exp(2 * x), 1.1, .51),
    ("exp_tile<false, true, false>(0, (int)VectorMode::RC, 0x4000)", np.exp,
     1.1, .51),
    ("sigmoid_tile<VectorMode::RC, true>(0)", lambda x: 1 / (1 + np.exp(-x)),
     4, .51),
    ("log2_tile(0)", np.log2, 2, .51),
]
BINARY = [
    ("div_no_nan_binary_tile(0, 1, 0)",
     lambda a, b: np.where(b == 0, 0, a / b), .7, .51),
    ("xlogy_binary_tile(0, 1, 0)",
     keep_nan(lambda a, b: np.where(a == 0, 0, a * np.log(b))), 2, .51),
]
# of three numbers, all positive
TERNARY = [
    (f"addcmul_tile(0, 1, 2, 0, {bits(.75)})", lambda a, b, c: a + .75 * b * c,
     2, .52),
    (f"addcdiv_tile(0, 1, 2, 0, {bits(.75)})", lambda a, b, c: a + .75 * b / c,
     2, .52),
    ("lerp_tile(0, 1, 2, 0)", lambda a, b, c: a + (b - a) * c, 4, .55),
]


class More(test_vector.Vector):
    """One test per kind of function; a subtest per function."""

    # Vector's tests run once
    test_every_init_and_chain_compiles_and_changes_nothing = None
    test_functions_of_one_number_are_within_their_bounds = None
    test_functions_of_two_numbers_are_within_their_bounds = None
    test_rounding_to_decimals_is_within_half_of_the_last = None

    def test_functions_of_one_number_are_within_bounds(self):
        x = self.samples(64 * 1024)
        self.check_all(UNARY,
                       lambda dtype: [x if dtype == "f32" else ALL_BF16])

    def operands(self, dtype):
        """Two numbers that meet in every way, many of similar size."""
        n = SPECIAL.size
        a, b = (self.samples(16 * 1024) for _ in range(2))
        a, b = self.rng.permutation(a), self.rng.permutation(b)
        with np.errstate(all="ignore"):
            b[:4096] = a[:4096] * self.rng.choice(
                np.float32([1, 2, 3, 1 / 3, 1 / 7, 1e-5, 1e-8]), 4096)
        a[-n * n:], b[-n * n:] = np.repeat(SPECIAL, n), np.tile(SPECIAL, n)
        if dtype == "f32":
            return [a, b]
        return [(v.view(np.uint32) & 0xFFFF0000).view(np.float32)
                for v in (a, b)]

    def test_functions_of_two_numbers_are_within_bounds(self):
        self.check_all(BINARY, self.operands)

    def test_functions_of_three_numbers_are_within_bounds(self):
        x = [self.rng.uniform(.5, 2, 4096).astype(np.float32)
             for _ in range(3)]
        x[2] /= 2
        self.check_all(TERNARY, lambda dtype: x if dtype == "f32" else [
            (v.view(np.uint32) & 0xFFFF0000).view(np.float32) for v in x])

    def test_block_floats_hold_what_they_can(self):
        x, y = (self.rng.choice([-3, -2, -1.5, -1, -.5, .5, 1, 2, 3], (64, 32))
                for _ in range(2))
        calls = {"negative_tile(0)": -x, "abs_tile(0)": np.abs(x),
                 "relu_tile(0)": np.maximum(x, 0), "floor_tile(0)": np.floor(x),
                 "sign_tile(0)": np.sign(x), "ltz_tile(0)": x < 0,
                 "mul_unary_tile(0, 0x40000000)": 2 * x,
                 "binary_max_tile(0, 1, 0)": np.maximum(x, y),
                 "fmod_binary_tile(0, 1, 0)": np.fmod(x, y),
                 "copy_dest_values(1, 0)": y}
        self.group(calls)
        for call, right in calls.items():
            for wide in (False, True):
                with self.subTest(call, wide=wide):
                    got = self.run_call(call, [to_bf8(x), to_bf8(y)],
                                        ["bf8"] * 3, wide)
                    np.testing.assert_array_equal(from_bf8(got), right)

    def test_remainders_are_exact(self):
        calls = {"fmod_binary_tile(0, 1, 0)": np.fmod,
                 "remainder_binary_tile(0, 1, 0)": np.remainder}
        scalars = {f"fmod_tile(0, {bits(-.3)}, {bits(1 / -.3)})": np.fmod,
                   f"remainder_tile(0, {bits(-.3)}, {bits(1 / -.3)})":
                       np.remainder}
        self.group({**calls, **scalars})
        for dtype in ("f32", "bf16"):
            a, b = self.operands(dtype)
            for call, function in {**calls, **scalars}.items():
                if call in scalars:
                    b = np.full_like(a, -.3)
                with np.errstate(all="ignore"):
                    size = np.abs(flushed(b.astype(float)))
                out_of_reach = np.isfinite(a) & np.isfinite(b) & (b != 0) & (
                    (size < 2.0 ** -100) | (size >= 2.0 ** 126) |
                    (np.abs(a) >= 2.0 ** 29 * size))
                a[out_of_reach] = 0
                exact = function is np.fmod and dtype == "f32"
                with self.subTest(call, dtype=dtype):
                    self.check(call, function, [a, b], dtype,
                               0 if exact else .5)


class Random(test_vector.Vector):
    """Random numbers: where they lie, and that they are not alike."""

    test_every_init_and_chain_compiles_and_changes_nothing = None
    test_functions_of_one_number_are_within_their_bounds = None
    test_functions_of_two_numbers_are_within_their_bounds = None
    test_rounding_to_decimals_is_within_half_of_the_last = None

    def draw(self, call):
        """144 tiles, more than there are cores, by tile and row."""
        x = np.ones((32, 144 * 32), np.float32)
        first = "if (i == get_arg_val<int32_t>(0)) rand_tile_init(17 + i); "
        got = self.run_call(first + call, [x], ["f32", "f32"], True)
        return got.reshape(32, 144, 32).swapaxes(0, 1).astype(float)

    def test_uniform_numbers_are_uniform_and_unrelated(self):
        x = self.draw(f"rand_tile(0, {bits(-1)}, {bits(2)})")
        n = x.size
        self.assertTrue(np.all((x >= -1) & (x < 1)))
        self.assertLess(abs(x.mean()) * np.sqrt(3 * n), 4)
        shares = np.histogram(x, 32, (-1, 1))[0] / (n / 32)
        self.assertLess(np.abs(shares - 1).max() * np.sqrt(n / 32), 4.5)
        for axis in range(3):
            for distance in (1, 2, 4, 8):
                y = np.roll(x, distance, axis)
                with self.subTest(axis=axis, distance=distance):
                    self.assertLess(abs((x * y).mean()) * 3 * np.sqrt(n), 4.5)
        self.assertGreater(np.unique(x).size, .985 * n)

    def test_dropout_keeps_its_share_and_scales_it(self):
        x = self.draw(f"dropout_tile(0, {int(.3 * 2 ** 31)}, {bits(2)})")
        self.assertTrue(np.all((x == 0) | (x == 2)))
        share = (x == 0).mean()
        self.assertLess(abs(share - .3), 4 * np.sqrt(.21 / x.size))


class Integers(test_vector.Integers):
    """Integers of all widths."""

    test_integer_functions_are_exact = None
    test_typecasts_are_right_and_saturate = None

    def check_table(self, table, operands, dtype, wide):
        """Calls and their right results, modulo the width."""
        self.group(table)
        for call, right in table.items():
            with self.subTest(call, dtype=dtype, wide=wide):
                got = self.run_call(call, operands, [dtype] * 3, wide)
                np.testing.assert_array_equal(
                    got, right.astype(np.int64).astype(got.dtype))

    def test_functions_of_signed_integers_are_exact(self):
        a, b = self.pair()
        x, y = a.astype(np.int64), b.astype(np.int64)
        safe = np.where(y == 0, 1, y)
        table = {
            "rsub_int_tile<DataFormat::Int32>(0, 1, 0)": y - x,
            "add_unary_tile_int32(0, 77)": x + 77,
            "sub_unary_tile_int32(0, 77)": x - 77,
            "rsub_unary_int32_tile(0, 77)": 77 - x,
            "bitwise_and_tile<DataFormat::Int32>(0, 0x12345678)":
                x & 0x12345678,
            "bitwise_or_tile(0, 0x12345678)": x | 0x12345678,
            "bitwise_xor_tile(0, 0x12345678)": x ^ 0x12345678,
            "left_shift_tile<DataFormat::Int32>(0, 5)": x << 5,
            "left_shift_tile(0, 32)": x * 0,
            "right_shift_tile(0, 5)": x >> 5,
            "right_shift_tile(0, 40)": x >> 31,
            "logical_right_shift_tile(0, 5)": (x & 0xFFFFFFFF) >> 5,
            "abs_tile_int32(0)": np.abs(x),
            "negative_tile_int32(0)": -x,
            "signbit_tile_int32(0)": x < 0,
            "relu_tile_int32(0)": np.maximum(x, 0),
            "relu_max_tile_int32(0, 30)": np.clip(x, 0, 30),
            "relu_min_tile_int32(0, 30)": np.maximum(x, 30),
            "unary_max_int32_tile(0, 30)": np.maximum(x, 30),
            "unary_min_int32_tile(0, 30)": np.minimum(x, 30),
            "clamp_tile_int32(0, uint32_t(-30), 30)": np.clip(x, -30, 30),
            "fmod_int32_tile(0, 1, 0)": np.where(y == 0, 0, np.fmod(x, safe)),
            "remainder_int32_tile(0, 1, 0)":
                np.where(y == 0, 0, np.remainder(x, safe)),
            "logical_not_tile<DataFormat::Int32>(0)": x == 0,
            "mask_tile(0, 1, DataFormat::Int32)": np.where(y == 0, 0, x),
        }
        for name, relation in test_vector.RELATIONS.items():
            table[f"{name}_int_tile<DataFormat::Int32>(0, 1, 0)"] = relation(
                x, y)
        self.check_table(table, [a, b], "i32", True)

    def test_functions_of_unsigned_integers_are_exact(self):
        for dtype, kind, wide in (("u32", "UInt32", True),
                                  ("u16", "UInt16", True),
                                  ("u16", "UInt16", False)):
            a, b = (v.astype(dtype.replace("u", "uint")) for v in self.pair())
            x, y = a.astype(np.int64), b.astype(np.int64)
            kind = f"<DataFormat::{kind}>"
            fits = y < 32
            by = np.where(fits, y, 0)
            table = {
                f"add_int_tile{kind}(0, 1, 0)": x + y,
                f"sub_int_tile{kind}(0, 1, 0)": x - y,
                f"rsub_int_tile{kind}(0, 1, 0)": y - x,
                f"mul_int_tile{kind}(0, 1, 0)":
                    (x.astype(np.uint64) * y.astype(np.uint64)),
                f"bitwise_and_binary_tile{kind}(0, 1, 0)": x & y,
                f"bitwise_xor_binary_tile{kind}(0, 1, 0)": x ^ y,
                f"bitwise_not_tile{kind}(0)": ~x,
                f"bitwise_or_tile{kind}(0, 0x1234)": x | 0x1234,
                f"left_shift_tile{kind}(0, 3)": x << 3,
                f"binary_left_shift_tile{kind}(0, 1, 0)":
                    np.where(fits, x << by, 0),
                f"binary_logical_right_shift_tile{kind}(0, 1, 0)":
                    np.where(fits, x >> by, 0),
                f"fill_tile_int{kind}(0, 54321)": x * 0 + 54321,
                f"logical_not_tile{kind}(0)": x == 0,
                f"where_tile{kind}(0, 1, 0, 0)": np.where(x != 0, y, x),
                f"add_{dtype.replace('u', 'uint')}_tile(0, 1, 0)": x + y,
                f"relu_max_tile_{dtype.replace('u', 'uint')}(0, 4321)":
                    np.minimum(x, 4321),
            }
            if dtype == "u32":
                table |= {"binary_max_uint32_tile(0, 1, 0)": np.maximum(x, y),
                          "binary_min_uint32_tile(0, 1, 0)": np.minimum(x, y),
                          "unary_max_uint32_tile(0, 9)": np.maximum(x, 9)}
            for name, relation in test_vector.RELATIONS.items():
                table[f"{name}_int_tile{kind}(0, 1, 0)"] = relation(x, y)
            self.check_table(table, [a, b], dtype, wide)

    def test_typecasts_saturate(self):
        def magnitudes(x):
            """Int8 as the chip has it: sign and magnitude."""
            return np.where(x < 0, 128 - x, x).astype(np.uint8)

        def numbers(x):
            """What such bytes mean."""
            x = x.astype(int)
            return np.where(x > 127, 128 - x, x)

        codes = {"u8": (30, 0, 255), "i8": (14, -127, 127),
                 "u16": (9, 0, 65535), "i32": (8, -2 ** 31, 2 ** 31 - 1),
                 "u32": (24, 0, 2 ** 32 - 1), "f32": (0, -1e9, 1e9),
                 "bf16": (5, -1e9, 1e9), "bf8": (6, -1e9, 1e9)}
        edges = np.float64([0, 1, 2, 100, 127, 128, 255, 256, 32768, 65535,
                            65536, 2 ** 24, 3e9, -1, -2, -127, -128, -1e6])
        pairs = ("u8 i32", "u8 f32", "i8 u8", "i8 i32", "i8 f32", "u16 i8",
                 "u16 u32", "i32 i8", "i32 u16", "u32 u8", "u32 u16", "f32 u8",
                 "f32 i8", "bf16 i32", "bf16 u16", "bf8 u32")
        for source, target in map(str.split, pairs):
            code, low, high = codes[source]
            x = np.resize(np.clip(edges, low, high), 1024)
            operand = magnitudes(x) if source == "i8" else x.astype(
                {"u8": np.uint8, "u16": np.uint16, "i32": np.int32,
                 "u32": np.uint32}.get(source, np.float32))
            if source == "bf8":  # 1, 2, -1, 0.5 of E5M2, which the host takes
                operand = np.resize(np.uint8([0x3C, 0x40, 0xBC, 0x38]), 1024)
                x = np.resize([1, 2, -1, .5], 1024)
            elif source == "bf16":
                x = np.float64(bf16(operand))
            elif source == "f32":
                x = operand.astype(float)
            to, low, high = codes[target]
            right = np.clip(x, low, high)
            if target in ("u8", "i8", "u16", "i32", "u32"):
                right = np.trunc(right)
            elif target == "bf16":
                right = bf16(right.astype(np.float32))
            with self.subTest(f"{source} to {target}"):
                got = self.run_call(f"typecast_tile<{code}, {to}>(0)",
                                    [operand.reshape(32, 32)],
                                    [source, target], True).ravel()
                if target == "i8":
                    got = numbers(got.view(np.uint8))
                np.testing.assert_array_equal(got.astype(float), right)


if __name__ == "__main__":
    unittest.main()
