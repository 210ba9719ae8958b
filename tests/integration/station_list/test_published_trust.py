"""What the station publishes through TUF, as python-tuf's own reader sees it: the honest case, and what it refuses."""

import json
import shutil
from datetime import timedelta
from pathlib import Path

import pytest
from list_world import SITE, Site
from tuf.api.exceptions import (
    BadVersionNumberError,
    DownloadHTTPError,
    ExpiredMetadataError,
    RepositoryError,
    UnsignedMetadataError,
)
from tuf_reader import Reader

from sync.station import copies, trust
from sync.station.keyring import load_private
from sync.station.trust import KEPT_COPIES, KEPT_VERSIONS
from watchlist.published import open_pepper


@pytest.fixture
def published(site: Site) -> Path:
    return site.tree.folder


@pytest.fixture
def reader(site: Site, tmp_path: Path, published: Path) -> Reader:
    return Reader(published, tmp_path / "reader", site.tree.newest_root())


def touched(file: Path, change: str, to: str) -> None:
    text = file.read_text()
    assert change in text
    file.write_text(text.replace(change, to))


def test_a_fresh_station_says_whose_list_it_is_which_key_signs_and_how_its_epoch_opens(
    site: Site, reader: Reader
) -> None:
    trust = reader.refresh(site.now)
    assert (trust.site, trust.group) == (SITE, "gates")
    assert trust.keys == (site.keyring.feed_keys.signer(site.now)[0].public,)
    (epoch,) = trust.epochs
    assert open_pepper(trust, epoch, site.keyring.group_key) == site.keyring.pepper(1)
    assert epoch.full_copy is None


def test_the_root_takes_two_of_three_keys_and_each_online_role_has_one_of_its_own(site: Site) -> None:
    root = json.loads(site.tree.newest_root())["signed"]
    assert (root["roles"]["root"]["threshold"], len(root["roles"]["root"]["keyids"])) == (2, 3)
    online = [root["roles"][role]["keyids"] for role in ("targets", "snapshot", "timestamp")]
    assert [len(keys) for keys in online] == [1, 1, 1]
    assert len({keys[0] for keys in online} | set(root["roles"]["root"]["keyids"])) == 6


@pytest.mark.parametrize("role", ["timestamp", "1.snapshot", "1.targets"])
def test_changed_metadata_is_refused(site: Site, reader: Reader, published: Path, role: str) -> None:
    touched(published / "metadata" / f"{role}.json", '"expires":"2', '"expires":"3')
    with pytest.raises(RepositoryError):
        reader.refresh(site.now)


def test_a_changed_feed_trust_is_refused(site: Site, reader: Reader, published: Path) -> None:
    (file,) = (published / "targets").glob("*.feed-trust.json")
    touched(file, SITE, "east-gate")
    with pytest.raises(RepositoryError):
        reader.refresh(site.now)


def test_an_older_state_is_refused_once_a_newer_one_was_seen(
    site: Site, reader: Reader, published: Path, tmp_path: Path
) -> None:
    shutil.copytree(published, tmp_path / "older")
    copies.publish_trust(site.store, site.keyring, site.tree, site.now)
    reader.refresh(site.now)
    reader.published = tmp_path / "older"
    # python-tuf goes on with the newer state that it holds; what is older is not taken.
    with pytest.raises(BadVersionNumberError):
        reader.refresh(site.now)


def test_a_state_that_nobody_signs_any_more_is_refused_after_three_days(site: Site, reader: Reader) -> None:
    assert reader.refresh(site.now + timedelta(days=2, hours=23))
    with pytest.raises(ExpiredMetadataError):
        reader.refresh(site.now + timedelta(days=3, minutes=1))


def test_a_root_signed_by_one_of_two_is_refused(site: Site, reader: Reader, published: Path, tmp_path: Path) -> None:
    keys = [load_private(file) for file in site.keyring.root_keys_here()]
    site.tree.rotate_root(keys[:2], site.now)
    file = published / "metadata" / "2.root.json"
    honest = file.read_bytes()
    cut = json.loads(honest)
    cut["signatures"] = cut["signatures"][:1]
    file.write_text(json.dumps(cut))
    with pytest.raises(UnsignedMetadataError):
        reader.refresh(site.now)
    file.write_bytes(honest)
    assert reader.refresh(site.now).site == SITE


def test_targets_that_are_missing_are_missed(site: Site, reader: Reader, published: Path) -> None:
    (published / "metadata" / "1.targets.json").unlink()
    with pytest.raises(DownloadHTTPError):
        reader.refresh(site.now)


def test_a_running_station_signs_anew_in_time_for_as_long_as_its_root_lasts(site: Site, reader: Reader) -> None:
    for _ in range(100):
        site.pass_time(days=1)
        site.tree.resign_if_due(site.now)
        reader.refresh(site.now + timedelta(days=1))


def test_nothing_is_signed_before_it_is_due(site: Site) -> None:
    site.pass_time(hours=20)
    assert site.tree.resign_if_due(site.now) == ()
    site.pass_time(hours=5)
    assert site.tree.resign_if_due(site.now) == ("timestamp",)
    assert site.tree.resign_if_due(site.now) == ()


def test_a_station_that_was_down_for_months_signs_everything_anew(site: Site, reader: Reader) -> None:
    site.pass_time(days=90)
    with pytest.raises(ExpiredMetadataError):
        reader.refresh(site.now)
    assert set(site.tree.resign_if_due(site.now)) == {"targets", "snapshot", "timestamp"}
    assert reader.refresh(site.now).site == SITE


def test_what_no_reader_needs_is_erased_and_what_the_present_targets_name_never(
    site: Site, reader: Reader, published: Path
) -> None:
    for _ in range(KEPT_VERSIONS + 5):
        site.list_people(1)
        copies.make_copy(site.store, site.keyring, site.tree, 1, site.now)
    assert len(list((published / "metadata").glob("*.targets.json"))) == KEPT_VERSIONS
    assert len(list((published / "targets").glob("*.feed-trust.json"))) == KEPT_VERSIONS
    assert len(list((published / "targets" / "snapshots").iterdir())) == KEPT_COPIES
    named = reader.refresh(site.now).epochs[0].full_copy
    assert named is not None
    assert list((published / "targets").glob(f"snapshots/*.{named.target.split('/')[1]}"))


def test_a_publication_that_was_cut_short_leaves_the_old_state_and_the_next_one_goes_on(
    site: Site, reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full_disk(path: Path, data: bytes) -> None:
        if path.name == "timestamp.json":
            raise OSError("no space left")
        written(path, data)

    written = trust.write_private
    before = reader.refresh(site.now)
    with monkeypatch.context() as broken:
        broken.setattr(trust, "write_private", full_disk)
        with pytest.raises(OSError, match="no space"):
            copies.publish_trust(site.store, site.keyring, site.tree, site.now)
    assert reader.refresh(site.now) == before
    copies.publish_trust(site.store, site.keyring, site.tree, site.now)
    assert reader.refresh(site.now) != before
