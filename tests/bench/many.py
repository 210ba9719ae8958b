"""The station on many machines: what its database costs and gives, each figure beside another one of the same run.

- Uploads of one alarm beside a road of the same server that does nothing, on PostgreSQL (tests.bench.link has SQLite).
- Two instances on one PostgreSQL beside one: the same flood at one, and half of it at each.
- An alarm sent → told to 1, 10 and 50 open consoles, and visible: one of them is Chromium, the others are their streams
  over TLS, read in this process. From the sending, so the way to the station and the commit are in it.
- What a page weighs at its first load, and how long until it can be used, beside a bare page of the same size.
- What the pages of a station read that has a year behind it (10⁵ alarms, 10⁶ counts), beside one with a day.

PostgreSQL lies in a folder of its own, with its ordinary settings; it, the instances and the kiosks share the cores of
one machine, where in the field they would not.
"""

import ssl
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager, suppress
from datetime import UTC, date, datetime, timedelta
from functools import partial
from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final
from uuid import uuid4

import httpx
from playwright.sync_api import Browser, Page, sync_playwright
from sqlalchemy import Connection, delete, insert, literal, select, true, union_all

from hardware.simulators.scenario.console import CHROMIUM_ARGUMENTS, CHROMIUM_PATH, sign_in
from hardware.simulators.scenario.dispatcher import Desk
from hardware.simulators.scenario.processes import REPOSITORY
from sync.station import alarm_figures, alarms, audit_reading, desk, history, statistics
from sync.station.period import Length, period_of
from sync.station.postgres import parse_url
from sync.station.site_time import hour_at_site, site_day
from sync.station.store import DATABASE, URL_FILE, Store, open_store
from sync.station.tables import alarm_events, audit, counts, counts_by_month, entries, taken_messages
from sync.station.tables import alarms as alarms_table
from tests.bench.link import Link
from tests.bench.link_station import BARE, NULL
from tests.bench.rows import Row, percentile
from tests.postgres import Cluster, cluster

CONNECTIONS: Final = 32
FLOOD_S: Final = 4.0
ROUNDS: Final = 3
CONSOLES: Final = (1, 10, 50)
ALARMS: Final = 60
YEAR_ALARMS: Final = 100_000
YEAR_COUNTS: Final = 1_000_000
ENTRY: Final = "00000000-0000-4000-8000-000000000001"
COUNT_KEYS: Final = 12
"""Endings and reasons that occur in an hour at one kiosk."""
LOADS: Final = 10
_UNMEASURED: Final = (
    *("similarity", "band", "accept_threshold", "pack", "pack_digest", "face_reason"),
    *("list_age_s", "document_expired"),
)
_MESSAGES: Final = "/v1/messages"
_NOTE_THE_NEWEST: Final = """
() => {
  window.newest = 0;
  const rows = () => document.querySelectorAll("#waiting .alarm").length;
  let before = rows();
  new MutationObserver(() => {
    const now = rows();
    if (now > before) window.newest = Date.now();
    before = now;
  }).observe(document.body, { childList: true, subtree: true });
}
"""


