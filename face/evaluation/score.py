"""Scores of a set's pairs, each picture going the way it goes at the gate: as a portrait, or as a camera's frame."""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from PIL import Image, UnidentifiedImageError

from face.embed import Embedding
from face.errors import EvaluationError
from face.evaluation.data_set import DataSet
from face.evaluation.rates import Scores
from face.insight import crop_face
from face.models import FaceModels
from face.portrait import portrait_crop
from face.quality import Quality, assess, judge
from kiosk.domain.guidance import Guidance
from kiosk.ports import BgrImage

Change = Callable[[BgrImage], BgrImage]
EmbedCrop = Callable[[BgrImage], Embedding]


@dataclass(slots=True)
class Embedded:
    """The embeddings of a set's pictures by name; ``not_acquired`` says why a picture has none, ``advice`` what the
    gate would have asked for."""

    cards: dict[str, Embedding] = field(default_factory=dict)
    lives: dict[str, Embedding] = field(default_factory=dict)
    not_acquired: dict[str, str] = field(default_factory=dict)
    advice: dict[str, Guidance] = field(default_factory=dict)


def picture(data: DataSet, name: str) -> BgrImage:
    """Return a picture of the set. Raises EvaluationError if it is none."""
    try:
        with Image.open(data.folder / name) as file:
            return np.ascontiguousarray(np.asarray(file.convert("RGB"))[:, :, ::-1])
    except (OSError, UnidentifiedImageError, Image.DecompressionBombError):
        raise EvaluationError(f"{data.folder / name} is no picture that can be opened") from None


def embed(
    data: DataSet, models: FaceModels, *, on_card: Change | None = None, on_live: Change | None = None
) -> Embedded:
    """Return the embeddings of every picture of the set, the changes applied first."""
    found = Embedded()
    for name in sorted({pair.card for pair in data.pairs}):
        image = picture(data, name)
        crop = portrait_crop(on_card(image) if on_card else image, models.detector)
        if isinstance(crop, np.ndarray):
            found.cards[name] = models.embedder.embed(crop)
        else:
            found.not_acquired[name] = crop
    for name in sorted({pair.live for pair in data.pairs}):
        image = picture(data, name)
        live = live_crop(on_live(image) if on_live else image, models)
        if isinstance(live, Guidance):
            found.not_acquired[name] = live
            continue
        crop, quality = live
        if not quality.is_usable:
            found.not_acquired[name] = "not sharp enough"
            continue
        advice = quality.advice()
        if advice is not None:
            found.advice[name] = advice
        found.lives[name] = models.embedder.embed(crop)
    return found


def live_crop(image: BgrImage, models: FaceModels) -> tuple[BgrImage, Quality] | Guidance:
    """Return the aligned face of a live picture and its quality, or what the gate would ask for."""
    sight = judge(models.detector.find_faces(image), image.shape[1])
    if sight.face is None:
        return sight.guidance
    crop = crop_face(image, sight.face.points)
    landmarks = None if models.landmarks is None else models.landmarks.find(image, sight.face)
    return crop, assess(image, crop, sight.face, landmarks)


def score(data: DataSet, embedded: Embedded) -> Scores:
    """Return the cosines of all pairs in which both faces were acquired."""
    number = {person: index for index, person in enumerate(sorted(set(data.person_of.values())))}
    values: dict[bool, list[float]] = {True: [], False: []}
    people: dict[bool, list[tuple[int, int]]] = {True: [], False: []}
    for pair in data.pairs:
        card, live = embedded.cards.get(pair.card), embedded.lives.get(pair.live)
        if card is not None and live is not None:
            values[pair.is_same].append(float(card @ live))
            people[pair.is_same].append((number[data.person_of[pair.card]], number[data.person_of[pair.live]]))
    return Scores(
        np.array(values[True]),
        np.array(people[True], np.intp).reshape(-1, 2)[:, 0],
        np.array(values[False]),
        np.array(people[False], np.intp).reshape(-1, 2),
    )
