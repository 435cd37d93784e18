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
SEEDS = (1, 2, 3, 4, 5)
CORES, PAGES = 2, 8  # pages of each core

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
# Wrong also where nothing is late.
NEVER_RIGHT = ("RESERVE", "WRITER_WAIT", "TILE_WAIT")

STUCK = b"""
#if defined(READER_KERNEL)
void kernel_main() { cb_wait_front(0, 1); }
#elif defined(COMPUTE_KERNEL)
#include "compute_kernel_api/tile_move_copy.h"
void kernel_main() { tile_regs_wait(); tile_regs_release(); }
#else
void kernel_main() {}
#endif
"""


def arrays(kernel):
    """Inputs and the right output of a kernel."""
    rng = np.random.default_rng(5)
    shape = (2, 32 * CORES * PAGES, 32)
    a, b = rng.integers(-64, 64, shape).astype(np.float32)
    if kernel == "pipeline":
        return [a, b], a + b
    if kernel == "raw":
        return [a], 2 * a
    return [], np.arange(1, PAGES + 1, dtype=np.int32)


def run(device, kernel, missing):
    """What a kernel leaves in its last buffer."""
    inputs, right = arrays(kernel)
    atomic = kernel == "atomic"
    dtype = "i32" if atomic else "bf16"
    buffers = [device.create_buffer(x, dtype) for x in inputs]
    buffers.append(device.create_buffer((1024 * PAGES,) if atomic
                                        else right.shape, dtype))
    schedule = device.create_schedule()
    library = device.create_library(os.path.join(DELAYED, kernel + ".cpp"))
    command = schedule.create_command(library.get_kernel(kernel))
    for i, buffer in enumerate(buffers):
        command.set_arg(i, buffer)
        command.set_const(i, value=2, name="CB", dtype=dtype)
    command.set_const(50, value=PAGES, name="DEFINE:PAGES", dtype="i32")
    if missing:
        command.set_const(51, value=1, name="DEFINE:WITHOUT_" + missing,
                          dtype="i32")
    command.finalize((1 if atomic else CORES, 1, 1), (1, 1, 1))
    schedule.run(blocking=True)
    out = buffers[-1].copy_to_host()
    return out[::1024] if atomic else out


def digest(array):
    """A line that stands for an array."""
    return hashlib.sha256(np.ascontiguousarray(array).tobytes()).hexdigest()


def print_cases():
    """A line for what each case computes, or why it was stopped."""
    device = nexus.get_runtimes()[0].get_device(0)
    for kernel, missing in CASES:
        try:
            print(digest(run(device, kernel, missing)))
        except nexus.NexusError as error:
            print("stopped:", error.log.replace("\n", " "))


def print_suite():
    """Lines for kernels of the differential tests, and a run that cannot
    end."""
    import kernels
    device = nexus.get_runtimes()[0].get_device(0)
    for case in kernels.cases()[::12] + kernels.style_cases(1, False):
        print(hashlib.sha256(kernels.run_case(device, case)).hexdigest())
    schedule = device.create_schedule()
    command = schedule.create_command(
        device.create_library(STUCK).get_kernel("k"))
    command.set_const(0, value=2, name="CB", dtype="bf16")
    command.finalize((1, 1, 1), (1, 1, 1))
    try:
        schedule.run(blocking=True)
    except nexus.NexusError as error:
        print(error.log)


def lines_of(what, seed, threads=2):
    """What a function of this file prints in a process of its own."""
    script = (f"import sys; sys.path[:0] = [{HERE!r}, {DIFF!r}]; "
              f"import test_delay; test_delay.{what}()")
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True,
        env={**os.environ, "TT_DEVICE": "emu", "TT_EMU_DELAY": str(seed),
             "TT_EMU_THREADS": str(threads)})
    if done.returncode:
        raise AssertionError(done.stderr)
    return done.stdout.splitlines()


class Delay(unittest.TestCase):
    """One claim each."""

    @classmethod
    def setUpClass(cls):
        cls.prompt = dict(zip(CASES, lines_of("print_cases", "")))
        cls.late = [dict(zip(CASES, lines_of("print_cases", seed)))
                    for seed in SEEDS]

    def test_kernels_with_all_waits_are_right_under_every_seed(self):
        for kernel in MISTAKES:
            right = digest(arrays(kernel)[1])
            self.assertEqual(self.prompt[kernel, ""], right)
            for seed, lines in zip(SEEDS, self.late):
                with self.subTest(kernel=kernel, seed=seed):
                    self.assertEqual(lines[kernel, ""], right)

    def test_a_wait_that_lacks_shows_under_some_seed(self):
        for kernel, missing in CASES:
            if missing:
                with self.subTest(kernel=kernel, missing=missing):
                    right = digest(arrays(kernel)[1])
                    self.assertTrue(any(lines[kernel, missing] != right
                                        for lines in self.late))

    def test_without_delays_most_mistakes_are_right_by_luck(self):
        for kernel, missing in CASES:
            if missing not in NEVER_RIGHT:
                with self.subTest(kernel=kernel, missing=missing):
                    self.assertEqual(self.prompt[kernel, missing],
                                     digest(arrays(kernel)[1]))

    def test_a_seed_gives_the_same_with_any_number_of_threads(self):
        for threads in (1, 7):
            lines = lines_of("print_cases", SEEDS[0], threads)
            self.assertEqual(dict(zip(CASES, lines)), self.late[0])

    def test_seeds_differ(self):
        wrong = {lines["pipeline", "READ_BARRIER"] for lines in self.late}
        self.assertEqual(len(wrong), len(SEEDS))

    def test_kernels_across_cores_compute_what_they_do_without(self):
        prompt = lines_of("print_suite", "")
        self.assertGreater(len(set(prompt)), 20)
        for seed in SEEDS[:3]:
            with self.subTest(seed=seed):
                self.assertEqual(lines_of("print_suite", seed)[:-1],
                                 prompt[:-1])

    def test_a_run_that_cannot_end_is_reported(self):
        log = lines_of("print_suite", SEEDS[0])[-1]
        self.assertIn("deadlock", log)
        self.assertIn("waits for 1 pages in circular buffer 0", log)
        self.assertIn("SEMWAIT on semaphore 0", log)

    def test_a_seed_that_is_no_number_is_named(self):
        for seed in ("x", "-1", "1 ", "0x10", str(2 ** 64)):
            done = subprocess.run(
                [sys.executable, "-m", "nexus", "info"], capture_output=True,
                text=True, env={**os.environ, "TT_EMU_DELAY": seed,
                                "TT_DEVICE": "emu"})
            self.assertEqual(done.stderr.count("tt_runtime: error:"), 1)
            self.assertIn(f"TT_EMU_DELAY={seed} is not", done.stderr)
            self.assertIn("no delay is used", done.stderr)


if __name__ == "__main__":
    unittest.main()
