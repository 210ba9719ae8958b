"""Simulated attacks, not certified PAD: one person, and the species that differ most.

Every species with every persona: ``make torture`` and ``make bench``.
"""

import pytest

from face.evaluation.turned_head import Head
from face.models import FaceModels
from hardware.simulators.personas import PERSONAS
from hardware.simulators.presentation import SPECIES, Species, card_photo, is_admitted, play, scene
from kiosk.domain.evidence import Band, FaceScore, Passed

pytestmark = pytest.mark.models

HOLDER, OTHER = PERSONAS["p005"], PERSONAS["p061"]


@pytest.fixture(scope="module")
def heads(models: FaceModels) -> tuple[Head, Head]:
    return Head(scene(HOLDER), models), Head(scene(OTHER), models)


QUICK = [species for species in SPECIES if species.name in ("live person (bona fide)", "printed photo, eyes cut out")]


@pytest.mark.parametrize("species", QUICK, ids=lambda species: species.name)
def test_a_living_person_gets_in_and_a_picture_does_not(
    species: Species, heads: tuple[Head, Head], models: FaceModels
) -> None:
    answer = play(species.make(*heads, 3), card_photo(HOLDER), models, seed=3)
    assert is_admitted(answer) is not species.is_attack


def test_a_person_who_takes_the_photo_s_place_is_compared_and_not_the_photo(
    heads: tuple[Head, Head], models: FaceModels
) -> None:
    """The impostor is alive and passes the gestures, so only the face can tell; the photo's looks must not count."""
    (swapped,) = [species for species in SPECIES if species.name == "photo, then another person"]
    answer = play(swapped.make(*heads, 5), card_photo(HOLDER), models, seed=5)
    assert answer is None or not (
        isinstance(answer.liveness, Passed) and isinstance(answer.face, FaceScore) and answer.face.band is Band.ACCEPT
    )
