"""The ``station`` command, as an installer uses it. Processes start slowly: most of it is typed within this one."""

import re
import shutil
import ssl
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from click.testing import Result
from station_world import CONSOLE, PASSWORD, PATIENCE_S, World, come_in, csr_of_new_key, proposal, running
from typer.testing import CliRunner

from kiosk.sqlite import open_sqlite
from sync import wire
from sync.station import store
from sync.station.__main__ import app
from sync.station.serve import GRACE_S
from sync.station.tables import metadata


def station(command: str, folder: Path, *arguments: str) -> Result:
    return CliRunner().invoke(app, [command, "--data", str(folder), *arguments])


@contextmanager
def serving(folder: Path, log: Path) -> Iterator[str]:
    """A station in its own process; gives the address from its ready line, and leaves its log in ``log``."""
    command = [sys.executable, "-m", "sync.station", "run", "--data", str(folder), "--port", "0"]
    with (
        log.open("w") as errors,
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=errors, text=True) as process,
    ):
        try:
            assert process.stdout is not None
            ready = process.stdout.readline()
            assert ready.startswith("station ready https://127.0.0.1:")
            yield ready.split()[-1]
        finally:
            process.terminate()
            assert process.wait(20) in (0, -15)


@dataclass(frozen=True)
class Init:
    """What ``station init``, as a process of its own, has made and said."""

    folder: Path
    stdout: str


@pytest.fixture(scope="module")
def init(tmp_path_factory: pytest.TempPathFactory) -> Init:
    folder = tmp_path_factory.mktemp("init") / "data"
    argv = ["-m", "sync.station", "init", "--data", str(folder), "--site", "shikumen", "--port", "8443"]
    done = subprocess.run([sys.executable, *argv], capture_output=True, text=True, timeout=60, check=True)
    return Init(folder, done.stdout)


@pytest.fixture
def folder(init: Init, tmp_path: Path) -> Path:
    """A station's folder as ``station init`` has made it, for this test alone."""
    return shutil.copytree(init.folder, tmp_path / "data")


def test_init_prints_one_link_for_the_first_admin_and_keeps_its_files_to_itself(init: Init) -> None:
    folder = init.folder
    assert re.fullmatch(r"https://127\.0\.0\.1:8443/welcome/[\w-]{43}\n", init.stdout)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    inside = list(folder.rglob("*"))
    assert {stat.S_IMODE(file.stat().st_mode) for file in inside if file.is_file()} == {0o600}
    assert {stat.S_IMODE(file.stat().st_mode) for file in inside if file.is_dir()} == {0o700}


def test_init_does_not_touch_a_station_that_is_there(folder: Path) -> None:
    before = {file.name: file.read_bytes() for file in folder.glob("*.key")}
    again = station("init", folder, "--site", "shikumen")
    assert (again.exit_code, again.stdout) == (1, "")
    assert len(again.stderr.splitlines()) == 1
    assert {file.name: file.read_bytes() for file in folder.glob("*.key")} == before


def test_run_without_init_says_in_one_line_what_to_do(tmp_path: Path) -> None:
    done = station("run", tmp_path / "data")
    assert done.exit_code == 1
    assert done.stderr.splitlines() == [f"station: {tmp_path}/data/site.json is missing: run `station init` first"]


def test_from_init_to_an_enrolled_kiosk_with_nothing_personal_in_the_log(
    init: Init, folder: Path, tmp_path: Path
) -> None:
    link = init.stdout.strip()
    enrol_token = station("enrol-token", folder, "--kiosk", "g1", "--lane", "A").stdout.strip()
    log = tmp_path / "station.log"
    context = ssl.create_default_context(cafile=folder / "ca.pem")
    with (
        serving(folder, log) as url,
        httpx.Client(base_url=url, verify=context, trust_env=False, headers=CONSOLE, timeout=PATIENCE_S) as desk,
    ):
        road = link.replace("/welcome/", "/api/welcome/").partition("8443")[2]
        assert come_in(desk, road, "lin").status_code == 200
        wish = wire.EnrolRequest(token=enrol_token, csr_pem=csr_of_new_key()[1])
        assert desk.post("/v1/enrol", content=wire.encode(wish)).status_code == 200
        assert desk.post("/api/list", json=proposal()).status_code == 201
        assert desk.get("/list?number=11010519491231002X").status_code == 200
    told = log.read_text()
    assert "station.started" in told
    for secret in ("11010519491231002X", "测试甲", "lin", PASSWORD, enrol_token, "/list?"):
        assert secret not in told


def test_the_station_speaks_no_tls_older_than_1_3(world: World) -> None:
    context = ssl.create_default_context(cafile=world.folder / "ca.pem")
    with httpx.Client(base_url=world.url, verify=context, trust_env=False, timeout=PATIENCE_S) as new:
        assert new.get("/login").status_code == 200
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    with httpx.Client(base_url=world.url, verify=context, trust_env=False) as old, pytest.raises(httpx.ConnectError):
        old.get("/login")


def test_a_station_that_is_told_to_stop_waits_for_no_browser_that_sleeps(tmp_path: Path) -> None:
    with ExitStack() as open_ones:
        with running(tmp_path / "station") as world:
            asleep = open_ones.enter_context(world.browser())
            assert asleep.get("/login").status_code == 200
            told_s = time.monotonic()
        assert time.monotonic() - told_s < GRACE_S


# SQLAlchemy and alembic cannot read an index by expression on SQLite; the test looks for those by name.
@pytest.mark.filterwarnings("ignore:Skipped unsupported reflection of expression-based index")
@pytest.mark.filterwarnings("ignore:autogenerate skipping metadata-specified expression-based index")
def test_the_migrations_make_exactly_the_tables_of_the_store(tmp_path: Path) -> None:
    engine = open_sqlite(tmp_path / "fresh.db")
    store.migrate(engine)
    with engine.connect() as conn:
        difference = compare_metadata(MigrationContext.configure(conn), metadata)
        made = set(conn.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'index'").scalars())
    engine.dispose()
    assert difference == []
    assert {
        index.name for table in metadata.tables.values() for index in table.indexes
    } <= made  # those by expression too


def test_a_station_whose_admins_have_lost_their_keys_is_opened_again_from_its_own_machine(folder: Path) -> None:
    assert re.fullmatch(r"/welcome/[\w-]{43}\n", station("invite", folder).stdout)
    nobody = station("invite", folder, "--login", "lin")
    assert (nobody.exit_code, nobody.stderr) == (1, "station: nobody has this login\n")
