"""Reply addresses: what was made opens, everything else does not, and a token fits into an address."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from funnel.channels.reply_tokens import MOST_LOCAL, ReplyTokens, tokens_in

TOKENS = ReplyTokens([b"today", b"yesterday"])
INBOX = "0190f3a0-0000-7000-8000-000000000001"
ids = st.uuids().map(str)


@given(ids, st.sampled_from([str.upper, str.lower, str]))
def test_what_was_made_opens_in_any_case(conversation_id: str, case: type[str]) -> None:
    address = TOKENS.address("Help@shop.example", INBOX, conversation_id)
    assert address is not None
    (token,) = tokens_in([case(address)])
    assert TOKENS.conversation(INBOX, token) == conversation_id


@given(ids, st.integers(0, 199))
def test_one_changed_bit_closes_it(conversation_id: str, bit: int) -> None:
    token = TOKENS.token(INBOX, conversation_id)
    letters = "abcdefghijklmnopqrstuvwxyz234567"
    at, flip = 1 + bit // 5, 1 << (bit % 5)
    changed = token[:at] + letters[letters.index(token[at]) ^ flip] + token[at + 1 :]
    assert TOKENS.conversation(INBOX, changed) is None


@given(st.text(max_size=60) | st.from_regex(r"1[a-z2-7]{0,48}", fullmatch=True))
def test_no_text_opens_or_raises(text: str) -> None:
    assert TOKENS.conversation(INBOX, text) is None


@given(ids, ids)
def test_a_token_counts_for_its_inbox_and_secret(conversation_id: str, other: str) -> None:
    old = ReplyTokens([b"yesterday"]).token(INBOX, conversation_id)
    assert TOKENS.conversation(INBOX, old) == conversation_id
    assert TOKENS.conversation(other, old) is None
    assert ReplyTokens([b"today"]).conversation(INBOX, old) is None


def test_an_address_is_never_longer_than_it_may_be() -> None:
    key = str(UUID(int=7))
    longest = "x" * (MOST_LOCAL - 42)
    assert TOKENS.address(f"{longest}@shop.example", INBOX, key) is not None
    assert TOKENS.address(f"x{longest}@shop.example", INBOX, key) is None


def test_the_bare_id_of_before_is_no_token() -> None:
    assert tokens_in([f"help+{UUID(int=7).hex}@shop.example"]) == []


def test_no_key_is_refused() -> None:
    with pytest.raises(ValueError, match="no key"):
        ReplyTokens([])
