# SPDX-License-Identifier: MIT
"""A host application whose simulator ends in the middle of a run: with the
stand-in for libttsim that lies beside the library."""

import os
import unittest

PLUGIN = os.environ["TT_PLUGIN_LIB"]
os.environ["TT_DEVICE"] = "ttsim"
os.environ["TTSIM_LIB"] = os.path.join(os.path.dirname(PLUGIN), "double",
                                       "fake_ttsim.so")
os.environ["FAKE_TTSIM"] = "exit"

# pylint: disable=wrong-import-position
import numpy as np  # noqa: E402

from nexus import status  # noqa: E402
from support import DeviceTest  # noqa: E402


class SimulatorEnds(DeviceTest):
    """The stand-in has memory and no cores: it ends when it is clocked."""

    def test_host_gets_a_status_and_goes_on(self):
        """Run fails, so does all that follows, and objects can be freed."""
        data = self.floats(32, 32)
        buffer = self.device.create_buffer(data, "f32")
        np.testing.assert_array_equal(buffer.copy_to_host(), data)
        out = self.device.create_buffer((32, 32), "f32")
        error = self.assert_status(
            status.DeviceNotAvailable, self.run_kernel, "add_f32",
            [buffer, buffer, out], "f32", (1, 1, 1))
        self.assertIn("of a kernel", error.log)
        error = self.assert_status(status.DeviceNotAvailable,
                                   buffer.copy_to_host)
        self.assertIn("of a kernel", error.log)


if __name__ == "__main__":
    unittest.main()
