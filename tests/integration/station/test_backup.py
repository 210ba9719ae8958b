"""A backup is a whole station that two of its keepers bring back, and nothing in it comes back that was erased."""

import io
import tarfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from sqlalchemy import insert, select, update
from station_world import SITE

from sync.sealed_face import KEPT
from sync.station import alarms, backup, backup_box, evidence, people
from sync.station.backup_box import BoxError, close_box, key_of, make_keeper, open_box, public_of, read_keeper
from sync.station.certificates import Kiosk
from sync.station.item_keys import ShreddedError
from sync.station.rights import Role
from sync.station.station import Station
from sync.station.tables import audit, invitations
from sync.station.tables import evidence as evidence_table
from tests.blank_station import lay_out_station


def now() -> datetime:
    return datetime.now(UTC)


@pytest.fixture
def station(tmp_path: Path) -> Iterator[Station]:
    station = Station(lay_out_station(tmp_path / "D", SITE))
    yield station
    station.close()


@pytest.fixture
def keepers(tmp_path: Path) -> tuple[list[bytes], list[X25519PrivateKey]]:
    """Three keepers: what the station knows of them, and what lies in their safes."""
    files = [tmp_path / f"{name}.key" for name in ("lin", "zhou", "chen")]
    return [public_of(make_keeper(file)) for file in files], [read_keeper(file) for file in files]


Keepers = tuple[list[bytes], list[X25519PrivateKey]]


def face_of_an_alarm(station: Station) -> str:
    """The sealed face of an alarm that has come from its kiosk; returns the request's id."""
    with station.store.write() as conn:
        alarm = alarms.raise_own(conn, Kiosk("g1", "A"), "silent", now())
        request = str(uuid4())
        asked = {"id": request, "alarm": alarm, "kiosk": "g1", "request": b"", "asked_by": "lin", "asked_at": now()}
        locked = station.evidence_keys.lock(request, b"a sealed face")
        conn.execute(
            insert(evidence_table).values(**asked, until=now(), reason="look", locked=locked, received_at=now())
        )
    return request


def restored(tmp_path: Path, keys: list[X25519PrivateKey]) -> Station:
    backup.restore(tmp_path / "backup", tmp_path / "R", keys, now())
    return Station(tmp_path / "R")


@pytest.mark.parametrize("two", [(0, 1), (1, 0), (0, 2), (2, 1)])
def test_any_two_of_three_keepers_open_a_box(keepers: Keepers, two: tuple[int, int]) -> None:
    box = io.BytesIO()
    close_box(io.BytesIO(b"the station"), box, keepers[0])
    assert b"".join(open_box(box, key_of(box, [keepers[1][n] for n in two]))) == b"the station"


def test_one_keeper_alone_or_with_a_stranger_or_with_himself_opens_none(keepers: Keepers) -> None:
    box = io.BytesIO()
    close_box(io.BytesIO(b"the station"), box, keepers[0])
    one = keepers[1][0]
    for together in ([one], [one, one], [one, X25519PrivateKey.generate()], []):
        with pytest.raises(BoxError):
            key_of(box, together)
    for too_few in ([], keepers[0][:1], keepers[0][:1] * 2):
        with pytest.raises(BoxError):
            close_box(io.BytesIO(b""), io.BytesIO(), too_few)


def test_a_box_that_was_changed_anywhere_or_cut_anywhere_is_refused(
    keepers: Keepers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backup_box, "CHUNK", 16)
    box = io.BytesIO()
    key = close_box(io.BytesIO(bytes(40)), box, keepers[0])
    whole = box.getvalue()
    assert b"".join(open_box(io.BytesIO(whole), key)) == bytes(40)
    for place in range(len(whole)):
        changed = bytearray(whole)
        changed[place] ^= 1
        for bad in (bytes(changed), whole[:place]):
            with pytest.raises(BoxError):
                b"".join(open_box(io.BytesIO(bad), key))
    begins = whole.index(b"\n", len(backup_box.MAGIC)) + 1
    first, second, third = whole[begins : begins + 32], whole[begins + 32 : begins + 64], whole[begins + 64 :]
    for bad in (second + first + third, first + third, first + first + second + third):
        with pytest.raises(BoxError):
            b"".join(open_box(io.BytesIO(whole[:begins] + bad), key))


