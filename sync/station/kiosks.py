"""The kiosks of this site: enrolled by a one-time token, known by certificate (sync.station.certificates)."""

import re
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection, insert, select, update

from sync import enrol_token, wire
from sync.station import audit, certificates, pki
from sync.station.keyring import Keyring
from sync.station.refusals import BadRequestError, NotAllowedError
from sync.station.store import insert_new
from sync.station.tables import enrol_tokens, kiosks
from sync.station.tokens import token_hash

TOKEN_LIFE: Final = timedelta(hours=24)
_KIOSK: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
"""It is the name in the certificate, which takes 64 bytes, and stands in addresses and file names."""
_LONGEST_LANE: Final = 64


def new_enrol_token(conn: Connection, kiosk: str, lane: str, now: datetime, who: str) -> str:
    """Return a token with which this kiosk may enrol once, within a day (sync.enrol_token). It ends the one before.

    Raises:
        BadRequestError: the kiosk's or the lane's name is none.
    """
    if not _KIOSK.fullmatch(kiosk):
        raise BadRequestError("kiosk")
    if not 0 < len(lane) <= _LONGEST_LANE:
        raise BadRequestError("lane")
    unused = (enrol_tokens.c.kiosk == kiosk) & enrol_tokens.c.used_at.is_(None)
    conn.execute(update(enrol_tokens).where(unused).values(used_at=now))
    token = enrol_token.new_token()
    conn.execute(
        insert(enrol_tokens).values(hash=token_hash(token), kiosk=kiosk, lane=lane, expires_at=now + TOKEN_LIFE)
    )
    audit.record(conn, now, who, "kiosk.invited", kiosk=kiosk, lane=lane)
    return token


def enrol(conn: Connection, request: wire.EnrolRequest, keyring: Keyring, root: bytes, now: datetime) -> wire.Enrolled:
    """Use up the token and issue the certificate; an older certificate of the same kiosk ends here.

    ``root`` is the TUF root from which the kiosk's trust begins. Its list begins afresh, so what it had reported before
    is forgotten.

    Raises:
        NotAllowedError: the token is none, or unknown, used or too old.
        BadRequestError: the certificate request cannot be honoured. The token stays good.
    """
    try:
        token = enrol_tokens.c.hash == token_hash(enrol_token.as_made(request.token))
    except enrol_token.MistypedError:
        raise NotAllowedError("enrol-token") from None
    usable = enrol_tokens.c.used_at.is_(None) & (enrol_tokens.c.expires_at > now)
    row = conn.execute(select(enrol_tokens).where(token, usable)).one_or_none()
    if row is None:
        raise NotAllowedError("enrol-token")
    facts = {"lane": row.lane, "enrolled_at": now, "heard_at": None, "heartbeat": None}
    if not insert_new(conn, kiosks, {"id": row.kiosk, **facts}):
        conn.execute(update(kiosks).where(kiosks.c.id == row.kiosk).values(facts))
    certificate = certificates.issue_first(conn, row.kiosk, request.csr_pem, keyring, now)
    conn.execute(update(enrol_tokens).where(token).values(used_at=now))
    audit.record(conn, now, row.kiosk, "kiosk.enrolled", lane=row.lane, fingerprint=pki.fingerprint_of(certificate))
    return wire.Enrolled(
        kiosk=row.kiosk,
        lane=row.lane,
        site=keyring.site,
        certificate_pem=pki.certificate_pem(certificate).decode(),
        ca_pem=pki.certificate_pem(keyring.ca).decode(),
        group=keyring.group,
        root=root,
        group_key=keyring.group_key,
        evidence_key=keyring.evidence_key.public_key().public_bytes_raw(),
        request_key=keyring.request_key.public_key().public_bytes_raw(),
    )
