"""The four kinds of text: what is kept, what is refused, and that neither tells what the card says."""

import dataclasses
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.simulators.card.blocks import text_block
from hardware.simulators.card.kinds import CardKind, papers
from hardware.simulators.personas import PERSONAS, Persona, synthetic_number
from kiosk.domain.document import LONG_TERM, DocumentKind
from kiosk.domain.numbers import DocumentNumber
from reader.errors import FieldError, NumberError, ReaderError, UnknownKindError, reason_of
from reader.layouts import parse

LISA = PERSONAS["lisa"]
TEXT = text_block(LISA)


def with_field(offset: int, value: str) -> bytes:
    encoded = value.encode("utf-16-le")
    return TEXT[:offset] + encoded + TEXT[offset + len(encoded) :]


days = st.dates(min_value=date(1900, 1, 1), max_value=date(2099, 12, 31))


@given(born=days, sequence=st.integers(0, 999), from_days=days, until=days | st.none())
def test_what_the_simulator_writes_is_what_we_read(
    born: date, sequence: int, from_days: date, until: date | None
) -> None:
    first, last = sorted((from_days, until or date.max))
    persona = dataclasses.replace(
        LISA,
        number=synthetic_number(born, sequence),
        born=born,
        male=sequence % 2 == 1,
        valid_from=max(first, born),
        valid_until=None if until is None else max(last, born),
    )
    text = parse(text_block(persona))
    assert text.kind is DocumentKind.RESIDENT
    assert text.numbers == (DocumentNumber(persona.number),)
    assert (text.born, text.valid_from) == (persona.born, persona.valid_from)
    assert text.valid_until == (LONG_TERM if until is None else persona.valid_until)


@pytest.mark.parametrize("flag", ["K", "y", "j", "\0", "0", "Ｙ"])
def test_a_card_of_an_unknown_kind_is_never_read_as_a_citizens(flag: str) -> None:
    with pytest.raises(UnknownKindError) as refused:
        parse(text_block(LISA, flag=flag))
    assert reason_of(refused.value) == ("document.unknown-kind", False)


@pytest.mark.parametrize(
    ("offset", "value", "field", "why"),
    [
        (30, "3", "sex", "not a code of GB/T 2261.1"),
        (30, "1", "sex", "differs from the number's"),
        (36, "19880518", "birth date", "differs from the number's"),
        (36, "19880230", "birth date", "no such day"),
        (36, "1988051 ", "birth date", "not eight digits"),
        (36, "１９８８０５１７", "birth date", "not eight digits"),
        (188, "19870101", "valid from", "before the birth date"),
        (188, "20211301", "valid from", "no such day"),
        (204, "20191231", "valid until", "before the first day of validity"),
        (204, "长期    X ", "valid until", "not eight digits"),
        (204, "\ud800".encode("utf-16-le", "surrogatepass").decode("latin-1"), "valid until", "not eight digits"),
    ],
)
def test_a_wrong_field_is_named_with_its_place_and_its_rule(offset: int, value: str, field: str, why: str) -> None:
    with pytest.raises(FieldError) as refused:
        parse(with_field(offset, value))
    assert (refused.value.field, refused.value.offset, refused.value.why) == (field, offset, why)
    assert reason_of(refused.value) == ("document.field-invalid", False)


def test_half_a_character_is_a_wrong_field() -> None:
    with pytest.raises(FieldError) as refused:
        parse(TEXT[:36] + b"\x00\xd8" + TEXT[38:])
    assert refused.value.why == "not UTF-16LE"


@pytest.mark.parametrize("code", ["0", "9"])
def test_an_unspecified_sex_contradicts_no_number(code: str) -> None:
    assert parse(with_field(30, code)) == parse(TEXT)


def test_a_wrong_number_is_told_apart_from_a_wrong_field() -> None:
    last = "0" if LISA.number[-1] != "0" else "1"
    with pytest.raises(NumberError) as refused:
        parse(with_field(122, LISA.number[:-1] + last))
    assert reason_of(refused.value) == ("document.number-invalid", False)


@pytest.mark.parametrize("length", [0, 1, 255, 257, 512])
def test_a_text_of_another_length_is_refused(length: int) -> None:
    with pytest.raises(FieldError):
        parse((TEXT * 2)[:length])


@given(st.integers(0, 255), st.binary(min_size=1, max_size=8))
def test_any_change_is_told_by_a_typed_error_that_quotes_nothing(place: int, change: bytes) -> None:
    told = ""
    try:
        parse((TEXT[:place] + change + TEXT[place + len(change) :])[:256])
    except ReaderError as error:
        told = str(error)
    assert not any(run in told for run in (LISA.number, "19880517", "20200101", "20400101"))


@given(st.integers(0, 29) | st.integers(32, 35) | st.integers(52, 121) | st.integers(158, 187), st.integers(0, 255))
def test_name_ethnic_group_address_and_issuer_reach_nobody(place: int, byte: int) -> None:
    assert parse(TEXT[:place] + bytes([byte]) + TEXT[place + 1 :]) == parse(TEXT)


@pytest.mark.parametrize("persona", PERSONAS.values(), ids=PERSONAS.keys())
def test_the_text_of_a_card_prints_as_nothing(persona: Persona) -> None:
    printed = repr(parse(text_block(persona)))
    assert not any(character.isdigit() for character in printed)


