"""What the product keeps of a card while its holder stands at the gate: as little as the checks need.

Name, sex, address, ethnic group, issuer and fingerprint never leave the reader worker (docs/adr/0004).
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from kiosk.domain.evidence import Unavailable
from kiosk.domain.numbers import DocumentNumber

LONG_TERM: Final = date.max
"""The last day of a card that says 长期 (long-term): it does not expire."""


class DocumentKind(StrEnum):
    """The card's own kind, by the flag at byte 248 of its text."""

    RESIDENT = "resident"
    RESIDENCE_PERMIT = "residence-permit"
    PERMANENT_2017 = "permanent-2017"
    PERMANENT_2023 = "permanent-2023"


@dataclass(frozen=True, slots=True)
class Portrait:
    """The card's decoded photo: ``height`` x ``width`` x 3 bytes, row by row, blue-green-red, 0-255."""

    width: int
    height: int
    bgr: bytes

    def __post_init__(self) -> None:
        if len(self.bgr) != self.width * self.height * 3:
            raise ValueError("a portrait has width x height x 3 bytes")

    def __repr__(self) -> str:
        return f"Portrait({self.width}x{self.height})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A card that was read whole and whose fields agree with one another.

    ``numbers`` are all the numbers under which its holder may be listed: the card's own first, then the one of 2017 on
    a 2023 permanent residence card, or the travel permit's on a residence permit. ``valid_from`` and ``valid_until``
    are both days on which it is valid.
    """

    kind: DocumentKind
    numbers: tuple[DocumentNumber, ...]
    born: date
    valid_from: date
    valid_until: date
    portrait: Portrait | Unavailable

    def __post_init__(self) -> None:
        if not self.numbers:
            raise ValueError("a document has at least one number")

    def is_valid_on(self, day: date) -> bool:
        """Tell whether ``day`` (in the site's time zone) lies in the printed period of validity."""
        return self.valid_from <= day <= self.valid_until

    def age_on(self, day: date) -> int:
        """Return the holder's age in whole years on ``day``."""
        return day.year - self.born.year - ((day.month, day.day) < (self.born.month, self.born.day))

    def __repr__(self) -> str:
        return f"Document({self.kind})"
