"""TLS to the station, whose certificate is judged by the time as the kiosk reckons it.

OpenSSL would judge by the machine's clock, and a clock off by a year would then cut the kiosk off from the one that
could tell it so, alarms and all. So it is told to leave the time alone (X509_V_FLAG_NO_CHECK_TIME), and the period is
looked at here, once the chain and the name have been verified and before a byte of ours goes out.

- A certificate that has provably ended is refused, its own CA's end included (the station's CA signs leaves only).
- One that is not valid yet is not: the CA has signed it, and only a clock that is behind could think it early.
- Everything else is OpenSSL's, as ever: chain, host name, TLS 1.3.
"""

import ssl
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

NO_CHECK_TIME: Final = ssl.VerifyFlags(0x200000)
"""OpenSSL's X509_V_FLAG_NO_CHECK_TIME, for which ``ssl`` has no name (Python 3.13 neither)."""


def station_context(ca: Path, proven: Callable[[], datetime]) -> ssl.SSLContext:
    """Return a client context that trusts ``ca`` alone; ``proven`` is the latest moment that has certainly passed."""

    class PeerObject(ssl.SSLObject):
        def do_handshake(self) -> None:
            super().do_handshake()
            _require_current(self, proven())

    class PeerSocket(ssl.SSLSocket):
        def do_handshake(self, block: bool = False) -> None:
            super().do_handshake(block)
            _require_current(self, proven())

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    context.load_verify_locations(ca)
    context.verify_flags |= NO_CHECK_TIME
    context.sslobject_class, context.sslsocket_class = PeerObject, PeerSocket
    return context


def _require_current(peer: ssl.SSLObject | ssl.SSLSocket, proven: datetime) -> None:
    certificate: dict[str, Any] = peer.getpeercert() or {}
    issuers = [_end_of(ca) for ca in peer.context.get_ca_certs() if ca["subject"] == certificate["issuer"]]
    if min(_end_of(certificate), max(issuers, default=_end_of(certificate))) < proven:
        raise ssl.SSLCertVerificationError("the station's certificate has ended")


def _end_of(certificate: dict[str, Any]) -> datetime:
    return datetime.fromtimestamp(ssl.cert_time_to_seconds(certificate["notAfter"]), UTC)
