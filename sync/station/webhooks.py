"""What the station tells other systems of its alarms: whom, and what is still to be told (the outbox).

Rules
- A message is written in the transaction of the event that it is about (sync.station.alarm_log); sending it is another
  matter (sync.station.webhook_delivery), so no receiver can hold up an alarm.
- Nobody is in a message: no name, number, case, login or face. It says which alarm, what happened, and where.
- The messages about one alarm go out in their order: the next waits until the one before is delivered or set aside.
- A message is tried ``MOST_TRIES`` times, each time after a random part of a pause that doubles (full jitter), and is
  then set aside for an admin to look at and send again.
- An exercise is told too, and marked; what repeats an alarm of the same presence is not told again.
"""

import base64
import binascii
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Annotated, Any, Final
from urllib.parse import urlsplit
from uuid import uuid4

import msgspec
from msgspec import Meta, Struct
from sqlalchemy import Connection, case, delete, func, insert, select, update

from sync.station import audit
from sync.station.refusals import BadRequestError, ConflictError, NotFoundError
from sync.station.tables import alarms, webhook_messages, webhooks

MOST_WEBHOOKS: Final = 20
MOST_TRIES: Final = 15
FIRST_PAUSE_S: Final = 2.0
LONGEST_PAUSE_S: Final = 3600.0
CLAIM: Final = timedelta(seconds=60)
"""Longer than any attempt: whoever takes a message has it so long, and where he dies it is tried again after that."""
AT_ONCE: Final = 50
KEPT: Final = timedelta(days=7)

SECRET_PREFIX: Final = "whsec_"  # noqa: S105  # how Standard Webhooks writes a secret, and none itself
EVERY: Final = "*"

_M: Final = webhook_messages.c
_WAITS: Final = _M.done_at.is_(None) & _M.given_up_why.is_(None)
_IN_USE: Final = select(webhooks.c.id, webhooks.c.events).where(webhooks.c.ended_at.is_(None))


