#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Runs kernels on the embedded chip and on ttsim, from the same images, and
compares every byte of their results. Needs TTSIM_LIB; each chip and case has a
process of its own, so that nothing carries over. Exit status 0 only if every
comparison was made and agreed.

    kernels.py [--every N] [WORD ...]
                                 compare, every N-th case; only those whose line
                                 holds one of the words ("calls=" for one kind
                                 of function)
    kernels.py --record FILE [--every N]
                                 and write digests of the results
    kernels.py --recorded FILE   compare the embedded chip with such digests;
                                 needs no ttsim"""

import argparse
import hashlib
import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import numpy as np

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "..", "python"))
KERNELS = os.path.join(HERE, "..", "kernels")

import nexus  # noqa: E402

# Values that arithmetic units treat specially, as float32 bit patterns.
SPECIAL = np.uint32([
    0x00000000, 0x80000000, 0x7F800000, 0xFF800000, 0x7FC00000, 0xFFC00001,
    0x00000001, 0x807FFFFF, 0x00800000, 0x7F7FFFFF, 0xFF7FFFFF, 0x3F800000,
    0xBF800000, 0x3F7FFFFF, 0x33800000, 0x4B000000]).view(np.float32)


DIGEST = "sha256 "

# Buffers of a case among its words: its operands, then its result.
BUFFERS = ["buffer 0", "buffer 1", "buffer 2", "buffer 3"]


def operand(rng, shape, dtype, special):
    """Random floats of widely differing size, salted with special values, or
    random integers, many of them small."""
    if dtype[0] in "iu":
        bits = int(dtype[1:])
        values = rng.integers(0, 2 ** bits, shape) >> rng.choice(
            [0, bits - 5], shape)
        return values.astype(f"uint{bits}").view(
            dtype.replace("u", "uint") if dtype[0] == "u" else f"int{bits}")
    scale = np.exp2(rng.integers(-12, 12, shape)).astype(np.float32)
    values = rng.standard_normal(shape, np.float32) * scale
    if special:
        spots = rng.random(shape) < 0.1
        values[spots] = rng.choice(SPECIAL, int(spots.sum()))
    return values.astype(np.float16) if dtype == "f16" else values


def run_case(device, case):
    """The stored bytes of a case's result."""
    rng = np.random.default_rng(case["seed"])
    shapes = case["shapes"]
    buffers = [device.create_buffer(operand(rng, tuple(s), case["dtype"],
                                            case["special"]), case["dtype"])
               for s in shapes[:-1]]
    out = device.create_buffer(tuple(shapes[-1]),
                               case.get("out", case["dtype"]))
    library = device.create_library(os.path.join(KERNELS,
                                                 case["kernel"] + ".cpp"))
    schedule = device.create_schedule()
    command = schedule.create_command(library.get_kernel("k"))
    buffers.append(out)
    words = case.get("words", {"": BUFFERS[:len(buffers)]
                               + case.get("tail", [])})
    for name, values in words.items():
        for i, value in enumerate(values):
            if value in BUFFERS:
                command.set_arg(i, buffers[BUFFERS.index(value)], name)
            elif value is not None:
                command.set_arg(i, value=value, name=name)
    formats = [case["dtype"]] * (len(shapes) - 1) + [case.get("out",
                                                              case["dtype"])]
    indices = case.get("cbs", [0, 1, 2])
    formats = case.get("cb_formats", (formats * 3)[:len(indices)])
    for i, dtype in zip(indices, formats):
        command.set_const(i, value=case.get("depth", 2), name="CB",
                          dtype=dtype)
    for i, (name, value) in enumerate(case.get("consts", [])):
        command.set_const(40 + i, value=value, name=name, dtype="i32")
    command.finalize(tuple(case["grid"]))
    schedule.run()
    stored = out.copy_to_host()
    return np.ascontiguousarray(stored).tobytes()


