"""How far an alarm and an ordinary referral come apart at the gate (RULES 3): by the eye, by the ear, by the clock.

The engine, the outbox with its durable commit, the evidence, the window and the voice are the product's. Card, face and
list answer at once, so that nothing of theirs hides a difference of ours.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from threading import Thread
from zoneinfo import ZoneInfo

import numpy as np
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from PySide6.QtCore import QCoreApplication, QRectF
from PySide6.QtQuick import QQuickItem

from hardware.gate import LogGate
from hardware.staff_call import LogStaffCall
from kiosk.clock import SystemClock
from kiosk.domain.document import Document, DocumentKind, Portrait
from kiosk.domain.evidence import Band, FaceScore, Listed, ListEvidence, Unavailable
from kiosk.domain.faults import Fault
from kiosk.domain.ids import EntryId, KioskId, LaneId, Presence, VisitId
from kiosk.domain.numbers import DocumentNumber
from kiosk.domain.reasons import Reason
from kiosk.engine import Engine, Parts
from kiosk.ports import Frame, LiveFace, Post
from kiosk.supervision import Supervision
from kiosk.visit import events as on
from kiosk.visit.policy import Policy
from sync.kiosk_end.crop_keeper import CropKeeper
from sync.kiosk_end.outbox import OUTBOX_FILE, OutboxFile
from tests.bench.rows import Row, percentile
from ui.site import load_site
from ui.voice import Voice
from ui.window import PORTRAIT, PX_PER_MM, KioskWindow
from watchlist import trust
from watchlist.device_key import open_device_keys

SITE = Path(__file__).parents[2] / "ui" / "sites" / "gutian.toml"
SMALLER = 2.7
"""Than the panel: the window's size is the same for both, and a smaller one lets more of the difference be seen."""
_GREY = np.full((480, 640, 3), 128, np.uint8)
_WITHIN_S = 20.0


@dataclass
class Visitors:
    """Card, face, list and camera at once; ``listed`` decides what the list says. What is heard is written down."""

    listed: bool = False
    post: Post = lambda event: None
    heard: list[tuple[str, ...]] = field(default_factory=list)

    def start(self, post: Post | None = None) -> None: ...
    def stop(self) -> None: ...
    def read(self, presence: Presence) -> None:
        document = Document(
            kind=DocumentKind.RESIDENT,
            numbers=(DocumentNumber("11010519491231002X"),),  # the textbook example of GB 11643
            born=date(1949, 12, 31),
            valid_from=date(2020, 1, 1),
            valid_until=date(2040, 1, 1),
            portrait=Portrait(2, 2, bytes(12)),
        )
        self.post(on.CardRead(presence, document))

    def begin(self, visit: VisitId) -> None: ...
    def compare(self, visit: VisitId, portrait: Portrait) -> None:
        score = FaceScore(similarity=0.7, band=Band.ACCEPT, accept_threshold=0.4, pack="p", pack_digest="0" * 64)
        self.post(on.FaceCompared(visit, score))

    def take_best(self, visit: VisitId) -> LiveFace | None:
        return LiveFace(_GREY.copy(), time.monotonic(), "p", "0" * 64)

    def forget(self) -> None: ...
    def pack_in_use(self) -> None: ...
    def latest(self) -> Frame | None:
        return None

    def look_up(self, presence: Presence, numbers: tuple[DocumentNumber, ...], now: datetime) -> ListEvidence:
        return Listed(EntryId("entry"), timedelta(0)) if self.listed else Unavailable(Reason.LIST_FAULT)

    def faults(self, now: datetime) -> frozenset[Fault]:
        return frozenset()

    def play(self, sounds: tuple[Path, ...], *, headphones: bool) -> None:
        self.heard.append(tuple(sound.stem for sound in sounds))

    def hush(self) -> None: ...


@dataclass(frozen=True)
class Seen:
    """What one visitor met: the seconds from laying the card to the frame, the sounds, the picture without the code."""

    took_s: float
    heard: tuple[tuple[str, ...], ...]
    picture: bytes


