"""What counts as slower: an effect of the kind of window, not a machine that stalls."""

import random

from tests.faults.beside import chance, p99, ratio


def _windows(dice: random.Random, count: int, factor: float = 1.0) -> list[list[float]]:
    return [[factor * dice.uniform(0.01, 0.02) for _ in range(8)] for _ in range(count)]


def test_p99_is_by_rank_of_all_values_together() -> None:
    assert (
        p99([[float(number) for number in range(1, 51)], [float(number) for number in range(51, 101)]]) == 99
    )
    assert p99([[]]) == float("inf")
    assert p99([[0.0]]) == 0.001


def test_one_kind_that_is_slower_is_told_apart() -> None:
    for seed in range(20):
        dice = random.Random(seed)
        plain, slow = _windows(dice, 6), _windows(dice, 6, 2.5)
        assert ratio(slow, plain) > 1.2
        assert chance(slow, plain) < 0.003


def test_a_machine_that_stalls_is_no_effect() -> None:
    for seed in range(20):
        dice = random.Random(seed)
        plain, same = _windows(dice, 6), _windows(dice, 6)
        same[dice.randrange(6)][:4] = [3.0] * 4
        assert ratio(same, plain) > 1.2
        assert chance(same, plain) > 0.3
