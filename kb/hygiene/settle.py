"""From findings to what is served: accepted ones pass, the others keep their text back, or the whole article."""

from collections.abc import Iterable, Sequence

import msgspec

from kb.articles import ArticleContent, Status
from kb.hygiene.findings import Accepted, Finding

Span = tuple[int, int]


class Settled(msgspec.Struct, frozen=True):
    """An article as it is to be stored: `held` are the spans of its body that are never served, in order and apart."""

    content: ArticleContent
    held: tuple[Span, ...]
    findings: tuple[Finding, ...]


def settle(
    content: ArticleContent, findings: Sequence[Finding], accepted: Iterable[Accepted] = ()
) -> Settled:
    """What may be served of a content. One that may not be served at all is quarantined instead of published.

    Deterministic: the same content, findings and acceptances settle the same way, so that a second import changes nothing.
    """
    passed = {(one.kind, one.mark) for one in accepted}
    kept = [one for one in findings if one.quarantines and (one.kind, one.mark) not in passed]
    held = merged([(one.start, one.end) for one in kept if one.field == "body"])
    whole = any(one.field != "body" for one in kept) or (held and not served(content.body, held).strip())
    if whole and content.status is Status.PUBLISHED:
        content = msgspec.structs.replace(content, status=Status.QUARANTINED)
    return Settled(content, held, tuple(findings))


def merged(spans: Iterable[Span]) -> tuple[Span, ...]:
    """The spans in order, those that touch or overlap made one."""
    found: list[Span] = []
    for start, end in sorted(spans):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return tuple(found)


def served(body: str, held: Sequence[Span]) -> str:
    """The body without what is kept back."""
    if not held:
        return body
    pieces: list[str] = []
    place = 0
    for start, end in held:
        pieces.append(body[place:start])
        place = end
    return "".join([*pieces, body[place:]]).strip("\n")
