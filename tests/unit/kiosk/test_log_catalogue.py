"""RULES 15: nothing personal can get into the log, even by a careless call."""

import io
import json
from collections.abc import Iterator

import pytest
import structlog

from kiosk import events, logbook
from sync.kiosk_end import log as agent_log
from sync.station import log as station_log


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    stream = io.StringIO()
    logbook.configure(events.CATALOGUE, stream)
    yield stream
    structlog.reset_defaults()


def test_a_field_that_the_catalogue_does_not_declare_is_dropped(log: io.StringIO) -> None:
    structlog.get_logger().info("gate.opened", visit="7KMX", number="11010519491231002X", portrait=b"face")
    assert set(json.loads(log.getvalue())) == {"event", "level", "at", "visit"}


def test_an_event_that_the_catalogue_does_not_declare_is_a_bug(log: io.StringIO) -> None:
    with pytest.raises(logbook.UnknownEventError):
        structlog.get_logger().info("visitor 11010519491231002X came")
    assert log.getvalue() == ""


@pytest.mark.parametrize("catalogue", [events.CATALOGUE, agent_log.CATALOGUE, station_log.CATALOGUE])
def test_no_catalogue_declares_a_field_that_could_name_a_person(catalogue: logbook.Catalogue) -> None:
    personal = {"number", "name", "portrait", "picture", "embedding", "apdu", "login", "address", "password", "token"}
    assert all(not personal & fields for fields in catalogue.values())
