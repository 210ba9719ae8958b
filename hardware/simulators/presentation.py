"""People and pictures of people before the camera, moving: what the liveness check is tried on.

``python -m hardware.simulators.presentation`` plays them to the real detector, landmark model, embedder and
challenge, and prints how many were taken for live. **Simulated attacks, not certified PAD**: nobody held a photo before
a lens for these figures.

- A head is one frontal picture laid over the depth that the landmark model gives, and turned, nodded, and its eyes shut
  by warping. It stands for a live person (*bona fide*); hair and ears move as a disc would.
- A photo or a screen is a flat picture, moved, squeezed as a turned plane is, or bent; whoever holds it does his best
  to obey what is asked.
"""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

import numpy as np
from PIL import Image

from face.attempt import Answer, Attempt
from face.challenge import ChallengePad
from face.evaluation.turned_head import Head, Manner
from face.models import FaceModels, load_models
from face.packs import load_pack
from hardware.simulators.personas import PERSONAS, Persona
from kiosk.domain.document import Portrait
from kiosk.domain.evidence import Band, FaceScore, Passed
from kiosk.domain.guidance import Guidance
from kiosk.ports import BgrImage

WIDTH_PX, HEIGHT_PX = 1280, 720
FRAMES_PER_S: Final = 12
TIME_LIMIT_S: Final = 15.0
_REACTION_S: Final = 0.4
_TURN_DEG: Final = 30.0
_NOD_DEG: Final = 17.0
_DEG_PER_FRAME: Final = 5.0


class Presenter(Protocol):
    """Somebody before the camera, who reacts to what is asked."""

    def frame(self, at_s: float, asked: Guidance) -> BgrImage:
        """Return what the camera sees now."""


class Mover:
    """Moves towards what is asked as people do: after a moment, and not at once."""

    def __init__(self) -> None:
        self._asked = Guidance.HOLD_STILL
        self._since_s = 0.0
        self.manner = Manner()

    def step(self, at_s: float, asked: Guidance) -> Manner:
        """Return how the head is held at this moment."""
        if asked is not self._asked:
            self._asked, self._since_s = asked, at_s
        goal = _GOALS.get(self._asked, Manner()) if at_s - self._since_s >= _REACTION_S else None
        if goal is not None:
            now = self.manner
            self.manner = Manner(
                _towards(now.yaw, goal.yaw, _DEG_PER_FRAME),
                _towards(now.pitch, goal.pitch, _DEG_PER_FRAME),
                _towards(now.shut, goal.shut, 0.5),
            )
        return self.manner


_GOALS: Final = {
    Guidance.TURN_LEFT: Manner(yaw=_TURN_DEG),
    Guidance.TURN_RIGHT: Manner(yaw=-_TURN_DEG),
    Guidance.NOD: Manner(pitch=_NOD_DEG),
    Guidance.BLINK: Manner(shut=1.0),
}


def _towards(now: float, goal: float, step: float) -> float:
    return now + max(-step, min(step, goal - now))


class LivePerson:
    """Bona fide: turns, nods and shuts the eyes as asked."""

    def __init__(self, head: Head) -> None:
        self._head = head
        self._mover = Mover()

    def frame(self, at_s: float, asked: Guidance) -> BgrImage:
        """Return the head as it is held now."""
        return _swayed(self._head.show(self._mover.step(at_s, asked)), at_s)


class FlatPicture:
    """A printed photo in somebody's hand, squeezed like a turned plane to obey; ``bend`` rounds it about its axis.

    With ``eyes`` the holder looks through holes where the eyes were, and can shut his own.
    """

    def __init__(self, head: Head, *, bend: float = 0.0, eyes: bool = False) -> None:
        self._head = head
        self._bend, self._eyes = bend, eyes
        self._mover = Mover()

    def frame(self, at_s: float, asked: Guidance) -> BgrImage:
        """Return the photo as it is held now."""
        manner = self._mover.step(at_s, asked)
        picture = self._head.show(Manner(shut=manner.shut)) if self._eyes else self._head.picture
        return _swayed(_held(picture, manner, self._bend), 3 * at_s)


