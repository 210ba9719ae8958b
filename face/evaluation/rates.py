"""Error rates as counts with intervals: never a bare percentage (ISO/IEC 19795-1).

No error in n pairs still allows about 3/n ("rule of three"). Pairs that share a person are not independent, so
thresholds get a bootstrap over persons, and counts the interval of Wilson (1927), which does not know of it and is
therefore somewhat too narrow for impostor pairs.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from face.packs import Errors

_Z95: Final = 1.959964
BOOTSTRAPS: Final = 1000


@dataclass(frozen=True, slots=True)
class Scores:
    """Cosines of the pairs in which both faces were acquired, and who is in them (card, live), by index of person."""

    genuine: NDArray[np.float64]
    genuine_people: NDArray[np.intp]
    impostor: NDArray[np.float64]
    impostor_people: NDArray[np.intp]
    """n x 2: the card's person and the live one."""


def errors(count: int, of: int) -> Errors:
    """Return a count with its 95 % interval (Wilson 1927)."""
    if of == 0:
        return Errors(0, 0, 0.0, 1.0)
    share = count / of
    middle = (share + _Z95**2 / (2 * of)) / (1 + _Z95**2 / of)
    half = _Z95 / (1 + _Z95**2 / of) * math.sqrt(share * (1 - share) / of + (_Z95 / (2 * of)) ** 2)
    return Errors(count, of, round(max(0.0, middle - half), 6), round(min(1.0, middle + half), 6))


def false_matches(scores: NDArray[np.float64], threshold: float) -> Errors:
    """Return how many impostors a threshold takes."""
    return errors(int((scores >= threshold).sum()), scores.size)


def false_non_matches(scores: NDArray[np.float64], threshold: float) -> Errors:
    """Return how many genuine pairs a threshold refuses."""
    return errors(int((scores < threshold).sum()), scores.size)


def threshold_at(impostor: NDArray[np.float64], fmr: float) -> float:
    """Return the least threshold at which at most this share of the impostors is taken."""
    if impostor.size == 0:
        return float("nan")
    allowed = math.floor(fmr * impostor.size + 1e-9)
    ordered = np.sort(impostor)[::-1]
    return float(np.nextafter(ordered[allowed], np.inf)) if allowed < ordered.size else float(ordered[-1])


def bootstrap_threshold(scores: Scores, fmr: float, *, rounds: int = BOOTSTRAPS, seed: int = 1) -> tuple[float, float]:
    """Return the 95 % interval of ``threshold_at``, persons being drawn with replacement, both sides alike."""
    people = int(max(scores.impostor_people.max(), scores.genuine_people.max(initial=0))) + 1
    rng = np.random.default_rng(seed)
    order = np.argsort(scores.impostor)[::-1]
    values, cards, lives = scores.impostor[order], *scores.impostor_people[order].T
    found = []
    for _ in range(rounds):
        times = np.bincount(rng.integers(0, people, people), minlength=people)
        weights = times[cards] * times[lives]
        total = int(weights.sum())
        if total:
            place = int(np.searchsorted(np.cumsum(weights), math.floor(fmr * total) + 1))
            found.append(float(values[min(place, values.size - 1)]))
    low, high = np.percentile(found, [2.5, 97.5])
    return float(low), float(high)


def det_points(scores: Scores, count: int = 200) -> list[tuple[float, float, float]]:
    """Return (threshold, FMR, FNMR) along the scores: the DET curve."""
    thresholds = np.linspace(
        min(scores.impostor.min(), scores.genuine.min()), max(scores.impostor.max(), scores.genuine.max()), count
    )
    return [(float(t), float((scores.impostor >= t).mean()), float((scores.genuine < t).mean())) for t in thresholds]


def shown(rate: Errors) -> str:
    """Return a rate in words: the count, and the interval; where no error was seen, the rule of three."""
    if rate.of == 0:
        return "no pairs"
    if rate.count == 0:
        return f"0 of {rate.of} (95 %: under {3 / rate.of:.2%})"
    return f"{rate.count} of {rate.of} = {rate.count / rate.of:.2%} (95 %: {rate.low:.2%} to {rate.high:.2%})"


def mean(values: Sequence[float]) -> float:
    """Return the mean, or not-a-number of nothing."""
    return float(np.mean(values)) if len(values) else float("nan")
