"""However batches arrive (cut, repeated, late, forged), the copy is the station's list as of now or of earlier."""

import tempfile
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from list_author import NOON, ListAuthor, some_rows

from kiosk.ports import FeedRefusedError
from watchlist.device_key import FileDeviceKeys
from watchlist.store import LIST_FILE, ListStore

PERSONS = st.integers(0, 4)


class ListOverABadLine(RuleBasedStateMachine):
    """Each person has one row; ``history[n]`` is who is listed after change ``n``."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.author = ListAuthor()
        self.rows = [some_rows() for _ in range(5)]
        self.history: list[frozenset[int]] = [frozenset()]
        path = Path(self.folder.name) / LIST_FILE
        self.replica = ListStore.create(path, self.author.trust(), FileDeviceKeys(bytes(32)))

    def teardown(self) -> None:
        self.replica.close()
        self.folder.cleanup()

    @rule(person=PERSONS)
    def lists(self, person: int) -> None:
        self.author.add_rows(person, self.rows[person])
        self.history.append(self.history[-1] | {person})

    @rule(person=PERSONS)
    def withdraws(self, person: int) -> None:
        self.author.withdraw(person)
        self.history.append(self.history[-1] - {person})

    @rule(data=st.data())
    def some_batch_arrives(self, data: st.DataObject) -> None:
        up_to = data.draw(st.integers(0, self.author.seq))
        since = data.draw(st.integers(0, up_to))
        before = self.replica.position().seq
        refused = self.refusal_of(self.author.batch(since, up_to=up_to))
        if up_to < before:
            assert refused == "rolled-back"
        elif since > before:
            assert refused == "gap"
        else:
            assert refused is None
        assert self.replica.position().seq == (before if refused else up_to)

    @rule(data=st.data())
    def a_changed_byte_arrives(self, data: st.DataObject) -> None:
        batch = bytearray(self.author.batch())
        batch[data.draw(st.integers(0, len(batch) - 1))] ^= data.draw(st.sampled_from([1, 2, 32]))
        before = self.replica.position()
        if self.refusal_of(bytes(batch)) is not None:
            assert self.replica.position() == before

    def refusal_of(self, batch: bytes) -> str | None:
        try:
            self.replica.apply(batch, NOON)
        except FeedRefusedError as refused:
            return refused.why
        return None

    @rule()
    def a_pull_brings_it_up_to_date(self) -> None:
        self.replica.apply(self.author.batch(self.replica.position().seq), NOON)
        assert self.replica.position().head == self.author.heads[-1]

    @invariant()
    def the_copy_is_the_list_as_of_its_position(self) -> None:
        position = self.replica.position()
        assert position.head == self.author.heads[position.seq]
        found = self.replica.find([rows[0].idx for rows in self.rows])
        assert {person for person, rows in enumerate(found.rows) if rows} == self.history[position.seq]


TestListOverABadLine = ListOverABadLine.TestCase
TestListOverABadLine.settings = settings(max_examples=40, stateful_step_count=20, deadline=None)
