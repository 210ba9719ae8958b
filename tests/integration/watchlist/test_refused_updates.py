"""What is not the station's, or not its newest, is refused by its own name, and the last good list goes on.

Each case stands on a kiosk that has just taken the honest tree: person 1 is listed, person 2 is not.
"""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from shutil import copytree, rmtree

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from kiosk_disk import KioskDisk
from list_author import NOON, ListAuthor
from published_tree import FolderRoad, Station
from securesystemslib.signer import CryptoSigner

from kiosk.domain.evidence import Listed, NotListed
from kiosk.ports import FeedRefusedError, NotPublishedError, RoadError
from watchlist.published import FEED_TRUST, head_path, piece_path

DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def _the_honest_tree_was_taken(kiosk: KioskDisk, quick_hash: None) -> None:
    kiosk.station.add(1)
    kiosk.station.add_fillers(30)
    kiosk.pull()


def refusal(kiosk: KioskDisk, *, now: object = NOON, road: object = None) -> str:
    """Refresh, and say why it was refused."""
    with kiosk.agent() as agent:
        before = agent.positions(), agent.checked_at()
        with pytest.raises((FeedRefusedError, RoadError)) as refused:
            agent.refresh(road or kiosk.station.road(), now)  # type: ignore[arg-type]  # as the cases give them
        assert (agent.positions(), agent.checked_at()) == before
        assert agent.refused == (refused.value.why if isinstance(refused.value, FeedRefusedError) else None)
    return refused.value.why


def the_last_good_list_goes_on(kiosk: KioskDisk) -> bool:
    left = list(kiosk.folder.rglob("*.new"))
    return isinstance(kiosk.present(1), Listed) and isinstance(kiosk.present(2), NotListed) and left == []


# ---- the trust


def forge_timestamp(station: Station) -> None:
    station.online["timestamp"] = CryptoSigner.generate_ed25519()
    station.publish()


def forge_targets(station: Station) -> None:
    station.online["targets"] = CryptoSigner.generate_ed25519()
    station.publish()


def root_of_one(station: Station) -> None:
    station.publish_root(signers=station.root_keys[:1])


def root_of_one_signing_twice(station: Station) -> None:
    station.publish_root(signers=[station.root_keys[0], station.root_keys[0]])


def withdraw_the_timestamps_key(station: Station) -> None:
    """The root names a new key; who has the old one signs a newer timestamp with it."""
    old = station.online["timestamp"]
    station.online["timestamp"] = CryptoSigner.generate_ed25519()
    station.publish_root()
    station.online["timestamp"] = old
    station.publish()


def cut_timestamp(station: Station) -> None:
    file = station.folder / "metadata" / "timestamp.json"
    file.write_bytes(file.read_bytes()[:-10])


def roll_back_timestamp(station: Station) -> None:
    old = (station.folder / "metadata" / "timestamp.json").read_bytes()
    station.publish()
    KIOSKS[station].pull()
    (station.folder / "metadata" / "timestamp.json").write_bytes(old)


def roll_back_snapshot(station: Station) -> None:
    station.publish()
    KIOSKS[station].pull()
    station.versions["snapshot"] -= 2
    station.versions["timestamp"] += 5
    station.publish_timestamp()


def edit_feed_trust(station: Station) -> None:
    station.publish()
    for file in (station.folder / "targets").glob(f"*.{FEED_TRUST}"):
        file.write_bytes(file.read_bytes().replace(b"west", b"WEST"))


def lengthen_feed_trust(station: Station) -> None:
    station.publish()
    for file in (station.folder / "targets").glob(f"*.{FEED_TRUST}"):
        file.write_bytes(file.read_bytes() + b" ")


def nonsense_as_feed_trust(station: Station) -> None:
    trust = station.feed_trust()
    station.publish_trust(trust=msgspec.structs.replace(trust, epochs=(trust.epochs[0], trust.epochs[0])))


def trust_of_another_site(station: Station) -> None:
    station.publish_trust(trust=msgspec.structs.replace(station.feed_trust(), site="east-gate"))


