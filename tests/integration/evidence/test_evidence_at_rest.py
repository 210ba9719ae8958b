"""What lies on the kiosk's disk of an alarm's face: sealed, bounded, shredded in time, and never in an alarm's way."""

import base64
import io
import re
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import numpy as np
import pytest
import structlog
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from evidence_gate import GateClock, face_before_the_gate
from PIL import Image
from pysqlite3 import dbapi2
from raised import wanted

from kiosk.domain.alarm import Alarm
from kiosk.domain.ids import AlarmId, KioskId, LaneId
from kiosk.ports import BgrImage, LiveFace
from sync.kiosk_end import evidence_file
from sync.kiosk_end.crop_keeper import CropKeeper
from sync.kiosk_end.erasure import erase
from sync.kiosk_end.evidence_file import EVIDENCE_FILE, EvidenceFile, NoRoomError
from sync.kiosk_end.outbox import OUTBOX_FILE, OutboxFile
from sync.sealed_face import KEPT, MAX_JPEG_BYTES, NotThisFaceError, open_sealed
from sync.wire import ErasedBody
from watchlist import trust
from watchlist.device_key import KEY_FILE, open_device_keys

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)


def alarm_id() -> AlarmId:
    return AlarmId(str(uuid4()))


class Disk:
    """A kiosk's data folder, and the station's key for its evidence."""

    def __init__(self, data: Path, *, evidence_key: bool = True) -> None:
        self.data, self.clock, self.station_key = data, GateClock(), X25519PrivateKey.generate()
        keys = open_device_keys(data, "file", make=True)
        public = self.station_key.public_key().public_bytes_raw() if evidence_key else b""
        place: dict[str, Any] = {"kiosk": KioskId("k1"), "lane": LaneId("lane-1"), "site": "s", "group": "g"}
        granted = trust.Trust(**place, root=b"{}", group_key=bytes(32), evidence_key=public)
        trust.save(granted, data / trust.TRUST_FILE, keys)
        self.outbox = OutboxFile(data / OUTBOX_FILE)
        self.evidence = EvidenceFile(data)

    def close(self) -> None:
        self.evidence.close()
        self.outbox.close()

    def keep(self, alarm: Alarm, image: BgrImage) -> None:
        """Have the app's thread keep a crop, whatever comes of it; the thread has ended when this returns."""
        keeper = CropKeeper(self.data, self.outbox, self.clock)
        keeper.start()
        keeper.keep(alarm, LiveFace(image, self.clock.monotonic(), "sface-yunet", "ab" * 32))
        keeper.stop()

    def raw(self) -> bytes:
        return b"\0".join(file.read_bytes() for file in self.data.iterdir() if file.is_file())

    def told(self) -> list[ErasedBody]:
        """The erasures that wait for the station."""
        return [message.body for message in self.outbox.pending(100) if isinstance(message.body, ErasedBody)]


@pytest.fixture
def disk(tmp_path: Path) -> Any:
    disk = Disk(tmp_path)
    yield disk
    disk.close()


def row_of(data: Path, alarm: str) -> tuple[bytes, bytes]:
    database = dbapi2.connect(data / EVIDENCE_FILE)
    try:
        query = "SELECT locked, wrapped FROM item JOIN item_key USING (alarm) WHERE alarm = ?"
        locked, wrapped = database.execute(query, (alarm,)).fetchone()
        return locked, wrapped
    finally:
        database.close()


# ---- sealed


def test_a_stolen_kiosks_disk_shows_no_face_even_with_the_device_key(disk: Disk) -> None:
    alarm, image = wanted(1), face_before_the_gate()
    rows = [image[row, 100:140].tobytes() for row in range(100, 300, 40)]
    disk.keep(alarm, image)
    sealed = disk.evidence.sealed(alarm.id)  # the thief has the key file, so he comes as far as this
    assert sealed is not None
    stolen = disk.raw() + sealed
    jpeg = open_sealed(sealed, alarm.id, disk.station_key).jpeg
    parts = [jpeg[at : at + 32] for at in range(0, len(jpeg) - 32, 4000)]
    for trace in (*rows, *parts, jpeg[:20], *(base64.b64encode(part) for part in parts)):
        assert trace not in stolen
    with pytest.raises(NotThisFaceError):
        open_sealed(sealed, alarm.id, X25519PrivateKey.generate())
    with Image.open(io.BytesIO(jpeg)) as picture:
        assert picture.size == (420, 420)  # what the station can open, and no one else


