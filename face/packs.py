"""Model packs: a folder with the models, and ``pack.json``, which says how they are to be used.

- Nothing is loaded before every digest holds, and the bytes that were checked are the bytes that are run.
- What a model expects (colour order, mean, standard deviation, alignment) is declared, never guessed from the graph:
  a guess of 127.5 on SFace gives a cosine that looks like one and means nothing.
- Thresholds exist only inside a calibration record, and the record belongs to one pack: it stands in ``pack.json``, and
  the pack's digest is the SHA-256 of that file, so a score's digest names the weights, their use, the thresholds and
  how they were found at once (RULES 11).
- A pack says under which licence its weights come. One that does not allow commercial use is refused until somebody
  has acknowledged that very text, in a file beside ``pack.json``.
- Only the tasks named here are ever opened: a model of age, sex, origin or mood in the folder is never read (RULES 1).
"""

import hashlib
import os
import stat
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Literal

import msgspec

from face.errors import LicenceError, PackDamagedError, PackError
from kiosk.domain.evidence import Band

PACK_FILE: Final = "pack.json"
LICENCE_FILE: Final = "MODEL.LICENSE"
ACKNOWLEDGEMENT_FILE: Final = "licence-acknowledged.json"
_MAX_PACK_FILE_BYTES: Final = 64 * 1024
_MAX_MODEL_BYTES: Final = 600 * 1024 * 1024


class Errors(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """So many errors in so many pairs, and the 95 % interval of the rate (Wilson 1927)."""

    count: int
    of: int
    low: float
    high: float


class QualityLimits(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a live picture had to be for its pair to count (face.quality); the gate holds to the same."""

    inter_eye_px: float
    sharpness: float


class Calibration(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Where two thresholds come from. Cosines: ``accept`` and above is a match, from ``staff`` on a person looks."""

    accept: float
    staff: float
    data_set: str
    date: str
    """ISO 8601 day on which it was measured."""
    persons: int
    false_match: Errors
    """At ``accept``."""
    false_match_same_group: Errors | None
    """At ``accept``, impostors of the same sex and self-reported origin."""
    false_non_match: Errors
    """At ``accept``."""
    failure_to_acquire: Errors
    quality: QualityLimits
    remark: str = ""

    def __post_init__(self) -> None:
        if not 0.0 < self.staff < self.accept < 1.0:
            raise ValueError("0 < staff < accept < 1 must hold")

    def band(self, similarity: float) -> Band:
        """Return the band in which a similarity lies."""
        if similarity >= self.accept:
            return Band.ACCEPT
        return Band.STAFF if similarity >= self.staff else Band.REJECT


class DetectorSpec(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How to use the detector: YuNet's twelve heads or InsightFace's SCRFD; ``(value - mean) / std`` on 0-255."""

    kind: Literal["yunet", "scrfd"]
    file: str
    colour_order: Literal["rgb", "bgr"]
    mean: float
    std: float


class EmbedderSpec(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How to use the embedder: the crop's alignment, and ``(value - mean) / std`` on values 0-255."""

    kind: Literal["sface", "arcface"]
    file: str
    alignment: Literal["norm-crop-112"]
    colour_order: Literal["rgb", "bgr"]
    mean: float
    std: float
    embedding_size: int


class LandmarksSpec(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The landmark model: MediaPipe's 468 points, red-green-blue, 0-1."""

    kind: Literal["mediapipe-468"]
    file: str


class SelfTest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The cosine of the two fixed crops in ``face/self_test``, as measured when the pack was made."""

    cosine: float


class PackSpec(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The whole of ``pack.json``. ``files`` gives the SHA-256 (hex) of every other file of the pack."""

    name: str
    detector: DetectorSpec
    embedder: EmbedderSpec
    landmarks: LandmarksSpec | None
    files: dict[str, str]
    self_test: SelfTest
    calibration: Calibration | None
    commercial_use: bool
    training_data: str


class Acknowledgement(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who has read the licence of these weights and answers for their use: a legal person or an office, and the day."""

    licence_sha256: str
    by: str
    on: str


@dataclass(frozen=True, slots=True)
class Pack:
    """A pack whose every digest holds. ``contents`` are the files that were checked, by name."""

    digest: str
    """SHA-256 of ``pack.json``, hex."""
    spec: PackSpec
    contents: dict[str, bytes] = field(repr=False)


def load_pack(directory: Path) -> Pack:
    """Return the pack in this folder.

    Raises:
        LicenceError: if its licence needs an acknowledgement that is not there.
        PackError: if a file is missing, ``pack.json`` is malformed, or a digest does not hold.
    """
    declared = read_plain_file(directory / PACK_FILE, _MAX_PACK_FILE_BYTES)
    try:
        spec = msgspec.json.decode(declared, type=PackSpec)
    except msgspec.DecodeError as error:
        raise PackError(f"{PACK_FILE} cannot be used: {error}") from None
    models = [spec.detector.file, spec.embedder.file, *([spec.landmarks.file] if spec.landmarks else [])]
    if undeclared := {*models, LICENCE_FILE} - set(spec.files):
        raise PackError(f"{PACK_FILE} gives no digest of {', '.join(sorted(undeclared))}")
    contents = {name: _read_declared(directory, name, sha256) for name, sha256 in spec.files.items()}
    if not spec.commercial_use:
        _require_acknowledgement(directory, spec.files[LICENCE_FILE])
    return Pack(hashlib.sha256(declared).hexdigest(), spec, contents)


def read_plain_file(path: Path, limit: int = _MAX_MODEL_BYTES) -> bytes:
    """Return the content of a regular file that is no link.

    Raises:
        PackError: if there is none, or it is longer than ``limit`` bytes.
    """
    try:
        # A link may lead anywhere, and a named pipe would hold the kiosk for ever.
        with os.fdopen(os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC), "rb") as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                raise PackError(f"{path.name} is no plain file")
            content = file.read(limit + 1)
    except OSError as error:
        raise PackError(f"{path.name} cannot be read ({error.strerror}): install the pack again") from None
    if len(content) > limit:
        raise PackError(f"{path.name} is too long")
    return content


def _read_declared(directory: Path, name: str, sha256: str) -> bytes:
    if Path(name).name != name or name in (".", ".."):
        raise PackError(f"{PACK_FILE} names a file outside the pack")
    content = read_plain_file(directory / name)
    if hashlib.sha256(content).hexdigest() != sha256:
        raise PackDamagedError(name)
    return content


def _require_acknowledgement(directory: Path, licence_sha256: str) -> None:
    try:
        text = read_plain_file(directory / ACKNOWLEDGEMENT_FILE, _MAX_PACK_FILE_BYTES)
        if msgspec.json.decode(text, type=Acknowledgement).licence_sha256 == licence_sha256:
            return
    except (PackError, msgspec.DecodeError):
        pass
    raise LicenceError(
        f"the weights are not licensed for every use and nobody has acknowledged {LICENCE_FILE}: "
        "run `kiosk face install-pack` with --accept-licence"
    )
