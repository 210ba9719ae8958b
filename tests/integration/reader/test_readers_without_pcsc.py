"""Readers on a COM port and behind a vendor's library, through the kiosk's reader process like any other."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from fixtures_pcsc import Ear

from hardware.simulators.card import CardBlocks, CardFaults
from hardware.simulators.card.hand import Hand
from hardware.simulators.card.kinds import CardKind, papers
from hardware.simulators.card.sam import SAMID
from hardware.simulators.card.serial_line import SerialReader
from hardware.simulators.personas import PERSONAS
from hardware.simulators.sdk import SdkReader, build_library
from kiosk.domain.document import DocumentKind
from kiosk.domain.faults import Fault
from kiosk.domain.reasons import Reason
from kiosk.visit.events import CardPresented, CardRead, CardRemoved, FaultCleared, FaultRaised, ReadFailed
from reader.process import ReaderProcess

StartReader = Callable[..., tuple[ReaderProcess, Ear]]
LISA, ZOOM = PERSONAS["lisa"], PERSONAS["zoom"]


def profile(tmp_path: Path, transport: str, *, pin: str = SAMID) -> Path:
    path = tmp_path / "own.toml"
    path.write_text(
        f'name = "own"\ntest = true\n[transport]\n{transport}\n[sam]\nid = "{pin}"\n[photo]\ndecoder = "simulator"\n',
        "utf-8",
    )
    return path


@pytest.fixture(params=["serial", "noisy serial", "sdk"])
def line(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Hand, Path]]:
    if request.param == "sdk":
        with SdkReader(1099) as reader:
            yield reader, profile(tmp_path, f'kind = "sdk"\nlibrary = "{build_library()}"\nport = 1099')
    else:
        noise = b"\xaa\xaa\x00\xaa\xaa\xaa\x96" if request.param == "noisy serial" else b""
        with SerialReader(noise=noise) as serial:
            yield serial, profile(tmp_path, f'kind = "serial"\nport = "{serial.port}"')


def test_a_card_is_found_read_and_lifted(line: tuple[Hand, Path], start_reader: StartReader) -> None:
    hand, path = line
    reader, ear = start_reader(path)
    assert ear.next(FaultCleared).fault is Fault.READER_LOST
    hand.lay(CardBlocks.of(LISA, kind=CardKind.Y))
    presence = ear.next(CardPresented).presence
    reader.read(presence)
    document = ear.next(CardRead).document
    assert document.kind is DocumentKind.PERMANENT_2023
    written = papers(LISA, CardKind.Y)
    assert [number.value for number in document.numbers] == [written.number, written.other_number]
    hand.lift()
    assert ear.next(CardRemoved).presence == presence


def test_another_card_in_its_place_is_another_presence(line: tuple[Hand, Path], start_reader: StartReader) -> None:
    hand, path = line
    reader, ear = start_reader(path)
    hand.lay(LISA)
    first = ear.next(CardPresented).presence
    hand.lift()
    ear.next(CardRemoved)
    hand.lay(ZOOM)
    second = ear.next(CardPresented).presence
    assert second != first
    reader.read(first)
    assert ear.next(ReadFailed).presence == first
    reader.read(second)
    assert ear.next(CardRead).document.numbers[0].value == ZOOM.number


def test_a_card_that_failed_is_asked_for_again(line: tuple[Hand, Path], start_reader: StartReader) -> None:
    hand, path = line
    reader, ear = start_reader(path)
    hand.lay(LISA, CardFaults(sw3=0x41))
    presence = ear.next(CardPresented).presence
    reader.read(presence)
    assert ear.next(ReadFailed) == ReadFailed(presence, Reason.CARD_UNREADABLE, again=True)
    assert ear.next(CardRemoved).presence == presence, "the module does not find it until it was lifted"
    hand.lay(LISA)
    reader.read(ear.next(CardPresented).presence)
    ear.next(CardRead)


def test_a_module_that_is_not_the_pinned_one_reads_no_card(tmp_path: Path, start_reader: StartReader) -> None:
    with SerialReader() as serial:
        serial.lay(LISA)
        other = SAMID[:-1] + "2"
        reader, ear = start_reader(profile(tmp_path, f'kind = "serial"\nport = "{serial.port}"', pin=other))
        assert ear.next(FaultRaised).fault is Fault.READER_SAMID
        presence = ear.next(CardPresented).presence
        reader.read(presence)
        assert ear.next(ReadFailed) == ReadFailed(presence, Reason.READER_FAULT, again=False)


@pytest.mark.parametrize("sw3", [0x60, 0x66])
def test_a_module_that_is_unfit_is_told_before_any_card(tmp_path: Path, start_reader: StartReader, sw3: int) -> None:
    with SerialReader() as serial:
        serial.lay(LISA, CardFaults(sw3=sw3, fail_on="status"))
        _, ear = start_reader(profile(tmp_path, f'kind = "serial"\nport = "{serial.port}"'))
        assert ear.next(FaultRaised).fault is Fault.READER_SAM


def test_a_line_that_goes_silent_is_a_stalled_reader_and_comes_back(tmp_path: Path, start_reader: StartReader) -> None:
    with SerialReader() as serial:
        _, ear = start_reader(profile(tmp_path, f'kind = "serial"\nport = "{serial.port}"'))
        ear.next(FaultCleared)
        serial.lay(LISA, CardFaults(fail_on="find", stall_s=3.0))
        assert ear.next(FaultRaised).fault is Fault.READER_STALLED
        serial.lift()
        assert ear.next(FaultCleared).fault is Fault.READER_STALLED


def test_a_line_that_is_not_there_is_a_lost_reader_until_it_comes(tmp_path: Path, start_reader: StartReader) -> None:
    link = tmp_path / "ttyUSB0"
    _, ear = start_reader(profile(tmp_path, f'kind = "serial"\nport = "{link}"'))
    assert ear.rest(1.0) == [], "READER_LOST, which the lane believes at boot, stands"
    with SerialReader() as serial:
        link.symlink_to(serial.port)
        assert ear.next(FaultCleared).fault is Fault.READER_LOST
        serial.unplug()
        assert ear.next(FaultRaised).fault is Fault.READER_LOST


def test_a_library_that_is_missing_is_a_lost_reader(tmp_path: Path, start_reader: StartReader) -> None:
    _, ear = start_reader(profile(tmp_path, 'kind = "sdk"\nlibrary = "/nowhere/libsdtapi.so"'))
    assert ear.rest(1.5) == []


def test_a_line_on_which_something_else_speaks_is_no_reader(tmp_path: Path, start_reader: StartReader) -> None:
    with SerialReader() as serial:
        serial.lay(LISA, CardFaults(fail_on="find", wrong_checksum=True))
        _, ear = start_reader(profile(tmp_path, f'kind = "serial"\nport = "{serial.port}"'))
        ear.next(FaultCleared)
        assert ear.next(FaultRaised).fault is Fault.READER_LOST
