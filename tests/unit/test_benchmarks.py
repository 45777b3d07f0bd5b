"""The arithmetic of the benchmark report; no time is measured here."""

import math

import msgspec
import pytest

from benchmarks.report import (
    Row,
    Samples,
    as_json,
    at_least,
    at_most,
    bound,
    histogram_quantile,
    more_than,
    percent,
    quantile,
    ratio,
    shown,
    table,
)


def test_a_row_is_marked_by_its_target() -> None:
    assert Row("g", "n", 35.0, "%", at_least(35)).mark == "pass"
    assert Row("g", "n", 34.9, "%", at_least(35)).mark == "below"
    assert Row("g", "n", 60.0, "ms", at_most(60)).mark == "pass"
    assert Row("g", "n", 60.1, "ms", at_most(60)).mark == "below"
    assert Row("g", "n", 1.0, "x", more_than(1)).mark == "below"
    assert Row("g", "n", 1.01, "x", more_than(1)).mark == "pass"
    assert Row("g", "n", 5.0, "").mark == "-"


@pytest.mark.parametrize("target", [at_least(1), at_most(1), more_than(1)])
def test_what_was_not_measured_never_passes(target: object) -> None:
    row = Row("g", "n", float("nan"), "%", target)  # type: ignore[arg-type]
    assert row.mark == "below"
    assert shown(row.value, row.unit) == "not measured"


def test_ratios_of_nothing_are_no_numbers() -> None:
    assert percent(1, 4) == 25
    assert ratio(10, 4) == 2.5
    assert math.isnan(percent(1, 0))
    assert math.isnan(ratio(1, 0))


def test_medians_go_over_the_rounds_of_a_variant() -> None:
    samples = Samples()
    for rate in (10.0, 1000.0, 20.0):
        samples.add("a", {"rate": rate, "errors": 1.0})
    samples.add("b", {"rate": 7.0})
    assert samples.median("a", "rate") == 20
    assert samples.median("b", "rate") == 7
    assert samples.total("a", "errors") == 3
    assert samples.spread("a", "rate") == "10-1000"
    assert math.isnan(samples.median("c", "rate"))
    assert math.isnan(samples.median("b", "errors"))
    assert samples.spread("c", "rate") == ""


def test_quantiles_are_values_that_were_seen() -> None:
    values = [float(n) for n in range(100, 0, -1)]
    assert quantile(values, 0.5) == 50
    assert quantile(values, 0.99) == 99
    assert quantile(values, 1.0) == 100
    assert quantile([3.0], 0.99) == 3
    assert math.isnan(quantile([], 0.5))


def test_quantiles_of_a_histogram_lie_inside_their_bucket() -> None:
    cumulative = {0.001: 50.0, 0.002: 90.0, 0.01: 100.0, math.inf: 100.0}
    assert histogram_quantile(cumulative, 0.5) == pytest.approx(0.001)
    assert histogram_quantile(cumulative, 0.7) == pytest.approx(0.0015)
    assert histogram_quantile(cumulative, 0.95) == pytest.approx(0.006)
    assert histogram_quantile({0.01: 1.0, math.inf: 100.0}, 0.99) == 0.01
    assert math.isnan(histogram_quantile({}, 0.5))
    assert math.isnan(histogram_quantile({0.1: 0.0, math.inf: 0.0}, 0.5))


def test_the_table_and_the_json_say_the_same() -> None:
    rows = [
        Row("turns", "first", 12.5, "%", at_least(10), "12-13"),
        Row("turns", "second", 3.0, "ms", at_most(2)),
        Row("kb", "third", float("nan"), "x", more_than(1)),
    ]
    assert table(rows).row_count == 3
    assert bound(rows[0]) == "≥ 10 %"
    assert bound(rows[1]) == "≤ 2 ms"
    assert shown(1234.5, "/s") == "1,234 /s"
    found = msgspec.json.decode(msgspec.json.encode(as_json(rows, {"rounds": 3})))
    assert found["below"] == ["second", "third"]
    assert [row["value"] for row in found["rows"]] == [12.5, 3.0, None]
    assert found["rows"][0]["target"] == {"direction": "at least", "value": 10}
