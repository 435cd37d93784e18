#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Work in flight: when the process ends, when the library is unloaded, and on
several devices at once."""

import os
import subprocess
import sys
import time
import unittest

import numpy as np

# A kernel that spins for as many rounds as its argument says, then writes it.
SOURCE = """
#ifdef WRITER_KERNEL
#include "api/dataflow/dataflow_api.h"
void kernel_main() {
  constexpr auto args = TensorAccessorArgs<1>();
  const auto out = TensorAccessor(args, get_common_arg_val<uint32_t>(0), 4096);
  uint32_t rounds = get_common_arg_val<uint32_t>(1);
  for (volatile uint32_t i = 0; i < rounds; i = i + 1) {}
  *(volatile uint32_t *)get_write_ptr(0) = rounds;
  noc_async_write(get_write_ptr(0), get_noc_addr(0, out), 64);
  noc_async_write_barrier();
}
#endif
"""

PRELUDE = f"""
import sys, time, nexus
SOURCE = '''{SOURCE}'''
def start(device, rounds, stream=None):
    buffer = device.create_buffer((1024,), "u32")
    schedule = device.create_schedule()
    library = device.create_library(SOURCE.encode())
    command = schedule.create_command(library.get_kernel("spin"))
    command.set_const(0, value=1, name="CB", dtype="u32")
    command.set_arg(0, buffer)
    command.set_arg(1, value=rounds)
    command.finalize((1, 1, 1))
    schedule.run(stream, blocking=False)
    return buffer, schedule, library
devices = nexus.get_runtimes()[0].get_devices()
"""

LONG = 2_000_000_000


def run(text, timeout=60, **environment):
    """Run a program that begins with PRELUDE; its exit status and output."""
    done = subprocess.run([sys.executable, "-c", PRELUDE + text],
                          env={**os.environ, **environment},
                          capture_output=True, text=True, timeout=timeout)
    return done.returncode, done.stdout, done.stderr


class Ends(unittest.TestCase):
    """Nothing hangs and nothing crashes when work is cut short."""

    def test_process_ends_with_work_in_flight(self):
        begin = time.monotonic()
        status, _, errors = run(f"start(devices[0], {LONG})")
        self.assertEqual((status, errors), (0, ""))
        self.assertLess(time.monotonic() - begin, 30)

    def test_process_ends_with_work_in_flight_and_queued_on_four_devices(self):
        status, _, errors = run(
            "kept = []\n"
            "for device in devices:\n"
            "    for stream in [None] + [device.create_stream()] * 2:\n"
            f"        kept.append((stream, start(device, {LONG}, stream)))\n"
            "sys.stdout.flush()\n"
            "sys.exit(3)", TT_EMU_DEVICES="4")
        self.assertEqual((status, errors), (3, ""))

    def test_library_can_be_closed_and_opened_again_with_work_in_flight(self):
        status, output, errors = run(
            "import ctypes, _ctypes, os\n"
            "for turn in range(2):\n"
            "    kept = start(devices[0], 1000000)\n"
            "    library = ctypes.CDLL(os.environ['TT_PLUGIN_LIB'])\n"
            "    _ctypes.dlclose(library._handle)\n"
            "    _ctypes.dlclose(kept[0]._lib._dll._handle)\n"
            "    again = ctypes.CDLL(os.environ['TT_PLUGIN_LIB'])\n"
            "    print(kept[0].copy_to_host()[0])\n")
        self.assertEqual((status, output.split(), errors),
                         (0, ["1000000"] * 2, ""))


class Devices(unittest.TestCase):
    """Several chips of one process."""

    def test_four_devices_work_and_wait_for_each_other(self):
        status, output, errors = run(
            "first = devices[0].create_event()\n"
            "gates = []\n"
            "for device in devices[1:]:\n"
            "    gate = device.create_schedule()\n"
            "    gate.create_wait_command(first, 1)\n"
            "    gate.run(blocking=False)\n"
            "    gates.append(gate)\n"
            "kept = [start(d, 1000 + i) for i, d in enumerate(devices)]\n"
            "assert all(k[0] for k in kept)\n"
            "opener = devices[0].create_schedule()\n"
            "opener.create_signal_command(first, 1)\n"
            "opener.run(blocking=False)\n"
            "print(*[k[0].copy_to_host()[0] for k in kept])\n",
            TT_EMU_DEVICES="4")
        self.assertEqual((status, errors), (0, ""))
        self.assertEqual([int(v) for v in output.split()],
                         list(np.arange(4) + 1000))


if __name__ == "__main__":
    unittest.main()
