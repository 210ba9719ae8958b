"""How long what is kept: per kind of data a limit, who answers for it, and why. ``make docs`` writes docs/retention.md.

Rules
- Every table and every file of station and kiosk belongs to one kind; a test looks.
- What an open case needs is never erased: an alarm that is not ended, whose override nobody has reviewed, or whose
  kiosk is still silent, and the entry of any alarm that is kept.
- Erasing is deleting with ``secure_delete`` and cutting the write-ahead log; faces are shredded by their keys besides
  (sync.station.item_keys). What was erased, and how many of it, is in the audit log in the same transaction.
- In small transactions, so that an alarm never waits for it.
"""

import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final, TypeAlias

from sqlalchemy import Column, ColumnElement, Connection, Select, Table, and_, delete, exists, or_, select

from sync.station import audit, evidence, settings, tables, withdrawals
from sync.station.item_keys import ItemKeys
from sync.station.live_list import LIVE, EntryState
from sync.station.settings import KEEP_ALARMS, KEEP_COUNTS
from sync.station.site_time import site_day
from sync.station.store import Store
from sync.station.tables import alarms, entries

A_DAY: Final = timedelta(days=1)
A_MONTH: Final = timedelta(days=30)
A_YEAR: Final = timedelta(days=365)
_ENDED: Final = ("dismissed", "resolved")
_AT_ONCE: Final = 500
STATION, KIOSK = "station", "kiosk"


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A kind of data. ``files`` are patterns below the folder of station or kiosk."""

    name: str
    what: str
    where: str = STATION
    tables: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    kept: str
    owner: str
    why: str


KINDS: Final[tuple[Kind, ...]] = (
    Kind(
        name="faces",
        what="The face of an alarm, and who asked for it why",
        tables=("evidence", "evidence_ended"),
        files=("evidence-keys/*",),
        kept="the face: until dismissal, 72 h at most; who asked why: with its alarm",
        owner="supervisor",
        why="a person must be able to look before anybody is sent; nothing else needs it (PIPL 19, 28)",
    ),
    Kind(
        name="alarms",
        what="Alarms, what people did about them, dispatches, overrides; their messages' ids",
        tables=("alarms", "alarm_events", "dispatches", "overrides", "silences", "taken_messages"),
        kept="1 year after the case has ended (setting `keep-alarms`: half a year at least)",
        owner="supervisor",
        why="complaints and reviews come within a year; a kiosk's repeated message is known by its id until then",
    ),
    Kind(
        name="entries",
        what="The list: people wanted under a named legal basis, and the imports that brought them",
        tables=("entries", "entry_numbers", "import_withdrawals", "sealed_rows", "feed_changes"),
        files=("published/*",),
        kept="while listed; withdrawn by the station 30 days after the last day; erased 1 year after the withdrawal "
        "was reviewed and no alarm of it is kept; what was published of it goes with its epoch",
        owner="approver",
        why="who was wrongly stopped can ask why, for a year",
    ),
    Kind(
        name="clearances",
        what="Cleared numbers",
        tables=("cleared_numbers",),
        kept="until two people lift the clearance",
        owner="approver",
        why="a cleared person must stay cleared through every later import",
    ),
    Kind(
        name="requests",
        what="What one person asked for and a second granted or declined",
        tables=("requests",),
        kept="1 year after the answer",
        owner="approver",
        why="as long as what they changed can be asked about",
    ),
    Kind(
        name="imports",
        what="Imports and epochs: digests, counts, who and when; no listed person",
        tables=("imports", "epochs"),
        kept="as long as the station",
        owner="approver",
        why="the audit log names them",
    ),
    Kind(
        name="files",
        what="Files of entries that are tried before they are proposed, and what would become of their rows",
        files=("imports/*",),
        kept="until proposed or let go, 1 day at most",
        owner="approver",
        why="to see what a file would do before it does it",
    ),
    Kind(
        name="audit",
        what="The audit log: who did what when; ids and codes",
        tables=("audit", "audit_checkpoints"),
        kept="as long as the station",
        owner="auditor",
        why="a chain has no beginning but its first row; the law wants three years at least (PIPL 55, 56)",
    ),
    Kind(
        name="people",
        what="People with an account: login, roles, password hash, passkeys, second factor, teams",
        tables=("people", "passkeys", "teams", "team_members"),
        kept="as long as the audit log names them; locked when they leave",
        owner="admin",
        why="a login must not be given to a second person",
    ),
    Kind(
        name="duty",
        what="Who was on duty when",
        tables=("shifts",),
        kept="1 year after the shift (`keep-alarms`)",
        owner="supervisor",
        why="as long as the alarms of that shift",
    ),
    Kind(
        name="sessions",
        what="Sessions",
        tables=("sessions",),
        kept="1 day after their end",
        owner="admin",
        why="to log in; nothing after that",
    ),
    Kind(
        name="ceremonies",
        what="Challenges of log-ins, failed attempts (address or login, hashed), answers to acts that may be repeated",
        tables=("challenges", "log_in_attempts", "acts_done"),
        kept="1 day",
        owner="admin",
        why="to stop guessing, and to do an act once",
    ),
    Kind(
        name="invitations",
        what="Invitations of people and kiosks (hashes of one-time tokens)",
        tables=("invitations", "enrol_tokens"),
        kept="30 days after their end",
        owner="admin",
        why="to tell a used link from a wrong one",
    ),
    Kind(
        name="counts",
        what="How many visits ended how and took how long, by hour and kiosk; how many alarms of a day, lane and kind "
        "ended how and took how long; no person",
        tables=("counts", "counts_by_month", "alarm_days"),
        kept="3 years (setting `keep-counts`: 1 year at least)",
        owner="admin",
        why="seasons are compared over years",
    ),
    Kind(
        name="kiosks",
        what="Kiosks: name, lane, certificates, last heartbeat, place on the plan; no person",
        tables=("kiosks", "kiosk_certificates", "kiosk_places", "site_plan"),
        kept="as long as the station; the plan until the next",
        owner="admin",
        why="the audit log names them; a certificate that has ended must be known as such",
    ),
    Kind(
        name="maintenance",
        what="Maintenance windows",
        tables=("maintenance",),
        kept="1 year after their end (`keep-alarms`)",
        owner="admin",
        why="as long as the alarms that they explain",
    ),
    Kind(
        name="webhooks",
        what="What was sent to other systems",
        tables=("webhook_messages",),
        kept="30 days after it was delivered or given up",
        owner="admin",
        why="to find out why a message did not arrive",
    ),
    Kind(
        name="settings",
        what="Settings, jobs, addresses of webhooks; no person",
        tables=("settings", "jobs", "webhooks"),
        kept="until changed",
        owner="admin",
        why="the station works by them",
    ),
    Kind(
        name="database",
        what="The database of all the tables above, and the locks of those who write",
        files=("station.db*", "station.turn", "*.lock", "doorbell.sock", ".backup-*/*"),
        kept="as its tables; a backup's working copy for minutes",
        owner="admin",
        why="–",
    ),
    Kind(
        name="keys",
        what="The station's keys (docs/keys.md)",
        files=(*("site.json", "*.key", "*.pem", "feed-keys/*", "peppers/*", "tuf-keys/*", "root-keys/*"),),
        kept="until changed; root keys are carried away on the first day",
        owner="admin",
        why="the station is who it is by them",
    ),
    Kind(
        name="outbox",
        what="Messages on their way: alarms, counts, faults; ids and scores, no name, number or picture",
        where=KIOSK,
        tables=("message", "count", "note", "reserve"),
        files=("outbox.db*",),
        kept="7 days after delivery; until delivered before",
        owner="admin",
        why="no alarm may be lost, also by a station that was restored",
    ),
    Kind(
        name="kiosk-faces",
        what="The face of an alarm, sealed for the station",
        where=KIOSK,
        tables=("item", "item_key", "erased"),
        files=("evidence.db*",),
        kept="until dismissal, 72 h at most",
        owner="supervisor",
        why="it stays at the gate unless somebody asks for it with a reason",
    ),
    Kind(
        name="kiosk-list",
        what="The list in rows that open only to the number presented",
        where=KIOSK,
        tables=("state", "epoch"),
        files=("watchlist.db*", "look-ups.count*", "trust.json", "tuf/*", "tuf/**/*"),
        kept="an entry until its withdrawal arrives; an epoch until the next",
        owner="approver",
        why="the gate must know it while the network is away",
    ),
    Kind(
        name="kiosk-keys",
        what="The kiosk's keys and certificate, the station's word for the time, locks",
        where=KIOSK,
        files=("device.key", "device.tpm*", "identity/*", "station-time.json", "*.lock", "doorbell.sock"),
        kept="until changed",
        owner="admin",
        why="the kiosk is who it is by them",
    ),
)
"""Of an ordinary visitor there is no line: nothing is kept."""


def erase_due(store: Store, keys: ItemKeys, now: datetime) -> int:
    """Erase what has been kept for its time, and return how many rows went."""
    with store.write() as conn:
        evidence.erase_due(conn, keys, now)
    with store.read() as conn:
        held = settings.values(conn)
    limits = {name: settings.days(held, name) for name in (KEEP_ALARMS, KEEP_COUNTS)}
    gone = 0
    for job in _JOBS:
        while n := _erase_some(store, job, now, limits):
            gone += n
    if gone:
        store.cut_log()
    return gone


def withdraw_expired(store: Store, now: datetime) -> int:
    """Withdraw entries whose last day was over a month ago; return how many. Whoever reads withdrawals sees them."""
    last_day = site_day(now) - A_MONTH
    expired = select(entries.c.id).where(entries.c.state.in_(LIVE), entries.c.expires_on < last_day)
    with store.read() as conn:
        due = conn.execute(expired.limit(_AT_ONCE)).scalars().all()
    for entry in due:
        with store.write() as conn:
            if conn.execute(expired.where(entries.c.id == entry)).first() is not None:
                withdrawals.withdraw(conn, entry, "expired", "station", now)
    return len(due)


_Limits: TypeAlias = Mapping[str, timedelta]
"""The limits that the site has set, by their settings."""
_Due: TypeAlias = Callable[[datetime, _Limits], ColumnElement[bool]]


@dataclass(frozen=True, slots=True)
class _Job:
    """What finds the keys of some rows that are due, and what erases them with all that hangs on them."""

    kind: str
    due: Callable[[datetime, _Limits], Select[tuple[Any]]]
    erase: Callable[[Connection, Sequence[Any]], int]


def _erase_some(store: Store, job: _Job, now: datetime, limits: _Limits) -> int:
    # Found beside the writers: a walk through a year of messages must hold up no alarm.
    with store.read() as conn:
        keys = conn.execute(job.due(now, limits).limit(_AT_ONCE)).scalars().all()
    if not keys:
        return 0
    with store.write() as conn:
        n = job.erase(conn, keys)
        audit.record(conn, now, "station", "data.erased", kind=job.kind, n=n)
    return len(keys)


def _rows(kind: str, key: Column[Any], due: _Due) -> _Job:
    """Return a job that deletes rows of one table, found by this column."""

    def erase(conn: Connection, keys: Sequence[Any]) -> int:
        return conn.execute(delete(key.table).where(key.in_(keys))).rowcount

    return _Job(kind, lambda now, limits: select(key).distinct().where(due(now, limits)), erase)


def _ended_alarms(now: datetime, limits: _Limits) -> Select[tuple[Any]]:
    """Choose the alarms of cases that ended a year ago; a repeat goes with the first alarm of its presence."""
    t, repeat, begin = tables, alarms.alias("repeat"), now - limits[KEEP_ALARMS]
    young_event = exists().where(t.alarm_events.c.alarm == alarms.c.id, t.alarm_events.c.at > begin)
    young_repeat = exists().where(repeat.c.repeats_of == alarms.c.id, repeat.c.received_at > begin)
    unreviewed = exists().where(t.overrides.c.alarm == alarms.c.id, t.overrides.c.reviewed_at.is_(None))
    silent = exists().where(t.silences.c.alarm == alarms.c.id, t.silences.c.returned_at.is_(None))
    return select(alarms.c.id).where(
        alarms.c.state.in_(_ENDED),
        alarms.c.repeats_of.is_(None),
        alarms.c.received_at <= begin,
        ~or_(young_event, young_repeat, unreviewed, silent),
    )


def _erase_alarms(conn: Connection, firsts: Sequence[str]) -> int:
    t = tables
    repeats = conn.execute(select(alarms.c.id).where(alarms.c.repeats_of.in_(firsts))).scalars().all()
    gone = [*firsts, *repeats]
    for table in (t.alarm_events, t.dispatches, t.overrides, t.silences, t.evidence, t.evidence_ended):
        _delete_where(conn, table, "alarm", gone)
    _delete_where(conn, alarms, "id", gone)
    _delete_where(conn, t.taken_messages, "id", gone)
    return len(gone)


def _ended_entries(now: datetime, _limits: _Limits) -> Select[tuple[Any]]:
    """Choose entries that were withdrawn a year ago, read by a second person, and are in no alarm that is kept."""
    return select(entries.c.id).where(
        entries.c.state == EntryState.WITHDRAWN,
        entries.c.withdrawn_at <= now - A_YEAR,
        ~withdrawals.TO_REVIEW,
        ~exists().where(alarms.c.entry == entries.c.id),
    )


def _erase_entries(conn: Connection, gone: Sequence[str]) -> int:
    for table in (tables.entry_numbers, tables.sealed_rows, tables.import_withdrawals):
        _delete_where(conn, table, "entry", gone)
    _delete_where(conn, entries, "id", gone)
    return len(gone)


def _delete_where(conn: Connection, table: Table, column: str, values: Sequence[str]) -> None:
    for start in range(0, len(values), _AT_ONCE):
        conn.execute(delete(table).where(table.c[column].in_(values[start : start + _AT_ONCE])))


def _other_message(now: datetime, limits: _Limits) -> ColumnElement[bool]:
    taken = tables.taken_messages.c
    return and_(taken.received_at <= now - limits[KEEP_ALARMS], ~exists().where(alarms.c.id == taken.id))


def _sent(now: datetime, _limits: _Limits) -> ColumnElement[bool]:
    message = tables.webhook_messages.c
    given_up = and_(message.given_up_why.is_not(None), message.made_at <= now - A_MONTH)
    return or_(message.done_at <= now - A_MONTH, given_up)


def _past(column: Column[Any], how_long: timedelta | str) -> _Due:
    """Choose what is older than a duration, or than what a setting says."""
    return lambda now, limits: column <= now - (limits[how_long] if isinstance(how_long, str) else how_long)


def _past_day(column: Column[Any], setting: str, more: timedelta = timedelta()) -> _Due:
    """Choose the days that are older than a setting says, and so much more."""
    return lambda now, limits: column <= site_day(now) - limits[setting] - more


_JOBS: Final = (
    _Job("alarms", _ended_alarms, _erase_alarms),
    _rows("alarms", tables.taken_messages.c.id, _other_message),
    _Job("entries", _ended_entries, _erase_entries),
    _rows("requests", tables.requests.c.id, _past(tables.requests.c.ended_at, A_YEAR)),
    _rows("duty", tables.shifts.c.id, _past(tables.shifts.c.ends_at, KEEP_ALARMS)),
    _rows("sessions", tables.sessions.c.hash, _past(tables.sessions.c.expires_at, A_DAY)),
    _rows("ceremonies", tables.challenges.c.hash, _past(tables.challenges.c.expires_at, A_DAY)),
    _rows("ceremonies", tables.log_in_attempts.c.n, _past(tables.log_in_attempts.c.at, A_DAY)),
    _rows("ceremonies", tables.acts_done.c.key, _past(tables.acts_done.c.at, A_DAY)),
    _rows("invitations", tables.invitations.c.hash, _past(tables.invitations.c.expires_at, A_MONTH)),
    _rows("invitations", tables.enrol_tokens.c.hash, _past(tables.enrol_tokens.c.expires_at, A_MONTH)),
    _rows("counts", tables.counts.c.hour, _past(tables.counts.c.hour, KEEP_COUNTS)),
    _rows("counts", tables.counts_by_month.c.month, _past_day(tables.counts_by_month.c.month, KEEP_COUNTS, A_MONTH)),
    _rows("counts", tables.alarm_days.c.day, _past_day(tables.alarm_days.c.day, KEEP_COUNTS)),
    _rows("maintenance", tables.maintenance.c.id, _past(tables.maintenance.c.ends_at, KEEP_ALARMS)),
    _rows("webhooks", tables.webhook_messages.c.id, _sent),
)


def page() -> str:
    """Return docs/retention.md."""
    lines = [
        "# What is kept, how long, and why",
        "",
        "For auditors and whoever assesses the impact on persons. Made by `make docs` from `sync/station/retention.py`",
        "which also does the erasing: a running station looks every hour, for faces every minute. Rows are deleted",
        "with SQLite's `secure_delete` and the write-ahead log is cut; faces are shredded by destroying their keys.",
        "The audit log says `data.erased`, of which kind and how many.",
        "",
        "**Of an ordinary visitor nothing is kept** but a count by hour, verdict and reason, and one by stage and",
        "class of time. What an open case needs is never erased.",
        "",
        "| kind | what | where | kept | who answers for it | why |",
        "|---|---|---|---|---|---|",
    ]
    for kind in KINDS:
        lies = ", ".join(f"`{name}`" for name in (*kind.tables, *kind.files))
        lines.append(f"| {kind.name} | {kind.what} | {kind.where}: {lies} | {kind.kept} | {kind.owner} | {kind.why} |")
    return "\n".join([*lines, ""])


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(page(), encoding="utf-8")
