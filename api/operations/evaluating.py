"""Evaluating: one message or a transcript judged without storing anything, with the whole trace."""

import asyncio
import json
from types import MappingProxyType
from typing import Any

from msgspec.structs import replace

from api.schemas.rules import EvaluateIn
from api.services import Services
from bots.decider.pinned import Bundle
from bots.decider.rehearsal import START, Rehearsal
from funnel.conversations.commands import Opening
from funnel.conversations.events import ConversationHandedOver, DecisionMade, MessageCreated, SignalsMeasured
from funnel.conversations.masking import mask
from funnel.conversations.state import State
from funnel.core.calendar import always_open
from funnel.core.errors import invalid, not_found
from funnel.core.ids import new_id
from funnel.core.locales import DEFAULT_LOCALE, canonical_locale
from funnel.escalation.rules.book import RuleBook
from funnel.escalation.rules.facts import restored
from funnel.escalation.rules.model import RuleSet
from funnel.escalation.rules.telling import shown
from funnel.escalation.signals.language import UNSURE
from funnel.escalation.signals.measure import measure
from funnel.escalation.switches import NO_SWITCHES
from funnel.people.directory import DirectorySnapshot, SiteInfo
from funnel.people.principals import Staff
from funnel.routing.estimates import EstimatesSnapshot, QueueEstimate
from funnel.turns.store.load import burst_texts

Fields = dict[str, Any]


async def evaluate(
    services: Services, staff: Staff, body: EvaluateIn, document: RuleSet | None, locale: str
) -> Fields:
    """The outcome and trace of `body.text`; conditions in words of `locale`. Raises 404 for a conversation the caller may not
    see, 422 for a site that is not there."""
    live = services.bundle.bundle()
    if body.conversation_id is None:
        return await asyncio.to_thread(evaluate_alone, live, body, document, locale)
    row = await services.rows.see(staff, body.conversation_id, fresh=True)
    seqs = row.state.burst.seqs if row.state.burst is not None else ()
    texts = (await burst_texts(services.db.pool, [(0, row.state.id, seqs)])).get(0, ())
    bundle = _with_rules(live, body, document)
    opening = _opening_of(row.state)
    contact = await services.people.contacts.read(row.state.contact_id)
    play = Rehearsal(
        bundle, opening, state=row.state, at=services.clock.now(), texts=texts, attributes=contact.attributes
    )
    return await asyncio.to_thread(_play, play, body, bundle, locale)


def evaluate_alone(live: Bundle, body: EvaluateIn, document: RuleSet | None, locale: str) -> Fields:
    """A message (after its turns) as a new conversation with the bot, in hours and with an agent online. Pure; a few
    milliseconds a turn. Raises 422 for a site that is not there, 404 where there is none at all."""
    bundle = _with_rules(live, body, document)
    site = _site(live.directory, body.site)
    play = Rehearsal(_staffed(bundle, site), _opening(site, _locale(body, site)), at=START)
    return _play(play, body, bundle, locale)


def _with_rules(live: Bundle, body: EvaluateIn, document: RuleSet | None) -> Bundle:
    book = live.rules if document is None else RuleBook(document, str(body.version or "draft"))
    return replace(live, rules=book, switches=NO_SWITCHES)


def _site(directory: DirectorySnapshot, wanted: str | None) -> SiteInfo:
    found = next(iter(directory.sites.values()), None)
    if wanted is not None:
        found = directory.sites.get(wanted.lower()) or directory.site_by_key(wanted)
        if found is None:
            raise invalid("reference_unknown", "There is no such site.")
    if found is None:
        raise not_found("site")
    return found


def _locale(body: EvaluateIn, site: SiteInfo) -> str:
    """The one that is given, else the one that the text is in, else the site's."""
    if body.locale is not None:
        return canonical_locale(body.locale) or site.locales[0]
    guessed = measure((body.turns or [body.text])[0], site.locales[0]).language
    return (
        guessed.code
        if guessed.score >= UNSURE and guessed.code != "und"
        else site.locales[0] or DEFAULT_LOCALE
    )


