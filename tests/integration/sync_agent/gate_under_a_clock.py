"""A kiosk app's clock, list and outbox in a process of its own, whose machine's clock a test sets (libfaketime).

Argument: the data folder. For each line on stdin, a document's number or nothing, one line of JSON: the machine's time,
the time that the kiosk goes by, what the list says, the faults; whoever is listed has raised an alarm by then.
"""

import json
import sys
from datetime import UTC, datetime
from functools import partial
from itertools import count
from pathlib import Path
from uuid import uuid4

from hardware.gate import LogGate
from kiosk import doorbell
from kiosk.clock import SystemClock
from kiosk.domain.alarm import Alarm
from kiosk.domain.evidence import Listed
from kiosk.domain.faults import Fault
from kiosk.domain.ids import AlarmId, Presence, VisitId
from kiosk.domain.numbers import DocumentNumber
from kiosk.domain.verdict import AlarmKind
from kiosk.supervision import Supervision
from sync.kiosk_end.outbox import OUTBOX_FILE, OutboxFile
from watchlist.lookup import SealedList

data = Path(sys.argv[1])
sealed = SealedList(data)
clock = SystemClock(data, sealed.checked_at)
outbox = OutboxFile(data / OUTBOX_FILE, partial(doorbell.ring, data / doorbell.DOORBELL_FILE))
supervision = Supervision(sealed, outbox, LogGate(), data, {Fault.CLOCK: clock.is_wrong})
for presence, line in zip(count(1), sys.stdin, strict=False):
    numbers = tuple(map(DocumentNumber, line.split()))
    found = sealed.look_up(Presence("reader", presence), numbers, clock.now()) if numbers else None
    alarm = AlarmId(str(uuid4()))
    if isinstance(found, Listed):
        outbox.raise_alarm(
            Alarm(id=alarm, kind=AlarmKind.STAFF_PANIC, visit=VisitId(str(uuid4())), raised_at=clock.now())
        )
    told = {
        "machine": datetime.now(UTC).isoformat(),
        "kiosk": clock.now().isoformat(),
        "listed": type(found).__name__,
        "alarm": alarm,
        "faults": sorted(supervision.standing(clock.now())),
    }
    print(json.dumps(told), flush=True)  # noqa: T201 - its only way to answer
