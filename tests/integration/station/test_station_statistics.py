"""The statistics and the audit log over the API."""

import csv
import io
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest
from sqlalchemy import select
from station_world import ON_BOTH, World, alarm, listed_entry, upload

from sync import wire
from sync.station import audit, audit_verify
from sync.station.rights import Role
from sync.station.tables import audit as log

HOUR = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)


def counted(**numbers: int) -> wire.Message:
    return msgspec.structs.replace(alarm(9), body=wire.CountsBody(hour=HOUR, counts=numbers))


def sheet(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline="")))


@ON_BOTH
def test_what_kiosks_counted_and_people_did_is_told_by_the_sheet(world: World) -> None:
    raised = alarm(1)
    with world.kiosk("g1", "东门") as kiosk, world.person("zhou", Role.SUPERVISOR) as zhou:
        upload(kiosk, raised, counted(admit=40, **{"refer/face.differs": 9, "stage/read/2": 45, "stage/read/8": 4}))
        for act, body in (("acknowledge", None), ("dismiss", {"why": "认错"})):
            assert zhou.post(f"/api/alarms/{raised.id}/{act}", json=body).status_code == 200
        for length in ("day", "month", "year"):
            sheets = zhou.get("/api/statistics", params={"of": length}).json()["sheets"]
            assert sheets["visits"]["rows"] == [[49]]
            assert sheets["lanes"]["rows"] == [["东门", 49]]
            assert sheets["stages"]["rows"] == [["read", 49, 2.0, 2.0]]
            assert sheets["alarms"]["rows"][0][:3] == [1, 1, 1.0]
        assert zhou.get("/api/counts").json() == {"counts": {"admit": 40, "refer/face.differs": 9}}
        answer = zhou.get("/api/statistics/reasons.csv?of=day")
        assert answer.headers["content-type"].startswith("text/csv")
        assert sheet(answer.text) == [["reason", "visits"], ["face.differs", "9"]]


def test_a_lane_whose_name_is_a_formula_is_text_in_the_spreadsheet(world: World) -> None:
    hostile = ["=1+1", "+1", "-1", "@SUM(A1)"]
    with world.person("zhou", Role.SUPERVISOR) as zhou:
        for number, lane in enumerate(hostile):
            with world.kiosk(f"g{number}", lane) as kiosk:
                upload(kiosk, alarm(1), counted(admit=10))
        for name in ("lanes", "alarm-lanes"):
            rows = sheet(zhou.get(f"/api/statistics/{name}.csv").text)[1:]
            assert sorted(row[0] for row in rows) == sorted(f"'{lane}" for lane in hostile)


@pytest.mark.parametrize(
    "query", ["of=decade", "on=yesterday", "on=0001-01-01", "on=9999-12-31", "on=2026-02-30", "of=day%00"]
)
def test_a_period_that_is_none_is_refused(world: World, query: str) -> None:
    with world.person("zhou", Role.SUPERVISOR) as zhou:
        for road in ("/api/statistics", "/api/statistics/hours.csv", "/statistics"):
            assert zhou.get(f"{road}?{query}").status_code == 400
        assert zhou.get("/api/statistics/people.csv").status_code == 404


def test_an_auditor_exports_over_the_api_what_the_verifier_accepts_and_it_is_in_the_log(
    world: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    listed_entry(world)
    with world.person("gu", Role.AUDITOR) as gu, world.person("zhou", Role.SUPERVISOR) as zhou:
        assert zhou.post("/api/audit/export").json()["error"] == "right"
        first, second = gu.post("/api/audit/export"), gu.post("/api/audit/export")
        found = gu.get("/api/audit/check").json()
    older, newer = tmp_path / "older.jsonl", tmp_path / "newer.jsonl"
    older.write_bytes(first.content)
    newer.write_bytes(second.content)
    key = audit.key_id(world.station.keyring.audit_key)
    assert audit_verify.main([str(newer), "--key", key, "--since", str(older)]) == 0
    assert "HOLDS" in capsys.readouterr().out
    with world.station.store.read() as conn:
        exported = conn.execute(select(log.c.who).where(log.c.what == "audit.exported")).scalars().all()
    assert exported == ["gu", "gu"]
    assert found == {"rows": newer.read_bytes().count(b'"what"'), "broken": None}


def test_the_log_is_read_by_page_and_a_day_that_is_none_is_refused(world: World) -> None:
    with world.person("gu", Role.AUDITOR) as gu:
        page = gu.get("/api/audit", params={"who": "gu", "day": ""}).json()
        assert {row["who"] for row in page["rows"]} == {"gu"}
        assert page["before"] is None
        for query in ("day=yesterday", "before=0", "before=x", f"who={'x' * 201}"):
            assert gu.get(f"/api/audit?{query}").status_code == 400
        assert gu.get("/api/audit/look-ups?month=2026-01-31").json() == {"look_ups": []}
        later = (datetime.now(UTC) + timedelta(days=40)).date().isoformat()
        assert gu.get(f"/api/audit?day={later}").json()["rows"] == []
