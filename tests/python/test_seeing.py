#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What a run shows of itself: prints, times of cores, the trace."""

import fcntl
import json
import os
import subprocess
import sys
import tempfile
import unittest
import xml.etree.ElementTree

import nexus
from nexus import picture
from support import DeviceTest, kernel_path

RUN = """
import sys, nexus
device = nexus.get_runtimes()[0].get_device(0)
schedule = device.create_schedule()
library = device.create_library(sys.argv[1])
for _ in range(int(sys.argv[2])):
    command = schedule.create_command(library.get_kernel("k"))
    command.set_const(0, value=2, name="CB", dtype="f32")
    command.finalize((int(sys.argv[3]), 1, 1))
schedule.run()
"""


def run(kernel, commands=1, cores=1, **environment):
    """What a process that runs a kernel writes to stderr."""
    done = subprocess.run(
        [sys.executable, "-c", RUN, kernel_path(kernel), str(commands),
         str(cores)], env={**os.environ, **environment},
        capture_output=True, text=True)
    if done.returncode:
        raise AssertionError(done.stderr)
    return done.stderr


def lines_of(text, core):
    """The lines that a core has printed."""
    start = f"tt_runtime: info: {core}: "
    return [line[len(start):] for line in text.splitlines()
            if line.startswith(start)]


FOR_EVER = """
import nexus
source = b'''
#ifdef WRITER_KERNEL
#include "api/dataflow/dataflow_api.h"
#include "api/debug/dprint.h"
void kernel_main() { for (;;) DPRINT << "and on" << ENDL(); }
#endif
'''
device = nexus.get_runtimes()[0].get_device(0)
schedule = device.create_schedule()
library = device.create_library(source)
command = schedule.create_command(library.get_kernel("k"))
command.finalize(grid_size=(2, 1, 1), group_size=(1, 1, 1))
try:
    schedule.run(blocking=True)
except nexus.NexusError:
    print("ended")
"""


class Prints(unittest.TestCase):
    """DPRINT and DEVICE_PRINT reach the log."""

    @classmethod
    def setUpClass(cls):
        cls.text = run("prints", cores=2, TT_LOG="info")

    def test_both_syntaxes_are_formatted(self):
        lines = lines_of(self.text, "(1,0) BRISC")
        self.assertEqual(lines[0], "stream 42 -7 ff  1.5|21")
        self.assertEqual(lines[1], "format 7 00ab 2.25 {} text")
        self.assertEqual(lines[2], "device -3 1234567890123 1")
        self.assertEqual(lines[3], "statement")

    def test_more_than_a_ring_holds_comes_in_order(self):
        lines = lines_of(self.text, "(0,0) BRISC")
        self.assertEqual(lines[4:204], [f"line {i}" for i in range(200)])
        self.assertEqual(lines[204:], ["no end of line"])

    def test_each_core_prints_for_itself(self):
        self.assertEqual(lines_of(self.text, "(0,0) NCRISC"), ["ncrisc 1"])
        self.assertEqual(lines_of(self.text, "(0,0) TRISC1"), ["math 1"])
        self.assertEqual(lines_of(self.text, "(0,0) TRISC2"), ["pack 0.5"])
        unpack = lines_of(self.text, "(0,0) TRISC0")
        self.assertEqual(unpack[0], "unpack")
        self.assertEqual([len(line.split()) for line in unpack[1:]], [3, 3])

    def test_who_prints_for_ever_is_stopped_by_the_time_limit(self):
        done = subprocess.run(
            [sys.executable, "-c", FOR_EVER], text=True, timeout=60,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False,
            env=dict(os.environ, TT_LOG="info", TT_TIMEOUT_MS="500"))
        self.assertEqual(done.stdout, "ended\n", done.stderr[-2000:])
        self.assertIn("and on", done.stderr)
        self.assertRegex(done.stderr, "timeout|time limit")

    def test_nothing_is_printed_unless_asked_for(self):
        self.assertEqual(run("prints"), "")


