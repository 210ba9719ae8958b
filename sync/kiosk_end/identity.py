"""Who this kiosk is to the station: its key, its certificate and the CA it trusts, as PEM files in one folder."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from kiosk.private_file import write_private
from sync.http import OwnCertificate

IDENTITY_FOLDER: Final = "identity"


@dataclass(frozen=True, slots=True)
class Identity:
    """The three files. The key was made here and never leaves the machine."""

    folder: Path

    @property
    def own(self) -> OwnCertificate:
        """The kiosk's certificate and key."""
        return OwnCertificate(certificate=self.folder / "kiosk.crt", key=self.folder / "kiosk.key")

    @property
    def ca(self) -> Path:
        """The CA that signs the station's certificate and the kiosks'."""
        return self.folder / "ca.crt"

    def save(self, *, key_pem: bytes, certificate_pem: bytes, ca_pem: bytes) -> None:
        """Write the files, the key for its owner alone."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_private(self.own.key, key_pem)
        write_private(self.own.certificate, certificate_pem)
        write_private(self.ca, ca_pem)
