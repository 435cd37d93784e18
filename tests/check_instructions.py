#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""docs/instructions.md says of every instruction what the lists in
device/emu say, and names only tests that there are."""
import glob
import re
import sys

OPS = "device/emu/tensix_ops.h"
INSNS = "device/emu/rv32_insns.h"
PAGE = "docs/instructions.md"


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def tensix_of_code():
    """{mnemonic: (opcode, state)} of the X-macros."""
    text = read(OPS)
    at = text.index("#define TT_TENSIX_DOCUMENTED")
    documented = set(re.findall(r"OP\(0x\w+, (\w+)\)", text[at:]))
    states = {"FRONT": "modelled", "OP": "modelled", "NONE": "refused"}
    found = {}
    for kind, opcode, name in re.findall(
            r"^    (FRONT|OP|NONE)\((0x[0-9A-F]{2}), (\w+)", text[:at], re.M):
        state = "documented" if name in documented else states[kind]
        found[name] = (opcode, state)
    return found


def rv32_of_code():
    kinds = "REG|IMM|SHIFT|LOAD|STORE|BRANCH|OTHER"
    return set(re.findall(rf"^    (?:{kinds})\((\w+),", read(INSNS), re.M))


def rows():
    for line in read(PAGE).splitlines():
        if line.startswith("| "):
            yield [cell.strip() for cell in line.strip("|").split("|")]


def test_exists(name, cases):
    if name == "kernels":
        return bool(glob.glob("tests/diff/kernels.py"))
    if name.startswith("unit "):
        return bool(glob.glob(f"tests/unit/{name[5:]}.c"))
    return name in cases


def check_tests(name, state, compared, cases):
    tests = re.split(r"[,;] ", compared)
    bad = [f"{name}: there is no test '{t}'" for t in tests
           if not test_exists(t, cases)]
    if state == "documented" and not all(t.startswith("unit ") for t in tests):
        bad.append(f"{name}: documented, but compared with ttsim")
    if state == "modelled" and not any(t in cases for t in tests):
        bad.append(f"{name}: modelled, but not compared with ttsim")
    return bad


def check_tensix(cases):
    code, bad, seen = tensix_of_code(), [], set()
    for row in rows():
        if len(row) != 6 or not row[1].startswith("0x"):
            continue
        name, opcode, state = row[:3]
        if name in seen:
            bad.append(f"{name}: two rows")
        seen.add(name)
        if name not in code:
            bad.append(f"{name}: a row, but no entry in {OPS}")
        elif code[name] != (opcode, state):
            bad.append(f"{name}: the row says {opcode} {state}, {OPS} says "
                       + " ".join(code[name]))
        bad += check_tests(name, state, row[5], cases)
    return bad + [f"{name}: no row" for name in sorted(set(code) - seen)]


def check_rv32(cases):
    code, seen, bad = rv32_of_code(), [], []
    for row in rows():
        if len(row) == 4 and row[1] == "modelled" and row[0].isupper():
            seen += row[0].split()
            bad += check_tests(row[0], row[1], row[3], cases)
    bad += [f"{name}: no row" for name in sorted(code - set(seen))]
    return bad + [f"{name}: a row too many" for name in seen
                  if name not in code or seen.count(name) > 1]


def main():
    cases = set()
    for path in glob.glob("tests/diff/case_*.c"):
        cases |= set(re.findall(r"^void case_(\w+)\(", read(path), re.M))
    bad = check_tensix(cases) + check_rv32(cases)
    if bad:
        print(f"{PAGE} and the code disagree:", *bad, sep="\n  ")
        return 1
    print(f"{PAGE}: {len(tensix_of_code())} Tensix and {len(rv32_of_code())} "
          "RISC-V instructions")
    return 0


sys.exit(main())
