"""``simulate``: the simulators' command line, where there are simulators."""

import sys
from importlib.util import find_spec


def main() -> None:
    """Run ``simulate``, or say that this is a production package."""
    if find_spec("hardware.simulators") is None:
        sys.stderr.write("simulate: this is a production package, without simulators. Use a checkout of the project.\n")
        sys.exit(2)
    from hardware.simulators.__main__ import main as simulators

    simulators()
