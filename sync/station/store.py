"""The station's tables and its two ways in: ``read`` and ``write``.

Rules
- Writers take turns, in this process and beside a second one (``station enrol-token`` while a server runs), in the
  order in which they came (sync.station.turns). A write transaction takes the file's write lock as it begins: what it
  has read is still true when it commits.
- Every table is made by a migration; tests compare the two.
- Nothing here is particular to SQLite but ``open_store`` and the choice of the INSERT dialect: PostgreSQL follows.
"""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from alembic import command
from alembic.config import Config
from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Connection,
    Date,
    DateTime,
    Dialect,
    Engine,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    TypeDecorator,
)
from sqlalchemy.dialects import postgresql, sqlite

from kiosk.sqlite import open_sqlite, reading
from sync.station.turns import Turns


class UtcDateTime(TypeDecorator[datetime]):
    """An aware UTC time, also on SQLite, which keeps no time zone."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse a naive time; store UTC."""
        if value is not None and value.tzinfo is None:
            raise ValueError("a time needs its zone")
        return value.astimezone(UTC) if value is not None else None

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give the zone back."""
        return value.replace(tzinfo=UTC) if value is not None and value.tzinfo is None else value


DATABASE: Final = "station.db"
"""In the station's folder."""
GATE: Final = "station.turn"
"""Beside it: the lock at which processes that write meet (sync.station.turns)."""

metadata = MetaData()

kiosks = Table(
    "kiosks",
    metadata,
    Column("id", String(200), primary_key=True),
    Column("lane", String(200), nullable=False),
    Column("enrolled_at", UtcDateTime, nullable=False),
    Column("heard_at", UtcDateTime),
    Column("heartbeat", JSON),
    Column("upto_seq", Integer, nullable=False, default=0),  # the highest number of a message taken from it
    Column("last_seq", Integer, nullable=False, default=0),  # of the newest one: lower after its disk was set back
)

kiosk_certificates = Table(
    "kiosk_certificates",
    metadata,
    Column("fingerprint", String(64), primary_key=True),
    Column("kiosk", String(200), ForeignKey("kiosks.id"), nullable=False, index=True),
    Column("issued_at", UtcDateTime, nullable=False),
    Column("until", UtcDateTime, nullable=False),
    Column("used_at", UtcDateTime),  # when it was first used: the ones before it end then
    Column("ended_at", UtcDateTime),
    Column("ended_by", String(200)),
    Column("ended_why", String(200)),  # "revoked: …", or why it was followed by another
)

silences = Table(  # the one alarm of a kiosk that is silent, or comes and goes
    "silences",
    metadata,
    Column("alarm", String(36), ForeignKey("alarms.id"), primary_key=True),
    Column("kiosk", String(200), nullable=False, index=True),
    Column("since", UtcDateTime, nullable=False),  # when it was last heard before its newest silence
    Column("returned_at", UtcDateTime),
    Column("times", Integer, nullable=False),
    Column("escalated_at", UtcDateTime),
)

maintenance = Table(
    "maintenance",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("kiosk", String(200), ForeignKey("kiosks.id"), nullable=False, index=True),
    Column("begins_at", UtcDateTime, nullable=False),
    Column("ends_at", UtcDateTime, nullable=False),
    Column("announced_by", String(200), nullable=False),
    Column("announced_at", UtcDateTime, nullable=False),
    Column("why", String(200), nullable=False),
)

evidence = Table(  # the face crop of an alarm: asked for, come, erased
    "evidence",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("alarm", String(36), ForeignKey("alarms.id"), nullable=False, index=True),
    Column("kiosk", String(200), nullable=False, index=True),
    Column("request", LargeBinary, nullable=False),  # sync.wire.SignedRequest, as JSON
    Column("asked_by", String(64), nullable=False),
    Column("asked_at", UtcDateTime, nullable=False),
    Column("until", UtcDateTime, nullable=False),
    Column("reason", String(200), nullable=False),
    Column("sealed", LargeBinary),
    Column("received_at", UtcDateTime),
    Column("erased_at", UtcDateTime),
    Column("erased_why", String(40)),
)

