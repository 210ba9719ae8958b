"""The station's keys as files: made once by ``station init``, readable by the station's user alone.

| file | what |
|---|---|
| site.json | the site's name, the kiosk group's name, the host names of the server certificate |
| ca.key, ca.pem | the CA that knows this site's kiosks |
| server.key, server.pem | what browsers and kiosks see; made anew at a start near its end |
| feed-keys/ | Ed25519: sign the list's feed (sync.station.feed_keys) |
| peppers/EPOCH | 32 bytes: the Argon2id salt of an epoch of the list |
| group.key | 32 bytes: opens the peppers; each kiosk gets it at its enrolment |
| tuf-keys/ROLE-N.key | Ed25519: TUF's online keys, for targets, snapshot and timestamp (sync.station.trust) |
| root-keys/root-N.key | TUF's three root keys, until they are carried away |
| evidence.key | X25519: opens the face crops of alarms |
| evidence-requests.key | Ed25519: signs the requests for such a crop |
| audit.key | Ed25519: signs the checkpoints of the audit log |
| accounts.key | 32 bytes: what accounts need (sync.station.accounts_key) |

A keyring of the first form (one feed.key, one pepper, no TUF), or one that lacks keys of later versions, is
brought up to date when it is opened.
"""

import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

import msgspec
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from kiosk.private_file import shred, write_private
from sync.station import pki
from sync.station.accounts_key import KEY_BYTES, AccountsKey
from sync.station.feed_keys import FeedKeys, private_pem
from sync.station.key_errors import KeyringError as KeyringError
from watchlist.seal import Pepper

DEFAULT_GROUP: Final = "gates"
ONLINE_ROLES: Final = ("targets", "snapshot", "timestamp")
ROOT_KEYS: Final = 3
ROOT_KEYS_FOLDER: Final = "root-keys"
EVIDENCE_KEY: Final = "evidence.key"
REQUEST_KEY: Final = "evidence-requests.key"
AUDIT_KEY: Final = "audit.key"
ACCOUNTS_KEY: Final = "accounts.key"
KEY_FILES: Final = (
    *("site.json", "ca.key", "ca.pem", "server.key", "server.pem", "group.key"),
    *(EVIDENCE_KEY, REQUEST_KEY, AUDIT_KEY, ACCOUNTS_KEY),
)
KEY_FOLDERS: Final = ("feed-keys", "peppers", "tuf-keys")
"""The keyring, but for the root keys, which do not stay here, and the keys of single faces."""
EVIDENCE_ITEM_KEYS: Final = "evidence-keys"
_RENEW_WITHIN: Final = timedelta(days=60)
_LOCAL_HOSTS: Final = ("localhost", "127.0.0.1")


