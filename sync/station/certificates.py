"""The kiosks' certificates: each is known by its fingerprint, and a newer one of the same kiosk ends the older."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from cryptography import x509
from sqlalchemy import Connection, bindparam, insert, select, update

from sync.station import pki
from sync.station.keyring import Keyring
from sync.station.refusals import BadRequestError, NotAllowedError, NotSignedInError
from sync.station.store import kiosk_certificates, kiosks

_MINE: Final = (  # made once: to put a statement together takes longer than to run it
    select(kiosks.c.id, kiosks.c.lane, kiosk_certificates.c.until, kiosk_certificates.c.ended_at)
    .join(kiosks, kiosks.c.id == kiosk_certificates.c.kiosk)
    .where(kiosk_certificates.c.fingerprint == bindparam("mine"))
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
    try:
        certificate = pki.issue_kiosk_certificate(kiosk, csr_pem, keyring.ca, keyring.ca_key, now)
    except pki.CsrRefusedError as err:
        raise BadRequestError("certificate-request", why=err.why) from err
    c = kiosk_certificates.c
    before = update(kiosk_certificates).where(c.kiosk == kiosk, c.ended_at.is_(None))
    conn.execute(before.values(ended_at=now, ended_by="station", ended_why="enrolled-again"))
    conn.execute(
        insert(kiosk_certificates).values(
            fingerprint=pki.fingerprint_of(certificate),
            kiosk=kiosk,
            issued_at=now,
            until=certificate.not_valid_after_utc,
        )
    )
    return certificate


def identify(conn: Connection, peer_certificate: bytes | None, now: datetime) -> Kiosk:
    """Return the kiosk whose certificate (DER) the TLS layer has verified.

    Raises:
        NotSignedInError: there is no certificate.
        NotAllowedError: it is not, or no longer, a kiosk's.
    """
    if peer_certificate is None:
        raise NotSignedInError("client-certificate")
    row = conn.execute(_MINE, {"mine": pki.fingerprint(peer_certificate)}).one_or_none()
    if row is None or row.ended_at is not None:
        raise NotAllowedError("unknown-certificate")
    if row.until <= now:
        # TLS checks this at the handshake only; a stream may outlive its certificate.
        raise NotAllowedError("certificate-expired")
    return Kiosk(row.id, row.lane)
