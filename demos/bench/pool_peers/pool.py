#!/usr/bin/env python3
"""What the cases of "mailroom bench pool" cost Python's ThreadPoolExecutor. Prints one number.

  pool.py CASE HOW_OFTEN
"""
import concurrent.futures
import sys
import threading
import time

case, n = sys.argv[1], int(sys.argv[2])
WORKERS = 2


def one():
    return 1


def submit_all_and_get(pool, tasks):
    futures = [pool.submit(one) for _ in range(tasks)]
    assert sum(f.result() for f in futures) == tasks


def nanoseconds(work):
    start = time.perf_counter_ns()
    work()
    return time.perf_counter_ns() - start


def round_trip(part, idle=0):
    times = []
    with concurrent.futures.ThreadPoolExecutor(WORKERS) as pool:
        for _ in range(n):
            time.sleep(idle)
            times.append(nanoseconds(lambda: pool.submit(one).result()))
    return sorted(times)[int(part * n)]


def submit_and_get():
    with concurrent.futures.ThreadPoolExecutor(WORKERS) as pool:
        return nanoseconds(lambda: submit_all_and_get(pool, n)) / n


def post():
    pool = concurrent.futures.ThreadPoolExecutor(WORKERS)

    def post_all():
        for _ in range(n):
            pool.submit(one)
        pool.shutdown()

    return nanoseconds(post_all) / n


def two_submitters():
    with concurrent.futures.ThreadPoolExecutor(WORKERS) as pool:
        def submit_from_two():
            halves = [threading.Thread(target=submit_all_and_get, args=(pool, n // 2)) for _ in range(2)]
            for half in halves:
                half.start()
            for half in halves:
                half.join()

        return nanoseconds(submit_from_two) / n


def sleeps():
    def sleep_all():
        with concurrent.futures.ThreadPoolExecutor(64) as pool:
            for f in [pool.submit(time.sleep, 0.001) for _ in range(n)]:
                f.result()

    return nanoseconds(sleep_all) / 1e6


def memory():
    def resident():
        with open("/proc/self/status") as file:
            return next(int(line.split()[1]) * 1024 for line in file if line.startswith("VmRSS"))

    go = threading.Event()
    with concurrent.futures.ThreadPoolExecutor(WORKERS) as pool:
        for _ in range(WORKERS):
            pool.submit(go.wait)
        futures = [None] * n
        before = resident()
        for i in range(n):
            futures[i] = pool.submit(one)
        after = resident()
        go.set()
    return (after - before) / n


print({
    "submit_and_get": submit_and_get,
    "post": post,
    "two_submitters": two_submitters,
    "round_trip": lambda: round_trip(0.5),
    "slow_round_trip": lambda: round_trip(0.99),
    "round_trip_after_idle": lambda: round_trip(0.5, 0.002),
    "sleeps": sleeps,
    "memory": memory,
}[case]())
