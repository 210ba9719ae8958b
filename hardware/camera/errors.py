"""What a picture source may say. Site staff must act on it: plug in, uncover or replace the camera.

SourceError                 there are no pictures to be had
"""


class SourceError(Exception):
    """The source cannot be opened, or has gone. ``why`` is a short code (not-found, unplugged, wrong-size …)."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why
