"""Promises that only the whole product can keep: no network at the kiosk, no alarm lost to a crash."""

import json
import os
import signal
import time
from pathlib import Path

import pytest
from process_tree import descendants_of

from hardware.simulators.personas import PERSONAS, Persona
from hardware.simulators.scenario.day import ARRIVES_WITHIN_S, Ledger
from hardware.simulators.scenario.house import AGENT, KIOSK, STATION, House
from kiosk.visit.screen import ScreenKind

pytestmark = [pytest.mark.pcsc, pytest.mark.models, pytest.mark.timeout(300)]

LISTED: Persona = PERSONAS["p037"]  # whom no story of the day lists


@pytest.fixture(scope="module")
def alarms_before(standing_house: House) -> int:
    return len(standing_house.dispatcher.alarms())


@pytest.fixture(scope="module")
def listed(standing_house: House, alarms_before: int) -> str:
    return standing_house.list_person(LISTED, case="EX-1")


def visit(house: House) -> None:
    """The listed person comes, sees the referral, and goes."""
    mark = house.window.mark()
    house.before_camera(LISTED.key)
    house.card.lay(LISTED)
    house.window.wait(ScreenKind.SEE_STAFF, since=mark)
    house.card.lift()
    house.before_camera("nobody")


def books(house: House) -> Ledger:
    """Close every case: while one is open, the same person a minute later is its repeat. Return what is there then."""
    for alarm in house.dispatcher.alarms():
        if alarm["state"] == "raised":
            house.dispatcher.acknowledge(alarm["id"])
            house.dispatcher.dismiss(alarm["id"])
    return Ledger.of(house)


def new_alarms(house: House, before: Ledger) -> list[str]:
    return [str(alarm["kind"]) for alarm in house.dispatcher.alarms() if alarm["id"] not in before.alarms]


def wait_for_alarms(house: House, before: Ledger, wanted: int) -> list[str]:
    def here() -> bool:
        return len(new_alarms(house, before)) >= wanted

    house.wait_until(here, f"{wanted} alarms", ARRIVES_WITHIN_S)
    return new_alarms(house, before)


def test_the_kiosk_app_and_its_workers_have_no_network(house: House) -> None:
    app = house.processes.pid(KIOSK)
    processes = [app, *descendants_of(app)]
    assert len(processes) >= 3  # the app, the reader worker, the camera worker
    for pid in processes:
        assert Path(f"/proc/{pid}/ns/net").readlink() != Path("/proc/self/ns/net").readlink()
        interfaces = Path(f"/proc/{pid}/net/dev").read_text().splitlines()[2:]
        assert [line.split(":")[0].strip() for line in interfaces] == ["lo"]
        assert Path(f"/proc/{pid}/net/tcp").read_text().count("\n") == 1  # the heading alone: nothing listens


def test_an_agent_killed_before_it_could_send_loses_no_alarm(house: House, listed: str) -> None:
    before = books(house)
    house.crash(AGENT)
    visit(house)
    assert new_alarms(house, before) == []
    house.start_agent()
    assert wait_for_alarms(house, before, 1) == ["wanted-person"]


def test_a_station_killed_during_the_visit_gets_the_alarm_when_it_is_back(house: House, listed: str) -> None:
    before = books(house)
    house.crash(STATION)
    visit(house)
    house.start_station()
    assert wait_for_alarms(house, before, 1) == ["wanted-person"]


def test_a_kiosk_app_killed_after_the_alarm_was_committed_loses_nothing(house: House, listed: str) -> None:
    before = books(house)
    house.crash(AGENT)
    visit(house)
    house.crash(KIOSK)
    house.start_agent()
    assert wait_for_alarms(house, before, 1) == ["wanted-person"]
    mark = house.window.mark()
    house.start_kiosk()
    house.window.wait(ScreenKind.ATTRACT, since=mark, timeout_s=60)


def test_an_app_that_is_told_to_stop_again_and_again_still_ends_in_order(house: House) -> None:
    mark = house.window.mark()
    house.before_camera("lisa")
    house.card.lay(PERSONAS["lisa"])
    house.window.wait(ScreenKind.READING, since=mark)  # a face is being looked at
    app = house.processes.pid(KIOSK)
    workers = descendants_of(app)
    while house.processes.is_running(KIOSK):
        os.kill(app, signal.SIGTERM)
        time.sleep(0.002)
    assert json.loads(house.kiosk_log.read_bytes().splitlines()[-1])["event"] == "kiosk.stopped"
    assert [worker for worker in workers if Path(f"/proc/{worker}").exists()] == []
    house.card.lift()
    mark = house.window.mark()
    house.start_kiosk()
    house.window.wait(ScreenKind.ATTRACT, since=mark, timeout_s=60)


def test_a_card_service_killed_and_started_again_serves_the_next_visitor(house: House, listed: str) -> None:
    if not house.pcsc.is_ours:
        pytest.skip("this machine's own pcscd runs; it is not ours to kill")
    before = books(house)
    mark = house.window.mark()
    house.pcsc.kill()
    shown = house.window.wait(ScreenKind.OUT_OF_SERVICE, since=mark)
    house.wait_until(
        lambda: any("reader-service-down" in seen.faults for seen in house.window.seen_since(mark)),
        f"the named fault after {shown}",
        10,
    )
    house.pcsc.start()
    visit(house)
    assert wait_for_alarms(house, before, 1) == ["wanted-person"]


def test_no_alarm_came_twice(house: House, listed: str, alarms_before: int) -> None:
    visits = [alarm["visit"] for alarm in house.dispatcher.alarms()]
    assert len(visits) == len(set(visits)) == alarms_before + 4
