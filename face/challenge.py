"""The RGB default of ``PadProvider``: gestures asked in an order that nobody can know, and a turn that shows depth.

A visitor is asked for two gestures: a turn of the head to one side, and a turn to the other side, a nod or shut eyes.
Which ones and in which order is drawn anew for each visit. It deters a photo and a phone held up in passing. It is no
certified presentation-attack detection (ISO/IEC 30107-3), and no level of any scheme was tested; what it does
against simulated attacks is in docs/liveness.md. Who cannot do it takes the staffed lane, which every screen offers.

Rules
- A gesture counts from a rest of the same face: straight, eyes open, for a third of a second.
- Another gesture than the one asked is a mistake, as is none within five seconds: a recording does not know
  what is asked. After the first, another pair is drawn; the second ends the check.
- A turn must move the near parts of the face past the far ones (face.geometry.parallax): a flat picture does not.
- From frame to frame a face may not jump in size: that is another face, and a mistake too.
"""

import random
import secrets
from dataclasses import dataclass, field
from typing import Final

from face.geometry import Points, eye_distance, eyes_open, parallax, pose
from kiosk.domain.evidence import Failed, LivenessEvidence, Passed
from kiosk.domain.guidance import Guidance
from kiosk.domain.reasons import Reason
from kiosk.ports import BgrImage, Look

REST_S: Final = 0.3
STEP_S: Final = 5.0
TURN_DEG: Final = 12.0
NOD_DEG: Final = 9.0
SHUT: Final = 0.65
"""Eyes count as shut below this part of their opening at rest."""
MIN_PARALLAX: Final = 0.035
_REST_YAW: Final = 8.0
_REST_PITCH: Final = 20.0
_MISTAKES: Final = 2
_MAX_JUMP: Final = 1.3
_TURNS: Final = (Guidance.TURN_LEFT, Guidance.TURN_RIGHT)
_GESTURES: Final = (*_TURNS, Guidance.NOD, Guidance.BLINK)


@dataclass(slots=True)
class _Rest:
    """The face at rest, which gestures are measured against."""

    since_s: float
    points: Points = field(repr=False)
    yaw: float
    pitch: float
    eyes: float

    @classmethod
    def of(cls, image: BgrImage, points: Points, now_s: float) -> "_Rest":
        head = pose(points)
        return cls(now_s, points.copy(), head.yaw, head.pitch, eyes_open(image, points))


class ChallengePad:
    """Asks for gestures and answers Passed or Failed."""

    def __init__(self, draw: random.Random | None = None) -> None:
        """Draw from the system's randomness, or from ``draw`` in a test."""
        self._draw = draw or secrets.SystemRandom()
        self._wanted: list[Guidance] = []
        self._mistakes = 0
        self._rest: _Rest | None = None
        self._is_rested = False
        self._asked_s = 0.0
        self._eyes_px: float | None = None

    def begin(self) -> None:
        """Begin with a visitor of whom nothing is known."""
        self.wipe()
        self._mistakes = 0
        self._draw_gestures()

    def see(self, look: Look) -> Guidance | LivenessEvidence:
        """Take in a picture; return what the visitor should do now, or the answer."""
        points, now_s = look.landmarks, look.taken_s
        if self._has_jumped(points):
            self._eyes_px = None
            return self._mistake()
        self._eyes_px = eye_distance(points)
        if not self._is_rested:
            return self._come_to_rest(look.image, points, now_s)
        assert self._rest is not None
        wanted = self._wanted[0]
        shown = self._gesture(look.image, points, self._rest)
        if shown is not wanted:
            # Eyes that look down in a nod, or a face that grows narrow, may seem shut: no mistake of the visitor's.
            is_mistaken = shown not in (None, Guidance.BLINK) or now_s - self._asked_s >= STEP_S
            return self._mistake() if is_mistaken else wanted
        if shown in _TURNS and parallax(self._rest.points, points) < MIN_PARALLAX:
            return Failed(Reason.LIVENESS_FAILED)
        self._wanted.pop(0)
        self._forget_rest()
        return Guidance.LOOK_STRAIGHT if self._wanted else Passed()

    def wipe(self) -> None:
        """Overwrite whatever was kept of the visitor."""
        self._forget_rest()
        self._eyes_px = None

    def _draw_gestures(self) -> None:
        turn = self._draw.choice(_TURNS)
        other = self._draw.choice([gesture for gesture in _GESTURES if gesture is not turn])
        self._wanted = [turn, other]
        self._draw.shuffle(self._wanted)

    def _come_to_rest(self, image: BgrImage, points: Points, now_s: float) -> Guidance:
        """Ask the visitor to look straight until the face has rested."""
        head = pose(points)
        if abs(head.yaw) > _REST_YAW or abs(head.pitch) > _REST_PITCH:
            self._forget_rest()
            return Guidance.LOOK_STRAIGHT
        if self._rest is None:
            self._rest = _Rest.of(image, points, now_s)
        rest = self._rest
        if now_s - rest.since_s < REST_S:
            rest.eyes = max(rest.eyes, eyes_open(image, points))
            return Guidance.HOLD_STILL
        eyes = max(rest.eyes, eyes_open(image, points))
        rest.points.fill(0)
        self._rest = _Rest.of(image, points, now_s)
        self._rest.eyes = eyes
        self._is_rested, self._asked_s = True, now_s
        return self._wanted[0]

    @staticmethod
    def _gesture(image: BgrImage, points: Points, rest: _Rest) -> Guidance | None:
        """Return the gesture that this picture shows against the face at rest."""
        head = pose(points)
        yaw, pitch = head.yaw - rest.yaw, head.pitch - rest.pitch
        if abs(yaw) >= TURN_DEG:
            return Guidance.TURN_LEFT if yaw > 0 else Guidance.TURN_RIGHT
        if pitch >= NOD_DEG:
            return Guidance.NOD
        return Guidance.BLINK if eyes_open(image, points) <= SHUT * rest.eyes else None

    def _mistake(self) -> Guidance | LivenessEvidence:
        self._mistakes += 1
        if self._mistakes >= _MISTAKES:
            return Failed(Reason.LIVENESS_FAILED)
        self._forget_rest()
        self._draw_gestures()
        return Guidance.LOOK_STRAIGHT

    def _has_jumped(self, points: Points) -> bool:
        if self._eyes_px is None:
            return False
        ratio = eye_distance(points) / self._eyes_px
        return not 1 / _MAX_JUMP <= ratio <= _MAX_JUMP

    def _forget_rest(self) -> None:
        if self._rest is not None:
            self._rest.points.fill(0)
        self._rest, self._is_rested = None, False
