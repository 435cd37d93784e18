#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""How much memory there is, how much of it is taken, and when it is full."""

import json
import unittest

from support import DeviceTest

from nexus import status

KIB = 1024


class Memory(DeviceTest):
    """One test per claim."""

    def stats(self, which):
        """The numbers of "dram" or "l1"."""
        return json.loads(
            self.device.get_property_str("MemorySubsystem"))[which]

    def bytes_of(self, size, *place):
        """A buffer of so many bytes."""
        return self.device.create_buffer((size,), "u8", *place)

    def test_all_of_dram_can_be_one_buffer(self):
        size = self.device.get_property_int("MaxBufferSize")
        total = self.device.get_property_int("GlobalMemorySize")
        self.assertLess(total - size, total / 500)
        self.assert_status(status.OutOfResources, self.bytes_of, size + 1)
        with self.bytes_of(size):
            self.assertEqual(self.stats("dram")["free"], 0)
            self.assertEqual(
                self.device.get_property_int("MemoryUtilization"), 100)
            self.assert_status(status.OutOfResources, self.bytes_of, 1)
        self.assertEqual(self.device.get_property_int("MemoryUtilization"), 0)

    def test_statistics_follow_allocations(self):
        for which, place in (("dram", ()),
                             ("l1", ("l1_height", (0, 0, 1, 1)))):
            before = self.stats(which)
            self.assertEqual(before["free"], before["size"])
            self.assertEqual(before["buffers"], 0)
            pages = 3 * before["banks"] if which == "dram" else 3
            buffers = [self.bytes_of(pages * KIB, *place) for _ in range(3)]
            after = self.stats(which)
            self.assertEqual(after["free"], before["free"] - 9 * KIB)
            self.assertEqual(after["largest"], after["free"])
            self.assertEqual(after["buffers"], 3)
            buffers[1].release()
            hole = self.stats(which)
            self.assertEqual(hole["free"] - hole["largest"], 3 * KIB)
            again = self.bytes_of(pages * KIB, *place)
            self.assertEqual(self.stats(which), after)
            for buffer in (buffers[0], again, buffers[2]):
                buffer.release()
            self.assertEqual(self.stats(which), before)

    def test_refusal_says_what_is_free_and_the_largest_range(self):
        bank = self.stats("dram")["size"]
        banks = self.stats("dram")["banks"]
        low, middle = (self.bytes_of(banks * bank // 4) for _ in range(2))
        low.release()
        error = self.assert_status(status.OutOfResources, self.bytes_of,
                                   banks * (bank - bank // 4))
        stats = self.stats("dram")
        self.assertLess(stats["largest"], stats["free"])
        self.assertIn(f"{stats['free']} of {bank} free", error.log)
        self.assertIn(f"largest range {stats['largest']}", error.log)
        middle.release()


if __name__ == "__main__":
    unittest.main()
