"""Text to tokens for search, the same for articles and questions. Pure: no clock, no database, no settings."""

from kb.analyzer.normalise import normalise
from kb.analyzer.tokens import analyse, content_tokens, is_piece, wording

__all__ = ["analyse", "content_tokens", "is_piece", "normalise", "wording"]
