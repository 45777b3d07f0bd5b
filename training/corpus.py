"""The texts the model learns from, and where they come from. Read from a data folder that stays outside of the project."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, NamedTuple

import yaml

from training.calm import calm_texts
from training.lexicons import WORDS

PHRASES: Final = Path(__file__).resolve().parents[1] / "tests" / "judgement" / "phrases"
SECURITY: Final = frozenset(
    ["compromised_card", "lost_or_stolen_card", "lost_or_stolen_phone", "card_payment_not_recognised",
     "cash_withdrawal_not_recognised", "direct_debit_payment_not_recognised", "pin_blocked", "passcode_forgotten",
     "card_swallowed", "transaction_charged_twice", "terminate_account", "unable_to_verify_identity",
     "report_fraud", "report_lost_card", "freeze_account", "account_blocked"]
)  # fmt: skip
"""Labels of Banking77 and CLINC150 that are matters of security: money or access at risk now."""
NEAR_SECURITY: Final = frozenset(["damaged_card", "pin_change", "card_declined", "replacement_card_duration"])
"""Labels of CLINC150 that may be one or the other; left out of learning and measuring."""
NOT_CALM: Final = frozenset(
    ["CHAT_WITH_AGENT", "CHAT_WITH_AN_AGENT", "CALL_CENTER", "CONTACT_NUMBER", "LEAD_GEN", "CRITICISM"]
)
"""Labels of HINT3 under which people ask for an agent or a call, or scold the bot: their texts are no calm questions to a bot."""
SOURCES: Final = {
    "xed": "XED, Helsinki-NLP, CC BY 4.0",
    "brighter": "BRIGHTER, SemEval-2025 task 11, CC BY 4.0",
    "goemotions": "GoEmotions, Google Research, Apache-2.0",
    "wisesight": "Wisesight Sentiment, PyThaiNLP, CC0",
    "bitext": "Bitext customer support intents, CDLA-Sharing 1.0",
    "clinc150": "CLINC150 (oos-eval), CC BY 3.0",
    "banking77": "Banking77, PolyAI, CC BY 4.0",
    "hint3": "HINT3, Haptik, ODbL",
    "own": "phrases and calm texts written for this project, Apache-2.0",
}


EMOTION: Final = ("xed", "brighter", "goemotions", "wisesight")
"""The sources whose labels are feelings."""
EVERY: Final = 4
"""Customers' texts are many and hardly ever moody: each so many-th teaches moods. Levels are taken from texts that do not."""


class Example(NamedTuple):
    """One text. `anger`, `distress`, `security` and `person` are 0 or 1, None where the source does not tell."""

    source: str
    text: str
    lang: str
    anger: int | None = None
    distress: int | None = None
    security: int | None = None
    person: int | None = None


def lines(path: Path) -> Iterator[dict[str, Any]]:
    """The records of a file of JSON lines."""
    with path.open(encoding="utf-8") as file:
        for line in file:
            yield json.loads(line)


def own_phrases(part: int | None) -> Iterator[tuple[str, str, str]]:
    """(label, text, language) of the project's own phrases: part 0 for development, 1 for the test, None for both."""
    for path in sorted(PHRASES.glob("*.yaml")):
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
        for label, block in data["phrases"].items():
            for number, text in enumerate(block.strip().split("\n")):
                if part is None or number % 2 == part:
                    yield label, text.strip(), data["language"]


def learned(folder: Path) -> list[Example]:
    """All that is learned from, in a fixed order."""
    return [*_emotion(folder / "emotion"), *_customers(folder), *_own(), *_wishes()]


def _emotion(folder: Path) -> Iterator[Example]:
    for source, name in (
        ("xed", "xed"),
        ("brighter", "brighter_traindev"),
        ("goemotions", "goemotions_traindev"),
        ("wisesight", "wisesight_th_A"),
    ):
        for row in lines(folder / f"{name}.jsonl"):
            anger, upset = row["anger"], row["upset"]
            yield Example(source, row["text"], row["lang"], anger, None if anger else upset)


def _customers(folder: Path) -> Iterator[Example]:
    faq = folder / "faq"
    for source, name in (("banking77", "banking77_train"), ("clinc150", "clinc150_train")):
        for number, row in enumerate(lines(faq / f"{name}.jsonl")):
            label = row["label"]
            security = None if label in NEAR_SECURITY else int(label in SECURITY)
            mood = 0 if number % EVERY == 1 else None
            yield Example(source, row["text"], "en", mood, mood, security, 0)
    for name in ("clinc150_oos_train", "clinc150_oos_val"):
        for row in lines(faq / f"{name}.jsonl"):
            yield Example("clinc150", row["text"], "en", 0, 0, 0, 0)
    for name in ("curekart", "powerplay11", "sofmattress"):
        for row in lines(faq / f"hint3_{name}_train.jsonl"):
            yield Example("hint3", row["text"], "en", 0, 0, None, None)
    for number, row in enumerate(lines(folder / "handoff" / "bitext_traindev.jsonl")):
        swears = 1 if row["swear"] else 0 if number % EVERY == 1 else None
        person = None if row["intent"] == "contact_customer_service" else row["handoff"]
        yield Example("bitext", row["text"], "en", swears, None if swears else swears, 0, person)


_MOODS: Final = {"anger": (1, None), "distress": (None, 1), "calm": (0, 0), "not_person": (0, 0)}


def _own() -> Iterator[Example]:
    for label, text, lang in own_phrases(0):
        anger, distress = _MOODS.get(label, (None, None))
        security = 1 if label in ("fraud", "security") else 0 if label in ("calm", "not_person") else None
        person = 1 if label in ("wants_person", "disguised_wish") else 0
        yield Example("own", text, lang[:2], anger, distress, security if lang == "en" else None, person)
    for lang, text in calm_texts():
        yield Example("calm", text, lang, 0, 0, None, 0)


def _wishes() -> Iterator[Example]:
    """Texts that were written for nothing but learning the wish for a person."""
    for label, block in _words("wishes").items():
        for text in block.strip().split("\n"):
            yield Example("own", text.strip(), "en", person=int(label == "wish"))


def _words(name: str) -> dict[str, str]:
    data: dict[str, str] = yaml.safe_load((WORDS / f"{name}.yaml").read_text(encoding="utf-8"))
    return data


def calm_customers(folder: Path) -> list[tuple[str, str, str]]:
    """(language, source, text) of calm texts for the levels: questions to knowledge bases and customers' everyday questions. No
    mood is learned from them."""
    found = [
        (row["lang"][:2], "kb", row["q"])
        for path in sorted((folder / "kb").glob("*.queries.jsonl"))
        for row in lines(path)
    ]
    faq = folder / "faq"
    bank = enumerate(lines(faq / "banking77_train.jsonl"))
    found += [("en", "bank", row["text"]) for number, row in bank if number % EVERY == 0]
    found += [("en", "clinc", row["text"]) for row in lines(faq / "clinc150_val.jsonl")]
    own = sorted(_words("calm_customers").items())
    found += [(lang, "own", text) for lang, texts in own for text in texts.strip().split("\n")]
    return found
