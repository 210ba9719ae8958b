"""The record of what was done, what the site has decided, and what leaves the station by itself."""

from typing import Any

from sqlalchemy import JSON, Column, ColumnElement, ForeignKey, Index, LargeBinary, String, Table, literal_column

from sync.station.tables.column_types import UtcDateTime, WholeNumber, metadata


def _fact(name: str) -> ColumnElement[Any]:
    # Spelt out, since an index is only of use to the expression that it was made of; both databases read this one.
    return literal_column(f"(facts ->> '{name}')", String())


audited_entry = _fact("entry")
audited_import = _fact("import_id")

audit = Table(
    "audit",
    metadata,
    Column("n", WholeNumber, primary_key=True, autoincrement=False),
    Column("at", UtcDateTime, nullable=False),
    Column("who", String(200), nullable=False),
    Column("what", String(60), nullable=False),
    Column("facts", JSON, nullable=False),
    Column("hash", String(64), nullable=False),
    Index("ix_audit_at", "at"),  # the auditor asks by day, by who and by what
    Index("ix_audit_who_n", "who", "n"),
    Index("ix_audit_what_n", "what", "n"),
    Index("ix_audit_entry", audited_entry),  # what has happened to one entry, and to its imports
    Index("ix_audit_import", audited_import),
)

audit_checkpoints = Table(
    "audit_checkpoints",
    metadata,
    Column("n", WholeNumber, primary_key=True, autoincrement=False),  # of the audit row that it stands on
    Column("hash", String(64), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("key_id", String(64), nullable=False),
    Column("signature", LargeBinary(64), nullable=False),
)

settings = Table(
    "settings",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("value", JSON, nullable=False),
    Column("changed_by", String(64), nullable=False),
    Column("changed_at", UtcDateTime, nullable=False),
)

webhooks = Table(
    "webhooks",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("url", String(500), nullable=False),
    Column("secret", LargeBinary, nullable=False),
    Column("events", JSON, nullable=False),
    Column("made_by", String(64), nullable=False),
    Column("made_at", UtcDateTime, nullable=False),
    Column("ended_at", UtcDateTime),
)

webhook_messages = Table(
    "webhook_messages",
    metadata,
    Column("n", WholeNumber, primary_key=True, autoincrement=True),
    Column("id", String(36), nullable=False, unique=True),
    Column("webhook", String(36), ForeignKey("webhooks.id"), nullable=False, index=True),
    Column("alarm", String(36), nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("made_at", UtcDateTime, nullable=False),
    Column("next_try_at", UtcDateTime, nullable=False, index=True),
    Column("tries", WholeNumber, nullable=False),
    Column("done_at", UtcDateTime),
    Column("given_up_why", String(200)),
)

jobs = Table(  # what must be done once, whichever instance does it
    "jobs",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("next_at", UtcDateTime, nullable=False),
    Column("done_at", UtcDateTime),
)
