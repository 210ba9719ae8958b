"""Which live frames are kept, and whose."""

import numpy as np

from face.embed import Embedding, similarity, unit
from face.track import KEPT, Track

_RNG = np.random.default_rng(0)
SOMEBODY = unit(_RNG.normal(size=128).astype(np.float32))
SOMEBODY_ELSE = unit(_RNG.normal(size=128).astype(np.float32))


def _look_of(person: Embedding) -> Embedding:
    return unit(person + _RNG.normal(scale=0.02, size=128).astype(np.float32))


def _full_track() -> Track:
    track = Track(same_person=0.45)
    for quality in (0.5, 0.6, 0.7):
        track.add(quality, _look_of(SOMEBODY))
    return track


def test_the_template_is_nearer_to_the_person_than_a_single_look() -> None:
    track = Track(same_person=0.45)
    looks = [_look_of(SOMEBODY) for _ in range(KEPT)]
    for look in looks:
        track.add(0.5, look)
    template = track.template()
    assert template is not None
    assert similarity(template, SOMEBODY) > max(similarity(look, SOMEBODY) for look in looks)


def test_a_full_track_wants_only_a_clearly_better_frame() -> None:
    track = _full_track()
    assert track.is_full
    assert not track.wants(0.6)
    assert track.wants(0.7)


def test_a_better_look_takes_the_place_of_the_worst() -> None:
    track = _full_track()
    track.add(0.9, _look_of(SOMEBODY))
    assert track.is_full
    assert not track.wants(0.7)


def test_a_second_try_has_none_of_the_first_one_s_looks() -> None:
    track = Track(same_person=0.45)
    oldest = _look_of(SOMEBODY)
    track.add(0.9, oldest)
    track.renew()
    assert track.is_empty
    assert not oldest.any()
    assert track.add(0.5, _look_of(SOMEBODY))


def test_a_second_try_is_not_for_somebody_else() -> None:
    track = _full_track()
    track.renew()
    assert not track.add(0.9, SOMEBODY_ELSE.copy())


def test_a_better_picture_counts_more() -> None:
    track = Track(same_person=0.1)
    good, poor = _look_of(SOMEBODY), unit(SOMEBODY + SOMEBODY_ELSE)
    track.add(0.9, good)
    track.add(0.1, poor)
    template = track.template()
    assert template is not None
    assert similarity(template, good) > similarity(template, poor)


def test_nothing_of_one_person_counts_for_the_next() -> None:
    track = _full_track()
    assert not track.add(0.9, SOMEBODY_ELSE.copy())
    template = track.template()
    assert template is not None
    np.testing.assert_allclose(template, SOMEBODY_ELSE, atol=1e-6)


def test_wiped_embeddings_are_overwritten() -> None:
    track = Track(same_person=0.45)
    looks = [_look_of(SOMEBODY) for _ in range(KEPT)]
    for look in looks:
        track.add(0.5, look)
    track.wipe()
    assert track.template() is None
    assert not any(look.any() for look in looks)
