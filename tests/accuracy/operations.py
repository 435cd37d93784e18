# SPDX-License-Identifier: MIT
"""The operations whose errors are measured, with their right results and the
limits that the tests hold them to. Limits are in units of the last place; they
are kept here and nowhere else."""

import dataclasses
import math
from collections.abc import Callable

import numpy as np

PI = float(np.float32(np.pi))


@dataclasses.dataclass(frozen=True)
class Operation:
    """A call of the kernel API on tiles 0, 1, ... of DST.

    right: its result in double precision; f32, bf16: largest errors allowed
    (bf16 also for other 16-bit formats); published: its name in published.py;
    within: larger first operands do not count; note: for the table."""

    call: str
    right: Callable
    f32: float = 0
    bf16: float = 0
    published: str = ""
    within: float = np.inf
    note: str = ""
    operands: int = 1

    def limit(self, form):
        """The largest error allowed in a format."""
        return self.f32 if form.dtype == "f32" else self.bf16


def lifted(function):
    """A function of math on arrays; NaNs stay."""
    def on_array(x):
        flat = np.where(np.isnan(x), 0, x).ravel().tolist()
        y = np.fromiter(map(function, flat), float, len(flat))
        return np.where(np.isnan(x), np.nan, y.reshape(x.shape))
    return on_array


def keep_nan(function):
    """NaN where any operand is one."""
    return lambda *x: np.where(np.isnan(sum(np.abs(v) for v in x)), np.nan,
                               function(*x))


def truth(function):
    """A comparison as 1.0 and 0.0."""
    return lambda *x: function(*x).astype(float)


erf, erfc = lifted(math.erf), lifted(math.erfc)


def sigmoid(x):
    """1 / (1 + e^-x)."""
    return 1 / (1 + np.exp(-x))


def gelu(x):
    """x times the normal distribution; 0 at minus infinity."""
    return np.where(x == -np.inf, 0, x * 0.5 * erfc(-x / math.sqrt(2)))


def silu(x):
    """x times sigmoid(x); 0 at minus infinity."""
    return np.where(x == -np.inf, 0, x / (1 + np.exp(-x)))


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
    """x tanh(ln(1 + e^x)), without subtraction; 0 at minus infinity."""
    e = np.exp(np.minimum(x, 40))
    n = e * (e + 2)
    return np.where(x == -np.inf, 0, x * (n / (n + 2)))


def softsign(x):
    """x / (1 + |x|)."""
    return np.where(np.isinf(x), np.sign(x), x / (1 + np.abs(x)))


MISH = single(2.8)
SCALE, ALPHA = single(1.0507009873554805), single(1.6732632423543772)

_FAST = "The fast variant: a cubic between powers of two."
_RANGE = ("Arguments up to 400,000. Larger ones need products of integers, "
          "which the vector unit lacks: ")
_SINE = _RANGE + "they give some number in [-1, 1]."

