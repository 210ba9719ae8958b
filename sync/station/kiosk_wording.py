"""How a kiosk is, and how silent it was, in words: what needs somebody has a sign and a tone, the rest is plain."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from sync.station.wording import Fact, Words

_NAMED: Final = 12
"""Kiosks of one alarm that are named; the page of kiosks has all of them."""
_OLD_LIST_S: Final = 3_600
_FEW_DAYS: Final = 7
"""Of a certificate: its renewal has failed for days then."""
_CLOCK_OFF_S: Final = 5.0
"""GB 50396-2007: within 5 s a day."""
_GIB: Final = 2**30

NEED: Final = ("silent", "never-heard", "faulty", "maintenance", "well")
"""The states of a kiosk, whoever needs somebody most first."""


@dataclass(frozen=True, slots=True)
class Look:
    """How a state looks beside its word, in a table and on the plan: nothing is said by its tone alone."""

    tone: str
    sign: str
    shape: str


_LOOKS: Final = {
    "silent": Look("bad", "✕", "square"),
    "never-heard": Look("bad", "✕", "square"),
    "faulty": Look("warn", "!", "triangle"),
    "maintenance": Look("none", "–", "dashed"),
    "well": Look("good", "✓", "circle"),
    "place": Look("plain", "●", "circle"),
}


def look_of(state: str) -> Look:
    """Return how a state looks; that of "place" says where a kiosk stands and no more."""
    return _LOOKS[state]


def by_need(kiosks: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Return the kiosks, those that need somebody first."""
    return sorted(kiosks, key=lambda kiosk: (NEED.index(kiosk["state"]), kiosk["kiosk"]))


def needs_somebody(kiosk: Mapping[str, Any]) -> bool:
    """Tell whether somebody has to see to this kiosk now."""
    return kiosk["state"] in NEED[:3]


def parts_of(kiosk: Mapping[str, Any], words: Words) -> tuple[Fact, ...]:
    """Return how reader, camera and gate are, and which face models are at work."""
    parts = [_part(part, kiosk[part], words) for part in ("reader", "camera", "gate")]
    pack, digest = kiosk["pack"], kiosk["pack_digest"]
    models = _fact("kiosks.pack", words, pack and f"{pack} {(digest or '')[:8]}".strip())
    return (*parts, models)


def road_of(kiosk: Mapping[str, Any], words: Words) -> tuple[Fact, ...]:
    """Return how far the list has come, and what waits to be sent."""
    seq, age_s, depth, oldest_s = (
        kiosk[key] for key in ("list_seq", "list_age_s", "outbox_depth", "oldest_undelivered_s")
    )
    age = words("n/a") if age_s is None else words.duration(age_s)
    waits = None if depth is None else f"{depth} ({words.duration(oldest_s)})" if oldest_s else str(depth)
    aside = kiosk["set_aside"]
    return (
        _fact("kiosks.list", words, None if seq is None else f"{seq} / {age}", warn=(age_s or 0) >= _OLD_LIST_S),
        _fact("kiosks.outbox", words, waits),
        _fact("kiosks.set-aside", words, None if aside is None else str(aside), warn=bool(aside)),
    )


def machine_of(kiosk: Mapping[str, Any], words: Words) -> tuple[Fact, ...]:
    """Return disk, certificate, clock and software."""
    free, days, ahead_s, ntp = (kiosk[key] for key in ("disk_free", "certificate_days", "clock_ahead_s", "ntp"))
    ntp = None if ntp in (None, "n/a") else ntp
    return (
        _fact(
            "kiosks.disk",
            words,
            None if free is None else f"{free / _GIB:.1f} GiB",
            warn="disk-nearly-full" in kiosk["faults"],
        ),
        _fact("kiosks.certificate", words, None if days is None else _days(days, words), warn=(days or 0) < _FEW_DAYS),
        _fact(
            "kiosks.clock",
            words,
            None if ahead_s is None else f"{ahead_s:+.1f} s",
            warn=abs(ahead_s or 0.0) > _CLOCK_OFF_S,
        ),
        _fact("kiosks.ntp", words, ntp and words.of_code("ntp", ntp), warn=ntp == "not-synchronised"),
        _fact("kiosks.software", words, kiosk["software"]),
    )


def silence_of(alarm: Mapping[str, Any], words: Words) -> tuple[Fact, ...]:
    """Return since when the kiosks of this alarm have been silent, how often, and whether they are back."""
    kiosks: list[dict[str, Any]] = alarm["silence"]
    silent = [kiosk for kiosk in kiosks if kiosk["returned_at"] is None]
    since = words.time(min(kiosk["since"] for kiosk in silent or kiosks))
    times = max(kiosk["times"] for kiosk in kiosks)
    if silent:
        left = words("silence.of", n=len(silent), all=len(kiosks)) if len(kiosks) > 1 else words("silence.still")
        now = Fact(label=words("silence.now"), text=left, sign="✕", tone="bad")
    else:
        back = words("silence.back", at=words.time(max(kiosk["returned_at"] for kiosk in kiosks)))
        now = Fact(label=words("silence.now"), text=back, sign="✓", tone="plain")
    often = Fact(
        label=words("silence.times"),
        text=str(times),
        sign="!" if times > 1 else "",
        tone="warn" if times > 1 else "plain",
    )
    facts = (now, Fact(label=words("silence.since"), text=since, sign="", tone="plain"), often)
    if len(kiosks) == 1:
        return facts
    names = ", ".join(f"{kiosk['kiosk']} ({kiosk['lane']})" for kiosk in (silent or kiosks)[:_NAMED])
    more = words("silence.more", n=len(silent or kiosks) - _NAMED) if len(silent or kiosks) > _NAMED else None
    return (*facts, Fact(label=words("silence.kiosks"), text=names, sign="", tone="plain", detail=more))


def is_silent_for_long(alarm: Mapping[str, Any]) -> bool:
    """Tell whether a kiosk of this alarm is silent still, and has been for longer than a moment's trouble."""
    return any(kiosk["escalated"] and kiosk["returned_at"] is None for kiosk in alarm["silence"] or ())


def _part(part: str, how: str | None, words: Words) -> Fact:
    if how == "well":
        return Fact(label=words(f"kiosks.{part}"), text=words("kiosks.part.well"), sign="✓", tone="good")
    fault = None if how in (None, "n/a") else words.of_code("fault", str(how))
    return _fact(f"kiosks.{part}", words, fault, warn=True)


def _fact(label: str, words: Words, text: str | None, *, warn: bool = False) -> Fact:
    if text is None:
        return Fact(label=words(label), text=words("n/a"), sign="–", tone="none")
    return Fact(label=words(label), text=text, sign="!" if warn else "", tone="warn" if warn else "plain")


def _days(days: int, words: Words) -> str:
    return words("kiosks.certificate.over") if days < 0 else words.duration(timedelta(days=days).total_seconds())
