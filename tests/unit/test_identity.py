"""Identity tokens: one honest form is read, every forgery is refused with the same answer."""

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from funnel.core.errors import ErrorKind, FunnelError
from funnel.people.identity import read_identity

NOW = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)
SECRET = "s" * 43
OLD_SECRET = "o" * 43
SITE = "site-key-of-this-site"
T = int(NOW.timestamp())


def b64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def honest(**changes: Any) -> dict[str, Any]:
    payload = {"sub": "u-1", "aud": SITE, "iat": T, "exp": T + 3600} | changes
    return {name: value for name, value in payload.items() if value != "absent"}


def signed(payload: Any, header: Any = None, secret: str = SECRET, digest: str = "sha256") -> str:
    """Signs anything at all, also what a library would refuse to."""
    head = b64(json.dumps({"alg": "HS256", "typ": "JWT"} if header is None else header).encode())
    body = b64(payload if isinstance(payload, bytes) else json.dumps(payload).encode())
    mac = hmac.digest(secret.encode(), f"{head}.{body}".encode(), digest)
    return f"{head}.{body}.{b64(mac)}"


def unsigned(alg: str) -> str:
    return f"{b64(json.dumps({'alg': alg, 'typ': 'JWT'}).encode())}.{b64(json.dumps(honest()).encode())}."


def rsa_tokens() -> dict[str, str]:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    public = key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    jwk = {"kty": "oct", "k": b64(SECRET.encode())}
    return {
        "signed with RS256": jwt.encode(honest(), key, algorithm="RS256"),
        "signed with PS256": jwt.encode(honest(), key, algorithm="PS256"),
        "public key as secret": signed(honest(), secret=public.decode()),
        "jwk in the header": signed(honest(), {"alg": "HS256", "jwk": jwk}),
        "own key in the header": signed(honest(), {"alg": "HS256", "jwk": jwk}, secret="attacker" * 6),
    }


def read(token: str) -> Any:
    return read_identity(token, secrets=[SECRET, OLD_SECRET], site_key=SITE, now=NOW)


