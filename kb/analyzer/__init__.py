"""Text to tokens for search, the same for articles and questions. Pure: no clock, no database, no settings."""

from kb.analyzer.asking import without_asking
from kb.analyzer.grams import GRAM_BITS, GRAM_KINDS, folded, gram_codes, word_codes
from kb.analyzer.normalise import normalise
from kb.analyzer.tokens import analyse, content_of, content_tokens, is_piece, language_of, wording

__all__ = [
    "GRAM_BITS", "GRAM_KINDS", "analyse", "content_of", "content_tokens", "folded", "gram_codes", "is_piece", "language_of",
    "normalise", "without_asking", "word_codes", "wording",
]  # fmt: skip
