"""The limits of a visit, each with its unit and its source."""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """What a site may tune. The defaults are the product's promise.

    Raises:
        ValueError: when a limit contradicts another or is not positive.
    """

    list_fresh_for: timedelta = timedelta(hours=1)
    """Older than this, staff see a banner (DESIGN, list age)."""
    list_usable_for: timedelta = timedelta(hours=24)
    """Older than this, a hit still alarms but a miss refers (DESIGN, list age)."""
    adult_age: int = 14
    """Below it a visitor goes to staff with an adult (PIPL 28: consent of a guardian under 14)."""
    liveness_required: bool = False
    """Without a presentation-attack provider liveness is not measured, and says so."""
    reads_per_visit: int = 3
    """Laying the card down again is asked for this many reads at the most."""

    read_timeout_s: float = 6.0
    """Twice the 3 s client time-out seen for a SAM read (facts/resident-id)."""
    look_timeout_s: float = 15.0
    """From card read to decision; DHS biometric rally: a transaction under 10 s, people who need help longer."""
    lay_again_timeout_s: float = 20.0
    """WCAG 2.2.1: at least 20 s to do what a screen asks."""
    result_shown_s: float = 6.0
    """How long a result stays when its card has been lifted."""
    refer_shown_s: float = 20.0
    """Long enough to read the slip, then more time is offered; the next card ends it at once."""
    more_time_s: float = 20.0
    """How long a visitor is asked whether more time is wanted (WCAG 2.2.1: at least 20 s)."""
    extensions: int = 10
    """How often a visitor may have more time (WCAG 2.2.1: at least ten times)."""
    forgotten_card_s: float = 15.0
    """Then staff are told that a card lies on the reader."""
    call_kept_s: float = 600.0
    """A call that nobody dismissed; by then whoever it was for has been seen to, or has gone."""

    def __post_init__(self) -> None:
        if not timedelta(0) < self.list_fresh_for <= self.list_usable_for:
            raise ValueError("list_fresh_for must be positive and no longer than list_usable_for")
        if self.reads_per_visit < 1:
            raise ValueError("reads_per_visit must be at least 1")