def trust_of_another_group(station: Station) -> None:
    station.publish_trust(trust=msgspec.structs.replace(station.feed_trust(), group="offices"))


def pepper_of_another_group(station: Station) -> None:
    station.group_key = bytes(32)
    station.publish()


def another_pepper(station: Station) -> None:
    author = station.author
    author.pepper = replace(author.pepper, salt=bytes(32))
    station.publish()


KIOSKS: dict[Station, KioskDisk] = {}


@pytest.mark.parametrize(
    ("harm", "why"),
    [
        (forge_timestamp, "bad-trust-signature"),
        (forge_targets, "bad-trust-signature"),
        (root_of_one, "bad-trust-signature"),
        (root_of_one_signing_twice, "bad-trust-signature"),
        (withdraw_the_timestamps_key, "bad-trust-signature"),
        (cut_timestamp, "trust-damaged"),
        (roll_back_timestamp, "trust-rolled-back"),
        (roll_back_snapshot, "trust-rolled-back"),
        (edit_feed_trust, "trust-damaged"),
        (lengthen_feed_trust, "trust-damaged"),
        (nonsense_as_feed_trust, "trust-damaged"),
        (trust_of_another_site, "wrong-site"),
        (trust_of_another_group, "wrong-group"),
        (pepper_of_another_group, "wrong-group"),
        (another_pepper, "pepper-changed"),
    ],
)
def test_trust_that_does_not_hold_is_refused(kiosk: KioskDisk, harm: Callable[[Station], None], why: str) -> None:
    KIOSKS.clear()
    KIOSKS[kiosk.station] = kiosk
    harm(kiosk.station)
    assert refusal(kiosk) == why
    assert the_last_good_list_goes_on(kiosk)


def test_a_root_signed_by_two_of_three_is_taken_and_its_new_keys_count(kiosk: KioskDisk) -> None:
    station = kiosk.station
    station.root_keys[2] = CryptoSigner.generate_ed25519()
    for role in station.online:
        station.online[role] = CryptoSigner.generate_ed25519()
    station.publish_root()
    station.add(2)
    kiosk.pull()
    assert isinstance(kiosk.present(2), Listed)


def test_a_root_that_one_old_and_one_new_key_signed_is_refused(kiosk: KioskDisk) -> None:
    station = kiosk.station
    station.root_keys[0] = CryptoSigner.generate_ed25519()
    station.publish_root(signers=station.root_keys[:2])
    assert refusal(kiosk) == "bad-trust-signature"
    assert the_last_good_list_goes_on(kiosk)


@pytest.mark.parametrize(("after", "why"), [(3 * DAY - DAY / 24, None), (3 * DAY + DAY / 24, "trust-frozen")])
def test_trust_that_nobody_signed_again_for_three_days_is_frozen(
    kiosk: KioskDisk, after: timedelta, why: str | None
) -> None:
    now = NOON + after
    if why is None:
        with kiosk.agent() as agent:
            agent.refresh(kiosk.station.road(), now)
    else:
        assert refusal(kiosk, now=now) == why
    assert the_last_good_list_goes_on(kiosk)
    kiosk.pull(now=now)
    assert isinstance(kiosk.present(1, now=now), Listed)


def test_an_older_tree_as_a_whole_is_refused(kiosk: KioskDisk, tmp_path: Path) -> None:
    """A stick that was left in a drawer: forged by nobody, and yet not to be taken."""
    copytree(kiosk.station.folder, tmp_path / "stick")
    kiosk.station.withdraw(1)
    kiosk.pull()
    assert refusal(kiosk, road=FolderRoad(tmp_path / "stick")) == "trust-rolled-back"
    assert isinstance(kiosk.present(1), NotListed)


def test_the_tree_of_another_site_is_refused_whatever_it_says(kiosk: KioskDisk, tmp_path: Path) -> None:
    other = Station(tmp_path / "another", group_key=kiosk.station.group_key)
    other.publish()
    assert refusal(kiosk, road=other.road()) == "bad-trust-signature"
    assert the_last_good_list_goes_on(kiosk)


# ---- the feed


