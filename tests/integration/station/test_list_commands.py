"""``watchlist`` at the station, as its admins and approvers type it."""

import csv
import io
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest
from click.testing import Result
from sqlalchemy import select
from station_world import PASSWORD, SITE, STANDARD_NUMBER, World, password_hash, proposal
from typer.testing import CliRunner

from kiosk.domain.numbers import check_character
from sync.list_commands.__main__ import app
from sync.station import people
from sync.station.rights import Role
from sync.station.site_time import site_day
from sync.station.store import DATABASE, open_store
from sync.station.tables import audit, feed_changes
from tests.blank_station import lay_out_station

UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
TODAY = site_day(datetime.now(UTC))
LAST_DAY = (TODAY + timedelta(days=100)).isoformat()


def number(person: int) -> str:
    first_17 = f"00000019800101{person:03d}"
    return first_17 + check_character(first_17)


@dataclass
class Keepers:
    """A station's folder with lin (admin), zhou (approver) and wang (dispatcher), and a shell for each."""

    folder: Path
    password: Path

    def __call__(self, login: str, *arguments: str, typed: str = "") -> Result:
        """Type a command; ``typed`` is what its questions are answered."""
        who = ("--data", str(self.folder), "--login", login, "--password-file", str(self.password))
        return CliRunner().invoke(app, [arguments[0], *who, *arguments[1:]], input=typed)

    def done(self, login: str, *arguments: str, typed: str = "") -> str:
        result = self(login, *arguments, typed=typed)
        assert result.exit_code == 0, result.output
        return result.stdout

    def id_of(self, login: str, *arguments: str, typed: str = "") -> str:
        found = UUID.search(self.done(login, *arguments, typed=typed))
        assert found is not None
        return found.group()

    def refused(self, login: str, *arguments: str, typed: str = "") -> str:
        """The one line that a refused command says."""
        result = self(login, *arguments, typed=typed)
        assert result.exit_code == 1, result.output
        _asked, told, line = result.stderr.partition("watchlist: ")
        assert line.count("\n") == 1
        return told + line.rstrip("\n")

    def proposed(self, person: int = 1, login: str = "lin") -> str:
        facts = ("--name", f"测试{person}", "--unit", "u", "--contact", "c", "--case", f"C-{person}")
        what = ("--basis", "wanted-notice", "--until", LAST_DAY)
        return self.id_of(login, "add", *facts, *what, typed=f"{number(person)}\n")

    def listed(self, person: int = 1) -> str:
        entry = self.proposed(person)
        self.done("zhou", "approve", entry)
        return entry

    def feed(self) -> list[str]:
        store = open_store(self.folder / DATABASE)
        with store.read() as conn:
            found = [msgspec.json.decode(row)["op"] for row in conn.execute(select(feed_changes.c.change)).scalars()]
        store.close()
        return found

    def audited(self) -> str:
        store = open_store(self.folder / DATABASE)
        with store.read() as conn:
            found = str(conn.execute(select(audit)).all())
        store.close()
        return found


@pytest.fixture
def keepers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Keepers:
    monkeypatch.setattr("watchlist.seal.ARGON2_MEMORY_KIB", 8)
    folder = lay_out_station(tmp_path / "station", SITE)
    store = open_store(folder / DATABASE)
    with store.write() as conn:
        for login, role in (("lin", Role.ADMIN), ("zhou", Role.APPROVER), ("wang", Role.DISPATCHER)):
            token = people.invite(conn, [role], "station", datetime.now(UTC))
            people.welcome(conn, token, login, password_hash(), datetime.now(UTC))
    store.close()
    (tmp_path / "password").write_text(PASSWORD + "\n")
    return Keepers(folder, tmp_path / "password")


def test_an_entry_from_its_proposal_to_its_review(keepers: Keepers) -> None:
    entry = keepers.proposed()
    assert keepers.feed() == []
    assert "change 1" in keepers.done("zhou", "approve", entry)
    assert "change 2" in keepers.done("lin", "withdraw", entry, "--why", "case closed")
    assert "withdrawn, not reviewed" in keepers.done("zhou", "waiting")
    keepers.done("zhou", "review", entry)
    assert keepers.done("zhou", "waiting") == ""
    told = [line.split()[3] for line in keepers.done("lin", "history", entry).splitlines()]
    assert told == ["entry.proposed", "entry.approved", "entry.withdrawn", "entry.reviewed"]


def test_a_wrong_password_an_unknown_login_and_a_missing_right_are_one_line_each(
    keepers: Keepers, tmp_path: Path
) -> None:
    entry = keepers.proposed()
    wrong = Keepers(keepers.folder, tmp_path / "wrong")
    wrong.password.write_text("something else entirely")
    same = "watchlist: Login, password or code is wrong."
    assert [wrong.refused("zhou", "approve", entry), keepers.refused("nobody", "list")] == [same, same]
    assert keepers.refused("x'); --", "list") == same
    assert keepers.refused("lin", "approve", entry) == "watchlist: You do not have this right."
    assert keepers.refused("wang", "list") == "watchlist: You do not have this right."
    assert keepers.feed() == []