def _opening(site: SiteInfo, locale: str) -> Opening:
    return Opening(site.id, site.inbox_id, new_id(), "web", locale, site.queue_id)


def _opening_of(state: State) -> Opening:
    return Opening(
        state.site_id, state.inbox_id, state.contact_id, state.channel, state.locale, state.home_queue_id
    )


def _staffed(bundle: Bundle, site: SiteInfo) -> Bundle:
    """In hours, with an agent online and nobody waiting."""
    open_site = replace(site, calendar=always_open(site.zone))
    sites = MappingProxyType({**bundle.directory.sites, site.id: open_site})
    queues = {queue_id: QueueEstimate(0, 1) for queue_id in bundle.directory.queues}
    return replace(
        bundle,
        directory=replace(bundle.directory, sites=sites),
        estimates=EstimatesSnapshot(MappingProxyType(queues), MappingProxyType({})),
    )


def _play(play: Rehearsal, body: EvaluateIn, bundle: Bundle, locale: str) -> Fields:
    book = bundle.rules
    for text in body.turns or ():
        play.says(mask(text))
    decided = play.says(mask(body.text))
    made = next((one.payload for one in play.last if isinstance(one.payload, DecisionMade)), None)
    handed = next((one.payload for one in play.last if isinstance(one.payload, ConversationHandedOver)), None)
    said = [
        one.payload.text
        for one in play.last
        if isinstance(one.payload, MessageCreated) and one.actor.kind != "contact"
    ]
    facts: Fields = json.loads(decided.record.facts) if decided.record is not None else {}
    queue = bundle.directory.queues.get(handed.queue_id) if handed is not None else None
    found: Fields = {
        "text": mask(body.text),
        "outcome": made.outcome if made is not None else "silent",
        "signals": _signals(play, body.text),
        "rules": _rules(made, facts, play, book, locale),
        "rule_set_version": book.version,
        "winner": facts.get("winner"),
        "says": said,
    }
    optional = {
        "reason": made.reason if made is not None else None,
        "queue": queue.name if queue is not None else None,
        "priority": handed.priority if handed is not None else None,
    }
    return found | {name: value for name, value in optional.items() if value is not None}


def _signals(play: Rehearsal, text: str) -> Fields:
    """Of the message itself; spans are code points of the text as it would be stored."""
    measured = next((one.payload for one in play.last if isinstance(one.payload, SignalsMeasured)), None)
    if measured is None:
        state = play.state
        found = measure(mask(text), state.locale if state is not None else DEFAULT_LOCALE)
        signals, language = found.signals, found.language
    else:
        signals, language = measured.signals, measured.language
    shown_signals: Fields = {
        name: {"score": round(value.score, 4), "evidence": [list(span) for span in value.evidence]}
        for name, value in signals.items()
    }
    return shown_signals | {
        "language": {"code": language.code, "script": language.script, "score": language.score}
    }


def _rules(
    made: DecisionMade | None, facts: Fields, play: Rehearsal, book: RuleBook, locale: str
) -> list[Fields]:
    if made is None or play.state is None:
        return []
    known = {one["id"]: one["conditions"] for one in facts.get("rules", ())}
    bench = book.bench(play.state.site_id, play.state.locale)
    again = restored(facts.get("facts", {}), tuple(facts.get("history", ())), facts.get("patterns", {}))
    rules = []
    for one in made.rules:
        conditions = known.get(one.id)
        if conditions is None:
            conditions = [
                {
                    "fact": told.test.leaf.fact,
                    "operator": told.test.operator,
                    "wanted": told.test.threshold,
                    "value": told.value,
                    "holds": told.holds,
                    "negated": told.test.negated,
                    "last": told.test.leaf.count_over.last if told.test.leaf.count_over else None,
                    "at_least": told.test.leaf.count_over.at_least if told.test.leaf.count_over else None,
                }
                for told in bench.told(one.id, again)
            ]
        rules.append(
            {"id": one.id, "result": one.result, "conditions": [shown(each, locale) for each in conditions]}
        )
    return rules
