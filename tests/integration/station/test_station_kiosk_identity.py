"""Who may speak as a kiosk: the holder of the key of a certificate that this station issued and has not replaced."""

from datetime import UTC, datetime, timedelta

import httpx
import msgspec
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from station_world import World, alarm, beat, csr_of_new_key, upload

from sync import wire
from sync.station import kiosks, pki

CLOSED_ROADS = [
    ("POST", "/v1/messages"),
    ("POST", "/v1/heartbeat"),
    ("GET", "/v1/list/feed/1/head.json"),
    ("GET", "/v1/list/events"),
]


@pytest.mark.parametrize(("method", "road"), CLOSED_ROADS)
def test_without_a_certificate_no_kiosk_road_is_open(world: World, method: str, road: str) -> None:
    with world.browser() as nobody:
        answer = nobody.request(method, road)
    assert (answer.status_code, answer.json()) == (401, {"error": "client-certificate"})


def test_a_header_cannot_stand_in_for_a_certificate(world: World) -> None:
    with world.kiosk("g1"):
        pass
    spoofed = {
        "X-Client-Cert": (world.folder / "ca.pem").read_text().replace("\n", " ").strip(),
        "X-SSL-Client-Verify": "SUCCESS",
        "Peer-Certificate": "g1",
        "X-Forwarded-Client-Cert": "Subject=g1",
    }
    with world.browser() as nobody:
        assert nobody.post("/v1/heartbeat", content=beat(), headers=spoofed).status_code == 401


def test_a_certificate_of_our_ca_that_was_never_enrolled_is_refused(world: World) -> None:
    keyring = world.station.keyring
    key, csr = csr_of_new_key()
    certificate = pki.issue_kiosk_certificate("g1", csr, keyring.ca, keyring.ca_key, datetime.now(UTC))
    with world.client_with(pki.certificate_pem(certificate), key) as stranger:
        answer = stranger.post("/v1/heartbeat", content=beat())
    assert (answer.status_code, answer.json()) == (403, {"error": "unknown-certificate"})


def test_a_kiosk_whose_certificate_has_ended_is_told_so_rather_than_cut_off(world: World) -> None:
    key, csr = csr_of_new_key()
    long_ago = datetime.now(UTC) - timedelta(days=31)
    with world.station.store.write() as conn:
        token = kiosks.new_enrol_token(conn, "g7", "A", long_ago, "station")
        request = wire.EnrolRequest(token=token, csr_pem=csr)
        enrolled = kiosks.enrol(conn, request, world.station.keyring, b"", long_ago)
    with world.client_with(enrolled.certificate_pem.encode(), key) as late:
        answer = late.post("/v1/heartbeat", content=beat())
    assert (answer.status_code, answer.json()) == (403, {"error": "certificate-expired"})


def test_a_certificate_of_another_ca_does_not_get_through_the_handshake(world: World) -> None:
    now = datetime.now(UTC)
    other_key = pki.new_key()
    other_ca = pki.make_ca("elsewhere", other_key, now)
    key, csr = csr_of_new_key()
    certificate = pki.issue_kiosk_certificate("g1", csr, other_ca, other_key, now)
    with world.client_with(pki.certificate_pem(certificate), key) as stranger, pytest.raises(httpx.TransportError):
        stranger.post("/v1/heartbeat", content=beat())


def test_the_servers_own_certificate_cannot_speak_as_a_kiosk(world: World) -> None:
    key = serialization.load_pem_private_key((world.folder / "server.key").read_bytes(), None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    certificate = (world.folder / "server.pem").read_bytes()
    with world.client_with(certificate, key) as server, pytest.raises(httpx.TransportError):
        server.post("/v1/heartbeat", content=beat())


def test_an_enrol_token_works_once(world: World) -> None:
    token = world.enrol_token()
    wish = wire.encode(wire.EnrolRequest(token=token, csr_pem=csr_of_new_key()[1]))
    with world.browser() as nobody:
        assert nobody.post("/v1/enrol", content=wish).status_code == 200
        again = nobody.post("/v1/enrol", content=wish)
    assert (again.status_code, again.json()) == (403, {"error": "enrol-token"})


def test_a_bad_certificate_request_does_not_use_up_the_token(world: World) -> None:
    token = world.enrol_token()
    with world.browser() as nobody:
        bad = nobody.post("/v1/enrol", content=wire.encode(wire.EnrolRequest(token=token, csr_pem="no request")))
        good = wire.encode(wire.EnrolRequest(token=token, csr_pem=csr_of_new_key()[1]))
        assert bad.json() == {"error": "certificate-request", "why": "not-a-request"}
        assert nobody.post("/v1/enrol", content=good).status_code == 200


def test_enrolling_a_kiosk_again_ends_its_older_certificate(world: World) -> None:
    with world.kiosk("g1") as older, world.kiosk("g1") as newer:
        assert older.post("/v1/heartbeat", content=beat()).status_code == 403
        assert newer.post("/v1/heartbeat", content=beat()).status_code == 200


def test_an_enrolled_kiosk_gets_the_name_that_the_token_gave_it(world: World) -> None:
    with world.browser() as nobody:
        wish = wire.EnrolRequest(token=world.enrol_token("g7", "North"), csr_pem=csr_of_new_key()[1])
        answer = nobody.post("/v1/enrol", content=wire.encode(wish))
    enrolled = msgspec.json.decode(answer.content, type=wire.Enrolled)
    assert (enrolled.kiosk, enrolled.lane, enrolled.group) == ("g7", "North", world.station.keyring.group)
    assert len(enrolled.group_key) == 32
    assert msgspec.json.decode(enrolled.root)["signed"]["_type"] == "root"


def test_one_kiosk_cannot_take_anothers_message_id(world: World) -> None:
    with world.kiosk("g1") as first, world.kiosk("g2") as second:
        message = alarm()
        assert upload(first, message).taken == (message.id,)
        refused = upload(second, message).refused
    assert [(one.id, one.why) for one in refused] == [(message.id, "id-of-another-kiosk")]
