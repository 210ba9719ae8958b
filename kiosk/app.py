"""The composition root of the kiosk app: real parts put together, started and taken down in the right order.

The window comes first and is drawn at once; what stands behind it is imported, opened and started while it is seen.

Nothing is decided here. The app opens no socket but Unix ones (pcscd, the doorbell), so it runs in an empty network
namespace; card bytes and camera frames are handled by worker processes that it can kill.
"""

import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Final

import structlog
from PySide6.QtCore import QSize

from hardware.audio import AlsaAudio
from hardware.camera.process import CameraProcess
from hardware.gate import LogGate
from hardware.staff_call import LogStaffCall
from kiosk import events, logbook, service_manager
from kiosk.domain.faults import Fault
from kiosk.ports import AudioOut, Gate, Post
from kiosk.process import harden, keep_freed_memory, lock_memory_beside_qml
from kiosk.qt_loop import ends_on_signals, every, says_it_lives
from kiosk.settings import KioskSettings
from kiosk.staff_pin import StaffPin
from kiosk.visit.events import Event
from ui.site import SiteInfo, load_site
from ui.staff_bridge import QtPanel, Staff
from ui.staff_window import StaffWindow
from ui.voice import Voice, VoiceMode
from ui.window import KioskWindow, ScreenSetupError, make_application
from watchlist import trust
from watchlist.device_key import is_key_in_file, place_of_key

LOCK_MEMORY_EVERY_S: Final = 2.0
"""What has been mapped since, the list's keys among it; takes 2 ms of the main thread."""
log = structlog.get_logger()


class SetupError(Exception):
    """Something that the installer must put right before the kiosk can start. The message says what and how."""


class KioskApp:
    """One lane: screens in the main thread, the engine in its own, face in a third, devices in other processes."""

    def __init__(self, settings: KioskSettings) -> None:
        """Show the window and put the parts together. Nothing is started yet, and no device is touched.

        Raises:
            SetupError: the kiosk was never enrolled, its device key is not where the settings want it, Qt cannot show a
                window, or the site's words are missing.
        """
        self._identity = _identity(settings)
        _check_device_key(settings)
        site = _site(settings)
        self._audio = AlsaAudio(settings.voice.loudspeaker, settings.voice.headphones)
        try:
            self.qt = make_application(kiosk_mode=settings.production)
        except ScreenSetupError as error:
            raise SetupError(str(error)) from error
        self._list_age: Callable[[], timedelta | None] = lambda: None  # not known until the list has been opened
        self._panel = QtPanel()
        self._camera = CameraProcess(settings.camera.source)
        self._staff = self._staff_at(settings, site, StaffPin(settings.data))
        self._staff_window: StaffWindow | None = None
        try:
            self.window = KioskWindow(
                self._camera,
                self.post,
                site,
                voice=_voice(settings, site, self._audio),
                px_per_mm=settings.screen.px_per_mm,
                full_screen=settings.screen.full_screen,
                size=QSize(settings.screen.width, settings.screen.height),
                staff=self._staff[0],
            )
            if settings.screen.staff_screen is not None:
                self._staff_window = StaffWindow(self._staff[1], settings.screen.staff_screen)
        except ScreenSetupError as error:
            raise SetupError(str(error)) from error
        self.window.appear()
        self._put_together(settings)
        self._engine_failed = False

    def _put_together(self, settings: KioskSettings) -> None:
        """Make the engine and what it works through."""
        # Imported here, behind the first screen: databases, cryptography and models take most of a second.
        from face.challenge import ChallengePad
        from face.verify import FaceThread
        from kiosk.clock import SystemClock
        from kiosk.doorbell import DOORBELL_FILE, ring
        from kiosk.engine import Engine, Parts
        from kiosk.pause_file import PauseFile
        from kiosk.supervision import Supervision
        from reader.process import ReaderProcess
        from sync.kiosk_end.crop_keeper import CropKeeper
        from sync.kiosk_end.outbox import OUTBOX_FILE, OutboxFile
        from watchlist.lookup import SealedList

        policy = settings.visit_policy()
        watchlist = SealedList(
            settings.data,
            fresh_for=policy.list_fresh_for,
            usable_for=policy.list_usable_for,
            zone=settings.time_zone,
        )
        clock = SystemClock(settings.data, watchlist.checked_at)
        self._list_age = partial(_age, watchlist.checked_at, clock.now)
        outbox = OutboxFile(settings.data / OUTBOX_FILE, lambda: ring(settings.data / DOORBELL_FILE))
        self._crops = CropKeeper(settings.data, outbox, clock)
        self._reader = ReaderProcess(settings.reader.profile, policy.read_timeout_s, production=settings.production)
        pad = ChallengePad() if settings.face.liveness == "challenge" else None
        self._face = FaceThread(self._camera, settings.face.pack, clock, pad)
        stands: dict[Fault, Callable[[], bool]] = {
            Fault.DEVICE_KEY_FILE: partial(is_key_in_file, settings.data),
            Fault.CLOCK: clock.is_wrong,
        }
        gate = _gate(settings, self.post)
        parts = Parts(
            reader=self._reader,
            face=self._face,
            watchlist=watchlist,
            gate=gate,
            outbox=outbox,
            crops=self._crops,
            screens=self.window.screens,
            staff=LogStaffCall(),
            clock=clock,
            supervision=Supervision(watchlist, outbox, gate, settings.data, stands),
            panel=self._panel,
            pause=PauseFile(settings.data),
        )
        self._engine = Engine(parts, policy, settings.time_zone)

    def _staff_at(self, settings: KioskSettings, site: SiteInfo, pin: StaffPin) -> list[Staff]:
        """Return the staff's panel behind the corner, and that of the second screen where there is one."""
        return [
            Staff(
                self._panel,
                pin,
                self.post,
                language=site.default_language,
                list_age=lambda: self._list_age(),
                restart=self.qt.exit,
                set_up=partial(self.qt.exit, service_manager.SETUP_WANTED),
                is_always_shown=is_second,
            )
            for is_second in ((False, True) if settings.screen.staff_screen is not None else (False,))
        ]

    def post(self, event: Event) -> None:
        """Hand an event to the engine; what a visitor touches comes this way."""
        self._engine.post(event)

    def run(self) -> int:
        """Serve visitors until the Qt event loop ends.

        Returns:
            The process's exit code: not 0 when the engine died, so that the service manager starts it anew.
        """
        harden()
        keep_freed_memory()
        log.info(
            "kiosk.started",
            kiosk=self._identity.kiosk,
            lane=self._identity.lane,
            software=version("hongtu-gate"),
        )
        if not lock_memory_beside_qml():
            log.warning("memory.may-be-swapped")
        engine = threading.Thread(target=self._run_engine, name="engine")
        self._crops.start()
        self._audio.start()
        engine.start()
        started: list[Callable[[], None]] = []
        with ends_on_signals(self.qt):  # to the end: whoever asks again must not cut off the taking down
            try:
                for part in (self._camera, self._face, self._reader):
                    part.start(self.post)
                    started.append(part.stop)
                with every(LOCK_MEMORY_EVERY_S, lock_memory_beside_qml), says_it_lives(self._say_alive):
                    code = self.qt.exec()
            finally:
                service_manager.tell(service_manager.STOPPING)
                for stop in reversed(started):
                    stop()
                self._engine.stop()
                engine.join()
                self._crops.stop()
                if self._staff_window is not None:
                    self._staff_window.close()
                self.window.close()
                self._audio.stop()
                log.info("kiosk.stopped")
        return 1 if self._engine_failed else code

    def _say_alive(self) -> None:
        """Let the shell know that the screen is drawn and the engine turns: this thread's timer speaks for both."""
        if self.window.draws() and self._engine.is_turning():
            service_manager.tell(service_manager.ALIVE)

    def _run_engine(self) -> None:
        try:
            self._engine.run()
        except BaseException:
            self._engine_failed = True
            raise
        finally:
            self.qt.exit()


