"""SAM frames against the published ones, and against the simulator's own encoder."""

import pytest
from card_bytes import sam_with
from hypothesis import given
from hypothesis import strategies as st

from hardware.simulators.card import CardBlocks, CardFaults
from hardware.simulators.personas import PERSONAS
from reader import sam
from reader.errors import FrameError, SamError

BLOCKS = CardBlocks.of(PERSONAS["lisa"])


def base_info_frame() -> bytes:
    transceive = sam_with(BLOCKS)
    sam.run(sam.FIND_CARD, transceive)
    sam.run(sam.SELECT_CARD, transceive)
    return transceive(sam.encode(sam.READ_BASE_INFO))


FRAME = base_info_frame()


@pytest.mark.parametrize(
    ("command", "published"),
    [
        (sam.FIND_CARD, "AAAAAA9669 0003 2001 22"),
        (sam.SELECT_CARD, "AAAAAA9669 0003 2002 21"),
        (sam.READ_BASE_INFO, "AAAAAA9669 0003 3001 32"),
    ],
)
def test_commands_are_the_published_frames(command: sam.Command, published: str) -> None:
    assert sam.encode(command) == bytes.fromhex(published)


def test_a_chip_is_read_as_the_blocks_that_lie_in_it() -> None:
    info = sam.base_info(sam.decode(sam.READ_BASE_INFO, FRAME))
    assert (info.text, info.photo) == (BLOCKS.text, BLOCKS.photo)


def test_a_whole_answer_has_the_published_length() -> None:
    assert len(FRAME) == 1295


@given(st.integers(0, len(FRAME) - 1), st.integers(1, 255))
def test_no_changed_byte_of_an_answer_goes_unnoticed(place: int, change: int) -> None:
    spoiled = FRAME[:place] + bytes([FRAME[place] ^ change]) + FRAME[place + 1 :]
    with pytest.raises((FrameError, SamError)):
        sam.decode(sam.READ_BASE_INFO, spoiled)


@given(st.integers(0, len(FRAME) - 1))
def test_an_answer_cut_anywhere_is_refused(length: int) -> None:
    with pytest.raises(FrameError):
        sam.decode(sam.READ_BASE_INFO, FRAME[:length])


@given(st.binary(max_size=64))
def test_any_bytes_are_an_answer_or_a_typed_error(rubbish: bytes) -> None:
    for frame in (rubbish, FRAME[:5] + rubbish, FRAME + rubbish[:1]):
        try:
            sam.decode(sam.FIND_CARD, frame)
        except (FrameError, SamError):
            continue


@given(st.binary(max_size=2000))
def test_blocks_are_taken_by_their_inner_lengths_alone(data: bytes) -> None:
    try:
        info = sam.base_info(data)
    except FrameError:
        return
    assert data == len(info.text).to_bytes(2, "big") + len(info.photo).to_bytes(2, "big") + info.text + info.photo


@pytest.mark.parametrize("sw3", [0x10, 0x21, 0x31, 0x32, 0x33, 0x41, 0x47, 0x66, 0x80, 0x81])
def test_a_refusal_keeps_the_sams_own_code(sw3: int) -> None:
    transceive = sam_with(BLOCKS, CardFaults(sw3=sw3, fail_on="find"))
    with pytest.raises(SamError) as refused:
        sam.run(sam.FIND_CARD, transceive)
    assert (refused.value.sw3, refused.value.command) == (sw3, "find card")


def test_what_the_chip_said_is_never_printed() -> None:
    assert repr(sam.base_info(sam.decode(sam.READ_BASE_INFO, FRAME))) == "BaseInfo()"
