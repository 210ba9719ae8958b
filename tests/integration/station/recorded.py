"""Whatever a running station commits that people answer for has its row of the audit log in the same transaction."""

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event

from sync.station.store import Store

CHANGED_BY_PEOPLE = {
    *("entries", "entry_numbers", "cleared_numbers", "imports", "import_withdrawals", "requests", "epochs"),
    *("invitations", "enrol_tokens", "maintenance", "dispatches", "overrides"),
    *("teams", "team_members", "shifts", "settings", "webhooks", "site_plan", "kiosk_places"),
}
LOADED_FIRST = {"imports", "entries", "entry_numbers", "import_withdrawals"}
"""What import_work writes before anybody has proposed it; with its last row it is, and that is recorded."""
MADE_OR_ENDED_BY_PEOPLE = {"people", "passkeys", "kiosk_certificates", "evidence"}
"""Whose rows also change by themselves: a certificate is used, a step of a second factor is spent."""
_SAVEPOINTS = re.compile(r"(ROLLBACK TO )?SAVEPOINT (\w+)")
_WRITES = re.compile(r"(INSERT INTO|UPDATE|DELETE FROM) (\w+)")


@contextmanager
def every_act_recorded(store: Store) -> Iterator[None]:
    """Fail if something was committed unrecorded meanwhile. What a test writes in its own thread is its own."""
    test, silent = threading.current_thread(), []

    def written(conn: Any, _cursor: Any, statement: str, *_others: Any) -> None:
        if threading.current_thread() is not test and (found := _WRITES.match(statement)):
            conn.info.setdefault("written", set()).add(found.groups())
        elif found := _SAVEPOINTS.match(statement):  # what is undone in mid-transaction is not committed
            before = conn.info.setdefault("savepoints", {})
            if found[1]:
                conn.info["written"] = set(before[found[2]])
            else:
                before[found[2]] = set(conn.info.get("written", ()))

    def committed(conn: Any) -> None:
        changes = conn.info.pop("written", set())
        tables = {
            table
            for verb, table in changes
            if table in CHANGED_BY_PEOPLE or (table in MADE_OR_ENDED_BY_PEOPLE and verb != "UPDATE")
        }
        if threading.current_thread().name.startswith("imports"):
            tables -= LOADED_FIRST
        if tables and ("INSERT INTO", "audit") not in changes:
            silent.append(sorted(tables))

    def undone(conn: Any) -> None:
        conn.info.pop("written", None)

    def begun(conn: Any, _name: str | None) -> None:
        conn.info["before"] = set(conn.info.get("written", ()))

    def taken_back(conn: Any, _name: str, _context: None) -> None:
        conn.info["written"] = conn.info.pop("before")  # readiness tries to write, and keeps nothing

    hooks = (
        *(("before_cursor_execute", written), ("commit", committed), ("rollback", undone)),
        *(("savepoint", begun), ("rollback_savepoint", taken_back)),
    )
    for name, hook in hooks:
        event.listen(store._engine, name, hook)
    yield
    for name, hook in hooks:
        event.remove(store._engine, name, hook)
    assert silent == [], f"committed without a row in the audit log: {silent}"
