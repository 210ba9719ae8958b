"""The evaluation of a pack on a set, after ISO/IEC 19795-1: what ``kiosk face evaluate`` writes.

The release check: a group fails where the lower end of its 95 % interval lies above twice the overall rate. Where no
error was seen at all nothing can be compared, and the report says so by its counts.
"""

import math
from collections.abc import Callable
from datetime import date
from functools import partial
from typing import Final

import msgspec
import numpy as np
from numpy.typing import NDArray

from face.errors import EvaluationError
from face.evaluation import degrade, rates, score
from face.evaluation.data_set import DataSet, Person
from face.evaluation.rates import Scores
from face.models import FaceModels
from face.packs import Calibration, Errors, QualityLimits
from face.quality import MIN_INTER_EYE_PX, MIN_SHARPNESS
from kiosk.ports import BgrImage

TIMES_OVERALL: Final = 2.0
_FMRS: Final = (1e-2, 1e-3)
_LEAST_IMPOSTORS: Final = 1000


class Distribution(msgspec.Struct, frozen=True):
    """Cosines in short."""

    count: int
    mean: float
    least: float
    greatest: float


class AtThreshold(msgspec.Struct, frozen=True):
    """What one threshold does."""

    name: str
    threshold: float
    false_match: Errors
    false_match_same_group: Errors
    false_non_match: Errors


class Operating(msgspec.Struct, frozen=True):
    """The threshold of a false match rate, with its bootstrap interval over persons, and the FNMR there."""

    fmr: float
    threshold: float
    low: float
    high: float
    false_non_match: Errors


class Group(msgspec.Struct, frozen=True):
    """One group at one threshold; ``fails`` after the release check."""

    kind: str
    name: str
    measure: str
    at: str
    rate: Errors
    overall: Errors
    fails: bool


class Effect(msgspec.Struct, frozen=True):
    """What one degradation does at the accept threshold."""

    name: str
    genuine: Distribution
    false_non_match: Errors
    false_match: Errors
    not_acquired: Errors
    advised: int
    """Live pictures for which the gate would first have asked for something else."""


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """The whole of ``report.json``."""

    pack: str
    pack_digest: str
    data_set: str
    date: str
    persons: int
    genuine: Distribution
    impostor: Distribution
    not_acquired: Errors
    not_acquired_why: dict[str, str]
    advised: Errors
    thresholds: list[AtThreshold]
    operating: list[Operating]
    groups: list[Group]
    effects: list[Effect]
    det: list[tuple[float, float, float]]
    recommended_accept: float
    recommended_staff: float
    recommended_why: str

    @property
    def failing(self) -> list[Group]:
        """The groups that fail the release check."""
        return [group for group in self.groups if group.fails]


def evaluate(
    data: DataSet, models: FaceModels, today: date, *, with_effects: bool = True, say: Callable[[str], None] = print
) -> Report:
    """Score every pair of the set and report.

    Raises:
        EvaluationError: if there is nothing that could be scored.
    """
    say(f"{data.name}: {len(data.pairs)} pairs")
    embedded = score.embed(data, models)
    scores = score.score(data, embedded)
    if scores.genuine.size == 0 or scores.impostor.size == 0:
        raise EvaluationError(f"{data.folder}: needs a genuine and an impostor pair with a face in each picture")
    people = [data.people[person] for person in sorted(set(data.person_of.values()))]
    same_group = _same_group(scores, people)
    accept, staff, why = _recommend(scores, same_group)
    in_force = models.calibration
    named = [("accept", in_force.accept), ("staff", in_force.staff)] if in_force else []
    named += [("recommended accept", accept), ("recommended staff", staff)]
    lives = {pair.live for pair in data.pairs}
    pictures = len({pair.card for pair in data.pairs}) + len(lives)
    return Report(
        pack=models.name,
        pack_digest=models.digest,
        data_set=data.name,
        date=today.isoformat(),
        persons=len(set(data.person_of.values())),
        genuine=_distribution(scores.genuine),
        impostor=_distribution(scores.impostor),
        not_acquired=rates.errors(len(embedded.not_acquired), pictures),
        not_acquired_why=dict(embedded.not_acquired),
        advised=rates.errors(len(embedded.advice), len(lives)),
        thresholds=[_at(name, value, scores, same_group) for name, value in named],
        operating=[_operating(fmr, scores) for fmr in _FMRS],
        groups=[group for name, value in named[:2] for group in _groups(name, value, scores, people, same_group)],
        effects=_effects(data, models, in_force.accept if in_force else accept, say) if with_effects else [],
        det=rates.det_points(scores),
        recommended_accept=accept,
        recommended_staff=staff,
        recommended_why=why,
    )


def calibration(report: Report, data_set: str, accept: float, staff: float, remark: str = "") -> Calibration:
    """Return the record of a report's figures at these thresholds.

    Raises:
        EvaluationError: if the set is too small to vouch for a threshold, or the report has no such threshold.
    """
    at = next((item for item in report.thresholds if math.isclose(item.threshold, accept)), None)
    if at is None:
        raise EvaluationError(f"the report has no figures at {accept}")
    if report.impostor.count < _LEAST_IMPOSTORS:
        raise EvaluationError(
            f"{report.impostor.count} impostor pairs are too few for a threshold: bring at least {_LEAST_IMPOSTORS}"
        )
    return Calibration(
        accept=accept,
        staff=staff,
        data_set=data_set,
        date=report.date,
        persons=report.persons,
        false_match=at.false_match,
        false_match_same_group=at.false_match_same_group,
        false_non_match=at.false_non_match,
        failure_to_acquire=report.not_acquired,
        quality=QualityLimits(MIN_INTER_EYE_PX, MIN_SHARPNESS),
        remark=remark,
    )


