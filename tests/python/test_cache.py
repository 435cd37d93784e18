#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Kernels where the cache has no room, in namespaces of their own."""
import os
import subprocess
import sys
import unittest

# In a mount namespace: a cache on a file system of so many bytes.
MOUNT = """
set -e
mkdir -p "$TT_CACHE_DIR"
mount -t tmpfs -o "$OPTIONS" none "$TT_CACHE_DIR"
chmod 700 "$TT_CACHE_DIR"
if [ -n "$THEN" ]; then mount -o "$THEN" "$TT_CACHE_DIR"; fi
exec "$PYTHON" "$0"
"""

KERNEL = """
import numpy as np, nexus
device = nexus.get_runtimes()[0].get_device(0)
x = np.arange(1024, dtype=np.float32).reshape(32, 32)
for step in range(2):
    a, b, c = (device.create_buffer(x) for _ in range(3))
    schedule = device.create_schedule()
    library = device.create_library("tests/kernels/add_f32.cpp")
    command = schedule.create_command(library.get_kernel("add_f32"))
    for i, buffer in enumerate((a, b, c)):
        command.set_arg(i, buffer)
        command.set_const(i, value=2, name="CB", dtype="f32")
    command.finalize(grid_size=(1, 1, 1), group_size=(1, 1, 1))
    schedule.run(blocking=True)
    assert np.array_equal(c.copy_to_host(), x + x)
print("right")
"""


def run(options, then=""):
    env = dict(os.environ, OPTIONS=options, THEN=then, PYTHON=sys.executable,
               TT_CACHE_DIR=os.path.join(os.environ["TT_CACHE_DIR"], "full"))
    script = os.path.join(os.environ["TT_CACHE_DIR"], "full.py")
    os.makedirs(os.environ["TT_CACHE_DIR"], 0o700, exist_ok=True)
    with open(script, "w", encoding="utf-8") as file:
        file.write(KERNEL)
    return subprocess.run(["unshare", "-rm", "sh", "-c", MOUNT, script], env=env,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          text=True, check=False)


def can_mount():
    return subprocess.run(["unshare", "-rm", "mount", "-t", "tmpfs", "none",
                           "/mnt"], stderr=subprocess.DEVNULL,
                          check=False).returncode == 0


class Full(unittest.TestCase):
    def check(self, *options):
        result = run(*options)
        self.assertEqual((result.returncode, result.stdout), (0, "right\n"),
                         result.stderr)

    def test_without_room_for_anything(self):
        self.check("size=4k,nr_inodes=3")

    def test_with_room_for_half_of_the_headers(self):
        self.check("size=300k")

    def test_with_room_for_headers_but_no_entry(self):
        self.check("size=1100k")

    def test_that_cannot_be_written(self):
        self.check("size=10m", "remount,ro")


if __name__ == "__main__":
    if not can_mount():
        print("no file system can be mounted here")
        sys.exit(77)
    unittest.main()
