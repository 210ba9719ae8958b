"""RULES 2 and 6: 100 ordinary visits leave no face in any file; an alarm leaves one, which only the station opens.

The engine, the outbox and the evidence are real; the camera and the comparison are not, so that a hundred visits fit.
"""

import base64
import queue
import threading
import time
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from hardware.gate import LogGate
from hardware.staff_call import LogStaffCall
from kiosk.clock import SystemClock
from kiosk.domain.document import Document, DocumentKind, Portrait
from kiosk.domain.evidence import Band, FaceScore, Listed, ListEvidence, NotListed, Unavailable
from kiosk.domain.faults import Fault
from kiosk.domain.ids import EntryId, KioskId, LaneId, Presence, VisitId
from kiosk.domain.numbers import DocumentNumber
from kiosk.domain.reasons import Reason
from kiosk.engine import Engine, Parts
from kiosk.ports import BgrImage, LiveFace, Post
from kiosk.supervision import Supervision
from kiosk.visit import events as on
from kiosk.visit.policy import Policy
from kiosk.visit.screen import Screen, ScreenKind
from sync.kiosk_end.crop_keeper import CropKeeper
from sync.kiosk_end.evidence_file import EvidenceFile
from sync.kiosk_end.outbox import OUTBOX_FILE, OutboxFile
from sync.sealed_face import open_sealed
from sync.wire import AlarmBody
from watchlist import trust
from watchlist.device_key import open_device_keys

NUMBER = "11010519491231002X"  # the textbook example of GB 11643
VISITS = 100


def face() -> BgrImage:
    """A picture that is not like any other, and whose rows are found wherever they lie."""
    smooth = np.random.default_rng(7).integers(60, 200, (12, 12, 3)).astype(np.uint8)
    return np.ascontiguousarray(smooth.repeat(20, axis=0).repeat(20, axis=1))


@dataclass
class Visitors:
    """Reader, face and list at once; ``admitted`` decides whether the face matches, ``listed`` what the list says."""

    post: Post = lambda event: None
    admitted: bool = True
    listed: bool = False
    given: list[LiveFace] = field(default_factory=list)
    shown: "queue.Queue[ScreenKind]" = field(default_factory=queue.Queue)
    stands: ScreenKind | None = None

    def start(self, post: Post) -> None: ...
    def stop(self) -> None: ...
    def begin(self, visit: VisitId) -> None:
        self.given.append(LiveFace(face(), time.monotonic(), "sface-yunet", "ab" * 32))

    def read(self, presence: Presence) -> None:
        portrait = Portrait(240, 240, face().tobytes())
        term = {"valid_from": date(2020, 1, 1), "valid_until": date(2040, 1, 1)}
        number = DocumentNumber(NUMBER)
        kind = DocumentKind.RESIDENT
        document = Document(kind=kind, numbers=(number,), born=date(1949, 12, 31), portrait=portrait, **term)
        self.post(on.CardRead(presence, document))

    def compare(self, visit: VisitId, portrait: Portrait) -> None:
        score = FaceScore(similarity=0.7, band=Band.ACCEPT, accept_threshold=0.4, pack="p", pack_digest="d")
        self.post(on.FaceCompared(visit, score if self.admitted else Unavailable(Reason.NO_FACE_SEEN)))

    def take_best(self, visit: VisitId) -> LiveFace | None:
        return self.given[-1]

    def pack_in_use(self) -> None: ...
    def forget(self) -> None: ...
    def look_up(self, presence: Presence, numbers: tuple[DocumentNumber, ...], now: datetime) -> ListEvidence:
        return Listed(EntryId("entry"), timedelta(0)) if self.listed else NotListed(timedelta(0))

    def faults(self, now: datetime) -> frozenset[Fault]:
        return frozenset()

    def show(self, screen: Screen) -> None:
        if screen.kind is not self.stands:  # a result is drawn once more when its card has been lifted
            self.stands = screen.kind
            self.shown.put(screen.kind)


