"""Ten visitors of one day: who comes, what each must see, what the station must get."""

import json
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any, Final

from hardware.simulators.camera import NOBODY
from hardware.simulators.card import CardFaults
from hardware.simulators.personas import PERSONAS, Persona
from hardware.simulators.scenario.house import STATION, House
from hardware.simulators.scenario.window import NotSeenError
from kiosk.visit.screen import ScreenKind

ARRIVES_WITHIN_S: Final = 15.0
"""Until the station has what it should get. Counts of the demo are sent every second, alarms at once."""

_HEALTHY: Final = CardFaults()
_PULLED_IN_MID_READ: Final = CardFaults(pull_after=2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Visitor:
    """One visit and its right outcome.

    ``gets`` is what must reach the station: the label of a count ("refer/document.expired"), or "alarm: " and a kind.
    ``prelude`` happens before the card is laid; ``epilogue`` after the screen has been seen.
    """

    number: str
    title: str
    card: Persona | None
    camera: str
    sees: ScreenKind
    gets: str
    faults: CardFaults = _HEALTHY
    touches: str | None = None
    prelude: Callable[[House], None] = lambda house: None
    epilogue: Callable[[House], None] = lambda house: None


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of a visit. ``wrong`` says what was not as it should be, or nothing."""

    visitor: Visitor
    saw: tuple[ScreenKind, ...]
    got: str
    durations: dict[str, float | None]
    wrong: str = ""


@dataclass(slots=True)
class Day:
    """The story: it remembers who was listed, so that they can be withdrawn."""

    entries: dict[str, str] = field(default_factory=dict)

    def visitors(self) -> tuple[Visitor, ...]:
        """Return the day's visitors in their order."""
        # lisa and zoom are one woman in two sets of pictures: neither may stand in for "somebody else".
        lisa, second, pulled = PERSONAS["lisa"], PERSONAS["p061"], PERSONAS["zoom"]
        lent, expired, listed, misused = PERSONAS["p013"], PERSONAS["p105"], PERSONAS["p005"], PERSONAS["p025"]
        added, later = PERSONAS["p066"], PERSONAS["p030"]
        go_in, staff = ScreenKind.GO_IN, ScreenKind.SEE_STAFF
        return (
            Visitor(number="1", title="a visitor, her own card", card=lisa, camera="lisa", sees=go_in, gets="admit"),
            Visitor(number="2", title="another, his own card", card=second, camera="p061", sees=go_in, gets="admit"),
            Visitor(
                number="3",
                title="somebody else's card",
                card=lent,
                camera="p030",
                sees=staff,
                gets="refer/face.differs",
            ),
            Visitor(
                number="4",
                title="an expired card",
                card=replace(expired, valid_until=date(2024, 6, 30)),
                camera="p105",
                sees=staff,
                gets="refer/document.expired",
            ),
            Visitor(
                number="5",
                title="a listed person",
                card=listed,
                camera="p005",
                sees=staff,
                gets="alarm: wanted-person",
                prelude=lambda house: self._list(house, listed, misused, later),
            ),
            Visitor(
                number="6",
                title="a listed number, other face",
                card=misused,
                camera="p037",
                sees=staff,
                gets="alarm: listed-document-holder-differs",
            ),
            Visitor(
                number="7",
                title="card pulled in mid-read",
                card=pulled,
                camera="zoom",
                sees=go_in,
                gets="admit",
                faults=_PULLED_IN_MID_READ,
            ),
            Visitor(
                number="8",
                title='touches "staffed lane"',
                card=None,
                camera="zoom",
                sees=staff,
                gets="refer/choice.staffed-lane",
                touches="staffedLane",
            ),
            Visitor(
                number="9a",
                title="added to the list today",
                card=added,
                camera="p066",
                sees=staff,
                gets="alarm: wanted-person",
                prelude=lambda house: self._list(house, added),
            ),
            Visitor(
                number="9b",
                title="withdrawn from the list again",
                card=added,
                camera="p066",
                sees=go_in,
                gets="admit",
                prelude=lambda house: self._withdraw(house, added),
            ),
            Visitor(
                number="10",
                title="a listed person, station down",
                card=later,
                camera="p030",
                sees=staff,
                gets="alarm: wanted-person",
                prelude=lambda house: house.processes.end(STATION),
                epilogue=House.start_station,
            ),
        )

    def _list(self, house: House, *personas: Persona) -> None:
        for persona in personas:
            self.entries[persona.key] = house.list_person(persona, case=f"EX-{persona.key}")

    def _withdraw(self, house: House, persona: Persona) -> None:
        house.withdraw(self.entries.pop(persona.key))


def play(house: House, visitor: Visitor) -> Outcome:
    """Let the visitor come and go; report what was seen, what the station got, and how long it took."""
    before = Ledger.of(house)
    visitor.prelude(house)
    mark, log_mark = house.window.mark(), house.kiosk_log.stat().st_size
    wrong, got = "", "nothing"
    try:
        with _at_the_gate(house, visitor):
            house.window.wait(visitor.sees, since=mark)
            visitor.epilogue(house)
            got = _station_gets(house, before, visitor.gets)
    except NotSeenError as missing:
        wrong = str(missing)
    saw = tuple(dict.fromkeys(seen.kind for seen in house.window.seen_since(mark)))
    if not wrong and got != visitor.gets:
        wrong = f"the station should have got {visitor.gets}"
    opened = house.openings_so_far() - before.openings
    if not wrong and opened != (visitor.sees is ScreenKind.GO_IN):
        wrong = f"the gate opened {opened} times"
    house.window.wait_until_shown(ScreenKind.ATTRACT, timeout_s=30)
    return Outcome(visitor=visitor, saw=saw, got=got, durations=last_durations(house.kiosk_log, log_mark), wrong=wrong)


@contextmanager
def _at_the_gate(house: House, visitor: Visitor) -> Iterator[None]:
    house.before_camera(visitor.camera)
    try:
        if visitor.touches is not None:
            house.window.touch(visitor.touches)
        if visitor.card is not None:
            mark = house.window.mark()
            house.card.lay(visitor.card, faults=visitor.faults)
            if visitor.faults == _PULLED_IN_MID_READ:
                house.window.wait(ScreenKind.LAY_AGAIN, since=mark)
                house.card.lay(visitor.card)
        yield
    finally:
        house.card.lift()
        house.before_camera(NOBODY)


@dataclass(frozen=True, slots=True)
class Ledger:
    """What station and gate have on their books at one moment."""

    counts: Counter[str]
    alarms: frozenset[str]
    openings: int

    @classmethod
    def of(cls, house: House) -> "Ledger":
        """Read the books."""
        return cls(
            counts=Counter(house.dispatcher.counts()),
            alarms=frozenset(alarm["id"] for alarm in house.dispatcher.alarms()),
            openings=house.openings_so_far(),
        )


def _station_gets(house: House, before: Ledger, expected: str) -> str:
    """Wait until what is new at the station is what was expected, and return what is new."""
    deadline = time.monotonic() + ARRIVES_WITHIN_S
    while True:
        got = _news(house, before)
        if got == expected or time.monotonic() > deadline:
            return got
        time.sleep(0.1)


def _news(house: House, before: Ledger) -> str:
    alarms = [alarm for alarm in house.dispatcher.alarms() if alarm["id"] not in before.alarms]
    counts = Counter(house.dispatcher.counts()) - before.counts
    if alarms:
        return "alarm: " + " and ".join(str(alarm["kind"]) for alarm in alarms)
    return " and ".join(sorted(counts.elements())) or "nothing"


def last_durations(log: Path, since: int = 0) -> dict[str, float | None]:
    """Return the stage durations of the last decision that a kiosk logged after byte ``since``; empty without one."""
    with log.open("rb") as lines:
        lines.seek(since)
        records: list[dict[str, Any]] = [json.loads(line) for line in lines]
    decided = [record for record in records if record["event"] == "visit.decided"]
    stages = ("read_s", "face_s", "list_s", "total_s")
    return {stage: decided[-1][stage] for stage in stages} if decided else {}
