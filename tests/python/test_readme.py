#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The examples of the README run as printed."""

import os
import re
import subprocess
import sys
import tempfile
import unittest

ROOT = os.path.normpath(os.path.join(os.path.dirname(
    os.path.abspath(__file__)), "..", ".."))


def example(language):
    """The code block behind the marker of a language."""
    with open(os.path.join(ROOT, "README.md"), encoding="utf-8") as file:
        found = re.search(r"<!-- example: %s -->\n```\w+\n(.*?)```" % language,
                          file.read(), re.S)
    return found.group(1)


class Readme(unittest.TestCase):
    """Each runs in a process of its own, from the root of the repository."""

    def test_the_python_example_runs(self):
        subprocess.run([sys.executable, "-c", example("python")], cwd=ROOT,
                       check=True)

    def test_the_c_example_prints_42(self):
        library = os.environ["TT_PLUGIN_LIB"]
        with tempfile.TemporaryDirectory() as folder:
            source = os.path.join(folder, "example.c")
            program = os.path.join(folder, "example")
            with open(source, "w", encoding="utf-8") as file:
                file.write(example("c"))
            subprocess.run(["gcc", "-Wall", "-Wextra", "-Werror", "-I", ROOT,
                            source, library, "-o", program], check=True)
            done = subprocess.run([program], cwd=ROOT, capture_output=True,
                                  text=True, check=True)
        self.assertEqual(done.stdout.strip(), "42")


if __name__ == "__main__":
    unittest.main()
