"""The scripted dialogues: a typed loader for `tests/dialogues/*.yaml`.

A file holds a list of dialogues of one language. A dialogue names the browser's `locale`, whether the site is `open` while
it runs, and its `steps`. A step is one act and what must follow from it:

- `says`: the visitor writes; with `within_burst: true` it follows the line before at once, with `pause` (seconds) after it.
- `taps`: a button of the bot's latest message, by payload (`human`, `yes`, `no`); `attaches` sends files without a text.
- `presses`: `human` (the button of the widget), `helpful` / `not_helpful` (under the latest answer), or a choice under the
  latest offer (`person_now`, `reply_later`, `keep_asking`).
- `agent`: `claims`, `replies` (with `text`), `resolves`, `hands_back`; seen from the demo agent.

`expect` lists only what matters: the `outcome` of the turn's decision (absent: no decision is checked; `none`: the turn must
make none), `article` (one of these keys is the answer, or among the suggestions), `owner` after the turn, `status`, the
hand-over's `reason`, event types that must be among the turn's (`events`), and `locale`, the language of every word the
bot or the system says in the turn. `quiet: true`: nobody says anything.
"""

from pathlib import Path
from typing import Literal

import msgspec
from msgspec import Struct

from funnel.conversations.values import OfferChoice, Outcome, OwnerKind, Reason, Status

FOLDER = Path(__file__).parent
Press = Literal["human", "helpful", "not_helpful"] | OfferChoice
AgentAct = Literal["claims", "replies", "resolves", "hands_back"]


class Expect(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What must hold after a step; absent fields are not checked."""

    outcome: Outcome | Literal["none"] | None = None
    article: tuple[str, ...] = ()
    owner: OwnerKind | None = None
    status: Status | None = None
    reason: Reason | None = None
    events: tuple[str, ...] = ()
    locale: str | None = None
    quiet: bool = False


class Step(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One act of the visitor or the agent: exactly one of the first five fields is set."""

    says: str | None = None
    taps: str | None = None
    attaches: tuple[str, ...] = ()
    presses: Press | None = None
    agent: AgentAct | None = None
    text: str | None = None
    within_burst: bool = False
    pause: float = 0
    expect: Expect = Expect()

    def __post_init__(self) -> None:
        acts = [self.says, self.taps, self.attaches or None, self.presses, self.agent]
        if sum(act is not None for act in acts) != 1:
            raise ValueError("a step is exactly one act")
        if (self.text is not None) != (self.agent == "replies"):
            raise ValueError("a text belongs to an agent's reply and to nothing else")


class Dialogue(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One scripted conversation, from the first act to the last."""

    name: str
    locale: str
    steps: tuple[Step, ...]
    open: bool = True


def load_dialogues(folder: Path = FOLDER) -> tuple[Dialogue, ...]:
    """Every dialogue of the folder in the order of files and lines. Raises msgspec.ValidationError naming the place."""
    return tuple(
        dialogue
        for path in sorted(folder.glob("*.yaml"))
        for dialogue in msgspec.yaml.decode(path.read_bytes(), type=tuple[Dialogue, ...])
    )
