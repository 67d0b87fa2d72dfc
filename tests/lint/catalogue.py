#!/usr/bin/env python3
"""Checks that the table of stories in the README is what the program runs, that each verdict has its test, and that
each page says what pages of stories say.

  catalogue.py ROOT             stories, pages and tests
  catalogue.py ROOT DIRECTORY   also versions and verdicts, as `mailroom list` of DIRECTORY has them

A row reads: | A1 | [story](page) | what is at stake | racy, naive_actor: lost_update | locked, actor | yes |. What is
explored is tested by exploring it; of other stories, the test must name each version that goes wrong, with its verdict.
The page of a story that is explored shows how one of its versions goes wrong.
"""
import json
import pathlib
import re
import subprocess
import sys

root = pathlib.Path(sys.argv[1])
complaints = []
ROW = re.compile(r"\| ([A-F]\d+) \| \[(\w+)\]\(demos/(\w+)\.md\) \| (.+?) \| (.*?) \| (.*?) \| (yes|) ?\|$", re.MULTILINE)


def versions_of(cell, verdict=None):
    """{"racy": "lost_update"}; with a verdict, all have that one."""
    found = {}
    for part in filter(None, (part.strip() for part in cell.split(";"))):
        names, _, named = part.partition(": ")
        for name in names.split(", "):
            found[name] = verdict or named
    return found


rows = {name: {"number": number, "bad": versions_of(bad), "good": versions_of(good, "ok"), "explored": explored == "yes"}
        for number, name, _, _, bad, good, explored in ROW.findall((root / "README.md").read_text())}
listed = re.search(r"set\(MAILROOM_STORIES\s+(.*?)\)", (root / "CMakeLists.txt").read_text(), re.DOTALL)[1].split()
if list(rows) != listed:
    complaints.append(f"README.md has other stories than CMakeLists.txt, or another order: {' '.join(rows)}")
SAID = ["What the lock costs", "What the actor changes", "better choice|lock is better|better off", r"\*\*Try\.\*\*", r"\*\*Exercise\.\*\*",
        r"```console"]
for name, row in rows.items():
    page = (root / f"demos/{name}.md").read_text()
    for what in SAID:
        if not re.search(what, " ".join(page.split()), re.IGNORECASE):
            complaints.append(f"demos/{name}.md says nothing of this: {what}")
    if row["explored"] and row["bad"] and not re.search(rf"^\$ mailroom (explore|replay) '?{name}\.({'|'.join(row['bad'])})\b", page, re.MULTILINE):
        complaints.append(f"demos/{name}.md does not show how it goes wrong")
    test = root / f"tests/demos/{name}_test.cpp"
    text = test.read_text() if test.exists() else ""
    if f'"exercise: {name}:' not in text:
        complaints.append(f"{name}: its test has no exercise")
    for version, verdict in row["bad"].items():
        if not row["explored"] and not re.search(rf'"{version}".*?verdict::{verdict}\b', text, re.DOTALL):
            complaints.append(f"{name}.{version}: no test says that it must be {verdict}")

if len(sys.argv) > 2:
    run = subprocess.run([f"{sys.argv[2]}/mailroom", "list", "--json"], capture_output=True, text=True, timeout=60, check=True)
    stories = json.loads(run.stdout)
    if [s["story"] for s in stories] != list(rows):
        complaints.append("mailroom list has other stories, or another order")
    for story in stories:
        row = rows.get(story["story"])
        if not row:
            complaints.append(f"{story['story']}: not in the README")
            continue
        verdicts = {v["name"]: v["verdict"] for v in story["versions"]}
        if verdicts != {**row["bad"], **row["good"]}:
            complaints.append(f"{story['story']}: the README has other versions or verdicts than {verdicts}")
        if story["explorable"] != row["explored"] or not row["number"].startswith(story["group"]):
            complaints.append(f"{story['story']}: the README has another group, or does not know what is explored")

print("\n".join(complaints) or f"{len(rows)} stories, as they must be")
sys.exit(1 if complaints else 0)
