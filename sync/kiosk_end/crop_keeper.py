"""The app's end of evidence: after an alarm's commit, its face crop becomes a sealed item, in a thread of its own.

The engine hands the crop over and goes on: nothing that happens here, slow or broken, holds up an alarm or the screen.
"""

import io
import queue
import threading
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

import structlog
from PIL import Image

from kiosk.domain.alarm import Alarm
from kiosk.ports import BgrImage, Clock, LiveFace
from sync.kiosk_end.erasure import ERASE_EVERY_S, erase
from sync.kiosk_end.evidence_file import EvidenceError, EvidenceFile
from sync.kiosk_end.outbox import OutboxFile
from sync.sealed_face import MAX_JPEG_BYTES, Face, seal
from watchlist import trust

_QUALITIES: Final = (90, 75, 55, 35, 15)
"""The last makes pure noise of 720 x 720 pixels fit."""
_LOG = structlog.get_logger()


class _NotKeptError(Exception):
    """No crop is kept of this alarm. The text is a short code."""


@dataclass(frozen=True, slots=True)
class _Handed:
    alarm: Alarm
    face: LiveFace
    taken_at: datetime


class CropKeeper:
    """A ``kiosk.ports.FaceCrops`` over the agent's data folder."""

    def __init__(self, data: Path, outbox: OutboxFile, clock: Clock) -> None:
        self._data = data
        self._evidence = EvidenceFile(data)
        self._outbox = outbox
        self._clock = clock
        self._handed: queue.SimpleQueue[_Handed | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="crops", daemon=True)

    def start(self) -> None:
        """Begin: erase what became due while the machine was off, and wait for crops."""
        self._thread.start()

    def stop(self) -> None:
        """End after what was handed over."""
        self._handed.put(None)
        self._thread.join()
        self._evidence.close()

    def keep(self, alarm: Alarm, face: LiveFace) -> None:
        """See ``kiosk.ports.FaceCrops.keep``."""
        since = timedelta(seconds=self._clock.monotonic() - face.taken_s)
        self._handed.put(_Handed(alarm, face, self._clock.now() - since))

    def _run(self) -> None:
        while True:
            erase(self._evidence, self._outbox, self._clock)
            try:
                handed = self._handed.get(timeout=ERASE_EVERY_S)
            except queue.Empty:
                continue
            if handed is None:
                return
            try:
                self._keep(handed)
                _LOG.info("evidence.kept", visit=handed.alarm.visit)
            except _NotKeptError as error:
                _LOG.error("evidence.not-kept", visit=handed.alarm.visit, why=str(error))
            except Exception as error:  # a bug in here must not end the thread that erases; only its kind is logged
                why = type(error.__cause__ or error).__name__
                _LOG.error("evidence.not-kept", visit=handed.alarm.visit, why=why)
            finally:
                handed.face.image.fill(0)

    def _keep(self, handed: _Handed) -> None:
        try:
            key = trust.evidence_key(self._data / trust.TRUST_FILE)
        except (OSError, trust.TrustError) as error:
            raise EvidenceError("no trust file") from error
        if not key:
            raise _NotKeptError("no-evidence-key")  # enrolled by an earlier version
        face = Face(
            alarm=handed.alarm.id,
            taken_at=handed.taken_at,
            pack=handed.face.pack,
            pack_digest=handed.face.pack_digest,
            jpeg=_jpeg(handed.face.image),
        )
        self._evidence.keep(handed.alarm.id, seal(face, key), handed.taken_at, self._clock.now())


def _jpeg(image: BgrImage) -> bytes:
    """Return the picture as a JPEG of ``MAX_JPEG_BYTES`` at the most, as good as that allows."""
    picture = Image.fromarray(image[:, :, ::-1])
    try:
        for quality in _QUALITIES:
            file = io.BytesIO()
            picture.save(file, "JPEG", quality=quality)
            if file.tell() <= MAX_JPEG_BYTES:
                return file.getvalue()
        raise _NotKeptError("too-large")
    finally:
        picture.paste(0, (0, 0, *picture.size))
