"""The live side of a comparison: the best few embeddings of one person's unbroken stay before the camera.

Fusion: the embeddings (each of length 1) are averaged, each by its picture's quality, and the mean is brought back to
length 1. Averaging takes out what differs from frame to frame and keeps what is the person's; what it gains is in
docs/face-study.md. The thresholds are for single pictures, and the mean of near-identical ones scores like one of them.
"""

from dataclasses import dataclass, field
from typing import Final

import numpy as np

from face.embed import Embedding, similarity, unit

KEPT: Final = 3
_CLEARLY_BETTER: Final = 1.25
"""A full track embeds a further frame only when it beats the worst by this factor: 25 ms are not spent on noise."""


@dataclass(frozen=True, slots=True)
class _Look:
    quality: float
    embedding: Embedding = field(repr=False)


class Track:
    """At most three embeddings of one person. ``same_person`` is the least cosine between two looks of one person."""

    def __init__(self, same_person: float) -> None:
        self._same_person = same_person
        self._looks: list[_Look] = []
        self._before: Embedding | None = None

    @property
    def is_full(self) -> bool:
        """Tell whether three frames are kept already."""
        return len(self._looks) == KEPT

    @property
    def is_empty(self) -> bool:
        """Tell whether no frame is kept."""
        return not self._looks

    def wants(self, quality: float) -> bool:
        """Tell whether a frame of this quality is worth an embedding."""
        return not self.is_full or quality > _CLEARLY_BETTER * min(look.quality for look in self._looks)

    def add(self, quality: float, embedding: Embedding) -> bool:
        """Keep a look, in place of the worst if there are three; tell whether it is the same person's as before.

        A look that does not match those before it drops them all and begins anew.
        """
        continues = self.is_same_person(embedding)
        if not continues:
            self.wipe()
        elif self.is_full:
            self._drop(min(self._looks, key=lambda look: look.quality))
        self._looks.append(_Look(quality, embedding))
        return continues

    def is_same_person(self, embedding: Embedding) -> bool:
        """Tell whether an embedding matches the looks that are kept, or those before the last ``renew``."""
        known = self.template() if self._looks else self._before
        return known is None or similarity(known, embedding) >= self._same_person

    def renew(self) -> None:
        """Make room for fresh looks of the same person: the next one must match the ones that go."""
        template = self.template()
        self.wipe()
        self._before = template

    def template(self) -> Embedding | None:
        """Return the fused embedding, or None while there is no look."""
        if not self._looks:
            return None
        return fuse([look.embedding for look in self._looks], [look.quality for look in self._looks])

    def wipe(self) -> None:
        """Overwrite and drop every embedding."""
        for look in tuple(self._looks):
            self._drop(look)
        if self._before is not None:
            self._before.fill(0)
            self._before = None

    def _drop(self, look: _Look) -> None:
        look.embedding.fill(0)
        self._looks = [kept for kept in self._looks if kept is not look]


def fuse(embeddings: list[Embedding], qualities: list[float]) -> Embedding:
    """Return the mean of embeddings, each weighted by its picture's quality, at length 1."""
    return unit(np.average(embeddings, axis=0, weights=qualities).astype(np.float32))
