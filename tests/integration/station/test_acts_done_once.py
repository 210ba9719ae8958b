"""Every act of the console carries a key, and what is sent twice with one key is done once."""

import inspect
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
from fastapi.routing import APIRoute
from sqlalchemy import func, select
from station_world import World

from sync.station import people
from sync.station.api.act_once import act_once
from sync.station.api.kept_answers import KeptAnswers
from sync.station.app import ROUTERS
from sync.station.rights import Role
from sync.station.tables import audit, invitations

PLAN = (Path(__file__).parents[3] / "docs" / "pictures" / "gutian-lanes.svg").read_text(encoding="utf-8")
CHANGES_NOTHING = {
    *("/api/list/check", "/api/list/search", "/api/list/{entry}/numbers"),
    *("/api/audit/export",),
}
"""Looks and questions: sent twice they are two looks, and the log has both."""

ACTS: list[tuple[str, dict[str, Any], int]] = [
    ("/api/plan", {"svg": PLAN}, 201),
    ("/api/kiosks/g1/place", {"x": 20, "y": 57}, 200),
    ("/api/kiosks/g1/place/remove", {}, 204),
    ("/api/settings/gate-phone", {"value": "0597-1234567", "seen": None}, 200),
    ("/api/webhooks", {"url": "https://sms.example.org/hook", "events": ["*"]}, 201),
    ("/api/kiosks/g1/maintenance", {"begins": "", "hours": 1, "why": "a new camera"}, 201),
    ("/api/kiosks/g1/maintenance/end", {}, 204),
    ("/api/people/wei/roles", {"roles": ["dispatcher"]}, 200),
    ("/api/people/wei/invitation", {}, 201),
    ("/api/people/wei/logout", {}, 204),
    ("/api/people/wei/part", {}, 200),
    ("/api/kiosks/enrol-token", {"kiosk": "g2", "lane": "B"}, 201),
    ("/api/kiosks/g1/revoke", {"why": "stolen"}, 200),
]
"""In an order in which each can be done."""


@pytest.fixture(scope="module")
def admin(shared_world: World) -> Iterator[httpx.Client]:
    with (
        shared_world.person("lin", Role.ADMIN) as lin,
        shared_world.person("wei", Role.GUARD),
        shared_world.kiosk("g1", "A"),
    ):
        yield lin


def recorded(world: World) -> int:
    with world.station.store.read() as conn:
        return conn.execute(select(func.count()).select_from(audit)).scalar_one()


def keyed() -> tuple[str, dict[str, str]]:
    key = str(uuid4())
    return key, {"Idempotency-Key": key}


@pytest.mark.parametrize(("path", "body", "status"), ACTS, ids=[path for path, _, _ in ACTS])
def test_an_act_on_site_or_people_that_is_sent_twice_is_done_once(
    shared_world: World, admin: httpx.Client, path: str, body: dict[str, Any], status: int
) -> None:
    if "begins" in body:
        tomorrow = shared_world.station.now() + timedelta(days=1)  # whose evening is ahead in every zone
        body = {**body, "begins": tomorrow.strftime("%Y-%m-%dT23:59")}
    key, headers = keyed()
    before = recorded(shared_world)
    first = admin.post(path, json=body, headers=headers)
    assert first.status_code == status, first.text
    done = recorded(shared_world)
    assert done > before
    again = admin.post(path, json=body, headers=headers)
    assert again.status_code == status
    assert recorded(shared_world) == done
    assert admin.get(f"/api/acts/{key}").json()["status"] == status


def test_an_invitation_that_is_sent_twice_is_one_and_its_link_is_kept_nowhere(
    shared_world: World, admin: httpx.Client
) -> None:
    key, headers = keyed()
    token = admin.post("/api/invitations", json={"roles": ["guard"]}, headers=headers).json()["token"]
    assert admin.post("/api/invitations", json={"roles": ["guard"]}, headers=headers).json() == {}
    assert admin.get(f"/api/acts/{key}").json() == {"status": 201, "answer": {}}
    with shared_world.station.store.read() as conn:
        made = conn.execute(
            select(func.count()).where(invitations.c.login.is_(None), invitations.c.invited_by == "lin")
        )
        assert made.scalar_one() == 1
    files = b"".join(file.read_bytes() for file in shared_world.folder.rglob("*") if file.is_file())
    assert token.encode() not in files


def test_an_invitation_that_was_cancelled_opens_nothing(shared_world: World, admin: httpx.Client) -> None:
    token = admin.post("/api/invitations", json={"roles": ["auditor"]}).json()["token"]
    with shared_world.station.store.read() as conn:
        (waiting,) = (
            one for one in people.open_invitations(conn, shared_world.station.now()) if one["roles"] == ["auditor"]
        )
    assert admin.post(f"/api/invitations/{waiting['id']}/cancel").status_code == 204
    assert admin.post(f"/api/invitations/{waiting['id']}/cancel").json() == {"error": "no-such-invitation"}
    with shared_world.browser() as guest:
        assert guest.get(f"/welcome/{token}").status_code == 404
        assert guest.post(f"/api/welcome/{token}/code/offer", json={"login": "new"}).status_code == 404


def test_every_call_that_acts_keeps_what_it_answered_under_its_key() -> None:
    acting = [
        route
        for router in ROUTERS
        for route in router.routes
        if isinstance(route, APIRoute) and route.path.startswith("/api/") and "POST" in route.methods
    ]
    assert len(acting) > 60
    without = {
        route.path
        for route in acting
        if not isinstance(route, KeptAnswers) and act_once not in _named_by(route.endpoint)
    }
    assert without == CHANGES_NOTHING


def _named_by(function: Any, depth: int = 2) -> set[object]:
    """What a call's function names, and the private functions of its module that it names."""
    named = {function.__globals__.get(name) for name in function.__code__.co_names}
    inner = [one for one in named if inspect.isfunction(one) and one.__module__ == function.__module__]
    return named.union(*(_named_by(one, depth - 1) for one in inner if depth))
