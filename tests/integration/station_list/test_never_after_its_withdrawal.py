"""The list's promise to the people at the gate, whatever happens between the station and it.

Nobody matches once their withdrawal has been applied, or their last day is over; and nobody who is listed is missed on
a list that is younger than its limit.
"""

from datetime import datetime, timedelta

import pytest
from hypothesis import settings
from hypothesis.stateful import invariant
from list_history import Commit
from list_on_its_way import NUMBERS, ListOnItsWay, number

from kiosk.domain.evidence import Listed, ListEvidence, NotListed, Unavailable
from kiosk.domain.numbers import DocumentNumber
from kiosk.domain.reasons import Reason
from kiosk.reckoning import CLOCK_TOLERANCE
from kiosk.visit.policy import Policy
from sync.station.site_time import site_day

pytestmark = pytest.mark.timeout(600)
CARDS = [*NUMBERS[1], *NUMBERS[2], number(99)]
"""The last is a namesake's, who is never listed."""


class GateMeanwhile(ListOnItsWay):
    """Everybody lays down their card after every step."""

    def __init__(self) -> None:
        super().__init__()
        self.known = 0
        """The newest commit that the gate has known of: it never answers from an older list."""
        self.judged: object = None

    @invariant()
    def the_gate_answers_as_the_list_was_at_some_moment_since_the_newest_checkpoint(self) -> None:
        now = (self.held(), len(self.history.commits), self.kiosk_now)
        if now != self.judged:
            self.judged = now
            self.judge()

    def judge(self) -> None:
        """Ask for every card, and compare with the station's own books."""
        held = self.held().values()
        furthest = max((position.seq for position, _ in held), default=0)
        deciding = [(position, at) for position, at in held if position.seq == furthest]
        checked_at = max((at for _, at in deciding if at is not None), default=None)
        if checked_at is None:
            assert {self.lay_down(card) for card in CARDS} == {Unavailable(Reason.LIST_MISSING)}
            return
        commits = self.history.commits
        vouched = sum(commit.at < checked_at for commit in commits[1:])
        self.known = max(self.known, vouched, *(self.history.at(position).whole for position, _ in deciding))
        for card in CARDS:
            may_be = [answer for commit in commits[self.known :] for answer in self.answers(card, commit, checked_at)]
            assert self.lay_down(card) in may_be

    def lay_down(self, card: str) -> ListEvidence:
        return self.disk.lay_down(DocumentNumber(card), now=self.kiosk_now)

    def answers(self, card: str, commit: Commit, checked_at: datetime) -> list[ListEvidence]:
        """What may be told of a card by the list of that moment: a hit always, a miss where the policy allows it."""
        set_back = checked_at > self.kiosk_now + CLOCK_TOLERANCE
        today = site_day(checked_at if set_back else self.kiosk_now)
        age = max(self.kiosk_now - checked_at, timedelta(0))
        hits = [entry for entry, last_day in commit.listed.get(card, {}).items() if today <= last_day]
        if hits:
            return [Listed(entry, age) for entry in hits]
        if set_back:
            return [Unavailable(Reason.CLOCK_FAULT)]
        return [Unavailable(Reason.LIST_TOO_OLD) if age > Policy().list_usable_for else NotListed(age)]

    def has_everything(self) -> None:
        self.known = len(self.history.commits) - 1
        self.judge()


@pytest.mark.parametrize("which", [0, -1], ids=["older epoch", "newer epoch"])
def test_nobody_is_missed_whom_one_of_two_epochs_has(which: int) -> None:
    """A moment that the machine seldom meets: two checkpoints of one instant, and an entry between them."""
    gate = GateMeanwhile()
    try:
        gate.begin_or_end_an_epoch()
        gate.a_good_road_brings_everything()
        gate.list_or_withdraw(1, 100, (which,))
        gate.judge()
    finally:
        gate.teardown()


def test_a_withdrawal_is_at_work_though_the_stations_clock_went_back_during_a_change_of_epochs() -> None:
    """What is newer is told by the changes' numbers, not by a clock."""
    gate = GateMeanwhile()
    try:
        gate.list_or_withdraw(1, 100, ())
        gate.begin_or_end_an_epoch()
        gate.refresh_from_the_station(None)
        gate.pass_time(timedelta(seconds=10))
        gate.push((0,))  # the older epoch is vouched for last
        gate.station_is_behind = timedelta(hours=1)
        gate.pass_time(timedelta(seconds=10))
        gate.begin_or_end_an_epoch()
        gate.list_or_withdraw(1, 1, ())
        gate.refresh_from_the_station(None)
        assert isinstance(gate.lay_down(CARDS[0]), NotListed)
    finally:
        gate.teardown()


TestGateMeanwhile = GateMeanwhile.TestCase
TestGateMeanwhile.settings = settings(max_examples=10, stateful_step_count=40, deadline=None)
"""Four hundred for longer in `make torture`."""
