"""How well questions find their article: the demo's example questions, each asked with itself left out of the base.

`python benchmarks/bench_retrieval.py [--data FOLDER]`; FOLDER holds *.docs.jsonl and *.queries.jsonl sets
(docs: id, lang, title, text; queries: q, gold), measured by passage as well.
"""

import argparse
import json
import sys
from datetime import UTC, datetime
from pathlib import Path

import msgspec

sys.path.insert(0, str(Path(__file__).parents[1]))

from kb.analyzer import analyse, content_tokens
from kb.articles import Article
from kb.bm25 import Bm25Writer
from kb.front_matter import Draft, read
from kb.importers.sources import folder_sources
from kb.library import Shelving
from kb.search import Outcome
from kb.store import Changes

NOW = datetime(2026, 1, 1, tzinfo=UTC)
DEMO = Path(__file__).parents[1] / "kb" / "demo"
MOST_QUERIES = 1_500


def demo_articles(folder: Path) -> dict[str, list[Article]]:
    """The demo's articles by locale."""
    found: dict[str, list[Article]] = {}
    for source in folder_sources(folder):
        draft = read(source.data.decode())
        if isinstance(draft, Draft):
            content = msgspec.structs.asdict(draft.content)
            article = Article(**content, id=source.path, group_id=source.path, revision=1, updated_at=NOW)
            found.setdefault(article.locale, []).append(article)
    return found


def left_out(locale: str, articles: list[Article]) -> str:
    """One row: each example question searched while its article does without it, then while the article is away."""
    shelving = Shelving()
    shelving.apply(Changes(1, NOW, tuple(articles), ()))
    asked = first = three = answered = right = away = wrongly = 0
    for article in articles:
        for question in article.example_questions:
            others = tuple(one for one in article.example_questions if one != question)
            without = msgspec.structs.replace(article, example_questions=others)
            found = shelving.apply(Changes(1, NOW, (without,), ())).search(
                question, locale, None, article.audience
            )
            ids = [hit.article_id for hit in found.hits]
            asked += 1
            first += ids[:1] == [article.id]
            three += article.id in ids
            answered += found.outcome is Outcome.ANSWER
            right += found.outcome is Outcome.ANSWER and ids[:1] == [article.id]
        gone = shelving.apply(Changes(1, NOW, (), (article.id,)))
        away += len(article.example_questions)
        wrongly += sum(
            gone.search(question, locale, None, article.audience).outcome is Outcome.ANSWER
            for question in article.example_questions
        )
        shelving.apply(Changes(1, NOW, (article,), ()))
    return (
        f"{locale:<16} {asked:>6} {first / asked:>7.3f} {three / asked:>7.3f} {answered / asked:>9.3f} "
        f"{right / max(answered, 1):>7.3f} {wrongly / max(away, 1):>14.3f}"
    )


def by_passage(path: Path) -> str:
    """One row for a set of passages and questions."""
    documents = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    queries_path = path.with_name(path.name.replace(".docs.", ".queries."))
    queries = [json.loads(line) for line in queries_path.read_text(encoding="utf-8").splitlines()][
        :MOST_QUERIES
    ]
    locale = documents[0]["lang"]
    writer = Bm25Writer()
    writer.extend(analyse(f"{one['title']}\n{one['text']}", locale) for one in documents)
    index = writer.index()
    first = three = 0
    for query in queries:
        found = [documents[number]["id"] for number, _ in index.top(content_tokens(query["q"], locale), 3)]
        first += found[:1] == [query["gold"]]
        three += query["gold"] in found
    name = path.name.removesuffix(".docs.jsonl")
    return f"{name:<16} {len(queries):>6} {first / len(queries):>7.3f} {three / len(queries):>7.3f}"


def main() -> None:
    """Prints the tables; what there is no data for is said and left out."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path)
    given = parser.parse_args()
    print(
        f"{'demo':<16} {'asked':>6} {'R@1':>7} {'R@3':>7} {'answered':>9} {'right':>7} {'answered, away':>14}"
    )
    for locale, articles in sorted(demo_articles(DEMO).items()):
        print(left_out(locale, articles))
    sets = sorted(given.data.glob("*.docs.jsonl")) if given.data else []
    if not sets:
        print("no sets of passages: give a folder with --data to measure them too")
        return
    print(f"\n{'set':<16} {'asked':>6} {'R@1':>7} {'R@3':>7}")
    for path in sets:
        print(by_passage(path))


if __name__ == "__main__":
    main()
