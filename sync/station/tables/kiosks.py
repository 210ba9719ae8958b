"""Kiosks: who they are, what they last said, what has come from them."""

from sqlalchemy import JSON, Column, Date, Float, ForeignKey, LargeBinary, String, Table

from sync.station.tables.column_types import UtcDateTime, WholeNumber, metadata

kiosks = Table(
    "kiosks",
    metadata,
    Column("id", String(200), primary_key=True),
    Column("lane", String(200), nullable=False),
    Column("enrolled_at", UtcDateTime, nullable=False),
    Column("heard_at", UtcDateTime),
    Column("heartbeat", JSON),
    Column("upto_seq", WholeNumber, nullable=False, default=0),  # the highest number of a message taken from it
    Column("last_seq", WholeNumber, nullable=False, default=0),  # of the newest one: lower after its disk was set back
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
    Column("seq", WholeNumber, nullable=False),  # 0: the station raised it by itself (sync.station.supervision)
    Column("received_at", UtcDateTime, nullable=False),
)

silences = Table(  # the one alarm of a kiosk that is silent, or comes and goes; it may have it in common with others
    "silences",
    metadata,
    Column("alarm", String(36), ForeignKey("alarms.id"), primary_key=True),
    Column("kiosk", String(200), primary_key=True, index=True),
    Column("since", UtcDateTime, nullable=False),  # when it was last heard before its newest silence
    Column("returned_at", UtcDateTime),
    Column("times", WholeNumber, nullable=False),
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

counts = Table(
    "counts",
    metadata,
    Column("hour", UtcDateTime, primary_key=True),
    Column("kiosk", String(200), primary_key=True),
    Column("key", String(200), primary_key=True),
    Column("n", WholeNumber, nullable=False),
)

counts_by_month = Table(  # the same once more, by month and hour of the day at the site: what a year is read from
    "counts_by_month",
    metadata,
    Column("month", Date, primary_key=True),  # its first day
    Column("hour", WholeNumber, primary_key=True, autoincrement=False),
    Column("kiosk", String(200), primary_key=True),
    Column("key", String(200), primary_key=True),
    Column("n", WholeNumber, nullable=False),
)

site_plan = Table(  # one row: the SVG of the lanes, cleaned when it came
    "site_plan",
    metadata,
    Column("n", WholeNumber, primary_key=True, autoincrement=False),
    Column("svg", LargeBinary, nullable=False),
    Column("width", Float, nullable=False),
    Column("height", Float, nullable=False),
    Column("uploaded_by", String(64), nullable=False),
    Column("uploaded_at", UtcDateTime, nullable=False),
)

kiosk_places = Table(
    "kiosk_places",
    metadata,
    Column("kiosk", String(200), ForeignKey("kiosks.id"), primary_key=True),
    Column("x", Float, nullable=False),
    Column("y", Float, nullable=False),
)
