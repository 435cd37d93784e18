#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Measures the errors of operations and writes docs/accuracy.md.

    accuracy.py --write docs/accuracy.md     everything; minutes
    accuracy.py --quick                      100 thousand inputs instead of
                                             10 million, nothing written

Exit status 1 if an error is larger than operations.py allows, or if the goal is
missed without a reason there."""

import argparse
import concurrent.futures
import multiprocessing
import os
import re
import sys

import numpy as np

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.append(os.path.join(HERE, "..", "..", "python"))

import matrix  # noqa: E402
import nexus  # noqa: E402
from measure import (FORMATS, Chip, as_stored, block_error,  # noqa: E402
                     block_inputs, compare, every_number, inputs, pairs,
                     patterns, triples)
from operations import OPERATIONS  # noqa: E402
from published import FIGURES  # noqa: E402

FULL, QUICK = 10_000_000, 100 * 1024
GOAL = {"bf16": 1, "f32": 4}

SPECIALS = [("0", 0x00000000), ("-0", 0x80000000), ("inf", 0x7F800000),
            ("-inf", 0xFF800000), ("NaN", 0x7FC00000), ("1e-40", 0x000116C2),
            ("-1e-40", 0x800116C2)]


class Survey:
    """All measurements of a run: errors by operation and format."""

    def __init__(self, chip, count, operations):
        self.chip = chip
        self.operations = operations
        chip.group(op.call for op in operations)
        self.count = -(-count // 1024) * 1024
        self.errors = {op.call: {} for op in operations}
        self.blocks = {}
        self.specials = {}

    def operands(self, form):
        """Of one, two and three operands: the numbers and their buffers."""
        fewer = self.count // 8192 * 1024
        wide = form.dtype == "f32"
        make = {1: lambda: [inputs(self.count) if wide else every_number(form)],
                2: lambda: pairs(self.count if wide else fewer),
                3: lambda: triples(fewer)}
        found = {}
        for n in {op.operands for op in self.operations}:
            numbers = [as_stored(x, form) for x in make[n]()]
            found[n] = numbers, [
                self.chip.device.create_buffer(patterns(x, form), form.dtype)
                for x in numbers]
        return found

    def measure(self, name, form, report=None):
        """Every operation in one format."""
        operands = self.operands(form)
        for op in self.operations:
            numbers, buffers = operands[op.operands]
            got = self.chip.run(op.call, buffers,
                                [form.dtype] * (op.operands + 1), form.wide)
            error = compare(got, op.right, numbers, form, op.within)
            error.at = [float(x[error.worst]) for x in numbers]
            error.got = float(got[error.worst])
            self.errors[op.call][name] = error
            if report:
                report(op, name, error)

    def problems(self, op):
        """Sentences on limits exceeded and on goals missed without a reason."""
        found = []
        for name, error in self.errors[op.call].items():
            limit = op.limit(FORMATS[name])
            if error.ulp > limit:
                found.append(f"{op.call}, {name}: {error.ulp:.4g} ulp at "
                             f"{error.at}, which gave {error.got}; {limit:.4g} "
                             "are allowed")
            if name in GOAL and not op.note and missed(op, name, error):
                found.append(f"{op.call}, {name}: goal missed, no reason given")
        return found

    def measure_blocks(self):
        """Results that are stored as BFP8."""
        for op in self.operations:
            x = block_inputs(op.operands)
            got = self.chip.run(op.call, x, ["f32"] * (op.operands + 1), True,
                                "bf8")
            with np.errstate(all="ignore"):
                right = op.right(*(v.astype(float) for v in x))
            self.blocks[op.call] = block_error(got, right)

    def measure_specials(self):
        """What functions of one float32 make of special values."""
        x = np.zeros(1024, np.float32)
        x[:len(SPECIALS)] = np.uint32([b for _, b in SPECIALS]).view(
            np.float32)
        for op in self.operations:
            if op.operands == 1:
                got = self.chip.run(op.call, [x], ["f32"] * 2, True)
                self.specials[op.call] = got[:len(SPECIALS)]


    def measure_all(self):
        """Everything that the document says of operations."""
        for name, form in FORMATS.items():
            self.measure(name, form, report)
        self.measure_blocks()
        self.measure_specials()

    def add(self, other):
        """Take over another one's measurements."""
        self.errors.update(other.errors)
        self.blocks.update(other.blocks)
        self.specials.update(other.specials)


def report(op, name, error):
    """Say what was measured."""
    print(f"{op.call:44} {name:16} {error.ulp:9.4g} ulp {error.steps:8.4g}"
          f" steps, at {error.at}: {error.got}", flush=True)


def survey_of(count, which):
    """A survey of the operations of some indices, for a process of its own."""
    chip = Chip(nexus.get_runtimes()[0].get_device(0))
    survey = Survey(chip, count, [OPERATIONS[i] for i in which])
    survey.measure_all()
    survey.chip = survey.operations = None  # these cannot be handed over
    return survey


