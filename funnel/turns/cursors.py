"""Cursors: where a reader is in a conversation's log, bound to the epoch of the database and to who asks."""

import base64
import hashlib

LONGEST = 200


class Cursors:
    """Makes and reads cursors; forged, foreign and outdated ones read as None, which means reset."""

    def __init__(self, key: bytes, epoch: str) -> None:
        derived = hashlib.blake2b(key, digest_size=32, person=b"funnel-cursor").digest()
        self._sealer = hashlib.blake2b(key=derived, digest_size=12)
        self._made = ("", "", "", -1, "")
        self.epoch = epoch

    def make(self, principal_key: str, conversation_id: str, seq: int) -> str:
        """The cursor after `seq`; of `A-Za-z0-9._-`, under 60 characters. One event for many sockets of one reader is
        sealed once."""
        wanted = (self.epoch, principal_key, conversation_id, seq)
        if self._made[:4] != wanted:
            cursor = f"{self.epoch}.{seq}.{self._seal(principal_key, conversation_id, seq)}"
            self._made = (*wanted, cursor)
        return self._made[4]

    def read(self, cursor: str | None, principal_key: str, conversation_id: str) -> int | None:
        """The seq a cursor stands at (0: from the start), or None where the reader must start again."""
        if not cursor or cursor == "0":
            return 0
        if len(cursor) > LONGEST or not cursor.isascii():
            return None
        epoch, _, rest = cursor.partition(".")
        number, _, seal = rest.partition(".")
        if epoch != self.epoch or not number.isdigit() or len(number) > 18:
            return None
        seq = int(number)
        return seq if seal == self._seal(principal_key, conversation_id, seq) else None

    def _seal(self, principal_key: str, conversation_id: str, seq: int) -> str:
        words = f"{self.epoch}\n{principal_key}\n{conversation_id}\n{seq}".encode()
        sealer = self._sealer.copy()
        sealer.update(words)
        return base64.urlsafe_b64encode(sealer.digest()).decode("ascii")
