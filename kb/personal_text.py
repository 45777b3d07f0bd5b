"""Every column of the knowledge base that holds text, and whose words it holds: what an erasure of a contact must reach.

None holds words of a contact: questions, gaps and cards are read from the log each time, where erasing them is enough.
"""

from typing import Final, Literal

Whose = Literal["writers", "gate", "names", "upload"]

TEXT_COLUMNS: Final[dict[str, dict[str, Whose]]] = {
    "kb_articles": {
        "slug": "writers", "locale": "names", "title": "writers", "body": "writers", "short_answer": "writers", "status": "names",
        "audience": "names", "tags": "writers", "url_patterns": "writers", "product": "writers", "example_questions": "writers",
        "source_id": "writers", "next_steps": "writers",
    },
    "kb_revisions": {"content": "writers"},
    "kb_slugs": {"locale": "names", "slug": "writers"},
    "kb_findings": {"kind": "names", "field": "names", "reason": "gate", "reason_code": "names", "reason_values": "gate", "mark": "gate"},
    "kb_accepted": {"kind": "names", "mark": "gate", "reason": "writers"},
    "kb_imports": {
        "name": "writers", "options": "names", "data": "upload", "status": "names", "error": "gate", "report": "gate",
    },
    "kb_synonyms": {"locale": "names", "terms": "writers"},
    "kb_glossary": {"terms": "writers"},
    "kb_shifts": {"language": "names"},
}  # fmt: skip
"""`upload` is gone when its import is over; imports themselves after 30 days."""
