#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""TT_EMU_DELAY: kernels with all their waits compute the same under every
seed, whatever the number of host threads; a kernel that lacks one computes
something else under some seed, or is stopped."""

import hashlib
import os
import subprocess
import sys
import unittest

import numpy as np

import nexus

HERE = os.path.dirname(os.path.abspath(__file__))
DELAYED = os.path.join(HERE, "..", "kernels", "delay")
DIFF = os.path.join(HERE, "..", "diff")
SEEDS = (1, 2, 3, 4)
CORES, PAGES = 2, 8 # pages of each core

# The waits that are taken out, by kernel; "" takes none out.
MISTAKES = {
    "pipeline": ("", "RESERVE", "READ_BARRIER", "WRITER_WAIT", "FLUSH", "WAIT",
                 "ACQUIRE", "UNPACK_DRAIN", "RESERVE_OUT", "TILE_WAIT",
                 "PACK_DRAIN"),
    "atomic": ("", "ATOMIC_BARRIER"),
    "raw": ("", "MATH_WAIT", "SFPNOP", "PACK_WAIT"),
}
CASES = [(kernel, missing) for kernel, all_missing in MISTAKES.items()
         for missing in all_missing]


def arrays(kernel):
    """Inputs and the right output of a kernel."""
    rng = np.random.default_rng(5)
    a, b = rng.integers(-64, 64, (2, 32 * CORES * PAGES, 32)).astype(np.float32)
    if kernel == "pipeline":
        return [a, b], a + b
    if kernel == "raw":
        return [a], 2 * a
    return [], None


def run(device, kernel, missing):
    """Bytes that a kernel leaves in its last buffer."""
    inputs, _ = arrays(kernel)
    dtype = "i32" if kernel == "atomic" else "bf16"
    shape = (1024 * PAGES,) if kernel == "atomic" else (32 * CORES * PAGES, 32)
    buffers = [device.create_buffer(x, dtype=dtype) for x in inputs]
    buffers.append(device.create_buffer(
        np.zeros(shape, np.int32 if kernel == "atomic" else np.float32),
        dtype=dtype))
    schedule = device.create_schedule()
    library = device.create_library(os.path.join(DELAYED, kernel + ".cpp"))
    command = schedule.create_command(library.get_kernel(kernel))
    for i, buffer in enumerate(buffers):
        command.set_arg(i, buffer)
        command.set_const(i, value=2, name="CB", dtype=dtype)
    if missing:
        command.set_const(50, value=1, name="DEFINE:WITHOUT_" + missing,
                          dtype="i32")
    command.set_const(51, value=PAGES, name="DEFINE:PAGES", dtype="i32")
    command.finalize((1 if kernel == "atomic" else CORES, 1, 1), (1, 1, 1))
    schedule.run(blocking=True)
    return buffers[-1].copy_to_host().tobytes()


def digest_all():
    """Print a digest of what each case computes."""
    device = nexus.get_runtimes()[0].get_device(0)
    for kernel, missing in CASES:
        try:
            print(hashlib.sha256(run(device, kernel, missing)).hexdigest())
        except nexus.NexusError as error:
            print("stopped:", error.log.replace("\n", " "))


def outcome(what, seed, threads=2):
    """Lines that a call prints in a process of its own with a seed."""
    script = (f"import sys; sys.path[:0] = [{HERE!r}, {DIFF!r}]; "
              f"import test_delay, test_threads; {what}")
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True,
        env={**os.environ, "TT_EMU_DELAY": str(seed), "TT_DEVICE": "emu",
             "TT_EMU_THREADS": str(threads)})
    if done.returncode:
        raise AssertionError(done.stderr)
    return done.stdout.splitlines()


if __name__ == "__main__":
    digest_all()
