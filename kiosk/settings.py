"""A kiosk's settings: one TOML file, every value checked before anything starts.

Times and limits of a visit are the policy's (kiosk.visit.policy); this file says which devices this machine has.
"""

import tomllib
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from kiosk.visit.policy import Policy


class SettingsError(Exception):
    """The settings file cannot be used. The message names the file, the key and what to write there."""


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ReaderSettings(_Section):
    """Which reader profile (hardware/wiring/readers/*.toml)."""

    profile: Path


class CameraSettings(_Section):
    """Where frames come from: ``v4l2:/dev/v4l/by-id/…`` or, in a rehearsal, ``stage:FILE``."""

    source: str = Field(pattern=r"^(v4l2|stage):.+")


class FaceSettings(_Section):
    """Which model pack, and which check against pictures of a face: none, or gestures asked at random."""

    pack: Path
    liveness: Literal["none", "challenge"] = "none"


class ListSettings(_Section):
    """Where the key is that ties the list to this machine: ``auto`` takes a TPM if there is one, else a file."""

    device_key: Literal["auto", "tpm", "file"] = "auto"


class GateSettings(_Section):
    """``log`` only writes a log line; ``simulated`` also records each opening to ``record``."""

    driver: Literal["log", "simulated"] = "log"
    record: Path | None = None


class ScreenSettings(_Section):
    """The panel, and the file of the site's own words (ui/sites/*.toml)."""

    site: Path
    px_per_mm: float = Field(default=4.03, gt=0.5, lt=20)
    width: int = Field(default=1080, ge=600)
    height: int = Field(default=1920, ge=600)
    full_screen: bool = True
    staff_screen: str | None = None
    """A second screen for staff, as xrandr names it ("HDMI-2"); the corner of the first one works all the same."""


class VoiceSettings(_Section):
    """What is heard: the switch, the short sounds, the site's own recordings, and ALSA's names of the outputs."""

    mode: Literal["off", "on", "headphones"] = "on"
    earcons: bool = True
    recordings: Path | None = None
    loudspeaker: str = "default"
    headphones: str = "default"


class PolicySettings(_Section):
    """The few limits a site may change; the rest is the product's promise (kiosk.visit.policy)."""

    result_shown_s: float = Field(default=Policy().result_shown_s, gt=0)
    refer_shown_s: float = Field(default=Policy().refer_shown_s, gt=0)
    more_time_s: float = Field(default=Policy().more_time_s, gt=0)
    liveness_required: bool = False


class KioskSettings(_Section):
    """Everything the kiosk app is told from outside.

    ``production`` refuses whatever is only for rehearsals: the test reader profile, the stage camera and the
    simulated gate.
    """

    data: Path
    """outbox.db, watchlist.db, trust.json, the device's key and the doorbell; shared with the sync agent only."""
    log: Path | None = None
    """Where the JSON log goes; standard error, and so the journal, when absent."""
    time_zone: ZoneInfo = ZoneInfo("Asia/Shanghai")
    production: bool = True
    reader: ReaderSettings
    camera: CameraSettings
    face: FaceSettings
    gate: GateSettings = GateSettings()
    list: ListSettings = ListSettings()
    screen: ScreenSettings
    voice: VoiceSettings = VoiceSettings()
    policy: PolicySettings = PolicySettings()

    @field_validator("time_zone", mode="before")
    @classmethod
    def _known_time_zone(cls, value: object) -> ZoneInfo:
        try:
            return ZoneInfo(str(value))
        except (KeyError, ValueError, OSError):
            raise ValueError("write an IANA name such as Asia/Shanghai") from None

    def visit_policy(self) -> Policy:
        """Return the visit policy with this site's changes."""
        return Policy(**self.policy.model_dump())


def load_settings(path: Path) -> KioskSettings:
    """Return the settings in ``path``.

    Raises:
        SettingsError: when the file is missing, is no TOML, or a value is not allowed.
    """
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise SettingsError(f"{path}: no such file. See docs/installer.md for a sample.") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path}: not TOML: {error}") from None
    try:
        settings = KioskSettings.model_validate(values)
    except ValidationError as error:
        lines = (f"{'.'.join(map(str, item['loc']))}: {item['msg']}" for item in error.errors())
        raise SettingsError(f"{path}: " + "; ".join(lines)) from None
    _refuse_rehearsal_parts(path, settings)
    if settings.policy.liveness_required and settings.face.liveness == "none":
        raise SettingsError(f'{path}: policy.liveness_required: needs face.liveness = "challenge"')
    return settings


def _refuse_rehearsal_parts(path: Path, settings: KioskSettings) -> None:
    if not settings.production:
        return
    if settings.camera.source.startswith("stage:"):
        raise SettingsError(f"{path}: camera.source: a production kiosk needs a v4l2: camera")
    if settings.gate.driver == "simulated":
        raise SettingsError(f"{path}: gate.driver: a production kiosk cannot use the simulated gate")
    if settings.policy.more_time_s < Policy().more_time_s:
        raise SettingsError(
            f"{path}: policy.more_time_s: a visitor gets {Policy().more_time_s:.0f} s at least to ask for more time"
        )
