"""The outbox's rules: what each class of error means, how long it waits, and that nothing is tried past its end."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from funnel.channels.outbound import Capabilities, DeliveryResult, ErrorClass
from funnel.turns.outbox.buckets import Buckets
from funnel.turns.outbox.policy import Attempted, backoff, settle

NOW = datetime(2026, 11, 27, tzinfo=UTC)
PLAIN = Capabilities(text_max=100)
SAFE = Capabilities(text_max=100, idempotent=True)
FAILURES = st.none() | st.sampled_from(list(ErrorClass))


def tried(attempts: int = 1, **more: object) -> Attempted:
    return Attempted(attempts, NOW + timedelta(hours=1), **more)  # type: ignore[arg-type]


@given(
    attempts=st.integers(1, 50), failed=FAILURES, delay=st.none() | st.floats(0, 10_000), lasts=st.floats(0, 90_000),
    jitter=st.floats(0, 1), plain=st.booleans(), reconciled=st.booleans(), idempotent=st.booleans(),
)  # fmt: skip
def test_every_outcome_ends_or_waits_within_its_time(
    attempts: int, failed: ErrorClass | None, delay: float | None, lasts: float, jitter: float, plain: bool,
    reconciled: bool, idempotent: bool,
) -> None:  # fmt: skip
    ends = NOW + timedelta(seconds=lasts)
    before = Attempted(attempts, ends, plain=plain, reconciled=reconciled)
    result = DeliveryResult(failed=failed, delay=delay)
    found = settle(before, result, Capabilities(text_max=1, idempotent=idempotent), NOW, jitter)
    assert found.state in ("queued", "sent", "failed")
    if found.state == "queued":
        assert NOW + timedelta(seconds=found.delay) < ends
        assert found.delay >= 0
    assert (found.state == "sent") == (failed is None)
    if found.state == "failed":
        assert found.error


@pytest.mark.parametrize(
    ("failed", "state", "error"),
    [
        (ErrorClass.RETRY, "queued", "retry"),
        (ErrorClass.RETRY_AFTER, "queued", "retry_after"),
        (ErrorClass.CONFIG, "queued", "config"),
        (ErrorClass.AMBIGUOUS, "queued", "ambiguous"),
        (ErrorClass.CONTENT_INVALID, "queued", "content_invalid"),
        (ErrorClass.WINDOW_CLOSED, "failed", "window_closed"),
        (ErrorClass.RECIPIENT_GONE, "failed", "recipient_gone"),
        (ErrorClass.DROP, "failed", "drop"),
    ],
)
def test_what_each_class_means(failed: ErrorClass, state: str, error: str) -> None:
    found = settle(tried(), DeliveryResult(failed=failed), PLAIN, NOW, 0.5)
    assert (found.state, found.error) == (state, error)
    assert found.blame_inbox == (failed is ErrorClass.CONFIG)
    assert found.clear_lane == (failed is ErrorClass.RECIPIENT_GONE)


def test_content_is_downgraded_once() -> None:
    invalid = DeliveryResult(failed=ErrorClass.CONTENT_INVALID)
    first = settle(tried(), invalid, PLAIN, NOW, 0.5)
    assert (first.state, first.plain) == ("queued", True)
    assert settle(tried(2, plain=True), invalid, PLAIN, NOW, 0.5).state == "failed"


def test_an_unknown_outcome_is_repeated_where_safe_and_else_once_more_and_marked() -> None:
    unknown = DeliveryResult(failed=ErrorClass.AMBIGUOUS)
    assert settle(tried(), unknown, SAFE, NOW, 0.5).possible_duplicate is False
    once = settle(tried(), unknown, PLAIN, NOW, 0.5)
    assert (once.state, once.delay, once.possible_duplicate, once.reconciling) == ("queued", 30.0, True, True)
    assert settle(tried(2, reconciled=True), unknown, PLAIN, NOW, 0.5).state == "failed"


def test_the_platform_says_how_long_and_whom_to_spare() -> None:
    asked = DeliveryResult(failed=ErrorClass.RETRY_AFTER, delay=17.0)
    assert settle(tried(), asked, PLAIN, NOW, 0.0).pause_inbox == 17.0
    alone = DeliveryResult(failed=ErrorClass.RETRY_AFTER, delay=6.0, recipient_only=True)
    found = settle(tried(), alone, PLAIN, NOW, 0.0)
    assert (found.delay, found.pause_inbox) == (6.0, 0.0)


def test_backoff_is_full_jitter_over_growing_steps() -> None:
    assert [backoff(n, 1.0) for n in range(1, 9)] == [1, 2, 5, 15, 60, 300, 600, 600]
    assert backoff(7, 0.0) == 0.0


def test_a_bucket_gives_its_burst_then_its_rate() -> None:
    now = 100.0
    buckets = Buckets(lambda: now)
    waits = [buckets.take("inbox", 10.0, 3) for _ in range(6)]
    assert waits == pytest.approx([0, 0, 0, 0.1, 0.2, 0.3])
    assert buckets.take("other", 10.0, 3) == 0.0
    now += 1.0
    assert buckets.take("inbox", 10.0, 3) == 0.0
