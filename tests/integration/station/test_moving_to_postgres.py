"""`station migrate-db`: a site that is at work goes from its file to a server, and nothing that it had said is lost."""

from pathlib import Path

import pytest
from sqlalchemy import func, select, update
from station_world import World, alarm, running, upload

from sync import wire
from sync.station import alarms, audit
from sync.station.moving import CannotMoveError, move
from sync.station.postgres import parse_url
from sync.station.rights import Role
from sync.station.store import open_store
from sync.station.tables import alarm_events, taken_messages
from tests.postgres import Cluster


def seen(world: World) -> list[str]:
    with world.station.store.read() as conn:
        return [row["id"] for row in alarms.changed_since(conn, 0)[1]]


def test_a_site_at_work_is_moved_without_loss_and_its_old_server_takes_nothing_more(
    world: World, postgres: Cluster
) -> None:
    first, late = alarm(1), alarm(2)
    with world.kiosk() as kiosk, world.person("lin", Role.DISPATCHER) as lin:
        assert upload(kiosk, first).taken == (first.id,)
        assert lin.post(f"/api/alarms/{first.id}/acknowledge").status_code == 200
        moved = move(world.folder, postgres.new_database())
        assert moved["alarms"] == 1
        assert kiosk.post("/v1/messages", content=wire.encode(wire.Upload(messages=(late,)))).status_code >= 500
        with running(world.folder) as again:
            kiosk.base_url = lin.base_url = again.url
            assert upload(kiosk, late).taken == (late.id,)  # as the agent does: it sends again
            assert lin.get("/api/me").json()["login"] == "lin"
            assert seen(again) == [first.id, late.id]
            assert again.station.store.server is not None
            with again.station.store.read() as conn:
                assert audit.first_broken_row(conn) is None
                assert conn.execute(select(func.count()).select_from(alarm_events)).scalar_one() == 3
            for client in (kiosk, lin):
                client.close()


def test_a_move_that_was_cut_off_is_finished_by_the_same_command(world: World, postgres: Cluster) -> None:
    with world.kiosk() as kiosk:
        upload(kiosk, alarm())
    url = postgres.new_database()
    moved = move(world.folder, url)
    (world.folder / "database.url").unlink()  # the power went just before it was written
    assert move(world.folder, url) == moved


def test_a_database_that_holds_anything_is_refused(world: World, postgres: Cluster, tmp_path: Path) -> None:
    url = postgres.new_database()
    with running(tmp_path / "other", database=url) as other, other.kiosk() as kiosk:
        upload(kiosk, alarm())
    with pytest.raises(CannotMoveError, match="not empty"):
        move(world.folder, url)
    with world.kiosk() as kiosk:
        assert upload(kiosk, alarm()).taken  # it goes on where it was


def test_a_copy_that_differs_by_one_value_is_not_gone_on_with(
    world: World, postgres: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    with world.kiosk() as kiosk:
        upload(kiosk, alarm())
    url = postgres.new_database()
    move(world.folder, url)
    (world.folder / "database.url").unlink()
    target = open_store(parse_url(url))
    with target.write() as conn:
        conn.execute(update(taken_messages).values(seq=taken_messages.c.seq + 1))
    target.close()
    with pytest.raises(CannotMoveError, match="taken_messages is not the same"):
        move(world.folder, url)
