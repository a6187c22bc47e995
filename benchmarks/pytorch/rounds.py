"""The peer's side of a benchmark: works when asked, as often as asked, and says how long it took."""

import sys
import time


def serve(name, work):
    """Answers each line N on stdin with the seconds that N calls of work took."""
    print("ready", name, flush=True)
    for line in sys.stdin:
        times = int(line)
        start = time.perf_counter()
        for _ in range(times):
            work()
        print(time.perf_counter() - start, flush=True)
