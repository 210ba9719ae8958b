"""The console's words, in Chinese and English, and how an alarm's facts are put into them.

The words live beside the templates in ``ui/console/strings.json``, key → {zh, en}. What was not measured reads
"n/a" with its reason (RULES 11).
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from importlib.resources import files
from typing import Any, Final

import msgspec

from kiosk.domain.evidence import Band
from kiosk.domain.reasons import Reason
from sync.station.site_time import SITE_TIME

FOLDER: Final = files("ui.console")


class Language(StrEnum):
    """A language of the console."""

    ZH = "zh"
    EN = "en"


class _Text(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    zh: str
    en: str


_STRINGS: Final = msgspec.json.decode((FOLDER / "strings.json").read_bytes(), type=dict[str, _Text])


class Words:
    """The words of one language: ``words("nav.alarms")``, with ``{field}`` filled in."""

    def __init__(self, language: Language) -> None:
        self.language = language

    def __call__(self, key: str, **fields: str | int | float) -> str:
        """Return the text of this key.

        Raises:
            KeyError: there is no such key.
        """
        text: str = getattr(_STRINGS[key], self.language)
        return text.format(**fields) if fields else text

    def known(self, key: str) -> str | None:
        """Return the text of this key, or None where there is none."""
        return self(key) if key in _STRINGS else None

    def of_code(self, prefix: str, code: str) -> str:
        """Return the words for a code of a kiosk; a code that we do not know is shown as it is."""
        return self.known(f"{prefix}.{code}") or code

    def beginning(self, prefix: str) -> dict[str, str]:
        """Return every text whose key begins so, by the rest of its key."""
        return {key.removeprefix(prefix): self(key) for key in _STRINGS if key.startswith(prefix)}

    def day(self, at: str) -> str:
        """Return an RFC 3339 time as a day at the site."""
        return datetime.fromisoformat(at).astimezone(SITE_TIME).date().isoformat()

    def time(self, at: str) -> str:
        """Return an RFC 3339 time as day and time at the site."""
        return datetime.fromisoformat(at).astimezone(SITE_TIME).strftime("%m-%d %H:%M:%S")

    def minute(self, at: str) -> str:
        """Return an RFC 3339 time as day and minute at the site."""
        return (
            datetime.fromisoformat(at)
            .astimezone(SITE_TIME)
            .strftime("%m\N{NON-BREAKING HYPHEN}%d\N{NO-BREAK SPACE}%H:%M")
        )

    def duration(self, seconds: float) -> str:
        """Return a duration in its largest whole unit."""
        for unit, size in (("day", 86_400), ("hour", 3_600), ("minute", 60)):
            if seconds >= size:
                return self(f"duration.{unit}", n=int(seconds // size))
        return self("duration.second", n=int(seconds))


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One fact of an alarm. ``sign`` and ``tone`` (plain, warn, bad, none) stand beside a text that says it all.

    No fact is green: that a face matches is no good news here, and not to be read as "all is well".
    """

    label: str
    text: str
    sign: str
    tone: str
    detail: str | None = None


def kind_in_both(kind: str) -> tuple[str, str]:
    """Return an alarm's kind in Chinese and in English, whichever language the console shows."""
    chinese, english = Words(Language.ZH), Words(Language.EN)
    return chinese.of_code("kind", kind), english.of_code("kind", kind)


def lateness_s(alarm: dict[str, Any]) -> float:
    """Return how long the alarm was on its way, in seconds, by the clocks of kiosk and station."""
    received, raised = datetime.fromisoformat(alarm["received_at"]), datetime.fromisoformat(alarm["raised_at"])
    return (received - raised).total_seconds()


def facts_of(alarm: dict[str, Any], words: Words) -> tuple[Fact, ...]:
    """Return the four facts of an alarm, each apart: number, face, liveness, age of the list."""
    facts = alarm["facts"]
    return (
        _number(alarm["entry"], words),
        _face(facts, words),
        _liveness(facts["liveness"], words),
        _list_age(facts["list_age_s"], words),
    )


def _number(entry: str | None, words: Words) -> Fact:
    label = words("fact.number")
    if entry is None:
        return _not_measured(label, None, words)
    return Fact(label=label, text=words("fact.number.hit"), sign="!", tone="warn")


def _face(facts: dict[str, Any], words: Words) -> Fact:
    label, band = words("fact.face"), facts["band"]
    if band is None:
        return _not_measured(label, facts["face_reason"], words)
    sign, tone = {Band.ACCEPT: ("=", "plain"), Band.REJECT: ("≠", "warn")}.get(band, ("?", "warn"))
    return Fact(label=label, text=words.of_code("fact.face", band), sign=sign, tone=tone, detail=_score(facts, words))


def _score(facts: dict[str, Any], words: Words) -> str | None:
    """Return the score beside its threshold and its pack: alone it means nothing (RULES 11)."""
    if facts["similarity"] is None or facts["accept_threshold"] is None or facts["pack"] is None:
        return None
    score, threshold = f"{facts['similarity']:.3f}", f"{facts['accept_threshold']:.3f}"
    return words("fact.face.score", score=score, threshold=threshold, pack=facts["pack"])


def _liveness(liveness: str, words: Words) -> Fact:
    label = words("fact.liveness")
    match liveness:
        case "passed":
            return Fact(label=label, text=words("fact.liveness.passed"), sign="✓", tone="plain")
        case Reason.LIVENESS_FAILED:
            return Fact(label=label, text=words("fact.liveness.failed"), sign="✕", tone="bad")
        case "n/a":
            return _not_measured(label, None, words)
        case reason:
            return _not_measured(label, reason, words)


def _list_age(age_s: float | None, words: Words) -> Fact:
    label = words("fact.list-age")
    if age_s is None:
        return _not_measured(label, None, words)
    # DESIGN, list age: under an hour is normal.
    sign, tone = ("✓", "plain") if age_s < 3_600 else ("!", "warn")
    return Fact(label=label, text=words.duration(age_s), sign=sign, tone=tone)


def _not_measured(label: str, reason: str | None, words: Words) -> Fact:
    detail = words.of_code("reason", reason) if reason else None
    return Fact(label=label, text=words("n/a"), sign="–", tone="none", detail=detail)