class OnPostgres(Link):
    """A fleet whose station is on a server; each half of it has an instance of its own, or both have the same."""

    def __init__(self, count: int, database: str, instances: int, say: Callable[[str], None]) -> None:
        super().__init__(REPOSITORY / "build" / "many", count, busy=False, say=say)
        self.folder.mkdir()
        (self.folder / URL_FILE).write_text(database)
        self._instances = instances

    def start_station(self, port: int = 0) -> str:
        url = super().start_station(port)
        self._second = url if self._instances == 1 else self.start_second()
        return url

    def start_second(self) -> str:
        process = self.processes.start("second", self.station_program(0))
        log = self.processes.log("second")
        while "station ready " not in log.read_text():
            assert process.poll() is None, log.read_text()
            time.sleep(0.05)
        return log.read_text().partition("station ready ")[2].split()[0]

    def shard_program(self, first: int, many: int) -> list[str]:
        url = self.url if first == 0 else self._second
        return ["-m", "tests.bench.link_load", url, str(self.kiosks), str(first), str(many)]

    def flood(self, path: str) -> int:
        answers = self.tell({"flood": {"path": path, "connections": CONNECTIONS // 2, "seconds": FLOOD_S}})
        return sum(int(answer["done"]) for answer in answers)


def measure(say: Callable[[str], None]) -> list[Row]:
    """Measure all of it."""
    with TemporaryDirectory(prefix="bench-postgres-") as folder:
        Path(folder).chmod(0o755)
        with cluster(Path(folder) / "one") as server:
            return [*_ingest(server, say), *_consoles(server, say), *_pages(server, say), *_year(server, say)]


def _ingest(server: Cluster, say: Callable[[str], None]) -> list[Row]:
    taken: dict[int, float] = {}
    nothing = 0.0
    for instances in (1, 2):
        say(f"uploads on PostgreSQL, {instances} instance(s)")
        with OnPostgres(CONNECTIONS, server.new_station_database(), instances, say).up() as fleet:
            assert isinstance(fleet, OnPostgres)
            done = {NULL: 0, _MESSAGES: 0}
            for _ in range(ROUNDS):
                for path in done:
                    done[path] += fleet.flood(path)
        taken[instances] = done[_MESSAGES] / (ROUNDS * FLOOD_S)
        nothing = nothing or done[NULL] / (ROUNDS * FLOOD_S)
    return [
        Row(name="many.postgres.one-instance.alarms", value=taken[1], unit="1/s"),
        Row(name="many.postgres.one-instance.null-to-alarms", value=nothing / taken[1], unit="ratio", target=2.0),
        Row(name="many.postgres.two-instances.alarms", value=taken[2], unit="1/s"),
        Row(name="many.postgres.two-instances.to-one", value=taken[2] / taken[1], unit="ratio"),
    ]


def _consoles(server: Cluster, say: Callable[[str], None]) -> list[Row]:
    rows = []
    with OnPostgres(2, server.new_station_database(), 1, say).up() as fleet, ExitStack() as open_ones:
        dispatcher = fleet.admin.invite(fleet.url, fleet.folder / "ca.pem", "bench-dispatcher", "dispatcher")
        page = open_ones.enter_context(_chromium()).new_page(ignore_https_errors=True)
        sign_in(page, fleet.url, dispatcher)
        page.evaluate(_NOTE_THE_NEWEST)
        heard: dict[int, float] = {}
        for others in range(max(CONSOLES)):
            if others > 0:
                client = open_ones.enter_context(_console(fleet, dispatcher))
                threading.Thread(target=_listen, args=(client, others, heard), daemon=True).start()
            if others + 1 in CONSOLES:
                say(f"alarms at {others + 1} consoles")
                time.sleep(1.5)  # its stream is open
                told, visible = zip(*(_told(fleet, others, heard, page) for _ in range(ALARMS)), strict=True)
                for what, milliseconds in (("last-told", told), ("visible", visible)):
                    name = f"many.alarm.{others + 1}-consoles.sent-to-{what}"
                    rows += [
                        Row(name=f"{name}.p50", value=percentile(milliseconds, 0.5), unit="ms"),
                        Row(name=f"{name}.p99", value=percentile(milliseconds, 0.99), unit="ms", target=2000),
                    ]
    return rows


def _pages(server: Cluster, say: Callable[[str], None]) -> list[Row]:
    """What a page weighs, and when it can be used: its modules have run, and everything is loaded."""
    rows = []
    with OnPostgres(1, server.new_station_database(), 1, say).up() as fleet, _chromium() as browser:
        supervisor = fleet.admin.invite(fleet.url, fleet.folder / "ca.pem", "bench-supervisor", "supervisor")
        context = browser.new_context(ignore_https_errors=True)
        page = context.new_page()
        sign_in(page, fleet.url, supervisor)
        network = context.new_cdp_session(page)
        network.send("Network.enable")
        network.send("Network.setCacheDisabled", {"cacheDisabled": True})
        sizes: list[float] = []
        network.on("Network.loadingFinished", lambda done: sizes.append(done["encodedDataLength"]))
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        for name in ("", "kiosks", "statistics", "audit"):
            say(f"the page /{name}")
            sizes.clear()
            page.goto(f"{fleet.url}/{name}", wait_until="load")
            weight = sum(sizes)
            ours, bare = [], []
            for _ in range(LOADS):
                ours.append(_loaded(page, f"{fleet.url}/{name}"))
                bare.append(_loaded(page, f"{fleet.url}{BARE}?bytes={int(weight)}"))
            row = f"console.page.{name or 'alarms'}"
            usable, of_bare = percentile(ours, 0.5), percentile(bare, 0.5)
            rows += [
                Row(name=f"{row}.first-load", value=weight / 1000, unit="kB", target=300),
                Row(name=f"{row}.time-to-interactive", value=usable, unit="ms"),
                Row(name=f"{row}.time-to-interactive.to-bare-page", value=usable / of_bare, unit="ratio"),
            ]
        elsewhere = {url for url in asked if not url.startswith((fleet.url, "data:", "blob:"))}
        assert not elsewhere, elsewhere
    return rows


def _loaded(page: Page, url: str) -> float:
    """Milliseconds from the request to the end of loading."""
    page.goto(url, wait_until="load")
    found: float = page.evaluate("() => performance.getEntriesByType('navigation')[0].loadEventStart")
    return found


@contextmanager
def _chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM_PATH, args=list(CHROMIUM_ARGUMENTS))
        yield browser
        browser.close()


def _console(fleet: OnPostgres, who: Desk) -> httpx.Client:
    tls = ssl.create_default_context(cafile=str(fleet.folder / "ca.pem"))
    headers = {"X-Station": "console", "Cookie": who.session}
    return httpx.Client(base_url=fleet.url, verify=tls, trust_env=False, headers=headers, timeout=60)


def _listen(client: httpx.Client, number: int, heard: dict[int, float]) -> None:
    with suppress(httpx.HTTPError, RuntimeError), client.stream("GET", "/api/events?since=0") as stream:
        for line in stream.iter_lines():
            if line == "event: alarms":
                heard[number] = time.time()


def _told(fleet: OnPostgres, others: int, heard: dict[int, float], page: Page) -> tuple[float, float]:
    """Return the milliseconds until the last console was told, and until the alarm was visible in Chromium."""
    heard.clear()
    page.evaluate("() => { window.newest = 0; }")
    sent_s = time.time()
    assert fleet.first({"one": True})["done"] == 1
    while len(heard) < others or not page.evaluate("() => window.newest"):
        assert time.time() < sent_s + 20
        time.sleep(0.0005)
    visible_s = page.evaluate("() => window.newest") / 1e3
    time.sleep(0.02)
    return (max([*heard.values(), visible_s]) - sent_s) * 1e3, (visible_s - sent_s) * 1e3


def _year(server: Cluster, say: Callable[[str], None]) -> list[Row]:
    rows = []
    with TemporaryDirectory() as folder:
        for name, database in (
            ("file", Path(folder) / DATABASE),
            ("postgres", parse_url(server.new_station_database())),
        ):
            say(f"a day and a year on {name}")
            with closing(open_store(database)) as store:
                _list_one(store)
                _fill(store, [0])
                day = _reads(store)
                _fill(store, range(1, 365))
                alarm_figures.put_down(store, datetime.now(UTC))
                with store.write() as conn:
                    if conn.dialect.name == "postgresql":
                        conn.exec_driver_sql("ANALYZE")  # it would by itself, within a minute
                year = _reads(store)
            for read, ms in year.items():
                # Of a longer period there is more to read, by its nature; what it takes is promised, not that it is as
                # little as on the first day.
                is_longer = read.startswith("statistics-") and read != "statistics-day"
                rows += [
                    Row(name=f"many.year.{name}.{read}", value=ms, unit="ms", target=500 if is_longer else None),
                    Row(
                        name=f"many.year.{name}.{read}.to-a-day",
                        value=ms / day[read],
                        unit="ratio",
                        target=None if is_longer else 2.0,
                    ),
                ]
    return rows


def _fill(store: Store, days_ago: Sequence[int]) -> None:
    """What these days leave: alarms that are over, three events each, counts of every hour, and the audit log."""
    today = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    unmeasured: dict[str, Any] = {
        "exercise": False,
        "facts": {**dict.fromkeys(_UNMEASURED), "liveness": "n/a"},
        "listed": "n/a",
        "lane": "A",
        "kiosk": "k1",
        "visit": "",
    }
    keys = ("admit", *(f"refer/face.{n}" for n in range(COUNT_KEYS - 1)))
    kiosks = [f"k{number}" for number in range(YEAR_COUNTS // (365 * 24 * COUNT_KEYS))]
    with store.write() as conn:
        for days in days_ago:
            at = today - timedelta(days=days)
            ids = [str(uuid4()) for _ in range(YEAR_ALARMS // 365)]
            rows = [{"id": one, "kiosk": "k1", "seq": n, "received_at": at} for n, one in enumerate(ids, 1)]
            conn.execute(insert(taken_messages), rows)
            known = {"kind": "staff-panic", "state": "dismissed", "raised_at": at, "received_at": at}
            conn.execute(insert(alarms_table), [{**unmeasured, **known, "id": one, "seq": 1} for one in ids])
            steps = [(one, step) for step in ("raised", "acknowledged", "dismissed") for one in ids]
            conn.execute(insert(alarm_events), [{"alarm": o, "event": s, "who": "lin", "at": at} for o, s in steps])
            acts = [{"n": days * len(ids) + n, "facts": {"alarm": one}} for n, one in enumerate(ids, 1)]
            acts[0]["facts"] = {"entry": ENTRY if days == 0 else ids[0]}
            same = {"at": at, "who": "lin", "what": "alarm.acknowledged", "hash": ""}
            conn.execute(insert(audit), [same | act for act in acts])
            hours = [at + timedelta(hours=hour) for hour in range(24)]
            conn.execute(insert(counts), [{"hour": hour, "kiosk": "k0", "key": "admit", "n": 7} for hour in hours])
        first = today - timedelta(days=days_ago[-1])
        end = today - timedelta(days=days_ago[0] - 1)
        model = (counts.c.kiosk == "k0", counts.c.key == "admit", counts.c.hour >= first, counts.c.hour < end)
        pairs = [select(literal(k).label("kiosk"), literal(y).label("key")) for k, y in product(kiosks, keys)]
        others = union_all(*pairs[1:]).subquery()
        columns = (counts.c.hour, others.c.kiosk, others.c.key, counts.c.n)
        same_everywhere = select(*columns).join_from(counts, others, true()).where(*model)
        conn.execute(insert(counts).from_select(["hour", "kiosk", "key", "n"], same_everywhere))
        # By the month anew and all at once: added by the hour it would take minutes.
        conn.execute(delete(counts_by_month))
        by_month = Counter(hour_at_site(today - timedelta(hours=hour)) for hour in range(-23, 24 * days_ago[-1] + 1))
        every_month = product(by_month.items(), kiosks, keys)
        rows = [{"month": m, "hour": h, "kiosk": k, "key": y, "n": 7 * n} for ((m, h), n), k, y in every_month]
        conn.execute(insert(counts_by_month), rows)


def _list_one(store: Store) -> None:
    words = ("name", "unit", "contact", "case_number", "legal_basis", "guidance", "proposed_by")
    day = date(2026, 1, 1)
    facts: dict[str, Any] = {"listed_on": day, "expires_on": day, "proposed_at": datetime.now(UTC), "state": "listed"}
    with store.write() as conn:
        conn.execute(insert(entries), {"id": ENTRY, **dict.fromkeys(words, "-"), **facts})


def _reads(store: Store) -> dict[str, float]:
    """Milliseconds (p50) of what the pages read."""

    def board(conn: Connection) -> None:
        alarms.board(conn), alarms.waiting(conn)

    def pulse(conn: Connection) -> None:
        alarms.changed_since(conn, alarms.newest_event(conn) - 1), desk.frame(conn)

    def log(conn: Connection) -> None:
        audit_reading.rows(conn, audit_reading.Asked(who="lin"))

    def entry(conn: Connection) -> None:
        history.history(conn, ENTRY)

    def sheets(length: Length, conn: Connection) -> None:
        now = datetime.now(UTC)
        statistics.sheets(conn, period_of(length, site_day(now)), now)

    found = {}
    of_periods = ((f"statistics-{length}", partial(sheets, length)) for length in Length)
    for name, read in (("board", board), ("pulse", pulse), ("audit", log), ("entry", entry), *of_periods):
        took = []
        for _ in range(15):
            began_s = time.perf_counter()
            with store.read() as conn:
                read(conn)
            took.append((time.perf_counter() - began_s) * 1e3)
        found[name] = percentile(took, 0.5)
    return found
