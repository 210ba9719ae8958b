"""The feed as files: what a kiosk takes, and when a checkpoint was true."""

from datetime import timedelta
from pathlib import Path

import msgspec
import pytest
from list_world import SITE, LiveRoad, Site

from kiosk.ports import FeedPosition
from watchlist.feed import GENESIS, Batch, verify_batch
from watchlist.published import HEAD_CHANGES, PIECE

START = FeedPosition(1, 0, GENESIS)


def read(site: Site, path: str, position: FeedPosition = START) -> Batch:
    data = site.publisher.file(path)
    assert isinstance(data, bytes)
    keys = [key.public for key in site.keyring.feed_keys.trusted()]
    return verify_batch(data, site=SITE, group="gates", positions=[position], keys=keys)


def test_an_empty_list_has_a_head_that_says_so_and_no_piece(site: Site) -> None:
    head = read(site, "feed/1/head.json")
    assert (head.changes, head.checkpoint.seq, head.checkpoint.head) == ((), 0, GENESIS)
    assert head.checkpoint.at == site.now
    assert site.publisher.file("feed/1/1.json") is None


def test_the_head_has_the_newest_changes_and_the_present_time(site: Site) -> None:
    site.list_people(HEAD_CHANGES + 5)
    site.pass_time(hours=1)
    data = site.publisher.file("feed/1/head.json")
    assert isinstance(data, bytes)
    changes = msgspec.json.decode(data)["signed"]["changes"]
    assert [change["seq"] for change in changes] == list(range(6, HEAD_CHANGES + 6))
    assert msgspec.json.decode(data)["signed"]["checkpoint"]["at"] == site.now.isoformat().replace("+00:00", "Z")


def test_the_newest_piece_says_now_and_a_whole_one_just_before_its_last_change(site: Site) -> None:
    site.list_people(PIECE)
    changed_at = site.now
    site.pass_time(days=3)
    site.list_people(1)
    site.pass_time(hours=1)
    whole = read(site, "feed/1/1.json").checkpoint
    assert (whole.seq, whole.at) == (PIECE, changed_at - timedelta(microseconds=1))
    rest = read(site, f"feed/1/{PIECE + 1}.json", FeedPosition(1, PIECE, whole.head)).checkpoint
    assert (rest.seq, rest.at) == (PIECE + 1, site.now)


def test_a_piece_that_ends_in_mid_transaction_is_never_signed_with_that_transaction_s_time_or_later(
    site: Site,
) -> None:
    site.list_people(1)
    site.pass_time(days=1)
    site.list_people(PIECE + 100)
    in_one_transaction_at = site.now
    site.pass_time(hours=1)
    assert read(site, "feed/1/1.json").checkpoint.at < in_one_transaction_at


def test_a_piece_from_before_the_clock_went_back_is_not_from_the_future(site: Site) -> None:
    site.list_people(PIECE + 1)
    site.pass_time(days=-365)
    assert read(site, "feed/1/1.json").checkpoint.at <= site.now


def test_a_whole_piece_never_changes_whatever_comes_after_it_and_whoever_asks(site: Site) -> None:
    site.list_people(PIECE)
    first = site.publisher.file("feed/1/1.json")
    for _ in range(3):
        site.pass_time(days=1)
        site.list_people(1)
        assert site.publisher.file("feed/1/1.json") == first
    again = Site(site.folder)
    again.now = site.now
    assert again.publisher.file("feed/1/1.json") == first
    again.close()


def test_a_whole_piece_is_signed_anew_when_the_feed_key_changes(site: Site, tmp_path: Path) -> None:
    site.list_people(PIECE + 1)
    first = site.publisher.file("feed/1/1.json")
    site.keyring.feed_keys.revoke(site.keyring.feed_keys.signer(site.now)[0].id, site.now)
    assert site.publisher.file("feed/1/1.json") != first
    assert read(site, "feed/1/1.json").checkpoint.seq == PIECE


def test_asking_again_within_a_second_costs_no_signature_and_a_change_is_seen_at_once(site: Site) -> None:
    first = site.publisher.file("feed/1/head.json")
    site.pass_time(seconds=0.5)
    assert site.publisher.file("feed/1/head.json") is first
    site.list_people(1)
    assert read(site, "feed/1/head.json").checkpoint.seq == 1
    site.pass_time(seconds=2)
    assert read(site, "feed/1/head.json").checkpoint.at == site.now


def test_memory_holds_a_limited_number_of_pieces(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sync.station.publisher.KEPT_PIECES", 2)
    site.list_people(4 * PIECE)
    for number in range(4):
        assert site.publisher.file(f"feed/1/{number * PIECE + 1}.json") is not None
    assert len(site.publisher._whole) == 2


@pytest.mark.parametrize(
    "path",
    [
        "feed/2/head.json",
        "feed/1/2.json",
        "feed/1/501.json",
        "feed/01/head.json",
        "feed/1/head.json/",
        "feed/1/../1/head.json",
        "/feed/1/head.json",
        "metadata/../metadata/timestamp.json",
        "metadata/01.root.json",
        "metadata/9.root.json",
        "metadata/.timestamp.json",
        "metadata/timestamp.json.new",
        "targets/snapshots/.new",
        "../feed-keys/keys.json",
        "targets/../../group.key",
        "",
    ],
)
def test_no_path_leads_anywhere_but_to_what_is_published(site: Site, path: str) -> None:
    site.list_people(2)
    assert site.publisher.file(path) is None


def test_a_kiosk_that_was_away_for_thousands_of_changes_comes_to_where_the_station_stands(
    site: Site, tmp_path: Path
) -> None:
    with site.kiosk(tmp_path / "k1") as kiosk:
        road = LiveRoad(site)
        kiosk.refresh(road, site.now)
        gone = site.list_people(2 * PIECE + 30)
        site.withdraw(gone[0])
        site.pass_time(hours=1)
        kiosk.refresh(road, site.now)
        assert kiosk.positions() == (site.standing(),)
        assert kiosk.checked_at() == site.now
