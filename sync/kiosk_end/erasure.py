"""Face crops erased in time, the erasure logged and told to the station. App and agent both do it: whichever runs.

The word goes by the outbox, so it outlives a lost link; told twice it is one message.
"""

from collections.abc import Collection
from typing import Final

import structlog

from kiosk.ports import Clock, OutboxError
from sync.kiosk_end.evidence_file import EvidenceError, EvidenceFile
from sync.kiosk_end.outbox import OutboxFile

ERASE_EVERY_S: Final = 60.0
_LOG = structlog.get_logger()


def erase(evidence: EvidenceFile, outbox: OutboxFile, clock: Clock, ended: Collection[str] = ()) -> None:
    """Erase what is due, and the crops of the alarms that have ended. What fails is logged, and tried again later."""
    try:
        now = clock.now()
        evidence.shred(ended, "dismissed", now)
        evidence.shred_due(now)
        for erased in evidence.untold():
            outbox.tell_erased(erased.alarm, erased.why, erased.at)
            evidence.mark_told(erased.alarm)
            _LOG.info("evidence.erased", alarm=erased.alarm, why=erased.why)
    except (EvidenceError, OutboxError) as error:
        _LOG.error("evidence.trouble", error=type(error.__cause__ or error).__name__)
