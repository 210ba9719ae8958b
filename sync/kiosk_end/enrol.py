"""Enrolment: a key made on the kiosk, a one-time token, and back come a certificate and what opens the list."""

from pathlib import Path

import msgspec
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.types import CertificatePublicKeyTypes
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from cryptography.x509.oid import NameOID

from sync.http import Answer, StationClient
from sync.kiosk_end.identity import Identity
from sync.wire import Enrolled, EnrolRequest


class EnrolError(Exception):
    """The station did not enrol this kiosk. ``why`` is a short code: http-403, own-key-missing, ConnectError …"""

    def __init__(self, why: str) -> None:
        super().__init__(f"the station did not enrol this kiosk: {why}")
        self.why = why


async def enrol(station_url: str, ca: Path, token: str, identity: Identity) -> Enrolled:
    """Ask the station, whose certificate ``ca`` must have signed, and save the identity it grants.

    Raises:
        EnrolError: if it refuses, cannot be reached, or answers with a certificate for another key.
    """
    key = ec.generate_private_key(ec.SECP256R1())
    # The station decides on the name; the request carries none.
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "kiosk")])
    request = x509.CertificateSigningRequestBuilder().subject_name(subject).sign(key, SHA256())
    client = StationClient(station_url, ca)
    try:
        outcome = await client.post(
            "/v1/enrol", EnrolRequest(token=token, csr_pem=request.public_bytes(Encoding.PEM).decode())
        )
    finally:
        await client.close()
    if not isinstance(outcome, Answer):
        raise EnrolError(outcome.why)
    if outcome.status != 200:
        raise EnrolError(f"http-{outcome.status}")
    try:
        enrolled = msgspec.json.decode(outcome.body, type=Enrolled)
        certificate = x509.load_pem_x509_certificate(enrolled.certificate_pem.encode())
    except (msgspec.MsgspecError, ValueError):
        raise EnrolError("malformed-answer") from None
    if _spki(certificate.public_key()) != _spki(key.public_key()):
        raise EnrolError("certificate-of-another-key")
    identity.save(
        key_pem=key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()),
        certificate_pem=enrolled.certificate_pem.encode(),
        ca_pem=enrolled.ca_pem.encode(),
    )
    return enrolled


def _spki(key: CertificatePublicKeyTypes) -> bytes:
    return key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
