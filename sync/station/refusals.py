"""What the station answers instead of doing what it was asked. Each is a status, a short code and plain facts."""


class RefusedError(Exception):
    """A request that is not honoured; the tree below says who must act.

    - BadRequestError: the caller sent something malformed (a bug of the caller, or hostile)
    - NotSignedInError, NotAllowedError: the person or the kiosk lacks the right
    - NotFoundError: there is no such thing (any more)
    - ConflictError: somebody else was first; ``facts`` say who and when
    - TooManyError: wait and come again
    """

    status = 400

    def __init__(self, code: str, **facts: str | int) -> None:
        super().__init__(code)
        self.code = code
        self.facts = facts


class BadRequestError(RefusedError):
    """400."""


class NotSignedInError(RefusedError):
    """401."""

    status = 401


class NotAllowedError(RefusedError):
    """403."""

    status = 403


class NotFoundError(RefusedError):
    """404."""

    status = 404


class ConflictError(RefusedError):
    """409."""

    status = 409


class TooLargeError(RefusedError):
    """413."""

    status = 413


class TooManyError(RefusedError):
    """429."""

    status = 429
