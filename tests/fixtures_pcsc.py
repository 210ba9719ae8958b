"""The machine's one pcscd with its virtual reader, a hand with cards, and an ear for what a reader tells."""

import queue
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final, TypeVar

import pytest

from hardware.simulators.card import VirtualCard
from hardware.simulators.ifd import VirtualReader, build_driver
from hardware.simulators.pcscd import PcscService
from kiosk.visit.events import Event
from reader import pcsc

PROFILES: Final = Path(__file__).parents[1] / "hardware/wiring/readers"
REFERENCE_PROFILE: Final = PROFILES / "reference-test.toml"
ESCAPE_READER: Final = "Hongtu Test 00 00"
ESCAPE_PROFILE: Final = PROFILES / "reference-test-escape.toml"

E = TypeVar("E", bound=Event)


class Ear:
    """Hears a reader's events, in order. ``post`` is what the reader is given."""

    def __init__(self) -> None:
        self._events: queue.SimpleQueue[Event] = queue.SimpleQueue()
        self.heard: list[Event] = []

    def post(self, event: Event) -> None:
        self._events.put(event)

    def next(self, kind: type[E], within_s: float = 15.0) -> E:
        """Return the next event of this kind, passing over others; they all stay in ``heard``."""
        deadline_s = time.monotonic() + within_s
        while True:
            try:
                event = self._events.get(timeout=max(0.0, deadline_s - time.monotonic()))
            except queue.Empty:
                pytest.fail(f"no {kind.__name__} within {within_s} s; heard {self.heard}")
            self.heard.append(event)
            if isinstance(event, kind):
                return event

    def rest(self, for_s: float) -> list[Event]:
        """Return all that is told from now on, for so many seconds."""
        time.sleep(for_s)
        rest = []
        while not self._events.empty():
            rest.append(self._events.get())
        self.heard += rest
        return rest


@pytest.fixture(scope="module")
def pcsc_service() -> Iterator[PcscService]:
    with PcscService(build_driver()) as service:
        yield service


@pytest.fixture
def pcscd(pcsc_service: PcscService) -> PcscService:
    """A running pcscd, whatever the test before did to it."""
    pcsc_service.start()
    return pcsc_service


@pytest.fixture
def killable_pcscd(pcscd: PcscService) -> PcscService:
    if not pcscd.is_ours:
        pytest.skip("a pcscd that others started is in use: it is not ours to kill")
    return pcscd


@pytest.fixture(scope="module")
def escape_reader(pcsc_service: PcscService) -> Iterator[VirtualReader]:
    if not pcsc_service.is_ours:
        pytest.skip("a pcscd that others started is in use: it does not know our test driver")
    with VirtualReader() as reader:
        yield reader


@pytest.fixture
def plugged_in(pcscd: PcscService, escape_reader: VirtualReader) -> Iterator[VirtualReader]:
    """The reader of our own driver: it can be unplugged, stall, and be spoken to by escapes. Leave it plugged in."""
    wait_until_seen(ESCAPE_READER)
    yield escape_reader
    escape_reader.go_on()
    escape_reader.lift()
    wait_until_seen(ESCAPE_READER)


def wait_until_seen(reader: str, *, is_lost: bool = False) -> None:
    """Return when pcscd sees the reader, or sees that it is gone. It looks once a second."""
    deadline_s = time.monotonic() + 10
    with pcsc.Context() as context:
        while reader not in context.readers() or context.state(reader).is_lost != is_lost:
            assert time.monotonic() < deadline_s, f"{reader} is still {'there' if is_lost else 'away'}"
            time.sleep(0.02)


@pytest.fixture
def hand(pcscd: PcscService) -> Iterator[VirtualCard]:
    """Lays and lifts undelayed virtual cards."""
    with VirtualCard(delay=False) as card:
        yield card