# Functions of the vector unit that share kernels: name, operands, calls.
FLOAT_CALLS = [
    ("kinds", 1, ["isinf_tile(0)", "isposinf_tile(0)", "isneginf_tile(0)",
                  "isnan_tile(0)", "isfinite_tile(0)", "eqz_tile(0)",
                  "hardtanh_tile(0, 0xBF800000, 0x40000000)",
                  "threshold_tile(0, 0x3FC00000, 0xC0400000)",
                  "hardshrink_tile(0, 0x3F000000)",
                  "softshrink_tile(0, 0x3F000000)", "hardsigmoid_tile(0)",
                  "hardswish_tile(0)", "hardmish_tile(0)"]),
    ("activations", 1, ["elu_tile(0, 0x3FC00000)",
                        "selu_tile(0, 0x3F867D5F, 0x3FD62D7D)",
                        "celu_tile(0, 0x40000000, 0x3F000000)",
                        "softplus_tile(0, 0x3F800000, 0x3F800000, 0x41A00000)",
                        "mish_tile(0)", "softsign_tile(0)"]),
    ("arcs", 1, ["asin_tile(0)", "acos_tile(0)", "atan_tile(0)",
                 "sinh_tile(0)", "cosh_tile(0)", "asinh_tile(0)",
                 "acosh_tile(0)", "atanh_tile(0)", "tanh_derivative_tile(0)"]),
    ("exponents", 1, ["sqrt_tile(0)", "log1p_tile(0)", "expm1_tile(0)",
                      "sigmoid_tile(0)", "silu_tile(0)", "erf_tile(0)",
                      "erfc_tile(0)", "tanh_tile(0)"]),
    ("products", 2, ["mul_binary_tile(0, 1, 0)", "add_binary_tile(0, 1, 0)"]),
    ("quotients", 1, ["rdiv_tile(0, 0x40400000)", "cbrt_tile(0)",
                      "log2_tile(0)", "fmod_tile(0, 0xBE99999A)",
                      "remainder_tile(0, 0xBE99999A)",
                      "rpow_tile(0, 0x40400000)", "power_tile(0, 0x40200000)"]),
    ("of two", 2, ["div_no_nan_binary_tile(0, 1, 0)",
                   "xlogy_binary_tile(0, 1, 0)", "fmod_binary_tile(0, 1, 0)",
                   "remainder_binary_tile(0, 1, 0)", "mask_tile(0, 1)",
                   "mask_posinf_tile(0, 1)",
                   "addcmul_tile(0, 1, 0, 0, 0x3F000000)",
                   "addcdiv_tile(0, 1, 0, 0, 0x3F000000)",
                   "lerp_tile(0, 1, 1, 0)"]),
    ("random", 1, ["rand_tile_init(7); rand_tile(0, 0, 0x3F800000)",
                   "rand_tile_init(8); dropout_tile(0, 1 << 30, 0x40000000)"]),
]
INTEGER_CALLS = [
    "add_int_tile<FORMAT>(0, 1, 0)", "sub_int_tile<FORMAT>(0, 1, 0)",
    "rsub_int_tile<FORMAT>(0, 1, 0)", "mul_int_tile<FORMAT>(0, 1, 0)",
    "bitwise_and_binary_tile<FORMAT>(0, 1, 0)", "bitwise_not_tile<FORMAT>(0)",
    "bitwise_xor_tile<FORMAT>(0, 0x1234)", "left_shift_tile<FORMAT>(0, 3)",
    "binary_left_shift_tile<FORMAT>(0, 1, 0)",
    "binary_right_shift_tile<FORMAT>(0, 1, 0)",
    "binary_logical_right_shift_tile<FORMAT>(0, 1, 0)",
    "lt_int_tile<FORMAT>(0, 1, 0)", "eq_int_tile<FORMAT>(0, 1, 0)",
    "where_tile<FORMAT>(0, 1, 0, 0)", "logical_not_tile<FORMAT>(0)",
    "fill_tile_int<FORMAT>(0, 54321)", "copy_dest_values<FORMAT>(1, 0)"]
INT32_CALLS = [
    "abs_tile_int32(0)", "negative_tile_int32(0)", "relu_max_tile_int32(0, 9)",
    "clamp_tile_int32(0, 1, 9)", "unary_max_int32_tile(0, 9)",
    "binary_max_uint32_tile(0, 1, 0)", "right_shift_tile(0, 5)",
    "remainder_int32_tile(0, 1, 0)", "fmod_int32_tile(0, 1, 0)"]
CASTS = [("f32", "i32"), ("f32", "u8"), ("f32", "i8"), ("i32", "i8"),
         ("u16", "u32"), ("u8", "f32"), ("i8", "i32"), ("u32", "bf16"),
         ("bf16", "u16")]


