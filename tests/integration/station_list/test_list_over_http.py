"""The list at the station's server: files, pushes and waits for kiosks, over mutual TLS."""

import contextlib
import re
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest
from list_world import Site
from sqlalchemy import select
from station_world import PATIENCE_S, SITE, World, beat, csr_of_new_key, running

import watchlist
from kiosk.ports import FeedPosition
from sync import wire
from sync.station import doorbell, fleet, streams
from sync.station.rights import Role
from sync.station.tables import audit
from sync.station.wording import Language, Words
from watchlist.feed import GENESIS, Batch, verify_batch
from watchlist.published import PIECE

START = FeedPosition(1, 0, GENESIS)


@pytest.fixture
def people(world: World) -> Site:
    """Who lists people at this station, beside the server."""
    site = Site.__new__(Site)
    site.station, site.store, site.folder, site.people = world.station, world.station.store, world.folder, 0
    site.tree, site.keyring, site.publisher = world.station.tree, world.station.keyring, world.station.publisher
    site.now = datetime.now(UTC)
    return site


def ring(world: World) -> None:
    world.station.feed_bell.ring()


def verified(world: World, data: bytes, position: FeedPosition = START) -> Batch:
    keys = [key.public for key in world.station.keyring.feed_keys.trusted()]
    return verify_batch(data, site=SITE, group="gates", positions=[position], keys=keys)


@contextlib.contextmanager
def pushed(kiosk: httpx.Client) -> Iterator[Iterator[bytes]]:
    """The batches of the stream, as they come."""
    with kiosk.stream("GET", "/v1/list/events", timeout=15) as answer:
        assert answer.headers["content-type"] == "text/event-stream"
        lines = answer.iter_lines()
        yield (line.removeprefix("data: ").encode() for line in lines if line.startswith("data: "))


def test_a_kiosk_is_told_at_its_enrolment_what_it_needs_to_verify_and_open_the_list(world: World) -> None:
    _, csr = csr_of_new_key()
    with world.browser() as nobody:
        wish = wire.EnrolRequest(token=world.enrol_token(), csr_pem=csr)
        answer = nobody.post("/v1/enrol", content=wire.encode(wish))
    enrolled = msgspec.json.decode(answer.content, type=wire.Enrolled)
    assert (enrolled.site, enrolled.group) == (SITE, "gates")
    assert enrolled.root == world.station.tree.newest_root()
    assert enrolled.group_key == world.station.keyring.group_key


def test_every_published_file_is_served_as_it_is(world: World, people: Site) -> None:
    people.list_people(PIECE + 1)
    with world.kiosk() as kiosk:
        paths = [file.relative_to(people.tree.folder).as_posix() for file in people.tree.folder.rglob("*.json")]
        for path in (*paths, *people.publisher.paths()):
            answer = kiosk.get(f"/v1/list/{path}")
            found = people.publisher.file(path)
            assert found is not None
            assert answer.status_code == 200
            if "/head" not in path and path != f"feed/1/{PIECE + 1}.json":  # they say when
                assert answer.content == (found if isinstance(found, bytes) else found.read_bytes())


@pytest.mark.parametrize(
    "path",
    [
        "../v1/list/feed/1/head.json",
        "%2e%2e/%2e%2e/group.key",
        "feed/1/..%2f..%2f..%2fgroup.key",
        "feed%2f1%2fhead.json",
        "/feed/1/head.json",
        "metadata/timestamp.json/",
        "metadata/timestamp.json%00",
        "targets/..%5c..%5cgroup.key",
        "group.key",
        "site.json",
        "",
    ],
)
def test_no_path_leads_out_of_the_tree(world: World, path: str) -> None:
    with world.kiosk() as kiosk:
        request = kiosk.build_request("GET", "/v1/list/x")
        request.url = httpx.URL(kiosk.base_url, raw_path=f"/v1/list/{path}".encode())
        answer = kiosk.send(request)
    assert answer.status_code == 404
    assert world.station.keyring.group_key not in answer.content


@pytest.mark.parametrize("path", ["metadata/timestamp.json", "events", "wait?epoch=1&seq=0", "feed/1/head.json"])
def test_who_has_no_kiosk_s_certificate_gets_nothing_of_the_list(world: World, path: str) -> None:
    with world.browser() as nobody:
        assert nobody.get(f"/v1/list/{path}").status_code == 401


