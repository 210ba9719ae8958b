"""Roads carry the published files as they are, and nothing that lies elsewhere."""

import asyncio
import os
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import pytest
from station_double import HANG_UP, Pki, Reply, StationDouble, station_double

import sync.http
from kiosk.ports import Road, RoadError
from sync.folder_road import FolderRoad
from sync.http import WebRoad
from sync.kiosk_end.identity import Identity
from sync.kiosk_end.roads import MirrorError, Mirrors, open_roads, station_road
from watchlist.device_key import open_device_keys

PATH = "feed/1/head.json"


def read(road: Road, path: str = PATH) -> bytes:
    with road.fetch(path) as pieces:
        return b"".join(pieces)


def why(road: Road, path: str = PATH) -> str:
    with pytest.raises(RoadError) as ended:
        read(road, path)
    return ended.value.why


class Served:
    """What a station or a mirror answers, asked by the blocking road from a thread, as the agent does."""

    def __init__(self, pki: Pki, *, mirror: bool) -> None:
        self.pki, self.mirror = pki, mirror
        self.asked: list[str] = []

    def __call__(self, reply: Reply, judge: Callable[[Road], object]) -> object:
        async def scene() -> object:
            async with station_double(self.pki, client_certificates=not self.mirror) as server:
                road, folder = self.of(server)
                server.replies[f"GET {folder}/{PATH}"] = lambda _body: reply
                try:
                    return await asyncio.to_thread(judge, road)
                finally:
                    self.asked = server.asked
                    road.close()

        return asyncio.run(scene())

    def of(self, server: StationDouble) -> tuple[WebRoad, str]:
        return (server.mirror(), "/mirror") if self.mirror else (server.road(), "/v1/list")


@pytest.fixture(params=["station", "mirror"])
def served(request: pytest.FixtureRequest, pki: Pki) -> Served:
    return Served(pki, mirror=request.param == "mirror")


@pytest.fixture
def stick(tmp_path: Path) -> Path:
    file = tmp_path / "stick" / PATH
    file.parent.mkdir(parents=True)
    file.write_bytes(b"signed")
    return tmp_path / "stick"


def test_a_file_comes_as_it_is(served: Served, stick: Path) -> None:
    assert served((200, b"signed"), read) == read(FolderRoad(stick)) == b"signed"


def test_a_file_that_is_not_published_is_told_from_a_road_that_is_closed(served: Served, stick: Path) -> None:
    assert served((404, b""), why) == why(FolderRoad(stick), "feed/9/head.json") == "not-published"
    assert served((500, b""), why) == "http-500"
    assert served(HANG_UP, why) == "RemoteProtocolError"


def test_a_bucket_says_403_of_what_it_does_not_hold_and_a_station_of_whom_it_does_not_know(pki: Pki) -> None:
    assert Served(pki, mirror=True)((403, b""), why) == "not-published"
    assert Served(pki, mirror=False)((403, b""), why) == "http-403"


def test_a_redirection_is_not_followed(served: Served) -> None:
    assert served((302, b""), why) == "http-302"


@pytest.mark.parametrize(
    "path",
    ["../trust.json", "feed/../../x", "/etc/passwd", "feed//x", "a\\b", "", "feed/.ssh", "x?y", "x#y", "%2e%2e/x"],
)
def test_no_path_leads_out_of_a_roads_own_ground(served: Served, stick: Path, path: str) -> None:
    assert served((200, b""), lambda road: why(road, path)) == "bad-path"
    assert served.asked == []
    assert why(FolderRoad(stick), path) == "bad-path"


def test_a_file_that_is_longer_than_any_is_cut_off(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sync.http, "MAX_FILE_BYTES", 1000)
    assert served((200, b"x" * 1001), why) == "too-large"


def test_a_road_that_trickles_is_given_up(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sync.http, "SLOW_START_S", -1.0)
    assert served((200, b"x"), why) == "too-slow"


def test_a_mirror_is_not_shown_the_kiosks_certificate_and_must_be_of_a_known_ca(pki: Pki, tmp_path: Path) -> None:
    async def scene() -> str:
        async with station_double(pki, client_certificates=False) as server:
            road = WebRoad(f"{server.url}/mirror", Pki(tmp_path / "other").ca)
            try:
                return await asyncio.to_thread(why, road)
            finally:
                road.close()

    assert asyncio.run(scene()) == "station-not-trusted"


def test_a_link_out_of_the_stick_is_not_followed_and_one_inside_is(stick: Path, tmp_path: Path) -> None:
    (tmp_path / "secret.json").write_text("secret")
    (stick / "feed/1/out.json").symlink_to(tmp_path / "secret.json")
    (stick / "feed/2").symlink_to(stick / "feed/1")
    (stick / "feed/3").symlink_to(tmp_path)
    road = FolderRoad(stick)
    assert why(road, "feed/1/out.json") == "leads-outside"
    assert why(road, "feed/3/secret.json") == "leads-outside"
    assert read(road, "feed/2/head.json") == b"signed"


def test_nothing_but_a_plain_file_is_opened(stick: Path) -> None:
    os.mkfifo(stick / "feed/1/pipe.json")
    (stick / "ring").symlink_to(stick / "ring")
    road = FolderRoad(stick)
    assert why(road, "feed/1/pipe.json") == "not-published"
    assert why(road, "feed/1") == "not-published"
    assert why(road, "feed/1/head.json/x") == "not-published"
    assert why(road, "ring") in ("cannot-be-read", "not-published")
    assert why(FolderRoad(stick / "gone")) == "not-published"


def test_a_file_that_may_not_be_read_is_a_closed_road(stick: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError

    monkeypatch.setattr(Path, "open", refuse)
    assert why(FolderRoad(stick)) == "cannot-be-read"


def roads(pki: Pki, tmp_path: Path, mirrors: Mirrors) -> list[str]:
    identity = Identity(tmp_path / "identity", open_device_keys(tmp_path, "file", make=True))
    identity.begin(pki.kiosk(), pki.ca.read_bytes())
    with ExitStack() as open_things:
        station = station_road("https://127.0.0.1:1/", identity, lambda: pki.now)
        open_things.callback(station.close)
        return list(open_roads(station, identity, mirrors, open_things))


def test_the_station_comes_first_and_the_mirrors_in_their_order(pki: Pki, tmp_path: Path) -> None:
    urls = ("https://one.example/list", "https://two.example/list/")
    assert roads(pki, tmp_path, Mirrors(urls=urls)) == ["station", "mirror-1", "mirror-2"]


def test_a_mirror_without_encryption_is_only_taken_where_the_installer_says_so(pki: Pki, tmp_path: Path) -> None:
    urls = ("http://one.example/list",)
    with pytest.raises(MirrorError, match="not encrypted"):
        roads(pki, tmp_path, Mirrors(urls=urls))
    assert roads(pki, tmp_path, Mirrors(urls=urls, plain_http=True)) == ["station", "mirror-1"]


@pytest.mark.parametrize(
    "url", ["one.example", "ftp://one.example/", "https://", "https://one.example/?x", "https://[::1/"]
)
def test_what_is_no_address_is_told_at_the_start(pki: Pki, tmp_path: Path, url: str) -> None:
    with pytest.raises(MirrorError, match="cannot be a mirror"):
        roads(pki, tmp_path, Mirrors(urls=(url,)))


def test_a_ca_file_that_is_not_there_is_told_at_the_start(pki: Pki, tmp_path: Path) -> None:
    with pytest.raises(MirrorError, match="cannot be a mirror"):
        roads(pki, tmp_path, Mirrors(urls=("https://one.example/",), ca=tmp_path / "none.pem"))
