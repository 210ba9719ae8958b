"""The standing faults in words, and where the device's key is: what it means and what to do, for staff and installer.

``docs/guard.md`` carries the same table; a test holds the two together.
"""

from contextlib import closing
from dataclasses import dataclass

from kiosk.clock import SystemClock
from kiosk.domain.what_to_do import WHAT_TO_DO
from kiosk.settings import KioskSettings
from sync.kiosk_end.outbox import OUTBOX_FILE, OutboxFile
from watchlist import device_key, tpm
from watchlist.device_errors import DeviceKeyError


def describe(settings: KioskSettings) -> tuple[str, ...]:
    """Return one line for each fault that stands now, or nothing where all is well."""
    with closing(OutboxFile(settings.data / OUTBOX_FILE)) as outbox:
        now = SystemClock(settings.data).now()
        standing = outbox.read_faults(now) | outbox.link_faults(now)
    return tuple(f"{fault}: {WHAT_TO_DO[fault][0]} · {WHAT_TO_DO[fault][1]}" for fault in sorted(standing))


def maintenance(settings: KioskSettings) -> str | None:
    """Return a line on the maintenance window that this kiosk is in, as the station last said; None outside of one."""
    with closing(OutboxFile(settings.data / OUTBOX_FILE)) as outbox:
        until = outbox.maintenance_until()
    if until is None or until <= SystemClock(settings.data).now():
        return None
    there = until.astimezone(settings.time_zone)
    return f"maintenance: 维护至 {there:%m-%d %H:%M}，公安站已知 · until {there:%m-%d %H:%M}; the station knows."


@dataclass(frozen=True, slots=True)
class KeyFinding:
    """Where the device's key is, in Chinese and English, and whether that is as it should be."""

    is_well: bool
    chinese: str
    english: str


def examine_device_key(settings: KioskSettings) -> KeyFinding:
    """Open the device's key as the kiosk app does, and say where it is. Tells nothing of the key itself."""
    try:
        keys = device_key.open_device_keys(settings.data, settings.list.device_key)
    except FileNotFoundError:
        return KeyFinding(
            False,
            "还没有名单密钥：运行 kiosk-sync enrol 即生成",
            "There is no device key yet: kiosk-sync enrol makes it.",
        )
    except (DeviceKeyError, OSError) as error:
        return KeyFinding(False, f"名单密钥不可用：{error}", f"The device key cannot be used: {error}")
    if keys.place == "tpm":
        return KeyFinding(
            True,
            "名单密钥封存于本机 TPM",
            "The device key is sealed in this machine's TPM: a stolen disk without this machine says nothing.",
        )
    chinese, english = _way_to_a_tpm(settings)
    return KeyFinding(
        False,
        f"名单密钥存于文件 {settings.data / device_key.KEY_FILE}，保护较弱：复制磁盘者同时得到密钥。{chinese}",
        f"The device key is in the file {settings.data / device_key.KEY_FILE}, the weaker way: who copies the disk has "
        f"the key too, and only the cost of guessing is left (watchlist cost-of-theft). {english}",
    )


def _way_to_a_tpm(settings: KioskSettings) -> tuple[str, str]:
    if not tpm.is_there():
        return (
            "本机未发现 TPM：请在固件中启用",
            "This machine shows no TPM: see whether the firmware can switch one on.",
        )
    return (
        '本机有 TPM：设 device_key = "tpm"，并以 --device-key tpm 重新登记（kiosk-sync enrol）',
        'There is a TPM: write device_key = "tpm" under [list], and enrol again: kiosk-sync enrol --device-key tpm.',
    )
