"""Whoever lays cards: the simulator, or a tester at the terminal."""

from pathlib import Path
from typing import Protocol

from hardware.simulators.card import VirtualCard
from hardware.simulators.ifd import VirtualReader
from hardware.simulators.personas import PERSONAS


class Hand(Protocol):
    """Whoever lays cards."""

    def lay(self) -> None: ...

    def lift(self) -> None: ...


class SimulatedHand:
    def __init__(self, card: VirtualCard | VirtualReader) -> None:
        self._card = card

    def lay(self) -> None:
        self._card.lay(PERSONAS["lisa"])

    def lift(self) -> None:
        self._card.lift()


class TestersHand:
    def lay(self) -> None:
        self._ask("Lay a card on the reader")

    def lift(self) -> None:
        self._ask("Lift the card")

    def _ask(self, what: str) -> None:
        # The terminal itself: pytest holds standard input and output.
        with Path("/dev/tty").open("r+b", buffering=0) as terminal:
            terminal.write(f"\n{what}, then press Enter. ".encode())
            terminal.readline()
