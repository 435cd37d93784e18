#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The rest of the vector unit's functions against NumPy in double precision;
what bounds mean is said in test_vector.py."""

import unittest

import numpy as np
import test_vector
from test_vector import ALL_BF16, SPECIAL, keep_nan, truth


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


if __name__ == "__main__":
    unittest.main()
