#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The conformance runner itself: hostile plugins, reports, exit statuses.

    test_runner.py RUNNER HOST_PLUGIN
"""

import json
import os
import re
import subprocess
import sys
import tempfile
import time
import unittest
import xml.etree.ElementTree

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.normpath(os.path.join(HERE, "..", ".."))
RUNNER, HOST_PLUGIN = (os.path.abspath(path) for path in sys.argv[1:3])

with open(os.path.join(ROOT, "nexus-api.h"), encoding="utf-8") as header:
    ENTRIES = re.findall(r"^NXS_API nxs_\w+ (nxs\w+)\(", header.read(), re.M)

INCLUDES = """#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
"""

# Control characters, an invalid sequence, markup, and lines as the runner's.
GARBAGE = r"""for (int i = 0; i < 3000; i++)
    printf("ok      copy.fake: &<>\"']]>\x01\x1b[2J\xff\xfe%c\n"
           "FAILED  copy.fake: no\n", 0);
fflush(stdout);
fputs("\xc3(<![CDATA[&amp;", stderr);
return -83;"""


# A runner with sanitizers leaves signals to the plugin, too.
ENVIRONMENT = dict(os.environ, ASAN_OPTIONS="handle_segv=0",
                   TSAN_OPTIONS="handle_segv=0")


def run(*arguments):
    """What the runner does."""
    return subprocess.run([RUNNER, *arguments], capture_output=True,
                          check=False, timeout=250, cwd=ROOT, env=ENVIRONMENT)


class Hostile(unittest.TestCase):
    """Plugins that do what none should."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def plugin(self, body, top="", entries=ENTRIES, name="hostile.so"):
        """Path of a plugin whose entry points all have one body."""
        path = os.path.join(self.folder, name)
        text = INCLUDES + top + "".join(
            "int %s(void) { %s }\n" % (entry, body) for entry in entries)
        subprocess.run(["gcc", "-w", "-fPIC", "-shared", "-x", "c", "-", "-o",
                        path], input=text.encode(), check=True)
        return path

    def judge(self, plugin, *options, area="copy"):
        """Lines of a run that fails some checks, by outcome."""
        done = run(plugin, "--area", area, *options)
        self.assertEqual(done.returncode, 1, done.stderr)
        lines = done.stdout.decode("ascii").splitlines()
        counts = re.fullmatch(r"(\d+) passed, (\d+) failed, (\d+) skipped",
                              lines.pop())
        kinds = {kind: [line for line in lines if line.startswith(kind)]
                 for kind in ("ok ", "FAILED ", "skipped ")}
        self.assertEqual([len(kind) for kind in kinds.values()],
                         [int(count) for count in counts.groups()])
        self.assertEqual(sum(map(len, kinds.values())), len(lines))
        return kinds

    def assert_all_fail(self, plugin, seen, *options):
        """Each check fails and says what was seen."""
        kinds = self.judge(plugin, *options)
        self.assertEqual(kinds["ok "], [])
        for line in kinds["FAILED "]:
            self.assertIn(seen, line)

    @staticmethod
    def processes_of(plugin):
        """Processes that have the path of a plugin in their arguments."""
        found = []
        for pid in filter(str.isdigit, os.listdir("/proc")):
            try:
                with open("/proc/%s/cmdline" % pid, "rb") as file:
                    if os.fsencode(plugin) in file.read():
                        found.append(pid)
            except OSError:
                pass  # it has ended
        return found

    def assert_not_opened(self, plugin, why, *options):
        """The runner gives up before the first check."""
        done = run(plugin, *options)
        self.assertEqual(done.returncode, 2)
        self.assertEqual(done.stdout, b"")
        self.assertIn(why, done.stderr.decode())

    def test_calls_that_hang_end_with_the_time_limit(self):
        self.assert_all_fail(self.plugin("for (;;) pause();"),
                             "no end after 0.2 s", "--timeout", "0.2")

    def test_calls_that_spin_end_with_the_time_limit(self):
        self.assert_all_fail(self.plugin("for (;;);"), "no end after 0.2 s",
                             "--timeout", "0.2")

    def test_calls_that_stop_the_process_end_with_the_time_limit(self):
        self.assert_all_fail(self.plugin("raise(SIGSTOP); return 0;"),
                             "no end after 0.2 s", "--timeout", "0.2")

    def test_calls_that_crash_fail(self):
        self.assert_all_fail(self.plugin("*(volatile int *)8 = 1; return 0;"),
                             "signal 11")
        self.assert_all_fail(self.plugin("abort();"), "signal 6")

    def test_calls_that_exit_fail(self):
        for code in ("exit(0)", "_exit(0)", "exit(7)", "_exit(1)"):
            self.assert_all_fail(
                self.plugin(code + "; return 0;"),
                "exited with status " + re.search(r"\d", code).group())

    def test_garbage_on_the_output_stays_out_of_the_report(self):
        kinds = self.judge(self.plugin(GARBAGE))
        self.assertFalse([line for lines in kinds.values() for line in lines
                          if "fake" in line])

    def test_garbage_fits_into_json_and_junit(self):
        paths = [os.path.join(self.folder, name) for name in ("j", "x")]
        kinds = self.judge(self.plugin(GARBAGE), "--json", paths[0], "--junit",
                           paths[1])
        with open(paths[0], encoding="utf-8") as file:
            checks = json.load(file)["checks"]
        suite = xml.etree.ElementTree.parse(paths[1]).getroot()
        self.assertEqual(len(kinds["FAILED "]),
                         len(suite.findall(".//failure")))
        self.assertEqual(len(checks), len(suite.findall("testcase")))
        for check, case in zip(checks, suite.findall("testcase")):
            self.assertIn("fake", check["output"])
            self.assertEqual(check["output"], case.find("system-out").text)

    def test_verbose_shows_the_output_in_one_line(self):
        done = run(self.plugin('puts("line 1"); puts("line 2");'
                               " fflush(stdout); return -1;"),
                   "--check", "null_memory_is_refused", "--verbose")
        self.assertIn(b"| line 1|line 2", done.stdout)

    def test_endless_output_is_no_hang_and_no_memory(self):
        self.assert_all_fail(
            self.plugin('for (;;) puts("and on"); return 0;'),
            "no end after 0.3 s", "--timeout", "0.3")

    def test_closed_descriptors_do_no_harm(self):
        self.assert_all_fail(
            self.plugin("for (int i = 0; i < 1024; i++) close(i);"
                        " return -83;"), "NXS_InvalidDevice")

    def test_processes_left_behind_are_ended_not_waited_for(self):
        start = time.monotonic()
        plugin = self.plugin("if (fork() == 0) { sleep(100); _exit(0); }"
                             " return -83;")
        self.assert_all_fail(plugin, "NXS_InvalidDevice")
        self.assertLess(time.monotonic() - start, 30)
        self.assertFalse(self.processes_of(plugin), "not ended")

    def test_absent_entry_points_fail_where_hosts_need_them(self):
        there = [entry for entry in ENTRIES
                 if entry not in ("nxsCopyBuffer", "nxsFillBuffer")]
        plugin = self.plugin("return -83;", entries=there)
        kinds = self.judge(plugin, area="load")
        self.assertIn("FAILED  load.nxsCopyBuffer: nxsCopyBuffer: expected "
                      "there, seen absent", kinds["FAILED "])
        self.assertIn("skipped load.nxsFillBuffer: nxsFillBuffer is absent",
                      kinds["skipped "])
        kinds = self.judge(plugin, "--strict", area="load")
        self.assertIn("load.nxsFillBuffer", "".join(kinds["FAILED "]))

    def test_constructors_that_misbehave_are_no_hundred_failures(self):
        top = "__attribute__((constructor)) static void begin(void) { %s }\n"
        for number, (code, why) in enumerate((
                ("abort();", "signal 6"),
                ("*(volatile int *)8 = 1;", "signal 11"),
                ("exit(0);", "exited with status 0"),
                ("for (;;) pause();", "no end after 0.5 s"))):
            self.assert_not_opened(
                self.plugin("return 0;", top % code,
                            name="constructor%d.so" % number), why,
                "--timeout", "0.5")

    def test_what_is_no_plugin_is_not_opened(self):
        text = os.path.join(self.folder, "text.so")
        with open(text, "w", encoding="utf-8") as file:
            file.write("text")
        self.assert_not_opened(text, "cannot be opened")
        self.assert_not_opened("/dev/null/none.so", "cannot be opened")
        self.assert_not_opened(self.plugin("", entries=()),
                               "none of the entry points")
        self.assert_not_opened(
            self.plugin("return 0;", "int missing(void);\n"
                        "int use(void) { return missing(); }\n"),
            "undefined symbol")

    def test_plugin_that_answers_success_to_everything_fails(self):
        kinds = self.judge(self.plugin("return 0;"), area="id")
        self.assertEqual(kinds["ok "], [])