def run(settings: KioskSettings) -> int:
    """Run the kiosk app in this process; the exit code says whether it ended in order."""
    if settings.log is None:
        logbook.configure(events.CATALOGUE)
        return KioskApp(settings).run()
    with settings.log.open("a", encoding="utf-8") as stream:
        logbook.configure(events.CATALOGUE, stream)
        return KioskApp(settings).run()


def _identity(settings: KioskSettings) -> trust.Place:
    try:
        return trust.place(settings.data / trust.TRUST_FILE)
    except FileNotFoundError:
        raise SetupError(f"nothing enrolled in {settings.data}: run `kiosk-sync enrol` first") from None
    except (trust.TrustError, OSError) as error:
        raise SetupError(f"{settings.data / trust.TRUST_FILE} cannot be used: run `kiosk-sync enrol` again") from error


def _check_device_key(settings: KioskSettings) -> None:
    wanted, there = settings.list.device_key, place_of_key(settings.data)
    if wanted != "auto" and there not in (None, wanted):
        raise SetupError(
            f'list.device_key = "{wanted}", and the device key is in the {there}: enrol the kiosk again with '
            f"--device-key {wanted}, or write what is meant"
        )


def _site(settings: KioskSettings) -> SiteInfo:
    try:
        return load_site(settings.screen.site)
    except (OSError, ValueError) as error:
        raise SetupError(f"screen.site: {error}") from error


def _age(checked_at: Callable[[], datetime | None], now: Callable[[], datetime]) -> timedelta | None:
    checked = checked_at()
    return None if checked is None else now() - checked


def _voice(settings: KioskSettings, site: SiteInfo, audio: AudioOut) -> Voice:
    voice = settings.voice
    recordings = voice.recordings or site.sounds
    return Voice(audio, VoiceMode(voice.mode), earcons=voice.earcons, recordings=recordings)


def _gate(settings: KioskSettings, post: Post) -> Gate:
    if settings.gate.driver == "simulated":
        from hardware.simulators.gate import SimulatedGate  # here, because a production package does not have it

        return SimulatedGate(settings.gate.record or settings.data / Path("gate.jsonl"), post)
    return LogGate()
