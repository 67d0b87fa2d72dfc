#!/usr/bin/env python3
"""Runs all cases of "mailroom bench pool" once and looks at the shape of what comes out, not at the numbers.

  bench_pool_test.py PATH_OF_MAILROOM
"""
import json
import subprocess
import sys

CASES = [
    "submit and get", "post", "two submitters",
    "round trip, median", "round trip, 99 %", "round trip after 2 ms idle",
    "1 us tasks", "10 us tasks", "100 us tasks",
    "fib(30), a task per call", "10 000 sleeps of 1 ms, 64 workers", "memory per queued task",
]

run = subprocess.run([sys.argv[1], "bench", "pool", "--rounds", "1", "--json"], capture_output=True, text=True)
if run.returncode != 0:
    sys.exit(f"exit code {run.returncode}: {run.stderr}")
rows = json.loads(run.stdout)
complaints = []
if [row["case"] for row in rows] != CASES:
    complaints.append(f"other cases: {[row['case'] for row in rows]}")
for row in rows:
    if "thread_pool" not in row["peers"]:
        complaints.append(f"{row['case']}: without the control")
    if row["peers"].keys() != row["ratio"].keys() or row["rounds"] != 1:
        complaints.append(f"{row['case']}: {row}")
print("\n".join(complaints) or f"{len(rows)} cases")
sys.exit(1 if complaints else 0)
