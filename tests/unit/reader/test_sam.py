"""SAM frames against the published ones, and against the simulator's own encoder."""

import functools
import operator

import pytest
from card_bytes import sam_with
from hypothesis import given
from hypothesis import strategies as st

from hardware.simulators.card import CardBlocks, CardFaults
from hardware.simulators.card.sam import SAMID, SimulatedSam
from hardware.simulators.personas import PERSONAS
from kiosk.domain.reasons import Reason
from reader import identity, sam
from reader.errors import FrameError, SamError, SamFaultError, SamIdError, reason_of
from reader.profiles import Apdu, Escape
from reader.transports import apdu, escape

BLOCKS = CardBlocks.of(PERSONAS["lisa"])


def base_info_frame() -> bytes:
    transceive = sam_with(BLOCKS)
    sam.run(sam.FIND_CARD, transceive)
    sam.run(sam.SELECT_CARD, transceive)
    return transceive(sam.encode(sam.READ_BASE_INFO), 3.0)


FRAME = base_info_frame()


@pytest.mark.parametrize(
    ("command", "published"),
    [
        (sam.FIND_CARD, "AAAAAA9669 0003 2001 22"),
        (sam.SELECT_CARD, "AAAAAA9669 0003 2002 21"),
        (sam.READ_BASE_INFO, "AAAAAA9669 0003 3001 32"),
        (sam.RESET, "AAAAAA9669 0003 10FF EC"),
        (sam.STATUS, "AAAAAA9669 0003 11FF ED"),
        (sam.READ_SAMID, "AAAAAA9669 0003 12FF EE"),
        (sam.READ_WITH_FINGERPRINT, "AAAAAA9669 0003 3010 23"),
        (sam.READ_ADDRESS, "AAAAAA9669 0003 3003 30"),
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


def selected(*, has_fingerprint: bool = False, faults: CardFaults | None = None) -> SimulatedSam:
    module = SimulatedSam(BLOCKS, real_timing=False, faults=faults or CardFaults(), has_fingerprint=has_fingerprint)
    for command in (sam.FIND_CARD, sam.SELECT_CARD):
        sam.run(command, lambda frame, _: module.answer_frame(frame))
    return module


@pytest.mark.parametrize(("has_fingerprint", "length"), [(True, 2321), (False, 1297)])
def test_the_fingerprint_is_skipped_unread(has_fingerprint: bool, length: int) -> None:
    frame = selected(has_fingerprint=has_fingerprint).answer_frame(sam.encode(sam.READ_WITH_FINGERPRINT))
    assert len(frame) == length, "the published length"
    info = sam.base_info_without_fingerprint(sam.decode(sam.READ_WITH_FINGERPRINT, frame))
    assert (info.text, info.photo) == (BLOCKS.text, BLOCKS.photo)


def test_inner_lengths_that_do_not_add_up_are_refused() -> None:
    frame = selected(faults=CardFaults(wrong_lengths=True)).answer_frame(sam.encode(sam.READ_BASE_INFO))
    with pytest.raises(FrameError):
        sam.base_info(sam.decode(sam.READ_BASE_INFO, frame))


def test_the_additional_address_is_checked_and_not_kept() -> None:
    data = sam.decode(sam.READ_ADDRESS, selected().answer_frame(sam.encode(sam.READ_ADDRESS)))
    assert sam.check_address(data) is None
    with pytest.raises(FrameError):
        sam.check_address(data[:-1])


def test_the_samid_is_printed_as_on_the_modules_label() -> None:
    data = sam.decode(sam.READ_SAMID, selected().answer_frame(sam.encode(sam.READ_SAMID)))
    assert sam.sam_id(data) == SAMID
    for broken in (data[:-1], b"\xff" * 16):
        with pytest.raises(FrameError):
            sam.sam_id(broken)


def test_a_card_that_failed_is_not_found_again_until_it_was_lifted() -> None:
    module = selected(faults=CardFaults(sw3=0x41))
    with pytest.raises(SamError):
        sam.run(sam.READ_BASE_INFO, lambda frame, _: module.answer_frame(frame))
    module.power_cycle()
    with pytest.raises(SamError) as refused:
        sam.run(sam.FIND_CARD, lambda frame, _: module.answer_frame(frame))
    assert refused.value.sw3 == sam.SamStatus.FIND_FAILED


def test_each_command_travels_with_its_deadline() -> None:
    given_s = []

    def transceive(frame: bytes, deadline_s: float) -> bytes:
        given_s.append(deadline_s)
        return sam.frame(bytes([0, 0, 0x90]))

    for command in (sam.STATUS, sam.READ_BASE_INFO):
        sam.run(command, transceive)
    assert given_s == [1.0, 3.0]


@given(st.binary(min_size=1, max_size=1300))
def test_the_checksum_is_the_xor_of_every_byte(data: bytes) -> None:
    assert sam.frame(data)[-1] == functools.reduce(operator.xor, (len(data) + 1).to_bytes(2, "big") + data)


@pytest.mark.parametrize("way", [Apdu(reader="*", header="FFFE0000", extended=extended) for extended in (True, False)])
def test_the_same_frame_comes_through_extended_and_short_apdus(way: Apdu) -> None:
    transceive = sam_with(BLOCKS, way=way)
    for command in (sam.FIND_CARD, sam.SELECT_CARD):
        sam.run(command, transceive)
    assert transceive(sam.encode(sam.READ_BASE_INFO), 3.0) == FRAME


def test_a_reader_that_never_stops_to_send_pieces_is_given_up() -> None:
    with pytest.raises(FrameError):
        apdu.exchange(Apdu(reader="*", header="FFFE0000"), b"frame", lambda _: (b"piece", 0x6100))


def test_an_escape_carries_the_bytes_that_the_profile_names() -> None:
    way = Escape(reader="*", prefix="0102", answer_prefix="0304")
    assert escape.exchange(way, b"frame", lambda number, data: b"\x03\x04" + data) == b"\x01\x02frame"
    with pytest.raises(FrameError):
        escape.exchange(way, b"frame", lambda number, data: data)


@pytest.mark.parametrize("sw3", [0x21, 0x24, 0x60, 0x66])
def test_a_module_that_is_unfit_is_the_installers_matter_not_the_visitors(sw3: int) -> None:
    with pytest.raises(SamFaultError) as refused:
        sam.run(sam.FIND_CARD, sam_with(BLOCKS, CardFaults(sw3=sw3, fail_on="find")))
    assert reason_of(refused.value) == (Reason.READER_FAULT, False)


def test_a_wrong_card_is_told_as_a_card_that_is_not_read_here() -> None:
    with pytest.raises(SamError) as refused:
        sam.run(sam.SELECT_CARD, sam_with(BLOCKS, CardFaults(sw3=0x40, fail_on="select")))
    assert reason_of(refused.value) == (Reason.UNKNOWN_CARD_KIND, False)


def test_a_module_that_is_well_after_a_reset_is_fit() -> None:
    asked = []
    healthy = sam_with(BLOCKS)

    def moody(frame: bytes, deadline_s: float) -> bytes:
        asked.append(sam.COMMANDS[frame[sam.BODY_AT : sam.BODY_AT + 2]].name)
        return sam.frame(b"\0\0\x60") if len(asked) == 1 else healthy(frame, deadline_s)

    assert identity.check(moody, SAMID) == SAMID
    assert asked == ["SAM status", "reset SAM", "SAM status", "read SAMID"]


def test_another_module_than_the_pinned_one_is_refused() -> None:
    transceive = sam_with(BLOCKS)
    assert identity.check(transceive, SAMID) == identity.check(transceive, None) == SAMID
    with pytest.raises(SamIdError):
        identity.check(transceive, SAMID[:-1] + "2")


@pytest.mark.parametrize("sw3", [0x10, 0x21, 0x31, 0x32, 0x33, 0x41, 0x47, 0x66, 0x80, 0x81, 0x99])
def test_a_refusal_keeps_the_sams_own_code(sw3: int) -> None:
    transceive = sam_with(BLOCKS, CardFaults(sw3=sw3, fail_on="find"))
    with pytest.raises(SamError) as refused:
        sam.run(sam.FIND_CARD, transceive)
    assert (refused.value.sw3, refused.value.command) == (sw3, "find card")


def test_what_the_chip_said_is_never_printed() -> None:
    assert repr(sam.base_info(sam.decode(sam.READ_BASE_INFO, FRAME))) == "BaseInfo()"
