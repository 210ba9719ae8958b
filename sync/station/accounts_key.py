"""The station's one key for accounts, and the three things that are made with it.

- It signs what the station hands out and must know again without keeping it: challenges, a browser's mark.
- It hashes what is kept only to be counted: addresses and logins of failed attempts.
- It locks the secrets of second factors, so that a copy of the database alone makes no codes.
"""

import hmac
import secrets
from hashlib import sha256
from typing import Final

from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

KEY_BYTES: Final = 32
_NONCE_BYTES: Final = 12


class AccountsKey:
    """A key whose uses cannot be taken for one another: each purpose has a key of its own, derived from it."""

    def __init__(self, master: bytes) -> None:
        self._master = master

    def mac(self, purpose: str, *parts: bytes) -> bytes:
        """Return 32 bytes over ``parts`` that only this station can make."""
        framed = b"".join(len(part).to_bytes(4, "big") + part for part in parts)
        return hmac.digest(self._of(purpose), framed, "sha256")

    def lock(self, purpose: str, plain: bytes, place: bytes) -> bytes:
        """Return ``plain``, locked to its place (a login)."""
        nonce = secrets.token_bytes(_NONCE_BYTES)
        return nonce + ChaCha20Poly1305(self._of(purpose)).encrypt(nonce, plain, place)

    def unlock(self, purpose: str, locked: bytes, place: bytes) -> bytes:
        """Return what was locked there. Raises cryptography's InvalidTag: another key's or another place's."""
        nonce, sealed = locked[:_NONCE_BYTES], locked[_NONCE_BYTES:]
        return ChaCha20Poly1305(self._of(purpose)).decrypt(nonce, sealed, place)

    def _of(self, purpose: str) -> bytes:
        return hmac.digest(self._master, f"hongtu accounts v1 {purpose}".encode(), sha256)
