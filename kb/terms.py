"""Words that mean the same (synonyms of one locale) and terms in several locales (the glossary), as ops keep them."""

from typing import Final

import asyncpg
import msgspec

from funnel.core.database import Database
from funnel.core.errors import invalid, not_found
from funnel.core.ids import is_id, new_id
from funnel.core.locales import canonical_locale

MOST_TERMS: Final = 50
LONGEST_TERM: Final = 100
MOST_SETS: Final = 5_000


class SynonymSet(msgspec.Struct, frozen=True):
    """Terms of one locale that mean the same; each finds what any of the others finds."""

    id: str
    locale: str
    words: tuple[str, ...]


class GlossaryTerm(msgspec.Struct, frozen=True):
    """One thing as it is called in several locales: locale -> its terms."""

    id: str
    terms: dict[str, tuple[str, ...]]


class Terms(msgspec.Struct, frozen=True):
    """All of it, as one state of the knowledge base; `revision` is the base's, which every change raises."""

    revision: int
    synonyms: tuple[SynonymSet, ...]
    glossary: tuple[GlossaryTerm, ...]


def checked_terms(terms: tuple[str, ...], least: int) -> tuple[str, ...]:
    """Trimmed terms, each once. Raises INVALID for too few, too many or too long ones."""
    found = tuple(dict.fromkeys(filter(None, (" ".join(term.split()) for term in terms))))
    if not least <= len(found) <= MOST_TERMS or any(len(term) > LONGEST_TERM for term in found):
        raise invalid(
            "terms_invalid", f"{least} to {MOST_TERMS} terms of at most {LONGEST_TERM} characters are needed."
        )
    return found


def checked_locale(locale: str) -> str:
    """The canonical tag. Raises INVALID."""
    tag = canonical_locale(locale)
    if tag is None:
        raise invalid("locale_invalid", "locale is not a BCP 47 tag of a known language.", field="locale")
    return tag


class TermStore:
    """Synonyms and glossary in the database. Every change is one transaction that raises the base's revision."""

    def __init__(self, db: Database) -> None:
        self._pool = db.pool

    async def terms(self) -> Terms:
        """Everything, in one consistent read."""
        async with (
            self._pool.acquire() as connection,
            connection.transaction(isolation="repeatable_read", readonly=True),
        ):
            revision = await connection.fetchval("select revision from kb_state")
            synonyms = await connection.fetch(
                "select id::text, locale, terms from kb_synonyms order by locale, id"
            )
            glossary = await connection.fetch("select id::text, terms::text from kb_glossary order by id")
        return Terms(
            int(revision),
            tuple(SynonymSet(row["id"], row["locale"], tuple(row["terms"])) for row in synonyms),
            tuple(_glossary(row) for row in glossary),
        )

    async def put_synonyms(
        self, locale: str, terms: tuple[str, ...], set_id: str | None = None
    ) -> SynonymSet:
        """Adds a set, or replaces the one with this id. Raises INVALID, NOT_FOUND."""
        locale, terms = checked_locale(locale), checked_terms(terms, 2)
        async with self._pool.acquire() as connection, connection.transaction():
            await connection.execute("update kb_state set revision = revision + 1")
            if set_id is None:
                await _room(connection, "kb_synonyms")
                set_id = new_id()
                await connection.execute(
                    "insert into kb_synonyms (id, locale, terms) values ($1::uuid, $2, $3)",
                    set_id,
                    locale,
                    list(terms),
                )
            else:
                done = is_id(set_id) and await connection.execute(
                    "update kb_synonyms set locale = $2, terms = $3, updated_at = now() where id = $1::uuid",
                    set_id, locale, list(terms),
                )  # fmt: skip
                _found(done, "synonyms")
        return SynonymSet(set_id, locale, terms)

    async def put_glossary(
        self, terms: dict[str, tuple[str, ...]], term_id: str | None = None
    ) -> GlossaryTerm:
        """Adds a term in at least two locales, or replaces the one with this id. Raises INVALID, NOT_FOUND."""
        kept = {checked_locale(locale): checked_terms(words, 1) for locale, words in terms.items()}
        if len(kept) < 2:
            raise invalid("terms_invalid", "A term of the glossary is given in two locales at least.")
        text = msgspec.json.encode(kept).decode()
        async with self._pool.acquire() as connection, connection.transaction():
            await connection.execute("update kb_state set revision = revision + 1")
            if term_id is None:
                await _room(connection, "kb_glossary")
                term_id = new_id()
                await connection.execute(
                    "insert into kb_glossary (id, terms) values ($1::uuid, $2::text::jsonb)", term_id, text
                )
            else:
                done = is_id(term_id) and await connection.execute(
                    "update kb_glossary set terms = $2::text::jsonb, updated_at = now() where id = $1::uuid",
                    term_id,
                    text,
                )
                _found(done, "term")
        return GlossaryTerm(term_id, kept)

    async def remove_synonyms(self, set_id: str) -> None:
        """Removes a set. Raises NOT_FOUND."""
        await self._remove("delete from kb_synonyms where id = $1::uuid", set_id, "synonyms")

    async def remove_glossary(self, term_id: str) -> None:
        """Removes a term. Raises NOT_FOUND."""
        await self._remove("delete from kb_glossary where id = $1::uuid", term_id, "term")

    async def _remove(self, statement: str, one_id: str, what: str) -> None:
        async with self._pool.acquire() as connection, connection.transaction():
            await connection.execute("update kb_state set revision = revision + 1")
            _found(is_id(one_id) and await connection.execute(statement, one_id), what)


def _found(done: object, what: str) -> None:
    if not isinstance(done, str) or done.endswith(" 0"):
        raise not_found(what)


async def _room(connection: asyncpg.Connection, table: str) -> None:
    count = await connection.fetchval(f"select count(*) from {table}")  # noqa: S608 - a constant
    if count >= MOST_SETS:
        raise invalid("too_many", f"There are {MOST_SETS} already.")


def _glossary(row: asyncpg.Record) -> GlossaryTerm:
    return GlossaryTerm(row["id"], msgspec.json.decode(row["terms"], type=dict[str, tuple[str, ...]]))