UNARY = [
    Operation("exp_tile(0)", np.exp, 1.2, 0.51, "exp"),
    Operation("exp_tile<true>(0)", np.exp, 2000, 0.7, "exp fast_approx",
              note=_FAST),
    Operation("exp_tile<false, true, true>(0, 0, 0x4000)",
              lambda x: np.exp(2 * x), 1.2, 0.51),
    Operation("exp2_tile(0)", np.exp2, 1.0, 0.51, "exp2"),
    Operation("expm1_tile(0)", np.expm1, 1.45, 0.51, "expm1"),
    Operation("log_tile(0)", np.log, 1.0, 0.51, "log"),
    Operation("log_with_base_tile(0, 0x3DC5)", np.log2, 2.2, 0.51, "log2"),
    Operation("log_with_base_tile(0, 0x36F3)", np.log10, 2.2, 0.51, "log10"),
    Operation("log1p_tile(0)", np.log1p, 1.1, 0.51, "log1p"),
    Operation("recip_tile(0)", lambda x: 1 / x, 1, 0.51, "reciprocal"),
    Operation("sqrt_tile(0)", np.sqrt, 0.9, 0.51, "sqrt"),
    Operation("rsqrt_tile(0)", lambda x: 1 / np.sqrt(x), 1.2, 0.51, "rsqrt"),
    Operation("sigmoid_tile(0)", sigmoid, 2.9, 0.51, "sigmoid"),
    Operation("silu_tile(0)", silu, 3.49, 0.51, "silu"),
    Operation("tanh_tile(0)", np.tanh, 3, 0.51, "tanh"),
    Operation("erf_tile(0)", erf, 2.5, 0.51, "erf"),
    Operation("erfc_tile(0)", erfc, 3.9, 0.51, "erfc"),
    Operation("gelu_tile(0)", gelu, 4, 0.51, "gelu"),
    Operation("sin_tile(0)", np.sin, 2.4, 0.51, "sin", 400000, _SINE),
    Operation("cos_tile(0)", np.cos, 2.4, 0.51, "cos", 400000, _SINE),
    Operation("tan_tile(0)", np.tan, 3.9, 0.51, "tan", 400000,
              _RANGE + "they give some number."),
    Operation("power_tile(0, 3)", lambda x: x ** 3, 1.5, 0.51),
    Operation("power_tile(0, 0)", keep_nan(lambda x: x ** 0)),
    Operation("square_tile(0)", np.square, 0.5, 0.5, "square"),
    Operation("floor_tile(0)", np.floor, published="floor"),
    Operation("ceil_tile(0)", np.ceil, published="ceil"),
    Operation("trunc_tile(0)", np.trunc, published="trunc"),
    Operation("frac_tile(0)", lambda x: x - np.trunc(x), published="frac"),
    Operation("round_tile(0, 0)", np.round, published="round"),
    Operation("abs_tile(0)", np.abs, published="abs"),
    Operation("negative_tile(0)", np.negative, published="neg"),
    Operation("sign_tile(0)", np.sign, published="sign"),
    Operation("signbit_tile(0)", truth(np.signbit)),
    Operation("relu_tile(0)", lambda x: np.where(x < 0, 0, x),
              published="relu"),
    Operation("relu_max_tile(0, 0x40C00000)",
              keep_nan(lambda x: np.clip(x, 0, 6)), published="relu6"),
    Operation("relu_min_tile(0, 0x40C00000)", lambda x: np.maximum(x, 6),
              published="relu_min"),
    Operation("leaky_relu_tile(0, 0x3C23D70A)",
              lambda x: np.where(x < 0, x * float(np.float32(0.01)), x), 0.5,
              0.51, "leaky_relu"),
    Operation("unary_max_tile(0, 0x40C00000)", lambda x: np.maximum(x, 6)),
    Operation("unary_min_tile(0, 0x40C00000)", lambda x: np.minimum(x, 6)),
    Operation("clamp_tile(0, 0xC0000000, 0x40C00000)",
              lambda x: np.clip(x, -2, 6), published="clamp"),
    Operation("add_unary_tile(0, 0x40490FDB)", lambda x: x + PI, 0.5, 0.5),
    Operation("sub_unary_tile(0, 0x40490FDB)", lambda x: x - PI, 0.5, 0.5),
    Operation("mul_unary_tile(0, 0x40490FDB)", lambda x: x * PI, 0.5, 0.5),
    Operation("div_unary_tile(0, 0x40490FDB)", lambda x: x * PI, 0.5, 0.5),
    Operation("rsub_unary_tile(0, 0x40490FDB)", lambda x: PI - x, 0.5, 0.5),
    Operation("heaviside_tile(0, 0x3F000000)",
              keep_nan(lambda x: np.heaviside(x, 0.5)), published="heaviside"),
    Operation("fill_tile(0, 1.5f)", lambda x: np.full(x.shape, 1.5)),
    Operation("fill_tile_bitcast(0, 0x40490000)",
              lambda x: np.full(x.shape, 3.140625)),
    Operation("logical_not_tile(0)", truth(lambda x: x == 0),
              published="logical_not_"),
    Operation("identity_tile(0)", lambda x: x, published="identity"),
]

