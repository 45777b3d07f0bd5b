"""What lint finds: a code, how grave it is, the rule it is about, and a sentence."""

from typing import Literal

from msgspec import Struct

Level = Literal["error", "warning"]


class Finding(Struct, frozen=True):
    """An error blocks publishing, a warning does not. `at` is the place in the document where it has one."""

    code: str
    level: Level
    detail: str
    rule: str | None = None
    at: str | None = None


def blocks(findings: "list[Finding] | tuple[Finding, ...]") -> bool:
    """Whether any of them keeps the set from being published."""
    return any(one.level == "error" for one in findings)
