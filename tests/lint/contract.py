#!/usr/bin/env python3
"""Checks that the table of the executors' contract and its tests say the same: every row is there, names a test that
exists, and no test has a row that is not there.

  contract.py ROOT
"""
import pathlib
import re
import sys

root = pathlib.Path(sys.argv[1])
page = "framework/mailroom/executor/README.md"
complaints = []

ROW = re.compile(r"^\| (\d{3}|b\d\d) \| [^|]+ \| ([^|]+) \| ([^|]*)\|")
CASE = re.compile(r'^(?:TEST_CASE\w*\(|check )\s*"((?:#\S+ )+)', re.MULTILINE)
WITH_TEST = {"kept", "adapted"}
WITHOUT_TEST = {"not in C++"}

table = {}  # row: (verdict, files)
for line in (root / page).read_text().splitlines():
    found = ROW.match(line)
    if not found:
        continue
    row, verdict, files = found[1], found[2].strip(), set(re.findall(r"`(\w+)`", found[3]))
    if row in table:
        complaints.append(f"{page}: row {row} is there twice")
    if verdict not in WITH_TEST | WITHOUT_TEST:
        complaints.append(f"{page}: row {row} is '{verdict}'; what does that mean?")
    if (verdict in WITH_TEST) != bool(files):
        complaints.append(f"{page}: row {row} is '{verdict}', and its test is '{found[3].strip()}'")
    table[row] = files

tests = {}  # row: files
for room in ["executor", "process"]:
    for path in sorted((root / "tests" / room).glob("*_test.*")):
        for rows in CASE.findall(path.read_text()):
            for row in re.findall(r"#(\S+)", rows):
                tests.setdefault(row, set()).add(path.stem)

for row in [f"{n:03}" for n in range(1, 147)] + [f"b{n:02}" for n in range(1, 14)]:
    if row not in table:
        complaints.append(f"{page}: row {row} is missing")
for row in sorted(table.keys() | tests.keys()):
    for name in sorted(table.get(row, set()) - tests.get(row, set())):
        complaints.append(f"{page}: row {row}: there is no case \"#{row} ...\" in tests/*/{name}")
    for name in sorted(tests.get(row, set()) - table.get(row, set())):
        complaints.append(f"tests/*/{name}: \"#{row} ...\" is not in the table of {page}")

print("\n".join(complaints) or f"{len(table)} rows, {sum(map(len, tests.values()))} with a test in its place")
sys.exit(1 if complaints else 0)