class Replay:
    """A film of the person on a screen: gestures in an order of its own, a frame, moiré and the screen's refresh."""

    def __init__(self, head: Head, seed: int) -> None:
        self._mover = Mover()
        self._head = head
        self._draw = random.Random(seed)  # noqa: S311 - a film, not a key
        self._plays = Guidance.HOLD_STILL
        self._until_s = 0.0

    def frame(self, at_s: float, asked: Guidance) -> BgrImage:
        """Return the screen as the camera sees it."""
        if at_s >= self._until_s:
            rest = self._plays is not Guidance.HOLD_STILL
            self._plays = Guidance.HOLD_STILL if rest else self._draw.choice(list(_GOALS))
            self._until_s = at_s + 1.4
        picture = self._head.show(self._mover.step(at_s, self._plays)).astype(np.float32)
        rows, columns = np.mgrid[0:HEIGHT_PX, 0:WIDTH_PX]
        moire = 1 + 0.05 * np.sin(2 * np.pi * (columns * 0.31 + rows * 0.02)) * np.sin(2 * np.pi * rows * 0.29)
        refresh = 1 + 0.08 * np.sin(2 * np.pi * (rows / HEIGHT_PX - 1.7 * at_s))
        screen = picture * (moire * refresh)[:, :, np.newaxis]
        screen[:40], screen[-40:], screen[:, :300], screen[:, -300:] = 12, 12, 12, 12
        return _swayed(screen.clip(0, 255).astype(np.uint8), at_s)


class Swapped:
    """The holder's photo until the first gesture is asked, then the impostor's own living face in its place."""

    def __init__(self, holder: Head, impostor: Head) -> None:
        self._photo, self._impostor = FlatPicture(holder), LivePerson(impostor)
        self._is_swapped = False

    def frame(self, at_s: float, asked: Guidance) -> BgrImage:
        """Return whoever is there now."""
        self._is_swapped = self._is_swapped or asked in _GOALS
        return (self._impostor if self._is_swapped else self._photo).frame(at_s, asked)


def _swayed(picture: BgrImage, at_s: float) -> BgrImage:
    """Nobody and no hand is quite still: move the picture by a few pixels."""
    return np.roll(picture, (round(2 * np.sin(1.3 * at_s)), round(5 * np.sin(0.9 * at_s))), axis=(0, 1))


def _held(picture: BgrImage, manner: Manner, bend: float) -> BgrImage:
    """Return the photo turned about its axes; a plane that turns grows narrower, a bent one unevenly so."""
    if manner.yaw == manner.pitch == 0:
        return picture
    across, down = (np.cos(np.radians(1.6 * angle)) for angle in (manner.yaw, manner.pitch))
    x = (np.arange(WIDTH_PX) - WIDTH_PX / 2) / across
    y = (np.arange(HEIGHT_PX) - HEIGHT_PX / 2) / down
    if bend:
        side = np.sign(manner.yaw) or 1.0
        x = x + side * bend * (x / 200.0) ** 2 * 40.0
    columns = (x + WIDTH_PX / 2).round().astype(int).clip(0, WIDTH_PX - 1)
    rows = (y + HEIGHT_PX / 2).round().astype(int).clip(0, HEIGHT_PX - 1)
    held: BgrImage = picture[rows][:, columns]
    return held


