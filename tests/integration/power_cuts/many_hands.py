"""Two processes of three threads each that write, replace and sync files of one folder, all at once."""

import os
import sqlite3
import threading
import time
from pathlib import Path

from disk_log import note
from lives import give_lives

CELLS = 300
TURN_S = 0.001


def race(folder: Path, who: str, start_s: float) -> None:
    """Write each cell at the very moment at which the other does: whoever comes last is the one that stays."""
    file = os.open(folder / "raced", os.O_RDWR | os.O_CREAT)
    for cell in range(CELLS):
        while time.monotonic() < start_s + cell * TURN_S:
            pass
        os.pwrite(file, who.encode(), cell * len(who))
    os.close(file)


def hand(folder: Path, name: str) -> None:
    database = sqlite3.connect(folder / "shared.db", timeout=60, isolation_level=None)
    for number in range(20):
        new = folder / f"{name}.new"
        with new.open("wb") as file:
            file.write(name.encode() * 300 * number)
            file.truncate(700 * number)
        new.replace(folder / name)
        database.execute("INSERT INTO t VALUES (?)", (name * number,))
        note(f"{name} {number}")
    database.close()


def work(folder: Path) -> None:
    first = sqlite3.connect(folder / "shared.db")
    first.execute("PRAGMA journal_mode=WAL")
    first.execute("CREATE TABLE t (v TEXT)")
    first.close()
    start_s = time.monotonic() + 10 * TURN_S
    other = os.fork()
    who = "other" if other == 0 else "first"
    (folder / who).mkdir()
    race(folder, who, start_s)
    hands = [threading.Thread(target=hand, args=(folder, f"{who}/{number}")) for number in range(3)]
    for one in hands:
        one.start()
    for one in hands:
        one.join()
    if other == 0:
        os._exit(0)
    os.waitpid(other, 0)


if __name__ == "__main__":
    give_lives(work)
