"""By whatever roads a kiosk is given the list, it holds the publisher's, as of a moment that never goes back."""

import sys
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis.stateful import invariant
from typer.testing import CliRunner

sys.path.insert(0, str(Path(__file__).parents[1] / "station_list"))

from list_on_its_way import Held, ListOnItsWay
from list_world import Site

from sync.list_commands import publishing
from sync.list_commands.__main__ import app
from sync.station import copies, epochs
from watchlist.published import PIECE

pytestmark = pytest.mark.timeout(600)


class ListOverEveryRoad(ListOnItsWay):
    """What the kiosk holds is judged after every step."""

    def __init__(self) -> None:
        super().__init__()
        self.held_before: Held = {}

    @invariant()
    def what_is_held_of_each_epoch_is_the_publishers_list_at_that_position(self) -> None:
        held = self.held()
        indexes = {epoch: self.history.indexes(epoch) for epoch in held}
        for epoch, found in self.reader.find(indexes).items():
            should = self.history.at(held[epoch][0])
            assert held[epoch][0].head == should.head
            assert sorted(row.ct for rows in found.rows for row in rows) == sorted(
                row.ct for rows in should.rows.values() for row in rows
            )

    @invariant()
    def nothing_is_vouched_for_in_advance(self) -> None:
        assert all(checked_at is None or checked_at <= self.true for _, checked_at in self.held().values())

    @invariant()
    def nothing_goes_back(self) -> None:
        before, self.held_before = self.held_before, self.held()
        if before:
            assert min(self.held_before) >= min(before)
            assert max(self.held_before) >= max(before)
        for epoch in before.keys() & self.held_before.keys():
            (old, old_checked_at), (new, checked_at) = before[epoch], self.held_before[epoch]
            assert new.seq >= old.seq
            assert old_checked_at is None or (checked_at is not None and checked_at >= old_checked_at)


TestListOverEveryRoad = ListOverEveryRoad.TestCase
TestListOverEveryRoad.settings = settings(max_examples=8, stateful_step_count=30, deadline=None)


def test_every_road_carries_the_same_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The station's server, a web server's folder, a stick: at one moment each path is one file."""
    site = Site(tmp_path / "station")
    try:
        site.withdraw(*site.list_people(PIECE))
        epochs.begin(site.store, site.keyring, site.tree, "lin", lambda: site.now)
        site.list_people(40)
        copies.make_copy(site.store, site.keyring, site.tree, 1, site.now)
        monkeypatch.setattr(publishing, "utc_now", lambda: site.now)
        folders = [tmp_path / command for command in ("publish", "export")]
        for folder in folders:
            done = CliRunner().invoke(app, [folder.name, "--data", str(site.folder), str(folder)])
            assert done.exit_code == 0, done.output
        published, exported = ({path: bytes_at(folder / path) for path in files(folder)} for folder in folders)
        assert published == exported
        assert {"feed/1/head.json", "feed/1/1.json", "feed/2/1001.json", "metadata/timestamp.json"} < published.keys()
        assert {path: bytes_at(site.publisher.file(path)) for path in published} == published
        assert {*files(site.tree.folder), *site.publisher.paths()} == published.keys()
    finally:
        site.close()


def bytes_at(found: bytes | Path | None) -> bytes:
    assert found is not None
    return found if isinstance(found, bytes) else found.read_bytes()


def files(folder: Path) -> list[str]:
    return [file.relative_to(folder).as_posix() for file in folder.rglob("*") if file.is_file()]
