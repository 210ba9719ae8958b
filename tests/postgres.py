"""PostgreSQL clusters for the tests: made in a second, on loopback and a socket of their own, gone at the end."""

import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final
from uuid import uuid4

import psycopg

from sync.station.postgres import parse_url
from sync.station.store import open_store

BIN: Final = sorted(Path("/usr/lib/postgresql").glob("*/bin"))[-1]
_IS_ROOT: Final = os.geteuid() == 0
_ITS_USER: Final = ("--reuid", "postgres", "--regid", "postgres", "--clear-groups") if _IS_ROOT else ()
_AS_POSTGRES: Final = ("setpriv", *_ITS_USER)
"""initdb and postgres refuse root."""
_ENDS_WITH_US: Final = ("--pdeathsig", "QUIT")
"""An immediate shutdown, when the thread that has started it ends."""


def _run(*command: str | Path) -> None:
    done = subprocess.run([*_AS_POSTGRES, *command], capture_output=True, text=True, cwd="/")
    assert done.returncode == 0, f"{command}: {done.stdout} {done.stderr}"


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port


class Cluster:
    """One PostgreSQL server."""

    def __init__(self, folder: Path, *options: str) -> None:
        self.folder = folder
        self.port = _free_port()
        self._options = options
        self._with_tables: str | None = None
        self._process: subprocess.Popen[bytes] | None = None

    @classmethod
    def made(cls, folder: Path, *options: str) -> "Cluster":
        """A new and empty one, started."""
        cluster = cls(_for_postgres(folder), *options)
        _run(BIN / "initdb", "-D", folder, "-U", "station", "--auth=trust", "--no-sync", "-E", "UTF8", "--locale=C")
        cluster.start()
        return cluster

    def standby(self, folder: Path) -> "Cluster":
        """A second one that follows this one, which from now on answers no commit without it."""
        follower = Cluster(_for_postgres(folder), *self._options)
        primary = f"host=127.0.0.1 port={self.port} user=station application_name=second"
        _run(BIN / "pg_basebackup", "-D", folder, "-R", "-X", "stream", "--checkpoint=fast", "-d", primary)
        follower.start()
        with psycopg.connect(self.url("postgres"), autocommit=True) as conn:
            conn.execute("ALTER SYSTEM SET synchronous_standby_names = 'second'")
            conn.execute("SELECT pg_reload_conf()")
        return follower

    def start(self) -> None:
        """Start it and wait until it answers."""
        options = ("listen_addresses=127.0.0.1", "max_connections=200", *self._options)
        settings = [word for option in options for word in ("-c", option)]
        server = [BIN / "postgres", "-D", self.folder, "-p", str(self.port), "-k", self.folder, *settings]
        with (self.folder / "log").open("ab") as log:
            # Not by pg_ctl, whose server would outlive a test run that is killed.
            self._process = subprocess.Popen(
                [*_AS_POSTGRES, *_ENDS_WITH_US, *server], stdout=log, stderr=log, cwd="/", start_new_session=True
            )
        while True:
            try:
                psycopg.connect(self.url("postgres")).close()
                return
            except psycopg.OperationalError:
                assert self._process.poll() is None, (self.folder / "log").read_text()
                time.sleep(0.02)

    def kill(self) -> None:
        """Take the power from it: all of its processes end at once, none says good-bye."""
        postmaster = (self.folder / "postmaster.pid").read_text().split()[0]
        children = subprocess.run(["pgrep", "-P", postmaster], capture_output=True, text=True).stdout.split()
        for pid in (postmaster, *children):
            os.kill(int(pid), 9)

    def promote(self) -> None:
        """Make the follower the one that takes writes."""
        _run(BIN / "pg_ctl", "-w", "-D", self.folder, "promote")

    def stop(self) -> None:
        """Stop it, if it runs."""
        if self._process is not None:
            self._process.send_signal(signal.SIGQUIT)
            self._process.wait()

    def url(self, database: str) -> str:
        return f"postgresql://station@127.0.0.1:{self.port}/{database}"

    def new_database(self, like: str = "template1") -> str:
        """The URL of a new one: empty, or like another one."""
        name = f"s{uuid4().hex}"
        with psycopg.connect(self.url("postgres"), autocommit=True) as conn:
            conn.execute(f"CREATE DATABASE {name} TEMPLATE {like}")
        return self.url(name)

    def new_station_database(self) -> str:
        """The URL of a new one with the station's tables, which are made once."""
        if self._with_tables is None:
            self._with_tables = self.new_database().rpartition("/")[2]
            open_store(parse_url(self.url(self._with_tables))).close()
        return self.new_database(self._with_tables)


@contextmanager
def cluster(folder: Path, *options: str) -> Iterator[Cluster]:
    """One that runs as long as the context lasts."""
    made = Cluster.made(folder, *options)
    try:
        yield made
    finally:
        made.stop()


def _for_postgres(folder: Path) -> Path:
    folder.mkdir(mode=0o700)
    if _IS_ROOT:
        import pwd

        user = pwd.getpwnam("postgres")
        os.chown(folder, user.pw_uid, user.pw_gid)
    return folder
