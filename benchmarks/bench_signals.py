"""What all signals of one message cost, in processor time of one thread: short and long texts of three scripts.

`python -m benchmarks.bench_signals` prints the table alone, without a database.
"""

import sys
import time
from collections.abc import Callable
from statistics import median

from benchmarks.report import Row, at_most
from benchmarks.stage import Stage
from funnel.escalation.signals.measure import measure

REPEATS = 400
SHORT, LONG = 60, 500
LIMITS = {SHORT: 0.3, LONG: 1.0}
SLOWEST = 3.0
_TEXTS = {
    "en": "I was charged twice for order 48213 and nobody answers me, I want my money back. Where is the lamp I paid for? ",
    "zh-Hans": "我的订单48213被重复扣款了，写了两次信都没有人回复我，请尽快退款。我买的那盏台灯到底什么时候能到？",
    "ar": "تم خصم المبلغ مرتين من بطاقتي على الطلب 48213 ولا أحد يرد علي، أريد استرداد أموالي. متى يصل المصباح؟ ",
}


def _cost(call: Callable[[], object]) -> list[float]:
    """Milliseconds of processor time of each call, sorted; the first ones warm up."""
    for _ in range(REPEATS // 10):
        call()
    taken = []
    for _ in range(REPEATS):
        began = time.thread_time_ns()
        call()
        taken.append((time.thread_time_ns() - began) / 1e6)
    return sorted(taken)


def costs() -> dict[tuple[str, int], list[float]]:
    """By language and length."""
    return {
        (language, size): _cost(lambda text=(text * 12)[:size], prior=language: measure(text, prior))  # type: ignore[misc]
        for language, text in _TEXTS.items()
        for size in (SHORT, LONG)
    }


async def signals(stage: Stage) -> None:
    """Once, after the rounds."""
    for (language, size), taken in costs().items():
        stage.samples.add(
            f"signals {language} {size}", {"ms": median(taken), "p99": taken[int(len(taken) * 0.99)]}
        )


def signal_rows(stage: Stage) -> list[Row]:
    """Median and 99th percentile of every text."""
    found = []
    for language in _TEXTS:
        for size in (SHORT, LONG):
            name = f"signals {language} {size}"
            found.append(
                Row(
                    "signals",
                    f"{language}, {size} characters",
                    stage.samples.median(name, "ms"),
                    "ms",
                    at_most(LIMITS[size]),
                )
            )
            found.append(
                Row(
                    "signals",
                    f"{language}, {size} characters, p99",
                    stage.samples.median(name, "p99"),
                    "ms",
                    at_most(SLOWEST),
                )
            )
    return found


if __name__ == "__main__":
    for (name, length), values in costs().items():
        low, high = median(values), values[int(len(values) * 0.99)]
        sys.stdout.write(f"{name:8} {length:4} characters: median {low:.3f} ms, p99 {high:.3f} ms\n")
