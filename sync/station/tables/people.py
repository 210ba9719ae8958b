"""People: how they come in, what they are, when they are on duty."""

from sqlalchemy import JSON, Boolean, Column, ForeignKey, Index, LargeBinary, String, Table

from sync.station.tables.column_types import UtcDateTime, WholeNumber, metadata

people = Table(
    "people",
    metadata,
    Column("login", String(64), primary_key=True),
    Column("password_hash", String(200), nullable=False),  # empty: comes in by passkey alone
    Column("totp_secret", LargeBinary),  # the second factor beside a password
    Column("totp_used", WholeNumber),  # the last time step that was used, so that none is used twice
    Column("roles", JSON, nullable=False),
    Column("since", UtcDateTime, nullable=False),
    Column("locked_at", UtcDateTime),
)

invitations = Table(
    "invitations",
    metadata,
    Column("hash", String(64), primary_key=True),
    Column("roles", JSON, nullable=False),
    Column("login", String(64)),  # of somebody who is here already and has lost their ways in
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
    Column("seen_at", UtcDateTime),
    Column("verified_at", UtcDateTime),  # when the person was last proved to be there: for the acts that ask for it
)

passkeys = Table(
    "passkeys",
    metadata,
    Column("id", LargeBinary(1024), primary_key=True),
    Column("login", String(64), ForeignKey("people.login"), nullable=False, index=True),
    Column("name", String(100), nullable=False),
    Column("public_key", LargeBinary, nullable=False),
    Column("sign_count", WholeNumber, nullable=False),
    Column("made_at", UtcDateTime, nullable=False),
    Column("used_at", UtcDateTime),
)

challenges = Table(  # of a passkey ceremony or a second factor, once used: kept until it would have ended anyway
    "challenges",
    metadata,
    Column("hash", String(64), primary_key=True),
    Column("purpose", String(40), nullable=False),
    Column("login", String(64)),
    Column("expires_at", UtcDateTime, nullable=False, index=True),
)

log_in_attempts = Table(
    "log_in_attempts",
    metadata,
    Column("n", WholeNumber, primary_key=True, autoincrement=True),
    Column("scope", String(200), nullable=False),  # an address or a login, hashed
    Column("at", UtcDateTime, nullable=False),
    Index("ix_log_in_attempts_scope_at", "scope", "at"),
)

teams = Table(
    "teams",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("name", String(100), nullable=False, unique=True),
    Column("for_exercises", Boolean, nullable=False, default=False),
    Column("ended_at", UtcDateTime),
)

team_members = Table(
    "team_members",
    metadata,
    Column("team", String(36), ForeignKey("teams.id"), primary_key=True),
    Column("login", String(64), ForeignKey("people.login"), primary_key=True, index=True),
)

shifts = Table(  # who is on duty when: guards with a team, dispatchers and supervisors without
    "shifts",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("login", String(64), ForeignKey("people.login"), nullable=False, index=True),
    Column("team", String(36), ForeignKey("teams.id"), index=True),
    Column("begins_at", UtcDateTime, nullable=False),
    Column("ends_at", UtcDateTime, nullable=False, index=True),
    Column("planned_by", String(64), nullable=False),
)
