"""Whole visits on real parts with a real card's timing: what of the time is the card's, and what is ours."""

import statistics
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from smartcard.scard import (
    SCARD_LEAVE_CARD,
    SCARD_PROTOCOL_ANY,
    SCARD_SCOPE_USER,
    SCARD_SHARE_SHARED,
    SCardConnect,
    SCardDisconnect,
    SCardEstablishContext,
    SCardListReaders,
    SCardReleaseContext,
    SCardTransmit,
)

from hardware.simulators.camera import NOBODY
from hardware.simulators.card import CardDesk
from hardware.simulators.pcscd import PcscService
from hardware.simulators.personas import PERSONAS, Persona
from hardware.simulators.scenario.day import last_durations
from hardware.simulators.scenario.house import House
from kiosk.visit.screen import ScreenKind
from tests.bench.rows import Row, percentile

VISITS = 20
COMPARED = 8
_FRAMES = ("AAAAAA96690003200122", "AAAAAA96690003200221", "AAAAAA96690003300132")


def bare_card_s(times: int) -> list[float]:
    """Return the seconds of find, select and read through pyscard alone, with a card of real timing."""
    with PcscService(), CardDesk() as desk:
        desk.lay(PERSONAS["lisa"])
        time.sleep(1.0)
        return [_read_bare() for _ in range(times)]


def _read_bare() -> float:
    _, context = SCardEstablishContext(SCARD_SCOPE_USER)
    _, readers = SCardListReaders(context, [])
    started_s = time.perf_counter()
    result, card, protocol = SCardConnect(context, readers[0], SCARD_SHARE_SHARED, SCARD_PROTOCOL_ANY)
    if result != 0:
        raise OSError(f"SCardConnect: {result & 0xFFFFFFFF:#x}")
    for frame in map(bytes.fromhex, _FRAMES):
        apdu = [*bytes.fromhex("FFFE000000"), *len(frame).to_bytes(2, "big"), *frame, 0, 0]
        result, answer = SCardTransmit(card, protocol, apdu)
        if result != 0 or answer[-2:] != [0x90, 0x00]:
            raise OSError(f"SCardTransmit: {result & 0xFFFFFFFF:#x}")
    taken_s = time.perf_counter() - started_s
    SCardDisconnect(card, SCARD_LEAVE_CARD)
    SCardReleaseContext(context)
    return taken_s


def measure(house: House, bare_s: Sequence[float]) -> list[Row]:
    """Return the visit's rows. ``bare_s`` was measured before the kiosk took the reader."""
    lisa = PERSONAS["lisa"]
    visits = [one_visit(house, lisa, ScreenKind.GO_IN) for _ in range(VISITS)]
    card_s = statistics.median(bare_s)
    ours_ms = [(visit["total_s"] - card_s) * 1e3 for visit in visits]
    rows = [
        Row(name="kiosk.card-to-decision.less-card.p50", value=percentile(ours_ms, 0.5), unit="ms"),
        Row(name="kiosk.card-to-decision.less-card.p95", value=percentile(ours_ms, 0.95), unit="ms", target=150),
        Row(name="reader.bare-pyscard-read.p50", value=card_s * 1e3, unit="ms"),
    ]
    for stage in ("read_s", "face_s", "list_s", "total_s"):
        milliseconds = [visit[stage] * 1e3 for visit in visits]
        name = f"kiosk.visit.{stage.removesuffix('_s')}"
        rows += [Row(name=f"{name}.{p}", value=percentile(milliseconds, q), unit="ms") for p, q in _P50_P95]
    return [*rows, refer_or_alarm(house)]


_P50_P95 = (("p50", 0.5), ("p95", 0.95))


def refer_or_alarm(house: House) -> Row:
    """Return by how much a hit takes longer or shorter than an ordinary referral (RULES 3)."""
    listed = PERSONAS["p005"]
    expired = replace(PERSONAS["p105"], valid_until=date(2024, 6, 30))
    house.list_person(listed, case="EX-bench")
    referrals, alarms = [], []
    for _ in range(COMPARED):
        referrals.append(one_visit(house, expired, ScreenKind.SEE_STAFF)["total_s"])
        alarms.append(one_visit(house, listed, ScreenKind.SEE_STAFF)["total_s"])
    apart_ms = abs(statistics.median(referrals) - statistics.median(alarms)) * 1e3
    return Row(name="kiosk.refer-and-alarm.apart", value=apart_ms, unit="ms", target=50)


def one_visit(house: House, persona: Persona, sees: ScreenKind) -> dict[str, float]:
    """Let a persona come and go; return the durations that the kiosk logged."""
    house.window.wait_until_shown(ScreenKind.ATTRACT, timeout_s=30)
    mark = house.window.mark()
    house.before_camera(persona.key)
    house.card.lay(persona)
    house.window.wait(sees, since=mark)
    durations = last_durations(house.kiosk_log)
    house.card.lift()
    house.before_camera(NOBODY)
    return {stage: value for stage, value in durations.items() if value is not None}