def cases():
    """What is compared; small, because ttsim takes its time."""
    found = []
    for seed, special in ((1, False), (2, True)):
        for dtype in ("bf16", "f16", "f32"):
            for kernel in ("add_tiles",) + (("add_f32",) if dtype == "f32"
                                            else ()):
                found.append(dict(kernel=kernel, dtype=dtype, seed=seed,
                                  special=special, shapes=[[128, 96]] * 3,
                                  grid=[12, 1, 1]))
        for dtype in ("bf16", "f32"):
            for accumulate in (0, 1):
                if dtype == "f32" and not accumulate:
                    continue
                found.append(dict(
                    kernel="matmul", dtype=dtype, seed=seed, special=special,
                    shapes=[[64, 96], [96, 64], [64, 64]], grid=[4, 1, 1],
                    tail=[2, 3], consts=[["FP32_DEST_ACC", accumulate]]))
        found.append(dict(kernel="add_scalar", dtype="f32", seed=seed,
                          special=special, shapes=[[32, 64], [32, 64]],
                          tail=[1.5], grid=[2, 1, 1]))
        found += style_cases(seed, special)
        found += vector_cases(seed, special)
        for dtype, wide in (("bf16", 0), ("bf16", 1), ("f32", 0), ("f32", 1)):
            found += matrix_cases(dict(seed=seed, special=special,
                                       dtype=dtype), wide)
    found.append(dict(kernel="integer", dtype="u32", seed=1, special=False,
                      shapes=[[1024]] * 2, grid=[1, 1, 1], tail=[3]))
    return found


def vector_cases(seed, special):
    """Functions of the vector unit, a tile each: one of every way to run one
    (repeated, looped, with values, on several tiles), and what uses most
    instructions."""
    found = []

    def case(call, operands, dtype, wide):
        return dict(kernel="unary", dtype=dtype, seed=seed, special=special,
                    shapes=[[32, 32]] * (operands + 1), grid=[1, 1, 1],
                    cbs=list(range(operands + 1)),
                    tail=[0], consts=[["DEFINE:TEST_OPERANDS", operands],
                                      ["DEFINE:TEST_CALL=" + call, 0],
                                      ["FP32_DEST_ACC", wide]])

    def together(name, calls, operands, dtype, wide, **more):
        """Several calls in one kernel, a tile of the result each: they share
        what takes time, starting the chips and the compiler."""
        text = "switch (i) {" + " ".join(
            f"case {i}: {c}; break;" for i, c in enumerate(calls)) + "}"
        n = len(calls)
        return dict(calls=name, kernel="unary", dtype=dtype, seed=seed,
                    special=special, shapes=[[32 * n, 32]] * (operands + 1),
                    cbs=list(range(operands + 1)), grid=[n, 1, 1], tail=[0],
                    consts=[["DEFINE:TEST_OPERANDS", operands],
                            ["DEFINE:TEST_CALL=" + text, 0],
                            ["FP32_DEST_ACC", wide]], **more)

    for dtype, wide in (("bf16", 0), ("f16", 0), ("f32", 1)):
        for name, operands, listed in FLOAT_CALLS:
            found.append(together(name, listed, operands, dtype, wide))
    for dtype, wide in (("i32", 1), ("u32", 1), ("u16", 1), ("u16", 0)):
        kind = {"i32": "Int32", "u32": "UInt32", "u16": "UInt16"}[dtype]
        found.append(together("integers", [
            c.replace("FORMAT", "DataFormat::" + kind)
            for c in INTEGER_CALLS + INT32_CALLS * (dtype == "i32")],
            2, dtype, wide))
    for source, target in CASTS:
        codes = {"f32": 0, "bf16": 5, "i32": 8, "u16": 9, "i8": 14, "u32": 24,
                 "u8": 30}
        call = f"typecast_tile<{codes[source]}, {codes[target]}>(0)"
        found.append({**case(call, 1, source, 1), "out": target,
                      "cb_formats": [source, target], "cbs": [0, 1]})

    calls = [("exp_tile(0)", 1), ("log_tile(0)", 1), ("rsqrt_tile(0)", 1),
             ("tan_tile(0)", 1), ("tanh_tile(0)", 1), ("gelu_tile(0)", 1),
             ("floor_tile(0)", 1), ("relu_tile(0)", 1), ("power_tile(0, 5)", 1),
             ("unary_max_tile(0, 0x40C00000)", 1), ("div_binary_tile(0, 1, 0)",
                                                    2),
             ("power_binary_tile(0, 1, 0)", 2), ("binary_max_tile(0, 1, 0)", 2),
             ("lt_binary_tile(0, 1, 0)", 2)]
    found += [case(call, operands, dtype, wide) for call, operands in calls
              for dtype, wide in (("bf16", 0), ("f32", 1))]
    return found


