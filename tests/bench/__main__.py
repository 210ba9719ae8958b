"""``make bench``: every figure in one run, one table, and ``build/bench.json``.

``python -m tests.bench ROOM …`` measures some rooms alone, and then writes no file.
"""

import logging
import os
import sys
import tempfile
from pathlib import Path

import structlog

from hardware.simulators.scenario.house import House
from hardware.simulators.scenario.processes import REPOSITORY
from kiosk.visit.screen import ScreenKind
from tests.bench import decision, face, fleet, link, many, reader, refer_and_alarm, sealed_list, station, ui, visits
from tests.bench.rows import Row, table, write
from ui.window import make_application


def main() -> int:
    """Measure, print, write; exit 1 where a promised figure does not hold."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    rooms = {
        "decision": measure_decision,
        "face": measure_face,
        "reader": measure_reader,
        "list": measure_list,
        "fleet": measure_fleet,
        "link": measure_link,
        "many": measure_many,
        "house": measure_house,
        "refer-and-alarm": measure_refer_and_alarm,
        "ui": measure_ui,
    }
    # Two cores are too few for a thousand whole agents beside their station: for a larger machine, and by name alone.
    every_room = rooms | {"fleet-busy": lambda: fleet.measure(say, busy=True)}
    chosen = sys.argv[1:] or list(rooms)
    if unknown := set(chosen) - set(every_room):
        print(f"no such room: {', '.join(sorted(unknown))}; there are {', '.join(every_room)}")
        return 2
    rows: list[Row] = []
    for room in chosen:
        rows += every_room[room]()
        if chosen == list(rooms):
            write(rows, REPOSITORY / "build" / "bench.json")  # what was measured stays, whatever ends the next room
    print(f"\n{table(rows)}")
    return 0 if all(row.holds is not False for row in rows) else 1


def measure_decision() -> list[Row]:
    """From the decoded portrait to the decision."""
    say("portrait decoded → decision, in turn with the bare model calls")
    return decision.measure()


def measure_face() -> list[Row]:
    """The face check alone: errors, speed, memory, simulated attacks. Takes about eight minutes."""
    return face.measure(say)


def measure_ui() -> list[Row]:
    """The screens of the real app: cold start, mirror, verdict, and what holds them up. Takes two minutes."""
    say("the app's window: start, mirror, verdict")
    return ui.measure()


def measure_refer_and_alarm() -> list[Row]:
    """What tells an alarm from a referral at the gate: nothing. Takes about a minute."""
    say("two hundred referrals and alarms, seen and heard")
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    app = make_application()
    with tempfile.TemporaryDirectory() as folder:
        rows = refer_and_alarm.measure(Path(folder))
    del app
    return rows


def measure_reader() -> list[Row]:
    """The reader alone. Takes about ten minutes, most of it for the recoveries."""
    return reader.measure(say)


def measure_list() -> list[Row]:
    """The sealed list: look-ups, a full copy, refreshes. Takes about ten minutes."""
    return sealed_list.measure(say)


def measure_fleet() -> list[Row]:
    """A change of the list at a thousand kiosks. Takes about four minutes."""
    return fleet.measure(say)


def measure_link() -> list[Row]:
    """The road of an alarm, and what a station takes in. Takes about three minutes."""
    return link.measure(say)


def measure_many() -> list[Row]:
    """The station on PostgreSQL, its consoles, and a year of data. Takes about four minutes."""
    return many.measure(say)


def measure_house() -> list[Row]:
    """Whole visits, and the station."""
    say("the card alone, through pyscard")
    bare_s = visits.bare_card_s(10)
    with House(REPOSITORY / "build" / "bench", delay=True, say=say) as house:
        house.window.wait_until_shown(ScreenKind.ATTRACT, timeout_s=60)
        say("whole visits with a card of real timing")
        rows = visits.measure(house, bare_s)
        say("list changes, then alarms")
        rows += station.list_changes(house)
        rows += station.alarms(house)
    return rows


def say(text: str) -> None:
    """Print what is being measured, at once."""
    print(f"▸ {text}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
