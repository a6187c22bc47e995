"""The peer's side of a benchmark: works when asked, as often as asked, and says how long it took."""

import resource
import sys
import time


def serve(name, work):
    """Answers each line N on stdin with the seconds that N calls of work took.

    Work that returns a number says itself how many seconds counted. The line "memory" is answered
    with the most bytes that were ever resident.
    """
    print("ready", name, flush=True)
    for line in sys.stdin:
        if line.strip() == "memory":
            unit = 1 if sys.platform == "darwin" else 1024
            print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit, flush=True)
            continue
        times = int(line)
        counted = 0.0
        start = time.perf_counter()
        for _ in range(times):
            counted += work() or 0.0
        print(counted or time.perf_counter() - start, flush=True)