def matrix_cases(common, wide):
    """The kernels of tests/python/test_matrix_api.py."""
    def case(kernel, shapes, grid, defines, **more):
        consts = [["FP32_DEST_ACC", wide]]
        consts += [["DEFINE:" + name, value] for name, value in defines.items()]
        return {**common, "kernel": kernel, "shapes": shapes, "grid": grid,
                "consts": consts, **more}

    found = []
    # Broadcasts, transposition, operands from Dst, everything mixed.
    for kind, what, dim in ([(0, what, dim) for what in range(3)
                             for dim in range(1, 4)] +
                            [(2, 0, dim) for dim in range(1, 4)] +
                            [(3, 0, 0), (7, 0, 0), (8, 0, 0), (8, 1, 0),
                             (9, 37, 0)] +
                            [(kind, what, 0) for kind in (5, 6)
                             for what in range(3)]):
        found.append(case("tile_ops", [[64, 64]] * 3, [2, 1, 1],
                          dict(KIND=kind, WHAT=what, DIM=dim)))
    for pool in (0, 2):
        for left in range(3):
            defines = dict(POOL=pool, LEFT=left)
            if pool == 2:
                defines["ONES"] = 1
            found.append(case("reduce", [[64, 64], [32, 32], [64, 32]],
                              [2, 1, 1], defines, tail=[2, 1, 2]))
    for mode in range(3):
        found.append(case("strips", [[64, 64]] * 2, [2, 1, 1],
                          dict(MODE=mode, WIDTH=2)))
    for turned in (0, 1):
        defines = dict(ROWS=1, COLS=2, DEPTH=2, TURNED=turned)
        found.append(case("matmul_block", [[32, 64], [64, 64], [32, 64]],
                          [1, 1, 1], defines, depth=4))
        found.append(case("matmul_block", [[32, 64], [64, 64], [32, 64]],
                          [1, 1, 1], {**defines, "ADD_IN_L1": 1}, depth=4))
    return found


def style_cases(seed, special):
    """The kernels of tests/python/test_styles.py."""
    a, b, c = BUFFERS[:3]
    common = dict(seed=seed, special=special, dtype="bf16", grid=[1, 1, 1])
    found = []
    for dtype, size in (("bf16", 2048), ("f32", 4096)):
        found.append({**common, "kernel": "triton_style_add", "dtype": dtype,
                      "shapes": [[7168]] * 3, "grid": [7, 1, 1], "depth": 8,
                      "consts": [["DEFINE:BLOCK_BYTES", size]]})
    for op in ("add", "sub", "mul"):
        found.append({**common, "kernel": "metal_style_eltwise_binary",
                      "shapes": [[64, 96]] * 3, "cbs": [0, 1, 16],
                      "words": {"READER_ARG": [a, b, 6], "WRITER_ARG": [c, 6],
                                "COMPUTE_ARG": [6]},
                      "consts": [[f"DEFINE:OP={op}_tiles", 0],
                                 [f"DEFINE:OP_INIT={op}_tiles_init", 0]]})
    found.append({**common, "kernel": "matmul_single_core",
                  "shapes": [[96, 64], [64, 160], [96, 160]],
                  "cbs": [0, 1, 16],
                  "words": {"READER_CTA": [a, b], "WRITER_CTA": [c],
                            "COMPUTE_CTA": [3, 2, 5],
                            "READER_ARG": [a, b, 3, 2, 5],
                            "WRITER_ARG": [c, 3, 5]}})
    found.append({**common, "kernel": "loopback", "shapes": [[5120]] * 2,
                  "cbs": [], "words": {"WRITER_L1": [2048],
                                       "WRITER_ARG": [None, a, b, 5],
                                       "WRITER_CTA": [a, b]}})
    found.append({**common, "kernel": "old_arguments", "cbs": [0, 1, 16],
                  "shapes": [[2, 64, 96]] * 3, "grid": [3, 2, 2],
                  "consts": [["DEFINE:WIDTH", 3], ["DEFINE:HEIGHT", 2]]})
    found.append({**common, "kernel": "fused", "cbs": [0, 1, 2, 3],
                  "shapes": [[128, 64], [64, 64], [128, 64], [128, 64]],
                  "tail": [2, 2], "depth": 8, "cb_formats": ["bf16"] * 4,
                  "grid": [2, 1, 1]})
    sizes = [[64, 128], [128, 512], [64, 512], [64, 512]]
    found.append({**common, "kernel": "triton_style_matmul",
                  "cbs": [0, 1, 2, 3], "shapes": sizes, "depth": 8,
                  "cb_formats": ["bf16"] * 4, "grid": [8, 1, 1], "words": {
                      "": sum(([buffer, *shape, shape[1], 1, 0, *shape,
                                shape[1], 1] for buffer, shape in zip(
                                    [a, b, BUFFERS[3], c], sizes)),
                              []) + [64, 512, 128]}})
    found.append({**common, "kernel": "semaphores", "cbs": [0],
                  "shapes": [[5, 32, 32]] * 2, "grid": [5, 1, 1]})
    found.append({**common, "kernel": "multicast", "cbs": [0],
                  "shapes": [[80, 32, 32]] * 2, "grid": [80, 1, 1]})
    return found


