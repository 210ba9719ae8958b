"""A code beside the password (TOTP, RFC 6238), for a network on which browsers accept no passkey.

Rules
- A password opens nothing by itself. Whoever sets one sets up a code with it, in the same form.
- The secret is shown once. It is made from a challenge of ours, so it is not kept before a first code has proved that
  it has arrived, and it is never sent back to us.
- It is kept locked under the station's key for accounts.
- A code counts for its own 30 s and those before and after (RFC 6238, 5.2), and each time step once: a code that was
  looked at over a shoulder is worth nothing once it has been used, nor is an older one.
- There are no security questions. Who has lost both is invited anew by an admin.
"""

import hmac
from base64 import b32encode
from datetime import datetime
from io import BytesIO
from typing import Final

import pyotp
import segno
from sqlalchemy import Connection, or_, select, update

from sync.station import audit, challenges
from sync.station.accounts_key import AccountsKey
from sync.station.challenges import Purpose
from sync.station.refusals import BadRequestError, NotSignedInError
from sync.station.tables import people

_SECRET_BYTES: Final = 20
"""RFC 4226, 4: 160 bits are recommended."""
_LOCK: Final = "second factor"


def secret_of(key: AccountsKey, challenge: bytes) -> str:
    """Return the secret (base 32) that belongs to a challenge."""
    return b32encode(key.mac("second factor secret", challenge)[:_SECRET_BYTES]).decode()


def uri_of(secret: str, login: str, site: str) -> str:
    """Return what an authenticator app reads from a QR code."""
    return pyotp.TOTP(secret).provisioning_uri(name=login, issuer_name=site)


def qr_svg(uri: str) -> str:
    """Return the QR code as an SVG without styles, so that it may stand in a page with our content security policy."""
    out = BytesIO()
    segno.make(uri, error="m").save(
        out, kind="svg", xmldecl=False, svgclass=None, lineclass=None, dark="#000", light="#fff", scale=5, omitsize=True
    )
    return out.getvalue().decode()


def confirm(key: AccountsKey, challenge: bytes, login: str, code: str, now: datetime) -> int:
    """Return the time step of the first code of a new secret.

    Raises:
        BadRequestError: the challenge is not ours or is over, or the code is not of this secret.
    """
    challenges.check(key, challenge, Purpose.ADD_CODE, login, now)
    step = _step_of(secret_of(key, challenge), code, now)
    if step is None:
        raise BadRequestError("code")
    return step


def keep(conn: Connection, key: AccountsKey, challenge: bytes, login: str, step: int, now: datetime) -> None:
    """Let this person's password open something, together with a code of the secret that ``confirm`` has seen.

    Raises:
        BadRequestError: the challenge was used before.
    """
    challenges.use(conn, challenge, Purpose.ADD_CODE, login, now)
    locked = key.lock(_LOCK, secret_of(key, challenge).encode(), login.encode())
    conn.execute(update(people).where(people.c.login == login).values(totp_secret=locked, totp_used=step))
    audit.record(conn, now, login, "second-factor.set")


def has(conn: Connection, login: str) -> bool:
    """Tell whether this person has a second factor, and so may come in by password."""
    query = select(people.c.login).where((people.c.login == login) & people.c.totp_secret.is_not(None))
    return conn.execute(query).one_or_none() is not None


def step_of(conn: Connection, key: AccountsKey, login: str, code: str, now: datetime) -> int | None:
    """Return the time step of this person's code, or None where it is no code of theirs."""
    locked = conn.execute(select(people.c.totp_secret).where(people.c.login == login)).scalar_one_or_none()
    if locked is None:
        return None
    return _step_of(key.unlock(_LOCK, locked, login.encode()).decode(), code, now)


def use(conn: Connection, login: str, step: int) -> None:
    """Use a time step up.

    Raises:
        NotSignedInError: it, or a later one, was used before.
    """
    fresh = or_(people.c.totp_used.is_(None), people.c.totp_used < step)
    used = conn.execute(update(people).where((people.c.login == login) & fresh).values(totp_used=step))
    if used.rowcount != 1:
        raise NotSignedInError("login-or-password")


def _step_of(secret: str, code: str, now: datetime) -> int | None:
    totp = pyotp.TOTP(secret)
    this = totp.timecode(now)
    steps = [step for step in (this, this - 1, this + 1) if hmac.compare_digest(totp.generate_otp(step), code)]
    return steps[0] if steps else None
