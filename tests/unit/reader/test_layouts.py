"""The citizen's text: what is kept, what is refused, and that neither tells what the card says."""

import dataclasses
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.simulators.card.blocks import text_block
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


@pytest.mark.parametrize("flag", ["I", "J", "Y", "K", "y", "\0", "0"])
def test_a_card_of_another_kind_is_never_read_as_a_citizens(flag: str) -> None:
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
