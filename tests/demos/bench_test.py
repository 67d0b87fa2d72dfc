#!/usr/bin/env python3
"""Runs all cases of "mailroom bench NAME" once and looks at the shape of what comes out, not at the numbers.

  bench_test.py PATH_OF_MAILROOM NAME
"""
import json
import subprocess
import sys

# Which cases there are, and who takes part in each, whatever else is installed.
SHAPES = {
    "pool": dict.fromkeys(
        ["submit and get", "post", "two submitters",
         "round trip, median", "round trip, 99 %", "round trip after 2 ms idle",
         "1 us tasks", "10 us tasks", "100 us tasks",
         "fib(30), a task per call", "10 000 sleeps of 1 ms, 64 workers", "memory per queued task"],
        {"thread_pool"}),
    "mailbox": dict.fromkeys(
        ["1 to 1, room for 1024", "2 to 2, room for 1024", "4 to 1, unbounded", "1 to 1, room for 1"],
        {"locked"}),
    "light": dict.fromkeys(
        ["counting", "fork-join throughput", "creation", "memory per idle actor"],
        {"caf", "caf on parking"}),
    "idioms": {
        "1 counter": {"mutex", "atomic"},
        "2 withdraw if there is enough": {"mutex"},
        "3 transfer": {"scoped_lock"},
        "4 queue": {"mutex"},
        "5 workers, room for 1024": {"threads"},
        "5 workers, room for all": {"threads"},
        "6 one look at a table": {"shared_mutex", "atomic shared_ptr"},
        "6 100 looks at one state of it": {"shared_mutex", "atomic shared_ptr"},
        "7 two at a time, 1 us each": {"semaphore, 8 threads"},
        "8 wait for 8 parts": {"latch", "latch, actor_pool"},
        "9 set a timeout, and cancel it": {"wait_until"},
        "10 two observers": {"under the lock", "copied list"},
        "10 two observers, 1 us each": {"under the lock", "copied list"},
    },
}

program, name = sys.argv[1:]
cases = SHAPES[name]
run = subprocess.run([program, "bench", name, "--rounds", "1", "--json"], capture_output=True, text=True)
if run.returncode != 0:
    sys.exit(f"exit code {run.returncode}: {run.stderr}")
rows = json.loads(run.stdout)
complaints = []
if [row["case"] for row in rows] != list(cases):
    complaints.append(f"other cases: {[row['case'] for row in rows]}")
for row in rows:
    controls = cases.get(row["case"], set())
    if not controls <= row["peers"].keys():
        complaints.append(f"{row['case']}: without {', '.join(controls - row['peers'].keys())}")
    if row["peers"].keys() != row["ratio"].keys() or row["rounds"] != 1:
        complaints.append(f"{row['case']}: {row}")
    if min(row["ours"], *row["peers"].values()) <= 0:
        complaints.append(f"{row['case']}: somebody has worked for nothing: {row}")
print("\n".join(complaints) or f"{len(rows)} cases")
sys.exit(1 if complaints else 0)
