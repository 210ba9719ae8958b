"""The kiosks' certificates: each is known by its fingerprint, and stands until it ends, is replaced or is revoked.

- A kiosk has one certificate in use. A newer one, asked for over it, ends it when it is first used and not before: a
  kiosk that never got the answer, or lost its power before it kept it, goes on with what it has.
- So a copied key is told: whoever renews with it ends the certificate of the other, who then says so at the gate.
- Of those that were never used at most ``MOST_UNUSED`` stand, so that a lost answer may be asked for again, and two
  answers may overtake each other.
- A kiosk that enrols, and a person who revokes, end all at once.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from cryptography import x509
from sqlalchemy import ColumnElement, Connection, bindparam, insert, select, update

from sync.station import audit, pki
from sync.station.keyring import Keyring
from sync.station.refusals import BadRequestError, NotAllowedError, NotFoundError
from sync.station.store import Store
from sync.station.tables import kiosk_certificates, kiosks

MOST_UNUSED: Final = 3
LONGEST_WHY: Final = 180
_REVOKED: Final = "revoked: "
_c: Final = kiosk_certificates.c
_STANDS: Final = _c.ended_at.is_(None)

_THEIRS: Final = (  # made once: to put a statement together takes longer than to run it
    select(_c.fingerprint, kiosks.c.id, kiosks.c.lane, _c.until, _c.used_at, _c.ended_at, _c.ended_why)
    .join(kiosks, kiosks.c.id == _c.kiosk)
    .where(_c.fingerprint.in_(bindparam("theirs", expanding=True)))
)


@dataclass(frozen=True, slots=True)
class Kiosk:
    """Who speaks on this connection."""

    id: str
    lane: str


def issue_first(conn: Connection, kiosk: str, csr_pem: str, keyring: Keyring, now: datetime) -> x509.Certificate:
    """Issue the certificate of a kiosk that enrols; whatever it had before ends here.

    Raises:
        BadRequestError: the certificate request cannot be honoured.
    """
    certificate = _issued(kiosk, csr_pem, keyring, now)
    _end(conn, _c.kiosk == kiosk, now, "station", "enrolled-again")
    _keep(conn, kiosk, certificate, now)
    return certificate


def renew(conn: Connection, kiosk: Kiosk, csr_pem: str, keyring: Keyring, now: datetime) -> x509.Certificate:
    """Issue the next certificate of a kiosk that speaks over its present one, which goes on until this one is used.

    Raises:
        BadRequestError: the certificate request cannot be honoured.
    """
    certificate = _issued(kiosk.id, csr_pem, keyring, now)
    _keep(conn, kiosk.id, certificate, now)
    unused = (_c.kiosk == kiosk.id) & _STANDS & _c.used_at.is_(None)
    newest = conn.execute(select(_c.fingerprint).where(unused).order_by(_c.issued_at.desc())).scalars().all()
    _end(conn, _c.fingerprint.in_(newest[MOST_UNUSED:]), now, "station", "never-used")
    audit.record(conn, now, kiosk.id, "kiosk.renewed", fingerprint=pki.fingerprint_of(certificate))
    return certificate


def identify(conn: Connection, certificate: bytes, now: datetime) -> Kiosk:
    """Return the kiosk whose certificate (DER) the TLS layer has verified. Its first use ends the one before.

    Args:
        conn: a write transaction.
        certificate: what the connection has proved.
        now: aware UTC.

    Raises:
        NotAllowedError: it is not, or no longer, a kiosk's.
    """
    fingerprint = pki.fingerprint(certificate)
    (holder,) = _holders(conn, [fingerprint], now)
    if holder.is_first_use:
        _begin_use(conn, holder.kiosk.id, fingerprint, now)
    return holder.kiosk


def identify_all(conn: Connection, certificates: Sequence[bytes], now: datetime) -> list[Kiosk]:
    """Return the kiosk of each of these as ``identify`` does; raise where there is one that it refuses."""
    holders = _holders(conn, [pki.fingerprint(certificate) for certificate in certificates], now)
    if any(holder.is_first_use for holder in holders):  # it ends another one, which may be among these
        return [identify(conn, certificate, now) for certificate in certificates]
    return [holder.kiosk for holder in holders]


def identify_reader(store: Store, certificate: bytes, now: datetime) -> Kiosk:
    """Return the kiosk as ``identify`` does, and write only where this is the first use of its certificate."""
    with store.read() as conn:
        (holder,) = _holders(conn, [pki.fingerprint(certificate)], now)
    if holder.is_first_use:
        with store.write() as conn:
            return identify(conn, certificate, now)
    return holder.kiosk


def revoke(conn: Connection, which: str, why: str, who: str, now: datetime) -> list[str]:
    """End every certificate of a kiosk, or the one with this fingerprint; return the fingerprints.

    Raises:
        BadRequestError: no reason is given, or a longer one than ``LONGEST_WHY``.
        NotFoundError: no certificate that stands is meant.
    """
    if not 0 < len(why) <= LONGEST_WHY:
        raise BadRequestError("why-length", at_most=LONGEST_WHY)
    meant = (_c.kiosk == which) | (_c.fingerprint == which)
    found = conn.execute(select(_c.fingerprint, _c.kiosk).where(meant, _STANDS)).all()
    if not found:
        raise NotFoundError("no-certificate")
    _end(conn, meant, now, who, f"{_REVOKED}{why}")
    for row in found:
        audit.record(conn, now, who, "kiosk.revoked", kiosk=row.kiosk, fingerprint=row.fingerprint, why=why)
    return [row.fingerprint for row in found]


def every(conn: Connection, now: datetime, kiosk: str | None = None) -> list[dict[str, str | None]]:
    """Return each kiosk's newest certificates that stand, and of one that has none the last that ended; or of one."""
    query = select(kiosk_certificates, kiosks.c.lane).join(kiosks, kiosks.c.id == _c.kiosk)
    query = query.order_by(_c.kiosk, _c.ended_at.is_not(None), _c.issued_at.desc())
    rows = conn.execute(query if kiosk is None else query.where(_c.kiosk == kiosk))
    shown: list[dict[str, str | None]] = []
    for row in rows:
        if row.ended_at is None or not shown or shown[-1]["kiosk"] != row.kiosk:
            state = row.ended_why or ("expired" if row.until <= now else "in use" if row.used_at else "not used yet")
            facts = {"kiosk": row.kiosk, "lane": row.lane, "fingerprint": row.fingerprint, "state": state}
            shown.append({**facts, "until": row.until.isoformat(timespec="minutes")})
    return shown


