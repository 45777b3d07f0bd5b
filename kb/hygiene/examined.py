"""An article examined once, whatever is done with it afterwards: what is wrong with it and what it is like."""

import asyncio

import msgspec

from kb.articles import ArticleContent
from kb.hygiene.findings import Finding
from kb.hygiene.likeness import bands, shingles
from kb.hygiene.scan import scan


class Examined(msgspec.Struct, frozen=True):
    """The findings of an article on its own, and the numbers by which its near-duplicates are looked up."""

    findings: tuple[Finding, ...]
    bands: tuple[int, ...]


def examine(content: ArticleContent, noted: tuple[Finding, ...] = ()) -> Examined:
    """Examines a checked content; `noted` are findings made while reading it. CPU-bound: about a millisecond a page."""
    return Examined((*noted, *scan(content)), tuple(bands(shingles(content.body))))


async def examined(content: ArticleContent) -> Examined:
    """The same in a thread."""
    return await asyncio.to_thread(examine, content)
