#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Results and reports of the embedded chip depend neither on how many host
threads run it nor on how long the turns of its tiles are: the bytes of every
kernel of tests/kernels, prints, and reports of what goes wrong."""

import glob
import hashlib
import io
import os
import subprocess
import sys
import unittest
from concurrent.futures import ThreadPoolExecutor

import numpy as np

import nexus

HERE = os.path.dirname(os.path.abspath(__file__))
DIFF = os.path.join(HERE, "..", "diff")
KERNELS = os.path.join(HERE, "..", "kernels")

# Threads and instructions of a turn; "": as many as usual.
WAYS = ((1, ""), (2, ""), (7, ""), (1, 150), (7, 2500), (2, 400000))

# Tests that run what the differential tests do not.
MORE = ("test_l1.L1Buffers.test_older_generators_reach_interleaved_pages",
        "test_l1.L1Buffers.test_each_core_finds_its_own_shards",
        "test_l1.L1Buffers.test_circular_buffers_lie_over_local_shards",
        "test_matrix_api.MatrixApi.test_softmax_of_long_rows")

# Files that are only compiled, or parts of others.
NOT_RUN = {"spellings.cpp"}

FAULT = b"""
#if defined(READER_KERNEL)
void kernel_main()
{
    // The first core's fault comes last.
    for (volatile uint32_t n = get_arg_val<uint32_t>(0) ? 1 : 400; n; n = n - 1)
        ;
    *(volatile uint32_t *)0xFFF00000 = 1;
}
#else
void kernel_main() {}
#endif
"""


def show(data):
    """A line that stands for what an array holds."""
    print(hashlib.sha256(np.ascontiguousarray(data)).hexdigest())


def watch():
    """Print what is read from buffers and which kernels are used."""
    read, create = nexus.Buffer.copy_to_host, nexus.Device.create_library

    def reading(self, *arguments, **named):
        data = read(self, *arguments, **named)
        show(data)
        return data

    def creating(self, source, *arguments, **named):
        if isinstance(source, str):
            print("uses", os.path.relpath(source, KERNELS))
        return create(self, source, *arguments, **named)

    nexus.Buffer.copy_to_host = reading
    nexus.Device.create_library = creating


def chosen():
    """Small cases of the differential tests: some of each kernel, and those
    whose results are recorded, which have been compiled by then."""
    import kernels
    every = kernels.cases()
    found = every[::19] + kernels.style_cases(1, False)
    for case in every:
        if case["kernel"] not in {c["kernel"] for c in found}:
            found.append(case)
    return found


def report(device, source, cores, circular=False):
    """Print why a run fails."""
    schedule = device.create_schedule()
    command = schedule.create_command(
        device.create_library(source).get_kernel("k"))
    if circular:
        command.set_const(0, value=2, name="CB", dtype="bf16")
    command.finalize((cores, 1, 1), (1, 1, 1))
    try:
        schedule.run()
        print("no report")
    except nexus.NexusError as error:
        print(error.log)


def print_kernels():
    """Lines for whatever is seen of the kernels."""
    import kernels
    import test_delay
    watch()
    device = nexus.get_runtimes()[0].get_device(0)
    for case in chosen():
        kernels.run_case(device, case)
    for kernel in test_delay.MISTAKES:
        test_delay.run(device, kernel, "")
    done = unittest.TextTestRunner(stream=io.StringIO()).run(
        unittest.defaultTestLoader.loadTestsFromNames(MORE))
    if not done.wasSuccessful():
        sys.exit(str(done.failures + done.errors))
    report(device, os.path.join(KERNELS, "prints.cpp"), 3)
    report(device, test_delay.STUCK, 9, circular=True)
    report(device, FAULT, 1)


def print_faults():
    """The report of 30 cores that fault in the same round."""
    report(nexus.get_runtimes()[0].get_device(0), FAULT, 30)


def print_planted():
    """The reports of the sanitizer."""
    import test_check
    for path in test_check.PLANTED:
        print(test_check.report(path, 2 if "race_noc" in path else 1))


def outcome(what, threads, quantum, **environment):
    """What a function of this file prints in a process of its own, and what
    its kernels do."""
    script = (f"import sys; sys.path[:0] = [{HERE!r}, {DIFF!r}]; "
              f"import test_threads; test_threads.{what}()")
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True,
        env={**os.environ, "TT_EMU_THREADS": str(threads), "TT_LOG": "info",
             "TT_EMU_QUANTUM": str(quantum), **environment})
    if done.returncode:
        raise AssertionError(done.stderr)
    # The host collects prints while the cores run: in order for each of them.
    prints = [line for line in done.stderr.splitlines()
              if line.startswith("tt_runtime: info: (")]
    return done.stdout.splitlines() + sorted(
        prints, key=lambda line: line.split(": ")[2])


def outcomes(what, ways, **environment):
    """Those of several ways, two at a time."""
    with ThreadPoolExecutor(2) as pool:
        return list(pool.map(lambda way: outcome(what, *way, **environment),
                             ways))


class Threads(unittest.TestCase):
    """One test per claim."""

    def agree(self, what, ways, **environment):
        """What is seen in the first of several ways, and in the others."""
        first, *others = outcomes(what, ways, **environment)
        for (threads, quantum), other in zip(ways[1:], others):
            with self.subTest(threads=threads, quantum=quantum):
                self.assertEqual(first, other)
        return first

    def test_every_kernel_does_the_same_with_any_threads_and_turns(self):
        seen = self.agree("print_kernels", WAYS)
        files = {os.path.relpath(path, KERNELS) for path in glob.glob(
            os.path.join(KERNELS, "**", "*.cpp"), recursive=True)}
        parts = {name for name in files if os.path.dirname(name) + ".cpp"
                 in files or name.startswith(("check", "eltwise_binary"))}
        self.assertEqual(files - parts - NOT_RUN,
                         {line[5:] for line in seen if line[:5] == "uses "})
        self.assertTrue(any("deadlock: 9 cores" in line for line in seen))
        self.assertTrue(any("(2,0) BRISC: line 199" in line for line in seen))

    def test_the_sanitizer_reports_the_same(self):
        """With any threads. Which of two that race comes second, and so is
        named first, is a matter of turns."""
        seen = self.agree("print_planted", ((1, ""), (7, "")),
                          TT_EMU_CHECK="1")
        self.assertNotIn("None", seen)

    def test_the_first_of_many_faults_is_the_same(self):
        seen = self.agree("print_faults", [(n, "") for n in (1, 2, 7)])
        self.assertIn("core (18,18) logical (0,0) NCRISC", seen[0])

    def test_bad_numbers_are_named(self):
        for name in ("TT_EMU_THREADS", "TT_EMU_QUANTUM"):
            for value in ("0", "1e3", "1000001"):
                done = subprocess.run(
                    [sys.executable, "-m", "nexus", "info"],
                    capture_output=True, text=True,
                    env={**os.environ, name: value})
                self.assertIn(f"{name}={value} is not", done.stderr)
                self.assertIn("device 0", done.stdout)


if __name__ == "__main__":
    unittest.main()
