"""What is published is found where it was said to be, and is for one kiosk group."""

import os

import pytest
from list_author import ListAuthor

from watchlist.feed import GENESIS
from watchlist.published import (
    EpochTrust,
    FeedTrust,
    FullCopy,
    PepperError,
    copy_target,
    decode_trust,
    encode_trust,
    open_pepper,
    piece_path,
    seal_pepper,
)
from watchlist.seal import Pepper

KEY = bytes(range(32))
PEPPER = Pepper(3, os.urandom(32))


def trust(**changes: object) -> FeedTrust:
    facts = {"site": "west-gate", "group": "gates", "keys": (ListAuthor().public_key,), "epochs": (epoch(3),)}
    return FeedTrust(**(facts | changes))  # type: ignore[arg-type]  # a test's own shorthand


def epoch(number: int) -> EpochTrust:
    pepper = seal_pepper(Pepper(number, PEPPER.salt), KEY, site="west-gate", group="gates")
    copy = FullCopy(target=copy_target(number, 7), seq=7, head=GENESIS)
    return EpochTrust(epoch=number, pepper=pepper, full_copy=copy)


def test_trust_is_read_as_it_was_written() -> None:
    said = trust(epochs=(epoch(3), epoch(4)))
    assert decode_trust(encode_trust(said)) == said


@pytest.mark.parametrize(
    "changes",
    [
        {"epochs": (epoch(4), epoch(3))},
        {"epochs": (epoch(3), epoch(3))},
        {"epochs": (epoch(3), epoch(4), epoch(5))},
        {"epochs": ()},
        {"keys": ()},
        {"keys": (b"short",)},
    ],
)
def test_epochs_out_of_order_and_trust_in_nobody_are_refused(changes: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"out of order|Expected"):
        decode_trust(encode_trust(trust(**changes)))


def test_a_pepper_opens_for_its_own_group_alone() -> None:
    said = trust()
    assert open_pepper(said, said.epochs[0], KEY) == PEPPER
    moved = EpochTrust(epoch=4, pepper=said.epochs[0].pepper)
    for of, which, key in [
        (said, said.epochs[0], bytes(32)),
        (said, moved, KEY),
        (trust(site="east-gate"), said.epochs[0], KEY),
        (trust(group="offices"), said.epochs[0], KEY),
    ]:
        with pytest.raises(PepperError):
            open_pepper(of, which, key)


@pytest.mark.parametrize(("seq", "first"), [(1, 1), (500, 1), (501, 501), (1000, 501), (1001, 1001)])
def test_a_change_is_in_the_piece_that_its_number_says(seq: int, first: int) -> None:
    assert piece_path(3, seq) == f"feed/3/{first}.json"
