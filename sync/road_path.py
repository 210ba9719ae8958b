"""What a path of the published tree may look like (watchlist.published), so that no road is led out of its own ground.

The paths come from signed files, but a road is asked before their signature has been looked at.
"""

import re
from typing import Final

from kiosk.ports import RoadError

_PATH: Final = re.compile(r"\A(?!\.)[0-9A-Za-z._-]{1,200}(/(?!\.)[0-9A-Za-z._-]{1,200}){0,4}\Z")


def checked_path(path: str) -> str:
    """Return ``path`` if it is relative and no part begins with a dot. Raises RoadError("bad-path")."""
    if _PATH.match(path) is None:
        raise RoadError("bad-path")
    return path