def on_chip(which, case):
    """The digest of a case's result on one chip."""
    done = subprocess.run(
        [sys.executable, os.path.abspath(__file__), "--case",
         json.dumps(case)],
        env={**os.environ, "TT_DEVICE": which, "TT_TIMEOUT_MS": "600000"},
        capture_output=True, text=True)
    if done.returncode:
        return f"failed: {(done.stderr or done.stdout).strip()[-400:]}"
    found = [line for line in done.stdout.splitlines()
             if line.startswith(DIGEST)]
    return found[0] if found else f"failed: {done.stdout[-400:]}"


def key_of(case):
    """What stands for a case in a record."""
    return hashlib.sha256(json.dumps(case).encode()).hexdigest()[:16]


def title_of(case):
    """A case in words."""
    return " ".join(f"{k}={v}" for k, v in case.items())


def run_all(judge, chosen):
    """Judge cases, as many at a time as there are processors; the digests of
    those that agree, by key, and whether all do."""
    digests, failed = {}, 0
    with ThreadPoolExecutor(len(os.sched_getaffinity(0))) as pool:
        for case, (same, ours, theirs) in zip(chosen, pool.map(judge, chosen)):
            print(f"{'same' if same else 'DIFFERENT'}  {title_of(case)}",
                  flush=True)
            if same:
                digests[key_of(case)] = ours[len(DIGEST):]
            else:
                failed += 1
                print(f"    emu:   {ours}\n    ttsim: {theirs}")
    print(f"{len(digests)} passed, {failed} failed")
    return digests, failed == 0


def compare(case):
    """On both chips."""
    ours, theirs = on_chip("emu", case), on_chip("ttsim", case)
    return ours == theirs and ours.startswith(DIGEST), ours, theirs


def write_record(path, digests):
    """A line for each case: its key, and half of the digest."""
    with open(path, "w", encoding="ascii") as file:
        file.write("# Results of kernels on ttsim: tests/diff/kernels.py, "
                   "`make record-ttsim`.\n")
        for key, digest in digests.items():
            file.write(f"{key} {digest[:32]}\n")


def read_record(path):
    """Digests by key."""
    with open(path, encoding="ascii") as file:
        return dict(line.split() for line in file if line[0] != "#")


def check_record(record):
    """Run what is recorded on the embedded chip; the exit status."""
    def judge(case):
        ours, theirs = on_chip("emu", case), DIGEST + record[key_of(case)]
        return ours.startswith(theirs), ours, theirs

    chosen = [case for case in cases() if key_of(case) in record]
    if not chosen or len(chosen) != len(record):
        print(f"{len(record)} cases are recorded, {len(chosen)} exist")
        return 1
    return 0 if run_all(judge, chosen)[1] else 1


def main():
    """Entry point; returns the exit status."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--record")
    parser.add_argument("--recorded")
    parser.add_argument("--every", type=int, default=1)
    parser.add_argument("--case", help="run one and print its digest")
    parser.add_argument("words", nargs="*", help="choose cases")
    options = parser.parse_args()
    if options.case:
        device = nexus.get_runtimes()[0].get_device(0)
        data = run_case(device, json.loads(options.case))
        print(f"\n{DIGEST}{hashlib.sha256(data).hexdigest()}", flush=True)
        return 0
    if options.recorded:
        return check_record(read_record(options.recorded))
    if not os.environ.get("TTSIM_LIB"):
        print("TTSIM_LIB is not set: nothing was compared")
        return 1
    chosen = [case for case in cases() if not options.words
              or any(word in title_of(case) for word in options.words)]
    digests, agreed = run_all(compare, chosen[::options.every])
    if agreed and options.record:
        write_record(options.record, digests)
    return 0 if agreed else 1


if __name__ == "__main__":
    sys.exit(main())
