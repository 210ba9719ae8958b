"""The machine's one pcscd with its virtual reader, a hand with cards, and an ear for what a reader tells."""

import queue
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final, TypeVar

import pytest

from hardware.simulators.card import VirtualCard
from hardware.simulators.pcscd import PcscService
from kiosk.visit.events import Event

REFERENCE_PROFILE: Final = Path(__file__).parents[1] / "hardware/wiring/readers/reference-test.toml"

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
    with PcscService() as service:
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


@pytest.fixture
def hand(pcscd: PcscService) -> Iterator[VirtualCard]:
    """Lays and lifts undelayed virtual cards."""
    with VirtualCard(delay=False) as card:
        yield card
