"""Everything that can be said of one article on its own, in the order of its text."""

from collections.abc import Callable, Iterator, Sequence
from typing import Final

from kb.articles import ArticleContent
from kb.hygiene.boilerplate import boilerplate
from kb.hygiene.findings import Finding, Kind
from kb.hygiene.language import wrong_language
from kb.hygiene.links import dead_links
from kb.hygiene.reasons import because
from kb.hygiene.secrets import held_secrets, personal, secrets
from kb.hygiene.spam import spam
from kb.hygiene.units import Unit, units
from kb.hygiene.wording import sizes, slips

MOST_FINDINGS: Final = 200
_WARNINGS: Final[tuple[Callable[[Sequence[Unit]], Iterator[Finding]], ...]] = (
    personal,
    dead_links,
    slips,
    sizes,
)


def scan(content: ArticleContent) -> tuple[Finding, ...]:
    """The findings of an article. Pure, deterministic, linear in its length; CPU-bound, for a thread.

    What keeps text back is always complete; of the warnings at most 200 are given.
    """
    found = units(content.body)
    headings = "\n".join(unit.text for unit in found if unit.heading)
    held = [*spam(content.title, found, headings), *boilerplate(found), *held_secrets(found)]
    held += secrets(content.title, "title")
    held += secrets(content.short_answer or "", "short_answer")
    warnings = list(wrong_language(content.locale, content.body, found))
    for look in _WARNINGS:
        warnings += look(found)
    serious = [one for one in held if one.quarantines]
    lesser = [*(one for one in held if not one.quarantines), *warnings][:MOST_FINDINGS]
    return tuple(sorted([*serious, *lesser], key=lambda one: (one.field, one.start, one.kind)))


def guessed_encoding(name: str, body: str) -> Finding:
    """The warning that a file named no encoding and was read in the likeliest one."""
    return Finding(
        kind=Kind.ENCODING_GUESSED,
        start=0,
        end=len(body),
        why=because("encoding", name=name),
    )
