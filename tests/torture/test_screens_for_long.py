"""Ten thousand visits in compressed time: the kiosk holds no more memory than after the first thousand.

Engine, outbox, window, voice and staff's panel are the real ones; reader, face, list, gate and loudspeaker answer at
once. Every screen is drawn before the visit goes on. ``HONGTU_SOAK_VISITS`` makes it shorter or longer.
"""

import os
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
from PySide6.QtCore import QCoreApplication, QEventLoop

sys.path.insert(0, str(Path(__file__).parents[1] / "ui" / "screens"))

from report import Report
from screen_gate import SITE, StillCamera, lisa  # after the path to it

from kiosk.clock import SystemClock
from kiosk.domain.document import Document, DocumentKind, Portrait
from kiosk.domain.evidence import Band, FaceScore, Listed, ListEvidence, NotListed
from kiosk.domain.faults import Fault
from kiosk.domain.guidance import Guidance
from kiosk.domain.ids import EntryId, Presence, VisitId
from kiosk.domain.numbers import DocumentNumber
from kiosk.domain.reasons import Reason
from kiosk.engine import Engine, Parts
from kiosk.ports import LiveFace, PackInUse, Post
from kiosk.staff_pin import StaffPin
from kiosk.supervision import Supervision
from kiosk.visit import events as on
from kiosk.visit.panel import Panel
from kiosk.visit.policy import Policy
from kiosk.visit.screen import ScreenKind
from sync.kiosk_end.outbox import OUTBOX_FILE, OutboxFile
from ui.staff_bridge import QtPanel, Staff
from ui.voice import Voice
from ui.window import KioskWindow, make_application

