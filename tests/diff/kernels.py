#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Runs kernels on the embedded chip and on ttsim, from the same images, and
compares every byte of their results. Needs TTSIM_LIB; each chip runs in a
process of its own, since the simulator ends its process when it refuses
something. Exit status 0 only if every comparison was made and agreed."""

import hashlib
import json
import os
import subprocess
import sys

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


def operand(rng, shape, dtype, special):
    """Random floats of widely differing size, salted with special values."""
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
    out = device.create_buffer(tuple(shapes[-1]), case.get("out", case["dtype"]))
    library = device.create_library(os.path.join(KERNELS,
                                                 case["kernel"] + ".cpp"))
    schedule = device.create_schedule()
    command = schedule.create_command(library.get_kernel("k"))
    arguments = buffers + [out] + case.get("tail", [])
    for i, argument in enumerate(arguments):
        if isinstance(argument, nexus.Buffer):
            command.set_arg(i, argument)
        else:
            command.set_arg(i, value=argument)
    formats = [case["dtype"]] * (len(shapes) - 1) + [case.get("out",
                                                              case["dtype"])]
    formats = case.get("cb_formats", (formats * 3)[:3])
    for i, dtype in enumerate(formats):
        command.set_const(i, value=2, name="CB", dtype=dtype)
    for i, (name, value) in enumerate(case.get("consts", [])):
        command.set_const(40 + i, value=value, name=name, dtype="i32")
    command.finalize(tuple(case["grid"]))
    schedule.run()
    stored = out.copy_to_host()
    return np.ascontiguousarray(stored).tobytes()


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
    return found


def on_chip(which, case):
    """The digest of a case's result on one chip."""
    done = subprocess.run(
        [sys.executable, os.path.abspath(__file__), json.dumps(case)],
        env={**os.environ, "TT_DEVICE": which, "TT_TIMEOUT_MS": "600000"},
        capture_output=True, text=True)
    if done.returncode:
        return f"failed: {(done.stderr or done.stdout).strip()[-400:]}"
    # The simulator prints lines of its own.
    found = [line for line in done.stdout.splitlines()
             if line.startswith(DIGEST)]
    return found[0] if found else f"failed: {done.stdout[-400:]}"


def main():
    """Entry point; returns the exit status."""
    if len(sys.argv) > 1:
        device = nexus.get_runtimes()[0].get_device(0)
        data = run_case(device, json.loads(sys.argv[1]))
        print(f"\n{DIGEST}{hashlib.sha256(data).hexdigest()}", flush=True)
        return 0
    if not os.environ.get("TTSIM_LIB"):
        print("TTSIM_LIB is not set: nothing was compared")
        return 1
    passed = failed = 0
    for case in cases():
        title = " ".join(f"{k}={v}" for k, v in case.items())
        ours, theirs = on_chip("emu", case), on_chip("ttsim", case)
        same = ours == theirs and not ours.startswith("failed")
        passed, failed = passed + same, failed + (not same)
        print(f"{'same' if same else 'DIFFERENT'}  {title}", flush=True)
        if not same:
            print(f"    emu:   {ours}\n    ttsim: {theirs}")
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
