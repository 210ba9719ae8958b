"""The ways to what the station publishes that this kiosk knows: the station, then the site's mirrors in turn.

A mirror is a web server or a CDN that holds the published files as they are. It is shown no certificate and told
nothing; what it carries is signed, so a bad one can hold a kiosk's list back and do nothing else.
"""

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from kiosk.ports import Road
from sync.http import WebRoad
from sync.kiosk_end.identity import Identity
from sync.kiosk_end.receiver import STATION


class MirrorError(Exception):
    """A mirror's address or CA file is not one. Says which and why, in one line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mirrors:
    """Addresses of folders at web servers; ``ca`` has the CAs by which they are believed, None for the site's own."""

    urls: tuple[str, ...] = ()
    ca: Path | None = None
    plain_http: bool = False
    """Whether they may be without encryption: the installer must say so."""


def station_road(station_url: str, identity: Identity, proven: Callable[[], datetime]) -> WebRoad:
    """Return the station's own road, for the caller to close. Its certificate is judged by ``proven`` (sync.tls)."""
    return WebRoad(f"{station_url.rstrip('/')}/v1/list/", identity.ca, identity.own, proven)


def open_roads(station: Road, identity: Identity, mirrors: Mirrors, open_things: ExitStack) -> dict[str, Road]:
    """Return the roads by name, in the order in which they are tried. Raises MirrorError."""
    roads: dict[str, Road] = {STATION: station}
    for number, url in enumerate(mirrors.urls, start=1):
        mirror = _open_mirror(url, mirrors, identity)
        open_things.callback(mirror.close)
        roads[f"mirror-{number}"] = mirror
    return roads


def _open_mirror(url: str, mirrors: Mirrors, identity: Identity) -> WebRoad:
    if url.lower().startswith("http:") and not mirrors.plain_http:
        raise MirrorError(
            f"{url} is not encrypted: add --plain-http if that is meant (the list is signed all the same)"
        )
    try:
        return WebRoad(url, mirrors.ca or identity.ca)
    except (ValueError, OSError) as error:
        raise MirrorError(f"{url} cannot be a mirror: {error}") from None
