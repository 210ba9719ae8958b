"""``watchlist import`` at a kiosk: what a stick brings, and what each bad one is told."""

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from list_author import some_rows
from published_tree import Station

from kiosk import process
from kiosk.ports import FeedPosition
from sync.kiosk_end.turns import refreshing
from sync.list_commands.kiosk import import_list
from watchlist import trust
from watchlist.device_key import open_device_keys
from watchlist.replica import ListFollower

NOW = datetime.now(UTC)


@dataclass(frozen=True)
class Told:
    """How a command ended."""

    returncode: int
    stdout: str
    stderr: str


class Lane:
    """An enrolled kiosk on a one-way network, and the station whose sticks it is brought."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys
        self.stick = folder / "stick"
        self.station = Station(self.stick)
        self.station.publish(NOW)
        for person in range(3):
            self.station.author.add_rows(person, some_rows(), at=NOW)
        self.station.publish(NOW)
        self.data = folder / "data"
        self.data.mkdir(mode=0o700)
        self.trusted = self.station.trust()
        trust.save(self.trusted, self.data / trust.TRUST_FILE, open_device_keys(self.data, make=True))

    def command(self) -> list[str]:
        return [sys.executable, "-m", "sync.list_commands", "import", str(self.stick), "--data", str(self.data)]

    def bring(self, stick: Path | None = None) -> Told:
        """Have the command do its work here, which takes a tenth of the time of a process of its own."""
        try:
            import_list(stick or self.stick, self.data)
            code, why = 0, ""
        except SystemExit as ended:
            code, why = 1, str(ended.code)
        said = self._capsys.readouterr()
        return Told(code, said.out, said.err + why)

    def positions(self) -> tuple[FeedPosition, ...]:
        replica = ListFollower(self.data, self.trusted, open_device_keys(self.data))
        try:
            return replica.positions()
        finally:
            replica.close()


@pytest.fixture
def lane(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Lane:
    monkeypatch.setattr(process, "keep_out_of_swap", lambda: True)  # it would hold for the tests' own process
    return Lane(tmp_path, capsys)


def one_line(text: str) -> str:
    (line,) = text.splitlines()
    return line


def test_a_stick_brings_the_list_and_the_same_stick_nothing_new(lane: Lane) -> None:
    first = lane.bring()
    assert first.returncode == 0, first.stderr
    assert one_line(first.stdout).startswith("taken: epoch 1 up to change 3; the list here is as of ")
    assert lane.positions() == (lane.station.author.position(),)
    assert one_line(lane.bring().stdout).startswith("nothing new; the list here is as of ")


def test_a_list_that_is_too_old_to_admit_by_is_taken_and_said_to_be(lane: Lane) -> None:
    lane.station.publish(NOW - timedelta(hours=30))
    assert " h old: too old, the gate calls staff for everybody" in one_line(lane.bring().stdout)


def another_sites(lane: Lane) -> None:
    Station(lane.stick, site="east-gate").publish(NOW)


def another_groups(lane: Lane) -> None:
    lane.station.group = "museum"
    lane.station.publish_trust(NOW)


def forged(lane: Lane) -> None:
    head = lane.stick / "feed/1/head.json"
    head.write_bytes(head.read_bytes().replace(b'"seq":4', b'"seq":5'))


def an_older_one(lane: Lane) -> None:
    lane.station.versions["timestamp"] -= 1
    lane.station.publish_timestamp(NOW)


def an_expired_one(lane: Lane) -> None:
    lane.station.versions["timestamp"] += 1
    lane.station.publish_timestamp(NOW - timedelta(days=4))


def one_of_tomorrow(lane: Lane) -> None:
    lane.station.publish_feed(lane.station.author, NOW + timedelta(days=1))


def one_with_a_piece_cut_off(lane: Lane) -> None:
    head = lane.stick / "feed/1/head.json"
    head.write_bytes(head.read_bytes()[:-20])


def an_empty_one(lane: Lane) -> None:
    for file in lane.stick.rglob("*.json"):
        file.unlink()


def one_that_links_to_elsewhere(lane: Lane) -> None:
    elsewhere = lane.data.parent / "elsewhere.json"
    head = lane.stick / "feed/1/head.json"
    head.replace(elsewhere)
    head.symlink_to(elsewhere)


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        (another_sites, "not signed for this kiosk's site"),
        (another_groups, "another group of kiosks"),
        (forged, "not signed for this kiosk's site"),
        (an_older_one, "older than the list that this kiosk has"),
        (an_expired_one, "its signatures have run out"),
        (one_of_tomorrow, "set the clock"),
        (one_with_a_piece_cut_off, "it is damaged"),
        (an_empty_one, "there is no list in it"),
        (one_that_links_to_elsewhere, "a link in it leads out of it"),
    ],
    ids=lambda value: value.__name__ if callable(value) else "",
)
def test_a_bad_stick_is_told_in_one_line_and_changes_nothing(
    lane: Lane, spoil: Callable[[Lane], None], told: str
) -> None:
    assert lane.bring().returncode == 0
    before = lane.positions()
    lane.station.author.withdraw(0, at=NOW)
    lane.station.publish_feed(lane.station.author, NOW)
    spoil(lane)
    ended = lane.bring()
    assert (ended.returncode, ended.stdout) == (1, "")
    assert told in one_line(ended.stderr)
    assert lane.positions() == before


def test_a_good_stick_after_a_bad_one_is_taken(lane: Lane) -> None:
    lane.bring()
    lane.station.author.withdraw(0, at=NOW)
    lane.station.publish(NOW)
    good = (lane.stick / "feed/1/head.json").read_bytes()
    forged(lane)
    assert lane.bring().returncode == 1
    (lane.stick / "feed/1/head.json").write_bytes(good)
    assert one_line(lane.bring().stdout).startswith("taken: epoch 1 from change 3 to 4;")


def test_a_stick_with_a_new_epoch_brings_it_beside_the_old_and_then_in_its_place(lane: Lane) -> None:
    lane.bring()
    author = lane.station.begin_epoch()
    author.add_rows(1, some_rows(), at=NOW)
    lane.station.take_copy(author, NOW)
    lane.station.publish(NOW)
    assert one_line(lane.bring().stdout).startswith("taken: epoch 2 up to change 4;")
    lane.station.end_epoch()
    lane.station.publish(NOW)
    assert one_line(lane.bring().stdout).startswith("taken: epoch 1 has ended;")


def test_a_folder_that_is_not_there_and_a_kiosk_that_is_not_enrolled_are_told(lane: Lane, tmp_path: Path) -> None:
    missing = lane.bring(tmp_path / "no-stick")
    assert (missing.returncode, "there is no list in it" in one_line(missing.stderr)) == (1, True)
    (lane.data / trust.TRUST_FILE).unlink()
    ended = lane.bring()
    assert (ended.returncode, "not enrolled" in one_line(ended.stderr)) == (1, True)


def test_two_imports_at_once_both_end_well_and_the_list_is_whole(lane: Lane) -> None:
    both = [subprocess.Popen(lane.command(), stdout=subprocess.PIPE, text=True) for _ in range(2)]
    said = [one.communicate(timeout=60)[0] for one in both]
    assert [one.returncode for one in both] == [0, 0]
    assert sorted(line.partition(";")[0].partition(":")[0] for line in said) == ["nothing new", "taken"]
    assert lane.positions() == (lane.station.author.position(),)


def test_an_import_waits_until_the_agents_refresh_has_ended(lane: Lane) -> None:
    with refreshing(lane.data):
        waiting = subprocess.Popen(lane.command(), stdout=subprocess.PIPE, text=True, env=dict(os.environ))
        with pytest.raises(subprocess.TimeoutExpired):
            waiting.communicate(timeout=2)
    assert waiting.communicate(timeout=60)[0].startswith("taken: ")


def test_by_the_command_too_a_refusal_is_one_line_and_code_1(lane: Lane) -> None:
    another_sites(lane)
    ended = subprocess.run(lane.command(), capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stdout) == (1, "")
    assert "not signed for this kiosk's site" in one_line(ended.stderr)
