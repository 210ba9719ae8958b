"""The link: certificates of their own, silences, maintenance windows, evidence, how far each kiosk's messages came.

A kiosk's present certificate is carried over, and so is the highest number of its messages.
"""

import sqlalchemy as sa
from alembic import op

from sync.station.tables import WholeNumber

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the new tables and carry everything over."""
    _kiosks()
    op.add_column("alarms", sa.Column("reckoned_at", sa.DateTime(timezone=True), nullable=True))
    op.create_table(
        "silences",
        sa.Column("alarm", sa.String(length=36), nullable=False),
        sa.Column("kiosk", sa.String(length=200), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("returned_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("times", WholeNumber, nullable=False),
        sa.Column("escalated_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["alarm"], ["alarms.id"]),
        sa.PrimaryKeyConstraint("alarm", "kiosk"),
    )
    op.create_index("ix_silences_kiosk", "silences", ["kiosk"], unique=False)
    op.create_table(
        "maintenance",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("kiosk", sa.String(length=200), nullable=False),
        sa.Column("begins_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("announced_by", sa.String(length=200), nullable=False),
        sa.Column("announced_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("why", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(["kiosk"], ["kiosks.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_maintenance_kiosk", "maintenance", ["kiosk"], unique=False)
    op.create_table(
        "evidence",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("alarm", sa.String(length=36), nullable=False),
        sa.Column("kiosk", sa.String(length=200), nullable=False),
        sa.Column("request", sa.LargeBinary(), nullable=False),
        sa.Column("asked_by", sa.String(length=64), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("locked", sa.LargeBinary(), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("refused_why", sa.String(length=40), nullable=True),
        sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("erased_why", sa.String(length=40), nullable=True),
        sa.ForeignKeyConstraint(["alarm"], ["alarms.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_evidence_alarm", "evidence", ["alarm"], unique=False)
    op.create_index("ix_evidence_kiosk", "evidence", ["kiosk"], unique=False)
    op.create_table(
        "evidence_ended",
        sa.Column("alarm", sa.String(length=36), nullable=False),
        sa.Column("kiosk", sa.String(length=200), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["alarm"], ["alarms.id"]),
        sa.PrimaryKeyConstraint("alarm"),
    )
    op.create_index("ix_evidence_ended_kiosk", "evidence_ended", ["kiosk"], unique=False)


def _kiosks() -> None:
    # Nothing refers to it yet, so it can be made anew.
    op.rename_table("kiosks", "kept_kiosks")
    op.create_table(
        "kiosks",
        sa.Column("id", sa.String(length=200), nullable=False),
        sa.Column("lane", sa.String(length=200), nullable=False),
        sa.Column("enrolled_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("heard_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("heartbeat", sa.JSON(), nullable=True),
        sa.Column("upto_seq", WholeNumber, nullable=False),
        sa.Column("last_seq", WholeNumber, nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.execute(
        "INSERT INTO kiosks (id, lane, enrolled_at, heard_at, heartbeat, upto_seq, last_seq)"
        " SELECT id, lane, enrolled_at, heard_at, heartbeat, coalesce(upto, 0), coalesce(upto, 0) FROM kept_kiosks"
        " LEFT JOIN (SELECT kiosk, max(seq) AS upto FROM taken_messages GROUP BY kiosk) AS came"
        " ON came.kiosk = kept_kiosks.id"
    )
    op.create_table(
        "kiosk_certificates",
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("kiosk", sa.String(length=200), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by", sa.String(length=200), nullable=True),
        sa.Column("ended_why", sa.String(length=200), nullable=True),
        sa.ForeignKeyConstraint(["kiosk"], ["kiosks.id"]),
        sa.PrimaryKeyConstraint("fingerprint"),
    )
    op.execute(
        "INSERT INTO kiosk_certificates (fingerprint, kiosk, issued_at, until, used_at)"
        " SELECT fingerprint, id, enrolled_at, certificate_until, enrolled_at FROM kept_kiosks"
    )
    op.drop_table("kept_kiosks")
    op.create_index("ix_kiosk_certificates_kiosk", "kiosk_certificates", ["kiosk"], unique=False)
