"""Full copies: what is in them, when they are made, and what may be forgotten because of them."""

from pathlib import Path

import pytest
from list_world import LiveRoad, Site
from sqlalchemy import func, select

from sync.station import copies
from sync.station.tables import feed_changes, sealed_rows
from watchlist.published import HEAD_CHANGES, PIECE, FullCopy
from watchlist.snapshot import ROW_BYTES, CopyHeader, read_header, row_at


def make_copy(site: Site, epoch: int = 1) -> FullCopy:
    return copies.make_copy(site.store, site.keyring, site.tree, epoch, site.now)


def look(site: Site) -> None:
    """The station's hourly look."""
    copies.copy_if_due(site.store, site.keyring, site.tree, site.now)


def in_copy(site: Site, copy: FullCopy) -> tuple[CopyHeader, set[tuple[str, bytes]]]:
    name = copy.target.split("/")[1]
    (file,) = (site.tree.folder / "targets" / "snapshots").glob(f"*.{name}")
    with file.open("rb") as data:
        header = read_header(data)
        rest = data.read()
    rows = [row_at(rest, start) for start in range(0, len(rest), ROW_BYTES)]
    return header, {(entry, row.idx) for entry, row in rows}


def test_a_copy_is_what_the_changes_until_then_have_left(site: Site) -> None:
    people = site.list_people(20, rows=2)
    for person in people[:5]:
        site.withdraw(person)
    header, rows = in_copy(site, make_copy(site))
    assert (header.site, header.group, header.epoch, header.rows) == ("west-gate", "gates", 1, 30)
    assert (header.seq, header.head) == (site.standing().seq, site.standing().head)
    assert {entry for entry, _ in rows} == set(people[5:])
    with site.store.read() as conn:
        kept = conn.execute(select(sealed_rows.c.entry, sealed_rows.c.idx)).all()
    assert rows == {(row.entry, row.idx) for row in kept}


def test_a_new_kiosk_takes_the_copy_and_what_came_after_it(site: Site, tmp_path: Path) -> None:
    people = site.list_people(30)
    make_copy(site)
    site.withdraw(people[0])
    road = LiveRoad(site)
    with site.kiosk(tmp_path / "k1") as kiosk:
        kiosk.refresh(road, site.now)
        assert kiosk.positions() == (site.standing(),)
    assert any("snapshots/" in path for path in road.fetched)
    assert "feed/1/1.json" not in road.fetched


def test_a_change_while_a_copy_is_written_is_after_it_and_not_in_it(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    people = site.list_people(10)
    written = copies.write_copy

    def slow(*args: object, **facts: object) -> None:
        site.withdraw(people[3])
        written(*args, **facts)

    monkeypatch.setattr(copies, "write_copy", slow)
    header, rows = in_copy(site, make_copy(site))
    assert (header.seq, header.rows) == (10, 10)
    assert people[3] in {entry for entry, _ in rows}
    with site.kiosk(tmp_path / "k1") as kiosk:
        kiosk.refresh(LiveRoad(site), site.now)
        assert kiosk.positions() == (site.standing(),)
        assert site.standing().seq == 11


def test_a_copy_that_was_cut_short_is_named_nowhere_and_leaves_nothing(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    site.list_people(10)

    def full_disk(*_args: object) -> None:
        raise OSError("no space left")

    monkeypatch.setattr(copies, "write_copy", full_disk)
    with pytest.raises(OSError, match="no space"):
        make_copy(site)
    assert site.tree.feed_trust().epochs[0].full_copy is None
    assert list((site.tree.folder / "targets" / "snapshots").iterdir()) == []


def test_a_copy_is_made_once_a_day_and_only_if_the_list_has_changed(site: Site) -> None:
    look(site)
    assert site.tree.feed_trust().epochs[0].full_copy is None
    site.list_people(1)
    look(site)
    first = site.tree.feed_trust().epochs[0].full_copy
    assert first is not None
    site.list_people(1)
    site.pass_time(hours=23)
    look(site)
    assert site.tree.feed_trust().epochs[0].full_copy == first
    site.pass_time(hours=2)
    look(site)
    second = site.tree.feed_trust().epochs[0].full_copy
    assert second is not None
    assert second.seq == 2
    site.pass_time(days=2)
    look(site)
    assert site.tree.feed_trust().epochs[0].full_copy == second


def test_changes_that_every_kept_copy_has_are_forgotten_in_whole_pieces_and_nobody_is_left_behind(
    site: Site, tmp_path: Path
) -> None:
    with site.kiosk(tmp_path / "old") as away:
        site.list_people(10)
        away.refresh(LiveRoad(site), site.now)
    for _ in range(4):
        site.list_people(PIECE)
        site.pass_time(days=1)
        look(site)
    with site.store.read() as conn:
        oldest = conn.execute(select(func.min(feed_changes.c.seq))).scalar_one()
    kept = site.tree.kept_copies(1)
    assert oldest % PIECE == 1
    assert 1 < oldest <= kept[0] + 1
    assert site.publisher.file("feed/1/1.json") is None
    assert f"feed/1/{oldest}.json" in site.publisher.paths()
    assert "feed/1/1.json" not in site.publisher.paths()
    for folder in ("old", "new"):
        with site.kiosk(tmp_path / folder) as kiosk:
            kiosk.refresh(LiveRoad(site), site.now)
            assert kiosk.positions() == (site.standing(),)


def test_the_end_of_the_feed_is_never_forgotten(site: Site) -> None:
    for _ in range(4):
        site.list_people(PIECE)
        make_copy(site)
    copies._prune_feed(site.store, site.tree, 1)
    site.withdraw(site.list_people(1)[0])
    head = site.publisher.head(1)
    assert head is not None
    assert site.standing().seq == 4 * PIECE + 2
    with site.store.read() as conn:
        assert conn.execute(select(func.count()).select_from(feed_changes)).scalar_one() > HEAD_CHANGES


def test_a_copy_of_many_numbers_tells_how_far_it_is(site: Site, tmp_path: Path) -> None:
    site.list_people(2_500, rows=8)
    told: list[tuple[int, int]] = []
    copy = copies.make_copy(site.store, site.keyring, site.tree, 1, site.now, lambda done, of: told.append((done, of)))
    assert told[0] == (10_000, 20_000)
    assert told[-1] == (20_000, 20_000)
    with site.kiosk(tmp_path / "k1") as kiosk:
        kiosk.refresh(LiveRoad(site), site.now)
        assert [one.seq for one in kiosk.positions()] == [copy.seq]
