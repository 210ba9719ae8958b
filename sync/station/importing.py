"""An import: many entries in one file, all of them or none, proposed by one person and approved by another.

Rules
- A file with one refused row is refused whole; a dry run (sync.station.import_check) says which rows those are.
- Proposed (sync.station.import_loading). Then its entries are sealed, which takes long and may be interrupted:
  proposing the same file again goes on with it.
- Approved by somebody else: one transaction withdraws what is to be withdrawn, lists the rest and says so in every
  open feed. What was withdrawn meanwhile, one by one, stays so.
- One audit row stands for all of it; each entry's history finds it by the import.
- It can be taken back (sync.station.taking_back).
"""

from collections.abc import Callable, Mapping
from datetime import datetime

from sqlalchemy import Connection, update

from sync.station import audit
from sync.station.feeds import sealing_epochs
from sync.station.imports import ImportState, how_many, import_already, import_of, withdrawn_by
from sync.station.listing import list_all
from sync.station.live_list import LIVE, EntryState
from sync.station.refusals import BadRequestError, NotAllowedError
from sync.station.sealing import seal_missing, unsealed
from sync.station.site_time import site_day
from sync.station.store import Store
from sync.station.tables import entries, imports
from sync.station.withdrawals import end_all
from watchlist.seal import Pepper


def seal_import(
    store: Store,
    peppers: Mapping[int, Pepper],
    import_id: str,
    say: Callable[[int, int], None] = lambda done, of: None,
) -> int:
    """Seal what of this import is not sealed yet; return how many entries that were."""
    return seal_missing(store, peppers, entries.c.import_id == import_id, say=say)


def sealed(conn: Connection, peppers: Mapping[int, Pepper], import_id: str) -> tuple[int, int]:
    """Return how many rows of this import are sealed, and how many there have to be: for each entry one an epoch."""
    of_it = entries.c.import_id == import_id
    epochs = [epoch for epoch in sealing_epochs(conn) if epoch in peppers]
    of = how_many(conn, of_it & entries.c.state.in_(LIVE)) * len(epochs)
    return of - sum(unsealed(conn, epoch, of_it) for epoch in epochs), of


def approve_import(conn: Connection, import_id: str, who: str, now: datetime) -> tuple[int, int, int]:
    """Do what the import asks for; return how many were listed and withdrawn, and where the newest feed then stands.

    Raises:
        NotFoundError: there is no such import.
        NotAllowedError: ``who`` proposed it.
        ConflictError: it does not wait any more.
        BadRequestError: "import-over": the last day of ``n`` entries has passed meanwhile.
        NotSealedError: see ``seal_import``.
    """
    found = import_of(conn, import_id)
    if found.state != ImportState.PROPOSED:
        raise import_already(found)
    if found.proposed_by == who:
        raise NotAllowedError("own-import")
    adds = (entries.c.import_id == import_id) & (entries.c.state == EntryState.PROPOSED)
    if over := how_many(conn, adds & (entries.c.expires_on <= site_day(now))):
        raise BadRequestError("import-over", n=over)
    withdraws = entries.c.id.in_(withdrawn_by(import_id)) & (entries.c.state != EntryState.WITHDRAWN)
    listed, withdrawn = how_many(conn, adds), how_many(conn, withdraws)
    # Withdrawals go first (RULES 12).
    ended_at = end_all(conn, withdraws, f"import {import_id}", who, now)
    seq = list_all(conn, entries.c.import_id == import_id, who, now) or ended_at or 0
    approved = {"state": ImportState.APPROVED, "approved_by": who, "approved_at": now}
    conn.execute(update(imports).where(imports.c.id == import_id).values(approved))
    audit.record(conn, now, who, "import.approved", import_id=import_id, listed=listed, withdrawn=withdrawn, seq=seq)
    return listed, withdrawn, seq