class _Site(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    name: str
    hosts: tuple[str, ...]
    group: str = ""
    epoch: int = 0
    """Of the first form only, which had one pepper and no group."""


class Peppers(Mapping[int, Pepper]):
    """The peppers by epoch. Nothing is kept in memory: an epoch that was begun or erased by a command is so at once."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def __getitem__(self, epoch: int) -> Pepper:
        try:
            return Pepper(epoch, (self._folder / str(epoch)).read_bytes())
        except FileNotFoundError:
            raise KeyError(epoch) from None

    def __iter__(self) -> Iterator[int]:
        return iter(sorted(int(file.name) for file in self._folder.iterdir() if file.name.isdigit()))

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def make(self, epoch: int) -> Pepper:
        """Return the pepper of this epoch, made now unless there is one."""
        if epoch not in self:
            self._folder.mkdir(mode=0o700, exist_ok=True)
            write_private(self._folder / str(epoch), secrets.token_bytes(32))
        return self[epoch]

    def erase(self, epoch: int) -> None:
        """Forget the pepper of this epoch for good."""
        shred(self._folder / str(epoch))


@dataclass(frozen=True, slots=True, kw_only=True)
class Keyring:
    """The keys. ``folder`` still holds the server's own, which OpenSSL reads from files, and TUF's."""

    site: str
    group: str
    folder: Path
    ca: x509.Certificate
    ca_key: pki.Key = field(repr=False)
    group_key: bytes = field(repr=False)
    feed_keys: FeedKeys
    peppers: Peppers
    evidence_key: X25519PrivateKey = field(repr=False)
    request_key: Ed25519PrivateKey = field(repr=False)
    audit_key: Ed25519PrivateKey = field(repr=False)
    hosts: tuple[str, ...]
    accounts_key: AccountsKey = field(repr=False)

    def pepper(self, epoch: int) -> Pepper:
        """Return an epoch's pepper. Raises KeyError where there is none (any more)."""
        return self.peppers[epoch]

    def root_keys_here(self) -> tuple[Path, ...]:
        """Return the root keys that still lie in the station's folder; they belong in three other places."""
        return tuple(sorted((self.folder / ROOT_KEYS_FOLDER).glob("*.key")))


def create_keyring(
    folder: Path, *, site: str, hosts: tuple[str, ...], now: datetime, group: str = DEFAULT_GROUP
) -> Keyring:
    """Make every key in ``folder``, which may exist but hold no keyring.

    Raises:
        KeyringError: if there is one already; it is never overwritten.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if (folder / "site.json").exists():
        raise KeyringError(f"{folder} already holds a station")
    description = _Site(name=site, group=group, hosts=tuple(dict.fromkeys((*hosts, *_LOCAL_HOSTS))))
    ca_key = pki.new_key()
    write_private(folder / "ca.key", _pkcs8(ca_key))
    write_private(folder / "ca.pem", pki.certificate_pem(pki.make_ca(site, ca_key, now)))
    _make_list_keys(folder, Ed25519PrivateKey.generate(), now)
    Peppers(folder / "peppers").make(1)
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
        if description.epoch:
            description = _bring_up_to_date(folder, description, now)
        _make_later_keys(folder)
        ca_key = serialization.load_pem_private_key((folder / "ca.key").read_bytes(), password=None)
        if not isinstance(ca_key, ec.EllipticCurvePrivateKey):
            raise ValueError("a key of the wrong kind")
        keyring = Keyring(
            site=description.name,
            group=description.group,
            folder=folder,
            ca=x509.load_pem_x509_certificate((folder / "ca.pem").read_bytes()),
            ca_key=ca_key,
            group_key=(folder / "group.key").read_bytes(),
            feed_keys=FeedKeys(folder / "feed-keys"),
            peppers=Peppers(folder / "peppers"),
            evidence_key=_evidence_key(folder / EVIDENCE_KEY),
            request_key=load_private(folder / REQUEST_KEY),
            audit_key=load_private(folder / AUDIT_KEY),
            hosts=description.hosts,
            accounts_key=AccountsKey((folder / ACCOUNTS_KEY).read_bytes()),
        )
        keyring.feed_keys.signer(now)
        for epoch in keyring.peppers:
            keyring.pepper(epoch)
    except FileNotFoundError as err:
        raise KeyringError(f"{err.filename} is missing: run `station init` first") from None
    except (ValueError, TypeError, msgspec.MsgspecError):
        raise KeyringError(f"a file of the keyring in {folder} is damaged") from None
    _renew_server_certificate(keyring, description.hosts, now)
    return keyring


def load_private(file: Path) -> Ed25519PrivateKey:
    """Return the Ed25519 key in a PEM file.

    Raises:
        KeyringError: there is no such file, or it is no such key.
    """
    try:
        key = serialization.load_pem_private_key(file.read_bytes(), password=None)
    except OSError:
        raise KeyringError(f"{file} cannot be read") from None
    except (ValueError, TypeError):
        raise KeyringError(f"{file} is not a key") from None
    if not isinstance(key, Ed25519PrivateKey):
        raise KeyringError(f"{file} is not a key of the list")
    return key


def write_new_key(file: Path) -> Ed25519PrivateKey:
    """Write a new Ed25519 key for its owner alone, and return it."""
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    key = Ed25519PrivateKey.generate()
    write_private(file, private_pem(key))
    return key


def _make_list_keys(folder: Path, feed_key: Ed25519PrivateKey, now: datetime) -> None:
    write_private(folder / "group.key", secrets.token_bytes(32))
    for role in ONLINE_ROLES:
        write_new_key(folder / "tuf-keys" / f"{role}-1.key")
    for n in range(1, ROOT_KEYS + 1):
        write_new_key(folder / ROOT_KEYS_FOLDER / f"root-{n}.key")
    if not (folder / "feed-keys" / "keys.json").exists():
        FeedKeys(folder / "feed-keys").add(feed_key, now=now, signs_from=now)


def _make_later_keys(folder: Path) -> None:
    if not (folder / EVIDENCE_KEY).exists():
        write_private(folder / EVIDENCE_KEY, _pkcs8(X25519PrivateKey.generate()))
    for name in (REQUEST_KEY, AUDIT_KEY):
        if not (folder / name).exists():
            write_new_key(folder / name)
    if not (folder / ACCOUNTS_KEY).exists():
        write_private(folder / ACCOUNTS_KEY, secrets.token_bytes(KEY_BYTES))


def _evidence_key(file: Path) -> X25519PrivateKey:
    key = serialization.load_pem_private_key(file.read_bytes(), password=None)
    if not isinstance(key, X25519PrivateKey):
        raise ValueError("a key of the wrong kind")
    return key


def _bring_up_to_date(folder: Path, first_form: _Site, now: datetime) -> _Site:
    """Turn a keyring of the first form into one of ours; begun again at the next open if it is cut short."""
    pepper, feed_key = folder / "pepper", folder / "feed.key"
    _make_list_keys(folder, load_private(feed_key), now)
    (folder / "peppers").mkdir(mode=0o700, exist_ok=True)
    write_private(folder / "peppers" / str(first_form.epoch), pepper.read_bytes())
    description = msgspec.structs.replace(first_form, group=DEFAULT_GROUP, epoch=0)
    write_private(folder / "site.json", msgspec.json.encode(description))
    pepper.unlink()
    feed_key.unlink()
    return description


def _renew_server_certificate(keyring: Keyring, hosts: tuple[str, ...], now: datetime) -> None:
    certificate, key = keyring.folder / "server.pem", keyring.folder / "server.key"
    if certificate.exists() and key.exists():
        current = x509.load_pem_x509_certificate(certificate.read_bytes())
        if current.not_valid_after_utc > now + _RENEW_WITHIN:
            return
    new_key = pki.new_key()
    issued = pki.make_server_certificate(hosts, new_key.public_key(), keyring.ca, keyring.ca_key, now)
    write_private(key, _pkcs8(new_key))
    write_private(certificate, pki.certificate_pem(issued))


def _pkcs8(key: pki.Key | X25519PrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