def test_the_password_is_asked_for_where_no_file_is_named(keepers: Keepers) -> None:
    who = ["list", "--data", str(keepers.folder), "--login", "lin"]
    assert CliRunner().invoke(app, who, input=f"{PASSWORD}\n").exit_code == 0
    refused = CliRunner().invoke(app, who, input="wrong\n")
    assert (refused.exit_code, PASSWORD in refused.output) == (1, False)


def test_a_folder_that_is_no_station_s_and_a_file_that_is_not_there_are_one_line(
    keepers: Keepers, tmp_path: Path
) -> None:
    assert "station init" in Keepers(tmp_path / "elsewhere", keepers.password).refused("lin", "list")
    missing = keepers.refused("lin", "import-entries", str(tmp_path / "nobody.csv"))
    assert missing == f"watchlist: {tmp_path / 'nobody.csv'}: No such file or directory; nothing was done"
    assert "nothing was done" in Keepers(keepers.folder, tmp_path / "no-password").refused("lin", "list")


def test_what_is_typed_wrongly_is_a_usage_error(keepers: Keepers) -> None:
    assert keepers("lin", "renew", "x", "--until", "tomorrow").exit_code == 2
    assert keepers("lin", "clear", "--why", "x").exit_code == 2
    assert keepers("lin", "clear", "x", "--number", "--why", "x").exit_code == 2


def test_no_answer_of_a_refusal_repeats_a_number(keepers: Keepers) -> None:
    facts = ("--name", "n", "--unit", "u", "--contact", "c", "--case", "C", "--basis", "court-order")
    for typed in (f"{STANDARD_NUMBER[:-1]}3\n", "1105\n", "\n"):
        result = keepers("lin", "add", *facts, "--until", LAST_DAY, typed=typed)
        assert result.exit_code == 1
        # The terminal echoes what is typed; the answers do not.
        assert STANDARD_NUMBER[:17] not in result.stderr.replace(typed.strip() or "x", "")


def test_a_person_is_cleared_by_number_and_the_clearance_lifted_by_two(keepers: Keepers) -> None:
    entry = keepers.listed(1)
    cleared = keepers.done("lin", "clear", "--number", "--why", "mistaken identity", typed=f"{number(1)}\n")
    assert "1 entries withdrawn" in cleared
    facts = ("--name", "n", "--unit", "u", "--contact", "c", "--case", "C", "--basis", "court-order")
    line = keepers.refused("lin", "add", *facts, "--until", LAST_DAY, typed=f"{number(1)}\n")
    assert "was cleared by lin" in line
    request = keepers.id_of("lin", "lift-clearance", "--number", "--why", "new warrant", typed=f"{number(1)}\n")
    assert keepers.refused("zhou", "grant", request) == "watchlist: Give a reason."
    assert "lifted" in keepers.done("zhou", "grant", request, "--why", "seen it")
    assert entry not in keepers.done("lin", "list")
    keepers.proposed(1)


def test_a_renewal_is_asked_granted_and_declined(keepers: Keepers) -> None:
    entry = keepers.listed()
    until = (TODAY + timedelta(days=200)).isoformat()
    request = keepers.id_of("zhou", "renew", entry, "--until", until)
    assert "Somebody other" in keepers.refused("zhou", "grant", request)
    keepers.done("zhou", "decline", request)
    request = keepers.id_of("lin", "renew", entry, "--until", until)
    assert request in keepers.done("lin", "waiting")
    keepers.done("zhou", "grant", request)
    assert keepers.feed() == ["add", "add"]
    assert until in keepers.done("lin", "show", entry)
    assert f"~ {entry}" not in keepers.done("lin", "diff", TODAY.isoformat(), TODAY.isoformat())
    yesterday = (TODAY - timedelta(days=1)).isoformat()
    assert keepers.done("lin", "diff", yesterday, TODAY.isoformat()) == f"+ {entry}  until {until}  C-1\n"


def test_looking_somebody_up_shows_masked_numbers_and_is_recorded(keepers: Keepers) -> None:
    entry = keepers.listed()
    shown = keepers.done("zhou", "search", typed=f"{number(1)}\n").partition("\n")[2]  # after the echo
    assert entry in shown
    assert keepers.done("zhou", "search", "--case", "C-1") == shown
    for view in (shown, keepers.done("zhou", "list"), keepers.done("zhou", "show", entry)):
        assert number(1) not in view
    assert number(1) in keepers.done("zhou", "show", entry, "--numbers-in-full")
    assert keepers.refused("zhou", "search", "--case", "C-9") == "watchlist: Nobody is found."
    told = keepers.audited()
    assert "list.searched" in told
    assert number(1)[6:14] not in told