def author_of(station: Station, **where: object) -> ListAuthor:
    """The same changes, as somebody else would sign them."""
    author = station.author
    facts = {"site": station.site, "group": station.group, "epoch": 1, "key": station.feed_key} | where
    other = ListAuthor(**facts)  # type: ignore[arg-type]  # a test's own shorthand
    other.changes, other.heads, other.times = author.changes, author.heads, author.times
    return other


def head_forged(station: Station) -> None:
    station.publish_feed(author_of(station, key=Ed25519PrivateKey.generate()))


def head_of_another_site(station: Station) -> None:
    station.publish_feed(author_of(station, site="east-gate"))


def head_of_another_group(station: Station) -> None:
    """A valid feed, signed with the same key, for another kiosk group."""
    station.publish_feed(author_of(station, group="offices"))


def head_of_another_epoch(station: Station) -> None:
    file = station.folder / head_path(1)
    file.write_bytes(author_of(station, epoch=2).batch(30))


def head_cut(station: Station) -> None:
    file = station.folder / head_path(1)
    file.write_bytes(file.read_bytes()[:-5])


def head_reordered(station: Station) -> None:
    author = station.author
    changes = [author.changes[-1], author.changes[-2]]
    station.write(head_path(1), author.sign(changes, seq=author.seq, head=author.heads[-1]))
    station.write(piece_path(1, 1), author.sign(changes, seq=author.seq, head=author.heads[-1]))


def head_rolled_back(station: Station) -> None:
    station.write(head_path(1), station.author.batch(up_to=20))


def history_rewritten(station: Station) -> None:
    author = ListAuthor(station.site, station.group, key=station.feed_key)
    for change in station.author.changes:
        author.add_rows(7, change.rows)
    author.pepper = station.author.pepper
    station.publish_feed(author)


def pieces_lost(station: Station) -> None:
    station.add_fillers(50)
    station.publish()
    station.write(piece_path(1, 1), station.author.batch(40))


def endless_head(station: Station) -> None:
    station.write(head_path(1), bytes(5 * 1024 * 1024))


@pytest.mark.parametrize(
    ("harm", "why"),
    [
        (head_forged, "bad-signature"),
        (head_of_another_site, "wrong-site"),
        (head_of_another_group, "wrong-group"),
        (head_of_another_epoch, "wrong-epoch"),
        (head_cut, "malformed"),
        (head_reordered, "gap"),
        (head_rolled_back, "rolled-back"),
        (history_rewritten, "broken-chain"),
        (pieces_lost, "gap"),
        (endless_head, "too-large"),
    ],
)
def test_a_feed_that_does_not_fit_is_refused(kiosk: KioskDisk, harm: Callable[[Station], None], why: str) -> None:
    if harm is not pieces_lost:
        kiosk.station.add_fillers(2)
    kiosk.station.publish_trust()
    harm(kiosk.station)
    assert refusal(kiosk) == why
    assert the_last_good_list_goes_on(kiosk)
    kiosk.pull()
    assert the_last_good_list_goes_on(kiosk)


def test_a_withdrawn_feed_key_signs_nothing_any_more_and_the_new_one_does(kiosk: KioskDisk) -> None:
    station, old = kiosk.station, kiosk.station.feed_key
    station.rotate_feed_key()
    with kiosk.agent() as agent:
        agent.refresh(station.road(), NOON)  # nothing new is published yet, and the old key counts
        station.publish()
        agent.refresh(station.road(), NOON)
        with pytest.raises(FeedRefusedError, match="bad-signature"):
            agent.apply(author_of(station, key=old).batch(), NOON)
        assert the_last_good_list_goes_on(kiosk)
        agent.apply(station.author.batch(), NOON)
    station.publish_feed(author_of(station, key=old))
    assert refusal(kiosk) == "bad-signature"
    assert the_last_good_list_goes_on(kiosk)


# ---- the full copy


def copy_cut(station: Station) -> None:
    for file in (station.folder / "targets" / "snapshots").iterdir():
        file.write_bytes(file.read_bytes()[:-1])


