"""Passkeys: who shows one comes in, and nothing else that looks like one does."""

import ssl
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from zlib import crc32

import httpx
import pytest
from soft_authenticator import SoftAuthenticator
from sqlalchemy import select, update
from station_world import CONSOLE, PATIENCE_S, World, come_in

from sync.station import people
from sync.station.rights import Role
from sync.station.tables import audit, sessions

UNKNOWN = (401, {"error": "passkey-unknown"})


def invitation(world: World, *roles: Role) -> str:
    with world.station.store.write() as conn:
        return "/api/welcome/" + people.invite(conn, roles or (Role.DISPATCHER,), "station", datetime.now(UTC))


@pytest.fixture(scope="module")
def origin(shared_world: World) -> str:
    """Passkeys need a host name; an address has none."""
    return shared_world.url.replace("127.0.0.1", "localhost")


@pytest.fixture
def browser(shared_world: World, origin: str) -> Iterator[httpx.Client]:
    context = ssl.create_default_context(cafile=shared_world.folder / "ca.pem")
    with httpx.Client(base_url=origin, verify=context, trust_env=False, headers=CONSOLE, timeout=PATIENCE_S) as client:
        yield client
    with shared_world.station.store.write() as conn:  # tests that are refused use up this address
        conn.exec_driver_sql("DELETE FROM log_in_attempts")


@pytest.fixture
def login(request: pytest.FixtureRequest) -> str:
    return f"p{crc32(request.node.name.encode())}"


@pytest.fixture
def lin(shared_world: World, browser: httpx.Client, origin: str, login: str) -> SoftAuthenticator:
    """Lin's authenticator, with which she has just taken up her invitation."""
    device = SoftAuthenticator(origin)
    answer = welcome(browser, invitation(shared_world, Role.ADMIN), login, device)
    assert answer.status_code == 200, answer.text
    return device


def welcome(browser: httpx.Client, road: str, login: str, device: SoftAuthenticator) -> httpx.Response:
    offer = browser.post(f"{road}/passkey/offer", json={"login": login})
    assert offer.status_code == 200, offer.text
    return browser.post(f"{road}/passkey", json={"login": login, "name": "phone", "made": device.make(offer.json())})


def ask(browser: httpx.Client) -> dict[str, Any]:
    options: dict[str, Any] = browser.post("/api/passkeys/ask").json()
    return options


def log_in(browser: httpx.Client, device: SoftAuthenticator) -> tuple[int, dict[str, Any]]:
    answer = browser.post("/api/login/passkey", json=device.show(ask(browser)))
    return answer.status_code, answer.json()


def test_who_took_up_an_invitation_with_a_passkey_comes_in_with_it_and_types_nothing(
    browser: httpx.Client, lin: SoftAuthenticator, login: str
) -> None:
    browser.cookies.clear()
    assert log_in(browser, lin) == (200, {"login": login, "roles": ["admin"]})


def test_an_authenticator_that_has_not_verified_its_owner_opens_nothing(
    browser: httpx.Client, lin: SoftAuthenticator
) -> None:
    lin.verifies_user = False
    assert log_in(browser, lin) == UNKNOWN


def test_no_passkey_is_taken_from_an_authenticator_that_does_not_verify_its_owner(
    shared_world: World, browser: httpx.Client, origin: str, login: str
) -> None:
    road = invitation(shared_world)
    refused = welcome(browser, road, login, SoftAuthenticator(origin, verifies_user=False))
    assert (refused.status_code, refused.json()) == (400, {"error": "passkey"})
    assert welcome(browser, road, login, SoftAuthenticator(origin)).status_code == 200  # it was not used up


@pytest.mark.parametrize("elsewhere", ["https://station.example", "https://localhost:1", "http://localhost"])
def test_a_passkey_shown_to_another_origin_opens_nothing_here(
    browser: httpx.Client, lin: SoftAuthenticator, elsewhere: str
) -> None:
    lin.origin = elsewhere
    assert log_in(browser, lin) == UNKNOWN


@pytest.mark.parametrize("host", ["station.example", "localhost:1", "127.0.0.1", "localhost:x"])
def test_a_request_cannot_name_another_origin(browser: httpx.Client, host: str) -> None:
    answer = browser.post("/api/passkeys/ask", headers={"Host": host})
    assert (answer.status_code, answer.json()) == (409, {"error": "no-passkeys-here"})


def test_what_was_shown_once_opens_nothing_a_second_time(browser: httpx.Client, lin: SoftAuthenticator) -> None:
    lin.count = -1  # an authenticator that does not count: the challenge alone tells
    shown = lin.show(ask(browser))
    assert browser.post("/api/login/passkey", json=shown).status_code == 200
    again = browser.post("/api/login/passkey", json=shown)
    assert (again.status_code, again.json()) == (400, {"error": "challenge-over"})


