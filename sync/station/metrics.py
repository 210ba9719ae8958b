"""How the station does, for Prometheus (the only import of prometheus_client).

- What happens in this process is counted as it happens (``Metrics``); what lies in the store is read when it is asked
  for, so that it is true after a restart, and the same whichever instance is asked.
- A label is a state, a kind of answer or a kiosk. None tells of a person or a case, and none grows without end.
- Exercises are not alarms here.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Final

from prometheus_client import CollectorRegistry, Counter, Histogram
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.exposition import generate_latest
from prometheus_client.registry import Collector
from sqlalchemy import Connection, case, func, select

from sync.station import fleet
from sync.station.tables import alarms, feed_changes, webhook_messages, webhooks

if TYPE_CHECKING:
    from sync.station.station import Station

METRICS_TOKEN: Final = "metrics-token"  # noqa: S105  # a file's name
"""In the station's folder: the token's hash. Without the file there are no metrics for anybody."""
CONTENT_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"
_COMMIT_BUCKETS: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5)
_KIOSK_STATES: Final = ("never-heard", "silent", "faulty", "well", "maintenance")


class Metrics:
    """What this process counts. Callable from any thread."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._messages = Counter(
            "hongtu_messages", "Messages from kiosks, taken or refused.", ["outcome"], registry=self.registry
        )
        self._refused = Counter(
            "hongtu_requests_refused", "Requests refused, by status.", ["status"], registry=self.registry
        )
        self._failed = Counter("hongtu_requests_failed", "Requests that met an error of ours.", registry=self.registry)
        self._commits = Histogram(
            "hongtu_commit_seconds",
            "From a group's turn to the end of its commit.",
            buckets=_COMMIT_BUCKETS,
            registry=self.registry,
        )
        for outcome in ("taken", "refused"):
            self._messages.labels(outcome)

    def messages(self, *, taken: int, refused: int) -> None:
        """Count the messages of one upload."""
        self._messages.labels("taken").inc(taken)
        self._messages.labels("refused").inc(refused)

    def refused(self, status: int) -> None:
        """Count a request that was refused."""
        self._refused.labels(str(status)).inc()

    def failed(self) -> None:
        """Count a request that met an error of ours."""
        self._failed.inc()

    def committed(self, seconds: float) -> None:
        """Count a group's commit."""
        self._commits.observe(seconds)


def exposition(station: "Station") -> bytes:
    """Return everything as Prometheus's text."""
    now = CollectorRegistry()
    now.register(_Standing(station))
    return generate_latest(station.metrics.registry) + generate_latest(now)


class _Standing(Collector):
    """How things stand."""

    def __init__(self, station: "Station") -> None:
        self._station = station

    def describe(self) -> Iterable[Metric]:
        """Return nothing: there is only this one collector, and no name to compare."""
        return ()

    def collect(self) -> Iterator[Metric]:
        """Yield each figure, all of one moment of the store."""
        station, now = self._station, self._station.now()
        with station.store.read() as conn:
            yield from _of_alarms(conn, now)
            yield from _of_kiosks(conn, now)
            yield from _of_webhooks(conn, now)
            newest = conn.execute(select(func.coalesce(func.max(feed_changes.c.seq), 0))).scalar_one()
        yield GaugeMetricFamily("hongtu_list_seq", "The newest change of the list.", value=newest)
        streams = GaugeMetricFamily("hongtu_streams", "Open streams of this instance.", labels=["of"])
        streams.add_metric(["list"], len(station.streams))
        streams.add_metric(["console"], len(station.alarm_bell))
        yield streams


def _of_alarms(conn: Connection, now: datetime) -> Iterator[Metric]:
    real = ~alarms.c.exercise & alarms.c.repeats_of.is_(None)
    by_state = GaugeMetricFamily("hongtu_alarms", "Alarms by state.", labels=["state"])
    for state, n in conn.execute(select(alarms.c.state, func.count()).where(real).group_by(alarms.c.state)):
        by_state.add_metric([state], n)
    yield by_state
    waiting = select(func.min(alarms.c.received_at)).where(real, alarms.c.state == "raised")
    oldest = conn.execute(waiting).scalar()
    yield _age("hongtu_alarm_oldest_waiting_seconds", "Of the oldest alarm that nobody has acknowledged.", oldest, now)


def _of_kiosks(conn: Connection, now: datetime) -> Iterator[Metric]:
    every = fleet.health(conn, now)
    by_state = GaugeMetricFamily("hongtu_kiosks", "Kiosks by state.", labels=["state"])
    for state in _KIOSK_STATES:
        by_state.add_metric([state], sum(one["state"] == state for one in every))
    yield by_state
    for name, says, fact in (
        ("hongtu_kiosk_list_age_seconds", "The age of a kiosk's list, as it last said.", "list_age_s"),
        ("hongtu_kiosk_outbox_depth", "Messages that wait in a kiosk, as it last said.", "outbox_depth"),
        ("hongtu_kiosk_silent_seconds", "Since a kiosk was last heard.", "silent_s"),
    ):
        figure = GaugeMetricFamily(name, says, labels=["kiosk"])
        for one in every:
            if one[fact] is not None:
                figure.add_metric([one["kiosk"]], one[fact])
        yield figure


def _of_webhooks(conn: Connection, now: datetime) -> Iterator[Metric]:
    m = webhook_messages.c
    waiting, aside = (func.count(case((claim, 1))) for claim in (m.given_up_why.is_(None), m.given_up_why.is_not(None)))
    oldest = func.min(case((m.given_up_why.is_(None), m.made_at)))
    query = select(waiting, aside, oldest).join(webhooks).where(m.done_at.is_(None), webhooks.c.ended_at.is_(None))
    n_waiting, n_aside, since = conn.execute(query).one()
    by_state = GaugeMetricFamily("hongtu_webhook_messages", "Messages not yet delivered.", labels=["state"])
    by_state.add_metric(["waiting"], n_waiting)
    by_state.add_metric(["set-aside"], n_aside)
    yield by_state
    yield _age("hongtu_webhook_oldest_waiting_seconds", "Of the oldest message that waits.", since, now)


def _age(name: str, says: str, since: datetime | None, now: datetime) -> Metric:
    """Return how long ago that was, 0 where there is nothing."""
    return GaugeMetricFamily(name, says, value=max(0.0, (now - since).total_seconds()) if since is not None else 0.0)
