"""The agent's side of the list as a process: carries steps out and notes in the disk's log what it has promised.

A life (lives.py) is told the file of the steps, the number of the first one that is left and of the one where it stops,
and a fault to be planted: a build of ours that forgets something.
"""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import msgspec
from disk_log import note
from lives import give_lives
from published_tree import FolderRoad
from steps import Step

import kiosk.sqlite
import watchlist.replica
import watchlist.rows
import watchlist.updates
from watchlist import trust
from watchlist.device_key import KEY_FILE, FileDeviceKeys
from watchlist.look_ups import LookUpCount
from watchlist.replica import ListFollower

ROWS_AT_ONCE: Final = 100
PAGES_OF_LOG: Final = 30
FAR_BEHIND: Final = 40
"""All small, so that a short life has copies of many transactions, of a held epoch too, and logs that begin again."""


def set_up(*pragmas: str) -> None:
    """Have every connection say this as well."""
    as_it_is: Callable[[Any, object], None] = kiosk.sqlite._prepare

    def prepare(connection: Any, record: object) -> None:
        as_it_is(connection, record)
        for pragma in pragmas:
            connection.execute(f"PRAGMA {pragma}")

    kiosk.sqlite._prepare = prepare


def plant(fault: str) -> None:
    match fault:
        case "commits are not synced":
            set_up("synchronous=NORMAL")
        case "trust is not synced":
            del watchlist.updates._Updater._persist_file
        case "look-ups are not synced":
            os.fdatasync = lambda file: None


def follow(folder: Path) -> ListFollower:
    keys = FileDeviceKeys.load(folder / KEY_FILE)
    return ListFollower(folder, trust.load(folder / trust.TRUST_FILE, keys), keys)


def work(folder: Path, file: str, first: int, until: int | None = None, fault: str = "") -> None:
    plant(fault)
    steps = msgspec.json.decode(Path(file).read_bytes(), type=list[Step])
    replica = follow(folder)
    for number, step in enumerate(steps[first:until], first):
        note(f"begun {number}")
        match step.does:
            case "apply":
                replica.apply(Path(step.what).read_bytes(), step.at)
            case "refresh":
                replica.refresh(FolderRoad(Path(step.what)), step.at)
            case "count":
                count = LookUpCount(folder)
                count.add(int(step.what) - count.read())  # whoever was killed may have done it
            case "restart":
                replica.close()
                replica = follow(folder)
        note(f"done {number}")
    replica.close()


if __name__ == "__main__":
    watchlist.rows.CHUNK = ROWS_AT_ONCE
    watchlist.replica.FAR_BEHIND = FAR_BEHIND
    set_up(f"wal_autocheckpoint={PAGES_OF_LOG}")
    give_lives(work)