def test_a_challenge_is_good_for_its_own_purpose_for_five_minutes_and_only_if_it_is_ours(
    shared_world: World, browser: httpx.Client, lin: SoftAuthenticator, monkeypatch: pytest.MonkeyPatch
) -> None:
    over = (400, {"error": "challenge-over"})
    made_up = {**ask(browser), "challenge": "AAAA"}
    for_adding = {**ask(browser), "challenge": browser.post("/api/me/passkeys/offer").json()["challenge"]}
    old = ask(browser)
    for options in (made_up, for_adding):
        answer = browser.post("/api/login/passkey", json=lin.show(options))
        assert (answer.status_code, answer.json()) == over
    monkeypatch.setattr(shared_world.station, "now", lambda: datetime.now(UTC) + timedelta(minutes=5, seconds=1))
    answer = browser.post("/api/login/passkey", json=lin.show(old))
    assert (answer.status_code, answer.json()) == over


def test_a_copy_of_a_passkey_that_counts_behind_is_refused_and_goes_on_record(
    shared_world: World, browser: httpx.Client, lin: SoftAuthenticator, login: str
) -> None:
    lin.count = 7
    assert log_in(browser, lin)[0] == 200
    lin.count = 6
    assert log_in(browser, lin) == UNKNOWN
    with shared_world.station.store.read() as conn:
        assert "passkey.went-back" in conn.execute(select(audit.c.what).where(audit.c.who == login)).scalars().all()


def test_nobody_comes_in_with_another_persons_key_or_with_noise(
    browser: httpx.Client, lin: SoftAuthenticator, origin: str
) -> None:
    stranger = SoftAuthenticator(origin, id=lin.id, handle=lin.handle)
    assert log_in(browser, stranger) == UNKNOWN
    shown = lin.show(ask(browser))
    for part in shown["credential"]["response"]:
        noisy = {**shown, "credential": {**shown["credential"], "response": {**shown["credential"]["response"]}}}
        noisy["credential"]["response"][part] = "!\x01_-"
        assert browser.post("/api/login/passkey", json=noisy).status_code == 401


def test_several_passkeys_have_names_and_the_last_way_in_stays(
    browser: httpx.Client, lin: SoftAuthenticator, origin: str
) -> None:
    spare = SoftAuthenticator(origin)
    options = browser.post("/api/me/passkeys/offer").json()
    assert [unwanted["id"] for unwanted in options["excludeCredentials"]]  # the one that she has
    added = browser.post("/api/me/passkeys", json={"name": "in the safe", "made": spare.make(options)}).json()
    first, second = added["passkeys"]
    assert [first["name"], second["name"]] == ["phone", "in the safe"]
    assert browser.post(f"/api/me/passkeys/{second['id']}/rename", json={"name": "key 2"}).status_code == 200
    left = browser.post(f"/api/me/passkeys/{first['id']}/remove").json()["passkeys"]
    assert [one["name"] for one in left] == ["key 2"]
    last = browser.post(f"/api/me/passkeys/{second['id']}/remove")
    assert (last.status_code, last.json()) == (409, {"error": "last-way-in"})
    assert log_in(browser, lin) == UNKNOWN
    assert log_in(browser, spare)[0] == 200


def test_power_over_others_needs_a_proof_that_is_five_minutes_old_at_most(
    shared_world: World, browser: httpx.Client, lin: SoftAuthenticator
) -> None:
    with shared_world.station.store.write() as conn:
        conn.execute(update(sessions).values(verified_at=datetime.now(UTC) - timedelta(minutes=5, seconds=1)))
    acts = {
        "/api/invitations": {"roles": ["guard"]},
        "/api/people/x/roles": {"roles": ["guard"]},
        "/api/people/x/invitation": None,
        "/api/people/x/part": None,
        "/api/people/x/logout": None,
        "/api/me/passkeys/offer": None,
        "/api/me/passkeys/x/remove": None,
        "/api/me/code/offer": None,
    }
    for road, body in acts.items():
        answer = browser.post(road, json=body)
        assert (road, answer.status_code, answer.json()) == (road, 403, {"error": "verify-again"})
    assert browser.post("/api/me/verify/passkey", json=lin.show(ask(browser))).status_code == 204
    assert browser.post("/api/invitations", json={"roles": ["guard"]}).status_code == 201


def test_a_colleagues_passkey_does_not_prove_that_it_is_me(
    shared_world: World, browser: httpx.Client, lin: SoftAuthenticator, origin: str
) -> None:
    mine, colleagues = dict(browser.cookies), SoftAuthenticator(origin)
    browser.cookies.clear()
    assert welcome(browser, invitation(shared_world), "zhou", colleagues).status_code == 200
    browser.cookies.clear()
    browser.cookies.update(mine)
    answer = browser.post("/api/me/verify/passkey", json=colleagues.show(ask(browser)))
    assert (answer.status_code, answer.json()) == UNKNOWN


def test_who_is_invited_anew_comes_in_by_the_new_way_alone(
    shared_world: World, browser: httpx.Client, origin: str, login: str, lin: SoftAuthenticator
) -> None:
    with shared_world.station.store.write() as conn:
        road = "/api/welcome/" + people.invite_anew(conn, login, "station", datetime.now(UTC))
    stolen = dict(browser.cookies)
    taken = come_in(browser, road, "somebody-else")
    assert (taken.status_code, taken.json()) == (409, {"error": "another-login", "login": login})
    assert come_in(browser, road, login).status_code == 200
    browser.cookies.clear()
    assert log_in(browser, lin) == UNKNOWN
    browser.cookies.update(stolen)
    assert browser.get("/api/me").status_code == 401
