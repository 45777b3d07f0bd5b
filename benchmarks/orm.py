"""The usual way: one SQLAlchemy ORM transaction a message, writing the same rows as a turn of the pipeline."""

import json
import uuid
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import BigInteger, DateTime, Text
from sqlalchemy.dialects.postgresql import JSONB, UUID
from sqlalchemy.ext.asyncio import AsyncEngine, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from funnel.conversations.events import encode
from funnel.conversations.judgement import Decided
from funnel.core.clock import SystemClock
from funnel.core.database import Database
from funnel.turns.store.rows import read_state

Id = Mapped[uuid.UUID]
_key = UUID(as_uuid=True)


class Base(DeclarativeBase):
    """The tables that a message touches; only the columns that are written."""

    type_annotation_map = {  # noqa: RUF012 - SQLAlchemy reads it from the class
        uuid.UUID: _key,
        int: BigInteger,
        str: Text,
        datetime: DateTime(timezone=True),
        dict[str, Any]: JSONB,
    }


class Conversation(Base):
    """conversations"""

    __tablename__ = "conversations"
    id: Id = mapped_column(primary_key=True)
    last_seq: Mapped[int]
    last_visible_seq: Mapped[int]
    version: Mapped[int]
    snapshot: Mapped[dict[str, Any]]
    updated_at: Mapped[datetime]


class Event(Base):
    """events"""

    __tablename__ = "events"
    conversation_id: Id = mapped_column(primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True)
    id: Id
    turn_id: Id
    prev_visible: Mapped[int]
    at: Mapped[datetime]
    type: Mapped[str]
    actor_kind: Mapped[str]
    actor_id: Mapped[uuid.UUID | None]
    actor_name: Mapped[str | None]
    visible: Mapped[bool]
    data: Mapped[dict[str, Any]]


class Turn(Base):
    """turns"""

    __tablename__ = "turns"
    conversation_id: Id = mapped_column(primary_key=True)
    command_id: Mapped[str] = mapped_column(primary_key=True)
    turn_id: Id
    first_seq: Mapped[int]
    last_seq: Mapped[int]
    at: Mapped[datetime]


class ClientMessage(Base):
    """client_messages"""

    __tablename__ = "client_messages"
    author_kind: Mapped[str] = mapped_column(primary_key=True)
    author_id: Id = mapped_column(primary_key=True)
    scope_id: Id = mapped_column(primary_key=True)
    client_message_id: Mapped[str] = mapped_column(primary_key=True)
    body_hash: Mapped[bytes]
    conversation_id: Id
    turn_id: Id


class Change(Base):
    """changes; the mapper wants a key, so the pair that is unique in practice is named as one."""

    __tablename__ = "changes"
    conversation_id: Id = mapped_column(primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True)
    visible: Mapped[bool]


class OrmWriter:
    """Writes an agent's message: lock the conversation, read it, add the rows, commit. One session a message."""

    def __init__(self, db: Database, decided: Decided, sessions: int = 16) -> None:
        self._engine: AsyncEngine = create_async_engine(
            "postgresql+asyncpg://", async_creator=db.connect, pool_size=sessions, max_overflow=0
        )
        self._session = async_sessionmaker(self._engine, expire_on_commit=False)
        self._payloads = [
            (type(draft.payload).TYPE, json.loads(encode(draft.payload)), draft.actor)
            for draft in decided.drafts
        ]

    async def close(self) -> None:
        """Closes its connections."""
        await self._engine.dispose()

    async def write(self, conversation_id: str, agent_id: str, agent_name: str) -> None:
        """One message, durable when it returns."""
        turn_id, said = uuid.uuid4(), str(uuid.uuid4())
        key, author = uuid.UUID(conversation_id), uuid.UUID(agent_id)
        at = SystemClock().now()
        async with self._session() as session, session.begin():
            row = await session.get(Conversation, key, with_for_update=True)
            assert row is not None
            read_state(json.dumps(row.snapshot))
            first = row.last_seq + 1
            for kind, data, actor in self._payloads:
                row.last_seq += 1
                payload = data | {"message_id": str(uuid.uuid4()), "client_message_id": said}
                session.add(
                    Event(
                        conversation_id=key, seq=row.last_seq, id=uuid.uuid4(), turn_id=turn_id,
                        prev_visible=row.last_visible_seq, at=at, type=kind, actor_kind=actor.kind, actor_id=author,
                        actor_name=agent_name, visible=True, data=payload,
                    )
                )  # fmt: skip
                row.last_visible_seq = row.last_seq
            row.version += 1
            row.updated_at = at
            row.snapshot = row.snapshot | {
                "last_seq": row.last_seq,
                "last_at": at.astimezone(UTC).isoformat(),
            }
            session.add(
                Turn(
                    conversation_id=key,
                    command_id=said,
                    turn_id=turn_id,
                    first_seq=first,
                    last_seq=row.last_seq,
                    at=at,
                )
            )
            session.add(
                ClientMessage(
                    author_kind="agent", author_id=author, scope_id=key, client_message_id=said,
                    body_hash=turn_id.bytes, conversation_id=key, turn_id=turn_id,
                )
            )  # fmt: skip
            session.add(Change(conversation_id=key, seq=row.last_seq, visible=True))
