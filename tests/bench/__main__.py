"""``make bench``: every figure in one run, one table, and ``build/bench.json``."""

import logging
import sys

import structlog

from hardware.simulators.scenario.house import House
from hardware.simulators.scenario.processes import REPOSITORY
from kiosk.visit.screen import ScreenKind
from tests.bench import decision, station, visits
from tests.bench.rows import table, write


def main() -> int:
    """Measure, print, write; exit 1 where a promised figure does not hold."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    say("portrait decoded → decision, in turn with the bare model calls")
    rows = decision.measure()
    say("the card alone, through pyscard")
    bare_s = visits.bare_card_s(10)
    with House(REPOSITORY / "build" / "bench", delay=True, say=say) as house:
        house.window.wait_until_shown(ScreenKind.ATTRACT, timeout_s=60)
        say("whole visits with a card of real timing")
        rows += visits.measure(house, bare_s)
        say("list changes, then alarms")
        rows += station.list_changes(house)
        rows += station.alarms(house)
    write(rows, REPOSITORY / "build" / "bench.json")
    print(f"\n{table(rows)}\n  build/bench.json")
    return 0 if all(row.holds is not False for row in rows) else 1


def say(text: str) -> None:
    """Print what is being measured, at once."""
    print(f"▸ {text}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
