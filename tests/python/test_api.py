#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The Python interface: objects, types, properties, failures."""

import ctypes.util
import gc
import os
import subprocess
import sys
import tempfile
import unittest

import numpy as np
from support import DeviceTest, kernel_path

import nexus
from nexus import datatype, status

BROKEN = b"""
#if defined(COMPUTE_KERNEL)
void kernel_main() { this_is_not_declared(); }
#else
void kernel_main() {}
#endif
"""

WAITS_FOR_EVER = b"""
#if defined(COMPUTE_KERNEL)
void kernel_main() {}
#elif defined(READER_KERNEL)
void kernel_main() { cb_wait_front(0, 1); }
#else
void kernel_main() {}
#endif
"""

SPINS_FOR_EVER = b"""
#if defined(COMPUTE_KERNEL)
void kernel_main() {}
#elif defined(READER_KERNEL)
void kernel_main() { volatile uint32_t n = 0; for (;;) n = n + 1; }
#else
void kernel_main() {}
#endif
"""


class Objects(DeviceTest):
    """What every user does first."""

    def test_runtime_and_device_say_what_they_are(self):
        runtime = nexus.get_runtimes()[0]
        self.assertEqual(runtime.get_property_str("Name"), "tt-metal")
        self.assertGreaterEqual(runtime.get_property_int("Size"), 1)
        device = runtime.get_device(0)
        self.assertEqual(device.get_property_str("Architecture"), "wormhole")
        self.assertEqual(device.get_property_str("Vendor"), "tenstorrent")
        self.assertEqual(device.get_property_str("Type"), "npu")

    def test_a_missing_device_is_an_index_error(self):
        with self.assertRaises(IndexError):
            nexus.get_runtimes()[0].get_device(99)

    def test_arrays_of_every_type_survive_the_device(self):
        for dtype in (np.float32, np.float16, np.int32, np.uint32, np.int16,
                      np.uint16, np.int8, np.uint8, np.int64, np.float64,
                      np.bool_):
            for shape in ((), (1,), (1025,), (32, 32), (3, 33, 65),
                          (2, 1, 5, 7)):
                array = (self.floats(*shape) * 50).astype(dtype)
                buffer = self.device.create_buffer(array)
                found = buffer.copy_to_host()
                self.assertEqual(found.dtype, array.dtype)
                np.testing.assert_array_equal(found, array)
                buffer.release()

    def test_bf16_rounds_to_nearest_even(self):
        array = np.float32([1.00390625, 1.01171875, -2.5, 3e38, 0])
        buffer = self.device.create_buffer(array, datatype.BF16)
        np.testing.assert_array_equal(
            buffer.copy_to_host(),
            np.uint32([0x3F800000, 0x3F820000, 0xC0200000, 0x7F620000, 0])
            .view(np.float32))

    def test_a_shape_makes_an_uninitialised_buffer(self):
        buffer = self.device.create_buffer((1024, 1024),
                                           dtype=nexus.datatype.F16)
        self.assertEqual(buffer.copy_to_host().dtype, np.float16)
        self.assertEqual(buffer.copy_to_host().shape, (1024, 1024))

    def test_a_single_value_can_be_replaced(self):
        for dtype in ("f32", "bf16"):
            buffer = self.device.create_buffer(np.float32(1.5), dtype)
            buffer.copy_from_host(np.float32(-2))
            self.assertEqual(buffer.copy_to_host().shape, ())
            self.assertEqual(buffer.copy_to_host(), -2)

    def test_values_do_not_pass_for_bit_patterns(self):
        with self.assertRaises(TypeError):
            self.device.create_buffer(np.float32([1.5]), datatype.F8)
        buffer = self.device.create_buffer(np.uint8([0x38]), datatype.F8)
        np.testing.assert_array_equal(buffer.copy_to_host(), [0x38])

    def test_fill_sets_every_element(self):
        for dtype, value in (("f32", 1.5), ("bf16", -3.0), ("i16", -7),
                             ("u8", 200)):
            buffer = self.device.create_buffer((70, 40), dtype)
            buffer.fill(value)
            self.assertTrue(np.all(buffer.copy_to_host() == value))

    def test_values_that_a_type_does_not_hold_are_refused(self):
        for dtype, error, value in (
                ("u8", OverflowError, 300), ("u32", OverflowError, -1),
                ("i32", OverflowError, 1 << 40), ("u8", OverflowError, 256.0),
                ("i32", OverflowError, float(1 << 31)),
                ("i64", OverflowError, float(1 << 63)),
                ("u64", OverflowError, 1 << 70), ("i16", ValueError, 1.5),
                ("i32", ValueError, float("nan")),
                ("i32", OverflowError, float("-inf")),
                ("f8", OverflowError, 300), ("i32", TypeError, "7"),
                ("i32", TypeError, None), ("i32", TypeError, 1j)):
            buffer = self.device.create_buffer((3,), dtype)
            for call in (lambda b=buffer, v=value: b.fill(v),
                         lambda b=buffer, v=value: b.copy_from_host([0, v, 0]),
                         lambda d=dtype, v=value: self.device.create_buffer(
                             [0, v, 1], d)):
                with self.assertRaises(error) as caught:
                    call()
                self.assertIn(dtype.upper(), str(caught.exception))
                if error is not TypeError:
                    self.assertIn(str(value), str(caught.exception))

    def test_values_that_a_type_holds_are_taken(self):
        for dtype, value in (("u8", 255.0), ("i32", -1 << 31), ("i32", True),
                             ("i32", np.float32(-1 << 31)),
                             ("u64", (1 << 64) - 1), ("i64", -1 << 63)):
            buffer = self.device.create_buffer([value], dtype)
            self.assertEqual(buffer.copy_to_host()[0], int(value))
            buffer.fill(value)
            self.assertEqual(buffer.copy_to_host()[0], int(value))
        with self.assertRaises(OverflowError):  # rounds to the limit as f32
            self.device.create_buffer(np.float32([1 << 31]), "i32")
        with self.assertRaises(OverflowError):
            self.device.create_buffer(np.uint64([1 << 63]), "i64")
        with np.errstate(over="ignore"):
            buffer = self.device.create_buffer([1e39, 1], "bf16")
        np.testing.assert_array_equal(buffer.copy_to_host(), [np.inf, 1])

    def test_release_twice_is_harmless_and_use_after_is_refused(self):
        buffer = self.device.create_buffer(np.zeros(4, np.float32))
        buffer.release()
        buffer.release()
        self.assert_status(status.InvalidBuffer, buffer.copy_to_host)

    def test_a_replaced_argument_is_not_kept(self):
        library = self.device.create_library(kernel_path("add_f32"))
        schedule = self.device.create_schedule()
        command = schedule.create_command(library.get_kernel("k"))
        count = nexus.get_runtimes()[0].get_property_int
        before = None
        for _ in range(3):
            command.set_arg(0, self.device.create_buffer((32, 32)))
            gc.collect()
            before = before or count("Count")
            self.assertEqual(count("Count"), before)

    def test_a_command_keeps_its_schedule(self):
        library = self.device.create_library(kernel_path("add_f32"))
        command = self.device.create_schedule().create_command(
            library.get_kernel("k"))
        gc.collect()
        command.set_arg(0, value=1)
        event = self.device.create_event()
        signal = self.device.create_schedule().create_signal_command(event)
        gc.collect()
        signal.get_property_int("Type")

    def test_a_schedule_is_released_with_its_last_command(self):
        count = nexus.get_runtimes()[0].get_property_int
        kernel = self.device.create_library(
            kernel_path("add_f32")).get_kernel("k")
        buffer = self.device.create_buffer((32, 32))
        gc.collect()
        gc.disable()
        self.addCleanup(gc.enable)
        before = count("Count")
        schedule = self.device.create_schedule()
        command = schedule.create_command(kernel)
        command.set_arg(0, buffer)
        self.assertIs(schedule.commands[0], command)
        del schedule
        self.assertGreater(count("Count"), before)
        del command
        self.assertEqual(count("Count"), before)

    def test_a_schedule_keeps_what_its_commands_were_given(self):
        kernel = self.device.create_library(
            kernel_path("add_f32")).get_kernel("k")
        schedule = self.device.create_schedule()
        schedule.create_command(kernel)
        x = self.floats(32, 32)
        for i in range(3):
            schedule.commands[0].set_arg(i, self.device.create_buffer(x))
            schedule.commands[0].set_const(i, value=2, name="CB", dtype="f32")
        del kernel
        gc.collect()
        schedule.commands[0].finalize((1, 1, 1))
        schedule.run()

    def test_scalars_keep_their_value_or_are_refused(self):
        scalar = nexus.objects._scalar
        kind = nexus.objects._scalar_type
        self.assertEqual(kind(np.float64(1.5)), datatype.F32)
        self.assertEqual(kind(np.int64(7)), datatype.I32)
        self.assertEqual(kind(np.uint64(1 << 31)), datatype.U32)
        self.assertEqual(kind(np.int16(7)), datatype.I16)
        self.assertEqual(scalar(-1, datatype.I16), b"\xff\xff\0\0")
        for value, dtype in ((1 << 31, datatype.I32), (-1, datatype.U32),
                             (256, datatype.U8)):
            with self.assertRaises(OverflowError):
                scalar(value, dtype)
        with self.assertRaises(OverflowError):
            kind(np.int64(1 << 40))
        with self.assertRaises(ValueError):
            scalar(1.5, datatype.I32)

    def test_what_is_no_argument_is_named(self):
        kernel = self.device.create_library(
            kernel_path("add_f32")).get_kernel("k")
        schedule = self.device.create_schedule()
        command = schedule.create_command(kernel)
        for given, name in ((np.zeros(3), "ndarray"), (schedule, "Schedule"),
                            ("7", "str"), (None, "None"), ([1], "list"),
                            (1j, "complex")):
            for call in (lambda v=given: command.set_arg(5, v),
                         lambda v=given: command.set_arg(5, value=v)):
                with self.assertRaises(TypeError) as caught:
                    call()
                self.assertRegex(
                    str(caught.exception),
                    rf"^argument 5 must be a Buffer .*number.*\b{name}$")
            with self.assertRaises(TypeError) as caught:
                command.set_const(5, given)
            self.assertRegex(str(caught.exception),
                             rf"^constant 5 must be a number.*\b{name}$")
        buffer = self.device.create_buffer((32, 32))
        for call in (lambda: command.set_arg(0, buffer, 7),
                     lambda: command.set_arg(0, 1, 7),
                     lambda: command.set_const(0, 1, 7)):
            with self.assertRaises(TypeError) as caught:
                call()
            self.assertRegex(str(caught.exception), "^name of .* str, .* int$")

    def test_events_count_up(self):
        event = self.device.create_event()
        event.signal(3)
        event.wait(2)
        schedule = self.device.create_schedule()
        schedule.create_signal_command(event, 9)
        schedule.run()
        event.wait(9)
        self.assertEqual(event.get_property_int("Value"), 9)

    def test_info_command_lists_the_device(self):
        done = subprocess.run([sys.executable, "-m", "nexus", "info"],
                              capture_output=True, text=True, check=True)
        self.assertIn("wormhole", done.stdout)


