"""`station init`, `watchlist keys`, `watchlist epoch`, `watchlist publish`: what an admin types and reads."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from list_world import LiveRoad, Site
from sqlalchemy import select
from station_world import PASSWORD, password_hash
from tuf_reader import Reader
from typer.testing import CliRunner

from sync.list_commands.__main__ import app
from sync.station import people
from sync.station.__main__ import app as station_app
from sync.station.keyring import load_private
from sync.station.rights import Role
from sync.station.tables import audit


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    """A station by this machine's clock, which is the commands' clock too."""
    site = Site(tmp_path / "station")
    site.now = datetime.now(UTC)
    site.tree.resign_if_due(site.now)
    for login, role in (("lin", Role.ADMIN), ("wu", Role.DISPATCHER)):
        with site.store.write() as conn:
            token = people.invite(conn, [role], "station", site.now)
            people.welcome(conn, token, login, password_hash(), site.now)
    (tmp_path / "password").write_text(PASSWORD + "\n")
    try:
        yield site
    finally:
        site.close()


@pytest.fixture
def run(site: Site, tmp_path: Path) -> Callable[..., tuple[int, str]]:
    """Type a command, as Lin unless another is named; return its code and everything that it says."""

    def typed(*words: str, login: str | None = "lin") -> tuple[int, str]:
        who = ["--login", login, "--password-file", str(tmp_path / "password")] if login else []
        result = CliRunner().invoke(app, [*words, "--data", str(site.folder), *who])
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        return result.exit_code, result.output

    return typed


def root_files(site: Site) -> list[str]:
    return [str(file) for file in site.keyring.root_keys_here()]


def recorded(site: Site) -> list[tuple[str, str]]:
    with site.store.read() as conn:
        rows = conn.execute(select(audit.c.who, audit.c.what).where(~audit.c.what.like("person.%"))).all()
    return [(row.who, row.what) for row in rows]


def test_init_says_in_one_paragraph_what_to_do_with_the_root_keys(tmp_path: Path) -> None:
    done = CliRunner().invoke(station_app, ["init", "--data", str(tmp_path / "new"), "--site", "west-gate"])
    assert done.exit_code == 0
    (paragraph,) = [line for line in done.stderr.splitlines() if line]
    assert str(tmp_path / "new" / "root-keys") in paragraph
    assert "Two of the three" in paragraph
    assert done.stdout.startswith("https://")


def test_show_names_every_key_by_its_id_and_says_that_root_keys_still_lie_here(
    site: Site, run: Callable[..., tuple[int, str]]
) -> None:
    code, said = run("keys", "show", login=None)
    assert code == 0
    for role in site.tree.state():
        assert f"{role.role}: version {role.version}" in said
        assert all(key[:16] in said for key in role.keys)
    assert f"feed: {site.keyring.feed_keys.signer(site.now)[0].id}" in said
    assert said.count("carry it away") == 3


def test_check_is_content_only_when_the_root_keys_are_gone_and_knows_a_root_key_from_another(
    site: Site, run: Callable[..., tuple[int, str]], tmp_path: Path
) -> None:
    site.tree.rotate_root(_keys(root_files(site)[:2]), site.now)
    code, said = run("keys", "check", login=None)
    assert (code, said.count("must be carried away")) == (1, 3)
    away = tmp_path / "safe.key"
    Path(root_files(site)[0]).rename(away)
    for file in root_files(site):
        Path(file).unlink()
    assert run("keys", "check", login=None) == (0, "nothing to do\n")
    code, said = run("keys", "check", "--root-key", str(away), login=None)
    assert (code, "a root key that counts" in said) == (0, True)
    online = next((site.folder / "tuf-keys").iterdir())
    code, said = run("keys", "check", "--root-key", str(online), login=None)
    assert (code, "no root key that counts" in said) == (1, True)


def test_a_root_that_ends_within_a_month_is_something_to_do(site: Site, run: Callable[..., tuple[int, str]]) -> None:
    # Its clock was set to May, so the first root ends within the year.
    site.tree.rotate_root(_keys(root_files(site)[:2]), site.now - timedelta(days=340))
    code, said = run("keys", "check", login=None)
    assert (code, "root ends on" in said) == (1, True)


def test_a_feed_key_is_rotated_and_the_old_one_revoked_by_a_named_admin(
    site: Site, run: Callable[..., tuple[int, str]]
) -> None:
    old = site.keyring.feed_keys.signer(site.now)[0]
    assert run("keys", "rotate-feed")[0] == 0
    assert len(site.tree.feed_trust().keys) == 2
    code, said = run("keys", "revoke-feed", old.id)
    assert (code, "counts no more" in said) == (0, True)
    assert old.public not in site.tree.feed_trust().keys
    assert recorded(site)[-2:] == [("lin", "feed-key.made"), ("lin", "feed-key.revoked")]


def test_a_key_that_is_not_there_is_told_in_one_line(run: Callable[..., tuple[int, str]]) -> None:
    code, said = run("keys", "revoke-feed", "0123456789abcdef")
    assert (code, said) == (1, "watchlist: no trusted feed key is called 0123456789abcdef\n")


@pytest.mark.parametrize(
    "words", [("keys", "rotate-feed"), ("keys", "revoke-feed", "x"), ("epoch", "begin"), ("epoch", "end")]
)
def test_who_may_not_keep_keys_changes_none(
    site: Site, run: Callable[..., tuple[int, str]], words: tuple[str, ...]
) -> None:
    before = (site.tree.folder / "metadata" / "timestamp.json").read_bytes()
    assert run(*words, login="wu")[0] == 1
    assert run(*words, login="nobody")[0] == 1
    assert (site.tree.folder / "metadata" / "timestamp.json").read_bytes() == before


def test_online_keys_are_rotated_with_two_root_keys_and_not_with_one(
    site: Site, run: Callable[..., tuple[int, str]], tmp_path: Path
) -> None:
    kiosk = Reader(site.tree.folder, tmp_path / "reader", site.tree.newest_root())
    one, two, _ = root_files(site)
    code, said = run("keys", "rotate-online", "--root-key", one)
    assert (code, len(said.splitlines())) == (1, 1)
    before = {role.role: role.keys for role in site.tree.state()}
    assert run("keys", "rotate-online", "--root-key", one, "--root-key", two, "--role", "timestamp")[0] == 0
    after = {role.role: role.keys for role in site.tree.state()}
    assert [role for role in before if before[role] != after[role]] == ["timestamp"]
    assert kiosk.refresh(datetime.now(UTC))


def test_a_lost_root_key_is_replaced_and_the_new_one_waits_in_a_folder_to_be_carried_away(
    site: Site, run: Callable[..., tuple[int, str]], tmp_path: Path
) -> None:
    kiosk = Reader(site.tree.folder, tmp_path / "reader", site.tree.newest_root())
    one, two, _ = root_files(site)
    lost = site.tree.state()[0].keys[2]
    keys = ("--root-key", one, "--root-key", two)
    replaced = ("--replace", lost[:16], "--new-keys", str(tmp_path / "new"))
    code, _ = run("keys", "rotate-root", "--root-key", one, *replaced)
    assert code == 1
    assert list((tmp_path / "new").iterdir()) == []
    code, said = run("keys", "rotate-root", *keys, *replaced)
    assert code == 0, said
    (new,) = (tmp_path / "new").iterdir()
    assert f"carry away {new}" in said
    assert lost not in site.tree.state()[0].keys
    assert kiosk.refresh(datetime.now(UTC))
    assert run("keys", "rotate-root", "--root-key", one, "--root-key", str(new))[0] == 0


def test_an_epoch_is_begun_looked_at_and_ended(site: Site, run: Callable[..., tuple[int, str]], tmp_path: Path) -> None:
    code, said = run("epoch", "end")
    assert (code, len(said.splitlines())) == (1, 1)
    assert run("epoch", "begin")[0] == 0
    code, said = run("epoch", "status", login=None)
    assert code == 0
    assert "epoch 1: open" in said
    assert "epoch 2: open" in said
    assert said.count("do not hold it: none") == 2
    code, said = run("epoch", "end")
    assert (code, said) == (0, "epoch 1 has ended, and nothing is left of it here\n")
    with site.kiosk(tmp_path / "k1") as kiosk:
        kiosk.refresh(LiveRoad(site), site.now)
        assert [one.epoch for one in kiosk.positions()] == [2]


@pytest.mark.parametrize("command", ["publish", "export"])
def test_the_tree_is_written_by_a_command_and_verified_by_another(
    site: Site, run: Callable[..., tuple[int, str]], tmp_path: Path, command: str
) -> None:
    site.list_people(3)
    code, _ = run(command, str(tmp_path / "out"), login=None)
    assert code == 0
    verify = ["verify", str(tmp_path / "out"), "--root", str(site.tree.folder / "metadata" / "1.root.json")]
    verify += ["--site", "west-gate", "--group", "gates", "--group-key", str(site.folder / "group.key")]
    done = CliRunner().invoke(app, verify)
    assert (done.exit_code, "epoch 1: 3 changes" in done.output) == (0, True), done.output


def test_a_folder_that_cannot_be_written_is_told_in_one_line(
    run: Callable[..., tuple[int, str]], tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("no folder")
    code, said = run("publish", str(tmp_path / "file" / "web"), login=None)
    assert (code, len(said.splitlines())) == (1, 1)


def _keys(files: list[str]) -> list[Ed25519PrivateKey]:
    return [load_private(Path(file)) for file in files]
