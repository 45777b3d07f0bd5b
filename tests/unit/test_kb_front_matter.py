"""Files with front matter: what is read, and how what is wrong is said."""

import pytest

from kb.articles import Audience, Status, group_of_key
from kb.front_matter import Draft, Problem, read

_GOOD = """---
title: Returning an item
locale: zh-TW
key: returns
slug: returns
tags: [returns, money]
audience: agents
url_patterns:
- /orders*
short_answer: 'Within 30 days: yes'
example_questions:
- How do I send it back?
---

## How

Send it.
"""


def test_a_good_file_is_read_whole() -> None:
    draft = read(_GOOD)
    assert isinstance(draft, Draft)
    content = draft.content
    assert (content.title, content.locale, draft.key, content.slug) == (
        "Returning an item",
        "zh-Hant",
        "returns",
        "returns",
    )
    assert (content.tags, content.audience, content.url_patterns) == (
        ("returns", "money"),
        Audience.AGENTS,
        ("/orders*",),
    )
    assert (content.short_answer, content.status) == ("Within 30 days: yes", Status.PUBLISHED)
    assert content.body == "## How\n\nSend it."
    assert group_of_key("returns") == group_of_key("returns") != group_of_key("refunds")


@pytest.mark.parametrize(
    ("text", "line", "word"),
    [
        ("no front matter", 1, "begin"),
        ("---\ntitle: a\n", 1, "closed"),
        ("---\ntitle: a\nlocale: en\naudiance: agents\n---\nx", 4, "known"),
        ("---\ntitle: a\nlocale: xx-notalocale-\n---\nx", 3, "locale"),
        ("---\ntitle: a\nlocale: en\ntags: money\n---\nx", 4, "list"),
        ("---\ntitle: a\nlocale: en\ntitle: b\n---\nx", 4, "twice"),
        ("---\ntitle: a\nlocale: en\naudience: staff\n---\nx", 4, "public or agents"),
        ("---\nlocale: en\n---\nx", 1, "title"),
        ("---\ntitle: a\nlocale: en\nsites: [shop]\n---\nx", 4, "ids"),
        ("---\ntitle: 'a\nlocale: en\n---\nx", 3, "YAML"),
        ("---\n- a\n---\nx", 2, "keys"),
        ("---\ntitle: a\nlocale: en\n---\n \n", 4, "no text"),
        ("---\ntitle: a\nlocale: en\nslug: Not A Slug\n---\nx", 4, "slug"),
        ("---\ntitle: ''\nlocale: en\n---\nx", 2, "title"),
        ("---\ntitle: a\nlocale: en\nreview_by: soon\n---\nx", 4, "date"),
        ("---\ntitle: {a: b}\nlocale: en\n---\nx", 2, "text"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(text: str, line: int, word: str) -> None:
    problems = read(text)
    assert not isinstance(problems, Draft)
    assert problems[0].line == line
    assert word in problems[0].message


def test_every_problem_of_a_file_is_said() -> None:
    problems = read("---\nfoo: 1\nlocale: en\ntags: x\n---\nbody")
    assert not isinstance(problems, Draft)
    assert [problem.line for problem in problems] == [1, 2, 4]
    assert all(isinstance(problem, Problem) for problem in problems)


def test_yaml_cannot_make_objects_or_grow() -> None:
    bomb = "---\ntitle: &a [x, x]\ntags: [*a, *a, *a]\nlocale: !!python/object:os.system en\n---\nx"
    assert not isinstance(read(bomb), Draft)
    assert not isinstance(read("---\ntitle: " + "[" * 5_000 + "\n---\nx"), Draft)
