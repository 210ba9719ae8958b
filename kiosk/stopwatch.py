"""How long each stage of one visit took: the durations of the log and of the bench, and nothing else."""

from dataclasses import dataclass, field


@dataclass(slots=True)
class Stopwatch:
    """Monotonic moments of one visit, by stage. A stage that did not happen has no duration."""

    presented_s: float | None = None
    moments: dict[str, float] = field(default_factory=dict)

    def start(self, now_s: float) -> None:
        """Begin anew: a card was laid."""
        self.presented_s = now_s
        self.moments = {}

    def stop(self) -> None:
        """Forget the visit: what comes next may have no card."""
        self.presented_s = None
        self.moments = {}

    def mark(self, stage: str, now_s: float) -> None:
        """Note that ``stage`` is done."""
        if self.presented_s is not None:
            self.moments.setdefault(stage, now_s)

    def durations(self, now_s: float) -> dict[str, float | None]:
        """Return seconds: card laid → read, read → face and read → list, card laid → now."""
        read = self.moments.get("read")
        return {
            "read_s": _between(self.presented_s, read),
            "face_s": _between(read, self.moments.get("face")),
            "list_s": _between(read, self.moments.get("list")),
            "total_s": _between(self.presented_s, now_s),
        }


def _between(start_s: float | None, end_s: float | None) -> float | None:
    return None if start_s is None or end_s is None else round(end_s - start_s, 4)
