"""The sealed list: epochs and a feed for each, sealed rows, renewals, clearances, imports, reviews.

What a site of the first version has stays in force: its feed becomes the feed of epoch 1, whose pepper and feed key it
has already; what its listed entries published is kept as their sealed rows; an entry was listed on the day (at the
site) on which it was proposed. A table that others refer to is made anew only while nothing refers to it: SQLite checks
foreign keys within the migration's transaction.
"""

import base64
import json
from datetime import UTC, datetime, timedelta, timezone

import sqlalchemy as sa
from alembic import op

from sync.station.tables import WholeNumber

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_SITE_TIME = timezone(timedelta(hours=8))


def upgrade() -> None:
    """Make the new tables and carry everything over."""
    _new_tables()
    _entries()
    _feed()
    _tables_on_entries()
    _sealed_rows_of_the_feed()


def _new_tables() -> None:
    op.create_table(
        "epochs",
        sa.Column("epoch", WholeNumber, autoincrement=False, nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("begins_after", WholeNumber, nullable=False),
        sa.PrimaryKeyConstraint("epoch"),
    )
    op.create_table(
        "imports",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=True),
        sa.Column("restores", sa.String(length=36), nullable=True),
        sa.Column("rows", WholeNumber, nullable=False),
        sa.Column("proposed_by", sa.String(length=64), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("approved_by", sa.String(length=64), nullable=True),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("taken_back_by", sa.String(length=64), nullable=True),
        sa.Column("taken_back_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["restores"], ["imports.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_imports_sha256", "imports", ["sha256"], unique=False)
    op.create_table(
        "requests",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("act", sa.String(length=40), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("asked_by", sa.String(length=64), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_by", sa.String(length=64), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("granted", sa.Boolean(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "cleared_numbers",
        sa.Column("number", sa.String(length=18), nullable=False),
        sa.Column("clearance", sa.String(length=36), nullable=False),
        sa.Column("cleared_by", sa.String(length=64), nullable=False),
        sa.Column("cleared_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("why", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("number"),
    )
    op.create_index("ix_cleared_numbers_clearance", "cleared_numbers", ["clearance"], unique=False)


def _entries() -> None:
    op.execute("CREATE TABLE kept_numbers AS SELECT entry, number FROM entry_numbers")
    op.drop_index("ix_entry_numbers_number", "entry_numbers")
    op.drop_table("entry_numbers")
    op.add_column("entries", sa.Column("listed_on", sa.Date(), nullable=True))
    entries = sa.table(
        "entries",
        sa.column("id", sa.String()),
        sa.column("proposed_at", sa.DateTime(timezone=True)),
        sa.column("listed_on", sa.Date()),
    )
    conn = op.get_bind()
    for row in conn.execute(sa.select(entries.c.id, entries.c.proposed_at)).all():
        at = row.proposed_at if row.proposed_at.tzinfo is not None else row.proposed_at.replace(tzinfo=UTC)
        day = at.astimezone(_SITE_TIME).date()
        conn.execute(sa.update(entries).where(entries.c.id == row.id).values(listed_on=day))
    with op.batch_alter_table("entries") as table:
        table.alter_column("listed_on", existing_type=sa.Date(), nullable=False)
        table.add_column(sa.Column("import_id", sa.String(length=36), nullable=True))
        table.add_column(sa.Column("reviewed_by", sa.String(length=64), nullable=True))
        table.add_column(sa.Column("reviewed_at", sa.DateTime(timezone=True), nullable=True))
        table.create_foreign_key("fk_entries_import_id", "imports", ["import_id"], ["id"])
    op.create_index("ix_entries_case_number", "entries", ["case_number"], unique=False)
    op.create_index("ix_entries_import_id_id", "entries", ["import_id", "id"], unique=False)
    op.create_index("ix_entries_state_proposed_at_id", "entries", ["state", "proposed_at", "id"], unique=False)
    op.create_table(
        "entry_numbers",
        sa.Column("entry", sa.String(length=36), nullable=False),
        sa.Column("number", sa.String(length=18), nullable=False),
        sa.ForeignKeyConstraint(["entry"], ["entries.id"]),
        sa.PrimaryKeyConstraint("entry", "number"),
    )
    op.create_index("ix_entry_numbers_number", "entry_numbers", ["number"], unique=False)
    op.execute("INSERT INTO entry_numbers (entry, number) SELECT entry, number FROM kept_numbers")
    op.drop_table("kept_numbers")


def _feed() -> None:
    epochs = sa.table(
        "epochs",
        sa.column("epoch", sa.Integer()),
        sa.column("state", sa.String()),
        sa.column("began_at", sa.DateTime(timezone=True)),
        sa.column("begins_after", sa.Integer()),
    )
    feed_changes = sa.table("feed_changes", sa.column("at", sa.DateTime(timezone=True)))
    conn = op.get_bind()
    began_at = conn.execute(sa.select(sa.func.min(feed_changes.c.at))).scalar_one() or datetime.now(UTC)
    conn.execute(sa.insert(epochs).values(epoch=1, state="open", began_at=began_at, begins_after=0))
    op.execute("CREATE TABLE kept_changes AS SELECT seq, head, at, change FROM feed_changes")
    op.drop_table("feed_changes")
    op.create_table(
        "feed_changes",
        sa.Column("epoch", WholeNumber, autoincrement=False, nullable=False),
        sa.Column("seq", WholeNumber, autoincrement=False, nullable=False),
        sa.Column("head", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("change", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["epoch"], ["epochs.epoch"]),
        sa.PrimaryKeyConstraint("epoch", "seq"),
    )
    op.execute(
        "INSERT INTO feed_changes (epoch, seq, head, at, change) SELECT 1, seq, head, at, change FROM kept_changes"
    )
    op.drop_table("kept_changes")


def _tables_on_entries() -> None:
    op.create_table(
        "sealed_rows",
        sa.Column("epoch", WholeNumber, autoincrement=False, nullable=False),
        sa.Column("entry", sa.String(length=36), nullable=False),
        sa.Column("idx", sa.LargeBinary(length=32), nullable=False),
        sa.Column("ct", sa.LargeBinary(), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["entry"], ["entries.id"]),
        sa.ForeignKeyConstraint(["epoch"], ["epochs.epoch"]),
        sa.PrimaryKeyConstraint("epoch", "entry", "idx"),
    )
    op.create_table(
        "import_withdrawals",
        sa.Column("import_id", sa.String(length=36), nullable=False),
        sa.Column("entry", sa.String(length=36), nullable=False),
        sa.ForeignKeyConstraint(["entry"], ["entries.id"]),
        sa.ForeignKeyConstraint(["import_id"], ["imports.id"]),
        sa.PrimaryKeyConstraint("import_id", "entry"),
    )
    op.create_index("ix_import_withdrawals_entry", "import_withdrawals", ["entry"], unique=False)


def _sealed_rows_of_the_feed() -> None:
    sealed_rows = sa.table(
        "sealed_rows",
        sa.column("epoch", sa.Integer()),
        sa.column("entry", sa.String()),
        sa.column("idx", sa.LargeBinary()),
        sa.column("ct", sa.LargeBinary()),
        sa.column("expires_on", sa.Date()),
    )
    entries = sa.table(
        "entries", sa.column("id", sa.String()), sa.column("state", sa.String()), sa.column("expires_on", sa.Date())
    )
    feed_changes = sa.table("feed_changes", sa.column("seq", sa.Integer()), sa.column("change", sa.LargeBinary()))
    conn = op.get_bind()
    listed = sa.select(entries.c.id, entries.c.expires_on).where(entries.c.state == "listed")
    last_days = {row.id: row.expires_on for row in conn.execute(listed)}
    for data in conn.execute(sa.select(feed_changes.c.change).order_by(feed_changes.c.seq)).scalars().all():
        change = json.loads(data)
        if change["op"] != "add" or change["entry"] not in last_days:
            continue
        for row in change["rows"]:
            conn.execute(
                sa.insert(sealed_rows).values(
                    epoch=1,
                    entry=change["entry"],
                    idx=base64.b64decode(row["idx"]),
                    ct=base64.b64decode(row["ct"]),
                    expires_on=last_days[change["entry"]],
                )
            )
