#!/usr/bin/env python3
"""What the cases of "mailroom bench process" cost Python's ProcessPoolExecutor. Prints one number: nanoseconds.

  process.py CASE HOW_OFTEN BYTES
"""
import concurrent.futures
import sys
import time

WORKERS = 2


def one():
    return 1


def same(text):
    return text


def many_tasks(pool, n, size):
    futures = [pool.submit(one) for _ in range(n)]
    assert sum(f.result() for f in futures) == n


def round_trip(pool, n, size):
    text = b"x" * size
    for _ in range(n):
        assert len(pool.submit(same, text).result()) == size


if __name__ == "__main__":
    case, n, size = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    with concurrent.futures.ProcessPoolExecutor(WORKERS) as pool:
        for _ in range(100):
            pool.submit(one).result()
        start = time.perf_counter_ns()
        globals()[case](pool, n, size)
        print((time.perf_counter_ns() - start) / n)
