"""A persona as the bytes of a chip: 256 bytes of text, 1,024 bytes of photo.

- Text: UTF-16LE, padded with spaces, in the order and widths of the four layouts (GA 450; facts/resident-id.md).
- Photo: a container of the project's own. The real format (WLT) is not published, and nothing here imitates it:
  ``b"HTSIM1"``, the length as u16 big-endian, a JPEG 2000 code stream of 102 x 126 pixels, zeros up to 1,024.
"""

import functools
import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, Final, Self, TypeAlias

from PIL import Image

from hardware.simulators.card.kinds import LINK, NATIONALITY, CardKind, Papers, papers
from hardware.simulators.personas import Persona

PHOTO_MAGIC: Final = b"HTSIM1"
PHOTO_SIZE: Final = (102, 126)
TEXT_BYTES: Final = 256
PHOTO_BYTES: Final = 1024

_WLT_BEGINNING: Final = b"WL\x66\x00\x7e\x00"
_ADDRESS: Final = "演示省演示市演示路1号"
_ISSUER: Final = "演示市公安局"
_ETHNIC_GROUP: Final = "01"
_ENGLISH_NAME: Final = "DEMO, PERSON"


@dataclass(frozen=True, slots=True)
class CardBlocks:
    """What a chip holds. Prints as nothing: it is a whole identity."""

    text: bytes = field(repr=False)
    photo: bytes = field(repr=False)

    @classmethod
    def of(
        cls, persona: Persona, *, kind: CardKind = CardKind.CITIZEN, flag: str | None = None, decodable: bool = True
    ) -> Self:
        """Return the chip of a persona's card of a kind.

        ``flag`` takes the place of the kind's own at byte 248. A photo that is not ``decodable`` begins like a real
        card's, for which the product has no decoder.
        """
        photo = jpeg2000_portrait(persona.portrait) if decodable else _WLT_BEGINNING.ljust(PHOTO_BYTES, b"\0")
        return cls(text_block(persona, kind=kind, flag=flag), photo)


def text_block(persona: Persona, *, kind: CardKind = CardKind.CITIZEN, flag: str | None = None) -> bytes:
    """Return the 256-byte text of a persona's card."""
    text = b"".join(_padded(value, width) for value, width in _FIELDS[kind](persona, papers(persona, kind)))
    assert len(text) == TEXT_BYTES - 8
    return text + _padded(kind.flag if flag is None else flag, 2) + _padded(_AFTER_FLAG.get(kind, ""), 6)


_Fields: TypeAlias = tuple[tuple[str, int], ...]
"""What the fields say, and how many bytes wide they are, up to the flag at byte 248."""


def _citizen(persona: Persona, card: Papers) -> _Fields:
    return (
        (persona.name, 30),
        (_sex(persona), 2),
        (_ETHNIC_GROUP, 4),
        (_day(card.born), 16),
        (_ADDRESS, 70),
        (card.number, 36),
        (_ISSUER, 30),
        *_validity(persona),
        ("", 28),
    )


def _residence_permit(persona: Persona, card: Papers) -> _Fields:
    return (
        (persona.name, 30),
        (_sex(persona), 2),
        ("", 4),
        (_day(card.born), 16),
        (_ADDRESS, 70),
        (card.number, 36),
        (_ISSUER, 30),
        *_validity(persona),
        (card.other_number, 18),
        ("01", 4),
        ("", 6),
    )


def _permanent_2017(persona: Persona, card: Papers) -> _Fields:
    return (
        (_ENGLISH_NAME, 120),
        (_sex(persona), 2),
        (card.number, 30),
        (NATIONALITY, 6),
        (persona.name, 30),
        *_validity(persona),
        (_day(card.born), 16),
        ("01", 4),
        ("1500", 8),
    )


def _permanent_2023(persona: Persona, card: Papers) -> _Fields:
    return (
        (persona.name, 30),
        (_sex(persona), 2),
        ("00", 4),
        (_day(card.born), 16),
        (_ENGLISH_NAME, 70),
        (card.number, 36),
        ("", 30),
        *_validity(persona),
        ("", 22),
        (NATIONALITY, 6),
    )


_FIELDS: Final[Mapping[CardKind, Callable[[Persona, Papers], _Fields]]] = {
    CardKind.CITIZEN: _citizen,
    CardKind.J: _residence_permit,
    CardKind.I: _permanent_2017,
    CardKind.Y: _permanent_2023,
}
_AFTER_FLAG: Final = {CardKind.Y: LINK}


def _sex(persona: Persona) -> str:
    return "1" if persona.male else "2"


def _validity(persona: Persona) -> _Fields:
    until = "长期" if persona.valid_until is None else _day(persona.valid_until)
    return ((_day(persona.valid_from), 16), (until, 16))


# Without the colour transform (mct) a kilobyte spends itself on three alike planes: the same portraits then lose about
# 0.3 of their cosine to the live face (measured with sface-yunet).
_CODEC: Final[dict[str, Any]] = {
    "no_jp2": True,
    "irreversible": True,
    "mct": 1,
    "num_resolutions": 5,
    "quality_mode": "rates",
}


@functools.cache
def jpeg2000_portrait(picture: Path) -> bytes:
    """Return the 1,024-byte photo block of a picture, at the best quality that fits."""
    with Image.open(picture) as image:
        small = image.convert("RGB").resize(PHOTO_SIZE, Image.Resampling.LANCZOS)
    room = PHOTO_BYTES - len(PHOTO_MAGIC) - 2
    for ratio in range(36, 200):
        code_stream = io.BytesIO()
        small.save(code_stream, "JPEG2000", quality_layers=[ratio], **_CODEC)
        size = code_stream.tell()
        if size <= room:
            return (PHOTO_MAGIC + size.to_bytes(2, "big") + code_stream.getvalue()).ljust(PHOTO_BYTES, b"\0")
    raise ValueError("this picture does not fit on a card")


def _day(day: date) -> str:
    return f"{day:%Y%m%d}"


def _padded(value: str, width: int) -> bytes:
    encoded = value.encode("utf-16-le")
    if len(encoded) > width:
        raise ValueError("a field is longer than its place on the card")
    return encoded + b" \0" * ((width - len(encoded)) // 2)
