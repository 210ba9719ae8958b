"""The hand that lays and lifts cards, whatever reader it stands at."""

from typing import Protocol

from hardware.simulators.card.blocks import CardBlocks
from hardware.simulators.card.sam import CardFaults, SimulatedSam
from hardware.simulators.personas import Persona


class Hand(Protocol):
    """What every virtual reader has."""

    def lay(self, card: Persona | CardBlocks, faults: CardFaults | None = None) -> None:
        """Lay a card on the reader, in place of any that lies there."""

    def lift(self) -> None:
        """Take the card away."""


def chip_of(card: Persona | CardBlocks) -> CardBlocks:
    """Return the chip of a card; a persona's is the citizen's."""
    return CardBlocks.of(card) if isinstance(card, Persona) else card


class ModuleOnly:
    """A ``Hand`` at a reader that is nothing but its security module: no PC/SC sees its cards come and go.

    Args:
        delay: answer as slowly as a real card rather than at once.
    """

    def __init__(self, *, delay: bool = False) -> None:
        self._delay = delay
        self.lift()

    def lay(self, card: Persona | CardBlocks, faults: CardFaults | None = None) -> None:
        """Lay a card on the reader, in place of any that lies there."""
        self._sam = SimulatedSam(chip_of(card), real_timing=self._delay, faults=faults or CardFaults())

    def lift(self) -> None:
        """Take the card away."""
        self._sam = SimulatedSam(None, real_timing=self._delay, faults=CardFaults())