UNARY += [
    Operation("exp_tile_init<true, 0x40000000>(); exp_tile<true, true>(0); "
              "exp_tile_init()", lambda x: np.exp(2 * x), 2000, 0.7,
              note=_FAST),
    Operation("log2_tile(0)", np.log2, 2.2, 0.51, "log2"),
    Operation(f"rdiv_tile(0, {bits(3)})", lambda x: 3 / x, 1, 0.51, "rdiv"),
    Operation("cbrt_tile(0)", np.cbrt, 1, 0.51, "cbrt"),
    Operation("asin_tile(0)", np.arcsin, 2.2, 0.51, "asin"),
    Operation("acos_tile(0)", np.arccos, 1.8, 0.51, "acos"),
    Operation("atan_tile(0)", np.arctan, 1.8, 0.51, "atan"),
    Operation("sinh_tile(0)", np.sinh, 2.3, 0.51, "sinh"),
    Operation("cosh_tile(0)", np.cosh, 1.45, 0.51, "cosh"),
    Operation("asinh_tile(0)", np.arcsinh, 2.45, 0.51, "asinh"),
    Operation("acosh_tile(0)", np.arccosh, 2.5, 0.51, "acosh"),
    Operation("atanh_tile(0)", np.arctanh, 2, 0.51, "atanh"),
    Operation("tanh_derivative_tile(0)", lambda x: 1 / np.cosh(x) ** 2, 5,
              0.51, note="Has twice the error of e^x."),
    Operation(f"elu_tile(0, {bits(1)})", elu, 1.4, 0.51, "elu"),
    Operation(f"selu_tile(0, {bits(SCALE)}, {bits(ALPHA)})",
              lambda x: SCALE * np.where(x < 0, ALPHA * elu(x), x), 3, 0.51,
              "selu"),
    Operation(f"celu_tile(0, {bits(2)}, {bits(.5)})",
              lambda x: np.where(x < 0, 2 * elu(x / 2), x), 1.45, 0.51, "celu"),
    Operation(f"softplus_tile(0, {bits(1)}, {bits(1)}, {bits(20)})",
              lambda x: softplus(x, 1, 20), 4, 0.51, "softplus"),
    Operation(f"softplus_tile(0, {bits(.5)}, {bits(2)}, {bits(2)})",
              lambda x: softplus(x, .5, 2), 4, 0.51, "", 174,
              "Below -174, where e^(x / 2) is too small for a float but twice "
              "that is not yet, the result is zero."),
    Operation("mish_tile(0)", mish, 4.5, 0.51, "mish", 87,
              "Below -87, where e^x is too small for a float but the result, "
              "up to 92 times larger, is not yet, the result is zero."),
    Operation("softsign_tile(0)", softsign, 3.2, 0.51, "softsign"),
    Operation("hardsigmoid_tile(0)", lambda x: np.clip((x + 3) / 6, 0, 1), 1.5,
              0.51, "hardsigmoid"),
    Operation("hardswish_tile(0)", lambda x: x * np.clip((x + 3) / 6, 0, 1),
              2.5, 0.51, "hardswish"),
    Operation("hardmish_tile(0)", lambda x: x * np.clip((x + MISH) / 5, 0, 1),
              2.5, 0.51, "hardmish",
              note="Three roundings: sum, constant and product."),
    Operation(f"hardshrink_tile(0, {bits(.5)})",
              lambda x: np.where(np.abs(x) <= .5, 0, x),
              published="hardshrink"),
    Operation(f"softshrink_tile(0, {bits(.5)})",
              lambda x: x - np.clip(x, -.5, .5), 0.5, 0.5, "softshrink"),
    Operation(f"hardtanh_tile(0, {bits(-1)}, {bits(2)})",
              lambda x: np.clip(x, -1, 2), published="hardtanh"),
    Operation(f"threshold_tile(0, {bits(1.5)}, {bits(-3)})",
              keep_nan(lambda x: np.where(x > 1.5, x, -3)),
              published="threshold"),
    Operation(f"prelu_tile(0, {bits(.25)})",
              lambda x: np.where(x < 0, x / 4, x), published="prelu"),
    Operation(f"power_tile(0, {bits(2.5)})", lambda x: x ** 2.5, 4, 0.51),
    Operation(f"power_tile(0, {bits(-2)})", lambda x: x ** -2.0, 4, 0.51),
    Operation(f"rpow_tile(0, {bits(3)})", lambda x: 3.0 ** x, 4, 0.51, "rpow"),
    Operation("isinf_tile(0)", truth(np.isinf)),
    Operation("isposinf_tile(0)", truth(np.isposinf)),
    Operation("isneginf_tile(0)", truth(np.isneginf)),
    Operation("isnan_tile(0)", truth(np.isnan)),
    Operation("isfinite_tile(0)", truth(np.isfinite)),
]

