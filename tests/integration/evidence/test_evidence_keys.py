"""Both ends' keys for the faces of alarms: made for stations of before too, and known to a kiosk by its enrolment."""

import stat
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from evidence_gate import Gate
from station_world import World

from kiosk.domain.alarm import Alarm
from sync.station.keyring import EVIDENCE_KEY, REQUEST_KEY, KeyringError, create_keyring, load_keyring


def test_a_station_of_before_is_given_the_keys_once_for_its_user_alone(tmp_path: Path) -> None:
    now = datetime.now(UTC)
    create_keyring(tmp_path, site="west-gate", hosts=(), now=now)
    for name in (EVIDENCE_KEY, REQUEST_KEY):
        (tmp_path / name).unlink()  # as an earlier version left it
    first, again = load_keyring(tmp_path, now=now), load_keyring(tmp_path, now=now)
    for one, other in ((first.evidence_key, again.evidence_key), (first.request_key, again.request_key)):
        assert one.public_key().public_bytes_raw() == other.public_key().public_bytes_raw()
    assert [stat.S_IMODE((tmp_path / name).stat().st_mode) for name in (EVIDENCE_KEY, REQUEST_KEY)] == [0o600, 0o600]
    assert "Private" not in repr(first)


@pytest.mark.parametrize("name", [EVIDENCE_KEY, REQUEST_KEY])
def test_a_damaged_key_is_not_replaced_in_silence(tmp_path: Path, name: str) -> None:
    now = datetime.now(UTC)
    create_keyring(tmp_path, site="west-gate", hosts=(), now=now)
    (tmp_path / name).write_bytes(b"damaged")
    with pytest.raises(KeyringError):
        load_keyring(tmp_path, now=now)


def until_answered(world: World, dispatcher: httpx.Client, gate: Gate, alarm: Alarm, *flags: str) -> httpx.Response:
    """Ask, run ``kiosk-sync run`` with these flags, and return the first answer that is one."""
    path = f"/api/alarms/{alarm.id}/evidence"
    assert dispatcher.post(path, json={"reason": "who is it?"}).status_code == 202
    argv = ["-m", "sync.kiosk_end", "run", "--station", world.url, "--data", str(gate.data), *flags]
    with subprocess.Popen([sys.executable, *argv], stderr=subprocess.DEVNULL) as agent:
        try:
            ends = time.monotonic() + 30
            while (answer := dispatcher.get(path)).status_code == 404 and answer.json()["error"] == "not-yet":
                assert time.monotonic() < ends
                time.sleep(0.05)
            return answer
        finally:
            agent.terminate()


def test_the_agent_sends_a_face_only_where_the_site_has_declared_its_link_private(
    world: World, dispatcher: httpx.Client, gate: Gate
) -> None:
    alarm = gate.alarm()
    gate.deliver()
    dispatcher.post(f"/api/alarms/{alarm.id}/acknowledge")
    assert until_answered(world, dispatcher, gate, alarm).json()["why"] == "link-not-private"
    assert until_answered(world, dispatcher, gate, alarm, "--private-link").headers["content-type"] == "image/jpeg"
