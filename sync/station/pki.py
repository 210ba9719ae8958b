"""Certificates of a station and its kiosks: X.509 in memory, no files.

Rules
- One CA per station (EC P-256) that can issue leaves only: path length 0.
- The server's certificate says serverAuth, a kiosk's says clientAuth: neither can stand in for the other.
- A kiosk keeps its own key: the station sees a certificate request, checks that its signature proves possession
  of the key, and takes nothing but the key from it. The name is the station's to give.
- A kiosk is known by the SHA-256 fingerprint of its certificate; a newer one of the same kiosk revokes the older.
"""

import hashlib
import ipaddress
from datetime import datetime, timedelta
from typing import Final, TypeAlias

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

CA_LIFE: Final = timedelta(days=3650)
SERVER_LIFE: Final = timedelta(days=365)
KIOSK_LIFE: Final = timedelta(days=30)
"""facts/sync: short-lived, renewed at two thirds."""
_BACKDATED: Final = timedelta(minutes=5)
"""A kiosk's clock may be a little behind the station's."""

Key: TypeAlias = ec.EllipticCurvePrivateKey


class CsrRefusedError(ValueError):
    """A certificate request that cannot be honoured; ``why`` is a short code."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


def new_key() -> Key:
    """Return a fresh EC P-256 key."""
    return ec.generate_private_key(ec.SECP256R1())


def make_ca(site: str, key: Key, now: datetime) -> x509.Certificate:
    """Return the station's self-signed CA certificate."""
    name = _name(f"Hongtu Gate CA {site}"[:64])
    return (
        _unsigned(name, name, key.public_key(), now, CA_LIFE)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_key_usage(signs_certificates=True), critical=True)
        .sign(key, hashes.SHA256())
    )


def make_server_certificate(
    hosts: tuple[str, ...], key: ec.EllipticCurvePublicKey, ca: x509.Certificate, ca_key: Key, now: datetime
) -> x509.Certificate:
    """Return a server certificate for these host names and IP addresses."""
    return (
        _leaf(_name(hosts[0][:64]), key, ca, now, SERVER_LIFE, ExtendedKeyUsageOID.SERVER_AUTH)
        .add_extension(x509.SubjectAlternativeName([_general_name(host) for host in hosts]), critical=False)
        .sign(ca_key, hashes.SHA256())
    )


def issue_kiosk_certificate(
    kiosk: str, csr_pem: str, ca: x509.Certificate, ca_key: Key, now: datetime
) -> x509.Certificate:
    """Return a 30-day client certificate named ``kiosk`` for the key in the request.

    Raises:
        CsrRefusedError: not a request, not signed by its own key, or not EC P-256.
    """
    try:
        csr = x509.load_pem_x509_csr(csr_pem.encode())
        key = csr.public_key()
        signed = csr.is_signature_valid
    except ValueError as err:
        raise CsrRefusedError("not-a-request") from err
    if not signed:
        raise CsrRefusedError("bad-signature")
    if not isinstance(key, ec.EllipticCurvePublicKey) or not isinstance(key.curve, ec.SECP256R1):
        raise CsrRefusedError("not-p256")
    return _leaf(_name(kiosk), key, ca, now, KIOSK_LIFE, ExtendedKeyUsageOID.CLIENT_AUTH).sign(ca_key, hashes.SHA256())


def fingerprint(der: bytes) -> str:
    """Return the SHA-256 of a certificate's DER bytes, in hex."""
    return hashlib.sha256(der).hexdigest()


def fingerprint_of(certificate: x509.Certificate) -> str:
    """Return the fingerprint of a certificate."""
    return fingerprint(certificate_der(certificate))


def certificate_pem(certificate: x509.Certificate) -> bytes:
    """Return the certificate as PEM."""
    return certificate.public_bytes(serialization.Encoding.PEM)


def certificate_der(certificate: x509.Certificate) -> bytes:
    """Return the certificate as DER."""
    return certificate.public_bytes(serialization.Encoding.DER)


def _name(common_name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])


def _general_name(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return x509.DNSName(host)


def _unsigned(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey, now: datetime, life: timedelta
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _BACKDATED)
        .not_valid_after(now + life)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
    )


def _leaf(
    subject: x509.Name,
    key: ec.EllipticCurvePublicKey,
    ca: x509.Certificate,
    now: datetime,
    life: timedelta,
    usage: x509.ObjectIdentifier,
) -> x509.CertificateBuilder:
    ca_key = ca.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
    return (
        _unsigned(subject, ca.subject, key, now, life)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_key_usage(signs_certificates=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([usage]), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(ca_key), critical=False)
    )


def _key_usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )
