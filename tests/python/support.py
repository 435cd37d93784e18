# SPDX-License-Identifier: MIT
"""What the Python tests share."""

import os
import sys
import unittest

import numpy as np

import nexus

TESTS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..")
KERNELS = os.path.join(TESTS, "kernels")
sys.path += [os.path.join(TESTS, name) for name in ("accuracy", "bench")]


def kernel_path(name):
    """Path of a kernel source of tests/kernels."""
    return os.path.join(KERNELS, name + ".cpp")


def bf16(values):
    """float32 values that bfloat16 holds exactly."""
    return nexus.dtypes.from_bf16(nexus.dtypes.to_bf16(values))


def to_bf8(values):
    """E5M2 bytes, which BF8 buffers take, of values that they hold: the upper
    half of a float16."""
    return (np.asarray(values, np.float16).view(np.uint16) >> 8).astype(
        np.uint8)


def from_bf8(stored):
    """The same back."""
    return (stored.astype(np.uint16) << 8).view(np.float16).astype(float)


class DeviceTest(unittest.TestCase):
    """A test with the first device and a seeded generator."""

    @classmethod
    def setUpClass(cls):
        cls.device = nexus.get_runtimes()[0].get_device(0)

    def setUp(self):
        self.rng = np.random.default_rng(7)

    def floats(self, *shape):
        """Standard normal float32 values."""
        return self.rng.standard_normal(shape, np.float32)

    def prepare(self, source, arguments, consts, grid, name="my_kernel"):
        """A finalized schedule of one command. arguments: buffers and numbers
        in order; consts: (index, value, name, dtype)."""
        library = self.device.create_library(source)
        schedule = self.device.create_schedule()
        command = schedule.create_command(library.get_kernel(name))
        for i, argument in enumerate(arguments):
            if isinstance(argument, nexus.Buffer):
                command.set_arg(i, argument)
            else:
                command.set_arg(i, value=argument)
        for index, value, const_name, dtype in consts:
            command.set_const(index, value=value, name=const_name, dtype=dtype)
        command.finalize(grid, (1, 1, 1))
        return schedule

    def run_kernel(self, name, arguments, dtype, grid, extra=()):
        """Run a kernel of tests/kernels with three buffers of two tiles."""
        consts = [(i, 2, "CB", dtype) for i in range(3)] + list(extra)
        schedule = self.prepare(kernel_path(name), arguments, consts, grid)
        schedule.run(blocking=True)
        return schedule

    def assert_status(self, status, call, *arguments, **named):
        """The call raises NexusError with this status and a log line."""
        with self.assertRaises(nexus.NexusError) as caught:
            call(*arguments, **named)
        self.assertEqual(caught.exception.status, status)
        self.assertNotEqual(caught.exception.log, "")
        return caught.exception
