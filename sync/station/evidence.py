"""The face crop of an alarm at the station: asked for with a reason, answered by the kiosk, looked at, erased.

Rules
- Only an alarm from the list that somebody has in hand, and that is not over, has a crop that can be asked for.
- An ask names alarm, kiosk, officer and reason, is signed, and stands for an hour. Whoever wants to look asks for
  himself; each ask and each look is in the audit log.
- An answer is taken once, and only from the kiosk and for the alarm that the ask names; a crop that is another alarm's
  is refused as it arrives. A refusal of the kiosk's is kept and shown.
- What came is kept sealed as it came, under a key of its own (sync.station.item_keys), and opened in memory alone.
- It is erased on the alarm's dismissal, and 72 h after the alarm. On dismissal the kiosk is told to erase its own, with
  every heartbeat until it says that it has.
"""

from datetime import datetime, timedelta
from typing import Final
from uuid import uuid4

import msgspec
from sqlalchemy import Connection, and_, bindparam, delete, func, insert, select, update

from sync import sealed_face, wire
from sync.sealed_face import KEPT, Face, NotThisFaceError
from sync.signed_request import sign
from sync.station import audit
from sync.station.alarm_life import OPEN, State
from sync.station.certificates import Kiosk
from sync.station.item_keys import ItemKeys, ShreddedError
from sync.station.keyring import Keyring
from sync.station.refusals import BadRequestError, ConflictError, NotAllowedError, NotFoundError
from sync.station.store import insert_new
from sync.station.tables import alarms, evidence, evidence_ended

ASK_STANDS: Final = timedelta(hours=1)
_KIOSK_KEEPS_NO_LONGER: Final = timedelta(hours=96)
_OPEN: Final = and_(evidence.c.received_at.is_(None), evidence.c.refused_why.is_(None), evidence.c.erased_at.is_(None))

# Every heartbeat asks these; made once: to put a statement together takes longer than to run it.
_WANTED: Final = select(evidence.c.request).where(
    evidence.c.kiosk == bindparam("kiosk"), _OPEN, evidence.c.until > bindparam("now")
)
_ENDED: Final = select(evidence_ended.c.alarm).where(evidence_ended.c.kiosk == bindparam("kiosk"))


def ask(conn: Connection, keyring: Keyring, alarm: str, reason: str, who: str, now: datetime) -> str:
    """Ask the alarm's kiosk for its face crop; return the request's id.

    Raises:
        BadRequestError: "reason": there is none.
        NotFoundError: there is no such alarm, or none from the list.
        ConflictError: "not-acknowledged": nobody has the alarm in hand, or it is dismissed.
    """
    if not reason.strip():
        raise BadRequestError("reason")
    row = conn.execute(select(alarms.c.kiosk, alarms.c.entry, alarms.c.state).where(alarms.c.id == alarm)).first()
    if row is None:
        raise NotFoundError("no-such-alarm")
    if row.entry is None:
        raise NotFoundError("no-evidence")
    if row.state not in OPEN - {State.RAISED}:
        raise ConflictError("not-acknowledged", state=row.state)
    request = wire.EvidenceRequest(
        id=str(uuid4()), alarm=alarm, kiosk=row.kiosk, officer=who, reason=reason, until=now + ASK_STANDS
    )
    conn.execute(
        insert(evidence).values(
            id=request.id,
            alarm=alarm,
            kiosk=row.kiosk,
            request=wire.encode(sign(request, keyring.request_key)),
            asked_by=who,
            asked_at=now,
            until=request.until,
            reason=reason,
        )
    )
    audit.record(conn, now, who, "evidence.asked", alarm=alarm, request=request.id, reason=reason)
    return request.id


def wanted(conn: Connection, kiosk: str, now: datetime) -> tuple[wire.SignedRequest, ...]:
    """Return what this kiosk is asked for and has not answered."""
    requests = conn.execute(_WANTED, {"kiosk": kiosk, "now": now}).scalars()
    return tuple(msgspec.json.decode(request, type=wire.SignedRequest) for request in requests)


def ended(conn: Connection, kiosk: str) -> tuple[str, ...]:
    """Return the alarms whose crop this kiosk must erase and has not said to have erased."""
    return tuple(conn.execute(_ENDED, {"kiosk": kiosk}).scalars())


