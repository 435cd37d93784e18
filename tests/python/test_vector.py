#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The vector unit's functions against NumPy in double precision: every bfloat16
and float16 there is, and 100 thousand float32. tests/accuracy/operations.py has
the functions and the errors that they may have, docs/accuracy.md what errors
mean there.

What no function can do, because operands and results pass other units: packing
to bfloat16 makes infinities of NaNs, and copying a bfloat16 tile to DST makes
+0 of -0 (as ttsim does)."""

import unittest

import numpy as np
from support import DeviceTest
import accuracy
from measure import FORMATS, Chip, inputs
from operations import BINARY, RELATIONS, TERNARY, UNARY


class Vector(DeviceTest):
    """One test per kind of function; a subtest per function."""

    def setUp(self):
        super().setUp()
        self.chip = Chip(self.device)

    def check_all(self, operations):
        """A table of functions, all formats."""
        survey = accuracy.Survey(self.chip, accuracy.QUICK, operations)
        for name, form in FORMATS.items():
            survey.measure(name, form)
        for operation in operations:
            with self.subTest(operation.call):
                self.assertEqual(survey.problems(operation), [])

    def test_functions_of_one_number_are_within_their_bounds(self):
        self.check_all(UNARY)

    def test_functions_of_two_numbers_are_within_their_bounds(self):
        self.check_all(BINARY)

    def test_functions_of_three_numbers_are_within_their_bounds(self):
        self.check_all(TERNARY)

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
        got = self.chip.run("; ".join(calls), [x], ["f32", "f32"], True)
        np.testing.assert_allclose(got, x, rtol=1e-6)

    def test_rounding_to_decimals_is_within_half_of_the_last(self):
        x = self.rng.uniform(-1000, 1000, 1024).astype(np.float32)
        got = self.chip.run("round_tile(0, 2)", [x], ["f32", "f32"], True)
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
    test_functions_of_three_numbers_are_within_their_bounds = None
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
        self.chip.group(table)
        for call, right in table.items():
            with self.subTest(call):
                got = self.chip.run(call, [a, b], ["i32"] * 3, True)
                np.testing.assert_array_equal(
                    got, right.astype(np.int64).astype(np.int32))

    def test_typecasts_are_right_and_saturate(self):
        a, _ = self.pair()
        x = inputs(4096)
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
                got = self.chip.run(f"typecast_tile<{code}>(0)", [operand],
                                    dtypes, True)
                np.testing.assert_array_equal(got.astype(np.float64), right)


if __name__ == "__main__":
    unittest.main()
