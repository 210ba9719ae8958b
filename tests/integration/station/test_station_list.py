"""The list: two people to add, one to withdraw, and the feed that carries it to the kiosks."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import httpx
import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy import insert, select
from station_world import SITE, STANDARD_NUMBER, World, listed_entry, proposal

from kiosk.domain.ids import EntryId
from kiosk.domain.numbers import DocumentNumber
from kiosk.ports import FeedPosition
from sync.station import listing
from sync.station.people import Role
from sync.station.publisher import CHANGES_PER_BATCH
from sync.station.store import entries, feed_changes
from watchlist.feed import GENESIS, Batch, Change, chain, verify_batch
from watchlist.seal import index_of, open_record, stretch

START = FeedPosition(epoch=1, seq=0, head=GENESIS)


def verified(world: World, data: bytes, position: FeedPosition = START) -> Batch:
    key = Ed25519PublicKey.from_public_bytes(world.station.keyring.feed_public_key)
    return verify_batch(data, site=SITE, position=position, key=key)


def pulled(world: World, kiosk: httpx.Client, position: FeedPosition = START) -> Batch:
    answer = kiosk.get(f"/v1/feed?epoch={position.epoch}&since={position.seq}")
    assert answer.status_code == 200
    return verified(world, answer.content, position)


@contextmanager
def stream(kiosk: httpx.Client, since: int = 0) -> Iterator[Iterator[bytes]]:
    """The batches of the feed's stream, as they come."""
    with kiosk.stream("GET", f"/v1/feed/events?epoch=1&since={since}", timeout=15) as answer:
        lines = answer.iter_lines()
        yield (line.removeprefix("data: ").encode() for line in lines if line.startswith("data: "))


def test_one_person_alone_puts_nobody_on_the_list(world: World) -> None:
    with world.kiosk() as kiosk, world.person("lin", Role.ADMIN, Role.APPROVER) as lin:
        entry = lin.post("/api/list", json=proposal()).json()["entry"]
        refused = lin.post(f"/api/list/{entry}/approve")
        assert (refused.status_code, refused.json()) == (403, {"error": "own-proposal"})
        assert pulled(world, kiosk).checkpoint.seq == 0


def test_a_second_person_s_approval_is_on_the_feed_and_opens_with_the_number_alone(world: World) -> None:
    entry = listed_entry(world)
    with world.kiosk() as kiosk:
        (change,) = pulled(world, kiosk).changes
    assert (change.op, change.entry) == ("add", entry)
    secret = stretch(DocumentNumber(STANDARD_NUMBER), world.station.keyring.pepper)
    assert change.rows[0].idx == index_of(secret)
    assert open_record(secret, change.rows[0]).entry == entry


def test_one_person_withdraws_and_the_feed_says_so_at_once(world: World) -> None:
    entry = listed_entry(world)
    with world.kiosk() as kiosk, world.person("lin", Role.APPROVER) as lin:
        answer = lin.post(f"/api/list/{entry}/withdraw", json={"why": "cleared"})
        assert answer.json() == {"entry": entry, "state": "withdrawn", "seq": 2}
        assert [change.op for change in pulled(world, kiosk).changes] == ["add", "withdraw"]