class Reports(unittest.TestCase):
    """Files, lists, exit statuses."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def test_name_of_the_plugin_is_escaped(self):
        folder = os.path.join(os.fsencode(self.folder), b"a&b<c>\"d'\xff]]>")
        os.mkdir(folder)
        plugin = os.path.join(folder, b"p.so")
        os.symlink(os.fsencode(HOST_PLUGIN), plugin)
        out = os.path.join(self.folder, "out")
        done = run(plugin, "--area", "copy", "--junit", out)
        self.assertEqual(done.returncode, 0)
        name = xml.etree.ElementTree.parse(out).getroot().get("name")
        self.assertTrue(name.endswith("a&b<c>\"d'\\xff]]>/p.so"), name)
        self.assertEqual(run(plugin, "--area", "copy", "--json",
                             out).returncode, 0)
        with open(out, encoding="utf-8") as file:
            self.assertEqual(json.load(file)["plugin"], name)

    def test_every_check_is_reported_everywhere(self):
        paths = [os.path.join(self.folder, name) for name in ("j", "x")]
        done = run(HOST_PLUGIN, "--area", "id", "--json", paths[0], "--junit",
                   paths[1])
        self.assertEqual(done.returncode, 0)
        listed = [line.split(":")[0] for line in run(
            "--list", "--area", "id").stdout.decode().splitlines()]
        with open(paths[0], encoding="utf-8") as file:
            report = json.load(file)
        suite = xml.etree.ElementTree.parse(paths[1]).getroot()
        self.assertEqual(listed, ["id." + check["name"]
                                  for check in report["checks"]])
        self.assertEqual(listed, [
            case.get("classname") + "." + case.get("name")
            for case in suite.findall("testcase")])
        self.assertEqual(int(suite.get("skipped")), report["skipped"])
        self.assertEqual(int(suite.get("tests")), len(listed))
        self.assertIn("%d passed, 0 failed, %d skipped" % (
            report["passed"], report["skipped"]), done.stdout.decode())

    def test_without_a_kernel_its_checks_are_skipped(self):
        done = run(HOST_PLUGIN, "--area", "schedule")
        self.assertEqual(done.returncode, 0)
        lines = done.stdout.decode().splitlines()
        self.assertTrue(all(line.endswith("no --kernel")
                            for line in lines[:-1]))

    def test_names_of_checks_are_unique_and_rules_are_there(self):
        lines = run("--list").stdout.decode().splitlines()
        names = [line.split(": ")[0] for line in lines]
        self.assertEqual(len(names), len(set(names)))
        self.assertGreater(len(names), 200)
        self.assertTrue(all(line.split(": ", 1)[1] for line in lines))

    def test_no_property_or_name_of_a_vendor_is_known(self):
        for file in os.listdir(HERE):
            if not file.endswith((".c", ".h")):
                continue
            with open(os.path.join(HERE, file), encoding="utf-8") as text:
                self.assertIsNone(re.search(r"\bTT_|\btt_|[Tt]enstorrent",
                                            text.read()), file)

    def test_a_check_is_named_as_in_the_list_or_without_its_area(self):
        for name in ("copy.null_memory_is_refused", "null_memory_is_refused"):
            done = run(HOST_PLUGIN, "--check", name)
            self.assertIn(b"\n1 passed, 0 failed, 0 skipped", done.stdout)

    def test_what_cannot_be_printed_is_status_2(self):
        for what in ("--list", "--help"):
            with open("/dev/full", "wb") as full:
                done = subprocess.run([RUNNER, what], stdout=full,
                                      stderr=subprocess.PIPE, check=False)
            self.assertEqual(done.returncode, 2, what)
            self.assertIn(b"No space left", done.stderr)

    def test_misuse_is_status_2(self):
        for arguments in ([], [""], ["--nonsense"], [HOST_PLUGIN, HOST_PLUGIN],
                          [HOST_PLUGIN, "--area", "none"],
                          [HOST_PLUGIN, "--check", "none"],
                          [HOST_PLUGIN, "--check",
                           "load.null_memory_is_refused"],
                          [HOST_PLUGIN, "--kernel", "only-one"],
                          [HOST_PLUGIN, "--timeout", "0"],
                          [HOST_PLUGIN, "--timeout", "x"],
                          [HOST_PLUGIN, "--const", "CB"],
                          [HOST_PLUGIN, "--const", "CB=2"],
                          [HOST_PLUGIN, "--const", "CB=x:f32"],
                          [HOST_PLUGIN, "--const", "CB=:f32"],
                          [HOST_PLUGIN, "--const", "CB@=2:f32"],
                          [HOST_PLUGIN, "--const", "CB=2:f33"],
                          [HOST_PLUGIN, "--const", "=2:f32"]):
            done = run(*arguments)
            self.assertEqual(done.returncode, 2, arguments)
            self.assertEqual(done.stdout, b"", arguments)
            self.assertNotEqual(done.stderr, b"", arguments)

    def test_kernel_that_cannot_be_read_is_not_the_fault_of_the_plugin(self):
        secret = os.path.join(self.folder, "secret")
        with open(secret, "w", encoding="utf-8"):
            os.chmod(secret, 0)
        pipe = os.path.join(self.folder, "pipe")
        os.mkfifo(pipe)
        cases = [(self.folder + "/none", "No such file or directory"),
                 (pipe, "Illegal seek"),
                 (self.folder, "Is a directory"),
                 (secret + "/below", "Not a directory")]
        if os.geteuid():  # root may read everything
            cases.append((secret, "Permission denied"))
        for path, reason in cases:
            done = run(HOST_PLUGIN, "--kernel", path, "add_f32")
            self.assertEqual((done.returncode, done.stdout, done.stderr.decode()),
                             (2, b"", f"nxs-conform: --kernel {path}: "
                              f"{reason}\n"))

    def test_file_that_cannot_be_written_is_status_2(self):
        for option in ("--json", "--junit"):
            for path in ("/dev/null/file", "/dev/full"):
                done = run(HOST_PLUGIN, "--area", "copy", option, path)
                self.assertEqual(done.returncode, 2, (option, path))
                self.assertIn(b"cannot write", done.stderr)

    def test_name_without_a_folder_is_that_of_a_file(self):
        os.symlink(HOST_PLUGIN, os.path.join(self.folder, "p.so"))
        done = subprocess.run([RUNNER, "p.so", "--area", "copy"], check=False,
                              cwd=self.folder, capture_output=True)
        self.assertEqual(done.returncode, 0, done.stderr)

    def test_help_tells_the_contract_of_the_kernel(self):
        done = run("--help")
        self.assertEqual(done.returncode, 0)
        self.assertIn(b"argument 2 = argument 0 + argument 1", done.stdout)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
