"""A screen of its own (Xvfb) whose pixels can be read: its frame buffer is a file in X's own window dump format."""

import os
import struct
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

WIDTH, HEIGHT = 600, 900


class XScreen:
    """``display`` is for DISPLAY."""

    def __init__(self, display: str, dump: Path) -> None:
        self.display = display
        self._dump = dump

    def picture(self) -> NDArray[np.uint8]:
        """Return what is on the screen: height x width x 3, blue-green-red."""
        data = self._dump.read_bytes()
        head = struct.unpack(">25I", data[:100])
        size, height, line, colours = head[0], head[5], head[12], head[19]
        pixels = np.frombuffer(data, np.uint8, height * line, size + 12 * colours)
        return pixels.reshape(height, line // 4, 4)[:, :, :3]

    def share_of(self, colour: tuple[int, int, int]) -> float:
        """Return which part of the screen has this colour (red, green, blue)."""
        return float((np.abs(self.picture().astype(int) - colour[::-1]).max(axis=2) <= 2).mean())


@contextmanager
def screen(folder: Path) -> Iterator[XScreen]:
    """Start a screen; it ends with the context."""
    ours, theirs = os.pipe()
    command = ["Xvfb", "-displayfd", str(theirs), "-screen", "0", f"{WIDTH}x{HEIGHT}x24", "-fbdir", str(folder)]
    command += ["-nolisten", "tcp", "-noreset"]
    with subprocess.Popen(command, pass_fds=(theirs,), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
        os.close(theirs)
        with os.fdopen(ours) as line:
            number = line.readline().strip()
        try:
            yield XScreen(f":{number}", folder / "Xvfb_screen0")
        finally:
            server.terminate()