def test_a_restored_station_is_the_same_station_without_what_it_must_not_have(
    station: Station, keepers: Keepers, tmp_path: Path
) -> None:
    face = face_of_an_alarm(station)
    with station.store.write() as conn:
        people.invite(conn, [Role.ADMIN], "station", now())
    size = backup.make_backup(station, tmp_path / "backup", keepers[0])
    content = (tmp_path / "backup").read_bytes()
    assert len(content) == size
    assert b"SQLite format" not in content
    assert b"PRIVATE KEY" not in content
    assert not list(station.folder.glob(".backup-*"))
    with station.store.write() as conn:
        evidence.erase_due(conn, station.evidence_keys, now() + KEPT)  # meanwhile
    again = restored(tmp_path, keepers[1][1:])
    try:
        assert again.keyring.site == SITE
        assert again.keyring.ca == station.keyring.ca
        assert again.keyring.peppers[1] == station.keyring.peppers[1]
        assert not again.keyring.root_keys_here()
        assert not (again.folder / "evidence-keys").exists()
        with pytest.raises(ShreddedError):
            again.evidence_keys.unlock(face, b"a sealed face")
        with again.store.read() as conn:
            row = conn.execute(select(evidence_table)).one()
            assert (row.locked, row.erased_why) == (None, "restored")
            assert conn.execute(select(invitations.c.used_at)).scalar_one() is not None
            last = conn.execute(select(audit).order_by(audit.c.n.desc())).first()
            assert last is not None
            assert (last.what, last.facts["faces_erased"]) == ("station.restored", 1)
    finally:
        again.close()


def test_a_backup_that_would_make_no_sound_station_is_none(station: Station, keepers: Keepers, tmp_path: Path) -> None:
    face_of_an_alarm(station)
    with station.store.write() as conn:
        people.invite(conn, [Role.ADMIN], "station", now())
        conn.execute(update(audit).where(audit.c.n == 1).values(who="mallory"))
    with pytest.raises(backup.BackupError, match="audit log is broken at row 1"):
        backup.make_backup(station, tmp_path / "backup", keepers[0])
    assert not list(tmp_path.glob("backup*"))


def test_what_is_there_is_neither_overwritten_by_a_backup_nor_by_a_station(
    station: Station, keepers: Keepers, tmp_path: Path
) -> None:
    backup.make_backup(station, tmp_path / "backup", keepers[0])
    with pytest.raises(FileExistsError):
        backup.make_backup(station, tmp_path / "backup", keepers[0])
    with pytest.raises(FileExistsError):
        backup.restore(tmp_path / "backup", station.folder, keepers[1], now())
    with pytest.raises(FileExistsError):
        make_keeper(tmp_path / "lin.key")


def test_a_damaged_backup_leaves_no_half_a_station(station: Station, keepers: Keepers, tmp_path: Path) -> None:
    backup.make_backup(station, tmp_path / "backup", keepers[0])
    whole = (tmp_path / "backup").read_bytes()
    (tmp_path / "backup").write_bytes(whole[:-100] + bytes(100))
    with pytest.raises(BoxError):
        backup.restore(tmp_path / "backup", tmp_path / "R", keepers[1], now())
    assert not list(tmp_path.glob("R*"))


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("../out", tarfile.REGTYPE),
        ("published/../../out", tarfile.REGTYPE),
        ("/out", tarfile.REGTYPE),
        ("out", tarfile.SYMTYPE),
        ("out", tarfile.LNKTYPE),
        ("out", tarfile.FIFOTYPE),
        ("out", tarfile.CHRTYPE),
    ],
)
def test_an_archive_leads_nowhere_but_into_its_folder(tmp_path: Path, name: str, kind: bytes) -> None:
    one = tarfile.TarInfo(name)
    one.type, one.linkname = kind, "station.key"
    (tmp_path / "in").mkdir()
    with tarfile.open(fileobj=io.BytesIO(), mode="w") as tar, pytest.raises(backup.BackupError):
        backup._unpack_one(tar, one, tmp_path / "in")
    assert [path.name for path in tmp_path.rglob("*")] == ["in"]


def test_keys_are_unpacked_for_their_owner_alone(tmp_path: Path) -> None:
    box = io.BytesIO()
    with tarfile.open(fileobj=box, mode="w") as tar:
        one = tarfile.TarInfo("station.key")
        one.mode, one.size = 0o600, 3
        tar.addfile(one, io.BytesIO(b"key"))
    box.seek(0)
    with tarfile.open(fileobj=box) as tar:
        backup._unpack_one(tar, tar.getmembers()[0], tmp_path)
    assert (tmp_path / "station.key").stat().st_mode & 0o777 == 0o600
