"""An act that is sent twice is done once: the same key again gets the same answer, whatever that was.

- The key is a UUID that the page makes for each press of a button. It belongs to the person and to that one act: for
  anything else it is refused.
- The answer, a refusal as well, is kept in the act's own transaction, for a day; of one that is shown once, its status.
- The key is claimed before the act: of two that come at once the second one waits, and finds the first one's answer.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import msgspec
from sqlalchemy import Connection, delete, select, update

from sync.station.refusals import ConflictError, NotFoundError, RefusedError
from sync.station.store import insert_new
from sync.station.tables import acts_done

KEPT: Final = timedelta(days=1)
_c: Final = acts_done.c


@dataclass(frozen=True, slots=True)
class Answered:
    """What an act was answered."""

    status: int
    body: bytes


def once(
    conn: Connection,
    key: str,
    who: str,
    what: str,
    now: datetime,
    act: Callable[[], tuple[int, Mapping[str, Any]]],
    *,
    shown_once: bool = False,
) -> Answered:
    """Do the act and return its answer, or the one that was given to this key before.

    Args:
        conn: a write transaction, which the caller commits even where the answer is a refusal.
        key: the act's UUID.
        who: a login.
        what: path and digest of the body: what the key stands for.
        now: aware UTC.
        act: returns status and JSON, or raises a refusal; then what it wrote is undone.
        shown_once: the answer has a secret, which is kept nowhere: whoever asks again hears only that it was done.

    Raises:
        ConflictError: "key-used": the key stands for another act, or for another person's.
    """
    if not insert_new(conn, acts_done, {"key": key, "login": who, "at": now, "act": what, "status": 0, "answer": b""}):
        row = conn.execute(select(acts_done).where(_c.key == key)).one()
        if (row.login, row.act) != (who, what):
            raise ConflictError("key-used")
        return Answered(row.status, row.answer)
    conn.exec_driver_sql("SAVEPOINT once")
    try:
        status, answer = act()
    except RefusedError as refusal:
        conn.exec_driver_sql("ROLLBACK TO SAVEPOINT once")
        status, answer = refusal.status, {"error": refusal.code, **refusal.facts}
    conn.exec_driver_sql("RELEASE SAVEPOINT once")
    body = msgspec.json.encode(answer)
    kept = b"{}" if shown_once and status < 400 else body
    conn.execute(update(acts_done).where(_c.key == key).values(status=status, answer=kept))
    return Answered(status, body)


def keep(conn: Connection, key: str, who: str, what: str, now: datetime, status: int) -> None:
    """Keep that an act was done whose own state keeps it from being done twice."""
    insert_new(conn, acts_done, {"key": key, "login": who, "at": now, "act": what, "status": status, "answer": b"{}"})


def what_became(conn: Connection, key: str, who: str) -> Answered:
    """Return what this person's act was answered, for a page that was cut off before it heard.

    Raises:
        NotFoundError: "not-done": no act of theirs has this key.
    """
    row = conn.execute(select(acts_done).where(_c.key == key, _c.login == who)).one_or_none()
    if row is None:
        raise NotFoundError("not-done")
    return Answered(row.status, row.answer)


def forget_old(conn: Connection, now: datetime) -> None:
    """Erase the answers whose day is over."""
    conn.execute(delete(acts_done).where(_c.at <= now - KEPT))
