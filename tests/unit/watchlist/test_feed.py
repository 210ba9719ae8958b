import json
from collections.abc import Callable

import pytest
from list_author import NOON, START, ListAuthor, some_rows

from kiosk.ports import FeedPosition, FeedRefusedError
from watchlist.feed import MAX_BATCH_BYTES, MAX_CHANGES, MAX_ROWS, Batch, Change, verify_batch


@pytest.fixture
def author() -> ListAuthor:
    author = ListAuthor()
    for person in (1, 2, 3):
        author.add_rows(person, some_rows())
    author.withdraw(2)
    return author


def verify(author: ListAuthor, data: bytes, position: FeedPosition = START, keys: list[bytes] | None = None) -> Batch:
    return verify_batch(
        data, site=author.site, group=author.group, positions=[position], keys=keys or [author.public_key]
    )


def at(author: ListAuthor, seq: int) -> FeedPosition:
    return FeedPosition(1, seq, author.heads[seq])


def test_an_honest_batch_brings_every_change_and_where_it_leads(author: ListAuthor) -> None:
    batch = verify(author, author.batch())
    assert list(batch.changes) == author.changes
    assert (batch.checkpoint.seq, batch.checkpoint.head, batch.checkpoint.at) == (4, author.heads[4], NOON)


def test_a_bare_checkpoint_is_a_batch_without_changes(author: ListAuthor) -> None:
    assert verify(author, author.batch(since=4), at(author, 4)).changes == ()


def test_a_batch_that_begins_before_us_brings_only_what_is_new(author: ListAuthor) -> None:
    assert list(verify(author, author.batch(), at(author, 3)).changes) == author.changes[3:]


def test_a_batch_is_one_line_as_an_event_stream_needs(author: ListAuthor) -> None:
    assert b"\n" not in author.batch()


def refusals() -> dict[str, Callable[[ListAuthor], tuple[bytes, FeedPosition]]]:
    """For each code, a batch that differs from an honest one in that alone."""

    def rewritten(author: ListAuthor) -> list[Change]:
        return [*author.changes[:2], Change(seq=3, op="withdraw", entry=author.changes[0].entry), author.changes[3]]

    def forged(author: ListAuthor) -> bytes:
        stranger = ListAuthor(author.site)
        return stranger.sign(author.changes, seq=4, head=author.heads[4])

    def edited(author: ListAuthor) -> bytes:
        return author.batch().replace(b'"withdraw"', b'"add"     ')

    def elsewhere(author: ListAuthor, **where: str) -> bytes:
        other = ListAuthor(**{"site": author.site, "group": author.group} | where, key=author.key)
        return other.sign(author.changes, seq=4, head=author.heads[4])

    swapped = [1, 0, 2, 3]
    return {
        "bad-signature forged": lambda a: (forged(a), START),
        "bad-signature edited": lambda a: (edited(a), START),
        "wrong-site": lambda a: (elsewhere(a, site="east-gate"), START),
        "wrong-group": lambda a: (elsewhere(a, group="offices"), START),
        "wrong-epoch": lambda a: (a.sign(a.changes, seq=4, head=a.heads[4], epoch=2), START),
        "rolled-back": lambda a: (a.batch(up_to=3), at(a, 4)),
        "gap before": lambda a: (a.batch(since=1), START),
        "gap inside": lambda a: (a.sign([*a.changes[:1], *a.changes[2:]], seq=4, head=a.heads[4]), START),
        "gap after": lambda a: (a.sign(a.changes[:3], seq=4, head=a.heads[4]), START),
        "gap bare": lambda a: (a.batch(since=4), START),
        "gap reordered": lambda a: (a.sign([a.changes[i] for i in swapped], seq=4, head=a.heads[4]), START),
        "broken-chain rewritten": lambda a: (a.sign(rewritten(a), seq=4, head=a.heads[4]), START),
        "broken-chain other-past": lambda a: (a.batch(since=2), FeedPosition(1, 2, "ab" * 32)),
        "broken-chain other-present": lambda a: (a.batch(since=4), FeedPosition(1, 4, "ab" * 32)),
        "malformed cut": lambda a: (a.batch()[:-1], START),
        "malformed empty": lambda a: (b"", START),
        "malformed bytes": lambda a: (b"\xff\xfe", START),
        "malformed deep": lambda a: (b'{"signed":' + b"[" * 100_000, START),
        "malformed signed": lambda a: (a.sign([], seq=-1, head="x"), START),
        "too-large": lambda a: (a.batch() + b" " * MAX_BATCH_BYTES, START),
    }


@pytest.mark.parametrize("case", refusals())
def test_what_is_not_the_honest_feed_is_refused_by_its_own_name(author: ListAuthor, case: str) -> None:
    verify(author, author.batch())  # the honest one passes
    data, position = refusals()[case](author)
    with pytest.raises(FeedRefusedError) as refused:
        verify(author, data, position)
    assert refused.value.why == case.split()[0]


def test_any_key_that_is_trusted_now_may_have_signed_and_no_other(author: ListAuthor) -> None:
    other = ListAuthor().public_key
    assert verify(author, author.batch(), keys=[other, author.public_key]).checkpoint.seq == 4
    for keys in ([other], []):
        with pytest.raises(FeedRefusedError, match="bad-signature"):
            verify_batch(author.batch(), site=author.site, group=author.group, positions=[START], keys=keys)


def test_a_batch_of_either_epoch_fits_a_reader_who_holds_both() -> None:
    old, new = ListAuthor(), ListAuthor(epoch=2)
    for author in (old, new):
        author.add_rows(1, some_rows())
        positions = [old.position(0), new.position(0)]
        batch = verify_batch(
            author.batch(), site=author.site, group=author.group, positions=positions, keys=[author.public_key]
        )
        assert batch.checkpoint.epoch == author.epoch


def test_a_field_that_is_not_in_the_schema_is_refused_even_when_signed_around(author: ListAuthor) -> None:
    loose = json.loads(author.batch())
    loose["more"] = 1
    with pytest.raises(FeedRefusedError, match="malformed"):
        verify(author, json.dumps(loose).encode())


def test_the_largest_batch_fits_its_limit_and_a_larger_one_is_not_signed() -> None:
    author = ListAuthor()
    full = [Change(seq=seq, op="add", entry=f"{seq:032x}", rows=some_rows(MAX_ROWS)) for seq in range(MAX_CHANGES)]
    assert len(author.sign(full, seq=0, head=author.heads[0])) <= MAX_BATCH_BYTES
    with pytest.raises(ValueError, match="at most"):
        author.sign([*full, *full], seq=0, head=author.heads[0])
