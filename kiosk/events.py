"""The kiosk app's log catalogue: every event that it may log, with its fields (kiosk.logbook)."""

from typing import Final

from kiosk.logbook import Catalogue

CATALOGUE: Final[Catalogue] = {
    "kiosk.started": frozenset({"kiosk", "lane", "software"}),
    "kiosk.stopped": frozenset(),
    "memory.may-be-swapped": frozenset(),
    "visit.began": frozenset({"visit"}),
    "visit.decided": frozenset({"visit", "verdict", "reasons", "read_s", "face_s", "list_s", "total_s"}),
    "gate.opened": frozenset({"visit"}),
    "gate.by-hand": frozenset({"reason"}),
    "staff.called": frozenset({"visit", "reason_class"}),
    "alarm.committed": frozenset({"visit"}),
    "evidence.kept": frozenset({"visit"}),
    "evidence.not-kept": frozenset({"visit", "why"}),
    "evidence.erased": frozenset({"alarm", "why"}),
    "evidence.trouble": frozenset({"error"}),
    "sound.failed": frozenset({"error"}),
    "fault.raised": frozenset({"fault"}),
    "fault.cleared": frozenset({"fault"}),
    "panel.opened": frozenset(),
    "panel.closed": frozenset(),
    "panel.acted": frozenset({"act"}),
    "panel.wrong-pin": frozenset({"tries"}),
    "effect.failed": frozenset({"effect", "error"}),
}