class Failures(DeviceTest):
    """A status, the reason, and everything else goes on."""

    def finalize(self, source, consts=(), arguments=()):
        return self.prepare(source, arguments, consts, (1, 1, 1))

    def still_works(self):
        """The device runs a kernel after whatever came before."""
        x = self.floats(32, 32)
        buffers = [self.device.create_buffer(x) for _ in range(3)]
        self.run_kernel("add_f32", buffers, "f32", (1, 1, 1))
        np.testing.assert_array_equal(buffers[2].copy_to_host(), x + x)

    def test_compile_errors_name_file_and_line(self):
        error = self.assert_status(status.CompileProgramFailure, self.finalize,
                                   BROKEN)
        self.assertIn("this_is_not_declared", error.log)
        self.assertRegex(error.log, r":3[:,]")
        self.still_works()

    def test_a_missing_file_fails_at_once(self):
        error = self.assert_status(status.InvalidProgram,
                                   self.device.create_library,
                                   "/no/such/kernel.cpp")
        self.assertIn("/no/such/kernel.cpp", error.log)

    def test_index_64_is_refused(self):
        library = self.device.create_library(kernel_path("add_f32"))
        schedule = self.device.create_schedule()
        command = schedule.create_command(library.get_kernel("k"))
        self.assert_status(status.InvalidArgIndex, command.set_arg, 64,
                           value=1)
        self.assert_status(status.InvalidArgIndex, command.set_const, 64,
                           value=1, name="CB")
        self.assert_status(status.InvalidArgIndex, command.set_arg, -1,
                           value=1)

    def test_a_shape_that_overflows_is_refused(self):
        self.assert_status(status.InvalidBufferSize, self.device.create_buffer,
                           (1 << 40, 1 << 40))

    def test_a_deadlock_is_reported_with_what_each_core_waits_for(self):
        schedule = self.finalize(WAITS_FOR_EVER, [(0, 2, "CB", "f32")])
        error = self.assert_status(status.InvalidProgramExecutable,
                                   schedule.run)
        self.assertIn("NCRISC", error.log)
        self.assertIn("circular buffer 0", error.log)
        self.still_works()

    def test_a_library_that_is_no_plugin_is_named(self):
        path = ctypes.util.find_library("c")
        done = subprocess.run(
            [sys.executable, "-m", "nexus", "info"], capture_output=True,
            text=True, env={**os.environ, "TT_PLUGIN_LIB": path})
        self.assertEqual((done.returncode, done.stderr),
                         (1, f"{path} is not a Nexus plugin: it has no "
                          "nxsGetRuntimeProperty; see TT_PLUGIN_LIB\n"))

    def test_an_endless_kernel_ends_after_the_timeout(self):
        # The limit is of the whole environment: a process of its own.
        script = (
            "import sys; sys.path.insert(0, %r)\n"
            "import test_api, unittest\n"
            "t = test_api.Failures('still_works'); t.setUpClass(); t.setUp()\n"
            "s = t.finalize(test_api.SPINS_FOR_EVER)\n"
            "e = t.assert_status(test_api.status.InvalidProgramExecutable,"
            " s.run)\n"
            "assert 'timeout' in e.log and 'NCRISC' in e.log, e.log\n"
            "t.still_works()\n" % os.path.dirname(os.path.abspath(__file__)))
        done = subprocess.run([sys.executable, "-c", script],
                              env={**os.environ, "TT_TIMEOUT_MS": "300"},
                              capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stderr)

    def test_a_missing_toolchain_names_the_package(self):
        script = (
            "import sys; sys.path.insert(0, %r)\n"
            "import test_api\n"
            "t = test_api.Failures('still_works'); t.setUpClass(); t.setUp()\n"
            "e = t.assert_status(test_api.status.CompilerNotAvailable,"
            " t.finalize, test_api.WAITS_FOR_EVER)\n"
            "assert 'gcc-riscv64-unknown-elf' in e.log, e.log\n"
            "t.device.create_buffer(t.floats(8)).copy_to_host()\n"
            % os.path.dirname(os.path.abspath(__file__)))
        environment = {**os.environ, "PATH": "/nonexistent",
                       "TT_CACHE_DIR": "/dev/null/cache"}
        done = subprocess.run([sys.executable, "-c", script],
                              env=environment, capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stderr)


