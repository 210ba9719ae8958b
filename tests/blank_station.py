"""Stations that nobody has worked at yet: each is a copy of one that this process has started once.

A first start takes longer than most tests, for its migrations and its keys.
Copies have the same keys. Where two stations must be strangers, make them for different sites.
"""

import atexit
import shutil
import tempfile
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from sync.station.keyring import create_keyring
from sync.station.station import Station
from sync.station.store import DATABASE, Store, open_store
from sync.station.webhook_delivery import CAS


def lay_out_station(folder: Path, site: str, now: datetime | None = None, **facts: Any) -> Path:
    """Make a station's folder as a first start at ``now`` leaves it."""
    return shutil.copytree(_first_start(site, now, **facts), folder, dirs_exist_ok=True)


def new_store(folder: Path) -> Store:
    """Open a database in ``folder`` that has all its tables and nothing in them."""
    folder.mkdir(exist_ok=True)
    return open_store(Path(shutil.copy(_migrated(), folder / DATABASE)))


@cache
def _first_start(site: str, now: datetime | None, **facts: Any) -> Path:
    folder = _kept_until_the_end()
    started_at = now or datetime.now(UTC)
    create_keyring(folder, site=site, hosts=("127.0.0.1",), now=started_at, **facts)
    Station(folder, now=lambda: started_at).close()
    shutil.copy(folder / "ca.pem", folder / CAS)  # or each start would read all that this machine trusts
    return folder


@cache
def _migrated() -> Path:
    database = _kept_until_the_end() / DATABASE
    open_store(database).close()
    return database


def _kept_until_the_end() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="blank-station-"))
    atexit.register(shutil.rmtree, folder)
    return folder
