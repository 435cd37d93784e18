#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""docs/plugin-api.md and docs/conformance.md beside what they describe."""

import os
import re
import subprocess
import sys
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.normpath(os.path.join(HERE, "..", ".."))
PARTS = ("Arguments", "Ownership", "Threads", "Returns", "Hosts pass")


def read(*path):
    """A file of the repository."""
    with open(os.path.join(ROOT, *path), encoding="utf-8") as file:
        return file.read()


HEADER = read("nexus-api.h")
GUIDE = read("docs", "plugin-api.md")
DECLARED = {name: " ".join(text.split()) for text, name in re.findall(
    r"^NXS_API (nxs_\w+ (nxs\w+)\([^)]*\));", HEADER, re.M)}
SECTIONS = dict(re.findall(r"^## (nxs\w+)\n(.*?)(?=^## |\Z)", GUIDE,
                           re.M | re.S))


def statuses_of(name):
    """The statuses that the header documents for an entry point."""
    comment = re.search(r"/\*\*\n \* %s - (.*?)\*/" % name, HEADER,
                        re.S).group(1)
    returned = comment.split("Return:")[1]
    return set(re.findall(r"NXS_[A-Z]\w+", returned)) - {"NXS_Success"}


class PluginApi(unittest.TestCase):
    """The guide to the entry points."""

    def test_every_entry_point_has_its_section_in_order(self):
        self.assertEqual(len(DECLARED), 32)
        self.assertEqual(list(SECTIONS), list(DECLARED))

    def test_every_section_has_all_parts_and_the_declaration(self):
        for name, text in SECTIONS.items():
            self.assertIn("`%s`" % DECLARED[name], text)
            self.assertEqual(
                re.findall(r"^- \*\*([\w ]+):\*\* .", text, re.M),
                list(PARTS), name)

    def test_every_status_of_the_header_is_in_the_section(self):
        """Those that only this plugin has are in the header alone."""
        own = {"nxsRunSchedule": {"NXS_OutOfResources",
                                  "NXS_DeviceNotAvailable",
                                  "NXS_OutOfHostMemory"},
               "nxsFinalizeCommand": {"NXS_InvalidArgValue"},
               "nxsGetBufferProperty": {"NXS_OutOfHostMemory",
                                        "NXS_DeviceNotAvailable"}}
        for name, text in SECTIONS.items():
            general = statuses_of(name) - own.get(name, set())
            if name == "nxsGetRuntimeProperty":
                text = GUIDE[:GUIDE.index("## Examples")]
            self.assertEqual({status for status in general
                              if status not in text}, set(), name)

    def test_names_in_the_guide_are_those_of_the_header(self):
        for name in set(re.findall(r"\b(?:NXS|NP)_\w+|\bnxs[A-Z_]\w+", GUIDE)):
            self.assertRegex(HEADER, r"\b%s\b" % name)

    def test_every_example_compiles_and_shows_its_call(self):
        prelude = re.search(r"<!-- prelude -->\n```c\n(.*?)```", GUIDE,
                            re.S).group(1)
        for name, text in SECTIONS.items():
            example = re.findall(r"```c\n(.*?)```", text, re.S)
            self.assertEqual(len(example), 1, name)
            self.assertIn(name + "(", example[0])
            done = subprocess.run(
                ["gcc", "-x", "c", "-std=c11", "-Wall", "-Wextra", "-Werror",
                 "-I", ROOT, "-fsyntax-only", "-"],
                input="%svoid example(void);\nvoid example(void)\n{\n%s}\n"
                % (prelude, example[0]), text=True, capture_output=True,
                check=False)
            self.assertEqual(done.returncode, 0, name + done.stderr)


class Conformance(unittest.TestCase):
    """The page about the runner."""

    def test_table_of_mutants_is_that_of_the_test(self):
        done = subprocess.run(
            [sys.executable, os.path.join(HERE, "mutants.py"), "--markdown"],
            capture_output=True, text=True, check=True)
        self.assertIn(done.stdout, read("docs", "conformance.md"))

    def test_areas_are_those_of_the_runner(self):
        areas = set(re.findall(r"^AREA\((\w+)\)", "".join(
            read("tests", "conform", file) for file in os.listdir(HERE)
            if file.startswith("conform_")), re.M))
        table = re.search(r"^## Areas\n(.*?)^## ",
                          read("docs", "conformance.md"), re.M | re.S)
        listed = re.findall(r"^\| `(\w+)` \|", table.group(1), re.M)
        self.assertEqual(set(listed), areas)


if __name__ == "__main__":
    unittest.main()
