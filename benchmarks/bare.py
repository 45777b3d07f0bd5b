"""The least that can answer HTTP here: an ASGI application that returns a constant, under the service's own web server."""

import io
import sys
from functools import cache
from typing import Any

import uvicorn
from PIL import Image

BODY = b'{"status":"alive"}'
START = {
    "type": "http.response.start",
    "status": 200,
    "headers": [(b"content-type", b"application/json"), (b"content-length", str(len(BODY)).encode())],
}
PICTURES = "/pictures/"
PICTURE_SIZE = 720, 440
"""Of noise, about 200 kB as a JPEG."""
END = {"type": "http.response.body", "body": BODY}


async def app(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """Reads the request to its end and answers."""
    if scope["type"] != "http":
        return
    while (await receive()).get("more_body"):
        continue
    if scope["path"].startswith(PICTURES):
        body = picture()
        headers = [(b"content-type", b"image/jpeg"), (b"content-length", str(len(body)).encode())]
        await send({**START, "headers": headers})
        await send({**END, "body": body})
        return
    await send(START)
    await send(END)


@cache
def picture() -> bytes:
    """A picture as a phone sends it, the same each time."""
    target = io.BytesIO()
    Image.effect_noise(PICTURE_SIZE, 90).convert("RGB").save(target, format="JPEG", quality=90)
    return target.getvalue()


if __name__ == "__main__":
    uvicorn.run(
        app, host="127.0.0.1", port=int(sys.argv[1]),
        loop="uvloop", http="httptools", lifespan="off", access_log=False, log_level="warning",
    )  # fmt: skip
