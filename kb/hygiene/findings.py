"""What the gate can find, where it stands, and the mark by which an accepted finding is known again."""

from enum import StrEnum
from hashlib import blake2b
from typing import Final, Literal

import msgspec

from kb.hygiene.reasons import Why

Field = Literal["title", "short_answer", "body"]


class Kind(StrEnum):
    """Every kind of finding. Only `injected_spam`, `boilerplate` and `secret` keep text from being served."""

    INJECTED_SPAM = "injected_spam"
    BOILERPLATE = "boilerplate"
    SECRET = "secret"  # noqa: S105 - the name of a kind
    BOILERPLATE_PART = "boilerplate_part"
    WRONG_LANGUAGE = "wrong_language"
    MIXED_LANGUAGE = "mixed_language"
    TRANSLATION_SLIP = "translation_slip"
    NEAR_DUPLICATE = "near_duplicate"
    CONTRADICTION = "contradiction"
    EMPTY_PASSAGE = "empty_passage"
    LONG_PASSAGE = "long_passage"
    DEAD_LINK = "dead_link"
    PERSONAL_DATA = "personal_data"
    NO_ALTERNATIVE = "no_alternative"
    FORMULA = "formula"
    ENCODING_GUESSED = "encoding_guessed"


QUARANTINING: Final = frozenset({Kind.INJECTED_SPAM, Kind.BOILERPLATE, Kind.SECRET})


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that is wrong: why, and the half-open span in code points of the field it stands in.

    `mark` names the text of a finding that quarantines: the same text has the same mark after every import. `other_id` is
    the article it was compared with.
    """

    kind: Kind
    field: Field = "body"
    start: int
    end: int
    why: Why
    mark: str = ""
    other_id: str | None = None

    @property
    def reason(self) -> str:
        """The sentence, in English."""
        return self.why.text

    @property
    def reason_code(self) -> str:
        """What the sentence says, for clients that have words of their own; empty where an earlier release found it."""
        return self.why.code

    @property
    def reason_values(self) -> dict[str, str]:
        """The values in the sentence."""
        return self.why.values

    @property
    def quarantines(self) -> bool:
        """Whether the text must not be served as long as nobody accepts the finding."""
        return self.kind in QUARANTINING


class Accepted(msgspec.Struct, frozen=True):
    """A finding that a writer takes responsibility for, with the reason given."""

    kind: Kind
    mark: str
    reason: str


def mark_of(text: str) -> str:
    """The mark of a stretch of text, the same however it is spaced."""
    return blake2b(" ".join(text.split()).encode("utf-8", "replace"), digest_size=8).hexdigest()
