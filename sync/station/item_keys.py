"""Bytes that can be made unreadable for good: each is locked under a random key of its own, which is a small file.

Erasing is crypto-shredding: the key is overwritten and its file deleted, and what it locked is noise from then on,
wherever a copy of it lies (the write-ahead log, a backup of the database). A backup must leave this folder out.
"""

from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from kiosk.private_file import shred, write_private

_NONCE = bytes(12)
"""A key locks one thing once."""


class ShreddedError(Exception):
    """There is no key for this (any more)."""


class ItemKeys:
    """The keys' folder. Names are ids that the station has made, never what somebody sent."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def lock(self, name: str, plain: bytes) -> bytes:
        """Return ``plain`` under a new key, which is on the disk when this returns."""
        self._folder.mkdir(mode=0o700, exist_ok=True)
        key = ChaCha20Poly1305.generate_key()
        write_private(self._folder / name, key)
        return ChaCha20Poly1305(key).encrypt(_NONCE, plain, name.encode())

    def unlock(self, name: str, locked: bytes) -> bytes:
        """Return what was locked. Raises ShreddedError."""
        try:
            key = (self._folder / name).read_bytes()
            return ChaCha20Poly1305(key).decrypt(_NONCE, locked, name.encode())
        except (FileNotFoundError, InvalidTag):
            raise ShreddedError from None

    def shred(self, name: str) -> None:
        """Erase the key for good, where there is one."""
        shred(self._folder / name)
