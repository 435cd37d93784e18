#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Results and reports of the embedded chip do not depend on how many host
threads run it: whole test files, and the bytes of kernels that talk across
cores, with one, two and seven threads."""

import os
import subprocess
import sys
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "diff"))

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

# Prints a digest of every result of the cases of tests/diff, and the report of
# 30 cores that fault in the same round.
SCRIPT = """
import sys, hashlib
sys.path[:0] = [%r, %r]
import kernels, test_threads, nexus
device = nexus.get_runtimes()[0].get_device(0)
for case in kernels.cases()[::6] + kernels.style_cases(1, False):
    print(hashlib.sha256(kernels.run_case(device, case)).hexdigest())
schedule = device.create_schedule()
library = device.create_library(test_threads.FAULT)
command = schedule.create_command(library.get_kernel("k"))
command.finalize((30, 1, 1))
try:
    schedule.run()
except nexus.NexusError as error:
    print(error.log)
""" % (HERE, os.path.join(HERE, "..", "diff"))


def outcome(threads):
    """What the script prints with a number of threads."""
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT], capture_output=True, text=True,
        env={**os.environ, "TT_EMU_THREADS": str(threads)})
    if done.returncode:
        raise AssertionError(done.stderr)
    return done.stdout


class Threads(unittest.TestCase):
    """One claim."""

    def test_bytes_and_reports_are_the_same_with_1_2_and_7_threads(self):
        alone = outcome(1)
        self.assertIn("core (18,18) logical (0,0) NCRISC", alone)
        self.assertGreater(len(set(alone.splitlines())), 10)
        self.assertEqual(alone, outcome(2))
        self.assertEqual(alone, outcome(7))

    def test_a_bad_number_of_threads_is_refused(self):
        done = subprocess.run(
            [sys.executable, "-m", "nexus", "info"], capture_output=True,
            text=True, env={**os.environ, "TT_EMU_THREADS": "0"})
        self.assertIn("TT_EMU_THREADS=0", done.stderr)


if __name__ == "__main__":
    unittest.main()
