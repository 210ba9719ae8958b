"""What a service says to systemd arrives, and without systemd nothing is said and nothing breaks."""

import asyncio
import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from kiosk import service_manager


@pytest.fixture
def heard(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[socket.socket]:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line:
        line.bind(str(tmp_path / "notify"))
        line.settimeout(10)
        monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))
        yield line


def test_a_word_arrives(heard: socket.socket) -> None:
    service_manager.tell(service_manager.READY)
    assert heard.recv(64) == b"READY=1"


def test_a_word_arrives_at_a_socket_without_a_file(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line:
        line.bind(f"\0hongtu-test-{os.getpid()}")
        monkeypatch.setenv("NOTIFY_SOCKET", f"@hongtu-test-{os.getpid()}")
        service_manager.tell(service_manager.STOPPING)
        assert line.recv(64) == b"STOPPING=1"


@pytest.mark.parametrize("address", [None, "", "/nowhere/notify", "vsock:2:1234"])
def test_where_nobody_listens_nothing_happens(monkeypatch: pytest.MonkeyPatch, address: str | None) -> None:
    monkeypatch.delenv("NOTIFY_SOCKET", raising=False)
    if address is not None:
        monkeypatch.setenv("NOTIFY_SOCKET", address)
    service_manager.tell(service_manager.READY)


def test_a_turning_loop_says_so_at_half_the_watchdog_s_patience(
    heard: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WATCHDOG_USEC", "20000")
    assert service_manager.pulse_s() == 0.01

    async def turn() -> None:
        told = asyncio.create_task(service_manager.keep_told())
        await asyncio.sleep(0.1)
        told.cancel()

    asyncio.run(turn())
    assert [heard.recv(64) for _ in range(2)] == [b"WATCHDOG=1"] * 2


@pytest.mark.parametrize(("usec", "pid"), [(None, None), ("soon", None), ("20000", "1")])
def test_a_process_that_is_not_watched_says_nothing(
    monkeypatch: pytest.MonkeyPatch, usec: str | None, pid: str | None
) -> None:
    for name, value in (("WATCHDOG_USEC", usec), ("WATCHDOG_PID", pid)):
        monkeypatch.delenv(name, raising=False)
        if value is not None:
            monkeypatch.setenv(name, value)
    assert service_manager.pulse_s() is None
    asyncio.run(service_manager.keep_told())
