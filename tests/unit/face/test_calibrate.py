"""Error rates are counts with an interval."""

import pytest

from face.calibrate import rate


@pytest.mark.parametrize(
    ("errors", "of", "shown"),
    [
        (0, 51, "0 of 51 (95 %: 0.000% to 7.005%)"),
        (1, 10302, "1 of 10302 (95 %: 0.002% to 0.055%)"),
        (51, 51, "51 of 51 (95 %: 92.995% to 100.000%)"),
    ],
)
def test_no_error_seen_is_never_told_as_no_error(errors: int, of: int, shown: str) -> None:
    assert rate(errors, of) == shown
