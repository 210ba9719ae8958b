"""Readers that are pulled out, hang, come in twos: each is told by name, and each comes back by itself."""

import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from fixtures_pcsc import ESCAPE_PROFILE, ESCAPE_READER, Ear, wait_until_seen
from reader_traces import open_files, threads, worker_pids

from hardware.simulators.card import CardBlocks, CardFaults, VirtualCard
from hardware.simulators.card.vpcd import SECOND_READER
from hardware.simulators.ifd import ESCAPE_SOCKETS, VirtualReader
from hardware.simulators.pcscd import PcscService
from hardware.simulators.personas import PERSONAS
from kiosk.domain.faults import Fault
from kiosk.domain.reasons import Reason
from kiosk.visit.events import CardPresented, CardRead, CardRemoved, FaultCleared, FaultRaised, ReadFailed
from reader import pcsc
from reader.process import ReaderProcess

pytestmark = pytest.mark.pcsc
StartReader = Callable[..., tuple[ReaderProcess, Ear]]
LISA, ZOOM = PERSONAS["lisa"], PERSONAS["zoom"]


def read_whole(reader: ReaderProcess, ear: Ear, within_s: float = 10.0) -> None:
    reader.read(ear.next(CardPresented, within_s).presence)
    ear.next(CardRead, within_s)


def test_a_reader_that_is_pulled_out_and_put_back_reads_again(
    plugged_in: VirtualReader, start_reader: StartReader
) -> None:
    reader, ear = start_reader(ESCAPE_PROFILE)
    plugged_in.lay(LISA)
    before = ear.next(CardPresented).presence
    plugged_in.unplug()
    assert ear.next(CardRemoved).presence == before
    assert ear.next(FaultRaised).fault is Fault.READER_LOST
    plugged_in.plug_in()
    assert ear.next(FaultCleared, within_s=10).fault is Fault.READER_LOST
    after = ear.next(CardPresented).presence
    assert after != before
    reader.read(after)
    ear.next(CardRead)


def test_a_call_that_never_comes_back_is_a_stalled_reader_until_it_answers_again(
    plugged_in: VirtualReader, start_reader: StartReader
) -> None:
    reader, ear = start_reader(ESCAPE_PROFILE)
    plugged_in.lay(LISA)
    presence = ear.next(CardPresented).presence
    plugged_in.stall()
    reader.read(presence)
    assert ear.next(ReadFailed) == ReadFailed(presence, Reason.CARD_UNREADABLE, again=True)
    assert ear.next(FaultRaised).fault is Fault.READER_STALLED
    assert not any(isinstance(event, FaultCleared) for event in ear.rest(2.5)), "another worker does not clear it"
    plugged_in.go_on()
    assert ear.next(FaultCleared, within_s=10).fault is Fault.READER_STALLED
    read_whole(reader, ear)


def test_a_reader_that_hangs_from_the_start_is_told(plugged_in: VirtualReader, start_reader: StartReader) -> None:
    plugged_in.lay(LISA)
    wait_for_card()
    plugged_in.stall()
    _, ear = start_reader(ESCAPE_PROFILE)
    assert ear.next(FaultRaised).fault is Fault.READER_STALLED


def wait_for_card() -> None:
    with pcsc.Context() as context:
        while not context.state(ESCAPE_READER).has_card:
            time.sleep(0.02)


@pytest.mark.parametrize("answered", range(5), ids=["status", "samid", "find", "select", "read"])
def test_a_card_pulled_at_any_escape_is_asked_for_again(
    plugged_in: VirtualReader, start_reader: StartReader, answered: int
) -> None:
    plugged_in.lay(LISA, CardFaults(pull_after=answered))
    reader, ear = start_reader(ESCAPE_PROFILE)
    # The module is asked for its name as soon as the reader is seen, so the first two befall it before any read.
    presented = ear.next(CardPresented)
    if answered > 1:
        reader.read(presented.presence)
    ear.next(CardRemoved)
    failed = [event for event in ear.heard if isinstance(event, ReadFailed)]
    assert [event.again for event in failed] == ([True] if answered > 1 else [])
    plugged_in.lay(LISA)
    read_whole(reader, ear)