class Trace(unittest.TestCase):
    """TT_TRACE writes a file for ui.perfetto.dev."""

    @classmethod
    def setUpClass(cls):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "trace.json")
            run("prints", commands=3, cores=2, TT_TRACE=path)
            with open(path, encoding="utf-8") as file:
                cls.text = file.read()
        cls.events = json.loads(cls.text)
        cls.spans = [e for e in cls.events if e["ph"] == "X"]

    def of(self, kind):
        """The spans of one kind."""
        return [e for e in self.spans if e["cat"] == kind]

    def test_a_pipe_that_nobody_reads_is_an_error_line(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "pipe")
            os.mkfifo(path)
            self.assertIn(f"TT_TRACE={path}: ", run("prints", TT_TRACE=path))

    def test_a_limit_of_file_sizes_does_not_end_the_process(self):
        small = ("import resource, signal\n"
                 "signal.signal(signal.SIGXFSZ, signal.SIG_DFL)\n"
                 "resource.setrlimit(resource.RLIMIT_FSIZE, (1024, 1024))\n")
        with tempfile.TemporaryDirectory() as folder:
            done = subprocess.run(
                [sys.executable, "-c", small + RUN, kernel_path("prints"),
                 "9", "2"], stderr=subprocess.PIPE, text=True, check=False,
                env=dict(os.environ, TT_TRACE=os.path.join(folder, "trace")))
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("TT_TRACE: not all of it could be written", done.stderr)

    def test_it_is_not_where_closed_standard_files_were(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "trace")
            done = subprocess.run(
                [sys.executable, "-c", "import os; os.close(2)\n" + RUN,
                 kernel_path("prints"), "1", "1"], check=False,
                env=dict(os.environ, TT_TRACE=path, TT_LOG="trace"))
            self.assertEqual(done.returncode, 0)
            with open(path, encoding="utf-8") as file:
                self.assertNotIn("tt_runtime", file.read())

    def test_there_are_runs_commands_kernels_and_zones(self):
        self.assertEqual(len(self.of("run")), 1)
        self.assertEqual(len(self.of("command")), 3)
        self.assertEqual(len(self.of("kernel")), 3 * 2 * 5)
        self.assertEqual({e["name"] for e in self.of("zone")},
                         {"reading", "outer", "inner"})

    def test_spans_of_a_track_nest(self):
        tracks = {}
        for e in self.spans:
            tracks.setdefault((e["pid"], e["tid"]), []).append(
                (e["ts"], e["ts"] + e["dur"]))
        for spans in tracks.values():
            for a in spans:
                for b in spans:
                    self.assertFalse(
                        a[0] + 1e-3 < b[0] < a[1] - 1e-3 < b[1] - 2e-3)

    def test_every_track_has_a_name(self):
        named = {(e["pid"], e["tid"]) for e in self.events
                 if e["name"] == "thread_name"}
        self.assertEqual(named, {(e["pid"], e["tid"]) for e in self.spans})

    def test_trace_of_a_process_that_was_killed_can_be_drawn(self):
        whole = len(self.events)
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "cut.json")
            for cut in (len(self.text) - 3, len(self.text) - 40,
                        len(self.text) // 2):
                with open(path, "w", encoding="utf-8") as file:
                    file.write(self.text[:cut])
                events = picture.load(path)
                self.assertEqual(events, self.events[:len(events)])
                whole, before = len(events), whole
                self.assertLessEqual(whole, before)
                self.assertGreater(len(picture.draw(events)), 1000)

    def test_picture_has_a_rectangle_for_each_span(self):
        text = picture.draw(self.events)
        xml.etree.ElementTree.fromstring(text)
        self.assertEqual(text.count("<rect x="), len(self.spans))

    def test_a_file_that_is_no_trace_is_named_in_one_line(self):
        span = '{"ph": "X", "pid": 0, "tid": 0, "ts": %s, "dur": 1, "name": %s}'
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "other")
            for content in (b"", b"hello", b"\x7fELF\xff\0", b"[1, 2]", b"7",
                            b'{"a": 1}', b"[null]", b"[" * 100000,
                            b'[{"args": 1}]', b'[{"name": 3}]',
                            f'[{span % (1, 3)}]'.encode(),
                            f'[{span % ("NaN", 3)}]'.encode(),
                            f'[{span % ("1" * 400, 3)}]'.encode(),
                            f'[{span % (1e300, chr(34) * 2)}]'.encode()):
                with open(path, "wb") as file:
                    file.write(content)
                done = subprocess.run(
                    [sys.executable, "-m", "nexus", "picture", path,
                     path + ".svg"], capture_output=True, text=True)
                self.assertEqual(done.returncode, 1, content[:80])
                self.assertEqual(done.stderr.count("\n"), 1, done.stderr)
                self.assertTrue(done.stderr.startswith(path + " is no trace"),
                                done.stderr)
                self.assertFalse(os.path.exists(path + ".svg"))

    def test_path_that_cannot_be_written_is_no_reason_to_fail(self):
        self.assertIn("TT_TRACE=/nowhere/t", run("prints",
                                                 TT_TRACE="/nowhere/t"))

    def test_file_of_another_process_is_left_alone(self):
        with tempfile.NamedTemporaryFile("w+") as theirs:
            fcntl.flock(theirs, fcntl.LOCK_EX)
            theirs.write("theirs")
            theirs.flush()
            self.assertIn("another process writes it",
                          run("prints", TT_TRACE=theirs.name))
            theirs.seek(0)
            self.assertEqual(theirs.read(), "theirs")


