"""Who comes in at the console, and what a stranger can do: nothing."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select, update
from station_world import CONSOLE, PASSWORD, World, listed_entry

from sync.station import audit
from sync.station.attempts import WRONG_PER_WINDOW
from sync.station.people import _HASHER, _NOBODYS_HASH
from sync.station.rights import Role
from sync.station.tables import people, sessions


def invitation(world: World, *roles: Role) -> str:
    with world.person("host", Role.ADMIN) as host:
        path: str = host.post("/api/invitations", json={"roles": list(roles)}).json()["path"]
    return path.replace("/welcome/", "/api/welcome/")


def test_a_fresh_station_knows_nobody(world: World) -> None:
    with world.station.store.read() as conn:
        assert conn.execute(select(func.count()).select_from(people)).scalar_one() == 0
    with world.browser() as stranger:
        for login, password in (("admin", "admin"), ("admin", ""), ("root", "password"), ("admin", PASSWORD)):
            answer = stranger.post("/api/login", json={"login": login, "password": password})
            assert (answer.status_code, answer.json()) == (401, {"error": "login-or-password"})


@pytest.mark.parametrize("page", ["/", "/kiosks", "/list", "/people"])
def test_a_stranger_is_sent_to_the_log_in(world: World, page: str) -> None:
    with world.browser() as stranger:
        answer = stranger.get(page)
    assert (answer.status_code, answer.headers["location"]) == (303, "/login")


@pytest.mark.parametrize("road", ["/api/me", "/api/alarms", "/api/events", "/api/kiosks", "/api/counts", "/api/list"])
def test_a_stranger_reads_nothing(world: World, road: str) -> None:
    with world.browser() as stranger:
        assert stranger.get(road).status_code == 401


def test_an_invitation_works_once(world: World) -> None:
    road = invitation(world, Role.DISPATCHER)
    with world.browser() as first, world.browser() as second:
        welcomed = first.post(road, json={"login": "lin", "password": PASSWORD})
        assert welcomed.json() == {"login": "lin", "roles": ["dispatcher"]}
        assert second.post(road, json={"login": "mallory", "password": PASSWORD}).status_code == 404


def test_a_login_that_is_taken_does_not_use_up_the_invitation(world: World) -> None:
    road = invitation(world, Role.DISPATCHER)
    with world.browser() as guest:
        taken = guest.post(road, json={"login": "host", "password": PASSWORD})
        assert (taken.status_code, taken.json()) == (409, {"error": "login-taken"})
        assert guest.post(road, json={"login": "lin", "password": PASSWORD}).status_code == 200


@pytest.mark.parametrize("password", ["", "short", "elevenchars", "my login is lin"])
def test_a_short_password_or_one_with_the_login_in_it_is_refused(world: World, password: str) -> None:
    road = invitation(world, Role.DISPATCHER)
    with world.browser() as guest:
        answer = guest.post(road, json={"login": "lin", "password": password})
    assert (answer.status_code, answer.json()) == (400, {"error": "password", "at_least": 12})


def test_the_session_cookie_is_out_of_reach_of_scripts_and_other_sites(world: World) -> None:
    with world.person("lin", Role.DISPATCHER), world.browser() as desk:
        cookie = desk.post("/api/login", json={"login": "lin", "password": PASSWORD}).headers["set-cookie"]
    assert cookie.startswith("__Host-session=")
    for claim in ("Secure", "HttpOnly", "SameSite=strict", "Path=/"):
        assert claim in cookie


def test_logging_out_ends_the_session_at_the_station(world: World) -> None:
    with world.person("lin", Role.DISPATCHER) as lin, world.browser() as thief:
        stolen = lin.cookies.get("__Host-session")
        lin.post("/api/logout")
        assert thief.get("/api/me", headers={"cookie": f"__Host-session={stolen}"}).status_code == 401


def test_a_session_ends_after_a_shift(world: World) -> None:
    with world.person("lin", Role.DISPATCHER) as lin:
        assert lin.get("/api/me").status_code == 200
        with world.station.store.write() as conn:
            conn.execute(update(sessions).values(expires_at=datetime.now(UTC) - timedelta(seconds=1)))
        assert lin.get("/api/me").status_code == 401


def test_another_sites_page_cannot_act_for_somebody_who_is_signed_in(world: World) -> None:
    with world.person("lin", Role.ADMIN) as lin:
        body = {"roles": ["admin"]}
        form = lin.post("/api/invitations", json=body, headers={"X-Station": ""})
        foreign = lin.post("/api/invitations", json=body, headers={**CONSOLE, "Origin": "https://elsewhere.example"})
        ours = lin.post("/api/invitations", json=body, headers={**CONSOLE, "Origin": world.url})
    assert [form.status_code, foreign.status_code, ours.status_code] == [403, 403, 201]


def test_many_wrong_passwords_stop_the_address_and_not_the_person(world: World) -> None:
    with world.person("lin", Role.DISPATCHER) as lin, world.browser() as guesser:
        wrong = {"login": "lin", "password": "guess after guess"}
        codes = [guesser.post("/api/login", json=wrong).status_code for _ in range(WRONG_PER_WINDOW + 1)]
        stopped = guesser.post("/api/login", json=wrong)
        assert lin.get("/api/me").status_code == 200
        world.station.attempts.begin("192.0.2.7", world.station.monotonic())  # another desk is not held up
    assert codes == [401] * WRONG_PER_WINDOW + [429]
    assert 0 < int(stopped.headers["retry-after"]) <= 60


def test_who_did_what_is_in_a_chain_that_holds_until_a_row_is_changed(world: World) -> None:
    listed_entry(world)
    with world.station.store.read() as conn:
        assert audit.first_broken_row(conn) is None
        acts = conn.execute(select(audit.audit.c.what).order_by(audit.audit.c.n)).scalars().all()
    assert {"person.welcomed", "session.began", "entry.proposed", "entry.approved"} <= set(acts)
    with world.station.store.write() as conn:
        conn.execute(update(audit.audit).where(audit.audit.c.n == 3).values(who="somebody-else"))
    with world.station.store.read() as conn:
        assert audit.first_broken_row(conn) == 3


def test_neither_passwords_nor_tokens_are_in_the_database(world: World) -> None:
    road = invitation(world, Role.DISPATCHER)
    with world.person("lin", Role.DISPATCHER) as lin:
        secrets = [PASSWORD, road.rpartition("/")[2], lin.cookies.get("__Host-session") or ""]
    for file in Path(world.folder).glob("station.db*"):
        content = file.read_bytes()
        assert not [secret for secret in secrets if secret.encode() in content]


def test_an_unknown_login_is_answered_with_a_hash_of_the_same_cost() -> None:
    assert not _HASHER.check_needs_rehash(_NOBODYS_HASH)
