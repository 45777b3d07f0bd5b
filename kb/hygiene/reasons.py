"""Why something was found: a code with values for clients that say it in their reader's language, and the sentence in English."""

from collections.abc import Mapping
from typing import Final

import msgspec

# A code is never given another meaning: clients have words for it.
SENTENCES: Final[Mapping[str, str]] = {
    "spam_repeated": "A seller's name that the article is not about stands {count} times in the middle of its sentences.",
    "spam_link": "A link leads to a seller that has nothing to do with the article.",
    "spam_names": "Several names of sellers the article is not about stand in one passage.",
    "secret": "This looks like a key, a token or a password.",
    "personal": "This looks like the address or a number of one person.",
    "frame": "The passage is the frame of a page, not part of the article.",
    "frame_button": "The passage is the name of a button left by a page's editor.",
    "frame_cookies": "The passage is a page's question for consent to cookies.",
    "frame_icons": "The passage is made of names of icons and of navigation.",
    "frame_date": "The line only says when a page was published.",
    "script_article": "Most of the article is in another script than its language is written in.",
    "script_chinese": "The article is in the other Chinese script than its locale says.",
    "script_passage": "The passage is in another script than the rest of the article.",
    "words_article": "The words of the article are those of another language than its locale says.",
    "duplicate": "{percent} percent of the text also stand in another article.",
    "numbers_differ": "This says {mine} where another article says {theirs}.",
    "numbers_only_here": "This says {mine} where another article says none.",
    "numbers_only_there": "This says no number where another article says {theirs}.",
    "slip_mortar": "Likely a slip of translation: the mortar of bricks and mortar has become shells.",
    "slip_idiom": "Likely a slip of translation: an idiom was translated word by word.",
    "slip_exclamation": "Likely a slip of translation: a single exclamation was translated as money.",
    "slip_outbound": "Likely a slip of translation: outbound was translated as for a railway.",
    "slip_capacity": "Likely a slip of translation: a term of networks was translated as one of physics.",
    "slip_english_word": "An English word of grammar is left in the middle of a Chinese sentence.",
    "slip_joined_names": "Two names have run into one word.",
    "slip_comma_space": "A space stands before every Arabic comma, as machines put it.",
    "slip_quotes": "The quotation marks open the wrong way.",
    "empty": "Nothing stands below the heading.",
    "long": "The passage is too long to be read as an answer; headings or a list would help.",
    "link_empty": "The link has no address.",
    "link_heading": "No heading of the article has this name.",
    "link_unsafe": "The address cannot be followed.",
    "link_no_host": "The address has no host.",
    "link_nowhere": "The address is a placeholder or inside somebody's own network.",
    "link_unpublished": "The link leads to no published article.",
    "link_agents_only": "The link leads to an article that only agents can open.",
    "image_wordless": "The image has no words for those who cannot see it.",
    "formula": "A cell ({cells}) begins like a formula; it is kept as text and never computed.",
    "encoding": "The file is not UTF-8; it was read as {name}.",
}


class Why(msgspec.Struct, frozen=True):
    """The sentence, and its code with the values in it; without a code where it was found by a release that had none."""

    text: str
    code: str = ""
    values: dict[str, str] = {}


def because(code: str, **values: str | int) -> Why:
    """The reason of this code. Raises KeyError for a code that is not in SENTENCES or a value that its sentence lacks."""
    named = {name: str(value) for name, value in values.items()}
    return Why(SENTENCES[code].format_map(named), code, named)
