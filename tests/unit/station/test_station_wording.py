"""What a dispatcher reads of an alarm: facts apart, nothing invented, nobody judged."""

import re
from pathlib import Path
from typing import Any

import pytest

from kiosk.domain.faults import PARTS, Fault
from kiosk.domain.numbers import NumberForm
from kiosk.domain.reasons import Reason
from kiosk.domain.verdict import AlarmKind
from sync.station.alarms import Listed
from sync.station.import_check import Fate
from sync.station.import_tries import TryState
from sync.station.imports import ImportState
from sync.station.kiosk_wording import NEED
from sync.station.list_views import Which
from sync.station.live_list import EntryState
from sync.station.proposals import LegalBasis
from sync.station.requests import Act
from sync.station.rights import Right, Role
from sync.station.supervision import MANY_SILENT, ONE_SILENT
from sync.station.wording import Language, Words, facts_of, kind_in_both

ENGLISH = Words(Language.EN)
CONSOLE = Path(__file__).parents[3] / "ui" / "console"
MEASURED = {
    "similarity": 0.618,
    "band": "accept",
    "accept_threshold": 0.363,
    "pack": "sface-yunet",
    "face_reason": None,
    "liveness": "passed",
    "list_age_s": 125.0,
}


def texts(entry: str | None = "e", **facts: Any) -> list[tuple[str, str | None]]:
    return [(fact.text, fact.detail) for fact in facts_of({"entry": entry, "facts": {**MEASURED, **facts}}, ENGLISH)]


def test_the_four_facts_are_told_apart() -> None:
    assert texts() == [
        ("on the list", None),
        ("matches the portrait", "score 0.618 · threshold 0.363 · sface-yunet"),
        ("passed", None),
        ("2 min", None),
    ]


def test_what_was_not_measured_is_not_available_with_its_reason() -> None:
    none = dict.fromkeys(("similarity", "band", "accept_threshold", "pack", "list_age_s"))
    facts = texts(None, **none, face_reason=Reason.NO_FACE_SEEN, liveness=Reason.LIVENESS_NOT_MEASURED)
    assert facts == [("n/a", None), ("n/a", "no face seen"), ("n/a", "not measured"), ("n/a", None)]


def test_a_score_without_its_threshold_or_pack_is_not_shown() -> None:
    assert texts(accept_threshold=None)[1] == ("matches the portrait", None)
    assert texts(pack=None)[1] == ("matches the portrait", None)


def test_no_fact_of_an_alarm_looks_like_all_is_well() -> None:
    shown = facts_of({"entry": "e", "facts": MEASURED}, ENGLISH)
    assert {fact.tone for fact in shown} <= {"plain", "warn", "bad", "none"}


@pytest.mark.parametrize("kind", AlarmKind)
def test_every_kind_of_alarm_has_words_in_both_languages_and_calls_nobody_guilty(kind: AlarmKind) -> None:
    chinese, english = kind_in_both(kind)
    assert kind not in (chinese, english)
    assert not re.search("罪|犯人|逃犯|嫌|criminal|suspect|offender|fugitive|guilty", chinese + english.lower())


def test_everything_that_a_page_or_script_may_ask_for_has_words() -> None:
    asked = {f"fault.{fault}" for fault in Fault}
    asked |= {f"basis.{basis}" for basis in LegalBasis} | {f"role.{role}" for role in Role}
    asked |= {f"list.state.{state}" for state in EntryState} | {"list.state.expired", "list.state.to-review"}
    asked |= {f"request.{act}" for act in Act} | {f"list.part.{which}" for which in Which}
    asked |= {f"import.state.{state}" for state in ImportState} | {f"import.try.state.{state}" for state in TryState}
    asked |= {f"import.fate.{fate}" for fate in Fate} | {f"right.{right}" for right in Right}
    asked |= {f"number-form.{form}" for form in NumberForm}
    numbers = (CONSOLE.parents[1] / "kiosk" / "domain" / "numbers.py").read_text()
    asked |= {f"number-rule.{rule}" for rule in re.findall(r'raise InvalidNumberError\("(.+)"\)', numbers)}
    asked |= {f"listed.{listed}" for listed in Listed if listed is not Listed.NOT_APPLICABLE}
    asked |= {f"kind.{kind}" for kind in (ONE_SILENT, MANY_SILENT)} | {f"kiosks.state.{state}" for state in NEED}
    asked |= {f"kiosks.{part}" for part in PARTS} | {f"ntp.{state}" for state in ("synchronised", "not-synchronised")}
    asked |= {f"error.{code}" for code in ("no-such-kiosk", "no-maintenance")}
    asked |= {f"error.maintenance-{code}" for code in ("length", "over", "announced")}
    for template in (CONSOLE / "templates").glob("*.html"):
        asked |= set(re.findall(r"""\bt\(["']([\w./-]+)["'][,)]""", template.read_text()))
    assert {key for key in asked if ENGLISH.known(key) is None} == set()


def test_no_page_names_another_host_or_holds_a_script_or_style_of_its_own() -> None:
    for file in (*CONSOLE.glob("templates/*"), *(one for one in CONSOLE.glob("static/*") if one.suffix != ".png")):
        text = file.read_text().replace("http://www.w3.org/2000/svg", "")
        assert not re.search(r"https?://|//[a-z]+\.[a-z]+/", text), file.name
        assert not re.search(r"<style|\sstyle=|\son\w+=", text), file.name
        assert not re.search(r"<script(?![^>]*(src=|application/json))", text), file.name


def _luminance(colour: str) -> float:
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
def test_every_text_colour_has_seven_to_one_on_its_ground(theme: int) -> None:
    """WCAG 2.2, 1.4.6."""
    css = (CONSOLE / "static" / "console.css").read_text()
    both = re.findall(r"--([\w-]+): (?:light-dark\()?(#[0-9a-f]{6})(?:, (#[0-9a-f]{6})\))?;", css)
    colours = {name: colour[theme] or colour[0] for name, *colour in both}
    texts = ("text", "soft", "good", "warn", "bad", "main")
    pairs = [(text, ground) for text in texts for ground in ("ground", "card")]
    for text, ground in [*pairs, ("on-main", "main"), ("on-lost", "lost"), ("on-drill", "drill"), ("ground", "warn")]:
        light, dark = sorted((_luminance(colours[text]), _luminance(colours[ground])), reverse=True)
        assert (light + 0.05) / (dark + 0.05) >= 7, (text, ground)
