"""No file lies at station or gate that docs/retention.md does not name."""

from contextlib import closing
from datetime import UTC, datetime
from fnmatch import fnmatch
from pathlib import Path

from kiosk_with_station import Kiosk
from station_world import World

from kiosk.doorbell import DOORBELL_FILE
from kiosk.time_anchor import ANCHOR_FILE
from sync.kiosk_end import agent, evidence_file, outbox, turns
from sync.station.backup import make_backup
from sync.station.backup_box import make_keeper, public_of
from sync.station.retention import KINDS, KIOSK, STATION
from watchlist import device_key, look_ups, store, trust


def unnamed(where: str, names: list[str]) -> list[str]:
    patterns = [pattern for kind in KINDS if kind.where == where for pattern in kind.files]
    return [name for name in names if not any(fnmatch(name, pattern) for pattern in patterns)]


def files_of(folder: Path) -> list[str]:
    return [str(file.relative_to(folder)) for file in folder.rglob("*") if not file.is_dir()]


def test_every_file_of_a_station_at_work_has_a_limit_an_owner_and_a_reason(world: World, tmp_path: Path) -> None:
    with world.kiosk("g1"):
        keepers = [public_of(make_keeper(tmp_path / f"{n}.key")) for n in range(2)]
        make_backup(world.station, tmp_path / "backup", keepers)
        world.station.evidence_keys.lock("a", b"a face")
        files = [name for name in files_of(world.folder) if not name.startswith("client-")]  # the test's own
    assert unnamed(STATION, files) == []
    assert unnamed(STATION, ["faces.db", "visits.csv"]) == ["faces.db", "visits.csv"]


def test_every_file_of_a_gate_has_too(world: World, tmp_path: Path) -> None:
    Kiosk(world, tmp_path / "kiosk")
    with closing(outbox.OutboxFile(tmp_path / "kiosk" / outbox.OUTBOX_FILE)) as opened:
        opened.link_faults(datetime.now(UTC))
        files = files_of(tmp_path / "kiosk")
    known = (agent.LOCK_FILE, turns.LOCK_FILE, evidence_file.EVIDENCE_FILE, store.LIST_FILE, trust.TRUST_FILE)
    known += (look_ups.COUNT_FILE, device_key.KEY_FILE, device_key.SEALED_FILE, ANCHOR_FILE, DOORBELL_FILE)
    assert unnamed(KIOSK, [*files, *known]) == []
