"""The seams of the kiosk: what the engine and the agent need, told without saying who provides it.

Parts that work on their own time (reader, camera, face) are given a ``Post`` and speak in events of
``kiosk.visit.events``; they may call it from any thread. At boot the lane believes READER_LOST, CAMERA_LOST and
FACE_MODELS of them (docs/adr/0003): each part posts FaultCleared for its own when it first works.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, TypeAlias

from kiosk.domain.alarm import Alarm, HandCount, VisitCount
from kiosk.domain.document import Portrait
from kiosk.domain.evidence import ListEvidence, LivenessEvidence
from kiosk.domain.faults import Fault
from kiosk.domain.guidance import Guidance
from kiosk.domain.ids import Presence, VisitId
from kiosk.domain.numbers import DocumentNumber
from kiosk.domain.reasons import Reason
from kiosk.visit.events import Event
from kiosk.visit.panel import Panel
from kiosk.visit.screen import Screen

if TYPE_CHECKING:  # the agent and the station know these seams too, and have no picture
    import numpy as np
    from numpy.typing import NDArray

Post: TypeAlias = Callable[[Event], None]
BgrImage: TypeAlias = "NDArray[np.uint8]"
"""height x width x 3, blue-green-red, 0-255. A name only, when the program runs: ``"BgrImage | None"`` is quoted."""


Box: TypeAlias = tuple[int, int, int, int]
"""Left, top, right, bottom in pixels of a camera picture."""


class Clock(Protocol):
    """Time, so that tests can hold it still."""

    def now(self) -> datetime:
        """Return the aware UTC time."""

    def is_wrong(self) -> bool:
        """Tell whether the machine's clock is wrong: then nobody knows how old the list is."""

    def monotonic(self) -> float:
        """Return seconds on a clock that never goes back."""


class Reader(Protocol):
    """Cards. Posts CardPresented, CardRemoved, CardRead, ReadFailed and its faults."""

    def start(self, post: Post) -> None:
        """Begin to watch; a fault that stands at start is posted like any other."""

    def read(self, presence: Presence) -> None:
        """Read the card of this presence; exactly one CardRead or ReadFailed for it follows within the time limit."""

    def stop(self) -> None:
        """Let go of the reader and end its worker."""


@dataclass(frozen=True, slots=True)
class Frame:
    """One camera picture, not mirrored. ``seq`` grows with every new picture; ``taken_s`` is monotonic."""

    seq: int
    taken_s: float
    image: BgrImage


class Camera(Protocol):
    """Live pictures, the newest wins. Posts CAMERA_LOST and CAMERA_STALLED."""

    def start(self, post: Post) -> None:
        """Start the camera worker."""

    def latest(self) -> Frame | None:
        """Return a private copy of the newest frame, or None where none is younger than a second."""

    def expose_for(self, box: Box | None) -> None:
        """Keep this part of the picture well exposed, whatever light is behind it; None is the whole picture again.

        Returns at once. A box holds for two seconds, so that a visitor who left is forgotten.
        """

    def stop(self) -> None:
        """End the camera worker."""


@dataclass(frozen=True, slots=True)
class Look:
    """One picture in which exactly one person stands, and what was found in it; all of it is overwritten afterwards.

    ``landmarks`` is 468 x 3 in pixels (MediaPipe's canonical face mesh), the third growing away from the camera.
    """

    image: BgrImage
    landmarks: "NDArray[np.float32]"
    taken_s: float


class PadProvider(Protocol):
    """Presentation-attack detection: is this a person, or a picture of one? Works in the face thread.

    A site's near-infrared or depth camera is a provider of its own, which looks at its own pictures when it is called.
    """

    def begin(self) -> None:
        """Begin with a visitor of whom nothing is known: at each visit, and whenever the person may be another."""

    def see(self, look: Look) -> Guidance | LivenessEvidence:
        """Take in a picture; return what the visitor should do now, or the answer, which ends the check."""

    def wipe(self) -> None:
        """Overwrite whatever was kept of the visitor."""


@dataclass(frozen=True, slots=True)
class LiveFace:
    """A live face crop, when it was taken (monotonic), and the model pack that saw it."""

    image: BgrImage = field(repr=False)
    taken_s: float
    pack: str
    pack_digest: str


@dataclass(frozen=True, slots=True)
class PackInUse:
    """Which face models are at work. ``digest`` is the SHA-256 (hex) that every score names as well."""

    name: str
    digest: str


class FaceVerifier(Protocol):
    """1:1 only. Posts FaceGuided, FaceCompared and FACE_MODELS."""

    def start(self, post: Post) -> None:
        """Load the model pack in the background."""

    def begin(self, visit: VisitId) -> None:
        """Start to track the face before the camera, while the card is still being read."""

    def compare(self, visit: VisitId, portrait: Portrait) -> None:
        """Compare the portrait with the best live frames; exactly one FaceCompared follows unless forgotten."""

    def take_best(self, visit: VisitId) -> LiveFace | None:
        """Hand over the best live picture of this visit's face so far, if any; whoever takes it overwrites it."""

    def pack_in_use(self) -> PackInUse | None:
        """Return which models are loaded, or None while none are."""

    def forget(self) -> None:
        """Drop and overwrite every frame, portrait and embedding of the visit, and stop tracking."""

    def stop(self) -> None:
        """End the face thread."""