def test_cards_that_change_faster_than_anybody_looks_are_never_mixed_up(
    plugged_in: VirtualReader, start_reader: StartReader
) -> None:
    reader, ear = start_reader(ESCAPE_PROFILE)
    cards = [CardBlocks.of(LISA), CardBlocks.of(ZOOM)]
    swapping = threading.Event()

    def swap() -> None:
        for number in range(60):
            plugged_in.lay(cards[number % 2])
            time.sleep(0.004)
            plugged_in.lift()
            time.sleep(0.004)
        swapping.set()

    threading.Thread(target=swap).start()
    read = []
    while not swapping.is_set():
        for event in ear.rest(0.002):
            if isinstance(event, CardPresented):
                reader.read(event.presence)
            elif isinstance(event, CardRead):
                read.append(event)
    assert {event.document.numbers[0].value for event in read} <= {LISA.number, ZOOM.number}
    assert len({event.presence for event in read}) == len(read), "each laying-down is read once"
    ear.rest(0.5)
    plugged_in.lay(cards[0])
    reader.read(ear.next(CardPresented).presence)
    while not isinstance(answer := ear.next(CardRead | ReadFailed), CardRead):  # type: ignore[arg-type]  # takes a union
        assert answer.again
    assert answer.document.numbers[0].value == LISA.number


def test_two_readers_of_the_model_are_told_and_the_second_takes_over(
    plugged_in: VirtualReader, start_reader: StartReader, tmp_path: Path
) -> None:
    both = tmp_path / "both.toml"
    both.write_text(ESCAPE_PROFILE.read_text("utf-8").replace("Hongtu Test 0*", "Hongtu Test*"), "utf-8")
    with VirtualReader(ESCAPE_SOCKETS[1]) as second:
        wait_until_seen("Hongtu Test Second 01 00")
        reader, ear = start_reader(both)
        assert ear.next(FaultRaised).fault is Fault.READER_SEVERAL
        plugged_in.lay(LISA)
        read_whole(reader, ear)
        plugged_in.unplug()
        second.lay(ZOOM)
        presence = ear.next(CardPresented).presence
        assert presence.reader == "Hongtu Test Second 01 00"
        assert any(event == FaultCleared(Fault.READER_SEVERAL) for event in ear.heard)
        reader.read(presence)
        assert ear.next(CardRead).document.numbers[0].value == ZOOM.number
        plugged_in.plug_in()
        wait_until_seen(ESCAPE_READER)
    wait_until_seen("Hongtu Test Second 01 00", is_lost=True)


def test_a_module_that_is_not_the_pinned_one_is_told_at_boot_without_a_card(
    plugged_in: VirtualReader, start_reader: StartReader, tmp_path: Path
) -> None:
    pinned = tmp_path / "pinned.toml"
    pin = '[sam]\nid = "05.03-20260101-0000000001-0000000002"\n'
    pinned.write_text(ESCAPE_PROFILE.read_text("utf-8") + pin, "utf-8")
    _, ear = start_reader(pinned)
    assert ear.next(FaultRaised).fault is Fault.READER_SAMID


def test_a_bank_card_is_kindly_no_card_of_ours(
    plugged_in: VirtualReader, start_reader: StartReader, tmp_path: Path
) -> None:
    choosy = tmp_path / "choosy.toml"
    text = ESCAPE_PROFILE.read_text("utf-8").replace('kind = "escape"', 'kind = "escape"\natr = "3B8880*"')
    choosy.write_text(text, "utf-8")
    reader, ear = start_reader(choosy)
    plugged_in.lay(LISA)
    presence = ear.next(CardPresented).presence
    reader.read(presence)
    assert ear.next(ReadFailed) == ReadFailed(presence, Reason.UNKNOWN_CARD_KIND, again=False)


def test_twenty_cards_leave_no_handle_thread_or_process_behind(
    plugged_in: VirtualReader, start_reader: StartReader
) -> None:
    reader, ear = start_reader(ESCAPE_PROFILE)
    plugged_in.lay(LISA)
    read_whole(reader, ear)
    (worker,) = worker_pids()
    before = (open_files(), open_files(worker), threads(worker))
    for _ in range(20):
        plugged_in.lift()
        ear.next(CardRemoved)
        plugged_in.lay(LISA)
        read_whole(reader, ear)
    assert worker_pids() == [worker]
    assert (open_files(), open_files(worker), threads(worker)) == before


@pytest.fixture
def laid_card(pcscd: PcscService) -> Iterator[None]:
    with VirtualCard(delay=False) as card, VirtualCard(delay=False, address=SECOND_READER):
        card.lay(LISA)
        with pcsc.Context() as context:
            while not context.state("Virtual PCD 00 00").has_card:
                time.sleep(0.02)
        yield


def test_other_peoples_programs_see_the_same_card(laid_card: None) -> None:
    listed = subprocess.run(["opensc-tool", "--list-readers"], capture_output=True, text=True, check=True).stdout
    (row,) = [line for line in listed.splitlines() if "Virtual PCD 00 00" in line]
    atr = subprocess.run(
        ["opensc-tool", "--reader", row.split()[0], "--atr"], capture_output=True, text=True, check=True
    ).stdout
    assert atr.strip() == "3b:80:80:01:01"
    scan = subprocess.run(["timeout", "2", "pcsc_scan", "-n"], capture_output=True, text=True, check=False).stdout
    assert "3B 80 80 01 01" in scan
