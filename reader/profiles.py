"""Reader profiles: what is particular to one reader model, as a TOML file of ``hardware/wiring/readers``.

A production kiosk refuses a profile that is for tests, that opens photos with the simulator's decoder, or that pins no
SAMID: the SAM's authentication of the card ends at the SAM, so the host must know which SAM it is.
"""

import fnmatch
from pathlib import Path
from typing import Annotated, Literal, TypeAlias

import msgspec

from reader.errors import ProfileError

_Pattern: TypeAlias = Annotated[str, msgspec.Meta(min_length=1, max_length=128)]
_Hex: TypeAlias = Annotated[str, msgspec.Meta(pattern="^([0-9A-F]{2})*$", max_length=64)]


class _Table(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A table of the file: no key that nobody reads."""


class Apdu(_Table, frozen=True, kw_only=True, tag_field="kind", tag="apdu"):
    """SAM frames in pseudo-APDUs.

    Attributes:
        reader: shell pattern that the reader's PC/SC name must match.
        atr: shell pattern for the card's ATR (upper-case hex without spaces); ``*`` takes any.
        header: CLA INS P1 P2, as 8 hex digits.
        extended: the reader takes extended lengths. Otherwise an answer comes in pieces of up to 256 bytes (61xx and
            GET RESPONSE; ISO/IEC 7816-4). A command frame has 10 bytes and fits either way.
    """

    reader: _Pattern
    atr: _Pattern = "*"
    header: Annotated[str, msgspec.Meta(pattern="^[0-9A-F]{8}$")]
    extended: bool = True


class Escape(_Table, frozen=True, kw_only=True, tag_field="kind", tag="escape"):
    """SAM frames in SCardControl.

    Attributes:
        reader: shell pattern that the reader's PC/SC name must match.
        atr: as in ``Apdu``; looked at only where ``presence`` is ``pcsc``.
        control: the number that SCARD_CTL_CODE is made of (1: the usual escape of CCID readers).
        prefix: bytes before a command frame; answer_prefix: bytes that must come before an answer frame.
        presence: ``pcsc`` where PC/SC sees the card come and go, ``sam`` where only "find card" does.
    """

    reader: _Pattern
    atr: _Pattern = "*"
    control: Annotated[int, msgspec.Meta(ge=1, le=0xFFFF)] = 1
    prefix: _Hex = ""
    answer_prefix: _Hex = ""
    presence: Literal["pcsc", "sam"] = "pcsc"


class Serial(_Table, frozen=True, kw_only=True, tag_field="kind", tag="serial"):
    """Bare SAM frames on a COM port, 8N1. Presence is what "find card" says."""

    port: _Pattern
    baud: Literal[9600, 19200, 38400, 57600, 115200] = 115200


class VendorSdk(_Table, frozen=True, kw_only=True, tag_field="kind", tag="sdk"):
    """A vendor's library with the sdtapi functions, called through ctypes. Presence is what "find card" says.

    Attributes:
        library: absolute path.
        port: the library's own port number (1001 and up: USB; 1 to 16: COM) [unverified].
    """

    library: Annotated[str, msgspec.Meta(pattern="^/")]
    port: Annotated[int, msgspec.Meta(ge=1, le=9999)] = 1001


class NoPhoto(_Table, frozen=True, kw_only=True, tag_field="decoder", tag="none"):
    """Nobody here can open the photo: every visitor goes to staff."""


class SimulatorPhoto(_Table, frozen=True, kw_only=True, tag_field="decoder", tag="simulator"):
    """The card simulator's own container."""


class PicturePhoto(_Table, frozen=True, kw_only=True, tag_field="decoder", tag="picture"):
    """The reader delivers a BMP or JPEG in place of the chip's block."""


class VendorPhoto(_Table, frozen=True, kw_only=True, tag_field="decoder", tag="vendor"):
    """An operator-supplied library, in a process of its own.

    Attributes:
        library: absolute path.
        function: ``int function(const unsigned char *block, unsigned char *pixels)``, 1 for success; 102 x 126 x 3
            bytes come out [the vendors' names and orders differ: unverified].
        order: of the three bytes of a pixel.
        bottom_up: the first row is the picture's last, as in a BMP.
        timeout_s: for one photo. memory_mib: the process's address space.
    """

    library: Annotated[str, msgspec.Meta(pattern="^/")]
    function: Annotated[str, msgspec.Meta(pattern="^[A-Za-z_][A-Za-z0-9_]{0,63}$")] = "unpack"
    order: Literal["bgr", "rgb"] = "bgr"
    bottom_up: bool = False
    timeout_s: Annotated[float, msgspec.Meta(gt=0, le=5.0)] = 1.0
    memory_mib: Annotated[int, msgspec.Meta(ge=64, le=1024)] = 256


class Sam(_Table, frozen=True, kw_only=True):
    """The security module.

    Attributes:
        id: its SAMID as `kiosk reader probe` prints it; a production kiosk needs one.
        with_fingerprint: it gives base info only together with the fingerprint, which is then skipped unread.
    """

    id: Annotated[str, msgspec.Meta(pattern=r"^\d{2}\.\d{2}-\d{8}-\d{10}-\d{10}$")] | None = None
    with_fingerprint: bool = False


class Find(_Table, frozen=True, kw_only=True):
    """How often to look for the card that PC/SC has announced, and the pause between two looks (at least 300 ms)."""

    attempts: Annotated[int, msgspec.Meta(ge=1, le=10)] = 2
    interval_s: Annotated[float, msgspec.Meta(ge=0.3, le=5.0)] = 0.3


Way: TypeAlias = Apdu | Escape | Serial | VendorSdk
Photo: TypeAlias = NoPhoto | SimulatorPhoto | PicturePhoto | VendorPhoto


class Profile(_Table, frozen=True, kw_only=True):
    """One reader model. ``test``: it is for simulators; a production kiosk refuses it."""

    name: Annotated[str, msgspec.Meta(pattern="^[a-z0-9-]{1,64}$")]
    test: bool
    transport: Way
    photo: Photo
    sam: Sam = Sam()
    find: Find = Find()


def choose(way: Apdu | Escape, readers: tuple[str, ...]) -> tuple[str, ...]:
    """Return those of ``readers`` that are of this model, in the same order; the first one serves."""
    return tuple(reader for reader in readers if fnmatch.fnmatchcase(reader, way.reader))


def load(path: Path, *, production: bool) -> Profile:
    """Return the profile in a TOML file.

    Raises:
        ProfileError: there is no such file, it is no profile, or it is not fit for ``production``.
    """
    try:
        profile = msgspec.toml.decode(path.read_bytes(), type=Profile)
    except (OSError, msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise ProfileError(f"{path.name}: {error}") from error
    if production:
        _refuse_unfit(path, profile)
    return profile


def _refuse_unfit(path: Path, profile: Profile) -> None:
    if profile.test:
        raise ProfileError(f"{path.name}: test: a test profile on a production kiosk")
    if isinstance(profile.photo, SimulatorPhoto):
        raise ProfileError(f"{path.name}: photo.decoder: the simulator's decoder on a production kiosk")
    if profile.sam.id is None:
        raise ProfileError(f"{path.name}: sam.id: pin the SAMID that `kiosk reader probe` prints")
