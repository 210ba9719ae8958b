"""A reader's whole year in some minutes (`make torture`): each fault is over within 10 s and leaves nothing behind."""

import time

import pytest
from fixtures_pcsc import ESCAPE_PROFILE, REFERENCE_PROFILE, Ear
from reader_traces import open_files, resident_kib, threads, worker_pids

from hardware.simulators.card import VirtualCard
from hardware.simulators.ifd import VirtualReader
from hardware.simulators.pcscd import PcscService
from hardware.simulators.personas import PERSONAS
from kiosk.domain.faults import Fault
from kiosk.visit.events import CardPresented, CardRead, CardRemoved, FaultCleared, FaultRaised
from reader.process import ReaderProcess

pytestmark = [pytest.mark.pcsc, pytest.mark.timeout(3600)]
LISA = PERSONAS["lisa"]
RECOVERS_WITHIN_S = 10.0
GROWS_BY_KIB = 5 * 1024


def read_whole(reader: ReaderProcess, ear: Ear) -> None:
    reader.read(ear.next(CardPresented, RECOVERS_WITHIN_S).presence)
    ear.next(CardRead, RECOVERS_WITHIN_S)


def traces(worker: int) -> tuple[int, int, int]:
    return open_files(), open_files(worker), threads(worker)


def test_a_thousand_cards_leave_nothing_behind(plugged_in: VirtualReader) -> None:
    reader, ear = ReaderProcess(ESCAPE_PROFILE), Ear()
    reader.start(ear.post)
    try:
        plugged_in.lay(LISA)
        read_whole(reader, ear)
        (worker,) = worker_pids()
        before, before_kib = traces(worker), 0
        for number in range(1000):
            plugged_in.lift()
            ear.next(CardRemoved)
            plugged_in.lay(LISA)
            read_whole(reader, ear)
            ear.heard.clear()
            if number == 100:
                before_kib = resident_kib(worker)
        assert worker_pids() == [worker]
        assert traces(worker) == before
        assert resident_kib(worker) - before_kib < GROWS_BY_KIB
    finally:
        reader.stop()


@pytest.mark.parametrize("how", ["unplugged", "service restarted"])
def test_a_hundred_losses_of_the_reader_are_each_told_and_over_within_ten_seconds(
    how: str, killable_pcscd: PcscService, plugged_in: VirtualReader, hand: VirtualCard
) -> None:
    unplugged = how == "unplugged"
    reader, ear = ReaderProcess(ESCAPE_PROFILE if unplugged else REFERENCE_PROFILE), Ear()
    lays_cards = plugged_in if unplugged else hand
    reader.start(ear.post)
    try:
        lays_cards.lay(LISA)
        read_whole(reader, ear)
        (worker,) = worker_pids()
        before = traces(worker)
        for _ in range(100):
            plugged_in.unplug() if unplugged else killable_pcscd.kill()
            lost = ear.next(FaultRaised, RECOVERS_WITHIN_S).fault
            assert lost is (Fault.READER_LOST if unplugged else Fault.READER_SERVICE_DOWN)
            plugged_in.plug_in() if unplugged else killable_pcscd.start()
            back_s = time.monotonic()
            while ear.next(FaultCleared, RECOVERS_WITHIN_S).fault is not lost:
                pass
            read_whole(reader, ear)
            assert time.monotonic() - back_s < RECOVERS_WITHIN_S
            ear.heard.clear()
        assert worker_pids() == [worker]
        assert traces(worker) == before
    finally:
        reader.stop()
