"""The judge: reads the journal, the observers' streams and the database after everything is quiet, and names what broke."""

import itertools
from collections import Counter, defaultdict
from dataclasses import dataclass, field

import asyncpg

from api.client.stream import Stream
from tests.faults.journal import Journal, Operation


@dataclass
class Verdict:
    """Findings (empty: passed) and the counts that show the run was not vacuous."""

    findings: list[str] = field(default_factory=list)
    counts: dict[str, float] = field(default_factory=dict)

    def need(self, name: str, value: float, least: float) -> None:
        """A run that did too little is a failed run."""
        self.counts[name] = value
        if value < least:
            self.findings.append(f"vacuous: {name} is {value}, at least {least} wanted")

    def limit(self, name: str, value: float, most: float) -> None:
        """A figure that must not be passed."""
        self.counts[name] = value
        if value > most:
            self.findings.append(f"{name} is {value:.3f}, at most {most} allowed")


STORED = """
select e.conversation_id::text as conversation_id, e.seq, e.visible, e.type, e.actor_kind,
       e.data->>'client_message_id' as client_message_id, e.data->>'message_id' as message_id,
       e.data->>'text' as text
  from events e order by e.conversation_id, e.seq
"""


class Checker:
    """Invariants I1-I7 over one database. Call it after quiescence only."""

    def __init__(self, rows: list[asyncpg.Record]) -> None:
        self.logs: dict[str, list[asyncpg.Record]] = defaultdict(list)
        for row in rows:
            self.logs[row["conversation_id"]].append(row)
        self.by_client = Counter(row["client_message_id"] for row in rows if row["client_message_id"])
        self.messages = {row["client_message_id"]: row for row in rows if row["client_message_id"]}

    @classmethod
    async def read(cls, dsn: str) -> "Checker":
        """Reads the whole log once."""
        connection = await asyncpg.connect(dsn)
        try:
            return cls(await connection.fetch(STORED))
        finally:
            await connection.close()

    def journal(self, journal: Journal, verdict: Verdict) -> None:
        """I1 acknowledged is stored as acknowledged · I2, I6 each id at most once · I4 a sender's order is kept."""
        for operation in journal.operations.values():
            times = self.by_client.get(operation.client_message_id, 0)
            if operation.end == "ok":
                self._acknowledged(operation, verdict)
            if operation.end == "fail" and times:
                verdict.findings.append(f"I6 refused but stored: {operation.client_message_id}")
            if times > 1:
                verdict.findings.append(f"I2 stored {times} times: {operation.client_message_id}")
            if operation.code == "ack_changed":
                verdict.findings.append(f"I2 two different acknowledgements: {operation.client_message_id}")
        self._sender_order(journal, verdict)
        verdict.counts["acknowledged"] = len(journal.acknowledged())
        verdict.counts["unknown"] = sum(o.end == "unknown" for o in journal.operations.values())

    def _acknowledged(self, operation: Operation, verdict: Verdict) -> None:
        row = self.messages.get(operation.client_message_id)
        if row is None:
            verdict.findings.append(f"I1 acknowledged but lost: {operation.client_message_id}")
        elif (row["seq"], row["message_id"], row["conversation_id"]) != (
            operation.seq,
            operation.message_id,
            operation.conversation_id,
        ):
            verdict.findings.append(f"I1 stored elsewhere than acknowledged: {operation.client_message_id}")
        elif row["text"] != operation.text:
            verdict.findings.append(f"I1 other words stored: {operation.client_message_id}")

    def _sender_order(self, journal: Journal, verdict: Verdict) -> None:
        lines: dict[tuple[str, str | None], list[Operation]] = defaultdict(list)
        for operation in journal.acknowledged():
            lines[operation.author, operation.conversation_id].append(operation)
        for operations in lines.values():
            operations.sort(key=lambda operation: operation.invoked_at)
            for earlier, later in itertools.pairwise(operations):
                sequential = earlier.ended_at is not None and earlier.ended_at <= later.invoked_at
                if sequential and (earlier.seq or 0) >= (later.seq or 0):
                    verdict.findings.append(f"I4 out of order: {later.client_message_id}")

    def gapless(self, verdict: Verdict) -> None:
        """I3 seq is 1..n in every conversation."""
        for conversation_id, log in self.logs.items():
            if [row["seq"] for row in log] != list(range(1, len(log) + 1)):
                verdict.findings.append(f"I3 gaps in {conversation_id}")

    def stream(self, stream: Stream, verdict: Verdict, *, visible_only: bool) -> None:
        """I5 what an observer received is exactly the log it may see, in order, once."""
        log = [row for row in self.logs.get(stream.conversation_id, []) if row["visible"] or not visible_only]
        wanted = [row["seq"] for row in log]
        received = [event["seq"] for event in stream.events]
        if received != wanted:
            missing = sorted(set(wanted) - set(received))[:5]
            verdict.findings.append(
                f"I5 {stream.conversation_id}: received {len(received)} of {len(wanted)}, missing {missing}"
            )
        if visible_only and any(event["data"].get("visibility") == "private" for event in stream.events):
            verdict.findings.append(f"I7 a note reached a visitor in {stream.conversation_id}")

    def canaries(self, streams: dict[str, Stream], words: dict[str, str], verdict: Verdict) -> None:
        """I7 the words of one conversation (`words`: conversation → canary) never arrive on another's stream."""
        for conversation_id, stream in streams.items():
            for other, canary in words.items():
                if other == conversation_id:
                    continue
                if any(canary in str(event["data"].get("text", "")) for event in stream.events):
                    verdict.findings.append(f"I7 words of {other} on a stream of {conversation_id}")
