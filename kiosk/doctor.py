"""Everything that an installer asks of a kiosk, in order: is it well, what does that mean, what is to be done.

``kiosk doctor`` prints it, and the installer's screen shows it. What the app holds while it runs (the camera) is not
opened a second time: then the app's own word about it counts.
"""

import os
import shutil
import stat
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

import shiboken6
from PySide6.QtGui import QGuiApplication

from face.errors import PackError
from face.packs import load_pack
from hardware.audio import PLAYER, AlsaAudio
from hardware.camera.process import CameraProcess
from kiosk import ntp, panel_size
from kiosk.clock import SystemClock
from kiosk.domain.faults import PARTS, Fault
from kiosk.domain.what_to_do import WHAT_TO_DO
from kiosk.ports import AudioOut
from kiosk.settings import KioskSettings, VoiceSettings
from kiosk.staff_pin import StaffPin
from kiosk.status import examine_device_key
from kiosk.supervision import DISK_RESERVE_BYTES
from reader.doctor import examine
from sync.kiosk_end.identity import IDENTITY_FILE, IDENTITY_FOLDER, certificate_period
from sync.kiosk_end.outbox import OUTBOX_FILE, OutboxFile
from ui import fonts
from ui.voice import SOUNDS
from watchlist import trust
from watchlist.lookup import SealedList

