"""The two roads between gate and station, over real TLS on loopback: an alarm up, a list change down."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import count
from uuid import uuid4

from playwright.sync_api import Page, sync_playwright

from hardware.simulators.personas import PERSONAS, synthetic_number
from hardware.simulators.scenario.console import CHROMIUM_ARGUMENTS, CHROMIUM_PATH, sign_in
from hardware.simulators.scenario.house import House
from kiosk.domain.alarm import Alarm
from kiosk.domain.evidence import Listed, NotListed
from kiosk.domain.ids import AlarmId, Presence, VisitId
from kiosk.domain.numbers import DocumentNumber
from kiosk.domain.verdict import AlarmKind
from kiosk.doorbell import DOORBELL_FILE, ring
from sync.kiosk_end.outbox import OUTBOX_FILE, OutboxFile
from tests.bench.list_stage import unpaced_list
from tests.bench.rows import Row, percentile
from watchlist.lookup import SealedList

ALARMS = 100
CHANGES = 60

_NOTE_ROWS = """
() => {
  window.seen = {};
  new MutationObserver(() => {
    for (const row of document.querySelectorAll("#waiting .alarm")) window.seen[row.id] ??= Date.now();
  }).observe(document.body, { childList: true, subtree: true });
}
"""


def alarms(house: House) -> list[Row]:
    """Decision → shown at the console of a signed-in dispatcher."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM_PATH, args=list(CHROMIUM_ARGUMENTS))
        page = browser.new_page(ignore_https_errors=True)
        sign_in(page, house.url, house.dispatcher)
        page.wait_for_timeout(1500)  # its stream is open
        page.evaluate(_NOTE_ROWS)
        milliseconds = _raise_and_watch(house, page)
        browser.close()
    return [
        Row(name="station.alarm.decision-to-console.p50", value=percentile(milliseconds, 0.5), unit="ms"),
        Row(name="station.alarm.decision-to-console.p99", value=percentile(milliseconds, 0.99), unit="ms", target=500),
    ]


def _raise_and_watch(house: House, page: Page) -> list[float]:
    outbox = OutboxFile(house.kiosk_data / OUTBOX_FILE, lambda: ring(house.kiosk_data / DOORBELL_FILE))
    decided: dict[str, float] = {}
    for number in range(ALARMS):
        alarm = AlarmId(str(uuid4()))
        decided[f"alarm-{alarm}"] = time.time() * 1e3
        outbox.raise_alarm(
            Alarm(id=alarm, kind=AlarmKind.STAFF_PANIC, visit=VisitId(f"BENCH{number:07}"), raised_at=datetime.now(UTC))
        )
        page.wait_for_timeout(60)
    page.wait_for_timeout(2000)
    outbox.close()
    seen = page.evaluate("() => window.seen")
    missing = decided.keys() - seen.keys()
    if missing:
        raise AssertionError(f"{len(missing)} of {ALARMS} alarms were not shown")
    return [seen[row] - at for row, at in decided.items()]


def list_changes(house: House) -> list[Row]:
    """A change at the station → at work in the kiosk's own look-up, counted from the admin's request.

    So each figure holds the request, the commit, the push, the kiosk's commit, and the look-up that finds it (Argon2id
    and all); sealing a new entry, which comes before the commit, is in it too.
    """
    watchlist = unpaced_list(house.kiosk_data)
    presences = (Presence("bench", number, 1) for number in count())
    added, withdrawn = [], []
    for sequence in range(CHANGES):
        person = PERSONAS["p030"]
        number = DocumentNumber(synthetic_number(person.born - timedelta(days=sequence), 900 + sequence % 50))
        entry = house.admin.propose_number(number.value, case=f"EX-bench-{sequence}")
        started_s = time.perf_counter()
        house.approver.approve(entry)
        added.append(_until(watchlist, presences, number, Listed, started_s))
        started_s = time.perf_counter()
        house.admin.withdraw(entry)
        withdrawn.append(_until(watchlist, presences, number, NotListed, started_s))
    watchlist.close()
    return [
        Row(name="sync.list-add.request-to-look-up.p50", value=percentile(added, 0.5), unit="ms"),
        Row(name="sync.list-add.request-to-look-up.p99", value=percentile(added, 0.99), unit="ms", target=500),
        Row(name="sync.list-withdraw.request-to-look-up.p50", value=percentile(withdrawn, 0.5), unit="ms"),
        Row(name="sync.list-withdraw.request-to-look-up.p99", value=percentile(withdrawn, 0.99), unit="ms", target=500),
    ]


def _until(
    watchlist: SealedList,
    presences: Iterator[Presence],
    number: DocumentNumber,
    wanted: type[Listed | NotListed],
    started_s: float,
) -> float:
    while time.perf_counter() < started_s + 10:
        if isinstance(watchlist.look_up(next(presences), (number,), datetime.now(UTC)), wanted):
            return (time.perf_counter() - started_s) * 1e3
    raise AssertionError(f"the change was not at work after 10 s: {wanted.__name__}")
