"""One target in this process: ``python -m tests.fuzz.one TARGET SECONDS FOLDER``; exit code 0 if no promise was broken.

The promises: no exception but the typed ones; no input makes the process 10 MB larger; no input takes over 10 ms (the
best of four tries: the machine is shared).
"""

import contextlib
import resource
import sys
import time
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["reader", "kiosk.domain"]):
    from tests.fuzz.targets import PLANTED, TARGETS, Target

MAX_KIB = 10 * 1024
MAX_S = 0.010
WARM_UP = 200
"""Inputs whose memory does not count: modules and codecs that are loaded at first use."""


class BrokenPromiseError(Exception):
    """What an input did that none may."""


def fuzz(target: Target) -> None:
    """Run until libFuzzer's time is over, or a promise is broken."""
    seen = 0

    def once(data: bytes) -> float:
        started_s = time.perf_counter()
        with contextlib.suppress(*target.typed):
            target.run(data)
        return time.perf_counter() - started_s

    def judge(data: bytes) -> None:
        nonlocal seen
        seen += 1
        before_kib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        took_s = once(data)
        grown_kib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before_kib
        if seen < WARM_UP:
            return
        if grown_kib > MAX_KIB:
            raise BrokenPromiseError(f"{grown_kib} KiB")
        if took_s > MAX_S and min(once(data) for _ in range(3)) > MAX_S:
            raise BrokenPromiseError(f"{took_s * 1e3:.1f} ms")

    atheris.Setup(sys.argv, judge)
    atheris.Fuzz()


def main() -> None:
    """Prepare the seeds and hand over to libFuzzer, which ends the process."""
    name, seconds, folder = sys.argv[1:]
    target = PLANTED if name == "planted" else TARGETS[name]
    seeds = Path(folder) / "seeds" / name
    seeds.mkdir(parents=True, exist_ok=True)
    for number, seed in enumerate(target.seeds()):
        (seeds / str(number)).write_bytes(seed)
    sys.argv = [
        sys.argv[0],
        f"-max_total_time={seconds}",
        f"-max_len={target.max_bytes}",
        f"-artifact_prefix={folder}/{name}-",
        "-verbosity=0",
        "-print_final_stats=1",
        str(seeds),
    ]
    fuzz(target)


if __name__ == "__main__":
    main()