def test_the_list_as_csv_holds_no_formula_and_whole_numbers_only_if_asked_for(keepers: Keepers) -> None:
    facts = ("--name", "=1+1", "--unit", "u", "--contact", "c", "--case", "@C", "--basis", "court-order")
    keepers.done("lin", "add", *facts, "--until", LAST_DAY, typed=f"{number(1)}\n")
    (line,) = csv.DictReader(io.StringIO(keepers.done("lin", "list", "--csv")))
    assert (line["name"], line["case_number"]) == ("'=1+1", "'@C")
    assert number(1) not in str(line)
    assert "list.numbers-shown" not in keepers.audited()
    assert number(1) in keepers.done("lin", "list", "--csv", "--numbers-in-full")
    assert "list.numbers-shown" in keepers.audited()


def people_file(tmp_path: Path, *people_in_it: int, encoding: str = "utf-8", **facts: str) -> Path:
    columns = ("numbers", "name", "unit", "contact", "case_number", "legal_basis", "expires_on")
    lines = [",".join(columns)]
    for person in people_in_it:
        row = (number(person), f"测试{person}", "u", "c", f"C-{person}", "wanted-notice", LAST_DAY)
        lines.append(",".join({**dict(zip(columns, row, strict=True)), **facts}.values()))
    file = tmp_path / "people.csv"
    file.write_bytes("\r\n".join([*lines, ""]).encode(encoding))
    return file


def test_an_import_is_tried_proposed_approved_and_taken_back(keepers: Keepers, tmp_path: Path) -> None:
    file = str(people_file(tmp_path, 1, 2, encoding="gb18030"))
    tried = keepers.done("lin", "import-entries", file)
    assert tried.splitlines()[0] == "read as csv, gb18030"
    assert "C-1  测试1" in tried
    assert "2 to add, 0 to withdraw, 0 left as they are, 0 refused; nothing was changed" in tried
    assert number(1) not in tried
    assert keepers.done("lin", "list") == ""
    import_id = keepers.id_of("lin", "import-entries", file, "--commit")
    assert import_id in keepers.done("zhou", "waiting")
    assert "waits already" in keepers.done("lin", "import-entries", file, "--commit")
    assert "2 listed, 0 withdrawn: change 2" in keepers.done("zhou", "approve-import", import_id)
    assert keepers.refused("lin", "take-back", import_id, "--why", " ") == "watchlist: Give a reason."
    assert "2 entries withdrawn" in keepers.done("lin", "take-back", import_id, "--why", "wrong file")
    assert "2 withdrawals reviewed" in keepers.done("zhou", "review-import", import_id)
    assert keepers.feed() == ["add", "add", "withdraw", "withdraw"]


def test_a_file_with_a_refused_row_says_which_and_why_and_is_refused_whole(keepers: Keepers, tmp_path: Path) -> None:
    file = people_file(tmp_path, 1, 2, 1)
    for commit in ((), ("--commit",)):
        result = keepers("lin", "import-entries", str(file), "--only-refused", *commit)
        assert result.exit_code == 1
        rows = [line for line in result.stdout.splitlines() if "refused" in line and "to add" not in line]
        assert len(rows) == 1
        assert rows[0].split()[:2] == ["4", "refused"]
        assert "The number stands on line 2 of the file already." in rows[0]
        assert result.stderr == "watchlist: Rows refused: 1. So nothing was imported.\n"
    assert keepers.done("lin", "list") == ""


def test_a_utf_16_file_is_refused_in_one_line(keepers: Keepers, tmp_path: Path) -> None:
    file = people_file(tmp_path, 1, encoding="utf-16")
    assert "UTF-16" in keepers.refused("lin", "import-entries", str(file))


def test_a_database_that_is_busy_or_full_is_one_line_without_its_values(
    keepers: Keepers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kiosk.sqlite.BUSY_TIMEOUT_S", 0.1)
    entry = keepers.listed()
    store = open_store(keepers.folder / DATABASE)
    with store.write():
        line = keepers.refused("lin", "withdraw", entry, "--why", "mistaken identity")
    store.close()
    assert line == "watchlist: the station's database: database is locked; nothing was done"
    keepers.done("lin", "withdraw", entry, "--why", "x")


def test_a_change_by_command_is_on_the_running_server_at_once(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "password").write_text(PASSWORD)
    keepers = Keepers(world.folder, tmp_path / "password")
    with world.person("lin", Role.ADMIN) as lin, world.person("zhou", Role.APPROVER):
        entry = lin.post("/api/list", json=proposal()).json()["entry"]
        rung: list[Path] = []
        monkeypatch.setattr("sync.list_commands.who.ring", rung.append)
        keepers.done("zhou", "approve", entry)
        assert rung == [world.folder]
        assert [one["state"] for one in lin.get("/api/list").json()["entries"]] == ["listed"]
