"""The list: entries, their sealed rows, imports, epochs and feeds."""

from sqlalchemy import JSON, Boolean, Column, Date, ForeignKey, Index, LargeBinary, String, Table

from sync.station.tables.column_types import UtcDateTime, WholeNumber, metadata

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
    Index("ix_entries_state_expires_on_id", "state", "expires_on", "id"),
)
_unread = entries.c.approved_at.is_not(None) & entries.c.reviewed_by.is_(None)
Index(  # finds the withdrawals that nobody has read among all that ever were
    "ix_entries_unread_state_proposed_at_id",
    *(entries.c.state, entries.c.proposed_at, entries.c.id),
    sqlite_where=_unread,
    postgresql_where=_unread,
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
    Column("epoch", WholeNumber, ForeignKey("epochs.epoch"), primary_key=True, autoincrement=False),
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
    Column("rows", WholeNumber, nullable=False),
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
    Column("epoch", WholeNumber, primary_key=True, autoincrement=False),
    Column("state", String(40), nullable=False),
    Column("began_at", UtcDateTime, nullable=False),
    Column("begins_after", WholeNumber, nullable=False, default=0),  # the change before its feed's first
)

feed_changes = Table(
    "feed_changes",
    metadata,
    Column("epoch", WholeNumber, ForeignKey("epochs.epoch"), primary_key=True, autoincrement=False),
    Column("seq", WholeNumber, primary_key=True, autoincrement=False),
    Column("head", String(64), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("change", LargeBinary, nullable=False),
)
