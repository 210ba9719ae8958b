"""The kiosks of this site: enrolled once by token, known by certificate, watched by heartbeat.

EN 50136 asks that a lost path be declared within 3 minutes at its highest grade; here a kiosk that has been silent for
30 s is shown as silent (facts/sync, Alarm path).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import msgspec
from sqlalchemy import Connection, Row, insert, select, update

from sync import wire
from sync.station import audit, pki, positions
from sync.station.keyring import Keyring
from sync.station.refusals import BadRequestError, NotAllowedError, NotSignedInError
from sync.station.store import enrol_tokens, insert_new, kiosks
from sync.station.tokens import new_token, token_hash

TOKEN_LIFE: Final = timedelta(hours=24)
SILENT_AFTER: Final = timedelta(seconds=30)
_REACHED: Final = "reached"
_LIST_FAULT: Final = "list_fault"
"""What the station notes beside a heartbeat; no heartbeat has such fields."""
_KEY_IN_FILE: Final = "device-key-in-file"
"""No fault here, though the kiosk reports it: it stands as long as the machine has no TPM, and a kiosk that is faulty
for ever is one whose next fault nobody sees. The page names it beside the kiosk's state (``device_key``)."""


@dataclass(frozen=True, slots=True)
class Kiosk:
    """Who speaks on this connection."""

    id: str
    lane: str


def new_enrol_token(conn: Connection, kiosk: str, lane: str, now: datetime, who: str) -> str:
    """Return a token with which this kiosk may enrol once, within a day."""
    token = new_token()
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
        NotAllowedError: the token is unknown, used or too old.
        BadRequestError: the certificate request cannot be honoured. The token stays good.
    """
    token = enrol_tokens.c.hash == token_hash(request.token)
    usable = enrol_tokens.c.used_at.is_(None) & (enrol_tokens.c.expires_at > now)
    row = conn.execute(select(enrol_tokens).where(token, usable)).one_or_none()
    if row is None:
        raise NotAllowedError("enrol-token")
    try:
        certificate = pki.issue_kiosk_certificate(row.kiosk, request.csr_pem, keyring.ca, keyring.ca_key, now)
    except pki.CsrRefusedError as err:
        raise BadRequestError("certificate-request", why=err.why) from err
    conn.execute(update(enrol_tokens).where(token).values(used_at=now))
    facts = {
        "lane": row.lane,
        "fingerprint": pki.fingerprint(pki.certificate_der(certificate)),
        "enrolled_at": now,
        "certificate_until": certificate.not_valid_after_utc,
        "heard_at": None,
        "heartbeat": None,
    }
    if not insert_new(conn, kiosks, {"id": row.kiosk, **facts}):
        conn.execute(update(kiosks).where(kiosks.c.id == row.kiosk).values(facts))
    audit.record(conn, now, row.kiosk, "kiosk.enrolled", lane=row.lane, fingerprint=facts["fingerprint"])
    return wire.Enrolled(
        kiosk=row.kiosk,
        lane=row.lane,
        site=keyring.site,
        certificate_pem=pki.certificate_pem(certificate).decode(),
        ca_pem=pki.certificate_pem(keyring.ca).decode(),
        group=keyring.group,
        root=root,
        group_key=keyring.group_key,
    )


def identify(conn: Connection, peer_certificate: bytes | None, now: datetime) -> Kiosk:
    """Return the kiosk whose certificate (DER) the TLS layer has verified.

    Raises:
        NotSignedInError: there is no certificate.
        NotAllowedError: it is not, or no longer, a kiosk's.
    """
    if peer_certificate is None:
        raise NotSignedInError("client-certificate")
    known = kiosks.c.fingerprint == pki.fingerprint(peer_certificate)
    row = conn.execute(select(kiosks.c.id, kiosks.c.lane, kiosks.c.certificate_until).where(known)).one_or_none()
    if row is None:
        raise NotAllowedError("unknown-certificate")
    if row.certificate_until <= now:
        # TLS checks this at the handshake only; a stream may outlive its certificate.
        raise NotAllowedError("certificate-expired")
    return Kiosk(row.id, row.lane)


def take_heartbeat(conn: Connection, kiosk: Kiosk, beat: wire.Heartbeat, now: datetime) -> str | None:
    """Keep the kiosk's newest heartbeat; return the fault of its list where it begins now (sync.station.positions)."""
    kept = conn.execute(select(kiosks.c.heartbeat).where(kiosks.c.id == kiosk.id)).scalar_one() or {}
    reached, fault = positions.judge(conn, beat, kept.get(_REACHED))
    facts = {**msgspec.to_builtins(beat), _REACHED: reached, _LIST_FAULT: fault}
    conn.execute(update(kiosks).where(kiosks.c.id == kiosk.id).values(heard_at=now, heartbeat=facts))
    if fault is None or fault == kept.get(_LIST_FAULT):
        return None
    audit.record(conn, now, kiosk.id, f"kiosk.{fault}", epoch=beat.list_epoch, seq=beat.list_seq)
    return fault


