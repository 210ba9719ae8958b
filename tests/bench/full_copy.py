"""A full copy of N rows, made at a station and taken in at a kiosk: ``python -m tests.bench.full_copy N``.

Each half runs in a process of its own, so that its memory is its own.
"""

import json
import multiprocessing
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import text

from sync.station import copies
from sync.station.station import Station
from tests.bench.list_stage import AKiosk, a_station
from watchlist.seal import SEALED_BYTES

_ENTRIES = """
INSERT INTO entries (id, state, name, unit, contact, case_number, legal_basis, guidance, listed_on, expires_on,
                     proposed_by, proposed_at)
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT :count)
SELECT printf('%08x-0000-4000-8000-%012x', i, i), 'listed', 'n', 'u', 'c', 'k', 'wanted-notice', '', '2026-01-01',
       '2030-01-01', 'one', '2026-01-01 00:00:00' FROM n
"""
_ROWS = """
INSERT INTO sealed_rows (epoch, entry, idx, ct, expires_on)
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT :count)
SELECT 1, printf('%08x-0000-4000-8000-%012x', i, i), randomblob(32), randomblob(:sealed), '2030-01-01' FROM n
"""


def main(count: int) -> list[tuple[str, float, str]]:
    """Return the figures as name, value and unit."""
    with tempfile.TemporaryDirectory() as folder:
        station, kiosk = Path(folder) / "station", Path(folder) / "kiosk"
        a_station(station).store.close()
        _alone(_fill, station, count)
        built_s, size_mb, built_mb = _alone(_make, station)
        taken_s, _, taken_mb = _alone(_take, station, kiosk)
    return [
        ("made", built_s, "s"),
        ("made.peak-memory", built_mb, "MiB"),
        ("size", size_mb, "MB"),
        ("taken-in", taken_s, "s"),
        ("taken-in.peak-memory", taken_mb, "MiB"),
    ]


def _fill(folder: Path, count: int) -> tuple[float, float]:
    """List ``count`` entries that nobody looks for."""
    station = Station(folder)
    with station.store.write() as conn:
        conn.execute(text(_ENTRIES), {"count": count})
        conn.execute(text(_ROWS), {"count": count, "sealed": SEALED_BYTES})
    station.store.close()
    return 0.0, 0.0


def _make(folder: Path) -> tuple[float, float]:
    station = Station(folder)
    started_s = time.perf_counter()
    copy = copies.make_copy(station.store, station.keyring, station.tree, 1, datetime.now(UTC), _say)
    taken_s = time.perf_counter() - started_s
    (file,) = (station.tree.folder / "targets" / "snapshots").glob(f"*.{Path(copy.target).name}")
    station.store.close()
    return taken_s, file.stat().st_size / 1e6


def _take(folder: Path, kiosk_folder: Path) -> tuple[float, float]:
    station = Station(folder)
    started_s = time.perf_counter()
    kiosk = AKiosk(kiosk_folder, station)
    taken_s = time.perf_counter() - started_s
    kiosk.look_up(0)
    kiosk.list.close()
    station.store.close()
    return taken_s, 0.0


def _say(written: int, of: int) -> None:
    print(f"  {written:,} of {of:,} rows", file=sys.stderr)


def _alone(work: Callable[..., tuple[float, float]], *arguments: Any) -> tuple[float, float, float]:
    """Run in a fresh process; return its figures and its peak memory in MiB."""
    context = multiprocessing.get_context("spawn")
    with context.Pool(1) as pool:
        return pool.apply(_measured, (work, arguments))


def _measured(work: Callable[..., tuple[float, float]], arguments: tuple[Any, ...]) -> tuple[float, float, float]:
    return *work(*arguments), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    print(json.dumps(main(int(sys.argv[1]))))