GOOD = signed(honest())
HEAD, BODY, MAC = GOOD.split(".")
FORGED: dict[str, str] = {
    "empty": "",
    "space": " ",
    "null word": "null",
    "one part": "abc",
    "two parts": f"{HEAD}.{BODY}",
    "four parts": f"{GOOD}.x",
    "five parts as of an encrypted token": f"{GOOD}.x.y",
    "signature removed": f"{HEAD}.{BODY}.",
    "signature cut": GOOD[:-4],
    "signature of nothing": f"{HEAD}.{BODY}.{b64(b'')}",
    "signature zeroed": f"{HEAD}.{BODY}.{b64(bytes(32))}",
    "payload changed": f"{HEAD}.{b64(json.dumps(honest(sub='u-2')).encode())}.{MAC}",
    "header changed": f"{b64(json.dumps({'alg': 'HS256', 'typ': 'jwt '}).encode())}.{BODY}.{MAC}",
    "white space around": f" {GOOD} ",
    "line feed inside": GOOD.replace(".", ".\n", 1),
    "not ascii": GOOD + "é",
    "nul": GOOD + "\0",
    "not base64": "%%%.%%%.%%%",
    "not json": f"{b64(b'{')}.{b64(b'{')}.{MAC}",
    "alg none": unsigned("none"),
    "alg None": unsigned("None"),
    "alg NONE": unsigned("NONE"),
    "alg nOnE with a signature": signed(honest(), {"alg": "nOnE"}),
    "alg empty": signed(honest(), {"alg": ""}),
    "alg null": signed(honest(), {"alg": None}),
    "alg a list": signed(honest(), {"alg": ["HS256"]}),
    "alg absent": signed(honest(), {"typ": "JWT"}),
    "alg in lower case": signed(honest(), {"alg": "hs256"}),
    "alg HS384": jwt.encode(honest(), SECRET + SECRET, algorithm="HS384"),
    "alg HS512 by name only": signed(honest(), {"alg": "HS512"}),
    "alg RS256 by name only": signed(honest(), {"alg": "RS256"}),
    "alg ES256 by name only": signed(honest(), {"alg": "ES256"}),
    "other digest under HS256": signed(honest(), digest="sha512"),
    "wrong secret": signed(honest(), secret="x" * 43),
    "empty secret": signed(honest(), secret=""),
    "site key as secret": signed(honest(), secret=SITE),
    "hash of the secret": signed(honest(), secret=hashlib.sha256(SECRET.encode()).hexdigest()),
    "crit": signed(honest(), {"alg": "HS256", "crit": ["exp"], "exp": 1}),
    "crit empty": signed(honest(), {"alg": "HS256", "crit": []}),
    "b64 false": signed(honest(), {"alg": "HS256", "b64": False}),
    "jku": signed(honest(), {"alg": "HS256", "jku": "https://evil.example/keys"}),
    "x5u": signed(honest(), {"alg": "HS256", "x5u": "https://evil.example/cert"}),
    "zip": signed(honest(), {"alg": "HS256", "zip": "DEF"}),
    "header a list": signed(honest(), ["HS256"]),
    "header a text": signed(honest(), "HS256"),
    "payload a list": signed([1, 2]),
    "payload a text": signed("u-1"),
    "payload null": signed(b"null"),
    "payload not json": signed(b"{"),
    "payload deep": signed(b"[" * 6000 + b"]" * 6000),
    "payload not utf-8": signed(b'{"sub": "\xff"}'),
    "huge": signed(honest(attributes={"a": "x" * 20_000})),
    "huge header": signed(honest(), {"alg": "HS256", "kid": "x" * 20_000}),
    **{f"{claim} absent": signed(honest(**{claim: "absent"})) for claim in ("sub", "aud", "iat", "exp")},
    **{f"{claim} null": signed(honest(**{claim: None})) for claim in ("sub", "aud", "iat", "exp")},
    **{f"{claim} a text": signed(honest(**{claim: str(T + 60)})) for claim in ("iat", "exp", "nbf")},
    **{f"{claim} true": signed(honest(**{claim: True})) for claim in ("sub", "aud", "iat", "exp")},
    "sub empty": signed(honest(sub="")),
    "sub of white space": signed(honest(sub=" \t ")),
    "sub a number": signed(honest(sub=7)),
    "sub a list": signed(honest(sub=["u-1"])),
    "sub with nul": signed(honest(sub="u\0")),
    "sub with a lone surrogate": signed(honest(sub="\ud800")),
    "sub too long": signed(honest(sub="x" * 256)),
    "aud of another site": signed(honest(aud="other-site-key")),
    "aud with case changed": signed(honest(aud=SITE.upper())),
    "aud a list with ours": signed(honest(aud=[SITE])),
    "aud empty": signed(honest(aud="")),
    "expired": signed(honest(iat=T - 7200, exp=T - 61)),
    "expires beyond a day": signed(honest(exp=T + 24 * 3600 + 61)),
    "never expires": signed(honest(exp=10**10)),
    "exp infinite": signed(b'{"sub": "u-1", "aud": "%s", "iat": %d, "exp": Infinity}' % (SITE.encode(), T)),
    "exp not a number": signed(b'{"sub": "u-1", "aud": "%s", "iat": %d, "exp": NaN}' % (SITE.encode(), T)),
    "exp beyond floats": signed(honest(exp=10**400)),
    "exp negative": signed(honest(exp=-1)),
    "issued in the future": signed(honest(iat=T + 61)),
    "issued after its end": signed(honest(iat=T + 50, exp=T + 40)),
    "not valid yet": signed(honest(nbf=T + 61)),
    "email not an address": signed(honest(email="nobody")),
    "email a list": signed(honest(email=["a@b.example"])),
    "email with a line feed": signed(honest(email="a@b.example\nBcc: c@d.example")),
    "name too long": signed(honest(name="x" * 201)),
    "name an object": signed(honest(name={"en": "Ada"})),
    "phone with letters": signed(honest(phone="call me")),
    "attributes a list": signed(honest(attributes=[1])),
    "attributes too deep": signed(honest(attributes={"a": {"b": {"c": {"d": {"e": 1}}}}})),
    "attributes with nul in a key": signed(honest(attributes={"a\0": 1})),
    **rsa_tokens(),
}  # fmt: skip


@pytest.mark.parametrize("name", sorted(FORGED))
def test_forgeries_are_refused_alike(name: str) -> None:
    with pytest.raises(FunnelError) as caught:
        read(FORGED[name])
    assert (caught.value.code, caught.value.kind) == ("identity_invalid", ErrorKind.UNAUTHENTICATED)
    assert not caught.value.params


def test_an_honest_token_is_read() -> None:
    payload = honest(
        email=" Ada@Example.COM ",
        name="Ada",
        phone="+49 (30) 1234",
        attributes={"plan": "pro", "n": [1, None]},
    )
    claims = read(signed(payload))
    assert claims.subject == "u-1"
    assert (claims.email, claims.name, claims.phone) == ("ada@example.com", "Ada", "+49301234")
    assert claims.attributes == {"plan": "pro", "n": [1, None]}
    assert claims.expires_at == T + 3600


def test_both_live_secrets_are_accepted_and_no_secret_accepts_nothing() -> None:
    assert read(signed(honest(), secret=OLD_SECRET)).subject == "u-1"
    with pytest.raises(FunnelError):
        read_identity(GOOD, secrets=[], site_key=SITE, now=NOW)


@pytest.mark.parametrize(
    "changes",
    [
        {"exp": T + 24 * 3600},
        {"exp": T + 24 * 3600 + 60, "iat": T + 60},
        {"iat": T - 100, "exp": T - 59},
        {"nbf": T + 60},
        {"exp": T + 0.5, "iat": T + 0.25},
        {"jti": "x", "iss": "shop", "whatever": 1},
    ],
)
def test_the_edges_of_validity(changes: dict[str, Any]) -> None:
    assert read(signed(honest(**changes))).subject == "u-1"


def test_a_valid_token_dies_with_time() -> None:
    later = NOW + timedelta(seconds=3661)
    with pytest.raises(FunnelError):
        read_identity(GOOD, secrets=[SECRET], site_key=SITE, now=later)
