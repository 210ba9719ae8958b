"""A key made on the kiosk, and the request with which the station certifies it; the key itself is never sent."""

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.types import CertificatePublicKeyTypes
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from cryptography.x509.oid import NameOID

from sync.http import OwnCertificate


class BadCertificateError(Exception):
    """What the station sent is no certificate for this key. ``why`` is a short code."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class KeyRequest:
    """A new key (EC P-256) that waits for its certificate."""

    def __init__(self) -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        # The station decides on the name; the request carries none.
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "kiosk")])
        request = x509.CertificateSigningRequestBuilder().subject_name(subject).sign(self._key, SHA256())
        self.csr_pem = request.public_bytes(Encoding.PEM).decode()

    def granted(self, certificate_pem: str) -> OwnCertificate:
        """Return the key with its certificate. Raises BadCertificateError."""
        try:
            certificate = x509.load_pem_x509_certificate(certificate_pem.encode())
        except ValueError:
            raise BadCertificateError("malformed-answer") from None
        if _spki(certificate.public_key()) != _spki(self._key.public_key()):
            raise BadCertificateError("certificate-of-another-key")
        key_pem = self._key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        return OwnCertificate(certificate_pem.encode(), key_pem)


def _spki(key: CertificatePublicKeyTypes) -> bytes:
    return key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
