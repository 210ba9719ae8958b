"""Several instances of one station on one database, and a standby that takes over: nobody at the gate notices."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import func, select, update
from station_world import World, alarm, beat, running, upload

from sync import wire
from sync.station import alarms, audit
from sync.station.certificates import Kiosk
from sync.station.leader import Leader
from sync.station.postgres import parse_url
from sync.station.rights import Role
from sync.station.store import Store, open_store
from sync.station.supervision import Supervision
from sync.station.tables import alarm_events, audited_entry, audited_import, kiosks, metadata, silences
from sync.station.tables import audit as audit_table
from tests.postgres import Cluster, cluster

THE_KIOSK = Kiosk("g1", "A")


@pytest.fixture
def two(tmp_path: Path, postgres: Cluster) -> Iterator[tuple[World, World]]:
    """Two instances whose folder is shared, as they share it in the field."""
    database = postgres.new_station_database()
    with running(tmp_path / "station", database=database) as one, running(tmp_path / "station") as other:
        yield one, other


@pytest.fixture
def store(postgres: Cluster) -> Iterator[Store]:
    with closing(open_store(parse_url(postgres.new_station_database()))) as store:
        yield store


def until(claim: Callable[[], bool], seconds: float = 20.0) -> float:
    """Wait until it holds; return how long that took."""
    began_s = time.monotonic()
    while not claim():
        assert time.monotonic() < began_s + seconds
        time.sleep(0.02)
    return time.monotonic() - began_s


def test_the_migrations_make_exactly_the_tables_of_the_store_on_postgresql(store: Store) -> None:
    with store.read() as conn:
        context = MigrationContext.configure(conn, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []


def test_whoever_reads_on_from_the_last_number_skips_nothing_however_many_instances_write(
    store: Store, postgres: Cluster
) -> None:
    """A number drawn early and committed late would be below what a console has seen, and never be shown."""
    assert store.server is not None
    writing = threading.Event()
    writing.set()

    def write(name: str) -> None:
        assert store.server is not None
        with closing(open_store(store.server)) as own:
            for _ in range(25):
                with own.write() as conn:
                    audit.record(conn, datetime.now(UTC), name, "test.act")
                    alarms.note(conn, first, name, datetime.now(UTC))
                    time.sleep(0.002)  # between drawing the number and committing it

    with store.write() as conn:
        first = alarms.raise_own(conn, THE_KIOSK, "kiosk-silent", datetime.now(UTC))
    writers = [threading.Thread(target=write, args=(f"w{n}",)) for n in range(4)]
    seen: list[int] = []
    for one in writers:
        one.start()
    while any(one.is_alive() for one in writers) or len(seen) < 101:
        with store.read() as conn:
            c = alarm_events.c
            seen += conn.execute(select(c.n).where(c.n > (seen[-1] if seen else 0)).order_by(c.n)).scalars()
        if not any(one.is_alive() for one in writers):
            break
    for one in writers:
        one.join()
    with store.read() as conn:
        seen += conn.execute(select(alarm_events.c.n).where(alarm_events.c.n > seen[-1])).scalars()
        assert len(seen) == conn.execute(select(func.count()).select_from(alarm_events)).scalar_one() == 101
        assert audit.first_broken_row(conn) is None


def test_one_instance_leads_and_the_next_one_leads_when_it_is_gone(store: Store) -> None:
    one, other = Leader(store.server), Leader(store.server)
    assert (one.is_us(), other.is_us(), one.is_us()) == (True, False, True)
    one.close()
    assert other.is_us()
    assert not one.is_us()
    other.close()


def test_an_alarm_that_one_instance_took_is_rung_at_the_other_at_once(two: tuple[World, World]) -> None:
    one, other = two
    with one.kiosk() as kiosk, other.person("lin", Role.DISPATCHER) as lin:
        rung = threading.Event()
        other.station.alarm_bell.ring_here = rung.set  # type: ignore[method-assign]  # an ear outside of its event loop
        until(lambda: _heard_after(rung, one))
        rung.clear()
        message = alarm()
        upload(kiosk, message)
        assert rung.wait(2)
        assert [row["id"] for row in lin.get("/api/alarms").json()["alarms"]] == [message.id]
        assert lin.post(f"/api/alarms/{message.id}/acknowledge").status_code == 200
    with one.person("zhou", Role.DISPATCHER) as zhou:
        second = zhou.post(f"/api/alarms/{message.id}/acknowledge")
        assert (second.status_code, second.json()["who"]) == (409, "lin")


def _heard_after(rung: threading.Event, elsewhere: World) -> bool:
    elsewhere.station.alarm_bell.ring()  # until both have connected
    return rung.wait(0.2)


def test_a_kiosk_that_speaks_to_another_instance_is_not_silent_and_one_that_speaks_to_none_is(
    two: tuple[World, World],
) -> None:
    one, other = two
    with other.kiosk("g1") as speaks, other.kiosk("g2") as stops:
        for kiosk in (speaks, stops):
            assert kiosk.post("/v1/heartbeat", content=beat()).status_code == 200
        clock = time.monotonic() + 40
        one.station.monotonic = lambda: clock - 40
        leading = Supervision(one.station)  # has listened for 40 s
        one.station.monotonic = lambda: clock
        with one.station.store.write() as conn:
            longer = func.clock_timestamp() - func.make_interval(0, 0, 0, 0, 0, 0, 35)
            conn.execute(update(kiosks).where(kiosks.c.id == "g2").values(heard_at=longer))
        leading.look()
        with one.station.store.read() as conn:
            assert conn.execute(select(silences.c.kiosk)).scalars().all() == ["g2"]


def test_a_text_that_postgresql_cannot_keep_is_refused_and_holds_nothing_up(two: tuple[World, World]) -> None:
    one, _ = two
    good, bad = alarm(1), alarm(2, kind="a\0b")
    with one.kiosk() as kiosk, one.person("lin", Role.DISPATCHER) as lin:
        answer = upload(kiosk, good, bad)
        assert (answer.taken, [refused.why for refused in answer.refused]) == ((good.id,), ["nul-in-text"])
        assert lin.post("/api/alarms/%00/acknowledge").status_code in (400, 404)
        assert lin.post(f"/api/alarms/{good.id}/acknowledge").status_code == 200
        assert lin.post(f"/api/alarms/{good.id}/dismiss", json={"why": "a\0b"}).status_code == 400


def test_what_happened_to_an_entry_is_found_without_reading_the_whole_log(store: Store) -> None:
    with store.read() as conn:
        conn.exec_driver_sql("SET LOCAL enable_seqscan = off")  # of a short log it would be right to read all
        conn.exec_driver_sql("SET LOCAL enable_indexscan = off")  # nor along another index, in its order
        query = select(audit_table).where((audited_entry == "e") | audited_import.in_(["i"]))
        asked = query.order_by(audit_table.c.n).compile(conn, compile_kwargs={"literal_binds": True})
        plan = "\n".join(conn.exec_driver_sql(f"EXPLAIN {asked}".replace("%", "%%")).scalars())
    assert "ix_audit_entry" in plan, plan
    assert "ix_audit_import" in plan, plan


def test_a_sequence_of_63_bits_is_taken(two: tuple[World, World]) -> None:
    with two[0].kiosk() as kiosk:
        message = alarm(2**63 - 1)
        assert upload(kiosk, message).taken == (message.id,)


def test_the_primary_dies_under_load_and_no_acknowledged_alarm_is_lost(tmp_path: Path) -> None:
    with TemporaryDirectory(prefix="station-postgres-") as folder, ExitStack() as ends:
        Path(folder).chmod(0o755)
        first = ends.enter_context(cluster(Path(folder) / "first"))
        second = first.standby(Path(folder) / "second")
        ends.callback(second.stop)
        name = first.new_database().rpartition("/")[2]
        both = f"postgresql://station@127.0.0.1:{first.port},127.0.0.1:{second.port}/{name}"
        one = ends.enter_context(running(tmp_path / "station", database=both))
        other = ends.enter_context(running(tmp_path / "station"))
        acknowledged: list[str] = []
        enough = threading.Event()

        def send(world: World, kiosk: httpx.Client) -> None:
            for seq in range(1, 10_000):
                message = alarm(seq)
                while not enough.is_set():  # as the agent does: the same one again until it is acknowledged
                    answer = kiosk.post(
                        "/v1/messages", content=wire.encode(wire.Upload(messages=(message,))), timeout=30
                    )
                    if answer.status_code == 200:
                        acknowledged.append(message.id)
                        break
                    time.sleep(0.05)
                if enough.is_set():
                    return

        senders = [
            threading.Thread(target=send, args=(world, ends.enter_context(world.kiosk(f"g{n}"))))
            for n, world in enumerate((one, other, one, other))
        ]
        lin = ends.enter_context(other.person("lin", Role.DISPATCHER))
        for sender in senders:
            sender.start()
        until(lambda: len(acknowledged) > 20)
        first.kill()
        before = len(acknowledged)
        second.promote()
        until(lambda: len(acknowledged) > before + 20, 40)
        enough.set()
        for sender in senders:
            sender.join()
        shown: list[str] = []
        since = 0
        while (page := lin.get(f"/api/alarms?since={since}").json())["alarms"]:
            shown += [row["id"] for row in page["alarms"]]
            since = page["upto"]
        assert set(acknowledged) <= set(shown)
        assert len(shown) == len(set(shown))
        with one.station.store.read() as conn:
            assert audit.first_broken_row(conn) is None