def _distribution(values: NDArray[np.float64]) -> Distribution:
    if values.size == 0:
        return Distribution(0, math.nan, math.nan, math.nan)
    return Distribution(values.size, float(values.mean()), float(values.min()), float(values.max()))


def _same_group(scores: Scores, people: list[Person]) -> NDArray[np.bool_]:
    """Tell of each impostor pair whether both are of the same sex and self-reported origin."""
    keys = [(person.sex, person.origin) if person.sex and person.origin else None for person in people]
    return np.array(
        [keys[card] is not None and keys[card] == keys[live] for card, live in scores.impostor_people], np.bool_
    )


def _at(name: str, threshold: float, scores: Scores, same_group: NDArray[np.bool_]) -> AtThreshold:
    return AtThreshold(
        name,
        threshold,
        rates.false_matches(scores.impostor, threshold),
        rates.false_matches(scores.impostor[same_group], threshold),
        rates.false_non_matches(scores.genuine, threshold),
    )


def _operating(fmr: float, scores: Scores) -> Operating:
    threshold = rates.threshold_at(scores.impostor, fmr)
    low, high = rates.bootstrap_threshold(scores, fmr)
    return Operating(fmr, threshold, low, high, rates.false_non_matches(scores.genuine, threshold))


def _groups(
    at: str, threshold: float, scores: Scores, people: list[Person], same_group: NDArray[np.bool_]
) -> list[Group]:
    overall_fnmr = rates.false_non_matches(scores.genuine, threshold)
    overall_fmr = rates.false_matches(scores.impostor, threshold)
    groups = []
    kinds: dict[str, Callable[[Person], str]] = {
        "sex": lambda person: person.sex,
        "age": lambda person: person.age_band,
        "origin": lambda person: person.origin,
    }
    for kind, of in kinds.items():
        for name in sorted({of(person) for person in people} - {""}):
            members = np.array([of(person) == name for person in people], np.bool_)
            mine = scores.genuine[members[scores.genuine_people]]
            rate = rates.false_non_matches(mine, threshold)
            groups.append(Group(kind, name, "FNMR", at, rate, overall_fnmr, is_worse(rate, overall_fnmr)))
            both = members[scores.impostor_people].all(axis=1)
            among = rates.false_matches(scores.impostor[both], threshold)
            groups.append(Group(kind, name, "FMR", at, among, overall_fmr, is_worse(among, overall_fmr)))
    rate = rates.false_matches(scores.impostor[same_group], threshold)
    groups.append(Group("same group", "same sex and origin", "FMR", at, rate, overall_fmr, is_worse(rate, overall_fmr)))
    return groups


def is_worse(rate: Errors, overall: Errors) -> bool:
    """Tell whether a group's rate lies above twice the overall one beyond its 95 % interval."""
    return rate.of > 0 and overall.of > 0 and rate.low > TIMES_OVERALL * overall.count / overall.of


def _recommend(scores: Scores, same_group: NDArray[np.bool_]) -> tuple[float, float, str]:
    """Return the thresholds that the set speaks for: on the hardest impostors that it has."""
    hardest = Scores(
        scores.genuine, scores.genuine_people, scores.impostor[same_group], scores.impostor_people[same_group]
    )
    used, whom = (hardest, "same sex and origin") if same_group.sum() >= _LEAST_IMPOSTORS / 4 else (scores, "all")
    _, high = rates.bootstrap_threshold(used, 1e-3)
    accept = math.ceil(high * 100) / 100
    staff = min(math.ceil(rates.threshold_at(used.impostor, 1e-2) * 100) / 100, accept - 0.01)
    why = (
        "accept: upper end of the 95 % bootstrap interval of the threshold at FMR 1e-3; staff: FMR 1e-2; "
        f"impostors: {whom}, {used.impostor.size} pairs"
    )
    return accept, round(staff, 2), why


def _effects(data: DataSet, models: FaceModels, accept: float, say: Callable[[str], None]) -> list[Effect]:
    lives = len({pair.live for pair in data.pairs})
    effects = []
    for item in degrade.DEGRADATIONS:
        if models.landmarks is None and not item.on_card:
            continue
        say(item.name)
        change = partial(_changed, item.apply, models)
        embedded = score.embed(
            data, models, on_card=change if item.on_card else None, on_live=None if item.on_card else change
        )
        scores = score.score(data, embedded)
        effects.append(
            Effect(
                item.name,
                _distribution(scores.genuine),
                rates.false_non_matches(scores.genuine, accept),
                rates.false_matches(scores.impostor, accept),
                rates.errors(len(embedded.not_acquired), lives),
                len(embedded.advice),
            )
        )
    return effects


def _changed(apply: degrade.Degrade, models: FaceModels, image: BgrImage) -> BgrImage:
    return apply(image, models)
