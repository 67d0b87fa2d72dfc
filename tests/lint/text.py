#!/usr/bin/env python3
"""Checks what the compiler does not read: sizes, names of tests, and words that promise more than is there.

  text.py ROOT
"""
import pathlib
import re
import subprocess
import sys

root = pathlib.Path(sys.argv[1])
complaints = []

MOST_LINES = 400
UNFINISHED = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b|not implemented yet")
SLEEP = re.compile(r"\b(sleep_for|sleep_until|usleep)\b")
TEST_NAME = re.compile(r'TEST_CASE(?:_TEMPLATE(?:_DEFINE)?)?\(\s*"((?:[^"\\]|\\.)*)"')

sources = [p for room in ("framework", "actors", "demos", "tests") for p in sorted((root / room).rglob("*"))
           if p.suffix in (".hpp", ".cpp", ".md", ".py", ".sh", ".txt")]
for path in sources:
    name = path.relative_to(root).as_posix()
    lines = path.read_text().splitlines()
    if len(lines) > MOST_LINES:
        complaints.append(f"{name}: {len(lines)} lines; has it still one reason to exist?")
    for number, line in enumerate(lines, 1):
        if not line.isascii():
            complaints.append(f"{name}:{number}: not ASCII")
        if line.rstrip() != line:
            complaints.append(f"{name}:{number}: ends in blanks")
        if path.name != "text.py" and UNFINISHED.search(line):
            complaints.append(f"{name}:{number}: unfinished: {line.strip()}")
        if name.startswith("tests/") and path.suffix in (".cpp", ".hpp") and SLEEP.search(line):
            complaints.append(f"{name}:{number}: sleeps; wait for an event instead")
    if path.suffix == ".hpp" and "#pragma once" not in lines:
        complaints.append(f"{name}: lacks #pragma once")
    if name.startswith("tests/") and path.suffix == ".cpp":
        for title in TEST_NAME.findall(path.read_text()):
            if ";" in title:  # CTest would run a part of it, find no such case, and call that a success
                complaints.append(f"{name}: the name of a test has a ';': {title}")

# Shell scripts are tests or tools: they must at least be readable by the shell.
for path in [root / "dev", root / ".ci/run", *(p for p in sources if p.suffix == ".sh")]:
    if subprocess.run(["bash", "-n", path]).returncode != 0:
        complaints.append(f"{path.relative_to(root)}: bash cannot read it")

print("\n".join(complaints) or f"{len(sources)} files, nothing to complain about")
sys.exit(1 if complaints else 0)