def copy_edited(station: Station) -> None:
    for file in (station.folder / "targets" / "snapshots").iterdir():
        honest = file.read_bytes()
        file.write_bytes(honest[:-1] + bytes([honest[-1] ^ 1]))


def copy_lengthened(station: Station) -> None:
    for file in (station.folder / "targets" / "snapshots").iterdir():
        file.write_bytes(file.read_bytes() + b"\0")


def copy_gone(station: Station) -> None:
    rmtree(station.folder / "targets" / "snapshots")


@pytest.mark.parametrize(
    ("harm", "why"),
    [
        (copy_cut, "copy-damaged"),
        (copy_edited, "copy-damaged"),
        (copy_lengthened, "copy-damaged"),
        (copy_gone, "not-published"),
    ],
)
def test_a_full_copy_that_is_not_what_was_vouched_for_is_refused(
    kiosk: KioskDisk, harm: Callable[[Station], None], why: str
) -> None:
    kiosk.station.begin_epoch()
    kiosk.station.publish()
    harm(kiosk.station)
    assert refusal(kiosk) == why
    assert the_last_good_list_goes_on(kiosk)
    kiosk.station.take_copy(kiosk.station.author)
    kiosk.pull()
    with kiosk.agent() as agent:
        assert [position.epoch for position in agent.positions()] == [1, 2]


@pytest.mark.parametrize(
    ("says", "why"),
    [
        ({"site": "east-gate"}, "wrong-site"),
        ({"group": "offices"}, "wrong-group"),
        ({"epoch": 1}, "wrong-epoch"),
        ({"seq": 1}, "broken-chain"),
        ({"head": "ab" * 32}, "broken-chain"),
        ({"at": NOON + DAY}, "from-the-future"),
    ],
)
def test_a_full_copy_that_says_other_than_the_trust_is_refused(
    kiosk: KioskDisk, says: dict[str, object], why: str
) -> None:
    author = kiosk.station.begin_epoch()
    kiosk.station.take_copy(author, **says)  # type: ignore[arg-type]  # a test's own shorthand
    kiosk.station.publish()
    assert refusal(kiosk) == why
    assert the_last_good_list_goes_on(kiosk)


# ---- the road


class BrokenRoad(FolderRoad):
    """Ends after so many files."""

    def __init__(self, folder: Path, files: int) -> None:
        super().__init__(folder)
        self.files = files

    def fetch(self, path: str):  # type: ignore[no-untyped-def]  # as the folder's
        if len(self.fetched) >= self.files:
            raise RoadError("broken")
        return super().fetch(path)


def test_wherever_the_road_ends_the_list_goes_on_and_the_next_refresh_finishes(kiosk: KioskDisk) -> None:
    kiosk.station.begin_epoch()
    kiosk.station.add_fillers(520)
    kiosk.station.publish()
    for files in range(20):
        with kiosk.agent() as agent, suppress(RoadError):
            agent.refresh(BrokenRoad(kiosk.station.folder, files), NOON)
            break
        assert agent.refused is None
        assert the_last_good_list_goes_on(kiosk)
    assert files > 5
    with kiosk.agent() as agent:
        assert agent.positions() == tuple(author.position() for author in kiosk.station.epochs)


def test_a_road_without_a_list_says_so(kiosk: KioskDisk, tmp_path: Path) -> None:
    with kiosk.agent() as agent, pytest.raises(NotPublishedError):
        agent.refresh(FolderRoad(tmp_path / "nothing"), NOON)
    assert the_last_good_list_goes_on(kiosk)


def test_what_a_killed_agent_had_half_fetched_is_cleared_away(kiosk: KioskDisk) -> None:
    (kiosk.folder / "tuf" / "timestamp.json.new").write_bytes(b"half")
    kiosk.pull()
    assert the_last_good_list_goes_on(kiosk)


def test_the_libraries_of_trust_write_nothing_to_a_log(kiosk: KioskDisk, caplog: pytest.LogCaptureFixture) -> None:
    forge_timestamp(kiosk.station)
    with caplog.at_level(0):
        refusal(kiosk)
    assert caplog.records == []
