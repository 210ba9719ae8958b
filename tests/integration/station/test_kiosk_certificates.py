"""A kiosk's certificate at the station: one is in use, the next one ends it, and a person can end it at once."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import msgspec
import pytest
from cryptography import x509
from sqlalchemy import select, update
from station_world import World, beat, csr_of_new_key
from typer.testing import CliRunner

from sync import wire
from sync.station import connections, kiosks, pki
from sync.station.__main__ import app
from sync.station.certificates import MOST_UNUSED
from sync.station.rights import Role
from sync.station.tables import audit, kiosk_certificates


def renewed(world: World, kiosk: httpx.Client) -> httpx.Client:
    """A client with the next certificate, which it has not shown yet."""
    key, csr = csr_of_new_key()
    answer = kiosk.post("/v1/renew", content=wire.encode(wire.RenewRequest(csr_pem=csr)))
    assert answer.status_code == 200, answer.text
    return world.client_with(msgspec.json.decode(answer.content, type=wire.Renewed).certificate_pem.encode(), key)


def answer_to(kiosk: httpx.Client) -> tuple[int, str | None]:
    """What the station says to a heartbeat: the status and, of a refusal, the code."""
    answer = kiosk.post("/v1/heartbeat", content=beat())
    return answer.status_code, answer.json().get("error")


def fingerprints(world: World) -> list[str]:
    """Of the certificates that stand."""
    c = kiosk_certificates.c
    with world.station.store.read() as conn:
        stand = select(c.fingerprint).where(c.ended_at.is_(None)).order_by(c.issued_at)
        return list(conn.execute(stand).scalars())


def audited(world: World) -> list[tuple[str, str]]:
    with world.station.store.read() as conn:
        rows = conn.execute(select(audit.c.who, audit.c.what).order_by(audit.c.n)).all()
    return [(row.who, row.what) for row in rows if row.what.startswith("kiosk.")]


def command(world: World, *arguments: str) -> tuple[int, str]:
    done = CliRunner().invoke(app, [arguments[0], "--data", str(world.folder), *arguments[1:]])
    return done.exit_code, done.output


def test_the_present_certificate_goes_on_until_the_next_one_is_first_used(world: World) -> None:
    with world.kiosk() as present, renewed(world, present) as following:
        assert answer_to(present) == (200, None)
        assert answer_to(following) == (200, None)
        assert answer_to(present) == (403, "certificate-replaced")
        assert answer_to(following) == (200, None)
    assert audited(world)[-3:] == [
        ("g1", "kiosk.enrolled"),
        ("g1", "kiosk.renewed"),
        ("g1", "kiosk.changed-certificate"),
    ]


def test_a_certificate_that_never_arrived_can_be_asked_for_again_but_only_a_few_stand_unused(world: World) -> None:
    with world.kiosk() as present:
        lost = [renewed(world, present) for _ in range(MOST_UNUSED + 2)]
        assert len(fingerprints(world)) == 1 + MOST_UNUSED
        assert answer_to(present) == (200, None)
        assert answer_to(lost[0]) == (403, "certificate-replaced")
        assert answer_to(lost[2]) == (200, None)  # an answer that came late is as good as the newest
        assert answer_to(lost[-1]) == (403, "certificate-replaced")
        for client in lost:
            client.close()
    assert len(fingerprints(world)) == 1


def test_nobody_renews_without_a_certificate_or_with_a_bad_request(world: World) -> None:
    wish = wire.encode(wire.RenewRequest(csr_pem=csr_of_new_key()[1]))
    with world.browser() as nobody:
        assert nobody.post("/v1/renew", content=wish).status_code == 401
    with world.kiosk() as kiosk:
        answer = kiosk.post("/v1/renew", content=wire.encode(wire.RenewRequest(csr_pem="no request")))
        assert answer.json() == {"error": "certificate-request", "why": "not-a-request"}
    assert len(fingerprints(world)) == 1


def test_a_renewed_certificate_has_the_kiosks_name_and_thirty_days(world: World) -> None:
    with world.kiosk("g7") as kiosk:
        answer = kiosk.post("/v1/renew", content=wire.encode(wire.RenewRequest(csr_pem=csr_of_new_key()[1])))
    certificate = x509.load_pem_x509_certificate(answer.json()["certificate_pem"].encode())
    assert certificate.subject.rfc4514_string() == "CN=g7"
    assert certificate.not_valid_after_utc - datetime.now(UTC) > pki.KIOSK_LIFE - timedelta(minutes=1)


def test_a_revoked_kiosk_is_refused_from_the_next_request_on_and_no_other_is(world: World) -> None:
    with (
        world.kiosk("g1") as revoked,
        renewed(world, revoked) as unused,
        world.kiosk("g2") as other,
        world.person("lin", Role.ADMIN) as admin,
    ):
        assert answer_to(revoked) == (200, None)
        answer = admin.post("/api/kiosks/g1/revoke", json={"why": "stolen"})
        assert (answer.status_code, len(answer.json()["fingerprints"])) == (200, 2)
        assert answer_to(revoked) == answer_to(unused) == (403, "certificate-revoked")
        assert answer_to(other) == (200, None)
        assert admin.post("/api/kiosks/g1/revoke", json={"why": "again"}).status_code == 404
    with world.station.store.read() as conn:
        facts = conn.execute(select(audit.c.facts).where(audit.c.what == "kiosk.revoked")).scalars().all()
    assert [(one["kiosk"], one["why"]) for one in facts] == [("g1", "stolen")] * 2
    assert audited(world)[-1] == ("lin", "kiosk.revoked")


@pytest.mark.parametrize("why", ["", "x" * 181])
def test_a_revocation_needs_a_reason(world: World, why: str) -> None:
    with world.kiosk() as kiosk, world.person("lin", Role.ADMIN) as admin:
        assert admin.post("/api/kiosks/g1/revoke", json={"why": why}).status_code == 400
        assert answer_to(kiosk) == (200, None)


@pytest.mark.parametrize("call", ["/api/kiosks/enrol-token", "/api/kiosks/g1/revoke"])
def test_only_an_admin_says_who_is_a_kiosk(world: World, call: str) -> None:
    body = {"why": "x"} if call.endswith("revoke") else {"kiosk": "g2", "lane": "B"}
    with world.kiosk("g1") as kiosk:
        with world.person("wu", Role.DISPATCHER, Role.APPROVER) as dispatcher, world.browser() as nobody:
            assert dispatcher.post(call, json=body).status_code == 403
            assert nobody.post(call, json=body).status_code == 401
        assert answer_to(kiosk) == (200, None)


def by_a_person(world: World) -> None:
    with world.person("lin", Role.ADMIN) as admin:
        assert admin.post("/api/kiosks/g1/revoke", json={"why": "stolen"}).status_code == 200


def by_a_command(world: World) -> None:
    (fingerprint,) = fingerprints(world)
    assert command(world, "revoke-kiosk", "--fingerprint", fingerprint, "--why", "stolen")[0] == 0


@pytest.mark.parametrize("revoke", [by_a_person, by_a_command])
@pytest.mark.parametrize("road", ["/v1/list/events", "/v1/list/wait?epoch=1&seq=1000000"])
def test_what_a_revoked_kiosk_has_open_is_cut(
    world: World, monkeypatch: pytest.MonkeyPatch, road: str, revoke: Callable[[World], None]
) -> None:
    monkeypatch.setattr(connections, "LOOK_EVERY_S", 1000.0)  # so that nothing but the bell can tell of it
    opened, ended = threading.Event(), threading.Event()

    def listen(kiosk: httpx.Client) -> None:
        opened.set()
        with pytest.raises(httpx.TransportError), kiosk.stream("GET", road, timeout=60) as answer:
            for _ in answer.iter_raw():
                pass
        ended.set()

    with world.kiosk("g1") as kiosk:
        assert answer_to(kiosk) == (200, None)
        world.station.connections.bell.ring()  # the look that the monkeypatch was too late for
        listener = threading.Thread(target=listen, args=(kiosk,))
        listener.start()
        assert opened.wait(10)
        revoke(world)
        assert ended.wait(10)
        listener.join()


def test_what_is_open_under_a_replaced_certificate_ends_too(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "LOOK_EVERY_S", 0.2)
    world.station.connections.bell.ring()
    with world.kiosk() as present, renewed(world, present) as following:
        with present.stream("GET", "/v1/list/events", timeout=10) as stream:
            assert answer_to(following) == (200, None)
            with pytest.raises(httpx.TransportError):
                for _ in stream.iter_raw():
                    pass
        assert answer_to(following) == (200, None)


def test_the_commands_list_and_revoke_the_kiosks_beside_the_running_server(world: World) -> None:
    with world.kiosk("g1") as first, world.kiosk("g2") as second:
        assert answer_to(first) == answer_to(second) == (200, None)
        code, told = command(world, "kiosks")
        assert [line.split("\t")[::4] for line in told.splitlines()] == [["g1", "in use"], ["g2", "in use"]]
        assert command(world, "revoke-kiosk", "--kiosk", "g1", "--why", "carried off")[0] == code == 0
        assert answer_to(first) == (403, "certificate-revoked")
        assert answer_to(second) == (200, None)
        assert "revoked: carried off" in command(world, "kiosks")[1]
    assert command(world, "revoke-kiosk", "--kiosk", "g9", "--why", "x") == (
        1,
        "station: there is no such kiosk, or it has no certificate that could be revoked: see `station kiosks`\n",
    )
    assert command(world, "revoke-kiosk", "--why", "x")[0] == 2
    assert audited(world)[-1] == ("station", "kiosk.revoked")


def test_a_certificate_that_has_ended_is_told_from_one_that_is_unknown(world: World) -> None:
    with world.kiosk() as kiosk:
        with world.station.store.write() as conn:
            conn.execute(update(kiosk_certificates).values(until=datetime.now(UTC)))
        assert answer_to(kiosk) == (403, "certificate-expired")


def wish(token: str) -> bytes:
    return wire.encode(wire.EnrolRequest(token=token, csr_pem=csr_of_new_key()[1]))


def test_an_admin_makes_a_token_with_which_a_kiosk_enrols_within_a_day(world: World) -> None:
    with world.person("lin", Role.ADMIN) as admin, world.browser() as nobody:
        made: dict[str, Any] = admin.post("/api/kiosks/enrol-token", json={"kiosk": "g3", "lane": "B"}).json()
        assert datetime.fromisoformat(made["expires_at"]) - datetime.now(UTC) < timedelta(days=1)
        enrolled = nobody.post("/v1/enrol", content=wish(made["token"].lower())).json()
        assert admin.post("/api/kiosks/enrol-token", json={"kiosk": "g 3", "lane": "B"}).json() == {"error": "kiosk"}
    assert (enrolled["kiosk"], enrolled["lane"]) == ("g3", "B")
    assert audited(world)[:2] == [("lin", "kiosk.invited"), ("g3", "kiosk.enrolled")]


def test_yesterdays_token_is_refused(world: World) -> None:
    with world.station.store.write() as conn:
        yesterday = datetime.now(UTC) - kiosks.TOKEN_LIFE
        token = kiosks.new_enrol_token(conn, "g1", "A", yesterday, "station")
    with world.browser() as nobody:
        assert nobody.post("/v1/enrol", content=wish(token)).json() == {"error": "enrol-token"}


def test_a_new_token_for_a_kiosk_ends_the_one_before(world: World) -> None:
    before, other, after = world.enrol_token("g1"), world.enrol_token("g2"), world.enrol_token("g1")
    with world.browser() as nobody:
        answers = [nobody.post("/v1/enrol", content=wish(token)).status_code for token in (before, other, after)]
    assert answers == [403, 200, 200]


def test_who_guesses_at_tokens_must_wait_and_locks_nobody_out_of_the_console(world: World) -> None:
    token = world.enrol_token()
    with world.browser() as nobody:
        refused = [nobody.post("/v1/enrol", content=wish(guess)) for guess in (*(["guess"] * 5), token)]
        assert [answer.status_code for answer in refused] == [403] * 5 + [429]
        assert int(refused[-1].headers["retry-after"]) <= 60
        with world.person("lin", Role.ADMIN) as admin:
            assert admin.get("/api/me").status_code == 200
