"""The one call of a turn: everything the phrase lists and heuristics say about a text."""

from typing import Final, Literal

from msgspec import Struct, structs
from msgspec.structs import replace

from funnel.conversations.values import Language, SignalValue
from funnel.escalation.signals.claims import CLAIM_LISTS
from funnel.escalation.signals.complexity import complexity
from funnel.escalation.signals.emotion import moods, security, wish
from funnel.escalation.signals.entities import DEFAULT_ORDER_PATTERN, Entities, find_entities
from funnel.escalation.signals.excerpt import Excerpt, excerpt_of
from funnel.escalation.signals.folding import CLAUSE, Folded, fold
from funnel.escalation.signals.harm import HARM_LISTS
from funnel.escalation.signals.language import guess_language
from funnel.escalation.signals.lexicon import Found, Lexicon
from funnel.escalation.signals.money import MONEY_LISTS
from funnel.escalation.signals.moods import MOOD_LISTS
from funnel.escalation.signals.scores import dangers, evidence, topics
from funnel.escalation.signals.small_talk import SMALL_TALK_LISTS, SMALL_TALK_WHOLES
from funnel.escalation.signals.trained import Raw, raw
from funnel.escalation.signals.unclear import Unclear, unclear
from funnel.escalation.signals.urgent import URGENT_LISTS, urgency
from funnel.escalation.signals.verdicts import VERDICT_LISTS
from funnel.escalation.signals.wants_person import (
    ASKS_BOT,
    CALL_ME,
    ONLY_PERSON,
    PERSON_WORD,
    WANTS_PERSON,
)

SmallTalk = Literal["greeting", "thanks", "yes", "no"]
Spans = tuple[tuple[int, int], ...]

_LEXICON: Final = Lexicon(
    (
        *(WANTS_PERSON, CALL_ME, PERSON_WORD, ASKS_BOT, *SMALL_TALK_LISTS, *VERDICT_LISTS, *URGENT_LISTS),
        *(*MONEY_LISTS, *CLAIM_LISTS, *HARM_LISTS, *MOOD_LISTS),
    ),
    (ONLY_PERSON, *SMALL_TALK_WHOLES),
)
_URGENT: Final = frozenset(entry.name for entry in URGENT_LISTS)
_TALK: Final[dict[SmallTalk, str]] = {
    "greeting": "only_greeting",
    "no": "only_no",
    "yes": "only_yes",
    "thanks": "only_talk",
}
_WORTH_TELLING: Final = 0.2
_EXPLAINED: Final = frozenset(("wants_person", "asks_bot", "rejects", "call_me"))
_SHORT: Final = 13  # words and clause ends; three ideographs weigh as two words
_OPENING: Final = 16  # characters
_FRAGMENT_WORDS: Final = 3
_FRAGMENT_IDEOGRAPHS: Final = 4


class Measured(Struct, frozen=True):
    """What one text says. `signals` holds only what was found, under the public names; spans are half-open code points
    of the text that was measured.

    `small_talk`: the text is nothing else. `affirms`: it says plain yes or no, perhaps with thanks, and may answer an
    offer or a yes/no question. `rejects`: the last answer did not fit. `withdraws`: solved, or no longer wanted.
    `urgent`: the safety path. `asks_bot`: it asks little else than whether a person is writing. `unclear`: nothing to search for. `fragment`: a short start of a sentence, worth a wait.
    """

    language: Language
    signals: dict[str, SignalValue]
    small_talk: SmallTalk | None = None
    affirms: Literal["yes", "no"] | None = None
    rejects: bool = False
    withdraws: Literal["solved", "never_mind"] | None = None
    urgent: Literal["explicit", "figurative"] | None = None
    unclear: Unclear | None = None
    fragment: bool = False
    asks_bot: bool = False
    entities: Entities = Entities()


def spoken_lists(folded: Folded) -> frozenset[str]:
    """The names of the phrase lists that speak in a folded text, vetoes heard."""
    found = _LEXICON.find(folded)
    return frozenset(name for name in found.names if found.spans(name))


def _outspoken(found: Found) -> frozenset[str]:
    """The small talk lists that spoke, without words that are only part of another one's longer phrase."""
    talk = [(span, name) for name in _TALK for span in found.spans(name)]
    talk.sort(key=lambda one: (one[0][0], -one[0][1]))
    spoken: set[str] = set()
    start = longest = (
        reach
    ) = -1  # the start at hand, the furthest end from it, the furthest end from before it
    for (low, high), name in talk:
        if low > start:
            start, longest, reach = low, high, max(reach, longest)
        if high > reach and high == longest:
            spoken.add(name)
    return frozenset(spoken)


def _small_talk(found: Found, spoken: frozenset[str]) -> SmallTalk | None:
    if "only_talk" not in found.wholes:
        return None
    for name, whole in _TALK.items():
        if name in spoken and whole in found.wholes:
            return name
    return None


def _affirms(spoken: frozenset[str], small_talk: SmallTalk | None) -> Literal["yes", "no"] | None:
    if small_talk is None:
        return None
    if small_talk == "no" or ("no" in spoken and "yes" not in spoken):
        return "no"
    return "yes" if "yes" in spoken else None


def _fragment(text: str, folded: Folded, entities: Entities) -> bool:
    if entities.orders or entities.emails or "?" in text or "？" in text or "؟" in text:
        return False
    words = [w for w in folded.text.split() if w != CLAUSE]
    if not words or len(words) > _FRAGMENT_WORDS:
        return False
    if any("\u3400" <= w[0] <= "\u9fff" for w in words):
        return sum(map(len, words)) <= _FRAGMENT_IDEOGRAPHS
    return True


