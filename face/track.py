"""The live side of a comparison: the best few embeddings of one person's unbroken stay before the camera.

Fusion: the embeddings (each of length 1) are averaged and the mean is brought back to length 1. Averaging takes out
what differs from frame to frame and keeps what is the person's; the thresholds are for single pictures, and the mean of
near-identical ones scores like one of them.
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

    @property
    def is_full(self) -> bool:
        """Tell whether three frames are kept already."""
        return len(self._looks) == KEPT

    def wants(self, quality: float) -> bool:
        """Tell whether a frame of this quality is worth an embedding."""
        return not self.is_full or quality > _CLEARLY_BETTER * min(look.quality for look in self._looks)

    def add(self, quality: float, embedding: Embedding, *, renew: bool = False) -> bool:
        """Keep a look in place of the worst, or of the oldest to ``renew``; tell whether it is the same person's.

        A look that does not match those before it drops them all and begins anew.
        """
        template = self.template()
        continues = template is None or similarity(template, embedding) >= self._same_person
        if not continues:
            self.wipe()
        elif self.is_full:
            self._drop(self._looks[0] if renew else min(self._looks, key=lambda look: look.quality))
        self._looks.append(_Look(quality, embedding))
        return continues

    def template(self) -> Embedding | None:
        """Return the fused embedding, or None while there is no look."""
        if not self._looks:
            return None
        return unit(np.mean([look.embedding for look in self._looks], axis=0, dtype=np.float32))

    def wipe(self) -> None:
        """Overwrite and drop every embedding."""
        for look in tuple(self._looks):
            self._drop(look)

    def _drop(self, look: _Look) -> None:
        look.embedding.fill(0)
        self._looks = [kept for kept in self._looks if kept is not look]
