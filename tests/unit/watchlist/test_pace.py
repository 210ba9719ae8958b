"""How fast a kiosk may be asked: thirty numbers at once, sixty a minute in the long run."""

from watchlist.lookup import Pace


class Seconds:
    def __init__(self) -> None:
        self.now_s = 1000.0

    def __call__(self) -> float:
        return self.now_s


def test_thirty_at_once_and_then_one_a_second() -> None:
    seconds = Seconds()
    pace = Pace(monotonic=seconds)
    assert [pace.allows(1) for _ in range(31)] == [True] * 30 + [False]
    seconds.now_s += 1.0
    assert [pace.allows(1) for _ in range(2)] == [True, False]


def test_a_quiet_night_saves_up_no_more_than_thirty() -> None:
    seconds = Seconds()
    pace = Pace(monotonic=seconds)
    seconds.now_s += 10 * 3600
    assert not pace.allows(31)
    assert pace.allows(30)


def test_who_is_turned_away_has_used_nothing_up() -> None:
    pace = Pace(burst=2, monotonic=Seconds())
    assert not pace.allows(3)
    assert pace.allows(2)
