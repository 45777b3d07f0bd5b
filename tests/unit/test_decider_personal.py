"""Personal answers: the site's facts always, a verified name once and only in calm talk."""

from datetime import UTC, datetime

import pytest
from msgspec.structs import replace

from bots.decider.ears import SignalEars
from bots.decider.personal import hours_of
from funnel.conversations.commands import IdentifyContact
from funnel.conversations.judgement import Moment
from funnel.core.calendar import Calendar, Holiday, Opening, always_open
from kb.search import SearchResult
from tests.unit.decider_world import OFFICE, VISITOR, Talk, TinyKnowledge, bundle, directory

TEXT = "{{contact.name|Well}}, {{site.name}} is open {{site.hours|every day}}, {{contact.plan}}."


class Personal(TinyKnowledge):
    """The same articles, each with variables in its text."""

    def search(
        self, text: str, locale: str, site_id: str | None, audience: str = "public", limit: int = 3,
        fallbacks: tuple[str, ...] = (),
    ) -> SearchResult:  # fmt: skip
        """As ever, with another text."""
        found = super().search(text, locale, site_id, audience, limit, fallbacks)
        hits = tuple(replace(hit, text=TEXT) for hit in found.hits)
        return SearchResult(found.outcome, found.confidence, hits)


def talk(verified: bool = True, kind: type[Talk] = Talk) -> Talk:
    made = kind(bundle(knowledge=Personal(), directory=directory(OFFICE), ears=SignalEars()))
    made.says("hi")
    made.do(
        IdentifyContact(
            command_id="identified", actor=VISITOR, conversation_id=made.state.id if made.state else "", verified=verified, name="Mia",
        )
    )  # fmt: skip
    return made.wait(20)


class Known(Talk):
    """The site's own systems know the contact's plan."""

    plan: object = "Gold"

    def moment(self) -> Moment:
        """With what they say."""
        return replace(super().moment(), attributes={"plan": self.plan})


@pytest.mark.parametrize(
    ("verified", "plan", "said"),
    [(True, "Gold", "09:00–17:00, Gold."), (False, "Gold", "09:00–17:00."), (True, None, "09:00–17:00."), (True, ["x"], "09:00–17:00.")],
)  # fmt: skip
def test_the_plan_is_said_of_a_verified_contact_alone(verified: bool, plan: object, said: str) -> None:
    made = talk(verified, Known)
    assert isinstance(made, Known)
    made.plan = plan
    made.says("how long does delivery take?")
    assert made.said()[0].endswith(said)


@pytest.mark.parametrize(
    "text",
    [
        "how long does delivery take? I am crying, I don't know what to do any more",
        "This is outrageous, how long does delivery take!",
        "气死我了，配送要多久",
        "配送要多久？我真的很绝望，一直在哭",
        "أنا غاضب جدا، كم يستغرق توصيل الطلب؟",
    ],
)
def test_a_verified_name_is_not_said_in_distress_or_anger(text: str) -> None:
    made = talk()
    made.says(text)
    told = " ".join(made.said())
    assert told
    assert "Mia" not in told


def test_a_verified_name_is_said_once() -> None:
    made = talk()
    made.says("how long does delivery take?")
    assert made.said()[0].endswith("\n\nMia, Shop is open 09:00–17:00.")
    made.wait(60).says("and what about the warranty?")
    assert made.said()[0] == "Well, Shop is open 09:00–17:00."


def test_an_unverified_name_is_never_said() -> None:
    made = talk(verified=False)
    made.says("how long does delivery take?")
    assert made.said()[0].endswith("\n\nWell, Shop is open 09:00–17:00.")


class Waits(TinyKnowledge):
    """Articles that say how long a person takes."""

    def __init__(self, locale: str = "en") -> None:
        super().__init__()
        self.locale = locale

    def search(
        self, text: str, locale: str, site_id: str | None, audience: str = "public", limit: int = 3,
        fallbacks: tuple[str, ...] = (),
    ) -> SearchResult:  # fmt: skip
        """As ever, with another text."""
        found = super().search(text, locale, site_id, audience, limit, fallbacks)
        said = "We reply within {{site.reply_time|a day or two}}."
        hits = tuple(replace(hit, text=said, locale=self.locale) for hit in found.hits)
        return SearchResult(found.outcome, found.confidence, hits)


@pytest.mark.parametrize(
    ("days", "seconds", "locale", "said"),
    [
        (0, 240, "en", "5 minutes"), (0, 1600, "en", "30 minutes"), (0, 5000, "en", "2 hours"), (0, 5000, "zh-Hans", "2 小时"),
        (0, 240, "de", "a day or two"), (5, 240, "en", "a day or two"),
    ],
)  # fmt: skip
def test_the_wait_for_a_person_is_told_as_it_is_expected_now(
    days: int, seconds: int, locale: str, said: str
) -> None:
    """In office hours, at the week-end, and in the language of the article."""
    made = Talk(bundle(knowledge=Waits(locale), directory=directory(OFFICE, reply_seconds=seconds)))
    made.wait(days * 86_400).says("how long does delivery take?")
    assert made.said()[0].endswith(f"We reply within {said}.")


@pytest.mark.parametrize(
    ("calendar", "hours"),
    [
        (always_open(), ""),
        (OFFICE, "09:00–17:00"),
        (Calendar("UTC", ((Opening(540, 720), Opening(780, 1020)),) * 7), "09:00–12:00, 13:00–17:00"),
        (Calendar("Asia/Tokyo", ((),) * 1 + ((Opening(0, 60),),) + ((),) * 5), "00:00–01:00"),
        (
            Calendar("UTC", ((Opening(540, 720),),) * 7, (Holiday(datetime(2026, 3, 2, tzinfo=UTC).date()),)),
            "",
        ),
    ],
)
def test_the_hours_are_those_of_the_day_in_the_sites_zone(calendar: Calendar, hours: str) -> None:
    assert hours_of(calendar, datetime(2026, 3, 2, 20, tzinfo=UTC)) == hours