def take(
    conn: Connection, keyring: Keyring, keys: ItemKeys, kiosk: Kiosk, released: wire.Released, now: datetime
) -> None:
    """Take a kiosk's answer, once; a repeat changes nothing.

    Raises:
        NotFoundError: nobody has asked this kiosk so.
        ConflictError: "ended" or "expired": it comes too late, and is not kept.
    """
    c = evidence.c
    asked = and_(c.id == released.request, c.kiosk == kiosk.id, c.alarm == released.alarm)
    row = conn.execute(select(c.received_at, c.refused_why, c.erased_at, c.until).where(asked)).first()
    if row is None:
        raise NotFoundError("no-such-request")
    if row.erased_at is not None:
        raise ConflictError("ended")
    if row.received_at is not None or row.refused_why is not None:
        return
    if row.until <= now:
        raise ConflictError("expired")
    facts = {"alarm": released.alarm, "request": released.request}
    refused = released.refused or _flaw(released, keyring)
    if refused is not None:
        conn.execute(update(evidence).where(asked).values(refused_why=refused))
        audit.record(conn, now, kiosk.id, "evidence.refused", **facts, why=refused)
        return
    locked = keys.lock(released.request, released.sealed)
    conn.execute(update(evidence).where(asked).values(locked=locked, received_at=now))
    audit.record(conn, now, kiosk.id, "evidence.received", **facts)


def see(conn: Connection, keyring: Keyring, keys: ItemKeys, alarm: str, who: str, now: datetime) -> Face:
    """Return the face that this person asked for last, and record the look.

    Raises:
        NotAllowedError: "ask-first": this person has given no reason yet.
        NotFoundError: "not-yet"; or "evidence-refused", "evidence-unanswered" or "evidence-erased", for good.
    """
    c = evidence.c
    own = select(evidence).where(c.alarm == alarm, c.asked_by == who).order_by(c.asked_at.desc()).limit(1)
    row = conn.execute(own).first()
    if row is None:
        raise NotAllowedError("ask-first")
    if row.erased_at is not None:
        raise NotFoundError("evidence-erased", why=row.erased_why)
    if row.refused_why is not None:
        raise NotFoundError("evidence-refused", why=row.refused_why)
    if row.received_at is None:
        raise NotFoundError("not-yet" if row.until > now else "evidence-unanswered")
    try:
        face = sealed_face.open_sealed(keys.unlock(row.id, row.locked), alarm, keyring.evidence_key)
    except (ShreddedError, NotThisFaceError):
        raise NotFoundError("evidence-erased", why="key-gone") from None
    audit.record(conn, now, who, "evidence.seen", alarm=alarm, request=row.id, reason=row.reason)
    return face


def has_asked(conn: Connection, alarm: str, who: str) -> bool:
    """Tell whether this person has asked for this alarm's face, and nothing of it is erased."""
    c = evidence.c
    own = select(c.id).where(c.alarm == alarm, c.asked_by == who, c.erased_at.is_(None)).limit(1)
    return conn.execute(own).first() is not None


def end(conn: Connection, keys: ItemKeys, alarm: str, now: datetime) -> None:
    """Erase what is here of a dismissed alarm, and have its kiosk erase what it holds."""
    row = conn.execute(select(alarms.c.kiosk, alarms.c.entry).where(alarms.c.id == alarm)).one()
    if row.entry is not None:
        insert_new(conn, evidence_ended, {"alarm": alarm, "kiosk": row.kiosk, "at": now})
    _erase(conn, keys, alarm, "dismissed", now)


def erased_at_the_kiosk(conn: Connection, kiosk: Kiosk, erased: wire.ErasedBody, now: datetime) -> None:
    """Record that a kiosk has erased the crop of an alarm."""
    conn.execute(
        delete(evidence_ended).where(evidence_ended.c.alarm == erased.alarm, evidence_ended.c.kiosk == kiosk.id)
    )
    audit.record(conn, now, kiosk.id, "evidence.erased", alarm=erased.alarm, why=erased.why)


def erase_due(conn: Connection, keys: ItemKeys, now: datetime) -> None:
    """Erase what has been kept for its time. A kiosk that still has not answered a dismissal holds nothing any more."""
    raised_at = func.coalesce(alarms.c.reckoned_at, alarms.c.received_at)
    due = select(evidence.c.alarm).distinct().join(alarms, alarms.c.id == evidence.c.alarm)
    for alarm in conn.execute(due.where(evidence.c.erased_at.is_(None), raised_at <= now - KEPT)).scalars().all():
        _erase(conn, keys, alarm, "72-h", now)
    conn.execute(delete(evidence_ended).where(evidence_ended.c.at <= now - _KIOSK_KEEPS_NO_LONGER))


def _erase(conn: Connection, keys: ItemKeys, alarm: str, why: str, now: datetime) -> None:
    of_alarm = and_(evidence.c.alarm == alarm, evidence.c.erased_at.is_(None))
    came = conn.execute(select(evidence.c.id).where(of_alarm, evidence.c.received_at.is_not(None))).scalars().all()
    for request in came:
        keys.shred(request)
        audit.record(conn, now, "station", "evidence.erased", alarm=alarm, request=request, why=why)
    conn.execute(update(evidence).where(of_alarm).values(locked=None, erased_at=now, erased_why=why))


def _flaw(released: wire.Released, keyring: Keyring) -> str | None:
    try:
        sealed_face.open_sealed(released.sealed, released.alarm, keyring.evidence_key)
    except NotThisFaceError:
        return "not-this-alarms"
    return None
