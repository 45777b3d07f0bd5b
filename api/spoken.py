"""The language of whoever reads an answer: by the Accept-Language header, where an answer has words of ours in it."""

from typing import Annotated

from fastapi import Header

from funnel.core.locales import canonical_locale

Language = Annotated[str | None, Header(alias="accept-language")]
MOST = 10


def spoken(header: str | None) -> str:
    """The first language of an Accept-Language header that is one, else English."""
    for part in (header or "").split(",")[:MOST]:
        tag = canonical_locale(part.split(";")[0].strip())
        if tag is not None:
            return tag
    return "en"
