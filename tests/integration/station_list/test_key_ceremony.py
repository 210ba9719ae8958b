"""Keys that change: what goes on working for kiosks that read, and what a ceremony with too few keys cannot do."""

import json
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from list_world import LiveRoad, Site
from tuf.api.exceptions import UnsignedMetadataError
from tuf_reader import Reader

from kiosk.ports import FeedRefusedError
from sync.station import copies
from sync.station.feed_keys import LEAD, MOST_TRUSTED
from sync.station.key_errors import CeremonyError, FeedKeyError
from sync.station.keyring import KeyringError, create_keyring, load_keyring, load_private
from sync.station.station import Station
from sync.station.trust import key_id


def roots(site: Site) -> list[Ed25519PrivateKey]:
    return [load_private(file) for file in site.keyring.root_keys_here()]


def reader(site: Site, tmp_path: Path) -> Reader:
    return Reader(site.tree.folder, tmp_path / "reader", site.tree.newest_root())


def test_two_root_keys_renew_the_root_and_a_reader_goes_from_root_to_root(site: Site, tmp_path: Path) -> None:
    kiosk = reader(site, tmp_path)
    one, _, three = roots(site)
    site.pass_time(days=300)
    site.tree.resign_if_due(site.now)
    assert site.tree.rotate_root([one, three], site.now) == 2
    assert site.tree.rotate_root([one, three], site.now) == 3
    site.pass_time(days=360)
    site.tree.resign_if_due(site.now)
    assert kiosk.refresh(site.now)


def test_one_root_key_twice_or_a_key_of_nobody_s_renews_nothing(site: Site) -> None:
    one, two, _ = roots(site)
    for keys in ([one], [one, one], [one, Ed25519PrivateKey.generate()], []):
        with pytest.raises(CeremonyError):
            site.tree.rotate_root(keys, site.now)
    assert site.tree.state()[0].version == 1
    assert site.tree.rotate_root([one, two], site.now) == 2


def test_a_lost_root_key_is_replaced_by_the_two_others_and_counts_no_more(site: Site, tmp_path: Path) -> None:
    kiosk = reader(site, tmp_path)
    one, two, lost = roots(site)
    new = Ed25519PrivateKey.generate()
    site.tree.rotate_root([one, two], site.now, replace=[key_id(lost)[:16]], new=[new])
    assert kiosk.refresh(site.now)
    with pytest.raises(CeremonyError):
        site.tree.rotate_root([one, lost], site.now)
    site.tree.rotate_root([one, new], site.now)
    assert kiosk.refresh(site.now)


def test_all_three_root_keys_can_be_replaced_at_once(site: Site, tmp_path: Path) -> None:
    kiosk = reader(site, tmp_path)
    old = roots(site)
    new = [Ed25519PrivateKey.generate() for _ in range(3)]
    site.tree.rotate_root(old[:2], site.now, replace=[key_id(key) for key in old], new=new)
    site.tree.rotate_root(new[1:], site.now)
    assert kiosk.refresh(site.now)


def test_as_many_root_keys_come_as_go(site: Site) -> None:
    one, two, three = roots(site)
    with pytest.raises(CeremonyError):
        site.tree.rotate_root([one, two], site.now, replace=[key_id(three)])
    with pytest.raises(CeremonyError):
        site.tree.rotate_root([one, two], site.now, new=[Ed25519PrivateKey.generate()])


def test_new_online_keys_sign_at_once_and_the_old_ones_are_gone_and_refused(site: Site, tmp_path: Path) -> None:
    kiosk = reader(site, tmp_path)
    kiosk.refresh(site.now)
    old = (site.tree.folder / "metadata" / "timestamp.json").read_bytes()
    site.tree.rotate_online(roots(site)[:2], site.now, ("targets", "snapshot", "timestamp"))
    assert kiosk.refresh(site.now)
    assert len(list((site.folder / "tuf-keys").iterdir())) == 3
    copies.publish_trust(site.store, site.keyring, site.tree, site.now)
    assert kiosk.refresh(site.now)
    (site.tree.folder / "metadata" / "timestamp.json").write_bytes(old)
    with pytest.raises(UnsignedMetadataError):
        kiosk.refresh(site.now)


