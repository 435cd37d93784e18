#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Kernels where the cache has no room, in namespaces of their own."""
import os
import subprocess
import sys
import tempfile
import unittest

# In a mount namespace: a cache on a file system of so many bytes.
MOUNT = """
set -e
mkdir -p "$TT_CACHE_DIR"
mount -t tmpfs -o "$OPTIONS" none "$TT_CACHE_DIR"
chmod 700 "$TT_CACHE_DIR"
if [ -n "$THEN" ]; then mount -o "$THEN" "$TT_CACHE_DIR"; fi
TT_CACHE_DIR=$TT_CACHE_DIR$BELOW
# A shell does not start with ThreadSanitizer's runtime.
exec env ${RUNTIME:+LD_PRELOAD="$RUNTIME"} "$PYTHON" "$0"
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


def run(options, then="", below="", **environment):
    env = dict(os.environ, OPTIONS=options, THEN=then, PYTHON=sys.executable,
               BELOW=below, **environment,
               RUNTIME=os.environ.get("LD_PRELOAD", ""),
               TT_CACHE_DIR=os.path.join(os.environ["TT_CACHE_DIR"], "full"))
    env.pop("LD_PRELOAD", None)
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


def warnings_of(**environment):
    """What a process that compiles warns of."""
    env = {**os.environ, "TT_LOG": "warn", "TT_DEVICE": "emu", **environment}
    for name in [name for name, value in env.items() if value is None]:
        del env[name]
    done = subprocess.run([sys.executable, "-c", KERNEL], env=env, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          check=False)
    return done.stdout, done.stderr.splitlines()


class Unused(unittest.TestCase):
    """A cache directory that is not used is a warning, once; no more."""

    def test_a_link_is_called_one(self):
        with tempfile.TemporaryDirectory() as folder:
            link = os.path.join(folder, "link")
            os.mkdir(os.path.join(folder, "there"), 0o700)
            os.symlink("there", link)
            self.assertEqual(warnings_of(TT_CACHE_DIR=link), ("right\n", [
                f"tt_runtime: warn: cache directory {link} is not used: it is "
                "a symbolic link, and links are refused"]))

    def test_one_that_nobody_names_is_said_once(self):
        self.assertEqual(
            warnings_of(TT_CACHE_DIR=None, XDG_CACHE_HOME=None, HOME=None),
            ("right\n", [
                "tt_runtime: warn: no cache directory: TT_CACHE_DIR, "
                "XDG_CACHE_HOME and HOME name none that can be used"]))


@unittest.skipUnless(can_mount(), "no file system can be mounted here")
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

    def test_without_room_for_a_folder(self):
        for below in ("/a", "/a/b/c"):
            done = run("size=10m,nr_inodes=1", "", below, TT_LOG="warn")
            self.assertEqual((done.returncode, done.stdout), (0, "right\n"),
                             done.stderr)
            self.assertIn(f"{below} is not used: No space left on device",
                          done.stderr)

    def test_without_room_for_the_folders_of_the_headers(self):
        done = run("size=10m,nr_inodes=2", TT_LOG="warn")
        self.assertIn("No space left on device", done.stderr)
        self.assertNotIn("No such file", done.stderr)

    def test_that_cannot_be_written_is_said_once(self):
        done = run("size=10m", "remount,ro", TT_LOG="warn")
        self.assertEqual(done.stderr.count("is only read: Read-only file sys"),
                         1, done.stderr)


if __name__ == "__main__":
    unittest.main()
