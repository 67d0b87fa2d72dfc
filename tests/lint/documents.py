#!/usr/bin/env python3
"""Checks that documents tell the truth: code is in the sources as shown, commands print what is shown, links lead
somewhere.

  documents.py ROOT                 code and links of all pages
  documents.py ROOT DIRECTORY       also runs the console examples of the README, with the binaries of DIRECTORY

A block of code follows a line `<!-- from PATH -->` and stands in that file, whatever its indentation. A console block
begins with `$ command`; `...` stands for any number of lines, and numbers and the width of gaps may differ. A bug that did
not show is given more chances: it needs bad luck.
"""
import os
import pathlib
import re
import subprocess
import sys
import textwrap

root = pathlib.Path(sys.argv[1])
binaries = sys.argv[2] if len(sys.argv) > 2 else None
complaints = []
snippets = commands = links = 0


def without_indentation(text):
    return "\n".join(line.strip() for line in text.strip().splitlines())


def normal(line):
    """What of a line of output does not change from run to run."""
    line = re.sub(r"-?\d+(\.\d+)?", "0", line)
    return re.sub(r"\s+", " ", line).strip()


def matches(expected, got):
    """Whether `got` has all of `expected`, where "..." leaves out lines."""
    if not expected:
        return not got
    if expected[0] == "...":
        return any(matches(expected[1:], got[i:]) for i in range(len(got) + 1))
    return bool(got) and expected[0] == got[0] and matches(expected[1:], got[1:])


def run_command(command):
    environment = {**os.environ, "PATH": f"{binaries}:{os.environ['PATH']}"}
    return subprocess.run(["bash", "-c", command], capture_output=True, text=True, timeout=60, env=environment)


def check_console(page, block):
    global commands
    first, *expected = block.splitlines()
    if not first.startswith("$ "):
        complaints.append(f"{page}: a console block begins with '$ command'")
        return
    if not binaries:
        return
    commands += 1
    for _ in range(5):
        run = run_command(first[2:])
        if "did not show this time" not in run.stdout:
            break
    if run.returncode != 0:
        complaints.append(f"{page}: '{first[2:]}' exits with {run.returncode}: {run.stderr.strip()}")
    lines = [normal(line) for line in run.stdout.splitlines()]
    if not matches([normal(line) if line != "..." else line for line in expected], lines):
        complaints.append(f"{page}: '{first[2:]}' prints something else:\n{textwrap.indent(run.stdout, '  ')}")


def check_picture(page, command, picture):
    global commands
    if not binaries:
        return
    commands += 1
    if not picture.exists() or run_command(command).stdout != picture.read_text():
        complaints.append(f"{page}: {picture.name} is not what '{command}' prints")


pages = [root / "README.md", *sorted(root.glob("actors/**/*.md")), *sorted(root.glob("demos/*.md")),
         *sorted(root.glob("framework/**/*.md")), root / ".github/CONTRIBUTING.md"]
for path in pages:
    page = path.relative_to(root).as_posix()
    text = path.read_text()
    if len(text.splitlines()) < 10:
        complaints.append(f"{page}: there is nothing on it")
    for command, picture in re.findall(r"<!-- from \$ (.+?) -->\n!\[.*?\]\((\S+)\)", text):
        check_picture(page, command, path.parent / picture)
    for marker, source, language, block in re.findall(
            r"(<!-- from (\S+) -->\n)?```(\w*)\n(.*?)```", text, re.DOTALL):
        if source:
            snippets += 1
            origin = root / source
            if not origin.exists():
                complaints.append(f"{page}: {source} is not there")
            elif without_indentation(block) not in without_indentation(origin.read_text()):
                complaints.append(f"{page}: this is not in {source}:\n{textwrap.indent(block, '  ')}")
        elif language == "cpp" and path.name == "README.md" and path.parent == root:
            complaints.append(f"{page}: code without '<!-- from PATH -->'")
        elif language == "console":
            check_console(page, block)
    prose = re.sub(r"```.*?```", "", text, flags=re.DOTALL)
    for target in re.findall(r"\]\(([^)#]+)\)", prose):
        links += 1
        if "://" not in target and not (path.parent / target).exists():
            complaints.append(f"{page}: {target} leads nowhere")

print("\n".join(complaints) or f"{len(pages)} pages, {snippets} snippets, {commands} commands, {links} links: all true")
sys.exit(1 if complaints else 0)