def survey_together(count, which, jobs):
    """A survey of many operations, by several processes, each with a chip."""
    found = Survey(Chip(None), count, [OPERATIONS[i] for i in which])
    parts = [which[i:i + 16] for i in range(0, len(which), 16)]
    context = multiprocessing.get_context("spawn")
    with concurrent.futures.ProcessPoolExecutor(jobs, context) as pool:
        for part in pool.map(survey_of, [count] * len(parts), parts):
            found.add(part)
    return found


# ------------------------------------------------------------------
# Goals


def figure(op, name):
    """TT-Metalium's figure for a format, or None."""
    figures = FIGURES.get(op.published)
    return figures and figures[0 if name == "bf16" else 1]


def missed(op, name, error):
    """Whether an error is larger than the goal or than TT-Metalium's."""
    theirs = figure(op, name)
    return (op.operands == 1 and error.ulp > GOAL[name]) or \
        (theirs is not None and error.steps > theirs)


# ------------------------------------------------------------------
# The document


def number(x):
    """A figure for the table."""
    return "0" if x == 0 else f"{x:.3g}"


def cell(error):
    """Largest error and distance from the rounded result."""
    if error is None:
        return ""
    return f"{number(error.ulp)} ({number(error.steps)})"


def row(op, survey):
    """A line of the table of errors."""
    errors = survey.errors[op.call]
    f32 = errors["f32"]
    worst = "; ".join(f"{x:.9g}" for x in f32.at) if f32.ulp else ""
    theirs = [figure(op, name) for name in ("bf16", "f32")]
    theirs = "" if theirs[0] is None else " / ".join(map(number, theirs))
    cells = [f"`{op.call}`"]
    cells += [cell(errors.get(name)) for name in FORMATS]
    cells += [number(f32.mean), worst, theirs,
              number(survey.blocks[op.call]), op.note]
    return "| " + " | ".join(cells) + " |"


def special(op, got):
    """A line of the table of special values; those that are not the function's
    in bold."""
    x = np.uint32([b for _, b in SPECIALS]).view(np.float32)
    x = np.where(np.abs(x) < 2.0 ** -126, np.copysign(0, x), x).astype(float)
    with np.errstate(all="ignore"):
        right = op.right(x)
    same = (got == np.float32(right)) & (np.signbit(got) == np.signbit(right))
    same |= np.isnan(got) & np.isnan(right)
    texts = [f"{y:.6g}" if ok else f"**{y:.6g}**" for y, ok in zip(got, same)]
    return f"| `{op.call}` | " + " | ".join(texts) + " |"


def table(head, rows):
    """A table of Markdown."""
    return "\n".join([f"| {' | '.join(head)} |", "|---" * len(head) + "|",
                      *rows])


def document(survey):
    """The whole text."""
    chip = Chip(nexus.get_runtimes()[0].get_device(0))
    with open(os.path.join(HERE, "accuracy.md.in"), encoding="utf-8") as file:
        text = file.read()
    errors = table(["call", *FORMATS, "f32 mean", "f32 worst at",
                    "TT-Metalium bf16 / f32", "BFP8", "note"],
                   [row(op, survey) for op in survey.operations])
    specials = table(["call", *(name for name, _ in SPECIALS)],
                     [special(op, survey.specials[op.call])
                      for op in survey.operations if op.operands == 1])
    units = table(["operation", "format", "error", "of"],
                  ["| " + " | ".join(cells) + " |"
                   for cells in matrix.rows(chip)])
    for name, value in (("@COUNT@", f"{survey.count:,}"), ("@ERRORS@", errors), ("@SPECIALS@", specials),
                        ("@MATRIX@", units)):
        text = text.replace(name, value)
    return text


def main():
    """Entry point; returns the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=int, default=FULL,
                        help=f"float32 inputs, {FULL} unless given")
    parser.add_argument("--quick", action="store_const", const=QUICK,
                        dest="count", help=f"{QUICK} of them")
    parser.add_argument("--only", default="", metavar="REGEX",
                        help="operations whose call matches")
    parser.add_argument("--write", metavar="FILE", help="write the document")
    parser.add_argument("--jobs", type=int, default=os.cpu_count(),
                        help="processes, each with a chip")
    arguments = parser.parse_args()
    which = [i for i, op in enumerate(OPERATIONS)
             if re.search(arguments.only, op.call)]
    survey = survey_together(arguments.count, which, arguments.jobs)
    if arguments.write:
        text = document(survey)
        with open(arguments.write, "w", encoding="utf-8") as file:
            file.write(text)
    bad = [text for op in survey.operations for text in survey.problems(op)]
    print("\n".join(bad))
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