enrol_tokens = Table(
    "enrol_tokens",
    metadata,
    Column("hash", String(64), primary_key=True),
    Column("kiosk", String(200), nullable=False),
    Column("lane", String(200), nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
    Column("used_at", UtcDateTime),
)

taken_messages = Table(
    "taken_messages",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("kiosk", String(200), nullable=False),
    Column("seq", Integer, nullable=False),  # 0: the station raised it by itself (sync.station.supervision)
    Column("received_at", UtcDateTime, nullable=False),
)

alarms = Table(
    "alarms",
    metadata,
    Column("id", String(36), ForeignKey("taken_messages.id"), primary_key=True),
    Column("kiosk", String(200), nullable=False),
    Column("lane", String(200), nullable=False),
    Column("seq", Integer, nullable=False),
    Column("kind", String(200), nullable=False),
    Column("visit", String(200), nullable=False),
    Column("entry", String(200)),
    Column("listed", String(40), nullable=False),
    Column("facts", JSON, nullable=False),
    Column("raised_at", UtcDateTime, nullable=False),  # by the kiosk's wall clock
    Column("reckoned_at", UtcDateTime),  # by the station's clock and the kiosk's growing one; None after a restart
    Column("received_at", UtcDateTime, nullable=False),
    Column("state", String(40), nullable=False),
)

alarm_events = Table(
    "alarm_events",
    metadata,
    Column("n", Integer, primary_key=True, autoincrement=True),
    Column("alarm", String(36), ForeignKey("alarms.id"), nullable=False, index=True),
    Column("event", String(40), nullable=False),
    Column("who", String(200), nullable=False),
    Column("at", UtcDateTime, nullable=False),
)

counts = Table(
    "counts",
    metadata,
    Column("hour", UtcDateTime, primary_key=True),
    Column("kiosk", String(200), primary_key=True),
    Column("key", String(200), primary_key=True),
    Column("n", Integer, nullable=False),
)

people = Table(
    "people",
    metadata,
    Column("login", String(64), primary_key=True),
    Column("password_hash", String(200), nullable=False),
    Column("roles", JSON, nullable=False),
    Column("since", UtcDateTime, nullable=False),
)

invitations = Table(
    "invitations",
    metadata,
    Column("hash", String(64), primary_key=True),
    Column("roles", JSON, nullable=False),
    Column("invited_by", String(64), nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
    Column("used_at", UtcDateTime),
)

sessions = Table(
    "sessions",
    metadata,
    Column("hash", String(64), primary_key=True),
    Column("login", String(64), ForeignKey("people.login"), nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
)

entries = Table(
    "entries",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("state", String(40), nullable=False),
    Column("name", String(200), nullable=False),
    Column("unit", String(200), nullable=False),
    Column("contact", String(200), nullable=False),
    Column("case_number", String(200), nullable=False, index=True),
    Column("legal_basis", String(40), nullable=False),
    Column("guidance", String(1000), nullable=False),
    Column("listed_on", Date, nullable=False),
    Column("expires_on", Date, nullable=False),
    Column("import_id", String(36), ForeignKey("imports.id")),
    Column("proposed_by", String(64), nullable=False),
    Column("proposed_at", UtcDateTime, nullable=False),
    Column("approved_by", String(64)),
    Column("approved_at", UtcDateTime),
    Column("withdrawn_by", String(64)),
    Column("withdrawn_at", UtcDateTime),
    Column("withdrawn_why", String(200)),
    Column("reviewed_by", String(64)),
    Column("reviewed_at", UtcDateTime),
    Index("ix_entries_import_id_id", "import_id", "id"),
    Index("ix_entries_state_proposed_at_id", "state", "proposed_at", "id"),
)

entry_numbers = Table(
    "entry_numbers",
    metadata,
    Column("entry", String(36), ForeignKey("entries.id"), primary_key=True),
    Column("number", String(18), primary_key=True, index=True),
)

sealed_rows = Table(  # each number of each proposed or listed entry, under each epoch in force or being made
    "sealed_rows",
    metadata,
    Column("epoch", Integer, ForeignKey("epochs.epoch"), primary_key=True, autoincrement=False),
    Column("entry", String(36), ForeignKey("entries.id"), primary_key=True),
    Column("idx", LargeBinary(32), primary_key=True),
    Column("ct", LargeBinary, nullable=False),
    Column("expires_on", Date, nullable=False),  # what is sealed inside: a renewal seals anew
)

requests = Table(  # what a first person asked for and a second must grant: a renewal, the end of a clearance
    "requests",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("act", String(40), nullable=False),
    Column("facts", JSON, nullable=False),
    Column("asked_by", String(64), nullable=False),
    Column("asked_at", UtcDateTime, nullable=False),
    Column("ended_by", String(64)),
    Column("ended_at", UtcDateTime),
    Column("granted", Boolean),
)

cleared_numbers = Table(
    "cleared_numbers",
    metadata,
    Column("number", String(18), primary_key=True),
    Column("clearance", String(36), nullable=False, index=True),  # numbers that were cleared in one act
    Column("cleared_by", String(64), nullable=False),
    Column("cleared_at", UtcDateTime, nullable=False),
    Column("why", String(200), nullable=False),
)

imports = Table(
    "imports",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("state", String(40), nullable=False),
    Column("sha256", String(64), index=True),  # of the file; None where it restores what another import withdrew
    Column("restores", String(36), ForeignKey("imports.id")),
    Column("rows", Integer, nullable=False),
    Column("proposed_by", String(64), nullable=False),
    Column("proposed_at", UtcDateTime, nullable=False),
    Column("approved_by", String(64)),
    Column("approved_at", UtcDateTime),
    Column("taken_back_by", String(64)),
    Column("taken_back_at", UtcDateTime),
)

import_withdrawals = Table(  # what an import's approval withdraws
    "import_withdrawals",
    metadata,
    Column("import_id", String(36), ForeignKey("imports.id"), primary_key=True),
    Column("entry", String(36), ForeignKey("entries.id"), primary_key=True, index=True),
)

epochs = Table(  # building: sealing goes on; open: published; its pepper is a file of the keyring
    "epochs",
    metadata,
    Column("epoch", Integer, primary_key=True, autoincrement=False),
    Column("state", String(40), nullable=False),
    Column("began_at", UtcDateTime, nullable=False),
    Column("begins_after", Integer, nullable=False, default=0),  # the change before its feed's first
)

feed_changes = Table(
    "feed_changes",
    metadata,
    Column("epoch", Integer, ForeignKey("epochs.epoch"), primary_key=True, autoincrement=False),
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("head", String(64), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("change", LargeBinary, nullable=False),
)

audit = Table(
    "audit",
    metadata,
    Column("n", Integer, primary_key=True, autoincrement=False),
    Column("at", UtcDateTime, nullable=False),
    Column("who", String(200), nullable=False),
    Column("what", String(60), nullable=False),
    Column("facts", JSON, nullable=False),
    Column("hash", String(64), nullable=False),
)


class Store:
    """One database. Connections are pooled; both ways in may be used from any thread."""

    def __init__(self, engine: Engine, turns: Turns) -> None:
        self._engine = engine
        self._turns = turns

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Give a transaction that only reads, and sees one moment of the store."""
        with reading(self._engine).begin() as conn:
            yield conn

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """Give the only write transaction; it commits when the block ends well and rolls back when it raises."""
        with self._turns.turn(), ExitStack() as ends:
            with self._turns.at_gate():
                conn = ends.enter_context(self._engine.begin())
            yield conn

    def close(self) -> None:
        """Let go of every connection."""
        self._engine.dispose()


def insert_new(conn: Connection, table: Table, values: Mapping[str, Any]) -> bool:
    """Insert a row unless one with its key is there; tell whether it was new."""
    # The same clause on both, but no common class for it.
    statement = postgresql.insert(table) if conn.dialect.name == "postgresql" else sqlite.insert(table)
    return conn.execute(statement.values(values).on_conflict_do_nothing()).rowcount == 1


def open_store(path: Path) -> Store:
    """Open the database at ``path`` and bring its tables up to date."""
    engine = open_sqlite(path)
    migrate(engine)
    return Store(engine, Turns(path.with_name(GATE)))


def migrate(engine: Engine) -> None:
    """Run the migrations that this database lacks."""
    config = Config()
    config.set_main_option("script_location", "sync.station:migrations")
    with engine.begin() as conn:
        config.attributes["connection"] = conn
        command.upgrade(config, "head")
