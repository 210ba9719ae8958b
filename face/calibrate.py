"""What a pack's thresholds do on a set of pairs: ``python -m face.calibrate --pack DIR --pairs pairs.csv``.

The CSV has the columns ``idcard``, ``live`` (pictures, relative to the CSV) and ``same`` (1 or 0). Each picture goes
the way it goes at the gate: the card's like a portrait, the live one like a camera frame. Errors are printed as counts
with 95 % intervals (Wilson), never as a bare percentage: no error in n pairs still allows about 4/n.
"""

import argparse
import csv
import math
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from face.align import crop_face
from face.embed import Embedding, similarity
from face.models import FaceModels, load_models
from face.resize import enlarge

_CARD_TIMES: Final = 2
_Z95: Final = 1.959964


@dataclass(frozen=True, slots=True)
class Scores:
    """Cosines of the pairs in which both faces were found; ``not_found`` counts the others."""

    genuine: NDArray[np.float64]
    impostor: NDArray[np.float64]
    not_found: int


def score_pairs(models: FaceModels, pairs: Path) -> Scores:
    """Return the scores of the pairs that a CSV names."""

    @cache
    def embedding(name: str, times: int) -> Embedding | None:
        with Image.open(pairs.parent / name) as file:
            image = np.ascontiguousarray(np.asarray(file.convert("RGB"))[:, :, ::-1])
        faces = models.detector.find_faces(enlarge(image, times) if times > 1 else image)
        return models.embedder.embed(crop_face(image, faces[0].scaled(1 / times).points)) if faces else None

    genuine: list[float] = []
    impostor: list[float] = []
    not_found = 0
    with pairs.open(newline="") as file:
        for row in csv.DictReader(file):
            card, live = embedding(row["idcard"], _CARD_TIMES), embedding(row["live"], 1)
            if card is None or live is None:
                not_found += 1
            else:
                (genuine if row["same"] == "1" else impostor).append(similarity(card, live))
    return Scores(np.array(genuine), np.array(impostor), not_found)


def rate(errors: int, of: int) -> str:
    """Return a count with its 95 % interval (Wilson 1927) in per cent."""
    share = errors / of
    middle = (share + _Z95**2 / (2 * of)) / (1 + _Z95**2 / of)
    half = _Z95 / (1 + _Z95**2 / of) * math.sqrt(share * (1 - share) / of + (_Z95 / (2 * of)) ** 2)
    return f"{errors} of {of} (95 %: {max(0.0, middle - half):.3%} to {min(1.0, middle + half):.3%})"


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(prog="python -m face.calibrate", description="Score a set of pairs.")
    parser.add_argument("--pack", type=Path, required=True)
    parser.add_argument("--pairs", type=Path, required=True)
    arguments = parser.parse_args()
    models = load_models(arguments.pack)
    scores = score_pairs(models, arguments.pairs)
    lines = [f"pack {models.info.name} {models.info.digest}", f"pairs without a face: {scores.not_found}"]
    for name, values in (("genuine", scores.genuine), ("impostor", scores.impostor)):
        lines.append(f"{name}: {values.size}, mean {values.mean():.3f}, {values.min():.3f} to {values.max():.3f}")
    for name in ("accept", "staff"):
        threshold = getattr(models.info.thresholds, name)
        lines.append(f"at {name} {threshold}:")
        lines.append(f"  false match     {rate(int((scores.impostor >= threshold).sum()), scores.impostor.size)}")
        lines.append(f"  false non-match {rate(int((scores.genuine < threshold).sum()), scores.genuine.size)}")
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
