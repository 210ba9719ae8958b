"""``python -m tests.fuzz SECONDS [TARGET …]``: every target for its share of the time, two at once."""

import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec
from pathlib import Path

from tests.fuzz.targets import TARGETS

FOLDER = Path(__file__).parents[2] / "build" / "fuzz"
AT_ONCE = 2


def main() -> int:
    """Return the exit code: 1 where a promise was broken."""
    if find_spec("atheris") is None:
        print("atheris has no wheel for this machine: nothing was fuzzed")
        return 0
    seconds, names = int(sys.argv[1]), sys.argv[2:] or list(TARGETS)
    FOLDER.mkdir(parents=True, exist_ok=True)
    share = max(1, seconds * AT_ONCE // len(names)) if len(names) > 1 else seconds
    with ThreadPoolExecutor(AT_ONCE) as pool:
        broken = list(pool.map(lambda name: fuzz(name, share), names))
    return 1 if any(broken) else 0


def fuzz(name: str, seconds: int) -> bool:
    """Fuzz one target; tell whether it broke a promise."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.fuzz.one", name, str(seconds), str(FOLDER)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        check=False,
    )
    executed = re.search(r"number_of_executed_units: (\d+)", done.stdout)
    print(f"{name:<10} {executed.group(1) if executed else '?':>9} inputs in {seconds} s", flush=True)
    if done.returncode == 0:
        return False
    saved = re.search(r"Test unit written to (\S+)", done.stdout)
    reason = [line for line in done.stdout.splitlines() if "Error" in line or "Exception" in line]
    print(f"✗ {name}: {reason[-1] if reason else done.stdout[-500:]}")
    if saved:
        print(
            f"  again: .venv/bin/python -c 'from tests.fuzz.targets import TARGETS as t; import pathlib; "
            f't["{name}"].run(pathlib.Path("{saved.group(1)}").read_bytes())\''
        )
    return True


if __name__ == "__main__":
    sys.exit(main())
