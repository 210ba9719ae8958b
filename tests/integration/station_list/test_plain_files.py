"""The same tree as plain files: for a web server, on a stick; and what `watchlist verify` says of it."""

import os
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from list_world import SITE, LiveRoad, Site
from typer.testing import CliRunner

from kiosk.ports import FeedRefusedError
from sync.folder_road import FolderRoad
from sync.list_commands.__main__ import app
from sync.station import copies, epochs
from sync.station.files import write_tree
from watchlist.published import PIECE


def publish(site: Site, folder: Path) -> None:
    write_tree(site.publisher, site.tree, folder)


def files(folder: Path) -> dict[str, bytes]:
    return {file.relative_to(folder).as_posix(): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


def test_plain_files_are_the_bytes_that_the_server_hands_out(site: Site, tmp_path: Path) -> None:
    site.list_people(PIECE + 40)
    copies.make_copy(site.store, site.keyring, site.tree, 1, site.now)
    publish(site, tmp_path / "web")
    written = files(tmp_path / "web")
    assert {path.split("/")[0] for path in written} == {"metadata", "targets", "feed"}
    assert len(written) >= 9
    for path, data in written.items():
        live = site.publisher.file(path)
        assert live is not None, path
        assert data == (live if isinstance(live, bytes) else live.read_bytes()), path


def test_a_web_server_may_read_them_whatever_the_umask_is(site: Site, tmp_path: Path) -> None:
    before = os.umask(0o077)
    try:
        publish(site, tmp_path / "web")
    finally:
        os.umask(before)
    for place in (tmp_path / "web").rglob("*"):
        assert place.stat().st_mode & 0o777 == (0o755 if place.is_dir() else 0o644)


def written(web: Path) -> tuple[int, int]:
    """Which file the first piece is, and when it was last written; reading it changes neither."""
    status = (web / "feed" / "1" / "1.json").stat()
    return status.st_ino, status.st_mtime_ns


def test_bringing_up_to_date_writes_what_is_new_and_removes_what_is_published_no_more(
    site: Site, tmp_path: Path
) -> None:
    web = tmp_path / "web"
    site.withdraw(*site.list_people(PIECE))
    publish(site, web)
    (web / "index.html").write_text("the web server's own")
    whole = written(web)
    site.pass_time(hours=1)
    epochs.begin(site.store, site.keyring, site.tree, "lin", lambda: site.now)
    publish(site, web)
    assert written(web) == whole
    assert (web / "feed" / "2" / "head.json").exists()
    epochs.end(site.store, site.keyring, site.tree, "lin", site.now)
    publish(site, web)
    assert not list((web / "feed").glob("1/*"))
    assert (web / "index.html").exists()


def test_a_kiosk_comes_to_the_same_list_by_the_server_and_by_files_in_any_order(site: Site, tmp_path: Path) -> None:
    people = site.list_people(30)
    publish(site, tmp_path / "web")
    with site.kiosk(tmp_path / "k1") as one, site.kiosk(tmp_path / "k2") as two:
        one.refresh(FolderRoad(tmp_path / "web"), site.now)
        two.refresh(LiveRoad(site), site.now)
        site.withdraw(people[0])
        copies.make_copy(site.store, site.keyring, site.tree, 1, site.now)
        publish(site, tmp_path / "stick")
        two.refresh(FolderRoad(tmp_path / "stick"), site.now)
        one.refresh(LiveRoad(site), site.now)
        assert one.positions() == two.positions() == (site.standing(),)


def test_a_stick_of_last_week_is_refused_and_changes_nothing(site: Site, tmp_path: Path) -> None:
    site.list_people(3)
    publish(site, tmp_path / "stick")
    with site.kiosk(tmp_path / "k1") as kiosk:
        site.pass_time(days=7)
        site.tree.resign_if_due(site.now)
        site.list_people(3)
        kiosk.refresh(LiveRoad(site), site.now)
        with pytest.raises(FeedRefusedError, match="trust-rolled-back"):
            kiosk.refresh(FolderRoad(tmp_path / "stick"), site.now)
        assert kiosk.positions() == (site.standing(),)


def test_readers_see_one_state_or_the_next_while_the_station_publishes(site: Site, tmp_path: Path) -> None:
    """Full copies, new trust and new heads, under readers who begin at any moment, over both roads."""
    web, seen = tmp_path / "web", 0
    publish(site, web)
    done = threading.Event()
    trouble: list[BaseException] = []

    def write() -> None:
        try:
            for _ in range(25):
                site.withdraw(site.list_people(3)[0])
                copies.make_copy(site.store, site.keyring, site.tree, 1, site.now)
                publish(site, web)
        except BaseException as error:
            trouble.append(error)
        finally:
            done.set()

    writer = threading.Thread(target=write)
    writer.start()
    try:
        while not done.is_set():
            for road in (FolderRoad(web), LiveRoad(site)):
                with site.kiosk(tmp_path / f"k{seen}") as kiosk:
                    kiosk.refresh(road, site.now + timedelta(seconds=1))
                    seen += 1
    finally:
        writer.join()
    assert not trouble
    assert seen > 5


def test_what_a_cut_publication_left_unfinished_is_cleared_away(site: Site, tmp_path: Path) -> None:
    web = tmp_path / "web"
    publish(site, web)
    (web / "feed" / "1" / "head.json.new").write_bytes(b"half")
    publish(site, web)
    assert not (web / "feed" / "1" / "head.json.new").exists()


class TestVerify:
    """`watchlist verify`, on another machine than the station."""

    @pytest.fixture
    def stick(self, site: Site, tmp_path: Path) -> Path:
        # The command looks at this machine's clock.
        site.now = datetime.now(UTC)
        site.tree.resign_if_due(site.now)
        site.list_people(4, rows=2)
        copies.make_copy(site.store, site.keyring, site.tree, 1, site.now)
        site.withdraw(site.list_people(1)[0])
        publish(site, tmp_path / "stick")
        return tmp_path / "stick"

    def verify(self, at: Site, stick: Path, tmp_path: Path, **facts: str) -> tuple[int, str]:
        (tmp_path / "root.json").write_bytes((at.tree.folder / "metadata" / "1.root.json").read_bytes())
        asked = {
            "--root": str(tmp_path / "root.json"),
            "--site": SITE,
            "--group": "gates",
            "--group-key": str(at.folder / "group.key"),
        }
        asked.update({f"--{key}": value for key, value in facts.items()})
        arguments = [word for pair in asked.items() for word in pair]
        result = CliRunner().invoke(app, ["verify", str(stick), *arguments])
        return result.exit_code, result.output

    def test_says_what_stands_there(self, site: Site, stick: Path, tmp_path: Path) -> None:
        code, said = self.verify(site, stick, tmp_path)
        assert code == 0, said
        at = site.standing()
        signer = site.keyring.feed_keys.signer(site.now)[0].id
        for words in (
            f"the list of {SITE}",
            f"epoch 1: {at.seq} changes, head {at.head}",
            "8 sealed numbers",
            "0.0 h old",
            signer,
        ):
            assert words in said

    @pytest.mark.parametrize(
        ("facts", "why"), [({"site": "east-gate"}, "wrong-site"), ({"group": "staff"}, "wrong-group")]
    )
    def test_refuses_another_s_list(
        self, site: Site, stick: Path, tmp_path: Path, facts: dict[str, str], why: str
    ) -> None:
        code, said = self.verify(site, stick, tmp_path, **facts)
        assert (code, why in said) == (1, True), said

    @pytest.mark.parametrize("path", ["feed/1/head.json", "metadata/timestamp.json", "targets/snapshots/*.list"])
    def test_refuses_what_was_changed(self, site: Site, stick: Path, tmp_path: Path, path: str) -> None:
        (file,) = stick.glob(path)
        data = bytearray(file.read_bytes())
        data[len(data) // 2] ^= 1
        file.write_bytes(bytes(data))
        code, said = self.verify(site, stick, tmp_path)
        assert (code, "refused" in said) == (1, True), said

    def test_misses_what_is_missing(self, site: Site, stick: Path, tmp_path: Path) -> None:
        (stick / "feed" / "1" / "head.json").unlink()
        code, said = self.verify(site, stick, tmp_path)
        assert (code, "missing" in said) == (1, True), said
