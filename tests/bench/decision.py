"""Portrait decoded → decision, against the bare onnxruntime calls of the same models, in turn in one run.

Real: the face thread with the camera worker's frames, the sealed list with its Argon2id, the engine. Only the chip's
reading is left out: the document is handed over at the moment at which a reader would.
"""

import statistics
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import onnxruntime as ort

from face.verify import FaceThread
from hardware.camera.process import CameraProcess
from hardware.gate import LogGate
from hardware.simulators.camera import set_stage
from hardware.simulators.card.blocks import CardBlocks
from hardware.simulators.personas import PERSONAS
from hardware.simulators.scenario.house import PACK
from hardware.staff_call import LogStaffCall
from kiosk.clock import SystemClock
from kiosk.domain.document import LONG_TERM, Document, DocumentKind, Portrait
from kiosk.domain.faults import Fault
from kiosk.domain.ids import Presence
from kiosk.domain.numbers import DocumentNumber
from kiosk.engine import Engine, Parts
from kiosk.ports import Post
from kiosk.process import keep_freed_memory
from kiosk.supervision import Supervision
from kiosk.visit import events as on
from kiosk.visit.policy import Policy
from kiosk.visit.screen import Screen, ScreenKind
from reader.photo import SimulatorDecoder
from sync.kiosk_end.crop_keeper import CropKeeper
from sync.kiosk_end.outbox import OutboxFile
from tests.bench.list_stage import AKiosk, a_station
from tests.bench.rows import Row, percentile

VISITS = 100
READING_S = 0.8
"""As long as a real card is read: the live frames are embedded meanwhile, as at the gate."""


def measure() -> list[Row]:
    """Return the decision's rows."""
    keep_freed_memory()  # as the app does
    bare = BareModels()
    ours, theirs = [], []
    with tempfile.TemporaryDirectory() as folder, lane(Path(folder)) as gate:
        for number in range(VISITS + 5):
            decided_s = gate.visit(number)
            time.sleep(0.15)  # both are measured on a machine that has come to rest
            bare_s = bare.once()
            time.sleep(0.15)
            if number >= 5:
                ours.append(decided_s * 1e3)
                theirs.append(bare_s * 1e3)
    return [
        Row(name="kiosk.decision.p50", value=percentile(ours, 0.5), unit="ms"),
        Row(name="kiosk.decision.p95", value=percentile(ours, 0.95), unit="ms"),
        Row(name="face.bare-onnxruntime.p50", value=percentile(theirs, 0.5), unit="ms"),
        Row(name="face.bare-onnxruntime.p95", value=percentile(theirs, 0.95), unit="ms"),
        Row(
            name="kiosk.decision.over-bare-onnxruntime.p50",
            value=statistics.median(ours) / statistics.median(theirs),
            unit="ratio",
            target=1.3,
        ),
        Row(
            name="kiosk.decision.over-bare-onnxruntime.p95",
            value=percentile(ours, 0.95) / percentile(theirs, 0.95),
            unit="ratio",
            target=1.3,
        ),
    ]


class BareModels:
    """The two model calls that a portrait needs, and nothing around them."""

    def __init__(self) -> None:
        options = ort.SessionOptions()
        options.intra_op_num_threads = 1
        self._detector = ort.InferenceSession(PACK / "yunet.onnx", options)
        self._embedder = ort.InferenceSession(PACK / "sface.onnx", options)
        noise = np.random.default_rng(1)
        # The shapes of a 102x126 portrait: doubled and padded to multiples of 32; and the aligned crop.
        self._picture = noise.uniform(0, 255, (1, 3, 256, 224)).astype(np.float32)
        self._crop = noise.uniform(0, 255, (1, 3, 112, 112)).astype(np.float32)

    def once(self) -> float:
        """Return the seconds of one detection and one embedding."""
        started_s = time.perf_counter()
        self._detector.run(None, {self._detector.get_inputs()[0].name: self._picture})
        self._embedder.run(None, {self._embedder.get_inputs()[0].name: self._crop})
        return time.perf_counter() - started_s


class HandedOver:
    """A reader port whose card has just been read."""

    def start(self, post: Post) -> None:
        post(on.FaultCleared(Fault.READER_LOST))

    def read(self, presence: Presence) -> None: ...
    def stop(self) -> None: ...


class Watched:
    """A screens port that tells when a screen comes."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._kind = ScreenKind.OUT_OF_SERVICE
        self._at_s = 0.0

    def show(self, screen: Screen) -> None:
        with self._changed:
            self._kind, self._at_s = screen.kind, time.perf_counter()
            self._changed.notify_all()

    def wait(self, kind: ScreenKind) -> float:
        with self._changed:
            if not self._changed.wait_for(lambda: self._kind is kind, timeout=30):
                raise TimeoutError(f"{kind} did not come; the screen is {self._kind}")
            return self._at_s


@dataclass(frozen=True, slots=True)
class BenchLane:
    """A lane whose visitor is always the same and always admitted."""

    engine: Engine
    screens: Watched
    document: Document

    def visit(self, number: int) -> float:
        """Return the seconds from the handed-over document to the verdict's screen."""
        self.screens.wait(ScreenKind.ATTRACT)
        presence = Presence("bench", number)
        self.engine.post(on.CardPresented(presence))
        time.sleep(READING_S)
        started_s = time.perf_counter()
        self.engine.post(on.CardRead(presence, self.document))
        decided_s = self.screens.wait(ScreenKind.GO_IN)
        self.engine.post(on.CardRemoved(presence))
        self.engine.post(on.PersonPassed())
        return decided_s - started_s


@contextmanager
def lane(folder: Path) -> Iterator[BenchLane]:
    """Put up the engine with the real face thread, camera worker, list and outbox."""
    stage = folder / "stage"
    set_stage(stage, "lisa")
    station = a_station(folder / "station")
    kiosk = AKiosk(folder / "kiosk", station)
    station.close()
    clock, screens, reader, gate = SystemClock(), Watched(), HandedOver(), LogGate()
    camera = CameraProcess(f"stage:{stage}")
    face = FaceThread(camera, PACK, clock)
    watchlist, outbox = kiosk.list, OutboxFile(kiosk.folder / "outbox.db")
    parts = Parts(
        reader=reader,
        face=face,
        watchlist=watchlist,
        gate=gate,
        outbox=outbox,
        crops=CropKeeper(kiosk.folder, outbox, clock),
        screens=screens,
        staff=LogStaffCall(),
        clock=clock,
        supervision=Supervision(watchlist, outbox, gate, kiosk.folder),
    )
    engine = Engine(parts, Policy(), ZoneInfo("Asia/Shanghai"))
    thread = threading.Thread(target=engine.run)
    thread.start()
    try:
        for part in (camera, face, reader):
            part.start(engine.post)
        yield BenchLane(engine, screens, lisas_document())
    finally:
        for part in (camera, face):
            part.stop()
        engine.stop()
        thread.join()


def lisas_document() -> Document:
    """Return what the reader makes of lisa's card."""
    lisa = PERSONAS["lisa"]
    portrait = SimulatorDecoder().decode(CardBlocks.of(lisa).photo)
    assert isinstance(portrait, Portrait)
    return Document(
        kind=DocumentKind.RESIDENT,
        numbers=(DocumentNumber(lisa.number),),
        born=lisa.born,
        valid_from=date(2020, 1, 1),
        valid_until=LONG_TERM,
        portrait=portrait,
    )