class NewWebhook(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whom to tell of which events ("alarm.raised", or "*"); the station makes the secret where none is given."""

    url: Annotated[str, Meta(min_length=1, max_length=500)]
    events: Annotated[
        tuple[Annotated[str, Meta(pattern=r"\A(\*|alarm\.[a-z-]{1,40})\Z")], ...], Meta(min_length=1, max_length=20)
    ]
    secret: Annotated[str, Meta(pattern=r"\Awhsec_[A-Za-z0-9+/]{32,86}={0,2}\Z")] | None = None

    def __repr__(self) -> str:
        return "NewWebhook(…)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """A message whose time has come, and what is needed to send it."""

    n: int
    id: str
    webhook: str
    url: str = field(repr=False)
    secret: bytes = field(repr=False)
    body: bytes
    tries: int
    next_try_at: datetime


def add(conn: Connection, wish: NewWebhook, who: str, now: datetime) -> tuple[str, str]:
    """Keep a webhook; return its id, and its secret, which is shown once.

    Raises:
        BadRequestError: "url": not an https address, or one with a login in it; "secret": not 24 to 64 bytes.
        ConflictError: "too-many": there are ``MOST_WEBHOOKS``.
    """
    _check_url(wish.url)
    secret = _secret(wish.secret)
    if len(conn.execute(_IN_USE).all()) >= MOST_WEBHOOKS:
        raise ConflictError("too-many")
    webhook = str(uuid4())
    row = {"id": webhook, "url": wish.url, "secret": secret, "events": list(wish.events)}
    conn.execute(insert(webhooks).values(**row, made_by=who, made_at=now))
    audit.record(conn, now, who, "webhook.made", webhook=webhook)
    return webhook, SECRET_PREFIX + base64.b64encode(secret).decode()


def end(conn: Connection, webhook: str, who: str, now: datetime) -> None:
    """Tell this receiver nothing more.

    Raises:
        NotFoundError: there is no such webhook, or it has ended.
    """
    this = (webhooks.c.id == webhook) & webhooks.c.ended_at.is_(None)
    if conn.execute(update(webhooks).where(this).values(ended_at=now, secret=b"")).rowcount != 1:
        raise NotFoundError("no-such-webhook")
    audit.record(conn, now, who, "webhook.ended", webhook=webhook)


def send_again(conn: Connection, webhook: str, who: str, now: datetime) -> int:
    """Try once more what was set aside; return how many messages.

    Raises:
        NotFoundError: there is no such webhook, or it has ended.
    """
    if webhook not in {row.id for row in conn.execute(_IN_USE)}:
        raise NotFoundError("no-such-webhook")
    aside = (_M.webhook == webhook) & _M.given_up_why.is_not(None)
    anew = update(webhook_messages).where(aside).values(given_up_why=None, tries=0, next_try_at=now)
    n = conn.execute(anew).rowcount
    audit.record(conn, now, who, "webhook.sent-again", webhook=webhook, n=n)
    return n


def every(conn: Connection) -> list[dict[str, Any]]:
    """Return each webhook in use as JSON values, without its secret, and how it stands with its messages."""
    waiting, aside = (func.sum(case((claim, 1), else_=0)) for claim in (_WAITS, _M.given_up_why.is_not(None)))
    oldest = func.min(case((_WAITS, _M.made_at)))
    query = select(_M.webhook, waiting.label("waiting"), aside.label("aside"), oldest.label("oldest"))
    stands = {row.webhook: row for row in conn.execute(query.where(_M.done_at.is_(None)).group_by(_M.webhook))}
    hooks = conn.execute(select(webhooks).where(webhooks.c.ended_at.is_(None)).order_by(webhooks.c.made_at))
    return [
        {
            "id": row.id,
            "url": row.url,
            "events": row.events,
            "made_by": row.made_by,
            "made_at": row.made_at.isoformat(),
            "waiting": int(stands[row.id].waiting) if row.id in stands else 0,
            "set_aside": int(stands[row.id].aside) if row.id in stands else 0,
            "oldest_waiting_at": stands[row.id].oldest.isoformat()
            if row.id in stands and stands[row.id].oldest
            else None,
        }
        for row in hooks
    ]


def announce(conn: Connection, events: Sequence[Mapping[str, Any]]) -> None:
    """Write down what is to be told of these rows of ``alarm_events``, in their transaction."""
    hooks = conn.execute(_IN_USE).all()
    if not hooks:
        return
    about = alarms.c.id.in_({event["alarm"] for event in events})
    firsts = select(alarms).where(about, alarms.c.repeats_of.is_(None))
    known = {row.id: row for row in conn.execute(firsts)}
    rows = [
        {
            "id": str(uuid4()),
            "webhook": hook.id,
            "alarm": event["alarm"],
            "body": _body(event, known[event["alarm"]]),
            "made_at": event["at"],
            "next_try_at": event["at"],
            "tries": 0,
        }
        for event in events
        for hook in hooks
        if event["alarm"] in known and {EVERY, f"alarm.{event['event']}"} & set(hook.events)
    ]
    if rows:
        conn.execute(insert(webhook_messages), rows)


def due(conn: Connection, now: datetime) -> list[Due]:
    """Return what may be sent now, of each alarm to each receiver the oldest alone; at most ``AT_ONCE`` of each one."""
    first = select(func.min(_M.n)).where(_WAITS).group_by(_M.webhook, _M.alarm)
    place = func.row_number().over(partition_by=_M.webhook, order_by=_M.n).label("place")
    ready = select(webhook_messages, webhooks.c.url, webhooks.c.secret, place).join(webhooks)
    ready = ready.where(_M.n.in_(first), _M.next_try_at <= now, webhooks.c.ended_at.is_(None))
    taken = ready.subquery()
    rows = conn.execute(select(taken).where(taken.c.place <= AT_ONCE).order_by(taken.c.n))
    return [Due(**{name: getattr(row, name) for name in Due.__dataclass_fields__}) for row in rows]


def claim(conn: Connection, message: Due, now: datetime) -> bool:
    """Tell whether the caller, and no other instance, may send this message now."""
    mine = (_M.n == message.n) & (_M.next_try_at == message.next_try_at) & _WAITS
    taken = update(webhook_messages).where(mine).values(next_try_at=now + CLAIM, tries=_M.tries + 1)
    return conn.execute(taken).rowcount == 1


def delivered(conn: Connection, message: Due, now: datetime) -> None:
    """Have it done."""
    conn.execute(update(webhook_messages).where(_M.n == message.n).values(done_at=now))


def forget_delivered(conn: Connection, now: datetime) -> None:
    """Delete what was delivered more than ``KEPT`` ago, and what an ended webhook was still to be told."""
    ended = select(webhooks.c.id).where(webhooks.c.ended_at.is_not(None))
    conn.execute(delete(webhook_messages).where((_M.done_at < now - KEPT) | _M.webhook.in_(ended)))


def failed(conn: Connection, message: Due, why: str, now: datetime, *, part: float) -> bool:
    """Try again later, after this ``part`` (0 to 1) of the pause; tell whether the message was set aside instead."""
    tries = message.tries + 1
    if tries >= MOST_TRIES:
        conn.execute(update(webhook_messages).where(_M.n == message.n).values(given_up_why=why[:200]))
        return True
    pause = timedelta(seconds=part * min(LONGEST_PAUSE_S, FIRST_PAUSE_S * 2**tries))
    conn.execute(update(webhook_messages).where(_M.n == message.n).values(next_try_at=now + pause))
    return False


def _body(event: Mapping[str, Any], alarm: Any) -> bytes:
    about = {name: getattr(alarm, name) for name in ("kind", "kiosk", "lane", "state", "listed", "exercise")}
    data = {"alarm": event["alarm"], "event": event["event"], **about}
    return msgspec.json.encode({"type": f"alarm.{event['event']}", "timestamp": event["at"], "data": data})


def _check_url(url: str) -> None:
    try:
        parts = urlsplit(url)
        well = parts.scheme == "https" and parts.hostname and parts.port != 0 and url.isascii() and url.isprintable()
    except ValueError:
        well = False
    if not well or " " in url or parts.username is not None or parts.fragment:
        raise BadRequestError("url")


def _secret(given: str | None) -> bytes:
    if given is None:
        return secrets.token_bytes(32)
    try:
        secret = base64.b64decode(given.removeprefix(SECRET_PREFIX), validate=True)
    except binascii.Error:
        raise BadRequestError("secret") from None
    if not 24 <= len(secret) <= 64:
        raise BadRequestError("secret")
    return secret