def test_the_old_feed_is_gone(world: World) -> None:
    with world.kiosk() as kiosk:
        assert kiosk.get("/v1/feed?epoch=1&since=0").status_code == 404


def test_a_stream_begins_with_the_head_and_brings_each_commit_as_one_batch(world: World, people: Site) -> None:
    listed = people.list_people(3)
    ring(world)
    with world.kiosk() as kiosk, pushed(kiosk) as batches:
        head = verified(world, next(batches))
        while head.checkpoint.seq < 3:
            head = verified(world, next(batches))
        people.withdraw(*listed[:2])
        ring(world)
        position = FeedPosition(1, 3, head.checkpoint.head)
        batch = verified(world, next(batches), position)
        assert [change.op for change in batch.changes] == ["withdraw", "withdraw"]


def test_a_quiet_stream_brings_a_fresh_checkpoint(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "SSE_PING_S", 0.1)
    ring(world)
    with world.kiosk() as kiosk, pushed(kiosk) as batches:
        times = [verified(world, next(batches)).checkpoint.at for _ in range(3)]
    assert times[0] < times[1] < times[2]


def test_more_changes_than_a_piece_are_announced_and_fetched(world: World, people: Site) -> None:
    with world.kiosk() as kiosk, pushed(kiosk) as batches:
        next(batches)
        people.list_people(PIECE + 100)
        ring(world)
        announced = msgspec.json.decode(next(batches))["signed"]
        assert announced["checkpoint"]["seq"] == PIECE + 100
        assert len(announced["changes"]) == 20
        first = verified(world, kiosk.get("/v1/list/feed/1/1.json").content).checkpoint
        position = FeedPosition(1, first.seq, first.head)
        rest = verified(world, kiosk.get(f"/v1/list/feed/1/{PIECE + 1}.json").content, position)
        assert rest.checkpoint.seq == PIECE + 100


