"""What the torture shares with the quick tests of the same parts."""

import sys
from pathlib import Path

TESTS = Path(__file__).parents[1]
sys.path[:0] = [str(TESTS), str(TESTS / "integration" / "reader")]

from fixtures_pcsc import escape_reader, hand, killable_pcscd, pcsc_service, pcscd, plugged_in  # noqa: E402  # after the path to them

__all__ = ["escape_reader", "hand", "killable_pcscd", "pcsc_service", "pcscd", "plugged_in"]
