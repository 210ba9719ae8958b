"""The one thing that a visitor may be asked to change before the camera."""

from enum import StrEnum


class Guidance(StrEnum):
    """At most one is shown at a time; HOLD_STILL means that all is well."""

    COME_INTO_VIEW = "come-into-view"
    COME_CLOSER = "come-closer"
    ONE_PERSON_ONLY = "one-person-only"
    HOLD_STILL = "hold-still"
