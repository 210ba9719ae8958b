"""The one thing that a visitor may be asked to change or to do before the camera."""

from enum import StrEnum


class Guidance(StrEnum):
    """At most one is shown at a time; HOLD_STILL means that all is well. Left and right are the visitor's own."""

    COME_INTO_VIEW = "come-into-view"
    COME_CLOSER = "come-closer"
    STEP_BACK = "step-back"
    ONE_PERSON_ONLY = "one-person-only"
    UNCOVER_FACE = "uncover-face"
    TURN_TO_LIGHT = "turn-to-light"
    LOOK_STRAIGHT = "look-straight"
    OPEN_EYES = "open-eyes"
    HOLD_STILL = "hold-still"
    # what the liveness check asks for
    TURN_LEFT = "turn-left"
    TURN_RIGHT = "turn-right"
    NOD = "nod"
    BLINK = "blink"
