"""The integrator of the documentation signs as we verify, and is as short as it says."""

import re
from pathlib import Path
from typing import Any

from funnel.channels import standard_webhooks

PAGE = Path(__file__).resolve().parents[2] / "docs" / "integrator.md"


def test_the_example_signs_as_we_do() -> None:
    found = re.search(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    assert found is not None
    lines = found.group(1).splitlines()
    assert len([line for line in lines if line.strip()]) <= 35
    secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    names: dict[str, Any] = {}
    exec("\n".join(lines[:-2]).replace("whsec_…", secret), names)  # noqa: S102 - our own page
    body = b'{"type":"message.created"}'
    headers = standard_webhooks.sign([secret], "msg_1", 1000, body)
    assert names["signature"]("msg_1", "1000", body) == headers["webhook-signature"]
