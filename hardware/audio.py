"""Sound through ALSA: ``mpg123``, a process of its own that is killed when something else is to be heard.

A thread starts and ends it, so that no sound card, however it hangs, is waited for by the screen. Where there is no
sound card, or no player, the kiosk is silent and says so in the log, once until something was heard again.
"""

import subprocess
import threading
from pathlib import Path
from queue import SimpleQueue
from typing import Final

import structlog

_TRIED_FOR_S: Final = 10.0
PLAYER: Final = ("mpg123", "--quiet", "--output", "alsa", "--audiodevice")
"""What comes before the device and the files."""

log = structlog.get_logger()


class AlsaAudio:
    """What visitors hear (``kiosk.ports.AudioOut``)."""

    def __init__(
        self, loudspeaker: str = "default", headphones: str = "default", player: tuple[str, ...] = PLAYER
    ) -> None:
        """Take the names of the ALSA devices, such as ``plughw:CARD=Device``; ``aplay -L`` lists them."""
        self._devices = {False: loudspeaker, True: headphones}
        self._player = player
        self._wanted: SimpleQueue[tuple[str, ...] | None] = SimpleQueue()
        self._playing: subprocess.Popen[bytes] | None = None
        self._failed = False
        self._thread = threading.Thread(target=self._run, name="audio", daemon=True)

    def start(self) -> None:
        """Begin to play what is wanted; what was wanted before is played now."""
        self._thread.start()

    def play(self, sounds: tuple[Path, ...], *, headphones: bool) -> None:
        """Play these files one after another, in place of what plays now. Returns at once."""
        self._wanted.put((*self._player, self._devices[headphones], *map(str, sounds)))

    def hush(self) -> None:
        """Be silent."""
        self._wanted.put(())

    def silent_outputs(self, sound: Path) -> tuple[str, ...]:
        """Play this with the volume at nothing through each device; return those of which the player has complained."""
        player, *options = self._player
        silently = (player, "--scale", "0", *options)
        devices = dict.fromkeys(self._devices.values())
        return tuple(device for device in devices if not _plays((*silently, device, str(sound))))

    def stop(self) -> None:
        """Be silent for good."""
        self._wanted.put(None)
        self._thread.join()

    def _run(self) -> None:
        while (command := self._wanted.get()) is not None:
            self._end()
            if command:
                self._begin(command)
        self._end()

    def _begin(self, command: tuple[str, ...]) -> None:
        try:
            self._playing = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
            )
        except OSError as error:
            self._note(type(error).__name__)

    def _end(self) -> None:
        if self._playing is None:
            return
        code = self._playing.poll()
        if code is None:
            self._playing.kill()
            self._playing.wait()
        self._note("" if not code else f"exit-{code}")
        self._playing = None

    def _note(self, error: str) -> None:
        if error and not self._failed:
            log.warning("sound.failed", error=error)
        self._failed = bool(error)


def _plays(command: tuple[str, ...]) -> bool:
    try:
        return subprocess.run(command, capture_output=True, timeout=_TRIED_FOR_S, check=False).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False