class Settings(unittest.TestCase):
    """Values of variables that nobody understands are named."""

    EXPECTED = (
        ("TT_TIMEOUT_MS", "0 to 4294967295", "60000"),
        ("TT_TTSIM_TIMEOUT_MS", "0 to 2147483647", "60000"),
        ("TT_CACHE_MIB", "0 to 4294967295", "512"),
        ("TT_EMU_DEVICES", "1 to 16", "1"),
        ("TT_EMU_THREADS", "1 to 64", "the number of processors"),
        ("TT_EMU_QUANTUM", "1 to 1000000", "16000"),
        ("TT_EMU_CHECK", "0 to 1", "0"),
        ("TT_EMU_DELAY", "0 to 18446744073709551615", "no delay"),
        ("TT_LOG", "error, warn, info, debug or trace", "error"),
        ("TT_EMU_ARCH", "wormhole", "wormhole"))

    def test_values_that_are_not_understood_are_named_and_not_used(self):
        for value in ("nonsense", "-1", "1 "):
            text = run("prints", TT_DEVICE="emu",
                       **{name: value for name, _, _ in self.EXPECTED})
            self.assertEqual(text.splitlines(), [
                f"tt_runtime: error: {name}={value} is not understood: "
                f"{accepted} is accepted, {default} is used"
                for name, accepted, default in self.EXPECTED])

    def test_what_is_empty_is_unset(self):
        self.assertEqual(run("prints", TT_DEVICE="emu", **{
            name: "" for name, _, _ in self.EXPECTED}), "")

    def test_a_device_that_nobody_knows_is_none(self):
        done = subprocess.run(
            [sys.executable, "-m", "nexus", "info", "--json"],
            capture_output=True, text=True,
            env={**os.environ, "TT_DEVICE": "abacus"})
        self.assertEqual(json.loads(done.stdout)[0]["devices"], [])
        self.assertIn("TT_DEVICE=abacus is not understood: emu, ttsim or kmd "
                      "is accepted, no device is used", done.stderr)


class Times(DeviceTest):
    """Profiling keeps the times of each core."""

    def test_times_of_cores_after_a_profiled_run(self):
        schedule = self.prepare(kernel_path("prints"), [],
                                [(0, 2, "CB", "f32")], (5, 1, 1))
        command = schedule.commands[0]
        schedule.run()
        with self.assertRaises(nexus.NexusError):
            command.core_times()
        schedule.run(profiling=True)
        times = command.core_times()
        self.assertEqual([(t.x, t.y) for t in times],
                         [(x, 0) for x in range(5)])
        for t in times:
            self.assertGreater(t.end_cycle, t.begin_cycle)
            self.assertGreater(t.end_ns, t.begin_ns)
        self.assertEqual(command.get_property_str("Location"),
                         "cores (0,0)-(4,0)")


if __name__ == "__main__":
    unittest.main()
