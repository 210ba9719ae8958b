from sync.kiosk_end.backoff import FIRST_S, LONGEST_S, Backoff


def test_waits_are_random_below_a_limit_that_doubles_up_to_thirty_seconds() -> None:
    for _ in range(20):
        backoff = Backoff()
        for tries in range(12):
            assert 0 <= backoff.next_s() <= min(FIRST_S * 2**tries, LONGEST_S)


def test_after_a_success_the_next_wait_is_short_again() -> None:
    backoff = Backoff()
    for _ in range(10):
        backoff.next_s()
    backoff.reset()
    assert backoff.next_s() <= FIRST_S


def test_a_thousand_kiosks_do_not_come_back_in_step() -> None:
    assert len({Backoff().next_s() for _ in range(1000)}) > 900
