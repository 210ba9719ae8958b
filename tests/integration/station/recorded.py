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
MADE_OR_ENDED_BY_PEOPLE = {"people", "passkeys", "kiosk_certificates", "evidence"}
"""Whose rows also change by themselves: a certificate is used, a step of a second factor is spent."""
_SAVEPOINTS = re.compile(r"(ROLLBACK TO )?SAVEPOINT (\w+)")
_WRITES = re.compile(r"(INSERT INTO|UPDATE|DELETE FROM) (\w+)")


@contextmanager
def every_act_recorded(store: Store) -> Iterator[None]:
    """Fail if something was committed unrecorded meanwhile. What a test writes in its own thread is its own.

    The rows of an import that is being loaded are nobody's act yet: it counts once it is proposed, in a transaction
    with its audit row (sync.station.import_loading), and until then it is forgotten without one.
    """
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
        loading = threading.current_thread().name.startswith("imports")
        if tables and ("INSERT INTO", "audit") not in changes and not loading:
            silent.append(sorted(tables))

    def undone(conn: Any) -> None:
        conn.info.pop("written", None)

    hooks = (("before_cursor_execute", written), ("commit", committed), ("rollback", undone))
    for name, hook in hooks:
        event.listen(store._engine, name, hook)
    yield
    for name, hook in hooks:
        event.remove(store._engine, name, hook)
    assert silent == [], f"committed without a row in the audit log: {silent}"