def without_epoch(conn: Connection, epoch: int, since: datetime) -> list[str]:
    """Return the kiosks that were heard after ``since`` and did not say then that they hold this epoch."""
    heard = conn.execute(select(kiosks.c.id, kiosks.c.heartbeat).where(kiosks.c.heard_at > since).order_by(kiosks.c.id))
    return [row.id for row in heard if epoch not in (row.heartbeat["list_epoch"], row.heartbeat.get("next_epoch"))]


def furthest(conn: Connection) -> int:
    """Return the highest number at which a kiosk says that its list stands; 0 where none was ever heard."""
    beats = conn.execute(select(kiosks.c.heartbeat).where(kiosks.c.heard_at.is_not(None))).scalars()
    return max((int(beat["list_seq"]) for beat in beats), default=0)


def health(conn: Connection, now: datetime) -> list[dict[str, Any]]:
    """Return how each kiosk is, as the console shows it: JSON values, null where it was never heard."""
    return [_health(row, now) for row in conn.execute(select(kiosks).order_by(kiosks.c.id))]


def _health(row: Row[Any], now: datetime) -> dict[str, Any]:
    beat: dict[str, Any] = row.heartbeat or {}
    silent = row.heard_at is None or now - row.heard_at > SILENT_AFTER
    faults = _faults(beat)
    state = "never-heard" if row.heard_at is None else "silent" if silent else "faulty" if faults else "well"
    return {
        "kiosk": row.id,
        "lane": row.lane,
        "state": state,
        "heard_at": row.heard_at.isoformat() if row.heard_at else None,
        "silent_s": round((now - row.heard_at).total_seconds()) if row.heard_at else None,
        "certificate_until": row.certificate_until.isoformat(),
        "list_epoch": beat.get("list_epoch"),
        "next_epoch": beat.get("next_epoch"),
        "list_seq": beat.get("list_seq"),
        "list_age_s": beat.get("list_age_s"),
        "list_refused": beat.get("list_refused"),
        "look_ups": beat.get("look_ups"),
        "device_key": beat.get("device_key"),
        "outbox_depth": beat.get("outbox_depth"),
        "oldest_undelivered_s": beat.get("oldest_undelivered_s"),
        "faults": faults,
        "software": beat.get("software"),
    }


def _faults(beat: dict[str, Any]) -> list[str]:
    """Return what somebody must see to: what a kiosk reports, and what only the station can see of its list."""
    elsewhere = {_KEY_IN_FILE, "list-refused" if beat.get("list_refused") else None}
    faults = [fault for fault in beat.get("faults", ()) if fault not in elsewhere]
    if beat.get("list_refused"):
        faults.append("list-refused")
    if beat.get(_LIST_FAULT):
        faults.append(beat[_LIST_FAULT])
    return faults
