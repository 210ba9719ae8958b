"""The quiet call to site staff, behind ``kiosk.ports.StaffCall``."""

import structlog

from kiosk.domain.ids import VisitId
from kiosk.domain.reasons import Reason

log = structlog.get_logger()


class LogStaffCall:
    """Writes the call to the log, from where a site's own pager or tower light may take it.

    It says the reason's class, as the slip does: a listener at the desk cannot tell an alarm from a referral.
    """

    def call(self, visit: VisitId, reason: Reason) -> None:
        """Log that staff are wanted at the lane."""
        log.info("staff.called", visit=visit, reason_class=reason.reason_class())
