#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Cards, as a user meets them: the library over a test double of the kernel
driver with two cards, on a PCI bus made of files."""

import json
import os
import subprocess
import sys
import tempfile
import unittest

from fake_bus import add_card

HERE = os.path.dirname(os.path.abspath(__file__))
DOUBLE = os.path.join(os.path.dirname(os.environ["TT_PLUGIN_LIB"]), "double",
                      "libtt_plugin.so")


# Card 0 is used until it goes away, then card 1 as if nothing had happened.
ONE_IS_LOST = """
import numpy as np
import nexus
lost, other = nexus.get_runtimes()[0].get_devices()
data = np.arange(1 << 20, dtype=np.float32).reshape(1024, 1024)
try:
    for _ in range(300):
        lost.create_buffer(data).copy_to_host()
except nexus.NexusError as error:
    print(error)
for _ in range(2):
    try:
        lost.create_buffer(data)
        print("a lost card took a buffer")
    except nexus.NexusError:
        pass
np.testing.assert_array_equal(other.create_buffer(data).copy_to_host(), data)
print("the other one works")
"""


class Cards(unittest.TestCase):
    """Each in a process of its own: a runtime looks for cards once."""

    def setUp(self):
        # pylint: disable-next=consider-using-with
        bus = tempfile.TemporaryDirectory()
        self.addCleanup(bus.cleanup)
        self.bus = bus.name
        os.makedirs(os.path.join(self.bus, "devices"))

    def run_python(self, *arguments, **environment):
        """A Python process over the double."""
        inherited = {name: value for name, value in os.environ.items()
                     if name != "TT_DEVICE"}
        return subprocess.run(
            [sys.executable, *arguments], capture_output=True, text=True,
            check=False, cwd=HERE,
            env={**inherited, "TT_PLUGIN_LIB": DOUBLE,
                 "TT_DOUBLE_BUS": self.bus, **environment})

    def info(self, **environment):
        """What `python3 -m nexus info --json` prints."""
        done = self.run_python("-m", "nexus", "info", "--json", **environment)
        self.assertEqual(done.returncode, 0, done.stderr)
        return json.loads(done.stdout)[0]

    def test_info_lists_two_cards_one_without_permission(self):
        add_card(self.bus, "0000:01:00.0", "0x401e", 0)
        add_card(self.bus, "0000:02:00.0", "0x401e", 1)
        info = self.info(TT_DOUBLE_DENIED="0")
        self.assertEqual(info["Size"], 1)
        device = info["devices"][0]
        self.assertEqual(device["Location"], "0000:02:00.0")
        self.assertEqual(device["Grid"], [8, 9])
        self.assertEqual(device["GlobalMemorySize"], 12 << 30)
        self.assertEqual(device["CoreMemorySize"], 1464 << 10)
        self.assertEqual((device["CoreClockRate"], device["MemoryClockRate"]),
                         (1000, 6000))
        self.assertNotIn("Features", info)
        denied, used = info["cards"]
        self.assertFalse(denied["usable"])
        self.assertIn("Permission denied", denied["reason"])
        self.assertIn("udev", denied["remedy"])
        self.assertEqual(denied["device"], -1)
        self.assertTrue(used["usable"])
        self.assertEqual(used["device"], 0)
        self.assertEqual(used["firmware"], "18.7.0.0")
        self.assertEqual(used["driver"], "2.6.1")
        self.assertEqual((used["link_speed"], used["link_width"]),
                         ("16.0 GT/s PCIe", 16))
        self.assertEqual((used["numa_node"], used["node"]),
                         (0, "/dev/tenstorrent/1"))
        self.assertEqual((denied["numa_node"], denied["node"]),
                         (0, "/dev/tenstorrent/0"))

    def test_text_lists_two_cards_one_without_permission(self):
        add_card(self.bus, "0000:01:00.0", "0x401e", 0)
        add_card(self.bus, "0000:02:00.0", "0x401e", 1)
        done = self.run_python("-m", "nexus", "info", TT_DOUBLE_DENIED="0")
        self.assertEqual(done.returncode, 0, done.stderr)
        for line in ("Grid +8 x 9", "Location +0000:02:00.0",
                     "card Wormhole n150 at 0000:01:00.0 "
                     r"\(16.0 GT/s PCIe x16, NUMA node 0\)",
                     "not usable +opening /dev/tenstorrent/0: Permission",
                     "remedy +allow it", "used as +device 0",
                     "driver +2.6.1", "firmware +18.7.0.0"):
            self.assertRegex(done.stdout, line)

    def test_a_machine_without_cards_says_why(self):
        add_card(self.bus, "0000:01:00.0", "0x401e", 0, vendor="0x8086")
        self.assertIn("none of the 1 devices", self.info()["Features"])
        self.assertIn("TT_DEVICE=emu", self.info(TT_DEVICE="emu")["Features"])
        info = self.info(TT_DOUBLE_BUS="/nonexistent")
        self.assertIn("no PCI bus", info["Features"])
        self.assertEqual(info["devices"][0]["Location"], "emu:0")
        self.assertEqual(info["cards"], [])
        done = self.run_python("-m", "nexus", "info")
        self.assertIn("no card: none of the 1 devices", done.stdout)

    def test_text_names_reason_and_remedy(self):
        add_card(self.bus, "0000:01:00.0", "0xfaca", None)
        add_card(self.bus, "0000:02:00.0", "0x401e", None)
        done = self.run_python("-m", "nexus", "info")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("Grayskull (1e52:faca) is not supported", done.stdout)
        self.assertIn("no driver", done.stdout)
        self.assertIn("modprobe tenstorrent", done.stdout)

    def test_without_a_usable_card_there_is_the_embedded_chip(self):
        add_card(self.bus, "0000:01:00.0", "0xb140", 0)
        info = self.info()
        self.assertEqual(info["devices"][0]["Location"], "emu:0")
        self.assertEqual(info["cards"][0]["reason"],
                         "Blackhole is not supported yet")

    def test_asking_for_cards_where_there_are_none_is_an_empty_runtime(self):
        add_card(self.bus, "0000:01:00.0", "0x401e", None)
        done = self.run_python("-m", "nexus", "info", "--json",
                               TT_DEVICE="kmd")
        self.assertEqual(json.loads(done.stdout)[0]["Size"], 0)
        self.assertIn("no driver", done.stderr)
        self.assertIn("modprobe", done.stderr)

    def test_the_embedded_chip_by_name_does_not_look_for_cards(self):
        add_card(self.bus, "0000:01:00.0", "0x401e", 0)
        info = self.info(TT_DEVICE="emu")
        self.assertEqual(info["devices"][0]["Location"], "emu:0")
        self.assertEqual(info["cards"], [])

    def test_a_card_that_goes_away_leaves_the_other_one(self):
        add_card(self.bus, "0000:01:00.0", "0x401e", 0)
        add_card(self.bus, "0000:02:00.0", "0x401e", 1)
        done = self.run_python("-c", ONE_IS_LOST, TT_DOUBLE_LOST="0")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("DeviceNotAvailable", done.stdout)
        self.assertIn("the card was reset or is gone", done.stdout)
        self.assertNotIn("took a buffer", done.stdout)
        self.assertIn("the other one works", done.stdout)

    def test_objects_live_on_a_card(self):
        """Buffers and other objects, as on the embedded chip."""
        add_card(self.bus, "0000:01:00.0", "0x401e", 0)
        done = self.run_python("test_api.py", "Objects", TT_DEVICE="kmd")
        self.assertEqual(done.returncode, 0, done.stderr)

    def test_kernels_run_on_a_card(self):
        """The tests of the embedded chip, through the driver's windows."""
        add_card(self.bus, "0000:01:00.0", "0x401e", 0)
        done = self.run_python("test_kernels.py", TT_DEVICE="kmd")
        self.assertEqual(done.returncode, 0, done.stderr)


if __name__ == "__main__":
    unittest.main()
