"""The sealed list: look-ups beside the bare hash, hit beside miss, a full copy of a million rows, no-change refreshes.

Rows that nobody looks for are random bytes of the right length: a look-up never opens them, and to seal a million for
real takes hours. Whatever is looked up was proposed, approved, sealed, published and taken in for real.
"""

import json
import math
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from scipy import stats
from tuf.api.exceptions import DownloadHTTPError
from tuf.ngclient import FetcherInterface, Updater

from hardware.simulators.scenario.processes import REPOSITORY
from kiosk.ports import NotPublishedError
from kiosk.process import keep_freed_memory
from tests.bench.list_stage import LISTED, AKiosk, PublisherRoad, a_station, number
from tests.bench.rows import Row
from watchlist.seal import stretch

SIZES = {"10k": 10_000, "1M": 1_000_000, "10M": 10_000_000}
LOOK_UPS = 60
TWO_SAMPLES = 2_000
REFRESHES = 200
COPIED = 1_000_000


def measure(say: Callable[[str], None]) -> list[Row]:
    """Return the list's rows. Takes about ten minutes, most of it for ten million rows."""
    keep_freed_memory()  # as the kiosk app does: fresh pages would cost more than the hash (docs/adr/0007)
    with tempfile.TemporaryDirectory() as folder:
        station = a_station(Path(folder) / "station")
        kiosk = AKiosk(Path(folder) / "kiosk", station)
        rows = refreshes(kiosk, say)
        rows += hit_and_miss(kiosk, say)
        for name, size in SIZES.items():
            say(f"look-ups in a list of {name}")
            kiosk.fill_up_to(size)
            rows += look_ups(kiosk, name)
        station.store.close()
    return rows + full_copy(say)


def look_ups(kiosk: AKiosk, name: str) -> list[Row]:
    """The whole look-up beside Argon2id alone, in turn."""
    whole, bare = [], []
    for turn in range(LOOK_UPS):
        person = turn // 2 if turn % 2 and turn // 2 < LISTED else LISTED + turn
        started_s = time.perf_counter()
        stretch(number(person), kiosk.pepper)
        bare.append(time.perf_counter() - started_s)
        whole.append(kiosk.look_up(person))
    ratio = statistics.median(whole) / statistics.median(bare)
    return [
        Row(name=f"watchlist.look-up.{name}.p50", value=statistics.median(whole) * 1e3, unit="ms"),
        Row(name=f"watchlist.look-up.{name}.over-argon2id", value=ratio, unit="ratio", target=1.1),
    ]


def hit_and_miss(kiosk: AKiosk, say: Callable[[str], None]) -> list[Row]:
    """Hits and misses in random order: their means, and whether a two-sample test tells them apart at 1 %."""
    say(f"{TWO_SAMPLES} look-ups, half of them hits, in random order")
    order = [True, False] * (TWO_SAMPLES // 2)
    random.Random(5).shuffle(order)
    taken: dict[bool, list[float]] = {True: [], False: []}
    for turn, hit in enumerate(order):
        taken[hit].append(kiosk.look_up(turn % LISTED if hit else LISTED + turn) * 1e3)
    apart = abs(statistics.mean(taken[True]) - statistics.mean(taken[False]))
    error = math.hypot(*(float(stats.sem(some)) for some in taken.values()))
    p = float(stats.ks_2samp(taken[True], taken[False]).pvalue)
    return [
        Row(name="watchlist.hit-or-miss.means-apart", value=apart, unit="ms", target=0.1),
        Row(name="watchlist.hit-or-miss.means-apart.standard-error", value=error, unit="ms"),
        Row(name="watchlist.hit-or-miss.one-minus-p.kolmogorov-smirnov", value=1 - p, unit="-", target=0.99),
    ]


def refreshes(kiosk: AKiosk, say: Callable[[str], None]) -> list[Row]:
    """A refresh that finds nothing new, beside bare python-tuf on the same files, in turn."""
    say(f"{REFRESHES} refreshes that find nothing new")
    ours, bare = [], []
    with kiosk.follower() as follower, tempfile.TemporaryDirectory() as folder:
        for _ in range(REFRESHES):
            started_s = time.perf_counter()
            updater = Updater(folder, "metadata/", fetcher=_Bare(kiosk.road), bootstrap=kiosk.trusted.root)
            updater.refresh()
            bare.append(time.perf_counter() - started_s)
            started_s = time.perf_counter()
            follower.refresh(kiosk.road, datetime.now(UTC))
            ours.append(time.perf_counter() - started_s)
    bare_s, ours_s = statistics.median(bare), statistics.median(ours)
    return [
        Row(name="watchlist.refresh.no-change.bare-python-tuf.p50", value=bare_s * 1e3, unit="ms"),
        Row(name="watchlist.refresh.no-change.p50", value=ours_s * 1e3, unit="ms"),
        Row(name="watchlist.refresh.no-change.over-bare-python-tuf", value=ours_s / bare_s, unit="ratio"),
    ]


class _Bare(FetcherInterface):
    def __init__(self, road: PublisherRoad) -> None:
        self._road = road

    def _fetch(self, url: str) -> Iterator[bytes]:
        try:
            with self._road.fetch(url) as pieces:
                yield from pieces
        except NotPublishedError:
            raise DownloadHTTPError("not published", 404) from None


def full_copy(say: Callable[[str], None]) -> list[Row]:
    """A full copy of a million rows: made at the station, taken in at a kiosk, each in a process of its own."""
    say("a full copy of a million rows: made, taken in")
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.full_copy", str(COPIED)],
        capture_output=True,
        text=True,
        check=True,
        cwd=REPOSITORY,
    )
    found = json.loads(done.stdout.strip().splitlines()[-1])
    return [Row(name=f"watchlist.full-copy.1M.{name}", value=value, unit=unit) for name, value, unit in found]
