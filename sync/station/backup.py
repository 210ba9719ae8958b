"""A backup of the whole station, made while it runs, and a station made from one.

Rules
- In it: the database, every key but the two kinds below, and what is published. Without its keys a restored station
  would be a stranger to every kiosk. So it takes two of its keepers to open one (sync.station.backup_box).
- Not in it: the evidence's item keys (what is erased must stay erased: a restored station shows no face of an alarm)
  and root keys, which do not belong at the station at all.
- It counts only once it has been read back from the disk, unpacked, and checked: the database's integrity, the chain
  of its audit log, its keys, a pepper for each epoch. Only then does the file get its name.
- The published tree is copied before the database and the keys after it, so that neither is older than what names it.
- A station that is restored ends every session, invitation and enrolment token, says that its evidence is erased, and
  erases what is due; the audit log has it. What people must do then is docs/keys.md, section 8.
"""

import io
import os
import shutil
import tarfile
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from pathlib import Path, PurePosixPath
from typing import BinaryIO, Final

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from sqlalchemy import delete, func, select, text, update

from kiosk.private_file import sync_folder
from sync.station import audit, retention
from sync.station.backup_box import close_box, key_of, open_box
from sync.station.feeds import open_epochs
from sync.station.item_keys import ItemKeys
from sync.station.keyring import EVIDENCE_ITEM_KEYS, KEY_FILES, KEY_FOLDERS, KeyringError, load_keyring
from sync.station.station import Station
from sync.station.store import DATABASE, open_store
from sync.station.tables import audit as audit_log
from sync.station.tables import challenges, enrol_tokens, evidence, invitations, sessions

PUBLISHED: Final = "published"
_SCRATCH: Final = ".backup-"


class BackupError(Exception):
    """The backup does not make a station. Says why."""


def make_backup(station: Station, file: Path, keepers: Sequence[bytes]) -> int:
    """Write a backup that any two of these keepers open, check it, and return its size in bytes.

    Raises:
        BackupError: what was written does not make a station; there is no file then.
        BoxError: the keepers are too few.
        OSError: FileExistsError where there is such a file, or the disk fails.
    """
    if file.exists():
        raise FileExistsError(file)
    unfinished = file.with_name(file.name + ".unfinished")
    try:
        with _scratch(station.folder) as copy, _new_file(unfinished) as box:
            _copy_station(station, copy)
            with tempfile.TemporaryFile(dir=copy.parent) as plain:
                with tarfile.open(fileobj=plain, mode="w") as tar:
                    for one in sorted(copy.iterdir()):
                        tar.add(one, one.name)
                plain.seek(0)
                key = close_box(plain, box, keepers)
            box.flush()
            os.fsync(box.fileno())
            shutil.rmtree(copy)
            _unpack(box, key, copy)
            check(copy, station.now())
        size = unfinished.stat().st_size
        unfinished.rename(file)
        sync_folder(file.parent)
    finally:
        unfinished.unlink(missing_ok=True)
    with station.store.write() as conn:
        ids = ",".join(keeper.hex()[:16] for keeper in keepers)
        audit.record(conn, station.now(), "station", "station.backed-up", bytes=size, keepers=ids)
    return size


def restore(file: Path, folder: Path, keepers: Sequence[X25519PrivateKey], now: datetime) -> str:
    """Make a station in a new folder from a backup; return when its newest act was. It is not started.

    Raises:
        BackupError: it does not make a station; the folder is not made then.
        BoxError: it is damaged, or these are not two of its keepers.
        OSError: FileExistsError where there is such a folder, or the disk fails.
    """
    if folder.exists():
        raise FileExistsError(folder)
    unfinished = folder.with_name(folder.name + ".unfinished")
    try:
        with file.open("rb") as box:
            _unpack(box, key_of(box, keepers), unfinished)
        check(unfinished, now)
        newest_act = _begin_again(unfinished, now)
        unfinished.rename(folder)
        sync_folder(folder.parent)
        return newest_act
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)


def check(folder: Path, now: datetime) -> None:
    """Return if what was unpacked here makes a station. Raises BackupError."""
    try:
        keyring = load_keyring(folder, now=now)
    except KeyringError as err:
        raise BackupError(str(err)) from None
    if not any((folder / PUBLISHED / "metadata").glob("*.root.json")):
        raise BackupError("the published trust is missing")
    store = open_store(folder / DATABASE)
    try:
        with store.read() as conn:
            if conn.dialect.name == "sqlite" and conn.execute(text("PRAGMA integrity_check")).scalar_one() != "ok":
                raise BackupError("the database is damaged")
            broken = audit.first_broken_row(conn)
            without_pepper = set(open_epochs(conn)) - set(keyring.peppers)
    finally:
        store.close()
    if broken is not None:
        raise BackupError(f"the audit log is broken at row {broken}")
    if without_pepper:
        raise BackupError("an epoch was ended meanwhile: make the backup again")


