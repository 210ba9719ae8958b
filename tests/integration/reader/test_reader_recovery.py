"""What the reader does when PC/SC, the worker, the card or the profile lets it down: it says so, and comes back."""

import os
import resource
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from fixtures_pcsc import REFERENCE_PROFILE, Ear
from reader_traces import open_files, worker_pids
from smartcard import scard

from hardware.simulators.card import CardFaults, VirtualCard
from hardware.simulators.pcscd import PcscService
from hardware.simulators.personas import PERSONAS
from kiosk.domain.faults import Fault
from kiosk.domain.reasons import Reason
from kiosk.visit.events import CardPresented, CardRead, CardRemoved, FaultCleared, FaultRaised, ReadFailed
from reader.process import ReaderProcess

pytestmark = pytest.mark.pcsc

StartReader = Callable[..., tuple[ReaderProcess, Ear]]

LISA, ZOOM = PERSONAS["lisa"], PERSONAS["zoom"]


def test_a_service_that_dies_and_returns_is_told_and_the_card_is_read_anew(
    killable_pcscd: PcscService, hand: VirtualCard, reader: ReaderProcess, ear: Ear
) -> None:
    killable_pcscd.kill()
    killable_pcscd.start()  # a fresh one counts its card events from nought, as the next one will again
    hand.lay(LISA)
    before = ear.next(CardPresented).presence
    reader.read(before)
    ear.next(CardRead)
    killable_pcscd.kill()
    assert ear.next(CardRemoved).presence == before
    assert ear.next(FaultRaised).fault is Fault.READER_SERVICE_DOWN
    killable_pcscd.start()
    assert ear.next(FaultCleared, within_s=10).fault is Fault.READER_SERVICE_DOWN
    after = ear.next(CardPresented, within_s=10).presence
    assert after != before
    reader.read(after)
    assert ear.next(CardRead).document.numbers[0].value == LISA.number


def test_a_service_that_dies_in_mid_read_is_the_machines_fault_not_the_cards(
    killable_pcscd: PcscService, hand: VirtualCard, reader: ReaderProcess, ear: Ear
) -> None:
    hand.lay(LISA, CardFaults(stall_s=1.0))
    presence = ear.next(CardPresented).presence
    reader.read(presence)
    ear.rest(0.3)
    killable_pcscd.kill()
    assert ear.next(ReadFailed) == ReadFailed(presence, Reason.READER_FAULT, again=False)
    assert ear.next(FaultRaised).fault is Fault.READER_SERVICE_DOWN


def test_no_service_at_start_is_told_at_once_and_cleared_when_it_comes(
    killable_pcscd: PcscService, start_reader: StartReader
) -> None:
    killable_pcscd.kill()
    _, ear = start_reader()
    assert ear.next(FaultRaised).fault is Fault.READER_SERVICE_DOWN
    assert ear.next(FaultCleared).fault is Fault.READER_LOST
    killable_pcscd.start()
    assert ear.next(FaultCleared, within_s=10).fault is Fault.READER_SERVICE_DOWN


def test_a_killed_worker_is_replaced_and_the_card_counts_as_new(
    hand: VirtualCard, reader: ReaderProcess, ear: Ear
) -> None:
    hand.lay(LISA)
    before = ear.next(CardPresented).presence
    (worker,) = worker_pids()
    os.kill(worker, signal.SIGKILL)
    assert ear.next(CardRemoved).presence == before
    assert ear.next(FaultRaised).fault is Fault.READER_LOST
    assert ear.next(FaultCleared, within_s=10).fault is Fault.READER_LOST
    after = ear.next(CardPresented).presence
    assert after.worker > before.worker
    reader.read(after)
    ear.next(CardRead)


def test_a_worker_killed_in_mid_read_still_answers_through_the_kiosk(
    hand: VirtualCard, reader: ReaderProcess, ear: Ear
) -> None:
    hand.lay(LISA, CardFaults(stall_s=1.0))
    presence = ear.next(CardPresented).presence
    reader.read(presence)
    ear.rest(0.3)
    (worker,) = worker_pids()
    os.kill(worker, signal.SIGKILL)
    assert ear.next(ReadFailed) == ReadFailed(presence, Reason.CARD_UNREADABLE, again=True)


def test_a_worker_that_falls_silent_is_replaced(hand: VirtualCard, reader: ReaderProcess, ear: Ear) -> None:
    hand.lay(LISA)
    before = ear.next(CardPresented).presence
    (worker,) = worker_pids()
    os.kill(worker, signal.SIGSTOP)
    assert ear.next(FaultRaised).fault is Fault.READER_LOST
    assert ear.next(CardPresented).presence.worker > before.worker


