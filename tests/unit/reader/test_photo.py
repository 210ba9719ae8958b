"""Portraits: one format, one size, and everything else goes to staff."""

import io

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from hardware.simulators.card.blocks import jpeg2000_portrait
from hardware.simulators.personas import PERSONAS, Persona
from kiosk.domain.document import Portrait
from kiosk.domain.evidence import Unavailable
from kiosk.domain.reasons import Reason
from reader.photo import NoDecoder, PictureDecoder, SimulatorDecoder

UNDECODABLE = Unavailable(Reason.PORTRAIT_UNDECODABLE)
SIMULATOR = SimulatorDecoder()
BLOCK = jpeg2000_portrait(PERSONAS["lisa"].portrait)


def container(image: Image.Image, form: str, **options: object) -> bytes:
    out = io.BytesIO()
    image.save(out, form, **options)
    return (b"HTSIM1" + out.tell().to_bytes(2, "big") + out.getvalue()).ljust(1024, b"\0")


def bomb() -> bytes:
    """A photo whose header promises 60,000 x 60,000 pixels (ISO/IEC 15444-1 A.5.1: Xsiz and Ysiz, tiles alike)."""
    block = bytearray(BLOCK)
    siz = block.index(b"\xff\x51")
    for place in (6, 10, 22, 26):
        block[siz + place : siz + place + 4] = (60_000).to_bytes(4, "big")
    return bytes(block)


def blank(width: int, height: int, mode: str = "RGB") -> Image.Image:
    return Image.new(mode, (width, height))


@pytest.mark.parametrize("persona", PERSONAS.values(), ids=PERSONAS.keys())
def test_a_personas_portrait_comes_off_the_card_in_its_own_colours(persona: Persona) -> None:
    block = jpeg2000_portrait(persona.portrait)
    portrait = SIMULATOR.decode(block)
    assert len(block) == 1024
    assert isinstance(portrait, Portrait)
    assert (portrait.width, portrait.height) == (102, 126)
    decoded = np.frombuffer(portrait.bgr, np.uint8).reshape(126, 102, 3)[:, :, ::-1].astype(int)
    with Image.open(persona.portrait) as picture:
        original = np.asarray(picture.convert("RGB").resize((102, 126), Image.Resampling.LANCZOS)).astype(int)
    assert np.abs(decoded - original).mean() < 8


def test_a_stream_that_declares_thousands_of_layers_is_not_even_begun() -> None:
    block = bytearray(BLOCK)
    layers = block.index(b"\xff\x52") + 6
    assert block[layers : layers + 2] == b"\x00\x01"
    block[layers] = 0x77
    assert SIMULATOR.decode(bytes(block)) == UNDECODABLE


def test_a_real_cards_photo_without_a_decoder_is_unavailable() -> None:
    wlt = b"WL\x66\x00\x7e\x00".ljust(1024, b"\x5a")
    assert SIMULATOR.decode(wlt) == UNDECODABLE
    assert NoDecoder().decode(wlt) == UNDECODABLE


def test_a_reader_without_a_decoder_opens_no_simulated_photo_either() -> None:
    assert NoDecoder().decode(BLOCK) == UNDECODABLE


@pytest.mark.parametrize(
    "block",
    [
        container(blank(101, 126), "JPEG2000", no_jp2=True),
        container(blank(102, 127), "JPEG2000", no_jp2=True),
        bomb(),
        container(blank(102, 126, "L"), "JPEG2000", no_jp2=True),
        container(blank(102, 126, "RGBA"), "JPEG2000", no_jp2=True),
    ],
    ids=["narrower", "taller", "a bomb", "grey", "with alpha"],
)
def test_a_picture_of_another_size_or_kind_is_refused(block: bytes) -> None:
    assert len(block) == 1024
    assert SIMULATOR.decode(block) == UNDECODABLE


@pytest.mark.parametrize("form", ["JPEG", "GIF"])
def test_no_format_but_jpeg_2000_is_opened(form: str) -> None:
    block = container(blank(102, 126), form)
    assert len(block) == 1024
    assert SIMULATOR.decode(block) == UNDECODABLE


@given(st.integers(0, 1023), st.binary(min_size=1, max_size=16))
def test_a_spoiled_photo_is_a_portrait_of_the_right_size_or_unavailable(place: int, change: bytes) -> None:
    decoded = SIMULATOR.decode((BLOCK[:place] + change + BLOCK[place + len(change) :])[:1024])
    assert decoded == UNDECODABLE or (isinstance(decoded, Portrait) and (decoded.width, decoded.height) == (102, 126))


@pytest.mark.parametrize("length", [0, 6, 8, 1023, 1025])
def test_a_photo_block_of_another_length_is_refused(length: int) -> None:
    assert SIMULATOR.decode((BLOCK * 2)[:length]) == UNDECODABLE


def picture(form: str, image: Image.Image) -> bytes:
    out = io.BytesIO()
    image.save(out, form)
    return out.getvalue()


@pytest.mark.parametrize("form", ["BMP", "JPEG"])
def test_a_picture_that_the_reader_delivers_is_the_portrait(form: str) -> None:
    with Image.open(PERSONAS["lisa"].portrait) as original:
        small = original.convert("RGB").resize((102, 126))
    portrait = PictureDecoder().decode(picture(form, small))
    assert isinstance(portrait, Portrait)
    decoded = np.frombuffer(portrait.bgr, np.uint8).reshape(126, 102, 3)[:, :, ::-1].astype(int)
    assert np.abs(decoded - np.asarray(small).astype(int)).mean() < 8


@pytest.mark.parametrize(
    "block",
    [
        picture("BMP", blank(103, 126)),
        picture("JPEG", blank(102, 127)),
        picture("JPEG", blank(102, 126, "L")),
        picture("PNG", blank(102, 126)),
        picture("BMP", blank(102, 126))[:2000],
        picture("JPEG", blank(102, 126))[:200],
        picture("BMP", blank(102, 126)) + bytes(60_000),
        BLOCK,
        b"",
    ],
    ids=["wide", "high", "grey", "PNG", "cut BMP", "cut JPEG", "too long", "chip block", "nothing"],
)
def test_any_other_picture_goes_to_staff(block: bytes) -> None:
    assert PictureDecoder().decode(block) == UNDECODABLE


def test_a_picture_of_another_size_is_not_even_decoded(monkeypatch: pytest.MonkeyPatch) -> None:
    huge = picture("JPEG", blank(1000, 1000))
    assert len(huge) < 60_000
    asked_for = []
    monkeypatch.setattr(Image.Image, "tobytes", lambda image, *_: asked_for.append(image.size))
    assert PictureDecoder().decode(huge) == UNDECODABLE
    assert asked_for == []


@given(st.integers(0, 1023), st.integers(1, 255))
def test_a_spoiled_picture_is_a_portrait_or_unavailable(place: int, change: int) -> None:
    spoiled = bytearray(JPEG)
    spoiled[place % len(JPEG)] ^= change
    assert isinstance(PictureDecoder().decode(bytes(spoiled)), Portrait | Unavailable)


JPEG = picture("JPEG", blank(102, 126))
