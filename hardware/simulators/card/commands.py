"""What a desk says to the card process: one JSON object a line, answered by one line when it is done.

``{"lay": "lisa"}``, ``{"lay": "p013", "kind": "Y", "faults": {"pull_after": 2}}``, ``{"lift": true}``.
Every field but ``lay`` and ``lift`` is an exception from the persona or from a healthy card.
"""

import dataclasses
from datetime import date
from typing import Final, Self

import msgspec

from hardware.simulators.card.blocks import CardBlocks
from hardware.simulators.card.kinds import CardKind
from hardware.simulators.card.sam import CardFaults
from hardware.simulators.personas import PERSONAS, Persona

LONG_TERM: Final = "long-term"


class CardCommand(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """Lay a persona's card, or lift the one that lies there.

    ``valid_until`` is a date (YYYY-MM-DD) or ``"long-term"``. ``number`` brings its own birth date and sex along, as
    it does on a real card. ``faults`` are the fields of ``CardFaults``; the rest is as in ``CardBlocks.of``.
    """

    lay: str | None = None
    lift: bool = False
    kind: CardKind = CardKind.CITIZEN
    number: str | None = None
    valid_from: date | None = None
    valid_until: str | None = None
    flag: str | None = None
    decodable: bool = True
    faults: CardFaults = CardFaults()

    @classmethod
    def laying(cls, persona: Persona, *, kind: CardKind, flag: str | None, decodable: bool, faults: CardFaults) -> Self:
        """Return the command that lays exactly this card."""
        return cls(
            lay=persona.key,
            kind=kind,
            number=persona.number,
            valid_from=persona.valid_from,
            valid_until=persona.valid_until.isoformat() if persona.valid_until else LONG_TERM,
            flag=flag,
            decodable=decodable,
            faults=faults,
        )

    def blocks(self) -> CardBlocks:
        """Return the chip of the card to lay. Raises KeyError for a persona that there is not."""
        assert self.lay is not None
        persona = PERSONAS[self.lay]
        if self.number is not None:
            born = date.fromisoformat(self.number[6:14])
            persona = dataclasses.replace(persona, number=self.number, born=born, male=int(self.number[16]) % 2 == 1)
        if self.valid_from is not None:
            persona = dataclasses.replace(persona, valid_from=self.valid_from)
        if self.valid_until is not None:
            until = None if self.valid_until == LONG_TERM else date.fromisoformat(self.valid_until)
            persona = dataclasses.replace(persona, valid_until=until)
        return CardBlocks.of(persona, kind=self.kind, flag=self.flag, decodable=self.decodable)
