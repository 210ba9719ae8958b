"""Who may do what: every right of the station, and the roles that give it. One person may have several roles.

- What decides about a person (listing, confirming, ending an override) is never the right of one role alone that also
  keeps the accounts: an admin invites and keeps machines, and neither approves an entry nor reviews an override.
- A guard sees what was sent to a team of his while he is on duty, and nothing else.
- An auditor sees the record, the counts and the settings, and changes nothing.
"""

from enum import StrEnum
from typing import Final


class Role(StrEnum):
    """What somebody is at this station."""

    ADMIN = "admin"
    APPROVER = "approver"
    DISPATCHER = "dispatcher"
    SUPERVISOR = "supervisor"
    GUARD = "guard"
    AUDITOR = "auditor"


class Right(StrEnum):
    """What a request needs."""

    SEE_ALARMS = "see-alarms"
    ACKNOWLEDGE = "acknowledge"
    DECIDE = "decide"
    """Confirm or dismiss an alarm, send a team, close the case; and, with a reason, send one before it is confirmed."""
    REVIEW_OVERRIDE = "review-override"
    BEGIN_EXERCISE = "begin-exercise"
    SEE_EVIDENCE = "see-evidence"
    ANSWER_DISPATCH = "answer-dispatch"
    """See and answer what was sent to one's own team."""
    SEE_DUTY = "see-duty"
    PLAN_DUTY = "plan-duty"
    """Teams, and who is on duty when."""
    SEE_LIST = "see-list"
    PROPOSE = "propose"
    APPROVE = "approve"
    WITHDRAW = "withdraw"
    INVITE = "invite"
    """Invite people, change their roles, end their sessions."""
    KEEP_KEYS = "keep-keys"
    """The keys that sign, and the epochs."""
    KEEP_KIOSKS = "keep-kiosks"
    """Enrol and revoke kiosks, announce maintenance, place them on the plan."""
    KEEP_SITE = "keep-site"
    """The plan of the lanes, the settings, webhooks."""
    SEE_SITE = "see-site"
    SEE_STATISTICS = "see-statistics"
    SEE_AUDIT = "see-audit"
    EXPORT_AUDIT = "export-audit"
    """Take the whole log out of the station; that it was taken is in it."""


_DESK: Final = frozenset({Role.DISPATCHER, Role.SUPERVISOR})

RIGHTS: Final[dict[Right, frozenset[Role]]] = {
    Right.SEE_ALARMS: _DESK | {Role.ADMIN, Role.APPROVER, Role.AUDITOR},
    Right.ACKNOWLEDGE: _DESK | {Role.ADMIN},
    Right.DECIDE: _DESK,
    Right.REVIEW_OVERRIDE: frozenset({Role.SUPERVISOR}),
    Right.BEGIN_EXERCISE: frozenset({Role.SUPERVISOR, Role.ADMIN}),
    Right.SEE_EVIDENCE: _DESK,
    Right.ANSWER_DISPATCH: frozenset({Role.GUARD}),
    Right.SEE_DUTY: _DESK | {Role.ADMIN, Role.GUARD, Role.AUDITOR},
    Right.PLAN_DUTY: frozenset({Role.SUPERVISOR, Role.ADMIN}),
    Right.SEE_LIST: frozenset({Role.ADMIN, Role.APPROVER}),
    Right.PROPOSE: frozenset({Role.ADMIN, Role.APPROVER}),
    Right.APPROVE: frozenset({Role.APPROVER}),
    Right.WITHDRAW: frozenset({Role.ADMIN, Role.APPROVER}),
    Right.INVITE: frozenset({Role.ADMIN}),
    Right.KEEP_KEYS: frozenset({Role.ADMIN}),
    Right.KEEP_KIOSKS: frozenset({Role.ADMIN}),
    Right.KEEP_SITE: frozenset({Role.ADMIN}),
    Right.SEE_SITE: frozenset({Role.ADMIN, Role.AUDITOR}),
    Right.SEE_STATISTICS: _DESK | {Role.ADMIN, Role.AUDITOR},
    Right.SEE_AUDIT: frozenset({Role.AUDITOR, Role.SUPERVISOR}),
    Right.EXPORT_AUDIT: frozenset({Role.AUDITOR}),
}

MEANING: Final[dict[Right, str]] = {
    Right.SEE_ALARMS: "see the alarms, the kiosks and the counts",
    Right.ACKNOWLEDGE: "take an alarm",
    Right.DECIDE: "confirm or dismiss an alarm, send a team, close the case; with a reason, send one before that",
    Right.REVIEW_OVERRIDE: "review an emergency override ¹",
    Right.BEGIN_EXERCISE: "begin an exercise",
    Right.SEE_EVIDENCE: "ask for the face of an alarm, with a reason, and see it",
    Right.ANSWER_DISPATCH: "see and answer what was sent to one's own team",
    Right.SEE_DUTY: "see who is on duty",
    Right.PLAN_DUTY: "plan teams and duty",
    Right.SEE_LIST: "see the list, look somebody up",
    Right.PROPOSE: "propose an entry, a renewal, the end of a clearance",
    Right.APPROVE: "approve what somebody else has proposed",
    Right.WITHDRAW: "withdraw an entry, clear a person",
    Right.INVITE: "invite people, change their roles, end their sessions ¹",
    Right.KEEP_KEYS: "keep the keys that sign, and the epochs ¹",
    Right.KEEP_KIOSKS: "enrol and revoke kiosks, announce maintenance, place them on the plan",
    Right.KEEP_SITE: "keep the plan of the lanes, the settings, the webhooks",
    Right.SEE_SITE: "see the settings",
    Right.SEE_STATISTICS: "see the statistics",
    Right.SEE_AUDIT: "see the audit log, and who looked whom up",
    Right.EXPORT_AUDIT: "export the audit log",
}
"""Each right in the words of docs/roles.md."""