BINARY = [
    Operation("add_binary_tile(0, 1, 0)", np.add, 0.5, 0.5, "add"),
    Operation("sub_binary_tile(0, 1, 0)", np.subtract, 0.5, 0.5, "subtract"),
    Operation("mul_binary_tile(0, 1, 0)", np.multiply, 0.5, 0.5, "multiply"),
    Operation("div_binary_tile(0, 1, 0)", np.divide, 0.75, 0.51, "div"),
    Operation("rsub_binary_tile(0, 1, 0)", lambda a, b: b - a, 0.5, 0.5,
              "rsub"),
    Operation("power_binary_tile(0, 1, 0)", keep_nan(np.power), 20, 0.51,
              "pow"),
    Operation("div_no_nan_binary_tile(0, 1, 0)",
              lambda a, b: np.where(b == 0, 0, a / b), 0.75, 0.51, "div"),
    Operation("xlogy_binary_tile(0, 1, 0)",
              keep_nan(lambda a, b: np.where(a == 0, 0, a * np.log(b))), 2,
              0.51, "xlogy"),
    Operation("binary_max_tile(0, 1, 0)", np.maximum, published="maximum"),
    Operation("binary_min_tile(0, 1, 0)", np.minimum, published="minimum"),
    Operation("copy_dest_values(1, 0)", lambda a, b: b),
]

# of positive numbers of like size
TERNARY = [
    Operation(f"addcmul_tile(0, 1, 2, 0, {bits(.75)})",
              lambda a, b, c: a + .75 * b * c, 2, 0.52),
    Operation(f"addcdiv_tile(0, 1, 2, 0, {bits(.75)})",
              lambda a, b, c: a + .75 * b / c, 2, 0.52),
    Operation("lerp_tile(0, 1, 2, 0)", lambda a, b, c: a + (b - a) * c, 4,
              0.55),
]

RELATIONS = {"eq": np.equal, "ne": np.not_equal, "lt": np.less,
             "gt": np.greater, "le": np.less_equal, "ge": np.greater_equal}
for _name, _relation in RELATIONS.items():
    _published = f"{_name}_" if _name not in ("eq", "ne") else ""
    UNARY += [Operation(f"{_name}z_tile(0)",
                        truth(lambda x, r=_relation: r(x, 0))),
              Operation(f"unary_{_name}_tile(0, 0x3F800000)",
                        truth(lambda x, r=_relation: r(x, 1)))]
    BINARY.append(Operation(f"{_name}_binary_tile(0, 1, 0)", truth(_relation),
                            published=_published))
BINARY = [dataclasses.replace(op, operands=2) for op in BINARY]
TERNARY = [dataclasses.replace(op, operands=3) for op in TERNARY]
OPERATIONS = UNARY + BINARY + TERNARY