class Processes(DeviceTest):
    """Leaving in the middle. The scripts run in processes of their own; each
    has a thread t inside an endless run for the first second or so."""

    START = (
        "import sys, os, signal, threading, time\n"
        "sys.path.insert(0, %r)\n"
        "import test_api\n"
        "d = test_api.Failures('still_works'); d.setUpClass(); d.setUp()\n"
        "s = d.finalize(test_api.SPINS_FOR_EVER)\n"
        "t = threading.Thread(target=s.run, daemon=True)\n"
        % os.path.dirname(os.path.abspath(__file__)))

    def script(self, text, seconds=30):
        """The exit status of a script; TimeoutExpired fails the test."""
        return subprocess.run(
            [sys.executable, "-c", self.START + text],
            env={**os.environ, "TT_TIMEOUT_MS": "20000"}, timeout=seconds,
            capture_output=True, text=True)

    def test_exit_while_another_thread_runs(self):
        for _ in range(3):
            done = self.script("t.start(); time.sleep(0.3); sys.exit(7)\n", 15)
            self.assertEqual(done.returncode, 7, done.stderr)

    def test_a_child_forked_during_a_run_can_exit(self):
        done = self.script(
            "t.start(); time.sleep(0.3)\n"
            "pid = os.fork()\n"
            "if pid == 0: sys.exit(5)\n"
            "assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 5\n",
            15)
        self.assertEqual(done.returncode, 0, done.stderr)

    def test_ctrl_c_ends_a_run(self):
        done = self.script(
            "threading.Timer(0.5, os.kill, (os.getpid(), signal.SIGINT))"
            ".start()\n"
            "try: s.run()\n"
            "except KeyboardInterrupt: sys.exit(9)\n", 15)
        self.assertEqual(done.returncode, 9, done.stderr)

    QUICK = """
q = d.device.create_schedule()
c = q.create_command(d.device.create_library(b'''
#ifdef WRITER_KERNEL
#include "api/dataflow/dataflow_api.h"
void kernel_main() {}
#endif
''').get_kernel("quick"))
c.finalize((1, 1, 1))
q.run()
q.run()
"""

    def test_ctrl_c_ends_a_run_that_is_not_the_first(self):
        done = self.script(
            self.QUICK +
            "threading.Timer(0.5, os.kill, (os.getpid(), signal.SIGINT))"
            ".start()\n"
            "try: s.run()\n"
            "except KeyboardInterrupt: pass\n"
            "q.run(d.device.create_stream())\n"
            "sys.exit(9)\n", 15)
        self.assertEqual(done.returncode, 9, done.stderr)

    def test_ctrl_c_ends_a_copy_that_waits_for_a_run(self):
        done = self.script(
            "b = d.device.create_buffer((1024,), 'f32')\n"
            "s.commands[0].set_arg(0, b)\n"
            "s.commands[0].finalize((1, 1, 1))\n"
            "s.run(blocking=False)\n"
            "threading.Timer(0.5, os.kill, (os.getpid(), signal.SIGINT))"
            ".start()\n"
            "try: b.copy_to_host()\n"
            "except KeyboardInterrupt: os._exit(9)\n", 15)
        self.assertEqual(done.returncode, 9, done.stderr)

    def test_ctrl_c_ends_the_release_of_a_stream(self):
        done = self.script(
            "stream = d.device.create_stream()\n"
            "s.run(stream, blocking=False)\n"
            "threading.Timer(0.5, os.kill, (os.getpid(), signal.SIGINT))"
            ".start()\n"
            "try: stream.release()\n"
            "except KeyboardInterrupt: pass\n"
            "stream.release()\n"
            "del stream\n"
            "os._exit(9)\n", 15)
        self.assertEqual((done.returncode, done.stderr), (9, ""))

    def test_ctrl_c_ends_a_compilation(self):
        with tempfile.TemporaryDirectory() as folder:
            pipe = os.path.join(folder, "waits.h")
            os.mkfifo(pipe)
            try:
                done = self.script(
                    f"path = {pipe!r}\n"
                    "open(path + '.new', 'w').close()\n"
                    "q = d.device.create_schedule()\n"
                    "c = q.create_command(d.device.create_library(("
                    "'#include \"%s\"\\n' % path + 'void kernel_main() {}'"
                    ").encode()).get_kernel('k'))\n"
                    "threading.Timer(0.5, os.kill, (os.getpid(), "
                    "signal.SIGINT)).start()\n"
                    "try: c.finalize((1, 1, 1)); sys.exit(8)\n"
                    "except KeyboardInterrupt: pass\n"
                    "compilers_go_on = os.open(path, os.O_RDWR)\n"
                    "os.rename(path + '.new', path)\n"
                    "os.close(compilers_go_on)\n"
                    "c.finalize((1, 1, 1))\n"
                    "q.run()\n"
                    "sys.exit(9)\n", 15)
            finally:  # no compiler waits for ever
                os.close(os.open(pipe, os.O_RDWR | os.O_NONBLOCK))
        self.assertEqual(done.returncode, 9, done.stderr)

    def test_numbers_that_do_not_fit_are_refused(self):
        schedule = self.device.create_schedule()
        library = self.device.create_library(kernel_path("add_f32"))
        command = schedule.create_command(library.get_kernel("add_f32"))
        buffer = self.device.create_buffer((32, 32), "f32")
        event = self.device.create_event()
        for refused in (lambda: command.set_arg(1 << 32, buffer),
                        lambda: command.finalize(((1 << 32) + 1, 1, 1)),
                        lambda: command.finalize((1, 1, 1), (-1, 1, 1)),
                        lambda: event.signal((1 << 32) + 5),
                        lambda: event.wait((1 << 32) + 5),
                        lambda: self.device.create_stream((1 << 40) + 1)):
            self.assertRaises(OverflowError, refused)

    def test_a_signal_handler_can_run_meanwhile(self):
        done = self.script(
            self.QUICK +
            "other, seen = d.device.create_stream(), []\n"
            "def handler(*_): q.run(other); seen.append(1)\n"
            "signal.signal(signal.SIGALRM, handler)\n"
            "signal.setitimer(signal.ITIMER_REAL, 0.3)\n"
            "threading.Timer(1, os.kill, (os.getpid(), signal.SIGINT))"
            ".start()\n"
            "try: s.run()\n"
            "except KeyboardInterrupt: sys.exit(8 + len(seen))\n", 15)
        self.assertEqual(done.returncode, 9, done.stderr)

    def test_a_child_forked_after_a_run_can_run(self):
        done = self.script(
            self.QUICK +
            "pid = os.fork()\n"
            "if pid == 0: q.run(); sys.exit(5)\n"
            "q.run()\n"
            "assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 5\n",
            15)
        self.assertEqual(done.returncode, 0, done.stderr)


if __name__ == "__main__":
    unittest.main()
