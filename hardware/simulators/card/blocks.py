"""A persona as the bytes of a chip: 256 bytes of text, 1,024 bytes of photo.

- Text: UTF-16LE, padded with spaces, in the order and widths of the citizen layout (GA 450; facts/resident-id.md).
- Photo: a container of the project's own. The real format (WLT) is not published, and nothing here imitates it:
  ``b"HTSIM1"``, the length as u16 big-endian, a JPEG 2000 code stream of 102 x 126 pixels, zeros up to 1,024.
"""

import functools
import io
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, Final, Self

from PIL import Image

from hardware.simulators.personas import Persona

PHOTO_MAGIC: Final = b"HTSIM1"
PHOTO_SIZE: Final = (102, 126)
TEXT_BYTES: Final = 256
PHOTO_BYTES: Final = 1024

_WLT_BEGINNING: Final = b"WL\x66\x00\x7e\x00"
_ADDRESS: Final = "演示省演示市演示路1号"
_ISSUER: Final = "演示市公安局"
_ETHNIC_GROUP: Final = "01"


@dataclass(frozen=True, slots=True)
class CardBlocks:
    """What a chip holds. Prints as nothing: it is a whole identity."""

    text: bytes = field(repr=False)
    photo: bytes = field(repr=False)

    @classmethod
    def of(cls, persona: Persona, *, flag: str = " ", decodable: bool = True) -> Self:
        """Return the chip of a persona.

        ``flag`` is the card kind at byte 248, blank on a citizen's card. A photo that is not ``decodable`` begins
        like a real card's, for which the product has no decoder.
        """
        photo = jpeg2000_portrait(persona.portrait) if decodable else _WLT_BEGINNING.ljust(PHOTO_BYTES, b"\0")
        return cls(text_block(persona, flag=flag), photo)


def text_block(persona: Persona, *, flag: str = " ") -> bytes:
    """Return the 256-byte text of a persona's card."""
    until = "长期" if persona.valid_until is None else _day(persona.valid_until)
    fields = (
        (persona.name, 30),
        ("1" if persona.male else "2", 2),
        (_ETHNIC_GROUP, 4),
        (_day(persona.born), 16),
        (_ADDRESS, 70),
        (persona.number, 36),
        (_ISSUER, 30),
        (_day(persona.valid_from), 16),
        (until, 16),
        ("", 28),
        (flag, 2),
        ("", 6),
    )
    text = b"".join(_padded(value, width) for value, width in fields)
    assert len(text) == TEXT_BYTES
    return text


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
