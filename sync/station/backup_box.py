"""A box that any two of its keepers open together, and nobody alone: how a backup is encrypted.

    MAGIC, a line of JSON: the keepers' public keys, and the box's key, sealed once for each pair of them
    pieces of CHUNK bytes, each ChaCha20-Poly1305 under the box's key; the last one says that it is the last

- Each pair's seal is HPKE (RFC 9180, as in sync.sealed_face) in HPKE: for one of the two, around what is sealed for the
  other. So two of three suffice, as with the root keys, without arithmetic of our own.
- A piece's nonce is its number and whether it is the last; its associated data is the hash of the line before it all.
  A piece that is changed, missing, moved or another box's is refused, and so is a box that is cut short.
"""

import hashlib
import secrets
from collections.abc import Iterator, Sequence
from itertools import combinations
from pathlib import Path
from typing import BinaryIO, Final

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

from kiosk.private_file import write_private

MAGIC: Final = b"hongtu station backup v1\n"
CHUNK: Final = 1024 * 1024
MOST_KEEPERS: Final = 8
_TAG: Final = 16
_LONGEST_HEADER: Final = 64 * 1024
_SUITE: Final = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.CHACHA20_POLY1305)


class BoxError(Exception):
    """The box is damaged, or these keys do not open it."""


class _Pair(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    keepers: tuple[bytes, bytes]
    sealed: bytes


class _Header(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    pairs: tuple[_Pair, ...]


def make_keeper(file: Path) -> str:
    """Write a keeper's private key to a new file, and return the public half as people hand it on.

    Raises:
        FileExistsError: there is such a file.
    """
    if file.exists():
        raise FileExistsError(file)
    key = X25519PrivateKey.generate()
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    write_private(file, pem)
    return key.public_key().public_bytes_raw().hex()


def read_keeper(file: Path) -> X25519PrivateKey:
    """Return a keeper's private key. Raises OSError, BoxError."""
    try:
        key = serialization.load_pem_private_key(file.read_bytes(), password=None)
    except (ValueError, TypeError):
        key = None
    if not isinstance(key, X25519PrivateKey):
        raise BoxError(f"{file} is not a keeper's key")
    return key


def public_of(text: str) -> bytes:
    """Return a keeper's public key, as ``make_keeper`` returned it. Raises BoxError."""
    try:
        public = bytes.fromhex(text)
    except ValueError:
        public = b""
    if len(public) != 32:
        raise BoxError("a keeper's public key has 64 hexadecimal digits")
    return public


def close_box(plain: BinaryIO, box: BinaryIO, keepers: Sequence[bytes]) -> bytes:
    """Write what ``plain`` holds as a box for these keepers; return its key, with which it can be read back at once.

    Raises:
        BoxError: there are fewer than two different keepers, or too many.
    """
    if not 2 <= len(set(keepers)) == len(keepers) <= MOST_KEEPERS:
        raise BoxError(f"a backup has two to {MOST_KEEPERS} different keepers")
    key = secrets.token_bytes(32)
    pairs = tuple(_Pair((one, other), _seal(_seal(key, other), one)) for one, other in combinations(keepers, 2))
    header = MAGIC + msgspec.json.encode(_Header(pairs)) + b"\n"
    box.write(header)
    cipher, bound = ChaCha20Poly1305(key), hashlib.sha256(header).digest()
    for number, piece, last in _pieces(plain, CHUNK):
        box.write(cipher.encrypt(_nonce(number, last), piece, bound))
    return key


def key_of(box: BinaryIO, keepers: Sequence[X25519PrivateKey]) -> bytes:
    """Return the box's key from two of its keepers' keys. Raises BoxError."""
    held = {key.public_key().public_bytes_raw(): key for key in keepers}
    for pair in _header(box)[1].pairs:
        one, other = (held.get(keeper) for keeper in pair.keepers)
        if one is not None and other is not None:
            try:
                return _SUITE.decrypt(_SUITE.decrypt(pair.sealed, one, MAGIC), other, MAGIC)
            except (InvalidTag, ValueError):
                raise BoxError("the backup is damaged") from None
    raise BoxError("a backup takes the keys of two of its keepers")


def open_box(box: BinaryIO, key: bytes) -> Iterator[bytes]:
    """Yield what the box holds. Raises BoxError at the first piece that is not as it was written."""
    header, _ = _header(box)
    cipher, bound = ChaCha20Poly1305(key), hashlib.sha256(header).digest()
    for number, piece, last in _pieces(box, CHUNK + _TAG):
        try:
            yield cipher.decrypt(_nonce(number, last), piece, bound)
        except InvalidTag:
            raise BoxError("the backup is damaged or cut short") from None


def _header(box: BinaryIO) -> tuple[bytes, _Header]:
    box.seek(0)
    header = box.readline(len(MAGIC)) + box.readline(_LONGEST_HEADER)
    try:
        if not header.startswith(MAGIC):
            raise ValueError
        return header, msgspec.json.decode(header[len(MAGIC) :], type=_Header)
    except (ValueError, msgspec.MsgspecError):
        raise BoxError("this is not a backup of a station") from None


def _seal(plain: bytes, keeper: bytes) -> bytes:
    return _SUITE.encrypt(plain, X25519PublicKey.from_public_bytes(keeper), MAGIC)


def _pieces(file: BinaryIO, size: int) -> Iterator[tuple[int, bytes, bool]]:
    """Yield number, piece, and whether it is the last; an empty file has one empty piece."""
    number, piece = 0, file.read(size)
    while True:
        following = file.read(size)
        yield number, piece, not following
        if not following:
            return
        number, piece = number + 1, following


def _nonce(number: int, last: bool) -> bytes:
    return number.to_bytes(11, "big") + bytes([last])
