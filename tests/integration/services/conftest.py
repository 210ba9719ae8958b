"""What the tests of the services share."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from machine import AGENT, APP, PROGRAMS, STATION, Machine, started, until  # after the path to it


@pytest.fixture(scope="module")  # "package" would keep it at work to the end of the suite: this folder is none
def machine() -> Iterator[Machine]:
    """A machine on which the installer has done what docs/services.md says: station, agent and app run as services."""
    if os.geteuid() != 0:
        pytest.skip("needs root: namespaces with a systemd in them")
    with started() as machine:
        machine.run("install", "-d", "-m", "700", "-o", STATION, "-g", STATION, "/var/lib/hongtu-station")
        machine.run("install", "-d", "-m", "700", "-o", "hongtu-gate", "-g", "hongtu-gate", "/var/lib/hongtu-gate")
        station = ("--data", "/var/lib/hongtu-station")
        machine.run(f"{PROGRAMS}/station", "init", *station, "--site", "gutian", user=STATION)
        machine.start(STATION)
        token = machine.run(
            f"{PROGRAMS}/station", "enrol-token", *station, "--kiosk", "g1", "--lane", "A", user=STATION
        ).split()[0]
        machine.write("/etc/hongtu-gate/ca.pem", machine.run("cat", "/var/lib/hongtu-station/ca.pem"))
        enrol = ("--station", "https://127.0.0.1:8443", "--ca", "/etc/hongtu-gate/ca.pem", "--token", token)
        machine.run(f"{PROGRAMS}/kiosk-sync", "enrol", *enrol, "--data", "/var/lib/hongtu-gate", user="hongtu-gate")
        machine.write("/etc/hongtu-gate/sync.env", "HONGTU_STATION=https://127.0.0.1:8443\nHONGTU_OPTIONS=--no-ntp\n")
        machine.start(AGENT)
        machine.write("/etc/hongtu-gate/kiosk.toml", _SETTINGS)
        machine.write("/etc/hongtu-gate/kiosk.env", "QT_QPA_PLATFORM=offscreen\n")
        machine.write("/run/stage", "nobody")
        machine.start(APP)
        until(lambda: '"fault": "face-models", "event": "fault.cleared"' in machine.log(APP), "the face models")
        yield machine


_SETTINGS = """
data = "/var/lib/hongtu-gate"
production = false
[reader]
profile = "/opt/hongtu-gate/hardware/wiring/readers/reference-test.toml"
[camera]
source = "stage:/run/stage"
[face]
pack = "/opt/hongtu-gate/build/models/sface-yunet"
[screen]
site = "/opt/hongtu-gate/ui/sites/gutian.toml"
full_screen = false
"""