class Watchlist(Protocol):
    """Exact look-up of a document's numbers in the sealed list. Blocks for about 60 ms a number (Argon2id)."""

    def look_up(self, presence: Presence, numbers: tuple[DocumentNumber, ...], now: datetime) -> ListEvidence:
        """Tell whether any of the numbers is listed; a broken or missing list is ``Unavailable``.

        Only a card on the reader is looked up, and each presence once: ``presence`` is where the numbers were read.
        Whoever asks faster than people can lay down cards is answered ``Unavailable(LIST_BUSY)``.
        """

    def faults(self, now: datetime) -> frozenset[Fault]:
        """Return the list's own faults: missing, ageing, too old, refused."""


class Gate(Protocol):
    """The barrier. Only an admit decision, or a member of staff with a reason, reaches ``open``."""

    def answers(self) -> bool:
        """Tell whether it would open now; asked at boot and every second, so it returns at once."""

    def open(self, visit: VisitId) -> None:
        """Release the barrier for one person."""


class OutboxError(Exception):
    """An alarm or a count could not be made durable (disk full, file lost)."""


class Outbox(Protocol):
    """The durable road to the station. Returns only after the commit has reached the disk."""

    def raise_alarm(self, alarm: Alarm) -> None:
        """Commit an alarm. Raises OutboxError; the same alarm id again is no second alarm."""

    def count(self, count: VisitCount | HandCount) -> None:
        """Add one to an anonymous hourly count. Raises OutboxError."""

    def report(self, faults: frozenset[Fault], now: datetime, pack: PackInUse | None = None) -> None:
        """Leave the lane's present faults and the face models in use for the next heartbeat. Raises OutboxError."""

    def link_faults(self, now: datetime) -> frozenset[Fault]:
        """Return what the agent last wrote of its link (STATION_LINK, SET_ASIDE …); STATION_LINK if it is silent."""


class FaceCrops(Protocol):
    """The face crops of alarms from the list, sealed so that the station alone can open them."""

    def keep(self, alarm: Alarm, face: LiveFace) -> None:
        """Keep the crop of an alarm that is committed, and overwrite it. Returns at once, and never fails."""


class Screens(Protocol):
    """The visitor's screen."""

    def show(self, screen: Screen) -> None:
        """Show this screen now. May be called from any thread; returns at once."""


class StaffPanel(Protocol):
    """What staff see of the lane: a corner of the visitor's screen that a PIN opens, or a screen of their own."""

    def tell(self, panel: Panel) -> None:
        """Show this now. May be called from any thread; returns at once."""


class Pause(Protocol):
    """Whether staff have paused the lane, kept beyond the process."""

    def stands(self) -> bool:
        """Tell whether the lane was paused when the app ended."""

    def keep(self, *, is_paused: bool) -> None:
        """Have it survive a power cut. Raises OSError."""


class AudioOut(Protocol):
    """What a visitor hears: one thing at a time."""

    def start(self) -> None:
        """Begin to play."""

    def play(self, sounds: tuple[Path, ...], *, headphones: bool) -> None:
        """Play these files one after another, in place of what plays now. Returns at once and never fails."""

    def hush(self) -> None:
        """Be silent. Returns at once."""

    def silent_outputs(self, sound: Path) -> tuple[str, ...]:
        """Play this through each output so that nobody hears it; return those that do not play. Takes seconds."""

    def stop(self) -> None:
        """Be silent for good."""


class StaffCall(Protocol):
    """The quiet call to site staff: a tower light, a buzzer at the desk, a log line."""

    def call(self, visit: VisitId, reason: Reason) -> None:
        """Ask staff to come. Says nothing that tells an alarm from a referral (RULES 3)."""


@dataclass(frozen=True, slots=True)
class FeedPosition:
    """How far a list has come, at the station or in a replica: pepper epoch, sequence number, chain's hash (hex)."""

    epoch: int
    seq: int
    head: str


class FeedRefusedError(Exception):
    """A batch of the feed was not applied. ``why`` is a short code (bad-signature, rolled-back, gap, wrong-site …)."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class RoadError(Exception):
    """What was asked for did not come. ``why`` is a short code for the log."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class NotPublishedError(RoadError):
    """The road works and there is no such file."""

    def __init__(self) -> None:
        super().__init__("not-published")


class Road(Protocol):
    """A way to what the station publishes (watchlist.published): its server, a web server, a folder on a stick.

    It carries bytes and vouches for nothing.
    """

    def fetch(self, path: str) -> AbstractContextManager[Iterator[bytes]]:
        """Give the pieces of the file at ``path``. Raises NotPublishedError or RoadError, also while it is read."""


class ListReplica(Protocol):
    """The agent's view of the kiosk's list: it takes bytes, whatever road they came by. Every call blocks."""

    def positions(self) -> tuple[FeedPosition, ...]:
        """Return how far the committed copy has come, for each epoch that it holds whole, oldest first."""

    def apply(self, batch: bytes, now: datetime) -> FeedPosition:
        """Verify and commit a batch (rows, seq and head in one transaction). Raises FeedRefusedError."""

    def refresh(self, road: Road, now: datetime) -> None:
        """Take everything that the road has: trust, full copies, changes.

        Raises:
            FeedRefusedError: if something was not what it should be. What was good before goes on working.
            RoadError: if the road ended. What was taken until then is kept.
        """

    def checked_at(self) -> datetime | None:
        """Return the time of the newest signed checkpoint, which is what the list's age is counted from."""
