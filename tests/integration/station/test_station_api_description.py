"""The API does what its description says, whatever is sent: generated requests of everybody to every call."""

import os
import re
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass, field
from itertools import cycle
from pathlib import Path
from typing import Any

import msgspec
import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis import checks
from schemathesis.config import SchemathesisConfig
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from sqlalchemy import select
from station_world import CONSOLE, World, alarm, listed_entry, running, upload

from sync.station.api.session import COOKIE
from sync.station.app import described
from sync.station.metrics import METRICS_TOKEN
from sync.station.rights import Role
from sync.station.tables import entries
from sync.station.tokens import new_token, token_hash

FOR_LONG = int(os.environ.get("STATION_API_FOR_LONG", "0"))
"""Set by tests/torture: how many requests a call, and every boundary beside them."""
DESCRIPTION = Path("docs/openapi.json")
NEVER_ENDS = r"(/events|/list/wait)$"
"""Streams, and a long poll: tried where their news is."""

CONFIG = SchemathesisConfig.from_dict(
    {
        "phases": {"coverage": {"enabled": bool(FOR_LONG)}},
        "checks": {"negative_data_rejection": {"expected-statuses": [400, 401, 403, 404, 405, 409, 413, 429]}},
    }
)


def described_to_whom_is_known() -> dict[str, Any]:
    """The description without who may call: the session has it all, and what a stranger meets is tried by itself."""
    known = deepcopy(described())
    for operations in known["paths"].values():
        for operation in operations.values():
            operation["security"] = []
    return known


schema = schemathesis.openapi.from_dict(
    described_to_whom_is_known(),
    config=CONFIG,
).exclude(path_regex=f"{NEVER_ENDS}|logout(/everywhere)?$")
CHECKS = [
    checks.not_a_server_error,
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
]


@dataclass
class Everybody:
    """One who may do everything: a session with every role, a kiosk's certificate, the token for the figures."""

    world: World
    session: requests.Session
    known: dict[str, Any] = field(default_factory=dict)
    """What exists here, by the name of a path's parameter."""


@pytest.fixture(scope="module")
def everybody(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Everybody]:
    with running(tmp_path_factory.mktemp("station")) as world:
        token = new_token()
        (world.folder / METRICS_TOKEN).write_text(token_hash(token))
        listed_entry(world)
        with world.kiosk() as kiosk, world.person("everybody", *Role) as person, requests.Session() as session:
            alarms = [alarm(seq) for seq in range(1, 4)]
            upload(kiosk, *alarms)
            session.verify = str(world.folder / "ca.pem")
            session.cert = str(next(world.folder.glob("client-*.pem")))
            session.trust_env = False
            session.cookies.update(dict(person.cookies))
            session.headers.update({"Authorization": f"Bearer {token}"})
            with world.station.store.read() as conn:
                listed = conn.execute(select(entries.c.id)).scalars().all()
            known = {"alarm": [one.id for one in alarms], "entry": listed, "kiosk": ["g1"]}
            yield Everybody(world, session, {name: cycle([*values, None]) for name, values in known.items()})


@schema.parametrize()
@settings(
    max_examples=FOR_LONG or 2, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck)
)
def test_every_call_does_what_its_description_says(case: schemathesis.Case, everybody: Everybody) -> None:
    for name in case.path_parameters:
        if (known := next(everybody.known.get(name, iter(())), None)) is not None:
            case.path_parameters[name] = known
    checks_of_this = [one for one in CHECKS if case.path != "/v1/messages" or one is not negative_data_rejection]
    how = {"session": everybody.session, "verify": everybody.session.verify, "cert": everybody.session.cert}
    case.call_and_validate(
        base_url=everybody.world.url, checks=checks_of_this, **how
    )  # a bad message is refused alone, with 200


PROTECTED = [
    (method, path)
    for path, operations in described()["paths"].items()
    for method, operation in operations.items()
    if operation["security"]
]


@pytest.mark.parametrize("name", [None, "Authorization", "Cookie"])
def test_nobody_gets_past_a_call_that_asks_who_it_is(everybody: Everybody, name: str | None) -> None:
    forged = {"Authorization": "Bearer " + new_token(), "Cookie": f"{COOKIE}={new_token()}"}
    with requests.Session() as stranger:
        stranger.verify, stranger.trust_env = everybody.session.verify, False
        stranger.headers.update(CONSOLE if name is None else {**CONSOLE, name: forged[name]})
        let_in = [
            (method, path)
            for method, path in PROTECTED
            if stranger.request(method, everybody.world.url + re.sub("{.*?}", "g1", path), timeout=5).status_code != 401
        ]
    assert not let_in


def test_the_description_in_the_docs_is_the_one_that_the_station_serves(everybody: Everybody) -> None:
    served = everybody.session.get(everybody.world.url + "/api/openapi.json").json()
    assert msgspec.json.decode(DESCRIPTION.read_bytes()) == served  # else: make docs
    assert served["openapi"].startswith("3.1")


def test_a_stranger_is_not_told_what_there_is(everybody: Everybody) -> None:
    answer = requests.get(everybody.world.url + "/api/openapi.json", verify=everybody.session.verify, timeout=5)
    assert answer.status_code == 401
