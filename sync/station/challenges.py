"""Challenges: what a passkey signs, and what a new second factor is made from. Each is good once, for five minutes.

A challenge says by itself whose it is, what for and until when, under the station's own key: whoever asks for one,
stranger or not, makes the station keep nothing. Only a used one is kept, until it would have ended anyway.

    nonce (16) | ends at, Unix seconds (8) | HMAC over purpose, login and the two (32)
"""

import hmac
import secrets
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from typing import Final

from sqlalchemy import Connection, delete

from sync.station.accounts_key import AccountsKey
from sync.station.refusals import BadRequestError
from sync.station.store import insert_new
from sync.station.tables import challenges

LIFE: Final = timedelta(minutes=5)
_SIGNED: Final = 24
_LENGTH: Final = _SIGNED + 32


class Purpose(StrEnum):
    """What a challenge is for; none serves for another."""

    PROVE = "prove"
    """Somebody shows a passkey: to log in, or to show that they are still there."""
    ADD_PASSKEY = "add-passkey"
    ADD_CODE = "add-code"


def new(key: AccountsKey, purpose: Purpose, login: str, now: datetime) -> bytes:
    """Return a challenge. ``login`` is empty where nobody has said yet who they are."""
    signed = secrets.token_bytes(16) + int((now + LIFE).timestamp()).to_bytes(8, "big")
    return signed + _mac(key, purpose, login, signed)


def check(key: AccountsKey, challenge: bytes, purpose: Purpose, login: str, now: datetime) -> None:
    """Return if the challenge is ours, for this purpose and this login, and not over.

    Raises:
        BadRequestError: it is not.
    """
    signed, mac = challenge[:_SIGNED], challenge[_SIGNED:]
    ours = len(challenge) == _LENGTH and hmac.compare_digest(mac, _mac(key, purpose, login, signed))
    if not ours or now >= _ends_at(challenge):
        raise BadRequestError("challenge-over")


def use(conn: Connection, challenge: bytes, purpose: Purpose, login: str, now: datetime) -> None:
    """Use up a challenge that was checked, in the transaction of what it is for.

    Raises:
        BadRequestError: it was used before.
    """
    conn.execute(delete(challenges).where(challenges.c.expires_at <= now))
    row = {"hash": sha256(challenge).hexdigest(), "purpose": purpose, "login": login or None}
    if not insert_new(conn, challenges, {**row, "expires_at": _ends_at(challenge)}):
        raise BadRequestError("challenge-over")


def _ends_at(challenge: bytes) -> datetime:
    return datetime.fromtimestamp(int.from_bytes(challenge[16:_SIGNED], "big"), UTC)


def _mac(key: AccountsKey, purpose: Purpose, login: str, signed: bytes) -> bytes:
    return key.mac("challenge", purpose.encode(), login.encode(), signed)
