"""What the bots did, as they saw it: every operation's invoke and its end (ok, fail, unknown), kept in order of time."""

import json
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

End = Literal["ok", "fail", "unknown"]


@dataclass
class Operation:
    """One client message: who sent what where, and how it ended as far as the sender knows."""

    client_message_id: str
    author: str
    conversation_id: str | None
    text: str
    invoked_at: float
    ended_at: float | None = None
    end: End = "unknown"
    seq: int | None = None
    message_id: str | None = None
    tries: int = 0
    code: str | None = None


@dataclass
class Journal:
    """All operations of a run. Unknown stays unknown until an acknowledgement comes: a kill is not a loss."""

    operations: dict[str, Operation] = field(default_factory=dict)
    marks: list[tuple[float, str]] = field(default_factory=list)
    started: float = field(default_factory=time.monotonic)

    def invoke(
        self, author: str, conversation_id: str | None, client_message_id: str, text: str
    ) -> Operation:
        """Notes that an operation begins (or is tried again under the same id)."""
        operation = self.operations.get(client_message_id)
        if operation is None:
            operation = Operation(client_message_id, author, conversation_id, text, time.monotonic())
            self.operations[client_message_id] = operation
        operation.tries += 1
        return operation

    def ok(self, operation: Operation, conversation_id: str, seq: int, message_id: str) -> None:
        """The server acknowledged it; a second acknowledgement must say the same."""
        if operation.end == "ok" and (operation.seq, operation.message_id) != (seq, message_id):
            self.mark(f"ack changed: {operation.client_message_id}")
            operation.code = "ack_changed"
        operation.end, operation.seq, operation.message_id = "ok", seq, message_id
        operation.conversation_id = conversation_id
        operation.ended_at = operation.ended_at or time.monotonic()

    def refused(self, operation: Operation, code: str) -> None:
        """The server refused it for good: it must not be stored."""
        operation.end, operation.code, operation.ended_at = "fail", code, time.monotonic()

    def mark(self, what: str) -> None:
        """Notes an event of the run: a kill, a cut, a restart."""
        self.marks.append((time.monotonic() - self.started, what))

    def acknowledged(self) -> list[Operation]:
        """The operations whose acknowledgement was received."""
        return [operation for operation in self.operations.values() if operation.end == "ok"]

    def dump(self, path: Path) -> None:
        """Writes everything to a file that is kept when a run fails."""
        lines: list[dict[str, Any]] = [vars(operation) for operation in self.operations.values()]
        lines += [{"mark": what, "at": at} for at, what in self.marks]
        path.write_text("\n".join(json.dumps(line, ensure_ascii=False) for line in lines), encoding="utf-8")
