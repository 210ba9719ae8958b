"""Staff have words for whatever the lane may have to say, in both languages."""

from datetime import timedelta

import pytest

from kiosk.domain.by_hand import HandReason
from kiosk.domain.reasons import Reason, ReasonClass
from kiosk.visit.panel import LaneWord, Panel
from ui.staff_presenter import present_panel
from ui.staff_words import BY_HAND, CLASSES, LANES, REASONS


def test_every_reason_that_staff_are_told_has_words_and_no_check_has_words_of_its_own() -> None:
    told = {reason for reason in Reason if reason.reason_class() is not ReasonClass.CHECK}
    assert set(REASONS) == told
    assert (set(CLASSES), set(BY_HAND), set(LANES)) == (set(ReasonClass), set(HandReason), set(LaneWord))


@pytest.mark.parametrize(
    ("age", "said"),
    [
        (None, "No list"),
        (timedelta(seconds=20), "The list was checked 0 min ago"),
        (timedelta(minutes=119), "The list was checked 119 min ago"),
        (timedelta(hours=5), "The list was checked 5 h ago"),
        (timedelta(days=3), "The list was checked 3 days ago"),
    ],
)
def test_the_age_of_the_list_is_said_as_people_say_it(age: timedelta | None, said: str) -> None:
    assert present_panel(Panel(lane=LaneWord.OPEN, is_paused=False), age, "en").list_age == said