def visit_in_turns(folder: Path, times: int) -> tuple[list[Seen], list[Seen]]:
    """Send so many visitors who are referred and so many who are listed, in turns. Needs a Qt application."""
    _enrol(folder)
    visitors, clock, outbox = Visitors(), SystemClock(), OutboxFile(folder / OUTBOX_FILE)
    keeper, gate, size = CropKeeper(folder, outbox, clock), LogGate(), PORTRAIT / SMALLER
    site = replace(load_site(SITE), reduced_motion=True)  # or the card that is to be taken would be on its way
    window = KioskWindow(
        visitors, lambda event: None, site, voice=Voice(visitors), px_per_mm=PX_PER_MM / SMALLER, size=size
    )
    supervision = Supervision(visitors, outbox, gate, folder)
    parts = Parts(
        reader=visitors,
        face=visitors,
        watchlist=visitors,
        gate=gate,
        outbox=outbox,
        crops=keeper,
        screens=window.screens,
        staff=LogStaffCall(),
        clock=clock,
        supervision=supervision,
    )
    engine = Engine(parts, Policy(), ZoneInfo("Asia/Shanghai"))
    visitors.post = engine.post
    thread = Thread(target=engine.run)
    keeper.start()
    thread.start()
    try:
        for fault in (Fault.READER_LOST, Fault.CAMERA_LOST, Fault.FACE_MODELS):
            engine.post(on.FaultCleared(fault))
        referred, listed = list[Seen](), list[Seen]()
        for number in range(2 * times):
            visitors.listed = bool(number % 2)
            (listed if visitors.listed else referred).append(_visit(engine, window, visitors, number))
        assert outbox.depth() >= times, "every alarm is durable"
        return referred, listed
    finally:
        engine.stop()
        thread.join()
        keeper.stop()
        window.close()
        outbox.close()


def _enrol(folder: Path) -> None:
    """Make what a kiosk holds that can seal a face for its station."""
    granted = trust.Trust(
        kiosk=KioskId("bench"),
        lane=LaneId("bench"),
        site="bench",
        group="bench",
        root=b"{}",
        group_key=bytes(32),
        evidence_key=X25519PrivateKey.generate().public_key().public_bytes_raw(),
    )
    trust.save(granted, folder / trust.TRUST_FILE, open_device_keys(folder, "file", make=True))


def _visit(engine: Engine, window: KioskWindow, visitors: Visitors, number: int) -> Seen:
    frames = list[float]()
    swapped = window.quick_window.frameSwapped.connect(lambda: frames.append(time.monotonic()))
    card, before = Presence("reader", number), window.visitor.screen.slip
    visitors.heard.clear()
    began_s = time.monotonic()
    engine.post(on.CardPresented(card))
    _wait(lambda: window.visitor.screen.slip not in (None, before))
    frames.clear()
    _wait(lambda: bool(frames))
    seen = Seen(frames[0] - began_s, tuple(visitors.heard), _without_code(window))
    window.quick_window.frameSwapped.disconnect(swapped)
    engine.post(on.CardRemoved(card))
    _wait(lambda: not window.visitor.view["card"])
    return seen


def _wait(until: Callable[[], bool]) -> None:
    ends_s = time.monotonic() + _WITHIN_S
    while not until():
        if time.monotonic() > ends_s:
            raise TimeoutError("the screen did not come")
        QCoreApplication.processEvents()


def _without_code(window: KioskWindow) -> bytes:
    """Return the picture without the one thing that is every visitor's own."""
    picture = window.picture().convertToFormat(window.picture().Format.Format_RGB888)
    rows = np.frombuffer(picture.constBits(), np.uint8).reshape(picture.height(), picture.bytesPerLine()).copy()
    code = window.visitor.view["slip_code"]
    for item in _items(window.quick_window.contentItem()):
        if item.objectName() == "qr" or (item.inherits("QQuickText") and item.property("text") == code):
            place = item.mapRectToScene(QRectF(0, 0, item.width(), item.height()))
            left, top, right, bottom = map(round, place.getCoords())
            rows[top - 2 : bottom + 2, 3 * (left - 2) : 3 * (right + 2)] = 0  # a letter's edge may lie beside its box
    return rows.tobytes()


def _items(item: QQuickItem) -> Sequence[QQuickItem]:
    return [item, *(inner for child in item.childItems() for inner in _items(child))]


def apart_ms(referred: Sequence[Seen], listed: Sequence[Seen], share: float) -> float:
    """Return the milliseconds between both, at this share of the visits."""
    return 1e3 * abs(percentile((s.took_s for s in referred), share) - percentile((s.took_s for s in listed), share))


def measure(folder: Path, times: int = 200) -> list[Row]:
    """Return by how much the screens of both come apart, in the middle and at the slowest twentieth."""
    referred, listed = visit_in_turns(folder, times)
    return [
        Row(name=f"ui.refer-and-alarm.apart.{name}", value=apart_ms(referred, listed, share), unit="ms", target=50)
        for name, share in (("p50", 0.5), ("p95", 0.95))
    ]
