"""The station on many machines: what its database costs and gives, each figure beside another one of the same run.

- Uploads of one alarm beside a road of the same server that does nothing, on PostgreSQL (tests.bench.link has SQLite).
- Two instances on one PostgreSQL beside one: the same flood at one, and half of it at each.
- An alarm committed → told to 1, 10 and 50 open consoles: a console is its stream over TLS, read in this process.
- The pages of a station with a year behind it (10⁵ alarms, 10⁶ counts) beside one with a day.

PostgreSQL lies in a folder of its own, with its ordinary settings; it, the instances and the kiosks share the cores of
one machine, where in the field they would not.
"""

import ssl
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack, closing, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final
from uuid import uuid4

import httpx
from sqlalchemy import Connection, insert

from hardware.simulators.scenario.dispatcher import Desk
from hardware.simulators.scenario.processes import REPOSITORY
from sync.station import alarms, visit_counts
from sync.station.postgres import parse_url
from sync.station.store import DATABASE, URL_FILE, Store, open_store
from sync.station.tables import alarm_events, counts, taken_messages
from sync.station.tables import alarms as alarms_table
from tests.bench.link import Link
from tests.bench.link_station import NULL
from tests.bench.rows import Row, percentile
from tests.postgres import Cluster, cluster

CONNECTIONS: Final = 32
FLOOD_S: Final = 4.0
ROUNDS: Final = 3
CONSOLES: Final = (1, 10, 50)
ALARMS: Final = 60
YEAR_ALARMS: Final = 100_000
YEAR_COUNTS: Final = 1_000_000
_MESSAGES: Final = "/v1/messages"


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
            return [*_ingest(server, say), *_consoles(server, say), *_year(server, say)]


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
        heard: dict[int, float] = {}
        for number in range(max(CONSOLES)):
            client = open_ones.enter_context(_console(fleet, dispatcher))
            threading.Thread(target=_listen, args=(client, number, heard), daemon=True).start()
            if number + 1 in CONSOLES:
                say(f"alarms at {number + 1} consoles")
                time.sleep(1.0)  # its stream is open
                milliseconds = [_told(fleet, number + 1, heard) for _ in range(ALARMS)]
                rows += [
                    Row(name=f"many.alarm.{number + 1}-consoles.sent-to-last-told.{name}", value=value, unit="ms")
                    for name, value in (("p50", percentile(milliseconds, 0.5)), ("p99", percentile(milliseconds, 0.99)))
                ]
    return rows


def _console(fleet: OnPostgres, who: Desk) -> httpx.Client:
    tls = ssl.create_default_context(cafile=str(fleet.folder / "ca.pem"))
    client = httpx.Client(base_url=fleet.url, verify=tls, trust_env=False, headers={"X-Station": "console"}, timeout=60)
    signed_in = client.post("/api/login", json={"login": who.login, "password": who.password})
    assert signed_in.status_code == 200, signed_in.text
    return client


def _listen(client: httpx.Client, number: int, heard: dict[int, float]) -> None:
    with suppress(httpx.HTTPError, RuntimeError), client.stream("GET", "/api/events?since=0") as stream:
        for line in stream.iter_lines():
            if line == "event: alarms":
                heard[number] = time.perf_counter()


def _told(fleet: OnPostgres, consoles: int, heard: dict[int, float]) -> float:
    heard.clear()
    sent_s = time.perf_counter()
    assert fleet.first({"one": True})["done"] == 1
    while len(heard) < consoles:
        time.sleep(0.0005)
        assert time.perf_counter() < sent_s + 20
    time.sleep(0.02)
    return (max(heard.values()) - sent_s) * 1e3


def _year(server: Cluster, say: Callable[[str], None]) -> list[Row]:
    rows = []
    with TemporaryDirectory() as folder:
        for name, database in (
            ("file", Path(folder) / DATABASE),
            ("postgres", parse_url(server.new_station_database())),
        ):
            say(f"a day and a year on {name}")
            with closing(open_store(database)) as store:
                _fill(store, 1)
                day = _reads(store)
                _fill(store, 364)
                year = _reads(store)
            for read, ms in year.items():
                rows += [
                    Row(name=f"many.year.{name}.{read}", value=ms, unit="ms"),
                    Row(name=f"many.year.{name}.{read}.to-a-day", value=ms / day[read], unit="ratio", target=2.0),
                ]
    return rows


def _fill(store: Store, days: int) -> None:
    """Alarms that are over, three events each, and counts of every hour."""
    began = datetime.now(UTC) - timedelta(days=days + 1)
    unmeasured: dict[str, Any] = {
        "exercise": False,
        "facts": {},
        "listed": "n/a",
        "lane": "A",
        "kiosk": "k1",
        "visit": "",
    }
    for day in range(days):
        ids = [str(uuid4()) for _ in range(YEAR_ALARMS // 365)]
        at = began + timedelta(days=day)
        with store.write() as conn:
            rows = [{"id": one, "kiosk": "k1", "seq": n, "received_at": at} for n, one in enumerate(ids, 1)]
            conn.execute(insert(taken_messages), rows)
            known = {"kind": "staff-panic", "state": "dismissed", "raised_at": at, "received_at": at}
            conn.execute(insert(alarms_table), [{**unmeasured, **known, "id": one, "seq": 1} for one in ids])
            steps = [(one, step) for step in ("raised", "acknowledged", "dismissed") for one in ids]
            conn.execute(insert(alarm_events), [{"alarm": o, "event": s, "who": "lin", "at": at} for o, s in steps])
            hours = range(YEAR_COUNTS // 365)
            keys = [
                {"hour": at + timedelta(hours=n % 24), "kiosk": f"k{n // 24}", "key": "admit", "n": 1} for n in hours
            ]
            conn.execute(insert(counts), keys)


def _reads(store: Store) -> dict[str, float]:
    """Milliseconds (p50) of what the pages read."""

    def board(conn: Connection) -> None:
        alarms.board(conn), alarms.waiting(conn)

    def pulse(conn: Connection) -> None:
        alarms.changed_since(conn, alarms.newest_event(conn) - 1), alarms.waiting(conn)

    found = {}
    for name, read in (("board", board), ("pulse", pulse), ("counts", visit_counts.totals)):
        took = []
        for _ in range(15):
            began_s = time.perf_counter()
            with store.read() as conn:
                read(conn)
            took.append((time.perf_counter() - began_s) * 1e3)
        found[name] = percentile(took, 0.5)
    return found
