"""A kiosk is enrolled again while the gate is open: by itself it comes to the new list, and never to a wrong answer."""

import asyncio
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from list_author import NOON
from published_tree import Station
from software_tpm import SoftwareTpm

sys.path.insert(0, str(Path(__file__).parents[1] / "watchlist"))

from kiosk_disk import AT_ANY_PACE, PRESENCES, number

import watchlist.lookup
import watchlist.seal
from kiosk.domain.evidence import Listed, ListEvidence, NotListed, Unavailable
from kiosk.domain.faults import Fault
from kiosk.domain.ids import Presence
from kiosk.domain.reasons import Reason
from sync.http import OwnCertificate
from sync.kiosk_end import enrol
from sync.kiosk_end.agent import enrol_kiosk
from sync.wire import Enrolled
from watchlist import trust
from watchlist.device_key import KEY_FILE, SEALED_FILE, KeyMode, is_key_in_file, open_device_keys
from watchlist.lookup import Pace, SealedList
from watchlist.replica import ListFollower

Use = Callable[[SoftwareTpm], None]
Move = Callable[[Path], KeyMode]


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watchlist.seal, "ARGON2_MEMORY_KIB", 8)


class Kiosk:
    """A data folder, the agent that comes and goes, and the gate, which is open all the time."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.data = folder
        self._monkeypatch = monkeypatch
        self.gate = SealedList(folder, pace=Pace(burst=AT_ANY_PACE))

    def enrol(self, station: Station, mode: KeyMode, meanwhile: Callable[[], None] = lambda: None) -> None:
        async def answered(*_: object) -> tuple[Enrolled, OwnCertificate]:
            meanwhile()
            told = station.trust()
            facts = {name: getattr(told, name) for name in ("kiosk", "lane", "site", "group", "root", "group_key")}
            return Enrolled(**facts, certificate_pem="", ca_pem=""), OwnCertificate(b"", b"")

        self._monkeypatch.setattr(enrol, "enrol", answered)
        asyncio.run(enrol_kiosk("https://station", self.data, "token", self.data, mode))

    def start_agent(self, station: Station) -> None:
        station.publish()
        keys = open_device_keys(self.data)
        agent = ListFollower(self.data, trust.load(self.data / trust.TRUST_FILE, keys), keys)
        agent.refresh(station.road(), NOON)
        agent.close()

    def present(self, person: int) -> ListEvidence:
        return self.gate.look_up(Presence("reader", next(PRESENCES)), (number(person),), NOON)


@pytest.fixture
def kiosk(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Kiosk]:
    kiosk = Kiosk(folder, monkeypatch)
    yield kiosk
    kiosk.gate.close()


def with_the_same_key(_data: Path) -> KeyMode:
    return "file"


def with_a_new_key_file(data: Path) -> KeyMode:
    (data / KEY_FILE).unlink()
    return "file"


def with_the_key_in_the_tpm(_data: Path) -> KeyMode:
    return "tpm"


@pytest.mark.usefixtures("machine_tpm")
@pytest.mark.parametrize("of_another_site", [False, True])
@pytest.mark.parametrize("move", [with_the_same_key, with_a_new_key_file, with_the_key_in_the_tpm])
def test_the_running_gate_follows_a_new_enrolment(
    kiosk: Kiosk, tmp_path: Path, move: Move, of_another_site: bool
) -> None:
    before = Station(tmp_path / "before")
    before.add(1)
    kiosk.enrol(before, "file")
    kiosk.start_agent(before)
    assert isinstance(kiosk.present(1), Listed)
    after = Station(tmp_path / "after", site="east-gate") if of_another_site else before
    after.add(2)
    mode = move(kiosk.data)

    def the_old_list_goes_on() -> None:
        assert isinstance(kiosk.present(1), Listed)
        assert isinstance(kiosk.present(2), NotListed)
        assert kiosk.gate.faults(NOON) == frozenset()

    kiosk.enrol(after, mode, the_old_list_goes_on)
    the_old_list_goes_on()
    kiosk.start_agent(after)
    kiosk.gate.faults(NOON)  # the supervision looks every second
    assert kiosk.gate.faults(NOON) == frozenset()
    assert isinstance(kiosk.present(2), Listed)
    assert isinstance(kiosk.present(1), NotListed if of_another_site else Listed)
    assert is_key_in_file(kiosk.data) == (mode == "file")


def test_a_cleared_tpm_needs_a_new_enrolment_and_then_the_running_gate_goes_on(
    kiosk: Kiosk, tmp_path: Path, machine_tpm: SoftwareTpm, use: Use
) -> None:
    station = Station(tmp_path / "station")
    station.add(1)
    kiosk.enrol(station, "tpm")
    kiosk.start_agent(station)
    assert isinstance(kiosk.present(1), Listed)
    machine_tpm.clear()
    use(machine_tpm)
    assert isinstance(kiosk.present(1), Listed)  # its key was unsealed at the start
    kiosk.gate.close()
    assert kiosk.present(1) == Unavailable(Reason.LIST_FAULT)
    (kiosk.data / SEALED_FILE).unlink()
    kiosk.enrol(station, "tpm")
    kiosk.start_agent(station)
    assert isinstance(kiosk.present(1), Listed)
    assert isinstance(kiosk.present(2), NotListed)


@pytest.mark.parametrize("first", [1, 2])
def test_a_gate_that_starts_between_enrolment_and_agent_calls_staff_and_then_comes_right(
    kiosk: Kiosk, tmp_path: Path, no_tpm: None, first: int
) -> None:
    station = Station(tmp_path / "station")
    station.add(1)
    kiosk.enrol(station, "file")
    kiosk.start_agent(station)
    kiosk.enrol(station, with_a_new_key_file(kiosk.data))
    for person in (1, 2):
        assert kiosk.present(person) == Unavailable(Reason.LIST_FAULT)
    assert kiosk.gate.faults(NOON) == {Fault.LIST_MISSING}
    kiosk.start_agent(station)
    assert isinstance(kiosk.present(first), Listed if first == 1 else NotListed)


def test_a_tpm_that_does_not_answer_is_asked_for_every_card_but_not_every_second(
    kiosk: Kiosk, tmp_path: Path, machine_tpm: SoftwareTpm, use: Use, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Path] = []
    now_s = 1000.0

    def counted(data: Path) -> object:
        asked.append(data)
        return open_device_keys(data)

    station = Station(tmp_path / "station")
    station.add(1)
    kiosk.enrol(station, "tpm")
    kiosk.start_agent(station)
    monkeypatch.setattr(watchlist.lookup, "open_device_keys", counted)
    kiosk.gate = SealedList(kiosk.data, monotonic=lambda: now_s)
    machine_tpm.stop()
    for _second in range(30):
        assert kiosk.gate.faults(NOON) == {Fault.LIST_MISSING}
        now_s += 1
    assert len(asked) == 3
    for visit in range(3):
        assert kiosk.present(1) == Unavailable(Reason.LIST_FAULT)
        assert len(asked) == 4 + visit
    machine_tpm.start()
    use(machine_tpm)
    assert isinstance(kiosk.present(1), Listed)
    assert kiosk.gate.faults(NOON) == frozenset()