def test_a_read_that_hangs_is_given_up_and_the_next_card_is_read(
    hand: VirtualCard, reader: ReaderProcess, ear: Ear
) -> None:
    hand.lay(LISA, CardFaults(stall_s=3.0))
    presence = ear.next(CardPresented).presence
    reader.read(presence)
    assert ear.next(ReadFailed) == ReadFailed(presence, Reason.CARD_UNREADABLE, again=True)
    assert ear.next(FaultRaised).fault is Fault.READER_LOST
    hand.lay(ZOOM)
    assert ear.next(FaultCleared).fault is Fault.READER_LOST
    read_in_the_end(reader, ear, ZOOM.number)


def read_in_the_end(reader: ReaderProcess, ear: Ear, number: str) -> None:
    """Read whatever card lies there; the hung one may be seen for a moment yet."""
    reader.read(ear.next(CardPresented).presence)
    while not isinstance(answer := ear.next(CardRead | ReadFailed), CardRead):  # type: ignore[arg-type]  # takes a union
        reader.read(ear.next(CardPresented).presence)
    assert answer.document.numbers[0].value == number


def test_workers_that_die_leave_no_zombie_and_no_open_file(hand: VirtualCard, reader: ReaderProcess, ear: Ear) -> None:
    hand.lay(LISA)
    ear.next(CardPresented)
    files_before = open_files()
    for _ in range(3):
        (worker,) = worker_pids()
        os.kill(worker, signal.SIGKILL)
        ear.next(CardPresented)
    assert len(worker_pids()) == 1
    assert open_files() == files_before
    reader.stop()
    assert worker_pids() == []


def test_a_worker_ends_with_its_kiosk_and_dumps_no_core(pcscd: PcscService) -> None:
    worker = subprocess.Popen(
        [sys.executable, "-m", "reader.worker", "--profile", str(REFERENCE_PROFILE)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert worker.stdin is not None
    assert worker.stdout is not None
    worker.stdout.read(1)
    assert resource.prlimit(worker.pid, resource.RLIMIT_CORE) == (0, 0), "a core dump would hold a card"
    worker.stdin.close()
    assert worker.wait(timeout=5) == 0
    worker.stdout.close()


@pytest.fixture
def own_profile(tmp_path: Path) -> Path:
    profile = tmp_path / "own.toml"
    profile.write_text(REFERENCE_PROFILE.read_text("utf-8"), "utf-8")
    return profile


def test_a_reader_of_another_model_is_no_reader(
    pcscd: PcscService, own_profile: Path, start_reader: StartReader
) -> None:
    own_profile.write_text(own_profile.read_text("utf-8").replace("Virtual PCD", "Some Other"), "utf-8")
    _, ear = start_reader(own_profile)
    assert ear.rest(2.0) == [], "READER_LOST, which the lane believes at boot, stands"


def test_a_broken_profile_is_told_and_its_repair_is_noticed(
    pcscd: PcscService, own_profile: Path, start_reader: StartReader
) -> None:
    good = own_profile.read_text("utf-8")
    own_profile.write_text("nonsense", "utf-8")
    _, ear = start_reader(own_profile)
    assert ear.next(FaultRaised).fault is Fault.READER_PROFILE
    assert ear.next(FaultCleared).fault is Fault.READER_LOST
    own_profile.write_text(good, "utf-8")
    assert ear.next(FaultCleared).fault is Fault.READER_PROFILE


def test_a_production_kiosk_does_not_read_with_the_test_profile(hand: VirtualCard, start_reader: StartReader) -> None:
    _, ear = start_reader(production=True)
    hand.lay(LISA)
    assert ear.next(FaultRaised).fault is Fault.READER_PROFILE
    assert not any(isinstance(event, CardPresented) for event in ear.rest(1.5))


def test_a_reader_that_another_program_holds_is_told(hand: VirtualCard, reader: ReaderProcess, ear: Ear) -> None:
    hand.lay(LISA)
    presence = ear.next(CardPresented).presence
    _, context = scard.SCardEstablishContext(scard.SCARD_SCOPE_USER)
    code, handle, _ = scard.SCardConnect(
        context, presence.reader, scard.SCARD_SHARE_EXCLUSIVE, scard.SCARD_PROTOCOL_ANY
    )
    assert code == 0
    assert ear.next(FaultRaised).fault is Fault.READER_BUSY
    reader.read(presence)
    assert ear.next(ReadFailed) == ReadFailed(presence, Reason.READER_FAULT, again=False)
    scard.SCardDisconnect(handle, scard.SCARD_LEAVE_CARD)
    scard.SCardReleaseContext(context)
    assert ear.next(FaultCleared).fault is Fault.READER_BUSY
