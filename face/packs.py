"""Model packs: a folder with two models, and ``pack.json``, which says how they are to be used.

- Nothing is loaded before every digest holds, and the bytes that were checked are the bytes that are run.
- What a model expects (colour order, mean, standard deviation, alignment) is declared, never guessed from the graph:
  a guess of 127.5 on SFace gives a cosine that looks like one and means nothing.
- Thresholds belong to one pack. They stand in ``pack.json``, and the pack's digest is the SHA-256 of that file, so a
  score's digest names the weights, their use and the thresholds at once (RULES 11).
- A pack says under which licence its weights come and whether that allows commercial use; the product downloads
  none but the one pinned in ``face.install``.
"""

import hashlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Literal

import msgspec

from face.errors import PackDamagedError, PackError
from kiosk.domain.evidence import Band

PACK_FILE: Final = "pack.json"
_MAX_PACK_FILE_BYTES: Final = 64 * 1024


class Thresholds(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Cosine similarities: ``accept`` and above is a match, from ``staff`` on a person looks."""

    accept: float
    staff: float

    def __post_init__(self) -> None:
        if not 0.0 < self.staff < self.accept < 1.0:
            raise ValueError("0 < staff < accept < 1 must hold")

    def band(self, similarity: float) -> Band:
        """Return the band in which a similarity lies."""
        if similarity >= self.accept:
            return Band.ACCEPT
        return Band.STAFF if similarity >= self.staff else Band.REJECT


class DetectorSpec(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How to use the detector: YuNet's twelve heads, blue-green-red, 0-255 as it is, sides multiples of 32."""

    kind: Literal["yunet"]
    file: str
    sha256: str
    colour_order: Literal["bgr"]


class EmbedderSpec(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How to use the embedder: the crop's alignment, and ``(value - mean) / std`` on values 0-255."""

    file: str
    sha256: str
    alignment: Literal["norm-crop-112"]
    colour_order: Literal["rgb", "bgr"]
    mean: float
    std: float
    embedding_size: int


class PackSpec(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The whole of ``pack.json``."""

    name: str
    detector: DetectorSpec
    embedder: EmbedderSpec
    thresholds: Thresholds
    calibration: str
    licence: str
    commercial_use: bool
    training_data: str


@dataclass(frozen=True, slots=True)
class PackInfo:
    """What travels with every score. ``digest`` is the SHA-256 of ``pack.json``, hex."""

    name: str
    digest: str
    thresholds: Thresholds


@dataclass(frozen=True, slots=True)
class Pack:
    """A pack whose every digest holds. ``detector`` and ``embedder`` are the ONNX files that were checked."""

    info: PackInfo
    spec: PackSpec
    detector: bytes = field(repr=False)
    embedder: bytes = field(repr=False)


def load_pack(directory: Path) -> Pack:
    """Return the pack in this folder.

    Raises:
        PackError: if a file is missing, ``pack.json`` is malformed, or a digest does not hold.
    """
    declared = _read(directory / PACK_FILE, _MAX_PACK_FILE_BYTES)
    try:
        spec = msgspec.json.decode(declared, type=PackSpec)
    except msgspec.DecodeError as error:
        raise PackError(f"{PACK_FILE} cannot be used: {error}") from None
    info = PackInfo(spec.name, hashlib.sha256(declared).hexdigest(), spec.thresholds)
    return Pack(
        info,
        spec,
        detector=_read_declared(directory, spec.detector.file, spec.detector.sha256),
        embedder=_read_declared(directory, spec.embedder.file, spec.embedder.sha256),
    )


def _read_declared(directory: Path, name: str, sha256: str) -> bytes:
    if Path(name).name != name:
        raise PackError(f"{PACK_FILE} names a file outside the pack")
    content = _read(directory / name)
    if hashlib.sha256(content).hexdigest() != sha256:
        raise PackDamagedError(name)
    return content


def _read(path: Path, limit: int | None = None) -> bytes:
    try:
        with path.open("rb") as file:
            content = file.read(-1 if limit is None else limit + 1)
    except OSError as error:
        raise PackError(f"{path.name} cannot be read ({error.strerror}); run `make models`") from None
    if limit is not None and len(content) > limit:
        raise PackError(f"{path.name} is too long")
    return content
