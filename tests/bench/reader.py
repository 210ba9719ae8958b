"""The reader: what our code adds to PC/SC, and how long a lane is without its reader when something breaks.

- Ratios are taken in turn with the bare pyscard calls, in one run, on an undelayed card.
- A full read is what a worker does for a card, from opening the session to the parsed text. The photo's decoding and
  the way to the kiosk's process are not in it: the bare calls have neither. The decoding has a row of its own.
- Both sides end with bytes, and use one PC/SC context, so one thread of pcscd: the core on which that sleeps makes a
  factor of four.
- A recovery is counted from the moment at which the cause is gone (for a killed worker: from its death).
"""

import os
import random
import signal
import statistics
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from smartcard import scard

from hardware.simulators.card import CardBlocks, VirtualCard
from hardware.simulators.ifd import VirtualReader, build_driver
from hardware.simulators.pcscd import PcscService
from hardware.simulators.personas import PERSONAS
from kiosk.domain.faults import Fault
from kiosk.visit.events import CardPresented, CardRead, CardRemoved, FaultCleared, FaultRaised
from reader import pcsc, profiles, sam
from reader.chip import read_text
from reader.messages import Card
from reader.monitor import card_counter
from reader.photo import SimulatorDecoder
from reader.process import ReaderProcess
from reader.transports.over_pcsc import transceive_over
from reader.watchdog import Watchdog
from tests.bench.rows import Row, percentile

sys.path[:0] = [str(Path(__file__).parents[1]), str(Path(__file__).parents[1] / "integration" / "reader")]

from fixtures_pcsc import ESCAPE_PROFILE, ESCAPE_READER, REFERENCE_PROFILE, Ear, wait_until_seen  # noqa: E402  # after the path to it
from reader_traces import resident_kib, worker_pids  # noqa: E402  # after the path to it

LISA = PERSONAS["lisa"]
READER = "Virtual PCD 00 00"
APDUS = 2000
READS = 300
LAID = 30
RECOVERIES = 100
STALLS = 10
READS_FOR_MEMORY = 10_000
Say = Callable[[str], None]


def measure(say: Say) -> list[Row]:
    """Return the reader's rows. Nothing else may use pcscd meanwhile."""
    with PcscService(build_driver()) as service, VirtualCard(delay=False) as card, VirtualReader() as reader:
        card.lay(LISA)
        with pcsc.Context() as context:
            while not context.state(READER).has_card:
                time.sleep(0.02)
        say("one APDU and one card, in turn with bare pyscard")
        rows = [*per_apdu(), *full_read()]
        say(f"a card laid {LAID} times, beside pcscd's own poll")
        rows += laid_to_presented(card)
        wait_until_seen(ESCAPE_READER)
        say(f"memory over {READS_FOR_MEMORY} reads")
        rows.append(memory(reader))
        for name, recover, times in (
            ("worker-killed", worker_killed, RECOVERIES),
            ("service-restarted", lambda ear: service_restarted(ear, service), RECOVERIES),
            ("reader-unplugged", lambda ear: reader_unplugged(ear, reader), RECOVERIES),
            ("reader-stalled", lambda ear: reader_stalled(ear, reader), STALLS),
        ):
            say(f"{name}, {times} times")
            rows += recoveries(name, recover, times, card, reader)
    return rows


def _way() -> profiles.Apdu:
    way = profiles.load(REFERENCE_PROFILE, production=False).transport
    assert isinstance(way, profiles.Apdu)
    return way


def _apdu(command: sam.Command) -> list[int]:
    frame = sam.encode(command)
    return [0xFF, 0xFE, 0, 0, 0, *len(frame).to_bytes(2, "big"), *frame, 0, 0]