def test_what_is_sealed_names_its_alarm_its_time_and_its_pack_and_opens_as_no_others(disk: Disk) -> None:
    alarm = wanted(1)
    before = disk.clock.now()
    disk.keep(alarm, face_before_the_gate())
    sealed = disk.evidence.sealed(alarm.id)
    assert sealed is not None
    face = open_sealed(sealed, alarm.id, disk.station_key)
    assert (face.alarm, face.pack, face.pack_digest) == (alarm.id, "sface-yunet", "ab" * 32)
    assert abs(face.taken_at - before) < timedelta(seconds=5)
    with pytest.raises(NotThisFaceError):
        open_sealed(sealed, wanted(2).id, disk.station_key)


def test_the_noisiest_picture_fits_and_the_crop_is_overwritten(disk: Disk) -> None:
    noise = np.random.default_rng(1).integers(0, 256, (720, 720, 3)).astype(np.uint8)
    disk.keep(wanted(1), noise)
    sealed = disk.evidence.sealed(wanted(1).id)
    assert sealed is not None
    assert len(open_sealed(sealed, wanted(1).id, disk.station_key).jpeg) <= MAX_JPEG_BYTES
    assert not noise.any()


# ---- shredded


def test_after_an_erasure_neither_key_nor_item_is_in_the_raw_files(disk: Disk) -> None:
    alarm, other = wanted(1), wanted(2)
    disk.keep(alarm, face_before_the_gate())
    disk.keep(other, face_before_the_gate("p005"))
    locked, wrapped = row_of(disk.data, alarm.id)
    sealed = disk.evidence.sealed(alarm.id)
    assert sealed is not None
    key = open_device_keys(disk.data).unlock(wrapped, evidence_file._place(alarm.id))
    assert ChaCha20Poly1305(key).decrypt(bytes(12), locked, alarm.id.encode()) == sealed  # the right key
    pieces = [locked[at : at + 64] for at in range(0, len(locked) - 64, 1000)]
    traces = (wrapped, wrapped[12:28], key, sealed[:64], *pieces)
    assert sum(trace in disk.raw() for trace in traces) >= len(pieces)  # the search finds them while they are there
    erase(disk.evidence, disk.outbox, disk.clock, {alarm.id})
    assert [trace for trace in traces if trace in disk.raw()] == []
    assert disk.evidence.sealed(alarm.id) is None
    assert disk.evidence.sealed(other.id) is not None
    assert disk.told() == [ErasedBody(alarm=alarm.id, why="dismissed")]