def scene(persona: Persona) -> BgrImage:
    """Return the persona's first live picture, as high as the camera's view."""
    with Image.open(persona.live[0]) as file:
        person = file.convert("RGB")
    person = person.resize((round(person.width * HEIGHT_PX / person.height), HEIGHT_PX), Image.Resampling.LANCZOS)
    canvas = Image.new("RGB", (WIDTH_PX, HEIGHT_PX), (128, 128, 128))
    canvas.paste(person, ((WIDTH_PX - person.width) // 2, 0))
    return np.ascontiguousarray(np.asarray(canvas)[:, :, ::-1])


def card_photo(persona: Persona) -> Portrait:
    """Return the persona's photo at a chip's size."""
    with Image.open(persona.portrait) as file:
        small = file.convert("RGB").resize((102, 126), Image.Resampling.LANCZOS)
    return Portrait(102, 126, np.asarray(small)[:, :, ::-1].tobytes())


def play(presenter: Presenter, portrait: Portrait, models: FaceModels, seed: int) -> Answer | None:
    """Present to an attempt until it answers; None after the visit's time limit, which is a referral to staff."""
    attempt = Attempt(models, ChallengePad(random.Random(seed)))  # noqa: S311 - drawn alike in each run
    attempt.take_portrait(portrait)
    asked = Guidance.COME_INTO_VIEW
    try:
        for number in range(int(TIME_LIMIT_S * FRAMES_PER_S)):
            at_s = number / FRAMES_PER_S
            asked = attempt.see(presenter.frame(at_s, asked), at_s)
            answer = attempt.answer(at_s)
            if answer is not None:
                return answer
        return None
    finally:
        attempt.wipe()


def is_admitted(answer: Answer | None) -> bool:
    """Tell whether a policy that asks for liveness would let this one in."""
    return (
        answer is not None
        and isinstance(answer.liveness, Passed)
        and isinstance(answer.face, FaceScore)
        and answer.face.band is Band.ACCEPT
    )


@dataclass(frozen=True, slots=True)
class Species:
    """One kind of presentation. The presenter is made of the holder's head, another person's, and a seed."""

    name: str
    is_attack: bool
    make: Callable[[Head, Head, int], Presenter]


SPECIES: Final = (
    Species("live person (bona fide)", False, lambda holder, _other, _seed: LivePerson(holder)),
    Species("printed photo, flat", True, lambda holder, _other, _seed: FlatPicture(holder)),
    Species("printed photo, bent", True, lambda holder, _other, _seed: FlatPicture(holder, bend=0.4)),
    Species("printed photo, eyes cut out", True, lambda holder, _other, _seed: FlatPicture(holder, eyes=True)),
    Species("replay on a screen", True, lambda holder, _other, seed: Replay(holder, seed)),
    Species("photo, then another person", True, lambda holder, other, _seed: Swapped(holder, other)),
)


@dataclass(frozen=True, slots=True)
class Count:
    """How many presentations of one species were taken for live and let in."""

    species: Species
    admitted: int
    of: int


def measure(personas: Sequence[Persona], models: FaceModels) -> list[Count]:
    """Play every species with every persona; an impostor's own face is the next persona's."""
    heads = [Head(scene(persona), models) for persona in personas]
    counts = []
    for species in SPECIES:
        admitted = 0
        for seed, (persona, head) in enumerate(zip(personas, heads, strict=True)):
            other = heads[(seed + 1) % len(heads)]
            answer = play(species.make(head, other, seed), card_photo(persona), models, seed)
            admitted += is_admitted(answer)
        counts.append(Count(species, admitted, len(personas)))
    return counts


def main() -> None:
    """Print APCER per species and BPCER, as counts."""
    models = load_models(load_pack(Path("build/models/sface-yunet")))
    # lisa and zoom are one woman, and may not be each other's impostor.
    people = [persona for key, persona in PERSONAS.items() if key != "zoom"]
    print("Simulated attacks, not certified PAD")
    for count in measure(people, models):
        wrong = count.admitted if count.species.is_attack else count.of - count.admitted
        rate = "APCER" if count.species.is_attack else "BPCER"
        print(f"{count.species.name:32}{rate}  {wrong} of {count.of}")


if __name__ == "__main__":
    main()
