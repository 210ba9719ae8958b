"""The kiosk's end of its identity, against a real station: renewed while everything goes on, and never locked out."""

import errno
from collections.abc import Callable
from datetime import timedelta
from typing import NoReturn

import msgspec
import pytest
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from kiosk_with_station import HEARTBEAT, Agent, Kiosk, is_well

from kiosk.domain.faults import Fault
from sync import wire
from sync.http import Answer, CertificateRejected, OwnCertificate, StationClient
from sync.kiosk_end import identity as identity_module
from sync.kiosk_end.identity import IDENTITY_FILE, IDENTITY_FOLDER, IdentityDamagedError
from sync.kiosk_end.key_request import KeyRequest
from sync.kiosk_end.link import faults_of
from sync.kiosk_end.renewal import Renewal
from sync.station import certificates
from watchlist.device_errors import DeviceKeyError
from watchlist.device_key import KEY_FILE, open_device_keys


@pytest.mark.parametrize(("days", "is_due"), [(0, False), (19.9, False), (20, True), (29, True), (400, True)])
def test_a_certificate_is_renewed_at_two_thirds_of_its_life(kiosk: Kiosk, days: float, is_due: bool) -> None:
    async def scene(agent: Agent) -> bool:
        return agent.renewal.is_due()

    kiosk.calendar.today += timedelta(days=days)
    assert kiosk.play(scene) is is_due


def test_a_renewed_certificate_has_a_new_key_and_is_used_without_a_restart(kiosk: Kiosk) -> None:
    async def scene(agent: Agent) -> None:
        before = agent.identity.own
        assert is_well(await agent.heartbeat())
        assert agent.head_of_the_list()
        assert await agent.renewal.renew()
        assert is_well(await agent.heartbeat())
        assert agent.head_of_the_list()
        keys = [load_pem_private_key(own.key_pem, None).public_key() for own in (before, agent.identity.own)]
        assert keys[0] != keys[1]
        old = StationClient(kiosk.world.url, agent.identity.ca, before)
        assert await old.post("/v1/heartbeat", HEARTBEAT) == CertificateRejected("certificate-replaced")
        await old.close()

    kiosk.play(scene)
    assert is_well(kiosk.heartbeat())


def test_a_kiosk_may_be_renewed_again_and_again(kiosk: Kiosk) -> None:
    async def scene(agent: Agent) -> None:
        for _ in range(4):
            assert await agent.renewal.renew()
            assert is_well(await agent.heartbeat())
            assert agent.head_of_the_list()

    kiosk.play(scene)


def test_a_lost_answer_leaves_a_kiosk_that_gets_in_and_renews_later(kiosk: Kiosk) -> None:
    async def scene(agent: Agent) -> None:
        for _ in range(certificates.MOST_UNUSED + 1):
            lost = wire.RenewRequest(csr_pem=KeyRequest().csr_pem)
            assert is_well(await agent.station.post("/v1/renew", lost))
            assert is_well(await agent.heartbeat())
        assert await agent.renewal.renew()
        assert is_well(await agent.heartbeat())

    kiosk.play(scene)


def test_an_agent_killed_between_keeping_and_using_the_new_one_starts_with_it(kiosk: Kiosk) -> None:
    class KilledError(Exception):
        pass

    async def scene(agent: Agent) -> None:
        async def killed(_: OwnCertificate) -> NoReturn:
            raise KilledError

        before = agent.identity.own
        with pytest.raises(KilledError):
            await Renewal(agent.identity, agent.station, killed, kiosk.calendar).renew()
        assert agent.identity.own != before

    kiosk.play(scene)
    assert is_well(kiosk.heartbeat())
    assert is_well(kiosk.heartbeat())


def test_a_full_disk_leaves_the_present_certificate_in_use(kiosk: Kiosk, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> NoReturn:
        raise OSError(errno.ENOSPC, "full")

    async def scene(agent: Agent) -> None:
        before = agent.identity.own
        with monkeypatch.context() as patch:
            patch.setattr(identity_module, "write_private", full)
            assert not await agent.renewal.renew()
        assert agent.identity.own == before
        assert is_well(await agent.heartbeat())
        assert await agent.renewal.renew()

    kiosk.play(scene)
    assert is_well(kiosk.heartbeat())


def test_a_station_that_is_down_is_asked_again_and_changes_nothing(kiosk: Kiosk) -> None:
    async def scene(agent: Agent) -> None:
        down = StationClient("https://127.0.0.1:1", agent.identity.ca, agent.identity.own)
        assert not await Renewal(agent.identity, down, agent.use, kiosk.calendar).renew()
        await down.close()
        assert is_well(await agent.heartbeat())

    kiosk.play(scene)


def test_who_copied_the_key_and_renews_with_it_is_found_out_at_the_gate(kiosk: Kiosk) -> None:
    async def scene(agent: Agent) -> None:
        thief = StationClient(kiosk.world.url, agent.identity.ca, agent.identity.own)
        request = KeyRequest()
        answer = await thief.post("/v1/renew", wire.RenewRequest(csr_pem=request.csr_pem))
        assert isinstance(answer, Answer)
        await thief.use(request.granted(msgspec.json.decode(answer.body, type=wire.Renewed).certificate_pem))
        assert is_well(await agent.heartbeat())
        assert is_well(await thief.post("/v1/heartbeat", HEARTBEAT))
        assert faults_of(await agent.heartbeat()) == {Fault.CERTIFICATE_REJECTED, Fault.STATION_LINK}
        await thief.close()

    kiosk.play(scene)


def test_the_two_files_of_an_earlier_version_are_taken_over(kiosk: Kiosk) -> None:
    folder = kiosk.data / IDENTITY_FOLDER
    own = kiosk.identity().own
    (folder / IDENTITY_FILE).unlink()
    (folder / "kiosk.crt").write_bytes(own.certificate_pem)
    (folder / "kiosk.key").write_bytes(own.key_pem)
    assert is_well(kiosk.heartbeat())
    assert {file.name for file in folder.iterdir()} == {IDENTITY_FILE, "ca.crt"}
    assert is_well(kiosk.heartbeat())


def test_a_power_cut_while_they_are_taken_over_leaves_no_key_in_clear(kiosk: Kiosk) -> None:
    folder = kiosk.data / IDENTITY_FOLDER
    (folder / "kiosk.key").write_bytes(kiosk.identity().own.key_pem)  # the new file is there, the old one still is
    assert is_well(kiosk.heartbeat())
    assert {file.name for file in folder.iterdir()} == {IDENTITY_FILE, "ca.crt"}


def test_a_stolen_disk_without_the_device_key_is_no_identity(kiosk: Kiosk) -> None:
    (kiosk.data / KEY_FILE).unlink()
    open_device_keys(kiosk.data, "file", make=True)
    with pytest.raises(DeviceKeyError):
        kiosk.identity().own  # noqa: B018 (reading it is the act)


@pytest.mark.parametrize("damage", [lambda data: data[:-100], lambda data: data.replace(b"A", b"*"), lambda _: b""])
def test_a_damaged_file_is_told_and_never_taken_for_an_identity(kiosk: Kiosk, damage: Callable[[bytes], bytes]) -> None:
    file = kiosk.data / IDENTITY_FOLDER / IDENTITY_FILE
    file.write_bytes(damage(file.read_bytes()))
    with pytest.raises((IdentityDamagedError, DeviceKeyError)):
        kiosk.identity().own  # noqa: B018 (reading it is the act)
