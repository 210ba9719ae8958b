"""The station's own work: what happens to an alarm after its arrival, people and their duty, the record, the site."""

from collections import Counter
from datetime import date

import sqlalchemy as sa
from alembic import op

from sync.station.site_time import hour_at_site
from sync.station.tables import UtcDateTime, WholeNumber

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the new tables, and the new columns of those that are there."""
    op.create_table(
        "acts_done",
        sa.Column("key", sa.String(length=36), nullable=False),
        sa.Column("login", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("act", sa.String(length=200), nullable=False),
        sa.Column("status", WholeNumber, nullable=False),
        sa.Column("answer", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("key"),
    )
    op.create_index("ix_acts_done_at", "acts_done", ["at"], unique=False)
    op.create_table(
        "audit_checkpoints",
        sa.Column("n", WholeNumber, autoincrement=False, nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("key_id", sa.String(length=64), nullable=False),
        sa.Column("signature", sa.LargeBinary(length=64), nullable=False),
        sa.PrimaryKeyConstraint("n"),
    )
    op.create_table(
        "challenges",
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("purpose", sa.String(length=40), nullable=False),
        sa.Column("login", sa.String(length=64), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("hash"),
    )
    op.create_index("ix_challenges_expires_at", "challenges", ["expires_at"], unique=False)
    op.create_table(
        "jobs",
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("name"),
    )
    op.create_table(
        "log_in_attempts",
        sa.Column("n", WholeNumber, autoincrement=True, nullable=False),
        sa.Column("scope", sa.String(length=200), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("n"),
    )
    op.create_index("ix_log_in_attempts_scope_at", "log_in_attempts", ["scope", "at"], unique=False)
    op.create_table(
        "settings",
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("value", sa.JSON(), nullable=False),
        sa.Column("changed_by", sa.String(length=64), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )
    op.create_table(
        "site_plan",
        sa.Column("n", WholeNumber, autoincrement=False, nullable=False),
        sa.Column("svg", sa.LargeBinary(), nullable=False),
        sa.Column("width", sa.Float(), nullable=False),
        sa.Column("height", sa.Float(), nullable=False),
        sa.Column("uploaded_by", sa.String(length=64), nullable=False),
        sa.Column("uploaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("n"),
    )
    op.create_table(
        "teams",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("for_exercises", sa.Boolean(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("name"),
    )
    op.create_table(
        "webhooks",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("url", sa.String(length=500), nullable=False),
        sa.Column("secret", sa.LargeBinary(), nullable=False),
        sa.Column("events", sa.JSON(), nullable=False),
        sa.Column("made_by", sa.String(length=64), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "kiosk_places",
        sa.Column("kiosk", sa.String(length=200), nullable=False),
        sa.Column("x", sa.Float(), nullable=False),
        sa.Column("y", sa.Float(), nullable=False),
        sa.ForeignKeyConstraint(
            ["kiosk"],
            ["kiosks.id"],
        ),
        sa.PrimaryKeyConstraint("kiosk"),
    )
    op.create_table(
        "passkeys",
        sa.Column("id", sa.LargeBinary(length=1024), nullable=False),
        sa.Column("login", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("sign_count", WholeNumber, nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["login"],
            ["people.login"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_passkeys_login", "passkeys", ["login"], unique=False)
    op.create_table(
        "shifts",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("login", sa.String(length=64), nullable=False),
        sa.Column("team", sa.String(length=36), nullable=True),
        sa.Column("begins_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("planned_by", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["login"],
            ["people.login"],
        ),
        sa.ForeignKeyConstraint(
            ["team"],
            ["teams.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_shifts_ends_at", "shifts", ["ends_at"], unique=False)
    op.create_index("ix_shifts_login", "shifts", ["login"], unique=False)
    op.create_index("ix_shifts_team", "shifts", ["team"], unique=False)
    op.create_table(
        "team_members",
        sa.Column("team", sa.String(length=36), nullable=False),
        sa.Column("login", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["login"],
            ["people.login"],
        ),
        sa.ForeignKeyConstraint(
            ["team"],
            ["teams.id"],
        ),
        sa.PrimaryKeyConstraint("team", "login"),
    )
    op.create_index("ix_team_members_login", "team_members", ["login"], unique=False)
    op.create_table(
        "webhook_messages",
        sa.Column("n", WholeNumber, autoincrement=True, nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("webhook", sa.String(length=36), nullable=False),
        sa.Column("alarm", sa.String(length=36), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("next_try_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tries", WholeNumber, nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("given_up_why", sa.String(length=200), nullable=True),
        sa.ForeignKeyConstraint(
            ["webhook"],
            ["webhooks.id"],
        ),
        sa.PrimaryKeyConstraint("n"),
        sa.UniqueConstraint("id"),
    )
    op.create_index("ix_webhook_messages_next_try_at", "webhook_messages", ["next_try_at"], unique=False)
    op.create_index("ix_webhook_messages_webhook", "webhook_messages", ["webhook"], unique=False)
    op.create_table(
        "dispatches",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("alarm", sa.String(length=36), nullable=False),
        sa.Column("team", sa.String(length=36), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("instruction", sa.String(length=1000), nullable=False),
        sa.Column("sent_by", sa.String(length=64), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("accepted_by", sa.String(length=64), nullable=True),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("arrived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("help_wanted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.String(length=40), nullable=True),
        sa.Column("outcome_note", sa.String(length=1000), nullable=True),
        sa.Column("stood_down_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("stood_down_why", sa.String(length=200), nullable=True),
        sa.Column("stand_down_seen_by", sa.String(length=64), nullable=True),
        sa.Column("stand_down_seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["alarm"],
            ["alarms.id"],
        ),
        sa.ForeignKeyConstraint(
            ["team"],
            ["teams.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_dispatches_alarm", "dispatches", ["alarm"], unique=False)
    op.create_index("ix_dispatches_team", "dispatches", ["team"], unique=False)
    op.create_table(
        "overrides",
        sa.Column("alarm", sa.String(length=36), nullable=False),
        sa.Column("by", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("why", sa.String(length=200), nullable=False),
        sa.Column("reviewed_by", sa.String(length=64), nullable=True),
        sa.Column("reviewed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("agrees", sa.Boolean(), nullable=True),
        sa.Column("review_note", sa.String(length=1000), nullable=True),
        sa.ForeignKeyConstraint(
            ["alarm"],
            ["alarms.id"],
        ),
        sa.PrimaryKeyConstraint("alarm"),
    )
    op.create_table(
        "alarm_days",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("lane", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=200), nullable=False),
        sa.Column("alarms", WholeNumber, nullable=False),
        sa.Column("ends", sa.JSON(), nullable=False),
        sa.Column("times", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("day", "lane", "kind"),
    )
    by_month = op.create_table(
        "counts_by_month",
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("hour", WholeNumber, autoincrement=False, nullable=False),
        sa.Column("kiosk", sa.String(length=200), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("n", WholeNumber, nullable=False),
        sa.PrimaryKeyConstraint("month", "hour", "kiosk", "key"),
    )
    _sum_up_counts(op.get_bind(), by_month)
    op.create_index("ix_audit_at", "audit", ["at"], unique=False)
    op.create_index("ix_audit_who_n", "audit", ["who", "n"], unique=False)
    op.create_index("ix_audit_what_n", "audit", ["what", "n"], unique=False)
    op.create_index("ix_audit_entry", "audit", [sa.text("(facts ->> 'entry')")], unique=False)
    op.create_index("ix_audit_import", "audit", [sa.text("(facts ->> 'import_id')")], unique=False)
    op.add_column("alarm_events", sa.Column("facts", sa.JSON(), nullable=True))
    op.add_column("alarms", sa.Column("exercise", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("alarms", sa.Column("repeats_of", sa.String(length=36), nullable=True))
    op.add_column("alarms", sa.Column("escalated", sa.String(length=40), nullable=True))
    op.create_index("ix_alarms_received_at", "alarms", ["received_at"], unique=False)
    op.create_index("ix_alarms_state", "alarms", ["state"], unique=False)
    repeats = sa.text("repeats_of IS NOT NULL")
    op.create_index(
        "ix_alarms_repeats_of", "alarms", ["repeats_of"], unique=False, sqlite_where=repeats, postgresql_where=repeats
    )
    op.create_index("ix_entries_state_expires_on_id", "entries", ["state", "expires_on", "id"], unique=False)
    unread = sa.text("approved_at IS NOT NULL AND reviewed_by IS NULL")
    op.create_index(
        "ix_entries_unread_state_proposed_at_id",
        "entries",
        ["state", "proposed_at", "id"],
        unique=False,
        sqlite_where=unread,
        postgresql_where=unread,
    )
    op.create_index("ix_alarms_presence", "alarms", ["kiosk", "entry", "kind", "received_at"], unique=False)
    op.add_column("people", sa.Column("totp_secret", sa.LargeBinary(), nullable=True))
    op.add_column("people", sa.Column("totp_used", WholeNumber, nullable=True))
    op.add_column("people", sa.Column("locked_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("sessions", sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("sessions", sa.Column("verified_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("invitations", sa.Column("login", sa.String(length=64), nullable=True))


def _sum_up_counts(conn: sa.Connection, by_month: sa.Table) -> None:
    """Put what has been counted so far by month and hour of the day at the site as well."""
    counts = sa.table("counts", sa.column("hour", UtcDateTime()), *map(sa.column, ("kiosk", "key", "n")))
    sums: Counter[tuple[date, int, str, str]] = Counter()
    for row in conn.execute(sa.select(counts)):
        sums[*hour_at_site(row.hour), row.kiosk, row.key] += row.n
    rows = [{"month": m, "hour": h, "kiosk": kiosk, "key": key, "n": n} for (m, h, kiosk, key), n in sums.items()]
    if rows:
        conn.execute(by_month.insert(), rows)
