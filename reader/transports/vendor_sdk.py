"""A vendor's library with the sdtapi functions, through ctypes, answering SAM frames like any other way.

- The functions and their return codes (the SAM's own SW3; 1 to 5 for a port that fails) are those of public programs
  [unverified]; no vendor's library was had here. The tests bring one of their own.
- Every buffer is larger than any answer and is checked afterwards; a library that writes past it has already had the
  worker process, which is why this runs nowhere else.
"""

import ctypes
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

from reader import sam
from reader.errors import FrameError, LineError
from reader.profiles import VendorSdk
from reader.watchdog import Guard

_BUFFER_BYTES: Final = 8192
_OPEN_WITHIN_S: Final = 3.0
_PORT_ERRORS: Final = range(1, 6)
_FUNCTIONS: Final = (
    "SDT_OpenPort",
    "SDT_ClosePort",
    "SDT_GetSAMStatus",
    "SDT_GetSAMID",
    "SDT_StartFindIDCard",
    "SDT_SelectIDCard",
    "SDT_ReadBaseMsg",
)
_KEEP_OPEN: Final = 0
"""``iIfOpen``: we open and close the port ourselves."""


@contextmanager
def open_line(way: VendorSdk, guard: Guard) -> Iterator[sam.Transceive]:
    """Load the library and open its port. Raises LineError, as does each use of it."""
    library = _load(way.library)
    with guard(_OPEN_WITHIN_S):
        _check_port(library.SDT_OpenPort(way.port), way.library)
    functions = _Functions(library, way)

    def transceive(frame: bytes, deadline_s: float) -> bytes:
        with guard(deadline_s):
            return functions.answer(frame)

    try:
        yield transceive
    finally:
        library.SDT_ClosePort(way.port)


class _Functions:
    """The library's functions as commands of the SAM."""

    def __init__(self, library: ctypes.CDLL, way: VendorSdk) -> None:
        self._library = library
        self._way = way
        self._calls: dict[bytes, Callable[[], tuple[int, bytes]]] = {
            sam.STATUS.code: self._status,
            sam.READ_SAMID.code: lambda: self._fixed(library.SDT_GetSAMID, 16),
            sam.FIND_CARD.code: lambda: self._fixed(library.SDT_StartFindIDCard, 4),
            sam.SELECT_CARD.code: lambda: self._fixed(library.SDT_SelectIDCard, 8),
            sam.READ_BASE_INFO.code: self._read,
        }

    def answer(self, frame: bytes) -> bytes:
        """Return the answer frame to a command frame. A library cannot give up at a deadline: the guard does."""
        call = self._calls.get(frame[sam.BODY_AT : sam.BODY_AT + 2])
        if call is None:
            return sam.frame(bytes([0, 0, sam.SamStatus.BAD_COMMAND]))
        code, data = call()
        _check_port(code, self._way.library)
        return sam.frame(bytes([0, 0, code & 0xFF]) + data)

    def _status(self) -> tuple[int, bytes]:
        return self._library.SDT_GetSAMStatus(self._way.port, _KEEP_OPEN), b""

    def _fixed(self, function: Callable[..., int], size: int) -> tuple[int, bytes]:
        """Call a function that fills one buffer with ``size`` bytes."""
        buffer = ctypes.create_string_buffer(_BUFFER_BYTES)
        code = function(self._way.port, buffer, _KEEP_OPEN)
        return code, buffer.raw[:size] if code in (sam.SamStatus.OK, sam.SamStatus.CARD_FOUND) else b""

    def _read(self) -> tuple[int, bytes]:
        text, photo = ctypes.create_string_buffer(_BUFFER_BYTES), ctypes.create_string_buffer(_BUFFER_BYTES)
        text_length, photo_length = ctypes.c_uint(0), ctypes.c_uint(0)
        code = self._library.SDT_ReadBaseMsg(
            self._way.port, text, ctypes.byref(text_length), photo, ctypes.byref(photo_length), _KEEP_OPEN
        )
        if code != sam.SamStatus.OK:
            return code, b""
        lengths = (text_length.value, photo_length.value)
        if max(lengths) > _BUFFER_BYTES:
            raise FrameError(sam.BODY_AT, f"the library tells of {lengths} bytes")
        inner = b"".join(length.to_bytes(2, "big") for length in lengths)
        return code, inner + text.raw[: lengths[0]] + photo.raw[: lengths[1]]


def _load(path: str) -> ctypes.CDLL:
    try:
        library = ctypes.CDLL(path)
        for name in _FUNCTIONS:
            getattr(library, name).restype = ctypes.c_int
    except (OSError, AttributeError):
        # The loader's words name the path, and so does ours; what it could not resolve is for the installer's doctor.
        raise LineError(f"{path} cannot be loaded, or lacks an sdtapi function") from None
    return library


def _check_port(code: int, path: str) -> None:
    if code in _PORT_ERRORS:
        raise LineError(f"{path}: port error {code}")