def test_a_stream_brings_first_what_was_missed_and_then_each_change_as_it_happens(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sync.station.publisher.SSE_PING_S", 3600.0)  # no ping that would bring the change anyway
    entry = listed_entry(world)
    with world.kiosk() as kiosk, world.person("lin", Role.ADMIN) as lin, stream(kiosk) as batches:
        missed = verified(world, next(batches))
        assert [change.op for change in missed.changes] == ["add"]
        lin.post(f"/api/list/{entry}/withdraw", json={"why": "cleared"})
        at = FeedPosition(epoch=1, seq=missed.checkpoint.seq, head=missed.checkpoint.head)
        assert [change.op for change in verified(world, next(batches), at).changes] == ["withdraw"]


def test_a_quiet_stream_carries_bare_checkpoints(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sync.station.publisher.SSE_PING_S", 0.1)
    with world.kiosk() as kiosk, stream(kiosk) as batches:
        first, second = verified(world, next(batches)), verified(world, next(batches))
    assert (first.changes, second.changes) == ((), ())
    assert second.checkpoint.at > first.checkpoint.at


def test_a_long_feed_comes_in_pieces_of_which_only_the_last_claims_the_present(world: World) -> None:
    week_ago = datetime.now(UTC) - timedelta(days=7)
    head, many = GENESIS, CHANGES_PER_BATCH + 3
    with world.station.store.write() as conn:
        for seq in range(1, many + 1):
            change = Change(seq=seq, op="withdraw", entry=EntryId(f"00000000-0000-0000-0000-{seq:012d}"))
            head = chain(head, change)
            row = {"seq": seq, "head": head, "at": week_ago, "change": msgspec.json.encode(change)}
            conn.execute(insert(feed_changes).values(row))
    with world.kiosk() as kiosk:
        first = pulled(world, kiosk).checkpoint
        rest = pulled(world, kiosk, FeedPosition(epoch=1, seq=first.seq, head=first.head)).checkpoint
    assert (first.seq, first.at) == (CHANGES_PER_BATCH, week_ago)
    assert (rest.seq, rest.head) == (many, head)
    assert rest.at - week_ago > timedelta(days=6)


def test_the_entry_and_the_feed_change_together_or_not_at_all(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    entry = listed_entry(world)

    def full_disk(*_args: object, **_facts: object) -> None:
        raise OSError("no space left")

    with world.kiosk() as kiosk, world.person("lin", Role.ADMIN) as lin:
        monkeypatch.setattr(listing.audit, "record", full_disk)
        assert lin.post(f"/api/list/{entry}/withdraw", json={"why": "cleared"}).status_code == 500
        assert pulled(world, kiosk).checkpoint.seq == 1
    with world.station.store.read() as conn:
        assert conn.execute(select(entries.c.state)).scalar_one() == "listed"


def test_who_is_second_to_withdraw_is_told_who_was_first(world: World) -> None:
    entry = listed_entry(world)
    with world.person("lin", Role.ADMIN) as lin, world.person("zhou", Role.ADMIN) as zhou:
        lin.post(f"/api/list/{entry}/withdraw", json={"why": "cleared"})
        second = zhou.post(f"/api/list/{entry}/withdraw", json={"why": "cleared too"})
        again = zhou.post(f"/api/list/{entry}/approve")
    assert (second.status_code, second.json()["who"]) == (409, "lin")
    assert again.status_code in (403, 409)


def test_a_withdrawn_entry_is_not_approved_again(world: World) -> None:
    entry = listed_entry(world)
    with world.person("lin", Role.APPROVER) as lin:
        lin.post(f"/api/list/{entry}/withdraw", json={"why": "cleared"})
        again = lin.post(f"/api/list/{entry}/approve")
    assert (again.status_code, again.json()["state"]) == (409, "withdrawn")


def test_a_number_that_is_listed_cannot_be_listed_a_second_time(world: World) -> None:
    entry = listed_entry(world)
    with world.person("lin", Role.ADMIN) as lin:
        second = lin.post("/api/list", json=proposal())
    assert (second.status_code, second.json()) == (409, {"error": "already-listed", "entry": entry})


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ({"numbers": ["110105194912310021"]}, "number"),
        ({"numbers": []}, "malformed"),
        ({"numbers": ["1' OR '1'='1"]}, "number"),
        ({"expires_on": "2020-01-01"}, "expires-on"),
        ({"legal_basis": "because-i-say-so"}, "malformed"),
        ({"name": ""}, "malformed"),
        ({"ethnicity": "any"}, "malformed"),
    ],
)
def test_a_proposal_without_a_sound_number_a_legal_basis_or_an_end_is_refused(
    world: World, facts: dict[str, object], code: str
) -> None:
    with world.person("lin", Role.ADMIN) as lin:
        answer = lin.post("/api/list", json=proposal(**facts))
    assert (answer.status_code, answer.json()["error"]) == (400, code)
    assert STANDARD_NUMBER[:17] not in answer.text


def test_the_list_shows_numbers_masked_and_a_look_at_one_is_recorded_by_name(world: World) -> None:
    entry = listed_entry(world)
    with world.person("lin", Role.ADMIN) as lin:
        assert STANDARD_NUMBER not in lin.get("/api/list").text
        assert STANDARD_NUMBER not in lin.get("/list").text
        assert lin.post(f"/api/list/{entry}/numbers").json() == {"numbers": [STANDARD_NUMBER]}
    with world.station.store.read() as conn:
        rows = conn.execute(select(listing.audit.audit).where(listing.audit.audit.c.what == "entry.looked-up")).all()
    assert [(row.who, row.facts) for row in rows] == [("lin", {"entry": entry})]


def test_a_dispatcher_neither_sees_nor_changes_the_list(world: World) -> None:
    entry = listed_entry(world)
    with world.person("lin", Role.DISPATCHER) as lin:
        roads = [
            lin.get("/api/list"),
            lin.post("/api/list", json=proposal()),
            lin.post(f"/api/list/{entry}/approve"),
            lin.post(f"/api/list/{entry}/withdraw", json={"why": "x"}),
            lin.post(f"/api/list/{entry}/numbers"),
            lin.post("/api/invitations", json={"roles": ["admin"]}),
        ]
    assert [answer.status_code for answer in roads] == [403] * len(roads)