def per_apdu() -> list[Row]:
    """Return the ratio of one command through our client to the bare transmit of the same bytes."""
    guard = Watchdog(lambda: os._exit(3))
    bare_apdu = _apdu(sam.FIND_CARD)
    ours, bare = [], []
    with pcsc.Context() as context, context.connect(READER) as connection:
        transceive = transceive_over(_way(), connection, guard)
        handle = connection._handle
        for _ in range(APDUS):
            started_s = time.perf_counter()
            sam.run(sam.FIND_CARD, transceive)
            between_s = time.perf_counter()
            scard.SCardTransmit(handle, scard.SCARD_PCI_T1, bare_apdu)
            bare.append(time.perf_counter() - between_s)
            ours.append(between_s - started_s)
    return [
        Row(name="reader.bare-transmit.p50", value=statistics.median(bare) * 1e6, unit="µs"),
        Row(
            name="reader.apdu.over-bare-transmit",
            value=statistics.median(ours) / statistics.median(bare),
            unit="ratio",
            target=1.2,
        ),
    ]


def full_read() -> list[Row]:
    """Return the ratio of a whole read through our client to the same three APDUs through bare pyscard."""
    from reader.transports.over_pcsc import PcscTransport

    profile = profiles.load(REFERENCE_PROFILE, production=False)
    transport = PcscTransport(_way(), Watchdog(lambda: os._exit(3)))
    with pcsc.Context() as context:
        card = Card(READER, card_counter(1, context.state(READER)))
    ours, bare, decoding = [], [], []
    photos = SimulatorDecoder()
    for _ in range(READS):
        started_s = time.perf_counter()
        with transport.session(card) as transceive:
            _, photo = read_text(transceive, profile)
        read_s = time.perf_counter()
        photos.decode(photo)
        decoded_s = time.perf_counter()
        assert transport._context is not None
        _read_bare(transport._context._handle)
        bare.append(time.perf_counter() - decoded_s)
        decoding.append(decoded_s - read_s)
        ours.append(read_s - started_s)
    return [
        Row(name="reader.bare-full-read.p50", value=statistics.median(bare) * 1e3, unit="ms"),
        Row(
            name="reader.full-read.over-bare-pyscard",
            value=statistics.median(ours) / statistics.median(bare),
            unit="ratio",
            target=1.3,
        ),
        Row(name="reader.portrait-decoding.p50", value=statistics.median(decoding) * 1e3, unit="ms"),
    ]


def _read_bare(context: int) -> None:
    _, handle, protocol = scard.SCardConnect(context, READER, scard.SCARD_SHARE_SHARED, scard.SCARD_PROTOCOL_ANY)
    for command in (sam.FIND_CARD, sam.SELECT_CARD, sam.READ_BASE_INFO):
        result, answer = scard.SCardTransmit(handle, protocol, _apdu(command))
        if result != 0 or not bytes(answer).endswith(b"\x90\x00"):
            raise OSError(f"SCardTransmit: {result & 0xFFFFFFFF:#x}")
    scard.SCardDisconnect(handle, scard.SCARD_LEAVE_CARD)


def laid_to_presented(card: VirtualCard) -> list[Row]:
    """Return how long a laid card is on its way to us, and how much of that is pcscd's own poll."""
    ours, bare = [], []
    with started(REFERENCE_PROFILE) as ear:
        ear.next(CardPresented)
        for _ in range(LAID):
            card.lift()
            ear.next(CardRemoved)
            time.sleep(0.7)  # the simulator holds a card back until pcscd must have seen the last one go
            seen_s: list[float] = []
            waiter = threading.Thread(target=_wait_bare, args=(seen_s,))
            waiter.start()
            time.sleep(0.05 + random.random() * 0.4)  # at any moment of pcscd's poll
            laid_s = time.perf_counter()
            card.lay(LISA)
            ear.next(CardPresented)
            ours.append((time.perf_counter() - laid_s) * 1e3)
            waiter.join()
            bare.append((seen_s[0] - laid_s) * 1e3)
    beyond = [mine - theirs for mine, theirs in zip(ours, bare, strict=True)]
    return [
        Row(name="reader.laid-to-presented.p50", value=percentile(ours, 0.5), unit="ms"),
        Row(name="reader.laid-to-presented.max", value=max(ours), unit="ms"),
        Row(name="reader.laid-to-pcscd.p50", value=percentile(bare, 0.5), unit="ms"),
        Row(name="reader.laid-to-presented.our-share.p50", value=percentile(beyond, 0.5), unit="ms"),
        Row(
            name="reader.laid-to-presented.over-pcscd",
            value=percentile(ours, 0.5) / percentile(bare, 0.5),
            unit="ratio",
            target=1.1,
        ),
    ]