def test_two_hundred_streams_get_the_same_bytes_from_one_signature(
    world: World, people: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    signed: list[bytes] = []
    publisher = world.station.publisher
    original = publisher._sign

    def counted(*args: Any) -> bytes:
        signed.append(original(*args))
        return signed[-1]

    got: list[bytes] = []
    all_open, turn = threading.Barrier(201, timeout=60), threading.Lock()

    def follow(kiosk: httpx.Client) -> None:
        with pushed(kiosk) as batches:
            next(batches)
            all_open.wait()
            for batch in batches:
                if msgspec.json.decode(batch)["signed"]["checkpoint"]["seq"] == 5:
                    with turn:
                        got.append(batch)
                    return

    with (
        world.kiosk() as kiosk,
        httpx.Client(
            base_url=world.url,
            verify=kiosk._transport._pool._ssl_context,
            trust_env=False,
            limits=httpx.Limits(max_connections=None),
            timeout=PATIENCE_S,
        ) as many,
    ):
        threads = [threading.Thread(target=follow, args=(many,)) for _ in range(200)]
        for thread in threads:
            thread.start()
        all_open.wait()
        monkeypatch.setattr(publisher, "_sign", counted)
        people.list_people(5)
        ring(world)
        for thread in threads:
            thread.join(30)
    assert len(got) == 200
    assert len(set(got)) == 1
    assert len(signed) <= 4  # what was pushed, its head, and a checkpoint if the clock said so meanwhile


def test_a_stream_that_is_not_read_is_dropped_and_holds_up_nobody(
    world: World, people: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[streams.Stream] = []
    original = streams.Stream.__init__

    def remembered(self: streams.Stream, *args: Any) -> None:
        original(self, *args)
        opened.append(self)

    monkeypatch.setattr(streams.Stream, "__init__", remembered)
    with world.kiosk("g1") as asleep, world.kiosk("g2") as awake, pushed(asleep), pushed(awake) as batches:
        seen = 0
        until = time.monotonic() + 60
        while not opened[0].ended:
            assert time.monotonic() < until
            people.list_people(300)
            ring(world)
            seen = verified_seq(next(batches))
        assert not opened[1].ended
        while len(world.station.streams._streams) > 1:  # it was hung up on, though it has read nothing yet
            assert time.monotonic() < until
            time.sleep(0.05)
        while seen < people.standing().seq:
            seen = verified_seq(next(batches))


def verified_seq(batch: bytes) -> int:
    seq: int = msgspec.json.decode(batch)["signed"]["checkpoint"]["seq"]
    return seq


def test_a_long_poll_answers_as_soon_as_something_changes(world: World, people: Site) -> None:
    with world.kiosk() as kiosk:
        answers: list[httpx.Response] = []
        waiting = threading.Thread(target=lambda: answers.append(kiosk.get("/v1/list/wait?epoch=1&seq=0", timeout=30)))
        waiting.start()
        time.sleep(0.3)
        assert not answers
        people.list_people(1)
        ring(world)
        waiting.join(5)
    assert verified(world, answers[0].content).checkpoint.seq == 1


def test_a_long_poll_in_which_nothing_changes_answers_with_the_head(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streams, "LONG_POLL_S", 0.2)
    with world.kiosk() as kiosk:
        assert verified(world, kiosk.get("/v1/list/wait?epoch=1&seq=0").content).checkpoint.seq == 0
        assert kiosk.get("/v1/list/wait?epoch=7&seq=0").status_code == 404
        assert kiosk.get("/v1/list/wait?epoch=1&seq=-1").status_code == 400


def test_a_stream_and_a_wait_end_when_the_station_stops(tmp_path: Path) -> None:
    with running(tmp_path / "station") as world, world.kiosk() as kiosk:
        ended = threading.Event()

        def follow() -> None:
            with contextlib.suppress(httpx.HTTPError), pushed(kiosk) as batches:
                for _ in batches:
                    pass
            ended.set()

        thread = threading.Thread(target=follow)
        thread.start()
        time.sleep(0.3)
        assert not ended.is_set()
    assert ended.wait(5)
    thread.join()


def test_a_command_beside_the_server_rings_and_the_streams_wake(
    world: World, people: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streams, "SSE_PING_S", 3600.0)  # no ping that would bring the change anyway
    ring(world)
    with world.kiosk() as kiosk, pushed(kiosk) as batches:
        next(batches)
        people.list_people(1)
        doorbell.ring(world.folder)
        while verified_seq(next(batches)) != 1:
            pass


def test_a_bell_in_a_folder_with_a_very_long_name_rings_too(tmp_path: Path) -> None:
    deep = tmp_path / ("a" * 100) / ("b" * 100) / "station"
    deep.parent.mkdir(parents=True)
    with running(deep) as world:
        heard = threading.Event()
        monkeyed = world.station.alarm_bell.ring

        def ringing() -> None:
            monkeyed()
            heard.set()

        world.station.alarm_bell.ring = ringing
        doorbell.ring(deep)
        assert heard.wait(5)
    doorbell.ring(deep)
    assert not (deep / "doorbell.sock").exists()


class TestARolledBackDisk:
    """A kiosk's list can only grow: its heartbeat says if it did not."""

    @pytest.fixture
    def kiosk(self, world: World, people: Site) -> Iterator[httpx.Client]:
        people.list_people(10)
        with world.kiosk() as kiosk:
            yield kiosk

    def health(self, world: World) -> dict[str, Any]:
        with world.station.store.read() as conn:
            (one,) = fleet.health(conn, datetime.now(UTC))
        return one

    def say(self, kiosk: httpx.Client, people: Site, seq: int, **facts: object) -> None:
        head = people.head_at(seq)
        answer = kiosk.post("/v1/heartbeat", content=beat(**{"list_seq": seq, "list_head": head, **facts}))
        assert answer.status_code == 200, answer.text

    def recorded(self, world: World) -> list[str]:
        with world.station.store.read() as conn:
            return list(conn.execute(select(audit.c.what).where(audit.c.what.like("kiosk.list%"))).scalars())

    def test_that_grows_is_well(self, world: World, people: Site, kiosk: httpx.Client) -> None:
        for seq in (0, 4, 4, 10):
            self.say(kiosk, people, seq)
            assert (self.health(world)["state"], self.health(world)["faults"]) == ("well", [])
        assert self.recorded(world) == []

    def test_is_seen_until_it_has_caught_up_and_recorded_once(
        self, world: World, people: Site, kiosk: httpx.Client
    ) -> None:
        self.say(kiosk, people, 9)
        for seq in (3, 3, 6):
            self.say(kiosk, people, seq)
            assert self.health(world)["faults"] == ["list-rolled-back"]
            assert self.health(world)["state"] == "faulty"
        self.say(kiosk, people, 9)
        assert self.health(world)["faults"] == []
        assert self.recorded(world) == ["kiosk.list-rolled-back"]

    def test_that_caught_up_before_we_heard_of_it_is_told_by_its_look_ups(
        self, world: World, people: Site, kiosk: httpx.Client
    ) -> None:
        self.say(kiosk, people, 9, look_ups=500)
        self.say(kiosk, people, 10, look_ups=20)
        assert self.health(world)["faults"] == ["list-rolled-back"]
        self.say(kiosk, people, 10, look_ups=21)
        assert self.health(world)["faults"] == []

    @pytest.mark.parametrize(("seq", "head"), [(5, "ab" * 32), (0, "ab" * 32), (11, "ab" * 32)])
    def test_with_another_list_than_the_station_s_is_told_apart(
        self, world: World, people: Site, kiosk: httpx.Client, seq: int, head: str
    ) -> None:
        self.say(kiosk, people, seq, list_head=head)
        assert self.health(world)["faults"] == ["list-differs"]
        self.say(kiosk, people, 10)
        assert self.health(world)["faults"] == []

    def test_back_in_an_older_epoch_is_seen(self, world: World, people: Site, kiosk: httpx.Client) -> None:
        self.say(kiosk, people, 0, list_epoch=2, list_head=GENESIS)
        self.say(kiosk, people, 10, list_epoch=1)
        assert self.health(world)["faults"] == ["list-rolled-back"]

    def test_that_is_enrolled_anew_begins_afresh(self, world: World, people: Site, kiosk: httpx.Client) -> None:
        self.say(kiosk, people, 9)
        with world.kiosk() as again:
            assert self.health(world)["state"] == "never-heard"
            self.say(again, people, 0)
        assert self.health(world)["faults"] == []

    def test_a_refused_update_is_a_fault_with_its_reason(self, world: World, people: Site, kiosk: httpx.Client) -> None:
        self.say(kiosk, people, 9, list_refused="bad-signature")
        assert self.health(world)["state"] == "faulty"
        assert self.health(world)["list_refused"] == "bad-signature"
        with world.person("lin", Role.DISPATCHER) as lin:
            chinese = lin.get("/kiosks").text
            lin.cookies.set("lang", "en")
            english = lin.get("/kiosks").text
        assert "list update refused: signed by no key that counts" in english
        assert "名单更新被拒绝：签名密钥无效" in chinese


def test_every_reason_for_which_a_kiosk_refuses_an_update_has_words() -> None:
    sources = "".join(file.read_text("utf-8") for file in Path(watchlist.__path__[0]).glob("*.py"))
    codes = set(re.findall(r'(?:FeedRefusedError|_told)\("([a-z-]+)"', sources))
    assert len(codes) > 15
    assert codes <= Words(Language.EN).beginning("refused.").keys()


def test_a_key_in_a_file_is_named_as_long_as_it_is_there_and_hides_neither_health_nor_fault(world: World) -> None:
    with world.kiosk("g1") as kiosk, world.person("lin", Role.DISPATCHER) as lin:

        def shown(*faults: str, device_key: str = "file") -> tuple[str, bool, bool, bool]:
            kiosk.post("/v1/heartbeat", content=beat(device_key=device_key, faults=faults))
            page = lin.get("/kiosks").text
            state = page.split('data-state="')[1].split('"')[0]
            return state, "1 台闸机有故障" in page, "名单密钥存于文件" in page, "摄像头画面停滞" in page

        assert shown("device-key-in-file") == ("well", False, True, False)
        assert shown("camera-stalled", "device-key-in-file") == ("faulty", True, True, True)
        assert shown() == ("well", False, True, False)  # as the agent says it while the app is down
        assert shown(device_key="tpm") == ("well", False, False, False)
