"""Alarms and what people do about them."""

from sqlalchemy import JSON, Boolean, Column, Date, ForeignKey, Index, LargeBinary, String, Table, false

from sync.station.tables.column_types import UtcDateTime, WholeNumber, metadata

alarms = Table(
    "alarms",
    metadata,
    Column("id", String(36), ForeignKey("taken_messages.id"), primary_key=True),
    Column("kiosk", String(200), nullable=False),
    Column("lane", String(200), nullable=False),
    Column("seq", WholeNumber, nullable=False),
    Column("kind", String(200), nullable=False),
    Column("visit", String(200), nullable=False),
    Column("entry", String(200)),
    Column("listed", String(40), nullable=False),
    Column("facts", JSON, nullable=False),
    Column("raised_at", UtcDateTime, nullable=False),  # by the kiosk's wall clock
    Column("reckoned_at", UtcDateTime),  # by the station's clock and the kiosk's growing one; None after a restart
    Column("received_at", UtcDateTime, nullable=False, index=True),
    Column("state", String(40), nullable=False, index=True),
    Column("exercise", Boolean, nullable=False, server_default=false()),
    Column("repeats_of", String(36)),  # the first alarm of the same presence, which people handle
    Column("escalated", String(40)),  # "second-person", "supervisor"
    Index("ix_alarms_presence", "kiosk", "entry", "kind", "received_at"),  # sync.station.repeats
)
_repeats = alarms.c.repeats_of.is_not(None)
Index(  # of few alarms: over all, SQLite would take it for what is no repeat, which is nearly every alarm
    "ix_alarms_repeats_of", alarms.c.repeats_of, sqlite_where=_repeats, postgresql_where=_repeats
)

alarm_events = Table(
    "alarm_events",
    metadata,
    Column("n", WholeNumber, primary_key=True, autoincrement=True),
    Column("alarm", String(36), ForeignKey("alarms.id"), nullable=False, index=True),
    Column("event", String(40), nullable=False),
    Column("who", String(200), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("facts", JSON),  # a reason, a note, a team
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
    Column("locked", LargeBinary),  # sealed by the kiosk, and locked under a key of its own (sync.station.item_keys)
    Column("received_at", UtcDateTime),
    Column("refused_why", String(40)),  # by the kiosk
    Column("erased_at", UtcDateTime),
    Column("erased_why", String(40)),
)

evidence_ended = Table(  # whose face crop the kiosk has yet to erase: dismissed
    "evidence_ended",
    metadata,
    Column("alarm", String(36), ForeignKey("alarms.id"), primary_key=True),
    Column("kiosk", String(200), nullable=False, index=True),
    Column("at", UtcDateTime, nullable=False),
)

dispatches = Table(  # one team sent to one alarm
    "dispatches",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("alarm", String(36), ForeignKey("alarms.id"), nullable=False, index=True),
    Column("team", String(36), ForeignKey("teams.id"), nullable=False, index=True),
    Column("state", String(40), nullable=False),
    Column("instruction", String(1000), nullable=False),
    Column("sent_by", String(64), nullable=False),
    Column("sent_at", UtcDateTime, nullable=False),
    Column("accepted_by", String(64)),
    Column("accepted_at", UtcDateTime),
    Column("arrived_at", UtcDateTime),
    Column("help_wanted_at", UtcDateTime),
    Column("outcome", String(40)),
    Column("outcome_note", String(1000)),
    Column("stood_down_at", UtcDateTime),
    Column("stood_down_why", String(200)),
    Column("stand_down_seen_by", String(64)),
    Column("stand_down_seen_at", UtcDateTime),
)

overrides = Table(  # a dispatch without a confirmation, and the supervisor who has to look at it
    "overrides",
    metadata,
    Column("alarm", String(36), ForeignKey("alarms.id"), primary_key=True),
    Column("by", String(64), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("why", String(200), nullable=False),
    Column("reviewed_by", String(64)),
    Column("reviewed_at", UtcDateTime),
    Column("agrees", Boolean),
    Column("review_note", String(1000)),
)

alarm_days = Table(  # the alarms of a day at the site, once all of them have ended (sync.station.alarm_figures)
    "alarm_days",
    metadata,
    Column("day", Date, primary_key=True),
    Column("lane", String(200), primary_key=True),
    Column("kind", String(200), primary_key=True),
    Column("alarms", WholeNumber, nullable=False),
    Column("ends", JSON, nullable=False),  # how they ended: "dismissed" or an outcome, and how many
    Column("times", JSON, nullable=False),  # per step, seconds to two digits, and how many
)

acts_done = Table(  # what was answered to an act's Idempotency-Key, for a day
    "acts_done",
    metadata,
    Column("key", String(36), primary_key=True),
    Column("login", String(64), nullable=False),
    Column("at", UtcDateTime, nullable=False, index=True),
    Column("act", String(200), nullable=False),
    Column("status", WholeNumber, nullable=False),
    Column("answer", LargeBinary, nullable=False),
)
