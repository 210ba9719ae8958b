"""One card, read whole or refused with its reason."""

import msgspec
import pytest
from card_bytes import PROFILE, sam_with

from hardware.simulators.card import CardBlocks, CardFaults
from hardware.simulators.personas import PERSONAS, Persona
from kiosk.domain.document import Document, DocumentKind, Portrait
from kiosk.domain.evidence import Unavailable
from kiosk.domain.reasons import Reason
from reader.chip import read_chip
from reader.errors import ReaderError, SamError, reason_of
from reader.photo import decoder
from reader.profiles import Find, Sam


def read(blocks: CardBlocks, faults: CardFaults | None = None) -> Document:
    return read_chip(sam_with(blocks, faults), PROFILE, decoder(PROFILE.photo))


@pytest.mark.parametrize("persona", PERSONAS.values(), ids=PERSONAS.keys())
def test_a_personas_card_becomes_its_document(persona: Persona) -> None:
    document = read(CardBlocks.of(persona))
    assert document.kind is DocumentKind.RESIDENT
    assert document.numbers[0].value == persona.number
    assert (document.born, document.valid_from, document.valid_until) == (
        persona.born,
        persona.valid_from,
        persona.valid_until,
    )
    assert isinstance(document.portrait, Portrait)


def test_a_card_whose_photo_nobody_can_open_is_still_a_document() -> None:
    document = read(CardBlocks.of(PERSONAS["lisa"], decodable=False))
    assert document.portrait == Unavailable(Reason.PORTRAIT_UNDECODABLE)


@pytest.mark.parametrize(
    "faults",
    [
        CardFaults(wrong_checksum=True),
        CardFaults(short_frame=True),
        CardFaults(wrong_checksum=True, fail_on="select"),
        *(CardFaults(sw3=sw3) for sw3 in (0x31, 0x32, 0x33, 0x41, 0x47)),
        CardFaults(sw3=0x80, fail_on="find"),
        CardFaults(sw3=0x81, fail_on="select"),
    ],
    ids=str,
)
def test_a_read_that_went_wrong_may_be_tried_again(faults: CardFaults) -> None:
    with pytest.raises(ReaderError) as refused:
        read(CardBlocks.of(PERSONAS["lisa"]), faults)
    assert reason_of(refused.value) == (Reason.CARD_UNREADABLE, True)


def test_a_card_that_is_not_found_at_once_is_looked_for_again() -> None:
    healthy = sam_with(CardBlocks.of(PERSONAS["lisa"]))
    slow_to_wake = sam_with(CardBlocks.of(PERSONAS["lisa"]), CardFaults(sw3=0x80, fail_on="find"))
    answers = iter([slow_to_wake, healthy, healthy, healthy])
    document = read_chip(lambda frame, limit: next(answers)(frame, limit), PROFILE, decoder(PROFILE.photo))
    assert document.kind is DocumentKind.RESIDENT


def test_only_a_card_not_found_is_looked_for_again() -> None:
    rejecting = sam_with(CardBlocks.of(PERSONAS["lisa"]), CardFaults(sw3=0x31, fail_on="find"))
    answers = iter([rejecting])
    with pytest.raises(SamError):
        read_chip(
            lambda frame, limit: next(answers)(frame, limit),
            msgspec.structs.replace(PROFILE, find=Find(attempts=5)),
            decoder(PROFILE.photo),
        )


def test_a_module_that_gives_the_fingerprint_too_is_read_without_it() -> None:
    profile = msgspec.structs.replace(PROFILE, sam=Sam(with_fingerprint=True))
    document = read_chip(sam_with(CardBlocks.of(PERSONAS["lisa"])), profile, decoder(PROFILE.photo))
    assert document.numbers[0].value == PERSONAS["lisa"].number
    assert isinstance(document.portrait, Portrait)
