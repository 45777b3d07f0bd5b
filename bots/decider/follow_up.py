"""Whether a message only makes sense beside the one before it: "and for sale items?", "那打折的呢", "وماذا عن"."""

import re
from typing import Final

LONGEST: Final = 60
"""Characters; a longer message says by itself what it is about. Chinese says about twice as much in as many."""
_STARTS: Final = re.compile(
    r"\s*(?:(?:and|also|ok(?:ay)? and|but)\s+(?:for|if|what|how|when|with|in|to|from|on|is|are|does|do|can|the|a)\b"
    r"|(?:and\s+|so\s+)?(?:what|how)\s+about\b|same\s+for\b|what\s+if\b"
    r"|(?:那(?![个個些里裡边邊天])|如果|还有|還有|要是|换成|換成)"
    r"|(?:طيب\s+|طب\s+)?(?:وماذا\s+(?:عن|لو)|ماذا\s+عن|وماذا|وبالنسبة|بالنسبة|وكم|وكيف|ومتى|وهل|ولو|واذا|وإذا|ولل))",
    re.IGNORECASE,
)
_ASKS_ON: Final = re.compile(r"呢\s*[?？!！。]*\s*$")


def follows_up(text: str) -> bool:
    """Whether a short text begins or ends as a question does that leans on the last one. The same for any length."""
    return len(text) <= LONGEST and bool(_STARTS.match(text) or _ASKS_ON.search(text))
