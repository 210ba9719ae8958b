"""The services run in their sandboxes with what they need and nothing else, and are started anew when they hang."""

import re
import subprocess
from pathlib import Path

import pytest
from machine import AGENT, APP, REPOSITORY, STATION, Machine, until

UNITS = sorted((REPOSITORY / "hardware" / "wiring" / "systemd").glob("*.service"))
pytestmark = [pytest.mark.models, pytest.mark.timeout(180)]


def processes(machine: Machine, service: str) -> list[str]:
    group = machine.shows(service, "ControlGroup")
    places = f"/sys/fs/cgroup/systemd{group}/cgroup.procs /sys/fs/cgroup{group}/cgroup.procs"  # v1, v2
    return machine.run("sh", "-c", f"cat {places} 2>/dev/null || true").split()


def test_the_app_and_its_workers_run_and_have_no_network_at_all(machine: Machine) -> None:
    pids = processes(machine, APP)
    assert len(pids) >= 3  # the app, the reader worker, the camera worker
    for pid in pids:
        (loopback,) = machine.run("nsenter", "--target", pid, "--net", "ip", "-brief", "link").splitlines()
        assert loopback.startswith("lo ")


def test_the_agent_reaches_the_station_and_the_list_comes(machine: Machine) -> None:
    until(lambda: '"faults": []' in machine.log(AGENT), "the link")
    until(lambda: '"feed.applied"' in machine.log(AGENT), "the list")


@pytest.mark.parametrize(
    ("service", "path"),
    [
        (APP, "/var/lib/hongtu-gate/identity/"),
        (AGENT, "/dev/video0"),
        (AGENT, "/dev/input/"),
        (STATION, "/dev/video0"),
    ],
)
def test_no_service_sees_what_is_not_its_own(machine: Machine, service: str, path: str) -> None:
    pid = machine.shows(service, "MainPID")
    assert machine.run("sh", "-c", f"ls /proc/{pid}/root{path} 2>/dev/null | head -1", check=False).strip() == ""


@pytest.mark.parametrize("service", [STATION, AGENT, APP])
def test_no_service_has_a_right_beyond_its_user_s(machine: Machine, service: str) -> None:
    for pid in processes(machine, service):
        status = machine.run("cat", f"/proc/{pid}/status")
        assert re.search(r"^CapEff:\s0+$", status, re.MULTILINE)
        assert re.search(r"^CapBnd:\s0+$", status, re.MULTILINE)
        assert re.search(r"^NoNewPrivs:\s1$", status, re.MULTILINE)
        assert re.search(r"^Seccomp:\s2$", status, re.MULTILINE)


def test_a_service_that_hangs_is_started_anew(machine: Machine) -> None:
    services = (STATION, AGENT, APP)
    before = {service: machine.shows(service, "NRestarts") for service in services}
    for service in services:
        machine.run("kill", "-STOP", machine.shows(service, "MainPID"))
    for service in services:
        until(lambda service=service: machine.shows(service, "NRestarts") != before[service], f"a new {service}")
        until(lambda service=service: machine.shows(service, "ActiveState") == "active", service)


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.stem)
def test_systemd_finds_the_exposure_that_the_docs_name(unit: Path) -> None:
    said = subprocess.run(
        ["systemd-analyze", "security", "--offline=true", "--no-pager", unit],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    exposure = re.search(rf"exposure level for {unit.name}: ([\d.]+)", said)
    assert exposure is not None
    row = re.search(rf"`{unit.name}`.*\| ([\d.]+) \|", (REPOSITORY / "docs" / "services.md").read_text())
    assert row is not None
    assert exposure[1] == row[1]
