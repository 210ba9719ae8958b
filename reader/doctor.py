"""What keeps a card reader from working on this machine, and what to do: the installer's questions in order."""

import os
import shutil
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final, assert_never

from reader import identity, pcsc, profiles
from reader.errors import (
    PcscError,
    ProfileError,
    ReaderError,
    SamFaultError,
    SamIdError,
    ServiceDownError,
)
from reader.monitor import fitting_readers
from reader.photo import decoder
from reader.profiles import Apdu, Escape, Profile, Serial, VendorPhoto, VendorSdk
from reader.transports.opening import open_transport

SHIPPED_PROFILES: Final = Path(__file__).parents[1] / "hardware" / "wiring" / "readers"
_PCSCD_SOCKET: Final = Path("/run/pcscd/pcscd.comm")
_CCID_DRIVER: Final = Path("/usr/lib/pcsc/drivers/ifd-ccid.bundle")
_VPCD_DRIVER: Final = Path("/usr/lib/pcsc/drivers/serial/libifdvpcd.so")


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong: a short code, and what to do in Chinese and English."""

    code: str
    chinese: str
    english: str


def examine(path: Path, *, production: bool) -> tuple[Finding, ...]:
    """Return what is wrong with this machine's reader; nothing where all is well. Reads no card."""
    return tuple(_examine(path, production=production))


def _examine(path: Path, *, production: bool) -> Iterator[Finding]:
    if production and _VPCD_DRIVER.exists():
        yield Finding(
            "vpcd-installed",
            "装有虚拟读卡器，它对外监听：apt-get remove vsmartcard-vpcd",
            "A virtual reader is installed and listens on the network: apt-get remove vsmartcard-vpcd",
        )
    try:
        profile = profiles.load(path, production=production)
    except ProfileError as error:
        yield Finding("profile", f"读卡器配置不可用：{error}", f"The profile cannot be used: {error}")
        return
    match profile.transport:
        case Apdu() | Escape() as way:
            yield from _examine_pcsc(way)
        case Serial() as way:
            yield from _examine_port(way)
        case VendorSdk() as way:
            if not Path(way.library).is_file():
                yield Finding(
                    "sdk-library",
                    f"找不到读卡器厂商库：{way.library}",
                    f"The vendor's library is not there: {way.library}",
                )
        case _ as never:
            assert_never(never)
    yield from _examine_module(profile)
    yield from _examine_photo(profile)


def _examine_pcsc(way: Apdu | Escape) -> Iterator[Finding]:
    if (service := _examine_service()) is not None:
        yield service
        return
    try:
        with pcsc.Context() as context:
            names = context.readers()
            fitting = fitting_readers(context, way)
            held = [name for name in fitting if context.state(name).is_held]
    except ServiceDownError:
        yield _service_finding("service-down", "systemctl restart pcscd.socket pcscd")
        return
    if not names:
        yield Finding(
            "no-reader",
            "没有检测到读卡器：检查连线" + ("" if _CCID_DRIVER.exists() else "；并安装驱动 libccid"),
            "No reader is there: check the cable"
            + ("" if _CCID_DRIVER.exists() else "; and install the driver libccid"),
        )
    elif not fitting:
        there = ", ".join(names)
        yield Finding(
            "no-fitting-reader",
            f"没有与配置 {way.reader} 相符的读卡器；检测到：{there}",
            f"No reader fits the profile's {way.reader}; there are: {there}",
        )
    if len(fitting) > 1:
        yield Finding(
            "several-readers",
            f"有多个相符的读卡器，使用第一个：{', '.join(fitting)}",
            f"Several readers fit, and the first one serves: {', '.join(fitting)}",
        )
    if held:
        by = ", ".join(_programs_with_pcsc()) or "?"
        yield Finding(
            "reader-held",
            f"读卡器被其他程序独占（可能是 {by}）：关闭该程序",
            f"Another program holds the reader for itself (perhaps {by}): end it",
        )


def _examine_service() -> Finding | None:
    if shutil.which("pcscd", path=f"{os.environ.get('PATH', '')}:/usr/sbin") is None:
        return _service_finding("service-not-installed", "apt-get install pcscd")
    with socket.socket(socket.AF_UNIX) as connection:
        try:
            connection.connect(str(_PCSCD_SOCKET))
        except PermissionError:
            return _service_finding("service-forbidden", f"ls -l {_PCSCD_SOCKET}; polkit: org.debian.pcsc-lite")
        except OSError:
            return _service_finding("service-down", "systemctl enable --now pcscd.socket")
    return None


def _service_finding(code: str, what_to_do: str) -> Finding:
    return Finding(code, f"读卡服务不可用：{what_to_do}", f"The card service cannot be used: {what_to_do}")


def _examine_port(way: Serial) -> Iterator[Finding]:
    if not Path(way.port).exists():
        yield Finding("no-port", f"没有串口 {way.port}：检查连线", f"There is no port {way.port}: check the cable")
    elif not os.access(way.port, os.R_OK | os.W_OK):
        yield Finding(
            "port-forbidden",
            f"无权打开 {way.port}：usermod -aG dialout <用户>",
            f"No permission to open {way.port}: usermod -aG dialout <user>",
        )


def _examine_module(profile: Profile) -> Iterator[Finding]:
    try:
        session = open_transport(profile).bare_session()
        if session is None:
            return  # only with a card; `kiosk reader probe` asks for one
        with session as transceive:
            identity.check(transceive, profile.sam.id)
    except SamFaultError as error:
        yield Finding(
            "module-unfit", f"安全模块故障（{error}）：更换读卡器", f"The module is unfit ({error}): replace it"
        )
    except SamIdError:
        yield Finding(
            "module-differs",
            "安全模块不是配置中的那一个：核对后用 kiosk reader probe 重新登记",
            "This is not the module that the profile pins: find out why, then pin what `kiosk reader probe` prints",
        )
    except PcscError:
        return  # said above, in its own words
    except ReaderError as error:
        yield Finding("module-silent", f"安全模块无应答：{error}", f"The module does not answer: {error}")


def _examine_photo(profile: Profile) -> Iterator[Finding]:
    if not isinstance(profile.photo, VendorPhoto):
        return
    photos = decoder(profile.photo)
    if photos.is_broken:
        yield Finding(
            "photo-decoder",
            f"照片解码库不可用：{profile.photo.library}",
            f"The photo library cannot be used: {profile.photo.library} (function {profile.photo.function})",
        )
    photos.close()


def _programs_with_pcsc() -> tuple[str, ...]:
    """Return the names of the other processes that have the PC/SC library loaded; what we may not see is left out."""
    names = set()
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if int(process.name) != os.getpid() and "libpcsclite" in (process / "maps").read_text("utf-8"):
                names.add((process / "comm").read_text("utf-8").strip())
        except OSError:
            continue
    return tuple(sorted(names))
