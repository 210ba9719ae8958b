"""A new pepper: both epochs answer, nothing is lost between them, and of the old one nothing is left."""

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest
from list_author import number
from list_world import LiveRoad, Site
from sqlalchemy import delete, func, insert, select

from kiosk.ports import FeedRefusedError
from sync import wire
from sync.station import certificates, epochs, heartbeats, listing, proposals, withdrawals
from sync.station.refusals import ConflictError
from sync.station.sealing import NotSealedError, seal_missing
from sync.station.tables import audit, entries, feed_changes, sealed_rows
from sync.station.tables import epochs as epochs_table
from sync.station.tables import kiosks as kiosks_table
from watchlist.replica import ListFollower
from watchlist.seal import index_of, stretch


def propose(site: Site, person: int) -> str:
    proposal = proposals.Proposal(
        numbers=(number(person).value,),
        name="测试",
        unit="城南派出所",
        contact="010",
        case_number=f"C-{person}",
        legal_basis=proposals.LegalBasis.WANTED_NOTICE,
        expires_on=date(2027, 1, 1),
    )
    with site.store.write() as conn:
        entry = listing.propose(conn, proposal, "lin", site.now)
    seal_missing(site.store, site.keyring.peppers, entries.c.id == entry)
    return entry


def approve(site: Site, entry: str) -> None:
    with site.store.write() as conn:
        listing.approve(conn, entry, "zhou", site.now)


def list_for_real(site: Site, person: int) -> str:
    entry = propose(site, person)
    approve(site, entry)
    return entry


def begin(site: Site) -> int:
    return epochs.begin(site.store, site.keyring, site.tree, "lin", lambda: site.now)


def end(site: Site, *, force: bool = False) -> int:
    return epochs.end(site.store, site.keyring, site.tree, "lin", site.now, force=force)


def found(kiosk: ListFollower, site: Site, person: int, *epoch_numbers: int) -> dict[int, bool]:
    """In which epochs a kiosk has a person's number."""
    indexes = {epoch: [index_of(stretch(number(person), site.keyring.pepper(epoch)))] for epoch in epoch_numbers}
    hits = kiosk._store.find(indexes)
    return {epoch: epoch in hits and hits[epoch].rows != ((),) for epoch in epoch_numbers}


def test_while_two_epochs_are_published_a_kiosk_holds_both_whole_and_every_change_comes_in_both(
    site: Site, tmp_path: Path
) -> None:
    first = list_for_real(site, 1)
    road = LiveRoad(site)
    with site.kiosk(tmp_path / "k1") as kiosk:
        kiosk.refresh(road, site.now)
        assert begin(site) == 2
        list_for_real(site, 2)
        with site.store.write() as conn:
            withdrawals.withdraw(conn, first, "cleared", "lin", site.now)
        kiosk.refresh(road, site.now)
        assert [one.epoch for one in kiosk.positions()] == [1, 2]
        assert found(kiosk, site, 2, 1, 2) == {1: True, 2: True}
        assert found(kiosk, site, 1, 1, 2) == {1: False, 2: False}


