"""Gate drivers behind ``kiosk.ports.Gate``. A real barrier's driver comes to stand here, beside the log-only one."""

from kiosk.domain.ids import VisitId


class LogGate:
    """Opens nothing: for sites whose guard opens by hand at the green screen. The engine logs every opening."""

    def answers(self) -> bool:
        """There is nothing that could fail."""
        return True

    def open(self, visit: VisitId) -> None:
        """Accept the decision; there is no barrier to move."""
