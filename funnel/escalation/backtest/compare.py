"""The turns of one episode under two rule sets: where they part, and what can be said of it. What never happened is not invented."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, Final, Literal

from msgspec import Struct

from funnel.escalation.backtest.replay import Replayed

Kind = Literal["newly", "no_longer", "earlier", "later", "diverged", "same"]
MOST_SAMPLES: Final = 25
KINDS: Final[tuple[Kind, ...]] = ("newly", "no_longer", "earlier", "later", "diverged")


class Difference(Struct, frozen=True):
    """What the draft changes about one episode. `turn` is the first turn where it differs (1 is the episode's first one with
    a decision); for `no_longer` everything after it is unknown. `by` turns earlier or later."""

    kind: Kind
    conversation_id: str
    turn: int
    at: datetime
    live: str
    draft: str
    queue_id: str
    rules: tuple[str, ...]
    by: int = 0
    live_at: datetime | None = None
    verdict: str | None = None


def episodes(replayed: Sequence[Replayed]) -> Iterator[list[Replayed]]:
    """The turns of each episode in order; `replayed` is one conversation's."""
    found: dict[int, list[Replayed]] = defaultdict(list)
    for one in replayed:
        found[one.turn.recorded.episode].append(one)
    yield from found.values()


def compared(turns: Sequence[Replayed]) -> Difference | None:
    """The difference of one episode; None where the draft comes to the same at every turn."""
    live = next((place for place, one in enumerate(turns) if one.turn.outcome == "human"), None)
    for place, one in enumerate(turns):
        if one.outcome == one.turn.outcome:
            if one.outcome == "human":
                return None
            continue
        if one.outcome == "human":
            return _person(turns, place, live)
        if one.turn.outcome == "human":
            return _no_person(turns, place)
        return _difference("diverged", turns, place)
    return None


def _person(turns: Sequence[Replayed], place: int, live: int | None) -> Difference:
    """The draft brings a person where none came then."""
    if live is None:
        return _difference("newly", turns, place)
    return _difference("earlier", turns, place, by=live - place, live_at=turns[live].turn.at)


def _no_person(turns: Sequence[Replayed], place: int) -> Difference:
    """A person came and the draft would not have brought one yet. Only turns that were decided later still tell more."""
    later = next((at for at in range(place + 1, len(turns)) if turns[at].outcome == "human"), None)
    if later is None:
        return _difference("no_longer", turns, place)
    return _difference("later", turns, place, by=later - place, live_at=turns[place].turn.at)


def _difference(
    kind: Kind, turns: Sequence[Replayed], place: int, *, by: int = 0, live_at: datetime | None = None
) -> Difference:
    one = turns[place]
    return Difference(
        kind=kind,
        conversation_id=one.turn.conversation_id,
        turn=place + 1,
        at=one.turn.at,
        live=one.turn.outcome,
        draft=one.outcome,
        queue_id=one.turn.queue_id,
        rules=one.fired,
        by=by,
        live_at=live_at,
        verdict=next((each.turn.verdict for each in turns if each.turn.verdict is not None), None),
    )


class Agreement(Struct):
    """How the draft fares with what people said of hand-overs: of `n` verdicts of a kind, with how many it agrees."""

    n: int = 0
    agrees: int = 0


class Tally(Struct):
    """What a back-test has found so far; kept after every chunk, so that it goes on where it was."""

    turns: int = 0
    conversations: int = 0
    episodes: int = 0
    unreadable: int = 0
    counts: dict[str, int] = {}
    by_turns: dict[str, int] = {}
    per_hour: dict[str, int] = {}
    samples: dict[str, list[dict[str, Any]]] = {}
    agreement: dict[str, Agreement] = {}
    moved: list[tuple[str, datetime, int]] = []
    sweeps: dict[str, dict[str, list[int]]] = {}


def take(tally: Tally, conversation: Sequence[Replayed]) -> None:
    """Adds one conversation."""
    tally.conversations += 1
    tally.turns += len(conversation)
    tally.unreadable += sum(one.unknown for one in conversation)
    for turns in episodes(conversation):
        tally.episodes += 1
        found = compared(turns)
        _agree(tally, turns, found)
        if found is not None:
            _count(tally, found)


def _count(tally: Tally, found: Difference) -> None:
    tally.counts[found.kind] = tally.counts.get(found.kind, 0) + 1
    if found.kind in ("earlier", "later"):
        key = f"{found.kind}:{found.by}"
        tally.by_turns[key] = tally.by_turns.get(key, 0) + 1
    samples = tally.samples.setdefault(found.kind, [])
    if len(samples) < MOST_SAMPLES:
        samples.append(_sample(found))
    if found.kind in ("newly", "earlier"):
        _move(tally, found.queue_id, found.at, 1)
    if found.kind in ("no_longer", "later"):
        _move(tally, found.queue_id, found.at, -1)
    if found.kind == "earlier" and found.live_at is not None:
        _move(tally, found.queue_id, found.live_at, -1)


def _move(tally: Tally, queue_id: str, at: datetime, count: int) -> None:
    key = f"{queue_id}|{at:%Y-%m-%dT%H}"
    tally.per_hour[key] = tally.per_hour.get(key, 0) + count
    tally.moved.append((queue_id, at, count))


def _sample(found: Difference) -> dict[str, Any]:
    sample: dict[str, Any] = {
        "conversation_id": found.conversation_id,
        "turn": found.turn,
        "at": found.at.isoformat(),
        "live": found.live,
        "draft": found.draft,
        "rules": list(found.rules),
    }
    if found.by:
        sample["by"] = found.by
    if found.kind == "no_longer":
        sample["unknown_after_turn"] = found.turn
    return sample


def _agree(tally: Tally, turns: Sequence[Replayed], found: Difference | None) -> None:
    """A draft agrees with *right* where the person comes at the same turn, with *needless* where none does, with *too late*
    where one comes earlier."""
    verdict = next((one.turn.verdict for one in turns if one.turn.verdict is not None), None)
    if verdict not in ("right", "needless", "too_late"):
        return
    entry = tally.agreement.setdefault(verdict, Agreement())
    entry.n += 1
    kind = found.kind if found is not None else "same"
    entry.agrees += {"right": kind == "same", "needless": kind == "no_longer", "too_late": kind == "earlier"}[
        verdict
    ]