def _wait_bare(seen_s: list[float]) -> None:
    _, context = scard.SCardEstablishContext(scard.SCARD_SCOPE_USER)
    state = scard.SCARD_STATE_UNAWARE
    while not state & scard.SCARD_STATE_PRESENT:
        _, states = scard.SCardGetStatusChange(context, 5000, [(READER, state)])
        state = states[0][1] & ~scard.SCARD_STATE_CHANGED
    seen_s.append(time.perf_counter())
    scard.SCardReleaseContext(context)


def memory(reader: VirtualReader) -> Row:
    """Return by how much a worker grows over many reads, after its first thousand."""
    with started(ESCAPE_PROFILE) as ear:
        reader.lay(CardBlocks.of(LISA))
        presence = ear.next(CardPresented).presence
        (worker,) = worker_pids()
        before_kib = 0
        for number in range(READS_FOR_MEMORY + 1000):
            if number == 1000:
                before_kib = resident_kib(worker)
            ear.reader.read(presence)
            ear.next(CardRead)
            ear.heard.clear()
        grown_kib = resident_kib(worker) - before_kib
        reader.lift()
    return Row(name="reader.memory.growth-over-10000-reads", value=grown_kib / 1024, unit="MiB", target=5)


class _Ear(Ear):
    """An ear with the reader that it hears."""

    reader: ReaderProcess


@contextmanager
def started(profile: Path) -> Iterator[_Ear]:
    """Start the kiosk's reader, and stop it."""
    ear = _Ear()
    ear.reader = ReaderProcess(profile)
    ear.reader.start(ear.post)
    try:
        yield ear
    finally:
        ear.reader.stop()


def recoveries(
    name: str, recover: Callable[[_Ear], float], times: int, card: VirtualCard, reader: VirtualReader
) -> list[Row]:
    """Return how long it takes until the fault is cleared."""
    took_s = []
    on_vpcd = name in ("worker-killed", "service-restarted")
    with started(REFERENCE_PROFILE if on_vpcd else ESCAPE_PROFILE) as ear:
        (card if on_vpcd else reader).lay(LISA)
        ear.next(CardPresented)
        for _ in range(times):
            took_s.append(recover(ear))
            presented = ear.next(CardPresented)
            ear.heard[:] = [presented]
        reader.lift()
    prefix = f"reader.recovery.{name}.{times}-times"
    return [
        Row(name=f"{prefix}.p50", value=percentile(took_s, 0.5), unit="s"),
        Row(name=f"{prefix}.max", value=max(took_s), unit="s", target=10),
    ]


def worker_killed(ear: _Ear) -> float:
    (worker,) = worker_pids()
    os.kill(worker, signal.SIGKILL)
    since_s = time.perf_counter()
    return _cleared(ear, Fault.READER_LOST, since_s)


def service_restarted(ear: _Ear, service: PcscService) -> float:
    service.kill()
    ear.next(FaultRaised)
    service.start()
    return _cleared(ear, Fault.READER_SERVICE_DOWN, time.perf_counter())


def reader_unplugged(ear: _Ear, reader: VirtualReader) -> float:
    reader.unplug()
    ear.next(FaultRaised)
    reader.plug_in()
    return _cleared(ear, Fault.READER_LOST, time.perf_counter())


def reader_stalled(ear: _Ear, reader: VirtualReader) -> float:
    reader.stall()
    presented = [event for event in ear.heard if isinstance(event, CardPresented)]
    ear.reader.read(presented[-1].presence)
    ear.next(FaultRaised)
    reader.go_on()
    return _cleared(ear, Fault.READER_STALLED, time.perf_counter())


def _cleared(ear: _Ear, fault: Fault, since_s: float) -> float:
    while ear.next(FaultCleared, 30).fault is not fault:
        pass
    return time.perf_counter() - since_s