KINDS = {
    CardKind.CITIZEN: DocumentKind.RESIDENT,
    CardKind.J: DocumentKind.RESIDENCE_PERMIT,
    CardKind.I: DocumentKind.PERMANENT_2017,
    CardKind.Y: DocumentKind.PERMANENT_2023,
}


def changed(kind: CardKind, offset: int, value: str) -> bytes:
    text, encoded = text_block(LISA, kind=kind), value.encode("utf-16-le")
    return text[:offset] + encoded + text[offset + len(encoded) :]


@given(
    kind=st.sampled_from(CardKind),
    born=st.dates(min_value=date(1920, 1, 1), max_value=date(2019, 12, 31)),
    sequence=st.integers(0, 999),
    until=st.dates(min_value=date(2020, 1, 1)),
)
def test_every_kind_is_read_as_the_simulator_wrote_it(kind: CardKind, born: date, sequence: int, until: date) -> None:
    holder = dataclasses.replace(
        LISA, number=synthetic_number(born, sequence), born=born, male=sequence % 2 == 1, valid_until=until
    )
    text, written = parse(text_block(holder, kind=kind)), papers(holder, kind)
    assert text.kind is KINDS[kind]
    assert [number.value for number in text.numbers] == [n for n in (written.number, written.other_number) if n]
    assert (text.born, text.valid_from, text.valid_until) == (written.born, holder.valid_from, until)


@pytest.mark.parametrize("kind", CardKind)
def test_a_card_under_another_kinds_flag_is_never_read(kind: CardKind) -> None:
    for other in CardKind:
        if other is not kind:
            with pytest.raises(FieldError):
                parse(text_block(LISA, kind=kind, flag=other.flag))


def test_a_permanent_residents_two_numbers_are_those_of_the_rule() -> None:
    """The derivation of facts/resident-id.md, on the published specimen 911124198108030024 with link 123."""
    text = text_block(LISA, kind=CardKind.Y)
    for offset, value in ((36, "19810803"), (122, "911124198108030024"), (242, "CAN"), (250, "123"), (188, "20230101")):
        encoded = value.encode("utf-16-le")
        text = text[:offset] + encoded + text[offset + len(encoded) :]
    first_14 = "CAN11" + "12" + "810803" + "3"
    own, of_2017 = (number.value for number in parse(text).numbers)
    assert own == "911124198108030024"
    assert of_2017[:14] == first_14
    weighted = [int(character, 36) * weight for character, weight in zip(first_14, (7, 3, 1) * 5, strict=False)]
    assert int(of_2017[14]) == sum(weighted) % 10


def test_a_residence_permit_without_a_travel_permit_has_one_number() -> None:
    assert len(parse(changed(CardKind.J, 220, " " * 9)).numbers) == 1


@pytest.mark.parametrize(
    ("kind", "offset", "value", "field"),
    [
        (CardKind.J, 30, "1", "sex"),
        (CardKind.J, 36, "18880518", "birth date"),
        (CardKind.J, 122, LISA.number, "number"),
        (CardKind.J, 220, "NO1234567", "travel permit number"),
        (CardKind.J, 220, "1234    ", "travel permit number"),
        (CardKind.J, 204, "长期      ", "valid until"),
        (CardKind.J, 188, "18870101", "valid from"),
        (CardKind.I, 120, "3", "sex"),
        (CardKind.I, 122, "isl", "number"),
        (CardKind.I, 122, "ISM", "number"),
        (CardKind.I, 152, "CAN", "nationality"),
        (CardKind.I, 220, "19880518", "birth date"),
        (CardKind.I, 204, "20230229", "valid until"),
        (CardKind.Y, 30, "1", "sex"),
        (CardKind.Y, 36, "19880518", "birth date"),
        (CardKind.Y, 122, LISA.number, "number"),
        (CardKind.Y, 242, "CAN", "nationality"),
        (CardKind.Y, 242, "XXA", "nationality"),
        (CardKind.Y, 250, "   ", "previous-number link"),
        (CardKind.Y, 250, "12a", "previous-number link"),
        (CardKind.Y, 204, "20191231", "valid until"),
        (CardKind.CITIZEN, 122, papers(LISA, CardKind.Y).number, "number"),
        (CardKind.CITIZEN, 122, papers(LISA, CardKind.J).number, "number"),
    ],
)
def test_a_contradiction_on_any_kind_is_named(kind: CardKind, offset: int, value: str, field: str) -> None:
    with pytest.raises(FieldError) as refused:
        parse(changed(kind, offset, value))
    assert (refused.value.field, refused.value.offset) == (field, offset)


@given(st.sampled_from(CardKind), st.integers(0, 255), st.binary(min_size=1, max_size=8))
def test_any_change_to_any_kind_is_another_text_or_a_typed_error(kind: CardKind, place: int, change: bytes) -> None:
    text = text_block(LISA, kind=kind)
    written = papers(LISA, kind)
    told = ""
    try:
        parse((text[:place] + change + text[place + len(change) :])[:256])
    except ReaderError as error:
        told = str(error)
    assert not any(run in told for run in (written.number, f"{written.born:%Y%m%d}"))
