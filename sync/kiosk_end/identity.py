"""Who this kiosk is to the station: its certificate and key in one file, and the CA that it trusts, in one folder.

- ``kiosk.pem`` is replaced whole, so a power cut leaves the old certificate with its key or the new one with its own.
- The key in it is locked for this device (watchlist.device_key; docs/adr/0012): a stolen disk is no identity. It is
  unlocked into memory, and OpenSSL reads it there.
- An earlier version kept ``kiosk.crt`` and ``kiosk.key``, the latter in clear; they are taken over when they are read.
"""

from base64 import b64decode, b64encode
from datetime import datetime
from pathlib import Path
from typing import Final, Protocol

from kiosk.private_file import shred, write_private
from sync.http import OwnCertificate

IDENTITY_FOLDER: Final = "identity"
IDENTITY_FILE: Final = "kiosk.pem"
_BEGIN: Final = b"-----BEGIN KEY LOCKED FOR THIS DEVICE-----\n"
_END: Final = b"-----END KEY LOCKED FOR THIS DEVICE-----\n"
_PLACE: Final = b"hongtu kiosk key v1"


class IdentityDamagedError(Exception):
    """The file is not as it was written: enrol the kiosk again."""


class DeviceLock(Protocol):
    """What this device alone can open: its keys (watchlist.device_key.DeviceKeys)."""

    def lock(self, plain: bytes, place: bytes) -> bytes:
        """Return ``plain`` encrypted and bound to ``place``."""

    def unlock(self, locked: bytes, place: bytes) -> bytes:
        """Return what was locked, or raise."""


class Identity:
    """The folder, and the certificate in use."""

    def __init__(self, folder: Path, device: DeviceLock) -> None:
        self._folder = folder
        self._device = device
        self._own: OwnCertificate | None = None

    @property
    def own(self) -> OwnCertificate:
        """The certificate in use and its key.

        Raises:
            FileNotFoundError: if the kiosk was never enrolled.
            IdentityDamagedError: if the file is damaged. What ``DeviceLock.unlock`` raises goes through.
        """
        if self._own is None:
            self._own = self._read()
        return self._own

    @property
    def ca(self) -> Path:
        """The CA that signs the station's certificate and the kiosks'."""
        return self._folder / "ca.crt"

    def period(self) -> tuple[datetime, datetime]:
        """Return the first and the last moment of the certificate in use."""
        return self.own.period()

    def begin(self, own: OwnCertificate, ca_pem: bytes) -> None:
        """Keep what an enrolment brought."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_private(self.ca, ca_pem)
        self.replace(own)

    def replace(self, own: OwnCertificate) -> None:
        """Keep this certificate and key in place of those before, on the disk first. Raises OSError."""
        locked = b64encode(self._device.lock(own.key_pem, _PLACE))
        certificate = own.certificate_pem.rstrip() + b"\n"
        write_private(self._folder / IDENTITY_FILE, b"".join((certificate, _BEGIN, locked, b"\n", _END)))
        self._own = own
        self._forget_the_two_files()

    def _read(self) -> OwnCertificate:
        try:
            certificate, _, rest = (self._folder / IDENTITY_FILE).read_bytes().partition(_BEGIN)
        except FileNotFoundError:
            return self._take_over()
        try:
            own = OwnCertificate(certificate, self._device.unlock(b64decode(rest.removesuffix(_END)), _PLACE))
            own.period()
        except ValueError:
            raise IdentityDamagedError from None
        self._forget_the_two_files()
        return own

    def _take_over(self) -> OwnCertificate:
        own = OwnCertificate(*(file.read_bytes() for file in self._two_files()))
        self.replace(own)
        return own

    def _two_files(self) -> tuple[Path, Path]:
        return self._folder / "kiosk.crt", self._folder / "kiosk.key"

    def _forget_the_two_files(self) -> None:
        for file in self._two_files():
            shred(file)


def certificate_period(file: Path) -> tuple[datetime, datetime]:
    """Return the first and the last moment of the certificate in ``file``. Raises OSError, ValueError."""
    certificate, _, _ = file.read_bytes().partition(_BEGIN)
    return OwnCertificate(certificate, b"").period()
