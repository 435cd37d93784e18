#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Names, overloads, options and include paths of the kernel API: compiled, not
run. What they do is the business of the other tests."""

import pathlib
import unittest

from support import KERNELS, DeviceTest, kernel_path

INCLUDE = pathlib.Path(KERNELS).resolve().parent.parent / "jit/include"
# Not for kernels: what the others are made of.
INTERNAL = {"tt/" + path.name for path in (INCLUDE / "tt").iterdir()}


class Spellings(DeviceTest):
    """One test per claim."""

    def compile(self, source, **defines):
        """Compile for two buffers and three circular buffers."""
        buffers = [self.device.create_buffer((32, 32), "bf16")
                   for _ in range(2)]
        consts = [(i, 2, "CB", "bf16") for i in range(3)]
        consts += [(40 + i, value, "DEFINE:" + name, "i32")
                   for i, (name, value) in enumerate(defines.items())]
        self.prepare(source, buffers, consts, (1, 1, 1))

    def test_every_name_is_there(self):
        self.compile(kernel_path("spellings"))

    def test_so_they_are_by_the_older_paths_and_entry_point(self):
        self.compile(kernel_path("spellings"), OLD_PATHS=1, OLD_MAIN=1)

    def test_every_header_resolves(self):
        paths = sorted(str(path.relative_to(INCLUDE))
                       for path in INCLUDE.rglob("*") if path.is_file())
        text = {True: "", False: ""}
        for path in paths:
            if path not in INTERNAL:
                compute = "compute" in path
                text[compute] += f'#include "{path}"\n'
        self.assertGreater(len(text[True]), 1000)
        self.compile(("#ifdef COMPUTE_KERNEL\n" + text[True] + "#else\n"
                      + text[False] + "#endif\nvoid kernel_main() {}\n")
                     .encode())


if __name__ == "__main__":
    unittest.main()