VISITS = int(os.environ.get("HONGTU_SOAK_VISITS", "10000"))
WARM = min(VISITS // 5, 1000)
EVERY = max(1, VISITS // 50)
MAY_GROW_MB = 16.0
"""In ten thousand visits: a busy lane's three days."""
KINDS = (DocumentKind.RESIDENT, DocumentKind.PERMANENT_2023, DocumentKind.RESIDENCE_PERMIT)


@dataclass
class Devices:
    """Reader, face, list, gate and sound at once. The face answers when it is told to."""

    number: int = 0
    post: Post = lambda event: None
    panel: QtPanel = field(default_factory=QtPanel)

    def start(self, post: Post) -> None: ...
    def stop(self) -> None: ...
    def forget(self) -> None: ...
    def hush(self) -> None: ...
    def play(self, sounds: tuple[Path, ...], *, headphones: bool) -> None: ...
    def call(self, visit: VisitId, reason: Reason) -> None: ...
    def open(self, visit: VisitId) -> None: ...

    def read(self, presence: Presence) -> None:
        card = Document(
            kind=KINDS[self.number % len(KINDS)],
            numbers=(DocumentNumber("11010519491231002X"),),  # the textbook example of GB 11643
            born=date(1949, 12, 31),
            valid_from=date(2020, 1, 1),
            valid_until=date(2040, 1, 1) if self.number % 3 else date(2021, 1, 1),
            portrait=Portrait(102, 126, bytes(3 * 102 * 126)),
        )
        self.post(on.CardRead(presence, card))

    def begin(self, visit: VisitId) -> None: ...

    def compare(self, visit: VisitId, portrait: Portrait) -> None:
        self.post(on.FaceGuided(visit, tuple(Guidance)[self.number % len(Guidance)]))
        score = {"accept_threshold": 0.45, "pack": "sface-yunet", "pack_digest": "0" * 64}
        self.answer = on.FaceCompared(visit, FaceScore(similarity=0.7, band=Band.ACCEPT, **score))  # type: ignore[arg-type]  # two kinds of values in one dict

    def take_best(self, visit: VisitId) -> LiveFace | None:
        return None

    def pack_in_use(self) -> PackInUse | None:
        return None

    def look_up(self, presence: Presence, numbers: tuple[DocumentNumber, ...], now: datetime) -> ListEvidence:
        age = timedelta(minutes=5)
        return NotListed(age) if self.number % 100 else Listed(EntryId("entry"), age)

    def faults(self, now: datetime) -> frozenset[Fault]:
        return frozenset()

    def answers(self) -> bool:
        return True

    def tell(self, panel: Panel) -> None:
        """Show staff what they see, and have them see to whoever waits."""
        self.panel.tell(panel)
        for waiting in panel.waiting:
            self.post(on.CallDismissed(waiting.code))


class Kiosk:
    """The kiosk in this process; the test is its visitors."""

    def __init__(self, data: Path) -> None:
        self.devices = devices = Devices()
        self.outbox = OutboxFile(data / OUTBOX_FILE)
        self.staff = Staff(
            devices.panel,
            StaffPin(data),
            devices.post,
            language=SITE.default_language,
            list_age=lambda: timedelta(minutes=5),
            restart=lambda: None,
            set_up=lambda: None,
        )
        camera = StillCamera(lisa())
        self.window = KioskWindow(camera, lambda event: None, SITE, voice=Voice(devices), staff=self.staff)
        parts = Parts(
            reader=devices, face=devices, watchlist=devices, gate=devices, outbox=self.outbox, crops=devices,  # type: ignore[arg-type]  # crops are never asked for
            screens=self.window.screens, staff=devices, clock=SystemClock(),
            supervision=Supervision(devices, self.outbox, devices, data), panel=devices,
        )  # fmt: skip
        self.engine = Engine(parts, Policy(), ZoneInfo("Asia/Shanghai"))
        devices.post = self.engine.post
        self._frames = 0
        self.window.quick_window.frameSwapped.connect(self._count)
        self._thread = threading.Thread(target=self.engine.run)
        self._thread.start()
        for fault in (Fault.READER_LOST, Fault.CAMERA_LOST, Fault.FACE_MODELS):
            self.engine.post(on.FaultCleared(fault))
        self.sees(ScreenKind.ATTRACT)

    def _count(self) -> None:
        self._frames += 1

    def sees(self, *kinds: ScreenKind) -> ScreenKind:
        """Wait until one of these screens has been drawn, and return which."""
        ends_s = time.monotonic() + 20
        drawn = None
        while drawn is None or self._frames == drawn:
            QCoreApplication.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents, 20)
            assert time.monotonic() < ends_s, f"the screen shows {self.window.visitor.screen}, not {kinds}"
            if drawn is None and self.window.visitor.screen.kind in kinds:
                drawn = self._frames
                self.window.quick_window.update()
        return self.window.visitor.screen.kind

    def visit(self, number: int) -> ScreenKind:
        """Have one visitor come, want something of the screen now and then, and go; return how the visit ended."""
        self.devices.number = number
        visitor, card = self.window.visitor, Presence("reader", number)
        if number % 10 == 0:
            visitor.open_languages()
            self.sees(ScreenKind.ATTRACT)
            visitor.change_text_size()
        self.engine.post(on.CardPresented(card))
        self.sees(ScreenKind.LOOK_HERE)
        self.engine.post(self.devices.answer)
        ended = self.sees(ScreenKind.GO_IN, ScreenKind.SEE_STAFF)
        self.engine.post(on.CardRemoved(card))
        self.engine.post(on.PersonPassed() if ended is ScreenKind.GO_IN else on.TimedOut())
        if ended is ScreenKind.SEE_STAFF:
            self.engine.post(on.TimedOut())  # nobody wants more time to read the slip
        self.sees(ScreenKind.ATTRACT)
        return ended

    def close(self) -> None:
        self.engine.stop()
        self._thread.join()
        self.window.close()
        self.outbox.close()


@contextmanager
def kiosk(data: Path) -> Iterator[Kiosk]:
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    app = make_application()
    kiosk = Kiosk(data)
    try:
        yield kiosk
    finally:
        kiosk.close()
        del app


def resident_mb() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGESIZE") / 2**20


def test_ten_thousand_visits_leave_the_kiosk_as_large_as_it_was(tmp_path: Path, report: Report) -> None:
    sizes_mb: list[tuple[int, float]] = []
    ended = {ScreenKind.GO_IN: 0, ScreenKind.SEE_STAFF: 0}
    with kiosk(tmp_path) as lane:
        for number in range(1, VISITS + 1):
            ended[lane.visit(number)] += 1
            if number >= WARM and number % EVERY == 0:
                sizes_mb.append((number, resident_mb()))
    visits, mb = np.array(sizes_mb).T
    grows_mb = float(np.polyfit(visits, mb, 1)[0]) * 10_000
    note = f"{mb[0]:.0f} MB after {visits[0]:.0f} visits, {mb[-1]:.0f} MB at the end: {grows_mb:+.1f} MB in 10,000"
    report.tried("ten thousand visits on the screens", times=VISITS, staff_saw="nothing", note=note)
    assert min(ended.values()) > VISITS // 4
    assert grows_mb < MAY_GROW_MB, note
