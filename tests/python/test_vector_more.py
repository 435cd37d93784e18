#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The rest of the vector unit's functions against NumPy: remainders, random
numbers, integers of all widths."""

import unittest

import numpy as np
import test_vector
from measure import FORMATS, SPECIAL, Chip, as_stored, compare, flushed, \
    inputs, patterns
from operations import bits
from support import DeviceTest, bf16, from_bf8, to_bf8


class Remainders(DeviceTest):
    """Of numbers that are not too different."""

    def operands(self, form):
        """Two numbers that meet in every way, many of similar size."""
        n = SPECIAL.size
        a, b = (self.rng.permutation(inputs(16 * 1024)) for _ in range(2))
        with np.errstate(all="ignore"):
            b[:4096] = a[:4096] * self.rng.choice(
                np.float32([1, 2, 3, 1 / 3, 1 / 7, 1e-5, 1e-8]), 4096)
        a[-n * n:], b[-n * n:] = np.repeat(SPECIAL, n), np.tile(SPECIAL, n)
        return [as_stored(x, form) for x in (a, b)]

    def test_remainders_are_exact(self):
        calls = {"fmod_binary_tile(0, 1, 0)": np.fmod,
                 "remainder_binary_tile(0, 1, 0)": np.remainder}
        scalars = {f"fmod_tile(0, {bits(-.3)}, {bits(1 / -.3)})": np.fmod,
                   f"remainder_tile(0, {bits(-.3)}, {bits(1 / -.3)})":
                       np.remainder}
        chip = Chip(self.device)
        chip.group({**calls, **scalars})
        for form in (FORMATS["f32"], FORMATS["bf16"]):
            a, b = self.operands(form)
            for call, function in {**calls, **scalars}.items():
                if call in scalars:
                    b = np.full_like(a, -.3)
                size = np.abs(flushed(b, form))
                out_of_reach = np.isfinite(a) & np.isfinite(b) & (b != 0) & (
                    (size < 2.0 ** -100) | (size >= 2.0 ** 126) |
                    (np.abs(a) >= 2.0 ** 29 * size))
                a[out_of_reach] = 0
                got = chip.run(call, [patterns(x, form) for x in (a, b)],
                               [form.dtype] * 3, form.wide)
                error = compare(got, function, [a, b], form)
                exact = function is np.fmod and form.wide
                with self.subTest(call, dtype=form.dtype):
                    self.assertLessEqual(error.ulp, 0 if exact else .5)


class BlockFloats(DeviceTest):
    """What a format of shared exponents can hold."""

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
        chip = Chip(self.device)
        chip.group(calls)
        for call, right in calls.items():
            for wide in (False, True):
                with self.subTest(call, wide=wide):
                    got = chip.run(call, [to_bf8(x), to_bf8(y)], ["bf8"] * 3,
                                   wide)
                    np.testing.assert_array_equal(from_bf8(got), right)


class Random(DeviceTest):
    """Random numbers: where they lie, and that they are not alike."""

    def draw(self, call):
        """144 tiles, more than there are cores, by tile and row."""
        x = np.ones((32, 144 * 32), np.float32)
        first = "if (i == get_arg_val<int32_t>(0)) rand_tile_init(17 + i); "
        got = Chip(self.device).run(first + call, [x], ["f32", "f32"], True)
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
        self.chip.group(table)
        for call, right in table.items():
            with self.subTest(call, dtype=dtype, wide=wide):
                got = self.chip.run(call, operands, [dtype] * 3, wide)
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
            return np.where(x < 0, 128 - x, x).astype(np.uint8).view(np.int8)

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
                got = self.chip.run(f"typecast_tile<{code}, {to}>(0)",
                                    [operand.reshape(32, 32)],
                                    [source, target], True).ravel()
                if target == "i8":
                    got = numbers(got.view(np.uint8))
                np.testing.assert_array_equal(got.astype(float), right)


if __name__ == "__main__":
    unittest.main()
