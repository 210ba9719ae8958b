"""``kiosk setup``: the installer's screens, with real devices behind them and no visit: nobody is served meanwhile."""

import asyncio
import os
from contextlib import suppress
from pathlib import Path
from typing import Final

from hardware.audio import AlsaAudio
from hardware.camera.process import CameraProcess
from hardware.gate import LogGate
from kiosk import doctor
from kiosk.engine import fresh_visit
from kiosk.face_check import FaceCheck, Measured
from kiosk.ports import AudioOut, Gate
from kiosk.qt_loop import ends_on_signals, says_it_lives
from kiosk.settings import KioskSettings
from kiosk.settings_edit import write_value
from kiosk.staff_pin import PinTooEasyError, StaffPin
from sync import enrol_token
from sync.kiosk_end import agent
from sync.kiosk_end.enrol import EnrolError
from ui import sounds
from ui.installer_bridge import Acts, Installer, Result
from ui.installer_window import InstallerWindow
from ui.staff_words import SETUP, Words
from ui.window import make_application
from watchlist.device_errors import DeviceKeyError

_SITES: Final = Path(__file__).parents[1] / "ui" / "sites"
_SAVED: Final = Result(True, SETUP["saved"])
_SAID: Final = Path(sounds.__file__).parent


def run(settings: KioskSettings, file: Path, station: str, ca: Path) -> int:
    """Show the installer's screens until they are finished or the process is told to end."""
    qt = make_application(kiosk_mode=False)
    camera = CameraProcess(settings.camera.source)
    audio = AlsaAudio(settings.voice.loudspeaker, settings.voice.headphones)
    installer = Installer(
        acts(settings, file, station, ca, audio),
        px_per_mm=settings.screen.px_per_mm,
        site=settings.screen.site.name,
    )
    installer.finished.connect(qt.exit)
    screen = settings.screen
    window = InstallerWindow(
        installer,
        camera,
        px_per_mm=screen.px_per_mm,
        size=None if screen.full_screen else (screen.width, screen.height),
    )

    def tell(measured: Measured) -> None:
        bars = tuple((bar.name, bar.part, bar.is_enough) for bar in measured.bars)
        installer.measured(bars, measured.guidance or "")

    check = FaceCheck(camera, settings.face.pack, tell)
    with ends_on_signals(qt):  # to the end: whoever asks again must not cut off the taking down
        camera.start(lambda event: None)
        audio.start()
        check.start()
        try:
            with says_it_lives():
                return qt.exec()
        finally:
            check.stop()
            camera.stop()
            audio.stop()
            window.close()


def acts(settings: KioskSettings, file: Path, station: str, ca: Path, audio: AudioOut) -> Acts:
    """Return what the steps do: ``file`` takes the settings, ``station`` and ``ca`` are for enrolment."""

    def saved(section: str, key: str, value: str | float) -> Result:
        try:
            write_value(file, section, key, value)
        except OSError as error:
            why = os.strerror(error.errno or 0)
            return Result(False, Words(f"{file} 写不了：{why}", f"{file} cannot be written: {why}"))
        return _SAVED

    def save_pin(pin: str) -> Result:
        try:
            StaffPin(settings.data).set(pin)
        except PinTooEasyError:
            return Result(False, Words("太简单：6 到 12 位，不要连号", "Too easy: 6 to 12 digits, and no run"))
        return Result(True, Words("密码已设", "The PIN is set"))

    return Acts(
        tests={
            "enrol": lambda: (_result(doctor.look_at_enrolment(settings)),),
            "reader": lambda: tuple(map(_result, doctor.look_at_reader(settings))),
            "gate": lambda: (_open(_gate(settings)),),
            "sound": lambda: (_result(doctor.look_at_sound(settings.voice, audio)), _play(audio)),
            "doctor": lambda: tuple(map(_result, doctor.look_at(settings))),
        },
        enrol=lambda typed: _enrol(settings, station, ca, typed),
        save_pin=save_pin,
        save_size=lambda size: saved("screen", "px_per_mm", size),
        save_site=lambda site: saved("screen", "site", str(_SITES / site)),
        sites=tuple(sorted(path.name for path in _SITES.glob("*.toml"))),
    )


def _result(finding: doctor.Finding) -> Result:
    return Result(finding.is_well, Words(f"{finding.name}：{finding.chinese}", f"{finding.name}: {finding.english}"))


def _enrol(settings: KioskSettings, station: str, ca: Path, typed: str) -> Result:
    try:
        token = enrol_token.as_made(typed)
    except enrol_token.MistypedError:
        return Result(False, Words("代码有错：看一看每个字符", "No such code: one character or more is wrong"))
    try:
        granted = asyncio.run(agent.enrol_kiosk(station, ca, token, settings.data, settings.list.device_key))
    except (EnrolError, DeviceKeyError) as error:
        return Result(False, Words(f"没有登记成功：{error}", str(error)))
    except FileNotFoundError:
        return Result(False, Words(f"没有公安站的证书：{ca}", f"There is no CA certificate at {ca}."))
    except agent.AgentRunningError:
        return Result(False, Words("先停：systemctl stop hongtu-sync", "First: systemctl stop hongtu-sync"))
    return Result(True, Words(f"已登记：{granted.kiosk}", f"Enrolled as {granted.kiosk} on lane {granted.lane}."))


def _gate(settings: KioskSettings) -> Gate:
    if settings.gate.driver == "simulated":
        from hardware.simulators.gate import SimulatedGate  # here, because a production package does not have it

        return SimulatedGate(settings.gate.record or settings.data / "gate.jsonl", lambda event: None)
    return LogGate()


def _open(gate: Gate) -> Result:
    if isinstance(gate, LogGate):
        return Result(True, Words("没有闸机：见绿屏由人放行", "No barrier: the guard opens at the green screen."))
    with suppress(OSError):
        if gate.answers():
            gate.open(fresh_visit())
            return Result(True, Words("闸机开了吗？", "Told to open: did it?"))
    return Result(False, Words("闸机无应答：检查连线", "The gate does not answer: look at its cable."))


def _play(audio: AudioOut) -> Result:
    said = next(iter(sorted((_SAID / "zh_CN").glob("*.mp3"))), None)
    if said is None:
        return Result(False, Words("没有声音文件", "There are no sound files."))
    audio.play((said,), headphones=False)
    return Result(True, Words("听到了吗？", "Was it heard?"))
