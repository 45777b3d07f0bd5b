"""Figures of verdicts and reviews: n and an interval, no percentage under fifty, asked on one conversation in five."""

import random
from datetime import date
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from funnel.escalation.decisions import FEWEST_VERDICTS, asked_for, share_of
from funnel.escalation.reviews import SAMPLE, Candidate, sampled

counts = st.integers(0, 3_000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@given(counts)
def test_a_share_lies_in_its_interval_and_is_shown_from_fifty_on(told: tuple[int, int]) -> None:
    count, n = told
    found = share_of(count, n)
    assert (found.count, found.n) == told
    if n < FEWEST_VERDICTS:
        assert (found.share, found.low, found.high) == (None, None, None)
        return
    assert found.share is not None
    assert found.low is not None
    assert found.high is not None
    assert 0 <= found.low <= found.share <= found.high <= 1


def test_the_interval_is_wilsons() -> None:
    found = share_of(40, 50)
    assert (found.share, found.low, found.high) == (0.8, 0.6696, 0.8876)


def test_a_verdict_is_asked_for_on_one_conversation_in_five_and_always_on_the_same_ones() -> None:
    chance = random.Random(5)
    ids = [str(UUID(int=chance.getrandbits(128))) for _ in range(5_000)]
    asked = [one for one in ids if asked_for(one)]
    assert 0.18 < len(asked) / len(ids) < 0.22
    assert asked == [one for one in ids if asked_for(one)]


candidates = st.lists(
    st.tuples(st.integers(0, 400), st.sampled_from("ab"), st.sampled_from(["en", "ar"]), st.floats(0, 1)),
    max_size=200, unique_by=lambda one: one[0],
)  # fmt: skip


@given(candidates, st.randoms(use_true_random=False))
def test_a_sample_holds_thirty_of_each_site_and_language_whatever_the_order(
    told: list[tuple[int, str, str, float]], shuffle: random.Random
) -> None:
    week = date(2026, 11, 2)
    many = [Candidate(str(number), site, locale, risk) for number, site, locale, risk in told]
    chosen = sampled(week, many)
    for group in {(one.site_id, one.locale) for one in many}:
        there = [one for one in many if (one.site_id, one.locale) == group]
        mine = [(one, stratum) for one, stratum in chosen if (one.site_id, one.locale) == group]
        assert len(mine) == min(SAMPLE, len(there))
        assert sum(stratum == "random" for _, stratum in mine) == min(SAMPLE // 2, len(there))
        risky = [one.risk for one, stratum in mine if stratum == "risk"]
        left = [one.risk for one in there if one not in [each for each, _ in mine]]
        assert not risky or not left or min(risky) >= max(left)
    shuffle.shuffle(many)
    assert sampled(week, many) == chosen
