"""The keys that tie a copy of the list to one kiosk: a stolen disk without them says nothing.

- ``K_device`` (HMAC-SHA-256) blinds the index of every row and the entry id kept for withdrawals.
- ``K_disk`` (ChaCha20-Poly1305) locks the sealed record once more, bound to its place.

They belong into a TPM, from which they cannot be read; until then they come from a key file for its owner alone,
made on first use, and the agent says so in its log. Whoever copies that file with the disk is back to the Argon2id
stretch of watchlist.seal.
"""

import hmac
import os
from pathlib import Path
from typing import Final, Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from kiosk.private_file import write_private

KEY_FILE: Final = "device.key"
_KEY_BYTES: Final = 32
_NONCE_BYTES: Final = 12


class DeviceKeyError(Exception):
    """The key file is damaged, or something was locked by another device."""


class DeviceKeys(Protocol):
    """What the list's store asks of the device."""

    def blind(self, purpose: bytes, value: bytes) -> bytes:
        """Return 32 bytes that only this device can make from ``value``. ``purpose`` keeps two uses apart."""

    def lock(self, plain: bytes, place: bytes) -> bytes:
        """Return ``plain`` encrypted for this device and bound to ``place``."""

    def unlock(self, locked: bytes, place: bytes) -> bytes:
        """Return what was locked. Raises DeviceKeyError for another device, another place, or damage."""


class FileDeviceKeys:
    """Device keys from a file, for machines without a TPM."""

    def __init__(self, master: bytes) -> None:
        if len(master) != _KEY_BYTES:
            raise DeviceKeyError("a device key has 32 bytes")
        self._device = _derive(master, b"hongtu device v1 hmac")
        self._disk = ChaCha20Poly1305(_derive(master, b"hongtu device v1 disk"))

    @classmethod
    def load_or_make(cls, path: Path) -> "FileDeviceKeys":
        """Return the keys of the file, which is made on first use."""
        if not path.exists():
            write_private(path, os.urandom(_KEY_BYTES))
        return cls.load(path)

    @classmethod
    def load(cls, path: Path) -> "FileDeviceKeys":
        """Return the keys of the file. Raises FileNotFoundError, or DeviceKeyError if it is damaged."""
        return cls(path.read_bytes())

    def blind(self, purpose: bytes, value: bytes) -> bytes:
        """See ``DeviceKeys.blind``."""
        return hmac.digest(self._device, purpose + b"\0" + value, "sha256")

    def lock(self, plain: bytes, place: bytes) -> bytes:
        """See ``DeviceKeys.lock``."""
        nonce = os.urandom(_NONCE_BYTES)
        return nonce + self._disk.encrypt(nonce, plain, place)

    def unlock(self, locked: bytes, place: bytes) -> bytes:
        """See ``DeviceKeys.unlock``."""
        try:
            return self._disk.decrypt(locked[:_NONCE_BYTES], locked[_NONCE_BYTES:], place)
        except (InvalidTag, ValueError):
            raise DeviceKeyError("not locked by this device") from None


def _derive(master: bytes, purpose: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=_KEY_BYTES, salt=None, info=purpose).derive(master)