def _copy_station(station: Station, copy: Path) -> None:
    copy.mkdir(mode=0o700)
    # A reader of the tree reads the newest first, and what that names stays for ten versions (sync.station.trust).
    shutil.copytree(station.folder / PUBLISHED, copy / PUBLISHED, ignore=shutil.ignore_patterns("*.new", "*.lock"))
    station.store.copy_to(copy / DATABASE)
    for name in KEY_FILES:
        shutil.copy2(station.folder / name, copy / name)
    for name in KEY_FOLDERS:
        shutil.copytree(station.folder / name, copy / name, ignore=shutil.ignore_patterns("*.new"))


def _unpack(box: BinaryIO, key: bytes, into: Path) -> None:
    into.mkdir(mode=0o700)
    pieces = io.BufferedReader(_Pieces(open_box(box, key)))
    with tarfile.open(fileobj=pieces, mode="r|") as tar:
        for member in tar:
            _unpack_one(tar, member, into)
    while pieces.read(1024 * 1024):
        pass  # to the last piece, which says that nothing was cut off


def _unpack_one(tar: tarfile.TarFile, member: tarfile.TarInfo, into: Path) -> None:
    """Write a file or a folder of the archive below ``into``.

    Whoever made it held the key, but it decides nothing: there is no link, no device and no way out of the folder.
    Not by tarfile's own filter, which Debian 12's Python (3.11.2) lacks.
    """
    place = PurePosixPath(member.name)
    if place.is_absolute() or ".." in place.parts or not (member.isreg() or member.isdir()):
        raise BackupError("it holds something that no backup of a station has")
    path, content = into / place, tar.extractfile(member)
    if content is None:
        path.mkdir(mode=0o700)
    else:
        with open(path, "xb", opener=partial(os.open, mode=0o600)) as file:
            shutil.copyfileobj(content, file)
    path.chmod(member.mode & 0o755)


def _begin_again(folder: Path, now: datetime) -> str:
    """Let nothing come back to life with the database that has ended since the backup."""
    store, keyring = open_store(folder / DATABASE), load_keyring(folder, now=now)
    keys = ItemKeys(folder / EVIDENCE_ITEM_KEYS)
    try:
        with store.write() as conn:
            backed_up_at = conn.execute(select(func.max(audit_log.c.at))).scalar()
            for table in (sessions, challenges):
                conn.execute(delete(table))
            for table in (invitations, enrol_tokens):
                conn.execute(update(table).where(table.c.used_at.is_(None)).values(used_at=now))
            gone = (evidence.c.locked.is_not(None), evidence.c.erased_at.is_(None))
            faces = conn.execute(
                update(evidence).where(*gone).values(locked=None, erased_at=now, erased_why="restored")
            ).rowcount
            newest = backed_up_at.isoformat() if backed_up_at is not None else ""
            audit.record(conn, now, "station", "station.restored", newest_row_at=newest, faces_erased=faces)
        retention.erase_due(store, keys, now)
        with store.write() as conn:
            audit.checkpoint(conn, keyring.audit_key, keyring.site, now)
        return newest
    finally:
        store.close()


@contextmanager
def _scratch(folder: Path) -> Iterator[Path]:
    """Give a folder's path on the station's own disk, which is as secret as what is copied there; also after a kill."""
    for left in folder.glob(f"{_SCRATCH}*"):
        shutil.rmtree(left, ignore_errors=True)
    with tempfile.TemporaryDirectory(prefix=_SCRATCH, dir=folder) as scratch:
        yield Path(scratch) / "station"


@contextmanager
def _new_file(path: Path) -> Iterator[BinaryIO]:
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600), "w+b") as file:
        yield file


class _Pieces(io.RawIOBase):
    """What an iterator yields, as a file that is read once."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces, self._left = pieces, memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "memoryview | bytearray") -> int:  # type: ignore[override]  # typeshed's WriteableBuffer is private
        while not self._left:
            piece = next(self._pieces, None)
            if piece is None:
                return 0
            self._left = memoryview(piece)
        n = min(len(buffer), len(self._left))
        buffer[:n], self._left = self._left[:n], self._left[n:]
        return n
