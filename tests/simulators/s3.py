"""A bucket that speaks S3: keeps objects, and checks every signature (AWS Signature Version 4) by itself."""

import hashlib
import hmac
import re
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, quote, unquote, urlsplit

from tests.simulators.http_double import Answer, Taken

_AUTHORIZATION = re.compile(
    r"AWS4-HMAC-SHA256 Credential=([^/]+)/(\d{8})/([^/]+)/s3/aws4_request, ?SignedHeaders=([a-z0-9;-]+), ?Signature=([0-9a-f]{64})"
)


@dataclass
class Bucket:
    """The rule of a double. `away`: it answers nothing but 503."""

    name: str
    access_key: str
    secret_key: str
    objects: dict[str, bytes] = field(default_factory=dict)
    refused: int = 0
    away: bool = False

    def __call__(self, taken: Taken) -> Answer:
        """The answer to a request."""
        if self.away:
            return Answer(503, _problem("SlowDown"), {"content-type": "application/xml"})
        if not self._signed(taken):
            self.refused += 1
            return Answer(403, _problem("SignatureDoesNotMatch"), {"content-type": "application/xml"})
        key = unquote(urlsplit(taken.path).path).removeprefix(f"/{self.name}/")
        match taken.method:
            case "PUT":
                self.objects[key] = taken.body
                return Answer(200, b"", {"etag": _etag(taken.body)})
            case "GET" if key in self.objects:
                found = self.objects[key]
                dated = {"etag": _etag(found), "last-modified": "Fri, 27 Nov 2026 10:00:00 GMT"}
                return Answer(200, found, {**dated, "content-type": "application/octet-stream"})
            case "DELETE":
                self.objects.pop(key, None)
                return Answer(204, b"")
            case "POST" if "delete" in taken.path:
                return self._bulk(taken.body.decode())
        return Answer(404, _problem("NoSuchKey"), {"content-type": "application/xml"})

    def _bulk(self, body: str) -> Answer:
        keys = re.findall(r"<Key>([^<]+)</Key>", body)
        for key in keys:
            self.objects.pop(key, None)
        told = "".join(f"<Deleted><Key>{key}</Key></Deleted>" for key in keys)
        return Answer(
            200, f"<DeleteResult>{told}</DeleteResult>".encode(), {"content-type": "application/xml"}
        )

    def _signed(self, taken: Taken) -> bool:
        found = _AUTHORIZATION.fullmatch(taken.headers.get("authorization", ""))
        if found is None or found.group(1) != self.access_key:
            return False
        _, day, region, names, signature = found.groups()
        digest = taken.headers["x-amz-content-sha256"]
        if digest not in ("UNSIGNED-PAYLOAD", hashlib.sha256(taken.body).hexdigest()):
            return False
        parts = urlsplit(taken.path)
        query = sorted(parse_qsl(parts.query, keep_blank_values=True))
        canonical = "\n".join([
            taken.method, parts.path, "&".join(f"{quote(k, safe='')}={quote(v, safe='')}" for k, v in query),
            *(f"{name}:{' '.join(taken.headers[name].split())}" for name in names.split(";")), "", names, digest,
        ])  # fmt: skip
        scope = f"{day}/{region}/s3/aws4_request"
        hashed = hashlib.sha256(canonical.encode()).hexdigest()
        told = "\n".join(["AWS4-HMAC-SHA256", taken.headers["x-amz-date"], scope, hashed])
        key = f"AWS4{self.secret_key}".encode()
        for step in (day, region, "s3", "aws4_request"):
            key = hmac.digest(key, step.encode(), "sha256")
        return hmac.compare_digest(hmac.new(key, told.encode(), "sha256").hexdigest(), signature)


def _etag(body: bytes) -> str:
    return f'"{hashlib.md5(body, usedforsecurity=False).hexdigest()}"'


def _problem(code: str) -> bytes:
    return f"<Error><Code>{code}</Code><Message>no</Message></Error>".encode()
