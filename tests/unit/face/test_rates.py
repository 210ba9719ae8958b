"""Error rates are counts with an interval, and a threshold is no more certain than the persons behind it."""

from itertools import pairwise

import numpy as np
import pytest

from face.evaluation.rates import Scores, bootstrap_threshold, det_points, errors, shown, threshold_at
from face.evaluation.report import is_worse


@pytest.mark.parametrize(
    ("count", "of", "words"),
    [
        (0, 51, "0 of 51 (95 %: under 5.88%)"),
        (1, 1000, "1 of 1000 = 0.10% (95 %: 0.02% to 0.56%)"),
        (51, 51, "51 of 51 = 100.00% (95 %: 93.00% to 100.00%)"),
        (0, 0, "no pairs"),
    ],
)
def test_no_error_seen_is_never_told_as_no_error(count: int, of: int, words: str) -> None:
    assert shown(errors(count, of)) == words


def test_a_threshold_lets_at_most_the_promised_share_of_impostors_pass() -> None:
    impostor = np.arange(1000) / 1000
    for fmr, taken in ((0.01, 10), (0.001, 1), (0.0001, 0)):
        assert int((impostor >= threshold_at(impostor, fmr)).sum()) == taken


def _scores(people: int) -> Scores:
    rng = np.random.default_rng(2)
    pairs = np.array([(a, b) for a in range(people) for b in range(people) if a != b])
    impostor = rng.normal(0.1, 0.1, len(pairs))
    return Scores(rng.normal(0.7, 0.1, people), np.arange(people), impostor, pairs)


def test_the_bootstrap_draws_persons_and_narrows_with_more_of_them() -> None:
    few, many = (bootstrap_threshold(_scores(people), 1e-2, rounds=200) for people in (12, 60))
    assert few[0] < few[1]
    assert many[1] - many[0] < few[1] - few[0]


def test_the_det_curve_falls_from_all_matched_to_none() -> None:
    points = det_points(_scores(20))
    assert points[0][1:] == (1.0, 0.0)
    assert all(later[1] <= earlier[1] and later[2] >= earlier[2] for earlier, later in pairwise(points))


def test_a_group_fails_only_beyond_its_interval() -> None:
    overall = errors(10, 1000)
    assert not is_worse(errors(3, 100), overall)  # three times the rate, and three errors
    assert is_worse(errors(30, 1000), overall)
    assert not is_worse(errors(20, 1000), overall)