def ended(conn: Connection, fingerprints: Collection[str], now: datetime) -> frozenset[str]:
    """Return those of these fingerprints with which nobody may speak any more."""
    stand = conn.execute(select(_c.fingerprint).where(_STANDS, _c.until > now)).scalars()
    return frozenset(fingerprints) - frozenset(stand)


@dataclass(frozen=True, slots=True)
class _Holder:
    kiosk: Kiosk
    is_first_use: bool


def _holders(conn: Connection, fingerprints: Sequence[str], now: datetime) -> list[_Holder]:
    rows = {row.fingerprint: row for row in conn.execute(_THEIRS, {"theirs": fingerprints})}
    return [_holder(rows.get(fingerprint), now) for fingerprint in fingerprints]


def _holder(row: Any | None, now: datetime) -> _Holder:
    if row is None:
        raise NotAllowedError("unknown-certificate")
    if row.ended_at is not None:
        raise NotAllowedError(f"certificate-{'revoked' if row.ended_why.startswith(_REVOKED) else 'replaced'}")
    if row.until <= now:
        # TLS checks this at the handshake only; a stream may outlive its certificate.
        raise NotAllowedError("certificate-expired")
    return _Holder(Kiosk(row.id, row.lane), is_first_use=row.used_at is None)


def _issued(kiosk: str, csr_pem: str, keyring: Keyring, now: datetime) -> x509.Certificate:
    try:
        return pki.issue_kiosk_certificate(kiosk, csr_pem, keyring.ca, keyring.ca_key, now)
    except pki.CsrRefusedError as err:
        raise BadRequestError("certificate-request", why=err.why) from err


def _keep(conn: Connection, kiosk: str, certificate: x509.Certificate, now: datetime) -> None:
    facts = {"kiosk": kiosk, "issued_at": now, "until": certificate.not_valid_after_utc}
    conn.execute(insert(kiosk_certificates).values(fingerprint=pki.fingerprint_of(certificate), **facts))


def _begin_use(conn: Connection, kiosk: str, fingerprint: str, now: datetime) -> None:
    this = _c.fingerprint == fingerprint
    begun = update(kiosk_certificates).where(this, _STANDS, _c.used_at.is_(None)).values(used_at=now)
    if conn.execute(begun).rowcount == 0:
        return  # another request was first
    if _end(conn, (_c.kiosk == kiosk) & ~this, now, kiosk, "renewed"):
        audit.record(conn, now, kiosk, "kiosk.changed-certificate", fingerprint=fingerprint)


def _end(conn: Connection, which: ColumnElement[bool], now: datetime, who: str, why: str) -> int:
    ending = update(kiosk_certificates).where(which, _STANDS)
    return conn.execute(ending.values(ended_at=now, ended_by=who, ended_why=why)).rowcount