def test_a_change_at_any_moment_of_the_beginning_is_in_the_new_epoch(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    people = [list_for_real(site, person) for person in range(1, 5)]
    moments: Iterator[Callable[[], object]] = iter(
        [
            lambda: list_for_real(site, 11),
            lambda: withdraw(site, people[0]),
            lambda: withdraw(site, people[1]),
            lambda: list_for_real(site, 12),
        ]
    )

    def at_this_moment(module: object, name: str) -> None:
        original = getattr(module, name)

        def slowed(*args: object, **facts: object) -> object:
            monkeypatch.setattr(module, name, original)
            next(moments)()
            return original(*args, **facts)

        monkeypatch.setattr(module, name, slowed)

    at_this_moment(epochs, "_opened")  # begun, and nothing sealed yet
    at_this_moment(epochs, "seal_missing")  # before the old entries are sealed
    at_this_moment(epochs.copies, "make_copy")  # opened, and not yet copied
    at_this_moment(epochs.copies, "write_copy")  # while it is copied
    begin(site)
    assert next(moments, None) is None
    with site.kiosk(tmp_path / "k1") as kiosk:
        kiosk.refresh(LiveRoad(site), site.now)
        listed = {person for person in (1, 2, 3, 4, 11, 12) if found(kiosk, site, person, 2)[2]}
    assert listed == {3, 4, 11, 12}


def withdraw(site: Site, entry: str) -> None:
    with site.store.write() as conn:
        withdrawals.withdraw(conn, entry, "cleared", "lin", site.now)


@pytest.mark.parametrize("name", ["seal_missing", "_opened"])
def test_a_beginning_that_was_cut_short_goes_on_where_it_was(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    list_for_real(site, 1)

    def killed(*_args: object, **_facts: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as cut:
        cut.setattr(epochs, name, killed)
        with pytest.raises(KeyboardInterrupt):
            begin(site)
    assert [one.epoch for one in site.tree.feed_trust().epochs] == [1]
    list_for_real(site, 2)
    assert begin(site) == 2
    with site.kiosk(tmp_path / "k1") as kiosk:
        kiosk.refresh(LiveRoad(site), site.now)
        assert found(kiosk, site, 1, 1, 2) == found(kiosk, site, 2, 1, 2) == {1: True, 2: True}


def test_an_epoch_that_was_opened_and_not_copied_is_told_of_by_nobody_until_it_is(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    list_for_real(site, 1)

    def killed(*_args: object, **_facts: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as cut:
        cut.setattr(epochs.copies, "write_copy", killed)
        with pytest.raises(KeyboardInterrupt):
            begin(site)
    list_for_real(site, 2)
    epochs.copies.publish_trust(site.store, site.keyring, site.tree, site.now)
    assert [one.epoch for one in site.tree.feed_trust().epochs] == [1]
    assert begin(site) == 2
    with site.kiosk(tmp_path / "k1") as kiosk:
        kiosk.refresh(LiveRoad(site), site.now)
        assert found(kiosk, site, 2, 1, 2) == {1: True, 2: True}


def test_an_entry_that_was_proposed_before_is_sealed_under_both_and_approved_without_delay(site: Site) -> None:
    entry = propose(site, 1)
    begin(site)
    approve(site, entry)
    assert site.standing(1).seq == site.standing(2).seq == 1


def test_a_change_has_one_number_in_both_feeds(site: Site) -> None:
    first = list_for_real(site, 1)
    begin(site)
    assert site.standing(1).seq == site.standing(2).seq == 1
    withdraw(site, first)
    assert site.standing(1).seq == site.standing(2).seq == 2
    assert site.publisher.paths() == ["feed/1/1.json", "feed/2/1.json", "feed/1/head.json", "feed/2/head.json"]


def test_a_new_epoch_begins_where_a_kiosk_is_that_is_ahead_of_a_restored_station(site: Site, tmp_path: Path) -> None:
    """A kiosk that took in changes which the backup does not have follows the new epoch, and only that."""
    second = list_for_real(site, 2)
    road = LiveRoad(site)
    with site.kiosk(tmp_path / "k1") as kiosk:
        for person in (3, 4, 5):
            list_for_real(site, person)
        kiosk.refresh(road, site.now)
        (ahead,) = kiosk.positions()
        with site.store.write() as conn:
            conn.execute(delete(feed_changes).where(feed_changes.c.seq > 1))
        list_for_real(site, 1)
        with pytest.raises(FeedRefusedError, match="rolled-back"):
            kiosk.refresh(road, site.now)
        heard(site, "k1", list_epoch=1, next_epoch=None, list_seq=ahead.seq, list_head=ahead.head)
        begin(site)
        with pytest.raises(FeedRefusedError, match="rolled-back"):
            kiosk.refresh(road, site.now)
        withdraw(site, second)
        end(site, force=True)
        kiosk.refresh(road, site.now)
        assert kiosk.positions() == (site.standing(2),)
        assert site.standing(2).seq == ahead.seq + 1
        assert found(kiosk, site, 1, 2) == {2: True}
        assert found(kiosk, site, 2, 2) == {2: False}


def test_no_entry_is_listed_while_it_lacks_its_rows_in_an_open_epoch(site: Site) -> None:
    entry = propose(site, 1)
    with site.store.write() as conn:
        conn.execute(insert(epochs_table).values(epoch=2, state="open", began_at=site.now))
    with pytest.raises(NotSealedError):
        approve(site, entry)


def test_the_end_leaves_nothing_of_the_old_epoch_and_kiosks_that_hold_the_new_one_go_on(
    site: Site, tmp_path: Path
) -> None:
    list_for_real(site, 1)
    road = LiveRoad(site)
    with site.kiosk(tmp_path / "k1") as kiosk:
        kiosk.refresh(road, site.now)
        begin(site)
        kiosk.refresh(road, site.now)
        assert end(site) == 1
        assert found(kiosk, site, 1, 2) == {2: True}
        kiosk.refresh(road, site.now)
        assert kiosk.positions() == (site.standing(2),)
        assert found(kiosk, site, 1, 2) == {2: True}
    assert list(site.keyring.peppers) == [2]
    assert site.publisher.file("feed/1/head.json") is None
    assert not list(site.tree.folder.rglob("*.1-*.list"))
    with site.store.read() as conn:
        assert conn.execute(select(func.count()).select_from(sealed_rows).where(sealed_rows.c.epoch == 1)).scalar() == 0
        assert (
            conn.execute(select(func.count()).select_from(feed_changes).where(feed_changes.c.epoch == 1)).scalar() == 0
        )


def test_epochs_follow_one_another_for_years(site: Site, tmp_path: Path) -> None:
    list_for_real(site, 1)
    road = LiveRoad(site)
    with site.kiosk(tmp_path / "k1") as kiosk:
        for epoch in (2, 3, 4):
            assert begin(site) == epoch
            kiosk.refresh(road, site.now)
            end(site)
            kiosk.refresh(road, site.now)
            assert found(kiosk, site, 1, epoch) == {epoch: True}
            assert kiosk.positions() == (site.standing(epoch),)


def test_the_old_epoch_is_not_ended_while_a_kiosk_that_works_does_not_hold_the_new_one(site: Site) -> None:
    list_for_real(site, 1)
    begin(site)
    heard(site, "g1", list_epoch=1, next_epoch=2)
    heard(site, "g2", list_epoch=1, next_epoch=None)
    with pytest.raises(ConflictError) as refused:
        end(site)
    assert (refused.value.code, refused.value.facts["kiosks"]) == ("kiosks-behind", "g2")
    assert [one.epoch for one in site.tree.feed_trust().epochs] == [1, 2]
    heard(site, "g2", list_epoch=2, next_epoch=None)
    assert end(site) == 1


def test_a_kiosk_that_was_silent_for_a_day_holds_up_nothing_and_force_overrides_those_that_were_not(
    site: Site,
) -> None:
    list_for_real(site, 1)
    begin(site)
    heard(site, "g1", list_epoch=1, next_epoch=None)
    with pytest.raises(ConflictError):
        end(site)
    site.pass_time(hours=25)
    assert end(site) == 1
    begin(site)
    heard(site, "g1", list_epoch=2, next_epoch=None)
    assert end(site, force=True) == 2


def heard(site: Site, kiosk: str, **facts: object) -> None:
    beat = {
        "at": site.now,
        "list_seq": 0,
        "list_head": "0" * 64,
        "list_age_s": 1.0,
        "list_refused": None,
        "look_ups": 0,
        "device_key": "tpm",
        "outbox_depth": 0,
        "oldest_undelivered_s": None,
        "faults": (),
        "software": "0",
        **facts,
    }
    with site.store.write() as conn:
        row = {
            "id": kiosk,
            "lane": "A",
            "enrolled_at": site.now,
        }
        if conn.execute(select(kiosks_table.c.id).where(kiosks_table.c.id == kiosk)).first() is None:
            conn.execute(insert(kiosks_table).values(row))
        heartbeats.take_heartbeat(conn, certificates.Kiosk(kiosk, "A"), wire.Heartbeat(**beat), site.now)


def test_an_end_that_was_cut_short_is_finished_by_the_next_one(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    list_for_real(site, 1)
    begin(site)

    def killed(*_args: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as cut:
        cut.setattr(epochs, "_erase", killed)
        with pytest.raises(KeyboardInterrupt):
            end(site)
    assert end(site) == 1
    assert list(site.keyring.peppers) == [2]
    with pytest.raises(ConflictError, match="one-epoch"):
        end(site)


def test_a_third_epoch_has_to_wait_and_one_alone_cannot_end(site: Site) -> None:
    with pytest.raises(ConflictError, match="one-epoch"):
        end(site)
    begin(site)
    with pytest.raises(ConflictError, match="two-epochs"):
        begin(site)


def test_the_audit_log_names_who_began_and_ended_an_epoch(site: Site) -> None:
    begin(site)
    end(site)
    with site.store.read() as conn:
        rows = conn.execute(select(audit.c.who, audit.c.what).where(audit.c.what.like("epoch.%"))).all()
    assert [tuple(row) for row in rows] == [("lin", "epoch.begun"), ("lin", "epoch.opened"), ("lin", "epoch.ended")]
