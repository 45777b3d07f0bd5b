"""Texts that try to become markup, script, style or an address, for every place where strangers' words are shown.

One list for Python and for the web's own tests.
"""

import json
from pathlib import Path

ATTACKS: tuple[str, ...] = tuple(
    json.loads((Path(__file__).parent / "attacks.json").read_text(encoding="utf-8"))
)
# For places that take a while for each.
HOSTILE: tuple[str, ...] = ATTACKS[:60]
