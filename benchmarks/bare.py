"""The least that can answer HTTP here: an ASGI application that returns a constant, under the service's own web server."""

import sys
from typing import Any

import uvicorn

BODY = b'{"status":"alive"}'
START = {
    "type": "http.response.start",
    "status": 200,
    "headers": [(b"content-type", b"application/json"), (b"content-length", str(len(BODY)).encode())],
}
END = {"type": "http.response.body", "body": BODY}


async def app(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """Reads the request to its end and answers."""
    if scope["type"] != "http":
        return
    while (await receive()).get("more_body"):
        continue
    await send(START)
    await send(END)


if __name__ == "__main__":
    uvicorn.run(
        app, host="127.0.0.1", port=int(sys.argv[1]),
        loop="uvloop", http="httptools", lifespan="off", access_log=False, log_level="warning",
    )  # fmt: skip