_CAMERA_WITHIN_S: Final = 6.0
_RENEWED_BEFORE: Final = timedelta(days=7)
_SILENTLY: Final = SOUNDS / "earcons" / "asking.mp3"
_SAME_SIZE: Final = 0.05
"""A panel tells whole millimetres, and a card is held to the frame by hand: 5 % are a millimetre of a 20 mm button."""
_LINK: Final = frozenset({Fault.STATION_LINK, Fault.STATION_UNTRUSTED, Fault.SET_ASIDE})


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at: a short name, whether it is well, and what that means in two languages."""

    name: str
    is_well: bool
    chinese: str
    english: str

    def line(self) -> str:
        """Return it as a line of text: the sign says what the colour would."""
        return f"{'✓' if self.is_well else '✗'} {self.name}: {self.chinese} · {self.english}"


def look_at(settings: KioskSettings) -> Iterator[Finding]:
    """Yield one finding after another; some take seconds. Reads no card and opens no gate."""
    key = examine_device_key(settings)
    yield Finding("device-key", key.is_well, key.chinese, key.english)
    yield look_at_enrolment(settings)
    with closing(OutboxFile(settings.data / OUTBOX_FILE)) as outbox:
        now = SystemClock(settings.data).now()
        lane, link = outbox.read_faults(now), outbox.link_faults(now)
    yield from look_at_reader(settings)
    yield _camera(settings, lane)
    yield _models(settings)
    yield _list(settings)
    yield _link(link, lane)
    yield _certificate(settings, now)
    yield _clock(settings)
    yield _disk(settings)
    yield _permissions(settings)
    yield _fonts()
    yield look_at_sound(settings.voice, AlsaAudio(settings.voice.loudspeaker, settings.voice.headphones))
    yield _panel(settings)
    yield _pin(settings)
    told = frozenset(fault for faults in PARTS.values() for fault in faults) | _LINK
    for fault in sorted((lane | link) - told - {Fault.DEVICE_KEY_FILE, Fault.APP_SILENT}):
        yield Finding(fault, False, *WHAT_TO_DO[fault])


def look_at_enrolment(settings: KioskSettings) -> Finding:
    """Tell whether the kiosk is enrolled, and as what."""
    try:
        place = trust.place(settings.data / trust.TRUST_FILE)
    except (FileNotFoundError, NotADirectoryError):
        return Finding("enrolment", False, "尚未登记：运行 kiosk setup", "Not enrolled yet: run kiosk setup.")
    except (trust.TrustError, OSError):
        return Finding("enrolment", False, "登记文件已损坏：重新登记", "The trust file is damaged: enrol again.")
    return Finding("enrolment", True, f"已登记：{place.kiosk}", f"Enrolled as {place.kiosk} on {place.lane}.")


def look_at_reader(settings: KioskSettings) -> Iterator[Finding]:
    """Yield what is wrong with the reader, or that it is well."""
    findings = examine(settings.reader.profile, production=settings.production)
    if not findings:
        yield Finding("reader", True, "读卡器正常", "The reader is well.")
    for finding in findings:
        yield Finding(f"reader/{finding.code}", False, finding.chinese, finding.english)


def _camera(settings: KioskSettings, lane: frozenset[Fault]) -> Finding:
    if Fault.APP_SILENT not in lane:
        fault = next((fault for fault in PARTS["camera"] if fault in lane), None)
        if fault is not None:
            return Finding("camera", False, *WHAT_TO_DO[fault])
        return Finding("camera", True, "摄像头正常（闸口程序正在使用）", "The camera is well; the app has it.")
    kind, _, place = settings.camera.source.partition(":")
    if kind == "v4l2" and not Path(place).exists():
        return Finding("camera", False, *WHAT_TO_DO[Fault.CAMERA_LOST])
    camera = CameraProcess(settings.camera.source)
    camera.start(lambda event: None)
    try:
        ends_s = time.monotonic() + _CAMERA_WITHIN_S
        while (frame := camera.latest()) is None and time.monotonic() < ends_s:
            time.sleep(0.1)
    finally:
        camera.stop()
    if frame is None:
        return Finding("camera", False, *WHAT_TO_DO[Fault.CAMERA_LOST])
    height, width, _ = frame.image.shape
    return Finding("camera", True, f"摄像头正常：{width}×{height}", f"The camera gives pictures: {width}×{height}.")


def _models(settings: KioskSettings) -> Finding:
    try:
        pack = load_pack(settings.face.pack)
    except (PackError, OSError) as error:
        why = error.why if isinstance(error, PackError) else type(error).__name__
        return Finding(
            "models",
            False,
            f"人脸模型不可用（{why}）：重新安装",
            f"The face models are refused ({why}): install them.",
        )
    short = pack.digest[:12]
    return Finding("models", True, f"人脸模型完好：{short}", f"{pack.spec.name}: every digest is right ({short}).")


def _list(settings: KioskSettings) -> Finding:
    policy = settings.visit_policy()
    listed = SealedList(
        settings.data, fresh_for=policy.list_fresh_for, usable_for=policy.list_usable_for, zone=settings.time_zone
    )
    with closing(listed):
        faults = listed.faults(SystemClock(settings.data).now())
        checked = listed.checked_at()
    if faults or checked is None:
        return Finding("list", False, *WHAT_TO_DO[min(faults, default=Fault.LIST_MISSING)])
    there = checked.astimezone(settings.time_zone)
    return Finding("list", True, f"名单核对于 {there:%m-%d %H:%M}", f"The list was checked at {there:%m-%d %H:%M}.")


def _link(link: frozenset[Fault], lane: frozenset[Fault]) -> Finding:
    fault = next((fault for fault in sorted(_LINK) if fault in link), None)
    if fault is not None:
        return Finding("link", False, *WHAT_TO_DO[fault])
    app = "" if Fault.APP_SILENT not in lane else "；闸口程序没有运行"
    return Finding("link", True, f"与公安站联系正常{app}", "The station answers.")


def _certificate(settings: KioskSettings, now: datetime) -> Finding:
    try:
        _, until = certificate_period(settings.data / IDENTITY_FOLDER / IDENTITY_FILE)
    except FileNotFoundError:
        return Finding("certificate", False, "没有证书：先登记", "There is no certificate: enrol first.")
    except PermissionError:
        return Finding("certificate", False, "证书读不到：换成服务的用户", "It may not be read: run as its user.")
    except ValueError:
        return Finding("certificate", False, "证书已损坏：重新登记", "The certificate is damaged: enrol again.")
    if now > until:
        return Finding("certificate", False, *WHAT_TO_DO[Fault.CERTIFICATE_EXPIRED])
    if now > until - _RENEWED_BEFORE:
        return Finding("certificate", False, *WHAT_TO_DO[Fault.CERTIFICATE_ENDS_SOON])
    return Finding("certificate", True, f"证书有效至 {until:%Y-%m-%d}", f"Good until {until:%Y-%m-%d}.")


def _clock(settings: KioskSettings) -> Finding:
    if SystemClock(settings.data).is_wrong():
        return Finding("clock", False, *WHAT_TO_DO[Fault.CLOCK])
    if ntp.state() == "not-synchronised":
        return Finding("clock", False, *WHAT_TO_DO[Fault.CLOCK_UNSYNCED])
    return Finding("clock", True, "时钟正常", "The clock is right, as far as can be told.")


def _disk(settings: KioskSettings) -> Finding:
    free = shutil.disk_usage(settings.data).free
    if free < DISK_RESERVE_BYTES:
        return Finding("disk", False, *WHAT_TO_DO[Fault.DISK])
    return Finding("disk", True, f"磁盘剩余 {free >> 20} MB", f"{free >> 20} MB are free.")


def _permissions(settings: KioskSettings) -> Finding:
    mode = stat.S_IMODE(settings.data.stat().st_mode)
    if mode & 0o077:
        return Finding(
            "permissions",
            False,
            f"数据目录他人可读：chmod 700 {settings.data}",
            f"Others may look into the data folder: chmod 700 {settings.data}",
        )
    if not os.access(settings.data, os.W_OK):
        return Finding("permissions", False, "数据目录不可写", f"{settings.data} cannot be written: run as its user.")
    return Finding("permissions", True, "数据目录只有本服务可读", "The data folder is its owner's alone.")


def _fonts() -> Finding:
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    own = None if QGuiApplication.instance() else QGuiApplication(["kiosk-doctor"])
    try:
        fonts.set_up()
    except fonts.FontsMissingError as error:
        return Finding("fonts", False, "缺字体：apt-get install fonts-noto-cjk fonts-noto-core", str(error))
    finally:
        if own is not None:
            shiboken6.delete(own)  # a process has one at a time, and screens may be wanted next
    return Finding("fonts", True, "每种语言的字体都有", "Every language has its font.")


def look_at_sound(voice: VoiceSettings, audio: AudioOut) -> Finding:
    """Tell whether sound comes out of every output that visitors may hear."""
    if voice.mode == "off" and not voice.earcons:
        return Finding("sound", True, "声音已按设定关闭", "Sound is switched off in the settings.")
    if shutil.which(PLAYER[0]) is None:
        return Finding("sound", False, f"没有播放程序：apt-get install {PLAYER[0]}", f"apt-get install {PLAYER[0]}")
    if silent := ", ".join(audio.silent_outputs(_SILENTLY)):
        return Finding(
            "sound",
            False,
            f"放不出声音（{silent}）：查音箱和连线，用 aplay -L 核对 [voice] 里的名称",
            f"Nothing plays through {silent}: look at speaker and cable, compare [voice] with aplay -L.",
        )
    return Finding("sound", True, "每个声音输出都正常", "Every output plays.")


def _panel(settings: KioskSettings) -> Finding:
    screen = settings.screen
    width_mm = round(screen.width / screen.px_per_mm)
    told = panel_size.px_per_mm()
    if any(abs(told_px / screen.px_per_mm - 1) <= _SAME_SIZE for told_px in told):
        return Finding(
            "screen",
            True,
            f"每毫米 {screen.px_per_mm:g} 像素，与屏幕自报的一致",
            f"{screen.px_per_mm:g} pixels a millimetre, as the panel says itself.",
        )
    if told:
        says = " / ".join(f"{told_px:.2f}" for told_px in told)
        return Finding(
            "screen",
            False,
            f"设定每毫米 {screen.px_per_mm:g} 像素，屏幕自报 {says}：用 kiosk setup 拿证件比对",
            f"{screen.px_per_mm:g} pixels a millimetre, and the panel says {says}: hold a card to it in kiosk setup.",
        )
    return Finding(
        "screen",
        True,
        f"设定每毫米 {screen.px_per_mm:g} 像素，即屏宽 {width_mm} 毫米；屏幕没有自报，用 kiosk setup 核对",
        f"{screen.px_per_mm:g} pixels a millimetre make it {width_mm} mm wide; it does not say. Check in kiosk setup.",
    )


def _pin(settings: KioskSettings) -> Finding:
    if StaffPin(settings.data).is_set():
        return Finding("staff-pin", True, "工作人员密码已设", "A staff PIN is set.")
    return Finding("staff-pin", False, "没有工作人员密码：运行 kiosk staff-pin", "There is none: run kiosk staff-pin.")