def play(data: Path, visitors: Visitors, visits: int) -> int:
    """Have so many visitors come to a lane whose files are in ``data``; return how many went in."""
    clock = SystemClock()
    outbox = OutboxFile(data / OUTBOX_FILE)
    keeper = CropKeeper(data, outbox, clock)
    gate = LogGate()
    parts = Parts(
        reader=visitors,
        face=visitors,
        watchlist=visitors,
        gate=gate,
        outbox=outbox,
        crops=keeper,
        screens=visitors,
        staff=LogStaffCall(),
        clock=clock,
        supervision=Supervision(visitors, outbox, gate, data),
    )
    engine = Engine(parts, Policy(), ZoneInfo("Asia/Shanghai"))
    visitors.post = engine.post
    thread = threading.Thread(target=engine.run)
    keeper.start()
    thread.start()
    for fault in (Fault.READER_LOST, Fault.CAMERA_LOST, Fault.FACE_MODELS):
        engine.post(on.FaultCleared(fault))
    went_in = 0
    for number in range(1, visits + 1):
        visitors.admitted = number % 2 == 0
        presence = Presence("reader", number)
        engine.post(on.CardPresented(presence))
        while (shown := visitors.shown.get(timeout=20)) not in (ScreenKind.GO_IN, ScreenKind.SEE_STAFF):
            pass
        went_in += shown is ScreenKind.GO_IN
        engine.post(on.CardRemoved(presence))
    engine.stop()
    thread.join(20)
    keeper.stop()
    return went_in


def enrolled(data: Path) -> X25519PrivateKey:
    """Make the data folder of an enrolled kiosk; return the station's key."""
    key = X25519PrivateKey.generate()
    granted = trust.Trust(
        kiosk=KioskId("k1"),
        lane=LaneId("lane-1"),
        site="west-gate",
        group="gates",
        root=b"{}",
        group_key=bytes(32),
        evidence_key=key.public_key().public_bytes_raw(),
    )
    trust.save(granted, data / trust.TRUST_FILE, open_device_keys(data, "file", make=True))
    return key


def traces() -> list[bytes]:
    """What gives a visitor away: rows of the picture as they lie in memory, the number, the beginning of any JPEG."""
    rows = [face()[row, :40].tobytes() for row in range(0, 240, 20)]
    return [*rows, *(base64.b64encode(row) for row in rows), NUMBER.encode(), NUMBER[:17].encode(), b"\xff\xd8\xff"]


def files(data: Path) -> bytes:
    """Everything on the disk, the databases' logs included."""
    return b"\0".join(path.read_bytes() for path in data.rglob("*") if path.is_file())


def test_a_hundred_ordinary_visits_leave_no_face_and_no_number_in_any_file(tmp_path: Path) -> None:
    enrolled(tmp_path)
    assert play(tmp_path, Visitors(), VISITS) == VISITS // 2  # the others were referred
    assert (tmp_path / OUTBOX_FILE).stat().st_size > 0
    assert [trace for trace in traces() if trace in files(tmp_path)] == []
    evidence = EvidenceFile(tmp_path)
    assert evidence.held_or_0() == 0
    evidence.close()


def test_of_an_alarm_one_face_is_kept_which_only_the_station_opens(tmp_path: Path) -> None:
    key, visitors = enrolled(tmp_path), Visitors(listed=True)
    play(tmp_path, visitors, 1)
    assert [trace for trace in traces() if trace in files(tmp_path)] == []
    assert not visitors.given[-1].image.any()
    outbox, evidence = OutboxFile(tmp_path / OUTBOX_FILE), EvidenceFile(tmp_path)
    (alarm,) = [message for message in outbox.pending(10) if isinstance(message.body, AlarmBody)]
    sealed = evidence.sealed(alarm.id)
    assert sealed is not None
    opened = open_sealed(sealed, alarm.id, key)
    assert opened.jpeg.startswith(b"\xff\xd8\xff")
    assert abs(opened.taken_at - datetime.now(UTC)) < timedelta(minutes=1)
    for file in (outbox, evidence):
        file.close()