def test_a_rotation_of_online_keys_with_too_few_root_keys_leaves_the_old_ones_at_work(
    site: Site, tmp_path: Path
) -> None:
    kiosk = reader(site, tmp_path)
    with pytest.raises(CeremonyError):
        site.tree.rotate_online(roots(site)[:1], site.now, ("timestamp",))
    copies.publish_trust(site.store, site.keyring, site.tree, site.now)
    assert kiosk.refresh(site.now)
    assert len(list((site.folder / "tuf-keys").iterdir())) == 3


def test_a_rotation_of_online_keys_that_was_cut_short_is_finished_by_the_next_look(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kiosk = reader(site, tmp_path)

    def killed(*_args: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as cut:
        cut.setattr(site.tree, "_write_targets", killed)
        cut.setattr(site.tree, "_erase_old_keys", lambda: None)
        with pytest.raises(KeyboardInterrupt):
            site.tree.rotate_online(roots(site)[:2], site.now, ("targets", "snapshot", "timestamp"))
    with pytest.raises(UnsignedMetadataError):
        kiosk.refresh(site.now)
    assert site.tree.resign_if_due(site.now) == ("targets", "snapshot", "timestamp")
    assert kiosk.refresh(site.now)


def test_a_new_feed_key_is_trusted_before_it_signs_so_no_kiosk_refuses_anything(site: Site, tmp_path: Path) -> None:
    old, _ = site.keyring.feed_keys.signer(site.now)
    with site.kiosk(tmp_path / "k1") as kiosk:
        kiosk.refresh(LiveRoad(site), site.now)
        new = site.keyring.feed_keys.rotate(site.now)
        copies.publish_trust(site.store, site.keyring, site.tree, site.now)
        # A kiosk that has not heard of it yet: what is pushed to it is still signed by the old one.
        site.list_people(1)
        head = site.publisher.head(1)
        assert head is not None
        kiosk.apply(head, site.now)
        kiosk.refresh(LiveRoad(site), site.now)
        site.pass_time(seconds=LEAD.total_seconds() + 1)
        assert site.keyring.feed_keys.signer(site.now)[0] == new
        site.list_people(1)
        head = site.publisher.head(1)
        assert head is not None
        assert kiosk.apply(head, site.now) == site.standing()
    assert {key.id for key in site.keyring.feed_keys.trusted()} == {old.id, new.id}


def test_a_revoked_feed_key_is_erased_and_what_it_signed_is_refused_from_the_next_refresh_on(
    site: Site, tmp_path: Path
) -> None:
    key, _ = site.keyring.feed_keys.signer(site.now)
    site.list_people(1)
    by_the_old_key = site.publisher.head(1)
    assert by_the_old_key is not None
    with site.kiosk(tmp_path / "k1") as kiosk:
        kiosk.refresh(LiveRoad(site), site.now)
        site.keyring.feed_keys.revoke(key.id, site.now)
        copies.publish_trust(site.store, site.keyring, site.tree, site.now)
        site.list_people(1)
        kiosk.refresh(LiveRoad(site), site.now)
        assert kiosk.positions() == (site.standing(),)
        with pytest.raises(FeedRefusedError, match="bad-signature"):
            kiosk.apply(by_the_old_key, site.now)
    assert not (site.folder / "feed-keys" / f"{key.id}.key").exists()


def test_where_the_signer_is_revoked_before_its_successor_s_time_that_one_signs_now(site: Site) -> None:
    old, _ = site.keyring.feed_keys.signer(site.now)
    new = site.keyring.feed_keys.rotate(site.now)
    assert site.keyring.feed_keys.signer(site.now)[0] == old
    assert site.keyring.feed_keys.revoke(old.id, site.now).id == new.id
    assert site.keyring.feed_keys.signer(site.now)[0].id == new.id


def test_a_key_that_another_process_made_signs_here_too(site: Site) -> None:
    beside = load_keyring(site.folder, now=site.now)
    new = beside.feed_keys.rotate(site.now - timedelta(hours=1))
    assert site.keyring.feed_keys.signer(site.now)[0] == new


def test_no_more_feed_keys_are_trusted_than_can_be_named(site: Site) -> None:
    for _ in range(MOST_TRUSTED - 1):
        site.keyring.feed_keys.rotate(site.now)
    with pytest.raises(FeedKeyError):
        site.keyring.feed_keys.rotate(site.now)
    copies.publish_trust(site.store, site.keyring, site.tree, site.now)


def test_a_key_that_is_not_there_cannot_be_revoked(site: Site) -> None:
    with pytest.raises(FeedKeyError):
        site.keyring.feed_keys.revoke("0123456789abcdef", site.now)


def test_a_station_without_its_root_keys_works_on_and_publishes(site: Site, tmp_path: Path) -> None:
    kiosk = reader(site, tmp_path)
    for file in site.keyring.root_keys_here():
        file.unlink()
    again = Station(site.folder, now=lambda: site.now)
    try:
        copies.publish_trust(again.store, again.keyring, again.tree, site.now)
    finally:
        again.store.close()
    assert again.keyring.root_keys_here() == ()
    assert kiosk.refresh(site.now)


def test_a_station_that_lost_what_it_published_and_has_no_root_keys_does_not_begin_a_second_trust(site: Site) -> None:
    for file in site.keyring.root_keys_here():
        file.unlink()
    for file in (site.tree.folder / "metadata").iterdir():
        file.unlink()
    with pytest.raises(KeyringError):
        Station(site.folder, now=lambda: site.now)


def test_a_keyring_of_the_first_form_is_brought_up_to_date_with_its_pepper_and_its_feed_key(tmp_path: Path) -> None:
    folder = tmp_path / "station"
    site = Site(folder)
    pepper, key = (folder / "peppers" / "1").read_bytes(), site.keyring.feed_keys.signer(site.now)[0]
    site.close()
    (folder / "pepper").write_bytes(pepper)
    (folder / "feed-keys" / f"{key.id}.key").rename(folder / "feed.key")
    for name in ("feed-keys", "peppers", "tuf-keys", "root-keys", "published"):
        for file in sorted((folder / name).rglob("*"), reverse=True):
            file.unlink() if file.is_file() else file.rmdir()
        (folder / name).rmdir()
    (folder / "group.key").unlink()
    description = json.loads((folder / "site.json").read_bytes())
    del description["group"]
    (folder / "site.json").write_text(json.dumps({**description, "epoch": 1}))
    upgraded = Site(folder)
    try:
        assert upgraded.keyring.pepper(1).salt == pepper
        assert upgraded.keyring.feed_keys.signer(upgraded.now)[0].public == key.public
        assert (upgraded.keyring.group, len(upgraded.keyring.group_key)) == ("gates", 32)
        assert not (folder / "pepper").exists()
        assert not (folder / "feed.key").exists()
        with upgraded.kiosk(tmp_path / "k1") as kiosk:
            kiosk.refresh(LiveRoad(upgraded), upgraded.now)
    finally:
        upgraded.close()


def test_secrets_are_for_their_owner_alone_and_are_not_printed(site: Site) -> None:
    for folder in ("feed-keys", "peppers", "tuf-keys", "root-keys"):
        for file in (site.folder / folder).iterdir():
            assert file.stat().st_mode & 0o077 == 0, file
    assert (site.folder / "group.key").stat().st_mode & 0o077 == 0
    shown = repr(site.keyring)
    for secret in (site.keyring.group_key, site.keyring.pepper(1).salt):
        assert repr(secret) not in shown
        assert secret.hex() not in shown


def test_a_keyring_is_never_overwritten(site: Site) -> None:
    with pytest.raises(KeyringError):
        create_keyring(site.folder, site="other", hosts=("127.0.0.1",), now=site.now)
