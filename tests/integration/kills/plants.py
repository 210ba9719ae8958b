"""Faults that are planted in the product at the start of a process under torture: builds of ours that forget something.

Each is what a plausible mistake would do, on the parts' outermost seams, so that they outlive changes inside.
"""

import threading
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any, Final
from uuid import uuid4

import msgspec

import kiosk.sqlite
import sync.station.serve
from kiosk.domain.alarm import Alarm
from sync.kiosk_end.outbox import KEEP_DELIVERED, OutboxFile
from sync.wire import Message, Upload, Uploaded, encode

NORMAL: Final = "synchronous=NORMAL"
ACK_FIRST: Final = "the station acknowledges before its commit"
NO_KEY: Final = "no idempotency key"
DELETE_FIRST: Final = "the agent deletes before the acknowledgement"
SCREEN_FIRST: Final = "the screen changes before the commit"
NEWEST_FIRST: Final = "the agent sends the newest first"

Scope = dict[str, Any]
Take = Callable[[], Awaitable[Any]]
Give = Callable[[Any], Awaitable[None]]


def plant(fault: str) -> None:
    """Break this process's product; an empty name breaks nothing."""
    match fault:
        case "":
            pass
        case "synchronous=NORMAL":
            set_up_normal()
        case "the station acknowledges before its commit":
            put_before_station(acknowledge_first)
        case "no idempotency key":
            put_before_station(forget_ids)
        case "the agent deletes before the acknowledgement":
            pending = OutboxFile.pending

            def delete_first(outbox: OutboxFile, limit: int) -> tuple[Message, ...]:
                messages = pending(outbox, limit)
                now = datetime.now(UTC)
                outbox.mark_taken([message.id for message in messages], now - 2 * KEEP_DELIVERED)
                outbox.forget_delivered(now)
                return messages

            OutboxFile.pending = delete_first
        case "the screen changes before the commit":
            raise_alarm = OutboxFile.raise_alarm

            def commit_later(outbox: OutboxFile, alarm: Alarm) -> None:
                later = threading.Timer(0.02, raise_alarm, (outbox, alarm))
                later.start()

            OutboxFile.raise_alarm = commit_later
        case "the agent sends the newest first":
            in_order = OutboxFile.pending
            OutboxFile.pending = lambda outbox, limit: in_order(outbox, 100_000)[-1:]
        case _:
            raise ValueError(fault)


def set_up_normal() -> None:
    as_it_is = kiosk.sqlite._prepare

    def prepare(connection: Any, record: object) -> None:
        as_it_is(connection, record)
        connection.execute("PRAGMA synchronous=NORMAL")

    kiosk.sqlite._prepare = prepare


def put_before_station(door: Callable[[Any, Scope, bytes, Give], Awaitable[None]]) -> None:
    """Have each upload go through ``door`` with its body; everything else goes to the station as it is."""
    create_app = sync.station.serve.create_app

    def with_door(station: Any) -> Any:
        app = create_app(station)

        async def serve(scope: Scope, receive: Take, send: Give) -> None:
            if scope["path"] != "/v1/messages":
                await app(scope, receive, send)
                return
            body = b""
            while (part := await receive())["type"] == "http.request":
                body += part["body"]
                if not part["more_body"]:
                    break
            await door(app, scope, body, send)

        return serve

    sync.station.serve.create_app = with_door


async def acknowledge_first(app: Any, scope: Scope, body: bytes, send: Give) -> None:
    messages = msgspec.json.decode(body, type=Upload).messages
    await answer(send, Uploaded(taken=tuple(message.id for message in messages)))
    await app(scope, receive_once(body), nowhere)


async def forget_ids(app: Any, scope: Scope, body: bytes, send: Give) -> None:
    upload = msgspec.json.decode(body, type=Upload)
    fresh = tuple(msgspec.structs.replace(message, id=str(uuid4())) for message in upload.messages)
    said: list[Any] = []

    async def keep(event: Any) -> None:
        said.append(event)

    await app(scope, receive_once(encode(msgspec.structs.replace(upload, messages=fresh))), keep)
    if said[0]["status"] == 200:
        await answer(send, Uploaded(taken=tuple(message.id for message in upload.messages)))
    else:
        for event in said:
            await send(event)


def receive_once(body: bytes) -> Take:
    left = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive() -> Any:
        return left.pop() if left else {"type": "http.disconnect"}

    return receive


async def answer(send: Give, uploaded: Uploaded) -> None:
    body = encode(uploaded)
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body, "more_body": False})


async def nowhere(event: Any) -> None:
    """Say nothing."""
