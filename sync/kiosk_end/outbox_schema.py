"""The outbox's tables, and the steps by which the file of an earlier version becomes one of this version.

- ``PRAGMA user_version`` counts the steps that a file has taken. The first release wrote none, so 0 is both a new file
  and one of the first release; the first step suits either.
- All the steps that are left are one transaction: a kill leaves the old file or the new one.
- A file of a later version is refused: what we do not know of we would lose.

The steps are SQL as it was written then, and are never edited; the tables are what they come to.
"""

from typing import Final

from sqlalchemy import Column, Connection, Engine, Float, Integer, LargeBinary, MetaData, String, Table

from kiosk.ports import OutboxError
from kiosk.sqlite import reading

METADATA: Final = MetaData()
MESSAGE: Final = Table(
    "message",
    METADATA,
    Column("seq", Integer, primary_key=True),
    Column("id", String, nullable=False, unique=True),
    Column("kind", String, nullable=False),
    Column("created_at", String, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("set_aside", String),
    Column("boot", String, nullable=False),
    Column("created_s", Float),
    Column("delivered_at", String),
)
COUNT: Final = Table(
    "count",
    METADATA,
    Column("hour", String, primary_key=True),
    Column("label", String, primary_key=True),
    Column("visits", Integer, nullable=False),
)
NOTE: Final = Table(
    "note",
    METADATA,
    Column("name", String, primary_key=True),
    Column("faults", LargeBinary, nullable=False),
    Column("at", String, nullable=False),
)

_FIRST_RELEASE: Final = (
    "CREATE TABLE IF NOT EXISTS message (seq INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, id VARCHAR NOT NULL UNIQUE,"
    " kind VARCHAR NOT NULL, created_at VARCHAR NOT NULL, body BLOB NOT NULL, set_aside VARCHAR)",
    "CREATE TABLE IF NOT EXISTS count (hour VARCHAR NOT NULL, label VARCHAR NOT NULL, visits INTEGER NOT NULL,"
    " PRIMARY KEY (hour, label))",
    "CREATE TABLE IF NOT EXISTS note (name VARCHAR NOT NULL PRIMARY KEY, faults BLOB NOT NULL, at VARCHAR NOT NULL)",
)
_KEPT_AFTER_DELIVERY: Final = (
    "ALTER TABLE message ADD COLUMN boot VARCHAR NOT NULL DEFAULT ''",
    "ALTER TABLE message ADD COLUMN created_s FLOAT",
    "ALTER TABLE message ADD COLUMN delivered_at VARCHAR",
    # Partial, so that neither what was delivered nor what waits is walked through in search of the other.
    "CREATE INDEX message_waiting ON message (seq, kind) WHERE set_aside IS NULL AND delivered_at IS NULL",
    "CREATE INDEX message_delivered ON message (seq, delivered_at) WHERE delivered_at IS NOT NULL",
    "CREATE INDEX message_set_aside ON message (seq) WHERE set_aside IS NOT NULL",
)
_STEPS: Final = (_FIRST_RELEASE, _KEPT_AFTER_DELIVERY)
VERSION: Final = len(_STEPS)


def migrate(engine: Engine) -> None:
    """Bring the file to this version; one that is there already is only read.

    Raises:
        OutboxError: if a later version made it.
    """
    with reading(engine).begin() as connection:
        taken = _steps_taken(connection)
    if taken < VERSION:
        with engine.begin() as connection:
            for step in _STEPS[_steps_taken(connection) :]:  # asked again: another process may have been quicker
                for statement in step:
                    connection.exec_driver_sql(statement)
            connection.exec_driver_sql(f"PRAGMA user_version={VERSION}")
    if taken > VERSION:
        raise OutboxError("the outbox is of a later version")


def _steps_taken(connection: Connection) -> int:
    taken: int = connection.exec_driver_sql("PRAGMA user_version").scalar_one()
    return taken
