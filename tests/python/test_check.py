#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The kernel sanitizer: every planted mistake of tests/kernels/check is found
with its core and line, and nothing else is objected to."""

import glob
import os
import re
import subprocess
import sys
import unittest

os.environ["TT_EMU_CHECK"] = "1"  # before the library is opened

from support import KERNELS, DeviceTest, kernel_path

import nexus

HERE = os.path.dirname(os.path.abspath(__file__))
PLANTED = sorted(glob.glob(os.path.join(KERNELS, "check", "*.cpp")))

# Kernels of other tests: clean, or the library is to blame.
CLEAN = ("test_kernels.py", "test_styles.py", "test_matrix_api.py",
         "test_vector.py")

# Prints the reports of planted mistakes that involve several cores.
SCRIPT = """
import sys
sys.path.insert(0, %r)
import test_check
for name in ("race_noc", "unwritten_load", "range_noc_write", "dst_no_wait"):
    print(test_check.report(%r %% name, 40))
""" % (HERE, os.path.join(KERNELS, "check", "%s.cpp"))


def start(device, source, n_cores=1, words=()):
    """A finalized schedule with circular buffers 0 and 1 of two pages."""
    schedule = device.create_schedule()
    command = schedule.create_command(
        device.create_library(source).get_kernel("k"))
    for i, word in enumerate(words):
        command.set_arg(i, value=word)
    for i in range(2):
        command.set_const(i, value=2, name="CB", dtype="bf16")
    command.finalize((n_cores, 1, 1), (1, 1, 1))
    return schedule


def report(source, n_cores=1):
    """The error text of a run that fails; None if it does not."""
    device = nexus.get_runtimes()[0].get_device(0)
    try:
        start(device, source, n_cores).run()
    except nexus.NexusError as error:
        return error.log
    return None


def marked(path, mark):
    """Lines with a mark, as reports name them."""
    with open(path, encoding="ascii") as source:
        return ["%s:%d" % (os.path.basename(path), number)
                for number, line in enumerate(source, 1)
                if re.search(r"//.*\b%s\b" % mark, line)]


class Planted(DeviceTest):
    """One test per mistake, made from the files."""

    def check(self, path):
        with open(path, encoding="ascii") as source:
            expected = source.read().split("// expect ")[1].splitlines()[0]
        risc, text = expected.split(": ", 1)
        found = report(path, 2 if "race_noc" in path else 1)
        self.assertIsNotNone(found)
        who, what = re.match(r"core (\(\d+,\d+\)) logical \(\d+,\d+\) (.*)",
                             found).groups()
        self.assertEqual(who, "(19,18)" if "race_noc" in path else "(18,18)")
        self.assertRegex(what, r"^%s pc 0x[0-9a-f]{8} at (\S*/)?%s: " % (
            risc, re.escape(marked(path, "HERE")[0])))
        self.assertIn(text, found)
        for line in marked(path, "OTHER"):
            self.assertRegex(
                found, r"pc 0x[0-9a-f]{8} at (\S*/)?%s$" % re.escape(line))


for planted in PLANTED:
    setattr(Planted, "test_" + os.path.basename(planted)[:-4],
            lambda self, path=planted: self.check(path))


STALE = b"""
#if defined(READER_KERNEL)
void kernel_main()
{
    volatile uint32_t *page = (volatile uint32_t *)get_write_ptr(0);
    if (get_common_arg_val<uint32_t>(0))
        page[0] = 1;
    page[1] = page[0];
}
#else
void kernel_main() {}
#endif
"""

SEVERAL = b"""
#if defined(READER_KERNEL)
void kernel_main()
{
    volatile uint32_t *page = (volatile uint32_t *)get_write_ptr(0);
    for (uint32_t i = 0; i < 10; i++)
        page[100] = page[i];
    cb_push_back(0, 3);
}
#else
void kernel_main() {}
#endif
"""

LEGAL = b"""
#if defined(READER_KERNEL)
void kernel_main()
{
    // a buffer over data that is there: popped, never pushed
    cb_pop_front(0, 1);
    cb_pop_front(0, 1);
    // no call that reserves, but there is room
    volatile uint32_t *page = (volatile uint32_t *)get_write_ptr(1);
    page[0] = 5;
    cb_push_back(1, 1);
}
#elif defined(WRITER_KERNEL)
void kernel_main()
{
    cb_wait_front(1, 1);
    *(volatile uint32_t *)get_read_ptr(1) = 6;
    cb_pop_front(1, 1);
}
#else
void kernel_main() {}
#endif
"""


# Each core writes a word after another one has, told by what is not L1.
ORDERED = b"""
#if defined(COMPUTE_KERNEL)
static void write(uint32_t i, uint32_t value)
{
    ((volatile uint32_t *)0x28000)[i] = value;
}
void kernel_main()
{
    constexpr uint32_t sem = 0xFFE80020 + 4 * 5, mailbox = 0xFFEC0000;
    using namespace ttk;

    // a semaphore through registers
    UNPACK(write(0, 1); reg(sem) = 0;)
    MATH(while (!reg(sem)); write(0, 2);)
    // a mailbox
    MATH(write(1, 1); reg(mailbox + 0x1000 * TT_RISC_T2) = 7;)
    PACK(uint32_t got = reg(mailbox + 0x1000 * TT_RISC_T1); write(1, got);)
    // a semaphore through instructions
    UNPACK(write(2, 1); emit<op::seminit(6, 1, 0)>(); emit<op::sempost(6)>();)
    PACK(emit<op::semwait(op::block_sync | op::block_tdma, 6, op::while_zero)>();
         emit<op::dmanop>(); drain(); write(2, 2);)
}
#else
void kernel_main()
{
    // a scratch register of the overlay
    volatile uint32_t *size = (volatile uint32_t *)0xFFB50010;
    volatile uint32_t *word = (volatile uint32_t *)0x28010;
#if defined(READER_KERNEL)
    *word = 1;
    *size = 1234;
#else
    while (*size != 1234)
        ;
    *word = 2;
    *size = 0;
#endif
}
#endif
"""


class Reports(DeviceTest):
    """What reports say, and when there is none."""

    def test_what_an_earlier_launch_has_written_is_stale(self):
        start(self.device, STALE, words=(1,)).run()
        error = self.assert_status(nexus.status.InvalidProgramExecutable,
                                   start(self.device, STALE, words=(0,)).run)
        self.assertIn("was not written in this launch", error.log)
        start(self.device, STALE, words=(1,)).run()

    def test_each_kind_and_place_is_logged_once_and_the_first_is_the_error(self):
        script = ("import sys; sys.path.insert(0, %r); import test_check;"
                  "print(test_check.report(test_check.SEVERAL, 3))" % HERE)
        done = subprocess.run([sys.executable, "-c", script],
                              capture_output=True, text=True, check=True)
        lines = [line for line in done.stderr.splitlines() if "error:" in line]
        self.assertEqual(len(lines), 2, done.stderr)
        self.assertIn("pushes 3 pages", lines[0])
        self.assertIn("not written in this launch", lines[1])
        self.assertTrue(lines[1].endswith(done.stdout.strip()))

    def test_what_is_legal_is_not_objected_to(self):
        self.assertIsNone(report(LEGAL, 4))

    def test_semaphores_mailboxes_and_registers_order_cores(self):
        self.assertIsNone(report(ORDERED, 2))

    def test_reports_do_not_depend_on_host_threads(self):
        outcomes = set()
        for threads in (1, 7):
            done = subprocess.run(
                [sys.executable, "-c", SCRIPT], capture_output=True, text=True,
                check=True, env={**os.environ, "TT_EMU_THREADS": str(threads)})
            outcomes.add(done.stdout + done.stderr)
        self.assertEqual(len(outcomes), 1)
        self.assertNotIn("None", outcomes.pop())

    def test_delays_are_refused_beside_it(self):
        done = subprocess.run(
            [sys.executable, "-m", "nexus", "info"], capture_output=True,
            text=True, check=False, env={**os.environ, "TT_EMU_DELAY": "1"})
        self.assertIn("TT_EMU_CHECK and TT_EMU_DELAY exclude each other",
                      done.stderr)

    def test_only_0_and_1_turn_it_off_and_on(self):
        script = ("import sys; sys.path.insert(0, %r); import os\n"
                  "value = os.environ['TT_EMU_CHECK']; import test_check\n"
                  "os.environ['TT_EMU_CHECK'] = value\n"
                  "print(test_check.report(test_check.SEVERAL))" % HERE)
        for value, expected in (("2", "TT_EMU_CHECK=2 is not understood"), ("0", "None"),
                                ("1", "not written in this launch")):
            done = subprocess.run(
                [sys.executable, "-c", script], capture_output=True, text=True,
                check=False, env={**os.environ, "TT_EMU_CHECK": value})
            self.assertIn(expected, done.stdout + done.stderr)


PLAIN = b"""
#include <cstdint>
#if defined(READER_KERNEL)
[[gnu::noinline]] void go_wrong(volatile uint32_t *where)
{
    *where = 0; // fault
}
void kernel_main()
{
    volatile uint32_t n = 3;
#if defined(FAULT)
    go_wrong((volatile uint32_t *)0xFFF00000);
#elif defined(FAILURE)
    ASSERT(n == 4); // assert
#elif defined(TOO_MANY)
    cb_reserve_back(0, 5); // size
#else
    cb_wait_front(0, 1); // wait
#endif
}
#else
void kernel_main() {}
#endif
"""


class Lines(DeviceTest):
    """Reports that need no sanitizer name the line of the kernel, too."""

    def run_it(self, name, define):
        """Run the part of PLAIN behind a definition; the report must name the
        line that is marked with the name."""
        schedule = self.prepare(PLAIN, (), [
            (0, 2, "CB", "bf16"), (1, 1, "DEFINE:" + define, "i32")], (1, 1, 1))
        error = self.assert_status(nexus.status.InvalidProgramExecutable,
                                   schedule.run)
        lines = [n for n, line in enumerate(PLAIN.splitlines(), 1)
                 if line.endswith(b"// " + name)]
        self.assertRegex(
            error.log, r"NCRISC pc 0x[0-9a-f]+ at library:%d\b" % lines[0])
        return error.log

    def test_a_fault(self):
        self.assertIn("store at 0xfff00000", self.run_it(b"fault", "FAULT"))

    def test_a_failed_assert(self):
        self.assertIn("failed ASSERT", self.run_it(b"assert", "FAILURE"))

    def test_a_wait_for_more_than_a_buffer_holds(self):
        self.assertIn("asks for 5 pages", self.run_it(b"size", "TOO_MANY"))

    def test_a_wait_that_does_not_end(self):
        self.assertIn("waits for 1 pages", self.run_it(b"wait", "NOTHING"))


class Clean(unittest.TestCase):
    """The kernels of the other tests."""

    def test_kernels_of_other_tests_are_clean(self):
        for name in CLEAN:
            with self.subTest(name):
                done = subprocess.run(
                    [sys.executable, os.path.join(HERE, name)],
                    capture_output=True, text=True, check=False)
                self.assertEqual(done.returncode, 0, done.stderr)


if __name__ == "__main__":
    unittest.main()
