"""The key of every text a visitor can see, and the parameters texts may take."""

from enum import StrEnum
from typing import Final, Literal


class Key(StrEnum):
    """One text. Keys that start with `chip_` are labels of buttons; `safety` ones are fixed and await a professional's review."""

    # beginning
    AUTOMATED_NOTICE = "automated_notice"
    GREETING = "greeting"
    REOPENED = "reopened"
    # answering
    SUGGESTIONS = "suggestions"
    ANOTHER_ANSWER = "another_answer"
    NO_ANSWER = "no_answer"
    CLARIFY = "clarify"
    CLARIFY_AGAIN = "clarify_again"
    CLARIFY_REJECTED = "clarify_rejected"
    ORDER_NUMBER = "order_number"
    UNREADABLE = "unreadable"
    UNSURE_LANGUAGE = "unsure_language"
    UNCLEAR = "unclear"
    FEEDBACK_THANKS = "feedback_thanks"
    THANKS = "thanks"
    SOLVED = "solved"
    BOUNDARY = "boundary"
    # offering a person
    OFFER = "offer"
    ANSWER_OFFER = "answer_offer"
    OFFER_DECLINED = "offer_declined"
    CAPACITY = "capacity"
    CAPACITY_CLOSED = "capacity_closed"
    CHIP_PERSON = "chip_person"
    CHIP_WAIT = "chip_wait"
    CHIP_REPLY_LATER = "chip_reply_later"
    CHIP_KEEP_ASKING = "chip_keep_asking"
    CHIP_YES = "chip_yes"
    CHIP_NO = "chip_no"
    CHIP_HELPFUL = "chip_helpful"
    CHIP_NOT_HELPFUL = "chip_not_helpful"
    # handing over and waiting
    RECEIPT = "receipt"
    RECEIPT_HOURS = "receipt_hours"
    RECEIPT_MINUTES = "receipt_minutes"
    RECEIPT_SOON = "receipt_soon"
    RECEIPT_CLOSED = "receipt_closed"
    RECEIPT_CLOSED_UNKNOWN = "receipt_closed_unknown"
    LEAD_FAILURE = "lead_failure"
    LEAD_UNREADABLE = "lead_unreadable"
    LEAD_NOT_HELPFUL = "lead_not_helpful"
    CALM_RECEIPT = "calm_receipt"
    NEUTRAL_RECEIPT = "neutral_receipt"
    PRIVACY_RECEIPT = "privacy_receipt"
    STOP_USE = "stop_use"
    PROTECTIVE = "protective"
    KNOWN_MATTER = "known_matter"
    KNOWN_ORDER = "known_order"
    ON_CALL = "on_call"
    NOBODY_READING = "nobody_reading"
    POSITION = "position"
    POSITION_NEXT = "position_next"
    REPLY_HERE = "reply_here"
    REPLY_BY_EMAIL = "reply_by_email"
    INTAKE = "intake"
    INTAKE_ORDER = "intake_order"
    ADDRESS = "address"
    ADDRESS_SAVED = "address_saved"
    ADDRESS_INVALID = "address_invalid"
    ACKNOWLEDGED = "acknowledged"
    ALREADY_PASSED_ON = "already_passed_on"
    ALREADY_WAITING = "already_waiting"
    REPLY_LATER_DONE = "reply_later_done"
    KEEP_ASKING_DONE = "keep_asking_done"
    EXPECTATION = "expectation"
    EXPECTATION_UNKNOWN = "expectation_unknown"
    WITHDRAWN = "withdrawn"
    AGENT_JOINED = "agent_joined"
    TRANSFERRED = "transferred"
    BACK_IN_QUEUE = "back_in_queue"
    HANDED_BACK = "handed_back"
    # ending
    SETTLE = "settle"
    CLOSED = "closed"
    CLOSED_QUIET = "closed_quiet"
    RATING = "rating"
    RATING_THANKS = "rating_thanks"
    # under a mail to somebody who left the website
    MAIL_BACK = "mail_back"
    MAIL_STOP = "mail_stop"
    MAIL_STOP_ASK = "mail_stop_ask"
    MAIL_STOP_DO = "mail_stop_do"
    MAIL_STOPPED = "mail_stopped"
    # urgent path
    SAFETY = "safety"
    SAFETY_HELPLINE = "safety_helpline"
    SAFETY_READING = "safety_reading"
    SAFETY_UNATTENDED = "safety_unattended"
    SAFETY_FOLLOW_UP = "safety_follow_up"


NEEDS_REVIEW: Final = frozenset(key for key in Key if key.startswith("safety"))
"""Texts a professional must confirm for a site before they are relied on."""

ParameterKind = Literal["count", "isolated", "plain"]
PARAMETERS: Final[dict[str, ParameterKind]] = {
    "when": "plain",  # made by `format_moment`
    "count": "count",
    "hours": "count",
    "minutes": "count",
    "agent": "isolated",
    "email": "isolated",
    "order": "isolated",
    "helpline": "isolated",
}
"""`count`: a whole number from 0, written in the reader's numerals, in its plural form where the locale has one for it.
`isolated`: foreign to the sentence's direction, wrapped in first-strong isolates. `plain`: already in the reader's language.
"""
