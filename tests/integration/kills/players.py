"""The programs under torture, forked by ``nursery``: the real agent, the real station, and an app that raises alarms.

The app does what the kiosk app does with its outbox, as fast as it is told. It says in a ledger (``ledger``) what it is
about to do, and what has returned.
"""

import ctypes
import json
import os
import random
import signal
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache, partial
from pathlib import Path
from uuid import uuid4

import disk_log
import ledger
import plants
from raised import admitted, wanted

import sync.kiosk_end.__main__
import sync.station.__main__
from kiosk import doorbell
from kiosk.domain.ids import AlarmId, VisitId
from sync.kiosk_end.outbox import OUTBOX_FILE, OutboxFile

_DIES_WITH_PARENT = 1  # PR_SET_PDEATHSIG


def main() -> None:
    """Fork a program for each line of stdin that asks for one, and answer with its number or with how it ended."""
    for line in sys.stdin:
        asked = json.loads(line)
        if "reap" in asked:
            answer = os.waitstatus_to_exitcode(os.waitpid(asked["reap"], 0)[1])
        else:
            answer = os.fork()
            if answer == 0:
                ctypes.CDLL(None).prctl(_DIES_WITH_PARENT, signal.SIGKILL)
                play(**asked)
                return
        print(answer, flush=True)  # noqa: T201  # its answer


def play(
    program: str, words: list[str], output: str, plant: str = "", disk: tuple[str, str, int, bool] | None = None
) -> None:
    printed = os.open(output, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    for number in (1, 2):
        os.dup2(printed, number)
    plants.plant(plant)
    at_work = nothing
    if disk is not None:
        folder, log, killed_after, waits = disk
        begin = partial(begin_log, Path(folder), Path(log), killed_after)
        if waits:
            at_work = begin
        else:
            begin()
    PROGRAMS[program](words, at_work)


@cache
def begin_log(folder: Path, log: Path, killed_after: int) -> None:
    """Log from now on, and die after so many changes; asked again, do nothing."""
    disk_log.begin(folder, log)
    disk_log.die_after(killed_after)


def nothing() -> None:
    """Begin nothing: all is logged from the start, or nothing is."""


def agent(words: list[str], at_work: Callable[[], None]) -> None:
    ledger.note_what_is_taken(at_work)
    sys.argv = ["kiosk-sync", *words]
    sync.kiosk_end.__main__.main()


def station(words: list[str], at_work: Callable[[], None]) -> None:
    ledger.note_what_is_answered(at_work)
    sys.argv = ["station", *words]
    sync.station.__main__.main()


def app(words: list[str], _at_work: Callable[[], None]) -> None:
    data, book, rounds, longest_pause_s = Path(words[0]), Path(words[1]), int(words[2]), float(words[3])
    outbox = OutboxFile(data / OUTBOX_FILE, partial(doorbell.ring, data / doorbell.DOORBELL_FILE))
    say = ledger.scribe(book)
    outbox.report(frozenset(), datetime.now(UTC))
    while rounds:
        rounds -= 1
        ref, now = str(uuid4()), datetime.now(UTC)
        say(f"begun {ref}")
        outbox.raise_alarm(replace(wanted(0), id=AlarmId(ref), visit=VisitId(ref), raised_at=now))
        say(f"raised {ref}")
        say("counting")
        outbox.count(admitted(now))
        say("counted")
        time.sleep(random.uniform(0, longest_pause_s))
    outbox.close()


PROGRAMS: dict[str, Callable[[list[str], Callable[[], None]], None]] = {"app": app, "agent": agent, "station": station}

if __name__ == "__main__":
    main()