def test_an_erasure_is_not_told_while_a_trace_may_be_left(disk: Disk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kiosk.sqlite.BUSY_TIMEOUT_S", 0.1)
    disk.keep(wanted(1), face_before_the_gate())
    reader = dbapi2.connect(disk.data / EVIDENCE_FILE, isolation_level=None)
    reader.execute("BEGIN")
    reader.execute("SELECT count(*) FROM item").fetchone()
    erase(disk.evidence, disk.outbox, disk.clock, {wanted(1).id})
    assert disk.evidence.sealed(wanted(1).id) is None
    assert disk.told() == []
    reader.close()
    erase(disk.evidence, disk.outbox, disk.clock)
    assert disk.told() == [ErasedBody(alarm=wanted(1).id, why="dismissed")]


def test_an_erasure_is_told_once_by_whichever_process_runs(disk: Disk) -> None:
    disk.keep(wanted(1), face_before_the_gate())
    app_and_agent = [
        threading.Thread(target=erase, args=(EvidenceFile(disk.data), disk.outbox, disk.clock, {wanted(1).id}))
        for _ in range(2)
    ]
    for process in app_and_agent:
        process.start()
    for process in app_and_agent:
        process.join()
    erase(disk.evidence, disk.outbox, disk.clock)
    assert disk.told() == [ErasedBody(alarm=wanted(1).id, why="dismissed")]


def test_an_erasure_that_a_killed_process_has_told_and_not_noted_is_one_message(disk: Disk) -> None:
    disk.keep(wanted(1), face_before_the_gate())
    disk.evidence.shred([wanted(1).id], "dismissed", NOW)
    (erased,) = disk.evidence.untold()
    disk.outbox.tell_erased(erased.alarm, erased.why, erased.at)  # and it is killed
    erase(EvidenceFile(disk.data), disk.outbox, disk.clock)
    assert disk.told() == [ErasedBody(alarm=wanted(1).id, why="dismissed")]


# ---- 72 hours, by whatever clock


def restart(monkeypatch: pytest.MonkeyPatch, boot: str, since_boot_s: float = 0.0) -> None:
    """The machine is started anew, and has run for so long."""
    monkeypatch.setattr(evidence_file, "boot_id", lambda: boot)
    monkeypatch.setattr(evidence_file, "since_boot_s", lambda: since_boot_s)


def left(disk: Disk, alarm: AlarmId, now: datetime) -> bool:
    disk.evidence.shred_due(now)
    return disk.evidence.sealed(alarm) is not None


def test_after_72_hours_with_the_machine_off_it_is_erased_at_boot(disk: Disk, monkeypatch: pytest.MonkeyPatch) -> None:
    alarm = alarm_id()
    restart(monkeypatch, "one", 5000.0)
    disk.evidence.keep(alarm, b"sealed", NOW, NOW)
    restart(monkeypatch, "two", 30.0)
    assert left(disk, alarm, NOW + KEPT - timedelta(seconds=1))
    disk.clock.off = NOW + KEPT - datetime.now(UTC)
    keeper = CropKeeper(disk.data, disk.outbox, disk.clock)
    keeper.start()
    keeper.stop()
    assert disk.evidence.sealed(alarm) is None
    assert disk.told() == [ErasedBody(alarm=alarm, why="72-h")]


def test_a_clock_that_was_set_back_draws_no_item_out(disk: Disk, monkeypatch: pytest.MonkeyPatch) -> None:
    alarm = alarm_id()
    restart(monkeypatch, "one", 100.0)
    disk.evidence.keep(alarm, b"sealed", NOW, NOW)
    year_back = NOW - timedelta(days=365)
    restart(monkeypatch, "one", 100.0 + KEPT.total_seconds() - 1)
    assert left(disk, alarm, year_back)
    restart(monkeypatch, "one", 100.0 + KEPT.total_seconds())
    assert not left(disk, alarm, year_back)


def test_with_a_clock_set_back_the_age_goes_on_over_restarts(disk: Disk, monkeypatch: pytest.MonkeyPatch) -> None:
    alarm, year_back, day_s = alarm_id(), NOW - timedelta(days=365), 86_400.0
    restart(monkeypatch, "one", 100.0)
    disk.evidence.keep(alarm, b"sealed", NOW, NOW)
    for boot in ("one", "two", "three"):
        for ran_s in (1000.0, day_s):
            restart(monkeypatch, boot, (100.0 if boot == "one" else 0.0) + ran_s)
            assert left(disk, alarm, year_back) is not (boot == "three" and ran_s == day_s)


def test_an_item_is_erased_early_rather_than_late_where_the_clock_runs_ahead(disk: Disk) -> None:
    alarm = alarm_id()
    disk.evidence.keep(alarm, b"sealed", NOW, NOW)
    assert not left(disk, alarm, NOW + timedelta(days=365))


# ---- bounded, and never in an alarm's way


def test_where_there_is_no_room_the_oldest_goes_first_and_the_station_hears_of_it(
    disk: Disk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(evidence_file, "MAX_ITEMS", 3)
    alarms = [alarm_id() for _ in range(5)]
    for minute, alarm in enumerate(alarms):
        disk.evidence.keep(alarm, b"sealed", NOW + timedelta(minutes=minute), NOW)
    assert [disk.evidence.sealed(alarm) is not None for alarm in alarms] == [False, False, True, True, True]
    monkeypatch.setattr(evidence_file, "MAX_BYTES", 2000)
    newest = alarm_id()
    disk.evidence.keep(newest, bytes(1980), NOW + timedelta(hours=1), NOW)
    assert (disk.evidence.held_or_0(), disk.evidence.sealed(newest) is not None) == (1, True)
    disk.clock.off = NOW - datetime.now(UTC)
    erase(disk.evidence, disk.outbox, disk.clock)
    assert {(body.alarm, body.why) for body in disk.told()} == {(alarm, "no-room") for alarm in alarms}
    with pytest.raises(NoRoomError):
        disk.evidence.keep(alarm_id(), bytes(2000), NOW, NOW)
    assert disk.evidence.sealed(newest) is not None


def test_the_disks_reserve_is_the_alarms_and_not_for_faces(disk: Disk, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = alarm_id(), alarm_id()
    disk.evidence.keep(first, bytes(5000), NOW, NOW)
    monkeypatch.setattr(evidence_file, "DISK_RESERVE_BYTES", 2**60)
    disk.evidence.keep(second, bytes(4000), NOW + timedelta(minutes=1), NOW)  # in the first one's place
    assert (disk.evidence.sealed(first), disk.evidence.sealed(second)) == (None, bytes(4000))
    with pytest.raises(NoRoomError):
        disk.evidence.keep(alarm_id(), bytes(5000), NOW, NOW)


def damage_the_file(disk: Disk) -> None:
    (disk.data / EVIDENCE_FILE).write_bytes(b"no database" * 1000)


def lose_the_device_key(disk: Disk) -> None:
    (disk.data / KEY_FILE).unlink()


def lose_the_trust_file(disk: Disk) -> None:
    (disk.data / trust.TRUST_FILE).unlink()


@pytest.mark.parametrize("mishap", [damage_the_file, lose_the_device_key, lose_the_trust_file])
def test_what_goes_wrong_with_evidence_costs_no_alarm_and_is_in_the_log(
    disk: Disk, mishap: Callable[[Disk], None]
) -> None:
    mishap(disk)
    image = face_before_the_gate()
    with structlog.testing.capture_logs() as logged:
        disk.outbox.raise_alarm(wanted(1))
        disk.keep(wanted(1), image)
    assert disk.outbox.depth() == 1
    assert not image.any()
    assert [line["event"] for line in logged if line["event"] == "evidence.not-kept"] == ["evidence.not-kept"]
    assert not re.search(r"\d{17}", str(logged))


def test_a_kiosk_that_an_earlier_version_enrolled_keeps_no_face_and_says_why(tmp_path: Path) -> None:
    disk = Disk(tmp_path, evidence_key=False)
    with structlog.testing.capture_logs() as logged:
        disk.keep(wanted(1), face_before_the_gate())
    assert [line.get("why") for line in logged if line["event"] == "evidence.not-kept"] == ["no-evidence-key"]
    assert disk.evidence.held_or_0() == 0
    disk.close()


def test_handing_a_crop_over_does_not_wait_for_the_disk(disk: Disk) -> None:
    keeper = CropKeeper(disk.data, disk.outbox, disk.clock)
    keeper.start()
    disk.evidence.keep(alarm_id(), b"sealed", NOW, NOW)
    locked = dbapi2.connect(disk.data / EVIDENCE_FILE, isolation_level=None)
    locked.execute("BEGIN IMMEDIATE")  # nobody can write evidence now
    image = face_before_the_gate()
    keeper.keep(wanted(1), LiveFace(image, time.monotonic(), "p", "d"))
    disk.outbox.raise_alarm(wanted(2))
    assert disk.outbox.depth() >= 1
    locked.execute("ROLLBACK")
    locked.close()
    keeper.stop()
    assert disk.evidence.sealed(wanted(1).id) is not None
