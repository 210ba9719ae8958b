"""The torture report: what was tried, how often, what staff saw, what was lost; as JSON and as one page of HTML.

A test of the torture takes the fixture ``report`` and says what it has tried before it asserts anything, so that a loss
is in the report as well as in the test's failure:

    report.tried("power cut of outbox.db", times=300, losses=lost, staff_saw="station-link until the next heartbeat")
    report.planted("synchronous=NORMAL", caught=bool(complaints), found=complaints[0])

Each statement is one line of a file, which tests in several processes may add to at once.
"""

import os
import platform
import subprocess
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from html import escape
from pathlib import Path
from typing import Final

import msgspec
from msgspec import Struct

from hardware.simulators.compile import BUILD

STATEMENTS: Final = BUILD / "torture.jsonl"


class Tried(Struct, frozen=True, kw_only=True, tag="tried"):
    """A fault that was brought about so many times. ``staff_saw``: the kiosk's fault codes, what the console showed."""

    fault: str
    times: int
    staff_saw: str
    losses: int
    doubles: int
    note: str = ""


class Planted(Struct, frozen=True, kw_only=True, tag="planted"):
    """A build of ours that was broken on purpose, and what the torture said of it."""

    plant: str
    caught: bool
    found: str


class Ran(Struct, frozen=True, kw_only=True, tag="ran"):
    """A test of the torture, as pytest saw it."""

    test: str
    outcome: str
    seconds: float


class Report:
    """Where a test says what it has tried."""

    def tried(
        self, fault: str, *, times: int, staff_saw: str, losses: int = 0, doubles: int = 0, note: str = ""
    ) -> None:
        """Say that a fault was brought about ``times`` times, and how many alarms or counts were lost or doubled."""
        _state(Tried(fault=fault, times=times, staff_saw=staff_saw, losses=losses, doubles=doubles, note=note))

    def planted(self, plant: str, *, caught: bool, found: str) -> None:
        """Say whether a fault that was planted in the product was found, and as what."""
        _state(Planted(plant=plant, caught=caught, found=found))


def begin() -> None:
    """Forget the report before this one."""
    BUILD.mkdir(exist_ok=True)
    STATEMENTS.write_bytes(b"")


def ran(test: str, outcome: str, seconds: float) -> None:
    """Say how a test ended."""
    _state(Ran(test=test, outcome=outcome, seconds=seconds))


def write() -> None:
    """Make torture.json and torture.html of what has been said."""
    said = [msgspec.json.decode(line, type=Tried | Planted | Ran) for line in STATEMENTS.read_bytes().splitlines()]
    tried = [one for one in said if isinstance(one, Tried)]
    planted = [one for one in said if isinstance(one, Planted)]
    tests = [one for one in said if isinstance(one, Ran)]
    facts = {
        "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "revision": _git("rev-parse", "HEAD") + (" and changes" if _git("status", "--porcelain") else ""),
        "machine": f"{platform.platform()}, {os.cpu_count()} cores, Python {platform.python_version()}",
        "seconds": round(sum(one.seconds for one in tests)),
    }
    verdict = _verdict(tried, planted, tests)
    whole = {**facts, "verdict": verdict, "tried": tried, "planted": planted, "tests": tests}
    (BUILD / "torture.json").write_bytes(msgspec.json.format(msgspec.json.encode(whole)) + b"\n")
    (BUILD / "torture.html").write_text(_page(facts, verdict, tried, planted, tests))


def _verdict(tried: list[Tried], planted: list[Planted], tests: list[Ran]) -> str:
    """Return what is to be said first."""
    wrong = [
        f"{number} {words}"
        for number, words in (
            (sum(one.losses for one in tried), "lost"),
            (sum(one.doubles for one in tried), "doubled"),
            (sum(not one.caught for one in planted), "planted faults not caught"),
            (sum(one.outcome != "passed" for one in tests), "tests that did not pass"),
        )
        if number
    ]
    if wrong:
        return "Not proved: " + ", ".join(wrong) + "."
    times = sum(one.times for one in tried)
    return f"Zero losses: {times:,} times something failed, nothing lost, nothing doubled; " + (
        f"all {len(planted)} planted faults caught." if planted else "no planted faults in this run."
    )


def _state(statement: Tried | Planted | Ran) -> None:
    file = os.open(STATEMENTS, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    try:
        os.write(file, msgspec.json.encode(statement) + b"\n")  # one write: whole lines from many processes
    finally:
        os.close(file)


def _git(*words: str) -> str:
    done = subprocess.run(["git", *words], cwd=Path(__file__).parent, capture_output=True, text=True, check=False)
    return done.stdout.strip()


_STYLE: Final = """
body { font: 16px/1.5 system-ui, sans-serif; color: #1a1a1a; max-width: 72rem; margin: 2rem auto; padding: 0 1rem }
.verdict { font-size: 1.3rem; font-weight: 600; border-left: .4rem solid #1b6e3c; padding: .5rem 1rem }
.verdict.bad { border-color: #b00020 }
table { border-collapse: collapse; width: 100%; margin-bottom: 2rem }
th, td { text-align: left; vertical-align: top; padding: .3rem .8rem .3rem 0; border-bottom: 1px solid #ccc }
.n { text-align: right; font-variant-numeric: tabular-nums }
.bad { color: #b00020; font-weight: 600 }
"""


def _page(facts: dict[str, object], verdict: str, tried: list[Tried], planted: list[Planted], tests: list[Ran]) -> str:
    bad = "" if verdict.startswith("Zero") else " bad"
    parts = [
        "<!doctype html><html lang='en'><meta charset='utf-8'>",
        "<meta name='viewport' content='width=device-width'>",
        f"<title>Torture report</title><style>{_STYLE}</style><h1>Torture report</h1>",
        f"<p class='verdict{bad}'>{escape(verdict)}</p>",
        f"<p>Revision {escape(str(facts['revision']))}<br>{escape(str(facts['machine']))}<br>",
        f"{escape(str(facts['made_at']))}, {facts['seconds']} s of tests</p>",
        "<h2>What was tried</h2>",
        _table(
            ("Fault", "Times", "What staff saw", "Lost", "Doubled", ""),
            [(one.fault, one.times, one.staff_saw, one.losses, one.doubles, one.note) for one in tried],
            wrong=lambda row: bool(row[3] or row[4]),
        ),
        "<h2>Faults planted in the product</h2>",
        "<p>A torture that finds nothing proves something only if it finds what is there.</p>",
        _table(
            ("Planted", "", "What the torture found"),
            [(one.plant, "caught" if one.caught else "NOT CAUGHT", one.found) for one in planted],
            wrong=lambda row: row[1] != "caught",
        ),
        "<h2>Tests</h2>",
        _table(
            ("Test", "", "Seconds"),
            [(one.test, one.outcome, round(one.seconds, 1)) for one in tests],
            wrong=lambda row: row[1] != "passed",
        ),
        "</html>\n",
    ]
    return "\n".join(parts)


def _table(
    head: tuple[str, ...], rows: Sequence[tuple[object, ...]], wrong: Callable[[tuple[object, ...]], bool]
) -> str:
    def cell(value: object, tag: str = "td") -> str:
        kind = " class='n'" if isinstance(value, int | float) else ""
        return f"<{tag}{kind}>{escape(f'{value:,}' if kind else str(value))}</{tag}>"

    lines = ["<table><tr>" + "".join(cell(word, "th") for word in head) + "</tr>"]
    lines += [
        f"<tr{' class=bad' if wrong(row) else ''}>" + "".join(cell(value) for value in row) + "</tr>" for row in rows
    ]
    return "\n".join([*lines, "</table>"])
