# SPDX-License-Identifier: MIT
"""What TT-Metalium publishes: largest errors on Wormhole, in units of the last
place, by the names of its operations: (bfloat16, float32).

Source: github.com/tenstorrent/tt-eltwise-accuracy-report, the pages
reports/by_arch/wh/bf16/README.md and reports/by_arch/wh/fp32/README.md of
2026-09-01 (commit 0a3db34f). There, errors are whole numbers: distances from
the correctly rounded result. Inputs are all of bfloat16, or of float32, but for
denormals, infinities and NaNs; pairs of float32 are sampled."""

FIGURES = {
    "abs": (0, 0), "acos": (0, 2), "acosh": (1, 3), "add": (1, 0),
    "asin": (0, 2), "asinh": (1, 2), "atan": (1, 2), "atanh": (2, 3),
    "cbrt": (1, 3), "ceil": (0, 0), "celu": (0, 1), "clamp": (0, 0),
    "cos": (2.96e38, 3.21e38), "cosh": (0, 1), "div": (0, 2), "elu": (0, 1),
    "erf": (1, 6), "erfc": (3.19e28, 2.1e33), "erfinv": (121, 7.96e6),
    "exp": (1, 1), "exp fast_approx": (6, 3.79e5), "exp2": (1, 1),
    "expm1": (0, 1), "floor": (0, 0), "fmod": (6.65e35, 1.7e38),
    "frac": (0, 0), "ge_": (0, 0), "gelu": (165, 1.51e8), "gt_": (0, 0),
    "hardmish": (1, 0), "hardshrink": (0, 0), "hardsigmoid": (1, 4.89e6),
    "hardswish": (2, 7.34e6), "hardtanh": (0, 0), "heaviside": (0, 0),
    "i0": (255, 1.68e7), "i1": (218, 1.56e7), "identity": (0, 0),
    "le_": (0, 0), "leaky_relu": (1, 1), "lgamma": (324, 3.27e7),
    "log": (1, 1), "log10": (1, 2), "log1p": (1, 1), "log2": (1, 2),
    "logical_not_": (0, 0), "lt_": (0, 0), "maximum": (0, 0),
    "minimum": (0, 0), "mish": (1, 7), "multiply": (0, 0), "neg": (0, 0),
    "pow": (4.86e18, 5.92e3), "prelu": (0, 0), "rdiv": (1, 1),
    "reciprocal": (1, 1), "relu": (0, 0), "relu6": (0, 0), "relu_max": (0, 0),
    "relu_min": (0, 0), "remainder": (6.65e35, 1.7e38), "round": (0, 0),
    "rpow": (1, 1), "rsqrt": (0, 1), "rsub": (1, 0), "selu": (0, 51),
    "sigmoid": (1, 3), "sign": (0, 0), "silu": (1, 3),
    "sin": (3.38e38, 3.32e38),
    "sinh": (0, 2), "softplus": (1, 8.2e3), "softshrink": (1, 0),
    "softsign": (1, 3), "sqrt": (0, 1), "square": (1, 0), "subtract": (1, 0),
    "tan": (3.3e38, 3.34e38), "tanh": (1, 3), "tanhshrink": (63.5, 4.19e6),
    "threshold": (0, 0), "trunc": (0, 0), "where": (0, 0),
    "xielu": (1, 1.08e7), "xlogy": (897, 8.84e7),
}
