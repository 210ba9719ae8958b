"""The keys that tie a copy of the list to one kiosk: a stolen disk without them says nothing.

- ``K_device`` (HMAC-SHA-256) blinds the index of every row and the entry id kept for withdrawals.
- ``K_disk`` (ChaCha20-Poly1305) locks the sealed record once more, bound to its place; and the group's key
  (watchlist.trust), without which the published list says nothing either.
- Both come from a master of 32 bytes, which is kept in one place: sealed to this machine's TPM (watchlist.tpm), or in
  a key file for its owner alone, the weaker mode: whoever copies that file with the disk is back to the Argon2id
  stretch of watchlist.seal, so it is named as a fault that stands (kiosk.domain.faults, DEVICE_KEY_FILE).

Where the key is
- ``auto`` chooses once, when the key is made: the TPM where the machine shows one, else the file. ``tpm`` and ``file``
  say it outright.
- A kiosk that has sealed to a TPM never goes back to a file by itself: a TPM that does not answer is an error, not a
  reason to do with less. To go back, delete ``device.tpm``.
- A key is made at the kiosk's enrolment. To move a kiosk from a file to the TPM, enrol it again with ``tpm``: it gets a
  new key, since the old one may have been copied, and fetches the list again.
"""

import hmac
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, Literal, Protocol, TypeAlias

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from kiosk.private_file import sync_folder, write_private
from watchlist import tpm
from watchlist.device_errors import DeviceKeyError, KeyFileOpenError

KEY_FILE: Final = "device.key"
SEALED_FILE: Final = tpm.SEALED_FILE
KeyMode: TypeAlias = Literal["auto", "tpm", "file"]
KeyPlace: TypeAlias = Literal["tpm", "file"]
_KEY_BYTES: Final = 32
_NONCE_BYTES: Final = 12
LOCK_BYTES: Final = _NONCE_BYTES + 16
"""So much longer is what is locked."""


class DeviceKeys(Protocol):
    """What the list's store asks of the device."""

    @property
    def place(self) -> KeyPlace:
        """Where the master is kept."""

    def blind(self, purpose: bytes, value: bytes) -> bytes:
        """Return 32 bytes that only this device can make from ``value``. ``purpose`` keeps two uses apart."""

    def lock(self, plain: bytes, place: bytes) -> bytes:
        """Return ``plain`` encrypted for this device and bound to ``place``."""

    def unlock(self, locked: bytes, place: bytes) -> bytes:
        """Return what was locked. Raises DeviceKeyError for another device, another place, or damage."""


class _MasterKeys:
    """Device keys from a master that lies in this process's memory."""

    def __init__(self, master: bytes) -> None:
        if len(master) != _KEY_BYTES:
            raise DeviceKeyError("a device key has 32 bytes")
        self._device = _derive(master, b"hongtu device v1 hmac")
        self._disk = ChaCha20Poly1305(_derive(master, b"hongtu device v1 disk"))

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


class FileDeviceKeys(_MasterKeys):
    """Device keys from a file, for machines without a TPM."""

    place: Final = "file"

    @classmethod
    def load_or_make(cls, path: Path) -> "FileDeviceKeys":
        """Return the keys of the file, which is made on first use. Raises as ``load`` does."""
        if not path.exists():
            write_private(path, os.urandom(_KEY_BYTES))
        return cls.load(path)

    @classmethod
    def load(cls, path: Path) -> "FileDeviceKeys":
        """Return the keys of the file.

        Raises:
            FileNotFoundError: if there is none.
            KeyFileOpenError: if others than its owner may read or write it.
            DeviceKeyError: if it is damaged.
        """
        with path.open("rb") as file:
            if os.fstat(file.fileno()).st_mode & 0o077:
                raise KeyFileOpenError(
                    f"{path} may be read by others, so take it for known: delete it and enrol the kiosk again "
                    "(kiosk-sync enrol), which makes a new key"
                )
            return cls(file.read(_KEY_BYTES + 1))


class TpmDeviceKeys(_MasterKeys):
    """Device keys whose master is sealed to this machine's TPM, and unsealed at each start."""

    place: Final = "tpm"

    @classmethod
    def make(cls, path: Path) -> "TpmDeviceKeys":
        """Make a key, seal it into ``path``, and return it as the TPM gives it back. Raises TpmError."""
        tpm.seal(os.urandom(_KEY_BYTES), path)
        return cls.load(path)

    @classmethod
    def load(cls, path: Path) -> "TpmDeviceKeys":
        """Return the keys. Raises FileNotFoundError or TpmError."""
        return cls(tpm.unseal(path))


def open_device_keys(folder: Path, mode: KeyMode = "auto", *, make: bool = False) -> DeviceKeys:
    """Return the keys of this kiosk. With ``make`` they are made where there are none (see ``made_device_keys``).

    Raises:
        FileNotFoundError: if there is no key and none is to be made.
        DeviceKeyError: see watchlist.device_errors.
    """
    if make:
        with made_device_keys(folder, mode) as keys:
            return keys
    sealed, plain = folder / SEALED_FILE, folder / KEY_FILE
    if sealed.exists():
        _refuse_a_file(sealed, mode)
        return TpmDeviceKeys.load(sealed)
    if _is_for_the_tpm(plain, mode):
        if plain.exists():
            raise DeviceKeyError(
                f"the device key is in {plain} and not in a TPM: enrol the kiosk again with --device-key tpm"
            )
        raise FileNotFoundError(sealed)
    return FileDeviceKeys.load(plain)


@contextmanager
def made_device_keys(folder: Path, mode: KeyMode = "auto") -> Iterator[DeviceKeys]:
    """Give the keys of a kiosk that enrols, made where there are none.

    A move from a file to the TPM is done when the block ends well: a station that refuses leaves the kiosk as it was.
    Raises DeviceKeyError.
    """
    sealed, plain = folder / SEALED_FILE, folder / KEY_FILE
    if sealed.exists():
        _refuse_a_file(sealed, mode)
        yield TpmDeviceKeys.load(sealed)
        plain.unlink(missing_ok=True)  # left over where a move to the TPM was cut short
    elif _is_for_the_tpm(plain, mode):
        waiting = sealed.with_name(f"{SEALED_FILE}.next")
        try:
            yield TpmDeviceKeys.make(waiting)
            waiting.replace(sealed)
            sync_folder(folder)
            plain.unlink(missing_ok=True)
        finally:
            waiting.unlink(missing_ok=True)
    else:
        yield FileDeviceKeys.load_or_make(plain)


def _refuse_a_file(sealed: Path, mode: KeyMode) -> None:
    if mode == "file":
        raise DeviceKeyError(
            f'this kiosk\'s key is in its TPM, and device_key = "file" is weaker: delete {sealed} if that is meant'
        )


def _is_for_the_tpm(plain: Path, mode: KeyMode) -> bool:
    return mode == "tpm" or (mode == "auto" and not plain.exists() and tpm.is_there())


def place_of_key(folder: Path) -> KeyPlace | None:
    """Return where the key is that counts in this data folder, None while there is none. Asks no TPM."""
    if (folder / SEALED_FILE).exists():
        return "tpm"
    return "file" if (folder / KEY_FILE).exists() else None


def is_key_in_file(folder: Path) -> bool:
    """Tell whether the key lies in a file: the weaker mode."""
    return place_of_key(folder) == "file"


def _derive(master: bytes, purpose: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=_KEY_BYTES, salt=None, info=purpose).derive(master)
