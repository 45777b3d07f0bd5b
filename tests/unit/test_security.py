"""Encryption, signatures, token and password hashes."""

from datetime import UTC, datetime, timedelta

import pytest

from funnel.core.security import (
    DecryptionError,
    SecretBox,
    Signer,
    derive,
    hash_password,
    token_hash,
    verify_password,
)

KEY = b"a key of some length for the tests"
NOW = datetime(2026, 11, 22, tzinfo=UTC)
LATER = NOW + timedelta(minutes=5)


def test_each_purpose_has_its_own_key() -> None:
    assert derive(KEY, "cursors") != derive(KEY, "links")
    assert derive(KEY, "cursors") == derive(KEY, "cursors")
    assert len(derive(KEY, "x")) == 32


def test_a_box_opens_with_its_key_and_context_only() -> None:
    box = SecretBox(derive(KEY, "box"))
    sealed = box.encrypt(b"site secret", b"site 1")
    assert box.decrypt(sealed, b"site 1") == b"site secret"
    assert box.encrypt(b"site secret", b"site 1") != sealed
    with pytest.raises(DecryptionError):
        box.decrypt(sealed, b"site 2")
    with pytest.raises(DecryptionError):
        SecretBox(derive(KEY, "other")).decrypt(sealed, b"site 1")
    with pytest.raises(DecryptionError):
        box.decrypt(sealed[:-1] + bytes([sealed[-1] ^ 1]), b"site 1")
    with pytest.raises(DecryptionError):
        box.decrypt(b"")


def test_a_signed_value_comes_back() -> None:
    token = Signer(KEY).sign("attachment", "0192-é", LATER)
    assert Signer(KEY).verify("attachment", token, NOW) == "0192-é"
    assert all(character.isalnum() or character in "._-" for character in token)


def test_forged_foreign_and_late_signatures_are_refused() -> None:
    signer = Signer(KEY)
    token = signer.sign("attachment", "42", LATER)
    value, end, mac = token.split(".")
    assert signer.verify("resume", token, NOW) is None
    assert Signer(b"another key").verify("attachment", token, NOW) is None
    assert signer.verify("attachment", token, LATER) is None
    assert signer.verify("attachment", f"{value}.{int(end) + 60}.{mac}", NOW) is None
    for nonsense in ("", ".", "..", "a.b.c", "é.1.x", "\ud800", token + "x"):
        assert signer.verify("attachment", nonsense, NOW) is None


def test_token_hash_takes_any_text() -> None:
    assert len(token_hash("x")) == 32
    assert token_hash("\ud800") != token_hash("x")


async def test_passwords() -> None:
    stored = await hash_password("correct horse")
    assert await verify_password(stored, "correct horse")
    assert not await verify_password(stored, "wrong horse")
    assert not await verify_password(None, "correct horse")
    assert not await verify_password("not a hash", "correct horse")
    assert not await verify_password(stored, "\ud800")
