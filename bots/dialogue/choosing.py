"""What the bot would do by itself: readers in the order of precedence, the first that has something to say decides."""

from collections.abc import Callable

from bots.dialogue.choice import Choice
from bots.dialogue.guided import follow_playbook
from bots.dialogue.hearing import Prepared
from bots.dialogue.lookup import ASKED, look_up
from bots.dialogue.replies import reply_in_words, reply_to_answer, reply_to_offer, reply_to_settle
from funnel.conversations.state import State
from funnel.conversations.values import OfferChoice

Reader = Callable[[State, Prepared], Choice | None]


def choose(state: State, prepared: Prepared) -> Choice:
    """The bot's move on the message (and burst) last folded into `state`. Total and deterministic."""
    for reader in READERS:
        choice = reader(state, prepared)
        if choice is not None:
            return choice
    return look_up(state, prepared)


def asked_for_person() -> Choice:
    """A wish for a person, by button or words: always a full hand-over."""
    return Choice("hand_over", "human", "human_requested", asks_person=True)


def _danger(state: State, prepared: Prepared) -> Choice | None:
    if prepared.line.urgent or prepared.whole.urgent:
        return Choice("hand_over", "human", "safety", danger=True)
    return None


def _wish(state: State, prepared: Prepared) -> Choice | None:
    return asked_for_person() if prepared.line.wants_person or prepared.whole.wants_person else None


def _unreadable(state: State, prepared: Prepared) -> Choice | None:
    if prepared.readable:
        return None
    return Choice("ask", "question", miss="none_found", about="unreadable", key="unreadable")


def _followed(state: State, prepared: Prepared) -> Choice | None:
    """A link under an answer was opened: a good sign that nothing has to be said to."""
    if not prepared.followed:
        return None
    return Choice("silent", "silent", counts=False, positive=True, about="small_talk")


def _small_talk(state: State, prepared: Prepared) -> Choice | None:
    """Greetings and thanks are answered as such and never count; so is a need that is dropped."""
    line, whole = prepared.line, prepared.whole
    if (line.withdraws or line.solved) and prepared.found_line.outcome != "answer":
        choice: OfferChoice | None = "keep_asking" if state.offer is not None else None
        return Choice("decline", "question", counts=False, offer_choice=choice, key="offer_declined")
    if line.thanks or line.closing:
        return Choice(
            "small_talk", "question", counts=False, positive=line.thanks, about="small_talk", key="thanks"
        )
    if whole.greeting:
        return Choice("small_talk", "question", counts=False, about="small_talk", key="greeting")
    if line.asks_bot:
        key = "automated_notice" if state.automation_told else "greeting"
        return Choice("small_talk", "question", counts=False, about="small_talk", key=key)
    settled = state.burst is not None and state.burst.settled and len(state.burst.seqs) > 1
    if line.reaction or (line.greeting and settled):
        return Choice("silent", "silent", counts=False, about="small_talk")
    return None


def _bare_yes_or_no(state: State, prepared: Prepared) -> Choice | None:
    """A yes or no to nothing: with a question of the bot open it is an unusable reply, else it is answered like a greeting."""
    if not (prepared.line.yes or prepared.line.no) or state.question in ASKED:
        return None
    return Choice("small_talk", "question", counts=False, about="small_talk", key="greeting")


READERS: tuple[Reader, ...] = (
    _danger,
    _wish,
    _unreadable,
    _followed,
    follow_playbook,
    reply_to_offer,
    reply_to_settle,
    reply_to_answer,
    _small_talk,
    _bare_yes_or_no,
    reply_in_words,
)
