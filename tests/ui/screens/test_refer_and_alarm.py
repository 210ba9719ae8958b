"""RULES 3 in the whole product: nobody at the gate can tell from screen, sound or time who is looked for."""

from pathlib import Path

from tests.bench.refer_and_alarm import apart_ms, visit_in_turns


def test_an_alarm_comes_with_a_referrals_picture_and_sound_at_the_same_moment(qapp: object, tmp_path: Path) -> None:
    """``make bench`` measures two hundred of each."""
    referred, listed = visit_in_turns(tmp_path, 12)
    assert len({seen.picture for seen in (*referred, *listed)}) == 1
    assert len({seen.heard for seen in (*referred, *listed)}) == 1
    assert apart_ms(referred, listed, 0.5) < 50
