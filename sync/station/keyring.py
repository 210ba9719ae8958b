"""The station's keys as files: made once by ``station init``, readable by the station's user alone.

| file | what |
|---|---|
| site.json | the site's name, the host names of the server certificate, the pepper's epoch |
| ca.key, ca.pem | the CA that knows this site's kiosks |
| server.key, server.pem | what browsers and kiosks see; made anew at a start near its end |
| feed.key | Ed25519: signs the list's feed |
| pepper | 32 bytes: the Argon2id salt of the list's epoch |
"""

import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

import msgspec
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from kiosk.private_file import write_private
from sync.station import pki
from watchlist.seal import Pepper

_RENEW_WITHIN: Final = timedelta(days=60)
_LOCAL_HOSTS: Final = ("localhost", "127.0.0.1")


class KeyringError(Exception):
    """The data directory holds no usable keyring, or one already. Its text is one line for the installer."""


class _Site(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    name: str
    hosts: tuple[str, ...]
    epoch: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Keyring:
    """The keys in memory. ``folder`` still holds the server's own, which OpenSSL reads from files."""

    site: str
    folder: Path
    ca: x509.Certificate
    ca_key: pki.Key = field(repr=False)
    feed_key: Ed25519PrivateKey = field(repr=False)
    pepper: Pepper

    @property
    def feed_public_key(self) -> bytes:
        """The 32 bytes with which a kiosk verifies the feed."""
        return self.feed_key.public_key().public_bytes_raw()


def create_keyring(folder: Path, *, site: str, hosts: tuple[str, ...], now: datetime) -> Keyring:
    """Make every key in ``folder``, which may exist but hold no keyring.

    Raises:
        KeyringError: if there is one already; it is never overwritten.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if (folder / "site.json").exists():
        raise KeyringError(f"{folder} already holds a station")
    description = _Site(name=site, hosts=tuple(dict.fromkeys((*hosts, *_LOCAL_HOSTS))), epoch=1)
    ca_key = pki.new_key()
    write_private(folder / "ca.key", _private_pem(ca_key))
    write_private(folder / "ca.pem", pki.certificate_pem(pki.make_ca(site, ca_key, now)))
    write_private(folder / "feed.key", _private_pem(Ed25519PrivateKey.generate()))
    write_private(folder / "pepper", secrets.token_bytes(32))
    # Last, because it says that the keyring is whole.
    write_private(folder / "site.json", msgspec.json.encode(description))
    return load_keyring(folder, now=now)


def load_keyring(folder: Path, *, now: datetime) -> Keyring:
    """Read the keys, and make a new server certificate where there is none or it ends within 60 days.

    Raises:
        KeyringError: if a file is missing or is not what it should be.
    """
    try:
        description = msgspec.json.decode((folder / "site.json").read_bytes(), type=_Site)
        ca_key = serialization.load_pem_private_key((folder / "ca.key").read_bytes(), password=None)
        feed_key = serialization.load_pem_private_key((folder / "feed.key").read_bytes(), password=None)
        if not isinstance(ca_key, ec.EllipticCurvePrivateKey) or not isinstance(feed_key, Ed25519PrivateKey):
            raise ValueError("a key of the wrong kind")
        keyring = Keyring(
            site=description.name,
            folder=folder,
            ca=x509.load_pem_x509_certificate((folder / "ca.pem").read_bytes()),
            ca_key=ca_key,
            feed_key=feed_key,
            pepper=Pepper(description.epoch, (folder / "pepper").read_bytes()),
        )
    except FileNotFoundError as err:
        raise KeyringError(f"{err.filename} is missing: run `station init` first") from None
    except (ValueError, TypeError, msgspec.MsgspecError):
        raise KeyringError(f"a file of the keyring in {folder} is damaged") from None
    _renew_server_certificate(keyring, description.hosts, now)
    return keyring


def _renew_server_certificate(keyring: Keyring, hosts: tuple[str, ...], now: datetime) -> None:
    certificate, key = keyring.folder / "server.pem", keyring.folder / "server.key"
    if certificate.exists() and key.exists():
        current = x509.load_pem_x509_certificate(certificate.read_bytes())
        if current.not_valid_after_utc > now + _RENEW_WITHIN:
            return
    new_key = pki.new_key()
    issued = pki.make_server_certificate(hosts, new_key.public_key(), keyring.ca, keyring.ca_key, now)
    write_private(key, _private_pem(new_key))
    write_private(certificate, pki.certificate_pem(issued))


def _private_pem(key: pki.Key | Ed25519PrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
