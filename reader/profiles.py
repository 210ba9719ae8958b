"""Reader profiles: what is particular to one reader model, as a TOML file of ``hardware/wiring/readers``."""

import fnmatch
from pathlib import Path
from typing import Annotated, Literal, TypeAlias

import msgspec

from reader.errors import FrameError, ProfileError

_STATUS_OK = 0x9000
_Seconds: TypeAlias = Annotated[float, msgspec.Meta(ge=0.3, le=5.0)]


class Find(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How often to look for the card that PC/SC has announced, and the pause between two looks (at least 300 ms)."""

    attempts: Annotated[int, msgspec.Meta(ge=1, le=10)]
    interval_s: _Seconds


class Profile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One reader model.

    Attributes:
        test: it is for simulators; a production kiosk refuses it.
        reader: shell pattern that the reader's PC/SC name must match.
        apdu_header: CLA INS P1 P2 of the pseudo-APDU that carries a SAM frame, as 8 hex digits.
        photo: the decoder for the card's photo (``reader.photo.decoder``).
    """

    name: str
    test: bool
    reader: Annotated[str, msgspec.Meta(min_length=1)]
    apdu_header: Annotated[str, msgspec.Meta(pattern="^[0-9A-F]{8}$")]
    photo: Literal["simulator", "none"]
    find: Find

    def choose(self, readers: tuple[str, ...]) -> str | None:
        """Return the first of ``readers`` that is of this model, or None."""
        return next((reader for reader in readers if fnmatch.fnmatchcase(reader, self.reader)), None)

    def wrap(self, frame: bytes) -> bytes:
        """Return the pseudo-APDU (extended length) that carries a SAM frame."""
        return bytes.fromhex(self.apdu_header) + b"\0" + len(frame).to_bytes(2, "big") + frame + b"\0\0"

    def unwrap(self, data: bytes, status: int) -> bytes:
        """Return the SAM frame of a pseudo-APDU's answer. Raises FrameError if the reader refused the wrapping."""
        if status != _STATUS_OK:
            raise FrameError(0, f"the reader answered {status:04X}")
        return data


def load(path: Path, *, production: bool) -> Profile:
    """Return the profile in a TOML file.

    Raises:
        ProfileError: there is no such file, it is no profile, or it is a test profile and this is ``production``.
    """
    try:
        profile = msgspec.toml.decode(path.read_bytes(), type=Profile)
    except (OSError, msgspec.MsgspecError) as error:
        raise ProfileError(f"{path.name}: {error}") from error
    if profile.test and production:
        raise ProfileError(f"{path.name}: a test profile on a production kiosk")
    return profile