def warm() -> None:
    """Builds what the first texts would build, see `Lexicon.warm`: half a second of processor time. Idempotent."""
    _LEXICON.warm()
    measure(".")


def measure(text: str, prior_language: str = "en", *, order_pattern: str = DEFAULT_ORDER_PATTERN) -> Measured:
    """Measures one text (a message or a burst joined by line breaks). Pure, never raises on any text; ValueError only for
    an `order_pattern` that cannot be used. Of a text of more than 2,000 code points the first 1,500 and the last 500 are
    heard, so that no text costs more than a few milliseconds; spans are still those of the whole text.
    """
    excerpt = excerpt_of(text)
    measured = _measured(excerpt.text, prior_language, order_pattern)
    return _placed(measured, excerpt) if excerpt.moved else measured


def _placed(measured: Measured, excerpt: Excerpt) -> Measured:
    """The same with its spans where they stand in the whole text."""
    named = measured.entities
    return replace(
        measured,
        signals={
            name: SignalValue(value.score, _origins(value.evidence, excerpt))
            for name, value in measured.signals.items()
        },
        entities=Entities(*(_origins(spans, excerpt) for spans in structs.astuple(named))),
    )


def _origins(spans: Spans, excerpt: Excerpt) -> Spans:
    return tuple(map(excerpt.origin, spans))


def _measured(text: str, prior_language: str, order_pattern: str) -> Measured:
    folded = fold(text)
    found = _LEXICON.find(folded)
    entities = find_entities(text, order_pattern)
    urgent = urgency(frozenset(name for name in _URGENT & found.names if found.spans(name)))
    language = guess_language(text, folded, prior_language)
    heard = raw(text, folded, language.code)
    wants = _wants_person(found, folded) or _wish(found, heard, folded)
    spoken = _outspoken(found) if "only_talk" in found.wholes else frozenset()
    small_talk = None if wants else _small_talk(found, spoken)
    settled = _settled(found, folded)
    rejects = settled != "solved" and _is_the_point(found, folded, "rejects")
    if rejects and not _only_symbols(folded):
        small_talk = None
    said_nothing = unclear(text, folded) if small_talk is None and not wants else None
    return Measured(
        language=language,
        signals=_signals(
            found, folded, heard, language.code, wants, urgent, small_talk, entities, rejects=rejects
        ),
        small_talk=small_talk,
        affirms=_affirms(spoken, small_talk),
        rejects=rejects,
        withdraws=None if wants else settled,
        urgent=urgent,
        unclear=said_nothing,
        fragment=not wants
        and urgent != "explicit"
        and settled is None
        and not rejects
        and small_talk in (None, "greeting")
        and said_nothing is None
        and _fragment(text, folded, entities),
        asks_bot=not wants and _mostly(found, folded, "asks_bot"),
        entities=entities,
    )


def _settled(found: Found, folded: Folded) -> Literal["solved", "never_mind"] | None:
    if _is_the_point(found, folded, "solved"):
        return "solved"
    return "never_mind" if _is_the_point(found, folded, "never_mind") else None


def _mostly(found: Found, folded: Folded, name: str) -> bool:
    """Whether at least half of the text is about it."""
    return 2 * sum(end - start for start, end in found.spans(name)) >= len(folded.text)


def _is_the_point(found: Found, folded: Folded, name: str) -> bool:
    """Whether the text is about it: a short text, or one that opens with it. In the middle of a story it is a detail."""
    spans = found.spans(name)
    if not spans:
        return False
    size = folded.text.count(" ") + 2 * sum("\u3400" <= c <= "\u9fff" for c in folded.text) // 3
    return size <= _SHORT or spans[0][0] <= _OPENING


def _only_symbols(folded: Folded) -> bool:
    return not any(c.isalnum() for c in folded.text)


def _wants_person(found: Found, folded: Folded) -> Spans:
    wish = evidence(found, "wants_person", "call_me")
    if not wish and "only_person" in found.wholes:
        return evidence(found, "person_word")
    return wish


def _wish(found: Found, heard: Raw, folded: Folded) -> Spans:
    """By the model, where neither a look-alike nor small talk explains the words."""
    if "only_talk" in found.wholes or not found.names.isdisjoint(_EXPLAINED):
        return ()
    spans = wish(heard, folded)
    return () if spans and found.vetoed("wants_person") else spans


def _signals(
    found: Found,
    folded: Folded,
    heard: Raw,
    language: str,
    wants: Spans,
    urgent: Literal["explicit", "figurative"] | None,
    small_talk: SmallTalk | None,
    entities: Entities,
    *,
    rejects: bool,
) -> dict[str, SignalValue]:
    signals: dict[str, SignalValue] = {}
    if wants:
        signals["wants_person"] = SignalValue(1.0, wants)
    for name, score in (("greeting", 1.0), ("thanks", 1.0)):
        spans = evidence(found, name)
        if spans:
            signals[name] = SignalValue(score if small_talk is not None else 0.6, spans)
    upset = evidence(found, *(("rejects", "dissatisfied") if rejects else ("dissatisfied",)))
    if upset:
        signals["dissatisfied"] = SignalValue(0.9 if rejects else 0.8, upset)
    signals.update(topics(found))
    signals.update(moods(heard, found, folded))
    secure = security(heard, found, folded, language)
    if secure is not None:
        signals["security"] = secure
    signals.update(dangers(found, urgent))
    asks, spans = complexity(folded.original, entities)
    if asks >= _WORTH_TELLING:
        signals["complexity"] = SignalValue(asks, spans)
    return signals
